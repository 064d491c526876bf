"""People by what identifies them: put on record, and found again. Identifiers come in a body and never in an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.ledger.events import Actor
from janji.people.identifiers import PREFIX
from janji.web.bodies import json_response, read_body
from janji.web.description import CHANGING, PROBLEMS, body, named
from janji.web.keys import ApiKey
from janji.web.people import people_meant
from janji.web.repeats import HEADER, answer_once, reply
from janji.web.requests import door_of, key_of
from janji.web.shapes import IDENTIFIER, Block, Identified, ListOf, Part
from janji.workflows.api_keys import Scope
from janji.workflows.house import House
from janji.workflows.people import subject_with
from janji.workflows.reading import person_within
from janji.workflows.repeats import Reply

router = Router()
MANY = 1000
OF_ONE = 20
"""Identifiers that one call gives to one person, at most."""


def _block(most: int, about: str) -> Block[tuple[Identified, ...]]:
    return Block(lambda identifiers: identifiers, {"identifiers": Part(ListOf(IDENTIFIER, most), about, True)})


PERSON = _block(OF_ONE, "What identifies one person.")
PEOPLE = _block(MANY, "What identifies people, one each.")


def _placed(identifiers: Sequence[tuple[str, str]]) -> list[tuple[str, tuple[str, str]]]:
    """Identifiers with the pointer to each."""
    return [(f"/identifiers/{place}", one) for place, one in enumerate(identifiers)]


@router.post("/subjects", auth=ApiKey(Scope.SUBJECTS_WRITE), operation_id="add_subject", summary="Put a person on record", openapi_extra={
    "parameters": [HEADER], "requestBody": body(PERSON), "responses": {200: named("subject"), 201: named("subject"), **CHANGING},
})  # fmt: skip
def add_subject(request: HttpRequest) -> HttpResponse:
    """The one person who has these identifiers; whom nobody has yet is given to them, or to a new person if all are new.

    201 for a new person. A key that is confined to purposes is not told whether the person was known.
    """
    wanted = [(one.kind, one.value) for one in read_body(request, PERSON)]
    confined = key_of(request).purposes is not None

    def work(house: House) -> Reply:
        known = any(owner is not None for owner in people_meant(house, _placed(wanted)))
        subject = subject_with(house, wanted, Actor.SYSTEM)
        return reply({"subject": f"{PREFIX}{subject}"}, 200 if known or confined else 201)

    return answer_once(request, work)


@router.post("/subjects/find", auth=ApiKey(Scope.SUBJECTS_READ), operation_id="find_subjects", summary="Find people by what identifies them", openapi_extra={
    "requestBody": body(PEOPLE), "responses": {200: named("subjects"), **PROBLEMS},
})  # fmt: skip
def find(request: HttpRequest) -> HttpResponse:
    """The person behind each identifier, in their order; an empty object for whom nobody knows.

    For a key that is confined to purposes nobody is known of whom nothing about these is on record.
    """
    wanted = [(one.kind, one.value) for one in read_body(request, PEOPLE)]
    purposes = key_of(request).purposes

    def work(house: House) -> list[dict[str, Any]]:
        found: list[UUID | None] = people_meant(house, _placed(wanted))
        if purposes is not None:
            found = [None if subject is None else person_within(house, subject, purposes) for subject in found]
        return [{} if subject is None else {"subject": f"{PREFIX}{subject}"} for subject in found]

    return json_response({"items": door_of(request).do(work)})
