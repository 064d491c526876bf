"""Idempotency keys: a request that changes something may be sent again, and nothing is done twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from janji.terms.messages import N_, say
from janji.web.bodies import JSON, read_bytes
from janji.web.problems import Problem
from janji.web.requests import door_of, key_of
from janji.workflows.house import House
from janji.workflows.repeats import Keep, Reply, once, repeat_of

HEADER = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "A name for this request. Sent again with the same name and body within 24 hours, it gets the same answer, and nothing is done twice.",
}  # fmt: skip
_NAME = re.compile(r"[!-~]{1,255}")


def reply(held: Any, status: int = 200, media_type: str = JSON) -> Reply:
    """An answer in JSON."""
    return Reply(status, media_type, orjson.dumps(held))


def answer_once(
    request: HttpRequest, work: Callable[[House], Reply], at_once: Callable[[House, Keep], Reply | None] | None = None,
    who: str | None = None,
) -> HttpResponse:  # fmt: skip
    """The answer of `work`, which may change something; what was answered before, when the request names itself and was here.

    With a name, `work` runs in the transaction in which its answer is kept, unless `at_once` does both by one statement.
    Names are the caller's own: of the key that was shown, or of `who` where none is.
    """
    name, door = name_of(request), door_of(request)
    if name is None:
        found = door.do(work)
    else:
        address = f"{request.method} {request.path_info}"
        body = read_bytes(request)
        found = door.do(lambda house: once(house, repeat_of(house, who or key_of(request).id, address, name, body), work, at_once))
    return HttpResponse(found.body, status=found.status, content_type=found.media_type)


def name_of(request: HttpRequest) -> str | None:
    """What a request calls itself; raises a problem for what cannot be a name."""
    name: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if name is not None and not _NAME.fullmatch(name):
        raise Problem(400, "invalid", say(N_("an idempotency key is 1 to 255 visible characters of ASCII")))
    return name
