"""What is stated about one thing in any notice: a purpose, a recipient, a period, a right, whom to reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from janji.decision.compiler import CompiledPolicy
from janji.law.model import LawPack, LegalRight, binding
from janji.notices.states import SETTLED, State, of_agreement, of_entry, of_purpose, places, way_to
from janji.notices.words import DISPOSALS, RECIPIENTS, ROLES
from janji.policy.combined import barred_to_children
from janji.policy.model import (
    Assessment,
    AutomatedDecision,
    ChildAccess,
    Controller,
    DataCategory,
    Policy,
    PolicyRight,
    Purpose,
    Recipient,
    RetentionRule,
)  # fmt: skip
from janji.policy.words import CHILDREN
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis, Operation, Right, Role
from janji.terms.texts import Text
from janji.terms.words import for_period, since_event


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach somebody; `link` where a program can follow it."""

    label: Message
    value: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the law wants told before consent, and what is told."""

    field: str
    title: Text
    text: Text
    article: str


@dataclass(frozen=True, slots=True)
class Datum:
    """A category of data: `law_class` is the class of the law where the data weigh more."""

    id: str
    title: Text
    specific: bool
    law_class: Text
    sources: tuple[Text, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long some data are kept, from which event, and what happens then."""

    title: Text
    data: tuple[Text, ...]
    span: Message
    then: Message
    state: State

    @property
    def words(self) -> Message:
        """The rule as one sentence."""
        return say(N_("{span}, then {then}"), span=self.span, then=self.then)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A recipient as seen from one purpose."""

    title: Text
    state: State


@dataclass(frozen=True, slots=True)
class Statement:
    """All that is told about one purpose."""

    id: str
    title: Text
    basis: LegalBasis
    state: State
    data: tuple[Datum, ...]
    receivers: tuple[Receiver, ...]
    keeping: tuple[Keeping, ...]
    channels: tuple[Text, ...]
    told: tuple[Told, ...]
    obligation: Text | None
    weighing: Assessment | None
    automated: AutomatedDecision | None
    child: Message

    @property
    def settled(self) -> bool:
        """Whether everything that is told about the purpose is a fact."""
        parts = [self.state, *(item.state for item in self.receivers), *(item.state for item in self.keeping)]
        return all(state.settled for state in parts)


@dataclass(frozen=True, slots=True)
class Destination:
    """A country that data go to with a recipient: home, or abroad on a rung of the law's ladder."""

    country: str
    home: bool
    rung: Text | None
    article: str
    state: State


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A recipient: what it is, what it gets, for what, and where."""

    id: str
    title: Text
    kind: Message
    role: Message
    purposes: tuple[Text, ...]
    data: tuple[Text, ...]
    destinations: tuple[Destination, ...]
    state: State


@dataclass(frozen=True, slots=True)
class GrantedRight:
    """A right: what the law says of it, and the earlier of the law's limit and the promise."""

    id: str
    title: Text
    meaning: Text | None
    article: str
    within: Message | None
    how: Message
    state: State


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is told by its name alone."""

    title: Text
    state: State


def contacts(controller: Controller) -> tuple[Contact, ...]:
    """The ways to reach the controller, the quickest first."""
    return _ways(controller.email, controller.url, controller.phone, controller.address)


def joint_controllers(policy: Policy) -> tuple[str, ...]:
    """Who answers together with the controller."""
    return tuple(item.name for item in policy.entities.values() if item.role is Role.JOINT_CONTROLLER)


def officer(controller: Controller) -> tuple[Contact, ...]:
    """The ways to reach the data protection officer; none when the policy names nobody."""
    person = controller.officer
    if person is None:
        return ()
    name = (Contact(say(N_("Name")), person.name),) if person.name else ()
    return name + _ways(person.email, None, person.phone, None)


def _ways(email: str | None, url: str | None, phone: str | None, address: str | None) -> tuple[Contact, ...]:
    followed = phone.replace(" ", "") if phone and phone.startswith("+") else None
    found = (
        (N_("E-mail"), email, f"mailto:{email}"),
        (N_("Web page"), url, url if url and url.startswith(("https://", "http://")) else None),
        (N_("Telephone"), phone, f"tel:{followed}" if followed else None),
        (N_("Address"), address, None),
    )
    return tuple(Contact(say(label), value, link) for label, value, link in found if value)


def datum(policy: Policy, law: LawPack, category: DataCategory) -> Datum:
    """A category of data with its class and where it comes from."""
    law_class = law.data_classes[category.law_class]
    sources = tuple(policy.sources[name].title for name in category.sources)
    return Datum(category.id, category.title, law_class.specific, law_class.title, sources, of_entry(category))


def statement(compiled: CompiledPolicy, purpose: Purpose, day: date) -> Statement:
    """Everything that the policy says about a purpose, as it stands on a day."""
    policy, law = compiled.policy, compiled.law
    child = ChildAccess.NEVER if barred_to_children(policy, law, purpose) else purpose.child
    return Statement(
        purpose.id, purpose.title, purpose.basis, of_purpose(purpose, day),
        tuple(datum(policy, law, policy.data[name]) for name in purpose.data),
        _receivers(compiled, purpose, day), _keeping(compiled, purpose),
        tuple(policy.channels[name].title for name in purpose.channels), told(policy, law, purpose.notice),
        purpose.obligation, purpose.assessment, purpose.automated, say(CHILDREN[child]),
    )  # fmt: skip


def told(policy: Policy, law: LawPack, notice: str | None) -> tuple[Told, ...]:
    """What a notice of the policy tells, field by field, in the order of the law."""
    if notice is None:
        return ()
    fields = policy.notices[notice].fields
    return tuple(
        Told(rule.id, rule.title, fields[rule.id], rule.article)
        for rule in binding(law.notice_fields, policy.effective)
        if rule.id in fields
    )


def _receivers(compiled: CompiledPolicy, purpose: Purpose, day: date) -> tuple[Receiver, ...]:
    """The recipients that data of the purpose really go to on that day."""
    if Operation.DISCLOSE not in purpose.operations:
        return ()
    found = []
    for recipient in compiled.policy.recipients.values():
        if purpose.id in recipient.purposes:
            ways = [way_to(compiled, recipient, place, purpose.id, day).state for place in places(compiled, recipient)]
            best = next((way for way in sorted(ways, key=_firmness) if way.done), None)
            state = of_agreement(recipient, day)
            if best is not None and state.done:
                found.append(Receiver(recipient.title, state.also(best)))
    return tuple(found)


def _firmness(state: State) -> tuple[bool, bool, bool]:
    return (not state.done, state.undecided, state.until is not None)


def _keeping(compiled: CompiledPolicy, purpose: Purpose) -> tuple[Keeping, ...]:
    by_rule: dict[str, list[str]] = {}
    for name in purpose.data:
        for rule in compiled.schedule.rules(purpose.id, name):
            by_rule.setdefault(rule.id, []).append(name)
    return tuple(
        keeping(compiled.policy.retention[rule], tuple(compiled.policy.data[name].title for name in names))
        for rule, names in by_rule.items()
    )


def keeping(rule: RetentionRule, data: tuple[Text, ...]) -> Keeping:
    """A rule of the retention schedule in words."""
    span = say(N_("{period} from {event}"), period=for_period(rule.period), event=since_event(rule.trigger))
    return Keeping(rule.title, data, span, say(DISPOSALS[rule.then]), of_entry(rule))


def disclosure(compiled: CompiledPolicy, recipient: Recipient, day: date) -> Disclosure:
    """A recipient with everything that the policy says about it, as it stands on a day."""
    policy = compiled.policy
    held = dict.fromkeys(name for purpose in recipient.purposes for name in policy.purposes[purpose].data)
    data = [name for name in held if not recipient.data or name in recipient.data]
    found: dict[tuple[str, str], Destination] = {}
    for country in places(compiled, recipient):
        for purpose in recipient.purposes:
            way = way_to(compiled, recipient, country, purpose, day)
            rung = compiled.law.rungs.get((way.transfer.rung if way.transfer else None) or "")
            found.setdefault((country, way.transfer.id if way.transfer else ""), Destination(
                country, country in compiled.home, rung.title if rung else None, rung.article if rung else "",
                way.state,
            ))  # fmt: skip
    destinations = tuple(found.values())
    state = of_agreement(recipient, day)
    if not any(item.state.done for item in destinations):
        state = state.also(State(done=False))
    return Disclosure(
        recipient.id, recipient.title, say(RECIPIENTS[recipient.kind]), say(ROLES[recipient.role]),
        tuple(policy.purposes[name].title for name in recipient.purposes),
        tuple(policy.data[name].title for name in data), destinations, state,
    )  # fmt: skip


def rights(policy: Policy, law: LawPack) -> tuple[GrantedRight, ...]:
    """The rights that the policy grants, and after them those that the law gives although the policy is silent."""
    legal = {rule.id: rule for rule in binding(law.rights, policy.effective)}
    granted = [_right(law, right, legal.get(right.right or "")) for right in policy.rights.values()]
    named = {right.right for right in policy.rights.values()}
    silent = [_silent(law, rule) for rule in legal.values() if rule.id not in named]
    return (*granted, *silent)


def _right(law: LawPack, right: PolicyRight, rule: LegalRight | None) -> GrantedRight:
    clock = law.clocks.get(rule.clock or "") if rule else None
    limits = [limit for limit in (clock.limit if clock else None, right.within) if limit is not None]
    within = min(limits, key=lambda limit: limit.most_days, default=None)
    # What the law gives holds, whatever the policy still has to decide about it.
    asked = rule.kind is not Right.CLAIM if rule else right.within is not None
    return GrantedRight(
        right.id, right.title, rule.title if rule else None, rule.article if rule else "",
        for_period(within) if within else None, _how(asked), SETTLED if rule else of_entry(right),
    )  # fmt: skip


def _silent(law: LawPack, rule: LegalRight) -> GrantedRight:
    clock = law.clocks.get(rule.clock or "")
    within = for_period(clock.limit) if clock else None
    return GrantedRight(rule.id, rule.title, None, rule.article, within, _how(rule.kind is not Right.CLAIM), SETTLED)


def _how(asked: bool) -> Message:
    return say(N_("ask us")) if asked else say(N_("on your own"))
