"""The server stopped, killed, filled up: clients are told in our words, nothing is half done, and all goes on afterwards."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.faults.cluster import Program, cluster, run, verify
from tests.faults.disks import fill, small_disk
from tests.serving import wait_until

TURNS = int(os.environ.get("JANJI_EXAMPLES", "1"))


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_server_that_goes_away_under_load_loses_nothing(blow: signal.Signals, tmp_path: Path) -> None:
    """Stopped or killed while three write: they are told `Unavailable`, go on, and nothing they were told is lost."""
    with cluster(tmp_path / "server") as server:
        run(server.url, "make", "--people", "5", acknowledged=tmp_path / "made")
        writers = [
            Program(server.url, "write", "--people", "5", "--batch", batch, "--seed", batch, "--count", "100000",
                    "--until", str(tmp_path / "enough"), acknowledged=tmp_path / f"batch{batch}")
            for batch in ("1", "9", "60")
        ]  # fmt: skip
        for turn in range(1, TURNS + 1):
            _all_move_on(writers)
            server.signal(blow)
            _all_were_told(writers, turn)
            server.start()
        _all_move_on(writers)
        (tmp_path / "enough").touch()
        for writer in writers:
            assert writer.end() == 0, writer.errors
            _only_our_words(writer)
        counts = verify(server.url, tmp_path, [writer.path for writer in writers])
    assert counts["acknowledged"] == sum(len(writer.lines()) for writer in writers)


def test_a_full_disk_stops_recording_and_nothing_is_half_done(tmp_path: Path) -> None:
    """On a disk without room a writer is told so; with room again the same house records on."""
    with small_disk(tmp_path / "disk") as disk, cluster(disk) as server:
        run(server.url, "make", "--people", "5", acknowledged=tmp_path / "made")
        writer = Program(server.url, "write", "--people", "5", "--batch", "200", "--count", "1000000",
                         "--until", str(tmp_path / "enough"), acknowledged=tmp_path / "writer")  # fmt: skip
        wait_until(lambda: len(writer.lines()) > 400)
        ballast = disk / "ballast"
        fill(ballast)
        wait_until(lambda: "Unavailable: " in writer.errors)
        ballast.unlink()
        server.start()
        _all_move_on([writer])
        (tmp_path / "enough").touch()
        assert writer.end() == 0, writer.errors
        _only_our_words(writer)
        counts = verify(server.url, tmp_path, [writer.path])
    assert counts["acknowledged"] == len(writer.lines())


def test_two_programs_with_sequencers_share_one_house(database_url: str, tmp_path: Path) -> None:
    """Two programs write and two sequence the same house at once: every event has one number, and the audit is clean."""
    run(database_url, "make", "--people", "8", acknowledged=tmp_path / "made")
    writers = [
        Program(database_url, "write", "--people", "8", "--batch", batch, "--seed", batch, "--count", count,
                acknowledged=tmp_path / f"batch{batch}")
        for batch, count in (("1", "300"), ("25", "3000"))
    ]  # fmt: skip
    sequencers = [
        Program(database_url, "sequence", "--until", str(tmp_path / "enough"), acknowledged=tmp_path / f"sequencer{turn}")
        for turn in range(2)
    ]
    for writer in writers:
        assert writer.end() == 0, writer.errors
    (tmp_path / "enough").touch()
    for sequencer in sequencers:
        assert sequencer.end() == 0, sequencer.errors
    counts = verify(database_url, tmp_path, [writer.path for writer in writers])
    assert counts["acknowledged"] == 3300


def _all_move_on(writers: list[Program]) -> None:
    """Wait until each writer was told of some more events."""
    before = [len(writer.lines()) for writer in writers]
    for writer, count in zip(writers, before, strict=True):
        writer.told_of(count + 20)


def _all_were_told(writers: list[Program], times: int) -> None:
    """Wait until each writer was refused so often."""
    wait_until(lambda: all(writer.errors.count("Unavailable: ") >= times for writer in writers))


def _only_our_words(writer: Program) -> None:
    """What went wrong was said in our words, without a statement, a value, an address or a trace."""
    for line in writer.errors.splitlines():
        assert line.startswith(("Unavailable: the database", "Conflict: ", "done ")), line
