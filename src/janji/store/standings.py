"""The standing of each person as one compact row: read, locked, written, and widened when the layout grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from janji.decision.question import join_words
from janji.store.database import connection, translated_errors

_WORD = (1 << 62) - 1


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What is stored of one person: the pseudonym (16 bytes), the version of the last event, and what it adds up to.

    `bits` are entries of the layout, `born` a day as `yyyymmdd` or 0, `due` the second (Unix time) from which the row
    is no longer believed, or 0, `layout` the newest layout that the row was written under.
    """

    subject: bytes
    version: int
    bits: int
    born: int
    due: int
    layout: int


def words() -> int:
    """How many words of 62 bits the table has now."""
    with translated_errors():
        found = connection().execute(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'standing'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attname ~ '^w[0-9]+$'"
        )
        return int(next(found)[0])


def ensure_words(wanted: int) -> None:
    """Give the table at least this many words; new ones are zero in every row, and no row is rewritten."""
    with translated_errors():
        for index in range(words(), wanted):
            name = sql.Identifier(f"w{index}")
            connection().execute(
                sql.SQL("ALTER TABLE standing ADD COLUMN IF NOT EXISTS {} BIGINT NOT NULL DEFAULT 0").format(name)
            )


def read(subjects: Sequence[bytes], words: int) -> dict[bytes, StandingRow]:
    """The rows of these pseudonyms; who has none is left out. `words` are those that the caller's layout needs."""
    with translated_errors():
        return _rows(connection().execute(_select(words, ""), [list(subjects)], prepare=True))


def lock(subjects: Sequence[bytes], words: int) -> dict[bytes, StandingRow]:
    """The rows of these pseudonyms, locked in the order of their bytes until the transaction ends.

    Who has no row gets one: version as in the newest event there is, and nothing else.
    """
    wanted = sorted(subjects)
    with translated_errors():
        found = _rows(connection().execute(_select(words, "FOR UPDATE"), [wanted], prepare=True))
        missing = [subject for subject in wanted if subject not in found]
        if missing:
            connection().execute(
                "INSERT INTO standing (subject, version, layout) SELECT s, coalesce("
                "(SELECT max(version) FROM event WHERE event.subject = s), 0), 0"
                " FROM unnest(%s::bytea[]) AS s ORDER BY s ON CONFLICT DO NOTHING",
                [missing],
            )
            found = _rows(connection().execute(_select(words, "FOR UPDATE"), [wanted], prepare=True))
    return found


def write(rows: Iterable[StandingRow], words: int) -> None:
    """Write rows that were locked before. Words beyond `words` keep what they hold."""
    held = list(rows)
    columns = [f"w{index}" for index in range(words)]
    arrays = [
        _array('"\\\\x' + row.subject.hex() + '"' for row in held), _array(row.version for row in held),
        _array(row.born or "NULL" for row in held), _array(row.due or "NULL" for row in held), _array(row.layout for row in held),
        *(_array(row.bits >> 62 * index & _WORD for row in held) for index in range(words)),
    ]  # fmt: skip
    statement = (
        "UPDATE standing SET version = d.version, born = d.born, due = d.due, layout = greatest(standing.layout, d.layout)"  # noqa: S608
        f"{''.join(f', {name} = d.{name}' for name in columns)} FROM unnest(%s::bytea[], %s::int[], %s::int[], %s::bigint[],"
        f" %s::int[]{', %s::bigint[]' * words}) AS d (subject, version, born, due, layout"
        f"{''.join(f', {name}' for name in columns)}) WHERE standing.subject = d.subject"
    )
    with translated_errors():
        connection().execute(statement, arrays, prepare=True)


def delete(subjects: Sequence[bytes]) -> int:
    """Delete the rows of these pseudonyms and say how many there were."""
    with translated_errors():
        return connection().execute("DELETE FROM standing WHERE subject = ANY(%s)", [list(subjects)]).rowcount


def pages(size: int, words: int) -> Iterable[tuple[StandingRow, ...]]:
    """Every row, in pages of at most `size`, in the order of pseudonyms."""
    last = b""
    while True:
        with translated_errors():
            found = _rows(
                connection().execute(
                    _columns(words) + " WHERE subject > %s ORDER BY subject LIMIT %s", [last, size], prepare=True
                )
            )
        if not found:
            return
        yield tuple(found.values())
        last = max(found)


def _array(values: Iterable[object]) -> str:
    """An array as PostgreSQL writes it; ten times as fast as the driver's way for many short values."""
    return "{" + ",".join(map(str, values)) + "}"


def _columns(words: int) -> str:
    return f"SELECT subject, version, born, due, layout{''.join(f', w{index}' for index in range(words))} FROM standing"  # noqa: S608


def _select(words: int, suffix: str) -> bytes:
    return f"{_columns(words)} WHERE subject = ANY(%s::bytea[]) ORDER BY subject {suffix}".encode()


def _rows(cursor: Iterable[tuple[Any, ...]]) -> dict[bytes, StandingRow]:
    found = {}
    for subject, version, born, due, layout, *held in cursor:
        row = StandingRow(bytes(subject), version, join_words(held), born or 0, due or 0, layout)
        found[row.subject] = row
    return found
