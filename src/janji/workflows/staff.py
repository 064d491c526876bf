"""Staff who work with the console: accounts, the link that signs somebody in once, sessions, the tokens of forms, and looks at people's data."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from janji.delivery.mail import Letter, Postman, mail_server
from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Kind
from janji.rights.requests import same_person
from janji.staff.roles import REASONS, Role, Staff, mailbox
from janji.store import staff as store
from janji.store import vault
from janji.store.database import transaction
from janji.store.staff import StaffRow
from janji.terms.messages import N_, Tongue, say
from janji.terms.words import moment
from janji.workflows.house import House
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import ADDRESS, Settings
from janji.workflows.worklists import site_of

LASTS = timedelta(hours=8)
"""How long a session lasts; nothing makes it longer."""
LINK_LASTS = timedelta(hours=24)
"""How long a link that signs in once is good."""
LINK = "/console/enter/link/"
"""Where a link leads at the site; its word follows."""
UNTIL, WHO, EPOCH = "until", "_auth_user_id", "_auth_user_hash"
"""What a session holds: until when (seconds), and whose it is in Django's words."""
LONGEST_NAME = 200
BY_COMMAND = "command"
"""Who changed an account from the command line, where nobody is signed in."""
_WORD = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Account:
    """An account as people see it: how many passkeys it has, and whether the company's sign-in knows it."""

    staff: Staff
    email: str
    made: datetime
    seen: datetime | None = None
    stopped: datetime | None = None
    link_until: datetime | None = None
    passkeys: int = 0
    known: bool = False


@dataclass(frozen=True, slots=True)
class Invited:
    """A link that signs somebody in once: shown now and never again. `mailed` tells whether it was sent as well."""

    account: Account
    url: str
    until: datetime
    mailed: bool = False


# -------------------------------------------------------------------------------------------------------------- accounts


def accounts() -> tuple[Account, ...]:
    """Every account in the order of names, those that were stopped at the end."""
    keys, known = store.passkeys(), store.identities()
    return tuple(_account(row, keys.get(row.id, 0), known=row.id in known) for row in store.everyone())


def account(id: str) -> Account:
    """The account of this number or address; raises `Invalid` where there is none."""
    row = _found(id)
    return _account(row, store.passkeys().get(row.id, 0), known=row.id in store.identities())


def accounts_of(staff: Staff) -> tuple[Staff, ...]:
    """Every account that is the same person's, as far as can be known, this one first: by the name, the mailbox, or who came through the company's sign-in.

    Accounts that were stopped count: what somebody did under one stays theirs.
    """
    rows = store.everyone()
    own = next((row for row in rows if str(row.id) == staff.id), None)
    alike = frozenset[UUID]() if own is None else store.known_alike(own.id)
    others = (
        row for row in rows
        if str(row.id) != staff.id and (row.id in alike or same_person(row.name, staff.name) or (own is not None and mailbox(row.email) == mailbox(own.email)))
    )  # fmt: skip
    return staff, *map(_staff, others)


def names_of(staff: Staff) -> tuple[str, ...]:
    """The names that somebody signs decisions with, under any account, their own first."""
    return tuple(dict.fromkeys(one.name for one in accounts_of(staff)))


def add(house: House, name: str, email: str, role: str, systems: Iterable[str] = (), by: str = BY_COMMAND) -> Account:
    """A new account. Raises `Invalid` for a name, address or role that cannot be one, and `Conflict` for an address that has one."""
    name, email = " ".join(name.split()), email.strip().lower()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(say(N_("an account needs the name that decisions are signed with")), say(N_("write first and last name")))
    if re.fullmatch(ADDRESS, email) is None or len(email) > LONGEST_NAME:
        raise Invalid(say(N_("this is no e-mail address")), say(N_("write one such as `name@example.com`")))
    now = house.runtime.now()
    row = StaffRow(id=house.runtime.new_id(), name=name, email=email, role=_role(role), systems=_systems(systems), made=now)
    with transaction():
        if not store.insert(row):
            raise Conflict(say(N_("this address has an account")), say(N_("`janji staff list` shows it; one that was stopped can be opened again")))
        _record(house, row, "added", by)
    return _account(row)


def change(house: House, id: str, role: str, systems: Iterable[str] = (), by: str = BY_COMMAND) -> Account:
    """Give an account another role; its sessions end. Raises `Refusal` for the last officer."""
    role, cared = _role(role), _systems(systems)
    with transaction():
        row = _locked(_found(id))
        if row.role != role:
            _not_the_last(row)
        if (row.role, row.systems) != (role, cared):
            row = replace(row, role=role, systems=cared, epoch=row.epoch + 1)
            store.write(row)
            _record(house, row, "changed", by)
    return account(str(row.id))


def stop(house: House, id: str, by: str = BY_COMMAND) -> Account:
    """Stop an account: its sessions, links and passkeys are worth nothing from now on. Raises `Refusal` for the last officer."""
    with transaction():
        row = _locked(_found(id))
        _not_the_last(row)
        row = replace(row, stopped=house.runtime.now(), epoch=row.epoch + 1, link=None, link_until=None)
        store.write(row)
        store.forget_keys(row.id)
        store.forget_identities(row.id)
        _record(house, row, "stopped", by)
    return account(str(row.id))


def resume(house: House, id: str, by: str = BY_COMMAND) -> Account:
    """Open an account again that was stopped; it has no passkey, so it needs a link."""
    with transaction():
        row = _found(id)
        if row.stopped is not None:
            row = replace(row, stopped=None)
            store.write(row)
            _record(house, row, "resumed", by)
    return account(str(row.id))


def forget_company(house: House, id: str, by: str = BY_COMMAND) -> None:
    """Forget who somebody is at the company's sign-in: whoever comes next with the address of the account is taken for them."""
    with transaction():
        row = _found(id)
        if store.forget_identities(row.id):
            _record(house, row, "company-forgotten", by)


def _found(id: str) -> StaffRow:
    with suppress(ValueError):
        row = store.account(UUID(id))
        if row is not None:
            return row
    row = store.by_email(id.strip().lower())
    if row is None:
        raise Unknown(say(N_("nobody here has this account")), say(N_("`janji staff list` shows every account and its address")))
    return row


def _locked(row: StaffRow) -> StaffRow:
    """The account as it is now, with all that could be an officer locked; raises `Invalid` for one that was stopped."""
    found = next((one for one in store.locked() if one.id == row.id), None)
    if found is None:
        raise Invalid(say(N_("this account was stopped")), say(N_("open it again first")))
    return found


def _not_the_last(row: StaffRow) -> None:
    """Raise `Refusal` where nobody would be left who can say who works here."""
    if row.role == Role.OFFICER and not any(one.role == Role.OFFICER and one.id != row.id for one in store.locked()):
        raise Refusal(say(N_("this is the last data protection officer, and somebody must say who works here")), say(N_("make another account an officer first")))


def _role(role: str) -> str:
    if role not in list(Role):
        raise Invalid(say(N_("`{word}` is no role"), word=role), nearest(role, map(str, Role)))
    return str(role)


def _systems(systems: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in systems if one.strip()))


def _record(house: House, row: StaffRow, change: str, by: str) -> None:
    details = {"staff": str(row.id), "change": change, "role": row.role, "by": by}
    record(house, [Entry(subject=None, kind=Kind.STAFF_CHANGED, actor=Actor.STAFF, details=details)])


def _account(row: StaffRow, passkeys: int = 0, *, known: bool = False) -> Account:
    return Account(_staff(row), row.email, row.made, row.seen, row.stopped, row.link_until, passkeys, known)


def _staff(row: StaffRow) -> Staff:
    return Staff(str(row.id), row.name, Role(row.role), row.systems)


# ----------------------------------------------------------------------------------------------------------------- links


def invite(house: House, id: str, by: str = BY_COMMAND, tongue: Tongue | None = None) -> Invited:
    """A new link that signs somebody in once; the one before it is worth nothing. It is mailed where mail can be sent."""
    word = base64.urlsafe_b64encode(house.runtime.random(32)).decode().rstrip("=")
    until = house.runtime.now() + LINK_LASTS
    with transaction():
        row = replace(_locked(_found(id)), link=_digest(word), link_until=until)
        store.write(row)
        _record(house, row, "invited", by)
    url = f"{staff_site(house.runtime.settings)}{LINK}{word}"
    return Invited(account(str(row.id)), url, until, _mail(house, row, url, tongue or house.runtime.tongue))


def link_of(house: House, word: str) -> Account | None:
    """Whom a link would sign in; `None` for one that is not good, or not good any more."""
    row = store.of_link(_digest(word), house.runtime.now()) if _WORD.fullmatch(word) else None
    return None if row is None else _account(row)


def take_link(house: House, word: str) -> Account | None:
    """Use up a link; as `link_of` for whoever comes second."""
    if not _WORD.fullmatch(word):
        return None
    with transaction():
        row = store.take_link(_digest(word), house.runtime.now())
    return None if row is None else _account(row)


def staff_site(settings: Settings) -> str:
    """The address at which staff reach the console: a passkey belongs to a name, so this machine is called by its own."""
    site = site_of(settings)
    parts = urlsplit(site)
    return site if parts.hostname not in ("127.0.0.1", "::1", "0.0.0.0") else f"{parts.scheme}://localhost:{parts.port or 80}"  # noqa: S104 - a name to compare with


def _mail(house: House, row: StaffRow, url: str, tongue: Tongue) -> bool:
    """Send a link by mail; whether it was taken. Who asked for it has it on the screen as well."""
    settings = house.runtime.settings
    if settings.mail_url is None or settings.mail_from is None:
        return False
    lines = (
        say(N_("{name}, this link signs you in at the privacy console:"), name=row.name), url,
        say(N_("It is good once, until {until}. Do not pass it on."), until=moment(row.link_until or house.runtime.now())),
    )  # fmt: skip
    text = "\n\n".join(one if isinstance(one, str) else one.render(tongue) for one in lines) + "\n"
    letter = Letter(str(house.runtime.new_id()), row.email, tongue.translate(N_("Sign in at the privacy console")), text, tongue.language, row.name)
    with Postman(mail_server(settings.mail_url), settings.mail_from) as postman:
        return not postman.send(letter)


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


# -------------------------------------------------------------------------------------------------------------- sessions


def signed_in(house: House, id: str) -> float:
    """Note that somebody signed in, and let go of sessions whose time is over; until when theirs lasts, in seconds since 1970."""
    now = house.runtime.now()
    with transaction():
        store.note_seen(UUID(id), now)
        store.prune_sessions()
    return (now + LASTS).timestamp()


def read_session(house: House, session: str) -> Staff | None:
    """Whose session it is, with today's role; `None` for one that is none of ours, or over: by time, by sign-out, by a new role or an end."""
    held = store.session(session) if session else {}
    if not held.get(WHO) or held.get(UNTIL, 0) < house.runtime.now().timestamp():
        return None
    row = store.account(UUID(held[WHO]))
    if row is None or row.stopped is not None or str(row.epoch) != held.get(EPOCH):
        return None
    return _staff(row)


def end_session(session: str) -> None:
    """Sign out: the session is worth nothing from now on, wherever a copy of its key is."""
    store.end_session(session)


def form_token(house: House, session: str) -> str:
    """What the forms of a session carry, so that no other page can send one."""
    return hmac.digest(_key(house), b"form\x00" + session.encode(), hashlib.sha256).hex()


def is_form_of(house: House, session: str, token: str) -> bool:
    """Whether a form is one of this session."""
    return hmac.compare_digest(form_token(house, session).encode(), token.encode())


def record_look(house: House, staff: Staff, subject: UUID | None, reason: str, request: UUID | None = None, hold: UUID | None = None, incident: UUID | None = None, system: str = "") -> None:
    """Record that a member of staff looked at somebody's data in clear, and why; raises `Invalid` for what is none of the `REASONS`.

    Whom it is about may not be known yet: then the `request` is named, in which somebody says who they are; or the `hold` whose file, or the `incident` or `system` whose evidence was looked at.
    """
    if reason not in REASONS:
        raise Invalid(say(N_("say what you look at these data for")), say(N_("choose one of the reasons; the look is recorded with it")))
    with transaction():
        record(house, [Entry(subject=subject, kind=Kind.PERSON_SEEN, actor=Actor.STAFF, details={
            "staff": staff.id, "reason": reason, **({} if request is None else {"request": str(request)}), **({} if hold is None else {"hold": str(hold)}),
            **({} if incident is None else {"incident": str(incident)}), **({"system": system} if system else {}),
        })])  # fmt: skip


def _key(house: House) -> bytes:
    return vault.derived_key(house.secrets.index, "staff session 1")
