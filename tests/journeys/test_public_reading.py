"""What applications read of people over HTTP: within the purposes of their key, page by page, each thing in its published shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jsonschema
import pytest
from tests.choosing import Clock, make_house, no, person, say, yes
from tests.live import Live, live

from janji.decision.question import Question
from janji.ledger.events import Actor, Kind
from janji.ledger.proofs import read_proof, verify_proof
from janji.store import database
from janji.workflows.consents import restrict
from janji.workflows.forgetting import forget
from janji.workflows.identity import merge
from janji.workflows.people import subjects_for
from janji.workflows.recording import Entry, record
from janji.workflows.tracks import run

ROOT = Path(__file__).parents[2]
KINDS = ("standing", "consents", "track")


def valid(answer: httpx.Response, schema: str) -> dict[str, Any]:
    """The JSON of an answer, held against its published schema."""
    assert answer.status_code == 200, answer.text
    held: dict[str, Any] = answer.json()
    jsonschema.validate(held, json.loads((ROOT / "schema" / f"{schema}.json").read_text("utf-8")))
    return held


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def served(database_url: str, clock: Clock) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url, clock)) as found:
        yield found


def busy(served: Live, address: str = "ani@example.org") -> UUID:
    """Somebody of whom several things are on record."""
    house = served.house
    subject = person(house, address)
    say(house, subject, yes(house, "newsletters", "email"))
    say(house, subject, yes(house, "site-analytics"))
    say(house, subject, no("newsletters", "email"))
    restrict(house, subject, Actor.PERSON)
    record(house, [Entry(subject=subject, kind=Kind.USE_PERMITTED, actor=Actor.SYSTEM, details={"purpose": "site-analytics", "data": ["browsing"]})])
    return subject


def everything(client: httpx.Client, address: str, limit: int) -> list[dict[str, Any]]:
    """Every line of every page."""
    page = valid(client.get(address, params={"limit": limit}), "track")
    found = list(page["items"])
    while "next" in page:
        page = valid(client.get(address, params={"limit": limit, "cursor": page["next"]}), "track")
        assert page["items"]
        assert len(page["items"]) <= limit
        found += page["items"]
    return found


def test_the_standing_by_name(served: Live) -> None:
    """In its published shape, with a tag by which it is asked for again."""
    subject = busy(served)
    with served.client(served.key(["subjects:read"])) as client:
        answer = client.get(f"/v1/subjects/sub_{subject}/standing")
        held = valid(answer, "standing")
        assert held["subject"] == f"sub_{subject}"
        assert held["standing"]["restricted"] is True
        assert {one["purpose"] for one in held["standing"]["consents"]} == {"newsletters", "site-analytics"}
        assert answer.headers["cache-control"] == "private, no-cache"
        tag = {"If-None-Match": answer.headers["etag"]}
        assert client.get(f"/v1/subjects/sub_{subject}/standing", headers=tag).status_code == 304
        say(served.house, subject, no("site-analytics"))
        answer = client.get(f"/v1/subjects/sub_{subject}/standing", headers=tag)
        assert answer.status_code == 200
        assert [set(one) for one in answer.json()["standing"]["consents"] if one["purpose"] == "site-analytics"] == [{"purpose", "version", "state"}]


def test_what_a_person_said_and_all_that_was_done(served: Live) -> None:
    """Choices alone under `consents`, everything under `track`, the newest first, the same in pages of every size."""
    subject = busy(served)
    with served.client(served.key(["consents:read", "tracks:read"])) as client:
        said = everything(client, f"/v1/subjects/sub_{subject}/consents", 50)
        assert [one["kind"] for one in said] == ["restriction.set", "consent.withdrawn", "consent.given", "consent.given"]
        done = everything(client, f"/v1/subjects/sub_{subject}/track", 50)
        assert {"use.permitted", "age.recorded", "task.opened"} <= {one["kind"] for one in done}
        for limit in (1, 2, 3):
            assert everything(client, f"/v1/subjects/sub_{subject}/consents", limit) == said
            assert everything(client, f"/v1/subjects/sub_{subject}/track", limit) == done
        assert len(client.get(f"/v1/subjects/sub_{subject}/track", params={"limit": -5}).json()["items"]) == 1


def test_pages_are_not_moved_by_what_is_recorded_meanwhile(served: Live, clock: Clock) -> None:
    """Neither lost nor twice: new entries are in no later page of a reading that began before them."""
    subject = busy(served)
    address = f"/v1/subjects/sub_{subject}/track"
    with served.client(served.key(["tracks:read"])) as client:
        before = everything(client, address, 50)
        page = client.get(address, params={"limit": 2}).json()
        found = page["items"]
        while "next" in page:
            clock.put_on(seconds=1)
            say(served.house, subject, yes(served.house, "site-analytics"))
            page = client.get(address, params={"limit": 2, "cursor": page["next"]}).json()
            found += page["items"]
        assert found == before
        assert len(everything(client, address, 50)) > len(before)


def test_a_history_that_was_not_reached_yet_keeps_its_beginning(served: Live, clock: Clock) -> None:
    """A page that is all of one of two histories, or has no run: what comes meanwhile in the other is in no later page."""
    house = served.house
    ani, other = person(house), person(house, "other@example.org")
    say(house, ani, yes(house, "site-analytics"))
    clock.put_on(minutes=1)
    say(house, other, yes(house, "site-analytics"))
    merge(house, ani, other, Actor.STAFF)
    question = Question("site-analytics", ("browsing",), house.runtime.now())
    with served.client(served.key(["tracks:read", "consents:read"])) as client:
        for kind in ("consents", "track"):
            address = f"/v1/subjects/sub_{ani}/{kind}"
            before = [one["id"] for one in everything(client, address, 50)]
            page = client.get(address, params={"limit": 1}).json()
            clock.put_on(minutes=1)
            say(house, ani, yes(house, "site-analytics"))
            run(house, replace(question, at=house.runtime.now()))
            rest = client.get(address, params={"limit": 50, "cursor": page["next"]}).json()
            assert [one["id"] for one in (*page["items"], *rest["items"])] == before
            assert "run.executed" in {one["kind"] for one in everything(client, f"/v1/subjects/sub_{ani}/track", 50)}


def test_a_merged_person_is_read_with_the_survivor(served: Live, clock: Clock) -> None:
    """By either number; both histories in one row of time, and the runs that either was in."""
    house = served.house
    ani, other = busy(served), person(house, "other@example.org")
    clock.put_on(minutes=1)
    say(house, other, yes(house, "newsletters", "sms"))
    clock.put_on(minutes=1)
    run(house, Question("newsletters", ("email",), house.runtime.now(), channel="sms"))
    clock.put_on(minutes=1)
    merge(house, ani, other, Actor.STAFF)
    with served.client(served.key(["tracks:read", "subjects:read"])) as client:
        whole = everything(client, f"/v1/subjects/sub_{ani}/track", 50)
        assert everything(client, f"/v1/subjects/sub_{other}/track", 3) == whole
        kinds = [one["kind"] for one in whole]
        assert {"run.executed", "person.merged", "person.absorbed"} <= set(kinds)
        (executed,) = [one for one in whole if one["kind"] == "run.executed"]
        assert "pending" not in executed["details"]
        assert [one["at"] for one in whole] == sorted((one["at"] for one in whole), reverse=True)
        assert valid(client.get(f"/v1/subjects/sub_{other}/standing"), "standing")["subject"] == f"sub_{ani}"


def test_a_confined_key_reads_what_is_about_its_purposes(served: Live) -> None:
    """Events of other purposes, and what names none, are not there; of the standing, what is theirs and what stops all."""
    subject = busy(served)
    with served.client(served.key(purposes=["newsletters"])) as client:
        for kind in ("consents", "track"):
            found = everything(client, f"/v1/subjects/sub_{subject}/{kind}", 2)
            assert found
            assert {one["details"]["purpose"] for one in found} == {"newsletters"}
        held = valid(client.get(f"/v1/subjects/sub_{subject}/standing"), "standing")["standing"]
        assert set(held) == {"restricted", "consents"}
        assert {one["purpose"] for one in held["consents"]} == {"newsletters"}


def test_who_is_nobody_and_who_is_none_of_the_keys_business_look_alike(served: Live) -> None:
    """Unknown, forgotten, without a word about the key's purposes, and no number at all: one answer."""
    busy_one, quiet = busy(served), person(served.house, "quiet@example.org")
    addresses = [f"sub_{uuid4()}", f"sub_{quiet}", "sub_x", str(busy_one), "email:ani@example.org"]
    with served.client(served.key(purposes=["newsletters"])) as client:
        for kind in KINDS:
            answers = [client.get(f"/v1/subjects/{one}/{kind}") for one in addresses]
            assert {one.status_code for one in answers} == {404}
            assert len({one.content for one in answers}) == 1
            told = [{name: value for name, value in one.headers.items() if name not in ("date", "x-request-id")} for one in answers]
            assert all(one == told[0] for one in told)
            assert client.get(f"/v1/subjects/sub_{busy_one}/{kind}").status_code == 200


def test_who_was_forgotten_is_not_there(database_url: str, tmp_path: Path) -> None:
    """As if they had never been: standing, choices, receipt and proof."""
    from janji.workflows.runtime import Settings

    made = make_house(database_url)
    (tmp_path / "keys").mkdir()
    house = replace(made, runtime=replace(made.runtime, settings=Settings(data_dir=tmp_path)))
    with live(house) as served:
        subject = person(house)
        given = say(house, subject, yes(house, "newsletters", "email")).recorded
        assert given is not None
        with served.client(served.key()) as client:
            assert client.get(f"/v1/consents/{given.id}/receipt").status_code == 200
            forget(house, subject)
            for address in (*(f"/v1/subjects/sub_{subject}/{kind}" for kind in KINDS), f"/v1/consents/{given.id}/receipt", f"/v1/events/{given.id}/proof"):
                assert client.get(address).status_code == 404, address


def test_a_receipt_and_a_proof(served: Live) -> None:
    """In their published shapes; the proof holds by itself."""
    house = served.house
    subject = person(house)
    given = say(house, subject, yes(house, "newsletters", "email")).recorded
    assert given is not None
    with served.client(served.key(["consents:read"])) as client:
        for id in (str(given.id), f"con_{given.id}"):
            held = valid(client.get(f"/v1/consents/{id}/receipt"), "consent-receipt")
            assert str(given.id) in json.dumps(held)
        answer = client.get(f"/v1/events/{given.id}/proof")
        valid(answer, "ledger-proof")
        event, _ = verify_proof(read_proof(answer.content))
        assert event.id == str(given.id)
        for id in (str(uuid4()), "x", f"sub_{given.id}", "con_", "../policy"):
            assert client.get(f"/v1/consents/{id}/receipt").status_code == 404
            assert client.get(f"/v1/events/{id}/proof").status_code == 404


def test_receipts_and_proofs_stay_within_the_keys_purposes(served: Live) -> None:
    """What is about another purpose is not there, whoever knows its number."""
    house = served.house
    subject = person(house)
    given = say(house, subject, yes(house, "newsletters", "email")).recorded
    assert given is not None
    (age,) = [row[0] for row in database.connection().execute("SELECT id FROM event WHERE kind = 'age.recorded'")]
    with served.client(served.key(purposes=["site-analytics"])) as other, served.client(served.key(purposes=["newsletters"])) as own:
        for kind, id in (("consents", given.id), ("events", given.id), ("events", age)):
            address = f"/v1/{kind}/{id}/{'receipt' if kind == 'consents' else 'proof'}"
            assert other.get(address).status_code == 404
            assert own.get(address).status_code == (200 if id == given.id else 404)
            assert other.get(address).content == other.get(address.replace(str(id), str(uuid4()))).content


@pytest.mark.parametrize(("address", "scope"), [
    ("/v1/subjects/{sub}/standing", "subjects:read"), ("/v1/subjects/{sub}/consents", "consents:read"), ("/v1/subjects/{sub}/track", "tracks:read"),
    ("/v1/consents/{id}/receipt", "consents:read"), ("/v1/events/{id}/proof", "consents:read"),
])  # fmt: skip
def test_a_key_needs_the_scope(served: Live, address: str, scope: str) -> None:
    """Without a key 401, with any other scope 403, before anything is looked up."""
    from janji.workflows.api_keys import Scope

    path = address.format(sub=f"sub_{uuid4()}", id=uuid4())
    with served.client() as client:
        assert client.get(path).status_code == 401
    with served.client(served.key([str(one) for one in Scope if one != scope])) as client:
        assert client.get(path).status_code == 403
    with served.client(served.key([scope])) as client:
        assert client.get(path).status_code == 404


def test_a_cursor_is_sealed_and_serves_one_person_and_one_address(served: Live) -> None:
    """No pseudonym is in it, and whoever changes or moves it gets 422."""
    import base64

    ani, other = busy(served), busy(served, "other@example.org")
    track, consents = f"/v1/subjects/sub_{ani}/track", f"/v1/subjects/sub_{ani}/consents"
    with served.client(served.key(["tracks:read", "consents:read"])) as client:
        cursor = client.get(track, params={"limit": 1}).json()["next"]
        for pseudonym in (bytes(row[0]) for row in database.connection().execute("SELECT pseudonym FROM subject")):
            assert pseudonym.hex() not in cursor
            assert pseudonym not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert client.get(track, params={"limit": 1, "cursor": cursor}).status_code == 200
        for address, text in (
            (track, cursor[:-2]), (track, ("B" if cursor[0] == "A" else "A") + cursor[1:]), (track, ""), (track, "é"), (track, "x" * 10_000), (track, "%00"),
            (consents, cursor), (f"/v1/subjects/sub_{other}/track", cursor),
        ):  # fmt: skip
            answer = client.get(address, params={"limit": 1, "cursor": text})
            assert answer.status_code == 422, text[:20]
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_list_of_other_people_is_not_read_through_a_shared_history(served: Live, clock: Clock) -> None:
    """What runs are about is worked out for the person alone: who came later is in none."""
    house = served.house
    subject = busy(served)
    run(house, Question("newsletters", ("email",), house.runtime.now(), channel="email"))
    clock.at += timedelta(minutes=1)
    (late,) = subjects_for(house, [("email", "late@example.org")])
    say(house, late, no("newsletters"))
    with served.client(served.key(["tracks:read"])) as client:
        for one in (subject, late):
            found = everything(client, f"/v1/subjects/sub_{one}/track", 50)
            assert "run.executed" not in {line["kind"] for line in found}
