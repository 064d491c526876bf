"""What every request leaves in log and metrics: method, route, status, time and the application; nobody's address or name."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from janji.web.requests import door_of, metrics_of
from janji.workflows.logs import event

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NONE = "-"
"""What stands for a method or an address that nothing here knows: those are the caller's words."""
HEADER = "X-Request-Id"


class Access:
    """The outermost middleware."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve one request, then say that it was."""
        begun = time.perf_counter()
        method = request.method if request.method in METHODS else NONE
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        number = str(door_of(request).runtime.new_id())
        response.headers[HEADER] = number
        route = NONE if request.resolver_match is None else "/" + request.resolver_match.route
        key = getattr(request, "auth", None)
        metrics_of(request).answered(method, route, response.status_code, seconds)
        event(
            "request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1), request=number,
            **({} if key is None else {"application": key.application}),
        )  # fmt: skip
        return response
