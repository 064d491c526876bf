"""The open pages of the privacy centre: home, versions of the policy, help, guardians, and requests in numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.errors import Invalid
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.processing import Right
from janji.terms.words import moment, on_day
from janji.web.documents import house_of
from janji.web.icons import ICONS, OF_RIGHT
from janji.web.pages import GUARDIANS, HELP, HOME, MINE, NUMBERS, RIGHTS, VERSIONS, centre_page, contacts, page_tongue
from janji.web.rights_form import LOOK, authorities, nowhere, view
from janji.workflows.public_documents import published_versions
from janji.workflows.request_intake import right_for
from janji.workflows.request_numbers import FEW, Numbers
from janji.workflows.request_numbers import numbers as counted
from janji.workflows.requests import rights

pages = Router()
PAGE = 20
"""Versions on one page."""
_WISHES = (
    (Right.ACCESS, N_("See my data"), N_("What you hold about me, with a copy.")), (Right.CORRECTION, N_("Correct my data"), N_("Something is wrong or lacks.")),
    (Right.WITHDRAWAL, N_("Take a consent back"), N_("I said yes once, and say no now.")), (Right.DELETION, N_("Have my data deleted"), N_("What you need no more shall go.")),
    (Right.OBJECTION, N_("Object to a use"), N_("Stop using my data for something.")), (Right.RESTRICTION, N_("Have my data locked"), N_("Keep them, but do nothing with them.")),
)  # fmt: skip
"""What people come for most, in their words."""
_LOOK = (
    (f"{MINE}/consents", "tick", N_("My consents"), N_("What I agreed to, and when.")), (f"{MINE}/places", "map", N_("Where my data are"), N_("Systems, recipients, countries, until when.")),
    (f"{MINE}/record", "list", N_("Who used my data"), N_("Everything that was done with them, the newest first.")), (VERSIONS, "book", N_("Our policy"), N_("Every version, and what it changed.")),
    (GUARDIANS, "people", N_("For parents and guardians"), N_("Asking for a child or somebody in your care.")), (NUMBERS, "bars", N_("Requests in numbers"), N_("How many came, and how fast we answered.")),
)  # fmt: skip


def _words(tongue: Tongue, **texts: str) -> dict[str, str]:
    return {key: tongue.translate(text) for key, text in texts.items()}


@pages.get(HOME, auth=None, operation_id="home", summary="The privacy centre", openapi_extra={"responses": LOOK})
def home(request: HttpRequest) -> HttpResponse:
    """What people can do here, in plain words."""
    house, tongue = house_of(request), page_tongue(request)
    known, language = rights(house), f"language={tongue.language}"
    wishes = []
    for kind, title, text in _WISHES:
        name = right_for(known, kind)
        if name is not None:
            href = f"{MINE}/consents?{language}" if kind is Right.WITHDRAWAL else f"{RIGHTS}?right={name}&{language}"
            wishes.append({"href": href, "icon": ICONS[OF_RIGHT[kind]], "main": kind is Right.ACCESS, **_words(tongue, title=title, text=text)})
    look = [{"href": f"{path}?{language}", "icon": ICONS[icon], **_words(tongue, title=title, text=text)} for path, icon, title, text in _LOOK]
    controller = house.policy_in_force.policy.controller.name
    return centre_page(
        request, "home.html", tongue.translate(N_("Your data, your say")), here=HOME, wide=True, wishes=wishes, look=look, contacts=contacts(house),
        authorities=authorities(house, tongue), status=200,
        words={
            "lead": say(N_("{controller} holds data about people, perhaps about you. Here you see which, put them right, take back a yes, or have them deleted."),
                        controller=controller).render(tongue),
            **_words(tongue, free=N_("It costs nothing, needs no account, and is answered by a fixed hour."), use=N_("Use a right"), mine=N_("Show me my data"),
                     wish=N_("What do you want to do?"), all=N_("All rights"), look=N_("Look first"), asked=N_("Have you asked already?"),
                     track=N_("See how far your request is"), number=N_("You need its number and the code of its page."), contact=N_("You can also ask us here"),
                     complain=N_("If our answer does not satisfy you, you can complain here")),
        },
    )  # fmt: skip


@pages.get(VERSIONS, auth=None, operation_id="versions", summary="The versions of the policy, for people", openapi_extra={"responses": LOOK})
def versions(request: HttpRequest, cursor: str | None = None) -> HttpResponse:
    """Each version, the newest first: since when, whether people had to be told, and links to what it says and changed."""
    house, tongue = house_of(request), page_tongue(request)
    try:
        rows, following = published_versions(cursor, PAGE)
    except Invalid:
        return nowhere(request)
    shown = []
    for row in rows:
        before = row.number - 1
        told = N_("The first version.") if not before else N_("Something changed that people were told; they were told of it before it took effect.") if row.material \
            else N_("Nothing changed that people were told.")  # fmt: skip
        shown.append({
            "title": say(N_("Version {version}"), version=row.version.partition("+")[0]).render(tongue), "told": tongue.translate(told), "material": row.material,
            "since": say(N_("In effect from {day}, published {when}"), day=on_day(row.effective), when=moment(row.published)).render(tongue), "stamp": str(row.effective),
            "now": row.number == house.policy_in_force.number, "read": f"/v1/policy/versions/{row.number}?language={tongue.language}",
            "changed": f"/v1/policy/versions/{before}/diff/{row.number}?language={tongue.language}" if before else "",
        })  # fmt: skip
    return centre_page(
        request, "versions.html", tongue.translate(N_("Our policy and what changed")), here=VERSIONS, versions=shown, kept=f"cursor={cursor}&" if cursor else "",
        following=f"{VERSIONS}?cursor={following}&language={tongue.language}" if following else "", feed=f"/v1/policy/feed.atom?language={tongue.language}",
        words=_words(tongue, lead=N_("What we promise about your data, in every version that was ever in force. Nobody can change a version afterwards."),
                     now=N_("in force now"), read=N_("Read it"), changed=N_("What it changed"), material=N_("people were told"), more=N_("Older versions"),
                     feed=N_("Hear of new versions by feed (Atom)")),
    )  # fmt: skip


@pages.get(HELP, auth=None, operation_id="help", summary="How to reach us, also with a disability", openapi_extra={"responses": LOOK})
def help_page(request: HttpRequest) -> HttpResponse:
    """Every way to us, the forms in which we speak to people with a disability, and where to complain (UU 27/2022 Art 26)."""
    house, tongue = house_of(request), page_tongue(request)
    told = tongue.translate
    officer = house.policy_in_force.policy.controller.officer
    facts: list[tuple[str, str | Message, bool]] = []
    if officer is not None:
        facts = [(N_("Who looks after your data"), say("{it}", it=" · ".join(filter(None, (officer.name, officer.email, officer.phone)))), False)]
    parts = [
        (N_("With a disability"), (
            N_("Tell us by any way on this page how we shall speak with you: in large print, in Braille, as audio, for a screen reader, in sign language, in simple words, or through a companion whom you trust."),
            N_("You can keep your wish under \"My data\". It is kept sealed, and used for nothing else."))),
        (N_("Without the internet"), (N_("Every right can be used by telephone, by letter, or at our desk. Say what you want; nobody needs a form."), N_("We never ask for an identity card to be sent."))),
        (N_("These pages"), (N_("They work without JavaScript, by keyboard, with a screen reader, and in print."), N_("Tell us where they do not, and we mend it."))),
        (N_("Somebody helps you"), (N_("A companion may fill in the form with you. Who acts for you needs your authorisation."),)),
    ]  # fmt: skip
    return view(
        request, N_("Help and contact"), here=HELP, ways=True, facts=facts, lead=[N_("Reach us as it suits you. The hour of our answer is the same for every way.")],
        parts=[{"title": told(title), "lines": list(map(told, lines))} for title, lines in parts],
        links=[(f"{RIGHTS}?language={tongue.language}", N_("Use a right")), (f"{RIGHTS}/status?language={tongue.language}", N_("See how far your request is"))],
    )  # fmt: skip


@pages.get(GUARDIANS, auth=None, operation_id="guardians", summary="For parents and guardians", openapi_extra={"responses": LOOK})
def guardians(request: HttpRequest) -> HttpResponse:
    """Who may ask for whom, what is needed, and how (UU 27/2022 Art 25, 26)."""
    house, tongue = house_of(request), page_tongue(request)
    told, children = tongue.translate, house.policy_in_force.policy.children
    under = [] if children is None else [say(N_("A child here is everybody under {age} years."), age=children.under).render(tongue)]
    parts: list[tuple[str, list[str]]] = [
        (N_("Who may ask"), [*under, told(N_("Parents and guardians ask for a child; guardians and companions for an adult with a disability who wants it."))]),
        (N_("What you need"), [told(N_("An address of yours that we know, and the bond to the child on record with us.")),
                               told(N_("If we do not know the bond yet, our staff look at a paper that shows it. It is looked at and not kept."))]),
        (N_("What we do for children"), [told(N_("Without the consent of a parent or guardian we use nothing of a child that needs it: no advertising, no profiles.")),
                                         told(N_("Where we find data of a child without it, they are locked at once, and deleted unless you consent."))]),
        (N_("When the child grows up"), [told(N_("On the day on which it comes of age it decides for itself; your part ends by itself."))]),
    ]  # fmt: skip
    form = {"action": RIGHTS, "hidden": [("asker", "guardian")], "fields": [{
        "kind": "select", "name": "right", "label": told(N_("What do you want?")), "value": "",
        "options": [(name, granted.title.get(tongue.language)) for name, granted in rights(house).items()],
    }], "heading": told(N_("Ask for a child or somebody in your care")), "buttons": [{"go": "say", "words": told(N_("Next"))}]}  # fmt: skip
    return view(request, N_("For parents and guardians"), here=GUARDIANS, parts=[{"title": told(title), "lines": lines} for title, lines in parts], forms=[form], ways=True)


_UNTOLD = "\N{EN DASH}"


@pages.get(NUMBERS, auth=None, operation_id="numbers", summary="Requests in numbers", openapi_extra={"responses": LOOK})
def numbers(request: HttpRequest) -> HttpResponse:
    """How many requests came in a year, and how they were answered."""
    house, tongue = house_of(request), page_tongue(request)
    found = counted(house)
    titles = {granted.kind: granted.title.get(tongue.language) for granted in reversed(list(rights(house).values()))}
    whole = next((one for one in found if one.kind is None), Numbers(None, 0))
    few = say(N_("fewer than {count}"), count=FEW).render(tongue)
    shown = [
        {"title": titles.get(one.kind, str(one.kind)), "came": few if one.came is None else one.came, "share": 0 if not one.came or not whole.came else round(100 * one.came / whole.came),
         "answered": _UNTOLD if one.answered is None else one.answered, "refused": _UNTOLD if one.refused is None else one.refused,
         "late": _UNTOLD if one.late is None else one.late, "median": _long(one.median).render(tongue)}
        for one in found if one.kind is not None
    ]  # fmt: skip
    heads = {"right": N_("What was asked"), "came": N_("Came in"), "answered": N_("Answered"), "refused": N_("Refused"), "late": N_("Answered late"), "median": N_("Half took at most")}
    big: list[tuple[str, Any]] = [
        (heads["came"], few if whole.came is None else whole.came), (heads["answered"], _UNTOLD if whole.answered is None else whole.answered),
        (heads["median"], _long(whole.median).render(tongue)), (heads["late"], _UNTOLD if whole.late is None else whole.late), (heads["refused"], _UNTOLD if whole.refused is None else whole.refused),
    ]  # fmt: skip
    return centre_page(
        request, "numbers.html", tongue.translate(N_("Requests in numbers")), here=NUMBERS, wide=True, rows=shown, big=[(tongue.translate(name), value) for name, value in big if value != _UNTOLD],
        words=_words(tongue, lead=N_("What people asked of us in the last year, and how we answered. Counted from the requests themselves, whenever this page is opened."),
                     none=N_("Nobody has asked for anything yet."), few=N_("Small numbers are not told, so that nobody can be recognised."), use=N_("Use a right"), **heads),
        use=f"{RIGHTS}?language={tongue.language}",
    )  # fmt: skip


def _long(span: timedelta | None) -> Message:
    """A length of time in whole hours, or minutes where it is short."""
    if span is None:
        return say(_UNTOLD)
    minutes = max(1, round(span.total_seconds() / 60))
    return say(N_("{count} minutes"), count=minutes) if minutes < 120 else say(N_("{count} hours"), count=round(minutes / 60))
