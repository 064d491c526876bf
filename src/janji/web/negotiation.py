"""What the caller would like to get: a media type that is spoken here, or the problem that none is (RFC 9110 12.5.1)."""

from __future__ import annotations

from django.http import HttpRequest

from janji.terms.messages import N_, say
from janji.web.problems import Problem

_SPOKEN = ("*/*", "application/*", "application/json", "application/problem+json", "application/x-ndjson")


def accept_json(request: HttpRequest) -> None:
    """Raise a problem when the caller would take no JSON."""
    wanted: str = request.META.get("HTTP_ACCEPT", "")
    if not wanted or wanted in _SPOKEN:
        return
    for part in wanted.split(","):
        media, *parameters = (word.strip().lower() for word in part.split(";"))
        if media in _SPOKEN and not any(_is_nothing(word) for word in parameters):
            return
    raise Problem(406, "not-acceptable", say(N_("this address answers in JSON")), say(N_("send `Accept: application/json`, or none")))


def _is_nothing(parameter: str) -> bool:
    """Whether a parameter says that the caller wants none of it: a weight of nought."""
    return parameter.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000")
