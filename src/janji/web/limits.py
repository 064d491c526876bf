"""How often somebody may ask: with a key as often as it was made for, without one as an address may."""

from __future__ import annotations

from django.http import HttpRequest

from janji.terms.messages import N_, say
from janji.web.problems import Problem
from janji.web.requests import door_of
from janji.workflows.api_keys import Key


def limit_key(request: HttpRequest, key: Key) -> None:
    """Count a request of a key; raises a problem when it has asked too often."""
    _told(door_of(request).allowances.of_key(key.id, key.rate))


def limit_address(request: HttpRequest, what: str, rate: int) -> None:
    """Count a request to a public address called `what`, at most `rate` a minute from one place; raises as `limit_key`.

    The place is who connects, or, behind a proxy that is trusted, what the server takes from it.
    """
    _told(door_of(request).allowances.of_address(what, request.META.get("REMOTE_ADDR", ""), rate))


def _told(seconds: int) -> None:
    if seconds:
        raise Problem(429, "rate-limit", say(N_("more requests came than are allowed in a minute")),
                      say(N_("ask again after the seconds in `Retry-After`")), headers={"Retry-After": str(seconds)})  # fmt: skip
