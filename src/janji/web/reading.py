"""What applications read of people with a key: standing, choices, track record, receipts and proofs, within the key's purposes."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.ledger.proofs import proof_json
from janji.people.identifiers import PREFIX
from janji.web.bodies import json_response
from janji.web.caching import tagged
from janji.web.description import READING, named, problem
from janji.web.documents import missing
from janji.web.keys import ApiKey
from janji.web.requests import door_of, key_of
from janji.workflows.answers import standing_json
from janji.workflows.api_keys import Scope
from janji.workflows.house import House
from janji.workflows.reading import (
    MOST,
    Page,
    choices_page,
    person_within,
    proof_within,
    receipt_within,
    standing_within,
    track_page,
)
from janji.workflows.tracks import track_json

router = Router()
PAGE = 50
_ID = re.compile(r"(?:con_|evt_)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_SUBJECT = re.compile(PREFIX + r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_FOUND = {**READING, 404: problem("Nobody, or nothing, that the key may know of."), 422: problem("The cursor is none that was given for this.")}


@router.get("/subjects/{subject}/standing", auth=ApiKey(Scope.SUBJECTS_READ), operation_id="standing",
            summary="What a person's choices add up to now",
            openapi_extra={"responses": {200: named("standing"), 304: {"description": "Nothing changed."}, **_FOUND}})  # fmt: skip
def standing(request: HttpRequest, subject: str) -> HttpResponse:
    """The standing by name. A key that is confined sees what is about its purposes, and what stops all processing."""
    house = door_of(request).house()
    person = _person(request, house, subject)
    held = {"subject": f"{PREFIX}{person}", "policy_version": house.policy_in_force.compiled.version,
            "standing": standing_json(standing_within(house, person, key_of(request).purposes))}  # fmt: skip
    return tagged(request, json_response(held))


@router.get("/subjects/{subject}/consents", auth=ApiKey(Scope.CONSENTS_READ), operation_id="choices",
            summary="What a person said, the newest first", openapi_extra={"responses": {200: named("track"), **_FOUND}})  # fmt: skip
def consents(request: HttpRequest, subject: str, limit: int = PAGE, cursor: str | None = None) -> HttpResponse:
    """A page of choices; `next` is the cursor of the next page."""
    house = door_of(request).house()
    return _page(choices_page(house, _person(request, house, subject), cursor, _limit(limit), key_of(request).purposes))


@router.get("/subjects/{subject}/track", auth=ApiKey(Scope.TRACKS_READ), operation_id="track",
            summary="The track record of a person, the newest first", openapi_extra={"responses": {200: named("track"), **_FOUND}})  # fmt: skip
def track(request: HttpRequest, subject: str, limit: int = PAGE, cursor: str | None = None) -> HttpResponse:
    """A page of what was done with a person's data; `next` is the cursor of the next page."""
    house = door_of(request).house()
    return _page(track_page(house, _person(request, house, subject), cursor, _limit(limit), key_of(request).purposes))


@router.get("/consents/{id}/receipt", auth=ApiKey(Scope.CONSENTS_READ), operation_id="receipt", summary="The receipt of a choice",
            openapi_extra={"responses": {200: named("consent-receipt"), **_FOUND}})  # fmt: skip
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    """A copy of the consent record with its proof (ISO/IEC TS 27560)."""
    found = door_of(request).do(lambda house: receipt_within(house, _id(id), key_of(request).purposes))
    if found is None:
        raise missing()
    return json_response(found)


@router.get("/events/{id}/proof", auth=ApiKey(Scope.CONSENTS_READ), operation_id="proof", summary="The proof that an event is in the ledger",
            openapi_extra={"responses": {200: named("ledger-proof"), **_FOUND, 409: problem("It gets its number at this moment.")}})  # fmt: skip
def proof(request: HttpRequest, id: str) -> HttpResponse:
    """Event, path and signed tree head: checked by anybody, without asking here again."""
    found = door_of(request).do(lambda house: proof_within(house, _id(id), key_of(request).purposes))
    if found is None:
        raise missing()
    return json_response(proof_json(found))


def _page(found: Page) -> HttpResponse:
    held: dict[str, Any] = {"items": [track_json(line) for line in found.items]}
    return json_response(held if found.next is None else {**held, "next": found.next})


def _person(request: HttpRequest, house: House, named: str) -> UUID:
    """Who is meant by `sub_...`; raises the same problem for nobody and for who is not the key's business."""
    number = _SUBJECT.fullmatch(named)
    found = None if number is None else person_within(house, UUID(number[1]), key_of(request).purposes)
    if found is None:
        raise missing()
    return found


def _id(text: str) -> UUID:
    number = _ID.fullmatch(text)
    if number is None:
        raise missing()
    return UUID(number[1])


def _limit(limit: int) -> int:
    return min(max(limit, 1), MOST)
