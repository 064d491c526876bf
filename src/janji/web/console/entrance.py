"""The entrance of the console: signing in by a passkey, by the company's own sign-in, or by a link that is good once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.csrf import csrf_protect

from janji.errors import Invalid, JanjiError
from janji.staff.roles import ROLES
from janji.terms.messages import N_, say
from janji.web import style
from janji.web.console import CONSOLE
from janji.web.console.shell import outside, script, script_address, session_of, sign_in
from janji.web.limits import limit_address
from janji.web.pages import page_tongue
from janji.web.problems import Problem, answer_problem, on_anything
from janji.web.requests import door_of
from janji.workflows import staff as workflow
from janji.workflows.staff import LINK

A_MINUTE = 40
"""Tries to come in that one address has in a minute."""
SOON = 900
"""Seconds for which it is remembered what a browser was asked that has not signed in."""


def through(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view with Django's session, who is signed in, and django-allauth's sense of the request: only here, so that nothing else pays for it."""

    def answer(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        return with_session(request, lambda request: csrf_protect(view)(request, **parts))

    return answer


def with_session(request: HttpRequest, work: Callable[[HttpRequest], HttpResponseBase]) -> HttpResponseBase:
    """What `work` gives for a screen that needs Django's session too; the token of its form was looked at before."""
    from allauth.account.middleware import AccountMiddleware
    from django.contrib.auth.middleware import AuthenticationMiddleware

    known: Any = AuthenticationMiddleware(AccountMiddleware(work))
    return cast("HttpResponseBase", SessionMiddleware(known)(request))


def _entrance(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Declare a view of the entrance: counted by address, and with every error told on a page."""

    def declare(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        inside = through(view)

        @wraps(view)
        def answer(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            if request.method not in methods:
                return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            try:
                limit_address(request, "staff", A_MINUTE)
                return inside(request, **parts)
            except Problem as problem:
                made = sign_in(request, Invalid(problem.message, problem.help), problem.status)
                for name, value in problem.headers.items():
                    made.headers[name] = value
                return made
            except JanjiError as error:
                return sign_in(request, error, error.http_status)
            except Exception as error:
                return on_anything(request, error)

        return answer

    return declare


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that did not come from ours."""
    return sign_in(request, Invalid(say(N_("this form did not come from your page, and nothing was done")), say(N_("open the page anew, and send it again"))), 403)


@_entrance("GET")
def enter(request: HttpRequest) -> HttpResponse:
    """The page itself; whoever is signed in goes on."""
    if workflow.read_session(door_of(request).house(), session_of(request)) is not None:
        return _on(request)
    return sign_in(request, status=200)


@_entrance("GET", "POST")
def passkey(request: HttpRequest) -> HttpResponse:
    """What a passkey is asked (GET), and what it said (POST): then where to go on."""
    from allauth.account.models import Login
    from allauth.mfa.webauthn.forms import LoginWebAuthnForm
    from allauth.mfa.webauthn.internal import auth, flows

    if request.method == "GET":
        request.session.set_expiry(SOON)
        return JsonResponse({"options": auth.begin_authentication(None), "token": get_token(request)})
    form = LoginWebAuthnForm(request.POST)
    try:
        sound = form.is_valid()
    except (AttributeError, KeyError, TypeError, ValueError):
        sound = False  # what no browser says
    if sound:
        found = form.cleaned_data["credential"]
        answer = flows.perform_passwordless_login(request, found, Login(user=found.user))
        if answer.status_code == 302:
            return JsonResponse({"to": answer.headers["Location"]})
    return answer_problem(request, Problem(403, "refusal", say(N_("this passkey opens nothing here")), say(N_("ask the data protection officer for a link"))))


@_entrance("GET", "POST")
def link(request: HttpRequest, word: str) -> HttpResponse:
    """A link that signs in once: a press uses it up, a look (as mail programs take one) does not."""
    house, tongue = door_of(request).house(), page_tongue(request)
    found = workflow.link_of(house, word) if request.method == "GET" else workflow.take_link(house, word)
    if found is None:
        return sign_in(request, Invalid(say(N_("this link is not good, or not good any more")), say(N_("it signs in once, and for a day at most; ask for another"))), 403)
    if request.method == "GET":
        return outside(
            request, "console_link.html", N_("Welcome"), who=found.staff.name, role=tongue.translate(ROLES[found.staff.role]), email=found.email,
            words={"go": N_("Sign in"), "lead": N_("This link signs you in once."), "name": N_("Name"), "role": N_("Role"), "address": N_("Address"),
                   "other": N_("If this is not you, close this page and tell whoever sent you the link.")},
        )  # fmt: skip
    from allauth.account.utils import perform_login
    from django.contrib.auth import get_user_model

    answer: HttpResponse = perform_login(request, get_user_model().objects.get(pk=found.staff.id))
    if answer.status_code == 302:
        return HttpResponseRedirect(f"{CONSOLE}/me?done=welcome&language={tongue.language}")
    return answer


@_entrance("GET")
def company(request: HttpRequest) -> HttpResponse:
    """On to the company's own sign-in."""
    from allauth.socialaccount.adapter import get_adapter
    from allauth.socialaccount.models import SocialApp
    from allauth.socialaccount.providers.base import AuthProcess
    from allauth.socialaccount.providers.oauth2.client import OAuth2Error
    from requests import RequestException

    from janji.web.console.gate import COMPANY

    try:
        provider = get_adapter(request).get_provider(request, COMPANY)
        request.session.set_expiry(SOON)
        answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, data={"nonce": (nonce := door_of(request).runtime.random(16).hex())}, auth_params={"nonce": nonce})
    except SocialApp.DoesNotExist:
        return sign_in(request, Invalid(say(N_("no company sign-in is set up here")), say(N_("use a passkey, or ask for a link"))), 404)
    except (OAuth2Error, RequestException, ValueError, KeyError):
        return sign_in(request, Invalid(say(N_("the company sign-in does not answer as it should")), say(N_("try again later, or use a passkey"))), 503)
    return answer


@_entrance("GET")
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the company's own sign-in."""
    from allauth.socialaccount.models import SocialApp

    from janji.web.console.gate import back_from_company, refused

    try:
        return back_from_company(request, provider_id)
    except (SocialApp.DoesNotExist, ValueError, KeyError, TypeError, AttributeError):
        return refused(request)  # what no provider says


def passkey_script(request: HttpRequest, name: str) -> HttpResponse:
    """The script under its digest."""
    if request.path != script_address():
        return HttpResponse(status=404)
    return HttpResponse(script(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": style.A_YEAR})


def _on(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": f"{CONSOLE}?language={page_tongue(request).language}"})


urlpatterns = [
    path("console/enter", enter),
    path("console/enter/passkey", passkey),
    path("console/enter/company", company),
    path(f"{LINK[1:]}<str:word>", link),
    path("console/enter/<str:name>.js", passkey_script),
    path("console/enter/back/<str:provider_id>", callback, name="openid_connect_callback"),
]
