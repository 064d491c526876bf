"""Tables whose rows are found and deleted by one statement: nothing is reached from them, and nothing of them should stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from janji.connectors.dialects import Statement, Values
from janji.connectors.gathering import Writer
from janji.connectors.marking import marked, refers
from janji.erasure.steps import Action, Change, Delete, Gather, Hold, Keep, Reach, Stop

GONE, FOUND = -1, -2
"""What stands in the place of a person where the rows are counted that went, and those that were found."""


def leaves(writer: Writer) -> dict[str, Delete]:
    """The tables of a plan that can go so, each with its deletion: where the database takes a deletion inside a selection.

    Left out are tables that others are reached through, whose rows a rule may keep, that stand in a ring, and all of them where a
    trigger may bring or take rows meanwhile.
    """
    plan = writer.plan
    if not writer.dialect.writes_within or any(writer.table(gather.table).triggers for gather in plan.gathers):
        return {}
    busy = {mark.table for mark in plan.marks} | set(_sources(writer)) | {gather.table for gather in plan.gathers if gather.due is not None}
    for group in plan.rounds:
        busy |= {gather.table for gather in group} if len(group) > 1 else set()
    for action in plan.actions:
        if isinstance(action, Hold):
            busy |= {name for table, referring in action.pairs for name in (table, referring.table)}
    found = {}
    for gather in plan.gathers:
        deletion = _only_deletion(gather.table, plan.actions)
        if gather.table not in busy and deletion is not None and all(writer.certain(gather.table, reach) for reach in _links(gather)):
            found[gather.table] = deletion
    return found


def _sources(writer: Writer) -> Iterator[str]:
    """The tables whose gathered rows something else of the plan starts from."""
    reaches = [reach for gather in writer.plan.gathers for reach in gather.reaches]
    reaches += [action.reach for action in writer.plan.actions if isinstance(action, Change) and action.reach is not None]
    yield from (reach.source for reach in reaches if reach.source is not None)
    yield from _followed(keep for mark in writer.plan.marks for keep in mark.keeps)


def _followed(keeps: Iterable[Keep]) -> Iterator[str]:
    for keep in keeps:
        if keep.follows is not None and keep.follows.source is not None:
            yield keep.follows.source
        yield from _followed(keep.besides)


def _links(gather: Gather) -> Iterator[Reach]:
    return (way for reach in gather.reaches for way in (reach, *reach.after) if way.source is not None)


def _only_deletion(table: str, actions: Iterable[Action]) -> Delete | None:
    """The deletion of a table, if all that is done to it beside that is about rows that stay, and nothing comes between."""
    places = [(place, action) for place, action in enumerate(actions) if not isinstance(action, Hold) and action.table == table]
    deletes = [(place, action) for place, action in places if isinstance(action, Delete)]
    if len(deletes) != 1 or deletes[0][0] - places[0][0] != [action for _, action in places].index(deletes[0][1]):
        return None
    delete = deletes[0][1]
    staying = all(isinstance(action, Change | Stop) and action.reasons for _, action in places if action is not delete)
    return delete if staying and not delete.leafwise and all(item.table != table for item in delete.referring) else None


def delete_at_once(writer: Writer, action: Delete) -> Statement | None:
    """Find the rows of a table and delete them if none of them stays; else nothing is done, and it must be looked at closer.

    The rows that it gives are counts by person; under `GONE` and `FOUND` those of the table. `None` where no reach leads anywhere.
    Where rows can be found by where they lie, that tells them apart: the statement has just read them there.
    """
    gather, values, unless = writer.gathers[action.table], Values(), "FROM mine AS q WHERE NOT EXISTS (SELECT 1 FROM staying)"
    going = None if action.referring else writer.dialect.delete_placed(writer.table(action.table), f"SELECT q.k0 {unless}")
    if going is not None:
        gather = replace(gather, key=())
    select = writer.gathering(values, gather)
    if select is None:
        return None
    mine = marked(writer, values, gather, select, gather.shared)
    keys = ", ".join(writer.keys(gather, "q"))
    test = " OR ".join(["q.stay IS NOT NULL", *(refers(writer, gather, referring) for referring in action.referring)])
    if going is None:
        rows = f"(SELECT DISTINCT {keys} {unless})"
        going = writer.dialect.delete(writer.dialect.table(action.table), writer.key(gather), rows, writer.key_match(gather))
    return Statement(
        f"WITH mine AS MATERIALIZED ({mine}), staying AS MATERIALIZED (SELECT 1 FROM mine AS q WHERE {test} LIMIT 1), gone AS ({going} RETURNING 1)"
        f" SELECT {GONE} AS person, count(*) FROM gone UNION ALL SELECT {FOUND}, count(*) FROM (SELECT DISTINCT {keys} FROM mine AS q) AS x"
        " UNION ALL SELECT q.person, count(*) FROM mine AS q GROUP BY q.person",
        values.held,
    )
