"""Clauses about people, made true in a record on a real server: third persons, digital identifiers, children, guardians."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.choosing import START, Clock, make_house, no, person, say, yes

from janji.decision.engine import decide
from janji.decision.question import Decision, Question
from janji.errors import Refusal
from janji.ledger.events import Actor, Kind
from janji.people.guardians import Proof, Relation
from janji.people.identifiers import PSEUDONYMOUS, IdentifierKind
from janji.store import people, vault
from janji.store.database import connection
from janji.store.vault import KeyKind
from janji.terms.processing import Operation, Trait
from janji.workflows import guardians, identity
from janji.workflows.consents import facts_of
from janji.workflows.forgetting import forget
from janji.workflows.house import House
from janji.workflows.people import find_subjects, show, subjects_for
from janji.workflows.recording import history_of

COOKIE, DEVICE, ADDRESS = ("cookie", "GA1.2.Kx9"), ("device", "SN-7741"), ("ip", "203.0.113.9")
BOTH = (Proof.IDENTITY, Proof.FAMILY_CARD)


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path) -> House:
    """A house with the operating policy in force, and a folder for the file of destroyed keys."""
    return make_house(database_url, clock, tmp_path)


def ask(house: House, subject: UUID, purpose: str, operation: Operation = Operation.USE, **asked: str) -> Decision:
    """The decision for a person by what the record holds of them."""
    declared = house.policy_in_force.policy.purposes[purpose]
    channel = {"channel": str(declared.channels[0])} if declared.channels and "channel" not in asked else {}
    question = Question(purpose, tuple(declared.data), house.runtime.now(), operation, **channel, **asked)
    return decide(house.policy_in_force.compiled, question, facts_of(house, [subject])[subject])


def why(decision: Decision) -> set[str]:
    """The codes of a denial; none for a permit."""
    return set() if decision.permit else {reason.code for reason in decision.reasons}


def marketing(house: House) -> list[str]:
    """The purposes that are marketing or profiling."""
    return [one.id for one in house.policy_in_force.policy.purposes.values() if {Trait.MARKETING, Trait.PROFILING} & set(one.traits)]


def tasks(subject: UUID) -> dict[str, object]:
    """The open tasks about a person, with their ends."""
    return {task.kind: task.due for task in people.open_tasks([subject])}


def in_clear(house: House, *words: str) -> bool:
    """Whether a word stands in any table."""
    tables = connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return any(
        connection().execute(f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text LIKE %s)", [f"%{word}%"]).fetchone() == (True,)  # noqa: S608
        for (table,) in tables
        for word in words
    )


def test_clause_2_1_4_record(house: House) -> None:
    """A spouse of whom somebody speaks is unverified, gets no marketing, is owed a notice; a child goes the way of children."""
    speaker = person(house)
    spouse = guardians.assert_person(house, speaker, [("email", "spouse@example.org")], Actor.PERSON, date(1990, 5, 6))
    assert show(house, spouse).asserted_by == speaker
    assert not any(one.verified for one in show(house, spouse).identifiers)
    for name in marketing(house):
        assert "third-person-unverified" in why(ask(house, spouse, name))
    assert set(tasks(spouse)) == {guardians.THIRD_PERSON}
    child = guardians.assert_person(house, speaker, [("account", "child")], Actor.PERSON, date(2016, 5, 6))
    assert set(tasks(child)) == {guardians.THIRD_PERSON, guardians.ERASURE}
    assert "quarantined" in why(ask(house, child, "service-provision"))
    guardians.verify_person(house, spouse)
    assert not any("third-person-unverified" in why(ask(house, spouse, name)) for name in marketing(house))
    assert tasks(spouse) == {}


def test_clause_2_4_1_f_record(house: House) -> None:
    """Device number, cookie and IP address are nodes of the identity graph, stored as personal data: sealed, indexed, erased."""
    assert {IdentifierKind.DEVICE, IdentifierKind.COOKIE, IdentifierKind.ADDRESS} == PSEUDONYMOUS
    found = subjects_for(house, [DEVICE, COOKIE, ADDRESS])
    assert len(set(found)) == 3
    nodes = [row.node for row in people.identifiers(found)]
    assert {node.kind for node in nodes} == PSEUDONYMOUS
    assert all(node.personal and node.pseudonymous for node in nodes)
    assert not in_clear(house, "GA1.2.Kx9", "SN-7741", "203.0.113.9")
    assert {one.shown for subject in found for one in show(house, subject).identifiers} == {"***x9", "***", "***.9"}
    forget(house, found[0])
    assert find_subjects(house, [DEVICE]) == [None]


def test_clause_2_4_1_g_record(house: House) -> None:
    """A cookie is joined to an account on the consent of its own purpose only; the withdrawal undoes it at once."""
    subject, (browser,) = person(house), subjects_for(house, [COOKIE])
    with pytest.raises(Refusal):
        identity.join(house, browser, subject, "account-association", Actor.BROWSER)
    say(house, subject, yes(house, "account-association"))
    join = identity.join(house, browser, subject, "account-association", Actor.BROWSER)
    assert (join.basis, find_subjects(house, [COOKIE])) == ("consent", [subject])
    recorded = [event.details for event in history_of(house, subject) if event.kind is Kind.IDENTITY_JOINED]
    assert [(one["purpose"], one["basis"]) for one in recorded] == [("account-association", "consent")]
    result = say(house, subject, no("account-association"))
    assert result.unjoined == (join.id,)
    assert find_subjects(house, [COOKIE]) == [browser]
    assert history_of(house, browser)[0].kind is Kind.IDENTITY_JOINED
    with pytest.raises(Refusal):
        identity.join(house, browser, subject, "account-association", Actor.BROWSER)


def test_clause_3_1_5_g_record(house: House) -> None:
    """Each edge of the graph is asked for by itself: no purpose that is not declared to combine, none without its basis."""
    subject, (browser, device) = person(house), subjects_for(house, [COOKIE, DEVICE])
    say(house, subject, yes(house, "account-association"))
    declared = house.policy_in_force.policy.purposes
    for name, purpose in declared.items():
        if name != "account-association":
            with pytest.raises(Refusal):
                identity.join(house, browser, subject, name, Actor.BROWSER)
        if Trait.COMBINATION in purpose.traits:
            assert purpose.impact is not None
    first = identity.join(house, browser, subject, "account-association", Actor.BROWSER)
    second = identity.join(house, device, subject, "account-association", Actor.BROWSER)
    assert {one.id for one in show(house, subject).joins if one.undone is None} == {first.id, second.id}
    assert find_subjects(house, [COOKIE, DEVICE]) == [subject, subject]
    say(house, subject, no("account-association"))
    assert find_subjects(house, [COOKIE, DEVICE]) == [browser, device]


def test_clause_4_1_record(house: House) -> None:
    """Under 18 the way leads to the guardian: no marketing, no profile, until the guardian is verified and consents."""
    child, parent = person(house, "child@example.org", None), person(house, "parent@example.org")
    guardians.record_age(house, child, date(2010, 3, 4), Actor.PERSON)
    open_ones = [one.id for one in house.policy_in_force.policy.purposes.values() if one.child == "guardian" and one.basis == "consent"]
    assert open_ones
    for name in (*marketing(house), *open_ones):
        assert not ask(house, child, name).permit
    link = guardians.name_guardian(house, child, parent, Relation.PARENT, Actor.GUARDIAN)
    with pytest.raises(Refusal):
        guardians.guardian_consents(house, link)
    guardians.verify_guardian(house, link, BOTH, Actor.STAFF)
    guardians.guardian_consents(house, link)
    for name in marketing(house):
        assert "child-barred" in why(ask(house, child, name))
    assert not any("guardian" in code or code == "quarantined" for name in open_ones for code in why(ask(house, child, name)))
    assert not in_clear(house, "2010-03-04", "20100304")


def test_clause_4_2_record(house: House, clock: Clock) -> None:
    """What becomes known of a child without consent opens a task with a clock and evidence, whenever it becomes known."""
    subject = person(house)
    assert tasks(subject) == {}
    clock.put_on(days=3)
    aged = guardians.record_age(house, subject, date(2012, 1, 2), Actor.STAFF)
    assert tasks(subject) == {guardians.ERASURE: START + timedelta(days=6)}
    kinds = [event.kind for event in history_of(house, subject)][-3:]
    assert kinds == [Kind.AGE_RECORDED, Kind.QUARANTINE_SET, Kind.TASK_OPENED]
    opened = history_of(house, subject)[-1]
    assert opened.details["id"] == str(aged.erasure)
    assert history_of(house, subject)[-3].sealed is not None


def test_clause_4_2_a_record(house: House) -> None:
    """The child's data are erased within three days at most: the key is destroyed, the task closed, nothing is found."""
    child = person(house, "child@example.org", None)
    aged = guardians.record_age(house, child, date(2012, 1, 2), Actor.STAFF, within=timedelta(hours=24))
    (task,) = people.open_tasks([child], guardians.ERASURE)
    assert (task.id, task.details["priority"], task.due) == (aged.erasure, "urgent", START + timedelta(hours=24))
    assert timedelta(hours=72) >= guardians.ERASE_WITHIN
    forget(house, child)
    assert people.open_tasks([child], guardians.ERASURE) == ()
    assert vault.read_keys([child], KeyKind.CONTENT) == {}
    assert find_subjects(house, [("email", "child@example.org")]) == [None]


def test_clause_4_2_b_record(house: House) -> None:
    """From the instant a child is known, nothing is used and nothing disclosed, for any purpose and to anybody."""
    child = person(house, "child@example.org", None)
    guardians.record_age(house, child, date(2012, 1, 2), Actor.STAFF)
    for name in house.policy_in_force.policy.purposes:
        assert "quarantined" in why(ask(house, child, name))
        assert "quarantined" in why(ask(house, child, name, Operation.COLLECT))
        for recipient in house.policy_in_force.policy.recipients:
            assert "quarantined" in why(ask(house, child, name, Operation.DISCLOSE, recipient=recipient))
    with pytest.raises(Refusal):
        identity.reveal(house, child, "enquiry")


def test_clause_4_2_c_record(house: House) -> None:
    """A guardian is named before anything is proven, verified by papers that are kept under seal, and then heard."""
    child, parent = person(house, "child@example.org", None), person(house, "parent@example.org")
    guardians.record_age(house, child, date(2012, 1, 2), Actor.STAFF)
    link = guardians.name_guardian(house, child, parent, Relation.PARENT, Actor.GUARDIAN)
    assert "child-protection" in house.policy_in_force.policy.purposes
    assert str(show(house, child).guardians[0].state) == "named"
    guardians.verify_guardian(house, link, BOTH, Actor.STAFF, {"family card": "3171012345678901"})
    assert str(show(house, parent).guardians[0].state) == "verified"
    assert not in_clear(house, "3171012345678901")
    assert show(house, child).standing.quarantined  # type: ignore[union-attr]  # a policy is in force
    assert {event.actor for event in history_of(house, child)} == {Actor.STAFF, Actor.SYSTEM, Actor.GUARDIAN}
