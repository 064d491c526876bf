"""Writing one file, whole or not at all, with an error that says what to do."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from janji.errors import Unavailable
from janji.terms.messages import N_, say


def write_file(path: Path, text: str) -> None:
    """Write a text as UTF-8 in place of what stood at `path`; raises `Unavailable` when that cannot be done."""
    temporary = None
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:32]}-")
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise Unavailable(
            say(N_("`{path}` cannot be written: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
            say(N_("look at the rights of the folder and the room on the disk")),
        ) from None
