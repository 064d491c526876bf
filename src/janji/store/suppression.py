"""The suppression index: who must not be contacted or imported again, known by an index with a key of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from janji.people.identifiers import Identifier, Suppressed
from janji.store.database import connection, translated_errors
from janji.store.vault import blind_index


@dataclass(frozen=True, slots=True)
class Suppression:
    """An entry: nothing of the person but an index that only an identifier leads to, and its period."""

    index: bytes
    purpose: Suppressed
    since: datetime
    until: datetime | None = None


def suppression_index(key: bytes, purpose: Suppressed, identifier: Identifier) -> bytes:
    """What an identifier is suppressed under, for one purpose: another key and so another index than it is found by."""
    return blind_index(key, f"{purpose}/{identifier.kind}", identifier.normal)


def suppress(entries: Sequence[Suppression]) -> None:
    """Add entries; one that is there already keeps its beginning and the later of the two ends (none: for good)."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            'INSERT INTO suppression ("index", purpose, since, until)'
            " SELECT DISTINCT ON (1) * FROM unnest(%s::bytea[], %s::text[], %s::timestamptz[], %s::timestamptz[])"
            " AS new (i, p, s, u) ORDER BY 1, u DESC NULLS FIRST"
            ' ON CONFLICT ("index") DO UPDATE SET until = CASE WHEN suppression.until IS NULL OR excluded.until IS NULL'
            " THEN NULL ELSE greatest(suppression.until, excluded.until) END",
            [[entry.index for entry in entries], [str(entry.purpose) for entry in entries],
             [entry.since for entry in entries], [entry.until for entry in entries]],
        )  # fmt: skip


def suppressed(indices: Sequence[bytes], at: datetime) -> frozenset[bytes]:
    """Those of many indices that are suppressed at an instant, by one statement."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            'SELECT "index" FROM suppression WHERE "index" = ANY(%s::bytea[]) AND (until IS NULL OR until > %s)',
            [list(indices), at],
        )
        return frozenset(bytes(row[0]) for row in cursor)


def lift(indices: Sequence[bytes]) -> int:
    """Take entries out (the person asked to be contacted again); how many there were."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute('DELETE FROM suppression WHERE "index" = ANY(%s::bytea[])', [list(indices)])
        return cursor.rowcount


def expire(at: datetime) -> int:
    """Delete the entries whose period is over; how many there were."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("DELETE FROM suppression WHERE until <= %s", [at])
        return cursor.rowcount
