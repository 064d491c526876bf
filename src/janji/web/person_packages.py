"""The page of a person's package: it asks for the code that went another way, and hands the package over once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from janji.errors import Invalid, JanjiError
from janji.terms.messages import N_, Tongue, say
from janji.terms.words import on_day
from janji.web.description import PROBLEMS, problem_page
from janji.web.forms import fields_of, sentence
from janji.web.limits import limit_address
from janji.web.naming import megabytes
from janji.web.pages import MINE, centre_page, contacts, page_tongue
from janji.web.problems import Problem
from janji.web.requests import door_of
from janji.workflows.house import House
from janji.workflows.person_packages import (
    CODE_DIGITS,
    PATH,
    Ended,
    Handing,
    Locked,
    WrongCode,
    hand_over,
    read_link,
)
from janji.workflows.public_documents import HTML

pages = Router()
A_MINUTE = 20
"""How often one address may try a code in a minute."""
LARGEST = 4096
"""Bytes of the form, at most."""
_PAGE = {
    200: {"description": "A page.", "content": {HTML: {}}}, 404: problem_page("The link is not whole, or none of ours."),
    410: problem_page("The link has ended: used, locked, replaced, or its time is over."),
}  # fmt: skip
_FORM = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": {
    "type": "object", "required": ["code"], "properties": {"code": {"type": "string", "description": "The second factor, as it was told."}}}}}}  # fmt: skip
_WORDS = {
    "what": N_("Your package is ready: everything that we hold about you, as pages to read and as files for a program."),
    "code": N_("Your code"), "hint": N_("The code of {count} digits did not come with the link: look in your other messages, or ask whoever helped you."),
    "fetch": N_("Fetch my package"), "once": N_("It can be fetched once. Save it where only you can read it, and not on a machine that others use."),
    "open": N_("It is a ZIP file. Unpack it; there are two things in it:"), "report": N_("A report to read: open index.html."),
    "machine": N_("The same as files for a program (JSON and CSV), with a list that says what each is."),
}  # fmt: skip


@pages.get(PATH + "{token}", auth=None, operation_id="person_package_page", summary="Where a person fetches their package", openapi_extra={"responses": _PAGE})
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the form. Whoever only looks, a mail scanner or a browser that fetches ahead, changes nothing."""
    house, tongue = door_of(request).house(), page_tongue(request)
    try:
        return _asked(request, house, tongue, token)
    except (Invalid, Ended) as error:
        return _bad(request, house, tongue, error)


@pages.post(PATH + "{token}", auth=None, operation_id="person_package", summary="Fetch a package by its code", openapi_extra={
    "requestBody": _FORM, "responses": {**_PAGE, 200: {"description": "The package.", "content": {"application/zip": {}}},
                                        422: {"description": "The page, for the code was wrong.", "content": {HTML: {}}},
                                        **{number: PROBLEMS[number] for number in (400, 411, 413, 429)}}})  # fmt: skip
def fetch(request: HttpRequest, token: str) -> HttpResponseBase:
    """The package for the right code, as it is unsealed; a wrong one is counted."""
    limit_address(request, "person-packages", A_MINUTE)
    tongue, code = page_tongue(request), fields_of(request, LARGEST).get("code", "")
    try:
        return _handed(door_of(request).do(lambda house: hand_over(house, token, code)))
    except WrongCode as error:
        house = door_of(request).house()
        try:
            return _asked(request, house, tongue, token, error)
        except (Invalid, Ended) as ended:
            return _bad(request, house, tongue, ended)
    except (Invalid, Ended) as error:
        return _bad(request, door_of(request).house(), tongue, error)


def _handed(found: Handing) -> StreamingHttpResponse:
    response = StreamingHttpResponse(found.pieces, content_type="application/zip")
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _asked(request: HttpRequest, house: House, tongue: Tongue, token: str, wrong: WrongCode | None = None) -> HttpResponse:
    row = read_link(house, token)
    words = {key: tongue.translate(text) for key, text in _WORDS.items()}
    words["hint"] = say(_WORDS["hint"], count=CODE_DIGITS).render(tongue)
    words["until"] = say(N_("It is kept for you until {day}; then it is destroyed."), day=on_day(row.until.date())).render(tongue)
    words["size"] = say(N_("Size: {size}"), size=megabytes(row.size, tongue)).render(tongue)
    fault: dict[str, Any] = {} if wrong is None else {"fault": sentence(wrong.message, tongue), "help": sentence(wrong.help, tongue)}
    return centre_page(request, "person_package.html", tongue.translate(N_("Your personal data")), here=MINE, status=200 if wrong is None else 422, words=words, **fault)


_BAD: dict[type[JanjiError], str] = {Locked: N_("This link is locked"), Ended: N_("This link has ended")}


def _bad(request: HttpRequest, house: House, tongue: Tongue, error: JanjiError) -> HttpResponse:
    """What a link leads to that is none of ours, or that has ended."""
    status = error.http_status if isinstance(error, Ended) else 404
    if request.get_preferred_type([HTML]) is None:
        raise Problem(status, "not-found" if status == 404 else "refusal", error.message, error.help)
    told = [sentence(error.message, tongue), sentence(error.help, tongue)]
    title = tongue.translate(_BAD.get(type(error), N_("This link does not work")))
    return centre_page(request, "unsubscribe.html", title, here=MINE, status=status, told=[one for one in told if one], contacts=contacts(house))
