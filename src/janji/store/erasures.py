"""The journal of erasures and searches: one row a batch, what is intended before and what came of it after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.errors import JanjiError
from janji.people.identifiers import KINDS, IdentifierKind
from janji.store.database import Written, fetch, run
from janji.store.holds import FAMILY, HELD
from janji.store.secrets import KEPT_BY
from janji.store.systems import ADDRESSED
from janji.store.vault import HeldKey, Keeper, KeyKind, secret_binding
from janji.store.workers import ERASING

PLANNED, BEGUN, PARTLY, DONE, DROPPED, REMOVED = "planned", "begun", "partly", "done", "dropped", "removed"


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure as stored. `stores` says by system how far it is; `known` is sealed with a key of its own, or empty."""

    id: UUID
    purpose: str
    digest: str
    state: str
    at: datetime
    subjects: tuple[UUID, ...]
    options: Mapping[str, Any]
    stores: Mapping[str, Any]
    known: bytes = field(default=b"", repr=False)
    next: datetime | None = None
    tries: int = 0
    looks: int = 0
    event: UUID | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class PackageRow:
    """What a search filled, as stored: whose, what each system gave, until when its file stays."""

    id: UUID
    made: datetime
    until: datetime
    subjects: tuple[UUID, ...]
    stores: Mapping[str, Any]
    state: str
    event: UUID | None = None


class Claim(NamedTuple):
    """An erasure, whether it is ours as `mine` says, and every system as `systems.addressed_systems` takes it.

    It was read in the moment before it became ours: whoever was at it may have moved it.
    """

    row: ErasureRow | None
    mine: bool
    systems: Sequence[Mapping[str, Any]] = ()


class About(NamedTuple):
    """What is known here of people: how each is (and who they were merged into), by what they are named, who is held, and which systems are."""

    states: Mapping[UUID, tuple[str, UUID | None]]
    named: tuple[Named, ...]
    held: frozenset[UUID]
    systems: frozenset[str]


class Named(NamedTuple):
    """An identifier of somebody, sealed, with the content key of whoever it is sealed for; `root` is who they are now."""

    root: UUID
    subject: UUID
    id: UUID
    kind: IdentifierKind
    sealed: bytes
    key: HeldKey


# ---------------------------------------------------------------------------------------------------------- the people


def about(subjects: Sequence[UUID]) -> About:
    """What is known of these people, and of whoever was merged into them under their name, by one statement for thousands."""
    rows = fetch(
        f"WITH RECURSIVE {FAMILY}"
        ' SELECT f.root, f.id, s.state, s."into", i.id, i.kind, i.sealed, k.id, k.wrapped, k.keeper FROM family f JOIN subject s ON s.id = f.id'
        " LEFT JOIN subject_key k ON k.subject = f.id AND k.kind = 'content' LEFT JOIN identifier i ON i.subject = f.id AND k.id IS NOT NULL"
        " UNION ALL SELECT f.root, NULL, h.system, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM hold h LEFT JOIN family f ON f.id = h.subject"
        " WHERE h.lifted IS NULL AND (h.subject IS NULL OR f.id IS NOT NULL) ORDER BY 1, 6, 5",
        list(subjects),
    )
    holds = [row for row in rows if row[1] is None]
    return About(
        {row[0]: (row[2], row[3]) for row in rows if row[1] == row[0]},
        tuple(
            Named(row[0], row[1], row[4], KINDS[row[5]], bytes(row[6]), HeldKey(row[7], row[1], KeyKind.CONTENT, bytes(row[8]), row[9]))
            for row in rows if row[4] is not None
        ),
        frozenset(row[0] for row in holds if row[0] is not None), frozenset(row[2] for row in holds if row[0] is None),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ erasures


_ERASURE = "SELECT id, purpose, digest, state, at, subjects::text, options::text, stores::text, known, next, tries, looks, event, ended FROM erasure"


def insert_erasure(row: ErasureRow) -> None:
    """Store a plan of an erasure."""
    run(
        "INSERT INTO erasure (id, purpose, digest, state, at, subjects, options, stores, known, tries, looks)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', 0, 0)",
        row.id, row.purpose, row.digest, row.state, row.at, Jsonb([str(one) for one in row.subjects]), Jsonb(dict(row.options)),
        Jsonb(dict(row.stores)),
    )  # fmt: skip


_PLANNED = _ERASURE + " WHERE starts_with(digest, %s) AND state <> 'dropped' ORDER BY at DESC, id DESC LIMIT 1"


def erasure(id: UUID) -> ErasureRow | None:
    """One erasure."""
    return next(iter(_erasures(_ERASURE + " WHERE id = %s", id)), None)


def planned(digest: str) -> ErasureRow | None:
    """The last erasure whose plan has a digest that begins so; one that was not dropped."""
    return next(iter(_erasures(_PLANNED, digest)), None)


def erasures(before: UUID | None, size: int) -> tuple[ErasureRow, ...]:
    """Erasures that were begun, the newest first, those before an id."""
    return _erasures(
        _ERASURE + " WHERE state IN ('begun', 'partly', 'done') AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s", before, before, size
    )


def due_erasures(now: datetime, most: int) -> tuple[ErasureRow, ...]:
    """Erasures with which something is to be done by now, the most urgent first."""
    return _erasures(_ERASURE + " WHERE next <= %s ORDER BY next, id LIMIT %s", now, most)


def wake(system: str, now: datetime) -> int:
    """Let erasures that wait for a system be due now; how many."""
    return len(fetch(
        "UPDATE erasure SET next = %s WHERE ended IS NULL AND next > %s AND stores -> %s ->> 'state' = 'waiting' RETURNING 1", now, now, system
    ))  # fmt: skip


def write_erasure(row: ErasureRow) -> None:
    """Store how far an erasure is."""
    text, values = writing(row)
    run(text, *values)


def writing(row: ErasureRow) -> Written:
    """What stores how far an erasure is."""
    return (
        "UPDATE erasure SET state = %s, stores = %s, known = %s, next = %s, tries = %s, looks = %s, event = %s, ended = %s WHERE id = %s",
        (row.state, Jsonb(dict(row.stores)), row.known, row.next, row.tries, row.looks, row.event, row.ended, row.id),
    )


def begin_erasure(row: ErasureRow, keeper: Keeper, name: str, key: bytes, nonce: bytes) -> frozenset[UUID] | None:
    """Keep the key of an erasure and store that it is begun, by one statement; gives those of its people who are held now.

    Nothing is done, and `None` comes back, when the house has another keeper by now, or somebody else began it.
    """
    text, values = writing(row)
    rows = fetch(
        f"WITH RECURSIVE {FAMILY}, {KEPT_BY},"
        f" begun AS ({text} AND state = %s AND EXISTS (SELECT FROM house WHERE keeper = %s) RETURNING 1),"
        " kept AS (INSERT INTO secret (name, wrapped, keeper) SELECT %s::text, %s::bytea, %s::text FROM begun)"
        f" SELECT NULL::uuid FROM begun UNION ALL {HELD}",
        list(row.subjects), *values, PLANNED, keeper.id, name, keeper.wrap(key, nonce, secret_binding(name)), keeper.id,
    )  # fmt: skip
    return frozenset(one for (one,) in rows if one is not None) if (None,) in rows else None


def write_stores(row: ErasureRow, stores: Mapping[str, Any]) -> frozenset[UUID]:
    """Store how far an erasure is in some systems; gives those of its people who are held now, by the same statement."""
    rows = fetch(
        f"WITH RECURSIVE {FAMILY}, written AS (UPDATE erasure SET stores = stores || %s WHERE id = %s) {HELD}",
        list(row.subjects), Jsonb(dict(stores)), row.id,
    )  # fmt: skip
    return frozenset(one for (one,) in rows)


def forget_plans(before: datetime) -> int:
    """Let go of plans that nobody executed; how many."""
    return len(fetch("DELETE FROM erasure WHERE state = 'planned' AND at < %s RETURNING id", before))


@contextmanager
def mine(id: UUID) -> Iterator[bool]:
    """Whether nobody else is at this erasure; then nobody else is until the end, or until this process dies."""
    with _claimed("NULL", _ERASURE + " WHERE id = %s", id) as claim:
        yield claim.mine


@contextmanager
def claimed(digest: str) -> Iterator[Claim]:
    """The erasure of `planned`, by one statement."""
    with _claimed(f"({ADDRESSED})", _PLANNED, digest) as claim:
        yield claim


@contextmanager
def _claimed(beside: str, statement: str, *values: object) -> Iterator[Claim]:
    number = "('x' || right(e.id::text, 8))::bit(32)::int"
    rows = fetch(f"SELECT e.*, {beside}, pg_try_advisory_lock(%s::int, {number}) FROM ({statement}) AS e", ERASING, *values)
    row, systems, held = (_erasure(rows[0]), rows[0][-2] or (), rows[0][-1]) if rows else (None, (), False)
    try:
        yield Claim(row, held, systems)
    finally:
        if row is not None and held:
            with suppress(JanjiError):  # a connection that broke has let go of it
                run("SELECT pg_advisory_unlock(%s::int, %s::int)", ERASING, int.from_bytes(row.id.bytes[-4:], "big", signed=True))


# ------------------------------------------------------------------------------------------------------------ packages


_PACKAGE = "SELECT id, made, until, subjects::text, stores::text, state, event FROM package"


def insert_package(row: PackageRow) -> None:
    """Store that a package is being filled."""
    run(
        "INSERT INTO package (id, made, until, subjects, stores, state) VALUES (%s, %s, %s, %s, %s, %s)",
        row.id, row.made, row.until, Jsonb([str(one) for one in row.subjects]), Jsonb(dict(row.stores)), row.state,
    )  # fmt: skip


def write_package(row: PackageRow) -> None:
    """Store what a package holds by now."""
    run("UPDATE package SET stores = %s, state = %s, event = %s, until = %s WHERE id = %s",
         Jsonb(dict(row.stores)), row.state, row.event, row.until, row.id)  # fmt: skip


def package(id: UUID) -> PackageRow | None:
    """One package."""
    return next(iter(_packages(_PACKAGE + " WHERE id = %s", id)), None)


def packages(before: UUID | None, size: int) -> tuple[PackageRow, ...]:
    """Packages whose file is there, the newest first, those before an id."""
    return _packages(_PACKAGE + " WHERE state <> 'removed' AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s", before, before, size)


def packages_until(now: datetime) -> tuple[PackageRow, ...]:
    """Packages whose time is over."""
    return _packages(_PACKAGE + " WHERE state <> 'removed' AND until <= %s ORDER BY id", now)


def answered(packages: Sequence[UUID], erasures: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of searches and erasures, in how many systems each was done, and in how many it is to be."""
    rows = fetch(
        "SELECT id, (SELECT count(*) FROM jsonb_each(stores) s WHERE s.value->>'state' = 'done'), (SELECT count(*) FROM jsonb_object_keys(stores))"
        " FROM (SELECT id, stores FROM package WHERE id = ANY(%s) UNION ALL SELECT id, stores FROM erasure WHERE id = ANY(%s)) found",
        list(packages), list(erasures),
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


def _erasures(statement: str, *values: object) -> tuple[ErasureRow, ...]:
    return tuple(map(_erasure, fetch(statement, *values)))


def _erasure(row: Sequence[Any]) -> ErasureRow:
    return ErasureRow(
        row[0], row[1], row[2], row[3], row[4], tuple(map(UUID, json.loads(row[5]))), json.loads(row[6]), json.loads(row[7]), bytes(row[8]),
        row[9], row[10], row[11], row[12], row[13],
    )  # fmt: skip


def _packages(statement: str, *values: object) -> tuple[PackageRow, ...]:
    return tuple(
        PackageRow(row[0], row[1], row[2], tuple(map(UUID, json.loads(row[3]))), json.loads(row[4]), row[5], row[6])
        for row in fetch(statement, *values)
    )
