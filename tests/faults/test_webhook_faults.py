"""Webhooks under kill -9 at each step, beside another worker, and over a restart of PostgreSQL: nothing lost, nothing told twice by the living."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.database import migrate
from tests.faults.cluster import cluster, somebody_waits
from tests.faults.telling import near
from tests.faults.verification import verify_everything
from tests.people_house import KEEPER, Clock, make_house, open_house
from tests.receiver import Receiver, receiving
from tests.serving import wait_until

from janji.errors import JanjiError, Unavailable
from janji.ledger.events import Actor, Kind
from janji.store import database, ledger
from janji.store import webhooks as stored
from janji.store.database import connection
from janji.terms.messages import ENGLISH
from janji.workflows.care import backup, restore
from janji.workflows.consumers import add, consumers, told_of
from janji.workflows.forgetting import forget
from janji.workflows.house import House
from janji.workflows.ledger import sequence_all
from janji.workflows.people import subjects_for
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import Runtime, Settings
from janji.workflows.webhooks import LEASE, Delivered, deliver_due, derive

ROOT = Path(__file__).resolve().parents[2]
STEPS = [("deliveries", 1), ("position", 1), ("claim", 1), ("claim", 2), ("answers", 1), ("answers", 3), ("record", 1), ("record", 2),
         ("settle", 1), ("consumer", 1), ("commit", 1)]  # fmt: skip
DEATHS = [(step, nth, when) for step, nth in STEPS for when in ("before", "after")] + [("post", 1, "before"), ("post", 3, "before")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who listens and acknowledges."""
    with receiving() as held:
        yield held


def some_noes(house: House, count: int) -> list[UUID]:
    """Withdrawals of so many people, numbered; and one of them forgotten."""
    everybody = subjects_for(house, [("account", str(number)) for number in range(count)])
    done = record(house, [
        Entry(subject=one, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details={"purpose": "newsletters"}) for one in everybody
    ])  # fmt: skip
    gone = forget(house, everybody[0]).event
    assert gone is not None
    sequence_all()
    return [*(one.id for one in done), gone]


@pytest.mark.parametrize(("step", "nth", "when"), DEATHS)
def test_wherever_a_worker_dies_everything_is_told(
    database_url: str, tmp_path: Path, receiver: Receiver, step: str, nth: int, when: str
) -> None:
    """The next one goes on after the lease: every event told, recorded once for each consumer, with one id however often it came."""
    house = near(make_house(database_url, tmp_path))
    add(house, "crm", receiver.url)
    add(house, "mail", receiver.url.replace("hook", "mail"))
    events = some_noes(house, 8)
    database.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.telling", database_url, str(tmp_path), step, when, str(nth)], cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    house = near(open_house(database_url, tmp_path))
    deliver_due(house)
    Clock.moved = LEASE + timedelta(seconds=1)
    deliver_due(house)
    assert deliver_due(house) == Delivered()
    for event in events:
        assert [(line.name, line.state) for line in told_of(event)] == [("crm", "told"), ("mail", "told")]
    assert acknowledged() == {(str(event), name): 1 for event in events for name in ("crm", "mail")}
    assert all(len(ids) == 1 for ids in ids_of(receiver).values())
    verify_everything(house, ())


def acknowledged() -> dict[tuple[str, str], int]:
    """How often the record says that a consumer was told of an event."""
    from janji.ledger.events import decode

    found = [decode(bytes(row[0])).details for row in connection().execute("SELECT body FROM event WHERE kind = 'consumer.told'")]
    return dict(Counter((details["told"], details["consumer"]) for details in found))


def ids_of(receiver: Receiver) -> dict[tuple[str, str], set[str]]:
    """The ids under which each event came at each address."""
    found: dict[tuple[str, str], set[str]] = {}
    for got in receiver.got:
        found.setdefault((got.data["event"], got.path), set()).add(got.id)
    return found


def test_of_two_workers_one_dies_and_the_other_tells_the_rest(database_url: str, tmp_path: Path, receiver: Receiver) -> None:
    """Killed while its messages are on their way, which come again after the lease; those of the living come once."""
    house = near(make_house(database_url, tmp_path))
    add(house, "crm", receiver.url)
    events = some_noes(house, 20)
    first, let_go = threading.Event(), threading.Event()
    answer = receiver.answer

    def hold(handler: object, got: object) -> None:
        first.set()
        let_go.wait(60)
        answer(handler, got)  # type: ignore[arg-type]  # handed on as it came

    receiver.answer = hold
    database.close()
    other = subprocess.Popen([sys.executable, "-m", "tests.faults.telling", database_url, str(tmp_path)], cwd=ROOT)
    assert first.wait(60)
    wait_until(lambda: len(receiver.got) == 4)
    other.send_signal(signal.SIGKILL)
    other.wait()
    receiver.answer = answer
    let_go.set()
    deliver_due(house)
    assert Counter(got.data["event"] for got in receiver.got).most_common(1)[0][1] == 1
    Clock.moved = LEASE + timedelta(seconds=1)
    deliver_due(house)
    assert {line.state for event in events for line in told_of(event)} == {"told"}
    assert acknowledged() == {(str(event), "crm"): 1 for event in events}
    assert all(len(ids) == 1 for ids in ids_of(receiver).values())
    assert len(receiver.got) == len(events) + 4
    verify_everything(house, ())


def test_a_worker_that_comes_back_after_its_lease_records_nothing_twice(database_url: str, tmp_path: Path, receiver: Receiver) -> None:
    """It slept for longer than its lease, and another told the same meanwhile: its own answer changes nothing any more."""
    house = near(make_house(database_url, tmp_path))
    add(house, "crm", receiver.url)
    (event, _) = some_noes(house, 1)
    asleep, let_go = threading.Event(), threading.Event()
    answer = receiver.answer

    def hold(handler: object, got: object) -> None:
        if not asleep.is_set():
            let_go.wait(60)
        answer(handler, got)  # type: ignore[arg-type]  # handed on as it came

    receiver.answer = hold
    database.close()
    sleeper = subprocess.Popen([sys.executable, "-m", "tests.faults.telling", database_url, str(tmp_path)], cwd=ROOT)
    wait_until(lambda: len(receiver.got) == 2)
    sleeper.send_signal(signal.SIGSTOP)
    asleep.set()
    Clock.moved = LEASE + timedelta(seconds=1)
    assert deliver_due(house).told == 2
    let_go.set()
    sleeper.send_signal(signal.SIGCONT)
    assert sleeper.wait(60) == 0
    assert len([got for got in receiver.got if got.data["event"] == str(event)]) == 2
    assert set(acknowledged().values()) == {1}
    verify_everything(house, ())


def test_two_who_make_deliveries_wait_for_each_other(database_url: str, tmp_path: Path, receiver: Receiver) -> None:
    """Whoever comes second begins where the first ended, and makes due again nothing that was told meanwhile."""
    house = near(make_house(database_url, tmp_path))
    add(house, "crm", receiver.url)
    some_noes(house, 3)

    def second() -> int:
        database.open_database(database_url)
        try:
            return derive(house)
        finally:
            database.close()

    with ThreadPoolExecutor(1) as pool:
        with database.transaction():
            stored.lock_position()
            waiting = pool.submit(second)
            wait_until(lambda: waiting.done() or somebody_waits(database_url))
            assert not waiting.done()
            stored.set_position(ledger.size())
        assert waiting.result() == 0


def test_a_restart_of_the_database_loses_nothing(tmp_path: Path, receiver: Receiver) -> None:
    """It goes while messages are on their way: the round ends with our error, and another tells what is left."""
    data = tmp_path / "data"
    with cluster(tmp_path / "server") as server:
        migrate(server.url)
        house = near(make_house(server.url, data))
        add(house, "crm", receiver.url)
        events = some_noes(house, 12)
        stopped = threading.Event()
        answer = receiver.answer

        def stop(handler: object, got: object) -> None:
            if not stopped.is_set():
                stopped.set()
                server.signal(signal.SIGKILL)
            answer(handler, got)  # type: ignore[arg-type]  # handed on as it came

        receiver.answer = stop
        with pytest.raises(Unavailable):
            deliver_due(house)
        server.start()
        house = near(open_house(server.url, data))
        deliver_due(house)
        Clock.moved = LEASE + timedelta(seconds=1)
        deliver_due(house)
        assert {line.state for event in events for line in told_of(event)} == {"told"}
        assert acknowledged() == {(str(event), "crm"): 1 for event in events}
        verify_everything(house, ())
        database.close()


def test_while_people_are_recorded_and_forgotten_nothing_is_passed_over(database_url: str, tmp_path: Path, receiver: Receiver) -> None:
    """Writers, a sequencer and two workers at once: in the end each no was told once."""
    house = near(make_house(database_url, tmp_path))
    add(house, "crm", receiver.url)
    everybody = subjects_for(house, [("account", str(number)) for number in range(30)])
    stop, told, failures = threading.Event(), list[UUID](), list[BaseException]()

    def in_thread(act: object) -> threading.Thread:
        def run() -> None:
            database.open_database(database_url)
            try:
                act()  # type: ignore[operator]  # each is called without a word
            except JanjiError as error:
                failures.append(error)
            finally:
                database.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def write() -> None:
        for _ in range(8):
            told.extend(one.id for one in record(house, [
                Entry(subject=one, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": "newsletters"}) for one in everybody[:20]
            ]))  # fmt: skip

    def erase() -> None:
        for one in everybody[20:]:
            event = forget(house, one).event
            assert event is not None
            told.append(event)

    def work() -> None:
        while not stop.is_set():
            sequence_all()
            deliver_due(house)

    writers = [in_thread(write), in_thread(erase)]
    workers = [in_thread(work), in_thread(work)]
    for thread in writers:
        thread.join()
    stop.set()
    for thread in workers:
        thread.join()
    assert failures == []
    sequence_all()
    deliver_due(house)
    assert acknowledged() == {(str(event), "crm"): 1 for event in told}
    assert len(receiver.got) == len(told) == 170
    verify_everything(house, ())


def test_a_backup_has_the_consumers_and_what_they_must_hear(tmp_path: Path, receiver: Receiver) -> None:
    """Put back, it goes on: what was due then is told, under the id that it had, signed with the secret that it had."""
    data = tmp_path / "data"
    with cluster(tmp_path / "server") as server:
        migrate(server.url)
        house = near(make_house(server.url, data))
        crm = add(house, "crm", receiver.url)
        events = some_noes(house, 3)
        assert deliver_due(house, 2).told == 2
        settings = Settings(data_dir=data, database_url=server.url, key=base64.b64encode(KEEPER.key).decode())
        runtime = Runtime(settings, ENGLISH)
        backup(runtime, tmp_path / "backup")
        assert deliver_due(house).told == 2
        database.close()
        restore(runtime, tmp_path / "backup", replace=True)
        house = near(open_house(server.url, data))
        assert [one.name for one in consumers()] == ["crm"]
        sequence_all()
        assert deliver_due(house).told == 2
        assert {line.state for event in events for line in told_of(event)} == {"told"}
        assert all(len(ids) == 1 for ids in ids_of(receiver).values())
        assert all(got.signed_by(crm.secret) for got in receiver.got)
        database.close()
