"""One's own account at the console: who one is here, and the passkeys by which one comes in."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from janji.errors import Invalid
from janji.staff.roles import ABOUT, ROLES
from janji.terms.messages import N_, say
from janji.terms.words import moment
from janji.web.console.entrance import with_session
from janji.web.console.fields import Ask, ask_page
from janji.web.console.shell import Desk, screen, script_address, with_script
from janji.web.console.wording import systems_of
from janji.workflows.staff import account

MOST_NAME = 60
MOST_KEYS = 10
_DONE = {
    "welcome": N_("You are signed in. Make a passkey now, so that you can come back without a link."),
    "made": N_("The passkey is made. From now on it signs you in on this device."), "removed": N_("The passkey is removed, and opens nothing here any more."),
}  # fmt: skip
_WORDS = {
    "account": N_("Your account"), "name": N_("Name"), "address": N_("Address"), "role": N_("Role"), "systems": N_("Systems in your care"),
    "keys": N_("Your passkeys"), "none": N_("You have no passkey yet."), "why": N_("A passkey is kept by your device, phone or security key. It cannot be guessed or passed on, and there is no password to lose."),
    "make": N_("Make a passkey"), "remove": N_("Remove"), "made": N_("Made"), "used": N_("Last used"), "never": N_("Not used yet"), "act": N_("Action"),
    "company": N_("Company account"), "known": N_("It has signed you in before."),
}  # fmt: skip


@screen("me", None)
def me(desk: Desk) -> HttpResponse:
    """Who I am here."""
    held = account(desk.staff.id)
    keys = [
        {"remove": desk.address(f"me/remove/{one.pk}"), "name": str(one.data.get("name", "")), "made": moment(one.created_at).render(desk.tongue), "used": one.last_used_at and moment(one.last_used_at).render(desk.tongue)}
        for one in _passkeys(desk)
    ]  # fmt: skip
    return desk.page(
        "console_me.html", N_("Your account"), here="me", words=_WORDS, done=_DONE.get(desk.query("done"), ""), held=held, about=desk.told(ABOUT[desk.staff.role]),
        role_words=desk.told(ROLES[desk.staff.role]), keys=keys, systems=[text for name, text in systems_of(desk, held.staff.systems) if name in held.staff.systems], make=desk.address("me/passkey"), full=len(keys) >= MOST_KEYS,
    )  # fmt: skip


@screen("me/passkey", None)
def passkey(desk: Desk) -> HttpResponseBase:
    """Make a passkey: the device is asked when the button is pressed."""
    return with_session(desk.request, lambda request: _asked(desk, request))


@screen("me/passkey", None, "POST")
def make(desk: Desk) -> HttpResponseBase:
    """Keep a passkey that the device made."""
    return with_session(desk.request, lambda request: _kept(desk, request))


@screen("me/remove/<int:number>", None)
def removing(desk: Desk, number: int) -> HttpResponse:
    """What removing a passkey comes to, before it is done."""
    keys = _passkeys(desk)
    found = next((one for one in keys if one.pk == number), None)
    if found is None:
        raise _none_of_yours()
    tells = [N_("It opens nothing here any more. Your device may still offer it until you delete it there too.")]
    if len(keys) == 1:
        tells.append(N_("It is your only one. Without it you come in by a link that the data protection officer sends you, or by the company account where there is one."))
    asked = Ask(title=N_("Remove this passkey?"), button=N_("Remove"), action=desk.address(f"me/remove/{number}"), about=str(found.data.get("name", "")), tells=tells, grave=True)
    return ask_page(desk, asked, here="me", back=(desk.address("me"), desk.told(N_("Your account"))))


@screen("me/remove/<int:number>", None, "POST")
def remove(desk: Desk, number: int) -> HttpResponse:
    """Remove one of one's passkeys."""
    found = next((one for one in _passkeys(desk) if one.pk == number), None)
    if found is None:
        raise _none_of_yours()
    found.delete()
    return desk.go("me", done="removed")


def _passkeys(desk: Desk) -> list[Any]:
    """One's own passkeys, the oldest first."""
    from allauth.mfa.models import Authenticator

    return list(Authenticator.objects.filter(user_id=desk.staff.id, type="webauthn").order_by("created_at", "pk"))


def _none_of_yours() -> Invalid:
    return Invalid(say(N_("this passkey is not one of yours")), say(N_("open the page of your account anew")))


def _asked(desk: Desk, request: HttpRequest, error: Invalid | None = None) -> HttpResponse:
    from allauth.mfa.webauthn.internal import auth

    options = auth.begin_registration(request.user, passwordless=True)
    made = desk.page(
        "console_passkey.html", N_("Make a passkey"), here="me", back=(desk.address("me"), desk.told(N_("Your account"))), error=error, status=422 if error else 200, words={
            "lead": N_("Give it a name by which you know the device, then press. Your device asks for your finger, your face or its PIN."),
            "name": N_("Name of the device"), "hint": N_("Such as: office laptop"), "go": N_("Make a passkey"), "later": N_("Later"),
            "script": N_("A passkey needs JavaScript: allow it for this site, or use another way in."),
            "failed": N_("The device made none. Try again; a device that has one for this account makes no second."),
            "named": N_("Passkeys work only where this site is opened by its name, not by a number."),
        }, options=orjson.dumps(_plain(options)).decode(), action=desk.address("me/passkey"), later=desk.address(), most=MOST_NAME, passkeys=script_address(),
    )  # fmt: skip
    return with_script(made)


def _kept(desk: Desk, request: HttpRequest) -> HttpResponse:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.webauthn.forms import SignupWebAuthnForm
    from allauth.mfa.webauthn.internal import flows

    name = " ".join(desk.field("name").split())[:MOST_NAME]
    form = SignupWebAuthnForm({"name": name, "credential": desk.field("credential")}, user=request.user)
    try:
        sound = form.is_valid() and Authenticator.objects.filter(user_id=desk.staff.id).count() < MOST_KEYS
    except (AttributeError, KeyError, TypeError, ValueError):
        sound = False  # what no browser says
    if not sound:
        return _asked(desk, request, Invalid(say(N_("no passkey was made")), say(N_("press once more, and do what your device asks"))))
    flows.signup_authenticator(request, request.user, form.cleaned_data["name"], form.cleaned_data["credential"])
    return desk.go("me", done="made")


def _plain(options: Any) -> Any:
    """What a device is asked, as JSON has it."""
    if isinstance(options, dict):
        return {name: _plain(value) for name, value in options.items()}
    return [_plain(one) for one in options] if isinstance(options, list | tuple) else options
