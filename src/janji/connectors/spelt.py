"""How the values of identifiers stand in a database: counted over all rows, or over some drawn from all over a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Engine

from janji.connectors.asks import Ask
from janji.connectors.dialects import Dialect, Values
from janji.connectors.engines import reading, tried
from janji.connectors.gathering import Writer
from janji.connectors.kinds import dialect_of
from janji.datamap.catalogue import Column, Sort, Table
from janji.datamap.meaning import Identifier
from janji.datamap.places import entry_of, listed, spot_in
from janji.datamap.spelling import FormCount
from janji.erasure.forms import may_miss, misfit
from janji.erasure.steps import Reach
from janji.people.identifiers import IdentifierKind

DRAWN = 2000
"""So many values of a column are looked at before a plan is carried out."""


def count_forms(engine: Engine, identifiers: Mapping[str, Iterable[Identifier]]) -> dict[tuple[str, str], FormCount]:
    """How the values of identifiers stand, over all rows: one statement a table, by table and name of the identifier.

    A table that the account may not read is left out.
    """
    dialect = dialect_of(engine.dialect.name)
    found: dict[tuple[str, str], FormCount] = {}
    with reading(engine) as connection:
        for table, wanted in identifiers.items():
            held = list(wanted)
            if not held:
                continue
            for item in [item for item in held if listed(item.path)]:
                word, read = _listed(dialect, f"t.{dialect.quote(item.column)}", item.path)
                rows = tried(connection, f"SELECT {_counts(dialect, word)} FROM {dialect.table(table)} AS t CROSS JOIN {read}")
                if rows is not None:
                    found[table, item.name] = _counted(rows[0])
            held = [item for item in held if not listed(item.path)]
            counts = ", ".join(_counts(dialect, _word(dialect, item.column, item.path)) for item in held)
            rows = tried(connection, f"SELECT {counts} FROM {dialect.table(table)} AS t") if held else None
            if rows is None:
                continue
            row = rows[0]
            for place, item in enumerate(held):
                found[table, item.name] = _counted(row[5 * place : 5 * place + 5])
    return found


def spelling_asks(writer: Writer) -> Iterator[Ask]:
    """Identifiers of which some drawn values stand so that a search passes them by."""
    for gather in writer.plan.gathers:
        for reach in gather.reaches:
            if may_miss(reach) and _as_text(writer, gather.table, reach):
                held = writer.table(gather.table)

                def texts(_: Values, head: str, table: Table = held, reach: Reach = reach) -> list[str]:
                    return [_drawn(writer.dialect, table, reach, head.partition("count(*)")[0].format(writer.dialect.text("NULL")))]

                yield Ask((), texts, lambda _, counts, table=gather.table, reach=reach: misfit(table, reach, FormCount(*counts)))  # type: ignore[misc]


def _drawn(dialect: Dialect, table: Table, reach: Reach, head: str) -> str:
    """Counts over drawn values, behind what a row of the answer begins with."""
    if reach.listed:
        return _drawn_list(dialect, table, reach, head)
    word = _word(dialect, reach.columns[0], reach.path)
    of_kind = f"{word} LIKE '%@%'" if reach.kind == IdentifierKind.EMAIL else f"{word} IS NOT NULL"  # a column may be mixed
    return f"{head}{_counts(dialect, 'd.v')} FROM ({dialect.drawn(table, word, of_kind, DRAWN)}) AS d"


def _drawn_list(dialect: Dialect, table: Table, reach: Reach, head: str) -> str:
    """Counts over the entries of lists in drawn rows."""
    field = f"t.{dialect.quote(reach.columns[0])}"
    word, read = _listed(dialect, "d.v", reach.path)
    of_kind = f"{word} LIKE '%@%'" if reach.kind == IdentifierKind.EMAIL else f"{word} IS NOT NULL"
    drawn = dialect.drawn(table, field, f"{field} IS NOT NULL", DRAWN)
    return f"{head}{_counts(dialect, word)} FROM ({drawn}) AS d CROSS JOIN {read} WHERE {of_kind}"


def _listed(dialect: Dialect, field: str, path: str) -> tuple[str, str]:
    """A value in an entry of a list inside of a column, and what is read to have the entries."""
    steps, keys = entry_of(spot_in(path) or path)
    read, entry = dialect.entries(field, Column("", "", Sort.JSON), steps)
    return dialect.at_entry(entry, keys), read


def _as_text(writer: Writer, table: str, reach: Reach) -> bool:
    """Whether a reach looks at text; a number has one way to stand."""
    return bool(reach.path) or writer.column(table, reach.columns[0]).sort is Sort.TEXT


def _word(dialect: Dialect, column: str, path: str) -> str:
    """A column, or a place inside of it, as it stands in a row `t`."""
    field = f"t.{dialect.quote(column)}"
    return dialect.inside(field, Column(column, "", Sort.JSON), spot_in(path) or path) if path else field


def _counts(dialect: Dialect, word: str) -> str:
    return ", ".join([f"count({word})", *(f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in dialect.oddities(word))])


def _counted(row: Sequence[object]) -> FormCount:
    return FormCount(*(int(str(count or 0)) for count in row))
