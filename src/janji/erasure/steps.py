"""The steps of a search and of an erasure as values: what is gathered, kept, changed, deleted and looked for again.

A plan holds names of tables and columns, never a value of a person; the plan of a correction alone holds what is `Replaced`, and is
not kept. A connector turns it into its own statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from janji.datamap.meaning import Form, Verdict
from janji.datamap.places import listed
from janji.people.identifiers import PSEUDONYMOUS, IdentifierKind
from janji.terms.messages import Message


class Known(NamedTuple):
    """An identifier of one of the people who are looked for: `person` counts them within their batch from 0.

    `kind` is a kind of identifier, or `system/table.column` for a key that a search of another system found. `value` is the
    normal form; `spellings` are the other ways in which it may stand, as written by the kind's rules.
    """

    person: int
    kind: str
    value: str
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to the rows of a table: their `columns` equal the columns `referred` of the gathered rows of `source`.

    Without a `source` they are held against the people's identifiers of `kind`, read in `form`; with a `path` what is held
    against them stands there inside of a JSON document (`datamap.places`). With a `prefix` the one column holds that and then what it
    refers to, as text. In a list it only finds the row; with `entry` whoever
    is named there owns the entry of the list. `where` are columns with the
    constant that they must have. `owner`: whether who is reached owns the row, or it is only found by it; what is only found
    leads no further.

    A row has a seat for each person it may speak of, and reaches of one seat speak of the same one. The seat without a name
    is that of the row's own person. `after` are the stronger ways of the same person: this one counts only for
    those whom none of them can tell, because its columns are null, or no row is there, or the person is known by nothing of
    its kind.
    """

    columns: tuple[str, ...]
    source: str | None = None
    referred: tuple[str, ...] = ()
    kind: str | None = None
    form: Form = Form.EXACT
    where: tuple[tuple[str, str], ...] = ()
    owner: bool = True
    seat: str = ""
    after: tuple[Reach, ...] = ()
    path: str = ""
    entry: bool = False
    prefix: str = ""

    @property
    def is_link(self) -> bool:
        """Whether it leads from rows of a table, of this system or of another."""
        return self.source is not None or (self.kind is not None and "/" in self.kind)

    @property
    def listed(self) -> bool:
        """Whether what is held against the people stands inside of a list."""
        return listed(self.path)


_OF_HOUSEHOLDS = (IdentifierKind.PHONE,)


def how_shared(kind: str) -> int:
    """How likely several people have an identifier of a kind: not, in a household, or at one machine."""
    return 2 if kind in PSEUDONYMOUS else int(kind in _OF_HOUSEHOLDS)


@dataclass(frozen=True, slots=True)
class Due:
    """Rows whose time is over, whoever's they are: their `column` is before `bound`, and `where` holds; at most `limit` at once.

    Left out are rows that a rule of `unless` keeps, by a column of their own, and those with which nothing is left to do: every
    assignment of `unlike` holds already, and a row of `referring` refers to them, where any is named.
    """

    column: str
    bound: datetime
    limit: int
    where: tuple[tuple[str, str], ...] = ()
    unless: tuple[Keep, ...] = ()
    unlike: tuple[Assignment, ...] = ()
    referring: tuple[Referring, ...] = ()


class Seat(NamedTuple):
    """One person of a row: told by any of `told`, unless a row is there to which one of `links` leads; the batch's when reached by one of `held`."""

    told: tuple[Reach, ...]
    held: tuple[Reach, ...]
    links: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class Gather:
    """The rows of one table that belong to the people, each with the person: the union of what is reached.

    `key` tells rows apart; without one the connector uses the place of the row. `shared`: whether a row may have owners
    besides. Then it is marked when a named seat is taken and nobody of the batch holds it, or when a row that an owner's reach
    leads to is marked or not owned by the batch. A seat is taken when an identifier of it is neither null nor empty, or a row
    that a link of it leads to exists. `hands_on` are columns that other systems look for: their values leave as `Known`.
    With `due` it is the rows that are due, of nobody: their `person` is 0, and there are no reaches. Rows that a reach of
    `spare` leads to from the people who are given are left out, however they are gathered: those people are held.
    """

    table: str
    key: tuple[str, ...]
    reaches: tuple[Reach, ...]
    shared: bool = False
    hands_on: tuple[str, ...] = ()
    due: Due | None = None
    spare: tuple[Reach, ...] = ()

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The seats that identifiers tell of: those with a name, and where there are such, that of the row's own person.

        Of the latter an unknown telephone or machine tells nothing, for people have several; and no link may lead to anybody.
        """
        owners = [reach for reach in self.reaches if reach.owner]
        named: dict[str, list[Reach]] = {}
        for reach in owners:
            if reach.seat:
                named.setdefault(reach.seat, []).append(reach)
        made = []
        for reaches in named.values():
            told = tuple(reach for reach in reaches if reach.source is None)
            made.append(Seat(told, told, tuple(reach for reach in reaches if reach.source is not None)))
        own = tuple(reach for reach in owners if not reach.seat and reach.source is None)
        if named:
            told = tuple(reach for reach in own if not how_shared(f"{reach.kind}"))
            made.append(Seat(told, own, tuple(reach for reach in owners if reach.is_link)))
        return tuple(seat for seat in made if seat.told)

    @property
    def of_several(self) -> bool:
        """Whether a row may be somebody else's besides, or only found."""
        return self.shared or not all(reach.owner for reach in self.reaches)


class Reason(StrEnum):
    """Why a row that was gathered stays; it has one. What is kept wins over what is referred to.

    `found`: it is somebody else's and only found; `shared`: it is somebody else's besides; `shared-kept`: found or shared, and a
    rule keeps it; `kept`: a rule keeps it; `referred`: a row that stays refers to it.
    """

    FOUND = "found"
    SHARED = "shared"
    SHARED_KEPT = "shared-kept"
    KEPT = "kept"
    REFERRED = "referred"


@dataclass(frozen=True, slots=True)
class Keep:
    """Rows that stay because of `rule`: whose column is at or after `bound`, or in the future; all where no column is named.

    `follows`: with the rows of a gathered table that are kept, by this reach: its `columns` equal `referred` of the `source`.
    `besides` must hold as well.
    """

    rule: str
    column: str | None = None
    bound: datetime | None = None
    follows: Reach | None = None
    besides: tuple[Keep, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Mark the gathered rows of a table that are kept: by the first of `keeps` that holds, whose rule the mark names."""

    table: str
    keeps: tuple[Keep, ...]


@dataclass(frozen=True, slots=True)
class Referring:
    """Rows of `table` whose `columns` refer to `referred`: the database refuses to let go what they refer to.

    Whatever refers when it is asked counts, for what was to go before is gone, and references that were to be null are null.
    Within a `Hold` nothing of the ring is gone yet: there gathered rows that no reason keeps refer to nothing, save where the
    table is `lasting`, not deleted from; nor do those that stay for a reason of `freed`: their reference will be null.
    """

    table: str
    columns: tuple[str, ...]
    referred: tuple[str, ...]
    freed: tuple[Reason, ...] = ()
    lasting: bool = False


class Filling(StrEnum):
    """What an anonymised column gets."""

    NULL = "null"
    CONSTANT = "constant"
    TOKEN = "token"  # noqa: S105 - a name for people
    YEAR = "year"
    PATHS = "paths"
    ONLY = "only"
    ENTRIES = "entries"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Replaced:
    """One value in the place of another: where a column holds one of `was`, read in `form`, it `becomes` this.

    Without `was` those places are filled that hold nothing: null, or no letter.
    """

    becomes: str
    was: tuple[str, ...] = ()
    form: Form = Form.EXACT


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a column becomes; `constant` as text in the column's own form. A token is unlike every other and says nothing.

    `width` is how many characters fit. `paths` are taken out of a JSON document, or alone left in it (`only`), each a place of `datamap.places`. `replaced` is
    a value of a person, and never shown or kept with a plan. `entries` is the way by which entries of a list are the people's: those go out of the document, or
    lose what stands at `paths` where there are some.
    """

    column: str
    filling: Filling
    constant: str = ""
    width: int | None = None
    paths: tuple[str, ...] = ()
    replaced: Replaced | None = field(default=None, repr=False)
    entries: Reach | None = None


@dataclass(frozen=True, slots=True)
class Clear:
    """Set references within a ring of foreign keys to null in the rows that go, so that they can."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Assign columns of the gathered rows that stay for one of `reasons`; of those that no reason keeps where none is given.

    `rules`: of the rows whose mark names one of these only. `reach` is given where only the rows that were reached that way are
    meant: a person's share of a row of several.
    """

    table: str
    assignments: tuple[Assignment, ...]
    reasons: tuple[Reason, ...] = ()
    rules: tuple[str, ...] = ()
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Mark what stays within a ring of foreign keys because rows that stay refer to it, until nothing is new.

    Each pair is a table of the ring and what may refer to its rows.
    """

    pairs: tuple[tuple[str, Referring], ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """Undo everything and say `message` when a gathered row stays for one of `reasons`: it cannot be left as it should be."""

    table: str
    reasons: tuple[Reason, ...]
    message: Message
    help: Message


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the gathered rows of a table, save those that stay; first those are marked that rows of `referring` refer to.

    `leafwise`: the store looks at each row by itself, so those go first that no other refers to, until nothing is new.
    """

    table: str
    referring: tuple[Referring, ...] = ()
    leafwise: bool = False


Action = Clear | Change | Hold | Stop | Delete


@dataclass(frozen=True, slots=True)
class Told:
    """What the database will do by itself, or why something stays, said before anything is done."""

    table: str
    message: Message


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plan cannot be carried out as it is."""

    table: str
    message: Message
    help: Message


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a table, or of one column of it, and by which rule where it is kept."""

    table: str
    column: str | None
    verdict: Verdict
    rule: str = ""


@dataclass(frozen=True, slots=True)
class StorePlan:
    """What is done in one store. `rounds` gather in order; tables within one round reach each other and repeat until nothing is new.

    `marks` come after the last round and before the first action, in order. `actions` are in the order that the foreign keys
    allow. `refreshes` are materialised views that show what is changed, in the order in which they are filled anew after the
    commit. `watched` are ways that nobody is gathered by and that should lead to no other rows than those of the plan; `words` are
    columns by table in which no address of the people should stand when a row of them stays; `unsaid` are identifiers by table of
    whoever it names besides those it leads to, each with columns of which nothing says whose they are then. It is executable when there are no `problems`.
    """

    system: str
    rounds: tuple[tuple[Gather, ...], ...]
    marks: tuple[Mark, ...] = ()
    actions: tuple[Action, ...] = ()
    fates: tuple[Fate, ...] = ()
    told: tuple[Told, ...] = ()
    problems: tuple[Problem, ...] = ()
    refreshes: tuple[str, ...] = ()
    watched: tuple[Gather, ...] = ()
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unsaid: tuple[tuple[str, Reach, tuple[str, ...]], ...] = ()

    @property
    def gathers(self) -> tuple[Gather, ...]:
        """Every gathered table, in order."""
        return tuple(gather for group in self.rounds for gather in group)


class Level(StrEnum):
    """How far an erasure reached into a store; each holds what stands before it. A certificate names one a store."""

    NONE = "none"
    LOGICAL = "logical"
    VACUUMED = "vacuumed"
    REWRITTEN = "rewritten"
    KEY_DESTROYED = "key-destroyed"
    EXPIRED = "expired"
    ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class TableEffect:
    """What was done in one table, in rows: found, deleted, changed, and those that stay by reason (`kept:<rule>` for a rule)."""

    table: str
    found: int = 0
    deleted: int = 0
    changed: int = 0
    stay: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Remains:
    """What a second look found that should not be there: rows of a table, or values of a column of rows that stay."""

    table: str
    column: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of a plan in one store, as it was read back. `people` counts rows found by person and table."""

    system: str
    tables: tuple[TableEffect, ...]
    remains: tuple[Remains, ...] = ()
    level: Level = Level.LOGICAL
    people: tuple[tuple[int, str, int], ...] = ()
    attested: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing is left that was to go."""
        return not self.remains
