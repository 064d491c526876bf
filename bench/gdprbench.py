"""GDPRbench at four levels side by side: bare driver, audit row, through Janji, sealed; all answers checked.

Shastri, Banakar, Wasserman, Kumar, Chidambaram: Understanding and Benchmarking the Impact of GDPR on Database Systems,
PVLDB 13(7), 2020. `docs/explanation/gdprbench.md` says what is run and where it differs.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import psycopg
from figures import Figure, show
from gdprbench_house import Decided, Sealed, make_house, make_people
from gdprbench_levels import Audited, Bare, Connection
from gdprbench_trace import NAMES, Trace, make_trace, people

from janji.store.database import close, connection
from janji.store.server import hold_server, is_running
from janji.workflows.house import House

BLOCK = 50
"""Operations that one level does before the next has its turn, so that the machine's moods meet all alike."""
BAR = 1.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where the levels run: one database, a bare connection to it, the house in it, and the people of the records."""

    bare: Connection
    house: House
    people: Sequence[UUID]


@contextmanager
def place(count: int) -> Iterator[Place]:
    """A private server with a new house in which so many people are known; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        with hold_server(Path(folder), "of-a-bench") as server, psycopg.connect(server.url, autocommit=True) as bare:
            house = make_house(server.url)
            try:
                yield Place(bare, house, make_people(house, count))
            finally:
                close()
        while is_running(Path(folder)):
            time.sleep(0.02)


class Disagreement(Exception):
    """A level answered otherwise than the model."""


class Run:
    """One level on its way through a trace."""

    def __init__(self, level: Bare) -> None:
        self.level = level
        self.times: list[float] = []

    def block(self, trace: Trace, start: int) -> None:
        """The next operations: each timed, then held against the model outside the clock."""
        for number in range(start, min(start + BLOCK, len(trace.operations))):
            operation = trace.operations[number]
            begun = time.perf_counter()
            raw = self.level.run(operation)
            self.times.append(time.perf_counter() - begun)
            expected = self.level.model.apply(operation)
            given = self.level.result(operation, raw)
            if given != expected:
                raise Disagreement(f"{trace.name}, {self.level.name}, operation {number}: {operation.query}")

    def figures(self, trace: Trace, against: dict[str, float]) -> list[Figure]:
        """Completion with its ratios, the middle and the slow end, and space; `against` holds the levels before."""
        total = sum(self.times)
        cuts = quantiles(self.times, n=100, method="inclusive")
        personal = sum(len(str(record[-1])) for record in self.level.model.records.values())
        factor = self.level.space() / personal
        name = f"{trace.name} {self.level.name}"
        found = []
        for base in {"L1": ("L0",), "L2": ("L1",), "L3": ("L0",)}.get(self.level.name, ()):
            ratio = total / against[base]
            judged = self.level.name == "L2" and trace.name.startswith("paper")
            found.append(Figure(name, total, "s", base, ratio, f"<= {BAR} x" if judged else "(shown)", not judged or ratio <= BAR))
        if not found:
            found.append(Figure(name, total, "s", f"{len(self.times)} operations", 1, "(shown)", True))
        against[self.level.name] = total
        found.append(Figure(f"{name} p50", cuts[49] * 1000, "ms", "p99 in ms", cuts[98] * 1000, "(shown)", True))
        found.append(Figure(f"{name} space", factor, "bytes", "a byte of personal data", factor, "(shown)", True))
        return found


def run_trace(trace: Trace, levels: Sequence[Bare], against: dict[str, float]) -> list[Figure]:
    """Prepare all levels, run the trace through them turn about, compare what is left, and give the figures."""
    runs = [Run(level) for level in levels]
    for run in runs:
        run.level.prepare()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for turn, start in enumerate(range(0, len(trace.operations), BLOCK)):
            for place in range(len(runs)):
                runs[(place + turn) % len(runs)].block(trace, start)
    finally:
        gc.enable()
        gc.unfreeze()
    for run in runs:
        if run.level.content() != run.level.model.records:
            raise Disagreement(f"{trace.name}, {run.level.name}: the records left over")
    return [figure for run in runs for figure in run.figures(trace, against)]


def run_workload(name: str, records: int, operations: int, seed: int, place: Place) -> Iterator[list[Figure]]:
    """One workload at all levels. L3 comes after the others, whose figures are given first: it keeps its people in the same tables as L2."""
    trace = make_trace(name, records, operations, seed)
    bare, ours, house, subjects = place.bare, connection(), place.house, place.people[: people(records)]
    against: dict[str, float] = {}
    yield run_trace(trace, [Bare(bare, trace), Audited(bare, trace), Decided(ours, trace, house, subjects)], against)
    yield run_trace(trace, [Sealed(ours, trace, house, subjects)], against)


def measure(records: int = 2000, operations: int = 1000, seed: int = 7) -> list[Figure]:
    """The workloads of the paper; small by default, so that it belongs into every run of the benches."""
    names = [name for name in NAMES if name.startswith("paper ")]
    with place(people(records)) as found:
        return [figure for name in names for figures in run_workload(name, records, operations, seed, found) for figure in figures]


def main() -> None:
    """Run the workloads that are named, or all, at the size of the paper or another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", nargs="*", help=f"of {', '.join(NAMES)}; all when none is named")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    if unknown := set(arguments.workload) - set(NAMES):
        sys.exit(f"there is no workload {min(unknown)}; there are: {', '.join(NAMES)}")
    with place(people(arguments.records)) as found:
        for name in arguments.workload or NAMES:
            for figures in run_workload(name, arguments.records, arguments.operations, arguments.seed, found):
                show(figures)


if __name__ == "__main__":
    main()
