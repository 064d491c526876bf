"""What the promise board reads of the record: the newest event of some kinds, and the clocks of requests by right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janji.store.database import fetch
from janji.store.requests import TOLD


@dataclass(frozen=True, slots=True)
class Clock:
    """The requests of one right: when the oldest open one was recorded, the earliest instant at which one is due, how many ended late."""

    right: str
    opened: datetime | None
    due: datetime | None
    late: int


def clocks(since: datetime) -> tuple[Clock, ...]:
    """The clock of every right that was asked for; `late` are those that were answered after their time, since an instant."""
    rows = fetch(
        'SELECT "right", min(opened) FILTER (WHERE state <> \'ended\'), min(due) FILTER (WHERE state <> \'ended\'),'
        f" count(*) FILTER (WHERE {TOLD} AND ended > due AND ended >= %s) FROM rights_request GROUP BY 1 ORDER BY 1", since,
    )  # fmt: skip
    return tuple(Clock(*row) for row in rows)


def open_clocks() -> list[tuple[UUID, str, datetime]]:
    """Every open request: its id, its right, and when it is due."""
    return [(row[0], row[1], row[2]) for row in fetch("SELECT id, \"right\", due FROM rights_request WHERE state <> 'ended'")]


def bodies(ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The bytes of these events; those that are not there are left out."""
    return {row[0]: bytes(row[1]) for row in fetch("SELECT id, body FROM event WHERE id = ANY(%s)", list(ids))}


def newest(kinds: Iterable[str]) -> bytes | None:
    """The bytes of the event of these kinds that was numbered last; `None` when there is none. An id tells nothing of its event's time."""
    rows = fetch(
        "SELECT e.body FROM ledger_leaf l JOIN event e ON e.id = l.event WHERE e.kind = ANY(%s) ORDER BY l.position DESC LIMIT 1", list(kinds)
    )
    return bytes(rows[0][0]) if rows else None
