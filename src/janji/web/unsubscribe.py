"""Unsubscribing over HTTP (RFC 8058): a page that changes nothing, the one click that does, and links for those who send."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import parse_qs
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from ninja import Router

from janji.errors import Invalid
from janji.terms.messages import N_, Tongue, say
from janji.web.bodies import json_response, read_body, read_bytes
from janji.web.decisions import person_meant
from janji.web.description import PROBLEMS, body, named, problem
from janji.web.documents import site_of, wanted_media, whole
from janji.web.keys import ApiKey, within
from janji.web.pages import closed, contacts, page, page_tongue
from janji.web.problems import Problem
from janji.web.requests import door_of
from janji.web.shapes import Block, Identified, Part, Subject, Text
from janji.workflows.api_keys import Scope
from janji.workflows.house import House
from janji.workflows.public_documents import HTML, PLAIN
from janji.workflows.unsubscribe import (
    FIELD,
    PATH,
    VALUE,
    Link,
    make_links,
    named_in,
    read_token,
    unsubscribe,
    would_stop,
)

router, pages = Router(), Router()
LARGEST = 16_384
"""Bytes of the body of a click, at most."""
_MEDIA = (PLAIN, HTML)
_PAGE = {200: {"description": "A page.", "content": {HTML: {}, PLAIN: {}}}, 404: problem("The link is not whole, or none of ours.")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The link that an application asks for."""

    subject: UUID | Identified
    purpose: str
    channel: str | None = None


WANTED = Block(Wanted, {
    "subject": Part(Subject(), "The person to whom the message goes.", True),
    "purpose": Part(Text(), "The purpose of the message.", True),
    "channel": Part(Text(), "The channel that a click stops; all of them without it."),
})  # fmt: skip


@router.post("/unsubscribe-links", auth=ApiKey(Scope.CONSENTS_WRITE), operation_id="unsubscribe_link", summary="A link by which a person stops a purpose",
             openapi_extra={"requestBody": body(WANTED), "responses": {200: named("unsubscribe-link"), **PROBLEMS, 404: problem("Nobody is meant.")}})  # fmt: skip
def links(request: HttpRequest) -> HttpResponse:
    """The link and the two headers for mail. Nothing is stored; the same person and purpose have the same link always."""
    wanted = read_body(request, WANTED)
    within(request, wanted.purpose)
    house = door_of(request).house()
    subject = person_meant(house, wanted.subject)
    (made,) = make_links(house, site_of(request), [Link(subject, wanted.purpose, wanted.channel)])
    return json_response({"url": made.url, "headers": made.headers})


@pages.get(PATH + "{token}", auth=None, operation_id="unsubscribe_page", summary="What a click would stop", openapi_extra={"responses": _PAGE})
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button. Whoever only looks, a mail scanner or a browser that fetches ahead, changes nothing."""
    house, tongue = door_of(request).house(), page_tongue(request)
    try:
        link = read_token(house, token)
    except Invalid as error:
        return _bad(request, house, tongue, error)
    about = say(N_("This is about: {service}."), service=named_in(house, link))
    lines = [line.render(tongue) for line in (about, *would_stop(house, link))]
    told = [tongue.translate(N_("Nothing has changed yet. Everything else stays as it is."))]
    return _page(request, house, tongue, tongue.translate(N_("Do you want this to stop?")), lines, told, ask=True)


@pages.post(PATH + "{token}", auth=None, operation_id="unsubscribe", summary="Unsubscribe by one click (RFC 8058)",
            openapi_extra={"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": {
                "type": "object", "required": [FIELD], "properties": {FIELD: {"const": VALUE}}}}}},
                "responses": {**_PAGE, 400: problem("The body does not say that it is a click."), 413: PROBLEMS[413]}})  # fmt: skip
def click(request: HttpRequest, token: str) -> HttpResponse:
    """Record the no at once. Without a cookie or a session, as often as it is sent, and never with a redirect."""
    tongue = page_tongue(request)
    if VALUE not in _field(request):
        raise Problem(400, "invalid", say(N_("the body does not say that it is a click")), say(N_("send `{field}={value}`"), field=FIELD, value=VALUE))
    try:
        link = door_of(request).do(lambda house: _stopped(house, token))
    except Invalid as error:
        return _bad(request, door_of(request).house(), tongue, error)
    house = door_of(request).house()
    lines = [say(N_("Stopped: {service}."), service=named_in(house, link)).render(tongue)]
    told = [tongue.translate(N_("You need do nothing more. What is on its way already may still arrive."))]
    return _page(request, house, tongue, tongue.translate(N_("This has stopped")), lines, told, ask=False)


def _stopped(house: House, token: str) -> Link:
    link = read_token(house, token)
    unsubscribe(house, link)
    return link


def _field(request: HttpRequest) -> list[str]:
    """The values of the one field in a body as forms send it; none when it is anything else."""
    if not request.META.get("CONTENT_LENGTH"):  # as some clients send an empty form
        return []
    data, kind = read_bytes(request, LARGEST), request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            fields, _ = MultiPartParser(request.META, BytesIO(data), [], "utf-8").parse()
            return list(map(str, fields.getlist(FIELD)))
        return parse_qs(data.decode("ascii"), max_num_fields=20).get(FIELD, []) if kind == "application/x-www-form-urlencoded" else []
    except (MultiPartParserError, ValueError):
        return []



def _page(request: HttpRequest, house: House, tongue: Tongue, title: str, lines: list[str], told: list[str], *, ask: bool) -> HttpResponse:
    """The page for people; for programs its lines."""
    if wanted_media(request, _MEDIA) == PLAIN:
        return closed(HttpResponse("\n".join([title, *lines, *told, ""]), content_type="text/plain; charset=utf-8"))
    made = page(
        "unsubscribe.html", tongue, title, turn=ask, words={"stop": tongue.translate(N_("Stop it"))}, lines=lines, told=told, ask=ask,
        field=FIELD, value=VALUE, house=house,
    )  # fmt: skip
    return closed(whole(made, forms="'self'" if ask else "'none'"))


def _bad(request: HttpRequest, house: House, tongue: Tongue, error: Invalid) -> HttpResponse:
    """What a link that is none of ours leads to: the same for every one, whoever it was about."""
    if wanted_media(request, _MEDIA) == PLAIN:
        raise Problem(404, "not-found", error.message, error.help)
    told = [tongue.translate(N_("Open it from the message again, all of it; or write to us, and we stop it."))]
    made = page("unsubscribe.html", tongue, tongue.translate(N_("This link does not work")), told=told, house=house,
                contacts=contacts(house))  # fmt: skip
    return closed(whole(made, 404))
