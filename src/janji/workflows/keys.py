"""The key-encryption key: where it comes from, how a house gets its first, and how a new one takes over without touching data."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path

from janji.errors import Invalid, Refusal, Unavailable
from janji.store import vault
from janji.store.database import transaction
from janji.store.private import make_private_folder, write_private
from janji.store.vault import KEY_BYTES, Keeper, keeper_of
from janji.terms.messages import N_, say
from janji.workflows.runtime import Runtime, Settings

KEY_FILE = "keys/keeper.key"
FORMER = ".former"
"""What the name of the former key's file ends with, while keys may still be wrapped by it."""

BATCH = 1000
"""Keys wrapped again in one transaction: what a kill in between repeats at most."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: from which keeper to which, and how many keys of the house and of people it wrapped again."""

    former: str
    keeper: str
    secrets: int
    keys: int


def key_file(settings: Settings) -> Path:
    """Where the key-encryption key is when the environment does not give it."""
    return settings.key_file or settings.data_dir / KEY_FILE


def load_keeper(settings: Settings) -> Keeper:
    """The keeper: `JANJI_KEY` (and `JANJI_FORMER_KEY`), or the key file; the former one opens, and wraps nothing.

    Raises `Refusal` when there is none, `Invalid` when it is no key, `Unavailable` when the file cannot be read.
    """
    if settings.key is not None:
        former = None if settings.former_key is None else keeper_of(_decode(settings.former_key, "JANJI_FORMER_KEY"))
        return keeper_of(_decode(settings.key, "JANJI_KEY"), former)
    path = key_file(settings)
    key = _read(path)
    if key is None:
        raise Refusal(
            say(N_("there is no key-encryption key at `{path}`"), path=path),
            say(N_("a new house gets one from `janji init`; an old one needs its own: put the file back, or set `JANJI_KEY`")),
        )
    before = _read(_former(path))
    return keeper_of(key, None if before is None else keeper_of(before))


def destroyed_file(settings: Settings) -> Path:
    """The file of destroyed keys: outside the database and its backups."""
    return settings.data_dir / "keys" / "destroyed"


def make_keeper(runtime: Runtime) -> Path | None:
    """Give a new house a key-encryption key in a file; `None` when it has one, there or in the environment."""
    path = key_file(runtime.settings)
    if runtime.settings.key is not None or path.exists():
        return None
    _write(path, runtime.random(KEY_BYTES))
    return path


def rotate(runtime: Runtime) -> Rotation:
    """Wrap every key again by a fresh key-encryption key; data stay as they are.

    The database must be open. First the keys of the house, from then on the former key wraps nothing; then those of
    people, in batches; then the former key goes. After a kill in between the same call goes on where it was. With keys
    from the environment, the fresh one is the one that is there now. Raises as `begin_rotation` does.
    """
    fresh = begin_rotation(runtime)
    with transaction():
        secrets = vault.rewrap_secrets(fresh, runtime.random)
    keys = 0
    while True:
        with transaction():
            done = vault.rewrap_keys(fresh, runtime.random, BATCH)
        keys += done
        if not done:
            break
    end_rotation(runtime.settings)
    return Rotation("" if fresh.former is None else fresh.former.id, fresh.id, secrets, keys)


def begin_rotation(runtime: Runtime) -> Keeper:
    """A keeper with a fresh key in the key file, the present one as its former; after a crash, the one begun before.

    Raises `Refusal` when the key is not in a file: then whoever sets `JANJI_KEY` sets both keys instead.
    """
    settings = runtime.settings
    if settings.key is not None and settings.former_key is not None:
        return load_keeper(settings)
    if settings.key is not None:
        raise Refusal(
            say(N_("the key-encryption key comes from the environment, so Janji cannot replace it")),
            say(N_("set the new one as `JANJI_KEY`, the present one as `JANJI_FORMER_KEY`, and run this again")),
        )
    present = load_keeper(settings)
    if present.former is None or present.former.id == present.id:  # the latter after a kill between the two files
        path = key_file(settings)
        _write(_former(path), present.key)
        _write(path, runtime.random(KEY_BYTES))
    return load_keeper(settings)


def end_rotation(settings: Settings) -> None:
    """Take the former key away; only when no key is wrapped by it any more."""
    if settings.key is None:
        _former(key_file(settings)).unlink(missing_ok=True)


def _former(path: Path) -> Path:
    return path.with_name(path.name + FORMER)


def _read(path: Path) -> bytes | None:
    try:
        return _decode(path.read_text(encoding="ascii"), str(path))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise _no_key(str(path)) from None
    except OSError as error:
        raise _file_trouble(N_("`{path}` cannot be read: {problem}"), path, error) from None


def _write(path: Path, key: bytes) -> None:
    try:
        make_private_folder(path.parent)
        write_private(path, base64.b64encode(key) + b"\n")
    except OSError as error:
        raise _file_trouble(N_("`{path}` cannot be written: {problem}"), path, error) from None


def _file_trouble(message: str, path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        say(message, path=path, problem=os.strerror(error.errno or 0)),
        say(N_("look at the rights of the folder and the room on the disk")),
    )


def _decode(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise _no_key(source) from None
    if len(key) != KEY_BYTES:
        raise _no_key(source)
    return key


def _no_key(source: str) -> Invalid:
    return Invalid(
        say(N_("what `{source}` holds is no key-encryption key"), source=source),
        say(N_("it is 32 random bytes in base64; `openssl rand -base64 32` writes one")),
    )
