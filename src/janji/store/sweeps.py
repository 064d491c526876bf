"""The journal of sweeps: one row each, what is intended before and what came of it after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import fetch, run

BEGUN, PARTLY, DONE, CUT = "begun", "partly", "done", "cut"


@dataclass(frozen=True, slots=True)
class SweepRow:
    """A sweep as stored. `parts` say how far it is with each table, `events` by system what certifies it."""

    id: UUID
    at: datetime
    policy: str
    state: str
    parts: Sequence[Mapping[str, Any]] = ()
    missed: int = 0
    task: UUID | None = None
    events: Mapping[str, str] = field(default_factory=dict)
    ended: datetime | None = None


_SWEEP = "SELECT id, at, policy, state, parts::text, missed, task, events::text, ended FROM sweep"


def insert_sweep(row: SweepRow) -> None:
    """Store a sweep that begins."""
    run(
        "INSERT INTO sweep (id, at, policy, state, parts, missed, task, events, ended) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        row.id, row.at, row.policy, row.state, Jsonb(list(row.parts)), row.missed, row.task, Jsonb(dict(row.events)), row.ended,
    )  # fmt: skip


def write_sweep(row: SweepRow) -> None:
    """Store how far a sweep is now."""
    run(
        "UPDATE sweep SET state = %s, parts = %s, task = %s, events = %s, ended = %s WHERE id = %s",
        row.state, Jsonb(list(row.parts)), row.task, Jsonb(dict(row.events)), row.ended, row.id,
    )  # fmt: skip


def sweep(id: UUID) -> SweepRow | None:
    """One sweep."""
    return next(iter(_sweeps(_SWEEP + " WHERE id = %s", id)), None)


def sweeps(before: UUID | None, size: int) -> tuple[SweepRow, ...]:
    """Sweeps, the newest first, those before an id."""
    return _sweeps(_SWEEP + " WHERE (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s", before, before, size)


def unfinished() -> tuple[SweepRow, ...]:
    """Sweeps that were begun and did not end, the oldest first."""
    return _sweeps(_SWEEP + " WHERE state = 'begun' ORDER BY id")


def open_requests() -> frozenset[UUID]:
    """The people about whom an erasure is under way, or a search whose package is not filled yet: their requests are open."""
    rows = fetch(
        "SELECT DISTINCT (jsonb_array_elements_text(subjects))::uuid FROM erasure WHERE state = 'begun'"
        " UNION SELECT DISTINCT (jsonb_array_elements_text(subjects))::uuid FROM package WHERE state IN ('begun', 'partly')"
    )
    return frozenset(row[0] for row in rows)


def held_people() -> frozenset[UUID]:
    """The people of whom a legal hold stands."""
    return frozenset(row[0] for row in fetch("SELECT DISTINCT subject FROM hold WHERE lifted IS NULL AND subject IS NOT NULL"))


def held_systems() -> frozenset[str]:
    """The systems of which a legal hold stands."""
    return frozenset(row[0] for row in fetch("SELECT DISTINCT system FROM hold WHERE lifted IS NULL AND system <> ''"))


def identified(people: frozenset[UUID]) -> tuple[UUID, ...]:
    """Those of these people, as who they are now, by whom something can be found: they have a key and an identifier."""
    rows = fetch(
        'WITH RECURSIVE up AS (SELECT id, "into" FROM subject WHERE id = ANY(%s) UNION SELECT s.id, s."into" FROM subject s JOIN up u ON s.id = u."into"),'
        ' roots AS (SELECT id FROM up WHERE "into" IS NULL),'
        ' family AS (SELECT id, id AS root FROM roots UNION SELECT s.id, f.root FROM subject s JOIN family f ON s."into" = f.id)'
        " SELECT DISTINCT f.root FROM family f JOIN identifier i ON i.subject = f.id JOIN subject_key k ON k.subject = f.id"
        " AND k.kind = 'content' ORDER BY 1",
        list(people),
    )
    return tuple(row[0] for row in rows)


def _sweeps(statement: str, *values: object) -> tuple[SweepRow, ...]:
    return tuple(
        SweepRow(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], row[6], json.loads(row[7]), row[8])
        for row in fetch(statement, *values)
    )
