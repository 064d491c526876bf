"""Reading one file, whole or line by line, with a limit and an error that says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
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


def read_blocks(path: Path, longest: int, together: int) -> Iterator[bytes]:
    """The lines of a file, some `together` bytes of whole ones at a time; within one longer than `longest` a block may end.

    Raises `Unavailable` when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            while block := file.read(together):
                yield block if block.endswith(b"\n") else block + file.readline(longest)
    except OSError as error:
        raise _unreadable(path, error) from None


def lines_of(block: bytes, longest: int) -> list[bytes]:
    """The lines of a block with their ends; one longer than `longest` comes in pieces."""
    lines = BytesIO(block).readlines()
    if max(map(len, lines), default=0) <= longest:
        return lines
    return [line[start : start + longest] for line in lines for start in range(0, len(line), longest)]


def _unreadable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        say(N_("`{path}` cannot be read: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
        say(N_("look at its name and rights")),
    )
