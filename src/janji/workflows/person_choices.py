"""What one person agreed to and objected to, purpose by purpose and channel by channel, as they see and change it themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janji.consent.choices import ChoiceMade, Method, Verb
from janji.consent.impact import Withdrawal, live
from janji.consent.impact import services as all_services
from janji.decision import layout as keys
from janji.decision.layout import ANY_CHANNEL
from janji.ledger.events import Actor, Event, Kind
from janji.ledger.words import ACTORS, details_words, kind_words
from janji.policy.combined import honours_objection
from janji.policy.model import Purpose
from janji.store.database import transaction
from janji.terms.messages import Message, say
from janji.terms.processing import LegalBasis
from janji.terms.texts import Text
from janji.workflows.consents import Asked, cascade_of, choose_many, facts_of, impact_of, lift_objection, withdrawals
from janji.workflows.guardians import guardian_objected
from janji.workflows.house import House
from janji.workflows.people import lock_active
from janji.workflows.person_records import named
from janji.workflows.recording import family_history

_SAID = (Kind.CONSENT_GIVEN, Kind.CONSENT_RENEWED, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_REFUSED, Kind.CONSENT_EXPIRED, Kind.OBJECTION_MADE, Kind.OBJECTION_LIFTED)
_YES = (Kind.CONSENT_GIVEN, Kind.CONSENT_RENEWED)


@dataclass(frozen=True, slots=True)
class Through:
    """A consent through one channel (`None`: all, or none is needed): since when, and the event whose receipt proves it."""

    channel: str | None
    title: Text | None
    since: datetime | None
    event: UUID | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """One purpose as the person left it: the consents that stand, an objection, whether it goes on now, and the last word on it."""

    purpose: Purpose
    given: tuple[Through, ...]
    objected: bool
    goes_on: bool
    last: Event | None
    lifted_by_them: bool = False
    """Whether the person can take the objection back themselves: not where it rests on consent, nor a guardian's for a child."""

    @property
    def on_consent(self) -> bool:
        """Whether it rests on consent."""
        return self.purpose.basis is LegalBasis.CONSENT


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history of choices; `receipt` where there is one."""

    event: UUID
    at: datetime
    kind: Message
    actor: Message
    purpose: str | Text
    channel: str | Text
    details: tuple[Message, ...]
    receipt: bool


def said_by(house: House, subject: UUID) -> tuple[Event, ...]:
    """Every choice on record of a person, the oldest first."""
    return tuple(event for event in family_history(house, subject) if event.kind in _SAID)


def chosen(house: House, subject: UUID, actor: Actor = Actor.PERSON, said: Sequence[Event] | None = None) -> tuple[Chosen, ...]:
    """Every purpose that a person, or a guardian for them, can say no to, in the order of the policy; `said` where it was read already."""
    policy, law, layout = house.policy_in_force.policy, house.policy_in_force.law, house.policy_in_force.layout
    facts, said = facts_of(house, [subject])[subject], said_by(house, subject) if said is None else said
    names, now = layout.names(facts.bits), house.runtime.now()
    running = {service.purpose for service in all_services(policy) if live(house.policy_in_force.compiled, facts, service, now)}
    found = []
    for purpose in policy.purposes.values():
        if not honours_objection(policy, law, purpose):
            continue
        own = [event for event in said if event.details.get("purpose") == purpose.id]
        channels = dict.fromkeys(name.split("/")[2] for name in names if name.startswith(f"consent/{purpose.id}/"))
        given = tuple(_through(house, own, None if channel == ANY_CHANNEL else channel) for channel in channels)
        objected = bool(facts.bits & layout.bit(keys.objection_key(purpose.id)))
        can_lift = objected and purpose.basis is not LegalBasis.CONSENT and (
            actor is Actor.GUARDIAN or not guardian_objected(house, subject, str(purpose.id))
        )
        found.append(Chosen(purpose, given, objected, str(purpose.id) in running, own[-1] if own else None, can_lift))
    return tuple(found)


def _through(house: House, own: Sequence[Event], channel: str | None) -> Through:
    said = [event for event in own if event.kind in _YES and event.details.get("channel") in (channel, None)]
    title = None if channel is None else house.policy_in_force.policy.channels[channel].title
    return Through(channel, title, said[-1].at if said else None, UUID(said[-1].id) if said else None)


def lines(house: House, said: Sequence[Event], language: str) -> Iterator[Line]:
    """The history of choices (of `said_by`), the newest first, with the names that the policy gives things in a language."""
    policy = house.policy_in_force.policy
    for event in reversed(said):
        purpose, through = str(event.details.get("purpose", "")), str(event.details.get("channel", ""))
        rest = {name: part for name, part in event.details.items() if name not in ("purpose", "channel")}
        yield Line(
            UUID(event.id), event.at, kind_words(str(event.kind)), say(ACTORS[str(event.actor)]),
            policy.purposes[purpose].title if purpose in policy.purposes else purpose, policy.channels[through].title if through in policy.channels else through,
            tuple(details_words(named(house, rest, language))), str(event.kind).startswith("consent.") and event.kind is not Kind.CONSENT_EXPIRED and purpose in policy.purposes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """What a no would do: what stops by its name, then in sentences what goes on, what is deleted and what stays."""

    stops: tuple[Message, ...]
    goes_on: tuple[Message, ...]
    deleted: tuple[Message, ...]
    kept: tuple[Message, ...]


def would_stop(house: House, subject: UUID, purpose: str | None, channel: str | None = None) -> Stop:
    """What saying no to a purpose through a channel, or (`None`) to all marketing, does for this person. Raises `Invalid` for what is not declared."""
    wanted = _withdrawals(house, purpose, channel)
    found, after = impact_of(house, subject, wanted), cascade_of(house, subject, wanted)
    return Stop(found.stopping(), found.going_on(), after.deleted(), after.kept())


def stop(
    house: House, subject: UUID, purpose: str | None, channel: str | None = None, *, method: Method = Method.BUTTON, actor: Actor = Actor.PERSON,
    more: Mapping[str, str] | None = None,
) -> bool:  # fmt: skip
    """Record that no: a withdrawal, or an objection where the purpose never rested on consent. `False` where it stood already.

    `method` and `actor` are how and by whom it was said, `more` further details of the event.
    """
    with transaction():
        lock_active([subject])
        named = {one.purpose.id: one for one in chosen(house, subject)}
        open_ = [one for one in _withdrawals(house, purpose, channel) if _stands(named.get(one.purpose), one)]
        return any(result.recorded is not None for result in choose_many(house, [
            Asked(subject=subject, choice=ChoiceMade(verb=Verb.WITHDRAW, purpose=one.purpose, channel=one.channel, method=method, actor=actor), more=more)
            for one in open_
        ]))  # fmt: skip


def _stands(held: Chosen | None, wanted: Withdrawal) -> bool:
    """Whether there is something that this no ends."""
    if held is None:
        return False
    if not held.on_consent:
        return not held.objected
    return any(wanted.channel is None or one.channel in (wanted.channel, None) for one in held.given)


def allow_again(house: House, subject: UUID, purpose: str, actor: Actor = Actor.PERSON) -> bool:
    """Take an objection back; `False` where none stands, or it is the guardian's of a child. A consent is given anew where its notice is shown."""
    with transaction():
        lock_active([subject])
        held = next((one for one in chosen(house, subject, actor) if one.purpose.id == purpose), None)
        if held is None or not held.lifted_by_them:
            return False
        lift_objection(house, subject, purpose, actor)
        return True


def _withdrawals(house: House, purpose: str | None, channel: str | None) -> tuple[Withdrawal, ...]:
    return withdrawals(house, purpose, channel or None, marketing=purpose is None)


