"""The decision written out slowly from docs/explanation/decision.md: one small function a condition, nothing clever.

It works on what people read and write (a policy, a law pack, a question, what is known of the person) and shares
nothing with the engine but those values and the vocabulary. Where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from janji.decision.question import Question
from janji.decision.reasons import GROUNDS, KINDS
from janji.decision.standing import ConsentState, KnownAge, Standing
from janji.law.model import LawPack, Rule
from janji.policy.model import Agreement, ChildAccess, Policy, PolicyRight, Purpose, Transfer
from janji.terms.processing import AgeState, LegalBasis, Operation, RecipientClass, Right, Topic, Trait

ADULTS = {Trait.MARKETING, Trait.PROFILING}
BY_MACHINE = {Trait.AUTOMATED_DECISION, Trait.PROFILING}
SPEAKING = {Operation.USE, Operation.DISCLOSE}
AGREEMENTS = {"recipient-agreement-missing", "recipient-agreement-expired"}
WITHOUT_AGREEMENT = {RecipientClass.AUTHORITY, RecipientClass.USER_AUTHORISED}

Said = tuple[str, tuple[str, ...], str, str | None]
"""One reason: its code, the policy's clauses, the law's article, and the entry of the standing it turned on."""

Found = tuple[str, tuple[str, ...], str | None]
"""The same before its article is looked up."""


@dataclass(frozen=True)
class Answer:
    """Yes or no, and every reason."""

    permit: bool
    reasons: frozenset[Said]


def decide(
    policy: Policy,
    law: LawPack,
    question: Question,
    standing: Standing | None,
    former: Mapping[str, Collection[str]] | None = None,
) -> Answer:
    """The answer to `question`: yes when no condition fails, and otherwise every one that does.

    `former` are channels that purposes had under an older version of the policy.
    """
    if malformed(question):
        return Answer(
            False, frozenset({("malformed-question", (), law.citations[Topic.PURPOSE_LIMITATION].article, None)})
        )
    case = Case(policy, law, question, standing or Standing(), former or {})
    conditions = OF_THE_POLICY if standing is None else OF_THE_POLICY + OF_THE_PERSON
    found = [item for condition in conditions for item in condition(case)]
    if standing is None:
        found.append(("facts-missing", (), None))
    if not found:
        return Answer(True, frozenset({case.ground()}))
    return Answer(False, frozenset((code, clauses, case.article(code), entry) for code, clauses, entry in found))


def malformed(question: Question) -> bool:
    """Whether a name holds U+001F, or the time has no zone or no day in the calendar."""
    names = (question.purpose, question.operation, question.recipient, question.country, question.channel)
    if any("\x1f" in name for name in (*names, *question.data) if name is not None):
        return True
    try:
        question.at.astimezone(UTC)
    except OverflowError:
        return True
    return question.at.tzinfo is None


class Case:
    """A question beside the policy and law it is asked under and the person it is about, with every condition."""

    def __init__(
        self,
        policy: Policy,
        law: LawPack,
        question: Question,
        person: Standing,
        former: Mapping[str, Collection[str]],
    ) -> None:
        self.policy, self.law, self.question, self.person, self.former = policy, law, question, person, former
        self.day = question.at.astimezone(UTC).date()
        self.purpose = policy.purposes.get(question.purpose)
        self.recipient = policy.recipients.get(question.recipient) if question.recipient is not None else None
        self.home = {policy.controller.country}
        if policy.controller.country in law.territory:
            self.home.update(law.territory)
        named = (question.country, self.recipient.country if self.recipient else None)
        self.places = {place for place in named if place is not None} or {policy.controller.country}
        self.abroad = sorted(place for place in self.places if place not in self.home)
        self.retains = question.operation == Operation.RETAIN
        self.adults_only = self.purpose is not None and any(trait in ADULTS for trait in self.purpose.traits)
        binding = [rule for rule in law.children.values() if self.binds(rule)]
        self.under = max([rule.under for rule in binding] + [policy.children.under if policy.children else 0])
        self.never = {trait for rule in binding for trait in rule.never}
        self.never.update(policy.children.never if policy.children else ())
        self.about_children = policy.children.clauses if policy.children else ()

    def past(self, last: date | None) -> bool:
        """Whether the day asked about comes after `last`, where there is such a day."""
        return last is not None and self.day > last

    def binds(self, rule: Rule) -> bool:
        """Whether a rule of law binds a policy that begins when this one does: then or later, so it is not over by then."""
        return rule.until is None or self.policy.effective <= rule.until

    def article(self, code: str) -> str:
        """What stands behind a reason in the law; an agreement is the processor's topic for a processor only."""
        topic = KINDS[code].topic
        if code in AGREEMENTS:
            is_processor = self.recipient is not None and self.recipient.kind is RecipientClass.PROCESSOR
            topic = Topic.PROCESSOR if is_processor else Topic.RECIPIENT
        return self.law.citations[topic].article

    def ground(self) -> Said:
        """What carries a permit."""
        purpose, entry = self.purpose, None
        assert purpose is not None
        if purpose.basis is LegalBasis.CONSENT:
            entry = f"consent/{purpose.id}/{self.question.channel or '-'}"
        if purpose.basis is LegalBasis.CONTRACT:
            entry = " | ".join(f"agreement/{kind}" for kind in purpose.agreements)
        return f"basis-{purpose.basis}", purpose.clauses, self.law.citations[GROUNDS[purpose.basis][0]].article, entry

    # Of the question and the policy.

    def time(self) -> Iterator[Found]:
        """The policy does not bind yet."""
        if self.day < self.policy.effective:
            yield "policy-not-in-force", (), None

    def purpose_and_operation(self) -> Iterator[Found]:
        """The purpose is not declared, or does not name the operation."""
        undeclared = self.policy.undeclared
        if self.purpose is None:
            yield "purpose-undeclared", undeclared.purpose, None
        elif self.question.operation not in self.purpose.operations:
            yield "operation-undeclared", undeclared.operation or self.purpose.clauses, None

    def data(self) -> Iterator[Found]:
        """No data are named, or such as nobody declared or the purpose does not need."""
        if len(self.question.data) == 0:
            yield "data-not-named", self.policy.undeclared.data, None
        for category in self.question.data:
            if category not in self.policy.data:
                yield "data-undeclared", self.policy.undeclared.data, None
            elif self.purpose and category not in self.purpose.data:
                yield "data-not-for-purpose", self.purpose.clauses, None

    def prohibited(self) -> Iterator[Found]:
        """A prohibition of which every dimension that it names matches."""
        question, traits = self.question, self.purpose.traits if self.purpose else ()
        for rule in self.policy.prohibitions.values():
            matches = [
                not rule.purposes or question.purpose in rule.purposes,
                not rule.traits or any(trait in rule.traits for trait in traits),
                not rule.data or any(category in rule.data for category in question.data),
                not rule.operations or question.operation in rule.operations,
                not rule.recipients or question.recipient in rule.recipients,
                not rule.countries or any(place in rule.countries for place in self.places),
                not rule.channels or question.channel in rule.channels,
            ]
            if all(matches):
                yield "prohibited", rule.clauses, None

    def channel(self) -> Iterator[Found]:
        """A channel that nobody declared, that is not the purpose's, or that is wanting where somebody is spoken to."""
        named, purpose = self.question.channel, self.purpose
        if named is not None and named not in self.policy.channels:
            yield "channel-undeclared", self.policy.undeclared.channel, None
        if named in self.policy.channels and purpose and named not in purpose.channels:
            yield "channel-not-for-purpose", purpose.clauses, None
        if named is None and self.question.operation in SPEAKING and purpose and purpose.channels:
            yield "channel-not-named", purpose.clauses, None

    def recipient_declared(self) -> Iterator[Found]:
        """A recipient that is wanting, out of place, unknown, or not for this purpose or these data."""
        name, clauses = self.question.recipient, self.policy.undeclared.recipient
        discloses = self.question.operation == Operation.DISCLOSE
        if discloses and name is None:
            yield "recipient-not-named", clauses, None
        if name is not None and not discloses:
            yield "recipient-without-disclosure", clauses, None
        if name is not None and name not in self.policy.recipients:
            yield "recipient-undeclared", clauses, None
        recipient = self.recipient
        if recipient and self.purpose and self.purpose.id not in recipient.purposes:
            yield "recipient-not-for-purpose", recipient.clauses, None
        for category in self.question.data:
            if recipient and recipient.data and category in self.policy.data and category not in recipient.data:
                yield "recipient-not-for-data", recipient.clauses, None

    def recipient_agreement(self) -> Iterator[Found]:
        """A recipient whose class needs an agreement has none, or a provisional one that is over."""
        recipient = self.recipient
        if recipient is None or recipient.kind in WITHOUT_AGREEMENT:
            return
        agreement = recipient.agreement or Agreement()
        if agreement.reference is None and agreement.provisional is None:
            yield "recipient-agreement-missing", recipient.clauses, None
        if agreement.reference is None and self.past(agreement.provisional):
            yield "recipient-agreement-expired", recipient.clauses, None

    def transfer(self) -> Iterator[Found]:
        """Data would go to a place that is not home, on no way, or on one that is not proven or is over."""
        for place in self.abroad:
            transfer = self.best_transfer(place)
            covered = transfer is not None
            if self.question.recipient is not None and self.recipient is None:
                covered = any(place in item.countries for item in self.policy.transfers.values())
            if not covered:
                yield "country-undeclared", self.policy.undeclared.country, None
            if transfer and not transfer.proven and not transfer.provisional:
                yield "transfer-not-proven", transfer.clauses, None
            if transfer and not transfer.proven and self.past(transfer.provisional):
                yield "transfer-expired", transfer.clauses, None

    def best_transfer(self, place: str) -> Transfer | None:
        """Of the transfers that cover this recipient, the place and this purpose, the best."""
        best = None
        for transfer in self.policy.transfers.values():
            covers = self.recipient is not None and self.recipient.id in transfer.recipients
            if transfer.purposes and self.question.purpose not in transfer.purposes:
                covers = False
            if covers and place in transfer.countries:
                best = transfer if best is None else self.better(best, transfer)
        return best

    def better(self, one: Transfer, two: Transfer) -> Transfer:
        """The better of two transfers: by state, then by rung, then by provisional day, then by name."""
        if bool(one.proven) != bool(two.proven):
            return one if one.proven else two
        if not one.proven and bool(one.provisional) != bool(two.provisional):
            return one if one.provisional else two
        if self.by_consent(one) != self.by_consent(two):
            return two if self.by_consent(one) else one
        if not one.proven and one.provisional and two.provisional and one.provisional != two.provisional:
            return one if one.provisional > two.provisional else two
        return one if one.id < two.id else two

    def by_consent(self, transfer: Transfer) -> bool:
        """Whether a transfer stands on a rung that needs the person's consent."""
        return transfer.rung is not None and self.law.rungs[transfer.rung].consent

    def assessment(self) -> Iterator[Found]:
        """A weighing that nobody approved is over."""
        weighing = self.purpose.assessment if self.purpose else None
        if self.purpose and weighing and weighing.approved is None and self.past(weighing.provisional):
            yield "assessment-expired", self.purpose.clauses, None

    # Of the person and the request. Keeping data is not stopped by the first four functions.

    def quarantined(self) -> Iterator[Found]:
        """The person's data are in quarantine."""
        if not self.retains and self.person.quarantined:
            yield "quarantined", self.policy.quarantine.clauses if self.policy.quarantine else (), "quarantined"

    def restricted_or_delayed(self) -> Iterator[Found]:
        """Processing is restricted or delayed, of everything or for this purpose."""
        if self.retains or (self.purpose and self.purpose.during_restriction):
            return
        person = self.person
        for code, right, everything, purposes in (
            ("restricted", Right.RESTRICTION, person.restricted, person.restricted_purposes),
            ("delayed", Right.DELAY, person.delayed, person.delayed_purposes),
        ):
            if everything:
                yield code, self.clauses_of_right(right), code
            if self.purpose and self.purpose.id in purposes:
                yield code, self.clauses_of_right(right), f"{code}/{self.purpose.id}"

    def third_person(self) -> Iterator[Found]:
        """Advertising or profiling with data that somebody else gave and nobody verified."""
        if not self.retains and self.adults_only and self.person.third_person:
            declared = self.policy.third_persons
            yield "third-person-unverified", declared.clauses if declared else (), "third-person"

    def age(self) -> Iterator[Found]:
        """The person is a child that is barred or has no guardian, or might be one where that matters."""
        purpose, clauses, state = self.purpose, self.about_children, self.age_state()
        if purpose is None or self.retains or self.under == 0:
            return
        barred = purpose.child is ChildAccess.NEVER or any(trait in self.never for trait in purpose.traits)
        open_to_all = purpose.child is ChildAccess.OPEN and not barred and not self.adults_only
        if state is AgeState.CHILD and barred:
            yield "child-barred", clauses, "age"
        if state is AgeState.CHILD and not barred and not open_to_all and not self.person.guardian:
            yield "child-without-guardian", clauses, "guardian"
        if state is AgeState.UNKNOWN and (barred or self.adults_only):
            yield "age-unknown", clauses, "age"

    def consent(self) -> Iterator[Found]:
        """No consent counts: withdrawn, else outdated, else missing."""
        purpose = self.purpose
        if purpose is None or purpose.basis is not LegalBasis.CONSENT:
            return
        through: tuple[str | None, ...] = purpose.channels or (None,)
        if self.question.channel in purpose.channels:
            through = (self.question.channel,)
        accepted = self.policy.notices[purpose.notice or ""].accepted
        withdrawn = self.withdrawn_channels(purpose)
        given = [
            choice
            for choice in self.person.consents
            if choice.state is ConsentState.GIVEN
            and choice.purpose == purpose.id
            and choice.channel in through
            and choice.channel not in withdrawn
        ]
        names = {channel: f"{purpose.id}/{channel or '-'}" for channel in through}
        if any(choice.version in accepted for choice in given):
            return
        if any(channel in withdrawn for channel in through):
            first = next(channel for channel in through if channel in withdrawn)
            clauses = self.clauses_of_right(Right.WITHDRAWAL) or purpose.clauses
            yield "consent-withdrawn", clauses, f"withdrawn/{names[first]}"
        elif given:
            yield "consent-outdated", purpose.clauses, min(f"consent/{names[item.channel]}/" for item in given)[:-1]
        else:
            yield "consent-missing", purpose.clauses, " | ".join(f"consent/{names[channel]}" for channel in through)

    def agreement(self) -> Iterator[Found]:
        """None of the agreements that the purpose rests on is on record."""
        purpose = self.purpose
        if purpose is None or purpose.basis is not LegalBasis.CONTRACT:
            return
        if not any(kind in self.person.agreements for kind in purpose.agreements):
            yield "agreement-missing", purpose.clauses, " | ".join(f"agreement/{kind}" for kind in purpose.agreements)

    def withdrawn_channels(self, purpose: Purpose) -> set[str | None]:
        """The channels of a purpose through which consent was withdrawn (none is the one of a purpose without any)."""
        own: set[str | None] = {*purpose.channels} or {None}
        withdrawn: set[str | None] = set()
        for choice in self.person.consents:
            if choice.purpose != purpose.id or choice.state is not ConsentState.WITHDRAWN:
                continue
            if choice.channel in purpose.channels or choice.channel in self.former.get(purpose.id, ()):
                withdrawn.add(choice.channel)
            else:
                withdrawn |= own
        return withdrawn

    def objected(self) -> Iterator[Found]:
        """The person objected, and an objection to this purpose is honoured."""
        purpose = self.purpose
        if purpose and purpose.id in self.person.objections and self.honours_objection(purpose):
            yield "objected", self.clauses_of_right(Right.OBJECTION) or purpose.clauses, f"objection/{purpose.id}"

    def honours_objection(self, purpose: Purpose) -> bool:
        """Whether an objection stops the purpose: always, by the law's right, or by the policy's promise."""
        if purpose.basis in (LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTEREST) or Trait.MARKETING in purpose.traits:
            return True
        granted = [right.bases for right in self.law.rights.values() if right.kind is Right.OBJECTION]
        promised = [right.bases for right in self.policy.rights.values() if self.is_objection(right)]
        return any(purpose.basis in bases for bases in (*granted, *promised))

    def is_objection(self, right: PolicyRight) -> bool:
        """Whether a right of the policy is one to object: by the law's right it names, or by bases without one."""
        if right.right is None:
            return len(right.bases) > 0
        return self.law.rights[right.right].kind is Right.OBJECTION

    def automated_decision_objected(self) -> Iterator[Found]:
        """The person objected to a machine that decides or profiles."""
        purpose = self.purpose
        if (
            purpose
            and purpose.id in self.person.automated_objections
            and any(trait in BY_MACHINE for trait in purpose.traits)
        ):
            clauses = self.clauses_of_right(Right.AUTOMATED_OBJECTION) or purpose.clauses
            yield "automated-decision-objected", clauses, f"automated-objection/{purpose.id}"

    def retention(self) -> Iterator[Found]:
        """The most precise period for the purpose and one of its data that are asked for is over."""
        purpose, data = self.purpose, self.question.data
        for category in [category for category in data if purpose and category in purpose.data]:
            rules = [rule for rule in self.policy.retention.values() if purpose and rule.covers(purpose.id, category)]
            best = max(((bool(rule.purposes), bool(rule.data)) for rule in rules), default=None)
            for rule in rules:
                if (bool(rule.purposes), bool(rule.data)) == best and rule.id in self.person.ended:
                    yield "retention-passed", rule.clauses, f"ended/{rule.id}"

    def authorisation(self) -> Iterator[Found]:
        """The person has not authorised a recipient that needs it: for all data, or for each that is asked for."""
        recipient, given = self.recipient, self.person.authorisations
        if recipient is None or recipient.kind is not RecipientClass.USER_AUTHORISED or recipient.id in given:
            return
        of_purposes = {name for item in recipient.purposes if item in self.policy.purposes
                       for name in self.policy.purposes[item].data}  # fmt: skip
        may_receive = set(recipient.data) or of_purposes
        scoped = [name in may_receive and f"{recipient.id}/{name}" in given for name in self.question.data]
        if not scoped or not all(scoped):
            yield "authorisation-missing", recipient.clauses, f"authorised/{recipient.id}"

    def transfer_consent(self) -> Iterator[Found]:
        """The best way abroad turns on the person's consent to it, and there is none."""
        given = [(item.recipient, item.country) for item in self.person.transfer_consents]
        for place in self.abroad:
            recipient, transfer = self.recipient, self.best_transfer(place)
            if recipient is None or transfer is None or not self.by_consent(transfer):
                continue
            if (transfer.proven or transfer.provisional) and (recipient.id, place) not in given:
                yield "transfer-consent-missing", transfer.clauses, f"transfer/{recipient.id}/{place}"

    def clauses_of_right(self, kind: Right) -> tuple[str, ...]:
        """The clauses in which the policy grants rights of this kind, in the order written."""
        found: list[str] = []
        for right in self.policy.rights.values():
            of_law = right.right is not None and self.law.rights[right.right].kind is kind
            if of_law or (kind is Right.OBJECTION and self.is_objection(right)):
                found.extend(right.clauses)
        return tuple(found)

    def age_state(self) -> AgeState:
        """What is known of the person's age on the day: by the date of birth, else what was attested."""
        born, age = self.person.born, self.person.age
        if born is not None:
            grown = self.day >= _birthday(born, self.under)
            return AgeState.ADULT if grown else AgeState.CHILD
        if age is KnownAge.CHILD:
            return AgeState.CHILD
        return AgeState.ADULT if age is KnownAge.ADULT else AgeState.UNKNOWN

    def instrument(self) -> Iterator[Found]:
        """An authority shows no legal instrument, or one that counsel has not approved."""
        recipient, given = self.recipient, self.person.instrument
        if recipient is None or recipient.kind is not RecipientClass.AUTHORITY:
            return
        if given is None or given.reference == "":
            yield "instrument-missing", recipient.clauses, None
        elif not given.approved:
            yield "instrument-unapproved", recipient.clauses, None

    def training(self) -> Iterator[Found]:
        """An agent acts without training, or after it."""
        training, until = self.policy.training, self.person.trained_until
        if training is None or not training.required or self.question.agent is None:
            return
        if until is None:
            yield "agent-untrained", training.clauses, None
        elif self.past(until):
            yield "agent-training-expired", training.clauses, None


def _birthday(born: date, years: int) -> date:
    """The day on which somebody turns `years`; the last day there is when the calendar ends before it."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # born on 29 February, or past the year 9999
        return date(born.year + years, 3, 1) if born.year + years <= date.max.year else date.max


OF_THE_POLICY = (
    Case.time, Case.purpose_and_operation, Case.data, Case.prohibited, Case.channel, Case.recipient_declared,
    Case.recipient_agreement, Case.transfer, Case.assessment,
)  # fmt: skip
OF_THE_PERSON = (
    Case.quarantined, Case.restricted_or_delayed, Case.third_person, Case.age, Case.consent, Case.agreement,
    Case.objected, Case.automated_decision_objected, Case.retention, Case.authorisation, Case.transfer_consent,
    Case.instrument, Case.training,
)  # fmt: skip
