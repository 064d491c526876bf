"""Data that end by hand: attested of systems that no sweep reaches, by verb and at the console, each role as far as it goes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.desk import at_desk, session_for, somebody
from tests.rights_house import Rights

from janji.connectors.base import Gap
from janji.connectors.processors import GAPS as OF_PROCESSORS
from janji.connectors.services import GAPS as OF_SERVICES
from janji.connectors.sql import SqlConnector
from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor, Event, Kind, decode
from janji.staff.roles import Role
from janji.store import health
from janji.store.database import connection, transaction
from janji.store.systems import lock_system, write_system
from janji.terms.words import SHOWN_IN
from janji.workflows import by_hand as workflow
from janji.workflows import systems
from janji.workflows.by_hand import COUNTS, attest, by_hand
from janji.workflows.house import House
from janji.workflows.promise_drills import rehearsed

CANARY = "Berita acara 14, Bpk. Kanari"


@pytest.fixture(scope="module")
def house(rights: Rights) -> Rights:
    """The served house, with an officer."""
    session_for(rights.house, somebody())
    return rights


@pytest.fixture
def cabinet(house: Rights) -> Iterator[str]:
    """A cabinet on paper, for a test."""
    systems.add(house.house, "cabinet", title="Filing cabinet")
    yield "cabinet"
    systems.remove(house.house, "cabinet")


def today(house: House) -> date:
    """The day by which people here write days."""
    return house.runtime.now().astimezone(SHOWN_IN).date()


def said(system: str = "cabinet") -> list[Event]:
    """What the ledger has of attestations of a system, the newest first."""
    return [event for event in map(decode, health.newest()) if event.kind is Kind.ENDS_ATTESTED and event.details["system"] == system]


def test_an_attestation_is_an_event_with_nothing_personal(house: Rights, cabinet: str) -> None:
    """Day, number and version of the policy stand in the ledger, and who said it by account; where the evidence is is sealed, and its digest is recorded."""
    day = today(house.house)
    (before,) = by_hand(house.house)
    assert (before.attested, before.counts) == (None, False)
    made = attest(house.house, cabinet, day, ended=14, evidence=f"  {CANARY}\n", staff=somebody())
    (event,) = said()
    assert (event.actor, event.policy) == (Actor.STAFF, house.house.policy_in_force.digest)
    row = connection().execute("SELECT reference FROM attested_end WHERE event = %s", [event.id]).fetchone()
    assert row is not None
    assert dict(event.details) == {
        "system": cabinet, "day": day.isoformat(), "policy_version": 1, "records": 14, "staff": somebody().id, "evidence": hashlib.sha256(bytes(row[0])).hexdigest(),
    }  # fmt: skip
    assert b"Kanari" not in bytes(row[0])
    assert workflow.reference(house.house, cabinet) == CANARY
    assert made == by_hand(house.house)[0]
    assert made.counts
    assert made.attested is not None
    assert (made.attested.until, made.attested.ended, made.attested.by, str(made.attested.event)) == (day, 14, somebody().id, event.id)


def test_said_twice_it_is_recorded_once(house: Rights, cabinet: str) -> None:
    """The same words again record nothing; another number, another reference or another day do."""
    day = today(house.house) - timedelta(days=2)
    for _ in range(2):
        attest(house.house, cabinet, day, ended=3, evidence="file 1")
    before = len(said())
    attest(house.house, cabinet, day, ended=4, evidence="file 1")
    attest(house.house, cabinet, day, ended=4, evidence="file 2")
    attest(house.house, cabinet, day, ended=4)
    attest(house.house, cabinet, day + timedelta(days=1), ended=4)
    assert len(said()) - before == 4


@pytest.mark.parametrize("wrong", [
    {"until": 1}, {"until": -3}, {"ended": -1}, {"ended": 10**11}, {"evidence": "x" * 501}, {"system": "nowhere"},
])  # fmt: skip
def test_what_cannot_be_is_refused(house: Rights, cabinet: str, wrong: dict[str, Any]) -> None:
    """A day still to come, one before what was attested, a number or a text that cannot be one, a system that is not there: said, and nothing recorded."""
    day = today(house.house)
    attest(house.house, cabinet, day - timedelta(days=2))
    before = len(said())
    given = {"system": cabinet, **wrong, "until": day + timedelta(days=wrong.get("until", 0))}
    with pytest.raises(Invalid) as found:
        attest(house.house, given.pop("system"), given.pop("until"), **given)
    assert found.value.help is not None
    assert len(said()) == before


def staged(name: str, kind: str, stage: str) -> None:
    """Let a system be of a kind and at a stage."""
    with transaction():
        row = lock_system(name)
        assert row is not None
        write_system(replace(row, kind=kind, stage=stage))


@pytest.mark.parametrize(("kind", "stage", "swept"), [
    ("sqlite", "search", True), ("postgresql", "automatic", True), ("files", "planned", True), ("sqlite", "manual", False), ("service", "search", False), ("processor", "planned", False),
])  # fmt: skip
def test_where_a_sweep_reaches_nobody_attests(house: Rights, cabinet: str, kind: str, stage: str, swept: bool) -> None:
    """A system in which a sweep looks shows it itself; a service and a processor end their rows by themselves, whatever the stage."""
    staged(cabinet, kind, stage)
    try:
        assert bool(by_hand(house.house)) is not swept
        if swept:
            with pytest.raises(Refusal, match="nobody attests"):
                attest(house.house, cabinet, today(house.house))
        else:
            assert attest(house.house, cabinet, today(house.house)).counts
    finally:
        staged(cabinet, "manual", "manual")
    assert {Gap.DUE in gaps for gaps in (OF_SERVICES, OF_PROCESSORS)} == {True}
    assert Gap.DUE not in SqlConnector.gaps


def test_it_counts_for_a_time(house: Rights, cabinet: str) -> None:
    """From the day that was attested on, and not from when it was said; one that lies too far back is kept, and does not count."""
    day = today(house.house)
    assert attest(house.house, cabinet, day - COUNTS - timedelta(days=1)).counts is False
    assert attest(house.house, cabinet, day - COUNTS).counts
    house.clock.put_on(days=1)
    assert by_hand(house.house)[0].counts is False
    house.clock.put_on(days=-1)


def test_another_system_of_the_same_name_begins_anew(house: Rights, cabinet: str) -> None:
    """What was attested of a system that is gone says nothing of the next one that is called so."""
    attest(house.house, cabinet, today(house.house))
    systems.remove(house.house, cabinet)
    systems.add(house.house, cabinet)
    assert by_hand(house.house)[0].attested is None


@pytest.mark.parametrize("change", ["DELETE FROM event WHERE id = %s", "UPDATE attested_end SET reference = '\\x01' WHERE event = %s", "UPDATE attested_end SET system = (SELECT id FROM system WHERE name = 'other' AND removed IS NULL) WHERE event = %s"])
def test_what_no_event_says_was_not_attested(house: Rights, cabinet: str, change: str) -> None:
    """A row whose event is gone, or says something else, proves nothing."""
    made = attest(house.house, cabinet, today(house.house), evidence="file 1")
    systems.add(house.house, "other")
    assert made.attested is not None

    def then() -> list[bool]:
        connection().execute(change.encode(), [made.attested.event])  # type: ignore[union-attr]  # as above
        return [one.counts for one in by_hand(house.house)]

    try:
        assert rehearsed(then) == [False, False]
        assert [one.counts for one in by_hand(house.house)] == [True, False]
    finally:
        systems.remove(house.house, "other")


def test_an_officer_attests_and_an_auditor_reads(house: Rights, cabinet: str) -> None:
    """The list says what was never attested and what was; wrong fields are told with nothing recorded; the form sent twice records one; the log has it."""
    day, where = today(house.house), f"/retention/by-hand/{cabinet}/attest"
    with at_desk(house.live) as sri:
        page = sri.get("/retention/by-hand").text
        assert "Filing cabinet" in page
        assert "never attested" in page
        assert "The schedule" in sri.get(where).text
        before = len(said())
        for wrong in ({"day": ""}, {"day": "31.12."}, {"day": f"{day + timedelta(days=1)}"}, {"records": "-1"}, {"records": "many"}, {"evidence": "x" * 501}):
            answer = sri.send(where, **{"day": f"{day}", **wrong})
            assert answer.status_code == 422, wrong
            assert 'class="bad wrong"' in answer.text
        assert len(said()) == before
        for _ in range(2):
            done = sri.send(where, day=f"{day}", records="1400", evidence=CANARY)
        assert "It is on record that what was over has ended" in done.text
        assert "still counts" in done.text
        assert "1,400" in done.text
        assert CANARY not in done.text
        assert len(said()) == before + 1
        assert "already" in sri.send(where, day=f"{day - timedelta(days=1)}").text
        assert CANARY not in sri.send(f"/retention/by-hand/{cabinet}/evidence", reason="").text
        assert CANARY in sri.send(f"/retention/by-hand/{cabinet}/evidence", reason="authority").text
        assert cabinet in [event.details.get("system") for event in map(decode, health.newest()) if event.kind is Kind.PERSON_SEEN]
        gone = sri.get("/retention/gone").text
        assert "attested by who looks after it, and not read back" in gone
        assert "Filing cabinet" in gone
        assert sri.get("/retention/by-hand/nowhere/attest").status_code == 404
    for role in (Role.AUDITOR, Role.ENGINEER, Role.ANALYST):
        with at_desk(house.live, role) as reader:
            page = reader.get("/retention/by-hand").text
            assert "still counts" in page
            assert where not in page
            assert reader.get(where).status_code == 403
            assert reader.send(where, page="/me", day=f"{day}").status_code == 403
            assert (reader.get(f"/retention/by-hand/{cabinet}/evidence").status_code == 200) is (role is Role.ANALYST)
            assert CANARY not in page
    house.clock.put_on(days=31)
    with at_desk(house.live) as sri:
        assert "too long ago" in sri.get("/retention/by-hand").text
    house.clock.put_on(days=-31)


def test_an_owner_attests_their_own_systems_alone(house: Rights, cabinet: str) -> None:
    """Their first screen leads there; of a system of somebody else nothing is shown or taken, and the other parts of retention stay closed."""
    systems.add(house.house, "vault", title="Strong room")
    try:
        with at_desk(house.live, Role.OWNER, systems=[cabinet]) as rini:
            tasks = rini.get("/tasks").text
            assert "your care of which nobody attested lately that their data come to an end: 1" in tasks
            page = rini.get("/retention/by-hand").text
            assert "Filing cabinet" in page
            assert "Strong room" not in page
            assert "/console/retention?" not in page
            where = "/retention/by-hand/{}/attest".format
            day = f"{today(house.house)}"
            assert rini.get(where("vault")).status_code == 404
            assert rini.send(where("vault"), page=where(cabinet), day=day).status_code == 404
            assert rini.get("/retention").status_code == 403
            assert "It is on record" in rini.send(where(cabinet), day=day).text
            assert [event.details.get("staff") for event in said()].count(somebody(Role.OWNER).id) == 1
            assert "Of every system in your care it is attested" in rini.get("/tasks").text
            assert rini.get(f"/retention/by-hand/{cabinet}/evidence").status_code == 403
        assert not said("vault")
        with at_desk(house.live, Role.OWNER) as nobody:
            assert "No system in your care waits for you" in nobody.get("/retention/by-hand").text
    finally:
        systems.remove(house.house, "vault")
