"""Accounts of staff as stored: who they are, their role, the link that signs them in once, and the sessions of their browsers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import fetch, run, translated_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """One account; the fields are those of `staff_models.StaffMember`. `link` is a digest."""

    id: UUID
    name: str
    email: str
    role: str
    systems: tuple[str, ...] = ()
    epoch: int = 0
    made: datetime
    stopped: datetime | None = None
    seen: datetime | None = None
    link: bytes | None = field(default=None, repr=False)
    link_until: datetime | None = None


_COLUMNS = tuple(item.name for item in fields(StaffRow))
_NAMES = ", ".join(_COLUMNS)


def insert(row: StaffRow) -> bool:
    """Store a new account; `False` when its address has one."""
    marks = ", ".join(["%s"] * len(_COLUMNS))
    return bool(run(f"INSERT INTO staff ({_NAMES}) VALUES ({marks}) ON CONFLICT (email) DO NOTHING", *_values(row)))


def write(row: StaffRow) -> None:
    """Store an account anew."""
    run(f"UPDATE staff SET {', '.join(f'{name} = %s' for name in _COLUMNS)} WHERE id = %s", *_values(row), row.id)


def everyone() -> tuple[StaffRow, ...]:
    """Every account, those that were stopped too at the end, in the order of their names."""
    return _rows("TRUE ORDER BY stopped IS NOT NULL, lower(name), id")


def account(id: UUID) -> StaffRow | None:
    """One account."""
    return next(iter(_rows("id = %s", id)), None)


def by_email(email: str) -> StaffRow | None:
    """The account of an address, in small letters."""
    return next(iter(_rows("email = %s", email)), None)


def locked() -> tuple[StaffRow, ...]:
    """Every account that is not stopped, locked until the transaction ends: two who change roles at once see each other's change."""
    return _rows("stopped IS NULL ORDER BY id FOR UPDATE")


def of_link(digest: bytes, now: datetime) -> StaffRow | None:
    """The account that a link signs in, while it is good."""
    return next(iter(_rows("link = %s AND link_until > %s AND stopped IS NULL", digest, now)), None)


def take_link(digest: bytes, now: datetime) -> StaffRow | None:
    """Use up a link: whoever comes second finds nothing."""
    found = fetch(
        f"UPDATE staff SET link = NULL, link_until = NULL WHERE link = %s AND link_until > %s AND stopped IS NULL RETURNING {_NAMES}", digest, now
    )
    return next(map(_row, found), None)


def note_seen(id: UUID, now: datetime) -> None:
    """Note that somebody signed in."""
    run("UPDATE staff SET seen = %s WHERE id = %s", now, id)


def passkeys() -> dict[UUID, int]:
    """How many passkeys each has, for those who have one."""
    return {row[0]: row[1] for row in fetch("SELECT user_id, count(*) FROM mfa_authenticator GROUP BY user_id")}


def identities() -> frozenset[UUID]:
    """Who signed in by the company's sign-in before."""
    return frozenset(row[0] for row in fetch("SELECT user_id FROM socialaccount_socialaccount"))


def forget_identities(id: UUID) -> int:
    """Forget who somebody is at the company's sign-in; the next that comes with their address is believed again. That it was this person is kept, and opens nothing."""
    run("INSERT INTO staff_past_identity (user_id, uid) SELECT user_id, uid FROM socialaccount_socialaccount WHERE user_id = %s ON CONFLICT DO NOTHING", id)
    return run("DELETE FROM socialaccount_socialaccount WHERE user_id = %s", id)


def known_alike(id: UUID) -> frozenset[UUID]:
    """The accounts by which the same person came through the company's sign-in as by this one, now or before."""
    return frozenset(row[0] for row in fetch(
        "WITH known AS (SELECT user_id, uid FROM socialaccount_socialaccount UNION SELECT user_id, uid FROM staff_past_identity) "
        "SELECT other.user_id FROM known mine JOIN known other USING (uid) WHERE mine.user_id = %s", id,
    ))  # fmt: skip


def forget_keys(id: UUID) -> int:
    """Forget every passkey of somebody."""
    return run("DELETE FROM mfa_authenticator WHERE user_id = %s", id)


def session(key: str) -> dict[str, Any]:
    """What the session of a browser holds; nothing for one that is not there."""
    from janji.store.staff_sessions import SessionStore

    with translated_errors():
        return SessionStore(key).load()


def begin_session(held: dict[str, Any]) -> str:
    """A new session that holds this; its key."""
    from janji.store.staff_sessions import SessionStore

    with translated_errors():
        made = SessionStore()
        made.update(held)
        made.create()
        return str(made.session_key)


def end_session(key: str) -> None:
    """End a session."""
    from janji.store.staff_sessions import SessionStore

    with translated_errors():
        SessionStore(key).delete()


def prune_sessions() -> int:
    """Let sessions be gone whose time is over, by the clock that Django wrote it with; how many there were."""
    return run("DELETE FROM staff_session WHERE expire_date <= now()")


def _values(row: StaffRow) -> list[object]:
    return [Jsonb(list(row.systems)) if name == "systems" else getattr(row, name) for name in _COLUMNS]


def _rows(where: str, *values: object) -> tuple[StaffRow, ...]:
    return tuple(map(_row, fetch(f"SELECT {_NAMES} FROM staff WHERE {where}", *values)))


def _row(values: tuple[Any, ...]) -> StaffRow:
    found = dict(zip(_COLUMNS, values, strict=True))
    link = found["link"]
    return StaffRow(**{**found, "systems": tuple(json.loads(found["systems"])), "link": None if link is None else bytes(link)})
