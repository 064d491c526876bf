"""A policy's folder: its files handed to the parser one by one, and the layout published beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from janji.decision.layout import Layout, read_layout, write_layout
from janji.errors import Corrupt
from janji.files.reading import read_file
from janji.files.writing import write_files
from janji.policy.parser import Parsed, parse
from janji.terms.messages import N_, say

FIRST = "policy.yaml"
LAYOUT = "layout.json"


@dataclass(frozen=True, slots=True)
class Folder:
    """What lay in a policy's folder: the parsed policy, and the published layout if there is one."""

    path: Path
    parsed: Parsed
    layout: Layout | None


def read_folder(path: Path) -> Folder:
    """The policy at `path`: a folder with a `policy.yaml`, or its first file.

    Files outside the folder are never read, whatever an include or a symbolic link says. Raises `Unavailable` when a
    file is there and cannot be read, and `Corrupt` when the layout is not one.
    """
    folder, _, parsed, _ = read_parts(path)
    return Folder(folder, parsed, _layout(folder / LAYOUT))


def read_parts(path: Path) -> tuple[Path, str, Parsed, dict[str, bytes]]:
    """A policy's folder, the name of its first file, what was parsed, and the bytes of each of its files."""
    folder, first = (path, FIRST) if path.is_dir() else (path.parent, path.name)
    steps = parse(first)
    parts: dict[str, bytes] = {}
    wanted = next(steps)
    while True:
        data = _read(folder, wanted)
        if data is not None:
            parts[wanted] = data
        try:
            wanted = steps.send(data)
        except StopIteration as stop:
            return folder, first, stop.value, parts


def publish_layout(folder: Path, layout: Layout) -> Path:
    """Write the layout beside the policy, whole or not at all, and give its path.

    Raises `Corrupt` when the published layout is not the beginning of the new one, and `Unavailable` when the folder
    cannot be written.
    """
    target = folder / LAYOUT
    published = _layout(target)
    if published is not None and not layout.is_extension_of(published):
        raise Corrupt(
            say(N_("the published layout `{path}` does not begin the new one"), path=target),
            say(N_("restore the file from its history; a bit is never moved or reused")),
        )
    write_files({target: write_layout(layout).encode("utf-8")})
    return target


def _layout(path: Path) -> Layout | None:
    if not path.is_file():
        return None
    try:
        layout = read_layout(path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError):
        layout = None
    if layout is None:
        raise Corrupt(
            say(N_("`{path}` is not a layout"), path=path),
            say(N_("restore the file from its history; stored rows cannot be read without it")),
        )
    return layout


def _read(folder: Path, name: str) -> bytes | None:
    path = folder / name
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return None
    return read_file(path)
