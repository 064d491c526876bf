"""Rights asked for by mail: what a message wants is recognised, each becomes a request, and machines are not answered."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from janji.delivery.mailbox import Arrived, Verdict, listening
from janji.errors import Invalid, JanjiError
from janji.people.identifiers import Identifier, IdentifierKind
from janji.prose.words import language_of
from janji.rights.recognition import recognise
from janji.rights.requests import Intake
from janji.store import database
from janji.store import request_identity as store
from janji.store.database import transaction
from janji.terms.processing import Right
from janji.workflows import messages
from janji.workflows.door import Door
from janji.workflows.house import House
from janji.workflows.logs import code_of, event
from janji.workflows.people import normalised
from janji.workflows.request_identity import digest
from janji.workflows.request_intake import TooMany, Wish, right_for, take
from janji.workflows.request_needs import checked
from janji.workflows.requests import rights

MOST = 2
"""Rights of one message that become requests by themselves; for the rest an officer reads it."""
REMEMBERED = timedelta(days=7)
"""How long the number of a message is known: servers send again what they did not see taken."""


@contextmanager
def mail_taken(door: Door) -> Iterator[int | None]:
    """Listen for mail where the setting `mail_intake` says, until the end; gives the port, `None` where nothing is set.

    Raises `Unavailable` where one cannot listen there.
    """
    where = door.runtime.settings.mail_intake
    if where is None:
        yield None
        return
    host, _, number = where.rpartition(":")
    with listening(host.strip("[]"), int(number), addresses(door.house()), lambda mail: _taken(door, mail)) as port:
        event("mail-intake", port=port)
        yield port


def addresses(house: House) -> frozenset[str]:
    """The addresses that mail is taken for: the one that ours comes from, and those that the policy names."""
    controller = None if house.published is None else house.published.policy.controller
    named = (house.runtime.settings.mail_from, None if controller is None else controller.email)
    return frozenset(str(one).casefold() for one in named if one)


def _taken(door: Door, mail: Arrived) -> Verdict:
    """What becomes of a message, whatever happens; a thread keeps no connection from one message to the next."""
    try:
        return door.do(lambda house: take_mail(house, mail))
    except JanjiError as error:
        event("mail-not-taken", logging.WARNING, error, code=code_of(error))
        return Verdict.BUSY
    except Exception as error:  # whoever sent it sends it again
        event("mail-not-taken", logging.ERROR, error, code=code_of(error))
        return Verdict.BUSY
    finally:
        database.close()


def take_mail(house: House, mail: Arrived) -> Verdict:
    """One message: what comes back is noted with what was sent, machines are passed over, and what a person wants is recorded.

    What is not recognised is recorded as a question, which an officer reads: all that comes in stands in one queue, with the instant
    at which it came. The same message twice is taken once.
    """
    if mail.returned:
        for number in mail.about:
            if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@[^@]+", number):
                messages.bounced(house, UUID(number.partition("@")[0]))
        return Verdict.TAKEN
    try:
        (contact,) = normalised(house, [(str(IdentifierKind.EMAIL), mail.sender)])
    except Invalid:
        return Verdict.NO
    if mail.machine or contact.normal in addresses(house):
        return Verdict.TAKEN
    try:
        return _recorded(house, contact, mail)
    except TooMany:
        return Verdict.MANY


def _recorded(house: House, contact: Identifier, mail: Arrived) -> Verdict:
    """Record what a message wants, all of it or nothing, unless the message was here before."""
    now, words = house.runtime.now(), f"{mail.subject}\n\n{mail.text}".strip()
    seen = digest(house, "mail", mail.number or f"{mail.sender}\0{mail.subject}\0{mail.text}")
    spoken = language_of(re.findall(r"[^\W\d_]+", words.lower())) or ""
    with transaction():
        if store.count(seen, now, now - REMEMBERED) == 1:
            for one in _wanted(house, words):
                take(house, Wish(
                    right=one.right, contact=(str(contact.kind), contact.normal), intake=Intake.EMAIL, words=words, language=spoken,
                    details={"recognised": str(one.found)} if one.found else {}, received=now, looked_at=one.looked_at,
                ))  # fmt: skip
    return Verdict.TAKEN


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a message wants: a right of the policy, what was recognised, and whether an officer must read it first."""

    right: str
    found: Right | None = None
    looked_at: bool = False


def _wanted(house: House, words: str) -> list[_Wanted]:
    """The rights of the policy that a message becomes requests for.

    What words alone cannot say (which value is wrong), what is too much for one message, and a message in which nothing was surely
    recognised become a question that an officer reads: the answer to a question must not go out to somebody who asked for something else.
    """
    known, found = rights(house), recognise(words)
    sure = [one.right for one in found if one.sure] or [one.right for one in found if one.right is not Right.INFORMATION][:1]
    named = [(name, right) for right in sure if (name := right_for(known, right)) is not None]
    plain = [(name, right) for name, right in named if _said_enough(house, right)]
    made = [_Wanted(name, right) for name, right in plain[:MOST]]
    left = [right for _, right in named if right not in [one.found for one in made]]
    question = right_for(known, Right.INFORMATION)
    if (left or not made) and question is not None:
        made.append(_Wanted(question, next(iter(left), None), looked_at=True))
    return made


def _said_enough(house: House, right: Right) -> bool:
    """Whether a right can be asked for without saying anything more."""
    with suppress(Invalid):
        checked(house, right, {}, {})
        return True
    return False
