"""Which workers live, who of them does a thing, and how many are at a system: advisory locks, which end with their holder however that ends."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from weakref import WeakSet

import psycopg

from janji.errors import JanjiError
from janji.store.database import connection, in_transaction, translated_errors

PRESENT = 0x6A616E6A
"""The class of the locks that living workers hold, one each."""
STEPS = PRESENT + 1
"""The class of the locks of steps, by a digest of their names."""
ERASING = PRESENT + 2
"""The class of the locks of erasures, by the end of the erasure's id."""
SEATS = PRESENT + 3
"""The class of the locks of those who are at a system of the company."""

_HELD: WeakSet[psycopg.Connection[object]] = WeakSet()


def be_present(number: int) -> None:
    """Be known as the living worker `number` (31 bits) as long as this thread's connection lasts; raises `Unavailable` when it is lost."""
    held = connection()
    with translated_errors():
        if held in _HELD:
            held.execute("SELECT 1")  # a server that went away is only noticed by asking it
            return
        held.execute("SELECT pg_advisory_lock_shared(%s::int, %s::int)", [PRESENT, number])
    _HELD.add(held)


def living() -> frozenset[int]:
    """The numbers of the workers that live."""
    with translated_errors():
        rows = connection().execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [PRESENT],
        )
        return frozenset(row[0] for row in rows)


@contextmanager
def alone(step: str) -> Iterator[bool]:
    """Whether nobody else is at this step; then nobody else is until the end. Held by the connection, outside transactions."""
    number = zlib.crc32(step.encode()) & 0x7FFFFFFF
    with translated_errors():
        row = connection().execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", [STEPS, number]).fetchone()
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        if mine:
            with suppress(JanjiError), translated_errors():  # a connection that broke has let go of it
                connection().execute("SELECT pg_advisory_unlock(%s::int, %s::int)", [STEPS, number])


def take_seat(name: str, seats: int, patience: int) -> int | None:
    """Be one of at most `seats` connections of ours, over all processes, that are at the system `name`: which one, to give to `leave_seat`.

    None when all are taken and none was left while each was waited for in turn, `patience` milliseconds in all, or when those who wait
    hold what each other wants. A connection that breaks leaves its seat. Outside transactions: in one, the waiting would end it.
    """
    held = connection()
    if in_transaction():
        raise RuntimeError("a seat is taken outside transactions")
    numbers = [_seat(name, (held.info.backend_pid + place) % seats) for place in range(seats)]
    with translated_errors():
        for number in numbers:
            row = held.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", [SEATS, number]).fetchone()
            if row and row[0]:
                return number
        for number in numbers:
            with suppress(psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected), held.transaction():
                held.execute(f"SET LOCAL lock_timeout = {max(1, patience // seats)}")
                held.execute("SELECT pg_advisory_lock(%s::int, %s::int)", [SEATS, number])
                return number
    return None


def leave_seat(number: int) -> None:
    """Let another one be where `take_seat` was."""
    with suppress(JanjiError), translated_errors():  # a connection that broke has left it
        connection().execute("SELECT pg_advisory_unlock(%s::int, %s::int)", [SEATS, number])


def _seat(name: str, place: int) -> int:
    return zlib.crc32(f"{place}/{name}".encode()) & 0x7FFFFFFF
