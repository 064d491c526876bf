"""Processors as stored: by which certificate each signs, and how far each request is, with the signed words that say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janji.store.database import fetch, run

FINAL = ("completed", "cancelled")
"""The states of a request that are for good."""


@dataclass(frozen=True, slots=True)
class ProcessorRow:
    """Who signs for a domain: the certificate in PEM, our number there, and the address that is called back."""

    system: str
    domain: str
    certificate: str
    controller: str
    callback: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request to a processor. `body` and `signature` are what it signed last; neither says who the person is."""

    id: UUID
    system: str
    state: str
    changed: datetime
    body: bytes = b""
    signature: str = ""


def put_processor(row: ProcessorRow) -> None:
    """Store who signs for a system, in place of who did before."""
    run(
        "INSERT INTO processor (system, domain, certificate, controller, callback) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (system) DO UPDATE"
        " SET domain = excluded.domain, certificate = excluded.certificate, controller = excluded.controller, callback = excluded.callback",
        row.system, row.domain, row.certificate, row.controller, row.callback,
    )  # fmt: skip


def processors(domain: str) -> tuple[ProcessorRow, ...]:
    """Those who sign for a domain."""
    rows = fetch("SELECT system, domain, certificate, controller, callback FROM processor WHERE domain = %s ORDER BY system", domain)
    return tuple(ProcessorRow(*row) for row in rows)


def request(id: UUID) -> RequestRow | None:
    """One request."""
    rows = fetch("SELECT id, system, state, changed, body, signature FROM processor_request WHERE id = %s", id)
    return RequestRow(rows[0][0], rows[0][1], rows[0][2], rows[0][3], bytes(rows[0][4]), rows[0][5]) if rows else None


def put_request(row: RequestRow) -> bool:
    """Store how far a request is: whether that was news. What is for good stays, whatever comes later."""
    return bool(fetch(
        "INSERT INTO processor_request (id, system, state, changed, body, signature) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE"
        " SET state = excluded.state, changed = excluded.changed, body = excluded.body, signature = excluded.signature"
        " WHERE processor_request.system = excluded.system AND processor_request.state <> ALL(%s) AND processor_request.state <> excluded.state"
        " RETURNING 1",
        row.id, row.system, row.state, row.changed, row.body, row.signature, list(FINAL),
    ))  # fmt: skip
