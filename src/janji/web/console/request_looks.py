"""Looks at what a request holds of a person, each for a reason and recorded: their words, the texts, the copy; and what staff hand over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from janji.errors import Invalid, JanjiError
from janji.rights.requests import PREFIX, Request, State
from janji.staff.roles import REASONS, Duty
from janji.terms.messages import N_, say
from janji.web.console.downloads import ZIP, download, stream
from janji.web.console.request_page import page_of
from janji.web.console.request_steps import IDENTIFIERS, to_be_handed_over
from janji.web.console.requests import HERE, found, title_of
from janji.web.console.shell import Desk, of_duty, screen
from janji.web.console.wording import names
from janji.web.console.work import progress
from janji.workflows import desk_jobs, messages
from janji.workflows.evidence_packs import pack_bytes
from janji.workflows.people import show
from janji.workflows.person_packages import copy_at_desk
from janji.workflows.request_marks import Place, cover, marks_of, places
from janji.workflows.request_previews import PLAN, PREVIEW, can_be_planned, can_be_searched, keep_number, preview
from janji.workflows.request_telling import hand_over_result
from janji.workflows.requests import said
from janji.workflows.staff import record_look

_SAID = {
    "words": N_("In their words"), "answer_to": N_("Where to answer"), "about": N_("About whom"), "correct": N_("What is to be put right"), "mandate": N_("Mandate"),
    "endpoint": N_("Where to send it"), "decision": N_("Which decision"), "reference": N_("Number or date"), "until": N_("Last day"),
}  # fmt: skip
_COPY = {
    "table": N_("Table"), "row": N_("Row"), "cover": N_("Change it as ticked"), "cover_column": N_("the whole column"), "covered": N_("Covered by our staff"), "uncover": N_("Tick what is to be shown again."),
    "auto": N_("covered by itself: another person's"), "own": N_("covered by our staff"), "next": N_("Further rows"), "all": N_("All tables"), "nothing": N_("Nothing was found of this person."),
    "lead": N_("This is what would be sent. What the data map calls another person's, and what names somebody in free text, is covered already. Tick what else is another person's."),
    "sent": N_("This is what was gathered for the person. Nothing can be covered any more."), "approve": N_("Go on to approve it"), "every": N_("every row"), "tick": N_("Cover"),
    "voided": N_("Whoever agreed before must agree again, for the copy is another one."),
}  # fmt: skip
_WORK = {"again": N_("Work it out anew"), "make": N_("Work the plan out now"), "system": N_("System"), "table": N_("Table"),
         "verdict": N_("What happens"), "rule": N_("Rule"), "statements": N_("Statements"), "no_values": N_("Statements hold no value of a person: each is filled in when it is run."),
         "blocked": N_("Stands against it"), "rows": N_("Rows"), "none": N_("The plan was not worked out yet. It reads the form of each system, and changes nothing."),
         "asked": N_("the people who look after it are asked"), "look": N_("Look at the copy"), "back": N_("Back to the request")}  # fmt: skip
_VERDICTS = {
    "delete": N_("rows go"), "keep": N_("rows stay"), "anonymise": N_("values are made nobody's"), "find": N_("rows are found"), "destroy": N_("rows are destroyed"),
    "done-here": N_("done here"), "asked": N_("the owner is asked"), "held": N_("held"), "blocked": N_("blocked"),
}  # fmt: skip


def _look(desk: Desk, id: UUID) -> Request:
    """The request, and the look recorded with the reason that came with the form."""
    one = found(id)
    record_look(desk.house, desk.staff, one.subject, desk.field("reason"), one.id)
    return one


@screen(f"{HERE}/<uuid:id>/look", Duty.SEE_PEOPLE, "POST")
def look(desk: Desk, id: UUID) -> HttpResponse:
    """What the person said, by what they are known, and what was written to them; in clear."""
    one = found(id)
    try:
        _look(desk, id)
    except Invalid as error:
        return page_of(desk, one, error=error, status=422)
    held = said(desk.house, id)
    texts = messages.texts_of(desk.house, id)
    known = [] if one.subject is None else [(desk.told(IDENTIFIERS.get(str(item.kind), str(item.kind))), item.shown) for item in show(desk.house, one.subject, reveal=True).identifiers]
    return page_of(
        desk, one, seen=True, said=[(desk.told(_SAID.get(key, key)), _in_words(desk, value)) for key, value in held.items()], known=known,
        texts={str(number): text for number, text in texts.items()}, done=N_("Your look is recorded with its reason."),
    )  # fmt: skip


def _in_words(desk: Desk, value: Any) -> str:
    """What was said, as lines."""
    if isinstance(value, Mapping):
        return "\n".join(f"{desk.told(_SAID.get(str(key), str(key)))}: {_in_words(desk, one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ": ".join(map(str, value)) if all(isinstance(one, str) for one in value) else "\n".join(_in_words(desk, one) for one in value)
    return str(value)


# ------------------------------------------------------------------------------------------------------------ the copy


def _job(one: Request, name: str) -> desk_jobs.DeskJob | None:
    """What the worker was asked for this request, as long as it is kept."""
    try:
        return desk_jobs.job(UUID(one.details[name])) if name in one.details else None
    except Invalid:
        return None


def _working(desk: Desk, one: Request, name: str, title: str, job: desk_jobs.DeskJob | None, **values: Any) -> HttpResponse:
    """The page of work that is being done for a request, which looks again by itself while it lasts."""
    return desk.page(
        "console_request_work.html", title, here=HERE, back=(desk.address(f"{HERE}/{one.id}"), f"{title_of(desk, one.right)}, …{one.id.hex[-8:]}"), words=_WORK, **progress(desk, job),
        waits=job is not None and job.open, failure=job is not None and job.failure is not None, send=desk.address(f"{HERE}/{one.id}/{name}"),
        may=desk.staff.may(Duty.WORK_REQUESTS), request=desk.address(f"{HERE}/{one.id}"), **values,
    )  # fmt: skip


@screen(f"{HERE}/<uuid:id>/plan", Duty.SEE_REQUESTS)
def plan(desk: Desk, id: UUID) -> HttpResponse:
    """What would be done, table by table, with the statements."""
    one = found(id)
    job = _job(one, PLAN)
    systems = () if job is None or job.open else job.report.get(desk.tongue.language, {}).get("systems", ())
    called = names(desk)
    told = [
        {**system, "system": called.system(system["system"]), "way": desk.told(_VERDICTS.get(system["way"], system["way"])), "blocked": system["way"] == "blocked",
         "told": [{**line, "message": line["message"].replace("`", "")} for line in system.get("told", ())],
         "problems": [{**line, "message": line["message"].replace("`", ""), "help": line["help"].replace("`", "")} for line in system.get("problems", ())],
         "fates": [{**fate, "rule": called.rule(fate.get("rule") or ""), "verdict": desk.told(_VERDICTS.get(fate["verdict"], fate["verdict"]))} for fate in system.get("fates", ())]}
        for system in systems
    ]  # fmt: skip
    return _working(desk, one, "plan", N_("The plan"), job, systems=told, can=can_be_planned(one), plan=True)


@screen(f"{HERE}/<uuid:id>/plan", Duty.WORK_REQUESTS, "POST")
def make_plan(desk: Desk, id: UUID) -> HttpResponse:
    """Let the worker work the plan out."""
    return _asked(desk, found(id), PLAN, "plan")


@screen(f"{HERE}/<uuid:id>/gather", Duty.WORK_REQUESTS)
def gathering(desk: Desk, id: UUID) -> HttpResponse:
    """How far the copy is."""
    one = found(id)
    return _working(desk, one, "gather", N_("The copy"), _job(one, PREVIEW), can=can_be_searched(one), plan=False, there="package" in one.details)


@screen(f"{HERE}/<uuid:id>/gather", Duty.WORK_REQUESTS, "POST")
def gather(desk: Desk, id: UUID) -> HttpResponse:
    """Let the worker gather the copy, to be looked at."""
    one = found(id)
    if not can_be_searched(one):
        raise Invalid(say(N_("the copy of this request cannot be looked at now")), say(N_("look at how far it is")))
    return _asked(desk, one, PREVIEW, "gather")


def _asked(desk: Desk, one: Request, name: str, part: str) -> HttpResponse:
    keep_number(one.id, name, desk_jobs.ask(desk.house, name, desk.staff.id, request=str(one.id)))
    return desk.go(f"{HERE}/{one.id}/{part}")


@screen(f"{HERE}/<uuid:id>/preview", Duty.SEE_PEOPLE, "POST")
def look_at_copy(desk: Desk, id: UUID) -> HttpResponse:
    """The copy as it would be sent, in clear."""
    return _preview(desk, _look(desk, id))


@screen(f"{HERE}/<uuid:id>/cover", Duty.SEE_PEOPLE, "POST")
def cover_in_copy(desk: Desk, id: UUID) -> HttpResponse:
    """Cover what was ticked, no longer cover what was ticked of that, and show the copy again."""
    if not desk.staff.may(Duty.WORK_REQUESTS):
        raise of_duty()
    _look(desk, id)
    one = cover(desk.house, id, _places(desk, "cover"), _places(desk, "uncover"))
    return _preview(desk, one, done=desk.told(N_("The copy is changed.")))


def _places(desk: Desk, name: str) -> list[Place]:
    """The places that were ticked: table, column and row, parted by line feeds."""
    made = []
    for text in desk.all(name):
        table, _, rest = text.partition("\n")
        column, _, row = rest.partition("\n")
        if not table or not column or not (row == "" or (row.isdecimal() and len(row) < 10)):
            raise Invalid(say(N_("it is not understood what is to be covered")), say(N_("go back, and tick it again")))
        made.append(Place(table, column, int(row) if row else None))
    return made


def _preview(desk: Desk, one: Request, done: str = "") -> HttpResponse:
    only, _, start = (desk.field("further") or f"{desk.field('table')}|{desk.field('start')}").rpartition("|")
    first = int(start) if start.isdecimal() and len(start) < 9 else 0
    tables = []
    for rows in preview(desk.house, one, only, first):
        last = rows.rows[-1][0] + 1 if rows.rows else 0
        tables.append({
            "name": rows.table, "columns": [(name, f"{rows.table}\n{name}\n", name in rows.whole) for name in rows.columns], "count": rows.count, "more": last if last < rows.count else 0,
            "rows": [(place + 1, [(cell, f"{rows.table}\n{name}\n{place}") for name, cell in zip(rows.columns, cells, strict=True)]) for place, cells in rows.rows],
        })  # fmt: skip
    return desk.page(
        "console_request_copy.html", N_("The copy"), here=HERE, back=(desk.address(f"{HERE}/{one.id}"), f"{title_of(desk, one.right)}, …{one.id.hex[-8:]}"), words=_COPY, done=done, tables=tables,
        reason=desk.field("reason"), only=only, start=first, look=desk.address(f"{HERE}/{one.id}/preview"), cover=desk.address(f"{HERE}/{one.id}/cover"), works=desk.staff.may(Duty.WORK_REQUESTS) and one.state is State.APPROVAL,
        approve=desk.address(f"{HERE}/{one.id}/approve") if one.state is State.APPROVAL and desk.staff.may(Duty.DECIDE_REQUESTS) else "",
        covered=[(f"{place.table}\n{place.column}\n{'' if place.row is None else place.row}", place.table, place.column, None if place.row is None else place.row + 1) for place in places(marks_of(one))],
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- handed over


@screen(f"{HERE}/<uuid:id>/copy", Duty.SEE_PEOPLE, "POST")
def take_copy(desk: Desk, id: UUID) -> HttpResponseBase:
    """The package in clear, for the person who stands at the desk."""
    one = found(id)
    try:
        _look(desk, id)
        handing = copy_at_desk(desk.house, id, desk.staff.name)
    except JanjiError as error:
        return page_of(desk, one, error=error, status=422)
    return stream(handing.name, handing.pieces, ZIP)


@screen(f"{HERE}/<uuid:id>/pack", Duty.SEE_PEOPLE, "POST")
def take_pack(desk: Desk, id: UUID) -> HttpResponse:
    """The evidence of a claim, each event with its proof."""
    one = found(id)
    try:
        _look(desk, id)
        data = pack_bytes(desk.house, id, desk.tongue.language, desk.staff.name)
    except JanjiError as error:
        return page_of(desk, one, error=error, status=422)
    name = f"{desk.told(N_('evidence'))}-{id.hex[-8:]}.zip"
    return download(name, data, ZIP)


_DELIVER = {"reason": N_("What you look at these data for"), "recorded": N_("The look is recorded with it."), "yes": N_("Hand it over"), "back": N_("Back, and nothing is done"), "print": N_("Print this page, or read the answer out. It is not kept here."),
            "about": N_("You get the answer to print or to read out, once. It is then taken as handed over by you, and the request ends. See first who stands before you.")}  # fmt: skip


@screen(f"{HERE}/<uuid:id>/deliver", Duty.SEE_PEOPLE)
def deliver(desk: Desk, id: UUID) -> HttpResponse:
    """What handing over does."""
    return _deliver(desk, found(id))


def _deliver(desk: Desk, one: Request, error: JanjiError | None = None, text: str = "") -> HttpResponse:
    closed_now = None if text or to_be_handed_over(one) else Invalid(say(N_("there is no result to be handed over")), say(N_("go back to the request; it says what can be done")))
    return desk.page(
        "console_request_deliver.html", N_("Hand the result over"), here=HERE, back=(desk.address(f"{HERE}/{one.id}"), f"{title_of(desk, one.right)}, …{one.id.hex[-8:]}"), words=_DELIVER, error=error or closed_now,
        status=422 if error or closed_now else 200, send=desk.address(f"{HERE}/{one.id}/deliver"), open=closed_now is None, reasons=[(name, desk.told(words)) for name, words in REASONS.items()],
        text=text, number=f"{PREFIX}{one.id}", done=desk.told(N_("Handed over, and on record as handed over by you.")) if text else "",
    )  # fmt: skip


@screen(f"{HERE}/<uuid:id>/deliver", Duty.SEE_PEOPLE, "POST")
def delivered(desk: Desk, id: UUID) -> HttpResponse:
    """Hand the result over, and show it once."""
    if not desk.staff.may(Duty.WORK_REQUESTS):
        raise of_duty()
    one = found(id)
    try:
        _look(desk, id)
        one, text = hand_over_result(desk.house, id, desk.staff.name)
    except JanjiError as error:
        return _deliver(desk, one, error)
    return _deliver(desk, one, text=text)
