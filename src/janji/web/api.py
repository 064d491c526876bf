"""The API: every router under its address, and every error as a problem document."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from janji import __version__
from janji.errors import JanjiError
from janji.terms.messages import N_, say
from janji.web import (
    centre,
    collection,
    consents,
    decisions,
    health,
    machine_decisions,
    me,
    messages,
    my,
    my_choices,
    my_wards,
    person_packages,
    processors,
    public,
    public_promises,
    reading,
    rights_api,
    rights_form,
    rights_links,
    style,
    subjects,
    unsubscribe,
    webhooks,
    worklists,
)
from janji.web.bodies import JSON
from janji.web.caching import tagged
from janji.web.description import answered, whole
from janji.web.problems import (
    Instead,
    Problem,
    Wrong,
    answer_problem,
    of_status,
    on_anything,
    on_instead,
    on_janji_error,
    on_problem,
)

ABOUT = """Other programs ask Janji before they collect, use or share data about people, and hand it people's choices.

Every body is JSON in UTF-8 without a name twice in an object; what is absent is left out, never null. Every error is a
problem document (RFC 9457). Answers may gain members; a program passes over those that it does not know."""

api = NinjaAPI(title="Janji", version=__version__, description=ABOUT, openapi_url=None, docs_url=None, urls_namespace="janji")
api.add_router("/v1", decisions.router)
api.add_router("/v1", collection.router)
api.add_router("/v1", consents.router)
api.add_router("/v1", subjects.router)
api.add_router("/v1", me.router)
api.add_router("", health.router)
api.add_router("/v1", public.router)
api.add_router("", public.well_known)
api.add_router("/v1", reading.router)
api.add_router("/v1", unsubscribe.router)
api.add_router("", unsubscribe.pages)
api.add_router("/v1", webhooks.router)
api.add_router("/v1", rights_api.router)
api.add_router("/v1", machine_decisions.router)
api.add_router("", worklists.pages)
api.add_router("", processors.router)
api.add_router("", rights_form.pages)
api.add_router("", rights_links.pages)
api.add_router("/v1", rights_links.router)
api.add_router("", person_packages.pages)
api.add_router("", messages.router)
api.add_router("", style.pages)
api.add_router("", centre.pages)
api.add_router("", my.pages)
api.add_router("", public_promises.pages)
api.add_router("", my_wards.pages)
api.add_router("", my_choices.pages)


@api.get("/v1/openapi.json", operation_id="openapi", summary="This document", openapi_extra={"responses": {200: answered(
    "application/json", {"type": "object", "required": ["openapi", "info", "paths"]})}})  # fmt: skip
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API (OpenAPI 3.1)."""
    return tagged(request, HttpResponse(described(), content_type=JSON), "public, max-age=300")


@cache
def described() -> bytes:
    """The description in JSON; it is the same for as long as the process lives."""
    return orjson.dumps(whole(api.get_openapi_schema(path_prefix="")), option=orjson.OPT_NON_STR_KEYS)


def _on_parameters(request: HttpRequest, error: Any) -> HttpResponse:
    """A `ValidationError`: a parameter of the address that is none; what it was is not repeated."""
    wrong = [Wrong("/".join(["", *map(str, one["loc"][1:])]), say(N_("this parameter is not understood"))) for one in error.errors]
    return answer_problem(request, Problem(400, "invalid", say(N_("a part of the address is not understood")), None, wrong))


def _on_http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(request, of_status(error.status_code))


api.add_exception_handler(Exception, on_anything)
api.add_exception_handler(Problem, on_problem)
api.add_exception_handler(Instead, on_instead)
api.add_exception_handler(JanjiError, on_janji_error)
api.add_exception_handler(ValidationError, _on_parameters)
api.add_exception_handler(HttpError, _on_http_error)
