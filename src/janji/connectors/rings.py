"""Tables that lead to each other in a ring, or to themselves: gathered by one recursion, however deep it goes; and so are those to which too many ways lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from janji.connectors.dialects import Values
from janji.connectors.gathering import Writer
from janji.erasure.steps import Gather, Reach

WAYS = 8
"""By so many ways a table is reached by selections that name each other. MariaDB and SQLite read a selection anew at each name, and PostgreSQL takes the
rows for more by each, so that a few tables more cost many times as much."""

AT_ONCE = 30
"""So many steps at most are one term of a recursion: no statement of MariaDB reads more than 61 tables at a time, none of SQLite more than 64."""


def is_ring(group: Sequence[Gather]) -> bool:
    """Whether a round of a plan reaches itself."""
    tables = {gather.table for gather in group}
    return any(reach.source in tables for gather in group for reach in gather.reaches)


def deep(rounds: Sequence[Sequence[Gather]]) -> frozenset[str]:
    """The tables to which more than `WAYS` ways lead, or a ring behind another."""
    ways: dict[str, int] = {}
    rings: dict[str, frozenset[int]] = {}
    for place, group in enumerate(rounds):
        tables = {gather.table for gather in group}
        parts = [tables] if is_ring(group) else [{table} for table in tables]
        for part in parts:
            reaches = [reach for gather in group if gather.table in part for reach in gather.reaches if reach.source not in part]
            count = sum(ways.get(f"{reach.source}", 1) for reach in reaches)
            within = [place] if is_ring(group) else []
            ways |= dict.fromkeys(part, count)
            rings |= dict.fromkeys(part, frozenset[int]().union(*(rings.get(f"{reach.source}", frozenset()) for reach in reaches), within))
    return frozenset(table for table, count in ways.items() if count > WAYS or len(rings[table]) > 1)


def behind(gathers: Mapping[str, Gather], table: str) -> list[Gather]:
    """A table and all those from which ways lead to it, as they are gathered."""
    found, more = {table}, [table]
    while more:
        new = {reach.source for reach in gathers[more.pop()].reaches if reach.source is not None and reach.source in gathers} - found
        found |= new
        more += new
    return [gather for gather in gathers.values() if gather.table in found]


def ring(writer: Writer, values: Values, group: Sequence[Gather], name: str) -> str | None:
    """The recursion `name` of (tag, person, owned, the columns of each table), with nothing in those of the others.

    `None` where nothing outside of the ring leads into it.
    """
    tables = [gather.table for gather in group]
    firsts, steps = list[str](), list[tuple[int, Reach]]()
    for tag, gather in enumerate(group):
        columns = _columns(writer, group, tag)
        for reach in gather.reaches:
            if reach.source in tables:
                steps.append((tag, reach))
            elif writer.alive(reach, gather.table):
                firsts += [
                    f"SELECT {tag} AS tag, s.person AS person, {int(reach.owner)} AS owned, {columns} FROM {joined}"
                    for joined in writer.joins(values, gather, reach)
                ]
    if not firsts:
        return None
    size = len(steps) if writer.dialect.lateral else AT_ONCE
    again = " UNION ".join(_turns(writer, values, group, name, steps[place : place + size]) for place in range(0, len(steps), size))
    return f"{name} ({', '.join(_names(writer, group))}) AS ({' UNION '.join(firsts)} UNION {again})"


def of_ring(writer: Writer, group: Sequence[Gather], gather: Gather, relation: str) -> str:
    """The rows of one table out of a ring, as a gathering has them."""
    tag = list(group).index(gather)
    names = ", ".join(f"r.r{tag}{name}" for _, name in writer.own_columns(gather))
    columns = ", ".join(f"r.r{tag}{name} AS {name}" for _, name in writer.own_columns(gather))
    return f"SELECT r.person, {columns}, MAX(r.owned) AS owned FROM {relation} AS r WHERE r.tag = {tag} GROUP BY r.person, {names}"


def _names(writer: Writer, group: Sequence[Gather]) -> list[str]:
    columns = [f"r{tag}{name}" for tag, gather in enumerate(group) for _, name in writer.own_columns(gather)]
    return ["tag", "person", "owned", *columns]


def _columns(writer: Writer, group: Sequence[Gather], own: int) -> str:
    """The columns of one table, and nothing of the right kind for those of the others."""
    listed = []
    for tag, gather in enumerate(group):
        for expression, name in writer.own_columns(gather, "t" if tag == own else "z"):
            nothing = f"(SELECT {expression} FROM {writer.named(gather.table, 'z')} WHERE 1 = 0)"
            listed.append(f"{expression if tag == own else nothing} AS r{tag}{name}")
    return ", ".join(listed)


def _turns(writer: Writer, values: Values, group: Sequence[Gather], name: str, steps: Sequence[tuple[int, Reach]]) -> str:
    """Some steps from tables of the ring to others, as one term of the recursion: each further term multiplies what MariaDB needs for it."""
    if writer.dialect.lateral:
        turns = []
        for tag, reach in steps:
            columns = f"{tag}, r.person, {int(reach.owner)}, {_columns(writer, group, tag)}"
            turns.append(f"SELECT {columns} FROM {writer.named(group[tag].table)} WHERE {_step(writer, values, group, tag, reach, 't')}")
        return f"SELECT x.* FROM {name} AS r CROSS JOIN LATERAL ({' UNION ALL '.join(turns)}) AS x"
    kinds, joins, there = [], [], []
    ends: dict[int, list[int]] = {}
    for place, (tag, reach) in enumerate(steps):
        alias, source = f"t{place}", _place(group, f"{reach.source}")
        kinds.append(f"SELECT {place} AS step, {source} AS source, {tag} AS tag, {int(reach.owner)} AS owned")
        match = _step(writer, values, group, tag, reach, alias)
        joins.append(f" LEFT JOIN {writer.named(group[tag].table, alias)} ON w.step = {place} AND {match}")
        there.append(f"WHEN {place} THEN {writer.field(reach.columns[0], alias)} IS NOT NULL")
        ends.setdefault(tag, []).append(place)
    columns = ", ".join(["w.tag", "r.person", "w.owned", *_ended(writer, group, ends)])
    read = f"{name} AS r JOIN ({' UNION ALL '.join(kinds)}) AS w ON r.tag = w.source AND r.owned = 1{''.join(joins)}"
    return f"SELECT {writer.dialect.in_order}{columns} FROM {read} WHERE CASE w.step {' '.join(there)} END"


def _ended(writer: Writer, group: Sequence[Gather], ends: Mapping[int, Sequence[int]]) -> Iterator[str]:
    """The columns of each table out of the steps that end there, of which one is taken at a time."""
    for tag, gather in enumerate(group):
        parts = [[expression for expression, _ in writer.own_columns(gather, f"t{place}")] for place in ends.get(tag, ())]
        for number, (expression, name) in enumerate(writer.own_columns(gather, "z")):
            cases = " ".join(f"WHEN {place} THEN {part[number]}" for place, part in zip(ends.get(tag, ()), parts, strict=True))
            yield f"CASE w.step {cases} END AS r{tag}{name}" if cases else f"(SELECT {expression} FROM {writer.named(gather.table, 'z')} WHERE 1 = 0) AS r{tag}{name}"


def _place(group: Sequence[Gather], table: str) -> int:
    return next(place for place, other in enumerate(group) if other.table == table)


def _step(writer: Writer, values: Values, group: Sequence[Gather], tag: int, reach: Reach, alias: str) -> str:
    """The condition over `r` and a table that a step leads from one to the other."""
    table, source = group[tag].table, _place(group, f"{reach.source}")
    conditions = [f"r.tag = {source}", "r.owned = 1"]
    for column, referred in zip(reach.columns, reach.referred, strict=True):
        held = f"r.r{source}{writer.held(group[source].table, referred)}"
        conditions.append(writer.linked(values, table, reach, column, held, writer.at(group[source].table, referred), alias))
    conditions += writer.narrowed(values, table, reach, alias)
    conditions += writer.behind(values, table, reach.after, alias)
    return " AND ".join(conditions)
