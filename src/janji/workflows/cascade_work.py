"""Withdrawals carried out: what nothing else needs any more is deleted in every system, read back, certified, and only then the task ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from janji.consent.cascade import TASK, cascade
from janji.consent.impact import Withdrawal
from janji.datamap.categories import categories_of, in_words_of
from janji.datamap.meaning import SystemMeaning
from janji.errors import Conflict, Invalid, JanjiError
from janji.ledger.events import Actor, Kind, stamp
from janji.rights.requests import staff_name
from janji.store import erasures, people
from janji.store.database import transaction
from janji.store.people import TaskRow
from janji.store.sweeps import identified
from janji.terms.messages import N_, Message, Tongue, pack_message, say, series, unpack_message
from janji.workflows import worklists
from janji.workflows.consents import facts_of
from janji.workflows.erasing import Here, carry_out, plan_digest, prepare
from janji.workflows.erasing import State as Far
from janji.workflows.holds import held
from janji.workflows.house import House
from janji.workflows.logs import event
from janji.workflows.mapping import meanings
from janji.workflows.needs import needed_again
from janji.workflows.people import people_now
from janji.workflows.planning import Scope, concerned
from janji.workflows.recording import Entry, history_of, record
from janji.workflows.systems import Stage, reaching, systems
from janji.workflows.tasks import close_tasks

STEP = "withdrawals"
"""The step of a worker that does it, and the name of its lock: one at a time."""
MOST = 2_000
"""Withdrawals that are in hand at once: people of whom the same goes are planned and deleted together."""
SOON, LATER = timedelta(minutes=1), timedelta(hours=1)
"""The wait before it is looked again at what is under way, and at what cannot go on as things are."""
GATHERED = timedelta(days=1)
"""For so long withdrawals are gathered before the owners of systems are asked: one list for all of them."""
_OPTIONS = {"level": "logical", "forget": False}


class Way(StrEnum):
    """Who deletes in a system, by its stage: Janji at once, Janji once an officer agreed, or its owner by hand.

    Each has a run of its own, under this name in the task, so that none waits for another.
    """

    HERE = "here"
    AGREED = "agreed-run"
    OWNERS = "owners"


@dataclass(frozen=True, slots=True)
class Owed:
    """One withdrawal whose data are not all deleted yet: which go, where it is done, where an officer must agree, and why it waits."""

    id: UUID
    subject: UUID
    opened: datetime
    due: datetime | None
    purposes: tuple[str, ...]
    data: tuple[str, ...]
    done: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    why: Message | None = None


@dataclass(slots=True)
class _Going:
    """A task in hand: whom it is about by now, what goes of them as things are, what its details say, and why it waits."""

    task: TaskRow
    subject: UUID
    data: tuple[str, ...]
    details: dict[str, Any]
    left: dict[Way, tuple[str, ...]] = field(default_factory=dict)
    why: Message | None = None


def work(house: House, most: int = MOST) -> int:
    """Go on with withdrawals that are due, all of whom the same goes together; the step of a worker. How many it were."""
    if house.published is None:
        return 0
    tasks = people.waking_tasks(TASK, house.runtime.now(), most)
    going = _going(house, tasks)
    if going:
        _find_places(house, going)
        for way in Way:
            for number, some in _runs(house, going, way):
                _carry(house, some, way, number)
        _end(house, going)
    return len(tasks)


# ---------------------------------------------------------------------------------------------------- what goes of whom


def _going(house: House, tasks: Sequence[TaskRow]) -> list[_Going]:
    """What goes of whom, as things are now; a task of which nothing is left is closed: the consent stands again, or all is needed."""
    there = people_now(task.subject for task in tasks if task.subject is not None)
    who = {task.id: there.get(task.subject) if task.subject is not None else None for task in tasks}
    facts = facts_of(house, [one for one in who.values() if one is not None])
    compiled, now = house.policy_in_force.compiled, house.runtime.now()
    known = set(identified(frozenset(facts)))
    found, over = list[_Going](), dict[str, list[TaskRow]]()
    for task in tasks:
        subject, told = who[task.id], set(task.details.get("delete", ()))
        if subject is None or subject not in known or not told:
            over.setdefault("forgotten" if subject is None else "not-identified" if subject not in known else "not-needed", []).append(task)
            continue
        left = cascade(compiled, facts[subject], [Withdrawal(name) for name in task.details["purposes"]], now)
        data = tuple(sorted(fate.data for fate in left.goes if fate.data in told))
        if data:
            found.append(_Going(task, subject, data, dict(task.details)))
        else:
            over.setdefault("not-needed", []).append(task)
    for outcome, some in over.items():
        close_tasks(house, some, outcome=outcome)
        _call_off(house, {task.details[Way.OWNERS] for task in some if Way.OWNERS in task.details})
    return found


def _call_off(house: House, numbers: Iterable[str]) -> None:
    """Close the lists by which owners were asked, where nobody is left of whom anything is to go."""
    for number in numbers:
        row = erasures.planned(number)
        if row is not None and row.ended is None and needed_again(house, row.subjects, row.options["data"]) >= set(row.subjects):
            for one in worklists.of_batch(house, row.id):
                worklists.close(house, one.id)


def _find_places(house: House, going: Sequence[_Going]) -> None:
    """Say where each is to be deleted still, by who does it."""
    stages, meant = {one.name: one.stage for one in systems()}, _meant(house)
    with reaching(house) as reach:
        places = {data: concerned(reach, meant, data) for data in {one.data for one in going}}
    for one in going:
        left = [name for name in places[one.data] if name not in one.details.get("done", ())]
        ways = {name: _way(stages.get(name)) for name in left}
        one.left = {way: tuple(name for name in left if ways[name] is way) for way in Way}


def _meant(house: House) -> dict[str, SystemMeaning]:
    """What systems hold, in the words of the policy."""
    declared = house.policy_in_force.policy.data
    return {name: in_words_of(meaning, declared) for name, meaning in meanings(house.runtime).items()}


def _way(stage: Stage | None) -> Way:
    """Who deletes in a system of a stage. One that is only in the data map is blocked wherever it is planned."""
    if stage is Stage.PLANNED:
        return Way.AGREED
    return Way.HERE if stage in (Stage.AUTOMATIC, None) else Way.OWNERS


# --------------------------------------------------------------------------------------------------------- carried out


def _runs(house: House, going: Sequence[_Going], way: Way) -> Iterator[tuple[str, list[_Going]]]:
    """The erasures that are in hand, by the numbers of their plans, and those that are begun now: one for all of whom the same goes."""
    stays = held(house, [one.subject for one in going]).people
    runs, fresh = dict[str, list[_Going]](), dict[Scope, list[_Going]]()
    now = house.runtime.now()
    for one in going:
        if way in one.details:
            runs.setdefault(one.details[way], []).append(one)
        elif not one.left[way] or (way is Way.AGREED and "agreed" not in one.details):
            continue
        elif one.subject in stays:
            one.why = say(N_("a legal proceeding holds the person's data"))
        elif way is not Way.OWNERS or one.task.opened + GATHERED <= now:
            fresh.setdefault(Scope(one.data, one.left[way]), []).append(one)
    yield from runs.items()
    for scope, some in fresh.items():
        number = _begin(house, some, way, scope)
        if number:
            yield number, some


def _begin(house: House, some: Sequence[_Going], way: Way, scope: Scope) -> str:
    """Plan what goes of these people and keep the number of the plan with their tasks before anything is done; nothing where it cannot be planned."""
    try:
        plan = prepare(house, list(dict.fromkeys(one.subject for one in some)), counting=False, scope=scope)
    except JanjiError as error:
        _waits(some, error)
        return ""
    number = plan_digest(plan, {**_OPTIONS, **scope._asdict()})
    _note(some, {way: number})
    return number


def _carry(house: House, some: Sequence[_Going], way: Way, number: str) -> None:
    """Carry a plan out, or go on with it; what was cut off goes on, and nothing is done twice."""
    row = erasures.planned(number)
    if row is None:  # it was kept for too long, or dropped
        _note(some, {}, [way])
        return
    try:
        done = carry_out(house, row.subjects, number, partly=True)
    except JanjiError as error:
        now = erasures.planned(number)
        if not isinstance(error, Conflict | Invalid) or now is None or now.state == erasures.PLANNED:
            _note(some, {}, [way])  # it was not begun: what changed since is planned anew
        _waits(some, error)
        return
    if done.ended is None:
        for one in some:
            one.why = _why(next(here for here in done.stores if here.state is not Far.DONE))
        return
    well = [here.system for here in done.stores if _is_done(here)]
    rows = {done.subjects[place]: count for here in done.stores if here.effect is not None for place, _, count in here.effect.people}
    for one in some:
        kept = sorted({*one.details.get("done", ()), *well})
        certificates = [*one.details.get("certificates", ()), str(done.event)]
        _note([one], {"done": kept, "certificates": certificates, "rows": one.details.get("rows", 0) + rows.get(one.subject, 0)}, [way])
        one.left[way] = tuple(name for name in one.left[way] if name not in well)
        one.why = next((_why(here) for here in done.stores if here.system in one.left[way]), one.why)


def _is_done(here: Here) -> bool:
    return here.state is Far.DONE and here.effect is not None and here.effect.complete and not here.left_out


def _waits(some: Sequence[_Going], error: JanjiError) -> None:
    event("withdrawal-waits", error=error, count=len(some))
    for one in some:
        one.why = error.message


def _why(here: Here) -> Message:
    """Why a system is not done."""
    if here.state is Far.ASKED:
        return say(N_("waits for the owners of: {systems}"), systems=f"`{here.system}`")
    if here.trouble is not None:
        return say(N_("`{system}`: not done: {why}"), system=here.system, why=here.trouble)
    return say(N_("`{system}`: something remains"), system=here.system)


def _note(some: Sequence[_Going], details: Mapping[str, Any], drop: Sequence[str] = ()) -> None:
    """Keep details with tasks, here and in the store."""
    people.note_tasks([one.task.id for one in some], details, drop)
    for one in some:
        one.details = {key: value for key, value in one.details.items() if key not in drop} | dict(details)


def _end(house: House, going: Sequence[_Going]) -> None:
    """End the withdrawals of which nothing is left anywhere, as it was read back or attested; say of the others when they go on, and why they wait."""
    now, unknown = house.runtime.now(), _unknown(house)
    waiting = dict[tuple[str, str], list[_Going]]()
    for one in going:
        searched, left = one.details.get("certificates", []), any(one.left.values())
        if not left and (searched or unknown is None):
            outcome = "deleted" if one.details.get("rows") else "nothing-held" if searched else "no-place"
            close_tasks(house, [one.task], outcome=outcome, said={"data": list(one.data), "certificates": searched})
            continue
        why = one.why or (unknown if not left and unknown is not None else _nobody(one))
        then = [now + (SOON if any(way in one.details for way in Way) else LATER)]
        if one.left[Way.OWNERS] and one.task.opened + GATHERED > now:
            then.append(one.task.opened + GATHERED)
        waiting.setdefault((stamp(min(then)), repr(why)), []).append(one)
        one.why = why
    for (then_, _), some in waiting.items():
        _note(some, {"next": then_, "why": pack_message(some[0].why)} if some[0].why is not None else {"next": then_})


def _unknown(house: House) -> Message | None:
    """Why nobody can say that a category is held nowhere: systems hold what the policy does not name, and it may be that."""
    declared = house.policy_in_force.policy.data
    unsaid = [name for name, meaning in sorted(_meant(house).items()) if set(categories_of(meaning)) - set(declared)]
    if not unsaid:
        return None
    return say(N_("no system is said to hold it, and {systems} hold what the policy does not name: say in the data map what it is"), systems=_named(unsaid))


def _nobody(one: _Going) -> Message:
    """What a withdrawal waits for in which nothing failed."""
    if one.left[Way.AGREED] and "agreed" not in one.details:
        return say(N_("an officer must agree to the deletion in: {systems}"), systems=_named(one.left[Way.AGREED]))
    return say(N_("waits for the owners of: {systems}"), systems=_named(one.left[Way.OWNERS] or one.left[Way.HERE]))


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# ---------------------------------------------------------------------------------------------------------------- told


@dataclass(frozen=True, slots=True)
class Came:
    """What came of some withdrawals of a person: why they are not over, if they are not, what is told, and what certifies it."""

    waits: Message | None
    lines: tuple[Message, ...]
    certificates: tuple[str, ...]


def came_of(house: House, subject: UUID, purposes: Iterable[str]) -> Came:
    """What came of the withdrawals of these purposes, the last of each, as the ledger has it."""
    wanted, last, ends = set(purposes), dict[str, str](), dict[str, Mapping[str, Any]]()
    for event_ in history_of(house, subject):
        said = event_.details
        if event_.kind is Kind.TASK_OPENED and said.get("task") == TASK and said.get("purpose") in wanted:
            last[str(said["purpose"])] = str(said["id"])
        elif event_.kind is Kind.TASK_CLOSED and said.get("task") == TASK:
            ends[str(said["id"])] = said
    open_ = [task for task in people.open_tasks([subject], TASK) if str(task.id) in last.values() and task.details.get("delete")]
    over = [ends[id] for id in last.values() if id in ends]
    titles = {str(name): one.title for name, one in house.policy_in_force.policy.data.items()}
    lines: list[Message] = []
    for outcome, text in _ENDS.items():
        data = sorted({name for said in over if said["outcome"] == outcome for name in said.get("data", ())})
        lines += [say(text, data=series(titles.get(name, name) for name in data))] if data else []
    left = sorted({name for task in open_ for name in task.details["delete"]})
    named = series(titles.get(name, name) for name in left)
    lines += [say(N_("this is not deleted everywhere yet, and goes on: {data}"), data=named)] if left else []
    why = next((unpack_message(task.details["why"]) for task in open_ if "why" in task.details), say(N_("this is being deleted: {data}"), data=named))
    return Came(why if open_ else None, tuple(lines), tuple(dict.fromkeys(one for said in over for one in said.get("certificates", ()))))


_ENDS = {
    "deleted": N_("this was deleted, because nothing else needs it, and it was looked whether it is gone: {data}"),
    "nothing-held": N_("of this nothing was held any more: {data}"),
    "no-place": N_("this no system of ours is known to hold: {data}"),
}  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- agreed


def owed(house: House) -> tuple[Owed, ...]:
    """The withdrawals of which something is to be deleted still, the most urgent first."""
    tasks = [task for task in people.open_tasks_of_kind(TASK) if task.details.get("delete") and task.subject is not None]
    stages, meant = {one.name: one.stage for one in systems()}, _meant(house)
    with reaching(house) as reach:
        return tuple(_owed(task, concerned(reach, meant, task.details["delete"]), stages) for task in tasks)


def _owed(task: TaskRow, places: Sequence[str], stages: Mapping[str, Stage]) -> Owed:
    said = task.details
    done = tuple(said.get("done", ()))
    asked = () if "agreed" in said else tuple(name for name in places if stages.get(name) is Stage.PLANNED and name not in done)
    if task.subject is None:
        raise ValueError("a withdrawal is somebody's")
    return Owed(
        task.id, task.subject, task.opened, task.due, tuple(said["purposes"]), tuple(said["delete"]), done, asked,
        unpack_message(said["why"]) if "why" in said else None,
    )  # fmt: skip


def agree(house: House, ids: Sequence[UUID] | None, by: str) -> int:
    """Let the deletion go on in systems where it is planned and reviewed: an officer agrees, of some withdrawals or of all that wait for it.

    How many it were; nothing is recorded of one that waits for no officer. Raises `Invalid` when it is not said who agrees, or there is
    no such withdrawal.
    """
    name = staff_name(by)
    waiting = {one.id: one for one in owed(house)}
    unknown = [id for id in ids or () if id not in waiting]
    if unknown:
        raise Invalid(say(N_("no withdrawal waits under `{id}`"), id=unknown[0]), say(N_("`janji withdrawal list` names those that do")))
    chosen = [one for one in waiting.values() if one.asked and (ids is None or one.id in ids)]
    with transaction():
        record(house, [
            Entry(kind=Kind.REQUEST_APPROVED, actor=Actor.STAFF, subject=one.subject, evidence={"by": name},
                  details={"task": TASK, "id": str(one.id), "role": "officer", "system": list(one.asked)})
            for one in chosen
        ])  # fmt: skip
        people.note_tasks([one.id for one in chosen], {"agreed": True, "next": stamp(house.runtime.now())})
    return len(chosen)


def owed_json(one: Owed, tongue: Tongue) -> dict[str, Any]:
    """A withdrawal that is not over as JSON; what is absent is left out."""
    named: dict[str, Any] = {
        "id": str(one.id), "subject": str(one.subject), "opened": stamp(one.opened), "due": stamp(one.due) if one.due else "",
        "purposes": list(one.purposes), "data": list(one.data), "done": list(one.done), "needs_agreement": list(one.asked),
        "waits": one.why.render(tongue) if one.why else "",
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}
