"""Impact assessments: which purposes the law wants assessed and why, how each stands, and what must be answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from janji.law.model import LawPack
from janji.policy.combined import NEEDS_AGREEMENT, Schedule, assessment_triggers, home_countries, specific_data
from janji.policy.model import ChildAccess, Entry, Policy, Purpose, Recipient
from janji.registers.words import Named, Proof, agreement_proof, proof
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis, Trait
from janji.terms.texts import Text


class ImpactState(StrEnum):
    """How the impact assessment of a purpose stands."""

    DONE = "done"
    UNFINISHED = "unfinished"
    OVERDUE = "overdue"
    MISSING = "missing"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A rule of law that wants an assessment, and what of the purpose meets it: a trait, or specific data."""

    id: str
    title: Text
    article: str
    unsure: bool
    trait: Trait | None
    data: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """The assessment that a purpose needs or has: why, and how it stands."""

    state: ImpactState
    reference: str | None
    done: date | None
    until: date | None
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Questions about one risk, under the words that raise it."""

    about: Message | Text
    questions: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One purpose's assessment: why it is needed, how it stands, what to answer and what is still to be decided."""

    id: str
    title: Text
    impact: Impact
    risks: tuple[Risk, ...]
    undecided: tuple[Message, ...]


def impact(policy: Policy, law: LawPack, purpose: Purpose, day: date) -> Impact:
    """Why `purpose` needs an assessment, and how it stands on `day`."""
    specific = tuple(Named(name, policy.data[name].title) for name in specific_data(policy, law, purpose))
    triggers = tuple(
        Trigger(
            id=rule.id,
            title=rule.title,
            article=rule.article,
            unsure=rule.unsure,
            trait=rule.trait if rule.trait in purpose.traits else None,
            data=specific if rule.specific_data else (),
        )
        for rule in assessment_triggers(policy, law, purpose)
    )
    held = purpose.impact
    if held is None:
        state = ImpactState.MISSING if triggers else ImpactState.NOT_NEEDED
        return Impact(state=state, reference=None, done=None, until=None, triggers=triggers)
    if held.done is not None:
        state = ImpactState.DONE
    elif held.provisional is not None and day > held.provisional:
        state = ImpactState.OVERDUE
    else:
        state = ImpactState.UNFINISHED
    return Impact(
        state=state,
        reference=held.reference,
        done=held.done,
        until=held.provisional if held.done is None else None,
        triggers=triggers,
    )


def study(policy: Policy, law: LawPack, purpose: Purpose, day: date, schedule: Schedule | None = None) -> Study:
    """The assessment of one purpose, pre-filled with all that law and policy say; needed or not.

    `schedule` is that of the policy, given when many are made.
    """
    found = impact(policy, law, purpose, day)
    return Study(
        id=purpose.id,
        title=purpose.title,
        impact=found,
        risks=tuple(_risks(policy, law, purpose, found)),
        undecided=tuple(dict.fromkeys(_undecided(policy, law, purpose, found, day, schedule or Schedule(policy)))),
    )


def studies(policy: Policy, law: LawPack, day: date) -> tuple[tuple[Study, ...], tuple[Named, ...]]:
    """The assessments that are needed or were begun, and the purposes that were looked at and need none."""
    found, others, schedule = [], [], Schedule(policy)
    for purpose in policy.purposes.values():
        if impact(policy, law, purpose, day).state is ImpactState.NOT_NEEDED:
            others.append(Named(purpose.id, purpose.title))
        else:
            found.append(study(policy, law, purpose, day, schedule))
    return tuple(found), tuple(others)


def state(found: Impact) -> Message:
    """How an assessment stands, in words."""
    if found.state is ImpactState.DONE:
        return say(N_("done on {day}: {reference}"), day=found.done, reference=found.reference)
    if found.state is ImpactState.OVERDUE:
        return say(N_("overdue since {day}: {reference}"), day=found.until, reference=found.reference)
    if found.state is ImpactState.UNFINISHED and found.until is not None:
        return say(N_("to be finished by {day}: {reference}"), day=found.until, reference=found.reference)
    if found.state is ImpactState.UNFINISHED:
        return say(N_("not finished: {reference}"), reference=found.reference)
    return say(N_("missing")) if found.state is ImpactState.MISSING else say(N_("not needed"))


_NEED = (
    N_("Can the purpose be reached with fewer data, or for fewer people?"),
    N_("Can it be reached with data that name nobody?"),
    N_("Would the people concerned expect this use of their data, and how do we know?"),
    N_("What do they lose if the data are wrong, lost, or seen by others, and how likely is that?"),
)
_BY_TRAIT: dict[Trait, tuple[str, ...]] = {
    Trait.AUTOMATED_DECISION: (
        N_("How often is the result wrong, and for whom more often than for others?"),
        N_("What does a wrong result cost the person, and can it be undone?"),
        N_("Who reviews a result, within which time, and may they overrule it?"),
    ),
    Trait.PROFILING: (
        N_("What is concluded about a person, and could it hurt or exclude them?"),
        N_("Can the person see the conclusion, and object to it?"),
        N_("Does it bring out specific data that the person never gave?"),
    ),
    Trait.LARGE_SCALE: (
        N_("How many people and records does it reach, in which places, and for how long?"),
        N_("What would one breach expose, and can it be kept smaller?"),
    ),
    Trait.COMBINATION: (
        N_("Which sources are matched, and was each of them given for this?"),
        N_("How are two people with like data kept apart, and a wrong match found and undone?"),
    ),
    Trait.NEW_TECHNOLOGY: (
        N_("What is not yet known of the technology, and how will it be watched?"),
        N_("Can the old way be kept for a person who does not want the new one?"),
    ),
    Trait.LIMITS_RIGHTS: (
        N_("Which right is limited, for whom, and how does the person learn of it?"),
        N_("Is there a milder way, and who decides on an exception?"),
    ),
    Trait.MARKETING: (
        N_("How does a person stop it, in every channel, and how soon does it stop?"),
    ),
}  # fmt: skip
_SPECIFIC = (
    N_("Why is each of these data needed, and what would happen without it?"),
    N_("Who can see them, and how is each access recorded?"),
    N_("Are they encrypted where they are stored and where they are sent?"),
)
_RECIPIENTS = (
    N_("What keeps each recipient from using the data for something else?"),
    N_("How do a correction, a withdrawal and a deletion reach each recipient?"),
)
_ABROAD = (
    N_("Can authorities in the country read the data, and can the person defend themselves there?"),
    N_("Could the data stay in the home country?"),
)
_CHILDREN = (
    N_("How is a child recognised, and is the notice written so that a child understands it?"),
    N_("What could go wrong for a child that would not for an adult?"),
)
_INTEREST = (N_("Would a reasonable person, told of the interest, find the use fair?"),)


def _asked(about: Message | Text, questions: tuple[str, ...]) -> Risk:
    return Risk(about=about, questions=tuple(say(question) for question in questions))


def _risks(policy: Policy, law: LawPack, purpose: Purpose, found: Impact) -> Iterator[Risk]:
    """The questions to answer: what holds for every purpose, one group a trigger, and what the policy brings up."""
    yield _asked(say(N_("Need and proportion")), _NEED)
    asked: set[Trait] = set()
    for trigger in found.triggers:
        if trigger.data:
            yield _asked(trigger.title, _SPECIFIC)
        if trigger.trait is not None:
            asked.add(trigger.trait)
            yield _asked(trigger.title, _BY_TRAIT[trigger.trait])
    if Trait.MARKETING in purpose.traits and Trait.MARKETING not in asked:
        yield _asked(say(N_("Marketing")), _BY_TRAIT[Trait.MARKETING])
    receiving = [recipient for recipient in policy.recipients.values() if purpose.id in recipient.purposes]
    if receiving:
        yield _asked(say(N_("Recipients")), _RECIPIENTS)
    if _leaves(policy, law, purpose, receiving):
        yield _asked(say(N_("Data leaving the country")), _ABROAD)
    if purpose.child is not ChildAccess.NEVER:
        yield _asked(say(N_("Children")), _CHILDREN)
    if purpose.basis is LegalBasis.LEGITIMATE_INTEREST:
        yield _asked(say(N_("Legitimate interest")), _INTEREST)


def _leaves(policy: Policy, law: LawPack, purpose: Purpose, receiving: list[Recipient]) -> bool:
    """Whether data of `purpose` may go abroad, by a recipient's own country or by a transfer that names it."""
    home, names = home_countries(policy, law), {recipient.id for recipient in receiving}
    return any(recipient.country not in home for recipient in receiving) or any(
        names.intersection(way.recipients) and (not way.purposes or purpose.id in way.purposes)
        for way in policy.transfers.values()
    )


def _undecided(
    policy: Policy, law: LawPack, purpose: Purpose, found: Impact, day: date, schedule: Schedule
) -> Iterator[Message]:
    """What a person must still do or decide: what the policy asks, and what is not proven."""
    if found.state is not ImpactState.DONE:
        yield say(N_("Finish this assessment, and write its reference and the day under `impact`."))
    yield from _questions(purpose.title, purpose, purpose.assessment, purpose.impact, purpose.automated)
    weighing = purpose.assessment
    if weighing is not None and proof(weighing.approved is not None, weighing.provisional, day) is not Proof.PROVEN:
        yield say(N_("Have the weighing of interests approved."))
    if purpose.notice:
        yield from _questions(policy.notices[purpose.notice].title, policy.notices[purpose.notice])
    for name in purpose.data:
        yield from _questions(policy.data[name].title, policy.data[name])
    for rule in {rule.id: rule for name in purpose.data for rule in schedule.rules(purpose.id, name)}.values():
        yield from _questions(rule.title, rule)
    yield from _about_recipients(policy, law, purpose, day)
    if not policy.measures:
        yield say(N_("Declare the measures that protect these data; the policy names none."))
    for measure in policy.measures.values():
        yield from _questions(measure.title, measure)
        if measure.evidence is None and not measure.decide:
            yield say(N_("{title}: file the evidence for this measure."), title=measure.title)
    controller = policy.controller
    yield from _questions(Text((("", controller.name),)), controller, controller.officer)
    if controller.officer is None and not controller.decide:
        yield say(N_("Name the data protection officer, who is to be asked for advice."))


def _about_recipients(policy: Policy, law: LawPack, purpose: Purpose, day: date) -> Iterator[Message]:
    home = home_countries(policy, law)
    for recipient in policy.recipients.values():
        if purpose.id not in recipient.purposes:
            continue
        yield from _questions(recipient.title, recipient, recipient.agreement)
        held, _, _ = agreement_proof(recipient, day)
        asked = recipient.agreement is not None and bool(recipient.agreement.decide)
        if recipient.kind in NEEDS_AGREEMENT and held is not Proof.PROVEN and not asked:
            yield say(N_("{title}: file the signed contract."), title=recipient.title)
        ways = [
            way
            for way in policy.transfers.values()
            if recipient.id in way.recipients and (not way.purposes or purpose.id in way.purposes)
        ]
        for way in ways:
            yield from _questions(recipient.title, way)
            if way.proven is None and not way.decide:
                where = ", ".join(way.countries)
                yield say(N_("{title}: prove the transfer to {country}."), title=recipient.title, country=where)
        if recipient.country not in home and not any(recipient.country in way.countries for way in ways):
            yield say(
                N_("{title}: name a way for the transfer to {country}; without one it is denied."),
                title=recipient.title, country=recipient.country,
            )  # fmt: skip


def _questions(title: Text, *entries: Entry | None) -> Iterator[Message]:
    """What the policy itself leaves to a person about these entries."""
    for entry in entries:
        if entry is not None and entry.decide:
            yield say(N_("{title}: {question}"), title=title, question=entry.decide)
