"""The standing of each person as one compact row: read, locked, written, and widened when the layout grows.

Word `i` holds the entries from `62 * i` on (see `decision.layout`). Functions are told which words to touch: most events
touch one of a dozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from psycopg import sql

from janji.store.database import Written, connection, plan_kept, run, translated_errors

_WORD = (1 << 62) - 1


class StandingRow(NamedTuple):
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


def read(subjects: Sequence[bytes], words: Sequence[int]) -> dict[bytes, StandingRow]:
    """The rows of these pseudonyms; who has none is left out. `words` are the indices of those that are read."""
    with translated_errors():
        return _rows(connection().execute(_select(words, ""), [list(subjects)], prepare=plan_kept(subjects)), words)


def lock(subjects: Sequence[bytes], words: Sequence[int]) -> dict[bytes, StandingRow]:
    """The rows of these pseudonyms, locked in the order of their bytes until the transaction ends.

    Who has no row gets one: version as in the newest event there is, and nothing else.
    """
    wanted = list(subjects)
    with translated_errors():
        connection().execute(
            "INSERT INTO standing (subject, version, layout) SELECT s, coalesce("
            "(SELECT max(version) FROM event WHERE event.subject = s), 0), 0"
            " FROM unnest(%s::bytea[]) AS s WHERE NOT EXISTS (SELECT FROM standing WHERE standing.subject = s)"
            " ORDER BY s ON CONFLICT DO NOTHING",
            [wanted],
        )
        return _rows(connection().execute(_select(words, "FOR UPDATE"), [wanted], prepare=plan_kept(wanted)), words)


def write(writing: Written) -> None:
    """Write rows that were locked before, as `writing` put them together."""
    statement, arrays = writing
    run(statement, *arrays)


def writing(rows: Sequence[StandingRow], words: Sequence[int], *, born: bool = True, due: bool = True) -> Written:
    """What writes rows. Words of other indices than `words` keep what they hold; so do `born` and `due` at will."""
    columns: dict[str, tuple[str, object]] = {
        "subject": ("bytea", [row.subject for row in rows]),
        "version": ("int", _array(row.version for row in rows)),
        "layout": ("int", _array(row.layout for row in rows)),
    }
    if born:
        columns["born"] = ("int", _array(row.born or "NULL" for row in rows))
    if due:
        columns["due"] = ("bigint", _array(row.due or "NULL" for row in rows))
    for index in words:
        columns[f"w{index}"] = ("bigint", _array(row.bits >> 62 * index & _WORD for row in rows))
    statement = (
        f"UPDATE standing SET {', '.join(f'{name} = d.{name}' for name in columns if name != 'subject')}"
        f" FROM unnest({', '.join(f'%s::{kind}[]' for kind, _ in columns.values())}) AS d ({', '.join(columns)})"
        " WHERE standing.subject = d.subject"
    )
    return statement, tuple(array for _, array in columns.values())


def delete(subjects: Sequence[bytes]) -> int:
    """Delete the rows of these pseudonyms and say how many there were."""
    with translated_errors():
        return connection().execute("DELETE FROM standing WHERE subject = ANY(%s)", [list(subjects)]).rowcount


def pages(size: int, words: Sequence[int]) -> Iterator[tuple[StandingRow, ...]]:
    """Every row, in pages of at most `size`, in the order of pseudonyms."""
    last = b""
    while True:
        with translated_errors():
            statement = f"{_columns(words)} WHERE subject > %s ORDER BY subject LIMIT %s"
            found = _rows(connection().execute(statement, [last, size], prepare=True), words)
        if not found:
            return
        yield tuple(found.values())
        last = max(found)


def word(values: Sequence[int], words: Sequence[int]) -> int:
    """The bits that stored words of these indices stand for."""
    bits = 0
    if any(values):
        for index, value in zip(words, values, strict=True):
            if value:
                bits |= (value & _WORD) << 62 * index
    return bits


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _columns(words: Sequence[int]) -> str:
    return f"SELECT subject, version, born, due, layout{''.join(f', w{index}' for index in words)} FROM standing"


def _select(words: Sequence[int], suffix: str) -> str:
    return f"{_columns(words)} WHERE subject = ANY(%s::bytea[]) ORDER BY subject {suffix}"


def _rows(cursor: Iterable[tuple[Any, ...]], words: Sequence[int]) -> dict[bytes, StandingRow]:
    found = {}
    for subject, version, born, due, layout, *held in cursor:
        row = StandingRow(bytes(subject), version, word(held, words), born or 0, due or 0, layout)
        found[row.subject] = row
    return found
