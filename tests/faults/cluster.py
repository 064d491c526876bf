"""A server of our own that a test may stop, kill and start again, and the programs that meet it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from tests.serving import PATIENCE, wait_until

from janji.store.server import ServerHandle, hold_server, is_running

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "of-a-test"  # noqa: S105  # of a server that lives as long as a test


class Cluster:
    """An embedded server in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._held: ServerHandle | None = hold_server(folder, PASSWORD)
        self.url = self._held.url

    def start(self) -> None:
        """Start it again, and wait until it answers."""
        self.let_go()
        self._held = hold_server(self.folder, PASSWORD)

    def let_go(self) -> None:
        """Hold it no longer, and wait until it is gone."""
        if self._held is not None:
            self._held.release()
            self._held = None
        wait_until(lambda: not is_running(self.folder))

    def signal(self, number: signal.Signals) -> None:
        """Send the first process of the server a signal: SIGINT stops it at once in order, SIGKILL as a power cut does."""
        os.kill(self.process(), number)
        wait_until(lambda: not is_running(self.folder))

    def process(self) -> int:
        """The id of the server's first process."""
        return int((self.folder / "pg" / "data" / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A server that is gone afterwards."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.let_go()


def somebody_waits(url: str) -> bool:
    """Whether somebody waits for a lock in this database; asked on a connection of its own, for one sees itself alone in a transaction."""
    with psycopg.connect(url) as link:
        row = link.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").fetchone()
    return row is not None and row[0] > 0


class Program:
    """`tests.faults.program` in a process of its own; what it acknowledged is what it printed, line by line."""

    def __init__(self, url: str, verb: str, *words: str, acknowledged: Path) -> None:
        self.path = acknowledged
        with acknowledged.open("wb") as out, acknowledged.with_suffix(".err").open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.program", verb, *words], cwd=ROOT, stdout=out, stderr=errors,
                env={**os.environ, "JANJI_TEST_URL": url, "JANJI_TEST_FOLDER": str(acknowledged.parent)},
            )  # fmt: skip

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Wait for its end; gives its exit code."""
        return self.process.wait(PATIENCE * 2)

    @property
    def errors(self) -> str:
        """What it said on its error output."""
        return self.path.with_suffix(".err").read_text(encoding="utf-8")

    def told_of(self, count: int) -> None:
        """Wait until so many events were acknowledged."""
        wait_until(lambda: len(self.lines()) >= count)

    def lines(self) -> list[dict[str, Any]]:
        """What it printed and ended with a line feed: a line that a kill cut off was never acknowledged."""
        whole = self.path.read_bytes().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]


def run(url: str, verb: str, *words: str, acknowledged: Path) -> list[dict[str, Any]]:
    """Run the program to its end; fails with what it said when it failed."""
    program = Program(url, verb, *words, acknowledged=acknowledged)
    code = program.end()
    assert code == 0, program.errors
    return program.lines()


def verify(url: str, folder: Path, told: Sequence[Path]) -> dict[str, int]:
    """Verify the whole state against what was acknowledged in these files; gives the counts."""
    counts: dict[str, int] = run(url, "verify", *map(str, told), acknowledged=folder / "verified")[-1]
    return counts
