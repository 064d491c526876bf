"""The ledger on a real server: events numbered, signed, proven, exported, audited with and without the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.people_house import make_house

from janji.errors import Conflict, Corrupt, Invalid
from janji.ledger.audit import FaultKind, Report
from janji.ledger.checkpoint import open_note
from janji.ledger.events import Actor, Kind, leaf_hash
from janji.ledger.proofs import proof_json, read_proof, verify_proof
from janji.store import ledger
from janji.store.database import close, connection, transaction
from janji.store.vault import keeper_of, pseudonym
from janji.workflows import ledger as ledger_work
from janji.workflows.audits import audit_export
from janji.workflows.forgetting import forget
from janji.workflows.house import House, enter_house, make_secrets
from janji.workflows.ledger import audit_live, checkpoint, export, lag, prove, sequence, sequence_all, verifier
from janji.workflows.people import subjects_for
from janji.workflows.recording import Entry, Recorded, record
from janji.workflows.runtime import open_runtime


@pytest.fixture
def house(database: str) -> House:
    """An opened house without a policy."""
    runtime, keeper = open_runtime(environment={}), keeper_of(b"k" * 32)
    make_secrets(runtime, keeper)
    return enter_house(runtime, database, keeper)


def person(house: House) -> UUID:
    """Somebody on record."""
    subject = uuid4()
    connection().execute(
        "INSERT INTO subject (id, pseudonym, state, communication) VALUES (%s, %s, 'active', '')",
        [subject, pseudonym(house.secrets.pseudonym, subject)],
    )
    return subject


def note(house: House, subjects: Sequence[UUID | None], kind: Kind = Kind.TASK_OPENED) -> list[Recorded]:
    """An event about each of these, in one transaction."""
    return list(record(house, [Entry(kind=kind, actor=Actor.STAFF, subject=subject, details={"task": "call"}) for subject in subjects]))


def filled(house: House, count: int = 600) -> list[Recorded]:
    """So many numbered and signed events of some people, signed in between."""
    people: list[UUID | None] = [None, *(person(house) for _ in range(9))]
    made = []
    for start in range(0, count, 200):
        made += note(house, [people[index % 10] for index in range(start, start + 200)])
        sequence_all()
        checkpoint(house)
    return made


def kinds(report: Report) -> list[tuple[FaultKind, int]]:
    return [(fault.kind, fault.position) for fault in report.faults]


def test_recorded_numbered_signed_proven(house: House, tmp_path: Path) -> None:
    """Each event gets one number, its receipt's digest is what is proven, and export and database are clean."""
    people = [person(house) for _ in range(5)]
    made = [item for _ in range(60) for item in note(house, people)]
    assert lag().waiting == 300
    with pytest.raises(Conflict, match="no signed checkpoint"):
        prove(house, made[0].id)
    assert sequence() == replace(sequence(), count=300, size=300)
    assert lag() == replace(lag(), waiting=0, oldest=0)
    signed = checkpoint(house)
    assert signed is not None
    assert signed == checkpoint(house)
    assert open_note(signed.note, verifier(house)) == signed.checkpoint
    assert signed.checkpoint.size == 300
    positions = set()
    for item in made:
        document = json.dumps(proof_json(prove(house, item.id))).encode()
        found = read_proof(document)
        event, head = verify_proof(found, verifier(house))
        assert (event.id, found.digest.hex(), head) == (str(item.id), item.digest, signed.checkpoint)
        positions.add(found.position)
    assert positions == set(range(300))
    target, kept = tmp_path / "export.jsonl", tmp_path / "kept"
    kept.write_text(signed.note)
    assert export(house, target) == 300
    for processes in (1, 2):
        report = audit_export(target, str(verifier(house)), kept, processes)
        assert report.clean, report.faults
        assert (report.events, report.people, report.last) == (300, 5, signed.checkpoint)
    assert audit_live(house, signed.checkpoint).clean


def test_what_comes_later(house: House, tmp_path: Path) -> None:
    """An export has what is signed; an earlier checkpoint stays the beginning; events without a signature are no fault."""
    filled(house, 400)
    earlier = checkpoint(house)
    assert earlier is not None
    (tmp_path / "kept").write_text(earlier.note)
    late = note(house, [None, None])
    assert audit_live(house).clean
    sequence()
    assert audit_live(house).clean
    with pytest.raises(Conflict):
        prove(house, late[0].id)
    export(house, tmp_path / "export")
    report = audit_export(tmp_path / "export", against=tmp_path / "kept")
    assert (report.clean, report.events, report.checkpoints) == (True, 402, 3)
    assert prove(house, late[0].id).position == 400


def test_an_empty_house(house: House, tmp_path: Path) -> None:
    """A house without events has an export, and it is clean."""
    assert (checkpoint(house), sequence().size, export(house, tmp_path / "e")) == (None, 0, 0)
    assert audit_export(tmp_path / "e").clean
    assert audit_live(house).clean
    with pytest.raises(Invalid, match="no event"):
        prove(house, uuid4())


def test_a_limit_keeps_versions_in_order(house: House) -> None:
    """Numbers given a few at a time follow each person's versions, though a later version began to wait earlier."""
    people = [person(house) for _ in range(4)]
    for _ in range(10):
        note(house, people)
    connection().execute(
        "UPDATE pending SET since = now() + (n / 8 * 10 - n % 8 / 4) * interval '1 second'"
        " FROM (SELECT ctid AS place, row_number() OVER (ORDER BY ctid) - 1 AS n FROM pending) AS rows WHERE ctid = place"
    )
    rounds = 0
    while sequence(limit=3).count:
        rounds += 1
    assert rounds > 3
    assert ledger.size() == 40
    checkpoint(house)
    assert audit_live(house).clean


def test_numbers_follow_the_queue(house: House) -> None:
    """Who began to wait first has the lower number."""
    made = [note(house, [None])[0] for _ in range(3)]
    for age, item in enumerate(made):
        connection().execute("UPDATE pending SET since = now() - %s * interval '1 second' WHERE event = %s", [age, item.id])
    sequence()
    checkpoint(house)
    assert [prove(house, item.id).position for item in made] == [2, 1, 0]


def test_nothing_wrong_is_signed_or_proven(house: House) -> None:
    """An event that was changed is not proven; a tree that no longer has the signed root gets no new signature."""
    made = filled(house)
    connection().execute("UPDATE event SET body = overlay(body placing '\\x20' from 30) WHERE id = %s", [made[5].id])
    with pytest.raises(Corrupt, match="not what the signed tree holds"):
        prove(house, made[5].id)
    connection().execute("UPDATE ledger_tile SET hashes = overlay(hashes placing '\\x00' from 40) WHERE level = 1")
    note(house, [None])
    sequence()
    with pytest.raises(Corrupt, match="does not go on"):
        checkpoint(house)


def test_a_late_commit_gets_the_next_number(house: House, database: str) -> None:
    """A transaction that began first and commits last is not skipped, and waits for nobody."""
    import psycopg

    early = note(house, [None])[0]
    with psycopg.connect(database) as slow:
        slow.execute("UPDATE pending SET since = since WHERE false")
        row = connection().execute("SELECT id, kind, body FROM event").fetchone()
        assert row is not None
        body = bytes(row[2]).replace(str(early.id).encode(), str(UUID(int=5 << 64)).encode())
        slow.execute("INSERT INTO event (id, kind, body) VALUES (%s, %s, %s)", [UUID(int=5 << 64), row[1], body])
        slow.execute("INSERT INTO pending (event, leaf) VALUES (%s, %s)", [UUID(int=5 << 64), leaf_hash(body)])
        note(house, [None] * 10)
        assert sequence() == replace(sequence(), count=11, size=11)
        checkpoint(house)
        assert audit_live(house).clean
        slow.commit()
    assert sequence().count == 1
    checkpoint(house)
    assert prove(house, UUID(int=5 << 64)).position == 11
    assert audit_live(house).clean


@pytest.mark.parametrize("read", ["size", "checkpoint"])
def test_what_is_numbered_and_signed_meanwhile_is_no_corruption(house: House, monkeypatch: pytest.MonkeyPatch, read: str) -> None:
    """Whatever the signer reads first, another one may number and sign right after it."""
    note(house, [None] * 3)
    sequence()
    assert checkpoint(house) is not None
    note(house, [None] * 2)
    sequence()
    real, met = getattr(ledger, read), []

    def other() -> None:
        note(house, [None] * 4)
        sequence()
        met.append(checkpoint(house))
        close()

    def meanwhile(*held: Any) -> Any:
        found = real(*held)
        if not met:
            met.append(None)
            thread = Thread(target=other)
            thread.start()
            thread.join()
        return found

    monkeypatch.setattr(ledger, read, meanwhile)
    signed = checkpoint(house)
    assert signed is not None
    assert signed.checkpoint.size >= 5
    assert met[1] is not None
    assert audit_live(house).clean


def test_only_one_sequencer_works(house: House, database: str) -> None:
    """While another holds the lock, a sequencer does nothing and says so."""
    import psycopg

    note(house, [None])
    with psycopg.connect(database) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [ledger.LOCK])
        assert sequence() == replace(sequence(), busy=True, count=0, size=0)
    assert sequence().count == 1


def test_a_sequencer_reads_what_is_committed(house: House) -> None:
    """Where transactions are serializable by default, a sequencer still sees what the one before it wrote."""
    connection().execute("SET default_transaction_isolation TO 'serializable'")
    with transaction():
        assert ledger.lock_sequencer()
        assert connection().execute("SHOW transaction_isolation").fetchone() == ("read committed",)
    with transaction():
        note(house, [None])
    assert sequence().count == 1


CHANGES: list[tuple[str, str, FaultKind, int]] = [
    ("a word of an event", "UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), 'call', 'mail'), 'UTF8') WHERE id = %s",
     FaultKind.CHANGED, 317),
    ("an event", "DELETE FROM event WHERE id = %s", FaultKind.MISSING, 317),
    ("a number", "DELETE FROM ledger_leaf WHERE event = %s", FaultKind.MISSING, 317),
    ("a number given twice", "INSERT INTO pending (event, leaf) VALUES (%s, '')", FaultKind.LOST, 600),
    ("the end", "DELETE FROM ledger_leaf WHERE position >= 590 AND %s::uuid IS NOT NULL", FaultKind.MISSING, 590),
    ("two numbers", "UPDATE ledger_leaf SET position = CASE position WHEN 317 THEN -1 ELSE 317 END WHERE position IN (317) AND event = %s",
     FaultKind.MISSING, 317),
    ("a leaf", "UPDATE ledger_tile SET hashes = overlay(hashes placing '\\x00' from 32 * 61 + 1) WHERE level = 0 AND index = 1 AND %s::uuid IS NOT NULL",
     FaultKind.CHANGED, 317),
    ("a tile", "DELETE FROM ledger_tile WHERE level = 0 AND index = 1 AND %s::uuid IS NOT NULL", FaultKind.CHANGED, 256),
    ("a tile above", "UPDATE ledger_tile SET hashes = overlay(hashes placing '\\x00' from 40) WHERE level = 1 AND %s::uuid IS NOT NULL",
     FaultKind.TILE, 0),
    ("a signed head", "UPDATE ledger_checkpoint SET note = replace(note, '400', '401') WHERE size = 400 AND %s::uuid IS NOT NULL",
     FaultKind.SIGNATURE, 200),
    ("a standing", "UPDATE standing SET version = version + 1 WHERE subject = (SELECT subject FROM event WHERE id = %s)",
     FaultKind.STANDING, 600),
    ("no standing", "DELETE FROM standing WHERE subject = (SELECT subject FROM event WHERE id = %s)", FaultKind.STANDING, 600),
    ("a place in the queue", "WITH gone AS (DELETE FROM ledger_leaf WHERE event = %s) SELECT 1", FaultKind.MISSING, 317),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement", "kind", "position"), CHANGES, ids=[item[0] for item in CHANGES])
def test_tampering_with_the_database(house: House, what: str, statement: Any, kind: FaultKind, position: int) -> None:
    """Whatever row is changed behind our back, the live audit names it."""
    filled(house)
    assert audit_live(house).clean
    row = connection().execute("SELECT event FROM ledger_leaf WHERE position = 317").fetchone()
    assert row is not None
    connection().execute(statement, row)
    assert kinds(audit_live(house))[0] == (kind, position)


def test_events_that_wait_too_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receipt that has no number after a minute fails the audit, and so does one whose event left the queue."""
    note(house, [None, None])
    assert ledger_work.LONGEST_WAIT == 60
    monkeypatch.setattr(ledger_work, "LONGEST_WAIT", 3600)  # a slow machine takes seconds between the next two lines
    connection().execute("UPDATE pending SET since = now() - interval '59 minutes'")
    assert audit_live(house).clean
    connection().execute("UPDATE pending SET since = now() - interval '3601 seconds'")
    assert kinds(audit_live(house)) == [(FaultKind.UNSEQUENCED, 0)]
    connection().execute("DELETE FROM pending")
    assert kinds(audit_live(house)) == [(FaultKind.LOST, 0)]


def test_a_history_that_left_the_signed_one(house: House, tmp_path: Path) -> None:
    """Nothing is signed, exported or proven that does not go on from what was signed; a restored past is found."""
    made = filled(house)
    signed = checkpoint(house)
    assert signed is not None
    with transaction():
        connection().execute("DELETE FROM ledger_leaf WHERE position >= 200")
        connection().execute("DELETE FROM event WHERE id NOT IN (SELECT event FROM ledger_leaf)")
        connection().execute("DELETE FROM ledger_tile")
        connection().execute("DELETE FROM standing")
    with pytest.raises(Corrupt, match="does not go on"):
        checkpoint(house)
    with pytest.raises(Corrupt):
        export(house, tmp_path / "export")
    assert not (tmp_path / "export").exists()
    with pytest.raises(Corrupt):
        prove(house, made[0].id)
    assert (FaultKind.MISSING, 200) in kinds(audit_live(house))
    connection().execute("DELETE FROM ledger_checkpoint WHERE size > 200")
    assert (FaultKind.ROLLED_BACK, 200) in kinds(audit_live(house, signed.checkpoint))


def test_a_proof_outlives_the_person(database_url: str, tmp_path: Path) -> None:
    """When a person is forgotten and their evidence destroyed, what was proven is proven, and everything is clean."""
    house = make_house(database_url, tmp_path / "data")
    ani, budi = subjects_for(house, [("email", "ani@example.org"), ("email", "budi@example.org")])
    entry = Entry(kind=Kind.TASK_OPENED, actor=Actor.PERSON, subject=ani, details={"task": "call"}, evidence={"words": "please"})
    event = record(house, [entry])[0]
    note(house, [budi] * 300)
    sequence_all()
    earlier = checkpoint(house)
    assert earlier is not None
    before = prove(house, event.id)
    forget(house, ani)
    connection().execute("UPDATE event SET sealed = NULL")
    sequence_all()
    checkpoint(house)
    report = audit_live(house, earlier.checkpoint)
    assert report.clean, report.faults
    after = prove(house, event.id)
    assert (after.body, after.position, after.digest.hex()) == (before.body, before.position, event.digest)
    assert after.path != before.path
    for found in (before, after):
        verify_proof(found, verifier(house))
    export(house, tmp_path / "export")
    assert b"ani@" not in (tmp_path / "export").read_bytes()
    assert audit_export(tmp_path / "export").clean
