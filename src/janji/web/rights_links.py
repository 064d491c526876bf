"""Signed links that act at once, and rights found in ordinary complaints: what other programs ask for, and the pages that links lead to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.errors import Invalid
from janji.terms.messages import N_
from janji.web.bodies import json_response, read_body
from janji.web.decisions import person_meant
from janji.web.description import PROBLEMS, answered, body, problem
from janji.web.documents import site_of
from janji.web.forms import fields_of
from janji.web.keys import ApiKey, within
from janji.web.limits import limit_address
from janji.web.pages import page_tongue
from janji.web.requests import door_of, tongue_of
from janji.web.rights_form import A_MINUTE, FORM, LARGEST, LOOK, SEND, gone, view
from janji.web.shapes import Block, Identified, Instant, Part, Subject, Text, words_of
from janji.workflows.api_keys import Scope
from janji.workflows.house import House
from janji.workflows.request_intake import offers
from janji.workflows.request_links import (
    PATH,
    Act,
    ActLink,
    consequences,
    follow,
    make_act_links,
    read_act_link,
    stands,
    undo,
    would,
)
from janji.workflows.requests import rights

router, pages = Router(), Router()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The link that an application asks for."""

    subject: UUID | Identified
    act: str
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A message of a person, as another system has it."""

    text: str = field(repr=False)
    received: Any = None


WANTED = Block(Wanted, {
    "subject": Part(Subject(), "The person to whose address the message goes.", True),
    "act": Part(words_of(tuple(Act)), "What a click does.", True),
    "purpose": Part(Text(), "The purpose; none for protection."),
})  # fmt: skip
COMPLAINT = Block(Complaint, {
    "text": Part(Text(20_000), "What the person wrote.", True),
    "received": Part(Instant(), "When it came; now without it. A request that is taken up runs on this clock."),
})  # fmt: skip
_LINK = answered("application/json", {"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "format": "uri"}}})
_FOUND = answered("application/json", {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {
    "type": "object", "required": ["right", "title", "sure", "words", "offer"], "properties": {
        "right": {"type": "string"}, "title": {"type": "string"}, "sure": {"type": "boolean"}, "words": {"type": "array", "items": {"type": "string"}},
        "offer": {"type": "string", "format": "uri"},
    }}}}})  # fmt: skip


@router.post("/act-links", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="act_link", summary="A link that withdraws, objects, or protects a child at once",
             openapi_extra={"requestBody": body(WANTED), "responses": {200: _LINK, **PROBLEMS, 404: problem("Nobody is meant.")}})  # fmt: skip
def links(request: HttpRequest) -> HttpResponse:
    """For a message to an address that was held before. Nothing is stored; the same person and act have the same link always."""
    wanted = read_body(request, WANTED)
    if wanted.purpose:
        within(request, wanted.purpose)
    house = door_of(request).house()
    subject = person_meant(house, wanted.subject)
    (url,) = make_act_links(house, site_of(request), [ActLink(subject, Act(wanted.act), wanted.purpose)])
    return json_response({"url": url})


@router.post("/complaints", auth=ApiKey(Scope.REQUESTS_WRITE), operation_id="complaint", summary="The rights that an ordinary message seems to use",
             openapi_extra={"requestBody": body(COMPLAINT), "responses": {200: _FOUND, **PROBLEMS}})  # fmt: skip
def complaint(request: HttpRequest) -> HttpResponse:
    """Each with the words that say so and a link to offer the person: taken up, it runs on the clock of the message. Nothing is stored."""
    sent, house, tongue = read_body(request, COMPLAINT), door_of(request).house(), tongue_of(request)
    known = rights(house)
    return json_response({"items": [
        {"right": one.right, "title": known[one.right].title.get(tongue.language), "sure": one.found.sure,
         "words": [sent.text[start:end] for start, end in one.found.spans], "offer": one.link}
        for one in offers(house, sent.text, sent.received)
    ]})  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- pages


@pages.get(PATH + "{token}", auth=None, operation_id="act_page", summary="What a click would do", openapi_extra={"responses": LOOK})
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button; whoever only looks changes nothing."""
    house = door_of(request).house()
    try:
        link = read_act_link(house, token)
    except Invalid:
        return gone(request)
    return _page(request, house, token, link, done=stands(house, link))


@pages.post(PATH + "{token}", auth=None, operation_id="act", summary="Do what the link says, at once; or undo it", openapi_extra={"requestBody": FORM, "responses": {**SEND, **LOOK}})
def act(request: HttpRequest, token: str) -> HttpResponse:
    """Recorded at once, however often it is sent; an objection and a protection are undone by the same link."""
    limit_address(request, "rights", A_MINUTE)
    back = fields_of(request, LARGEST).get("go") == "undo"
    try:
        link = door_of(request).do(lambda house: _done(house, token, back=back))
    except Invalid:
        return gone(request)
    return _page(request, door_of(request).house(), token, link, done=not back)


def _done(house: House, token: str, *, back: bool) -> ActLink:
    link = read_act_link(house, token)
    (undo if back else follow)(house, link)
    return link


def _page(request: HttpRequest, house: House, token: str, link: ActLink, *, done: bool) -> HttpResponse:
    tongue = page_tongue(request)
    told, action = tongue.translate, f"{PATH}{token}"
    if not done:
        form = {"action": action, "hidden": [], "fields": [], "buttons": [{"go": "yes", "words": told(N_("Yes, do it now"))}]}
        lead = [would(house, link), *consequences(house, link)]
        return view(request, N_("Do you want this?"), lead=lead, told=[N_("Nothing has changed yet.")], forms=[form])
    forms = []
    if link.act is not Act.WITHDRAW:
        forms = [{"action": action, "hidden": [], "fields": [], "buttons": [{"go": "undo", "words": told(N_("Take it back")), "second": True}]}]
    return view(request, N_("This is done"), lead=[would(house, link)], told=[N_("You need do nothing more.")], forms=forms)
