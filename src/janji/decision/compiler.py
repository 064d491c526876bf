"""Policy to decision tables: each question's shape becomes a row of masks over the person's bits, and its reasons.

A row is worked out when its shape is first asked and kept, so compiling is quick and asking again is one look-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import NamedTuple, TypeVar

from janji.decision import layout as keys
from janji.decision.layout import Layout
from janji.decision.question import Question, Reason
from janji.decision.reasons import ground, reason, reason_under
from janji.law.model import LawPack
from janji.policy import model
from janji.policy.combined import (
    ADULTS_ONLY,
    DECIDED_BY_MACHINE,
    NEEDS_AGREEMENT,
    Schedule,
    agreement_topic,
    barred_to_children,
    best_transfer,
    child_under,
    home_countries,
    honours_objection,
)
from janji.policy.model import Policy, Prohibition, Purpose, Recipient, Transfer
from janji.terms.canonical import digest, plain
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis, Operation, RecipientClass, Right

_T = TypeVar("_T")

MAX_ROWS = 65_536
_SPEAKING = (Operation.USE, Operation.DISCLOSE)
FOREVER = 99_999_999


class Test(NamedTuple):
    """A condition on bits: fails when any bit of `mask` is set."""

    mask: int
    reason: Reason


class Way(NamedTuple):
    """One way to meet a condition: some bit of `mask` is set, and none of `veto`."""

    mask: int
    veto: int = 0


class Group(NamedTuple):
    """A condition on bits: fails when no way meets it; the first of `because` that is set says why."""

    ways: tuple[Way, ...]
    because: tuple[Test, ...]
    otherwise: Reason


class Window(NamedTuple):
    """A condition on time: fails after the day `until` (`yyyymmdd`)."""

    until: int
    reason: Reason


class AgeTest(NamedTuple):
    """A condition on age. A child is `barred` or needs a guardian; an unknown age passes unless `unknown` is given."""

    barred: Reason | None
    unguarded: Reason
    unknown: Reason | None


@dataclass(frozen=True, slots=True)
class Row:
    """What one shape of question turns on. It is permitted when nothing in `always` stands and every test passes."""

    always: tuple[Reason, ...]
    tests: tuple[Test, ...]
    groups: tuple[Group, ...]
    windows: tuple[Window, ...]
    age: AgeTest | None
    authority: tuple[Reason, Reason] | None
    grounds: tuple[Reason, ...]


class AgeRule(IntEnum):
    """How a gate treats age, from not at all to adults only."""

    ANY = 0
    GUARDED = 1
    GUARDED_KNOWN = 2
    ADULTS_ONLY = 3


class Gate(NamedTuple):
    """A row folded for the quick answer.

    Permitted when `bits & care == want`, each of `some` has a way that is met, the day is within `since` and
    `until` (`yyyymmdd`, both included), and the rarer tests pass. A row that can never permit has `since` past
    every day.
    """

    since: int
    until: int
    care: int
    want: int
    some: tuple[tuple[Way, ...], ...]
    age: int
    agent: bool
    authority: bool
    grounds: tuple[Reason, ...]


def fold(row: Row, effective: int, training: bool) -> Gate:
    """The quick form of `row` under a policy that binds from `effective` on and may require training of agents."""
    care = want = 0
    some = []
    for test in row.tests:
        care |= test.mask
    for group in row.groups:
        mask, veto = group.ways[0]
        if len(group.ways) == 1 and mask and not mask & (mask - 1):
            care |= mask | veto
            want |= mask
        else:
            some.append(group.ways)
    never = bool(row.always)
    return Gate(
        since=FOREVER if never else effective,
        until=min((window.until for window in row.windows), default=FOREVER - 1),
        care=care,
        want=want,
        some=tuple(some),
        age=_age_rule(row.age),
        agent=training,
        authority=row.authority is not None,
        grounds=row.grounds,
    )


def _age_rule(age: AgeTest | None) -> AgeRule:
    if age is None:
        return AgeRule.ANY
    if age.barred is not None:
        return AgeRule.ADULTS_ONLY
    return AgeRule.GUARDED if age.unknown is None else AgeRule.GUARDED_KNOWN


@dataclass(slots=True)
class CompiledPolicy:
    """A policy ready to decide. `version` names text and law exactly: the written version and a digest."""

    policy: Policy
    law: LawPack
    layout: Layout
    version: str
    effective: int
    under: int
    adult_bit: int
    child_bit: int
    guardian_bit: int
    schedule: Schedule
    receives: dict[str, tuple[Transfer, ...]]
    home: frozenset[str]
    countries: frozenset[str]
    consents: dict[str, tuple[str, ...]]
    training: tuple[Reason, Reason] | None
    not_in_force: Reason
    malformed: Reason
    facts_missing: Reason
    internal_error: Reason
    rows: dict[str, Row] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)

    def row(self, question: Question) -> Row:
        """The row for the question's shape, worked out on first use."""
        row = self.rows.get(question.key)
        if row is None:
            row = _Shape(self, question).row()
            _keep(self.rows, question.key, row)
        return row

    def gate(self, question: Question) -> Gate:
        """The quick form of the question's row, worked out on first use."""
        gate = self.gates.get(question.key)
        if gate is None:
            gate = fold(self.row(question), self.effective, self.training is not None)
            _keep(self.gates, question.key, gate)
        return gate


def _keep(held: dict[str, _T], key: str, value: _T) -> None:
    """Remember a value by a question's shape; a malformed question has no shape and is not remembered."""
    if len(held) >= MAX_ROWS:
        held.clear()
    if key:
        held[key] = value


def compile_policy(policy: Policy, law: LawPack, layout: Layout | None = None) -> tuple[CompiledPolicy, Layout]:
    """Compile a checked policy under its law, extending the published `layout` (append-only) where it must.

    Gives the compiled policy and the layout to publish. Rows stored under the older layout keep their meaning.
    """
    full = (layout or Layout()).extended(keys.layout_keys(policy, law))
    training = policy.training
    receives: dict[str, list[Transfer]] = {}
    for transfer in policy.transfers.values():
        for name in dict.fromkeys(transfer.recipients):
            receives.setdefault(name, []).append(transfer)
    clauses = training.clauses if training else ()
    compiled = CompiledPolicy(
        policy=policy,
        law=law,
        layout=full,
        version=policy_version(policy, law),
        effective=number(policy.effective),
        under=child_under(policy, law),
        adult_bit=full.bit(keys.ADULT),
        child_bit=full.bit(keys.CHILD),
        guardian_bit=full.bit(keys.GUARDIAN),
        schedule=Schedule(policy),
        receives={name: tuple(transfers) for name, transfers in receives.items()},
        home=home_countries(policy, law),
        countries=frozenset(country for transfer in policy.transfers.values() for country in transfer.countries),
        consents=_consents(full),
        training=(reason("agent-untrained", law, clauses), reason("agent-training-expired", law, clauses))
        if training is not None and training.required else None,
        not_in_force=reason("policy-not-in-force", law, (), day=str(policy.effective)),
        malformed=reason("malformed-question", law, ()),
        facts_missing=reason("facts-missing", law, ()),
        internal_error=reason("internal-error", law, ()),
    )  # fmt: skip
    return compiled, full


def _consents(layout: Layout) -> dict[str, tuple[str, ...]]:
    """Every consent entry of the layout by purpose, those of older notices too."""
    found: dict[str, list[str]] = {}
    for key in layout.keys:
        if key.startswith("consent/"):
            found.setdefault(key.split("/")[1], []).append(key)
    return {purpose: tuple(entries) for purpose, entries in found.items()}


def policy_version(policy: Policy, law: LawPack) -> str:
    """The policy's written version with 16 hexadecimal digits that change with what it or its law pack says."""
    return f"{policy.version}+{digest([plain(policy), plain(law)])[:16]}"


def number(day: date) -> int:
    """A calendar day as `yyyymmdd`."""
    return day.year * 10000 + day.month * 100 + day.day


def rights_clauses(policy: Policy, law: LawPack, kind: Right) -> tuple[str, ...]:
    """The clauses of the policy that grant rights of this kind; a promised objection may name no right of the law."""
    return tuple(
        clause
        for right in policy.rights.values()
        if (law.rights[right.right].kind is kind if right.right else kind is Right.OBJECTION and bool(right.bases))
        for clause in right.clauses
    )


class _Shape:
    """Works out the row of one shape of question, condition by condition."""

    def __init__(self, compiled: CompiledPolicy, question: Question) -> None:
        self.compiled = compiled
        self.policy = compiled.policy
        self.law = compiled.law
        self.question = question
        self.purpose = self.policy.purposes.get(question.purpose)
        self.recipient = self.policy.recipients.get(question.recipient) if question.recipient is not None else None
        self.always: list[Reason] = []
        self.tests: list[Test] = []
        self.groups: list[Group] = []
        self.windows: list[Window] = []

    def row(self) -> Row:
        if not self.question.key:
            self.always.append(self.compiled.malformed)
        self._purpose()
        self._data()
        self._prohibitions()
        self._channel()
        self._recipient()
        self._country()
        self._person()
        if self.purpose is not None:
            self._basis(self.purpose)
            self._objections(self.purpose)
            self._retention(self.purpose)
        return Row(
            always=tuple(self.always),
            tests=tuple(test for test in self.tests if test.mask),
            groups=tuple(self.groups),
            windows=tuple(self.windows),
            age=self._age(),
            authority=self._authority(),
            grounds=self._grounds(),
        )

    def _deny(self, code: str, clauses: tuple[str, ...], record: str | None = None, **params: str) -> None:
        self.always.append(reason(code, self.law, clauses, record, **params))

    def _forbid(self, code: str, clauses: tuple[str, ...], key: str, **params: str | Message) -> None:
        made = reason(code, self.law, clauses, key, **params)
        self.tests.append(Test(self.compiled.layout.bit(key), made))

    def _purpose(self) -> None:
        question, undeclared = self.question, self.policy.undeclared
        if self.purpose is None:
            self._deny("purpose-undeclared", undeclared.purpose, purpose=question.purpose)
        elif question.operation not in self.purpose.operations:
            self._deny(
                "operation-undeclared",
                undeclared.operation or self.purpose.clauses,
                purpose=question.purpose,
                operation=question.operation,
            )

    def _data(self) -> None:
        question, undeclared = self.question, self.policy.undeclared
        if not question.data:
            self._deny("data-not-named", undeclared.data)
        for name in question.data:
            if name not in self.policy.data:
                self._deny("data-undeclared", undeclared.data, data=name)
            elif self.purpose is not None and name not in self.purpose.data:
                self._deny("data-not-for-purpose", self.purpose.clauses, purpose=question.purpose, data=name)

    def _prohibitions(self) -> None:
        for rule in self.policy.prohibitions.values():
            if self._matches(rule):
                made = reason("prohibited", self.law, rule.clauses, title=rule.title)
                self.always.append(made)

    def _matches(self, rule: Prohibition) -> bool:
        question = self.question
        traits = self.purpose.traits if self.purpose is not None else ()
        return (
            (not rule.purposes or question.purpose in rule.purposes)
            and (not rule.traits or any(trait in rule.traits for trait in traits))
            and (not rule.data or any(name in rule.data for name in question.data))
            and (not rule.operations or question.operation in rule.operations)
            and (not rule.recipients or question.recipient in rule.recipients)
            and (not rule.countries or any(country in rule.countries for country in self._places()))
            and (not rule.channels or question.channel in rule.channels)
        )

    def _places(self) -> tuple[str, ...]:
        """The countries that data would go to: the one asked about and the recipient's own; else home."""
        asked = () if self.question.country is None else (self.question.country,)
        own = () if self.recipient is None else (self.recipient.country,)
        return tuple(dict.fromkeys(map(str, asked + own))) or (self.policy.controller.country,)

    def _channel(self) -> None:
        channel, purpose = self.question.channel, self.purpose
        if channel is not None:
            if channel not in self.policy.channels:
                self._deny("channel-undeclared", self.policy.undeclared.channel, channel=channel)
            elif purpose is not None and channel not in purpose.channels:
                self._deny("channel-not-for-purpose", purpose.clauses, purpose=purpose.id, channel=channel)
        elif purpose is not None and purpose.channels and self.question.operation in _SPEAKING:
            self._deny("channel-not-named", purpose.clauses, purpose=purpose.id)

    def _recipient(self) -> None:
        question = self.question
        if question.recipient is None:
            if question.operation == Operation.DISCLOSE:
                self._deny("recipient-not-named", self.policy.undeclared.recipient)
            return
        if question.operation != Operation.DISCLOSE:
            self._deny("recipient-without-disclosure", self.policy.undeclared.recipient, operation=question.operation)
        if self.recipient is None:
            self._deny("recipient-undeclared", self.policy.undeclared.recipient, recipient=question.recipient)
            return
        recipient = self.recipient
        if self.purpose is not None and question.purpose not in recipient.purposes:
            self._deny("recipient-not-for-purpose", recipient.clauses, recipient=recipient.id, purpose=question.purpose)
        for name in question.data:
            if recipient.data and name in self.policy.data and name not in recipient.data:
                self._deny("recipient-not-for-data", recipient.clauses, recipient=recipient.id, data=name)
        if recipient.kind in NEEDS_AGREEMENT:
            self._agreement(recipient)
        if recipient.kind is RecipientClass.USER_AUTHORISED:
            key = keys.authorised_key(recipient.id)
            made = reason("authorisation-missing", self.law, recipient.clauses, key, recipient=recipient.id)
            scoped = keys.authorised_data(self.policy, recipient)
            for name in question.data or ("",):
                wanted = (key, keys.authorised_key(recipient.id, name)) if name in scoped else (key,)
                self._require(self._one(*wanted), made)

    def _agreement(self, recipient: Recipient) -> None:
        agreement = recipient.agreement
        topic = agreement_topic(recipient)
        if agreement is None or (agreement.reference is None and agreement.provisional is None):
            self.always.append(
                reason_under(topic, "recipient-agreement-missing", self.law, recipient.clauses, recipient=recipient.id)
            )
        elif agreement.reference is None and agreement.provisional is not None:
            expired = reason_under(topic, "recipient-agreement-expired", self.law, recipient.clauses, recipient=recipient.id,
                day=str(agreement.provisional),
            )  # fmt: skip
            self.windows.append(Window(number(agreement.provisional), expired))

    def _until(self, day: date, code: str, clauses: tuple[str, ...], **params: str) -> None:
        self.windows.append(Window(number(day), reason(code, self.law, clauses, day=str(day), **params)))

    def _country(self) -> None:
        for country in self._places():
            if country not in self.compiled.home:
                self._transfer(country)

    def _transfer(self, country: str) -> None:
        undeclared = self.policy.undeclared.country
        if self.recipient is None:
            if self.question.recipient is None or country not in self.compiled.countries:
                self._deny("country-undeclared", undeclared, country=country)
            return
        transfer = best_transfer(
            self.law, self.compiled.receives.get(self.recipient.id, ()), country, self.question.purpose
        )
        if transfer is None:
            self._deny("country-undeclared", undeclared, country=country)
        elif transfer.proven is None and transfer.provisional is None:
            self._deny("transfer-not-proven", transfer.clauses, transfer=transfer.id, country=country)
        else:
            if transfer.proven is None and transfer.provisional is not None:
                self._until(
                    transfer.provisional, "transfer-expired", transfer.clauses, transfer=transfer.id, country=country
                )
            if self.law.rungs[transfer.rung or ""].consent:
                key = keys.transfer_key(self.recipient.id, country)
                missing = reason(
                    "transfer-consent-missing", self.law, transfer.clauses, key, recipient=self.recipient.id,
                    country=country,
                )  # fmt: skip
                self._require(self._one(key), missing)

    def _require(self, ways: tuple[Way, ...], otherwise: Reason, because: tuple[tuple[str, Reason], ...] = ()) -> None:
        tests = tuple(Test(self.compiled.layout.bit(key), made) for key, made in because)
        self.groups.append(Group(ways, tests, otherwise))

    def _one(self, *wanted: str) -> tuple[Way, ...]:
        """The one way that any of these entries makes."""
        return (Way(self.compiled.layout.mask(wanted)),)

    def _person(self) -> None:
        """What holds for the person whatever the purpose; keeping data is not stopped by it."""
        if self.question.operation == Operation.RETAIN:
            return
        quarantine = self.policy.quarantine.clauses if self.policy.quarantine else ()
        self._forbid("quarantined", quarantine, keys.QUARANTINED)
        purpose = self.purpose
        if purpose is None or not purpose.during_restriction:
            for code, kind, everything, one in (
                ("restricted", Right.RESTRICTION, keys.RESTRICTED, keys.restricted_key),
                ("delayed", Right.DELAY, keys.DELAYED, keys.delayed_key),
            ):
                clauses = rights_clauses(self.policy, self.law, kind)
                self._forbid(code, clauses, everything, scope=say(N_("all purposes")))
                if purpose is not None:
                    self._forbid(code, clauses, one(purpose.id), scope=purpose.id)
        if purpose is not None and ADULTS_ONLY.intersection(purpose.traits):
            third = self.policy.third_persons.clauses if self.policy.third_persons else ()
            self._forbid("third-person-unverified", third, keys.THIRD_PERSON)

    def _basis(self, purpose: Purpose) -> None:
        if purpose.basis is LegalBasis.CONSENT:
            self._consent(purpose)
        elif purpose.basis is LegalBasis.CONTRACT:
            wanted = tuple(keys.agreement_key(kind) for kind in purpose.agreements)
            kinds = ", ".join(f"`{kind}`" for kind in purpose.agreements)
            missing = reason("agreement-missing", self.law, purpose.clauses, " | ".join(wanted), kinds=kinds)
            self._require(self._one(*wanted), missing)
        elif purpose.assessment is not None and purpose.assessment.approved is None:
            until = purpose.assessment.provisional
            if until is not None:
                self._until(until, "assessment-expired", purpose.clauses, purpose=purpose.id)

    def _consent(self, purpose: Purpose) -> None:
        layout = self.compiled.layout
        channels = self._consent_channels(purpose)
        accepted = self.policy.notices[purpose.notice or ""].accepted
        prefixes = [keys.consent_key(purpose.id, channel, "") for channel in channels]
        withdrawn = [keys.withdrawn_key(purpose.id, channel) for channel in channels]
        whole = keys.withdrawn_key(purpose.id, None)
        ways = tuple(
            Way(layout.mask(prefix + str(version) for version in accepted), layout.mask((key, whole)))
            for prefix, key in zip(prefixes, withdrawn, strict=True)
        )
        clauses = rights_clauses(self.policy, self.law, Right.WITHDRAWAL) or purpose.clauses
        because = [
            (key, reason("consent-withdrawn", self.law, clauses, key, purpose=purpose.id))
            for key in dict.fromkeys((*withdrawn, whole))
        ]
        because += [
            (key, reason("consent-outdated", self.law, purpose.clauses, prefix.rstrip("/"), purpose=purpose.id))
            for key in self.compiled.consents.get(purpose.id, ())
            for prefix in prefixes
            if key.startswith(prefix) and key.removeprefix(prefix) not in map(str, accepted)
        ]
        records = " | ".join(prefix.rstrip("/") for prefix in prefixes)
        missing = reason("consent-missing", self.law, purpose.clauses, records, purpose=purpose.id)
        self._require(ways, missing, tuple(because))

    def _consent_channels(self, purpose: Purpose) -> tuple[str | None, ...]:
        channel = self.question.channel
        if channel is not None and channel in purpose.channels:
            return (channel,)
        return purpose.channels or (None,)

    def _objections(self, purpose: Purpose) -> None:
        if honours_objection(self.policy, self.law, purpose):
            clauses = rights_clauses(self.policy, self.law, Right.OBJECTION) or purpose.clauses
            self._forbid("objected", clauses, keys.objection_key(purpose.id), purpose=purpose.id)
        if DECIDED_BY_MACHINE.intersection(purpose.traits):
            clauses = rights_clauses(self.policy, self.law, Right.AUTOMATED_OBJECTION) or purpose.clauses
            self._forbid(
                "automated-decision-objected", clauses, keys.automated_objection_key(purpose.id), purpose=purpose.id
            )

    def _retention(self, purpose: Purpose) -> None:
        found = {}
        for name in self.question.data:
            if name in purpose.data:
                found.update({rule.id: rule for rule in self.compiled.schedule.rules(purpose.id, name)})
        for rule in found.values():
            self._forbid("retention-passed", rule.clauses, keys.ended_key(rule.id), rule=rule.id)

    def _age(self) -> AgeTest | None:
        purpose = self.purpose
        if purpose is None or self.question.operation == Operation.RETAIN or not self.compiled.under:
            return None
        barred = barred_to_children(self.policy, self.law, purpose)
        known = barred or bool(ADULTS_ONLY.intersection(purpose.traits))
        if purpose.child is model.ChildAccess.OPEN and not barred and not known:
            return None
        clauses = self.policy.children.clauses if self.policy.children else ()
        return AgeTest(
            reason("child-barred", self.law, clauses, "age", purpose=purpose.id) if barred else None,
            reason("child-without-guardian", self.law, clauses, keys.GUARDIAN),
            reason("age-unknown", self.law, clauses, "age", purpose=purpose.id) if known else None,
        )

    def _authority(self) -> tuple[Reason, Reason] | None:
        recipient = self.recipient
        if recipient is None or recipient.kind is not RecipientClass.AUTHORITY:
            return None
        return (
            reason("instrument-missing", self.law, recipient.clauses, recipient=recipient.id),
            reason("instrument-unapproved", self.law, recipient.clauses, recipient=recipient.id),
        )

    def _grounds(self) -> tuple[Reason, ...]:
        purpose = self.purpose
        if purpose is None:
            return ()
        record = None
        if purpose.basis is LegalBasis.CONSENT:
            record = keys.consent_key(purpose.id, self.question.channel, "").rstrip("/")
        elif purpose.basis is LegalBasis.CONTRACT:
            record = " | ".join(keys.agreement_key(kind) for kind in purpose.agreements)
        extra = {"obligation": purpose.obligation} if purpose.obligation else {}
        return (ground(purpose.basis, self.law, purpose.clauses, record, purpose=purpose.id, **extra),)
