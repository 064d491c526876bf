"""What waits for a person's look: one row a text or file, sealed, with what was found in it and its clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import connection, translated_errors


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review as stored. `found` is what the scanner met and where, nothing of the text; `sealed` is bound to the row.

    It is sealed with the content key of `subject`; about nobody, with a content key of its own that goes by the id of
    the review.
    """

    id: UUID
    subject: UUID | None
    application: str
    touchpoint: str
    field: str
    data: str
    found: tuple[dict[str, Any], ...]
    opened: datetime
    due: datetime
    sealed: bytes = part(repr=False)


def insert(row: ReviewRow) -> None:
    """Store a review."""
    with translated_errors():
        connection().execute(
            "INSERT INTO review (id, subject, application, touchpoint, field, data, found, opened, due, sealed)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [row.id, row.subject, row.application, row.touchpoint, row.field, row.data, Jsonb(list(row.found)), row.opened, row.due,
             row.sealed],
        )  # fmt: skip


_SELECT = "SELECT id, subject, application, touchpoint, field, data, found, opened, due, sealed FROM review"


def one(id: UUID) -> ReviewRow | None:
    """One review, locked until the transaction ends if there is one."""
    return next(iter(_rows(_SELECT + " WHERE id = %s FOR UPDATE", [id])), None)


def waiting(size: int, after: tuple[datetime, UUID] | None = None) -> tuple[ReviewRow, ...]:
    """Up to `size` reviews, the most urgent first, behind the one with this end and id."""
    if after is None:
        return _rows(_SELECT + " ORDER BY due, id LIMIT %s", [size])
    return _rows(_SELECT + " WHERE (due, id) > (%s, %s) ORDER BY due, id LIMIT %s", [*after, size])


def past_due(at: datetime, size: int) -> tuple[ReviewRow, ...]:
    """Up to `size` reviews whose clock has run out."""
    return _rows(_SELECT + " WHERE due <= %s ORDER BY due, id LIMIT %s", [at, size])


def delete(id: UUID) -> bool:
    """Delete a review with its sealed value; `False` when somebody was faster."""
    with translated_errors():
        return connection().execute("DELETE FROM review WHERE id = %s", [id]).rowcount == 1


def _rows(statement: str, values: Sequence[object]) -> tuple[ReviewRow, ...]:
    with translated_errors():
        rows = connection().execute(statement.encode(), values).fetchall()
    return tuple(
        ReviewRow(row[0], row[1], row[2], row[3], row[4], row[5], tuple(_json(row[6])), row[7], row[8], bytes(row[9])) for row in rows
    )


def _json(value: Any) -> Any:
    """JSON as the driver gives it: Django lets it come as text."""
    return json.loads(value) if isinstance(value, str) else value
