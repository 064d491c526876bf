"""Consumers that are told by webhook, what each is to be told and how far that is, and how far the ledger was read for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.store.database import connection, fetch, run, translated_errors

ACTIVE, PAUSED, GONE, REMOVED = "active", "paused", "gone", "removed"
DUE, TOLD, FAILED, DROPPED = "due", "told", "failed", "dropped"


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A consumer as stored. No `purposes` means every one. `secret` is the number of its present secret.

    `failing` is since when every attempt failed, `next` before when it is left alone, `former_until` until when the
    secret before signs too, `task` what is open for a person who must look after it, `application` whose it is: that
    which registered it, none where staff did.
    """

    id: UUID
    name: str
    url: str
    topics: tuple[str, ...]
    purposes: tuple[str, ...]
    made: datetime
    state: str = ACTIVE
    secret: int = 1
    former_until: datetime | None = None
    failing: datetime | None = None
    failures: int = 0
    next: datetime | None = None
    task: UUID | None = None
    application: str = ""


class NewDelivery(NamedTuple):
    """What a consumer is to be told: the id is the `webhook-id` for good."""

    id: UUID
    webhook: UUID
    event: UUID
    position: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """That a consumer is told of an event: how far that is. `told` is the event that records the acknowledgement."""

    id: UUID
    webhook: UUID
    event: UUID
    position: int
    state: str
    attempts: int
    first: datetime | None
    next: datetime
    outcome: str
    told: UUID | None


class Claimed(NamedTuple):
    """A delivery that is being sent: its event's bytes, and the person whom that is about."""

    row: DeliveryRow
    body: bytes
    subject: UUID | None


class Passing(NamedTuple):
    """An event on its way through the ledger: where it stands, its id, kind and bytes."""

    position: int
    event: UUID
    kind: str
    body: bytes


class Backlog(NamedTuple):
    """What one consumer still has to hear, and what it did not take."""

    due: int
    failed: int


# ---------------------------------------------------------------------------------------------------------- consumers


_WEBHOOK = (
    "SELECT id, name, url, topics::text, purposes::text, made, state, secret, former_until, failing, failures, next, task, application FROM webhook"
)


def insert_webhook(row: WebhookRow) -> None:
    """Store a new consumer. Raises `Conflict` when its name has one already."""
    run(
        "INSERT INTO webhook (id, name, url, topics, purposes, state, made, secret, failures, application)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, %s)",
        row.id, row.name, row.url, Jsonb(row.topics), Jsonb(row.purposes), row.state, row.made, row.secret, row.application,
    )  # fmt: skip


def webhooks() -> tuple[WebhookRow, ...]:
    """Every consumer that was not removed, by name."""
    return tuple(map(_webhook, fetch(_WEBHOOK + " WHERE state <> 'removed' ORDER BY name")))


def webhook(id: UUID) -> WebhookRow | None:
    """One consumer, removed ones too."""
    return next(iter(map(_webhook, fetch(_WEBHOOK + " WHERE id = %s", id))), None)


def lock_webhook(id: UUID) -> WebhookRow | None:
    """One consumer, locked until the transaction ends: the first lock that is taken wherever its deliveries change."""
    return next(iter(map(_webhook, fetch(_WEBHOOK + " WHERE id = %s FOR UPDATE", id))), None)


def write_webhook(row: WebhookRow) -> None:
    """Store how a consumer is now; what it is told of does not change."""
    run(
        "UPDATE webhook SET state = %s, secret = %s, former_until = %s, failing = %s, failures = %s, next = %s, task = %s WHERE id = %s",
        row.state, row.secret, row.former_until, row.failing, row.failures, row.next, row.task, row.id,
    )  # fmt: skip


def ready(now: datetime) -> tuple[WebhookRow, ...]:
    """The consumers that may be told now and have something to hear."""
    return tuple(map(_webhook, fetch(
        _WEBHOOK + " WHERE state IN ('active', 'paused') AND (next IS NULL OR next <= %s)"
        " AND EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook = webhook.id AND d.state = 'due' AND d.next <= %s)"
        " ORDER BY made, id",
        now, now,
    )))  # fmt: skip


def expired(now: datetime) -> tuple[WebhookRow, ...]:
    """The consumers whose former secret signs no more, and is kept still; locked until the transaction ends."""
    return tuple(map(_webhook, fetch(_WEBHOOK + " WHERE former_until <= %s ORDER BY id FOR UPDATE", now)))


def backlog() -> dict[UUID, Backlog]:
    """What each consumer still has to hear, and what it did not take; those without either are left out."""
    rows = fetch(
        "SELECT webhook, count(*) FILTER (WHERE state = 'due'), count(*) FILTER (WHERE state = 'failed')"
        " FROM webhook_delivery WHERE state IN ('due', 'failed') GROUP BY 1"
    )
    return {row[0]: Backlog(row[1], row[2]) for row in rows}


# ------------------------------------------------------------------------------------------- from the ledger to deliveries


def lock_position() -> int:
    """How far the ledger was read, locked until the transaction ends: before it was read at all, 0."""
    run("INSERT INTO webhook_position (id, position) VALUES (1, 0) ON CONFLICT DO NOTHING")
    return int(fetch("SELECT position FROM webhook_position WHERE id = 1 FOR UPDATE")[0][0])


def position() -> int:
    """How far the ledger was read."""
    rows = fetch("SELECT position FROM webhook_position WHERE id = 1")
    return rows[0][0] if rows else 0


def set_position(position: int) -> None:
    """Note how far the ledger was read; the position is locked."""
    run("UPDATE webhook_position SET position = %s WHERE id = 1", position)


def passing(first: int, end: int, kinds: Sequence[str]) -> list[Passing]:
    """The events of these kinds from the position `first` to before `end`, in their order."""
    with translated_errors():
        rows = connection().execute(
            "SELECT l.position, e.id, e.kind, e.body FROM ledger_leaf l JOIN event e ON e.id = l.event"
            " WHERE l.position >= %s AND l.position < %s AND e.kind = ANY(%s) ORDER BY l.position",
            [first, end, list(kinds)], prepare=True, binary=True,
        )  # fmt: skip
        return [Passing(row[0], row[1], row[2], bytes(row[3])) for row in rows]


def insert_deliveries(rows: Sequence[NewDelivery], now: datetime) -> None:
    """Store what consumers are to be told, due at once; what was settled before is due again, under the id it had."""
    run(
        "INSERT INTO webhook_delivery (id, webhook, event, position, state, attempts, next, outcome)"
        " SELECT id, webhook, event, position, 'due', 0, %s, '' FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[])"
        " AS new (id, webhook, event, position) ON CONFLICT (webhook, event) DO UPDATE SET state = 'due', attempts = 0,"
        " first = NULL, next = EXCLUDED.next, outcome = '', told = NULL WHERE webhook_delivery.state <> 'due'",
        now, [row.id for row in rows], [row.webhook for row in rows], [row.event for row in rows], [row.position for row in rows],
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- deliveries


_DELIVERY = "d.id, d.webhook, d.event, d.position, d.state, d.attempts, d.first, d.next, d.outcome, d.told"


def claim(webhook: UUID, now: datetime, until: datetime, most: int) -> list[Claimed]:
    """Take up to `most` deliveries that are due: until `until` nobody else takes them. Those tried least come first."""
    rows = fetch(
        "WITH taken AS (UPDATE webhook_delivery SET next = %s, attempts = attempts + 1, first = coalesce(first, %s) WHERE id IN"
        " (SELECT id FROM webhook_delivery WHERE webhook = %s AND state = 'due' AND next <= %s ORDER BY attempts, position"
        f" LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING *) SELECT {_DELIVERY}, e.body, s.id FROM taken d JOIN event e ON e.id = d.event"
        " LEFT JOIN subject s ON s.pseudonym = e.subject ORDER BY d.position",
        until, now, webhook, now, most,
    )  # fmt: skip
    return [Claimed(DeliveryRow(*row[:10]), bytes(row[10]), row[11]) for row in rows]


def still_due(ids: Sequence[UUID]) -> dict[UUID, DeliveryRow]:
    """Those of these deliveries that nobody settled meanwhile, locked until the transaction ends."""
    rows = fetch(
        f"SELECT {_DELIVERY} FROM webhook_delivery d WHERE id = ANY(%s) AND state = 'due' ORDER BY id FOR UPDATE", list(ids)
    )
    return {row[0]: DeliveryRow(*row) for row in rows}


def settle(rows: Sequence[DeliveryRow]) -> None:
    """Store how far deliveries are now."""
    run(
        "UPDATE webhook_delivery d SET state = new.state, next = new.next, outcome = new.outcome, told = new.told"
        " FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::uuid[]) AS new (id, state, next, outcome, told)"
        " WHERE d.id = new.id",
        [row.id for row in rows], [row.state for row in rows], [row.next for row in rows], [row.outcome for row in rows],
        [row.told for row in rows],
    )  # fmt: skip


def drop_due(webhook: UUID) -> None:
    """Let a consumer hear nothing more."""
    run("UPDATE webhook_delivery SET state = 'dropped' WHERE webhook = %s AND state = 'due'", webhook)


def forget_settled(before: datetime, most: int) -> int:
    """Let go of deliveries that were told or dropped before an instant, `most` at once; how many. The ledger says that they were told."""
    return len(fetch(
        "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE state IN ('told', 'dropped')"
        " AND coalesce(first, next) < %s LIMIT %s) RETURNING 1", before, most,
    ))  # fmt: skip


def failed(webhook: UUID) -> int:
    """How many deliveries a consumer did not take."""
    return int(fetch("SELECT count(*) FROM webhook_delivery WHERE webhook = %s AND state = 'failed'", webhook)[0][0])


def deliveries_of_event(event: UUID) -> tuple[DeliveryRow, ...]:
    """Whom an event was to be told to, and how far that is."""
    rows = fetch(
        f"SELECT {_DELIVERY} FROM webhook w JOIN webhook_delivery d ON d.webhook = w.id AND d.event = %s ORDER BY w.name, d.id", event
    )
    return tuple(DeliveryRow(*row) for row in rows)


def deliveries_of_webhook(webhook: UUID, before: int | None, size: int, state: str | None = None) -> tuple[DeliveryRow, ...]:
    """What a consumer was to be told, the newest first, of positions below `before`; of one state or of all."""
    rows = fetch(
        f"SELECT {_DELIVERY} FROM webhook_delivery d WHERE webhook = %s AND (%s::bigint IS NULL OR position < %s)"
        " AND (%s::text IS NULL OR state = %s) ORDER BY position DESC LIMIT %s",
        webhook, before, before, state, state, size,
    )  # fmt: skip
    return tuple(DeliveryRow(*row) for row in rows)


def _webhook(row: tuple[Any, ...]) -> WebhookRow:
    id, name, url, topics, purposes, *rest = row
    return WebhookRow(id, name, url, tuple(json.loads(topics)), tuple(json.loads(purposes)), *rest)
