"""The declaration of trackers: what each is, whose, for what, how long it stays, and whether it waits for a yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from janji.decision.compiler import CompiledPolicy
from janji.notices.statements import Contact, contacts
from janji.notices.states import State, of_entry, of_purpose
from janji.policy.model import Tracker
from janji.policy.words import PARTIES, TRACKERS
from janji.terms.messages import Message, say
from janji.terms.texts import Text
from janji.terms.words import for_period, on_day


@dataclass(frozen=True, slots=True)
class Declared:
    """One tracker. `lifetime` is absent when the policy names none."""

    id: str
    title: Text
    kind: Message
    party: Message
    purpose: Text
    lifetime: Message | None
    state: State


@dataclass(frozen=True, slots=True)
class Declaration:
    """Every tracker of a policy: those that run at once, and those that run only after a yes."""

    policy: Text
    version: str
    effective: Message
    controller: str
    contacts: tuple[Contact, ...]
    essential: tuple[Declared, ...]
    chosen: tuple[Declared, ...]

    @property
    def draft(self) -> bool:
        """Whether something in it is not settled."""
        return any(not item.state.settled for item in self.essential + self.chosen)


def declaration(compiled: CompiledPolicy, day: date) -> Declaration:
    """The declaration of trackers as it holds on a day."""
    policy = compiled.policy
    day = max(day, policy.effective)
    trackers = policy.trackers.values()
    return Declaration(
        policy.title, str(policy.version), on_day(policy.effective), policy.controller.name,
        contacts(policy.controller),
        tuple(_declared(compiled, item, day) for item in trackers if item.essential),
        tuple(_declared(compiled, item, day) for item in trackers if not item.essential),
    )  # fmt: skip


def _declared(compiled: CompiledPolicy, tracker: Tracker, day: date) -> Declared:
    purpose = compiled.policy.purposes[tracker.purpose]
    return Declared(
        tracker.id, tracker.title, say(TRACKERS[tracker.kind]), say(PARTIES[tracker.party]), purpose.title,
        for_period(tracker.lifetime) if tracker.lifetime else None,
        of_entry(tracker).also(of_purpose(purpose, day)),
    )  # fmt: skip
