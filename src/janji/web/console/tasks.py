"""Open tasks: what each wants and by when, what is done about it, texts under review, and decisions of machines to be looked at anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.people.identifiers import PREFIX as SUBJECT
from janji.staff.roles import REASONS, Duty, Role
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.web.console.clocks import clock
from janji.web.console.shell import Desk, screen
from janji.web.console.worklists import LISTS, owners_page
from janji.web.naming import spoken
from janji.web.problems import Problem
from janji.workflows import cascade_work, desk_tasks, machine_decisions, reviews
from janji.workflows.desk_tasks import CLOSES, PAGE, Task
from janji.workflows.machine_decisions import Ruling
from janji.workflows.staff import record_look

HERE = "tasks"


@dataclass(frozen=True, slots=True)
class Want:
    """What a kind of task is called, what it wants, and where that is done: the address with holes for what the task is about, its name, the duty that opens it."""

    title: str
    wants: str
    part: str = ""
    button: str = ""
    duty: Duty = Duty.SEE_TASKS


_REQUEST = ("requests/{request}", N_("Open the request"), Duty.SEE_REQUESTS)
_PERSON = ("people/{subject}", N_("Open the person"), Duty.SEE_PEOPLE)
WANTS: Mapping[str, Want] = {
    "request-late": Want(N_("A request takes long"), N_("A part of its time is over and it has not ended. Look at what it waits for."), *_REQUEST),
    "message-not-delivered": Want(N_("A message reached nobody"), N_("Hand the answer over at the desk or by telephone, or let it be tried again."), *_REQUEST),
    "child-erasure": Want(N_("A child without a guardian"), N_("Erase what is held of the child, or verify a guardian who consents. It ends by itself when one of the two is so."), *_PERSON),
    "child-check": Want(N_("Somebody says: this is a child"), N_("The person is quarantined meanwhile. Find out whether it is a child: record the age, or lift the quarantine, on the person's page."), *_PERSON),
    "withdrawal-cascade": Want(N_("A consent was withdrawn"), N_("What nothing else needs any more is to be deleted. It ends when that was read back."), *_PERSON),
    "third-person-notice": Want(N_("Somebody's data came from another person"), N_("Tell the person that their data are here, who gave them and what for."), *_PERSON),
    "recipients-of-correction": Want(N_("Recipients have a wrong value"), N_("Tell those who were given the data that they were wrong, and what is right."), *_REQUEST),
    "deletion-notice": Want(N_("People were not told of a deletion"), N_("Data ended by the rules of retention. Tell those whom it concerns, or say it where they look."), "retention", N_("Open retention"), Duty.SEE_RETENTION),
    "text-review": Want(N_("A text holds what should not be there"), N_("Look at it, and keep it, keep it with the finds covered, or discard it. It is discarded unseen when its time is over."), "tasks/reviews/{id}", N_("Open the review")),
    "decision-review": Want(N_("Somebody objects to a decision of a machine"), N_("A person looks anew at what the machine decided, and lets it stand or overrules it."), "tasks/decisions", N_("Open the decisions")),
    "worklist-open": Want(N_("An owner does not answer"), N_("Remind whoever looks after the system, or give them a new link."), f"{LISTS}/{{worklist}}", N_("Open the worklist")),
    "policy-not-published": Want(N_("A draft of the policy could not be published"), N_("Its day came, and something stands in the way: its page says what. Put that right, or cancel the publication."), "policy/drafts/{draft}", N_("Open the draft"), Duty.SEE_POLICY),
    "consumer-not-told": Want(N_("A program is not told"), N_("Its address does not answer. Look at its deliveries; it ends when one arrives."), "settings/webhooks", N_("Open the webhooks"), Duty.SEE_SETTINGS),
}  # fmt: skip
"""What staff can be asked for, by kind."""
_WORDS = {
    "kinds": N_("Kinds"), "all": N_("All"), "about": N_("About"), "due": N_("Due"), "no_clock": N_("no clock"), "since": N_("Open since"), "more": N_("Next page"), "first": N_("First page"),
    "none": N_("No task is open."), "none_help": N_("Tasks come by themselves: when time runs out, when a message reaches nobody, when somebody must look."), "lists": N_("Worklists of owners"), "reviews": N_("Decisions to look at anew"),
    "late": N_("late"), "ask": N_("Say that it is done…"), "agree": N_("Agree to the deletion…"),
}  # fmt: skip
CASCADE = "withdrawal-cascade"
_DONE = {"agreed": N_("Your yes is on record, and the deletion goes on."), "closed": N_("The task is done, and is on record as done."), "kept": N_("The review is closed."), "discarded": N_("The text was destroyed, and the review is closed."), "ruled": N_("Your word on the decision is on record, and the person is told.")}


def rows_of(desk: Desk, tasks: tuple[Task, ...]) -> Iterator[dict[str, Any]]:
    """Tasks as lines of a table."""
    now, tongue = desk.house.runtime.now(), desk.tongue
    for one in tasks:
        want = WANTS.get(one.kind, Want(one.kind, ""))
        yield {
            "id": one.id, "title": desk.told(want.title), "wants": desk.told(want.wants) if want.wants else "", "where": _where(desk, want, one),
            "about": f"{SUBJECT}…{one.subject.hex[-8:]}" if one.subject else "", "clock": clock(one.opened, one.due, now, tongue) if one.due else None, "since": moment(one.opened).render(tongue),
            "close": desk.address(f"{HERE}/{one.id}/done") if one.kind in CLOSES and desk.staff.may(Duty.WORK_TASKS) else "",
            "agree": desk.address(f"{HERE}/{one.id}/agree") if one.kind == CASCADE and "agreed" not in one.details and desk.staff.may(Duty.DECIDE_REQUESTS) else "", "facts": list(_facts(desk, one)),
        }  # fmt: skip


def _where(desk: Desk, want: Want, one: Task) -> tuple[str, str] | None:
    """Where a task is worked on, for whom that is open."""
    named = {"id": one.id, "subject": one.subject, "request": one.details.get("request"), "worklist": one.details.get("worklist"), "draft": one.details.get("draft")}
    if not want.part or not desk.staff.may(want.duty) or any(f"{{{name}}}" in want.part and not value for name, value in named.items()):
        return None
    return desk.address(want.part.format(**named)), desk.told(want.button)


def _facts(desk: Desk, one: Task) -> Iterator[str]:
    """What the details of a task say that helps: names of the policy, never of a person."""
    policy, language = desk.house.policy_in_force.policy, desk.tongue.language

    def titles(names: Any, known: Mapping[str, Any]) -> str:
        return ", ".join(known[name].title.get(language) if name in known and getattr(known[name], "title", None) else str(name) for name in names)

    if one.kind == CASCADE:
        yield say(N_("purposes: {names}"), names=titles(one.details.get("purposes", ()), policy.purposes)).render(desk.tongue)
        yield say(N_("to be deleted: {names}"), names=titles(one.details.get("delete", ()), policy.data) or "-").render(desk.tongue)
    if one.kind == "recipients-of-correction":
        yield say(N_("tell: {names}"), names=titles(one.details.get("recipients", ()), policy.recipients)).render(desk.tongue)
    if one.kind == "decision-review":
        yield say(N_("purposes: {names}"), names=titles(one.details.get("purposes", ()), policy.purposes)).render(desk.tongue)
    if one.kind == "deletion-notice":
        yield say(N_("rows: {count}"), count=desk.count(int(one.details.get("rows", 0)))).render(desk.tongue)
    if one.kind == "text-review":
        yield say(N_("from {touchpoint}, field {field}"), touchpoint=one.details.get("touchpoint", "-"), field=one.details.get("field", "-")).render(desk.tongue)


@screen(HERE, Duty.SEE_TASKS)
def tasks(desk: Desk) -> HttpResponse:
    """What waits for somebody, what is due first. A system's owner sees what is asked about their systems, and nothing else."""
    if desk.staff.role is Role.OWNER:
        return owners_page(desk)
    counts = desk_tasks.counts(desk.house)
    kind = desk.query("kind") if desk.query("kind") in counts else ""
    after = _id(desk.query("after")) if desk.query("after") else None
    shown = desk_tasks.waiting(PAGE + 1, after, kind)
    tabs = [(desk.address(HERE, kind=name), desk.told(WANTS[name].title) if name in WANTS else name, name == kind, count, late) for name, (count, late) in sorted(counts.items())]
    return desk.page(
        "console_tasks.html", N_("Tasks"), here=HERE, words=_WORDS, rows=list(rows_of(desk, shown[:PAGE])), tabs=[(desk.address(HERE), desk.told(_WORDS["all"]), not kind, sum(count for count, _ in counts.values()), 0), *tabs],
        more=desk.address(HERE, kind=kind, after=str(shown[PAGE - 1].id)) if len(shown) > PAGE else "", first=desk.address(HERE, kind=kind) if after else "",
        lists=desk.address(LISTS), decisions=desk.address(f"{HERE}/decisions"), done=_DONE.get(desk.query("done"), ""),
    )  # fmt: skip


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(say(N_("this page is none of ours")), say(N_("go back to the first one"))) from None


_AGREE = {
    "yes": N_("Agree"), "back": N_("Back, and nothing is done"),
    "lead": N_("You agree that what is named here is deleted in the systems where a plan is looked at first. What the law keeps stays. It is read back, and certified."),
}  # fmt: skip
_CLOSE = {"yes": N_("It is done"), "back": N_("Back, and nothing is done"), "lead": N_("You say that it was done. It goes on record with your account, and the task ends.")}


def _close(desk: Desk, id: UUID, error: JanjiError | None = None, act: str = "done") -> HttpResponse:
    """What a step about a task does, and the step."""
    try:
        one = desk_tasks.task(id)
    except Invalid as gone:
        raise _absent(gone) from None
    return desk.page(
        "console_task_close.html", say(WANTS[one.kind].title) if one.kind in WANTS else N_("Tasks"), here=HERE, back=(desk.address(HERE), desk.told(N_("Tasks"))), words={**_WORDS, **(_CLOSE if act == "done" else _AGREE)},
        row=(row := next(rows_of(desk, (one,)))), open=bool(row["close" if act == "done" else "agree"]), send=desk.address(f"{HERE}/{id}/{act}"), error=error, status=422 if error else 200,
    )  # fmt: skip


def _absent(gone: Invalid) -> Problem:
    """What is said of something that is not there (any more)."""
    return Problem(404, "not-found", gone.message, gone.help)


@screen(f"{HERE}/<uuid:id>/done", Duty.WORK_REQUESTS)
def ask_done(desk: Desk, id: UUID) -> HttpResponse:
    """What saying that it is done does."""
    return _close(desk, id)


@screen(f"{HERE}/<uuid:id>/done", Duty.WORK_REQUESTS, "POST")
def done(desk: Desk, id: UUID) -> HttpResponse:
    """Say that it is done; it is read back that the task has ended."""
    try:
        desk_tasks.close(desk.house, id)
    except Invalid as gone:
        raise _absent(gone) from None
    except JanjiError as error:
        return _close(desk, id, error)
    return desk.go(HERE, done="closed")


@screen(f"{HERE}/<uuid:id>/agree", Duty.DECIDE_REQUESTS)
def ask_agree(desk: Desk, id: UUID) -> HttpResponse:
    """What agreeing to a deletion does."""
    return _close(desk, id, act="agree")


@screen(f"{HERE}/<uuid:id>/agree", Duty.DECIDE_REQUESTS, "POST")
def agree(desk: Desk, id: UUID) -> HttpResponse:
    """Let what a withdrawal leaves be deleted where an officer must agree."""
    try:
        if not cascade_work.agree(desk.house, [id], desk.staff.name):
            raise Invalid(say(N_("this waits for no officer")), say(N_("it goes on by itself, or its owner is asked")))
    except JanjiError as error:
        return _close(desk, id, error, "agree")
    return desk.go(HERE, done="agreed")


# ------------------------------------------------------------------------------------------------------------- reviews

_REVIEW = {
    "found": N_("What was found"), "where": N_("Where"), "why": N_("Why"), "sure": N_("How sure"), "look": N_("Look at the text"), "reason": N_("What you look at these data for"), "recorded": N_("The look is recorded with it."),
    "purpose": N_("Under which purpose of the policy"), "keep": N_("Keep it as it is"), "mask": N_("Keep it with the finds covered"), "discard": N_("Discard it unseen"), "text": N_("The text"),
    "keep_lead": N_("You get the text once, to put where it belongs. Nothing of it stays here."), "discard_lead": N_("The text is destroyed, and nobody can bring it back."), "all": N_("Back to the tasks"),
    "kept": N_("Copy this now and put it where it belongs: it is not kept here any more."),
}  # fmt: skip


def _review(desk: Desk, id: UUID, error: JanjiError | None = None, **clear: Any) -> HttpResponse:
    try:
        one = reviews.review_of(id)
    except Invalid as gone:
        raise _absent(gone) from None
    purposes = desk.house.policy_in_force.policy.purposes
    return desk.page(
        "console_review.html", N_("A text to look at"), here=HERE, back=(desk.address(HERE), desk.told(N_("Tasks"))), words=_REVIEW, error=error, status=422 if error else 200,
        clock=clock(one.opened, one.due, desk.house.runtime.now(), desk.tongue), touchpoint=one.touchpoint, field=one.field, sees=desk.staff.may(Duty.SEE_PEOPLE) and desk.staff.may(Duty.WORK_TASKS),
        found=[(seen.kind, f"{seen.start}-{seen.end}", f"{seen.confidence:.0%}", spoken(seen.why, desk.tongue)) for seen in one.found], send=desk.address(f"{HERE}/reviews/{id}"),
        reasons=[(name, desk.told(text)) for name, text in REASONS.items()], purposes=[(str(name), one.title.get(desk.tongue.language)) for name, one in purposes.items()], typed=dict(desk.fields), **clear,
    )  # fmt: skip


@screen(f"{HERE}/reviews/<uuid:id>", Duty.SEE_REQUESTS)
def review(desk: Desk, id: UUID) -> HttpResponse:
    """What a review is about; nothing of what was written."""
    return _review(desk, id)


@screen(f"{HERE}/reviews/<uuid:id>", Duty.SEE_PEOPLE, "POST")
def work_on_review(desk: Desk, id: UUID) -> HttpResponse:
    """Look at the text, keep it, keep it covered, or discard it."""
    act, purpose = desk.field("act"), desk.field("purpose")
    try:
        one = reviews.review_of(id)
        if act == "discard":
            reviews.discard(desk.house, id)
            return desk.go(HERE, done="discarded")
        record_look(desk.house, desk.staff, one.subject, desk.field("reason"))
        if act == "look":
            return _review(desk, id, text=_text(reviews.show_review(desk.house, id, purpose).value))
        shown = reviews.keep(desk.house, id, purpose, masked=act == "mask")
    except JanjiError as error:
        return _review(desk, id, error)
    return desk.page("console_review.html", N_("The review is closed"), here=HERE, back=(desk.address(HERE), desk.told(N_("Tasks"))), words=_REVIEW, done=_DONE["kept"], out_text=_text(shown.value))


def _text(value: Any) -> str:
    return str(reviews.handed_out(value))


# ----------------------------------------------------------------------------------------------------------- decisions

_DECISIONS = {
    "purpose": N_("Purpose"), "outcome": N_("Outcome"), "reasons": N_("Reasons"), "at": N_("Decided"), "due": N_("Due"), "more": N_("Next page"), "none": N_("No decision waits for somebody."), "open": N_("Look anew"),
    "none_help": N_("When somebody objects to what a machine decided, it comes here."), "explanation": N_("What the machine explained"), "look": N_("Look at it"), "reason": N_("What you look at these data for"), "recorded": N_("The look is recorded with it."),
    "ruling": N_("Your word"), "uphold": N_("It stands"), "overrule": N_("It is overruled"), "codes": N_("Reasons, as codes"), "codes_hint": N_("Lower-case letters, digits and strokes, parted by commas, such as `income-proved`."),
    "words": N_("What the person is told besides"), "send": N_("Put it on record"), "reviewed": N_("Somebody looked at it anew already."), "no_explanation": N_("Nothing was explained, or its time is over."), "application": N_("By"), "person": N_("Person"),
}  # fmt: skip


@screen(f"{HERE}/decisions", Duty.SEE_REQUESTS)
def decisions(desk: Desk) -> HttpResponse:
    """Decisions of machines that somebody must look at anew, what is due first."""
    last = machine_decisions.decision(_id(desk.query("after"))) if desk.query("after") else None
    shown = machine_decisions.reviews(PAGE + 1, None if last is None or last.due is None else (last.due, last.id))
    now = desk.house.runtime.now()
    rows = [{
        "href": desk.address(f"{HERE}/decisions/{one.id}"), "purpose": _purpose(desk, one.purpose), "outcome": one.outcome, "reasons": ", ".join(one.reasons), "at": moment(one.at).render(desk.tongue),
        "clock": clock(one.at, one.due, now, desk.tongue) if one.due else None,
    } for one in shown[:PAGE]]  # fmt: skip
    return desk.page(
        "console_decisions.html", N_("Decisions to look at anew"), here=HERE, back=(desk.address(HERE), desk.told(N_("Tasks"))), words=_DECISIONS, rows=rows, done=_DONE.get(desk.query("done"), ""),
        more=desk.address(f"{HERE}/decisions", after=str(shown[PAGE - 1].id)) if len(shown) > PAGE else "",
    )  # fmt: skip


def _purpose(desk: Desk, name: str) -> str:
    known = desk.house.policy_in_force.policy.purposes
    return known[name].title.get(desk.tongue.language) if name in known else name


def _decision(desk: Desk, id: UUID, error: JanjiError | None = None, explanation: str | None = None) -> HttpResponse:
    try:
        one = machine_decisions.decision(id)
    except Invalid as gone:
        raise _absent(gone) from None
    return desk.page(
        "console_decision.html", _purpose(desk, one.purpose), here=HERE, back=(desk.address(f"{HERE}/decisions"), desk.told(N_("Decisions to look at anew"))), words=_DECISIONS, error=error, status=422 if error else 200,
        facts=[(desk.told(_DECISIONS["outcome"]), one.outcome), (desk.told(_DECISIONS["reasons"]), ", ".join(one.reasons)), (desk.told(_DECISIONS["at"]), moment(one.at).render(desk.tongue)),
               (desk.told(_DECISIONS["application"]), one.application or "-"), (desk.told(_DECISIONS["person"]), f"{SUBJECT}…{one.subject.hex[-8:]}")],
        open=one.ruling is None, ruling=one.ruling, sees=desk.staff.may(Duty.SEE_PEOPLE), works=desk.staff.may(Duty.WORK_TASKS), explanation=explanation, looked=explanation is not None,
        reasons=[(name, desk.told(text)) for name, text in REASONS.items()], send=desk.address(f"{HERE}/decisions/{id}"), look=desk.address(f"{HERE}/decisions/{id}/look"), typed=dict(desk.fields),
    )  # fmt: skip


@screen(f"{HERE}/decisions/<uuid:id>", Duty.SEE_REQUESTS)
def decision(desk: Desk, id: UUID) -> HttpResponse:
    """One decision: what came out and by which codes."""
    return _decision(desk, id)


@screen(f"{HERE}/decisions/<uuid:id>/look", Duty.SEE_PEOPLE, "POST")
def look_at_decision(desk: Desk, id: UUID) -> HttpResponse:
    """What the machine explained, in clear."""
    try:
        one = machine_decisions.decision(id)
        record_look(desk.house, desk.staff, one.subject, desk.field("reason"))
        held = machine_decisions.explained(desk.house, one)[0] or {}
    except JanjiError as error:
        return _decision(desk, id, error)
    return _decision(desk, id, explanation="\n".join(f"{key}: {value}" for key, value in held.items()))


@screen(f"{HERE}/decisions/<uuid:id>", Duty.WORK_REQUESTS, "POST")
def rule(desk: Desk, id: UUID) -> HttpResponse:
    """A person looked anew: it stands, or it is overruled."""
    word = desk.field("ruling")
    try:
        if word not in list(Ruling):
            raise Invalid(_no_word(), say(N_("choose whether it stands")))
        codes = [code for code in re.split(r"[\s,;]+", desk.field("codes")) if code]
        machine_decisions.review(desk.house, id, Ruling(word), codes, desk.staff.name, desk.field("words")[:5000])
    except JanjiError as error:
        return _decision(desk, id, error)
    return desk.go(f"{HERE}/decisions", done="ruled")


def _no_word() -> Message:
    return say(N_("it is not said whether the decision stands"))
