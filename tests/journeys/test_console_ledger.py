"""The ledger at the console: verified live by the worker, read back, proven event by event; what was tampered with is found and told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.choosing import person, say, yes
from tests.desk import Person, at_desk
from tests.rights_house import Rights

from janji.ledger.audit import FaultKind
from janji.ledger.proofs import read_proof, verify_proof
from janji.staff.roles import Role
from janji.store.database import run
from janji.web.console import ledger as screens
from janji.workflows import desk_jobs
from janji.workflows.audits import audit_export
from janji.workflows.ledger import cover, sequence_all
from janji.workflows.recording import history_of


@pytest.fixture(scope="module")
def house(rights: Rights) -> Rights:
    """A served house with a few events in it, not numbered yet."""
    subject = person(rights.house, "kanaria@contoh.example")
    say(rights.house, subject, yes(rights.house, "newsletters", "email"))
    return rights


@pytest.fixture
def auditor(house: Rights) -> Iterator[Person]:
    """An auditor, signed in."""
    with at_desk(house.live, Role.AUDITOR) as found:
        yield found


@pytest.fixture(scope="module")
def event(house: Rights) -> UUID:
    """The consent of the one person here."""
    from janji.workflows.people import find_subjects

    (subject,) = find_subjects(house.house, [("email", "kanaria@contoh.example")])
    assert subject is not None
    return UUID(history_of(house.house, subject)[-1].id)


def test_what_waits_is_told_as_such(house: Rights, auditor: Person, event: UUID) -> None:
    """Before the worker came, the page says what waits, and an event has no proof yet; nothing is written by looking."""
    assert "Nothing is signed yet" in auditor.get("/ledger").text
    assert "look again" in auditor.get(f"/ledger/event/{event}").text
    assert auditor.get(f"/ledger/event/{event}/proof").status_code == 422
    assert sequence_all().count > 0
    assert cover(house.house) is not None


def test_verified_live_and_read_back(house: Rights, auditor: Person) -> None:
    """Asked for, it waits for the worker and the page looks again by itself; done, each check is told."""
    assert "not verified here yet" in auditor.get("/ledger").text
    answer = auditor.send("/ledger/verify", page="/ledger")
    assert "It waits for the worker" in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert "<progress" in answer.text
    assert "disabled" in answer.text
    desk_jobs.work(house.house)
    done = auditor.get("/ledger")
    assert "Everything is as it was signed" in done.text
    assert "http-equiv" not in done.text
    assert done.text.count("✓") == len(screens._CHECKS)
    assert "kanaria" not in done.text


def test_every_kind_of_fault_has_its_check() -> None:
    """No fault can be told without turning a line of the page."""
    assert set().union(*(kinds for _, kinds in screens._CHECKS)) == set(map(str, FaultKind))


def test_one_event_is_proven(auditor: Person, event: UUID, tmp_path: Path) -> None:
    """By its id; the proof that is taken along verifies without the database; what is no id, or nobody's, is told."""
    page = auditor.get("/ledger", event=f" {event} ")
    assert page.status_code == 303
    shown = auditor.get(f"/ledger/event/{event}")
    assert "The proof holds" in shown.text
    assert "consent given" in shown.text.lower()
    assert "kanaria" not in shown.text
    assert "sub_" not in shown.text
    proof = read_proof(auditor.get(f"/ledger/event/{event}/proof").content)
    found, _ = verify_proof(proof)
    assert found.id == str(event)
    assert auditor.get("/ledger", event="<b>").status_code == 422
    assert auditor.get(f"/ledger/event/{UUID(int=1)}").status_code == 404


def test_checkpoint_key_and_export_are_taken_along(auditor: Person, tmp_path: Path) -> None:
    """The export audits clean by the key, offline, against the checkpoint that was kept."""
    page = auditor.get("/ledger").text
    size = int(page.split("/ledger/heads/")[1].split("?")[0])
    note, key, whole = (auditor.get(f"/ledger/{part}") for part in (f"heads/{size}", "key", "export"))
    for answer in (note, key, whole):
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
    (tmp_path / "note").write_bytes(note.content)
    (tmp_path / "ledger.jsonl").write_bytes(whole.content)
    assert audit_export(tmp_path / "ledger.jsonl", key.text.strip(), tmp_path / "note").clean
    assert b"kanaria" not in whole.content
    assert auditor.get("/ledger/heads/999999").status_code == 422


def test_heads_have_a_second_page(house: Rights, auditor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest first; the next page goes on where the first ended, and no head is left out between them."""
    say(house.house, person(house.house, "kepala@contoh.example"), yes(house.house, "newsletters", "email"))
    sequence_all()
    assert cover(house.house) is not None
    sizes = re.findall(r"/ledger/heads/(\d+)", auditor.get("/ledger").text)
    assert len(sizes) > 1
    monkeypatch.setattr(screens, "PAGE", 1)
    query, seen = dict[str, str](), list[str]()
    for _ in sizes:
        page = auditor.get("/ledger", **query).text
        seen += re.findall(r"/ledger/heads/(\d+)", page)
        query = {"below": below[1]} if (below := re.search(r'below=(\d+)[^"]*" rel="next"', page)) else {}
    assert seen == sizes
    assert not query


def test_what_was_tampered_with_is_found(house: Rights, auditor: Person, event: UUID) -> None:
    """A changed event turns the page red, with where; its own page proves nothing any more. Put back, all is well again."""
    run("UPDATE event SET body = replace(convert_from(body, 'UTF8'), 'newsletters', 'newslettert')::bytea WHERE id = %s", event)
    house.clock.put_on(minutes=1)
    try:
        auditor.send("/ledger/verify", page="/ledger")
        desk_jobs.work(house.house)
        page = auditor.get("/ledger").text
        assert "not as it was signed" in page
        assert "✗" in page
        broken = auditor.get(f"/ledger/event/{event}")
        assert broken.status_code >= 400
        assert "The proof holds" not in broken.text
    finally:
        run("UPDATE event SET body = replace(convert_from(body, 'UTF8'), 'newslettert', 'newsletters')::bytea WHERE id = %s", event)
    house.clock.put_on(minutes=1)
    auditor.send("/ledger/verify", page="/ledger")
    desk_jobs.work(house.house)
    assert "Everything is as it was signed" in auditor.get("/ledger").text


def test_an_owner_has_no_ledger(house: Rights, event: UUID) -> None:
    """Without the duty nothing of it opens."""
    with at_desk(house.live, Role.OWNER) as owner:
        for path in ("/ledger", f"/ledger/event/{event}", "/ledger/export"):
            assert owner.get(path).status_code == 403
    assert json.dumps(desk_jobs.last(desk_jobs.AUDIT, ended=True).report)  # type: ignore[union-attr]
