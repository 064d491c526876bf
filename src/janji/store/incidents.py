"""Incidents as stored: what was known when, sealed what it was, which notices were owed and given, and whether it is over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import fetch, run


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident as stored. `what` and `why` (it was closed with a notice not given) are sealed; `notices` are JSON by duty, each with its `due`."""

    id: UUID
    known: datetime
    recorded: datetime
    gravity: str
    systems: tuple[str, ...]
    data: tuple[str, ...]
    people: int | None
    what: bytes = field(repr=False)
    notices: Mapping[str, Mapping[str, Any]] = field(repr=False)
    closed: datetime | None = None
    why: bytes = field(default=b"", repr=False)


_INCIDENT = "SELECT id, known, recorded, gravity, systems::text, data::text, people, what, notices::text, closed, why FROM incident"


def insert(row: IncidentRow) -> bool:
    """Store a new incident; `False` when there is one of its id."""
    return run("INSERT INTO incident (id, known, recorded, gravity, systems, data, people, what, notices, why) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING",
               row.id, row.known, row.recorded, row.gravity, Jsonb(row.systems), Jsonb(row.data), row.people, row.what, Jsonb(dict(row.notices))) == 1  # fmt: skip


def incident(id: UUID, *, locked: bool = False) -> IncidentRow | None:
    """One incident; with `locked` nobody else changes it until the transaction ends."""
    return next(iter(_rows(f"{_INCIDENT} WHERE id = %s{' FOR UPDATE' if locked else ''}", id)), None)


def write(row: IncidentRow) -> None:
    """Store which notices were given, and whether it is over."""
    run("UPDATE incident SET notices = %s, closed = %s, why = %s WHERE id = %s", Jsonb(dict(row.notices)), row.closed, row.why, row.id)


def page(closed: bool, size: int, before: UUID | None = None) -> tuple[IncidentRow, ...]:
    """At most `size` incidents, those that are closed or those that are not, what was known last first; older than one of them."""
    return _rows(f"{_INCIDENT} WHERE (closed IS NOT NULL) = %s AND (%s::uuid IS NULL OR (known, id) < (SELECT known, id FROM incident WHERE id = %s)) ORDER BY known DESC, id DESC LIMIT %s",
                 closed, before, before, size)  # fmt: skip


def every_open() -> tuple[IncidentRow, ...]:
    """Every incident that is not closed, what was known first first."""
    return _rows(f"{_INCIDENT} WHERE closed IS NULL ORDER BY known, id")


def _rows(statement: str, *values: object) -> tuple[IncidentRow, ...]:
    return tuple(
        IncidentRow(id=id, known=known, recorded=recorded, gravity=gravity, systems=tuple(json.loads(systems)), data=tuple(json.loads(data)), people=people, what=bytes(what),
                    notices=json.loads(notices), closed=closed, why=bytes(why))
        for id, known, recorded, gravity, systems, data, people, what, notices, closed, why in fetch(statement, *values)
    )  # fmt: skip
