"""Sweeps over the made-up company: what is over ends as the slow reference says, held people left out, certified, told of."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.company_house import Company, World, cloned, drop, make
from tests.people_house import NOW, Clock
from tests.reference import retain

from janji.connectors.sql import SqlConnector
from janji.datamap.catalogue import Catalogue
from janji.errors import Conflict, Invalid, Unavailable
from janji.ledger.events import Kind, decode
from janji.store import people, workers
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.terms.messages import N_, say
from janji.workflows.holds import Ground, lift, set_hold
from janji.workflows.mapping import meanings
from janji.workflows.sweeps import NOTICE, State, look, nightly, owed, sweep, sweep_json, sweep_of, sweeps, told
from janji.workflows.systems import open_store


@pytest.fixture(scope="module")
def company(server: ServerHandle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The company that each test gets a copy of."""
    made = make(server, tmp_path_factory.mktemp("company"))
    yield made
    drop(made)


@pytest.fixture
def world(company: Company, database_url: str, tmp_path: Path) -> Iterator[World]:
    """A house with shop, care centre and community."""
    with cloned(company, database_url, tmp_path) as made:
        yield made


@pytest.fixture
def shop(company: Company, database_url: str, tmp_path: Path) -> Iterator[World]:
    """A house with the shop alone."""
    with cloned(company, database_url, tmp_path, ["mycontoh"]) as made:
        yield made


def catalogue_of(world: World, system: str) -> Catalogue:
    """The form of a system now."""
    with closing(open_store(system, world.addresses[system], world.house.runtime)) as store:
        return store.catalogue()


def expected(world: World, system: str, rows: retain.Rows, held: set[retain.Place]) -> retain.Ended:
    """What the slow reference says of a system."""
    rules = world.house.policy_in_force.policy.retention
    return retain.end(catalogue_of(world, system), meanings(world.house.runtime)[system], rules, rows, world.house.runtime.now(), held)


def verify(world: World, before: dict[str, retain.Rows], held: dict[str, set[retain.Place]] | None = None) -> int:
    """Hold every row of every system against the reference; how many rows are gone."""
    gone = 0
    for system, rows in before.items():
        said, after = expected(world, system, rows, (held or {}).get(system, set())), world.rows(system)
        catalogue, meaning = catalogue_of(world, system), meanings(world.house.runtime)[system]
        for name, were in rows.items():
            key = catalogue.tables[name].primary_key
            there = {tuple(row[one] for one in key): row for row in after[name]}
            for place, row in enumerate(were):
                now = there.get(tuple(row[one] for one in key))
                if (name, place) in said.gone:
                    assert now is None, (system, name, row)
                    gone += 1
                    continue
                assert now is not None, (system, name, row)
                ended = {column for table, at, column in said.columns if (table, at) == (name, place)}
                assert all(now[column] is None for column in ended), (system, name, ended)
                if (name, place) in said.stay and "-" not in row.values():
                    kept = {*key, *(one for k in catalogue.tables[name].foreign_keys for one in k.columns)}
                    assert not [one for one in meaning.tables[name].personal if one not in kept and row[one] and now[one] == row[one] and len(str(row[one])) > 3]
                    continue
                if (name, place) in (held or {}).get(system, set()):
                    assert now == row, (system, name)
    return gone


def all_rows(world: World) -> dict[str, retain.Rows]:
    """Every row of every system."""
    return {system: world.rows(system) for system in world.addresses}


def test_what_is_over_ends_as_the_reference_says(world: World) -> None:
    """Row by row: what is over is gone with what follows it, what others refer to stays without its person, nothing else is touched."""
    before = all_rows(world)
    seen = look(world.house)
    assert all_rows(world) == before
    assert sweeps() == ()
    done = sweep(world.house)
    assert done.state == "done", done
    assert verify(world, before) > 500
    assert {(part.rule, part.due) for part in seen.parts if part.table == "payments"} == {(part.rule, part.due) for part in done.parts if part.table == "payments"}
    assert not [part for part in sweep(world.house).parts if part.due]


def test_small_batches_do_the_same(shop: World) -> None:
    """In batches of 7 rows everything ends as in one, and no more than what one sweep may do ends in it; the next goes on."""
    before = all_rows(shop)
    first = sweep(shop.house, ["mycontoh"], batch=7, most=14)
    assert first.state == "partly"
    assert max(part.rows for part in first.parts if part.table == "payments") == 14
    for _ in range(60):
        if sweep(shop.house, batch=7, most=140).state == "done":
            break
    verify(shop, before)


def held_of(world: World, before: dict[str, retain.Rows], number: int) -> dict[str, set[retain.Place]]:
    """The rows of one of the people, walked link by link."""
    who = world.who(number)
    known = {"email": who.email, "phone": who.phone, "national-id": who.national_id}
    return {system: retain.owned(meanings(world.house.runtime)[system], rows, known) for system, rows in before.items()}


def somebody(world: World, before: dict[str, retain.Rows]) -> int:
    """The number of somebody of whom much is over in the shop."""
    said = expected(world, "mycontoh", before["mycontoh"], set())
    buyers = [before["mycontoh"]["orders"][place]["buyer_id"] - 1 for name, place in said.gone if name == "orders"]
    return max(sorted({int(one) for one in buyers} - {0}), key=buyers.count)


def test_who_is_held_is_left_out(world: World) -> None:
    """Nothing ends of somebody who is held, in any system; everybody else's does, and theirs once the hold is lifted."""
    before = all_rows(world)
    number = somebody(world, before)
    hold = set_hold(world.house, Ground.LITIGATION, subject=world.person(number))
    held = held_of(world, before, number)
    seen = look(world.house)
    assert sum(part.held for part in seen.parts) > 0
    done = sweep(world.house)
    assert done.state == "done", done.parts
    now = all_rows(world)
    for system, places in held.items():
        for name, place in places:
            assert before[system][name][place] in now[system][name], (system, name)
    assert sum(len(rows) for rows in now["mycontoh"].values()) < sum(len(rows) for rows in before["mycontoh"].values()) - 300
    lift(world.house, hold.id)
    assert sum(part.rows for part in sweep(world.house).parts) > 0
    assert not [row for row in world.rows("mycontoh")["payments"] if row["order_id"] // 1000 == number + 1 and row["settled_at"] and row["settled_at"] < NOW - timedelta(days=366)]


def test_a_system_that_is_held_is_left_alone(world: World) -> None:
    """Nothing of a held system ends; the others go on."""
    set_hold(world.house, Ground.AUDIT, system="care")
    before = all_rows(world)
    done = sweep(world.house)
    assert [part.state for part in done.parts if part.system == "care"] == [State.HELD]
    assert world.rows("care") == before["care"]
    assert world.rows("mycontoh") != before["mycontoh"]


def test_who_has_a_request_open_is_left_out(world: World) -> None:
    """What somebody asked to see is not swept away before they got it."""
    before = all_rows(world)
    number = somebody(world, before)
    person = world.person(number)
    connection().execute(
        "INSERT INTO package (id, made, until, subjects, stores, state) VALUES (%s, now(), now(), %s::jsonb, '{}', 'partly')",
        [uuid4(), f'["{person}"]'],
    )
    sweep(world.house)
    now = all_rows(world)
    for system, places in held_of(world, before, number).items():
        for name, place in places:
            assert before[system][name][place] in now[system][name], (system, name)


def test_held_people_who_cannot_be_looked_for_stop_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a system does not answer whose rows are held, nothing ends in it; and nothing does where nobody knows its form."""
    set_hold(world.house, Ground.ORDER, subject=world.person(3))
    search = SqlConnector.search

    def fails(self: SqlConnector, *given: Any) -> Any:
        if self.system == "mycontoh":
            raise Unavailable(say(N_("the PostgreSQL at `--url` does not answer, or does not let us in")), None)
        return search(self, *given)

    monkeypatch.setattr(SqlConnector, "search", fails)
    before = all_rows(world)
    done = sweep(world.house)
    assert done.state == "partly"
    assert [part.state for part in done.parts if part.system == "mycontoh"] == [State.BLOCKED]
    assert world.rows("mycontoh") == before["mycontoh"]
    assert world.rows("care") != before["care"]


def test_a_changed_form_stops_its_table(shop: World) -> None:
    """A new column is looked at by somebody before rows of its table end; other tables go on."""
    shop.run("mycontoh", "ALTER TABLE payments ADD COLUMN religion text")
    before = shop.rows("mycontoh")
    done = sweep(shop.house, ["mycontoh"])
    assert done.state == "partly"
    assert {part.state for part in done.parts if part.table == "payments"} == {State.BLOCKED}
    now = shop.rows("mycontoh")
    assert now["payments"] == before["payments"]
    assert len(now["subscriptions"]) < len(before["subscriptions"])


def test_a_failure_midway_is_made_up_for(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails after some batches keeps what was done, says so, and is done by the next sweep."""
    erase, calls = SqlConnector.erase, [0]
    before = all_rows(shop)

    def fails(self: SqlConnector, *given: Any) -> Any:
        calls[0] += 1
        if calls[0] == 3:
            raise Unavailable(say(N_("the PostgreSQL at `--url` does not answer, or does not let us in")), None)
        return erase(self, *given)

    monkeypatch.setattr(SqlConnector, "erase", fails)
    first = sweep(shop.house, batch=50)
    assert first.state == "partly"
    assert [part.state for part in first.parts].count(State.FAILED) == 1
    second = sweep(shop.house, batch=50)
    assert second.state == "done"
    verify(shop, before)


def test_a_sweep_that_was_cut_off_is_closed_and_made_up_for(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash the journal has what was begun; the next sweep certifies it as cut off, and does the rest."""
    erase, calls = SqlConnector.erase, [0]
    before = all_rows(shop)

    def dies(self: SqlConnector, *given: Any) -> Any:
        calls[0] += 1
        if calls[0] == 4:
            raise KeyboardInterrupt
        return erase(self, *given)

    monkeypatch.setattr(SqlConnector, "erase", dies)
    with pytest.raises(KeyboardInterrupt):
        sweep(shop.house, batch=40)
    assert sweeps()[0].state == "begun"
    monkeypatch.setattr(SqlConnector, "erase", erase)
    assert sweep(shop.house).state == "done"
    assert {one.state for one in sweeps()} == {"done", "cut"}
    verify(shop, before)


def test_missed_nights_are_caught_up(company: Company, database_url: str, tmp_path: Path) -> None:
    """The worker sweeps once a day; what three missed nights left is done by the fourth, and the certificate says so."""
    with cloned(company, database_url, tmp_path, ["mycontoh"]) as world:
        house = world.house
        assert nightly(house) == 0  # only what may be swept without anybody asking
        connection().execute("UPDATE system SET stage = 'automatic'")
        assert nightly(house) > 500
        assert nightly(house) == 0
        Clock.moved = timedelta(hours=23)
        assert nightly(house) >= 0
        Clock.moved = timedelta(days=5)
        before = all_rows(world)
        assert nightly(house) > 0
        verify(world, before)
        assert [one.missed for one in sweeps()] == [3, 0, 0]


def test_the_certificate_says_what_was_done_and_of_nobody(world: World) -> None:
    """Rules, bounds, counts and levels stand in the ledger, nothing of a person; one sweep at a time; a notice is owed and given."""
    done = sweep(world.house)
    assert set(done.events or {}) == {"mycontoh", "care", "community"}
    bodies = [bytes(row[0]) for row in connection().execute("SELECT body FROM event WHERE kind = %s", [str(Kind.SWEEP_EXECUTED)])]
    held = [decode(body).details for body in bodies]
    shop = next(one for one in held if one["system"] == "mycontoh")
    assert any(line.startswith("payments by payment (order-completed, before 2025-12-02") and "delete, done, due" in line for line in shop["effects"])
    everything = b"".join(bodies).decode() + repr(sweep_json(done, world.house.runtime.tongue))
    for number in range(40):
        who = world.who(number)
        assert not [word for word in (who.email, who.phone, who.national_id, who.name) if word in everything]
    assert done.task in owed()
    assert [task.details for task in people.open_tasks_of_kind(NOTICE)] == [{"sweep": str(done.id), "rows": str(sum(sum((part.ended or {}).values()) for part in done.parts))}]
    assert done.id is not None
    told(world.house, done.id)
    assert owed() == frozenset()
    with pytest.raises(Invalid):
        told(world.house, done.id)
    assert sweep_of(done.id).state == "done"
    with pytest.raises(Invalid):
        sweep_of(uuid4())
    with pytest.raises(Invalid):
        sweep(world.house, ["nowhere"])


def test_one_sweep_at_a_time(shop: World) -> None:
    """While one runs another is refused."""
    import threading

    ready, over = threading.Event(), threading.Event()

    def other() -> None:
        from janji.store.database import close

        with workers.alone("retention") as mine:
            assert mine
            ready.set()
            over.wait(60)
        close()

    thread = threading.Thread(target=other)
    thread.start()
    assert ready.wait(60)
    try:
        with pytest.raises(Conflict):
            sweep(shop.house)
    finally:
        over.set()
        thread.join()


def test_the_verbs(shop: World, database_url: str, tmp_path: Path) -> None:
    """Dry run, sweep, list, show, told and anonymity by the command line, as JSON and as text, with their exit codes."""
    key = base64.b64encode(bytes(range(32))).decode()
    environ = dict(os.environ, JANJI_DATABASE_URL=database_url, JANJI_KEY=key, JANJI_DATA_DIR=str(tmp_path), JANJI_MAPS=str(tmp_path / "maps"), LC_ALL="C.UTF-8")

    def janji(*words: str, code: int = 0) -> str:
        run = subprocess.run([sys.executable, "-m", "janji", "sweep", *words], capture_output=True, text=True, env=environ)
        assert run.returncode == code, (run.stdout, run.stderr)
        return run.stdout

    assert "no sweep was made yet" in janji("list")
    before = shop.rows("mycontoh")
    counted = json.loads(janji("--dry-run", "--format", "json"))
    assert sum(part["due"] for part in counted["parts"]) > 300
    assert "id" not in counted
    assert shop.rows("mycontoh") == before
    made = json.loads(janji("--system", "mycontoh", "--format", "json"))
    assert made["state"] == "done"
    assert list(made["certificates"]) == ["mycontoh"]
    assert "notice owed" in janji("list")
    assert json.loads(janji("list", "--format", "json"))["items"][0]["id"] == made["id"]
    assert f"certified by event `{made['certificates']['mycontoh']}`" in janji("show", made["id"])
    assert "recorded" in janji("told", made["id"])
    assert "notice owed" not in janji("list")
    assert "nothing is over" in janji()
    page = json.loads(janji("list", "--limit", "1", "--format", "json"))
    assert json.loads(janji("list", "--before", page["next"], "--format", "json"))["items"][0]["id"] == made["id"]
    (tmp_path / "set.csv").write_text("town,tier\nMedan,gold\nMedan,silver\n")
    assert "not anonymous" in janji("anonymity", str(tmp_path / "set.csv"), "--by", "town", code=1)
    assert json.loads(janji("anonymity", str(tmp_path / "set.csv"), "--by", "town", "--least", "2", "--format", "json"))["anonymous"]
    janji("--system", "nowhere", code=3)
