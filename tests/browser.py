"""A real browser for the tests of pages: Debian's Chromium, driven by Playwright, with axe-core to look for barriers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 120_000
"""Milliseconds until a page that does not come is a failure, for whatever a browser is asked; nothing waits for them when all is well."""

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed; `make setup` names it")


@contextmanager
def browser() -> Iterator[Any]:
    """A browser of its own for one test; closed afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium: Any = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=PATIENCE)
        made = chromium.new_context

        def patient(**more: Any) -> Any:
            context = made(**more)
            context.set_default_timeout(PATIENCE)
            return context

        chromium.new_context = patient
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def page(chromium: Any, html: Path, width: int = 1280, dark: bool = False, script: bool = True) -> Iterator[Any]:
    """The file `html` opened at a width in CSS pixels, in the light or dark scheme, with or without JavaScript."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=script
    )
    try:
        opened = context.new_page()
        opened.goto(html.resolve().as_uri())
        yield opened
    finally:
        context.close()


def pressed(opened: Any, what: Any, patience: float = PATIENCE) -> None:
    """Press a link or button (a locator, or a selector whose first is meant) and wait until the page that it leads to is there.

    A bare click comes back while the page before is half gone, and who looks then looks at either. It waits for long, and not a
    moment longer than it must; without JavaScript as well.
    """
    from playwright.sync_api import TimeoutError as TooLong

    try:
        with opened.expect_navigation(wait_until="load", timeout=patience):
            (opened.locator(what).first if isinstance(what, str) else what).click(timeout=patience)
    except TooLong as error:
        raise AssertionError(f"no page came after a press on {what} of {opened.url}: {error}") from None


def pressed_here(opened: Any, what: Any) -> None:
    """Press what leads to no new page: it unfolds something, brings a file, or is answered by the page itself."""
    (opened.locator(what).first if isinstance(what, str) else what).click()


AXE = """async (targets) => {
  const found = await axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: targets}}});
  return found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 140)}`));
}"""


def barriers(opened: Any, *, targets: bool = False) -> list[str]:
    """What axe-core finds on an opened page, a line each; nothing when the page has no barrier that it knows. `targets` asks for the size of what is pressed as well."""
    opened.wait_for_load_state()
    if opened.evaluate("typeof axe") == "undefined":
        from axe_playwright_python.sync_playwright import Axe

        opened.evaluate(Axe().axe_script)
    found: list[str] = opened.evaluate(AXE, targets)
    return found


def overflows(opened: Any) -> bool:
    """Whether the page as a whole must be scrolled sideways."""
    opened.wait_for_load_state()
    return bool(opened.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def overflows_large(opened: Any, *widths: int) -> list[int]:
    """At which of these widths the page must be scrolled sideways with text twice as large (WCAG 2.2, 1.4.4). For a context without a policy of contents; the page stays so."""
    opened.add_style_tag(content="html{font-size:200% !important}")
    found = []
    for width in widths:
        opened.set_viewport_size({"width": width, "height": 900})
        found += [width] if overflows(opened) else []
    return found


TORN = """() => [...document.querySelectorAll(".tag")].flatMap(tag => {
  const found = [], range = document.createRange(), walker = document.createTreeWalker(tag, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) for (const word of walker.currentNode.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
    range.setStart(walker.currentNode, word.index);
    range.setEnd(walker.currentNode, word.index + word[0].length);
    if (new Set([...range.getClientRects()].map(one => Math.round(one.top))).size > 1) found.push(word[0]);
  }
  const box = tag.getBoundingClientRect(), over = tag.parentElement.getBoundingClientRect();
  return box.right > over.right + 1 && !tag.closest("p, td, th, h1, h2, h3, .scroll") ? [...found, `beyond its place: ${tag.textContent}`] : found;
})"""


def torn(opened: Any, width: int) -> list[str]:
    """The words that are broken inside of a pill at this width, and the pills that stick out of where they stand."""
    opened.set_viewport_size({"width": width, "height": 900})
    found: list[str] = opened.evaluate(TORN)
    return found
