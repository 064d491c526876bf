"""Clauses about consent and objection, made true in a record on a real server: what was shown, said, stopped and kept."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from tests.choosing import START, Clock, make_house, no, person, say, yes

from janji.consent.choices import NEVER_CONSENT, ChoiceMade, Verb
from janji.consent.impact import Withdrawal
from janji.consent.shown import shown, shown_text
from janji.decision.engine import decide
from janji.decision.question import Question
from janji.ledger.events import Actor, Kind
from janji.policy.model import Purpose
from janji.store import people
from janji.terms.canonical import digest
from janji.terms.processing import LegalBasis, Operation, Trait
from janji.workflows.consents import (
    Asked,
    agreement,
    authorise,
    choose,
    choose_many,
    facts_of,
    impact_of,
    opt_out,
    revoke_authorisation,
    signal,
)
from janji.workflows.house import House
from janji.workflows.receipts import receipt_of, records_of
from janji.workflows.recording import history_of


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock) -> House:
    """A house with the operating policy in force."""
    return make_house(database_url, clock)


def purposes(house: House, *traits: Trait, basis: LegalBasis | None = None, clause: str | None = None) -> list[Purpose]:
    """The purposes with any of these traits, on this basis, under this clause."""
    return [
        purpose for purpose in house.policy_in_force.policy.purposes.values()
        if (not traits or set(traits) & set(purpose.traits)) and basis in (None, purpose.basis) and clause in (None, *purpose.clauses)
    ]  # fmt: skip


def may(house: House, subject: UUID, purpose: str, channel: str | None = None, **asked: str) -> bool:
    """Whether anything may be done for the purpose, by what is stored."""
    facts = facts_of(house, [subject])[subject]
    names = house.policy_in_force.policy.purposes[purpose].data
    return any(
        decide(house.policy_in_force.compiled, Question(purpose, (str(name),), house.runtime.now(), channel=channel, **asked), facts).permit
        for name in names
    )  # fmt: skip


def channels(purpose: Purpose) -> tuple[str | None, ...]:
    """Its channels, or none."""
    return purpose.channels or (None,)


def grant_all(house: House, subject: UUID, wanted: list[Purpose]) -> None:
    """A valid yes to each of these, in each channel."""
    results = choose_many(house, [
        Asked(subject=subject, choice=yes(house, purpose.id, channel)) for purpose in wanted for channel in channels(purpose)
    ])  # fmt: skip
    assert all(one.recorded for one in results)


def test_clause_P_2_a_on_record(house: House) -> None:  # as the clause is called
    """Of each consent it can be shown which text was shown: the digest in the record is that of the published notice."""
    subject = person(house)
    policy = house.policy_in_force.policy
    for purpose in purposes(house, basis=LegalBasis.CONSENT):
        notice = policy.notices[purpose.notice or ""]
        for language in notice.languages(policy.languages):
            say(house, subject, yes(house, purpose.id, channels(purpose)[0], language))
            event = history_of(house, subject)[-1]
            assert event.details["notice_digest"] == digest(shown_text(policy, notice, language)) == shown(policy, notice, language).digest
            assert (event.details["notice_version"], event.details["language"]) == (notice.version, language)
    told = records_of(house, subject)
    assert all(len(one["dpv:hasNotice"]["janji:told"]) == 7 for one in told)


def test_clause_P_2_b_on_record(house: House) -> None:
    """Nothing that a person merely does becomes consent: no event, no permission, for any purpose."""
    subject = person(house)
    before = history_of(house, subject)
    for purpose in purposes(house, basis=LegalBasis.CONSENT):
        for method in sorted(NEVER_CONSENT):
            result = choose(house, Asked(subject=subject, choice=yes(house, purpose.id, channels(purpose)[0], method=method)))
            assert [item.code for item in result.rejections] == [str(method)]
        bundle = yes(house, purpose.id, channels(purpose)[0], together=("newsletters", "personalisation", "recruitment"))
        assert [item.code for item in choose(house, Asked(subject=subject, choice=bundle)).rejections] == ["bundled"]
        assert not may(house, subject, purpose.id, channels(purpose)[0])
    assert history_of(house, subject) == before


def test_clause_3_1_3_p1_on_record(house: House) -> None:
    """One no ends all marketing in all six channels at once, and a channel that nobody knows means all of them."""
    subject, other = person(house), person(house, "budi@example.org")
    marketing = purposes(house, Trait.MARKETING)
    for somebody in (subject, other):
        grant_all(house, somebody, [purpose for purpose in marketing if purpose.basis is LegalBasis.CONSENT])
    assert all(may(house, subject, purpose.id, channel) for purpose in marketing for channel in channels(purpose))
    opt_out(house, subject)
    assert not any(may(house, subject, purpose.id, channel) for purpose in marketing for channel in channels(purpose))
    say(house, other, no("newsletters", "a channel nobody knows"))
    assert not any(may(house, other, "newsletters", channel) for channel in house.policy_in_force.policy.purposes["newsletters"].channels)
    assert may(house, other, "marketing-offers", "email")


def test_clause_3_1_3_p2_on_record(house: House) -> None:
    """Marketing to consumers starts with a recorded yes and with nothing else."""
    subject = person(house)
    wanted = purposes(house, Trait.MARKETING, basis=LegalBasis.CONSENT)
    assert not any(may(house, subject, purpose.id, channel) for purpose in wanted for channel in channels(purpose))
    grant_all(house, subject, wanted)
    assert all(may(house, subject, purpose.id, channel) for purpose in wanted for channel in channels(purpose))


def test_clause_3_1_3_a_on_record(house: House) -> None:
    """A newsletter goes through the channel that was chosen and no other, and each choice has its proof."""
    subject = person(house)
    asked = house.policy_in_force.policy.purposes["newsletters"].channels
    for count, channel in enumerate(asked, 1):
        done = say(house, subject, yes(house, "newsletters", channel))
        assert [one for one in asked if may(house, subject, "newsletters", one)] == list(asked[:count])
        part = receipt_of(house, subject)["dct:hasPart"][0]
        assert done.recorded is not None
        assert part["janji:proof"]["janji:eventDigest"] == done.recorded.digest
        assert part["dpv:hasProcess"]["janji:channel"]["@id"].endswith(f":{channel}")
    assert choose(house, Asked(subject=subject, choice=yes(house, "newsletters"))).recorded is None


def test_clause_3_1_3_c_on_record(house: House) -> None:
    """A browser that sends the Global Privacy Control stops every purpose under this clause, consented to or not."""
    subject = person(house)
    wanted = purposes(house, clause="3.1.3.c")
    assert len(wanted) == 3
    grant_all(house, subject, wanted)
    assert all(may(house, subject, purpose.id) for purpose in wanted)
    signal(house, subject)
    assert not any(may(house, subject, purpose.id) for purpose in wanted)
    assert {(event.details["signal"], str(event.actor)) for event in history_of(house, subject) if event.kind is Kind.OBJECTION_MADE} == {("gpc", "browser")}


def test_clause_3_1_5_b_on_record(house: House) -> None:
    """An applicant has a receipt; after the withdrawal nothing is used, and what only the application needed is to be deleted."""
    subject = person(house)
    say(house, subject, yes(house, "recruitment"))
    assert may(house, subject, "recruitment")
    assert "recruitment" in json.dumps(receipt_of(house, subject))
    done = say(house, subject, no("recruitment"))
    assert not may(house, subject, "recruitment")
    assert done.cascade is not None
    assert {fate.data for fate in done.cascade.goes} == {"education", "employment-history"}


def test_clause_3_1_5_c_on_record(house: House) -> None:
    """A purpose that nobody was told of cannot be consented to, nor one under the notice of another."""
    subject = person(house)
    unknown = ChoiceMade(verb=Verb.GRANT, purpose="something-new", method="button")
    assert [item.code for item in choose(house, Asked(subject=subject, choice=unknown)).rejections] == ["purpose-unknown"]
    other = yes(house, "newsletters", "email")
    for purpose in purposes(house, basis=LegalBasis.CONSENT):
        if purpose.notice != other.notice:
            made = ChoiceMade(verb=Verb.GRANT, purpose=purpose.id, channel=channels(purpose)[0], notice=other.notice,
                              version=other.version, language="id", digest=other.digest, method="button")  # fmt: skip
            assert [item.code for item in choose(house, Asked(subject=subject, choice=made)).rejections] == ["notice-not-of-purpose"]


def test_clause_6_1_g_on_record(house: House, clock: Clock) -> None:
    """Another party receives what the person named, until the day named, and nothing after it was taken back."""
    subject, party = person(house), "user-authorised-party"
    say(house, subject, yes(house, "authorised-sharing"))

    def shared() -> set[str]:
        facts = facts_of(house, [subject])[subject]
        names = house.policy_in_force.policy.purposes["authorised-sharing"].data
        return {str(name) for name in names if decide(house.policy_in_force.compiled, Question(
            "authorised-sharing", (str(name),), house.runtime.now(), Operation.DISCLOSE, recipient=party), facts).permit}  # fmt: skip

    assert shared() == set()
    authorise(house, subject, party, ["name", "email"], START + timedelta(days=5), Actor.PERSON, {"reference": "signed form 12"})
    assert shared() == {"name", "email"}
    clock.put_on(days=5)
    assert shared() == set()
    authorise(house, subject, party, ["name"], START + timedelta(days=9), Actor.PERSON)
    assert shared() == {"name"}
    revoke_authorisation(house, subject, party, Actor.PERSON)
    assert shared() == set()


def test_clause_9_1_d_on_record(house: House) -> None:
    """Each consent can be taken back with nothing but a word; it stops at once, and a task carries it on within 72 hours."""
    subject = person(house)
    wanted = purposes(house, basis=LegalBasis.CONSENT)
    grant_all(house, subject, wanted)
    for purpose in wanted:
        assert may(house, subject, purpose.id, channels(purpose)[0])
        done = say(house, subject, ChoiceMade(verb=Verb.WITHDRAW, purpose=purpose.id))
        assert not any(may(house, subject, purpose.id, channel) for channel in channels(purpose))
        task = next(one for one in people.open_tasks([subject]) if one.id == done.task)
        assert task.due == START + timedelta(hours=72)
        assert any("Art 40" in article or "40" in article for article in task.details["articles"])
    assert len(people.open_tasks([subject])) == len(wanted)


def test_clause_10_2_on_record(house: House) -> None:
    """Before deciding the person sees exactly which services stop, and then exactly those stop."""
    subject = person(house)
    agreement(house, subject, "order", "A-1", Actor.STAFF)
    wanted = purposes(house, basis=LegalBasis.CONSENT)
    grant_all(house, subject, wanted)
    every = [(purpose.id, channel) for purpose in purposes(house) for channel in channels(purpose)]
    for purpose in wanted[::4]:
        told = impact_of(house, subject, [Withdrawal(purpose.id)])
        before = {pair for pair in every if may(house, subject, *pair)}
        say(house, subject, no(purpose.id))
        after = {pair for pair in every if may(house, subject, *pair)}
        assert before - after == {(one.purpose, one.channel) for one in told.stops}
        assert {name for name, _ in before - after} == {purpose.id}
        assert after == {(one.purpose, one.channel) for one in told.continues}
        read = " ".join(map(str, told.words()))
        assert all(one.title.get("en") in read for one in (*told.stops, *told.continues))
