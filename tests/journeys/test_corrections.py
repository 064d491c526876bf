"""Data put right: each copy of a wrong value in real databases, owners asked by hand, recipients told, and nothing else touched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from tests.erasing_house import World, in_english
from tests.people_house import Clock

from janji.datamap.written import write_meaning
from janji.errors import Invalid
from janji.ledger.events import Actor, Kind
from janji.rights.requests import Intake, Outcome, Proof, Request, State
from janji.rights.work import Came, Job
from janji.store import people
from janji.store.database import connection
from janji.terms.messages import ENGLISH
from janji.terms.processing import Right
from janji.workflows import worklists
from janji.workflows.corrections import TASK, checked_corrections, correct, corrections_of
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.owners import Owner, put_owners
from janji.workflows.people import find_subjects
from janji.workflows.recording import Entry, history_of, record
from janji.workflows.systems import Stage, add, move
from janji.workflows.webhooks import TOPICS
from janji.workflows.worklist_answers import Attested, answer
from janji.workflows.worklist_sheets import Answer

LONG = timedelta(days=3)


PEOPLE = 80
"""So many people are in the house of this module."""
_NEXT = count(1, 4)


@pytest.fixture
def number() -> int:
    """Somebody of whom no other test knows; nothing of theirs is a gift."""
    return next(_NEXT)


def asked(world: World, subject: UUID, *wrong: dict[str, str]) -> Job:
    """A request that may be carried out."""
    now = world.house.runtime.now()
    return Job(Request(
        id=world.house.runtime.new_id(), right="correction", kind=Right.CORRECTION, opened=now, due=now + LONG, intake=Intake.PHONE,
        subject=subject, state=State.WORKING, proof=Proof.STAFF, wanted=Proof.KNOWLEDGE,
    ), {"correct": list(wrong)})  # fmt: skip


def done(world: World, job: Job) -> Came:
    """What comes of it."""
    return correct(world.house, job)


def stored(word: str) -> bool:
    """Whether a word stands in the lines of worklists, as text or as bytes."""
    ((found,),) = connection().execute(
        "SELECT EXISTS (SELECT FROM worklist_line l WHERE l::text LIKE ANY(%s))", [[f"%{word}%", f"%{word.encode().hex()}%"]]
    ).fetchall()  # fmt: skip
    return bool(found)


def differences(before: Any, after: Any) -> list[tuple[str, str, str, Any, Any]]:
    """Every cell that is another now: system, table, column, what was, what is."""
    found = []
    for system, tables in before.items():
        for table, rows in tables.items():
            assert len(rows) == len(after[system][table])
            for old, new in zip(rows, after[system][table], strict=True):
                found += [(system, table, name, value, new[name]) for name, value in old.items() if new[name] != value]
    return found


def test_a_wrong_name_is_put_right_in_every_copy_and_nowhere_else(world: World, number: int) -> None:
    """Account and invoice have it; another person of the same name keeps theirs; it is read back, recorded, and told in topics."""
    world.run(f"UPDATE customers SET name = 'Name {number}' WHERE id = {number + 1}")  # noqa: S608 - numbers of ours
    subject, before = world.person(number), world.rows()
    came = done(world, asked(world, subject, {"data": "identity.name", "was": f"name {number}", "becomes": "Siti Rahayu"}))
    assert came.outcome is Outcome.DONE, (came, in_english(came.lines))
    assert sorted(differences(before, world.rows())) == [
        ("shop", "customers", "name", f"Name {number}", "Siti Rahayu"), ("shop", "invoices", "billed_to", f"Name {number}", "Siti Rahayu"),
    ]  # fmt: skip
    assert "`shop`: put right and read back; records: 2" in in_english(came.lines)
    events = [event for event in history_of(world.house, subject) if event.kind in (Kind.DATA_CHANGED, Kind.DATA_CORRECTED)]
    assert [event.kind for event in events].count(Kind.DATA_CORRECTED) == 1
    assert TOPICS[Kind.DATA_CORRECTED] == "correction"
    assert "Siti" not in json.dumps([dict(event.details) for event in events])


def test_an_address_is_put_right_as_an_identifier(world: World, number: int) -> None:
    """However it is written: in the shop, at the desk (where it is found by both), and on record here, where it finds the person."""
    world.run(f"UPDATE customers SET email = 'Person{number}@Example.com' WHERE id = {number}")  # noqa: S608 - numbers of ours
    subject, before, right = world.person(number), world.rows(), f"siti{number}@example.org"
    came = done(world, asked(world, subject, {"data": "contact.email", "was": world.email(number).upper(), "becomes": right}))
    assert came.outcome is Outcome.DONE, came
    assert differences(before, world.rows()) == [
        ("shop", "customers", "email", f"Person{number}@Example.com", right), ("care", "cases", "email", world.email(number), right),
    ]  # fmt: skip
    assert find_subjects(world.house, [("email", right)]) == [subject]


def test_a_number_is_found_in_any_spelling_and_a_date_by_its_value(world: World, number: int) -> None:
    """Digits between signs, and a column of dates."""
    subject, before = world.person(number), world.rows()
    came = done(world, asked(
        world, subject, {"data": "contact.phone", "was": f"+62 812-9041-{number:04d}", "becomes": "081290419999"},
        {"data": "identity.birth-date", "was": "1990-04-05", "becomes": "1991-05-06"},
    ))  # fmt: skip
    assert came.outcome is Outcome.DONE
    changed = {name: (str(old), str(new)) for _, _, name, old, new in differences(before, world.rows())}
    assert changed == {"phone": (f"0812-9041-{number:04d}", "+6281290419999"), "born": ("1990-04-05", "1991-05-06")}


def test_what_lacks_is_completed_and_what_is_there_is_left(world: World, number: int) -> None:
    """Without a wrong value only empty places are filled."""
    world.run(f"UPDATE orders SET address = NULL WHERE id = {2 * number}")  # noqa: S608 - numbers of ours
    subject, before = world.person(number), world.rows()
    assert done(world, asked(world, subject, {"data": "contact.address", "becomes": "Jalan 9"})).outcome is Outcome.DONE
    assert differences(before, world.rows()) == [("shop", "orders", "address", None, "Jalan 9")]


def test_doing_it_again_changes_and_records_nothing(world: World, number: int) -> None:
    """After a kill between a system and the record of it, too: then the right value is found there."""
    subject = world.person(number)
    job = asked(world, subject, {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"})
    assert done(world, job).outcome is Outcome.DONE
    count, rows = len(history_of(world.house, subject)), world.rows()
    again = done(world, job)
    assert (again.outcome, in_english(again.lines)) == (Outcome.DONE, "`shop`: put right and read back; records: 2")
    assert (len(history_of(world.house, subject)), world.rows()) == (count, rows)
    other = done(world, asked(world, subject, {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"}))
    assert other.outcome is Outcome.DONE
    assert "`shop`: the right value stood there already" in in_english(other.lines)


def test_what_was_done_before_a_kill_and_not_recorded_counts(world: World, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that was changed when the process died is found right; it is recorded, and consumers are told, once."""
    subject = world.person(number)
    job = asked(world, subject, {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"})

    def dies(house: House, entries: Sequence[Entry]) -> None:
        if entries[0].details["system"] == "shop":
            raise KeyboardInterrupt
        record(house, entries)

    monkeypatch.setattr("janji.workflows.corrections.record", dies)
    with pytest.raises(KeyboardInterrupt):
        done(world, job)
    monkeypatch.undo()
    assert next(row["name"] for row in world.rows()["shop"]["customers"] if row["id"] == number) == "Siti"
    for _ in range(2):
        assert done(world, job).outcome is Outcome.DONE
    kinds = [event.kind for event in history_of(world.house, subject)]
    assert (kinds.count(Kind.DATA_CHANGED), kinds.count(Kind.DATA_CORRECTED)) == (2, 1)


def test_a_value_that_is_held_nowhere_changes_nothing(world: World, number: int) -> None:
    """And that is said."""
    subject, before = world.person(number), world.rows()
    assert done(world, asked(world, subject, {"data": "identity.name", "was": "Nobody", "becomes": "Siti"})).outcome is Outcome.NOTHING_HELD
    assert world.rows() == before


def test_a_value_that_does_not_fit_stops_before_the_first_change(world: World, number: int) -> None:
    """In its system; the request waits and says why. When its time is nearly over it ends partly done, and says where."""
    subject, before = world.person(number), world.rows()
    job = asked(world, subject, {"data": "identity.name", "was": f"Name {number}", "becomes": "S" * 60})
    came = done(world, job)
    assert came.outcome is None
    assert came.waits is not None
    assert came.waits.render(ENGLISH) == "`shop` is not put right yet: `customers.name` is too short for the right value"
    assert world.rows() == before
    Clock.moved = timedelta(hours=61)
    late = done(world, job)
    assert late.outcome is Outcome.PARTLY_DONE
    assert "`shop`: not put right yet" in in_english(late.lines)


def test_an_address_of_somebody_else_is_not_taken_over(world: World, number: int) -> None:
    """Nothing is changed anywhere, and nobody learns whose it is, or that it is somebody's; when its time is nearly over it ends."""
    subject, _, before = world.person(number), world.person(number + 1), world.rows()
    job = asked(world, subject, {"data": "contact.email", "was": world.email(number), "becomes": world.email(number + 1)})
    came = done(world, job)
    assert came.outcome is None
    assert came.waits is not None
    assert "somebody" not in came.waits.render(ENGLISH)
    Clock.moved = timedelta(hours=61)
    late = done(world, job)
    assert (late.outcome, in_english(late.lines)) == (Outcome.PARTLY_DONE, came.waits.render(ENGLISH))
    assert world.rows() == before


def test_what_differs_from_both_is_told(world: World, number: int) -> None:
    """The desk knows the person by another address than the wrong one: it stays, and the person hears that something else stands there."""
    subject, before = world.person(number), world.rows()
    came = done(world, asked(world, subject, {"data": "identity.name", "was": "Nobody", "becomes": "Siti"}))
    assert came.outcome is Outcome.NOTHING_HELD
    assert "`shop`: something else stands there than what you named, and stays; records: 2" in in_english(came.lines)
    assert "care" not in in_english(came.lines)
    assert world.rows() == before


def test_owners_are_asked_and_recipients_told(world: World, number: int) -> None:
    """A system that a person answers for waits for them; what they attest is named so; who was given the data is named, with a task."""
    add(world.house, "archive")
    put_owners(world.house, {"archive": Owner("owner@example.com", "Ayu")})
    subject = world.person(number)
    record(world.house, [Entry(kind=Kind.DISCLOSURE_MADE, actor=Actor.SYSTEM, subject=subject, details={"recipient": "delivery-partner", "data": ["name"]})])
    recipient = str(next(iter(world.house.policy_in_force.policy.recipients)))
    record(world.house, [Entry(kind=Kind.DISCLOSURE_MADE, actor=Actor.SYSTEM, subject=subject, details={"recipient": recipient, "data": ["identity.name"]})])
    job = asked(world, subject, {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"})
    came = done(world, job)
    assert came.waits is not None
    assert came.waits.render(ENGLISH) == "waits for the owners of: `archive`"
    (held,) = worklists.of_batch(world.house, job.request.id)
    (line,) = worklists.lines_of(world.house, held.id)
    assert (f"{worklists.WRONG}identity.name", f"Name {number} -> Siti") in line.known
    assert (stored("archive"), stored("Siti"), stored(f"Name {number}")) == (True, False, False)
    answer(world.house, held.row, {1: Answer("corrected", 2)}, Attested("Ayu"))
    ended = done(world, job)
    assert ended.outcome is Outcome.DONE
    assert "`archive`: put right, as its owner attests; records: 2" in in_english(ended.lines)
    title = world.house.policy_in_force.policy.recipients[recipient].title.get("en")
    assert f"these were given the data and are told that they were wrong: {title}" in in_english(ended.lines)
    assert [task.details["recipients"] for task in people.open_tasks([subject], TASK)] == [[recipient]]
    connection().execute("UPDATE system SET removed = now() WHERE name = 'archive'")


def test_a_system_that_comes_to_be_asked_later_is_asked(world: World, number: int) -> None:
    """Of the same owner too: each system once, and the request waits for all of them."""
    put_owners(world.house, {name: Owner("owner@example.com", "Ayu") for name in ("archive", "cellar")})
    job = asked(world, world.person(number), {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"})
    try:
        for name in ("archive", "cellar"):
            add(world.house, name)
            done(world, job)
        waits = done(world, job).waits
        assert waits is not None
        assert waits.render(ENGLISH) == "waits for the owners of: `archive`, `cellar`"
        lists = [one for one in worklists.worklists(world.house) if one.row.state == "open"][:2]
        assert {one.systems for one in lists} == {("cellar",), ("archive",)}
        for one in lists:
            answer(world.house, one.row, {1: Answer("corrected", 1)}, Attested("Ayu"))
        assert done(world, job).outcome is Outcome.DONE
        assert {worklists.worklist(world.house, one.id).row.state for one in lists} == {"closed"}
    finally:
        connection().execute("UPDATE system SET removed = now() WHERE name IN ('archive', 'cellar')")


def test_a_system_that_nobody_looks_after_is_named_and_the_others_go_on(world: World, number: int) -> None:
    """Where Janji may not write and no owner is known: the request waits, and when its time is nearly over it says where it is not done."""
    job = asked(world, world.person(number), {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"})
    move(world.house, "care", Stage.SEARCH)
    try:
        waits = done(world, job).waits
        assert waits is not None
        assert waits.render(ENGLISH) == "`care` is not put right yet: nobody is named who looks after `care`"
        assert next(row["name"] for row in world.rows()["shop"]["customers"] if row["id"] == number) == "Siti"
        Clock.moved = timedelta(hours=61)
        late = done(world, job)
        assert late.outcome is Outcome.PARTLY_DONE
        assert "`care`: not put right yet" in in_english(late.lines)
    finally:
        move(world.house, "care", Stage.PLANNED)


def test_a_system_where_janji_may_not_write_is_put_right_by_its_owner(world: World, number: int) -> None:
    """At the stage of searching nothing is changed by Janji."""
    put_owners(world.house, {"shop": Owner("owner@example.com", "Ayu")})
    move(world.house, "shop", Stage.SEARCH)
    before = world.rows()
    came = done(world, asked(world, world.person(number), {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"}))
    move(world.house, "shop", Stage.PLANNED)
    assert came.waits is not None
    assert "`shop`" in came.waits.render(ENGLISH)
    assert world.rows() == before


def test_what_stands_inside_documents_is_not_said_to_be_done(world: World, number: int) -> None:
    """Nobody looks into them: the outcome is partly done, with the places, though everything else was put right."""
    path = world.house.runtime.settings.maps / "shop.yaml"
    before, meaning = path.read_text("utf-8"), meanings(world.house.runtime)["shop"]
    orders = meaning.tables["orders"]
    noted = replace(orders, columns={**orders.columns, "address": replace(orders.columns["address"], paths={"to.name": "identity.name"})})
    path.write_text(write_meaning(replace(meaning, tables={**meaning.tables, "orders": noted})), "utf-8")
    try:
        came = done(world, asked(world, world.person(number), {"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"}))
    finally:
        path.write_text(before, "utf-8")
    assert came.outcome is Outcome.PARTLY_DONE
    assert "`shop`: not looked at, for it is inside of documents: `orders.address.to.name`" in in_english(came.lines)


def test_what_is_said_is_checked_when_a_request_comes_in(world: World) -> None:
    """A category, a right value of one line, an identifier that is one."""
    wrongs: tuple[dict[str, Any], ...] = (
        {}, {"correct": []}, {"correct": [{"data": "nothing", "becomes": "x"}]}, {"correct": [{"data": "name", "was": "x"}]},
        {"correct": [{"data": "name", "becomes": "two\nlines"}]}, {"correct": [{"data": "contact.email", "becomes": "no address"}]},
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(Invalid) as caught:
            checked_corrections(world.house, wrong)
        assert "no address" not in caught.value.message.render(ENGLISH)


def test_dates_and_wrong_addresses_are_taken_as_people_write_them(world: World) -> None:
    """A date of birth in the order of the day, and an address that is wrong because it is none."""
    said = [{"data": "date-of-birth", "was": "05/04/1990", "becomes": "6-5-1991"}, {"data": "contact.email", "was": "no@@address", "becomes": "ani@example.org"}]
    born, email = corrections_of(world.house, {"correct": said})
    assert (born.was, born.becomes) == (("1990-04-05", "05/04/1990"), "1991-05-06")
    assert (email.was, email.becomes, email.kind) == (("no@@address",), "ani@example.org", "email")
    with pytest.raises(Invalid) as caught:
        checked_corrections(world.house, {"correct": [{"data": "date-of-birth", "becomes": "in May"}]})
    assert "in May" not in caught.value.message.render(ENGLISH)
