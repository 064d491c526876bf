"""Sweeps: what was kept as long as the schedule says comes to its end, in bounded batches, held people left out, and certified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from janji.connectors.base import Gap
from janji.datamap.catalogue import Catalogue
from janji.datamap.meaning import SystemMeaning
from janji.erasure.plan import Purpose
from janji.erasure.steps import Effect, Known, Level, StorePlan
from janji.errors import Conflict, Invalid, JanjiError, Unknown
from janji.ledger.events import Actor, Kind, stamp
from janji.policy.model import RetentionRule
from janji.retention.anonymity import Classes
from janji.retention.due import plan_ending, quasi_identifiers
from janji.retention.schedule import Ending, Finding, endings, findings
from janji.store import people, workers
from janji.store import sweeps as store
from janji.store.database import transaction
from janji.store.people import TaskRow
from janji.store.sweeps import BEGUN, CUT, DONE, PARTLY, SweepRow
from janji.terms.canonical import digest
from janji.terms.messages import N_, Message, Tongue, pack_message, say, unpack_message
from janji.terms.processing import Disposal
from janji.workflows.house import House
from janji.workflows.logs import event
from janji.workflows.mapping import meanings
from janji.workflows.planning import plan_batch, search_parts
from janji.workflows.recording import Entry, record
from janji.workflows.systems import Reaching, Stage, System, reaching, systems

if TYPE_CHECKING:
    from janji.connectors.base import Connector

BATCH = 10_000
"""Rows of a table that one transaction ends."""
MOST = 1_000_000
"""Rows of a table that one sweep ends; the next goes on."""
NOTICE = "deletion-notice"
"""The kind of task that is open while people were not told of a deletion (UU 27/2022 Art 45)."""
LONGEST = 20_000
"""Characters of a certificate that are written out; what is longer is certified by its digest."""
_ALONE = "retention"

Progress = Callable[[str, int, int], None]
"""Called with what is at hand, how many rows of it are done, and how many there are."""


class State(StrEnum):
    """How far it is with one table."""

    DUE = "due"
    DOING = "doing"
    DONE = "done"
    PARTLY = "partly"
    ALIKE = "not-anonymous"
    BLOCKED = "blocked"
    HELD = "held"
    FAILED = "failed"


ENDED = (State.DONE, State.DUE)


@dataclass(frozen=True, slots=True)
class Part:
    """What is over in one table by one rule, and what came of it.

    `due` are the rows that are over, `held` those that stay because their people are held or have a request open. `ended` and
    `stays` count by table, what ends with the rows included; `smallest` is the smallest group of an anonymised table.
    """

    system: str
    table: str = ""
    rule: str = ""
    event: str = ""
    bound: datetime | None = None
    then: str = ""
    state: State = State.DUE
    due: int = 0
    held: int = 0
    ended: Mapping[str, int] | None = None
    changed: Mapping[str, int] | None = None
    stays: Mapping[str, int] | None = None
    smallest: int | None = None
    level: str = ""
    why: tuple[Message, ...] = ()

    @property
    def rows(self) -> int:
        """Rows that were deleted or changed."""
        return sum((self.ended or {}).values()) + sum((self.changed or {}).values())


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep as people see it. `missed` are nights without one before it; without an id nothing was done."""

    id: UUID | None
    at: datetime
    state: str
    parts: tuple[Part, ...]
    missed: int = 0
    task: UUID | None = None
    events: Mapping[str, str] | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one sweep was asked for."""

    at: datetime
    batch: int
    most: int
    dry: bool
    least: int
    rules: Mapping[str, RetentionRule]
    known: tuple[Known, ...]
    stopped: frozenset[str]
    """Systems in which held people could not be looked for."""


# ------------------------------------------------------------------------------------------------------------- sweeping


def look(house: House, names: Sequence[str] = (), at: datetime | None = None, progress: Progress | None = None) -> Sweep:
    """What would be ended at an instant, counted; nothing is changed, and nothing recorded."""
    now = at or house.runtime.now()
    with reaching(house) as reach:
        chosen = _chosen(names, look=True)
        wanted = _wanted(house, reach, now, BATCH, MOST, dry=True)
        parts: list[Part] = []
        found: list[Finding] = []
        for place, system in enumerate(chosen):
            if progress is not None:
                progress(system.name, place, len(chosen))
            found += _system(house, reach, system, wanted, parts.append, progress)
        return Sweep(None, now, "", tuple(parts), _missed(now), findings=tuple(found))


def sweep(
    house: House, names: Sequence[str] = (), *, batch: int = BATCH, most: int = MOST, automatic: bool = False,
    progress: Progress | None = None,
) -> Sweep:  # fmt: skip
    """End what is over now in these systems, in all that Janji erases in when none is named; recorded and certified.

    With `automatic` only systems of that stage. What one system refuses leaves the others alone. Raises `Conflict` while another
    sweep runs, `Refusal` when no policy is published.
    """
    rules = house.policy_in_force
    with workers.alone(_ALONE) as mine:
        if not mine:
            raise Conflict(say(N_("another sweep is running")), say(N_("wait until it is done; `janji sweep list` shows it")))
        _cut_off(house)
        with reaching(house) as reach:
            chosen = _chosen(names, automatic=automatic)
            now = house.runtime.now()
            wanted = _wanted(house, reach, now, batch, most, dry=False)
            row = SweepRow(house.runtime.new_id(), now, rules.digest, BEGUN, (), _missed(now))
            with transaction():
                store.insert_sweep(row)
            journal = _Journal(house, row)
            found: list[Finding] = []
            for system in chosen:
                found += _system(house, reach, system, wanted, journal.write, progress)
            return replace(_end(house, journal), findings=tuple(found))


def nightly(house: House) -> int:
    """Sweep once a day what may be swept without anybody asking; how many rows. What a night missed the next one does."""
    if house.published is None or not any(one.stage is Stage.AUTOMATIC for one in systems()):
        return 0
    last = store.sweeps(None, 1)
    today = house.runtime.now().astimezone(UTC).date()
    if last and last[0].state != BEGUN and last[0].at.astimezone(UTC).date() >= today:
        return 0
    try:
        return sum(part.rows for part in sweep(house, automatic=True).parts)
    except Conflict:
        return 0


def _chosen(names: Sequence[str], *, automatic: bool = False, look: bool = False) -> tuple[System, ...]:
    """The systems that are swept: those named, or those in which Janji erases; to look, those in which it searches."""
    listed = systems()
    unknown = [name for name in names if name not in {one.name for one in listed}]
    if unknown:
        raise Invalid(say(N_("there is no system `{name}`"), name=unknown[0]), say(N_("`janji connect list` names them")))
    allowed = [one for one in listed if (one.searched if look else one.stage is Stage.AUTOMATIC if automatic else one.erased)]
    refused = [name for name in names if name not in {one.name for one in allowed}]
    if refused:
        raise Invalid(say(N_("nothing is ended in `{name}`: its stage does not allow it"), name=refused[0]),
                      say(N_("`janji connect stage` moves it further")))  # fmt: skip
    return tuple(one for one in allowed if not names or one.name in names)


def _missed(now: datetime) -> int:
    """Nights without a sweep since the last one."""
    last = next((row for row in store.sweeps(None, 20) if row.state in (DONE, PARTLY)), None)
    return 0 if last is None else max(0, (now.astimezone(UTC).date() - last.at.astimezone(UTC).date()).days - 1)


def _wanted(house: House, reach: Reaching, at: datetime, batch: int, most: int, dry: bool) -> _Wanted:
    known, failed = _held_rows(house, reach)
    return _Wanted(at, batch, most, dry, house.runtime.settings.anonymity, house.policy_in_force.policy.retention, known, failed)


def _held_rows(house: House, reach: Reaching) -> tuple[tuple[Known, ...], frozenset[str]]:
    """By what rows are known of people who are held or have a request open, and the systems that could not be asked for them."""
    subjects = store.identified(store.held_people() | store.open_requests())
    if not subjects:
        return (), frozenset()
    plan = plan_batch(house, reach, subjects, Purpose.ACCESS)
    keys: dict[Known, None] = {}
    first = {
        (part.system, gather.table): gather.key[0]
        for part in plan.parts if part.plan is not None for gather in part.plan.gathers if gather.key
    }  # fmt: skip

    def take(system: str, person: int, table: str, row: Mapping[str, Any]) -> None:
        column = first.get((system, table))
        if column is not None and row.get(column) is not None:
            keys[Known(person, f"{system}/{table}.{column}", str(row[column]))] = None

    handed, failed = search_parts(reach, plan, take)
    blocked = {part.system for part in plan.blocked}
    return (*plan.known, *handed, *keys), frozenset(failed) | blocked


def _system(
    house: House, reach: Reaching, system: System, wanted: _Wanted, write: Callable[[Part], None], progress: Progress | None
) -> tuple[Finding, ...]:
    """Sweep one system, table by table; what its map and the schedule do not agree about."""
    if system.name in store.held_systems():
        write(Part(system.name, state=State.HELD))
        return ()
    if system.name in wanted.stopped:
        write(Part(system.name, state=State.BLOCKED, why=(say(N_("people who are held could not be looked for in it")),)))
        return ()
    try:
        connector = reach.of(system.name)
        meaning = meanings(house.runtime).get(system.name)
        if meaning is None or Gap.DUE in connector.gaps:
            why = say(N_("nobody said what `{system}` holds"), system=system.name) if meaning is None else say(N_("rows of its kind of store cannot be ended by time"))
            write(Part(system.name, state=State.BLOCKED, why=(why,)))
            return ()
        catalogue = connector.catalogue()
        noted = findings(catalogue, meaning, wanted.rules)
        stops = {one.table: one for one in noted if one.stops}
        for ending in endings(catalogue, meaning, wanted.rules, wanted.at):
            if ending.table in stops:
                write(_of(ending, state=State.BLOCKED, why=(stops[ending.table].message,)))
                continue
            _ending(reach, catalogue, meaning, ending, wanted, write, progress, house.runtime.random(16).hex())
    except JanjiError as error:
        event("sweep-failed", error=error, system=system.name)
        reach.let_go(system.name)
        write(Part(system.name, state=State.FAILED, why=(error.message,)))
        return ()
    return noted


def _of(ending: Ending, **more: Any) -> Part:
    return Part(str(ending.system), str(ending.table), str(ending.rule), str(ending.event), ending.bound, str(ending.then), **more)


def _ending(
    reach: Reaching, catalogue: Catalogue, meaning: SystemMeaning, ending: Ending, wanted: _Wanted, write: Callable[[Part], None],
    progress: Progress | None, token: str,
) -> None:  # fmt: skip
    """End the rows of one table that are over by one rule."""
    plan = plan_ending(catalogue, meaning, wanted.rules, ending, wanted.at, wanted.batch)
    if plan.problems:
        write(_of(ending, state=State.BLOCKED, why=tuple(one.message for one in plan.problems)))
        return
    connector, known = reach.of(ending.system), wanted.known
    due = connector.due(plan, known)
    held = connector.due(plan, ()) - due if known else 0
    part = _of(ending, due=due, held=max(held, 0))
    if wanted.dry or not due:
        write(part if wanted.dry else _judged(connector, catalogue, plan, ending, wanted, replace(part, state=State.DONE)))
        return
    write(replace(part, state=State.DOING))
    done = _Done(ending)
    try:
        while done.goes_on(due, wanted):
            done.take(connector.erase(plan, known, token))
            if progress is not None:
                progress(f"{ending.system}/{ending.table}", min(done.rows, due), due)
        left = connector.due(plan, known)
        state = State.DONE if not left and not done.remains else State.PARTLY
        level = done.level
        if ending.then is Disposal.DESTROY:
            level = connector.settle(plan, Level.VACUUMED)
        part = replace(part, state=state, ended=dict(done.deleted), changed=dict(done.changed), stays=dict(done.stays), level=str(level))
        part = _judged(connector, catalogue, plan, ending, wanted, part)
    except JanjiError as error:
        event("sweep-failed", error=error, system=ending.system)
        reach.let_go(ending.system)
        part = replace(part, state=State.FAILED, why=(error.message,), ended=dict(done.deleted), changed=dict(done.changed), stays=dict(done.stays))
    write(part)


def _judged(connector: Connector, catalogue: Catalogue, plan: StorePlan, ending: Ending, wanted: _Wanted, part: Part) -> Part:
    """The part, which counts as anonymised only where nobody can be told from fewer than the settings want."""
    if ending.then is not Disposal.ANONYMISE or ending.columns or part.state is not State.DONE:
        return part
    alike = connector.alike(plan, quasi_identifiers(catalogue, plan, ending.table), wanted.least)
    classes = Classes(alike.rows, alike.groups, alike.smallest, alike.below)
    if classes.anonymous(wanted.least):
        return replace(part, smallest=alike.smallest)
    why = say(N_("rows: {rows}, in groups of fewer than {least} that look alike; the smallest has {smallest}"), rows=alike.below, least=wanted.least, smallest=alike.smallest)
    return replace(part, state=State.ALIKE, smallest=alike.smallest, why=(why,))


class _Done:
    """What batches did, one after the other."""

    def __init__(self, ending: Ending) -> None:
        self.ending = ending
        self.deleted: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.stays: Counter[str] = Counter()
        self.remains = self.rows = 0
        self.level = Level.LOGICAL
        self._moved = True
        self._rounds = 0

    def goes_on(self, due: int, wanted: _Wanted) -> bool:
        """Whether another batch may find something: rows that stay for some reason never make it go round."""
        return self._moved and self.rows < min(due, wanted.most) and self._rounds <= -(-due // wanted.batch)

    def take(self, effect: Effect) -> None:
        """Count what one batch did."""
        root = next((one for one in effect.tables if one.table == self.ending.table), None)
        moved = 0 if root is None else max(root.deleted, root.changed, min(root.found, root.deleted + root.changed))
        for one in effect.tables:
            self.deleted[one.table] += one.deleted
            self.changed[one.table] += one.changed
            self.stays.update({f"{one.table}: {reason}": count for reason, count in one.stay})
        self.deleted, self.changed = +self.deleted, +self.changed
        self.remains += sum(left.rows for left in effect.remains)
        self.level = effect.level
        self.rows += 0 if root is None else root.found
        self._moved, self._rounds = moved > 0, self._rounds + 1


# ---------------------------------------------------------------------------------------------------------- the journal


class _Journal:
    """The parts of a sweep as they come: a part is written before it is begun, and again when it is done."""

    def __init__(self, house: House, row: SweepRow) -> None:
        self.house, self.row = house, row
        self.parts: list[Part] = []

    def write(self, part: Part) -> None:
        """Write a part down; it takes the place of the one that was being done."""
        if self.parts and self.parts[-1].state is State.DOING:
            self.parts.pop()
        self.parts.append(part)
        self.row = replace(self.row, parts=[_pack(one) for one in self.parts])
        with transaction():
            store.write_sweep(self.row)


def _end(house: House, journal: _Journal) -> Sweep:
    """Certify each system in which something was over, open the task of telling people, and close the sweep; in one transaction."""
    return _closed(house, journal.row, journal.parts, PARTLY if any(part.state not in (*ENDED,) for part in journal.parts) else DONE)


def _closed(house: House, row: SweepRow, parts: Sequence[Part], state: str) -> Sweep:
    now = house.runtime.now()
    named = [name for name in dict.fromkeys(part.system for part in parts) if any(part.system == name and part.due for part in parts)]
    ids = dict(zip(named, house.runtime.new_ids(len(named)), strict=True))
    gone = sum(sum((part.ended or {}).values()) for part in parts)
    with transaction():
        if named:
            record(house, [
                Entry(kind=Kind.SWEEP_EXECUTED, actor=Actor.SYSTEM, id=ids[name], details=_certificate(row, name, [part for part in parts if part.system == name]))
                for name in named
            ])  # fmt: skip
        task = None
        if gone:
            task = house.runtime.new_id()
            people.open_task(TaskRow(task, NOTICE, None, now, None, None, {"sweep": str(row.id), "rows": str(gone)}))
            record(house, [Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, details={"task": NOTICE, "id": str(task), "sweep": str(row.id)})])
        row = replace(row, state=state, task=task, events={name: str(id) for name, id in ids.items()}, ended=now, parts=[_pack(one) for one in parts])
        store.write_sweep(row)
    return _seen(row)


def _certificate(row: SweepRow, system: str, parts: Sequence[Part]) -> dict[str, Any]:
    """What is certified about one system: rules, bounds, counts and levels; no value and no person."""
    lines = [line for part in parts for line in _lines(part)]
    said = {"sweep": str(row.id), "system": system, "at": stamp(row.at), "missed": row.missed, "effects": lines}
    said["effects_digest"] = digest({"effects": lines})
    if sum(map(len, lines)) > LONGEST:
        del said["effects"]
    return said


def _lines(part: Part) -> Iterator[str]:
    if not part.table:
        yield f"{part.system}: {part.state}"
        return
    before = stamp(part.bound) if part.bound else ""
    smallest = "" if part.smallest is None else f", smallest group {part.smallest}"
    level = f", level {part.level}" if part.level else ""
    yield f"{part.table} by {part.rule} ({part.event}, before {before}): {part.then}, {part.state}, due {part.due}, held {part.held}{smallest}{level}"
    for word, counts in (("deleted", part.ended), ("changed", part.changed), ("stays", part.stays)):
        yield from (f"{part.table} by {part.rule}: {name} {word} {count}" for name, count in sorted((counts or {}).items()))


def _cut_off(house: House) -> None:
    """Close sweeps that a crash cut off: what they did is done, and certified as far as it was counted; what is left the next one does."""
    for row in store.unfinished():
        parts = [replace(one, state=State.PARTLY) if one.state is State.DOING else one for one in map(_unpack, row.parts)]
        _closed(house, row, parts, CUT)


def sweeps(before: UUID | None = None, size: int = 50) -> tuple[Sweep, ...]:
    """Sweeps, the newest first, those before an id."""
    return tuple(map(_seen, store.sweeps(before, size)))


def sweep_of(id: UUID) -> Sweep:
    """One sweep; raises `Invalid` when there is none."""
    row = store.sweep(id)
    if row is None:
        raise Unknown(say(N_("there is no sweep `{id}`"), id=id), say(N_("`janji sweep list` names them")))
    return _seen(row)


def told(house: House, id: UUID, actor: Actor = Actor.STAFF) -> None:
    """Close the task of telling people of what a sweep deleted; raises `Invalid` when none is open."""
    from janji.workflows.tasks import close_tasks

    found = sweep_of(id)
    task = next((task for task in people.open_tasks_of_kind(NOTICE) if task.id == found.task), None)
    if task is None or not close_tasks(house, [task], actor):
        raise Invalid(say(N_("nobody waits to be told of this sweep")), say(N_("`janji sweep list` shows which notices are owed")))


def owed() -> frozenset[UUID]:
    """The tasks of telling people that are open."""
    return frozenset(task.id for task in people.open_tasks_of_kind(NOTICE))


# --------------------------------------------------------------------------------------------------------------- shown


def sweep_json(one: Sweep, tongue: Tongue) -> dict[str, Any]:
    """A sweep as JSON; what is absent is left out."""
    held: dict[str, Any] = {
        "id": None if one.id is None else str(one.id), "at": stamp(one.at), "state": one.state or None, "missed": one.missed or None,
        "notice": None if one.task is None else str(one.task), "certificates": dict(one.events or {}) or None,
        "parts": [_part_json(part, tongue) for part in one.parts],
        "findings": [
            {"system": found.system, "table": found.table, "message": found.message.render(tongue), "help": found.help.render(tongue), "stops": found.stops}
            for found in one.findings
        ],
    }  # fmt: skip
    return {key: value for key, value in held.items() if value is not None}


def kept_look(one: Sweep) -> dict[str, Any]:
    """What a look found, to be kept; `seen_look` reads it."""
    return {
        "at": stamp(one.at), "missed": one.missed, "parts": [_pack(part) for part in one.parts],
        "findings": [
            {"system": found.system, "table": found.table, "message": pack_message(found.message), "help": pack_message(found.help), "stops": found.stops}
            for found in one.findings
        ],
    }  # fmt: skip


def seen_look(held: Mapping[str, Any]) -> Sweep:
    """The look that `kept_look` kept."""
    found = tuple(
        Finding(one["system"], one["table"], unpack_message(one["message"]), unpack_message(one["help"]), one["stops"]) for one in held["findings"]
    )
    return Sweep(None, datetime.fromisoformat(held["at"]), "", tuple(map(_unpack, held["parts"])), held["missed"], findings=found)


def _part_json(part: Part, tongue: Tongue) -> dict[str, Any]:
    held = _pack(part)
    held.pop("why", None)
    if part.why:
        held["why"] = [message.render(tongue) for message in part.why]
    return held


def _pack(part: Part) -> dict[str, Any]:
    held: dict[str, Any] = {
        "system": part.system, "table": part.table, "rule": part.rule, "event": part.event, "then": part.then, "state": str(part.state),
        "bound": None if part.bound is None else stamp(part.bound), "due": part.due, "held": part.held or None, "deleted": part.ended or None,
        "changed": part.changed or None, "stays": part.stays or None, "smallest": part.smallest, "level": part.level or None,
        "why": [{"id": message.id, "holes": {name: str(value) for name, value in message.params}} for message in part.why] or None,
    }  # fmt: skip
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in held.items() if value not in (None, "")}


def _unpack(held: Mapping[str, Any]) -> Part:
    bound = held.get("bound")
    return Part(
        held["system"], held.get("table", ""), held.get("rule", ""), held.get("event", ""), datetime.fromisoformat(bound) if bound else None,
        held.get("then", ""), State(held["state"]), held.get("due", 0), held.get("held", 0), held.get("deleted"), held.get("changed"),
        held.get("stays"), held.get("smallest"), held.get("level", ""),
        tuple(say(one["id"], **one["holes"]) for one in held.get("why", ())),
    )  # fmt: skip


def _seen(row: SweepRow) -> Sweep:
    return Sweep(row.id, row.at, row.state, tuple(map(_unpack, row.parts)), row.missed, row.task, row.events)
