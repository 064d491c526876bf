"""What one decision needs to know of a person, by one select; and whose standing is past its end."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from janji.store.database import Statement, connection, in_transaction, translated_errors
from janji.store.standings import word


@dataclass(frozen=True, slots=True)
class Held:
    """A person as a decision sees them: `state`, the survivor of a merge, and the standing (as in `StandingRow`)."""

    state: str
    into: UUID | None
    pseudonym: bytes
    bits: int
    born: int
    due: int
    layout: int


def held(subject: UUID, words: int) -> Held | None:
    """What is held of a person; `None` for somebody who is not on record or has no standing."""
    if in_transaction():
        with translated_errors():
            rows = connection().execute(_text(words, "%s"), [subject], prepare=True, binary=True).fetchall()
        if not rows:
            return None
        state, into, pseudonym, born, due, layout, *found = rows[0]
        return Held(state, into, bytes(pseudonym), word(found, range(words)), born, due, layout)
    raw = _statement(words).run([subject.bytes])
    if not raw:
        return None
    first, second, third, *numbers = raw[0]
    born, due, layout, *found = (int.from_bytes(value or b"", "big", signed=True) for value in numbers)
    return Held((first or b"").decode(), UUID(bytes=second) if second else None, third or b"", word(found, range(words)), born, due, layout)


def held_many(subjects: Sequence[bytes], words: int) -> dict[bytes, tuple[int, int, int]]:
    """What is held of many people, by the 16 bytes of their ids: `bits`, `born` and `due`; who is not active is left out.

    By one statement that gives one value: each row of an answer costs more than what is in it. Not inside a transaction.
    """
    statement, form = _many(words)
    raw = statement.run([_UUIDS(1, 0, _UUID, len(subjects), 1) + b"".join([_SIXTEEN + subject for subject in subjects])])[0][0]
    found = {}
    for id, born, due, *held in form.iter_unpack(raw or b""):
        found[id] = word(held, range(words)), born, due
    return found


_UUID = 2950
"""The type `uuid` as PostgreSQL numbers it."""
_UUIDS = struct.Struct("!iiiii").pack
_SIXTEEN = (16).to_bytes(4, "big")


@lru_cache(maxsize=8)
def _many(words: int) -> tuple[Statement, struct.Struct]:
    columns = "".join(f" || int8send(t.w{index})" for index in range(words))
    return Statement(
        f"janji_facts_many_{words}",
        "SELECT string_agg(uuid_send(s.id) || int4send(coalesce(t.born, 0)::int) || int8send(coalesce(t.due, 0)::bigint)"
        f"{columns}, ''::bytea) FROM subject s JOIN standing t ON t.subject = s.pseudonym"
        " WHERE s.id = ANY($1::uuid[]) AND s.state = 'active'",
    ), struct.Struct(f"!16siq{words}q")


def past_due(now: int, after: bytes, size: int) -> tuple[tuple[bytes, UUID], ...]:
    """At most `size` people, by pseudonym and after `after`, whose standing is not believed in the second `now`."""
    with translated_errors():
        rows = connection().execute(
            "SELECT t.subject, s.id FROM standing t JOIN subject s ON s.pseudonym = t.subject"
            " WHERE t.due <= %s AND t.subject > %s AND s.state = 'active' ORDER BY t.subject LIMIT %s",
            [now, after, size],
        )
        return tuple((bytes(row[0]), row[1]) for row in rows)


@lru_cache(maxsize=8)
def _statement(words: int) -> Statement:
    return Statement(f"facts_{words}", _text(words, "$1"))


def _text(words: int, subject: str) -> str:
    columns = "".join(f", t.w{index}" for index in range(words))
    return (
        "SELECT s.state, s.into, s.pseudonym, coalesce(t.born, 0)::int, coalesce(t.due, 0)::bigint, t.layout"
        f"{columns} FROM subject s JOIN standing t ON t.subject = s.pseudonym WHERE s.id = {subject}::uuid"
    )
