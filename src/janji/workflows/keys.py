"""The key-encryption key: where it is found, and how all keys are wrapped again by another without touching data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from janji.errors import Conflict
from janji.store import keyfile, vault
from janji.store.database import transaction
from janji.store.vault import Keeper, keeper_of
from janji.terms.messages import N_, say
from janji.workflows.runtime import Runtime, Settings

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
    """Where the key-encryption key lies when it is not in the environment."""
    return settings.key_file or settings.data_dir / "keys" / "key"


def destroyed_file(settings: Settings) -> Path:
    """The file of destroyed keys: outside the database and its backups."""
    return settings.data_dir / "keys" / "destroyed"


def find_keeper(settings: Settings) -> Keeper:
    """The keeper that the environment (`JANJI_KEY`) or the key file gives, with the former one (`JANJI_FORMER_KEY`).

    Raises `Unavailable` when there is neither, `Invalid` when one is no key or its file can be read by others.
    """
    former = keeper_of(keyfile.decode_key(settings.former_key)) if settings.former_key else None
    key = keyfile.decode_key(settings.key) if settings.key else keyfile.read_key(key_file(settings))
    return keeper_of(key, former)


def make_keeper(runtime: Runtime) -> Keeper:
    """As `find_keeper`; where neither environment nor key file has a key yet, a new one is written into the file."""
    settings = runtime.settings
    if not settings.key and not key_file(settings).exists():
        keyfile.write_key(key_file(settings), runtime.random(vault.KEY_BYTES))
    return find_keeper(settings)


def rotate(runtime: Runtime, keeper: Keeper, target: Path) -> Rotation:
    """Wrap every key again by the key in `target`, which is made when it is not there; data stay as they are.

    The database must be open. First the keys of the house, from then on nothing can be wrapped by `keeper`; then those
    of people, in batches. After a kill in between the same call goes on where it was. Raises `Conflict` when `target`
    holds the key that is in use.
    """
    if not target.exists():
        keyfile.write_key(target, runtime.random(vault.KEY_BYTES))
    fresh = keeper_of(keyfile.read_key(target), keeper)
    if fresh.id == keeper.id:
        raise Conflict(
            say(N_("`{path}` holds the key that is in use already"), path=target),
            say(N_("name a file that is not there yet; a new key is made in it")),
        )
    with transaction():
        secrets = vault.rewrap_secrets(fresh, runtime.random)
    keys = 0
    while True:
        with transaction():
            done = vault.rewrap_keys(fresh, runtime.random, BATCH)
        keys += done
        if not done:
            return Rotation(keeper.id, fresh.id, secrets, keys)
