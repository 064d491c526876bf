"""Documents handed out: which media type and language are wanted, entity tags, caching, and reading from other sites."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from janji.terms.messages import N_, Tongue, say
from janji.web.caching import tagged
from janji.web.problems import Problem, of_status
from janji.web.requests import door_of, tongue_of
from janji.workflows.house import House
from janji.workflows.public_documents import HTML, Document

SOON, LATER = 300, 86_400
"""Seconds for which a document that may change is believed, and one that does not."""
CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
"""What every page forbids: scripts, whatever comes from elsewhere, and being shown inside another page."""


def missing() -> Problem:
    """The problem of what is not there, or not for the caller: which of the two is not told."""
    return of_status(404)


def house_of(request: HttpRequest) -> House:
    """The house, once a policy is published: before that nothing public is there."""
    house = door_of(request).house()
    if house.published is None:
        raise missing()
    return house


def wanted_media(request: HttpRequest, offered: Sequence[str]) -> str:
    """The media type that the caller would like best (RFC 9110 12.5.1), the first offered where all are as good."""
    if not request.headers.get("Accept", "").strip():
        return offered[0]
    found: str | None = request.get_preferred_type(list(offered))
    if found is None:
        raise Problem(406, "not-acceptable", say(N_("this address speaks none of the media types asked for")),
                      say(N_("known here: {words}"), words=", ".join(f"`{media}`" for media in offered)))  # fmt: skip
    return found


def wanted_language(request: HttpRequest) -> Tongue:
    """The language in `?language=`, else the one that the caller would like; raises a problem for one that is not spoken."""
    word = request.GET.get("language")
    if word is None:
        return tongue_of(request)
    found = door_of(request).tongue(word)
    if found.language != word:
        raise Problem(400, "invalid", say(N_("this language is not spoken here")), say(N_("ask for `en` or `id`")))
    return found


def site_of(request: HttpRequest) -> str:
    """The address at which people reach this deployment: the setting, else the one that was asked."""
    known = door_of(request).runtime.settings.public_url
    return known or f"{request.scheme}://{request.get_host()}"


def answer_document(request: HttpRequest, document: Document, seconds: int = SOON) -> HttpResponse:
    """A public document: to be kept for `seconds`, asked for again by its tag, and readable from every site's pages."""
    response = tagged(request, whole(document), f"public, max-age={seconds}")
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def whole(document: Document, status: int = 200, forms: str = "'none'", nonce: str = "") -> HttpResponse:
    """A document as a response; a page may use its own style sheets, or the one of the house, and nothing else; it sends forms where `forms` says.

    With a `nonce` it may run the scripts that carry it, and these may ask this house.
    """
    kind = document.media if document.media.startswith("application/") else f"{document.media}; charset=utf-8"
    response = HttpResponse(document.body, status=status, content_type=kind)
    if document.language is not None:
        response.headers["Content-Language"] = document.language
    if document.media == HTML:
        styles = " ".join(document.styles) or "'self'"
        scripts = f"; script-src 'nonce-{nonce}'; connect-src 'self'" if nonce else ""
        response.headers["Content-Security-Policy"] = f"{CLOSED}; style-src {styles}; img-src 'self'; form-action {forms}{scripts}"
    return response
