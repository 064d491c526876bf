"""The file of the key-encryption key: written once, for its owner alone, and refused when others can read it."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

from janji.errors import Conflict, Invalid, Unavailable
from janji.store.vault import KEY_BYTES
from janji.terms.messages import N_, say

_LONGEST = 200


def decode_key(text: str) -> bytes:
    """A key (32 bytes) written in base64; raises `Invalid`, without the text, for anything else."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise Invalid(
            say(N_("the key-encryption key is not 32 bytes in base64")),
            say(N_("`openssl rand -base64 32` makes one; `janji init` does so by itself")),
        )
    return key


def encode_key(key: bytes) -> str:
    """A key as `decode_key` reads it."""
    return base64.b64encode(key).decode("ascii")


def read_key(path: Path) -> bytes:
    """The key in a file. Raises `Unavailable` without the file, `Invalid` when others may read it or it holds no key."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        raise Unavailable(
            say(N_("the key file `{path}` cannot be read"), path=path),
            say(N_("name it with `JANJI_KEY_FILE`, or give the key itself in `JANJI_KEY`")),
        ) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
            raise Invalid(
                say(N_("the key file `{path}` can be read by others"), path=path),
                say(N_("`chmod 600` it, and think of the key as known to those who could read it")),
            )
        text = os.read(handle, _LONGEST)
    finally:
        os.close(handle)
    return decode_key(text.decode("ascii", "replace"))


def write_key(path: Path, key: bytes) -> None:
    """Write a new key file, readable by its owner alone and on disk when this returns; raises `Conflict` if it is there."""
    begun = path.with_name(f".{path.name}.begun")
    try:
        handle = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, f"{encode_key(key)}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(begun, path)
        finally:
            begun.unlink()
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise Conflict(
            say(N_("there is a file already: `{path}`"), path=path), say(N_("a key is never overwritten"))
        ) from None
    except OSError:
        raise Unavailable(say(N_("the key file `{path}` cannot be written"), path=path)) from None
