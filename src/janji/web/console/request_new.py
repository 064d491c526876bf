"""A request that staff record for somebody who called, wrote or came, or as what a mail turned out to ask: what, who, when, and what is known already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.people.identifiers import KINDS
from janji.rights.requests import Asker, Intake, Proof, Request
from janji.rights.words import ASKERS, INTAKES, PROOFS
from janji.staff.roles import Duty
from janji.terms.messages import N_, say
from janji.terms.processing import Right
from janji.terms.words import SHOWN_IN, hour_asked, moment
from janji.web.console.clocks import clock
from janji.web.console.request_steps import IDENTIFIERS
from janji.web.console.requests import HERE, found, row_of, title_of
from janji.web.console.shell import Desk, screen
from janji.web.pages import LANGUAGES
from janji.workflows.request_desk import Line
from janji.workflows.request_intake import LONGEST_WORDS, draft, read_draft
from janji.workflows.request_on_behalf import Meant, TakenDown, look_up, take_down, turn, turnable
from janji.workflows.requests import request_number, rights
from janji.workflows.staff import record_look
from janji.workflows.transfers import LONGEST_ENDPOINT

BY_STAFF = (Intake.PHONE, Intake.PAPER, Intake.EMAIL, Intake.COMPLAINT)
CONTACTS = ("email", "phone")
PURPOSED = (Right.WITHDRAWAL, Right.OBJECTION, Right.AUTOMATED_OBJECTION, Right.RESTRICTION, Right.DELAY)
FIELDS = ("right", "intake", "asker", "day", "hour", "who_kind", "who", "contact_kind", "contact", "words", "answer", "purpose", "data", "was", "becomes", "endpoint", "mandate", "until", "seen", "new", "draft", "came_as", "stays")
LONGEST = 400
_MOST = {"words": LONGEST_WORDS, "endpoint": LONGEST_ENDPOINT}
_WORDS = {
    "right": N_("What do they ask?"), "intake": N_("How did it come?"), "asker": N_("Who asks?"), "when": N_("When did it come?"), "when_hint": N_("The clock of the law runs from then. Without a day it is now."), "day": N_("Day"),
    "who": N_("Whom is it about?"), "who_hint": N_("By what the person is known to you. It is looked up, and never written into an address or a log."), "kind": N_("Kind"), "value": N_("Value"),
    "contact": N_("Where does the answer go?"), "contact_hint": N_("If you did not see who asks, a code is sent there."), "words": N_("What did they say?"), "words_hint": N_("In their own words. It is sealed, and looked at only for a reason."), "answer": N_("Language of the answer"),
    "purpose": N_("About which purpose?"), "all_purposes": N_("all of them"), "correct": N_("What is to be put right (for a correction)"), "data": N_("Data"), "was": N_("What is wrong"), "becomes": N_("What is right"),
    "endpoint": N_("Address of the other company (for a transfer)"), "mandate": N_("Number or date of the mandate (for somebody who was authorised)"), "until": N_("Last day of the mandate, where it names one"), "seen": N_("I saw who asks, and answer for it by my name"), "new": N_("If nobody is known by it, put them on record"),
    "check": N_("Check it"), "send": N_("Record it"), "change": N_("Change something"), "known": N_("The person is known"), "unknown": N_("Nobody is known by this"), "no_one": N_("It is not said whom it is about"),
    "same": N_("The same person asks for the same already. Record this one only if it is another matter."), "also": N_("The words seem to ask for this too. Record it as well if it is meant:"), "due": N_("It must be answered by"), "bond": N_("The guardian is verified for this person."),
    "no_bond": N_("No verified bond of this guardian and this person is on record. Verify it on the person's page first, or record the request and leave it unverified."), "wanted": N_("The right asks for"), "code": N_("A code is sent to the contact. The request is worked on once it was typed in."),
    "at_once": N_("It is worked on at once, for you saw who asks."), "waits": N_("It waits until somebody shows who asks."), "particulars": N_("What some rights need"), "came": N_("Came in"), "back": N_("Requests"), "no": N_("Leave it as it is"),
    "turn": N_("What it asks for is recorded as the right that you choose. Its clock, its words, and where the answer goes are kept; a code is sent there, and that request is closed."), "first": N_("The request as it came"),
    "stays": N_("The words ask for something else too: leave that request open"),
}  # fmt: skip


@screen(f"{HERE}/new", Duty.WORK_REQUESTS)
def new(desk: Desk) -> HttpResponse:
    """The empty form, or with the right that an address names; or for the words of a request that came as something else."""
    filled = {"right": desk.query("right"), "draft": draft(desk.house), "came_as": desk.query("came_as")}
    first = _first(filled)
    return _form(desk, filled if first is None else filled | {"answer": first.details.get("language", "")})


@screen(f"{HERE}/new", Duty.WORK_REQUESTS, "POST")
def check_or_record(desk: Desk) -> HttpResponse:
    """Show what is known and what will happen; then record it."""
    filled = {name: desk.field(name).strip() for name in FIELDS}
    filled["draft"] = filled["draft"] if read_draft(desk.house, filled["draft"]) else draft(desk.house)
    if desk.field("go") == "change":
        return _form(desk, filled)
    try:
        _not_too_long(filled)
        first = _first(filled)
        if first is not None:
            return _turned(desk, filled, first)
        told = _told(desk, filled)
        if desk.field("go") == "record":
            made = take_down(desk.house, told, desk.staff.name)
            return desk.go(f"{HERE}/{made.id}", done="recorded")
        return _review(desk, filled, told)
    except JanjiError as error:
        return _form(desk, filled, error)


def _not_too_long(filled: Mapping[str, str]) -> None:
    """Raise `Invalid` where more stands in a field than is taken: nothing is cut."""
    for name, text in filled.items():
        most = _MOST.get(name, LONGEST)
        if len(text) > most:
            said = say(N_("under “{field}” stand {count} characters, and at most {most} are taken"), field=say(_WORDS.get(name, name)), count=len(text), most=most)
            raise Invalid(said, say(N_("write it shorter; what you wrote is still there")))


def _first(filled: Mapping[str, str]) -> Request | None:
    """The request whose words are recorded as what they ask for; raises a problem where the form names one that is not there."""
    return found(request_number(filled["came_as"])) if filled["came_as"] else None


def _turned(desk: Desk, filled: Mapping[str, str], first: Request) -> HttpResponse:
    """Show what is made of a request that came as something else, on the clock that it has; then record it."""
    right, details, more = _needs(desk, filled)
    if desk.field("go") == "record":
        meant = Meant(right=right, details=details, more=more, language=_answered(desk, filled), stays=filled["stays"] == "yes", id=read_draft(desk.house, filled["draft"]))
        return desk.go(f"{HERE}/{turn(desk.house, first.id, meant, desk.staff.name).id}", done="recorded")
    turnable(first, right)
    granted = rights(desk.house)[right]
    return _checked(desk, filled, first.opened, granted.due(first.opened), right=title_of(desk, right), intake=desk.told(INTAKES[first.intake]), asker=desk.told(ASKERS[first.asker]),
                    wanted=desk.told(PROOFS[granted.proof]), first=row_of(desk, Line(first)))  # fmt: skip


def _needs(desk: Desk, filled: Mapping[str, str]) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The right of the form, the codes that it needs, and what is said with it; raises `Invalid` for what is missing."""
    known = rights(desk.house)
    if filled["right"] not in known:
        raise Invalid(say(N_("no right was chosen")), say(N_("choose one of the list")))
    kind, more = known[filled["right"]].kind, dict[str, Any]()
    if kind is Right.CORRECTION:
        if not filled["becomes"] or not filled["data"]:
            raise Invalid(say(N_("it is not said what is right")), say(N_("write it as it should be")))
        more["correct"] = [{"data": filled["data"], "becomes": filled["becomes"], **({"was": filled["was"]} if filled["was"] else {})}]
    if kind is Right.PORTABILITY and filled["endpoint"]:
        more["endpoint"] = filled["endpoint"]
    if filled["mandate"]:
        more["mandate"] = {"reference": filled["mandate"], **({"until": filled["until"]} if filled["until"] else {})}
    purpose = filled["purpose"] if kind in PURPOSED and filled["purpose"] in desk.house.policy_in_force.policy.purposes else ""
    return filled["right"], {"purpose": purpose} if purpose else {}, more


def _answered(desk: Desk, filled: Mapping[str, str]) -> str:
    """The language of the answer."""
    return filled["answer"] if filled["answer"] in LANGUAGES else desk.tongue.language


def _told(desk: Desk, filled: Mapping[str, str]) -> TakenDown:
    """What the form says; raises `Invalid` for what is missing in it."""
    right, details, more = _needs(desk, filled)
    intake = filled["intake"] if filled["intake"] in BY_STAFF else Intake.PHONE
    asker = filled["asker"] if filled["asker"] in list(Asker) else Asker.SELF
    return TakenDown(
        right=right, intake=Intake(intake), asker=Asker(asker), who=_named(filled["who_kind"], filled["who"]), contact=_named(filled["contact_kind"], filled["contact"]), words=filled["words"],
        details=details, more=more, language=_answered(desk, filled), received=_instant(filled["day"], filled["hour"]),
        seen=filled["seen"] == "yes", new=filled["new"] == "yes", id=read_draft(desk.house, filled["draft"]),
    )  # fmt: skip


def _named(kind: str, value: str) -> tuple[str, str] | None:
    return (kind, value) if value and kind in KINDS else None


def _instant(day: str, hour: str) -> datetime | None:
    """When it came, as people here write it; raises `Invalid` for what is no day or hour."""
    if not day:
        return None
    try:
        return datetime.fromisoformat(f"{day}T{hour or '00:00'}").replace(tzinfo=SHOWN_IN)
    except ValueError:
        raise Invalid(say(N_("it is not understood when it came")), say(N_("write the day as `2026-11-26` and the hour as `14:30`"))) from None


def _form(desk: Desk, filled: Mapping[str, str], error: JanjiError | None = None) -> HttpResponse:
    policy, language, told = desk.house.policy_in_force.policy, desk.tongue.language, desk.told
    identifiers, first = [(name, told(text)) for name, text in IDENTIFIERS.items()], _first(filled)
    return desk.page(
        "console_request_new.html", N_("Record a request"), here=HERE, back=(desk.address(HERE), told(N_("Requests"))), words=_WORDS, error=error, status=422 if error else 200, filled=filled, review=False,
        rights=[(name, title_of(desk, name)) for name in rights(desk.house)], intakes=[(str(one), told(INTAKES[one])) for one in BY_STAFF], askers=[(str(one), told(text)) for one, text in ASKERS.items()],
        kinds=identifiers, contacts=[one for one in identifiers if one[0] in CONTACTS], answers=LANGUAGES, purposes=[(str(name), one.title.get(language)) for name, one in policy.purposes.items()],
        data=[(str(name), one.title.get(language)) for name, one in policy.data.items()], send=desk.address(f"{HERE}/new"),
        first=None if first is None else row_of(desk, Line(first)), hour=hour_asked(desk.house.runtime.now()).render(desk.tongue), came="" if first is None else moment(first.opened).render(desk.tongue),
    )  # fmt: skip


def _review(desk: Desk, filled: Mapping[str, str], told: TakenDown) -> HttpResponse:
    known, now = look_up(desk.house, told), desk.house.runtime.now()
    granted = rights(desk.house)[told.right]
    if known.subject is not None:
        record_look(desk.house, desk.staff, known.subject, "request")  # that somebody is known is told, and what else they asked
    happens = _WORDS["at_once"] if told.seen or granted.proof is Proof.NONE else _WORDS["code"] if told.contact is not None else _WORDS["waits"]
    return _checked(
        desk, filled, told.received or now, known.due, right=title_of(desk, told.right), intake=desk.told(INTAKES[told.intake]), asker=desk.told(ASKERS[told.asker]),
        person=desk.told(_WORDS["no_one"] if told.who is None else _WORDS["known"] if known.subject else _WORDS["unknown"]), known=known.subject is not None, same=[row_of(desk, Line(one)) for one in known.same],
        also=[(desk.address(f"{HERE}/new", right=name), title_of(desk, name)) for name in known.also], wanted=desk.told(PROOFS[granted.proof]), happens=desk.told(happens), guardian=told.asker is Asker.GUARDIAN, bond=known.bond is not None,
        said=told.words,
    )  # fmt: skip


def _checked(desk: Desk, filled: Mapping[str, str], came: datetime, due: datetime, **more: Any) -> HttpResponse:
    """The page that shows what will be recorded, with its clock."""
    return desk.page(
        "console_request_new.html", N_("Check the request"), here=HERE, back=(desk.address(HERE), desk.told(N_("Requests"))), words=_WORDS, review=True, hidden=[(name, filled[name]) for name in FIELDS if filled[name]],
        clock=clock(came, due, desk.house.runtime.now(), desk.tongue), came=moment(came).render(desk.tongue), send=desk.address(f"{HERE}/new"), **more,
    )  # fmt: skip
