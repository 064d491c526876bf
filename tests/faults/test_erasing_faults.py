"""Erasures under kill -9 at each step, locks, deadlocks, drift, systems that are gone: the whole state is as the slow oracle says."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.erasing_house import World, making, shut, verify, with_maps
from tests.faults.cluster import somebody_waits
from tests.faults.erasing import STEPS, mortal
from tests.faults.killing import fork_and_die
from tests.faults.verification import verify_everything
from tests.people_house import Clock, open_house
from tests.serving import wait_until

from janji.connectors import opening
from janji.connectors.bounds import LIMITS
from janji.connectors.execution import Execution
from janji.connectors.sql import SqlConnector
from janji.erasure.steps import Delete
from janji.errors import Conflict, JanjiError
from janji.ledger.events import decode
from janji.store import database
from janji.store import erasures as store
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.workflows.erasing import State, carry_out, erasure, go_on, plan_digest, prepare, work_off
from janji.workflows.holds import Ground, lift, set_hold

FORGETTING = {"level": "logical", "forget": True}
ALL = [
    (step, nth, when)
    for step, nth in (("journal", 1), ("begun", 1), ("store", 1), ("store", 2), ("erase", 1), ("erase", 2),
                      ("gather", 1), ("act", 1), ("act", 2), ("look", 1), ("look", 2), ("record", 1), ("record", 2), ("write", 1), ("certified", 1), ("forget", 1), ("lines", 1),
                      ("keys", 1), ("tasks", 1), ("end", 1))
    for when in ("before", "after")
]  # fmt: skip
DEATHS = ALL if int(os.environ.get("JANJI_EXAMPLES", "1")) > 1 else ALL[1::6]
"""Every death where there is time for it; of all others each sixth."""


@pytest.fixture(scope="module")
def house(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One house for every death, each of other people."""
    with making(server, module_database_url, tmp_path_factory.mktemp("deaths"), 4 * len(ALL) + 40) as made:
        yield made


_SPARE = count(4 * len(ALL) + 1, 2)


@pytest.fixture
def world(house: World) -> World:
    """The same house, with its clock at the beginning."""
    Clock.moved = timedelta()
    return house


@pytest.fixture
def two() -> list[int]:
    """Two people whom no other test takes."""
    first = next(_SPARE)
    return [first, first + 1]


def reviewed(world: World, people: list[UUID]) -> str:
    """The number of a plan that ends the people's own records too."""
    return plan_digest(prepare(world.house, people, forgetting=True), FORGETTING)


def id_of(number: str) -> UUID:
    """The erasure of a plan."""
    row = store.planned(number)
    assert row is not None
    return row.id


def events_of(erasure: UUID) -> list[dict[str, Any]]:
    """The details of the events of an erasure, each with whether it is about somebody."""
    found = [decode(bytes(body)) for (body,) in connection().execute("SELECT body FROM event WHERE kind = 'erasure.executed' ORDER BY id")]
    return [{**event.details, "of": event.subject} for event in found if event.details["erasure"] == str(erasure)]


def assert_whole(world: World, before: dict[str, Any], numbers: list[int], erasure: UUID) -> None:
    """Both systems are as the oracle says; one certificate, one event a person; everybody forgotten; the record is sound."""
    verify(world, before, numbers)
    certificates = events_of(erasure)
    assert Counter(one["of"] is None for one in certificates) == {True: 1, False: len(numbers)}
    assert {one["outcome"] for one in certificates} == {"done"}
    states = connection().execute("SELECT state FROM subject WHERE id = ANY(SELECT jsonb_array_elements_text(subjects)::uuid FROM erasure WHERE id = %s)", [erasure])
    assert [state for (state,) in states] == ["forgotten"] * len(numbers)
    verify_everything(world.house, ())


@pytest.mark.parametrize(("step", "nth", "when"), DEATHS)
def test_wherever_it_dies_the_erasure_ends_once(house: World, step: str, nth: int, when: str) -> None:
    """Carried out again with the same number it goes on where it was; what was done is neither lost nor done twice."""
    assert step in STEPS
    first = 4 * ALL.index((step, nth, when)) + 1
    numbers = [first, first + 3]
    people = [house.person(number) for number in numbers]
    before = house.rows()
    number = reviewed(house, people)
    die(house, number, people, step, when, nth)
    found = carry_out(house.house, people, number)
    assert found.complete, found
    assert_whole(house, before, numbers, found.id)
    assert carry_out(house.house, people, number) == found
    assert len(events_of(found.id)) == 3


def die(world: World, number: str, people: list[UUID], step: str, when: str, nth: int = 1) -> None:
    """Carry a plan out in another process, which kills itself at a step."""
    url, folder = database.opened(), world.house.runtime.settings.data_dir
    database.close()
    fork_and_die(url, lambda: mortal(url, folder, number, people, step, nth, after=when == "after"))
    world.house = with_maps(open_house(url, folder))


def test_the_worker_goes_on_with_what_was_cut_off(world: World, two: list[int]) -> None:
    """Nobody carries it out again by hand: after its wait the step of a worker does. What was not counted is said."""
    people = [world.person(number) for number in two]
    before = world.rows()
    number = reviewed(world, people)
    die(world, number, people, "erase", "after", 1)
    begun = erasure(id_of(number))
    assert sorted(here.state for here in begun.stores) == [State.DOING, State.DUE]
    assert work_off(world.house, 500) == 0
    Clock.moved = timedelta(minutes=2)
    assert work_off(world.house, 500) == 1
    done = erasure(begun.id)
    assert done.complete
    assert sorted(here.cut for here in done.stores) == [False, True]
    assert_whole(world, before, two, done.id)
    assert any("cut off" in line for one in events_of(done.id) if one["of"] is None for line in one["effects"])


def test_two_at_once_do_it_once(world: World, two: list[int]) -> None:
    """Of two who carry the same plan out at the same time one does it, and the other is told."""
    people = [world.person(number) for number in two]
    before = world.rows()
    number = reviewed(world, people)
    answers: list[object] = []
    gate = threading.Barrier(2)

    def work() -> None:
        gate.wait()
        try:
            answers.append(carry_out(world.house, people, number).complete)
        except JanjiError as error:
            answers.append(type(error))
        finally:
            database.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert True in answers
    assert set(answers) <= {True, Conflict}
    assert_whole(world, before, two, id_of(number))


def test_a_system_that_is_gone_for_a_while_is_waited_for(world: World, two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop goes away between the systems: the care desk is done, the shop waits, and is done when it is there again."""
    people = [world.person(number) for number in two]
    before = world.rows()
    number = reviewed(world, people)
    real = SqlConnector.erase

    def and_then_shut(self: SqlConnector, *words: Any) -> Any:
        effect = real(self, *words)
        shut(world.shop, False)
        return effect

    with monkeypatch.context() as patched:
        patched.setattr(SqlConnector, "erase", and_then_shut)
        done = carry_out(world.house, people, number)
    assert {here.system: here.state for here in done.stores} == {"care": State.DONE, "shop": State.WAITING}
    assert not done.complete
    for minutes in (2, 8):
        Clock.moved = timedelta(minutes=minutes)
        assert work_off(world.house, 500) == 1
        assert not erasure(done.id).complete
    shut(world.shop, True)
    Clock.moved = timedelta(minutes=40)
    assert work_off(world.house, 500) == 1
    assert_whole(world, before, two, done.id)
    assert erasure(done.id).complete


def test_a_locked_table_is_waited_for(world: World, two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody holds the rows for longer than is waited: nothing of the shop is done then, and all of it later."""
    real = opening.open_connector
    monkeypatch.setattr(opening, "open_connector", lambda name, address: real(name, address, replace(LIMITS, lock=0.1)))
    people = [world.person(number) for number in two]
    before = world.rows()
    number = reviewed(world, people)
    with psycopg.connect(world.shop) as other:
        other.execute("SELECT FROM customers WHERE id = %s FOR UPDATE", [two[0]])
        done = carry_out(world.house, people, number)
        assert {here.system: here.state for here in done.stores} == {"care": State.DONE, "shop": State.WAITING}
        assert world.rows()["shop"] == before["shop"]
    assert go_on(world.house, done.id).complete
    assert_whole(world, before, two, done.id)


def test_a_constraint_that_came_since_stops_that_system(world: World, two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that the plan does not know, made after the form was read: nothing is done there, and it is said."""
    people = [world.person(number) for number in two]
    number = reviewed(world, people)
    real = SqlConnector.erase
    made: list[bool] = []

    def behind_a_reference(self: SqlConnector, *words: Any) -> Any:
        if self.system == "shop" and not made:
            made.append(True)
            world.run(f"CREATE TABLE loyalty (customer int REFERENCES customers); INSERT INTO loyalty VALUES ({two[0]})")  # noqa: S608 - a number
        return real(self, *words)

    before = world.rows()
    try:
        with monkeypatch.context() as patched:
            patched.setattr(SqlConnector, "erase", behind_a_reference)
            done = carry_out(world.house, people, number)
        assert {here.system: here.state for here in done.stores} == {"care": State.DONE, "shop": State.STOPPED}
        assert world.rows()["shop"] == before["shop"]
        assert done.state == "partly"
        assert done.ended is not None
    finally:
        world.run("DROP TABLE IF EXISTS loyalty")
    again = world.rows()
    Clock.moved = timedelta(seconds=1)
    assert carry_out(world.house, people, reviewed(world, people)).complete
    verify(world, again, two)
    verify_everything(world.house, ())


def test_drift_midway_stops_what_is_not_done(world: World, two: list[int]) -> None:
    """A column comes after a kill: what is done stays done, and the system that changed is not touched until it is reviewed."""
    people = [world.person(number) for number in two]
    number = reviewed(world, people)
    before = world.rows()
    die(world, number, people, "store", "after")
    world.run("ALTER TABLE customers ADD religion text")
    try:
        done = carry_out(world.house, people, number)
    finally:
        world.run("ALTER TABLE customers DROP religion")
    assert {here.system: here.state for here in done.stores} == {"care": State.DONE, "shop": State.STOPPED}
    assert world.rows()["shop"] == before["shop"]
    assert not done.complete
    again = world.rows()
    Clock.moved = timedelta(seconds=1)
    assert carry_out(world.house, people, reviewed(world, people)).complete
    verify(world, again, two)


def test_whoever_is_held_meanwhile_is_left_out(world: World, two: list[int]) -> None:
    """A hold that is set while an erasure waits keeps what is left of that person; the other one goes."""
    people = [world.person(number) for number in two]
    number = reviewed(world, people)
    before = world.rows()
    die(world, number, people, "store", "after")
    made = set_hold(world.house, Ground.ORDER, subject=people[0])
    done = carry_out(world.house, people, number)
    assert done.state == "partly"
    assert {here.system: here.left_out for here in done.stores} == {"care": 0, "shop": 1}
    shop = {"shop": before["shop"], "care": world.rows()["care"]}
    verify(world, shop, two[1:])
    lift(world.house, made.id)
    verify_everything(world.house, ())


def test_a_deadlock_is_tried_again(world: World, two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that the database chose to end is begun anew, and everything is done once."""
    people = [world.person(number) for number in two]
    before = world.rows()
    number = reviewed(world, people)
    holds, go, tries = threading.Event(), threading.Event(), list[str]()
    real, real_delete = Execution.act, Execution._delete

    def other() -> None:
        with psycopg.connect(world.care) as link:
            link.execute("SET deadlock_timeout = '60s'")  # it is the erasure that sees the deadlock
            link.execute("UPDATE cases SET words = 'mine' WHERE id = %s", [2 * two[0]])
            holds.set()
            go.wait(60)
            link.execute("UPDATE notes SET words = 'mine' WHERE case_id = %s", [2 * two[0]])
            link.rollback()

    def into_it(self: Execution, *words: Any) -> Any:
        if not holds.is_set() and "notes" in {gather.table for gather in self.writer.plan.gathers}:
            thread.start()
            assert holds.wait(60)
        return real(self, *words)

    def delete(self: Execution, action: Delete) -> None:
        if action.table == "cases":
            tries.append(action.table)
            if len(tries) == 1:  # its notes are deleted: the other one waits for them, and then it for the other
                go.set()
                wait_until(lambda: somebody_waits(world.care))
        real_delete(self, action)

    thread = threading.Thread(target=other)
    with monkeypatch.context() as patched:
        patched.setattr(Execution, "act", into_it)
        patched.setattr(Execution, "_delete", delete)
        done = carry_out(world.house, people, number)
    thread.join()
    assert done.complete
    assert len(tries) == 2
    assert_whole(world, before, two, done.id)
