"""The shell of the console: nobody without a session, nothing without the duty, no form from elsewhere."""

from __future__ import annotations

import httpx
import pytest
from tests.desk import at_desk
from tests.rights_house import Rights

from janji.staff.roles import DUTIES, Role
from janji.web.console.shell import NAV, SCREENS


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
