"""Data put right (UU 27/2022 Art 6, 30): each copy of a wrong value changed in its system and read back, and recipients told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from janji.connectors.base import Gap
from janji.datamap.meaning import NONE
from janji.documents.shapes import nearest
from janji.erasure.correction import MOST, Correction, inside_documents, plan_correction
from janji.erasure.plan import Purpose
from janji.erasure.steps import Change, Effect, Known, StorePlan
from janji.errors import Conflict, Invalid, JanjiError
from janji.ledger.events import Actor, Kind, decode
from janji.people.identifiers import KINDS, Identifier
from janji.people.spellings import spellings
from janji.rights.requests import Outcome
from janji.rights.work import Came, Job, nearly_over
from janji.store import records
from janji.terms.messages import N_, Message, say, series
from janji.workflows import worklists
from janji.workflows.holds import held
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.people import add_identifier, current, normalised
from janji.workflows.planning import Part, Plan, Way, plan_batch, search_keys
from janji.workflows.recording import Entry, history_of, record
from janji.workflows.systems import Reaching, reaching
from janji.workflows.tasks import open_task
from janji.workflows.worklists import Worklist

TASK = "recipients-of-correction"
"""The kind of task that is open while recipients must be told by hand that data were wrong."""
BIRTH = "pd:BirthDate"
"""The term of DPV for a date of birth."""
SAID = "correct"
"""Under which name a request says what is wrong: a list, each with `data` (a category), `was` (absent to complete) and `becomes`."""


_LATER = "asked later"


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of one system: rows put right, rows that a rule keeps as they are, what is still wrong, or why nothing was done.

    `inside` are places of documents where the same may stand, which nobody looked into; `other` are values that are neither what was
    said to be wrong nor what is right, where there was nothing else.
    """

    system: str
    rows: int = 0
    kept: tuple[tuple[str, int], ...] = ()
    right: int = 0
    attested: bool = False
    trouble: Message | None = None
    open: bool = False
    inside: tuple[str, ...] = ()
    other: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing is left to be done there."""
        return self.trouble is None and not self.open


def checked_corrections(house: House, said: Mapping[str, Any]) -> None:
    """Raise `Invalid` when a request does not say what is to be put right so that it can be."""
    corrections_of(house, said)


def corrections_of(house: House, said: Mapping[str, Any]) -> tuple[Correction, ...]:
    """What a request says is wrong, in the words of the data map. Raises `Invalid` without the value for what cannot be understood."""
    listed = said.get(SAID)
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise Invalid(say(N_("nothing is said that is to be put right")), say(N_("name a category of data and the right value; the wrong one too, unless it lacks")))
    return tuple(_correction(house, one) for one in listed)


def _correction(house: House, one: Mapping[str, Any]) -> Correction:
    data, was, becomes = (str(one.get(name) or "").strip() for name in ("data", "was", "becomes"))
    known = {*map(str, house.policy_in_force.policy.data), *_held(house)}
    if data not in known:
        raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=data, section="data"), nearest(data, sorted(known)))
    if not becomes or len(becomes) > MOST or not becomes.isprintable() or len(was) > MOST:
        raise Invalid(say(N_("the right value of `{data}` is missing, or cannot be one"), data=data), say(N_("write it as one line of at most {most} characters"), most=MOST))
    kind = _kind_of(house, data, was)
    if kind is None:
        day = _as_day(house, data, becomes)
        return Correction(data, day or becomes, tuple(dict.fromkeys(filter(None, (was and _as_day(house, data, was, wrong=True), was)))))
    right = normalised(house, [(kind, becomes)])[0]
    wrong = list[Identifier]()
    with suppress(Invalid):  # what is wrong may be no identifier at all
        wrong = normalised(house, [(kind, was)]) if was else []
    if was and not wrong:
        return Correction(data, right.normal, (was,), kind)
    return Correction(data, right.normal, tuple(dict.fromkeys(text for item in wrong for text in (item.normal, was, *spellings(item)))), kind)


def _as_day(house: House, data: str, text: str, *, wrong: bool = False) -> str:
    """A date of birth as stores have it, `1990-04-17`, however people write it; empty for other categories, and for a `wrong` one that is no date."""
    entry = house.policy_in_force.policy.data.get(data)
    if entry is None or entry.term != BIRTH:
        return ""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
    if wrong:
        return ""
    raise Invalid(say(N_("the right value of `{data}` is no date"), data=data), say(N_("write it as `1990-04-17`")))


def _held(house: House) -> set[str]:
    """The categories that the data map says something holds: an overlay may be finer than the policy."""
    tables = (table for meaning in meanings(house.runtime).values() for table in meaning.tables.values())
    return {said.category for table in tables for said in table.columns.values()} - {NONE}


def _kind_of(house: House, data: str, was: str) -> str | None:
    """The kind of identifier that a category is by the data map; of several the one that the wrong value is of."""
    meant = Correction(data, "", (was,) if was else ())
    found = {
        identifier.kind for meaning in meanings(house.runtime).values() for table in meaning.tables.values() for identifier in table.identifiers
        if identifier.column in table.columns and meant.meant(table.columns[identifier.column].category)
    } & set(map(str, KINDS))  # fmt: skip
    finer = {kind for kind in found if _is_of(house, kind, was)} if was and _is_wide(house, data) else found
    return finer.pop() if len(finer) == 1 else None


def _is_wide(house: House, data: str) -> bool:
    """Whether the data map has finer categories under this one."""
    return any(category.startswith(f"{data}.") for category in _held(house))


def _is_of(house: House, kind: str, value: str) -> bool:
    """Whether a value is an identifier of a kind."""
    try:
        return bool(normalised(house, [(kind, value)]))
    except Invalid:
        return False


# ------------------------------------------------------------------------------------------------------- carried out


def correct(house: House, job: Job) -> Came:
    """Put right what a request says, wherever it is held. What was done before a kill is not done again.

    Systems are changed one after the other, each after it was asked whether it can be; one that cannot does not stop the others.
    Owners of other systems are asked by worklist; until all answered, the request waits. When its time is nearly over, it ends partly
    done and says where; so it does where the same may stand inside of documents, into which nobody looked.
    """
    request, subject = job.request, current(job.subject)
    corrections = corrections_of(house, job.said)
    try:
        for one in corrections:
            if one.kind is not None:
                add_identifier(house, subject, one.kind, one.becomes, Actor.PERSON)
    except Conflict:  # somebody else has it: the person is not told so, for they would learn who is on record
        why = say(N_("the right value was not put in place by itself: our staff must look at it"))
        return Came(outcome=Outcome.PARTLY_DONE, lines=(why,)) if nearly_over(request, house.runtime.now()) else Came(waits=why)
    with reaching(house) as reach:
        found = (*_in_stores(house, reach, job, subject, corrections), *_answered(house, request.id))
    waiting = [one for one in found if not one.well]
    if waiting and not nearly_over(request, house.runtime.now()):
        return Came(waits=_why(waiting))
    changed = sum(one.rows for one in found)
    told = _tell(house, job, subject, corrections, found) if changed or any(one.right for one in found) else ()
    if waiting or any(one.inside for one in found):
        outcome = Outcome.PARTLY_DONE
    else:
        outcome = Outcome.DONE if changed or any(one.right or one.kept for one in found) else Outcome.NOTHING_HELD
    for batch in _lists(house, request.id):
        worklists.finish(house, batch)
    return Came(outcome=outcome, lines=(*(line for one in found for line in _lines(one)), *told), details={"rows": str(changed)})


def _why(waiting: Sequence[Corrected]) -> Message:
    """For what a correction waits: a system that does not answer first, then owners."""
    for one in waiting:
        if one.trouble is not None:
            return say(N_("`{system}` is not put right yet: {problem}"), system=one.system, problem=one.trouble)
    return say(N_("waits for the owners of: {systems}"), systems=", ".join(f"`{one.system}`" for one in waiting))


def _lines(one: Corrected) -> Iterator[Message]:
    """What is said of one system in the notice of the result."""
    if one.trouble is not None:
        yield say(N_("`{system}`: not put right yet: {problem}"), system=one.system, problem=one.trouble)
    elif one.open:
        yield say(N_("`{system}`: its owner has not answered yet"), system=one.system)
    elif one.rows:
        text = N_("`{system}`: put right, as its owner attests; records: {count}") if one.attested else N_("`{system}`: put right and read back; records: {count}")
        yield say(text, system=one.system, count=one.rows)
    elif one.right:
        yield say(N_("`{system}`: the right value stood there already"), system=one.system)
    if one.other:
        yield say(N_("`{system}`: something else stands there than what you named, and stays; records: {count}"), system=one.system, count=one.other)
    if one.inside:
        yield say(N_("`{system}`: not looked at, for it is inside of documents: {places}"), system=one.system, places=", ".join(f"`{name}`" for name in one.inside))
    for rule, count in one.kept:
        yield say(N_("`{system}`: records that stay as they are, because `{rule}` keeps them: {count}"), system=one.system, rule=rule, count=count)


# --------------------------------------------------------------------------------------------------------- in stores


def _in_stores(house: House, reach: Reaching, job: Job, subject: UUID, corrections: Sequence[Correction]) -> list[Corrected]:
    """Put right what Janji may write to, and ask the owners of all other systems."""
    ids = {one.name: uuid5(job.request.id, f"correction/{one.name}") for one in reach.systems}
    done = records.present(ids.values())
    batch = plan_batch(house, reach, [subject], Purpose.ACCESS)
    plans, found = {}, list[Corrected]()
    asked: list[str] = []
    stays = held(house, [subject]).systems
    for part in batch.parts:
        if ids.get(part.system) in done:
            details = decode(done[ids[part.system]].body).details
            kept = tuple((rule, int(count)) for rule, _, count in (text.rpartition(":") for text in details.get("kept", ())))
            found.append(Corrected(part.system, int(details["rows"]), kept, int(details.get("right", 0)), inside=tuple(details.get("inside", ())), other=int(details.get("other", 0))))
            continue
        way = _way(reach, part, part.system in stays)
        if isinstance(way, Message):
            found.append(Corrected(part.system, trouble=way))
        elif way is Way.ASKED:
            asked.append(part.system)
        else:
            plans[part.system] = part
    known = (*batch.known, *_keys(reach, batch, found))
    for name, part in plans.items():
        found.append(_in_one(house, reach, job, subject, part, corrections, known, ids[name]))
    nobody = worklists.unowned(asked)
    found += [Corrected(name, trouble=worklists.nobody(name)) for name in nobody]
    _ask(house, job, subject, [name for name in asked if name not in nobody], batch.known, corrections)
    return found


def _way(reach: Reaching, part: Part, is_held: bool) -> Way | Message:
    """Who puts a system right: Janji where it may erase, else its owner; or why nobody does."""
    if is_held:
        return say(N_("it is held for a legal proceeding"))
    if part.way is Way.BLOCKED:
        return part.problems[0].message
    system = next((one for one in reach.systems if one.name == part.system), None)
    if part.way is Way.ASKED or system is None or not system.erased or Gap.CORRECT in reach.of(part.system).gaps:
        return Way.ASKED
    return Way.DONE_HERE


def _keys(reach: Reaching, batch: Plan, found: list[Corrected]) -> Iterable[Known]:
    """The keys that systems give for others; one that does not answer is tried again later."""
    keys, failed = search_keys(reach, batch)
    found += [Corrected(name, trouble=error.message) for name, error in failed.items()]
    return keys


def _in_one(
    house: House, reach: Reaching, job: Job, subject: UUID, part: Part, corrections: Sequence[Correction], known: Sequence[Known], event: UUID
) -> Corrected:
    """Put one system right in one transaction of its own, read it back, and record it for the person."""
    try:
        connector = reach.of(part.system)
        meant = meanings(house.runtime)
        others = [other for name, other in meant.items() if name != part.system]
        plan = plan_correction(connector.catalogue(), meant[part.system], corrections, house.runtime.now(), others)
        problems = plan.problems or (() if Gap.PREFLIGHT in connector.gaps or not plan.actions else connector.preflight(plan, known))
        if problems:
            return Corrected(part.system, trouble=problems[0].message)
        effect = connector.erase(plan, known, "") if plan.actions else Effect(part.system, ())
        right, other = (0, 0) if _changed(effect) or not plan.actions else _standing(connector, plan, known)
    except JanjiError as error:
        reach.let_go(part.system)
        return Corrected(part.system, trouble=error.message)
    if not effect.complete:
        return Corrected(part.system, trouble=say(N_("the wrong value is still there when it is read back")))
    kept = tuple((reason.partition(":")[2], count) for table in effect.tables for reason, count in table.stay if reason.startswith("kept:"))
    other = 0 if kept or right else other
    one = Corrected(part.system, _changed(effect), _fully_kept(plan, kept), right, inside=inside_documents(meant[part.system], corrections), other=other)
    details: dict[str, Any] = {
        "system": part.system, "request": str(job.request.id), "data": sorted({item.category for item in corrections}), "rows": one.rows,
        "right": one.right, "kept": [f"{rule}:{count}" for rule, count in one.kept],
        "inside": list(one.inside), "other": one.other,
    }  # fmt: skip
    details = {name: value for name, value in details.items() if value or name == "rows"}
    record(house, [Entry(id=event, kind=Kind.DATA_CHANGED, actor=Actor.STAFF, subject=subject, details=details)])
    return one


def _changed(effect: Effect) -> int:
    return sum(table.changed for table in effect.tables)


def _fully_kept(plan: StorePlan, kept: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Of rows that rules keep those that are kept whole; the others were put right beside what is kept."""
    partly = {rule for change in plan.actions if isinstance(change, Change) for rule in change.rules}
    found: dict[str, int] = {}
    for rule, count in kept:
        if rule not in partly:
            found[rule] = found.get(rule, 0) + count
    return tuple(sorted(found.items()))


def _standing(connector: Any, plan: StorePlan, known: Sequence[Known]) -> tuple[int, int]:
    """How many places hold the right value, where nothing was wrong: what a cut-off attempt did, or somebody else before; and how many something else."""
    changes = [change for change in plan.actions if isinstance(change, Change)]
    wanted = {(change.table, item.column): item.replaced.becomes for change in changes for item in change.assignments if item.replaced}
    right = other = 0

    def take(_: int, table: str, row: Mapping[str, Any]) -> None:
        nonlocal right, other
        held = [(str(row[column]), value) for (name, column), value in wanted.items() if name == table and row.get(column) not in (None, "")]
        right += sum(there == value for there, value in held)
        other += sum(there != value for there, value in held)

    connector.search(replace(plan, marks=(), actions=()), known, take)
    return right, other


# ------------------------------------------------------------------------------------------------- owners, recipients


def _ask(house: House, job: Job, subject: UUID, systems: Sequence[str], known: Sequence[Known], corrections: Sequence[Correction]) -> None:
    """Ask the owners of systems, of each once, to put right by hand; what is wrong and what is right stands in the list, under its key.

    What comes to be asked later is asked by further lists.
    """
    lists = _lists(house, job.request.id)
    before = {system for held in lists.values() for one in held for system in one.systems}
    fresh = [system for system in systems if system not in before]
    if fresh:
        batch = uuid5([*lists][-1], _LATER) if lists else job.request.id
        wrong = [
            Known(0, f"{worklists.WRONG}{one.category}", f"{one.was[0]} -> {one.becomes}" if one.was else f"-> {one.becomes}") for one in corrections
        ]
        within = max(job.request.due - house.runtime.now(), timedelta())
        worklists.ask(house, batch, worklists.Right.CORRECT, fresh, [subject], [*known, *wrong], min(worklists.WITHIN, within))


def _lists(house: House, request: UUID) -> dict[UUID, tuple[Worklist, ...]]:
    """The lists by which a request asks, by their batches, the oldest first: an owner has one list of each batch."""
    found: dict[UUID, tuple[Worklist, ...]] = {}
    batch = request
    while held := worklists.of_batch(house, batch):
        found[batch] = held
        batch = uuid5(batch, _LATER)
    return found


def _answered(house: House, request: UUID) -> Iterator[Corrected]:
    """What owners said so far."""
    for one in (outcome for batch in _lists(house, request) for outcome in worklists.outcomes(house, batch)):
        if one.effect is None:
            closed = not one.open
            yield Corrected(one.system, open=True, trouble=say(N_("the list was closed before it was answered")) if closed else None)
        else:
            kept = tuple((reason.partition(":")[2], count) for table in one.effect.tables for reason, count in table.stay)
            yield Corrected(one.system, _changed(one.effect), kept, attested=True)


def _tell(house: House, job: Job, subject: UUID, corrections: Sequence[Correction], found: Sequence[Corrected]) -> tuple[Message, ...]:
    """Tell who was given the data: consumers by webhook, through one event; other recipients by a task, and the person who they are."""
    data = sorted({one.category for one in corrections})
    record(house, [Entry(
        id=uuid5(job.request.id, "corrected"), kind=Kind.DATA_CORRECTED, actor=Actor.STAFF, subject=subject,
        details={"request": str(job.request.id), "data": data, "systems": sorted(one.system for one in found if one.rows or one.right)},
    )])  # fmt: skip
    recipients = recipients_of(house, subject, data)
    if not recipients:
        return ()
    open_task(house, TASK, subject, None, {"recipients": list(recipients), "data": data, "request": str(job.request.id)})
    titles = [house.policy_in_force.policy.recipients[name].title for name in recipients]
    return (say(N_("these were given the data and are told that they were wrong: {names}"), names=series(titles)),)


def recipients_of(house: House, subject: UUID, data: Iterable[str]) -> tuple[str, ...]:
    """The recipients of the policy to whom any of these data of a person were disclosed, by the person's record."""
    wanted, known = set(data), house.policy_in_force.policy.recipients
    found = {
        str(event.details["recipient"]) for event in history_of(house, subject)
        if event.kind is Kind.DISCLOSURE_MADE and wanted & set(event.details.get("data", ()))
    }  # fmt: skip
    return tuple(sorted(found & set(map(str, known))))
