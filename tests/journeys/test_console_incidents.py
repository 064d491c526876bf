"""Incidents at the console: recorded by an officer, the clock of the law on the first screen, each notice attested under seal, closed."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings
from tests.browser import barriers, browser, needs_browser, overflows
from tests.desk import Person, at_desk, session_for, somebody
from tests.rights_house import Rights

from janji.ledger.events import Event, decode
from janji.staff.roles import Role
from janji.store import health
from janji.store import incidents as store
from janji.terms.words import SHOWN_IN
from janji.web.console import incidents as screens
from janji.workflows import incidents as workflow
from janji.workflows.incidents import Incident

CANARY = "Bpk. Kanari, agenda 77"
WHAT = "A laptop with the customer list was stolen."


@pytest.fixture(scope="module")
def house(rights: Rights) -> Rights:
    """The served house, with an officer."""
    session_for(rights.house, somebody())
    return rights


def typed(at: datetime) -> dict[str, str]:
    """The fields of a moment."""
    there = at.astimezone(SHOWN_IN)
    return {"day": f"{there:%Y-%m-%d}", "hour": f"{there:%H:%M}"}


def recorded(house: Rights, person: Person, hours: int = 10, what: str = WHAT, **more: str | list[str]) -> Incident:
    """An incident that somebody records, known so many hours ago."""
    form = person.get("/incidents/new").text
    (id,) = re.findall(r'name="id" value="([^"]+)"', form)
    page = person.send("/incidents/new", None, id=id, what=what, gravity="high", **typed(house.house.runtime.now() - timedelta(hours=hours)), **more)
    assert "The incident is on record" in page.text
    return workflow.incident(house.house, UUID(id))


def events(one: Incident) -> list[Event]:
    """What the ledger has of an incident."""
    return [event for event in map(decode, health.newest()) if event.details.get("incident") == str(one.id)]


def test_the_empty_list_says_what_to_do(house: Rights) -> None:
    """Nothing open, nothing closed; the first screen has a place for it all the same."""
    with at_desk(house.live) as sri:
        assert "No incident is open" in sri.get("/incidents").text
        assert "No incident was closed" in sri.get("/incidents", which="closed").text
        assert re.search(r"<strong[^>]*>0</strong><span class=\"txt\">open incidents<", sri.get("").text)


def test_from_the_record_to_the_end(house: Rights) -> None:
    """The clock of the law runs from when it was known; each notice is attested once, under seal; an untold one needs a reason; the ledger has it all and names nobody."""
    with at_desk(house.live) as sri:
        one = recorded(house, sri, 70, data=["name"], people="1200")
        assert [(held.duty, held.due - one.known) for held in one.notices] == [("breach-authority", timedelta(hours=72)), ("breach-person", timedelta(hours=72))]
        first = sri.get("").text
        assert WHAT in first
        assert re.search(r">1</strong><span class=\"txt\">open incident \(([12] h|\d+ min) left\)", first)
        told = f"/incidents/{one.id}/told/breach-authority"
        now = house.house.runtime.now()
        for wrong in ({}, {"to": "the ministry", "reference": "1", "day": "soon", "hour": "09:00"}, {"to": "the ministry", "reference": "1", **typed(now + timedelta(hours=2))},
                      {"to": "the ministry", "reference": "1", **typed(one.known - timedelta(hours=1))}, {"to": "", "reference": "1", **typed(now)}):  # fmt: skip
            assert sri.send(told, **wrong).status_code == 422, wrong
        assert len(workflow.incident(house.house, one.id).waiting) == 2
        done = sri.send(told, to=CANARY, reference="letter 77", **typed(now))
        assert "on record that the notice was given" in done.text
        assert CANARY not in done.text
        assert "said already" in sri.send(told, page=f"/incidents/{one.id}", to="x", reference="y", **typed(now)).text
        assert CANARY not in sri.send(f"/incidents/{one.id}", reason="").text
        assert CANARY in sri.send(f"/incidents/{one.id}", reason="authority").text
        close = f"/incidents/{one.id}/close"
        assert "Not given" in sri.get(close).text
        assert sri.send(close).status_code == 422
        assert "The incident is closed" in sri.send(close, why="Nobody could read the disk.").text
        assert WHAT not in sri.get("").text
        assert "Nobody could read the disk" in sri.get(f"/incidents/{one.id}").text
        assert "this incident is closed" in sri.send(close, page="/incidents/new", why="again").text.lower()
        assert "this incident is closed" in sri.send(f"/incidents/{one.id}/told/breach-person", page="/incidents/new", to="all", reference="1", **typed(now)).text.lower()
    found = {str(event.kind): event.details for event in events(one)}
    assert set(found) == {"incident.recorded", "incident.told", "person.seen", "incident.closed"}
    assert {details["staff"] for details in found.values()} == {somebody().id}
    assert found["incident.recorded"]["people"] == 1200
    assert found["incident.closed"]["not_given"] == ["breach-person"]
    assert not any(text in str(details) for details in found.values() for text in (CANARY, WHAT, "disk", "letter 77"))
    row = store.incident(one.id)
    assert row is not None
    assert hashlib.sha256(row.what).hexdigest() == found["incident.recorded"]["evidence"]
    assert not any(text.encode() in row.what + str(row.notices).encode() + row.why for text in (CANARY, WHAT, "disk"))


def test_a_late_notice_is_told_as_late(house: Rights) -> None:
    """After its time the clock says how late it is, and what is given then stays marked."""
    with at_desk(house.live) as sri:
        one = recorded(house, sri, 80)
        assert "8 h late" in sri.get("").text + sri.get("/incidents").text
        for duty in ("breach-authority", "breach-person"):
            sri.send(f"/incidents/{one.id}/told/{duty}", to="all", reference="1", **typed(house.house.runtime.now()))
        assert sri.get(f"/incidents/{one.id}").text.count("given late") == 2
        assert "every notice given" in sri.get("/incidents").text
        sri.send(f"/incidents/{one.id}/close")
        assert "given late" in sri.get("/incidents", which="closed").text


def test_wrong_fields_and_the_same_form_twice(house: Rights) -> None:
    """What is wrong is told and nothing is recorded; the same form sent twice records one."""
    with at_desk(house.live) as sri:
        now = house.house.runtime.now()
        good: dict[str, str | list[str]] = {"id": str(UUID(int=77)), "what": "<script>alert(1)</script>", "gravity": "low", **typed(now - timedelta(hours=1))}
        for wrong in ({"what": " "}, {"what": "x" * 1001}, {"gravity": "awful"}, {"people": "-3"}, {"people": "many"}, {"systems": ["none"]}, {"data": ["none"]}, {"hour": ""}, {"day": "31.02."}, typed(now + timedelta(days=1))):
            answer = sri.send("/incidents/new", None, **{**good, **wrong})
            assert answer.status_code == 422, wrong
        assert sri.send("/incidents/new", None, **{**good, "id": "1"}).status_code == 422
        assert store.incident(UUID(int=77)) is None
        assert sri.send("/incidents/new", None, **good).status_code == 200
        assert "<script>alert" not in sri.send("/incidents/new", None, **good).text
        assert len([event for event in events(workflow.incident(house.house, UUID(int=77))) if event.kind == "incident.recorded"]) == 1
        assert sri.get(f"/incidents/{UUID(int=3)}").status_code == 404
        assert sri.get(f"/incidents/{UUID(int=77)}/told/none").status_code == 404
        sri.send(f"/incidents/{UUID(int=77)}/close", why="a test")


def test_a_second_page(house: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each incident is on one of the pages; nonsense is the first page."""
    monkeypatch.setattr(screens, "PAGE", 2)
    with at_desk(house.live) as sri:
        made = [recorded(house, sri, hours, f"incident {hours}") for hours in (5, 6, 7)]
        first = sri.get("/incidents").text
        (before,) = re.findall(r"before=([0-9a-f-]+)", first)
        second = sri.get("/incidents", before=before).text
        assert ["incident 5" in first, "incident 6" in first, "incident 7" in first, "incident 7" in second, "incident 6" in second] == [True, True, False, True, False]
        assert "incident 5" in sri.get("/incidents", before="x").text
        for one in made:
            sri.send(f"/incidents/{one.id}/close", why="a test")


@pytest.mark.parametrize(("role", "reads"), [(Role.AUDITOR, True), (Role.ANALYST, True), (Role.ENGINEER, False), (Role.OWNER, False)])
def test_who_may(house: Rights, role: Role, reads: bool) -> None:
    """An auditor and an analyst read; neither writes, and an auditor never sees to whom a notice went; the others see nothing."""
    with at_desk(house.live) as sri:
        one = recorded(house, sri)
        sri.send(f"/incidents/{one.id}/told/breach-person", to=CANARY, reference="1", **typed(house.house.runtime.now()))
    with at_desk(house.live, role) as other:
        assert (other.get("/incidents").status_code, other.get(f"/incidents/{one.id}").status_code) == ((200, 200) if reads else (403, 403))
        assert (WHAT in other.get("").text) == reads
        for path in ("new", f"{one.id}/told/breach-authority", f"{one.id}/close"):
            assert other.get(f"/incidents/{path}").status_code == other.send(f"/incidents/{path}", page="/me", why="x").status_code == 403
        assert "/close" not in other.get(f"/incidents/{one.id}").text
        shown = other.send(f"/incidents/{one.id}", page="/me", reason="authority")
        assert (CANARY in shown.text, shown.status_code) == ((True, 200) if role is Role.ANALYST else (False, 403))
    with at_desk(house.live) as sri:
        sri.send(f"/incidents/{one.id}/close", why="a test")


@needs_browser
def test_the_screens_have_no_barrier(house: Rights) -> None:
    """Every screen of incidents, wide and light in English, narrow and dark in Indonesian."""
    with at_desk(house.live) as sri:
        one = recorded(house, sri, 62)
        sri.send(f"/incidents/{one.id}/told/breach-person", to=CANARY, reference="1", **typed(house.house.runtime.now()))
    session = session_for(house.house, somebody())
    with browser() as chromium:
        for width, scheme, language in ((1280, "light", "en"), (320, "dark", "id")):
            context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": house.live.url}])
            page = context.new_page()
            for path in ("", "/incidents", "/incidents/new", f"/incidents/{one.id}", f"/incidents/{one.id}/told/breach-authority", f"/incidents/{one.id}/close"):
                page.goto(f"{house.live.url}/console{path}?language={language}")
                assert barriers(page) == [], (path, language)
                assert not overflows(page), (path, language)
            context.close()
