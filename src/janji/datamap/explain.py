"""A map in words: the ways from each table to a person, what nobody owns, links that may lead nowhere, owners of too much."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from janji.datamap.catalogue import Kind, OnDelete, Table
from janji.datamap.drift import VIEWS
from janji.datamap.links import unfollowed
from janji.datamap.meaning import Form, Identifier, Link, TableMeaning
from janji.datamap.places import listed
from janji.datamap.whole import DataMap, reached, target
from janji.terms.messages import N_, Message, say

TOO_MUCH, AT_LEAST = 0.05, 1000
"""An owner has too much from this share of a table's rows on, when those are so many rows."""


class Point(StrEnum):
    """What an explanation draws attention to."""

    UNOWNED = "unowned"
    FOUND_ONLY = "found-only"
    NULLABLE = "nullable-link"
    TOO_MUCH = "owns-too-much"
    UNFOLLOWED = "unfollowed-key"
    ITSELF = "self-reference"
    SEVERAL = "several-owners"
    CASCADE = "cascade"
    TRIGGER = "trigger"
    VIEW = "view"
    SLOW = "no-index"


@dataclass(frozen=True, slots=True)
class Owning:
    """How the rows of a table are spread over what a link or an identifier of it leads to."""

    rows: int
    empty: int
    owners: int
    most: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A table: the ways from it to a person, and what there is to say about it."""

    system: str
    table: str
    personal: tuple[str, ...]
    ways: tuple[Message, ...]
    points: tuple[tuple[Point, Message], ...] = ()


def explain(
    map: DataMap, system: str, counts: Mapping[tuple[str, tuple[str, ...]], Owning] | None = None, tables: Collection[str] | None = None
) -> tuple[Explained, ...]:
    """Each table of a system (or those named), in words; `counts` are of the live store, by table and columns."""
    mapped = map.systems[system]
    owned, found = reached(map, owned=True), reached(map)
    held: list[Explained] = []
    for name, table in mapped.meaning.tables.items():
        if tables is not None and name not in tables:
            continue
        live = None if mapped.catalogue is None else mapped.catalogue.tables.get(name)
        whole = f"{system}/{name}"
        points = list(_owners(table, whole in owned, whole in found))
        points += _counted(table, live, counts or {})
        if live is not None:
            points += _formed(map, system, table, live)
            points += _views(map, system, name)
        held.append(Explained(system, name, table.personal, tuple(_ways(map, system, table)), tuple(dict.fromkeys(points))))
    return tuple(held)


def _ways(map: DataMap, system: str, table: TableMeaning) -> Iterator[Message]:
    for item in table.identifiers:
        text = N_("`{column}` is the {kind} of its owner") if item.owner else N_("it is found by the {kind} in `{column}`")
        if listed(item.path):
            text = N_("it is found by the {kind} in `{column}`, and whose that is owns the entry of the list") if item.owner else text
        yield say(text, column=item.name, kind=item.kind)
    there = reached(map)
    for link in table.links:
        text = N_("`{columns}` leads to its owner in `{to}`") if link.owner else N_("it is found from `{to}` over `{columns}`")
        if target(system, link, map) not in there:
            text = N_("`{columns}` leads to `{to}`, from which nothing leads to a person")
        yield say(text, columns=", ".join(link.columns), to=link.to)


def _owners(table: TableMeaning, owned: bool, found: bool) -> Iterator[tuple[Point, Message]]:
    if table.personal and not owned:
        if any(listed(item.path) for item in table.identifiers):
            yield Point.FOUND_ONLY, say(N_("its rows are found, and nobody owns them: entries of people go out of their lists, and the rows stay"))
        elif found:
            yield Point.FOUND_ONLY, say(N_("its rows are found, and nobody owns them: they are shown and never erased"))
        else:
            yield Point.UNOWNED, say(N_("it holds personal data and nobody owns its rows: nothing leads to a person"))
    owners = [link.to for link in table.links if link.owner]
    if len(owners) > len(set(owners)):
        twice = next(name for name in owners if owners.count(name) > 1)
        yield Point.SEVERAL, say(N_("a row may belong to several people of `{table}`: it goes when the last of them leaves"), table=twice)


def _counted(table: TableMeaning, live: Table | None, counts: Mapping[tuple[str, tuple[str, ...]], Owning]) -> Iterator[tuple[Point, Message]]:
    """Links that may be null, and owners of too much, with figures where there are some."""
    ways: list[tuple[tuple[str, ...], Link | Identifier]] = [(link.columns, link) for link in table.links]
    ways += [((item.column,), item) for item in table.identifiers if not item.path]
    for columns, way in ways:
        count = counts.get((table.name, columns))
        nullable = live is not None and any(column.nullable for column in live.columns if column.name in columns)
        if nullable and isinstance(way, Link) and (count is None or count.empty):
            if count is None:
                yield Point.NULLABLE, say(N_("`{columns}` may be null: such rows have no owner by it"), columns=", ".join(columns))
            else:
                yield Point.NULLABLE, say(N_("`{columns}` is null in {empty} of {rows} rows: those have no owner by it"), columns=", ".join(columns),
                                          empty=f"{count.empty:,}", rows=f"{count.rows:,}")  # fmt: skip
        if count is not None and way.owner and count.most >= AT_LEAST and count.most > TOO_MUCH * count.rows:
            yield Point.TOO_MUCH, say(N_("one owner by `{columns}` has {most} of {rows} rows: a company account, a till, a test user?"),
                                      columns=", ".join(columns), most=f"{count.most:,}", rows=f"{count.rows:,}")  # fmt: skip


def _formed(map: DataMap, system: str, table: TableMeaning, live: Table) -> Iterator[tuple[Point, Message]]:
    """What the form of the live table adds: keys that nothing follows, what the database does by itself, missing indexes."""
    there = reached(map)
    for columns, to in unfollowed(live, table.links):
        other = map.table(f"{system}/{to}")
        back = other is not None and any(link.to == live.name and set(columns) == set(link.referred) for link in other.links)
        if back or f"{system}/{to}" not in there:
            continue
        if to == live.name:
            yield Point.ITSELF, say(N_("`{columns}` refers to its own table and is not taken for an owner"), columns=", ".join(columns))
        else:
            yield Point.UNFOLLOWED, say(N_("`{columns}` refers to `{to}`, and no link follows it"), columns=", ".join(columns), to=to)
    for key in live.foreign_keys:
        if key.on_delete is not OnDelete.REFUSE:
            yield Point.CASCADE, say(N_("when a row of `{to}` goes, the database does `{rule}` to its rows here"), to=key.table, rule=key.on_delete)
    for trigger in live.triggers:
        yield Point.TRIGGER, say(N_("the trigger `{trigger}` runs on: {events}"), trigger=trigger.name, events=", ".join(trigger.events))
    if live.kind is Kind.FILE:
        return
    for item in table.identifiers:
        wanted = f"lower({item.column})" if item.form is Form.LOWER else item.column
        if item.path or item.form is Form.DIGITS or item.form.trims or not _led(live, (wanted,)):
            yield Point.SLOW, say(N_("no index finds `{column}` as `{form}`: every search reads the whole table"), column=item.name, form=item.form)
    for link in table.links:
        if not _led(live, link.columns):
            yield Point.SLOW, say(N_("no index begins with `{columns}`: every search reads the whole table"), columns=", ".join(link.columns))


def _led(live: Table, columns: tuple[str, ...]) -> bool:
    """Whether an index of a table begins with these columns, in any order."""
    return any(set(index[: len(columns)]) == set(columns) for index in live.indexes)


def _views(map: DataMap, system: str, name: str) -> Iterator[tuple[Point, Message]]:
    catalogue = map.systems[system].catalogue
    for view in () if catalogue is None else catalogue.tables.values():
        if view.kind in VIEWS and name in view.shows:
            text = N_("`{view}` holds a copy of its rows until it is refreshed") if view.kind is Kind.MATERIALIZED else N_("`{view}` shows its rows")
            yield Point.VIEW, say(text, view=view.name)
