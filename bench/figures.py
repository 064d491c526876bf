"""How a bench measures and says what it measured: best of five, one figure a line, ratios in the same run."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside what it is held against. `holds` is whether the ratio reaches the bar."""

    name: str
    figure: float
    unit: str
    against: str
    ratio: float
    bar: str
    holds: bool


def best_of(run: Callable[[], object], times: int = 5) -> float:
    """The shortest of several runs, in seconds; the machine's noise only ever adds."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def show(figures: list[Figure]) -> None:
    """Print the figures: a table, or with `--json` one object a line."""
    for item in figures:
        if "--json" in sys.argv:
            print(json.dumps(asdict(item)), flush=True)
        else:
            mark = "holds" if item.holds else "MISSED"
            amount = f"{item.figure:,.4g}" if item.figure < 1000 else f"{item.figure:,.0f}"
            print(
                f"{item.name:<34} {amount:>12} {item.unit:<12} {item.ratio:>8.3g} x {item.against:<34} "
                f"bar {item.bar:<16} {mark}",
                flush=True,
            )
