"""Identifiers of the people in the very columns by which they are looked for, written so that the form of the map passes them by: all rows are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from janji.connectors.asks import Ask
from janji.connectors.dialects import Values
from janji.connectors.gathering import Writer
from janji.connectors.stray import beside_gathered, going
from janji.datamap.catalogue import Sort
from janji.datamap.meaning import Form
from janji.erasure.forms import WIDEST, unfound
from janji.erasure.steps import Gather, Reach
from janji.people.identifiers import IdentifierKind

_LONGEST = {IdentifierKind.PHONE: 15, IdentifierKind.NATIONAL_ID: 16}
"""So many digits at most has one number (of telephones: ITU-T E.164 6.2.1); where there are more, several stand there."""


def unfound_asks(writer: Writer) -> Iterator[Ask]:
    """Rows that a search in the form of a reach passes by, though one of the people stands there, and that go by no other way either."""
    kept = {mark.table for mark in writer.plan.marks}
    for gather in writer.plan.gathers:
        for reach in gather.reaches:
            kind = next((kind for kind in WIDEST if kind == reach.kind and not reach.path), None)
            if kind is None or writer.column(gather.table, reach.columns[0]).sort is not Sort.TEXT or not writer.pairs(reach, gather.table):
                continue

            def texts(values: Values, head: str, gather: Gather = gather, reach: Reach = reach, kind: IdentifierKind = kind) -> list[str]:
                rest = beside_gathered(writer, gather.table, going(gather.table, kept))
                return [f"{head.format(writer.dialect.text('NULL'))} FROM ({rows}{rest}) AS x" for rows in _rows(writer, values, gather, reach, kind)]

            yield Ask((gather.table,), texts, lambda _, counts, gather=gather, reach=reach: unfound(gather.table, reach, counts[0]) if counts[0] else None)  # type: ignore[misc]


def _rows(writer: Writer, values: Values, gather: Gather, reach: Reach, kind: IdentifierKind) -> Iterator[str]:
    """Selections, up to their last condition, of rows that hold a value of the people in the widest form, or more than it, and none by which the reach itself finds them."""
    table, wide = gather.table, replace(reach, form=WIDEST[kind])
    own = f"{writer.people_of(values, reach, table, writer.pairs(reach, table))} AS o"
    unlike = f"NOT EXISTS (SELECT 1 FROM {own} WHERE {writer.matched(table, reach, 'o')})"
    keys = ", ".join(f"{expression} AS k{place}" for place, expression in enumerate(writer.key(gather)))
    for pairs, ahead in writer.groups(wide, table):
        people = f"{writer.people_of(values, wide, table, pairs)} AS s"
        match = [*_held(writer, table, wide, kind, reach.form), *writer.narrowed(values, table, reach), *writer.behind(values, table, ahead), unlike]
        joined = writer.dialect.people_first(indexed=False).format(people=people, table=writer.named(table), match=" AND ".join(match))
        yield f"SELECT DISTINCT {keys} FROM {joined}"


def _held(writer: Writer, table: str, wide: Reach, kind: IdentifierKind, form: Form) -> tuple[str, str]:
    """The conditions that a value is of those, mostly few, that a search in the form can pass by, and that it is the value of `s` or holds it."""
    field, same = writer.looked_at(table, wide)[0], writer.matched(table, wide, "s")
    capitals, apart, _, _ = writer.dialect.oddities(field)
    if kind == IdentifierKind.EMAIL:
        more = writer.dialect.beyond_address(field)
        return more if form.lowers else f"({more} OR {capitals})", f"({same} OR ({more} AND {writer.dialect.names(field, 's.value')}))"
    digits = writer.dialect.digits(field)
    several = f"(length({field}) > {_LONGEST[kind]} AND length({digits}) > {_LONGEST[kind]})"
    return several if form is Form.DIGITS else f"({apart})", f"({same} OR ({several} AND {writer.dialect.speaks_of(digits, 's.value')}))"
