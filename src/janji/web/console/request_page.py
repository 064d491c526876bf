"""One rights request on one page: its clock, who asks, what is asked, the systems, the copy, the messages, the decision, the proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import JanjiError
from janji.ledger.words import kind_words
from janji.messaging.kinds import MessageKind
from janji.messaging.routing import MAIL
from janji.messaging.texts import heading
from janji.people.identifiers import PREFIX as SUBJECT
from janji.people.words import IDENTIFIERS
from janji.rights.register import marks
from janji.rights.requests import PREFIX, Asker, Outcome, Request, State
from janji.rights.words import ASKERS, INTAKES, PROOFS
from janji.staff.roles import REASONS, ROLES, Duty, Role
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right
from janji.terms.words import moment
from janji.web.console.clocks import clock
from janji.web.console.request_steps import STEPS, open_steps
from janji.web.console.requests import HERE, found, state_words, title_of, waiting
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import names
from janji.web.naming import spoken
from janji.workflows import erasing, gathering, messages, request_identity
from janji.workflows.people import show
from janji.workflows.request_desk import events_of
from janji.workflows.request_marks import marks_of, places
from janji.workflows.request_previews import PREVIEW, can_be_planned, can_be_searched
from janji.workflows.requests import OFFICER, kept_of, lines_of, requests_of, right_of

WORDS = {
    "asked": N_("What is asked"), "identity": N_("Who asks"), "systems": N_("Systems"), "copy": N_("The copy"), "messages": N_("Messages"), "decision": N_("Decision"),
    "proof": N_("Proof"), "next": N_("What can be done now"), "nothing": N_("Nothing has to be done by staff now."), "others": N_("Other requests of this person"),
    "look": N_("Look at it"), "reason": N_("What you look at these data for"), "recorded": N_("The look is recorded with it."), "masked": N_("What the person wrote is under seal until somebody looks at it for a reason."),
    "not_for_you": N_("Your role sees no personal data."), "passed": N_("passed"), "plan": N_("The plan, table by table, with its statements"), "worklists": N_("Owners who are asked"),
    "system": N_("System"), "state": N_("State"), "rows": N_("Rows"), "no_systems": N_("No system was searched or changed for this request yet."),
    "copy_look": N_("Look at the copy"), "copy_make": N_("Gather the copy now, to look at it before it is sent"), "copy_again": N_("Gather it anew"),
    "copy_lead": N_("The copy is gathered by itself once officers agree. Gather it before, and you see what would be sent, cover what is another person's, and then agree to exactly that."),
    "covered": N_("Covered by our staff"), "take": N_("Take it along for the person at the desk"), "pack": N_("Take the evidence along"), "pack_lead": N_("Everything on record of this person, each event with a proof that anybody can verify."),
    "no_messages": N_("Nothing was written yet."), "read": N_("Read the texts"), "no_proof": N_("Nothing is recorded yet."), "when": N_("When"), "what": N_("What"), "event": N_("Event"),
    "done_lines": N_("What was done"), "plan_lines": N_("What would be done"), "kept": N_("What stays, and why"), "approvals": N_("Approvals"), "again": N_("Try to send it again"),
    "marks": N_("Escalation"), "person": N_("The person's page"),
    "wanted": N_("The right asks for:"), "shown": N_("Shown:"), "twice": N_("The same person asks for the same in another request"),
    "recorded_as": N_("What it asks for is recorded as another request"), "came_as": N_("It came as another request, whose clock it has"),
}  # fmt: skip
_SENT = {
    messages.State.WAITING: (N_("on its way"), ""), messages.State.SENT: (N_("sent"), "ok"), messages.State.DELIVERED: (N_("delivered"), "ok"),
    messages.State.HANDED: (N_("handed over by our staff"), "ok"), messages.State.STAFF: (N_("could not be sent: hand it over"), "bad"),
    messages.State.DROPPED: (N_("could not be sent"), "warn"),
}  # fmt: skip
_FAR = {
    "done": (N_("done"), "ok"), "asked": (N_("the owner is asked"), "warn"), "blocked": (N_("blocked"), "bad"), "held": (N_("held"), "warn"), "failed": (N_("failed"), "bad"),
    "unclear": (N_("unclear"), "warn"), "due": (N_("to be done"), ""), "doing": (N_("in hand"), ""), "waiting": (N_("does not answer"), "warn"), "stopped": (N_("stopped"), "bad"),
    "dropped": (N_("dropped"), "warn"),
}  # fmt: skip
DONE = {
    **{name: step.done for name, step in STEPS.items()},
    "resent": N_("The message is tried again."), "recorded": N_("The request is recorded, and its clock runs."),
}  # fmt: skip
"""What the page says of what was just done."""


@screen(f"{HERE}/<uuid:id>", Duty.SEE_REQUESTS)
def one_request(desk: Desk, id: UUID) -> HttpResponse:
    """Where a request stands, and all that belongs to it."""
    one = found(id)
    return page_of(desk, one, done=DONE.get(desk.query("done"), ""))


def page_of(desk: Desk, one: Request, *, done: str = "", error: JanjiError | None = None, status: int = 200, **clear: Any) -> HttpResponse:
    """The page of a request; `clear` are parts that somebody may see now, after a look that was recorded."""
    told, tongue, now = desk.told, desk.tongue, desk.house.runtime.now()
    sees, works = desk.staff.may(Duty.SEE_PEOPLE), desk.staff.may(Duty.WORK_REQUESTS)
    events = events_of(one.id)
    return desk.page(
        "console_request.html", say("{right}, …{number}", right=title_of(desk, one.right), number=one.id.hex[-8:]), here=HERE, back=(desk.address(HERE), told(N_("Requests"))),
        words=WORDS, done=done, error=error, status=status, number=f"{PREFIX}{one.id}", open=one.open, state=state_words(desk, one),
        clock=clock(one.opened, one.due, now, tongue), waits=spoken(_waits(one), tongue, names(desk)), facts=list(_facts(desk, one)), marks=list(_marks(desk, one)), asked=list(_asked(desk, one)),
        proofs=(told(PROOFS[one.proof]), told(PROOFS[one.wanted])), who=_who(desk, one) if sees else [], person=desk.address(f"people/{one.subject}") if sees and one.subject else "", others=_others(desk, one), twice=_beside(desk, one), came_as=desk.address(f"{HERE}/{one.details['came_as']}") if "came_as" in one.details else "",
        steps=open_steps(desk, one), systems=list(_systems(desk, one)), look=desk.address(f"{HERE}/{one.id}/look") if sees else "",
        reasons=[(name, told(text)) for name, text in REASONS.items()], plan=desk.address(f"{HERE}/{one.id}/plan") if can_be_planned(one) else "", copy=_copy(desk, one, works and sees),
        pack=desk.address(f"{HERE}/{one.id}/pack") if sees and one.kind is Right.CLAIM and one.outcome in (Outcome.DONE, Outcome.PARTLY_DONE, Outcome.NOTHING_HELD) else "",
        messages=list(_messages(desk, one, works)), lines=_rendered(desk, lines_of(one)), lines_title=told(WORDS["done_lines"] if one.outcome is not None else WORDS["plan_lines"]),
        stays=_rendered(desk, kept_of(one)), ground=_ground(desk, one), agreed=_agreed(one).render(tongue),
        approvals=[spoken(say(N_("{name} as {role}, {when}"), name=yes.by, role=say(ROLES[Role.OFFICER]) if yes.role == OFFICER else yes.role, when=moment(yes.at)), tongue) for yes in one.approvals],
        events=[(desk.address(f"ledger/event/{event.id}") if desk.staff.may(Duty.SEE_LEDGER) else "", moment(event.at).render(tongue), spoken(kind_words(str(event.kind)), tongue),
                 event.id, bool(event.details.get("late"))) for event in events], **clear,
    )  # fmt: skip


def _rendered(desk: Desk, lines: tuple[Message, ...]) -> list[str]:
    called = names(desk)
    return [spoken(line, desk.tongue, called) for line in lines]


def _agreed(one: Request) -> Message:
    if one.needed == 0 and not one.approvals:
        return say(N_("Nobody has to agree."))
    return say(N_("Needed: {needed}. Given: {count}."), needed=one.needed, count=len(one.approvals))


def _waits(one: Request) -> Message:
    why = request_identity.waits_for(one.id) if one.state is State.UNVERIFIED else None
    return why or waiting(one)


def _facts(desk: Desk, one: Request) -> Iterator[tuple[str, str]]:
    """What stands at the top beside the clock."""
    told, tongue = desk.told, desk.tongue
    yield told(N_("Came in")), say(N_("{when}, by {way}"), when=moment(one.opened), way=say(INTAKES[one.intake])).render(tongue)
    yield told(N_("Person")), f"{SUBJECT}…{one.subject.hex[-8:]}" if one.subject else told(N_("not known yet"))
    if one.ended is not None:
        yield told(N_("Ended")), moment(one.ended).render(tongue)
    if one.details.get("answered"):
        yield told(N_("How the other company's system answered last")), one.details["answered"]
    yield told(N_("Policy")), say(N_("version {number}"), number=one.details["policy"]).render(tongue)


def _marks(desk: Desk, one: Request) -> Iterator[tuple[str, bool]]:
    """The instants at which officers are told that it is not done, and whether each has passed."""
    now = desk.house.runtime.now()
    for at in marks(one.opened, one.due)[:-1]:
        yield moment(at).render(desk.tongue), at <= now


def _asked(desk: Desk, one: Request) -> Iterator[tuple[str, str]]:
    """What is asked, as far as it is codes of the policy."""
    told, policy, language = desk.told, desk.house.policy_in_force.policy, desk.tongue.language
    yield told(N_("Right asked for")), title_of(desk, one.right)
    yield told(N_("Who asks")), told(ASKERS[one.asker])
    named: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "purpose": (N_("Purpose"), policy.purposes), "channel": (N_("Channel"), policy.channels), "touchpoint": (N_("Where"), policy.touchpoints),
        "recipient": (N_("Recipient"), policy.recipients),
    }  # fmt: skip
    for key, (title, known) in named.items():
        word = one.details.get(key)
        if word:
            text = getattr(known.get(word), "title", None)
            yield told(title), word if text is None else text.get(language)
    if one.details.get("language"):
        yield told(N_("Language of the answer")), one.details["language"]


def _who(desk: Desk, one: Request) -> list[tuple[str, str, bool]]:
    """By what the person is known, masked."""
    if one.subject is None:
        return []
    with suppress(JanjiError):
        return [(desk.told(IDENTIFIERS[held.kind]), held.shown, held.verified) for held in show(desk.house, one.subject).identifiers]
    return []


def _others(desk: Desk, one: Request) -> list[tuple[str, str, str]]:
    if one.subject is None:
        return []
    return [(desk.address(f"{HERE}/{other.id}"), title_of(desk, other.right), state_words(desk, other)) for other in requests_of(one.subject) if other.id != one.id][-20:]


def _beside(desk: Desk, one: Request) -> tuple[str, str] | None:
    """The other request that asks for the same, or as which this one was recorded."""
    words = WORDS["recorded_as" if one.outcome is Outcome.RECLASSIFIED else "twice"]
    return (desk.address(f"{HERE}/{one.details['same']}"), desk.told(words)) if "same" in one.details else None


def _systems(desk: Desk, one: Request) -> Iterator[dict[str, Any]]:
    """How far the request is in each system, as it was read back; never a value."""
    def said(state: str) -> dict[str, Any]:
        words, tone = _FAR.get(state, (state, ""))
        return {"state": desk.told(words), "tone": tone}

    called = names(desk)
    with suppress(JanjiError):
        if "erasure" in one.details:
            for here in erasing.erasure(UUID(one.details["erasure"])).stores:
                effect = here.effect
                tables = [] if effect is None else [
                    say(N_("{table}: found {found}, deleted {deleted}, changed {changed}, kept {kept}"), table=table.table, found=table.found, deleted=table.deleted,
                        changed=table.changed, kept=sum(count for _, count in table.stay)).render(desk.tongue) for table in effect.tables
                ]  # fmt: skip
                remains = effect is not None and not effect.complete
                yield {"system": called.system(here.system), **said(str(here.state)), "tables": tables, "attested": bool(effect and effect.attested), "remains": remains,
                       "trouble": spoken(here.trouble, desk.tongue, called)}  # fmt: skip
        elif "package" in one.details:
            for part in gathering.package(UUID(one.details["package"])).systems:
                tables = [say(N_("{table}, rows found: {count}"), table=name, count=count).render(desk.tongue) for name, count in part.rows]
                yield {"system": called.system(part.system), **said(part.state), "tables": tables, "attested": part.attested, "remains": False,
                       "trouble": " ".join(spoken(line, desk.tongue, called) for line in part.trouble)}  # fmt: skip


def _copy(desk: Desk, one: Request, works: bool) -> dict[str, Any] | None:
    """What can be done with the copy that would be, or was, sent."""
    if not works or one.subject is None or one.kind not in (Right.ACCESS, Right.PORTABILITY):
        return None
    there, base = "package" in one.details, f"{HERE}/{one.id}"
    return {
        "look": desk.address(f"{base}/preview") if there else "", "make": desk.address(f"{base}/gather") if can_be_searched(one) else "", "there": there,
        "work": desk.address(f"{base}/gather") if PREVIEW in one.details and one.state is State.APPROVAL and not there else "", "covered": len(places(marks_of(one))),
        "take": desk.address(f"{base}/copy") if there and one.outcome in (Outcome.DONE, Outcome.PARTLY_DONE) else "",
    }  # fmt: skip


def _messages(desk: Desk, one: Request, works: bool) -> Iterator[dict[str, Any]]:
    """What was written, to whom nobody sees, and whether it arrived."""
    for row in messages.of_request(one.id):
        words, tone = _SENT[messages.State(row.state)]
        yield {
            "id": row.id, "key": str(row.id), "about": spoken(heading(MessageKind(row.kind), ward=one.asker is Asker.GUARDIAN), desk.tongue), "at": moment(row.made).render(desk.tongue), "state": desk.told(words), "tone": tone, "way": desk.told(N_("E-mail")) if row.way == MAIL else row.way,
            "again": desk.address(f"{HERE}/{one.id}/resend") if works and row.state == messages.State.STAFF else "",
        }  # fmt: skip


def _ground(desk: Desk, one: Request) -> str:
    granted = right_of(desk.house, one)
    ground = next((ground for ground in (granted.grounds if granted else ()) if ground.id == one.ground), None)
    return "" if ground is None else f"{ground.title.get(desk.tongue.language)} ({desk.tongue.cite(ground.article)})"
