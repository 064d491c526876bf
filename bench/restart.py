"""`janji worker` killed (SIGKILL) with fifty requests in flight, and started again: how long until all are carried out, and until all have ended.

The requests are of ten rights, about people of two systems in PostgreSQL, with real mail to a sink. None may be lost and none done twice. The number
given (3) is how often the worker is killed.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from figures import Figure, show

sys.path.append(str(Path(__file__).resolve().parent.parent))

from tests.erasing_house import World, making
from tests.mailbox import mailbox

from janji.rights.requests import Proof, State
from janji.store.database import fetch, migrate, open_database
from janji.store.server import hold_server, wheel_binaries
from janji.workflows.house import House, enter_house
from janji.workflows.keys import load_keeper, make_keeper
from janji.workflows.people import subjects_for
from janji.workflows.requests import Opening, open_requests
from janji.workflows.runtime import open_runtime

COUNT = 50
TIMES = 3
WAIT = 120.0
"""Seconds after which a figure is given up."""
BAR = 10.0
CORRECTED = {"correct": [{"data": "identity.name", "was": "x", "becomes": "y"}]}
RIGHTS = ("access", "deletion", "correction", "withdrawal", "objection", "restriction", "portability", "information", "end", "destruction")


@contextmanager
def shop(people: int) -> Iterator[tuple[World, House, Mapping[str, str]]]:
    """A house with a policy in force and two connected systems, and the environment in which its worker runs."""
    with tempfile.TemporaryDirectory() as place, hold_server(Path(place), "made-for-restarts", wheel_binaries()) as server, mailbox() as box:
        Path(place).chmod(0o755)  # the server is somebody else's
        folder = Path(place) / "made"
        data = folder / "house"
        (data / "keys").mkdir(parents=True)
        environ = {
            "JANJI_DATA_DIR": f"{data}", "JANJI_MAPS": f"{data / 'datamap'}", "JANJI_MAIL_URL": box.url, "JANJI_MAIL_FROM": "privacy@example.net",
            "JANJI_PUBLIC_URL": "https://privacy.example.net",
        }  # fmt: skip
        runtime = open_runtime(environment=environ)
        make_keeper(runtime)
        keeper = load_keeper(runtime.settings)
        with psycopg.connect(server.url, autocommit=True) as link:
            link.execute("CREATE DATABASE house")
        url = server.url_of("house")
        open_database(url)
        migrate()
        with making(server, url, folder, people, keeper) as world:
            yield world, enter_house(runtime, url, keeper), {**os.environ, **environ, "JANJI_DATABASE_URL": url}


def begun(environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A worker."""
    return subprocess.Popen([sys.executable, "-m", "janji", "worker"], env=dict(environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def filed(world: World, house: House, first: int) -> list[UUID]:
    """Fifty verified requests to which officers agreed already, filed together."""
    subjects = subjects_for(house, [("email", world.email(first + place)) for place in range(COUNT)])
    asked = []
    for place, subject in enumerate(subjects):
        right = RIGHTS[place % len(RIGHTS)]
        said: dict[str, Any] = {"words": "please", **(CORRECTED if right == "correction" else {})}
        asked.append(Opening(right=right, subject=subject, proof=Proof.STAFF, by="desk", approvals=[("A. Officer", "officer"), ("B. Officer", "officer")], said=said))
    return [one.id for one in open_requests(house, asked)]


def waited(ids: list[UUID]) -> tuple[float, float]:
    """Seconds from now until all are carried out, and until all have ended."""
    start, done = time.perf_counter(), 0.0
    while time.perf_counter() - start < WAIT:
        rows = dict(fetch("SELECT state, count(*) FROM rights_request WHERE id = ANY(%s) GROUP BY state", ids))
        passed = time.perf_counter() - start
        if not done and rows.get(State.DELIVERY, 0) + rows.get(State.ENDED, 0) == COUNT:
            done = passed
        if rows.get(State.ENDED, 0) == COUNT:
            return done, passed
        time.sleep(0.02)
    raise AssertionError("the requests did not end")


def measure(times: int = TIMES) -> list[Figure]:
    """Killed at random instants of the first second after the filing."""
    done, ended, chance = [], [], random.Random(7)
    with shop(COUNT * times + 2) as (world, house, environ):
        worker = begun(environ)
        try:
            time.sleep(6)  # it is at rest
            for turn in range(times):
                ids = filed(world, house, 2 + COUNT * turn)
                time.sleep(chance.uniform(0.02, 0.8))
                worker.kill()
                worker.wait()
                worker = begun(environ)
                carried, over = waited(ids)
                done.append(carried)
                ended.append(over)
        finally:
            worker.terminate()
            worker.wait()
        ((executed,),) = fetch("SELECT count(*) FROM event WHERE kind = 'request.executed'")
    right, slowest = executed == COUNT * times, max(ended)
    return [
        Figure("all carried out after the restart", median(done), "s", f"the {BAR:g} s that all may take", median(done) / BAR, "(shown)", right),
        Figure("all ended after the restart, the slowest", slowest, "s", "the same", slowest / BAR, f"< {BAR:g} s", right and slowest < BAR),
        Figure("carried out", executed, "requests", "those that were filed", executed / (COUNT * times), "each once", right),
    ]  # fmt: skip


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:] if word.isdigit()]
    show(measure(counts[0] if counts else TIMES))
