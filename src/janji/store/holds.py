"""Legal holds as stored: of a person or of a system, on which ground, until somebody looks again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from janji.store.database import fetch, run


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as stored: of a person, or else of a system. What it is about is sealed."""

    id: UUID
    subject: UUID | None
    system: str
    ground: str
    reference: bytes = field(repr=False)
    set_at: datetime
    until: datetime | None = None
    lifted: datetime | None = None


_HOLD = "SELECT id, subject, system, ground, reference, set_at, until, lifted FROM hold"


def insert_hold(row: HoldRow) -> None:
    """Store a new hold."""
    run(
        "INSERT INTO hold (id, subject, system, ground, reference, set_at, until) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        row.id, row.subject, row.system, row.ground, row.reference, row.set_at, row.until,
    )  # fmt: skip


def lock_hold(id: UUID) -> HoldRow | None:
    """One hold, locked until the transaction ends."""
    return next(iter(_holds(_HOLD + " WHERE id = %s FOR UPDATE", id)), None)


def lift_hold(id: UUID, at: datetime) -> None:
    """Let a hold be over; what it was about is not kept any longer."""
    run("UPDATE hold SET lifted = %s, reference = '' WHERE id = %s", at, id)


def standing_holds() -> tuple[HoldRow, ...]:
    """The holds that were not lifted, the oldest first."""
    return _holds(_HOLD + " WHERE lifted IS NULL ORDER BY set_at, id")


FAMILY = 'family AS (SELECT id, id AS root FROM subject WHERE id = ANY(%s) UNION SELECT s.id, f.root FROM subject s JOIN family f ON s."into" = f.id)'
"""People, and under each as `root` whoever was merged into them; for `WITH RECURSIVE`."""
HELD = "SELECT f.root FROM hold h JOIN family f ON f.id = h.subject WHERE h.lifted IS NULL"
"""Those of the family who are held."""


def holds_of(subjects: Iterable[UUID]) -> tuple[HoldRow, ...]:
    """The holds that stand: of these people and whoever was merged into them, and of every system."""
    return _holds(
        f"WITH RECURSIVE {FAMILY} SELECT h.id, f.root, h.system, h.ground, h.reference, h.set_at, h.until, h.lifted FROM hold h"
        " LEFT JOIN family f ON f.id = h.subject WHERE h.lifted IS NULL AND (h.subject IS NULL OR f.id IS NOT NULL) ORDER BY h.set_at, h.id",
        list(subjects),
    )


def _holds(statement: str, *values: object) -> tuple[HoldRow, ...]:
    return tuple(HoldRow(row[0], row[1], row[2], row[3], bytes(row[4]), row[5], row[6], row[7]) for row in fetch(statement, *values))
