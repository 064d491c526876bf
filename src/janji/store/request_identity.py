"""Who asks, as it is stored: codes and answers as keyed digests, how often they were tried, and what is counted by day."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import fetch, run


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One row; the fields are those of `request_models.RequestIdentity`. `facts` are hexadecimal digests by topic."""

    request: UUID
    address: bytes = field(repr=False)
    code: bytes | None = field(default=None, repr=False)
    number: int = 0
    expires: datetime | None = None
    tries: int = 0
    state: str = "asked"
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    answered: int = 0
    subject: UUID | None = None


_SELECT = "SELECT request, address, code, number, expires, tries, state, facts::text, answered, subject FROM request_identity"


def insert(row: IdentityRow) -> bool:
    """Store a new row; `False` when the request has one."""
    return run(
        "INSERT INTO request_identity (request, address, code, number, expires, tries, state, facts, answered, subject)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (request) DO NOTHING",
        row.request, row.address, row.code, row.number, row.expires, row.tries, row.state, Jsonb(dict(row.facts)), row.answered, row.subject,
    ) == 1  # fmt: skip


def identity(request: UUID, *, lock: bool = False) -> IdentityRow | None:
    """The row of a request; with `lock`, nobody else changes it until the transaction ends."""
    rows = fetch(f"{_SELECT} WHERE request = %s{' FOR UPDATE' if lock else ''}", request)
    return _row(rows[0]) if rows else None


def write(row: IdentityRow) -> None:
    """Store how a row is now; the address never changes."""
    run(
        "UPDATE request_identity SET code = %s, number = %s, expires = %s, tries = %s, state = %s, facts = %s, answered = %s,"
        " subject = %s WHERE request = %s",
        row.code, row.number, row.expires, row.tries, row.state, Jsonb(dict(row.facts)), row.answered, row.subject, row.request,
    )  # fmt: skip


def forget(requests: Sequence[UUID]) -> int:
    """Delete the rows of requests that need them no more; how many."""
    return run("DELETE FROM request_identity WHERE request = ANY(%s)", list(requests))


def ended(size: int, now: datetime) -> list[UUID]:
    """Requests that ended, and whose rows need not be here any more; who was shown to ask stays with the request itself.

    One that went on by a code or a link stays as long as that would have been good: whoever pressed twice is known by it.
    """
    rows = fetch(
        "SELECT i.request FROM request_identity i JOIN rights_request r ON r.id = i.request"
        " WHERE r.state = 'ended' AND r.outcome <> 'not-verified'"
        " AND NOT (i.state = 'channel' AND i.facts = '{}' AND i.code IS NOT NULL AND i.expires > %s) LIMIT %s",
        now, size,
    )  # fmt: skip
    return [row[0] for row in rows]


def count(name: bytes, now: datetime, since: datetime, by: int = 1) -> int:
    """Count something, and give how often it was since its row began; a row that began before `since` begins anew."""
    return int(fetch(
        "INSERT INTO request_count AS c (name, since, count) VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE SET"
        " count = CASE WHEN c.since < %s THEN excluded.count ELSE c.count + excluded.count END,"
        " since = CASE WHEN c.since < %s THEN excluded.since ELSE c.since END RETURNING count",
        name, now, by, since, since,
    )[0][0])  # fmt: skip


def counted(name: bytes, since: datetime) -> int:
    """How often something was counted; nothing where its row began before `since`."""
    rows = fetch("SELECT count FROM request_count WHERE name = %s AND since >= %s", name, since)
    return int(rows[0][0]) if rows else 0


def prune(before: datetime) -> int:
    """Delete the counts that began before an instant; how many."""
    return run("DELETE FROM request_count WHERE since < %s", before)


def _row(values: tuple[Any, ...]) -> IdentityRow:
    request, address, code, number, expires, tries, state, facts, answered, subject = values
    return IdentityRow(
        request, bytes(address), None if code is None else bytes(code), number, expires, tries, state, json.loads(facts), answered, subject
    )  # fmt: skip
