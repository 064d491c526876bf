"""The door over HTTP: who may come in, what a question is answered, and how every error looks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from tests.choosing import Clock, make_house, person, say, yes
from tests.live import Live, live

ROOT = Path(__file__).parents[2]
DECISION = json.loads((ROOT / "schema" / "decision.json").read_text("utf-8"))
ASKED = {"purpose": "newsletters", "data": ["email"], "channel": "email"}


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def served(database_url: str, clock: Clock) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url, clock)) as found:
        yield found


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, held against what is wanted."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    held: dict[str, Any] = answer.json()
    assert held["type"] == f"urn:janji:problem:{code}"
    assert held["status"] == status
    assert held["title"]
    return held


def test_a_question_is_answered_as_on_the_command_line(served: Live) -> None:
    """Denied before the yes and permitted after it, in the published shape; by id and by what identifies the person."""
    subject = person(served.house)
    with served.client(served.key(["decide"])) as client:
        asked = {**ASKED, "subject": f"sub_{subject}"}
        before = client.post("/v1/decisions", json=asked)
        say(served.house, subject, yes(served.house, "newsletters", "email"))
        after = client.post("/v1/decisions", json=asked)
        named = client.post("/v1/decisions", json={**ASKED, "subject": {"kind": "email", "value": "ANI@example.org"}})
    assert [one.status_code for one in (before, after, named)] == [200, 200, 200]
    for one in (before, after, named):
        jsonschema.validate(one.json(), DECISION)
    assert [one.json()["permit"] for one in (before, after, named)] == [False, True, True]


def test_without_a_key_nothing_opens(served: Live) -> None:
    """No key, a wrong one, one of another scheme, a revoked one: 401, and how to show one."""
    from janji.workflows.api_keys import keys, revoke

    key = served.key(["decide"])
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    for shown in (None, "nonsense", wrong, "jk_aaaaaaaa_" + "a" * 43):
        with served.client(shown) as client:
            answer = client.post("/v1/decisions", json=ASKED)
            problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    with served.client(key) as client:
        assert client.get("/v1/me").json()["application"] == "shop"
        revoke(served.house, keys()[0].id)
        served.house.runtime.clock.put_on(seconds=2)  # type: ignore[attr-defined]
        problem(client.get("/v1/me"), 401, "unauthenticated")


def test_a_key_opens_its_scopes_and_purposes_alone(served: Live) -> None:
    """Another scope and another purpose are 403, each said apart."""
    with served.client(served.key(["consents:read"])) as client:
        problem(client.post("/v1/decisions", json=ASKED), 403, "scope")
    with served.client(served.key(["decide"], purposes=["newsletters"])) as client:
        assert client.post("/v1/decisions", json=ASKED).status_code == 200
        problem(client.post("/v1/decisions", json={**ASKED, "purpose": "order"}), 403, "purpose")


def test_every_error_is_a_problem_document(served: Live) -> None:
    """Of the framework too: no address, no method, no body, a host that is not ours."""
    with served.client(served.key(["decide"])) as client:
        problem(client.get("/nowhere"), 404, "not-found")
        answer = client.get("/v1/decisions")
        problem(answer, 405, "method")
        assert answer.headers["allow"] == "POST"
        problem(client.post("/v1/decisions", json=ASKED, headers={"Host": "elsewhere.example"}), 400, "invalid")
        problem(client.post("/v1/decisions", content=b"<x/>", headers={"Content-Type": "text/xml"}), 415, "media-type")
        held = problem(client.post("/v1/decisions", json={**ASKED, "purpos": 1, "data": "email"}), 400, "invalid")
        assert {one["pointer"] for one in held["errors"]} == {"/purpos", "/data"}


def test_an_error_that_nobody_meant_says_nothing(served: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """500, an id, and not a word of what went wrong inside."""
    from janji.web import decisions

    def fail(*given: object) -> None:
        raise RuntimeError("canary-5b1d@example.org")

    monkeypatch.setattr(decisions, "answered", fail)
    with served.client(served.key(["decide"])) as client:
        answer = client.post("/v1/decisions", json=ASKED)
    assert problem(answer, 500, "internal")["instance"].startswith("urn:uuid:")
    assert "canary" not in answer.text


def test_a_publication_reaches_a_running_server(served: Live, tmp_path: Path) -> None:
    """A second later the newest version decides."""
    from tests.choosing import POLICY

    from janji.workflows.publishing import publish

    folder = tmp_path / "policy"
    folder.mkdir()
    for path in POLICY.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    text = (folder / "policy.yaml").read_text("utf-8")
    with served.client(served.key(["decide"])) as client:
        assert client.post("/v1/decisions", json=ASKED).json()["policy_version"].partition("+")[0] != "next"
        changed = re.sub(r"(?m)^version: .*$", 'version: "next"', text)
        assert changed != text
        (folder / "policy.yaml").write_text(changed, "utf-8")
        publish(served.house, folder)
        served.house.runtime.clock.put_on(seconds=2)  # type: ignore[attr-defined]
        assert client.post("/v1/decisions", json=ASKED).json()["policy_version"].partition("+")[0] == "next"
