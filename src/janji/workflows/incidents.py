"""Incidents: recorded by an officer, each notice of it attested against the clock of the law, and closed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from janji.errors import Conflict, Invalid, Refusal, Unknown
from janji.incidents import Gravity, owed
from janji.ledger.events import Actor, Kind, read_stamp, stamp
from janji.staff.roles import Staff
from janji.store import incidents as store
from janji.store import vault
from janji.store.database import transaction
from janji.store.incidents import IncidentRow
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.recording import Entry, record
from janji.workflows.systems import system_named

LONGEST = 1_000
"""Characters of each text about an incident."""
MOST_PEOPLE = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that is owed: the duty of the law pack, by when, and once it was given, when that was and by whom it was said here."""

    duty: str
    due: datetime
    given: datetime | None = None
    recorded: datetime | None = None
    by: str = ""

    @property
    def late(self) -> bool:
        """Whether it was given after its time."""
        return self.given is not None and self.given > self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident. `what` names nobody; `people` is how many it may concern, `None` while nobody knows; `why` it was closed with a notice not given."""

    id: UUID
    known: datetime
    recorded: datetime
    gravity: Gravity
    systems: tuple[str, ...]
    data: tuple[str, ...]
    people: int | None
    what: str
    notices: tuple[Notice, ...]
    closed: datetime | None = None
    why: str = ""

    @property
    def waiting(self) -> tuple[Notice, ...]:
        """The notices that were not given, what is due first."""
        return tuple(one for one in self.notices if one.given is None)


@dataclass(frozen=True, slots=True)
class Given:
    """What shows that a notice was given: to whom it went, and by which it is found again."""

    duty: str
    to: str = field(repr=False)
    reference: str = field(repr=False)


def record_incident(
    house: House, staff: Staff, id: UUID, known: datetime, what: str, gravity: str, systems: Collection[str] = (), data: Collection[str] = (), people: int | None = None,
) -> Incident:  # fmt: skip
    """Put an incident on record; its clocks run from when it was known. The same `id` sent again gives the one that is there.

    Raises `Invalid` for a text, an instant, a number, a system or a category that cannot be one, and `Refusal` while no policy is in force.
    """
    now, published = house.runtime.now(), house.policy_in_force
    if known > now:
        raise Invalid(say(N_("that moment is not yet")), say(N_("say when somebody here first knew of it")))
    if gravity not in list(Gravity):
        raise Invalid(say(N_("it is not said how grave it is")), say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in Gravity)))
    if people is not None and not 0 <= people <= MOST_PEOPLE:
        raise Invalid(say(N_("this is no number of people")), say(N_("estimate it, or leave it out while nobody knows")))
    for name in systems:
        system_named(name)
    for name in data:
        if name not in published.policy.data:
            raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=name, section="data"), say(N_("choose from the categories of the policy")))
    row = IncidentRow(
        id=id, known=known, recorded=now, gravity=str(gravity), systems=tuple(dict.fromkeys(systems)), data=tuple(dict.fromkeys(data)), people=people,
        what=_sealed(house, id, "what", _text(what)), notices={one.duty: {"due": stamp(one.due)} for one in owed(published.law, known)},
    )  # fmt: skip
    with transaction():
        if store.insert(row):
            counted = {} if people is None else {"people": people}
            _record(house, staff, Kind.INCIDENT_RECORDED, id, known=stamp(known), gravity=row.gravity, systems=list(row.systems), data=list(row.data), evidence=_digest(row.what), **counted)
    return incident(house, id)


def incident(house: House, id: UUID) -> Incident:
    """One incident; raises `Invalid` when there is none of this number."""
    return _incident(house, _found(id))


def incidents(house: House, *, closed: bool = False, size: int = 20, before: UUID | None = None) -> tuple[Incident, ...]:
    """A page of those that are open, or of those that are closed: what was known last first, older than `before`."""
    return tuple(_incident(house, row) for row in store.page(closed, size, before))


def open_incidents(house: House) -> tuple[Incident, ...]:
    """Every open incident, whose notice is due first first; those of which every notice was given at the end."""
    found = [_incident(house, row) for row in store.every_open()]
    return tuple(sorted(found, key=lambda one: (not one.waiting, one.waiting[0].due if one.waiting else one.known)))


def attest(house: House, staff: Staff, id: UUID, duty: str, given: datetime, to: str, reference: str) -> Incident:
    """Say that a notice was given: when, to whom, and by what it is found again. The two texts are sealed; the ledger has their digest.

    Raises `Invalid` for a moment that cannot be, and `Conflict` when it was said already, or the incident is closed.
    """
    with transaction():
        row = _open(id)
        held = row.notices.get(duty)
        if held is None:
            raise Unknown(say(N_("no such notice is owed of this incident")), say(N_("look at the incident again")))
        if "given" in held:
            raise Conflict(say(N_("it is said already that this notice was given")), say(N_("look at the incident again")))
        now = house.runtime.now()
        if not row.known <= given <= now:
            raise Invalid(say(N_("a notice is given after the incident was known, and not later than now")), say(N_("say when it was sent or handed over")))
        sealed = _sealed(house, id, duty, json.dumps([_text(to), _text(reference)]))
        said = {**held, "given": stamp(given), "recorded": stamp(now), "by": staff.id, "sealed": base64.b64encode(sealed).decode()}
        store.write(replace(row, notices={**row.notices, duty: said}))
        _record(house, staff, Kind.INCIDENT_TOLD, id, duty=duty, given=stamp(given), due=str(held["due"]), evidence=_digest(sealed))
    return incident(house, id)


def evidence(house: House, id: UUID) -> tuple[Given, ...]:
    """What shows that each notice was given, opened; whoever shows it records the look (`staff.record_look`) before."""
    found = []
    for duty, held in sorted(_found(id).notices.items()):
        opened = vault.unseal_steadily(_key(house), base64.b64decode(held["sealed"]), _binding(id, duty)) if "sealed" in held else None
        if opened is not None:
            found.append(Given(duty, *json.loads(opened)))
    return tuple(found)


def close(house: House, staff: Staff, id: UUID, why: str = "") -> Incident:
    """Let an incident be over. Raises `Refusal` when a notice was not given and it is not said `why`, and `Conflict` when it is closed."""
    with transaction():
        row = _open(id)
        missing = [duty for duty, held in row.notices.items() if "given" not in held]
        if missing and not why.strip():
            raise Refusal(say(N_("a notice that the law wants was not given")), say(N_("say first that it was given, or why it need not be")))
        sealed = _sealed(house, id, "why", _text(why)) if missing else b""
        store.write(replace(row, closed=house.runtime.now(), why=sealed))
        _record(house, staff, Kind.INCIDENT_CLOSED, id, **({"not_given": sorted(missing), "evidence": _digest(sealed)} if missing else {}))
    return incident(house, id)


def _found(id: UUID, *, locked: bool = False) -> IncidentRow:
    row = store.incident(id, locked=locked)
    if row is None:
        raise Unknown(say(N_("there is no such incident")), say(N_("look at the list of incidents")))
    return row


def _open(id: UUID) -> IncidentRow:
    row = _found(id, locked=True)
    if row.closed is not None:
        raise Conflict(say(N_("this incident is closed")), say(N_("what comes to light later is an incident of its own")))
    return row


def _record(house: House, staff: Staff, kind: Kind, id: UUID, **details: Any) -> None:
    record(house, [Entry(kind=kind, actor=Actor.STAFF, details={"incident": str(id), "staff": staff.id, **details})])


def _incident(house: House, row: IncidentRow) -> Incident:
    notices = [
        Notice(duty, read_stamp(held["due"]), read_stamp(held["given"]) if "given" in held else None, read_stamp(held["recorded"]) if "recorded" in held else None, str(held.get("by", "")))
        for duty, held in row.notices.items()
    ]
    return Incident(
        id=row.id, known=row.known, recorded=row.recorded, gravity=Gravity(row.gravity), systems=row.systems, data=row.data, people=row.people, what=_opened(house, row.id, "what", row.what),
        notices=tuple(sorted(notices, key=lambda one: (one.due, one.duty))), closed=row.closed, why=_opened(house, row.id, "why", row.why),
    )  # fmt: skip


def _text(text: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LONGEST:
        raise Invalid(say(N_("something is to be written here")), say(N_("write at most {count} characters"), count=LONGEST))
    return said


def _digest(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def _opened(house: House, id: UUID, part: str, sealed: bytes) -> str:
    return (vault.unseal_steadily(_key(house), sealed, _binding(id, part)) or b"").decode() if sealed else ""


def _sealed(house: House, id: UUID, part: str, text: str) -> bytes:
    return vault.seal_steadily(_key(house), text.encode(), _binding(id, part))


def _binding(id: UUID, part: str) -> bytes:
    return id.bytes + part.encode()


def _key(house: House) -> bytes:
    return vault.derived_key(house.secrets.suppression, "incident")
