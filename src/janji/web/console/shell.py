"""What every screen of the console stands in: who is signed in, the duty that it asks for, its forms, its navigation, its errors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.views.decorators.csrf import requires_csrf_token

from janji.errors import Invalid, JanjiError, Unknown
from janji.staff.roles import ROLES, Duty, Staff
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.words import counted
from janji.web import style
from janji.web.bodies import read_bytes
from janji.web.console import CONSOLE
from janji.web.console.prose import prose
from janji.web.documents import whole
from janji.web.forms import sentence
from janji.web.pages import TEMPLATES, closed, page, page_tongue
from janji.web.problems import TITLES, Problem, on_anything
from janji.web.requests import door_of
from janji.workflows import staff as workflow
from janji.workflows.house import House

LARGEST = 1 << 20
"""Bytes that a form may have."""
MOST_FIELDS = 2_000
NAV = (
    ("", N_("Overview"), Duty.SEE_BOARD), ("promises", N_("Promises"), Duty.SEE_BOARD), ("requests", N_("Requests"), Duty.SEE_REQUESTS), ("tasks", N_("Tasks"), Duty.SEE_TASKS),
    ("incidents", N_("Incidents"), Duty.SEE_INCIDENTS),
    ("people", N_("People"), Duty.SEE_PEOPLE), ("evidence", N_("Evidence"), Duty.SEE_EVIDENCE), ("policy", N_("Policy"), Duty.SEE_POLICY), ("law", N_("Law"), Duty.SEE_POLICY),
    ("map", N_("Data map"), Duty.SEE_MAP), ("retention", N_("Retention"), Duty.SEE_RETENTION), ("register", N_("Register"), Duty.SEE_POLICY),
    ("ledger", N_("Ledger"), Duty.SEE_LEDGER), ("staff", N_("Staff"), Duty.SEE_STAFF), ("settings", N_("Settings"), Duty.SEE_SETTINGS),
)  # fmt: skip
"""The parts of the console: where each is under it, what it is called, and the duty that shows it."""


def a_number(word: str) -> int | None:
    """The number that a word of at most 15 digits is; `None` for anything else."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 15 else None


@dataclass(frozen=True, slots=True)
class Desk:
    """A screen being asked for: the request, the house, who asks, the language, and the fields of a form that was sent."""

    request: HttpRequest
    house: House
    staff: Staff
    tongue: Tongue
    session: str = field(repr=False)
    readable: bool = True
    """Whether the address shows a page to whoever asks for it by GET."""
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def field(self, name: str) -> str:
        """The last value of a field of the form; empty without one."""
        return next((value for key, value in reversed(self.fields) if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, as check boxes of one name send it."""
        return tuple(value for key, value in self.fields if key == name)

    def query(self, name: str) -> str:
        """The last value of a word of the address; empty without one."""
        return str(self.request.GET.get(name, ""))

    def number(self, name: str) -> int | None:
        """A word of the address that is a number; `None` for anything else."""
        return a_number(self.query(name))

    def count(self, number: int) -> str:
        """A number as people write it in the language of the page."""
        return counted(number, self.tongue)

    def told(self, text: str) -> str:
        """A text in the language of the page."""
        return self.tongue.translate(text)

    def address(self, part: str = "", **query: str) -> str:
        """Where a part of the console is, in this language; empty words of the query are left out."""
        words = {key: value for key, value in {**query, "language": self.tongue.language}.items() if value}
        return f"{CONSOLE}{'/' if part else ''}{part}?{urlencode(words)}"

    def page(
        self, template: str, title: str | Message, *, here: str | None = "", back: tuple[str, str] | None = None, error: JanjiError | None = None,
        done: str | Message = "", status: int = 200, words: Mapping[str, str] | None = None, lively: bool = False, again: int = 0, turn: bool = False, **values: Any,
    ) -> HttpResponse:  # fmt: skip
        """A screen from a template that extends `console.html`.

        `here` is the part of the navigation (`None`: none of them), `back` the address and name of the page above, `error` what stands at the top,
        `done` a sentence of what was just done, `words` texts still to be translated. A `lively` page has the script beside it;
        it comes `again` by itself after so many seconds, and where the script runs that may do better. What answers a form
        has no other language unless it may `turn`: it may hold what was filled in, or what is shown once.
        """
        told = self.tongue.translate
        nonce = self.house.runtime.random(16).hex() if lively else ""
        named = title.render(self.tongue) if isinstance(title, Message) else told(title)
        kept = urlencode([(key, value) for key, value in self.request.GET.items() if key != "language"])
        made = page(
            template, self.tongue, named, words=_in_words(words, self.tongue), house=self.house,
            console_sheet=style.address(style.CONSOLE), turn=self.request.method == "GET" or turn, kept=f"{kept}&" if kept else "",
            nav=[(self.address(part), told(text), part == here) for part, text, duty in NAV if self.staff.may(duty)],
            staff=self.staff, me=self.address("me"), role=told(ROLES[self.staff.role]), token=workflow.form_token(self.house, self.session), out=self.address("out"), home=self.address(),
            back=back, done=prose(sentence(done, self.tongue)) if isinstance(done, Message) else told(done) if done else "",
            lively=style.script_address() if lively else "", nonce=nonce, again=again,
            problem=_problem(error, self.tongue), **values,
        )  # fmt: skip
        return closed(whole(made, status, forms="'self'", nonce=nonce))

    def go(self, part: str = "", **query: str) -> HttpResponse:
        """Go on to a part by GET, so that nothing is sent twice by going back; `done=word` is for the next page to say what was done."""
        return HttpResponse(status=303, headers={"Location": self.address(part, **query)})


_NOT_HERE = N_("This page is not here")
_GO_ON = N_("go on from the navigation; an address that somebody wrote down may be of an older version")
_WORDS = {"nav": N_("Console"), "console": N_("Console"), "out": N_("Sign out"), "empty": N_("Nothing is here yet."), "as_table": N_("As a table")}


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen or an action: the method, where it is, the duty that opens it (none: any member of staff), and what makes it."""

    method: str
    route: str
    duty: Duty | None
    make: Callable[..., HttpResponseBase]


SCREENS: list[Screen] = []
"""Every screen and action of the console, as `screen` declared them."""


def screen(route: str, duty: Duty | None, method: str = "GET") -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Declare what answers at a route under the console (Django's syntax, such as `requests/<uuid:id>`) for whoever has the duty, or for any staff.

    The function takes a `Desk` and the parts of the route. A `POST` comes with its form read and its token checked.
    What it raises becomes a page that says so.
    """

    def declare(make: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        SCREENS.append(Screen(method, route, duty, make))
        return make

    return declare


def urls() -> list[URLPattern]:
    """The addresses of all screens that were declared."""
    routes: dict[str, dict[str, Screen]] = {}
    for one in SCREENS:
        routes.setdefault(one.route, {})[one.method] = one
    return [path(f"console/{route}".rstrip("/"), _view(held)) for route, held in routes.items()]


def _view(held: Mapping[str, Screen]) -> Callable[..., HttpResponseBase]:
    """The view of one address: the screen of the method, for staff with its duty."""

    @wraps(next(iter(held.values())).make)
    def view(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        found = held.get(request.method or "")
        if found is None:
            answer = HttpResponse(status=405)
            answer.headers["Allow"] = ", ".join(held)
            return answer
        return _answer(request, found, parts, "GET" in held)

    return view


def _answer(request: HttpRequest, found: Screen, parts: Mapping[str, Any], readable: bool) -> HttpResponseBase:
    house, session = door_of(request).house(), session_of(request)
    staff = workflow.read_session(house, session) if session else None
    if staff is None:
        return sign_in(request)
    desk = Desk(request, house, staff, page_tongue(request), session, readable)
    try:
        if found.duty is not None and not staff.may(found.duty):
            return desk.page("console_problem.html", N_("This is not for your role"), here=None, status=403, error=of_duty(), turn=readable)
        if request.method == "POST":
            desk = _with_form(desk)
        return found.make(desk, **parts)
    except Problem as problem:
        return _told(desk, Invalid(problem.message, problem.help), problem.status, TITLES[problem.code])
    except JanjiError as error:
        if isinstance(error, Unknown) and request.method == "GET":  # what is sent may name such a thing in a field; an address that does is no page
            return _told(desk, Unknown(error.message, say(_GO_ON)) if _is_verb(error.help) else error, 404, _NOT_HERE)
        title = N_("This cannot be shown") if request.method == "GET" else N_("This was not done")
        return _told(desk, error, 422 if type(error) in (Invalid, Unknown) else error.http_status, title)
    except Exception as error:
        return on_anything(request, error)


def nowhere(request: HttpRequest, status: int) -> HttpResponse:
    """For an address of the console at which nothing is: staff stay in the console, and whoever is not signed in learns no more than anywhere here."""
    house, session = door_of(request).house(), session_of(request)
    staff = workflow.read_session(house, session) if session else None
    if staff is None:
        return sign_in(request)
    desk = Desk(request, house, staff, page_tongue(request), session, request.method == "GET")
    return _told(desk, Invalid(say(N_("nothing is at this address")), say(_GO_ON)), status, _NOT_HERE)


def session_of(request: HttpRequest) -> str:
    """The session that the browser shows; empty without one."""
    return str(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))


def _told(desk: Desk, error: JanjiError, status: int, title: str) -> HttpResponse:
    part = desk.request.path.removeprefix(CONSOLE).strip("/").partition("/")[0]
    return desk.page("console_problem.html", f"{title[:1].upper()}{title[1:]}", here=part or None, status=status, error=error, turn=desk.readable)


def of_duty() -> JanjiError:
    """The error of a duty that the role lacks."""
    return Invalid(say(N_("your role does not open this page")), say(N_("ask the data protection officer if you need it")))


def _with_form(desk: Desk) -> Desk:
    """The desk with the form that was sent; raises a problem for a body that is none, and for a form of another page."""
    wrong = Problem(400, "invalid", say(N_("the body is not the form of this page")), say(N_("go back, and send it again")))
    if desk.request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise wrong
    try:
        found = parse_qsl(read_bytes(desk.request, LARGEST).decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise wrong from None
    if any("\0" in name or "\0" in value for name, value in found):
        raise wrong
    sent = replace(desk, fields=tuple((name, re.sub(r"\r\n?", "\n", value)) for name, value in found))
    if not workflow.is_form_of(desk.house, desk.session, sent.field("token")):
        raise Problem(403, "refusal", say(N_("this form did not come from your page, and nothing was done")), say(N_("open the page anew, and send it again")))
    return sent


@requires_csrf_token
def sign_in(request: HttpRequest, error: JanjiError | None = None, status: int = 401) -> HttpResponse:
    """The page for whoever is not signed in: by passkey, or by the company's own sign-in where one is set.

    It may load the script that talks to a passkey, and nothing else.
    """
    door = door_of(request)
    held = door.runtime.settings
    other = urlsplit(held.oidc_issuer or "").hostname if held.oidc_client else None
    return outside(request, "console_enter.html", N_("Sign in"), error=error, status=status, script=script_address(), options=f"{CONSOLE}/enter/passkey",
                   company=f"{CONSOLE}/enter/company" if other else "", issuer=other, words=_SIGN_IN)  # fmt: skip


def outside(
    request: HttpRequest, template: str, title: str, *, error: JanjiError | None = None, status: int = 200, script: str = "",
    words: Mapping[str, str] | None = None, **values: Any,
) -> HttpResponse:  # fmt: skip
    """A page of the console for somebody who is not signed in, with a token for its form; `script` is the address of the script that it uses."""
    tongue = page_tongue(request)
    made = page(
        template, tongue, tongue.translate(title), words=_in_words(words, tongue), console_sheet=style.address(style.CONSOLE), turn=request.method == "GET" or CONSOLE, kept="", nav=[],
        house=door_of(request).house(), problem=_problem(error, tongue), passkeys=script, form=get_token(request), **values,
    )  # fmt: skip
    answer = closed(whole(made, status, forms="'self'"))
    answer.headers["Referrer-Policy"] = "same-origin"  # by which a browser says where a form comes from
    return with_script(answer) if script else answer


def with_script(response: HttpResponse) -> HttpResponse:
    """The page, which may load scripts of this site and ask this site."""
    response.headers["Content-Security-Policy"] += "; script-src 'self'; connect-src 'self'"
    return response


@cache
def script() -> bytes:
    """The script that talks to passkeys, in UTF-8."""
    return (TEMPLATES.parent / "scripts" / "passkey.js").read_bytes()


@cache
def script_address() -> str:
    """Where this very script is: another one has another address."""
    return f"{CONSOLE}/enter/{hashlib.sha256(script()).hexdigest()[:16]}.js"


def _in_words(words: Mapping[str, str] | None, tongue: Tongue) -> dict[str, str]:
    """The texts of a page in its language; what one of them names is set as code."""
    told = {key: tongue.translate(text) for key, text in {**_WORDS, **(words or {})}.items()}
    return {key: prose(text) if "`" in text else text for key, text in told.items()}


def _problem(error: JanjiError | None, tongue: Tongue) -> dict[str, str] | None:
    if error is None:
        return None
    return {"title": prose(sentence(error.message, tongue)), "help": "" if _is_verb(error.help) else prose(sentence(error.help, tongue))}


def _is_verb(help: Message | None) -> bool:
    """Whether it is a verb to look with, which nobody can press here."""
    return help is not None and help.id.startswith("`janji ")


_SIGN_IN = {
    "lead": N_("Only people with an account here come in. There are no passwords."),
    "passkey": N_("Sign in with a passkey"), "hint": N_("Your device asks for your finger, your face or its PIN."),
    "company": N_("Sign in with the company account"), "lost": N_("No passkey here, or a new device?"),
    "ask": N_("Ask the data protection officer for a link that signs you in once. Whoever runs this server can make one too: `janji staff link`."),
    "script": N_("A passkey needs JavaScript: allow it for this site, or use another way in."),
    "failed": N_("That did not work. Try again, or ask for a link."), "named": N_("Passkeys work only where this site is opened by its name, not by a number."),
}  # fmt: skip
