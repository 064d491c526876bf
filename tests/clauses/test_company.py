"""Clauses made true in the company's own systems: the made-up company on real databases and files, its people on record here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from tests.company_house import SIZE, Company, World, cloned, drop, make
from tests.people_house import Clock
from tests.reference import retain

from janji.decision.engine import decide
from janji.decision.question import Question
from janji.ledger.events import Actor, Kind, decode
from janji.store import people
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.workflows import guardians
from janji.workflows.anonymity import examine
from janji.workflows.consents import facts_of
from janji.workflows.erasing import carry_out, erasure_json, plan_digest, prepare
from janji.workflows.holds import Ground, lift, set_hold
from janji.workflows.mapping import meanings
from janji.workflows.sweeps import NOTICE, State, nightly, sweep

OPTIONS = {"level": "logical", "forget": False}


@pytest.fixture(scope="module")
def company(server: ServerHandle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The company that each test gets a copy of."""
    made = make(server, tmp_path_factory.mktemp("company"))
    yield made
    drop(made)


def with_anonymity(world: World, least: int) -> World:
    """The same world, where so many rows must look alike."""
    house = world.house
    settings = replace(house.runtime.settings, anonymity=least)
    return replace(world, house=replace(house, runtime=Clock(settings, house.runtime.tongue)))


def owned(world: World, number: int) -> dict[str, list[tuple[str, dict[str, object]]]]:
    """The rows of one of the people, by system, walked link by link."""
    who, found = world.who(number), {}
    known = {"email": who.email, "phone": who.phone, "national-id": who.national_id}
    for system in world.addresses:
        rows = world.rows(system)
        found[system] = [(name, rows[name][place]) for name, place in retain.owned(meanings(world.house.runtime)[system], rows, known)]
    return found


def test_clause_3_1_2_c_company(company: Company, database_url: str, tmp_path: Path) -> None:
    """What is kept for research and measurement loses its people at its end, and counts as anonymised only where enough rows look alike."""
    with cloned(company, database_url, tmp_path, ["weblogs"]) as world:
        strict = sweep(with_anonymity(world, 1000).house)
        (part,) = [part for part in strict.parts if part.table == "events"]
        assert (part.state, part.then) == (State.ALIKE, "anonymise"), part.why
        assert part.smallest is not None
        assert part.smallest < 1000
        assert strict.state == "partly"
        lax = sweep(with_anonymity(world, 2).house)
        (part,) = [part for part in lax.parts if part.table == "events"]
        assert (part.state, (part.smallest or 0) >= 2) == (State.DONE, True)
        events = f"read_parquet('{tmp_path / 'weblogs'}/events/*.parquet')"
        with duckdb.connect() as files:
            over = f"\"at\" < '{part.bound:%Y-%m-%d}' AND (cookie IS NOT NULL OR device IS NOT NULL OR account_id IS NOT NULL)"
            assert files.execute(f"SELECT count(*) FROM {events} WHERE {over}").fetchone() == (0,)  # noqa: S608 - our own words
            assert files.execute(f"SELECT count(*) > 100 FROM {events} WHERE cookie IS NOT NULL").fetchone() == (True,)  # noqa: S608 - our own words


def test_clause_3_1_3_d_company(company: Company, database_url: str, tmp_path: Path) -> None:
    """A statistic leaves as anonymous when nobody in it can be told from fewer than five, and when no group tells one thing of all."""
    with cloned(company, database_url, tmp_path, []) as world:
        runtime, file = world.house.runtime, tmp_path / "statistics.csv"
        file.write_text("town,year,rows\n" + "Medan,2025,gold\n" * 3 + "Medan,2025,silver\n" * 3 + "Jayapura,2025,gold\n")
        found = examine(runtime, file, ["town", "year"])
        assert (found.anonymous, found.classes.smallest, found.classes.below, found.least) == (False, 1, 1, 5)
        file.write_text("town,year,rows\n" + "Medan,2025,gold\n" * 3 + "Medan,2025,silver\n" * 3)
        assert examine(runtime, file, ["town", "year"], "rows").anonymous
        assert not examine(runtime, file, ["town", "year"], least=7).anonymous
        file.write_text("town,year,rows\n" + "Medan,2025,gold\n" * 9)
        assert not examine(runtime, file, ["town", "year"], "rows").anonymous


def test_clause_3_1_4_c_company(company: Company, database_url: str, tmp_path: Path) -> None:
    """A legal hold with its reason suspends erasure and retention of one person's rows everywhere, until it is lifted."""
    with cloned(company, database_url, tmp_path, ["mycontoh", "care"]) as world:
        number = 7
        person, before = world.person(number), owned(world, number)
        assert before["mycontoh"]
        hold = set_hold(world.house, Ground.LITIGATION, subject=person, reference="123/Pdt.G/2026", within=timedelta(days=90))
        plan = prepare(world.house, [person])
        assert (plan.people, plan.held) == ((), (person,))
        sweep(world.house)
        after = owned(world, number)
        for system, rows in before.items():
            assert all(row in after[system] for row in rows), system
        lift(world.house, hold.id)
        plan = prepare(world.house, [person])
        assert plan.people == (person,)
        assert carry_out(world.house, [person], plan_digest(plan, OPTIONS)).complete
        kinds = [row[0] for row in connection().execute("SELECT kind FROM event WHERE kind LIKE 'hold.%'")]
        assert set(kinds) == {str(Kind.HOLD_SET), str(Kind.HOLD_LIFTED)}


def child_of() -> int:
    """The number of somebody in the company who is a child, and bought something."""
    from janji.demo.mycontoh import order_days
    from janji.demo.people import person

    return next(number for number in range(SIZE.people) if person(SIZE.seed, number).born > date(2009, 1, 1) and list(order_days(SIZE, number)))


def test_clause_4_2_company(company: Company, database_url: str, tmp_path: Path) -> None:
    """Of a child without consent: everything goes from the shop, the care centre and the community; what a duty keeps is named,
    loses the child, and is used and disclosed for nothing; the task with its clock is open until then.
    """  # noqa: D205 - three clauses in one life
    with cloned(company, database_url, tmp_path) as world:
        house, number = world.house, child_of()
        child, before = world.person(number), owned(world, number)
        assert before["mycontoh"]
        guardians.record_age(house, child, world.who(number).born, Actor.STAFF)
        (task,) = people.open_tasks([child], guardians.ERASURE)  # 4.2: a task with a clock
        assert task.due is not None
        assert task.due <= house.runtime.now() + timedelta(hours=72)
        plan = prepare(house, [child])
        assert not plan.blocked, [problem.message.render() for part in plan.blocked for problem in part.problems]
        done = carry_out(house, [child], plan_digest(plan, OPTIONS))  # 4.2.a: as soon as possible
        assert done.complete
        kept = [row for rows in owned(world, number).values() for row in rows]
        assert kept == []
        invoices = [row for name, row in before["mycontoh"] if name == "invoices"]
        said = erasure_json(done, house.runtime.tongue)
        assert not invoices or "kept:tax-records" in str(said)  # 4.2.b: why it is impossible
        for name, purpose in house.policy_in_force.policy.purposes.items():
            question = Question(name, tuple(purpose.data), house.runtime.now())
            assert not decide(house.policy_in_force.compiled, question, facts_of(house, [child])[child]).permit


def test_clause_5_1_company(company: Company, database_url: str, tmp_path: Path) -> None:
    """Every table that holds personal data ends by a rule with a number; a daily run ends what is over, certifies it, and owes notice."""
    with cloned(company, database_url, tmp_path, ["mycontoh", "recruitment"]) as world:
        house = world.house
        rules = house.policy_in_force.policy.retention
        tables = [table for system in meanings(house.runtime).values() for table in system.tables.values() if table.personal and table.name not in ("active_accounts", "best_buyers")]
        assert len(tables) > 15
        for table in tables:
            assert table.retention, table.name
            assert all(rules[str(one.rule)].period.most_days > 0 for one in table.retention)
        connection().execute("UPDATE system SET stage = 'automatic'")
        assert nightly(house) > 300
        certificates = [decode(bytes(row[0])).details for row in connection().execute("SELECT body FROM event WHERE kind = 'sweep.executed'")]
        assert {one["system"] for one in certificates} == {"mycontoh", "recruitment"}
        assert all(one["effects_digest"] and one["effects"] for one in certificates)
        assert len(people.open_tasks_of_kind(NOTICE)) == 1
        assert nightly(house) == 0
