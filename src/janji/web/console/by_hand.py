"""What ends by hand, on screen: the systems that no sweep reaches, up to which day each is attested, and whoever looks after it says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.staff.roles import Duty, Role
from janji.terms.messages import N_, Message, say
from janji.terms.words import EVENTS, for_period, moment, on_day, word
from janji.web.console.fields import Ask, Field, ask_page, reason_fault, reason_field
from janji.web.console.retention import BY_HAND, HERE, part_page
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import names
from janji.web.problems import Problem
from janji.workflows import by_hand as workflow
from janji.workflows.by_hand import COUNTS, LONGEST, ByHand
from janji.workflows.mapping import meanings
from janji.workflows.naming import Names
from janji.workflows.staff import record_look

PART = f"{HERE}/{BY_HAND}"
_WORDS = {
    "lead": N_("No sweep reaches these systems. Whoever looks after one ends its data by the schedule, and attests up to which day that is done; Janji does not read it back."),
    "system": N_("System"), "attested": N_("Attested up to"), "records": N_("Records ended"), "evidence": N_("Evidence"), "attest": N_("Attest"), "show": N_("Show where it is"), "event": N_("In the ledger"),
    "none": N_("A sweep reaches every system: nobody has to attest anything."), "none_mine": N_("No system in your care waits for you: a sweep reaches them, or none is in your care."), "sealed": N_("Where it is"),
}  # fmt: skip
_ENDS = {"title": N_("Data at their end"), "go": N_("Attest what has ended in your systems")}


def owners_card(desk: Desk) -> dict[str, str]:
    """For the first screen of an owner: how many of their systems wait for their word that data came to an end, and where they give it."""
    found = workflow.by_hand(desk.house, desk.staff.systems) if desk.house.published is not None else ()
    waits = sum(not one.counts for one in found)
    text = say(N_("systems in your care of which nobody attested lately that their data come to an end: {count}"), count=waits) if waits else say(N_("Of every system in your care it is attested, or a sweep sees to it."))
    said = text.render(desk.tongue)
    return {"title": desk.told(_ENDS["title"]), "text": f"{said[:1].upper()}{said[1:]}", "tone": "note" if waits else "", "href": desk.address(PART), "go": desk.told(_ENDS["go"])}


def _only(desk: Desk) -> tuple[str, ...] | None:
    """The systems that somebody may see: an owner those in their care, everybody else all."""
    return desk.staff.systems if desk.staff.role is Role.OWNER else None


def _found(desk: Desk, name: str) -> ByHand:
    """The system of an address; to an owner those of others are not there."""
    only = _only(desk)
    if only is not None and name not in only:
        raise Problem(404, "not-found", say(N_("there is no system `{name}`"), name=name), say(N_("go back and choose one of the page")))
    return workflow.one_by_hand(desk.house, name)


@screen(PART, Duty.SEE_ENDS)
def hands(desk: Desk) -> HttpResponse:
    """The systems that no sweep reaches, and up to which day whoever looks after each attested that its data come to an end."""
    return _list(desk)


def _list(desk: Desk, opened: tuple[str, str] = ("", "")) -> HttpResponse:
    called = names(desk)
    rows = [_row(desk, called, one, opened[1] if one.system.name == opened[0] else "") for one in workflow.by_hand(desk.house, _only(desk))]
    words = _WORDS if _only(desk) is None else {**_WORDS, "none": _WORDS["none_mine"]}
    return part_page(desk, "console_by_hand.html", BY_HAND, N_("Ended by hand"), words=words, rows=rows)


def _row(desk: Desk, called: Names, one: ByHand, opened: str) -> dict[str, Any]:
    said, where = one.attested, f"{PART}/{one.system.name}"
    state = (N_("still counts"), "ok") if one.counts else (N_("too long ago"), "bad") if said else (N_("never attested"), "warn")
    return {
        "system": called.system(one.system.name), "until": "" if said is None else on_day(said.until).render(desk.tongue), "state": desk.told(state[0]), "tone": state[1], "at": "" if said is None else moment(said.at).render(desk.tongue),
        "records": "" if said is None or said.ended is None else desk.count(said.ended), "attest": desk.address(f"{where}/attest") if desk.staff.may(Duty.ATTEST_ENDS) else "", "reference": opened,
        "sealed": desk.address(f"{where}/evidence") if said is not None and said.evidence and desk.staff.may(Duty.SEE_PEOPLE) else "", "event": desk.address(f"ledger/event/{said.event}") if said is not None and desk.staff.may(Duty.SEE_LEDGER) else "",
    }  # fmt: skip


@screen(f"{PART}/<str:name>/attest", Duty.ATTEST_ENDS)
def attest(desk: Desk, name: str) -> HttpResponse:
    """What is asked of whoever attests, and the schedule by which data of the system end."""
    return _attest_page(desk, _found(desk, name))


@screen(f"{PART}/<str:name>/attest", Duty.ATTEST_ENDS, "POST")
def attested(desk: Desk, name: str) -> HttpResponse:
    """It is on record; the same form sent twice records one."""
    one, count, faults = _found(desk, name), desk.field("records").strip(), dict[str, Message]()
    until = _day(desk.field("day").strip())
    if until is None:
        faults["day"] = say(N_("the day is not said"))
    if count and not (count.isascii() and count.isdigit() and len(count) <= 10):
        faults["records"] = say(N_("this is no number of records"))
    if faults or until is None:
        return _attest_page(desk, one, faults)
    try:
        workflow.attest(desk.house, name, until, ended=int(count) if count else None, evidence=desk.field("evidence"), staff=desk.staff)
    except Invalid as error:
        return _attest_page(desk, one, {"evidence" if len(desk.field("evidence")) > LONGEST else "day": error.message})
    return desk.go(PART, done="attested")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _attest_page(desk: Desk, one: ByHand, faults: Mapping[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    name = one.system.name
    tells: list[str | Message] = [
        N_("You say by your account that everything in this system that was over by the schedule on that day has ended there, save what is held. It stands in the ledger, and is not changed later."),
        say(N_("It counts for {days} days from that day: attest it again before they are over."), days=COUNTS.days),
    ]
    if one.attested is not None:
        tells.append(say(N_("It was attested last up to {day}."), day=on_day(one.attested.until)))
    fields = (
        Field(name="day", label=N_("All that was over has ended up to"), kind="date", longest=10),
        Field(name="records", label=N_("How many records were ended?"), kind="number", hint=N_("Empty where nobody counted."), longest=10),
        Field(name="evidence", label=N_("Where is the evidence?"), hint=N_("Such as the number of the record of destruction, and where it lies. Kept under seal; the ledger has its fingerprint."), longest=LONGEST),
    )
    asked = Ask(title=N_("Attest what has ended"), button=N_("Attest it"), action=desk.address(f"{PART}/{name}/attest"), about=names(desk).system(name), tells=tells, fields=fields,
                parts=((N_("The schedule"), _schedule(desk, name), ""),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=(desk.address(PART), desk.told(N_("Ended by hand"))), faults=faults, error=error)


def _schedule(desk: Desk, name: str) -> list[str]:
    """The rules by which data end, in words: those of what the map says that the system holds, and all where nobody has said."""
    policy, language = desk.house.policy_in_force.policy, desk.tongue.language
    try:
        known = meanings(desk.house.runtime).get(name)
    except JanjiError:
        known = None
    holds = set(known.holds) if known is not None else set()
    return [
        say(N_("{rule}: {long} from {event}, then {then}"), rule=rule.title.get(language), long=for_period(rule.period), event=say(EVENTS[rule.trigger]) if rule.trigger in EVENTS else rule.trigger, then=word(rule.then)).render(desk.tongue)
        for rule in policy.retention.values() if not holds or not rule.data or holds.intersection(rule.data)
    ]  # fmt: skip


@screen(f"{PART}/<str:name>/evidence", Duty.SEE_PEOPLE)
def evidence(desk: Desk, name: str) -> HttpResponse:
    """What is it looked at for?"""
    return _evidence_page(desk, _found(desk, name))


@screen(f"{PART}/<str:name>/evidence", Duty.SEE_PEOPLE, "POST")
def evidence_shown(desk: Desk, name: str) -> HttpResponse:
    """Where the evidence is, in clear; the look is recorded."""
    one, faults = _found(desk, name), reason_fault(desk)
    if faults:
        return _evidence_page(desk, one, faults)
    record_look(desk.house, desk.staff, None, desk.field("reason"), system=name)
    return _list(desk, (name, workflow.reference(desk.house, name)))


def _evidence_page(desk: Desk, one: ByHand, faults: Mapping[str, Message] | None = None) -> HttpResponse:
    asked = Ask(title=N_("Show where the evidence is"), button=N_("Show"), action=desk.address(f"{PART}/{one.system.name}/evidence"), about=names(desk).system(one.system.name), fields=(reason_field(),),
                tells=(N_("What was written there may tell of people."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=(desk.address(PART), desk.told(N_("Ended by hand"))), faults=faults)
