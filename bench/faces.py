"""Time to the first byte of every screen, at the median, in a house with 100,000 people and 10,000 requests behind `janji serve` in a process of its own.

Each beside `/health/live` of the same server in the same run, which does nothing. The numbers given (100000 10000) are people and requests. The person
whose pages are opened has a consent, a long record and many requests. Screens come from `tests/screens.py`; a house that serves more
faces adds its own to `screens`.
"""

from __future__ import annotations

import http.client
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import httpx
from aiosmtpd.controller import Controller
from figures import Figure, show
from recording import choice
from serving import peopled, program

sys.path.append(str(Path(__file__).resolve().parent.parent))

from tests.desk import session_for, somebody, whole_pages
from tests.screens import LINKED, MINE, OPEN, Screen

from janji.rights.requests import Intake, Proof
from janji.store.database import connection, fetch, run
from janji.web.configuration import configure
from janji.workflows import promise_boards
from janji.workflows.consents import choose_many
from janji.workflows.door import Door
from janji.workflows.house import House
from janji.workflows.ledger import sequence_all
from janji.workflows.request_pages import page_path
from janji.workflows.requests import Opening, open_requests

PEOPLE, REQUESTS = 100_000, 10_000
OWN, CHOICES = 20, 300
"""Requests and choices of the person who looks."""
TIMES = 31
BAR = 60.0
"""Milliseconds that a screen may take at the median."""
ADDRESS = "person0@example.com"
NOBODY = ("link-of-nobody", "nowhere")
"""Screens that say that nothing is there."""
HEADERS = {"Accept": "text/html", "Accept-Language": "id", "Sec-GPC": "1"}


@dataclass(frozen=True, slots=True)
class Timed:
    """One screen: its name, the milliseconds until its first byte at the median and of the slowest, and its bytes."""

    name: str
    middle: float
    slowest: float
    size: int


class _Box:
    """A mail server that keeps the newest letter."""

    letter: EmailMessage | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002 - as aiosmtpd calls it
        self.letter = message_from_bytes(envelope.content, policy=default)
        return "250 OK"


class _Port(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it was started
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail() -> Iterator[tuple[_Box, int]]:
    """That server, and its port."""
    box = _Box()
    port = _Port(box, hostname="127.0.0.1", port=0)
    port.start()
    try:
        yield box, port.port
    finally:
        port.stop()


def fill(opened: House, subjects: Sequence[UUID], count: int) -> UUID:
    """So many requests of these people, of a year, most of them answered; and what the first person did. The first person's newest request."""
    chance = random.Random(5)
    for start in range(0, count, 1000):
        who = [subjects[0] if start + place < OWN else chance.choice(subjects) for place in range(min(1000, count - start))]
        open_requests(opened, [Opening(right=chance.choice(("access", "deletion")), intake=Intake.PHONE, subject=one, proof=Proof.STAFF, by="desk") for one in who])
    run("""UPDATE rights_request SET state = 'ended', outcome = CASE WHEN n %% 9 = 0 THEN 'refused' ELSE 'done' END, next = NULL, ground = CASE WHEN n %% 9 = 0 THEN 'defence-security' ELSE ground END,
      opened = opened - make_interval(hours => n::int %% 8000), due = due - make_interval(hours => n::int %% 8000),
      ended = opened - make_interval(hours => n::int %% 8000) + make_interval(mins => 30 + n::int %% 3000)
      FROM (SELECT id AS one, row_number() OVER () AS n FROM rights_request) numbered WHERE one = id AND n %% 10 > 0""")  # fmt: skip
    run("UPDATE rights_request SET state = 'approval', next = NULL WHERE state <> 'ended'")
    for turn in range(CHOICES):
        choose_many(opened, [choice(opened, subjects[0], "grant" if turn % 2 == 0 else "withdraw")])
    sequence_all()
    promise_boards.look_again(opened)
    connection().execute("VACUUM ANALYZE")
    ((newest,),) = _rows("SELECT id FROM rights_request WHERE subject = %s ORDER BY opened DESC LIMIT 1", subjects[0])
    return UUID(str(newest))


def _rows(statement: str, *values: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in fetch(statement, *values)]


def sign_in(url: str, box: _Box) -> str:
    """The cookie of the person, as the code in the mail gives it."""
    place = urlsplit(url).netloc
    cookies: dict[str, str] = {}
    for path, said in (("/my", {"contact": ADDRESS}), ("/my/code", {})):
        if path == "/my/code":
            end = time.monotonic() + 30
            while box.letter is None:
                assert time.monotonic() < end, "no code came"
                time.sleep(0.05)
            text = str((box.letter.get_body(("plain",)) or box.letter).get_content())
            found = re.search(r"\b(\d{4})[ -]?(\d{4})\b", text)
            assert found is not None
            said = {"code": found[1] + found[2]}
        link = http.client.HTTPConnection(place, timeout=30)
        link.request("POST", path, urlencode(said), {**HEADERS, "Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(cookies.values())})
        answer = link.getresponse()
        answer.read()
        cookies |= {line.partition("=")[0]: line.partition(";")[0] for name, line in answer.getheaders() if name.lower() == "set-cookie"}
        link.close()
    return "; ".join(cookies.values())


def screens(opened: House, newest: UUID) -> list[tuple[Screen, str]]:
    """Every screen that this house can show, with its address."""
    held = {"request": page_path(opened, newest, shown=True), "ready": str(newest), "waits": str(newest), "refused": str(newest)}
    found = []
    for screen in (*OPEN, *LINKED, *MINE):
        holes = re.findall(r"\{(\w+)\}", screen.path)
        if all(hole in held for hole in holes):
            found.append((screen, re.sub(r"\{(\w+)\}", lambda hole: held[hole[1]], screen.path)))
    return found


def console(url: str, session: str, newest: UUID, subject: UUID) -> list[tuple[str, str]]:
    """One page of each route of the console that links lead an officer to, a request and a person: its name and address."""
    with httpx.Client(base_url=url, cookies={"janji-staff": session}, timeout=60) as client:
        pages = whole_pages(client)
    return [*((f"console {name or 'overview'}", address) for name, address in sorted(pages.items())),
            ("console a request", f"/console/requests/{newest}"), ("console a person", f"/console/people/{subject}")]  # fmt: skip


def timed(link: http.client.HTTPConnection, name: str, path: str, cookie: str, status: int = 200) -> Timed:
    """One address asked again and again on one connection: what `Timed` says of it."""
    found, size = [], 0
    for turn in range(TIMES + 1):
        start = time.perf_counter()
        link.request("GET", path, headers={**HEADERS, "Cookie": cookie})
        answer = link.getresponse()
        first = answer.read(1)
        took = time.perf_counter() - start
        size = len(first + answer.read())
        assert answer.status == status, (path, answer.status)
        if turn:  # the first fills what the server keeps for everybody
            found.append(took * 1000)
    return Timed(name, median(found), max(found), size)


def measure(people: int = PEOPLE, requests: int = REQUESTS) -> list[Figure]:
    """The slowest screens of all, and the middle of them, beside the bare floor."""
    with tempfile.TemporaryDirectory() as name, mail() as (box, port):
        folder = Path(name)
        with peopled(folder, people, ("decide",)) as (opened, subjects, _):
            newest = fill(opened, subjects, requests)
            shown = screens(opened, newest)
            words = [sys.executable, "-m", "janji", "serve", "--port", "0", "--data-dir", str(folder / "data")]
            with program(words, folder, {"JANJI_MAIL_URL": f"smtp://127.0.0.1:{port}", "JANJI_MAIL_FROM": "privacy@example.com", "JANJI_PROMISES": "public"}) as (url, _, _):
                cookie = sign_in(url, box)
                link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
                before = timed(link, "floor", "/health/live", "")
                found = [timed(link, one.name, quote(path, safe="/?=&%"), cookie, 404 if one.name in NOBODY else 200) for one, path in shown]
                configure(Door(opened))
                session = session_for(opened, somebody())
                found += [timed(link, name, path, f"janji-staff={session}") for name, path in console(url, session, newest, subjects[0])]
                after = timed(link, "floor", "/health/live", "")
                link.close()
    floor = min(before.middle, after.middle)
    if "--all" in sys.argv:
        for one in sorted(found, key=lambda one: -one.middle):
            print(f"{one.name:24} {one.middle:8.2f} ms   slowest {one.slowest:8.2f} ms   {one.size:9,} bytes   {one.middle / floor:6.1f} x")
    slowest = max(found, key=lambda one: one.middle)
    middle = median(one.middle for one in found)
    beside = f"{people:,} people and {requests:,} requests"
    return [
        Figure(f"first byte of the slowest screen ({slowest.name}), {beside}", slowest.middle, "ms, median", "/health/live of the same server", slowest.middle / floor, "< 60 ms", slowest.middle < BAR),
        Figure(f"first byte of the middle one of {len(found)} screens", middle, "ms, median", "/health/live of the same server", middle / floor, "< 60 ms", middle < BAR),
    ]  # fmt: skip


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    show(measure(*numbers))
