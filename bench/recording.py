"""Choices recorded: a thousand at once beside a bare COPY, one at a time beside a bare INSERT, and numbered afterwards.

Each choice is checked against policy and person, sealed, pseudonymised, added to the standing and put into the ledger's
queue, durably, by the same workflow as the command line's, on the embedded server as `janji init` makes it. The bare
statements write as many bytes, on the same connection. One program uses one processor at a time, its own or the server's;
two programs at once, as two copies of `janji serve` are, show what both processors do.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from uuid import UUID

from figures import Figure, show

from janji.ledger.events import Actor, Kind
from janji.store.database import connection
from janji.workflows.care import init
from janji.workflows.consents import Asked, choose, choose_many, reported
from janji.workflows.house import House, open_house
from janji.workflows.ledger import sequence_all
from janji.workflows.people import subjects_for
from janji.workflows.publishing import publish
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import open_runtime

POLICY = Path(__file__).resolve().parent.parent / "policies" / "pt-sony-indonesia"
BATCH, BATCHES = 1000, 10
SINGLES = 1000
PROGRAMS = 2
"""Programs that record at once."""
TIMES = 5
BODY = 668
"""Bytes of an event of a consent and its sealed evidence together, as the tables show them."""


@contextmanager
def house(policy: Path = POLICY) -> Iterator[House]:
    """A new house with a policy in force, on a server of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        runtime = open_runtime(environment={"JANJI_DATA_DIR": str(Path(name) / "data")})
        init(runtime)
        with open_house(runtime) as opened:
            publish(opened, policy)
        with open_house(runtime) as opened:
            yield opened


def people(opened: House, count: int) -> list[UUID]:
    """So many made-up people with an address each."""
    found: list[UUID] = []
    for start in range(0, count, 5000):
        found += subjects_for(opened, [("email", f"person{n}@example.com") for n in range(start, min(count, start + 5000))])
    return found


def choice(opened: House, subject: UUID, verb: str = "grant") -> Asked:
    """A consent to the newsletter by e-mail, or a refusal, with the evidence that a site keeps."""
    made = reported(opened, verb, "newsletters", channel="email", language="id", method="unticked-box")
    return Asked(subject=subject, choice=made, evidence={"address": "203.0.113.7", "agent": "Mozilla/5.0 (X11; Linux)", "form": "footer"})


def measure() -> list[Figure]:
    """The figures, each the median of several turns in which both sides take turns."""
    with house() as opened:
        subjects = people(opened, BATCH * BATCHES)
        held = connection()
        held.execute("CREATE TABLE bare (id UUID PRIMARY KEY, body BYTEA NOT NULL)")
        record(opened, [
            Entry(kind=Kind.AGE_RECORDED, actor=Actor.PERSON, subject=subject, details={"band": "adult"}) for subject in subjects
        ])  # fmt: skip
        made = choice(opened, subjects[0]).choice
        choices = [replace(choice(opened, subjects[0]), subject=subject, choice=made) for subject in subjects]
        batches = [choices[start : start + BATCH] for start in range(0, len(choices), BATCH)]
        assert all(result.recorded for batch in batches for result in choose_many(opened, batch))
        sequence_all()
        many, numbered, copied, single, bare = [], [], [], [], []
        for _ in range(TIMES):
            many.append(_time(lambda: [choose_many(opened, batch) for batch in batches]) / len(subjects))
            numbered.append(many[-1] + _time(sequence_all) / len(subjects))
            copied.append(_time(lambda: _copy(opened, len(subjects))) / len(subjects))
            single.append(_time(lambda: [choose(opened, one) for one in choices[:SINGLES]]) / SINGLES)
            bare.append(_time(lambda: _insert(opened, SINGLES)) / SINGLES)
        together = _together(opened, subjects)
    rate, both, floor = 1 / median(many), 1 / median(numbered), 1 / median(copied)
    ratio = median(one / mine for one, mine in zip(bare, single, strict=True))
    return [
        Figure("choices in batches of 1,000", rate, "events/s", "a bare COPY of as many bytes", rate / floor, ">= 25,000 /s", rate >= 25_000),
        Figure(f"... by {PROGRAMS} programs at once", together, "events/s", "by one", together / rate, ">= 25,000 /s", together >= 25_000),
        Figure("... and numbered in the ledger", both, "events/s", "a bare COPY of as many bytes", both / floor, ">= 15,000 /s", both >= 15_000),
        Figure("choices one at a time", 1 / median(single), "events/s", "a bare autocommit INSERT", ratio, ">= 0.5", ratio >= 0.5),
    ]  # fmt: skip


def _together(opened: House, subjects: Sequence[UUID]) -> float:
    """Events a second of all programs, each with people of its own, from when all are ready until the last is done; the median of several turns."""
    share = len(subjects) // PROGRAMS
    words = [sys.executable, str(Path(__file__).resolve()), "--program", str(opened.runtime.settings.data_dir)]
    programs = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROGRAMS)]
    for place, program in enumerate(programs):
        print(*subjects[place * share : (place + 1) * share], file=program.stdin, flush=True)
    turns = []
    for _ in range(TIMES + 1):  # the first one warms up
        for program in programs:
            assert program.stdout is not None
            program.stdout.readline()
        start = time.perf_counter()
        for program in programs:
            print("go", file=program.stdin, flush=True)
        for program in programs:
            assert program.stdout is not None
            program.stdout.readline()
        turns.append(share * PROGRAMS / (time.perf_counter() - start))
    for program in programs:
        program.communicate()
    return median(turns[1:])


def _program(folder: str) -> None:
    """Record a choice of each of the people of the first line as often as another line asks for it."""
    with open_house(open_runtime(environment={"JANJI_DATA_DIR": folder})) as opened:
        subjects = [UUID(one) for one in sys.stdin.readline().split()]
        made = choice(opened, subjects[0])
        choices = [replace(made, subject=subject) for subject in subjects]
        print("ready", flush=True)
        while sys.stdin.readline():
            for start in range(0, len(choices), BATCH):
                assert all(one.recorded for one in choose_many(opened, choices[start : start + BATCH]))
            print("done", flush=True)
            print("ready", flush=True)


def _time(run: object) -> float:
    start = time.perf_counter()
    run()  # type: ignore[operator]
    return time.perf_counter() - start


def _copy(opened: House, count: int) -> None:
    for start in range(0, count, BATCH):
        rows = [(id, b"x" * BODY) for id in opened.runtime.new_ids(min(BATCH, count - start))]
        with connection().cursor() as cursor, cursor.copy("COPY bare FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["uuid", "bytea"])
            for row in rows:
                copy.write_row(row)


def _insert(opened: House, count: int) -> None:
    held, body = connection(), b"x" * BODY
    for id in opened.runtime.new_ids(count):
        held.execute("INSERT INTO bare VALUES (%s, %s)", [id, body], prepare=True)


if __name__ == "__main__":
    if "--program" in sys.argv:
        _program(sys.argv[-1])
    else:
        show(measure())
