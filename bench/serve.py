"""What `janji serve` costs: the time until it is ready, the memory when it does nothing, and what is installed for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure, best_of, show
from serving import janji, peopled

ROOT = Path(__file__).resolve().parent.parent
TIMES = 3
REST = 8.0
"""Seconds after which a server that was told nothing has loaded all that it will."""


def measure() -> list[Figure]:
    """Ready and idle, then installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with peopled(folder, 0, ("decide",)):
            pass
        ready = []
        for _ in range(TIMES):
            with janji(folder / "data", folder) as (_, process, seconds):
                ready.append(seconds)
                if len(ready) == TIMES:
                    time.sleep(REST)
                    held = memory(process)
    start = best_of(lambda: subprocess.run([sys.executable, "-c", "import django.core.handlers.wsgi"], check=True), 3)
    return [
        Figure("ready on a warm data directory", min(ready), "s", "Python that loads Django's handler", min(ready) / start, "< 3 s", min(ready) < 3),
        Figure("memory at rest, resident", held["Rss"], "MB", "180 MB", held["Rss"] / 180, "< 1 x", held["Rss"] < 180),
        Figure("memory at rest, its share", held["Pss"], "MB", "180 MB", held["Pss"] / 180, "(shown)", True),
        *_installed(),
    ]  # fmt: skip


def memory(process: int) -> dict[str, float]:
    """Megabytes of a process, its own and its share of what it shares; PostgreSQL is other processes."""
    rows = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    return {row.partition(":")[0]: int(row.split()[1]) / 1024 for row in rows if row.startswith(("Rss", "Pss:"))}


COUNT = """
from importlib.metadata import distributions
held = list(distributions())
print(len(held), sum(f.locate().stat().st_size for one in held for f in one.files or () if f.locate().is_file()))
"""


def _installed() -> list[Figure]:
    """Everything into a new environment, from the package index as it is set; nothing from pip's own store."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-m", "venv", name], check=True)
        pip = str(Path(name) / "bin" / "pip")
        start = time.perf_counter()
        subprocess.run([pip, "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check", f"{ROOT}[serve]"], check=True)
        seconds = time.perf_counter() - start
        done = subprocess.run([str(Path(name) / "bin" / "python"), "-c", COUNT], check=True, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": ""})  # fmt: skip
        count, size = map(int, done.stdout.split())
    return [
        Figure("installed with all dependencies", seconds, "s", "104 s, the nearest peer elsewhere", seconds / 104, "(shown)", True),
        Figure("size of what is installed", size / 1e6, "MB", "799 MB, the same", size / 1e6 / 799, "(shown)", True),
        Figure("distributions installed", count, "with pip", "254, the same", count / 254, "(shown)", True),
    ]  # fmt: skip


if __name__ == "__main__":
    show(measure())
