"""The running door under blows: killed, its database gone, its worker gone; what was acknowledged stays, and it goes on by itself."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from tests.faults import making
from tests.faults.cluster import Cluster, cluster, verify
from tests.serving import Running, environment, serving, wait_until, working

from janji.store import database
from janji.workflows.api_keys import create
from janji.workflows.house import House

TURNS = int(os.environ.get("JANJI_EXAMPLES", "1"))
PEOPLE = 8
NETWORK = (httpx.TransportError,)


class Chooser(threading.Thread):
    """Somebody who records choices over HTTP until told to stop; what was acknowledged is written down as it came."""

    def __init__(self, running: Running, key: str, number: int, told: Path) -> None:
        super().__init__(daemon=True)
        self.running, self.key, self.number, self.path = running, key, number, told / f"told-{number}"
        self.enough = threading.Event()
        self.acknowledged = 0
        self.refused: list[httpx.Response] = []

    def run(self) -> None:
        """Choose, again and again."""
        people = making.people(PEOPLE)
        with self.path.open("w", encoding="utf-8") as told, self.running.client(self.key, timeout=60) as client:
            while not self.enough.is_set():
                verb = ("refuse", "withdraw")[self.acknowledged % 2]
                body = {"subject": f"sub_{people[(self.number + self.acknowledged) % PEOPLE]}", "verb": verb, "purpose": "newsletter",
                        "channel": "email"}  # fmt: skip
                try:
                    answer = client.post("/v1/consents", json=body)
                except NETWORK:
                    self.enough.wait(0.1)
                    continue
                if answer.status_code == 201:
                    held = answer.json()
                    told.write(json.dumps({"id": held["id"].removeprefix("con_"), "digest": held["digest"]}) + "\n")
                    self.acknowledged += 1
                else:
                    self.refused.append(answer)
                    self.enough.wait(0.1)

    def stop(self) -> None:
        """Stop, and wait for the last answer."""
        self.enough.set()
        self.join(120)


@contextmanager
def choosing(running: Running, key: str, folder: Path, count: int = 4) -> Iterator[list[Chooser]]:
    """So many at once."""
    found = [Chooser(running, key, number, folder) for number in range(count)]
    for one in found:
        one.start()
    try:
        yield found
    finally:
        for one in found:
            one.stop()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Cluster, House, str]]:
    """A server of one's own with a house in it, and a key for everything."""
    with cluster(tmp_path / "server") as server:
        house = making.make_house(server.url, PEOPLE, making.runtime_for(server.url, tmp_path))
        key = create(house, "shop", ("decide", "consents:write", "consents:read"), rate=1_000_000).token
        database.close()
        yield server, house, key


def _more(choosers: list[Chooser], count: int = 20) -> None:
    """Wait until each has so many more choices acknowledged."""
    before = [one.acknowledged for one in choosers]
    wait_until(lambda: all(one.acknowledged >= had + count for one, had in zip(choosers, before, strict=True)))


def _verified(server: Cluster, folder: Path, choosers: list[Chooser]) -> None:
    counts = verify(server.url, folder, [one.path for one in choosers])
    assert counts["acknowledged"] == sum(one.acknowledged for one in choosers) > 0


def test_killed_at_any_instant_nothing_acknowledged_is_lost(served: tuple[Cluster, House, str], tmp_path: Path) -> None:
    """`kill -9` under load, and stopped in order under load: every 201 is on record with its digest, once, and all of it is sound."""
    server, _, key = served
    for turn, number in enumerate((signal.SIGKILL, signal.SIGTERM) * TURNS):
        folder = tmp_path / f"{turn}-{number.name}"
        folder.mkdir()
        with serving(tmp_path, server.url) as running:
            with choosing(running, key, folder) as choosers:
                _more(choosers)
                code = running.end(number)
            assert code == (-9 if number is signal.SIGKILL else 0), running.errors()
            assert number is signal.SIGKILL or not any(one.refused for one in choosers)
        _verified(server, folder, choosers)


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
def test_the_database_gone_and_back(served: tuple[Cluster, House, str], tmp_path: Path, blow: signal.Signals) -> None:
    """While it is gone: 503 with `Retry-After`, a problem document without values, not ready, but alive. Then it goes on by itself."""
    server, _, key = served
    with serving(tmp_path, server.url) as running, choosing(running, key, tmp_path) as choosers:
        _more(choosers)
        server.signal(blow)
        wait_until(lambda: all(one.refused for one in choosers))
        wait_until(lambda: running.get("/health/ready").status_code == 503)
        assert running.get("/health/ready").json()["state"] == "unavailable"
        assert running.get("/health/live").status_code == 200
        assert "janji_database_up 0.0" in running.get("/metrics").text
        wait_until(lambda: running.events("step-failed"))
        server.start()
        _more(choosers)
        wait_until(lambda: running.get("/health/ready").json()["state"] == "ready")
        wait_until(lambda: running.get("/health/ready").json()["numbering"]["lag_seconds"] < 5)
        for one in choosers:
            one.stop()
        for answer in (answer for one in choosers for answer in one.refused):
            assert answer.status_code in (409, 503)
            assert answer.headers["content-type"] == "application/problem+json"
            if answer.status_code == 503:
                assert answer.headers["retry-after"]
        assert running.end() == 0, running.errors()
        assert {line["code"] for line in running.events("step-failed")} <= {"unavailable", "conflict"}
        assert "Traceback" not in running.errors()
        assert not any("Unavailable" in str(line) for line in running.events())  # the line of each request says so already
    _verified(server, tmp_path, choosers)


def test_the_embedded_server_killed_is_started_again(tmp_path: Path) -> None:
    """The embedded PostgreSQL killed under `janji serve`: it is started again, and requests are answered again."""
    import subprocess
    import sys

    held = environment(tmp_path)
    for words in (("init",), ("policy", "publish", str(making.POLICY))):
        subprocess.run([sys.executable, "-m", "janji", *words], cwd=tmp_path, env=held, check=True, capture_output=True)
    with serving(tmp_path) as running:
        wait_until(lambda: running.get("/health/ready").json()["state"] == "ready")
        os.kill(int((tmp_path / "data" / "pg" / "data" / "postmaster.pid").read_text("ascii").split("\n", 1)[0]), signal.SIGKILL)
        wait_until(lambda: running.get("/health/ready").status_code == 503)
        wait_until(lambda: running.get("/health/ready").json()["state"] == "ready")
        assert running.end() == 0, running.errors()


def test_without_a_worker_choices_are_recorded(served: tuple[Cluster, House, str], tmp_path: Path) -> None:
    """A worker killed: choices go on, readiness says that it is behind, another worker catches up, and the audit is clean."""
    server, _, key = served
    (tmp_path / "worker").mkdir()
    with serving(tmp_path, server.url, "--no-worker") as running, choosing(running, key, tmp_path) as choosers:
        with working(tmp_path / "worker", server.url) as worker:
            _more(choosers)
            worker.process.kill()
        _more(choosers)
        wait_until(lambda: running.get("/health/ready").json()["workers"] == 0)
        assert running.get("/health/ready").status_code == 200
        with working(tmp_path / "worker", server.url) as worker:
            for one in choosers:
                one.stop()
            wait_until(lambda: running.get("/health/ready").json()["numbering"]["waiting"] == 0)
            assert worker.end() == 0
        assert running.end() == 0
    _verified(server, tmp_path, choosers)


def test_a_job_goes_on_when_its_worker_dies(served: tuple[Cluster, House, str], tmp_path: Path) -> None:
    """A worker killed in the middle of a long import: another takes it over, and each choice of the list is recorded once."""
    from janji.store import jobs as stored
    from janji.workflows import jobs
    from janji.workflows.jobs import JobState, hand_over_import

    server, house, _ = served
    rows = 12_000
    (tmp_path / "list.csv").write_text("who;list;state\n" + "".join(f"p{n}@example.org;news;no\n" for n in range(rows)), "utf-8")
    (tmp_path / "map.yaml").write_text(
        "source: old\nidentifiers: [{column: who, kind: email}]\ncolumns: {purpose: list, state: state}\n"
        "values:\n  purpose: [{written: news, means: newsletter}]\n  state: [{written: 'no', means: withdrawn}]\n", "utf-8")  # fmt: skip
    database.open_database(server.url)
    (tmp_path / "first").mkdir()
    with working(tmp_path / "first", server.url) as first:
        wait_until(stored.is_ready)
        id = hand_over_import(house, tmp_path / "list.csv", tmp_path / "map.yaml")
        wait_until(lambda: _imported() > 1000)
        first.process.kill()
        first.process.wait()
    assert 0 < _imported() < rows
    assert jobs.job(id).state is JobState.RUNNING
    with working(tmp_path, server.url) as second:
        wait_until(lambda: jobs.job(id).state in (JobState.DONE, JobState.FAILED))
        assert second.events("step")
    done = jobs.job(id)
    assert done.state is JobState.DONE, done.failure
    assert done.report is not None
    assert sum(done.report["recorded"].values()) + done.report["known-already"] == rows == _imported()
    database.close()


def _imported() -> int:
    row = database.connection().execute("SELECT count(*) FROM event WHERE kind = 'consent.withdrawn'").fetchone()
    assert row is not None
    return int(row[0])


def _children(process: int) -> set[int]:
    """The processes that a process began and that are there."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(parts[1]) == process and parts[0] != "Z":
            found.add(int(place.parent.name))
    return found


def _are_gone(processes: set[int]) -> bool:
    return not any(Path(f"/proc/{one}/exe").exists() for one in processes)


def test_heavy_steps_are_done_in_a_process_of_their_own(served: tuple[Cluster, House, str], tmp_path: Path) -> None:
    """The first look at the promises begins with the server, ends with it, however that ends, and is made by the next one."""
    server, _, _ = served
    for number in (signal.SIGKILL, signal.SIGTERM):
        with serving(tmp_path, server.url) as running:
            wait_until(partial(_children, running.process.pid))
            own = _children(running.process.pid)
            assert running.end(number) == (-9 if number is signal.SIGKILL else 0), running.errors()
            wait_until(partial(_are_gone, own))
    with serving(tmp_path, server.url) as running:
        wait_until(lambda: [line for line in running.events("step") if line["step"] == "promises"])
        assert running.end() == 0
