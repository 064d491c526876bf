"""Rights requests from the commit of their filing to packages and certificates, with the worker that `janji serve` runs, on the shop of bench/erasure.py.

The number given (1) is the size: 1 is 100,000 customers with 1,000,000 orders. The floor is plain psycopg reading and deleting the same rows, in the same run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from erasure import EXTRA, floor_erase, floor_search, holding, shop, timed
from erasure_whole import house
from figures import Figure, show

from janji.rights.requests import Intake, Proof, State
from janji.store import jobs
from janji.store.database import fetch, run, transaction
from janji.workflows import request_clock, request_work
from janji.workflows.door import Door
from janji.workflows.house import House
from janji.workflows.people import subjects_for
from janji.workflows.requests import Opening, closed, open_requests, queue
from janji.workflows.worker import Worker

CLOSED = 1_000_000
"""So many closed requests, beside which the queue must not be slower."""
FILED = 1000
"""Requests filed at once, beside as many workflows."""
TOLD = 0.5
"""Seconds in which the result of one request is told."""
WAIT = 120.0
"""Seconds after which a figure is given up."""


@contextmanager
def working(opened: House) -> Iterator[None]:
    """The worker of `janji serve`, on its own threads."""
    worker = Worker(Door(opened))
    worker.start()
    try:
        yield
    finally:
        worker.stop()
        assert worker.wait()


def people(opened: House, first: int, count: int) -> list[UUID]:
    """Customers of the shop as people on record."""
    return subjects_for(opened, [("email", f"user{number}@example.com") for number in range(first, first + count)])


def filed(opened: House, right: str, subjects: Sequence[UUID]) -> list[UUID]:
    """Verified requests that nobody has to look at any more, filed together."""
    approvals = [("A. Officer", "officer"), ("B. Officer", "officer")]
    return [one.id for one in open_requests(opened, [
        Opening(right=right, intake=Intake.API, subject=subject, proof=Proof.STAFF, by="desk", approvals=approvals) for subject in subjects
    ])]  # fmt: skip


def until_told(ids: Sequence[UUID]) -> float:
    """Seconds from now until each of these was carried out, read back, and its result is there to be told."""
    start = time.perf_counter()
    while fetch("SELECT 1 FROM rights_request WHERE state IN (%s, %s) AND state <> 'ended' LIMIT 1", State.VERIFIED, State.WORKING):
        assert time.perf_counter() - start < WAIT, "the requests did not end"
        time.sleep(0.005 if len(ids) < 1000 else 0.05)
    took = time.perf_counter() - start
    rows = fetch("SELECT outcome, count(*) FROM rights_request WHERE id = ANY(%s) AND state IN (%s, %s) GROUP BY outcome", list(ids), State.DELIVERY, State.ENDED)
    assert rows == [("done", len(ids))], rows
    return took


def measured(opened: House, right: str, first: int, count: int) -> tuple[float, float]:
    """Seconds to file so many, and from the commit of the filing until the last is done."""
    subjects = people(opened, first, count)
    taken, ids = timed(lambda: filed(opened, right, subjects))
    return taken, until_told(ids)


def alone(opened: House, right: str, number: int) -> float:
    """Seconds that one request takes, once the worker has told whoever asked before of theirs."""
    time.sleep(TOLD)
    return measured(opened, right, number, 1)[1]


def together(opened: House, url: str, folder: Path) -> list[Figure]:
    """Fifty at once, and one; each the best of three turns after a first one."""
    measured(opened, "access", 900, 5)
    access = min(measured(opened, "access", 1000 + 50 * turn, 50)[1] for turn in range(3))
    one = min(alone(opened, "access", 1500 + turn) for turn in range(5))
    erase = min(measured(opened, "deletion", 2000 + 50 * turn, 50)[1] for turn in range(3))
    search = timed(lambda: floor_search(url, [f"user{n}@example.com" for n in range(3000, 3050)], folder / "floor"))[0]
    delete = timed(lambda: floor_erase(url, [f"user{n}@example.com" for n in range(3050, 3100)], EXTRA))[0]
    return [
        Figure("50 access requests until 50 packages", access, "s", "plain psycopg's reads", access / search, "< 1.5 s", access < 1.5),
        Figure("one access request until its package", one * 1000, "ms", "plain psycopg's reads of 50", one / search, "< 150 ms", one < 0.15),
        Figure("50 erasures until 50 certificates", erase, "s", "plain psycopg's deletions", erase / delete, "< 2 s", erase < 2),
    ]  # fmt: skip


def bulk(opened: House, url: str, first: int, count: int) -> list[Figure]:
    """Many erasures filed by one call."""
    taken, rest = measured(opened, "deletion", first, count)
    floor = timed(lambda: floor_erase(url, [f"user{n}@example.com" for n in range(first + count, first + 2 * count)], EXTRA))[0]
    return [
        Figure(f"{count:,} erasures filed by one call", taken, "s", "plain psycopg's deletions", taken / floor, "(shown)", True),
        Figure("... and from its commit until the last certificate", rest, "s", "plain psycopg's deletions", rest / floor, "< 15 s", rest < 15),
    ]  # fmt: skip


def filing(opened: House) -> Figure:
    """Requests filed into our table, and as many workflows handed to DBOS, each in one transaction that is taken back; the best of five turns of both."""
    openings = [Opening(right="access", intake=Intake.PHONE, by="desk") for _ in range(FILED)]

    def enqueue() -> None:
        for id in opened.runtime.new_ids(FILED):
            jobs.enqueue(id, "request", {"request": str(id)})

    turns = [(_taken_back(lambda: open_requests(opened, openings)), _taken_back(enqueue)) for _ in range(5)]
    ours, theirs = min(one for one, _ in turns), min(other for _, other in turns)
    return Figure(f"{FILED:,} requests filed into a table of our own", ours, "s", "enqueued as workflows of DBOS", ours / theirs, "< 1 x", ours < theirs)


def _taken_back(work: Callable[[], object]) -> float:
    """Seconds that work takes in a transaction that is taken back."""
    start = time.perf_counter()
    with suppress(ZeroDivisionError), transaction():
        work()
        took = time.perf_counter() - start
        raise ZeroDivisionError
    return took


def flat(opened: House, count: int) -> list[Figure]:
    """Pages of the queue and questions of the clock before and beside many closed requests."""
    questions = {
        "queue page": queue, "page of closed requests": closed,
        "what the clock asks": lambda: (request_work.work_off(opened), request_clock.work(opened)),
    }  # fmt: skip
    open_requests(opened, [Opening(right="access", intake=Intake.PHONE, by="desk") for _ in range(200)])
    _close(1000)
    before = {name: _best(ask) for name, ask in questions.items()}
    _close(count)
    after = {name: _best(ask) for name, ask in questions.items()}
    return [
        Figure(f"{name} beside {count:,} closed requests", after[name] * 1000, "ms", "beside 1,000", after[name] / before[name], "<= 1.5 x", after[name] <= 1.5 * before[name])
        for name in questions
    ]  # fmt: skip


def _close(count: int) -> None:
    """So many more requests that ended, one a second back from when the first was opened."""
    columns = [name for (name,) in fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'rights_request'")]
    made = {"id": "gen_random_uuid()", "state": "'ended'", "outcome": "'done'", "ended": "opened - make_interval(secs => n)", "next": "NULL"}
    chosen, named = ", ".join(made.get(name, f'r."{name}"') for name in columns), ", ".join(f'"{name}"' for name in columns)
    run(f"INSERT INTO rights_request ({named}) SELECT {chosen} FROM (SELECT * FROM rights_request LIMIT 1) r, generate_series(1, %s) n", count)  # noqa: S608 - names of our own
    run("ANALYZE rights_request")


def _best(ask: object) -> float:
    return min(timed(ask)[0] for _ in range(20))  # type: ignore[arg-type]


def measure(scale: float = 1.0) -> list[Figure]:
    """All of it, on one shop and one house."""
    with holding() as (server, _), tempfile.TemporaryDirectory() as folder:
        url = shop(server, scale)
        with house(server, url) as opened:
            with working(opened):
                found = [*together(opened, url, Path(folder)), *bulk(opened, url, int(50_000 * scale), min(10_000, int(20_000 * scale))), filing(opened)]
            return [*found, *flat(opened, int(CLOSED * min(scale, 1)))]


if __name__ == "__main__":
    scales = [float(word) for word in sys.argv[1:] if word.replace(".", "").isdigit()]
    show(measure(scales[0] if scales else 1.0))
