"""The identity graph as values: what stands for whom, by which join or merge, and what undoing one gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from janji.people.identifiers import PSEUDONYMOUS, IdentifierKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An identifier as the graph knows it: its row, its kind, and the person that it stands for now.

    Every node is personal data, those of devices and browsers too: they are there to tell people apart.
    """

    id: UUID
    kind: IdentifierKind
    subject: UUID
    verified: bool = False
    link: UUID | None = None

    @property
    def personal(self) -> bool:
        """Always: no kind of identifier is anonymous (UU 27/2022 Art 4(3), combined to identify a person)."""
        return True

    @property
    def pseudonymous(self) -> bool:
        """Whether it is of a kind that stands for a device or a browser."""
        return self.kind in PSEUDONYMOUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """An edge: the identifiers of the pseudonymous person `source` are read as `target`'s, for one purpose.

    A processing step of its own: `purpose` and `basis` carry it, `event` recorded it, `undone` is the event that took
    it back.
    """

    id: UUID
    source: UUID
    target: UUID
    purpose: str
    basis: str
    event: UUID
    undone: UUID | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """An identifier goes from one person to another."""

    node: UUID
    source: UUID
    target: UUID


def undone_by(joins: Iterable[Join], target: UUID, purpose: str | None = None) -> tuple[Join, ...]:
    """The joins to `target` that stand and end with `purpose` (with the person, when none is named)."""
    return tuple(
        join
        for join in joins
        if join.undone is None and join.target == target and (purpose is None or join.purpose == purpose)
    )


def given_back(joins: Iterable[Join], nodes: Iterable[Node]) -> tuple[Move, ...]:
    """Where identifiers go when these joins are undone: each to the person that it stood for before."""
    before: Mapping[UUID, Join] = {join.id: join for join in joins}
    return tuple(
        Move(node.id, node.subject, before[node.link].source)
        for node in nodes
        if node.link is not None and node.link in before and node.subject != before[node.link].source
    )


def joined(join: Join, nodes: Iterable[Node]) -> tuple[Move, ...]:
    """What a join moves: the pseudonymous identifiers of its source."""
    return tuple(Move(node.id, join.source, join.target) for node in nodes if node.subject == join.source)


def merged(other: UUID, survivor: UUID, nodes: Iterable[Node]) -> tuple[Move, ...]:
    """What a merge moves: every identifier of the other."""
    return tuple(Move(node.id, other, survivor) for node in nodes if node.subject == other)


def split(other: UUID, survivor: UUID, moved: Iterable[UUID], nodes: Iterable[Node]) -> tuple[Move, ...]:
    """What a split moves back: of the identifiers that the merge moved those that the survivor still has."""
    wanted = frozenset(moved)
    return tuple(Move(node.id, survivor, other) for node in nodes if node.id in wanted and node.subject == survivor)


def reached(joins: Iterable[Join], source: UUID) -> frozenset[UUID]:
    """Whom a pseudonymous person leads to by the joins that stand; nobody once they are undone."""
    edges: dict[UUID, set[UUID]] = {}
    for join in joins:
        if join.undone is None:
            edges.setdefault(join.source, set()).add(join.target)
    found: set[UUID] = set()
    waiting = [source]
    while waiting:
        for person in edges.get(waiting.pop(), ()):
            if person not in found:
                found.add(person)
                waiting.append(person)
    return frozenset(found - {source})
