"""How a running house is: its database, the policy in force, how far numbering is behind, whether a worker lives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from janji.errors import JanjiError
from janji.store import health, jobs, workers
from janji.workflows.door import Door

LONGEST_LAG = 60.0
"""Seconds that an event may wait for its number; the audit takes no more."""


class State(StrEnum):
    """What a house can do: everything; record and decide, while something waits; nothing."""

    READY = "ready"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Health:
    """How a house is. `policy` is the number of the version in force; of what cannot be asked the figures are zero.

    `lag` is the age in seconds of the event that waits longest for its number, `waiting` counts those that wait,
    `jobs` what was handed to the workers and is not done.
    """

    database: bool
    policy: int | None = None
    waiting: int = 0
    lag: float = 0.0
    workers: int = 0
    jobs: int = 0

    @property
    def numbering(self) -> bool:
        """Whether events get their numbers in time."""
        return self.lag <= LONGEST_LAG

    @property
    def state(self) -> State:
        """Requests are served without a worker too: what they record waits for its number, and is not lost."""
        if not self.database or self.policy is None:
            return State.UNAVAILABLE
        return State.READY if self.numbering and self.workers else State.DEGRADED


def look(door: Door) -> Health:
    """How the house behind a door is now."""
    try:
        published, found, living = door.house().published, health.state(), workers.living()
        handed = jobs.waiting() if jobs.is_ready() else 0
    except JanjiError:
        return Health(database=False)
    return Health(
        database=True, policy=None if published is None else published.number, waiting=found.waiting, lag=found.lag,
        workers=len(living), jobs=handed,
    )  # fmt: skip
