"""Decisions of machines as stored: one row each, codes and references only; and which of them a person must look at anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import fetch, run

TAKEN, REVIEW, REVIEWED = "taken", "review", "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One row; the fields are those of `request_models.MachineDecision`."""

    id: UUID
    subject: UUID
    purpose: str
    outcome: str
    reasons: tuple[str, ...]
    application: str
    at: datetime
    event: UUID
    state: str = TAKEN
    due: datetime | None = None
    request: UUID | None = None
    ruling: str | None = None
    reviewed: datetime | None = None


_COLUMNS = tuple(field.name for field in fields(DecisionRow))
_NAMES = ", ".join(_COLUMNS)


def insert(row: DecisionRow) -> bool:
    """Store a decision; `False` when one of this id is there."""
    values = [Jsonb(list(row.reasons)) if name == "reasons" else getattr(row, name) for name in _COLUMNS]
    return bool(run(f"INSERT INTO machine_decision ({_NAMES}) VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT (id) DO NOTHING", *values))


def decision(id: UUID, *, lock: bool = False) -> DecisionRow | None:
    """One decision; with `lock`, nobody else moves it until the transaction ends."""
    return next(iter(_rows(f"SELECT {_NAMES} FROM machine_decision WHERE id = %s{' FOR UPDATE' if lock else ''}", id)), None)


def of_people(subjects: Iterable[UUID], purposes: Sequence[str] | None = None) -> tuple[DecisionRow, ...]:
    """The decisions about people, the newest first; of some purposes where they are named."""
    return _rows(
        f"SELECT {_NAMES} FROM machine_decision WHERE subject = ANY(%s) AND (%s::text[] IS NULL OR purpose = ANY(%s)) ORDER BY at DESC, id DESC",
        list(subjects), None if purposes is None else list(purposes), None if purposes is None else list(purposes),
    )  # fmt: skip


def reviews(size: int, after: tuple[datetime, UUID] | None = None, purposes: Collection[str] | None = None) -> tuple[DecisionRow, ...]:
    """Up to `size` decisions that a person must look at anew, what is due first, behind the one with this end and id."""
    where, values = ("AND (due, id) > (%s, %s) ", list[object](after)) if after is not None else ("", [])
    if purposes is not None:
        where, values = f"{where}AND purpose = ANY(%s) ", [*values, sorted(purposes)]
    return _rows(f"SELECT {_NAMES} FROM machine_decision WHERE state = 'review' {where}ORDER BY due, id LIMIT %s", *values, size)


def page(size: int, before: UUID | None = None) -> tuple[DecisionRow, ...]:
    """Up to `size` decisions, the newest first, of ids below `before`."""
    where, values = ("WHERE id < %s ", [before]) if before is not None else ("", [])
    return _rows(f"SELECT {_NAMES} FROM machine_decision {where}ORDER BY id DESC LIMIT %s", *values, size)


def ask(ids: Sequence[UUID], due: datetime, request: UUID | None) -> tuple[UUID, ...]:
    """Put decisions up for review that nobody looked at yet; which were not up before."""
    found = fetch(
        "UPDATE machine_decision SET state = 'review', due = %s, request = %s WHERE id = ANY(%s) AND state = 'taken' RETURNING id", due, request, list(ids)
    )
    return tuple(row[0] for row in found)


def conclude(id: UUID, ruling: str, at: datetime) -> None:
    """Keep what a person said who looked anew."""
    run("UPDATE machine_decision SET state = 'reviewed', ruling = %s, reviewed = %s WHERE id = %s", ruling, at, id)


def counts() -> dict[str, tuple[int, int, int]]:
    """By purpose, how many decisions were taken, how many wait for a person, and how many were overruled."""
    rows = fetch(
        "SELECT purpose, count(*), count(*) FILTER (WHERE state = 'review'), count(*) FILTER (WHERE ruling = 'overruled')"
        " FROM machine_decision GROUP BY purpose"
    )
    return {purpose: (taken, waiting, overruled) for purpose, taken, waiting, overruled in rows}


def _rows(statement: str, *values: object) -> tuple[DecisionRow, ...]:
    found = []
    for row in fetch(statement, *values):
        held = dict(zip(_COLUMNS, row, strict=True))
        found.append(DecisionRow(**{**held, "reasons": tuple(held["reasons"])}))
    return tuple(found)
