"""How a call reaches Janji: attempts, pauses and a deadline, as steps that any transport can take.

Nothing here opens a connection. `steps_of` turns the description of a call into attempts and pauses; a transport makes
each and hands back what came of it. So the blocking client and the asynchronous one behave alike.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import uniform
from time import monotonic
from typing import Any, TypeVar

from janji_client.problems import JanjiError, Unreachable, error_of

T = TypeVar("T")
JSON = "application/json"
_LATER = frozenset({429, 502, 503, 504})
"""Statuses that say: not now."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `changes` says that taking it twice would do something twice: then it carries an idempotency key.

    `late` finds the problem in an answer that had begun well.
    """

    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)
    media: str = JSON
    query: Mapping[str, str] = field(default_factory=dict)
    changes: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    late: Callable[[Reply], Reply] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Cut:
    """No answer, and why, in words that hold nothing of what was sent."""

    why: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """Send this now. It must be over at `until` on the monotonic clock."""

    call: Call
    headers: Mapping[str, str]
    silence: float
    until: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Patience:
    """How long to try, in seconds.

    `deadline` is for one call with all that is tried again. `silence` is how long one attempt may hear nothing. Pauses
    between attempts grow from `pause` to `longest`, with chance so that many callers do not come back at once.
    """

    deadline: float = 10.0
    silence: float = 5.0
    pause: float = 0.1
    longest: float = 2.0


Steps = Generator[Call, Reply, T]
"""The description of what a client can do: it yields calls, is sent replies, and returns the answer."""


def steps_of(
    described: Steps[T], patience: Patience, headers: Mapping[str, str]
) -> Generator[Attempt | Pause, Reply | Cut | None, T]:
    """The attempts and pauses by which a description is carried out; returns its answer or raises a `JanjiError`.

    `headers` go with every call of it.
    """
    try:
        call = next(described)
        while True:
            try:
                reply = yield from _tried(call, patience, headers)
            except JanjiError as error:
                call = described.throw(error)
            else:
                call = described.send(reply)
    except StopIteration as end:
        answer: T = end.value
        return answer


def _tried(
    call: Call, patience: Patience, headers: Mapping[str, str]
) -> Generator[Attempt | Pause, Reply | Cut | None, Reply]:
    """One call, tried until it is answered or the deadline is over. Its idempotency key is the same each time."""
    until = monotonic() + patience.deadline
    headers = {**headers, **call.headers}
    if call.changes:
        headers["Idempotency-Key"] = secrets.token_urlsafe(24)
    longest = patience.pause
    for count in itertools.count(1):
        outcome = yield Attempt(call, headers, min(patience.silence, max(until - monotonic(), 0.001)), until)
        wait = uniform(longest / 2, longest)  # noqa: S311  # no secret
        longest = min(2 * longest, patience.longest)
        if isinstance(outcome, Reply):
            if call.late is not None and outcome.status == 200:
                outcome = call.late(outcome)
            asked = _retry_after(outcome)
            # 409 with Retry-After: the first attempt of this very call is still at work.
            if outcome.status not in _LATER and not (outcome.status == 409 and asked is not None):
                return _good(outcome, count)
            if monotonic() + max(wait, asked or 0) >= until:
                raise _error(outcome, count)
            wait = max(wait, asked or 0)
        elif isinstance(outcome, Cut) and monotonic() + wait >= until:
            raise Unreachable(f"no answer from Janji within {patience.deadline:g} s: {outcome.why}", _HELP, "unreachable")
        yield Pause(wait)
    raise AssertionError("counting has no end")


_HELP = "see that Janji runs, and that its address is right"


def _good(reply: Reply, count: int) -> Reply:
    if 200 <= reply.status < 300:
        return reply
    raise _error(reply, count)


def _error(reply: Reply, count: int) -> JanjiError:
    try:
        document = json.loads(reply.body)
    except ValueError:
        document = None
    error = error_of(reply.status, document, _retry_after(reply))
    error.count = count
    return error


def _retry_after(reply: Reply) -> float | None:
    """The seconds that a reply asks to wait (RFC 9110 10.2.3: seconds or a date)."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
