"""Clauses about collecting, made true in a record on a real server: what a submission leaves on record, and what not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.choosing import Clock, make_house, no, person, say, yes
from tests.clauses.gating import NIK

from janji.collection.submission import Announced
from janji.consent.choices import Method
from janji.decision.standing import KnownAge
from janji.errors import Refusal
from janji.ledger.events import Actor, Event, Kind
from janji.store import people
from janji.workflows.collection import Asked, Taken, collect
from janji.workflows.consents import text_of
from janji.workflows.guardians import ERASURE
from janji.workflows.house import House
from janji.workflows.people import find_subjects
from janji.workflows.recording import history_of
from janji.workflows.reviews import TASK, discard, keep, show_review

MAIL = ("email", "ani@example.org")
ACCOUNT = {"name": "Ani", "contact-details": "ani@example.org", "date-of-birth": "1990-05-06"}


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path) -> House:
    """A house with the operating policy in force, and a folder for the file of destroyed keys."""
    return make_house(database_url, clock, tmp_path)


def take(house: House, touchpoint: str, fields: dict[str, Any], *agreements: str, **more: Any) -> Taken:
    """A submission of the one with that address."""
    held = tuple((kind, f"{kind}-1") for kind in agreements)
    given = {"identifiers": (MAIL,), "agreements": held, "language": "id", "method": Method.UNTICKED_BOX, **more}
    return collect(house, Asked(touchpoint=touchpoint, fields=fields, **given))


def events(house: House, taken: Taken, kind: Kind) -> list[Event]:
    """The events of a kind about the one who submitted."""
    return [event for event in history_of(house, taken.subject or UUID(int=0)) if event.kind is kind]


def test_clause_2_0_on_record(house: House) -> None:
    """The event of each collection names the source and its kind, the purposes, and the agent; no value is in it."""
    subject = person(house)
    taken = take(house, "representative", {"name": "Ani", "contact-details": "x"}, "request", agent="clerk-7",
                 trained_until=house.runtime.now().date(), application="counter")  # fmt: skip
    (event,) = events(house, taken, Kind.DATA_COLLECTED)
    assert taken.subject == subject
    assert {key: event.details[key] for key in ("source", "collected", "agent", "application", "data")} == {
        "source": ["representative"], "collected": ["third-party"], "agent": "clerk-7", "application": "counter",
        "data": ["contact-details", "name"],
    }  # fmt: skip
    assert "Ani" not in str(event)


def test_clause_2_1_1_a_on_record(house: House) -> None:
    """The newsletter's yes is a consent record with its notice; without one there is none; a child is set apart at once."""
    silent = take(house, "my-sony", ACCOUNT, "account")
    assert events(house, silent, Kind.CONSENT_GIVEN) == []
    willing = take(house, "my-sony", {**ACCOUNT, "newsletter": {"email": True}}, "account")
    (given,) = events(house, willing, Kind.CONSENT_GIVEN)
    text = text_of(house, "newsletters", "id")
    assert text is not None
    assert (given.details["purpose"], given.details["channel"], given.details["notice_digest"]) == ("newsletters", "email", text.digest)
    young = take(house, "my-sony", {**ACCOUNT, "date-of-birth": "2014-05-06"}, "account", identifiers=(("email", "b@example.org"),))
    order = [event.kind for event in history_of(house, young.subject or UUID(int=0))]
    assert order.index(Kind.AGE_RECORDED) + 1 == order.index(Kind.QUARANTINE_SET)
    assert order.index(Kind.QUARANTINE_SET) < order.index(Kind.DATA_COLLECTED)
    assert [task.kind for task in people.open_tasks([young.subject or UUID(int=0)])] == [ERASURE]


def test_clause_2_1_1_b_on_record(house: House, clock: Clock) -> None:
    """What was announced before a recording is on record with it."""
    say(house, person(house), yes(house, "training-quality"))
    text = text_of(house, "training-quality", "id")
    assert text is not None
    take(house, "phone-call", {"recording": "r-1"})
    taken = take(house, "phone-call", {"recording": "r-2"}, announced=Announced(clock.at - timedelta(seconds=9), text.digest))
    (event,) = events(house, taken, Kind.DATA_COLLECTED)
    assert (event.details["fields"], event.details["announced"]) == (["recording"], text.digest)


def test_clause_2_1_1_e_on_record(house: House) -> None:
    """A paper form at an event becomes a record of that source, taken by trained staff."""
    taken = take(house, "workshop", {"name": "Ani", "contact-details": "x", "interests": "film"}, "event-registration",
                 actor=Actor.STAFF, age=KnownAge.ADULT, agent="host-1", trained_until=house.runtime.now().date())  # fmt: skip
    (event,) = events(house, taken, Kind.DATA_COLLECTED)
    assert (event.details["source"], event.details["agent"], event.actor) == (["event-capture"], "host-1", Actor.STAFF)


def test_clause_2_1_2_on_record(house: House) -> None:
    """A text with the number of an identity card waits under seal, and is seen for a purpose that needs it alone."""
    taken = take(house, "complaint", {"name": "Ani", "contact-details": "x", "conversation": f"NIK {NIK}"}, "request")
    assert taken.collected.allowed
    subject, id = taken.subject or UUID(int=0), taken.reviews["conversation"]
    assert [task.id for task in people.open_tasks([subject], TASK)] == [id]
    with pytest.raises(Refusal):
        show_review(house, id, "newsletters")
    assert show_review(house, id, "complaint-handling").value == f"NIK {NIK}"
    assert events(house, taken, Kind.USE_PERMITTED)[-1].details["review"] == str(id)
    assert NIK not in keep(house, id, "complaint-handling", masked=True).value
    assert events(house, taken, Kind.TASK_CLOSED)[-1].details["outcome"] == "kept-masked"


def test_clause_2_4_1_c_on_record(house: House) -> None:
    """From the withdrawal on no exact place comes in: the very next one is dropped."""
    subject = person(house)
    place = {"location": "-6.2,106.8"}
    say(house, subject, yes(house, "location-services"))
    assert take(house, "location-service", place).collected.kept == place
    say(house, subject, no("location-services"))
    taken = take(house, "location-service", place)
    assert taken.collected.kept == {}
    assert len(events(house, taken, Kind.DATA_COLLECTED)) == 1


def test_clause_3_1_1_e_on_record(house: House) -> None:
    """A copy of an identity card that was sent to be recognised is destroyed unseen, and the record says so."""
    taken = take(house, "rights-contact", {"name": "Ani", "contact-details": "x", "request": f"it is me: {NIK}"}, "request")
    discard(house, taken.reviews["request"])
    assert events(house, taken, Kind.TASK_CLOSED)[-1].details["outcome"] == "discarded"
    assert events(house, taken, Kind.USE_PERMITTED) == []


def test_clause_3_1_1_f_on_record(house: House) -> None:
    """An unfinished form leaves nothing until the visitor says yes and is of age; then the yes stands first on record."""
    typed = {"email": "ani@example.org", "checkout-products": "lens"}
    assert take(house, "checkout-form", typed).collected.kept == {}
    assert find_subjects(house, [MAIL]) == [None]
    taken = take(house, "checkout-form", {**typed, "assistance": True}, age=KnownAge.ADULT)
    assert taken.collected.kept == typed
    assert [event.kind for event in history_of(house, taken.subject or UUID(int=0))] == [
        Kind.AGE_RECORDED, Kind.CONSENT_GIVEN, Kind.DATA_COLLECTED
    ]  # fmt: skip
    take(house, "checkout-form", {**typed, "assistance": False})
    assert take(house, "checkout-form", typed).collected.kept == {}
