"""The file of a backup: every table as PostgreSQL copies it, and a manifest with their digests, in one ZIP file.

The manifest is the last member, so that a file that was cut off has none.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from janji.errors import Invalid, Unavailable
from janji.store.private import sync_folder
from janji.terms.messages import N_, say

FORM = 1
MANIFEST = "manifest.json"
_MOST = 1 << 22
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it lies in the file: its columns in order, the length of its copy and the SHA-256 of that."""

    name: str
    columns: tuple[str, ...]
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself.

    `made` is RFC 3339; `schema` the migration steps; `policy` the digest of the policy in force or nothing; `size` and
    `root` are the ledger's; `events` counts sequenced and waiting ones; `destroyed` the keys known to be destroyed;
    `keepers` the key-encryption keys that wrap something in it.
    """

    made: str
    program: str
    schema: tuple[str, ...]
    policy: str
    size: int
    root: str
    events: int
    destroyed: int
    keepers: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    form: int = FORM


class Writer:
    """A backup being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._tables: list[Table] = []

    def add(self, table: Table, chunks: Iterable[bytes]) -> None:
        """Write the copy of one table."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(table.name, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self._tables.append(Table(table.name, table.columns, size, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> Manifest:
        """Write the manifest, with what was added."""
        whole = Manifest(**{**_fields(manifest), "tables": tuple(self._tables)})
        self._archive.writestr(MANIFEST, json.dumps(asdict(whole), indent=1))
        return whole


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__dataclass_fields__}


@contextmanager
def write_archive(path: Path) -> Iterator[Writer]:
    """A backup at `path`, 0600, there when all of it is on disk and not before; raises `Unavailable`, `Invalid`."""
    if path.exists():
        raise Invalid(
            say(N_("`{path}` is there already"), path=path), say(N_("name another file, or move that one away"))
        )
    temporary = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".backup-")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # unlike a renaming, it replaces nothing
        sync_folder(path.parent)
    except OSError as error:
        raise Unavailable(
            say(N_("`{path}` cannot be written: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
            say(N_("look at the rights of the folder and the room on the disk")),
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


class Reader:
    """A backup that was read through once and found whole."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._path = path
        self._archive = archive

    def read(self, table: Table) -> Iterator[bytes]:
        """The copy of one table, in pieces; raises `Invalid` when it is not what the manifest tells."""
        digest, left = hashlib.sha256(), table.bytes
        with _spoken(self._path), self._archive.open(table.name) as member:
            while chunk := member.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                yield chunk
        if left or digest.hexdigest() != table.sha256:
            raise _damaged(self._path)


@contextmanager
def open_archive(path: Path) -> Iterator[Reader]:
    """The backup at `path`, after all of it was read and compared with its digests.

    Raises `Invalid` for a file that is no backup, or is damaged, or of a later form; `Unavailable` when it cannot be read.
    """
    with _spoken(path), zipfile.ZipFile(path) as archive:
        reader = Reader(path, archive, _manifest(path, archive))
        for table in reader.manifest.tables:
            for _ in reader.read(table):
                pass
        yield reader


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    with archive.open(MANIFEST) as member:
        data = member.read(_MOST + 1)
    if len(data) > _MOST:
        raise _damaged(path)
    try:
        held = json.loads(data)
        if held.get("form", 0) > FORM:
            raise Invalid(
                say(N_("`{path}` was written by a later version of janji"), path=path),
                say(N_("restore it with version {version} or later"), version=str(held.get("program"))[:20]),
            )
        tables = tuple(
            Table(str(table["name"]), tuple(map(str, table["columns"])), int(table["bytes"]), str(table["sha256"]))
            for table in held.pop("tables")
        )
        return Manifest(
            made=str(held["made"]), program=str(held["program"]), schema=tuple(map(str, held["schema"])),
            policy=str(held["policy"]), size=int(held["size"]), root=bytes.fromhex(held["root"]).hex(), events=int(held["events"]),
            destroyed=int(held["destroyed"]), keepers=tuple(map(str, held["keepers"])), tables=tables,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _damaged(path) from None


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    """What can go wrong with a file of somebody, in our words."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, KeyError, NotImplementedError, RuntimeError,
            OverflowError, UnicodeDecodeError):  # fmt: skip
        raise _damaged(path) from None
    except OSError as error:
        raise Unavailable(
            say(N_("`{path}` cannot be read: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
            say(N_("look at its name and rights")),
        ) from None


def _damaged(path: Path) -> Invalid:
    return Invalid(
        say(N_("`{path}` is no backup of janji, or is damaged"), path=path),
        say(N_("take another file that `janji backup` wrote; nothing was changed")),
    )
