"""Incidents: how grave one is, and which notices of it the law wants by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from janji.law.model import ClockStart, LawPack


class Gravity(StrEnum):
    """How much harm an incident may do to people, as the officer judges it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice that the law wants of an incident, by its name in the law pack, and the last instant for it."""

    duty: str
    due: datetime


def owed(law: LawPack, known: datetime) -> tuple[Owed, ...]:
    """The notices whose clock runs from knowing of an incident, in the order of the law pack (UU 27/2022 Art 46, GDPR Art 33)."""
    clocks = {name: clock for name, clock in law.clocks.items() if clock.starts is ClockStart.AWARENESS}
    day = known.date()
    return tuple(
        Owed(str(name), clocks[one.clock].limit.end(known))
        for name, one in law.notices.items()
        if one.clock in clocks and (one.since is None or one.since <= day) and one.binds_from(day)
    )
