"""Processors call back over HTTP (OpenDSR 8.5): no account and no key, but a signature over every byte."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.web.bodies import read_bytes
from janji.web.description import problem
from janji.web.limits import limit_address
from janji.web.requests import door_of
from janji.workflows.processors import ERASURES, PATH, called_back

router = Router()
LARGEST = 65_536
"""Bytes of a callback, at most."""
A_MINUTE = 600
"""How often one address may call back in a minute."""
_HEADERS = [
    {"name": "X-OpenDSR-Processor-Domain", "in": "header", "required": True, "schema": {"type": "string"}},
    {"name": "X-OpenDSR-Signature", "in": "header", "required": True, "schema": {"type": "string"}},
]
_BODY = {"required": True, "content": {"application/json": {"schema": {
    "type": "object", "required": ["subject_request_id", "request_status", "status_callback_url"], "properties": {
        "subject_request_id": {"type": "string", "format": "uuid"}, "request_status": {"enum": ["pending", "in_progress", "completed", "cancelled"]},
        "status_callback_url": {"type": "string"}, "controller_id": {"type": "string"}, "expected_completion_time": {"type": "string", "format": "date-time"},
    }}}}}  # fmt: skip


@router.post(PATH, auth=None, operation_id="processor_callback", summary="A processor says how far a request is (OpenDSR)", openapi_extra={
    "parameters": _HEADERS, "requestBody": _BODY, "responses": {
        202: {"description": "It is proven, and kept."}, 422: problem("It is signed, and no callback."),
        403: problem("It is not proven to come from the processor."), 413: problem("It is too long."), 429: problem("Too many in a minute."),
    }})  # fmt: skip
def callback(request: HttpRequest) -> HttpResponse:
    """Believed when the certificate of the processor's domain signed the very bytes; the same may come again."""
    limit_address(request, "processors", A_MINUTE)
    domain, signature = (request.headers.get(name, "") for name in ("X-OpenDSR-Processor-Domain", "X-OpenDSR-Signature"))
    body = read_bytes(request, LARGEST)
    door = door_of(request)
    if door.do(lambda house: called_back(house, domain, signature, body)):
        door.wake(ERASURES)
    return HttpResponse(status=202)
