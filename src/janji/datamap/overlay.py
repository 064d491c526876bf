"""The overlay file of a system: what people say about its tables, read with the place of every word and of every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from janji.datamap.meaning import (
    Expiry,
    Form,
    Identifier,
    KeepRule,
    Link,
    Meaning,
    SystemMeaning,
    TableMeaning,
    Verdict,
)
from janji.documents.shapes import (
    Brief,
    Country,
    Field,
    Flag,
    Id,
    Length,
    Line,
    ListOf,
    MapOf,
    Name,
    OneOf,
    Prose,
    Reader,
    Record,
    Schema,
    Shape,
    document_schema,
)  # fmt: skip
from janji.documents.tree import read_tree
from janji.errors import Diagnostic
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE, Place, Word

SCHEMA_ADDRESS = "urn:janji:schema:data-map:1"


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as its file has it: with what is marked as gone from the store, and where it and its columns are written."""

    meaning: TableMeaning
    place: Place
    gone: bool = False
    gone_columns: frozenset[str] = frozenset()
    places: Mapping[str, Place] = field(default_factory=dict)
    blocks: frozenset[str] = frozenset()
    """The columns that are written as a block or a list of pairs, and not as one word."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What was understood of one file. `meaning` is without what is gone; it is `None` where the file says too little."""

    file: str
    meaning: SystemMeaning | None
    written: Mapping[str, WrittenTable] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def place_of(word: str) -> Place:
    """Where a word of an overlay stands; nowhere for a word that was not read from one."""
    return word.place if isinstance(word, Word) else NOWHERE


@dataclass(frozen=True, slots=True)
class _Column:
    meaning: Meaning
    gone: bool
    block: bool


def _plain(make: Any) -> Any:
    """A maker for a value that keeps no place of its own: its words have theirs."""
    return lambda place, **values: make(**values)


def _need(shape: Shape, about: str, attribute: str = "") -> Field:
    return Field(shape, about, required=True, attribute=attribute)


_WHY = Field(Line(), "why it is said so; of a proposal, what it was made from")
_COLUMNS = ListOf(Name())
_CONSTANTS = MapOf(Line(), key=Name())

_IDENTIFIER = Record("Identifier", _plain(Identifier), {
    "column": _need(Name(), "the column in which it stands"),
    "path": Field(Line(), "where it stands inside of a JSON document, such as `$.customer.email`, or `$.contacts[*].email` in each entry of a list"),
    "kind": _need(Id(), "which kind of identifier it is, such as `email` or `phone`"),
    "form": Field(OneOf(Form), "how its values stand there: `exact` as their normal form, `lower` in any case, `digits` with other characters between, `trimmed` with space around, `trimmed-lower` with space around and in any case"),
    "owner": Field(Flag(), "whether who is named there owns the row, or inside of a list the entry; `false` where it is only found by it"),
    "why": _WHY,
})  # fmt: skip

_LINK = Record("Link", _plain(Link), {
    "columns": _need(_COLUMNS, "the columns of this table"),
    "to": _need(Name(), "the table that they lead to; of another system, `system/table`"),
    "referred": _need(_COLUMNS, "the columns of that table that hold the same"),
    "where": Field(_CONSTANTS, "columns of this table with the value that they must have, for links whose table depends on a type"),
    "prefix": Field(Line(), "what stands in the one column before what it refers to, where it names the table as well: `party.party,`"),
    "owner": Field(Flag(), "whether who owns the row there owns this one; `false` where it is only found"),
    "why": _WHY,
})  # fmt: skip


def _column(place: Place, category: Word, gone: bool = False, **values: Any) -> _Column:
    """A column; one word alone stands where its record would begin."""
    return _Column(Meaning(category, **values), gone, place != category.place)


_COLUMN = Record("Column", _column, {
    "category": _need(Id(), "the category of the policy, or `none` where nothing of a person is held"),
    "why": _WHY,
    "paths": Field(MapOf(Id(), key=Name()), "categories by path, for a column that holds JSON"),
    "of": Field(_COLUMNS, "the columns of the link to the person whom it is about, where a row has several people"),
    "becomes": Field(Line(null=True), "what an anonymised row has there: `null`, `year`, `token` or a constant"),
    "gone": Field(Flag(), "set by a scan when the store has no such column any more"),
})  # fmt: skip


_KEEP = Record("KeepRule", _plain(KeepRule), {
    "rule": _need(Id(), "the rule of the policy's retention schedule that asks for it"),
    "reason": Field(Line(), "why, for people"),
    "since": Field(Name(), "the column with the instant that the period runs from"),
    "period": Field(Length(), "for how long"),
    "until": Field(Name(), "the column with the instant until which it is kept"),
    "follows": Field(Name(), "the linked table with whose row it is kept"),
    "columns": Field(_COLUMNS, "the columns that are kept; all when left out"),
})  # fmt: skip

_EXPIRY = Record("Expiry", _plain(Expiry), {
    "rule": _need(Id(), "the rule of the policy's retention schedule"),
    "event": Field(Id(), "the event that the column tells of, where it is not the rule's own"),
    "since": Field(Name(), "the column with the day or instant that the rule counts from"),
    "follows": Field(Name(), "the linked table with whose row it ends"),
    "where": Field(_CONSTANTS, "columns with the value that they must have"),
    "columns": Field(_COLUMNS, "the columns that end alone; the row when left out"),
    "why": _WHY,
})  # fmt: skip

_RESTRICT = Record("Restrict", lambda place, column, value: (column, value), {
    "column": _need(Name(), "the column that says a row is restricted"),
    "value": _need(Line(), "the value that it then has"),
})  # fmt: skip


def _table(id: Word, place: Place, gone: bool = False, columns: Mapping[str, _Column] | None = None, **values: Any) -> WrittenTable:
    held = columns or {}
    meaning = TableMeaning(id, columns={name: column.meaning for name, column in held.items()}, **values)
    return WrittenTable(
        meaning, place, gone, frozenset(name for name, column in held.items() if column.gone),
        {name: place_of(name) for name in held}, frozenset(name for name, column in held.items() if column.block),
    )  # fmt: skip


_TABLE = Record("Table", _table, {
    "reviewed": Field(Line(), "set by `janji map review`: the form of the table that somebody looked at"),
    "identifiers": Field(ListOf(_IDENTIFIER), "columns by which people are found"),
    "links": Field(ListOf(_LINK), "how its rows lead to a person over other tables"),
    "columns": Field(MapOf(Brief(_COLUMN, "category"), key=Name()), "what each column holds: a category, or a block"),
    "verdict": Field(OneOf(Verdict), "what becomes of its rows; `delete` when left out"),
    "restrict": Field(_RESTRICT, "how a row is marked as restricted"),
    "keep": Field(ListOf(_KEEP), "rows that a duty keeps"),
    "retention": Field(ListOf(_EXPIRY), "when its rows end by the policy's schedule"),
    "gone": Field(Flag(), "set by a scan when the store has no such table any more"),
})  # fmt: skip

OVERLAY = Record("System", lambda **values: values, {
    "system": _need(Id(), "the name of the system"),
    "title": Field(Prose(), "its name for people"),
    "owner": Field(Line(), "the department or function that answers for it"),
    "location": Field(Line(), "where it is: a data centre, a room, a shelf"),
    "country": Field(Country(), "the country in which it keeps the data"),
    "paper": Field(Flag(), "whether it is a store on paper"),
    "holds": Field(ListOf(Id()), "for a store without tables: the categories of the policy that it holds"),
    "tables": Field(MapOf(_TABLE, key=Name()), "its tables"),
})  # fmt: skip


def read_overlay(file: str, data: bytes) -> Overlay:
    """What the bytes of an overlay say, read as the file called `file`. Never raises: every mistake is a diagnostic."""
    tree = read_tree(file, data)
    reader = Reader(list(tree.diagnostics))
    if tree.root is None:
        if not tree.diagnostics:
            reader.error("empty-file", say(N_("there is nothing in this file")), Place(file),
                         say(N_("begin with `system: my-system`, or let `janji map scan` write it")))  # fmt: skip
        return Overlay(file, None, {}, tuple(reader.diagnostics))
    values = OVERLAY.read(tree.root, reader)
    if values is None:
        return Overlay(file, None, {}, tuple(reader.diagnostics))
    values.pop("place")
    written: dict[str, WrittenTable] = values.pop("tables", {})
    if "title" in values and not values["title"].languages:
        values["title"] = values["title"].get("")
    meaning = SystemMeaning(tables={name: _there(table) for name, table in written.items() if not table.gone}, **values)
    return Overlay(file, meaning, written, tuple(reader.diagnostics))


def _there(table: WrittenTable) -> TableMeaning:
    """The meaning of a table without the columns that are gone, and without what was said of them."""
    if not table.gone_columns:
        return table.meaning
    gone, held = table.gone_columns, table.meaning
    return replace(
        held, columns={name: column for name, column in held.columns.items() if name not in gone},
        identifiers=tuple(item for item in held.identifiers if item.column not in gone),
        links=tuple(link for link in held.links if not gone.intersection(link.columns)),
    )  # fmt: skip


def overlay_schema() -> Schema:
    """The JSON Schema (2020-12) of an overlay, published under `schema/data-map.json`."""
    return document_schema(OVERLAY, "What the tables of a system mean, for the data map of Janji", SCHEMA_ADDRESS)
