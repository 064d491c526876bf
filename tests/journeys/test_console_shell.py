"""The shell of the console: nobody without a session, nothing without the duty, no form from elsewhere."""

from __future__ import annotations

import httpx
import pytest
from tests.browser import browser, needs_browser
from tests.desk import at_desk, seat, session_for, somebody
from tests.rights_house import Rights, elsewhere

from janji.files.translations import load_tongue
from janji.staff.roles import DUTIES, Role
from janji.web.console.shell import NAV, SCREENS
from janji.web.pages import page


def test_nobody_without_a_session(house: Rights) -> None:
    """Every screen asks who is there, whatever the browser sends as a session."""
    for cookies in ({}, {"janji-staff": "x"}, {"janji-staff": "AAAA" * 20}):
        with httpx.Client(base_url=house.live.url, cookies=cookies, timeout=60) as client:
            for one in SCREENS:
                if "<" not in one.route:
                    assert client.request(one.method, f"/console/{one.route}".rstrip("/")).status_code == 401, one.route


@pytest.mark.parametrize("role", Role)
def test_nothing_without_the_duty(house: Rights, role: Role) -> None:
    """A screen whose duty the role lacks is closed, and in no navigation."""
    with at_desk(house.live, role) as person:
        for one in SCREENS:
            if "<" not in one.route and one.method == "GET":
                status = person.get(f"/{one.route}".rstrip("/")).status_code
                assert (status == 403) == (one.duty is not None and one.duty not in DUTIES[role]), one.route
        nav = person.get("/me").text.partition('<nav class="side"')[2].partition("</nav>")[0]
        for part, _, duty in NAV:
            assert (f'href="/console{"/" if part else ""}{part}?' in nav) == (duty in DUTIES[role]), part


def test_no_form_from_elsewhere(house: Rights) -> None:
    """Without the token of the page nothing is done; with it one is signed out."""
    with at_desk(house.live) as person:
        assert person.client.post("/console/out", data={"x": "y"}).status_code == 403
        assert person.client.post("/console/out", data={"token": "0" * 64}).status_code == 403
        assert person.client.post("/console/out", json={}).status_code == 400
        assert person.get("").status_code == 200
        assert person.send("/out", page="").status_code == 200
        assert person.get("").status_code == 401


def test_what_is_not_there(house: Rights) -> None:
    """A page of nobody is none and says so, stands under its part of the navigation, and names no verb that nobody can press."""
    with at_desk(house.live) as person:
        page = person.get("/people/00000000-0000-0000-0000-000000000001")
        assert page.status_code == 404
        assert "<h1>This page is not here</h1>" in page.text
        assert "Go on from the navigation" in page.text
        assert "janji subject find" not in page.text
        assert 'href="/console/people?language=en" aria-current="page"' in page.text


def test_an_address_at_which_nothing_is(house: Rights) -> None:
    """Staff who err stay in the console, whatever the method; a stranger is asked to sign in, as everywhere here; a program gets the problem document."""
    page = {"Accept": "text/html", "Accept-Language": "en"}
    with at_desk(house.live) as person:
        for path in ("/console/nothing", "/console/retention/nothing", "/console/people/x/y/z"):
            answer = person.client.get(path, headers=page)
            assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
            assert "<h1>This page is not here</h1>" in answer.text
            assert '<nav class="side"' in answer.text
            assert "Sri Wahyuni" in answer.text
        other = person.client.post("/console/ledger", data={"x": "y"}, headers=page)
        assert (other.status_code, other.headers["allow"]) == (405, "GET, HEAD")
        assert '<nav class="side"' in other.text
        assert person.client.get("/console/nothing").headers["content-type"] == "application/problem+json"
        assert '<nav class="side"' not in person.client.get("/consoles", headers=page).text
    with house.live.client() as stranger:
        answer = stranger.get("/console/nothing", headers=page)
        assert answer.status_code == 401
        assert "There are no passwords" in answer.text


@needs_browser
def test_print(house: Rights) -> None:
    """On paper what a form holds stays, and what only a screen can do is gone."""
    session = elsewhere(lambda: session_for(house.house, somebody()))
    with browser() as chromium, seat(chromium, house.live.url, session) as opened:
        opened.emulate_media(media="print")
        opened.goto(f"{house.live.url}/console/staff/new?language=en")
        assert opened.locator("#name").is_visible()
        assert opened.locator("input[name=role]").first.is_visible()
        assert [opened.locator(one).first.is_visible() for one in ("main .btn", ".side", ".lang", ".bar form")] == [False] * 4


def test_no_value_is_shadowed() -> None:
    """A value that every page has already is refused: it would silently never be seen."""
    with pytest.raises(TypeError, match="ribbon"):
        page("console_gone.html", load_tongue("en"), "A page", house=None, ribbon="mine")
