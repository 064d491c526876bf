"""The queue of rights requests: by filters and pages, as a table to take along, and what is done to many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.people.identifiers import PREFIX as SUBJECT
from janji.rights.requests import PREFIX, Intake, Outcome, Request, State, same_person
from janji.rights.words import INTAKES, OUTCOMES, PROOFS, STATES, state_of
from janji.staff.roles import REASONS, ROLES, Duty, Role
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.web.console.clocks import clock
from janji.web.console.downloads import CSV, download
from janji.web.console.shell import Desk, of_duty, screen
from janji.web.console.wording import names
from janji.web.naming import spoken
from janji.web.pages import LANGUAGES
from janji.web.problems import Problem
from janji.workflows.request_desk import PAGE, Filter, Line, Which, lines, open_counts, table
from janji.workflows.request_needs import beside
from janji.workflows.request_telling import hand_over_result
from janji.workflows.requests import OFFICER, approve, is_there, request_number, request_of, right_of, rights, waits_for
from janji.workflows.staff import names_of, record_look

HERE = "requests"
MOST = 200
"""Requests that are worked on together from one page."""
WHICH = {
    Which.OPEN: N_("Still open"), Which.LATE: N_("Overdue"), Which.SOON: N_("Under 12 hours"), Which.MINE: N_("Wait for my approval"), Which.CLOSED: N_("Ended"),
}  # fmt: skip
_WORDS = {
    "filter": N_("Show"), "right": N_("Right asked for"), "state": N_("State"), "intake": N_("Came in by"), "language": N_("Language of the answer"), "outcome": N_("How it ended"),
    "any": N_("all"), "number": N_("Request"), "who": N_("Person"), "due": N_("Due"), "systems": N_("Systems"), "waits": N_("Waits for"), "choose": N_("Choose"),
    "of": N_("of"), "unknown": N_("not known yet"), "more": N_("Next page"), "first": N_("First page"), "csv": N_("Take along as CSV"), "new": N_("Record a request"),
    "none": N_("No request is here."), "none_help": N_("Requests come by the form of the privacy centre, by e-mail and other programs, or you record one."),
    "other_help": N_("Choose other filters, or look at all that are open."), "all": N_("All that are open"), "lists": N_("Lists"),
    "many": N_("What to do with those that you choose"), "approve": N_("Approve…"), "deliver": N_("Hand the results over…"), "saved": N_("The address of this page keeps the filters: save it as a bookmark."),
    "verified": N_("verified"), "not_verified": N_("not verified"), "ended": N_("Ended"), "same": N_("asked twice"),
}  # fmt: skip


def filter_of(desk: Desk) -> Filter:
    """The filter that the address names; words that mean nothing are passed over."""
    def one(name: str, known: Any) -> str:
        word = desk.query(name)
        return word if word in known else ""

    which = one("which", list(Which)) or Which.OPEN
    return Filter(
        which=Which(which), right=one("right", rights(desk.house)), state=one("state", list(State)), intake=one("intake", list(Intake)),
        language=one("answer", LANGUAGES), outcome=one("outcome", list(Outcome)), by=desk.staff.name,
    )  # fmt: skip


def words_of(filter: Filter) -> dict[str, str]:
    """A filter as the words of an address."""
    return {"which": "" if filter.which is Which.OPEN else str(filter.which), "right": filter.right, "state": filter.state, "intake": filter.intake,
            "answer": filter.language, "outcome": filter.outcome}  # fmt: skip


def found(id: UUID) -> Request:
    """The request of an address; raises a problem where there is none."""
    if not is_there(id):
        raise Problem(404, "not-found", say(N_("there is no such request")), say(N_("look for it in the list of requests")))
    return request_of(id)


def title_of(desk: Desk, right: str) -> str:
    """What a right is called."""
    known = rights(desk.house)
    return known[right].title.get(desk.tongue.language) if right in known else right


def state_words(desk: Desk, one: Request) -> str:
    """Where a request stands, as a heading."""
    return spoken(state_of(one), desk.tongue).rstrip(".")


def waiting(one: Request) -> Message:
    """What a request waits for; of one whose asker is not shown, what shows it."""
    if one.state is State.UNVERIFIED and "waits" not in one.details:
        return beside(one) or say(N_("it must be shown who asks: {proof}"), proof=say(PROOFS[one.wanted]))
    return waits_for(one)


def row_of(desk: Desk, line: Line) -> dict[str, Any]:
    """A request as a line of a table."""
    one, tongue, now = line.request, desk.tongue, desk.house.runtime.now()
    return {
        "id": one.id, "number": f"…{one.id.hex[-8:]}", "full": f"{PREFIX}{one.id}", "href": desk.address(f"{HERE}/{one.id}"), "right": title_of(desk, one.right),
        "who": f"{SUBJECT}…{one.subject.hex[-8:]}" if one.subject else "", "state": state_words(desk, one), "verified": one.subject is not None,
        "waits": spoken(waiting(one), tongue, names(desk) if "waits" in one.details else None) if one.open else "", "clock": clock(one.opened, one.due, now, tongue) if one.open else None,
        "ended": moment(one.ended).render(tongue) if one.ended else "", "late": bool(one.ended and one.ended > one.due), "done": line.done, "systems": line.systems,
        "twice": "same" in one.details and one.open, "intake": desk.told(INTAKES[one.intake]),
    }  # fmt: skip


@screen(HERE, Duty.SEE_REQUESTS)
def queue(desk: Desk) -> HttpResponse:
    """The requests of a list, page by page, what is due first."""
    filter = filter_of(desk)
    after = request_number(desk.query("after")) if desk.query("after") else None
    shown = lines(desk.house, filter, after, PAGE + 1)
    rows = [row_of(desk, line) for line in shown[:PAGE]]
    words = words_of(filter)
    more = desk.address(HERE, **words, after=f"{PREFIX}{shown[PAGE - 1].request.id}") if len(shown) > PAGE else ""
    counts = open_counts(desk.house)
    numbers = {
        Which.OPEN: sum(one.count for one in counts), Which.LATE: sum(one.late for one in counts), Which.SOON: sum(one.soon for one in counts),
    }  # fmt: skip
    tabs = [(desk.address(HERE, which="" if one is Which.OPEN else str(one)), desk.told(text), one is filter.which, numbers.get(one)) for one, text in WHICH.items()
            if one is not Which.MINE or desk.staff.may(Duty.DECIDE_REQUESTS)]  # fmt: skip
    return desk.page(
        "console_requests.html", N_("Requests"), here=HERE, words=_WORDS, rows=rows, more=more, first=desk.address(HERE, **words) if after else "", tabs=tabs,
        which=str(filter.which), selects=_selects(desk, filter), language_now=desk.tongue.language, filtered=any(words.values()),
        open_all=desk.address(HERE), csv=desk.address(f"{HERE}/csv", **words), new=desk.address(f"{HERE}/new") if desk.staff.may(Duty.WORK_REQUESTS) else "",
        bulk=desk.address(f"{HERE}/many"), may_decide=desk.staff.may(Duty.DECIDE_REQUESTS) and filter.which is not Which.CLOSED,
        may_deliver=desk.staff.may(Duty.SEE_PEOPLE) and filter.which is not Which.CLOSED, done=_done(desk),
    )  # fmt: skip


def _selects(desk: Desk, filter: Filter) -> list[dict[str, Any]]:
    """The filters as lists to choose from."""
    ended = filter.which is Which.CLOSED
    given: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("right", _WORDS["right"], filter.right, [(name, title_of(desk, name)) for name in rights(desk.house)]),
        ("outcome", _WORDS["outcome"], filter.outcome, [(str(one), desk.told(text)) for one, text in OUTCOMES.items()]) if ended else
        ("state", _WORDS["state"], filter.state, [(str(one), desk.told(text)) for one, text in STATES.items() if one is not State.ENDED]),
        ("intake", _WORDS["intake"], filter.intake, [(str(one), desk.told(text)) for one, text in INTAKES.items()]),
        ("answer", _WORDS["language"], filter.language, [(one, one) for one in LANGUAGES]),
    ]  # fmt: skip
    return [{"name": name, "title": desk.told(title), "options": [(value, text, value == now) for value, text in options]} for name, title, now, options in given]


def _done(desk: Desk) -> str:
    """What was just done to many."""
    count = desk.query("count")
    if desk.query("done") == "approved" and count.isdecimal() and len(count) < 6:
        return say(N_("Approved: {count}."), count=int(count)).render(desk.tongue)
    return ""


@screen(f"{HERE}/csv", Duty.SEE_REQUESTS)
def take_along(desk: Desk) -> HttpResponse:
    """The requests of a list as CSV."""
    name = f"{desk.told(N_('requests'))}.csv"
    return download(name, table(desk.house, filter_of(desk), desk.tongue, people=desk.staff.may(Duty.SEE_PEOPLE)), CSV)


# ----------------------------------------------------------------------------------------------------------------- many


def _chosen(desk: Desk) -> tuple[UUID, ...]:
    """The requests that were ticked; raises `Invalid` for none, and for more than are worked on together."""
    ids = tuple(dict.fromkeys(request_number(one) for one in desk.all("id")))
    if not ids:
        raise Invalid(say(N_("no request was chosen")), say(N_("go back, and tick those that are meant")))
    if len(ids) > MOST:
        raise Invalid(say(N_("more requests were chosen than are worked on together")), say(N_("choose up to {most}"), most=MOST))
    return ids


_MANY: Mapping[str, tuple[str, str, State, Duty]] = {
    "approve": (N_("Approve these requests?"), N_("You agree to what would be done. With the last officer that the policy asks for, the work begins by itself."), State.APPROVAL, Duty.DECIDE_REQUESTS),
    "deliver": (N_("Hand these results over?"), N_("You get the answers to print or to read out, once. They are then taken as handed over by you, and the requests end."), State.DELIVERY, Duty.SEE_PEOPLE),
}  # fmt: skip
_ASKED = {
    "yes_approve": N_("Approve them"), "yes_deliver": N_("Hand them over"), "skip": N_("These are left out: this step is not open to them now"), "again": N_("Back to the list"),
    "role": N_("In which role do you agree?"), "reason": N_("What you look at these data for"), "recorded": N_("The look is recorded with it."),
}  # fmt: skip


@screen(f"{HERE}/many", Duty.WORK_REQUESTS, "POST")
def many(desk: Desk) -> HttpResponse:
    """What would be done to those that were ticked, before anything is done."""
    act = desk.field("act")
    if act not in _MANY:
        raise Invalid(say(N_("it is not said what to do")), say(N_("choose one of the buttons below the list")))
    title, about, state, duty = _MANY[act]
    if not desk.staff.may(duty):
        raise of_duty()
    every = [found(id) for id in _chosen(desk)]
    theirs = [one for one in every if one.state is state and not (act == "approve" and has_agreed(desk, one))]
    return desk.page(
        "console_requests_many.html", title, here=HERE, back=(desk.address(HERE), desk.told(N_("Requests"))), words={**_WORDS, **_ASKED}, act=act, about=desk.told(about),
        rows=[row_of(desk, Line(one)) for one in theirs], left_out=[row_of(desk, Line(one)) for one in every if one not in theirs],
        roles=_roles(desk, theirs) if act == "approve" else [], send=desk.address(f"{HERE}/many/do"), reasons=[(name, desk.told(text)) for name, text in REASONS.items()] if act == "deliver" else [],
    )  # fmt: skip


def has_agreed(desk: Desk, one: Request) -> bool:
    """Whether whoever looks agreed to a request already, under any account."""
    return any(same_person(yes.by, name) for yes in one.approvals for name in (names_of(desk.staff) if one.approvals else ()))


def _roles(desk: Desk, chosen: Sequence[Request]) -> list[tuple[str, str]]:
    """The roles in which somebody may agree to every one of these; none where there is only the officer's."""
    deputies = [right.deputies if (right := right_of(desk.house, one)) else () for one in chosen]
    shared = [role for role in deputies[0] if all(role in some for some in deputies)] if deputies else []
    return [(OFFICER, desk.told(ROLES[Role.OFFICER])), *((role, role) for role in shared)] if shared else []


@screen(f"{HERE}/many/do", Duty.WORK_REQUESTS, "POST")
def many_done(desk: Desk) -> HttpResponse:
    """Do it, one request after the other; what was not open to it any more is named."""
    act, ids = desk.field("act"), _chosen(desk)
    if act not in _MANY or not desk.staff.may(_MANY[act][3]):
        raise of_duty()
    failed: list[tuple[str, JanjiError]] = []
    texts: list[tuple[str, str]] = []
    count = 0
    for id in ids:
        try:
            if act == "approve":
                approve(desk.house, id, desk.staff.name, desk.field("role") or OFFICER, names_of(desk.staff))
            else:
                one = found(id)
                record_look(desk.house, desk.staff, one.subject, desk.field("reason"), id)
                texts.append((f"{PREFIX}{id}", hand_over_result(desk.house, id, desk.staff.name)[1]))
            count += 1
        except JanjiError as error:
            failed.append((f"{PREFIX}{id}", error))
    if act == "approve" and not failed:
        return desk.go(HERE, done="approved", count=str(count))
    return desk.page(
        "console_requests_done.html", N_("Approved") if act == "approve" else N_("Handed over"), here=HERE, back=(desk.address(HERE), desk.told(N_("Requests"))), texts=texts,
        words={"failed": N_("Not done"), "print": N_("Print this page, or read the answers out. They are not kept here.")}, done=say(N_("Done: {count}."), count=count).render(desk.tongue) if count else "",
        failed=[(number, spoken(error.message, desk.tongue), spoken(error.help, desk.tongue)) for number, error in failed], status=200 if count else 422,
    )  # fmt: skip
