"""Forgetting a person: the content key destroyed, what goes and what stays named, and every step finished after a crash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

from janji.errors import Conflict, Invalid
from janji.ledger.events import Actor, Kind, stamp
from janji.people.identifiers import Suppressed
from janji.people.identity import undone_by
from janji.store import destruction, people, suppression, vault
from janji.store.database import open_database, transaction
from janji.store.destruction import Destroyed, Level
from janji.store.people import FORGETTING, FORGOTTEN, TaskRow
from janji.store.suppression import Suppression, suppression_index
from janji.store.vault import KeyKind
from janji.terms.messages import N_, say
from janji.terms.periods import Period, parse_period
from janji.workflows.guardians import come_of_age
from janji.workflows.holds import held, refuse_held
from janji.workflows.house import House, open_house, reach_database
from janji.workflows.keys import Rotation, destroyed_file, rotate
from janji.workflows.people import content_keys, current, lock, normalised, opened, unknown
from janji.workflows.recording import Entry, record, record_one
from janji.workflows.runtime import Runtime
from janji.workflows.tasks import close_tasks

EVIDENCE_END = "evidence-end"
KEEP_EVIDENCE = Period(months=60)
"""How long proof of consent, withdrawal, request and erasure is kept after a person was forgotten (UU 27/2022 Art 24, 31
and 47 name no number; five years is the common limit of claims). A deployment says otherwise where it calls."""
KEEP_SUPPRESSED = Period(months=60)
"""How long nobody may contact or import the person again."""


TOGETHER = 500
"""So many people are forgotten in one transaction."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting a person came to: who it covers, how far the keys are gone, what stays, and until when.

    `evidence_until` is when the evidence key is destroyed; `suppressed` how many entries keep the person from being
    contacted or imported again. The events stay, by pseudonym alone; their proofs stay valid.
    """

    people: tuple[UUID, ...]
    level: Level
    evidence_until: datetime | None
    suppressed: int
    event: UUID | None = None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: forgettings finished, people come of age, evidence keys destroyed, suppressions ended, keys that reached a level."""

    finished: int
    of_age: int
    evidence: int
    expired: int
    rewritten: int
    recycled: int


def forget(
    house: House, subject: UUID, actor: Actor = Actor.STAFF, *, told: Sequence[Suppressed] = (),
    keep_evidence: Period = KEEP_EVIDENCE, keep_suppressed: Period = KEEP_SUPPRESSED,
) -> Forgotten:  # fmt: skip
    """Forget a person, everybody merged into them, and the pseudonyms joined to them.

    Destroys the content keys; deletes identifiers, blind indices and standing; undoes joins; closes open tasks. `told`
    are the suppressions that the person was told of: their identifiers stay as keyed indices for that purpose and
    period. The evidence key stays for `keep_evidence`. A kill at any point leaves a task that the next call, a sweep, or
    the opening of the house finishes; doing it again changes nothing. Raises `Refusal` for somebody who is held.
    """
    return _forget(house, current(subject), actor, told, keep_evidence, keep_suppressed)


def _forget(
    house: House, subject: UUID, actor: Actor, told: Sequence[Suppressed] = (), keep_evidence: Period = KEEP_EVIDENCE,
    keep_suppressed: Period = KEEP_SUPPRESSED, *, again: bool = False,
) -> Forgotten:  # fmt: skip
    """Forget somebody; `again` whoever was forgotten before and came back, also where a hold came back with them."""
    with transaction():
        if lock([subject])[subject].state == FORGOTTEN:
            return _before(_covered(subject))
        if not again:
            refuse_held(house, [subject])
        if not people.open_tasks([subject], FORGETTING):
            now = house.runtime.now()
            details = {"actor": str(actor), "told": sorted(map(str, told)), "keep": str(keep_evidence), "suppress": str(keep_suppressed)}
            people.open_task(TaskRow(house.runtime.new_id(), FORGETTING, subject, now, None, None, details))
        task = people.open_tasks([subject], FORGETTING)[0]
    return _finish(house, task)


def forget_all(house: House, subjects: Sequence[UUID], actor: Actor = Actor.STAFF, *, keep_evidence: Period = KEEP_EVIDENCE) -> tuple[UUID, ...]:
    """Forget many people, as `forget` does, by few statements for a few hundred at a time; gives those who are held, and stay.

    Who is entangled with others is forgotten singly. A kill leaves whole batches: the lines in the file that a batch did not
    come to the end of are followed when the house is opened.
    """
    stay: list[UUID] = []
    for start in range(0, len(subjects), TOGETHER):
        some = subjects[start : start + TOGETHER]
        kept = held(house, some).people
        stay += [one for one in some if one in kept]
        free = [one for one in some if one not in kept]
        apart = people.entangled(free)
        _forget_some(house, [one for one in free if one not in apart], actor, keep_evidence)
        for one in free:
            if one in apart:
                forget(house, one, actor, keep_evidence=keep_evidence)
    return tuple(stay)


def _forget_some(house: House, subjects: Sequence[UUID], actor: Actor, keep_evidence: Period) -> None:
    """Forget people who are nothing to one another, in one transaction: lines in the file, rows, events, the end of evidence."""
    with transaction():
        there = [one for one, row in lock(subjects).items() if row.state == people.ACTIVE]
        if not there:
            return
        if people.entangled(there) or held(house, there).people:
            raise Conflict(say(N_("people were joined, merged or held meanwhile")), say(N_("do it again; nothing was half done")))
        now = house.runtime.now()
        until = _end_of(str(keep_evidence), now)
        gone = [Destroyed(key.id, one, KeyKind.CONTENT, now) for one, key in vault.read_keys(there, KeyKind.CONTENT).items()]
        keys = {item.subject: [str(item.key)] for item in gone}
        record(house, [
            Entry(subject=one, kind=Kind.PERSON_FORGOTTEN, actor=actor, details={
                "level": str(Level.LOGICAL), "keys": keys.get(one, []), "evidence_until": stamp(until), "suppressed": 0, "joins": [],
            }) for one in there
        ])  # fmt: skip
        destruction.append_destroyed(destroyed_file(house.runtime.settings), gone)
        destruction.destroy_keys(gone)
        destruction.erase_people(there)
        people.open_many([TaskRow(id, EVIDENCE_END, one, now, until, None, {}) for id, one in zip(house.runtime.new_ids(len(there)), there, strict=True)])


def _covered(subject: UUID) -> tuple[UUID, ...]:
    """A person, those merged into them, and the pseudonymous ones whose identifiers they were joined with."""
    family = people.family(subject)
    if subject not in people.subjects([subject]):
        raise unknown()
    joined = [one.source for target in family for one in undone_by(people.joins(family), target)]
    return tuple(dict.fromkeys((*family, *(one for source in joined for one in people.family(source)))))


def _finish(house: House, task: TaskRow) -> Forgotten:
    """The steps behind the open task: the file first, then the rows, the event and the end of the task in one transaction."""
    subject, now = task.subject or UUID(int=0), house.runtime.now()
    covered = _covered(subject)
    keys = vault.read_keys(covered, KeyKind.CONTENT)
    gone = [Destroyed(key.id, key.subject, KeyKind.CONTENT, now) for key in keys.values()]
    destruction.append_destroyed(destroyed_file(house.runtime.settings), gone)
    with transaction():
        lock(covered)
        if not people.open_tasks([subject], FORGETTING):
            return _before(covered)
        now_covered = _covered(subject)
        fresh = vault.read_keys(now_covered, KeyKind.CONTENT)
        late = [Destroyed(key.id, key.subject, KeyKind.CONTENT, now) for one, key in fresh.items() if one not in keys]
        entries = _suppressions(house, task, now_covered, now)
        if late or entries:
            destruction.append_destroyed(destroyed_file(house.runtime.settings), late, entries)
        suppression.suppress(entries)
        return _erase(house, task, now_covered, [*gone, *late], len(entries))


def _erase(house: House, task: TaskRow, covered: tuple[UUID, ...], gone: Sequence[Destroyed], suppressed: int) -> Forgotten:
    """The one transaction in which a person is forgotten, all of it or nothing."""
    subject, actor, now = task.subject or UUID(int=0), Actor(task.details["actor"]), house.runtime.now()
    joins = [one for target in covered for one in undone_by(people.joins(covered), target)]
    until = _end_of(task.details["keep"], now)
    active = [one for one, row in people.subjects(covered).items() if row.state != FORGOTTEN]
    tasks = [item for item in people.open_tasks(covered) if item.kind not in (FORGETTING, EVIDENCE_END)]
    close_tasks(house, [item for item in tasks if _is_active(item)], actor, "forgotten")
    people.close_tasks([*(item.id for item in tasks), task.id], now)
    events = record(house, [
        Entry(subject=one, kind=Kind.PERSON_FORGOTTEN, actor=actor, details={
            "level": str(Level.LOGICAL), "keys": [str(item.key) for item in gone if item.subject == one],
            "evidence_until": stamp(until), "suppressed": suppressed, "joins": [str(item.id) for item in joins if item.target == one],
        }) for one in active
    ])  # fmt: skip
    main = next(event.id for event in events if event.subject == subject)
    people.undo_joins([item.id for item in joins], main)
    destruction.destroy_keys(gone)
    destruction.erase_people(covered)
    for one in active:
        people.open_task(TaskRow(house.runtime.new_id(), EVIDENCE_END, one, now, until, None, {}))
    return Forgotten(covered, Level.LOGICAL, until, suppressed, main)


def _is_active(task: TaskRow) -> bool:
    """Whether an event may still be recorded about whom a task is about."""
    return task.subject is not None and people.subjects([task.subject])[task.subject].state == people.ACTIVE


def _suppressions(house: House, task: TaskRow, covered: Iterable[UUID], now: datetime) -> list[Suppression]:
    """The identifiers as suppression entries for what the person was told."""
    told, until = [Suppressed(word) for word in task.details["told"]], _end_of(task.details["suppress"], now)
    held = people.identifiers(covered)
    if not told or not held:
        return []
    keys = content_keys(house, {row.subject for row in held})
    return [
        Suppression(suppression_index(house.secrets.suppression, purpose, opened(row, keys[row.subject])), purpose, now, until)
        for row in held
        for purpose in told
    ]


def _end_of(text: str, now: datetime) -> datetime:
    """The first instant (UTC) after a period, kept as text in a task, that begins now."""
    period = parse_period(text)
    if period is None:
        raise Invalid(say(N_("`{word}` is not a period"), word=text), say(N_("write it as `P5Y` or `P90D`")))
    return datetime.combine(period.after(now.date()), time(), UTC)


def _before(covered: tuple[UUID, ...]) -> Forgotten:
    """The answer for somebody who was forgotten before: how far the keys are gone by now."""
    levels = list(destruction.levels_of(covered).values())
    order = list(Level)
    level = min(levels, key=order.index) if levels else Level.LOGICAL
    tasks = people.open_tasks(covered, EVIDENCE_END)
    return Forgotten(covered, level, max((task.due for task in tasks if task.due is not None), default=None), 0)


# -------------------------------------------------------------------------------------------------- afterwards, again


@contextmanager
def open_record(runtime: Runtime) -> Iterator[House]:
    """As `open_house`, with every forgetting that a crash left unfinished finished first."""
    with open_house(runtime) as house:
        finish_forgetting(house)
        yield house


def finish_forgetting(house: House) -> int:
    """Finish what a crash left, or what a backup brought back. For every opening of a house; how many people it were.

    Begun forgettings end first, while they have the identifiers that are to be suppressed; then rows follow the lines
    of the file that no task speaks of.
    """
    tasks = people.open_tasks_of_kind(FORGETTING)
    for task in tasks:
        _finish(house, task)
    return len(tasks) + (_follow(house)[0] if destruction.behind(destroyed_file(house.runtime.settings)) else 0)


def forget_again(house: House) -> int:
    """As `finish_forgetting`, of a database that was put back just now; how many keys that were destroyed it still had."""
    for task in people.open_tasks_of_kind(FORGETTING):
        _finish(house, task)
    return _follow(house)[1]


def _follow(house: House) -> tuple[int, int]:
    """Forget again whoever the file says was forgotten, and destroy the evidence keys it names; how many people and keys."""
    file = destroyed_file(house.runtime.settings)
    if house.published is None:  # nothing can be recorded of people yet
        with transaction():
            return 0, len(destruction.apply_destroyed(file))
    lines = destruction.unapplied_lines(file)
    held = {key.id for kind in KeyKind for key in vault.read_keys({line.subject for line in lines}, kind).values()}
    back = people.subjects({line.subject for line in lines if line.kind is KeyKind.CONTENT})
    returned = [one for one, row in back.items() if row.state != FORGOTTEN]
    for subject in returned:
        _forget(house, current(subject), Actor.SYSTEM, again=True)
    with transaction():
        destruction.destroy_keys(lines)
        suppression.suppress(destruction.read_suppressed(file))
    return len(returned), len(held & {line.key for line in lines})


def end_evidence(house: House) -> int:
    """Destroy the evidence keys whose period is over, each recorded as `key.destroyed`; how many."""
    now, count = house.runtime.now(), 0
    for task in people.open_tasks_of_kind(EVIDENCE_END, now):
        if task.subject is None:
            continue
        held = vault.read_keys([task.subject], KeyKind.EVIDENCE)
        gone = [Destroyed(key.id, key.subject, key.kind, now) for key in held.values()]
        destruction.append_destroyed(destroyed_file(house.runtime.settings), gone)
        with transaction():
            if not people.close_tasks([task.id], now):
                continue
            for item in gone:
                record_one(house, Entry(kind=Kind.KEY_DESTROYED, actor=Actor.SYSTEM, details={
                    "key": str(item.key), "kind": str(item.kind), "level": str(Level.LOGICAL),
                }))  # fmt: skip
            destruction.destroy_keys(gone)
            count += len(gone)
    return count


def deepen(house: House, cluster: Path | None) -> tuple[int, int]:
    """Bring destroyed keys to the deepest level that can be shown: how many are `rewritten`, and `recycled`, by it.

    `cluster` is the data directory of our own server; without one no more than `rewritten` is ever claimed. Recorded
    as `key.destroyed` with the level. Takes the table of keys for itself while it is rewritten.
    """
    with transaction():
        rewritten = destruction.rewrite_keys()
        _record_level(house, rewritten, Level.REWRITTEN)
    recycled = frozenset[UUID]() if cluster is None else destruction.recycle_wal(cluster)
    _record_level(house, recycled, Level.RECYCLED)
    return len(rewritten), len(recycled)


def _record_level(house: House, keys: Iterable[UUID], level: Level) -> None:
    record(house, [
        Entry(kind=Kind.KEY_DESTROYED, actor=Actor.SYSTEM, details={"key": str(key), "level": str(level)}) for key in sorted(keys)
    ])  # fmt: skip


def sweep(house: House, cluster: Path | None = None) -> Swept:
    """All that time brings: forgettings finished, children of age, evidence at its end destroyed, suppressions over, levels deepened."""
    finished, evidence = finish_forgetting(house), end_evidence(house)
    of_age = come_of_age(house) if house.published is not None else 0
    with transaction():
        expired = suppression.expire(house.runtime.now())
    return Swept(finished, of_age, evidence, expired, *deepen(house, cluster))


def sweep_record(house: House) -> Swept:
    """Sweep the record; the embedded server's own files and WAL are looked at, another server's are not."""
    settings = house.runtime.settings
    return sweep(house, settings.data_dir / "pg" / "data" if settings.database_url is None else None)


def rotate_record(runtime: Runtime) -> Rotation:
    """Reach the database and put a new key-encryption key in place of the old; raises as `keys.rotate` does."""
    with reach_database(runtime) as url:
        open_database(url)
        return rotate(runtime)


def suppressed(house: House, purpose: Suppressed, named: Sequence[tuple[str, str]]) -> list[bool]:
    """Whether these identifiers are suppressed for a purpose now, in their order; thousands by one statement."""
    indices = [suppression_index(house.secrets.suppression, purpose, one) for one in normalised(house, named)]
    found = suppression.suppressed(indices, house.runtime.now())
    return [index in found for index in indices]
