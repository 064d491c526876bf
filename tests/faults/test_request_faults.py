"""Requests under kill -9 at each step with fifty in flight, two workers, late approvals, and policies and maps that change meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.erasing_house import World, making, shut, verify, with_maps
from tests.faults.requesting import STEPS
from tests.faults.verification import verify_everything
from tests.people_house import Clock, open_house

from janji.errors import Unavailable
from janji.ledger.events import decode
from janji.rights.requests import Outcome, Proof, Request, State
from janji.store import database
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.store.vault import pseudonym
from janji.terms.messages import ENGLISH
from janji.workflows import gathering
from janji.workflows.door import Door
from janji.workflows.gathering import opened
from janji.workflows.messages import of_request
from janji.workflows.people import subjects_for
from janji.workflows.request_clock import work
from janji.workflows.request_work import advance, take_over, work_beside
from janji.workflows.requests import Opening, lines_of, open_request, open_requests, request_of, waits_for
from janji.workflows.worker import STEPS as STEPS_OF_WORKERS
from janji.workflows.worker import Worker

ROOT = Path(__file__).resolve().parents[2]
FLIGHT = 50
"""Requests in flight when the worker dies: as many copies as deletions."""
ALL = [(step, nth, when) for step, nth in (
    ("claim", 1), ("claim", 2), ("note", 1), ("note", 2), ("search", 1), ("recorded", 1), ("packages", 1), ("plan", 1), ("carry", 1), ("erase", 1),
    ("erase", 2), ("certified", 1), ("keep", 1), ("keep", 2), ("write", 1), ("write", 2), ("moved", 1), ("release", 1), ("told", 1), ("send", 1),
) for when in ("before", "after")]  # fmt: skip
EVERY = max(1, 20 // int(os.environ.get("JANJI_EXAMPLES", "1")))
DEATHS = ALL[3 % EVERY :: EVERY]
"""Two of the deaths; all of them with `JANJI_EXAMPLES=20`."""
OFFICERS = [("Ratna", "officer"), ("Hadi", "head of legal")]


@pytest.fixture(scope="module")
def house(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One house for every death, each of other people."""
    with making(server, module_database_url, tmp_path_factory.mktemp("requests"), 2 * FLIGHT * (len(DEATHS) + 4) + 40) as made:
        yield made


_NEXT = count(2, 2)
"""Even numbers: their invoices are kept. Whose order is a gift for the next one is no matter to the oracle."""


@pytest.fixture
def world(house: World) -> World:
    """The same house, with its clock at the beginning and no request open."""
    Clock.moved = timedelta()
    connection().execute("DELETE FROM rights_request")
    return house


def fifty(world: World) -> tuple[list[int], list[UUID], tuple[Request, ...]]:
    """Half of them copies, half of them deletions, verified and agreed to: numbers of the people, people, requests."""
    numbers = [next(_NEXT) for _ in range(FLIGHT)]
    people = subjects_for(world.house, [("email", world.email(number)) for number in numbers])
    made = open_requests(world.house, [
        Opening(right="access" if place < FLIGHT // 2 else "deletion", subject=person, proof=Proof.STAFF, by="Sari", approvals=OFFICERS, said={"words": "please"})
        for place, person in enumerate(people)
    ])  # fmt: skip
    return numbers, people, made


def run_worker(world: World, step: str = "none", when: str = "after", nth: int = 1) -> subprocess.Popen[str]:
    """A worker in a process of its own."""
    folder = world.house.runtime.settings.data_dir
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.requesting", database.opened(), str(folder), step, when, str(nth)],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(world: World) -> None:
    """What a worker that is started again does, until nothing is left."""
    take_over(world.house)
    for _ in range(3):
        while work(world.house):
            pass
        Clock.moved += timedelta(seconds=11)


def events_of(world: World, requests: tuple[Request, ...]) -> Counter[tuple[str, str]]:
    """How often each kind of event speaks of each of these requests, and of each of their people."""
    key = world.house.secrets.pseudonym
    ours = {str(one.id) for one in requests} | {pseudonym(key, one.subject).hex() for one in requests if one.subject is not None}
    found: Counter[tuple[str, str]] = Counter()
    for (body,) in connection().execute("SELECT body FROM event WHERE kind LIKE 'request.%%' OR kind IN ('search.executed', 'erasure.executed')"):
        event = decode(bytes(body))
        named = event.details.get("request") or event.subject
        if named in ours:
            found[event.kind, str(named)] += 1
    return found


def assert_ended_once(world: World, before: dict[str, Any], numbers: list[int], requests: tuple[Request, ...]) -> None:
    """None is lost and nothing is done twice: outcomes, rows of both systems, events, copies; and the record is sound."""
    now = [request_of(one.id) for one in requests]
    assert {(one.state, one.outcome) for one in now} == {(State.DELIVERY, Outcome.DONE)}, Counter((one.state, one.outcome) for one in now)
    assert not any("batch" in one.details for one in now)
    verify(world, before, numbers[FLIGHT // 2 :])
    found = events_of(world, requests)
    for one in requests:
        assert found["request.recorded", str(one.id)] == 1
        assert found["request.executed", str(one.id)] == 1
    for kind in ("search.executed", "erasure.executed"):
        assert {times for (name, _), times in found.items() if name == kind} == {1}
    for one in now[: FLIGHT // 2 : 8]:
        assert one.subject is not None
        assert sum(1 for _ in opened(world.house, UUID(one.details["package"]), one.subject)) >= 8
    kept = connection().execute("SELECT count(*) FROM person_package WHERE id = ANY(%s)", [[one.id for one in requests]]).fetchone()
    assert kept == (FLIGHT // 2,)
    verify_everything(world.house, ())


@pytest.mark.parametrize(("step", "nth", "when"), DEATHS)
def test_wherever_the_worker_dies_all_end_once(world: World, step: str, nth: int, when: str) -> None:
    """Fifty in flight, killed at a step, started again."""
    assert step in STEPS
    before = world.rows()
    numbers, _, requests = fifty(world)
    database.close()
    worker = run_worker(world, step, when, nth)
    _, errors = worker.communicate()
    assert worker.returncode == -signal.SIGKILL, errors
    world.house = with_maps(open_house(database.opened(), world.house.runtime.settings.data_dir))
    finish(world)
    assert_ended_once(world, before, numbers, requests)


def test_what_a_dead_worker_was_telling_is_told_by_the_next(world: World) -> None:
    """Whoever dies while results are told holds nobody up: the next worker goes on with all of them as soon as it looks."""
    _, _, requests = fifty(world)
    database.close()
    worker = run_worker(world, "told", "before")
    _, errors = worker.communicate()
    assert worker.returncode == -signal.SIGKILL, errors
    world.house = with_maps(open_house(database.opened(), world.house.runtime.settings.data_dir))
    assert not any(of_request(one.id) for one in requests)
    take_over(world.house)
    work(world.house)
    assert all(of_request(one.id) for one in requests)
    assert not any("batch" in request_of(one.id).details for one in requests)


def test_two_workers_at_once_do_nothing_twice(world: World) -> None:
    """They begin together; what one has in hand the other leaves alone."""
    before = world.rows()
    numbers, _, requests = fifty(world)
    workers = [run_worker(world), run_worker(world)]
    for worker in workers:
        _, errors = worker.communicate()
        assert worker.returncode == 0, errors
    finish(world)
    assert_ended_once(world, before, numbers, requests)


def test_who_works_beside_takes_what_the_first_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first has some in hand, and does not end; the worker beside carries the others out, where they are very many."""
    before = world.rows()
    numbers, _, requests = fifty(world)
    first = {one.id for one in requests[: FLIGHT // 2 : 2]}
    connection().execute("UPDATE rights_request SET details = details || '{\"batch\": \"00000000-0000-0000-0000-000000000001\"}', next = next + interval '1 hour' WHERE id = ANY(%s)", [list(first)])
    assert work_beside(world.house) == 0
    monkeypatch.setattr("janji.workflows.request_work.VERY_MANY", FLIGHT - len(first))
    worker = Worker(Door(world.house), tuple(step for step in STEPS_OF_WORKERS if step.name == "requests-beside"))
    worker.start()
    for _ in range(600):
        left = {one.id for one in requests if request_of(one.id).state is State.WORKING}
        if left == first:
            break
        time.sleep(0.05)
    worker.stop()
    assert worker.wait()
    assert left == first
    finish(world)
    assert_ended_once(world, before, numbers, requests)


def ask(world: World, right: str) -> Request:
    """A verified request that nobody has to look at."""
    (person,) = subjects_for(world.house, [("email", world.email(next(_NEXT)))])
    return open_request(world.house, Opening(right=right, subject=person, proof=Proof.STAFF, by="Sari", approvals=OFFICERS))


@pytest.mark.parametrize("right", ["access", "deletion"])
def test_a_system_that_is_gone_is_waited_for_and_then_named(world: World, right: str) -> None:
    """While there is time the request waits and says for which system; when the time is nearly over it is answered without it."""
    request, other = ask(world, right), ask(world, right)
    shut(world.care, False)
    try:
        work(world.house)
        assert request_of(request.id).state is State.WORKING
        assert "`care`" in waits_for(request_of(request.id)).render(ENGLISH)
        shut(world.care, True)
        assert advance(world.house, other.id).outcome is Outcome.DONE
        shut(world.care, False)
        Clock.moved = (request.due - request.opened) * 0.9
        advance(world.house, request.id)
    finally:
        shut(world.care, True)
    request = request_of(request.id)
    assert (request.state, request.outcome) == (State.DELIVERY, Outcome.PARTLY_DONE)
    assert any("`care`" in line.render(ENGLISH) and "not" in line.render(ENGLISH) for line in lines_of(request))


def test_our_own_database_is_gone_for_a_moment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of the work every connection ends: nothing is lost, and what is taken up again ends once."""
    before = world.rows()
    numbers, _, requests = fifty(world)
    real = gathering._recorded

    def and_then_gone(*words: Any) -> Any:
        found = real(*words)
        with psycopg.connect(database.opened(), autocommit=True) as link:
            link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(gathering, "_recorded", and_then_gone)
        with pytest.raises(Unavailable):
            work(world.house)
    database.close()
    finish(world)
    assert_ended_once(world, before, numbers, requests)
