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
from janji.datamap.links import Overlap, Pair, Typed

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
    with reading(engine) as connection:
        for (table, column), held in columns.items():
            for group in (held[start : start + 20] for start in range(0, len(held), 20)):
                for drawn, *counts in tried(connection, _met(dialect, catalogue.tables[table], column, group)) or ():
                    found |= {pair: Overlap(drawn, met) for pair, met in zip(group, counts, strict=True) if drawn}
    return found


def _met(dialect: Dialect, table: Table, column: str, pairs: Sequence[Pair]) -> str:
    met = [
        f"(SELECT count(*) FROM drawn WHERE EXISTS (SELECT 1 FROM {dialect.table(pair.to)} k WHERE k.{dialect.quote(pair.referred)} = drawn.v))"
        for pair in pairs
    ]
    value = f"t.{dialect.quote(column)}"
    return (
        f"WITH looked AS ({dialect.drawn(table, value, f'{value} IS NOT NULL', LOOKED)}), drawn AS (SELECT DISTINCT v FROM looked LIMIT {DRAWN}) "
        f"SELECT (SELECT count(*) FROM drawn), {', '.join(met)}"
    )


def words_of(engine: Engine, types: Iterable[Typed]) -> dict[Typed, tuple[str, ...]]:
    """The different words of columns that name tables; a column with many is none and is left out."""
    found: dict[Typed, tuple[str, ...]] = {}
    dialect = dialect_of(engine.dialect.name)
    with reading(engine) as connection:
        for item in types:
            value = f"t.{dialect.quote(item.type)}"
            rows = tried(connection, f"SELECT DISTINCT {value} FROM {dialect.table(item.table)} t WHERE {value} IS NOT NULL LIMIT {TYPES + 1}")
            if rows is not None and 0 < len(rows) <= TYPES:
                found[item] = tuple(sorted(str(row[0]) for row in rows))
    return found


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
