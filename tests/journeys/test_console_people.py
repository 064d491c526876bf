"""People at the console: found with a reason, masked until a recorded look, what may be done, and what staff do for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.choosing import no, person, say, yes
from tests.desk import Person, at_desk
from tests.rights_house import Rights

from janji.ledger.events import Actor, Event, Kind
from janji.people.guardians import Relation
from janji.staff.roles import Role
from janji.workflows.guardians import guardian_consents, name_guardian, standing_of
from janji.workflows.house import House
from janji.workflows.people import add_identifier, subjects_for
from janji.workflows.recording import history_of

ADDRESS, PHONE, OTHER, CHILD, PARENT = "kanaria@contoh.example", "+6281234567890", "kembar@contoh.example", "anak@contoh.example", "ibu@contoh.example"
SECRETS = (ADDRESS, PHONE, OTHER, CHILD, PARENT)


@dataclass(frozen=True)
class Folk:
    """The house served, and who is in it."""

    rights: Rights
    ani: UUID
    twin: UUID
    child: UUID
    parent: UUID

    @property
    def house(self) -> House:
        """The house."""
        return self.rights.house


@pytest.fixture(scope="module")
def folk(rights: Rights) -> Folk:
    """A house with somebody who agreed to newsletters, somebody who said no, and a child with a mother."""
    house = rights.house
    ani, twin, child, parent = person(house, ADDRESS), person(house, OTHER), person(house, CHILD, "child"), person(house, PARENT)
    add_identifier(house, ani, "phone", PHONE, Actor.STAFF)
    say(house, ani, yes(house, "newsletters", "email"))
    say(house, twin, yes(house, "newsletters", "email"))
    say(house, twin, no("newsletters"))
    return Folk(rights, ani, twin, child, parent)


@pytest.fixture
def officer(folk: Folk) -> Iterator[Person]:
    """An officer, signed in."""
    with at_desk(folk.rights.live) as found:
        yield found


def looks(folk: Folk, subject: UUID) -> list[Event]:
    """The looks at somebody that are on record."""
    return [event for event in history_of(folk.house, subject) if event.kind is Kind.PERSON_SEEN]


def masked(text: str) -> bool:
    """Whether a page tells nobody's data."""
    return not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(("kind", "value"), [("email", " Kanaria@Contoh.example "), ("phone", "0812-3456-7890"), ("number", "sub_")])
def test_found_by_any_identifier_with_a_reason(folk: Folk, officer: Person, kind: str, value: str) -> None:
    """Exact, however it is written; the look is recorded with its reason, and the address of the page says nothing of the person."""
    before = len(looks(folk, folk.ani))
    text = f"sub_{folk.ani}" if kind == "number" else value
    assert officer.send("/people", kind=kind, value=text).status_code == 422
    assert len(looks(folk, folk.ani)) == before
    answer = officer.send("/people", kind=kind, value=text, reason="help")
    assert answer.url.path == f"/console/people/{folk.ani}"
    assert masked(answer.text)
    assert masked(str(answer.url))
    assert [event.details["reason"] for event in looks(folk, folk.ani)][before:] == ["help"]


def test_nobody_is_told_plainly(officer: Person) -> None:
    """Whom nobody knows is told as such; what is no identifier is told beside the field, with what was typed."""
    answer = officer.send("/people", kind="email", value="nobody@contoh.example", reason="help")
    assert answer.status_code == 200
    assert "Nobody is known by this" in answer.text
    wrong = officer.send("/people", kind="email", value="no address", reason="help")
    assert wrong.status_code == 422
    assert 'value="no address"' in wrong.text
    assert "aria-invalid" in wrong.text
    assert officer.send("/people", kind="number", value=f"sub_{UUID(int=7)}", reason="help").status_code == 200
    assert officer.send("/people", kind="number", value="sub_1", reason="help").status_code == 422
    assert officer.send("/people", kind="kitten", value="x", reason="help").status_code == 422
    assert officer.send("/people", kind="email", value="<script>" + "x" * 9000, reason="help").status_code == 422


def test_in_clear_only_after_a_recorded_look(folk: Folk, officer: Person) -> None:
    """Identifiers are masked; with a reason they are shown, and the look is on the track record."""
    page = officer.get(f"/people/{folk.ani}")
    assert page.status_code == 200
    assert masked(page.text)
    before = len(looks(folk, folk.ani))
    assert masked(officer.send(f"/people/{folk.ani}/clear", page=f"/people/{folk.ani}", reason="curiosity").text)
    assert len(looks(folk, folk.ani)) == before
    clear = officer.send(f"/people/{folk.ani}/clear", page=f"/people/{folk.ani}", reason="complaint")
    assert ADDRESS in clear.text
    assert PHONE in clear.text
    assert len(looks(folk, folk.ani)) == before + 1
    record = officer.get(f"/people/{folk.ani}/record").text
    assert "looked at by staff" in record
    assert "language Indonesian" in record
    assert masked(officer.get(f"/people/{folk.ani}/clear").text)


def test_every_tab_is_masked_and_whole(folk: Folk, officer: Person) -> None:
    """Each part of each person is a page, and none tells an address."""
    for subject in (folk.ani, folk.twin, folk.child, folk.parent):
        for part in ("", "/uses", "/guardians", "/record"):
            page = officer.get(f"/people/{subject}{part}")
            assert page.status_code == 200, page.text
            assert masked(page.text)
    assert officer.get(f"/people/{UUID(int=9)}").status_code == 404
    for number in ("9" * 5_000, "-1", "x", "0"):
        assert officer.get(f"/people/{folk.ani}/record", page=number).status_code == 200, number[:9]
    assert "may go on" in officer.get(f"/people/{folk.ani}/uses").text


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.OWNER, Role.AUDITOR])
def test_who_may_not_see_people_sees_nobody(folk: Folk, role: Role) -> None:
    """Without the duty no page of people opens, whatever is sent."""
    with at_desk(folk.rights.live, role) as found:
        for path in ("/people", f"/people/{folk.ani}", f"/people/{folk.ani}/uses", f"/people/{folk.ani}/record"):
            answer = found.get(path)
            assert answer.status_code == 403
            assert masked(answer.text)


def test_a_no_by_phone_counts_at_once(folk: Folk, officer: Person) -> None:
    """What it stops is shown, nothing is done by looking, how it was said must be told, and it is recorded with who took it down."""
    subject = person(folk.house, "telepon@contoh.example")
    say(folk.house, subject, yes(folk.house, "newsletters", "email"))
    say(folk.house, subject, yes(folk.house, "newsletters", "sms"))
    where = f"/people/{subject}/stop"
    shown = officer.get(where, purpose="newsletters", channel="email")
    assert shown.text.count("This stops") == 1
    assert not [event for event in history_of(folk.house, subject) if event.kind is Kind.CONSENT_WITHDRAWN]
    assert officer.send(where, purpose="newsletters", channel="email").status_code == 422
    answer = officer.send(where, purpose="newsletters", channel="email", how="spoken-recorded", who="person")
    assert "counts from now on" in answer.text
    (said,) = [event for event in history_of(folk.house, subject) if event.kind is Kind.CONSENT_WITHDRAWN]
    assert said.details["method"] == "spoken-recorded"
    assert said.details["staff"]
    assert "It had stopped before" in officer.send(where, purpose="newsletters", channel="email", how="spoken-recorded", who="person").text
    everything = officer.send(where, purpose="", channel="", how="signed-form", who="person")
    assert "counts from now on" in everything.text
    assert officer.get(where, purpose="<b>").status_code == 422


@pytest.mark.parametrize(("act", "undo", "mark"), [("restrict", "unrestrict", "restricted"), ("delay", "undelay", "delayed"), ("quarantine", "release", "quarantined")])
def test_set_and_lifted(folk: Folk, officer: Person, act: str, undo: str, mark: str) -> None:
    """Restriction, delay and quarantine are shown first, set once, and lifted again."""
    where = f"/people/{folk.ani}/do"
    assert "This goes on now, and stops" in officer.get(where, act=act).text
    assert "not for your role" not in officer.send(where, page=f"{where}?act={act}", act=act).text
    assert getattr(standing_of(folk.house, folk.ani), mark)
    count = len(history_of(folk.house, folk.ani))
    assert "stood so already" in officer.send(where, page=f"{where}?act={act}", act=act).text
    assert len(history_of(folk.house, folk.ani)) == count
    officer.send(where, page=f"{where}?act={undo}", act=undo)
    assert not getattr(standing_of(folk.house, folk.ani), mark)


def test_one_purpose_is_restricted(folk: Folk, officer: Person) -> None:
    """A restriction of one purpose leaves the others alone."""
    where = f"/people/{folk.ani}/do"
    officer.send(where, page=f"{where}?act=restrict&purpose=newsletters", act="restrict", purpose="newsletters")
    assert standing_of(folk.house, folk.ani).restricted_purposes == ("newsletters",)
    officer.send(where, page=f"{where}?act=unrestrict&purpose=newsletters", act="unrestrict", purpose="newsletters")
    assert not standing_of(folk.house, folk.ani).restricted_purposes
    assert officer.get(where, act="restrict", purpose="none").status_code == 422
    assert officer.get(where, act="explode").status_code == 422


def test_age_and_form(folk: Folk, officer: Person) -> None:
    """A day that is none is told beside the field; a child is quarantined; the form of communication is shown in clear alone."""
    subject = person(folk.house, "usia@contoh.example")
    where = f"/people/{subject}/do"
    for born in ("", "2011-02-30", "tomorrow", "2999-01-01"):
        assert officer.send(where, page=f"{where}?act=age", act="age", born=born).status_code == 422
    officer.send(where, page=f"{where}?act=age", act="age", born="2020-05-05")
    assert standing_of(folk.house, subject).quarantined
    assert "stays in quarantine" in officer.send(where, page=f"{where}?act=release", act="release").text
    assert officer.send(where, page=f"{where}?act=form", act="form", form="shouting").status_code == 422
    officer.send(where, page=f"{where}?act=form", act="form", form="braille")
    assert "Braille" not in officer.get(f"/people/{subject}").text
    assert "Braille" in officer.send(f"/people/{subject}/clear", page=f"/people/{subject}", reason="help").text


def test_merged_as_shown_and_taken_back(folk: Folk, officer: Person) -> None:
    """What a merge comes to is shown without making it; then it is made, and taken back."""
    where = f"/people/{folk.ani}/merge"
    assert officer.send(where, kind="email", value=OTHER).status_code == 422
    assert "nobody is known" in officer.send(where, kind="email", value="wer@contoh.example", reason="help").text.lower()
    assert officer.send(where, kind="email", value=ADDRESS, reason="help").status_code == 422
    before = len(history_of(folk.house, folk.ani))
    shown = officer.send(where, kind="email", value=OTHER, reason="request")
    assert "These stop, because one of them said no" in shown.text
    assert masked(shown.text)
    assert len(history_of(folk.house, folk.ani)) == before
    answer = officer.send(where, other=str(folk.twin))
    assert "one person now" in answer.text
    assert officer.get(f"/people/{folk.twin}").text.count(str(folk.ani)) > 0
    (event,) = re.findall(r"split\?merged=([0-9a-f-]+)", answer.text)
    assert "Take a merge back?" in officer.get(f"/people/{folk.ani}/split", merged=event).text
    again = officer.send(f"/people/{folk.ani}/split", page=f"/people/{folk.ani}/split?merged={event}", merged=event)
    assert "both are there again" in again.text
    assert officer.get(f"/people/{folk.ani}/split", merged=event).status_code == 404
    assert officer.send(f"/people/{folk.ani}/merge", other="none").status_code == 422


def test_a_guardian_is_named_verified_and_revoked(folk: Folk, officer: Person) -> None:
    """Named by an address, verified only by papers that show the bond, consenting, ended; each says what it did."""
    root = f"/people/{folk.child}/guardians"
    assert officer.send(f"{root}/name", relation="parent", kind="email", value="baru@contoh.example").status_code == 422
    answers = [officer.send(f"{root}/name", relation="", kind="email", value=value).text for value in ("baru@contoh.example", PARENT)]
    assert "nobody is known by this" not in answers[0].lower(), "whether somebody is known is told to whoever names them"
    named = officer.send(f"{root}/name", relation="parent", kind="email", value=PARENT)
    assert "Nothing is allowed by that yet" in named.text
    (link,) = re.findall(r"guardians/([0-9a-f-]{36})\?act=verify", named.text)
    where = f"{root}/{link}"
    for proofs in (["declaration"], ["identity"], ["identity", "declaration"], []):
        wrong = officer.send(where, page=f"{where}?act=verify", act="verify", proofs=proofs, reference="cabinet 7")
        assert wrong.status_code == 422, proofs
        assert "cabinet 7" in wrong.text
    assert officer.send(where, page=f"{where}?act=verify", act="verify", proofs=["identity", "family-card"]).status_code == 422
    assert "guardian is verified" in officer.send(where, page=f"{where}?act=verify", act="verify", proofs=["identity", "family-card"], reference="cabinet 7").text
    officer.send(where, page=f"{where}?act=consent", act="consent")
    assert standing_of(folk.house, folk.child).guardian
    officer.send(where, page=f"{where}?act=revoke", act="revoke")
    assert standing_of(folk.house, folk.child).quarantined
    assert officer.send(where, page=f"{where}?act=revoke", act="revoke").status_code in (409, 422)


def test_a_foreign_link_is_nobodys(folk: Folk, officer: Person) -> None:
    """A link of another ward, a join of somebody else and a guessed number do nothing."""
    ward, guardian = person(folk.house, "w@contoh.example", "child"), person(folk.house, "g@contoh.example")
    link = name_guardian(folk.house, ward, guardian, Relation.PARENT, Actor.STAFF)
    assert officer.get(f"/people/{folk.ani}/guardians/{link}", act="revoke").status_code == 404
    assert officer.send(f"/people/{folk.ani}/unjoin", join=str(link)).status_code == 422
    with pytest.raises(Exception, match="cannot consent"):
        guardian_consents(folk.house, link)


def test_one_cookie_joined_and_given_back(folk: Folk, officer: Person) -> None:
    """A cookie that stands for somebody is shown, and given back on a press."""
    from janji.workflows.identity import join

    subject = person(folk.house, "kue@contoh.example")
    (source,) = subjects_for(folk.house, [("cookie", "abcdef0123456789")])
    policy = folk.house.policy_in_force.policy
    purpose = next((str(one.id) for one in policy.purposes.values() if "combination" in one.traits and one.basis != "consent"), None)
    if purpose is None:
        purpose = next(str(one.id) for one in policy.purposes.values() if "combination" in one.traits)
        say(folk.house, subject, yes(folk.house, purpose, next(iter(policy.purposes[purpose].channels), None)))
    made = join(folk.house, source, subject, purpose, Actor.STAFF)
    assert f"join={made.id}" in officer.get(f"/people/{subject}").text
    where = f"/people/{subject}/unjoin"
    assert "undone" in officer.send(where, page=f"{where}?join={made.id}", join=str(made.id)).text
