"""Events as they are recorded: many at once by COPY, or one with its standing in a single statement; and read again."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from janji.decision.history import Step
from janji.store import standings
from janji.store.database import connection, translated_errors
from janji.store.standings import StandingRow, word

_HEAD = b"PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
_END = b"\xff\xff"
_LENGTH = struct.Struct("!i").pack
_EVENT = struct.Struct("!hi16s").pack
_ROW = struct.Struct("!hi16si32s").pack
_WORD = (1 << 62) - 1


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it is stored: canonical bytes, their leaf hash, and the sealed evidence if there is any."""

    id: UUID
    subject: bytes | None
    version: int | None
    kind: str
    body: bytes
    leaf: bytes
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What one event needs to know of a person: state, pseudonym, the wrapped evidence key, and the version so far.

    `version` is `None` when there is no standing yet.
    """

    pseudonym: bytes
    state: str
    key: UUID | None
    wrapped: bytes | None
    keeper: str | None
    version: int | None
    due: int


def known(subject: UUID) -> Known | None:
    """What is known of one person; `None` when there is no such person."""
    with translated_errors():
        row = (
            connection()
            .execute(
                "SELECT s.pseudonym, s.state, k.id, k.wrapped, k.keeper, t.version, coalesce(t.due, 0) FROM subject s"
                " LEFT JOIN subject_key k ON k.subject = s.id AND k.kind = 'evidence'"
                " LEFT JOIN standing t ON t.subject = s.pseudonym WHERE s.id = %s",
                [subject],
                prepare=True,
                binary=True,
            )
            .fetchone()
        )
    return None if row is None else Known(*row)


def lock(subjects: Sequence[UUID], words: Sequence[int]) -> dict[UUID, tuple[Known, StandingRow]]:
    """What is known of several people and their standing, locked in the order of pseudonyms until the transaction ends.

    Who has no standing row gets one; who is not in the record at all is left out. `words` as in `standings.read`.
    """
    found = _locked(subjects, words)
    missing = [subject for subject in subjects if subject not in found]
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
            "SELECT s.id, s.pseudonym, s.state, k.id, k.wrapped, k.keeper, t.version, t.born, t.due, t.layout"  # noqa: S608
            f"{columns} FROM subject s JOIN standing t ON t.subject = s.pseudonym"
            " LEFT JOIN subject_key k ON k.subject = s.id AND k.kind = 'evidence'"
            " WHERE s.id = ANY(%s::uuid[]) ORDER BY s.pseudonym FOR UPDATE OF t",
            ["{" + ",".join(map(str, subjects)) + "}"],
            prepare=True,
            binary=True,
        )
        found = {}
        for id, pseudonym, state, key, wrapped, keeper, version, born, due, layout, *held in rows:
            row = StandingRow(pseudonym, version, word(held, words), born or 0, due or 0, layout)
            found[id] = (Known(pseudonym, state, key, wrapped, keeper, version, due or 0), row)
    return found


def insert(rows: Sequence[EventRow]) -> None:
    """Insert events and put them into the sequencer's queue, by two COPY statements in the caller's transaction."""
    events, queue = [_HEAD], [_HEAD]
    for row in rows:
        id_ = row.id.bytes
        events += (
            _EVENT(6, 16, id_), _field(row.subject), _number(row.version), _field(row.kind.encode()), _field(row.body),
            _field(row.sealed),
        )  # fmt: skip
        queue.append(_ROW(2, 16, id_, 32, row.leaf))
    events.append(_END)
    queue.append(_END)
    _copy("COPY event (id, subject, version, kind, body, sealed) FROM STDIN (FORMAT binary)", b"".join(events))
    _copy("COPY pending (event, leaf) FROM STDIN (FORMAT binary)", b"".join(queue))


def insert_one(row: EventRow, expected: int | None, step: Step, layout: int, words: int) -> bool:
    """Insert an event together with what it does to the standing, in one statement: all of it, or nothing.

    Nothing is done, and `False` comes back, when the standing is no longer at version `expected` (`None`: when there is
    one by now), or has seen a longer layout.
    """
    shape = (
        tuple(index for index in range(words) if (step.clear | step.set | step.others) >> 62 * index & _WORD),
        expected is None, step.born is not None, step.due is not None,
        (step.whole.bit_length() - 1) // 62 if step.whole else None,
    )  # fmt: skip
    values: dict[str, object] = {
        "subject": row.subject, "expected": expected, "version": row.version, "layout": layout, "born": step.born or None,
        "due": step.due, "id": row.id, "kind": row.kind, "body": row.body, "sealed": row.sealed, "leaf": row.leaf,
    }  # fmt: skip
    for index in shape[0]:
        down = 62 * index
        values[f"c{index}"], values[f"s{index}"] = ~(step.clear >> down & _WORD), step.set >> down & _WORD
        values[f"o{index}"] = step.others >> down & _WORD
    if shape[4] is not None:
        values["whole"] = step.whole >> 62 * shape[4]
    with translated_errors():
        found = connection().execute(_one(*shape), values, prepare=True).fetchone()
    return found is not None and found[0] == 1


@lru_cache(maxsize=512)
def _one(touched: tuple[int, ...], first: bool, born: bool, due: bool, whole: int | None) -> bytes:
    """The statement of `insert_one` for the words that are touched."""
    if first:
        names = "".join(f", w{index}" for index in touched) + (", born" if born else "") + (", due" if due else "")
        values = "".join(f", %(s{index})s" for index in touched) + (", %(born)s" if born else "") + (", %(due)s" if due else "")
        standing = (
            f"INSERT INTO standing (subject, version, layout{names}) SELECT %(subject)s, %(version)s, %(layout)s{values}"  # noqa: S608
            " WHERE NOT EXISTS (SELECT FROM event WHERE subject = %(subject)s) ON CONFLICT DO NOTHING RETURNING 1"
        )
    else:
        others = "" if whole is None else " | CASE WHEN w{whole} & %(whole)s <> 0 THEN %(o{index})s ELSE 0 END"
        sets = "".join(
            f", w{index} = w{index} & %(c{index})s | %(s{index})s" + others.format(whole=whole, index=index) for index in touched
        )
        sets += ", born = %(born)s" if born else ""
        sets += ", due = least(due, %(due)s)" if due else ""
        standing = (
            f"UPDATE standing SET version = %(version)s, layout = %(layout)s{sets}"  # noqa: S608
            " WHERE subject = %(subject)s AND version = %(expected)s AND layout <= %(layout)s RETURNING 1"
        )
    return (
        f"WITH standing_ AS ({standing}), event_ AS (INSERT INTO event (id, subject, version, kind, body, sealed)"  # noqa: S608
        " SELECT %(id)s, %(subject)s, %(version)s, %(kind)s, %(body)s, %(sealed)s FROM standing_), pending_ AS"
        " (INSERT INTO pending (event, leaf) SELECT %(id)s, %(leaf)s FROM standing_) SELECT count(*) FROM standing_"
    ).encode()


def histories(pseudonyms: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """The bytes of several people's events, each in order of version."""
    found: dict[bytes, list[bytes]] = {pseudonym: [] for pseudonym in pseudonyms}
    with translated_errors():
        for subject, body in connection().execute(
            "SELECT subject, body FROM event WHERE subject = ANY(%s) ORDER BY subject, version", [list(pseudonyms)]
        ):
            found[bytes(subject)].append(bytes(body))
    return found


def event(id: UUID) -> EventRow | None:
    """One event by its id; its leaf hash is left empty."""
    with translated_errors():
        row = connection().execute("SELECT id, subject, version, kind, body, sealed FROM event WHERE id = %s", [id]).fetchone()
    if row is None:
        return None
    return EventRow(row[0], _bytes(row[1]), row[2], row[3], bytes(row[4]), b"", _bytes(row[5]))


def present(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these events are recorded already."""
    with translated_errors():
        return {row[0] for row in connection().execute("SELECT id FROM event WHERE id = ANY(%s)", [list(ids)])}


def _copy(statement: str, data: bytes) -> None:
    with translated_errors(), connection().cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.write(data)


def _field(value: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if value is None else _LENGTH(len(value)) + value


def _number(value: int | None) -> bytes:
    return b"\xff\xff\xff\xff" if value is None else b"\x00\x00\x00\x04" + _LENGTH(value)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
