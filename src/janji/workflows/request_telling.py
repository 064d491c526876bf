"""What those who ask and those who decide are told of requests: results, reminders, closings, escalations; a result that was told ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from uuid import UUID

from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor, Kind, stamp
from janji.messaging.kinds import MessageKind, Values
from janji.people.guardians import LinkState
from janji.people.identifiers import Identifier
from janji.rights import requests as steps
from janji.rights.register import Granted
from janji.rights.requests import EXTENDED, PREFIX, WHY_LONGER, Asker, Outcome, Proof, Request, State, staff_name
from janji.rights.work import Job
from janji.store import people
from janji.store import requests as store
from janji.store.database import transaction
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right
from janji.terms.words import moment
from janji.workflows.house import House
from janji.workflows.messages import Outgoing, hand_over, send_many, tell_officers, told
from janji.workflows.messages import State as Sent
from janji.workflows.people import people_now
from janji.workflows.person_packages import offer, waiting
from janji.workflows.request_needs import answer_to
from janji.workflows.request_pages import page_path
from janji.workflows.requests import (
    OFFICER,
    SINCE,
    Move,
    deliver,
    deliver_all,
    duplicate,
    jobs,
    kept_of,
    lines_of,
    may_approve,
    move,
    not_verified,
    request_of,
    right_of,
    waits_for,
    withdraw,
)
from janji.workflows.worklists import site_of

RESULTS = {
    Outcome.DONE: MessageKind.DONE, Outcome.PARTLY_DONE: MessageKind.PARTLY_DONE, Outcome.NOTHING_HELD: MessageKind.NOTHING_HELD,
    Outcome.REFUSED: MessageKind.REFUSED, Outcome.NOT_VERIFIED: MessageKind.NOT_VERIFIED, Outcome.DUPLICATE: MessageKind.DUPLICATE,
    Outcome.WITHDRAWN: MessageKind.WITHDRAWN,
}  # fmt: skip
"""The message of each outcome."""
COPIES = (Right.ACCESS, Right.PORTABILITY)
"""The rights whose result is a copy that the person takes away."""
OFFERED = "offered"
"""What says, among the details of a request, that the link and the code of its copy were made."""
LINKS = 6
"""So many links are made for one copy without staff, at most."""
LETTERS = 20
"""So many letters to officers are written in one turn, at most."""


def tell_results(house: House, requests: Sequence[Request]) -> dict[UUID, Message]:
    """Put the results of requests out, and end those whose person was told. What the others wait for, by their ids.

    A result goes to an address that was held before the request; where nothing reaches the person, staff hand it over.
    """
    found = [one for one in requests if one.state is State.DELIVERY]
    ids = _send(house, found)
    states = told(ids.values())
    over = [one.id for one in found if (state := states.get(ids[one.id])) is not None and state.told]
    if over:
        deliver_all(house, over, channel="message", actor=Actor.SYSTEM)
    return {
        one.id: say(N_("staff must hand the result over")) if states.get(ids[one.id]) is Sent.STAFF else say(N_("the result is on its way to the person"))
        for one in found if one.id not in over
    }  # fmt: skip


def hand_over_result(house: House, id: UUID, by: str) -> tuple[Request, str]:
    """A member of staff hands the result over: the request as it is then, and the text to read out or print. Raises as `hand_over`.

    Who got it as a message and comes all the same, for a telephone shows no pages, is handed it once as it was told.
    """
    with transaction():
        found = request_of(id)
        handed = hand_over(house, id, by, lambda: _result(house, jobs(house, [found])[0])[0].values)
        if found.state is State.DELIVERY:
            found = deliver(house, id, by, "staff")
    return found, handed.text


def tell_closed(house: House, requests: Sequence[Request]) -> None:
    """Say that requests ended without work: not verified, taken back, or asked before."""
    _send(house, [one for one in requests if one.state is State.ENDED and one.outcome in RESULTS])


AT_THE_CONSOLE = "/console/requests/"
"""Below it staff have the page of each request."""


def ask_officers(house: House, requests: Sequence[Request]) -> None:
    """Ask the officers to agree, each time that something new would be done, and the deputies where so much time is over that they were written to.

    Of very many at once they are written to about the most urgent.
    """
    for one in sorted(requests, key=lambda one: one.due)[:LETTERS]:
        roles = _roles(house, one, int(one.details.get("escalated", "0")))
        tell_officers(house, MessageKind.APPROVAL, _for_staff(house, one), one.id, roles, turn=int(one.details.get("asked", "0")))


def warn_officers(house: House, requests: Sequence[Request], count: int) -> None:
    """Tell officers that a part of the time is over; from the second time on the deputies too, for the officer did not act.

    Of very many at once they are written to about the most urgent: all are in the queue, each with its task.
    """
    for one in sorted(requests, key=lambda one: one.due)[:LETTERS]:
        tell_officers(house, MessageKind.ESCALATION, _for_staff(house, one), one.id, _roles(house, one, count), turn=count)


def _roles(house: House, one: Request, marks: int) -> tuple[str, ...]:
    """Who is written to when so many marks of the time are passed."""
    right = right_of(house, one)
    return (OFFICER, *(right.deputies if right is not None and marks > 1 else ()))


def _for_staff(house: House, one: Request) -> Values:
    """What a message to those who must act says, with where they answer it; whoever opens that signs in first."""
    url = house.runtime.settings.public_url
    return replace(values_of(house, one), link=f"{url}{AT_THE_CONSOLE}{one.id}" if url else "")


def take_back(house: House, id: UUID, by: str = "", actor: Actor = Actor.PERSON) -> Request:
    """As `requests.withdraw`, and tell the person that it is so."""
    with transaction():
        made = withdraw(house, id, by, actor)
        tell_closed(house, [made])
    return made


def close_as_duplicate(house: House, id: UUID, of: UUID, by: str = "", actor: Actor = Actor.STAFF) -> Request:
    """As `requests.duplicate`, and tell the person that the other one is answered."""
    with transaction():
        made = duplicate(house, id, of, by, actor)
        tell_closed(house, [made])
    return made


def close_as_not_verified(house: House, id: UUID, by: str) -> Request:
    """A member of staff closes a request of which nobody shows who asks, and the asker is told; it can be reopened. Raises `Refusal` in any other state."""

    def step(request: Request) -> Move:
        return replace(not_verified(house, request), evidence={"by": staff_name(by)})

    with transaction():
        made = move(house, id, step, Actor.STAFF)
        tell_closed(house, [made])
    return made


def extend(house: House, id: UUID, reason: str, by: str, role: str = OFFICER) -> Request:
    """An officer takes the law's extension once, before the first time is over, and the person is told why and until when (GDPR Art 12(3)).

    Raises `Invalid` for a reason that is none, `Refusal` where the law knows no extension, the policy promises sooner, or it is too late.
    """
    if reason not in WHY_LONGER:
        raise Invalid(
            say(N_("`{word}` is no reason for which a request may take longer"), word=reason),
            say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in WHY_LONGER)),
        )

    def step(request: Request) -> Move:
        may_approve(right_of(house, request), role)
        due = longer_until(house, request)
        details = {"reason": reason, "role": role, "due": stamp(due)}
        return Move(request=steps.extended(request, due), kind=Kind.REQUEST_EXTENDED, details=details, evidence={"by": staff_name(by)})

    with transaction():
        made = move(house, id, step, Actor.STAFF)
        job = jobs(house, [made])[0]
        to: UUID | Sequence[Identifier] = _told(made) or answer_to(job.said)
        if to:
            values = replace(values_of(house, made), waits=(say(LONGER[reason]),))
            send_many(house, [Outgoing(
                kind=MessageKind.EXTENDED, to=to, language=language_of(house, made), values=values, request=id, subject=made.subject, shown=_shown(job),
            )])  # fmt: skip
    return made


LONGER = {"complexity": N_("what you asked for is complex"), "number": N_("we have many requests to answer")}
"""What the person is told of why it takes longer, by reason."""


def longer_until(house: House, request: Request) -> datetime:
    """The new latest instant of a request whose time is extended; raises `Refusal` where it may not be."""
    right = right_of(house, request)
    due = right.extended(request.opened) if right is not None else None
    if due is None:
        raise Refusal(say(N_("the law knows no extension for `{right}`"), right=request.right), say(N_("answer it by {due}"), due=moment(request.due)))
    if EXTENDED in request.details:
        raise Refusal(say(N_("the time for this request was extended before")), say(N_("answer it by {due}"), due=moment(request.due)))
    if due <= request.due:
        raise Refusal(say(N_("the policy promises an answer sooner than the law, and that is not extended")), say(N_("answer it by {due}"), due=moment(request.due)))
    if house.runtime.now() > request.due:
        raise Refusal(say(N_("it is too late to extend the time: it is over")), say(N_("answer it as soon as you can")))
    return due


def _send(house: House, requests: Sequence[Request]) -> dict[UUID, UUID]:
    """Put the message of each outcome out; the ids of the messages by request. Again it is the same message."""
    if not requests:
        return {}
    with transaction():
        made = [_result(house, job) for job in jobs(house, requests)]
        ids = send_many(house, [outgoing for some in made for outgoing in some])
        store.note([one.id for one in requests if has_copy(one)], {OFFERED: "yes"})
    firsts = accumulate((len(some) for some in made), initial=0)
    return {one.id: ids[first] for one, first in zip(requests, firsts, strict=False)}


def _result(house: House, job: Job, *, again: bool = False) -> list[Outgoing]:
    """The result of a request, to the own addresses of the person, or of the guardian who asked; who was never shown to ask is answered where they asked from.

    A copy is a link, and a code by another message: both are made when it is told for the first time or `again`, for they open it.
    """
    request = job.request
    values = values_of(house, request)
    to: UUID | Sequence[Identifier] = _told(request) or answer_to(job.said)

    def message(kind: MessageKind, values: Values, key: str = "") -> Outgoing:
        return Outgoing(
            kind=kind, to=to, language=language_of(house, request), values=values, request=request.id, subject=request.subject, turn=request.reopened,
            key=key, shown=_shown(job),
        )

    if not has_copy(request):
        page = f"{site_of(house.runtime.settings)}{page_path(house, request.id, shown=request.subject is not None or request.wanted is Proof.NONE)}"
        return [message(RESULTS[request.outcome or Outcome.DONE], replace(values, link=page))]
    if OFFERED in request.details and not again:
        return [message(MessageKind.PACKAGE, values)]
    made = offer(house, request.id)
    key = str(made.link) if again else ""
    return [
        message(MessageKind.PACKAGE, replace(values, link=made.url, until=made.until), key),
        message(MessageKind.SECOND_FACTOR, replace(values, code=made.code, until=made.until, lines=(), kept=(), waits=()), key),
    ]


def _shown(job: Job) -> tuple[Identifier, ...]:
    """The addresses from which somebody asked who showed that these are theirs: by a code, and by nothing that staff saw."""
    return answer_to(job.said) if job.request.asker is not Asker.AGENT and job.request.proof in (Proof.CHANNEL, Proof.KNOWLEDGE) else ()


def offer_again(house: House, id: UUID) -> None:
    """Send a fresh link and a fresh code for a copy, each as the first went; those before are worth nothing any more.

    Raises `Refusal` where there is no copy, or so many links were made that staff must look at it, and `Ended` when its time is over.
    """
    with transaction():
        request = request_of(id)
        there = waiting(house, [id]).get(id) if has_copy(request) else None
        if there is None:
            raise Refusal(say(N_("there is no copy to be fetched for this request")), say(N_("ask for one, and we search all systems")))
        if there.links >= LINKS:
            raise Refusal(say(N_("many links were sent for this copy already")), say(N_("our staff help you: name the number of your request")))
        send_many(house, _result(house, jobs(house, [request])[0], again=True))


def has_copy(request: Request) -> bool:
    """Whether the result is a copy that the person takes away."""
    return request.kind in COPIES and "package" in request.details and request.outcome in (Outcome.DONE, Outcome.PARTLY_DONE)


def values_of(house: House, request: Request) -> Values:
    """What every message about a request says of it."""
    right = right_of(house, request)
    waits: tuple[Message, ...] = (waits_for(request),) if request.open and request.state is not State.DELIVERY else ()
    return Values(
        right=None if right is None else right.title, kind=request.kind, number=f"{PREFIX}{request.id}", due=request.due, lines=(*lines_of(request), *_newer(house, request)),
        kept=kept_of(request), waits=waits, ground=_ground(right, request), ward=request.asker is Asker.GUARDIAN,
    )  # fmt: skip


def _newer(house: House, request: Request) -> tuple[Message, ...]:
    """What is said of the policy with a result, when another version came while the request was open: time and approvals stay as they were."""
    asked, now = request.details["policy"], request.details.get(SINCE) or str(house.policy_in_force.number)
    if request.state is not State.DELIVERY or asked == now:
        return ()
    return (say(N_("your request is answered in the time and with the approvals promised under version {asked} of the policy; version {now} is in force since then"),
                asked=asked, now=now),)  # fmt: skip


def _ground(right: Granted | None, request: Request) -> Message | None:
    """Why it is refused, with the article that says so."""
    found = next((one for one in (right.grounds if right is not None else ()) if one.id == request.ground), None)
    return None if found is None else say(N_("{ground} ({article})"), ground=found.title, article=found.article)


def _told(request: Request) -> UUID | None:
    """Who hears of a request about somebody on record: the person, or the guardian who asked for them and still is one."""
    if request.asker is not Asker.GUARDIAN or request.subject is None:
        return request.subject
    bonds = people.guardians(people.family(request.subject))
    bond = next((bond for bond in bonds if str(bond.id) == request.details.get("link") and bond.state is LinkState.VERIFIED), None)
    return request.subject if bond is None else people_now([bond.guardian])[bond.guardian] or request.subject


def language_of(house: House, request: Request) -> str:
    """The language in which a request is answered."""
    return request.details.get("language") or house.runtime.settings.language
