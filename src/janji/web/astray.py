"""An error as a page for whoever looks with a browser: what went wrong in plain words, and the way back; programs keep the problem document."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from janji.errors import JanjiError
from janji.terms.messages import N_
from janji.web.console import CONSOLE
from janji.web.documents import whole
from janji.web.pages import HELP, closed, page, page_tongue
from janji.web.rights_form import nowhere, view
from janji.workflows.public_documents import HTML

NOWHERE = (400, 404, 405, 406)
"""What an address is answered with that is none: to a person all of them are the same."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SAID: dict[int, tuple[str, str]] = {
    401: (N_("This is not open to you"), N_("It is for programs that have a key of ours.")), 403: (N_("This is not open to you"), N_("Nothing was done.")),
    400: (N_("What you sent cannot be read"), N_("Nothing was done. Go back and write it with letters, digits and signs alone; files cannot be sent here.")),
    413: (N_("That is too much at once"), N_("Nothing was done. Go back and send less.")),
    429: (N_("Too many at once"), N_("Nothing was done. Wait a minute, then try again.")),
    500: (N_("Something went wrong here"), N_("It is our fault, not yours. Try again later. If it happens again, tell us this number:")),
    503: (N_("We cannot answer just now"), N_("Something that this page needs does not answer. Try again in a few minutes.")),
}  # fmt: skip
_OTHER = (N_("This could not be done"), N_("Go back and try once more; if it happens again, tell us."))


def wants_page(request: HttpRequest) -> bool:
    """Whether somebody looks with a browser: it names pages among what it takes, and sends a form if anything."""
    sent = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    return HTML in request.META.get("HTTP_ACCEPT", "").lower() and (request.method == "GET" or sent in FORMS)


def page_of(request: HttpRequest, problem: HttpResponseBase) -> HttpResponse:
    """A problem document as a page, with its status and headers; a plain one where the house itself does not answer."""
    status = problem.status_code
    try:
        response = _nowhere(request, status) if status in NOWHERE and not _filled(request, status) else _told(request, status, problem)
    except JanjiError:
        tongue = page_tongue(request)
        title, text = _SAID[503]
        response = closed(whole(page("unsubscribe.html", tongue, tongue.translate(title), house=None, turn=False, told=[tongue.translate(text)]), status))
    for name, value in problem.items():
        if name not in ("Content-Type", "Content-Length"):
            response.headers.setdefault(name, value)
    return response


def _filled(request: HttpRequest, status: int) -> bool:
    """Whether a form was sent that cannot be read: its address is right."""
    return status == 400 and request.method == "POST" and request.resolver_match is not None


def _nowhere(request: HttpRequest, status: int) -> HttpResponse:
    if status == 400 or not f"{request.path}/".startswith(f"{CONSOLE}/"):  # 400: a host that is not ours
        return nowhere(request, status)
    from janji.web.console import shell  # with all that staff see, which a server may never be asked for

    return shell.nowhere(request, status)


def _told(request: HttpRequest, status: int, problem: HttpResponseBase) -> HttpResponse:
    tongue, (title, text) = page_tongue(request), _SAID.get(status, _OTHER)
    told = [text]
    if status == 500 and isinstance(problem, HttpResponse):
        told.append(str(orjson.loads(problem.content).get("instance", "")).rpartition(":")[2])
    links = [(f"/?language={tongue.language}", N_("To the start")), (f"{HELP}?language={tongue.language}", N_("Help and contact"))]
    return view(request, title, told=[one for one in told if one], links=links, status=status, turn=request.method == "GET", here="")
