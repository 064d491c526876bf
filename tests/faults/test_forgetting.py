"""Keys destroyed and wrapped again under kill -9 at each step, and under writers who know nothing of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from tests.faults.verification import verify_everything
from tests.people_house import make_house, open_house
from tests.serving import wait_until

from janji.errors import JanjiError
from janji.ledger.events import Actor, Kind
from janji.people.identifiers import Suppressed
from janji.store import database, destruction, people, vault
from janji.store.database import connection, open_database
from janji.store.people import FORGOTTEN
from janji.store.vault import Keeper, KeyKind
from janji.workflows import forgetting, identity, keys
from janji.workflows.forgetting import finish_forgetting, forget
from janji.workflows.house import House
from janji.workflows.keys import destroyed_file, load_keeper
from janji.workflows.people import find_subjects, subject_with, subjects_for
from janji.workflows.recording import Entry, history_of, record, record_one
from janji.workflows.runtime import open_runtime

ROOT = Path(__file__).resolve().parents[2]
EMAIL, PHONE = ("email", "siti@example.com"), ("phone", "+6281234567890")

FORGET = [("task", 1), ("file", 1), ("suppress", 1), ("event", 1), ("joins", 1), ("keys", 1), ("erase", 1), ("task", 2), ("commit", 1)]
ROTATE = [("former", 1), ("former", 2), ("secrets", 1), ("batch", 1), ("batch", 3), ("end", 1)]


def die(verb: str, url: str, data: Path, step: str, when: str, nth: int, *rest: str) -> None:
    """Run the program and see it die where it was told."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.mortal", verb, url, str(data), step, when, str(nth), *rest],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("step", "nth"), FORGET)
def test_forgetting_ends_once_wherever_it_was_killed(
    database_url: str, tmp_path: Path, step: str, nth: int, when: str
) -> None:
    """Killed at each step, it is finished at the next opening: one event, no key, no identifier, and the suppression."""
    house = make_house(database_url, tmp_path)
    one, other = subjects_for(house, [EMAIL, PHONE])
    record(house, [Entry(subject=one, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": "newsletters"}, evidence={"said": "no"})])
    identity.merge(house, one, other, Actor.STAFF)
    database.close()
    die("forget", database_url, tmp_path, step, when, nth, str(one))
    house = open_house(database_url, tmp_path)
    begun = bool(people.open_tasks_of_kind("forget"))
    finished = finish_forgetting(house)
    assert finished == begun
    if people.subjects([one])[one].state != FORGOTTEN:
        assert (step, when) in (("task", "before"), ("task", "after"))
        forget(house, one, told=[Suppressed.IMPORT])
    for subject in (one, other):
        kinds = [event.kind for event in history_of(house, subject)]
        assert kinds.count(Kind.PERSON_FORGOTTEN) == 1
        assert kinds[-1] is Kind.PERSON_FORGOTTEN
    assert find_subjects(house, [EMAIL, PHONE]) == [None, None]
    assert vault.read_keys([one, other], KeyKind.CONTENT) == {}
    assert len(vault.read_keys([one, other], KeyKind.EVIDENCE)) == 2
    assert {line.subject for line in destruction.read_destroyed(destroyed_file(house.runtime.settings))} == {one, other}
    assert forgetting.suppressed(house, Suppressed.IMPORT, [EMAIL, PHONE]) == [True, True]
    assert [task.kind for task in people.open_tasks([one])] == [forgetting.EVIDENCE_END]
    assert finish_forgetting(house) == 0
    verify_everything(house, ())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("step", "nth"), ROTATE)
def test_a_rotation_goes_on_wherever_it_was_killed(
    database_url: str, tmp_path: Path, step: str, nth: int, when: str
) -> None:
    """Killed at each step the house opens with what lies in its key files; the same call ends it, and the old key is worth nothing."""
    runtime = open_runtime(environment={"JANJI_DATA_DIR": str(tmp_path)})
    (tmp_path / "keys").mkdir()
    keys.make_keeper(runtime)
    old = load_keeper(runtime.settings)
    house = make_house(database_url, tmp_path, old)
    subjects = subjects_for(house, [("account", str(number)) for number in range(3)])
    database.close()
    die("rotate", database_url, tmp_path, step, when, nth)
    between = load_keeper(runtime.settings)
    assert find_subjects(open_house(database_url, tmp_path, between), [("account", "1")]) == subjects[1:2]
    keys.rotate(runtime)
    fresh = load_keeper(runtime.settings)
    if (step, when) != ("end", "after"):
        assert fresh.former is None
    assert fresh.id != old.id
    assert set(vault.keepers()) == {fresh.id}
    for kind in KeyKind:
        for held in vault.read_keys(subjects, kind).values():
            assert len(vault.open_key(Keeper(fresh.id, fresh.key), held)) == 32
            with pytest.raises(JanjiError):
                vault.open_key(old, held)


# ------------------------------------------------------------------------------------------------------------- writers


def writers(url: str, house: House, subjects: list[UUID], act: Callable[[], object]) -> list[UUID]:
    """Let four writers record about people while `act` runs; gives the ids of what they were told is recorded."""
    stop, told = threading.Event(), list[UUID]()

    def write(number: int) -> None:
        open_database(url)
        try:
            while not stop.is_set():
                entries = [
                    Entry(subject=subject, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": "newsletters"})
                    for subject in subjects
                ]
                try:
                    found = record(house, entries) if number % 2 else [record_one(house, entry) for entry in entries]
                    told.extend(item.id for item in found)
                except JanjiError:
                    pass
        finally:
            database.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(told) >= 40)
        act()
        stop.wait(0.3)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return told


def test_nothing_is_recorded_of_whom_was_forgotten_meanwhile(database_url: str, tmp_path: Path) -> None:
    """Writers that wait for a person who is being forgotten are refused: no event after it, and no standing comes back."""
    house = make_house(database_url, tmp_path)
    one = subject_with(house, [EMAIL], Actor.STAFF)
    told = writers(database_url, house, [one], lambda: forget(house, one))
    history = history_of(house, one)
    assert history[-1].kind is Kind.PERSON_FORGOTTEN
    assert {str(id) for id in told} <= {event.id for event in history}
    assert connection().execute("SELECT count(*) FROM standing").fetchone() == (0,)
    verify_everything(house, ())


def test_nothing_is_recorded_of_whom_was_merged_meanwhile(database_url: str, tmp_path: Path) -> None:
    """Writers that wait for a person who is being merged are refused, and go on after the split."""
    house = make_house(database_url, tmp_path)
    one, other = subjects_for(house, [EMAIL, PHONE])

    def merge_and_split() -> None:
        for _ in range(5):
            identity.merge(house, one, other, Actor.STAFF)
            frozen = len(history_of(house, other))
            assert history_of(house, other)[-1].kind is Kind.PERSON_ABSORBED
            threading.Event().wait(0.05)
            assert len(history_of(house, other)) == frozen
            identity.split(house, one, Actor.STAFF)

    told = writers(database_url, house, [other], merge_and_split)
    events = {event.id for subject in (one, other) for event in history_of(house, subject)}
    assert {str(id) for id in told} <= events
    verify_everything(house, ())


def test_many_who_make_the_same_people_make_them_once(database_url: str, tmp_path: Path) -> None:
    """Four that look for the same new people at once, each in an order of its own, find the same ones; nothing is left over."""
    house = make_house(database_url, tmp_path)
    named = [("email", f"person{number}@example.com") for number in range(300)]
    found: list[list[UUID]] = [[] for _ in range(4)]
    start = threading.Barrier(4)

    def look(place: int) -> None:
        open_database(database_url)
        try:
            order = named[place * 50 :] + named[: place * 50]
            order = order[::-1] if place % 2 else order
            start.wait()
            made = dict(zip(order, subjects_for(house, order), strict=True))
            found[place] = [made[one] for one in named]
        finally:
            database.close()

    threads = [threading.Thread(target=look, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == found[2] == found[3]
    assert len(set(found[0])) == 300
    counted = connection().execute(
        "SELECT (SELECT count(*) FROM subject), (SELECT count(*) FROM subject_key), (SELECT count(*) FROM standing),"
        " (SELECT count(*) FROM identifier)"
    ).fetchone()
    assert counted == (300, 600, 300, 300)
