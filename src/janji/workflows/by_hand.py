"""Data that end by hand: whoever looks after a system that no sweep reaches attests up to which day what was over there has ended."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor, Event, Kind, decode, stamp
from janji.staff.roles import Staff
from janji.store import by_hand as store
from janji.store import systems as stored
from janji.store import vault
from janji.store.by_hand import AttestedRow
from janji.store.database import transaction
from janji.terms.messages import N_, say
from janji.terms.words import SHOWN_IN, on_day
from janji.workflows.house import House
from janji.workflows.recording import Entry, record
from janji.workflows.systems import System, system_named, systems

COUNTS = timedelta(days=30)
"""How far an attestation may lie behind: a cabinet is gone through once a month, where a sweep runs every night."""
LONGEST = 500
"""Characters of the reference to evidence."""
MOST = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Attested:
    """What was attested: all that was over on `until` has ended. `ended` is how many records, if somebody said; `by` the account that said it, empty at the command line."""

    event: UUID
    until: date
    at: datetime
    ended: int | None = None
    by: str = ""
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class ByHand:
    """A system that no sweep reaches, with what was attested of it last; `counts` while that does not lie too far behind."""

    system: System
    attested: Attested | None = None
    counts: bool = False


def by_hand(house: House, only: Container[str] | None = None) -> tuple[ByHand, ...]:
    """Every system that no sweep reaches, or those of them that are named, by name."""
    today = _today(house)
    listed = [one for one in systems() if not one.swept and (only is None or one.name in only)]
    found = _newest(listed)
    return tuple(ByHand(one, held := found.get(one.name), held is not None and today - held.until <= COUNTS) for one in listed)


def one_by_hand(house: House, system: str) -> ByHand:
    """A system that no sweep reaches; raises `Invalid` where there is none of this name, `Refusal` where a sweep reaches it."""
    if system_named(system).swept:
        raise Refusal(say(N_("a sweep reaches `{system}` and shows by itself what has ended there: nobody attests it"), system=system),
                      say(N_("`janji sweep --dry-run` counts what is over")))  # fmt: skip
    return by_hand(house, {system})[0]


def attest(house: House, system: str, until: date, *, ended: int | None = None, evidence: str = "", staff: Staff | None = None) -> ByHand:
    """Say that in a system everything that was over by the schedule on a day has ended, save what is held; recorded. Said twice it is recorded once.

    `evidence` says where the proof of it is, and is sealed; the ledger has its digest. Raises `Invalid` for a system that is not there, and for a
    day, a number or a text that cannot be one; `Refusal` for a system that a sweep reaches, and while no policy is in force.
    """
    version, said = house.policy_in_force.number, " ".join(evidence.split())
    if len(said) > LONGEST:
        raise Invalid(say(N_("a reference has at most {count} characters"), count=LONGEST), say(N_("say where the papers are, and keep them there")))
    if ended is not None and not 0 <= ended <= MOST:
        raise Invalid(say(N_("this is no number of records")), say(N_("give a whole number, or leave it out")))
    with transaction():
        stored.lock_system(system)  # whoever attests the same system waits here
        known = one_by_hand(house, system)
        before = known.attested
        _checked(house, system, until, before)
        if before is None or (before.until, before.ended) != (until, ended) or reference(house, system) != said:
            id = house.runtime.new_id()
            sealed = vault.seal_steadily(_key(house), said.encode(), id.bytes) if said else b""
            details = {
                "system": system, "day": until.isoformat(), "policy_version": version, **({} if ended is None else {"records": ended}), **({} if staff is None else {"staff": staff.id}),
                **({"evidence": _digest(sealed)} if sealed else {}),
            }  # fmt: skip
            record(house, [Entry(kind=Kind.ENDS_ATTESTED, actor=Actor.STAFF, details=details, id=id)])
            store.insert(AttestedRow(id, known.system.id, sealed))
    return one_by_hand(house, system)


def reference(house: House, system: str) -> str:
    """Where the evidence of the newest attestation of a system is, opened; empty where nobody said. Whoever shows it records the look (`staff.record_look`) before."""
    for row, _ in store.newest([system_named(system).id]):
        return (vault.unseal_steadily(_key(house), row.reference, row.event.bytes) or b"").decode() if row.reference else ""
    return ""


def by_hand_json(one: ByHand) -> dict[str, Any]:
    """A system with its attestation as JSON; what is absent is left out."""
    held: dict[str, Any] = {"system": one.system.name, "counts": one.counts}
    if one.attested is not None:
        said = one.attested
        held |= {"until": said.until.isoformat(), "at": stamp(said.at), "event": str(said.event), "evidence": said.evidence, **({} if said.ended is None else {"ended": said.ended})}
    return held


def _checked(house: House, system: str, until: date, before: Attested | None) -> None:
    today = _today(house)
    if until > today:
        raise Invalid(say(N_("that day is still to come")), say(N_("attest what has ended up to {day} at the latest"), day=on_day(today)))
    if before is not None and until < before.until:
        raise Invalid(say(N_("`{system}` is attested up to {day} already"), system=system, day=on_day(before.until)), say(N_("give that day or a later one")))


def _newest(listed: Iterable[System]) -> dict[str, Attested]:
    """What was attested last of each of these systems, as the ledger has it; what no event says was not attested."""
    called = {one.id: one.name for one in listed}
    found = {}
    for row, body in store.newest(list(called)):
        event, name = None if body is None else decode(body), called[row.system]
        if event is not None and _says(event, row, name):
            held = event.details
            found[name] = Attested(row.event, date.fromisoformat(held["day"]), event.at, held.get("records"), str(held.get("staff", "")), bool(row.reference))
    return found


def _says(event: Event, row: AttestedRow, system: str) -> bool:
    """Whether an event says what its row is there for."""
    sealed = _digest(row.reference) if row.reference else None
    return event.kind is Kind.ENDS_ATTESTED and event.details.get("system") == system and event.details.get("evidence") == sealed


def _today(house: House) -> date:
    """The day by which people here write days."""
    return house.runtime.now().astimezone(SHOWN_IN).date()


def _digest(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def _key(house: House) -> bytes:
    return vault.derived_key(house.secrets.suppression, "attested end")
