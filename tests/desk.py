"""Staff at the console, for tests: signed in by role, with a client that sends forms as a browser does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx
from django.conf import settings
from django.urls import resolve
from tests.browser import barriers, overflows
from tests.live import Live

from janji.staff.roles import Role, Staff
from janji.store import staff as store
from janji.store.database import transaction
from janji.store.staff import StaffRow
from janji.workflows import incidents
from janji.workflows.house import House
from janji.workflows.incidents import Incident
from janji.workflows.staff import EPOCH, LASTS, UNTIL, WHO

VIEWS = (("en", 1280, False), ("id", 320, True))
"""How the screens of a part are looked at: language, width in CSS pixels, dark or light. The crawl of all screens takes the other ways."""
NAMES = {Role.OFFICER: "Sri Wahyuni", Role.ANALYST: "Budi Hartono", Role.ENGINEER: "Made Wirawan", Role.OWNER: "Rini Astuti", Role.AUDITOR: "Tono Saputra"}


def somebody(role: Role = Role.OFFICER, name: str = "", systems: Iterable[str] = ()) -> Staff:
    """A member of staff of a role."""
    return Staff(str(UUID(int=list(Role).index(role) + 1)), name or NAMES[role], role, tuple(systems))


def session_for(house: House, staff: Staff) -> str:
    """A session of somebody, whose account is made where there is none: the key for the browser to keep."""
    number, now = UUID(staff.id), house.runtime.now()
    with transaction():
        store.insert(StaffRow(id=number, name=staff.name, email=f"{staff.id[-4:]}.{staff.role}@example.com", role=staff.role, systems=staff.systems, made=now))
        held = store.account(number)
        assert held is not None
        store.write(replace(held, name=staff.name, role=staff.role, systems=staff.systems, stopped=None))
    return store.begin_session({WHO: staff.id, "_auth_user_backend": "janji.web.console.gate.Backend", EPOCH: str(held.epoch), UNTIL: (now + LASTS).timestamp()})


def an_incident(house: House) -> Incident:
    """An incident of two and a half days ago, of which the authority was told."""
    now, staff, id = house.runtime.now(), somebody(), UUID(int=4046)
    incidents.record_incident(house, staff, id, now - timedelta(hours=61), "A laptop with the list of repairs was left on a train.", "medium", data=("name",), people=1_200)
    return incidents.attest(house, staff, id, "breach-authority", now - timedelta(hours=3), "Bpk. Kanari of the ministry, by courier", "letter 77/2026")


class Person:
    """A browser at the console: gets pages, and sends their forms with the token that the page carries."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def get(self, path: str, **query: str) -> httpx.Response:
        """A page, in English."""
        return self.client.get(f"/console{path}", params={"language": "en", **query})

    def send(self, path: str, page: str | None = None, **fields: str | list[str]) -> httpx.Response:
        """Send a form to a path of the console, with the token of the page that it is on (the same path, unless named); follows to what comes after."""
        found = re.search(r'name="token" value="([^"]*)"', self.get(path if page is None else page).text)
        assert found, "the page has no form"
        return self.client.post(f"/console{path}?language=en", data={"token": found[1], **fields}, follow_redirects=True)


@contextmanager
def signed(served: Live, staff: Staff) -> Iterator[Person]:
    """Whoever has this account, signed in."""
    key = store.begin_session({WHO: staff.id, "_auth_user_backend": "janji.web.console.gate.Backend", EPOCH: "0", UNTIL: (served.house.runtime.now() + LASTS).timestamp()})
    with httpx.Client(base_url=served.url, cookies={settings.SESSION_COOKIE_NAME: key}, timeout=60) as client:
        yield Person(client)


@contextmanager
def at_desk(served: Live, role: Role = Role.OFFICER, name: str = "", systems: Iterable[str] = ()) -> Iterator[Person]:
    """Somebody of a role, signed in."""
    session = session_for(served.house, somebody(role, name, systems))
    with httpx.Client(base_url=served.url, cookies={settings.SESSION_COOKIE_NAME: session}, timeout=60) as client:
        yield Person(client)


@contextmanager
def seat(chromium: Any, url: str, session: str, width: int = 1280, *, dark: bool = False, script: bool = True) -> Iterator[Any]:
    """A page of the browser of whoever has the session; of a stranger where it is empty."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=script)
    if session:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    yield context.new_page()
    context.close()


def barred(opened: Any, url: str, language: str, paths: Iterable[str]) -> list[tuple[str, str]]:
    """What keeps somebody out of the pages at these paths: what axe knows, and scrolling sideways."""
    found: list[tuple[str, str]] = []
    for path in paths:
        opened.goto(f"{url}{path}{'&' if '?' in path else '?'}language={language}")
        found += [(path, what) for what in (*barriers(opened), *(["scrolls sideways"] if overflows(opened) else []))]
    return found


def walked(client: httpx.Client, start: str = "/console") -> dict[str, httpx.Response]:
    """Every page of the console that links lead to from one, each shape of address a few times, by its address."""
    found, waiting, shapes = dict[str, httpx.Response](), [start], dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        if address in found:
            continue
        answer = client.get(address)
        found[address] = answer
        if answer.status_code == 303:
            waiting.append(answer.headers["location"])
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for href in re.findall(r'(?:href|hx-get)="(/console[^"]*)"', answer.text):
            parts = urlsplit(html.unescape(href))
            words = sorted(name for name, _ in parse_qsl(parts.query))
            shape = f"{resolve(parts.path).route}?{words}"
            shapes[shape] = shapes.get(shape, 0) + 1
            if shapes[shape] <= 2:
                waiting.append(html.unescape(href).partition("#")[0])
    return found


def route(address: str) -> str:
    """The route that answers at an address, as its screen declared it."""
    return resolve(urlsplit(address).path).route.removeprefix("console").strip("/")


def whole_pages(client: httpx.Client) -> dict[str, str]:
    """One page of each route that links lead to: the address of the last that was found, by its route; how far some work is, is a part of a page."""
    return {route(address): address for address, page in walked(client).items() if page.status_code == 200 and page.headers.get("content-type", "").startswith("text/html") and not route(address).startswith("work/")}


def picture(route: str) -> str:
    """The name of the pictures of a screen of the console: its address, with what is filled in left out, as in `console-requests-id-plan`."""
    return "-".join(["console", *re.findall(r"[a-z_]+(?=>)|[a-z]+(?![a-z:]*>)", route)])
