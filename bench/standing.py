"""One decision about one person on record beside a bare select of the same row; a run over everybody beside its bare query.

On the embedded server as `janji init` makes it, in process, on the policy of PT Sony.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from uuid import UUID

from figures import Figure, show
from recording import house, people

from janji.decision.lowering import lower, write
from janji.decision.question import Question
from janji.ledger.events import Actor, Kind
from janji.store import vault
from janji.store.database import Statement, connection
from janji.workflows.house import House
from janji.workflows.recording import Entry, record
from janji.workflows.standings import permits_for
from janji.workflows.tracks import recompute, run

PEOPLE = 20_000
ASKED = 3_000
RUNS = 3
BAR_MILLISECONDS = 1.0


def measure() -> list[Figure]:
    """A house with people of whom most consented, then each measure beside its bare one, one after the other in turn."""
    with house() as opened:
        subjects = people(opened, PEOPLE)
        for start in range(0, PEOPLE, 1000):
            some = subjects[start : start + 1000]
            record(opened, [*map(adult, some), *map(consent, some[:700])])
        connection().execute("VACUUM ANALYZE standing")
        return [_one(opened, subjects), *_everybody(opened)]


def adult(subject: UUID) -> Entry:
    """That a person is of age."""
    return Entry(kind=Kind.AGE_RECORDED, actor=Actor.STAFF, subject=subject, details={"band": "adult"})


def consent(subject: UUID) -> Entry:
    """A person's consent to the newsletter by e-mail."""
    details = {"purpose": "newsletters", "channel": "email", "notice": "newsletters", "notice_version": 1, "language": "id",
               "method": "unticked-box"}  # fmt: skip
    return Entry(kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, subject=subject, details=details)


def _question(opened: House) -> Question:
    return Question("newsletters", ("email",), opened.runtime.now(), channel="email")


def _one(opened: House, subjects: list[UUID]) -> Figure:
    """The median of single decisions, each beside a bare select, in turn."""
    words = ", ".join(f"w{index}" for index in range(opened.policy_in_force.layout.words))
    bare = Statement("bench_bare", f"SELECT born, due, layout, {words} FROM standing WHERE subject = $1")  # noqa: S608
    asked = [random.Random(7).choice(subjects) for _ in range(ASKED)]
    named = [vault.pseudonym(opened.secrets.pseudonym, subject) for subject in asked]
    ours, theirs = [], []
    for subject, pseudonym in zip(asked, named, strict=True):
        theirs.append(_seconds(partial(bare.run, [pseudonym])))
        ours.append(_seconds(partial(permits_for, opened, subject, _question(opened))))
    assert any(permits_for(opened, subject, _question(opened)).permit for subject in asked[:20])
    mine, base = median(ours), median(theirs)
    return Figure(
        "one decision, person on record", mine * 1000, "ms, median", "a bare select of the row", mine / base,
        f"<= {BAR_MILLISECONDS:g} ms", mine * 1000 <= BAR_MILLISECONDS,
    )  # fmt: skip


def _everybody(opened: House) -> list[Figure]:
    """A run, and the run worked out again, beside the query alone; people a second."""
    question = _question(opened)
    predicate = write(lower(opened.policy_in_force.compiled, question), "postgres")
    query = f"SELECT subject FROM standing WHERE {predicate} ORDER BY subject"  # noqa: S608
    bare = min(_seconds(lambda: connection().execute(query.encode()).fetchall()) for _ in range(RUNS))
    done = [run(opened, question)]
    ran = min(_seconds(lambda: done.append(run(opened, question))) for _ in range(RUNS))
    worked = _seconds(lambda: recompute(opened, done[0].id))
    return [
        Figure("a run over everybody", PEOPLE / ran, "people/s", "the bare query", bare / ran, "none", True),
        Figure("a run worked out again", PEOPLE / worked, "people/s", "the run", ran / worked, "none", True),
    ]


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    show(measure())
