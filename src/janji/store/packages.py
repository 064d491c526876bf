"""Packages: what was found about people, sealed row by row into one file as it comes, each person's with a key of their own.

A file is `janjipk1`, the package's id and a salt (16 bytes each), and frames. A frame is the person's place (4 bytes), its number among
that person's frames (8), the length of what follows (4), and a chunk sealed with AES-256-GCM (NIST SP 800-38D): lines of JSON, each a
table and a row. The nonce is the frame's number; the key is drawn by HKDF from the person's content key, the id and the salt, so
that a package cannot be opened any more once that key is destroyed. A person's last frame says so: one that was cut off does not open.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from janji.errors import Corrupt, Unavailable
from janji.store.private import make_private_folder, sync_folder
from janji.store.vault import KEY_BYTES, derived_key
from janji.terms.messages import N_, say

MAGIC = b"janjipk1"
SALT_BYTES = 16
CHUNK = 1 << 16
"""Bytes of one person's rows after which they are sealed and written."""
MOST = 1 << 23
"""Bytes of everybody's rows that wait at most."""
SYNCING = 16
"""So many files are brought to disk at once."""
_HEAD = struct.Struct("!IQI")
_LAST = 1 << 31


class Packing:
    """A package being written: nothing is there under its name until it is whole and on disk.

    `keys` are the content keys (32 bytes) of the people by their places. Use it as a context; what fails leaves no file. With `settled`
    false a whole one waits for `settle`, which brings many to disk together.
    """

    def __init__(self, path: Path, id: UUID, salt: bytes, keys: Mapping[int, bytes], *, settled: bool = True) -> None:
        self.path, self.id, self._settled = path, id, settled
        self.rows = 0
        self._ciphers = {place: AESGCM(_key(key, id, salt)) for place, key in keys.items()}
        self._waiting: dict[int, bytearray] = {}
        self._numbers: dict[int, int] = {}
        self._size = 0
        self._file: IO[bytes] | None = None
        self._salt = salt

    def __enter__(self) -> Self:
        """Begin the file, where only its owner may read it."""
        with _told(self.path):
            make_private_folder(self.path.parent)
            handle = os.open(_making(self.path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._file = os.fdopen(handle, "wb")
            self._file.write(MAGIC + self.id.bytes + self._salt)
        return self

    def take(self, person: int, table: str, row: Mapping[str, Any]) -> None:
        """Take a row of a person; it is on its way to the file when enough has come together."""
        self.rows += 1
        self.add(person, _line(table, row))

    def add(self, person: int, data: bytes) -> None:
        """Take bytes of a person, to be read again by `read_chunks`."""
        waiting = self._waiting.setdefault(person, bytearray())
        waiting += data
        self._size += len(data)
        if len(waiting) >= CHUNK:
            self._seal(person)
        elif self._size >= MOST:
            for place in list(self._waiting):
                self._seal(place)

    def _seal(self, person: int, *, last: bool = False) -> None:
        chunk = self._waiting.pop(person, bytearray())
        self._size -= len(chunk)
        number = self._numbers.get(person, 0)
        self._numbers[person] = number + 1
        sealed = self._ciphers[person].encrypt(_nonce(number), chunk, _binding(self.id, person, number, last))
        with _told(self.path):
            self._there().write(_HEAD.pack(person | (_LAST if last else 0), number, len(sealed)))
            self._there().write(sealed)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the file: on disk and under its name, or not there at all."""
        try:
            if kind is None:
                for place in self._ciphers:
                    self._seal(place, last=True)
                with _told(self.path):
                    self._there().flush()
                if self._settled:
                    settle([self.path])
        except BaseException:
            _making(self.path).unlink(missing_ok=True)
            raise
        finally:
            with suppress(OSError):  # what could not be written was said before
                self._there().close()
            if kind is not None:
                _making(self.path).unlink(missing_ok=True)

    def _there(self) -> IO[bytes]:
        if self._file is None:
            raise ValueError("a package is written within its context")
        return self._file


def settle(paths: Sequence[Path]) -> None:
    """Bring whole packages of one folder to disk and under their names: all of them, or the error says why and none is left.

    Raises `Unavailable`.
    """
    if not paths:
        return
    try:
        with _told(paths[0]), ThreadPoolExecutor(min(len(paths), SYNCING)) as pool:
            list(pool.map(_sync, paths))  # a disk takes many at once as it takes one
            for path in paths:
                _making(path).replace(path)
            sync_folder(paths[0].parent)
    except Unavailable:
        for path in paths:
            path.unlink(missing_ok=True)
            _making(path).unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    handle = os.open(_making(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_package(path: Path, id: UUID, person: int, key: bytes, only: Collection[str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one person in a package, each with its table, by their content key; of some tables `only`. Raises as `read_chunks`."""
    beginnings = None if only is None else tuple(beginning for table in only for beginning in _beginnings(table))
    for chunk in read_chunks(path, id, person, key):
        if beginnings is None:
            yield from map(tuple, _loaded(chunk))
        elif any(beginning in chunk for beginning in beginnings):
            lines = [line for line in chunk.splitlines(keepends=True) if line.startswith(beginnings)]
            yield from map(tuple, _loaded(b"".join(lines)))


def _beginnings(table: str) -> set[bytes]:
    """How lines of a table begin."""
    return {b"[%b," % orjson.dumps(table), b"[%b," % json.dumps(table).encode()}


def read_chunks(path: Path, id: UUID, person: int, key: bytes) -> Iterator[bytes]:
    """What was added for one person, in the order in which it was, by their content key.

    Raises `Corrupt` when the file is another's, was changed or cut off, and `Unavailable` when it cannot be read.
    """
    with _told(path), path.open("rb") as file:
        head = file.read(len(MAGIC) + 16 + SALT_BYTES)
        if head[: len(MAGIC) + 16] != MAGIC + id.bytes:
            raise _damaged()
        cipher, number = AESGCM(_key(key, id, head[-SALT_BYTES:])), 0
        while True:
            place, count, size = _unpacked(file.read(_HEAD.size))
            if place & ~_LAST != person:
                file.seek(size, os.SEEK_CUR)
                continue
            last = bool(place & _LAST)
            if count != number:
                raise _damaged()
            try:
                chunk = cipher.decrypt(_nonce(number), file.read(size), _binding(id, person, number, last))
            except InvalidTag:
                raise _damaged() from None
            yield chunk
            if last:
                return
            number += 1


def remove_package(path: Path) -> None:
    """Let a package be gone, and what a crash left of writing it."""
    with _told(path):
        path.unlink(missing_ok=True)
        _making(path).unlink(missing_ok=True)


def _making(path: Path) -> Path:
    return path.with_name(f".new-{path.name}")


def _unpacked(head: bytes) -> tuple[int, int, int]:
    if len(head) != _HEAD.size:
        raise _damaged()
    place, number, size = _HEAD.unpack(head)
    return place, number, size


def _key(content: bytes, id: UUID, salt: bytes) -> bytes:
    return derived_key(content, f"package/{id}/{salt.hex()}")[:KEY_BYTES]


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _binding(id: UUID, person: int, number: int, last: bool) -> bytes:
    return b"janji\x00package" + id.bytes + _HEAD.pack(person, number, int(last))


def _line(table: str, row: Mapping[str, Any]) -> bytes:
    """A row as a line of JSON; what JSON has no form for is written as text, bytes in base64."""
    try:
        return orjson.dumps([table, dict(row)], default=_plain, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a number of more than 64 bits, or text that is no UTF-8
        return json.dumps([table, dict(row)], default=_plain, separators=(",", ":")).encode() + b"\n"


def _plain(value: object) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return str(value)


def _loaded(lines: bytes) -> list[Any]:
    """What stands in lines of JSON: read in one go, for no line has a break within."""
    try:
        return list(orjson.loads(b"[" + lines[:-1].replace(b"\n", b",") + b"]"))
    except ValueError:
        return [json.loads(line) for line in lines.splitlines()]


def _damaged() -> Corrupt:
    return Corrupt(say(N_("a package does not open")), say(N_("it was changed or cut off, or its person was forgotten; search again")))


class _told:  # noqa: N801 - read as a verb where it is used
    """Trouble with a file becomes `Unavailable`; what the disk says holds nothing personal."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Say what the operating system said."""
        if isinstance(error, OSError):
            raise Unavailable(
                say(N_("a package cannot be kept in `{path}`: {problem}"), path=self.path.parent, problem=os.strerror(error.errno or 0)),
                say(N_("look at the rights of the folder and the room on the disk")),
            ) from None
