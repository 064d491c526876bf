"""Packages for people, from real systems: what is in one, who reads it how, and what never stands in it."""

from __future__ import annotations

import csv
import io
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import jsonschema
import pytest
from tests.browser import barriers, browser, needs_browser, overflows, page
from tests.erasing_house import World, making
from tests.manual import DEWI, given
from tests.packaged import opened, packaged, rows, unpacked
from tests.people_house import Clock

from janji.errors import JanjiError
from janji.files.countries import load_countries
from janji.files.person_packages import BATCH, Contents, SystemSays, TableSays, write_person_package
from janji.files.translations import load_tongue
from janji.ledger.events import Actor, Kind
from janji.rights.redaction import MARK, Redactor
from janji.scanner.scan import build_scanner
from janji.store.server import ServerHandle
from janji.terms.messages import ENGLISH
from janji.terms.words import moment
from janji.workflows.forgetting import forget
from janji.workflows.gathering import search, take_answers
from janji.workflows.owners import put_owners
from janji.workflows.person_packages import (
    WINDOW,
    Ended,
    Wanted,
    copy_for_staff,
    hand_over,
    offer,
    prune,
    waiting,
    write_package,
    write_packages,
)
from janji.workflows.recording import Entry, record_one
from janji.workflows.systems import add
from janji.workflows.worklist_sheets import WORDS as STATE_WORDS
from janji.workflows.worklists import State, of_batch


@pytest.fixture(scope="module")
def world(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The house, a shop and its care desk, for all tests: each takes people of its own."""
    with making(server, module_database_url, tmp_path_factory.mktemp("world"), 12) as found:
        yield found


def test_a_package_is_whole_and_checks_itself(world: World, tmp_path: Path) -> None:
    """Every row as JSON and CSV; every JSON file fits the schema beside it; the manifest lists each file with its digest."""
    request = packaged(world.house, world.person(1))
    files = unpacked(world.house, request, tmp_path / "out")
    assert rows(files, "data/shop/customers.json")[0]["email"] == world.email(1)
    orders = sorted(rows(files, "data/shop/orders.json"), key=lambda row: int(row["id"]))
    gift = [row for row in orders if row["customer_id"] != 1]
    assert [row["address"] for row in orders if row["customer_id"] == 1] == ["Jalan 1", "Jalan 2"]
    assert [(row["gift_for"], row["ordered"], row["address"]) for row in gift] == [(1, MARK, MARK)]
    listed = json.loads(files["manifest.json"])
    assert {one["path"]: one["sha256"] for one in listed["files"]} == {
        name: sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"
    }
    assert {(one["table"], one["column"]) for one in listed["covered"]} >= {("shop/orders", "address"), ("shop/orders", "ordered")}
    jsonschema.Draft202012Validator(json.loads(files["schema/manifest.schema.json"])).validate(listed)
    for one in listed["files"]:
        if one["media_type"] == "application/schema+json":
            jsonschema.Draft202012Validator.check_schema(json.loads(files[one["path"]]))
        elif "schema" in one:
            jsonschema.Draft202012Validator(json.loads(files[one["schema"]])).validate(json.loads(files[one["path"]]))
    table = list(csv.DictReader(io.StringIO(files["data/shop/customers.csv"].decode("utf-8-sig"))))
    assert table[0]["email"] == world.email(1)


def test_hostile_values_are_inert(world: World, tmp_path: Path) -> None:
    """HTML, scripts, formulas, and names that lead out of the folder: text everywhere, and nothing is asked of the network."""
    who = world.person(3)
    evil = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    world.run(f"UPDATE customers SET name = '=cmd|calc', phone = NULL WHERE id = 3; UPDATE orders SET address = $x${evil}$x$ WHERE customer_id = 3")  # noqa: S608 - ours
    files = unpacked(world.house, packaged(world.house, who), tmp_path / "out")
    assert all(".." not in name and not name.startswith("/") for name in files)
    assert rows(files, "data/shop/orders.json")[0]["address"] == evil
    assert next(csv.DictReader(io.StringIO(files["data/shop/customers.csv"].decode("utf-8-sig"))))["name"] == "'=cmd|calc"
    for name, data in files.items():
        if name.endswith(".html"):
            text = data.decode()
            assert "<script" not in text
            assert "onerror=&#34;" in text or "onerror" not in text
            assert "default-src 'none'" in text
            assert "STYLE-HASHES" not in text


def test_the_pages_say_why_from_where_to_whom_and_how_long(world: World, tmp_path: Path) -> None:
    """Of the data that were found and of no others: every purpose, recipient, source and period that the policy declares; the rest is owned to."""
    policy = world.house.policy_in_force.policy
    categories = {"email": "email", "born": "date-of-birth"}
    assert set(categories.values()) <= set(policy.data)
    maps = world.house.runtime.settings.maps
    before = (maps / "shop.yaml").read_text()
    spoken = before
    for column, category in categories.items():
        spoken, count = re.subn(rf"(?m)^(\s+{column}:) \S+$", rf"\1 {category}", spoken)
        assert count == 1, column
    try:
        (maps / "shop.yaml").write_text(spoken)
        request = packaged(world.house, world.person(5))
    finally:
        (maps / "shop.yaml").write_text(before)
    said = unescape(unpacked(world.house, request, tmp_path / "out")["why.html"].decode())
    table = said.partition('id="data"')[2].partition("</table>")[0]
    listed = {name: row for name in policy.data for row in table.split("<tr ") if f">{policy.data[name].title.get('en')}" in row}
    assert set(listed) == set(categories.values())
    for name, row in listed.items():
        assert [source for source in policy.data[name].sources if policy.sources[source].title.get("en") not in row] == [], name
    purposes = {name: one for name, one in policy.purposes.items() if listed.keys() & set(one.data)}
    assert set(re.findall('id="purpose-([^"]+)"', said)) == set(purposes)
    to = {name: one for name, one in policy.recipients.items() if purposes.keys() & set(one.purposes)}
    told = said.partition('id="recipients"')[2].partition('id="rights"')[0]
    assert set(re.findall('id="recipient-([^"]+)"', told)) <= set(to)
    assert [one.country for one in to.values() if load_countries()[one.country].get("en") not in told] == []
    assert "kinds that our policy does not name" in said


@needs_browser
def test_pages_open_without_a_server(world: World, tmp_path: Path) -> None:
    """Every page, in both widths and schemes: nothing runs, nothing is refused, nothing overflows, every link leads to a file, no barrier."""
    who = world.person(2)
    world.run("UPDATE orders SET address = '<img src=x onerror=\"document.title=1\"><b>x</b>' WHERE customer_id = 2")
    out = tmp_path / "out"
    files = unpacked(world.house, packaged(world.house, who), out)
    with browser() as chromium:
        for name in [name for name in files if name.endswith(".html")]:
            for width, dark in ((1280, False), (360, True)):
                with page(chromium, out / name, width, dark) as shown:
                    asked: list[str] = []
                    shown.on("console", lambda message, asked=asked: asked.append(message.text))
                    shown.on("request", lambda request, asked=asked: asked.append(request.url))
                    shown.reload()
                    assert [one for one in asked if not one.startswith("file:")] == [], name
                    assert not overflows(shown), name
                    assert shown.title() != "1"
                    assert shown.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none", name
                    for href in shown.eval_on_selector_all("a[href]", "found => found.map(one => one.href)"):
                        if href.startswith("file:"):
                            assert Path(unquote(urlsplit(href).path)).is_file(), href
                    if width == 1280:
                        assert barriers(shown) == [], name


def test_what_an_owner_attested_is_named_so(world: World, tmp_path: Path) -> None:
    """A system that nobody can look into is missing while its owner is silent, and says so; then it is there, as attested."""
    house, who = world.house, world.person(6)
    add(house, "paper", title="Warranty cards")
    put_owners(house, {"paper": DEWI})
    silent = search(house, [who])
    first, second = uuid4(), uuid4()
    write_package(house, first, silent.id, who, "en")
    files = unpacked(house, first, tmp_path / "one")
    assert "asked, no answer yet" in files["index.html"].decode()
    assert {one["system"]: one["state"] for one in json.loads(files["manifest.json"])["systems"]}["paper"] == "asked"
    (one,) = of_batch(house, silent.id)
    given(house, one, ("1", STATE_WORDS[State.FOUND], "card", "Z-1: write to his sister at ana@example.net, please, from now on"))
    write_package(house, second, take_answers(house, silent.id).id, who, "id")
    files = unpacked(house, second, tmp_path / "two")
    told = {one["system"]: one for one in json.loads(files["manifest.json"])["systems"]}["paper"]
    assert (told["state"], told["attested"], told["rows"]) == ("done", True, 1)
    assert rows(files, "data/paper/answers.json") == [{"field": "card", "value": f"Z-1: write to his sister at {MARK}, please, from now on"}]
    assert '<html lang="id">' in files["index.html"].decode()


def test_a_request_has_one_package(world: World, tmp_path: Path) -> None:
    """Asked for again, or by two at once, it is made once, and what the slower one wrote is gone."""
    house, who = world.house, world.person(9)
    found, request = search(house, [who]), uuid4()
    wanted = Wanted(request, found.id, who, "en")
    folder = house.runtime.settings.data_dir / "packages"
    before = set(folder.glob("*.zip"))
    write_packages(house, [wanted, wanted])
    (path,) = set(folder.glob("*.zip")) - before
    write_packages(house, [wanted])
    assert set(folder.glob("*.zip")) == {*before, path}


def test_packages_of_a_batch(world: World, tmp_path: Path) -> None:
    """Many at once, each with its person's rows alone."""
    house = world.house
    people = [world.person(number) for number in range(1, 5)]
    found = search(house, people)
    wanted = [Wanted(uuid4(), found.id, who, "en") for who in people]
    write_packages(house, wanted)
    for number, one in enumerate(wanted, 1):
        (tmp_path / str(number)).mkdir()
        files = unpacked(house, one.request, tmp_path / str(number))
        assert [row["id"] for row in rows(files, "data/shop/customers.json")] == [number]


def test_pictures_and_files_lie_beside(world: World, tmp_path: Path) -> None:
    """Bytes become files, called by what they are; what could run when it is opened gets no ending that a program knows."""
    picture, page_ = b"\x89PNG\r\n\x1a\n" + bytes(50), b"<html><script>alert(1)</script>"
    world.run("ALTER TABLE customers ADD photo bytea, ADD paper bytea")
    world.run(f"UPDATE customers SET photo = '\\x{picture.hex()}', paper = '\\x{page_.hex()}' WHERE id = 5")  # noqa: S608 - ours
    files = unpacked(world.house, packaged(world.house, world.person(5)), tmp_path / "out")
    row = rows(files, "data/shop/customers.json")[0]
    assert files[row["photo"]["file"]] == picture
    assert row["photo"]["sha256"] == sha256(picture).hexdigest()
    assert row["photo"]["file"].endswith(".png")
    assert files[row["paper"]["file"]] == page_
    assert row["paper"]["file"].endswith(".bin")
    table = next(csv.DictReader(io.StringIO(files["data/shop/customers.csv"].decode("utf-8-sig"))))
    assert table["photo"] == row["photo"]["file"]
    assert row["photo"]["file"] in files["systems/shop.html"].decode()


def test_sealed_at_rest_and_gone_with_either_key(world: World, tmp_path: Path) -> None:
    """Nothing of a person is in the file; when they are forgotten, or the time is over, it opens no more, and the file goes."""
    house, folder = world.house, world.house.runtime.settings.data_dir / "packages"
    one, other = packaged(house, world.person(7)), packaged(house, world.person(8))
    for path in folder.glob("*.zip"):
        data = path.read_bytes()
        assert b"person" not in data
        assert b"PK\x03\x04" not in data
        assert path.stat().st_mode & 0o777 == 0o600
    forget(house, world.person(7))
    with pytest.raises(JanjiError):
        copy_for_staff(house, one, tmp_path / "x.zip", "Dewi")
    Clock.moved = WINDOW
    assert prune(house) >= 2
    with pytest.raises(Ended):
        copy_for_staff(house, other, tmp_path / "x.zip", "Dewi")
    with pytest.raises(Ended):
        offer(house, other)
    assert not list(folder.glob("*.zip"))
    assert prune(house) == 0
    assert not (tmp_path / "x.zip").exists()


def test_what_staff_handed_over_needs_no_link_any_more(world: World, tmp_path: Path) -> None:
    """The link that was sent has ended, and the copy counts as in the person's hands; a fresh link can be made."""
    request = packaged(world.house, world.person(9))
    made = offer(world.house, request)
    copy_for_staff(world.house, request, tmp_path / "copy.zip", "Dewi")
    with pytest.raises(Ended):
        hand_over(world.house, made.url.rpartition("/")[2], made.code)
    assert waiting(world.house, [request])[request].handed is not None
    offer(world.house, request)
    assert waiting(world.house, [request])[request].path is not None


def written(given_rows: list[tuple[str, dict[str, Any]]]) -> dict[str, bytes]:
    """The files of a package of these rows."""
    out = io.BytesIO()
    contents = Contents(
        request="req", package="pkg", made=datetime(2026, 1, 1, tzinfo=UTC), tongue=ENGLISH, controller="", contacts=(), officer=(), authorities=(),
        systems=(SystemSays(name="shop", title="Shop", state="done"),), table=lambda _: TableSays({}), track=lambda: iter(()), why=lambda _: b"", about=lambda _: b"{}",
    )  # fmt: skip
    write_person_package(out, contents, Redactor({}, [], set(), build_scanner()), lambda only: iter(json.loads(json.dumps(given_rows)) if only is None else ()))
    return opened(out.getvalue())


def test_every_file_lies_under_its_own_name() -> None:
    """Two columns of files, some rows without one or without the column, more rows than are worked on at once: each name leads to its own bytes."""

    def held(name: str, number: int) -> dict[str, str]:
        return {"base64": b64encode(f"{name} {number}".encode()).decode()}

    given_rows = [(f"shop/{'papers' if number < BATCH + 3 else 'rest'}", {
        "id": number, **({"front": held("front", number)} if number % 4 else {}), "back": held("back", number) if number % 3 else None,
    }) for number in range(BATCH + 6)]  # fmt: skip
    files = written(given_rows)
    for table in ("papers", "rest"):
        cells = {int(row["id"]): row for row in csv.DictReader(io.StringIO(files[f"data/shop/{table}.csv"].decode("utf-8-sig")))}
        for row in rows(files, f"data/shop/{table}.json"):
            for name in ("front", "back"):
                if row.get(name):
                    assert files[row[name]["file"]] == f"{name} {row['id']}".encode()
                    assert row[name]["sha256"] == sha256(files[row[name]["file"]]).hexdigest()
                    assert cells[row["id"]][name] == row[name]["file"]


def test_json_that_looks_like_a_file_is_data() -> None:
    """Bytes are what a search writes as bytes; other JSON with such a key, or with no base64 in it, stays as it is, and is no link."""
    values = [{"base64": "aGk=", "note": "mine"}, {"base64": "not base64!"}, {"base64": "aGk"}, {"base64": 5}, {"base64": "é"},
              {"file": "https://elsewhere.example", "size": 1, "sha256": "0"}]  # fmt: skip
    files = written([("shop/notes", {"id": number, "held": value}) for number, value in enumerate(values)])
    assert [row["held"] for row in rows(files, "data/shop/notes.json")] == values
    assert not [name for name in files if name.startswith("attachments/")]
    assert 'href="https://elsewhere.example"' not in files["systems/shop.html"].decode()
    assert '"../https://elsewhere.example"' not in files["systems/shop.html"].decode()


def test_hours_are_told_by_the_clock_of_the_reader(world: World, tmp_path: Path) -> None:
    """When it was made, when something was done, until when something holds: day and hour in words with the zone; data keep the instants that they have."""
    house, who = world.house, world.person(10)
    record_one(house, Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, subject=who, details={"task": "child-erasure", "id": str(uuid4()), "due": "2026-12-03T03:00:00.000Z"}))
    files = unpacked(house, packaged(house, who, "id"), tmp_path / "out")
    pages = {name: re.sub(r'datetime="[^"]*"', "", data.decode()) for name, data in files.items() if name in ("index.html", "track.html")}
    assert moment(datetime(2026, 12, 3, 3, tzinfo=UTC)).render(load_tongue("id")) in pages["track.html"]
    for name, page_ in pages.items():
        assert "WIB" in page_, name
        assert not re.search(r"20\d\d-\d\d-\d\d|UTC", page_), name
    assert "2026-12-03T03:00:00.000Z" in files["track.json"].decode()
