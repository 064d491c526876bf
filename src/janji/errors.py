"""What can go wrong, once: one tree of exceptions for faces, and diagnostics as values for policies.

    JanjiError
     +- Refusal       law or policy does not allow what was asked          exit 2, HTTP 403
     +- Invalid       what we were given is not well formed                exit 3, HTTP 400
     |   +- Unknown   what was named is not there                          exit 3, HTTP 400
     +- Conflict      somebody was faster; asking again may help           exit 1, HTTP 409
     +- Unavailable   a store or service does not answer                   exit 1, HTTP 503
     +- Corrupt       what we hold contradicts itself: stop and audit      exit 1, HTTP 500

No message holds personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from janji.terms.messages import Message
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import Severity


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a text that somebody wrote: what, where, and what to do about it."""

    code: str
    severity: Severity
    message: Message
    place: Place = NOWHERE
    help: Message | None = None


class JanjiError(Exception):
    """The root of every error that Janji raises on purpose.

    Of several things that were asked at once, `item` counts from 0 to the one that it is about (`of_item`), and `pointer` is where
    that stood in what was sent.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    problem_type: ClassVar[str] = "about:blank"
    item: int | None = None
    pointer: str = ""

    def __init__(self, message: Message, help: Message | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.help = help


class Refusal(JanjiError):
    """The law or the policy does not allow what was asked."""

    exit_code = 2
    http_status = 403
    problem_type = "urn:janji:problem:refusal"


class Invalid(JanjiError):
    """What we were given is not well formed; carries the diagnostics."""

    exit_code = 3
    http_status = 400
    problem_type = "urn:janji:problem:invalid"

    def __init__(self, message: Message, help: Message | None = None, diagnostics: Iterable[Diagnostic] = ()) -> None:
        super().__init__(message, help)
        self.diagnostics = tuple(diagnostics)


class Unknown(Invalid):
    """What was named is not there: a page of it would be no page at all."""


class Conflict(JanjiError):
    """Somebody was faster; asking again may help."""

    http_status = 409
    problem_type = "urn:janji:problem:conflict"


class Unavailable(JanjiError):
    """A store or a service does not answer; asking later may help."""

    http_status = 503
    problem_type = "urn:janji:problem:unavailable"


class Corrupt(JanjiError):
    """What we hold contradicts itself: stop, touch nothing, run the audit."""

    problem_type = "urn:janji:problem:corrupt"


@contextmanager
def of_item(place: int) -> Iterator[None]:
    """Say of an error that comes out of here which of several things it is about."""
    try:
        yield
    except JanjiError as error:
        error.item = place
        raise
