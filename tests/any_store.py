"""Hypothesis strategies for stores of any form: rings, composite keys, several ways, several owners, rules; with rows in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from janji.datamap.catalogue import Catalogue, Column, ForeignKey, OnDelete, Sort, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import NONE, Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning, Verdict
from janji.erasure.steps import Known
from janji.terms.periods import Period

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
EMAILS = ("ana@x.id", "budi@x.id", "Citra@X.id", "dewi@x.id", "\v ana@x.id \u00a0", None, "")
PHONES = ("+6281", "+6282", "+6283", None, "")
DAYS = ("2016-02-29", "2024-06-30", "2024-07-01", "2024-07-02", "2026-06-30", "2026-07-01", "2027-01-01", None)
_DELETES = (*[OnDelete.REFUSE] * 5, *[OnDelete.CASCADE] * 2, OnDelete.SET_NULL)


@dataclass(frozen=True)
class Store:
    """A store, what its map says, its rows, and who leaves."""

    catalogue: Catalogue
    meaning: SystemMeaning
    data: Mapping[str, list[dict[str, Any]]]
    people: tuple[Known, ...]


CATEGORIES = ("contact.name", "contact.email", "contact.number", "contact.address", "note", "money", "time")


def narrow() -> st.SearchStrategy[frozenset[str]]:
    """Some of the categories that such a store may hold."""
    return st.frozensets(st.sampled_from(CATEGORIES), min_size=1)


def _often(draw: st.DrawFn, tenth: int) -> bool:
    return draw(st.integers(0, 9)) < tenth


@st.composite
def stores(draw: st.DrawFn, dialect: str = "sqlite") -> Store:
    """Two to five tables, up to five rows each."""
    names = [f"t{number}" for number in range(draw(st.integers(2, 5)))]
    keys = {name: draw(st.sampled_from([("id",), ("id",), ("id",), ("left", "right"), ()])) for name in names}
    tables = {name: _table(draw, name, keys) for name in names}
    meaning = {name: _meaning(draw, tables, name) for name in names if _often(draw, 9)}
    meaning = {
        name: replace(said, links=tuple(link for link in said.links if link.to in meaning))
        for name, said in meaning.items()
    }
    meaning = {name: replace(said, keep=_keeps(draw, name, said, meaning)) for name, said in meaning.items()}
    data = {name: _rows(draw, tables, name, draw(st.integers(1, 5)), keys) for name in names}
    _refer(draw, tables, data)
    people = [Known(0, "email", "ana@x.id")]
    if _often(draw, 5):
        people.append(Known(0, "phone", "81", ("+6281",)))
    if _often(draw, 4):
        people.append(Known(1, "email", "citra@x.id", ("Citra@X.id",)))
    return Store(Catalogue(dialect, tables), SystemMeaning("shop", tables=meaning), data, tuple(people))


def _table(draw: st.DrawFn, name: str, keys: Mapping[str, tuple[str, ...]]) -> Table:
    columns = [Column(key, "", Sort.INTEGER, nullable=False) for key in keys[name]]
    uniques: list[tuple[str, ...]] = []
    for column in ("email", "phone"):
        columns.append(Column(column, "", Sort.TEXT, nullable=_often(draw, 6)))
        if _often(draw, 3):
            uniques.append((column,))
        elif _often(draw, 2):
            uniques.append((column, "sum"))
    columns.append(Column("name", "", Sort.TEXT, nullable=_often(draw, 5), length=12))
    columns.append(Column("note", "", Sort.TEXT, nullable=_often(draw, 5), length=3))
    columns += [Column("day", "", Sort.DATE), Column("sum", "", Sort.INTEGER, nullable=_often(draw, 5))]
    columns += [
        Column("doc", "", Sort.JSON),
        Column("kind", "", Sort.TEXT),
        Column("loose", "", Sort.INTEGER),
        Column("joint", "", Sort.TEXT),
    ]
    foreign = []
    for number in range(draw(st.integers(0, 3))):
        parent = draw(st.sampled_from([other for other in keys if keys[other]] or [""]))
        if parent:
            made = tuple(f"f{number}_{key}" for key in keys[parent])
            null = _often(draw, 6)
            columns += [Column(column, "", Sort.INTEGER, nullable=null) for column in made]
            foreign.append(ForeignKey(made, parent, keys[parent], draw(st.sampled_from(_DELETES)), _often(draw, 1)))
    return Table(name, tuple(columns), primary_key=keys[name], foreign_keys=tuple(foreign), uniques=tuple(uniques))


def _meaning(draw: st.DrawFn, tables: Mapping[str, Table], name: str) -> TableMeaning:
    table = tables[name]
    identifiers = [
        Identifier(column, column, form, _often(draw, 8))
        for column, form in (("email", draw(st.sampled_from([Form.EXACT, Form.LOWER, Form.TRIMMED, Form.TRIMMED_LOWER]))), ("phone", Form.DIGITS))
        if _often(draw, 4)
    ]
    identifiers += [
        Identifier("doc", "email", draw(st.sampled_from([Form.EXACT, Form.LOWER])), _often(draw, 8), path=path)
        for path in ("$.mail", "ship.mail") if _often(draw, 2)
    ]  # fmt: skip
    links = []
    for key in table.foreign_keys:
        if _often(draw, 7):
            where = {"kind": draw(st.sampled_from(["u", "v"]))} if _often(draw, 1) else {}
            links.append(Link(key.columns, key.table, key.referred, where, _often(draw, 8)))
    single = [other for other, there in tables.items() if len(there.primary_key) == 1]
    if single and _often(draw, 2):
        where = {"kind": draw(st.sampled_from(["u", "v"]))} if _often(draw, 5) else {}
        links.append(Link(("loose",), draw(st.sampled_from(single)), ("id",), where, _often(draw, 8)))
    if single and _often(draw, 2):
        links += [Link(("joint",), other, ("id",), {}, _often(draw, 8), prefix=f"{other},") for other in single]
    seats = [(), *(link.columns for link in links), *((identifier.column,) for identifier in identifiers)]
    columns = {"name": Meaning("contact.name", of=draw(st.sampled_from(seats)))}
    if _often(draw, 4):
        columns["note"] = Meaning(
            "note", becomes=draw(st.sampled_from([None, None, "xx"])), of=draw(st.sampled_from(seats))
        )
    if _often(draw, 3):
        columns["sum"] = Meaning("money")
    if _often(draw, 2):
        columns["day"] = Meaning("time", becomes=draw(st.sampled_from([None, "year"])))
    if _often(draw, 2):
        columns["doc"] = Meaning(draw(st.sampled_from([NONE, NONE, "note"])), paths={"who": "contact.name", "$.ship.to": "contact.address"})
    for identifier in identifiers:
        if not identifier.path and _often(draw, 2):
            columns[identifier.column] = Meaning("contact.email", of=draw(st.sampled_from(seats)))
    if table.foreign_keys and _often(draw, 2):
        columns[table.foreign_keys[0].columns[0]] = Meaning("contact.number")
    if table.primary_key == ("id",) and _often(draw, 1):
        columns["id"] = Meaning("contact.number")
    verdict = draw(st.sampled_from([*[Verdict.DELETE] * 8, Verdict.ANONYMISE, Verdict.DESTROY, Verdict.RESTRICT]))
    restrict = ("kind", "held") if verdict is Verdict.RESTRICT else None
    return TableMeaning(name, fingerprint(table), tuple(identifiers), tuple(links), columns, verdict, restrict)


def _keeps(draw: st.DrawFn, name: str, said: TableMeaning, meaning: Mapping[str, TableMeaning]) -> tuple[KeepRule, ...]:
    made: list[KeepRule] = []
    spared = st.sampled_from([(), (), ("name",), ("sum", "note"), ("email", "name")])
    if _often(draw, 2):
        period = draw(st.sampled_from([Period(months=24), Period(months=120), None]))
        made.append(KeepRule("tax", since="day", period=period, columns=draw(spared)))
    if _often(draw, 1):
        made.append(KeepRule("court", until="day", columns=draw(spared)))
    if made and _often(draw, 2):
        made.append(KeepRule("all", since="day", period=Period(months=1)))
    near = [link.to for link in said.links if link.to != name]
    near += [other for other in meaning if other != name and any(link.to == name for link in meaning[other].links)]
    if near and _often(draw, 2):
        made.append(KeepRule("tail", follows=draw(st.sampled_from(near)), columns=draw(spared)))
    return tuple(made)


def _rows(
    draw: st.DrawFn, tables: Mapping[str, Table], name: str, size: int, keys: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    table = tables[name]
    made: list[dict[str, Any]] = []
    for number in range(size):
        row: dict[str, Any] = {column.name: None for column in table.columns}
        row.update({key: number + 1 if key != "left" else 1 + number % 2 for key in keys[name]})
        for column, pool in (("email", EMAILS), ("phone", PHONES)):
            row[column] = draw(st.sampled_from(pool))
            taken = {other[column] for other in made} if (column,) in table.uniques else set()
            null = table.column(column).nullable  # type: ignore[union-attr]
            if (row[column] is None and not null) or (row[column] in taken and row[column] is not None):
                row[column] = f"{column}{number}@y.id"
        row["name"] = f"n{number}"
        row["note"] = "abc"
        row["day"] = draw(st.sampled_from(DAYS))
        row["sum"] = number
        row["doc"] = {"who": "Ana", "ship": {"to": "Bandung", "cost": 9}, "lines": number}
        for place in (row["doc"], row["doc"]["ship"]):
            if _often(draw, 7):
                place["mail"] = draw(st.sampled_from(EMAILS))
        row["kind"] = draw(st.sampled_from(["u", "v", None]))
        made.append(row)
    return made


def _refer(draw: st.DrawFn, tables: Mapping[str, Table], data: Mapping[str, list[dict[str, Any]]]) -> None:
    for name, table in tables.items():
        for row in data[name]:
            row["loose"] = draw(st.sampled_from([None, 1, 2, 7]))
            row["joint"] = draw(st.sampled_from([None, "", "1", *(f"{other},{number}" for other in tables for number in (1, 2, 7))]))
            for key in table.foreign_keys:
                null = table.column(key.columns[0]).nullable  # type: ignore[union-attr]
                there = draw(st.sampled_from([*data[key.table], *([None] if null else [])]))
                if there is not None:
                    row.update({ours: there[theirs] for ours, theirs in zip(key.columns, key.referred, strict=True)})
