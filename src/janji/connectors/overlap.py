"""Counts that links and forms are proposed from, made inside the database: no value of anybody leaves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from janji.connectors.dialects import Dialect
from janji.connectors.engines import reading, tried
from janji.connectors.kinds import dialect_of
from janji.datamap.catalogue import Catalogue, Table
from janji.datamap.links import Beside, Overlap, Pair
from janji.datamap.typed import Typed, before_key

DRAWN, LOOKED = 200, 5000
"""So many different values of a column are held against keys, drawn from so many rows."""
TYPES = 50
"""A column with more different words than this names no tables."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of columns that lead to an owner: rows, rows without one, different owners, and the rows of the one with most."""

    rows: int
    empty: int
    owners: int
    most: int


def overlap(engine: Engine, catalogue: Catalogue, pairs: Iterable[Pair]) -> dict[Pair, Overlap]:
    """For each pair how many different values were drawn and how many the other table has: one statement a column.

    A column that cannot be compared with a key (another collation, a right that is missing) is left out.
    """
    columns: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        columns[pair.table, pair.column].append(pair)
    found: dict[Pair, Overlap] = {}
    dialect = dialect_of(engine.dialect.name)
    joint = [pair for held in columns.values() for pair in held if pair.beside]
    with reading(engine) as connection:
        for pair in joint:
            for drawn, met in tried(connection, _met_together(dialect, catalogue.tables[pair.table], pair)) or ():
                found |= {pair: Overlap(drawn, met)} if drawn else {}
        for (table, column), every in columns.items():
            held = [pair for pair in every if not pair.beside]
            for group in (held[start : start + 20] for start in range(0, len(held), 20)):
                for drawn, *counts in tried(connection, _met(dialect, catalogue, table, column, group)) or ():
                    found |= {pair: Overlap(drawn, met) for pair, met in zip(group, counts, strict=True) if drawn}
    return found


def _met(dialect: Dialect, catalogue: Catalogue, name: str, column: str, pairs: Sequence[Pair]) -> str:
    table = catalogue.tables[name]
    value = f"t.{dialect.quote(column)}"
    met = [f"(SELECT count(*) FROM drawn WHERE {_is_met(dialect, catalogue, pair)})" for pair in pairs]
    return (
        f"WITH looked AS ({dialect.drawn(table, value, f'{value} IS NOT NULL', LOOKED)}), drawn AS (SELECT DISTINCT v FROM looked LIMIT {DRAWN}) "
        f"SELECT (SELECT count(*) FROM drawn), {', '.join(met)}"
    )


def _is_met(dialect: Dialect, catalogue: Catalogue, pair: Pair) -> str:
    """The condition that a row of the other table has a drawn value; just one, where nothing declares that no two have."""
    other = catalogue.tables.get(pair.to)
    key, mine = other.column(pair.referred) if other is not None else None, catalogue.tables[pair.table].column(pair.column)
    left, right = f"k.{dialect.quote(pair.referred)}", "drawn.v"
    if key is not None and mine is not None and key.sort is not mine.sort:
        left, right = dialect.text(left), dialect.text(right)
    rows = f"FROM {dialect.table(pair.to)} k WHERE {left} = {right}"
    told_apart = other is None or (pair.referred,) in (other.primary_key, *other.uniques)
    return f"EXISTS (SELECT 1 {rows})" if told_apart else f"(SELECT count(*) {rows}) = 1"


def _met_together(dialect: Dialect, table: Table, pair: Pair) -> str:
    """How many different rows of several columns were drawn, and how many of them the other table has."""
    held = [(f"t.{dialect.quote(column)}", f"k.{dialect.quote(key)}", f"v{place}") for place, (column, key) in enumerate(zip(pair.columns, pair.keys, strict=True))]
    looked = f"SELECT {', '.join(f'{value} AS {name}' for value, _, name in held)} FROM {dialect.table(table.name)} t"
    looked += f" WHERE {' AND '.join(f'{value} IS NOT NULL' for value, _, _ in held)} LIMIT {LOOKED}"
    same = " AND ".join(f"{key} = drawn.{name}" for _, key, name in held)
    return (
        f"WITH looked AS ({looked}), drawn AS (SELECT DISTINCT {', '.join(name for _, _, name in held)} FROM looked LIMIT {DRAWN}) "
        f"SELECT (SELECT count(*) FROM drawn), (SELECT count(*) FROM drawn WHERE EXISTS (SELECT 1 FROM {dialect.table(pair.to)} k WHERE {same}))"
    )


def agreeing(engine: Engine, catalogue: Catalogue, asked: Iterable[Beside]) -> dict[Beside, Overlap]:
    """For each link between rows with identifiers how many rows were drawn, and in how many both have the same."""
    found: dict[Beside, Overlap] = {}
    dialect = dialect_of(engine.dialect.name)
    with reading(engine) as connection:
        for item in asked:
            for drawn, same in tried(connection, _same(dialect, catalogue, item)) or ():
                found |= {item: Overlap(int(drawn), int(same or 0))} if drawn else {}
    return found


def _same(dialect: Dialect, catalogue: Catalogue, item: Beside) -> str:
    """How many rows with an identifier were drawn that a link leads from to such a row, and how many have the same one."""
    def small(alias: str, column: str) -> str:
        return f"lower(trim({dialect.text(f'{alias}.{dialect.quote(column)}')}))"

    names = dict.fromkeys((*item.columns, *(mine for mine, _ in item.pairs)))
    there = " OR ".join(f"t.{dialect.quote(mine)} IS NOT NULL" for mine, _ in item.pairs)
    looked = f"(SELECT {', '.join(f't.{dialect.quote(name)}' for name in names)} FROM {dialect.table(item.table)} t WHERE {there} LIMIT {LOOKED}) AS t"
    joined = ""
    hops = [(item.table, "t", item.columns, item.to, item.referred)]
    hops += [(item.to, "k1", *item.over)] if item.over is not None else []
    for place, (table, left, columns, to, referred) in enumerate(hops, 1):
        joined += f" JOIN {dialect.table(to)} k{place} ON {_led(dialect, catalogue, (table, left, columns), (to, f'k{place}', referred))}"
    last = f"k{len(hops)}"
    alike = " OR ".join(f"{small('t', one)} = {small(last, other)}" for one, other in item.pairs)
    known = " OR ".join(f"({small('t', one)} <> '' AND {small(last, other)} <> '')" for one, other in item.pairs)
    return f"SELECT count(*), sum(CASE WHEN {alike} THEN 1 ELSE 0 END) FROM {looked}{joined} WHERE {known}"


def _led(dialect: Dialect, catalogue: Catalogue, one: tuple[str, str, tuple[str, ...]], other: tuple[str, str, tuple[str, ...]]) -> str:
    """The condition that columns of a row refer to another, each as table, alias and columns."""
    made = []
    for name, key in zip(one[2], other[2], strict=True):
        left, right = f"{one[1]}.{dialect.quote(name)}", f"{other[1]}.{dialect.quote(key)}"
        mine, theirs = catalogue.tables[one[0]].column(name), catalogue.tables[other[0]].column(key)
        apart = mine is not None and theirs is not None and mine.sort is not theirs.sort
        made.append(f"{dialect.text(left)} = {dialect.text(right)}" if apart else f"{left} = {right}")
    return " AND ".join(made)


def words_of(engine: Engine, types: Iterable[Typed]) -> dict[Typed, dict[str, str]]:
    """The different values of columns that name tables, each with the name that it stands for; a column with many is none and is left out."""
    found: dict[Typed, dict[str, str]] = {}
    dialect = dialect_of(engine.dialect.name)
    with reading(engine) as connection:
        for item in types:
            rows = tried(connection, _different(dialect, item))
            if rows is None or not 0 < len(rows) <= TYPES:
                continue
            said = {str(value): before_key(str(value)) if item.whole else ".".join(map(str, names)) or str(value) for value, *names in rows}
            found[item] = {value: word for value, word in said.items() if word is not None}
    return found


def _different(dialect: Dialect, item: Typed) -> str:
    """The different values of a column, with their names where those stand in a table of kinds; of one that holds keys too what stands before them."""
    value, table = f"t.{dialect.quote(item.type)}", f"{dialect.table(item.table)} t"
    if item.whole:
        before = dialect.without_number(value)
        return f"SELECT DISTINCT {before} FROM {table} WHERE {value} <> {before} AND {before} <> '' LIMIT {TYPES + 1}"
    if item.kinds is None:
        return f"SELECT DISTINCT {value} FROM {table} WHERE {value} IS NOT NULL LIMIT {TYPES + 1}"
    names = ", ".join(f"k.{dialect.quote(name)}" for name in item.kinds.names)
    kinds = f"{dialect.table(item.kinds.table)} k ON k.{dialect.quote(item.kinds.key)} = {value}"
    return f"SELECT DISTINCT {value}, {names} FROM {table} JOIN {kinds} LIMIT {TYPES + 1}"


def spread(engine: Engine, columns: Mapping[str, Iterable[tuple[str, ...]]]) -> dict[tuple[str, tuple[str, ...]], Spread]:
    """How the rows of tables are spread over what columns of theirs lead to: one statement for each set of columns."""
    found: dict[tuple[str, tuple[str, ...]], Spread] = {}
    dialect = dialect_of(engine.dialect.name)
    with reading(engine) as connection:
        for table, sets in columns.items():
            for names in dict.fromkeys(sets):
                held = ", ".join(f"t.{dialect.quote(name)}" for name in names)
                empty = " OR ".join(f"t.{dialect.quote(name)} IS NULL" for name in names)
                rows = tried(connection, (
                    f"SELECT sum(n), sum(CASE WHEN e = 1 THEN n ELSE 0 END), sum(1 - e), max(CASE WHEN e = 1 THEN 0 ELSE n END) "
                    f"FROM (SELECT count(*) AS n, max(CASE WHEN {empty} THEN 1 ELSE 0 END) AS e FROM {dialect.table(table)} t GROUP BY {held}) AS g"
                ))  # fmt: skip
                for counts in rows or ():
                    found[table, names] = Spread(*(int(count or 0) for count in counts))
    return found
