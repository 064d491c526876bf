"""What a withdrawal would stop for one person and what goes on, found by asking the decision engine before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from janji.decision import layout as keys
from janji.decision.compiler import CompiledPolicy
from janji.decision.engine import permits
from janji.decision.layout import Layout
from janji.decision.question import Facts, Question
from janji.policy.model import Policy, Purpose
from janji.terms.messages import N_, Message, say, series
from janji.terms.processing import LegalBasis, Operation
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A consent that may be taken back: to a purpose, through one channel or (`None`) all of them."""

    purpose: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """Something that is done for or to the person: a purpose, through a channel where it has channels."""

    purpose: str
    channel: str | None
    title: Text
    through: Text | None
    basis: LegalBasis


@dataclass(frozen=True, slots=True)
class Impact:
    """What stops and what goes on. What was not allowed before is in neither."""

    stops: tuple[Service, ...]
    continues: tuple[Service, ...]

    def stopped(self) -> tuple[Message, ...]:
        """What stops, a sentence for each purpose."""
        if not self.stops:
            return (say(N_("Nothing that is done now stops by this.")),)
        return tuple(say(N_("This stops: {service}."), service=name) for name in _names(self.stops))

    def stopping(self) -> tuple[Message, ...]:
        """The same for a list whose heading says that these stop."""
        return tuple(say("{it}", it=name) for name in _names(self.stops)) or self.stopped()

    def going_on(self) -> tuple[Message, ...]:
        """What goes on, a sentence for each reason, with how many purposes go on by it."""
        found = []
        for basis, text in _GOES_ON.items():
            names = _names(item for item in self.continues if item.basis is basis)
            if names:
                found.append(say(text, count=len(names), services=series(names)))
        return tuple(found)

    def words(self) -> tuple[Message, ...]:
        """The impact in sentences for the person, to be read before deciding (what depends on nothing else, goes on)."""
        return (*self.stopped(), *self.going_on())


def _names(services: Iterable[Service]) -> tuple[Message | Text, ...]:
    """Services as people know them, each purpose once with all its channels."""
    found: dict[str, list[Service]] = {}
    for item in services:
        found.setdefault(item.purpose, []).append(item)
    named: list[Message | Text] = []
    for items in found.values():
        through = [item.through for item in items if item.through is not None]
        title = items[0].title
        named.append(say(N_("{purpose}, by {channel}"), purpose=title, channel=series(through, ", ")) if through else title)
    return tuple(named)


_GOES_ON = {
    LegalBasis.CONSENT: N_("This goes on, because you agreed to it apart ({count}): {services}."),
    LegalBasis.CONTRACT: N_("This goes on, because it is part of an agreement with you ({count}): {services}."),
    LegalBasis.LEGAL_OBLIGATION: N_("This goes on, because a law asks for it ({count}): {services}."),
    LegalBasis.VITAL_INTEREST: N_("This goes on, because it protects a life ({count}): {services}."),
    LegalBasis.PUBLIC_TASK: N_("This goes on, because it is a public task ({count}): {services}."),
    LegalBasis.LEGITIMATE_INTEREST: N_("This goes on, because it rests on an interest that was weighed ({count}): {services}."),
}


def impact(compiled: CompiledPolicy, facts: Facts, withdrawals: Iterable[Withdrawal], at: datetime) -> Impact:
    """Which services stop for the person when the consents are withdrawn at `at`, and which go on."""
    after = facts
    for item in withdrawals:
        after = withdrawn(compiled.layout, after, item)
    stops: list[Service] = []
    continues: list[Service] = []
    for service in services(compiled.policy):
        if live(compiled, facts, service, at):
            (continues if live(compiled, after, service, at) else stops).append(service)
    return Impact(tuple(stops), tuple(continues))


def withdrawn(layout: Layout, facts: Facts, item: Withdrawal) -> Facts:
    """The facts as they are once the withdrawal is recorded: its consents cleared, the withdrawal set."""
    gone = set(keys.withdrawn_keys(layout, item.purpose, item.channel))
    whole = keys.withdrawn_key(item.purpose, None) in gone
    prefix = f"consent/{item.purpose}/"
    consents = (
        key for key in layout.keys
        if key.startswith(prefix) and (whole or f"withdrawn/{item.purpose}/{key.split('/')[2]}" in gone)
    )  # fmt: skip
    bits = facts.bits & ~layout.mask(consents) | layout.mask(gone)
    if not gone:
        bits |= layout.bit(keys.objection_key(item.purpose))
    return replace(facts, bits=bits)


def services(policy: Policy) -> Iterator[Service]:
    """Everything that the policy does for or to people, a purpose with channels once for each."""
    for purpose in policy.purposes.values():
        for channel in purpose.channels or (None,):
            through = policy.channels[channel].title if channel is not None else None
            yield Service(str(purpose.id), channel, purpose.title, through, purpose.basis)


def live(compiled: CompiledPolicy, facts: Facts, service: Service, at: datetime) -> bool:
    """Whether the engine permits the service for the person with any of its data."""
    purpose = compiled.policy.purposes[service.purpose]
    operation = main_operation(purpose)
    return any(
        permits(compiled, Question(service.purpose, (name,), at, operation, channel=service.channel), facts)
        for name in purpose.data
    )


def main_operation(purpose: Purpose) -> str:
    """What is done for the purpose: use, where it is declared."""
    return Operation.USE if Operation.USE in purpose.operations else purpose.operations[0]
