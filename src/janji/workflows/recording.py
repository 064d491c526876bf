"""Events recorded: sealed, named by pseudonym, numbered for the person, and added to the standing, all in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

import orjson

from janji.decision.history import EFFECTIVE, Step, pack_row, run_out, step
from janji.errors import Conflict, Corrupt, Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Event, Frame, Kind, decode, leaf_hash
from janji.store import people, records, standings, vault
from janji.store.database import Written, in_transaction, transaction
from janji.store.records import Beside, EventRow, Known
from janji.store.standings import StandingRow
from janji.terms.messages import N_, say
from janji.workflows.house import House

AFTERWARDS = frozenset({Kind.PERSON_FORGOTTEN, Kind.KEY_DESTROYED, Kind.PERSON_REVIVED, Kind.CONSUMER_TOLD, Kind.SYSTEM_ATTESTED, Kind.WORKLIST_READ})
"""What may still be recorded of somebody who was merged or forgotten."""

EVIDENCE = "evidence"
MOST_EVIDENCE = 1 << 20
"""Bytes of evidence that one event may have; of a longer document the digest is evidence, and the document stays where it is."""

_DRAWN = 250
"""How many ids and nonces a batch draws at once, at most."""

_FRAMES = 256
"""How many different things that events say a batch keeps encoded, at most."""

_SENT = 100
"""How many events a batch sends at once; the server takes them in while it makes the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be recorded. `evidence` may be personal and is sealed; `details` must not be.

    With an `id` that the caller chose, recording it again records nothing and gives what was recorded before. `at` is
    the instant of recording unless an import knows an earlier one.
    """

    kind: Kind
    actor: Actor
    subject: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] | None = None
    at: datetime | None = None
    id: UUID | None = None


class Recorded(NamedTuple):
    """What was recorded: `digest` is the event's leaf hash in 64 hexadecimal digits, the number a proof is about."""

    id: UUID
    subject: UUID | None
    version: int | None
    digest: str


def record(house: House, entries: Sequence[Entry]) -> tuple[Recorded, ...]:
    """Record many events in one transaction (or in the one that is open), in their order; all of them or none.

    Raises `Invalid` for details that cannot be recorded or a person who is not known, `Refusal` for a choice while no
    policy is published, and `Conflict` for an `id` that belongs to another event.
    """
    if not entries:
        return ()
    subjects = (entry.subject for entry in entries if entry.subject is not None)
    ids = (entry.id for entry in entries if entry.id is not None)
    with transaction(), Batch(house, subjects, ids) as batch:
        return tuple(map(batch.take, entries))


def record_one(house: House, entry: Entry) -> Recorded:
    """Record one event: one select, then one statement that does nothing if somebody was faster; then under lock.

    Raises as `record` does.
    """
    if entry.id is not None or in_transaction():
        return record(house, [entry])[0]
    if entry.subject is None:
        alone = _event(house, entry, house.runtime.new_id(), house.runtime.now(), None, b"")
        records.insert_alone(alone)
        return Recorded(alone.id, None, None, alone.leaf.hex())
    known = records.known(entry.subject)
    done = None if known is None else record_unmoved(house, entry, known, house.runtime.now())
    return record(house, [entry])[0] if done is None else done


def record_unmoved(
    house: House, entry: Entry, known: Known, now: datetime, beside: Callable[[Recorded], Beside] | None = None
) -> Recorded | None:
    """Record one event about somebody as they were read, outside a transaction; `None` when nothing was recorded.

    That is when they moved since, are not active, or the row must be worked out anew: what was judged by `known` is then
    judged again, under lock. `beside` tells, of what is about to be recorded, what is done with it or not at all.
    """
    effect = _effect(house, entry)
    if entry.subject is None or entry.id is not None or known.state != "active" or known.version is None or effect is None:
        return None
    person = Person(entry.subject, known)
    person.version = known.version
    row = _event(house, entry, house.runtime.new_id(now), now, person, house.runtime.random(vault.NONCE_BYTES))
    done = Recorded(row.id, entry.subject, row.version, row.leaf.hex())
    written = records.insert_one(row, known.version, effect, *_layout(house), None if beside is None else beside(done))
    return None if written is None else done


def record_upon(house: House, entry: Entry, known: Known, beside: Beside | None = None) -> tuple[Recorded, int] | None:
    """Record an event upon the very version that was read and decided on, and do `beside` with it, all of it or nothing.

    Gives what was recorded and how many rows `beside` touched; `None` when the person's standing moved since `known` was
    read (with facts, in one statement): read and decide again. For kinds that change no standing, outside a transaction.
    """
    if entry.subject is None or entry.kind in EFFECTIVE or known.version is None or known.state != "active":
        raise ValueError("an event upon a version is about an active person, and changes no standing")
    person = Person(entry.subject, known)
    person.version = known.version
    now = house.runtime.now()
    row = _event(house, entry, house.runtime.new_id(now), now, person, house.runtime.random(vault.NONCE_BYTES))
    touched = records.insert_one(row, known.version, Step(0, 0), *_layout(house), beside)
    return None if touched is None else (Recorded(row.id, entry.subject, row.version, row.leaf.hex()), touched)


def history_of(house: House, subject: UUID) -> tuple[Event, ...]:
    """A person's events in order of version; empty for somebody without any."""
    pseudonym = vault.pseudonym(house.secrets.pseudonym, subject)
    return tuple(map(decode, records.histories([pseudonym])[pseudonym]))


def family_history(house: House, subject: UUID) -> tuple[Event, ...]:
    """The events of a person and of whoever was merged into them, in order of their instants; each one's own stay in their order."""
    names = [vault.pseudonym(house.secrets.pseudonym, one) for one in people.family(subject)]
    return tuple(sorted((decode(body) for bodies in records.histories(names).values() for body in bodies), key=lambda event: event.at))


def evidence_of(house: House, subject: UUID, event: UUID) -> Mapping[str, Any] | None:
    """The evidence of one event of this person, opened; `None` when there is none, or its key was destroyed.

    Raises `Corrupt` when the sealed bytes are not those that the event speaks of.
    """
    row, known = records.event(event), records.known(subject)
    if row is None or known is None or row.subject != known.pseudonym or row.sealed is None or known.wrapped is None:
        return None
    if hashlib.sha256(row.sealed).hexdigest() != decode(row.body).sealed:
        raise Corrupt(say(N_("the evidence of an event is not what the event speaks of")), say(N_("run `janji ledger audit --live`")))
    held: Mapping[str, Any] = orjson.loads(
        vault.unseal(_evidence_key(house, subject, known), row.sealed, vault.binding(subject, EVIDENCE, event))
    )
    return held


def row_of(house: House, subject: UUID, events: Sequence[Event]) -> StandingRow:
    """The standing row that a history of this person adds up to now, worked out anew."""
    row = pack_row(events, house.runtime.now(), house.policy_in_force.layout)
    version = events[-1].version or 0 if events else 0
    return StandingRow(vault.pseudonym(house.secrets.pseudonym, subject), version, row.bits, row.born, row.due, row.layout)


class Person:
    """One person while events about them are made: what is known, the next version, and the row as it will be."""

    __slots__ = ("anew", "bits", "born", "due", "hex", "key", "known", "layout", "pseudonym", "subject", "touched", "version")

    def __init__(self, subject: UUID, known: Known) -> None:
        self.subject = subject
        self.known = known
        self.pseudonym = known.pseudonym
        self.hex = known.pseudonym.hex()
        self.key: bytes | None = None
        self.version = self.bits = self.born = self.due = self.layout = 0
        self.touched = self.anew = False

    def stands(self, row: StandingRow) -> None:
        """Take over what is stored."""
        self.version, self.bits, self.born, self.due, self.layout = row.version, row.bits, row.born, row.due, row.layout

    def take(self, effect: Step | None, layout: int) -> None:
        """Let one event act on the row; `None` leaves it to be worked out when all events are made."""
        self.touched = True
        if effect is None:
            self.anew = True
        elif effect.layout:
            if self.layout > effect.layout:
                raise Conflict(
                    say(N_("a newer version of the policy was published meanwhile")), say(N_("open the record again and repeat"))
                )
            others = effect.others if self.bits & effect.whole else 0
            self.bits = self.bits & ~effect.clear | effect.set | others
            self.born = self.born if effect.born is None else effect.born
            if effect.due:
                self.due = min(self.due, effect.due) if self.due else effect.due
        if layout > self.layout:
            self.layout = layout

    def row(self) -> StandingRow:
        """The row as it is to be written."""
        return StandingRow(self.pseudonym, self.version, self.bits, self.born, self.due, self.layout)


class Batch:
    """Events recorded together, in the open transaction: people locked, events taken one by one, all written at its end.

    `ids` are those that callers chose for their events; every id and every person that is taken must be announced. With `there`
    people who have no standing, as who was forgotten, are left out of `people`. Inside `with`, from the first event on until the end
    nothing else can be asked of the database: events are on their way to it already.
    """

    def __init__(self, house: House, subjects: Iterable[UUID], ids: Iterable[UUID] = (), *, there: bool = False) -> None:
        self.house = house
        self.layout, self.words = _layout(house)
        self.now = house.runtime.now()
        self.made: list[EventRow] = []
        given = list(ids)
        self.people: dict[UUID, Person] = {}
        wanted = list(dict.fromkeys(subjects))
        for subject, (known, row) in (records.lock(wanted, range(self.words), there=there) if wanted else {}).items():
            self.people[subject] = person = Person(subject, known)
            person.stands(row)
        self.present = records.present(given) if given else {}
        self.insertion, self.sending, self.sent = records.Insertion(), False, 0
        self.changed = 0
        self.born = self.due = False
        self.drawn = min(max(len(wanted), len(given), 1), _DRAWN)
        self.fresh: list[UUID] = []
        self.chance = b""

    def take(self, entry: Entry) -> Recorded:
        """Make the event of an entry; what was recorded before under an id that the caller chose is given as it was."""
        person = None
        if entry.subject is not None:
            person = _there(entry, self.people.get(entry.subject))
        if entry.id is not None and entry.id in self.present:
            return self._again(entry, self.present[entry.id])
        if not self.fresh:
            self.fresh = self.house.runtime.new_ids(self.drawn)
            self.chance = self.house.runtime.random(vault.NONCE_BYTES * self.drawn)
        id, start = self.fresh.pop(), len(self.fresh) * vault.NONCE_BYTES
        if person is not None:
            effect = _effect(self.house, entry)
            person.take(effect, self.layout)
            self._moves(effect)
        row = _event(self.house, entry, entry.id or id, self.now, person, self.chance[start : start + vault.NONCE_BYTES])
        self.made.append(row)
        if entry.id is not None:
            self.present[entry.id] = row
        if self.sending and len(self.made) - self.sent >= _SENT:
            self.insertion.send(self.made[self.sent :])
            self.sent = len(self.made)
        return Recorded(row.id, entry.subject, row.version, row.leaf.hex())

    def __enter__(self) -> Self:
        """Take from now on, and send what is taken on its way."""
        self.sending = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Write all that was taken, or nothing where an error ends the transaction."""
        if error is not None:
            self.insertion.abandon(error)
            return
        try:
            self._write()
        except BaseException as failure:
            self.insertion.abandon(failure)
            raise

    def _moves(self, effect: Step | None) -> None:
        """Note which parts of standings change: the others are not written."""
        if effect is None:
            self.changed, self.born, self.due = -1, True, True
            return
        self.changed |= effect.clear | effect.set | effect.others
        self.born |= effect.born is not None
        self.due |= bool(effect.due)

    def _write(self) -> None:
        """Write what is left: events, the sequencer's queue, and what changed of standings."""
        if not self.made:
            return
        rest = self.made[self.sent :]
        if self.sent:
            self.insertion.send(rest)  # the server takes them in while the standings are put together
            rest = []
        touched = self._touched()
        settled = [person for person in touched if not person.anew]
        writing = self._standings(settled)
        records.insert(rest, self.insertion)
        self.sending = False
        if settled:
            standings.write(writing)
        if len(settled) < len(touched):
            anew = [person for person in touched if person.anew]
            for person in anew:
                self._work_out(person)
            standings.write(self._standings(anew))

    def _standings(self, touched: Sequence[Person]) -> Written:
        """What writes the standings of these people."""
        return standings.writing([person.row() for person in touched], self._changed_words(), born=self.born, due=self.due)

    def write_with(self, others: Sequence[Written]) -> None:
        """Outside `with`: write all that was taken and what else is written at the same time; for events that change of standings the version alone."""
        touched = self._touched()
        if any(person.anew for person in touched):
            raise ValueError("whose standing must be worked out anew is written alone")
        writing = [self._standings(touched)] if touched else []
        records.insert_with(self.made, [*writing, *others])

    def _touched(self) -> list[Person]:
        return [person for person in self.people.values() if person.touched]

    def _changed_words(self) -> list[int]:
        return [index for index in range(self.words) if self.changed >> 62 * index & (1 << 62) - 1]

    def _work_out(self, person: Person) -> None:
        """Add a person's history up; what ran out by now ends by an event first, so that no row turns on the clock."""
        events = history_of(self.house, person.subject)
        ended = len(self.made)
        for kind, details in run_out(events, self.now, self.house.policy_in_force.layout):
            self.take(Entry(kind=kind, actor=Actor.SYSTEM, subject=person.subject, details=details))
        if len(self.made) > ended:
            records.insert(self.made[ended:])
            events = history_of(self.house, person.subject)
        person.stands(row_of(self.house, person.subject, events))

    def _again(self, entry: Entry, row: EventRow) -> Recorded:
        pseudonym = None if entry.subject is None else self.people[entry.subject].pseudonym
        if row.subject != pseudonym or row.kind != entry.kind:
            raise Conflict(
                say(N_("the id of a record belongs to another one")), say(N_("give each record an id of its own, or none"))
            )
        return Recorded(row.id, entry.subject, row.version, leaf_hash(row.body).hex())


def _event(house: House, entry: Entry, id: UUID, now: datetime, person: Person | None, nonce: bytes) -> EventRow:
    """The event of an entry, numbered for its person, its evidence sealed."""
    sealed = None
    if entry.evidence is not None:
        if person is None:
            raise Invalid(say(N_("evidence is about a person, and this record is about none")))
        if person.key is None:
            person.key = _evidence_key(house, person.subject, person.known)
        sealed = vault.seal(person.key, nonce, _evidence_bytes(entry), vault.binding(person.subject, EVIDENCE, id))
    if entry.at is not None and entry.at.tzinfo is None:
        raise Invalid(say(N_("an instant has no time zone")), say(N_("write it as `2026-11-25T09:00:00Z`")))
    subject = version = None
    if person is not None:
        subject = person.hex
        version = person.version = person.version + 1
    body = _frame(house, entry).bytes(str(id), entry.at or now, subject, version, None if sealed is None else hashlib.sha256(sealed).hexdigest())
    return EventRow(id, None if person is None else person.pseudonym, version, entry.kind.value, body, leaf_hash(body), sealed)


def _frame(house: House, entry: Entry) -> Frame:
    """What an event says besides whose it is and when: made once, as long as the same is said under the same version of the policy."""
    published = house.published
    if published is None:
        return Frame(entry.kind, entry.actor, None, 0, entry.details)
    found = published.frames.get(id(entry.details))
    if found is None or not found.fits(entry.kind, entry.actor, entry.details):
        if len(published.frames) >= _FRAMES:
            published.frames.clear()
        found = published.frames[id(entry.details)] = Frame(entry.kind, entry.actor, published.digest, published.layout.version, entry.details)
    return found


def _evidence_bytes(entry: Entry) -> bytes:
    try:
        data = orjson.dumps(entry.evidence, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Invalid(
            say(N_("the evidence of a `{kind}` cannot be kept"), kind=entry.kind), say(N_("give texts, numbers, yes or no, and lists of them"))
        ) from None
    if len(data) > MOST_EVIDENCE:
        raise Invalid(
            say(N_("the evidence of a `{kind}` is longer than a megabyte"), kind=entry.kind),
            say(N_("keep the document where it is, and give its reference and its SHA-256")),
        )
    return data


def _evidence_key(house: House, subject: UUID, known: Known) -> bytes:
    if known.key is None or known.wrapped is None:
        raise Refusal(
            say(N_("the evidence key of this person was destroyed")), say(N_("nothing more can be kept under seal for them"))
        )
    return house.keeper.unwrap(known.wrapped, vault.binding(subject, EVIDENCE, known.key))


def _effect(house: House, entry: Entry) -> Step | None:
    """What an entry does to the standing, or `None` when the whole history must be added up.

    Raises `Refusal` while no policy is published, if it would do something.
    """
    if entry.kind not in EFFECTIVE:
        return Step()
    published = house.policy_in_force
    try:
        key = (entry.kind, *entry.details.items())
        return published.effects[key]
    except KeyError:
        if len(published.effects) >= 4096:
            published.effects.clear()
        found = published.effects[key] = step(entry.kind, entry.details, published.layout)
        return found
    except TypeError:  # a detail is a list
        return step(entry.kind, entry.details, published.layout)


def _layout(house: House) -> tuple[int, int]:
    """Version and words of the layout that is written under."""
    return (0, 1) if house.published is None else (house.published.layout.version, house.published.layout.words)


def _there(entry: Entry, person: Person | None) -> Person:
    if person is None:
        raise Unknown(
            say(N_("there is no such person in the record")), say(N_("`janji subject find` finds people by what identifies them"))
        )
    if person.known.state != "active" and entry.kind not in AFTERWARDS:
        raise Refusal(
            say(N_("this person was merged into another or forgotten")), say(N_("find the person again; a merge may have moved them"))
        )
    return person
