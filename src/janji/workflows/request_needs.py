"""What a rights request must say before it is recorded, and who may ask for whom before it is worked on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from janji.documents.shapes import nearest
from janji.errors import Invalid, Refusal
from janji.people.guardians import LinkState
from janji.people.identifiers import KINDS, Identifier
from janji.rights.requests import Asker, Request
from janji.store import people
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right
from janji.terms.words import SHOWN_IN
from janji.workflows import machine_decisions
from janji.workflows.corrections import checked_corrections
from janji.workflows.guardians import outgrown
from janji.workflows.house import House
from janji.workflows.people import current, find_subjects, normalised
from janji.workflows.transfers import endpoint_of

MARKETING = "marketing"
"""The word in the place of a purpose that stands for all marketing."""
DETAILS = ("purpose", "channel", "touchpoint", "recipient", "decision", "link", "recognised")
"""The codes that may be handed in with a request; every other detail is our own note of how far it is."""


AHEAD = timedelta(seconds=5)
"""How far the clock of whoever hands a request in may be ahead of ours."""


def came_before(received: datetime | None, now: datetime) -> None:
    """Raise `Invalid` for a request that is said to have come later than now."""
    if received is not None and received > now + AHEAD:
        raise Invalid(say(N_("it came in the future")), say(N_("write when the person called, wrote or came")))


def checked(house: House, kind: Right, details: Mapping[str, str], said: Mapping[str, Any]) -> None:
    """Raise `Invalid` when a request does not say what its kind needs, or names what the policy does not have."""
    for key in details:
        if key not in DETAILS:
            raise Invalid(say(N_("`{word}` is no detail of a request"), word=key[:64]), nearest(key, DETAILS))
    policy = house.policy_in_force.policy
    for key, known in (("purpose", policy.purposes), ("channel", policy.channels), ("touchpoint", policy.touchpoints), ("recipient", policy.recipients)):
        word = details.get(key)
        if word and word not in known and not (key == "purpose" and word == MARKETING):
            raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=word[:64], section=f"{key}s"), nearest(word[:64], map(str, known)))
    if kind is Right.CORRECTION:
        checked_corrections(house, said)
    if kind is Right.PORTABILITY:
        endpoint_of(house, said)
    if details.get("decision"):
        machine_decisions.decision(machine_decisions.decision_number(details["decision"]))


def normal(house: House, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was said, with where to answer in normal form; raises `Invalid`, without the value, where no message could go there."""
    if "answer_to" not in said:
        return said
    listed = said["answer_to"]
    if not isinstance(listed, list) or not all(isinstance(one, list | tuple) and len(one) == 2 and all(isinstance(word, str) for word in one) for one in listed):
        raise Invalid(say(N_("where to answer is not understood")), say(N_('write a list of kinds and values, as in `[["email", "ani@example.org"]]`')))
    return {**said, "answer_to": [[str(one.kind), one.normal] for one in normalised(house, listed)]}


def answer_to(said: Mapping[str, Any]) -> tuple[Identifier, ...]:
    """Where the asker wants to be answered, by what was said with the request."""
    return tuple(Identifier(KINDS[kind], normal) for kind, normal in said.get("answer_to", ()) if kind in KINDS)


def may_ask(house: House, asker: Asker, subject: UUID, details: Mapping[str, str], said: Mapping[str, Any]) -> None:
    """Raise `Refusal` unless this asker may ask for this person: themselves; a guardian who is verified and may speak; an agent with a mandate.

    A guardian is named by the `link` of the request, the mandate of an agent by its `reference` under seal (UU 27/2022 Art 25, 26); it must last.
    """
    if asker is Asker.GUARDIAN:
        _guardian(house, subject, details.get("link", ""))
    elif asker is Asker.AGENT:
        mandate = said.get("mandate")
        if not isinstance(mandate, dict) or not str(mandate.get("reference") or "").strip():
            raise Refusal(say(N_("nothing shows that the agent may ask for this person")), say(N_("keep the reference of the mandate with the request")))
        lasting(said, house.runtime.now())


def lasting(said: Mapping[str, Any], at: datetime) -> None:
    """Raise `Refusal` when the last day (`until`) of a mandate was over at an instant, `Invalid` when it is no day, or the whole no mandate.

    A mandate that names no last day lasts; whether there is one `may_ask` looks.
    """
    mandate = said.get("mandate") or {}
    if not isinstance(mandate, dict):
        raise Invalid(say(N_("the mandate is not understood")), say(N_("write it as `{form}`"), form='{"reference": "SK-7", "until": "2026-11-26"}'))
    until = mandate.get("until")
    if not until:
        return
    try:
        last = date.fromisoformat(str(until))
    except ValueError:
        raise Invalid(say(N_("the last day of the mandate is not understood")), say(N_("write it as `2026-11-26`"))) from None
    if at.astimezone(SHOWN_IN).date() > last:
        raise Refusal(say(N_("the mandate of the agent has ended")), say(N_("ask with one that is in force; or the person asks for themselves")))


_PAPERS = {
    Asker.GUARDIAN: N_("no verified bond of the guardian is on record: staff must see their papers, verify the bond at the page of the person, and then say that they saw who asks"),
    Asker.AGENT: N_("an agent asks, whom a code alone does not show: staff must see who they are and their mandate, and then say so"),
}  # fmt: skip


_YOURS = {
    Asker.GUARDIAN: N_("no verified bond between you and the person is on record: show our staff who you are and a paper that shows it, and name the number of this request"),
    Asker.AGENT: N_("a code alone does not show an agent: show our staff who you are and your authorisation, and name the number of this request"),
}  # fmt: skip
_BESIDE = {
    Asker.GUARDIAN: N_("it must be shown who asks, and by a verified bond that they may ask for the person"),
    Asker.AGENT: N_("it must be shown who asks, and by a mandate that they may ask for the person: staff see both"),
}  # fmt: skip


def papers(request: Request, *, asker: bool = False) -> Message | None:
    """What lacks of whoever showed an address and asks for somebody else, and what staff do, or the `asker`; nothing for oneself, and where the bond is on record."""
    told = _YOURS if asker else _PAPERS
    return say(told[request.asker]) if request.asker in told and "link" not in request.details else None


def beside(request: Request) -> Message | None:
    """What must be shown by whoever asks for somebody else, before they showed anything; nothing for oneself."""
    return say(_BESIDE[request.asker]) if request.asker in _BESIDE else None


def bond_of(house: House, ward: UUID, contact: tuple[str, str]) -> UUID | None:
    """The verified bond of a guardian who asks for a ward, told by the address where the answer goes."""
    guardian = find_subjects(house, [contact])[0]
    bonds = people.guardians(people.family(current(ward)))
    return next((bond.id for bond in bonds if bond.state is LinkState.VERIFIED and guardian is not None and current(bond.guardian) == current(guardian)), None)


def _guardian(house: House, subject: UUID, link: str) -> None:
    ward = current(subject)
    row = next((row for row in people.guardians(people.family(ward)) if str(row.id) == link and current(row.ward) == ward), None)
    if row is None or row.state is not LinkState.VERIFIED:
        raise Refusal(say(N_("the guardian is not verified for this person")), say(N_("verify the bond first, with `janji subject guardian verify`")))
    if outgrown(house, row, ward):
        raise Refusal(say(N_("this person is of age and asks for themselves")), say(N_("a guardian or companion of an adult needs a bond of their own")))
