"""Retention on screen: the schedule, what a night would end, holds, sweeps with their certificates, and the log of what is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, Unknown
from janji.ledger.events import Event, Kind
from janji.ledger.words import HOLDS, details_words, kind_words
from janji.people.identifiers import PREFIX, parse
from janji.policy.model import RetentionRule
from janji.retention.words import STATES
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.terms.words import EVENTS, for_period, moment, on_day, word
from janji.web.console.certified import STAYS, line_words
from janji.web.console.fields import Ask, Field, ask_page, capital, reason_fault, reason_field, shown
from janji.web.console.prose import prose
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import names
from janji.web.console.work import progress
from janji.web.forms import sentence
from janji.web.requests import door_of
from janji.workflows import desk_jobs
from janji.workflows.desk_jobs import LOOK, STEP
from janji.workflows.destructions import destruction_log
from janji.workflows.holds import Ground, Hold, holds, lift, set_hold
from janji.workflows.naming import Names
from janji.workflows.people import subject_named
from janji.workflows.staff import record_look
from janji.workflows.sweeps import Part, Sweep, owed, seen_look, sweep_of, sweeps, told
from janji.workflows.systems import systems

HERE = "retention"
PAGE = 20
SOON = 30
"""Days ahead that are looked at for what comes to its end next."""
LONGEST_HOLD = 3660
BY_HAND = "by-hand"
TABS = (("", N_("Schedule")), ("next", N_("What ends next")), ("holds", N_("Holds")), ("sweeps", N_("Sweeps")), (BY_HAND, N_("Ended by hand")), ("gone", N_("Destruction log")))
DONE = {
    "held": N_("Held: nothing of it is erased or swept until the hold is lifted."), "lifted": N_("The hold is lifted. What it kept may go with the next erasure or sweep."),
    "told": N_("It is recorded that people were told."), "attested": N_("It is on record that what was over has ended."),
}  # fmt: skip
"""What was done, by the word that the next page is told."""


def part_page(desk: Desk, template: str, tab: str, title: str, words: Mapping[str, str], **values: Any) -> HttpResponse:
    """One of the parts of retention; whoever may see no other has no way to the others."""
    tabs = [(desk.address(f"{HERE}/{part}" if part else HERE), desk.told(text), part == tab) for part, text in TABS] if desk.staff.may(Duty.SEE_RETENTION) else []
    return desk.page(template, title, here=HERE, tabs=tabs, done=DONE.get(desk.query("done"), ""), words={"tabs": N_("Parts"), "choose": N_("All"), **words}, **values)


# ------------------------------------------------------------------------------------------------------------ schedule


@screen(HERE, Duty.SEE_RETENTION)
def schedule(desk: Desk) -> HttpResponse:
    """Every rule of the policy in force: which data, how long, from when, what happens then, and what it rests on."""
    policy, language = desk.house.policy_in_force.policy, desk.tongue.language
    wanted, category = desk.query("q").strip().casefold(), desk.query("data")
    rows = [_rule(desk, rule) for rule in policy.retention.values() if not category or not rule.data or category in rule.data]
    held = [row for row in rows if not wanted or wanted in " ".join((row["title"], row["id"], *row["data"], *row["purposes"], *row["law"])).casefold()]
    named = {name for rule in policy.retention.values() for name in rule.data}
    fields = shown(desk, (
        Field(name="q", label=N_("Search"), kind="search", longest=100),
        Field(name="data", label=N_("Category"), kind="select", options=tuple((str(one.id), one.title.get(language)) for one in policy.data.values() if one.id in named)),
    ))  # fmt: skip
    return part_page(
        desk, "console_schedule.html", "", N_("Retention"), fields=fields, rows=held, count=say(N_("{count} of {all} rules"), count=len(held), all=len(rows) if category else len(policy.retention)).render(desk.tongue),
        clear=desk.address(HERE) if wanted or category else "",
        words={"lead": N_("How long data are kept, from when, and what happens then, as the policy in force says it."), "find": N_("Show"), "all": N_("Show all"), "rule": N_("Rule"), "data": N_("Data"),
               "long": N_("How long"), "then": N_("Then"), "basis": N_("Rests on"), "every": N_("all data of its purposes"), "none": N_("No rule is like this. Search for another word.")},
    )  # fmt: skip


def _rule(desk: Desk, rule: RetentionRule) -> dict[str, Any]:
    policy, language, tongue = desk.house.policy_in_force.policy, desk.tongue.language, desk.tongue
    law = desk.house.policy_in_force.law.retention
    return {
        "id": str(rule.id), "title": rule.title.get(language), "long": for_period(rule.period).render(tongue), "then": word(rule.then).render(tongue),
        "since": say(N_("from {event}"), event=say(EVENTS[rule.trigger]) if rule.trigger in EVENTS else rule.trigger).render(tongue), "clauses": say(N_("clauses of the policy: {clauses}"), clauses=", ".join(rule.clauses)).render(tongue) if rule.clauses else "",
        "data": [policy.data[name].title.get(language) for name in rule.data], "purposes": [policy.purposes[name].title.get(language) for name in rule.purposes],
        "law": [f"{law[one].title.get(language)} ({tongue.cite(law[one].article)})" if one in law else str(one) for one in rule.law],
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------- what ends next


@screen(f"{HERE}/next", Duty.SEE_RETENTION)
def next_(desk: Desk) -> HttpResponse:
    """What a night would end, tonight and a month ahead, as the worker counted it last; nothing is changed by looking."""
    parts, jobs = [], []
    for days, title in ((0, N_("Tonight")), (SOON, N_("In 30 days"))):
        job = desk_jobs.last(LOOK, days=days)
        ended = job if job is None or not job.open else desk_jobs.last(LOOK, ended=True, days=days)
        jobs.append(job)
        found = None if ended is None or not ended.report else seen_look(ended.report)
        parts.append({"days": days, "title": desk.told(title), "open": job is not None and job.open, "look": None if found is None else _look(desk, found), "at": "" if ended is None or ended.ended is None else moment(ended.ended).render(desk.tongue)})
    return part_page(
        desk, "console_next.html", "next", N_("What ends next"), parts=parts, **progress(desk, *jobs), action=desk.address(f"{HERE}/next"),
        words={"lead": N_("The worker counts in every connected system what is over by the schedule. Nothing is changed by it."), "look": N_("Count now"), "counted": N_("Counted"), "never": N_("It was not counted yet."), **_PARTS},
    )  # fmt: skip


@screen(f"{HERE}/next", Duty.SEE_RETENTION, "POST")
def count(desk: Desk) -> HttpResponse:
    """Ask the worker to count."""
    desk_jobs.ask(desk.house, LOOK, desk.staff.id, days=SOON if desk.field("days") == str(SOON) else 0)
    door_of(desk.request).wake(STEP)
    return desk.go(f"{HERE}/next")


_PARTS = {
    "table": N_("Table"), "rule": N_("Rule"), "rows": N_("Rows over"), "held": N_("Stay, held"), "state": N_("State"), "why": N_("Why"), "nothing": N_("Nothing is over."), "findings": N_("What schedule and data map do not agree about"),
    "then": N_("Then"), "gone": N_("Deleted or changed"), "stays": N_("Stays"),
}  # fmt: skip


def _look(desk: Desk, found: Sweep) -> dict[str, Any]:
    called = names(desk)
    rows = [_part(desk, called, part) for part in found.parts if part.due or part.held or part.why or not part.table]
    return {"rows": rows, "total": desk.count(sum(part.due for part in found.parts)), "findings": [
        (called.system(found_one.system), prose(sentence(called.put(found_one.message), desk.tongue)), prose(sentence(called.put(found_one.help), desk.tongue))) for found_one in found.findings
    ]}  # fmt: skip


def _stays(desk: Desk, counted: str, number: int) -> str:
    """How many rows of a table stay, and why."""
    table, _, reason = counted.partition(": ")
    return f"{table} {desk.count(number)} ({desk.told(STAYS[reason])})" if reason in STAYS else f"{counted} {desk.count(number)}"


def _part(desk: Desk, called: Names, part: Part) -> dict[str, Any]:
    published = desk.house.published
    rule = None if published is None else published.policy.retention.get(part.rule)
    tone = {"done": "ok", "due": "warn", "doing": "warn"}.get(str(part.state), "bad")
    return {
        "where": part.table or called.system(part.system), "system": called.system(part.system) if part.table else "", "rule": part.rule if rule is None else rule.title.get(desk.tongue.language), "due": desk.count(part.due), "held": desk.count(part.held) if part.held else "",
        "state": desk.told(STATES[str(part.state)]), "tone": tone, "why": [prose(sentence(called.put(one), desk.tongue)) for one in part.why], "bound": "" if part.bound is None else on_day(part.bound.date()).render(desk.tongue),
        "gone": [f"{name} {desk.count(number)}" for name, number in {**(part.ended or {}), **(part.changed or {})}.items()], "stays": [_stays(desk, name, number) for name, number in (part.stays or {}).items()],
    }  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- holds


@screen(f"{HERE}/holds", Duty.SEE_RETENTION)
def held(desk: Desk) -> HttpResponse:
    """The holds that stand, the oldest first; what they are about stays under seal."""
    return _holds(desk)


def _holds(desk: Desk, opened: Hold | None = None) -> HttpResponse:
    works, sees, now = desk.staff.may(Duty.WORK_RETENTION), desk.staff.may(Duty.SEE_PEOPLE), desk.house.runtime.now()
    rows = [{
        "what": _held_what(desk, one), "href": desk.address(f"people/{one.subject}") if one.subject is not None and sees else "", "ground": desk.told(HOLDS[str(one.ground)]), "since": on_day(one.set_at.date()).render(desk.tongue),
        "again": "" if one.until is None else on_day(one.until.date()).render(desk.tongue), "due": one.until is not None and one.until <= now, "lift": desk.address(f"{HERE}/holds/{one.id}/lift") if works else "",
        "reference": one.reference if opened is not None and one.id == opened.id else "", "sealed": desk.address(f"{HERE}/holds/{one.id}/reference") if sees and one.reference else "",
    } for one in holds(desk.house)]  # fmt: skip
    return part_page(
        desk, "console_holds.html", "holds", N_("Legal holds"), rows=rows, new=desk.address(f"{HERE}/holds/new") if works else "",
        words={"lead": N_("What is held stays, whatever the schedule or a request says, until somebody lifts the hold. A hold never ends by itself."), "new": N_("Hold something"), "what": N_("What"), "ground": N_("Ground"), "since": N_("Since"),
               "again": N_("Look again"), "due": N_("to be looked at again"), "lift": N_("Lift"), "none": N_("Nothing is held."), "reference": N_("Reference"), "show": N_("Show the reference")},
    )  # fmt: skip


def _held_what(desk: Desk, one: Hold) -> str:
    if one.subject is None:
        return names(desk).system(one.system)
    return f"{PREFIX}{one.subject}" if desk.staff.may(Duty.SEE_PEOPLE) else desk.told(N_("a person"))


def _hold(desk: Desk, id: UUID) -> Hold:
    found = next((one for one in holds(desk.house) if one.id == id), None)
    if found is None:
        raise Unknown(say(N_("this hold does not stand any more")), say(N_("go back to the holds")))
    return found


@screen(f"{HERE}/holds/<uuid:id>/reference", Duty.SEE_PEOPLE)
def reference(desk: Desk, id: UUID) -> HttpResponse:
    """What is it looked at for?"""
    return _reference_page(desk, _hold(desk, id))


@screen(f"{HERE}/holds/<uuid:id>/reference", Duty.SEE_PEOPLE, "POST")
def reference_shown(desk: Desk, id: UUID) -> HttpResponse:
    """The reference in clear; the look is recorded, of a system's hold too."""
    found, faults = _hold(desk, id), reason_fault(desk)
    if faults:
        return _reference_page(desk, found, faults)
    subject = None if found.subject is None else subject_named(desk.house, f"{PREFIX}{found.subject}")
    record_look(desk.house, desk.staff, subject, desk.field("reason"), hold=id)
    return _holds(desk, found)


def _reference_page(desk: Desk, found: Hold, faults: Mapping[str, Message] | None = None) -> HttpResponse:
    asked = Ask(title=N_("Show the reference"), button=N_("Show"), action=desk.address(f"{HERE}/holds/{found.id}/reference"), about=_held_what(desk, found), fields=(reason_field(),),
                tells=(N_("The file of the proceeding may tell of people."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk), faults=faults)


def _back(desk: Desk, part: str = "holds", text: str = N_("Legal holds")) -> tuple[str, str]:
    return desk.address(f"{HERE}/{part}"), desk.told(text)


def _hold_fields(desk: Desk) -> tuple[Field, ...]:
    called = names(desk)
    return (
        Field(name="person", label=N_("The number of a person"), hint=N_("As their page shows it, with sub_ before it. Or choose a system below."), longest=60),
        Field(name="system", label=N_("Or a system"), kind="select", options=tuple((one.name, called.system(one.name)) for one in systems())),
        Field(name="ground", label=N_("Ground"), kind="select", options=tuple(HOLDS.items())),
        Field(name="reference", label=N_("The file of the proceeding"), hint=N_("Kept under seal."), longest=500),
        Field(name="days", label=N_("Look at it again in how many days?"), kind="number", hint=N_("Empty: nobody is reminded. It ends only when somebody lifts it."), longest=4),
    )  # fmt: skip


@screen(f"{HERE}/holds/new", Duty.WORK_RETENTION)
def new_hold(desk: Desk) -> HttpResponse:
    """What is to be held, and why."""
    return _new_page(desk)


@screen(f"{HERE}/holds/new", Duty.WORK_RETENTION, "POST")
def hold_set(desk: Desk) -> HttpResponse:
    """The hold stands from now on."""
    person, system, ground, days = desk.field("person").strip(), desk.field("system"), desk.field("ground"), desk.field("days").strip()
    faults: dict[str, Message] = {}
    subject = None
    if bool(person) == bool(system):
        faults["person"] = say(N_("name either a person or a system"))
    elif person:
        try:
            subject = subject_named(desk.house, f"{PREFIX}{parse(person)}") if person.startswith(PREFIX) else None
        except Invalid as error:
            faults["person"] = error.message
        if subject is None and not faults:
            faults["person"] = say(N_("what follows `sub_` is not the number of a person"))
    elif system not in {one.name for one in systems()}:
        faults["system"] = say(N_("choose a system"))
    if ground not in HOLDS:
        faults["ground"] = say(N_("choose a ground"))
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days[:6]) <= LONGEST_HOLD and len(days) <= 4):
        faults["days"] = say(N_("give a number of days from 1 to {most}, or leave it empty"), most=LONGEST_HOLD)
    if not faults:
        try:
            set_hold(desk.house, Ground(ground), subject=subject, system=system, reference=desk.field("reference").strip(), within=timedelta(days=int(days)) if days else None)
        except Invalid as error:
            faults["reference"] = error.message
    return _new_page(desk, faults) if faults else desk.go(f"{HERE}/holds", done="held")


def _new_page(desk: Desk, faults: Mapping[str, Message] | None = None) -> HttpResponse:
    asked = Ask(title=N_("Hold something"), button=N_("Hold it"), action=desk.address(f"{HERE}/holds/new"), fields=_hold_fields(desk),
                tells=(N_("Nothing of what is held is erased or swept, whoever asks, until the hold is lifted. Who asks for erasure is told that it is held, and not why."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk), faults=faults)


@screen(f"{HERE}/holds/<uuid:id>/lift", Duty.WORK_RETENTION)
def lift_(desk: Desk, id: UUID) -> HttpResponse:
    """What lifting it comes to."""
    found = _hold(desk, id)
    asked = Ask(title=N_("Lift the hold?"), button=N_("Lift"), action=desk.address(f"{HERE}/holds/{id}/lift"), grave=True,
                about=say(N_("{what}: {ground}, since {day}"), what=_held_what(desk, found), ground=say(HOLDS[str(found.ground)]), day=on_day(found.set_at.date())).render(desk.tongue),
                tells=(N_("What it kept may go with the next erasure or sweep. Its reference is not kept any longer."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk))


@screen(f"{HERE}/holds/<uuid:id>/lift", Duty.WORK_RETENTION, "POST")
def lifted(desk: Desk, id: UUID) -> HttpResponse:
    """The hold is over."""
    lift(desk.house, id)
    return desk.go(f"{HERE}/holds", done="lifted")


# -------------------------------------------------------------------------------------------------------------- sweeps


@screen(f"{HERE}/sweeps", Duty.SEE_RETENTION)
def swept(desk: Desk) -> HttpResponse:
    """The nights, the newest first, and of which people are still to be told."""
    found, open_ = sweeps(_uuid(desk.query("before")), PAGE + 1), owed()
    rows = [{"at": moment(one.at).render(desk.tongue), "state": desk.told(STATES[one.state]), "tone": _TONES.get(one.state, "warn"), "rows": desk.count(sum(part.rows for part in one.parts)), "owed": one.task in open_,
             "missed": say(N_("nights missed before: {count}"), count=one.missed).render(desk.tongue) if one.missed else "", "href": desk.address(f"{HERE}/sweeps/{one.id}")} for one in found[:PAGE]]  # fmt: skip
    return part_page(
        desk, "console_sweeps.html", "sweeps", N_("Sweeps"), rows=rows, older=desk.address(f"{HERE}/sweeps", before=str(found[PAGE - 1].id)) if len(found) > PAGE else "",
        first=desk.address(f"{HERE}/sweeps") if desk.query("before") else "",
        words={"lead": N_("Each night what is over is deleted, destroyed or anonymised, in systems that may be swept by themselves."), "at": N_("When"), "state": N_("State"), "rows": N_("Rows"), "notice": N_("Notice"),
               "owed": N_("people are to be told"), "none": N_("No sweep was made yet. Systems are swept once their stage says so, on the data map."), "older": N_("Older"), "newest": N_("Newest")},
    )  # fmt: skip


_TONES = {"done": "ok", "partly": "bad", "cut": "bad"}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@screen(f"{HERE}/sweeps/<uuid:id>", Duty.SEE_RETENTION)
def one_sweep(desk: Desk, id: UUID) -> HttpResponse:
    """One sweep: what was over, what was done, and its certificates."""
    found = sweep_of(id)
    due, called = found.task in owed(), names(desk)
    return desk.page(
        "console_sweep.html", N_("A sweep"), here=HERE, back=_back(desk, "sweeps", N_("Sweeps")), about=moment(found.at).render(desk.tongue), state=desk.told(STATES[found.state]), tone=_TONES.get(found.state, "warn"),
        rows=[_part(desk, called, part) for part in found.parts], owed=due, told=desk.address(f"{HERE}/sweeps/{id}/told") if due and desk.staff.may(Duty.WORK_RETENTION) else "", done=DONE.get(desk.query("done"), ""),
        certificates=[(called.system(system), desk.address(f"ledger/event/{event}"), desk.address(f"ledger/event/{event}/proof")) for system, event in (found.events or {}).items()] if desk.staff.may(Duty.SEE_LEDGER) else [],
        words={**_PARTS, "certificates": N_("Certificates"), "show": N_("Show"), "take": N_("Download the proof"), "owed": N_("People are owed notice of this deletion."), "told": N_("They were told"), "no_certificates": N_("Nothing was over, so nothing is certified.")},
    )  # fmt: skip


@screen(f"{HERE}/sweeps/<uuid:id>/told", Duty.WORK_RETENTION)
def tell(desk: Desk, id: UUID) -> HttpResponse:
    """What it means to say so."""
    asked = Ask(title=N_("Were people told?"), button=N_("They were told"), action=desk.address(f"{HERE}/sweeps/{id}/told"), about=moment(sweep_of(id).at).render(desk.tongue),
                tells=(N_("The task is closed, and it is recorded that people were told of what this sweep deleted. Say it only when it is so."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=(desk.address(f"{HERE}/sweeps/{id}"), desk.told(N_("A sweep"))))


@screen(f"{HERE}/sweeps/<uuid:id>/told", Duty.WORK_RETENTION, "POST")
def were_told(desk: Desk, id: UUID) -> HttpResponse:
    """It is recorded."""
    told(desk.house, id)
    return desk.go(f"{HERE}/sweeps/{id}", done="told")


# ------------------------------------------------------------------------------------------------------ destruction log


@screen(f"{HERE}/gone", Duty.SEE_RETENTION)
def gone(desk: Desk) -> HttpResponse:
    """What is gone for good, the newest first; each line is an event of the ledger, and its own certificate."""
    found = destruction_log(_uuid(desk.query("before")), PAGE + 1)
    links, called = desk.staff.may(Duty.SEE_LEDGER), names(desk)
    return part_page(
        desk, "console_gone.html", "gone", N_("Destruction log"), rows=[_gone(desk, called, event, links=links) for event in found[:PAGE]],
        older=desk.address(f"{HERE}/gone", before=found[PAGE - 1].id) if len(found) > PAGE else "", first=desk.address(f"{HERE}/gone") if desk.query("before") else "",
        words={"lead": N_("Every sweep, erasure and destroyed key, and what was attested to have ended, as the ledger has it. Nothing in it tells of anybody."), "none": N_("Nothing was destroyed yet."), "proof": N_("Certificate and proof"), "older": N_("Older"), "newest": N_("Newest")},
    )  # fmt: skip


_OF_KEYS = {
    "content": N_("the key of a person's data"), "evidence": N_("the key of a person's evidence"), "logical": N_("deleted; its bytes may be in the files of the database"),
    "rewritten": N_("deleted, and its table rewritten; its bytes may be in the WAL"), "recycled": N_("gone from the files of the database and from the WAL"),
}  # fmt: skip
"""Which key was destroyed and how far, in words."""


def _gone(desk: Desk, called: Names, event: Event, *, links: bool) -> dict[str, Any]:
    told_ = event.details
    lines: Sequence[str] = told_.get("effects") or told_.get("levels") or [desk.told(_OF_KEYS.get(str(told_[name]), str(told_[name]))) for name in ("kind", "level", "key") if name in told_]
    if event.kind is Kind.ENDS_ATTESTED:
        lines = [one.render(desk.tongue) for one in (*details_words({name: told_[name] for name in ("day", "records") if name in told_}), say(N_("attested by who looks after it, and not read back")))]
    head = say("{what}: {system}", what=kind_words(str(event.kind)), system=called.system(str(told_["system"]))) if "system" in told_ else kind_words(str(event.kind))
    return {"what": capital(head.render(desk.tongue)), "at": moment(event.at).render(desk.tongue), "stamp": event.at.isoformat(), "lines": [line_words(desk, called, line) for line in lines], "count": say(N_("What exactly ({count})"), count=len(lines)).render(desk.tongue),
            "href": desk.address(f"ledger/event/{event.id}") if links else ""}  # fmt: skip
