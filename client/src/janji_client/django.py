"""The gate in a Django project: a middleware, set up by `settings.JANJI`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.module_loading import import_string

from janji_client.clients import Client
from janji_client.gates import PROBLEM, STOPPED, Gate, problem
from janji_client.sending import Patience


@cache
def janji() -> Client:
    """The client of this process; for views, commands and jobs.

    `settings.JANJI` has `URL`, `KEY`, and if you like `DEADLINE`: the seconds after which a call is given up.
    """
    held = settings.JANJI
    return Client(held["URL"], held.get("KEY"), Patience(deadline=float(held.get("DEADLINE", Patience.deadline))))


def gate_of(request: HttpRequest) -> Gate:
    """The gate of a request, which is `request.janji`."""
    gate: Gate = request.janji  # type: ignore[attr-defined]  # the middleware's
    return gate


class JanjiMiddleware:
    """Opens a gate for each request, `request.janji` and `current_gate()`; answers what goes no further with a problem document.

    `settings.JANJI["SUBJECT"]`, if it is there, is the dotted name of a function that finds the person a request is about.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        named = settings.JANJI.get("SUBJECT")
        self.subject: Callable[[HttpRequest], Any] = import_string(named) if named else lambda _: None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        gpc = request.headers.get("Sec-GPC", "").strip() == "1"
        with Gate(janji(), lambda: self.subject(request), gpc) as gate:
            request.janji = gate  # type: ignore[attr-defined]  # a request carries what middleware gives it
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and getattr(response, "file_to_stream", None) is None:
            pieces = response.streaming_content
            response.streaming_content = _awaited(gate, pieces) if isinstance(pieces, AsyncIterator) else _pieces(gate, pieces)
        return response

    def process_exception(self, _: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a request that goes no further."""
        if not isinstance(exception, STOPPED):
            return None
        document = problem(exception)
        return JsonResponse(document, status=document["status"], content_type=PROBLEM)


def _pieces(gate: Gate, given: Iterator[bytes]) -> Iterator[bytes]:
    """What a view makes while it is sent: each piece with the gate open."""
    while True:
        with gate:
            piece = next(given, None)
        if piece is None:
            return
        yield piece


async def _awaited(gate: Gate, given: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """As `_pieces`, of a view that is awaited."""
    while True:
        with gate:
            piece = await anext(given, None)
        if piece is None:
            return
        yield piece
