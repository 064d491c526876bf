"""The gate: what somebody filled in is handed over before it is stored, and the answer says what of it may be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.errors import Invalid
from janji.terms.messages import N_, say
from janji.web.bodies import read_body
from janji.web.description import CHANGING, body, named
from janji.web.keys import ApiKey, outside
from janji.web.people import pointed_out
from janji.web.problems import Problem, Wrong
from janji.web.repeats import HEADER, answer_once, reply
from janji.web.requests import key_of, tongue_of
from janji.web.shapes import Block, Object, Part, Text
from janji.workflows.api_keys import Key, Scope
from janji.workflows.collection import collect as take
from janji.workflows.collection import read_asked, taken_json
from janji.workflows.house import House
from janji.workflows.repeats import Reply

router = Router()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A submission as a body hands it over."""

    touchpoint: str
    fields: dict[str, Any] = field(repr=False)
    context: dict[str, Any] = field(default_factory=dict, repr=False)


SUBMISSION = Block(Submitted, {
    "touchpoint": Part(Text(), "Where it was filled in, as the policy names it.", True),
    "fields": Part(Object(), "What was filled in, by the names of the touchpoint's fields.", True),
    "context": Part(Object(), "The circumstances (schema `collect`): who it is about, what was announced, who collects."),
})  # fmt: skip


@router.post("/collect", auth=ApiKey(Scope.COLLECT), operation_id="collect", summary="Ask what may be kept of a submission", openapi_extra={
    "parameters": [HEADER], "requestBody": body(SUBMISSION), "responses": {200: named("collected"), **CHANGING},
})  # fmt: skip
def collect(request: HttpRequest) -> HttpResponse:
    """Hold a submission against its touchpoint: what may be kept, what is dropped and why, what is missing, what waits for a person."""
    made, key, tongue = read_body(request, SUBMISSION), key_of(request), tongue_of(request)
    if "application" in made.context:
        raise Problem(400, "invalid", say(N_("the key says which application asks")), None,
                      [Wrong("/context/application", say(N_("leave this out")))])  # fmt: skip

    def work(house: House) -> Reply:
        asked = replace(read_asked(house, made.touchpoint, made.fields, made.context), application=key.application)
        _within(house, key, made.touchpoint)
        try:
            return reply(taken_json(take(house, asked), tongue))
        except Invalid as error:
            raise pointed_out(house, _placed(made.context, asked.identifiers), error) or error from None

    return answer_once(request, work)


def _placed(context: dict[str, Any], identifiers: Sequence[tuple[str, str]]) -> list[tuple[str, tuple[str, str]]]:
    """Identifiers with the pointer to each: that of the subject, if it is named by one, and those of the list."""
    listed = [f"/context/identifiers/{place}" for place in range(len(context.get("identifiers", ())))]
    pointers = ["/context/subject", *listed] if len(identifiers) > len(listed) else listed
    return list(zip(pointers, identifiers, strict=True))


def _within(house: House, key: Key, touchpoint: str) -> None:
    """Raise a problem when the touchpoint collects for a purpose that is none of the key's."""
    if key.purposes is None:
        return
    found = house.policy_in_force.policy.touchpoints.get(touchpoint)
    choices = () if found is None else (part.choice for part in found.fields.values() if part.choice is not None)
    if found is None or not all(map(key.sees, (*found.purposes, *choices))):
        raise outside()
