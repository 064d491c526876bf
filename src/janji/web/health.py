"""Whether the house lives, whether it is ready, and what it counts: for those who watch over it."""

from __future__ import annotations

import hmac
import threading
import time
from ipaddress import ip_address
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.terms.messages import N_, say
from janji.web.bodies import json_response
from janji.web.problems import PREFIX, RETRY_AFTER, TITLES, Problem, document
from janji.web.requests import door_of, metrics_of, tongue_of
from janji.workflows.door import Door
from janji.workflows.health import Health, State, look
from janji.workflows.metrics import CONTENT_TYPE

router = Router()
BELIEVED = 1.0
"""Seconds for which the answer to one caller serves all: anybody may ask."""
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_VIA")
"""Headers that say that a request came by way of another machine."""


class _Last:
    """The health that was looked at last, and when."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._door: Door | None = None
        self._found = Health(database=False)
        self._until = 0.0

    def of(self, door: Door) -> Health:
        with self._lock:
            if self._door is not door or time.monotonic() >= self._until:
                self._door, self._found = door, look(door)
                self._until = time.monotonic() + BELIEVED
            return self._found


_LAST = _Last()


@router.get("/health/live", auth=None, operation_id="live", summary="Whether the process answers")
def live(request: HttpRequest) -> HttpResponse:
    """That this was answered is the answer."""
    return json_response({"state": "live"})


@router.get("/health/ready", auth=None, operation_id="ready", summary="Whether requests can be served")
def ready(request: HttpRequest) -> HttpResponse:
    """200 while questions are answered and choices recorded, also when numbering or the worker is behind; else 503."""
    found = _LAST.of(door_of(request))
    held: dict[str, Any] = {
        "state": str(found.state), "database": found.database, "policy": found.policy is not None,
        "numbering": {"waiting": found.waiting, "lag_seconds": round(found.lag, 3)}, "workers": found.workers,
    }  # fmt: skip
    if found.state is not State.UNAVAILABLE:
        return json_response(held)
    detail = N_("the database does not answer") if not found.database else N_("no policy is published yet")
    tongue = tongue_of(request)
    problem = {"type": f"{PREFIX}unavailable", "title": tongue.translate(TITLES["unavailable"]), "status": 503, "detail": tongue.translate(detail)}
    return document(503, {**problem, **held}, {"Retry-After": str(RETRY_AFTER)})


@router.get("/metrics", auth=None, operation_id="metrics", summary="What is counted, as Prometheus reads it", include_in_schema=False)
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine itself, and for who shows the word of the setting `metrics_key`: how much is done is nobody else's."""
    if not (_is_local(request) or _is_known(request)):
        raise Problem(403, "refusal", say(N_("the metrics are for this machine alone")),
                      say(N_("set `JANJI_METRICS_KEY`, and send it as `Authorization: Bearer ...`")))  # fmt: skip
    return HttpResponse(metrics_of(request).text(), content_type=CONTENT_TYPE)


def _is_local(request: HttpRequest) -> bool:
    """Whether it comes from this machine, and not through a proxy on it."""
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return near and not any(name in request.META for name in FORWARDED)


def _is_known(request: HttpRequest) -> bool:
    word = door_of(request).runtime.settings.metrics_key
    shown = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    return word is not None and hmac.compare_digest(shown.encode(), word.encode())
