"""Who asks: codes, links and questions on a real record, with everything that somebody else might try."""

from __future__ import annotations

import re
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.choosing import Clock, kept_codes, make_house, person

from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor
from janji.messaging.kinds import MessageKind
from janji.people.guardians import Proof as Paper
from janji.people.guardians import Relation
from janji.people.identifiers import KINDS, Identifier
from janji.rights import identity
from janji.rights.identity import Standing, Topic
from janji.rights.requests import Asker, Outcome, Proof, State
from janji.store import request_identity as store
from janji.store.database import connection
from janji.terms.messages import ENGLISH, say
from janji.workflows import guardians, messages, request_identity, request_intake
from janji.workflows.house import House
from janji.workflows.people import add_identifier, find_subjects, remove_identifier, subject_named
from janji.workflows.request_identity import PATH, Sent, Trial, show_answers, show_code, show_link
from janji.workflows.request_intake import Receipt, TooMany, Wish, take
from janji.workflows.requests import request_of, verify, waits_for, withdraw


@pytest.fixture(scope="module")
def clock() -> Clock:
    """A clock that all tests of this module put on."""
    return Clock()


@pytest.fixture(scope="module")
def house(module_database_url: str, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with the operating policy in force, for all tests of this module: each has people of its own."""
    return make_house(module_database_url, clock, tmp_path_factory.mktemp("house"))


@pytest.fixture
def ani(house: House, request: pytest.FixtureRequest) -> str:
    """The address of somebody who is on record, another for each test."""
    address = f"{request.node.name.replace('_', '-')[-40:].strip('-')}@example.org"
    person(house, address, None)
    return address


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """Every code that was made, in order."""
    return kept_codes(monkeypatch)


def file(house: House, right: str, address: str, **more: Any) -> Receipt:
    """File a request by the form."""
    return take(house, Wish(right=right, contact=("email", address), **more))


def state(receipt: Receipt) -> State:
    """Where a request stands now."""
    return request_of(receipt.request.id).state


def known_well(house: House, address: str) -> UUID:
    """Somebody of whom more than an address is held: a telephone, a membership, a date of birth."""
    subject = subject_named(house, f"email:{address}")
    number = next(NUMBERS)
    add_identifier(house, subject, "phone", f"+6281290{number}4234", Actor.STAFF)
    add_identifier(house, subject, "account", f"CARD-00{number}-7716", Actor.STAFF)
    guardians.record_age(house, subject, date(1990, 4, 5), Actor.STAFF)
    return subject


NUMBERS = count(10)
RIGHT = {"phone": "0812-xxxx-4234", "account": "my card: 7716"}


def test_the_channel_is_enough_for_what_does_no_harm(house: House, ani: str, sent: list[Sent]) -> None:
    """A restriction goes on with the code alone, and the request is the person's from then on."""
    subject = subject_named(house, f"email:{ani}")
    receipt = file(house, "restriction", ani)
    assert state(receipt) is State.UNVERIFIED
    assert show_code(house, receipt.request.id, identity.spoken(sent[0].code)) is Trial.SHOWN
    held = request_of(receipt.request.id)
    assert (held.subject, held.proof) == (subject, Proof.CHANNEL)
    assert held.state is not State.UNVERIFIED


def test_the_link_does_what_the_code_does_and_once(house: House, ani: str, sent: list[Sent]) -> None:
    """The token shows the channel; followed again, or changed anywhere, it is as none."""
    receipt = file(house, "restriction", ani)
    token = sent[0].link.rpartition(PATH)[2]
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert request_identity.read_link(house, token[:place] + other + token[place + 1 :]) is None
    assert show_link(house, token) == (receipt.request.id, Trial.SHOWN)
    assert show_link(house, token) == (receipt.request.id, Trial.WRONG)
    assert show_link(house, "x" * 60) == (None, Trial.WRONG)


def test_who_pressed_twice_where_the_code_is_enough(house: House, ani: str, clock: Clock, sent: list[Sent]) -> None:
    """The form that a code or a link was used in leads there again, until that runs out; the same code in any other form is used up."""
    pressed = request_identity.press(house)
    first = file(house, "restriction", ani, id=uuid4()).request.id
    assert [show_code(house, first, sent[0].code, pressed) for _ in range(2)] == [Trial.SHOWN] * 2
    wrong = "12345678" if sent[0].code != "12345678" else "12345679"
    for code, form in ((sent[0].code, request_identity.press(house)), (sent[0].code, ""), (wrong, pressed), ("", pressed)):
        assert show_code(house, first, code, form) is Trial.WRONG
    assert show_link(house, sent[0].link.rpartition(PATH)[2], pressed) == (first, Trial.WRONG)
    second = file(house, "restriction", ani).request.id  # asked before: it ends as soon as it is shown who asks
    token = sent[1].link.rpartition(PATH)[2]
    assert [show_link(house, token, pressed) for _ in range(2)] == [(second, Trial.SHOWN)] * 2
    assert show_link(house, token) == (second, Trial.WRONG)
    request_identity.prune(house)
    assert request_of(second).outcome is Outcome.DUPLICATE
    assert show_link(house, token, pressed) == (second, Trial.SHOWN)
    clock.put_on(hours=24)
    assert show_link(house, token, pressed) == (second, Trial.WRONG)
    request_identity.prune(house)
    assert store.identity(second) is None


def test_two_who_press_in_one_moment_where_the_code_is_enough(house: House, ani: str, sent: list[Sent], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second while the first is being recorded, at whichever step, is shown the same; who has the code alone is not."""
    for right, step in (("restriction", "_who"), ("objection", "requests_of")):
        id, pressed = file(house, right, ani).request.id, request_identity.press(house)
        code, did, came = sent[-1].code, getattr(request_identity, step), list[Trial]()

        def meanwhile(*about: Any, id: Any = id, code: str = code, pressed: str = pressed, step: str = step, did: Any = did, came: list[Trial] = came) -> Any:
            found = did(*about)
            monkeypatch.setattr(request_identity, step, did)
            came.append(show_code(house, id, code, pressed))
            return found

        monkeypatch.setattr(request_identity, step, meanwhile)
        assert show_code(house, id, code, pressed) is Trial.SHOWN
        assert came == [Trial.SHOWN]
        assert show_code(house, id, code) is Trial.WRONG


def test_what_could_do_harm_asks_for_knowledge(house: House, ani: str, sent: list[Sent]) -> None:
    """The two hardest questions are asked; right answers in any writing verify, and the answers are not stored in clear."""
    subject = known_well(house, ani)
    receipt = file(house, "access", ani)
    assert show_code(house, receipt.request.id, sent[0].code) is Trial.QUESTIONS
    assert set(request_identity.asked(receipt.request.id)) == {Topic.PHONE, Topic.ACCOUNT}
    row = store.identity(receipt.request.id)
    assert row is not None
    assert {len(one) for held in row.facts.values() for one in held} == {64}
    assert show_answers(house, receipt.request.id, RIGHT) is Trial.SHOWN
    held = request_of(receipt.request.id)
    assert (held.subject, held.proof) == (subject, Proof.KNOWLEDGE)


def test_who_pressed_twice_gets_to_the_questions_again(house: House, ani: str, sent: list[Sent]) -> None:
    """The same code and link lead there until the questions are answered, or a day is over; wrong ones are counted meanwhile, and lock nobody out of the questions."""
    known_well(house, ani)
    receipt = file(house, "access", ani)
    token = sent[0].link.rpartition(PATH)[2]
    assert [show_code(house, receipt.request.id, sent[0].code) for _ in range(2)] == [Trial.QUESTIONS] * 2
    assert show_link(house, token) == (receipt.request.id, Trial.QUESTIONS)
    wrong = "12345678" if sent[0].code != "12345678" else "12345679"
    assert [show_code(house, receipt.request.id, wrong) for _ in range(identity.TRIES)] == [Trial.WRONG] * identity.TRIES
    assert show_code(house, receipt.request.id, sent[0].code) is Trial.WRONG
    assert show_answers(house, receipt.request.id, RIGHT) is Trial.SHOWN
    assert show_link(house, token) == (receipt.request.id, Trial.WRONG)


def test_two_who_show_the_same_at_once_get_to_the_same_questions(house: House, ani: str, sent: list[Sent], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second while the questions are worked out for the first is not told that the code is wrong."""
    known_well(house, ani)
    receipt = file(house, "access", ani)
    work_out, came = request_identity._asked_of, list[Trial]()

    def meanwhile(*about: Any) -> Any:
        monkeypatch.setattr(request_identity, "_asked_of", work_out)
        came.append(show_code(house, receipt.request.id, sent[0].code))
        return work_out(*about)

    monkeypatch.setattr(request_identity, "_asked_of", meanwhile)
    assert show_code(house, receipt.request.id, sent[0].code) is Trial.QUESTIONS
    assert came == [Trial.QUESTIONS]


def test_forged_answers_are_counted_and_lock(house: House, ani: str, sent: list[Sent]) -> None:
    """One wrong answer is as wrong as all; after three only staff can go on, and right ones come too late."""
    known_well(house, ani)
    receipt = file(house, "deletion", ani)
    show_code(house, receipt.request.id, sent[0].code)
    for forged in ({**RIGHT, "phone": "0000"}, {"account": RIGHT["account"]}):
        assert show_answers(house, receipt.request.id, forged) is Trial.WRONG
    assert show_answers(house, receipt.request.id, {}) is Trial.STAFF
    assert show_answers(house, receipt.request.id, RIGHT) is Trial.WRONG
    assert state(receipt) is State.UNVERIFIED
    assert request_identity.standing_of(receipt.request.id) is Standing.LOCKED


def test_guessed_codes_die_and_lock(house: House, ani: str, sent: list[Sent]) -> None:
    """Five wrong codes kill a code, three dead codes lock the request; the right one does not help any more."""
    receipt = file(house, "restriction", ani)
    for number in range(identity.CODES):
        wrong = "0" * identity.DIGITS if sent[-1].code != "0" * identity.DIGITS else "1" * identity.DIGITS
        for _ in range(identity.TRIES):
            assert show_code(house, receipt.request.id, wrong) is Trial.WRONG
        assert show_code(house, receipt.request.id, sent[-1].code) is Trial.WRONG
        assert request_intake.send_again(house, receipt.request.id) is (number < identity.CODES - 1)
    assert request_identity.standing_of(receipt.request.id) is Standing.LOCKED
    assert state(receipt) is State.UNVERIFIED


def test_wrong_codes_count_over_all_requests_of_an_address(house: House, ani: str, sent: list[Sent]) -> None:
    """Who opens request after request for one address gets no more tries by it; another address is not touched."""
    left = request_identity.WRONG_A_DAY
    while left > 0:
        receipt = file(house, "restriction", ani)
        for _ in range(min(left, identity.TRIES - 1)):
            show_code(house, receipt.request.id, "12345678" if sent[-1].code != "12345678" else "12345679")
            left -= 1
    assert show_code(house, receipt.request.id, sent[-1].code) is Trial.WRONG
    other = file(house, "restriction", "budi@example.org")
    assert show_code(house, other.request.id, sent[-1].code) is Trial.SHOWN


def test_a_code_runs_out_and_a_new_one_ends_the_old(house: House, ani: str, clock: Clock, sent: list[Sent]) -> None:
    """After a day no code is good; a fresh one is, and only the newest."""
    receipt = file(house, "restriction", ani)
    clock.put_on(hours=25)
    assert show_code(house, receipt.request.id, sent[0].code) is Trial.WRONG
    assert request_intake.send_again(house, receipt.request.id)
    assert show_code(house, receipt.request.id, sent[0].code) is Trial.WRONG
    assert show_link(house, sent[0].link.rpartition(PATH)[2])[1] is Trial.WRONG
    assert show_code(house, receipt.request.id, sent[1].code) is Trial.SHOWN


def trusted(house: House, subject: UUID) -> list[str]:
    """Where a result would go that is told now."""
    known, now = messages._addresses(house, {subject}), house.runtime.now()
    gone = messages._replaced(house, known, now).get(subject, [])
    return [one.normal for one in messages._trusted(known[subject], gone, messages.Outgoing(kind=MessageKind.DONE, to=subject, language="en"), now)]


def test_a_changed_contact_is_not_believed_for_a_while(house: House, ani: str, clock: Clock, sent: list[Sent]) -> None:
    """An address put beside older ones a day ago shows nothing about them, and no result goes there; a week later it does."""
    subject = known_well(house, ani)
    clock.put_on(days=30)
    add_identifier(house, subject, "email", "thief@example.org", Actor.STAFF)
    clock.put_on(days=1)
    receipt = file(house, "access", "thief@example.org")
    assert show_code(house, receipt.request.id, sent[-1].code) is Trial.STAFF
    assert request_identity.asked(receipt.request.id) == ()
    assert "thief@example.org" not in trusted(house, subject)
    clock.put_on(days=7)
    again = file(house, "access", "thief@example.org")
    assert show_code(house, again.request.id, sent[-1].code) is Trial.QUESTIONS
    assert "thief@example.org" in trusted(house, subject)


def test_a_contact_put_in_the_place_of_another_is_not_believed_either(house: House, ani: str, clock: Clock, sent: list[Sent]) -> None:
    """Whoever takes an account over adds an address and removes the old one: for a week it shows nothing, and nothing goes there."""
    subject, thief = subject_named(house, f"email:{ani}"), f"thief-{ani}"
    clock.put_on(days=30)
    add_identifier(house, subject, "email", thief, Actor.STAFF)
    remove_identifier(house, subject, "email", ani, Actor.STAFF)
    clock.put_on(days=1)
    receipt = file(house, "restriction", thief)
    show_code(house, receipt.request.id, sent[-1].code)
    assert not request_identity.believed(house, subject, Identifier(KINDS["email"], thief))
    assert trusted(house, subject) == []
    clock.put_on(days=7)
    assert request_identity.believed(house, subject, Identifier(KINDS["email"], thief))
    assert trusted(house, subject) == [thief]


def test_somebody_nobody_knows_goes_the_same_way(house: House, ani: str, sent: list[Sent]) -> None:
    """A stranger gets a code by the same path; what is held does not suffice for questions, so staff see to it."""
    receipt = file(house, "access", "nobody@example.org")
    assert show_code(house, receipt.request.id, sent[0].code) is Trial.STAFF
    assert find_subjects(house, [("email", "nobody@example.org")])[0] is not None
    assert state(receipt) is State.UNVERIFIED
    assert "staff" in str(request_identity.waits_for(receipt.request.id))


def test_whether_somebody_exists_changes_nothing_that_is_done(house: House, ani: str, sent: list[Sent]) -> None:
    """Filing for a known and for an unknown address runs the very same statements; a wrong code has the same answer for any number."""
    file(house, "access", "warm@example.org")
    runs = [statements(lambda who=who: file(house, "access", who)) for who in (ani, "nobody-here@example.org")]
    assert runs[0] == runs[1]
    assert any("rights_request" in one for one in runs[0])
    known, stranger = (file(house, "access", who).request.id for who in (ani, "else@example.org"))
    assert [show_code(house, one, typed) for typed in ("x", "11") for one in (known, stranger, uuid4())] == [Trial.WRONG] * 6
    assert show_code(house, uuid4(), sent[-1].code) is Trial.WRONG


def test_a_shown_address_is_not_lost_where_the_work_is_cut_off(house: House, ani: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after it was recorded, or while questions are looked for: sent again it goes on, once, and for no other address."""
    known_well(house, ani)
    mine, other = (Identifier(KINDS["email"], address) for address in (ani, "else@example.org"))
    receipt = take(house, Wish(right="access", contact=("email", ani)), shown=mine)
    with monkeypatch.context() as patched:
        patched.setattr(request_identity, "_facts", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            request_identity.take_shown(house, receipt.request.id, mine)
    assert request_identity.take_shown(house, receipt.request.id, other) is Trial.WRONG
    assert request_identity.take_shown(house, receipt.request.id, mine) is Trial.QUESTIONS
    assert request_identity.take_shown(house, receipt.request.id, mine) is Trial.WRONG


def requests() -> int:
    """How many requests are stored."""
    return int((connection().execute("SELECT count(*) FROM rights_request").fetchone() or [0])[0])


def statements(work: Any) -> list[str]:
    """The statements that some work runs, without the names of rows."""
    seen: list[str] = []
    real = psycopg.Cursor.execute

    def execute(self: Any, query: Any, *words: Any, **named: Any) -> Any:
        seen.append(re.sub(r"[0-9a-f-]{36}", "-", str(query))[:200])
        return real(self, query, *words, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", execute)
        work()
    return seen


def test_the_second_request_for_the_same_is_a_duplicate(house: House, ani: str, sent: list[Sent]) -> None:
    """Found once both are shown to be one person's; a correction is never taken for one."""
    first, second = file(house, "restriction", ani), file(house, "restriction", ani)
    assert show_code(house, first.request.id, sent[0].code) is Trial.SHOWN
    assert show_code(house, second.request.id, sent[1].code) is Trial.SHOWN
    assert request_of(second.request.id).outcome is Outcome.DUPLICATE
    assert request_of(second.request.id).details["same"] == str(first.request.id)
    assert MessageKind.DUPLICATE in {row.kind for row in messages.of_request(second.request.id)}
    other = file(house, "restriction", ani, details={"purpose": "newsletters"})
    assert show_code(house, other.request.id, sent[2].code) is Trial.SHOWN
    assert request_of(other.request.id).outcome is None


def test_data_sent_to_two_companies_are_two_requests(house: House, ani: str, sent: list[Sent]) -> None:
    """The second goes on beside the first; to the same company it is a duplicate."""
    known_well(house, ani)
    made = [file(house, "transfer", ani, more={"endpoint": url}) for url in ("https://one.example/in", "https://two.example/in", "https://one.example/in")]
    for one, code in zip(made, sent, strict=True):
        assert show_code(house, one.request.id, code.code) is Trial.QUESTIONS
        assert show_answers(house, one.request.id, RIGHT) is Trial.SHOWN
    assert [request_of(one.request.id).outcome for one in made] == [None, None, Outcome.DUPLICATE]


def test_the_same_request_that_ended_in_the_same_moment(house: House, ani: str, sent: list[Sent], monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers nobody any more, so this one is not closed for it: staff see to it, and nobody is told a mistake of ours."""
    first, second = file(house, "restriction", ani), file(house, "restriction", ani)
    assert show_code(house, first.request.id, sent[0].code) is Trial.SHOWN
    before = request_of(first.request.id)
    withdraw(house, first.request.id)
    with monkeypatch.context() as patched:
        patched.setattr(request_identity, "requests_of", lambda _: (before,))
        assert show_code(house, second.request.id, sent[1].code) is Trial.STAFF
    assert state(second) is State.UNVERIFIED
    assert request_identity.standing_of(second.request.id) is Standing.CHANNEL


def test_a_guardian_with_a_verified_bond_asks_for_the_ward(house: House, ani: str, sent: list[Sent]) -> None:
    """With the bond on record the ward is who it is about; without it staff look at papers, whatever the code."""
    ward = person(house, "child@example.org", "child")
    parent = person(house, "mother@example.org")
    asked = {"asker": Asker.GUARDIAN, "about": ("email", "child@example.org")}
    early = file(house, "restriction", "mother@example.org", **asked)
    assert "by a verified bond" in waits_for(early.request).render(ENGLISH)
    assert show_code(house, early.request.id, sent[-1].code) is Trial.STAFF
    for why in (request_identity.waits_for(early.request.id), waits_for(request_of(early.request.id))):
        assert "no verified bond of the guardian is on record: staff must see their papers" in (why or say("")).render(ENGLISH)
    assert "between you and the person" in (request_identity.waits_for(early.request.id, asker=True) or say("")).render(ENGLISH)
    agent = file(house, "restriction", "lawyer@example.org", asker=Asker.AGENT, about=("email", "child@example.org"), more={"mandate": {"reference": "SK-7"}})
    assert "by a mandate" in waits_for(agent.request).render(ENGLISH)
    assert show_code(house, agent.request.id, sent[-1].code) is Trial.STAFF
    assert "staff must see who they are and their mandate" in waits_for(request_of(agent.request.id)).render(ENGLISH)
    link = guardians.name_guardian(house, ward, parent, Relation.PARENT, Actor.STAFF)
    guardians.verify_guardian(house, link, [Paper.IDENTITY, Paper.FAMILY_CARD], Actor.STAFF)
    receipt = file(house, "restriction", "mother@example.org", **asked)
    assert show_code(house, receipt.request.id, sent[-1].code) is Trial.SHOWN
    assert request_of(receipt.request.id).subject == ward
    assert verify(house, early.request.id, ward, Proof.STAFF, "Sari").details["link"] == str(link)  # who asked before the papers were seen, too
    stranger = file(house, "restriction", "stranger@example.org", **asked)
    with pytest.raises(Refusal):
        verify(house, stranger.request.id, ward, Proof.STAFF, "Sari")
    with pytest.raises(Invalid):
        file(house, "restriction", ani, asker=Asker.GUARDIAN)


def test_many_requests_for_one_address_are_not_stored_as_many(house: House, ani: str, clock: Clock, sent: list[Sent]) -> None:
    """Ten a day are recorded, the others answered that those are in hand; six codes are sent; the next day goes on."""
    made, before = 0, requests()
    for _ in range(60):
        try:
            file(house, "access", ani)
            made += 1
        except TooMany:
            pass
    assert made == request_intake.AN_ADDRESS
    assert len(sent) == request_identity.CODES_A_DAY
    assert requests() - before == made
    clock.put_on(hours=25)
    file(house, "access", ani)


def test_the_code_of_the_page_changes_once_it_is_shown_who_asks(house: House, ani: str) -> None:
    """Whoever files in another's name reads nothing of what became of it: their code opens the filed page alone."""
    receipt = file(house, "restriction", ani)
    shown = request_identity.status_code(house, receipt.request.id, shown=True)
    assert request_identity.opens(house, receipt.request.id, receipt.code.lower()) is False
    assert request_identity.opens(house, receipt.request.id, shown) is True
    assert request_identity.opens(house, uuid4(), shown) is None


def test_what_is_over_is_let_go(house: House, ani: str, clock: Clock, sent: list[Sent]) -> None:
    """Digests of a request that ended, and counts of days gone by, are deleted."""
    first, second = file(house, "restriction", ani), file(house, "restriction", ani)
    for receipt, one in zip((first, second), sent, strict=True):
        show_code(house, receipt.request.id, one.code)
    clock.put_on(days=9)
    assert request_identity.prune(house) > 1
    assert store.identity(second.request.id) is None
    assert store.identity(first.request.id) is not None

