"""Entity tags (RFC 9110 8.8.3, 13.1.2): whoever has an answer already is told so instead of getting it again."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse


def tagged(request: HttpRequest, response: HttpResponse, cache: str = "private, no-cache") -> HttpResponse:
    """The answer with a tag of its bytes and what may be kept of it; without its content, when the caller has the same."""
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if response.status_code == 200 and _has(request, tag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    response["ETag"], response["Cache-Control"] = tag, cache
    response["Vary"] = "Accept-Language" if cache.startswith("public") else "Authorization, Accept-Language"
    return response


def _has(request: HttpRequest, tag: str) -> bool:
    """Whether the caller's tags have this one; weak ones count, for the bytes are the same (RFC 9110 13.1.2)."""
    given = [part.strip().removeprefix("W/") for part in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")]
    return "*" in given or tag in given
