"""The style sheets of all faces, the sign in the tab of a browser and the one script, each under an address of its own content; kept by browsers for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.web.description import problem
from janji.web.documents import missing
from janji.workflows.documents import style_sheet

pages = Router()
_TEMPLATES = Path(__file__).parent / "templates"
_SIGN = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#2f4bd8" d="M16 2 4 6.5V15c0 7.4 5 12.7 12 15 7-2.3 12-7.6 12-15V6.5z"/>'
    b'<path fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round" d="M10.5 16l4 4 7.5-8"/></svg>'
)
"""A shield with a tick, drawn to be seen on light and dark tabs."""
_SCRIPT = Path(__file__).parent / "scripts" / "htmx.min.js"
A_YEAR = "public, max-age=31536000, immutable"
FACE, CONSOLE = "face", "console"
"""The sheet of every page, and the one that pages of the console have beside it."""


@cache
def sheet(name: str = FACE) -> bytes:
    """A style sheet, in UTF-8."""
    own = (_TEMPLATES / f"{name}.css").read_text("utf-8")
    return (style_sheet() + own if name == FACE else own).encode()


@cache
def address(name: str = FACE) -> str:
    """Where this very sheet is: another one has another address, so that nobody sees an old one."""
    return f"/style/{hashlib.sha256(sheet(name)).hexdigest()[:16]}.css"


@pages.get("/style/{name}.css", auth=None, operation_id="style", summary="The style sheet of every page", openapi_extra={"responses": {
    200: {"description": "The sheet.", "content": {"text/css": {}}}, 404: problem("Another sheet, or none.")}})  # fmt: skip
def style(request: HttpRequest, name: str) -> HttpResponse:
    """The sheet under its digest."""
    found = next((one for one in (FACE, CONSOLE) if request.path == address(one)), None)
    if found is None:
        raise missing()
    return HttpResponse(sheet(found), content_type="text/css; charset=utf-8", headers={"Cache-Control": A_YEAR})


@cache
def icon_address() -> str:
    """Where the sign of every page is, for the tab of a browser."""
    return f"/style/{hashlib.sha256(_SIGN).hexdigest()[:16]}.svg"


@pages.get("/style/{name}.svg", auth=None, operation_id="sign", summary="The sign of every page", openapi_extra={"responses": {
    200: {"description": "The sign.", "content": {"image/svg+xml": {}}}, 404: problem("Another sign, or none.")}})  # fmt: skip
def sign(request: HttpRequest, name: str) -> HttpResponse:
    """The sign under its digest."""
    if request.path != icon_address():
        raise missing()
    return HttpResponse(_SIGN, content_type="image/svg+xml", headers={"Cache-Control": A_YEAR})


@cache
def script() -> bytes:
    """The one script of the console, in UTF-8, as its makers publish it; every page works without it."""
    return _SCRIPT.read_bytes()


@cache
def script_address() -> str:
    """Where this very script is."""
    return f"/script/{hashlib.sha256(script()).hexdigest()[:16]}.js"


@pages.get("/script/{name}.js", auth=None, operation_id="script", summary="The script of some pages, which work without it", openapi_extra={"responses": {
    200: {"description": "The script.", "content": {"text/javascript": {}}}, 404: problem("Another script, or none.")}})  # fmt: skip
def the_script(request: HttpRequest, name: str) -> HttpResponse:
    """The script under its digest."""
    if request.path != script_address():
        raise missing()
    return HttpResponse(script(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": A_YEAR})
