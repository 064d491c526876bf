"""Rows that hold an identifier of the people in a watched column, and are none of those that a plan is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from janji.connectors.acting import UNCHANGED
from janji.connectors.dialects import Statement, Values
from janji.connectors.gathering import Writer
from janji.connectors.marking import is_kept
from janji.connectors.searching import beside_all
from janji.datamap.catalogue import Sort
from janji.erasure.steps import Gather, Problem, Reach
from janji.erasure.watched import passed_over
from janji.people.identifiers import IdentifierKind


def strays(writer: Writer, look: Callable[[Statement], Sequence[Sequence[object]]]) -> Iterator[Problem]:
    """Those that are there before anything is done; one statement for all columns."""
    apart = replace(writer, gathered={}, _pairs={}, _known={})
    asked = _asked(apart)
    if not asked:
        return

    kept = {mark.table for mark in writer.plan.marks}

    def question(values: Values) -> str:
        texts = []
        for place, (gather, reach) in enumerate(asked):
            share = any(way.columns == reach.columns for way in apart.gathers[gather.table].reaches)  # a link by it: that goes in any case
            theirs = "1 = 1" if share else "k.owned = 1" if gather.table in kept else "k.owned = 1 AND k.stay IS NULL"
            texts += _rows(apart, values, gather, reach, f"SELECT {place}, count(*)", theirs)
        return " UNION ALL ".join(texts)

    found = [0] * len(asked)
    for place, count in look(beside_all(apart, [gather.table for gather, _ in asked], question)):
        found[int(str(place))] += int(str(count))
    for (gather, reach), rows in zip(asked, found, strict=True):
        if rows:
            yield passed_over(gather.table, reach, rows)


def strayed(writer: Writer, values: Values) -> list[str]:
    """Looks for those that are there when it is over. A row that is somebody else's besides, or only found, should have lost it."""
    found = []
    for gather, reach in _asked(writer):
        place = next(place for place, other in enumerate(writer.plan.gathers) if other.table == gather.table)
        name = writer.dialect.text(values.hold("column", reach.columns[0]))
        stays = is_kept("k") if gather.table in writer.deletes else f"(k.stay IS NULL OR {is_kept('k')})"
        found += _rows(writer, values, gather, reach, f"SELECT {UNCHANGED}, {place}, 0, {name}, count(*)", f"k.owned = 1 AND {stays}")
    return found


def _asked(writer: Writer) -> list[tuple[Gather, Reach]]:
    """The watched columns in which one of the people can stand."""
    return [(gather, reach) for gather in writer.plan.watched for reach in gather.reaches if writer.pairs(reach, gather.table)]


def _rows(writer: Writer, values: Values, gather: Gather, reach: Reach, head: str, spoken_for: str) -> list[str]:
    """Counts of rows that a way finds, save gathered ones for which a condition over `k` holds."""
    own = writer.gathers[gather.table]
    keys = ", ".join(f"{expression} AS k{place}" for place, expression in enumerate(writer.key(own)))
    rest = ""
    if gather.table in writer.gathered:
        rest = f" WHERE NOT EXISTS (SELECT 1 FROM {writer.gathered[gather.table].relation} AS k WHERE {writer.key_match(own)} AND {spoken_for})"
    return [f"{head} FROM (SELECT DISTINCT {keys} FROM {joined}{rest}) AS x" for joined in (*writer.joins(values, gather, reach), *_inside(writer, values, gather, reach))]


def _inside(writer: Writer, values: Values, gather: Gather, reach: Reach) -> Iterator[str]:
    """The same for an address that stands inside of a longer text."""
    column = writer.column(gather.table, reach.columns[0])
    if reach.kind != IdentifierKind.EMAIL or column.sort is not Sort.TEXT:
        return
    people = writer.people_of(values, reach, gather.table, writer.pairs(reach, gather.table))
    field = writer.field(column.name)
    yield f"{writer.named(gather.table)} JOIN {people} AS s ON {writer.dialect.names(field, 's.value')} AND lower(trim({field})) <> s.value"
