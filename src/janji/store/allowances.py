"""How much each caller may still ask: one row a caller, shared by every process that serves."""

from __future__ import annotations

import struct

from janji.store.database import Statement, connection, translated_errors

_FLOAT = struct.Struct("!d").pack
_NOW = 'least($2::float8, a.remaining + greatest(0, $4::float8 - a.at) * $5::float8)'
_DRAW = Statement(
    "janji_draw",
    "INSERT INTO allowance AS a (name, remaining, granted, at)"
    " VALUES ($1::bytea, $2::float8 - least($3::float8, $2::float8), least($3::float8, $2::float8), $4::float8)"
    " ON CONFLICT (name) DO UPDATE SET"
    f" remaining = {_NOW} - greatest(0, floor(least($3::float8, {_NOW}))), granted = greatest(0, floor(least($3::float8, {_NOW}))),"
    " at = greatest(a.at, $4::float8) RETURNING granted, remaining",
)


def draw(name: bytes, most: float, wanted: float, now: float, refill: float) -> tuple[float, float]:
    """Take up to `wanted` from what a caller has left; gives how much was granted, and how much is left then.

    The row fills up by `refill` a second until it has `most`; `now` is in seconds of Unix time. A clock that is behind
    another machine's gains nothing. Not inside a transaction.
    """
    granted, left = _DRAW.run([name, *map(_FLOAT, (most, wanted, now, refill))])[0]
    return struct.unpack("!d", granted or bytes(8))[0], struct.unpack("!d", left or bytes(8))[0]


def prune(before: float) -> int:
    """Delete the rows of callers who did not ask since; how many there were. They begin with a full allowance again."""
    with translated_errors():
        return connection().execute("DELETE FROM allowance WHERE at < %s", [before]).rowcount
