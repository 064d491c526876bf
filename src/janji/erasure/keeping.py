"""Which rows a duty keeps at an instant: the rules of the overlay with their bounds worked out, in the order they follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import product

from janji.datamap.catalogue import Catalogue
from janji.datamap.meaning import KeepRule, SystemMeaning
from janji.erasure.changes import kept_columns
from janji.erasure.order import ring_of, rounds
from janji.erasure.references import references
from janji.erasure.steps import Gather, Keep, Mark, Reach
from janji.terms.periods import Period

EVER = datetime(1000, 1, 1, tzinfo=UTC)
"""Earlier than anything on record, and early enough for every store."""


def marks_of(catalogue: Catalogue, meaning: SystemMeaning, gathers: Sequence[Gather], at: datetime) -> tuple[Mark, ...]:
    """The marks of the gathered tables that rules keep rows of; what follows comes after what it follows."""
    tables = [gather.table for gather in gathers if meaning.tables[gather.table].keep]
    before = {name: [rule.follows for rule in meaning.tables[name].keep if rule.follows] for name in tables}
    kept = frozenset(tables)
    made = []
    for name in (name for group in rounds(tables, before) for name in group):
        keeps = _keeps(catalogue, meaning, name, kept, at)
        if keeps:
            made.append(Mark(name, keeps))
    return tuple(made)


def ring_of_followers(meaning: SystemMeaning, tables: Sequence[str]) -> tuple[str, ...]:
    """Tables that follow each other in a ring, so that nothing says which of them is kept."""
    before = {name: [rule.follows for rule in meaning.tables[name].keep if rule.follows] for name in tables}
    own = next(((name,) for name in tables if name in before[name]), ())
    return own or ring_of(tables, before)


def _keeps(
    catalogue: Catalogue, meaning: SystemMeaning, name: str, kept: frozenset[str], at: datetime
) -> tuple[Keep, ...]:
    table = meaning.tables[name]
    alone: dict[str, list[Keep]] = {}
    for rule in table.keep:
        alone.setdefault(rule.rule, []).extend(_alternatives(catalogue, meaning, name, rule, kept, at))
    made = []
    for mark in kept_columns(table):
        parts = [mark] if mark in alone else mark.split("+")
        for first, *rest in product(*(alone[part] for part in parts)):
            made.append(Keep(mark, first.column, first.bound, first.follows, tuple(rest)))
    return tuple(made)


def _alternatives(
    catalogue: Catalogue, meaning: SystemMeaning, name: str, rule: KeepRule, kept: frozenset[str], at: datetime
) -> list[Keep]:
    """The ways in which a rule keeps a row; each is enough."""
    made = []
    if rule.since is not None:
        made.append(Keep(rule.rule, rule.since, EVER if rule.period is None else bound_of(rule.period, at)))
    if rule.until is not None:
        made.append(Keep(rule.rule, rule.until, at))
    if rule.follows is not None and rule.follows in kept:
        made.extend(Keep(rule.rule, follows=reach) for reach in ways_between(catalogue, meaning, name, rule.follows))
    if not made and rule.follows is None:
        made.append(Keep(rule.rule))
    return made


def ways_between(catalogue: Catalogue, meaning: SystemMeaning, name: str, followed: str) -> tuple[Reach, ...]:
    """How rows of a table are linked to those of the one that they follow: by links or foreign keys of either of the two."""
    ways = [
        Reach(link.columns, followed, link.referred, where=tuple(sorted(link.where.items())), prefix=link.prefix)
        for link in meaning.tables[name].links
        if link.to == followed
    ]
    if followed in meaning.tables:
        links = [link for link in meaning.tables[followed].links if link.to == name and not link.of_kind]
        ways += [Reach(link.referred, followed, link.columns) for link in links]
    for reference in references(catalogue):
        if (reference.child, reference.parent) == (name, followed):
            ways.append(Reach(reference.columns, followed, reference.referred))
        if (reference.child, reference.parent) == (followed, name):
            ways.append(Reach(reference.referred, followed, reference.columns))
    return tuple({(way.columns, way.referred, way.where, way.prefix): way for way in ways}.values())


def bound_of(period: Period, at: datetime) -> datetime:
    """The first instant from which a period is not over at `at`; days count as those of the calendar in UTC.

    A period that began on day d is over on the day `period.after(d)`, and keeps nothing on that day.
    """
    today = at.astimezone(UTC).date()
    low, high = 1, today.toordinal()
    while low < high:
        middle = (low + high) // 2
        if period.after(date.fromordinal(middle)) > today:
            high = middle
        else:
            low = middle + 1
    first = date.fromordinal(low)
    if period.after(first) <= today:
        first = date.fromordinal(low + 1)
    return max(datetime(first.year, first.month, first.day, tzinfo=UTC), EVER)
