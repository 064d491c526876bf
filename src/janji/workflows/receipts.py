"""Consent records and receipts of a person, each under the policy that was in force and with its proof in the ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from janji.consent.receipts import STATES, Inclusion, receipt, record
from janji.decision.compiler import CompiledPolicy
from janji.errors import Conflict, Invalid
from janji.ledger.checkpoint import open_note
from janji.ledger.events import Event
from janji.store import policies
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.in_force import read_published
from janji.workflows.ledger import prove_now
from janji.workflows.recording import history_of


def inclusion_of(house: House, event: UUID) -> Inclusion | None:
    """Where the ledger holds an event, by its signed head; `None` while another sequencer is about to number it."""
    try:
        found = prove_now(house, event)
    except Conflict:
        return None
    return Inclusion(position=found.position, size=open_note(found.note, found.verifier).size, path=found.path,
                     checkpoint=found.note)  # fmt: skip


def event_named(text: str | None) -> UUID | None:
    """The id of an event as people write it; `None` for none. Raises `Invalid` for what is no id."""
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise Invalid(say(N_("the value of `{option}` is not understood"), option="--event"),
                      say(N_("`janji consent show` prints the id of each choice"))) from None  # fmt: skip


def records_of(house: House, subject: UUID) -> tuple[dict[str, Any], ...]:
    """Every consent record of a person, oldest first (ISO/IEC TS 27560)."""
    known: dict[str, CompiledPolicy] = {}
    return tuple(
        record(_policy(house, event, known), event, inclusion_of(house, UUID(event.id)))
        for event in history_of(house, subject)
        if _has_record(_policy(house, event, known), event)
    )


def receipt_of(house: House, subject: UUID, event: UUID | None = None) -> dict[str, Any]:
    """A receipt for one choice, or for the last one. Raises `Invalid` when there is no such choice."""
    known: dict[str, CompiledPolicy] = {}
    chosen = [
        item for item in history_of(house, subject)
        if event in (None, UUID(item.id)) and _has_record(_policy(house, item, known), item)
    ]  # fmt: skip
    if not chosen:
        raise Invalid(say(N_("the person has no such choice on record")), say(N_("`janji consent show` lists what is there")))
    last = chosen[-1]
    inclusion = inclusion_of(house, UUID(last.id))
    runtime = house.runtime
    number = UUID(bytes=runtime.random(16), version=4)
    return receipt(_policy(house, last, known), [(last, inclusion)], str(number), runtime.now())


def _has_record(compiled: CompiledPolicy, event: Event) -> bool:
    return event.kind in STATES and event.details.get("purpose") in compiled.policy.purposes


def _policy(house: House, event: Event, known: dict[str, CompiledPolicy]) -> CompiledPolicy:
    """The policy that was in force when the event was recorded; the present one for what came before any."""
    present = house.policy_in_force
    if event.policy in (None, present.digest):
        return present.compiled
    digest = event.policy or ""
    if digest not in known:
        row = policies.by_digest(digest)
        known[digest] = present.compiled if row is None else read_published(row).compiled
    return known[digest]
