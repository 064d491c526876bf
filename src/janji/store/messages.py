"""Messages of requests as they are stored: put out, claimed by the workers, moved on, found by request and by the provider's number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import fetch, run


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message as stored; the fields are those of `request_models.Message`. `tried` has pairs of way and place."""

    id: UUID
    request: UUID | None
    subject: UUID | None
    kind: str
    language: str
    made: datetime
    state: str
    way: str
    place: int
    since: datetime
    next: datetime | None
    tried: list[list[Any]] = field(default_factory=list)
    attempts: int = 0
    reference: str = ""
    trouble: str = ""
    task: UUID | None = None
    sealed: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class GatewayRow:
    """A gateway as stored."""

    name: str
    made: datetime
    description: str


IN_HAND = "in-hand"
"""What stands in the place of the last trouble of a message while a worker sends it."""
_COLUMNS = tuple(one.name for one in fields(MessageRow))
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_READ = _NAMES.replace('"tried"', '"tried"::text')
_TYPES = {
    "id": "uuid", "request": "uuid", "subject": "uuid", "made": "timestamptz", "place": "int", "since": "timestamptz", "next": "timestamptz",
    "tried": "jsonb", "attempts": "int", "task": "uuid", "sealed": "bytea",
}  # fmt: skip
_CHANGING = tuple(name for name in _COLUMNS if name not in ("id", "request", "subject", "kind", "language", "made"))


def insert(rows: Sequence[MessageRow]) -> set[UUID]:
    """Put messages out by one statement; those whose id is there already are left alone. The ids of the new ones."""
    if not rows:
        return set()
    kinds = ", ".join(f"%s::{_TYPES.get(name, 'text')}[]" for name in _COLUMNS)
    found = fetch(f"INSERT INTO message ({_NAMES}) SELECT * FROM unnest({kinds}) ON CONFLICT (id) DO NOTHING RETURNING id", *_arrays(rows, _COLUMNS))
    return {row[0] for row in found}


def claim(way: str, now: datetime, until: datetime, most: int) -> tuple[MessageRow, ...]:
    """The oldest messages that are due by a way, put off until `until`, so that no other worker takes them; until they are stored again they are in hand."""
    rows = fetch(
        "UPDATE message SET \"next\" = %s, trouble = %s WHERE id IN (SELECT id FROM message WHERE way = %s AND state = 'waiting' AND \"next\" <= %s"
        ' ORDER BY "next" LIMIT %s'
        f" FOR UPDATE SKIP LOCKED) RETURNING {_READ}",
        until, IN_HAND, way, now, most,
    )  # fmt: skip
    return tuple(sorted(map(_row, rows), key=lambda row: (row.made, row.id)))


def in_hand() -> tuple[datetime, ...]:
    """Until when the messages are put off that workers have in hand, or had when they died."""
    return tuple(row[0] for row in fetch("SELECT DISTINCT \"next\" FROM message WHERE state = 'waiting' AND trouble = %s", IN_HAND))


def release(until: datetime, now: datetime) -> int:
    """Let messages go that were put off until an instant and are in nobody's hand any more: they are due now. How many they were."""
    return run("UPDATE message SET \"next\" = %s, trouble = '' WHERE state = 'waiting' AND trouble = %s AND \"next\" = %s", now, IN_HAND, until)


def ways_due(now: datetime) -> tuple[str, ...]:
    """The ways by which something is due."""
    return tuple(row[0] for row in fetch("SELECT DISTINCT way FROM message WHERE state = 'waiting' AND \"next\" <= %s ORDER BY way", now))


def messages(ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, MessageRow]:
    """Messages by id; with `lock`, nobody else moves them until the transaction ends."""
    rows = fetch(f"SELECT {_READ} FROM message WHERE id = ANY(%s) ORDER BY id{' FOR UPDATE' if lock else ''}", list(ids))
    return {row[0]: _row(row) for row in rows}


def of_request(request: UUID) -> tuple[MessageRow, ...]:
    """The messages of a request, the oldest first."""
    return tuple(map(_row, fetch(f"SELECT {_READ} FROM message WHERE request = %s ORDER BY made, id", request)))


def referred(way: str, reference: str) -> MessageRow | None:
    """The message that a provider knows by this number, locked until the transaction ends."""
    return next(iter(map(_row, fetch(f"SELECT {_READ} FROM message WHERE way = %s AND reference = %s ORDER BY made DESC LIMIT 1 FOR UPDATE", way, reference))), None)


def with_staff(size: int, after: UUID | None = None) -> tuple[MessageRow, ...]:
    """The messages that staff must hand over, in the order of their ids; `after` is the last of the page before."""
    rows = fetch(f"SELECT {_READ} FROM message WHERE state = 'staff' AND (%s::uuid IS NULL OR id > %s) ORDER BY id LIMIT %s", after, after, size)
    return tuple(map(_row, rows))


def write(rows: Sequence[MessageRow]) -> None:
    """Store how messages are now; they are locked, or claimed."""
    sets = ", ".join(f'"{name}" = d."{name}"' for name in _CHANGING)
    columns = ("id", *_CHANGING)
    kinds = ", ".join(f"%s::{_TYPES.get(name, 'text')}[]" for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    run(f"UPDATE message m SET {sets} FROM unnest({kinds}) AS d ({named}) WHERE m.id = d.id", *_arrays(rows, columns))


def settle(now: datetime, most: int) -> int:
    """Let go of what is sealed in sent messages whose provider had its time to say that they failed; how many."""
    return run(
        "UPDATE message SET sealed = NULL, \"next\" = NULL WHERE id IN (SELECT id FROM message WHERE state = 'sent' AND \"next\" <= %s"
        " LIMIT %s FOR UPDATE SKIP LOCKED)",
        now, most,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ gateways


def put_gateway(row: GatewayRow) -> None:
    """Store a gateway; the description of one that is there is replaced, and its place in the order stays."""
    run(
        "INSERT INTO gateway (name, made, description) VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE SET description = excluded.description",
        row.name, row.made, row.description,
    )  # fmt: skip


def gateways() -> tuple[GatewayRow, ...]:
    """Every gateway, in the order in which they were added: so they are tried."""
    return tuple(GatewayRow(*row) for row in fetch("SELECT name, made, description FROM gateway ORDER BY made, name"))


def delete_gateway(name: str) -> bool:
    """Let a gateway be gone; `False` when there was none."""
    return run("DELETE FROM gateway WHERE name = %s", name) == 1


def _arrays(rows: Sequence[MessageRow], columns: Sequence[str]) -> list[list[object]]:
    return [[Jsonb(value) if name == "tried" else value for value in (getattr(row, name) for row in rows)] for name in columns]


def _row(values: Sequence[Any]) -> MessageRow:
    held = dict(zip(_COLUMNS, values, strict=True))
    return MessageRow(**{**held, "tried": json.loads(held["tried"]), "sealed": None if held["sealed"] is None else bytes(held["sealed"])})
