"""Choices on record, the newest first, by purpose and by when they were recorded: read along the ledger, a bounded stretch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from janji.consent.receipts import STATES
from janji.ledger.events import Event, decode
from janji.store import ledger
from janji.workflows.house import House
from janji.workflows.recording import family_history

STRETCH = 5_000
"""Events of the ledger that one page looks through, at most this many times `STRETCHES`."""
STRETCHES = 4
_KINDS = tuple(map(str, STATES))


@dataclass(frozen=True, slots=True)
class Found:
    """Choices, the newest first; `below` is where the next page goes on, and `whole` whether this one is full."""

    events: tuple[Event, ...]
    below: int | None
    whole: bool


def choices_between(purpose: str | None, since: datetime | None, until: datetime | None, below: int | None = None, most: int = 50) -> Found:
    """Choices about a purpose (all, without one) that were recorded from `since` until just before `until`.

    What was recorded within the last second has no number yet, and is not among them.
    """
    low = 0 if since is None else position_at(since)
    high = ledger.size() if until is None else position_at(until)
    high = high if below is None else min(below, high)
    found: list[tuple[int, bytes]] = []
    for _ in range(STRETCHES):
        first = max(low, high - STRETCH)
        found += ledger.events_of_kinds(first, high, _KINDS, f'"purpose":"{purpose}"' if purpose else "", most + 1 - len(found))
        if len(found) > most:
            return Found(tuple(decode(body) for _, body in found[:most]), found[most - 1][0], True)
        high = first
        if high <= low:
            break
    return Found(tuple(decode(body) for _, body in found), high if high > low else None, False)


def position_at(at: datetime) -> int:
    """The first position of the ledger with an event recorded at or after an instant: ids tell when (UUIDv7), give or take a moment."""
    wanted = int(at.astimezone(UTC).timestamp() * 1000)
    low, high = 0, ledger.size()
    while low < high:
        middle = (low + high) // 2
        when = ledger.recorded_near(middle)
        if when is not None and when < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def choices_of_person(house: House, subject: UUID) -> tuple[Event, ...]:
    """The choices of one person and of whoever was merged into them, the newest first."""
    return tuple(event for event in reversed(family_history(house, subject)) if event.kind in STATES)
