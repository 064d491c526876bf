"""A house whose rights form is served and whose messages go to a real mail server: what tests of intake stand on."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from tests.choosing import Clock, Clocked, make_house
from tests.live import Live, live
from tests.mailbox import Mailbox, mailbox

from janji.store import database
from janji.workflows import messages
from janji.workflows.house import House

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
SENDER = "privacy@example.net"


@dataclass(frozen=True)
class Rights:
    """The house, served, with its clock and the mail that people got."""

    live: Live
    clock: Clock
    box: Mailbox

    @property
    def house(self) -> House:
        """The house."""
        return self.live.house

    def letters(self) -> list[tuple[str, str]]:
        """Send what is due, and give all that was sent so far: to whom, and the text."""
        messages.work(self.house)
        return [(to, str((one.get_body(("plain",)) or one).get_content())) for to, one in self.box.taken]

    def code(self, to: str) -> str:
        """The newest code that an address got."""
        text = [text for one, text in self.letters() if one == to][-1]
        found = re.search(r"\b(\d{4})[ -]?(\d{4})\b", text)
        assert found is not None, text
        return found[1] + found[2]

    def link(self, to: str) -> str:
        """The newest link that an address got, as a path."""
        text = [text for one, text in self.letters() if one == to][-1]
        found = re.search(r"https?://[^/\s]+(/rights/prove/\S+)", text)
        assert found is not None, text
        return found[1].partition("?")[0]

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as a browser does."""
        with self.live.client() as client:
            return client.post(path, data=fields, headers=BROWSER)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page as a browser does."""
        with self.live.client() as client:
            return client.get(path, headers={**BROWSER, **headers})

    def file(self, right: str, contact: str, **fields: str) -> dict[str, str]:
        """Fill the form in from its first page to its last; what the last one shows."""
        filled = {"right": right, "asker": "self", "contact": contact, **fields}
        review = self.post("/rights", go="review", **filled)
        assert review.status_code == 200, review.text
        done = self.post("/rights", **{**hidden(review.text), "go": "send"})
        assert done.status_code == 200, done.text
        return shown(done.text)


def hidden(page: str) -> dict[str, str]:
    """The fields that a page carries along."""
    return {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)}


def shown(page: str) -> dict[str, str]:
    """What a page shows as facts: by name."""
    found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    return {html.unescape(name): html.unescape(re.sub(r"<[^>]+>", "", value)).strip() for name, value in found}


def elsewhere(work: Callable[[], str]) -> str:
    """What some work gives in a thread of its own: beside a browser's loop the database is not asked."""

    def run() -> str:
        try:
            return work()
        finally:
            database.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@contextmanager
def rights_house(url: str, folder: Path, public_url: str | None = "https://privacy.example.net") -> Iterator[Rights]:
    """The house, until the end; `public_url` is where people reach it."""
    clock = Clock()
    made = make_house(url, clock, folder)
    with mailbox() as box:
        settings = replace(made.runtime.settings, mail_url=box.url, mail_from=SENDER, public_url=public_url)
        with live(replace(made, runtime=Clocked(settings, made.runtime.tongue, clock))) as served:
            yield Rights(served, clock, box)
