"""Consumers of webhooks by the command line and over HTTP: registered, listed, tested, told again, and who knows what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.live import Live, live
from tests.people_house import NOW, Clock, make_house
from tests.receiver import Receiver, receiving, status

from janji.ledger.events import Actor, Kind
from janji.workflows.house import House
from janji.workflows.keys import load_keeper, make_keeper
from janji.workflows.ledger import sequence_all
from janji.workflows.people import subjects_for
from janji.workflows.recording import Entry, record_one
from janji.workflows.runtime import open_runtime
from janji.workflows.webhooks import deliver_due

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    """A house whose keys are in its folder, and that may tell this machine."""
    runtime = open_runtime(environment={"JANJI_DATA_DIR": str(tmp_path)})
    (tmp_path / "keys").mkdir()
    make_keeper(runtime)
    made = make_house(database_url, tmp_path, load_keeper(runtime.settings))
    Clock.moved = datetime.now(UTC) - NOW  # the program, which works beside it, goes by the day on which this is run
    settings = replace(made.runtime.settings, webhook_networks=(ip_network("127.0.0.0/8"),))
    return replace(made, runtime=Clock(settings, made.runtime.tongue))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who listens."""
    with receiving() as held:
        yield held


@pytest.fixture
def run(house: House, database_url: str, tmp_path: Path) -> Run:
    """The program on that record."""
    environment = {**os.environ, "JANJI_DATA_DIR": str(tmp_path), "JANJI_DATABASE_URL": database_url, "NO_COLOR": "1", "COLUMNS": "200",
                   "JANJI_LANG": "en", "JANJI_WEBHOOK_NETWORKS": "127.0.0.0/8"}  # fmt: skip

    def command(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([sys.executable, "-m", "janji", *words], env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return command


def withdraw(house: House, purpose: str = "newsletters") -> tuple[UUID, UUID]:
    """A withdrawal of somebody: the event and the person."""
    (subject,) = subjects_for(house, [("email", "siti@example.com")])
    done = record_one(house, Entry(subject=subject, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details={"purpose": purpose}))
    return done.id, subject


def test_a_consumer_by_the_command_line(run: Run, house: House, receiver: Receiver) -> None:
    """Its whole life, in words and as JSON; the secret is printed once and nowhere else."""
    made = json.loads(run("webhook", "add", "crm", receiver.url, "--topic", "withdrawal", "--purpose", "newsletters", "--format", "json").stdout)
    assert made["secret"].startswith("whsec_")
    listed = run("webhook", "list").stdout
    assert "crm: active" in listed
    assert "for: newsletters" in listed
    assert made["secret"] not in listed
    event, _ = withdraw(house)
    assert "crm: does not know yet" in run("webhook", "deliveries", str(event)).stdout
    sequence_all()
    receiver.answer = status(500)
    assert deliver_due(house).waiting == 1
    assert "crm: does not know yet; attempts: 1, the last: 500" in run("webhook", "deliveries", str(event)).stdout
    assert "takes nothing since" in run("webhook", "list").stdout
    assert "webhooks" in run("doctor", code=1).stdout
    assert "not taken: it answered with status 500" in run("webhook", "test", "crm", code=1).stdout
    receiver.answer = status(200)
    assert "taken, with status 200" in run("webhook", "test", "crm").stdout
    assert receiver.got[-1].type == "test"
    assert receiver.got[-1].signed_by(made["secret"])
    Clock.moved += Clock.moved.resolution * 3600 * 10**6
    assert deliver_due(house).told == 1
    (line,) = json.loads(run("webhook", "deliveries", str(event), "--format", "json").stdout)["items"]
    assert (line["state"], line["name"], line["outcome"]) == ("told", "crm", "200")
    assert f"by event `{line['told']}`" in run("webhook", "deliveries", str(event)).stdout
    assert "a consumer told of it" in run("track", "show", "email:siti@example.com").stdout
    fresh = json.loads(run("webhook", "rotate", "crm", "--overlap", "0", "--format", "json").stdout)["secret"]
    assert run("webhook", "replay", "crm", "--event", str(event)).stdout.strip() == "messages that will be sent again: 1"
    deliver_due(house)
    assert receiver.got[-1].signed_by(fresh)
    assert run("webhook", "replay", "crm", "--from", "0").stdout.strip() == "messages that will be sent again: 1"
    run("webhook", "replay", "crm", code=3)
    run("webhook", "remove", "crm")
    assert run("webhook", "list").stdout.startswith("nobody is told by webhook yet")
    run("webhook", "test", "crm", code=3)
    run("webhook", "add", "ads", "http://example.com/", code=3)


@pytest.fixture
def served(house: House) -> Iterator[Live]:
    """That house, served."""
    with live(house) as found:
        yield found


def test_a_consumer_over_http(served: Live, receiver: Receiver) -> None:
    """Its whole life; the secret is in the answer that made it alone."""
    with served.client(served.key(["webhooks"])) as client:
        made = client.post("/v1/webhooks", json={"name": "crm", "url": receiver.url})
        assert made.status_code == 201
        id, secret = made.json()["id"], made.json()["secret"]
        assert "secret" not in client.get("/v1/webhooks").text + client.get(f"/v1/webhooks/{id}").text
        event, subject = withdraw(served.house)
        sequence_all()
        deliver_due(served.house)
        assert receiver.got[0].signed_by(secret)
        assert receiver.got[0].data["subject"] == f"sub_{subject}"
        (line,) = client.get(f"/v1/webhooks/{id}/deliveries", params={"event": str(event)}).json()["items"]
        assert (line["state"], line["event"]) == ("told", str(event))
        assert client.get(f"/v1/webhooks/{id}/deliveries", params={"state": "due"}).json() == {"items": []}
        assert client.post(f"/v1/webhooks/{id}/test").json() == {"acknowledged": True, "status": 204}
        assert client.post(f"/v1/webhooks/{id}/replay", params={"position": 0}).json() == {"messages": 1}
        deliver_due(served.house)
        assert receiver.got[0].id == receiver.got[-1].id
        assert client.post(f"/v1/webhooks/{id}/rotate").json()["secret"] != secret
        assert problem(client.post("/v1/webhooks", json={"name": "crm", "url": receiver.url})) == (409, "conflict")
        assert client.delete(f"/v1/webhooks/{id}").status_code == 204
        assert problem(client.get(f"/v1/webhooks/{id}")) == (404, "not-found")
        assert client.get("/v1/webhooks").json() == {"items": []}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    held: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, held["type"].removeprefix("urn:janji:problem:")


def test_pages_over_http(served: Live, receiver: Receiver) -> None:
    """Each line once, the newest first, until there is no next page."""
    with served.client(served.key(["webhooks"])) as client:
        id = client.post("/v1/webhooks", json={"name": "crm", "url": receiver.url}).json()["id"]
        events = [str(withdraw(served.house)[0]) for _ in range(5)]
        sequence_all()
        deliver_due(served.house)
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = client.get(f"/v1/webhooks/{id}/deliveries", params={"limit": "2", **cursor}).json()
            seen += [line["event"] for line in page["items"]]
            if "next" not in page:
                break
            cursor = {"cursor": page["next"]}
        assert seen == events[::-1]
        for wrong in ({"limit": "0"}, {"limit": "x"}, {"cursor": "x"}, {"state": "\0"}, {"event": "x"}):
            assert problem(client.get(f"/v1/webhooks/{id}/deliveries", params=wrong))[0] == 400


def test_a_key_sees_its_own_consumers_alone(served: Live, receiver: Receiver) -> None:
    """Confined to purposes it registers for those, and everything of another consumer is not there for it; without the scope nothing is."""
    with served.client(served.key(["webhooks"])) as all_, served.client(served.key(["webhooks"], purposes=["newsletters"])) as some:
        other = all_.post("/v1/webhooks", json={"name": "all", "url": receiver.url}).json()["id"]
        mine = some.post("/v1/webhooks", json={"name": "mail", "url": receiver.url}).json()
        assert mine["purposes"] == ["newsletters"]
        assert problem(some.post("/v1/webhooks", json={"name": "ads", "url": receiver.url, "purposes": ["targeted-advertising"]})) == (403, "refusal")
        assert [one["name"] for one in some.get("/v1/webhooks").json()["items"]] == ["mail"]
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/rotate"), ("POST", "/replay?position=0"), ("GET", "/deliveries")):
            assert problem(some.request(method, f"/v1/webhooks/{other}{path}")) == (404, "not-found")
        assert all_.get(f"/v1/webhooks/{other}").status_code == 200
    with served.client(served.key(["decide"])) as none, served.client(None) as nobody:
        assert problem(none.get("/v1/webhooks")) == (403, "scope")
        assert problem(nobody.post("/v1/webhooks", json={"name": "x", "url": receiver.url})) == (401, "unauthenticated")
    assert receiver.got == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://169.254.169.254/", "https://user:x@example.com/", "file:///etc/passwd", "x"])
def test_an_address_that_may_not_be_reached_is_refused(served: Live, url: str) -> None:
    """422, the address not repeated, nothing registered."""
    with served.client(served.key(["webhooks"])) as client:
        answer = client.post("/v1/webhooks", json={"name": "crm", "url": url})
        assert problem(answer) == (422, "unprocessable")
        assert url not in answer.text or url == "x"
        assert client.get("/v1/webhooks").json() == {"items": []}


