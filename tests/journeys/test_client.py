"""The client against a real Janji: every call, by either client, with what comes of it on record."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.scripted import answer, scripted
from tests.served import Served, served
from tests.serving import wait_until

from janji_client import (
    AsyncClient,
    Choice,
    Client,
    Identifier,
    Invalid,
    NotAllowed,
    NotFound,
    Question,
    Recorded,
    Rejected,
    email,
)
from janji_client.gates import Gate
from janji_client.webhooks import Receiver

SHOP = Path(__file__).parents[2] / "examples" / "shop-policy"


@pytest.fixture(scope="module")
def janji(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Janji that serves the policy of the example shops."""
    with served(tmp_path_factory.mktemp("served"), module_database_url, SHOP) as found:
        yield found


@pytest.fixture(scope="module")
def key(janji: Served) -> str:
    """A key for everything."""
    return janji.key()


@pytest.fixture
def client(janji: Served, key: str) -> Iterator[Client]:
    """A client that may everything."""
    with Client(janji.url, key) as found:
        yield found


def somebody() -> Identifier:
    """Somebody whom nobody knows yet."""
    return email(f"{uuid.uuid4().hex}@example.org")


def reader(client: Client) -> str:
    """An adult who opened an account and ticked the box."""
    who = somebody()
    fields = {"email": who.value, "born": "1990-04-01", "newsletter": True}
    collected = client.collect(
        "sign-up", fields, identifiers=[who], agreements={"account": uuid.uuid4().hex}, language="en", method="unticked-box"
    )
    assert collected, collected
    assert collected.subject is not None
    return collected.subject


def may_write(client: Client, subject: str | Identifier) -> bool:
    return bool(client.permitted("newsletter", ["contact.email"], subject=subject, channel="email"))


def test_a_question_has_reasons(client: Client) -> None:
    """Of somebody whom nobody knows the answer is no, with its reason; at length, with clause, law and help."""
    who = somebody()
    decision = client.decide("newsletter", ["contact.email"], subject=who, channel="email")
    assert not decision
    assert decision.reasons[0].code == "facts-missing"
    verdict = client.permitted("newsletter", "contact.email", subject=who)
    assert not verdict
    assert verdict.answered
    explanation = client.explain("newsletter", ["contact.email"], subject=who, channel="email")
    assert not explanation
    assert explanation.points[0].help
    assert explanation.points[0].law["article"]


def test_a_yes_a_question_and_a_no(client: Client) -> None:
    """A ticked box is a consent; a withdrawal ends it at once, with its cascade, and stands on the track record."""
    subject = reader(client)
    assert may_write(client, subject)
    assert client.decide("newsletter", ["contact.email"], subject=subject, channel="email").reasons[0].code == "basis-consent"
    with Gate(client, subject) as gate:
        assert gate.may("newsletter", ["contact.email"], channel="email", record=True)
    withdrawn = client.choose(subject, "withdraw", "newsletter")
    assert withdrawn.cascade is not None
    assert not may_write(client, subject)
    assert next(client.consents(subject)).kind == "consent.withdrawn"
    assert "use.permitted" in [event.kind for event in client.track(subject)]
    assert client.receipt(withdrawn.id)["@type"] == "dpv:ConsentReceipt"
    with pytest.raises(NotFound):
        client.receipt("con_00000000-0000-7000-8000-000000000000")


def test_what_choices_add_up_to(client: Client) -> None:
    """The standing of a person by name, and the proof that what was said is in the ledger."""
    subject = reader(client)
    standing = client.standing(subject)
    assert standing.age == "adult"
    assert [(item.purpose, item.channel, item.state) for item in standing.consents] == [("newsletter", "email", "given")]
    assert standing.agreements == ("account",)
    assert standing.policy_version.startswith("1+")
    objected = client.choose(subject, "object", "newsletter")
    assert client.standing(subject).objections == ("newsletter",)
    assert client.proof(objected.id)["digest"] == objected.digest


def test_what_anybody_may_read(janji: Served) -> None:
    """The policy with its versions, and what people are told where data are collected, without a key."""
    with Client(janji.url) as client:
        assert client.policy()["policy"] == client.policy(1)["policy"]
        assert [version["number"] for version in client.policy_versions()] == [1]
        assert client.notice("sign-up", language="en")
        with pytest.raises(NotFound):
            client.policy_diff(1, 2)
        with pytest.raises(NotAllowed):
            client.me()


def test_webhooks(client: Client) -> None:
    """Who is told of a no is registered with a secret that is shown once, tried, listed, and removed."""
    with scripted(answer({}, 200)) as hook:
        made = client.add_webhook("crm", hook.url, topics=["withdrawal"])
        assert made.secret is not None
        assert made.secret not in repr(made)
        assert client.try_webhook(made.id)
        assert Receiver(made.secret).read(hook.heard[0].headers, hook.heard[0].body).type
        assert [(item.name, item.topics) for item in client.webhooks()] == [("crm", ("withdrawal",))]
        subject = reader(client)
        withdrawn = client.choose(subject, "withdraw", "newsletter")
        wait_until(lambda: len(hook.heard) > 1)
        message = Receiver(made.secret).read(hook.heard[1].headers, hook.heard[1].body)
        assert (message.type, message.data["subject"], message.data["event"]) == ("withdrawal", subject, withdrawn.id)
        wait_until(lambda: [item.state for item in client.deliveries(made.id)] == ["told"])
        assert client.webhook(made.id).due == 0
        client.remove_webhook(made.id)
        assert list(client.webhooks()) == []


def test_what_may_be_kept_of_a_form(client: Client) -> None:
    """What is not declared is dropped, what is required is named with the consequence; a child is told apart."""
    who = somebody()
    collected = client.collect("sign-up", {"email": who.value, "born": "1990-04-01", "blood_group": "O"}, identifiers=[who],
                               agreements={"account": "A-1"}, language="en")  # fmt: skip
    assert collected
    assert dict(collected.kept) == {"email": who.value, "born": "1990-04-01"}
    assert [(item.field, item.reasons[0].code) for item in collected.dropped] == [("blood_group", "field-undeclared")]
    assert collected.choices == ()
    assert not may_write(client, who)
    missing = client.collect("sign-up", {"born": "1990-04-01"}, agreements={"account": "A-2"}, identifiers=[somebody()])
    assert not missing
    assert [item.consequence for item in missing.missing if item.required] == ["Without it no account can be opened."]
    child = somebody()
    refused = client.collect("sign-up", {"email": child.value, "born": "2019-04-01", "newsletter": True}, identifiers=[child], language="en",
                             agreements={"account": "A-3"}, method="unticked-box")  # fmt: skip
    assert not refused
    assert not may_write(client, child)


def test_people_by_what_identifies_them(client: Client) -> None:
    """Putting somebody on record twice gives the same person; who is not known is None, in order."""
    ani, nobody = somebody(), somebody()
    subject = client.add_subject(ani)
    assert subject.startswith("sub_")
    assert client.add_subject(ani) == subject
    assert client.find_subjects([nobody, ani, nobody]) == [None, subject, None]
    with pytest.raises(Invalid):
        client.add_subject(Identifier("shoe-size", "42"))


def test_a_choice_that_is_not_valid(client: Client) -> None:
    """A yes by a pre-ticked box is turned away with its code; nothing is recorded, and nothing of the person is said."""
    subject = reader(client)
    client.choose(subject, "withdraw", "newsletter")
    with pytest.raises(Invalid) as caught:
        client.choose(subject, "grant", "newsletter", channel="email", language="en", method="pre-ticked")
    assert caught.value.code == "rejected"
    assert caught.value.errors[0].code
    assert caught.value.errors[0].text
    assert not may_write(client, subject)
    assert client.choose(subject, "grant", "newsletter", channel="email", language="en", method="button", until=datetime(2099, 1, 1, tzinfo=UTC))
    assert may_write(client, subject)


def test_many_choices_and_many_questions(client: Client) -> None:
    """Choices by the thousand, in one call or as a stream: what became of each, in order; and everybody asked at once."""
    people = [client.add_subject(somebody()) for _ in range(3)]
    noes = [Choice(people[number % 3], "refuse", "newsletter", channel="email", language="en", method="button") for number in range(1200)]
    wrong = Choice(people[0], "grant", "newsletter", channel="email", language="en", method="silence")
    outcomes = client.choose_many([*noes, wrong])
    assert len(outcomes) == 1201
    assert all(isinstance(item, Recorded) for item in outcomes[:1200])
    assert isinstance(outcomes[1200], Rejected)
    assert outcomes[1200].rejections[0].text
    streamed = list(client.stream_choices(iter([*noes[:1100], wrong])))
    assert [bool(item) for item in streamed] == [True] * 1100 + [False]
    yes = reader(client)
    verdicts = client.decide_many(Question("newsletter", ["contact.email"], subject=one, channel="email") for one in [*people, yes])
    assert [bool(item) for item in verdicts] == [False, False, False, True]


def test_what_the_key_does_not_open(janji: Served) -> None:
    """A wrong key, and a scope that a key lacks, are errors that say what helps; a gate is then shut."""
    with Client(janji.url, "jk_wrong") as client, pytest.raises(NotAllowed) as caught:
        client.decide("newsletter", ["contact.email"])
    assert (caught.value.status, caught.value.code) == (401, "unauthenticated")
    assert caught.value.help
    with Client(janji.url, janji.key(["decide"], "reader")) as client:
        assert client.me().application == "reader"
        with pytest.raises(NotAllowed) as caught:
            client.add_subject(somebody())
        assert (caught.value.status, caught.value.code) == (403, "scope")


def test_awaited(janji: Served, key: str) -> None:
    """The same by the client that is awaited, many at once over few connections."""

    async def ask() -> list[bool]:
        async with AsyncClient(janji.url, key) as client:
            assert (await client.me()).application == "shop"
            people = await asyncio.gather(*(client.add_subject(somebody()) for _ in range(20)))
            await client.choose_many(Choice(one, "refuse", "newsletter", channel="email", language="en", method="button") for one in people)
            streamed = [item async for item in client.stream_choices(Choice(one, "object", "newsletter") for one in people)]
            assert all(streamed)
            verdicts = await asyncio.gather(*(client.permitted("newsletter", ["contact.email"], subject=one, channel="email") for one in people))
            assert all(item.answered for item in verdicts)
            return [bool(item) for item in verdicts]

    assert asyncio.run(ask()) == [False] * 20
