"""What enforcement would change, counted by day: questions asked, denials that went through, and the people behind them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from janji.store.database import connection, translated_errors

ASKED = ""
"""In place of a code: a question that was asked, whatever came of it."""
DENIED = "*"
"""In place of a code: a question that was answered no and went on all the same, for whatever reasons."""


class Key(NamedTuple):
    """What is counted together. `code` is that of a reason, or `ASKED` or `DENIED`."""

    purpose: str
    application: str
    touchpoint: str
    code: str


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted under a key since some day: how often, from when, when last; with one reason as an example."""

    key: Key
    times: int
    first: date
    last: date
    reason: Mapping[str, Any] | None


def add(day: date, times: Mapping[Key, int], reasons: Mapping[str, Mapping[str, Any]], people: Iterable[tuple[bytes, Key]]) -> None:
    """Add what was counted on a day, by two statements; people are counted once, whatever the touchpoint.

    `reasons` are examples by code. Rows are taken in order, so that two who write at once do not wait in a ring.
    """
    keys = sorted(times)
    who = sorted({(pseudonym, key.purpose, key.application, key.code) for pseudonym, key in people})
    examples = [json.dumps(reasons[key.code]) if key.code in reasons else None for key in keys]
    with translated_errors():
        if keys:
            connection().execute(
                "INSERT INTO observation (purpose, application, touchpoint, code, day, times, reason)"
                " SELECT p, a, t, c, %s, n, r::jsonb FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[])"
                " AS new (p, a, t, c, n, r) ON CONFLICT (purpose, application, touchpoint, code, day)"
                " DO UPDATE SET times = observation.times + excluded.times",
                [day, *([key[part] for key in keys] for part in range(4)), [times[key] for key in keys], examples],
            )
        if who:
            connection().execute(
                "INSERT INTO observed_person (subject, purpose, application, code, day)"
                " SELECT s, p, a, c, %s FROM unnest(%s::bytea[], %s::text[], %s::text[], %s::text[]) AS new (s, p, a, c)"
                " ON CONFLICT (subject, purpose, application, code) DO UPDATE SET day = greatest(observed_person.day, excluded.day)"
                " WHERE observed_person.day < excluded.day",
                [day, [row[0] for row in who], *([row[part] for row in who] for part in (1, 2, 3))],
            )


def counts(since: date) -> tuple[Count, ...]:
    """Everything counted from a day on."""
    with translated_errors():
        rows = connection().execute(
            "SELECT purpose, application, touchpoint, code, sum(times)::bigint, min(day), max(day),"
            " (array_agg(reason ORDER BY day DESC))[1]::text FROM observation WHERE day >= %s"
            " GROUP BY purpose, application, touchpoint, code ORDER BY 1, 2, 3, 4",
            [since],
        ).fetchall()  # fmt: skip
    return tuple(Count(Key(*row[:4]), row[4], row[5], row[6], None if row[7] is None else json.loads(row[7])) for row in rows)


def people(since: date) -> dict[tuple[str, str, str], int]:
    """How many people were behind each purpose, application and code from a day on."""
    with translated_errors():
        rows = connection().execute(
            "SELECT purpose, application, code, count(*) FROM observed_person WHERE day >= %s GROUP BY purpose, application, code",
            [since],
        ).fetchall()
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def forget_before(day: date) -> int:
    """Delete what was counted before a day; how many rows."""
    with translated_errors():
        gone = connection().execute("DELETE FROM observed_person WHERE day < %s", [day]).rowcount
        return gone + connection().execute("DELETE FROM observation WHERE day < %s", [day]).rowcount
