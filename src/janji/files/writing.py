"""Writing files whole or not at all, several of them together."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from janji.errors import Unavailable
from janji.terms.messages import N_, say


def write_files(texts: Mapping[Path, bytes]) -> None:
    """Write every file beside its place, sync it, then rename them all into place, in the order given.

    When one cannot be written, none is: files that were already replaced get their former bytes back. Raises
    `Unavailable`.
    """
    ready: dict[Path, Path] = {}
    former: dict[Path, bytes | None] = {}
    target = Path()
    try:
        for target, data in texts.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
            ready[target] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            ready[target].chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        for target, temporary in ready.items():
            former[target] = target.read_bytes() if target.exists() else None
            temporary.replace(target)
    except OSError as error:
        for path, data_before in list(former.items()):
            if not ready[path].exists():
                _restore(path, data_before)
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
        raise Unavailable(
            say(N_("`{path}` cannot be written: {problem}"), path=target, problem=os.strerror(error.errno or 0)),
            say(N_("look at the rights of the folder and the room on the disk")),
        ) from None


def _restore(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(data)
