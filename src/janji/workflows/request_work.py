"""Requests worked on: taken in batches of a kind, carried out together, told, and gone on with by another worker when one dies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from janji.errors import Conflict, Invalid, JanjiError, Refusal, Unavailable
from janji.ledger.events import Actor, Kind, stamp
from janji.rights import requests as steps
from janji.rights.register import marks
from janji.rights.requests import Request, State
from janji.rights.work import Came
from janji.store import people
from janji.store import requests as store
from janji.store.database import transaction
from janji.store.people import TaskRow
from janji.store.workers import alone
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right
from janji.workflows import cascade_work, request_carrying, request_kinds
from janji.workflows.house import House
from janji.workflows.logs import event
from janji.workflows.people import people_now
from janji.workflows.recording import Entry, record
from janji.workflows.request_carrying import PURPOSES, form_of, planned_lines, would_do
from janji.workflows.request_kinds import AT_ONCE, present
from janji.workflows.request_telling import ask_officers, warn_officers
from janji.workflows.requests import (
    TASK,
    Move,
    jobs,
    move_all,
    request_of,
    requests_now,
    task_of,
    under_now,
    waiting_for,
    with_lines,
)

BATCH = 2500
"""How many requests are in hand together at most: one search or erasure, and one transaction for each of their steps."""
VERY_MANY = 500
"""From so many on that nobody has in hand, two batches are worked off at once."""
LEASE = timedelta(hours=1)
"""For so long nobody else looks at requests in hand; whoever finds the lock of their batch free takes them over at once."""
RETRIES = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=5))
"""The wait before a request that waits for others is looked at again; the last one from then on."""
CARRY_OUT = {**request_carrying.CARRY_OUT, **request_kinds.CARRY_OUT}
"""How each right is carried out."""
WORKED_ON = (State.VERIFIED, State.WORKING)
"""The states in which the next step is the worker's."""


def work_off(house: House, most: int = BATCH) -> int:
    """Take requests that can go on and do their next steps; how many they were."""
    now = house.runtime.now()
    if not store.waiting([*map(str, WORKED_ON)], now):
        return 0
    batch = house.runtime.new_id(now)
    with alone(lock_name(batch)):
        rows = store.claim([*map(str, WORKED_ON)], now, now + LEASE, most, batch)
        try:
            taken = requests_now(rows)
            escalate(house, taken)
            go_on(house, taken)
        finally:
            if rows:
                store.release(batch, now + RETRIES[0])
    return len(rows)


def work_beside(house: House) -> int:
    """Of very many requests, take a batch beside the worker who takes them all; how many they were.

    Of few nothing is taken: two at once would wait for each other at systems that are reached by one at a time.
    """
    return work_off(house) if store.waiting([*map(str, WORKED_ON)], house.runtime.now(), VERY_MANY) else 0


def advance(house: House, id: UUID) -> Request:
    """Do the next steps of one request now, whatever it waits for; gives it as it is then. Others may be at it: then nothing is done.

    What withdrawals left is deleted meanwhile.
    """
    request = request_of(id)
    if request.state in WORKED_ON and "batch" not in request.details:
        now = house.runtime.now()
        batch = house.runtime.new_id(now)
        with alone(lock_name(batch)):
            rows = store.take(id, request.state, now + LEASE, batch)
            try:
                go_on(house, requests_now(rows))
            finally:
                store.release(batch, now + RETRIES[0])
        if request.kind is Right.WITHDRAWAL:
            with alone(cascade_work.STEP) as mine:
                if mine:
                    cascade_work.work(house)
    return request_of(id)


def take_over(house: House) -> int:
    """Let go of the batches of workers that died, so that others go on with them; how many requests they were.

    What waits for longer than anything does was put off by a clock that has been put back since: it is looked at now.
    """
    now = house.runtime.now()
    count = store.pull_in([*map(str, WORKED_ON), str(State.DELIVERY)], now, now + 2 * RETRIES[-1])
    for batch in store.batches():
        with alone(lock_name(batch)) as free:
            if free:
                count += store.release(batch, house.runtime.now())
    return count


def lock_name(batch: UUID) -> str:
    """What the lock of a batch is called, which its worker holds as long as it lives."""
    return f"requests/{batch}"


def go_on(house: House, requests: Sequence[Request]) -> None:
    """Do the next step of each of these requests, all of a kind together."""
    by_step: dict[tuple[State, Right], list[Request]] = {}
    for request in requests:
        by_step.setdefault((request.state, request.kind), []).append(request)
    for (state, kind), some in by_step.items():
        try:
            if state is State.VERIFIED:
                prepare(house, kind, some)
            else:
                carry_out(house, kind, some)
        except Unavailable:  # our own database: the lock of the batch may be gone with it, so nothing more is done
            raise
        except JanjiError as error:  # the other kinds go on; these come again
            event("requests-failed", error=error, kind=str(kind), count=len(some))


def escalate(house: House, requests: Sequence[Request]) -> int:
    """Open the task of each of these that has passed a mark of its time, once for each mark; how many it were."""
    now = house.runtime.now()
    passed = {one.id: sum(mark <= now for mark in marks(one.opened, one.due)) for one in requests}
    due = [one for one in requests if passed[one.id] > int(one.details.get("escalated", "0"))]
    if not due:
        return 0
    with transaction():
        first = [one for one in due if "escalated" not in one.details]
        record(house, [
            Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, id=uuid5(one.id, f"{TASK}/opened"), details={
                "task": TASK, "id": str(task_of(one.id)), "request": str(one.id), "due": stamp(one.due),
            }) for one in first
        ])  # fmt: skip
        people.open_many([TaskRow(task_of(one.id), TASK, None, now, one.due, None, {"request": str(one.id)}) for one in first])
        for count in sorted({passed[one.id] for one in due}):
            some = [one for one in due if passed[one.id] == count]
            store.note([one.id for one in some], {"escalated": str(count)})
            warn_officers(house, some, count)
    event("requests-escalated", count=len(due))
    return len(due)


def prepare(house: House, kind: Right, requests: Sequence[Request]) -> None:
    """Work out what would be done, so that officers know what they agree to; with nobody to ask it is carried out next."""
    purpose = PURPOSES.get(kind)
    if kind in AT_ONCE:
        some = jobs(house, requests)
        reached = present(some)
        for job in some:
            if job.request.id in reached:
                AT_ONCE[kind](house, job)
    form, lines = "", tuple[Message, ...]()
    if purpose is not None:
        there = [one for one in dict.fromkeys(people_now(_subjects(requests)).values()) if one is not None]
        plan = would_do(house, there, purpose) if there else None
        form, lines = ("", ()) if plan is None else (form_of(house, plan), planned_lines(house, plan))

    def step(request: Request) -> Move | None:
        if request.state is not State.VERIFIED:
            return None
        made = with_lines(waiting_for(steps.prepared(request), None), lines)
        return Move(request=replace(made, details={**made.details, "form": form}) if form else made)

    with transaction():
        ask_officers(house, [one for one in move_all(house, [one.id for one in requests], step, Actor.SYSTEM) if one.state is State.APPROVAL])


def carry_out(house: House, kind: Right, requests: Sequence[Request]) -> None:
    """Carry requests of a kind out and record what came of each. Where one of many is in the way, the others go on without it."""
    work = CARRY_OUT.get(kind)
    if work is None:
        _keep(house, [(one.id, Came(waits=say(N_("nothing carries out this right by itself: staff do it")))) for one in requests])
        return
    try:
        some = jobs(house, requests)
        came = work(house, some)
    except (Conflict, Invalid, Refusal) as error:
        if len(requests) == 1:
            event("request-waits", error=error, request=str(requests[0].id))
            _keep(house, [(requests[0].id, Came(waits=error.message))])
            return
        middle = len(requests) // 2
        for half in (requests[:middle], requests[middle:]):
            carry_out(house, kind, requests_now(store.requests(one.id for one in half).values()))
        return
    _keep(house, [(job.request.id, one) for job, one in zip(some, came, strict=True)])


def _keep(house: House, found: Iterable[tuple[UUID, Came]]) -> None:
    """Record what came of requests: the outcome, or what each waits for and when it is looked at again."""
    came = dict(found)
    now = house.runtime.now()

    def step(request: Request) -> Move | None:
        one = came[request.id]
        if request.state is not State.WORKING:
            return None
        request = under_now(house, replace(request, details={**request.details, **one.details}))
        if one.outcome is None:
            tries = int(request.details.get("tries", "0"))
            made = waiting_for(replace(request, details={**request.details, "tries": str(tries + 1)}), one.waits)
            return Move(request=made, next=min(now + RETRIES[min(tries, len(RETRIES) - 1)], *_marks_after(request, now)))
        made = with_lines(waiting_for(steps.carried_out(request, one.outcome), None), one.lines)
        said: dict[str, Any] = {key: made.details[key] for key in ("package", "erasure") if key in made.details}
        late = {"late": True} if now > request.due else {}
        return Move(request=made, kind=Kind.REQUEST_EXECUTED, details={"outcome": str(one.outcome), **said, **late})

    move_all(house, came, step, Actor.SYSTEM)


def _marks_after(request: Request, now: datetime) -> Iterator[datetime]:
    yield now + LEASE
    yield from (mark for mark in marks(request.opened, request.due) if mark > now)


def _subjects(requests: Iterable[Request]) -> list[UUID]:
    return [one.subject for one in requests if one.subject is not None]

