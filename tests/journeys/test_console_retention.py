"""Retention at the console: the schedule searched, what a night would end counted by the worker, holds, sweeps with certificates."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.company_house import World, cloned, drop, make
from tests.desk import Person, at_desk
from tests.live import Live, live

from janji.ledger.events import Actor, Kind, decode
from janji.ledger.proofs import read_proof, verify_proof
from janji.staff.roles import Role
from janji.store import health
from janji.store.server import ServerHandle
from janji.workflows import desk_jobs
from janji.workflows.holds import holds
from janji.workflows.ledger import cover
from janji.workflows.people import subjects_for
from janji.workflows.recording import Entry, history_of, record
from janji.workflows.sweeps import sweep, sweeps

CANARY = "perkara kanaria 7"


@dataclass(frozen=True)
class Kept:
    """A house with a shop, served, and somebody in it."""

    world: World
    live: Live
    subject: UUID


@pytest.fixture(scope="module")
def kept(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """The shop whose rows come to their end."""
    company = make(server, tmp_path_factory.mktemp("company"))
    with cloned(company, module_database_url, tmp_path_factory.mktemp("house"), ["mycontoh"]) as world, live(world.house) as served:
        (subject,) = subjects_for(world.house, [("email", "tahan@contoh.example")])
        yield Kept(world, served, subject)
    drop(company)


@pytest.fixture
def officer(kept: Kept) -> Iterator[Person]:
    """An officer, signed in."""
    with at_desk(kept.live) as found:
        yield found


def test_the_schedule_is_searched(kept: Kept, officer: Person) -> None:
    """Every rule is there with its length, and found by a word of it or by its category; a word that nothing has is answered as such."""
    rules = kept.world.house.policy_in_force.policy.retention
    whole = officer.get("/retention")
    assert all(rule in whole.text for rule in rules)
    one = next(rule for rule in rules.values() if rule.data)
    found = officer.get("/retention", q=str(one.id))
    assert str(one.id) in found.text
    assert f"1 of {len(rules)} rules" in found.text
    assert officer.get("/retention", data=one.data[0]).text.count('<th scope="row">') < len(rules)
    assert "No rule is like this" in officer.get("/retention", q="<script>alert(1)</script>").text


def test_what_a_night_would_end_is_counted_and_nothing_changed(kept: Kept, officer: Person) -> None:
    """The worker counts; tonight and a month ahead are kept apart; the rows are still there."""
    before = kept.world.rows("mycontoh")
    assert "It was not counted yet" in officer.get("/retention/next").text
    for days in ("0", "30"):
        waits = officer.send("/retention/next", days=days)
        assert "It waits for the worker" in waits.text
        assert waits.text.count('http-equiv="refresh"') == 1
        assert "<progress" in waits.text
    assert desk_jobs.work(kept.world.house) == 2
    done = officer.get("/retention/next")
    assert "My Contoh" in done.text
    assert "It was not counted yet" not in done.text
    assert kept.world.rows("mycontoh") == before
    tonight, later = (desk_jobs.last(desk_jobs.LOOK, days=days) for days in (0, 30))
    assert tonight is not None
    assert later is not None
    assert sum(part["due"] for part in later.report["parts"]) >= sum(part["due"] for part in tonight.report["parts"]) > 0


def test_a_hold_is_set_shown_sealed_and_lifted(kept: Kept, officer: Person) -> None:
    """Wrong fields are told with what was typed; the reference is shown for a reason alone; lifting says first what it comes to."""
    person = f"sub_{kept.subject}"
    for fields in ({"ground": "audit"}, {"person": person, "system": "mycontoh", "ground": "audit"}, {"person": person, "ground": "mood"},
                   {"person": "sub_1", "ground": "audit"}, {"person": "tahan@contoh.example", "ground": "audit"}, {"system": "none", "ground": "audit"},
                   {"person": person, "ground": "audit", "days": "0"}, {"person": person, "ground": "audit", "reference": "x" * 501}):  # fmt: skip
        wrong = officer.send("/retention/holds/new", **fields)
        assert wrong.status_code == 422, fields
        assert not holds(kept.world.house)
    made = officer.send("/retention/holds/new", person=person, ground="litigation", reference=CANARY, days="30")
    assert "nothing of it is erased or swept" in made.text
    assert "a lawsuit" in made.text
    assert CANARY not in made.text
    (one,) = holds(kept.world.house)
    where = f"/retention/holds/{one.id}/reference"
    assert CANARY not in officer.get(where).text
    assert CANARY not in officer.send(where, reason="").text
    assert not _reasons(kept)
    assert CANARY in officer.send(where, reason="authority").text
    assert _reasons(kept) == ["authority"]
    assert "a lawsuit" in officer.get(f"/people/{kept.subject}").text
    lift = f"/retention/holds/{one.id}/lift"
    assert "Lift the hold?" in officer.get(lift).text
    assert len(holds(kept.world.house)) == 1
    assert "Nothing is held" in officer.send(lift).text
    assert officer.get(lift).status_code == 404


def _reasons(kept: Kept) -> list[str]:
    """What the person's data were looked at for, as their record has it."""
    return [str(event.details["reason"]) for event in history_of(kept.world.house, kept.subject) if event.kind is Kind.PERSON_SEEN]


def test_a_system_is_held(kept: Kept, officer: Person) -> None:
    """A system is held as a whole, and let go."""
    officer.send("/retention/holds/new", system="mycontoh", ground="order", reference=CANARY)
    (one,) = holds(kept.world.house)
    assert "My Contoh" in officer.get("/retention/holds").text
    assert CANARY in officer.send(f"/retention/holds/{one.id}/reference", reason="authority").text
    assert str(one.id) in [event.details.get("hold") for event in map(decode, health.newest()) if event.kind == "person.seen"]
    officer.send(f"/retention/holds/{one.id}/lift")
    assert not holds(kept.world.house)


def test_a_sweep_with_its_certificates(kept: Kept, officer: Person) -> None:
    """What a sweep did is on screen, its certificate verifies offline, and that people were told is recorded once."""
    assert "No sweep was made yet" in officer.get("/retention/sweeps").text
    sweep(kept.world.house)
    cover(kept.world.house)
    (one,) = sweeps()
    assert f"/retention/sweeps/{one.id}" in officer.get("/retention/sweeps").text
    page = officer.get(f"/retention/sweeps/{one.id}")
    (path,) = re.findall(r"/console(/ledger/event/[0-9a-f-]+/proof)", page.text)
    event, _ = verify_proof(read_proof(officer.get(path).content))
    assert event.details["system"] == "mycontoh"
    assert "My Contoh" in officer.get("/retention/gone").text
    assert "People were not told of a deletion" in officer.get("/tasks").text
    told = f"/retention/sweeps/{one.id}/told"
    assert "Were people told?" in officer.get(told).text
    assert "recorded that people were told" in officer.send(told).text
    assert officer.send(told, page=f"/retention/sweeps/{one.id}").status_code == 422
    assert officer.get(f"/retention/sweeps/{UUID(int=3)}").status_code == 404


def test_many_sweeps_have_a_second_page(kept: Kept, officer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older ones are a page further, and a word that is no id is passed over."""
    from janji.web.console import retention

    monkeypatch.setattr(retention, "PAGE", 1)
    sweep(kept.world.house)
    first = officer.get("/retention/sweeps")
    (before,) = re.findall(r"before=([0-9a-f-]+)", first.text)
    older = officer.get("/retention/sweeps", before=before)
    assert before not in older.text.replace(f"before={before}", "")
    assert officer.get("/retention/sweeps", before="x").status_code == 200
    assert officer.get("/retention/gone", before="x").status_code == 200


def test_a_destroyed_key_is_told_in_words(kept: Kept, officer: Person) -> None:
    """Which key it was, and how far it is gone, as people say it; the key's number stands beside."""
    record(kept.world.house, [Entry(kind=Kind.KEY_DESTROYED, actor=Actor.SYSTEM, details={"key": str(UUID(int=9)), "kind": "evidence", "level": "recycled"})])
    page = html.unescape(officer.get("/retention/gone").text)
    for words in ("the key of a person's evidence", "gone from the files of the database and from the WAL", str(UUID(int=9))):
        assert words in page
    assert "recycled" not in page


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ENGINEER, Role.ANALYST])
def test_who_only_reads_changes_nothing_and_sees_nobody(kept: Kept, role: Role) -> None:
    """Reading roles have every list, no button that changes, no number of a person without the duty, and no reference."""
    with at_desk(kept.live) as officer:
        officer.send("/retention/holds/new", person=f"sub_{kept.subject}", ground="audit", reference=CANARY)
    (one,) = holds(kept.world.house)
    try:
        with at_desk(kept.live, role) as reader:
            for part in ("", "/next", "/holds", "/sweeps", "/gone"):
                assert reader.get(f"/retention{part}").status_code == 200
            page = reader.get("/retention/holds").text
            assert CANARY not in page
            assert (str(kept.subject) in page) == (role is Role.ANALYST)
            assert "/holds/new" not in page
            assert reader.send("/retention/holds/new", page="/retention", person=f"sub_{kept.subject}", ground="audit").status_code == 403
            assert reader.send(f"/retention/holds/{one.id}/lift", page="/retention").status_code == 403
            if role is not Role.ANALYST:
                assert reader.get(f"/retention/holds/{one.id}/reference").status_code == 403
    finally:
        with at_desk(kept.live) as officer:
            officer.send(f"/retention/holds/{one.id}/lift")
