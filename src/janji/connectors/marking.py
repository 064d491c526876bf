"""The marks of gathered rows: what is somebody else's besides, what a rule keeps, and what others refer to."""

from __future__ import annotations

from collections.abc import Sequence

from janji.connectors.dialects import Statement, Values
from janji.connectors.gathering import Writer, untrue
from janji.erasure.steps import Gather, Keep, Reach, Reason, Referring

KEPT, SHARED_KEPT = f"{Reason.KEPT}:", f"{Reason.SHARED_KEPT}:"
"""What stands before the rule by which a row stays."""
_NEVER = "1 = 0"
_KEPT = "({alias}.stay LIKE 'kept:%' OR {alias}.stay LIKE 'shared-kept:%')"


def is_kept(alias: str) -> str:
    """The condition that a gathered row is kept by a rule."""
    return _KEPT.format(alias=alias)


def marked(
    writer: Writer, values: Values, gather: Gather, found: str, shared: bool = False, keeps: Sequence[Keep] = (), shares: Sequence[Reach] = ()
) -> str:
    """Gathered rows with more columns: whether others own them too, where that is asked, why they stay, and by which ways they are reached."""
    own = ["k.person", *(f"k.{name}" for _, name in writer.own_columns(gather)), "k.owned"]
    joins: list[str] = []
    ours = _shared(writer, values, gather, joins) if shared else "1 = 0"
    only = _only_found(writer, gather)
    theirs = f"({only} OR {ours})" if shared else only
    cases = []
    for keep in keeps:
        held = _kept(writer, values, gather, keep, joins)
        cases += [f"WHEN {held} AND {theirs} THEN {values.hold('rule', SHARED_KEPT + keep.rule)}"] if shared or only != _NEVER else []
        cases.append(f"WHEN {held} THEN {values.hold('rule', KEPT + keep.rule)}")
    cases += [f"WHEN {only} THEN '{Reason.FOUND}'"] if only != _NEVER else []
    cases += [f"WHEN {ours} THEN '{Reason.SHARED}'"] if shared else []
    stay = f"CASE {' '.join(cases)} END" if cases else "NULL"
    flag = f"CASE WHEN {ours} THEN 1 ELSE 0 END" if shared else "0"
    ways = [f"CASE WHEN {_reached(writer, values, gather, reach, joins)} THEN 1 ELSE 0 END AS w{place}" for place, reach in enumerate(shares)]
    columns = ", ".join([*own, f"{flag} AS shared", f"{writer.dialect.text(stay)} AS stay", *ways])
    rows = f"{writer.beside(gather, f'({found})')}{''.join(joins)}" if shared or keeps or shares else f"({found}) AS k"
    return f"SELECT {columns} FROM {rows}"


def _only_found(writer: Writer, gather: Gather) -> str:
    """The condition that none of the people owns a row that is found."""
    owners = {reach.owner for reach in gather.reaches}
    if len(owners) == 1:
        return _NEVER if owners == {True} else "1 = 1"
    return f"MAX(k.owned) OVER (PARTITION BY {', '.join(writer.keys(gather))}) = 0"


def _reached(writer: Writer, values: Values, gather: Gather, reach: Reach, joins: list[str]) -> str:
    """The condition that somebody of the people reaches `t` in one way, over nothing that stays for others; `joins` gets what it needs beside `t`."""
    if not writer.alive(reach, gather.table):
        return _NEVER
    if reach.listed:
        return writer.within(values, gather.table, reach)
    if reach.source is None:
        return f"({' OR '.join(f'{alias}.value IS NOT NULL' for alias in _held(writer, values, gather, reach, joins))})"
    alias = f"o{len(joins)}"
    names = list(dict.fromkeys(writer.held(reach.source, name) for name in reach.referred))
    inner = f"SELECT DISTINCT {', '.join(f's.{name}' for name in names)} FROM {writer.gathered[reach.source].relation} AS s WHERE s.owned = 1 AND s.shared = 0"
    match = [*writer.links(values, gather.table, reach, alias), *writer.narrowed(values, gather.table, reach), *writer.behind(values, gather.table, reach.after)]
    joins.append(f" LEFT JOIN ({inner}) AS {alias} ON {' AND '.join(match)}")
    return f"{alias}.{names[0]} IS NOT NULL"


def _shared(writer: Writer, values: Values, gather: Gather, joins: list[str]) -> str:
    """The condition that `t` is somebody else's: a seat is taken that nobody of the people has, or leads to such a row.

    `joins` gets what the condition needs beside `t`. A seat that a link takes is told by the link.
    """
    tests = [
        f"({writer.taken(values, gather.table, reach)} AND {_not_ours(writer, values, gather, reach, joins)})"
        for reach in gather.reaches if reach.owner and reach.source in writer.ownable
    ]  # fmt: skip
    tests += [
        " AND ".join([
            f"({' OR '.join(f'({writer.taken(values, gather.table, reach)})' for reach in seat.told)})",
            *(untrue(writer.taken(values, gather.table, reach)) for reach in seat.links),
            *(f"{alias}.value IS NULL" for reach in seat.held for alias in _held(writer, values, gather, reach, joins)),
        ])
        for seat in gather.seats
    ]
    return f"({' OR '.join(f'({test})' for test in tests)})" if tests else "1 = 0"


def _not_ours(writer: Writer, values: Values, gather: Gather, reach: Reach, joins: list[str]) -> str:
    """The condition that a row that a link leads to is somebody's, and not owned by the people alone."""
    there = f"SELECT 1 FROM {writer.named(f'{reach.source}', 'x')} WHERE {' AND '.join(writer.links(values, gather.table, reach, 'x', gathered=False))}"
    owned = writer.somebodys(values, f"{reach.source}", "x")
    theirs = "" if owned is None else f" AND {owned}"
    if reach.source is None or reach.source not in writer.gathered:
        return f"EXISTS ({there}{theirs})" if theirs else "1 = 1"
    at = writer.gathered[reach.source].relation
    at = writer.dialect.again(at) if reach.source == gather.table else at
    if not writer.alone(reach):
        source = writer.gathers[reach.source]
        ours = f"SELECT 1 FROM {at} AS q WHERE q.owned = 1 AND q.shared = 0 AND {writer.key_match(source, 'x', 'q')}"
        return f"EXISTS ({there}{theirs} AND NOT EXISTS ({ours}))"
    alias = f"o{len(joins)}"
    names = list(dict.fromkeys(writer.held(reach.source, name) for name in reach.referred))
    inner = f"SELECT DISTINCT {', '.join(f's.{name}' for name in names)} FROM {at} AS s WHERE s.owned = 1 AND s.shared = 0"
    joins.append(f" LEFT JOIN ({inner}) AS {alias} ON {' AND '.join(writer.links(values, gather.table, reach, alias))}")
    return f"({alias}.{names[0]} IS NULL{f' AND EXISTS ({there}{theirs})' if theirs else ''})"


def _held(writer: Writer, values: Values, gather: Gather, reach: Reach, joins: list[str]) -> list[str]:
    """Join the values of the people whom an identifier of `t` can name; under which names."""
    found = []
    for pairs, ahead in writer.groups(reach, gather.table):
        alias = f"o{len(joins)}"
        people = f"(SELECT DISTINCT u.value FROM {writer.people_of(values, reach, gather.table, pairs)} AS u) AS {alias}"
        match = [writer.matched(gather.table, reach, alias), *writer.narrowed(values, gather.table, reach)]
        joins.append(f" LEFT JOIN {people} ON {' AND '.join([*match, *writer.behind(values, gather.table, ahead)])}")
        found.append(alias)
    return found


def _kept(writer: Writer, values: Values, gather: Gather, keep: Keep, joins: list[str]) -> str:
    """The condition that a rule keeps `t`."""
    conditions = [_kept(writer, values, gather, other, joins) for other in keep.besides]
    if keep.follows is not None and keep.follows.source is not None:
        if keep.follows.source not in writer.gathered:
            return "1 = 0"
        alias = f"o{len(joins)}"
        names = list(dict.fromkeys(writer.held(keep.follows.source, name) for name in keep.follows.referred))
        inner = f"SELECT DISTINCT {', '.join(f's.{name}' for name in names)} FROM {writer.gathered[keep.follows.source].relation} AS s"
        match = " AND ".join([*writer.links(values, gather.table, keep.follows, alias), *writer.narrowed(values, gather.table, keep.follows)])
        joins.append(f" LEFT JOIN ({inner} WHERE {is_kept('s')}) AS {alias} ON {match}")
        conditions.append(f"{alias}.{names[0]} IS NOT NULL")
    elif keep.column is not None:
        column = writer.column(gather.table, keep.column)
        if keep.bound is None:
            conditions.append(f"{writer.field(keep.column)} IS NOT NULL")
        else:
            conditions.append(writer.dialect.since(values, writer.field(keep.column), column, keep.bound))
    return f"({' AND '.join(conditions)})" if conditions else "1 = 1"


def keeping(writer: Writer, gather: Gather, keep: Keep) -> Statement:
    """Mark the rows that a rule keeps and none before it did."""
    values, joins = Values(), list[str]()
    held = _kept(writer, values, gather, keep, joins)
    inner = f"SELECT 1 FROM {writer.named(gather.table)}{''.join(joins)} WHERE {writer.key_match(gather, right='q')} AND {held}"
    theirs = f"q.stay IN ('{Reason.FOUND}', '{Reason.SHARED}')"
    text = (
        f"UPDATE {writer.gathered[gather.table].relation} AS q SET stay = CASE WHEN {theirs} THEN {values.hold('rule', SHARED_KEPT + keep.rule)} "
        f"ELSE {values.hold('rule', KEPT + keep.rule)} END WHERE (q.stay IS NULL OR NOT {is_kept('q')}) AND EXISTS ({inner})"
    )
    return Statement(text, values.held)


def shared_in_ring(writer: Writer, gather: Gather) -> Statement:
    """Mark gathered rows that are somebody else's because what they belong to is."""
    values, joins = Values(), list[str]()
    condition = _shared(writer, values, gather, joins)
    inner = f"SELECT 1 FROM {writer.named(gather.table)}{''.join(joins)} WHERE {writer.key_match(gather, right='q')} AND {condition}"
    text = (
        f"UPDATE {writer.gathered[gather.table].relation} AS q SET shared = 1, stay = COALESCE(q.stay, '{Reason.SHARED}') "
        f"WHERE q.shared = 0 AND EXISTS ({inner})"
    )
    return Statement(text, values.held)


def reached_in_ring(writer: Writer, gather: Gather) -> list[Statement]:
    """Note by which ways gathered rows are reached, where that could not be said as they were gathered."""
    found = []
    for place, reach in enumerate(writer.shares(gather.table)):
        values, joins = Values(), list[str]()
        condition = _reached(writer, values, gather, reach, joins)
        inner = f"SELECT 1 FROM {writer.named(gather.table)}{''.join(joins)} WHERE {writer.key_match(gather, right='q')} AND {condition}"
        found.append(Statement(f"UPDATE {writer.gathered[gather.table].relation} AS q SET w{place} = 1 WHERE EXISTS ({inner})", values.held))
    return found


def referred(writer: Writer, gather: Gather, referring: Referring, holding: bool) -> Statement:
    """Mark rows that others refer to; while `holding` a ring what goes refers to nothing, nor do references that will be null."""
    at = writer.gathered[gather.table].relation
    test = refers(writer, gather, referring, holding)
    return Statement(f"UPDATE {at} AS q SET stay = '{Reason.REFERRED}' WHERE q.stay IS NULL AND {test}")


def refers(writer: Writer, gather: Gather, referring: Referring, holding: bool = False) -> str:
    """The condition over `q`, gathered rows, that some row refers to them."""
    match = " AND ".join(
        writer.dialect.linked(
            writer.field(name), writer.at(referring.table, name), f"q.{writer.held(gather.table, target)}", writer.at(gather.table, target)
        )
        for name, target in zip(referring.columns, referring.referred, strict=True)
    )  # fmt: skip
    inner = f"SELECT 1 FROM {writer.named(referring.table)} WHERE {match}"
    if referring.table == gather.table:
        inner += f" AND NOT ({writer.key_match(gather, right='q')})"
    free = [] if referring.lasting else ["k.stay IS NULL"]
    free += [f"k.stay = '{reason}'" for reason in referring.freed]
    if holding and free and referring.table in writer.gathered:
        there = writer.gathered[referring.table].relation
        relation = writer.dialect.again(there) if referring.table == gather.table else there
        child = writer.key_match(writer.gathers[referring.table])
        inner += f" AND NOT EXISTS (SELECT 1 FROM {relation} AS k WHERE ({' OR '.join(free)}) AND {child})"
    return f"EXISTS ({inner})"
