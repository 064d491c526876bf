"""The clock of requests: reminders to show who asks, closing as not verified, marks passed; and the steps of a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from janji.ledger.events import Actor, read_stamp
from janji.messaging.kinds import MessageKind, Values
from janji.people.identifiers import Identifier
from janji.rights.register import marks
from janji.rights.requests import Outcome, Request, State
from janji.store import requests as store
from janji.store.database import transaction
from janji.store.workers import alone
from janji.terms.messages import Message
from janji.workflows import request_identity
from janji.workflows.forgetting import KEEP_EVIDENCE
from janji.workflows.house import House
from janji.workflows.messages import Outgoing, send_many
from janji.workflows.request_kinds import AT_ONCE, let_stand
from janji.workflows.request_needs import answer_to
from janji.workflows.request_pages import page_path
from janji.workflows.request_telling import language_of, tell_closed, tell_results, values_of
from janji.workflows.request_work import BATCH, RETRIES, escalate, lock_name, work_off
from janji.workflows.requests import Move, jobs, move_all, not_verified, packed, requests_now
from janji.workflows.worklists import site_of

REMINDERS = (MessageKind.FIRST_REMINDER, MessageKind.LAST_REMINDER)
"""How somebody is reminded to show who asks: at the first and the second mark. Then the request closes when its time is over, and not before the last of them went."""
LEASE = timedelta(minutes=1)
"""For so long nobody else looks at requests whose clock could not be read. Whoever finds the lock of their batch free takes them over at once."""
LATER = timedelta(days=1)
"""How often requests are looked at that are late already."""
WATCHED = (State.UNVERIFIED, State.APPROVAL, State.DELIVERY)
"""The states in which people have to act, and the clock alone goes on."""
IN_A_ROW = 4
"""So many full batches are worked off before their results are told, at most."""
TOGETHER = 500
"""Requests whose sealed words are destroyed in one transaction."""


def work(house: House) -> int:
    """The step of a worker: the requests that can go on, then what the clock brings; how many they were.

    Of very many, some batches are worked off first: to tell each batch before the next would keep the last ones waiting.
    """
    count = 0
    for _ in range(IN_A_ROW):
        done = work_off(house)
        count += done
        if done < BATCH:
            break
    return count + watch(house)


def watch(house: House, most: int = BATCH) -> int:
    """Read the clock of requests for which people have to act: remind, close, escalate; how many they were."""
    now = house.runtime.now()
    if not store.waiting([*map(str, WATCHED)], now):
        return 0
    batch = house.runtime.new_id(now)
    with alone(lock_name(batch)):
        found = requests_now(store.claim([*map(str, WATCHED)], now, now + LEASE, most, batch))
        try:
            again = _look(house, found, now)
        except BaseException:
            store.release(batch, now + LEASE)
            raise
        store.put_off(again, batch)
    return len(found)


def _look(house: House, found: Sequence[Request], now: datetime) -> dict[UUID, datetime]:
    """Do for these requests what their clock asks for; when each that is open still is to be looked at again."""
    unproved = [one for one in found if one.state is State.UNVERIFIED]
    over = [one for one in unproved if now >= one.due and int(one.details.get("reminded", "0")) >= len(REMINDERS)]
    _close(house, over)
    _remind(house, [one for one in unproved if one not in over], now)
    looked = [one for one in unproved if one not in over and request_identity.AGAIN in one.details]
    all(request_identity.look_again(house, one) for one in looked)  # where a system is still down, it is for the others too
    escalate(house, [one for one in found if one.state is not State.UNVERIFIED])
    results = [one for one in found if one.state is State.DELIVERY]
    for job in jobs(house, [one for one in results if one.outcome is Outcome.REFUSED and one.subject is not None and one.kind in AT_ONCE]):
        let_stand(house, job)
    waits = tell_results(house, results) if results else {}
    for message, ids in _by_message(waits).items():
        store.note(ids, {"waits": packed(message)})
    since = {one.id: one.opened for one in results} | {one.id: read_stamp(one.details[request_identity.AGAIN]) for one in looked}
    again = {id: now + RETRIES[min(sum(now - at > wait for wait in RETRIES), len(RETRIES) - 1)] for id, at in since.items()}
    return {
        one.id: min(again.get(one.id, now + LATER), next((mark for mark in marks(one.opened, one.due) if mark > now), now + LATER))
        for one in found if one not in over
    }  # fmt: skip


def _by_message(waits: Mapping[UUID, Message]) -> dict[Message, list[UUID]]:
    found: dict[Message, list[UUID]] = {}
    for id, message in waits.items():
        found.setdefault(message, []).append(id)
    return found


def _close(house: House, requests: Sequence[Request]) -> None:
    """Close requests of which nobody showed in time who asks; they can be reopened, and are counted apart."""

    def step(request: Request) -> Move | None:
        return not_verified(house, request) if request.state is State.UNVERIFIED else None

    if requests:
        with transaction():
            tell_closed(house, move_all(house, [one.id for one in requests], step, Actor.SYSTEM))


def _remind(house: House, requests: Sequence[Request], now: datetime) -> None:
    """Remind those who asked to show who they are, once a mark, twice at most; with another code, while codes are sent."""
    for count, kind in enumerate(REMINDERS, 1):
        some = [one for one in requests if min(_passed(one, now), len(REMINDERS)) == count > int(one.details.get("reminded", "0"))]
        if some:
            with transaction():
                store.note([one.id for one in some], {"reminded": str(count)})
                send_many(house, [
                    Outgoing(kind=kind, to=to, language=language_of(house, one), values=_to_prove(house, one, to[0]), request=one.id)
                    for one, to in ((job.request, answer_to(job.said)) for job in jobs(house, some)) if to
                ])  # fmt: skip


def _to_prove(house: House, request: Request, to: Identifier) -> Values:
    """What a reminder holds: the request, and a code and link by which the asker is shown; also where staff or a program recorded it without one.

    Who showed the address already and was asked more is led to the page with the questions.
    """
    known = request_identity.standing_of(request.id)
    values, sent = values_of(house, request), request_identity.begin(house, request.id, to) if known is None else request_identity.fresh(house, request.id)
    if sent is None and request_identity.asked(request.id):
        return replace(values, link=f"{site_of(house.runtime.settings)}{page_path(house, request.id, shown=True)}")
    return values if sent is None else replace(values, code=sent.code, link=sent.link, until=sent.until)


def _passed(request: Request, now: datetime) -> int:
    return sum(mark <= now for mark in marks(request.opened, request.due))


def end_evidence(house: House) -> int:
    """Destroy what was said with requests whose evidence is over; how many they were."""
    count, now = 0, house.runtime.now()
    before = now - (KEEP_EVIDENCE.end(now) - now)
    while True:
        with transaction():
            over = [row.id for row in store.past_evidence(before, TOGETHER)]
            if over:
                store.destroy_said(over)
        count += len(over)
        if len(over) < TOGETHER:
            return count
