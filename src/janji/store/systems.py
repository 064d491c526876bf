"""Systems of the company as stored: where each is and how far Janji may go there; their addresses among the keys of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from janji.store.database import Written, fetch, run
from janji.store.vault import Keeper, secret_binding


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system as stored. `place` says where it is and opens nothing; `secret` is the number of its present address, 0 for none.

    `seats` is how many connections of ours may be there at once, where that is limited. `title`, `location` and `country` are what people call it and where it stands, as its register says. `reached` is when it answered last, `proven` when an erasure there was last found complete.
    """

    id: UUID
    name: str
    kind: str
    place: str
    stage: str
    made: datetime
    secret: int = 0
    reached: datetime | None = None
    proven: datetime | None = None
    title: str = ""
    location: str = ""
    country: str = ""
    seats: int | None = None


_SYSTEM = "SELECT id, name, kind, place, stage, made, secret, reached, proven, title, location, country, seats FROM system"


ADDRESSED = (
    f"SELECT json_agg(s ORDER BY s.name) FROM (SELECT s.*, encode(k.wrapped, 'hex') AS wrapped FROM ({_SYSTEM} WHERE removed IS NULL) AS s"
    " LEFT JOIN secret k ON s.secret > 0 AND k.name = 'system/' || s.id || '/' || s.secret) AS s"
)
"""Every system with its address, as one value: read beside something else."""


def insert_system(row: SystemRow) -> None:
    """Store a new system. Raises `Conflict` when its name has one already."""
    run(
        "INSERT INTO system (id, name, kind, place, stage, made, secret, title, location, country, seats)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        row.id, row.name, row.kind, row.place, row.stage, row.made, row.secret, row.title, row.location, row.country, row.seats,
    )  # fmt: skip


def put_systems(rows: Sequence[SystemRow]) -> int:
    """Store systems of a register by their names: new ones as they are; of those that are known only what they are called and where they stand.

    Gives how many are new.
    """
    made = fetch(
        "INSERT INTO system (id, name, kind, place, stage, made, secret, title, location, country, seats)"
        " SELECT id, name, kind, place, stage, made, 0, title, location, country, seats FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[],"
        " %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::int[]) AS new (id, name, kind, place, stage, made, title, location, country, seats)"
        " ON CONFLICT (name) WHERE removed IS NULL DO UPDATE SET title = excluded.title, location = excluded.location, country = excluded.country"
        " RETURNING system.id = ANY(%s)",
        *([getattr(row, name) for row in rows] for name in ("id", "name", "kind", "place", "stage", "made", "title", "location", "country", "seats")),
        [row.id for row in rows],
    )
    return sum(new for (new,) in made)


def systems() -> tuple[SystemRow, ...]:
    """Every system that was not removed, by name."""
    return tuple(SystemRow(*row) for row in fetch(_SYSTEM + " WHERE removed IS NULL ORDER BY name"))


def secret_name(row: SystemRow) -> str:
    """The name of a system's address among the keys of the house."""
    return f"system/{row.id}/{row.secret}"


def addressed_systems(keeper: Keeper, read: Sequence[Mapping[str, Any]] | None = None) -> tuple[tuple[SystemRow, bytes | None], ...]:
    """As `systems`, each with its address, opened; by one statement, or as another one `read` them by `ADDRESSED`."""
    held = fetch(f"SELECT ({ADDRESSED})")[0][0] if read is None else read
    made = []
    for one in held or ():
        values = {name: value for name, value in one.items() if name != "wrapped"}
        values |= {name: datetime.fromisoformat(one[name]) for name in ("made", "reached", "proven") if one[name]}
        row = SystemRow(**{**values, "id": UUID(one["id"])})
        made.append((row, None if one["wrapped"] is None else keeper.unwrap(bytes.fromhex(one["wrapped"]), secret_binding(secret_name(row)))))
    return tuple(made)


def lock_system(name: str) -> SystemRow | None:
    """One system by its name, locked until the transaction ends."""
    rows = fetch(_SYSTEM + " WHERE removed IS NULL AND name = %s FOR UPDATE", name)
    return SystemRow(*rows[0]) if rows else None


def write_system(row: SystemRow) -> None:
    """Store how a system is now."""
    run(
        "UPDATE system SET kind = %s, place = %s, stage = %s, secret = %s, reached = %s, proven = %s, title = %s, location = %s, country = %s,"
        " seats = %s WHERE id = %s",
        row.kind, row.place, row.stage, row.secret, row.reached, row.proven, row.title, row.location, row.country, row.seats, row.id,
    )  # fmt: skip


def proving(names: Sequence[str], at: datetime) -> Written:
    """What keeps that erasures in these systems were found complete."""
    return "UPDATE system SET proven = %s WHERE removed IS NULL AND name = ANY(%s)", (at, list(names))


def remove_system(id: UUID, at: datetime) -> None:
    """Let a system be gone; what was done there stays on record."""
    run("UPDATE system SET removed = %s, secret = 0 WHERE id = %s", at, id)
