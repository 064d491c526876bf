"""Around every request: the host is ours, every error is a problem document or a page, and no answer lacks its security headers."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import is_valid_path
from django.utils.encoding import escape_uri_path

from janji.web.astray import page_of, wants_page
from janji.web.origins import let_read
from janji.web.problems import MEDIA_TYPE, answer_problem, of_status

Headers = tuple[tuple[str, str], ...]
HEADERS: Headers = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""What an answer carries unless its endpoint said something else."""

WATCHED = ("/health/live", "/health/ready", "/metrics")
"""What those who watch over machines ask for by address, whatever names the house has."""


def headers_of(hsts: int | None) -> Headers:
    """The headers of every answer; with one that keeps browsers to TLS for so many seconds."""
    return HEADERS if not hsts else (*HEADERS, ("Strict-Transport-Security", f"max-age={hsts}; includeSubDomains"))


class Around:
    """The one middleware."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        from django.conf import settings

        self.get_response = get_response
        self.headers = headers_of(settings.SECURE_HSTS_SECONDS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve one request."""
        head = request.method == "HEAD"
        if head:
            request.method = "GET"  # RFC 9110 9.3.2: as GET, without the content
        response = self.get_response(request) if _is_ours(request) else answer_problem(request, of_status(400))
        if response.status_code == 404:
            response = _without_slash(request) or response
        if response.status_code == 405:
            response = _with_methods(request, response)
        if response.status_code >= 400 and response.headers.get("Content-Type", "") != MEDIA_TYPE and not _is_page(response):
            response = _as_problem(request, response)
        if response.headers.get("Content-Type", "") == MEDIA_TYPE and wants_page(request):
            response = page_of(request, response)
        let_read(request, response)
        headers = response.headers
        for name, value in self.headers:
            headers.setdefault(name, value)
        if isinstance(response, HttpResponse):
            if response.status_code not in (204, 304):
                headers["Content-Length"] = str(len(response.content))
            if head:
                response.content = b""
        return response


def _is_ours(request: HttpRequest) -> bool:
    """Whether the host that was asked for is one of ours."""
    try:
        return request.path_info in WATCHED or bool(request.get_host())
    except DisallowedHost:
        return False


def _without_slash(request: HttpRequest) -> HttpResponse | None:
    """The way to an address of ours that was asked for with a slash at its end (RFC 9110 15.4.9); nothing for any other.

    Never `//host`, which a browser takes for somebody else's site.
    """
    path = request.path_info.rstrip("/")
    if request.method != "GET" or not path or not request.path_info.endswith("/") or path.startswith(("//", "/\\")) or not is_valid_path(path):
        return None
    query = request.META.get("QUERY_STRING", "")
    return HttpResponse(status=308, headers={"Location": f"{escape_uri_path(path)}{'?' if query else ''}{query}"})


def _is_page(response: HttpResponseBase) -> bool:
    """Whether it is a page of ours: only they say themselves what they may load."""
    return "Content-Security-Policy" in response


def _with_methods(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What an address knows, said in full; OPTIONS asks for no more than that (RFC 9110 9.3.7)."""
    known = {word.strip() for word in response.headers.get("Allow", "").split(",")} - {""}
    if "GET" in known:
        known.add("HEAD")
    response.headers["Allow"] = ", ".join(sorted(known))
    if request.method != "OPTIONS":
        return response
    answer = HttpResponse(status=204, headers={"Allow": ", ".join(sorted(known | {"OPTIONS"}))})
    del answer["Content-Type"]
    return answer


def _as_problem(request: HttpRequest, plain: HttpResponseBase) -> HttpResponse:
    """An error that Django or a library made, as a problem document with the headers that it came with."""
    response = answer_problem(request, of_status(plain.status_code))
    for name, value in plain.items():
        if name not in ("Content-Type", "Content-Length"):
            response[name] = value
    return response
