"""`janji serve` in a process of its own for the benches, and `wrk` against it from another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
from recording import POLICY, people
from standing import adult, consent

from janji.workflows.api_keys import MOST_RATE, create
from janji.workflows.care import init
from janji.workflows.house import House, open_house
from janji.workflows.publishing import publish
from janji.workflows.recording import record
from janji.workflows.runtime import open_runtime

CONNECTIONS = 8
STOPPING = 120.0
"""Seconds that the embedded server may take to stop; its folder cannot be removed before."""
DONE = """
done = function(summary, latency, requests)
  local wrong = summary.errors
  io.write(string.format('\\nJSON {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "errors": %d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: requests a second, for how many seconds, milliseconds of the middle and of the slowest hundredth, errors."""

    rate: float
    seconds: float
    p50: float
    p99: float
    errors: int


@contextmanager
def peopled(folder: Path, count: int, scopes: tuple[str, ...]) -> Iterator[tuple[House, list[UUID], str]]:
    """PT Sony's policy in force in `folder/data`, so many grown people, seven of ten with a consent, and a key's token."""
    runtime = open_runtime(environment={"JANJI_DATA_DIR": str(folder / "data")})
    init(runtime)
    with open_house(runtime) as opened:
        publish(opened, POLICY)
    with open_house(runtime) as opened:
        subjects = people(opened, count)
        for start in range(0, count, 1000):
            some = subjects[start : start + 1000]
            record(opened, [*map(adult, some), *map(consent, some[: len(some) * 7 // 10])])
        yield opened, subjects, create(opened, "bench", scopes, rate=MOST_RATE).token
    end = time.monotonic() + STOPPING
    while time.monotonic() < end and any(folder.glob("data/pg/**/postmaster.pid")):
        time.sleep(0.05)  # it writes its last checkpoint, which takes a while after a long load


@contextmanager
def program(words: list[str], folder: Path, environ: dict[str, str] | None = None) -> Iterator[tuple[str, int, float]]:
    """A program that prints where it listens: its URL, its process, and the seconds until it was ready."""
    start = time.perf_counter()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **(environ or {})})
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        while not _is_ready(url):
            time.sleep(0.01)
        yield url, process.pid, time.perf_counter() - start
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=20).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def janji(data: Path, folder: Path) -> Iterator[tuple[str, int, float]]:
    """`janji serve` over a data directory."""
    with program([sys.executable, "-m", "janji", "serve", "--port", "0", "--data-dir", str(data)], folder) as found:
        yield found


FLOOR = """
import janji.store  # sets Django up, which the faces need
from janji.web.server import Server
from janji.workflows.runtime import Settings
def nothing(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
server = Server(nothing, Settings(port=0))
print("listening on", server.url, flush=True)
import signal
signal.signal(signal.SIGTERM, lambda *_: server.stop())
server.serve()
"""


@contextmanager
def floor(folder: Path) -> Iterator[str]:
    """The same server, in front of nothing."""
    with program([sys.executable, "-c", FLOOR], folder) as (url, _, _):
        yield url


def wrk(url: str, script: str, seconds: int, folder: Path, connections: int = CONNECTIONS) -> Load:
    """Load an address by a script in Lua for some seconds."""
    path = folder / "load.lua"
    path.write_text(script + DONE, "utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(path), url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    held = json.loads(done.stdout.rpartition("JSON ")[2])
    return Load(held["requests"] / held["seconds"], held["seconds"], held["p50"], held["p99"], held["errors"])
