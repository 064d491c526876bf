"""The track record of a person (UU 27/2022 Art 32), and runs over everybody, which are worked out again and not stored."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from janji.decision.engine import permits
from janji.decision.history import EFFECTIVE, pack_row, second
from janji.decision.lowering import lower, write
from janji.decision.question import Facts, Question
from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid
from janji.files.writing import held_back, write_stream
from janji.ledger.events import Actor, Done, Event, Kind, decode, form, read_stamp, stamp
from janji.store import people, policies, records, tracks, vault
from janji.store.database import transaction
from janji.store.tracks import Boundary, Line
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.in_force import Published, read_published
from janji.workflows.ledger import sequence_all
from janji.workflows.recording import Entry, Recorded, history_of, record, record_one
from janji.workflows.standings import declared, program, sweep

PAGE = 2_000
FAR_BEHIND = 10_000
"""Events without a number at the time of a run beyond which it waits for the sequencer: each is named in its event."""
_KINDS = sorted(map(str, EFFECTIVE))


@dataclass(frozen=True, slots=True)
class Track:
    """One line of a track record: an event, its position in the ledger if it has one yet."""

    event: Event
    position: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was executed: its event, how many people it was about, the SHA-256 of their pseudonyms in order."""

    id: UUID
    people: int
    digest: str
    position: int


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a run comes to when it is worked out again from the histories."""

    people: int
    digest: str
    equal: bool


def track(house: House, subject: UUID) -> Iterator[Track]:
    """Everything on record about a person, the newest first: those merged into them too, and the runs they were in.

    Streamed: memory grows with the choices of the person (and with nothing else), which say who was in a run.
    """
    return _together(house, _family(house, subject), PAGE)


def track_part(house: House, subject: UUID, first: int, count: int) -> list[Track]:
    """So many lines of a track record behind the `first` newest, with nothing older read than stands there.

    What is newer is passed over unread where one history alone makes the record; where several do, how they interlace says what stands where.
    """
    family = _family(house, subject)
    if len(family) == 1 and next(tracks.about_nobody(Kind.RUN_EXECUTED, 1), None) is None:
        return list(_decoded(islice(tracks.newest_first(family[0], count, first), count)))
    return list(islice(_together(house, family, min(PAGE, first + count)), first, first + count))


def runs_with(house: House, family: Sequence[bytes], below: UUID | None = None) -> Iterator[Track]:
    """The runs that any of these people (by pseudonym) was in, the newest first; of those below an id, where one is given."""
    return _were_in(house, family, _decoded(tracks.about_nobody(Kind.RUN_EXECUTED, PAGE, below)))


def track_json(line: Track) -> dict[str, Any]:
    """A line of a track record: the event as the ledger has it, and its position there."""
    held = {name: part for name, part in form(line.event).items() if name not in ("v", "subject", "version", "layout")}
    if "pending" in line.event.details:  # a run names events of everybody there; they say nothing about this person
        held["details"] = {name: part for name, part in line.event.details.items() if name != "pending"}
    return {**held, **({"position": line.position} if line.position is not None else {})}


_DONE = {Done.DISCLOSURE: Kind.DISCLOSURE_MADE, Done.DELIVERY: Kind.DELIVERY_MADE, Done.CHANGE: Kind.DATA_CHANGED}
_NEEDS = {Done.DISCLOSURE: ("data", "recipient"), Done.DELIVERY: ("purpose", "channel"), Done.CHANGE: ("data",)}


def record_done(house: House, subject: UUID, done: Done, question: Question, actor: Actor = Actor.SYSTEM, application: str | None = None) -> Recorded:
    """Put a disclosure, a delivery or a change that was made on the person's track record (UU 27/2022 Art 32).

    Of `question`, purpose, data, recipient, country and channel are kept. What was done is recorded whether or not it was
    permitted, for it was done. Raises `Invalid` for a name that the policy does not have, and when what was done lacks
    what tells it: a disclosure its data and recipient, a delivery its purpose and channel, a change its data.
    """
    policy = house.policy_in_force.policy
    told = {
        "purpose": question.purpose, "recipient": question.recipient, "country": question.country, "channel": question.channel,
        "application": program(application),
    }  # fmt: skip
    details: dict[str, Any] = {name: str(part) for name, part in told.items() if part}
    if question.data:
        details["data"] = list(map(str, question.data))
    for section, names in (("purposes", [question.purpose]), ("data", question.data), ("recipients", [question.recipient]), ("channels", [question.channel])):
        known = getattr(policy, section)
        for name in names:
            if name and name not in known:
                raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=name, section=section), nearest(name, map(str, known)))
    if question.country != declared(policy, question).country:
        raise Invalid(say(N_("the value of `{option}` is not understood"), option="--country"), say(N_("write a country as two letters, such as `JP`")))
    if lacking := [name for name in _NEEDS[done] if name not in details]:
        raise Invalid(say(N_("`{option}` is missing"), option=f"--{lacking[0]}"), say(N_("a {done} is told by: {words}"), done=str(done),
                      words=", ".join(f"`--{name}`" for name in _NEEDS[done])))  # fmt: skip
    return record_one(house, Entry(subject=subject, kind=_DONE[done], actor=actor, details=details))


def runs() -> Iterator[Track]:
    """Every run, the newest first."""
    return _decoded(tracks.about_nobody(Kind.RUN_EXECUTED, PAGE))


def run(house: House, question: Question, use: Callable[[Iterator[UUID]], None] | None = None) -> Run:
    """Ask one question about everybody on record at once, and record that as one event, with nothing per person.

    The decision is lowered to SQL and read from one snapshot; `use` is given the people whom it permits, as they are read. Who is
    past the end of something is added up singly. People of whom the ledger says nothing yet are left out, for nothing could
    prove that they were there. Raises `Conflict` when a version was published meanwhile, or numbering is far behind.
    """
    published = house.policy_in_force
    question = replace(declared(published.policy, question), at=read_stamp(stamp(question.at)))
    sweep(house)
    sequence_all()
    predicate = write(lower(published.compiled, question), "postgres")
    now = second(question.at)
    with transaction():
        tracks.hold_snapshot()
        limit = tracks.boundary()
        latest = policies.latest()
        if latest is None or latest.digest != published.digest:
            raise Conflict(say(N_("another version was published meanwhile")), say(N_("open the record again and repeat")))
        if len(limit.pending) > FAR_BEHIND:
            raise Conflict(
                say(N_("too many events wait for a number: {count}"), count=len(limit.pending)), say(N_("run `janji ledger sequence`, then repeat"))
            )
        single = iter([item for item in tracks.unbelieved(now) if _permits_now(house, item[1], question)])
        counted = _Count()
        found = counted.through(heapq.merge(tracks.permitted(predicate, now, PAGE), single))
        if use is not None:
            use(found)
        for _ in found:
            pass
        details = {
            **_asked(question), "predicate": predicate, "people": counted.people, "standing_digest": counted.digest,
            "position": limit.position, "pending": [str(item) for item in limit.pending],
        }  # fmt: skip
        entry = Entry(kind=Kind.RUN_EXECUTED, actor=Actor.SYSTEM, details=details, at=question.at)
        done = record(house, [entry])[0]
    return Run(done.id, counted.people, counted.digest, limit.position)


def run_into(house: House, question: Question, path: Path) -> Run:
    """As `run`, its people in a file, one `sub_` a line, which is in its place only once the run is on record.

    Raises `Unavailable` when it cannot be written, and `Invalid` for a later instant: whoever may be used then is not
    handed over before.
    """
    if question.at > house.runtime.now():
        raise Invalid(
            say(N_("people are handed over for what is done now, not for a later instant")), say(N_("ask again then, or leave the file out to count them"))
        )
    with held_back(path) as place:
        return run(house, question, lambda found: write_stream(place, (f"sub_{person}\n".encode() for person in found)))


def recompute(house: House, id: UUID, sink: Callable[[bytes], None] | None = None) -> Recomputed:
    """Work out again, from the ledger alone, whom a run was about; `sink` is given each pseudonym.

    Nothing is read of the standing: each history is added up as far as the run had seen the ledger. Raises `Invalid`
    when there is no such run.
    """
    event = run_event(id)
    case = _Cases(house).of(event)
    counted = _Count()
    for pseudonym, rows in groupby(tracks.histories_within(case.limit, _KINDS, PAGE), key=lambda row: row[0]):
        if case.permits([decode(body) for _, body in rows]):
            counted.add(pseudonym)
            if sink is not None:
                sink(pseudonym)
    equal = (counted.people, counted.digest) == (event.details["people"], event.details["standing_digest"])
    return Recomputed(counted.people, counted.digest, equal)


def was_in(house: House, subject: UUID, run: UUID) -> bool:
    """Whether a person, or one who was merged into them, was in a run; raises `Invalid` when there is no such run."""
    family = _family(house, subject)
    return _Cases(house).of(run_event(run)).holds(_effects(family))


def run_event(id: UUID) -> Event:
    """The event of a run; raises `Invalid` when there is none of that id."""
    row = records.event(id)
    if row is None or row.kind != Kind.RUN_EXECUTED:
        raise Invalid(say(N_("there is no run `{run}`"), run=id), say(N_("`janji track runs` shows every run")))
    return decode(row.body)


class _Count:
    """How many people, and the digest of their pseudonyms in order; kept without keeping them."""

    def __init__(self) -> None:
        self.people = 0
        self._hash = hashlib.sha256()

    def add(self, pseudonym: bytes) -> None:
        self.people += 1
        self._hash.update(pseudonym)

    def through(self, found: Iterable[tuple[bytes, UUID]]) -> Iterator[UUID]:
        """The people found, counted as they go by."""
        for pseudonym, person in found:
            self.add(pseudonym)
            yield person

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class _Case:
    """A run as its event tells it: the question, the policy it was asked under, and what of the ledger it saw."""

    question: Question
    policy: Published
    limit: Boundary
    pending: frozenset[str]

    def permits(self, events: list[Event]) -> bool:
        """Whether a history, as far as the run saw it, was permitted; nobody without a first event was there."""
        if not events or events[0].version != 1 or any(event.kind is Kind.PERSON_FORGOTTEN for event in events):
            return False
        row = pack_row(events, self.question.at, self.policy.layout)
        return permits(self.policy.compiled, self.question, Facts(bits=row.bits, born=row.born))

    def holds(self, members: Iterable[Iterable[Track]]) -> bool:
        """Whether any of these histories was permitted, each of its events with its position."""
        return any(
            self.permits([
                line.event for line in history
                if (line.position is not None and line.position < self.limit.position) or line.event.id in self.pending
            ])
            for history in members
        )  # fmt: skip


class _Cases:
    """Runs as they were, each under the policy version that it was asked under; a version is compiled once."""

    def __init__(self, house: House) -> None:
        published = house.published
        self._known = {} if published is None else {published.digest: published}

    def of(self, event: Event) -> _Case:
        """The run that an event tells of."""
        held = event.details
        question = Question(
            purpose=held["purpose"], data=tuple(held["data"]), at=event.at, operation=held["operation"],
            recipient=held.get("recipient"), country=held.get("country"), channel=held.get("channel"),
        )  # fmt: skip
        pending = frozenset(held["pending"])
        limit = Boundary(held["position"], tuple(map(UUID, pending)))
        return _Case(question, self._policy(event.policy or ""), limit, pending)

    def _policy(self, digest: str) -> Published:
        if digest not in self._known:
            self._known[digest] = read_published(next(row for row in policies.versions() if row.digest == digest))
        return self._known[digest]


def _permits_now(house: House, subject: UUID, question: Question) -> bool:
    published = house.policy_in_force
    events = history_of(house, subject)
    row = pack_row(events, question.at, published.layout)
    return permits(published.compiled, question, Facts(bits=row.bits, born=row.born))


def _asked(question: Question) -> Mapping[str, Any]:
    held = {
        "purpose": question.purpose, "data": list(question.data), "operation": str(question.operation),
        "channel": question.channel, "recipient": question.recipient, "country": question.country,
    }  # fmt: skip
    return {name: part for name, part in held.items() if part is not None}


def _family(house: House, subject: UUID) -> list[bytes]:
    """The pseudonyms of a person and of whoever was merged into them."""
    return [vault.pseudonym(house.secrets.pseudonym, member) for member in people.family(subject)]


def _together(house: House, family: Sequence[bytes], size: int) -> Iterator[Track]:
    """The histories of these people and the runs they were in as one, the newest first, each read in pages of `size`."""
    streams = [tracks.about_nobody(Kind.RUN_EXECUTED, size), *(tracks.newest_first(pseudonym, size) for pseudonym in family)]
    return _were_in(house, family, heapq.merge(*map(_decoded, streams), key=lambda line: line.event.at, reverse=True))


def _were_in(house: House, family: Sequence[bytes], lines: Iterable[Track]) -> Iterator[Track]:
    """These lines without the runs that none of these people was in, which is worked out as each comes up."""
    members: list[list[Track]] | None = None
    cases = _Cases(house)
    for line in lines:
        if line.event.kind is Kind.RUN_EXECUTED:
            members = _effects(family) if members is None else members
            if not cases.of(line.event).holds(members):
                continue
        yield line


def _effects(family: Sequence[bytes]) -> list[list[Track]]:
    """What says of each of these people whether they were in a run."""
    return [list(_decoded(tracks.effects_of(pseudonym, _KINDS))) for pseudonym in family]


def _decoded(lines: Iterable[Line]) -> Iterator[Track]:
    return (Track(decode(line.body), line.position) for line in lines)
