"""The gate of one request: the application asks it before it uses data, and goes no further when the answer is no.

A gate remembers what it was told, so that the same question is asked once. After Janji did not answer it stops asking:
the rest of the request is a no at once, and nobody waits through one deadline after another.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from contextvars import ContextVar, Token
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, Self, TypeVar, Unpack, cast

from janji_client import calls
from janji_client.answers import Verdict
from janji_client.clients import AsyncClient, Client
from janji_client.problems import PREFIX, JanjiError, Unavailable
from janji_client.questions import Details, Question, Subject
from janji_client.sending import Patience, Steps

P = ParamSpec("P")
T = TypeVar("T")
Who = Subject | Callable[[], Subject | None] | None
"""The person a request is about, or how to find out when it is first needed."""

PATIENCE = Patience(deadline=2.0, silence=2.0)
"""A page that waits longer than this is no page."""
PROBLEM = "application/problem+json"
log = logging.getLogger("janji_client")


class Denied(Exception):
    """The answer was no, or there was none. The middleware answers the request with `problem`."""

    def __init__(self, purpose: str, verdict: Verdict) -> None:
        super().__init__(f"not allowed for the purpose `{purpose}`: {', '.join(verdict.codes)}")
        self.purpose, self.verdict = purpose, verdict


STOPPED = (Denied, Unavailable)
"""What ends a request with a problem document: a no, and that Janji does not answer."""


def problem(stopped: Denied | Unavailable) -> dict[str, Any]:
    """The problem document (RFC 9457) by which the middleware answers: 403 after a no, 503 where nobody knows.

    It names no reason: who asks need not be the person it is about.
    """
    if isinstance(stopped, Denied) and stopped.verdict.answered:
        return {
            "type": PREFIX + "denied", "title": "this may not be done", "status": 403,
            "detail": f"data may not be used for the purpose `{stopped.purpose}`",
        }  # fmt: skip
    return {"type": PREFIX + "unavailable", "title": "this cannot be decided now", "status": 503, "detail": "try again later"}


class _Memo:
    """What both gates know."""

    def __init__(self, subject: Who = None, gpc: bool = False) -> None:
        self.subject = subject
        self.gpc = gpc
        self._told: dict[bytes, Verdict] = {}
        self._silent: Verdict | None = None
        self._tokens: list[Token[Gate | AsyncGate | None]] = []

    def forget(self) -> None:
        """Ask everything anew: after the person chose something in this very request."""
        self._told.clear()

    @property
    def _headers(self) -> Mapping[str, str]:
        """What the browser said that Janji must hear (Global Privacy Control)."""
        return {"Sec-GPC": "1"} if self.gpc else {}

    def _ask(self, questions: Sequence[Question]) -> Steps[list[Verdict]]:
        """Answer each, asking for those that were not asked before."""
        if callable(self.subject):
            self.subject = self.subject()
        asked = [item if item.subject is not None else replace(item, subject=self.subject) for item in questions]
        names = [calls.bytes_of(item) for item in asked]
        fresh = {name: item for name, item in zip(names, asked, strict=True) if item.record or name not in self._told}
        if fresh:
            self._told |= zip(fresh, (yield from self._answers(list(fresh.values()))), strict=True)
        return [self._told[name] for name in names]

    def _answers(self, fresh: list[Question]) -> Steps[list[Verdict]]:
        if self._silent is not None:
            return [self._silent] * len(fresh)
        try:
            if len(fresh) > 1:
                return (yield from calls.decide_many(fresh))
            return [(yield from calls.ask(fresh[0])).verdict]
        except JanjiError as error:
            verdict = calls.no_answer(error)
            log.warning("no answer from Janji, which is a no: %s", ", ".join(verdict.codes))
            if isinstance(error, Unavailable):
                self._silent = verdict
            return [verdict] * len(fresh)

    def _enter(self) -> None:
        self._tokens.append(_current.set(cast("Gate | AsyncGate", self)))

    def _leave(self) -> None:
        _current.reset(self._tokens.pop())


class Gate(_Memo):
    """The gate of a request that blocks. `with Gate(client):` makes it the current one, for jobs and commands too."""

    def __init__(self, client: Client, subject: Who = None, gpc: bool = False, patience: Patience = PATIENCE) -> None:
        super().__init__(subject, gpc)
        self.client, self.patience = client, patience

    def may(self, purpose: str, data: Sequence[str], **details: Unpack[Details]) -> Verdict:
        """Whether data may be used for a purpose; a no where there is no answer. Of the request's person unless `subject` is named."""
        return self.may_each([Question(purpose, data, **details)])[0]

    def may_each(self, questions: Sequence[Question]) -> list[Verdict]:
        """As `may`, for many questions at once."""
        return self.client.run(self._ask(questions), self.patience, self._headers)

    def require(self, purpose: str, data: Sequence[str], **details: Unpack[Details]) -> None:
        """Go on only if it may be done; raises `Denied`."""
        verdict = self.may(purpose, data, **details)
        if not verdict:
            raise Denied(purpose, verdict)

    def __enter__(self) -> Self:
        self._enter()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()


class AsyncGate(_Memo):
    """The gate of a request under asyncio. `async with AsyncGate(client):` makes it the current one."""

    def __init__(self, client: AsyncClient, subject: Who = None, gpc: bool = False, patience: Patience = PATIENCE) -> None:
        super().__init__(subject, gpc)
        self.client, self.patience = client, patience

    async def may(self, purpose: str, data: Sequence[str], **details: Unpack[Details]) -> Verdict:
        """As `Gate.may`."""
        return (await self.may_each([Question(purpose, data, **details)]))[0]

    async def may_each(self, questions: Sequence[Question]) -> list[Verdict]:
        """As `Gate.may_each`."""
        return await self.client.run(self._ask(questions), self.patience, self._headers)

    async def require(self, purpose: str, data: Sequence[str], **details: Unpack[Details]) -> None:
        """As `Gate.require`."""
        verdict = await self.may(purpose, data, **details)
        if not verdict:
            raise Denied(purpose, verdict)

    async def __aenter__(self) -> Self:
        self._enter()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()


_NOBODY = Verdict(False, False, "enforce", ("no-person",), "nobody is named whom it is about")
_current: ContextVar[Gate | AsyncGate | None] = ContextVar("janji_gate", default=None)


def current_gate() -> Gate | AsyncGate:
    """The gate of the request at hand; raises `RuntimeError` outside of one."""
    gate = _current.get()
    if gate is None:
        raise RuntimeError("no gate is open here: install the middleware, or open one by `with Gate(client):`")
    return gate


def requires(
    purpose: str, data: Sequence[str], *, of: str | None = None, **details: Unpack[Details]
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function run only if data may be used for a purpose; it raises `Denied` otherwise.

    `of` names the parameter that holds the person, and nobody in it is a no; without it, the person of the request.
    A generator asks when it is first gone through if it is asynchronous, and when it is called otherwise.
    """

    def around(function: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(function)
        if of is not None and of not in signature.parameters:
            raise TypeError(f"`{function.__qualname__}` has no parameter `{of}`")

        def said(*args: P.args, **kwargs: P.kwargs) -> Details:
            if of is None:
                return details
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            if bound.arguments[of] is None:
                raise Denied(purpose, _NOBODY)
            return {**details, "subject": bound.arguments[of]}

        async def asked(*args: P.args, **kwargs: P.kwargs) -> None:
            gate = current_gate()
            if isinstance(gate, AsyncGate):
                await gate.require(purpose, data, **said(*args, **kwargs))
            else:  # which blocks, and others are awaited meanwhile
                await asyncio.to_thread(gate.require, purpose, data, **said(*args, **kwargs))

        @wraps(function)
        async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
            await asked(*args, **kwargs)
            return await cast("Any", function)(*args, **kwargs)

        @wraps(function)
        async def streamed(*args: P.args, **kwargs: P.kwargs) -> Any:
            await asked(*args, **kwargs)
            async with aclosing(cast("Any", function)(*args, **kwargs)) as pieces:
                async for piece in pieces:
                    yield piece

        @wraps(function)
        def blocking(*args: P.args, **kwargs: P.kwargs) -> T:
            gate = current_gate()
            if isinstance(gate, AsyncGate):
                raise TypeError(f"`{function.__qualname__}` must be an `async def` under an asynchronous gate")
            gate.require(purpose, data, **said(*args, **kwargs))
            return function(*args, **kwargs)

        if inspect.isasyncgenfunction(function):
            return cast("Callable[P, T]", streamed)
        return cast("Callable[P, T]", awaited) if inspect.iscoroutinefunction(function) else blocking

    return around
