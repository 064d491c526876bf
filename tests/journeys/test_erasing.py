"""Searches and erasures over real systems: planned, reviewed, carried out, read back, certified, looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from tests.erasing_house import World, execute, verify
from tests.faults.verification import verify_everything
from tests.people_house import Clock

from janji.erasure.plan import Purpose
from janji.errors import Conflict, Corrupt, Invalid, Refusal, Unavailable
from janji.ledger.events import Actor, Kind, decode
from janji.people.identifiers import PREFIX
from janji.store.database import connection
from janji.terms.messages import ENGLISH
from janji.workflows.erasing import (
    LOOKS,
    Erasure,
    State,
    carry_out,
    erase_at_once,
    erasure,
    erasure_json,
    erasures,
    go_on,
    key_name,
    look_again,
    plan_digest,
    prepare,
    work_off,
)
from janji.workflows.forgetting import forget_all
from janji.workflows.gathering import KEPT, file_of, opened, package, package_json, prune, search, take_answers
from janji.workflows.holds import Ground, lift, set_hold
from janji.workflows.identity import merge
from janji.workflows.owners import Owner, put_owners
from janji.workflows.people import subject_with
from janji.workflows.planning import Plan, Way, plan_batch, plan_json, statements
from janji.workflows.recording import history_of
from janji.workflows.systems import Stage, add, move, reaching, remove, rotate, system_named
from janji.workflows.tasks import open_task
from janji.workflows.tracks import track
from janji.workflows.worklist_answers import Attested, answer
from janji.workflows.worklist_sheets import Answer
from janji.workflows.worklists import lines_of, of_batch

OPTIONS = {"level": "logical", "forget": False}


PEOPLE = 112
"""So many people are in the house of this module."""
_NEXT = count(1, 4)


@pytest.fixture
def four() -> list[int]:
    """Four people of whom no other test knows; the last one's first order is a gift for somebody else's."""
    first = next(_NEXT)
    return list(range(first, first + 4))


def number_of(plan: Plan, **options: object) -> str:
    """The number by which a plan is carried out."""
    return plan_digest(plan, {**OPTIONS, **options})


def erase(world: World, people: list[UUID], *, forgetting: bool = False) -> Erasure:
    """Plan, and carry out."""
    return carry_out(world.house, people, number_of(prepare(world.house, people, forgetting=forgetting), forget=forgetting))


def body_of(event: UUID) -> str:
    """An event as it is in the ledger."""
    row = connection().execute("SELECT body FROM event WHERE id = %s", [event]).fetchone()
    assert row is not None
    return bytes(row[0]).decode()


# ------------------------------------------------------------------------------------------------------------- planned


def test_a_plan_changes_nothing_and_says_everything(world: World, four: list[int]) -> None:
    """Its counts, what becomes of each table, which rule keeps what, its statements; and no value of a person."""
    people = [world.person(number) for number in four[1:3]]
    before = world.rows()
    plan = prepare(world.house, people)
    assert world.rows() == before
    shop, care = plan.part("shop"), plan.part("care")
    assert shop is not None
    assert care is not None
    assert dict(shop.rows) == {"customers": 2, "orders": 4, "items": 6, "invoices": 2}
    assert dict(care.rows) == {"cases": 4, "notes": 4}
    assert shop.plan is not None
    assert any(fate.table == "invoices" and fate.rule == "tax" for fate in shop.plan.fates)
    with reaching(world.house) as reach:
        fresh = plan_batch(world.house, reach, people, Purpose.ERASE, plan.at)
        said = statements(reach, fresh)
    assert fresh.digest == plan.digest
    assert any(text.lstrip().upper().startswith("DELETE") for text in said["shop"])
    text = repr(plan) + str(plan_json(plan, ENGLISH, said))
    assert plan_json(plan, ENGLISH)["subjects"] == [f"{PREFIX}{one}" for one in people]
    for number in four:
        assert f"person{number}@" not in text.lower()
        assert f"9041{number:04d}" not in text.replace("-", "")


def test_a_plan_is_of_exactly_these_people_and_of_its_options(world: World, four: list[int]) -> None:
    """Another person, another depth, or their records here too: each is another plan, and another number."""
    people = [world.person(number) for number in four[:2]]
    plan = prepare(world.house, people)
    numbers = {number_of(plan), number_of(plan, forget=True), number_of(plan, level="vacuumed"), number_of(prepare(world.house, people[:1]))}
    assert len(numbers) == 4
    for wrong in ("0" * 64, "", "ab", number_of(plan, level="rewritten")):
        with pytest.raises(Invalid):
            carry_out(world.house, people, wrong)
    with pytest.raises(Invalid):
        carry_out(world.house, people[:1], number_of(plan))
    with pytest.raises(Invalid):
        prepare(world.house, [])


def test_a_column_that_came_since_stops_it(world: World, four: list[int]) -> None:
    """A drift between review and execution is a conflict that names the system; a plan made then is blocked, and says why."""
    people = [world.person(four[0])]
    number = number_of(prepare(world.house, people))
    before = world.rows()
    world.run("ALTER TABLE customers ADD religion text")
    try:
        with pytest.raises(Conflict) as caught:
            carry_out(world.house, people, number)
        assert "shop" in str(caught.value)
        plan = prepare(world.house, people)
        assert [part.system for part in plan.blocked] == ["shop"]
        assert "customers" in {problem.table for problem in plan.blocked[0].problems}
        with pytest.raises(Refusal):
            carry_out(world.house, people, number_of(plan))
        found = package(search(world.house, people).id)
        assert not found.whole
        assert {one.system: one.state for one in found.systems} == {"care": "done", "shop": "unclear"}
    finally:
        world.run("ALTER TABLE customers DROP religion")
    assert world.rows() == before


def test_a_table_that_nobody_spoke_of_stops_it(world: World, four: list[int]) -> None:
    """What an unknown table holds would outlive an erasure that calls itself complete."""
    world.run("CREATE TABLE wishes (id int PRIMARY KEY, customer int REFERENCES customers)")
    try:
        plan = prepare(world.house, [world.person(four[0])])
        assert [(part.system, part.problems[-1].table) for part in plan.blocked] == [("shop", "wishes")]
    finally:
        world.run("DROP TABLE wishes")


def test_a_form_in_which_people_are_not_found_stops_it(world: World, four: list[int]) -> None:
    """Addresses with capitals and a map that looks for small letters: nothing found would be believed, so it is said before."""
    people = [world.person(four[0])]
    overlay = world.house.runtime.settings.maps / "shop.yaml"
    text = overlay.read_text("utf-8")
    overlay.write_text(text.replace("kind: email, form: lower", "kind: email"), "utf-8")
    try:
        assert overlay.read_text("utf-8") != text
        plan = prepare(world.house, people)
        (part,) = plan.blocked
        assert (part.system, part.problems[-1].table) == ("shop", "customers")
        assert any("values drawn from `customers.email` are not found in the form `exact`" in str(one.message) for one in part.problems)
        found = package(search(world.house, people).id)
        assert {one.system: one.state for one in found.systems} == {"care": "done", "shop": "unclear"}
    finally:
        overlay.write_text(text, "utf-8")
    assert prepare(world.house, people).blocked == ()


def test_a_blocked_system_does_not_keep_the_others(world: World, four: list[int]) -> None:
    """Where it is wished the others are done, and the erasure is never called complete."""
    people = [world.person(four[0])]
    world.run("ALTER TABLE customers ADD religion text")
    try:
        plan = prepare(world.house, people)
        done = carry_out(world.house, people, number_of(plan), partly=True)
    finally:
        world.run("ALTER TABLE customers DROP religion")
    assert {here.system: here.state for here in done.stores} == {"care": State.DONE, "shop": State.BLOCKED}
    assert not done.complete
    assert done.state == "partly"


# --------------------------------------------------------------------------------------------------------- carried out


def test_a_reviewed_plan_is_carried_out_as_the_oracle_says(world: World, four: list[int]) -> None:
    """Two people leave both systems: what must go is gone, what is kept is anonymised, everybody else is untouched."""
    numbers = [four[0], four[3]]
    people = [world.person(number) for number in numbers]
    before = world.rows()
    done = erase(world, people)
    assert done.complete, done
    verify(world, before, numbers)
    assert system_named("shop").proven is not None


def test_the_certificate_counts_and_names_nobody(world: World, four: list[int]) -> None:
    """In the ledger: levels, counts by table and what a rule keeps; each person has an event with how many rows were theirs."""
    people = [world.person(number) for number in four]
    done = erase(world, people)
    assert done.event is not None
    said = decode(body_of(done.event).encode())
    assert (said.kind, said.subject, said.details["outcome"], said.details["people"]) == (Kind.ERASURE_EXECUTED, None, "done", 4)
    assert said.details["levels"] == ["care: logical", "shop: logical"]
    lines = said.details["effects"]
    assert any(line.startswith("care/notes: found 8, deleted 8, changed 0") for line in lines), lines
    assert any(line.startswith("shop/invoices: found 4, deleted 2, changed 2, kept:tax 2") for line in lines), lines
    everything = "".join(bytes(body).decode() for (body,) in connection().execute("SELECT body FROM event"))
    for number in four:
        assert f"person{number}@" not in everything.lower()
        assert f"Name {number}" not in everything
    events = [event for event in history_of(world.house, people[1]) if event.kind is Kind.ERASURE_EXECUTED]
    assert [(event.details["rows"], event.details["certificate"]) for event in events] == [(11, str(done.event))]
    assert Kind.ERASURE_EXECUTED in {line.event.kind for line in track(world.house, people[0])}
    verify_everything(world.house, ())


def test_what_is_done_is_done_once(world: World, four: list[int]) -> None:
    """The same number again, and going on, give what was done, and record nothing."""
    people = [world.person(four[0])]
    number = number_of(prepare(world.house, people))
    done = carry_out(world.house, people, number)
    assert carry_out(world.house, people, number) == done
    assert go_on(world.house, done.id) == done
    assert len([event for event in history_of(world.house, people[0]) if event.kind is Kind.ERASURE_EXECUTED]) == 1
    assert done in erasures(None, 200)
    assert erasure_json(done, ENGLISH)["state"] == "done"
    with pytest.raises(Invalid):
        erasure(UUID(int=5))


def test_a_trigger_that_swallows_a_delete_is_no_success(world: World, four: list[int]) -> None:
    """Nothing of that system is done, and nothing calls itself complete; the other system is done."""
    people = [world.person(four[0])]
    world.run("CREATE FUNCTION keep_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
              "CREATE TRIGGER keep_it BEFORE DELETE ON items FOR EACH ROW EXECUTE FUNCTION keep_it()")  # fmt: skip
    before = world.rows()
    try:
        plan = prepare(world.house, people)
        done = carry_out(world.house, people, number_of(plan)) if not plan.blocked else None
    finally:
        world.run("DROP TRIGGER keep_it ON items; DROP FUNCTION keep_it")
    assert world.rows()["shop"] == before["shop"]
    assert done is None or (not done.complete and {here.state for here in done.stores} == {State.DONE, State.STOPPED})


def test_records_here_end_only_when_nothing_is_left_there(world: World, four: list[int]) -> None:
    """With `forget` the people are forgotten here too, and a package of theirs does not open any more."""
    person = world.person(four[0])
    held = search(world.house, [person])
    assert list(opened(world.house, held.id, person))
    done = erase(world, [person], forgetting=True)
    assert done.complete
    with pytest.raises(Refusal):
        list(opened(world.house, held.id, person))
    assert history_of(world.house, person)[-1].kind is Kind.PERSON_FORGOTTEN
    with pytest.raises(Refusal):
        prepare(world.house, [person])


def test_the_journal_holds_nobody_in_clear(world: World, four: list[int]) -> None:
    """By what people are found is sealed with a key of the erasure; after the last look the key is destroyed, and nothing is left."""
    person = world.person(four[0])
    done = erase(world, [person], forgetting=True)
    for table in ("erasure", "package", "event", "secret", "task", "system", "hold"):
        rows = connection().execute(f"SELECT t::text FROM {table} t").fetchall()  # noqa: S608 - names of ours
        text = "".join(row[0] for row in rows).lower()
        for word in (f"person{four[0]}@", f"9041{four[0]:04d}"):
            assert word not in text, table
            assert word.encode().hex() not in text, table
    for wait in LOOKS:
        Clock.moved += wait + timedelta(minutes=1)
        look_again(world.house, done.id)
    row = connection().execute("SELECT octet_length(known), next FROM erasure WHERE id = %s", [done.id]).fetchone()
    assert row == (0, None)
    assert connection().execute("SELECT count(*) FROM secret WHERE name = %s", [key_name(done.id)]).fetchone() == (0,)
    with pytest.raises(Refusal):
        look_again(world.house, done.id)


# -------------------------------------------------------------------------------------------------------- looked again


def test_what_a_late_writer_put_back_goes_again(world: World, four: list[int]) -> None:
    """A row that came after the erasure of somebody who was forgotten is deleted by the next look, and that is recorded."""
    done = erase(world, [world.person(four[0])], forgetting=True)
    world.run(f"INSERT INTO customers VALUES ({four[0]}, 'person{four[0]}@example.com', NULL, 'Name', NULL)")  # noqa: S608 - numbers
    execute(world.care, f"INSERT INTO cases VALUES ({10_000 + four[0]}, NULL, 'PERSON{four[0]}@example.com', 'late')")  # noqa: S608 - numbers
    Clock.moved = LOOKS[0] + timedelta(minutes=1)
    assert work_off(world.house, 500) >= 1
    rows = world.rows()
    assert four[0] not in [row["id"] for row in rows["shop"]["customers"]]
    assert 10_000 + four[0] not in [row["id"] for row in rows["care"]["cases"]]
    found = [decode(bytes(body)).details for (body,) in connection().execute("SELECT body FROM event WHERE kind = 'erasure.executed' ORDER BY id DESC LIMIT 9")]
    assert [(one["found"], one["deleted"]) for one in found if one["outcome"] == "looked-again" and one["erasure"] == str(done.id)] == [
        (["care: 1", "shop: 1"], 2)
    ]  # fmt: skip


def test_whoever_came_back_is_left_alone(world: World, four: list[int]) -> None:
    """Somebody who has an account again after being forgotten keeps it: the look says what it found and deletes nothing."""
    done = erase(world, [world.person(four[0])], forgetting=True)
    world.run(f"INSERT INTO customers VALUES ({four[0]}, 'person{four[0]}@example.com', NULL, 'Name', NULL)")  # noqa: S608 - numbers
    subject_with(world.house, [("email", f"person{four[0]}@example.com")], Actor.PERSON)
    Clock.moved = LOOKS[0] + timedelta(minutes=1)
    looked = look_again(world.house, done.id)
    assert (dict(looked.found)["shop"], looked.deleted) == (1, 0)
    assert four[0] in [row["id"] for row in world.rows()["shop"]["customers"]]


# ---------------------------------------------------------------------------------------------------------------- held


def test_who_is_held_stays_and_the_plan_shows_it(world: World, four: list[int]) -> None:
    """The others go; the erasure is done in part; after the hold is lifted a new plan takes the one who stayed."""
    people = [world.person(number) for number in four[:2]]
    made = set_hold(world.house, Ground.LITIGATION, subject=people[0])
    before = world.rows()
    plan = prepare(world.house, people)
    assert (plan.held, plan.people) == ((people[0],), (people[1],))
    done = carry_out(world.house, people, number_of(plan))
    verify(world, before, [four[1]])
    assert done.state == "partly"
    lift(world.house, made.id)
    again = world.rows()
    assert erase(world, people[:1]).complete
    verify(world, again, [four[0]])


def test_who_is_held_need_not_be_named(world: World, four: list[int]) -> None:
    """Whoever carries out a plan names those who go; that somebody else of it is held was reviewed with it."""
    people = [world.person(number) for number in four[:2]]
    made = set_hold(world.house, Ground.LITIGATION, subject=people[0])
    before = world.rows()
    number = number_of(prepare(world.house, people))
    assert carry_out(world.house, people[1:], number).state == "partly"
    verify(world, before, [four[1]])
    lift(world.house, made.id)


def test_a_hold_that_came_since_stops_it(world: World, four: list[int]) -> None:
    """Set between review and execution: a conflict, and nothing is done."""
    people = [world.person(number) for number in four[:2]]
    number = number_of(prepare(world.house, people))
    before = world.rows()
    made = set_hold(world.house, Ground.ORDER, subject=people[0])
    with pytest.raises(Conflict):
        carry_out(world.house, people, number)
    assert world.rows() == before
    lift(world.house, made.id)


def test_a_held_system_is_left_out(world: World, four: list[int]) -> None:
    """Nothing goes there, for anybody; the plan says so, and the erasure is done in part."""
    people = [world.person(four[0])]
    made = set_hold(world.house, Ground.AUDIT, system="care")
    before = world.rows()
    try:
        plan = prepare(world.house, people)
        part = plan.part("care")
        assert part is not None
        assert part.way is Way.HELD
        done = carry_out(world.house, people, number_of(plan))
    finally:
        lift(world.house, made.id)
    assert world.rows()["care"] == before["care"]
    assert {here.system: here.state for here in done.stores} == {"care": State.HELD, "shop": State.DONE}
    assert done.state == "partly"


# ------------------------------------------------------------------------------------------------------------- by hand


@pytest.fixture
def by_hand(world: World) -> Iterator[World]:
    """The same with a system that a person looks after, and one that nobody does until a test says so."""
    add(world.house, "paper")
    put_owners(world.house, {"paper": Owner("dewi@toko.example", "Dewi")})
    yield world
    remove(world.house, "paper")


def test_an_erasure_waits_for_its_owner_and_says_who_attested(by_hand: World, four: list[int]) -> None:
    """It is not complete before the owner answered; then it is, and the certificate names the level as attested."""
    people = [by_hand.person(four[0])]
    plan = prepare(by_hand.house, people)
    part = plan.part("paper")
    assert part is not None
    assert part.way is Way.ASKED
    done = carry_out(by_hand.house, people, number_of(plan))
    assert {here.system: here.state for here in done.stores} == {"care": State.DONE, "paper": State.ASKED, "shop": State.DONE}
    assert (done.complete, done.event) == (False, None)
    (asked,) = of_batch(by_hand.house, done.id)
    answer(by_hand.house, asked.row, {line.row.number: Answer("erased", 3) for line in lines_of(by_hand.house, asked.id)}, Attested("Dewi"))
    Clock.moved = timedelta(minutes=2)
    assert work_off(by_hand.house, 500) >= 1
    again = erasure(done.id)
    assert again.complete
    effect = next(here.effect for here in again.stores if here.system == "paper")
    assert effect is not None
    assert effect.attested
    assert again.event is not None
    assert "paper: attested" in decode(body_of(again.event).encode()).details["levels"]


def test_a_package_waits_for_what_an_owner_hands_in(by_hand: World, four: list[int]) -> None:
    """Until then it is not whole; then the rows are in it, sealed like the others, and marked as attested."""
    person = by_hand.person(four[0])
    found = search(by_hand.house, [person])
    assert not found.whole
    (asked,) = of_batch(by_hand.house, found.id)
    said = Answer("found", 1, (("Membership", "Gold"),))
    answer(by_hand.house, asked.row, {line.row.number: said for line in lines_of(by_hand.house, asked.id)}, Attested("Dewi"))
    whole = take_answers(by_hand.house, found.id)
    assert whole.whole
    assert [one.attested for one in whole.systems] == [False, True, False]
    assert ("paper", {"field": "Membership", "value": "Gold"}) in list(opened(by_hand.house, found.id, person))
    assert b"Gold" not in file_of(by_hand.house, found.id, 1).read_bytes()


def test_a_system_that_nobody_looks_after_is_blocked(world: World, four: list[int]) -> None:
    """It is named, and nothing calls itself complete without it; so is one that is in the data map alone."""
    people = [world.person(four[0])]
    add(world.house, "orphan")
    extra = world.house.runtime.settings.maps / "archive.yaml"
    extra.write_text("system: archive\npaper: true\n", "utf-8")
    try:
        plan = prepare(world.house, people)
        assert [part.system for part in plan.blocked] == ["orphan", "archive"]
        assert not search(world.house, people).whole
    finally:
        extra.unlink()
        remove(world.house, "orphan")


# -------------------------------------------------------------------------------------------------------------- access


def test_a_package_has_everything_of_its_person(world: World, four: list[int]) -> None:
    """Rows of both systems, those that are found by a key of the other one among them; nothing of anybody else."""
    people = [world.person(number) for number in four[:3]]
    found = search(world.house, people)
    assert found.whole, found
    for number, person in zip(four, people, strict=False):
        rows = list(opened(world.house, found.id, person))
        assert {table for table, _ in rows} == {"care/cases", "care/notes", "shop/customers", "shop/invoices", "shop/items", "shop/orders"}
        assert [row["id"] for table, row in rows if table == "shop/customers"] == [number]
        assert sorted(row["id"] for table, row in rows if table == "care/cases") == [2 * number - 1, 2 * number]
        assert number == four[0] or len(rows) == 11  # the first may have got a gift
    data = file_of(world.house, found.id, 0).read_bytes()
    assert b"example.com" not in data.lower()
    with pytest.raises(Invalid):
        list(opened(world.house, found.id, world.person(four[3])))
    events = [event for event in history_of(world.house, people[0]) if event.kind is Kind.SEARCH_EXECUTED]
    assert [(event.details["systems"], event.details.get("missing")) for event in events] == [(["care", "shop"], None)]
    assert package_json(found, ENGLISH)["state"] == "done"


def test_a_package_ends(world: World, four: list[int]) -> None:
    """After its time the worker deletes its file; what was searched stays on record."""
    person = world.person(four[0])
    found = search(world.house, [person])
    Clock.moved = KEPT + timedelta(minutes=1)
    assert prune(world.house) >= 1
    assert not file_of(world.house, found.id, 0).exists()
    with pytest.raises(Invalid):
        list(opened(world.house, found.id, person))


def test_a_package_of_another_cannot_be_put_in_its_place(world: World, four: list[int]) -> None:
    """A file that was swapped on the disk does not open."""
    people = [world.person(number) for number in four[:2]]
    first, second = (search(world.house, [person]) for person in people)
    file_of(world.house, first.id, 0).write_bytes(file_of(world.house, second.id, 0).read_bytes())
    with pytest.raises(Corrupt):
        list(opened(world.house, first.id, people[0]))


# ------------------------------------------------------------------------------------------------------------- systems


def test_a_system_goes_one_stage_further_at_a_time(world: World) -> None:
    """It must answer, and automatic comes only after an erasure that was found complete; back it goes at once."""
    add(world.house, "second", world.shop)
    try:
        with pytest.raises(Refusal):
            move(world.house, "second", Stage.PLANNED)
        for stage in (Stage.SEARCH, Stage.PLANNED):
            assert move(world.house, "second", stage).stage is stage
        with pytest.raises(Refusal):
            move(world.house, "second", Stage.AUTOMATIC)
        assert move(world.house, "second", Stage.MANUAL).stage is Stage.MANUAL
    finally:
        remove(world.house, "second")


def test_only_automatic_systems_are_erased_in_without_a_review(world: World, four: list[int]) -> None:
    """Refused while one of them wants a review; done, as the oracle says, once none does."""
    people = [world.person(four[0])]
    assert erase(world, [world.person(four[1])]).complete
    with pytest.raises(Refusal):
        erase_at_once(world.house, people)
    before = world.rows()
    try:
        for name in ("shop", "care"):
            assert move(world.house, name, Stage.AUTOMATIC).stage is Stage.AUTOMATIC
        assert erase_at_once(world.house, people).complete
    finally:
        for name in ("shop", "care"):
            move(world.house, name, Stage.PLANNED)
    verify(world, before, [four[0]])


def test_a_system_that_does_not_answer_goes_nowhere(world: World) -> None:
    """Its error says neither address nor password; and the password is in no row in clear, before and after another one."""
    add(world.house, "gone", "postgresql://somebody:kenari-9317@127.0.0.1:1/gone")
    try:
        with pytest.raises(Unavailable) as caught:
            move(world.house, "gone", Stage.SEARCH)
        assert "kenari" not in str(caught.value) + str(caught.value.help)
        assert "somebody" not in repr(system_named("gone"))
        rotate(world.house, "gone", world.shop)
        assert move(world.house, "gone", Stage.SEARCH).stage is Stage.SEARCH
        for table in ("system", "secret", "event"):
            text = "".join(row[0] for row in connection().execute(f"SELECT t::text FROM {table} t"))  # noqa: S608 - names of ours
            assert "kenari" not in text
            assert b"kenari".hex() not in text
        assert connection().execute("SELECT count(*) FROM secret WHERE name LIKE 'system/%'").fetchone() == (3,)
    finally:
        remove(world.house, "gone")
    assert connection().execute("SELECT count(*) FROM secret WHERE name LIKE 'system/%'").fetchone() == (2,)
    with pytest.raises(Invalid):
        system_named("gone")


# ----------------------------------------------------------------------------------------------------------- many at once


def test_many_are_forgotten_as_each_would_be(world: World) -> None:
    """By few statements for all: keys, identifiers and standings gone, an event and an end of evidence each; the held stay."""
    people = [subject_with(world.house, [("account", f"many-{number}")], Actor.STAFF) for number in range(12)]
    merge(world.house, people[1], people[2], Actor.STAFF)
    open_task(world.house, "child-erasure", people[3])
    made = set_hold(world.house, Ground.ORDER, subject=people[4])
    assert forget_all(world.house, [one for one in people if one != people[2]]) == (people[4],)
    states = dict(connection().execute("SELECT id, state FROM subject WHERE id = ANY(%s)", [people]).fetchall())
    assert {one for one, state in states.items() if state != "forgotten"} == {people[4]}
    ends = connection().execute("SELECT count(*) FROM task WHERE kind = 'evidence-end' AND subject = ANY(%s)", [people]).fetchone()
    assert ends == (11,)
    assert history_of(world.house, people[0])[-1].kind is Kind.PERSON_FORGOTTEN
    lift(world.house, made.id)
    assert forget_all(world.house, people[4:5]) == ()
    verify_everything(world.house, ())
