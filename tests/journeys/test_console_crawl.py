"""Every screen of the console, gone to from the first one by each role: nothing personal where it does not belong, no page too heavy, no barrier."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from tests.browser import barriers, browser, needs_browser, overflows, overflows_large, torn
from tests.centre_house import Shop, Somebody, centre_house, somebody
from tests.desk import an_incident, at_desk, picture, route, session_for, walked, whole_pages
from tests.desk import somebody as member

from janji.ledger.events import Actor
from janji.staff.roles import DUTIES, Duty, Role
from janji.store.server import ServerHandle
from janji.web.console.shell import SCREENS
from janji.workflows.by_hand import attest
from janji.workflows.people import add_identifier
from janji.workflows.promise_boards import look_again
from janji.workflows.systems import add

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVIEST = 60_000
"""Bytes of a page with its sheets and its script, compressed."""
NARROW, WIDE = 320, 1280
VIEWS: tuple[tuple[tuple[int, bool], ...], ...] = (((WIDE, False), (NARROW, True)), ((WIDE, True), (NARROW, False)))
"""What a screen is looked at by: one of them in a language, the other in the other language."""
if os.environ.get("JANJI_EXAMPLES", "1") != "1":
    VIEWS = (VIEWS[0] + VIEWS[1],) * 2
NOBODY = "kanaria.rahasia@contoh.example"


@dataclass(frozen=True)
class World:
    """The served house, and somebody in it who has something on every screen."""

    shop: Shop
    ani: Somebody

    @property
    def personal(self) -> tuple[str, ...]:
        """What is in clear nowhere but after a look."""
        return (self.ani.address, NOBODY, "081290410001", "+6281290410001", "0812 9041 0001", "other1@example.com", "Kanari", "letter 77")


@pytest.fixture(scope="module")
def world(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A served house for all tests of this module."""
    with centre_house(server, module_database_url, tmp_path_factory.mktemp("world")) as shop:
        look_again(shop.live.house)
        ani = somebody(shop)
        add_identifier(shop.live.house, shop.world.person(1), "email", NOBODY, Actor.STAFF)
        an_incident(shop.live.house)
        add(shop.live.house, "cabinet", title="Filing cabinet")
        attest(shop.live.house, "cabinet", shop.live.house.runtime.now().date(), ended=14, evidence="Record of destruction 14, Bpk. Kanari")
        look_again(shop.live.house)
        yield World(shop, ani)


@pytest.mark.parametrize("role", Role)
def test_nobodys_data_without_a_look(world: World, role: Role) -> None:
    """No page that a role is led to has an address, a number or a name in clear, whatever the role; none breaks, none is too heavy."""
    with at_desk(world.shop.live, role) as person:
        pages = walked(person.client)
        sheets = {href for page in pages.values() for href in re.findall(r'(?:<link rel="stylesheet" href|<script src)="([^"]+)"', page.text)}
        weights = {href: len(gzip.compress(person.client.get(href).content)) for href in sheets}
    assert len(pages) > 3
    for address, page in pages.items():
        assert page.status_code in (200, 303), (address, page.status_code)
        assert page.headers["cache-control"] == "no-store", address
        for value in world.personal:
            assert value not in page.text, (address, value)
        if page.headers.get("content-type", "").startswith("text/html"):
            own = re.findall(r'(?:<link rel="stylesheet" href|<script src)="([^"]+)"', page.text)
            assert len(gzip.compress(page.content)) + sum(weights[href] for href in own) <= HEAVIEST, address
            policy = page.headers["content-security-policy"]
            assert "unsafe" not in policy, address
            assert "`" not in page.text, address
            assert not re.search(r"\son\w+=|<style|<script(?! src)|\sstyle=", page.text), address
    seen = {route(address) for address in pages}
    wanted = {one.route for one in SCREENS if one.method == "GET" and "<" not in one.route and (one.duty is None or one.duty in DUTIES[role])}
    assert wanted - seen == set(), "no link leads there"


@pytest.mark.parametrize("role", [role for role in Role if Duty.SEE_PEOPLE not in DUTIES[role]])
def test_who_sees_nobody_gets_nobody_by_any_action(world: World, role: Role) -> None:
    """Every action and every screen of the other roles, asked for outright with the ids that there are: closed, and nothing personal in what is said."""
    with at_desk(world.shop.live, Role.OFFICER) as officer:
        addresses = {address.partition("?")[0] for address in walked(officer.client)}
    with at_desk(world.shop.live, role) as person:
        token = re.search(r'name="token" value="([^"]*)"', person.get("/me").text)
        assert token is not None
        for address in sorted(addresses):
            for answer in (person.client.get(address), person.client.post(address, data={"token": token[1], "reason": "request", "kind": "email", "value": NOBODY})):
                assert answer.status_code < 500, address
                for value in world.personal:
                    assert value not in answer.text, (address, value)


def test_every_screen_is_in_the_list_of_screens(world: World) -> None:
    """What `docs/howto/console.md` lists is what links lead to, by the name of its picture; and nothing that is no screen."""
    listed = set(re.findall(r"^\| `([a-z_-]+)` \|", (ROOT / "docs" / "howto" / "console.md").read_text(), re.MULTILINE))
    for role in (Role.OFFICER, Role.ENGINEER):
        with at_desk(world.shop.live, role) as person:
            assert {picture(one) for one in whole_pages(person.client)} - listed == set()
    assert listed - {picture(one.route) for one in SCREENS if one.method == "GET"} == set()


@needs_browser
@pytest.mark.parametrize("language", ["en", "id"])
def test_no_screen_has_a_barrier(world: World, language: str) -> None:
    """One page of each route, light and dark, wide and narrow: no barrier, no scrolling sideways, with text twice as large neither. A language has each width and each theme once a screen, in turn; with more examples all of them."""
    with at_desk(world.shop.live, Role.OFFICER) as officer:
        pages = whole_pages(officer.client)
    session = session_for(world.shop.live.house, member(Role.OFFICER))
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": WIDE, "height": 900}, bypass_csp=True)
        context.add_init_script(Axe().axe_script)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": world.shop.live.url}])
        opened = context.new_page()
        for number, address in enumerate(pages.values()):
            opened.goto(f"{world.shop.live.url}{re.sub('language=..', f'language={language}', address)}")
            assert (opened.locator("main h1").count(), opened.locator("nav.side").count()) == (1, 1), address
            for width, dark in VIEWS[(number + (language == "id")) % 2]:
                opened.set_viewport_size({"width": width, "height": 900})
                opened.emulate_media(color_scheme="dark" if dark else "light")
                assert not overflows(opened), (address, width)
                assert barriers(opened, targets=True) == [], (address, width, dark)
            assert torn(opened, NARROW) == [], address
            assert overflows_large(opened, WIDE, NARROW) == [], address
        context.close()
