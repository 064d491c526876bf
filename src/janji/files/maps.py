"""The folder of the data map: one overlay a system, and beside each the form of its store as it was last scanned."""

from __future__ import annotations

import os
from pathlib import Path

from janji.datamap.catalogue import Catalogue
from janji.datamap.forms import read_form, write_form
from janji.datamap.overlay import Overlay, read_overlay
from janji.errors import Corrupt
from janji.files.reading import read_file
from janji.files.writing import write_files
from janji.terms.messages import N_, say

SUFFIX, FORM = ".yaml", ".form.json"


State = tuple[tuple[str, int, int, int], ...]
"""Each file of a folder by its name, when it was written, how large it is, and its number."""


def state_of(folder: Path) -> State:
    """What tells one state of a folder from another without reading it; empty where there is no such folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted((item.name, held.st_mtime_ns, held.st_size, held.st_ino) for item in os.scandir(folder) for held in (item.stat(),)))


def read_folder(folder: Path) -> tuple[Overlay, ...]:
    """Every overlay of a folder, by the name of its file; none where there is no such folder.

    Raises `Unavailable` when a file is there and cannot be read.
    """
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and path.is_file())
    return tuple(read_overlay(str(path), read_file(path)) for path in paths)


def path_of(folder: Path, overlays: tuple[Overlay, ...], system: str) -> Path:
    """The file that holds a system's overlay, or the one to write it to."""
    held = next((item.file for item in overlays if item.meaning is not None and item.meaning.system == system), None)
    return folder / f"{system}{SUFFIX}" if held is None else Path(held)


def read_scanned(overlay: Path) -> Catalogue | None:
    """The form that was last scanned for an overlay, `None` where it was never; raises `Corrupt` when the file is not one."""
    path = _form(overlay)
    if not path.is_file():
        return None
    found = read_form(read_file(path).decode("utf-8", "replace"))
    if found is None:
        raise Corrupt(say(N_("`{path}` is not the form of a store"), path=path), say(N_("delete it and scan the system again")))
    return found


def write_overlay(overlay: Path, text: str, scanned: Catalogue | None = None) -> None:
    """Write an overlay, and the form that it was made for, whole or not at all; raises `Unavailable`."""
    files = {overlay: text.encode("utf-8")}
    if scanned is not None:
        files[_form(overlay)] = write_form(scanned).encode("utf-8")
    write_files(files)


def _form(overlay: Path) -> Path:
    return overlay.with_name(overlay.name.removesuffix(SUFFIX) + FORM)
