"""Owners of systems that are looked after by hand: their names and addresses under seal, and who looks after what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from janji.errors import Invalid
from janji.people.identifiers import IdentifierKind, identify
from janji.rights.requests import LONGEST_NAME
from janji.store import vault, worklists
from janji.store.database import transaction
from janji.store.vault import KEY_BYTES, NONCE_BYTES
from janji.store.worklists import OwnerRow
from janji.terms.messages import N_, UNASKED, say
from janji.workflows.house import House

_BINDING = b"janji\x00owner"


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who looks after systems. `language` is what they are written to in: `id` or `en`."""

    address: str = field(repr=False)
    name: str = field(default="", repr=False)
    language: str = UNASKED


def checked(owner: Owner) -> Owner:
    """An owner with their address in normal form; raises `Invalid`, without it, for what is none."""
    if len(owner.name) > LONGEST_NAME or not owner.name.isprintable():
        raise Invalid(say(N_("the name of an owner is too long, or holds what is not seen")), say(N_("write the name alone")))
    return Owner(identify(str(IdentifierKind.EMAIL), owner.address).normal, " ".join(owner.name.split()), owner.language)


def put_owners(house: House, owned: Mapping[str, Owner]) -> None:
    """Let systems, by name, be looked after by these people from now on. Joins an open transaction.

    An owner is told by the address: the same one with another name is the same owner. Raises as `checked` does.
    """
    if not owned:
        return
    runtime, key = house.runtime, _key(house)
    wanted = {one.address: one for one in map(checked, owned.values())}
    rows = []
    for owner, id in zip(wanted.values(), runtime.new_ids(len(wanted)), strict=True):
        index = vault.blind_index(house.secrets.index, "owner", owner.address)
        value = orjson.dumps({"name": owner.name, "address": owner.address})
        rows.append(OwnerRow(id, index, vault.seal(key, runtime.random(NONCE_BYTES), value, _BINDING + index), owner.language))
    with transaction():
        ids = worklists.upsert_owners(rows)
        by_address = {owner.address: ids[row.index] for owner, row in zip(wanted.values(), rows, strict=True)}
        worklists.assign({system: by_address[checked(owner).address] for system, owner in owned.items()})
        worklists.forget_owners()


def owners(house: House, ids: Iterable[UUID]) -> dict[UUID, Owner]:
    """Owners by id, opened."""
    key, found = _key(house), {}
    for id, row in worklists.owners(set(ids)).items():
        held = orjson.loads(vault.unseal(key, row.sealed, _BINDING + row.index))
        found[id] = Owner(held["address"], held["name"], row.language)
    return found


def owners_of(house: House, systems: Iterable[str] | None = None) -> dict[str, Owner]:
    """Who looks after systems, by name of the system; of all of them when none is named. Who has nobody is left out."""
    assigned = worklists.assigned(systems)
    known = owners(house, assigned.values())
    return {system: known[id] for system, id in assigned.items()}


def _key(house: House) -> bytes:
    """What seals owners: drawn from the key that finds people, and of use for nothing else."""
    return vault.derived_key(house.secrets.index, "owners 1")[:KEY_BYTES]
