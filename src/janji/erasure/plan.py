"""The plan for one store: what is gathered, what stays and why, and what is changed and deleted in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from janji.datamap.catalogue import Catalogue
from janji.datamap.meaning import SystemMeaning, Verdict
from janji.erasure.changes import Changes, changes_of
from janji.erasure.checks import checked, fates_of
from janji.erasure.fillings import Impossible
from janji.erasure.keeping import marks_of
from janji.erasure.order import ring_of, rounds
from janji.erasure.references import Reference, Staying, cleared
from janji.erasure.search import gather_rounds, told_apart
from janji.erasure.steps import (
    Action,
    Assignment,
    Change,
    Clear,
    Delete,
    Filling,
    Gather,
    Hold,
    Problem,
    Reason,
    Referring,
    Stop,
    StorePlan,
)
from janji.erasure.telling import refreshed, told_of
from janji.erasure.watched import unsaid, watched, words
from janji.terms.messages import N_, say

GOING = (Verdict.DELETE, Verdict.DESTROY)
_ROW_BY_ROW = ("mysql",)
"""Dialects that look at a foreign key after each row, not after each statement."""
_TIMID = ("mysql", "sqlite")
"""Dialects that may refuse a statement that deletes rows together with those that they refer to in the same table."""


class Purpose(StrEnum):
    """Why rows are looked for."""

    ACCESS = "access"
    ERASE = "erase"
    DESTROY = "destroy"
    RETENTION = "retention"


def plan_store(
    catalogue: Catalogue, meaning: SystemMeaning, at: datetime, purpose: Purpose, others: Iterable[SystemMeaning] = ()
) -> StorePlan:
    """The plan for a store of this form and meaning at an instant; `others` are the systems that may look for its keys.

    With problems in it a plan of any purpose but access is not carried out. It never holds a value of a person.
    """
    others = tuple(others)
    groups = gather_rounds(catalogue, meaning, others)
    if purpose is Purpose.ACCESS:
        return StorePlan(meaning.system, groups, problems=checked(catalogue, meaning, groups, Purpose.ACCESS))
    made = plan_gathered(catalogue, meaning, groups, at, purpose)
    ways = watched(catalogue, meaning, made.gathers, others)
    return replace(made, watched=ways, words=words(catalogue, meaning, made.gathers, ways), unsaid=unsaid(catalogue, meaning, made.gathers))


def plan_gathered(
    catalogue: Catalogue, meaning: SystemMeaning, groups: tuple[tuple[Gather, ...], ...], at: datetime, purpose: Purpose
) -> StorePlan:
    """What becomes of rows that are gathered in these rounds, whatever they were gathered by."""
    planner = _Planner(catalogue, meaning, tuple(gather for group in groups for gather in group))
    actions = planner.actions()
    return StorePlan(
        meaning.system,
        told_apart(catalogue, groups, actions),
        marks_of(catalogue, meaning, planner.gathers, at),
        actions,
        fates_of(catalogue, meaning, planner.gathers, actions, purpose),
        told_of(catalogue, meaning, planner.staying, planner.gathers, actions),
        (*checked(catalogue, meaning, groups, purpose), *planner.problems),
        refreshed(catalogue, planner.staying, actions),
    )


@dataclass(frozen=True, slots=True)
class _Broken:
    """A ring of foreign keys cut open: in which order its tables go, and which references are cleared before."""

    order: tuple[str, ...]
    clears: tuple[Clear, ...]
    stuck: tuple[str, ...] = ()


class _Planner:
    """The actions of one store, table by table, children first."""

    def __init__(self, catalogue: Catalogue, meaning: SystemMeaning, gathers: Sequence[Gather]) -> None:
        self.catalogue, self.meaning, self.gathers = catalogue, meaning, gathers
        self.names = tuple(gather.table for gather in gathers)
        self.going = {name: meaning.tables[name].verdict in GOING for name in self.names}
        keeping = frozenset(name for name in self.names if meaning.tables[name].keep)
        self.staying = Staying(catalogue, gathers, self.going, keeping)
        self.problems: list[Problem] = []
        self.changes = {gather.table: self._changes(gather) for gather in gathers}

    def actions(self) -> tuple[Action, ...]:
        """Every action, in the order that the foreign keys allow."""
        before = {
            name: [reference.child for reference in self.staying.to.get(name, ()) if reference.child != name]
            for name in self.names
        }
        made: list[Action] = []
        for group in rounds(tuple(reversed(self.names)), before):
            inner = any(reference.child in group for name in group for reference in self._holding(name))
            if len(group) == 1 and not inner:
                made += self._alone(group[0])
            else:
                made += self._ring(group)
        return tuple(made)

    def _holding(self, name: str) -> list[Reference]:
        return self.staying.holding(name) if self.going[name] else []

    def _changes(self, gather: Gather) -> Changes:
        name, table = gather.table, self.meaning.tables[gather.table]
        reasons: list[Reason | None] = []
        if table.keep:
            reasons.append(Reason.KEPT)
        if gather.of_several:
            reasons.append(Reason.SHARED)
        if self._holding(name):
            reasons.append(Reason.REFERRED)
        if table.verdict is Verdict.ANONYMISE:
            reasons.append(None)
        made = changes_of(self.catalogue, self.meaning, gather, frozenset(self.names), reasons)
        if table.verdict is not Verdict.RESTRICT or table.restrict is None:
            return made
        column, word = table.restrict
        return Changes((*made.made, Change(name, (Assignment(column, Filling.CONSTANT, word),))), made.impossible)

    def _firsts(self, name: str) -> tuple[Change, ...]:
        """The changes that hang on nothing that others do."""
        changes = self.changes[name]
        return (
            *changes.because(),
            *changes.because(Reason.KEPT),
            *changes.because(Reason.FOUND, Reason.SHARED, Reason.SHARED_KEPT),
        )

    def _lasts(self, name: str) -> list[Action]:
        """What is left to do, or not to be done, once it is known which rows others refer to."""
        made: list[Action] = []
        for reason, impossible in self.changes[name].impossible:
            made += self._impossible(name, reason, impossible)
        return [*dict.fromkeys(made), *self.changes[name].because(Reason.REFERRED)]

    def _impossible(self, name: str, reason: Reason | None, impossible: Impossible) -> list[Action]:
        """Certain ones are problems; the others stop it when there turns out to be such a row."""
        if reason is Reason.REFERRED:
            return [Stop(name, (reason,), impossible.message, impossible.help)]
        if reason is Reason.SHARED:
            return [Stop(name, (Reason.FOUND, Reason.SHARED), impossible.message, impossible.help)]
        self.problems.append(Problem(name, impossible.message, impossible.help))
        return []

    def _alone(self, name: str) -> list[Action]:
        made: list[Action] = [*self._firsts(name)]
        clear, leafwise = self._self_reference(name)
        if self.going[name]:
            made += clear
            made.append(Delete(name, tuple(self._referring(held) for held in self._holding(name)), leafwise))
        return [*made, *self._lasts(name)]

    def _ring(self, group: Sequence[str]) -> list[Action]:
        """Tables that refer to each other, or one whose rows refer to each other and may stay."""
        made: list[Action] = [change for name in group for change in self._firsts(name)]
        pairs = tuple((name, self._referring(reference)) for name in group for reference in self._holding(name))
        if pairs:
            made.append(Hold(pairs))
        for name in group:
            made += self._lasts(name)
        broken = self._broken(group)
        if broken.stuck:
            self.problems.append(_stuck(broken.stuck))
        made += broken.clears
        for name in broken.order:
            clear, leafwise = self._self_reference(name)
            if self.going[name]:
                made += [*clear, Delete(name, (), leafwise)]
        return made

    def _referring(self, reference: Reference) -> Referring:
        changes = self.changes.get(reference.child)
        freed = changes.frees(reference.columns) if changes is not None else ()
        lasting = reference.child in self.going and not self.going[reference.child]
        return Referring(reference.child, reference.columns, reference.referred, freed, lasting)

    def _self_reference(self, name: str) -> tuple[list[Action], bool]:
        """How rows go that refer to rows of their own table: references cleared before, or leaf by leaf."""
        own = [held for held in self.staying.of.get(name, ()) if held.parent == name and not held.lets_go]
        if self.catalogue.dialect not in _TIMID or not own or not self.going[name]:
            return [], False
        table = self.catalogue.tables[name]
        clears: list[Action] = [
            Clear(name, cleared(table, held)) for held in own if held.nullable and cleared(table, held)
        ]
        return clears, len(clears) < len(own) and self.catalogue.dialect in _ROW_BY_ROW

    def _broken(self, group: Sequence[str]) -> _Broken:
        """Cut references of a ring until an order is left; those that cost nothing first."""
        inside = set(group)
        edges = [
            held
            for name in group
            for held in self.staying.of.get(name, ())
            if held.parent in inside and held.parent != name
        ]
        clears: list[Clear] = []
        while True:
            before: dict[str, list[str]] = {name: [] for name in group}
            for held in edges:
                before[held.parent].append(held.child)
            ring = ring_of(group, before)
            if not ring:
                return _Broken(tuple(name for part in rounds(group, before) for name in part), tuple(clears))
            steps = [(ring[(at + 1) % len(ring)], name) for at, name in enumerate(ring)]
            cut = min(
                steps, key=lambda step: max(self._cost(held) for held in edges if (held.child, held.parent) == step)
            )
            chosen = [held for held in edges if (held.child, held.parent) == cut]
            if max(self._cost(held) for held in chosen) > _CLEARED:
                return _Broken(tuple(group), tuple(clears), ring)
            clears += [
                Clear(held.child, cleared(self.catalogue.tables[held.child], held))
                for held in chosen
                if self._cost(held) == _CLEARED
            ]
            edges = [held for held in edges if held not in chosen]

    def _cost(self, held: Reference) -> int:
        if held.lets_go or held.key.deferrable or not (self.going[held.parent] and self.going[held.child]):
            return _FREE
        if held.nullable:
            return _CLEARED
        return _STUCK


_FREE, _CLEARED, _STUCK = 0, 1, 2


def _stuck(ring: Sequence[str]) -> Problem:
    return Problem(
        ring[0],
        say(
            N_("the tables {tables} refer to each other, and none of the references can be null or put off"),
            tables=_named(ring),
        ),
        say(N_("make one of these foreign keys deferrable, or let one of their columns be null")),
    )


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
