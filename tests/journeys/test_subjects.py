"""People on a real server: found and made, joined and given back, merged and split, children and guardians, forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.people_house import NOW, Clock, layout_of, make_house

from janji.consent.cascade import TASK
from janji.decision.history import check, standing_at
from janji.decision.standing import ConsentState, KnownAge
from janji.errors import Conflict, Invalid, JanjiError, Refusal
from janji.ledger.events import Actor, Kind
from janji.people.guardians import Communication, LinkState, Proof, Relation
from janji.people.identifiers import Suppressed
from janji.store import destruction, people, standings, vault
from janji.store.database import connection
from janji.store.destruction import Level
from janji.store.people import FORGOTTEN
from janji.store.vault import KeyKind
from janji.terms.periods import Period
from janji.workflows import forgetting, guardians, identity
from janji.workflows.forgetting import forget
from janji.workflows.house import House
from janji.workflows.keys import destroyed_file
from janji.workflows.people import (
    add_identifier,
    choose_communication,
    current,
    find_subjects,
    remove_identifier,
    show,
    subject_named,
    subject_with,
    subjects_for,
    taken_away,
)
from janji.workflows.recording import Entry, history_of, record

ADS = "targeted-advertising"
JOIN = "account-association"
EMAIL, PHONE, COOKIE, DEVICE = ("email", "Siti.Aminah@Example.com"), ("phone", "0812 3456 7890"), ("cookie", "GA1.2.Kx9"), ("device", "SN-7741")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house with a policy in force and a clock that stands."""
    yield make_house(database_url, tmp_path)
    Clock.moved = timedelta()


def agrees(house: House, *subjects: UUID) -> None:
    """The stored row of each person is what their history adds up to."""
    layout = layout_of(house)
    for subject in subjects:
        pseudonym = vault.pseudonym(house.secrets.pseudonym, subject)
        row = standings.read([pseudonym], tuple(range(layout.words)))[pseudonym]
        events = history_of(house, subject)
        assert row.version == len(events)
        assert check(row, events, house.runtime.now(), layout) == ()  # type: ignore[arg-type]  # has all that a row has


def says(house: House, subject: UUID):  # type: ignore[no-untyped-def]
    return standing_at(history_of(house, subject), house.runtime.now(), layout_of(house))


def consent(house: House, subject: UUID, purpose: str = ADS) -> None:
    """An adult consents to a purpose by whatever notice it has."""
    notice = house.policy_in_force.policy.notices[house.policy_in_force.policy.purposes[purpose].notice or ""]
    channels = house.policy_in_force.policy.purposes[purpose].channels or (None,)
    record(house, [
        Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.PERSON, details={"band": "adult"}),
        *(Entry(subject=subject, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details={
            "purpose": purpose, **({"channel": str(channel)} if channel else {}), "notice": str(notice.id), "notice_version": notice.version,
        }) for channel in channels),
    ])  # fmt: skip


def asked(house: House, subject: UUID) -> None:
    """The person asked something, and so agreed to be answered."""
    record(house, [Entry(subject=subject, kind=Kind.AGREEMENT_RECORDED, actor=Actor.PERSON, details={"agreement": "request"})])


# ----------------------------------------------------------------------------------------------------- found and made


def test_people_are_made_once(house: House) -> None:
    """The same identifier, however it is written, is one person; thousands come back in order; none is an event."""
    first = subjects_for(house, [EMAIL, PHONE, ("email", " siti.aminah@EXAMPLE.COM"), ("phone", "+62 812-3456-7890")])
    assert first[0] == first[2] != first[1] == first[3]
    many = [("email", f"person{number}@example.com") for number in range(3000)]
    made = subjects_for(house, [*many, EMAIL])
    assert len(set(made)) == 3001
    assert made[-1] == first[0]
    assert find_subjects(house, [*many[::-1], ("email", "nobody@example.com")]) == [*made[2999::-1], None]
    assert history_of(house, made[0]) == ()
    agrees(house, made[0], made[-1])
    assert len(vault.read_keys(made, KeyKind.CONTENT)) == len(vault.read_keys(made, KeyKind.EVIDENCE)) == 3001
    with pytest.raises(Invalid):
        subjects_for(house, [("email", "new@example.com"), ("email", "broken")])
    assert find_subjects(house, [("email", "new@example.com")]) == [None]


def test_somebody_else_was_faster(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that make the same person at once end with one person, and nothing is left of the other."""
    real = people.find
    winner = subjects_for(house, [EMAIL])[0]
    unseen: list[dict[tuple[str, bytes], UUID]] = [{}]
    monkeypatch.setattr(people, "find", lambda *asked: unseen.pop() if unseen else real(*asked))
    assert subjects_for(house, [EMAIL, PHONE])[0] == winner
    monkeypatch.undo()
    counted = connection().execute(
        "SELECT (SELECT count(*) FROM subject), (SELECT count(*) FROM standing), (SELECT count(*) FROM subject_key)"
    ).fetchone()
    assert counted == (2, 2, 4)


def test_identifiers_come_and_go(house: House) -> None:
    """Added once, found, removed with their index; one that is somebody else's is refused without its text."""
    one = subject_with(house, [EMAIL, PHONE], Actor.STAFF)
    assert subject_with(house, [PHONE], Actor.STAFF) == one
    other = subject_with(house, [("email", "budi@example.com")], Actor.STAFF)
    with pytest.raises(Conflict) as caught:
        add_identifier(house, other, *EMAIL, Actor.STAFF)
    assert "example" not in str(caught.value.message)
    with pytest.raises(Conflict):
        subject_with(house, [EMAIL, ("email", "budi@example.com")], Actor.STAFF)
    assert remove_identifier(house, one, *PHONE, Actor.PERSON)
    assert not remove_identifier(house, one, *PHONE, Actor.PERSON)
    assert find_subjects(house, [PHONE]) == [None]
    assert [event.kind for event in history_of(house, one)] == [Kind.IDENTIFIER_ADDED, Kind.IDENTIFIER_REMOVED]
    assert subject_named(house, f"sub_{one}") == subject_named(house, "email:siti.aminah@example.com") == one
    for nobody in (f"sub_{uuid4()}", "email:nobody@example.com"):
        with pytest.raises(Invalid):
            subject_named(house, nobody)


def test_shown_masked_unless_a_purpose_allows_it(house: House) -> None:
    """Identifiers are masked; showing them is a use that the policy decides and the record keeps."""
    one = subject_with(house, [EMAIL, PHONE], Actor.STAFF)
    assert [held.shown for held in show(house, one).identifiers] == ["s***@***.com", "***90"]
    asked(house, one)
    before = len(history_of(house, one))
    with pytest.raises(Refusal):
        identity.reveal(house, one, ADS)
    assert len(history_of(house, one)) == before
    shown = identity.reveal(house, one, "enquiry")
    assert [held.shown for held in shown.identifiers] == ["siti.aminah@example.com", "+6281234567890"]
    assert history_of(house, one)[-1].kind is Kind.USE_PERMITTED
    assert "siti" not in repr(shown)


def test_the_form_of_communication_is_under_seal(house: House) -> None:
    """What a person asks for (Art 26) is shown to those who serve them, and stands in no row or event in clear."""
    one = subject_with(house, [EMAIL], Actor.STAFF)
    choose_communication(house, one, Communication.SIGN_LANGUAGE, Actor.PERSON)
    assert show(house, one).communication is Communication.SIGN_LANGUAGE
    rows = connection().execute("SELECT s::text, e.body FROM subject s, event e").fetchall()
    assert not any("sign" in row[0] or b"sign" in bytes(row[1]) for row in rows)
    choose_communication(house, one, None, Actor.PERSON)
    assert show(house, one).communication is None


# -------------------------------------------------------------------------------------------------------------- joins


def test_a_join_needs_what_the_policy_allows_and_ends_with_it(house: House) -> None:
    """Without consent it is refused with reasons; with it the cookie leads to the person, until the purpose ends."""
    person, browser = subjects_for(house, [EMAIL, COOKIE])
    with pytest.raises(Refusal) as caught:
        identity.join(house, browser, person, JOIN, Actor.BROWSER)
    assert "`" in str(caught.value.message)
    assert find_subjects(house, [COOKIE]) == [browser]
    consent(house, person)
    with pytest.raises(Refusal):
        identity.join(house, browser, person, ADS, Actor.BROWSER)
    consent(house, person, JOIN)
    join = identity.join(house, browser, person, JOIN, Actor.BROWSER)
    assert identity.join(house, browser, person, JOIN, Actor.BROWSER) == join
    assert join.basis == "consent"
    assert find_subjects(house, [COOKIE]) == [person]
    assert show(house, person).identifiers[0].link == join.id
    assert identity.unjoin_for(house, person, "newsletters") == ()
    assert identity.unjoin_for(house, person, JOIN) == (join.id,)
    assert identity.unjoin_for(house, person, JOIN) == ()
    assert find_subjects(house, [COOKIE]) == [browser]
    assert show(house, browser).identifiers[0].shown == show(house, browser).identifiers[0].shown != COOKIE[1]
    kinds = [event.kind for event in history_of(house, person)]
    assert kinds.count(Kind.IDENTITY_JOINED) == kinds.count(Kind.IDENTITY_UNJOINED) == 1
    agrees(house, person, browser)


def test_a_browser_that_said_no_is_not_joined(house: House) -> None:
    """An objection of the browser (a signal) stops the join, though the person consented."""
    person, browser, device = subjects_for(house, [EMAIL, COOKIE, DEVICE])
    consent(house, person, JOIN)
    record(house, [Entry(subject=browser, kind=Kind.OBJECTION_MADE, actor=Actor.BROWSER, details={"purpose": JOIN, "signal": "gpc"})])
    with pytest.raises(Refusal):
        identity.join(house, browser, person, JOIN, Actor.BROWSER)
    identity.join(house, device, person, JOIN, Actor.BROWSER)
    other = subjects_for(house, [("email", "other@example.com")])[0]
    with pytest.raises(Invalid):
        identity.join(house, other, person, JOIN, Actor.STAFF)
    with pytest.raises(Invalid):
        identity.join(house, person, person, JOIN, Actor.STAFF)


# ----------------------------------------------------------------------------------------------------- merge and split


def test_a_merge_loses_nothing_and_a_split_gives_it_back(house: House) -> None:
    """The no of either holds for both; identifiers move and come back; what was forbidden meanwhile stays forbidden."""
    one, other = subjects_for(house, [EMAIL, PHONE])
    consent(house, one)
    consent(house, other, "newsletters")
    record(house, [Entry(subject=other, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": ADS})])
    alone = says(house, one), says(house, other)
    merge = identity.merge(house, one, other, Actor.STAFF)
    assert ADS in says(house, one).objections
    assert {choice.purpose for choice in says(house, one).consents} == {ADS, "newsletters"}
    assert find_subjects(house, [EMAIL, PHONE]) == [one, one]
    assert subject_named(house, f"sub_{other}") == one
    assert show(house, one).merged == (other,)
    assert len(show(house, one, reveal=True).identifiers) == 2
    agrees(house, one)
    with pytest.raises(Conflict):
        identity.merge(house, one, other, Actor.STAFF)
    with pytest.raises(Refusal):
        record(house, [Entry(subject=other, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": ADS})])
    record(house, [Entry(subject=one, kind=Kind.RESTRICTION_SET, actor=Actor.PERSON)])
    assert identity.split(house, one, Actor.STAFF, merge) == other
    assert find_subjects(house, [EMAIL, PHONE]) == [one, other]
    assert says(house, one).restricted
    assert says(house, other).restricted
    for now, before in zip((says(house, one), says(house, other)), alone, strict=True):
        assert now.consents == before.consents
        assert now.objections == before.objections
    agrees(house, one, other)
    for again in (merge, None, uuid4()):
        with pytest.raises(Invalid):
            identity.split(house, one, Actor.STAFF, again)
    with pytest.raises(Invalid):
        identity.merge(house, one, one, Actor.STAFF)


def test_a_no_that_a_merge_brings_undoes_joins(house: House) -> None:
    """A browser joined to one of the two is given back when the other had said no to what it was joined for."""
    one, other, browser = subjects_for(house, [EMAIL, PHONE, COOKIE])
    for turn, (survivor, gone) in enumerate(((one, other), (other, one))):
        consent(house, one, JOIN)
        identity.join(house, browser, one, JOIN, Actor.BROWSER)
        if not turn:
            record(house, [Entry(subject=other, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details={"purpose": JOIN})])
        identity.merge(house, survivor, gone, Actor.STAFF)
        assert find_subjects(house, [COOKIE]) == [browser]
        assert not any(link.undone is None for link in people.joins([one]))
        agrees(house, one, other, browser)
        identity.split(house, survivor, Actor.STAFF)
        assert find_subjects(house, [EMAIL, PHONE, COOKIE]) == [one, other, browser]


def test_what_a_merged_person_put_down_is_known_of_the_survivor(house: House) -> None:
    """A contact that was taken away before two records became one counts as a change of the one that is left."""
    one, other = (subject_with(house, [("email", f"{secrets.token_hex(4)}@example.com")], Actor.STAFF) for _ in range(2))
    add_identifier(house, other, "phone", "+6281290410077", Actor.STAFF)
    remove_identifier(house, other, "phone", "+6281290410077", Actor.STAFF)
    identity.merge(house, one, other, Actor.STAFF)
    survivor = current(one)
    assert [address.kind for address in taken_away(house, [survivor])[survivor]] == ["phone"]


@pytest.mark.parametrize("turn", [False, True], ids=["who-agreed-survives", "who-said-no-survives"])
def test_a_no_that_a_merge_brings_opens_its_cascade(house: House, turn: bool) -> None:
    """The consent of one ends by the no of the other, with the clock of any withdrawal; taken back, nothing is left of it."""
    one, other = subjects_for(house, [EMAIL, PHONE])
    consent(house, one, JOIN)
    record(house, [Entry(subject=other, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details={"purpose": JOIN})])
    survivor, gone = (other, one) if turn else (one, other)
    identity.merge(house, survivor, gone, Actor.STAFF)
    (task,) = people.open_tasks([survivor], TASK)
    assert task.details["purposes"] == [JOIN]
    assert task.due is not None
    identity.split(house, survivor, Actor.STAFF)
    assert people.open_tasks([one, other], TASK) == ()
    agrees(house, one, other)


def test_a_withdrawal_after_a_merge_outlives_the_split(house: House) -> None:
    """What the person took back themselves meanwhile stays to be carried out, and is opened once."""
    one, other = subjects_for(house, [EMAIL, PHONE])
    consent(house, one, JOIN)
    record(house, [Entry(subject=other, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details={"purpose": JOIN})])
    identity.merge(house, one, other, Actor.STAFF)
    record(house, [Entry(subject=one, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details={"purpose": JOIN})])
    identity.split(house, one, Actor.STAFF)
    assert len(people.open_tasks([one], TASK)) == 1
    agrees(house, one, other)


def test_merges_nest_and_joins_survive_them(house: House) -> None:
    """A joined cookie goes along with a merge, ends with the purpose on the survivor, and returns to its own pseudonym."""
    a, b, c, browser = subjects_for(house, [EMAIL, PHONE, ("account", "7"), COOKIE])
    consent(house, c, JOIN)
    join = identity.join(house, browser, c, JOIN, Actor.BROWSER)
    identity.merge(house, b, c, Actor.STAFF)
    identity.merge(house, a, b, Actor.STAFF)
    assert find_subjects(house, [COOKIE, ("account", "7")]) == [a, a]
    assert set(show(house, a).merged) == {b, c}
    assert identity.unjoin_for(house, a, JOIN) == (join.id,)
    assert find_subjects(house, [COOKIE]) == [browser]
    assert identity.split(house, a, Actor.STAFF) == b
    assert find_subjects(house, [PHONE, ("account", "7")]) == [b, b]
    assert identity.split(house, b, Actor.STAFF) == c
    assert find_subjects(house, [PHONE, ("account", "7"), COOKIE]) == [b, c, browser]
    agrees(house, a, b, c, browser)


# ------------------------------------------------------------------------------------------------ children, third persons


def tasks(subject: UUID) -> dict[str, object]:
    return {task.kind: task.due for task in people.open_tasks([subject])}


def test_a_child_is_quarantined_at_once_and_let_go_by_a_guardian(house: House) -> None:
    """Quarantine and the clock of erasure come with the date of birth; consent of a verified guardian lifts both."""
    child, mother = subjects_for(house, [("account", "child"), EMAIL])
    aged = guardians.record_age(house, child, date(2014, 4, 17), Actor.PERSON)
    assert (str(aged.state), aged.band) == ("child", "10-12")
    assert says(house, child).quarantined
    assert tasks(child) == {guardians.ERASURE: NOW + timedelta(hours=72)}
    assert guardians.record_age(house, child, date(2014, 4, 18), Actor.PERSON).erasure == aged.erasure
    link = guardians.name_guardian(house, child, mother, Relation.PARENT, Actor.GUARDIAN)
    with pytest.raises(Refusal):
        guardians.guardian_consents(house, link)
    with pytest.raises(Invalid):
        guardians.verify_guardian(house, link, [Proof.IDENTITY], Actor.STAFF)
    guardians.verify_guardian(house, link, [Proof.IDENTITY, Proof.FAMILY_CARD], Actor.STAFF, {"seen": "KK 317101"})
    assert says(house, child).quarantined
    assert not says(house, child).guardian
    guardians.guardian_consents(house, link, {"paper": "form 12"})
    assert says(house, child).guardian
    assert not says(house, child).quarantined
    assert tasks(child) == {}
    erasure = guardians.guardian_withdraws(house, link)
    assert says(house, child).quarantined
    assert tasks(child) == {guardians.ERASURE: NOW + timedelta(hours=72)}
    assert erasure != aged.erasure
    guardians.guardian_consents(house, link)
    assert not says(house, child).quarantined
    guardians.revoke_guardian(house, link, Actor.STAFF)
    assert says(house, child).quarantined
    with pytest.raises(Refusal):
        guardians.guardian_consents(house, link)
    assert show(house, child).guardians[0].state is LinkState.REVOKED
    agrees(house, child, mother)
    bodies = connection().execute("SELECT body FROM event").fetchall()
    assert not any(b"2014-04-17" in bytes(row[0]) or b"317101" in bytes(row[0]) for row in bodies)


def test_what_a_child_agreed_to_before_anybody_knew_does_not_count(house: House) -> None:
    """A guardian is asked for each purpose: consent to the processing of a child revives none of the child's own yeses."""
    child, mother = subjects_for(house, [("account", "child"), EMAIL])
    consent(house, child)
    assert any(choice.state is ConsentState.GIVEN for choice in says(house, child).consents)
    guardians.record_age(house, child, date(2014, 4, 17), Actor.PERSON)
    link = guardians.name_guardian(house, child, mother, Relation.PARENT, Actor.GUARDIAN)
    guardians.verify_guardian(house, link, [Proof.IDENTITY, Proof.FAMILY_CARD], Actor.STAFF, {"seen": "KK 317101"})
    guardians.guardian_consents(house, link)
    assert not says(house, child).quarantined
    assert {choice.state for choice in says(house, child).consents} == {ConsentState.WITHDRAWN}
    agrees(house, child)


def test_a_child_that_is_merged_or_split_keeps_its_clock(house: House) -> None:
    """The survivor has the quarantine and the clock; after a split only the child has them, whoever had them meanwhile."""
    child, grown, mother = subjects_for(house, [("account", "child"), PHONE, EMAIL])
    guardians.attest_age(house, grown, KnownAge.ADULT, Actor.PERSON)
    guardians.record_age(house, child, date(2014, 4, 17), Actor.PERSON)
    Clock.moved = timedelta(hours=10)
    identity.merge(house, grown, child, Actor.STAFF)
    assert tasks(child) == {}
    assert tasks(grown) == {guardians.ERASURE: NOW + timedelta(hours=72)}
    link = guardians.name_guardian(house, grown, mother, Relation.PARENT, Actor.GUARDIAN)
    guardians.verify_guardian(house, link, [Proof.IDENTITY, Proof.FAMILY_CARD], Actor.STAFF)
    guardians.guardian_consents(house, link)
    assert not says(house, grown).quarantined
    assert tasks(grown) == {}
    guardians.revoke_guardian(house, link, Actor.STAFF)
    assert tasks(grown) == {guardians.ERASURE: NOW + timedelta(hours=82)}
    Clock.moved = timedelta(hours=20)
    identity.split(house, grown, Actor.STAFF)
    assert not says(house, grown).quarantined
    assert tasks(grown) == {}
    assert says(house, child).quarantined
    assert tasks(child) == {guardians.ERASURE: NOW + timedelta(hours=82)}
    identity.merge(house, child, grown, Actor.STAFF)
    assert tasks(child) == {guardians.ERASURE: NOW + timedelta(hours=82)}
    identity.split(house, child, Actor.STAFF)
    assert not says(house, grown).quarantined
    assert says(house, child).quarantined
    agrees(house, child, grown)


def test_who_comes_of_age_is_let_go(house: House) -> None:
    """At the end of the month of the birthday quarantine and task end, and a guardian's say too."""
    child, other, mother = subjects_for(house, [("account", "1"), ("account", "2"), EMAIL])
    for subject in (child, other):
        guardians.record_age(house, subject, date(2009, 1, 15), Actor.PERSON)
    link = guardians.name_guardian(house, other, mother, Relation.PARENT, Actor.GUARDIAN)
    guardians.verify_guardian(house, link, [Proof.IDENTITY, Proof.BIRTH_CERTIFICATE], Actor.STAFF)
    guardians.guardian_consents(house, link)
    Clock.moved = timedelta(days=60)
    assert guardians.come_of_age(house) == 0
    Clock.moved = timedelta(days=61)
    assert guardians.come_of_age(house) == 2
    assert guardians.come_of_age(house) == 0
    for subject in (child, other):
        assert says(house, subject).age is KnownAge.ADULT
        assert not says(house, subject).quarantined
        assert not says(house, subject).guardian
        assert tasks(subject) == {}
    assert people.guardian(link).state is LinkState.REVOKED  # type: ignore[union-attr]
    agrees(house, child, other)


def test_companions_and_children_as_guardians(house: House) -> None:
    """A companion consents for an adult with a disability, never for a child; a child is nobody's guardian."""
    adult, helper, child = subjects_for(house, [("account", "1"), ("account", "2"), ("account", "3")])
    guardians.attest_age(house, adult, KnownAge.ADULT, Actor.PERSON)
    assert guardians.attest_age(house, child, KnownAge.CHILD, Actor.PERSON).erasure
    for ward in (adult, child):
        link = guardians.name_guardian(house, ward, helper, Relation.COMPANION, Actor.PERSON)
        guardians.verify_guardian(house, link, [Proof.IDENTITY, Proof.AUTHORISATION], Actor.STAFF)
        if ward == adult:
            guardians.guardian_consents(house, link)
        else:
            with pytest.raises(Refusal):
                guardians.guardian_consents(house, link)
    assert says(house, adult).guardian
    with pytest.raises(Refusal):
        guardians.name_guardian(house, adult, child, Relation.GUARDIAN, Actor.PERSON)
    with pytest.raises(Invalid):
        guardians.name_guardian(house, adult, adult, Relation.GUARDIAN, Actor.PERSON)


def test_a_guardian_who_turns_out_a_child_speaks_for_nobody(house: House) -> None:
    """The link ends, the ward is quarantined again; also where guardian and ward turn out to be one person, and in a circle."""
    child, guardian, other = subjects_for(house, [("account", "1"), ("account", "2"), ("account", "3")])
    links = []
    for ward in (child, guardian):
        guardians.attest_age(house, child, KnownAge.CHILD, Actor.PERSON)
        by = guardian if ward == child else other
        links.append(guardians.name_guardian(house, ward, by, Relation.GUARDIAN, Actor.PERSON))
        guardians.verify_guardian(house, links[-1], [Proof.IDENTITY, Proof.COURT_ORDER], Actor.STAFF)
        guardians.guardian_consents(house, links[-1])
    assert not says(house, child).quarantined
    assert guardians.attest_age(house, guardian, KnownAge.CHILD, Actor.PERSON).erasure is None
    assert says(house, child).quarantined
    assert not says(house, child).guardian
    assert guardians.ERASURE in tasks(child)
    assert guardians.wards_of(house, guardian) == ()
    with pytest.raises(Refusal):
        guardians.guardian_consents(house, links[0])
    assert says(house, guardian).guardian
    identity.merge(house, other, guardian, Actor.STAFF)
    assert says(house, other).quarantined
    assert guardians.ERASURE in tasks(other)
    agrees(house, child, other)


def test_third_persons_stay_unverified_until_they_speak(house: House) -> None:
    """Whom somebody else speaks of gets no marketing and a notice; who was there before stays as they were."""
    speaker = subjects_for(house, [EMAIL])[0]
    spouse = guardians.assert_person(house, speaker, [("email", "spouse@example.com"), PHONE], Actor.PERSON)
    assert says(house, spouse).third_person
    assert find_subjects(house, [PHONE]) == [spouse]
    assert show(house, spouse).asserted_by == speaker
    assert tasks(spouse) == {guardians.THIRD_PERSON: None}
    assert guardians.verify_person(house, spouse)
    assert not guardians.verify_person(house, spouse)
    assert not says(house, spouse).third_person
    assert all(held.verified for held in show(house, spouse).identifiers)
    assert tasks(spouse) == {}
    assert guardians.assert_person(house, spouse, [EMAIL], Actor.PERSON) == speaker
    assert not says(house, speaker).third_person
    child = guardians.assert_person(house, speaker, [("account", "kid")], Actor.PERSON, date(2018, 1, 1))
    assert set(tasks(child)) == {guardians.THIRD_PERSON, guardians.ERASURE}
    with pytest.raises(Invalid):
        guardians.assert_person(house, speaker, [EMAIL], Actor.PERSON)
    assert guardians.notice_given(house, [child]) == 1
    agrees(house, speaker, spouse, child)


# ---------------------------------------------------------------------------------------------------------- forgotten


def test_forgetting_says_what_goes_and_what_stays(house: House) -> None:
    """Keys, identifiers, indices, standing, joins and tasks go; events, evidence and what the person was told of stay."""
    one, other, browser = subjects_for(house, [EMAIL, PHONE, COOKIE])
    consent(house, one, JOIN)
    guardians.record_age(house, other, date(2018, 1, 1), Actor.PERSON)
    identity.join(house, browser, one, JOIN, Actor.BROWSER)
    identity.merge(house, one, other, Actor.STAFF)
    events = connection().execute("SELECT count(*) FROM event").fetchone()
    found = forget(house, one, Actor.STAFF, told=[Suppressed.CONTACT])
    assert set(found.people) == {one, other, browser}
    assert (found.level, found.suppressed) == (Level.LOGICAL, 3)
    assert found.evidence_until is not None
    assert found.evidence_until.date() == date(2031, 12, 1)
    assert find_subjects(house, [EMAIL, PHONE, COOKIE]) == [None, None, None]
    assert vault.read_keys(found.people, KeyKind.CONTENT) == {}
    assert len(vault.read_keys(found.people, KeyKind.EVIDENCE)) == 3
    lines = destruction.read_destroyed(destroyed_file(house.runtime.settings))
    assert {line.subject for line in lines} == set(found.people)
    counted = connection().execute(
        "SELECT (SELECT count(*) FROM standing), (SELECT count(*) FROM identifier), (SELECT count(*) FROM link WHERE undone IS NULL)"
    ).fetchone()
    assert counted == (0, 0, 0)
    assert set(tasks(one)) == set(tasks(other)) == {forgetting.EVIDENCE_END}
    assert forgetting.suppressed(house, Suppressed.CONTACT, [EMAIL, PHONE, ("email", "x@example.com")]) == [True, True, False]
    assert forgetting.suppressed(house, Suppressed.IMPORT, [EMAIL]) == [False]
    assert history_of(house, one)[-1].kind is Kind.PERSON_FORGOTTEN
    assert connection().execute("SELECT count(*) FROM event").fetchone() > events  # type: ignore[operator]
    again = forget(house, one, Actor.STAFF)
    assert (again.level, again.event, again.evidence_until) == (Level.LOGICAL, None, found.evidence_until)
    assert connection().execute("SELECT count(*) FROM standing").fetchone() == (0,)
    assert show(house, one).identifiers == ()
    for subject in found.people:
        assert people.subjects([subject])[subject].state == FORGOTTEN
        with pytest.raises(JanjiError):
            add_identifier(house, subject, *EMAIL, Actor.STAFF)
        with pytest.raises(Refusal):
            record(house, [Entry(subject=subject, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": ADS})])
    assert connection().execute("SELECT count(*) FROM standing").fetchone() == (0,)
    assert subjects_for(house, [EMAIL])[0] not in found.people


def test_evidence_ends_with_its_own_period(house: House) -> None:
    """The evidence key goes when its period is over, and is recorded; suppressions end with theirs."""
    one = subjects_for(house, [EMAIL])[0]
    consent(house, one)
    forget(house, one, told=[Suppressed.IMPORT], keep_evidence=Period(months=1), keep_suppressed=Period(days=10))
    Clock.moved = timedelta(days=30)
    swept = forgetting.sweep(house)
    assert (swept.evidence, swept.expired, swept.rewritten, swept.recycled) == (0, 1, 1, 0)
    Clock.moved = timedelta(days=31)
    assert forgetting.sweep(house).evidence == 1
    assert vault.read_keys([one], KeyKind.EVIDENCE) == {}
    assert forgetting.sweep(house) == forgetting.Swept(0, 0, 0, 0, 0, 0)
    assert destruction.levels() == {Level.REWRITTEN: 2}
    assert tasks(one) == {}


def test_a_backup_revives_nobody(house: House) -> None:
    """Rows that come back after the file says they are gone are forgotten again at the next opening, and it is said."""
    one, other = subjects_for(house, [EMAIL, PHONE])
    consent(house, one)
    kept = {name: connection().execute(f"SELECT * FROM {name} WHERE subject = %s", [one]).fetchall()  # noqa: S608
            for name in ("subject_key", "identifier")}
    forget(house, one, told=[Suppressed.IMPORT])
    connection().execute("DELETE FROM destroyed_key")
    connection().execute("DELETE FROM suppression")
    connection().execute("UPDATE subject SET state = 'active'")
    for name, rows in kept.items():
        for row in rows:
            if row[2] != "evidence":
                marks = ", ".join(["%s"] * len(row))
                connection().execute(f"INSERT INTO {name} VALUES ({marks})", row)  # noqa: S608
    assert find_subjects(house, [EMAIL]) == [one]
    assert forgetting.finish_forgetting(house) == 1
    assert find_subjects(house, [EMAIL, PHONE]) == [None, other]
    assert forgetting.suppressed(house, Suppressed.IMPORT, [EMAIL]) == [True]
    assert vault.read_keys([one, other], KeyKind.CONTENT).keys() == {other}
    assert forgetting.finish_forgetting(house) == 0
    assert [event.kind for event in history_of(house, one)].count(Kind.PERSON_FORGOTTEN) == 2


def test_nothing_of_a_person_is_in_clear(house: House, tmp_path: Path) -> None:
    """No table and no file of the house holds an identifier that was recorded, through the whole life of a person."""
    canary = secrets.token_hex(8)
    named = [("email", f"{canary}@example.com"), ("account", canary), ("cookie", canary), ("device", canary)]
    one = subject_with(house, named[:2], Actor.STAFF)
    browser = subjects_for(house, named[2:3])[0]
    consent(house, one, JOIN)
    identity.join(house, browser, one, JOIN, Actor.BROWSER)
    asked(house, one)
    identity.reveal(house, one, "enquiry")
    forget(house, one, told=list(Suppressed))
    tables = connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (table,) in tables:
        for shape in (canary, canary.encode().hex()):
            found = connection().execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{shape}%"])  # noqa: S608
            assert found.fetchone() == (0,)
    assert not any(canary.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
