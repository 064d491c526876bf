"""Decisions of machines over HTTP: logged once with their reasons, listed for people, reviewed by name, within a key's purposes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from tests.choosing import Clock, make_house, person
from tests.journeys.test_api import problem
from tests.live import Live, live

from janji.ledger.events import Kind
from janji.workflows.consents import Asked, choose, objected
from janji.workflows.recording import history_of

TAKEN = {"purpose": "voucher-control", "outcome": "refused", "reasons": ["redeemed-before"], "explanation": {"times": 3}}
LOOKED = {"ruling": "overruled", "reasons": ["family-of-three"], "by": "Rina"}


@pytest.fixture
def served(database_url: str) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url, Clock())) as found:
        yield found


def test_a_decision_is_logged_reviewed_and_recorded(served: Live) -> None:
    """Sent twice it is recorded once; whoever objected before has it looked at by a person, whose name is in no answer."""
    subject = person(served.house)
    choose(served.house, Asked(subject=subject, choice=objected("voucher-control", automated=True)))
    with served.client(served.key(["decide", "requests:read", "requests:write"])) as client:
        named = {"Idempotency-Key": "one-2-3-4-five-6"}
        first, again = (client.post("/v1/machine-decisions", json={"subject": f"sub_{subject}", **TAKEN}, headers=named) for _ in range(2))
        assert (first.status_code, first.json()) == (201, again.json())
        made = first.json()
        assert (made["state"], made["application"]) == ("review", "shop")
        assert [one["id"] for one in client.get("/v1/machine-decisions").json()["items"]] == [made["id"]]
        assert client.get("/v1/machine-decisions", params={"limit": 1, "cursor": made["id"]}).json() == {"items": []}
        for cursor in ("x", "mde_x", f"mde_{uuid4()}", f"req_{uuid4()}"):
            problem(client.get("/v1/machine-decisions", params={"cursor": cursor}), 422, "unprocessable")
        looked = client.post(f"/v1/machine-decisions/{made['id']}/review", json=LOOKED)
        assert (looked.status_code, looked.json()["ruling"]) == (200, "overruled")
        assert "Rina" not in looked.text
        assert made["id"].startswith("mde_")
        problem(client.post(f"/v1/machine-decisions/{made['id']}/review", json=LOOKED), 409, "conflict")
        problem(client.post(f"/v1/machine-decisions/mde_{uuid4()}/review", json=LOOKED), 404, "not-found")
    kinds = [event.kind for event in history_of(served.house, subject)]
    assert (kinds.count(Kind.DECISION_TAKEN), kinds.count(Kind.DECISION_REVIEWED)) == (1, 1)


def test_what_cannot_be_logged_is_turned_away(served: Live) -> None:
    """A purpose in which no machine may decide, words that are no codes, nobody; a key of other purposes, or without the scope."""
    subject = person(served.house)
    body = {"subject": f"sub_{subject}", **TAKEN}
    with served.client(served.key(["decide"])) as client:
        assert client.post("/v1/machine-decisions", json={**body, "purpose": "newsletters"}).status_code == 422
        assert client.post("/v1/machine-decisions", json={**body, "reasons": []}).status_code == 400
        assert client.post("/v1/machine-decisions", json={**body, "outcome": "Not A Code"}).status_code == 400
        assert client.post("/v1/machine-decisions", json={**body, "subject": {"kind": "email", "value": "nobody@example.org"}}).status_code == 422
        problem(client.get("/v1/machine-decisions"), 403, "scope")
    with served.client(served.key(["decide"], purposes=["newsletters"])) as client:
        problem(client.post("/v1/machine-decisions", json=body), 403, "purpose")
    assert Kind.DECISION_TAKEN not in {event.kind for event in history_of(served.house, subject)}
