"""The rights beside copies and erasures, each from a recorded request to its result, over a real record and real systems."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from ipaddress import ip_network
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from tests.erasing_house import OFFICERS, World, agreed, in_english, in_the_policys_words, why
from tests.people_house import Clock
from tests.receiver import Got, receiving, status

from janji.consent.choices import ChoiceMade, ObjectionMade, Verb
from janji.decision.standing import KnownAge
from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Actor, Kind
from janji.ledger.proofs import read_proof, verify_proof
from janji.ledger.words import details_words
from janji.people.guardians import Proof as Shown
from janji.people.guardians import Relation
from janji.rights.requests import Asker, Outcome, Proof, Request
from janji.rights.work import Came
from janji.store import people
from janji.store.database import connection
from janji.terms.messages import ENGLISH
from janji.terms.processing import Operation, Right
from janji.terms.words import SHOWN_IN
from janji.workflows import guardians, machine_decisions, request_clock
from janji.workflows.cascade_work import work as work_off_withdrawals
from janji.workflows.consents import Asked, choose, facts_of, text_of
from janji.workflows.evidence_packs import write_pack
from janji.workflows.house import House
from janji.workflows.ledger import verifier
from janji.workflows.machine_decisions import Ruling, decisions_of, register, review, reviews, take
from janji.workflows.messages import of_request
from janji.workflows.people import subjects_for
from janji.workflows.recording import history_of
from janji.workflows.request_kinds import AT_ONCE, CARRY_OUT, let_stand
from janji.workflows.request_needs import lasting, may_ask
from janji.workflows.request_work import work_off
from janji.workflows.requests import Opening, jobs, open_request, request_of
from janji.workflows.transfers import MOST, PATIENCE, patience

PEOPLE = 60
"""So many people are in the house of this module."""
_NEXT = count(1, 2)


@pytest.fixture
def subject(world: World) -> UUID:
    """Somebody of whom no other test knows."""
    return world.person(next(_NEXT))


def came(house: House, request: Request) -> Came:
    """What comes of carrying it out once."""
    return CARRY_OUT[request.kind](house, jobs(house, [request]))[0]


def grown(house: House, subject: UUID) -> UUID:
    """The person, known to be of age."""
    guardians.record_age(house, subject, date(1990, 4, 5), Actor.STAFF)
    return subject


def agree(house: House, subject: UUID, purpose: str) -> None:
    """A valid yes of the person, in the first channel of the purpose."""
    channel = str(house.policy_in_force.policy.purposes[purpose].channels[0])
    text = text_of(house, purpose, "id")
    assert text is not None
    done = choose(house, Asked(subject=subject, choice=ChoiceMade(
        verb=Verb.GRANT, purpose=purpose, channel=channel, notice=text.notice, version=text.version, language="id", digest=text.digest, method="unticked-box",
    )))  # fmt: skip
    assert done.recorded is not None, done.rejections


# ---------------------------------------------------------------------------------------- withdrawals, objections, restriction


def test_a_withdrawal_takes_effect_at_once_and_is_told_with_its_cascade(world: World, subject: UUID) -> None:
    """The consent stands no more; what goes and what stays is said; doing it again records nothing."""
    house = world.house
    agree(house, grown(house, subject), "newsletters")
    assert why(house, subject, "newsletters") == set()
    request = agreed(house, subject, "withdrawal", purpose="newsletters")
    AT_ONCE[request.kind](house, jobs(house, [request])[0])
    assert why(house, subject, "newsletters") == {"consent-withdrawn"}
    assert "this is being deleted: " in in_english([line for line in [came(house, request).waits] if line])
    count = len(history_of(house, subject))
    came(house, request)
    assert len(history_of(house, subject)) == count
    assert [task.kind for task in people.open_tasks([subject])] == ["withdrawal-cascade"]
    with in_the_policys_words(house):
        work_off_withdrawals(house)
        one = came(house, request)
    assert one.outcome is Outcome.DONE
    assert in_english(one.lines).startswith("this is stopped since the consent was taken back: ")
    assert "this no system of ours is known to hold: " in in_english(one.lines)
    assert came(house, request).lines == one.lines
    assert people.open_tasks([subject]) == ()


def test_a_withdrawal_without_a_purpose_takes_back_every_consent(world: World, subject: UUID) -> None:
    """And where none stands, that is said."""
    house = world.house
    assert came(house, agreed(house, subject, "withdrawal")).outcome is Outcome.NOTHING_HELD
    agree(house, grown(house, subject), "newsletters")
    request = agreed(house, subject, "withdrawal")
    assert came(house, request).waits is not None
    with in_the_policys_words(house):
        work_off_withdrawals(house)
    assert came(house, request).outcome is Outcome.DONE
    assert came(house, request).outcome is Outcome.DONE
    assert why(house, subject, "newsletters") == {"consent-withdrawn"}


def test_an_objection_stops_what_is_promised_and_no_duty(world: World, subject: UUID) -> None:
    """Without a purpose it is against every one whose basis the promise names; a refused one is taken back."""
    house = world.house
    grown(house, subject)
    policy = house.policy_in_force.policy
    request = agreed(house, subject, "objection")
    one = came(house, request)
    assert one.outcome is Outcome.DONE
    bits = facts_of(house, [subject])[subject].bits
    objected = {name.removeprefix("objection/") for name in house.policy_in_force.layout.names(bits) if name.startswith("objection/")}
    assert objected == {str(name) for name, purpose in policy.purposes.items() if purpose.basis in policy.rights["objection"].bases}
    assert "objected" in why(house, subject, "newsletters")
    let_stand(house, jobs(house, [request])[0])
    assert "objected" not in why(house, subject, "newsletters")


def test_a_refused_objection_takes_back_only_what_it_did(world: World, subject: UUID) -> None:
    """What the person objected to by themselves, before or after, stands."""
    house = world.house
    grown(house, subject)
    choose(house, Asked(subject=subject, choice=ObjectionMade(purpose="newsletters")))
    request = agreed(house, subject, "objection")
    came(house, request)
    let_stand(house, jobs(house, [request])[0])
    bits = facts_of(house, [subject])[subject].bits
    assert [name for name in house.policy_in_force.layout.names(bits) if name.startswith("objection/")] == ["objection/newsletters"]
    choose(house, Asked(subject=subject, choice=ObjectionMade(purpose="product-surveys")))
    let_stand(house, jobs(house, [request])[0])
    assert "objected" in why(house, subject, "product-surveys")


@pytest.mark.parametrize(("right", "code"), [("restriction", "restricted"), ("delay", "delayed")])
def test_a_restriction_is_heeded_by_every_decision(world: World, subject: UUID, right: str, code: str) -> None:
    """For one purpose or for all; keeping goes on, and so does what the policy names for that time."""
    house = world.house
    grown(house, subject)
    other = next(name for name, one in house.policy_in_force.policy.purposes.items() if not one.during_restriction and name != "product-surveys")
    one = came(house, agreed(house, subject, right, purpose="product-surveys"))
    assert one.outcome is Outcome.DONE
    assert code in why(house, subject, "product-surveys")
    assert code not in why(house, subject, str(other))
    whole = agreed(house, subject, right)
    one = came(house, whole)
    assert code in why(house, subject, str(other))
    assert code not in why(house, subject, str(other), Operation.RETAIN)
    assert "this goes on all the same" in in_english(one.lines)
    count = len(history_of(house, subject))
    assert came(house, whole).outcome is Outcome.DONE
    assert len(history_of(house, subject)) == count


def test_information_names_who_asks_on_which_basis_for_what_and_who_answers(world: World, subject: UUID) -> None:
    """About everything, or about one place of collection."""
    house = world.house
    policy = house.policy_in_force.policy
    every = in_english(came(house, agreed(house, subject, "information")).lines)
    assert str(policy.controller.name) in every
    assert all(purpose.title.get("en") in every for purpose in policy.purposes.values())
    assert "basis legal obligation (UU 27/2022 Art 20(2)(c))" in every
    name, form = next(iter(policy.touchpoints.items()))
    some = in_english(came(house, agreed(house, subject, "information", touchpoint=str(name))).lines)
    assert sum(purpose.title.get("en") in some for purpose in policy.purposes.values()) < len(policy.purposes)
    assert all(policy.purposes[purpose].title.get("en") in some for purpose in form.purposes)


# --------------------------------------------------------------------------------------------------- machine decisions


def test_an_objection_to_a_machine_leads_to_a_person_who_looks_anew(world: World, subject: UUID) -> None:
    """From then on no machine decides; the request waits for a person, whose word ends it and is told; a machine cannot review."""
    house = world.house
    grown(house, subject)
    row = take(house, subject, "payment-fraud-check", "held-back", ["score-above-limit", "new-device"], application="shop", explanation={"score": "91"})
    request = agreed(house, subject, "automated-objection", decision=f"mde_{row.id}")
    one = came(house, request)
    assert one.outcome is None
    assert one.waits is not None
    assert one.waits.render(ENGLISH) == "a person must look anew at decisions of a machine: 1"
    assert "automated-decision-objected" in why(house, subject, "payment-fraud-check")
    assert [(waiting.id, waiting.due) for waiting in reviews()] == [(row.id, request.due)]
    assert [task.kind for task in people.open_tasks([subject])] == [machine_decisions.TASK]
    with pytest.raises(Invalid):
        review(house, row.id, Ruling.OVERRULED, ["address-confirmed"], "  ")
    looked = review(house, row.id, Ruling.OVERRULED, ["address-confirmed"], "Rina", "The address was confirmed by telephone.")
    assert (looked.ruling, looked.request, people.open_tasks([subject])) == ("overruled", request.id, ())
    with pytest.raises(Conflict):
        review(house, row.id, Ruling.UPHELD, ["address-confirmed"], "Rina")
    ended = came(house, request)
    assert ended.outcome is Outcome.DONE
    assert "it was overruled" in in_english(ended.lines)
    events = [event for event in history_of(house, subject) if event.kind in (Kind.DECISION_TAKEN, Kind.DECISION_REVIEWED)]
    assert [event.details["outcome"] for event in events] == ["held-back", "overruled"]
    assert "Rina" not in json.dumps([dict(event.details) for event in events])
    assert machine_decisions.explained(house, looked) == ({"score": "91"}, {"by": "Rina", "words": "The address was confirmed by telephone."})


def test_a_decision_after_an_objection_is_looked_at_by_itself(world: World, subject: UUID) -> None:
    """It is recorded, for it was taken, and somebody must look anew; with its id it is recorded once."""
    house = world.house
    grown(house, subject)
    came(house, agreed(house, subject, "automated-objection", purpose="voucher-control"))
    id = house.runtime.new_id()
    rows = [take(house, subject, "voucher-control", "refused", ["redeemed-before"], id=id) for _ in range(2)]
    assert [row.state for row in rows] == ["review", "review"]
    assert len(decisions_of(subject)) == 1
    Clock.moved = timedelta(hours=1)
    assert [task.kind for task in people.open_tasks([subject])] == [machine_decisions.TASK]


def test_a_time_that_runs_out_before_somebody_looked_is_told_as_such(world: World, subject: UUID) -> None:
    """The request ends partly done; the review stays open."""
    house = world.house
    grown(house, subject)
    row = take(house, subject, "voucher-control", "refused", ["redeemed-before"])
    request = agreed(house, subject, "automated-objection", purpose="voucher-control")
    assert came(house, request).outcome is None
    Clock.moved = request.due - request.opened - timedelta(hours=1)
    one = came(house, request)
    assert one.outcome is Outcome.PARTLY_DONE
    assert "nobody looked anew yet" in in_english(one.lines)
    assert row.id in {waiting.id for waiting in reviews()}


def test_the_register_has_what_the_policy_lets_machines_decide(world: World, subject: UUID) -> None:
    """With logic, effect and review; a decision for anything else, or without reasons, is turned away."""
    house = world.house
    found = {one.purpose: one for one in register(house)}
    assert {"credit-check", "payment-fraud-check", "voucher-control", "personalisation"} <= set(found)
    assert "newsletters" not in found
    assert all(found[name].logic and found[name].effect and found[name].review for name in ("credit-check", "payment-fraud-check", "voucher-control"))
    before = found["credit-check"].taken
    take(house, subject, "credit-check", "no-instalments", ["rating-below-limit"])
    assert next(one.taken for one in register(house) if one.purpose == "credit-check") == before + 1
    for purpose, outcome, reasons in (("newsletters", "sent", ["x"]), ("nothing", "x", ["x"]), ("credit-check", "Not A Code", ["x"]), ("credit-check", "x", [])):
        with pytest.raises(Invalid):
            take(house, subject, purpose, outcome, reasons)


# ---------------------------------------------------------------------------------------------- guardians, agents, claims


def test_a_guardian_asks_for_a_child_once_the_bond_is_verified(world: World, subject: UUID) -> None:
    """Not before, not for another child, not when it was revoked, and not as a parent of somebody of age; an agent shows a mandate."""
    house = world.house
    mother, other = subjects_for(house, [("account", f"mother-{subject}"), ("account", f"other-{subject}")])
    guardians.record_age(house, mother, date(1985, 1, 1), Actor.STAFF)
    guardians.record_age(house, subject, date(2015, 1, 1), Actor.STAFF)
    link = guardians.name_guardian(house, subject, mother, Relation.PARENT, Actor.STAFF)
    named = {"link": str(link)}
    with pytest.raises(Refusal):
        may_ask(house, Asker.GUARDIAN, subject, named, {})
    guardians.verify_guardian(house, link, [Shown.IDENTITY, Shown.FAMILY_CARD], Actor.STAFF)
    may_ask(house, Asker.GUARDIAN, subject, named, {})
    for who, held in ((other, named), (subject, {}), (subject, {"link": str(other)})):
        with pytest.raises(Refusal):
            may_ask(house, Asker.GUARDIAN, who, held, {})
    guardians.attest_age(house, subject, KnownAge.ADULT, Actor.STAFF)
    with pytest.raises(Refusal):
        may_ask(house, Asker.GUARDIAN, subject, named, {})
    with pytest.raises(Refusal):
        may_ask(house, Asker.AGENT, subject, {}, {"mandate": {"reference": " "}})
    may_ask(house, Asker.AGENT, subject, {}, {"mandate": {"reference": "surat kuasa 12"}})
    today = house.runtime.now().astimezone(SHOWN_IN).date()
    may_ask(house, Asker.AGENT, subject, {}, {"mandate": {"reference": "surat kuasa 12", "until": str(today)}})
    with pytest.raises(Refusal, match="has ended"):
        may_ask(house, Asker.AGENT, subject, {}, {"mandate": {"reference": "surat kuasa 12", "until": str(today - timedelta(days=1))}})
    with pytest.raises(Invalid, match="is not understood"):
        lasting({"mandate": "surat kuasa 12"}, house.runtime.now())
    may_ask(house, Asker.SELF, subject, {}, {})


def asked_by_mother(house: House, subject: UUID) -> tuple[UUID, UUID, Request]:
    """A child's mother who is verified, her bond, and a request of hers for the child that was carried out."""
    (mother,) = subjects_for(house, [("account", f"mother-{subject}")])
    guardians.record_age(house, subject, date(2015, 1, 1), Actor.STAFF)
    link = guardians.name_guardian(house, subject, mother, Relation.PARENT, Actor.STAFF)
    guardians.verify_guardian(house, link, [Shown.IDENTITY, Shown.FAMILY_CARD], Actor.STAFF)
    request = open_request(house, Opening(
        right="restriction", asker=Asker.GUARDIAN, subject=subject, proof=Proof.STAFF, by="Ayu", approvals=OFFICERS, details={"link": str(link)},
    ))  # fmt: skip
    assert work_off(house)
    return mother, link, request


def test_the_guardian_who_asked_hears_the_answer(world: World, subject: UUID) -> None:
    """What is told of a child goes to the guardian, not to the child."""
    house = world.house
    mother, _, request = asked_by_mother(house, subject)
    assert request_of(request.id).outcome is Outcome.DONE
    request_clock.work(house)
    assert {row.subject for row in of_request(request.id)} == {mother}


def test_a_guardian_whose_bond_ended_hears_nothing_more(world: World, subject: UUID) -> None:
    """Revoked between the work and the answer: it goes to the person themselves."""
    house = world.house
    _, link, request = asked_by_mother(house, subject)
    guardians.revoke_guardian(house, link, Actor.STAFF)
    request_clock.work(house)
    assert {row.subject for row in of_request(request.id)} == {subject}


def test_a_claim_gets_evidence_that_anybody_can_check(world: World, subject: UUID, tmp_path: Path) -> None:
    """Every event of the person with a proof that holds by itself; what was held, decided, disclosed; nobody else's name; not before it is done."""
    house = world.house
    agree(house, grown(house, subject), "newsletters")
    row = take(house, subject, "voucher-control", "refused", ["redeemed-before"], explanation={"times": "3"})
    review(house, row.id, Ruling.UPHELD, ["redeemed-before"], "Rina Pemeriksa", "Looked at all three.")
    request = agreed(house, subject, "claim")
    with pytest.raises(Refusal):
        write_pack(house, request.id, tmp_path / "early.zip")
    assert not (tmp_path / "early.zip").exists()
    work_off(house)
    made = write_pack(house, request.id, tmp_path / "pack.zip", "en")
    assert (tmp_path / "pack.zip").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    proofs = {name: data for name, data in files.items() if name.startswith("proofs/")}
    assert len(proofs) == made.events == len(history_of(house, subject)) - 1
    key = verifier(house)
    found = {verify_proof(read_proof(data), key)[0].kind for data in proofs.values()}
    assert {Kind.CONSENT_GIVEN, Kind.DECISION_TAKEN, Kind.DECISION_REVIEWED, Kind.REQUEST_RECORDED, Kind.SEARCH_EXECUTED} <= found
    assert str(key) in files["README.txt"].decode()
    held = json.loads(files["held.json"])
    assert {one["system"] for one in held["systems"]} == {"shop", "care"}
    (decided,) = json.loads(files["decisions.json"])["items"]
    assert (decided["outcome"], decided["ruling"]) == ("refused", "upheld")
    track = json.loads(files["track.json"])["items"]
    assert {"times": "3"} in [one.get("evidence") for one in track]
    assert "Rina" not in "".join(data.decode() for data in files.values())
    assert any(name.startswith("policies/1/") for name in files)
    manifest = {one["path"]: one["sha256"] for one in json.loads(files["manifest.json"])["files"]}
    assert set(manifest) == set(files) - {"manifest.json"}


# ------------------------------------------------------------------------------------------------------------- sending


@pytest.fixture
def reaching(world: World) -> World:
    """The same house, which may send to this machine."""
    settings = replace(world.house.runtime.settings, transfer_networks=(ip_network("127.0.0.0/8"),))
    house = replace(world.house, runtime=Clock(settings, world.house.runtime.tongue))
    return World(house, world.shop, world.care)


def test_a_package_is_sent_to_another_controller(reaching: World, subject: UUID) -> None:
    """Whole, with its digest and a number by which a repetition is known; recorded as a disclosure, once."""
    house = reaching.house
    with receiving() as other:
        request = agreed(house, subject, "transfer", {"endpoint": f"{other.url}/import"})
        other.answer = status(503)
        one = came(house, request)
        assert one.outcome is None
        assert one.waits is not None
        assert one.waits.render(ENGLISH) == "the other company does not take the data: its system has too much to do now"
        assert one.details["answered"] == "503"
        other.answer = status(201)
        request = replace(request, details={**request.details, **one.details})
        done = came(house, request)
        assert (done.outcome, done.details["answered"]) == (Outcome.DONE, "")
        assert came(house, request).outcome is Outcome.DONE
    assert [got.path for got in other.got] == ["/hook/import", "/hook/import"]
    got = other.got[-1]
    with zipfile.ZipFile(BytesIO(got.body)) as archive:
        assert "manifest.json" in archive.namelist()
    assert got.headers["idempotency-key"] == str(request.id)
    refused, event = [event for event in history_of(house, subject) if event.kind is Kind.DISCLOSURE_MADE]
    assert (refused.details["acknowledged"], refused.details["answer"], refused.details["recipient"]) == (False, "503", "user-authorised-party")
    assert event.details["recipient"] == "user-authorised-party"
    assert event.details["bytes"] == len(got.body)
    assert "127.0.0.1" not in json.dumps(dict(event.details))


def test_data_are_sent_nowhere_inside(world: World, subject: UUID) -> None:
    """An address of this machine, of the inside or without TLS is turned away when the request comes in, and nothing is recorded."""
    house = world.house
    for url in (
        "https://127.0.0.1/x", "https://169.254.169.254/latest", "https://10.0.0.7/x", "http://example.org/x", "https://user@example.org/", "ftp://example.org",
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            agreed(house, subject, "transfer", {"endpoint": url})
        assert caught.value.message.render(ENGLISH) == "data cannot be sent to this address"
    assert connection().execute("SELECT count(*) FROM rights_request").fetchone() == (0,)
    assert agreed(house, subject, "transfer", {"endpoint": "https://example.org/x"}).kind is Right.PORTABILITY


def test_an_endpoint_has_the_time_that_its_package_takes() -> None:
    """One that answers drop by drop holds the worker up for half a minute where little is sent; a large package has longer, and no more than enough."""
    assert patience(100_000) < 31
    assert 300 < patience(70_000_000) < patience(10**12) == PATIENCE


def test_a_redirect_is_not_followed(reaching: World, subject: UUID) -> None:
    """What another controller answers with leads nowhere."""
    house = reaching.house
    with receiving() as inner, receiving() as other:

        def elsewhere(handler: BaseHTTPRequestHandler, got: Got) -> None:
            handler.send_response(307)
            handler.send_header("Location", inner.url)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        other.answer = elsewhere
        one = came(house, agreed(house, subject, "transfer", {"endpoint": other.url}))
        assert one.outcome is None
        assert inner.got == []
    (event,) = [event for event in history_of(house, subject) if event.kind is Kind.DISCLOSURE_MADE]
    assert (event.details["acknowledged"], event.details["answer"]) == (False, "307")


@pytest.mark.parametrize("answers", [True, False])
def test_what_was_sent_and_not_acknowledged_is_a_disclosure(reaching: World, subject: UUID, answers: bool) -> None:
    """Who says no, or hangs up once the data were sent, may have them: recorded as such, once however often it is tried; where nobody listens nothing is."""
    house = reaching.house

    def hang_up(handler: BaseHTTPRequestHandler, got: Got) -> None:
        handler.close_connection = True

    with receiving() as other:
        url, other.answer = other.url, status(422) if answers else hang_up
        request = agreed(house, subject, "transfer", {"endpoint": url})
        for _ in range(2):
            one = came(house, request)
            assert one.outcome is None
            request = replace(request, details={**request.details, **one.details})
    assert len(other.got) == 2
    (event,) = [event for event in history_of(house, subject) if event.kind is Kind.DISCLOSURE_MADE]
    assert (event.details["acknowledged"], event.details["answer"], event.details["bytes"]) == (False, "422" if answers else "answer", len(other.got[0].body))
    assert "sent, not acknowledged" in [words.render(ENGLISH) for words in details_words(event.details)]
    other_request = agreed(house, subject, "transfer", {"endpoint": url})  # nobody listens there any more
    assert came(house, other_request).outcome is None
    assert len([event for event in history_of(house, subject) if event.kind is Kind.DISCLOSURE_MADE]) == 1


def test_a_taker_who_says_yes_and_then_too_much_has_the_data(reaching: World, subject: UUID) -> None:
    """What else they answer is not read: the data are theirs, it is recorded as a disclosure, and they are not sent again."""
    house = reaching.house
    with receiving() as other:
        other.answer = status(200, b"x" * 3 * MOST)
        request = agreed(house, subject, "transfer", {"endpoint": other.url})
        assert came(house, request).outcome is Outcome.DONE
        assert came(house, request).outcome is Outcome.DONE
    assert len(other.got) == 1
    assert len([event for event in history_of(house, subject) if event.kind is Kind.DISCLOSURE_MADE]) == 1
