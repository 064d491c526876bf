"""The record of processing activities: one row a purpose, with all that law and policy say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from janji.law.model import LawPack
from janji.policy.combined import NEEDS_AGREEMENT, Schedule
from janji.policy.model import Assessment, Policy, Purpose, Recipient, RetentionRule, Touchpoint
from janji.registers.assessments import Impact, impact
from janji.registers.transfers import Transferred, transfers
from janji.registers.words import Named, Proof, agreement_proof, persons, proof
from janji.terms.messages import Message
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, Operation, RecipientClass, Role, SourceKind, Trait
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A category of data and its class in the law; `specific` when it weighs more."""

    id: str
    title: Text
    law_class: str
    specific: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A source that data of a purpose come from."""

    id: str
    title: Text
    kind: SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A recipient of data of a purpose, the data it is given, and its contract where one is asked for."""

    id: str
    title: Text
    kind: RecipientClass
    role: Role
    country: str
    data: tuple[str, ...]
    contract: Proof | None
    reference: str | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long some data of a purpose are kept, from which event, and what happens then; `law` are the rules behind."""

    id: str
    title: Text
    data: tuple[str, ...]
    period: Period
    trigger: str
    then: Disposal
    law: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The weighing behind a legitimate interest, and how it stands."""

    purpose: Text
    need: Text
    balance: Text
    state: Proof
    approved: date | None
    approved_by: str | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A decision that a machine takes alone."""

    logic: Text
    effect: Text
    review: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """A measure of protection and the evidence for it."""

    id: str
    title: Text
    standard: str | None
    evidence: str | None
    reviewed: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One processing activity: a purpose and everything that hangs on it."""

    id: str
    title: Text
    basis: LegalBasis
    article: str
    notice: Named | None
    agreements: tuple[str, ...]
    obligation: Text | None
    weighing: Weighed | None
    persons: Message
    data: tuple[Data, ...]
    operations: tuple[Operation, ...]
    channels: tuple[Named, ...]
    traits: tuple[Trait, ...]
    sources: tuple[Origin, ...]
    touchpoints: tuple[Named, ...]
    recipients: tuple[Receiver, ...]
    transfers: tuple[Transferred, ...]
    retention: tuple[Kept, ...]
    measures: tuple[Protection, ...]
    automated: Machine | None
    impact: Impact
    clauses: tuple[str, ...]
    note: Text | None


def activities(policy: Policy, law: LawPack, day: date) -> tuple[Activity, ...]:
    """The record of processing on `day`: every purpose of the policy, in the order written."""
    book = _Book(policy, law, day)
    return tuple(book.activity(purpose) for purpose in policy.purposes.values())


class _Book:
    """What hangs on each purpose, looked up once, so that ten thousand purposes are no slower each than ten."""

    def __init__(self, policy: Policy, law: LawPack, day: date) -> None:
        self.policy, self.law, self.day = policy, law, day
        self.schedule = Schedule(policy)
        self.touchpoints: dict[str, list[Touchpoint]] = {name: [] for name in policy.purposes}
        self.recipients: dict[str, list[Recipient]] = {name: [] for name in policy.purposes}
        self.transfers: dict[str, list[Transferred]] = {name: [] for name in policy.purposes}
        for point in policy.touchpoints.values():
            for name in dict.fromkeys(point.purposes):
                self.touchpoints[name].append(point)
        for recipient in policy.recipients.values():
            for name in dict.fromkeys(recipient.purposes):
                self.recipients[name].append(recipient)
        for moved in transfers(policy, law, day):
            self.transfers[moved.purpose.id].append(moved)
        self.measures = tuple(
            Protection(
                id=item.id, title=item.title, standard=item.standard, evidence=item.evidence, reviewed=item.reviewed
            )
            for item in policy.measures.values()
        )

    def activity(self, purpose: Purpose) -> Activity:
        """One row of the record."""
        policy, law, day = self.policy, self.law, self.day
        basis = law.basis(purpose.basis)
        notice = policy.notices[purpose.notice] if purpose.notice else None
        machine = purpose.automated
        return Activity(
            id=purpose.id,
            title=purpose.title,
            basis=purpose.basis,
            article=basis.article if basis else "",
            notice=Named(notice.id, notice.title) if notice else None,
            agreements=purpose.agreements,
            obligation=purpose.obligation,
            weighing=_weighed(purpose.assessment, day) if purpose.assessment else None,
            persons=persons(policy, law, purpose),
            data=tuple(_data(policy, law, name) for name in purpose.data),
            operations=purpose.operations,
            channels=tuple(Named(name, policy.channels[name].title) for name in purpose.channels),
            traits=purpose.traits,
            sources=tuple(self._origins(purpose)),
            touchpoints=tuple(Named(point.id, point.title) for point in self.touchpoints[purpose.id]),
            recipients=tuple(_receiver(recipient, purpose, day) for recipient in self.recipients[purpose.id]),
            transfers=tuple(self.transfers[purpose.id]),
            retention=tuple(_retention(policy, law, purpose, self.schedule)),
            measures=self.measures,
            automated=Machine(logic=machine.logic, effect=machine.effect, review=machine.review) if machine else None,
            impact=impact(policy, law, purpose, day),
            clauses=purpose.clauses,
            note=purpose.note,
        )

    def _origins(self, purpose: Purpose) -> Iterator[Origin]:
        """The sources of a purpose's data, and of the touchpoints that collect for it; each once."""
        named = [name for category in purpose.data for name in self.policy.data[category].sources]
        named += [point.source for point in self.touchpoints[purpose.id]]
        for name in dict.fromkeys(named):
            source = self.policy.sources[name]
            yield Origin(id=source.id, title=source.title, kind=source.kind)


def _data(policy: Policy, law: LawPack, name: str) -> Data:
    category = policy.data[name]
    specific = law.data_classes[category.law_class].specific
    return Data(id=category.id, title=category.title, law_class=category.law_class, specific=specific)


def _given(recipient: Recipient, purpose: Purpose) -> tuple[str, ...]:
    """The data of `purpose` that a recipient may receive: all of them, unless it names its own."""
    return tuple(name for name in purpose.data if not recipient.data or name in recipient.data)


def _receiver(recipient: Recipient, purpose: Purpose, day: date) -> Receiver:
    held, reference, until = agreement_proof(recipient, day)
    return Receiver(
        id=recipient.id,
        title=recipient.title,
        kind=recipient.kind,
        role=recipient.role,
        country=recipient.country,
        data=_given(recipient, purpose),
        contract=held if recipient.kind in NEEDS_AGREEMENT else None,
        reference=reference,
        until=until,
    )


def _retention(policy: Policy, law: LawPack, purpose: Purpose, schedule: Schedule) -> Iterator[Kept]:
    """The rules by which the data of a purpose end, each with the data that it speaks of."""
    covered: dict[str, tuple[RetentionRule, list[str]]] = {}
    for name in purpose.data:
        for rule in schedule.rules(purpose.id, name):
            covered.setdefault(rule.id, (rule, []))[1].append(policy.data[name].id)
    for rule, names in covered.values():
        yield Kept(
            id=rule.id,
            title=rule.title,
            data=tuple(names),
            period=rule.period,
            trigger=rule.trigger,
            then=rule.then,
            law=tuple(law.retention[name].article for name in rule.law),
        )


def _weighed(weighing: Assessment, day: date) -> Weighed:
    held = proof(weighing.approved is not None, weighing.provisional, day)
    return Weighed(
        purpose=weighing.purpose,
        need=weighing.need,
        balance=weighing.balance,
        state=held,
        approved=weighing.approved,
        approved_by=weighing.approved_by,
        until=None if held is Proof.PROVEN else weighing.provisional,
    )
