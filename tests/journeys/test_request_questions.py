"""Questions from what the company's systems hold of somebody whom the record does not know: asked after the address was shown, and kept by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from tests.choosing import kept_codes
from tests.erasing_house import World, making, shut
from tests.people_house import Clock

from janji.ledger.events import Actor
from janji.rights.identity import Topic
from janji.rights.requests import Outcome, Proof, Request, State
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.terms.messages import ENGLISH
from janji.workflows import request_clock
from janji.workflows.house import House
from janji.workflows.messages import Outgoing, send_many
from janji.workflows.people import add_identifier, find_subjects, subject_with
from janji.workflows.recording import history_of
from janji.workflows.request_clock import watch
from janji.workflows.request_identity import AGAIN_FOR, Sent, Trial, asked, show_answers, show_code, waits_for
from janji.workflows.request_intake import Wish, take
from janji.workflows.request_work import advance
from janji.workflows.requests import approve, request_of
from janji.workflows.requests import waits_for as why


@pytest.fixture(scope="module")
def world(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A house with a shop and a care desk."""
    Clock.moved = timedelta()
    with making(server, module_database_url, tmp_path_factory.mktemp("house"), 20) as made:
        yield made


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """Every code that was made, in order."""
    return kept_codes(monkeypatch)


def file(world: World, address: str, right: str = "access") -> UUID:
    """Somebody files a request by the form."""
    return take(world.house, Wish(right=right, contact=("email", address))).request.id


def test_what_systems_hold_is_asked_of_who_is_not_on_record(world: World, sent: list[Sent]) -> None:
    """The shop's telephone and year of birth; right answers verify; no search is recorded, no owner asked, no row kept."""
    assert find_subjects(world.house, [("email", world.email(7))]) == [None]
    id = file(world, world.email(7))
    assert show_code(world.house, id, sent[-1].code) is Trial.QUESTIONS
    assert set(asked(id)) == {Topic.PHONE, Topic.YEAR}
    assert show_answers(world.house, id, {"phone": "0008", "year": "1990"}) is Trial.WRONG
    assert show_answers(world.house, id, {"phone": "0812 9041 0007", "year": "in 1990"}) is Trial.SHOWN
    made = request_of(id)
    assert made.proof is Proof.KNOWLEDGE
    assert made.subject is not None
    assert "search.executed" not in {str(event.kind) for event in history_of(world.house, made.subject)}
    for table in ("package", "worklist"):
        assert connection().execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)  # noqa: S608 - a name of ours


def test_whom_no_system_knows_is_asked_nothing(world: World, sent: list[Sent]) -> None:
    """Nothing is held, so nothing can be asked: staff see to it, and the queue says why."""
    id = file(world, "nobody-at-all@example.com")
    assert show_code(world.house, id, sent[-1].code) is Trial.STAFF
    assert request_of(id).state is State.UNVERIFIED
    assert "waits" in request_of(id).details


def test_a_system_that_is_down_is_passed_over(world: World, sent: list[Sent]) -> None:
    """The code still shows the address; what the record itself holds is asked."""
    subject = subject_with(world.house, [("email", world.email(9))], Actor.STAFF)
    add_identifier(world.house, subject, "account", "MEMBER-4711", Actor.STAFF)
    id = file(world, world.email(9))
    shut(world.shop, False)
    try:
        assert show_code(world.house, id, sent[-1].code) is Trial.QUESTIONS
    finally:
        shut(world.shop, True)
    assert asked(id) == (Topic.ACCOUNT,)


def test_what_a_category_is_called_matters_to_no_question(world: World, sent: list[Sent]) -> None:
    """One category for all ways of contact, and a date of birth that only its term tells: the same is asked."""
    map_of_shop = world.house.runtime.settings.data_dir / "datamap" / "shop.yaml"
    before = map_of_shop.read_text("utf-8")
    map_of_shop.write_text(before.replace("contact.phone", "contact-details").replace("identity.birth-date", "date-of-birth"), "utf-8")
    try:
        id = file(world, world.email(11))
        assert show_code(world.house, id, sent[-1].code) is Trial.QUESTIONS
    finally:
        map_of_shop.write_text(before, "utf-8")
    assert set(asked(id)) == {Topic.PHONE, Topic.YEAR}
    assert show_answers(world.house, id, {"phone": "0011", "year": "1990"}) is Trial.SHOWN


@pytest.fixture
def clock() -> Iterator[type[Clock]]:
    """The clock of the house, which is put right again."""
    Clock.moved = timedelta()
    yield Clock
    Clock.moved = timedelta()


def test_a_system_that_is_down_is_asked_again_by_itself(world: World, sent: list[Sent], clock: type[Clock], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing suffices for questions while it is down, and that is said; once it answers the questions are there, and who forgot them is led to them."""
    id = file(world, world.email(12))
    shut(world.shop, False)
    try:
        assert show_code(world.house, id, sent[-1].code) is Trial.STAFF
        clock.moved += timedelta(seconds=11)
        watch(world.house)
        assert "a system does not answer now" in waits_for(id).render(ENGLISH)  # type: ignore[union-attr]
        assert asked(id) == ()
    finally:
        shut(world.shop, True)
    clock.moved += timedelta(seconds=31)
    watch(world.house)
    assert set(asked(id)) == {Topic.PHONE, Topic.YEAR}
    assert "again" not in request_of(id).details
    assert "questions must be answered" in why(request_of(id)).render(ENGLISH)
    clock.moved += timedelta(hours=25)
    put: list[Outgoing] = []

    def seen(house: House, some: Sequence[Outgoing]) -> tuple[UUID, ...]:
        put.extend(some)
        return send_many(house, some)

    monkeypatch.setattr(request_clock, "send_many", seen)
    watch(world.house)
    (reminder,) = [one for one in put if one.request == id]
    assert reminder.kind == "first-reminder"
    assert "/rights/page/" in reminder.values.link
    assert show_answers(world.house, id, {"phone": "0012", "year": "1990"}) is Trial.SHOWN


def test_a_system_that_stays_down_leaves_it_to_staff(world: World, sent: list[Sent], clock: type[Clock]) -> None:
    """For an hour it is asked again; then staff must see who asks, and nobody asks it any more."""
    id = file(world, world.email(14))
    shut(world.shop, False)
    try:
        assert show_code(world.house, id, sent[-1].code) is Trial.STAFF
        clock.moved += AGAIN_FOR + timedelta(seconds=1)
        watch(world.house)
    finally:
        shut(world.shop, True)
    assert "staff must see who asks" in waits_for(id).render(ENGLISH)  # type: ignore[union-attr]
    clock.moved += timedelta(hours=1)
    watch(world.house)
    assert asked(id) == ()


def shown(world: World, number: int, id: UUID, code: str) -> Request:
    """A deletion of which it was shown who asks, and to which officers agreed."""
    assert show_code(world.house, id, code) is Trial.QUESTIONS
    assert show_answers(world.house, id, {"phone": f"{number:04d}", "year": "1990"}) is Trial.SHOWN
    advance(world.house, id)
    for officer in ("Ratna", "Hadi"):
        approve(world.house, id, officer)
    return advance(world.house, id)


def test_a_copy_that_is_not_shown_yet_is_waited_for_as_long_as_it_has_time(world: World, sent: list[Sent], clock: type[Clock]) -> None:
    """Asked for from the same address before the deletion, it holds that up until its own time is over, and no longer."""
    copy = file(world, world.email(15))
    gone = shown(world, 15, file(world, world.email(15), "deletion"), sent[-1].code)
    assert "a copy was asked for too" in why(gone).render(ENGLISH)
    clock.moved = request_of(copy).due - request_of(copy).opened + timedelta(seconds=1)
    assert advance(world.house, gone.id).outcome is Outcome.DONE


def test_nobody_puts_a_deletion_off_by_asking_for_a_copy_after_it(world: World, sent: list[Sent], clock: type[Clock]) -> None:
    """Whoever knows an address can ask for a copy as often as they like: what came later, or was asked for from elsewhere, is not waited for."""
    file(world, world.email(17))
    id = file(world, world.email(16), "deletion")
    code = sent[-1].code
    clock.moved += timedelta(seconds=1)
    file(world, world.email(16))
    assert shown(world, 16, id, code).outcome is Outcome.DONE
