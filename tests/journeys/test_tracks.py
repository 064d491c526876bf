"""Decisions about people on record, their track records, and runs over everybody that are worked out again."""

from __future__ import annotations

import hashlib
import random
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests import choosing
from tests.choosing import Clock
from tests.publishing import REWORDED, again, customer, given, newsletter, shop_house, variant, withdrawn

from janji.decision.enforcement import Enforcement, Mode
from janji.decision.question import Question
from janji.errors import Conflict, Invalid, Unavailable
from janji.ledger.events import Actor, Done, Event, Kind, decode
from janji.store import database, people, standings, tracks, vault
from janji.terms.messages import say
from janji.workflows.house import House
from janji.workflows.identity import merge
from janji.workflows.ledger import sequence, sequence_all
from janji.workflows.people import subjects_for
from janji.workflows.publishing import publish
from janji.workflows.recording import Entry, Recorded, history_of, record, record_one
from janji.workflows.standings import answer_for, facts_of, permits_for, person_named, record_permitted, sweep
from janji.workflows.tracks import recompute, record_done, run, run_event, run_into, runs, track, track_part, was_in


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock) -> House:
    """A house with the policy of the shop in force."""
    return shop_house(database_url, clock)


def kinds(house: House, subject: UUID) -> list[str]:
    """What a track record says, the newest first."""
    return [str(line.event.kind) for line in track(house, subject)]


def stored_due(house: House, subject: UUID) -> int:
    """The `due` of the stored row."""
    pseudonym = vault.pseudonym(house.secrets.pseudonym, subject)
    return standings.read([pseudonym], range(house.policy_in_force.layout.words))[pseudonym].due


def test_a_decision_follows_what_the_person_says(house: House) -> None:
    """Yes, no, yes again; and for somebody who is not on record, facts are missing."""
    subject = customer(house, "ani@example.org")
    assert permits_for(house, subject, newsletter(house)).permit
    record_one(house, withdrawn(subject))
    assert [item.code for item in answer_for(house, subject, newsletter(house)).decision.reasons] == ["consent-withdrawn"]
    record_one(house, given(subject))
    assert permits_for(house, subject, newsletter(house)).permit
    unknown = permits_for(house, uuid4(), newsletter(house))
    assert "facts-missing" in [item.code for item in unknown.reasons]
    assert person_named(house, "email:nobody@example.org") is None
    assert person_named(house, "email:ANI@example.org") == subject


def test_what_ran_out_is_recorded_before_it_is_decided(house: House, clock: Clock) -> None:
    """A row past its end is not believed; the end is on record, and a clock that goes back revives nothing."""
    subject = customer(house, "ani@example.org", consents=False)
    end = (clock.at + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    record_one(house, given(subject, until=end))
    later = replace(newsletter(house), at=clock.at + timedelta(days=3))
    assert permits_for(house, subject, newsletter(house)).permit
    assert not permits_for(house, subject, later).permit
    assert Kind.CONSENT_EXPIRED not in {event.kind for event in history_of(house, subject)}
    clock.put_on(days=2)
    assert not permits_for(house, subject, newsletter(house)).permit
    assert history_of(house, subject)[-1].kind == Kind.CONSENT_EXPIRED
    assert stored_due(house, subject) == 0
    clock.put_on(days=-1)
    assert not permits_for(house, subject, newsletter(house)).permit


def test_an_end_that_is_no_more_makes_no_row_slow_for_ever(house: House, clock: Clock) -> None:
    """A consent that was to end, given again without an end: the row's early end goes when it is looked at."""
    subject = customer(house, "ani@example.org", consents=False)
    record_one(house, given(subject, until=(clock.at + timedelta(days=2)).isoformat()))
    record_one(house, given(subject))
    assert stored_due(house, subject) > 0
    clock.put_on(days=3)
    assert sweep(house) == 1
    assert stored_due(house, subject) == 0
    assert permits_for(house, subject, newsletter(house)).permit
    assert sweep(house) == 0


def test_a_use_is_recorded_only_if_it_goes_on(house: House) -> None:
    """A permitted use is in the track record with what it was; a denied one leaves nothing."""
    subject = customer(house, "ani@example.org")
    before = len(kinds(house, subject))
    assert record_permitted(house, subject, newsletter(house)).decision.permit
    first = next(iter(track(house, subject)))
    assert first.event.kind == Kind.USE_PERMITTED
    assert (first.event.details["purpose"], first.event.details["channel"]) == ("newsletter", "email")
    assert first.event.details["facts"] == permits_for(house, subject, newsletter(house)).facts_digest
    record_one(house, withdrawn(subject))
    assert not record_permitted(house, subject, newsletter(house)).decision.permit
    assert len(kinds(house, subject)) == before + 2
    assert not record_permitted(house, uuid4(), newsletter(house)).decision.permit


def test_what_is_done_is_decided_as_of_now(house: House, clock: Clock) -> None:
    """A question about the day on which a child will be of age is answered; nothing is done for it before that day."""
    subject = customer(house, "ani@example.org")
    record(house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.STAFF, details={"band": "child", "month": 20140430})])
    later = replace(newsletter(house), at=clock.at + timedelta(days=3650))
    assert answer_for(house, subject, later).decision.permit
    assert not record_permitted(house, subject, later).decision.permit
    assert kinds(house, subject)[-1] == Kind.AGE_RECORDED


def test_words_that_the_policy_does_not_know_are_not_recorded(house: House) -> None:
    """Where denials are only observed, what goes on is recorded; a word of the asker's, which may be a name, is not."""
    subject = customer(house, "ani@example.org")
    observing = Enforcement(default=Mode.OBSERVE)
    house = replace(house, runtime=replace(house.runtime, settings=replace(house.runtime.settings, enforcement=observing)))
    odd = Question("call-budi", ("contact.email", "budi"), house.runtime.now(), "dial-budi", "budi", "budi", "budi")
    answer = record_permitted(house, subject, odd, application="budi@example.org")
    assert (answer.decision.permit, answer.outcome.proceed) == (False, True)
    first = next(iter(track(house, subject))).event.details
    assert (first["purpose"], first["data"], first["permit"], first["application"]) == ("-", ["-", "contact.email"], False, "-")
    done = run(house, odd)
    assert (done.people, recompute(house, done.id).equal) == (0, True)
    assert not any(b"budi" in bytes(row[0]) for row in database.connection().execute("SELECT body FROM event"))


def test_a_use_waits_for_a_withdrawal_that_is_being_recorded(house: House) -> None:
    """Decided and recorded under one lock: no permitted use stands after the withdrawal in the order of versions."""
    subject = customer(house, "ani@example.org")
    found: list[bool] = []

    def use() -> None:
        found.append(record_permitted(house, subject, newsletter(house)).decision.permit)
        database.close()

    worker = threading.Thread(target=use)
    with database.transaction():
        record(house, [withdrawn(subject)])
        worker.start()
        while not waiting_for_a_lock():
            assert worker.is_alive()
    worker.join()
    assert found == [False]
    assert Kind.USE_PERMITTED not in {event.kind for event in history_of(house, subject)}


def waiting_for_a_lock() -> bool:
    """Whether somebody on this database waits for somebody else."""
    rows = database.connection().execute(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_get_activity(NULL) WHERE datid ="
        " (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    return bool(next(iter(rows))[0])


def test_a_track_record_is_whole_newest_first_and_read_in_pages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the ends of pages nothing is missing, nothing comes twice."""
    from janji.workflows import tracks as workflow

    monkeypatch.setattr(workflow, "PAGE", 3)
    subject = customer(house, "ani@example.org")
    for number in range(10):
        record_one(house, Entry(subject=subject, kind=Kind.DELIVERY_MADE, actor=Actor.SYSTEM, details={"purpose": f"p{number}"}))
    lines = list(track(house, subject))
    assert [line.event.version for line in lines] == list(range(13, 0, -1))
    assert lines[0].position is None
    sequence_all()
    assert next(iter(track(house, subject))).position is not None


@pytest.mark.parametrize("how", ["alone", "merged", "with runs", "beside the runs of others"])
def test_a_part_of_a_track_record_is_what_stands_there(house: House, clock: Clock, how: str) -> None:
    """Page by page it is the whole record, whoever was merged into the person and whichever runs they were in."""
    subject, other = customer(house, "ani@example.org"), customer(house, "bea@example.org")
    for number in range(12):
        clock.put_on(seconds=1)
        record_one(house, Entry(subject=(subject, other)[number % 3 == 2], kind=Kind.DELIVERY_MADE, actor=Actor.SYSTEM, details={"purpose": f"p{number}"}))
        if how == "with runs" and number % 4 == 1:
            run(house, newsletter(house))
    if how == "beside the runs of others":
        record(house, [withdrawn(subject)])
        assert run(house, newsletter(house)).people == 1
        record_one(house, Entry(subject=subject, kind=Kind.DELIVERY_MADE, actor=Actor.SYSTEM))
    if how == "merged":
        merge(house, subject, other, Actor.STAFF)
    whole = list(track(house, subject))
    assert sum(line.event.kind is Kind.RUN_EXECUTED for line in whole) == (3 if how == "with runs" else 0)
    for size in (1, 4, 5):
        assert [line for first in range(0, len(whole) + size, size) for line in track_part(house, subject, first, size)] == whole, size


def test_a_part_of_a_track_record_reads_no_more_than_is_shown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long history the lines of the page alone are decoded, on a later page too."""
    subject, read = customer(house, "ani@example.org"), 0
    record(house, [Entry(subject=subject, kind=Kind.DELIVERY_MADE, actor=Actor.SYSTEM) for _ in range(40)])

    def counted(body: bytes) -> Event:
        nonlocal read
        read += 1
        return decode(body)

    monkeypatch.setattr("janji.workflows.tracks.decode", counted)
    assert [line.event.version for line in track_part(house, subject, 20, 5)] == [23, 22, 21, 20, 19]
    assert read == 5


def test_nobody_is_handed_over_by_a_run_that_is_not_on_record(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the event cannot be committed, no file of people is left, nor is one that stood there touched."""
    customer(house, "yes@example.org")

    def broken(*_: object) -> tuple[Recorded, ...]:
        raise Unavailable(say("the database does not answer"))

    monkeypatch.setattr("janji.workflows.tracks.record", broken)
    (tmp_path / "kept").write_text("as before")
    for name in ("people", "kept"):
        with pytest.raises(Unavailable):
            run_into(house, newsletter(house), tmp_path / name)
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()} == {"kept": "as before"}


@pytest.mark.parametrize(("done", "told", "kind"), [
    (Done.DISCLOSURE, {"data": ("contact.email",), "recipient": "courier"}, Kind.DISCLOSURE_MADE),
    (Done.DELIVERY, {"purpose": "newsletter", "channel": "email"}, Kind.DELIVERY_MADE),
    (Done.CHANGE, {"data": ("contact.email",)}, Kind.DATA_CHANGED),
])  # fmt: skip
def test_what_was_done_is_on_the_track_record(database_url: str, done: Done, told: dict[str, Any], kind: Kind) -> None:
    """A disclosure, a delivery and a change each, with what tells it; with an undeclared name or without it, nothing."""
    house = choosing.make_house(database_url, Clock())
    policy = house.policy_in_force.policy
    names: dict[str, Any] = {"data": (next(iter(policy.data)),), "recipient": next(iter(policy.recipients)), "purpose": next(iter(policy.purposes)),
             "channel": next(iter(policy.channels))}  # fmt: skip
    subject = choosing.person(house)
    nothing = Question(purpose="", data=(), at=house.runtime.now())
    asked = replace(nothing, **{name: names[name] for name in told})
    made = record_done(house, subject, done, asked, application="mailer")
    (line,) = (line for line in track(house, subject) if line.event.id == str(made.id))
    assert line.event.kind is kind
    assert line.event.details == {**{name: list(names[name]) if name == "data" else names[name] for name in told}, "application": "mailer"}
    before = kinds(house, subject)
    with pytest.raises(Invalid, match="--country"):
        record_done(house, subject, done, replace(asked, country="Siti of Bandung"))
    for name in told:
        wrong: list[Any] = [getattr(nothing, name), ("made-up",) if name == "data" else "made-up"]
        for value in wrong:
            with pytest.raises(Invalid):
                record_done(house, subject, done, replace(asked, **{name: value}))
    assert kinds(house, subject) == before


def test_nobody_is_handed_over_for_a_later_instant(house: House, tmp_path: Path) -> None:
    """A later instant can be asked about, and counted; whoever may be used then is not handed over before."""
    customer(house, "yes@example.org")
    later = replace(newsletter(house), at=house.runtime.now() + timedelta(days=1))
    assert run(house, later).people == 1
    with pytest.raises(Invalid, match="later instant"):
        run_into(house, later, tmp_path / "people")
    assert not (tmp_path / "people").exists()


def test_a_run_is_one_event_and_is_worked_out_again(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom it permitted is in the file, not in the record; the ledger alone gives the same people."""
    monkeypatch.setattr("janji.workflows.tracks.PAGE", 3)
    yes = [customer(house, f"yes{index}@example.org") for index in range(7)]
    no = [customer(house, f"no{index}@example.org", consents=False) for index in range(5)]
    events = sum(len(kinds(house, subject)) for subject in (*yes, *no))
    done = run_into(house, newsletter(house), tmp_path / "people")
    assert done.people == 7
    assert set((tmp_path / "people").read_text().split()) == {f"sub_{subject}" for subject in yes}
    pseudonyms = sorted(vault.pseudonym(house.secrets.pseudonym, subject) for subject in yes)
    assert done.digest == hashlib.sha256(b"".join(pseudonyms)).hexdigest()
    assert "predicate" in run_event(done.id).details
    found: list[bytes] = []
    again_ = recompute(house, done.id, found.append)
    assert (again_.equal, again_.people, found) == (True, 7, pseudonyms)
    assert [was_in(house, subject, done.id) for subject in (*yes, *no)] == [True] * 7 + [False] * 5
    assert sum(len(kinds(house, subject)) for subject in (*yes, *no)) == events + 7
    assert kinds(house, yes[0])[0] == Kind.RUN_EXECUTED
    assert [line.event.id for line in runs()] == [str(done.id)]
    with pytest.raises(Invalid):
        recompute(house, uuid4())


def test_what_happens_later_changes_no_run(house: House, tmp_path: Path, clock: Clock) -> None:
    """Withdrawals, consents, merges, expiries and versions that come after a run do not change who was in it."""
    one, two, three = (customer(house, f"{name}@example.org") for name in ("one", "two", "three"))
    (four,) = subjects_for(house, [("email", "four@example.org")])
    record(house, [given(three, until=(clock.at + timedelta(hours=1)).isoformat())])
    done = run(house, newsletter(house))
    assert done.people == 3
    record_one(house, withdrawn(one))
    customer(house, "four@example.org")
    clock.put_on(days=1)
    sweep(house)
    publish(house, variant(tmp_path, REWORDED))
    house = again(house)
    assert recompute(house, done.id).equal
    assert [was_in(house, subject, done.id) for subject in (one, two, three, four)] == [True, True, True, False]
    assert run(house, newsletter(house)).people == 2


def test_a_run_adds_up_singly_who_is_past_the_end_of_something(house: House, clock: Clock) -> None:
    """A question about an instant by which some consents will have run out."""
    stays, ends = customer(house, "stays@example.org"), customer(house, "ends@example.org", consents=False)
    both = customer(house, "both@example.org")
    record(house, [given(ends, until=(clock.at + timedelta(hours=1)).isoformat())])
    record(house, [Entry(subject=both, kind=Kind.AUTHORISATION_GIVEN, actor=Actor.PERSON, details={"recipient": "nobody", "until": clock.at.isoformat()})])
    later = replace(newsletter(house), at=clock.at + timedelta(hours=2))
    done = run(house, later)
    assert done.people == 2
    assert recompute(house, done.id).equal
    assert [was_in(house, subject, done.id) for subject in (stays, ends, both)] == [True, False, True]


def test_a_run_against_writers_and_sequencers(house: House) -> None:
    """Choices and numbering go on while runs read their snapshot; each is worked out again to the same people."""
    subjects = [customer(house, f"p{index}@example.org", consents=index % 2 == 0) for index in range(12)]
    stop = threading.Event()
    failures: list[BaseException] = []

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not stop.is_set():
                subject = chance.choice(subjects)
                entry = given(subject) if chance.random() < 0.5 else withdrawn(subject)
                if chance.random() < 0.3:
                    record(house, [entry, given(chance.choice(subjects)), withdrawn(chance.choice(subjects))])
                else:
                    record_one(house, entry)
        except BaseException as error:
            failures.append(error)
        finally:
            database.close()

    def number() -> None:
        try:
            while not stop.is_set():
                sequence(7)
        except BaseException as error:
            failures.append(error)
        finally:
            database.close()

    workers = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2)] + [threading.Thread(target=number)]
    for worker in workers:
        worker.start()
    try:
        done = [run(house, newsletter(house)) for _ in range(12)]
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    assert not failures
    sequence_all()
    assert len({item.digest for item in done}) > 1
    assert any(run_event(item.id).details["pending"] for item in done)
    for item in done:
        assert recompute(house, item.id).equal, item


def test_a_run_that_was_tampered_with_is_found_out(house: House) -> None:
    """A person whose consent is not on the ledger, but in the standing: the run is not the one that is worked out again."""
    customer(house, "ani@example.org")
    other = customer(house, "budi@example.org", consents=False)
    bit = house.policy_in_force.layout.bit("consent/newsletter/email/1")
    with database.transaction():
        database.connection().execute(
            "UPDATE standing SET w0 = w0 | %s WHERE subject = %s", [bit, vault.pseudonym(house.secrets.pseudonym, other)]
        )
    done = run(house, newsletter(house))
    assert done.people == 2
    found = recompute(house, done.id)
    assert (found.equal, found.people) == (False, 1)


def test_a_run_under_an_old_version_is_refused(house: House, tmp_path: Path) -> None:
    """Somebody published since the house was opened: the run would be about a policy that is not in force."""
    customer(house, "ani@example.org")
    publish(house, variant(tmp_path, REWORDED))
    with pytest.raises(Conflict):
        run(house, newsletter(house))


def test_a_merged_person_is_one_person(house: House) -> None:
    """The track record holds both histories; a decision about either is about the survivor; a run counts one."""
    survivor, other = customer(house, "ani@example.org"), customer(house, "ani.old@example.org")
    before = run(house, newsletter(house))
    record_one(house, withdrawn(other))
    merge(house, survivor, other, Actor.STAFF)
    assert not permits_for(house, survivor, newsletter(house)).permit
    assert not permits_for(house, other, newsletter(house)).permit
    found = kinds(house, survivor)
    assert found.count(Kind.AGE_RECORDED) == 2
    assert Kind.PERSON_MERGED in found
    assert was_in(house, survivor, before.id)
    after = run(house, Question("order", ("contact.email",), house.runtime.now()))
    assert after.people == 1
    assert recompute(house, after.id).equal
    assert people.family(survivor) == tuple(sorted((survivor, other)))
    assert facts_of(house, other, newsletter(house)) == facts_of(house, survivor, newsletter(house))
    assert tracks.boundary().position > 0
