"""The notice at one touchpoint: who asks, on what basis, for what, who answers for it, and what each field is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from janji.decision.compiler import CompiledPolicy
from janji.notices.notice import Complaint, complaints, used
from janji.notices.statements import Contact, Statement, Told, contacts, joint_controllers, officer, statement, told
from janji.notices.words import BASES, SOURCES
from janji.policy.model import Touchpoint
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis
from janji.terms.texts import Text
from janji.terms.words import on_day


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: what is asked, whether it must be given, and what happens when it is not."""

    title: Text
    specific: bool
    required: bool
    consequence: Text | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A purpose with its legal basis in a sentence, and its article."""

    purpose: Statement
    basis: Message
    article: str


@dataclass(frozen=True, slots=True)
class TouchpointNotice:
    """What a person is told where data are collected. `chosen` are the purposes that need a yes, each its own."""

    id: str
    title: Text
    policy: Text
    version: str
    effective: Message
    controller: str
    country: str
    contacts: tuple[Contact, ...]
    officer: tuple[Contact, ...]
    joint: tuple[str, ...]
    complaints: tuple[Complaint, ...]
    source: Message
    source_title: Text
    fields: tuple[Asked, ...]
    stated: tuple[Stated, ...]
    chosen: tuple[Stated, ...]
    told: tuple[Told, ...]
    child_under: int
    age_gate: bool
    recording: bool
    free_text: bool
    uploads: bool

    @property
    def gate(self) -> Message:
        """The question for the age, as it is announced."""
        return say(N_("You are asked for your age: a person under {age} is a child."), age=self.child_under)

    @property
    def draft(self) -> bool:
        """Whether something in it is not settled."""
        return not self.contacts or any(not item.purpose.settled for item in self.stated + self.chosen)


def touchpoint_notice(compiled: CompiledPolicy, touchpoint: Touchpoint, day: date) -> TouchpointNotice:
    """The notice at a touchpoint as it holds on a day, or on the policy's first day when that is still to come."""
    policy, law = compiled.policy, compiled.law
    day = max(day, policy.effective)
    purposes = [policy.purposes[name] for name in touchpoint.purposes]
    stated = [_stated(compiled, statement(compiled, purpose, day)) for purpose in purposes]
    source = policy.sources[touchpoint.source]
    own = touchpoint.notice if all(purpose.notice != touchpoint.notice for purpose in purposes) else None
    return TouchpointNotice(
        touchpoint.id, touchpoint.title, policy.title, str(policy.version), on_day(policy.effective),
        policy.controller.name, str(policy.controller.country), contacts(policy.controller),
        officer(policy.controller), joint_controllers(policy), complaints(compiled), say(SOURCES[source.kind]), source.title,
        tuple(
            _asked(compiled, item.data, item.required, item.consequence)
            for item in touchpoint.fields.values() if item.choice is None
        ),
        tuple(item for item in stated if item.purpose.basis is not LegalBasis.CONSENT and item.purpose.state.done),
        tuple(item for item in stated if item.purpose.basis is LegalBasis.CONSENT and item.purpose.state.done),
        told(policy, law, own), compiled.under, touchpoint.age_gate, touchpoint.recording, touchpoint.free_text,
        touchpoint.uploads,
    )  # fmt: skip


def _asked(compiled: CompiledPolicy, name: str, required: bool, consequence: Text | None) -> Asked:
    category = compiled.policy.data[name]
    specific = compiled.law.data_classes[category.law_class].specific
    return Asked(category.title, specific, required, consequence)


def _stated(compiled: CompiledPolicy, purpose: Statement) -> Stated:
    rule = compiled.law.basis(purpose.basis)
    return Stated(purpose, used(say(BASES[purpose.basis])), rule.article if rule else "")
