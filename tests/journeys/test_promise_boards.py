"""The promise board over a real house with a connected store: kept when all is well, red where somebody breaks something, proven in a report."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from tests.choosing import POLICY, Clock, Clocked, make_house, no, person, yes
from tests.choosing import say as choose

from janji.assurance.asking import Model
from janji.assurance.board import Line, State, board
from janji.assurance.findings import Area, Result, Seen
from janji.assurance.words import checks
from janji.collection.gate import collect as gate
from janji.collection.submission import Collected
from janji.connectors.opening import open_connector
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Expiry, Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.written import write_meaning
from janji.decision.enforcement import Enforcement, Mode
from janji.decision.question import Question
from janji.errors import Corrupt
from janji.files.translations import load_tongue
from janji.ledger.checkpoint import open_note
from janji.ledger.events import Actor
from janji.policy.model import System as PolicySystem
from janji.policy.trace import trace
from janji.rights.requests import Proof
from janji.scanner.scan import build_scanner
from janji.store.database import connection, transaction
from janji.store.requests import requests as stored
from janji.terms.texts import Text
from janji.terms.words import on_day
from janji.workflows import consumers, guardians, promise_drills, promise_looks, rollout, webhooks
from janji.workflows.audits import verify_document, verify_report
from janji.workflows.by_hand import attest
from janji.workflows.house import House
from janji.workflows.in_force import in_force
from janji.workflows.ledger import sequence_all, verifier
from janji.workflows.promises import Proven, prove, write_report
from janji.workflows.publishing import publish
from janji.workflows.requests import Opening, open_request
from janji.workflows.standings import answer_for, permits_for
from janji.workflows.systems import Stage, add, move, remove

ROOT = Path(__file__).resolve().parents[2]
STORE = """
CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, left_on TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES members (id), body TEXT);
CREATE TABLE audience (id INTEGER PRIMARY KEY, email TEXT NOT NULL, interest TEXT, seen TEXT);
INSERT INTO members VALUES (1, 'ani@example.org', 'Ani', NULL), (2, 'budi@example.org', 'Budi', '2026-06-01');
INSERT INTO posts VALUES (1, 1, 'it hums'), (2, 2, 'it sings');
INSERT INTO audience VALUES (1, 'ani@example.org', 'cameras', '2026-10-01');
"""


def meaning(posts_in_audience: bool = False) -> SystemMeaning:
    """What the community holds; or, by a mistake, what people write in the forum among the data for marketing."""
    none, email = Meaning("none"), (Identifier("email", "email", Form.LOWER),)
    tables = (
        TableMeaning("members", identifiers=email, columns={"id": none, "email": Meaning("email"), "name": Meaning("name"), "left_on": none},
                     retention=(Expiry("accounts", since="left_on"),)),
        TableMeaning("posts", links=(Link(("member",), "members", ("id",)),), columns={"id": none, "member": none, "body": Meaning("forum-body")},
                     retention=(Expiry("accounts", follows="members"),)),
        TableMeaning("audience", identifiers=email, retention=(Expiry("marketing", since="seen"),), columns={
            "id": none, "email": Meaning("email"), "interest": Meaning("forum-body" if posts_in_audience else "interests"), "seen": none}),
    )  # fmt: skip
    return SystemMeaning("community", "The community", "Sari", "Jakarta", "ID", tables={one.name: one for one in tables})


@dataclass(frozen=True)
class World:
    """A house with somebody in it, a connected store, and all that was seen when nothing was broken."""

    house: House
    store: Path
    clock: Clock
    ani: UUID
    proven: Proven
    seen: tuple[Seen, ...]
    model: Model

    def change(self, statement: str) -> None:
        """Do something in the community's store."""
        with closing(sqlite3.connect(self.store)) as link, link:
            link.executescript(statement)

    def map(self, wanted: SystemMeaning) -> None:
        """Say what the store holds, reviewed as it stands."""
        with closing(open_connector("community", f"sqlite:///{self.store}")) as held:
            forms = held.catalogue().tables
        tables = {name: replace(one, reviewed=fingerprint(forms[name])) for name, one in wanted.tables.items()}
        (self.house.runtime.settings.maps / "community.yaml").write_text(write_meaning(replace(wanted, tables=tables)), "utf-8")

    def lines(self, *areas: Area, house: House | None = None) -> dict[str, Line]:
        """The board when these areas are looked at again; the rest is as it was."""
        one = house or self.house
        found = [seen for area, look, _ in promise_looks.LOOKS if area in areas for seen in look(one)]
        return {line.id: line for line in board(self.model, (*(seen for seen in self.seen if seen.area not in areas), *found)).lines}

    def red(self, *areas: Area, house: House | None = None) -> dict[str, Line]:
        """The clauses that are broken then."""
        return {name: line for name, line in self.lines(*areas, house=house).items() if line.state is State.BROKEN}


@pytest.fixture(scope="module")
def world(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The house, in order; each test puts back what it broke."""
    folder, clock = tmp_path_factory.mktemp("house"), Clock()
    made = make_house(module_database_url, clock, folder)
    (folder / "maps").mkdir()
    settings = replace(made.runtime.settings, maps=folder / "maps")
    house = replace(made, runtime=Clocked(settings, made.runtime.tongue, clock))
    store = folder / "community.db"
    with closing(sqlite3.connect(store)) as link, link:
        link.executescript(STORE)
    ani = person(house)
    choose(house, ani, yes(house, "newsletters", "email"))
    choose(house, ani, yes(house, "newsletters", "sms"))
    choose(house, ani, no("newsletters", "sms"))
    sequence_all()
    world = World(house, store, clock, ani, None, (), Model(house.policy_in_force.compiled, clock.at, build_scanner()))  # type: ignore[arg-type]  # known below
    world.map(meaning())
    add(house, "community", f"sqlite:///{store}")
    for stage in (Stage.SEARCH, Stage.PLANNED):
        move(house, "community", stage)
    return replace(world, proven=prove(house), seen=promise_looks.look(house))


def citing(house: House, *paths: str) -> set[str]:
    """The clauses that rest on these entries."""
    return {str(item.clause.id) for item in trace(house.policy_in_force.policy).clauses if set(paths).intersection(item.entries)}


@contextmanager
def undone(table: str, statement: str) -> Iterator[None]:
    """The record with something done to a table by hand, until the end."""
    connection().execute(f"CREATE TEMP TABLE saved AS TABLE {table}".encode())
    try:
        assert connection().execute(statement.encode()).rowcount > 0, statement
        yield
    finally:
        connection().execute(f"DELETE FROM {table}".encode())  # noqa: S608 - a table of ours
        connection().execute(f"INSERT INTO {table} SELECT * FROM saved".encode())  # noqa: S608 - as above
        connection().execute("DROP TABLE saved")


UNPROVEN = {
    "2.0", "2.3.1", "2.3.1.b", "2.4.1.a", "2.4.1.f", "3.1.3.p1", "3.1.3.c", "3.1.4.a", "3.1.4.c", "3.1.5.e", "6.1", "6.1.a", "6.1.b", "6.1.c", "6.1.d",
    "6.1.e", "6.1.f", "6.1.g", "6.2", "7.1", "7.1.b", "7.1.c", "8.1", "8.2", "8.3", "9.1.e",
}  # fmt: skip


def test_all_is_well(world: World) -> None:
    """Nothing is broken; what is unproven rests on what is not built yet, and is on the page of promises, by id."""
    lines = {line.id: line for line in world.proven.board.lines}
    assert {line.id: [str(one.says) for one in line.wrong] for line in lines.values() if line.state is State.BROKEN} == {}
    assert {name for name, line in lines.items() if line.state is State.UNPROVEN} == UNPROVEN
    assert (lines["9.1.d"].state, lines["3.1.3.a"].state) == (State.KEPT, State.NOT_A_PROMISE)
    assert {"ledger", "standings", "told", "requests", "request-drill", "granted"} <= set(checks(lines["9.1.d"]))
    assert all(line.latest is not None for line in lines.values())
    page = (ROOT / "docs" / "promises.md").read_text("utf-8")
    assert {row.split("|")[1].strip() for row in page.splitlines() if row.startswith("| ") and row.split("|")[1].strip() in lines} == UNPROVEN


def test_safeguards_are_kept_once_the_company_files_its_evidence(world: World, tmp_path: Path) -> None:
    """The clause of safeguards by a standard waits for nothing but evidence: filed, it is kept; not looked at for more than a year, it is broken."""

    def filed(reviewed: date) -> State:
        folder = tmp_path / str(reviewed)
        shutil.copytree(POLICY, folder)
        written = (folder / "policy.yaml").read_text("utf-8")
        standard = "    standard: ISO/IEC 27001:2022, ISO/IEC 27701:2019\n"
        assert written.count(standard) == 1
        (folder / "policy.yaml").write_text(written.replace(standard, f"{standard}    evidence: certificates in the safe\n    reviewed: {reviewed}\n"), "utf-8")
        publish(world.house, folder)
        published = replace(world.house, published=in_force()).policy_in_force
        model = Model(published.compiled, world.clock.at, build_scanner())
        return {line.id: line for line in board(model, world.seen).lines}["7.1.b"].state

    today = world.clock.at.date()
    assert promise_drills.rehearsed(lambda: filed(today - timedelta(days=30))) is State.KEPT
    assert promise_drills.rehearsed(lambda: filed(today - timedelta(days=400))) is State.BROKEN


def test_a_drill_leaves_nothing(world: World) -> None:
    """Drills run in the real record, and nothing of them stays."""
    tables = [row[0] for row in connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()]
    count = f"SELECT {', '.join(f'(SELECT count(*) FROM {name})' for name in tables)}".encode()  # noqa: S608 - tables of ours
    before = connection().execute(count).fetchone()
    assert len(tables) > 20
    held = {one.area: one.result for one in promise_drills.drills(world.house) if not one.entry}
    assert held == {Area.OPT_OUT: Result.HOLDS, Area.POST: Result.HOLDS, Area.REQUEST: Result.HOLDS}
    assert {one.result for one in promise_drills.drills(world.house)} == {Result.HOLDS}
    after = connection().execute(count).fetchone()
    assert dict(zip(tables, after or (), strict=True)) == dict(zip(tables, before or (), strict=True))


def test_a_dropped_consent(world: World) -> None:
    """An event of a consent that is gone, or a row from which it was dropped by hand, turns what rests on consent red."""
    consents = {"9.1.d", "3.1.3.p2", "3.1.3.a"}
    with undone("event", "DELETE FROM event WHERE kind = 'consent.given'"):
        assert consents <= set(world.red(Area.LEDGER, Area.STANDINGS))
    cleared = ", ".join(f"w{number} = 0" for number in range(world.house.policy_in_force.layout.words))
    with undone("standing", f"UPDATE standing SET {cleared}"):  # noqa: S608 - columns of ours
        found = world.red(Area.STANDINGS)
        assert consents <= set(found)
        assert "9.1.a" not in found


def test_a_tampered_ledger(world: World) -> None:
    """A byte of an event turns red what rests on proof, and nothing else."""
    with undone("event", "UPDATE event SET body = overlay(body placing '\\x20' from 30) WHERE kind = 'consent.withdrawn'"):
        found = set(world.red(Area.LEDGER))
        assert {"9.1.a", "9.1.d", "9.1.h", "10.1"} <= found
        assert not found & {"P.1", "5.1", "6.1", "4.2.b"}


def test_an_added_column(world: World) -> None:
    """A column that nobody reviewed turns red what promises that only declared data are held, and what is answered from the store."""
    world.change("ALTER TABLE members ADD COLUMN religion TEXT")
    found = world.red(Area.STORES)
    world.change("ALTER TABLE members DROP COLUMN religion")
    assert {"2.1.1", "2.4.1", "9.1.a", "9.1.b", "9.1.e"} <= set(found)
    assert any("religion" in str(one.says) for one in found["9.1.a"].wrong)
    assert not set(found) & {"9.1.c", "9.1.d", "5.1"}
    assert world.red(Area.STORES) == {}


def test_a_request_dated_back(world: World) -> None:
    """A request whose time is over turns its own right red, whether its own clock says so or only the day on which it was recorded."""
    request = open_request(world.house, Opening(right="restriction", subject=world.ani, proof=Proof.STAFF, by="Sari"))
    try:
        wanted = citing(world.house, "rights.restriction")
        assert world.red(Area.REQUESTS) == {}
        with undone("rights_request", "UPDATE rights_request SET opened = opened - interval '40 days', due = due - interval '40 days'"):
            assert set(world.red(Area.REQUESTS)) == wanted
        with undone("rights_request", "UPDATE rights_request SET opened = opened - interval '4 days'"):
            assert set(world.red(Area.REQUESTS)) == wanted
        with undone("rights_request", "UPDATE rights_request SET opened = opened + interval '1 day', due = due + interval '1 day'"):
            assert set(world.red(Area.REQUESTS)) == wanted  # dated on, so that it would not seem late
        ended = "UPDATE rights_request SET state = 'ended', due = opened - interval '1 day', ended = opened, outcome = '%s'"
        with undone("rights_request", ended % "done"):
            assert set(world.red(Area.REQUESTS)) == wanted
        with undone("rights_request", ended % "not-verified"):
            assert world.red(Area.REQUESTS) == {}  # nobody showed who asks until its time was over, and nothing could be answered
    finally:
        connection().execute("DELETE FROM rights_request WHERE id = %s", [request.id])


def test_data_kept_too_long(world: World) -> None:
    """A row that was over days ago turns its own rule red."""
    world.change("UPDATE members SET left_on = '2024-01-01' WHERE id = 2")
    found = world.red(Area.ENDS)
    world.change("UPDATE members SET left_on = '2026-06-01' WHERE id = 2")
    assert set(found) == citing(world.house, "retention.accounts")


def test_the_forum_among_the_data_for_marketing(world: World) -> None:
    """What people write in the forum, in a table that serves marketing, turns the prohibition red."""
    world.map(meaning(posts_in_audience=True))
    found = world.red(Area.POST)
    world.map(meaning())
    assert "3.1.3.e" in found
    assert any("audience" in str(one.says) for one in found["3.1.3.e"].wrong)


def test_a_denial_that_went_on(world: World) -> None:
    """Where a purpose is only observed, a denial that goes on turns it red."""
    loose = replace(world.house.runtime.settings, enforcement=Enforcement(purposes={"newsletters": Mode.OBSERVE}))
    house = replace(world.house, runtime=Clocked(loose, world.house.runtime.tongue, world.clock))
    other = person(house, "cici@example.org")
    question = Question("newsletters", ("email",), world.clock.at, channel="email")
    rollout.observe_about(house, other, answer_for(house, other, question), "shop")
    found = world.red(Area.USES, house=house)
    connection().execute("DELETE FROM observation")
    assert "3.1.3.a" in found
    assert "9.1.a" not in found


def test_what_is_only_observed_is_unproven(world: World) -> None:
    """Where nothing was denied yet and nothing is enforced either, the purpose is unproven, and its neighbours are as they were."""
    loose = replace(world.house.runtime.settings, enforcement=Enforcement(purposes={"recruitment": Mode.OBSERVE}))
    lines = world.lines(Area.USES, house=replace(world.house, runtime=Clocked(loose, world.house.runtime.tongue, world.clock)))
    assert (lines["3.1.5.b"].state, lines["3.1.3.a"].state) == (State.UNPROVEN, State.NOT_A_PROMISE)


def test_a_program_that_is_not_told(world: World) -> None:
    """A consumer that does not take what it must know of turns red what promises that a no reaches everybody."""
    consumers.add(world.house, "shop", "https://shop.example.com/hook")
    assert world.red(Area.TOLD) == {}
    connection().execute("UPDATE webhook SET failing = now()")
    found = world.red(Area.TOLD)
    connection().execute("DELETE FROM webhook")
    assert {"9.1.d", "3.1.3.p1"} <= set(found)
    assert not set(found) & {"9.1.a", "5.1"}


def test_a_system_that_nobody_looks_after(world: World) -> None:
    """A system that a person must search, without a person: what is answered from it is unproven, and says what to do."""
    add(world.house, "archive", title="Paper files", location="Bekasi")
    lines = world.lines(Area.STORES)
    remove(world.house, "archive")
    assert lines["9.1.a"].state is State.UNPROVEN
    assert any("archive" in str(one.says) and "janji systems owner" in str(one.help) for one in lines["9.1.a"].wrong)


def test_a_child_that_waits(world: World) -> None:
    """A child whose data should be gone turns red what promises it."""
    child = person(world.house, "dewi@example.org", None)
    guardians.record_age(world.house, child, world.clock.at.date().replace(year=2018), Actor.STAFF)
    assert world.red(Area.CHILDREN) == {}
    world.clock.put_on(days=4)
    found = world.red(Area.CHILDREN)
    world.clock.put_on(days=-4)
    assert {"4.1", "4.2", "4.2.a", "4.2.b"} <= set(found)


def test_a_policy_changed_in_the_database(world: World) -> None:
    """A version that is not the text that was published turns red what rests on it."""
    with undone("published_policy", "UPDATE published_policy SET files = jsonb_set(files, '{rights.yaml}', '\"#\"')"):
        assert {"P.3.a", "P.3.b", "3.1.5.a"} <= set(world.red(Area.PUBLISHED))


def test_a_drill_notices_an_engine_that_says_yes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No drill is a constant: where everything is permitted, each that asks fails; where requests have no clock, so does that one."""
    monkeypatch.setattr(promise_drills, "permits_for", lambda house, subject, question: replace_permit(permits_for(house, subject, question)))
    monkeypatch.setattr(promise_drills, "stored", lambda ids: {})
    failing = {one.area for one in promise_drills.drills(world.house) if one.result is Result.FAILS}
    assert failing == {Area.OPT_OUT, Area.POST, Area.REQUEST}


def test_a_canary_in_the_forum(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a made-up person writes in the forum may not be kept for marketing: a gate that lets it is noticed."""

    def lenient(*words: Any) -> Collected:
        found = gate(*words)
        return replace(found, provenance={name: replace(one, purposes=(*one.purposes, "newsletters")) for name, one in found.provenance.items()})

    monkeypatch.setattr(promise_drills, "collect", lenient)
    wrong = [one for one in promise_drills.drills(world.house) if one.result is Result.FAILS]
    assert {one.area for one in wrong} == {Area.POST}
    assert "forum" in next(str(one.says) for one in wrong if one.entry == "prohibitions.forum-body")


def replace_permit(decision: object) -> object:
    """A decision turned into a yes."""
    decision.permit = True  # type: ignore[attr-defined]
    return decision


def test_what_cannot_be_seen_is_unproven(world: World) -> None:
    """A store that does not answer breaks no promise and proves none; it is named."""
    hidden = world.store.with_suffix(".away")
    world.store.rename(hidden)
    try:
        line = world.lines(Area.STORES)["9.1.a"]
    finally:
        hidden.rename(world.store)
    assert line.state is State.UNPROVEN
    assert any("community" in str(one.says) for one in line.wrong)


@pytest.mark.parametrize("settings", [
    Enforcement(touchpoints={"website": Mode.OBSERVE}), Enforcement(applications={"shop": Mode.WARN}), Enforcement(default=Mode.OBSERVE, purposes={"enquiry": Mode.ENFORCE}),
])  # fmt: skip
def test_what_one_place_or_one_program_need_not_heed_is_unproven(world: World, settings: Enforcement) -> None:
    """Where a touchpoint, an application or nearly all is only observed, no purpose, no such touchpoint and no closed list is proven."""
    loose = replace(world.house.runtime.settings, enforcement=settings)
    lines = world.lines(Area.USES, house=replace(world.house, runtime=Clocked(loose, world.house.runtime.tongue, world.clock)))
    wanted = citing(world.house, "purposes.newsletters", "purposes.recruitment", "touchpoints.website", "undeclared.operation")
    assert {name: lines[name].state for name in wanted} == dict.fromkeys(wanted, State.UNPROVEN)


def test_data_that_nobody_sees_end_are_unproven(world: World) -> None:
    """Nothing shows that data end where Janji does not search."""
    add(world.house, "archive", title="Paper files", location="Bekasi")
    lines = world.lines(Area.ENDS)
    remove(world.house, "archive")
    wanted = citing(world.house, "retention.accounts")
    assert {lines[name].state for name in wanted} == {State.UNPROVEN}
    assert all(any("archive" in str(one.says) and "janji sweep attest" in str(one.help) for one in lines[name].wrong) for name in wanted)


def test_data_that_somebody_attests_to_end(world: World) -> None:
    """Attested, the board is as it was before, and says that nobody read it back; a month later it is unproven again; of two the older day is named."""
    add(world.house, "archive", title="Paper files", location="Bekasi")
    before = {name: line.state for name, line in world.lines(Area.ENDS).items()}
    day, wanted = world.clock.at.date(), citing(world.house, "retention.accounts")
    try:
        made = attest(world.house, "archive", day - timedelta(days=1), ended=14)
        lines = world.lines(Area.ENDS)
        assert {name: line.state for name, line in lines.items()} == {line.id: line.state for line in world.proven.board.lines} != before
        told = [one for name in wanted for one in lines[name].findings if one.check == Area.ENDS]
        assert {one.result for one in told} == {Result.HOLDS}
        assert all("archive" in str(one.says) and "not read back" in str(one.says) for one in told)
        sequence_all()
        assert made.attested is not None
        assert {one.event for one in promise_looks.look(world.house) if one.area is Area.ENDS} == {str(made.attested.event)}
        add(world.house, "cellar")
        attest(world.house, "cellar", day)
        lines = world.lines(Area.ENDS)
        told = [one for name in wanted for one in lines[name].findings if one.check == Area.ENDS]
        assert all("2 systems" in str(one.says) and str(on_day(day - timedelta(days=1))) in str(one.says) for one in told), told
        remove(world.house, "cellar")
        world.clock.put_on(days=30)
        late = [line for line in world.lines(Area.ENDS).values() if any("only" in str(one.says) and "archive" in str(one.says) for one in line.wrong)]
        world.clock.put_on(days=-30)
        assert {line.id for line in late} >= wanted
    finally:
        remove(world.house, "archive")

def test_a_system_of_the_policy_that_is_not_connected(world: World) -> None:
    """A system that the policy names and nobody connected: what is answered from the systems is unproven."""
    policy = replace(world.house.policy_in_force.policy, systems={"crm": PolicySystem(id="crm", title=Text((("", "Customers"),)))})
    line = world.lines(Area.STORES, house=replace(world.house, published=replace(world.house.policy_in_force, policy=policy)))["9.1.a"]
    assert line.state is State.UNPROVEN
    assert any("crm" in str(one.says) and "janji connect add" in str(one.help) for one in line.wrong)


def test_messages_that_wait_show_nothing(world: World) -> None:
    """What a program is still to be told, or what nobody looked through for it, shows that it was not told yet."""
    consumers.add(world.house, "shop", "https://shop.example.com/hook")
    try:
        assert not {one for one in world.lines(Area.TOLD)["9.1.d"].wrong if one.check == Area.TOLD}
        connection().execute("UPDATE webhook_position SET position = 0")
        behind = world.lines(Area.TOLD)["9.1.d"]
        while webhooks.derive(world.house):
            pass
        due = world.lines(Area.TOLD)["9.1.d"]
    finally:
        connection().execute("DELETE FROM webhook_delivery")
        connection().execute("DELETE FROM webhook")
    assert (behind.state, due.state) == (State.UNPROVEN, State.UNPROVEN)


def test_a_yes_that_is_not_taken_shows_nothing_forbidden(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no yes is taken, a denial of what is forbidden shows nothing."""
    monkeypatch.setattr(promise_drills, "_say", lambda house, subject, verb: [False])
    found = promise_drills.rehearsed(lambda: tuple(promise_drills.forbidden(world.house)))
    assert Result.UNKNOWN in {one.result for one in found if one.area is Area.POST and not one.entry}


def test_a_drill_notices_a_clock_that_is_too_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the record counts: a request that was stored with a later due is noticed."""
    monkeypatch.setattr(promise_drills, "stored", lambda ids: {id: replace(row, due=row.due + timedelta(hours=1)) for id, row in stored(ids).items()})
    assert {one.area for one in promise_drills.drills(world.house) if one.result is Result.FAILS} == {Area.REQUEST}


def test_an_older_version_changed_in_the_database(world: World, tmp_path: Path) -> None:
    """Every version is held against its digest, not only the one in force."""
    shutil.copytree(POLICY, tmp_path / "next")
    with (tmp_path / "next" / "policy.yaml").open("a") as file:
        file.write("# said the same way\n")

    def published(statement: str) -> set[str]:
        publish(world.house, tmp_path / "next")
        assert connection().execute(statement.encode()).rowcount == 1
        return set(world.red(Area.PUBLISHED, house=replace(world.house, published=in_force())))

    assert promise_drills.rehearsed(lambda: published("SELECT 1")) == set()
    older = "UPDATE published_policy SET files = jsonb_set(files, '{rights.yaml}', '\"#\"') WHERE number = 1"
    assert {"P.3.a", "P.3.b", "3.1.5.a"} <= promise_drills.rehearsed(lambda: published(older))


def test_what_the_policy_names_no_more_is_told_of_all(world: World) -> None:
    """A late request for a right that is gone, or whose clock was changed, turns all rights red; a denial at an undeclared place the closed list of places."""
    request = open_request(world.house, Opening(right="restriction", subject=world.ani, proof=Proof.STAFF, by="Sari"))
    wanted = citing(world.house, "rights.access", "rights.restriction")
    try:
        with undone("rights_request", "UPDATE rights_request SET \"right\" = 'gone', due = due - interval '40 days'"):
            assert wanted <= set(world.red(Area.REQUESTS))
        with undone("rights_request", "UPDATE rights_request SET \"right\" = 'gone', due = due + interval '1 day'"):
            assert wanted <= set(world.red(Area.REQUESTS))
    finally:
        connection().execute("DELETE FROM rights_request WHERE id = %s", [request.id])
    loose = replace(world.house.runtime.settings, enforcement=Enforcement(purposes={"newsletters": Mode.OBSERVE}))
    house = replace(world.house, runtime=Clocked(loose, world.house.runtime.tongue, world.clock))
    other = person(house, "cici@example.org")
    rollout.observe_about(house, other, answer_for(house, other, Question("newsletters", ("email",), world.clock.at, channel="email")), "shop", "nowhere")
    found = set(world.red(Area.USES, house=house))
    connection().execute("DELETE FROM observation")
    assert citing(house, "undeclared.touchpoint") <= found


def test_no_drill_within_other_work(world: World) -> None:
    """A drill that would be undone with somebody's work is not begun."""
    with pytest.raises(RuntimeError), transaction():
        promise_drills.rehearsed(lambda: None)


def test_the_report(world: World, tmp_path: Path) -> None:
    """Page and JSON, signed and proven: the digest that the event names is that of the file, each proof holds, and a changed file is noticed."""
    done = write_report(world.house, world.proven, tmp_path, load_tongue("id"))
    assert done.event is not None
    data, page = (tmp_path / "promises.json").read_bytes(), (tmp_path / "promises.html").read_text("utf-8")
    proof, event, _ = verify_document(tmp_path / "promises.proof.json", str(verifier(world.house)))
    assert event.details["report"] == hashlib.sha256(data).hexdigest()
    assert event.details["page"] == hashlib.sha256(page.encode()).hexdigest()
    assert proof.verifier == verifier(world.house)
    head = open_note((tmp_path / "promises.note").read_text("utf-8"), verifier(world.house))
    assert (head.root, head.origin.endswith("/promises")) == (hashlib.sha256(data).digest(), True)
    held = json.loads(data)
    jsonschema.validate(held, json.loads((ROOT / "schema" / "promises.json").read_text("utf-8")))
    assert len(held["items"]) == 104
    proofs = sorted((tmp_path / "proofs").iterdir())
    assert proofs
    for path in proofs:
        _, told, _ = verify_document(path, str(verifier(world.house)))
        assert told.subject is None, "a report is handed on, and is about nobody"
    assert page.count("<tr id=") == 104
    key = str(verifier(world.house))
    found = verify_report(tmp_path, key)
    assert found is not None
    assert found.id == str(done.event)
    (tmp_path / "promises.json").write_bytes(data.replace(b'"unproven"', b'"kept"'))
    with pytest.raises(Corrupt):
        verify_report(tmp_path, key)
    (tmp_path / "promises.json").write_bytes(data)
    (tmp_path / "promises.proof.json").write_bytes(proofs[0].read_bytes())
    with pytest.raises(Corrupt):
        verify_report(tmp_path, key)
    assert 'lang="id"' in page


def test_a_report_of_a_broken_ledger_says_so(world: World, tmp_path: Path) -> None:
    """Where the ledger was tampered with nothing is proven any more: the report is signed, says that promises are broken, and has no proof."""
    from janji.workflows.ledger import checkpoint

    checkpoint(world.house)
    write_report(world.house, world.proven, tmp_path, load_tongue("en"))  # the proofs of a report before are none of the next
    (tmp_path / "proofs" / "own.json").write_text("{}")
    with undone("ledger_tile", "UPDATE ledger_tile SET hashes = overlay(hashes placing '\\x00' from 3) WHERE level = 0"):
        found = prove(world.house)
        done = write_report(world.house, found, tmp_path, load_tongue("en"))
        assert found.board.broken
        assert done.event is None
        assert (tmp_path / "promises.note").exists()
        assert not (tmp_path / "promises.proof.json").exists()
        assert [path.name for path in (tmp_path / "proofs").iterdir()] == ["own.json"]
        assert verify_report(tmp_path, str(verifier(world.house))) is None


def janji(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The program."""
    env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT / "src"), **more}
    return subprocess.run([sys.executable, "-m", "janji", *words], cwd=folder, capture_output=True, text=True, env=env)


def test_the_verb(database_url: str, tmp_path: Path) -> None:
    """From nothing to a report: what is unproven says the next step, a broken promise exits 1, and a policy by itself needs no record."""
    alone = janji(tmp_path, "prove", "--policy", str(ROOT / "policies" / "minimal"), "--format", "json")
    assert (alone.returncode, json.loads(alone.stdout)["record"]) == (0, False), alone.stderr
    assert json.loads(alone.stdout)["counts"]["broken"] == 0
    home = {"JANJI_DATABASE_URL": database_url, "JANJI_DATA_DIR": str(tmp_path / "data")}
    assert janji(tmp_path, "init", **home).returncode == 0
    assert "janji policy publish" in janji(tmp_path, "prove", **home).stderr
    assert janji(tmp_path, "policy", "publish", str(ROOT / "policies" / "minimal"), **home).returncode == 0
    found = janji(tmp_path, "prove", "--out", "report", "--state", "unproven", **home)
    assert found.returncode == 0, found.stdout + janji(tmp_path, 'prove', '--state', 'broken', **home).stdout
    assert "janji connect add" in found.stdout
    mistaken = janji(tmp_path, "prove", "--clause", "rights.acess", "--out", "mistaken", **home)
    assert (mistaken.returncode != 0, (tmp_path / "mistaken").exists()) == (True, False), mistaken.stderr
    key = json.loads(janji(tmp_path, "ledger", "show", "--format", "json", **home).stdout)["key"]
    checked = janji(tmp_path, "prove", "--check", "report", "--key", key, "--format", "json")
    assert json.loads(checked.stdout)["proven"], checked.stderr
    held = json.loads((tmp_path / "report" / "promises.json").read_text("utf-8"))
    assert {"purposes.newsletter", "rights.access"} <= {one["id"] for one in held["items"]}
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as link:
        link.execute("UPDATE event SET body = body || ' '::bytea")
    broken = janji(tmp_path, "prove", "--state", "broken", **home)
    assert broken.returncode == 1, broken.stderr
    assert "ledger audit" in broken.stdout
