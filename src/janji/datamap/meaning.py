"""What people say about the form of a system: whose, where, what each column is, and how a row leads to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from janji.datamap.places import spot_in
from janji.terms.periods import Period
from janji.terms.texts import Text

NONE = "none"
"""The category of a column that holds nothing of a person."""


SPACE = " \t\n\v\f\r\u00a0"
"""What counts as space around a value: ASCII's, and the space that does not break."""


class Form(StrEnum):
    """How the values of an identifier stand in a column, so that they are found by an index where that can be."""

    EXACT = "exact"
    LOWER = "lower"
    DIGITS = "digits"
    TRIMMED = "trimmed"
    TRIMMED_LOWER = "trimmed-lower"

    @property
    def trims(self) -> bool:
        """Whether space around a value is passed over."""
        return self in (Form.TRIMMED, Form.TRIMMED_LOWER)

    @property
    def lowers(self) -> bool:
        """Whether capitals are taken for small letters."""
        return self in (Form.LOWER, Form.TRIMMED_LOWER)


class Verdict(StrEnum):
    """What becomes of what is held (UU 27/2022 Art 8, 41, 43, 44; Art 16(2)(g))."""

    DELETE = "delete"
    DESTROY = "destroy"
    ANONYMISE = "anonymise"
    RESTRICT = "restrict"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A column whose values are identifiers of `kind`: of Janji's kinds of identifiers, such as `email` or `phone`.

    Where `owner` holds, the person whose identifier stands there owns the row, beside others; otherwise the row is found
    by it, and belongs to whom its links lead to. With a `path` the identifier stands there, inside of a JSON document; inside of a
    list (`$.contacts[*].email`) it only finds the row, and who is named there owns the entry of the list instead.
    """

    column: str
    kind: str
    form: Form = Form.EXACT
    owner: bool = True
    why: str = ""
    path: str = ""

    @property
    def name(self) -> str:
        """The column, and the keys inside of it where there are some: no two identifiers of a table have the same."""
        return f"{self.column}.{spot_in(self.path) or self.path}" if self.path else self.column


@dataclass(frozen=True, slots=True)
class Link:
    """`columns` hold what `referred` of the table `to` holds: whoever owns the row there owns this one.

    `to` is a table of the same system, or `system/table` of another. `where` narrows to rows whose columns have these
    values, as polymorphic owners need. Where one column names the table and the row (`party.party,1`), `prefix` is what
    stands there before what is referred to. A row that is found only, and not owned, has `owner` false.
    """

    columns: tuple[str, ...]
    to: str
    referred: tuple[str, ...]
    where: Mapping[str, str] = field(default_factory=dict)
    owner: bool = True
    why: str = ""
    prefix: str = ""

    @property
    def of_kind(self) -> bool:
        """Whether it is a link of some rows alone: of those that name its table."""
        return bool(self.where or self.prefix)

    @property
    def abroad(self) -> bool:
        """Whether it leads to another system."""
        return "/" in self.to


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one column holds: a category of the policy, or `none`. `paths` are categories by JSON path inside of it.

    `of` names the columns of the link by which its person is reached, where a row has several people (`recipient_name`
    is `of: [recipient_id]`). `becomes` is what an anonymised row has there: `null`, `year`, `token`, or a constant.
    """

    category: str
    why: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    of: tuple[str, ...] = ()
    becomes: str | None = None


@dataclass(frozen=True, slots=True)
class KeepRule:
    """Rows that a duty or a reason keeps: a rule of the policy, its words, and from when for how long.

    Kept from the column `since` for `period`; until the column `until`; with the row of the table `follows` that it is linked
    to; or for good where none is given. Of a kept row the `columns` stay, with the one that it counts from,
    and every other personal one is anonymised; no columns mean all.
    """

    rule: str
    reason: str = ""
    since: str | None = None
    period: Period | None = None
    until: str | None = None
    follows: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def left(self) -> frozenset[str]:
        """The columns that are left as they are, for a rule that names some: it must find the row again by what it counts from."""
        return frozenset(filter(None, (*self.columns, self.since, self.until)))


@dataclass(frozen=True, slots=True)
class Expiry:
    """Which rule of the policy's retention schedule ends a table's rows, and where the event stands that it counts from.

    Counted from the column `since`, a date or an instant; without one, rows end with the row of the table `follows` that they
    are linked to. `where` narrows to rows whose columns have these values. `columns` end alone where some are named (the row
    stays, and they become what their meaning says); otherwise the row ends. `event` is the one that the column tells of where
    it is not the rule's own: a `withdrawal`, with which rows end at once (UU 27/2022 Art 43(1)(b)).
    """

    rule: str
    event: str = ""
    since: str | None = None
    follows: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class TableMeaning:
    """What one table means. `reviewed` is the fingerprint of the form that somebody looked at; without it nothing is done."""

    name: str
    reviewed: str = ""
    identifiers: tuple[Identifier, ...] = ()
    links: tuple[Link, ...] = ()
    columns: Mapping[str, Meaning] = field(default_factory=dict)
    verdict: Verdict = Verdict.DELETE
    restrict: tuple[str, str] | None = None
    keep: tuple[KeepRule, ...] = ()
    retention: tuple[Expiry, ...] = ()

    @property
    def personal(self) -> tuple[str, ...]:
        """The columns that hold something of a person."""
        return tuple(name for name, meaning in self.columns.items() if meaning.category != NONE)


@dataclass(frozen=True, slots=True)
class SystemMeaning:
    """A system and its tables: what the overlay file of a system says. Its title is a `Text` where it is said in several languages.

    A store on paper has no tables: it has a place, and `holds` names the categories that lie there (clause 1.1). So may a
    system that nobody can look into yet.
    """

    system: str
    title: str | Text = ""
    owner: str = ""
    location: str = ""
    country: str = ""
    tables: Mapping[str, TableMeaning] = field(default_factory=dict)
    paper: bool = False
    holds: tuple[str, ...] = ()
