"""How many connections of ours may be at a system at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.erasing_house import World
from tests.shop_verbs import Run, keyed_world, program

from janji.errors import Unavailable
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.workflows import systems
from janji.workflows.gathering import search
from janji.workflows.systems import limit, reaching, system_named


@pytest.fixture(scope="module")
def world(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A house with a shop and a care desk."""
    with keyed_world(server, module_database_url, tmp_path_factory.mktemp("seats"), 4) as made:
        yield made


@contextmanager
def somebody_there(world: World) -> Iterator[threading.Event]:
    """Another worker at the shop, until the event is set or this is left."""
    there, over = threading.Event(), threading.Event()

    def work() -> None:
        with reaching(world.house) as reach:
            reach.of("shop")
            there.set()
            over.wait()
        connection().close()

    thread = threading.Thread(target=work)
    thread.start()
    assert there.wait(60)
    try:
        yield over
    finally:
        over.set()
        thread.join()


@pytest.fixture
def one_seat(world: World) -> Iterator[World]:
    """The shop may be reached by one at a time."""
    assert system_named("shop").seats is None
    limit("shop", 1)
    yield world
    connection().execute("UPDATE system SET seats = NULL WHERE name = 'shop'")


def test_who_finds_no_seat_is_told_and_may_come_again(one_seat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a system that does not answer; a search says so of it, and the next one finds it free."""
    with monkeypatch.context() as patched, somebody_there(one_seat):
        patched.setattr(systems, "PATIENCE", 20)
        with reaching(one_seat.house) as reach, pytest.raises(Unavailable, match="as many at once as it may be: 1"):
            reach.of("shop")
        states = {one.system: one.state for one in search(one_seat.house, [one_seat.person(1)]).systems}
        assert states["shop"] == "blocked"
    states = {one.system: one.state for one in search(one_seat.house, [one_seat.person(1)]).systems}
    assert states["shop"] == "done"


def test_a_seat_is_waited_for(one_seat: World) -> None:
    """Who comes while it is taken goes on when it is left."""
    with somebody_there(one_seat) as over, reaching(one_seat.house) as reach:
        threading.Timer(0.1, over.set).start()
        assert reach.of("shop").catalogue().tables


def test_more_may_be_there_when_it_is_said(one_seat: World) -> None:
    """Two, where two may be: the other one is there until this one is."""
    limit("shop", 2)
    with somebody_there(one_seat), reaching(one_seat.house) as reach:
        assert reach.of("shop").catalogue().tables


def test_the_verb(world: World, module_database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """How many is said, kept and shown; none at all is refused."""
    run: Run = program(world, module_database_url, monkeypatch, capsys)
    assert run("connect", "limit", "shop", "3") == "`shop` is reached by at most 3 at once\n"
    assert '"at_once": 3' in run("connect", "show", "shop", "--format", "json")
    assert "from 1 to 64" in run("connect", "limit", "shop", "0", code=3)
    assert "no system" in run("connect", "limit", "shopping", "3", code=3)
