"""The promise board as stored: looks of the worker, what turned between them, and signed reports."""

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
class LookRow:
    """A look: when, at which version of the policy by which version of the program, and how many clauses were in which state."""

    id: UUID
    at: datetime
    number: int
    program: str
    kept: int
    broken: int
    unproven: int
    claims: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A clause that turned: its states before and after (empty where it was not there), and a packed message of why."""

    id: UUID
    at: datetime
    clause: str
    was: str
    became: str
    why: Mapping[str, Any] | None = field(default=None, repr=False)


_LOOK = "SELECT id, at, number, program, kept, broken, unproven, claims FROM promise_look"
_CHANGE = "SELECT id, at, clause, was, became, why::text FROM promise_change"


def lock() -> None:
    """Let nobody else keep a look until the transaction ends."""
    run("LOCK TABLE promise_look IN SHARE ROW EXCLUSIVE MODE")


def insert_look(row: LookRow, states: Mapping[str, str], boards: Mapping[str, Any]) -> None:
    """Store a look with its whole board by language; the board of the look before is let go."""
    run("UPDATE promise_look SET boards = NULL WHERE boards IS NOT NULL")
    run("INSERT INTO promise_look (id, at, number, program, kept, broken, unproven, claims, states, boards) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        row.id, row.at, row.number, row.program, row.kept, row.broken, row.unproven, row.claims, Jsonb(dict(states)), Jsonb(dict(boards)))  # fmt: skip


def insert_changes(rows: Sequence[ChangeRow]) -> None:
    """Store what turned."""
    for row in rows:
        run("INSERT INTO promise_change (id, at, clause, was, became, why) VALUES (%s, %s, %s, %s, %s, %s)", row.id, row.at, row.clause, row.was, row.became,
            None if row.why is None else Jsonb(dict(row.why)))  # fmt: skip


def newest() -> LookRow | None:
    """The newest look."""
    rows = fetch(_LOOK + " ORDER BY at DESC, id DESC LIMIT 1")
    return LookRow(*rows[0]) if rows else None


def states() -> dict[str, str] | None:
    """The state of each clause at the newest look; `None` before the first."""
    rows = fetch("SELECT states::text FROM promise_look ORDER BY at DESC, id DESC LIMIT 1")
    return json.loads(rows[0][0]) if rows else None


def board(language: str) -> dict[str, Any] | None:
    """The whole board of the newest look in a language."""
    rows = fetch("SELECT (boards -> %s)::text FROM promise_look WHERE boards IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1", language)
    return json.loads(rows[0][0]) if rows and rows[0][0] else None


def last_of_days(since: datetime) -> tuple[LookRow, ...]:
    """The last look of each day (UTC) since an instant, the oldest first."""
    days = f"SELECT DISTINCT ON (date_trunc('day', at AT TIME ZONE 'UTC')) * FROM ({_LOOK} WHERE at >= %s) AS l ORDER BY date_trunc('day', at AT TIME ZONE 'UTC') DESC, at DESC, id DESC"
    return tuple(LookRow(*row) for row in reversed(fetch(days, since)))


def changes(most: int, before: tuple[datetime, UUID] | None = None, clause: str = "") -> tuple[ChangeRow, ...]:
    """What turned, the newest first; older than a place in that order, of one clause where it is named."""
    at, id = before or (None, None)
    rows = fetch(_CHANGE + " WHERE (%s::timestamptz IS NULL OR (at, id) < (%s, %s)) AND (%s = '' OR clause = %s) ORDER BY at DESC, id DESC LIMIT %s", at, at, id, clause, clause, most)
    return tuple(map(_change, rows))


def turned(became: str, since: datetime) -> tuple[ChangeRow, ...]:
    """The newest change of each clause that turned into a state since an instant and has not turned since."""
    newest_of = f"SELECT DISTINCT ON (clause) * FROM ({_CHANGE} WHERE at >= %s) AS c ORDER BY clause, at DESC, id DESC"
    return tuple(map(_change, fetch(f"SELECT * FROM ({newest_of}) AS n WHERE became = %s ORDER BY at DESC, clause", since, became)))


def insert_report(id: UUID, at: datetime, event: UUID | None, file: bytes) -> None:
    """Store a report."""
    run("INSERT INTO promise_report (id, at, event, file) VALUES (%s, %s, %s, %s)", id, at, event, file)


def reports(most: int) -> tuple[tuple[UUID, datetime, bool, int], ...]:
    """The newest reports: id, when, whether it stands in the ledger, and bytes."""
    return tuple(fetch("SELECT id, at, event IS NOT NULL, length(file) FROM promise_report ORDER BY at DESC, id DESC LIMIT %s", most))


def report(id: UUID) -> bytes | None:
    """The archive of a report."""
    rows = fetch("SELECT file FROM promise_report WHERE id = %s", id)
    return bytes(rows[0][0]) if rows else None


def delete_before(at: datetime) -> int:
    """Delete looks, changes and reports of before an instant, the newest look apart; how many rows."""
    looks = run("DELETE FROM promise_look WHERE at < %s AND boards IS NULL", at)
    return looks + run("DELETE FROM promise_change WHERE at < %s", at) + run("DELETE FROM promise_report WHERE at < %s", at)


def _change(row: tuple[Any, ...]) -> ChangeRow:
    id, at, clause, was, became, why = row
    return ChangeRow(id, at, clause, was, became, why and json.loads(why))
