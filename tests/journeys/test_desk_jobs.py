"""Work that a screen asks the worker for: asked once, done, told how far it is, kept; begun anew when a worker left it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.choosing import Clock, make_house, person

from janji.errors import Invalid
from janji.store import desk_jobs as store
from janji.terms.messages import say
from janji.workflows import desk_jobs
from janji.workflows.desk_jobs import AUDIT, LOOK, JobState, ask, job, last, work
from janji.workflows.house import House
from janji.workflows.sweeps import Progress, seen_look


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the house."""
    return Clock()


@pytest.fixture(scope="module")
def house(module_database_url: str, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with somebody in it."""
    folder: Path = tmp_path_factory.mktemp("house")
    made = make_house(module_database_url, clock, folder)
    person(made)
    return made


def test_an_audit_is_asked_once_done_and_kept(house: House) -> None:
    """Two who ask at once get one audit; it comes back clean, with how much there was."""
    first, second = ask(house, AUDIT, "1"), ask(house, AUDIT, "2")
    assert first == second
    assert job(first).state is JobState.WAITING
    assert work(house) == 1
    found = job(first)
    assert found.state is JobState.DONE, found.failure
    assert found.report["clean"]
    assert found.report["events"] > 0
    assert found.report["size"] == found.report["events"]
    assert last(AUDIT, ended=True) == found
    assert ask(house, AUDIT, "1") != first
    assert work(house) == 1
    assert work(house) == 0


def test_a_look_changes_nothing(house: House) -> None:
    """What a night would end is counted, and kept so that it can be read back."""
    id = ask(house, LOOK, "1")
    work(house)
    found = job(id)
    assert found.state is JobState.DONE, found.failure
    assert seen_look(found.report).id is None


def test_what_a_worker_left_is_begun_anew(house: House) -> None:
    """Work that a dead worker had begun is the first that the next one does."""
    id = ask(house, AUDIT, "1")
    store.begin(id, house.runtime.now())
    store.move(id, "events", 1, 2)
    assert job(id).state is JobState.RUNNING
    work(house)
    assert job(id).state is JobState.DONE


def test_what_fails_says_why(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is told in words, and the next work is done all the same."""

    def refuse(_: House, __: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        progress("rows", 3, 9)
        raise Invalid(say("no"), say("help"))

    monkeypatch.setattr(desk_jobs, "DOES", {**desk_jobs.DOES, "x": refuse, "y": lambda *_: {"n": 1 // 0}})
    ids = [ask(house, name, "1", system=name) for name in ("x", "y")]
    assert work(house) == 2
    assert [job(id).state for id in ids] == [JobState.FAILED, JobState.FAILED]
    assert job(ids[0]).failure == say("no")
    with pytest.raises(Invalid):
        job(house.runtime.new_id())


def test_what_is_old_goes(house: House, clock: Clock) -> None:
    """What came of old work is let go of, save the last of a name."""
    old = ask(house, LOOK, "1")
    work(house)
    clock.put_on(days=91)
    ask(house, LOOK, "1")
    work(house)
    with pytest.raises(Invalid):
        job(old)
    assert last(LOOK) is not None
