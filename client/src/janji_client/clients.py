"""The two clients: the same calls, carried out by blocking or by awaiting."""

from __future__ import annotations

import asyncio
import functools
import platform
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

import httpx

from janji_client import calls
from janji_client.answers import Page
from janji_client.sending import Attempt, Cut, Patience, Pause, Reply, Steps, steps_of
from janji_client.version import __version__

P = ParamSpec("P")
T = TypeVar("T")

_NO_USE = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
"""Failures that are the same each time."""


class _One(Generic[P, T]):
    """A call as a method of both clients: it blocks on one and is awaited on the other."""

    def __init__(self, describe: Callable[P, Steps[T]]) -> None:
        self.describe = describe

    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Steps[T]]: ...
    @overload
    def __get__(self, client: Client, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: AsyncClient, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self.describe

        @functools.wraps(self.describe)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client.run(self.describe(*args, **kwargs))

        return call


class _Many(Generic[P, T]):
    """A call that comes in pages, as a method of both clients: iterate over it, or iterate with `async for`."""

    def __init__(self, describe: Callable[P, Steps[Page[T]]]) -> None:
        self.describe = describe

    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Steps[Page[T]]]: ...
    @overload
    def __get__(self, client: Client, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, client: AsyncClient, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self.describe

        @functools.wraps(self.describe)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client.run_pages(self.describe(*args, **kwargs))

        return call


class _Api:
    """The calls, by name."""

    decide = _One(calls.decide)
    permitted = _One(calls.permitted)
    decide_many = _One(calls.decide_many)
    explain = _One(calls.explain)
    collect = _One(calls.collect)
    add_subject = _One(calls.add_subject)
    find_subjects = _One(calls.find_subjects)
    choose = _One(calls.choose)
    choose_many = _One(calls.choose_many)
    stream_choices = _Many(calls.stream_choices)
    me = _One(calls.me)
    standing = _One(calls.standing)
    consents = _Many(calls.consents)
    track = _Many(calls.track)
    receipt = _One(calls.receipt)
    proof = _One(calls.proof)
    webhooks = _Many(calls.webhooks)
    add_webhook = _One(calls.add_webhook)
    webhook = _One(calls.webhook)
    remove_webhook = _One(calls.remove_webhook)
    try_webhook = _One(calls.try_webhook)
    deliveries = _Many(calls.deliveries)
    unsubscribe_link = _One(calls.unsubscribe_link)
    policy = _One(calls.policy)
    policy_versions = _Many(calls.policy_versions)
    policy_diff = _One(calls.policy_diff)
    notice = _One(calls.notice)


class Client(_Api):
    """A client that blocks. It keeps connections open: make one for the process, and close it at the end.

    `url` is where Janji serves, `key` what `janji api-key create` gave; without one only what is public can be read.
    Threads may share it. Raises only `JanjiError`s, and never logs what is sent or answered.
    """

    def __init__(self, url: str, key: str | None = None, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._http = httpx.Client(base_url=url, headers=_headers(key))

    def run(self, described: Steps[T], patience: Patience | None = None, headers: Mapping[str, str] | None = None) -> T:
        """Carry out a description of `janji_client.calls`, or of one's own."""
        steps = steps_of(described, patience or self.patience, headers or {})
        outcome: Reply | Cut | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                answer: T = end.value
                return answer
            if isinstance(step, Pause):
                outcome = None
                time.sleep(step.seconds)
            else:
                outcome = self._attempt(step)

    def run_pages(self, described: Steps[Page[T]]) -> Iterator[T]:
        """The items of every page, each page fetched when it is come to."""
        coming: Steps[Page[T]] | None = described
        while coming is not None:
            page = self.run(coming)
            yield from page.items
            coming = page.after

    def _attempt(self, step: Attempt) -> Reply | Cut:
        body = bytearray()
        try:
            with self._http.stream(**_request(step)) as response:
                for piece in response.iter_bytes():
                    body += piece
                    if time.monotonic() > step.until:
                        return Cut("the answer came too slowly")
        except _NO_USE:
            raise
        except (httpx.TransportError, httpx.DecodingError) as error:
            return Cut(_why(error))
        return Reply(response.status_code, response.headers, bytes(body))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._http.base_url)!r})"


class AsyncClient(_Api):
    """A client for asyncio: each call is awaited, lists are gone through by `async for`. Otherwise as `Client`."""

    def __init__(self, url: str, key: str | None = None, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(key))

    async def run(self, described: Steps[T], patience: Patience | None = None, headers: Mapping[str, str] | None = None) -> T:
        """Carry out a description of `janji_client.calls`, or of one's own."""
        steps = steps_of(described, patience or self.patience, headers or {})
        outcome: Reply | Cut | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                answer: T = end.value
                return answer
            if isinstance(step, Pause):
                outcome = None
                await asyncio.sleep(step.seconds)
            else:
                outcome = await self._attempt(step)

    async def run_pages(self, described: Steps[Page[T]]) -> AsyncIterator[T]:
        """The items of every page, each page fetched when it is come to."""
        coming: Steps[Page[T]] | None = described
        while coming is not None:
            page = await self.run(coming)
            for item in page.items:
                yield item
            coming = page.after

    async def _attempt(self, step: Attempt) -> Reply | Cut:
        try:
            async with asyncio.timeout(step.until - time.monotonic()):
                response = await self._http.request(**_request(step))
        except TimeoutError:
            return Cut("the answer came too slowly")
        except _NO_USE:
            raise
        except (httpx.TransportError, httpx.DecodingError) as error:
            return Cut(_why(error))
        return Reply(response.status_code, response.headers, response.content)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._http.base_url)!r})"


def _headers(key: str | None) -> dict[str, str]:
    agent = f"janji-client/{__version__} httpx/{httpx.__version__} python/{platform.python_version()}"
    return {"User-Agent": agent, "Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})


def _request(step: Attempt) -> dict[str, Any]:
    """The arguments of one request. An empty body has no media type."""
    call = step.call
    headers = {**step.headers, "Content-Type": call.media} if call.body is not None else {**step.headers}
    return {
        "method": call.method, "url": call.path.removeprefix("/"), "content": call.body, "params": call.query or None,
        "headers": headers, "timeout": step.silence,
    }  # fmt: skip


def _why(error: Exception) -> str:
    """What cut a call, in words that hold nothing of what was sent."""
    return str(error) or type(error).__name__
