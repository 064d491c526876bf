"""The plan that puts one value of a person right in one store: in each of their columns that holds the wrong one, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from janji.datamap.catalogue import Catalogue, Column, Sort
from janji.datamap.meaning import Form, SystemMeaning, TableMeaning
from janji.erasure.changes import kept_columns, share_of
from janji.erasure.keeping import marks_of
from janji.erasure.search import gather_rounds, key_of, told_apart
from janji.erasure.steps import (
    Assignment,
    Change,
    Filling,
    Gather,
    Problem,
    Reach,
    Reason,
    Replaced,
    StorePlan,
    Told,
)
from janji.terms.messages import N_, say

MOST = 1_000
"""Characters that a value may have which takes the place of another."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One value of a category that is wrong, in the ways in which it may stand, and the right one; `kind` of an identifier.

    Without a wrong value, what lacks is completed: the right one is put where there is nothing (UU 27/2022 Art 6).
    """

    category: str
    becomes: str = field(repr=False)
    was: tuple[str, ...] = field(default=(), repr=False)
    kind: str | None = None

    def meant(self, category: str) -> bool:
        """Whether it is about a category: its own, and one that is finer (`contact.email` of `contact`) where a wrong value tells which."""
        return category == self.category or (bool(self.was) and category.startswith(f"{self.category}."))


def plan_correction(
    catalogue: Catalogue, meaning: SystemMeaning, corrections: Sequence[Correction], at: datetime, others: Iterable[SystemMeaning] = ()
) -> StorePlan:
    """The plan for a store of this form and meaning at an instant, without an action where nothing of the categories is held.

    Rows that a duty keeps as they are stay so, and rows that are another person's too are changed in this person's share alone.
    """
    groups = gather_rounds(catalogue, meaning, others)
    gathers = tuple(gather for group in groups for gather in group)
    changes: list[Change] = []
    problems: list[Problem] = []
    told: list[Told] = []
    for gather in gathers:
        table = meaning.tables[gather.table]
        for assignment, column in _assignments(catalogue, table, gather.table, corrections):
            problems += _unfit(gather.table, column, assignment)
            changes += _changes(gather, table, assignment)
        told += _kept_whole(gather, table, corrections)
    problems += _lost(catalogue, changes)
    wanted = _needed(gathers, {change.table for change in changes})
    rounds = told_apart(catalogue, (tuple(gather for gather in group if gather.table in wanted) for group in groups), changes)
    marks = marks_of(catalogue, meaning, [gather for gather in gathers if gather.table in wanted], at)
    return StorePlan(
        meaning.system, tuple(group for group in rounds if group), marks, tuple(changes), told=tuple(told), problems=tuple(problems)
    )


def inside_documents(meaning: SystemMeaning, corrections: Sequence[Correction]) -> tuple[str, ...]:
    """The places inside of documents where the same may stand, and nothing is put right, as `table.column.path`."""
    found: dict[str, None] = {}
    for table in meaning.tables.values():
        for correction in corrections:
            named = [one.name for one in table.identifiers if one.path and one.kind == correction.kind]
            named += [f"{column}.{path.removeprefix('$.')}" for column, said in table.columns.items() for path, category in said.paths.items()
                      if correction.meant(category)]  # fmt: skip
            found.update(dict.fromkeys(f"{table.name}.{name}" for name in named))
    return tuple(found)


def _assignments(
    catalogue: Catalogue, table: TableMeaning, name: str, corrections: Sequence[Correction]
) -> Iterator[tuple[Assignment, Column]]:
    """What becomes of each column of the categories; what leads to rows and not to people is left alone."""
    identifiers = {one.column: one for one in table.identifiers if not one.path}
    links = {column for link in table.links for column in link.columns}
    for correction in corrections:
        for column in catalogue.tables[name].columns:
            said = table.columns.get(column.name)
            identifier = identifiers.get(column.name)
            meant = said is not None and correction.meant(said.category)
            if identifier is not None and correction.kind is not None:
                meant = identifier.kind == correction.kind
            if not meant or column.generated or column.name in links:
                continue
            form = identifier.form if identifier is not None else Form.LOWER if column.sort is Sort.TEXT else Form.EXACT
            replaced = Replaced(correction.becomes, correction.was, form)
            yield Assignment(column.name, Filling.REPLACED, width=column.length, replaced=replaced), column


def _changes(gather: Gather, table: TableMeaning, assignment: Assignment) -> Iterator[Change]:
    """The changes of one column: in the rows that are the person's, in those that are another's too, in those partly kept."""
    said = table.columns.get(assignment.column)
    ways = [reach for reach in gather.reaches if assignment.column in share_of(table, reach)]
    kept = [mark for mark, columns in kept_columns(table).items() if columns is not None and assignment.column not in columns]
    ways_or_all: list[Reach | None] = list(ways) if said is not None and said.of else [None]
    for way in ways_or_all:
        yield Change(gather.table, (assignment,), reach=way)
        if kept:
            yield Change(gather.table, (assignment,), (Reason.KEPT,), tuple(kept), way)
    for way in ways:
        yield Change(gather.table, (assignment,), (Reason.FOUND, Reason.SHARED), (), way)
        if kept:
            yield Change(gather.table, (assignment,), (Reason.SHARED_KEPT,), tuple(kept), way)


def _kept_whole(gather: Gather, table: TableMeaning, corrections: Sequence[Correction]) -> Iterator[Told]:
    """Which rules keep rows as they are, with what is to be put right."""
    if any(correction.meant(said.category) for said in table.columns.values() for correction in corrections):
        for rule in (mark for mark, columns in kept_columns(table).items() if columns is None):
            yield Told(gather.table, say(N_("rows of `{table}` that `{rule}` keeps stay as they are"), table=gather.table, rule=rule))


def _needed(gathers: Sequence[Gather], wanted: set[str]) -> set[str]:
    """The tables with something to change, and those over which they are reached."""
    found, before = set(wanted), -1
    while len(found) > before:
        before = len(found)
        found |= {reach.source for gather in gathers if gather.table in found for reach in gather.reaches if reach.source is not None}
    return found


def _lost(catalogue: Catalogue, changes: Sequence[Change]) -> Iterator[Problem]:
    """Tables whose rows might not be found again once their key is put right: a number is a row's place in SQLite, and what is generated moves with it."""
    changing: dict[str, set[str]] = {}
    for change in changes:
        changing.setdefault(change.table, set()).update(held.column for held in change.assignments)
    for name, columns in changing.items():
        table = catalogue.tables[name]
        numbers = any(column.sort is Sort.INTEGER for column in table.columns if column.name in table.primary_key)
        moves = numbers or any(column.generated for column in table.columns)
        if len(columns) > 1 and columns & set(table.primary_key) and moves and not key_of(table, columns):
            yield Problem(
                name, say(N_("the key of `{table}` and other columns of it cannot be put right together"), table=name), say(N_("put the key right by hand"))
            )


def _unfit(table: str, column: Column, assignment: Assignment) -> Iterator[Problem]:
    """Why a column cannot hold the right value."""
    text = assignment.replaced.becomes if assignment.replaced is not None else ""
    if column.length is not None and column.sort is Sort.TEXT and len(text) > column.length:
        yield Problem(
            table, say(N_("`{table}.{column}` is too short for the right value"), table=table, column=column.name),
            say(N_("have the column made longer, or agree on a shorter way of writing it")),
        )  # fmt: skip
    elif not _holds(column.sort, text):
        yield Problem(
            table, say(N_("`{table}.{column}` cannot hold the right value: it is of the type `{type}`"), table=table, column=column.name, type=column.type),
            say(N_("write a date as `2014-04-17` and a number in digits; anything else is put right by hand")),
        )  # fmt: skip


def _holds(sort: Sort, text: str) -> bool:
    """Whether a column of a sort can hold a text."""
    try:
        if sort is Sort.DATE:
            date.fromisoformat(text)
        elif sort is Sort.INSTANT:
            datetime.fromisoformat(text)
        elif sort in (Sort.INTEGER, Sort.NUMBER):
            return Decimal(text).is_finite() and (sort is Sort.NUMBER or Decimal(text) == int(Decimal(text)))
    except (ValueError, InvalidOperation):
        return False
    return sort in (Sort.TEXT, Sort.DATE, Sort.INSTANT, Sort.INTEGER, Sort.NUMBER)
