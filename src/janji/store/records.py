"""Events as they are recorded: many at once by COPY, or one with its standing in a single statement; and read again."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from janji.decision.history import Step
from janji.store import standings
from janji.store.database import Statement, Written, connection, fetch, plan_kept, run, translated_errors
from janji.store.standings import StandingRow, word

_HEAD = b"PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
_END = b"\xff\xff"
_LENGTH = struct.Struct("!i").pack
_LONG = struct.Struct("!q").pack
_EVENT = struct.Struct("!hi16s").pack
_OF_PERSON = struct.Struct("!hi16si16siii").pack
_NULL = b"\xff\xff\xff\xff"
_ROW = struct.Struct("!hi16si32s").pack
_WORD = (1 << 62) - 1
_FEW = 4
_IN_ONE = 500
"""How many events are written together with something else by one statement, at most."""


class EventRow(NamedTuple):
    """An event as it is stored: canonical bytes, their leaf hash, and the sealed evidence if there is any."""

    id: UUID
    subject: bytes | None
    version: int | None
    kind: str
    body: bytes
    leaf: bytes
    sealed: bytes | None = None


class Known(NamedTuple):
    """What one event needs to know of a person: state, pseudonym, the wrapped evidence key, the version so far, and facts.

    `version` is `None` when there is no standing yet. `bits`, `born` and `due` are those of `StandingRow`.
    """

    pseudonym: bytes
    state: str
    key: UUID | None
    wrapped: bytes | None
    keeper: str | None
    version: int | None
    due: int
    born: int = 0
    bits: int = 0


@lru_cache(maxsize=64)
def _known(words: int) -> tuple[Statement, Callable[[bytes], tuple[int, ...]]]:
    """The statement of `known`, and what takes its numbers apart: they come as one value, for each costs a call."""
    numbers = "int4send(t.version::int) || int8send(coalesce(t.due, 0)::bigint) || int4send(coalesce(t.born, 0)::int)"
    numbers += "".join(f" || int8send(t.w{index})" for index in range(words))
    statement = Statement(
        f"janji_known_{words}",
        f"SELECT s.pseudonym, s.state, k.id, k.wrapped, k.keeper, {numbers} FROM subject s"
        " LEFT JOIN subject_key k ON k.subject = s.id AND k.kind = 'evidence'"
        " LEFT JOIN standing t ON t.subject = s.pseudonym WHERE s.id = $1::uuid",
    )
    return statement, struct.Struct(f"!iqi{words}q").unpack


def known(subject: UUID, words: int = 0) -> Known | None:
    """What is known of one person; `None` when there is no such person. Not inside a transaction.

    Of the standing, the first `words` words are read.
    """
    statement, apart = _known(words)
    rows = statement.run([subject.bytes])
    if not rows:
        return None
    pseudonym, state, key, wrapped, keeper, numbers = rows[0]
    version, due, born, *held = (None, 0, 0) if numbers is None else apart(numbers)
    return Known(
        pseudonym or b"", (state or b"").decode(), None if key is None else UUID(bytes=key), wrapped,
        None if keeper is None else keeper.decode(), version, due or 0, born or 0, word(held, range(words)) if held else 0,
    )  # fmt: skip


def lock(subjects: Sequence[UUID], words: Sequence[int], *, there: bool = False) -> dict[UUID, tuple[Known, StandingRow]]:
    """What is known of several people and their standing, locked in the order of pseudonyms until the transaction ends.

    Who has no standing row gets one, or with `there` is left out; so is who is not in the record at all. `words` as in `standings.read`.
    """
    found = _locked(subjects, words)
    missing = [] if there else [subject for subject in subjects if subject not in found]
    if missing:
        with translated_errors():
            rows = connection().execute("SELECT pseudonym FROM subject WHERE id = ANY(%s)", [missing])
            pseudonyms = [bytes(row[0]) for row in rows]
        if pseudonyms:
            standings.lock(pseudonyms, ())
            found |= _locked(missing, words)
    return found


def _locked(subjects: Sequence[UUID], words: Sequence[int]) -> dict[UUID, tuple[Known, StandingRow]]:
    columns = "".join(f", t.w{index}" for index in words)
    with translated_errors():
        rows = connection().execute(
            "SELECT s.id, s.pseudonym, s.state, k.id, k.wrapped, k.keeper, t.version, t.born, t.due, t.layout"
            f"{columns} FROM subject s JOIN standing t ON t.subject = s.pseudonym"
            " LEFT JOIN subject_key k ON k.subject = s.id AND k.kind = 'evidence'"
            " WHERE s.id = ANY(%s::uuid[]) ORDER BY s.pseudonym FOR UPDATE OF t",
            ["{" + ",".join([subject.hex for subject in subjects]) + "}"],
            prepare=plan_kept(subjects),
            binary=True,
        )
        found = {}
        for id, pseudonym, state, key, wrapped, keeper, version, born, due, layout, *held in rows.fetchall():
            row = StandingRow(pseudonym, version, word(held, words), born or 0, due or 0, layout)
            found[id] = (Known(pseudonym, state, key, wrapped, keeper, version, due or 0), row)
    return found


class Insertion:
    """Events on their way into the record by COPY: the server takes them in while the next ones are made.

    Between `send` and `insert` (or `abandon`) nothing else can be asked on this connection.
    """

    def __init__(self) -> None:
        self.queue: list[bytes] = []
        self.open = ExitStack()
        self.copy: psycopg.Copy | None = None

    def send(self, rows: Sequence[EventRow]) -> None:
        """Send events on their way."""
        data: list[bytes] = []
        for row in rows:
            id_, kind = row.id.bytes, row.kind.encode()
            if row.subject is None or row.version is None:
                data += (_EVENT(6, 16, id_), _NULL, _NULL, _LENGTH(len(kind)), kind)
            else:
                data += (_OF_PERSON(6, 16, id_, len(row.subject), row.subject, 4, row.version, len(kind)), kind)
            data += (_LENGTH(len(row.body)), row.body)
            data += (_NULL,) if row.sealed is None else (_LENGTH(len(row.sealed)), row.sealed)
            self.queue.append(_ROW(2, 16, id_, 32, row.leaf))
        with translated_errors():
            if self.copy is None:
                cursor = self.open.enter_context(connection().cursor())
                self.copy = self.open.enter_context(cursor.copy(_COPY_EVENTS))
                self.copy.write(_HEAD)
            self.copy.write(b"".join(data))

    def end(self) -> None:
        """Wait until all that was sent is there, and put it into the sequencer's queue."""
        if self.copy is None:
            return
        with translated_errors():
            self.copy.write(_END)
            self.open.close()
            with connection().cursor() as cursor, cursor.copy(_COPY_QUEUE) as copy:
                copy.write(b"".join((_HEAD, *self.queue, _END)))

    def abandon(self, error: BaseException) -> None:
        """Let the server forget what was sent; the transaction can only be rolled back."""
        with suppress(psycopg.Error):
            self.open.__exit__(type(error), error, error.__traceback__)


_COPY_EVENTS = b"COPY event (id, subject, version, kind, body, sealed) FROM STDIN (FORMAT binary)"
_COPY_QUEUE = b"COPY pending (event, leaf) FROM STDIN (FORMAT binary)"


def insert(rows: Sequence[EventRow], begun: Insertion | None = None) -> None:
    """Insert events and put them into the sequencer's queue, in the caller's transaction, after those that `begun` sent.

    A few take one statement each, many take two COPY statements.
    """
    begun = begun or Insertion()
    if begun.copy is not None or len(rows) > _FEW:
        begun.send(rows)
        begun.end()
        return
    with translated_errors():
        for row in rows:
            connection().execute(
                "WITH event_ AS (INSERT INTO event (id, subject, version, kind, body, sealed)"
                " VALUES (%s, %s, %s, %s, %s, %s)) INSERT INTO pending (event, leaf) VALUES (%s, %s)",
                [row.id, row.subject, row.version, row.kind, row.body, row.sealed, row.id, row.leaf],
                prepare=True,
            )


def insert_with(rows: Sequence[EventRow], others: Sequence[Written]) -> None:
    """Insert events as `insert` does, and do what else is written, which touches neither events nor queue: a few hundred by one statement."""
    if len(rows) > _IN_ONE:
        insert(rows)
        for text, values in others:
            run(text, *values)
        return
    columns = "%s::uuid[], %s::bytea[], %s::int[], %s::text[], %s::bytea[], %s::bytea[]"
    parts = [
        f"event_ AS (INSERT INTO event (id, subject, version, kind, body, sealed) SELECT * FROM unnest({columns}))",
        "pending_ AS (INSERT INTO pending (event, leaf) SELECT * FROM unnest(%s::uuid[], %s::bytea[]))",
        *(f"other{place}_ AS ({text})" for place, (text, _) in enumerate(others)),
    ]
    arrays = (
        [row.id for row in rows], [row.subject for row in rows], [row.version for row in rows], [row.kind for row in rows],
        [row.body for row in rows], [row.sealed for row in rows], [row.id for row in rows], [row.leaf for row in rows],
    )  # fmt: skip
    run(f"WITH {', '.join(parts)} SELECT 1", *arrays, *(value for _, values in others for value in values))


@dataclass(frozen=True, slots=True)
class Beside:
    """A statement of somebody else's that is done together with an event or not at all.

    `text` is one INSERT, UPDATE or DELETE with `{0}`, `{1}`, ... for `values` (in PostgreSQL's binary form), each with its
    type (`{0}::text`). It must touch rows only where `standing_` has one: `... AND EXISTS (SELECT FROM standing_)`, `INSERT ... SELECT ... FROM standing_`.
    """

    text: str
    values: tuple[bytes | None, ...] = ()


def insert_one(row: EventRow, expected: int, step: Step, layout: int, words: int, beside: Beside | None = None) -> int | None:
    """Insert an event together with what it does to the standing, in one statement: all of it, or nothing.

    Nothing is done, and `None` comes back, when the standing is no longer at version `expected`, or has seen a longer
    layout; else the number of rows that `beside` touched. Not inside a transaction.
    """
    touched, whole, masks = _masks(step, words)
    values = [
        row.subject, row.id.bytes, _LONG(expected + 1), row.kind.encode(), row.body, row.sealed, row.leaf, _LONG(layout),
        _LONG(expected), *masks,
    ]  # fmt: skip
    statement = _one(
        touched, step.born is not None, step.due is not None, whole, beside and beside.text, len(values)
    )
    if beside is None:
        return 0 if statement.touch(values) == 1 else None
    done, touched_beside = statement.run([*values, *beside.values])[0]
    return _int(touched_beside or b"") if _int(done or b"") == 1 else None


@lru_cache(maxsize=4096)
def _masks(step: Step, words: int) -> tuple[tuple[int, ...], int | None, tuple[bytes, ...]]:
    """The words that a step touches, the one it asks first, and its numbers as values of the statement."""
    touched = tuple(index for index in range(words) if (step.clear | step.set | step.others) >> 62 * index & _WORD)
    whole = (step.whole.bit_length() - 1) // 62 if step.whole else None
    values = [value for value in (step.born, step.due) if value is not None]
    values += [mask >> 62 * index & _WORD for index in touched for mask in (step.clear, step.set)]
    if whole is not None:
        values += [step.whole >> 62 * whole, *(step.others >> 62 * index & _WORD for index in touched)]
    return touched, whole, tuple(map(_LONG, values))


def insert_alone(row: EventRow) -> None:
    """Insert an event that is about nobody, in one statement. Not inside a transaction."""
    _ALONE.run([row.id.bytes, row.kind.encode(), row.body, row.leaf])


_ALONE = Statement(
    "janji_alone",
    "WITH event_ AS (INSERT INTO event (id, kind, body) SELECT $1::uuid, $2::text, $3::bytea)"
    " INSERT INTO pending (event, leaf) SELECT $1::uuid, $4::bytea",
)


@lru_cache(maxsize=512)
def _one(
    touched: tuple[int, ...], born: bool, due: bool, whole: int | None, beside: str | None, before: int
) -> Statement:
    """The statement of `insert_one` for the words that are touched; `$1` to `$9` are the same in each.

    What is done beside it has its values after those `before`.
    """
    places = (f"${place}::bigint" for place in count(10))
    sets = f", born = nullif({next(places)}, 0)" if born else ""
    sets += f", due = least(due, {next(places)})" if due else ""
    words = {index: f"w{index} & ~{next(places)} | {next(places)}" for index in touched}
    if whole is not None:
        asked = next(places)
        for index in touched:
            words[index] += f" | CASE WHEN w{whole} & {asked} <> 0 THEN {next(places)} ELSE 0 END"
    sets += "".join(f", w{index} = {value}" for index, value in words.items())
    text = (
        f"WITH standing_ AS (UPDATE standing SET version = $3::bigint, layout = $8::bigint{sets}"
        " WHERE subject = $1::bytea AND version = $9::bigint AND layout <= $8::bigint RETURNING 1),"
        " event_ AS (INSERT INTO event (id, subject, version, kind, body, sealed)"
        " SELECT $2::uuid, $1::bytea, $3::bigint, $4::text, $5::bytea, $6::bytea FROM standing_)"
    )
    pending = "INSERT INTO pending (event, leaf) SELECT $2::uuid, $7::bytea FROM standing_"
    name = f"janji_one_{born:d}{due:d}_{whole}_{'_'.join(map(str, touched))}"
    if beside is None:
        return Statement(name, f"{text} {pending}")
    holes = beside.count("{")
    other = beside.format(*(f"${before + 1 + index}" for index in range(holes)))
    text += f", pending_ AS ({pending}), beside_ AS ({other} RETURNING 1)"
    text += " SELECT (SELECT count(*) FROM standing_), (SELECT count(*) FROM beside_)"
    return Statement(f"{name}_{hashlib.sha256(beside.encode()).hexdigest()[:16]}", text)


def histories(pseudonyms: Sequence[bytes], kind: str | None = None) -> dict[bytes, list[bytes]]:
    """The bytes of several people's events, of all kinds or of one, each in order of version."""
    found: dict[bytes, list[bytes]] = {pseudonym: [] for pseudonym in pseudonyms}
    with translated_errors():
        for subject, body in connection().execute(
            "SELECT subject, body FROM event WHERE subject = ANY(%s) AND kind = coalesce(%s, kind) ORDER BY subject, version", [list(pseudonyms), kind]
        ):
            found[bytes(subject)].append(bytes(body))
    return found


def event(id: UUID) -> EventRow | None:
    """One event by its id; its leaf hash is left empty."""
    return present([id]).get(id)


def present(ids: Iterable[UUID]) -> dict[UUID, EventRow]:
    """Those of these events that are recorded already; their leaf hashes are left empty."""
    rows = fetch("SELECT id, subject, version, kind, body, sealed FROM event WHERE id = ANY(%s)", list(ids))
    return {
        id: EventRow(id, _bytes(subject), version, kind, bytes(body), b"", _bytes(sealed))
        for id, subject, version, kind, body, sealed in rows
    }


def _int(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
