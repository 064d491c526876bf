"""Runs every bench and fails when a bar is missed; `--json` prints one object a line."""

from __future__ import annotations

import sys

import compilation
import decide
import lowering
from figures import show


def main() -> None:
    """Measure all, print all, and say by the exit code whether every bar holds."""
    figures = [*decide.measure(), *lowering.measure(), *compilation.measure()]
    show(figures)
    sys.exit(0 if all(item.holds for item in figures) else 1)


if __name__ == "__main__":
    main()
