"""Questions over HTTP, one and a thousand: the same answers, nobody made known by asking, uses recorded once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jsonschema
import pytest
from tests.choosing import START, Clock, make_house, person, say, yes
from tests.journeys.test_api import problem
from tests.live import Live, live

from janji.decision.enforcement import Enforcement, Mode
from janji.ledger.events import Actor, Kind, stamp
from janji.workflows.consents import restrict
from janji.workflows.forgetting import forget
from janji.workflows.identity import merge
from janji.workflows.people import find_subjects
from janji.workflows.recording import history_of
from janji.workflows.rollout import report

ROOT = Path(__file__).parents[2]
ASKED: dict[str, Any] = {"purpose": "newsletters", "data": ["email"], "channel": "email"}


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def served(database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url, clock, tmp_path)) as found:
        yield found


def named(subject: UUID) -> str:
    """A person as a body names them."""
    return f"sub_{subject}"


def everybody(served: Live, clock: Clock) -> list[Any]:
    """People in every state that a decision can find them in, and nobody."""
    house = served.house
    consenting, restricted, child = person(house, "a@example.org"), person(house, "b@example.org"), person(house, "c@example.org", "child")
    say(house, consenting, yes(house, "newsletters", "email"))
    say(house, restricted, yes(house, "newsletters", "email"))
    restrict(house, restricted, Actor.PERSON)
    survivor, other = person(house, "d@example.org"), person(house, "e@example.org")
    say(house, survivor, yes(house, "newsletters", "email"))
    merge(house, survivor, other, Actor.STAFF, ground="same-person")
    ended, ending, gone = person(house, "f@example.org"), person(house, "g@example.org"), person(house, "h@example.org")
    say(house, ended, yes(house, "newsletters", "email", until=START + timedelta(hours=1)))
    say(house, ending, yes(house, "newsletters", "email", until=START + timedelta(days=9)))
    forget(house, gone)
    clock.put_on(hours=2)
    return [
        *map(named, (consenting, restricted, child, survivor, other, ended, ending, gone, uuid4())),
        {"kind": "email", "value": "a@example.org"}, {"kind": "email", "value": "nobody@example.org"}, None,
    ]  # fmt: skip


def questions(people: list[Any]) -> list[dict[str, Any]]:
    """Every person asked about in several ways."""
    ways: list[dict[str, Any]] = [
        ASKED, {**ASKED, "channel": "sms"}, {**ASKED, "data": ["email", "name"], "operation": "retain"},
        {"purpose": "delivery", "data": ["name"]}, {"purpose": "nothing", "data": ["nothing"]},
        {**ASKED, "at": stamp(START + timedelta(days=30))}, {**ASKED, "touchpoint": "somewhere", "agent": "x"},
        {**ASKED, "facts": {"trained-until": "2027-01-01"}, "agent": "x"},
        {"purpose": "delivery", "data": ["name"], "recipient": "nobody", "country": "JP"},
    ]  # fmt: skip
    return [{**way, **({} if who is None else {"subject": who})} for way in ways for who in people]


def test_a_thousand_answers_are_those_of_one_at_a_time(served: Live, clock: Clock) -> None:
    """For everybody and every way of asking, the batch says what the single answer says."""
    asked = questions(everybody(served, clock))
    with served.client(served.key(["decide"])) as client:
        batch = client.post("/v1/decisions/batch", json={"questions": asked})
        assert batch.status_code == 200, batch.text
        single = [client.post("/v1/decisions", json=one).json() for one in asked]
    short = [
        {"permit": one["permit"], "proceed": one["enforcement"]["proceed"], "mode": one["enforcement"]["mode"],
         "codes": [reason["code"] for reason in one["reasons"]]}
        for one in single
    ]  # fmt: skip
    assert batch.json() == {"items": short, "policy_version": single[0]["policy_version"]}
    assert {one["permit"] for one in short} == {True, False}
    assert [one["permit"] for one in short[:12]] == [True, False, False, True, True, False, True, False, False, True, False, False]


def test_asking_makes_nobody_known(served: Live) -> None:
    """Neither one question nor many put somebody on record."""
    asked = {**ASKED, "subject": {"kind": "email", "value": "nobody@example.org"}}
    with served.client(served.key(["decide"])) as client:
        assert not client.post("/v1/decisions", json=asked).json()["permit"]
        client.post("/v1/decisions/batch", json={"questions": [asked]})
        client.post("/v1/decisions/explain", json=asked)
    assert find_subjects(served.house, [("email", "nobody@example.org")]) == [None]


def test_a_browsers_signal_is_an_objection_to_what_the_policy_names(served: Live) -> None:
    """Passed on with a question, it denies what the consent of the person would permit, records no use, and stands for nothing else."""
    subject = person(served.house, "a@example.org")
    say(served.house, subject, yes(served.house, "personalisation", None))
    asked = {"purpose": "personalisation", "data": ["interests"], "subject": named(subject)}
    with served.client(served.key(["decide"])) as client:
        assert client.post("/v1/decisions", json=asked).json()["permit"]
        said = client.post("/v1/decisions", json={**asked, "record": True}, headers={"Sec-GPC": "1"}).json()
        assert not said["permit"]
        assert "objected" in {reason["code"] for reason in said["reasons"]}
        assert not client.post("/v1/decisions/explain", json=asked, headers={"Sec-GPC": "1"}).json()["permit"]
        assert client.post("/v1/decisions", json=asked).json()["permit"]
    assert Kind.USE_PERMITTED not in {event.kind for event in history_of(served.house, subject)}


def test_what_is_not_enforced_yet_is_counted(served: Live) -> None:
    """One question and a thousand in `observe`: who is rolling enforcement out sees how many people it would have stopped."""
    someone, other = person(served.house, "a@example.org"), person(served.house, "b@example.org")
    settings = replace(served.house.runtime.settings, enforcement=Enforcement(Mode.OBSERVE))
    with live(replace(served.house, runtime=replace(served.house.runtime, settings=settings))) as observing, observing.client(observing.key(["decide"])) as client:
        assert client.post("/v1/decisions", json={**ASKED, "subject": named(someone)}).json()["enforcement"]["proceed"]
        many = [{**ASKED, "subject": named(one)} for one in (someone, other, other)]
        assert all(item["proceed"] for item in client.post("/v1/decisions/batch", json={"questions": many}).json()["items"])
        (line,) = (line for line in report(observing.house).lines if line.purpose == "newsletters")
    assert (line.asked, line.denied, line.people) == (4, 4, 2)


def test_an_explanation_has_the_published_shape(served: Live) -> None:
    """At length, in the language asked for."""
    schema = json.loads((ROOT / "schema" / "explanation.json").read_text("utf-8"))
    with served.client(served.key(["decide"])) as client:
        found = client.post("/v1/decisions/explain", json=ASKED, headers={"Accept-Language": "id-ID, en;q=0.5"})
        english = client.post("/v1/decisions/explain", json=ASKED)
        problem(client.post("/v1/decisions/explain", json={**ASKED, "record": True}), 400, "invalid")
    jsonschema.validate(found.json(), schema)
    assert found.json()["reasons"][0]["code"] == english.json()["reasons"][0]["code"]
    assert found.json()["reasons"][0]["text"] != english.json()["reasons"][0]["text"]


def test_a_use_is_recorded_when_asked_and_once(served: Live) -> None:
    """With the application's name; sent twice under one name, in a batch too, it is one use; what cannot be recorded says so."""
    subject = person(served.house)
    say(served.house, subject, yes(served.house, "newsletters", "email"))
    asked = {**ASKED, "subject": named(subject), "record": True}

    def uses() -> list[Any]:
        return [event.details for event in history_of(served.house, subject) if event.kind is Kind.USE_PERMITTED]

    with served.client(served.key(["decide"], "mailer")) as client:
        client.post("/v1/decisions", json={**asked, "record": False})
        assert uses() == []
        first, again = (client.post("/v1/decisions", json=asked, headers={"Idempotency-Key": "use"}) for _ in range(2))
        assert first.content == again.content
        assert [one["application"] for one in uses()] == ["mailer"]
        for _ in range(2):
            client.post("/v1/decisions/batch", json={"questions": [asked, {**asked, "channel": "sms"}]}, headers={"Idempotency-Key": "uses"})
        assert len(uses()) == 2
        problem(client.post("/v1/decisions", json={**ASKED, "record": True}), 422, "unprocessable")
        held = problem(client.post("/v1/decisions/batch", json={"questions": [asked, {**asked, "at": "2026-12-01T00:00:00Z"}]}), 422, "unprocessable")
        assert [one["pointer"] for one in held["errors"]] == ["/questions/1/record"]
    assert len(uses()) == 2


def test_a_batch_names_each_part_that_is_wrong(served: Live) -> None:
    """By its pointer, whatever came before it; what looks like a question that was read before is read by itself."""
    good = {**ASKED, "subject": named(uuid4())}
    wrong: list[tuple[Any, list[str]]] = [
        ({**good, "extra": 1}, ["extra"]), ({**good, "data": "email"}, ["data"]), ({**good, "data": [1]}, ["data/0"]),
        ({**good, "channel": None}, ["channel"]), ({**good, "subject": "sub_1"}, ["subject"]), ({**good, "subject": None}, ["subject"]),
        ({**good, "data": {"email": 1}}, ["data"]), ("text", [""]), ({"purpose": "x"}, ["data"]), ({**good, "at": "yesterday"}, ["at"]),
        ({**good, "country": "Japan"}, ["country"]), ({**good, "operation": "sell"}, ["operation"]), ({**good, "purpose": ""}, ["purpose"]),
    ]  # fmt: skip
    with served.client(served.key(["decide"])) as client:
        for item, parts in wrong:
            held = problem(client.post("/v1/decisions/batch", json={"questions": [good, item, good]}), 400, "invalid")
            assert [one["pointer"] for one in held["errors"]] == [f"/questions/1/{part}".rstrip("/") for part in parts], item
        nobody = {**good, "subject": {"kind": "email", "value": "budi"}}
        held = problem(client.post("/v1/decisions/batch", json={"questions": [good, nobody, good]}), 422, "unprocessable")
        assert [one["pointer"] for one in held["errors"]] == ["/questions/1/subject/value"]
        bodies: tuple[Any, ...] = ({"questions": []}, {"questions": [good] * 1001}, {}, [], {"questions": [good], "more": 1})
        for body in bodies:
            problem(client.post("/v1/decisions/batch", json=body), 400, "invalid")


def test_a_confined_key_asks_about_its_purposes_alone(served: Live) -> None:
    """In a batch the whole of it is refused, naming what is outside."""
    with served.client(served.key(["decide"], purposes=["newsletters"])) as client:
        held = problem(client.post("/v1/decisions/batch", json={"questions": [ASKED, {**ASKED, "purpose": "delivery"}]}), 403, "purpose")
        assert [one["pointer"] for one in held["errors"]] == ["/questions/1/purpose"]
        problem(client.post("/v1/decisions/explain", json={**ASKED, "purpose": "delivery"}), 403, "purpose")
        assert client.post("/v1/decisions/batch", json={"questions": [ASKED]}).status_code == 200


def test_facts_with_mistakes_are_told_without_their_values(served: Live) -> None:
    """422, and not a word of what stood there."""
    with served.client(served.key(["decide"])) as client:
        answer = client.post("/v1/decisions", json={**ASKED, "facts": {"born": "canary-2008", "canary": "canary-1"}})
        batch = client.post("/v1/decisions/batch", json={"questions": [ASKED, {**ASKED, "facts": {"born": "canary-2008"}}]})
    assert {one["pointer"] for one in problem(answer, 422, "unprocessable")["errors"]} == {"/facts"}
    assert {one["pointer"] for one in problem(batch, 422, "unprocessable")["errors"]} == {"/questions/1/facts"}
    assert "canary" not in answer.text + batch.text
