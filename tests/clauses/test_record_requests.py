"""Clauses about rights, made true from a recorded request to its result: over a record on a real server, and two systems of the company."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from ipaddress import ip_network
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.erasing_house import OFFICERS, World, agreed, in_english, in_the_policys_words, why
from tests.erasing_house import verify as assert_erased
from tests.packaged import unpacked
from tests.people_house import Clock
from tests.receiver import receiving

from janji.consent.choices import ChoiceMade, Verb
from janji.decision.question import Question
from janji.errors import Refusal
from janji.files.countries import load_countries
from janji.ledger.events import Actor, Kind, decode, stamp
from janji.ledger.proofs import read_proof, verify_proof
from janji.people.guardians import Proof as Shown
from janji.people.guardians import Relation
from janji.rights.requests import Asker, Intake, Outcome, Proof, Request, State
from janji.store.database import connection
from janji.terms.messages import ENGLISH
from janji.terms.processing import Operation, Right
from janji.workflows import guardians
from janji.workflows.cascade_work import LATER
from janji.workflows.cascade_work import work as work_off_withdrawals
from janji.workflows.consents import Asked, choose, text_of
from janji.workflows.evidence_packs import write_pack
from janji.workflows.gathering import opened
from janji.workflows.holds import Ground, set_hold
from janji.workflows.house import House
from janji.workflows.ledger import verifier
from janji.workflows.machine_decisions import Ruling, register, review, reviews, take
from janji.workflows.people import subjects_for
from janji.workflows.recording import history_of
from janji.workflows.request_work import RETRIES, work_off
from janji.workflows.requests import Opening, approve, lines_of, open_request, request_of, rights, verify, waits_for
from janji.workflows.tracks import run

THREE_DAYS = timedelta(days=3)


PEOPLE = 60
"""So many people are in the house of this module."""
_NEXT = count(1, 2)


@pytest.fixture
def number(world: World) -> int:
    """Somebody of whom no other test knows; of age."""
    found = next(_NEXT)
    guardians.record_age(world.house, world.person(found), date(1990, 4, 5), Actor.STAFF)
    return found


def asked(house: House, right: str, subject: UUID, said: Mapping[str, Any] | None = None, **details: str) -> Request:
    """One that officers agreed to, worked on as far as it goes."""
    return worked(house, agreed(house, subject, right, said, **details).id)


def worked(house: House, id: UUID) -> Request:
    """A request after what can be done by itself."""
    while work_off(house):
        pass
    return request_of(id)


def exported(house: House, purpose: str) -> set[UUID]:
    """Everybody on record whose data may be used for a purpose, as a list for another program is drawn."""
    declared, found = house.policy_in_force.policy.purposes[purpose], set[UUID]()
    channel = str(declared.channels[0]) if declared.channels else None
    run(house, Question(purpose, tuple(map(str, declared.data)), house.runtime.now(), Operation.USE, channel=channel), found.update)
    return found


def test_clause_9_1_request(world: World, number: int) -> None:
    """Each right of the law can be asked for as a recorded request with its own clock, which starts when it is recorded and never pauses."""
    house, now = world.house, world.house.runtime.now()
    known, made = rights(house), []
    assert {one.law.id for one in known.values() if one.law is not None} == set(house.policy_in_force.law.rights)
    for name, right in known.items():
        made.append(open_request(house, Opening(right=name, intake=Intake.PHONE, said={"correct": [{"data": "email", "becomes": "a@example.com"}]})))
        assert (made[-1].opened, made[-1].due) == (now, right.due(now))
        clock = right.law.clock if right.law is not None else None
        assert clock is None or made[-1].due == now + THREE_DAYS
        Clock.moved += timedelta(minutes=1)
        now = house.runtime.now()
    events = [decode(bytes(body)) for (body,) in connection().execute("SELECT body FROM event WHERE kind = 'request.recorded'")]
    recorded = Counter(event.details["request"] for event in events)
    assert [recorded[str(one.id)] for one in made] == [1] * len(known)


def rows_of(world: World, number: int) -> set[tuple[str, ...]]:
    """Every row of a person in both systems, by its table and its first two cells."""
    shop, care = world.rows()["shop"], world.rows()["care"]
    bought = {row["id"] for row in shop["orders"] if row["customer_id"] == number}
    cases = {row["id"] for row in care["cases"] if row["customer"] == number or row["email"] == world.email(number)}
    found = {
        "shop/customers": [row for row in shop["customers"] if row["id"] == number],
        "shop/orders": [row for row in shop["orders"] if number in (row["customer_id"], row["gift_for"])],
        "shop/items": [row for row in shop["items"] if row["order_id"] in bought],
        "shop/invoices": [row for row in shop["invoices"] if row["order_id"] in bought],
        "care/cases": [row for row in care["cases"] if row["id"] in cases],
        "care/notes": [row for row in care["notes"] if row["case_id"] in cases],
    }  # fmt: skip
    return {first_two(table, row) for table, rows in found.items() for row in rows}


def first_two(table: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """A row by its table and its first two cells."""
    return (table, *map(str, list(row.values())[:2]))


def test_clause_9_1_a_request(world: World, number: int, tmp_path: Path) -> None:
    """Access gives every row of the person in both systems and nobody else's, and the track record goes with it; within 3 x 24 hours."""
    subject = world.person(number)
    request = asked(world.house, "access", subject)
    assert (request.state, request.outcome, request.due - request.opened) == (State.DELIVERY, Outcome.DONE, THREE_DAYS)
    rows = [first_two(*row) for row in opened(world.house, UUID(request.details["package"]), subject)]
    assert len(rows) >= 11
    assert (len(rows), set(rows)) == (len(set(rows)), rows_of(world, number))
    track = json.loads(unpacked(world.house, request.id, tmp_path)["track.json"])["items"]
    assert {Kind.AGE_RECORDED, Kind.SEARCH_EXECUTED} <= {event["kind"] for event in track}


def test_clause_9_1_b_request(world: World, number: int) -> None:
    """A wrong name is put right in every copy and read back; data that are not wrong are deleted too, save what the law keeps."""
    house, subject = world.house, world.person(number)
    request = asked(house, "correction", subject, {"correct": [{"data": "identity.name", "was": f"Name {number}", "becomes": "Siti Rahayu"}]})
    assert (request.outcome, request.due - request.opened) == (Outcome.DONE, THREE_DAYS)
    assert "`shop`: put right and read back; records: 2" in in_english(lines_of(request))
    rows = world.rows()["shop"]
    assert [row["name"] for row in rows["customers"] if row["id"] == number] == ["Siti Rahayu"]
    assert [row["billed_to"] for row in rows["invoices"] if row["id"] == number] == ["Siti Rahayu"]
    assert Kind.DATA_CORRECTED in {event.kind for event in history_of(house, subject)}
    world.run(f"UPDATE invoices SET issued = '2024-01-05' WHERE id = {number}")  # noqa: S608 - a number of ours
    before = world.rows()
    deleted = asked(house, "deletion", subject)
    assert deleted.outcome is Outcome.DONE
    assert_erased(world, before, [number], house.runtime.now())
    assert [(row["billed_to"], row["amount"]) for row in world.rows()["shop"]["invoices"] if row["id"] == number] == [(None, 100)]


def test_clause_9_1_c_request(world: World, number: int) -> None:
    """An objection, a restriction and a delay are asked for, heeded by every decision that the law does not ask for, and what was done is told."""
    house, subject = world.house, world.person(number)
    purposes = list(map(str, house.policy_in_force.policy.purposes))
    before = {purpose: why(house, subject, purpose) for purpose in purposes}
    objected = asked(house, "objection", subject, purpose="product-improvement")
    assert objected.outcome is Outcome.DONE
    then = before | {"product-improvement": {"objected"}}
    assert {purpose: why(house, subject, purpose) for purpose in purposes} == then
    assert subject in exported(house, "data-quality")
    restricted = asked(house, "restriction", subject)
    assert (restricted.outcome, restricted.due - restricted.opened) == (Outcome.DONE, THREE_DAYS)
    lawful = {"legal-compliance", "authority-cooperation", "legal-claims", "rights-handling"}
    then = {purpose: found | (set() if purpose in lawful else {"restricted"}) for purpose, found in then.items()}
    assert {purpose: why(house, subject, purpose) for purpose in purposes} == then
    assert subject not in exported(house, "data-quality")
    assert "all processing of your data is restricted; they are kept" in in_english(lines_of(restricted))
    delayed = asked(house, "delay", subject, purpose="market-research")
    assert delayed.outcome is Outcome.DONE
    then["market-research"].add("delayed")
    assert {purpose: why(house, subject, purpose) for purpose in purposes} == then


def test_clause_9_1_d_request(world: World, number: int) -> None:
    """A withdrawal stops the purpose as soon as the channel is shown, without anybody's approval; what nothing else needs goes, and what came of it is told."""
    house, subject = world.house, world.person(number)
    channel, text = str(house.policy_in_force.policy.purposes["newsletters"].channels[0]), text_of(house, "newsletters", "id")
    assert text is not None
    choose(house, Asked(subject=subject, choice=ChoiceMade(
        verb=Verb.GRANT, purpose="newsletters", channel=channel, notice=text.notice, version=text.version, language="id", digest=text.digest, method="unticked-box",
    )))  # fmt: skip
    assert why(house, subject, "newsletters") == set()
    made = open_request(house, Opening(right="withdrawal", intake=Intake.EMAIL, subject=subject, proof=Proof.CHANNEL, details={"purpose": "newsletters"}))
    request = worked(house, made.id)
    assert why(house, subject, "newsletters") == {"consent-withdrawn"}
    assert (request.outcome, request.approvals, request.due - request.opened) == (None, (), THREE_DAYS)
    work_off_withdrawals(house)
    Clock.moved += RETRIES[0]
    request = worked(house, made.id)
    assert request.outcome is None, "a system holds what the policy does not name"
    with in_the_policys_words(house):
        Clock.moved += LATER
        work_off_withdrawals(house)
        Clock.moved += RETRIES[0]
        request = worked(house, made.id)
    assert request.outcome is Outcome.DONE
    assert "this no system of ours is known to hold: " in in_english(lines_of(request))


def test_clause_9_1_e_request(world: World, number: int) -> None:
    """Data are sent to another controller in a standard form, each file with its schema, and the sending is recorded."""
    settings = replace(world.house.runtime.settings, transfer_networks=(ip_network("127.0.0.0/8"),))
    house, subject = replace(world.house, runtime=Clock(settings, world.house.runtime.tongue)), world.person(number)
    with receiving() as other:
        request = asked(house, "transfer", subject, {"endpoint": other.url})
    assert request.outcome is Outcome.DONE
    (got,) = other.got
    with zipfile.ZipFile(BytesIO(got.body)) as archive:
        names = archive.namelist()
        assert "manifest.json" in names
        assert any("schema" in name for name in names)
        assert any(name.endswith(".json") and "customers" in name for name in names)
        assert any(name.endswith(".csv") for name in names)
    assert Kind.DISCLOSURE_MADE in {event.kind for event in history_of(house, subject)}


def test_clause_9_1_f_request(world: World, number: int) -> None:
    """Every purpose in which a machine decides has an objection that stops it at once, and a person who looks anew before the request ends."""
    house, subject = world.house, world.person(number)
    for one in register(house):
        decision = take(house, subject, one.purpose, "no", ["below-limit"])
        made = open_request(house, Opening(
            right="automated-objection", intake=Intake.FORM, subject=subject, proof=Proof.CHANNEL, details={"purpose": one.purpose}))  # fmt: skip
        request = worked(house, made.id)
        assert request.state is State.APPROVAL
        assert "automated-decision-objected" in why(house, subject, one.purpose)
        approve(house, made.id, "Dewi")
        request = worked(house, made.id)
        assert request.state is State.WORKING
        assert waits_for(request).render(ENGLISH) == "a person must look anew at decisions of a machine: 1"
        review(house, decision.id, Ruling.OVERRULED, ["above-limit-after-all"], "Rina")
        Clock.moved += timedelta(minutes=10)
        request = worked(house, made.id)
        assert request.outcome is Outcome.DONE
        assert "it was overruled" in in_english(lines_of(request))


def test_clause_9_1_g_request(world: World, number: int) -> None:
    """Who asks, on which basis, for what, and who answers: told of any purpose and any place of collection, and nobody has to show who they are."""
    house = world.house
    policy = house.policy_in_force.policy
    for name, form in policy.touchpoints.items():
        made = open_request(house, Opening(right="information", intake=Intake.FORM, details={"touchpoint": str(name)}))
        request = worked(house, made.id)
        assert request.outcome is Outcome.DONE
        lines = in_english(lines_of(request))
        assert str(policy.controller.name) in lines
        for purpose in form.purposes:
            basis = house.policy_in_force.law.basis(policy.purposes[purpose].basis)
            assert basis is not None
            assert policy.purposes[purpose].title.get("en") in lines
            assert basis.article in lines


def test_clause_6_2_request(world: World, number: int) -> None:
    """Whoever asks about transfers abroad is told of every country and recipient, on which rung, and where nothing goes yet; by its own name."""
    house = world.house
    policy = house.policy_in_force.policy
    made = open_request(house, Opening(right="transfer-questions", intake=Intake.EMAIL))
    request = worked(house, made.id)
    assert (request.kind, request.outcome) == (Right.INFORMATION, Outcome.DONE)
    lines = [line.render(ENGLISH) for line in lines_of(request)]
    for country in (country for transfer in policy.transfers.values() for country in transfer.countries):
        assert any(load_countries()[str(country)].get("en") in line for line in lines)
    for one in policy.recipients.values():
        if str(one.country) not in house.policy_in_force.compiled.home:
            (line,) = (line for line in lines if line.startswith(f"{one.title.get('en')}, {load_countries()[str(one.country)].get('en')}:"))
            assert line.endswith("nothing is sent there, for the protection there is not shown")


def test_clause_9_1_h_request(world: World, number: int, tmp_path: Path) -> None:
    """For a claim the evidence is handed over: what was held, decided and disclosed, when, with proofs that need nobody's word."""
    house, subject = world.house, world.person(number)
    take(house, subject, "payment-fraud-check", "held-back", ["score-above-limit"])
    request = asked(house, "claim", subject)
    assert request.outcome is Outcome.DONE
    write_pack(house, request.id, tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        proven = [verify_proof(read_proof(archive.read(name)), verifier(house))[0] for name in archive.namelist() if name.startswith("proofs/")]
        held = json.loads(archive.read("held.json"))
        decided = json.loads(archive.read("decisions.json"))
    assert {Kind.DECISION_TAKEN, Kind.REQUEST_RECORDED, Kind.SEARCH_EXECUTED} <= {event.kind for event in proven}
    assert {one["system"] for one in held["systems"]} == {"shop", "care"}
    assert [one["outcome"] for one in decided["items"]] == ["held-back"]
    shown = open_request(house, Opening(right="claim"))  # nobody knows yet whose it is, as where a code was sent
    verify(house, shown.id, subject, Proof.STAFF, "Ayu")
    worked(house, shown.id)
    approve(house, shown.id, "Dewi")
    worked(house, shown.id)
    write_pack(house, shown.id, tmp_path / "later.zip")
    with zipfile.ZipFile(tmp_path / "later.zip") as archive:
        lines = json.loads(archive.read("track.json"))["items"]
        (recorded,) = [line for line in lines if line["kind"] == Kind.REQUEST_RECORDED and line["details"]["request"] == str(shown.id)]
        event = verify_proof(read_proof(archive.read(recorded["proof"])), verifier(house))[0]
    assert event.details["due"] == stamp(shown.due)
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)


def test_clause_4_2_c_request(world: World, number: int) -> None:
    """A guardian asks for a child: not before the bond is verified, then in the guardian's name; another child's guardian never."""
    house, child = world.house, world.person(number)
    guardians.record_age(house, child, date(2015, 1, 2), Actor.STAFF)
    parent, stranger = subjects_for(house, [("account", f"parent-{number}"), ("account", f"stranger-{number}")])
    guardians.record_age(house, parent, date(1985, 1, 2), Actor.STAFF)
    link = guardians.name_guardian(house, child, parent, Relation.PARENT, Actor.GUARDIAN)
    made = open_request(house, Opening(right="guardian-query", intake=Intake.EMAIL, asker=Asker.GUARDIAN, details={"link": str(link)}))
    assert (made.kind, made.due) == (Right.ACCESS, made.opened + THREE_DAYS)
    with pytest.raises(Refusal):
        verify(house, made.id, child, Proof.STAFF, "Ayu")
    guardians.verify_guardian(house, link, (Shown.IDENTITY, Shown.FAMILY_CARD), Actor.STAFF)
    with pytest.raises(Refusal):
        verify(house, made.id, stranger, Proof.STAFF, "Ayu")
    verify(house, made.id, child, Proof.STAFF, "Ayu")
    worked(house, made.id)
    approve(house, made.id, "Dewi")
    request = worked(house, made.id)
    assert (request.asker, request.subject, request.outcome) == (Asker.GUARDIAN, child, Outcome.DONE)
    objected = asked_by_guardian(house, child, str(link))
    assert objected.outcome is Outcome.DONE
    assert [event.actor for event in history_of(house, child) if event.kind is Kind.RESTRICTION_SET][-1] is Actor.GUARDIAN


def asked_by_guardian(house: House, child: UUID, link: str) -> Request:
    """A restriction that a guardian asks for."""
    made = open_request(house, Opening(
        right="restriction", intake=Intake.PAPER, asker=Asker.GUARDIAN, subject=child, proof=Proof.STAFF, by="Ayu", approvals=OFFICERS,
        details={"link": link, "purpose": "product-surveys"},
    ))  # fmt: skip
    return worked(house, made.id)


def test_clause_3_1_1_e_request(world: World, number: int) -> None:
    """Identity is shown by what is held already, in proportion to the right: what gives nothing away needs the channel alone, and no document ever."""
    house, subject = world.house, world.person(number)
    known = rights(house)
    assert known["information"].proof is Proof.NONE
    assert {known[name].proof for name in ("withdrawal", "objection", "restriction", "delay", "automated-objection")} == {Proof.CHANNEL}
    assert {known[name].proof for name in ("access", "correction", "deletion", "destruction", "portability", "transfer", "claim")} == {Proof.KNOWLEDGE}
    made = open_request(house, Opening(right="access", intake=Intake.EMAIL, subject=subject, proof=Proof.CHANNEL))
    assert worked(house, made.id).state is State.UNVERIFIED
    with pytest.raises(Refusal):
        verify(house, made.id, subject, Proof.CHANNEL)
    verify(house, made.id, subject, Proof.KNOWLEDGE)
    (event,) = [event for event in history_of(house, subject) if event.kind is Kind.REQUEST_VERIFIED]
    assert event.details["proof"] == "knowledge"


def test_clause_3_1_4_b_request(world: World, number: int) -> None:
    """A decision against fraud says its reasons, and a person looks anew; the device is used for that and nothing else."""
    house, subject = world.house, world.person(number)
    decision = take(house, subject, "voucher-control", "refused", ["redeemed-before"], explanation={"words": "three vouchers on one device"})
    (event,) = [event for event in history_of(house, subject) if event.kind is Kind.DECISION_TAKEN]
    assert event.details["reasons"] == ["redeemed-before"]
    request = asked(house, "automated-objection", subject, decision=f"mde_{decision.id}")
    assert request.state is State.WORKING
    assert decision.id in {one.id for one in reviews()}
    looked = review(house, decision.id, Ruling.UPHELD, ["three-people-none-of-them-family"], "Rina")
    assert (looked.ruling, looked.request) == ("upheld", request.id)
    users = {str(name) for name, one in house.policy_in_force.policy.purposes.items() if "device-id" in one.data}
    assert users == {"voucher-control", "payment-fraud-check"}


def test_clause_3_1_4_c_request(world: World, number: int) -> None:
    """While a legal proceeding holds the person, a deletion that was agreed to takes nothing and says so; a correction leaves held systems alone."""
    house, subject = world.house, world.person(number)
    set_hold(house, Ground.LITIGATION, subject=subject, reference="117/PDT", within=timedelta(days=90))
    before = world.rows()
    request = asked(house, "deletion", subject)
    assert request.outcome is None
    assert "legal proceeding" in waits_for(request).render(ENGLISH)
    assert world.rows() == before
    held = set_hold(house, Ground.ORDER, system="shop", within=timedelta(days=90))
    corrected = asked(house, "correction", subject, {"correct": [{"data": "identity.name", "was": f"Name {number}", "becomes": "Siti"}]})
    assert "it is held for a legal proceeding" in waits_for(corrected).render(ENGLISH)
    assert world.rows() == before
    from janji.workflows.holds import lift

    lift(house, held.id)
