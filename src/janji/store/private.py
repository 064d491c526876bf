"""Files and folders that only their owner may read: made so from the first byte, and whole or not there at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def make_private_folder(path: Path, owner: tuple[int, int] | None = None) -> bool:
    """A folder of 0700, for another user if one is given; `False` when it was there, and its mode stays as it is."""
    try:
        path.mkdir(mode=0o700)
        made = True
    except FileExistsError:
        made = False
    if owner is not None and path.stat().st_uid != owner[0]:
        os.chown(path, *owner)
    return made


def write_private(path: Path, data: bytes, owner: tuple[int, int] | None = None) -> None:
    """A file of 0600 in place of what stood there, on disk when this returns; raises `OSError`."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if owner is not None:
                os.fchown(file.fileno(), *owner)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
