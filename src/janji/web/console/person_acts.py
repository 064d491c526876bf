"""What staff do for or about a person: a no said by phone, restrictions, quarantine, age, joins, merges; each shows first what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse

from janji.consent.choices import Method
from janji.decision.standing import KnownAge, Standing
from janji.errors import Invalid, JanjiError, Unknown
from janji.ledger.events import Actor
from janji.people.guardians import Communication
from janji.people.identifiers import PREFIX
from janji.people.words import FORMS
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.web.console.fields import Ask, Field, ask_page, reason_fault
from janji.web.console.people import FIND, HERE, named
from janji.web.console.shell import Desk, screen
from janji.workflows.consents import lift_objection, restrict
from janji.workflows.guardians import attest_age, quarantine, record_age
from janji.workflows.identity import merge, split, unjoin
from janji.workflows.people import Person, choose_communication, show
from janji.workflows.person_choices import stop, would_stop
from janji.workflows.person_uses import merge_shown, merges_of, uses_of
from janji.workflows.staff import record_look

_HOW = Field(name="how", label=N_("How did they say it?"), kind="select", options=(
    (Method.SPOKEN_RECORDED, N_("spoken, with a recording")), (Method.WRITTEN_MESSAGE, N_("in a message or letter")), (Method.SIGNED_FORM, N_("on a signed form")),
))  # fmt: skip
_WHO = Field(name="who", label=N_("Who says it?"), kind="select", options=((Actor.PERSON, N_("the person")), (Actor.GUARDIAN, N_("their guardian"))))
_AGE = (
    Field(name="born", label=N_("Date of birth"), kind="date", hint=N_("Where it is known. The day itself is kept under seal.")),
    Field(name="band", label=N_("Or, without a date"), kind="select", options=((KnownAge.ADULT, N_("an adult")), (KnownAge.CHILD, N_("a child")))),
)  # fmt: skip
_FORM = Field(name="form", label=N_("Form of communication"), kind="select", options=(*((str(form), text) for form, text in FORMS.items()), ("none", N_("no special form"))))


@dataclass(frozen=True, slots=True)
class Act:
    """Something that staff set or lift: its words, the fields that it asks for, and what does it; gives the word of what was done."""

    title: str
    button: str
    tells: tuple[str, ...]
    run: Callable[[Desk, UUID, str | None], str]
    fields: tuple[Field, ...] = ()
    stops: bool = False


def _restrict(lift: bool, delay: bool, done: str) -> Callable[[Desk, UUID, str | None], str]:
    def run(desk: Desk, subject: UUID, purpose: str | None) -> str:
        standing = show(desk.house, subject).standing
        if standing is not None and _stands(standing, purpose, delay=delay) is not lift:
            return "nothing"
        restrict(desk.house, subject, Actor.STAFF, purpose, lift=lift, delay=delay)
        return done

    return run


def _stands(standing: Standing, purpose: str | None, *, delay: bool) -> bool:
    if purpose is None:
        return standing.delayed if delay else standing.restricted
    return purpose in (standing.delayed_purposes if delay else standing.restricted_purposes)


def _quarantine(lift: bool, done: str) -> Callable[[Desk, UUID, str | None], str]:
    return lambda desk, subject, _: done if quarantine(desk.house, subject, Actor.STAFF, lift=lift) else "nothing"


def _lift_objection(desk: Desk, subject: UUID, purpose: str | None) -> str:
    standing = show(desk.house, subject).standing
    if purpose is None or standing is None or purpose not in standing.objections:
        return "nothing"
    lift_objection(desk.house, subject, purpose, Actor.STAFF)
    return "lifted"


def _age(desk: Desk, subject: UUID, _: str | None) -> str:
    band, born = desk.field("band"), desk.field("born").strip()
    if not born and band not in list(KnownAge):
        raise _Wrong("born", say(N_("give a date of birth, or say adult or child")))
    if not born:
        attest_age(desk.house, subject, KnownAge(band), Actor.STAFF)
        return "age"
    try:
        record_age(desk.house, subject, date.fromisoformat(born), Actor.STAFF)
    except ValueError:
        raise _Wrong("born", say(N_("this is no date"))) from None
    except Invalid as error:
        raise _Wrong("born", error.message) from None
    return "age"


def _form(desk: Desk, subject: UUID, _: str | None) -> str:
    word = desk.field("form")
    if word != "none" and word not in list(Communication):
        raise _Wrong("form", say(N_("choose a form")))
    choose_communication(desk.house, subject, None if word == "none" else Communication(word), Actor.STAFF)
    return "form"


class _Wrong(Exception):
    """What is wrong with one field."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(field)
        self.faults = {field: message}


ACTS: Mapping[str, Act] = {
    "restrict": Act(N_("Restrict processing"), N_("Restrict"), (
        N_("Their data stay where they are and are used for nothing else, until somebody lifts it. Each decision counts it from the same instant."),
    ), _restrict(False, False, "restricted"), stops=True),
    "unrestrict": Act(N_("Lift the restriction"), N_("Lift"), (N_("What their choices and the policy allow may go on again."),), _restrict(True, False, "lifted")),
    "delay": Act(N_("Delay processing"), N_("Delay"), (N_("Processing waits until the delay is ended, as the person may ask."),), _restrict(False, True, "delayed"), stops=True),
    "undelay": Act(N_("End the delay"), N_("End it"), (N_("What their choices and the policy allow may go on again."),), _restrict(True, True, "lifted")),
    "quarantine": Act(N_("Put in quarantine"), N_("Put in quarantine"), (
        N_("Nothing of theirs is used for anything while somebody looks into a doubt: whose data they are, or whether they should be here at all."),
    ), _quarantine(False, "quarantined"), stops=True),
    "release": Act(N_("Lift the quarantine"), N_("Lift"), (N_("What their choices and the policy allow may go on again."),), _quarantine(True, "lifted")),
    "lift-objection": Act(N_("Take the objection back"), N_("Take it back"), (
        N_("Only where the person themselves asked for it: an objection is theirs. It is recorded as done by staff."),
    ), _lift_objection),
    "age": Act(N_("Record the age"), N_("Record"), (
        N_("A child without a guardian who consents is put in quarantine at once, and the clock for erasing their data begins."),
    ), _age, _AGE),
    "form": Act(N_("Set the form of communication"), N_("Keep"), (N_("It is kept under seal, and every message to them is made so that it fits."),), _form, (_FORM,)),
}  # fmt: skip


@screen(f"{HERE}/<uuid:id>/do", Duty.WORK_PEOPLE)
def do(desk: Desk, id: UUID) -> HttpResponse:
    """What would happen."""
    return _do_page(desk, id, _known(desk.query("act")), desk.query("purpose"))


@screen(f"{HERE}/<uuid:id>/do", Duty.WORK_PEOPLE, "POST")
def done(desk: Desk, id: UUID) -> HttpResponse:
    """It happens."""
    name, purpose = _known(desk.field("act")), desk.field("purpose")
    try:
        word = ACTS[name].run(desk, id, purpose or None)
    except _Wrong as wrong:
        return _do_page(desk, id, name, purpose, faults=wrong.faults)
    except JanjiError as error:
        return _do_page(desk, id, name, purpose, error=error)
    return desk.go(f"{HERE}/{id}/uses" if purpose else f"{HERE}/{id}", done=word)


def _known(word: str) -> str:
    if word not in ACTS:
        raise Invalid(say(N_("this is nothing that can be done here")), say(N_("go back to the person, and choose again")))
    return word


def _do_page(desk: Desk, id: UUID, name: str, purpose: str, faults: Mapping[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    act = ACTS[name]
    policy = desk.house.policy_in_force.policy
    if purpose and purpose not in policy.purposes:
        raise Invalid(say(N_("there is no purpose `{purpose}`"), purpose=purpose))
    running = [one.purpose.title.get(desk.tongue.language) for one in uses_of(desk.house, id) if one.permit and (not purpose or one.purpose.id == purpose)] if act.stops else []
    about = policy.purposes[purpose].title.get(desk.tongue.language) if purpose else ""
    asked = Ask(title=act.title, button=act.button, action=desk.address(f"{HERE}/{id}/do"), about=about, tells=act.tells, fields=act.fields, grave=act.stops,
                parts=[(N_("This goes on now, and stops"), running, "fault")], hidden={"act": name, "purpose": purpose})  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id, "uses" if purpose else ""), faults=faults, error=error)


def _back(desk: Desk, id: UUID, part: str = "") -> tuple[str, str]:
    return desk.address(f"{HERE}/{id}{'/' if part else ''}{part}"), desk.told(N_("The person"))


# ----------------------------------------------------------------------------------------------- a no said to staff


@screen(f"{HERE}/<uuid:id>/stop", Duty.WORK_PEOPLE)
def review(desk: Desk, id: UUID) -> HttpResponse:
    """What a no would stop, before anything is decided."""
    return _stop_page(desk, id, desk.query("purpose"), desk.query("channel"))


@screen(f"{HERE}/<uuid:id>/stop", Duty.WORK_PEOPLE, "POST")
def stopped(desk: Desk, id: UUID) -> HttpResponse:
    """The no, recorded as theirs, with who took it down."""
    purpose, channel, how, who = desk.field("purpose"), desk.field("channel"), desk.field("how"), desk.field("who")
    faults = {}
    if how not in [value for value, _ in _HOW.options]:
        faults["how"] = say(N_("say how they said it: it is kept with their no"))
    if who not in [value for value, _ in _WHO.options]:
        faults["who"] = say(N_("say who said it"))
    if faults:
        return _stop_page(desk, id, purpose, channel, faults)
    made = stop(desk.house, id, purpose or None, channel or None, method=Method(how), actor=Actor(who), more={"staff": desk.staff.id})
    return desk.go(f"{HERE}/{id}/uses", done="stopped" if made else "already")


def _stop_page(desk: Desk, id: UUID, purpose: str, channel: str, faults: Mapping[str, Message] | None = None) -> HttpResponse:
    policy, language = desk.house.policy_in_force.policy, desk.tongue.language
    if channel and channel not in policy.channels:
        raise Invalid(say(N_("there is no channel `{channel}`"), channel=channel))
    effect = would_stop(desk.house, id, purpose or None, channel or None)
    about = policy.purposes[purpose].title.get(language) if purpose else desk.told(N_("All advertising"))
    if channel:
        about = f"{about} · {policy.channels[channel].title.get(language)}"

    def lines(found: tuple[Message, ...]) -> list[str]:
        return [line.render(desk.tongue) for line in found]

    asked = Ask(
        title=N_("A no, said to staff"), button=N_("Record their no"), action=desk.address(f"{HERE}/{id}/stop"), about=about,
        tells=(N_("Nothing has happened yet. Read to the person what their no comes to, then record it: it counts at once."),), grave=True,
        parts=[(N_("This stops"), lines(effect.stops), "fault"), (N_("This is to be deleted"), lines(effect.deleted), "note"), (N_("This goes on"), lines(effect.goes_on), ""),
               (N_("This stays"), lines(effect.kept), "")],
        fields=(_WHO, _HOW), hidden={"purpose": purpose, "channel": channel},
    )  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id, "uses"), faults=faults)


# ------------------------------------------------------------------------------------------------- joins, merges, splits


@screen(f"{HERE}/<uuid:id>/unjoin", Duty.WORK_PEOPLE)
def unjoin_(desk: Desk, id: UUID) -> HttpResponse:
    """What the end of a join comes to."""
    asked = Ask(title=N_("Undo a join"), button=N_("Undo"), action=desk.address(f"{HERE}/{id}/unjoin"), hidden={"join": desk.query("join")},
                tells=(N_("The cookie or device stands for itself again, and no longer for this person. What was recorded stays on record."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id))


@screen(f"{HERE}/<uuid:id>/unjoin", Duty.WORK_PEOPLE, "POST")
def unjoined(desk: Desk, id: UUID) -> HttpResponse:
    """The join ends."""
    wanted = _uuid(desk.field("join"))
    if wanted not in [one.id for one in show(desk.house, id).joins]:
        raise Invalid(say(N_("this person has no such join")))
    return desk.go(f"{HERE}/{id}", done="unjoined" if unjoin(desk.house, wanted, Actor.STAFF) else "nothing")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(say(N_("this is nothing that can be done here")), say(N_("go back to the person, and choose again"))) from None


@screen(f"{HERE}/<uuid:id>/merge", Duty.WORK_PEOPLE)
def merge_(desk: Desk, id: UUID) -> HttpResponse:
    """Who is the other?"""
    return _merge_form(desk, id)


@screen(f"{HERE}/<uuid:id>/merge", Duty.WORK_PEOPLE, "POST")
def merged(desk: Desk, id: UUID) -> HttpResponse:
    """First what the merge comes to; then, when that page is sent, the merge."""
    if desk.field("other"):
        merge(desk.house, id, _uuid(desk.field("other")), Actor.STAFF)
        return desk.go(f"{HERE}/{id}", done="merged")
    faults = reason_fault(desk)
    other: UUID | None = None
    try:
        if not faults:
            other = named(desk, desk.field("kind"), desk.field("value"))
            if other is None:
                faults["value"] = say(N_("nobody is known by this"))
            elif other == id:
                faults["value"] = say(N_("these are the same person already"))
    except Invalid as error:
        faults["value" if desk.field("kind") else "kind"] = error.message
    if faults or other is None:
        return _merge_form(desk, id, faults)
    record_look(desk.house, desk.staff, other, desk.field("reason"))
    found = merge_shown(desk.house, id, other)
    language = desk.tongue.language
    asked = Ask(
        title=N_("Merge two records?"), button=N_("Make them one"), action=desk.address(f"{HERE}/{id}/merge"), hidden={"other": str(other)}, grave=True,
        tells=(N_("Nothing has happened yet. The second record is read as the first from then on; nothing of either history is lost. Where the two differ, the no wins. It can be taken back."),),
        parts=[(N_("First record, which stays"), _sides(desk, found.survivor), "plainly"), (N_("Second record, which goes into it"), _sides(desk, found.other), "plainly"),
               (N_("These stop, because one of them said no"), [one.title.get(language) for one in found.stops], "fault"),
               (N_("And then"), [desk.told(N_("they are in quarantine"))] if found.after.quarantined else [], "note")],
    )  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id))


def _merge_form(desk: Desk, id: UUID, faults: Mapping[str, Message] | None = None) -> HttpResponse:
    asked = Ask(title=N_("Merge with another record"), button=N_("Show what it comes to"), action=desk.address(f"{HERE}/{id}/merge"), fields=FIND,
                tells=(N_("When two records turn out to be one person, they are merged. Say how the other one is known; nothing is done before you saw what it comes to."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id), faults=faults)


def _sides(desk: Desk, one: Person) -> list[str]:
    return [f"{PREFIX}{one.id}", *(item.shown for item in one.identifiers), say(N_("events on record: {count}"), count=one.events).render(desk.tongue)]


@screen(f"{HERE}/<uuid:id>/split", Duty.WORK_PEOPLE)
def split_(desk: Desk, id: UUID) -> HttpResponse:
    """What taking a merge back comes to."""
    found = next((one for one in merges_of(desk.house, id) if str(one.event) == desk.query("merged")), None)
    if found is None:
        raise Unknown(say(N_("this merge does not stand any more")), say(N_("go back to the person, and choose again")))
    asked = Ask(
        title=N_("Take a merge back?"), button=N_("Take it back"), action=desk.address(f"{HERE}/{id}/split"), hidden={"merged": str(found.event)},
        about=moment(found.at).render(desk.tongue),
        tells=(N_("Both records are there again as they were, each with its own identifiers. What was forbidden meanwhile is forbidden to both."),),
    )  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id))


@screen(f"{HERE}/<uuid:id>/split", Duty.WORK_PEOPLE, "POST")
def splitted(desk: Desk, id: UUID) -> HttpResponse:
    """The merge is taken back."""
    split(desk.house, id, Actor.STAFF, _uuid(desk.field("merged")))
    return desk.go(f"{HERE}/{id}", done="split")
