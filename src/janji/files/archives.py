"""A ZIP of files as they come: whole or not there at all, for its owner's eyes alone, with a list of their digests."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

from janji.errors import Unavailable
from janji.files.writing import held_back
from janji.terms.messages import N_, say

MANIFEST = "manifest.json"
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The earliest instant that a ZIP knows: the same content gives the same bytes."""


def write_archive(path: Path, entries: Iterable[tuple[str, bytes]]) -> str:
    """Write files, each a name and its bytes, and `manifest.json` with the SHA-256 of each; gives that of the manifest.

    Raises `Unavailable` when it cannot be written; then nothing stands at `path`.
    """
    digests: dict[str, str] = {}
    try:
        with held_back(path) as place, os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in entries:
                    digests[name] = hashlib.sha256(data).hexdigest()
                    archive.writestr(_entry(name), data)
                manifest = json.dumps({"files": [{"path": name, "sha256": digest} for name, digest in digests.items()]}, indent=2).encode() + b"\n"
                archive.writestr(_entry(MANIFEST), manifest)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Unavailable(
            say(N_("`{path}` cannot be written: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
            say(N_("look at the rights of the folder and the room on the disk")),
        ) from None
    return hashlib.sha256(manifest).hexdigest()


def archived(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Files, each a name and its bytes, as one ZIP."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(_entry(name), data)
    return held.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return entry
