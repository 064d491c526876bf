"""Every screen about people and what is kept of them, in a real browser: no barrier, nothing that must be scrolled sideways, small enough."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from django.conf import settings
from tests.browser import browser, needs_browser, pressed
from tests.choosing import no, person, say, yes
from tests.company_house import cloned, drop, make
from tests.desk import VIEWS, at_desk, barred, seat, session_for, somebody
from tests.live import Live, live
from tests.people_house import Clock

from janji.ledger.events import Actor, Kind
from janji.people.guardians import Relation
from janji.store import database
from janji.store.server import ServerHandle
from janji.web import style
from janji.workflows import desk_jobs
from janji.workflows.guardians import name_guardian
from janji.workflows.holds import Ground, set_hold
from janji.workflows.identity import merge
from janji.workflows.ledger import cover
from janji.workflows.people import add_identifier, find_subjects
from janji.workflows.recording import history_of
from janji.workflows.sweeps import sweep, sweeps

LARGEST = 60_000
"""Bytes of a page with its sheets, gzipped."""
ADDRESS = "kanaria@contoh.example"


@dataclass(frozen=True)
class Full:
    """A house in which every screen has something to show, and the screens by name."""

    live: Live
    screens: dict[str, str]
    session: str


@pytest.fixture(scope="module")
def full(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    """Somebody with choices, a merge, a guardian and a hold; a sweep; the ledger audited; what comes next counted."""
    company = make(server, tmp_path_factory.mktemp("company"))
    with cloned(company, module_database_url, tmp_path_factory.mktemp("house"), ["mycontoh"]) as world, live(world.house) as served:
        house = world.house
        subject, twin, child, mother = (person(house, address, band) for address, band in (
            (ADDRESS, "adult"), ("kembar@contoh.example", "adult"), ("anak@contoh.example", "child"), ("ibu@contoh.example", "adult"),
        ))  # fmt: skip
        add_identifier(house, subject, "phone", "+6281234567890", Actor.STAFF)
        for channel in ("email", "sms"):
            say(house, subject, yes(house, "newsletters", channel))
        say(house, subject, no("newsletters", "sms"))
        merge(house, subject, twin, Actor.STAFF)
        link = name_guardian(house, child, mother, Relation.PARENT, Actor.STAFF)
        held = set_hold(house, Ground.LITIGATION, subject=subject, reference="7/2026")
        sweep(house)
        cover(house)
        for name, days in ((desk_jobs.AUDIT, None), (desk_jobs.LOOK, 0), (desk_jobs.LOOK, 30)):
            desk_jobs.ask(house, name, "1", **({} if days is None else {"days": days}))
        desk_jobs.work(house)
        consent = next(event.id for event in history_of(house, subject) if event.kind is Kind.CONSENT_GIVEN)
        merged = next(event.id for event in history_of(house, subject) if event.kind is Kind.PERSON_MERGED)
        yield Full(served, screens(subject, child, link, held.id, UUID(consent), UUID(merged)), session_for(house, somebody()))
    drop(company)


def screens(subject: UUID, child: UUID, link: UUID, hold: UUID, consent: UUID, merged: UUID) -> dict[str, str]:
    """Every screen of these areas: a name for its picture, and where it is."""
    root, register = f"people/{subject}", "register?which="
    return {
        "people": "people", "person": root, "person-uses": f"{root}/uses", "person-guardians": f"people/{child}/guardians", "person-record": f"{root}/record",
        "person-stop": f"{root}/stop?purpose=newsletters", "person-do": f"{root}/do?act=restrict", "person-age": f"{root}/do?act=age", "person-merge": f"{root}/merge",
        "person-split": f"{root}/split?merged={merged}", "guardian-name": f"people/{child}/guardians/name", "guardian-verify": f"people/{child}/guardians/{link}?act=verify",
        "evidence": "evidence", "evidence-none": "evidence?since=2031-01-01", "evidence-fault": "evidence?number=x", "evidence-record": f"evidence/{consent}",
        "ledger": "ledger", "ledger-event": f"ledger/event/{consent}", "retention": "retention", "retention-next": "retention/next", "retention-holds": "retention/holds",
        "hold-new": "retention/holds/new", "hold-lift": f"retention/holds/{hold}/lift", "hold-reference": f"retention/holds/{hold}/reference", "retention-sweeps": "retention/sweeps",
        "retention-sweep": f"retention/sweeps/{sweeps()[0].id}", "retention-gone": "retention/gone", "register": "register", "register-transfers": f"{register}transfers",
        "register-processors": f"{register}processors", "register-assessments": f"{register}assessments", "recipients": f"{register}recipients",
    }  # fmt: skip


def address(full: Full, path: str, language: str) -> str:
    """Where a screen is, in a language."""
    return f"{full.live.url}/console/{path}{'&' if '?' in path else '?'}language={language}"


@needs_browser
def test_no_screen_has_a_barrier_or_overflows(full: Full) -> None:
    """All of them, wide and light in English, narrow and dark in Indonesian."""
    found: list[tuple[str, str]] = []

    def look() -> None:
        with browser() as chromium:
            for language, width, dark in VIEWS:
                with seat(chromium, full.live.url, full.session, width, dark=dark) as page:
                    page.on("console", lambda message: found.append(("console", message.text)) if message.type == "error" and "422" not in message.text else None)
                    found.extend(barred(page, full.live.url, language, (f"/console/{path}" for path in full.screens.values())))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(look).result()
    assert found == []


def test_every_screen_is_there_small_and_of_its_part(full: Full) -> None:
    """Each answers, is within its budget with the sheets, marks its part of the navigation, and holds no script or style of its own."""
    sheets = sum(len(gzip.compress(style.sheet(name))) for name in (style.FACE, style.CONSOLE))
    with httpx.Client(cookies={settings.SESSION_COOKIE_NAME: full.session}, timeout=20) as client:
        for name, path in full.screens.items():
            for language in ("en", "id"):
                answer = client.get(address(full, path, language))
                assert answer.status_code == (422 if name == "evidence-fault" else 200), (name, answer.text)
                assert len(gzip.compress(answer.content)) + sheets < LARGEST, name
                assert answer.text.count('aria-current="page"') >= 1, name
                assert "style=" not in answer.text, name
                assert ADDRESS not in answer.text, name


@needs_browser
def test_found_looked_at_and_stopped_in_a_real_browser(full: Full) -> None:
    """Without JavaScript: somebody is found by an address, seen in clear for a reason, and their no is recorded and read back."""

    def act() -> str:
        with browser() as chromium, seat(chromium, full.live.url, full.session, script=False) as page:
            page.goto(address(full, "people", "en"))
            page.select_option("[name=kind]", "email")
            page.fill("[name=value]", ADDRESS)
            page.select_option("[name=reason]", "help")
            pressed(page, "main form button")
            assert ADDRESS not in page.content()
            page.select_option("[name=reason]", "complaint")
            pressed(page, "main form button")
            assert ADDRESS in page.content()
            pressed(page, page.get_by_role("link", name="What may be done"))
            pressed(page, "a[href*='stop?purpose=newsletters']")
            page.select_option("[name=who]", "person")
            page.select_option("[name=how]", "spoken-recorded")
            pressed(page, "main form button.stop")
            return str(page.inner_text("main"))

    with ThreadPoolExecutor(1) as pool:
        assert "counts from now on" in pool.submit(act).result()
    (subject,) = find_subjects(full.live.house, [("email", ADDRESS)])
    assert subject is not None
    kinds = [event.kind for event in history_of(full.live.house, subject)]
    assert kinds.count(Kind.PERSON_SEEN) == 2
    assert kinds[-1] is Kind.CONSENT_WITHDRAWN


def test_a_second_officer_sees_what_the_first_did(full: Full) -> None:
    """What one asks the worker for, another is not asked to begin again: both see one job."""
    Clock.moved += timedelta(minutes=1)
    with at_desk(full.live) as first, at_desk(full.live, name="Dewi Lestari") as second:
        assert "It waits for the worker" in first.send("/ledger/verify", page="/ledger").text
        second.send("/ledger/verify", page="/ledger")
    assert desk_jobs.work(full.live.house) == 1
    database.close()
