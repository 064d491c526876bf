"""Writing files whole or not at all, one or several together, with an error that says what to do."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from janji.errors import Unavailable
from janji.terms.messages import N_, say


def write_file(path: Path, text: str) -> None:
    """Write a text as UTF-8 in place of what stood at `path`; raises `Unavailable` when that cannot be done.

    What is no plain file (`/dev/stdout`, a pipe) is written to and not replaced.
    """
    if path.exists() and not path.is_file():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise _unwritable(path, error) from None
    else:
        write_files({path: text.encode("utf-8")})


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write every file beside its place, sync it, then rename them all into place, in the order given.

    Folders that are missing are made. When one file cannot be written, none is: files that were already replaced get
    their former bytes back. Raises `Unavailable`.
    """
    ready: dict[Path, Path] = {}
    former: dict[Path, bytes | None] = {}
    target = Path()
    try:
        for target, data in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:32]}-")
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
        for path, before in list(former.items()):
            if not ready[path].exists():
                _restore(path, before)
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
        raise _unwritable(target, error) from None


def remove_files(paths: Iterable[Path]) -> None:
    """Remove files, those that are there; raises `Unavailable` when one cannot be."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from None


@contextmanager
def held_back(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; what stands there takes the place of `path` when the block ends well, else it goes.

    What is no plain file is its own place. Raises `Unavailable`.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    beside = path.with_name(f".{path.name[:32]}.held-back")
    try:
        yield beside
        if beside.exists():
            beside.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        beside.unlink(missing_ok=True)


def write_stream(path: Path | None, pieces: Iterable[bytes], mode: int = 0o644) -> None:
    """Write pieces as they come, to standard output or in place of what stood at `path`, which changes at the end only; a new file has `mode`.

    What is no plain file is written to and not replaced. Raises `Unavailable`.
    """
    if path is None:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    temporary = None
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(pieces)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:32]}-")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else mode)
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _restore(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(data)


def _unwritable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        say(N_("`{path}` cannot be written: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
        say(N_("look at the rights of the folder and the room on the disk")),
    )
