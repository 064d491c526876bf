"""Rights requests over HTTP: other programs hand them in, see how far they are, and take their steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from janji.errors import JanjiError, of_item
from janji.ledger.events import Actor
from janji.rights.requests import PREFIX, Asker, Intake, Outcome, Proof, Request, State
from janji.terms.messages import N_, say
from janji.terms.processing import Right
from janji.web.bodies import JSON, json_response, read_body
from janji.web.description import CHANGING, READING, Description, answered, body, problem
from janji.web.keys import ApiKey
from janji.web.people import people_meant
from janji.web.problems import Problem, Wrong, place_of
from janji.web.repeats import HEADER, answer_once, reply
from janji.web.requests import door_of, key_of, tongue_of
from janji.web.shapes import (
    IDENTIFIER,
    Block,
    Flag,
    Identified,
    Instant,
    ListOf,
    Object,
    Part,
    Shape,
    Subject,
    Text,
    words_of,
)
from janji.workflows import request_intake, request_on_behalf, request_telling, requests
from janji.workflows.api_keys import Scope
from janji.workflows.evidence_packs import pack_bytes
from janji.workflows.house import House
from janji.workflows.person_packages import copy_at_desk
from janji.workflows.repeats import Reply
from janji.workflows.request_intake import Wish
from janji.workflows.request_on_behalf import Meant
from janji.workflows.requests import COUNSEL, OFFICER, Opening, request_json

router = Router()
MANY = 10_000
"""Requests of one call."""
PAGE, LARGEST_PAGE = 100, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An officer who agreed, as a body names them."""

    by: str = field(repr=False)
    role: str = OFFICER


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as a body hands it in."""

    right: str
    subject: UUID | Identified | None = None
    asker: str = str(Asker.SELF)
    proof: str = str(Proof.NONE)
    by: str = field(default="", repr=False)
    approvals: tuple[Agreed, ...] = ()
    language: str = ""
    said: dict[str, Any] = field(default_factory=dict, repr=False)
    details: dict[str, Any] = field(default_factory=dict)
    received: Any = None
    contact: Identified | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who takes a step, and what the step needs, as a body says it."""

    by: str = field(repr=False)
    role: str = OFFICER
    subject: UUID | Identified | None = None
    proof: str = str(Proof.STAFF)
    ground: str = ""
    of: str = ""
    reason: str = ""
    right: str = ""
    language: str = ""
    said: dict[str, Any] = field(default_factory=dict, repr=False)
    details: dict[str, Any] = field(default_factory=dict)
    stays: bool = False


_BY = Part(Text(200), "The name of the member of staff who does this; it is kept under seal.", True)
_ROLE = Part(Text(120), f"Their role: `{OFFICER}` when left out, `{COUNSEL}`, or a deputy that the policy names.")
_OFFICER = Part(Text(200), "The name of the officer who agrees; it is shown with the request.", True)
_AGREED = Block(Agreed, {"by": _OFFICER, "role": _ROLE})
ASKED = Block(Asked, {
    "right": Part(Text(), "The right, as the policy names it.", True),
    "subject": Part(Subject(), "Whom it is about, as far as that is known."),
    "asker": Part(words_of([*Asker]), "Who asks; the person when left out."),
    "proof": Part(words_of([*Proof]), "How it was shown already that the asker may ask."),
    "by": Part(Text(200), "The name of the member of staff who saw to it, wanted with the proof `staff`; it is kept under seal."),
    "approvals": Part(ListOf(_AGREED, 20), "Officers who agreed before it was handed in."),
    "language": Part(Text(2, "id|en"), "The language of the answer."),
    "said": Part(Object(), "What the person said, and what the right needs; it is sealed."),
    "details": Part(Object(), "Codes that the right needs, such as `purpose`; nothing personal."),
    "received": Part(Instant(), "When it came, where that was earlier: the clock runs from then."),
    "contact": Part(IDENTIFIER, "Where the answer goes, `email` or `phone`, of whoever asks: a code is sent there, by which they show it. `subject` is then whom a guardian or an agent speaks for."),
})  # fmt: skip
MANY_ASKED = Block(lambda items: items, {"items": Part(ListOf(ASKED, MANY), "The requests, in their order.", True)})
VERIFIED = Block(Named, {
    "by": _BY, "subject": Part(Subject(), "Who asks; whom the request named when it came in, when left out."),
    "proof": Part(words_of([*Proof]), "How it was shown; `staff` when left out."),
})  # fmt: skip
APPROVED = Block(Named, {"by": _OFFICER, "role": _ROLE})
REFUSED = Block(Named, {"by": _BY, "role": _ROLE, "ground": Part(Text(), "The ground, as the law pack names it.", True)})
EXTENDED = Block(Named, {"by": _OFFICER, "role": _ROLE, "reason": Part(Text(), "Why it takes longer: `complexity` or `number` (of requests).", True)})
SAME = Block(Named, {"by": _BY, "of": Part(Text(40, f"{PREFIX}[0-9a-f-]{{36}}"), "The request that is answered.", True)})
TURNED = Block(Named, {
    "by": _BY, "right": Part(Text(), "The right that the words ask for, as the policy names it.", True),
    "language": Part(Text(2, "id|en"), "The language of the answer; that of the first when left out."),
    "said": Part(Object(), "What the right needs besides, such as `correct`; it is sealed."),
    "details": Part(Object(), "Codes that the right needs, such as `purpose`; nothing personal."),
    "stays": Part(Flag(), "Whether the first stays open, for its words ask for something else too."),
})  # fmt: skip
BY = Block(Named, {"by": _BY})
_HANDS = Block(Named, {"by": Part(Text(200), "The name of the member of staff who hands it over, to whom they saw before; it is kept under seal.", True)})

_ID = {"type": "string", "pattern": f"^{PREFIX}[0-9a-f-]{{36}}$"}
_INSTANT = {"type": "string", "format": "date-time"}
_TEXT, _COUNT, _TEXTS = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "array", "items": {"type": "string"}}


def _words(*words: str) -> dict[str, Any]:
    return {"enum": [*map(str, words)]}


_APPROVAL = {"type": "object", "additionalProperties": False, "required": ["by", "role", "at"], "properties": {"by": _TEXT, "role": _TEXT, "at": _INSTANT}}
_ONE: dict[str, Any] = {
    "type": "object", "required": ["id", "right", "kind", "state", "opened", "due", "late", "intake", "asker", "wanted", "proof", "needed", "waits_for"],
    "properties": {
        "id": _ID, "right": _TEXT, "kind": _words(*Right), "state": _words(*State), "outcome": _words(*Outcome), "ground": _TEXT, "opened": _INSTANT,
        "due": _INSTANT, "ended": _INSTANT, "late": {"type": "boolean"}, "intake": _words(*Intake), "asker": _words(*Asker), "subject": _TEXT,
        "claimed": _TEXT, "wanted": _words(*Proof), "proof": _words(*Proof), "needed": _COUNT, "approvals": {"type": "array", "items": _APPROVAL},
        "reopened": _COUNT, "policy": _COUNT, "policy_since": _COUNT, "same": _ID, "came_as": _ID, "language": _TEXT, "package": _TEXT, "erasure": _TEXT, "plan": _TEXT, "answered": _TEXT,
        "escalated": _COUNT, "waits_for": _TEXT, "lines": _TEXTS, "kept": _TEXTS,
    },
}  # fmt: skip
_PAGE = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": _ONE}, "next": _ID}}
_HANDED = {"type": "object", "required": ["request", "text"], "properties": {"request": _ONE, "text": _TEXT}}
_ABSENT = {404: problem("There is no such request.")}
_STEP = {"responses": {200: answered(JSON, _ONE), **CHANGING, **_ABSENT}}


def _described(shape: Shape[Any]) -> Description:
    return {"parameters": [HEADER], "requestBody": body(shape), **_STEP}


def _id(text: str) -> UUID:
    """The request that an address names; raises a problem for one that is not there."""
    try:
        id = UUID(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else None
    except ValueError:
        id = None
    if id is None or not requests.is_there(id):
        raise Problem(404, "not-found", say(N_("there is no such request")), say(N_("`GET /v1/requests` lists those that are open")))
    return id


def _people(house: House, asked: Sequence[Asked | Named], at: str) -> list[UUID | None]:
    """Whom requests are about; raises a problem that points at everybody who is nobody on record, `at` with each place in it."""
    named = [(at.format(place), one.subject) for place, one in enumerate(asked)]
    found = iter(people_meant(house, ((f"{pointer}/subject", (one.kind, one.value)) for pointer, one in named if isinstance(one, Identified))))
    people = [next(found) if isinstance(one, Identified) else one for _, one in named]
    missing = [f"{pointer}/subject" for (pointer, one), who in zip(named, people, strict=True) if one is not None and who is None]
    if missing:
        message, help = say(N_("one of these people is not on record")), say(N_("hand the request in without `subject`, or put the person on record"))
        raise Problem(422, "unprocessable", message, help, [Wrong(pointer, message, help) for pointer in missing])
    return people


def _openings(request: HttpRequest, house: House, asked: tuple[Asked, ...], at: str) -> list[Opening]:
    people = _people(house, asked, at)
    return [
        Opening(
            right=one.right, intake=Intake.API, asker=Asker(one.asker), subject=person, proof=Proof(one.proof), by=one.by or ("" if one.proof == Proof.STAFF else key_of(request).application),
            approvals=[(agreed.by, agreed.role) for agreed in one.approvals], language=one.language, said=one.said,
            details={str(key): str(value) for key, value in one.details.items()}, received=one.received,
        )
        for one, person in zip(asked, people, strict=True)
    ]  # fmt: skip


def _wishes(asked: tuple[Asked, ...], at: str) -> list[Wish] | None:
    """Requests of people who are sent a code, as they are filed; nothing where no request names a contact. Raises a problem for what cannot be both."""
    if not any(one.contact for one in asked):
        return None
    mixed = [
        at.format(place) for place, one in enumerate(asked)
        if not one.contact or one.proof != Proof.NONE or one.approvals or isinstance(one.subject, UUID)
    ]  # fmt: skip
    if mixed:
        message = say(N_("a request with `contact` is shown by a code"))
        help = say(N_("leave out `proof` and `approvals`; give `subject` by kind and value, and only for a guardian or an agent"))
        raise Problem(422, "unprocessable", message, help, [Wrong(pointer, message, help) for pointer in mixed])
    return [
        Wish(
            right=one.right, contact=(one.contact.kind, one.contact.value), intake=Intake.API, asker=Asker(one.asker), language=one.language, received=one.received,
            about=(one.subject.kind, one.subject.value) if isinstance(one.subject, Identified) else None, words=str(one.said.get("words", "")),
            details={str(key): str(value) for key, value in one.details.items()}, more={key: value for key, value in one.said.items() if key not in _OURS},
        )
        for one in asked if one.contact is not None
    ]  # fmt: skip


_OURS = ("words", "answer_to", "about")
"""What a request that is filed says of itself."""


def _json(request: HttpRequest, house: House, one: Request) -> dict[str, Any]:
    return request_json(one, tongue_of(request), house.runtime.now())


@router.post("/requests", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="open_request", summary="Hand a rights request in", openapi_extra={
    "parameters": [HEADER], "requestBody": body(ASKED), "responses": {201: answered(JSON, _ONE), **CHANGING},
})  # fmt: skip
def open_request(request: HttpRequest) -> HttpResponse:
    """Record a request of a person; its clock begins. One whose asker was shown with the proof that the right asks for is worked on at once."""
    asked = read_body(request, ASKED)
    return answer_once(request, lambda house: reply(_json(request, house, _opened(request, house, (asked,), "")[0]), 201))


def _opened(request: HttpRequest, house: House, asked: tuple[Asked, ...], at: str) -> Sequence[Request]:
    """Record requests; those that name a contact as if whoever asks had filed them, with a code that goes there.

    What is wrong is pointed at by `at` with its place.
    """
    try:
        wishes = _wishes(asked, at)
        if wishes is None:
            return requests.open_requests(house, _openings(request, house, asked, at), Actor.SYSTEM)
        return [_taken(house, place, wish) for place, wish in enumerate(wishes)]
    except JanjiError as error:
        if error.item is not None:
            error.pointer = at.format(error.item)
        raise


def _taken(house: House, place: int, wish: Wish) -> Request:
    """One of several wishes, filed; raises an error that says which it is."""
    with of_item(place):
        return request_intake.take(house, wish).request


@router.post("/requests/batch", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="open_requests", summary="Hand up to ten thousand requests in", openapi_extra={
    "parameters": [HEADER], "requestBody": body(MANY_ASKED), "responses": {201: answered(JSON, _PAGE), **CHANGING},
})  # fmt: skip
def open_many(request: HttpRequest) -> HttpResponse:
    """Record requests in one transaction, all of them or none; they are carried out together."""
    asked = read_body(request, MANY_ASKED)

    def work(house: House) -> Reply:
        made = _opened(request, house, asked, "/items/{}")
        return reply({"items": [_json(request, house, one) for one in made]}, 201)

    return answer_once(request, work)


@router.get("/requests", auth=ApiKey(Scope.REQUESTS_READ), operation_id="list_requests", summary="The queue of requests",
            openapi_extra={"responses": {200: answered(JSON, _PAGE), **READING, 422: problem("The cursor is none that was given for this.")}})  # fmt: skip
def list_requests(
    request: HttpRequest, state: Literal["unverified", "verified", "approval", "working", "delivery", "ended"] | None = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE, cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> HttpResponse:  # fmt: skip
    """Those that are open, what is due first, page by page; with `state=ended` those that ended, the newest first."""
    place = place_of(cursor, _id)

    def work(house: House) -> dict[str, Any]:
        found = requests.closed(limit, place) if state == "ended" else requests.queue(limit, place, None if state is None else State(state))
        more = {"next": f"{PREFIX}{found[-1].id}"} if len(found) == limit else {}
        return {"items": [_json(request, house, one) for one in found], **more}

    return json_response(door_of(request).do(work))


@router.get("/requests/{id}", auth=ApiKey(Scope.REQUESTS_READ), operation_id="request", summary="One request",
            openapi_extra={"responses": {200: answered(JSON, _ONE), **READING, **_ABSENT}})  # fmt: skip
def one_request(request: HttpRequest, id: str) -> HttpResponse:
    """Where it stands, what it waits for, and what would be or was done. What the person said is not shown here."""
    known = _id(id)
    return json_response(door_of(request).do(lambda house: _json(request, house, requests.request_of(known))))


def _step(request: HttpRequest, id: str, shape: Shape[Named], step: Callable[[House, UUID, Named], Request]) -> HttpResponse:
    """Take one step of one request, and answer how it stands then."""
    known, named = _id(id), read_body(request, shape)
    return answer_once(request, lambda house: reply(_json(request, house, step(house, known, named))))


@router.post("/requests/{id}/verify", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="verify_request", summary="Say how it was shown who asks",
             openapi_extra=_described(VERIFIED))  # fmt: skip
def verify(request: HttpRequest, id: str) -> HttpResponse:
    """From then on the request is the person's, and is worked on."""
    return _step(request, id, VERIFIED, lambda house, known, named: requests.verify(
        house, known, _people(house, [named], "")[0], Proof(named.proof), named.by
    ))  # fmt: skip


@router.post("/requests/{id}/approve", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="approve_request", summary="Agree to what would be done",
             openapi_extra=_described(APPROVED))  # fmt: skip
def approve(request: HttpRequest, id: str) -> HttpResponse:
    """With the last officer that the policy asks for, the work begins."""
    return _step(request, id, APPROVED, lambda house, known, named: requests.approve(house, known, named.by, named.role))


@router.post("/requests/{id}/refuse", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="refuse_request", summary="Refuse on a ground of the law",
             openapi_extra=_described(REFUSED))  # fmt: skip
def refuse(request: HttpRequest, id: str) -> HttpResponse:
    """The person is told the ground, and where to complain."""
    return _step(request, id, REFUSED, lambda house, known, named: requests.refuse(house, known, named.ground, named.by, named.role))


@router.post("/requests/{id}/extend", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="extend_request", summary="Take longer, as the law allows once",
             openapi_extra=_described(EXTENDED))  # fmt: skip
def extend(request: HttpRequest, id: str) -> HttpResponse:
    """Before its time is over; the person is told why, and until when. Refused where the law knows no extension."""
    return _step(request, id, EXTENDED, lambda house, known, named: request_telling.extend(house, known, named.reason, named.by, named.role))


@router.post("/requests/{id}/withdraw", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="withdraw_request", summary="The person takes it back",
             openapi_extra=_described(BY))  # fmt: skip
def withdraw(request: HttpRequest, id: str) -> HttpResponse:
    """Before it is carried out."""
    return _step(request, id, BY, lambda house, known, named: request_telling.take_back(house, known, named.by, Actor.STAFF))


@router.post("/requests/{id}/duplicate", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="duplicate_request", summary="Another request asks for the same",
             openapi_extra=_described(SAME))  # fmt: skip
def duplicate(request: HttpRequest, id: str) -> HttpResponse:
    """That other one is answered."""
    return _step(request, id, SAME, lambda house, known, named: request_telling.close_as_duplicate(house, known, _id(named.of), named.by))


@router.post("/requests/{id}/turn", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="turn_request", summary="Record what its words ask for",
             openapi_extra=_described(TURNED))  # fmt: skip
def turn(request: HttpRequest, id: str) -> HttpResponse:
    """A question, or what nobody has shown to be theirs, is recorded as the right that is used, on the clock that it has, and ends. The answer is the new request."""
    return _step(request, id, TURNED, lambda house, known, named: request_on_behalf.turn(house, known, Meant(
        right=named.right, language=named.language, stays=named.stays, details={str(key): str(value) for key, value in named.details.items()},
        more=named.said,
    ), named.by))  # fmt: skip


@router.post("/requests/{id}/reopen", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="reopen_request", summary="Let a request go on that closed unverified",
             openapi_extra=_described(BY))  # fmt: skip
def reopen(request: HttpRequest, id: str) -> HttpResponse:
    """On the clock that it had; another code goes to where it came from."""
    return _step(request, id, BY, lambda house, known, named: request_intake.open_again(house, known, named.by))


# ---------------------------------------------------------------------------------------------------------- handed over


_ZIP = "application/zip"
_FILE = {"responses": {200: {"description": "The archive, in clear.", "content": {_ZIP: {}}}, **CHANGING, **_ABSENT, 410: problem("Its time is over, and it was destroyed.")}}


@router.post("/requests/{id}/deliver", auth=ApiKey(Scope.REQUESTS_DELIVER), operation_id="deliver_request", summary="Hand the result over",
             openapi_extra={"parameters": [HEADER], "requestBody": body(_HANDS), "responses": {200: answered(JSON, _HANDED), **CHANGING, **_ABSENT}})  # fmt: skip
def deliver(request: HttpRequest, id: str) -> HttpResponse:
    """The answer, to be read out or printed by a member of staff for who stands before them, once; the request ends."""
    known, named = _id(id), read_body(request, _HANDS)

    def work(house: House) -> Reply:
        found, text = request_telling.hand_over_result(house, known, named.by)
        return reply({"request": _json(request, house, found), "text": text})

    return answer_once(request, work)


@router.post("/requests/{id}/package", auth=ApiKey(Scope.REQUESTS_DELIVER), operation_id="package_of_request", summary="Hand the copy over",
             openapi_extra={"requestBody": body(_HANDS), **_FILE})  # fmt: skip
def package(request: HttpRequest, id: str) -> HttpResponseBase:
    """The copy of the person's data in clear, for the same; recorded before the first byte."""
    known, named = _id(id), read_body(request, _HANDS)
    handing = door_of(request).do(lambda house: copy_at_desk(house, known, named.by))
    response = StreamingHttpResponse(handing.pieces, content_type=_ZIP)
    response["Content-Length"] = str(handing.size)
    return response


@router.post("/requests/{id}/pack", auth=ApiKey(Scope.REQUESTS_DELIVER), operation_id="pack_of_request", summary="Hand the evidence for a claim over",
             openapi_extra={"requestBody": body(_HANDS), **_FILE})  # fmt: skip
def pack(request: HttpRequest, id: str) -> HttpResponse:
    """What is on record, decided and disclosed, each event with a proof that anybody can check."""
    known, named = _id(id), read_body(request, _HANDS)
    return HttpResponse(door_of(request).do(lambda house: pack_bytes(house, known, by=named.by)), content_type=_ZIP)
