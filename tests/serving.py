"""The program as it runs on: `janji serve` or `janji worker` in a process of its own, what it says, and its end."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 300.0
"""Seconds until what should happen has not; nothing waits for them when all is well, and a loaded machine is slow."""


def environment(folder: Path, url: str | None = None, **more: str) -> dict[str, str]:
    """The environment of a program whose data directory is in `folder`, and whose database is at `url` or its own."""
    held = {**os.environ, "JANJI_DATA_DIR": str(folder / "data"), "JANJI_LANG": "en", "NO_COLOR": "1"}
    if url is not None:
        held |= {"JANJI_DATABASE_URL": url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode()}
    return held | more


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; fails after five minutes."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


class Running:
    """A program that runs on. `url` is where it listens, empty for a worker."""

    def __init__(self, folder: Path, words: tuple[str, ...], environ: dict[str, str], *, listens: bool) -> None:
        self._out, self._err = folder / f"{words[0]}.out", folder / f"{words[0]}.err"
        with self._out.open("wb") as out, self._err.open("wb") as errors:
            self.process = subprocess.Popen([sys.executable, "-m", "janji", *words], cwd=folder, stdout=out, stderr=errors, env=environ)
        wait_until(lambda: self.said().endswith("\n") or self.process.poll() is not None)
        assert self.process.poll() is None, self.errors()
        self.url = self.said().split()[-1] if listens else ""

    def said(self) -> str:
        """What it said on its output."""
        return self._out.read_text("utf-8")

    def errors(self) -> str:
        """What it said on its error output: its log."""
        return self._err.read_text("utf-8")

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """The lines of its log, of one event or of all."""
        whole = self.errors().rpartition("\n")[0]
        found = [json.loads(line) for line in whole.splitlines()]
        return [line for line in found if not name or line["event"] == name]

    def client(self, key: str | None = None, **more: Any) -> httpx.Client:
        """A client that shows a key."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, headers=headers, **{"timeout": 60, **more})

    def get(self, path: str, **headers: str) -> httpx.Response:
        """What is answered at an address, on a connection of its own."""
        return httpx.get(self.url + path, headers=headers, timeout=60)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, and wait until it did: its exit code."""
        if self.process.poll() is None:
            self.tell(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, url: str | None = None, *words: str, **more: str) -> Iterator[Running]:
    """`janji serve` on a port that the system chooses; killed at the end if it still runs."""
    yield from _running(folder, ("serve", "--port", "0", *words), environment(folder, url, **more), listens=True)


@contextmanager
def working(folder: Path, url: str | None = None, **more: str) -> Iterator[Running]:
    """`janji worker`; killed at the end if it still runs."""
    yield from _running(folder, ("worker",), environment(folder, url, **more), listens=False)


def _running(folder: Path, words: tuple[str, ...], environ: dict[str, str], *, listens: bool) -> Iterator[Running]:
    found = Running(folder, words, environ, listens=listens)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()
