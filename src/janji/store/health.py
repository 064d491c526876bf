"""What the database tells of its own state: version, clock, queue, newest event, leftovers, a sample of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janji.store.database import connection, translated_errors


@dataclass(frozen=True, slots=True)
class State:
    """The server's version (such as `180006`), its clock, the newest event's id, and the queue of the sequencer.

    `waiting` counts events without a number, `lag` is the age of the oldest of them in seconds.
    """

    version: int
    now: datetime
    newest: UUID | None
    waiting: int
    lag: float


def state() -> State:
    """The state of the open database at this instant."""
    with translated_errors():
        row = (
            connection()
            .execute(
                "SELECT current_setting('server_version_num')::int, clock_timestamp(),"
                " (SELECT id FROM event ORDER BY id DESC LIMIT 1), (SELECT count(*) FROM pending),"
                " coalesce((SELECT extract(epoch FROM clock_timestamp() - min(since)) FROM pending), 0)::float8"
            )
            .fetchone()
        )
    assert row is not None  # noqa: S101  # a SELECT without FROM has one row
    return State(*row)


def server_version() -> int:
    """The version of the server that is reached, such as `180006`."""
    with translated_errors():
        return connection().info.server_version


def some_people(start: bytes, most: int) -> Sequence[bytes]:
    """The pseudonyms of up to so many people with a standing, from a place in their order on."""
    with translated_errors():
        rows = connection().execute(
            "SELECT subject FROM standing WHERE subject >= %s ORDER BY subject LIMIT %s", [start, most]
        )
        return [bytes(row[0]) for row in rows]


def databases(names: Sequence[str]) -> Sequence[str]:
    """Which of these databases the server has."""
    with translated_errors():
        rows = connection().execute("SELECT datname FROM pg_database WHERE datname = ANY(%s) ORDER BY 1", [list(names)])
        return [row[0] for row in rows]
