"""The gate in a WSGI application (Flask, Bottle and others; Django has its own)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

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
                return self.app(environ, start_response)
            except STOPPED as stopped:
                return answer_stopped(stopped, start_response)


def answer_stopped(stopped: Denied | Unavailable, start_response: StartResponse) -> list[bytes]:
    """The answer to a request that goes no further, as a WSGI application gives it."""
    document = problem(stopped)
    body = json.dumps(document).encode()
    status = HTTPStatus(document["status"])
    headers = [("Content-Type", PROBLEM), ("Content-Length", str(len(body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
