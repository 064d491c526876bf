"""What an application reads of a person: pages of choices and of the track record, standing, receipts, proofs, within its purposes."""

from __future__ import annotations

import base64
import binascii
import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

import orjson

from janji.consent.receipts import STATES
from janji.decision.history import EFFECTIVE, standing_at
from janji.decision.standing import Standing
from janji.errors import Invalid
from janji.ledger.events import Event, Kind, decode
from janji.ledger.proofs import Proof
from janji.store import people, reading, records, tracks, vault
from janji.store.people import ACTIVE, FORGOTTEN
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.ledger import prove_now
from janji.workflows.people import current
from janji.workflows.receipts import receipt_of
from janji.workflows.tracks import Track, runs_with

MOST = 200
"""Lines of a page, at most."""
LONGEST = 4096
"""No cursor is longer, in characters."""
CHOICES = tuple(
    str(kind) for kind in Kind
    if str(kind).startswith(("consent.", "objection.", "restriction.", "delay.", "authorisation.", "agreement.", "transfer-consent.", "legacy."))
)  # fmt: skip
"""Kinds of events that are something a person said, or that stands for one."""
_EFFECTIVE = sorted(map(str, EFFECTIVE))

Purposes = Collection[str] | None
"""The purposes that whoever reads is confined to; `None` for all of them."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, the newest first; `next` is the cursor of those behind them, `None` at the end."""

    items: tuple[Track, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a page ended: for each of a person's pseudonyms the version, and the run, below which the next one begins."""

    versions: dict[bytes, int]
    run: UUID


def person_within(house: House, subject: UUID, purposes: Purposes = None) -> UUID | None:
    """Who somebody is now; `None` for who is not on record, was forgotten, or has nothing to do with the purposes.

    Which of the three it was is not told: a reader that is confined learns nothing about other people.
    """
    if not people.subjects([subject]):
        return None
    found = current(subject)
    if people.subjects([found])[found].state != ACTIVE:
        return None
    return found if purposes is None or reading.concerned(_family(house, found), sorted(purposes)) else None


def choices_page(house: House, subject: UUID, cursor: str | None, limit: int, purposes: Purposes = None) -> Page:
    """What a person said, those merged into them too; raises `Invalid` for a cursor that is none of this person's."""
    return _page(house, subject, cursor, limit, purposes, CHOICES)


def track_page(house: House, subject: UUID, cursor: str | None, limit: int, purposes: Purposes = None) -> Page:
    """A page of the track record (UU 27/2022 Art 32), runs among them. Raises as `choices_page`."""
    return _page(house, subject, cursor, limit, purposes, None)


def standing_within(house: House, subject: UUID, purposes: Purposes = None) -> Standing:
    """What a person's history adds up to now; confined, what is about the purposes, and what stops all processing."""
    own = vault.pseudonym(house.secrets.pseudonym, subject)
    events = [decode(line.body) for line in tracks.effects_of(own, _EFFECTIVE)]
    found = standing_at(events, house.runtime.now(), house.policy_in_force.layout)
    return found if purposes is None else _confined(found, frozenset(map(str, purposes)))


def receipt_within(house: House, event: UUID, purposes: Purposes = None) -> dict[str, Any] | None:
    """The receipt of one choice; `None` when there is none, or it is not about the purposes."""
    found = _event(event, purposes)
    if found is None or found[0].kind not in STATES or found[1] is None:
        return None
    try:
        return receipt_of(house, found[1], event)
    except Invalid:  # a purpose that no policy of that time knew has no record
        return None


def proof_within(house: House, event: UUID, purposes: Purposes = None) -> Proof | None:
    """The proof of one event (RFC 9162); `None` when there is none, or it is not about the purposes."""
    return None if _event(event, purposes) is None else prove_now(house, event)


def _event(id: UUID, purposes: Purposes) -> tuple[Event, UUID | None] | None:
    """An event and the person it is about, unless they were forgotten or it is not about the purposes."""
    row = records.event(id)
    if row is None:
        return None
    event = decode(row.body)
    if purposes is not None and event.details.get("purpose") not in purposes:
        return None
    if row.subject is None:
        return event, None
    person = people.by_pseudonym(row.subject)
    return None if person is None or person.state == FORGOTTEN else (event, person.id)


def _family(house: House, subject: UUID) -> list[bytes]:
    return [vault.pseudonym(house.secrets.pseudonym, member) for member in people.family(subject)]


# Pages.


def _page(house: House, subject: UUID, cursor: str | None, limit: int, purposes: Purposes, kinds: tuple[str, ...] | None) -> Page:
    """Lines from all of a person's histories, merged by their instants; each history goes on where the page before ended.

    What is recorded meanwhile has higher versions and ids than where the first page began, and is in no later page.
    """
    binding = b"choices" if kinds is not None else b"track"
    family = _family(house, subject)
    mark = _begin(family) if cursor is None else _read(house, subject, binding, cursor)
    wanted = None if purposes is None else sorted(map(str, purposes))
    streams = [_history(pseudonym, mark.versions.get(pseudonym, 0), limit + 1, kinds, wanted) for pseudonym in family]
    if kinds is None:
        streams.append(_runs(house, family, mark.run, purposes))
    merged = heapq.merge(*streams, key=lambda found: found[0].event.at, reverse=True)
    taken = list(islice(merged, limit))
    if next(merged, None) is None:
        return Page(tuple(line for line, _, _ in taken), None)
    versions, run = dict(mark.versions), mark.run
    for line, pseudonym, version in taken:
        if pseudonym is None:
            run = UUID(line.event.id)
        else:
            versions[pseudonym] = version
    return Page(tuple(line for line, _, _ in taken), _write(house, subject, binding, _Mark(versions, run)))


def _history(
    pseudonym: bytes, version: int, size: int, kinds: tuple[str, ...] | None, purposes: list[str] | None
) -> Iterator[tuple[Track, bytes | None, int]]:
    for row in reading.below(pseudonym, version, size, kinds, purposes):
        yield Track(decode(row.body), row.position), pseudonym, row.version


def _runs(house: House, family: list[bytes], below: UUID, purposes: Purposes) -> Iterator[tuple[Track, bytes | None, int]]:
    for line in runs_with(house, family, below):
        if purposes is None or line.event.details.get("purpose") in purposes:
            yield line, None, 0


def _begin(family: list[bytes]) -> _Mark:
    """Where the first page begins: behind the newest there is now."""
    newest = next(tracks.about_nobody(Kind.RUN_EXECUTED, 1), None)
    run = UUID(int=0) if newest is None else UUID(int=UUID(decode(newest.body).id).int + 1)
    return _Mark({pseudonym: version + 1 for pseudonym, version in reading.heads(family).items()}, run)


# Cursors.


def _key(house: House) -> bytes:
    return vault.derived_key(house.secrets.pseudonym, "cursor 1")


def _write(house: House, subject: UUID, binding: bytes, mark: _Mark) -> str:
    """A cursor: sealed, for pseudonyms are in it; it opens for the same person and the same address alone."""
    held = [mark.run.hex, [[pseudonym.hex(), version] for pseudonym, version in sorted(mark.versions.items())]]
    sealed = vault.seal_steadily(_key(house), orjson.dumps(held), binding + subject.bytes)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _read(house: House, subject: UUID, binding: bytes, cursor: str) -> _Mark:
    value = None
    if len(cursor) <= LONGEST and cursor.isascii():
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            value = vault.unseal_steadily(_key(house), sealed, binding + subject.bytes)
        except (binascii.Error, ValueError):
            value = None
    if value is None:
        raise Invalid(say(N_("the cursor is none that was given for this")), say(N_("give the one in `next`, as it is, or none to begin again")))
    run, versions = orjson.loads(value)
    return _Mark({bytes.fromhex(pseudonym): version for pseudonym, version in versions}, UUID(run))


# What a confined reader sees of a standing.


def _confined(found: Standing, purposes: frozenset[str]) -> Standing:
    """The parts of a standing that name one of these purposes, and those that stop every purpose."""

    def some(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in purposes)

    return replace(
        Standing(quarantined=found.quarantined, restricted=found.restricted, delayed=found.delayed),
        restricted_purposes=some(found.restricted_purposes), delayed_purposes=some(found.delayed_purposes),
        consents=tuple(choice for choice in found.consents if choice.purpose in purposes), objections=some(found.objections),
        automated_objections=some(found.automated_objections),
    )  # fmt: skip
