"""Destroying keys: the file that leads, the rows that follow, and how far a key is gone, by what was read back."""

from __future__ import annotations

import fcntl
import json
import os
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from janji.errors import Corrupt, Unavailable
from janji.ledger.events import read_stamp, stamp
from janji.people.identifiers import Suppressed
from janji.store.database import connection, translated_errors
from janji.store.suppression import Suppression, suppress
from janji.store.vault import KEY_MARK, NONCE_BYTES, KeyKind
from janji.terms.messages import N_, say

CHUNK = 1 << 22
WAL_PAGE = 8192
_TAIL = 1 << 16
"""How much of the file's end is looked at for its last key."""
_LONG_HEADER, _SHORT_HEADER, _LONG_BIT = 40, 24, 0x0002
"""Sizes of a WAL page's header, and the bit that says which it is (PostgreSQL, `access/xlog_internal.h`)."""


class Level(StrEnum):
    """How far a key is gone: the row is deleted; the table was rewritten without it; no WAL holds it either."""

    LOGICAL = "logical"
    REWRITTEN = "rewritten"
    RECYCLED = "recycled"


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A line of the file: this key of this person is destroyed. Nothing in it tells who that was."""

    key: UUID
    subject: UUID
    kind: KeyKind
    at: datetime


# ---------------------------------------------------------------------------------------------------------- the file


def append_destroyed(path: Path, entries: Sequence[Destroyed], suppressed: Sequence[Suppression] = ()) -> None:
    """Add lines to the file of destroyed keys, on disk when this returns; call it before the keys are destroyed.

    `suppressed` go before them: what keeps the people from being contacted or imported again outlives a backup too.
    Raises `Unavailable` when the file cannot be written: then no key may be destroyed.
    """
    lines: list[dict[str, str]] = [
        {"suppress": item.index.hex(), "purpose": str(item.purpose), "since": stamp(item.since),
         **({} if item.until is None else {"until": stamp(item.until)})}
        for item in suppressed
    ]  # fmt: skip
    lines += [
        {"key": str(item.key), "subject": str(item.subject), "kind": str(item.kind), "at": stamp(item.at)} for item in entries
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                text = "\n" + text
            data = text.encode()
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        _sync_folder(path.parent)
    except OSError:
        raise Unavailable(
            say(N_("the file of destroyed keys cannot be written")),
            say(N_("make room on its disk and let Janji write there; no key was destroyed")),
        ) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_destroyed(path: Path) -> tuple[Destroyed, ...]:
    """The keys in the file, none when there is no file. A line torn by a crash is left out: its key lives still.

    Raises `Corrupt` for a line that no crash can have made.
    """
    return tuple(found for line in _lines(path) if isinstance(found := _line(line), Destroyed))


def read_suppressed(path: Path) -> tuple[Suppression, ...]:
    """The suppressions in the file; raises as `read_destroyed` does."""
    return tuple(found for line in _lines(path) if isinstance(found := _line(line), Suppression))


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError:
        raise Unavailable(say(N_("the file of destroyed keys cannot be read"))) from None


def _line(line: bytes) -> Destroyed | Suppression | None:
    if not line.endswith(b"}"):
        if line and not line.startswith(b"{"):
            raise _damaged()
        return None
    try:
        held = json.loads(line)
        if "suppress" in held:
            until = held.get("until")
            return Suppression(
                bytes.fromhex(held["suppress"]), Suppressed(held["purpose"]), read_stamp(held["since"]),
                None if until is None else read_stamp(until),
            )  # fmt: skip
        return Destroyed(UUID(held["key"]), UUID(held["subject"]), KeyKind(held["kind"]), read_stamp(held["at"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _damaged() from None


def _damaged() -> Corrupt:
    return Corrupt(
        say(N_("the file of destroyed keys is damaged")),
        say(N_("put back a copy of it; without it an erased person could return from a backup")),
    )


# ---------------------------------------------------------------------------------------------------------- the rows


def destroy_keys(entries: Sequence[Destroyed]) -> frozenset[UUID]:
    """Destroy the rows of keys whose lines are in the file: overwritten, deleted, recorded as `logical`; idempotent.

    Gives the keys that were there still. What is overwritten is what the row held, so that a page that is written
    between the two holds no key. In one transaction of the caller.
    """
    keys = [entry.key for entry in entries]
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            "WITH held AS (SELECT id, wrapped FROM subject_key WHERE id = ANY(%s) ORDER BY id FOR UPDATE)"
            " UPDATE subject_key SET wrapped = decode(repeat('00', length(held.wrapped)), 'hex') FROM held"
            " WHERE subject_key.id = held.id RETURNING subject_key.id, held.wrapped",
            [keys],
        )
        found = {row[0]: bytes(row[1])[len(KEY_MARK) : len(KEY_MARK) + NONCE_BYTES].hex() for row in cursor}
        cursor.execute("DELETE FROM subject_key WHERE id = ANY(%s)", [keys])
        cursor.execute(
            "INSERT INTO destroyed_key (id, subject, kind, at, level, trace)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::text[])"
            " ON CONFLICT (id) DO UPDATE SET level = excluded.level, trace = excluded.trace WHERE excluded.trace <> ''",
            [keys, [entry.subject for entry in entries], [str(entry.kind) for entry in entries],
             [entry.at for entry in entries], [Level.LOGICAL] * len(keys), [found.get(key, "") for key in keys]],
        )  # fmt: skip
    return frozenset(found)


_ERASE = (
    "DELETE FROM observed_person USING subject WHERE observed_person.subject = subject.pseudonym AND subject.id = ANY(%(people)s)",
    "DELETE FROM review WHERE subject = ANY(%(people)s)",
    "DELETE FROM standing USING subject WHERE standing.subject = subject.pseudonym AND subject.id = ANY(%(people)s)",
    "DELETE FROM identifier WHERE subject = ANY(%(people)s)",
    """UPDATE subject SET state = 'forgotten', asserted_by = NULL, communication = ''
       WHERE id = ANY(%(people)s) AND state <> 'forgotten'""",
)


def erase_people(people: Sequence[UUID]) -> None:
    """What goes with a content key: identifiers with their blind indices, standing, what a person asked for; idempotent."""
    with translated_errors(), connection().cursor() as cursor:
        for statement in _ERASE:
            cursor.execute(statement, {"people": list(people)})


def apply_destroyed(path: Path) -> frozenset[UUID]:
    """Let the rows follow the file, in one transaction of the caller; gives the keys that a crash or a backup had left.

    To be called after a backup was put back; does nothing the second time. It records no event: where a house can be
    opened, `workflows.forgetting.finish_forgetting` does the same and says so in the ledger.
    """
    left = unapplied_lines(path)
    if not left:
        return frozenset()
    found = destroy_keys(left)
    suppress(read_suppressed(path))
    erase_people([entry.subject for entry in left if entry.kind is KeyKind.CONTENT])
    return found


def unapplied_lines(path: Path) -> tuple[Destroyed, ...]:
    """The lines of the file whose key is in the database still, or is not known there as destroyed."""
    entries = {entry.key: entry for entry in read_destroyed(path)}
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::uuid[]) AS named (id) WHERE EXISTS (SELECT FROM subject_key AS k WHERE k.id = named.id)"
            " OR NOT EXISTS (SELECT FROM destroyed_key AS d WHERE d.id = named.id)",
            [list(entries)],
        )
        return tuple(entries[row[0]] for row in cursor)


def behind(path: Path) -> bool:
    """Whether the last line of the file is not in the database: then it must be applied.

    Cheap, for every opening. Earlier lines that a crash left are finished by the task that wrote them.
    """
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            begin = max(0, file.tell() - _TAIL)
            file.seek(begin)
            lines = file.read().split(b"\n")[1 if begin else 0 :]
    except FileNotFoundError:
        return False
    except OSError:
        raise Unavailable(say(N_("the file of destroyed keys cannot be read"))) from None
    found = (_line(line) for line in reversed(lines) if line.endswith(b"}"))
    last = next((item for item in found if isinstance(item, Destroyed)), None)
    if last is None:  # of a person with many identifiers the suppressions alone are longer than the part that was read
        return bool(begin and unapplied_lines(path))
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM destroyed_key WHERE id = %s)", [last.key])
        row = cursor.fetchone()
    return row is not None and not row[0]


# ------------------------------------------------------------------------------------------------------- the levels


def levels() -> dict[Level, int]:
    """How many destroyed keys have reached which level."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("SELECT level, count(*) FROM destroyed_key GROUP BY 1")
        return {Level(level): count for level, count in cursor}


def level_of(keys: Sequence[UUID]) -> dict[UUID, Level]:
    """The level that each of these destroyed keys has reached."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("SELECT id, level FROM destroyed_key WHERE id = ANY(%s)", [list(keys)])
        return {row[0]: Level(row[1]) for row in cursor}


def levels_of(people: Sequence[UUID]) -> dict[UUID, Level]:
    """The level that each destroyed content key of these people has reached."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("SELECT id, level FROM destroyed_key WHERE subject = ANY(%s) AND kind = 'content'", [list(people)])
        return {row[0]: Level(row[1]) for row in cursor}


def rewrite_keys() -> frozenset[UUID]:
    """Rewrite the table of keys without what was deleted from it, in one transaction of the caller.

    Gives the destroyed keys that have reached `rewritten` by it. A rewriting ALTER TABLE copies the rows that are
    there and nothing else; VACUUM FULL and CLUSTER would carry deleted ones along for as long as some old snapshot may
    see them. It drops the column's statistics too. Believed only when the table lies in another file afterwards.
    """
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("LOCK TABLE subject_key IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SELECT id FROM destroyed_key WHERE level = 'logical' ORDER BY id FOR UPDATE")
        waiting = [row[0] for row in cursor]
        if not waiting:
            return frozenset()
        cursor.execute("SELECT pg_relation_filenode('subject_key')")
        before = cursor.fetchone()
        cursor.execute("ALTER TABLE subject_key ALTER COLUMN wrapped TYPE bytea USING wrapped || ''::bytea")
        cursor.execute("SELECT pg_relation_filenode('subject_key')")
        if cursor.fetchone() == before:
            return frozenset()
        cursor.execute(
            "UPDATE destroyed_key SET level = 'rewritten' WHERE id = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM subject_key WHERE subject_key.id = destroyed_key.id) RETURNING id",
            [waiting],
        )
        return frozenset(row[0] for row in cursor)


_TURNS = 3
"""Once for what is near, then all segments, and all again: a checkpoint in between can put an old one behind those that were counted."""


def recycle_wal(cluster: Path, most: int = 80) -> frozenset[UUID]:
    """Push old WAL out and look, byte by byte, for what is left of the rewritten keys; outside any transaction.

    `cluster` is the data directory of a server that is ours. Gives the destroyed keys that have reached `recycled`: no
    file of the databases and no WAL holds them any more. At most `most` segments are filled. None reach it where
    WAL may live elsewhere (archive, replication slot, standby), is compressed, or cannot be read.
    """
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("SELECT trace, id FROM destroyed_key WHERE level = 'rewritten'")
        traces: dict[str, UUID] = dict(cursor.fetchall())
    if not traces or not _ours(cluster):
        return frozenset()
    try:
        left, filled = set(traces), 0
        for turn in range(_TURNS):
            rounds = min(most - filled, len(_segments(cluster)) + 1 if turn else 1)
            for _ in range(rounds):
                _next_segment()
            filled += rounds
            left = _traces_in(cluster) & set(traces)
            if not left:
                break
    except OSError:
        return frozenset()
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            "UPDATE destroyed_key SET level = 'recycled' WHERE id = ANY(%s) AND level = 'rewritten' RETURNING id",
            [[id for trace, id in traces.items() if trace and trace not in left]],
        )
        return frozenset(row[0] for row in cursor)


def _ours(cluster: Path) -> bool:
    """Whether `cluster` is this server's, and all of its WAL is in there, to be read as it is."""
    try:
        with (cluster / "global" / "pg_control").open("rb") as file:
            (named,) = struct.unpack("=Q", file.read(8))
    except (OSError, struct.error):
        return False
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, current_setting('archive_mode'), current_setting('wal_compression'),"
            " (SELECT count(*) FROM pg_replication_slots), (SELECT count(*) FROM pg_stat_replication)"
            " FROM pg_control_system()"
        )
        return cursor.fetchone() == (named, "off", "off", 0, 0)


def _next_segment() -> None:
    """End a WAL segment (PostgreSQL fills it with zeros) and let go of those before it."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(false, 'janji', '')")
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("CHECKPOINT")


def _segments(cluster: Path) -> list[Path]:
    return sorted(path for path in (cluster / "pg_wal").iterdir() if len(path.name) == 24)


def _traces_in(cluster: Path) -> set[str]:
    """The nonces, in hexadecimal digits, of all wrapped keys in the files of the databases and in the WAL.

    Segments that wait for their next use are read too: they hold what they held before.
    """
    found: set[str] = set()
    for path in sorted((cluster / "base").rglob("*")):
        if path.is_file():
            found |= _marks(_chunks(path, CHUNK))
    segments = _segments(cluster)
    for path in segments:
        found |= _marks(_chunks(path, CHUNK))
    return found | _marks(_bare(page) for path in segments for page in _chunks(path, WAL_PAGE))


def _chunks(path: Path, size: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(size):
                yield chunk
    except FileNotFoundError:  # removed by the server since it was listed
        return


def _bare(page: bytes) -> bytes:
    """A page of WAL without its header, so that a record that goes on over the page is in one piece."""
    info = int.from_bytes(page[2:4], sys.byteorder)
    return page[_LONG_HEADER if info & _LONG_BIT else _SHORT_HEADER :]


def _marks(chunks: Iterable[bytes]) -> set[str]:
    """The nonces behind every mark of a wrapped key in a stream of bytes."""
    found: set[str] = set()
    size = len(KEY_MARK) + NONCE_BYTES
    carried = b""
    for chunk in chunks:
        data = carried + chunk
        at = data.find(KEY_MARK)
        while at >= 0:
            nonce = data[at + len(KEY_MARK) : at + size]
            if len(nonce) == NONCE_BYTES:
                found.add(nonce.hex())
            at = data.find(KEY_MARK, at + 1)
        carried = data[-(size - 1) :]
    return found
