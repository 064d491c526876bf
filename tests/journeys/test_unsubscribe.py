"""Unsubscribing by a link: what a token tells, whom it stops, and what it never does."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.choosing import Clock, make_house, person, say, yes

from janji.consent.choices import ObjectionMade
from janji.errors import Invalid
from janji.ledger.events import Actor, Kind
from janji.store import database, people
from janji.store.vault import keeper_of
from janji.workflows.consents import Asked, choose, facts_of
from janji.workflows.forgetting import forget
from janji.workflows.house import House, enter_house
from janji.workflows.identity import merge, split
from janji.workflows.recording import history_of
from janji.workflows.runtime import Settings
from janji.workflows.tokens import LONGEST
from janji.workflows.unsubscribe import PATH, Link, Outcome, make_links, read_token, unsubscribe, would_stop

SITE = "https://privacy.example.net"


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path) -> House:
    """A house of one's own."""
    made = make_house(database_url, clock)
    (tmp_path / "keys").mkdir()
    return replace(made, runtime=replace(made.runtime, settings=Settings(data_dir=tmp_path)))


def token_of(house: House, link: Link) -> str:
    """The token of a link, out of its URL."""
    (made,) = make_links(house, SITE, [link])
    return made.url.removeprefix(SITE + PATH)


def kinds(house: House, subject: UUID) -> list[str]:
    """What is on record of somebody."""
    return [str(event.kind) for event in history_of(house, subject)]


def test_a_link_stops_what_it_says_and_nothing_else(house: House) -> None:
    """The no is recorded once, as a withdrawal by a link; other channels and purposes go on."""
    subject = person(house)
    for channel in ("email", "sms"):
        say(house, subject, yes(house, "newsletters", channel))
    link = read_token(house, token_of(house, Link(subject, "newsletters", "email")))
    assert link == Link(subject, "newsletters", "email")
    (told,) = would_stop(house, link)
    assert "newsletter" in str(told).lower()
    assert unsubscribe(house, link) is Outcome.STOPPED
    before = kinds(house, subject)
    assert before.count("consent.withdrawn") == 1
    (event,) = [one for one in history_of(house, subject) if one.kind is Kind.CONSENT_WITHDRAWN]
    assert event.details == {"purpose": "newsletters", "channel": "email", "method": "unsubscribe-link"}
    assert event.actor is Actor.PERSON
    assert unsubscribe(house, link) is Outcome.ALREADY
    assert kinds(house, subject) == before
    assert "Nothing" in str(would_stop(house, link)[0])
    layout, bits = house.policy_in_force.layout, facts_of(house, [subject])[subject].bits
    held = [name for name in layout.names(bits) if name.startswith("consent/newsletters/")]
    assert [name.split("/")[2] for name in held] == ["sms"]


def test_without_a_channel_a_link_stops_all_of_them_and_a_later_yes_can_be_stopped_again(house: House) -> None:
    """The same token works whenever there is something to stop."""
    subject = person(house)
    link = Link(subject, "newsletters")
    for _ in range(2):
        say(house, subject, yes(house, "newsletters", "email"))
        say(house, subject, yes(house, "newsletters", "sms"))
        assert unsubscribe(house, link) is Outcome.STOPPED
        assert unsubscribe(house, link) is Outcome.ALREADY
    assert kinds(house, subject).count("consent.withdrawn") == 2


def test_a_no_without_a_consent_before_counts_too(house: House) -> None:
    """Who never said yes is remembered as having said no."""
    subject = person(house)
    assert unsubscribe(house, Link(subject, "newsletters")) is Outcome.STOPPED
    assert unsubscribe(house, Link(subject, "newsletters")) is Outcome.ALREADY


def test_where_nothing_rests_on_consent_a_link_objects(house: House) -> None:
    """A weighed interest is stopped by an objection."""
    from janji.terms.processing import LegalBasis

    policy = house.policy_in_force.policy
    purpose = next(str(one.id) for one in policy.purposes.values() if one.basis is LegalBasis.LEGITIMATE_INTEREST)
    subject = person(house)
    assert unsubscribe(house, read_token(house, token_of(house, Link(subject, purpose)))) is Outcome.STOPPED
    (event,) = [one for one in history_of(house, subject) if one.kind is Kind.OBJECTION_MADE]
    assert event.details["purpose"] == purpose
    assert unsubscribe(house, Link(subject, purpose)) is Outcome.ALREADY


def test_no_link_is_made_for_what_a_click_cannot_stop(house: House) -> None:
    """What a contract needs, what is not declared, and a channel that the purpose does not have."""
    from janji.terms.processing import LegalBasis

    policy = house.policy_in_force.policy
    duty = next(str(one.id) for one in policy.purposes.values() if one.basis is LegalBasis.LEGAL_OBLIGATION)
    subject = person(house)
    for link in (Link(subject, duty), Link(subject, "newsletter"), Link(subject, "newsletters", "fax")):
        with pytest.raises(Invalid):
            make_links(house, SITE, [link])


def test_the_headers_are_those_of_the_standard(house: House) -> None:
    """RFC 8058: one HTTPS URI, and the field of the body."""
    (made,) = make_links(house, SITE + "/", [Link(uuid4(), "newsletters", "email")])
    assert made.headers == {"List-Unsubscribe": f"<{made.url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert made.url.startswith(SITE + "/unsubscribe/")
    assert len(made.url) < 200


def test_a_token_tells_nothing_and_is_the_same_every_time(house: House) -> None:
    """Neither the person's number nor the purpose is in it, in whatever writing."""
    subject = uuid4()
    token = token_of(house, Link(subject, "newsletters", "email"))
    assert token == token_of(house, Link(subject, "newsletters", "email"))
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for part in (subject.bytes, b"newsletters", b"email"):
        assert part not in data
        assert part.hex() not in token
    assert token != token_of(house, Link(subject, "newsletters", "sms"))


def test_a_new_key_encryption_key_leaves_links_as_they_are(database_url: str, clock: Clock) -> None:
    """Mail lies in mailboxes for years: links are drawn from a key that lives as long as the house."""
    house = make_house(database_url, clock)
    token = token_of(house, Link(UUID(int=1), "newsletters"))
    fresh = keeper_of(b"f" * 32, house.keeper)
    from janji.store import vault

    with database.transaction():
        vault.rewrap_secrets(fresh, house.runtime.random)
    assert read_token(enter_house(house.runtime, database_url, fresh), token) == Link(UUID(int=1), "newsletters")


def test_whoever_was_merged_is_stopped_as_the_survivor(house: House) -> None:
    """A link made before a merge stops the survivor; after a split it is about the one it was made for."""
    ani, other = person(house), person(house, "a.n@example.org")
    for one in (ani, other):
        say(house, one, yes(house, "newsletters", "email"))
    merge(house, ani, other, Actor.STAFF)
    assert unsubscribe(house, Link(other, "newsletters", "email")) is Outcome.STOPPED
    assert kinds(house, ani)[-2:] == ["consent.withdrawn", "task.opened"]
    assert split(house, ani, Actor.STAFF) == other
    before = kinds(house, ani)
    assert unsubscribe(house, Link(other, "newsletters", "email")) is Outcome.ALREADY
    assert kinds(house, ani) == before


def test_of_whoever_is_gone_nothing_is_recorded(house: House) -> None:
    """Forgotten, or never there: nothing to stop, no error, no new row."""
    subject = person(house)
    say(house, subject, yes(house, "newsletters", "email"))
    forget(house, subject)
    before = kinds(house, subject)
    for link in (Link(subject, "newsletters", "email"), Link(subject, "newsletters"), Link(uuid4(), "newsletters")):
        assert unsubscribe(house, link) is Outcome.GONE
        assert "Nothing" in str(would_stop(house, link)[0])
    assert kinds(house, subject) == before
    assert people.subjects([subject])[subject].state == "forgotten"
    count = database.connection().execute("SELECT count(*) FROM standing").fetchone()
    assert count == (0,)


def test_what_an_objection_stopped_is_still_said_no_to(house: House) -> None:
    """A consent that an objection stops is withdrawn by a link all the same."""
    subject = person(house)
    say(house, subject, yes(house, "newsletters", "email"))
    choose(house, Asked(subject=subject, choice=ObjectionMade(purpose="newsletters")))
    assert unsubscribe(house, Link(subject, "newsletters", "email")) is Outcome.STOPPED


@pytest.fixture
def tokens(house: House) -> tuple[House, str]:
    """A house and a good token."""
    return house, token_of(house, Link(UUID(int=7), "newsletters", "email"))


def test_bad_tokens_are_one_error(tokens: tuple[House, str], database_url: str) -> None:
    """Empty, cut, lengthened, changed, padded, foreign, not text, very long: the same words for each."""
    house, token = tokens
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    bad = ["", "x", token[:-1], token[1:], token + "A", token + "=", token + "\n", token.swapcase(), " " + token, "é" * 50, "A" * (LONGEST + 1),
           "A" * 10**6, "../" + token, token + "%00", base64.urlsafe_b64encode(b"\x02" + data[1:]).decode().rstrip("="),
           base64.urlsafe_b64encode(b"\x01").decode().rstrip("="), base64.urlsafe_b64encode(b"\x01" + bytes(16)).decode().rstrip("=")]  # fmt: skip
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    assert base64.urlsafe_b64decode(twin + "=" * (-len(twin) % 4)) == data  # other letters for the same bytes
    said = set()
    for one in (*bad, twin):
        with pytest.raises(Invalid) as raised:
            read_token(house, one)
        said.add(str(raised.value))
        assert one not in str(raised.value) or len(one) < 2
    assert len(said) == 1


@given(place=st.integers(0, 10**6), byte=st.integers(1, 255))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_changed_token_is_read(tokens: tuple[House, str], place: int, byte: int) -> None:
    """Whichever byte of a token is changed, it is bad."""
    house, token = tokens
    data = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    data[place % len(data)] ^= byte
    with pytest.raises(Invalid):
        read_token(house, base64.urlsafe_b64encode(bytes(data)).decode().rstrip("="))


def test_a_token_of_another_house_is_bad(tokens: tuple[House, str], server: object) -> None:
    """Keys of two houses differ, and so do their tokens."""
    from tests.database import clone

    _, token = tokens
    with clone(server) as url:  # type: ignore[arg-type]
        other = make_house(url)
        with pytest.raises(Invalid):
            read_token(other, token)
