"""What was attested of systems that no sweep reaches, as stored: the event that says it, and sealed beside it where the evidence is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from janji.store.database import fetch, run


@dataclass(frozen=True, slots=True)
class AttestedRow:
    """One attestation: the event that holds what was said, the id of the system, and sealed where the evidence is (empty where nobody said)."""

    event: UUID
    system: UUID
    reference: bytes = field(repr=False)


def insert(row: AttestedRow) -> None:
    """Store a new attestation as the newest of its system, which the caller has locked."""
    run(
        "INSERT INTO attested_end (event, system, number, reference) SELECT %s, %s, coalesce(max(number), 0) + 1, %s FROM attested_end WHERE system = %s",
        row.event, row.system, row.reference, row.system,
    )  # fmt: skip


def newest(systems: Sequence[UUID]) -> tuple[tuple[AttestedRow, bytes | None], ...]:
    """The newest attestation of each of these systems, with the bytes of its event; `None` where the record has no such event."""
    rows = fetch(
        "SELECT n.event, s.id, n.reference, e.body FROM unnest(%s::uuid[]) AS s (id)"
        " CROSS JOIN LATERAL (SELECT event, reference FROM attested_end WHERE system = s.id ORDER BY number DESC LIMIT 1) AS n"
        " LEFT JOIN event e ON e.id = n.event",
        list(systems),
    )
    return tuple((AttestedRow(event, system, bytes(reference)), None if body is None else bytes(body)) for event, system, reference, body in rows)
