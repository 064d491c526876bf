"""What the policy in force and its law grant: each right with its clock, its approvals, its grounds of refusal, and the proof it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from janji.law.model import Clock, LawPack, LegalRight, RefusalGround, binding
from janji.policy.model import Policy, PolicyRight
from janji.rights.requests import Proof
from janji.terms.periods import Period
from janji.terms.processing import Right
from janji.terms.texts import Text

_HARMLESS = {
    Right.INFORMATION: Proof.NONE, Right.WITHDRAWAL: Proof.CHANNEL, Right.OBJECTION: Proof.CHANNEL,
    Right.AUTOMATED_OBJECTION: Proof.CHANNEL, Right.DELAY: Proof.CHANNEL, Right.RESTRICTION: Proof.CHANNEL,
}  # fmt: skip
"""What a right asks for that gives nothing away and can be undone; every other asks for knowledge (proportionate to its risk)."""

FALLBACK = Period(days=30)
"""The clock of a right for which neither the law nor the policy gives a number."""
MARKS = (1 / 3, 2 / 3, 5 / 6)
"""The parts of its time after which a request is escalated: 24, 48 and 60 hours of three days."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One right as it is granted. `law` is `None` for what the policy alone promises; `within` is the stricter of the two clocks."""

    id: str
    kind: Right
    title: Text
    law: LegalRight | None
    within: tuple[Period, ...]
    approvals: int
    deputies: tuple[str, ...]
    grounds: tuple[RefusalGround, ...]
    proof: Proof
    clock: Clock | None = None

    def due(self, opened: datetime) -> datetime:
        """The latest instant at which it must be answered: statute clocks are absolute, and never pause."""
        return _earliest(self.within, opened.astimezone(UTC))

    def extended(self, opened: datetime) -> datetime | None:
        """The latest instant once an officer took the law's extension of its clock; `None` where the law knows none.

        A promise of the policy is not extended: whoever promises an answer sooner owes it then.
        """
        if self.clock is None or self.clock.extension is None:
            return None
        promised = [period.end(opened) for period in self.within if period != self.clock.limit]
        return min((self.clock.extension.end(self.clock.limit.end(opened)), *promised))


@lru_cache(maxsize=64)  # requests that are filed together have one clock
def _earliest(within: tuple[Period, ...], opened: datetime) -> datetime:
    """The end of the shortest of these periods."""
    return min(period.end(opened) for period in within)


def marks(opened: datetime, due: datetime) -> tuple[datetime, ...]:
    """The instants between two at which a request is escalated, and the last of them."""
    return (*(opened + (due - opened) * part for part in MARKS), due)


def register(policy: Policy, law: LawPack, fallback: Period) -> dict[str, Granted]:
    """Every right that can be asked for, by the policy's name; `fallback` is the clock of one that neither text gives a number."""
    legal = {right.id: right for right in binding(law.rights, policy.effective)}
    found: dict[str, Granted] = {}
    for right in policy.rights.values():
        own = legal.get(right.right or "")
        kind = own.kind if own else _kind_of(right)
        if kind is not None:
            found[right.id] = _granted(right, own, kind, law, policy, fallback)
    return found


def _granted(right: PolicyRight, own: LegalRight | None, kind: Right, law: LawPack, policy: Policy, fallback: Period) -> Granted:
    clock = law.clocks.get(own.clock or "") if own else None
    within = tuple(period for period in (right.within, clock.limit if clock else None) if period is not None)
    grounds = tuple(ground for ground in binding(law.refusals, policy.effective) if own and own.id in ground.rights)
    return Granted(
        right.id, kind, right.title, own, within or (fallback,), right.approvals, right.deputies, grounds,
        _HARMLESS.get(kind, Proof.KNOWLEDGE), clock,
    )  # fmt: skip


def _kind_of(right: PolicyRight) -> Right | None:
    """What a promise of the policy alone is about: an objection where it names bases."""
    return Right.OBJECTION if right.bases else None
