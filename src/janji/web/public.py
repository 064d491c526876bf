"""What anybody may read without a key: the policy, its versions, feed and comparisons, notices, signals; and what browsers choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.errors import Invalid
from janji.terms.messages import Tongue
from janji.web.bodies import read_body
from janji.web.description import CHANGING, READING, body, named, problem
from janji.web.documents import LATER, answer_document, house_of, missing, site_of, wanted_language, wanted_media
from janji.web.limits import limit_address
from janji.web.repeats import HEADER, answer_once, reply
from janji.web.requests import signals_of, tongue_of
from janji.web.shapes import Block, Flag, ListOf, Part, Text, words_of
from janji.workflows.answers import rejection_json
from janji.workflows.consents import Result
from janji.workflows.house import House
from janji.workflows.public_choices import METHODS, MOST, VERBS, Picked, hear
from janji.workflows.public_documents import (
    HTML,
    JSON,
    MARKDOWN,
    diff_document,
    feed,
    gpc_document,
    policy_document,
    security_document,
    touchpoint_document,
    version_document,
    versions_document,
)
from janji.workflows.public_documents import MOST as MOST_VERSIONS
from janji.workflows.repeats import Reply

router, well_known = Router(), Router()
PAGE = 20
CHOICES_A_MINUTE = 60
"""Calls with choices that one address may make in a minute."""
_READ: dict[int, dict[str, Any]] = {
    304: {"description": "The caller has it already."}, 400: problem("A part of the address is not understood."),
    404: problem("Nothing is here."), 406: problem("None of the media types asked for is spoken."),
    422: problem("The address has the right form, and nothing is to be had by it."), 503: READING[503],
}  # fmt: skip
_LANGUAGE = {
    "name": "language", "in": "query", "required": False, "schema": {"enum": ["en", "id"]},
    "description": "The language; without it the one that `Accept-Language` asks for.",
}  # fmt: skip


def _extra(about: str, *media: str, spoken: bool = False, schema: str | None = None) -> dict[str, Any]:
    """The description of a document that is read; one that is `spoken` is there in each language."""
    content: dict[str, Any] = {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}} if kind == JSON and schema else {} for kind in media}
    return {"parameters": [_LANGUAGE] if spoken else [], "responses": {200: {"description": about, "content": content}, **_READ}}


@router.get("/policy", auth=None, operation_id="policy", summary="The policy in force",
            openapi_extra=_extra("Names, languages and texts of notices; or the notice for people.", JSON, HTML, MARKDOWN, spoken=True, schema="published-policy"))  # fmt: skip
def policy(request: HttpRequest) -> HttpResponse:
    """For programs the names of the policy, for people the whole notice."""
    media, tongue = wanted_media(request, (JSON, HTML, MARKDOWN)), wanted_language(request)
    return answer_document(request, policy_document(house_of(request), media, tongue))


@router.get("/policy/versions", auth=None, operation_id="policy_versions", summary="Every published version, the newest first",
            openapi_extra=_extra("A page of versions.", JSON, schema="policy-versions"))  # fmt: skip
def versions(request: HttpRequest, limit: int = PAGE, cursor: str | None = None) -> HttpResponse:
    """A page of versions; `next` is the cursor of the next page."""
    house_of(request)
    wanted_media(request, (JSON,))
    return answer_document(request, versions_document(cursor, min(max(limit, 1), MOST_VERSIONS)))


@router.get("/policy/versions/{int:number}", auth=None, operation_id="policy_version", summary="One published version",
            openapi_extra=_extra("As the policy in force.", JSON, HTML, MARKDOWN, spoken=True, schema="published-policy"))  # fmt: skip
def one_version(request: HttpRequest, number: int) -> HttpResponse:
    """A version as it was published, which never changes."""
    media, tongue, house = wanted_media(request, (JSON, HTML, MARKDOWN)), wanted_language(request), house_of(request)
    _published(house, number)
    return answer_document(request, version_document(house, number, media, tongue), LATER)


@router.get("/policy/versions/{int:old}/diff/{int:new}", auth=None, operation_id="policy_diff", summary="What a version changed",
            openapi_extra=_extra("The comparison (schema `diff`), or a page.", JSON, HTML, spoken=True, schema="diff"))  # fmt: skip
def diff(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """What the newer of two versions changed: newly permitted, newly forbidden, and what people were told otherwise."""
    media, tongue, house = wanted_media(request, (JSON, HTML)), wanted_language(request), house_of(request)
    for number in (old, new):
        _published(house, number)
    return answer_document(request, diff_document(old, new, media, tongue), LATER)


@router.get("/policy/feed.atom", auth=None, operation_id="policy_feed", summary="The versions as a feed",
            openapi_extra=_extra("An Atom feed (RFC 4287).", "application/atom+xml", spoken=True))  # fmt: skip
def policy_feed(request: HttpRequest) -> HttpResponse:
    """The newest versions, for feed readers."""
    return answer_document(request, feed(house_of(request), site_of(request), wanted_language(request)))


@router.get("/touchpoints/{name}/notice", auth=None, operation_id="touchpoint_notice", summary="What people are told where data are asked for",
            openapi_extra=_extra("The notice, for a program with the digests that prove its texts.", JSON, HTML, MARKDOWN, spoken=True, schema="touchpoint-notice"))  # fmt: skip
def touchpoint_notice(request: HttpRequest, name: str) -> HttpResponse:
    """The notice at a touchpoint in a language (`?language=`)."""
    media, tongue, house = wanted_media(request, (JSON, HTML, MARKDOWN)), wanted_language(request), house_of(request)
    if name not in house.policy_in_force.policy.touchpoints:
        raise missing()
    return answer_document(request, touchpoint_document(house, name, media, tongue))


@well_known.get("/.well-known/gpc.json", auth=None, operation_id="gpc", summary="Whether the signal of a browser is honoured",
                openapi_extra=_extra("The Global Privacy Control's file (schema `gpc`).", JSON, schema="gpc"))  # fmt: skip
def gpc(request: HttpRequest) -> HttpResponse:
    """The Global Privacy Control's file."""
    return answer_document(request, gpc_document(house_of(request)), LATER)


@well_known.get("/.well-known/security.txt", auth=None, operation_id="security_txt", summary="Where to report a hole",
                openapi_extra=_extra("The file of RFC 9116.", "text/plain"))  # fmt: skip
def security(request: HttpRequest) -> HttpResponse:
    """Where to report a hole; not there where the policy names no contact."""
    try:
        found = security_document(house_of(request))
    except Invalid:
        raise missing() from None
    return answer_document(request, found, LATER)


def _published(house: House, number: int) -> None:
    """Raise unless a version of this number was published: they are counted from 1."""
    if not 1 <= number <= house.policy_in_force.number:
        raise missing()


# -------------------------------------------------------------------------------------------------- what browsers choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a page sends."""

    visitor: str
    choices: tuple[Picked, ...] = ()
    gpc: bool = False


_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
CHOSEN = Block(Chosen, {
    "visitor": Part(Text(36, _UUID), "The random number (UUID of version 4) that the browser keeps.", True),
    "choices": Part(ListOf(Block(Picked, {
        "purpose": Part(Text(), "The purpose, as the policy names it.", True),
        "verb": Part(words_of(VERBS), "What the visitor said.", True),
        "channel": Part(Text(), "The channel, where the purpose has channels."),
        "notice_digest": Part(Text(64, "[0-9a-f]{64}"), "The digest of the text that was shown."),
        "language": Part(Text(35), "The language in which it was shown."),
        "method": Part(words_of(METHODS), "How; `button` by default."),
    }), MOST, 0), "What the visitor chose, each purpose by itself."),
    "gpc": Part(Flag(), "Whether the browser sends the Global Privacy Control; the header `Sec-GPC: 1` says the same."),
})  # fmt: skip


_CHOOSING = {status: told for status, told in CHANGING.items() if status != 401}


@router.post("/public/choices", auth=None, operation_id="public_choices", summary="Record what a browser's visitor chose",
             openapi_extra={"parameters": [HEADER], "requestBody": body(CHOSEN), "responses": {200: named("public-choices"), **_CHOOSING}})  # fmt: skip
def choices(request: HttpRequest) -> HttpResponse:
    """Choices of a visitor whom nobody knows, each recorded or rejected by itself; never of anybody else."""
    limit_address(request, "choices", CHOICES_A_MINUTE)
    made = read_body(request, CHOSEN)
    gpc = made.gpc or bool(signals_of(request))
    tongue = tongue_of(request)

    def work(house: House) -> Reply:
        heard = hear(house, UUID(made.visitor), made.choices, gpc)
        held: dict[str, Any] = {"items": [_result_json(one, tongue) for one in heard.choices]}
        if heard.signalled:
            held["signalled"] = [_result_json(one, tongue) for one in heard.signalled]
        return reply(held)

    return answer_once(request, work, who=made.visitor)


def _result_json(result: Result, tongue: Tongue) -> dict[str, Any]:
    if result.recorded is None:
        return {"rejections": [rejection_json(item, tongue) for item in result.rejections]}
    return {"id": str(result.recorded.id), "digest": result.recorded.digest, "version": result.recorded.version}
