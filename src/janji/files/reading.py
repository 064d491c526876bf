"""Reading one file, whole or line by line, with a limit and an error that says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from janji.documents.tree import MAX_BYTES
from janji.errors import Unavailable
from janji.terms.messages import N_, say


def read_file(path: Path) -> bytes:
    """The bytes of a file, or one more than the most that is read; raises `Unavailable` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from None


def read_lines(path: Path, longest: int, together: int) -> Iterator[list[bytes]]:
    """The lines of a file with their ends, some `together` bytes at a time; one longer than `longest` comes in pieces.

    Raises `Unavailable` when it cannot be read.
    """
    lines: list[bytes] = []
    size = 0
    try:
        with path.open("rb") as file:
            while line := file.readline(longest):
                lines.append(line)
                size += len(line)
                if size >= together:
                    yield lines
                    lines, size = [], 0
    except OSError as error:
        raise _unreadable(path, error) from None
    if lines:
        yield lines


def _unreadable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        say(N_("`{path}` cannot be read: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
        say(N_("look at its name and rights")),
    )
