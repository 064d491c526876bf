"""Choices and people over HTTP: recorded once, whatever is sent twice, in one piece, in a batch or in lines."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.choosing import Clock, make_house, person, yes
from tests.journeys.test_api import problem
from tests.live import Live, live

from janji.ledger.events import Kind
from janji.workflows.consents import Asked, choose, text_of
from janji.workflows.people import find_subjects
from janji.workflows.recording import history_of


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def served(database_url: str, clock: Clock) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url, clock)) as found:
        yield found


def grant(subject: Any, **more: Any) -> dict[str, Any]:
    """A valid yes."""
    named = subject if isinstance(subject, dict) else f"sub_{subject}"
    return {"subject": named, "verb": "grant", "purpose": "newsletters", "channel": "email", "language": "id", "method": "unticked-box", **more}


def kinds(served: Live, subject: Any) -> list[str]:
    """What is on record of a person."""
    return [str(event.kind) for event in history_of(served.house, subject) if event.kind is not Kind.TASK_OPENED]


def test_a_yes_and_a_no(served: Live) -> None:
    """A yes is recorded with its digest, a no with what it sets off; both are events of the ledger."""
    subject = person(served.house)
    text = text_of(served.house, "newsletters", "id")
    assert text is not None
    with served.client(served.key(["consents:write"])) as client:
        yes = client.post("/v1/consents", json=grant(subject, notice_digest=text.digest))
        no = client.post("/v1/consents", json={"subject": f"sub_{subject}", "verb": "withdraw", "purpose": "newsletters"})
    assert (yes.status_code, no.status_code) == (201, 201)
    events = history_of(served.house, subject)
    assert [yes.json()["id"], no.json()["id"]] == [event.id for event in events[1:3]]
    assert yes.json()["version"] == 2
    assert no.json()["cascade"]["purposes"] == ["newsletters"]


def test_a_choice_that_does_not_count_says_why(served: Live) -> None:
    """422 with every reason, and nothing recorded."""
    subject = person(served.house)
    with served.client(served.key(["consents:write"])) as client:
        held = problem(client.post("/v1/consents", json=grant(subject, method="pre-ticked")), 422, "rejected")
        assert {one["code"] for one in held["errors"]} == {"pre-ticked"}
        assert held["errors"][0]["clauses"]
        problem(client.post("/v1/consents", json=grant(uuid4())), 422, "rejected")
    assert kinds(served, subject) == ["age.recorded"]


def test_who_is_named_is_made_known_by_a_choice_that_counts_alone(served: Live) -> None:
    """With the scope for it; without it, or when the choice does not count, nobody is put on record."""
    new = {"kind": "email", "value": "baru@example.org"}
    refusal = {"subject": new, "verb": "refuse", "purpose": "newsletters"}

    def known() -> bool:
        return find_subjects(served.house, [("email", "baru@example.org")]) != [None]

    with served.client(served.key(["consents:write"])) as client:
        held = problem(client.post("/v1/consents", json=refusal), 422, "rejected")
        assert held["errors"][0]["code"] == "person-unknown"
        assert not known()
    with served.client(served.key(["consents:write", "subjects:write"])) as client:
        problem(client.post("/v1/consents", json={**refusal, "purpose": "nothing"}), 422, "rejected")
        assert not known()
        assert client.post("/v1/consents", json=refusal).status_code == 201
        assert known()


def test_the_same_request_twice_is_done_once(served: Live) -> None:
    """The same answer with the same name and body; another body is 422; a day later it is another request."""
    subject = person(served.house)
    with served.client(served.key(["consents:write"])) as client, served.client(served.key(["consents:write"], "other")) as other:
        named = {"Idempotency-Key": "order-1"}
        first = client.post("/v1/consents", json=grant(subject), headers=named)
        again = client.post("/v1/consents", json=grant(subject), headers=named)
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert kinds(served, subject) == ["age.recorded", "consent.given"]
        problem(client.post("/v1/consents", json=grant(subject, language="en"), headers=named), 422, "key-reused")
        assert other.post("/v1/consents", json=grant(subject), headers=named).json()["id"] != first.json()["id"]
        rejected = [client.post("/v1/consents", json=grant(subject, method="silence"), headers={"Idempotency-Key": "x"}) for _ in range(2)]
        assert [one.status_code for one in rejected] == [422, 422]
        assert rejected[0].content == rejected[1].content
        problem(client.post("/v1/consents", json=grant(subject), headers={"Idempotency-Key": "a b"}), 400, "invalid")
        served.house.runtime.clock.put_on(hours=25)  # type: ignore[attr-defined]
        assert client.post("/v1/consents", json=grant(subject), headers=named).json()["id"] != first.json()["id"]


def test_the_same_request_at_the_same_time_is_done_once(served: Live) -> None:
    """Eight at once: one event; whoever is not answered alike is told that it is being worked on."""
    subject, key = person(served.house), served.key(["consents:write"])
    answers: list[httpx.Response] = []

    def send() -> None:
        with served.client(key) as client:
            answers.append(client.post("/v1/consents", json=grant(subject), headers={"Idempotency-Key": "once"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds(served, subject) == ["age.recorded", "consent.given"]
    done = {one.content for one in answers if one.status_code == 201}
    assert len(done) == 1
    for one in answers:
        if one.status_code != 201:
            problem(one, 409, "in-progress")
            assert one.headers["retry-after"] == "1"


def test_what_is_kept_of_a_repeated_request_holds_nothing_personal(served: Live) -> None:
    """The row has digests and a sealed answer: neither the address, the subject nor the event is found in it."""
    from janji.store.database import connection

    subject = person(served.house)
    with served.client(served.key(["consents:write"])) as client:
        made = client.post("/v1/consents", json=grant({"kind": "email", "value": "ani@example.org"}), headers={"Idempotency-Key": "k1"}).json()
    ((row,),) = connection().execute("SELECT kept_answer::text FROM kept_answer").fetchall()
    held = b"".join(bytes.fromhex(part) for part in re.findall(r"\\x([0-9a-f]+)", row))
    for word in (b"ani@", b"k1", str(subject).encode(), subject.bytes, made["id"].encode(), made["digest"].encode()):
        assert word not in held
        assert word.decode("latin-1") not in row


def test_a_batch_is_one_transaction_with_an_answer_for_each(served: Live) -> None:
    """The valid ones are recorded in their order, the others say why; a name makes it one request."""
    ani, budi = person(served.house), person(served.house, "budi@example.org")
    items = [grant(ani), grant(budi, method="silence"), {"subject": f"sub_{ani}", "verb": "withdraw", "purpose": "newsletters"}]
    with served.client(served.key(["consents:write"])) as client:
        answers = [client.post("/v1/consents/batch", json={"items": items}, headers={"Idempotency-Key": "b"}) for _ in range(2)]
        assert answers[0].content == answers[1].content
        found = answers[0].json()["items"]
        held = problem(client.post("/v1/consents/batch", json={"items": [grant(ani), {**grant(ani), "verb": "x"}]}), 400, "invalid")
        assert [one["pointer"] for one in held["errors"]] == ["/items/1/verb"]
    assert [sorted(one) for one in found] == [["digest", "id", "version"], ["rejections"], ["cascade", "digest", "id", "version"]]
    assert kinds(served, ani) == ["age.recorded", "consent.given", "consent.withdrawn"]


def test_a_stream_answers_line_by_line(served: Live) -> None:
    """Each line has its answer, a broken one says what is wrong with it; sent again with its name, nothing is done twice."""
    ani = person(served.house)
    lines = [json.dumps(grant(ani)), "{", json.dumps({**grant(ani), "verb": "withdraw"}), json.dumps(grant(ani, purpose="nothing"))]
    lines.insert(2, '{"subject":' + "[" * 300 + "]" * 300 + "}")
    with served.client(served.key(["consents:write"])) as client:
        answers = [
            client.post("/v1/consents/stream", content="\n".join(lines), headers={"Content-Type": "application/x-ndjson", "Idempotency-Key": "s"})
            for _ in range(2)
        ]
        problem(client.post("/v1/consents/stream", content="x", headers={"Content-Type": "application/json"}), 415, "media-type")
    first, again = ([json.loads(line) for line in one.text.splitlines()] for one in answers)
    assert answers[0].headers["content-type"] == "application/x-ndjson"
    assert [min(one) for one in first] == ["digest", "rejections", "rejections", "cascade", "rejections"]
    assert first[1]["rejections"][0]["code"] == "invalid"
    assert [one.get("id") for one in first] == [one.get("id") for one in again]
    assert kinds(served, ani) == ["age.recorded", "consent.given", "consent.withdrawn"]


def test_what_names_nobody_spoils_its_own_choice_alone(served: Live) -> None:
    """An address that is none, a number that is none: each is answered where it stands, and the others of batch and stream are recorded."""
    ani = person(served.house)
    broken = [{**grant(ani), "subject": {"kind": kind, "value": value}} for kind, value in (("email", "budi"), ("phone", "12"))]
    items = [grant(ani), *broken, grant(ani)]
    with served.client(served.key(["consents:write", "subjects:write"])) as client:
        batch = client.post("/v1/consents/batch", json={"items": items}, headers={"Idempotency-Key": "b"})
        lines = "\n".join(map(json.dumps, items))
        stream = client.post("/v1/consents/stream", content=lines, headers={"Content-Type": "application/x-ndjson"})
        held = client.post("/v1/consents", json=broken[0]).json()
    assert (batch.status_code, stream.status_code) == (200, 200)
    for answers in (batch.json()["items"], [json.loads(line) for line in stream.text.splitlines()]):
        assert [min(one) for one in answers] == ["digest", "rejections", "rejections", "digest"]
        found = [answer["rejections"][0] for answer in answers[1:3]]
        assert [one["code"] for one in found] == ["identifier-unreadable"] * 2
        assert found[0]["text"] == held["detail"]
        assert "budi" not in batch.text + stream.text
    assert kinds(served, ani).count("consent.given") == 4


def test_a_confined_key_writes_its_purposes_alone(served: Live) -> None:
    """One choice, one of a batch, one line: outside of the key's purposes nothing is recorded."""
    ani = person(served.house)
    with served.client(served.key(["consents:write"], purposes=["statistics"])) as client:
        problem(client.post("/v1/consents", json=grant(ani)), 403, "purpose")
        held = problem(client.post("/v1/consents/batch", json={"items": [grant(ani)]}), 403, "purpose")
        assert held["errors"][0]["pointer"] == "/items/0/purpose"
        line = client.post("/v1/consents/stream", content=json.dumps(grant(ani)), headers={"Content-Type": "application/x-ndjson"}).json()
        assert line["rejections"][0]["code"] == "purpose"
    assert kinds(served, ani) == ["age.recorded"]


def test_a_confined_key_finds_whom_its_purposes_know(served: Live) -> None:
    """Somebody without a word about them looks like nobody, and putting them on record does not tell that they were."""
    ani = person(served.house)
    wanted = {"identifiers": [{"kind": "email", "value": "ani@example.org"}]}
    with served.client(served.key(["subjects:read", "subjects:write"], purposes=["newsletters"])) as client:
        assert client.post("/v1/subjects/find", json=wanted).json() == {"items": [{}]}
        assert client.post("/v1/subjects", json=wanted).status_code == 200
        new = {"identifiers": [{"kind": "email", "value": "new@example.org"}]}
        assert client.post("/v1/subjects", json=new).status_code == 200
        choose(served.house, Asked(subject=ani, choice=yes(served.house, "newsletters", "email")))
        assert client.post("/v1/subjects/find", json=wanted).json() == {"items": [{"subject": f"sub_{ani}"}]}


def test_people_are_put_on_record_once_and_found_again(served: Live) -> None:
    """201 and then 200 with the same person; who is found comes in the order asked, who is not is empty."""
    with served.client(served.key(["subjects:write", "subjects:read"])) as client:
        both = {"identifiers": [{"kind": "email", "value": "Cici@example.org"}, {"kind": "phone", "value": "0812 3456 7890"}]}
        first, again = client.post("/v1/subjects", json=both), client.post("/v1/subjects", json=both)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        found = client.post("/v1/subjects/find", json={"identifiers": [
            {"kind": "email", "value": "nobody@example.org"}, {"kind": "phone", "value": "+62 812 3456 7890"},
        ]})  # fmt: skip
        assert found.json() == {"items": [{}, first.json()]}
        wrong = client.post("/v1/subjects", json={"identifiers": [{"kind": "email", "value": "no address"}]})
        assert [one["pointer"] for one in problem(wrong, 422, "unprocessable")["errors"]] == ["/identifiers/0/value"]
        assert "no address" not in wrong.text
        several = {"identifiers": [*both["identifiers"], {"kind": "phone", "value": "12"}]}
        wrong = client.post("/v1/subjects/find", json=several)
        assert [one["pointer"] for one in problem(wrong, 422, "unprocessable")["errors"]] == ["/identifiers/2/value"]
