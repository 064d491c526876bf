"""Bodies: bytes of a request to JSON that can be trusted in form, and JSON to the bytes of an answer."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from janji.terms.messages import N_, say
from janji.web.problems import Problem, Wrong
from janji.web.shapes import Shape

JSON = "application/json"
DEEPEST = 32
"""How deep arrays and objects of a body may be nested."""

_BODY = "janji.body"

T = TypeVar("T")


def read_body(request: HttpRequest, shape: Shape[T]) -> T:
    """The body of a request in the shape that the endpoint wants; raises a problem that names each part that is wrong."""
    found: list[Wrong] = []
    value = shape.read(read_json(request), "", found)
    if found:
        raise unfit(found)
    return value


def unfit(found: list[Wrong]) -> Problem:
    """The problem of a body whose parts are not what is wanted."""
    return Problem(400, "invalid", say(N_("parts of the body are not what this address reads: {count}"), count=len(found)), None, found)


def read_json(request: HttpRequest) -> Any:
    """The JSON text of a request (RFC 8259, I-JSON of RFC 7493); raises a problem for anything that is not soundly one."""
    media, _, parameters = request.META.get("CONTENT_TYPE", "").partition(";")
    if media.strip().lower() != JSON or parameters.replace(" ", "").lower() not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise Problem(415, "media-type", say(N_("this address reads JSON in UTF-8")), say(N_("send `Content-Type: application/json`")))
    return parse_json(read_bytes(request))


def read_bytes(request: HttpRequest, largest: int | None = None) -> bytes:
    """The body of a request, whole and no longer than `largest` bytes, or than the house allows; read once, and given again."""
    held: bytes | None = request.META.get(_BODY)
    if held is None:
        held = request.META[_BODY] = _read_bytes(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE if largest is None else largest)
    return held


def _read_bytes(request: HttpRequest, most: int) -> bytes:
    if request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
        raise Problem(415, "media-type", say(N_("this address reads no body that is compressed")),
                      say(N_("send it without `Content-Encoding`")), headers={"Accept-Encoding": "identity"})  # fmt: skip
    said = request.META.get("CONTENT_LENGTH")
    if not said:
        raise Problem(411, "length-required", say(N_("the length of the body is not said")), say(N_("send `Content-Length`")))
    if not (said.isascii() and said.isdigit()):
        raise Problem(400, "invalid", say(N_("the length of the body is no number")))
    if int(said) > most:
        raise Problem(413, "too-large", say(N_("the body is longer than {most} bytes"), most=most), say(N_("send less at once")))
    try:
        body = request.META["wsgi.input"].read(int(said))
    except OSError:
        body = b""
    if len(body) != int(said):
        raise Problem(400, "invalid", say(N_("the body is shorter than its length says")))
    return bytes(body)


def parse_json(body: bytes) -> Any:
    """JSON of bytes: UTF-8 without a mark, no name twice in an object, no NUL, no number that is none, nested 32 deep at most."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, "invalid", say(N_("the body is not JSON in UTF-8, at character {place}"), place=error.pos)) from None
    # First: what is nested deeper than 254, orjson reads and does not write.
    if body.count(b"[") + body.count(b"{") > DEEPEST and _deeper(value):
        raise Problem(400, "invalid", say(N_("the body is nested deeper than {most}"), most=DEEPEST))
    written = orjson.dumps(value)
    # Every name stands once where as many quotes come out as went in, of which none is part of a text.
    if written != body and (b"\\" in body or written.count(b'"') != body.count(b'"')):
        try:
            json.loads(body, object_pairs_hook=_once)
        except ValueError:
            raise Problem(400, "invalid", say(N_("a name stands twice in an object of the body"))) from None
    if b"\\u0000" in body and "\0" in _texts(value):
        raise Problem(400, "invalid", say(N_("a text of the body holds the character NUL")))
    return value


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError


def _deeper(value: Any) -> bool:
    """Whether arrays and objects are nested too deep, level by level."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            item for one in level if type(one) is dict or type(one) is list
            for item in (one.values() if type(one) is dict else one) if type(item) is dict or type(item) is list
        ]  # fmt: skip
        if not level:
            return False
    return True


def _texts(value: Any) -> str:
    """Every text of a value, in a row."""
    if isinstance(value, dict):
        return "".join([*value, *map(_texts, value.values())])
    if isinstance(value, list):
        return "".join(map(_texts, value))
    return value if isinstance(value, str) else ""


def json_response(held: Any, status: int = 200) -> HttpResponse:
    """An answer in JSON."""
    return HttpResponse(orjson.dumps(held), status=status, content_type=JSON)
