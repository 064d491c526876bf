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


def unfound_asks(writer: Writer, *, surely: bool = False) -> Iterator[Ask]:
    """Rows that a search in the form of a reach passes by, though one of the people stands there; `surely` those alone that go by no other way.

    What is sure costs a search of all that is theirs.
    """
    kept = {mark.table for mark in writer.plan.marks}
    for gather in writer.plan.gathers:
        for reach in gather.reaches:
            kind = next((kind for kind in WIDEST if kind == reach.kind and not reach.path), None)
            if kind is None or writer.column(gather.table, reach.columns[0]).sort is not Sort.TEXT or not writer.pairs(reach, gather.table):
                continue

            def texts(values: Values, head: str, gather: Gather = gather, reach: Reach = reach, kind: IdentifierKind = kind) -> list[str]:
                rest = beside_gathered(writer, gather.table, going(gather.table, kept)) if surely else ""
                return [f"{head.format(writer.dialect.text('NULL'))} FROM ({rows}{rest}) AS x" for rows in _rows(writer, values, gather, reach, kind)]

            yield Ask((gather.table,) if surely else (), texts, lambda _, counts, gather=gather, reach=reach: unfound(gather.table, reach, counts[0]) if counts[0] else None)  # type: ignore[misc]


def _rows(writer: Writer, values: Values, gather: Gather, reach: Reach, kind: IdentifierKind) -> Iterator[str]:
    """Selections, up to their last condition, of rows that hold a value of the people in the widest form, or more than it, and none by which the reach itself finds them."""
    table, wide = gather.table, replace(reach, form=WIDEST[kind])
    field, at = writer.looked_at(table, reach)
    odd, more, holds = _held(writer, field, kind, reach.form)
    own = writer.dialect.among(values, f"people_{kind}", writer.pairs(reach, table), field, at, reach.form)
    keys = ", ".join(f"{expression} AS k{place}" for place, expression in enumerate(writer.key(gather)))
    for pairs, ahead in writer.groups(wide, table):
        same = writer.dialect.among(values, f"people_{kind}", pairs, field, at, wide.form)
        held = f"EXISTS (SELECT 1 FROM {writer.people_of(values, wide, table, pairs)} AS s WHERE {holds})"  # for few rows: those that hold more
        tests = [odd, f"({same} OR ({more} AND {held}))", *writer.narrowed(values, table, reach), *writer.behind(values, table, ahead), f"NOT ({own})"]
        yield f"SELECT {keys} FROM {writer.named(table)} WHERE {' AND '.join(tests)}"


def _held(writer: Writer, field: str, kind: IdentifierKind, form: Form) -> tuple[str, str, str]:
    """The conditions that a value is of those that a search in the form can pass by, that it holds more than one of its kind is, and that of `s` in it."""
    capitals, apart, _, _ = writer.dialect.oddities(field)
    if kind == IdentifierKind.EMAIL:
        more = writer.dialect.beyond_address(field)
        return more if form.lowers else f"({more} OR {capitals})", more, writer.dialect.names(field, "s.value")
    digits = writer.dialect.digits(field)
    several = f"(length({field}) > {_LONGEST[kind]} AND length({digits}) > {_LONGEST[kind]})"
    return several if form is Form.DIGITS else f"({apart})", several, writer.dialect.speaks_of(digits, "s.value")
