"""A yes that a person gives anew where they see their data: the notice in all its parts, whether a yes would count, and the yes recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from janji.consent.choices import ChoiceMade, Method, Verb, rejections, signalled
from janji.consent.rejections import Rejection
from janji.consent.shown import Shown, covered
from janji.decision.question import Facts
from janji.ledger.events import Actor
from janji.notices.statements import Told, told
from janji.notices.trackers import Declared, declaration
from janji.policy.model import Purpose
from janji.store.database import transaction
from janji.terms.processing import LegalBasis, Signal
from janji.terms.texts import Text
from janji.workflows.consents import Asked, choose_many, facts_of, text_of, texts_of
from janji.workflows.house import House
from janji.workflows.people import lock_active
from janji.workflows.person_choices import Chosen, chosen
from janji.workflows.public_choices import choosable


@dataclass(frozen=True, slots=True)
class Asking:
    """What is shown before a yes: the notice in its parts, the data, and the channels, each a choice of its own; and which text exactly it is."""

    purpose: Purpose
    title: Text
    parts: tuple[Told, ...]
    data: tuple[Text, ...]
    channels: tuple[tuple[str, Text], ...]
    others: tuple[Text, ...]
    """Other purposes under the same notice, which this yes is not about."""
    shown: Shown


@dataclass(frozen=True, slots=True)
class Tracked:
    """A purpose for which trackers wait for a choice: how the person left it, what follows them then, and whether their browser says no to it now."""

    chosen: Chosen
    trackers: tuple[Declared, ...]
    on: bool
    signalled: bool
    askable: bool


def asking(house: House, subject: UUID, purpose: str, language: str, actor: Actor = Actor.PERSON) -> Asking | None:
    """What is shown before a yes to a purpose; `None` where none would count: not on consent, no notice in the language, or a child's own."""
    published = house.policy_in_force
    found = published.policy.purposes.get(purpose)
    text = None if found is None else _askable(house, facts_of(house, [subject])[subject], found, language, actor)
    if found is None or text is None:
        return None
    policy = published.policy
    return Asking(
        found, policy.notices[text.notice].title, told(policy, published.law, text.notice), tuple(policy.data[name].title for name in found.data),
        tuple((str(name), policy.channels[name].title) for name in found.channels),
        tuple(one.title for one in covered(policy, text.notice) if one.id != found.id), text,
    )  # fmt: skip


def askable(house: House, subject: UUID, language: str, actor: Actor = Actor.PERSON) -> frozenset[str]:
    """The purposes to which a yes would count now, by name; see `asking`."""
    facts = facts_of(house, [subject])[subject]
    return frozenset(str(one.id) for one in house.policy_in_force.policy.purposes.values() if _askable(house, facts, one, language, actor))


def _askable(house: House, facts: Facts, purpose: Purpose, language: str, actor: Actor) -> Shown | None:
    """The text under which a yes to a purpose would count now, if any."""
    text = text_of(house, str(purpose.id), language) if purpose.basis is LegalBasis.CONSENT else None
    if text is None:
        return None
    sample = _yes(text, str(purpose.id), str(purpose.channels[0]) if purpose.channels else None, actor)
    return None if rejections(house.policy_in_force.compiled, sample, facts, house.runtime.now(), texts_of(house)) else text


def agree(house: House, subject: UUID, purpose: str, channels: Sequence[str], shown: Shown, actor: Actor = Actor.PERSON) -> tuple[Rejection, ...]:
    """Record a yes to what was shown, one for each channel, or one where the purpose has none: all of them or none. Why it does not count, if so.

    Through a channel that stands already nothing is recorded again.
    """
    with transaction():
        lock_active([subject])
        held = next((one for one in chosen(house, subject, actor) if one.purpose.id == purpose), None)
        given = {one.channel for one in held.given} if held is not None else set()
        wanted = [one for one in dict.fromkeys(channels or [""]) if (one or None) not in given]
        made = [_yes(shown, purpose, one or None, actor) for one in wanted]
        facts, now = facts_of(house, [subject])[subject], house.runtime.now()
        for one in made:
            if wrong := rejections(house.policy_in_force.compiled, one, facts, now, texts_of(house)):
                return wrong
        choose_many(house, [Asked(subject=subject, choice=one) for one in made])
    return ()


def tracked(house: House, subject: UUID, language: str, sent: bool, actor: Actor = Actor.PERSON) -> tuple[Tracked, ...]:
    """Every purpose for which trackers wait for a choice, in the order of the policy; `sent` is whether the browser sends its signal now."""
    published = house.policy_in_force
    named, noes = choosable(published.policy), signalled(published.policy, Signal.GPC) if sent else ()
    declared = declaration(published.compiled, house.runtime.now().date()).chosen
    kinds = {str(one.id): one.purpose for one in published.policy.trackers.values()}
    yes = askable(house, subject, language, actor)
    return tuple(
        Tracked(
            one, tuple(item for item in declared if kinds[item.id] == one.purpose.id),
            (bool(one.given) if one.on_consent else one.goes_on and not one.objected) and str(one.purpose.id) not in noes, str(one.purpose.id) in noes,
            str(one.purpose.id) in yes if one.on_consent else one.lifted_by_them,
        )
        for one in chosen(house, subject, actor) if str(one.purpose.id) in named
    )  # fmt: skip


def _yes(shown: Shown, purpose: str, channel: str | None, actor: Actor) -> ChoiceMade:
    return ChoiceMade(
        verb=Verb.GRANT, purpose=purpose, channel=channel, notice=shown.notice, version=shown.version, language=shown.language, digest=shown.digest,
        method=Method.UNTICKED_BOX, actor=actor,
    )  # fmt: skip
