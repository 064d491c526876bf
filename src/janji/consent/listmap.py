"""How somebody else's list of consents is written: which column holds what, and what its wordings mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from janji.consent.choices import Method
from janji.decision.standing import KnownAge
from janji.documents.shapes import Count, Field, Id, Line, ListOf, OneOf, Reader, Record, nearest, short
from janji.documents.tree import Mapping, read_tree
from janji.errors import Diagnostic
from janji.policy.model import Policy
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE, Place

FIELDS = ("purpose", "channel", "state", "date", "notice", "version", "language", "method", "born", "age")


class State(StrEnum):
    """What a list says of a person. Everything but `given` is a no; `bounced` says that the address is dead."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"


class DateOrder(StrEnum):
    """How dates are written: `2026-11-23`, `23/11/2026` or `11/23/2026`."""

    ISO = "iso"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierColumn:
    """A column with identifiers, and of which kind they are. The first column that is filled names the person."""

    column: str
    kind: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a wording of the list means; a wording may stand for several purposes, once each."""

    written: str
    means: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One text for each field of ours: a heading, or what holds for every row."""

    held: dict[str, str] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """The wordings of the list, by field."""

    held: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMap:
    """How a list is written. `source` names where it comes from and is recorded; `header` is counted from 1."""

    source: str
    identifiers: tuple[IdentifierColumn, ...]
    columns: Parts = field(default_factory=Parts)
    always: Parts = field(default_factory=Parts)
    values: Wordings = field(default_factory=Wordings)
    dates: DateOrder = DateOrder.ISO
    sheet: str | None = None
    header: int = 1
    place: Place = field(default=NOWHERE, compare=False)

    def purposes(self) -> tuple[str, ...]:
        """Every purpose that the map can name."""
        meant = [item.means for item in self.values.held.get("purpose", ())]
        fixed = self.always.held.get("purpose")
        return tuple(dict.fromkeys([*meant, *([fixed] if fixed else [])]))


def _parts(place: Place, **held: str) -> Parts:
    return Parts(held={key: str(value) for key, value in held.items()}, place=place)


def _wordings(place: Place, **held: tuple[Meaning, ...]) -> Wordings:
    return Wordings(held=held, place=place)


_MEANING = Record("Wording", Meaning, {
    "written": Field(Line(), "the words in the list", required=True),
    "means": Field(Line(), "what they mean: a name of the policy, or a word of ours", required=True),
})  # fmt: skip
_IDENTIFIER = Record("IdentifierColumn", IdentifierColumn, {
    "column": Field(Line(), "the heading of the column", required=True),
    "kind": Field(Id(), "the kind of identifier: `email`, `phone`, `account` and so on", required=True),
})  # fmt: skip
LIST_MAP = Record("ListMap", ListMap, {
    "source": Field(Id(), "where the list comes from; recorded with each choice", required=True),
    "identifiers": Field(ListOf(_IDENTIFIER), "the columns that say who it is, the best first", required=True),
    "columns": Field(Record("ListColumns", _parts, {name: Field(Line(), "the heading of the column that holds this")
                                                    for name in FIELDS}), "which heading holds what"),
    "always": Field(Record("Always", _parts, {name: Field(Line(), "what holds for every row") for name in FIELDS}),
                    "what the list does not say because it is the same for all"),
    "values": Field(Record("Wordings", _wordings, {name: Field(ListOf(_MEANING), "wordings of this list")
                                                   for name in FIELDS}), "what the wordings of this list mean"),
    "dates": Field(OneOf(DateOrder), "how dates are written; `iso` by default"),
    "sheet": Field(Line(), "the sheet to read; the first one when left out"),
    "header": Field(Count(), "the row of the headings, counted from 1; 1 by default"),
})  # fmt: skip


def read_map(name: str, data: bytes, policy: Policy) -> tuple[ListMap | None, tuple[Diagnostic, ...]]:
    """The map written in a YAML text, held against the policy, or the diagnostics that say why there is none."""
    tree = read_tree(name, data)
    reader = Reader(list(tree.diagnostics))
    read = LIST_MAP.read(tree.root or Mapping([], Place(name)), reader) if not reader.diagnostics else None
    if read is not None:
        for place, field_name, word in _words(read):
            known = _known(policy, field_name)
            if known is not None and word not in known:
                reader.error("unknown-word", say(N_("`{word}` is not one of the words for this"), word=short(word)),
                             place, nearest(word, known))  # fmt: skip
        if "state" not in read.columns.held and "state" not in read.always.held:
            reader.error("state-missing", say(N_("the map does not say which column holds the choice")), read.place,
                         say(N_("add `state:` under `columns` with the heading of that column")))  # fmt: skip
        if not read.identifiers:
            reader.error("identifier-missing", say(N_("the map names no column that says who it is")), read.place,
                         say(N_("add `{{column: E-mail, kind: email}}` under `identifiers`")))  # fmt: skip
    return (None if reader.diagnostics else read), tuple(reader.diagnostics)


def _words(read: ListMap) -> list[tuple[Place, str, str]]:
    found = [(item.place, name, item.means) for name, items in read.values.held.items() for item in items]
    return found + [(read.always.place, name, word) for name, word in read.always.held.items()]


def _known(policy: Policy, name: str) -> list[str] | None:
    """The words that a field can mean; nothing where any text will do."""
    return {
        "purpose": [*policy.purposes], "channel": [*policy.channels], "notice": [*policy.notices],
        "state": [*State], "method": [*Method], "age": [*KnownAge],
    }.get(name)  # fmt: skip


