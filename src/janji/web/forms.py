"""Forms as browsers send them (`application/x-www-form-urlencoded`): their fields, bounded, and sentences for their pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.http import HttpRequest, HttpResponse

from janji.terms.messages import N_, Message, Tongue, say
from janji.web.bodies import read_bytes
from janji.web.pages import closed
from janji.web.problems import Problem

MOST_FIELDS = 60


def fields_of(request: HttpRequest, largest: int) -> Mapping[str, str]:
    """The fields of a form, the last value of each; raises a problem for a body that is none, or is longer than `largest` bytes."""
    wrong = Problem(400, "invalid", say(N_("the body is not the form of this page")), say(N_("send it as `application/x-www-form-urlencoded`")))
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise wrong
    data = read_bytes(request, largest)
    try:
        found = parse_qsl(data.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise wrong from None
    if any("\0" in name or "\0" in value for name, value in found):
        raise wrong
    return {name: value.replace("\r\n", "\n") for name, value in found}


def sentence(message: Message | None, tongue: Tongue) -> str:
    """A message as a sentence of a page; nothing for none."""
    text = "" if message is None else message.render(tongue)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def json_file(value: Mapping[str, Any], name: str) -> HttpResponse:
    """A JSON document that is saved as a file."""
    response = HttpResponse(orjson.dumps(value, option=orjson.OPT_INDENT_2), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return closed(response)
