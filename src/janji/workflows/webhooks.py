"""Events told to consumers: deliveries made in the ledger's order, sent, tried again, each acknowledgement recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from janji.delivery import signing
from janji.delivery.courier import Answer, Courier
from janji.errors import Corrupt
from janji.ledger.events import Actor, Kind, decode, leaf_hash, stamp
from janji.network.addresses import Reach
from janji.people.identifiers import PREFIX
from janji.store import ledger, people, secrets
from janji.store import webhooks as store
from janji.store.database import transaction
from janji.store.people import FORGOTTEN, TaskRow
from janji.store.webhooks import Claimed, DeliveryRow, NewDelivery, WebhookRow
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.people import lock
from janji.workflows.recording import Entry, record

TASK = "consumer-not-told"
"""The kind of task that is open while a consumer is not told what it should be."""

PAGE = 10_000
"""How many positions of the ledger one transaction reads."""
THREADS, PER_CONSUMER = 16, 4
"""How many messages are on their way at once, and how many of them to one consumer."""
LEASE = timedelta(minutes=2)
"""For so long nobody else takes a delivery that is being sent; much longer than an attempt takes."""
KEEP_SETTLED, PRUNED = timedelta(days=90), 10_000
"""How long it is kept what a consumer was told, and how many are let go at once."""
LONG = timedelta(days=3)
"""For so long a delivery is tried; a consumer that fails for so long is paused."""
FIRST_WAIT, LONGEST_WAIT, CONSUMER_WAIT = timedelta(seconds=5), timedelta(hours=1), timedelta(minutes=1)
"""The wait after a first failure, which doubles each time; the longest one of a delivery, and of a consumer that is not paused."""


class Topic(StrEnum):
    """What consumers are told of: each a no, that somebody is another person than was thought, or that data were wrong."""

    WITHDRAWAL = "withdrawal"
    EXPIRY = "expiry"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    QUARANTINE = "quarantine"
    ERASURE = "erasure"
    AGE = "age"
    MERGE = "merge"
    SPLIT = "split"
    CORRECTION = "correction"


TOPICS: Mapping[Kind, Topic] = {
    Kind.CONSENT_WITHDRAWN: Topic.WITHDRAWAL, Kind.TRANSFER_CONSENT_WITHDRAWN: Topic.WITHDRAWAL,
    Kind.AUTHORISATION_ENDED: Topic.WITHDRAWAL, Kind.CONSENT_EXPIRED: Topic.EXPIRY, Kind.RETENTION_ENDED: Topic.EXPIRY,
    Kind.AGREEMENT_ENDED: Topic.EXPIRY, Kind.OBJECTION_MADE: Topic.OBJECTION, Kind.RESTRICTION_SET: Topic.RESTRICTION,
    Kind.DELAY_SET: Topic.RESTRICTION, Kind.QUARANTINE_SET: Topic.QUARANTINE, Kind.PERSON_FORGOTTEN: Topic.ERASURE,
    Kind.AGE_RECORDED: Topic.AGE, Kind.GUARDIAN_REVOKED: Topic.AGE, Kind.PERSON_ABSORBED: Topic.MERGE,
    Kind.PERSON_REVIVED: Topic.SPLIT, Kind.DATA_CORRECTED: Topic.CORRECTION,
}  # fmt: skip
"""The kinds of event that are told, and what each is told as. A yes is not told: whoever wants one asks."""

ALWAYS = frozenset({Topic.MERGE, Topic.SPLIT})
"""Told to every consumer: nothing else can be understood without them."""

TEST = "test"
_KINDS = sorted(map(str, TOPICS))
_SURVIVOR = {Topic.MERGE: "into", Topic.SPLIT: "from"}
_DETAILS = ("purpose", "channel", "recipient", "country", "scope", "agreement", "rule", "automated", "data")
"""What of an event is told. Nothing of an age, a guardian or a ground is, and no value: of data the categories."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round did: deliveries made, told and given up, attempts that will be repeated."""

    made: int = 0
    told: int = 0
    failed: int = 0
    waiting: int = 0

    def plus(self, other: Delivered) -> Delivered:
        """Both together."""
        return Delivered(self.made + other.made, self.told + other.told, self.failed + other.failed, self.waiting + other.waiting)


# ---------------------------------------------------------------------------------------------- what is to be told


def derive(house: House, limit: int = PAGE) -> int:
    """Make the deliveries of all events that got a number since the last time: how many.

    Positions have no gap and are committed in their order, so none is ever passed over; the deliveries and the position
    behind them are one transaction, so none is made twice.
    """
    made = 0
    while store.webhooks():
        with transaction():
            first = store.lock_position()
            end = max(first, min(first + limit, ledger.size()))
            made += make(house, store.webhooks(), first, end)
            store.set_position(end)
        if end - first < limit:
            break
    return made


def make(house: House, consumers: Sequence[WebhookRow], first: int, end: int) -> int:
    """Make what these consumers are to be told of the positions from `first` to before `end`, where the position is locked."""
    wanted = [
        (consumer.id, item)
        for item in store.passing(first, end, _KINDS)
        for consumer in consumers
        if hears(consumer, Kind(item.kind), decode(item.body).details)
    ]
    ids = house.runtime.new_ids(len(wanted))
    rows = [NewDelivery(id, consumer, item.event, item.position) for id, (consumer, item) in zip(ids, wanted, strict=True)]
    if rows:
        store.insert_deliveries(rows, house.runtime.now())
    return len(rows)


def hears(consumer: WebhookRow, kind: Kind, details: Mapping[str, Any]) -> bool:
    """Whether a consumer is told of such an event: its topic, and its purpose where the event has one."""
    topic = TOPICS.get(kind)
    if topic is None or not (topic in ALWAYS or topic in consumer.topics):
        return False
    return not consumer.purposes or "purpose" not in details or details["purpose"] in consumer.purposes


# ------------------------------------------------------------------------------------------------------------- sending


def prune(house: House) -> int:
    """Let go of what consumers were told long ago; how many deliveries. What failed stays until somebody has looked after it."""
    return store.forget_settled(house.runtime.now() - KEEP_SETTLED, PRUNED)


def deliver_due(house: House, limit: int = 500) -> Delivered:
    """Tell consumers what they are to be told by now, at most `limit` messages; the step of a worker.

    Others may do the same at the same time. Takes as long as its slowest receiver (an attempt has 15 seconds); receivers
    that answer are not held up by it.
    """
    _forget_secrets(house)
    made = derive(house)
    if not store.ready(house.runtime.now()):
        return Delivered(made)
    with reach_out(house, THREADS) as courier, ThreadPoolExecutor(THREADS, "janji-webhook") as pool:
        return _Round(house, courier, pool, limit).run().plus(Delivered(made))


def reach_out(house: House, most: int) -> Courier:
    """What sends messages to where the settings let them go, up to `most` at once."""
    return Courier(Reach(house.runtime.settings.webhook_networks), most)


class _Round:
    """One round of sending: only the network is in threads, the database in the caller's."""

    def __init__(self, house: House, courier: Courier, pool: ThreadPoolExecutor, limit: int) -> None:
        self.house, self.courier, self.pool, self.left = house, courier, pool, limit
        self.flying: dict[Future[Answer], Claimed] = {}
        self.done = Delivered()

    def run(self) -> Delivered:
        """Send until nothing is due or the limit is reached, and until every answer is in."""
        while True:
            self._start()
            if not self.flying:
                return self.done
            finished, _ = wait(self.flying, timeout=0.5, return_when=FIRST_COMPLETED)
            if finished:
                self._settle(finished)
            else:
                self.done = self.done.plus(Delivered(derive(self.house)))  # somebody is slow: what is new need not wait for them

    def _start(self) -> None:
        if not self.left:
            return
        now = self.house.runtime.now()
        for consumer in store.ready(now):
            busy = sum(item.row.webhook == consumer.id for item in self.flying.values())
            width = PER_CONSUMER if consumer.failing is None else 1
            free = min(width - busy, THREADS - len(self.flying), self.left)
            if free <= 0:
                continue
            with transaction():
                claimed = store.claim(consumer.id, now, now + LEASE, free)
            secrets = secrets_of(self.house, consumer)
            for item in claimed:
                body = message(item)
                held = signing.headers(item.row.id, now, body, secrets)
                self.flying[self.pool.submit(self.courier.post, consumer.url, held, body)] = item
            self.left -= len(claimed)

    def _settle(self, finished: Iterable[Future[Answer]]) -> None:
        answers: dict[UUID, list[tuple[Claimed, Answer]]] = {}
        for future in finished:
            item = self.flying.pop(future)
            answers.setdefault(item.row.webhook, []).append((item, future.result()))
        for webhook, found in answers.items():
            self.done = self.done.plus(settle(self.house, webhook, found))


def message(item: Claimed) -> bytes:
    """What is told of one event: ids, names of the policy, and where it stands; nothing that describes a person."""
    event = decode(item.body)
    topic = TOPICS[event.kind]
    data: dict[str, Any] = {"event": event.id, "kind": str(event.kind), "subject": f"{PREFIX}{_there(item.subject)}"}
    data |= {name: event.details[name] for name in _DETAILS if name in event.details}
    if topic in _SURVIVOR:
        survivor = people.by_pseudonym(bytes.fromhex(event.details[_SURVIVOR[topic]]))
        data["survivor"] = f"{PREFIX}{_there(None if survivor is None else survivor.id)}"
    return _body(topic, event.at, {**data, "digest": leaf_hash(item.body).hex(), "position": item.row.position})


def _body(type: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"type": str(type), "timestamp": stamp(at), "data": data})


def _there(subject: UUID | None) -> UUID:
    if subject is None:
        raise Corrupt(
            say(N_("an event is about somebody who is not in the record")), say(N_("stop, and run `janji ledger audit --live`"))
        )
    return subject


def send_test(house: House, consumer: WebhookRow) -> Answer:
    """Send a message that says nothing, once; nothing is kept of it."""
    now = house.runtime.now()
    body = _body(TEST, now, {"consumer": consumer.name})
    with reach_out(house, 1) as courier:
        return courier.post(consumer.url, signing.headers(house.runtime.new_id(), now, body, secrets_of(house, consumer)), body)


# ------------------------------------------------------------------------------------------------------------- secrets


def secret_name(webhook: UUID, number: int) -> str:
    """The name of a consumer's secret among the keys of the house."""
    return f"webhook/{webhook}/{number}"


def secrets_of(house: House, consumer: WebhookRow) -> list[bytes]:
    """The secrets that sign for a consumer now: the present one, and the one before it while both are good."""
    names = [secret_name(consumer.id, consumer.secret)]
    if consumer.former_until is not None and consumer.former_until > house.runtime.now():
        names.append(secret_name(consumer.id, consumer.secret - 1))
    return list(secrets.opened(house.keeper, names).values())


def _forget_secrets(house: House) -> None:
    """Let former secrets be gone whose time is over."""
    with transaction():
        for consumer in store.expired(house.runtime.now()):
            secrets.destroy([secret_name(consumer.id, consumer.secret - 1)])
            store.write_webhook(replace(consumer, former_until=None))


# ------------------------------------------------------------------------------------------------------------- answers


def settle(house: House, webhook: UUID, answers: Sequence[tuple[Claimed, Answer]]) -> Delivered:
    """Keep what came of attempts at one consumer, and record each acknowledgement, in one transaction.

    What somebody else settled meanwhile (after our lease) stays as they left it.
    """
    now = house.runtime.now()
    with transaction():
        consumer = store.lock_webhook(webhook)
        if consumer is None:
            return Delivered()
        open_ = store.still_due([item.row.id for item, _ in answers])
        found = [(item, answer) for item, answer in answers if item.row.id in open_]
        took = [(item, answer) for item, answer in found if answer.acknowledged]
        events = _record_told(house, consumer, [item for item, _ in took])
        rows = [
            replace(open_[item.row.id], state=store.TOLD, outcome=answer.word, told=event)
            for (item, answer), event in zip(took, events, strict=True)
        ]
        after = _afterwards(house, consumer, [answer for _, answer in found], now)
        refused = [_later(house, after, open_[item.row.id], answer, now) for item, answer in found if not answer.acknowledged]
        store.settle([*rows, *refused])
        given_up = sum(row.state == store.FAILED for row in refused)
        store.write_webhook(_look_after(house, after, bool(rows), bool(given_up)))
    return Delivered(0, len(rows), given_up, len(refused) - given_up)


def _record_told(house: House, consumer: WebhookRow, items: Sequence[Claimed]) -> list[UUID]:
    """Record that a consumer acknowledged, about the person; who was forgotten is named by the event told of alone."""
    known = lock(item.subject for item in items if item.subject is not None) if items else {}
    recorded = record(house, [
        Entry(
            kind=Kind.CONSUMER_TOLD, actor=Actor.SYSTEM,
            subject=None if item.subject is None or known[item.subject].state == FORGOTTEN else item.subject,
            details={"consumer": consumer.name, "webhook": str(consumer.id), "delivery": str(item.row.id), "told": str(item.row.event)},
        )
        for item in items
    ])  # fmt: skip
    return [event.id for event in recorded]


def _afterwards(house: House, consumer: WebhookRow, answers: Sequence[Answer], now: datetime) -> WebhookRow:
    """How a consumer is after these answers: one acknowledgement makes it well."""
    if not answers:
        return consumer
    if any(answer.acknowledged for answer in answers):
        if consumer.state == store.PAUSED and consumer.failing is None:
            return consumer  # staff paused it meanwhile
        return replace(consumer, state=store.ACTIVE, failing=None, failures=0, next=None)
    if any(answer.gone for answer in answers):
        return replace(consumer, state=store.GONE, failing=consumer.failing or now)
    if consumer.next is not None and consumer.next > now:
        return consumer  # of the same burst: it counts once
    failing, failures = consumer.failing or now, consumer.failures + 1
    paused = now - failing >= LONG
    pause = LONGEST_WAIT if paused else min(backoff(failures, house.runtime.random(2)), CONSUMER_WAIT)
    return replace(consumer, state=store.PAUSED if paused else consumer.state, failing=failing, failures=failures, next=now + pause)


def _later(house: House, consumer: WebhookRow, row: DeliveryRow, answer: Answer, now: datetime) -> DeliveryRow:
    """A delivery that was not taken: due again, or given up where others were taken meanwhile and it was tried for long."""
    if answer.gone:
        return replace(row, next=now, outcome=answer.word)
    if consumer.state == store.ACTIVE and row.first is not None and now - row.first >= LONG:
        return replace(row, state=store.FAILED, outcome=answer.word)
    return replace(row, next=now + backoff(row.attempts, house.runtime.random(2)), outcome=answer.word)


def backoff(attempts: int, chance: bytes) -> timedelta:
    """How long to wait after so many attempts: doubled each time up to the longest, and spread by half to either side."""
    doubled = min(FIRST_WAIT * float(2 ** min(attempts - 1, 20)), LONGEST_WAIT)
    return doubled * (0.5 + int.from_bytes(chance, "big") / 65_536)


def _look_after(house: House, consumer: WebhookRow, took: bool, given_up: bool) -> WebhookRow:
    """Open the task of a consumer that needs a person, and close it when all is well again."""
    wanted = given_up or consumer.state in (store.PAUSED, store.GONE)
    if wanted and consumer.task is None:
        id, now = house.runtime.new_id(), house.runtime.now()
        people.open_task(TaskRow(id, TASK, None, now, None, None, {"consumer": consumer.name, "webhook": str(consumer.id)}))
        record(house, [Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, details=_task(consumer, id))])
        return replace(consumer, task=id)
    if consumer.task is not None and took and not wanted and not store.failed(consumer.id):
        return end_task(house, consumer, "done")
    return consumer


def end_task(house: House, consumer: WebhookRow, outcome: str, actor: Actor = Actor.SYSTEM) -> WebhookRow:
    """Close the task of a consumer, if it has one; the consumer without it. In the transaction that stores it."""
    if consumer.task is not None and people.close_tasks([consumer.task], house.runtime.now()):
        details = {**_task(consumer, consumer.task), "outcome": outcome}
        record(house, [Entry(kind=Kind.TASK_CLOSED, actor=actor, details=details)])
    return replace(consumer, task=None)


def _task(consumer: WebhookRow, id: UUID) -> dict[str, str]:
    return {"task": TASK, "id": str(id), "consumer": consumer.name}
