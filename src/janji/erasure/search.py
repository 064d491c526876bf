"""How the rows of each table are found: from whom or from which table, in which order, and who else may own them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from janji.datamap.catalogue import Catalogue, Column, Kind, Sort, Table
from janji.datamap.meaning import Identifier, Link, SystemMeaning, TableMeaning
from janji.datamap.places import listed, place_in, spot_in, steps_of
from janji.erasure.order import rounds
from janji.erasure.steps import Action, Change, Gather, Reach, StorePlan, how_shared

HELD = (Kind.TABLE, Kind.VERSIONED, Kind.UNTRANSACTED, Kind.PARTITIONED, Kind.FILE)
"""What holds rows; a view only shows them."""


def gather_rounds(
    catalogue: Catalogue, meaning: SystemMeaning, others: Iterable[SystemMeaning] = ()
) -> tuple[tuple[Gather, ...], ...]:
    """Every table that some reach leads to from the people, in rounds: sources first, rings together."""
    reaches = reached(catalogue, meaning)
    handed = handed_on(meaning.system, others)
    several = _several(catalogue.tables, reaches)
    before = {name: [reach.source for reach in ways if reach.source] for name, ways in reaches.items()}
    return tuple(
        tuple(
            Gather(name, key_of(catalogue.tables[name]), reaches[name], name in several, handed.get(name, ()))
            for name in group
        )
        for group in rounds(tuple(reaches), before)
    )


def reached(catalogue: Catalogue, meaning: SystemMeaning) -> dict[str, tuple[Reach, ...]]:
    """The reaches of each table that people lead to; a way through a table that nobody leads to is none."""
    ways = {
        name: reaches_of(catalogue.tables[name], table, catalogue.dialect)
        for name, table in meaning.tables.items()
        if name in catalogue.tables and catalogue.tables[name].kind in HELD
    }
    found: set[str] = set()
    while True:
        new = {
            name
            for name, reaches in ways.items()
            if name not in found and any(reach.source is None or reach.source in found for reach in reaches)
        }
        if not new:
            break
        found |= new
    return {name: tuple(_alive(reaches, found)) for name, reaches in ways.items() if name in found}


def owning(gather: Gather, ownable: Collection[str]) -> list[Reach]:
    """The ways by which rows of a table are somebody's: those to rows that nobody can own make nobody an owner."""
    return [way for way in gather.reaches if way.owner and (way.source is None or way.source in ownable)]


def by_time(gathers: Iterable[Gather]) -> bool:
    """Whether rows go because their time is over, whoever's they are."""
    return any(gather.due is not None for gather in gathers)


def ownable(gathers: Iterable[Gather]) -> frozenset[str]:
    """The tables whose rows can be somebody's: an owner's identifier stands in them, or they lead to such rows.

    Where rows go because their time is over nobody is looked for, and every row may be somebody's.
    """
    waiting, found = list(gathers), set[str]()
    if by_time(waiting):
        return frozenset(gather.table for gather in waiting)
    while new := {gather.table for gather in waiting if gather.table not in found and owning(gather, found)}:
        found |= new
    return frozenset(found)


def _alive(reaches: Iterable[Reach], found: set[str]) -> Iterator[Reach]:
    """The reaches from tables that were found; a link from any other tells nothing either."""
    for reach in reaches:
        if reach.source is None or reach.source in found:
            after = tuple(surer for surer in reach.after if surer.source is None or surer.source in found)
            yield replace(reach, after=after)


def reaches_of(table: Table, meaning: TableMeaning, dialect: str = "") -> tuple[Reach, ...]:
    """The ways to the rows of one table: its links, then its identifiers, the surest first."""
    links = tuple(_linked(link) for link in meaning.links if _there(table, link.columns) and _whole(link))
    seats = _seats(table, meaning)
    made: list[Reach] = []
    for identifier in _surest_first(table, meaning, dialect):
        spot = spot_in(identifier.path) or ""
        owner = identifier.owner and not listed(spot)
        reach = Reach(
            (identifier.column,), kind=identifier.kind, form=identifier.form, owner=owner,
            seat=seats[identifier.name] if owner else "", path=spot, entry=identifier.owner and not owner,
        )  # fmt: skip
        made.append(_after(reach, links, made))
    return (*links, *made)


def key_of(table: Table, changing: Collection[str] = ()) -> tuple[str, ...]:
    """What tells the rows of a table apart: the primary key, or columns that are unique and never null; none of those `changing`."""
    barred = {*changing, *(column.name for column in table.columns if column.nullable and column.name not in table.primary_key)}
    return next((columns for columns in (table.primary_key, *table.uniques) if columns and not barred & set(columns)), ())


def told_apart(
    catalogue: Catalogue, groups: Iterable[tuple[Gather, ...]], actions: Iterable[Action]
) -> tuple[tuple[Gather, ...], ...]:
    """The rounds of a plan with keys that none of its actions changes: a row must be found again after every one of them."""
    changing: dict[str, set[str]] = {}
    for action in actions:
        if isinstance(action, Change):
            changing.setdefault(action.table, set()).update(held.column for held in action.assignments)
    return tuple(
        tuple(replace(gather, key=key_of(catalogue.tables[gather.table], changing.get(gather.table, ()))) for gather in group)
        for group in groups
    )


def handed_on(system: str, others: Iterable[SystemMeaning]) -> dict[str, tuple[str, ...]]:
    """The columns of each table that other systems look for."""
    wanted: dict[str, dict[str, None]] = {}
    for other in others:
        for table in other.tables.values():
            for link in table.links:
                name, _, at = link.to.partition("/")
                if link.abroad and name == system and other.system != system and len(link.referred) == 1:
                    wanted.setdefault(at, {})[link.referred[0]] = None
    return {name: tuple(columns) for name, columns in wanted.items()}


def handing_on(plan: StorePlan) -> StorePlan | None:
    """The part of a search that finds what other systems look for: their tables, and those over which they are reached.

    `None` where no system looks for anything here.
    """
    wanted = {gather.table for gather in plan.gathers if gather.hands_on}
    if not wanted:
        return None
    before = 0
    while len(wanted) > before:
        before = len(wanted)
        wanted |= {reach.source for gather in plan.gathers if gather.table in wanted for reach in gather.reaches if reach.source is not None}
    rounds = (tuple(gather for gather in group if gather.table in wanted) for group in plan.rounds)
    return StorePlan(plan.system, tuple(group for group in rounds if group))


def _linked(link: Link) -> Reach:
    where = tuple(sorted(link.where.items()))
    seat = ",".join(link.columns) if link.owner else ""
    if link.abroad:
        return Reach(link.columns, kind=f"{link.to}.{link.referred[0]}", where=where, owner=link.owner, seat=seat)
    return Reach(link.columns, link.to, link.referred, where=where, owner=link.owner, seat=seat, prefix=link.prefix)


def _there(table: Table, columns: Sequence[str]) -> bool:
    return all(table.column(name) is not None for name in columns)


def _whole(link: Link) -> bool:
    """Whether a link can be followed: as many columns as it refers to, and one alone into another system."""
    alone = len(link.columns) == 1
    return len(link.columns) == len(link.referred) and bool(link.columns) and (alone or not (link.abroad or link.prefix)) and not (link.abroad and link.prefix)


def _surest_first(table: Table, meaning: TableMeaning, dialect: str) -> list[Identifier]:
    """Identifiers of which no two rows agree come first, those that a household or a machine shares last."""
    held = [item for item in meaning.identifiers if lookable(table, item, dialect)]
    return sorted(held, key=lambda identifier: (not _alone(table, identifier), how_shared(identifier.kind)))


def lookable(table: Table, identifier: Identifier, dialect: str = "") -> bool:
    """Whether an identifier stands where one can be looked for: in a column that is there, or inside of its document."""
    column = table.column(identifier.column)
    return column is not None and (not identifier.path or openable(dialect, column, identifier.path))


def openable(dialect: str, column: Column, path: str) -> bool:
    """Whether a kind of store can look at a place inside of a column: of JSON under keys everywhere, else as its dialect allows."""
    place = spot_in(path)
    if place is None or column.sort not in DOCUMENTS:
        return False
    if dialect and dialect not in _OPENED:
        return column.sort is Sort.JSON and place_in(path) is not None
    return dialect not in _AS_WRITTEN or all(step is None or _SAME.fullmatch(step) for step in steps_of(place))


_SAME = re.compile(r'[ -!#-.0-[\]-~]+')
"""A key that JSON writes in one way alone."""
_AS_WRITTEN = ("mysql", "sqlite")
"""Dialects that hold keys against paths as they are written in the document (MariaDB, SQLite before 3.45)."""
_OPENED = ("postgresql", "mysql", "sqlite")
"""Dialects in which documents are opened in text and under any key, and lists entry by entry."""
DOCUMENTS = (Sort.JSON, Sort.TEXT)
"""What can hold a document; one of text does where the map says so."""


def _alone(table: Table, identifier: Identifier) -> bool:
    column = (identifier.column,)
    return not identifier.path and (table.primary_key == column or column in table.uniques)


def _seats(table: Table, meaning: TableMeaning) -> dict[str, str]:
    """Whose identifier each is: as `of` says, and without a word the row's own person's.

    Two of one kind are of two people, as a sender and a recipient are, where nothing else says whose the row is: no link,
    nothing unique, and no identifier that is the only one of a kind that people do not share. A generated column says again
    what another one says, and is of nobody else.
    """
    said = {column.of for column in meaning.columns.values() if column.of}
    own: list[Identifier] = []
    seats: dict[str, str] = {}
    for identifier in meaning.identifiers:
        column = identifier.column
        of = meaning.columns[column].of if column in meaning.columns else ()
        if not of and (column,) in said:
            of = (column,)
        seats[identifier.name] = ",".join(of)
        held = table.column(column)
        inside = listed(spot_in(identifier.path) or "")
        if not of and identifier.owner and not inside and not (held is not None and held.generated):
            own.append(identifier)
    kinds = Counter(identifier.kind for identifier in own)
    told = any(
        _alone(table, identifier) or (kinds[identifier.kind] == 1 and not how_shared(identifier.kind))
        for identifier in own
    )
    if not told and not any(link.owner for link in meaning.links):
        seats.update({identifier.name: identifier.name for identifier in own if kinds[identifier.kind] > 1})
    return seats


def _after(reach: Reach, links: Sequence[Reach], surer: Sequence[Reach]) -> Reach:
    """The reach behind the surer ways of its seat; another column of its own kind tells as much as it does.

    An identifier in a list stands behind the surer ones of its own object: an entry is of one person.
    """
    if reach.listed:
        around = steps_of(reach.path)[:-1]
        same = [other for other in surer if other.listed and other.columns == reach.columns and steps_of(other.path)[:-1] == around]
        return replace(reach, after=tuple(replace(other, after=()) for other in same if other.kind != reach.kind))
    if not reach.owner:
        return reach
    ahead = [link for link in links if link.owner and reach.seat and link.seat == reach.seat]
    ahead += [other for other in surer if other.owner and other.seat == reach.seat and other.kind != reach.kind]
    return replace(reach, after=tuple(replace(surer, after=()) for surer in ahead))


def _several(tables: Mapping[str, Table], reaches: Mapping[str, Sequence[Reach]]) -> set[str]:
    """The tables whose rows may have owners outside of the batch."""
    several = {
        name for name, ways in reaches.items() if _seats_apart(ways) or any(_forked(tables, way) for way in ways)
    }
    while True:
        new = {
            name
            for name, ways in reaches.items()
            if name not in several and any(reach.owner and reach.source in several for reach in ways)
        }
        if not new:
            return several
        several |= new


def _seats_apart(ways: Sequence[Reach]) -> bool:
    """Whether a row can have several seats taken, or several links of one seat."""
    owners = [reach for reach in ways if reach.owner]
    links = [reach for reach in owners if reach.source]
    return len({reach.seat for reach in owners}) > 1 or any(
        not _apart(one, other) for place, one in enumerate(links) for other in links[:place]
    )


def _apart(one: Reach, other: Reach) -> bool:
    """Whether no row can be reached both ways."""
    said = dict(one.where)
    if one.columns == other.columns and one.prefix and other.prefix and not one.prefix.startswith(other.prefix) and not other.prefix.startswith(one.prefix):
        return True
    return any(said.get(column, value) != value for column, value in other.where)


def _forked(tables: Mapping[str, Table], reach: Reach) -> bool:
    """Whether a link may lead to several rows."""
    if reach.source is None or not reach.owner:
        return False
    source = tables[reach.source]
    keys = [columns for columns in (source.primary_key, *source.uniques) if columns]
    return not any(set(columns) <= set(reach.referred) for columns in keys)
