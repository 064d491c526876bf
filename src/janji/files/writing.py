"""Writing one file that a person asked for, with an error that says what to do."""

from __future__ import annotations

from pathlib import Path

from janji.errors import Unavailable
from janji.terms.messages import N_, say


def write_file(path: Path, text: str) -> None:
    """Write a text; raises `Unavailable` when the file cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unavailable(
            say(N_("`{path}` cannot be written: {problem}"), path=path, problem=error.strerror),
            say(N_("give a file in a folder that exists and may be written to")),
        ) from None
