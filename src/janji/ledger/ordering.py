"""The order in which events that wait get their numbers: as they came, and a person's events by version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event without a number: where its row in the queue is, its id (16 bytes), its leaf hash, whose it is."""

    place: str
    event: bytes
    leaf: bytes
    subject: bytes | None
    version: int


def in_order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """The same events, those of each person by version in the places that the person's events have.

    They come in the order in which their transactions began. A person's second event can have begun before the first
    and waited for it; it is committed after it all the same.
    """
    last: dict[bytes, int] = {}
    crossed: set[bytes] = set()
    for item in waiting:
        if item.subject is not None:
            if last.get(item.subject, 0) > item.version:
                crossed.add(item.subject)
            last[item.subject] = item.version
    if not crossed:
        return list(waiting)
    queues: dict[bytes, list[Waiting]] = {subject: [] for subject in crossed}
    for item in waiting:
        if item.subject in queues:
            queues[item.subject].append(item)
    for queue in queues.values():
        queue.sort(key=lambda item: -item.version)
    return [queues[item.subject].pop() if item.subject in queues else item for item in waiting]


def lowest(waiting: Sequence[Waiting]) -> dict[bytes, int]:
    """The lowest version of each person among these."""
    found: dict[bytes, int] = {}
    for item in waiting:
        if item.subject is not None:
            found[item.subject] = min(found.get(item.subject, item.version), item.version)
    return found


def complete(waiting: Sequence[Waiting], begin: Collection[bytes]) -> list[Waiting]:
    """Those of a part of the queue that may have numbers now: no person's event before an earlier one.

    `waiting` is in order; `begin` are the persons whose lowest version here is the next one.
    """
    following = {subject: version for subject, version in lowest(waiting).items() if subject in begin}
    kept = []
    for item in waiting:
        if item.subject is None:
            kept.append(item)
        elif following.get(item.subject) == item.version:
            following[item.subject] += 1
            kept.append(item)
    return kept
