"""Clauses about where people turn to, made true by the doors through which requests come in: form, mail, complaint, staff, program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from tests.choosing import person, yes
from tests.choosing import say as consent
from tests.rights_house import Rights, hidden, rights_house, shown

from janji.delivery.mailbox import Arrived, Verdict
from janji.rights.requests import Intake, State
from janji.workflows.mail_intake import addresses, take_mail
from janji.workflows.messages import work
from janji.workflows.request_clock import watch
from janji.workflows.request_intake import offers
from janji.workflows.requests import Opening, open_request, queue, request_number, request_of

NUMBER, UNTIL = "Number of your request", "We answer until"


@pytest.fixture(scope="module")
def rights(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rights]:
    """A served house for all clauses: each has people of its own."""
    with rights_house(module_database_url, tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(autouse=True)
def later(rights: Rights) -> None:
    """What one clause did is some time ago for the next."""
    rights.clock.put_on(minutes=5)


def write(rights: Rights, sender: str, text: str) -> Verdict:
    """Somebody writes to the address of the policy."""
    return take_mail(rights.house, Arrived(sender, "A complaint", text, f"{sender}/{rights.clock.at}"))


def test_clause_3_1_1_c_on_record(rights: Rights) -> None:
    """A rights request hidden in a complaint is recognised and offered; taken up, it runs on the clock of the complaint."""
    came = rights.clock.at
    (offer,) = offers(rights.house, "Teknisi tidak datang dua kali. Saya kecewa, hapus saja semua data saya.")
    assert (offer.right, offer.found.sure) == ("deletion", True)
    rights.clock.put_on(hours=30)
    parts = urlsplit(offer.link)
    page = rights.get(f"{parts.path}?{parts.query}")
    facts = rights.file("deletion", "ani@example.org", offer=hidden(page.text)["offer"])
    taken = request_of(request_number(facts[NUMBER]))
    assert (taken.intake, taken.opened) == (Intake.COMPLAINT, came)
    assert offers(rights.house, "Teknisi tidak datang dua kali.") == ()
    assert write(rights, "budi@example.org", "My TV is broken again. And who did you share my phone number with?") is Verdict.TAKEN
    (mailed,) = [one for one in queue() if one.intake is Intake.EMAIL]
    assert (mailed.right, mailed.opened) == ("access", rights.clock.at)


def test_clause_10_1_on_record(rights: Rights) -> None:
    """Form, mail, complaint, telephone, paper and program: all stand in one queue with the instant at which they came."""
    before = {one.id for one in queue(500)}
    at = rights.clock.at
    rights.file("access", "citra@example.org")
    write(rights, "dewi@example.org", "Please delete my data.")
    (offer,) = offers(rights.house, "berhenti kirim sms promo")
    rights.file(offer.right, "eko@example.org", offer=urlsplit(offer.link).query.removeprefix("offer="))
    for intake in (Intake.PHONE, Intake.PAPER):
        open_request(rights.house, Opening(right="restriction", intake=intake))
    with rights.live.client(rights.live.key(["requests:write"])) as client:
        assert client.post("/v1/requests", json={"right": "deletion"}).status_code == 201
    found = [one for one in queue(500) if one.id not in before]
    assert {one.intake for one in found} == set(Intake)
    assert {one.opened for one in found} == {at}
    assert [one.due for one in found] == sorted(one.due for one in found)


def test_clause_10_1_contact_on_record(rights: Rights) -> None:
    """The form names how else we are reached, as the policy does; mail is taken for the address that ours comes from."""
    controller = rights.house.policy_in_force.policy.controller
    page = rights.get("/rights").text
    assert str(controller.phone) in page
    assert str(controller.address).partition(",")[0] in page
    assert addresses(rights.house) == {"privacy@example.net"}


def test_clause_10_1_deadline_on_record(rights: Rights) -> None:
    """The stricter of law and promise, by day and hour, told at once; unproved or not, it does not move by an hour."""
    for right, within in (("access", timedelta(hours=72)), ("deletion", timedelta(days=30))):
        at = rights.clock.at
        facts = rights.file(right, f"{right}@example.org")
        made = request_of(request_number(facts[NUMBER]))
        assert made.due == at + within
        assert facts[UNTIL].endswith("WIB")
        work(rights.house)
        rights.clock.put_on(hours=50)
        watch(rights.house)
        later = request_of(made.id)
        assert (later.state, later.opened, later.due) == (State.UNVERIFIED, made.opened, made.due)
    seen = rights.post("/rights/status", number=facts[NUMBER], page=facts["Code of its page"])
    assert shown(seen.text)[UNTIL] == facts[UNTIL]


def test_clause_10_2_page(rights: Rights) -> None:
    """Before a withdrawal is confirmed the page says which services stop; whoever only looks has stopped nothing."""
    subject = person(rights.house, "gita@example.org")
    consent(rights.house, subject, yes(rights.house, "newsletters", "email"))
    with rights.live.client(rights.live.key(["requests:write"])) as client:
        url = client.post("/v1/act-links", json={"subject": f"sub_{subject}", "act": "withdraw", "purpose": "newsletters"}).json()["url"]
    page = rights.get(urlsplit(url).path).text
    title = rights.house.policy_in_force.policy.purposes["newsletters"].title.get("en")
    assert title in page
    assert "Nothing has changed yet" in page
    assert "This is done" in rights.post(urlsplit(url).path, go="yes").text


def test_clause_10_2_complaint_page(rights: Rights) -> None:
    """The form and the page of a request name the authority of the law pack, with how it is reached, in both languages."""
    for language in ("en", "id"):
        for path in ("/rights", "/rights/status"):
            page = rights.get(f"{path}?language={language}").text
            for authority in rights.house.policy_in_force.law.authorities.values():
                assert authority.title.get(language) in page
                assert authority.contact is not None
                assert authority.contact.get(language).partition(",")[0][:30] in page
