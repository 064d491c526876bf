"""Rights requests as they are stored: opened, moved one step at a time by whoever holds the version, and found by what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from psycopg.types.json import Json, Jsonb

from janji.store import secrets
from janji.store.database import fetch, run
from janji.store.vault import Keeper


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One row without what was said, which `sealed` gives; the fields are those of `request_models.RightsRequest`. `details` hold codes and references only, `approvals` officers' names."""

    id: UUID
    right: str
    kind: str
    subject: UUID | None
    state: str
    outcome: str | None
    ground: str | None
    opened: datetime
    due: datetime
    next: datetime | None
    ended: datetime | None
    intake: str
    asker: str
    wanted: str
    proof: str
    needed: int
    approvals: list[dict[str, Any]]
    reopened: int
    details: dict[str, Any]
    version: int


_COLUMNS = tuple(field.name for field in fields(RequestRow))
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_JSON = ("approvals", "details")
_FIXED = ("id", "right", "kind", "opened", "intake")
_TYPES = {
    "id": "uuid", "subject": "uuid", "opened": "timestamptz", "due": "timestamptz", "next": "timestamptz", "ended": "timestamptz", "needed": "int",
    "reopened": "int", "version": "int",
}  # fmt: skip


def insert(rows: Sequence[RequestRow], said: Mapping[UUID, bytes]) -> list[UUID]:
    """Insert requests in one statement, with what was said, sealed; those whose id is there already are left alone. Which were new."""
    if not rows:
        return []
    chosen = ", ".join(f'd."{name}"' for name in _COLUMNS)
    found = fetch(
        f"INSERT INTO rights_request ({_NAMES}, sealed) SELECT {chosen}, s.sealed FROM json_populate_recordset(NULL::rights_request, %s) d"
        " LEFT JOIN unnest(%s::uuid[], %s::bytea[]) s (id, sealed) ON s.id = d.id ON CONFLICT (id) DO NOTHING RETURNING id",
        Json(rows, dumps=orjson.dumps), list(said), list(said.values()),
    )  # fmt: skip
    return [row[0] for row in found]


def requests(ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, RequestRow]:
    """These requests, in the order of their ids; with `lock`, nobody else moves them until the transaction ends."""
    suffix = " FOR UPDATE" if lock else ""
    rows = fetch(f"SELECT {_NAMES} FROM rights_request WHERE id = ANY(%s) ORDER BY id{suffix}", list(ids))
    return {row[0]: _row(row) for row in rows}


def write(rows: Sequence[RequestRow], before: Sequence[RequestRow]) -> list[UUID]:
    """Write what changed of requests, each at the version it was read at (`version` is the new one); which were written.

    `before` are the same as they were read. One that somebody else moved meanwhile is not written.
    """
    pairs = list(zip(rows, before, strict=True))
    changing = [name for name in _COLUMNS if name not in _FIXED and any(getattr(row, name) != getattr(was, name) for row, was in pairs)]
    if not rows or not changing:
        return []
    sets = ", ".join(f'"{name}" = d."{name}"' for name in changing)
    arrays, given, named = _arrays(rows, ("id", *changing))
    found = fetch(
        f"UPDATE rights_request r SET {sets} FROM ROWS FROM ({given}) AS d ({named})"
        " WHERE r.id = d.id AND r.version = d.version - 1 RETURNING r.id",
        *arrays,
    )  # fmt: skip
    return [row[0] for row in found]


def _arrays(rows: Sequence[RequestRow], columns: Sequence[str]) -> tuple[list[object], str, str]:
    """The values of rows by column, how each column is read from them, and the names of the columns.

    JSON is handed over as one array of JSON: as an array of texts every quote in it would be escaped, which costs more than the rest.
    """
    given = ", ".join("jsonb_array_elements(%s)" if name in _JSON else f"unnest(%s::{_TYPES.get(name, 'text')}[])" for name in columns)
    values = ([getattr(row, name) for row in rows] for name in columns)
    arrays: list[object] = [Jsonb(held, dumps=orjson.dumps) if name in _JSON else held for name, held in zip(columns, values, strict=True)]
    return arrays, given, ", ".join(f'"{name}"' for name in columns)


def waiting(states: Sequence[str], now: datetime, least: int = 1) -> bool:
    """Whether any request in these states is to be looked at by now, or so many at least."""
    asked = "SELECT 1 FROM rights_request WHERE state = ANY(%s) AND state <> 'ended' AND next <= %s LIMIT 1 OFFSET %s"
    return bool(fetch(asked, list(states), now, least - 1))


def claim(states: Sequence[str], now: datetime, until: datetime, size: int, batch: UUID | None = None) -> tuple[RequestRow, ...]:
    """The requests in these states that are to be looked at now, the longest due first; put off until `until`, so that no other takes them.

    With `batch` they are one from now on: a worker that dies leaves them to whoever finds that its lock is free.
    """
    rows = fetch(
        "UPDATE rights_request SET next = %s, details = CASE WHEN %s::text IS NULL THEN details ELSE details || jsonb_build_object('batch', %s::text) END"
        " WHERE id IN (SELECT id FROM rights_request WHERE state = ANY(%s) AND state <> 'ended'"
        f" AND next <= %s ORDER BY next LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING {_NAMES}",
        until, batch and str(batch), batch and str(batch), list(states), now, size,
    )  # fmt: skip
    return tuple(sorted((_row(row) for row in rows), key=lambda row: row.id))


def take(id: UUID, state: str, until: datetime, batch: UUID) -> tuple[RequestRow, ...]:
    """Take one request into a batch of its own, unless somebody has it in hand or it moved meanwhile."""
    rows = fetch(
        "UPDATE rights_request SET next = %s, details = details || jsonb_build_object('batch', %s::text)"
        f" WHERE id = %s AND state = %s AND NOT details ? 'batch' RETURNING {_NAMES}",
        until, str(batch), id, state,
    )  # fmt: skip
    return tuple(map(_row, rows))


def batches() -> list[UUID]:
    """The batches of open requests that somebody took and did not finish."""
    rows = fetch("SELECT DISTINCT details->>'batch' FROM rights_request WHERE state <> 'ended' AND details ? 'batch'")
    return [UUID(row[0]) for row in rows]


def release(batch: UUID, now: datetime) -> int:
    """Let a batch be none any more: its requests are to be looked at now. How many they were."""
    return run(
        "UPDATE rights_request SET next = %s, details = details - 'batch' WHERE state <> 'ended' AND details->>'batch' = %s", now, str(batch)
    )


def pull_in(states: Sequence[str], now: datetime, beyond: datetime) -> int:
    """Look now at requests in these states that nobody has in hand and that are put off beyond an instant; how many they are."""
    return run(
        "UPDATE rights_request SET next = %s WHERE state = ANY(%s) AND state <> 'ended' AND next > %s AND NOT details ? 'batch'", now, list(states), beyond
    )


def look_now(subjects: Iterable[UUID], state: str, now: datetime) -> int:
    """Look now at these people's requests in a state that nobody has in hand, and not when they were put off to; how many they are."""
    return run(
        "UPDATE rights_request SET next = %s WHERE subject = ANY(%s) AND state = %s AND state <> 'ended' AND next > %s AND NOT details ? 'batch'",
        now, list(subjects), state, now,
    )  # fmt: skip


def note(ids: Iterable[UUID], details: dict[str, str], drop: Sequence[str] = ()) -> None:
    """Keep codes and references with requests that are in hand, and let go of others; no step of theirs."""
    run("UPDATE rights_request SET details = (details - %s::text[]) || %s WHERE id = ANY(%s)", list(drop), Jsonb(details), list(ids))


def put_off(until: Mapping[UUID, datetime], batch: UUID | None = None) -> None:
    """Say when open requests are to be looked at again; no step of theirs. With `batch` only those that are in it still, and they leave it."""
    mine, values = ("", ()) if batch is None else (" AND r.details->>'batch' = %s", (str(batch),))
    left = "" if batch is None else ", details = r.details - 'batch'"
    run(
        f"UPDATE rights_request r SET next = d.next{left} FROM unnest(%s::uuid[], %s::timestamptz[]) AS d (id, next) WHERE r.id = d.id AND r.state <> 'ended'{mine}",
        list(until), list(until.values()), *values,
    )  # fmt: skip


def queue(size: int, after: tuple[datetime, UUID] | None = None, state: str | None = None) -> tuple[RequestRow, ...]:
    """Open requests by what is due first; `after` is the last of the page before."""
    where, values = "state <> 'ended'", list[object]()
    if state is not None:
        where, values = f"{where} AND state = %s", [state]
    if after is not None:
        where, values = f"{where} AND (due, id) > (%s, %s)", [*values, *after]
    rows = fetch(f"SELECT {_NAMES} FROM rights_request WHERE {where} ORDER BY due, id LIMIT %s", *values, size)
    return tuple(map(_row, rows))


def closed(size: int, before: tuple[datetime, UUID] | None = None) -> tuple[RequestRow, ...]:
    """Ended requests, the newest first; `before` is the last of the page before."""
    where, values = ("AND (ended, id) < (%s, %s) ", list(before)) if before else ("", [])
    rows = fetch(f"SELECT {_NAMES} FROM rights_request WHERE state = 'ended' {where}ORDER BY ended DESC, id DESC LIMIT %s", *values, size)
    return tuple(map(_row, rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which requests are looked for; what is empty does not matter. `without` is the name of an officer who has not agreed yet."""

    right: str = ""
    state: str = ""
    intake: str = ""
    language: str = ""
    outcome: str = ""
    due_before: datetime | None = None
    due_from: datetime | None = None
    without: str = ""


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    """The condition of a filter, and its values."""
    given: list[tuple[str, object]] = [
        (condition, value) for condition, value in (
            ('"right" = %s', wanted.right), ("state = %s", wanted.state), ("intake = %s", wanted.intake), ("details->>'language' = %s", wanted.language),
            ("outcome = %s", wanted.outcome), ("due < %s", wanted.due_before), ("due >= %s", wanted.due_from),
            ("NOT approvals @> %s", Jsonb([{"by": wanted.without}]) if wanted.without else ""),
        ) if value
    ]  # fmt: skip
    return "".join(f" AND {condition}" for condition, _ in given), [value for _, value in given]


def search(size: int, wanted: Wanted, after: tuple[datetime, UUID] | None = None, *, ended: bool = False) -> tuple[RequestRow, ...]:
    """Requests by a filter: open ones by what is due first, or those that ended, the newest first; `after` is the last of the page before."""
    where, values = _where(wanted)
    if after is not None:
        where, values = f"{where} AND {'(ended, id) < (%s, %s)' if ended else '(due, id) > (%s, %s)'}", [*values, *after]
    order = "state = 'ended'{} ORDER BY ended DESC, id DESC" if ended else "state <> 'ended'{} ORDER BY due, id"
    return tuple(map(_row, fetch(f"SELECT {_NAMES} FROM rights_request WHERE {order.format(where)} LIMIT %s", *values, size)))


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many requests of one right are open in one state; how many of them are late, and how many are due by an instant."""

    right: str
    state: str
    count: int
    late: int
    soon: int


def open_counts(now: datetime, soon: datetime) -> tuple[OpenCount, ...]:
    """How many requests are open, by right and state."""
    rows = fetch(
        'SELECT "right", state, count(*), count(*) FILTER (WHERE due < %s), count(*) FILTER (WHERE due >= %s AND due < %s)'
        " FROM rights_request WHERE state <> 'ended' GROUP BY \"right\", state ORDER BY \"right\", state",
        now, now, soon,
    )  # fmt: skip
    return tuple(OpenCount(*row) for row in rows)


def by_day(since: datetime, ahead: timedelta) -> tuple[dict[date, int], dict[date, int]]:
    """How many requests came and how many ended on each day since an instant; a day begins `ahead` of the world's clock."""
    day = f"(({{0}} AT TIME ZONE 'UTC') + interval '{int(ahead.total_seconds())} seconds')::date"
    came, ended = (
        {row[0]: row[1] for row in fetch(f"SELECT {day.format(name)}, count(*) FROM rights_request WHERE {name} >= %s GROUP BY 1", since)}
        for name in ("opened", "ended")
    )  # fmt: skip
    return came, ended


def versions(ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many steps requests took."""
    return dict(fetch("SELECT id, version FROM rights_request WHERE id = ANY(%s)", list(ids)))


def of_subjects(subjects: Iterable[UUID]) -> tuple[RequestRow, ...]:
    """Every request of some people, the oldest first."""
    return tuple(map(_row, fetch(f"SELECT {_NAMES} FROM rights_request WHERE subject = ANY(%s) ORDER BY id", list(subjects))))


def shown_by(address: bytes, subjects: Iterable[UUID]) -> tuple[RequestRow, ...]:
    """Requests about these people that came from an address, a keyed digest, and for which something more than the address must be shown; the oldest first."""
    names = ", ".join(f'r."{name}"' for name in _COLUMNS)
    return tuple(map(_row, fetch(
        f"SELECT {names} FROM rights_request r JOIN request_identity i ON i.request = r.id"
        " WHERE r.state = 'unverified' AND i.address = %s AND i.subject = ANY(%s) ORDER BY r.id",
        address, list(subjects),
    )))  # fmt: skip


def open_of(subjects: Iterable[UUID]) -> list[tuple[UUID, UUID, str]]:
    """The open requests of some people, the oldest first: person, request and right."""
    rows = fetch("SELECT subject, id, \"right\" FROM rights_request WHERE subject = ANY(%s) AND state <> 'ended' ORDER BY id", list(subjects))
    return [(row[0], row[1], row[2]) for row in rows]


def copies_first(subjects: Iterable[UUID], kinds: Sequence[str], now: datetime) -> set[UUID]:
    """Those of these people who asked for a copy and do not have it yet: their request is open, or what a link was sent for was not fetched."""
    listed = list(subjects)
    rows = fetch(
        "SELECT subject FROM rights_request WHERE subject = ANY(%s) AND kind = ANY(%s) AND state <> 'ended' AND state <> 'unverified'"
        " UNION SELECT subject FROM person_package WHERE subject = ANY(%s) AND link > 0 AND handed IS NULL AND ended IS NULL AND until > %s",
        listed, list(kinds), listed, now,
    )  # fmt: skip
    return {row[0] for row in rows}


def copies_unshown(ids: Iterable[UUID], kinds: Sequence[str], now: datetime) -> set[UUID]:
    """Those of these requests beside which a copy was asked for from the same address, no later than they were, and nobody has shown yet who asks for it."""
    rows = fetch(
        "SELECT d.id FROM rights_request d JOIN request_identity i ON i.request = d.id JOIN request_identity j ON j.address = i.address"
        " JOIN rights_request c ON c.id = j.request WHERE d.id = ANY(%s) AND c.kind = ANY(%s) AND c.state = 'unverified' AND c.opened <= d.opened AND c.due > %s",
        list(ids), list(kinds), now,
    )  # fmt: skip
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class Tally:
    """Requests of one kind, or (`None`) of all: how many came, were answered, refused, and answered late; half took no longer than `median` seconds."""

    kind: str | None
    came: int
    answered: int
    refused: int
    late: int
    median: float | None


TOLD = "state = 'ended' AND outcome IN ('done', 'partly-done', 'nothing-held', 'refused')"
"""The condition that a request was answered: duplicates, and what nobody showed to be theirs, end without an answer."""


def tallied(since: datetime) -> tuple[Tally, ...]:
    """The requests that came since an instant, by kind and all together; what ended without an answer (duplicates and the like) is not answered."""
    rows = fetch(
        "SELECT kind, count(*), count(*) FILTER (WHERE told), count(*) FILTER (WHERE told AND outcome = 'refused'),"
        " count(*) FILTER (WHERE told AND ended > due), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended - opened)) FILTER (WHERE told)"
        f" FROM (SELECT kind, outcome, opened, due, ended, {TOLD} AS told"
        " FROM rights_request WHERE opened >= %s) r GROUP BY ROLLUP (kind) ORDER BY kind NULLS FIRST",
        since,
    )  # fmt: skip
    return tuple(Tally(*row) for row in rows)


# ---------------------------------------------------------------------------------------------------- what was said


def key_name(id: UUID) -> str:
    """The name of the key of what was said, among the keys of the house."""
    return f"request/{id}"


def read_keys(keeper: Keeper, ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The keys of what was said, opened; those that were destroyed are left out."""
    names = {key_name(id): id for id in ids}
    return {names[name]: key for name, key in secrets.opened(keeper, list(names)).items()}


def sealed(ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """What was said with these requests, still sealed; with whom nothing was said are left out."""
    return {id: bytes(held) for id, held in fetch("SELECT id, sealed FROM rights_request WHERE id = ANY(%s) AND sealed IS NOT NULL", list(ids))}


def past_evidence(ended: datetime, size: int) -> tuple[RequestRow, ...]:
    """Requests that ended before an instant and still hold what was said."""
    rows = fetch(f"SELECT {_NAMES} FROM rights_request WHERE state = 'ended' AND sealed IS NOT NULL AND ended <= %s ORDER BY ended LIMIT %s", ended, size)
    return tuple(map(_row, rows))


def destroy_said(ids: Sequence[UUID]) -> None:
    """Overwrite the keys of what was said, delete them, and what they sealed."""
    secrets.destroy([key_name(id) for id in ids])
    run("UPDATE rights_request SET sealed = NULL WHERE id = ANY(%s)", list(ids))


def _row(values: Sequence[Any]) -> RequestRow:
    held = dict(zip(_COLUMNS, values, strict=True))
    held |= {name: orjson.loads(held[name]) for name in _JSON}  # the connection is Django's, which reads JSON itself
    return RequestRow(**held)
