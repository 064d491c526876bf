"""Worklists of owners at the console: what systems that people look after are asked, how far each is, reminders and links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.staff.roles import Duty, Role
from janji.terms.messages import N_, say
from janji.terms.words import moment
from janji.web.console.by_hand import owners_card
from janji.web.console.clocks import clock
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import names
from janji.web.problems import Problem
from janji.workflows import worklist_mail
from janji.workflows import worklists as workflow
from janji.workflows.naming import Names
from janji.workflows.worklists import PATH, Right, State, Worklist

LISTS = "tasks/worklists"
PAGE = 50
_ASKED = {Right.ACCESS: N_("Say what is held"), Right.ERASE: N_("Erase"), Right.CORRECT: N_("Put right")}
_STATES = {"open": (N_("waits for an answer"), "warn"), "answered": (N_("answered"), "ok"), "closed": (N_("closed"), "muted")}
_LINES = {
    State.OPEN: N_("not answered"), State.NOTHING: N_("nothing found"), State.FOUND: N_("found"), State.ERASED: N_("erased"), State.CORRECTED: N_("put right"), State.KEPT: N_("must stay"),
    State.DROPPED: N_("not needed any more"),
}  # fmt: skip
_WORDS = {
    "systems": N_("Systems"), "asked": N_("What is asked"), "state": N_("State"), "due": N_("Due"), "lines": N_("Lines"), "of": N_("of"), "answered": N_("answered"), "owner": N_("Owner"), "mailed": N_("Messages sent"),
    "next": N_("Next message"), "trouble": N_("Trouble"), "remind": N_("Remind now"), "renew": N_("Send a new link"), "revoke": N_("Revoke the link"), "answer": N_("Open and answer it"), "more": N_("Next page"), "show": N_("Which"),
    "open_ones": N_("Still open"), "all": N_("All"), "none": N_("No worklist is here."), "none_help": N_("When a request concerns a system that a person looks after, its owner is asked, and the list appears here."),
    "yours": N_("What you are asked"), "yours_none": N_("Nothing is asked about your systems."), "yours_lead": N_("People used their rights. Each list says whom to look for in the systems in your care, and takes your answer."),
    "remind_lead": N_("The owner gets another message now, with the link."), "renew_lead": N_("The link that was sent before is worth nothing then, and the owner gets another one."), "revoke_lead": N_("Whoever has the link can open it no more, and no message goes out by itself. A new link can be sent later."),
    "expires": N_("Can be answered until"), "do": N_("What can be done"),
}  # fmt: skip
_DONE = {"remind": N_("The owner was reminded."), "renew": N_("The owner has a new link; the one before is worth nothing."), "revoke": N_("The link is worth nothing from now on.")}


def _mine(desk: Desk, one: Worklist) -> bool:
    """Whether a list is for whoever looks: all of them but for an owner, to whom those are that ask about their systems alone."""
    return desk.staff.role is not Role.OWNER or (bool(one.systems) and set(one.systems) <= set(desk.staff.systems))


def _absent() -> Problem:
    """What is said of a list that is not there, and of one that is not for whoever asks."""
    return Problem(404, "not-found", say(N_("there is no such worklist")), say(N_("look at the list of worklists")))


def _found(desk: Desk, id: UUID) -> Worklist:
    """The list of an address; to an owner those of others are not there."""
    try:
        one = workflow.worklist(desk.house, id)
    except Invalid:
        raise _absent() from None
    if not _mine(desk, one):
        raise _absent()
    return one


def _row(desk: Desk, one: Worklist, called: Names) -> dict[str, Any]:
    words, tone = _STATES.get(one.row.state, (one.row.state, "muted"))
    whole, left = one.count(), one.count(State.OPEN)
    return {
        "href": desk.address(f"{LISTS}/{one.id}"), "systems": ", ".join(map(called.system, one.systems)) or "-", "asked": desk.told(_ASKED[Right(one.row.asked)]), "state": desk.told(words), "tone": tone, "whole": whole, "answered": whole - left,
        "clock": clock(one.row.opened, one.row.due, desk.house.runtime.now(), desk.tongue) if one.row.state == "open" else None, "answer": desk.address(f"{LISTS}/{one.id}/answer") if _answers(desk, one) else "",
    }  # fmt: skip


def _answers(desk: Desk, one: Worklist) -> bool:
    return desk.staff.role is Role.OWNER and one.row.state == "open"


def owners_page(desk: Desk) -> HttpResponse:
    """What an owner is asked: the lists about their systems, those that wait first."""
    called = names(desk)
    shown = [_row(desk, one, called) for one in _theirs(desk)]
    shown.sort(key=lambda row: row["clock"] is None)
    return desk.page("console_worklists.html", N_("What you are asked"), here="tasks", words=_WORDS, rows=shown, tabs=[], owner=True, more="", ends=owners_card(desk))


def _theirs(desk: Desk) -> Iterator[Worklist]:
    """The newest lists about an owner's systems."""
    before: UUID | None = None
    for _ in range(5):
        page = workflow.worklists(desk.house, workflow.PAGE, before)
        yield from (one for one in page if _mine(desk, one))
        if len(page) < workflow.PAGE:
            return
        before = page[-1].id


@screen(LISTS, Duty.SEE_REQUESTS)
def lists(desk: Desk) -> HttpResponse:
    """The worklists of owners, the newest first."""
    state = None if desk.query("which") == "all" else "open"
    before = None
    if desk.query("before"):
        before = workflow.number_of(desk.query("before"))
    shown, called = workflow.worklists(desk.house, PAGE + 1, before, state), names(desk)
    which = desk.query("which") if state is None else ""
    return desk.page(
        "console_worklists.html", N_("Worklists of owners"), here="tasks", back=(desk.address("tasks"), desk.told(N_("Tasks"))), words=_WORDS, rows=[_row(desk, one, called) for one in shown[:PAGE]], owner=False,
        tabs=[(desk.address(LISTS), desk.told(_WORDS["open_ones"]), state is not None), (desk.address(LISTS, which="all"), desk.told(_WORDS["all"]), state is None)],
        more=desk.address(LISTS, which=which, before=str(shown[PAGE - 1].id)) if len(shown) > PAGE else "",
    )  # fmt: skip


@screen(f"{LISTS}/<uuid:id>", Duty.SEE_TASKS)
def one_list(desk: Desk, id: UUID) -> HttpResponse:
    """How far a list is, in each system; nobody of whom it asks is named."""
    return _page(desk, _found(desk, id))


def _page(desk: Desk, one: Worklist, error: JanjiError | None = None) -> HttpResponse:
    tongue, row, called = desk.tongue, one.row, names(desk)
    owner = one.owner.name if one.owner is not None and desk.staff.may(Duty.SEE_PEOPLE) else ""
    works = desk.staff.may(Duty.WORK_TASKS) and desk.staff.role is not Role.OWNER and row.state == "open"
    facts = [
        (_WORDS["asked"], desk.told(_ASKED[Right(row.asked)])), (_WORDS["owner"], owner), (_WORDS["expires"], moment(row.expires).render(tongue)), (_WORDS["mailed"], str(row.mailed)),
        (_WORDS["next"], "" if row.next is None else moment(row.next).render(tongue)), (_WORDS["trouble"], desk.told(worklist_mail.TROUBLES.get(row.trouble, row.trouble)) if row.trouble else ""),
    ]  # fmt: skip
    by_system = [
        (called.system(system), ", ".join(f"{desk.told(_LINES[State(item.state)])}: {item.lines}" for item in one.lines if item.system == system)) for system in one.systems
    ]  # fmt: skip
    return desk.page(
        "console_worklist.html", ", ".join(map(called.system, one.systems)) or N_("Worklists of owners"), here="tasks", back=(desk.address("tasks"), desk.told(_WORDS["yours"])) if desk.staff.role is Role.OWNER else (desk.address(LISTS), desk.told(N_("Worklists of owners"))), words=_WORDS,
        row=_row(desk, one, called), facts=[(desk.told(name), value) for name, value in facts if value], by_system=by_system, error=error, status=422 if error else 200, done=_DONE.get(desk.query("done"), ""),
        acts=[(desk.address(f"{LISTS}/{one.id}/{act}"), desk.told(_WORDS[act]), desk.told(_WORDS[f"{act}_lead"]) if f"{act}_lead" in _WORDS else "") for act in ("remind", "renew", "revoke")] if works else [],
    )  # fmt: skip


def _act(desk: Desk, id: UUID, act: str) -> HttpResponse:
    one = _found(desk, id)
    if desk.staff.role is Role.OWNER:
        raise _absent()
    try:
        if act in ("renew", "revoke"):
            one = workflow.revoke(desk.house, id)
        if act in ("renew", "remind"):
            worklist_mail.remind(desk.house, id)
    except JanjiError as error:
        return _page(desk, one, error)
    return desk.go(f"{LISTS}/{id}", done=act)


@screen(f"{LISTS}/<uuid:id>/remind", Duty.WORK_TASKS, "POST")
def remind(desk: Desk, id: UUID) -> HttpResponse:
    """Send the owner the link again."""
    return _act(desk, id, "remind")


@screen(f"{LISTS}/<uuid:id>/renew", Duty.WORK_TASKS, "POST")
def renew(desk: Desk, id: UUID) -> HttpResponse:
    """Let the link be worth nothing, and send another one."""
    return _act(desk, id, "renew")


@screen(f"{LISTS}/<uuid:id>/revoke", Duty.WORK_TASKS, "POST")
def revoke(desk: Desk, id: UUID) -> HttpResponse:
    """Let the link be worth nothing from now on."""
    return _act(desk, id, "revoke")


@screen(f"{LISTS}/<uuid:id>/answer", Duty.WORK_TASKS, "POST")
def answer(desk: Desk, id: UUID) -> HttpResponse:
    """Lead the owner of the systems to the page where the list is answered; nobody else."""
    one = _found(desk, id)
    if not _answers(desk, one):
        raise _absent()
    link = workflow.link_of(desk.house, one.row)
    return HttpResponse(status=303, headers={"Location": f"{PATH}{link.rpartition(PATH)[2]}?language={desk.tongue.language}"})
