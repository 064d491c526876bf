"""Runs every bench; `--json` prints one object a line, `--strict` fails when a bar is missed."""

from __future__ import annotations

import sys

import compilation
import decide
import discovery
import erasure
import faces
import gdprbench
import http_load
import ledger
import linting
import lowering
import person_package
import recording
import rights
import scanner
import serve
import standing
import sweep
import versions
from figures import show


def main() -> None:
    """Measure all and print all; with `--strict` the exit code says whether every bar holds."""
    figures = [
        *decide.measure(), *lowering.measure(), *compilation.measure(), *linting.measure(), *versions.measure(),
        *recording.measure(), *standing.measure(), *ledger.measure(), *gdprbench.measure(), *http_load.measure(), *serve.measure(),
        *scanner.measure(), *discovery.measure(), *erasure.measure(0.1), *sweep.measure(), *person_package.measure(), *rights.measure(0.1),
        *faces.measure(20_000, 2_000),
    ]  # fmt: skip
    show(figures)
    sys.exit(1 if "--strict" in sys.argv and not all(item.holds for item in figures) else 0)


if __name__ == "__main__":
    main()
