"""Consent records and receipts of a person, each under the policy that was in force and with its proof in the ledger."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from janji.consent.receipts import STATES, Inclusion, receipt, record
from janji.consent.shown import shown_text
from janji.decision.compiler import CompiledPolicy
from janji.errors import Conflict, Invalid
from janji.law.model import LawPack
from janji.ledger.checkpoint import open_note
from janji.ledger.events import Event
from janji.store import policies, vault
from janji.terms.canonical import digest
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.in_force import read_published
from janji.workflows.ledger import prove_now
from janji.workflows.recording import family_history


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
    """Every consent record of a person, merged ones among them, oldest first (ISO/IEC TS 27560)."""
    known: dict[str, CompiledPolicy] = {}
    return tuple(
        record(_policy(house, event, known), event, inclusion_of(house, UUID(event.id)))
        for event in family_history(house, subject)
        if _has_record(_policy(house, event, known), event)
    )


def receipt_of(house: House, subject: UUID, event: UUID | None = None) -> dict[str, Any]:
    """A receipt for one choice, or for the last one. Raises `Invalid` when there is no such choice."""
    known: dict[str, CompiledPolicy] = {}
    chosen = [
        item for item in family_history(house, subject)
        if event in (None, UUID(item.id)) and _has_record(_policy(house, item, known), item)
    ]  # fmt: skip
    if not chosen:
        raise Invalid(say(N_("the person has no such choice on record")), say(N_("`janji consent show` lists what is there")))
    return _receipt(house, chosen[-1], known)


def receipt_for(house: House, event: Event) -> dict[str, Any]:
    """The receipt of one choice, by its event; raises `Invalid` for an event of something else."""
    known: dict[str, CompiledPolicy] = {}
    if not _has_record(_policy(house, event, known), event):
        raise Invalid(say(N_("this event is no choice that has a receipt")), say(N_("choose one of the list")))
    return _receipt(house, event, known)


def _receipt(house: House, event: Event, known: dict[str, CompiledPolicy]) -> dict[str, Any]:
    id = UUID(event.id)
    return receipt(_policy(house, event, known), [(event, inclusion_of(house, id))], str(receipt_number(house, id)), house.runtime.now())


_HALF = (1 << 61) - 1


def receipt_number(house: House, event: UUID) -> UUID:
    """The number of the receipts of a choice: it tells nothing to others, and leads this house back to the event."""
    left, right = _halves(event)
    for turn in range(4):
        left, right = right, left ^ _mixed(house, turn, right)
    return _joined(event, left, right)


def event_of_receipt(house: House, number: UUID) -> UUID:
    """The event whose receipts have this number, if it is one of ours; of any other number an id that no event has."""
    left, right = _halves(number)
    for turn in reversed(range(4)):
        left, right = right ^ _mixed(house, turn, left), left
    return _joined(number, left, right)


def _halves(id: UUID) -> tuple[int, int]:
    """The 122 bits of an id that are not its version and variant (RFC 9562), as two halves."""
    bits = ((id.int >> 80) << 74) | (((id.int >> 64) & 0xFFF) << 62) | (id.int & ((1 << 62) - 1))
    return bits >> 61, bits & _HALF


def _joined(like: UUID, left: int, right: int) -> UUID:
    """The id of these halves, with the version and variant of another."""
    bits = (left << 61) | right
    return UUID(int=((bits >> 74) << 80) | (like.int & (0xF << 76)) | (((bits >> 62) & 0xFFF) << 64) | (like.int & (3 << 62)) | (bits & ((1 << 62) - 1)))


def _mixed(house: House, turn: int, half: int) -> int:
    """One round of a Feistel network: half a number as 61 bits that nobody else can know."""
    key = vault.derived_key(house.secrets.index, "receipt number 1")
    return int.from_bytes(hmac.digest(key, bytes([turn]) + half.to_bytes(8, "big"), "sha256")[:8], "big") & _HALF


@dataclass(frozen=True, slots=True)
class TextShown:
    """What a person was shown before they chose, as its version of the policy has it; `exact` when its digest is the one on record."""

    text: Mapping[str, Any]
    digest: str
    exact: bool
    law: LawPack


def text_shown(house: House, event: Event) -> TextShown | None:
    """The text of the notice under which a choice was made, in its language; `None` where none was shown, or none is known."""
    details = event.details
    wanted = str(details.get("notice_digest", ""))
    if not wanted:
        return None
    compiled = _policy(house, event, {})
    found = _text(compiled, details)
    if found is None or digest(found) != wanted:
        for row in policies.versions():
            other = read_published(row).compiled
            text = _text(other, details)
            if text is not None and digest(text) == wanted:
                return TextShown(text, wanted, True, other.law)
    return None if found is None else TextShown(found, wanted, digest(found) == wanted, compiled.law)


def _text(compiled: CompiledPolicy, details: Mapping[str, Any]) -> dict[str, Any] | None:
    notice = compiled.policy.notices.get(str(details.get("notice")))
    if notice is None or notice.version != details.get("notice_version"):
        return None
    return shown_text(compiled.policy, notice, str(details.get("language", "")))


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
