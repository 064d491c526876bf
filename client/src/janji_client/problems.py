"""What can go wrong, as one tree of exceptions made of the API's problem documents (RFC 9457).

    JanjiError
     +- Unavailable       Janji cannot answer now: 502, 503, 504
     |   +- Unreachable    nothing came back before the deadline
     |   +- Busy           too many requests: 429
     +- Invalid           what was sent is not well formed, or a choice is not valid: 400, 413, 415, 422
     +- NotAllowed        no key, or not one for this: 401, 403
     +- NotFound          there is no such thing: 404
     +- Conflict          somebody was faster: 409
     +- Failed            Janji failed, or answered what is not understood

No message holds what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PREFIX = "urn:janji:problem:"


@dataclass(frozen=True, slots=True)
class Fault:
    """One of several things that are wrong: its code, what is wrong, where in the body (JSON Pointer), and what helps."""

    code: str
    text: str
    pointer: str = ""
    help: str = ""


class JanjiError(Exception):
    """The root of every error of this library.

    `code` is for programs and never changes its meaning; `detail` says what is wrong and `help` what to do. `done` is
    what a call of several parts had finished before.
    """

    def __init__(
        self, detail: str, help: str = "", code: str = "", status: int | None = None, errors: Sequence[Fault] = (),
        retry_after: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.detail, self.help, self.code, self.status = detail, help, code, status
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.done: tuple[Any, ...] = ()
        self.count = 1

    def __str__(self) -> str:
        lines = [self.detail, *(f"{item.pointer}: {item.text}" if item.pointer else item.text for item in self.errors)]
        return "\n".join([*lines, f"help: {self.help}"] if self.help else lines)


class Unavailable(JanjiError):
    """Janji cannot answer now; asking later may help."""


class Unreachable(Unavailable):
    """Nothing came back before the deadline."""


class Busy(Unavailable):
    """This key asks more often than it may; `retry_after` is in seconds."""


class Invalid(JanjiError):
    """What was sent is not well formed, or a choice is not valid; `errors` says why."""


class NotAllowed(JanjiError):
    """The key is missing, unknown or revoked, or is not one for this."""


class NotFound(JanjiError):
    """There is no such thing, or nothing of it may be told to this key."""


class Conflict(JanjiError):
    """Somebody was faster, or the same idempotency key came with something else."""


class Failed(JanjiError):
    """Janji failed, or answered what is not understood."""


_BY_STATUS: Mapping[int, type[JanjiError]] = {
    400: Invalid, 401: NotAllowed, 403: NotAllowed, 404: NotFound, 409: Conflict, 413: Invalid, 415: Invalid, 422: Invalid,
    429: Busy, 502: Unavailable, 503: Unavailable, 504: Unavailable,
}  # fmt: skip


def error_of(status: int, document: Any, retry_after: float | None = None) -> JanjiError:
    """The error that a problem document tells of; what stands before Janji may answer with something else."""
    found = document if isinstance(document, Mapping) else {}
    title = _text(found, "title") or f"Janji answered with the status {status}"
    return _BY_STATUS.get(status, Failed)(
        _text(found, "detail") or title, _text(found, "help"), _text(found, "type").removeprefix(PREFIX), status,
        faults(found.get("errors")), retry_after,
    )  # fmt: skip


def faults(items: Any) -> tuple[Fault, ...]:
    """The parts of a problem: whatever of them is understood."""
    if not isinstance(items, list):
        return ()
    return tuple(
        Fault(_text(item, "code"), _text(item, "detail") or _text(item, "text"), _text(item, "pointer"), _text(item, "help"))
        for item in items if isinstance(item, Mapping)
    )  # fmt: skip


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""
