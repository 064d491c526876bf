"""The ledger's tables: events taken out of the queue and numbered, tiles, signed heads, and what audits and proofs read."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from janji.ledger.ordering import Waiting
from janji.ledger.tiles import TileKey
from janji.store.database import connection, translated_errors

LOCK = 0x6A616E6A69
"""The advisory lock of the sequencer: the letters of `janji`."""
_HEAD = b"PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
_LEAF = struct.Struct("!hiqi16s").pack
_WAITING = (
    "SELECT p.ctid::text, uuid_send(p.event), p.leaf, e.subject, coalesce(e.version, 0)"
    " FROM pending p JOIN event e ON e.id = p.event ORDER BY p.since, p.ctid LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a number: how many events, and for how many seconds the oldest does; 0 when none waits."""

    waiting: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Placed:
    """An event in the ledger: its position and canonical bytes."""

    position: int
    body: bytes


def lock_sequencer() -> bool:
    """Be the only sequencer until the transaction ends, or learn that there is another. The first of a transaction.

    Each statement after it must see what the sequencer before committed, whatever the database's default is.
    """
    with translated_errors():
        connection().execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    return bool(_one("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])[0])


def waiting(limit: int) -> list[Waiting]:
    """The events that waited longest, at most `limit`, as their transactions began."""
    with translated_errors():
        return [Waiting(*row) for row in connection().execute(_WAITING, [limit], prepare=True, binary=True)]


def unnumbered(versions: Mapping[bytes, int]) -> set[bytes]:
    """Those of these persons whose event of this version is recorded and has no number yet."""
    with translated_errors():
        rows = connection().execute(
            "SELECT e.subject FROM unnest(%s::bytea[], %s::int[]) AS asked (subject, version)"
            " JOIN event e ON e.subject = asked.subject AND e.version = asked.version"
            " WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.event = e.id)",
            [list(versions), list(versions.values())],
        )
        return {bytes(row[0]) for row in rows}


def size() -> int:
    """How many events have a number."""
    return int(_one("SELECT coalesce(max(position) + 1, 0) FROM ledger_leaf")[0])


def place(events: Sequence[Waiting], first: int) -> None:
    """Number these events from `first` on and take them out of the queue."""
    with translated_errors(), connection().cursor() as cursor:
        rows = [_LEAF(2, 8, position, 16, item.event) for position, item in enumerate(events, first)]
        with cursor.copy("COPY ledger_leaf (position, event) FROM STDIN (FORMAT binary)") as copy:
            copy.write(b"".join((_HEAD, *rows, b"\xff\xff")))
        cursor.execute("DELETE FROM pending WHERE ctid = ANY(%s::tid[])", ["{" + ",".join(f'"{item.place}"' for item in events) + "}"])


def tiles(keys: Collection[TileKey]) -> dict[TileKey, bytes]:
    """The tiles that there are of these."""
    levels, indices = [key[0] for key in keys], [key[1] for key in keys]
    with translated_errors():
        rows = connection().execute(
            'SELECT t.level, t."index", t.hashes FROM unnest(%s::smallint[], %s::bigint[]) AS asked (level, "index")'
            ' JOIN ledger_tile t ON t.level = asked.level AND t."index" = asked."index"',
            [levels, indices],
            prepare=True,
            binary=True,
        )
        return {(row[0], row[1]): bytes(row[2]) for row in rows}


def write_tiles(changed: Mapping[TileKey, bytes]) -> None:
    """Write tiles whole, new ones and longer ones."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            'INSERT INTO ledger_tile (level, "index", hashes) SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])'
            ' ON CONFLICT (level, "index") DO UPDATE SET hashes = EXCLUDED.hashes',
            [[key[0] for key in changed], [key[1] for key in changed], list(changed.values())],
        )


def checkpoint(above: int = 0) -> tuple[int, str] | None:
    """The newest signed head of more than `above` events: its size and note."""
    with translated_errors():
        found = connection().execute(
            "SELECT size, note FROM ledger_checkpoint WHERE size > %s ORDER BY size DESC LIMIT 1", [above], prepare=True
        )
        return found.fetchone()


def checkpoints(above: int, most: int) -> list[tuple[int, str]]:
    """The signed heads of more than `above` and at most `most` events, by size."""
    with translated_errors():
        return connection().execute(
            "SELECT size, note FROM ledger_checkpoint WHERE size > %s AND size <= %s ORDER BY size", [above, most]
        ).fetchall()  # fmt: skip


def newest_checkpoints(below: int | None, most: int) -> list[tuple[int, str]]:
    """Signed heads, the largest first, those of fewer events than `below` where it is given."""
    with translated_errors():
        return connection().execute(
            "SELECT size, note FROM ledger_checkpoint WHERE %s::bigint IS NULL OR size < %s ORDER BY size DESC LIMIT %s", [below, below, most]
        ).fetchall()  # fmt: skip


def add_checkpoint(size: int, note: str) -> None:
    """Keep a signed head; one of the same size that is there stays."""
    with translated_errors():
        connection().execute("INSERT INTO ledger_checkpoint (size, note) VALUES (%s, %s) ON CONFLICT DO NOTHING", [size, note])


def placed(event: UUID) -> Placed | None:
    """Where an event stands; `None` when it has no number."""
    with translated_errors():
        row = connection().execute(
            "SELECT l.position, e.body FROM ledger_leaf l JOIN event e ON e.id = l.event WHERE l.event = %s",
            [event], prepare=True, binary=True,
        ).fetchone()  # fmt: skip
    return None if row is None else Placed(row[0], bytes(row[1]))


def events(first: int, end: int) -> list[tuple[int, bytes]]:
    """Position and canonical bytes of the events from `first` to before `end`, by position."""
    with translated_errors():
        return connection().execute(
            "SELECT l.position, e.body FROM ledger_leaf l JOIN event e ON e.id = l.event"
            " WHERE l.position >= %s AND l.position < %s ORDER BY l.position",
            [first, end], prepare=True, binary=True,
        ).fetchall()  # fmt: skip


def events_of_kinds(first: int, end: int, kinds: Sequence[str], part: str, most: int) -> list[tuple[int, bytes]]:
    """Numbered events of these kinds from `first` to just before `end` whose canonical bytes hold `part`, the last first."""
    with translated_errors():
        return connection().execute(
            "SELECT l.position, e.body FROM ledger_leaf l JOIN event e ON e.id = l.event WHERE l.position >= %s AND l.position < %s"
            " AND e.kind = ANY(%s) AND (%s = '' OR position(convert_to(%s, 'UTF8') IN e.body) > 0) ORDER BY l.position DESC LIMIT %s",
            [first, end, list(kinds), part, part, most],
        ).fetchall()  # fmt: skip


def recorded_near(position: int) -> int | None:
    """When the event at a position, or one of the next few, was recorded (Unix milliseconds), by an id that tells it; `None` near none."""
    with translated_errors():
        rows = connection().execute("SELECT event FROM ledger_leaf WHERE position >= %s ORDER BY position LIMIT 32", [position], prepare=True).fetchall()
    return next((row[0].int >> 80 for row in rows if row[0].version == 7), None)


def queue() -> Queue:
    """What waits for a number, by the database's own clock."""
    count, age = _one("SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(since)), 0) FROM pending")
    return Queue(count, max(0.0, float(age)))


def stray() -> Iterator[tuple[str, int, UUID]]:
    """Events that are where they cannot be: in neither ledger nor queue, in both, or only there; how many, and one.

    Each is one statement, so that events that are recorded or numbered meanwhile are never among them.
    """
    for name, statement in _STRAY.items():
        with translated_errors():
            row = connection().execute(statement).fetchone()
        if row is not None and row[0]:
            yield name, row[0], row[1]


_STRAY: dict[str, Any] = {
    "lost": "SELECT count(*), min(e.id::text)::uuid FROM event e LEFT JOIN ledger_leaf l ON l.event = e.id"
    " LEFT JOIN pending p ON p.event = e.id WHERE l.event IS NULL AND p.event IS NULL",
    "twice": "SELECT count(*), min(p.event::text)::uuid FROM pending p JOIN ledger_leaf l ON l.event = p.event",
    "unknown": "SELECT count(*), min(x.event::text)::uuid FROM (SELECT event FROM ledger_leaf UNION ALL SELECT event FROM pending) x"
    " LEFT JOIN event e ON e.id = x.event WHERE e.id IS NULL",
}


def uneven() -> tuple[int, UUID] | None:
    """Persons whose standing is not at the version of their last event, or who have events and no standing.

    How many, and the last event of one; `None` when there is none. Forgotten persons have no standing.
    """
    with translated_errors():
        row = connection().execute(
            "WITH last AS (SELECT subject, max(version) AS version FROM event WHERE subject IS NOT NULL GROUP BY subject),"
            " wrong AS (SELECT l.subject, l.version FROM last l LEFT JOIN standing s USING (subject)"
            " LEFT JOIN subject p ON p.pseudonym = l.subject"
            " WHERE s.version IS DISTINCT FROM l.version AND (s.subject IS NOT NULL OR p.state IS DISTINCT FROM 'forgotten'"
            " AND p.id IS NOT NULL)"
            " UNION ALL SELECT s.subject, NULL FROM standing s LEFT JOIN last l USING (subject)"
            " WHERE s.version > 0 AND l.subject IS NULL)"
            " SELECT count(*), min(e.id::text)::uuid FROM wrong w LEFT JOIN event e ON e.subject = w.subject AND e.version = w.version"
        ).fetchone()
    return None if row is None or not row[0] else (row[0], row[1] or UUID(int=0))


def recorded(event: UUID) -> bool:
    """Whether there is such an event, numbered or not."""
    return bool(_one("SELECT EXISTS (SELECT FROM event WHERE id = %s)", [event])[0])


def _one(statement: Any, values: Sequence[object] = ()) -> tuple[Any, ...]:
    with translated_errors():
        row = connection().execute(statement, values).fetchone()
    return row or ()
