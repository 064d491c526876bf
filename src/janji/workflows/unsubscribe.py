"""One-click unsubscribing (RFC 8058): links that carry no personal data, what one would stop, and the no that it records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from janji.consent.choices import ChoiceMade, Method, Verb
from janji.consent.impact import Impact, Withdrawal, withdrawn
from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid
from janji.ledger.events import Actor
from janji.policy.combined import honours_objection
from janji.store import people, vault
from janji.store.database import transaction
from janji.store.people import ACTIVE, MERGED
from janji.terms.messages import N_, Message, say
from janji.terms.texts import Text
from janji.workflows import tokens
from janji.workflows.consents import Asked, choose_many, facts_of, impact_of
from janji.workflows.house import House
from janji.workflows.identity import unjoin_for
from janji.workflows.people import current, lock

PATH = "/unsubscribe/"
"""Where a link leads at the site; the token follows."""
FIELD, VALUE = "List-Unsubscribe", "One-Click"
"""The one field of the body by which a mail program unsubscribes (RFC 8058, section 3.1)."""


class Outcome(StrEnum):
    """What came of a link that was followed: it stops now, it had stopped before, or nobody is there whom it could be about."""

    STOPPED = "stopped"
    ALREADY = "already"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is about: a person, and a purpose, through one channel or (`None`) all of them."""

    subject: UUID
    purpose: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """A link as it is put into a message: where it leads, and the headers for mail (RFC 2369, RFC 8058)."""

    url: str

    @property
    def headers(self) -> dict[str, str]:
        """The two headers; both must be covered by the message's DKIM signature (RFC 8058, section 4)."""
        return {FIELD: f"<{self.url}>", f"{FIELD}-Post": f"{FIELD}={VALUE}"}


def make_links(house: House, site: str, wanted: Iterable[Link]) -> tuple[Unsubscribing, ...]:
    """Links for people, at the address `site` of the deployment (`https://...`); nothing is stored, and none runs out.

    The same person, purpose and channel always have the same link. Raises `Invalid` for a purpose or channel that is
    not declared, and for a purpose that goes on whatever a person clicks.
    """
    key = _key(house)
    found = []
    for link in wanted:
        _stoppable(house, link)
        found.append(Unsubscribing(f"{site.rstrip('/')}{PATH}{_token(key, link)}"))
    return tuple(found)


def read_token(house: House, token: str) -> Link:
    """What a token is about. Raises `Invalid`, the same for every reason, when it is not one of this house."""
    value = tokens.read_token(_key(house), token)
    if value is None:
        raise Invalid(
            say(N_("this link is not whole, or it is not one of ours")),
            say(N_("open it from the message again, all of it; or write to us, and we stop it")),
        )
    purpose, _, channel = value[16:].decode().partition("\0")
    return Link(UUID(bytes=value[:16]), purpose, channel or None)


def would_stop(house: House, link: Link) -> tuple[Message, ...]:
    """What following the link would stop, in sentences that do not tell whom it is about."""
    subject = _present(link)
    if subject is None or people.subjects([subject])[subject].state != ACTIVE:
        return Impact((), ()).stopped()
    return impact_of(house, subject, [Withdrawal(link.purpose, link.channel)]).stopped()


def named_in(house: House, link: Link) -> Message | Text:
    """What a link is about in words: the purpose, and the channel where it names one; their names once no policy has them."""
    policy = house.policy_in_force.policy
    purpose, channel = policy.purposes.get(link.purpose), policy.channels.get(link.channel or "")
    title = say(link.purpose) if purpose is None else purpose.title
    return title if channel is None else say(N_("{purpose}, by {channel}"), purpose=title, channel=channel.title)


def unsubscribe(house: House, link: Link) -> Outcome:
    """Record the no of a link at once: a withdrawal, or an objection where the purpose never rested on consent.

    Idempotent: where the no stands already, nothing is recorded. Who was merged meanwhile is the survivor. Of who was
    forgotten there is nothing to stop.
    """
    for _ in range(3):
        subject = _present(link)
        if subject is None:
            return Outcome.GONE
        with transaction():
            state, done = _stop(house, subject, link)
        if state != MERGED:
            return done
    raise Conflict(say(N_("somebody was merged again and again while this was done")), say(N_("try again")))


def _present(link: Link) -> UUID | None:
    """Who the person of a link is now; `None` for nobody on record."""
    return current(link.subject) if people.subjects([link.subject]) else None


def _stop(house: House, subject: UUID, link: Link) -> tuple[str, Outcome]:
    """The no in the open transaction, unless it stands; the state of the person once they are locked tells whether it counts."""
    if link.channel is None:
        unjoin_for(house, subject, link.purpose, Actor.PERSON)  # it locks others with the person, so it comes first
    state = lock([subject])[subject].state
    if state != ACTIVE:
        return state, Outcome.GONE
    layout = house.policy_in_force.layout
    facts = facts_of(house, [subject])[subject]
    if withdrawn(layout, facts, Withdrawal(link.purpose, link.channel)) == facts:
        return state, Outcome.ALREADY
    made = ChoiceMade(verb=Verb.WITHDRAW, purpose=link.purpose, channel=link.channel, method=Method.UNSUBSCRIBE_LINK)
    (result,) = choose_many(house, [Asked(subject=subject, choice=made)])
    return state, Outcome.GONE if result.recorded is None else Outcome.STOPPED


def _stoppable(house: House, link: Link) -> None:
    """Raise `Invalid` unless a no to this purpose and channel stops something."""
    policy, law = house.policy_in_force.policy, house.policy_in_force.law
    purpose = policy.purposes.get(link.purpose)
    if purpose is None:
        raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=link.purpose, section="purposes"),
                      nearest(link.purpose, map(str, policy.purposes)))  # fmt: skip
    if link.channel is not None and link.channel not in purpose.channels:
        raise Invalid(
            say(N_("`{purpose}` has no channel `{channel}`"), purpose=purpose.id, channel=link.channel),
            nearest(link.channel, map(str, purpose.channels)),
        )
    if not honours_objection(policy, law, purpose):
        raise Invalid(
            say(N_("`{purpose}` cannot be stopped by a click: it does not rest on a choice"), purpose=purpose.id),
            say(N_("give links for purposes that rest on consent or on a weighed interest, and for marketing")),
        )


def _key(house: House) -> bytes:
    """The key of tokens. Drawn from the one that names people: it lives as long as the house, and so do links in old mail.

    A secret of its own could be changed alone, and every message in a mailbox would then lead nowhere.
    """
    return vault.derived_key(house.secrets.pseudonym, "unsubscribe 1")


def _token(key: bytes, link: Link) -> str:
    value = link.subject.bytes + "\0".join(filter(None, (link.purpose, link.channel))).encode()
    return tokens.write_token(key, value)
