"""Events recorded on a real server: one at a time and many at once come to the same, and what may not be is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import sql
from tests.faults import making

from janji.decision.history import Row, check
from janji.decision.layout import Layout
from janji.errors import Conflict, Corrupt, Invalid, Refusal
from janji.ledger.events import Actor, Kind
from janji.store import people, records, standings
from janji.store.database import close, connection, fetch, open_database, transaction
from janji.store.standings import StandingRow
from janji.workflows.house import House
from janji.workflows.recording import Entry, evidence_of, history_of, record, record_one


@pytest.fixture
def house(database: str, tmp_path: Path) -> House:
    """A house with a policy and six people."""
    return making.make_house(database, 6, making.runtime_for(database, tmp_path))


PEOPLE = making.people(6)
YES = Entry(
    subject=PEOPLE[0], kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, evidence={"wording": "Ya"},
    details={"purpose": "newsletter", "channel": "email", "notice": "news", "notice_version": 3, "language": "id", "method": "button"},
)  # fmt: skip


def row(house: House, subject: UUID) -> StandingRow:
    """The stored standing of a person."""
    pseudonym = people.subjects([subject])[subject].pseudonym
    return standings.read([pseudonym], range(house.policy_in_force.layout.words))[pseudonym]


def agrees(house: House, subject: UUID) -> bool:
    """Whether a person's stored standing is what their history adds up to."""
    held = row(house, subject)
    events = history_of(house, subject)
    assert held.version == len(events) == (events[-1].version if events else 0)
    layout = house.policy_in_force.layout
    return not check(Row(held.bits, held.born, held.due, held.layout), events, house.runtime.now(), layout)


@pytest.mark.parametrize("seed", range(4))
def test_one_at_a_time_and_many_at_once_come_to_the_same(house: House, seed: int) -> None:
    """The statement of the hot path, the batch, and the history agree, whatever the choices."""
    chance = random.Random(seed)
    entries = [making.choice(chance, [PEOPLE[0]]) for _ in range(60)]
    for entry in entries:
        record_one(house, entry)
        assert agrees(house, PEOPLE[0])
    record(house, [replace(entry, subject=PEOPLE[1]) for entry in entries])
    one, many = row(house, PEOPLE[0]), row(house, PEOPLE[1])
    assert agrees(house, PEOPLE[1])
    assert (one.version, one.bits, one.born, one.due, one.layout) == (many.version, many.bits, many.born, many.due, many.layout)


def test_a_yes_for_one_channel_after_a_no_to_all_leaves_the_no_for_the_others(house: House) -> None:
    """The statement of the hot path knows the withdrawal of a purpose as a whole."""
    for entry in (
        YES,
        replace(YES, kind=Kind.CONSENT_WITHDRAWN, details={"purpose": "newsletter", "method": "button"}),
        replace(YES, details={**YES.details, "channel": "sms"}),
    ):
        record_one(house, entry)
        assert agrees(house, PEOPLE[0])
    names = house.policy_in_force.layout.names(row(house, PEOPLE[0]).bits)
    assert "consent/newsletter/sms/3" in names
    assert "withdrawn/newsletter/email" in names
    assert "withdrawn/newsletter/sms" not in names


def test_who_was_faster_wins_and_nothing_is_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the standing moved on since it was read, the event is recorded under lock, at the next version."""
    record_one(house, YES)
    real, calls = records.known, []

    def slow(subject: UUID) -> records.Known | None:
        found = real(subject)
        calls.append(record(house, [replace(YES, kind=Kind.CONSENT_WITHDRAWN)]))
        return found

    monkeypatch.setattr(records, "known", slow)
    assert record_one(house, YES).version == 3
    assert len(calls) == 1
    assert [event.kind for event in history_of(house, PEOPLE[0])] == [Kind.CONSENT_GIVEN, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_GIVEN]
    assert agrees(house, PEOPLE[0])


def test_evidence_opens_for_its_event_alone(house: House) -> None:
    """Sealed for person and event; moved to another row, it does not open; changed, it is found."""
    first, second = record_one(house, YES), record_one(house, replace(YES, evidence={"wording": "Tidak"}))
    assert evidence_of(house, PEOPLE[0], first.id) == {"wording": "Ya"}
    assert evidence_of(house, PEOPLE[1], first.id) is None
    connection().execute(
        "UPDATE event SET sealed = (SELECT sealed FROM event WHERE id = %s) WHERE id = %s", [first.id, second.id]
    )
    with pytest.raises(Corrupt):
        evidence_of(house, PEOPLE[0], second.id)


def test_an_id_of_the_callers_is_recorded_once(house: House) -> None:
    """Sent again, alone or in a batch, it gives what was recorded; for another event, it is a conflict."""
    mine = replace(YES, id=UUID(int=7))
    first = record_one(house, mine)
    assert record(house, [mine, replace(YES, id=UUID(int=8)), mine]) == (first, record_one(house, replace(YES, id=UUID(int=8))), first)
    assert [event.version for event in history_of(house, PEOPLE[0])] == [1, 2]
    for other in (replace(mine, kind=Kind.CONSENT_REFUSED), replace(mine, subject=PEOPLE[1])):
        with pytest.raises(Conflict):
            record(house, [other])


def test_a_batch_is_all_or_nothing(house: House) -> None:
    """One entry that cannot be recorded undoes the others, and the standing with them."""
    with pytest.raises(Invalid):
        record(house, [YES, replace(YES, details={**YES.details, "weight": 1.5})])
    with pytest.raises(Invalid):
        record(house, [YES, replace(YES, subject=UUID(int=99))])
    assert history_of(house, PEOPLE[0]) == ()
    pseudonym = people.subjects(PEOPLE[:1])[PEOPLE[0]].pseudonym
    assert [found.version for found in standings.read([pseudonym], ()).values()] in ([], [0])


def test_what_is_on_its_way_is_forgotten_with_the_batch(house: House) -> None:
    """Where the last of many cannot be recorded, none of those that were sent already is; the connection goes on."""
    many = [replace(YES, id=UUID(int=100 + number)) for number in range(250)]
    with pytest.raises(Invalid):
        record(house, [*many, replace(YES, details={**YES.details, "weight": 1.5})])
    assert history_of(house, PEOPLE[0]) == ()
    done = record(house, [*many, many[3], many[249]])
    assert [one.version for one in done] == [*range(1, 251), 4, 250]
    assert agrees(house, PEOPLE[0])


def test_it_joins_the_transaction_that_is_open(house: House) -> None:
    """What is recorded inside a transaction goes with it when that is undone."""
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012  # the statements are what is undone
        record_one(house, YES)
        record(house, [YES])
        assert len(history_of(house, PEOPLE[0])) == 2
        raise RuntimeError
    assert history_of(house, PEOPLE[0]) == ()


def test_whoever_is_merged_or_forgotten_gets_no_more_events(house: House) -> None:
    """Except those that say so."""
    people.set_state(PEOPLE[0], people.FORGOTTEN)
    for attempt in (record_one, lambda house, entry: record(house, [entry])):
        with pytest.raises(Refusal):
            attempt(house, YES)
    assert record(house, [Entry(subject=PEOPLE[0], kind=Kind.PERSON_FORGOTTEN, actor=Actor.SYSTEM)])[0].version == 1


def test_no_choice_without_a_policy(house: House) -> None:
    """What would change a standing waits for a policy; what would not, need not."""
    bare = replace(house, published=None)
    for attempt in (record_one, lambda house, entry: record(house, [entry])):
        with pytest.raises(Refusal):
            attempt(bare, YES)
    assert record_one(bare, Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM)).version is None


def test_a_house_that_is_behind_records_nothing(house: House) -> None:
    """Who opened the house before a longer layout came into force would write an older meaning: a conflict, not a guess."""
    published = house.policy_in_force
    record_one(house, YES)
    shorter = Layout(published.layout.keys[:-1])
    behind = replace(house, published=replace(published, compiled=replace(published.compiled, layout=shorter)))
    with pytest.raises(Conflict):
        record_one(behind, YES)
    assert len(history_of(house, PEOPLE[0])) == 1


def test_what_is_acknowledged_is_on_disk_whatever_the_server_does_by_default(database: str) -> None:
    """A database that answers before it has written is told otherwise by every connection of ours."""
    with psycopg.connect(database, autocommit=True) as held:
        held.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = 'off'").format(sql.Identifier(held.info.dbname)))
    open_database(database)
    close()
    assert connection().execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_errors_of_the_database_quote_nothing(house: House) -> None:
    """A statement that fails names its code, never a value."""
    connection().execute("ALTER TABLE event ADD CHECK (kind <> 'consent.given')")
    with pytest.raises(Exception, match="23514") as caught:
        record_one(house, YES)
    assert "newsletter" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_what_ran_out_ends_by_an_event_when_a_row_is_worked_out(house: House) -> None:
    """A row that is added up anew never leaves out a consent whose end no event tells: the clock may go back."""
    until = "2026-01-02T00:00:00.000Z"
    record(house, [replace(YES, details={**YES.details, "until": until})])
    record(house, [Entry(subject=PEOPLE[0], kind=Kind.QUARANTINE_LIFTED, actor=Actor.STAFF, details={"ground": "asked"})])
    assert [event.kind for event in history_of(house, PEOPLE[0])] == [
        Kind.CONSENT_GIVEN, Kind.QUARANTINE_LIFTED, Kind.CONSENT_EXPIRED
    ]  # fmt: skip
    assert agrees(house, PEOPLE[0])
    held = row(house, PEOPLE[0])
    early = datetime(2026, 1, 1, tzinfo=UTC)
    layout = house.policy_in_force.layout
    assert not check(Row(held.bits, held.born, held.due, held.layout), history_of(house, PEOPLE[0]), early, layout)


@pytest.mark.parametrize("before", [98, 99])
def test_what_ran_out_may_fill_up_what_is_sent_at_once(house: House, before: int) -> None:
    """The event of an end comes when all others are on record, however many they were."""
    record(house, [replace(YES, details={**YES.details, "until": "2026-01-02T00:00:00.000Z"})])
    lifted = Entry(subject=PEOPLE[0], kind=Kind.QUARANTINE_LIFTED, actor=Actor.STAFF, details={"ground": "asked"})
    record(house, [*[replace(YES, subject=PEOPLE[1])] * before, lifted])
    assert history_of(house, PEOPLE[0])[-1].kind == Kind.CONSENT_EXPIRED
    assert len(history_of(house, PEOPLE[1])) == before
    assert agrees(house, PEOPLE[0])
    assert agrees(house, PEOPLE[1])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ids=st.lists(st.uuids() | st.none(), max_size=4), values=st.lists(st.binary(max_size=40) | st.none(), max_size=4), texts=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.none(), max_size=4),
)
@example(ids=[UUID(int=1)], values=[b'"\\x{},'], texts=["{", 'a"b\\'])
def test_an_array_comes_back_as_it_was_sent(database: str, ids: list[UUID | None], values: list[bytes | None], texts: list[str | None]) -> None:
    """Ids and bytes are written in one go, with or without gaps, and empty; what is in them stands for itself."""
    open_database(database)
    rows = fetch("SELECT %s::uuid[], %s::bytea[], %s::text[]", ids, values, texts)
    assert [(sent_ids, list(map(_bytes, sent_values)), sent_texts) for sent_ids, sent_values, sent_texts in rows] == [(ids, values, texts)]


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)
