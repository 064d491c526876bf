"""A press of the browser tests waits for the page that it leads to, and says so when none comes."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest
from tests.browser import browser, needs_browser, page, pressed
from tests.receiver import Got, receiving

BODY = b"<!doctype html><title>next</title><h1>there</h1>"


def _in_two_parts(handler: BaseHTTPRequestHandler, _: Got) -> None:
    """Answer as a loaded server does: first that there is a page, and a moment later the page."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(BODY)))
    handler.end_headers()
    Event().wait(0.3)
    handler.wfile.write(BODY)


@needs_browser
@pytest.mark.parametrize("script", [True, False])
def test_a_press_waits_for_the_next_page(tmp_path: Path, script: bool) -> None:
    """After it the page that a form leads to is there, however late it comes; a button that leads nowhere is a plain failure."""
    first = tmp_path / "first.html"
    with receiving() as receiver, browser() as chromium:
        receiver.answer = _in_two_parts
        first.write_text(f"<title>first</title><form method=post action='{receiver.url}'><button>on</button></form><button class=no>no</button>", encoding="utf-8")
        with page(chromium, first, script=script) as opened:
            with pytest.raises(AssertionError, match=r"no page came after a press on button.no of file:.*first\.html"):
                pressed(opened, "button.no", patience=200)
            pressed(opened, "button")
            assert opened.title() == "next"
