"""Tables that lead to each other in a ring, or to themselves: gathered by one recursion, however deep it goes."""

from __future__ import annotations

from collections.abc import Sequence

from janji.connectors.dialects import Values
from janji.connectors.gathering import Writer
from janji.erasure.steps import Gather, Reach


def is_ring(group: Sequence[Gather]) -> bool:
    """Whether a round of a plan reaches itself."""
    tables = {gather.table for gather in group}
    return any(reach.source in tables for gather in group for reach in gather.reaches)


def ring(writer: Writer, values: Values, group: Sequence[Gather], name: str) -> str | None:
    """The recursion `name` of (tag, person, owned, the columns of each table), with nothing in those of the others.

    `None` where nothing outside of the ring leads into it.
    """
    tables = [gather.table for gather in group]
    firsts, steps = [], []
    for tag, gather in enumerate(group):
        columns = _columns(writer, group, tag)
        for reach in gather.reaches:
            if reach.source in tables:
                steps.append(_step(writer, values, group, tag, reach))
            elif writer.alive(reach, gather.table):
                firsts += [
                    f"SELECT {tag} AS tag, s.person AS person, {int(reach.owner)} AS owned, {columns} FROM {joined}"
                    for joined in writer.joins(values, gather, reach)
                ]
    if not firsts:
        return None
    if writer.dialect.lateral:
        turns = " UNION ALL ".join(f"SELECT {columns} FROM {table} WHERE {match}" for columns, table, match in steps)
        again = f"SELECT x.* FROM {name} AS r CROSS JOIN LATERAL ({turns}) AS x"
    else:
        again = " UNION ".join(f"SELECT {columns} FROM {name} AS r JOIN {table} ON {match}" for columns, table, match in steps)
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


def _step(writer: Writer, values: Values, group: Sequence[Gather], tag: int, reach: Reach) -> tuple[str, str, str]:
    """One step from a table of the ring to another: its columns, table, and condition over `r` and `t`."""
    gather = group[tag]
    source = next(place for place, other in enumerate(group) if other.table == reach.source)
    conditions = [f"r.tag = {source}", "r.owned = 1"]
    for column, referred in zip(reach.columns, reach.referred, strict=True):
        held = f"r.r{source}{writer.held(group[source].table, referred)}"
        conditions.append(writer.linked(values, gather.table, reach, column, held, writer.at(group[source].table, referred)))
    conditions += writer.narrowed(values, gather.table, reach)
    conditions += writer.behind(values, gather.table, reach.after)
    columns = f"{tag}, r.person, {int(reach.owner)}, {_columns(writer, group, tag)}"
    return columns, writer.named(gather.table), " AND ".join(conditions)
