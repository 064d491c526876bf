"""Reading one file, with a limit and an error that says what to do."""

from __future__ import annotations

import os
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
        raise Unavailable(
            say(N_("`{path}` cannot be read: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
            say(N_("look at its name and rights")),
        ) from None
