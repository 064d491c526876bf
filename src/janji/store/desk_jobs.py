"""Work that a screen asked the worker for, as stored: what, for whom, how far it is, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import fetch, run


@dataclass(frozen=True, slots=True)
class DeskJobRow:
    """One piece of work. `report` is what it found, `failure` the packed message of why it could not; neither is personal."""

    id: UUID
    name: str
    arguments: Mapping[str, Any]
    by: str
    asked: datetime
    begun: datetime | None = None
    ended: datetime | None = None
    about: str = ""
    done: int = 0
    total: int = 0
    report: Mapping[str, Any] | None = field(default=None, repr=False)
    failure: Mapping[str, Any] | None = None


_JOB = 'SELECT id, name, "by", asked, begun, ended, about, done, total, arguments::text, report::text, failure::text FROM desk_job'


def insert(row: DeskJobRow) -> None:
    """Store new work."""
    run('INSERT INTO desk_job (id, name, arguments, "by", asked, about, done, total) VALUES (%s, %s, %s, %s, %s, \'\', 0, 0)',
        row.id, row.name, Jsonb(dict(row.arguments)), row.by, row.asked)  # fmt: skip


def lock() -> None:
    """Let nobody else ask until the transaction ends: what is asked for twice at once is asked for once."""
    run("LOCK TABLE desk_job IN SHARE ROW EXCLUSIVE MODE")


def open_one(name: str, arguments: Mapping[str, Any]) -> UUID | None:
    """The same work that waits or is being done."""
    rows = fetch("SELECT id FROM desk_job WHERE ended IS NULL AND name = %s AND arguments = %s LIMIT 1", name, Jsonb(dict(arguments)))
    return rows[0][0] if rows else None


def next_one() -> DeskJobRow | None:
    """What is to be done next: what was begun and left first, then what was asked first."""
    return _one(_JOB + " WHERE ended IS NULL ORDER BY begun NULLS LAST, asked, id LIMIT 1")


def job(id: UUID) -> DeskJobRow | None:
    """One piece of work."""
    return _one(_JOB + " WHERE id = %s", id)


def newest(name: str, most: int = 1, *, ended: bool = False, arguments: Mapping[str, Any] | None = None) -> tuple[DeskJobRow, ...]:
    """Work of a name, with these arguments among its own, the newest first; with `ended` only what came to its end."""
    return _rows(_JOB + " WHERE name = %s AND (NOT %s OR ended IS NOT NULL) AND arguments @> %s ORDER BY asked DESC, id DESC LIMIT %s", name, ended,
                 Jsonb(dict(arguments or {})), most)  # fmt: skip


def begin(id: UUID, at: datetime) -> None:
    """Note that it is being done, from the start."""
    run("UPDATE desk_job SET begun = %s, about = '', done = 0, total = 0 WHERE id = %s", at, id)


def move(id: UUID, about: str, done: int, total: int) -> None:
    """Note how far it is."""
    run("UPDATE desk_job SET about = %s, done = %s, total = %s WHERE id = %s", about, done, total, id)


def end(id: UUID, at: datetime, report: Mapping[str, Any] | None, failure: Mapping[str, Any] | None) -> None:
    """Note what came of it."""
    run("UPDATE desk_job SET ended = %s, report = %s, failure = %s WHERE id = %s", at, _json(report), _json(failure), id)


def delete_before(at: datetime) -> int:
    """Delete what ended before an instant, save the last of each name and its arguments; how many."""
    return run("DELETE FROM desk_job d WHERE ended < %s AND EXISTS (SELECT FROM desk_job n WHERE n.name = d.name AND n.arguments = d.arguments AND n.ended > d.ended)", at)


def _json(value: Mapping[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(dict(value))


def _one(statement: str, *values: object) -> DeskJobRow | None:
    return next(iter(_rows(statement, *values)), None)


def _rows(statement: str, *values: object) -> tuple[DeskJobRow, ...]:
    return tuple(
        DeskJobRow(id, name, json.loads(arguments), by, asked, begun, ended, about, done, total, report and json.loads(report), failure and json.loads(failure))
        for id, name, by, asked, begun, ended, about, done, total, arguments, report, failure in fetch(statement, *values)
    )
