"""Runs every bench; `--json` prints one object a line, `--strict` fails when a bar is missed."""

from __future__ import annotations

import sys

import compilation
import decide
import gdprbench
import ledger
import linting
import lowering
import recording
import standing
import versions
from figures import show


def main() -> None:
    """Measure all and print all; with `--strict` the exit code says whether every bar holds."""
    figures = [
        *decide.measure(), *lowering.measure(), *compilation.measure(), *linting.measure(), *versions.measure(),
        *recording.measure(), *standing.measure(), *ledger.measure(), *gdprbench.measure(),
    ]  # fmt: skip
    show(figures)
    sys.exit(1 if "--strict" in sys.argv and not all(item.holds for item in figures) else 0)


if __name__ == "__main__":
    main()
