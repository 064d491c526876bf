"""Answers that were given to requests with a name of their own, so that a repeated request gets the same one."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from janji.store.database import Statement, connection, translated_errors
from janji.store.records import Beside

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as stored: `name` and `body` are keyed digests of who asked what, `sealed` is status and answer."""

    name: bytes
    body: bytes
    sealed: bytes = field(repr=False)
    at: datetime


_FIND = Statement(
    "janji_kept_answer", "SELECT body, sealed, (extract(epoch FROM at) * 1000000)::bigint FROM kept_answer WHERE name = $1::bytea"
)


def find(name: bytes) -> KeptAnswer | None:
    """The answer that is kept for a name, however old. Not inside a transaction."""
    rows = _FIND.run([name])
    if not rows:
        return None
    body, sealed, at = rows[0]
    return KeptAnswer(name, body or b"", sealed or b"", _EPOCH + timedelta(microseconds=int.from_bytes(at or b"", "big", signed=True)))


def claim(name: bytes) -> bool:
    """Be the only one who works on this name until the transaction ends; `False` when somebody else does."""
    number = int.from_bytes(name[:8], "big", signed=True)
    with translated_errors():
        row = connection().execute("SELECT pg_try_advisory_xact_lock(%s)", [number], prepare=True).fetchone()
    return bool(row and row[0])


def keep(row: KeptAnswer, since: datetime) -> bool:
    """Keep an answer, in the transaction of what was done for it, in the place of one that is not younger than `since`.

    `False` when the name has a younger one: somebody was faster, and what was done must be undone.
    """
    with translated_errors():
        cursor = connection().execute(
            "INSERT INTO kept_answer (name, body, sealed, at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET body = excluded.body, sealed = excluded.sealed, at = excluded.at"
            " WHERE kept_answer.at <= %s",
            [row.name, row.body, row.sealed, row.at, since], prepare=True,
        )  # fmt: skip
        return cursor.rowcount == 1


def beside(row: KeptAnswer) -> Beside:
    """The same, done together with an event by one statement; where the name has an answer already, both fail (`Conflict`)."""
    return Beside(
        "INSERT INTO kept_answer (name, body, sealed, at)"
        " SELECT {0}::bytea, {1}::bytea, {2}::bytea, to_timestamp({3}::float8) FROM standing_",
        (row.name, row.body, row.sealed, struct.pack("!d", row.at.timestamp())),
    )


def prune(before: datetime) -> int:
    """Delete the answers that are older; how many there were."""
    with translated_errors():
        return connection().execute("DELETE FROM kept_answer WHERE at < %s", [before]).rowcount
