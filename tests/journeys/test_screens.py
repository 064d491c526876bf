"""Every screen of the privacy centre, in both languages, both themes, both widths: no barrier, no sideways scrolling, light, and whole in its head."""

from __future__ import annotations

import gzip
import importlib
import os
import pkgutil
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser import barriers, browser, needs_browser, overflows_large, torn
from tests.centre_house import Shop, Somebody, centre_house, somebody
from tests.people_house import Clock
from tests.rights_house import BROWSER
from tests.screens import FILES, FORMS, LINKED, MINE, OPEN, Screen
from tests.walking import ways

import janji.web
from janji.store.server import ServerHandle
from janji.web import style, worklists

NARROW, WIDE = 320, 1280
HEAVIEST = 25_000
"""Bytes of a page with its style sheet, compressed."""
SHIFT = 0.05
"""How much of what is seen may move while a page loads (Cumulative Layout Shift; 0.1 counts as good)."""
TEXT, TARGET = 12, 24
"""CSS pixels: the smallest text, and the smallest side of what is pressed (WCAG 2.2, 2.5.8)."""
VIEWS: dict[str, tuple[tuple[int, bool], ...]] = {"en": ((WIDE, False), (NARROW, True)), "id": ((WIDE, True), (NARROW, False))}
"""What each screen is looked at by, in each language: each of the two has both widths and both themes, and together all four; with more examples all of them."""
if os.environ.get("JANJI_EXAMPLES", "1") != "1":
    VIEWS = dict.fromkeys(VIEWS, ((WIDE, False), (WIDE, True), (NARROW, True), (NARROW, False)))

LOOK = """async ([text, target]) => {
  const bad = [];
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) bad.push("scrolls sideways");
  const seen = node => { const box = node.getBoundingClientRect(); return box.width > 1 && box.height > 1 && getComputedStyle(node).visibility !== "hidden"; };
  for (const node of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")) {
    const inline = node.tagName === "A" && getComputedStyle(node).display === "inline";
    const box = (node.closest("label") || node).getBoundingClientRect();
    if (seen(node) && !inline && Math.min(box.width, box.height) < target) bad.push(`too small to press: ${node.outerHTML.slice(0, 120)}`);
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && seen(node) && parseFloat(getComputedStyle(node).fontSize) < text) bad.push(`too small to read: ${walk.currentNode.data.slice(0, 60)}`);
  }
  const moved = await new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; }).observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
  });
  return [bad, moved];
}"""


@pytest.fixture(scope="module")
def shop(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The house of this module."""
    with centre_house(server, module_database_url, tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture(scope="module")
def ani(shop: Shop) -> Somebody:
    """Somebody who has something on every screen."""
    return somebody(shop)


@pytest.fixture(autouse=True)
def a_minute_later(shop: Shop) -> None:
    """What one test sent does not count for the next."""
    Clock.moved += timedelta(minutes=2)


def test_no_screen_is_forgotten() -> None:
    """Every endpoint of the centre that shows a page is in the list of screens, and every screen of the list has its endpoint."""
    faces = [importlib.import_module(f"janji.web.{one.name}") for one in pkgutil.iter_modules(janji.web.__path__)]
    served = {
        path for face in faces if hasattr(face, "pages") and face not in (style, worklists)  # sheets, and pages of owners of systems
        for path, view in face.pages.path_operations.items() if any("GET" in operation.methods for operation in view.operations)
    }  # fmt: skip
    listed = {screen.endpoint for screen in (*OPEN, *LINKED, *MINE)} - {"-"}
    assert served - listed - set(FILES) == set()
    assert listed - served == set()
    names = [screen.name for screen in (*OPEN, *LINKED, *MINE)] + list(FORMS)
    assert len(set(names)) == len(names)
    assert list(ways(None, "", "en", "")) == list(FORMS)


def test_every_screen_is_light_and_whole_in_its_head(shop: Shop, ani: Somebody) -> None:
    """25 KB with its style sheet, compressed; language, title of its own, width, one heading, what it is about where anybody may look; no script."""
    with shop.live.client() as client:
        client.headers.update(BROWSER)
        client.cookies.update(ani.cookies)
        titles: dict[tuple[str, str], str] = {}
        for language in ("en", "id"):
            for screen in (*OPEN, *LINKED, *MINE):
                page = client.get(f"{ani.path(screen.path)}{'&' if '?' in screen.path else '?'}language={language}")
                assert page.status_code == (404 if screen.name in ("nowhere", "link-of-nobody") else 200), (screen.name, page.text)
                head = page.text.partition("</head>")[0]
                assert f'<html lang="{language}">' in head, screen.name
                assert 'name="viewport" content="width=device-width, initial-scale=1"' in head
                title = re.findall(r"<title>(.+?)</title>", head)
                assert len(title) == 1, screen.name
                titles[language, screen.name] = title[0]
                assert page.text.count("<h1") == 1, screen.name
                assert "<script" not in page.text
                assert "<img" not in page.text
                assert "`" not in page.text, screen.name  # names are marked in a terminal, and to nobody here
                assert page.headers["cache-control"] == "no-store", screen.name
                if (language, screen.name) == ("en", "my-request-waits"):  # an officer has still to agree
                    assert ("What we will do" in page.text, "What we did" in page.text) == (True, False)
                assert screen not in OPEN or re.search('<meta name="description" content="[^"]{20,}">', head), screen.name
                (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', head)
                (sign,) = re.findall(r'<link rel="icon" href="([^"]+)"', head)
                style, icon = client.get(sheet), client.get(sign)
                assert (style.status_code, icon.status_code) == (200, 200)
                assert len(gzip.compress(page.content)) + len(gzip.compress(style.content)) + len(gzip.compress(icon.content)) <= HEAVIEST, screen.name
    opened = [titles["en", screen.name] for screen in OPEN]
    assert len(set(opened)) == len(opened)


@needs_browser
@pytest.mark.parametrize("language", ["en", "id"])
def test_no_screen_has_a_barrier(shop: Shop, ani: Somebody, language: str) -> None:
    """Axe finds nothing on any screen, light and dark, wide and narrow; nothing is too small to press or to read, moves while it loads, or must be scrolled sideways, with text twice as large neither."""
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": WIDE, "height": 900}, bypass_csp=True, extra_http_headers={"Accept-Language": language, "Sec-GPC": "1"})
        context.add_init_script(Axe().axe_script)
        context.add_cookies(ani.kept(shop.live.url))
        opened = context.new_page()
        for screen in (*OPEN, *LINKED, *MINE):
            opened.goto(_address(shop, ani, screen))
            assert _barriers(opened, language) == [], screen.name
            assert torn(opened, NARROW) == [], screen.name
            assert overflows_large(opened, NARROW, WIDE) == [], screen.name
        for name, go in ways(opened, shop.live.url, language, f"walker-{language}@example.com").items():
            go()
            assert _barriers(opened, language) == [], name
        context.close()


@needs_browser
def test_no_screen_complains_in_the_console(shop: Shop, ani: Somebody) -> None:
    """Under its own policy of contents a browser reports nothing: no blocked style or picture, no file that lacks. The way in by keyboard begins with the skip link."""
    said: list[str] = []
    with browser() as chromium:
        context = chromium.new_context(extra_http_headers={"Accept-Language": "id"})
        context.add_cookies(ani.kept(shop.live.url))
        opened = context.new_page()
        opened.on("console", lambda one: said.append(f"{opened.url}: {one.text}"))
        opened.on("pageerror", lambda one: said.append(f"{opened.url}: {one}"))
        for screen in (*OPEN, *LINKED, *MINE):
            opened.goto(_address(shop, ani, screen))
        opened.keyboard.press("Tab")
        assert opened.evaluate("document.activeElement.className") == "skip"
        context.close()
    assert [one for one in said if "404 (Not Found)" not in one] == []
    assert len(said) == 2  # the two pages that say that nothing is there


def _address(shop: Shop, ani: Somebody, screen: Screen) -> str:
    return f"{shop.live.url}{ani.path(screen.path)}"


def _barriers(opened: Any, language: str) -> list[tuple[int, bool, list[str]]]:
    """What of a screen keeps somebody out: at which width, in the dark or not, and what."""
    found = []
    for width, dark in VIEWS[language]:
        opened.set_viewport_size({"width": width, "height": 900})
        opened.emulate_media(color_scheme="dark" if dark else "light")
        bad, moved = opened.evaluate(LOOK, [TEXT, TARGET])
        bad += barriers(opened, targets=True)
        if width != NARROW and moved > SHIFT:
            bad.append(f"moves while it loads: {moved}")
        if bad:
            found.append((width, dark, bad))
    opened.set_viewport_size({"width": WIDE, "height": 900})  # the next one loads as wide as it is looked at first
    return found
