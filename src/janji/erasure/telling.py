"""What is told of a plan before anything is done: what the store does by itself, what shows the rows, why some may stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from janji.datamap.catalogue import Catalogue, Kind, OnDelete, Table
from janji.datamap.meaning import SystemMeaning
from janji.erasure.fillings import mentions
from janji.erasure.order import rounds
from janji.erasure.references import Staying
from janji.erasure.steps import Action, Change, Delete, Gather, Problem, Referring, Stop, Told
from janji.terms.messages import N_, say

VIEWS = (Kind.VIEW, Kind.MATERIALIZED)


def told_of(
    catalogue: Catalogue, meaning: SystemMeaning, staying: Staying, gathers: Sequence[Gather], actions: Sequence[Action]
) -> tuple[Told, ...]:
    """What the store will do by itself, and why rows may stay: a line a table for each."""
    deleted, changed = _touched(actions)
    made: list[Told] = []
    for name in (gather.table for gather in gathers):
        events = {word for word, tables in (("delete", deleted), ("update", changed)) if name in tables}
        made += _triggers(catalogue.tables[name], events)
        made += _checks(catalogue.tables[name], actions)
        made += _entries(name, actions)
    made += _by_itself(staying, deleted)
    made += _may_stay(meaning, staying, gathers, deleted)
    made += _shown(catalogue, _reached(staying, deleted) | changed)
    return tuple(dict.fromkeys(made))


def refreshed(catalogue: Catalogue, staying: Staying, actions: Sequence[Action]) -> tuple[str, ...]:
    """The materialised views that show what is changed, directly or by other views; what one shows comes before it."""
    deleted, changed = _touched(actions)
    views = _showing(catalogue, _reached(staying, deleted) | changed)
    before = {name: catalogue.tables[name].shows for name in views}
    ordered = (name for group in rounds(tuple(views), before) for name in group)
    return tuple(name for name in ordered if catalogue.tables[name].kind is Kind.MATERIALIZED)


def _touched(actions: Sequence[Action]) -> tuple[set[str], set[str]]:
    deleted = {action.table for action in actions if isinstance(action, Delete)}
    return deleted, {action.table for action in actions if isinstance(action, Change)}


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def _triggers(table: Table, events: set[str]) -> Iterator[Told]:
    for trigger in table.triggers:
        on = ", ".join(sorted(events & {event.lower() for event in trigger.events}))
        if on:
            message = N_("the trigger `{trigger}` of `{table}` runs on {events}")
            yield Told(table.name, say(message, trigger=trigger.name, table=table.name, events=on))


def _checks(table: Table, actions: Sequence[Action]) -> Iterator[Told]:
    changes = [action for action in actions if isinstance(action, Change) and action.table == table.name]
    columns = [
        item.column
        for change in changes
        for item in change.assignments
        if any(mentions(check, item.column) for check in table.checks)
    ]
    if columns:
        message = N_("checks of `{table}` speak of columns that are changed: {columns}")
        yield Told(table.name, say(message, table=table.name, columns=_named(columns)))


def _entries(name: str, actions: Sequence[Action]) -> Iterator[Told]:
    """What becomes of entries of lists by which rows are found."""
    for change in actions:
        for item in change.assignments if isinstance(change, Change) and change.table == name else ():
            if item.entries is not None:
                message = N_("entries of the people leave the list at `{path}` of `{table}.{column}`; the row stays, and those of others in it")
                if item.paths:
                    message = N_("entries of the people at `{path}` of `{table}.{column}` lose what names them; the row stays, and the entries in it")
                yield Told(name, say(message, path=item.entries.path, table=name, column=item.column))


def _cascades(staying: Staying, name: str, deleted: set[str]) -> list[str]:
    """The tables that are not planned for, of which the store deletes rows together with those of a table."""
    return [held.child for held in staying.to.get(name, ()) if held.cascades and held.child not in deleted]


def _reached(staying: Staying, deleted: set[str]) -> set[str]:
    """The tables of which rows go, by the plan or by a cascade."""
    reached, open_names = set(deleted), sorted(deleted)
    while open_names:
        new = [name for name in _cascades(staying, open_names.pop(), deleted) if name not in reached]
        reached.update(new)
        open_names += new
    return reached


def _by_itself(staying: Staying, deleted: set[str]) -> Iterator[Told]:
    """Cascades, also those of tables that only a cascade reaches, and references that the store takes away."""
    for name in sorted(_reached(staying, deleted)):
        children = _cascades(staying, name, deleted)
        if children:
            message = N_("rows of {children} that refer to rows of `{table}` are deleted by the store itself")
            yield Told(name, say(message, table=name, children=_named(children)))
        freed = [
            held.child
            for held in staying.to.get(name, ())
            if held.key.on_delete in (OnDelete.SET_NULL, OnDelete.SET_DEFAULT) and held.child != name
        ]
        if freed:
            message = N_("references of {children} to rows of `{table}` are taken away by the store itself")
            yield Told(name, say(message, table=name, children=_named(freed)))


def _may_stay(meaning: SystemMeaning, staying: Staying, gathers: Sequence[Gather], deleted: set[str]) -> Iterator[Told]:
    for gather in gathers:
        name = gather.table
        for rule in meaning.tables[name].keep:
            columns = [column for column in (rule.since, rule.until) if column]
            if columns:
                message = N_("the rule `{rule}` keeps no row of `{table}` that has nothing in {columns}")
                yield Told(name, say(message, rule=rule.rule, table=name, columns=_named(columns)))
        if gather.shared:
            message = N_("rows of `{table}` that are somebody else's besides stay; the person's share of them goes")
            yield Told(name, say(message, table=name))
        children = [held.child for held in staying.holding(name)] if name in deleted else []
        if children:
            message = N_("rows of `{table}` that rows of {children} still refer to stay, and are anonymised")
            yield Told(name, say(message, table=name, children=_named(children)))


def _showing(catalogue: Catalogue, touched: set[str]) -> list[str]:
    """The views that show these tables, directly or by other views."""
    shown, found = set(touched), list[str]()
    while True:
        new = [
            table.name
            for table in catalogue.tables.values()
            if table.kind in VIEWS and table.name not in shown and shown & set(table.shows)
        ]
        if not new:
            return found
        shown.update(new)
        found += new


def _shown(catalogue: Catalogue, touched: set[str]) -> Iterator[Told]:
    for name in _showing(catalogue, touched):
        if catalogue.tables[name].kind is Kind.MATERIALIZED:
            message = N_("the materialised view `{table}` shows these rows until it is refreshed afterwards")
        else:
            message = N_("the view `{table}` shows these rows and holds none itself")
        yield Told(name, say(message, table=name))


def held_back(stop: Stop, referring: Referring, rows: int) -> Problem:
    """That rows would have to stay for those that refer to them, and cannot without what is personal in them."""
    columns = _named(referring.columns)
    return Problem(
        stop.table,
        say(
            N_("rows of `{table}`: {rows} cannot go, because rows of `{by}` that stay refer to them by {columns}, and cannot stay either: {why}"),
            table=stop.table, rows=rows, by=referring.table, columns=columns, why=stop.message,
        ),
        say(
            N_("if those rows of `{by}` are the person's, link them to `{table}` in the map so that they go too; if they are not, let {columns} be null and link them with `owner: false`, so that the reference alone goes; or let the foreign key set it to null"),
            by=referring.table, table=stop.table, columns=columns,
        ),
    )  # fmt: skip
