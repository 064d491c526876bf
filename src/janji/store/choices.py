"""Whom choices are about, many at once: whose standing ran out, and who has events of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from janji.store.database import connection, translated_errors


def overdue(second: int, most: int) -> tuple[UUID, ...]:
    """People whose standing holds something that ran out by this second (Unix time); at most so many, the earliest first."""
    with translated_errors():
        rows = connection().execute(
            "SELECT s.id FROM standing t JOIN subject s ON s.pseudonym = t.subject"
            " WHERE t.due > 0 AND t.due <= %s AND s.state = 'active' ORDER BY t.due LIMIT %s",
            [second, most],
        )  # fmt: skip
        return tuple(row[0] for row in rows)


def with_events(kind: str) -> Iterator[tuple[UUID, bytes]]:
    """The active people who have events of a kind, each with the bytes of each such event, oldest first."""
    with translated_errors():
        rows = connection().execute(
            "SELECT s.id, e.body FROM event e JOIN subject s ON s.pseudonym = e.subject"
            " WHERE e.kind = %s AND s.state = 'active' ORDER BY s.id, e.version",
            [kind],
        )  # fmt: skip
        yield from ((row[0], bytes(row[1])) for row in rows)
