"""Copies, deletions, destructions and endings carried out for many requests at once, by one search or one erasure for all of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

import orjson

from janji.datamap.meaning import KeepRule, SystemMeaning
from janji.datamap.written import write_meaning
from janji.erasure.plan import Purpose
from janji.erasure.steps import StorePlan
from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Actor, Kind
from janji.rights import requests as steps
from janji.rights.requests import Outcome, Request, State
from janji.rights.work import Came, Job, gone, nearly_over
from janji.store import requests as store
from janji.store.database import transaction
from janji.terms.canonical import digest
from janji.terms.messages import N_, Message, pack_message, say
from janji.terms.processing import Right
from janji.terms.words import for_period
from janji.workflows.erasing import Erasure, Here, carry_out, plan_digest, prepare
from janji.workflows.erasing import State as Far
from janji.workflows.gathering import Package, Searched
from janji.workflows.gathering import search as search_all
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.people import people_now
from janji.workflows.person_packages import Wanted, write_packages
from janji.workflows.planning import Plan, Way, checked, plan_batch
from janji.workflows.recording import Entry, record
from janji.workflows.request_marks import COVERED, marks_of
from janji.workflows.request_telling import ask_officers
from janji.workflows.requests import Move, move_all, waiting_for, with_lines
from janji.workflows.systems import reaching

PURPOSES = {Right.DELETION: Purpose.ERASE, Right.DESTRUCTION: Purpose.DESTROY}
"""The rights by which data go: what would be done is shown to officers before they agree."""
_COPIES = (Right.ACCESS, Right.PORTABILITY, Right.CLAIM)
"""The rights by which people get what is held before it goes."""
_OPTIONS = {"level": "logical", "forget": False}


# --------------------------------------------------------------------------------------------------------------- copies


def gather(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
    """Search what is held about all of them into one package; what owners have to answer is waited for while there is time."""
    return _in_groups(house, jobs, "package", _gather)


def _gather(house: House, jobs: Sequence[Job], known: str) -> list[Came]:
    ids = [job.request.id for job in jobs]
    id = UUID(known) if known else house.runtime.new_id()
    if not known:
        store.note(ids, {"package": str(id)})
    people = people_now(job.subject for job in jobs)
    there = [one for one in dict.fromkeys(people.values()) if one is not None]
    try:
        package = search_all(house, there, actor=Actor.SYSTEM, id=id) if there else None
    except (Conflict, Invalid, Refusal):  # one of them is in the way; what else goes wrong leaves the search to be gone on with
        store.note(ids, {}, ["package"])
        raise
    again = package is not None and not package.whole and not any(one.state == Way.ASKED for one in package.systems)
    if again:  # nobody is asked, so a fresh search costs nobody anything: a system may answer by then. What staff covered is in this one
        store.note([job.request.id for job in jobs if COVERED not in job.request.details and not nearly_over(job.request, house.runtime.now())], {}, ["package"])
    counts = {} if package is None else _counts(package.subjects, {one.system: one.people for one in package.systems})
    came = [_gathered(house, job, package, counts.get(people[job.subject])) for job in jobs]
    write_packages(house, [
        Wanted(job.request.id, id, person, job.request.details.get("language") or house.runtime.settings.language, marks_of(job.request))
        for job, one in zip(jobs, came, strict=True)
        if one.outcome in (Outcome.DONE, Outcome.PARTLY_DONE) and (person := people[job.subject]) is not None
    ])  # fmt: skip
    return came


def _counts(subjects: Sequence[UUID], by_system: Mapping[str, Sequence[tuple[int, int]]]) -> dict[UUID | None, dict[str, int]]:
    """How many rows each person has in each system."""
    found: dict[UUID | None, dict[str, int]] = {subject: {} for subject in subjects}
    for system, people in by_system.items():
        for place, count in people:
            held = found[subjects[place]]
            held[system] = held.get(system, 0) + count
    return found


def _gathered(house: House, job: Job, package: Package | None, rows: Mapping[str, int] | None) -> Came:
    if package is None or rows is None:
        return gone()
    missing = [one for one in package.systems if one.state != "done"]
    if missing and not nearly_over(job.request, house.runtime.now()):
        return Came(waits=_unanswered([one.system for one in missing]))
    outcome = Outcome.PARTLY_DONE if missing else Outcome.DONE if any(rows.values()) else Outcome.NOTHING_HELD
    lines = tuple(_found(one, rows.get(one.system, 0)) for one in package.systems)
    return Came(outcome=outcome, lines=lines, details={"package": str(package.id)})


def _found(one: Searched, count: int) -> Message:
    """What one system gave of one person."""
    if one.state != "done":
        return say(N_("`{system}` has not answered, and is not in the copy"), system=one.system)
    if one.attested:
        return say(N_("`{system}`, as the people answer who look after it: entries: {count}"), system=one.system, count=count)
    return say(N_("`{system}`: rows found: {count}"), system=one.system, count=count)


def _unanswered(systems: Sequence[str]) -> Message:
    return say(N_("these systems have not answered: {systems}"), systems=", ".join(f"`{one}`" for one in systems))


# ----------------------------------------------------------------------------------------------------------- erasures


def erase(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
    """Delete what is held about all of them by one plan; what the law keeps stays and is named with its rule."""
    return _in_groups(house, jobs, "plan", lambda house, some, number: _erase(house, some, number, Purpose.ERASE))


def destroy(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
    """As `erase`, with the purpose to destroy."""
    return _in_groups(house, jobs, "plan", lambda house, some, number: _erase(house, some, number, Purpose.DESTROY))


def _erase(house: House, jobs: Sequence[Job], number: str, purpose: Purpose) -> list[Came]:
    """Carry out the plan of these requests; one is made where there is none, and kept before anything is done by it."""
    ids = [job.request.id for job in jobs]
    people = people_now(job.subject for job in jobs)
    late = all(nearly_over(job.request, house.runtime.now()) for job in jobs)
    apart: dict[UUID, Came] = {job.request.id: gone() for job in jobs if people[job.subject] is None}
    plan = None
    if not number:
        apart = {**_copies_first(house, jobs, people), **apart}
        plan, number, others = _planned(house, [job for job in jobs if job.request.id not in apart], people, purpose, late=late)
        apart |= others
    rest = [job for job in jobs if job.request.id not in apart]
    if not rest or not number:
        return [apart.get(id, Came(waits=say(N_("it is planned anew")))) for id in ids]
    subjects = list(dict.fromkeys(one for job in rest if (one := people[job.subject]) is not None))
    try:
        done = carry_out(house, subjects, number, partly=late, ready=plan)
    except Conflict as error:
        store.note(ids, {}, ["plan"])
        return [apart.get(id, Came(waits=error.message)) for id in ids]
    except (Invalid, Refusal):  # it was not begun: it is about others too, or a system is blocked by now
        store.note(ids, {}, ["plan"])
        raise
    rules = {name: {table: meant.keep for table, meant in one.tables.items()} for name, one in meanings(house.runtime).items()}
    counts = _counts(done.subjects, {here.system: [(place, rows) for place, _, rows in _people(here)] for here in done.stores})
    kept = {here.system: tuple(_kept_lines(here, rules.get(here.system, {}))) for here in done.stores}
    now = house.runtime.now()
    return [
        apart.get(job.request.id) or _erased(done, counts.get(people[job.subject], {}), kept, late=nearly_over(job.request, now)) for job in jobs
    ]  # fmt: skip


def _copies_first(house: House, jobs: Sequence[Job], people: Mapping[UUID, UUID | None]) -> dict[UUID, Came]:
    """Those who asked for a copy too and do not have it yet: their data go once they do, or when the time of this request is nearly over.

    A copy of which nobody has shown who asks is waited for where it was asked for from the same address and no later, as long as it has
    time itself: whoever knows an address could put a deletion off for ever else.
    """
    now = house.runtime.now()
    some = [job for job in jobs if not nearly_over(job.request, now)]
    named = {one for job in some for one in (job.subject, people[job.subject]) if one is not None}
    wait = store.copies_first(named, [str(kind) for kind in _COPIES], now) if named else set()
    why = say(N_("the copy that was asked for too is not in the person's hands yet; it would be lost"))
    found = {job.request.id: Came(waits=why) for job in some if wait & {job.subject, people[job.subject]}}
    unshown = store.copies_unshown((job.request.id for job in some), [str(kind) for kind in _COPIES], now)
    return {id: Came(waits=say(N_("a copy was asked for too, and it is not shown yet who asks for that; the code that was sent for it shows it"))) for id in unshown} | found


def _planned(
    house: House, jobs: Sequence[Job], people: Mapping[UUID, UUID | None], purpose: Purpose, *, late: bool
) -> tuple[Plan | None, str, dict[UUID, Came]]:
    """A plan for those of these requests that can be carried out, and its number, kept with them; and what is to be said of the others.

    Where the forms of systems or the data map are not as they were when officers agreed, or a legal proceeding holds the person, the
    request goes back to the officers. Where a system is blocked all wait, while there is time, and nobody is asked about what cannot be done.
    """
    subjects = list(dict.fromkeys(one for job in jobs if (one := people[job.subject]) is not None))
    if not subjects:
        return None, "", {}
    if any(job.request.details.get("tries") for job in jobs) and not late and (would := would_do(house, subjects, purpose)).blocked:
        return None, "", {job.request.id: Came(waits=_blocked(would)) for job in jobs}
    plan = prepare(house, subjects, purpose, counting=False)
    form, apart = form_of(house, plan), dict[UUID, Came]()
    held = [job for job in jobs if people[job.subject] in plan.held]
    stopped = bool(plan.blocked) and not late  # then it is not known yet what would be done: a system that is as it was again is as agreed
    changed = [] if stopped else [job for job in jobs if job not in held and job.request.details.get("form", form) != form]
    for some, why in ((held, _held()), (changed, _changed())):
        give_back(house, [job.request.id for job in some], form, planned_lines(house, plan), why)
        apart |= {job.request.id: Came(waits=why) for job in some}
    rest = [job for job in jobs if job.request.id not in apart]
    if stopped:
        return None, "", apart | {job.request.id: Came(waits=_blocked(plan)) for job in rest}
    if apart and rest:
        plan = prepare(house, [one for job in rest if (one := people[job.subject]) is not None], purpose, counting=False)
    if not rest:
        return None, "", apart
    number = plan_digest(plan, _OPTIONS)
    store.note([job.request.id for job in rest], {"plan": number})
    return plan, number, apart


def would_do(house: House, subjects: Sequence[UUID], purpose: Purpose) -> Plan:
    """What would be done about people, with what stands against it; nothing is kept or counted."""
    with reaching(house) as reach:
        return checked(reach, plan_batch(house, reach, subjects, purpose))


def form_of(house: House, plan: Plan) -> str:
    """A digest of what would become of whose tables, whoever the people are: what officers agree to. The data map is in it."""
    meant = meanings(house.runtime)
    return digest([
        [part.system, str(part.way), "" if part.system not in meant else digest(write_meaning(meant[part.system])),
         [] if part.plan is None else [[one.table, one.column or "", str(one.verdict), one.rule] for one in part.plan.fates]]
        for part in plan.parts
    ])  # fmt: skip


def planned_lines(house: House, plan: Plan) -> tuple[Message, ...]:
    """What would be done, a line a system, and what would stay by which rule: what officers look at."""
    meant = meanings(house.runtime)
    return tuple(line for part in plan.parts for line in _planned_part(part.system, part.way, part.plan, meant.get(part.system)))


def _planned_part(system: str, way: Way, plan: StorePlan | None, meaning: SystemMeaning | None) -> Iterator[Message]:
    if way is Way.ASKED:
        yield say(N_("`{system}`: the people who look after it are asked"), system=system)
    elif way is not Way.DONE_HERE or plan is None:
        yield say(N_("`{system}`: nothing can be done there as things are"), system=system)
    else:
        tables = ", ".join(f"`{name}`" for name in dict.fromkeys(one.table for one in plan.fates))
        yield say(N_("`{system}`: what belongs to the person goes from {tables}"), system=system, tables=tables or "-")
        for table, rule in dict.fromkeys((one.table, one.rule) for one in plan.fates if one.rule):
            keep = {} if meaning is None or table not in meaning.tables else {one.rule: one for one in meaning.tables[table].keep}
            yield _kept(system, table, rule, keep.get(rule))


def _kept(system: str, table: str, rule: str, keep: KeepRule | None) -> Message:
    """What stays in one table, on which ground, and until when as far as the data map says."""
    if keep is not None and keep.period is not None and keep.since is not None:
        return say(N_("`{system}`, `{table}`: what the rule `{rule}` keeps stays {period}, counted from `{since}`"),
                   system=system, table=table, rule=rule, period=for_period(keep.period), since=keep.since)  # fmt: skip
    return say(N_("`{system}`, `{table}`: what the rule `{rule}` keeps stays"), system=system, table=table, rule=rule)


def _erased(done: Erasure, rows: Mapping[str, int], kept: Mapping[str, tuple[Message, ...]], *, late: bool) -> Came:
    """What came of one request of an erasure: `rows` are the person's by system, `kept` what rules keep in each."""
    details = {"erasure": str(done.id)}
    waits = [here.system for here in done.stores if here.state not in (Far.DONE, Far.STOPPED, Far.HELD, Far.BLOCKED)]
    if done.event is None and not late:
        return Came(waits=_unanswered(waits), details=details)
    whole = all(here.state is Far.DONE and here.effect is not None and here.effect.complete and not here.left_out for here in done.stores)
    outcome = Outcome.PARTLY_DONE if not whole else Outcome.DONE if any(rows.values()) else Outcome.NOTHING_HELD
    stays = [line for system, lines in kept.items() if rows.get(system) for line in lines]
    if stays:
        details["kept"] = orjson.dumps(list(map(pack_message, stays))).decode()
    return Came(outcome=outcome, lines=tuple(_done(here, rows.get(here.system, 0)) for here in done.stores), details=details)


def _people(here: Here) -> Sequence[tuple[int, str, int]]:
    return () if here.effect is None else here.effect.people


def _done(here: Here, count: int) -> Message:
    """What became of one person's rows in one system."""
    if here.effect is None:
        why = here.trouble if here.trouble is not None else say(N_("it has not answered"))
        return say(N_("`{system}`: not done: {why}"), system=here.system, why=why)
    if not here.effect.complete:
        return say(N_("`{system}`: something remains"), system=here.system)
    if here.effect.attested:
        return say(N_("`{system}`, as the people answer who look after it: done, entries: {count}"), system=here.system, count=count)
    return say(N_("`{system}`: done and read back, rows: {count}"), system=here.system, count=count)


def _kept_lines(here: Here, rules: Mapping[str, Sequence[KeepRule]]) -> Iterator[Message]:
    """What stays in a system by a rule: of a batch it is told to each of its people who had rows there, as a rule and not as a count."""
    for one in () if here.effect is None else here.effect.tables:
        known = {rule.rule: rule for rule in rules.get(one.table, ())}
        for reason, count in one.stay:
            if count and reason.startswith("kept:"):
                rule = reason.removeprefix("kept:")
                yield _kept(here.system, one.table, rule, known.get(rule))


def give_back(house: House, ids: Sequence[UUID], form: str, lines: Sequence[Message], why: Message) -> None:
    """Let officers look again at requests they had agreed to: what would be done now, and why it is asked."""

    def step(request: Request) -> Move | None:
        if request.state is not State.WORKING:
            return None
        made = waiting_for(with_lines(steps.returned(request), lines), why)
        held = {key: value for key, value in made.details.items() if key not in ("plan", "tries")}
        return Move(request=replace(made, details={**held, "form": form, "asked": str(int(held.get("asked", "0")) + 1)}))

    if ids:
        with transaction():
            ask_officers(house, move_all(house, ids, step, Actor.SYSTEM))


def _blocked(plan: Plan) -> Message:
    first = plan.blocked[0]
    return say(N_("`{system}` is blocked: {problem}"), system=first.system, problem=first.problems[0].message)


def _held() -> Message:
    return say(N_("a legal proceeding holds the person's data: officers refuse it on that ground, or wait until the hold is lifted"))


def _changed() -> Message:
    return say(N_("what would be done is not what officers agreed to: the data map or a system changed since"))


# -------------------------------------------------------------------------------------------------------------- endings


def end(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
    """End the processing: every purpose is restricted, so that every decision says no; what a law keeps is kept for nothing else."""
    people = people_now(job.subject for job in jobs)
    entries = [
        Entry(kind=Kind.RESTRICTION_SET, actor=Actor.PERSON, subject=subject, id=uuid5(job.request.id, "end"))
        for job in jobs if (subject := people[job.subject]) is not None
    ]  # fmt: skip
    record(house, entries)
    lines = (
        say(N_("the data are used for nothing from now on: every purpose is stopped")),
        say(N_("what a law orders to be kept is kept for that alone, and ends when its time is over")),
    )
    return tuple(Came(outcome=Outcome.DONE, lines=lines) if people[job.subject] is not None else gone() for job in jobs)


# --------------------------------------------------------------------------------------------------------------- groups


def _in_groups(
    house: House, jobs: Sequence[Job], reference: str, work: Callable[[House, Sequence[Job], str], Sequence[Came]]
) -> tuple[Came, ...]:
    """Carry requests out together that belong together: those that share a reference from before, and all that have none yet.

    Of these, those whose time is nearly over go apart: what they do without, the others can wait for.
    """
    groups: dict[tuple[str, bool], list[Job]] = {}
    now = house.runtime.now()
    for job in jobs:
        known = job.request.details.get(reference, "")
        groups.setdefault((known, not known and nearly_over(job.request, now)), []).append(job)
    came = {job.request.id: one for (known, _), some in groups.items() for job, one in zip(some, work(house, some, known), strict=True)}
    return tuple(came[job.request.id] for job in jobs)


CARRY_OUT: Mapping[Right, Callable[[House, Sequence[Job]], tuple[Came, ...]]] = {
    Right.ACCESS: gather, Right.DELETION: erase, Right.DESTRUCTION: destroy, Right.END: end,
}  # fmt: skip
"""How each of these rights is carried out, for many requests at once; safe to be called again after a kill. `request_kinds` has the others."""
