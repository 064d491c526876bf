"""The WSGI application of a door: Django's handler, which every request finds its house through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from janji.web.configuration import configure
from janji.web.requests import DOOR, METRICS
from janji.workflows.collection import scanner
from janji.workflows.decisions import check_enforcement
from janji.workflows.door import Door
from janji.workflows.metrics import Metrics

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication


def make_application(door: Door) -> WSGIApplication:
    """The application (PEP 3333) that serves the house behind `door`. Any server may run it, in any number of threads."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import get_resolver

    configure(door)
    _ = get_resolver().url_patterns  # loads every endpoint now, not while the first caller waits
    scanner(door.runtime)  # and the recognisers: a mistake in the settings is told before anything listens
    if (published := door.house().published) is not None:
        check_enforcement(door.runtime.settings.enforcement, published.policy)
    handler, metrics = WSGIHandler(), Metrics(door)

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        environ[DOOR], environ[METRICS] = door, metrics
        return handler(environ, start_response)

    return application
