"""Staff, settings, keys and webhooks at the console: who may, what is shown once, what ends at once, and how it looks."""

from __future__ import annotations

import html
import re
from itertools import product
from typing import Any

import httpx
import pytest
from tests.browser import browser, needs_browser
from tests.desk import VIEWS, at_desk, barred, seat, session_for, somebody
from tests.rights_house import Rights, elsewhere

from janji.staff.roles import Role
from janji.web.console import api_keys as screens
from janji.workflows import api_keys, consumers, desk_jobs
from janji.workflows import staff as workflow
from janji.workflows.api_keys import keys as stored

SECRET = re.compile(r'<p class="secret"><code>([^<]+)</code>')


@pytest.fixture(scope="module")
def house(rights: Rights) -> Rights:
    """The served house, with somebody of each role."""
    for role in Role:
        session_for(rights.house, somebody(role))
    return rights


def secret(page: httpx.Response) -> str:
    """What a page shows this once."""
    found = SECRET.search(page.text)
    assert found, page.text
    return html.unescape(found[1])


def test_an_officer_adds_somebody(house: Rights) -> None:
    """The link is on the answer alone and signs the new one in; it goes by mail too; what is wrong is told, and what was typed is kept."""
    with at_desk(house.live) as sri:
        wrong = sri.send("/staff/new", name="Lia Wati", email="no address", role="analyst", systems="")
        assert wrong.status_code == 422
        assert 'value="Lia Wati"' in wrong.text
        assert "This is no e-mail address" in wrong.text
        made = sri.send("/staff/new", name="Lia Wati", email="Lia@Example.com", role="owner", systems="crm\nshop\n")
        url = secret(made)
        assert made.headers["Cache-Control"] == "no-store"
        held = workflow.account("lia@example.com")
        assert (held.staff.role, held.staff.systems) == (Role.OWNER, ("crm", "shop"))
        assert [to for to, text in house.letters() if url in text] == ["lia@example.com"]
        assert url not in sri.get("/staff").text + sri.get(f"/staff/{held.staff.id}").text
        assert workflow.link_of(house.house, url.rpartition("/")[2]) is not None
        assert sri.send("/staff/new", name="Lia", email="lia@example.com", role="analyst", systems="").status_code == 422


def test_a_role_changes_and_an_account_ends(house: Rights) -> None:
    """Whoever is signed in must sign in again; the page before an end says what ends; the last officer stays; nobody else may."""
    budi = somebody(Role.ANALYST).id
    with at_desk(house.live, Role.ANALYST) as analyst, at_desk(house.live) as sri:
        assert analyst.get("/requests").status_code == 200
        assert "The role is changed" in sri.send(f"/staff/{budi}", act="role", role="auditor", systems="").text
        assert analyst.get("/requests").status_code == 401
        sri.send(f"/staff/{budi}", act="role", role="owner", systems="crm\r\nshop\r\n")
        assert workflow.account(budi).staff.systems == ("crm", "shop")
        assert "Their sessions end at once" in sri.get(f"/staff/{budi}/stop").text
        assert "The account is stopped" in sri.send(f"/staff/{budi}/stop").text
        assert workflow.account(budi).stopped is not None
        assert sri.send(f"/staff/{budi}", act="resume").status_code == 200
        assert workflow.account(budi).stopped is None
        last = sri.send(f"/staff/{somebody().id}/stop")
        assert last.status_code == 403
        assert "last data protection officer" in last.text
        assert sri.send(f"/staff/{budi}", act="nonsense").status_code == 422
        assert sri.get("/staff/00000000-0000-0000-0000-0000000000ff").status_code == 404
    with at_desk(house.live, Role.AUDITOR) as auditor:
        assert auditor.get("/staff").status_code == 200
        assert "<form" not in auditor.get(f"/staff/{budi}").text.partition("<main")[2]
        assert auditor.get("/staff/new").status_code == 403
        assert auditor.client.post(f"/console/staff/{budi}/stop").status_code == 403


def test_a_second_page_of_staff(house: Rights) -> None:
    """Fifty on a page, the others behind it; nonsense is the first page."""
    for number in range(60):
        if not any(one.email == f"many{number}@example.com" for one in workflow.accounts()):
            workflow.add(house.house, f"Many {number:02}", f"many{number}@example.com", "auditor")
    with at_desk(house.live) as sri:
        first, second = sri.get("/staff").text, sri.get("/staff", **{"from": "50"}).text
        assert 'rel="next"' in first
        assert not set(re.findall(r"many\d+@", first)) & set(re.findall(r"many\d+@", second))
        assert sri.get("/staff", **{"from": "-1"}).text.count("<tr>") == sri.get("/staff", **{"from": "9" * 30}).text.count("<tr>") == first.count("<tr>")


def test_a_second_page_of_keys(house: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key is on one of the pages; nonsense is the first page."""
    monkeypatch.setattr(screens, "PAGE", 1)
    with at_desk(house.live, Role.ENGINEER) as made:
        for name in ("one", "two"):
            made.send("/settings/keys/new", application=name, scopes=["webhooks"], rate="600")
        found = [re.findall(r"jk_[0-9A-Za-z]+(?=<)", made.get("/settings/keys", **{"from": start}).text) for start in ("", "1", "x")]
    assert found[0] == found[2]
    assert len({*found[0], *found[1]}) == 2


def test_a_key_is_shown_once_and_revoked(house: Rights) -> None:
    """It opens what was chosen, until it is revoked; no page shows it again; an auditor sees the list and makes none."""
    with at_desk(house.live) as made:
        page = made.send("/settings/keys/new", application="shop", scopes=["decide"], rate="600")
        key = secret(page)
        row = next(one for one in stored() if key.startswith(f"jk_{one.id}"))
        assert (row.application, row.scopes, row.purposes, row.rate) == ("shop", ("decide",), None, 600)
        assert key not in made.get("/settings/keys").text
        with house.live.client(key) as program:
            assert program.get("/v1/me").status_code == 200
        for wrong in ({"application": "sh op", "scopes": ["decide"], "rate": "600"}, {"application": "shop", "rate": "600"}, {"application": "shop", "scopes": ["decide"], "rate": "x"},
                      {"application": "shop", "scopes": ["everything"], "rate": "600"}, {"application": "shop", "scopes": ["decide"], "purposes": ["none such"], "rate": "600"}):  # fmt: skip
            answer = made.send("/settings/keys/new", **wrong)
            assert answer.status_code == 422
            assert "secret" not in SECRET.findall(answer.text)
        assert "never comes back" in made.get(f"/settings/keys/jk_{row.id}/revoke").text
        assert "revoked" in made.send(f"/settings/keys/jk_{row.id}/revoke").text
        house.clock.put_on(seconds=2)
        with house.live.client(key) as program:
            assert program.get("/v1/me").status_code == 401
        assert made.get(f"/settings/keys/jk_{row.id}/revoke").status_code == 404
    with at_desk(house.live, Role.AUDITOR) as tono:
        assert row.id in tono.get("/settings/keys").text
        assert tono.get("/settings/keys/new").status_code == 403


@pytest.mark.parametrize("scope", [scope for scope in api_keys.Scope if scope is not api_keys.Scope.WEBHOOKS])
def test_a_key_opens_no_more_than_the_role_of_who_makes_it(house: Rights, scope: str) -> None:
    """An engineer sees nobody's data, so no key of theirs reads or writes them; an officer makes it."""
    made: dict[str, Any] = {"application": "crm", "scopes": ["webhooks", scope], "rate": "600"}
    before = len(stored())
    with at_desk(house.live, Role.ENGINEER) as engineer, at_desk(house.live) as sri:
        form = engineer.get("/settings/keys/new").text
        assert (f'value="{scope}"' in form, 'value="webhooks"' in form) == (False, True)
        answer = engineer.send("/settings/keys/new", **made)
        assert answer.status_code == 422
        assert "Your role does not open what this key would" in answer.text
        assert len(stored()) == before
        assert secret(sri.send("/settings/keys/new", **made))
        assert secret(engineer.send("/settings/keys/new", application="crm", scopes=["webhooks"], rate="600"))


def test_a_consumer_is_registered_paused_and_removed(house: Rights) -> None:
    """Its secret is shown once; a test that is not taken says why; paused it waits for staff; removed it is told nothing more."""
    with at_desk(house.live, Role.ENGINEER) as made:
        assert "No program is told" in made.get("/settings/webhooks").text
        assert made.send("/settings/webhooks/new", name="mailer", url="ftp://x").status_code == 422
        shown = secret(made.send("/settings/webhooks/new", name="mailer", url="https://mailer.example.com/hooks", topics=["withdrawal", "erasure"]))
        assert shown.startswith("whsec_")
        (one,) = consumers.consumers()
        place = f"/settings/webhooks/{one.id}"
        assert shown not in made.get(place).text
        answer = made.send(place, act="test")
        assert answer.status_code == 422
        assert "The test was not taken" in answer.text
        assert "left alone" in made.send(place, act="pause").text
        assert consumers.consumer(one.id).state == "paused"
        assert "paused by staff" in made.get("/settings/webhooks").text
        assert secret(made.send(place, act="rotate")) != shown
        assert made.send(place, act="again", event="x").status_code == 422
        assert "dropped" in made.get(f"{place}/remove").text
        assert "told nothing more" in made.send(f"{place}/remove").text
        assert not consumers.consumers()
        assert made.get(place).status_code == 404


def test_health_is_looked_at_by_the_worker(house: Rights) -> None:
    """The page says how it is at once; a look at everything is asked for, shown while it goes on, and then what was found."""
    with at_desk(house.live, Role.AUDITOR) as tono:
        assert "Nobody has looked yet" in tono.get("/settings").text
        asked = tono.send("/settings/look", page="/settings")
        assert "<progress" in asked.text
        assert desk_jobs.work(house.house) == 1
        page = tono.get("/settings").text
        assert "Accounts at the console" in page
        assert "<progress" not in page
        told = re.findall(r'class="tag (bad|warn|ok)"', page.partition("What the check found")[2])
        assert told == sorted(told, key=("bad", "warn", "ok").index)
        assert len(set(told)) > 1


def test_settings_show_no_secret(house: Rights) -> None:
    """Of what opens something only that it is set; everything else as it was read."""
    url = house.house.runtime.settings.mail_url
    assert url
    with at_desk(house.live, Role.AUDITOR) as tono:
        page = tono.get("/settings/values").text
    assert html.escape(url) not in page
    assert "set, and shown to nobody" in page
    assert "privacy@example.net" in page


@needs_browser
def test_the_screens_have_no_barriers(house: Rights) -> None:
    """Wide and light in English, narrow and dark in Indonesian: no barrier, and nothing that must be scrolled sideways."""

    def prepare() -> str:
        consumers.add(house.house, "barrier", "https://mailer.example.com/hooks")
        api_keys.create(house.house, "barrier", ["decide"])
        return " ".join(session_for(house.house, somebody(role)) for role in (Role.OFFICER, Role.ENGINEER))

    officer, engineer = elsewhere(prepare).split()
    hook = elsewhere(lambda: str(next(one.id for one in consumers.consumers() if one.name == "barrier")))
    key = elsewhere(lambda: next(one.id for one in stored() if one.application == "barrier"))
    rini, wrong = somebody(Role.OWNER).id, list[str]()
    seen = {
        officer: ("staff", "staff/new", f"staff/{rini}", f"staff/{rini}/stop", "me"),
        engineer: ("settings", "settings/values", "settings/keys", "settings/keys/new", f"settings/keys/jk_{key}/revoke", "settings/webhooks", "settings/webhooks/new", f"settings/webhooks/{hook}"),
        "": ("enter",),
    }  # fmt: skip
    with browser() as chromium:
        for (language, width, dark), (session, paths) in product(VIEWS, seen.items()):
            with seat(chromium, house.live.url, session, width, dark=dark) as opened:
                opened.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
                assert barred(opened, house.live.url, language, (f"/console/{path}" for path in paths)) == []
    assert wrong == []
