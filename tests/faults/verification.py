"""The whole state verified: every acknowledged event there once, versions whole, ledger audited, standing as history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from janji.decision.history import Row, check
from janji.ledger.events import decode, leaf_hash
from janji.store import standings
from janji.store.database import connection
from janji.store.destruction import read_destroyed
from janji.workflows.house import House
from janji.workflows.keys import destroyed_file
from janji.workflows.ledger import audit_live, checkpoint, sequence_all
from janji.workflows.recording import history_of


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What somebody was told is recorded: id of the event, and its leaf hash in hexadecimal digits."""

    id: str
    digest: str


def verify_everything(house: House, acknowledged: Iterable[Acknowledged]) -> dict[str, int]:
    """Hold the house against what was acknowledged and against itself; gives what it counted, fails by assertion."""
    told = list(acknowledged)
    stored = _events(house)
    _all_there(told, stored)
    _numbered_whole()
    _queued_or_sequenced_once(stored)
    people = _standing_is_history(house)
    _keys_are_destroyed(house)
    _audit(house)
    of_people = connection().execute("SELECT count(*) FROM event WHERE subject IS NOT NULL").fetchone()
    assert of_people is not None
    return {"acknowledged": len(told), "events": len(stored), "of_people": of_people[0], "people": people}


def _events(house: House) -> dict[str, str]:
    """Every event by id with its leaf hash; each decodes, and says of itself what its row says."""
    found: dict[str, str] = {}
    for id, subject, version, kind, body in connection().execute("SELECT id, subject, version, kind, body FROM event"):
        event = decode(bytes(body))
        assert event.id == str(id)
        assert event.subject == (None if subject is None else bytes(subject).hex())
        assert (event.version, event.kind.value) == (version, kind)
        assert str(id) not in found
        found[str(id)] = leaf_hash(bytes(body)).hex()
    return found


def _all_there(told: list[Acknowledged], stored: dict[str, str]) -> None:
    """No acknowledged event lost or changed, and no id told for two."""
    digests: dict[str, str] = {}
    for item in told:
        assert digests.setdefault(item.id, item.digest) == item.digest
    lost = [item for item in told if stored.get(item.id) != item.digest]
    assert not lost, f"{len(lost)} acknowledged events are lost or changed, the first {lost[0]}"


def _numbered_whole() -> None:
    """A person's versions run from 1 without a gap."""
    gaps = connection().execute(
        "SELECT count(*) FROM (SELECT subject FROM event WHERE subject IS NOT NULL GROUP BY subject"
        " HAVING min(version) <> 1 OR max(version) <> count(*) OR count(DISTINCT version) <> count(*)) AS broken"
    ).fetchone()
    assert gaps == (0,), "versions with gaps"


def _queued_or_sequenced_once(stored: dict[str, str]) -> None:
    """Every event waits for its number or has one, never both, never twice; positions run from 0 without a gap."""
    queue = [(str(event), bytes(leaf).hex()) for event, leaf in connection().execute("SELECT event, leaf FROM pending")]
    leaves = [(position, str(event)) for position, event in
              connection().execute("SELECT position, event FROM ledger_leaf ORDER BY position")]  # fmt: skip
    assert all(stored[event] == leaf for event, leaf in queue)
    everywhere = [event for event, _ in queue] + [event for _, event in leaves]
    assert sorted(everywhere) == sorted(stored), "an event is neither queued nor numbered, or it is so twice"
    assert [position for position, _ in leaves] == list(range(len(leaves)))


def _standing_is_history(house: House) -> int:
    """Each row of standing is what the person's history adds up to; each active person with events has a row."""
    layout = house.policy_in_force.layout
    rows = {row.subject: row for page in standings.pages(1000, range(layout.words)) for row in page}
    people = connection().execute(
        "SELECT id, pseudonym, state FROM subject WHERE pseudonym IN (SELECT subject FROM event) ORDER BY id"
    ).fetchall()
    for id, pseudonym, state in people:
        if state == "forgotten":
            assert bytes(pseudonym) not in rows, f"{id} is forgotten and has a standing"
            continue
        history = history_of(house, id)
        held = rows[bytes(pseudonym)]
        assert held.version == history[-1].version, f"the standing of {id} is not at the version of its last event"
        wrong = check(Row(held.bits, held.born, held.due, held.layout), history, house.runtime.now(), layout)
        assert not wrong, f"the standing of {id} is not what its history adds up to: {wrong}"
    return len(people)


def _audit(house: House) -> None:
    """With everything numbered and signed, the audit of the live database finds nothing."""
    sequence_all()
    checkpoint(house)
    report = audit_live(house)
    assert report.clean, "; ".join(str(fault.message) for fault in report.faults)


def _keys_are_destroyed(house: House) -> None:
    """No key lives that the file outside the database calls destroyed, and nobody forgotten has a content key or an identifier."""
    named = [entry.key for entry in read_destroyed(destroyed_file(house.runtime.settings))]
    left = connection().execute(
        "SELECT (SELECT count(*) FROM subject_key WHERE id = ANY(%s)), (SELECT count(*) FROM subject_key k JOIN subject s"
        " ON s.id = k.subject WHERE s.state = 'forgotten' AND k.kind = 'content'), (SELECT count(*) FROM identifier i"
        " JOIN subject s ON s.id = i.subject WHERE s.state = 'forgotten')",
        [named],
    ).fetchone()
    assert left == (0, 0, 0), f"destroyed keys that live, keys and identifiers of people who are forgotten: {left}"
