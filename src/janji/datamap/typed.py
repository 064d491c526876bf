"""Columns that name the table to which they or others lead: by its name, by the number of a kind, or before the key in the same column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from janji.datamap.catalogue import Catalogue, Column, Sort, Table
from janji.datamap.drift import VIEWS
from janji.datamap.naming import singular, stem_of, words_in

KEYED = frozenset({Sort.TEXT, Sort.UUID, Sort.INTEGER, Sort.BYTES})
"""What keys are made of."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """A table in which kinds have numbers: its key, and the columns that together name the table that is meant."""

    table: str
    key: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """A column whose value names the table that another column's value is a key of; itself, where both stand in one (`party.party,1`).

    With `kinds` the value is a number there.
    """

    table: str
    type: str
    column: str
    kinds: Kinds | None = None

    @property
    def whole(self) -> bool:
        """Whether the name of the table and the key stand in one column."""
        return self.type == self.column


_TYPE = re.compile(r"(?i:(?:ref_?)?doctype|model|table_?name|(object|entity|subject|target)|(.+?)_?(?:doc)?(?:type|tipe|class|kind|jenis|model))")
_KIND = re.compile(r"(?i)(?:(.*?)_?)(?:content_?type|type|ctype|kind|class|model)_?id")
_ROWS_OF_ANY = ("res_id", "record_id", "row_id", "object_id", "entity_id", "model_id", "docname", "row_pk", "pk")
"""Columns of a key that goes with the name of any table."""
_OF_A_KIND = ("{0}object_id", "{0}object_pk", "{0}id", "{0}pk", "{0}key", "{0}record_id", "{0}entity_id", "{0}res_id")
"""Columns of a key that goes with the number of a kind, behind what is before both."""
_NAMES_OF_KINDS = (("app_label", "model"), ("model",), ("table_name",), ("entity_table",), ("class_name",), ("class",), ("code",), ("name",))
"""Columns by which a table of kinds says which table each is."""
_WHOLE = frozenset(["resource", "reference", "ref", "origin", "target", "object", "entity", "subject", "owner", "related", "source", "record", "document", "gid", "urn"])
"""Words that end the names of columns which may hold a table with a key of it."""
_BEFORE_KEY = re.compile(r"(?:.*[/:])?([A-Za-z_][\w.]*)[,:/#|]")
"""What stands before a key in one column with its table."""


def typed(catalogue: Catalogue) -> tuple[Typed, ...]:
    """Pairs of columns such as `owner_type` and `owner_id`, of which no foreign key tells where they lead, and single ones that may name both."""
    found = []
    for name, table in catalogue.tables.items():
        if table.kind in VIEWS:
            continue
        declared = {column for key in table.foreign_keys for column in key.columns}
        free = {item.name: item for item in table.columns if item.name not in declared and item.sort in KEYED}
        for item in table.columns:
            stem = _TYPE.fullmatch(item.name)
            if stem is not None and item.sort in (Sort.TEXT, Sort.OTHER):
                before = next(filter(None, stem.groups()), "")
                others = (f"{before}_id", f"{before}Id", f"{before}_key", f"id_{before}", f"{before}_name", before, *(() if before else _ROWS_OF_ANY))
                found += [Typed(name, item.name, other) for other in others if other in free]
        found += _by_number(catalogue, table, free)
        paired = {item.column for item in found if item.table == name}
        found += [
            Typed(name, item.name, item.name) for item in free.values()
            if item.sort is Sort.TEXT and item.name not in paired and (item.name,) != table.primary_key and _may_be_whole(item.name)
        ]  # fmt: skip
    return tuple(found)


def _may_be_whole(column: str) -> bool:
    """Whether by its name a column may hold a table with a key of it."""
    return column == "res_id" or not _WHOLE.isdisjoint(words_in(column)[-1:])


def _by_number(catalogue: Catalogue, table: Table, free: dict[str, Column]) -> Iterator[Typed]:
    """The numbers of kinds with the keys beside them, where a foreign key says which table tells what kinds there are."""
    for key in table.foreign_keys:
        stem = _KIND.fullmatch(key.columns[0]) if len(key.columns) == 1 else None
        kinds = _kinds(catalogue.tables.get(key.table), key.referred)
        if stem is None or kinds is None:
            continue
        before = f"{stem[1]}_" if stem[1] else ""
        other = next((held for held in (form.format(before) for form in _OF_A_KIND) if held in free and (before or held != "id") and (held,) != table.primary_key), None)
        if other is not None:
            yield Typed(table.name, key.columns[0], other, kinds)


def _kinds(table: Table | None, key: tuple[str, ...]) -> Kinds | None:
    """A table that may say what kinds there are."""
    if table is None or len(key) != 1:
        return None
    texts = {item.name for item in table.columns if item.sort is Sort.TEXT}
    names = next((names for names in _NAMES_OF_KINDS if texts.issuperset(names)), None)
    return None if names is None else Kinds(table.name, key[0], names)


def before_key(value: str) -> str | None:
    """The table that is named before a key in one column: `party.party` of `party.party,`; `None` where none is."""
    found = _BEFORE_KEY.fullmatch(value)
    return None if found is None else found[1]


def table_of(word: str, catalogue: Catalogue) -> str | None:
    """The table that a word means: `customer`, `shop.customer`, or a class of that name."""
    said = words_in(word)
    for name in catalogue.tables:
        if said and words_in(name.rsplit(".", 1)[-1]) == said:
            return name
    for whole in (word, re.split(r"[\\./:]", word)[-1]):
        wanted = [*(words_in(whole)[:-1]), singular(words_in(whole)[-1])] if words_in(whole) else []
        for name in catalogue.tables:
            if wanted and stem_of(name) == tuple(wanted):
                return name
    return None
