"""Providers of gateways call back over HTTP: what came of a message, believed when it is signed as the gateway's file says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.web.bodies import read_bytes
from janji.web.description import problem
from janji.web.limits import limit_address
from janji.web.requests import door_of
from janji.workflows.messages import CALLBACKS, called_back

router = Router()
LARGEST = 65_536
"""Bytes of a callback, at most."""
A_MINUTE = 6000
"""How often one address may call back in a minute: a provider has few, and reports every message."""


@router.post(CALLBACKS + "{gateway}", auth=None, operation_id="message_callback", summary="A provider says what came of messages", openapi_extra={
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"description": "As the provider writes it."}}}}, "responses": {
        202: {"description": "It is proven, and kept."}, 422: problem("It is signed, and no JSON."), 403: problem("It is not proven to come from the provider."),
        413: problem("It is too long."), 429: problem("Too many in a minute."), 503: problem("A message is not known, or not yet: send it again."),
    }})  # fmt: skip
def callback(request: HttpRequest, gateway: str) -> HttpResponse:
    """Believed when the very bytes are signed; the same may come again."""
    limit_address(request, "messages", A_MINUTE)
    headers, body = {name.lower(): value for name, value in request.headers.items()}, read_bytes(request, LARGEST)
    door_of(request).do(lambda house: called_back(house, gateway, headers, body))
    return HttpResponse(status=202)
