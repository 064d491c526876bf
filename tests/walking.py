"""Ways through the forms of the privacy centre in a browser, each to one screen that no address leads to: their names are `tests.screens.FORMS`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.browser import pressed

SEND = "main form button >> nth=0"


def ways(opened: Any, url: str, language: str, contact: str) -> dict[str, Callable[[], None]]:
    """How the browser gets to each, in an order in which one goes on from another; `contact` is an address that may get codes."""
    return {
        "form-say": partial(_say, opened, url, language), "form-fault": partial(_filled, opened, "?"), "form-review": partial(_filled, opened, contact),
        "form-receipt": partial(pressed, opened, "main form button[value=send]"), "form-code-fault": partial(_code, opened),
        "my-ward": partial(_ward, opened, url, language), "sign-in": partial(_ask, opened, url, language), "sign-in-code": partial(_contact, opened, contact), "sign-in-code-fault": partial(_code, opened),
    }  # fmt: skip


def _say(opened: Any, url: str, language: str) -> None:
    opened.goto(f"{url}/rights?right=correction&language={language}")
    pressed(opened, SEND)


def _filled(opened: Any, contact: str) -> None:
    opened.locator("input[name=contact]").fill(contact)
    opened.locator("input[name=becomes]").fill("Budi Santoso")
    pressed(opened, SEND)


def _code(opened: Any) -> None:
    opened.locator("input.code").fill("0000 0000")
    pressed(opened, SEND)


def _ward(opened: Any, url: str, language: str) -> None:
    opened.goto(f"{url}/my/wards?language={language}")
    pressed(opened, opened.locator("main .wish button").first)


def _ask(opened: Any, url: str, language: str) -> None:
    opened.context.clear_cookies()
    opened.goto(f"{url}/my?language={language}")


def _contact(opened: Any, contact: str) -> None:
    opened.locator("input[name=contact]").fill(contact)
    pressed(opened, SEND)
