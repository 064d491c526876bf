"""Consumers of webhooks at the console: registered, tested, paused, and told again of what they did not take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.web.console.condition import HERE, tabs
from janji.web.console.fields import Ask, Field, ask_page
from janji.web.console.shell import Desk, screen
from janji.workflows import consumers
from janji.workflows.consumers import STATES, TROUBLES, Consumer, Registered, Telling
from janji.workflows.webhooks import ALWAYS, Topic

PART = "settings/webhooks"
PAGE = 50
TOPICS = {
    Topic.WITHDRAWAL: N_("a consent is withdrawn"), Topic.EXPIRY: N_("a consent or a period is over"), Topic.OBJECTION: N_("somebody objects"), Topic.RESTRICTION: N_("processing is restricted"),
    Topic.QUARANTINE: N_("a child is protected"), Topic.ERASURE: N_("somebody is to be forgotten"), Topic.AGE: N_("an age is known"), Topic.CORRECTION: N_("data were put right"),
    Topic.MERGE: N_("two people are one"), Topic.SPLIT: N_("one person is two"),
}  # fmt: skip
"""What each topic tells, in words."""
_TONES = {"active": "ok", "paused": "warn", "gone": "bad", "told": "ok", "due": "muted", "failed": "bad", "dropped": "muted", "not-told": "muted"}
_WORDS = {
    "parts": N_("Settings and health"), "new": N_("Register a consumer"), "name": N_("Name"), "url": N_("Address"), "topics": N_("Told of"), "purposes": N_("Purposes"), "every": N_("every one"), "state": N_("State"),
    "waits": N_("Waiting"), "failed": N_("Given up"), "none": N_("No program is told by webhook yet."), "none_help": N_("Register each program that must know at once when somebody says no."), "none_read": N_("An engineer registers each program that must know at once when somebody says no."),
    "test": N_("Send a test"), "pause": N_("Pause"), "rotate": N_("New secret"), "remove": N_("Remove"), "acts": N_("What can be done"), "again": N_("Tell again"),
    "deliveries": N_("What it was told"), "event": N_("Event"), "position": N_("Position"), "attempts": N_("Attempts"), "last": N_("Last answer"), "act": N_("Action"), "quiet": N_("Nothing was to be told yet."),
    "more": N_("Older ones"), "first": N_("The newest"), "since": N_("Does not answer since"), "once": N_("Hand this secret to the program now: it signs every message. It is shown this once, and never again."), "back": N_("Done"),
    "test_why": N_("A message that says nothing. A consumer that was paused or gone goes on when it takes it."), "rotate_why": N_("For a day the secret before signs too."),
    "pause_why": N_("What it is to hear waits, and is kept."),
}  # fmt: skip
_DONE = {
    "taken": N_("The consumer took the test, and is told what is new."), "paused": N_("The consumer is left alone until a test lets it go on."), "removed": N_("The consumer is told nothing more."),
    "again": N_("It is told again; the worker sends it."), "not-again": N_("There is nothing to be told again: it waits already, or it is not to be told."),
}  # fmt: skip


@screen(PART, Duty.SEE_SETTINGS)
def webhooks(desk: Desk) -> HttpResponse:
    """The consumers."""
    may = desk.staff.may(Duty.WORK_KEYS)
    return desk.page("console_webhooks.html", N_("Webhooks"), here=HERE, words=_WORDS, tabs=tabs(desk, PART), done=_DONE.get(desk.query("done"), ""),
                     new=desk.address(f"{PART}/new") if may else "", rows=[_row(desk, one) for one in consumers.consumers()])  # fmt: skip


@screen(f"{PART}/new", Duty.WORK_KEYS)
def new(desk: Desk) -> HttpResponse:
    """The form of a new consumer."""
    return _form(desk)


@screen(f"{PART}/new", Duty.WORK_KEYS, "POST")
def make(desk: Desk) -> HttpResponse:
    """Register one, and show its secret."""
    try:
        made = consumers.add(desk.house, desk.field("name").strip(), desk.field("url").strip(), desk.all("topics"), desk.all("purposes"))
    except JanjiError as error:
        return _form(desk, error)
    return _secret(desk, made)


@screen(f"{PART}/<uuid:id>", Duty.SEE_SETTINGS)
def one(desk: Desk, id: UUID) -> HttpResponse:
    """One consumer, and what it was told."""
    return _one(desk, id)


@screen(f"{PART}/<uuid:id>", Duty.WORK_KEYS, "POST")
def act(desk: Desk, id: UUID) -> HttpResponse:
    """What was pressed: a test, a pause, a new secret, told again."""
    what, here = desk.field("act"), f"{PART}/{id}"
    if what == "test":
        answer = consumers.probe(desk.house, id)
        if answer.acknowledged:
            return desk.go(here, done="taken")
        reason = say(TROUBLES.get(answer.trouble, answer.trouble)) if answer.status is None else say(N_("it answered with status {status}"), status=answer.status)
        return _one(desk, id, Invalid(say(N_("the test was not taken: {reason}"), reason=reason), say(N_("look at the address, and whether the program runs"))))
    if what == "pause":
        consumers.pause(id)
        return desk.go(here, done="paused")
    if what == "rotate":
        return _secret(desk, consumers.rotate(desk.house, id))
    try:
        count = consumers.replay_event(desk.house, id, UUID(desk.field("event")))
    except ValueError:
        raise Invalid(say(N_("this form says nothing that can be done")), say(N_("open the page anew, and send it again"))) from None
    return desk.go(here, done="again" if count else "not-again")


@screen(f"{PART}/<uuid:id>/remove", Duty.WORK_KEYS)
def removing(desk: Desk, id: UUID) -> HttpResponse:
    """What removing a consumer will do."""
    held = consumers.consumer(id)
    return ask_page(desk, Ask(
        title=N_("Remove this consumer"), about=held.name, button=N_("Remove"), action=desk.address(f"{PART}/{id}/remove"), grave=True,
        tells=[N_("It is told nothing more: what it had still to hear is dropped, and its secrets are gone. What it knows stays on record."), say(N_("messages that wait: {count}"), count=held.due)],
    ), here=HERE, back=_back(desk))  # fmt: skip


@screen(f"{PART}/<uuid:id>/remove", Duty.WORK_KEYS, "POST")
def remove(desk: Desk, id: UUID) -> HttpResponse:
    """Remove it."""
    consumers.remove(desk.house, id)
    return desk.go(PART, done="removed")


def _form(desk: Desk, error: JanjiError | None = None) -> HttpResponse:
    purposes = () if desk.house.published is None else tuple((str(name), one.title.get(desk.tongue.language)) for name, one in desk.house.published.policy.purposes.items())
    fields = [
        Field(name="name", label=N_("Name"), hint=N_("Lower-case letters, digits and hyphens, such as `mailer`."), longest=60),
        Field(name="url", label=N_("Address"), hint=N_("Where the program listens, as `https://mailer.example.com/hooks`."), longest=2000),
        Field(name="topics", label=N_("Told of"), kind="checks", options=[(str(topic), text) for topic, text in TOPICS.items() if topic not in ALWAYS],
              hint=N_("Choose none for all. That people are merged or split is told always.")),
        Field(name="purposes", label=N_("Only for these purposes"), kind="checks", options=purposes, hint=N_("Choose none for every purpose.")),
    ]  # fmt: skip
    return ask_page(desk, Ask(title=N_("Register a consumer"), button=N_("Register it"), action=desk.address(f"{PART}/new"), fields=fields,
                              tells=[N_("It is told of what is recorded from now on; ids and names of the policy, nothing that describes a person.")]), here=HERE, back=_back(desk), error=error)  # fmt: skip


def _one(desk: Desk, id: UUID, error: JanjiError | None = None) -> HttpResponse:
    held, before = consumers.consumer(id), desk.number("before")
    found = consumers.told(id, before, PAGE)
    more = desk.address(f"{PART}/{id}", before=str(found[-1].position)) if len(found) == PAGE else ""
    return desk.page(
        "console_webhook.html", held.name, here=HERE, words=_WORDS, back=_back(desk), error=error, status=422 if error else 200, done=_DONE.get(desk.query("done"), ""), row=_row(desk, held),
        may=desk.staff.may(Duty.WORK_KEYS), action=desk.address(f"{PART}/{id}"), remove=desk.address(f"{PART}/{id}/remove"), told=[_telling(desk, one) for one in found], more=more,
        first=desk.address(f"{PART}/{id}") if before is not None else "",
    )  # fmt: skip


def _secret(desk: Desk, made: Registered) -> HttpResponse:
    """A secret, on the answer to the press alone."""
    return desk.page("console_once.html", say(N_("A secret for {name}"), name=made.consumer.name), here=HERE, words=_WORDS, secret=made.secret, away=desk.address(f"{PART}/{made.consumer.id}"))


def _back(desk: Desk) -> tuple[str, str]:
    return desk.address(PART), desk.told(N_("Webhooks"))


def _row(desk: Desk, held: Consumer) -> dict[str, Any]:
    known = {str(topic): text for topic, text in TOPICS.items()}
    paused = held.state == "paused" and held.failing is None
    return {
        "href": desk.address(f"{PART}/{held.id}"), "name": held.name, "url": held.url, "topics": [desk.told(known.get(topic, topic)) for topic in held.topics], "purposes": held.purposes,
        "state": desk.told(N_("paused by staff")) if paused else desk.told(STATES[held.state]), "tone": _TONES[held.state], "due": held.due, "failed": held.failed,
        "failing": "" if held.failing is None else moment(held.failing).render(desk.tongue), "active": held.state == "active",
    }  # fmt: skip


def _telling(desk: Desk, held: Telling) -> dict[str, Any]:
    last: Message | None = None
    if held.at is not None:
        last = moment(held.at)
    elif held.outcome:
        last = say(TROUBLES[held.outcome]) if held.outcome in TROUBLES else say(N_("status {status}"), status=held.outcome)
    return {
        "event": str(held.event), "href": desk.address(f"ledger/event/{held.event}") if desk.staff.may(Duty.SEE_LEDGER) else "", "position": held.position, "state": desk.told(STATES[held.state]), "tone": _TONES[held.state],
        "attempts": held.attempts, "last": "" if last is None else last.render(desk.tongue), "again": held.state in ("told", "failed"),
    }  # fmt: skip
