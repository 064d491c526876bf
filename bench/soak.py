"""Load for minutes on end: decisions and consents in turn over HTTP, memory looked at after each turn, and the whole record held against what was acknowledged.

No part of `bench/all.py`, for it takes `--minutes` (ten when not said). What leaks grows from turn to turn; what is only
kept ready has grown by the end of the first third.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from figures import Figure, show
from http_load import consents, questions
from serve import memory
from serving import Load, janji, peopled, wrk

from janji.store.database import connection
from janji.workflows.ledger import audit_live, sequence_all

PEOPLE = 5_000
TURN = 15
"""Seconds of one kind of load."""
UNDER_WAY = 8
"""Requests that wrk may have sent without waiting for their answers, each turn: one a connection."""


def measure(minutes: float = 10) -> list[Figure]:
    """The figures of one long run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with peopled(folder, PEOPLE, ("decide", "consents:write")) as (opened, subjects, token):
            before = _events()
            scripts = {"decide": questions(subjects, token), "consent": consents(opened, subjects, token)}
            loads: dict[str, list[Load]] = {kind: [] for kind in scripts}
            with janji(folder / "data", folder) as (url, process, _):
                held, end = [], time.monotonic() + 60 * minutes
                while time.monotonic() < end:
                    for kind, script in scripts.items():
                        loads[kind].append(wrk(url, script, TURN, folder))
                    held.append(memory(process)["Rss"])
            told = sum(round(load.rate * load.seconds) for load in loads["consent"])
            recorded = _events() - before
            sequence_all()
            report = audit_live(opened)
    return _figures(loads, held, told, recorded, report.clean)


def _events() -> int:
    row = connection().execute("SELECT count(*) FROM event WHERE kind LIKE 'consent.%'").fetchone()
    return int(row[0]) if row else 0


def _figures(loads: dict[str, list[Load]], held: list[float], told: int, recorded: int, clean: bool) -> list[Figure]:
    errors = sum(load.errors for some in loads.values() for load in some)
    asked, said = (median(load.rate for load in loads[kind]) for kind in ("decide", "consent"))
    slowest = max(load.p99 for load in loads["decide"])
    third = len(held) // 3
    warm = held[third] if third else held[0]
    kept = told <= recorded <= told + UNDER_WAY * len(loads["consent"])
    return [
        Figure("decisions, the middle of all turns", asked, "decisions/s", "1,000 decisions/s", asked / 1000, ">= 1 x", asked >= 1000),
        Figure("the slowest hundredth, the worst of all turns", slowest, "ms", "25 ms", slowest / 25, "(shown)", True),
        Figure("consents, the middle of all turns", said, "consents/s", "500 consents/s", said / 500, ">= 1 x", said >= 500),
        Figure("answers that were errors", errors, "of all", "none", errors, "0", not errors),
        Figure("consents recorded", recorded, "events", f"{told:,} acknowledged", recorded / told, "all, and each once", kept),
        Figure("the whole record, audited", 0 if clean else 1, "faults", "none", 0 if clean else 1, "clean", clean),
        Figure("memory at the end", held[-1], "MB", f"{warm:.0f} MB after a third", held[-1] / warm, "<= 1.1 x", held[-1] <= 1.1 * warm),
    ]  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", action="store_true", help="one object a line")
    show(measure(parser.parse_args().minutes))
