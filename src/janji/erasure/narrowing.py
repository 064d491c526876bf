"""The plan by which some categories of people's data go and nothing else: rows that hold nothing but them, and their places in others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from janji.datamap.catalogue import Catalogue, Sort
from janji.datamap.categories import categories_in, categories_of
from janji.datamap.meaning import NONE, Identifier, Link, Meaning, SystemMeaning, TableMeaning, Verdict
from janji.datamap.places import below, entry_of, place_in, spot, spot_in
from janji.erasure.checks import checked
from janji.erasure.plan import GOING, Purpose, plan_gathered
from janji.erasure.search import gather_rounds, reached, told_apart
from janji.erasure.steps import Action, Assignment, Change, Filling, Gather, Problem, Reach, StorePlan
from janji.terms.messages import N_, say


class _Goes(NamedTuple):
    """What goes of one column: all of it but for places that stay, or some places alone."""

    whole: bool
    places: frozenset[str]
    stays: frozenset[str]


_NOTHING = _Goes(False, frozenset(), frozenset())
_Going = Mapping[str, _Goes]
"""What goes of a table, by column."""


def concerns(meaning: SystemMeaning, data: Collection[str]) -> bool:
    """Whether a system may hold any of these categories; one of which nobody said what it holds may."""
    if meaning.tables:
        return not set(data).isdisjoint(categories_of(meaning))
    return not meaning.holds or not set(data).isdisjoint(meaning.holds)


def plan_categories(
    catalogue: Catalogue, meaning: SystemMeaning, data: Collection[str], at: datetime, others: Iterable[SystemMeaning] = ()
) -> StorePlan:
    """The plan for a store by which these categories go at an instant (UU 27/2022 Art 40, 43), empty where it holds none.

    Rows whose categories all go are ended as their table's verdict says. In rows that hold others besides, the columns and
    places of these categories become what their meaning says. Rules that keep, and rows of other people, win as they always do.
    """
    groups = gather_rounds(catalogue, meaning, others)
    gathers = tuple(gather for group in groups for gather in group)
    going = {gather.table: _going(meaning.tables[gather.table], data) for gather in gathers}
    parts = {name: columns for name, columns in going.items() if not _whole(meaning.tables[name], data)}
    narrowed = replace(meaning, tables={
        name: _narrowed(table, going[name]) if name in parts else table for name, table in meaning.tables.items()
    })  # fmt: skip
    plan = plan_gathered(catalogue, narrowed, groups, at, Purpose.ERASE)
    touched = {name for name, columns in going.items() if columns}
    actions = tuple(_confined(plan.actions, parts))
    wanted = _needed(gathers, plan, {*touched, *(action.table for action in actions if isinstance(action, Change))})
    problems = (
        *checked(catalogue, meaning, groups, Purpose.ERASE), *plan.problems, *_problems(catalogue, meaning, going, parts), *_entries(gathers, parts)
    )  # fmt: skip
    return replace(
        plan,
        rounds=tuple(group for group in told_apart(catalogue, (tuple(one for one in held if one.table in wanted) for held in groups), actions) if group),
        marks=tuple(mark for mark in plan.marks if mark.table in wanted),
        actions=actions,
        fates=tuple(fate for fate in plan.fates if fate.table in touched and (fate.column is None or fate.column in going[fate.table])),
        told=tuple(told for told in plan.told if told.table in touched),
        problems=tuple(dict.fromkeys(problems)) if any(_going(table, data) for table in meaning.tables.values()) else (),
    )


def _whole(table: TableMeaning, data: Collection[str]) -> bool:
    """Whether a row holds nothing of people but these categories."""
    held = set(categories_in(table))
    return bool(held) and held <= set(data)


def _going(table: TableMeaning, data: Collection[str]) -> _Going:
    """In which columns of a table something goes."""
    found: dict[str, _Goes] = {}
    for name, said in table.columns.items():
        places = frozenset(path for path, category in said.paths.items() if category in data)
        stays = frozenset(path for path, category in said.paths.items() if category not in data and category != NONE)
        if said.category in data or places:
            found[name] = _Goes(said.category in data, places, stays)
    return found


def _narrowed(table: TableMeaning, going: _Going) -> TableMeaning:
    """The meaning of a table of which only some columns go: nothing else of it is personal, and no row of it ends."""
    columns = {name: _only(said, going[name]) if name in going else replace(said, category=NONE, paths={}) for name, said in table.columns.items()}
    verdict = Verdict.KEEP if table.verdict is Verdict.KEEP and going else Verdict.ANONYMISE
    return replace(table, verdict=verdict, restrict=None, columns=columns, identifiers=(), links=())


def _only(said: Meaning, goes: _Goes) -> Meaning:
    if goes.whole:
        return replace(said, paths={path: category for path, category in said.paths.items() if path in goes.places})
    return replace(said, category=NONE, becomes=None, paths={path: category for path, category in said.paths.items() if path in goes.places})


def _confined(actions: Iterable[Action], parts: Mapping[str, _Going]) -> Iterator[Action]:
    """The actions, of which those on tables that stay change no more than what goes there."""
    for action in actions:
        if not isinstance(action, Change) or action.table not in parts:
            yield action
            continue
        held = tuple(kept for item in action.assignments if (kept := _part(item, parts[action.table])) is not None)
        if held:
            yield replace(action, assignments=held)


def _part(item: Assignment, going: _Going) -> Assignment | None:
    if item.column not in going:
        return None
    goes = going[item.column]
    if item.entries is not None:
        return item if not _mixed(item.entries, goes) and _goes_at(item.entries, goes) else None
    if item.filling is not Filling.PATHS:
        stays = tuple(sorted(filter(None, map(place_in, goes.stays))))
        return Assignment(item.column, Filling.ONLY, paths=stays) if stays else item
    held = {spot_in(path) for path in goes.places}
    paths = tuple(path for path in item.paths if path in held)
    return replace(item, paths=paths) if paths else None


def _goes_at(reach: Reach, goes: _Goes) -> bool:
    """Whether something goes of the entries that an identifier in a list tells of."""
    entries = spot(entry_of(reach.path)[0])
    return goes.whole or any(below(spot_in(path) or "", entries) for path in goes.places)


def _mixed(reach: Reach, goes: _Goes) -> bool:
    """Whether entries that an identifier in a list tells of hold what goes and what does not."""
    entries = spot(entry_of(reach.path)[0])
    return _goes_at(reach, goes) and (
        any(below(spot_in(path) or "", entries) for path in goes.stays) or (not goes.whole and reach.path not in set(map(spot_in, goes.places)))
    )


def _needed(gathers: Iterable[Gather], plan: StorePlan, wanted: set[str]) -> set[str]:
    """The tables in which something goes, those over which they are reached, and those with which their rows are kept."""
    led = {gather.table: {reach.source for reach in gather.reaches if reach.source is not None} for gather in gathers}
    for mark in plan.marks:
        led[mark.table] |= {
            keep.follows.source for held in mark.keeps for keep in (held, *held.besides) if keep.follows is not None and keep.follows.source is not None
        }  # fmt: skip
    found = set(wanted)
    while more := {source for name in found for source in led.get(name, ())} - found:
        found |= more
    return found


def _problems(
    catalogue: Catalogue, meaning: SystemMeaning, going: Mapping[str, _Going], parts: Mapping[str, _Going]
) -> Iterator[Problem]:
    """What cannot be taken apart: a document, a mark of a whole row, and rows to which nobody would lead any more."""
    for name, columns in parts.items():
        table = meaning.tables[name]
        if columns and table.verdict is Verdict.RESTRICT:
            yield Problem(
                name, say(N_("`{table}` is restricted row by row, and only a part of each row goes"), table=name),
                say(N_("give it another verdict, or have it done by hand")),
            )  # fmt: skip
        for column, goes in columns.items():
            live = catalogue.tables[name].column(column)
            if goes.whole and goes.stays and (live is None or live.sort is not Sort.JSON or None in map(place_in, goes.stays)):
                yield Problem(
                    name, say(N_("`{table}.{column}` goes, and holds places that stay, which cannot be told apart"), table=name, column=column),
                    say(N_("name its places as keys between stops in a column of JSON")),
                )  # fmt: skip
    ends = {name for name in going if name not in parts and meaning.tables[name].verdict in GOING}
    left = {
        name: replace(
            table, identifiers=tuple(one for one in table.identifiers if not _goes(one, parts.get(name, {}))),
            links=tuple(link for link in table.links if link.to not in ends and not _leads_off(link, parts.get(name, {}), parts.get(link.to, {}))),
        )
        for name, table in meaning.tables.items() if name in parts
    }  # fmt: skip
    leads = reached(catalogue, replace(meaning, tables=left))
    for name, columns in parts.items():
        stays = any(
            goes.stays or (not goes.whole and said.category != NONE)
            for column, said in meaning.tables[name].columns.items() for goes in (columns.get(column, _NOTHING),)
        )  # fmt: skip
        if stays and name not in leads:
            yield Problem(
                name, say(N_("nobody would be led any more to what stays in `{table}`"), table=name),
                say(N_("link it to a table that stays, or give what leads to it a category that stays with it")),
            )  # fmt: skip


def _entries(gathers: Iterable[Gather], parts: Mapping[str, _Going]) -> Iterator[Problem]:
    """Lists whose entries go as a whole or not at all, and of which only a part goes."""
    for gather in gathers:
        for reach in gather.reaches:
            column = reach.columns[0]
            if reach.listed and column in parts.get(gather.table, {}) and _mixed(reach, parts[gather.table][column]):
                yield Problem(
                    gather.table, say(N_("entries of the list at `{path}` of `{table}.{column}` hold what goes and what stays"), path=reach.path, table=gather.table, column=column),
                    say(N_("have it done by hand, or let everything in the entries be of categories that go together")),
                )  # fmt: skip


def _leads_off(link: Link, columns: _Going, there: _Going) -> bool:
    """Whether a link is lost because something by which it leads goes."""
    return not columns.keys().isdisjoint(link.columns) or not there.keys().isdisjoint(link.referred)


def _goes(identifier: Identifier, columns: _Going) -> bool:
    if identifier.column not in columns:
        return False
    goes = columns[identifier.column]
    return identifier.path in goes.places or (goes.whole and identifier.path not in goes.stays)
