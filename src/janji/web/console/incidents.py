"""Incidents on screen: what is open with its clock, one recorded, each notice said to be given, and the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError, Unknown
from janji.ledger.words import GRAVITIES
from janji.staff.roles import REASONS, Duty
from janji.terms.messages import N_, Message, say
from janji.terms.words import hour_asked, moment
from janji.web.console.clocks import clock
from janji.web.console.fields import Ask, Field, ask_page, instant_of, reason_fault
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import names
from janji.workflows import incidents as workflow
from janji.workflows.incidents import LONGEST, Incident, Notice
from janji.workflows.staff import record_look
from janji.workflows.systems import systems

HERE = "incidents"
PAGE = 20
TABS = (("", N_("Still open")), ("closed", N_("Closed")))
_DONE = {
    "recorded": N_("The incident is on record, and its clocks run."), "told": N_("It is on record that the notice was given."), "closed": N_("The incident is closed."),
}  # fmt: skip
_TONES = {"low": "muted", "medium": "warn", "high": "bad"}
_WORDS = {
    "lead": N_("A failure of the protection of people's data. The law counts from when somebody here knew of it."), "new": N_("Record an incident"), "parts": N_("Parts"),
    "what": N_("What happened"), "known": N_("Known since"), "gravity": N_("How grave"), "next": N_("Next notice"), "all_given": N_("every notice given"), "late": N_("given late"), "none": N_("No incident is open. Record one as soon as somebody knows of it: the clock runs from then."),
    "none_closed": N_("No incident was closed yet."), "older": N_("Older"), "newest": N_("Newest"), "closed": N_("Closed"), "notices": N_("Notices that the law wants"), "given": N_("Given"), "give": N_("Say that it was given"),
    "no_notices": N_("The law pack sets no time for a notice."), "more": N_("The law may want further notices, without a time or in certain cases."), "law": N_("The duties of the law pack"), "close": N_("Close the incident"),
    "reason": N_("What do you look at it for?"), "recorded": N_("Your name and this reason are recorded with the look."), "look": N_("Show to whom and by what"), "sealed": N_("To whom each notice went is kept under seal."),
    "to": N_("To whom"), "reference": N_("Found again by"), "why": N_("Closed without a notice because"),
}  # fmt: skip


@screen(HERE, Duty.SEE_INCIDENTS)
def incidents(desk: Desk) -> HttpResponse:
    """The incidents that are open, or those that are closed, what was known last first, each with the clock of its next notice."""
    closed = desk.query("which") == "closed"
    found = workflow.incidents(desk.house, closed=closed, size=PAGE + 1, before=_uuid(desk.query("before")))
    which = {"which": "closed"} if closed else {}
    return desk.page(
        "console_incidents.html", N_("Incidents"), here=HERE, words=_WORDS, done=_DONE.get(desk.query("done"), ""), rows=[_row(desk, one) for one in found[:PAGE]], closed=closed,
        tabs=[(desk.address(HERE, which=part), desk.told(text), (part == "closed") == closed) for part, text in TABS], new=desk.address(f"{HERE}/new") if desk.staff.may(Duty.WORK_INCIDENTS) else "",
        older=desk.address(HERE, before=str(found[PAGE - 1].id), **which) if len(found) > PAGE else "", first=desk.address(HERE, **which) if desk.query("before") else "",
    )  # fmt: skip


def _row(desk: Desk, one: Incident) -> dict[str, Any]:
    return {
        "href": desk.address(f"{HERE}/{one.id}"), "what": one.what, "known": moment(one.known).render(desk.tongue), "gravity": desk.told(GRAVITIES[one.gravity]), "tone": _TONES[one.gravity],
        "clock": clock(one.known, one.waiting[0].due, desk.house.runtime.now(), desk.tongue) if one.waiting and one.closed is None else None, "late": any(held.late for held in one.notices),
        "closed": "" if one.closed is None else moment(one.closed).render(desk.tongue), "open": len(one.waiting),
    }  # fmt: skip


def waiting(desk: Desk, most: int) -> dict[str, Any]:
    """For the first screen: how many incidents are open, the clock that runs out first, and the notices that wait."""
    found, now = workflow.open_incidents(desk.house), desk.house.runtime.now()
    notices = sorted(((held, one) for one in found for held in one.waiting), key=lambda pair: pair[0].due)
    rows = [{"href": desk.address(f"{HERE}/{one.id}"), "what": one.what, "duty": _duty(desk, held)["title"], "clock": clock(one.known, held.due, now, desk.tongue)} for held, one in notices[:most]]
    first = clock(found[0].known, found[0].waiting[0].due, now, desk.tongue) if rows else None
    return {"href": desk.address(HERE), "count": len(found), "tone": first.tone if first else "ok", "left": first.left if first else "", "rows": rows}


@screen(f"{HERE}/new", Duty.WORK_INCIDENTS)
def new(desk: Desk) -> HttpResponse:
    """What is asked when an incident is recorded."""
    return _new_page(desk, str(desk.house.runtime.new_id()))


@screen(f"{HERE}/new", Duty.WORK_INCIDENTS, "POST")
def make(desk: Desk) -> HttpResponse:
    """The incident is on record; the same form sent twice records one."""
    id, people = _uuid(desk.field("id")), desk.field("people").strip()
    if id is None:
        raise Invalid(say(N_("the form of this page is not whole")), say(N_("open the page anew, and send it again")))
    known, faults = _when(desk)
    if not desk.field("what").strip():
        faults["what"] = say(N_("something is to be written here"))
    if desk.field("gravity") not in GRAVITIES:
        faults["gravity"] = say(N_("it is not said how grave it is"))
    if people and not (people.isascii() and people.isdigit() and len(people) <= 10):
        faults["people"] = say(N_("this is no number of people"))
    if faults or known is None:
        return _new_page(desk, str(id), faults)
    try:
        made = workflow.record_incident(desk.house, desk.staff, id, known, desk.field("what"), desk.field("gravity"), desk.all("systems"), desk.all("data"), int(people) if people else None)
    except JanjiError as error:
        return _new_page(desk, str(id), error=error)
    return desk.go(f"{HERE}/{made.id}", done="recorded")


def _new_page(desk: Desk, id: str, faults: Mapping[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    policy, called = desk.house.policy_in_force.policy, names(desk)
    fields = (
        *_moment_fields(desk, N_("The day on which somebody here first knew of it")),
        Field(name="what", label=N_("What happened"), kind="area", hint=N_("In a few sentences. Name nobody: auditors read it too."), longest=LONGEST),
        Field(name="gravity", label=N_("How grave is it?"), kind="select", options=tuple(GRAVITIES.items())),
        Field(name="people", label=N_("How many people may it concern?"), kind="number", hint=N_("An estimate. Empty while nobody knows."), longest=10),
        Field(name="systems", label=N_("Which systems?"), kind="checks", options=tuple((one.name, called.system(one.name)) for one in systems())),
        Field(name="data", label=N_("Which data?"), kind="checks", options=tuple((str(one.id), one.title.get(desk.tongue.language)) for one in policy.data.values())),
    )
    asked = Ask(title=N_("Record an incident"), button=N_("Record it"), action=desk.address(f"{HERE}/new"), fields=fields, hidden={"id": id},
                tells=(N_("The clocks of the law begin when somebody here knew of it, and not when it is recorded. It stands in the ledger, and is not changed later."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk), faults=faults, error=error)


@screen(f"{HERE}/<uuid:id>", Duty.SEE_INCIDENTS)
def one_incident(desk: Desk, id: UUID) -> HttpResponse:
    """One incident: what is known of it, and each notice with its clock."""
    return _page(desk, workflow.incident(desk.house, id))


@screen(f"{HERE}/<uuid:id>", Duty.SEE_PEOPLE, "POST")
def look(desk: Desk, id: UUID) -> HttpResponse:
    """The same, with what shows each notice in clear; the look is recorded."""
    found = workflow.incident(desk.house, id)
    if reason_fault(desk):
        return _page(desk, found)
    record_look(desk.house, desk.staff, None, desk.field("reason"), incident=id)
    return _page(desk, found, seen=True)


def _page(desk: Desk, one: Incident, *, seen: bool = False) -> HttpResponse:
    policy, called, works = desk.house.policy_in_force.policy, names(desk), desk.staff.may(Duty.WORK_INCIDENTS) and one.closed is None
    shows = {item.duty: item for item in workflow.evidence(desk.house, one.id)} if seen else {}
    given = any(held.given is not None for held in one.notices)
    data = [policy.data[name].title.get(desk.tongue.language) if name in policy.data else name for name in one.data]
    facts = (
        (N_("Known since"), moment(one.known).render(desk.tongue)), (N_("Recorded"), moment(one.recorded).render(desk.tongue)),
        (N_("People, estimated"), desk.told(N_("not known yet")) if one.people is None else desk.count(one.people)), (N_("Systems"), ", ".join(called.system(name) for name in one.systems) or "-"),
        (N_("Data"), ", ".join(data) or "-"), (N_("Closed"), "" if one.closed is None else moment(one.closed).render(desk.tongue)),
    )  # fmt: skip
    return desk.page(
        "console_incident.html", N_("An incident"), here=HERE, back=_back(desk), words=_WORDS, done=_DONE.get(desk.query("done"), ""), what=one.what, gravity=desk.told(GRAVITIES[one.gravity]), tone=_TONES[one.gravity],
        facts=[(desk.told(name), value) for name, value in facts if value], number=str(one.id), why=one.why, law=desk.address("law/notices") if desk.staff.may(Duty.SEE_POLICY) else "",
        notices=[{
            **_duty(desk, held), "clock": clock(one.known, held.due, desk.house.runtime.now(), desk.tongue) if held.given is None and one.closed is None else None,
            "given": "" if held.given is None else moment(held.given).render(desk.tongue), "late": held.late, "due": say(N_("Due {moment}."), moment=moment(held.due)).render(desk.tongue), "shows": shows.get(held.duty),
            "give": desk.address(f"{HERE}/{one.id}/told/{held.duty}") if works and held.given is None else "",
        } for held in one.notices],
        close=desk.address(f"{HERE}/{one.id}/close") if works else "", seen=seen, sealed=given,
        look=desk.address(f"{HERE}/{one.id}") if given and not seen and desk.staff.may(Duty.SEE_PEOPLE) else "", reasons=[(name, desk.told(text)) for name, text in REASONS.items()],
    )  # fmt: skip


def _duty(desk: Desk, held: Notice) -> dict[str, str]:
    """A notice in the words of the law pack in force; by its name where that has it no more."""
    rule = desk.house.policy_in_force.law.notices.get(held.duty)
    return {"title": held.duty, "article": ""} if rule is None else {"title": rule.title.get(desk.tongue.language), "article": desk.tongue.cite(rule.article)}


@screen(f"{HERE}/<uuid:id>/told/<slug:duty>", Duty.WORK_INCIDENTS)
def giving(desk: Desk, id: UUID, duty: str) -> HttpResponse:
    """What saying so means."""
    return _told_page(desk, id, duty)


@screen(f"{HERE}/<uuid:id>/told/<slug:duty>", Duty.WORK_INCIDENTS, "POST")
def told(desk: Desk, id: UUID, duty: str) -> HttpResponse:
    """It is on record that the notice was given."""
    given, faults = _when(desk)
    faults |= {name: say(N_("something is to be written here")) for name in ("to", "reference") if not desk.field(name).strip()}
    if faults or given is None:
        return _told_page(desk, id, duty, faults)
    try:
        workflow.attest(desk.house, desk.staff, id, duty, given, desk.field("to"), desk.field("reference"))
    except JanjiError as error:
        return _told_page(desk, id, duty, error=error)
    return desk.go(f"{HERE}/{id}", done="told")


def _told_page(desk: Desk, id: UUID, duty: str, faults: Mapping[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    one = workflow.incident(desk.house, id)
    held = next((item for item in one.notices if item.duty == duty), None)
    if held is None:
        raise Unknown(say(N_("no such notice is owed of this incident")), say(N_("look at the incident again")))
    fields = (
        *_moment_fields(desk, N_("The day on which it was sent or handed over")),
        Field(name="to", label=N_("To whom"), hint=N_("Such as the authority's office, or everybody whom the incident concerns, and by which way."), longest=LONGEST),
        Field(name="reference", label=N_("Found again by"), hint=N_("The number of the letter, of the sending, or of the receipt. Kept under seal; the ledger has its fingerprint."), longest=LONGEST),
    )
    tells = (say(N_("Due {moment}."), moment=moment(held.due)), N_("You say by your account that this notice was given. It stands in the ledger, and cannot be said twice."))
    asked = Ask(title=N_("The notice was given"), button=N_("It was given"), action=desk.address(f"{HERE}/{id}/told/{duty}"), about=_duty(desk, held)["title"], fields=fields, tells=tells)
    return ask_page(desk, asked, here=HERE, back=(desk.address(f"{HERE}/{id}"), desk.told(N_("An incident"))), faults=faults, error=error)


@screen(f"{HERE}/<uuid:id>/close", Duty.WORK_INCIDENTS)
def closing(desk: Desk, id: UUID) -> HttpResponse:
    """What closing it means, and what is still missing."""
    return _close_page(desk, id)


@screen(f"{HERE}/<uuid:id>/close", Duty.WORK_INCIDENTS, "POST")
def close(desk: Desk, id: UUID) -> HttpResponse:
    """The incident is over."""
    if workflow.incident(desk.house, id).waiting and not desk.field("why").strip():
        return _close_page(desk, id, {"why": say(N_("say why it need not be given, or say first that it was"))})
    try:
        workflow.close(desk.house, desk.staff, id, desk.field("why"))
    except JanjiError as error:
        return _close_page(desk, id, error=error)
    return desk.go(HERE, which="closed", done="closed")


def _close_page(desk: Desk, id: UUID, faults: Mapping[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    one = workflow.incident(desk.house, id)
    missing = [_duty(desk, held)["title"] for held in one.waiting]
    fields = (Field(name="why", label=N_("Why need it not be given?"), kind="area", hint=N_("It is kept with the incident. Name nobody."), longest=LONGEST),) if missing else ()
    asked = Ask(title=N_("Close this incident?"), button=N_("Close it"), action=desk.address(f"{HERE}/{id}/close"), grave=True, about=one.what, fields=fields,
                parts=((N_("Not given"), missing, "bad"),), tells=(N_("Its clocks stop here, and it leaves the first screen. What comes to light later is an incident of its own."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=(desk.address(f"{HERE}/{id}"), desk.told(N_("An incident"))), faults=faults, error=error)


def _moment_fields(desk: Desk, label: str) -> tuple[Field, Field]:
    return Field(name="day", label=label, kind="date", longest=10), Field(name="hour", label=hour_asked(desk.house.runtime.now()), kind="time", longest=5)


def _when(desk: Desk) -> tuple[datetime | None, dict[str, Message]]:
    """The moment that was typed, or what is wrong with it."""
    lacks = {"day": say(N_("the day is not said")), "hour": say(N_("the clock counts hours: write the hour too"))}
    if faults := {name: text for name, text in lacks.items() if not desk.field(name).strip()}:
        return None, faults
    try:
        at = instant_of(desk.field("day"), desk.field("hour"))
    except Invalid as error:
        return None, {"day": error.message}
    if at > desk.house.runtime.now():
        return None, {"day": say(N_("that moment is not yet"))}
    return at, {}


def _back(desk: Desk) -> tuple[str, str]:
    return desk.address(HERE), desk.told(N_("Incidents"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
