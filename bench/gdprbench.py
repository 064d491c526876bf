"""GDPRbench at four levels side by side: bare driver, audit row, through Janji, sealed; all answers checked.

Shastri, Banakar, Wasserman, Kumar, Chidambaram: Understanding and Benchmarking the Impact of GDPR on Database Systems,
PVLDB 13(7), 2020. `docs/explanation/gdprbench.md` says what is run and where it differs.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from statistics import quantiles

from figures import Figure
from gdprbench_levels import Bare
from gdprbench_trace import Trace

BLOCK = 50
"""Operations that one level does before the next has its turn, so that the machine's moods meet all alike."""
BAR = 1.5


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


def run_trace(trace: Trace, levels: Sequence[Bare]) -> list[Figure]:
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
    against: dict[str, float] = {}
    return [figure for run in runs for figure in run.figures(trace, against)]
