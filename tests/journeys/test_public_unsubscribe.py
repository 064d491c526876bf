"""Unsubscribing over HTTP: the page, the one click, and everything that is neither."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jsonschema
import pytest
from tests.browser import barriers, browser, needs_browser, overflows, pressed
from tests.choosing import Clock, make_house, person, say, yes
from tests.live import Live, live

from janji.workflows.recording import history_of
from janji.workflows.unsubscribe import Link, make_links

ROOT = Path(__file__).parents[2]
CLICK = {"List-Unsubscribe": "One-Click"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}


@pytest.fixture
def served(database_url: str) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url, Clock())) as found:
        yield found


@pytest.fixture
def ani(served: Live) -> UUID:
    """Somebody who gets the newsletter."""
    subject = person(served.house)
    say(served.house, subject, yes(served.house, "newsletters", "email"))
    return subject


def path_of(served: Live, subject: UUID, channel: str | None = "email") -> str:
    """Where the link of somebody leads."""
    (made,) = make_links(served.house, "", [Link(subject, "newsletters", channel)])
    return made.url


def noes(served: Live, subject: UUID) -> int:
    """How many withdrawals are on record."""
    return [str(event.kind) for event in history_of(served.house, subject)].count("consent.withdrawn")


def events(served: Live) -> int:
    """How many events there are at all."""
    from janji.store import database

    found = database.connection().execute("SELECT count(*) FROM event").fetchone()
    assert found is not None
    return int(found[0])


def test_whoever_only_looks_changes_nothing(served: Live, ani: UUID) -> None:
    """GET, HEAD, what a browser fetches ahead, and every other method: nothing is recorded."""
    path, before = path_of(served, ani), events(served)
    with served.client() as client:
        answers = [
            client.get(path), client.get(path, headers=BROWSER), client.head(path), client.get(path, headers={"Sec-Purpose": "prefetch;prerender"}),
            client.get(path, params=CLICK), client.request("GET", path, data=CLICK),
        ]  # fmt: skip
        assert {one.status_code for one in answers} == {200}
        assert client.options(path).status_code == 204
        for method in ("PUT", "DELETE", "PATCH"):
            assert client.request(method, path, data=CLICK).status_code == 405
    assert events(served) == before


@pytest.mark.parametrize("form", [{"data": CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}])
def test_one_click_stops_at_once(served: Live, ani: UUID, form: dict[str, Any]) -> None:
    """As a form of either kind, without a cookie, without a redirect; again and again, recorded once."""
    path = path_of(served, ani)
    with served.client() as client:
        for _ in range(3):
            answer = client.post(path, follow_redirects=False, **form)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/plain; charset=utf-8"
            assert answer.headers["cache-control"] == "no-store"
            assert "set-cookie" not in answer.headers
    assert noes(served, ani) == 1


@pytest.mark.parametrize("request_", [
    {}, {"data": {"List-Unsubscribe": "Two-Clicks"}}, {"data": {"list-unsubscribe": "One-Click"}}, {"data": {"other": "One-Click"}},
    {"json": CLICK}, {"content": b"List-Unsubscribe=One-Click"}, {"content": b"\xff\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    {"content": b"&".join([b"a=b"] * 1000), "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, {"params": CLICK},
])  # fmt: skip
def test_a_body_that_is_no_click_is_named_and_changes_nothing(served: Live, ani: UUID, request_: dict[str, Any]) -> None:
    """400, and nothing is recorded."""
    before = events(served)
    with served.client() as client:
        answer = client.post(path_of(served, ani), **request_)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert events(served) == before


def test_a_body_that_is_too_long_is_not_read(served: Live, ani: UUID) -> None:
    """413."""
    with served.client() as client:
        assert client.post(path_of(served, ani), data={**CLICK, "more": "x" * 20_000}).status_code == 413
    assert noes(served, ani) == 0


def test_a_bad_link_tells_nothing(served: Live, ani: UUID) -> None:
    """Cut, changed, foreign, long, empty: the same answer to a look and to a click, for people and for programs."""
    path = path_of(served, ani)
    bad = [path[:-1], path + "A", path[:20] + ("y" if path[20] == "x" else "x") + path[21:], "/unsubscribe/x", "/unsubscribe/" + "A" * 4000, "/unsubscribe/%00", "/unsubscribe/é",
           "/unsubscribe/sub_" + str(ani), "/unsubscribe/" + path.rpartition("/")[2].swapcase()]  # fmt: skip
    with served.client() as client:
        for headers in ({}, BROWSER):
            answers = [client.get(one, headers=headers) for one in bad] + [client.post(one, data=CLICK, headers=headers) for one in bad]
            assert {one.status_code for one in answers} == {404}
            assert len({one.content for one in answers}) == 1
        assert client.post("/unsubscribe/", data=CLICK).status_code == 404
    assert "text/html" in answers[0].headers["content-type"]
    assert noes(served, ani) == 0


def test_whoever_is_not_there_looks_as_one_who_has_stopped(served: Live, ani: UUID) -> None:
    """A good link of nobody on record: the same page as of somebody who had stopped before."""
    with served.client() as client:
        client.post(path_of(served, ani), data=CLICK)
        for method, body in (("GET", None), ("POST", CLICK)):
            one, other = (client.request(method, path_of(served, who), data=body, headers=BROWSER) for who in (ani, uuid4()))
            assert (one.status_code, one.content) == (200, other.content)


def test_the_page_says_what_stops_and_not_whom(served: Live, ani: UUID) -> None:
    """In the language that was asked for; nothing personal, no script, no cookie, nothing from elsewhere."""
    path = path_of(served, ani)
    with served.client() as client:
        english, indonesian = client.get(path, headers=BROWSER), client.get(path, headers={**BROWSER, "Accept-Language": "id"})
        chosen = client.get(path, params={"language": "id"}, headers=BROWSER)
        assert client.get(path, params={"language": "xx"}, headers=BROWSER).content == english.content
    assert '<html lang="en">' in english.text
    assert '<html lang="id">' in indonesian.text
    assert chosen.text == indonesian.text
    title = served.house.policy_in_force.policy.purposes["newsletters"].title
    assert title.get("en").lower() in english.text.lower()
    assert title.get("id").lower() in indonesian.text.lower()
    for text in (english.text, indonesian.text):
        for part in ("ani", "example.org", str(ani), "<script", " style=", "http://", "https://"):
            assert part not in text.replace("Bahasa Indonesia", "").replace("tanpa", ""), part
    headers = english.headers
    assert "set-cookie" not in headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    rules = headers["content-security-policy"]
    assert rules.startswith("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'self'")
    assert rules.endswith("form-action 'self'")


def test_an_application_gets_links_for_its_messages(served: Live, ani: UUID) -> None:
    """By number or by address; the link works; nothing of the person is in it."""
    schema = json.loads((ROOT / "schema" / "unsubscribe-link.json").read_text("utf-8"))
    with served.client(served.key(["consents:write"])) as client:
        wanted: dict[str, Any] = {"purpose": "newsletters", "channel": "email"}
        one = client.post("/v1/unsubscribe-links", json={**wanted, "subject": f"sub_{ani}"})
        two = client.post("/v1/unsubscribe-links", json={**wanted, "subject": {"kind": "email", "value": "ani@example.org"}})
        assert one.status_code == 200, one.text
        jsonschema.validate(one.json(), schema)
        assert one.json() == two.json()
        assert one.json()["url"].startswith(served.url + "/unsubscribe/")
        for subject in (f"sub_{uuid4()}", {"kind": "email", "value": "nobody@example.org"}):
            assert client.post("/v1/unsubscribe-links", json={**wanted, "subject": subject}).status_code == 404
        for part, status in (({"purpose": "what"}, 422), ({"channel": "fax"}, 422), ({"subject": "x"}, 400), ({"more": 1}, 400)):
            answer = client.post("/v1/unsubscribe-links", json={**wanted, "subject": f"sub_{ani}", **part})
            assert answer.status_code == status
    assert httpx.post(one.json()["url"], data=CLICK, timeout=60).status_code == 200
    assert noes(served, ani) == 1
    with served.client(served.key(["consents:write"], purposes=["site-analytics"])) as client:
        assert client.post("/v1/unsubscribe-links", json={**wanted, "subject": f"sub_{ani}"}).status_code == 403
    with served.client() as client:
        assert client.post("/v1/unsubscribe-links", json={**wanted, "subject": f"sub_{ani}"}).status_code == 401


@needs_browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (320, True)])
def test_people_find_no_barrier(served: Live, ani: UUID, width: int, dark: bool) -> None:
    """Page, done and bad link: no barrier, no scrolling sideways; a click on the button stops it, without JavaScript."""
    with browser() as chromium:
        for script in (True, False):
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=script,
                bypass_csp=script,
            )  # fmt: skip
            opened = context.new_page()
            opened.goto(served.url + path_of(served, ani))
            for _ in range(2):
                assert not overflows(opened)
                assert not script or barriers(opened) == []
                if opened.locator("button").count():
                    assert (opened.locator("button").bounding_box() or {})["height"] >= 44
                    pressed(opened, "button")
            assert opened.locator("button").count() == 0
            assert opened.title().startswith("This has stopped")
            opened.goto(served.url + "/unsubscribe/x")
            assert not overflows(opened)
            assert not script or barriers(opened) == []
            context.close()
    assert noes(served, ani) == 1
