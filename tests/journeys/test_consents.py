"""Choices of people on a real server: recorded, refused, taken back, run out, imported, and shown again."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jsonschema
import pytest
from tests.choosing import START, Clock, make_house, no, person, say, yes

from janji.consent.choices import ChoiceMade, Method, ObjectionMade, Verb
from janji.consent.impact import Withdrawal
from janji.consent.lists import Outcome
from janji.decision.engine import decide
from janji.decision.history import check
from janji.decision.question import Question
from janji.errors import Invalid, Refusal
from janji.ledger.checkpoint import open_note
from janji.ledger.events import Actor, Kind, encode, leaf_hash
from janji.ledger.merkle import included
from janji.people.identifiers import Suppressed, identify
from janji.store import database, people, policies, records, standings
from janji.store.suppression import Suppression, suppress, suppression_index
from janji.workflows.consent_lists import import_list, plan_list, to_ask_again
from janji.workflows.consents import (
    Asked,
    agreement,
    authorise,
    cascade_of,
    choose,
    choose_many,
    facts_of,
    impact_of,
    lift_objection,
    opt_out,
    restrict,
    revoke_authorisation,
    signal,
    stale,
    text_of,
)  # fmt: skip
from janji.workflows.house import House, enter_house
from janji.workflows.identity import join
from janji.workflows.ledger import verifier
from janji.workflows.people import find_subjects, subjects_for
from janji.workflows.receipts import receipt_of, records_of
from janji.workflows.recording import Entry, evidence_of, history_of, record
from janji.workflows.standings import sweep

ROOT = Path(__file__).parents[2]
CANARY = "canary-5b1d@example.org"


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock) -> House:
    """A house of one's own."""
    return make_house(database_url, clock)


def may(house: House, subject: UUID, purpose: str, channel: str | None = None, data: str | None = None, **asked: str) -> bool:
    """Whether the engine permits, by the row that is stored now, which is held against the history first."""
    held_to_history(house, subject)
    name = data or house.policy_in_force.policy.purposes[purpose].data[0]
    question = Question(purpose, (str(name),), house.runtime.now(), channel=channel, **asked)
    return decide(house.policy_in_force.compiled, question, facts_of(house, [subject])[subject]).permit


def held_to_history(house: House, subject: UUID) -> None:
    """The stored row is what the history adds up to."""
    from janji.decision.history import Row

    layout = house.policy_in_force.layout
    (_, row) = records.lock([subject], range(layout.words))[subject]
    assert check(Row(row.bits, row.born, row.due, row.layout), history_of(house, subject), house.runtime.now(), layout) == ()


def kinds(house: House, subject: UUID) -> list[str]:
    return [str(event.kind) for event in history_of(house, subject)]


def test_a_yes_counts_at_once_and_a_no_stops_at_once(house: House) -> None:
    """Permitted after the yes, in its channel alone; denied after the no; the cascade has the law's 72 hours."""
    subject = person(house)
    assert not may(house, subject, "newsletters", "email")
    given = say(house, subject, yes(house, "newsletters", "email"))
    assert may(house, subject, "newsletters", "email")
    assert not may(house, subject, "newsletters", "sms")
    (event,) = [one for one in history_of(house, subject) if one.kind is Kind.CONSENT_GIVEN]
    assert given.recorded is not None
    assert given.recorded.digest == leaf_hash(encode(event)).hex()
    assert {"purpose", "channel", "notice", "notice_version", "notice_digest", "language", "method"} == set(event.details)
    taken = say(house, subject, no("newsletters", "email"))
    assert not may(house, subject, "newsletters", "email")
    (task,) = people.open_tasks([subject])
    assert (task.id, task.kind, task.due) == (taken.task, "withdrawal-cascade", START + timedelta(hours=72))
    assert task.details["delete"] == ["account-preferences"]
    assert kinds(house, subject)[-2:] == ["consent.withdrawn", "task.opened"]
    again = say(house, subject, no("newsletters", "email"))
    assert again.task is None
    assert len(people.open_tasks([subject])) == 1


def test_a_choice_that_does_not_count_leaves_nothing(house: House) -> None:
    """Implied, bundled, unproven: named with clause and article, and nothing is in the record."""
    subject = person(house)
    before = kinds(house, subject)
    for made in (yes(house, "newsletters", "email", method=Method.IMPLIED), yes(house, "newsletters", "email", together=("offers-benefits",)),
                 yes(house, "newsletters", "email", actor=Actor.BROWSER)):  # fmt: skip
        result = choose(house, Asked(subject=subject, choice=made))
        assert result.recorded is None
        assert result.rejections
    assert kinds(house, subject) == before


def test_paper_needs_its_evidence_and_the_evidence_is_sealed(house: House) -> None:
    """What staff record from a form has the reference under seal; without it the choice does not count."""
    subject = person(house)
    form = yes(house, "newsletters", "email", actor=Actor.STAFF, method=Method.SIGNED_FORM)
    assert [item.code for item in choose(house, Asked(subject=subject, choice=form)).rejections] == ["evidence-missing"]
    done = say(house, subject, form, evidence={"reference": CANARY})
    assert done.recorded is not None
    assert evidence_of(house, subject, done.recorded.id) == {"reference": CANARY}
    assert all(CANARY not in str(event) for event in history_of(house, subject))


def test_a_child_needs_a_guardian(house: House) -> None:
    """A child's yes does not count; a guardian's does once verified; to marketing nobody's does."""
    subject = person(house, "kid@example.org", "child", month=20140430)
    own = choose(house, Asked(subject=subject, choice=yes(house, "recruitment")))
    assert [item.code for item in own.rejections] == ["guardian-needed"]
    by_guardian = yes(house, "recruitment", actor=Actor.GUARDIAN)
    assert [item.code for item in choose(house, Asked(subject=subject, choice=by_guardian)).rejections] == ["guardian-unverified"]
    record(house, [Entry(subject=subject, kind=Kind.GUARDIAN_VERIFIED, actor=Actor.STAFF, details={"link": str(uuid4())})])
    say(house, subject, by_guardian)
    barred = choose(house, Asked(subject=subject, choice=yes(house, "newsletters", "email", actor=Actor.GUARDIAN)))
    assert [item.code for item in barred.rejections] == ["barred-to-children"]


def test_who_turns_out_a_child_meanwhile_is_judged_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A yes that was judged by what was read before the age was recorded is not recorded upon that."""
    who = person(house, band=None)
    before = records.known(who, house.policy_in_force.layout.words)
    person(house, band="child", month=20140430)
    with monkeypatch.context() as patched:
        patched.setattr(records, "known", lambda *_: before)
        result = choose(house, Asked(subject=who, choice=yes(house, "newsletters", "email")))
    assert result.recorded is None
    assert "guardian-needed" in {item.code for item in result.rejections}
    assert kinds(house, who) == ["age.recorded"]


def test_many_at_once_the_good_are_recorded_and_the_bad_named_by_place(house: House) -> None:
    """In order, each judged as the ones before leave the person; somebody unknown spoils nothing for the others."""
    subject, other = person(house), person(house, "budi@example.org")
    results = choose_many(house, [
        Asked(subject=subject, choice=yes(house, "newsletters", "email", verb=Verb.RENEW)),
        Asked(subject=subject, choice=yes(house, "newsletters", "email")),
        Asked(subject=subject, choice=yes(house, "newsletters", "email", verb=Verb.RENEW)),
        Asked(subject=uuid4(), choice=yes(house, "newsletters", "email")),
        Asked(subject=other, choice=ChoiceMade(verb=Verb.GRANT, purpose="nothing")),
        Asked(subject=other, choice=ObjectionMade(purpose="research-development")),
        Asked(subject=subject, choice=no("newsletters")),
        Asked(subject=subject, choice=yes(house, "newsletters", "email", verb=Verb.RENEW)),
    ])  # fmt: skip
    assert [[item.code for item in one.rejections] for one in results] == [
        ["nothing-to-renew"], [], [], ["person-unknown"], ["purpose-unknown"], [], [], ["nothing-to-renew"],
    ]  # fmt: skip
    assert kinds(house, subject)[1:] == ["consent.given", "consent.renewed", "consent.withdrawn", "task.opened"]
    assert kinds(house, other)[1:] == ["objection.made"]
    held_to_history(house, subject)
    held_to_history(house, other)


def test_the_same_batch_twice_is_recorded_once(house: House) -> None:
    """With ids of the sender's own, sending again after a lost answer changes nothing."""
    subject = person(house)
    batch = [Asked(subject=subject, choice=yes(house, "newsletters", channel), id=uuid4()) for channel in ("email", "sms", "post")]
    first = choose_many(house, batch)
    assert [one.recorded for one in choose_many(house, batch)] == [one.recorded for one in first]
    assert len(kinds(house, subject)) == 4


def test_the_impact_is_told_before_and_comes_true(house: House) -> None:
    """What impact says stops is denied after the withdrawal, and what it says goes on is permitted."""
    subject = person(house)
    agreement(house, subject, "order", "A-17", Actor.STAFF)
    for purpose, channel in (("newsletters", "email"), ("newsletters", "sms"), ("recruitment", None)):
        say(house, subject, yes(house, purpose, channel))
    told = impact_of(house, subject, [Withdrawal("newsletters")])
    planned = cascade_of(house, subject, [Withdrawal("newsletters")])
    assert {(one.purpose, one.channel) for one in told.stops} == {("newsletters", "email"), ("newsletters", "sms")}
    done = say(house, subject, no("newsletters"))
    assert done.cascade == planned
    assert all(not may(house, subject, one.purpose, one.channel) for one in told.stops)
    assert {"delivery", "recruitment"} <= {one.purpose for one in told.continues}
    for one in told.continues:
        names = house.policy_in_force.policy.purposes[one.purpose].data
        assert any(may(house, subject, one.purpose, one.channel, str(name)) for name in names)


def test_one_no_to_all_marketing(house: House) -> None:
    """Every purpose of marketing, in every channel, whatever its basis."""
    subject = person(house)
    say(house, subject, yes(house, "newsletters", "email"))
    say(house, subject, yes(house, "recruitment"))
    assert may(house, subject, "b2b-sales", "telephone")
    results = opt_out(house, subject)
    assert all(one.recorded for one in results)
    assert not may(house, subject, "newsletters", "email")
    assert not may(house, subject, "b2b-sales", "telephone")
    assert may(house, subject, "recruitment")


def test_a_browser_signal_is_heard_once_and_can_be_lifted(house: House) -> None:
    """GPC objects to what the policy marks; sent with every page it is recorded once; the person's own no stays apart."""
    subject = person(house)
    say(house, subject, yes(house, "personalisation"))
    assert may(house, subject, "personalisation")
    assert {one.recorded is not None for one in signal(house, subject)} == {True}
    assert not may(house, subject, "personalisation")
    assert signal(house, subject) == ()
    made = [event for event in history_of(house, subject) if event.kind is Kind.OBJECTION_MADE]
    assert {event.details["purpose"] for event in made} == {"personalisation", "targeted-advertising", "linked-personalisation"}
    assert {str(event.actor) for event in made} == {"browser"}
    lift_objection(house, subject, "personalisation", Actor.PERSON)
    held_to_history(house, subject)


def test_restriction_and_delay(house: House) -> None:
    """Set for one purpose or all, and lifted again."""
    subject = person(house)
    assert may(house, subject, "research-development", data="opinions")
    restrict(house, subject, Actor.PERSON, "research-development")
    assert not may(house, subject, "research-development", data="opinions")
    restrict(house, subject, Actor.PERSON, "research-development", lift=True)
    restrict(house, subject, Actor.PERSON, delay=True)
    assert not may(house, subject, "research-development", data="opinions")
    restrict(house, subject, Actor.PERSON, delay=True, lift=True)
    assert may(house, subject, "research-development", data="opinions")
    with pytest.raises(Invalid):
        restrict(house, subject, Actor.PERSON, "nothing")


def test_an_authorisation_has_a_scope_and_an_end_and_can_be_taken_back(house: House, clock: Clock) -> None:
    """Only the data named, only until the day named, and not after it was revoked."""
    subject = person(house)
    purpose, recipient = "authorised-sharing", "user-authorised-party"
    names = [str(name) for name in house.policy_in_force.policy.purposes[purpose].data]
    say(house, subject, yes(house, purpose))
    ask = {"operation": "disclose", "recipient": recipient}
    assert not may(house, subject, purpose, data=names[0], **ask)
    end = START + timedelta(days=10)
    right: dict[str, Any] = {"recipient": recipient, "scope": names[:1], "until": end, "actor": Actor.PERSON}
    wrongs: list[dict[str, Any]] = [{"scope": []}, {"scope": ["call-recording"]}, {"until": START}, {"recipient": "hosting-provider"}, {"recipient": "x"}]
    for wrong in wrongs:
        with pytest.raises(Invalid):
            authorise(house, subject, **{**right, **wrong})
    authorise(house, subject, recipient, names[:1], end, Actor.PERSON, {"signature": CANARY})
    assert may(house, subject, purpose, data=names[0], **ask)
    assert not may(house, subject, purpose, data=names[1], **ask)
    clock.put_on(days=11)
    assert not may(house, subject, purpose, data=names[0], **ask)
    assert sweep(house) == 1
    assert not may(house, subject, purpose, data=names[0], **ask)
    authorise(house, subject, recipient, names[:1], clock.at + timedelta(days=1), Actor.PERSON)
    assert may(house, subject, purpose, data=names[0], **ask)
    revoke_authorisation(house, subject, recipient, Actor.PERSON)
    assert not may(house, subject, purpose, data=names[0], **ask)


def test_what_runs_out_stops_by_itself_and_is_recorded_once(house: House, clock: Clock) -> None:
    """From its end on the consent does not count, swept or not; the sweep records the end, once."""
    subject = person(house)
    say(house, subject, yes(house, "newsletters", "email", until=START + timedelta(days=30)))
    say(house, subject, yes(house, "newsletters", "sms"))
    assert may(house, subject, "newsletters", "email")
    assert sweep(house) == 0
    clock.put_on(days=30)
    assert not may(house, subject, "newsletters", "email")
    assert may(house, subject, "newsletters", "sms")
    assert sweep(house) == 1
    assert sweep(house) == 0
    assert kinds(house, subject)[-1] == "consent.expired"
    assert not may(house, subject, "newsletters", "email")
    say(house, subject, yes(house, "newsletters", "email"))
    assert may(house, subject, "newsletters", "email")


def test_an_agreement_carries_what_needs_it_and_its_reference_is_sealed(house: House) -> None:
    """Two orders: the end of one leaves the other standing."""
    subject = person(house)
    agreement(house, subject, "order", CANARY, Actor.STAFF)
    agreement(house, subject, "order", "B", Actor.STAFF)
    agreement(house, subject, "order", CANARY, Actor.STAFF, ended=True)
    assert may(house, subject, "delivery", data="name")
    agreement(house, subject, "order", "B", Actor.STAFF, ended=True)
    assert not may(house, subject, "delivery", data="name")
    assert all(CANARY not in str(event) for event in history_of(house, subject))
    with pytest.raises(Invalid):
        agreement(house, subject, "friendship", "x", Actor.STAFF)


def test_records_and_receipts_are_valid_and_bound_to_the_event(house: House) -> None:
    """One record a choice, by the schema; the receipt of the last choice carries its digest, and its proof at once."""
    subject = person(house)
    say(house, subject, yes(house, "newsletters", "email"))
    done = say(house, subject, no("newsletters", "email"))
    schemas = {name: json.loads((ROOT / "schema" / f"consent-{name}.json").read_text("utf-8")) for name in ("record", "receipt")}
    found = records_of(house, subject)
    assert [one["dpv:hasConsentStatus"]["@type"] for one in found] == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    for one in found:
        jsonschema.validate(json.loads(json.dumps(one)), schemas["record"])
    given = receipt_of(house, subject)
    jsonschema.validate(json.loads(json.dumps(given)), schemas["receipt"])
    assert done.recorded is not None
    assert given["dct:hasPart"][0]["janji:proof"]["janji:eventDigest"] == done.recorded.digest
    proof = given["dct:hasPart"][0]["janji:proof"]
    path = [bytes.fromhex(step) for step in proof["janji:auditPath"]["@list"]]
    head = open_note(proof["janji:checkpoint"], verifier(house))
    assert included(bytes.fromhex(done.recorded.digest), proof["janji:position"], proof["janji:treeSize"], path, head.root)
    with pytest.raises(Invalid):
        receipt_of(house, subject, uuid4())
    with pytest.raises(Invalid):
        receipt_of(house, person(house, "budi@example.org"))


def test_nothing_is_stale_under_the_notice_that_counts(house: House) -> None:
    """A consent under the present version is fresh; one under a version that nothing knows is not."""
    subject = person(house)
    say(house, subject, yes(house, "newsletters", "email"))
    assert stale(house, subject) == ()
    record(house, [Entry(subject=subject, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON,
                         details={"purpose": "recruitment", "notice": "recruitment", "notice_version": 7})])  # fmt: skip
    assert stale(house, subject) == ("recruitment",)


def test_an_older_text_counts_as_long_as_its_version_does(house: House, database_url: str) -> None:
    """Who read version 1 and chooses once version 2 is in force has chosen, where version 2 accepts it.

    Who read a text that was published under today's number and is not today's has not.
    """
    subject = person(house)
    old, same = yes(house, "newsletters", "email"), yes(house, "recruitment")
    row = policies.versions()[0]
    files = dict(row.files)
    files["notices.yaml"] = files["notices.yaml"].replace("  newsletters:\n", "  newsletters:\n    accepts: [1]\n", 1)
    files["notices.yaml"] = files["notices.yaml"].replace("    version: 1\n", "    version: 2\n", 1)
    files["data.yaml"] = files["data.yaml"].replace("{en: Name, id: Nama}", "{en: Name, id: Nama lengkap}", 1)
    assert files["notices.yaml"].count("version: 2") == 1
    assert files["data.yaml"] != row.files["data.yaml"]
    with database.transaction():
        policies.insert(replace(row, number=2, digest="e" * 64, files=files, event=uuid4()))
    later = enter_house(house.runtime, database_url, house.keeper)
    with database.transaction():
        standings.ensure_words(later.policy_in_force.layout.words)
    assert text_of(later, "newsletters", "id") != text_of(house, "newsletters", "id")
    say(later, subject, old)
    assert stale(later, subject) == ()
    assert [item.code for item in choose(later, Asked(subject=subject, choice=same)).rejections] == ["digest-differs"]


def test_grants_and_withdrawals_at_once_end_as_the_history_says(house: House, database_url: str) -> None:
    """Four writers on one person: every acknowledged event is there once, and the row is what they add up to."""
    subject = person(house)
    done: list[UUID] = []
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(15):
                made = no("newsletters", "email") if (turn + number) % 2 else yes(house, "newsletters", "email")
                result = choose(house, Asked(subject=subject, choice=made))
                assert result.recorded is not None
                done.append(result.recorded.id)
        except BaseException as error:
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    ids = [event.id for event in history_of(house, subject)]
    assert len(done) == len(set(done)) == 60
    assert {str(one) for one in done} <= set(ids)
    assert len(ids) == len(set(ids))
    held_to_history(house, subject)


MAP = """
source: mailing-tool
identifiers: [{column: E-mail, kind: email}, {column: Phone, kind: phone}]
columns: {purpose: List, channel: Channel, state: Status, date: Since, notice: Notice, version: Version, language: Lang, method: How}
values:
  purpose: [{written: News, means: newsletters}]
  state: [{written: subscribed, means: given}, {written: unsubscribed, means: unsubscribed}, {written: cleaned, means: bounced}]
"""
HEAD = "E-mail;Phone;List;Channel;Status;Since;Notice;Version;Lang;How\n"
LIST = HEAD + (
    "ani@example.org;;News;email;subscribed;2026-11-02;newsletters;1;id;unticked-box\n"
    "ANI@example.org;;News;sms;unsubscribed;2020-01-01;;;;\n"
    "budi@example.org;;News;email;subscribed;;;;;\n"
    "citra@example.org;;News;email;subscribed;2026-11-02;newsletters;1;id;unticked-box\n"
    "citra@example.org;;News;email;unsubscribed;1999-01-01;;;;\n"
    "dewi@example.org;;News;email;subscribed;;;;;\n"
    "dewi@example.org;;News;email;cleaned;;;;;\n"
    ";0812-3456-7890;News;sms;subscribed;;;;;\n"
    "nobody;;News;email;subscribed;;;;;\n"
    f"{CANARY};;News;email;perhaps;;;;;\n"
)


def listed(folder: Path, text: str = LIST, name: str = "list.csv") -> tuple[Path, Path]:
    (folder / name).write_text(text, "utf-8")
    (folder / "map.yaml").write_text(MAP, "utf-8")
    return folder / name, folder / "map.yaml"


def test_a_list_is_imported_noes_first_and_once(house: House, tmp_path: Path) -> None:
    """The dry run stores nothing; the import records each choice once, however often; a yes without proof never counts."""
    plan = plan_list(house, *listed(tmp_path))
    assert plan.report() == {
        "source": "mailing-tool", "read": 10, "mapped": 8, "rejected": [{"row": 10, "code": "bad-identifier"}, {"row": 11, "code": "unknown-state"}],
        "duplicates": 0, "overruled": 2, "opt-out": 2, "bounced": 1, "grant": 1, "legacy-unproven": 2,
    }  # fmt: skip
    assert CANARY not in str(plan)
    assert find_subjects(house, [("email", "ani@example.org")]) == [None]
    done = import_list(house, plan)
    assert dict(done.new) == {Outcome.OPT_OUT: 2, Outcome.BOUNCED: 1, Outcome.GRANT: 1, Outcome.UNPROVEN: 2}
    ani, budi, citra, dewi = subjects_for(house, [("email", f"{name}@example.org") for name in ("ani", "budi", "citra", "dewi")])
    assert kinds(house, ani) == ["consent.withdrawn", "consent.given"]
    record(house, [Entry(subject=one, kind=Kind.AGE_RECORDED, actor=Actor.STAFF, details={"band": "adult"}) for one in (ani, budi, citra)])
    assert may(house, ani, "newsletters", "email")
    assert not may(house, ani, "newsletters", "sms")
    assert not may(house, budi, "newsletters", "email")
    assert not may(house, citra, "newsletters", "email")
    assert kinds(house, budi)[0] == "legacy.recorded"
    (event,) = [one for one in history_of(house, ani) if one.kind is Kind.CONSENT_GIVEN]
    assert (event.at.date().isoformat(), event.details["source"]) == ("2026-11-02", "mailing-tool")
    phone = find_subjects(house, [("phone", "+6281234567890")])
    assert {(one.subject, one.channel) for one in to_ask_again(house)} == {(budi, "email"), (phone[0], "sms")}
    assert dewi not in {one.subject for one in to_ask_again(house)}
    again = import_list(house, plan_list(house, *listed(tmp_path)))
    assert (sum(again.new.values()), again.known) == (0, 6)
    turned = HEAD + "".join(reversed(LIST.removeprefix(HEAD).splitlines(keepends=True)))
    assert sum(import_list(house, plan_list(house, *listed(tmp_path, turned))).new.values()) == 0


def test_an_imported_no_sets_off_what_any_no_does(house: House, tmp_path: Path) -> None:
    """It opens the cascade and undoes what was joined for the purpose, where a consent stood; once, and for nobody else."""
    purpose = "account-association"
    who = person(house)
    say(house, who, yes(house, purpose))
    (browser,) = subjects_for(house, [("cookie", "GA1.2.Kx9")])
    join(house, browser, who, purpose, Actor.BROWSER)
    text = HEAD + "".join(f"{name}@example.org;;{purpose};;unsubscribed;2026-11-02;;;;\n" for name in ("ani", "budi"))
    for _ in range(2):
        import_list(house, plan_list(house, *listed(tmp_path, text)))
    (budi,) = subjects_for(house, [("email", "budi@example.org")])
    assert [task.details["purposes"] for task in people.open_tasks([who])] == [[purpose]]
    assert people.open_tasks([budi]) == ()
    assert find_subjects(house, [("cookie", "GA1.2.Kx9")]) == [browser]
    assert "identity.unjoined" in kinds(house, who)


def test_whoever_answered_is_not_asked_again(house: House, tmp_path: Path) -> None:
    """A yes or a no after the import takes a person off the re-permission list."""
    import_list(house, plan_list(house, *listed(tmp_path)))
    (budi,) = subjects_for(house, [("email", "budi@example.org")])
    say(house, budi, no("newsletters"))
    assert budi not in {one.subject for one in to_ask_again(house)}


def test_an_imported_yes_overrules_no_no_on_record(house: House, tmp_path: Path) -> None:
    """Somebody who withdrew here stays out, though a list has a proven yes; a no of a list overrules a yes on record."""
    ani, citra = person(house, "ani@example.org"), person(house, "citra@example.org")
    say(house, ani, no("newsletters"))
    say(house, citra, yes(house, "newsletters", "email"))
    done = import_list(house, plan_list(house, *listed(tmp_path)))
    assert done.kept_out == 1
    assert not may(house, ani, "newsletters", "email")
    assert not may(house, citra, "newsletters", "email")


def test_who_must_not_be_imported_is_not(house: House, tmp_path: Path) -> None:
    """Somebody forgotten is not made anew by an old list."""
    index = suppression_index(house.secrets.suppression, Suppressed.IMPORT, identify("email", "ani@example.org"))
    with database.transaction():
        suppress([Suppression(index, Suppressed.IMPORT, START)])
    done = import_list(house, plan_list(house, *listed(tmp_path)))
    assert done.suppressed == 2
    assert find_subjects(house, [("email", "ani@example.org")]) == [None]


AGES = """E-mail;Status;Since;Version;Born
ani@example.org;subscribed;2026-11-02;1;1990-04-01
budi@example.org;subscribed;2026-11-02;1;2014-04-01
citra@example.org;subscribed;2026-11-02;1;1990-04-01
CITRA@example.org;subscribed;2026-11-02;1;2015-04-01
dewi@example.org;unsubscribed;2026-11-02;;31-02-1990
eka@example.org;subscribed;2026-11-02;1;1990-04-01
"""
AGES_MAP = """
source: shop
identifiers: [{column: E-mail, kind: email}]
columns: {state: Status, date: Since, version: Version, born: Born}
always: {purpose: newsletters, channel: email, notice: newsletters, language: id, method: unticked-box}
values: {state: [{written: subscribed, means: given}]}
"""


def aged(folder: Path, text: str = AGES, listmap: str = AGES_MAP) -> tuple[Path, Path]:
    (folder / "shop.csv").write_text(text, "utf-8")
    (folder / "shop.yaml").write_text(listmap, "utf-8")
    return folder / "shop.csv", folder / "shop.yaml"


def test_a_list_with_dates_of_birth_brings_ages(house: House, tmp_path: Path) -> None:
    """Adults may be written to at once; children are quarantined with a clock, and their yes counts as nothing.

    Of two dates for one person the younger holds; a child on record stays one; the days themselves are sealed.
    """
    eka = person(house, "eka@example.org", "child")
    plan = plan_list(house, *aged(tmp_path))
    assert (plan.report()["ages"], plan.report()["rejected"]) == (4, [{"row": 6, "code": "unknown-age"}])
    assert "1990" not in repr(plan)
    done = import_list(house, plan)
    assert (done.ages, done.children) == (3, 2)
    ani, budi, citra = subjects_for(house, [("email", f"{name}@example.org") for name in ("ani", "budi", "citra")])
    assert kinds(house, ani) == ["age.recorded", "consent.given"]
    assert may(house, ani, "newsletters", "email")
    for child in (budi, citra):
        assert kinds(house, child) == ["age.recorded", "quarantine.set", "task.opened", "legacy.recorded"]
        assert not may(house, child, "newsletters", "email")
        assert [task.kind for task in people.open_tasks([child])] == ["child-erasure"]
    assert "age.recorded" not in kinds(house, eka)[1:]
    (event,) = [one for one in history_of(house, ani) if one.kind is Kind.AGE_RECORDED]
    assert dict(event.details) == {"band": "adult", "source": "shop"}
    assert evidence_of(house, ani, UUID(event.id)) == {"born": "1990-04-01"}
    again = import_list(house, plan_list(house, *aged(tmp_path)))
    assert (again.ages, again.children, sum(again.new.values())) == (0, 0, 0)


def test_a_list_of_adults_says_so_once(house: House, tmp_path: Path) -> None:
    """`always: {age: adult}` is a word of whoever has the list; it makes no adult of a child."""
    told = AGES_MAP.replace(", born: Born", "").replace("always: {", "always: {age: adult, ")
    budi = person(house, "budi@example.org", "child")
    done = import_list(house, plan_list(house, *aged(tmp_path, AGES, told)))
    assert (done.ages, done.children) == (4, 0)
    assert not may(house, budi, "newsletters", "email")
    wrong = told.replace("age: adult", "age: adlut")
    with pytest.raises(Invalid) as caught:
        plan_list(house, *aged(tmp_path, AGES, wrong))
    assert str(caught.value.diagnostics[0].help) == "did you mean `adult`?"


def test_an_import_goes_on_after_a_crash(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two batches, every no is there; run again, the rest comes and nothing twice."""
    from janji.workflows import consent_lists

    plan = plan_list(house, *listed(tmp_path))
    calls: list[tuple[object, ...]] = []

    def dying(*args: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return record(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(consent_lists, "record", dying)
    with pytest.raises(KeyboardInterrupt):
        import_list(house, plan)
    monkeypatch.undo()
    ani, citra = subjects_for(house, [("email", "ani@example.org"), ("email", "citra@example.org")])
    assert kinds(house, ani) == kinds(house, citra) == ["consent.withdrawn"]
    done = import_list(house, plan)
    assert (done.known, sum(done.new.values())) == (2, 4)


def test_the_policy_must_be_in_force(database_url: str) -> None:
    """Without a published policy no choice is recorded."""
    from tests.choosing import KEEPER, Clocked

    from janji.files.translations import load_tongue
    from janji.workflows.house import enter_house, make_secrets
    from janji.workflows.runtime import Settings

    runtime = Clocked(Settings(), load_tongue("en"))
    database.open_database(database_url)
    make_secrets(runtime, KEEPER)
    bare = enter_house(runtime, database_url, KEEPER)
    (subject,) = subjects_for(bare, [("email", "ani@example.org")])
    with pytest.raises(Refusal):
        choose(bare, Asked(subject=subject, choice=no("newsletters")))
