"""Consumers that are told by webhook: registered with a secret, shown, tested, told again, and who of them knows an event."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from janji.delivery import signing
from janji.delivery.courier import Answer
from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Event, Kind, decode, stamp
from janji.network.addresses import Reach, checked_url
from janji.store import ledger, records, secrets
from janji.store import webhooks as store
from janji.store.database import transaction
from janji.store.vault import NONCE_BYTES
from janji.store.webhooks import DeliveryRow, WebhookRow
from janji.terms.messages import N_, say
from janji.workflows import webhooks
from janji.workflows.house import House
from janji.workflows.webhooks import ALWAYS, Topic

OVERLAP = timedelta(hours=24)
"""For so long the secret before signs too, unless somebody says otherwise."""
PREFIX = "whk_"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
NOT_TOLD = "not-told"
STATES = {
    "active": N_("active"), "paused": N_("paused: tried once an hour"), "gone": N_("gone: it wants to hear no more"),
    "told": N_("knows"), "due": N_("does not know yet"), "failed": N_("was not told: given up"), "dropped": N_("was removed before"),
    "not-told": N_("is not told of it"),
}  # fmt: skip
"""How a consumer does, or how far it is told of an event, in words."""
TROUBLES = {
    "": N_("it did not answer"), "address": N_("its address may not be reached"), "name": N_("its name leads nowhere"),
    "timeout": N_("it took too long"), "tls": N_("its certificate cannot be trusted"), "connection": N_("nothing listens there"),
    "answer": N_("it broke off its answer"),
}  # fmt: skip
"""Why a message was not taken, in words."""
HELD = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when a consumer is left alone that staff paused: until they let it go on."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An application that asks: it sees the consumers that it registered, and of these what is for its key's purposes."""

    application: str
    purposes: frozenset[str] | None

    def owns(self, row: WebhookRow) -> bool:
        """Whether a consumer is theirs to see."""
        return row.application == self.application and (self.purposes is None or bool(row.purposes and self.purposes.issuperset(row.purposes)))


@dataclass(frozen=True, slots=True)
class Consumer:
    """A consumer as it is shown: how it does, what it still has to hear, and what it did not take."""

    id: UUID
    name: str
    url: str
    topics: tuple[str, ...]
    purposes: tuple[str, ...]
    state: str
    made: datetime
    failing: datetime | None
    due: int
    failed: int
    application: str = ""

    @property
    def well(self) -> bool:
        """Whether everything is told, or on its way."""
        return self.failing is None and self.state == store.ACTIVE and not self.failed


@dataclass(frozen=True, slots=True)
class Registered:
    """A consumer that was registered, or got a new secret: the secret is shown this once."""

    consumer: Consumer
    secret: str


@dataclass(frozen=True, slots=True)
class Telling:
    """That a consumer was told of an event, will be, or was not to be (`state`): by which attempts, and what proves it.

    `told` is the recorded event of the acknowledgement, `at` its instant, `told_position` its place in the ledger.
    """

    consumer: UUID
    name: str
    event: UUID
    state: str
    position: int | None = None
    attempts: int = 0
    outcome: str = ""
    next: datetime | None = None
    told: UUID | None = None
    at: datetime | None = None
    told_position: int | None = None


# --------------------------------------------------------------------------------------------------- registered, shown


def add(
    house: House, name: str, url: str, topics: Collection[str] = (), purposes: Collection[str] = (),
    reader: Reader | None = None,
) -> Registered:  # fmt: skip
    """Register a consumer, which is told of what gets a number from now on; all topics and purposes where none are named.

    `reader` is the application that registers, whose it then is; `None` for staff. Raises `Invalid` for what is not understood,
    `Refusal` for a purpose that is not theirs, `Conflict` for a name that is taken.
    """
    if not _NAME.fullmatch(name):
        raise Invalid(say(N_("`{word}` is no name for a consumer"), word=name), say(N_("use lower-case letters, digits and hyphens")))
    row = WebhookRow(
        id=house.runtime.new_id(), name=name, url=checked_url(url, Reach(house.runtime.settings.webhook_networks)),
        topics=_topics(topics), purposes=_purposes(house, purposes, None if reader is None else reader.purposes), made=house.runtime.now(),
        application="" if reader is None else reader.application,
    )  # fmt: skip
    with transaction():
        store.lock_position()
        present = store.webhooks()
        if any(other.name == name for other in present):
            raise Conflict(say(N_("there is a consumer `{name}` already"), name=name), say(N_("remove it first, or take another name")))
        if not present:
            store.set_position(ledger.size())
        store.insert_webhook(row)
        secret = _fresh_secret(house, row.id, row.secret)
    return Registered(_shown(row, {}), signing.shown(secret))


def _topics(named: Collection[str]) -> tuple[str, ...]:
    chosen = [str(topic) for topic in Topic if topic not in ALWAYS]
    for topic in named:
        if topic not in chosen:
            raise Invalid(say(N_("`{word}` is nothing that consumers are told of"), word=topic),
                          say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in chosen)))  # fmt: skip
    return tuple(topic for topic in chosen if not named or topic in named)


def _purposes(house: House, named: Collection[str], confined: Collection[str] | None) -> tuple[str, ...]:
    wanted = tuple(sorted(set(named) or set(confined or ())))
    if confined is not None and not wanted:
        raise Refusal(say(N_("this key is for no purpose, and nobody hears of every one by it")))
    for purpose in wanted if named else ():
        known = house.policy_in_force.policy.purposes
        if purpose not in known:
            raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=purpose, section="purposes"), nearest(purpose, map(str, known)))
        if confined is not None and purpose not in confined:
            raise Refusal(say(N_("`{word}` is no purpose of this key"), word=purpose), say(N_("name purposes that the key is for")))
    return wanted


def _fresh_secret(house: House, webhook: UUID, number: int) -> bytes:
    secret = house.runtime.random(signing.SECRET_BYTES)
    if not secrets.keep(house.keeper, webhooks.secret_name(webhook, number), secret, house.runtime.random(NONCE_BYTES)):
        raise Conflict(say(N_("the key-encryption key was changed while this ran")), say(N_("start again with the new one")))
    return secret


def consumers(reader: Reader | None = None) -> tuple[Consumer, ...]:
    """Every consumer by name; those of one application alone where that asks."""
    waiting = store.backlog()
    return tuple(_shown(row, waiting) for row in store.webhooks() if _theirs(row, reader))


def find(id: UUID, reader: Reader | None = None) -> Consumer | None:
    """One consumer; `None` when there is none, or it is not theirs."""
    row = store.webhook(id)
    if row is None or row.state == store.REMOVED or not _theirs(row, reader):
        return None
    return _shown(row, store.backlog())


def consumer(id: UUID, reader: Reader | None = None) -> Consumer:
    """One consumer; raises `Invalid` when there is none, or it is not theirs."""
    return _shown(_row(id, reader), store.backlog())


def consumer_named(name: str) -> UUID:
    """The id of the consumer of a name; raises `Invalid` when there is none."""
    found = next((row.id for row in store.webhooks() if row.name == name), None)
    if found is None:
        raise _unknown()
    return found


def _row(id: UUID, reader: Reader | None = None) -> WebhookRow:
    row = store.webhook(id)
    if row is None or row.state == store.REMOVED or not _theirs(row, reader):
        raise _unknown()
    return row


def _locked(id: UUID, reader: Reader | None) -> WebhookRow:
    _row(id, reader)
    row = store.lock_webhook(id)
    if row is None or row.state == store.REMOVED:
        raise _unknown()
    return row


def _theirs(row: WebhookRow, reader: Reader | None) -> bool:
    return reader is None or reader.owns(row)


def _unknown() -> Invalid:
    return Unknown(say(N_("there is no such consumer")), say(N_("`janji webhook list` shows every one")))


def _shown(row: WebhookRow, waiting: dict[UUID, store.Backlog]) -> Consumer:
    left = waiting.get(row.id, store.Backlog(0, 0))
    return Consumer(row.id, row.name, row.url, row.topics, row.purposes, row.state, row.made, row.failing, left.due, left.failed, row.application)


# ------------------------------------------------------------------------------------------------------------- changed


def remove(house: House, id: UUID, reader: Reader | None = None, actor: Actor = Actor.STAFF) -> None:
    """Tell a consumer nothing more: its secrets are gone, what it had still to hear is dropped, what it knows stays on record."""
    with transaction():
        store.lock_position()
        row = _locked(id, reader)
        store.drop_due(id)
        secrets.destroy([webhooks.secret_name(id, number) for number in (row.secret - 1, row.secret)])
        row = webhooks.end_task(house, row, "not-needed", actor)
        store.write_webhook(replace(row, state=store.REMOVED, former_until=None, next=None))


def rotate(house: House, id: UUID, overlap: timedelta = OVERLAP, reader: Reader | None = None) -> Registered:
    """Give a consumer a new secret; for `overlap` messages are signed by the one before it too (none: it is gone at once)."""
    with transaction():
        row = _locked(id, reader)
        gone = [row.secret - 1] if overlap > timedelta() else [row.secret - 1, row.secret]
        secrets.destroy([webhooks.secret_name(id, number) for number in gone])
        until = house.runtime.now() + overlap if overlap > timedelta() else None
        row = replace(row, secret=row.secret + 1, former_until=until)
        secret = _fresh_secret(house, id, row.secret)
        store.write_webhook(row)
    return Registered(_shown(row, store.backlog()), signing.shown(secret))


def probe(house: House, id: UUID, reader: Reader | None = None) -> Answer:
    """Send a consumer a message that says nothing; one that is paused or gone goes on when it acknowledges it."""
    answer = webhooks.send_test(house, _row(id, reader))
    if answer.acknowledged:
        with transaction():
            row = replace(_locked(id, reader), state=store.ACTIVE, failing=None, failures=0, next=None)
            store.write_webhook(row if store.failed(id) else webhooks.end_task(house, row, "done"))
    return answer


def pause(id: UUID) -> None:
    """Leave a consumer alone until staff let it go on (`probe`): what it is to hear waits, and is kept."""
    with transaction():
        store.write_webhook(replace(_locked(id, None), state=store.PAUSED, next=HELD))


def replay(house: House, id: UUID, first: int, end: int | None = None, reader: Reader | None = None) -> int:
    """Tell a consumer again of the positions from `first` to before `end`, or to the last that was read: how many events.

    Each has the `webhook-id` that it had, so a receiver that knows it passes over it.
    """
    _row(id, reader)
    count, place = 0, first
    while True:
        with transaction():
            last = store.lock_position()
            stop = min(place + webhooks.PAGE, last if end is None else min(end, last))
            if stop <= place:
                return count
            count += webhooks.make(house, [_locked(id, reader)], place, stop)
        place = stop


def replay_event(house: House, id: UUID, event: UUID, reader: Reader | None = None) -> int:
    """Tell a consumer of one event again: 1, or 0 where it is not to be told of it, or will be anyway."""
    _event(event)
    place = ledger.placed(event)
    _row(id, reader)
    return 0 if place is None else replay(house, id, place.position, place.position + 1, reader)


# ----------------------------------------------------------------------------------------------------------- who knows


def told_of(event: UUID) -> tuple[Telling, ...]:
    """Which consumers know of an event, which do not yet, and which are not to be told; raises `Invalid` for no event."""
    found, place, names = _event(event), ledger.placed(event), {row.id: row for row in store.webhooks()}
    rows = store.deliveries_of_event(event)
    tellings = [_telling(row, _name(row.webhook, names)) for row in rows]
    ahead = place is None or place.position >= store.position()
    for id in names.keys() - {row.webhook for row in rows}:
        will = ahead and webhooks.hears(names[id], Kind(found.kind), found.details)
        tellings.append(Telling(id, names[id].name, event, store.DUE if will else NOT_TOLD, None if place is None else place.position))
    return tuple(sorted(tellings, key=lambda telling: telling.name))


def told(
    id: UUID, before: int | None = None, size: int = 100, state: str | None = None, reader: Reader | None = None
) -> tuple[Telling, ...]:
    """What a consumer was and is to be told, the newest first, from below the position `before`; of one state or of all."""
    row = _row(id, reader)
    return tuple(_telling(item, row.name) for item in store.deliveries_of_webhook(id, before, size, state))


def _telling(row: DeliveryRow, name: str) -> Telling:
    at = place = None
    if row.told is not None:
        proof = records.event(row.told)
        at = None if proof is None else decode(proof.body).at
        placed = ledger.placed(row.told)
        place = None if placed is None else placed.position
    return Telling(
        row.webhook, name, row.event, row.state, row.position, row.attempts, row.outcome,
        row.next if row.state == store.DUE else None, row.told, at, place,
    )  # fmt: skip


def consumer_json(one: Consumer) -> dict[str, Any]:
    """A consumer as JSON, without its secret."""
    held: dict[str, Any] = {
        "id": f"{PREFIX}{one.id}", "name": one.name, "url": one.url, "topics": list(one.topics), "purposes": list(one.purposes) or None,
        "state": one.state, "made": _instant(one.made), "failing": _instant(one.failing), "due": one.due, "failed": one.failed,
        "application": one.application or None,
    }  # fmt: skip
    return {name: part for name, part in held.items() if part is not None}


def telling_json(one: Telling) -> dict[str, Any]:
    """How far a consumer is told of an event, as JSON; `told` is the event that records the acknowledgement."""
    held: dict[str, Any] = {
        "webhook": f"{PREFIX}{one.consumer}", "name": one.name, "event": str(one.event), "position": one.position, "state": one.state,
        "attempts": one.attempts, "outcome": one.outcome or None, "next": _instant(one.next), "at": _instant(one.at),
        "told": str(one.told) if one.told else None, "told_position": one.told_position,
    }  # fmt: skip
    return {name: part for name, part in held.items() if part is not None}


def answer_json(answer: Answer) -> dict[str, Any]:
    """What came of a test, as JSON."""
    held = {"trouble": answer.trouble} if answer.status is None else {"status": answer.status}
    return {"acknowledged": answer.acknowledged, **held}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


def _name(id: UUID, names: dict[UUID, WebhookRow]) -> str:
    row = names.get(id) or store.webhook(id)
    return "" if row is None else row.name


def _event(id: UUID) -> Event:
    row = records.event(id)
    if row is None:
        raise Unknown(
            say(N_("there is no event `{event}` in the record"), event=id), say(N_("a receipt names the id of its event"))
        )
    return decode(row.body)


