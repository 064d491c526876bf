"""What the database tells of its own state: version, clock, queue, newest events, leftovers, a sample of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from janji.store.database import connection, translated_errors

NEWEST = 256
"""So many events count as the newest: by number, and by when they began to wait for one."""


@dataclass(frozen=True, slots=True)
class State:
    """The server's version (such as `180006`), its clock, and the queue of the sequencer.

    `waiting` counts events without a number, `lag` is the age of the oldest of them in seconds.
    """

    version: int
    now: datetime
    waiting: int
    lag: float


def state() -> State:
    """The state of the open database at this instant."""
    with translated_errors():
        row = (
            connection()
            .execute(
                "SELECT current_setting('server_version_num')::int, clock_timestamp(),"
                " (SELECT count(*) FROM pending),"
                " coalesce((SELECT extract(epoch FROM clock_timestamp() - min(since)) FROM pending), 0)::float8"
            )
            .fetchone()
        )
    assert row is not None  # noqa: S101  # a SELECT without FROM has one row
    return State(*row)


def newest() -> Sequence[bytes]:
    """The bodies of the newest events: those numbered last, and those that began last to wait for a number.

    An event's id tells nothing of its time: imports make theirs of what they read.
    """
    with translated_errors():
        rows = connection().execute(
            "SELECT e.body FROM event e JOIN ("
            " (SELECT event FROM ledger_leaf ORDER BY position DESC LIMIT %(most)s)"
            " UNION (SELECT event FROM pending ORDER BY since DESC LIMIT %(most)s)) AS last (event) ON e.id = last.event",
            {"most": NEWEST},
        )
        return [bytes(row[0]) for row in rows]


def careless() -> tuple[str, ...]:
    """The settings of the server under which what was acknowledged may be lost with the power."""
    with translated_errors():
        rows = connection().execute(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name"
        )
        return tuple(row[0] for row in rows)


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
