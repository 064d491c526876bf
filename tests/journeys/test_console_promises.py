"""The promise board on screen: the worker looks, what breaks turns red and green again, a report is handed out, the public page shows no more than it may."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from tests.browser import browser, needs_browser, pressed
from tests.choosing import Clock, Clocked, make_house, person, yes
from tests.choosing import say as choose
from tests.desk import VIEWS, Person, at_desk, barred, seat, session_for, somebody
from tests.live import Live, live
from tests.rights_house import BROWSER, elsewhere

from janji.assurance.board import State
from janji.connectors.opening import open_connector
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Expiry, Form, Identifier, Meaning, SystemMeaning, TableMeaning
from janji.datamap.written import write_meaning
from janji.staff.roles import DUTIES, Role
from janji.store.database import connection
from janji.web.console.shell import SCREENS
from janji.workflows import desk_jobs, promise_boards
from janji.workflows.audits import verify_report
from janji.workflows.ledger import sequence_all, verifier
from janji.workflows.systems import Stage, add, move


@dataclass(frozen=True)
class World:
    """The served house, its clock, and the store of its community."""

    live: Live
    clock: Clock
    store: Path

    def worker(self) -> None:
        """What the worker does next: what screens asked for, and the look of the hour when it is time."""
        elsewhere(lambda: str(desk_jobs.work(self.live.house) + promise_boards.work(self.live.house)))

    def change(self, statement: str) -> None:
        """Do something in the store."""
        with closing(sqlite3.connect(self.store)) as link, link:
            link.executescript(statement)


@pytest.fixture(scope="module")
def world(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A house with a person, a consent and a reviewed store, looked at once; the public page is switched on."""
    folder, clock = tmp_path_factory.mktemp("house"), Clock()
    made = make_house(module_database_url, clock, folder)
    (folder / "maps").mkdir()
    house = replace(made, runtime=Clocked(replace(made.runtime.settings, maps=folder / "maps", promises="public"), made.runtime.tongue, clock))
    store = folder / "community.db"
    with closing(sqlite3.connect(store)) as link, link:
        link.executescript("CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, left_on TEXT); INSERT INTO members VALUES (1, 'ani@example.org', 'Ani', NULL);")
    with closing(open_connector("community", f"sqlite:///{store}")) as held:
        form = fingerprint(held.catalogue().tables["members"])
    none = Meaning("none")
    table = TableMeaning("members", form, (Identifier("email", "email", Form.LOWER),), retention=(Expiry("accounts", since="left_on"),),
                         columns={"id": none, "email": Meaning("email"), "name": Meaning("name"), "left_on": none})  # fmt: skip
    (folder / "maps" / "community.yaml").write_text(write_meaning(SystemMeaning("community", "The community", tables={"members": table})), "utf-8")
    add(house, "community", f"sqlite:///{store}")
    for stage in (Stage.SEARCH, Stage.PLANNED):
        move(house, "community", stage)
    choose(house, person(house), yes(house, "newsletters", "email"))
    sequence_all()
    with live(house) as served:
        found = World(served, clock, store)
        found.worker()
        yield found


def states(world: World, *clauses: str) -> list[str]:
    """The states of clauses, as the kept board has them."""
    board = promise_boards.kept(world.live.house, "en")
    assert board is not None
    return [str(promise_boards.line_of(board, clause)["state"]) for clause in clauses]


@contextmanager
def undone(table: str, statement: str) -> Iterator[None]:
    """The record with something done to a table by hand, until the end."""
    kept = f"saved_{uuid4().hex}"
    elsewhere(lambda: str(connection().execute(f"CREATE TABLE {kept} AS TABLE {table}".encode())))
    try:
        elsewhere(lambda: str(connection().execute(statement.encode())))
        yield
    finally:
        for one in (f"DELETE FROM {table}", f"INSERT INTO {table} SELECT * FROM {kept}", f"DROP TABLE {kept}"):  # noqa: S608 - tables of ours
            elsewhere(lambda one=one: str(connection().execute(one.encode())))  # type: ignore[misc]


def test_the_worker_looks_when_it_is_time(world: World) -> None:
    """Once an hour, and no oftener; what is old says so, and nothing is looked at while a page is made."""
    first = promise_boards.glance(world.live.house)
    assert first is not None
    assert promise_boards.work(world.live.house) == 0
    world.clock.put_on(hours=1)
    assert promise_boards.work(world.live.house) == 1
    again = promise_boards.glance(world.live.house)
    assert again is not None
    assert (again.at > first.at, again.counts, again.broke) == (True, first.counts, ())
    assert sum(again.counts.values()) == 104


@pytest.mark.parametrize(("table", "statement", "clause"), [
    ("event", "DELETE FROM event WHERE kind = 'consent.given'", "9.1.d"),
    ("event", "UPDATE event SET body = overlay(body placing '\\x20' from 30) WHERE kind = 'consent.given'", "9.1.h"),
], ids=["dropped-consent", "tampered-ledger"])  # fmt: skip
def test_what_is_broken_in_the_record_turns_red_and_green(world: World, table: str, statement: str, clause: str) -> None:
    """A dropped consent and a changed byte are red at the next look, told at a glance and in the history; green after the repair."""
    with undone(table, statement):
        world.clock.put_on(minutes=61)
        world.worker()
        assert states(world, clause) == ["broken"]
        seen = promise_boards.glance(world.live.house)
        assert seen is not None
        assert clause in {one.clause for one in seen.broke}
    world.clock.put_on(minutes=61)
    world.worker()
    assert states(world, clause) == ["kept"]
    seen = promise_boards.glance(world.live.house)
    assert seen is not None
    assert seen.broke == ()
    turned, _ = promise_boards.changes(clause=clause)
    assert [one.became for one in turned[:2]] == [State.KEPT, State.BROKEN]


@needs_browser
def test_an_added_column_turns_red_on_screen(world: World) -> None:
    """In the browser: all is well; a column comes; the button, the progress, red with the reason and what to do; dropped again, green again."""
    from playwright.sync_api import expect

    session = elsewhere(lambda: session_for(world.live.house, somebody(Role.OFFICER)))
    with browser() as chromium, seat(chromium, world.live.url, session) as opened:
        wrong: list[str] = []
        opened.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
        opened.on("pageerror", lambda one: wrong.append(str(one)))
        board = f"{world.live.url}/console/promises?language=en"
        for statement, state in (("ALTER TABLE members ADD COLUMN religion TEXT", "broken"), ("ALTER TABLE members DROP COLUMN religion", "kept")):
            world.change(statement)
            world.clock.put_on(minutes=1)  # what turned in one instant stands in no order
            opened.goto(board)
            pressed(opened, "#look-again button")
            assert opened.locator(".job progress").count() == 1
            world.worker()
            opened.locator(".job").wait_for(state="detached")  # the script asks, and finds that it is done
            opened.wait_for_load_state()  # and the page comes anew
            assert opened.locator(".card.good").count() == 1
            opened.goto(f"{board}&q=9.1.a")
            row = opened.locator("#found li", has=opened.locator("a[href*='clause=9.1.a&']"))
            assert row.get_attribute("data-state") == state
            pressed(opened, row.locator("a"))
            assert ("religion" in opened.locator("#content .now").inner_text()) == (state == "broken")
            assert {"broken": "→ Broken", "kept": "→ Kept as promised"}[state] in opened.locator(".turned").inner_text(), "what turned is told on the page of the clause"
            opened.goto(f"{world.live.url}/console/promises/changes?language=en")
            assert opened.locator(".turned li", has_text="9.1.a").count() >= 1, "and in the list of all that turned"
        opened.goto(board)
        opened.locator("input[name=q]").press_sequentially("newsletter", delay=20)
        opened.wait_for_url("**q=newsletter**")  # found while it is typed
        expect(opened.locator("#found li")).not_to_have_count(104, timeout=60_000)
        assert wrong == []


def test_without_a_script_a_look_shows_how_far_it_is(world: World) -> None:
    """Asked for by a form: the page comes again by itself while the worker is at it; asked twice it is one look."""
    with at_desk(world.live, Role.AUDITOR) as who:
        page = who.send("/promises/look", page="/promises")
        assert re.search(r'<noscript><meta http-equiv="refresh" content="\d+">', page.text), page.text
        assert "<progress" in page.text
        again = who.send("/promises/look", page="/promises")
        assert page.url == again.url
        world.worker()
        done = who.client.get(str(page.url))
        assert "<progress" not in done.text
        assert "http-equiv" not in done.text


def test_what_a_reader_asks_for_is_found(world: World) -> None:
    """By state, by word, by what the law says otherwise; a page that is none says so; a clause that is none too."""
    with at_desk(world.live) as who:
        every = who.get("/promises")
        assert len(re.findall(r"<li data-state", every.text)) == 60
        second = who.get("/promises", page="2")
        assert len(re.findall(r"<li data-state", second.text)) == 44
        assert 'rel="prev"' in second.text
        kept = who.get("/promises", state="kept")
        assert set(re.findall(r'data-state="([a-z-]+)"', kept.text)) == {"kept"}
        assert who.get("/promises", q="<script>alert(1)</script>").text.count("<script>alert") == 0
        assert "No promise is like this." in who.get("/promises", q="nothing is like this").text
        assert who.get("/promises", state="hostile", page="x").status_code == 422
        assert who.get("/promises/clause", clause="no").status_code == 404
        clause = who.get("/promises/clause", clause="9.1.d")
        assert "/console/ledger/event/" in clause.text
        assert "The ledger is whole" in clause.text


def test_a_signed_report_is_handed_out(world: World, tmp_path: Path) -> None:
    """Asked for, made by the worker, downloaded, and whole by the ledger's own key; each report is its own."""
    with at_desk(world.live, Role.AUDITOR) as who:
        asked = who.send("/promises/report", page="/promises")
        world.worker()
        page = who.client.get(str(asked.url))
        address = re.search(r'href="/console/(promises/report/[0-9a-f-]+)\?', page.text)
        assert address is not None, page.text
        file = who.get(f"/{address[1]}")
        assert file.headers["content-type"] == "application/zip"
        assert "attachment" in file.headers["content-disposition"]
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            archive.extractall(tmp_path)
        assert verify_report(tmp_path, str(verifier(world.live.house))) is not None
        assert who.get(f"/promises/report/{uuid4()}").status_code == 404
    shutil.rmtree(tmp_path)


def test_the_public_page_shows_states_and_nothing_inside(world: World) -> None:
    """Switched on, anybody reads how each promise is; not by which check, in which system, by which event. Switched off there is no such page."""
    with world.live.client() as client:
        page = client.get("/promises", headers=BROWSER)
        assert page.status_code == 200
        assert page.text.count("<li data-state") == 104
        for inside in ("community", "janji ", "ledger/event", "members"):
            assert inside not in page.text, inside
        home = client.get("/", headers=BROWSER)
        assert 'href="/promises' in home.text
    held = world.live.door._house
    object.__setattr__(world.live.door, "_house", replace(held, runtime=replace(held.runtime, settings=replace(held.runtime.settings, promises="closed"))))
    try:
        with world.live.client() as client:
            assert client.get("/promises", headers=BROWSER).status_code == 404
            assert 'href="/promises' not in client.get("/", headers=BROWSER).text
    finally:
        object.__setattr__(world.live.door, "_house", held)


@needs_browser
def test_the_screens_of_promises_have_no_barrier(world: World) -> None:
    """Wide and light in English, narrow and dark in Indonesian: nothing that axe knows, nothing to be scrolled sideways."""
    session = elsewhere(lambda: session_for(world.live.house, somebody(Role.OFFICER)))
    with browser() as chromium:
        for language, width, dark in VIEWS:
            with seat(chromium, world.live.url, session, width, dark=dark) as opened:
                paths = ("/console/promises", "/console/promises/clause?clause=9.1.d", "/console/promises/changes", "/promises")
                assert barred(opened, world.live.url, language, paths) == []


HEAVIEST = 60_000
"""Bytes of a screen with its sheets and its script, compressed."""


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ENGINEER])
def test_every_screen_is_light(world: World, role: Role) -> None:
    """Every screen of the console that has one address, and the fullest of them, with all that it loads; and its scripts carry what its policy names."""
    paths = [f"/{one.route}".rstrip("/") for one in SCREENS if one.method == "GET" and "<" not in one.route and (one.duty is None or one.duty in DUTIES[role])]
    assert len(paths) > 8
    with at_desk(world.live, role) as who:
        loaded: dict[str, int] = {}
        for path in (*paths, "/promises/clause?clause=9.1.d", "/map/community", "/map/community/table?table=members"):
            page = who.client.get(f"/console{path}")
            if "text/html" not in page.headers.get("content-type", "") or page.status_code >= 400:
                continue
            files = re.findall(r'(?:<link rel="stylesheet" href|<script[^>]*\ssrc)="([^"]+)"', page.text)
            for file in files:
                if file not in loaded:
                    loaded[file] = len(gzip.compress(who.client.get(file).content))
            weight = len(gzip.compress(page.content)) + sum(loaded[file] for file in files)
            assert weight <= HEAVIEST, (path, weight)
            for nonce in re.findall(r'nonce="([^"]+)"', page.text):
                assert f"'nonce-{nonce}'" in page.headers["content-security-policy"]
        assert any(file.startswith("/script/") for file in loaded)
        assert who.client.get("/script/0000.js").status_code == 404


def test_nobody_else_sees_the_board(world: World) -> None:
    """An owner of a system has no board, and cannot ask for one."""
    with at_desk(world.live, Role.OWNER) as who:
        assert who.get("/promises").status_code == 403
        assert Person(who.client).send("/promises/look", page="/map").status_code == 403
