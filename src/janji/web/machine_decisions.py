"""Decisions of machines over HTTP: applications log what they decided and why, and read what a person must look at anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from janji.errors import Invalid
from janji.people.identifiers import PREFIX as SUBJECT
from janji.terms.messages import N_, say
from janji.web.bodies import JSON, json_response, read_body
from janji.web.description import CHANGING, READING, answered, body, problem
from janji.web.keys import ApiKey, within
from janji.web.problems import Problem, place_of
from janji.web.repeats import HEADER, answer_once, reply
from janji.web.requests import door_of, key_of
from janji.web.shapes import Block, Identified, ListOf, Object, Part, Subject, Text, words_of
from janji.workflows import machine_decisions
from janji.workflows.api_keys import Scope
from janji.workflows.house import House
from janji.workflows.machine_decisions import PREFIX, Ruling, decision_json
from janji.workflows.people import find_subjects
from janji.workflows.repeats import Reply

router = Router()
PAGE, LARGEST_PAGE = 100, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a machine decided, as a body reports it."""

    subject: UUID | Identified
    purpose: str
    outcome: str
    reasons: tuple[str, ...]
    explanation: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of looking anew, as a body reports it."""

    ruling: str
    reasons: tuple[str, ...]
    by: str = field(repr=False)
    words: str = field(default="", repr=False)


_CODE = Text(60, "[a-z0-9][a-z0-9._-]*")
_REASONS = Part(ListOf(_CODE, machine_decisions.MOST_REASONS), "The reasons, each a code.", True)
TAKEN = Block(Taken, {
    "subject": Part(Subject(), "About whom it was.", True),
    "purpose": Part(Text(), "The purpose, as the policy names it; one in which it lets a machine decide.", True),
    "outcome": Part(_CODE, "What came out, as a code.", True),
    "reasons": _REASONS,
    "explanation": Part(Object(), "What is needed to explain it to the person; it is sealed."),
})  # fmt: skip
LOOKED = Block(Looked, {
    "ruling": Part(words_of([*Ruling]), "Whether it stands.", True),
    "reasons": _REASONS,
    "by": Part(Text(200), "The name of the person who looked anew; it is kept under seal.", True),
    "words": Part(Text(2000), "Why, in words; kept under seal."),
})  # fmt: skip

_ID = {"type": "string", "pattern": f"^{PREFIX}[0-9a-f-]{{36}}$"}
_TEXT, _INSTANT = {"type": "string"}, {"type": "string", "format": "date-time"}
_ONE: dict[str, Any] = {
    "type": "object", "required": ["id", "subject", "purpose", "outcome", "reasons", "at", "event", "state"], "additionalProperties": False,
    "properties": {
        "id": _ID, "subject": {"type": "string", "pattern": f"^{SUBJECT}[0-9a-f-]{{36}}$"}, "purpose": _TEXT, "outcome": _TEXT,
        "reasons": {"type": "array", "items": _TEXT}, "application": _TEXT, "at": _INSTANT, "event": _TEXT,
        "state": {"enum": ["taken", "review", "reviewed"]}, "due": _INSTANT, "request": _TEXT, "ruling": {"enum": [*map(str, Ruling)]}, "reviewed": _INSTANT,
    },
}  # fmt: skip
_PAGE = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": _ONE}, "next": _ID}}
_ABSENT = {404: problem("There is no such decision.")}


def _id(text: str) -> UUID:
    """The decision that an address names; raises a problem for one that is not there."""
    try:
        return machine_decisions.decision(machine_decisions.decision_number(text if text.startswith(PREFIX) else "-")).id
    except Invalid:
        raise Problem(404, "not-found", say(N_("there is no such decision")), say(N_("`GET /v1/machine-decisions` lists those that wait for a person"))) from None


def _person(house: House, named: UUID | Identified) -> UUID:
    found = find_subjects(house, [(named.kind, named.value)])[0] if isinstance(named, Identified) else named
    if found is None:
        raise Problem(422, "unprocessable", say(N_("the person is not on record")), say(N_("put the person on record first")))
    return found


@router.post("/machine-decisions", auth=ApiKey(Scope.DECIDE), operation_id="log_decision", summary="Log what a machine decided about a person", openapi_extra={
    "parameters": [HEADER], "requestBody": body(TAKEN), "responses": {201: answered(JSON, _ONE), **CHANGING},
})  # fmt: skip
def log(request: HttpRequest) -> HttpResponse:
    """Recorded with its reasons; where the person had objected, somebody must look anew at once."""
    taken = read_body(request, TAKEN)
    within(request, taken.purpose)

    def work(house: House) -> Reply:
        found = machine_decisions.take(
            house, _person(house, taken.subject), taken.purpose, taken.outcome, taken.reasons, application=key_of(request).application,
            explanation=taken.explanation or None,
        )  # fmt: skip
        return reply(decision_json(found), 201)

    return answer_once(request, work)


@router.get("/machine-decisions", auth=ApiKey(Scope.REQUESTS_READ), operation_id="decisions_to_review", summary="What a person must look at anew",
            openapi_extra={"responses": {200: answered(JSON, _PAGE), **READING, 422: problem("The cursor is none that was given for this.")}})  # fmt: skip
def waiting(
    request: HttpRequest, limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE, cursor: Annotated[str | None, Query(max_length=40)] = None
) -> HttpResponse:
    """Decisions that wait for a person, what is due first, page by page; those of the key's purposes."""
    last = place_of(cursor, _id)

    def work(house: House) -> dict[str, Any]:
        place = None if last is None else machine_decisions.decision(last)
        after = None if place is None or place.due is None else (place.due, place.id)
        found = machine_decisions.reviews(limit, after, key_of(request).purposes)
        more = {"next": f"{PREFIX}{found[-1].id}"} if len(found) == limit else {}
        return {"items": [decision_json(one) for one in found], **more}

    return json_response(door_of(request).do(work))


@router.post("/machine-decisions/{id}/review", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="review_decision", summary="Say what came of looking anew",
             openapi_extra={"parameters": [HEADER], "requestBody": body(LOOKED), "responses": {200: answered(JSON, _ONE), **CHANGING, **_ABSENT}})  # fmt: skip
def review(request: HttpRequest, id: str) -> HttpResponse:
    """By a person, who is named; the objection that asked for it goes on."""
    known, looked = _id(id), read_body(request, LOOKED)
    within(request, machine_decisions.decision(known).purpose)
    return answer_once(request, lambda house: reply(decision_json(
        machine_decisions.review(house, known, Ruling(looked.ruling), looked.reasons, looked.by, looked.words)
    )))  # fmt: skip
