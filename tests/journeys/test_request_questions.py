"""Questions from what the company's systems hold of somebody whom the record does not know: asked after the address was shown, and kept by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from tests.choosing import kept_codes
from tests.erasing_house import World, making, shut
from tests.people_house import Clock

from janji.ledger.events import Actor
from janji.rights.identity import Topic
from janji.rights.requests import Proof, State
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.workflows.people import add_identifier, find_subjects, subject_with
from janji.workflows.recording import history_of
from janji.workflows.request_identity import Sent, Trial, asked, show_answers, show_code
from janji.workflows.request_intake import Wish, take
from janji.workflows.requests import request_of


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
