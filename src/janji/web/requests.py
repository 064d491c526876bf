"""What every endpoint asks of a request: the door it came through, the key it showed, the language it speaks."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from janji.terms.messages import Tongue
from janji.terms.processing import Signal
from janji.workflows.api_keys import Key
from janji.workflows.door import Door
from janji.workflows.metrics import Metrics

DOOR = "janji.door"
"""The key of a WSGI environment under which the application puts its door."""
METRICS = "janji.metrics"
"""The key under which it puts what it counts."""


def door_of(request: HttpRequest) -> Door:
    """The door of the application that serves the request."""
    return cast("Door", request.META[DOOR])


def metrics_of(request: HttpRequest) -> Metrics:
    """What the application that serves the request counts."""
    return cast("Metrics", request.META[METRICS])


def key_of(request: HttpRequest) -> Key:
    """The key that was shown, in an endpoint that asks for one."""
    return cast("Key", request.auth)  # type: ignore[attr-defined]  # ninja puts there what the key's check gave


def tongue_of(request: HttpRequest) -> Tongue:
    """The first language that the caller would like and the house speaks (RFC 9110 12.5.4), or the house's own."""
    door = door_of(request)
    wanted: str | None = request.META.get("HTTP_ACCEPT_LANGUAGE")
    if not wanted:
        return door.runtime.tongue
    for part in wanted[:200].split(","):
        language = part.split(";", 1)[0].strip().lower().split("-", 1)[0]
        if language == door.runtime.tongue.language:
            break
        tongue = door.tongue(language)
        if tongue.language == language:
            return tongue
    return door.runtime.tongue


def signals_of(request: HttpRequest) -> tuple[Signal, ...]:
    """The signals that the person's browser sends, whether it asks itself or a program passes them on (Global Privacy Control)."""
    return (Signal.GPC,) if request.META.get("HTTP_SEC_GPC", "").strip() == "1" else ()
