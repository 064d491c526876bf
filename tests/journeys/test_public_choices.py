"""What browsers choose: kept for the visitor's number alone, whoever calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid1, uuid4

import jsonschema
import pytest
from tests.choosing import Clock, make_house, person, say, yes
from tests.live import Live, live

from janji.consent.choices import Method
from janji.errors import Invalid
from janji.ledger.events import Actor, Kind
from janji.people.identifiers import IdentifierKind
from janji.store import database, people
from janji.workflows.consents import facts_of, text_of
from janji.workflows.house import House
from janji.workflows.identity import join, merge
from janji.workflows.people import add_identifier, find_subjects
from janji.workflows.public_choices import Picked, choosable, hear
from janji.workflows.recording import history_of

PURPOSE = "site-analytics"
JOINING = "linked-personalisation"


@pytest.fixture
def house(database_url: str) -> House:
    """A house of one's own."""
    return make_house(database_url, Clock())


def pick(house: House, purpose: str = PURPOSE, verb: str = "grant", **more: str) -> Picked:
    """A choice as a page makes it, under the text as it is published."""
    text = text_of(house, purpose, "id")
    given = {"notice_digest": text.digest, "language": "id"} if text is not None else {}
    return Picked(purpose=purpose, verb=verb, **{**given, **more})


def rows(table: str) -> int:
    """How many rows a table has."""
    found = database.connection().execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608 - names of our own tables
    assert found is not None
    return int(found[0])


def kinds(house: House, subject: UUID) -> list[str]:
    """What is on record of somebody."""
    return [str(event.kind) for event in history_of(house, subject)]


def test_the_purposes_of_trackers_that_wait_can_be_chosen(house: House) -> None:
    """The essential ones and everything else cannot."""
    found = choosable(house.policy_in_force.policy)
    assert {"site-analytics", "personalisation", "targeted-advertising"} <= set(found)
    assert not {"newsletters", "security-monitoring", "device-distinction"} & set(found)


def test_a_browser_becomes_a_pseudonymous_person(house: House) -> None:
    """One cookie, no other identifier; the choice is in the ledger with the text that was shown."""
    visitor = uuid4()
    (result,) = hear(house, visitor, [pick(house)]).choices
    assert result.recorded is not None
    (subject,) = find_subjects(house, [("cookie", str(visitor))])
    assert subject is not None
    assert subject == result.recorded.subject
    assert [row.kind for row in people.identifiers([subject])] == [IdentifierKind.COOKIE]
    (event,) = history_of(house, subject)
    assert event.kind is Kind.CONSENT_GIVEN
    assert event.actor is Actor.PERSON
    assert event.details["method"] == Method.BUTTON
    again = hear(house, visitor, [pick(house, verb="withdraw")])
    assert again.choices[0].recorded is not None
    assert kinds(house, subject)[:2] == ["consent.given", "consent.withdrawn"]
    assert rows("subject") == 1


def test_nobody_is_made_for_choices_that_do_not_count(house: House) -> None:
    """Purposes of other kinds, a text that nobody published, no text at all: named, and nothing is stored."""
    wanted = [
        (Picked(purpose="newsletters", verb="grant"), {"not-for-a-browser"}), (Picked(purpose="newsletters", verb="withdraw"), {"not-for-a-browser"}),
        (Picked(purpose="what", verb="grant"), {"purpose-unknown"}), (pick(house, notice_digest="0" * 64), {"digest-differs"}),
        (Picked(purpose=PURPOSE, verb="grant", language="id"), {"digest-missing"}),
        (pick(house, language="xx"), {"language-unknown"}),
    ]  # fmt: skip
    heard = hear(house, uuid4(), [one for one, _ in wanted])
    assert [{item.code for item in result.rejections} for result in heard.choices] == [codes for _, codes in wanted]
    assert all(str(item.message) and str(item.help) for result in heard.choices for item in result.rejections)
    assert [rows(table) for table in ("subject", "identifier", "standing", "subject_key")] == [0] * 4
    assert rows("event") == 1  # that the policy was published


def test_one_bad_choice_does_not_lose_the_others(house: House) -> None:
    """The good ones are recorded, each named by its place."""
    heard = hear(house, uuid4(), [Picked(purpose="what", verb="grant"), pick(house), pick(house, verb="refuse")])
    assert [result.recorded is not None for result in heard.choices] == [False, True, True]


@pytest.mark.parametrize("number", [uuid1(), UUID(int=0), UUID("00000000-0000-7000-8000-000000000000")])
def test_a_number_that_can_be_guessed_is_none(house: House, number: UUID) -> None:
    """Only a random number (version 4) is a visitor's."""
    with pytest.raises(Invalid):
        hear(house, number, [pick(house)])


@pytest.mark.parametrize("part", [{"verb": "renew"}, {"verb": "erase"}, {"method": "implied"}, {"method": "scrolling"}])
def test_what_no_browser_can_say_is_an_error(house: House, part: dict[str, str]) -> None:
    """Verbs and methods that are not a page's."""
    with pytest.raises(Invalid):
        hear(house, uuid4(), [replace(pick(house), **part)])
    assert rows("subject") == 0


def test_the_signal_is_an_objection_once(house: House) -> None:
    """Global Privacy Control objects to what the policy names; the next page records nothing."""
    visitor = uuid4()
    heard = hear(house, visitor, [], gpc=True)
    (subject,) = find_subjects(house, [("cookie", str(visitor))])
    assert subject is not None
    made = {event.details["purpose"] for event in history_of(house, subject) if event.kind is Kind.OBJECTION_MADE}
    assert made == {"personalisation", "targeted-advertising", JOINING}
    assert all(result.recorded for result in heard.signalled)
    assert all(event.actor is Actor.BROWSER and event.details["signal"] == "gpc" for event in history_of(house, subject)
               if event.kind is Kind.OBJECTION_MADE)  # fmt: skip
    before = kinds(house, subject)
    assert hear(house, visitor, [], gpc=True).signalled == ()
    assert kinds(house, subject) == before


def test_a_yes_beside_the_signal_does_not_undo_it(house: House) -> None:
    """The no of the signal stands."""
    visitor = uuid4()
    hear(house, visitor, [pick(house, "personalisation")], gpc=True)
    (subject,) = find_subjects(house, [("cookie", str(visitor))])
    assert subject is not None
    names = set(house.policy_in_force.layout.names(facts_of(house, [subject])[subject].bits))
    assert "objection/personalisation" in names


def known_visitor(house: House) -> tuple[UUID, UUID]:
    """Somebody who is known, with a browser's number of their own."""
    subject, visitor = person(house), uuid4()
    add_identifier(house, subject, "cookie", str(visitor), Actor.STAFF)
    return subject, visitor


def test_nobody_says_yes_for_a_known_person_and_their_own_no_is_heard(house: House) -> None:
    """Whoever has a number from somewhere can stop, and never start."""
    subject, visitor = known_visitor(house)
    before = kinds(house, subject)
    (result,) = hear(house, visitor, [pick(house)]).choices
    assert [item.code for item in result.rejections] == ["visitor-known"]
    assert kinds(house, subject) == before
    assert hear(house, visitor, [pick(house, verb="withdraw")]).choices[0].recorded is not None
    assert "consent.withdrawn" in kinds(house, subject)
    assert hear(house, visitor, [], gpc=True).signalled


def test_a_merged_browser_is_the_survivors(house: House) -> None:
    """Merged into a person, the number is that person's own: a yes is not taken."""
    subject, visitor = person(house), uuid4()
    hear(house, visitor, [pick(house)])
    (source,) = find_subjects(house, [("cookie", str(visitor))])
    assert source is not None
    merge(house, subject, source, Actor.STAFF)
    assert [item.code for item in hear(house, visitor, [pick(house)]).choices[0].rejections] == ["visitor-known"]


def joined(house: House) -> tuple[UUID, UUID, UUID]:
    """A person, the pseudonymous one of a browser that is joined to them, and the browser's number."""
    subject, visitor = person(house), uuid4()
    hear(house, visitor, [pick(house)])
    (source,) = find_subjects(house, [("cookie", str(visitor))])
    assert source is not None
    say(house, subject, yes(house, JOINING))
    purpose = house.policy_in_force.policy.purposes[JOINING]
    join(house, source, subject, JOINING, Actor.SYSTEM, [str(purpose.data[0])])
    assert find_subjects(house, [("cookie", str(visitor))]) == [subject]
    return subject, source, visitor


def test_a_joined_browser_still_speaks_for_itself_alone(house: House) -> None:
    """What it says is recorded for its own pseudonym; the person it is joined to is not touched."""
    subject, source, visitor = joined(house)
    before, own = kinds(house, subject), kinds(house, source)
    for verb in ("grant", "withdraw"):
        (result,) = hear(house, visitor, [pick(house, verb=verb)]).choices
        assert result.recorded is not None
        assert result.recorded.subject == source
    assert kinds(house, subject) == before
    assert kinds(house, source)[len(own) :][:2] == ["consent.given", "consent.withdrawn"]
    assert find_subjects(house, [("cookie", str(visitor))]) == [subject]


@pytest.mark.parametrize("gpc", [False, True])
def test_a_joined_browsers_no_ends_the_join(house: House, gpc: bool) -> None:
    """Said no to the purpose of the join, the number stands for itself again."""
    subject, source, visitor = joined(house)
    hear(house, visitor, [] if gpc else [pick(house, JOINING, "object")], gpc)
    assert find_subjects(house, [("cookie", str(visitor))]) == [source]
    assert kinds(house, subject)[-1] == "identity.unjoined"
    assert "objection.made" in kinds(house, source)
    assert "objection.made" not in kinds(house, subject)


# Over HTTP.

SHOP, OTHER = "https://www.shop.example", "https://elsewhere.example"
SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "public-choices.json").read_text("utf-8"))


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def served(database_url: str, clock: Clock) -> Iterator[Live]:
    """A house with one site that may send choices, served."""
    made = make_house(database_url, clock)
    house = replace(made, runtime=replace(made.runtime, settings=replace(made.runtime.settings, origins=(SHOP,))))
    with live(house) as found:
        yield found


def said(house: House, visitor: UUID, *purposes: str, **more: Any) -> dict[str, Any]:
    """A body with choices."""
    texts = {one: text_of(house, one, "id") for one in purposes}
    choices = [
        {"purpose": one, "verb": "grant", "language": "id", **({"notice_digest": text.digest} if text else {})} for one, text in texts.items()
    ]  # fmt: skip
    return {"visitor": str(visitor), "choices": choices, **more}


def test_a_page_of_a_named_site_records_choices(served: Live) -> None:
    """Asked for leave first, answered so that the page may read it, in the published shape; another site's page may not."""
    visitor, address = uuid4(), "/v1/public/choices"
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    with served.client() as client:
        leave = client.options(address, headers={"Origin": SHOP, **asking})
        assert leave.status_code == 204
        assert leave.headers["access-control-allow-origin"] == SHOP
        assert "POST" in leave.headers["access-control-allow-methods"]
        assert "Content-Type" in leave.headers["access-control-allow-headers"]
        assert "access-control-allow-origin" not in client.options(address, headers={"Origin": OTHER, **asking}).headers
        answer = client.post(address, json=said(served.house, visitor, PURPOSE, "newsletters"), headers={"Origin": SHOP})
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert "set-cookie" not in answer.headers
    held = answer.json()
    jsonschema.validate(held, SCHEMA)
    assert [one["code"] for one in held["items"][1]["rejections"]] == ["not-for-a-browser"]
    (subject,) = find_subjects(served.house, [("cookie", str(visitor))])
    assert subject is not None
    assert kinds(served.house, subject) == ["consent.given"]


def test_the_header_of_a_browser_is_heard(served: Live) -> None:
    """`Sec-GPC: 1` alone is an objection, and so is the flag; any other value says nothing."""
    address = "/v1/public/choices"
    with served.client() as client:
        for headers, more, count in (({"Sec-GPC": "1"}, {}, 3), ({}, {"gpc": True}, 3), ({"Sec-GPC": "0"}, {}, 0), ({}, {}, 0)):
            answer = client.post(address, json={"visitor": str(uuid4()), **more}, headers=headers)
            assert answer.status_code == 200, answer.text
            jsonschema.validate(answer.json(), SCHEMA)
            assert len(answer.json().get("signalled", ())) == count
    assert rows("subject") == 2


def test_what_is_sent_twice_under_one_name_is_done_once(served: Live) -> None:
    """The name is the visitor's own: another visitor's request of the same name is another one."""
    one, other = uuid4(), uuid4()
    with served.client() as client:
        answers = [
            client.post("/v1/public/choices", json=said(served.house, visitor, *purposes), headers={"Idempotency-Key": "a"})
            for visitor, purposes in ((one, (PURPOSE,)), (one, (PURPOSE,)), (other, (PURPOSE,)), (uuid4(), ("what",)))
        ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].content == answers[1].content
    assert answers[0].content != answers[2].content
    assert (rows("subject"), rows("event")) == (2, 3)


@pytest.mark.parametrize("body", [
    {}, {"visitor": "x"}, {"visitor": "00000000-0000-4000-8000-00000000000"}, {"visitor": str(UUID(int=1))}, {"visitor": None}, [], "x",
    {"visitor": str(UUID(int=1, version=4)), "subject": "sub_x"}, {"visitor": str(UUID(int=1, version=4)), "choices": [{"purpose": "x"}]},
    {"visitor": str(UUID(int=1, version=4)), "choices": [{"purpose": PURPOSE, "verb": "renew"}]}, {"visitor": str(UUID(int=1, version=4)), "gpc": "yes"},
    {"visitor": str(UUID(int=1, version=4)), "choices": [{"purpose": PURPOSE, "verb": "refuse"}] * 101},
    {"visitor": str(UUID(int=1, version=4)), "choices": [{"purpose": PURPOSE, "verb": "grant", "method": "implied"}]},
])  # fmt: skip
def test_a_body_that_is_not_understood_changes_nothing(served: Live, body: Any) -> None:
    """400 with what is wrong, a number that was not drawn at random too; nobody is made."""
    with served.client() as client:
        answer = client.post("/v1/public/choices", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (rows("subject"), rows("event")) == (0, 1)


def test_one_address_says_only_so_much(served: Live, clock: Clock) -> None:
    """Beyond the allowance 429 with the time to wait, before anything is read; a minute later it goes on. No address is kept."""
    with served.client() as client:
        answers = [client.post("/v1/public/choices", json={"visitor": str(uuid4())}) for _ in range(62)]
        assert [answer.status_code for answer in answers[:60]] == [200] * 60
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert client.get("/v1/policy").status_code == 200
        clock.put_on(minutes=1)
        assert client.post("/v1/public/choices", json={"visitor": str(uuid4())}).status_code == 200
    for (table,) in database.connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
        text = str(database.connection().execute(f"SELECT t::text FROM {table} t".encode()).fetchall())  # noqa: S608 - names of our own tables
        assert "127.0.0.1" not in text, table
        assert b"127.0.0.1".hex() not in text, table
