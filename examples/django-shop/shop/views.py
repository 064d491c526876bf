"""The pages of the shop: each asks Janji before it collects, uses or mails anything."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from janji_client import email
from janji_client.django import gate_of, janji
from janji_client.gates import requires
from janji_client.webhooks import Receiver, Unverified
from shop.forms import Account, Order
from shop.models import Customer, Heard, Letter, Parcel


def subject(request: HttpRequest) -> str | None:
    """The person whom a request is about, for `request.janji`."""
    return request.session.get("subject")


def welcome(request: HttpRequest) -> HttpResponse:
    """The form to open an account."""
    return render(request, "welcome.html", {"form": Account(), "janji": settings.JANJI["URL"]})


@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """Hand the form to Janji before anything is stored, and store what may be kept. A ticked box becomes a consent record."""
    form = Account(request.POST)
    if not form.is_valid():
        return render(request, "welcome.html", {"form": form}, status=422)
    given = form.cleaned_data
    fields: dict[str, Any] = {"email": given["email"], "address": given["address"], "born": given["born"]}
    if given["newsletter"]:
        fields["newsletter"] = True
    collected = janji().collect(
        "sign-up", fields, identifiers=[email(given["email"])], agreements={"account": secrets.token_hex(8)}, language="en",
        method="unticked-box",
    )  # fmt: skip
    if not collected:
        return render(request, "refused.html", {"collected": collected}, status=422)
    kept = collected.kept
    fresh = Customer.objects.get_or_create(
        subject=collected.subject, defaults={"email": kept["email"], "address": kept.get("address", "")}
    )[1]
    if not fresh:
        return render(request, "known.html", status=409)
    request.session["subject"] = collected.subject
    return redirect("/account")


def account(request: HttpRequest) -> HttpResponse:
    """What a customer can do here."""
    who = Customer.objects.get(subject=subject(request))
    gets = gate_of(request).may("newsletter", ["contact.email"], channel="email")
    return render(request, "account.html", {"who": who, "form": Order(initial={"address": who.address}), "gets": bool(gets)})


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Take an order: the agreement goes on record with the address, and then the parcel may use it."""
    who, form = Customer.objects.get(subject=subject(request)), Order(request.POST)
    if not form.is_valid():
        return render(request, "account.html", {"who": who, "form": form}, status=422)
    collected = janji().collect(
        "checkout", {"address": form.cleaned_data["address"]}, subject=who.subject, agreements={"order": secrets.token_hex(8)}
    )
    if not collected:
        return render(request, "refused.html", {"collected": collected}, status=422)
    send_parcel(who.subject, form.cleaned_data["thing"], collected.kept["address"])
    return render(request, "thanks.html")


@requires("order", ["contact.address"])
def send_parcel(subject: str, thing: str, address: str) -> None:
    """Use the address, for the order alone: raises `Denied`, which is answered with 403, when that is not allowed."""
    Parcel.objects.create(subject=subject, thing=thing, address=address)


@require_POST
def stop_newsletter(request: HttpRequest) -> HttpResponse:
    """Take the consent back. Letters that wait are stopped by Janji's word, as after a click on a link in a letter."""
    janji().choose(request.session["subject"], "withdraw", "newsletter", channel="email")
    return redirect("/account")


@csrf_exempt
@require_POST
def hear(request: HttpRequest) -> HttpResponse:
    """Word from Janji: after a withdrawal not one more letter goes out, not even one that waits."""
    try:
        with transaction.atomic():
            message = Receiver(settings.WEBHOOK_KEY, first=first_time).read(request.headers, request.body)
            if message.type in ("withdrawal", "objection", "restriction", "erasure"):
                Letter.objects.filter(subject=message.data["subject"]).delete()
    except Unverified:
        return HttpResponse(status=400)
    return HttpResponse(status=204)


def first_time(message: str) -> bool:
    """Note a message down, in the transaction of what it does; whether it is new."""
    return Heard.objects.get_or_create(message=message)[1]
