"""My data: a yes given anew under its whole notice, and choices about cookies and trackers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.errors import Invalid
from janji.notices.trackers import Declared, declaration
from janji.terms.messages import N_, Message, Tongue, say
from janji.web.documents import house_of
from janji.web.forms import sentence
from janji.web.pages import page_tongue
from janji.web.requests import door_of, signals_of
from janji.web.rights_form import FORM, LOOK, SEND, nowhere
from janji.web.signed_in import PARTS, form_of, go_to, mine, whose
from janji.workflows.person_agreements import Asking, agree, asking, tracked
from janji.workflows.person_sessions import Session

pages = Router()
YES = f"{PARTS['consents']}/yes"
_SENT: dict[int, Any] = {**SEND, 303: {"description": "It is recorded; the page to go on to."}, 403: SEND[422], 404: LOOK[404]}
_BOX = "yes-"
"""Before the name of a channel, the name of its box; alone, the box of a purpose that has no channels."""


@pages.get(YES, auth=None, operation_id="my_yes", summary="The notice before a yes", openapi_extra={"responses": LOOK})
def look(request: HttpRequest, purpose: str = "") -> HttpResponse:
    """The whole notice in its parts, and a box for each channel that nobody ticked; not there where no yes of theirs would count."""
    session = whose(request, "consents")
    found = asking(house_of(request), session.subject, purpose, page_tongue(request).language, session.actor)
    return nowhere(request) if found is None else _page(request, session, found)


def _page(request: HttpRequest, session: Session, found: Asking, error: Invalid | None = None) -> HttpResponse:
    tongue = page_tongue(request)
    told, language, title = tongue.translate, tongue.language, found.purpose.title.get(tongue.language)
    boxes = [(f"{_BOX}{name}", say(N_("Yes, I agree, through: {channel}"), channel=text).render(tongue)) for name, text in found.channels]
    return mine(
        request, session, "consents", "yes.html", N_("Do you agree to this?"), about=title, notice=found.title.get(language), kept_query=f"purpose={found.purpose.id}&",
        parts=[(one.title.get(language), one.text.get(language)) for one in found.parts], data=[one.get(language) for one in found.data],
        others=[one.get(language) for one in found.others], purpose=str(found.purpose.id), digest=found.shown.digest, channels=boxes or [(_BOX, told(N_("Yes, I agree")))],
        turn=error is None, status=422 if error else 200, away=f"{PARTS['consents']}?language={language}",
        problem=None if error is None else {"title": sentence(error.message, tongue), "help": sentence(error.help, tongue)},
        words={key: told(text) for key, text in {
            "data": N_("Which data"), "others": N_("This yes is not about:"), "legend": N_("Your choice"), "yes": N_("Record my yes"), "no": N_("No, leave it as it is"),
            "back": N_("You can take it back at any time, as easily as you give it. Nothing else hangs on it."),
        }.items()},
    )  # fmt: skip


@pages.post(YES, auth=None, operation_id="my_yes_send", summary="Record a yes", openapi_extra={"requestBody": FORM, "responses": _SENT})
def record(request: HttpRequest) -> HttpResponse:
    """Recorded with the text that was shown; where another is published by now, or no box was ticked, the page again."""
    session, sent = form_of(request)
    purpose, language = sent.get("purpose", ""), page_tongue(request).language
    notice = asking(house_of(request), session.subject, purpose, language, session.actor)
    if notice is None:
        return nowhere(request)
    ticked = [name for name, _ in notice.channels if sent.get(f"{_BOX}{name}") == "yes"]
    if notice.shown.digest != sent.get("digest"):
        return _page(request, session, notice, Invalid(say(N_("the notice was changed meanwhile, and nothing is recorded")), say(N_("read it as it is now, and choose again"))))
    if not ticked and (notice.channels or sent.get(_BOX) != "yes"):
        return _page(request, session, notice, Invalid(say(N_("no box was ticked, and nothing is recorded")), say(N_("tick what you agree to, or leave it as it is"))))
    wrong = door_of(request).do(lambda house: agree(house, session.subject, purpose, ticked, notice.shown, session.actor))
    if wrong:
        return _page(request, session, notice, Invalid(wrong[0].message, wrong[0].help))
    return go_to(request, PARTS["consents"], done="agreed")


@pages.get(PARTS["trackers"], auth=None, operation_id="my_trackers", summary="Choices about cookies and trackers", openapi_extra={"responses": LOOK})
def trackers(request: HttpRequest) -> HttpResponse:
    """Per purpose on or off, which trackers follow, what the browser's signal does to it; and those that run in any case."""
    session = whose(request, "trackers")
    house, tongue = house_of(request), page_tongue(request)
    told, language, own = tongue.translate, tongue.language, session.link is None
    found = tracked(house, session.subject, language, own and bool(signals_of(request)), session.actor)
    essential = declaration(house.policy_in_force.compiled, house.runtime.now().date()).essential
    return mine(
        request, session, "consents", "trackers.html", N_("Cookies and trackers"), gpc={"sent": bool(signals_of(request)), "purposes": any(one.signalled for one in found), "words": told(
            N_("Your browser sends the signal now. What it says no to is marked below.") if signals_of(request) else N_("Your browser does not send the signal now. If it did, we kept to it."))} if own else None,
        purposes=[{
            "purpose": str(one.chosen.purpose.id), "title": one.chosen.purpose.title.get(language), "on": one.on, "stands": bool(one.chosen.given),
            "note": told(N_("Your browser says no to this now, and we keep to it.")) if one.signalled else "", "yes": one.askable and one.chosen.on_consent and not one.signalled,
            "again": one.askable and not one.chosen.on_consent and not one.signalled, "many": say(N_("Cookies and trackers for this: {count}"), count=len(one.trackers)).render(tongue),
            "trackers": [_tracker(item, tongue) for item in one.trackers],
        } for one in found],
        essential=[_tracker(item, tongue) for item in essential],
        words={key: told(text) for key, text in {
            "lead": N_("Cookies and the like that wait for your choice. Without a yes none of them runs; what you choose here counts on every device on which you are signed in."),
            "gpc": N_("The signal of your browser (Global Privacy Control)"), "keep": N_("Keep this for me on every device"), "on": N_("on"), "off": N_("off"),
            "turn_on": N_("Turn on"), "turn_off": N_("Turn off"), "none": N_("There is no cookie or tracker that waits for a choice."),
            "essential": N_("What runs in any case, because nothing works without it"),
        }.items()},
    )  # fmt: skip


def _tracker(one: Declared, tongue: Tongue) -> dict[str, str]:
    what: list[Message] = [one.kind, one.party, *([one.lifetime] if one.lifetime else [])]
    return {"title": one.title.get(tongue.language), "what": ", ".join(part.render(tongue) for part in what)}
