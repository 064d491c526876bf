"""Problem documents (RFC 9457): every error leaves as one, and none holds a value of a person."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from django.http import HttpRequest, HttpResponse

from janji.errors import Invalid, JanjiError, Unavailable, Unknown
from janji.terms.messages import N_, Message, Tongue, say
from janji.web.requests import door_of, tongue_of

LOG = logging.getLogger("janji.web")
MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:janji:problem:"
T = TypeVar("T")
RETRY_AFTER = 5
"""Seconds after which asking again may help when the database does not answer."""

TITLES = {
    "invalid": N_("the request is not well formed"), "unauthenticated": N_("no key was shown that opens this"),
    "refusal": N_("this is not allowed"), "scope": N_("the key does not open this"), "purpose": N_("the key is not about this purpose"),
    "not-found": N_("nothing is here"), "method": N_("this address does not know the method"),
    "not-acceptable": N_("this address does not speak any of the media types asked for"), "conflict": N_("somebody was faster"),
    "in-progress": N_("the same request is being worked on"), "length-required": N_("the length of the body is not said"),
    "too-large": N_("the body is too long"), "media-type": N_("the media type is not one that this address reads"),
    "unprocessable": N_("nothing can be done with what was sent"),
    "rejected": N_("the choice does not count"), "key-reused": N_("the idempotency key belongs to another request"),
    "rate-limit": N_("too many requests"), "unavailable": N_("something that this needs does not answer"),
    "corrupt": N_("what is held contradicts itself"), "internal": N_("something went wrong here"),
}  # fmt: skip
"""What each kind of problem is called; the last part of its type."""

_CODES = {
    400: "invalid", 401: "unauthenticated", 403: "refusal", 404: "not-found", 405: "method", 406: "not-acceptable", 409: "conflict",
    411: "length-required", 413: "too-large", 415: "media-type", 422: "rejected", 429: "rate-limit", 503: "unavailable",
}  # fmt: skip
_HELPS = {
    404: N_("`/v1/openapi.json` lists what is here"), 405: N_("the header `Allow` lists the methods"),
    500: N_("try again later; whoever runs this server finds the id in its log"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one part of a body: where (JSON Pointer, RFC 6901), and what to do about it."""

    pointer: str
    message: Message
    help: Message | None = None
    code: str = "invalid"


class Problem(Exception):
    """A request that is answered by a problem document. Never holds a value that was sent."""

    def __init__(
        self, status: int, code: str, message: Message, help: Message | None = None, errors: Sequence[Wrong] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.status, self.code, self.message, self.help = status, code, message, help
        self.errors, self.headers = tuple(errors), dict(headers or {})


class Unprocessable(Invalid):
    """A body that has the form that it should have, and that nothing can be done with."""

    http_status = 422
    problem_type = f"{PREFIX}unprocessable"


def place_of(cursor: str | None, named: Callable[[str], T]) -> T | None:
    """What a page begins after, found as an address is; raises `Unprocessable` for a cursor that was never given."""
    try:
        return None if cursor is None else named(cursor)
    except Problem:
        raise Unprocessable(say(N_("the cursor is none that was given for this")), say(N_("give the one in `next`, as it is, or none to begin again"))) from None


def answer_problem(request: HttpRequest, found: Problem) -> HttpResponse:
    """A problem as its document, in a language that the caller asked for."""
    tongue = tongue_of(request)
    held: dict[str, Any] = {
        "type": PREFIX + found.code, "title": tongue.translate(TITLES[found.code]), "status": found.status,
        "detail": found.message.render(tongue),
    }  # fmt: skip
    if found.help is not None:
        held["help"] = found.help.render(tongue)
    if found.errors:
        held["errors"] = [wrong_json(one, tongue) for one in found.errors]
    return document(found.status, held, found.headers)


def document(status: int, held: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A response with a problem document."""
    response = HttpResponse(orjson.dumps(held), status=status, content_type=MEDIA_TYPE)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def wrong_json(one: Wrong, tongue: Tongue) -> dict[str, str]:
    """One thing that is wrong, as a problem document lists it."""
    held = {"pointer": one.pointer, "code": one.code, "detail": one.message.render(tongue)}
    return held if one.help is None else {**held, "help": one.help.render(tongue)}


class Instead(Exception):
    """The page that somebody gets instead of what they asked for, from wherever that turns out."""

    def __init__(self, page: HttpResponse) -> None:
        super().__init__()
        self.page = page


def on_instead(_: HttpRequest, error: Any) -> HttpResponse:
    """The page that an `Instead` carries."""
    answer: HttpResponse = error.page
    return answer


def on_problem(request: HttpRequest, error: Any) -> HttpResponse:
    """A `Problem` that was raised by the web face itself."""
    return answer_problem(request, error)


def on_janji_error(request: HttpRequest, error: Any) -> HttpResponse:
    """A `JanjiError` of the house: its own status, type, sentence and help."""
    status, item, pointer = error.http_status, error.item, error.pointer
    if type(error) in (Invalid, Unknown) and request.method in ("GET", "POST"):  # in form, for it was read, and yet nothing to act on
        error = Unprocessable(error.message, error.help, error.diagnostics)
        status = error.http_status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, Unavailable):  # the request's own line says 503
        LOG.error("%s on %s", type(error).__name__, request.method)
    code = error.problem_type.removeprefix(PREFIX)
    headers = {"Retry-After": str(RETRY_AFTER)} if isinstance(error, Unavailable) else {}
    if code == "in-progress":
        headers["Retry-After"] = "1"
    errors = [
        Wrong("", say(N_("this is not understood: {code}"), code=found.code), None, found.code) for found in error.diagnostics
    ] if isinstance(error, Invalid) else []  # fmt: skip  # their own sentences repeat what was written, and here that may be personal
    if item is not None:
        errors.append(Wrong(pointer, error.message, error.help))
    return answer_problem(request, Problem(status, code if code in TITLES else "internal", error.message, error.help, errors, headers))


def on_anything(request: HttpRequest, error: Any) -> HttpResponse:
    """An error that nobody meant: told by an id alone. The log has its kind and its place in the code, and no value."""
    number = door_of(request).runtime.new_id()
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    LOG.error("%s %s at %s", number, type(error).__name__, places)
    tongue = tongue_of(request)
    return document(500, {
        "type": f"{PREFIX}internal", "title": tongue.translate(TITLES["internal"]), "status": 500,
        "detail": tongue.translate(N_("the request could not be finished")), "help": tongue.translate(_HELPS[500]),
        "instance": f"urn:uuid:{number}",
    })  # fmt: skip


def problem_of(request: HttpRequest, error: Exception) -> HttpResponse:
    """Any error, as its problem document."""
    if isinstance(error, Problem):
        return on_problem(request, error)
    return on_janji_error(request, error) if isinstance(error, JanjiError) else on_anything(request, error)


def of_status(status: int) -> Problem:
    """The problem of a response that has a status and nothing else to say."""
    known = _CODES.get(status, "internal" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid")
    return Problem(status, known, Message(TITLES[known]), say(_HELPS[status]) if status in _HELPS else None)


def on_status_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django found the request suspicious: a host that is not ours, a header that cannot be one."""
    return answer_problem(request, of_status(400))


def on_status_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django refused."""
    return answer_problem(request, of_status(403))


def on_status_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing is at this address."""
    return answer_problem(request, of_status(404))


def on_status_500(request: HttpRequest) -> HttpResponse:
    """An error outside of every endpoint."""
    return answer_problem(request, of_status(500))
