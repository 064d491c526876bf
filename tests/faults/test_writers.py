"""Writers killed, doubled and crossed: what was acknowledged is there once, and everything agrees."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from tests.faults import making
from tests.faults.cluster import Program, run, verify
from tests.faults.program import POINTS
from tests.faults.verification import Acknowledged, verify_everything
from tests.serving import wait_until

from janji.errors import Conflict, JanjiError, Refusal
from janji.ledger.events import Actor, Kind
from janji.store import records
from janji.store.database import close, connection, open_database, transaction
from janji.terms.messages import N_, say
from janji.workflows import identity
from janji.workflows.recording import Entry, history_of, record, record_one
from janji.workflows.runtime import Runtime

ROUNDS = int(os.environ.get("JANJI_EXAMPLES", "1"))
TEN_THOUSAND = 10_000
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def test_writers_killed_at_random_instants_lose_nothing_they_were_told(database_url: str, tmp_path: Path) -> None:
    """Three writers and a sequencer, killed with SIGKILL in the middle, over and over: no acknowledged event is lost."""
    run(database_url, "make", "--people", "6", acknowledged=tmp_path / "made")
    chance = random.Random(20261125)
    told = []
    for turn in range(ROUNDS):
        writers = [
            Program(database_url, "write", "--people", "6", "--batch", batch, "--seed", f"{turn}{batch}",
                    acknowledged=tmp_path / f"{turn}-{batch}")
            for batch in ("1", "7", "40")
        ]  # fmt: skip
        sequencer = Program(database_url, "sequence", acknowledged=tmp_path / f"{turn}-sequencer")
        wanted = [chance.randrange(20, 300) for _ in writers]
        for writer, count in zip(writers, wanted, strict=True):
            writer.told_of(count)
            writer.kill()
        sequencer.kill()
        told += [writer.path for writer in writers]
    counts = verify(database_url, tmp_path, told)
    assert counts["acknowledged"] >= ROUNDS * 60
    assert counts["events"] >= counts["acknowledged"]


def test_writers_that_die_at_each_point_leave_all_or_nothing(database_url: str, tmp_path: Path) -> None:
    """Before and after each statement of an append: the writer that died there left the whole event or none of it."""
    run(database_url, "make", "--people", "3", acknowledged=tmp_path / "made")
    dying = [
        Program(database_url, "write", "--people", "3", "--batch", batch, "--die", point, "--nth", "4", *moment,
                "--seed", str(number), acknowledged=tmp_path / f"{point}{len(moment)}")
        for work, batch in (("one", "1"), ("batch", "5"))
        for moment in ([], ["--after"])
        for number, point in enumerate(POINTS[work])
    ]  # fmt: skip
    for program in dying:
        assert program.end() == -signal.SIGKILL, program.errors
    after = Program(database_url, "write", "--people", "3", "--count", "50", acknowledged=tmp_path / "after")
    assert after.end() == 0, after.errors
    counts = verify(database_url, tmp_path, [program.path for program in (*dying, after)])
    assert counts["acknowledged"] >= 50 + 3 * len(dying)


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
def test_thousands_of_choices_of_one_person_at_once_have_one_order(isolation: str, database_url: str, tmp_path: Path) -> None:
    """Ten thousand grants and withdrawals of one person by four writers: versions 1 to n, the last one stands."""
    count = TEN_THOUSAND if isolation == "read committed" else TEN_THOUSAND // 10
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'")
    run(database_url, "make", "--people", "1", acknowledged=tmp_path / "made")
    shares = ((1, count // 20), (1, count // 20), (5, count // 5), (50, count - 2 * (count // 20) - count // 5))
    writers = [
        Program(database_url, "write", "--people", "1", "--seed", str(seed), "--batch", str(batch), "--count", str(share),
                "--only-consent",
                acknowledged=tmp_path / f"writer{seed}")
        for seed, (batch, share) in enumerate(shares)
    ]  # fmt: skip
    for writer in writers:
        assert writer.end() == 0, writer.errors
        assert "failed 0" in writer.errors
    lines = [line for writer in writers for line in writer.lines()]
    assert sorted(line["version"] for line in lines) == list(range(1, count + 1))
    assert verify(database_url, tmp_path, [writer.path for writer in writers])["events"] >= count


def test_a_batch_sent_twice_in_another_order_is_recorded_once(database: str, tmp_path: Path) -> None:
    """Who gives ids may send again, in any order, cut or whole: each is recorded once, and the first answer comes again."""
    house = making.make_house(database, 4, making.runtime_for(database, tmp_path))
    entries = making.batch_with_ids(7, 4, 60)
    first = record(house, entries[:40])
    crossed = list(entries)
    random.Random(3).shuffle(crossed)
    second = {item.id: item for item in record(house, [*crossed, *crossed[:5]])}
    assert all(second[item.id] == item for item in first)
    assert {record_one(house, entry) for entry in entries} == set(second.values())
    counts = verify_everything(house, [Acknowledged(str(item.id), item.digest) for item in second.values()])
    assert counts["of_people"] == 60


def test_a_batch_sent_by_two_at_once_is_recorded_once(database_url: str, tmp_path: Path) -> None:
    """The same batch by four processes at the same moment, in four orders: one recording, and the same answers."""
    run(database_url, "make", "--people", "4", acknowledged=tmp_path / "made")
    senders = [
        Program(database_url, "send", "--people", "4", "--seed", "9", "--order", str(order), "--count", "200",
                acknowledged=tmp_path / f"sender{order}")
        for order in range(4)
    ]  # fmt: skip
    codes = [sender.end() for sender in senders]
    assert codes == [0] * 4, senders[codes.index(max(codes))].errors
    assert len({frozenset((line["id"], line["digest"]) for line in sender.lines()) for sender in senders}) == 1
    counts = verify(database_url, tmp_path, [sender.path for sender in senders])
    assert counts["of_people"] == 200


def test_an_id_of_another_event_is_refused(database: str, tmp_path: Path) -> None:
    """The id of one record given to another: a conflict, and nothing of the batch is stored."""
    house = making.make_house(database, 2, making.runtime_for(database, tmp_path))
    entries = making.batch_with_ids(1, 2, 3)
    record(house, entries[:1])
    stranger = Entry(id=entries[0].id, subject=entries[0].subject, kind=Kind.PERSON_VERIFIED, actor=Actor.STAFF)
    with pytest.raises(Conflict):
        record(house, [entries[1], stranger])
    assert not records.present([entries[1].id or making.people(1)[0]])


class Wandering(Runtime):
    """A runtime whose clock jumps back and forth by up to two days."""

    jumps = random.Random(20261125)

    def now(self) -> datetime:
        """The present instant, as wrong as chance will have it."""
        return Runtime.now(self) + timedelta(seconds=self.jumps.randrange(-172_800, 172_800))


def test_a_refused_batch_spoils_nothing_for_the_next_choice(database: str, tmp_path: Path) -> None:
    """After a rollback, after an aborted statement and after a change of tables the same connection records on."""
    house = making.make_house(database, 2, making.runtime_for(database, tmp_path))
    chance, subject = random.Random(1), making.people(1)[0]
    told = [record_one(house, making.choice(chance, [subject])) for _ in range(5)]
    for spoil in ("SELECT 1 / 0", "CREATE TABLE other (); DROP TABLE other", "ALTER TABLE standing ALTER COLUMN version TYPE BIGINT"):
        with suppress(JanjiError), transaction():
            connection().execute("SELECT 1", prepare=True)
            connection().execute(spoil)
        with suppress(Refusal), transaction():
            record(house, [making.choice(chance, [subject])])
            raise Refusal(say(N_("no")))
        told.append(record_one(house, making.choice(chance, [subject])))
        told.extend(record(house, [making.choice(chance, [subject])]))
    verify_everything(house, [Acknowledged(str(item.id), item.digest) for item in told])


def test_a_clock_that_jumps_does_not_change_the_order(database: str, tmp_path: Path) -> None:
    """Order is the order of versions: with a clock that wanders by days all agrees, and the last choice stands."""
    still = making.runtime_for(database, tmp_path)
    house = making.make_house(database, 2, Wandering(still.settings, still.tongue))
    subject = making.people(1)[0]
    told = [record_one(house, making.choice(random.Random(seed), [subject])) for seed in range(60)]
    events = history_of(house, subject)
    assert [event.version for event in events] == list(range(1, 61))
    assert any(later.at < earlier.at for earlier, later in pairwise(events))
    verify_everything(house, [Acknowledged(str(item.id), item.digest) for item in told])


def test_nothing_is_recorded_of_somebody_who_was_merged_a_moment_ago(database: str, tmp_path: Path) -> None:
    """Writers that waited while a person was merged into another see the merge, and refuse."""
    house = making.make_house(database, 2, making.runtime_for(database, tmp_path))
    survivor, other = making.people(2)
    record(house, [making.choice(random.Random(seed), [other]) for seed in range(5)])
    seen: list[JanjiError | None] = []

    def late(write: Callable[[], object]) -> None:
        try:
            open_database(database)
            write()
            seen.append(None)
        except JanjiError as error:
            seen.append(error)
        finally:
            close()

    entry = making.choice(random.Random(9), [other])
    threads = [threading.Thread(target=late, args=[write]) for write in (lambda: record(house, [entry]), lambda: record_one(house, entry))]
    with psycopg.connect(database, autocommit=True) as watch:
        with transaction():
            identity.merge(house, survivor, other, Actor.STAFF)
            for thread in threads:
                thread.start()
            wait_until(lambda: watch.execute(WAITING).fetchone() == (2,))
        for thread in threads:
            thread.join()
    assert [type(error) for error in seen] == [Refusal, Refusal]
    verify_everything(house, [])
