"""Sequencers killed, doubled and overtaken: every event gets one number, in one history, that is signed and whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.faults.cluster import ROOT
from tests.faults.ledger_program import LIMIT, SIGNING, STEPS, make_house, write

from janji.ledger.checkpoint import Checkpoint
from janji.store import ledger
from janji.store.database import connection
from janji.workflows.audits import audit_export
from janji.workflows.house import House
from janji.workflows.ledger import audit_live, checkpoint, export, lag, sequence, sequence_all


def program(url: str, *words: str) -> subprocess.Popen[bytes]:
    """The program in a process of its own, that has entered the house."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.ledger_program", url, *words], cwd=ROOT, stdout=subprocess.PIPE
    )
    with process.stdout or sys.stdin.buffer as told:
        assert told.readline() == b"ready\n"
    return process


def settled() -> None:
    """Number all there is, when the database has noticed that a killed sequencer is gone."""
    while sequence_all().busy:
        time.sleep(0.02)


def whole(house: House, folder: Path, kept: Checkpoint | None = None) -> int:
    """Everything is numbered once and signed; database and export are clean, and go on from a kept checkpoint."""
    settled()
    assert lag().waiting == 0
    signed = checkpoint(house)
    assert signed is not None
    for head in (signed.checkpoint, kept):
        report = audit_live(house, head)
        assert report.clean, report.faults
    export(house, folder / "export")
    report = audit_export(folder / "export")
    assert report.clean, report.faults
    count = connection().execute("SELECT count(*) FROM event").fetchone()
    assert count == (report.events,) == (signed.checkpoint.size,)
    return report.events


@pytest.fixture
def house(database_url: str) -> House:
    """A house with some numbered and signed events, and more that wait than are numbered at once."""
    made = make_house(database_url)
    write(made, 150, random.Random(1))
    sequence_all()
    checkpoint(made)
    write(made, 150, random.Random(2))
    assert lag().waiting > LIMIT
    return made


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_sequencer_that_dies_at_a_step(step: str, moment: str, house: House, database_url: str, tmp_path: Path) -> None:
    """Whatever step it died before or after, nothing of it is left, and the next one goes on."""
    kept, before = checkpoint(house), lag().waiting
    assert kept is not None
    assert program(database_url, "die", step, moment, "sequence").wait() == -signal.SIGKILL
    assert lag().waiting == before
    assert audit_live(house, kept.checkpoint).clean
    assert whole(house, tmp_path, kept.checkpoint) == kept.checkpoint.size + before


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", SIGNING)
def test_a_signer_that_dies_at_a_step(step: str, moment: str, house: House, database_url: str, tmp_path: Path) -> None:
    """A signature that was not committed is made again; there is one for a size."""
    kept = checkpoint(house)
    assert kept is not None
    sequence()
    assert program(database_url, "die", step, moment, "checkpoint").wait() == -signal.SIGKILL
    whole(house, tmp_path, kept.checkpoint)


def test_an_export_that_dies_leaves_the_earlier_one(database_url: str, tmp_path: Path) -> None:
    """Until an export is whole, the file is the one before."""
    house = make_house(database_url)
    write(house, 3000, random.Random(1))
    settled()
    (tmp_path / "export").write_bytes(b"the one before")
    assert program(database_url, "export", str(tmp_path / "export")).wait() == -signal.SIGKILL
    assert (tmp_path / "export").read_bytes() == b"the one before"
    whole(house, tmp_path)


def test_sequencers_at_once_with_late_commits(database_url: str, tmp_path: Path) -> None:
    """Three sequencers, of which two are killed over and over, and writers that commit late: one number each, in order."""
    house = make_house(database_url)
    steady = program(database_url, "sequence", "steady", "600")
    chance = random.Random(5)
    mortal = [program(database_url, "sequence", str(seed), "600") for seed in range(2)]
    writers = [program(database_url, "write", "200", str(seed)) for seed in range(3)]
    while any(writer.poll() is None for writer in writers):
        time.sleep(chance.random() / 5)
        victim = chance.randrange(2)
        mortal[victim].kill()
        assert mortal[victim].wait() == -signal.SIGKILL, "a sequencer fell over"
        mortal[victim] = program(database_url, "sequence", str(chance.random()), "600")
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    for process in (steady, *mortal):
        process.kill()
        assert process.wait() == -signal.SIGKILL, "a sequencer fell over"
    assert whole(house, tmp_path) >= 600


def test_the_steps_are_all_of_them() -> None:
    """Each step that is killed at is a function of the store, called by the workflow."""
    source = Path(sequence.__code__.co_filename).read_text(encoding="utf-8")
    for step in (*STEPS, *SIGNING):
        assert callable(getattr(ledger, step))
        assert f"ledger.{step}(" in source
