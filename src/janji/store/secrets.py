"""Secrets of the house that come and go while it lives, of webhooks, systems and erasures: wrapped by its keeper, bound to their names."""

from __future__ import annotations

from collections.abc import Sequence

from janji.store.database import fetch, run
from janji.store.vault import Keeper, secret_binding

KEPT_BY = "house AS MATERIALIZED (SELECT keeper FROM secret ORDER BY name LIMIT 1 FOR KEY SHARE)"
"""The part of a statement that says whose keeper wraps the secrets of the house, and lets nobody change that until it is done."""


def keep(keeper: Keeper, name: str, secret: bytes, nonce: bytes) -> bool:
    """Keep a secret among the keys of the house; `False` when the house has another keeper by now."""
    return keep_all(keeper, [(name, secret, nonce)])


def keep_all(keeper: Keeper, new: Sequence[tuple[str, bytes, bytes]]) -> bool:
    """Keep secrets, each a name, what is secret and a nonce, by one statement; all of them or none, as `keep`."""
    rows = fetch(
        f"WITH {KEPT_BY}"
        " INSERT INTO secret (name, wrapped, keeper) SELECT d.name, d.wrapped, h.keeper FROM house h, unnest(%s::text[], %s::bytea[]) AS d (name, wrapped)"
        " WHERE h.keeper = %s RETURNING name",
        [name for name, _, _ in new], [keeper.wrap(secret, nonce, secret_binding(name)) for name, secret, nonce in new], keeper.id,
    )  # fmt: skip
    return len(rows) == len(new)


def opened(keeper: Keeper, names: Sequence[str]) -> dict[str, bytes]:
    """The secrets of these names, opened, in their order; what is not there is left out."""
    held = dict(fetch("SELECT name, wrapped FROM secret WHERE name = ANY(%s)", list(names)))
    return {name: keeper.unwrap(bytes(held[name]), secret_binding(name)) for name in names if name in held}


def destroy(names: Sequence[str]) -> None:
    """Overwrite these secrets, then delete them."""
    run("UPDATE secret SET wrapped = decode(repeat('00', length(wrapped)), 'hex') WHERE name = ANY(%s)", list(names))
    run("DELETE FROM secret WHERE name = ANY(%s)", list(names))
