"""Whom events of a kind are about, everybody at once."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from janji.store.database import connection, translated_errors


def with_events(kind: str) -> Iterator[tuple[UUID, bytes]]:
    """The active people who have events of a kind, each with the bytes of each such event, oldest first."""
    with translated_errors():
        rows = connection().execute(
            "SELECT s.id, e.body FROM event e JOIN subject s ON s.pseudonym = e.subject"
            " WHERE e.kind = %s AND s.state = 'active' ORDER BY s.id, e.version",
            [kind],
        )  # fmt: skip
        yield from ((row[0], bytes(row[1])) for row in rows)
