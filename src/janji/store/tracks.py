"""What was done with people's data, read page by page; and who was in a run, read from one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from janji.store.database import connection, plan_kept, translated_errors

_MOST = 2_147_483_647
_LAST = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True, slots=True)
class Line:
    """An event of a person in canonical bytes, with its position in the ledger if it has one yet."""

    body: bytes
    position: int | None


@dataclass(frozen=True, slots=True)
class Boundary:
    """What of the ledger a snapshot saw: events below `position`, and the `pending` ones that had no number yet."""

    position: int
    pending: tuple[UUID, ...]


def newest_first(subject: bytes, size: int, skip: int = 0) -> Iterator[Line]:
    """A person's events but the `skip` newest, the newest version first, read in pages of `size` by their key."""
    last = _MOST
    while True:
        with translated_errors():
            rows = connection().execute(
                "SELECT e.version, e.body, l.position FROM event e LEFT JOIN ledger_leaf l ON l.event = e.id"
                " WHERE e.subject = %s AND e.version < %s ORDER BY e.version DESC LIMIT %s OFFSET %s",
                [subject, last, size, skip], prepare=True,
            ).fetchall()  # fmt: skip
        skip = 0
        for last, body, position in rows:  # noqa: B007 - the next page begins below it
            yield Line(bytes(body), position)
        if len(rows) < size:
            return


def about_nobody(kind: str, size: int, below: UUID | None = None) -> Iterator[Line]:
    """Events of a kind that are about no person, the newest id first (of those below an id), read in pages of `size`."""
    last = below or _LAST
    while True:
        with translated_errors():
            rows = connection().execute(
                "SELECT e.id, e.body, l.position FROM event e LEFT JOIN ledger_leaf l ON l.event = e.id"
                " WHERE e.subject IS NULL AND e.kind = %s AND e.id < %s ORDER BY e.id DESC LIMIT %s",
                [kind, last, size], prepare=True,
            ).fetchall()  # fmt: skip
        for last, body, position in rows:  # noqa: B007 - the next page begins below it
            yield Line(bytes(body), position)
        if len(rows) < size:
            return


def hold_snapshot() -> None:
    """Let the rest of the transaction see one state of the database, and read all that its cursors are asked for.

    The first statement of a transaction, or an error.
    """
    with translated_errors():
        connection().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection().execute("SET LOCAL cursor_tuple_fraction = 1")


def boundary() -> Boundary:
    """What of the ledger this snapshot sees."""
    with translated_errors():
        row = connection().execute(
            "SELECT (SELECT coalesce(max(position) + 1, 0) FROM ledger_leaf), (SELECT array_agg(event ORDER BY event) FROM pending)"
        ).fetchone()
    position, pending = row or (0, None)
    return Boundary(position, tuple(pending or ()))


def permitted(predicate: str, now: int, size: int) -> Iterator[tuple[bytes, UUID]]:
    """Pseudonym and id of everybody with a believed standing of whom `predicate` holds, in the order of pseudonyms.

    `predicate` is SQL that was lowered from a decision. Streamed; only inside a transaction. One table alone is read by
    the statement: whatever the planner believes of how many there are, it reads each row once.
    """
    statement = (
        f"SELECT subject FROM standing WHERE version > 0 AND (due IS NULL OR due > {now:d}) AND ({predicate}) ORDER BY subject"
    )
    with translated_errors(), connection().cursor("run_permitted") as cursor:
        cursor.execute(statement.encode())
        while found := [bytes(row[0]) for row in cursor.fetchmany(size)]:
            ids = _ids(found)
            yield from ((pseudonym, ids[pseudonym]) for pseudonym in found if pseudonym in ids)


def _ids(pseudonyms: Sequence[bytes]) -> dict[bytes, UUID]:
    rows = connection().execute(
        "SELECT pseudonym, id FROM subject WHERE pseudonym = ANY(%s::bytea[])", [list(pseudonyms)], prepare=plan_kept(pseudonyms)
    )
    return {bytes(row[0]): row[1] for row in rows}


def unbelieved(now: int) -> tuple[tuple[bytes, UUID], ...]:
    """Pseudonym and id of everybody whose standing is past its end, in the order of pseudonyms."""
    with translated_errors():
        rows = connection().execute(
            "SELECT t.subject, s.id FROM standing t JOIN subject s ON s.pseudonym = t.subject"
            " WHERE t.version > 0 AND t.due <= %s ORDER BY t.subject",
            [now],
        )
        return tuple((bytes(row[0]), row[1]) for row in rows)


def histories_within(limit: Boundary, kinds: Sequence[str], size: int) -> Iterator[tuple[bytes, bytes]]:
    """Pseudonym and bytes of every event within the boundary that is the first of its person or of one of `kinds`.

    In the order of pseudonyms and versions, read in pages of `size` by their key.
    """
    subject, version, seen = b"", 0, frozenset(limit.pending)
    while True:
        with translated_errors():
            rows = connection().execute(
                "SELECT subject, version, id, body FROM event WHERE (subject, version) > (%s, %s)"
                " AND (version = 1 OR kind = ANY(%s)) ORDER BY subject, version LIMIT %s",
                [subject, version, list(kinds), size], prepare=True, binary=True,
            ).fetchall()  # fmt: skip
            numbered = connection().execute(
                "SELECT event FROM ledger_leaf WHERE event = ANY(%s) AND position < %s",
                [[row[2] for row in rows], limit.position], prepare=True, binary=True,
            )  # fmt: skip
            inside = seen | {row[0] for row in numbered}
        for subject, version, id, body in rows:  # noqa: B007 - the next page begins behind it
            if id in inside:
                yield subject, body
        if len(rows) < size:
            return


def effects_of(subject: bytes, kinds: Sequence[str]) -> tuple[Line, ...]:
    """A person's first event and those of `kinds`, in order of version."""
    with translated_errors():
        rows = connection().execute(
            "SELECT e.body, l.position FROM event e LEFT JOIN ledger_leaf l ON l.event = e.id"
            " WHERE e.subject = %s AND (e.version = 1 OR e.kind = ANY(%s)) ORDER BY e.version",
            [subject, list(kinds)],
        )
        return tuple(Line(bytes(body), position) for body, position in rows)
