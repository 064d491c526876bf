"""The law pack in force beside what the policy promises: where the two differ, and what the check says of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from janji.errors import Diagnostic
from janji.law.model import LawPack
from janji.store import policies
from janji.terms.periods import Period
from janji.terms.processing import Severity
from janji.terms.texts import Text
from janji.workflows.in_force import Published, diagnostics_of
from janji.workflows.policies import laws


@dataclass(frozen=True, slots=True)
class Difference:
    """A right whose time is promised otherwise than the law has it; what holds is the stricter of the two."""

    title: Text
    promised: tuple[Period, ...]
    law: tuple[Period, ...]
    holds: tuple[Period, ...]
    article: str
    promise_stricter: bool


def packs() -> tuple[LawPack, ...]:
    """Every law pack that is known."""
    return laws()


def differences(held: Published) -> tuple[Difference, ...]:
    """The rights of the policy whose time differs from the law's, or which one of the two gives no time."""
    found = []
    for right in held.policy.rights.values():
        legal = held.law.rights.get(right.right) if right.right is not None else None
        clock = held.law.clocks.get(legal.clock) if legal is not None and legal.clock is not None else None
        law = clock.limit if clock is not None else None
        if legal is None or right.within == law or (right.within is not None and law is not None and _days(right.within) == _days(law)):
            continue
        times = tuple(one for one in (right.within, law) if one is not None)
        strictest = min(times, key=_days, default=None)
        stricter = right.within is not None and (law is None or _days(right.within) < _days(law))
        found.append(Difference(right.title, _one(right.within), _one(law), _one(strictest), clock.article if clock is not None else legal.article, stricter))
    return tuple(found)


def about_law(held: Published) -> tuple[Diagnostic, ...]:
    """What the check says of the policy in force: not what it only notes, nor the questions that the policy itself asks."""
    return _findings(held.number, held.digest)


@lru_cache(maxsize=4)
def _findings(number: int, digest: str) -> tuple[Diagnostic, ...]:  # noqa: ARG001 - of a record that was restored the same number may be another policy
    row = policies.version(number)
    found = () if row is None else diagnostics_of(row)
    return tuple(item for item in found if item.severity is not Severity.INFO and item.code != "decision-needed")


def _one(period: Period | None) -> tuple[Period, ...]:
    return () if period is None else (period,)


def _days(period: Period) -> tuple[int, int]:
    return period.least_days * 24 + period.hours % 24, period.hours
