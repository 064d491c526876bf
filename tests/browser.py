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

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed; `make setup` names it")


@contextmanager
def browser() -> Iterator[Any]:
    """A browser of its own for one test; closed afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
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


def barriers(opened: Any) -> list[str]:
    """What axe-core finds on an opened page, a line each; nothing when the page has no barrier that it knows."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(opened).response["violations"]
    return [f"{item['id']}: {item['help']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


def overflows(opened: Any) -> bool:
    """Whether the page as a whole must be scrolled sideways."""
    return bool(opened.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
