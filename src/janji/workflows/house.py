"""The opened house: its database, its keys and the policy in force, as one value that every workflow of the record takes."""

from __future__ import annotations

import base64
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from janji.errors import Corrupt, Refusal
from janji.store import vault
from janji.store.database import close, open_database, transaction, unapplied
from janji.store.server import ServerHandle, hold_server, is_made
from janji.store.vault import NONCE_BYTES, Keeper
from janji.terms.messages import N_, say
from janji.terms.words import SHOWN_IN
from janji.workflows.in_force import Published, in_force
from janji.workflows.keys import load_keeper
from janji.workflows.runtime import Runtime, zone_named

_NAMES = ("pseudonym", "index", "suppression", "signing")
DEMONSTRATION = "demonstration"
"""The name of a secret that a house made for a demonstration has beside the others, and that nothing takes away."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys of the house, 32 bytes each; `signing` is the seed of the ledger's Ed25519 signature (RFC 8032)."""

    pseudonym: bytes = field(repr=False)
    index: bytes = field(repr=False)
    suppression: bytes = field(repr=False)
    signing: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class House:
    """An opened house. `published` is `None` until a policy is published; a `demonstration` is one for as long as it lives."""

    runtime: Runtime
    keeper: Keeper
    secrets: Secrets
    published: Published | None
    demonstration: bool = False

    @property
    def policy_in_force(self) -> Published:
        """The policy in force; raises `Refusal` with help when none is published."""
        if self.published is None:
            raise Refusal(say(N_("no policy is published yet")), say(N_("`janji policy publish` puts one in force")))
        return self.published


@contextmanager
def open_house(runtime: Runtime) -> Iterator[House]:
    """The house of these settings, opened: its database held or reached, its keys unlocked.

    Where something is done with people, `workflows.forgetting.open_record` opens it: it forgets again whom a backup brought back.
    Raises as `enter_house` does, and `Refusal` where `janji init` was never run.
    """
    keeper = load_keeper(runtime.settings)
    with reach_database(runtime) as url:
        house = enter_house(runtime, url, keeper)
        gc.freeze()  # policy and libraries stay as long as the process: the collector need not walk them again and again
        gc.set_threshold(20_000, 20, 20)  # records come by the thousand and hold no cycles
        SHOWN_IN.place = clock_of(runtime, house.published)  # for as long as the process lives: results are printed when the house is closed
        yield house


def clock_of(runtime: Runtime, published: Published | None) -> tzinfo:
    """The clock by which people are told hours: the one that is set, or the law's; the world's where neither names one that is known here."""
    name = runtime.settings.time_zone or ("" if published is None else published.law.time_zone)
    return (zone_named(name) if name else None) or UTC


@contextmanager
def reach_database(runtime: Runtime) -> Iterator[str]:
    """The URL of our database while it is wanted: the user's, or the embedded server's, held until the end."""
    settings = runtime.settings
    if settings.database_url is not None:
        try:
            yield settings.database_url
        finally:
            close()
        return
    if not is_made(settings.data_dir):
        raise Refusal(
            say(N_("nothing is kept in `{path}` yet"), path=settings.data_dir),
            say(N_("run `janji init`, or name the right place with `--data-dir` or `JANJI_DATA_DIR`")),
        )
    with hold_server(settings.data_dir, fresh_password(runtime)) as server:
        try:
            yield server.url
        finally:
            close()


def hold_again(runtime: Runtime) -> None:
    """Start the embedded server again when it ended under us, and hold it until this process ends; of another server nothing.

    Raises `Unavailable` as long as it cannot be started.
    """
    if runtime.settings.database_url is None:
        _AGAIN[:], former = [hold_server(runtime.settings.data_dir, fresh_password(runtime))], list(_AGAIN)
        open_database(_AGAIN[0].url)
        for handle in former:
            handle.release()


_AGAIN: list[ServerHandle] = []


def fresh_password(runtime: Runtime) -> str:
    """A password for a database role: 256 random bits in 43 characters."""
    return base64.urlsafe_b64encode(runtime.random(32)).decode().rstrip("=")


def enter_house(runtime: Runtime, url: str, keeper: Keeper) -> House:
    """The house whose database is at `url` and whose keys `keeper` opens.

    Raises `Unavailable` when the database does not answer, `Refusal` when it lacks migrations or keys, and `Corrupt`
    when the keeper is another.
    """
    open_database(url)
    if unapplied():
        raise Refusal(say(N_("the database is not in the form of this program")), say(N_("run `janji migrate`")))
    held = vault.secrets()
    return House(runtime, keeper, _secrets(keeper, held), in_force(), DEMONSTRATION in held)


def make_secrets(runtime: Runtime, keeper: Keeper, *, demonstration: bool = False) -> tuple[str, ...]:
    """Give a new house its keys, and give the names of those made; those that are there stay."""
    made = []
    with transaction():
        for name in (*_NAMES, DEMONSTRATION)[: None if demonstration else -1]:
            wrapped = keeper.wrap(runtime.random(32), runtime.random(NONCE_BYTES), vault.secret_binding(name))
            if vault.add_secret(name, wrapped, keeper.id):
                made.append(name)
    return tuple(made)


def _secrets(keeper: Keeper, held: Mapping[str, tuple[bytes, str]]) -> Secrets:
    if not set(_NAMES) <= set(held):
        raise Refusal(say(N_("the house has no keys yet")), say(N_("run `janji init`")))
    known = {keeper.id} if keeper.former is None else {keeper.id, keeper.former.id}
    if not known.issuperset(held[name][1] for name in _NAMES):
        raise Corrupt(
            say(N_("the key-encryption key is not the one that this house was locked with")),
            say(N_("give the right `JANJI_KEY` or key file; without it nothing sealed can be read")),
        )
    return Secrets(**{name: keeper.unwrap(held[name][0], vault.secret_binding(name)) for name in _NAMES})
