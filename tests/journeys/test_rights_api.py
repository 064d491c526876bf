"""Rights requests over HTTP: handed in one by one and by the thousand, paged, stepped; and what a key without the scope gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.journeys.test_api import problem
from tests.live import Live, live
from tests.people_house import Clock, make_house

from janji.ledger.events import Actor
from janji.people.identifiers import PREFIX
from janji.workflows.people import subject_with
from janji.workflows.request_intake import read_offer
from janji.workflows.requests import request_number, said

STAFF = {"proof": "staff", "by": "Sari"}


@pytest.fixture(scope="module")
def served(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A house of one's own, served."""
    folder: Path = tmp_path_factory.mktemp("rights")
    with live(make_house(module_database_url, folder)) as found:
        Clock.moved = timedelta()
        yield found


def test_a_request_from_the_door_to_the_yes(served: Live) -> None:
    """Handed in by a program, shown, agreed to; each answer is the request as it stands, and nothing that was said is in it."""
    subject = subject_with(served.house, [("email", "ani@example.org")], Actor.STAFF)
    with served.client(served.key()) as client:
        asked = {"right": "access", "subject": {"kind": "email", "value": "ani@example.org"}, "said": {"words": "KANARI"}, "language": "id"}
        answer = client.post("/v1/requests", json=asked, headers={"Idempotency-Key": "one"})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert (made["state"], made["claimed"], made["intake"], made["language"], made["late"]) == ("unverified", f"{PREFIX}{subject}", "api", "id", False)
        assert client.post("/v1/requests", json=asked, headers={"Idempotency-Key": "one"}).json() == made
        assert said(served.house, request_number(made["id"])) == {"words": "KANARI"}
        weak = client.post(f"/v1/requests/{made['id']}/verify", json={"by": "Sari", "proof": "channel"})
        assert (weak.status_code, weak.json()["type"]) == (403, "urn:janji:problem:refusal")
        shown = client.post(f"/v1/requests/{made['id']}/verify", json={"by": "Sari"}).json()
        assert (shown["state"], shown["subject"]) == ("verified", f"{PREFIX}{subject}")
        assert client.post(f"/v1/requests/{made['id']}/approve", json={"by": "Ratna"}).status_code == 403
        seen = client.get(f"/v1/requests/{made['id']}").json()
        assert seen == shown
        refused = client.post(f"/v1/requests/{made['id']}/refuse", json={"by": "Lubis", "role": "counsel", "ground": "danger-to-health"}).json()
        assert (refused["outcome"], refused["ground"]) == ("refused", "danger-to-health")
        assert "KANARI" not in str(seen) + str(refused) + str(made)


def test_many_in_one_call_and_page_by_page(served: Live) -> None:
    """Two thousand in one transaction; the queue by what is due first, the ended by what ended last."""
    with served.client(served.key()) as client:
        made = client.post("/v1/requests/batch", json={"items": [{"right": "information", **STAFF}] * 2000})
        assert made.status_code == 201, made.text
        ids = [one["id"] for one in made.json()["items"]]
        assert len(set(ids)) == 2000
        found, cursor = [], ""
        while cursor is not None:
            page = client.get(f"/v1/requests?state=working&limit=700{cursor and f'&cursor={cursor}'}").json()
            found += [one["id"] for one in page["items"]]
            cursor = page.get("next")
        assert found == ids
        for never in ("x", "req_x", f"req_{uuid4()}"):
            problem(client.get("/v1/requests", params={"cursor": never}), 422, "unprocessable")
        nothing = client.post("/v1/requests/batch", json={"items": [{"right": "information", **STAFF}, {"right": "flying"}]})
        assert nothing.status_code == 422
        assert len(client.get("/v1/requests?limit=1000&state=approval").json()["items"]) == 0
        closed = client.get("/v1/requests?state=ended").json()
        assert closed == {"items": []}


def test_what_was_asked_is_recorded_as_another_right(served: Live) -> None:
    """By its number: the answer is the new request, on the clock of the first, which ends; what the right needs is asked for, and sent twice it is one."""
    came = (served.house.runtime.now() - timedelta(hours=30)).replace(microsecond=0)
    with served.client(served.key()) as client:
        asked = {"right": "access", "contact": {"kind": "email", "value": "citra@example.org"}, "said": {"words": "my name is wrong"}, "received": came.isoformat()}
        first = client.post("/v1/requests", json=asked).json()
        meant = {"by": "Sari", "right": "correction", "said": {"correct": [{"data": "name", "becomes": "Citra Lim"}], "words": "KANARI"}}
        assert client.post(f"/v1/requests/{first['id']}/turn", json={"by": "Sari", "right": "correction"}).status_code == 422
        answers = [client.post(f"/v1/requests/{first['id']}/turn", json=meant, headers={"Idempotency-Key": "turn"}) for _ in range(2)]
        made = answers[0].json()
        assert answers[1].json() == made
        assert (made["kind"], made["came_as"], made["opened"], made["state"]) == ("correction", first["id"], first["opened"], "unverified")
        assert said(served.house, request_number(made["id"]))["words"] == "my name is wrong"
        then = client.get(f"/v1/requests/{first['id']}").json()
        assert (then["outcome"], then["same"]) == ("reclassified", made["id"])
        assert client.post(f"/v1/requests/{first['id']}/turn", json=meant).status_code == 403


def test_words_that_are_too_long_are_refused_and_not_cut(served: Live) -> None:
    """As the form does: a problem that says how many are taken; so many are taken whole."""
    asked = {"right": "access", "contact": {"kind": "email", "value": "dian@example.org"}, "said": {"words": "x" * 5001}}
    with served.client(served.key()) as client:
        refused = client.post("/v1/requests", json=asked)
        assert (refused.status_code, "5000" in refused.text) == (422, True)
        taken = client.post("/v1/requests", json={**asked, "said": {"words": "x" * 5000}})
        assert taken.status_code == 201
    assert len(said(served.house, request_number(taken.json()["id"]))["words"]) == 5000


def test_what_is_wrong_is_a_problem(served: Live) -> None:
    """Nobody's request, a person who is not on record, a key without the scope: each in its own way, without a value."""
    with served.client(served.key()) as client:
        for address in ("req_01a00000-0000-7000-8000-000000000000", "req_x", "nonsense"):
            assert client.get(f"/v1/requests/{address}").status_code == 404
            assert client.post(f"/v1/requests/{address}/approve", json={"by": "Ratna"}).status_code == 404
        stranger = client.post("/v1/requests", json={"right": "access", "subject": {"kind": "email", "value": "nobody@example.org"}})
        assert stranger.status_code == 422
        assert "nobody" not in stranger.text
        assert client.post("/v1/requests", json={"right": "access", "proof": "guess"}).status_code == 400
    with served.client(served.key(["requests:read"])) as client:
        assert client.post("/v1/requests", json={"right": "access"}).status_code == 403
        assert client.get("/v1/requests").status_code == 200
    with served.client(served.key(["requests:write"])) as client:
        assert client.get("/v1/requests").status_code == 403


MAIL = {"kind": "email", "value": "budi@example.org"}
NOBODY = {"kind": "email", "value": "stranger@example.org"}
SPOILT = {"kind": "email", "value": "budi@"}


@pytest.mark.parametrize(("wrong", "where"), [
    ({"subject": SPOILT}, "/subject/value"), ({"subject": {"kind": "phone", "value": "abc"}}, "/subject/value"), ({"subject": NOBODY}, "/subject"),
    ({"subject": "sub_00000000-0000-4000-8000-000000000000"}, ""), ({"right": "flying"}, ""), ({"proof": "staff"}, ""),
    ({"details": {"purpose": "flying"}}, ""), ({"approvals": [{"by": "Ani", "role": "nobody"}]}, ""),
    ({"contact": MAIL, "proof": "staff", "by": "Ani"}, ""), ({"received": "2999-01-01T00:00:00Z"}, ""),
])  # fmt: skip
def test_what_is_wrong_with_one_of_many_has_its_place(wrong: dict[str, Any], where: str, served: Live) -> None:
    """The one of a batch at which the whole stops is pointed at, by itself it is the body; nothing of the others is recorded."""
    with served.client(served.key()) as client:
        client.post("/v1/subjects", json={"identifiers": [MAIL]})
        sound: dict[str, Any] = {"right": "access", "subject": MAIL}
        first = {"right": "access", "contact": MAIL} if "contact" in wrong else sound
        many = client.post("/v1/requests/batch", json={"items": [first, {**sound, **wrong}]})
        alone = client.post("/v1/requests", json={**sound, **wrong})
        held = client.get("/v1/requests?state=unverified").json()["items"]
    for answer, at in ((many, "/items/1"), (alone, "")):
        assert answer.status_code in (403, 422), answer.text
        assert [one["pointer"] for one in answer.json()["errors"]] == [f"{at}{where}"]
        assert "budi@" not in answer.text
        assert "stranger" not in answer.text
    assert all(one["right"] != "access" or one.get("claimed") is None for one in held)


def test_what_is_still_to_come_was_not_received(served: Live) -> None:
    """By every body that says when something came; a clock that is a little ahead of ours is no reason, and gains nobody time."""
    with served.client(served.key()) as client:
        for path, body in (("/v1/requests", {"right": "access"}), ("/v1/requests", {"right": "access", "contact": MAIL}), ("/v1/complaints", {"text": "Hapus semua data saya."})):
            answer = client.post(path, json={**body, "received": "2999-01-01T00:00:00Z"})
            assert answer.status_code == 422, answer.text
            assert "future" in answer.text
            now = served.house.runtime.now()
            ahead = client.post(path, json={**body, "received": (now + timedelta(seconds=3)).isoformat()})
            assert ahead.status_code in (200, 201), ahead.text
            if path == "/v1/complaints":
                assert read_offer(served.house, ahead.json()["items"][0]["offer"].partition("offer=")[2]) is not None
            else:
                assert datetime.fromisoformat(ahead.json()["opened"]) < now + timedelta(seconds=3)


def test_the_contact_of_one_of_many_has_its_place(served: Live) -> None:
    """As above, where a code would go."""
    wanted = [{"right": "access", "contact": MAIL}, {"right": "access", "contact": SPOILT}]
    with served.client(served.key()) as client:
        answer = client.post("/v1/requests/batch", json={"items": wanted})
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["/items/1"])
