"""Systems, holds, plans, erasures and packages by the command line: what it shows, in which form, and how it ends."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.erasing_house import World
from tests.shop_verbs import Run, keyed_world, program, told

from janji.store.server import ServerHandle
from janji.terms.words import SHOWN_IN
from janji.workflows.cascade_work import work


@pytest.fixture(scope="module")
def world(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A house with a shop and a care desk."""
    with keyed_world(server, module_database_url, tmp_path_factory.mktemp("verbs"), 12) as made:
        yield made


@pytest.fixture
def run(world: World, module_database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program on that record."""
    return program(world, module_database_url, monkeypatch, capsys)


def test_systems_are_kept_and_their_addresses_are_not_shown(run: Run, world: World) -> None:
    """Added, listed, tested, moved, given another address, removed; an address with a password only by standard input."""
    assert "no such" not in run("connect", "list")
    address = "postgresql://somebody:kenari-9317@127.0.0.1:1/gone"
    assert "standard input" in run("connect", "add", "wild", address, code=3)
    shown = run("connect", "add", "wild", "-", "--title", "Wild", typed=address + "\n")
    assert shown == "wild: a person answers, postgresql://127.0.0.1:1/gone\n"
    assert run("connect", "add", "wild", code=1)
    assert run("connect", "add", "Wild One", code=3)
    for words in (("list",), ("show", "wild"), ("list", "--format", "json"), ("show", "wild", "--format", "json")):
        assert "kenari" not in run("connect", *words)
        assert "somebody" not in run("connect", *words)
    assert "does not answer" in run("connect", "test", "wild", code=1)
    assert "does not answer" in run("connect", "stage", "wild", "search", code=1)
    assert told(run, "connect", "rotate", "wild", typed=world.shop + "\n")["place"].startswith("postgresql://")
    assert told(run, "connect", "test", "wild")["tables"] == 4
    assert told(run, "connect", "stage", "wild", "search")["stage"] == "search"
    assert "next is `planned`" in run("connect", "stage", "wild", "automatic", code=2)
    assert "known here" in run("connect", "stage", "wild", "wilder", code=3)
    assert told(run, "connect", "remove", "wild") == {"removed": "wild"}
    assert "`janji connect list`" in run("connect", "show", "wild", code=3)


def test_what_ends_by_hand_is_attested(run: Run) -> None:
    """Up to a day, with a number and sealed evidence; listed; a day that is none, one to come, and a system that a sweep reaches are told and nothing is recorded."""
    day = f"{datetime.now(SHOWN_IN):%Y-%m-%d}"
    assert "a sweep reaches every system" in run("sweep", "attested")
    run("connect", "add", "cabinet")
    assert run("sweep", "attested") == "cabinet: nobody attested it\n"
    assert "is not a day" in run("sweep", "attest", "cabinet", "--until", "yesterday", code=3)
    assert "still to come" in run("sweep", "attest", "cabinet", "--until", "2999-01-01", code=3)
    assert "a sweep reaches" in run("sweep", "attest", "shop", "--until", day, code=2)
    assert "`janji connect list`" in run("sweep", "attest", "nowhere", "--until", day, code=3)
    assert told(run, "sweep", "attested") == {"items": [{"system": "cabinet", "counts": False}]}
    long_ago = run("sweep", "attest", "cabinet", "--until", "2026-01-31")
    assert long_ago == "cabinet: attested up to 2026-01-31, which is too long ago to count\n"
    made = told(run, "sweep", "attest", "cabinet", "--until", day, "--count", "12", "--evidence", "-", typed="kenari-14\n")
    assert (made["until"], made["counts"], made["ended"], made["evidence"]) == (day, True, 12, True)
    assert told(run, "sweep", "attested") == {"items": [made]}
    assert run("sweep", "attested") == f"cabinet: attested up to {day}\n"
    assert "kenari" not in run("ledger", "export", "--format", "json")
    run("connect", "remove", "cabinet")


def test_grants_are_the_least(run: Run) -> None:
    """Reading for one user, deleting and changing for another, table by table; nothing of tables that no plan touches."""
    said = run("connect", "grants", "shop", "--reader", "looker", "--eraser", "leaver")
    assert "looker" in said
    assert "leaver" in said
    assert "GRANT SELECT" in said
    assert "DELETE" in said
    assert "SUPERUSER" not in said
    assert told(run, "connect", "grants", "shop")["name"] == "shop"


def test_holds_are_set_listed_and_lifted(run: Run, world: World) -> None:
    """A person by identifier from standard input, a system by name; a ground that is none is refused with those that are known."""
    assert run("hold", "list") == "nothing is held\n"
    made = told(run, "hold", "set", "--subject", "-", "--ground", "litigation", "--review", "90", "--reference", "perkara 117", typed=f"email:{world.email(1)}\n",
                code=3)  # fmt: skip
    assert "error" in made
    who = f"sub_{world.person(1)}"
    made = told(run, "hold", "set", "--subject", who, "--ground", "litigation", "--review", "90", "--reference", "perkara 117")
    assert (made["subject"], made["ground"], made["reference"]) == (who, "litigation", "perkara 117")
    run("hold", "set", "--system", "care", "--ground", "audit")
    assert run("hold", "set", "--system", "care", "--ground", "mood", code=3)
    assert run("hold", "set", "--ground", "audit", code=3)
    items = told(run, "hold", "list")["items"]
    assert [one.get("system", one.get("subject")) for one in items] == [who, "care"]
    assert "a lawsuit" in run("hold", "list")
    for one in items:
        assert run("hold", "lift", one["id"]) == "lifted\n"
    assert run("hold", "lift", items[0]["id"], code=3)
    assert told(run, "hold", "list") == {"items": []}


def test_a_plan_is_shown_and_only_it_is_carried_out(run: Run, world: World) -> None:
    """Counts, what is kept and by which rule, the statements, the number; then `erase run` with it, and its certificate."""
    who = f"sub_{world.person(2)}"
    before = world.rows()
    text = run("plan", "erase", "--subject", who, "--sql")
    assert "`customers`: deleted, rows: 1" in text
    assert "`tax`" in text
    assert "DELETE" in text
    assert world.email(2) not in text
    plan = told(run, "plan", "erase", "--subject", who, "--forget")
    assert {one["system"]: one["way"] for one in plan["systems"]} == {"care": "done-here", "shop": "done-here"}
    assert world.rows() == before
    assert "there is no plan" in run("erase", "run", "--subject", who, "--plan", "0" * 64, code=3)
    other = f"sub_{world.person(3)}"
    assert "other people" in run("erase", "run", "--subject", other, "--plan", plan["digest"], code=3)
    assert world.rows() == before
    done = told(run, "erase", "run", "--subject", who, "--plan", plan["digest"])
    assert (done["state"], done["plan"]) == ("done", plan["digest"])
    assert {one["system"]: one["complete"] for one in done["systems"]} == {"care": True, "shop": True}
    shown = run("erase", "show", done["id"])
    assert "complete" in shown
    assert "kept:tax: 1" in shown
    assert done["id"] in run("erase", "list")
    assert told(run, "erase", "list")["items"][0]["id"] == done["id"]
    assert told(run, "erase", "go-on", done["id"]) == done
    assert run("erase", "show", "era_1", code=3)
    assert run("plan", "erase", "--subject", who, code=2)


def test_a_plan_of_access_and_its_package(run: Run, world: World) -> None:
    """What would be searched; then the package: what each system gave, listed, removed."""
    who = f"sub_{world.person(5)}"
    assert "`orders` is searched" in run("plan", "access", "--subject", who)
    assert told(run, "plan", "access", "--subject", who)["purpose"] == "access"
    found = told(run, "access", "run", "--subject", who)
    assert found["state"] == "done"
    assert {one["system"]: sum(one["rows"].values()) for one in found["systems"]} == {"care": 4, "shop": 8}
    assert found["id"] in run("access", "list")
    assert "kept until" in run("access", "show", found["id"])
    assert run("access", "remove", found["id"]) == "removed\n"
    assert run("access", "list") == "no package is there\n"


def test_what_is_blocked_is_said_and_ends_with_one(run: Run, world: World) -> None:
    """A drift in the plan and in the package; both say what to do, in both languages."""
    who = f"sub_{world.person(6)}"
    world.run("ALTER TABLE customers ADD religion text")
    try:
        assert "janji map" in run("plan", "erase", "--subject", who, code=1)
        assert told(run, "plan", "access", "--subject", who, code=1)["systems"][1]["problems"]
        plan = told(run, "plan", "erase", "--subject", who, code=1)
        assert "is blocked" in run("erase", "run", "--subject", who, "--plan", plan["digest"], code=2)
        assert told(run, "access", "run", "--subject", who, code=1)["state"] == "partly"
        done = told(run, "erase", "run", "--subject", who, "--plan", plan["digest"], "--partly", code=1)
        assert done["state"] == "partly"
    finally:
        world.run("ALTER TABLE customers DROP religion")


def test_a_second_page(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more than a page the list says how it goes on, and goes on there."""
    monkeypatch.setattr("janji.cli.erase.PAGE", 1)
    who = f"sub_{world.person(8)}"
    for _ in range(2):
        told(run, "access", "run", "--subject", who)
    first = told(run, "access", "list")
    assert len(first["items"]) == 1
    second = told(run, "access", "list", "--before", first["next"])
    assert second["items"][0]["id"] != first["items"][0]["id"]
    assert f"--before {first['next']}" in run("access", "list")


def test_help_in_both_languages(run: Run, tmp_path: Path) -> None:
    """Each group says what it is for."""
    for group in ("connect", "hold", "plan", "erase", "access"):
        assert "--help" in run(group, "--help")


def test_a_package_is_handed_over_at_the_desk(run: Run, world: World, tmp_path: Path) -> None:
    """A request that staff recorded, to the ZIP and to a link with a code; who did it is named, and nothing personal is said."""
    who = f"sub_{world.person(9)}"
    request = told(run, "request", "open", "access", "--subject", who, "--proof", "staff", "--by", "Dewi")["id"]
    assert "no package" in run("request", "offer", request, code=3)
    run("request", "advance", request, code=1)
    run("request", "approve", request, "--by", "Sari", "--role", "officer")
    run("request", "advance", request, code=1)
    out = tmp_path / "p.zip"
    made = told(run, "request", "package", request, "--out", str(out), "--by", "Dewi")
    assert made["bytes"] == out.stat().st_size
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as held:
        assert json.loads(held.read("manifest.json"))["request"] == request
        assert world.email(9) in held.read("data/shop/customers.json").decode().lower()
    offered = told(run, "request", "offer", request)
    assert re.fullmatch(r"\d{4}-\d{4}", offered["code"])
    assert "/packages/" in offered["url"]
    assert "both end" in run("request", "offer", request)


def test_a_withdrawal_is_listed_agreed_to_and_gone(run: Run, world: World) -> None:
    """What each waits for and until when; an officer agrees by name; then nothing is left to list, and the column is empty."""
    who, path = f"email:{world.email(11)}", world.house.runtime.settings.maps / "shop.yaml"
    before = path.read_text()
    said, count = re.subn(r"(?m)^(\s+address:) \S+$", r"\1 account-preferences", before)
    assert count == 1
    path.write_text(said)
    try:
        world.person(11)
        assert run("withdrawal", "list") == "nothing is to be deleted because of a withdrawal\n"
        run("subject", "age", who, "--born", "1990-04-01")
        run("consent", "grant", who, "newsletters", "--channel", "email", "--language", "id", "--method", "unticked-box")
        assert "This is deleted by " in run("consent", "withdraw", who, "newsletters", "--yes")
        (one,) = told(run, "withdrawal", "list")["items"]
        assert (one["data"], one["needs_agreement"]) == (["account-preferences"], ["shop"])
        assert one["id"] in run("withdrawal", "list")
        assert "give `--all`" in run("withdrawal", "agree", "--by", "Dewi", code=3)
        assert told(run, "withdrawal", "agree", one["id"], "--by", "Dewi") == {"agreed": 1}
        work(world.house)
        assert told(run, "withdrawal", "list") == {"items": []}
        assert [row["address"] for row in world.rows()["shop"]["orders"] if row["customer_id"] == 11] == [None, None]
    finally:
        path.write_text(before)
