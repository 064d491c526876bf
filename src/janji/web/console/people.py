"""People: found by what identifies them, and one person on screen: masked, with what may be done with their data, and their track record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.ledger.words import HOLDS, details_words
from janji.people.identifiers import PREFIX, parse
from janji.people.words import AGES, FORMS, IDENTIFIERS, STATES
from janji.rights.requests import Request
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment, on_day, word
from janji.versions.words import Names, retold
from janji.web.console.fields import Field, quoted, reason_fault, reason_field, shown
from janji.web.console.shell import Desk, screen
from janji.web.forms import sentence
from janji.workflows.guardians import marks_of
from janji.workflows.holds import held
from janji.workflows.people import Brief, Person, brief, find_subjects, show, subject_named
from janji.workflows.person_records import record_page
from janji.workflows.person_uses import Use, Uses, merges_of, names_in_reasons, uses_of
from janji.workflows.requests import requests_of, right_of
from janji.workflows.staff import record_look

HERE = "people"
NUMBER = "number"
"""What is searched by the number of a person, and not by what identifies them elsewhere."""
FARTHEST = 1000
"""The last page of a track record that is turned to."""
TABS = (("", N_("Who it is")), ("uses", N_("What may be done")), ("guardians", N_("Guardians")), ("record", N_("Track record")))
FIND = (
    Field(name="kind", label=N_("What you know of the person"), kind="select", options=(*((str(kind), text) for kind, text in IDENTIFIERS.items()), (NUMBER, N_("number of a person (sub_…)")))),
    Field(name="value", label=N_("The whole of it"), hint=N_("Only the whole is found, however it is written. It is not kept."), longest=512),
    reason_field(),
)  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- found


@screen(HERE, Duty.SEE_PEOPLE)
def search(desk: Desk) -> HttpResponse:
    """The form that finds somebody."""
    return _search(desk)


@screen(HERE, Duty.SEE_PEOPLE, "POST")
def find(desk: Desk) -> HttpResponse:
    """Find somebody; that they were looked for and found is recorded, with what for."""
    faults = reason_fault(desk)
    found: UUID | None = None
    try:
        found = named(desk, desk.field("kind"), desk.field("value"))
    except Invalid as error:
        faults = {"value" if desk.field("kind") else "kind": error.message, **faults}
    if faults:
        return _search(desk, faults)
    if found is None:
        return _search(desk, nobody=True)
    if brief(found).active:
        record_look(desk.house, desk.staff, found, desk.field("reason"))
    return desk.go(f"{HERE}/{found}")


def named(desk: Desk, kind: str, value: str) -> UUID | None:
    """Who is meant by a kind of identifier and its value, or by the number of a person; raises `Invalid` for what is no such thing."""
    if not kind:
        raise Invalid(say(N_("choose what you know of the person")))
    if kind != NUMBER:
        return find_subjects(desk.house, [(kind, value)])[0]
    text = value.strip()
    found = parse(text if text.startswith(PREFIX) else f"{PREFIX}{text}")
    try:
        return subject_named(desk.house, f"{PREFIX}{found}")
    except Invalid:
        return None


def _search(desk: Desk, faults: dict[str, Message] | None = None, *, nobody: bool = False) -> HttpResponse:
    fields = shown(desk, FIND, faults)
    return desk.page(
        "console_people.html", N_("People"), here=HERE, status=422 if faults else 200, fields=fields, nobody=nobody, action=desk.address(HERE),
        wrong=[(one["name"], one["label"], one["fault"]) for one in fields if one["fault"]],
        words={
            "lead": N_("Find a person by what you know of them. What you find is masked; each search that finds somebody is on their track record."), "find": N_("Find"),
            "choose": N_("Choose"), "faults": N_("Nothing was looked for: put right what is marked below"), "nobody": N_("Nobody is known by this"),
            "nobody_help": N_("Our record has nobody by exactly this. Look at how it is written, or try another address or number of theirs. Our systems may hold something all the same: a request for access searches them all."),
        },
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- one person


def person_page(desk: Desk, template: str, found: Brief, tab: str, *, error: JanjiError | None = None, done: str = "", words: dict[str, str] | None = None, **values: Any) -> HttpResponse:
    """A page of one person, with its tabs; who was merged or forgotten is told as such."""
    told = desk.told
    facts = [(told(N_("State")), told(STATES[found.state]), "ok" if found.active else "warn")]
    if found.active and desk.house.published is not None:
        marks = marks_of(desk.house, found.id)
        facts.append((told(N_("Age")), told(AGES[marks.age]), "warn" if marks.age != "adult" else ""))
        facts += [(told(N_("Holds")), told(text), "bad") for on, text in (
            (marks.quarantined, N_("in quarantine")), (marks.restricted, N_("restricted")), (marks.delayed, N_("delayed")),
            (marks.third_person, N_("not verified: somebody else gave the data")),
        ) if on]  # fmt: skip
    root = f"{HERE}/{found.id}"
    return desk.page(
        template, N_("A person"), here=HERE, back=(desk.address(HERE), told(N_("People"))), error=error, done=done, status=200 if error is None else 422,
        tabs=[(desk.address(f"{root}/{part}" if part else root), told(text), part == tab) for part, text in TABS], number=f"{PREFIX}{found.id}", facts=facts,
        root=root, active=found.active, into=desk.address(f"{HERE}/{found.into}") if found.into else "", works=desk.staff.may(Duty.WORK_PEOPLE),
        words={"tabs": N_("Parts"), "into": N_("This record was merged into another. Open the one that stands for the person now."), "gone": N_("This person was forgotten. Their events stay by pseudonym; nothing can be added or looked up any more."), **(words or {})},
        **values,
    )  # fmt: skip


@screen(f"{HERE}/<uuid:id>", Duty.SEE_PEOPLE)
def person(desk: Desk, id: UUID) -> HttpResponse:
    """Who it is, masked: identifiers, joins, merges, holds, requests."""
    return _who(desk, show(desk.house, id), done=DONE.get(desk.query("done"), ""))


@screen(f"{HERE}/<uuid:id>/clear", Duty.SEE_PEOPLE, "POST")
def in_clear(desk: Desk, id: UUID) -> HttpResponse:
    """The same with identifiers in clear, once the look is recorded with its reason."""
    faults = reason_fault(desk)
    if faults:
        return _who(desk, show(desk.house, id), faults=faults)
    record_look(desk.house, desk.staff, id, desk.field("reason"))
    return _who(desk, show(desk.house, id, reveal=True), clear=True)


@screen(f"{HERE}/<uuid:id>/clear", Duty.SEE_PEOPLE)
def masked_again(desk: Desk, id: UUID) -> HttpResponse:
    """Whoever turns the page over, or its language, sees it masked."""
    return desk.go(f"{HERE}/{id}")


DONE = {
    "stopped": N_("It is recorded as the person's no, and counts from now on."), "already": N_("It had stopped before; nothing was recorded."), "restricted": N_("Restricted: it counts from now on."),
    "lifted": N_("Lifted: it counts from now on."), "nothing": N_("Nothing was to be done: it stood so already."), "delayed": N_("Delayed: it counts from now on."),
    "quarantined": N_("In quarantine: nothing is used until it is lifted."), "form": N_("The form of communication is kept."), "age": N_("The age is recorded."),
    "merged": N_("The two are one person now. It can be taken back."), "split": N_("The merge is taken back: both are there again."), "unjoined": N_("The join is undone."),
    "named": N_("The guardian is named. Nothing is allowed by that yet: verify them."), "verified": N_("The guardian is verified. Their consent is another step."),
    "consented": N_("The guardian's consent is recorded."), "revoked": N_("The guardian's say is over."),
}  # fmt: skip
"""What was done, by the word that the next page is told."""


def _who(desk: Desk, found: Person, *, faults: dict[str, Message] | None = None, clear: bool = False, done: str = "") -> HttpResponse:
    tongue, told = desk.tongue, desk.told
    root = f"{HERE}/{found.id}"
    spoken = "" if found.communication is None else told(FORMS[found.communication]) if clear else told(N_("a form was chosen; it is shown with the data in clear"))
    fields = shown(desk, [reason_field()], faults)
    return person_page(
        desk, "console_person.html", found, "", done=done, clear=clear, fields=fields, clear_action=desk.address(f"{root}/clear"), events=found.events,
        wrong=[(one["name"], one["label"], one["fault"]) for one in fields if one["fault"]],
        identifiers=[{"kind": told(IDENTIFIERS[one.kind]), "shown": one.shown, "verified": one.verified, "joined": one.link is not None} for one in found.identifiers],
        spoken=spoken, joins=[_join(desk, found, one) for one in found.joins],
        merged=[{"at": moment(one.at).render(tongue), "split": desk.address(f"{root}/split", merged=str(one.event))} for one in merges_of(desk.house, found.id)] if found.merged else [],
        holds=[f"{told(HOLDS[str(one.ground)])}, {on_day(one.set_at.date()).render(tongue)}" for one in held(desk.house, [found.id]).holds if one.subject is not None],
        requests=[_request(desk, one) for one in requests_of(found.id)], tasks=[_task(desk, one) for one in found.tasks] if desk.staff.may(Duty.SEE_TASKS) else [],
        asserted=desk.address(f"{HERE}/{found.asserted_by}") if found.asserted_by else "",
        evidence=desk.address("evidence", person=f"{PREFIX}{found.id}"), acts=[
            *((desk.address(f"{root}/{part}", **query), told(text)) for part, text, query in _acts(found)),
            *([(desk.address("retention/holds/new", person=f"{PREFIX}{found.id}"), told(N_("Hold for a legal proceeding")))] if found.active and desk.staff.may(Duty.WORK_RETENTION) else []),
        ],
        words=_WHO,
    )  # fmt: skip


_WHO = {
    "identifiers": N_("What identifies them"), "none": N_("nothing any more"), "verified": N_("verified"), "unverified": N_("not verified"), "joined": N_("by a join"),
    "evidence": N_("Their choices, with proof"), "clear": N_("Show in clear"), "clear_lead": N_("Addresses and numbers are masked. To see them, say what for; it is recorded on the person's track record."),
    "in_clear": N_("In clear. The look is recorded. Leave this page to mask them again."), "mask": N_("Mask again"), "choose": N_("Choose"), "faults": N_("Say what you look for"),
    "spoken": N_("How they are spoken to"), "no_form": N_("in no special form"), "joins": N_("Cookies and devices joined to them"), "no_joins": N_("None."), "undo": N_("Undo"), "undone": N_("undone"),
    "merged": N_("Records that are this person too"), "split": N_("Take the merge back"), "no_merged": N_("None."), "holds": N_("Legal holds"), "requests": N_("Requests"),
    "no_requests": N_("They asked for nothing yet."), "tasks": N_("Open tasks about them"), "due": N_("due"), "act": N_("Do something"), "asserted": N_("who gave the data"), "events": N_("events on record"),
    "purpose": N_("Purpose"), "state": N_("State"), "number": N_("Number"), "until": N_("Until"),
}  # fmt: skip


def _acts(found: Person) -> list[tuple[str, str, dict[str, str]]]:
    """What can be done for or about a person from their page, with the words of the link."""
    standing = found.standing
    if standing is None or not found.active:
        return []
    return [
        ("do", N_("Lift the restriction"), {"act": "unrestrict"}) if standing.restricted else ("do", N_("Restrict processing"), {"act": "restrict"}),
        ("do", N_("End the delay"), {"act": "undelay"}) if standing.delayed else ("do", N_("Delay processing"), {"act": "delay"}),
        ("do", N_("Lift the quarantine"), {"act": "release"}) if standing.quarantined else ("do", N_("Put in quarantine"), {"act": "quarantine"}),
        ("do", N_("Record the age"), {"act": "age"}), ("do", N_("Set the form of communication"), {"act": "form"}), ("merge", N_("Merge with another record"), {}),
    ]  # fmt: skip


def _join(desk: Desk, found: Person, one: Any) -> dict[str, Any]:
    published = desk.house.published
    purpose = None if published is None else published.policy.purposes.get(one.purpose)
    return {"purpose": one.purpose if purpose is None else purpose.title.get(desk.tongue.language), "undone": one.undone is not None,
            "href": desk.address(f"{HERE}/{found.id}/unjoin", join=str(one.id)), "out": one.source == found.id}  # fmt: skip


def _request(desk: Desk, one: Request) -> dict[str, Any]:
    granted = right_of(desk.house, one)
    title = str(one.right) if granted is None else granted.title.get(desk.tongue.language)
    return {"href": desk.address(f"requests/{one.id}") if desk.staff.may(Duty.SEE_REQUESTS) else "", "right": title, "open": one.open,
            "state": desk.told(N_("open")) if one.open else desk.told(N_("closed")), "due": moment(one.due).render(desk.tongue)}  # fmt: skip


def _task(desk: Desk, one: Any) -> dict[str, Any]:
    return {"what": details_words({"task": one.kind})[0].render(desk.tongue), "due": "" if one.due is None else moment(one.due).render(desk.tongue), "href": desk.address("tasks") + f"#{one.id}"}


# ---------------------------------------------------------------------------------------------------- what may be done


@screen(f"{HERE}/<uuid:id>/uses", Duty.SEE_PEOPLE)
def uses(desk: Desk, id: UUID) -> HttpResponse:
    """Every purpose and channel: whether data may be used now, and why."""
    found = show(desk.house, id)
    names = names_in_reasons(desk.house) if found.active and desk.house.published is not None else {}
    rows = [_use(desk, found, one, names) for one in uses_of(desk.house, id)] if found.active and desk.house.published is not None else []
    on = sum(one["permit"] for one in rows)
    return person_page(
        desk, "console_person_uses.html", found, "uses", done=DONE.get(desk.query("done"), ""), any=bool(rows),
        parts=[(desk.told(title), part) for title, part in ((N_("May go on now"), [one for one in rows if one["permit"]]), (N_("Must stop, or never began"), [one for one in rows if not one["permit"]])) if part],
        count=say(N_("{on} of {all} purposes may go on now"), on=on, all=len(rows)).render(desk.tongue), marketing=desk.address(f"{HERE}/{id}/stop") if on else "",
        words={"purpose": N_("Purpose"), "basis": N_("Legal basis"), "now": N_("Now"), "why": N_("Why"), "act": N_("For the person"), "yes": N_("may go on"), "no": N_("must stop"),
               "stop": N_("Withdraw or object"), "lift": N_("Take the objection back"), "limit": N_("Restrict"), "all": N_("Say no to all marketing for them"),
               "none": N_("Nothing may be done, for nothing is declared.")},
    )  # fmt: skip


def _use(desk: Desk, found: Person, one: Uses, names: Names) -> dict[str, Any]:
    language, root, purpose = desk.tongue.language, f"{HERE}/{found.id}", str(one.purpose.id)
    standing = found.standing
    acts = []
    if standing is not None and purpose in standing.objections:
        acts.append((desk.address(f"{root}/do", act="lift-objection", purpose=purpose), desk.told(N_("Take the objection back"))))
    elif one.permit:
        acts.append((desk.address(f"{root}/stop", purpose=purpose), desk.told(N_("Withdraw or object"))))
        through = [use for use in one.channels if use.permit and use.channel is not None and use.title is not None]
        acts += [(desk.address(f"{root}/stop", purpose=purpose, channel=str(use.channel)), say(N_("Only {channel}"), channel=use.title).render(desk.tongue)) for use in through if len(through) > 1 and use.title is not None]
    if standing is not None and not standing.restricted:
        on = purpose in standing.restricted_purposes
        acts.append((desk.address(f"{root}/do", act="unrestrict" if on else "restrict", purpose=purpose), desk.told(N_("Lift the restriction") if on else N_("Restrict"))))
    return {
        "title": one.purpose.title.get(language), "basis": word(one.purpose.basis).render(desk.tongue), "permit": one.permit, "acts": acts,
        "groups": [_group(desk, [use for use in one.channels if use.permit is permit], names) for permit in (True, False) if any(use.permit is permit for use in one.channels)],
    }  # fmt: skip


def _group(desk: Desk, uses: Sequence[Use], names: Names) -> dict[str, Any]:
    """Channels of a purpose that are answered alike, and every reason once."""
    titles = [use.title.get(desk.tongue.language) for use in uses if use.title is not None]
    why = dict.fromkeys(quoted(sentence(retold(reason.message, names), desk.tongue)) for use in uses for reason in use.reasons)
    return {"titles": ", ".join(titles), "permit": uses[0].permit, "why": list(why)}


# -------------------------------------------------------------------------------------------------------- track record


@screen(f"{HERE}/<uuid:id>/record", Duty.SEE_PEOPLE)
def track_record(desk: Desk, id: UUID) -> HttpResponse:
    """Everything on record about a person, the newest first, a page at a time."""
    found = brief(id)
    number = min(max(desk.number("page") or 1, 1), FARTHEST)
    lines, more = record_page(desk.house, id, number, desk.tongue.language)
    where = f"{HERE}/{id}/record"
    return person_page(
        desk, "console_person_record.html", found, "record",
        rows=[{"what": line.kind.render(desk.tongue), "at": moment(line.at).render(desk.tongue), "stamp": line.at.isoformat(), "by": line.actor.render(desk.tongue),
               "details": [part.render(desk.tongue) for part in line.details], "use": line.use} for line in lines],
        newer=desk.address(where, page=str(number - 1)) if number > 1 else "", older=desk.address(where, page=str(number + 1)) if more else "",
        words={"none": N_("Nothing is on record about them yet."), "use": N_("used"), "newer": N_("Newer"), "older": N_("Older"), "page": N_("Pages")},
    )  # fmt: skip
