"""Legal holds: what must stay because of a proceeding, set on a person or a system, seen in every plan, lifted by a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor, Kind, stamp
from janji.people.identifiers import PREFIX
from janji.store import holds as store
from janji.store import vault
from janji.store.database import transaction
from janji.store.holds import HoldRow
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.people import current, lock_active
from janji.workflows.recording import Entry, record
from janji.workflows.systems import system_named

LONGEST_REFERENCE = 500


class Ground(StrEnum):
    """Why something is held."""

    LITIGATION = "litigation"
    INVESTIGATION = "investigation"
    AUDIT = "audit"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that stands. `reference` is the file of the proceeding, which may tell of people."""

    id: UUID
    subject: UUID | None
    system: str
    ground: Ground
    set_at: datetime
    until: datetime | None = None
    reference: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held among some people: who of them, and which systems."""

    people: frozenset[UUID]
    systems: frozenset[str]
    holds: tuple[Hold, ...] = ()


def set_hold(
    house: House, ground: Ground, *, subject: UUID | None = None, system: str = "", reference: str = "", within: timedelta | None = None,
    actor: Actor = Actor.STAFF,
) -> Hold:  # fmt: skip
    """Hold a person or a system; recorded. `within` is when somebody must look again: a hold never ends by itself.

    Raises `Invalid` unless one of the two is named, and for a reference that is too long.
    """
    if (subject is None) == (not system):
        raise Invalid(say(N_("a hold is of a person or of a system")), say(N_("give `--subject` or `--system`")))
    if len(reference) > LONGEST_REFERENCE:
        raise Invalid(say(N_("a reference has at most {count} characters"), count=LONGEST_REFERENCE), say(N_("name the file, and keep its papers there")))
    if system:
        system_named(system)
    id, now = house.runtime.new_id(), house.runtime.now()
    subject = None if subject is None else current(subject)
    row = HoldRow(id, subject, system, str(ground), _sealed(house, id, reference), now, None if within is None else now + within)
    with transaction():
        if subject is not None:
            lock_active([subject])
        record(house, [Entry(kind=Kind.HOLD_SET, actor=actor, subject=subject, details=_details(row))])
        store.insert_hold(row)
    return _hold(house, row)


def lift(house: House, id: UUID, actor: Actor = Actor.STAFF) -> None:
    """Let a hold be over; recorded. Its reference is not kept. Raises `Invalid` when no such hold stands."""
    with transaction():
        row = store.lock_hold(id)
        if row is None or row.lifted is not None:
            raise Invalid(say(N_("no hold `{id}` stands"), id=id), say(N_("`janji hold list` shows those that do")))
        subject = None if row.subject is None else current(row.subject)
        if subject is not None:
            lock_active([subject])
        record(house, [Entry(kind=Kind.HOLD_LIFTED, actor=actor, subject=subject, details=_details(row))])
        store.lift_hold(id, house.runtime.now())


def holds(house: House) -> tuple[Hold, ...]:
    """Every hold that stands, the oldest first."""
    return tuple(_hold(house, row) for row in store.standing_holds())


def held(house: House, subjects: Iterable[UUID]) -> Held:
    """Which of these people are held (or were merged with somebody who is), and which systems; by one statement."""
    rows = store.holds_of(subjects)
    return Held(
        frozenset(row.subject for row in rows if row.subject is not None), frozenset(row.system for row in rows if row.system),
        tuple(_hold(house, row) for row in rows),
    )  # fmt: skip


def refuse_held(house: House, subjects: Iterable[UUID]) -> None:
    """Raise `Refusal` when one of these people is held: nothing of theirs may go."""
    if held(house, subjects).people:
        raise Refusal(
            say(N_("this person is held because of a legal proceeding")),
            say(N_("`janji hold list` shows the hold; what is asked for is possible again once it is lifted")),
        )


def hold_json(one: Hold) -> dict[str, Any]:
    """A hold as JSON; what is absent is left out."""
    named: dict[str, Any] = {
        "id": str(one.id), "subject": f"{PREFIX}{one.subject}" if one.subject else "", "system": one.system, "ground": str(one.ground),
        "reference": one.reference, "set": stamp(one.set_at), "until": stamp(one.until) if one.until else "",
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}


def _details(row: HoldRow) -> dict[str, Any]:
    found = {"hold": str(row.id), "ground": row.ground, "system": row.system, "until": stamp(row.until) if row.until else ""}
    return {key: value for key, value in found.items() if value}


def _hold(house: House, row: HoldRow) -> Hold:
    opened = vault.unseal_steadily(_key(house), row.reference, row.id.bytes) if row.reference else b""
    return Hold(row.id, row.subject, row.system, Ground(row.ground), row.set_at, row.until, (opened or b"").decode())


def _sealed(house: House, id: UUID, reference: str) -> bytes:
    return vault.seal_steadily(_key(house), reference.encode(), id.bytes) if reference else b""


def _key(house: House) -> bytes:
    return vault.derived_key(house.secrets.suppression, "hold")
