"""Which files of a folder make up which table: one a file, or one for all files of a sub-folder, however deep."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from janji.errors import Invalid, Unavailable
from janji.terms.messages import N_, say

MOST_FILES = 20_000
"""Files that one folder may have; more are refused, so that a wrong path does not read a whole disk."""


class Written(StrEnum):
    """How the rows of a file are written."""

    PARQUET = "parquet"
    CSV = "csv"
    LINES = "lines"


SUFFIXES = {
    ".parquet": Written.PARQUET, ".csv": Written.CSV, ".csv.gz": Written.CSV, ".tsv": Written.CSV, ".tsv.gz": Written.CSV,
    ".jsonl": Written.LINES, ".jsonl.gz": Written.LINES, ".ndjson": Written.LINES, ".ndjson.gz": Written.LINES,
}  # fmt: skip
_HIVE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")


@dataclass(frozen=True, slots=True)
class FileTable:
    """The files of one table in the order in which rows are counted; `written` is absent where nobody can read them.

    `folders` are columns that stand in the names of folders (`year=2026`).
    """

    name: str
    written: Written | None
    files: tuple[Path, ...]
    folders: tuple[str, ...] = ()


def list_tables(root: Path) -> dict[str, FileTable]:
    """The tables of a folder. Hidden files, and those that begin with `_`, are notes of programs and no data.

    Raises `Unavailable` when the folder cannot be read, `Invalid` for a link (what it leads to would outlive an erasure),
    and where files of two kinds would be one table.
    """
    found: dict[str, list[Path]] = {}
    for path in _walk(root):
        inside = path.relative_to(root)
        kind = written(path)
        first = inside.parts[0] if len(inside.parts) > 1 else path.name[: len(path.name) - len(suffix(path))]
        found.setdefault(first if kind else str(inside), []).append(path)
    tables = {}
    for name, paths in sorted(found.items()):
        kinds = {written(path) for path in paths}
        if len(kinds) > 1 or (len(paths) > 1 and any(path.parent == root for path in paths)):
            raise Invalid(
                say(N_("files of several kinds would be the table `{table}`"), table=name), say(N_("put each kind in a folder of its own"))
            )
        tables[name] = FileTable(name, kinds.pop(), tuple(paths), _folders(root, paths))
    return tables


def suffix(path: Path) -> str:
    """The ending of a file that is known, or nothing."""
    lower = path.name.lower()
    return next((end for end in sorted(SUFFIXES, key=len, reverse=True) if lower.endswith(end)), "")


def written(path: Path) -> Written | None:
    """How a file is written, by its name."""
    return SUFFIXES.get(suffix(path))


def _folders(root: Path, paths: list[Path]) -> tuple[str, ...]:
    named = [match[1] for part in paths[0].relative_to(root).parts[:-1] if (match := _HIVE.fullmatch(part))]
    return tuple(dict.fromkeys(named))


def _walk(root: Path) -> Iterator[Path]:
    found: list[Path] = []
    try:
        if not root.is_dir():
            raise NotADirectoryError
        for folder, folders, names in os.walk(root, onerror=_raise):
            folders[:] = sorted(name for name in folders if name[0] not in "._")
            paths = [Path(folder) / name for name in (*names, *folders) if name[0] not in "._"]
            if any(path.is_symlink() for path in paths):
                raise Invalid(
                    say(N_("the folder holds a link, and what it leads to would outlive an erasure")),
                    say(N_("put the files themselves there, or connect the folder that the link leads to")),
                )
            found += [path for path in paths if path.name in names and path.is_file()]
            if len(found) > MOST_FILES:
                raise Invalid(say(N_("the folder holds more than {count} files"), count=MOST_FILES), say(N_("connect a folder that holds the data only")))
    except OSError:
        raise Unavailable(
            say(N_("the folder cannot be read")), say(N_("check that it is there, and that this user may read it"))
        ) from None
    return iter(sorted(found))


def _raise(error: OSError) -> None:
    raise error
