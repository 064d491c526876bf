"""Signed links that act at once: a consent withdrawn, a purpose objected to, a child protected; what can be undone is undone there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from janji.consent.choices import ChoiceMade, Method, Verb
from janji.consent.impact import Withdrawal, withdrawn
from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Actor, Kind
from janji.rights.requests import Intake, Proof
from janji.store import people, vault
from janji.store.database import transaction
from janji.store.people import ACTIVE
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right
from janji.workflows import tokens
from janji.workflows.consents import Asked, choose_many, facts_of, lift_objection, objected
from janji.workflows.guardians import erase_within, guardian_objected
from janji.workflows.house import House
from janji.workflows.people import current, lock_active
from janji.workflows.recording import Entry, history_of, record
from janji.workflows.request_intake import right_for
from janji.workflows.requests import Opening, record_done, rights
from janji.workflows.tasks import close_tasks, open_task
from janji.workflows.unsubscribe import Link, would_stop

PATH = "/rights/act/"
"""Where a link leads at the site; the token follows."""
REPORTED = "child-reported"
"""The ground of a quarantine that somebody asked for by a link."""
CHECK = "child-check"
"""The task of finding out whether the person is a child."""


class Act(StrEnum):
    """What a link does."""

    WITHDRAW = "withdraw"
    OBJECT = "object"
    PROTECT = "protect"
    """Quarantine: nothing is done with the data but keeping them, until it is known whether this is a child."""


@dataclass(frozen=True, slots=True)
class ActLink:
    """What a link is about: a person, what is done, and for which purpose (none for protection)."""

    subject: UUID
    act: Act
    purpose: str = ""


def make_act_links(house: House, site: str, wanted: Iterable[ActLink]) -> tuple[str, ...]:
    """Links for people, at the address `site` of the deployment; nothing is stored, and the same one always has the same link.

    A link goes to an address that was held before: whoever has it controls the channel. Raises `Invalid` for a purpose that is
    not declared.
    """
    key, known = _key(house), house.policy_in_force.policy.purposes
    found = []
    for link in wanted:
        if link.act is not Act.PROTECT and link.purpose not in known:
            raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=link.purpose, section="purposes"), nearest(link.purpose, map(str, known)))
        purpose = "" if link.act is Act.PROTECT else link.purpose
        found.append(f"{site.rstrip('/')}{PATH}{tokens.write_token(key, link.subject.bytes + f'{link.act}/{purpose}'.encode())}")
    return tuple(found)


def read_act_link(house: House, token: str) -> ActLink:
    """What a link is about; raises `Invalid`, the same for every reason, when it is none of this house."""
    value = tokens.read_token(_key(house), token)
    if value is None:
        raise Invalid(say(N_("this link is not whole, or it is not one of ours")), say(N_("open it from the message again, all of it; or write to us")))
    act, _, purpose = value[16:].decode().partition("/")
    return ActLink(UUID(bytes=value[:16]), Act(act), purpose)


def would(house: House, link: ActLink) -> Message:
    """What following the link does, in a sentence that does not tell whom it is about."""
    found = house.policy_in_force.policy.purposes.get(link.purpose)
    purpose = link.purpose if found is None else found.title
    sentence = {
        Act.WITHDRAW: N_("Your consent is taken back for: {purpose}."), Act.OBJECT: N_("Your data are no longer used for: {purpose}."),
        Act.PROTECT: N_("The data are only kept and used for nothing, until we know whether they are those of a child."),
    }[link.act]  # fmt: skip
    return say(sentence, purpose=purpose) if link.act is not Act.PROTECT else say(sentence)


def consequences(house: House, link: ActLink) -> tuple[Message, ...]:
    """What stops for the person with a withdrawal, and what goes on, before anything is decided (clause 10.2); nothing for other acts."""
    return would_stop(house, Link(link.subject, link.purpose)) if link.act is Act.WITHDRAW else ()


def follow(house: House, link: ActLink) -> bool:
    """Do what the link says, at once; `False` where it stands already or nobody is there. As often as it is followed, recorded once."""
    subject = _present(link)
    if subject is None:
        return False
    with transaction():
        lock_active([subject])
        if _stands(house, subject, link):
            return False
        if link.act is Act.PROTECT:
            _protect(house, subject)
        else:
            choice = objected(link.purpose) if link.act is Act.OBJECT else ChoiceMade(verb=Verb.WITHDRAW, purpose=link.purpose, method=Method.UNSUBSCRIBE_LINK)
            if choose_many(house, [Asked(subject=subject, choice=choice)])[0].recorded is None:
                return False
        _file(house, subject, link)
        return True


def _file(house: House, subject: UUID, link: ActLink) -> None:
    """Put what was done among the requests, as one that has ended: whoever has the link showed control of the channel."""
    kind, actor = _RIGHTS[link.act]
    right = right_for(rights(house), kind)
    if right is not None:
        details = {"purpose": link.purpose} if link.purpose else {}
        record_done(house, Opening(right=right, intake=Intake.FORM, subject=subject, proof=Proof.CHANNEL, details=details), actor)


def undo(house: House, link: ActLink) -> bool:
    """Take back what a link did, by the same link; `False` where nothing of it stands.

    Raises `Refusal` for a consent: that is given anew, with its notice.
    """
    if link.act is Act.WITHDRAW:
        raise Refusal(say(N_("a consent that was taken back is not given again by a link")), say(N_("give it where its notice is shown")))
    subject = _present(link)
    if subject is None:
        return False
    with transaction():
        lock_active([subject])
        if not _stands(house, subject, link) or (link.act is Act.OBJECT and guardian_objected(house, subject, link.purpose)):
            return False
        if link.act is Act.OBJECT:
            lift_objection(house, subject, link.purpose, Actor.PERSON)
            return True
        record(house, [Entry(subject=subject, kind=Kind.QUARANTINE_LIFTED, actor=Actor.PERSON, details={"ground": REPORTED})])
        close_tasks(house, people.open_tasks([subject], CHECK), Actor.PERSON, "withdrawn")
        return True


def stands(house: House, link: ActLink) -> bool:
    """Whether what a link does stands already."""
    subject = _present(link)
    return subject is not None and _stands(house, subject, link)


def _protect(house: House, subject: UUID) -> None:
    """Quarantine, and a task for staff on the clock by which data of a child must be gone."""
    record(house, [Entry(subject=subject, kind=Kind.QUARANTINE_SET, actor=Actor.GUARDIAN, details={"ground": REPORTED})])
    open_task(house, CHECK, subject, erase_within(house), {"priority": "urgent"})


_RIGHTS = {
    Act.WITHDRAW: (Right.WITHDRAWAL, Actor.PERSON), Act.OBJECT: (Right.OBJECTION, Actor.PERSON), Act.PROTECT: (Right.RESTRICTION, Actor.GUARDIAN),
}  # fmt: skip
"""The right that each act uses, and who acts."""
_KINDS = {
    Act.PROTECT: (Kind.QUARANTINE_SET, Kind.QUARANTINE_LIFTED), Act.OBJECT: (Kind.OBJECTION_MADE, Kind.OBJECTION_LIFTED),
}  # fmt: skip


def _stands(house: House, subject: UUID, link: ActLink) -> bool:
    """Whether the last word on what a link does is that it was done; what is taken back can have been an objection."""
    if link.act is Act.WITHDRAW:
        facts = facts_of(house, [subject])[subject]
        return withdrawn(house.policy_in_force.layout, facts, Withdrawal(link.purpose)) == facts
    done, undone = _KINDS[link.act]
    said = [event.kind for event in history_of(house, subject) if event.kind in (done, undone) and _about(event.details, link)]
    return bool(said) and said[-1] is done


def _about(details: Mapping[str, Any], link: ActLink) -> bool:
    """Whether an event says the very thing that a link does: for a whole purpose, and not of a machine or by a signal of the browser."""
    if link.act is Act.PROTECT:
        return details.get("ground") == REPORTED
    return details.get("purpose") == link.purpose and not any(details.get(key) for key in ("channel", "automated", "signal"))


def _present(link: ActLink) -> UUID | None:
    """Who the person of a link is now; nobody, once they were forgotten."""
    if not people.subjects([link.subject]):
        return None
    try:
        subject = current(link.subject)
    except (Invalid, Conflict):
        return None
    return subject if people.subjects([subject])[subject].state == ACTIVE else None


def _key(house: House) -> bytes:
    """Drawn from the key that names people, as links for unsubscribing are: it lives as long as the house."""
    return vault.derived_key(house.secrets.pseudonym, "act link 1")
