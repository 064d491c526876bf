"""What withdrawals leave is deleted once and certified once, wherever the worker dies: the whole state is as the slow oracle says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from tests.erasing_house import with_maps
from tests.faults.killing import fork_and_die
from tests.faults.verification import verify_everything
from tests.faults.withdrawing import STEPS, mortal
from tests.people_house import Clock, open_house
from tests.withdrawing import Withdrawing, withdrawing

from janji.consent.cascade import TASK
from janji.consent.choices import Verb
from janji.ledger.events import Kind
from janji.store import database, people
from janji.store.server import ServerHandle
from janji.workflows.cascade_work import SOON, agree, work
from janji.workflows.recording import history_of

ALL = [(step, nth, when) for step, nth in (
    ("plan", 1), ("note", 1), ("begin", 1), ("store", 1), ("store", 2), ("erase", 1), ("erase", 2), ("file", 1), ("certified", 1), ("carried", 1), ("note", 2),
    ("note", 3), ("close", 1),
) for when in ("before", "after")]  # fmt: skip
EVERY = max(1, 8 // int(os.environ.get("JANJI_EXAMPLES", "1")))
DEATHS = ALL[3 % EVERY :: EVERY]
"""Some of the deaths; all of them with `JANJI_EXAMPLES=8`."""
_NEXT = count(1)


@pytest.fixture(scope="module")
def made(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Withdrawing]:
    """One house for every death, each of other people."""
    with withdrawing(server, module_database_url, tmp_path_factory.mktemp("withdrawing"), 3 * len(ALL)) as held:
        yield held


@pytest.mark.parametrize(("step", "nth", "when"), DEATHS)
def test_wherever_it_dies_a_withdrawal_ends_once(made: Withdrawing, step: str, nth: int, when: str) -> None:
    """The next round of the step goes on where it was; what was done is neither lost nor done twice."""
    assert step in STEPS
    Clock.moved = timedelta()
    numbers = [next(_NEXT), next(_NEXT)]
    subjects = [made.person(number) for number in numbers]
    before = made.rows()
    for subject in subjects:
        made.say(subject, Verb.WITHDRAW)
    agree(made.house, None, "Dewi")
    url, folder = database.opened(), made.house.runtime.settings.data_dir
    database.close()
    fork_and_die(url, lambda: mortal(url, folder, step, nth, after=when == "after"))
    made.world.house = with_maps(open_house(url, folder))
    for _ in range(3):
        work(made.house)
        Clock.moved += SOON
    made.verify(before, numbers)
    for subject in subjects:
        assert people.open_tasks([subject]) == ()
        history = history_of(made.house, subject)
        (end,) = [one.details for one in history if one.kind is Kind.TASK_CLOSED and one.details["task"] == TASK]
        certified = {one.details["certificate"]: one.details for one in history if one.kind is Kind.ERASURE_EXECUTED}
        assert end["outcome"] == "deleted"
        assert set(end["certificates"]) <= set(certified)
        assert {one["outcome"] for one in certified.values()} == {"done"}
    verify_everything(made.house, ())
