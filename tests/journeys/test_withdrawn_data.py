"""What a withdrawal leaves is deleted: in every kind of store, by nobody's hand where that may be, with what keeps it heeded, and certified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from tests.erasing_house import in_english
from tests.faults.verification import verify_everything
from tests.people_house import Clock
from tests.withdrawing import DATA, PURPOSE, Withdrawing, withdrawing

from janji.consent.cascade import TASK
from janji.consent.choices import Verb
from janji.datamap.meaning import SystemMeaning
from janji.datamap.written import write_meaning
from janji.errors import Invalid
from janji.ledger.events import Kind
from janji.rights.requests import Intake, Outcome, Proof
from janji.store import people
from janji.store.server import ServerHandle
from janji.workflows import worklists
from janji.workflows.cascade_work import GATHERED, LATER, agree, owed, work
from janji.workflows.erasing import erasures
from janji.workflows.holds import Ground, lift, set_hold
from janji.workflows.mapping import meanings
from janji.workflows.recording import history_of
from janji.workflows.request_work import work_off
from janji.workflows.requests import Opening, lines_of, open_request, request_of, waits_for
from janji.workflows.systems import add, remove
from janji.workflows.worklist_answers import Attested, answer
from janji.workflows.worklist_sheets import Answer

HERE = ("shop", "diary", "logs")
_NEXT = count(1)


@pytest.fixture(scope="module")
def made(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Withdrawing]:
    """One house for all tests, each of other people."""
    with withdrawing(server, module_database_url, tmp_path_factory.mktemp("withdrawing"), 60) as held:
        yield held


@pytest.fixture
def house(made: Withdrawing) -> Withdrawing:
    """The same with its clock at the beginning."""
    Clock.moved = timedelta()
    return made


def closed(house: Withdrawing, subject: UUID) -> list[dict[str, object]]:
    """How the tasks of a person's withdrawals ended, by the ledger."""
    return [dict(one.details) for one in history_of(house.house, subject) if one.kind is Kind.TASK_CLOSED and one.details["task"] == TASK]


def test_a_withdrawal_deletes_what_nothing_else_needs(house: Withdrawing) -> None:
    """Rows of nothing else go, places of others are emptied, what a rule keeps stays; the reviewed system once an officer agrees; then it is certified."""
    numbers = [next(_NEXT), next(_NEXT)]  # of the second a rule keeps a row
    subjects = [house.person(number) for number in numbers]
    before = house.rows()
    for subject in subjects:
        house.say(subject, Verb.WITHDRAW)
    assert work(house.house) == 2
    house.verify(before, numbers, HERE)
    assert [[one.kind for one in people.open_tasks([subject])] for subject in subjects] == [[TASK], [TASK]]
    first, second = owed(house.house)
    assert (first.data, first.done, first.asked) == ((DATA,), HERE[1:] + HERE[:1], ("care",))
    assert "an officer must agree to the deletion in: `care`" in str(first.why)
    assert work(house.house) == 0
    assert agree(house.house, [first.id, second.id], "Dewi") == 2
    assert work(house.house) == 2
    house.verify(before, numbers)
    for subject in subjects:
        assert people.open_tasks([subject]) == ()
        (end,) = closed(house, subject)
        assert (end["outcome"], end["data"]) == ("deleted", [DATA])
        certified = [one for one in history_of(house.house, subject) if one.kind is Kind.ERASURE_EXECUTED]
        assert [one.details["certificate"] for one in certified] == end["certificates"]
        assert {(one.details["outcome"], tuple(one.details["data"])) for one in certified} == {("done", (DATA,))}
    verify_everything(house.house, ())


def test_a_consent_given_anew_stops_the_deletion(house: Withdrawing) -> None:
    """Before the worker comes, nothing goes; where an officer must agree still, nothing more does."""
    number, other = next(_NEXT), next(_NEXT)
    subject, late = house.person(number), house.person(other)
    before = house.rows()
    house.say(subject, Verb.WITHDRAW)
    house.say(subject, Verb.GRANT)
    house.say(late, Verb.WITHDRAW)
    assert work(house.house) == 2
    house.verify(before, [other], HERE)
    assert [one["outcome"] for one in closed(house, subject)] == ["not-needed"]
    house.say(late, Verb.GRANT)
    agree(house.house, None, "Dewi")
    work(house.house)
    house.verify(before, [other], HERE)
    assert [one["outcome"] for one in closed(house, late)] == ["not-needed"]


def test_given_anew_while_it_is_deleted_wins_too(house: Withdrawing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever says yes after it was planned is left out of every system that is not begun yet; the others go on."""
    from janji.workflows import erasing

    numbers = [next(_NEXT), next(_NEXT)]
    subjects = [house.person(number) for number in numbers]
    before = house.rows()
    for subject in subjects:
        house.say(subject, Verb.WITHDRAW)
    real = erasing._begin

    def begun(*words: object, **named: object) -> object:
        found = real(*words, **named)  # type: ignore[arg-type]
        house.say(subjects[0], Verb.GRANT)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_begin", begun)
        work(house.house)
    house.verify(before, numbers[1:], HERE)
    Clock.moved += LATER
    work(house.house)
    assert [one["outcome"] for one in closed(house, subjects[0])] == ["not-needed"]
    agree(house.house, None, "Dewi")
    work(house.house)
    house.verify(before, numbers[1:])
    assert [one["outcome"] for one in closed(house, subjects[1])] == ["deleted"]


def test_a_hold_wins_and_lets_go_again(house: Withdrawing) -> None:
    """Nothing goes of somebody who is held, and it is said why; once the hold is over it goes."""
    number = next(_NEXT)
    subject = house.person(number)
    before = house.rows()
    hold = set_hold(house.house, Ground.LITIGATION, subject=subject)
    house.say(subject, Verb.WITHDRAW)
    work(house.house)
    house.verify(before, [])
    (one,) = [one for one in owed(house.house) if one.subject == subject]
    assert "a legal proceeding holds the person's data" in str(one.why)
    lift(house.house, hold.id)
    Clock.moved += LATER
    work(house.house)
    house.verify(before, [number], HERE)


def test_a_system_that_does_not_answer_keeps_the_task_open(house: Withdrawing) -> None:
    """The others are done meanwhile; it says which one lacks and why, and ends once that answers."""
    number = next(_NEXT)
    subject = house.person(number)
    before = house.rows()
    house.say(subject, Verb.WITHDRAW)
    away = house.folder / "away.db"
    (house.folder / "diary.db").rename(away)
    try:
        work(house.house)
    finally:
        away.rename(house.folder / "diary.db")
    house.verify(before, [number], ("shop", "logs"))
    (one,) = [one for one in owed(house.house) if one.subject == subject]
    assert "diary" in str(one.why)
    assert set(one.done) == {"shop", "logs"}
    Clock.moved += LATER
    work(house.house)
    house.verify(before, [number], HERE)


def test_owners_are_asked_once_for_all_of_a_day(house: Withdrawing) -> None:
    """One list for everybody who withdrew; it says what alone is to go, and the withdrawals end when it is answered."""
    add(house.house, "paper")
    try:
        numbers = [next(_NEXT), next(_NEXT)]
        subjects = [house.person(number) for number in numbers]
        for subject in subjects:
            house.say(subject, Verb.WITHDRAW)
        work(house.house)
        assert worklists.worklists(house.house) == ()
        agree(house.house, None, "Dewi")
        Clock.moved += GATHERED
        work(house.house)
        (asked,) = worklists.worklists(house.house)
        lines = list(worklists.lines_of(house.house, asked.id))
        assert {line.row.subject for line in lines} >= set(subjects)
        assert all((f"{worklists.ONLY}{DATA}", DATA) in line.known for line in lines)
        assert [len(people.open_tasks([subject])) for subject in subjects] == [1, 1]
        answer(house.house, asked.row, {line.row.number: Answer("erased", 1) for line in lines}, Attested("Dewi"))
        Clock.moved += LATER
        work(house.house)
        assert [[one["outcome"] for one in closed(house, subject)] for subject in subjects] == [["deleted"], ["deleted"]]
    finally:
        remove(house.house, "paper")


@contextmanager
def said_otherwise(house: Withdrawing, change: Callable[[SystemMeaning], SystemMeaning]) -> Iterator[None]:
    """What overlays say for a while."""
    folder = house.house.runtime.settings.maps
    before = {path: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    for name, meaning in meanings(house.house.runtime).items():
        (folder / f"{name}.yaml").write_text(write_meaning(change(meaning)), "utf-8")
    try:
        yield
    finally:
        for path, text in before.items():
            path.write_text(text, "utf-8")


def renamed(word: str) -> Callable[[SystemMeaning], SystemMeaning]:
    """Overlays that call what goes by another word."""
    def change(meaning: SystemMeaning) -> SystemMeaning:
        return replace(meaning, tables={name: replace(table, columns={
            column: replace(said, category=word if said.category == DATA else said.category, paths={path: word if one == DATA else one for path, one in said.paths.items()})
            for column, said in table.columns.items()}) for name, table in meaning.tables.items()})  # fmt: skip

    return change


def test_an_overlay_may_be_finer_than_the_policy(house: Withdrawing) -> None:
    """A category under the one of the policy goes with it."""
    number = next(_NEXT)
    subject = house.person(number)
    before = house.rows()
    house.say(subject, Verb.WITHDRAW)
    with said_otherwise(house, renamed(f"{DATA}.topics")):
        work(house.house)
        agree(house.house, None, "Dewi")
        work(house.house)
    house.verify(before, [number])
    assert [one["outcome"] for one in closed(house, subject)] == ["deleted"]


def test_nothing_held_is_said_by_a_search_alone(house: Withdrawing) -> None:
    """Where a system holds what no category of the policy is, nobody knows whether it goes: the task stays open and says so; where no system holds it, that is said."""
    number, other = next(_NEXT), next(_NEXT)
    subject, nowhere = house.person(number), house.person(other)
    before = house.rows()
    house.say(subject, Verb.WITHDRAW)
    with said_otherwise(house, renamed("letters")):
        work(house.house)
    assert closed(house, subject) == []
    (one,) = [one for one in owed(house.house) if one.subject == subject]
    assert "`care`, `diary`, `logs`, `shop` hold what the policy does not name" in str(one.why)
    Clock.moved += LATER
    agree(house.house, None, "Dewi")
    work(house.house)
    house.verify(before, [number])
    house.say(nowhere, Verb.WITHDRAW)
    another = next(str(name) for name in house.house.policy_in_force.policy.data if name != DATA)
    with said_otherwise(house, lambda meaning: SystemMeaning(meaning.system, paper=True, holds=(another,))):
        work(house.house)
    assert [end["outcome"] for end in closed(house, nowhere)] == ["no-place"]


def test_who_agrees_must_be_named_and_the_withdrawal_there(house: Withdrawing) -> None:
    """Nobody agrees namelessly, or to something that does not wait."""
    for ids, by in (([], " "), ([UUID(int=7)], "Dewi")):
        with pytest.raises(Invalid):
            agree(house.house, ids, by)
    assert PURPOSE in house.house.policy_in_force.policy.purposes


def test_a_request_ends_once_what_it_withdrew_is_gone(house: Withdrawing) -> None:
    """It acts at once and waits for the deletion; then its result says what was deleted and read back."""
    number = next(_NEXT)
    subject = house.person(number)
    before = house.rows()
    made = open_request(house.house, Opening(right="withdrawal", intake=Intake.EMAIL, subject=subject, proof=Proof.CHANNEL, details={"purpose": PURPOSE}))
    while work_off(house.house):
        pass
    assert "this is being deleted: Account and newsletter preferences" in str(waits_for(request_of(made.id)))
    work(house.house)
    agree(house.house, None, "Dewi")
    work(house.house)
    house.verify(before, [number])
    Clock.moved += LATER
    while work_off(house.house):
        pass
    request = request_of(made.id)
    assert request.outcome is Outcome.DONE
    assert "this was deleted, because nothing else needs it, and it was looked whether it is gone: Account and newsletter preferences" in in_english(lines_of(request))


def test_many_withdrawals_are_one_erasure(house: Withdrawing) -> None:
    """Of whom the same goes, they go together."""
    numbers = [next(_NEXT) for _ in range(20)]
    subjects = [house.person(number) for number in numbers]
    before, begun = house.rows(), len(erasures())
    for subject in subjects:
        house.say(subject, Verb.WITHDRAW)
    agree(house.house, None, "Dewi")
    work(house.house)
    house.verify(before, numbers)
    assert len(erasures()) == begun + 2
    assert people.open_tasks(subjects) == ()
