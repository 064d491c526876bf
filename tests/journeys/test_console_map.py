"""The data map on screen: a store connected, looked into, its columns said and read, drift told and freed, stages moved, and the picture of it all."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from tests.browser import browser, needs_browser, pressed
from tests.choosing import Clock, Clocked, make_house
from tests.desk import VIEWS, at_desk, barred, seat, session_for, somebody
from tests.live import Live, live
from tests.rights_house import elsewhere

from janji.datamap.overlay import read_overlay
from janji.staff.roles import Role
from janji.terms.messages import ENGLISH
from janji.web.console.map_picture import CROWDED, Seen, draw
from janji.workflows import desk_jobs
from janji.workflows.map_desk import Node, Picture
from janji.workflows.mapping import meanings
from janji.workflows.systems import Stage, add, system_named

STORE = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, phone TEXT, religion TEXT, shoe TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), placed DATE);
"""
SVG = "{http://www.w3.org/2000/svg}"
NOTE = "# the founders' own words\n"


@dataclass(frozen=True)
class World:
    """The served house, the store that is connected, and the folder of maps."""

    live: Live
    store: Path
    maps: Path
    clock: Clock

    def worker(self) -> None:
        """What the worker does next, a second later."""
        self.clock.put_on(seconds=1)
        elsewhere(lambda: str(desk_jobs.work(self.live.house)))

    def change(self, statement: str) -> None:
        """Do something in the store."""
        with closing(sqlite3.connect(self.store)) as link, link:
            link.executescript(statement)

    def overlay(self) -> str:
        """The overlay of the shop as it is written."""
        return (self.maps / "shop.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def world(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop connected and looked into once, and a store on paper."""
    folder = tmp_path_factory.mktemp("house")
    made = make_house(module_database_url, Clock(), folder)
    maps, store, clock = folder / "maps", folder / "shop.db", Clock()
    maps.mkdir()
    (maps / "archive.yaml").write_text("system: archive\ntitle: The archive\ncountry: SG\npaper: true\nholds: [name, recordings]\n", "utf-8")
    with closing(sqlite3.connect(store)) as link, link:
        link.executescript(STORE)
        link.executemany("INSERT INTO customers VALUES (?, ?, ?, 'Islam', '41')", [(n, f"budi{n}@example.id", f"+62812345678{n:02}") for n in range(1, 61)])
        link.executemany("INSERT INTO orders VALUES (?, ?, '2026-01-02')", [(n, n % 60 + 1) for n in range(1, 200)])
    house = replace(made, runtime=Clocked(replace(made.runtime.settings, maps=maps), made.runtime.tongue, clock))
    add(house, "shop", f"sqlite:///{store}", title="The shop", country="ID")
    with live(house) as served:
        found = World(served, store, maps, clock)
        with at_desk(served, Role.ENGINEER) as who:
            who.send("/map/shop/scan", page="/map/shop")
        found.worker()
        (maps / "shop.yaml").write_text(NOTE + found.overlay(), "utf-8")
        yield found


def columns(world: World, table: str = "customers") -> dict[str, str]:
    """What the columns of a table are said to hold."""
    return {str(name): str(one.category) for name, one in meanings(world.live.house.runtime)["shop"].tables[table].columns.items()}


def test_a_store_is_looked_into_and_said(world: World) -> None:
    """Each column with its evidence and how sure it is; another category, nothing with a reason; comments of people stay."""
    with at_desk(world.live, Role.ENGINEER) as who:
        page = who.get("/map/shop/table", table="customers")
        assert re.search(r"\d+% sure", page.text)
        assert "60 of 60" in page.text, "the evidence of a column is a sentence with figures"
        assert columns(world)["email"] == "email"
        assert columns(world)["shoe"] == "none"
        digest = re.search(r'name="digest" value="([0-9a-f]+)"', page.text)
        assert digest is not None
        silent = who.send("/map/shop/table", page="/map/shop", table="customers", digest=digest[1], go="save", **{"category:phone": "none", "category:shoe": "interests", "reason:shoe": "sizes tell"})
        assert silent.status_code == 422
        assert "Say why it holds nothing of a person." in silent.text
        assert 'value="sizes tell"' in silent.text, "what was typed is kept"
        assert columns(world)["shoe"] == "none"
        foreign = who.send("/map/shop/table", page="/map/shop", table="customers", digest=digest[1], go="save", **{"category:shoe": "no: {such: thing}\nx: y"})
        assert foreign.status_code == 422
        done = who.send("/map/shop/table", page="/map/shop", table="customers", digest=digest[1], go="save",
                        **{"category:phone": "none", "reason:phone": "a number of the till: \"not\" a person's # at all", "category:shoe": "interests"})  # fmt: skip
        assert "is kept in the map" in done.text
        assert (columns(world)["phone"], columns(world)["shoe"]) == ("none", "interests")
        assert world.overlay().startswith(NOTE)
        overlay = read_overlay("x", world.overlay().encode())
        assert overlay.meaning is not None
        assert "phone" not in {str(one.column) for one in overlay.meaning.tables["customers"].identifiers}
        assert overlay.meaning.tables["customers"].columns["phone"].why == "a number of the till: \"not\" a person's # at all"
        late = who.send("/map/shop/table", page="/map/shop", table="customers", digest=digest[1], go="save", **{"category:shoe": "none", "reason:shoe": "mine"})
        assert late.status_code == 409
        assert "somebody changed the map" in late.text.lower()
        assert 'value="mine"' in late.text
        assert columns(world)["shoe"] == "interests"


def test_drift_is_told_and_freed_by_reading(world: World) -> None:
    """A column comes: compared, told and blocked; looked into, read at the screen, compared again by itself, and free."""
    with at_desk(world.live, Role.ENGINEER) as who:
        assert "Nobody has compared it yet." in who.get("/map/shop").text
        read = who.send("/map/shop/read", page="/map/shop", table=["customers", "orders"])
        assert "marked as read" in read.text
        world.worker()
        assert "It looks as it was read." in who.get("/map/shop").text
        world.change("ALTER TABLE customers ADD COLUMN blood_type TEXT")
        who.send("/map/shop/compare", page="/map/shop")
        world.worker()
        page = who.get("/map/shop").text
        assert "The column <code>customers.blood_type</code> is new." in page
        assert "Nothing is erased in these tables" in page
        asked = who.send("/map/shop/scan", page="/map/shop")
        assert "<progress" in asked.text
        world.worker()
        assert "changed since it was read" in who.get("/map/shop").text
        who.send("/map/shop/read", page="/map/shop", table="customers")
        world.worker()
        assert "It looks as it was read." in who.get("/map/shop").text
        none = who.send("/map/shop/read", page="/map/shop")
        assert none.status_code == 422
        assert "No table was named." in none.text


def test_undeclared_data_is_a_finding(world: World) -> None:
    """A column of which the policy declares nothing is told on the system, in the picture and beside its column."""
    with at_desk(world.live, Role.AUDITOR) as who:
        page = who.get("/map/shop").text
        assert "Data that the policy does not declare" in page
        assert "<code>customers.religion</code>" in page
        assert "lacking" in who.get("/map").text
        table = who.get("/map/shop/table", table="customers").text
        assert "not declared" in table
        assert "<select" not in table, "who may not work on it has no form"


def test_the_stages_say_what_they_need(world: World) -> None:
    """One stage at a time, what is required shown before; automatic only after an erasure was found complete; back is always possible."""
    with at_desk(world.live, Role.ENGINEER) as who:
        for stage in ("search", "planned"):
            who.send("/map/shop/stage", stage=stage)
            world.worker()
            assert str(system_named("shop").stage) == stage
        page = who.get("/map/shop/stage").text
        assert "An erasure there was carried out and found complete." in page
        assert "still lacks" in page
        asked = who.send("/map/shop/stage", stage="automatic")
        world.worker()
        failed = who.client.get(str(asked.url))
        assert "No erasure in <code>shop</code> was found complete yet." in failed.text
        assert system_named("shop").stage is Stage.PLANNED
        who.send("/map/shop/stage", stage="search")
        world.worker()
        assert system_named("shop").stage is Stage.SEARCH
        assert who.send("/map/shop/stage", stage="everything").status_code == 422
        assert who.send("/map/shop/limit", page="/map/shop", seats="3").status_code == 200
        assert system_named("shop").seats == 3
        assert who.send("/map/shop/limit", page="/map/shop", seats="1e9").status_code == 422
        tested = who.send("/map/shop/test", page="/map/shop")
        world.worker()
        assert "The system answers." in who.client.get(str(tested.url)).text


def test_the_picture_says_what_the_table_says(world: World) -> None:
    """Sound SVG: every system, category, recipient and country once, each a link; what one brought out does not lead to is dimmed or left out."""
    with at_desk(world.live) as who:
        page = who.get("/map").text
        drawn = picture(page)
        links = drawn.findall("{http://www.w3.org/2000/svg}a")
        titles = [one.findtext("{http://www.w3.org/2000/svg}title") for one in links]
        assert {"The shop", "The archive"} <= set(titles)
        assert {"Indonesia", "Singapore"} <= set(titles)
        assert all(one.get("href", "").startswith("/console/map?see=") for one in links)
        assert len([one for one in links if "system" in one.get("class", "")]) == page.count('scope="row"')
        seen = picture(who.get("/map", see="system:archive").text)
        bright = [one.findtext(f"{SVG}title") for one in seen.findall(f"{SVG}a") if "off" not in one.get("class", "").split()]
        assert "The archive" in bright
        assert "The shop" not in bright
        for hostile in ('system:"><script>alert(1)</script>', "x:y", "system:", "country:ZZ"):
            answer = who.get("/map", see=hostile)
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text


def picture(page: str) -> ET.Element:
    """The picture of a page."""
    found = re.search(r'<svg class="datamap".*?</svg>', page, re.DOTALL)
    assert found is not None
    return ET.fromstring(found[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314 - our own


def test_a_crowded_map_leaves_out_what_does_not_belong() -> None:
    """With many boxes, the chosen one is drawn with what it leads to and nothing else; long names go on in a second line."""
    many = tuple(Node(f"c{number}", f"A category whose name is long, number {number}") for number in range(CROWDED + 1))
    held = Picture((Node("a", "A"), Node("b", "B")), many, (), (), frozenset({("a", "c1"), ("a", "c2"), ("b", "c3")}), frozenset(), frozenset(), frozenset())
    for seen, titles in ((Seen("system", "a"), {"A", many[1].title, many[2].title}), (Seen(), {"A", "B", *(one.title for one in many)})):
        drawn = picture(draw(held, ENGLISH, ("", "", "", ""), seen, lambda lane, name: name, "map"))
        assert {one.findtext(f"{SVG}title") for one in drawn.findall(f"{SVG}a")} == titles
        assert [" ".join(line.text or "" for line in one.iter(f"{SVG}tspan")) for one in drawn.findall(f"{SVG}a") if one.get("href") == "c1"] == [many[1].title]


def test_an_owner_sees_their_own_systems(world: World) -> None:
    """Who looks after one system sees it, and no other: not in the picture, not by its name."""
    with at_desk(world.live, Role.OWNER, systems=["archive"]) as who:
        page = who.get("/map").text
        assert "The archive" in page
        assert "The shop" not in page
        assert who.get("/map/archive").status_code == 200
        hidden, unknown = who.get("/map/shop"), who.get("/map/nowhere")
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert who.get("/map/shop/table", table="customers").status_code == 404
        assert who.send("/map/archive/scan", page="/map/archive").status_code == 403


def test_a_name_that_is_none(world: World) -> None:
    """Guessed systems and tables, empty and huge, are told in words."""
    with at_desk(world.live, Role.ENGINEER) as who:
        for path, query in (("/map/shop/table", {"table": "x" * 5000}), ("/map/shop/table", {}), ("/map/nowhere/stage", {})):
            answer: httpx.Response = who.get(path, **query)
            assert answer.status_code == 404, path
        assert who.send("/map/shop/table", page="/map/shop", table="nowhere").status_code == 422
        assert who.get("/map/archive/stage").status_code == 422


@needs_browser
def test_the_screens_of_the_map_have_no_barrier(world: World) -> None:
    """Wide and light in English, narrow and dark in Indonesian; a node of the picture is reached and opened by the keyboard."""
    session = elsewhere(lambda: session_for(world.live.house, somebody(Role.ENGINEER)))
    with browser() as chromium:
        for language, width, dark in VIEWS:
            with seat(chromium, world.live.url, session, width, dark=dark) as opened:
                paths = (f"/console/map{path}" for path in ("", "/shop", "/archive", "/shop/table?table=customers", "/shop/stage"))
                assert barred(opened, world.live.url, language, paths) == []
        with seat(chromium, world.live.url, session, script=False) as opened:
            opened.goto(f"{world.live.url}/console/map?language=en")
            pressed(opened, "svg.datamap a.system")
            assert opened.locator("svg.datamap a[aria-current]").count() == 1
            pressed(opened, "main .row .btn")
            assert "/console/map/" in opened.url
