"""Owners of systems, the worklists that they are sent, the lines of these, and what was attested; all personal parts sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from janji.store.database import fetch, run

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
NOTHING, FOUND, ERASED, CORRECTED, KEPT, DROPPED = "nothing", "found", "erased", "corrected", "kept", "dropped"


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """An owner as stored: the blind index of their address (32 bytes), name and address sealed, the language they read."""

    id: UUID
    index: bytes = part(repr=False)
    sealed: bytes = part(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A list as stored.

    `link` is the number of the link that is good, `mailed` how many messages were sent, `next` when one is due (in the
    future too while it is being sent), `task` what is open for a person who must look after it.
    """

    id: UUID
    batch: UUID
    owner: UUID
    asked: str
    opened: datetime
    due: datetime
    expires: datetime
    state: str = OPEN
    link: int = 1
    mailed: int = 0
    next: datetime | None = None
    trouble: str = ""
    task: UUID | None = None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One person in one system. `person` is their place in the batch, `sealed` what they are found by, `answer` what was said."""

    worklist: UUID
    number: int
    system: str
    person: int
    subject: UUID | None
    sealed: bytes = part(repr=False)
    state: str = OPEN
    rows: int = 0
    answer: bytes | None = part(default=None, repr=False)
    attestation: UUID | None = None


class AttestationRow(NamedTuple):
    """Who attested, sealed with the evidence; `digest` is the evidence's SHA-256 in hexadecimal digits, or empty."""

    id: UUID
    worklist: UUID
    at: datetime
    digest: str
    sealed: bytes


class Counted(NamedTuple):
    """How many lines of a list are in a state, by system."""

    worklist: UUID
    system: str
    state: str
    lines: int
    rows: int


# -------------------------------------------------------------------------------------------------------------- owners


def upsert_owners(rows: Sequence[OwnerRow]) -> dict[bytes, UUID]:
    """Store owners by their addresses, those that are there with what is new; gives the id of each by index."""
    found = fetch(
        "INSERT INTO owner (id, index, sealed, language)"
        " SELECT * FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[], %s::text[])"
        " ON CONFLICT (index) DO UPDATE SET sealed = excluded.sealed, language = excluded.language RETURNING index, id",
        [row.id for row in rows], [row.index for row in rows], [row.sealed for row in rows], [row.language for row in rows],
    )  # fmt: skip
    return {bytes(index): id for index, id in found}


def owners(ids: Iterable[UUID]) -> dict[UUID, OwnerRow]:
    """Owners by id."""
    rows = fetch("SELECT id, index, sealed, language FROM owner WHERE id = ANY(%s)", list(ids))
    return {row[0]: OwnerRow(row[0], bytes(row[1]), bytes(row[2]), row[3]) for row in rows}


def assign(pairs: Mapping[str, UUID]) -> None:
    """Let systems be looked after by these owners from now on."""
    run(
        "INSERT INTO system_owner (system, owner) SELECT * FROM unnest(%s::text[], %s::uuid[])"
        " ON CONFLICT (system) DO UPDATE SET owner = excluded.owner",
        list(pairs), list(pairs.values()),
    )  # fmt: skip


def assigned(systems: Iterable[str] | None = None) -> dict[str, UUID]:
    """Who looks after systems, by name of the system; of all of them when none is named."""
    wanted = None if systems is None else list(systems)
    return dict(fetch(
        "SELECT system, owner FROM system_owner WHERE %s::text[] IS NULL OR system = ANY(%s) ORDER BY system", wanted, wanted
    ))  # fmt: skip


def forget_owners() -> int:
    """Delete owners who look after nothing and have no list any more; how many."""
    return run(
        "DELETE FROM owner o WHERE NOT EXISTS (SELECT FROM system_owner s WHERE s.owner = o.id)"
        " AND NOT EXISTS (SELECT FROM worklist w WHERE w.owner = o.id AND w.state <> 'closed')"
    )


# --------------------------------------------------------------------------------------------------------------- lists


_LIST = "SELECT id, batch, owner, asked, opened, due, expires, state, link, mailed, next, trouble, task FROM worklist"


def insert(row: WorklistRow) -> bool:
    """Store a new list; `False` when its owner has one for the same batch."""
    return run(
        "INSERT INTO worklist (id, batch, owner, asked, opened, due, expires, state, link, mailed, next, trouble)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT (batch, owner) DO NOTHING",
        row.id, row.batch, row.owner, row.asked, row.opened, row.due, row.expires, row.state, row.link, row.mailed, row.next,
    ) == 1  # fmt: skip


def worklist(id: UUID) -> WorklistRow | None:
    """One list."""
    return next(iter(_lists(_LIST + " WHERE id = %s", id)), None)


def lock(id: UUID) -> WorklistRow | None:
    """One list, locked until the transaction ends: the first lock wherever it or its lines change."""
    return next(iter(_lists(_LIST + " WHERE id = %s FOR UPDATE", id)), None)


def of_batch(batch: UUID) -> tuple[WorklistRow, ...]:
    """The lists of a batch, in the order in which they were made."""
    return _lists(_LIST + " WHERE batch = %s ORDER BY id", batch)


def page(size: int, before: UUID | None, state: str | None) -> tuple[WorklistRow, ...]:
    """Up to `size` lists, the newest first, of ids below `before`; in one state or in all."""
    return _lists(
        _LIST + " WHERE (%s::uuid IS NULL OR id < %s) AND (%s::text IS NULL OR state = %s) ORDER BY id DESC LIMIT %s",
        before, before, state, state, size,
    )  # fmt: skip


def write(row: WorklistRow) -> None:
    """Store how a list is now."""
    run(
        "UPDATE worklist SET state = %s, link = %s, mailed = %s, next = %s, trouble = %s, task = %s, expires = %s WHERE id = %s",
        row.state, row.link, row.mailed, row.next, row.trouble, row.task, row.expires, row.id,
    )  # fmt: skip


def claim(now: datetime, until: datetime, size: int) -> tuple[WorklistRow, ...]:
    """Up to `size` lists of which a message is due; nobody else takes them before `until`."""
    return _lists(
        "UPDATE worklist SET next = %s WHERE id IN (SELECT id FROM worklist WHERE next <= %s AND state = 'open'"
        " ORDER BY next, id LIMIT %s FOR UPDATE SKIP LOCKED)"
        " RETURNING id, batch, owner, asked, opened, due, expires, state, link, mailed, next, trouble, task",
        until, now, size,
    )  # fmt: skip


def overdue(now: datetime) -> tuple[WorklistRow, ...]:
    """Open lists whose time is over and of which nobody was told yet."""
    return _lists(_LIST + " WHERE state = 'open' AND due <= %s AND task IS NULL ORDER BY id FOR UPDATE SKIP LOCKED", now)


def ended(now: datetime, size: int) -> tuple[WorklistRow, ...]:
    """Up to `size` lists that are not closed although their links have ended."""
    return _lists(_LIST + " WHERE state <> 'closed' AND expires <= %s ORDER BY id LIMIT %s", now, size)


# --------------------------------------------------------------------------------------------------------------- lines


_LINE = "SELECT worklist, number, system, person, subject, sealed, state, rows, answer, attestation FROM worklist_line"


def insert_lines(rows: Sequence[LineRow]) -> None:
    """Store the lines of new lists."""
    run(
        "INSERT INTO worklist_line (worklist, number, system, person, subject, sealed, state, rows)"
        " SELECT new.*, 'open', 0 FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::int[], %s::uuid[], %s::bytea[])"
        " AS new (worklist, number, system, person, subject, sealed)",
        [row.worklist for row in rows], [row.number for row in rows], [row.system for row in rows], [row.person for row in rows],
        [row.subject for row in rows], [row.sealed for row in rows],
    )  # fmt: skip


def lines(worklist: UUID, after: int = 0, size: int | None = None) -> tuple[LineRow, ...]:
    """The lines of a list behind a number, in order."""
    rows = fetch(_LINE + " WHERE worklist = %s AND number > %s ORDER BY number LIMIT %s", worklist, after, size)
    return tuple(map(_line, rows))


def write_answers(rows: Sequence[LineRow]) -> None:
    """Store what was answered to lines of one list."""
    run(
        "UPDATE worklist_line l SET state = new.state, rows = new.rows, answer = new.answer, attestation = new.attestation"
        " FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::int[], %s::bytea[], %s::uuid[])"
        " AS new (worklist, number, state, rows, answer, attestation)"
        " WHERE l.worklist = new.worklist AND l.number = new.number",
        [row.worklist for row in rows], [row.number for row in rows], [row.state for row in rows], [row.rows for row in rows],
        [row.answer for row in rows], [row.attestation for row in rows],
    )  # fmt: skip


def empty(worklist: UUID) -> None:
    """Let go of what is sealed in the lines of a list; lines that nobody answered are dropped."""
    run(
        "UPDATE worklist_line SET sealed = '', answer = NULL, state = CASE state WHEN 'open' THEN 'dropped' ELSE state END"
        " WHERE worklist = %s",
        worklist,
    )


def drop_forgotten() -> tuple[UUID, ...]:
    """Drop the lines that ask what is held of people who were forgotten since; the lists that they stood in."""
    rows = fetch(
        "UPDATE worklist_line l SET state = 'dropped', sealed = '', answer = NULL FROM worklist w, subject s"
        " WHERE w.id = l.worklist AND w.asked = 'access' AND w.state <> 'closed' AND l.state <> 'dropped' AND s.id = l.subject"
        " AND s.state = 'forgotten' RETURNING l.worklist"
    )
    return tuple(dict.fromkeys(row[0] for row in rows))


def counted(worklists: Iterable[UUID]) -> tuple[Counted, ...]:
    """How far lists are, by system and state."""
    rows = fetch(
        "SELECT worklist, system, state, count(*)::int, sum(rows)::int FROM worklist_line WHERE worklist = ANY(%s)"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        list(worklists),
    )  # fmt: skip
    return tuple(Counted(*row) for row in rows)


# -------------------------------------------------------------------------------------------------------- attestations


def insert_attestation(row: AttestationRow) -> None:
    """Store what somebody attested."""
    run("INSERT INTO worklist_attestation (id, worklist, at, digest, sealed) VALUES (%s, %s, %s, %s, %s)", *row)


def attestations(worklist: UUID) -> tuple[AttestationRow, ...]:
    """What was attested about a list, in order."""
    rows = fetch("SELECT id, worklist, at, digest, sealed FROM worklist_attestation WHERE worklist = %s ORDER BY id", worklist)
    return tuple(AttestationRow(id, held, at, digest, bytes(sealed)) for id, held, at, digest, sealed in rows)


def _line(row: tuple[Any, ...]) -> LineRow:
    worklist, number, system, person, subject, sealed, state, rows, answer, attestation = row
    return LineRow(
        worklist, number, system, person, subject, bytes(sealed), state, rows, None if answer is None else bytes(answer), attestation
    )  # fmt: skip


def _lists(statement: str, *values: object) -> tuple[WorklistRow, ...]:
    return tuple(WorklistRow(*row) for row in fetch(statement, *values))
