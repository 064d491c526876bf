"""Consumers of webhooks over HTTP: an application registers where it listens, and sees what it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from janji.ledger.events import Actor
from janji.terms.messages import N_, say
from janji.web.bodies import JSON, json_response, read_body
from janji.web.description import CHANGING, READING, Description, answered, body, problem
from janji.web.keys import ApiKey
from janji.web.problems import Problem
from janji.web.repeats import HEADER, answer_once, reply
from janji.web.requests import door_of, key_of
from janji.web.shapes import Block, Part, Text, names
from janji.workflows import consumers
from janji.workflows.api_keys import Scope
from janji.workflows.consumers import (
    OVERLAP,
    PREFIX,
    Consumer,
    Reader,
    Registered,
    answer_json,
    consumer_json,
    telling_json,
)
from janji.workflows.house import House
from janji.workflows.repeats import Reply

router = Router()
PAGE, LARGEST_PAGE = 100, 1000
LONGEST_OVERLAP = 720
LARGEST_POSITION = (1 << 53) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A consumer as a body asks for it."""

    name: str
    url: str
    topics: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


WANTED = Block(Wanted, {
    "name": Part(Text(60, "[a-z0-9][a-z0-9-]*"), "What it is called.", True),
    "url": Part(Text(2048), "Where it listens: an `https` address.", True),
    "topics": Part(names(), "What it is told of; everything when left out."),
    "purposes": Part(names(500), "The purposes it is told of; those of the key when left out."),
})  # fmt: skip

_ID = {"type": "string", "pattern": f"^{PREFIX}[0-9a-f-]{{36}}$"}
_INSTANT = {"type": "string", "format": "date-time"}
_WORDS = {"type": "array", "items": {"type": "string"}}
_COUNT = {"type": "integer", "minimum": 0}
_CONSUMER: dict[str, Any] = {
    "id": _ID, "name": {"type": "string"}, "url": {"type": "string"}, "topics": _WORDS, "purposes": _WORDS,
    "state": {"enum": ["active", "paused", "gone"]}, "made": _INSTANT, "failing": _INSTANT, "due": _COUNT, "failed": _COUNT,
    "application": {"type": "string"},
}  # fmt: skip
_TELLING: dict[str, Any] = {
    "webhook": _ID, "name": {"type": "string"}, "event": {"type": "string", "format": "uuid"}, "position": _COUNT,
    "state": {"enum": ["due", "told", "failed", "dropped", "not-told"]}, "attempts": _COUNT, "outcome": {"type": "string"},
    "next": _INSTANT, "at": _INSTANT, "told": {"type": "string", "format": "uuid"}, "told_position": _COUNT,
}  # fmt: skip


def _object(parts: dict[str, Any], *optional: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": parts, "required": [name for name in parts if name not in optional]}


_ONE = _object(_CONSUMER, "purposes", "failing", "application")
_MADE = _object({**_CONSUMER, "secret": {"type": "string", "pattern": "^whsec_"}}, "purposes", "failing", "application")
_LINE = _object(_TELLING, "position", "outcome", "next", "at", "told", "told_position")
_TEST = _object({"acknowledged": {"type": "boolean"}, "status": _COUNT, "trouble": {"type": "string"}}, "status", "trouble")
_ABSENT = {404: problem("There is no such consumer, or it is not the key's to see.")}


def _items(schema: dict[str, Any]) -> Description:
    return answered(JSON, _object({"items": {"type": "array", "items": schema}, "next": {"type": "string"}}, "next"))


def _reader(request: HttpRequest) -> Reader:
    return Reader(key_of(request).application, key_of(request).purposes)


def _id(request: HttpRequest, text: str) -> UUID:
    """The consumer that an address names; raises a problem for one that is not there or not theirs."""
    found: Consumer | None = None
    try:
        found = consumers.find(UUID(text.removeprefix(PREFIX)), _reader(request)) if text.startswith(PREFIX) else None
    except ValueError:
        found = None
    if found is None:
        raise Problem(404, "not-found", say(N_("there is no such consumer")), say(N_("`GET /v1/webhooks` lists every one")))
    return found.id


@router.get("/webhooks", auth=ApiKey(Scope.WEBHOOKS), operation_id="list_webhooks", summary="The consumers that are told by webhook",
            openapi_extra={"responses": {200: _items(_ONE), **READING}})  # fmt: skip
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """By name: those that the key's application registered; a confined key sees of these the ones of its purposes."""
    return json_response({"items": [consumer_json(one) for one in consumers.consumers(_reader(request))]})


@router.post("/webhooks", auth=ApiKey(Scope.WEBHOOKS), operation_id="add_webhook", summary="Register a consumer",
             openapi_extra={"parameters": [HEADER], "requestBody": body(WANTED), "responses": {201: answered(JSON, _MADE), **CHANGING}})  # fmt: skip
def add_webhook(request: HttpRequest) -> HttpResponse:
    """It is told of what is recorded from now on. The secret is in this answer alone."""
    wanted = read_body(request, WANTED)

    def work(house: House) -> Reply:
        made = consumers.add(house, wanted.name, wanted.url, wanted.topics, wanted.purposes, _reader(request))
        return reply(_made_json(made), 201)

    return answer_once(request, work)


def _made_json(made: Registered) -> dict[str, Any]:
    return {**consumer_json(made.consumer), "secret": made.secret}


@router.get("/webhooks/{id}", auth=ApiKey(Scope.WEBHOOKS), operation_id="webhook", summary="One consumer",
            openapi_extra={"responses": {200: answered(JSON, _ONE), **READING, **_ABSENT}})  # fmt: skip
def webhook(request: HttpRequest, id: str) -> HttpResponse:
    """How it does, and what it still has to hear."""
    return json_response(consumer_json(consumers.consumer(_id(request, id), _reader(request))))


@router.delete("/webhooks/{id}", auth=ApiKey(Scope.WEBHOOKS), operation_id="remove_webhook", summary="Tell a consumer nothing more",
               openapi_extra={"responses": {204: {"description": "It is told nothing more."}, **READING, **_ABSENT}})  # fmt: skip
def remove_webhook(request: HttpRequest, id: str) -> HttpResponse:
    """What it knows stays on record; what it had still to hear is dropped."""
    known = _id(request, id)
    door_of(request).do(lambda house: consumers.remove(house, known, _reader(request), Actor.SYSTEM))
    return HttpResponse(status=204)


@router.post("/webhooks/{id}/rotate", auth=ApiKey(Scope.WEBHOOKS), operation_id="rotate_webhook", summary="Give a consumer a new secret",
             openapi_extra={"parameters": [HEADER], "responses": {200: answered(JSON, _MADE), **CHANGING, **_ABSENT}})  # fmt: skip
def rotate_webhook(
    request: HttpRequest, id: str, overlap: Annotated[int, Query(ge=0, le=LONGEST_OVERLAP)] = OVERLAP // timedelta(hours=1)
) -> HttpResponse:
    """For `overlap` hours the secret before signs too; with 0 it is worth nothing at once."""
    known = _id(request, id)

    def work(house: House) -> Reply:
        return reply(_made_json(consumers.rotate(house, known, timedelta(hours=overlap), _reader(request))))

    return answer_once(request, work)


@router.post("/webhooks/{id}/test", auth=ApiKey(Scope.WEBHOOKS), operation_id="test_webhook", summary="Send a message that says nothing",
             openapi_extra={"responses": {200: answered(JSON, _TEST), **CHANGING, **_ABSENT}})  # fmt: skip
def test_webhook(request: HttpRequest, id: str) -> HttpResponse:
    """A consumer that was paused or gone goes on when it takes it."""
    return json_response(answer_json(consumers.probe(door_of(request).house(), _id(request, id), _reader(request))))


@router.post("/webhooks/{id}/replay", auth=ApiKey(Scope.WEBHOOKS), operation_id="replay_webhook", summary="Tell a consumer again",
             openapi_extra={"parameters": [HEADER], "responses": {200: answered(JSON, _object({"messages": _COUNT})), **CHANGING, **_ABSENT}})  # fmt: skip
def replay_webhook(request: HttpRequest, id: str, position: Annotated[int, Query(ge=0, le=LARGEST_POSITION)]) -> HttpResponse:
    """Of everything from a position of the ledger on, each with the `webhook-id` that it had."""
    known = _id(request, id)
    return answer_once(request, lambda house: reply({"messages": consumers.replay(house, known, position, reader=_reader(request))}))


@router.get("/webhooks/{id}/deliveries", auth=ApiKey(Scope.WEBHOOKS), operation_id="webhook_deliveries",
            summary="What a consumer was told, and is to be told", openapi_extra={"responses": {200: _items(_LINE), **READING, **_ABSENT}})  # fmt: skip
def deliveries(
    request: HttpRequest, id: str, limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
    cursor: Annotated[int | None, Query(ge=0, le=LARGEST_POSITION)] = None,
    state: Literal["due", "told", "failed", "dropped"] | None = None, event: UUID | None = None,
) -> HttpResponse:  # fmt: skip
    """The newest first, page by page; of one state or one event. `told` is the event that proves the acknowledgement."""
    known = _id(request, id)
    if event is not None:
        return json_response({"items": [telling_json(one) for one in consumers.told_of(event) if one.consumer == known]})
    found = consumers.told(known, cursor, limit, state, _reader(request))
    more = {"next": str(found[-1].position)} if len(found) == limit else {}
    return json_response({"items": [telling_json(one) for one in found], **more})
