"""Rights requests end to end over real systems: recorded, verified, approved, carried out, told, proved; late, refused, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from tests.erasing_house import World, verify
from tests.people_house import Clock

from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Actor, Event, Kind, decode
from janji.messaging.kinds import MessageKind, Values
from janji.rights.requests import Intake, Outcome, Proof, Request, State
from janji.store.database import connection
from janji.terms.messages import ENGLISH
from janji.web.console import CONSOLE
from janji.web.console.requests import HERE
from janji.workflows.consents import facts_of
from janji.workflows.forgetting import forget_all
from janji.workflows.gathering import opened
from janji.workflows.holds import Ground, lift, set_hold
from janji.workflows.house import House
from janji.workflows.messages import composed, hand_over, of_request, tell_officers
from janji.workflows.owners import Owner, put_owners
from janji.workflows.recording import history_of
from janji.workflows.request_clock import end_evidence, watch
from janji.workflows.request_on_behalf import Meant, turn
from janji.workflows.request_telling import extend, take_back
from janji.workflows.request_work import advance, take_over, work_off
from janji.workflows.requests import (
    COUNSEL,
    Opening,
    approve,
    closed,
    deliver,
    duplicate,
    lines_of,
    open_request,
    open_requests,
    queue,
    refuse,
    reopen,
    request_json,
    request_of,
    requests_of,
    rights,
    said,
    task_of,
    waits_for,
    withdraw,
)
from janji.workflows.requests import verify as show_who
from janji.workflows.systems import add, remove
from janji.workflows.worklist_answers import Attested, answer
from janji.workflows.worklist_sheets import Answer
from janji.workflows.worklists import lines_of as lines_of_list
from janji.workflows.worklists import of_batch

PEOPLE = 200
"""So many people are in the house of this module."""
_NEXT = count(1, 4)


@pytest.fixture
def four() -> list[int]:
    """Four people of whom no other test knows; the last one's first order is a gift for somebody else's."""
    first = next(_NEXT)
    return list(range(first, first + 4))


def ask(world: World, number: int, right: str = "access", **more: object) -> Request:
    """A request that staff record of somebody who stands before them."""
    return open_request(world.house, Opening(right=right, intake=Intake.PAPER, subject=world.person(number), proof=Proof.STAFF, by="Sari", **more))  # type: ignore[arg-type]


def agreed(world: World, request: Request, *names: str) -> Request:
    """What would be done is worked out, and officers agree."""
    work_off(world.house)
    for name in names:
        request = approve(world.house, request.id, name)
    return request


def kinds(world: World, person: UUID) -> list[Kind]:
    """What is in the ledger about the requests of a person."""
    return [event.kind for event in history_of(world.house, person) if event.kind.startswith("request.")]


def test_a_copy_from_the_counter_to_the_hand(world: World, four: list[int]) -> None:
    """Recorded by staff, agreed to, searched, and handed over: each step with its event, and what was found is the person's."""
    request = ask(world, four[2], said={"words": "I want to see what you have"})
    assert request.state is State.VERIFIED
    request = agreed(world, request, "Ratna")
    assert request.state is State.WORKING
    assert work_off(world.house) == 1
    request = request_of(request.id)
    assert (request.state, request.outcome) == (State.DELIVERY, Outcome.DONE)
    rows = list(opened(world.house, UUID(request.details["package"]), world.person(four[2])))
    assert {table for table, _ in rows} == {"shop/customers", "shop/orders", "shop/items", "shop/invoices", "care/cases", "care/notes"}
    assert [line.render(ENGLISH) for line in lines_of(request)] == ["`care`: rows found: 4", "`shop`: rows found: 7"]
    request = deliver(world.house, request.id, "Sari", "counter")
    assert request.state is State.ENDED
    assert kinds(world, world.person(four[2])) == [Kind.REQUEST_RECORDED, Kind.REQUEST_APPROVED, Kind.REQUEST_EXECUTED, Kind.REQUEST_ENDED]
    assert said(world.house, request.id) == {"words": "I want to see what you have"}
    assert queue() == ()


def test_a_copy_that_was_asked_for_too_is_handed_over_before_the_data_go(world: World, four: list[int]) -> None:
    """Whichever was agreed to first; and no longer than the time of the deletion lets."""
    copy, gone = ask(world, four[0]), agreed(world, ask(world, four[0], "deletion"), "Ratna", "Hadi")
    for _ in range(2):
        gone = advance(world.house, gone.id)
        assert gone.state is State.WORKING
        assert waits_for(gone).render(ENGLISH).startswith("the copy that was asked for too is not in the person's hands yet")
        copy = agreed(world, copy, *(["Ratna"] if copy.state is not State.DELIVERY else []))
        copy = advance(world.house, copy.id)
    assert (copy.state, copy.outcome) == (State.DELIVERY, Outcome.DONE)
    deliver(world.house, copy.id, "Sari", "counter")
    assert advance(world.house, gone.id).outcome is Outcome.DONE
    ask(world, four[1])  # which nobody agrees to
    late = agreed(world, ask(world, four[1], "deletion"), "Ratna", "Hadi")
    assert advance(world.house, late.id).outcome is None
    Clock.moved = timedelta(days=26)
    assert advance(world.house, late.id).outcome is Outcome.DONE


def test_a_deletion_with_two_officers_and_a_kept_invoice(world: World, four: list[int]) -> None:
    """Two officers see what would go and stay; then it goes, and the person is told which rule keeps what, and until when."""
    before = world.rows()
    request = ask(world, four[1], "deletion")
    work_off(world.house)
    request = request_of(request.id)
    assert request.state is State.APPROVAL
    assert any("`tax`" in line.render(ENGLISH) for line in lines_of(request))
    assert world.rows() == before
    request = approve(world.house, request.id, "Ratna")
    assert request.state is State.APPROVAL
    with pytest.raises(Conflict):
        approve(world.house, request.id, "Ratna")
    with pytest.raises(Refusal):
        approve(world.house, request.id, "Budi", "cashier")
    request = approve(world.house, request.id, "Hadi", "head of legal")
    work_off(world.house)
    request = request_of(request.id)
    assert (request.state, request.outcome) == (State.DELIVERY, Outcome.DONE)
    verify(world, before, [four[1]])
    told = request_json(request, ENGLISH, world.house.runtime.now())
    assert told["kept"] == ["`shop`, `invoices`: what the rule `tax` keeps stays 10 years, counted from `issued`"]
    assert told["lines"] == ["`care`: done and read back, rows: 4", "`shop`: done and read back, rows: 7"]
    person = request.subject
    assert person is not None
    deliver(world.house, request.id, "Sari")
    assert kinds(world, person)[-1] is Kind.REQUEST_EXECUTED  # the end of it is about nobody: the person was forgotten first
    assert subject_state(person) == "forgotten"
    assert [event.kind for event in about_nobody(request.id)] == [Kind.REQUEST_ENDED]


def subject_state(person: UUID) -> str:
    """Whether somebody is on record still."""
    return str(connection().execute("SELECT state FROM subject WHERE id = %s", [person]).fetchone()[0])  # type: ignore[index]


def about_nobody(request: UUID) -> list[Event]:
    """The events of a request that name no person."""
    bodies = connection().execute("SELECT body FROM event WHERE subject IS NULL AND kind LIKE 'request.%' ORDER BY id").fetchall()
    return [event for event in (decode(bytes(body)) for (body,) in bodies) if event.details["request"] == str(request)]


def test_what_nobody_has_shown_to_be_theirs_can_be_another_right(world: World, four: list[int]) -> None:
    """It is recorded anew on its own clock, and whom it named stays named; what is worked on is settled, and nobody's proof goes over."""
    came = world.house.runtime.now() - timedelta(hours=50)
    first = open_request(world.house, Opening(right="access", intake=Intake.PAPER, subject=world.person(four[0]), received=came, said={"words": "all of it, to take along"}))
    with pytest.raises(Invalid):
        turn(world.house, first.id, Meant(right="portability"), " ")
    made = turn(world.house, first.id, Meant(right="portability"), "Sari")
    assert (made.opened, made.intake, made.state, made.details["claimed"]) == (came, Intake.PAPER, State.UNVERIFIED, str(world.person(four[0])))
    assert said(world.house, made.id) == {"words": "all of it, to take along"}
    assert request_of(first.id).outcome is Outcome.RECLASSIFIED
    seen = ask(world, four[1])
    for state in (State.VERIFIED, State.APPROVAL):
        assert request_of(seen.id).state is state
        with pytest.raises(Refusal):
            turn(world.house, seen.id, Meant(right="portability"), "Sari")
        work_off(world.house)


def test_a_name_is_wanted_where_staff_answer_for_something(world: World, four: list[int]) -> None:
    """For the proof of who asks, for a yes and for a no; two yes of one officer that are handed in count once."""
    house, person = world.house, world.person(four[0])
    with pytest.raises(Invalid):
        open_request(house, Opening(right="access", subject=person, proof=Proof.STAFF, by=" "))
    made = open_request(house, Opening(right="access", subject=person))
    with pytest.raises(Invalid):
        show_who(house, made.id, None, Proof.STAFF)
    show_who(house, made.id, None, Proof.STAFF, "Sari")
    work_off(house)
    with pytest.raises(Invalid):
        approve(house, made.id, "")
    with pytest.raises(Invalid):
        refuse(house, made.id, "other-peoples-data", " ", COUNSEL)
    request = ask(world, four[1], "deletion", approvals=[("Ratna", "officer"), ("ratna ", "officer")])
    assert [one.by for one in request.approvals] == ["Ratna"]
    work_off(house)
    assert request_of(request.id).state is State.APPROVAL


# --------------------------------------------------------------------------------------------------------------- refused


def test_counsel_alone_decides_what_the_law_gives_to_counsel(world: World, four: list[int]) -> None:
    """A ground is one of the law's for this very right; who may use it is the law's too; and the person is told, with the article."""
    request = ask(world, four[0])
    for ground in ("defence-security", "nonsense"):  # the first excepts other rights, never access
        with pytest.raises(Invalid):
            refuse(world.house, request.id, ground, "Ratna")
    with pytest.raises(Refusal):
        refuse(world.house, request.id, "other-peoples-data", "Ratna")
    with pytest.raises(Refusal):
        refuse(world.house, ask(world, four[1], "deletion").id, "retention-by-law", "Budi", "cashier")
    request = refuse(world.house, request.id, "other-peoples-data", "Mr Lubis", COUNSEL)
    assert (request.state, request.outcome, request.ground) == (State.DELIVERY, Outcome.REFUSED, "other-peoples-data")
    event = history_of(world.house, world.person(four[0]))[-1]
    assert (event.kind, event.details["role"]) == (Kind.REQUEST_REFUSED, "counsel")
    assert "33" in event.details["article"]
    assert "Lubis" not in str(event)
    watch(world.house)
    letter = hand_over(world.house, request.id, "Sari").text
    assert "33" in letter
    assert "in force since then" not in letter
    assert said_in(letter, world.house.policy_in_force.law.refusals["other-peoples-data"].title.get("en"))


def test_what_was_not_done_is_not_told_as_done(world: World, four: list[int]) -> None:
    """What officers looked at, of a deletion that was then refused or taken back, stands in no letter as what we did."""
    refused, back = ask(world, four[0], "deletion"), ask(world, four[1], "deletion")
    work_off(world.house)
    assert lines_of(request_of(refused.id))
    refuse(world.house, refused.id, "retention-by-law", "Ratna")
    take_back(world.house, back.id, "Sari")
    watch(world.house)
    for one in (refused, back):
        letter = hand_over(world.house, one.id, "Sari").text
        assert "customers" not in letter
        assert "What we did" not in letter
        assert lines_of(request_of(one.id)) == ()


def said_in(letter: str, text: str) -> bool:
    """Whether a letter says something, wherever its lines are broken."""
    return " ".join(text.rstrip(".").split()) in " ".join(letter.split())


def test_taken_back_asked_twice_and_never_too_late(world: World, four: list[int]) -> None:
    """A request can be taken back until it is carried out; the same asked again is seen; a third ends as a duplicate."""
    first, again = ask(world, four[0]), ask(world, four[0])
    assert again.details["same"] == str(first.id)
    with pytest.raises(Invalid):
        duplicate(world.house, again.id, again.id)
    with pytest.raises(Invalid):
        duplicate(world.house, again.id, ask(world, four[1]).id)
    assert duplicate(world.house, again.id, first.id).outcome is Outcome.DUPLICATE
    assert withdraw(world.house, first.id).outcome is Outcome.WITHDRAWN
    done = ask(world, four[2], "end", approvals=[("Ratna", "officer")])
    work_off(world.house)
    with pytest.raises(Refusal):
        withdraw(world.house, done.id)


def test_a_duplicate_is_of_an_open_request_of_the_same_person_and_right(world: World, four: list[int]) -> None:
    """The other is answered in its place: it is open, grants the same, and is theirs; only the one that is closed may be nobody's yet."""
    first, again = ask(world, four[0]), ask(world, four[0])
    nobodys = open_request(world.house, Opening(right="access", intake=Intake.EMAIL))
    withdraw(world.house, first.id)
    for one, other in ((again, first), (again, nobodys), (ask(world, four[0], "portability"), ask(world, four[0], "transfer"))):
        with pytest.raises(Invalid):
            duplicate(world.house, one.id, other.id)
        assert request_of(one.id).open
    assert duplicate(world.house, nobodys.id, again.id).outcome is Outcome.DUPLICATE


# ------------------------------------------------------------------------------------------------------- what is handed in


def test_our_own_notes_are_not_handed_in(world: World, four: list[int]) -> None:
    """A detail that is none of the codes of a request is turned away: what the worker notes there is its own."""
    for key in ("batch", "plan", "package", "escalated", "waits", "lines", "policy", "claimed", "nonsense"):
        with pytest.raises(Invalid):
            ask(world, four[0], details={key: "x"})
    assert queue() == ()


def test_where_to_answer_is_an_address_or_is_turned_away(world: World, four: list[int]) -> None:
    """What no message could go to is turned away when the request comes in, without the value, and not when the worker reads it."""
    address = "ani@example.org"
    for where in (address, {"email": address}, [["email"]], [["email", 7]], [["pigeon", "x"]], [["email", "x"]], [f"email:{address}"], None):
        with pytest.raises(Invalid) as caught:
            ask(world, four[0], said={"answer_to": where})
        assert caught.value.help is not None
        assert "example" not in str(caught.value)
    assert queue() == ()


def test_where_to_answer_is_kept_in_normal_form(world: World, four: list[int]) -> None:
    """As every other address is: the code of one person is not counted as another's."""
    request = ask(world, four[0], said={"words": "x", "answer_to": [["email", " Ani@Example.ORG "], ("phone", "0812-9012-4234")]})
    assert said(world.house, request.id) == {"words": "x", "answer_to": [["email", "ani@example.org"], ["phone", "+6281290124234"]]}


# -------------------------------------------------------------------------------------------------------------- the clock


def test_nobody_shows_who_asks(world: World, four: list[int]) -> None:
    """Two reminders, then it closes as not verified, counted apart; it can be reopened, and its clock is the one that it had."""
    request = open_request(world.house, Opening(
        right="access", intake=Intake.EMAIL, subject=world.person(four[0]), said={"answer_to": [["email", world.email(four[0])]]},
    ))  # fmt: skip
    assert (request.state, request.subject, (request.due - request.opened).total_seconds()) == (State.UNVERIFIED, None, 72 * 3600)
    sent = []
    for hours in (23, 25, 49, 61, 71, 73):
        Clock.moved = timedelta(hours=hours)
        watch(world.house)
        sent.append([row.kind for row in of_request(request.id)])
    assert [len(one) for one in sent] == [0, 1, 2, 2, 2, 3]
    assert set(sent[-1]) == {"first-reminder", "last-reminder", "not-verified"}
    request = request_of(request.id)
    assert (request.outcome, request.due) == (Outcome.NOT_VERIFIED, request.opened + timedelta(hours=72))
    assert closed()[0].id == request.id
    assert kinds(world, world.person(four[0])) == []  # it was never theirs
    with pytest.raises(Refusal):
        show_who(world.house, request.id, None, Proof.KNOWLEDGE)
    request = reopen(world.house, request.id, "Sari")
    with pytest.raises(Refusal):
        show_who(world.house, request.id, None, Proof.CHANNEL)
    request = show_who(world.house, request.id, None, Proof.KNOWLEDGE)
    assert (request.subject, request.due) == (world.person(four[0]), request.opened + timedelta(hours=72))
    assert request_json(request, ENGLISH, world.house.runtime.now())["late"] is True


def test_nothing_closes_before_the_last_reminder_went(world: World, four: list[int]) -> None:
    """Where no worker ran until the time was over, whoever asked is reminded first and has a day; then it closes."""
    request = open_request(world.house, Opening(
        right="access", intake=Intake.EMAIL, subject=world.person(four[0]), said={"answer_to": [["email", world.email(four[0])]]},
    ))  # fmt: skip
    for hours, state, sent in ((80, State.UNVERIFIED, ["last-reminder"]), (103, State.UNVERIFIED, ["last-reminder"]), (105, State.ENDED, ["last-reminder", "not-verified"])):
        Clock.moved = timedelta(hours=hours)
        watch(world.house)
        assert request_of(request.id).state is state
        assert sorted(row.kind for row in of_request(request.id)) == sent


def test_a_language_that_nobody_is_answered_in_is_turned_away(world: World, four: list[int]) -> None:
    """When the request comes in, and not when its letters and its copy are written."""
    with pytest.raises(Invalid, match="language"):
        ask(world, four[0], language="xx")


def test_marks_are_passed_and_a_late_yes_counts(world: World, four: list[int]) -> None:
    """After 24, 48 and 60 hours officers are warned, the deputies from the second time on; one task; approved late it is still done, and says so."""
    request = ask(world, four[0])
    work_off(world.house)
    levels = []
    for hours in (23, 25, 49, 61, 73):
        Clock.moved = timedelta(hours=hours)
        watch(world.house)
        levels.append(request_of(request.id).details.get("escalated"))
    assert levels == [None, "1", "2", "3", "4"]
    assert open_tasks_of(request) == 1
    request = approve(world.house, request.id, "Ratna")
    work_off(world.house)
    deliver(world.house, request.id, "Sari")
    events = [event for event in history_of(world.house, world.person(four[0])) if event.kind.startswith("request.")]
    assert [event.details.get("late", False) for event in events] == [False, True, True, True]
    assert open_tasks_of(request) == 0


def test_a_deputy_answers_through_a_long_holiday(world: World, four: list[int]) -> None:
    """Seventy-two hours run on; the officer alone hears of the first mark, both deputies from the second on, and one of them is enough."""
    deputies = ("head of legal", "deputy of the data protection officer")
    settings = replace(world.house.runtime.settings, officers=tuple((role, f"{place}@example.net") for place, role in enumerate(("officer", *deputies))))
    house = replace(world.house, runtime=Clock(settings, world.house.runtime.tongue))
    Clock.moved = datetime(2027, 3, 9, 9, tzinfo=UTC) - house.runtime.now()  # the eve of Idul Fitri, and a week of leave
    request = ask(World(house, world.shop, world.care), four[0])
    assert request.due - request.opened == timedelta(hours=72)
    work_off(house)
    moved, letters = Clock.moved, []
    for hours in (25, 49):
        Clock.moved = moved + timedelta(hours=hours)
        watch(house)
        letters.append(sum(row.kind == MessageKind.ESCALATION for row in of_request(request.id)))
    assert letters == [1, 4]
    with pytest.raises(Refusal):
        approve(house, request.id, "Hadi", "secretary")
    assert approve(house, request.id, "Ayu", deputies[1]).state is State.WORKING
    work_off(house)
    (event,) = [event for event in history_of(house, world.person(four[0])) if event.kind is Kind.REQUEST_APPROVED]
    assert event.details == {"request": str(request.id), "role": deputies[1]}
    assert request_of(request.id).state is State.DELIVERY


def test_deputies_are_asked_when_little_time_is_left(world: World, four: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be done is known after the second mark: whoever heard that time is short hears that they can agree, and where; nobody of staff asked for anything."""
    deputies = ("head of legal", "deputy of the data protection officer")
    officers = tuple((role, f"{place}@example.net") for place, role in enumerate(("officer", *deputies)))
    settings = replace(world.house.runtime.settings, officers=officers, public_url="https://privacy.example")
    house = replace(world.house, runtime=Clock(settings, world.house.runtime.tongue))
    request = ask(World(house, world.shop, world.care), four[0])
    said: list[Values] = []

    def tell(house: House, kind: MessageKind, values: Values, *rest: Any, **more: Any) -> int:
        said.append(values)
        return tell_officers(house, kind, values, *rest, **more)

    monkeypatch.setattr("janji.workflows.request_telling.tell_officers", tell)
    Clock.moved += timedelta(hours=49)
    watch(house)
    work_off(house)
    kinds = [row.kind for row in of_request(request.id)]
    assert [kinds.count(kind) for kind in (MessageKind.ESCALATION, MessageKind.APPROVAL)] == [3, 3]
    made, _ = composed(house, MessageKind.APPROVAL, said[-1])
    assert made.link == f"https://privacy.example{CONSOLE}/{HERE}/{request.id}"
    assert [str(label) for label, _ in made.facts] == ["Request", "What is asked", "Answered at the latest"]


def open_tasks_of(request: Request) -> int:
    """How many tasks of a request are open."""
    return int(connection().execute("SELECT count(*) FROM task WHERE id = %s AND closed IS NULL", [task_of(request.id)]).fetchone()[0])  # type: ignore[index]


# ------------------------------------------------------------------------------------------------------ systems by hand


@pytest.fixture
def by_hand(world: World) -> Iterator[World]:
    """The same with a system that a person looks after."""
    add(world.house, "paper")
    put_owners(world.house, {"paper": Owner("dewi@toko.example", "Dewi")})
    yield world
    remove(world.house, "paper")


def answered(world: World, batch: str, said: Answer) -> None:
    """The owner answers every line of a list."""
    (asked,) = of_batch(world.house, UUID(batch))
    answer(world.house, asked.row, {line.row.number: said for line in lines_of_list(world.house, asked.id)}, Attested("Dewi"))


@pytest.mark.parametrize("right", ["access", "deletion"])
def test_a_request_waits_for_an_owner_and_says_so(by_hand: World, four: list[int], right: str) -> None:
    """Until the owner answers; what they answer is named as what it is: attested."""
    request = ask(by_hand, four[0], right, approvals=[("Ratna", "officer"), ("Hadi", "officer")])
    work_off(by_hand.house)
    request = request_of(request.id)
    assert request.state is State.WORKING
    assert waits_for(request).render(ENGLISH) == "these systems have not answered: `paper`"
    said = Answer("erased", 3) if right == "deletion" else Answer("found", 1, (("Membership", "Gold"),))
    answered(by_hand, request.details["erasure" if right == "deletion" else "package"], said)
    request = advance(by_hand.house, request.id)
    assert (request.state, request.outcome) == (State.DELIVERY, Outcome.DONE)
    assert any("`paper`, as the people answer who look after it" in line.render(ENGLISH) for line in lines_of(request))


def test_what_waited_for_an_owner_goes_on_as_soon_as_they_answer(by_hand: World, four: list[int]) -> None:
    """It does not wait for its next turn."""
    request = ask(by_hand, four[0], "access", approvals=[("Ratna", "officer"), ("Hadi", "officer")])
    for _ in range(5):  # each look is put off for longer
        work_off(by_hand.house)
        Clock.moved += timedelta(minutes=10)
    work_off(by_hand.house)
    assert request_of(request.id).state is State.WORKING
    answered(by_hand, request_of(request.id).details["package"], Answer("nothing"))
    work_off(by_hand.house)
    assert request_of(request.id).outcome is Outcome.DONE


@pytest.mark.parametrize("right", ["access", "deletion"])
def test_an_owner_who_does_not_answer_is_named(by_hand: World, four: list[int], right: str) -> None:
    """When the time is nearly over, the answer is what there is, and says what is missing."""
    request = ask(by_hand, four[0], right, approvals=[("Ratna", "officer"), ("Hadi", "officer")])
    work_off(by_hand.house)
    Clock.moved = (request.due - request.opened) * 0.9
    work_off(by_hand.house)
    request = request_of(request.id)
    assert (request.state, request.outcome) == (State.DELIVERY, Outcome.PARTLY_DONE)
    assert any(line.render(ENGLISH).startswith("`paper`") and "not" in line.render(ENGLISH) for line in lines_of(request))


def asked_before(world: World, number: int, right: str, part: float) -> Request:
    """A request that officers agreed to, of which this part of its time is over."""
    now, yes = world.house.runtime.now(), [("Ratna", "officer"), ("Hadi", "officer")]
    known = rights(world.house)[right]
    return ask(world, number, right, approvals=yes, received=now - (known.due(now) - now) * part)


@pytest.mark.parametrize("right", ["access", "deletion"])
def test_one_whose_time_is_nearly_over_does_not_cut_the_others_short(world: World, four: list[int], right: str) -> None:
    """A system that nobody can reach is named to who has no time left; the other waits for it, and gets all when it is there."""
    late, early = asked_before(world, four[0], right, 0.9), asked_before(world, four[1], right, 0)
    add(world.house, "shed")
    try:
        work_off(world.house)
        assert [request_of(one.id).outcome for one in (late, early)] == [Outcome.PARTLY_DONE, None]
    finally:
        remove(world.house, "shed")
    assert advance(world.house, early.id).outcome is Outcome.DONE


@pytest.mark.parametrize("right", ["access", "deletion"])
def test_those_who_share_a_search_or_a_plan_wait_each_for_their_own_time(world: World, four: list[int], right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun together and killed is gone on with; by then one has no time left, and a system is blocked: the other waits for it."""
    late, early = asked_before(world, four[0], right, 0.7), asked_before(world, four[1], right, 0)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"janji.workflows.request_carrying.{'carry_out' if right == 'deletion' else 'search_all'}", dies)
    with pytest.raises(KeyboardInterrupt):
        work_off(world.house)
    monkeypatch.undo()
    add(world.house, "shed")
    try:
        Clock.moved = (late.due - late.opened) * 0.2
        take_over(world.house)
        work_off(world.house)
        Clock.moved += timedelta(minutes=1)
        work_off(world.house)
        assert [request_of(one.id).outcome for one in (late, early)] == [Outcome.PARTLY_DONE, None]
    finally:
        remove(world.house, "shed")
    assert advance(world.house, early.id).outcome is Outcome.DONE


# --------------------------------------------------------------------------------------------------- what changes meanwhile


def test_who_was_forgotten_meanwhile_stops_nobody(world: World, four: list[int]) -> None:
    """What takes effect at once passes them by, and what would be taken back of a refused objection too: the others go on."""
    gone, refused, there = (ask(world, number, right) for number, right in ((four[0], "withdrawal"), (four[1], "automated-objection"), (four[2], "withdrawal")))
    refuse(world.house, refused.id, "defence-security", "Ratna")
    forget_all(world.house, [world.person(four[0]), world.person(four[1])], Actor.STAFF)
    work_off(world.house)
    work_off(world.house)
    assert [request_of(one.id).outcome for one in (gone, there)] == [Outcome.NOTHING_HELD, Outcome.NOTHING_HELD]
    watch(world.house)


def test_what_officers_agreed_to_is_what_is_done(world: World, four: list[int]) -> None:
    """The data map changes between approval and work: nothing is done, the officers are asked again and see what would be done now."""
    request = agreed(world, ask(world, four[0], "deletion"), "Ratna", "Hadi")
    before = world.rows()
    path = world.house.runtime.settings.maps / "care.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("owner: owner", "owner: somebody-else"), "utf-8")
    try:
        work_off(world.house)
        request = request_of(request.id)
        assert (request.state, request.approvals, request.needed) == (State.APPROVAL, (), 2)
        assert "changed since" in waits_for(request).render(ENGLISH)
        assert world.rows() == before
        for name in ("Ratna", "Hadi"):
            approve(world.house, request.id, name)
        work_off(world.house)
        assert request_of(request.id).outcome is Outcome.DONE
    finally:
        path.write_text(text, "utf-8")
    verify(world, before, [four[0]])


def test_a_column_that_came_since_is_waited_for(world: World, four: list[int]) -> None:
    """A system whose form nobody reviewed is blocked: the request says so, and goes on when it is as it was."""
    request = ask(world, four[0], "deletion", approvals=[("Ratna", "officer"), ("Hadi", "officer")])
    world.run("ALTER TABLE customers ADD religion text")
    try:
        work_off(world.house)
        assert "`shop` is blocked" in waits_for(request_of(request.id)).render(ENGLISH)
    finally:
        world.run("ALTER TABLE customers DROP religion")
    assert advance(world.house, request.id).outcome is Outcome.DONE


def test_officers_are_not_asked_about_a_system_that_is_blocked(world: World, four: list[int]) -> None:
    """A column that came between the look and the yes: their yes stays, it is said what stands in the way, and it is done once that is gone."""
    request = ask(world, four[0], "deletion")
    work_off(world.house)
    world.run("ALTER TABLE customers ADD religion text")
    try:
        for name in ("Ratna", "Hadi"):
            approve(world.house, request.id, name)
        for _ in range(2):
            request = advance(world.house, request.id)
            assert (request.state, len(request.approvals)) == (State.WORKING, 2)
            assert "`shop` is blocked" in waits_for(request).render(ENGLISH)
            assert any("`customers`" in line.render(ENGLISH) for line in lines_of(request))
    finally:
        world.run("ALTER TABLE customers DROP religion")
    assert advance(world.house, request.id).outcome is Outcome.DONE


def test_a_new_policy_changes_nothing_of_what_was_promised(world: World, four: list[int]) -> None:
    """The clock, the approvals and the version are those of the day on which it was asked; that another came is noted, and told."""
    request, refused = ask(world, four[0]), ask(world, four[1])
    published = world.house.policy_in_force
    newer = replace(world.house, published=replace(published, number=published.number + 1))
    work_off(newer)
    approve(newer, request.id, "Ratna")
    work_off(newer)
    found = request_json(request_of(request.id), ENGLISH, world.house.runtime.now())
    assert (found["policy"], found["policy_since"], found["due"]) == (published.number, published.number + 1, request_json(request, ENGLISH, request.opened)["due"])
    refuse(newer, refused.id, "other-peoples-data", "Mr Lubis", COUNSEL)
    watch(newer)
    for one in (request, refused):
        assert said_in(hand_over(newer, one.id, "Sari").text, "under version 1 of the policy; version 2 is in force since then")
        assert request_json(request_of(one.id), ENGLISH, world.house.runtime.now())["policy_since"] == published.number + 1


def test_a_policy_that_comes_between_the_work_and_the_telling_is_noted(world: World, four: list[int]) -> None:
    """What was carried out under one version and told under the next says so, as its letter does."""
    request = agreed(world, ask(world, four[0]), "Ratna")
    work_off(world.house)
    assert "policy_since" not in request_json(request_of(request.id), ENGLISH, world.house.runtime.now())
    published = world.house.policy_in_force
    newer = replace(world.house, published=replace(published, number=published.number + 1))
    found = request_json(deliver(newer, request.id, "Sari"), ENGLISH, world.house.runtime.now())
    assert (found["policy"], found["policy_since"]) == (published.number, published.number + 1)


def test_who_is_held_is_for_officers_to_decide(world: World, four: list[int]) -> None:
    """A pending proceeding stops a deletion: never by itself a refusal, and the others of the batch go on."""
    agreed_before = [("Ratna", "officer"), ("Hadi", "officer")]
    held = ask(world, four[0], "destruction", approvals=agreed_before)
    other = ask(world, four[1], "destruction", approvals=agreed_before)
    made = set_hold(world.house, Ground.LITIGATION, subject=world.person(four[0]))
    work_off(world.house)
    lift(world.house, made.id)
    held = request_of(held.id)
    assert request_of(other.id).outcome is Outcome.DONE
    assert (held.state, held.approvals) == (State.APPROVAL, ())
    assert "legal proceeding" in waits_for(held).render(ENGLISH)
    assert refuse(world.house, held.id, "pending-legal-process", "Ratna").outcome is Outcome.REFUSED


# ---------------------------------------------------------------------------------------------------------------- the rest


def test_ended_processing_is_enforced(world: World, four: list[int]) -> None:
    """An ending deletes nothing, and from then on every decision about the person says no."""
    person = world.person(four[0])
    before = world.rows()
    request = ask(world, four[0], "end", approvals=[("Ratna", "officer")])
    assert facts_of(world.house, [person])[person].bits == 0
    work_off(world.house)
    assert request_of(request.id).outcome is Outcome.DONE
    assert facts_of(world.house, [person])[person].bits != 0
    assert world.rows() == before


def test_many_filed_in_one_call_are_one_search(world: World) -> None:
    """All of them or none; one package and one step of the record for each; filing an id again changes nothing."""
    numbers = [next(_NEXT) for _ in range(7)]
    ids = world.house.runtime.new_ids(7)
    openings = [Opening(right="access", subject=world.person(number), proof=Proof.STAFF, by="Sari", approvals=[("Ratna", "officer")], said={"words": "x"}, id=id)
                for number, id in zip(numbers, ids, strict=True)]  # fmt: skip
    with pytest.raises(Invalid):
        open_requests(world.house, [*openings, Opening(right="flying")])
    assert queue() == ()
    made = open_requests(world.house, openings)
    assert [one.id for one in open_requests(world.house, openings)] == [one.id for one in made] == ids
    assert work_off(world.house) == 7
    assert len({request_of(one.id).details["package"] for one in made}) == 1
    page = queue(4)
    assert [*page, *queue(4, page[-1].id)] == list(queue())


def test_what_was_said_is_sealed_and_gone_when_its_time_is_over(world: World, four: list[int]) -> None:
    """No table has it in clear, nor a task or an event; years later its key is destroyed."""
    request = ask(world, four[0], said={"words": "KANARI-7733"}, approvals=[("Ratna", "officer")])
    for table in ("rights_request", "event", "task", "secret", "package", "message"):
        held = connection().execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%KANARI-7733%%' OR t::text LIKE %s", [f"%{b'KANARI-7733'.hex()}%"]).fetchone()  # noqa: S608
        assert held == (0,), table
    assert said(world.house, request.id) == {"words": "KANARI-7733"}
    work_off(world.house)
    deliver(world.house, request.id, "Sari")
    Clock.moved = timedelta(days=5 * 366)
    assert end_evidence(world.house) == 1
    assert said(world.house, request.id) == {}
    assert len(requests_of(request.subject or UUID(int=0))) == 1


def test_a_law_without_an_extension_refuses_it_plainly(world: World, four: list[int]) -> None:
    """Three days are three days: nobody takes longer by a word."""
    made = ask(world, four[0], "access")
    with pytest.raises(Refusal, match="the law knows no extension for `access`"):
        extend(world.house, made.id, "complexity", "Ratna")
    assert request_of(made.id).due == made.due
