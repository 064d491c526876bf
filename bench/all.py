"""Runs every bench; `--json` prints one object a line, `--strict` fails when a bar is missed.

`--small` takes what is large at a tenth or so: it shows that every bench runs, and its figures are of no other use.
"""

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
    small = "--small" in sys.argv
    figures = [
        *decide.measure(), *lowering.measure(), *compilation.measure(), *linting.measure(*[50, 1 << 20] * small), *versions.measure(),
        *recording.measure(), *standing.measure(), *ledger.measure(*[20_000] * small), *gdprbench.measure(*[500, 200] * small),
        *http_load.measure(*[2] * small), *serve.measure(), *scanner.measure(), *discovery.measure(*[100, 500_000] * small), *erasure.measure(0.1),
        *sweep.measure(*[40_000] * small), *person_package.measure(0.1 if small else 1), *rights.measure(0.1),
        *faces.measure(*[2_000, 200] if small else [20_000, 2_000]),
    ]  # fmt: skip
    show(figures)
    sys.exit(1 if "--strict" in sys.argv and not all(item.holds for item in figures) else 0)


if __name__ == "__main__":
    main()
