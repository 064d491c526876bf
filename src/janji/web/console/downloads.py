"""Files that the console hands out: named, never kept by a browser or a proxy, never opened as a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from janji.web.pages import closed

TEXT, JSON, CSV, NDJSON = "text/plain; charset=utf-8", "application/json", "text/csv; charset=utf-8", "application/x-ndjson"
ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(name: str, data: bytes, media: str) -> HttpResponse:
    """A file under a name, which is ours and ASCII."""
    answer = HttpResponse(data, content_type=media)
    _headed(answer, name)
    return closed(answer)


def json_file(name: str, value: Any) -> HttpResponse:
    """A value as a JSON document for people and programs."""
    return download(name, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode(), JSON)


def stream(name: str, pieces: Iterable[bytes], media: str) -> HttpResponseBase:
    """A file that is made while it is taken."""
    answer = StreamingHttpResponse(pieces, content_type=media)
    _headed(answer, name)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _headed(answer: HttpResponseBase, name: str) -> None:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
