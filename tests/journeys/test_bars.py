"""Bars of long work: shown to whoever sits at a terminal, and nowhere else."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.people_house import POLICY

BAR = "━"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a store of some tables."""
    link = sqlite3.connect(tmp_path / "shop.db")
    for number in range(12):
        link.execute(f"CREATE TABLE customers{number} (id INTEGER PRIMARY KEY, email TEXT, phone TEXT)")
        link.executemany(f"INSERT INTO customers{number} VALUES (?, ?, ?)", [(at, f"budi{at}@example.id", "0812") for at in range(300)])  # noqa: S608 - a number
    link.commit()
    link.close()
    return tmp_path


def scan(place: Path, errors: int) -> subprocess.Popen[str]:
    """A scan that runs, whose errors go to a file descriptor."""
    env = {**os.environ, "JANJI_POLICY": str(POLICY), "JANJI_LANG": "en", "PYTHONPATH": str(POLICY.parents[1] / "src"), "TERM": "xterm", "COLUMNS": "100"}
    env.pop("NO_COLOR", None)
    words = [sys.executable, "-m", "janji", "map", "scan", "sqlite:///shop.db", "--maps", "maps"]
    return subprocess.Popen(words, cwd=place, env=env, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, text=True)


def seen(terminal: int) -> str:
    """What is written to a terminal until nobody has it open any more."""
    shown = b""
    with suppress(OSError):  # the other side is closed
        while part := os.read(terminal, 1 << 16):
            shown += part
    return shown.decode()


def test_a_bar_is_shown_on_a_terminal(place: Path) -> None:
    """With what is being done and how many of how many; when it is over it is taken away, and the answer holds none of it."""
    above, below = pty.openpty()
    with scan(place, below) as running:
        os.close(below)
        text = seen(above)
        os.close(above)
        said, _ = running.communicate()
    assert running.returncode == 0
    assert BAR in text
    assert "customers0" in text  # what is begun with is drawn at once, however soon it is over
    assert "0/12" in text
    assert text.rstrip().endswith(("\x1b[2K", "\x1b[?25h"))
    assert BAR not in said
    assert "tables that are new to the map" in said


def test_no_bar_goes_into_a_pipe_or_a_file(place: Path) -> None:
    """What others read has no bar, and no sign that moves a cursor."""
    with (place / "errors").open("wb") as errors, scan(place, errors.fileno()) as running:
        said, _ = running.communicate()
    assert running.returncode == 0
    assert (place / "errors").read_bytes() == b""
    assert BAR not in said
    assert "\x1b" not in said
