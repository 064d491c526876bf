"""How a time that runs is shown: a gauge, how much is left in words, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString

from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.words import moment
from janji.web.charts import gauge
from janji.workflows.request_desk import SOON

_DAYS = timedelta(days=3)
"""From so long on, days are told and not hours."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A running time: its gauge, what is left of it, its tone (`ok`, `warn`, `bad`), and its end as people write it and for machines."""

    gauge: SafeString
    left: str
    tone: str
    at: str
    stamp: str


def clock(opened: datetime, due: datetime, now: datetime, tongue: Tongue) -> Clock:
    """The clock of something that was opened and is due."""
    whole = (due - opened).total_seconds()
    words, tone = left(due, now).render(tongue), tone_of(due, now)
    return Clock(gauge((now - opened).total_seconds() / whole if whole > 0 else 1.0, tone, words), words, tone, moment(due).render(tongue), due.isoformat())


def tone_of(due: datetime, now: datetime) -> str:
    """How urgent it is: `bad` when it is late, `warn` when it soon will be."""
    return "bad" if due < now else "warn" if due - now < SOON else "ok"


def left(due: datetime, now: datetime) -> Message:
    """How much time is left, or how late it is."""
    over, late = abs(due - now), due < now
    if over >= _DAYS:
        return say(N_("{count} days late") if late else N_("{count} days left"), count=over.days)
    hours = int(over.total_seconds() // 3600)
    if hours:
        return say(N_("{count} h late") if late else N_("{count} h left"), count=hours)
    return say(N_("{count} min late") if late else N_("{count} min left"), count=int(over.total_seconds() // 60))
