"""The steps that staff take with one request: each with a page that says first what will happen, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.law.model import Decider
from janji.messaging.kinds import MessageKind
from janji.messaging.texts import heading
from janji.people.identifiers import KINDS
from janji.rights.requests import PREFIX, Asker, Outcome, Proof, Request, State
from janji.rights.words import PROOFS, state_of
from janji.staff.roles import ROLES, Duty, Role
from janji.terms.messages import N_, say
from janji.terms.processing import Right
from janji.terms.words import moment
from janji.web.console.requests import HERE, found, has_agreed, title_of
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import names
from janji.web.naming import spoken
from janji.workflows import messages, request_identity
from janji.workflows.request_desk import verify_by_staff
from janji.workflows.request_intake import open_again, send_again
from janji.workflows.request_telling import (
    LONGER,
    close_as_duplicate,
    close_as_not_verified,
    extend,
    language_of,
    longer_until,
    take_back,
)
from janji.workflows.requests import (
    COUNSEL,
    OFFICER,
    approve,
    can_be_reclassified,
    kept_of,
    lines_of,
    refuse,
    request_number,
    requests_of,
    right_of,
    said,
)
from janji.workflows.staff import names_of

IDENTIFIERS = {"email": N_("E-mail"), "phone": N_("Telephone"), "account": N_("Account number"), "national-id": N_("National id")}
"""What somebody can be looked for by at the desk."""
_CLOSABLE = (State.UNVERIFIED, State.VERIFIED, State.APPROVAL)


@dataclass(frozen=True, slots=True)
class Step:
    """A step: what it is called, what it does, its button, what is said once it was done, the duty, and in which states it is open."""

    title: str
    about: str
    button: str
    done: str
    duty: Duty
    states: tuple[State, ...]
    do: Callable[[Desk, Request], object]
    offered: Callable[[Desk, Request], bool] = field(default=lambda _, __: True)
    tone: str = ""


# --------------------------------------------------------------------------------------------------------------- taken


def _verify(desk: Desk, one: Request) -> object:
    whom, kind, value = desk.field("whom"), desk.field("kind"), desk.field("value").strip()
    named: tuple[str, str] | None = None
    if desk.field("seen") != "yes":
        raise Invalid(say(N_("it is not said that you saw who asks")), say(N_("tick the box once you have seen it")))
    if whom == "contact":
        contact = request_identity.contact_of(desk.house, one.id)
        named = None if contact is None else (str(contact.kind), contact.normal)
    elif whom == "other":
        if not value or kind not in KINDS:
            raise Invalid(say(N_("it is not said who asks")), say(N_("write by what the person is known")))
        named = (kind, value)
    return verify_by_staff(desk.house, one.id, desk.staff.name, named, new=desk.field("new") == "yes" or whom == "contact", looked_at=desk.field("looked_at") == "yes")


def _ask_again(desk: Desk, one: Request) -> object:
    if not send_again(desk.house, one.id):
        raise Invalid(say(N_("no more codes are sent for this request")), say(N_("look at who asks at the desk or by telephone, and say so here")))
    return None


def _refuse(desk: Desk, one: Request) -> object:
    right, ground = right_of(desk.house, one), desk.field("ground")
    known = {item.id: item for item in (right.grounds if right else ())}
    if ground not in known:
        raise Invalid(say(N_("no ground was chosen")), say(N_("choose one of those that the law knows")))
    if known[ground].decided_by is Decider.COUNSEL:
        return refuse(desk.house, one.id, ground, desk.field("counsel"), COUNSEL, desk.staff.id)
    return refuse(desk.house, one.id, ground, desk.staff.name, OFFICER, desk.staff.id)


def _duplicate(desk: Desk, one: Request) -> object:
    return close_as_duplicate(desk.house, one.id, request_number(desk.field("of").strip()), desk.staff.name)


def _has_contact(desk: Desk, one: Request) -> bool:
    return request_identity.waits_for(one.id) is not None


def _may_take_longer(desk: Desk, one: Request) -> bool:
    with suppress(JanjiError):
        return longer_until(desk.house, one) > one.due
    return False


STEPS: Mapping[str, Step] = {
    "verify": Step(N_("I saw who asks"), N_("You saw who asks, at the counter or by a voice that you know, and answer for it by name. From then on the request is the person's and is worked on."),
                   N_("Verified"), N_("It is on record who asks."), Duty.WORK_REQUESTS, (State.UNVERIFIED,), _verify),
    "ask-again": Step(N_("Send another code"), N_("A fresh code goes to the address that the request came from. The one before is worth nothing then."), N_("Send it"),
                      N_("Another code is on its way."), Duty.WORK_REQUESTS, (State.UNVERIFIED,), _ask_again, _has_contact),
    "approve": Step(N_("Approve"), N_("You agree to what would be done. With the last officer that the policy asks for, the work begins by itself."), N_("Approve"),
                    N_("Your yes is on record."), Duty.DECIDE_REQUESTS, (State.APPROVAL,), lambda desk, one: approve(desk.house, one.id, desk.staff.name, desk.field("role") or OFFICER, names_of(desk.staff)),
                    lambda desk, one: not has_agreed(desk, one)),
    "refuse": Step(N_("Refuse"), N_("The person is told the ground, the article, and where to complain. Nothing is done with their data."), N_("Refuse"),
                   N_("The request is refused, and the person is told."), Duty.DECIDE_REQUESTS, _CLOSABLE, _refuse, lambda desk, one: bool((right := right_of(desk.house, one)) and right.grounds), "stop"),
    "extend": Step(N_("More time"), N_("The law lets you take longer once, for a reason. The person is told why, and until when; then the clock runs to the new day."), N_("Take longer"),
                   N_("The time is longer, and the person is told."), Duty.DECIDE_REQUESTS, (*_CLOSABLE, State.WORKING), lambda desk, one: extend(desk.house, one.id, desk.field("reason"), desk.staff.name), _may_take_longer),
    "duplicate": Step(N_("It was asked before"), N_("Another open request of the same person asks for the same. That one is answered; this one ends, and the person is told."), N_("It is the same"),
                      N_("The request is closed: another one is answered."), Duty.WORK_REQUESTS, _CLOSABLE, _duplicate),
    "withdraw": Step(N_("The person takes it back"), N_("The person told you that they do not want it any more. It ends at once, nothing is done, and they are told. They can ask again at any time."), N_("Take it back"),
                     N_("The request was taken back."), Duty.WORK_REQUESTS, _CLOSABLE, lambda desk, one: take_back(desk.house, one.id, desk.staff.name), tone="stop"),
    "unverified": Step(N_("Nobody shows who asks"), N_("The request ends without an answer, and whoever asked is told. It can be opened again on the clock that it has."), N_("Close it"),
                       N_("The request is closed: nobody showed who asks."), Duty.WORK_REQUESTS, (State.UNVERIFIED,), lambda desk, one: close_as_not_verified(desk.house, one.id, desk.staff.name), tone="stop"),
    "reopen": Step(N_("Open it again"), N_("The request goes on where it stood, on the clock that it had: there is no second one. Another code goes to where it came from."), N_("Open it again"), N_("The request is open again."),
                   Duty.WORK_REQUESTS, (State.ENDED,), lambda desk, one: open_again(desk.house, one.id, desk.staff.name), lambda _, one: one.outcome is Outcome.NOT_VERIFIED),
}  # fmt: skip
"""The steps by the last word of their address. Handing a result over is in `request_looks`: it shows the answer."""
WORDS = {
    "whom": N_("Who is it?"), "claimed": N_("Whom the request named when it came in"), "contact": N_("Whoever the address belongs to that the request came from"), "other": N_("Somebody who is known by"),
    "value": N_("Value"), "kind": N_("Kind"), "new": N_("Nobody is known by it yet: put them on record"), "seen": N_("I saw who asks, and answer for it by my name"),
    "looked_at": N_("An officer looks at the answer before it goes out, also where the policy asks for no approval"), "ground": N_("On which ground?"), "counsel": N_("Counsel who decided it"),
    "counsel_hint": N_("Only for a ground that counsel decides: write the name of who decided. The ledger has your account as who says so."), "by_counsel": N_("decided by counsel"), "of": N_("Which request is answered?"), "number": N_("Number of the other request"), "would": N_("What would be done"),
    "kept": N_("What stays, and why"), "yes": N_("The second pair of eyes"), "back": N_("Back, and nothing is done"), "wanted": N_("The right asks for"), "no_lines": N_("A copy of what every system holds is gathered and sent to the person."),
    "agent": N_("For an agent, see the mandate and its last day; for a guardian, see the bond. Both must be on record before."),
    "why": N_("Why does it take longer?"), "role": N_("In which role do you agree?"), "told": N_("What the person is told"), "until": N_("The new day"), "now": N_("Without it"),
}  # fmt: skip


def to_be_handed_over(one: Request) -> bool:
    """Whether staff can hand something of a request over: its result, also for who comes though a message told it, or the code to a copy."""
    return one.state is State.DELIVERY or any(row.state == messages.State.STAFF or messages.told_again(row) for row in messages.of_request(one.id))


def open_steps(desk: Desk, one: Request) -> list[dict[str, str]]:
    """The steps that are open to a request for whoever looks, each with its page."""
    steps = [
        {"href": desk.address(f"{HERE}/{one.id}/{name}"), "title": desk.told(step.title), "tone": step.tone, "name": name}
        for name, step in STEPS.items() if one.state in step.states and desk.staff.may(step.duty) and step.offered(desk, one)
    ]  # fmt: skip
    if desk.staff.may(Duty.WORK_REQUESTS) and desk.staff.may(Duty.SEE_PEOPLE) and to_be_handed_over(one):
        steps.append({"href": desk.address(f"{HERE}/{one.id}/deliver"), "title": desk.told(N_("Hand the result over")), "tone": "", "name": "deliver"})
    if desk.staff.may(Duty.WORK_REQUESTS) and can_be_reclassified(one):
        steps.append({"href": desk.address(f"{HERE}/new", came_as=f"{PREFIX}{one.id}"), "title": desk.told(N_("Record what its words ask for")), "tone": "", "name": "turn"})
    return steps


def _page(desk: Desk, id: UUID, name: str, error: JanjiError | None = None) -> HttpResponse:
    one, step = found(id), STEPS[name]
    opened = one.state in step.states and step.offered(desk, one)
    closed: JanjiError | None = None
    if not opened and name == "approve" and one.state in step.states:
        closed = Invalid(say(N_("this officer has approved it already")), say(N_("another officer must agree")))
    elif not opened:
        closed = Invalid(say(N_("this step is not open to the request now: {state}"), state=state_of(one)), say(N_("go back to the request; it says what can be done")))
    return desk.page(
        "console_request_step.html", step.title, here=HERE, back=(desk.address(f"{HERE}/{id}"), say("{right}, …{number}", right=title_of(desk, one.right), number=id.hex[-8:]).render(desk.tongue)),
        words=WORDS, error=error or closed, status=422 if error or closed else 200, name=name, about=desk.told(step.about), button=desk.told(step.button), tone=step.tone, open=opened,
        send=desk.address(f"{HERE}/{id}/{name}"), typed=dict(desk.fields), **(_VALUES[name](desk, one) if name in _VALUES and opened else {}),
    )  # fmt: skip


def _for_verify(desk: Desk, one: Request) -> dict[str, Any]:
    held = said(desk.house, one.id)
    contact = one.asker is Asker.SELF and bool(held.get("answer_to"))
    return {
        "claimed": "claimed" in one.details, "contact": contact, "kinds": [(name, desk.told(text)) for name, text in IDENTIFIERS.items()], "wanted": desk.told(PROOFS[one.wanted]),
        "for_another": one.asker is not Asker.SELF, "copy": one.kind in (Right.ACCESS, Right.PORTABILITY) and one.needed == 0 and one.wanted is not Proof.NONE,
    }  # fmt: skip


def _for_approve(desk: Desk, one: Request) -> dict[str, Any]:
    called, right = names(desk), right_of(desk.house, one)
    return {
        "roles": [(OFFICER, desk.told(ROLES[Role.OFFICER])), *((role, role) for role in right.deputies)] if right and right.deputies else [],
        "lines": [spoken(line, desk.tongue, called) for line in lines_of(one)], "stays": [spoken(line, desk.tongue, called) for line in kept_of(one)], "is_copy": one.kind in (Right.ACCESS, Right.PORTABILITY),
        "eyes": say(N_("The policy asks for {needed}; {count} agreed so far."), needed=one.needed, count=len(one.approvals)).render(desk.tongue),
    }  # fmt: skip


def _for_refuse(desk: Desk, one: Request) -> dict[str, Any]:
    right = right_of(desk.house, one)
    grounds = [
        {"id": ground.id, "title": ground.title.get(desk.tongue.language), "article": desk.tongue.cite(ground.article), "counsel": ground.decided_by is Decider.COUNSEL}
        for ground in (right.grounds if right else ())
    ]  # fmt: skip
    return {"grounds": grounds, "asks_counsel": any(one["counsel"] for one in grounds)}


def _for_duplicate(desk: Desk, one: Request) -> dict[str, Any]:
    others = [] if one.subject is None else [other for other in requests_of(one.subject) if other.open and other.right == one.right and other.id != one.id]
    return {"others": [(f"{PREFIX}{other.id}", f"{title_of(desk, other.right)}, …{other.id.hex[-8:]}") for other in others]}


def _for_extend(desk: Desk, one: Request) -> dict[str, Any]:
    return {
        "why": [(name, desk.told(text)) for name, text in LONGER.items()], "until": moment(longer_until(desk.house, one)).render(desk.tongue), "now": moment(one.due).render(desk.tongue),
        "heads": heading(MessageKind.EXTENDED).render(desk.tongue), "written_in": language_of(desk.house, one).upper(),
    }  # fmt: skip


_VALUES: Mapping[str, Callable[[Desk, Request], dict[str, Any]]] = {
    "verify": _for_verify, "approve": _for_approve, "refuse": _for_refuse, "duplicate": _for_duplicate, "extend": _for_extend,
}  # fmt: skip


def _declare(name: str, step: Step) -> None:
    def look(desk: Desk, id: UUID) -> HttpResponse:
        """What will happen, and what the step needs."""
        return _page(desk, id, name)

    def take(desk: Desk, id: UUID) -> HttpResponse:
        """Take the step; what is wrong is told on its page, with what was typed."""
        one = found(id)
        try:
            step.do(desk, one)
        except JanjiError as error:
            return _page(desk, id, name, error)
        return desk.go(f"{HERE}/{id}", done=name)

    screen(f"{HERE}/<uuid:id>/{name}", step.duty)(look)
    screen(f"{HERE}/<uuid:id>/{name}", step.duty, "POST")(take)


for _name, _step in STEPS.items():
    _declare(_name, _step)


@screen(f"{HERE}/<uuid:id>/resend", Duty.WORK_REQUESTS, "POST")
def resend(desk: Desk, id: UUID) -> HttpResponse:
    """Let a message that nothing carried be tried again by the ways that are open now."""
    wanted = desk.field("message")
    with suppress(ValueError):
        if any(str(row.id) == wanted for row in messages.of_request(found(id).id)):
            messages.retry(desk.house, UUID(wanted))
            return desk.go(f"{HERE}/{id}", done="resent")
    raise Invalid(say(N_("no such message waits for staff")), say(N_("look at the messages of the request")))
