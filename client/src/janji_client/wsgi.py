"""The gate in a WSGI application (Flask, Bottle and others; Django has its own)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

from janji_client.clients import Client
from janji_client.gates import PATIENCE, PROBLEM, STOPPED, Denied, Gate, problem
from janji_client.problems import Unavailable
from janji_client.questions import Subject
from janji_client.sending import Patience

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


class JanjiMiddleware:
    """Opens a gate for each request, `environ["janji"]` and `current_gate()`; answers what goes no further with a problem document.

    `subject` finds the person a request is about from its environment, when the first question about them is asked. A
    framework that turns every exception into a page of its own needs a handler for these (`gates.STOPPED`), which answers `gates.problem`.
    """

    def __init__(
        self, app: WSGIApplication, client: Client, subject: Callable[[dict[str, Any]], Subject | None] | None = None,
        patience: Patience = PATIENCE,
    ) -> None:  # fmt: skip
        self.app, self.client, self.subject, self.patience = app, client, subject, patience

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        find = self.subject
        who = None if find is None else lambda: find(environ)
        with Gate(self.client, who, environ.get("HTTP_SEC_GPC", "").strip() == "1", self.patience) as gate:
            environ["janji"] = gate
            try:
                given = self.app(environ, start_response)
            except STOPPED as stopped:
                return answer_stopped(stopped, start_response)
        wrapper = environ.get("wsgi.file_wrapper")
        whole = isinstance(given, list | tuple) or (isinstance(wrapper, type) and isinstance(given, wrapper))
        return given if whole else _Pieces(given, gate, start_response)


class _Pieces:
    """What an application makes while it is sent: each piece with the gate open, and an answer while nothing has been sent yet."""

    def __init__(self, given: Iterable[bytes], gate: Gate, start_response: StartResponse) -> None:
        self._given, self._gate, self._start_response = given, gate, start_response
        self._rest: Iterator[bytes] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            with self._gate:
                if self._rest is None:
                    self._rest = iter(self._given)
                return next(self._rest)
        except STOPPED as stopped:
            self._rest = iter(answer_stopped(stopped, self._start_response))
            return next(self._rest)

    def close(self) -> None:
        """Let the application tidy up, as the server must."""
        close = getattr(self._given, "close", None)
        if close is not None:
            with self._gate:
                close()


def answer_stopped(stopped: Denied | Unavailable, start_response: StartResponse) -> list[bytes]:
    """The answer to a request that goes no further, as a WSGI application gives it. Where the answer began, `stopped` goes on."""
    document = problem(stopped)
    body = json.dumps(document).encode()
    status = HTTPStatus(document["status"])
    headers = [("Content-Type", PROBLEM), ("Content-Length", str(len(body)))]
    # With it this takes the place of a beginning that was not sent; where it was, the server raises it.
    trace = stopped.__traceback__
    start_response(f"{status.value} {status.phrase}", headers, (type(stopped), stopped, trace) if trace else None)
    return [body]
