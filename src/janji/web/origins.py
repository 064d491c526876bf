"""Pages of other sites (CORS, Fetch 3.2): only the addresses that a browser must reach, and only from the sites that are named."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from janji.web.requests import door_of

REACHED = re.compile(r"/v1/public/[a-z-]+")
"""What a page of another site may call; public documents, which change nothing, any page may read."""
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, POST"), ("Access-Control-Allow-Headers", "Content-Type, Accept-Language, Idempotency-Key"),
    ("Access-Control-Max-Age", "600"),
)  # fmt: skip


def origin_of(request: HttpRequest) -> str | None:
    """The site whose page sends the request, when it is one of the setting `origins`."""
    origin: str | None = request.META.get("HTTP_ORIGIN")
    return origin if origin in door_of(request).runtime.settings.origins else None


def let_read(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the page that asks read the answer, where it may. Cookies play no part."""
    if "HTTP_ORIGIN" not in request.META or not REACHED.fullmatch(request.path_info):
        return
    response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Origin")))
    origin = origin_of(request)
    if origin is None:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        for name, value in _PREFLIGHT:
            response.headers[name] = value
