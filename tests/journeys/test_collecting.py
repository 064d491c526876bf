"""Collecting on record: people made, ages, choices, provenance, reviews under seal, and what is observed before enforcing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.choosing import Clock, make_house, person

from janji.collection.submission import Announced, Upload
from janji.decision.enforcement import Enforcement, Mode
from janji.decision.standing import KnownAge
from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Actor, Kind
from janji.store import people, reviews, vault
from janji.store.database import connection
from janji.store.destruction import Destroyed, append_destroyed
from janji.store.vault import KeyKind
from janji.terms.messages import ENGLISH
from janji.web.application import make_application
from janji.workflows import rollout
from janji.workflows.collection import Asked, Taken, collect, read_asked, taken_json
from janji.workflows.consents import text_of
from janji.workflows.door import Door
from janji.workflows.forgetting import finish_forgetting, forget
from janji.workflows.guardians import ERASURE
from janji.workflows.house import House
from janji.workflows.people import find_subjects
from janji.workflows.recording import history_of
from janji.workflows.reviews import TASK, discard, expire, keep, review_of, show_review, waiting

NIK = "3174014408900001"
"""A number in the form of an identity card; it is nobody's."""
MAIL = ("email", "ani@example.org")
ACCOUNT = {"name": "Ani", "contact-details": "ani@example.org", "date-of-birth": "1990-05-06"}


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path) -> House:
    """A house with the operating policy in force, and a folder for the file of destroyed keys."""
    return make_house(database_url, clock, tmp_path)


def observing(house: House, mode: Mode = Mode.OBSERVE, **more: Any) -> House:
    """The house as one that does not enforce yet."""
    settings = replace(house.runtime.settings, enforcement=Enforcement(mode, **more))
    return replace(house, runtime=replace(house.runtime, settings=settings))


def ask(house: House, touchpoint: str, fields: dict[str, Any], **more: Any) -> Taken:
    """A submission of somebody known by a mail address, who concludes what the touchpoint's purposes rest on."""
    given = {"identifiers": (MAIL,), "agreements": (), **more}
    return collect(house, Asked(touchpoint=touchpoint, fields=fields, **given))


def account(house: House, **fields: Any) -> Taken:
    """Somebody opens an account."""
    return ask(house, "my-sony", {**ACCOUNT, **fields}, agreements=(("account", "A-1"),), language="id", method="unticked-box")


def complain(house: House, text: Any, **more: Any) -> Taken:
    """Somebody complains."""
    fields = {"name": "Ani", "contact-details": "ani@example.org", "conversation": text}
    return ask(house, "complaint", fields, agreements=(("request", "R-1"),), **more)


def kinds(house: House, subject: UUID | None) -> list[Kind]:
    """What is on record of somebody, in order."""
    return [event.kind for event in history_of(house, subject or UUID(int=0))]


def in_clear(*words: str) -> bool:
    """Whether a word stands in any table."""
    tables = connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return any(
        connection().execute(f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text LIKE %s)", [f"%{word}%"]).fetchone() == (True,)  # noqa: S608
        for (table,) in tables
        for word in words
    )


def test_an_account_is_opened(house: House) -> None:
    """The person is made, age and agreement are on record, and one event tells what was collected without any of it."""
    taken = account(house)
    assert taken.collected.allowed
    assert set(taken.collected.kept) == set(ACCOUNT)
    assert find_subjects(house, [MAIL]) == [taken.subject]
    found = kinds(house, taken.subject)
    assert {Kind.AGREEMENT_RECORDED, Kind.AGE_RECORDED, Kind.DATA_COLLECTED} <= set(found)
    event = history_of(house, taken.subject or UUID(int=0))[-1]
    assert event.details == {
        "touchpoint": "my-sony", "fields": sorted(ACCOUNT), "data": sorted(ACCOUNT), "source": ["person"],
        "collected": ["direct"], "mode": "enforce", "purposes": ["account-service", "age-verification"], "left_out": 0,
    }  # fmt: skip
    assert not in_clear("1990-05-06", "ani@example.org")


def test_a_newsletter_starts_as_no(house: House) -> None:
    """Without an answer nothing is recorded; a yes is a consent with its notice; a no takes a yes back."""
    silent = account(house)
    assert silent.chosen == ()
    assert Kind.CONSENT_GIVEN not in kinds(house, silent.subject)
    willing = account(house, newsletter={"email": True})
    (chosen,) = willing.chosen
    assert chosen.recorded is not None, [item.code for item in chosen.rejections]
    assert "newsletter" not in willing.collected.kept
    (given,) = [one for one in history_of(house, willing.subject or UUID(int=0)) if one.kind is Kind.CONSENT_GIVEN]
    text = text_of(house, "newsletters", "id")
    assert text is not None
    assert (given.details["notice_digest"], given.details["channel"]) == (text.digest, "email")
    account(house, newsletter={"email": False, "sms": False})
    assert kinds(house, willing.subject).count(Kind.CONSENT_WITHDRAWN) == 1
    assert kinds(house, willing.subject).count(Kind.CONSENT_REFUSED) == 1


def test_a_choice_that_does_not_count_is_told(house: House) -> None:
    """A box ticked beforehand is rejected with its reason, and the account is opened all the same."""
    taken = ask(house, "my-sony", {**ACCOUNT, "newsletter": {"email": True}}, agreements=(("account", "A-1"),), language="id",
                method="pre-ticked")  # fmt: skip
    assert [item.code for item in taken.chosen[0].rejections] == ["pre-ticked"]
    assert taken.collected.allowed
    told = taken_json(taken, ENGLISH)
    assert told["choices"][0]["rejections"][0]["code"] == "pre-ticked"
    assert Kind.CONSENT_GIVEN not in kinds(house, taken.subject)


def test_a_child_at_the_gate(house: House) -> None:
    """A date of birth sets the quarantine in the same moment: only the date is kept, and the way leads to a guardian."""
    taken = account(house, **{"date-of-birth": "2015-05-06", "newsletter": {"email": True}})
    assert not taken.collected.allowed
    assert set(taken.collected.kept) == {"date-of-birth"}
    assert taken.collected.age is not None
    assert taken.collected.age.quarantined
    assert taken.erasure is not None
    subject = taken.subject or UUID(int=0)
    assert [task.kind for task in people.open_tasks([subject])] == [ERASURE]
    assert taken.chosen[0].recorded is None
    again = account(house, **{"date-of-birth": "1990-05-06"})
    assert not again.collected.allowed
    assert {reason.code for item in again.collected.dropped for reason in item.reasons} >= {"age-differs", "quarantined"}


def test_an_attested_age_is_recorded(house: House) -> None:
    """Where no date is asked the answer is kept as attested; without one nothing that turns on it is taken."""
    fields = {"basket-items": "camera"}
    silent = ask(house, "shopping-basket", fields)
    assert {reason.code for item in silent.collected.dropped for reason in item.reasons} >= {"age-not-asked"}
    assert silent.subject is None
    ask(house, "shopping-basket", fields, age=KnownAge.ADULT)
    (subject,) = find_subjects(house, [MAIL])
    assert kinds(house, subject) == [Kind.AGE_RECORDED]
    ask(house, "shopping-basket", fields, age=KnownAge.ADULT)
    assert kinds(house, subject) == [Kind.AGE_RECORDED]


def test_a_text_is_quarantined_under_seal(house: House, clock: Clock) -> None:
    """What holds a number of an identity card is not kept: sealed, with a task, shown only for a purpose, and recorded."""
    taken = complain(house, f"My number is {NIK}, please help")
    assert taken.collected.allowed
    assert "conversation" not in taken.collected.kept
    assert not in_clear(NIK)
    id = taken.reviews["conversation"]
    review = review_of(id)
    assert [seen.kind for seen in review.found] == ["national-id"]
    assert review.due - review.opened == timedelta(days=30)
    assert [task.id for task in people.open_tasks([taken.subject or UUID(int=0)], TASK)] == [id]
    with pytest.raises(Refusal):
        show_review(house, id, "newsletters")
    shown = show_review(house, id, "complaint-handling")
    assert shown.value == f"My number is {NIK}, please help"
    used = history_of(house, taken.subject or UUID(int=0))[-1]
    assert (used.kind, used.details["purpose"], used.details["review"]) == (Kind.USE_PERMITTED, "complaint-handling", str(id))
    kept = keep(house, id, "complaint-handling", masked=True)
    assert kept.value == f"My number is {'*' * 16}, please help"
    assert list(waiting()) == []
    assert people.open_tasks([taken.subject or UUID(int=0)], TASK) == ()
    with pytest.raises(Invalid):
        show_review(house, id, "complaint-handling")


def test_a_text_of_nobody_has_a_key_of_its_own(house: House, tmp_path: Path) -> None:
    """Without a person the text is sealed all the same, and discarding it destroys its key, in the file too."""
    taken = complain(house, NIK, identifiers=())
    assert taken.subject is None
    id = taken.reviews["conversation"]
    (key,) = vault.read_keys([id], KeyKind.CONTENT).values()
    with pytest.raises(Refusal):
        show_review(house, id, "newsletters")
    discard(house, id)
    assert vault.read_keys([id], KeyKind.CONTENT) == {}
    assert str(key.id) in (tmp_path / "keys" / "destroyed").read_text()
    assert list(waiting()) == []


def test_a_kill_between_file_and_end_leaves_a_review_that_can_be_closed(house: House, tmp_path: Path) -> None:
    """The file of destroyed keys leads: the text does not open any more, says so, and the review still ends."""
    id = complain(house, NIK, identifiers=()).reviews["conversation"]
    (key,) = vault.read_keys([id], KeyKind.CONTENT).values()
    gone = [Destroyed(key.id, key.subject, key.kind, house.runtime.now())]
    append_destroyed(tmp_path / "keys" / "destroyed", gone)
    finish_forgetting(house)
    with pytest.raises(Refusal):
        show_review(house, id, "content-screening")
    discard(house, id)
    assert list(waiting()) == []


def test_a_review_ends_with_its_time(house: House, clock: Clock) -> None:
    """What nobody looked at within the policy's period is discarded, and the ledger says so."""
    taken = complain(house, NIK)
    clock.put_on(days=29)
    assert expire(house) == 0
    clock.put_on(days=2)
    assert expire(house) == 1
    last = history_of(house, taken.subject or UUID(int=0))[-1]
    assert (last.kind, last.details["outcome"]) == (Kind.TASK_CLOSED, "expired")


def test_forgetting_takes_reviews_and_observations_along(house: House) -> None:
    """A person who is forgotten leaves no text under seal and no pseudonym among the observed."""
    taken = complain(house, NIK)
    subject = taken.subject or UUID(int=0)
    loose = observing(house)
    collect(loose, Asked(touchpoint="my-sony", fields={"shoe-size": "42"}, subject=subject))
    rollout.flush(loose)
    assert connection().execute("SELECT count(*) FROM observed_person").fetchone() != (0,)
    forget(house, subject)
    assert reviews.one(taken.reviews["conversation"]) is None
    assert connection().execute("SELECT count(*) FROM observed_person").fetchone() == (0,)


def test_files_are_read_and_what_is_no_text_is_looked_at(house: House) -> None:
    """A text file is scanned as a text; of a picture nobody knows what it shows, so a person looks; a clean text is kept."""
    clean = complain(house, Upload("note.txt", "text/plain", b"all well", "all well"))
    assert "conversation" in clean.collected.kept
    found = complain(house, Upload("note.txt", "text/plain", NIK.encode(), NIK))
    assert [item.reason.code for item in found.collected.quarantined] == ["review-needed"]
    picture = complain(house, Upload("card.jpg", "image/jpeg", b"\xff\xd8\xff"))
    assert [item.reason.code for item in picture.collected.quarantined] == ["unread"]
    shown = show_review(house, picture.reviews["conversation"], "complaint-handling")
    assert (shown.value.name, shown.value.data) == ("card.jpg", b"\xff\xd8\xff")


def test_recording_needs_its_announcement(house: House, clock: Clock) -> None:
    """A call is recorded after the announcement with the text in force, by an adult who consented, and not otherwise."""
    subject = person(house, MAIL[1])
    text = text_of(house, "training-quality", "id")
    assert text is not None
    from tests.choosing import say, yes

    say(house, subject, yes(house, "training-quality"))
    told = Announced(clock.at - timedelta(seconds=5), text.digest)
    for announced, code in ((None, "recording-unannounced"), (Announced(told.at, "0" * 64), "recording-other-notice"),
                            (Announced(clock.at + timedelta(seconds=5), text.digest), "recording-announced-late")):  # fmt: skip
        refused = ask(house, "phone-call", {"recording": "ref"}, announced=announced)
        assert [reason.code for item in refused.collected.dropped for reason in item.reasons] == [code]
    taken = ask(house, "phone-call", {"recording": "ref"}, announced=told)
    assert taken.collected.kept == {"recording": "ref"}
    assert history_of(house, subject)[-1].details["announced"] == text.digest


def test_observing_keeps_and_counts(house: House, clock: Clock) -> None:
    """In observe the gate keeps what it would drop, and the report tells how often, of how many, and what must be done."""
    loose = observing(house)
    for address in ("a@example.org", "b@example.org", "a@example.org"):
        taken = ask(loose, "my-sony", {**ACCOUNT, "interests": "music", "shoe-size": "42"}, identifiers=(("email", address),),
                    agreements=(("account", "A-1"),), application="shop")  # fmt: skip
        assert taken.collected.kept["interests"] == "music"
        assert taken.collected.kept["shoe-size"] == "42"
    found = rollout.report(loose)
    lines = {(line.purpose, line.application): line for line in found.lines}
    interests = lines["personalisation", "shop"]
    assert (interests.asked, interests.denied, interests.people, interests.mode) == (3, 3, 2, Mode.OBSERVE)
    assert [(why.code, why.times, why.people) for why in interests.reasons] == [("consent-missing", 3, 2)]
    assert interests.reasons[0].clauses
    assert not interests.ready
    assert lines["-", "shop"].reasons[0].code == "field-undeclared"
    assert lines["account-service", "shop"].denied == 0
    assert not lines["account-service", "shop"].ready
    assert found.purposes == ()
    clock.put_on(days=14)
    later = rollout.report(loose)
    assert {"account-service", "age-verification"} <= set(later.purposes)
    assert "personalisation" not in later.purposes
    assert later.applications == ()
    clock.put_on(days=2)
    assert "personalisation" in rollout.report(loose).purposes
    assert rollout.report(loose).applications == ("shop",)
    assert json.dumps(rollout.rollout_json(later, ENGLISH))


def test_what_always_holds_is_not_observed(house: House) -> None:
    """In observe a withdrawn consent still stops, and a child is in quarantine still, with what nobody declared too."""
    loose = observing(house)
    more = {"religion": "x", "name": {"of": "y"}}
    child = ask(loose, "my-sony", {**ACCOUNT, **more, "date-of-birth": "2015-05-06"}, agreements=(("account", "A-1"),))
    assert set(child.collected.kept) == {"date-of-birth"}
    assert {"religion", "name.of"} <= {item.field for item in child.collected.dropped if item.always}
    adult = person(house, "b@example.org")
    from tests.choosing import no, say, yes

    say(house, adult, yes(house, "location-services"))
    place = {"location": "-6.2,106.8"}
    assert ask(loose, "location-service", place, subject=adult, identifiers=()).collected.kept == place
    say(house, adult, no("location-services"))
    assert ask(loose, "location-service", place, subject=adult, identifiers=()).collected.kept == {}


def test_nobody_is_made_for_nothing(house: House) -> None:
    """A submission of which nothing is kept leaves no trace of who sent it."""
    taken = ask(house, "survey", {"opinions": "fine", "about-you": "much"}, agreements=())
    assert taken.subject is None
    assert find_subjects(house, [MAIL]) == [None]
    assert ask(house, "no-such-form", {"a": "b"}).subject is None


def test_identifiers_of_two_people_are_a_conflict(house: House) -> None:
    """Nothing is recorded under a guess."""
    person(house, "a@example.org")
    person(house, "b@example.org")
    with pytest.raises(Conflict):
        ask(house, "my-sony", ACCOUNT, identifiers=(("email", "a@example.org"), ("email", "b@example.org")),
            agreements=(("account", "A"),))  # fmt: skip


def test_a_context_as_programs_write_it(house: House) -> None:
    """Every key is understood; an unknown key, a bad value and a bad file are named without what they held."""
    asked = read_asked(house, "my-sony", {"name": "Ani", "photo": {"name": "a.txt", "media_type": "text/plain", "base64": "aGk="}}, {
        "subject": {"kind": "email", "value": MAIL[1]}, "language": "id", "announced": {"at": "2026-12-01T03:00:00Z", "digest": "a" * 64},
        "scopes": ["openid"], "agent": "clerk-7", "trained_until": "2027-01-01", "age": "adult", "actor": "staff",
        "agreements": [{"kind": "account", "reference": "A-1"}], "digests": {"newsletters": "b" * 64}, "method": "unticked-box",
    })  # fmt: skip
    assert asked.identifiers == (MAIL,)
    assert (asked.actor, asked.age, asked.trained_until) == (Actor.STAFF, KnownAge.ADULT, date(2027, 1, 1))
    assert asked.fields["photo"].text == "hi"
    for context in ({"subjekt": "x"}, {"age": "old"}, {"announced": {"at": "yesterday", "digest": "a" * 64}}, {"scopes": "openid"},
                    {"digests": {"a": 1}}, {"agreements": [{"kind": "account"}]}, {"trained_until": "soon"}, ["list"]):  # fmt: skip
        with pytest.raises(Invalid):
            read_asked(house, "my-sony", {}, context)
    with pytest.raises(Invalid):
        read_asked(house, "my-sony", {"photo": {"media_type": "text/plain", "base64": "%"}}, {})


def test_a_company_finds_what_is_its_own(house: House, tmp_path: Path) -> None:
    """A recogniser in the file of the setting sets a text aside; a mistake in it is told with its place."""
    path = tmp_path / "recognisers.yaml"
    path.write_text("recognisers:\n  member: {pattern: 'MBR-?[0-9]{8}', label: {en: a member number, id: nomor anggota}, confidence: 0.9}\n")
    own = replace(house, runtime=replace(house.runtime, settings=replace(house.runtime.settings, recognisers=path)))
    said = "my card MBR-12345678 does not open the lounge"
    for one, kinds in ((house, []), (own, ["member"])):
        assert [found.kind for id in complain(one, said).reviews.values() for found in review_of(id).found] == kinds
    path.with_name("wrong.yaml").write_text("recognisers:\n  member: {pattern: '.*'}\n")
    wrong = replace(own, runtime=replace(own.runtime, settings=replace(own.runtime.settings, recognisers=path.with_name("wrong.yaml"))))
    with pytest.raises(Invalid) as caught:
        complain(wrong, said)
    assert caught.value.diagnostics[0].place.line == 2


def test_enforcement_that_names_nothing_is_no_enforcement_of_anything(house: House) -> None:
    """A misspelt stricter mode never lets the default keep what it was to stop; and nothing is served under it."""
    wrongs: tuple[dict[str, Any], ...] = ({"purposes": {"newsleters": Mode.ENFORCE}}, {"touchpoints": {"my-sonny": Mode.ENFORCE}})
    for more in wrongs:
        wrong = observing(house, **more)
        with pytest.raises(Invalid, match="names nothing"):
            account(wrong)
        with pytest.raises(Invalid, match="names nothing"):
            make_application(Door(wrong))
