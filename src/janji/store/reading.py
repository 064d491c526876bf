"""What is on record of people, read a page at a time, all of it or what is about some purposes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from janji.store.database import connection, translated_errors

_ABOUT = " AND convert_from(e.body, 'UTF8')::jsonb #>> '{details,purpose}' = ANY(%s::text[])"


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event of a person: its version, its canonical bytes, its position in the ledger if it has one yet."""

    version: int
    body: bytes
    position: int | None


def heads(pseudonyms: Sequence[bytes]) -> dict[bytes, int]:
    """The version of the newest event of each of these people; who has none is left out."""
    with translated_errors():
        rows = connection().execute("SELECT subject, max(version) FROM event WHERE subject = ANY(%s) GROUP BY subject", [list(pseudonyms)])
        return {bytes(row[0]): row[1] for row in rows}


def below(
    subject: bytes, version: int, size: int, kinds: Sequence[str] | None = None, purposes: Sequence[str] | None = None
) -> tuple[Numbered, ...]:
    """At most `size` events of a person with a version below `version`, the newest first.

    Of some `kinds` alone, and about some `purposes` alone, where they are given: then what names no purpose is left out.
    """
    statement, values = " WHERE e.subject = %s AND e.version < %s", [subject, version]
    if kinds is not None:
        statement, values = statement + " AND e.kind = ANY(%s)", [*values, list(kinds)]
    if purposes is not None:
        statement, values = statement + _ABOUT, [*values, list(purposes)]
    with translated_errors():
        rows = connection().execute(
            ("SELECT e.version, e.body, l.position FROM event e LEFT JOIN ledger_leaf l ON l.event = e.id"
             f"{statement} ORDER BY e.version DESC LIMIT %s").encode(), [*values, size],
        )  # fmt: skip
        return tuple(Numbered(row[0], bytes(row[1]), row[2]) for row in rows)


def concerned(pseudonyms: Sequence[bytes], purposes: Sequence[str]) -> bool:
    """Whether any event of these people is about any of these purposes."""
    with translated_errors():
        row = connection().execute(
            f"SELECT EXISTS (SELECT FROM event e WHERE e.subject = ANY(%s){_ABOUT})".encode(), [list(pseudonyms), list(purposes)]
        ).fetchone()
    return bool(row and row[0])
