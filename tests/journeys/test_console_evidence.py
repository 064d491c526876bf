"""Evidence of consent at the console: found by number, person, purpose and day; the very text; the proof verified live."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

import pytest
from tests.choosing import no, person, say, yes
from tests.desk import Person, at_desk
from tests.rights_house import Rights

from janji.staff.roles import Role
from janji.store.database import run
from janji.workflows import consent_events, receipts
from janji.workflows.ledger import cover
from janji.workflows.receipts import event_of_receipt, receipt_number, receipt_of
from janji.workflows.recording import history_of

ADDRESS = "kanaria@contoh.example"


@dataclass(frozen=True)
class Said:
    """The house, served, who spoke, and the events of what they said: a yes, a no a day later, a yes of somebody else."""

    rights: Rights
    subject: UUID
    given: UUID
    taken: UUID
    other: UUID


@pytest.fixture(scope="module")
def said(rights: Rights) -> Said:
    """Two people, three choices on two days, all of them numbered."""
    house = rights.house
    subject, other = person(house, ADDRESS), person(house, "lain@contoh.example")
    given = say(house, subject, yes(house, "newsletters", "email")).recorded
    rights.clock.put_on(days=1)
    taken = say(house, subject, no("newsletters", "email")).recorded
    third = say(house, other, yes(house, "marketing-offers", "email")).recorded
    cover(house)
    assert given is not None
    assert taken is not None
    assert third is not None
    return Said(rights, subject, given.id, taken.id, third.id)


@pytest.fixture
def auditor(said: Said) -> Iterator[Person]:
    """An auditor, who sees nobody's data."""
    with at_desk(said.rights.live, Role.AUDITOR) as found:
        yield found


def listed(text: str) -> list[UUID]:
    """The records of a page of the list, in its order."""
    return [UUID(id) for id in re.findall(r'scope="row"><a href="/console/evidence/([0-9a-f-]{36})', text)]


def test_a_number_leads_to_its_record(said: Said, auditor: Person) -> None:
    """By the number on the receipt, or that of the event; any other number, and what is none, is told."""
    number = receipt_of(said.rights.house, said.subject, said.given)["dct:identifier"]
    assert UUID(number) != said.given
    for text in (number, f" urn:uuid:{number}", str(said.given)):
        answer = auditor.get("/evidence", number=text)
        assert answer.status_code == 303, answer.text
        assert str(said.given) in answer.headers["Location"]
    assert auditor.get("/evidence", number=str(uuid4())).status_code == 422
    wrong = auditor.get("/evidence", number='x"><b>')
    assert wrong.status_code == 422
    assert "<b>" not in wrong.text
    age = next(UUID(event.id) for event in history_of(said.rights.house, said.subject) if str(event.kind) == "age.recorded")
    assert auditor.get("/evidence", number=str(age)).status_code == 422
    assert auditor.get(f"/evidence/{age}").status_code == 404


def test_numbers_of_receipts_lead_back_and_tell_nothing(said: Said) -> None:
    """Each event has one number and back again, of every version of id; no two are alike, and the time in the id is gone."""
    ids = [*(said.rights.house.runtime.new_id() for _ in range(50)), uuid4(), uuid5(uuid4(), "x")]
    numbers = [receipt_number(said.rights.house, id) for id in ids]
    assert [event_of_receipt(said.rights.house, number) for number in numbers] == ids
    assert len(set(numbers)) == len(ids)
    assert [number.version for number in numbers] == [id.version for id in ids]
    assert len({number.int >> 96 for number in numbers}) > len(ids) - 3


def test_by_purpose_day_and_person(said: Said, auditor: Person) -> None:
    """Each word narrows what is listed, the newest first; days are those of Jakarta; nothing found is told as such."""
    assert listed(auditor.get("/evidence").text) == [said.other, said.taken, said.given]
    assert listed(auditor.get("/evidence", purpose="newsletters").text) == [said.taken, said.given]
    assert listed(auditor.get("/evidence", until="2026-12-01").text) == [said.given]
    assert listed(auditor.get("/evidence", since="2026-12-02").text) == [said.other, said.taken]
    assert listed(auditor.get("/evidence", since="2026-12-02", until="2026-12-02", purpose="newsletters").text) == [said.taken]
    pseudonym = history_of(said.rights.house, said.subject)[0].subject or ""
    assert listed(auditor.get("/evidence", person=pseudonym).text) == [said.taken, said.given]
    assert listed(auditor.get("/evidence", person=pseudonym, until="2026-12-01").text) == [said.given]
    assert listed(auditor.get("/evidence", person=pseudonym, purpose="newsletters").text) == [said.taken, said.given]
    assert listed(auditor.get("/evidence", person=pseudonym, purpose="marketing-offers").text) == []
    assert "No choice is on record for this" in auditor.get("/evidence", since="2030-01-01").text
    for wrong in ({"since": "x"}, {"until": "2026-02-30"}, {"purpose": "none"}, {"person": "ani@contoh.example"}, {"person": f"sub_{said.subject}"}):
        assert auditor.get("/evidence", **wrong).status_code == 422, wrong
    with at_desk(said.rights.live) as officer:
        assert listed(officer.get("/evidence", person=f"sub_{said.subject}").text) == [said.taken, said.given]


def test_all_records_of_one_person_are_taken_along(said: Said, auditor: Person) -> None:
    """Under their pseudonym, each with its proof, nobody else's among them; a number of a person only for who sees people."""
    pseudonym = history_of(said.rights.house, said.subject)[0].subject or ""
    assert "/console/evidence/export" in auditor.get("/evidence", person=pseudonym).text
    taken = auditor.get("/evidence/export", person=pseudonym)
    assert [one["dct:identifier"] for one in json.loads(taken.content)["items"]] == [str(said.given), str(said.taken)]
    assert ADDRESS not in taken.text
    for wrong in ("", "x", "0" * 32, f"sub_{said.subject}"):
        assert auditor.get("/evidence/export", person=wrong).status_code == (404 if wrong == "0" * 32 else 422), wrong


def test_pages_follow_one_another(said: Said, auditor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second page goes on where the first ended, and a long stretch without a find says so and goes on."""
    from janji.web.console import evidence

    monkeypatch.setattr(evidence, "PAGE", 1)
    seen: list[UUID] = []
    query: dict[str, str] = {}
    for _ in range(4):
        page = auditor.get("/evidence", **query)
        seen += listed(page.text)
        below = re.search(r'below=(\d+)[^"]*" rel="next"', page.text)
        if below is None:
            break
        query = {"below": below[1]}
    assert seen == [said.other, said.taken, said.given]
    monkeypatch.setattr(consent_events, "STRETCH", 1)
    monkeypatch.setattr(consent_events, "STRETCHES", 1)
    page = auditor.get("/evidence", purpose="newsletters", until="2026-12-01", below="1")
    assert "Go on looking" in auditor.get("/evidence", purpose="social-sign-in").text
    assert page.status_code == 200
    assert auditor.get("/evidence", below="-1").status_code == 200


def test_the_very_text_and_the_proof(said: Said, auditor: Person) -> None:
    """The text that was shown is there in its language, its digest is the one in the record, and the proof holds; nobody's data is on it."""
    page = auditor.get(f"/evidence/{said.given}").text
    assert "This is the very text" in page
    assert ", Bahasa Indonesia ·" in page
    notice = said.rights.house.policy_in_force.policy.notices[said.rights.house.policy_in_force.policy.purposes["newsletters"].notice or ""]
    assert notice.title.get("id") in page
    assert "The proof holds" in page
    assert ADDRESS not in page
    assert str(said.subject) not in page
    assert "nothing is shown for a no" in auditor.get(f"/evidence/{said.taken}").text
    receipt = auditor.get(f"/evidence/{said.given}/receipt")
    held = json.loads(receipt.content)
    assert held["dct:hasPart"][0]["dct:identifier"] == str(said.given)
    assert ADDRESS not in receipt.text
    with at_desk(said.rights.live) as officer:
        assert f"sub_{said.subject}" in officer.get(f"/evidence/{said.given}").text


def test_another_text_is_told_as_another(said: Said, auditor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the text that is known has another digest than the record, it is not passed off as what was shown."""
    monkeypatch.setattr(receipts, "digest", lambda _: "0" * 64)
    page = auditor.get(f"/evidence/{said.given}").text
    assert "Do not rely on it" in page
    assert "This is the very text" not in page


def test_a_record_that_was_changed_is_not_shown(said: Said, auditor: Person) -> None:
    """A record that is not what the signed tree holds is told as that, and nothing of it is shown."""
    body = "UPDATE event SET body = replace(convert_from(body, 'UTF8'), %s, %s)::bytea WHERE id = %s"
    event = next(one for one in history_of(said.rights.house, said.subject) if one.id == str(said.given))
    digest = str(event.details["notice_digest"])
    run(body, digest, digest[::-1], said.given)
    try:
        page = auditor.get(f"/evidence/{said.given}")
        assert page.status_code == 500
        assert "is not what the signed tree holds" in page.text
        assert "This is the very text" not in page.text
    finally:
        run(body, digest[::-1], digest, said.given)


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.OWNER])
def test_without_the_duty_nothing_opens(said: Said, role: Role) -> None:
    """Neither the search nor a record."""
    with at_desk(said.rights.live, role) as found:
        for path in ("/evidence", f"/evidence/{said.given}", f"/evidence/{said.given}/receipt"):
            assert found.get(path).status_code == 403
