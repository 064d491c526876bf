"""Keys of applications as they are stored: by a digest of their secret, with what they may do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from psycopg.types.json import Jsonb

from janji.store.database import Statement, connection, translated_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key as stored. `digest` is the SHA-256 of its secret; `purposes` is `None` for a key that is not confined."""

    id: str
    digest: bytes = field(repr=False)
    application: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...] | None
    rate: int
    made: datetime
    revoked: datetime | None = None


def insert(row: KeyRow) -> None:
    """Store a new key; raises `Conflict` when its id is taken."""
    purposes = None if row.purposes is None else Jsonb(list(row.purposes))
    with translated_errors():
        connection().execute(
            "INSERT INTO api_key (id, digest, application, scopes, purposes, rate, made) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [row.id, row.digest, row.application, Jsonb(list(row.scopes)), purposes, row.rate, row.made],
        )


def everyone() -> tuple[KeyRow, ...]:
    """Every key, those revoked too, in the order of their making."""
    with translated_errors():
        rows = connection().execute(
            "SELECT id, digest, application, scopes::text, purposes::text, rate, made, revoked FROM api_key ORDER BY made, id"
        ).fetchall()
    return tuple(
        KeyRow(
            id=row[0], digest=bytes(row[1]), application=row[2], scopes=tuple(json.loads(row[3])),
            purposes=None if row[4] is None else tuple(json.loads(row[4])), rate=row[5], made=row[6], revoked=row[7],
        )
        for row in rows
    )  # fmt: skip


def revoke(id: str, at: datetime) -> bool:
    """Revoke a key; `False` when there is none of that id, or it was revoked before."""
    with translated_errors():
        return connection().execute("UPDATE api_key SET revoked = %s WHERE id = %s AND revoked IS NULL", [at, id]).rowcount == 1


@dataclass(frozen=True, slots=True)
class Live:
    """What a request needs to know of a key that is not revoked."""

    digest: bytes = field(repr=False)
    application: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...] | None
    rate: int


_LIVE = Statement(
    "janji_api_key",
    "SELECT digest, application, scopes::text, purposes::text, rate FROM api_key WHERE id = $1::text AND revoked IS NULL",
)


def live(id: str) -> Live | None:
    """A key that is not revoked. Not inside a transaction."""
    rows = _LIVE.run([id.encode()])
    if not rows:
        return None
    digest, application, scopes, purposes, rate = rows[0]
    return Live(
        digest or b"", (application or b"").decode(), tuple(json.loads(scopes or b"[]")),
        None if purposes is None else tuple(json.loads(purposes)), int.from_bytes(rate or b"", "big", signed=True),
    )  # fmt: skip
