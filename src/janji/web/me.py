"""What a key is told about itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.web.bodies import json_response
from janji.web.description import READING, named
from janji.web.keys import ApiKey
from janji.web.requests import key_of

router = Router()


@router.get("/me", auth=ApiKey(), operation_id="me", summary="What the key opens",
            openapi_extra={"responses": {200: named("me"), **READING}})  # fmt: skip
def me(request: HttpRequest) -> HttpResponse:
    """The application, the scopes, the purposes that the key is confined to, and how much it may ask."""
    key = key_of(request)
    held = {"id": f"jk_{key.id}", "application": key.application, "scopes": sorted(key.scopes), "rate": key.rate}
    return json_response(held if key.purposes is None else {**held, "purposes": sorted(key.purposes)})
