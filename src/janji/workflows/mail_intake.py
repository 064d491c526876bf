"""Rights asked for by mail: what a message wants is recognised, each becomes a request, and machines are not answered."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
from janji.workflows.requests import rights

MOST = 2
"""Rights of one message that become requests by themselves; the rest stands in its words."""
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

    What is not recognised is recorded as a question about the processing: all that comes in stands in one queue, with the instant
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
    words = f"{mail.subject}\n\n{mail.text}".strip()
    wanted = _wanted(house, words)
    try:
        return _recorded(house, contact, mail, words, wanted)
    except TooMany:
        return Verdict.MANY
    except Invalid:  # what cannot be recorded from words alone is a question, in which staff see what is wanted
        return _recorded(house, contact, mail, words, [(name, details) for name, details in [_question(house)] if name])


def _recorded(house: House, contact: Identifier, mail: Arrived, words: str, wanted: Sequence[tuple[str, dict[str, str]]]) -> Verdict:
    """Record what a message wants, all of it or nothing, unless the message was here before."""
    now = house.runtime.now()
    seen = digest(house, "mail", mail.number or f"{mail.sender}\0{mail.subject}\0{mail.text}")
    spoken = language_of(re.findall(r"[^\W\d_]+", words.lower())) or ""
    with transaction():
        if store.count(seen, now, now - REMEMBERED) == 1:
            for right, details in wanted:
                take(house, Wish(
                    right=right, contact=(str(contact.kind), contact.normal), intake=Intake.EMAIL, words=words, language=spoken, details=details, received=now,
                ))  # fmt: skip
    return Verdict.TAKEN


def _question(house: House) -> tuple[str, dict[str, str]]:
    """The right by which people ask how their data are processed."""
    return right_for(rights(house), Right.INFORMATION) or "", {}


def _wanted(house: House, words: str) -> list[tuple[str, dict[str, str]]]:
    """The rights of the policy that a message becomes requests for; what was recognised beside."""
    known, found = rights(house), recognise(words)
    sure = [one.right for one in found if one.sure] or [one.right for one in found][:1]
    named = [(name, right) for right in sure if (name := right_for(known, right)) is not None]
    made = [(name, {"recognised": str(right)}) for name, right in named][:MOST]
    return made or [_question(house)]
