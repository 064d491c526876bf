"""The gate in an ASGI application (FastAPI, Starlette and others)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from janji_client.clients import AsyncClient
from janji_client.gates import PATIENCE, PROBLEM, STOPPED, AsyncGate, problem
from janji_client.questions import Subject
from janji_client.sending import Patience

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class JanjiMiddleware:
    """Opens a gate for each request, `scope["janji"]` and `current_gate()`; answers what goes no further with a problem document.

    `subject` finds the person a request is about from its scope, when the first question about them is asked. In FastAPI
    and Starlette install it by `app.add_middleware(JanjiMiddleware, client=client)`: around the whole application it would
    come after the framework's own answer to an exception, a 500.
    """

    def __init__(
        self, app: App, client: AsyncClient, subject: Callable[[Scope], Subject | None] | None = None, patience: Patience = PATIENCE
    ) -> None:
        self.app, self.client, self.subject, self.patience = app, client, subject, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        find = self.subject
        who = None if find is None else lambda: find(scope)
        gpc = (b"sec-gpc", b"1") in [(name.lower(), value.strip()) for name, value in scope["headers"]]
        last = ""

        async def sent(message: Message) -> None:
            nonlocal last
            last = message["type"]
            await send(message)

        async with AsyncGate(self.client, who, gpc, self.patience) as gate:
            scope["janji"] = gate
            try:
                await self.app(scope, receive, sent)
            except STOPPED as stopped:
                if scope["type"] == "websocket" and last in ("", "websocket.accept", "websocket.send"):
                    await send({"type": "websocket.close", "code": _CLOSED[problem(stopped)["status"]]})
                elif last:
                    raise
                else:
                    await _answer(problem(stopped), send)


_CLOSED = {403: 1008, 503: 1013}
"""With what a web socket is closed: against the rules, or try again later."""


async def _answer(document: dict[str, Any], send: Send) -> None:
    body = json.dumps(document).encode()
    headers = [(b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": document["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})
