"""Random requests over real systems against a model: asked, agreed to, refused, taken back, the clock put on, the worker killed at any statement."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.erasing_house import World, making
from tests.faults.verification import verify_everything
from tests.people_house import Clock

from janji.errors import Refusal
from janji.ledger.events import Kind
from janji.rights.register import marks
from janji.rights.requests import Intake, Proof, State
from janji.store import database
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.workflows.recording import history_of
from janji.workflows.request_clock import work
from janji.workflows.request_work import take_over
from janji.workflows.requests import (
    Opening,
    approve,
    deliver,
    open_request,
    refuse,
    reopen,
    request_of,
    verify,
    withdraw,
)

NEEDED = {"access": 1, "deletion": 2, "end": 1}
PEOPLE = 240
EXAMPLES = int(os.environ.get("JANJI_EXAMPLES", "1"))
_NEXT = count(1, 4)


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """End the process, as far as any database can tell, when it asks its so-many-th statement: from then on nothing is asked any more."""
    real, asked = psycopg.Cursor.execute, count(1)

    def execute(self: Any, *values: Any, **more: Any) -> Any:
        if next(asked) >= statement:
            raise Killed
        return real(self, *values, **more)

    psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    try:
        yield
    except Killed:
        pass
    finally:
        psycopg.Cursor.execute = real  # type: ignore[method-assign]
        database.close()


class One:
    """What the model knows of a request: whose, which right, and where it must stand."""

    def __init__(self, id: UUID, person: int, right: str) -> None:
        self.id, self.person, self.right = id, person, right
        self.state, self.yes = "unverified", 0


class Requests(RuleBasedStateMachine):
    """One request a person at a time; the model is a word for each."""

    world: World

    @initialize()
    def begin(self) -> None:
        """Three people whom no other example knows."""
        Clock.moved = timedelta()
        connection().execute("DELETE FROM rights_request")
        self.free = [next(_NEXT) + 1 for _ in range(3)]
        self.gone, self.all = set[int](), list[One]()

    def open_ones(self, *states: str) -> list[One]:
        """Those in one of these states, as the model has it."""
        return [one for one in self.all if one.state in states]

    @precondition(lambda self: self.free)
    @rule(right=st.sampled_from(sorted(NEEDED)), shown=st.booleans(), place=st.integers(0, 2))
    def ask(self, right: str, shown: bool, place: int) -> None:
        """Somebody asks; staff know them or not."""
        person = self.free.pop(place % len(self.free))
        made = open_request(self.world.house, Opening(
            right=right, intake=Intake.PHONE, subject=self.world.person(person), proof=Proof.STAFF if shown else Proof.NONE, by="Sari", said={"words": "please"},
        ))  # fmt: skip
        one = One(made.id, person, right)
        one.state = "verified" if shown else "unverified"
        self.all.append(one)

    @precondition(lambda self: self.open_ones("unverified"))
    @rule(data=st.data())
    def show(self, data: st.DataObject) -> None:
        """Who asks is shown."""
        one = data.draw(st.sampled_from(self.open_ones("unverified")))
        verify(self.world.house, one.id, None, Proof.STAFF, "Sari")
        one.state = "verified"

    @precondition(lambda self: self.open_ones("approval"))
    @rule(data=st.data())
    def agree(self, data: st.DataObject) -> None:
        """One officer more agrees."""
        one = data.draw(st.sampled_from(self.open_ones("approval")))
        one.yes += 1
        approve(self.world.house, one.id, f"officer {one.yes}")
        one.state = "working" if one.yes >= NEEDED[one.right] else "approval"

    @precondition(lambda self: self.all)
    @rule(data=st.data())
    def say_no(self, data: st.DataObject) -> None:
        """It is refused, where that is still open."""
        one = data.draw(st.sampled_from(self.all))
        ground, role = ("danger-to-health", "counsel") if one.right == "access" else ("pending-legal-process" if one.right == "destruction" else "retention-by-law", "officer")
        if one.state in ("unverified", "verified", "approval"):
            refuse(self.world.house, one.id, ground, "Ratna", role)
            one.state = "delivery/refused"
        else:
            with pytest.raises(Refusal):
                refuse(self.world.house, one.id, ground, "Ratna", role)

    @precondition(lambda self: self.all)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """It is taken back, where that is still open."""
        one = data.draw(st.sampled_from(self.all))
        if one.state in ("unverified", "verified", "approval"):
            withdraw(self.world.house, one.id)
            self.end(one, "withdrawn")
        else:
            with pytest.raises(Refusal):
                withdraw(self.world.house, one.id)

    @precondition(lambda self: self.open_ones("delivery/done", "delivery/nothing-held", "delivery/refused"))
    @rule(data=st.data())
    def hand_over(self, data: st.DataObject) -> None:
        """The result is handed over."""
        one = data.draw(st.sampled_from(self.open_ones("delivery/done", "delivery/nothing-held", "delivery/refused")))
        deliver(self.world.house, one.id, "Sari")
        forgotten = one.right == "deletion" and one.state != "delivery/refused"
        self.end(one, one.state.partition("/")[2], free=not forgotten)

    @precondition(lambda self: self.open_ones("not-verified"))
    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """One that closed unverified goes on, unless the person has asked again meanwhile."""
        one = data.draw(st.sampled_from(self.open_ones("not-verified")))
        if one.person in self.free:
            self.free.remove(one.person)
            reopen(self.world.house, one.id)
            one.state = "unverified"

    @rule(hours=st.sampled_from([1, 13, 25, 49, 73, -2]))
    def wait(self, hours: int) -> None:
        """Time goes by, and nobody works; or the clock is put back."""
        Clock.moved += timedelta(hours=hours)

    @rule(statement=st.none() | st.integers(1, 120))
    def let_work(self, statement: int | None) -> None:
        """The worker works; killed at a statement it is started again, and comes to the same."""
        Clock.moved += timedelta(minutes=6)
        if statement is not None:
            with killed_at(statement):
                work(self.world.house)
        for _ in range(3):
            take_over(self.world.house)
            while work(self.world.house):
                pass
            Clock.moved += timedelta(seconds=11)
        self.model_works()

    def model_works(self) -> None:
        """What a worker does, in the model's words."""
        for one in self.open_ones("unverified"):
            request = request_of(one.id)
            if self.world.house.runtime.now() > request.due + timedelta(days=1, minutes=1) or (not request.reopened and self.world.house.runtime.now() > request.due):
                self.end(one, "not-verified")
            elif request.state is State.ENDED:  # reopened late, and its day of grace is over
                assert request.reopened
                self.end(one, "not-verified")
        for one in self.open_ones("verified"):
            one.state = "approval"
        for one in self.open_ones("working"):
            one.state = "delivery/nothing-held" if one.person in self.gone and one.right != "end" else "delivery/done"
            if one.right == "deletion":
                self.gone.add(one.person)

    def end(self, one: One, outcome: str, *, free: bool = True) -> None:
        """A request is over, and its person may ask again unless they were forgotten."""
        one.state = outcome
        if free:
            self.free.append(one.person)

    @invariant()
    def agrees(self) -> None:
        """Every request stands where the model says; nothing was done twice."""
        for one in getattr(self, "all", []):
            request = request_of(one.id)
            said = str(request.outcome) if request.state is State.ENDED else f"delivery/{request.outcome}" if request.state is State.DELIVERY else str(request.state)
            assert said == one.state, (one.right, said, one.state)
            assert (request.due - request.opened) <= timedelta(days=31)
            if request.state is State.APPROVAL and "escalated" in request.details:
                assert 0 < int(request.details["escalated"]) <= len(marks(request.opened, request.due))

    def teardown(self) -> None:
        """Each step of each request is in the ledger once."""
        for one in getattr(self, "all", []):
            request = request_of(one.id)
            if request.subject is not None:
                done = [event for event in history_of(self.world.house, request.subject) if event.details.get("request") == str(one.id)]
                kinds = [event.kind for event in done]
                for kind in (Kind.REQUEST_RECORDED, Kind.REQUEST_EXECUTED, Kind.REQUEST_REFUSED):
                    assert kinds.count(kind) <= 1
                assert (Kind.REQUEST_EXECUTED in kinds) == (one.state in ("delivery/done", "delivery/nothing-held", "done", "nothing-held"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # whoever is killed closes nothing
def test_random_requests_end_as_the_model_says(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever comes in whatever order, and wherever the worker is killed."""
    with making(server, module_database_url, tmp_path_factory.mktemp("machine"), PEOPLE * EXAMPLES) as world:
        Requests.world = world
        run_state_machine_as_test(
            Requests, settings=settings(max_examples=6 * EXAMPLES, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck))
        )
        assert verify_everything(world.house, [])["events"] > 0
