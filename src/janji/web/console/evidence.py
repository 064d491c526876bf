"""Evidence of consent: found by a number, a person, a purpose or a day; the very text that was shown; signature and proof verified live."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.consent.receipts import STATES
from janji.errors import Invalid, Unknown
from janji.ledger.events import Event
from janji.ledger.words import ACTORS, kind_words
from janji.people.identifiers import PREFIX, parse
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.terms.words import SHOWN_IN, moment
from janji.web.console.downloads import json_file
from janji.web.console.fields import Field, capital, shown
from janji.web.console.ledger import PROOF_WORDS, proof_view
from janji.web.console.shell import Desk, screen
from janji.workflows import ledger as workflow
from janji.workflows.consent_events import choices_between, choices_of_person
from janji.workflows.people import subject_of
from janji.workflows.person_records import named
from janji.workflows.receipts import event_of_receipt, receipt_for, receipt_number, records_of, text_shown

HERE = "evidence"
PAGE = 50
_TONES = {"consent.given": "ok", "consent.renewed": "ok", "consent.withdrawn": "bad", "consent.refused": "bad", "consent.expired": "warn"}


def _fields(desk: Desk) -> tuple[Field, ...]:
    policy, language = desk.house.policy_in_force.policy, desk.tongue.language
    who = N_("As their page shows it, with sub_ before it. Or a pseudonym, as an event names it.") if desk.staff.may(Duty.SEE_PEOPLE) else N_("As an event names it: 32 digits and letters.")
    return (
        Field(name="number", label=N_("Number of a receipt or of an event"), hint=N_("As it stands on the receipt."), longest=60),
        Field(name="person", label=N_("A person, by number or pseudonym"), hint=who, longest=60),
        Field(name="purpose", label=N_("Purpose"), kind="select", options=tuple((str(one.id), one.title.get(language)) for one in policy.purposes.values() if one.notice)),
        Field(name="since", label=N_("Recorded from"), kind="date", longest=10), Field(name="until", label=N_("Until"), kind="date", longest=10),
    )  # fmt: skip


@screen(HERE, Duty.SEE_EVIDENCE)
def evidence(desk: Desk) -> HttpResponse:
    """The search, and what it found; a number leads straight to its record."""
    faults: dict[str, Message] = {}
    if number := desk.query("number").strip():
        found_id = _by_number(desk, number, faults)
        if found_id is not None:
            return desk.go(f"{HERE}/{found_id}")
    rows: Sequence[Event] = ()
    older, on = "", ""
    if not faults:
        rows, below, whole = _searched(desk, faults)
        if below is not None:
            query = {name: desk.query(name) for name in ("person", "purpose", "since", "until")}
            older, on = (desk.address(HERE, **query, below=str(below)), desk.told(N_("Older")) if whole else desk.told(N_("Go on looking")))
    fields = shown(desk, _fields(desk), faults)
    return desk.page(
        "console_evidence.html", N_("Evidence of consent"), here=HERE, status=422 if faults else 200, fields=fields, rows=[_row(desk, one) for one in rows], older=older, on=on,
        export=desk.address(f"{HERE}/export", person=desk.query("person").strip()) if rows and desk.query("person").strip() else "", first=desk.address(HERE) if any(desk.query(name) for name in ("person", "purpose", "since", "until", "below")) else "", wrong=[(one["name"], one["label"], one["fault"]) for one in fields if one["fault"]],
        words={"lead": N_("Who agreed to what, when, and to which words. Each record is signed and can be proven to anybody."), "find": N_("Find"), "choose": N_("All"), "faults": N_("Nothing was looked for: put right what is marked below"),
               "at": N_("When"), "what": N_("Choice"), "purpose": N_("Purpose"), "by": N_("Who acted"), "none": N_("No choice is on record for this. Take a word away, or choose other days."), "newest": N_("Show all"), "export": N_("Download all records of this person with their proofs (JSON)"), "partly": N_("So far nothing in this stretch of the record.")},
    )  # fmt: skip


def _by_number(desk: Desk, text: str, faults: dict[str, Message]) -> UUID | None:
    """The event that a number names: its own, or that of a receipt."""
    try:
        number = UUID(text.removeprefix("urn:uuid:"))
    except ValueError:
        faults["number"] = say(N_("this is no number of a receipt or an event"))
        return None
    for id in (number, event_of_receipt(desk.house, number)):
        if _event(desk, id) is not None:
            return id
    faults["number"] = say(N_("no choice on record has this number"))
    return None


def _event(desk: Desk, id: UUID) -> workflow.Seen | None:
    """A choice by the id of its event, with its proof; `None` for whatever else it is."""
    try:
        found = workflow.seen(desk.house, id)
    except Invalid:
        return None
    return found if found.event.kind in STATES else None


def _searched(desk: Desk, faults: dict[str, Message]) -> tuple[Sequence[Event], int | None, bool]:
    since, until = _day(desk, "since", faults), _day(desk, "until", faults)
    purpose = desk.query("purpose")
    if purpose and purpose not in desk.house.policy_in_force.policy.purposes:
        faults["purpose"] = say(N_("choose a purpose"))
    end = None if until is None else until + timedelta(days=1)
    if person := desk.query("person").strip():
        found = _of_person(desk, person, faults)
        held = [one for one in found if (not purpose or one.details.get("purpose") == purpose) and (since is None or one.at >= since) and (end is None or one.at < end)]
        return held[:PAGE], None, True
    if faults:
        return (), None, True
    found_ = choices_between(purpose or None, since, end, desk.number("below"), PAGE)
    return found_.events, found_.below, found_.whole


def _day(desk: Desk, name: str, faults: dict[str, Message]) -> datetime | None:
    """The beginning of a day as people here count it."""
    text = desk.query(name).strip()
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 1900 < day.year < 9999:  # what no day of a record is, and no clock of a database
        faults[name] = say(N_("this is no date"))
        return None
    return None if day is None else datetime.combine(day, time(), SHOWN_IN)


def _of_person(desk: Desk, text: str, faults: dict[str, Message]) -> Sequence[Event]:
    try:
        subject = _subject(desk, text)
    except Invalid as error:
        faults["person"] = error.message
        return ()
    return () if subject is None else choices_of_person(desk.house, subject)


def _subject(desk: Desk, text: str) -> UUID | None:
    """Who is meant by a pseudonym, or by the number that staff who see people know; raises `Invalid` for anything else."""
    if re.fullmatch(r"[0-9a-f]{32}", text):
        return subject_of(text)
    try:
        found = parse(text) if text.startswith(PREFIX) and desk.staff.may(Duty.SEE_PEOPLE) else None
    except Invalid:
        found = None
    if not isinstance(found, UUID):
        raise Invalid(say(N_("this is no number or pseudonym; people are found by their addresses under People")), say(N_("look it up again by its receipt")))
    return found


@screen(f"{HERE}/export", Duty.SEE_EVIDENCE)
def export(desk: Desk) -> HttpResponse:
    """Every consent record of one person with its proof, under their pseudonym."""
    subject = _subject(desk, desk.query("person").strip())
    if subject is None:
        raise Unknown(say(N_("no choice on record has this number")), say(N_("look it up again by its receipt")))
    return json_file("consent-records.json", {"items": list(records_of(desk.house, subject))})


def _row(desk: Desk, event: Event) -> dict[str, Any]:
    told = named(desk.house, event.details, desk.tongue.language)
    return {
        "at": moment(event.at).render(desk.tongue), "stamp": event.at.isoformat(), "what": kind_words(str(event.kind)).render(desk.tongue), "tone": _TONES.get(str(event.kind), ""), "purpose": told.get("purpose", ""),
        "channel": told.get("channel", ""), "by": desk.told(ACTORS[str(event.actor)]), "href": desk.address(f"{HERE}/{event.id}"), "who": (event.subject or "")[:8],
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ one record


def _choice(desk: Desk, id: UUID) -> workflow.Seen:
    found = _event(desk, id)
    if found is None:
        raise Unknown(say(N_("no choice on record has this number")), say(N_("look it up again by its receipt")))
    return found


@screen(f"{HERE}/<uuid:id>", Duty.SEE_EVIDENCE)
def one_record(desk: Desk, id: UUID) -> HttpResponse:
    """One choice: what was said, to which words, and the proof that nobody changed it since."""
    found, tongue = _choice(desk, id), desk.tongue
    event = found.event
    told = named(desk.house, event.details, tongue.language)
    text = text_shown(desk.house, event)
    subject = subject_of(event.subject) if event.subject and desk.staff.may(Duty.SEE_PEOPLE) else None
    facts = [(N_("When"), moment(event.at).render(tongue)), (N_("Who acted"), desk.told(ACTORS[str(event.actor)])), (N_("Purpose"), str(told.get("purpose", ""))), (N_("Channel"), str(told.get("channel", ""))),
             (N_("How"), str(told.get("method", ""))), (N_("Until"), str(told.get("until", "")))]  # fmt: skip
    return desk.page(
        "console_record.html", capital(kind_words(str(event.kind)).render(tongue)), here=HERE, back=(desk.address(HERE), desk.told(N_("Evidence"))), facts=[(desk.told(name), value) for name, value in facts if value],
        text=None if text is None else _shown_text(desk, text.text, text.law), exact=text is not None and text.exact, digest="" if text is None else text.digest, proof=proof_view(desk, found), pseudonym=event.subject or "", id=str(id),
        person=None if subject is None else (f"{PREFIX}{subject}", desk.address(f"people/{subject}")), number=str(receipt_number(desk.house, id)), sealed=event.sealed or "",
        receipt=desk.address(f"{HERE}/{id}/receipt"), others=desk.address(HERE, person=event.subject or ""), download=desk.address(f"ledger/event/{id}/proof") if desk.staff.may(Duty.SEE_LEDGER) else "",
        words={
            **PROOF_WORDS, "said": N_("What was said"), "text": N_("What they were shown"), "exact": N_("This is the very text: its digest is the one in the signed record."),
            "other": N_("The version of this text is known, and its digest is another than the one on record. Do not rely on it."), "no_text": N_("No text belongs to this record: nothing is shown for a no, or the notice is not known any more."),
            "version": N_("version"), "controller": N_("Who asked"), "purposes": N_("Purposes asked for with it"), "receipt": N_("Download the receipt"), "others": N_("All choices of this person"), "number": N_("Number of the receipt"),
        },
    )  # fmt: skip


def _shown_text(desk: Desk, text: Mapping[str, Any], law: Any) -> dict[str, Any]:
    language = desk.tongue.language
    return {
        "title": text["title"], "notice": text["notice"], "version": text["version"], "language": text["language"], "controller": text["controller"]["name"],
        "fields": [(law.notice_fields[name].title.get(language) if name in law.notice_fields else name, words) for name, words in text["fields"].items()],
        "purposes": [f"{one['title']}: {', '.join((*one['data'], *one['channels']))}" for one in text["purposes"]],
    }  # fmt: skip


@screen(f"{HERE}/<uuid:id>/receipt", Duty.SEE_EVIDENCE)
def receipt(desk: Desk, id: UUID) -> HttpResponse:
    """The receipt with its proof, as the person has it."""
    return json_file(f"receipt-{id}.json", receipt_for(desk.house, _choice(desk, id).event))
