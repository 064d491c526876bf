"""Rights requests as the house keeps them: opened, verified, approved, refused, ended, each step one transaction with its event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

import orjson

from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid, Refusal, Unknown, of_item
from janji.files.translations import LANGUAGES
from janji.law.model import Decider
from janji.ledger.events import Actor, Kind, read_stamp, stamp
from janji.people.identifiers import PREFIX as SUBJECT
from janji.rights import requests as steps
from janji.rights.register import FALLBACK, Granted, marks, register
from janji.rights.requests import PREFIX, STRENGTH, Approval, Asker, Intake, Outcome, Proof, Request, State, staff_name
from janji.rights.work import Job
from janji.store import people, secrets, vault
from janji.store import requests as store
from janji.store.database import transaction
from janji.store.requests import RequestRow, key_name
from janji.store.vault import KEY_BYTES, NONCE_BYTES
from janji.terms.messages import N_, Message, Tongue, pack_message, say, unpack_message
from janji.terms.processing import Right
from janji.workflows.forgetting import forget_all
from janji.workflows.house import House
from janji.workflows.people import people_now
from janji.workflows.recording import Entry, record
from janji.workflows.request_needs import answer_to, beside, bond_of, came_before, checked, lasting, may_ask, normal

OFFICER, COUNSEL = "officer", "counsel"
"""The roles that are in every house; the policy names the deputies."""
TASK = "request-late"
"""The kind of task that is open while a request has not ended after a part of its time."""
PAGE = 50
BATCH = "batch"
"""What names, among the details of a request, the batch in which it is in hand; a step takes it out."""
SINCE = "policy_since"
"""What says, among the details of a request, which other version of the policy was in force when it was answered."""
LOOKED_AT = "look"
"""What says, among the details of a request, that nobody knew which right is used when it came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A request as it is handed in. `right` is the policy's name; `subject` is who it is about, as far as somebody knows.

    `said` is sealed: `words`, `answer_to` (a list of kind and value), and what a kind of right asks for. `details` are codes and
    references. `proof` is what was shown already, `by` the name of the member of staff who saw to it, `approvals` are names and roles
    of officers who agreed before it was handed in. `received` is when it came, where that was earlier: the clock runs from then.
    Handing an `id` in again changes nothing. With `looked_at` nobody knows yet what is wanted: an officer must read it, and until then
    the strictest clock of all rights runs. `came_as` is the request whose words, read by staff, ask for this.
    """

    right: str
    intake: Intake = Intake.API
    asker: Asker = Asker.SELF
    subject: UUID | None = None
    proof: Proof = Proof.NONE
    by: str = field(default="", repr=False)
    approvals: Sequence[tuple[str, str]] = ()
    language: str = ""
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)
    details: Mapping[str, str] = field(default_factory=dict)
    received: datetime | None = None
    id: UUID | None = None
    looked_at: bool = False
    came_as: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What one step makes of a request: the request after it, the event that says so, and what is kept beside it.

    `next` is when it is looked at again where that is not as its state has it.
    """

    request: Request
    kind: Kind | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] | None = field(default=None, repr=False)
    next: datetime | None = None


# --------------------------------------------------------------------------------------------------------------- rights


def rights(house: House) -> Mapping[str, Granted]:
    """What can be asked for under the policy in force, by the policy's name; raises `Refusal` while none is published."""
    published = house.policy_in_force
    if not published.rights:
        published.rights.update(register(published.policy, published.law, FALLBACK))
    return published.rights


def right_of(house: House, request: Request) -> Granted | None:
    """The right of a request as the policy in force grants it; by its kind when the name is gone, `None` when that is too."""
    known = rights(house)
    return known.get(request.right) or next((one for one in known.values() if one.kind is request.kind), None)


# --------------------------------------------------------------------------------------------------------------- opened


def open_request(house: House, opening: Opening, actor: Actor = Actor.STAFF) -> Request:
    """Record one request; its clock begins. Raises as `open_requests`."""
    return open_requests(house, [opening], actor)[0]


def open_requests(house: House, openings: Sequence[Opening], actor: Actor = Actor.STAFF) -> tuple[Request, ...]:
    """Record requests, all of them or none, in one transaction (or the one that is open); in their order.

    One whose asker was shown with the proof that its right asks for is verified at once, and worked on by the worker when nobody has to
    approve. Raises `Invalid` for a right that the policy does not grant, for what a request cannot say, for somebody who is not known
    or was forgotten, and `Refusal` for a role that may not approve and for an agent whose mandate has ended; each says of which opening.
    """
    known, now = rights(house), house.runtime.now()
    given = [one.id for one in openings if one.id is not None]
    if len(set(given)) < len(given):
        raise Invalid(say(N_("an id is given to two requests")), say(N_("give each request an id of its own, or none")))
    openings = [_sound(house, place, one, known, now) for place, one in enumerate(openings)]
    with transaction():
        there = people_now({one.subject for one in openings if one.subject is not None})
        made: dict[UUID, Request] = {}
        for place, (one, id) in enumerate(zip(openings, sorted(house.runtime.new_ids(len(openings), now)), strict=True)):
            with of_item(place):
                made[one.id or id] = _opened(house, one, known[one.right], one.id or id, there, now)
        order = list(made)
        before = {request.subject for request in made.values() if request.subject is not None}
        same = _same_of(before)
        made = {id: _beside(request, same) for id, request in made.items()}
        there_already = set(store.requests(given)) if given else set()
        said = {id: one.said for one, id in zip(openings, order, strict=True) if one.said and id not in there_already}
        sealed = _sealed(house, said)
        fresh = set(store.insert([_row(request, next=_next(request, now)) for request in made.values()], sealed))
        by = {id: one.by for one, id in zip(openings, order, strict=True)}
        record(house, [_recorded(made[id], by[id], actor) for id in order if id in fresh])
        if len(fresh) == len(order):
            return tuple(made.values())
        held = store.requests(order)
    return tuple(_request(held[id]) for id in order)


def _sound(house: House, place: int, one: Opening, known: Mapping[str, Granted], now: datetime) -> Opening:
    """An opening that says what a request can say, in normal form; raises an error that says which it is."""
    with of_item(place):
        if one.right not in known:
            raise Invalid(say(N_("the policy grants no right `{word}`"), word=one.right[:64]), nearest(one.right[:64], known))
        if one.language and one.language not in LANGUAGES:
            raise Invalid(say(N_("`{word}` is no language in which people are answered"), word=one.language[:64]), nearest(one.language, LANGUAGES))
        came_before(one.received, now)
        checked(house, known[one.right].kind, one.details, one.said)
        if one.asker is Asker.AGENT:
            lasting(one.said, one.received or now)
        return _in_form(house, one)


def _in_form(house: House, one: Opening) -> Opening:
    """An opening with names and addresses in normal form; raises `Invalid` as `_by` and `normal`."""
    said, by = normal(house, one.said), (_by(one.by, one.proof) or {}).get("by", "")
    return one if said is one.said and by == one.by else replace(one, said=said, by=by)


def record_done(house: House, opening: Opening, actor: Actor) -> None:
    """Record a request of somebody on record that was carried out in the same moment, with its proof; it has ended. In the open transaction."""
    right, now = rights(house)[opening.right], house.runtime.now()
    made = _opened(house, opening, right, house.runtime.new_id(now), {opening.subject: opening.subject} if opening.subject else {}, now)
    if made.subject is None:
        raise ValueError("what is done at once is somebody's")
    made = replace(made, state=State.ENDED, outcome=Outcome.DONE, needed=0, ended=now)
    store.insert([_row(made, version=2, next=None)], {})
    ended = {"request": str(made.id), "outcome": str(made.outcome)}
    record(house, [
        _recorded(made, "", actor),
        Entry(kind=Kind.REQUEST_ENDED, actor=actor, subject=made.subject, details=ended, id=event_id(made.id, 2)),
    ])  # fmt: skip


def _opened(house: House, one: Opening, right: Granted, id: UUID, there: Mapping[UUID, UUID | None], now: datetime) -> Request:
    subject = None if one.subject is None else there.get(one.subject)
    if subject is None and one.subject is not None:
        raise Invalid(say(N_("one of these people is not on record, or was forgotten")), say(N_("`janji subject find` finds people by what identifies them")))
    details: dict[str, Any] = {**one.details, "policy": str(house.policy_in_force.number)}
    if one.language:
        details["language"] = one.language
    if one.came_as is not None:
        details["came_as"] = str(one.came_as)
    opened = now if one.received is None else min(one.received.astimezone(UTC), now)
    due = min(each.due(opened) for each in rights(house).values()) if one.looked_at else right.due(opened)
    request = Request(
        id=id, right=str(right.id), kind=right.kind, opened=opened, due=due, intake=one.intake, asker=one.asker, wanted=right.proof,
        needed=max(right.approvals, int(one.looked_at)), details={**details, **({LOOKED_AT: "1"} if one.looked_at else {})},
    )  # fmt: skip
    if right.proof is Proof.NONE:
        request = replace(request, state=State.VERIFIED, subject=subject, proof=one.proof)
    elif subject is not None and STRENGTH[one.proof] >= STRENGTH[right.proof]:
        may_ask(house, one.asker, subject, details, one.said)
        request = steps.verified(request, subject, one.proof)
    else:
        request = replace(request, proof=one.proof, details={**details, **({"claimed": str(subject)} if subject else {})})
    agreed: dict[str, Approval] = {}
    for name, role in ((staff_name(by), role) for by, role in one.approvals):
        agreed.setdefault(name.casefold(), Approval(name, may_approve(right, role), now))
    return _forward(replace(request, approvals=tuple(agreed.values())) if agreed else request)


def _forward(request: Request) -> Request:
    """A request that is verified and needs nobody's approval is worked on."""
    return steps.prepared(request) if request.state is State.VERIFIED and len(request.approvals) >= request.needed else request


def _same_of(subjects: Iterable[UUID]) -> dict[tuple[UUID, str], UUID]:
    """The oldest open request of each person and right."""
    found: dict[tuple[UUID, str], UUID] = {}
    for subject, id, right in store.open_of(subjects) if subjects else ():
        found.setdefault((subject, right), id)
    return found


def _beside(request: Request, same: Mapping[tuple[UUID, str], UUID]) -> Request:
    """The request, knowing of an older open one that asks for the same."""
    other = None if request.subject is None else same.get((request.subject, request.right))
    if other is None or other == request.id:
        return request
    return replace(request, details={**request.details, "same": str(other)})


def _recorded(request: Request, by: str, actor: Actor) -> Entry:
    details = {
        "request": str(request.id), "right": request.right, "intake": str(request.intake), "asker": str(request.asker), "due": stamp(request.due),
        **({"proof": str(request.proof)} if request.subject is not None else {}),
        **({"approvals": [one.role for one in request.approvals]} if request.approvals else {}),
        **({"came_as": request.details["came_as"]} if "came_as" in request.details else {}),
    }  # fmt: skip
    named = {"by": by} if by else {}
    agreed = {"approved": [one.by for one in request.approvals]} if request.approvals else {}
    evidence = {**named, **agreed} if request.subject is not None else {}
    return Entry(kind=Kind.REQUEST_RECORDED, actor=actor, subject=request.subject, details=details, evidence=evidence or None, id=event_id(request.id, 1))


# ---------------------------------------------------------------------------------------------------------------- steps


def verify(
    house: House, id: UUID, subject: UUID | None, proof: Proof, by: str = "", actor: Actor = Actor.STAFF, *, looked_at: bool = False
) -> Request:  # fmt: skip
    """Who asks was shown: the request is theirs from now on. Without `subject` it is whom the request named when it came in.

    With `looked_at` an officer must agree to what would be done, where the policy asks for nobody's yes too.

    Raises `Refusal` when the proof is too weak or the request is past this step, `Invalid` when nobody is named who asks, or who of staff
    saw to it.
    """
    evidence = _by(by, proof)

    def step(request: Request) -> Move:
        claimed = request.details.get("claimed")
        who = subject or (UUID(claimed) if claimed else None)
        found = None if who is None else people_now([who]).get(who)
        if found is None:
            raise Invalid(say(N_("nobody is named who asks")), say(N_("name the person whom the request is about")))
        if request.asker is not Asker.SELF:
            words = said(house, id)
            request = _with_bond(house, request, found, words)
            may_ask(house, request.asker, found, request.details, words)
        made = _beside(steps.verified(request, found, proof), _same_of([found]))
        made = replace(made, needed=max(made.needed, int(looked_at)))
        made = _forward(replace(made, details={key: value for key, value in made.details.items() if key not in ("claimed", "waits")}))
        return Move(request=made, kind=Kind.REQUEST_VERIFIED, details={"proof": str(proof)}, evidence=evidence)

    return move(house, id, step, actor)


def _with_bond(house: House, request: Request, ward: UUID, words: Mapping[str, Any]) -> Request:
    """The request of a guardian with the bond that was verified since it came in, told by where they are answered."""
    if request.asker is not Asker.GUARDIAN or request.details.get("link"):
        return request
    bonds = (bond_of(house, ward, (str(one.kind), one.normal)) for one in answer_to(words))
    bond = next(filter(None, bonds), None)
    return replace(request, details={**request.details, "link": str(bond)}) if bond else request


def approve(house: House, id: UUID, by: str, role: str = OFFICER, also: Sequence[str] = ()) -> Request:
    """One officer (or deputy) agrees, who has the names in `also` too. After the deadline too: being late is recorded, and no reason to answer nothing.

    Raises `Refusal` when the request does not wait for approval or the role may not give it, `Conflict` for a second yes of the same.
    """

    def step(request: Request) -> Move:
        now = house.runtime.now()
        right = right_of(house, request)
        made = steps.approved(request, Approval(by, may_approve(right, role), now), also)
        late = {"late": True} if now > request.due else {}
        return Move(request=made, kind=Kind.REQUEST_APPROVED, details={"role": role, **late}, evidence={"by": staff_name(by)})

    return move(house, id, step, Actor.STAFF)


def refuse(house: House, id: UUID, ground: str, by: str, role: str = OFFICER, entered: str = "") -> Request:
    """Refuse on a ground of the law for this right; the person is told it, and where to complain. Never by itself.

    `by` decided it; `entered` is the number of the staff account that says so here, which the ledger has beside the ground.

    Raises `Invalid` for a ground that the law does not know for the right, `Refusal` when somebody else has to decide it or it is too late.
    """

    def step(request: Request) -> Move:
        right = right_of(house, request)
        known = {one.id: one for one in (right.grounds if right is not None else ())}
        if ground not in known:
            raise Invalid(
                say(N_("the law knows no ground `{ground}` for refusing `{right}`"), ground=ground, right=request.right),
                say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in known) or "-"),
            )
        wanted = COUNSEL if known[ground].decided_by is Decider.COUNSEL else OFFICER
        if wanted == COUNSEL and role != COUNSEL:
            raise Refusal(say(N_("`{ground}` is decided by `{role}`"), ground=ground, role=COUNSEL), say(N_("let counsel decide, in the role `{role}`"), role=COUNSEL))
        if role != COUNSEL:
            may_approve(right, role)
        details = {"ground": ground, "role": role, "article": str(known[ground].article), **({"staff": entered} if entered else {})}
        return Move(request=under_now(house, undone(steps.refused(request, ground))), kind=Kind.REQUEST_REFUSED, details=details, evidence={"by": staff_name(by)})

    return move(house, id, step, Actor.STAFF)


def withdraw(house: House, id: UUID, by: str = "", actor: Actor = Actor.PERSON) -> Request:
    """The asker takes the request back, before it is carried out. Raises `Refusal` when it is too late for that."""
    return move(house, id, lambda request: _closed(house, request, Outcome.WITHDRAWN, by), actor)


def duplicate(house: House, id: UUID, of: UUID, by: str = "", actor: Actor = Actor.STAFF) -> Request:
    """The request asks for what another open one asks for; that one is answered. Raises `Invalid` when the other is no such request.

    Only the one that is closed may be nobody's yet. Neither moves meanwhile.
    """

    def step(request: Request) -> Move:
        other = request_of(of)
        whose = {one: now or one for one, now in people_now(one for one in (other.subject, request.subject) if one is not None).items()}
        same = other.subject is not None and (request.subject is None or whose.get(request.subject) == whose.get(other.subject))
        if other.id == request.id or not other.open or other.right != request.right or not same:
            raise Invalid(say(N_("the other request is not about the same")), say(N_("name an open one of the same person and right")))
        made = _closed(house, request, Outcome.DUPLICATE, by)
        return replace(made, request=replace(made.request, details={**made.request.details, "same": str(of)}), details={**made.details, "same": str(of)})

    with transaction():
        store.requests([id, of], lock=True)
        return move(house, id, step, actor)


def can_be_reclassified(request: Request) -> bool:
    """Whether staff may still say that another right is used: nobody was shown to ask yet, or nobody has read what was written."""
    return request.state is State.UNVERIFIED or (LOOKED_AT in request.details and request.state in (State.VERIFIED, State.APPROVAL))


def settled(request: Request) -> Refusal:
    """What is said where it is too late to say that another right is used."""
    return Refusal(
        say(N_("what this request asks for is settled: it is `{state}`"), state=request.state),
        say(N_("record what else is asked for as a request of its own, with the instant at which it came")),
    )  # fmt: skip


def reclassify(house: House, id: UUID, made: UUID, by: str) -> Request:
    """What was asked is recorded as `made`, the right that is used; this one ends. Raises `Refusal` where it is worked on already."""

    def step(request: Request) -> Move:
        if not can_be_reclassified(request):
            raise settled(request)
        moved = _closed(house, request, Outcome.RECLASSIFIED, by)
        return replace(moved, request=replace(moved.request, details={**moved.request.details, "same": str(made)}), details={**moved.details, "same": str(made)})

    return move(house, id, step, Actor.STAFF)


def reopen(house: House, id: UUID, by: str = "", actor: Actor = Actor.STAFF) -> Request:
    """A request that closed as not verified goes on, on the clock that it had. Raises `Refusal` for any other."""
    return move(house, id, lambda request: Move(
        request=steps.reopened(request), kind=Kind.REQUEST_REOPENED, details={"times": request.reopened + 1}, evidence=_by(by)
    ), actor)  # fmt: skip


def deliver(house: House, id: UUID, by: str = "", channel: str = "", actor: Actor = Actor.STAFF) -> Request:
    """The person was told the result, or it was handed to them: the request ends. Raises `Refusal` when there is no result yet."""
    return (deliver_all(house, [id], by, channel, actor) or (request_of(id),))[0]


def deliver_all(house: House, ids: Sequence[UUID], by: str = "", channel: str = "", actor: Actor = Actor.STAFF) -> tuple[Request, ...]:
    """As `deliver`, of many. With a deletion or destruction the person's own record here ends too, unless they asked for more that is open."""
    _forget(house, requests_now(store.requests(ids).values()))

    def step(request: Request) -> Move:
        details = {"outcome": str(request.outcome), **({"channel": channel} if channel else {}), **_late(house, request)}
        told = request if SINCE in request.details else under_now(house, request)  # another version can come between the work and the telling
        made = waiting_for(steps.delivered(told, house.runtime.now()), None)
        return Move(request=made, kind=Kind.REQUEST_ENDED, details=details, evidence=_by(by))

    return move_all(house, ids, step, actor)


def _forget(house: House, requests: Sequence[Request]) -> None:
    """Forget those whose data went everywhere; before the request ends, so that a kill in between leaves nobody behind."""
    over = [
        one for one in requests if one.state is State.DELIVERY and one.kind in (Right.DELETION, Right.DESTRUCTION) and one.subject is not None
        and one.outcome in (Outcome.DONE, Outcome.NOTHING_HELD)
    ]  # fmt: skip
    subjects = {one.subject for one in over if one.subject is not None}
    ours = {one.id for one in over}
    more = {subject for subject, id, _ in store.open_of(subjects) if id not in ours} if subjects else set()
    there = [one for one in people_now(subjects - more).values() if one is not None]
    if there:
        forget_all(house, there, Actor.PERSON)


def not_verified(house: House, request: Request) -> Move:
    """The step that closes a request of which nobody showed who asks."""
    return _closed(house, request, Outcome.NOT_VERIFIED)


def _closed(house: House, request: Request, outcome: Outcome, by: str = "") -> Move:
    made = undone(steps.closed(request, outcome, house.runtime.now()))
    return Move(request=made, kind=Kind.REQUEST_ENDED, details={"outcome": str(outcome)}, evidence=_by(by))


def undone(request: Request) -> Request:
    """The request without what would have been done: of one that ends without work nobody is told that it was."""
    return replace(request, details={key: value for key, value in request.details.items() if key not in ("lines", "kept")})


def under_now(house: House, request: Request) -> Request:
    """The request, with the version of the policy in force where another was when it came in."""
    number = str(house.policy_in_force.number)
    return request if request.details["policy"] == number else replace(request, details={**request.details, SINCE: number})


def _late(house: House, request: Request) -> dict[str, bool]:
    return {"late": True} if house.runtime.now() > request.due else {}


def may_approve(right: Granted | None, role: str) -> str:
    """The role, when it may agree to what a right asks for, as officers and the policy's deputies may; raises `Refusal` otherwise."""
    known = (OFFICER, *(right.deputies if right is not None else ()))
    if role not in known:
        raise Refusal(say(N_("the role `{role}` may not approve this"), role=role), say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in known)))
    return role


def _by(name: str, proof: Proof | None = None) -> dict[str, str] | None:
    """Who of staff did something, as it is sealed; raises `Invalid` where they answer for the proof and are not named."""
    return {"by": staff_name(name)} if name or proof is Proof.STAFF else None


def move(house: House, id: UUID, step: Callable[[Request], Move], actor: Actor) -> Request:
    """Take one step of one request; raises `Invalid` when there is none of this id, and whatever the step raises."""
    found = move_all(house, [id], step, actor)
    if not found:
        raise _unknown(id)
    return found[0]


def move_all(house: House, ids: Iterable[UUID], step: Callable[[Request], Move | None], actor: Actor) -> tuple[Request, ...]:
    """Take the same step of many requests in one transaction: locked, changed, recorded, written. `None` leaves one as it is.

    Gives those that moved, as they are now.
    """
    with transaction():
        rows = store.requests(ids, lock=True)
        moves = [(row, made) for row in rows.values() if (made := step(_request(row))) is not None]
        about = people_now({made.request.subject for _, made in moves if made.request.subject is not None})
        now = house.runtime.now()
        entries, written = [], []
        for row, made in moves:
            request = made.request
            subject = None if request.subject is None else about.get(request.subject)
            if made.kind is not None:
                entries.append(Entry(
                    kind=made.kind, actor=actor, subject=subject, details={"request": str(request.id), **made.details},
                    evidence=made.evidence if subject is not None else None, id=event_id(request.id, row.version + 1),
                ))  # fmt: skip
            request = replace(request, subject=subject or request.subject, details={key: value for key, value in request.details.items() if key != BATCH})
            written.append(_row(request, version=row.version + 1, next=made.next or _next(request, now)))
        entries += _task_ends(house, [made.request for _, made in moves])
        record(house, entries)
        if len(store.write(written, [row for row, _ in moves])) < len(written):
            raise Conflict(say(N_("a request moved meanwhile")), say(N_("do it again; nothing was half done")))
    return tuple(made.request for _, made in moves)


def task_of(id: UUID) -> UUID:
    """The task of a request that is late: there is one at most."""
    return uuid5(id, TASK)


def _task_ends(house: House, requests: Sequence[Request]) -> list[Entry]:
    """Close the tasks of requests that ended; the events that say so."""
    over = {task_of(one.id): one.id for one in requests if not one.open and "escalated" in one.details}
    return [
        Entry(kind=Kind.TASK_CLOSED, actor=Actor.SYSTEM, details={"task": TASK, "id": str(task), "request": str(over[task]), "outcome": "done"})
        for task in (people.close_tasks(list(over), house.runtime.now()) if over else ())
    ]


def event_id(id: UUID, version: int) -> UUID:
    """The id of the event of one step: the same when the step is taken again after a kill."""
    return uuid5(id, str(version))


def _next(request: Request, now: datetime) -> datetime | None:
    """When a request is looked at by itself: at its next mark while people have to act, at once while the worker has to."""
    if request.state is State.ENDED:
        return None
    if request.state in (State.VERIFIED, State.WORKING, State.DELIVERY):  # the worker acts, or sees whether the person was told
        return now
    return _mark_after(request.opened, request.due, now)


@lru_cache(maxsize=64)  # requests that are filed together have one clock
def _mark_after(opened: datetime, due: datetime, now: datetime) -> datetime:
    return next((mark for mark in marks(opened, due) if mark > now), now + timedelta(days=1))


# ---------------------------------------------------------------------------------------------------------------- shown


def request_of(id: UUID) -> Request:
    """One request; raises `Invalid` when there is none of this id."""
    row = store.requests([id]).get(id)
    if row is None:
        raise _unknown(id)
    return _request(row)


def is_there(id: UUID) -> bool:
    """Whether there is a request of this id."""
    return bool(store.requests([id]))


def requests_now(rows: Iterable[RequestRow]) -> tuple[Request, ...]:
    """Requests as their rows have them."""
    return tuple(map(_request, rows))


def queue(size: int = PAGE, after: UUID | None = None, state: State | None = None) -> tuple[Request, ...]:
    """Open requests, what is due first, of one state where it is named; `after` is the last of the page before."""
    place = None if after is None else request_of(after)
    return tuple(map(_request, store.queue(size, None if place is None else (place.due, place.id), None if state is None else str(state))))


def closed(size: int = PAGE, before: UUID | None = None) -> tuple[Request, ...]:
    """Requests that ended, the newest first; `before` is the last of the page before."""
    place = None if before is None else request_of(before)
    return tuple(map(_request, store.closed(size, None if place is None or place.ended is None else (place.ended, place.id))))


def requests_of(subject: UUID) -> tuple[Request, ...]:
    """Every request of one person and of whoever was merged into them, the oldest first."""
    return tuple(map(_request, store.of_subjects(people.family(subject))))


def waits_for(request: Request) -> Message:
    """What a request waits for, in one sentence."""
    if request.state is not State.ENDED and "waits" in request.details:
        return unpack_message(orjson.loads(request.details["waits"]))
    match request.state:
        case State.UNVERIFIED:
            return beside(request) or say(N_("it must be shown who asks: the right asks for `{proof}`"), proof=request.wanted)
        case State.VERIFIED:
            return say(N_("what would be done is worked out next, by itself"))
        case State.APPROVAL if LOOKED_AT in request.details:
            return say(N_("an officer must read what was written, for it may use another right; who agrees has it answered as a question"))
        case State.APPROVAL:
            return say(N_("officers must agree: {count} of {needed} did"), count=len(request.approvals), needed=request.needed)
        case State.WORKING:
            return say(N_("it is carried out next, by itself"))
        case State.DELIVERY:
            return say(N_("the person must be told the result"))
        case _:
            return say(N_("nothing: it has ended"))


def waiting_for(request: Request, message: Message | None) -> Request:
    """The request with why it does not go on; with `None` nothing is in its way any more."""
    held = {key: value for key, value in request.details.items() if key != "waits"}
    return replace(request, details=held if message is None else {**held, "waits": packed(message)})


def packed(message: Message) -> str:
    """A message as it is kept among the details of a request."""
    return orjson.dumps(pack_message(message)).decode()


def lines_of(request: Request) -> tuple[Message, ...]:
    """What was done, line by line, as the notice of the result says it."""
    return tuple(map(unpack_message, orjson.loads(request.details.get("lines", "[]"))))


def kept_of(request: Request) -> tuple[Message, ...]:
    """What stays, on which ground and until when, line by line."""
    return tuple(map(unpack_message, orjson.loads(request.details.get("kept", "[]"))))


def with_lines(request: Request, lines: Sequence[Message]) -> Request:
    """The request with what was done, line by line."""
    return replace(request, details={**request.details, "lines": orjson.dumps(list(map(pack_message, lines))).decode()}) if lines else request


def request_json(request: Request, tongue: Tongue, now: datetime) -> dict[str, Any]:
    """A request as JSON; what is absent is left out. Nothing personal but the names of officers."""
    details = request.details
    named: dict[str, Any] = {
        "id": f"{PREFIX}{request.id}", "right": request.right, "kind": str(request.kind), "state": str(request.state),
        "outcome": request.outcome and str(request.outcome), "ground": request.ground, "opened": stamp(request.opened), "due": stamp(request.due),
        "ended": request.ended and stamp(request.ended), "late": (request.ended or now) > request.due, "intake": str(request.intake),
        "asker": str(request.asker), "subject": request.subject and f"{SUBJECT}{request.subject}",
        "claimed": f"{SUBJECT}{details['claimed']}" if "claimed" in details else None, "wanted": str(request.wanted), "proof": str(request.proof),
        "needed": request.needed, "approvals": [{"by": one.by, "role": one.role, "at": stamp(one.at)} for one in request.approvals],
        "reopened": request.reopened, "policy": int(details["policy"]), "policy_since": int(details[SINCE]) if SINCE in details else None,
        "same": f"{PREFIX}{details['same']}" if "same" in details else None, "came_as": f"{PREFIX}{details['came_as']}" if "came_as" in details else None, "language": details.get("language"),
        "package": f"pkg_{details['package']}" if "package" in details else None, "erasure": f"era_{details['erasure']}" if "erasure" in details else None,
        "plan": details.get("plan"), "answered": details.get("answered"), "escalated": int(details.get("escalated", 0)), "waits_for": waits_for(request).render(tongue),
        "lines": [line.render(tongue) for line in lines_of(request)], "kept": [line.render(tongue) for line in kept_of(request)],
    }  # fmt: skip
    return {key: value for key, value in named.items() if value not in (None, "", [], 0)} | {"late": named["late"], "needed": named["needed"]}


def request_number(text: str) -> UUID:
    """The id of a request as it is shown; raises `Invalid` for anything else."""
    try:
        return UUID(text.removeprefix(PREFIX))
    except ValueError:
        raise Invalid(say(N_("`{word}` is not the id of a request"), word=text[:64]), say(N_("`janji request list` shows them"))) from None


def _unknown(id: UUID) -> Invalid:
    return Unknown(say(N_("there is no request `{id}`"), id=f"{PREFIX}{id}"), say(N_("`janji request list` shows them")))


# --------------------------------------------------------------------------------------------------------------- sealed


def said(house: House, id: UUID) -> Mapping[str, Any]:
    """What the person said with a request; empty when nothing, or when its time is over and the key was destroyed."""
    return jobs(house, [request_of(id)])[0].said


def jobs(house: House, requests: Sequence[Request]) -> tuple[Job, ...]:
    """Requests with what was said, opened; in their order."""
    held = store.sealed(one.id for one in requests)
    keys = store.read_keys(house.keeper, held) if held else {}
    return tuple(Job(one, _unsealed(keys[one.id], one.id, held[one.id]) if one.id in keys else {}) for one in requests)


def _sealed(house: House, texts: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, bytes]:
    """What was said, each under a key of its own, which is kept among those of the house. In the open transaction."""
    if not texts:
        return {}
    chance = house.runtime.random
    keys = {id: chance(KEY_BYTES) for id in texts}
    if not secrets.keep_all(house.keeper, [(key_name(id), key, chance(NONCE_BYTES)) for id, key in keys.items()]):
        raise Conflict(say(N_("the key-encryption key was changed while this ran")), say(N_("start again with the new one")))
    return {id: vault.seal(key, chance(NONCE_BYTES), orjson.dumps(dict(texts[id])), key_name(id).encode()) for id, key in keys.items()}


def _unsealed(key: bytes, id: UUID, sealed: bytes) -> Mapping[str, Any]:
    held: Mapping[str, Any] = orjson.loads(vault.unseal(key, sealed, key_name(id).encode()))
    return held


# --------------------------------------------------------------------------------------------------------------- stored

_WORDS = {"kind": Right, "intake": Intake, "asker": Asker, "state": State, "wanted": Proof, "proof": Proof}
_SAME = [one.name for one in fields(RequestRow) if one.name not in ("approvals", "next", "version")]


def _row(request: Request, *, version: int = 1, next: datetime | None) -> RequestRow:
    held: dict[str, Any] = {name: getattr(request, name) for name in _SAME}
    held |= {name: str(held[name]) for name in _WORDS}
    held["outcome"] = None if request.outcome is None else str(request.outcome)
    approvals = [{"by": one.by, "role": one.role, "at": stamp(one.at)} for one in request.approvals]
    return RequestRow(**held, approvals=approvals, version=version, next=next)


def _request(row: RequestRow) -> Request:
    held: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    held |= {name: kind(held[name]) for name, kind in _WORDS.items()}
    held["outcome"] = None if row.outcome is None else Outcome(row.outcome)
    approvals = tuple(Approval(one["by"], one["role"], read_stamp(one["at"])) for one in row.approvals)
    return Request(**held, approvals=approvals)
