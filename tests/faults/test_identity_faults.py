"""Who asks was just shown, and the program dies: it is shown again by the very same code or answers, and counts once."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from tests.choosing import KEEPER, kept_codes, make_house, person
from tests.faults.killing import die_at, fork_and_die

from janji.ledger.events import Actor, Kind
from janji.rights.requests import Proof, State
from janji.store import database
from janji.workflows import guardians, request_identity
from janji.workflows.house import House, enter_house
from janji.workflows.people import add_identifier
from janji.workflows.recording import history_of
from janji.workflows.request_identity import Sent, Trial, show_answers, show_code
from janji.workflows.request_intake import Wish, take
from janji.workflows.requests import request_of

NUMBERS = count(9021)
KNOWN = {"phone": "4234", "account": "7716"}


@pytest.fixture(scope="module")
def made(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> House:
    """One house for every death."""
    return make_house(module_database_url, folder=tmp_path_factory.mktemp("house"))


@pytest.fixture
def house(made: House) -> House:
    """The same, with its database open again."""
    return made


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """Every code that was made."""
    return kept_codes(monkeypatch)


def dies(house: House, name: str, work: Any, *, after: bool) -> House:
    """Do something in another process, which dies at a function of `request_identity`; the house as it is opened then."""
    url = database.opened()
    database.close()

    def mortal() -> None:
        there = enter_house(house.runtime, url, KEEPER)
        die_at(request_identity, name, 1, after=after)
        work(there)

    fork_and_die(url, mortal)
    return enter_house(house.runtime, url, KEEPER)


@pytest.mark.parametrize("after", [False, True])
def test_a_code_that_was_right_is_right_until_the_request_goes_on(house: House, sent: list[Sent], after: bool) -> None:
    """Killed before or after the step of the request: nothing of it was kept, and the code shows who asks."""
    address = f"ani-{after}@example.org"
    subject = person(house, address)
    id = take(house, Wish(right="restriction", contact=("email", address))).request.id
    house = dies(house, "verify", lambda there: show_code(there, id, sent[0].code), after=after)
    assert request_of(id).state is State.UNVERIFIED
    assert show_code(house, id, sent[0].code) is Trial.SHOWN
    shown_once(house, id, subject, Proof.CHANNEL)


@pytest.mark.parametrize(("name", "after"), [("_facts", False), ("verify", False), ("verify", True)])
def test_answers_that_were_right_are_right_until_the_request_goes_on(house: House, sent: list[Sent], name: str, after: bool) -> None:
    """Killed while the questions are worked out the code is good still; killed after the answers those are."""
    address = f"budi-{name.strip('_')}-{after}@example.org"
    subject = person(house, address)
    add_identifier(house, subject, "phone", f"+62812{next(NUMBERS)}4234", Actor.STAFF)
    add_identifier(house, subject, "account", f"CARD-{name}-{after}-7716", Actor.STAFF)
    guardians.record_age(house, subject, date(1990, 4, 5), Actor.STAFF)
    id = take(house, Wish(right="access", contact=("email", address))).request.id

    def work(there: House) -> None:
        show_code(there, id, sent[0].code)
        show_answers(there, id, KNOWN)

    house = dies(house, name, work, after=after)
    if name == "_facts":
        assert show_code(house, id, sent[0].code) is Trial.QUESTIONS
    assert show_answers(house, id, KNOWN) is Trial.SHOWN
    shown_once(house, id, subject, Proof.KNOWLEDGE)


def shown_once(house: House, id: UUID, subject: UUID, proof: Proof) -> None:
    """The request is theirs, by that proof, and one event says so."""
    held = request_of(id)
    assert (held.subject, held.proof) == (subject, proof)
    assert [event.kind for event in history_of(house, subject)].count(Kind.REQUEST_VERIFIED) == 1
