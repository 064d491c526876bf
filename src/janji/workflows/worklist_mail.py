"""Owners written to: the link when a list is made, and reminders after 24 and 48 hours, tried again while the server is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from janji.delivery.mail import Letter, Postman, mail_server
from janji.errors import Refusal, Unavailable
from janji.files.translations import load_tongue
from janji.store import worklists as store
from janji.store.database import transaction
from janji.store.worklists import OPEN, WorklistRow
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.workflows.house import House
from janji.workflows.owners import Owner, owners
from janji.workflows.worklists import (
    REMINDERS,
    Right,
    Worklist,
    link_of,
    locked,
    look_after,
    open_task,
    worklist,
)

LEASE = timedelta(minutes=5)
"""For so long nobody else sends a message that is being sent."""
AGAIN = timedelta(minutes=15)
"""After so long a message that could not be sent is tried again."""
MOST = 200
"""Messages that one round sends, at most."""
SERVER = ("name", "connection", "tls", "sign-in", "timeout")
"""Troubles of the server itself: it is not asked again for every letter of a round."""
GONE = "owner"
"""The trouble of a list whose owner nobody knows any more."""


def can_send(house: House) -> bool:
    """Whether messages can be sent at all: a server, an address they come from, and one that their links lead to."""
    settings = house.runtime.settings
    return None not in (settings.mail_url, settings.mail_from, settings.public_url)


def work(house: House) -> int:
    """The step of a worker: what time brings to lists, and the messages that are due."""
    return look_after(house) + send_due(house)


def send_due(house: House, most: int = MOST) -> int:
    """Send the messages that are due by now; how many were taken. Without a mail server everything waits."""
    if not can_send(house):
        return 0
    now = house.runtime.now()
    with transaction():
        claimed = store.claim(now, now + LEASE, most)
    return _send(house, claimed) if claimed else 0


def remind(house: House, id: UUID) -> Worklist:
    """Send the owner of a list its link now, with the next number in the row of messages.

    Raises `Refusal` when no mail can be sent or the list is answered, `Unavailable` when the server did not take it.
    """
    if not can_send(house):
        raise Refusal(say(N_("no mail can be sent")), say(N_("set `mail_url`, `mail_from` and `public_url`, or hand the link over yourself: `janji worklist show` gives it")))
    now = house.runtime.now()
    with transaction():
        row = locked(id)
        if row.state != OPEN:
            raise Refusal(say(N_("the worklist is answered or closed")), say(N_("nobody needs to be reminded of it")))
        row = replace(row, next=now + LEASE)
        store.write(row)
    if not _send(house, [row]):
        found = worklist(house, id)
        raise Unavailable(say(N_("the message was not taken: {reason}"), reason=say(TROUBLES.get(found.row.trouble, found.row.trouble))),
                          say(N_("look at the address of the owner and at `janji doctor`; it is tried again by itself")))  # fmt: skip
    return worklist(house, id)


TROUBLES = {
    "name": N_("the name of the mail server leads nowhere"), "connection": N_("the mail server does not answer"),
    "tls": N_("the mail server offers no encryption that can be trusted"), "sign-in": N_("the mail server does not know the user or password"),
    "recipient": N_("the mail server does not take mail for this address"), "refused": N_("the mail server refused the message"),
    "timeout": N_("the mail server took too long"), GONE: N_("nobody knows the owner any more"),
}  # fmt: skip
"""Why a message was not taken, in words."""


def _send(house: House, rows: Sequence[WorklistRow]) -> int:
    """Send one message for each of these lists, which nobody else sends meanwhile; how many were taken."""
    settings = house.runtime.settings
    known, count, trouble = owners(house, (row.owner for row in rows)), 0, ""
    with Postman(mail_server(settings.mail_url or ""), settings.mail_from or "") as postman:
        for row in rows:
            owner = known.get(row.owner)
            if trouble not in SERVER:
                trouble = GONE if owner is None else postman.send(letter(house, worklist(house, row.id), owner))
            count += not trouble
            _keep(house, row, trouble)
    return count


def _keep(house: House, sent: WorklistRow, trouble: str) -> None:
    """Keep what came of a message, unless the list was answered, closed or revoked meanwhile."""
    now = house.runtime.now()
    with transaction():
        row = locked(sent.id)
        if row.state != OPEN or row.link != sent.link or row.next != sent.next:
            return
        if trouble:
            made = replace(row, trouble=trouble, next=now + AGAIN)
            store.write(open_task(house, made, trouble) if trouble in ("recipient", GONE) else made)
            return
        store.write(replace(row, mailed=row.mailed + 1, trouble="", next=_next(row, now)))


def _next(row: WorklistRow, now: datetime) -> datetime | None:
    """When the owner is written to again; what was due meanwhile is not made up for."""
    return next((row.opened + wait for wait in REMINDERS if row.opened + wait > now and row.opened + wait < row.due), None)


# ------------------------------------------------------------------------------------------------------------ the words


def letter(house: House, one: Worklist, owner: Owner) -> Letter:
    """The message to an owner: what they are asked, until when, and the link. Nothing about the people."""
    tongue = load_tongue(owner.language)
    first, count = one.row.mailed == 0, one.count(OPEN)
    company = "" if house.published is None or house.published.policy.controller is None else str(house.published.policy.controller.name)
    about = {
        (True, Right.ACCESS): N_("{company}: please say what your systems hold, lines: {count}"),
        (True, Right.ERASE): N_("{company}: please erase in your systems, lines: {count}"),
        (True, Right.CORRECT): N_("{company}: please put right what your systems hold, lines: {count}"),
        (False, Right.CORRECT): N_("{company}: reminder, please put right what your systems hold, lines: {count}"),
        (False, Right.ACCESS): N_("{company}: reminder, please say what your systems hold, lines: {count}"),
        (False, Right.ERASE): N_("{company}: reminder, please erase in your systems, lines: {count}"),
    }[first, Right(one.row.asked)]
    lines: list[Message | None] = [
        say(N_("Dear {name},"), name=owner.name) if owner.name else None,
        say(N_("People have used their rights, and we must answer them in time. You look after: {systems}."), systems=", ".join(one.systems)),
        say(N_("Lines that wait for your answer: {count}. Please answer until {when}."), count=count, when=moment(one.row.due)),
        say(N_("Open this page; you need no account. It says whom to look for, and takes your answer as a file or by a click:")),
    ]
    text = "\n\n".join(line.render(tongue) for line in lines if line is not None)
    told = say(N_("The link is for you alone: whoever has it sees whom we look for. Do not pass it on. It ends on {when}."), when=moment(one.row.expires))
    return Letter(
        f"{one.row.id}.{one.row.link}.{one.row.mailed + 1}", owner.address, say(about, company=company or "Janji", count=count).render(tongue),
        f"{text}\n\n{link_of(house, one.row)}?language={tongue.language}\n\n{told.render(tongue)}\n", tongue.language, owner.name,
    )  # fmt: skip
