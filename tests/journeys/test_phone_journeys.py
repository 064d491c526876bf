"""Somebody with a telephone and nothing else: every right, from the form, a program or the counter to the answer in their hand."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.desk import at_desk
from tests.phone_house import Phones, Somebody, phone_house, signed
from tests.receiver import status
from tests.rights_house import hidden

from janji.ledger.events import Actor
from janji.messaging.kinds import RESULTS, MessageKind
from janji.people.guardians import Proof as Paper
from janji.people.guardians import Relation
from janji.rights.requests import Intake, Outcome, Proof, State
from janji.store.server import ServerHandle
from janji.workflows import guardians, messages
from janji.workflows.request_on_behalf import TakenDown, take_down
from janji.workflows.requests import approve, refuse, request_number, rights, verify

COPIES = ("access", "portability")
RIGHTS = {
    "information": Outcome.DONE, "transfer-questions": Outcome.DONE, "access": Outcome.DONE, "correction": Outcome.DONE, "portability": Outcome.DONE,
    "transfer": Outcome.DONE, "end": Outcome.DONE, "deletion": Outcome.DONE, "destruction": Outcome.DONE, "withdrawal": Outcome.NOTHING_HELD,
    "automated-objection": Outcome.DONE, "delay": Outcome.DONE, "restriction": Outcome.DONE, "claim": Outcome.DONE, "objection": Outcome.DONE,
}  # fmt: skip
"""Every right that is about oneself, and what comes of it here."""


@pytest.fixture(scope="module")
def phones(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phones]:
    """The house of this module: each test has people of its own."""
    with phone_house(server, module_database_url, tmp_path_factory.mktemp("house")) as found:
        yield found


def said(phones: Phones, right: str, who: Somebody) -> dict[str, Any]:
    """What a right needs beside its name."""
    if right == "correction":
        return {"correct": [{"data": "name", "was": who.name, "becomes": "Siti Rahayu"}]}
    return {"endpoint": phones.other.url} if right == "transfer" else {}


def api(phones: Phones, path: str, status: int = 200, **held: Any) -> httpx.Response:
    """What the API answers a program of the company."""
    with phones.live.client(phones.live.key()) as client:
        answer = client.post(f"/v1{path}", json=held)
    assert answer.status_code == status, answer.text
    return answer


def filed(phones: Phones, right: str, who: Somebody, intake: str) -> UUID:
    """A request as it comes in by one of the doors."""
    more = said(phones, right, who)
    if intake == "form":
        fields = {"data": "name", "was": who.name, "becomes": "Siti Rahayu"} if right == "correction" else {}
        return phones.file(right, who, **fields)
    if intake == "api":
        return request_number(api(phones, "/requests", 201, right=right, contact={"kind": "phone", "value": who.phone}, said=more, language="en").json()["id"])
    told = TakenDown(right=right, intake=Intake.PHONE, who=("phone", who.phone), contact=("phone", who.phone), more=more, language="en", seen=True)
    return take_down(phones.house, told, "Sari").id


def show(phones: Phones, id: UUID, who: Somebody, *, link: bool = False) -> None:
    """Show by the code, or by the link beside it, that the telephone is theirs; then what only they know, where that is asked."""
    phones.work()
    page = phones.post(phones.link(who), go="yes") if link else phones.post("/rights/code", number=f"req_{id}", code=phones.code(who), go="code")
    assert page.status_code == 200, page.text
    if phones.now(id).state is State.UNVERIFIED:
        page = phones.post("/rights/answers", **{**hidden(page.text), **who.answers})
        assert page.status_code == 200, page.text
    assert phones.now(id).state is not State.UNVERIFIED


def agree(phones: Phones, id: UUID) -> None:
    """Let the work go on, and officers agree where the policy asks for it."""
    phones.work()
    while phones.now(id).state is State.APPROVAL:
        approve(phones.house, id, f"Dewi {len(phones.now(id).approvals)}")
    phones.work()


def assert_short(phones: Phones, who: Somebody) -> None:
    """Every message that the telephone got is a sentence with a code or a link, and says nothing of the person."""
    for one in phones.texts(who):
        text = one.get("text") or " ".join(str(part["text"]) for part in one["template"]["parameters"])
        assert len(text) < 320, text
        for word in (who.name, who.normal, who.phone, who.normal[3:], "Melati", who.answers["postcode"], "lamp", "shop"):
            assert word not in text
        assert "\n" not in text


@pytest.mark.parametrize("intake", ["form", "api", "staff"])
@pytest.mark.parametrize("right", RIGHTS)
def test_every_right_ends_in_the_hand_of_who_asked(phones: Phones, right: str, intake: str) -> None:
    """Filed by each door, shown by the telephone, done, and told there; what may not go to one telephone alone is handed over by staff."""
    if (right, intake) == ("transfer", "form"):
        pytest.skip("the form takes an endpoint with TLS alone")
    who = phones.somebody(on_record=intake == "staff")
    id = filed(phones, right, who, intake)
    if rights(phones.house)[right].proof is not Proof.NONE and intake != "staff":
        show(phones, id, who, link=intake == "api")
    agree(phones, id)
    ended = phones.now(id)
    assert (ended.state, ended.outcome) == (State.ENDED, RIGHTS[right])
    assert_short(phones, who)
    sent = [row for row in messages.of_request(id) if row.kind in RESULTS]
    assert [(row.state, row.way in ("sms", "whatsapp")) for row in sent] == [("sent", True)]
    page = phones.get(phones.link(who))
    assert page.status_code == 200
    if right in COPIES:
        assert_fetched(phones, id, who)
    elif right != "transfer":
        assert "Done." in page.text or ended.outcome is Outcome.NOTHING_HELD
        assert "What we did" in page.text
        assert "komdigi.go.id" in page.text
    if right == "claim":
        pack = api(phones, f"/requests/req_{id}/pack", by="Sari").content
        assert "track.json" in zipfile.ZipFile(BytesIO(pack)).namelist()
    if right in ("deletion", "destruction"):
        assert [(row["name"] == who.name, row["born"], row["address"]) for row in phones.rows()["customers"] if row["id"] == who.number] == [(False, None, None)]
        assert [row["billed_to"] for row in phones.rows()["invoices"] if row["id"] == who.number] == [None]
    if right == "correction":
        assert [row["name"] for row in phones.rows()["customers"] if row["id"] == who.number] == ["Siti Rahayu"]
    if right == "transfer":
        assert zipfile.ZipFile(BytesIO(phones.other.got[-1].body)).testzip() is None


def assert_fetched(phones: Phones, id: UUID, who: Somebody) -> None:
    """The link came to the telephone; its code by word of mouth, for one telephone is one factor; it opens once, and holds the person's rows."""
    link = phones.link(who)
    assert phones.post(link, code="00000000").status_code == 422
    told = api(phones, f"/requests/req_{id}/deliver", by="Sari").json()
    found = re.search(r"(?<![\w-])(\d{4})[ -]?(\d{4})(?![\w-])", told["text"])
    assert found is not None, told["text"]
    assert told["request"]["state"] == "ended"
    opened = phones.post(link, code=found[0])
    assert opened.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(opened.content)) as archive:
        assert who.name in "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".json"))
    assert phones.post(link, code=found[0]).status_code == 410
    desk = api(phones, f"/requests/req_{id}/package", by="Sari")
    assert zipfile.ZipFile(BytesIO(desk.content)).testzip() is None


def test_a_guardian_with_a_telephone_asks_for_a_child(phones: Phones) -> None:
    """The code goes to the guardian's telephone, and so does the link to the copy of the child's data."""
    guardian, child = phones.somebody(), phones.somebody()
    guardians.record_age(phones.house, phones.subject(child), date(2017, 1, 2), Actor.STAFF)
    link = guardians.name_guardian(phones.house, phones.subject(child), phones.subject(guardian), Relation.PARENT, Actor.GUARDIAN)
    guardians.verify_guardian(phones.house, link, (Paper.IDENTITY, Paper.FAMILY_CARD), Actor.STAFF)
    id = phones.file("guardian-query", guardian, asker="guardian", about=child.phone)
    phones.work()
    page = phones.post("/rights/code", number=f"req_{id}", code=phones.code(guardian), go="code")
    phones.post("/rights/answers", **{**hidden(page.text), "postcode": child.answers["postcode"], "year": "2017"})
    if phones.now(id).state is State.UNVERIFIED:
        verify(phones.house, id, phones.subject(child), Proof.STAFF, "Sari")
    agree(phones, id)
    assert (phones.now(id).state, phones.now(id).outcome) == (State.ENDED, Outcome.DONE)
    assert phones.texts(child) == []
    assert_fetched(phones, id, guardian_of(guardian, child))


def guardian_of(guardian: Somebody, child: Somebody) -> Somebody:
    """Whose telephone it is, and whose name stands in the copy."""

    class Both(Somebody):
        @property
        def name(self) -> str:
            return child.name

    return Both(guardian.number)


def test_an_agent_asks_and_the_person_is_told(phones: Phones) -> None:
    """The code goes to the agent; staff see the mandate; the answer goes to the telephone of the person alone."""
    agent, person = phones.somebody(), phones.somebody()
    id = phones.file("restriction", agent, asker="agent", about=person.phone, mandate="SK-7/2026", until="2027-06-30")
    phones.work()
    phones.post("/rights/code", number=f"req_{id}", code=phones.code(agent), go="code")
    assert phones.now(id).state is State.UNVERIFIED
    verify(phones.house, id, phones.subject(person), Proof.STAFF, "Sari")
    agree(phones, id)
    assert phones.now(id).state is State.ENDED
    assert (len(phones.texts(agent)), len(phones.texts(person))) == (1, 1)
    assert "Done." in phones.get(phones.link(person)).text


@pytest.mark.parametrize("intake", ["form", "staff"])
def test_who_shows_nothing_is_reminded_and_can_open_it_again(phones: Phones, intake: str) -> None:
    """Two reminders, each with a fresh code; then it is closed and told; the link there opens it again with another code, and the right is done."""
    who = phones.somebody(on_record=False)
    if intake == "form":
        id = phones.file("restriction", who)
    else:  # recorded at the counter of somebody whom nobody saw, without a code
        id = request_number(api(phones, "/requests", 201, right="restriction", said={"answer_to": [["phone", who.phone]]}, language="en").json()["id"])
    phones.work()
    for number in range(2):
        phones.clock.put_on(hours=24)
        phones.work()
        assert "waits for your confirmation" in phones.newest(who)
        assert phones.code(who)
        assert [row.kind for row in messages.of_request(id)].count((MessageKind.FIRST_REMINDER, MessageKind.LAST_REMINDER)[number]) == 1
    phones.clock.put_on(hours=25)
    phones.work()
    assert phones.now(id).outcome is Outcome.NOT_VERIFIED
    assert "was closed, nobody confirmed it" in phones.newest(who)
    page = phones.get(phones.link(who))
    assert "Open it again" in page.text
    assert phones.post("/rights/again", **{**hidden(page.text), "page": "AAAA-AAAA-AAAA"}).status_code == 422
    assert phones.now(id).state is State.ENDED
    for _ in range(2):
        assert phones.post("/rights/again", **hidden(page.text)).status_code == 200
    assert (phones.now(id).state, phones.now(id).reopened) == (State.UNVERIFIED, 1)
    show(phones, id, who)
    agree(phones, id)
    assert (phones.now(id).state, phones.now(id).outcome) == (State.ENDED, Outcome.DONE)
    assert_short(phones, who)
    assert "Done." in phones.get(phones.link(who)).text


def test_a_refusal_says_why_and_where_to_complain(phones: Phones) -> None:
    """The message says that it is answered, and no more; its page the ground and the authority. Who has no browser is told at the desk, once."""
    who = phones.somebody()
    id = phones.file("deletion", who)
    show(phones, id, who)
    phones.work()
    refuse(phones.house, id, "law-enforcement", "Ratna")
    phones.work()
    assert (phones.now(id).state, phones.now(id).outcome) == (State.ENDED, Outcome.REFUSED)
    page = phones.get(phones.link(who)).text
    assert "Why we refused" in page
    assert "komdigi.go.id" in page
    arrived(phones, id, "delivered")
    with at_desk(phones.live) as officer:
        assert "Hand the result over" in officer.get(f"/requests/{id}").text
        told = officer.send(f"/requests/{id}/deliver", reason="request").text
        assert "komdigi.go.id" in told
        assert "Why we cannot do it" in told
        assert officer.send(f"/requests/{id}/deliver", page="/requests/new", reason="request").status_code == 422
    assert [row.state for row in messages.of_request(id) if row.kind == MessageKind.REFUSED] == ["handed"]


def arrived(phones: Phones, id: UUID, word: str) -> None:
    """The provider calls back of every message of a request."""
    body = json.dumps({"reports": [{"id": row.reference, "status": word} for row in messages.of_request(id) if row.way == "sms"]}).encode()
    with phones.live.client() as client:
        answer = client.post("/messages/callbacks/sms", content=body, headers={"Content-Type": "application/json", **signed(body)})
    assert answer.status_code == 202, answer.text


def test_what_one_channel_does_not_carry_goes_by_the_next_and_then_by_staff(phones: Phones) -> None:
    """WhatsApp does not reach the number: the text message does; it says later that it never arrived: staff hand the answer over."""
    who, taken = phones.somebody(), phones.sms.answer

    def fails(handler: Any, got: Any) -> None:
        (status(404) if got.path == "/whatsapp" else taken)(handler, got)

    id = phones.file("restriction", who)
    show(phones, id, who)
    phones.sms.answer = fails
    agree(phones, id)
    phones.sms.answer = taken
    (row,) = [row for row in messages.of_request(id) if row.kind == MessageKind.DONE]
    assert (row.way, row.state, row.tried, phones.now(id).state) == ("sms", "sent", [["whatsapp", 0]], State.ENDED)
    arrived(phones, id, "undelivered")
    (row,) = [row for row in messages.of_request(id) if row.kind == MessageKind.DONE]
    assert (row.state, row.trouble) == ("staff", "bounced")
    told = api(phones, f"/requests/req_{id}/deliver", by="Sari").json()["text"]
    assert "restricted" in told
    assert who.name not in told
    assert "not kept" in api(phones, f"/requests/req_{id}/deliver", 422, by="Sari").text
