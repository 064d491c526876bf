"""Documents that Janji made, written into a folder: each whole or not at all, and never over somebody else's work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from janji.errors import Conflict
from janji.files.writing import write_files
from janji.terms.messages import N_, say

RECORD = ".janji.json"
"""Beside the documents: the SHA-256 of each as Janji wrote it, so that it knows its own work again."""

_LISTED = 3


def write_documents(folder: Path, documents: Mapping[str, bytes], *, replace: bool = False) -> tuple[Path, ...]:
    """Write `documents` (by names like `notice.en.html` or `touchpoints/till.en.html`) and give their paths, in order.

    Nothing is touched before everything is on the disk under another name; then each file is renamed into place. A
    file that Janji did not write, or that was changed since, is left alone: `Conflict`, unless `replace` is set.
    Raises `Unavailable` when the folder cannot be written.
    """
    written = _record(folder)
    if not replace:
        _refuse_foreign(folder, documents, written)
    digests = written | {name: hashlib.sha256(data).hexdigest() for name, data in documents.items()}
    record = json.dumps({"written": dict(sorted(digests.items()))}, indent=2) + "\n"
    files = {folder / PurePosixPath(name): data for name, data in documents.items()}
    write_files({**files, folder / RECORD: record.encode()})
    return tuple(files)


def _record(folder: Path) -> dict[str, str]:
    """The digests of what was written before; a record that cannot be read is none, so that nothing is overwritten."""
    try:
        held = json.loads((folder / RECORD).read_text(encoding="utf-8"))["written"]
        return {str(name): str(digest) for name, digest in held.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _refuse_foreign(folder: Path, documents: Mapping[str, bytes], written: Mapping[str, str]) -> None:
    foreign = [name for name, data in documents.items() if _is_foreign(folder / name, data, written.get(name))]
    if foreign:
        names = ", ".join(f"`{folder / name}`" for name in foreign[:_LISTED])
        raise Conflict(
            say(N_("files that Janji did not write, or that were changed since: {count} ({paths})"),
                count=len(foreign), paths=names if len(foreign) <= _LISTED else f"{names}, ..."),
            say(N_("move them away, choose another folder, or let them be overwritten with `--replace`")),
        )  # fmt: skip


def _is_foreign(path: Path, data: bytes, digest: str | None) -> bool:
    """Whether a file is there that is neither what Janji wrote nor what it is about to write."""
    try:
        held = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return held != data and hashlib.sha256(held).hexdigest() != digest
