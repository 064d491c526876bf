"""The gate over HTTP: what may be kept comes back, nothing is recorded twice, and a confined key collects for its purposes alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.choosing import make_house
from tests.journeys.test_api import problem
from tests.live import Live, live

from janji.ledger.events import Kind
from janji.store.database import connection
from janji.workflows.people import find_subjects
from janji.workflows.recording import history_of

ROOT = Path(__file__).parents[2]
MAIL = {"kind": "email", "value": "ani@example.org"}
COMPLAINT: dict[str, Any] = {
    "touchpoint": "complaint", "fields": {"name": "Ani", "contact-details": "ani@example.org", "conversation": "The box was empty", "shoe-size": "42"},
    "context": {"subject": MAIL, "agreements": [{"kind": "request", "reference": "R-1"}], "language": "id"},
}  # fmt: skip


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url, folder=tmp_path)) as found:
        yield found


def collected(served: Live) -> list[Any]:
    """What was collected of Ani, as it is on record."""
    (ani,) = find_subjects(served.house, [("email", "ani@example.org")])
    return [] if ani is None else [event.details for event in history_of(served.house, ani) if event.kind is Kind.DATA_COLLECTED]


def test_what_may_be_kept_comes_back(served: Live) -> None:
    """In the published shape: declared fields, and what was dropped with why; the application is the key's."""
    schema = json.loads((ROOT / "schema" / "collected.json").read_text("utf-8"))
    with served.client(served.key(["collect"], "helpdesk")) as client:
        answer = client.post("/v1/collect", json=COMPLAINT)
    assert answer.status_code == 200, answer.text
    held = answer.json()
    jsonschema.validate(held, schema)
    assert held["allowed"]
    assert "shoe-size" not in held["kept"]
    assert [one["field"] for one in held["dropped"]] == ["shoe-size"]
    assert [one["application"] for one in collected(served)] == ["helpdesk"]


@pytest.mark.parametrize(("named", "where"), [
    ({"subject": {"kind": "email", "value": "ani@"}}, ["/context/subject/value"]),
    ({"identifiers": [MAIL, {"kind": "phone", "value": "abc"}]}, ["/context/identifiers/1/value"]),
    ({"subject": {"kind": "email", "value": "ani@"}, "identifiers": [MAIL, {"kind": "phone", "value": "abc"}]},
     ["/context/subject/value", "/context/identifiers/1/value"]),
])  # fmt: skip
def test_an_identifier_that_can_be_none_has_its_place(named: dict[str, Any], where: list[str], served: Live) -> None:
    """Each is pointed at, and nothing is on record of it."""
    with served.client(served.key(["collect"])) as client:
        answer = client.post("/v1/collect", json={**COMPLAINT, "context": named})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == where
    assert "abc" not in answer.text
    assert collected(served) == []


def test_a_submission_sent_twice_is_one(served: Live) -> None:
    """The same answer, one event; and nothing of it stands in clear anywhere."""
    with served.client(served.key(["collect"])) as client:
        first, again = (client.post("/v1/collect", json=COMPLAINT, headers={"Idempotency-Key": "6ba7b810"}) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(collected(served)) == 1
    for (table,) in connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
        rows = connection().execute(f"SELECT t::text FROM {table} t".encode()).fetchall()  # noqa: S608
        assert not [row for row in rows if "ani@example" in row[0] or "6ba7b810" in row[0] or b"ani@example".hex() in row[0]], table


def test_a_confined_key_collects_for_its_purposes_alone(served: Live) -> None:
    """A touchpoint that serves another purpose, or that nobody declared, is none of its business."""
    with served.client(served.key(["collect"], purposes=["newsletters"])) as client:
        problem(client.post("/v1/collect", json=COMPLAINT), 403, "purpose")
        problem(client.post("/v1/collect", json={**COMPLAINT, "touchpoint": "nowhere"}), 403, "purpose")
    assert collected(served) == []
    with served.client(served.key(["collect"], purposes=["complaint-handling"])) as client:
        assert client.post("/v1/collect", json=COMPLAINT).status_code == 200


@pytest.mark.parametrize(("changed", "status"), [
    ({"touchpoint": 1}, 400), ({"fields": []}, 400), ({"more": 1}, 400), ({"context": {"application": "other"}}, 400),
    ({"context": {"canary": 1}}, 422), ({"context": {"subject": {"kind": "email", "value": "canary"}}}, 422),
    ({"fields": {"photo": {"media_type": "text/plain", "base64": "canary%"}}}, 422),
])  # fmt: skip
def test_what_is_not_understood_is_told_without_its_values(served: Live, changed: dict[str, Any], status: int) -> None:
    """Its form is 400, its meaning 422; nothing is recorded."""
    with served.client(served.key(["collect"])) as client:
        answer = client.post("/v1/collect", json={**COMPLAINT, **changed})
    problem(answer, status, "invalid" if status == 400 else "unprocessable")
    if "canary" not in changed.get("context", {}):
        assert "canary" not in answer.text
    assert collected(served) == []
