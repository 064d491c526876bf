"""Pages for people: Django's templates with the style sheet of every document, in the language that was asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.utils.safestring import SafeString

from janji.terms.messages import N_, UNASKED, Tongue
from janji.web import style
from janji.web.documents import whole
from janji.web.requests import door_of, tongue_of
from janji.workflows.house import House
from janji.workflows.public_documents import HTML, Document

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = ("en", "id")
_RIBBON = N_("Demonstration: this company and its people are made up. Its policy is a worked example, and is no company's own.")
_SKIP = N_("Skip to the content")
HOME, RIGHTS, MINE, VERSIONS, HELP, GUARDIANS, NUMBERS, PROMISES = "/", "/rights", "/my", "/versions", "/help", "/guardians", "/numbers", "/promises"
"""Where the parts of the privacy centre are."""
_NAV = ((HOME, N_("Home")), (RIGHTS, N_("Your rights")), (MINE, N_("My data")), (VERSIONS, N_("Our policy")), (HELP, N_("Help")))
_FOOT = (("/v1/policy", N_("The whole privacy policy")), (GUARDIANS, N_("For parents and guardians")), (HELP, N_("Contact, also with a disability")),
         (NUMBERS, N_("Requests in numbers")))  # fmt: skip
_OPEN = (HOME, RIGHTS, VERSIONS, HELP, GUARDIANS, NUMBERS)
"""Parts whose pages are the same for everybody; those say in a line what they are about."""
_CENTRE = {"centre": N_("Privacy centre"), "nav": N_("Privacy centre")}


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], loaders=[("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])])


def part(template: str, **values: Any) -> SafeString:
    """A part of a page from a template, for what is made once and shown often."""
    return _engine().get_template(template).render(Context(values))


def page(template: str, tongue: Tongue, title: str, *, house: House | None, turn: bool | str = True, words: dict[str, str] | None = None, **values: Any) -> Document:
    """A page from a template, in the name of whoever answers for it, or of nobody where the house itself does not answer.

    `turn` offers the same page in the other language: by its own address, or by that of a page which says the same to whoever asks by GET.
    Raises `TypeError` for a value of a name that every page has: it would never be seen.
    """
    other = next(code for code in LANGUAGES if code != tongue.language) if turn else None
    own = {
        "title": title, "language": tongue.language, "sheet": style.address(), "sign": style.icon_address(), "words": {"skip": tongue.translate(_SKIP), **(words or {})},
        "other": other, "other_at": turn if isinstance(turn, str) else "", "controller": "" if house is None else controller_name(house), "ribbon": tongue.translate(_RIBBON) if house is not None and house.demonstration else "",
    }  # fmt: skip
    if taken := values.keys() & own.keys():
        raise TypeError(f"every page has its own {', '.join(sorted(taken))}")
    return Document(_engine().get_template(template).render(Context({**values, **own})).encode(), HTML, tongue.language)


def centre_page(
    request: HttpRequest, template: str, title: str, *, here: str = "", turn: bool | str = True, kept: str = "", status: int = 200,
    words: dict[str, str] | None = None, **values: Any,
) -> HttpResponse:  # fmt: skip
    """A page of the privacy centre, with its navigation. `here` is the part that it belongs to; `kept` what the other language keeps of the query."""
    house, tongue = door_of(request).house(), page_tongue(request)
    told = {key: tongue.translate(text) for key, text in _CENTRE.items()}
    foot = (*_FOOT, (PROMISES, N_("Do we keep our promises?"))) if shows_promises(house) else _FOOT
    lead = _about(words or {}, values) if here in _OPEN and status == 200 and request.method == "GET" else ""
    made = page(
        template, tongue, title, house=house, turn=turn, words={**told, **(words or {})}, here=here, kept=kept,
        description=lead, nav=[(path, tongue.translate(text)) for path, text in _NAV], foot=[(path, tongue.translate(text)) for path, text in foot], **values,
    )  # fmt: skip
    return closed(whole(made, status, forms="'self'"))


def _about(words: dict[str, str], values: dict[str, Any]) -> str:
    """What a page is about, in the first line that it says itself."""
    lines = [words.get("lead", ""), *(values.get("lead") or ()), *(line for part in values.get("parts") or () for line in part["lines"])]
    return next(filter(None, lines), "")


def shows_promises(house: House) -> bool:
    """Whether everybody may see how the promises are kept."""
    return house.runtime.settings.promises == "public"


def page_tongue(request: HttpRequest) -> Tongue:
    """The language of a page: a word in `?language=` that no language is, is passed over.

    Without one it is what the browser asks for, and for a browser that asks for none the first language of the people here.
    """
    door = door_of(request)
    asked = door.tongue(request.GET.get("language", ""))
    if asked.language == request.GET.get("language"):
        return asked
    return tongue_of(request) if request.META.get("HTTP_ACCEPT_LANGUAGE") else door.tongue(UNASKED)


def contacts(house: House) -> list[dict[str, str]]:
    """How to write to the controller: what each is, and where it leads."""
    if house.published is None:
        return []
    controller = house.published.policy.controller
    ways = ((controller.email, "mailto:"), (controller.phone, "tel:"), (controller.url, ""), (controller.address, None))
    return [{"words": str(words), "href": "" if before is None else f"{before}{words}"} for words, before in ways if words]


def controller_name(house: House) -> str:
    """Who answers for the page; nobody while no policy is published."""
    return "" if house.published is None else house.published.policy.controller.name


def closed(response: HttpResponse) -> HttpResponse:
    """For nobody's index and nobody's cache: the address is a key."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Vary"] = "Accept, Accept-Language"
    return response
