"""Requests that staff record for people: by telephone, by letter, at the counter, or as what a mail turned out to ask; with what is known before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from janji.errors import Invalid
from janji.ledger.events import Actor
from janji.rights.recognition import recognise
from janji.rights.requests import Asker, Intake, Proof, Request, staff_name
from janji.store import requests as store
from janji.store.database import transaction
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.people import current, find_subjects, subject_with
from janji.workflows.request_identity import request_there
from janji.workflows.request_intake import Wish, checked, right_for, take
from janji.workflows.request_needs import answer_to, bond_of, came_before
from janji.workflows.requests import (
    Opening,
    can_be_reclassified,
    open_request,
    reclassify,
    request_of,
    requests_of,
    rights,
    said,
    settled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown:
    """What somebody told staff. `who` (kind and value) is the person whom it is about, `contact` where the answer goes; for oneself they may be the same.

    `seen` says that staff saw who asks, `new` that somebody who is not known is put on record, `looked_at` that an officer looks at the answer first.
    """

    right: str
    intake: Intake
    asker: Asker = Asker.SELF
    who: tuple[str, str] | None = field(default=None, repr=False)
    contact: tuple[str, str] | None = field(default=None, repr=False)
    words: str = field(default="", repr=False)
    details: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict, repr=False)
    language: str = ""
    received: datetime | None = None
    seen: bool = False
    new: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before a request is recorded: the person, their open requests for the same, and rights that the words seem to use besides."""

    subject: UUID | None
    same: tuple[Request, ...]
    also: tuple[str, ...]
    due: datetime
    bond: UUID | None = None


def look_up(house: House, told: TakenDown) -> Known:
    """What is known of the person and of what they ask; nothing is recorded.

    Raises `Invalid`, without the values, for a right that is not granted, an instant that is still to come, and for what can be nobody's.
    """
    known = rights(house)
    if told.right not in known:
        raise Invalid(say(N_("no right was chosen")), say(N_("choose one of the list")))
    now = house.runtime.now()
    came_before(told.received, now)
    if told.contact is not None:
        checked(house, Wish(right=told.right, contact=told.contact, details=told.details, more=told.more))
    subject = None if told.who is None else find_subjects(house, [told.who])[0]
    same = () if subject is None else tuple(one for one in requests_of(current(subject)) if one.open and one.right == told.right)
    also = [name for found in recognise(told.words) if (name := right_for(known, found.right)) is not None and name != told.right]
    bond = bond_of(house, subject, told.contact) if told.asker is Asker.GUARDIAN and subject is not None and told.contact is not None else None
    return Known(subject, same, tuple(dict.fromkeys(also)), known[told.right].due(told.received or now), bond)


def take_down(house: House, told: TakenDown, by: str) -> Request:
    """Record it: seen by staff it is worked on at once; else a code goes to the contact where one is given, or it waits for who asks.

    Sent twice it is one. Raises as `look_up` and `requests.open_requests`.
    """
    known = look_up(house, told)
    more: dict[str, Any] = dict(told.more)
    if told.words.strip():
        more["words"] = told.words.strip()
    details = dict(told.details) | ({"link": str(known.bond)} if known.bond else {})
    if not told.seen and told.contact is not None:
        return take(house, Wish(
            right=told.right, contact=told.contact, intake=told.intake, asker=told.asker, about=told.who if told.asker is not Asker.SELF else None, words=told.words,
            language=told.language, details=details, more=told.more, received=told.received, id=told.id,
        )).request  # fmt: skip
    subject = known.subject
    if subject is None and told.who is not None and told.new:
        subject = subject_with(house, [told.who], Actor.STAFF)
    if subject is None and told.seen:
        raise Invalid(say(N_("nobody is known by this")), say(N_("look at it again; or say that this is somebody new, who is put on record")))
    if told.contact is not None:
        more["answer_to"] = [list(told.contact)]
    return open_request(house, Opening(
        right=told.right, intake=told.intake, asker=told.asker, subject=subject, proof=Proof.STAFF if told.seen else Proof.NONE, by=by if told.seen else "",
        language=told.language, said=more, details=details, received=told.received, id=told.id,
    ))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What the words of a request ask for, as staff read them: the right, and what it needs.

    With `stays` the request that they came with stays open, for they ask for something else too.
    """

    right: str
    details: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict, repr=False)
    language: str = ""
    stays: bool = False
    id: UUID | None = None


_KEPT = ("words", "answer_to", "about")
"""What stands with a request as it came, whatever staff make of it."""


def turn(house: House, id: UUID, meant: Meant, by: str) -> Request:
    """Record what the words of a request ask for, on the clock that they have: from the instant at which they were recorded. The first one ends.

    Words, asker and where to answer are those of the first; a code goes there, for nothing that was shown for another right counts.
    Sent twice with an `id` it is one. Raises `Invalid` for a right that is not granted, is the same, or lacks what it needs,
    and `Refusal` where the first is worked on already.
    """
    by = staff_name(by)
    there = None if meant.id is None else request_there(meant.id)
    if there is not None:
        return there
    with transaction():
        store.requests([id], lock=True)
        first, held = request_of(id), said(house, id)
        turnable(first, meant.right)
        to, kept = answer_to(held), {name: held[name] for name in _KEPT if name in held}
        more = {"mandate": held["mandate"]} if "mandate" in held else {}
        more |= {name: value for name, value in meant.more.items() if name not in _KEPT} | kept
        language = meant.language or first.details.get("language", "")
        details = {**{name: first.details[name] for name in ("link",) if name in first.details}, **meant.details}
        if to:
            about = held.get("about")
            made = take(house, Wish(
                right=meant.right, contact=(str(to[0].kind), to[0].normal), intake=first.intake, asker=first.asker, about=(about[0], about[1]) if about else None,
                language=language, details=details, more=more, received=first.opened, id=meant.id, came_as=id,
            )).request  # fmt: skip
        else:
            claimed = first.details.get("claimed")
            made = open_request(house, Opening(
                right=meant.right, intake=first.intake, asker=first.asker, subject=None if claimed is None else UUID(claimed), language=language,
                said=more, details=details, received=first.opened, id=meant.id, came_as=id,
            ))  # fmt: skip
        if not meant.stays:
            reclassify(house, id, made.id, by)
    return made


def turnable(first: Request, right: str) -> None:
    """Raise unless the words of a request can be recorded as this right: `Refusal` where it is worked on, `Invalid` where it is that already."""
    if not can_be_reclassified(first):
        raise settled(first)
    if right == first.right:
        raise Invalid(say(N_("it is recorded as this right already")), say(N_("choose the right that the words ask for")))
