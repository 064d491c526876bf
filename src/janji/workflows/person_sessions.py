"""Somebody at the privacy centre who showed an address that the record held before: the code, the session that follows, and its end.

Nothing is stored but counts. A ticket (what was asked), a link and a session are sealed values; the session names the person, the
address by its blind index and the ticket that it came from, so that it dies with the address, with the person, and at sign-out.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from janji.errors import Conflict, Invalid
from janji.ledger.events import Actor
from janji.messaging.kinds import MessageKind, Values
from janji.people.identifiers import KINDS, Identifier
from janji.rights import identity
from janji.store import people, vault
from janji.store import request_identity as store
from janji.store.database import transaction
from janji.store.people import ACTIVE
from janji.terms.messages import N_, say
from janji.workflows import tokens
from janji.workflows.allowances import network_of
from janji.workflows.guardians import verify_person, wards_of
from janji.workflows.house import House
from janji.workflows.messages import send
from janji.workflows.people import content_keys, current, find_subjects, normalised, opened
from janji.workflows.request_identity import CODES_A_DAY, DAY, WRONG_A_DAY, believed, digest
from janji.workflows.request_intake import ANSWERED, TooMany, no_answer_there
from janji.workflows.worklists import site_of

PATH = "/my/in/"
"""Where the link in the message leads at the site; the token follows."""
CODE_LASTS = timedelta(minutes=15)
LASTS = timedelta(minutes=30)
"""How long a session lasts from the moment of the proof; nothing makes it longer."""
A_NETWORK = 300
"""Codes that are asked for in a day from one network."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What somebody asked: to be believed that an address is theirs, until an instant."""

    id: UUID
    until: datetime
    address: Identifier = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who showed that an address of theirs is held: whose data they see, that address, until when it counts, and who they are.

    That is one and the same person, or a guardian and the ward of their `link`.
    """

    id: UUID
    subject: UUID
    address: Identifier = field(repr=False)
    until: datetime
    speaker: UUID
    link: UUID | None = None

    @property
    def actor(self) -> Actor:
        """Who it is that chooses and asks."""
        return Actor.PERSON if self.link is None else Actor.GUARDIAN


@dataclass(frozen=True, slots=True)
class Shown:
    """An address was shown to be theirs. `session` is empty where the record holds nobody by it, or holds it too short a time to believe it."""

    session: str = field(repr=False, default="")


def begin(house: House, contact: tuple[str, str], language: str, network: str = "") -> str:
    """Send a code to an address, whoever it leads to; the ticket, for whoever asked to hold until they type the code.

    Whether anybody is known by the address is not looked up. Where it had its codes of the day nothing is sent, and that is not told.
    Raises `Invalid` for what is no address, and `TooMany` where the network had its share.
    """
    if contact[0] not in ANSWERED:
        raise no_answer_there()
    (address,) = normalised(house, [contact])
    now = house.runtime.now()
    ticket = Ticket(house.runtime.new_id(), now + CODE_LASTS, address)
    if network and store.count(digest(house, "sessions from", network_of(network)), now, now - DAY) > A_NETWORK:
        raise TooMany(say(N_("too many codes were asked for")), say(N_("wait until tomorrow, or call us")))
    with transaction():
        if store.count(digest(house, "codes", _name(house, address)), now, now - DAY) <= CODES_A_DAY:
            link = f"{site_of(house.runtime.settings)}{PATH}{tokens.write_token(_key(house, 'link'), _written(ticket))}"
            send(house, MessageKind.SIGN_IN, [address], language, Values(code=_code(house, ticket), link=link, until=ticket.until))
    return tokens.write_token(_key(house, "ticket"), _written(ticket))


def ticket_of_link(house: House, token: str) -> tuple[str, Identifier] | None:
    """The ticket that a link belongs to, for whoever opened it to hold while they say yes, and whose data it opens; `None` for a link that is none of ours, or over."""
    ticket = _read(house, "link", token)
    return None if ticket is None else (tokens.write_token(_key(house, "ticket"), _written(ticket)), ticket.address)


def show_code(house: House, token: str, typed: str) -> Shown | None:
    """Somebody who holds a ticket typed a code: what that gives them, once; `None` for whatever is wrong with either."""
    ticket = _read(house, "ticket", token)
    code = identity.typed(typed)
    if ticket is None:
        return None
    return _shown(house, ticket, right=hmac.compare_digest(code, _code(house, ticket)))


def show_link(house: House, token: str, link: str) -> Shown | None:
    """Somebody who holds the ticket of a link said yes on its page; as `show_code`, but wrong codes for the address shut no link: nobody guesses one."""
    ticket, named = _read(house, "ticket", token), _read(house, "link", link)
    return None if ticket is None or named != ticket else _shown(house, ticket, right=True, linked=True)


def _shown(house: House, ticket: Ticket, *, right: bool, linked: bool = False) -> Shown | None:
    """Count a try, and take the right one once."""
    now, wrong = house.runtime.now(), digest(house, "session wrong", _name(house, ticket.address))
    with transaction():
        if store.count(digest(house, "session tries", ticket.id.bytes), now, now - DAY) > identity.TRIES:
            return None
        if not linked and store.counted(wrong, now - DAY) >= WRONG_A_DAY:
            return None
        if not right:
            store.count(wrong, now, now - DAY)
            return None
        if store.count(digest(house, "session taken", ticket.id.bytes), now, now - DAY) > 1:
            return None
    (subject,) = find_subjects(house, [(str(ticket.address.kind), ticket.address.normal)])
    if subject is None or not believed(house, current(subject), ticket.address):
        return Shown()
    subject = current(subject)
    verify_person(house, subject, Actor.PERSON)
    until = int((now + LASTS).timestamp())
    return Shown(tokens.write_token(_key(house, "session"), ticket.id.bytes + subject.bytes + _index(house, ticket.address) + until.to_bytes(8, "big")))


def read_session(house: House, token: str) -> Session | None:
    """The session of a cookie; `None` for one that is none of ours, that is over, was ended, or whose person or address is not held any more.

    One for a ward needs the link as it was: verified, not revoked, and not outgrown.
    """
    value = tokens.read_token(_key(house, "session"), token) if token else None
    link = None
    if value is None:
        value = tokens.read_token(_key(house, "ward"), token) if token else None
        if value is None:
            return None
        value, link = value[:-16], UUID(bytes=value[-16:])
    id, subject, index = UUID(bytes=value[:16]), UUID(bytes=value[16:32]), value[32:64]
    now, until = house.runtime.now(), datetime.fromtimestamp(int.from_bytes(value[64:], "big"), UTC)
    if now >= until or store.counted(digest(house, "session ended", id.bytes), now - DAY):
        return None
    try:
        subject = current(subject)
    except (Invalid, Conflict):
        return None
    row = people.subjects([subject]).get(subject)
    if row is None or row.state != ACTIVE:
        return None
    held = next((one for one in people.identifiers([subject]) if bytes(one.index) == index), None)
    if held is None:
        return None
    own = Session(id, subject, opened(held, content_keys(house, [subject])[subject]), until, subject)
    return own if link is None else _for_ward(house, own, link)


def _for_ward(house: House, session: Session, link: UUID) -> Session | None:
    """The session of somebody as the guardian of a link; `None` where they may not speak by it now."""
    ward = next((one for one in wards_of(house, session.speaker) if one.link == link), None)
    return None if ward is None else replace(session, subject=ward.ward, link=link)


def change_to(house: House, session: Session, link: UUID | None) -> str | None:
    """The cookie by which somebody sees the data of the ward of a link, or (`None`) their own again; it ends when the session does.

    `None` where they may not speak by that link.
    """
    body = session.id.bytes + session.speaker.bytes + _index(house, session.address) + int(session.until.timestamp()).to_bytes(8, "big")
    if link is None:
        return tokens.write_token(_key(house, "session"), body)
    return None if _for_ward(house, session, link) is None else tokens.write_token(_key(house, "ward"), body + link.bytes)


def names_of(house: House, subject: UUID) -> tuple[Identifier, ...]:
    """What somebody is known by, as it is held."""
    key = content_keys(house, [subject])[subject]
    return tuple(opened(row, key) for row in people.identifiers([subject]))


def end(house: House, session: Session) -> None:
    """Sign out: the cookie is worth nothing from now on, wherever a copy of it is."""
    now = house.runtime.now()
    store.count(digest(house, "session ended", session.id.bytes), now, now - DAY)


def form_token(house: House, session: Session) -> str:
    """What a form of this session carries, and no page of anybody else knows; nor one about somebody else that is open beside it."""
    return hmac.digest(_key(house, "form"), session.id.bytes + (session.link.bytes if session.link else b""), hashlib.sha256).hex()


def is_form_of(house: House, session: Session, token: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(form_token(house, session).encode(), token.encode())


# ---------------------------------------------------------------------------------------------------------------- tokens


def _written(ticket: Ticket) -> bytes:
    return ticket.id.bytes + int(ticket.until.timestamp()).to_bytes(8, "big") + f"{ticket.address.kind}\0{ticket.address.normal}".encode()


def _read(house: House, use: str, token: str) -> Ticket | None:
    """The ticket in a token; `None` for one that is none of ours, or over."""
    value = tokens.read_token(_key(house, use), token) if token else None
    if value is None:
        return None
    kind, _, normal = value[24:].decode().partition("\0")
    until = datetime.fromtimestamp(int.from_bytes(value[16:24], "big"), UTC)
    return Ticket(UUID(bytes=value[:16]), until, Identifier(KINDS[kind], normal)) if house.runtime.now() < until else None


def _code(house: House, ticket: Ticket) -> str:
    """The code of a ticket: worked out, never stored."""
    chance = hmac.digest(_key(house, "code"), _written(ticket), hashlib.sha256)
    return identity.code_of(chance[:8])


def _name(house: House, address: Identifier) -> bytes:
    """What codes of an address are counted by, those of requests too."""
    return digest(house, "address", str(address.kind), address.normal)


def _index(house: House, address: Identifier) -> bytes:
    return vault.blind_index(house.secrets.index, str(address.kind), address.normal)


def _key(house: House, use: str) -> bytes:
    return vault.derived_key(house.secrets.index, f"person session {use} 1")
