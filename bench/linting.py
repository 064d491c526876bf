"""Linting texts: one of the usual size with the start of the program, a thousand, and how time grows with size."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure, best_of, show

from janji.files.laws import load_law
from janji.files.published import publish
from janji.files.rules import load_rules
from janji.linter.linter import lint
from janji.prose.segments import segment

SAMPLE = Path(__file__).resolve().parent.parent / "policies" / "sample" / "privacy-policy.txt"
USUAL = 25_000
"""How many characters the published policy of a large company has."""
MANY = 1000
SMALL, LARGE = 512 * 1024, 5 * 1024 * 1024


def text(size: int, turn: int = 0) -> str:
    """A policy of so many characters: the clauses of the sample, numbered anew; each turn begins at another."""
    clauses = [
        re.sub(r"^[0-9.]+ ", "", clause)
        for clause in SAMPLE.read_text(encoding="utf-8").split("\n\n")
        if re.match(r"[0-9]+\.[0-9]+\. ", clause)
    ]
    parts, length = ["Privacy policy\n"], 0
    while length < size:
        number = len(parts) - 1
        part = f"{number // 20 + 1}.{number % 20 + 1}. {clauses[(number + turn) % len(clauses)]}\n"
        parts.append(part)
        length += len(part) + 1
    return "\n".join(parts)


def work(data: bytes) -> int:
    """From bytes to findings; gives how many there are."""
    book = load_rules()
    law = load_law(book.law)
    assert law is not None
    return len(lint(segment(publish("policy.txt", data).text), book, law).findings)


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "janji", "lint", *arguments], capture_output=True, check=False)
    assert done.returncode in (0, 3), done.stderr.decode()


def measure(count: int = MANY, large_size: int = LARGE) -> list[Figure]:
    """The three measures: one text, `count` of them, and one of so many bytes. The files lie in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = folder / "one.txt"
        one.write_text(text(USUAL), encoding="utf-8")
        start = best_of(lambda: _run(str(one)))
        (folder / "many").mkdir()
        for turn in range(count):
            (folder / "many" / f"{turn}.txt").write_text(text(USUAL, turn), encoding="utf-8")
        begun = time.perf_counter()
        _run(str(folder / "many"), "--format", "json", "-o", str(folder / "report.json"))
        many = time.perf_counter() - begun
    small, large = text(SMALL).encode(), text(large_size).encode()
    assert work(small) >= 0
    per_small = best_of(lambda: work(small), 3) / len(small)
    whole = best_of(lambda: work(large), 1)
    growth = whole / len(large) / per_small
    workers, bar = os.cpu_count() or 1, 60 * count / MANY
    return [
        Figure("lint one text of 25 KB", start, "s", "0.5 s, start of the program included", start / 0.5, "<= 1 x", start <= 0.5),
        Figure(f"lint {count:,} of that size", many, "s", f"{bar:.3g} s, {workers} processors", many / bar, "<= 1 x", many <= bar),
        Figure(f"lint {large_size / 1024**2:.3g} MB", whole, "s", "as much for each MB at 0.5 MB", growth, "<= 1.5 x", growth <= 1.5),
    ]  # fmt: skip


if __name__ == "__main__":
    show(measure())
