"""My data: those for whom somebody speaks, whose data they can look at, and rights that are asked for from there without a second code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.errors import Invalid
from janji.people.guardians import Relation
from janji.terms.messages import N_, say
from janji.terms.processing import Right
from janji.web.documents import house_of
from janji.web.forms import sentence
from janji.web.pages import page_tongue
from janji.web.rights_form import FORM, LONGEST, LOOK, PURPOSED, SEND, nowhere
from janji.web.signed_in import PARTS, SESSION, asked_for, form_of, go_to, keep, mine, ward_name, whose
from janji.workflows import person_sessions
from janji.workflows.guardians import wards_of
from janji.workflows.person_sessions import Session
from janji.workflows.request_intake import LONGEST_WORDS, draft
from janji.workflows.requests import rights

pages = Router()
_SENT: dict[int, Any] = {**SEND, 303: {"description": "It is done; the page to go on to."}, 403: SEND[422], 404: LOOK[404]}
_RELATIONS = {
    Relation.PARENT: N_("You are on record as the parent."), Relation.GUARDIAN: N_("You are on record as the guardian."),
    Relation.COMPANION: N_("You are on record as the companion."),
}  # fmt: skip
_ELSEWHERE = (Right.CORRECTION, Right.PORTABILITY, Right.AUTOMATED_OBJECTION, Right.CLAIM)
"""Rights that need more to be said than this form asks for."""


@pages.get(PARTS["wards"], auth=None, operation_id="my_wards", summary="For whom somebody speaks", openapi_extra={"responses": LOOK})
def wards(request: HttpRequest) -> HttpResponse:
    """Everybody for whom whoever is signed in may speak now; their data are looked at by a button."""
    session = whose(request, "wards")
    house, tongue = house_of(request), page_tongue(request)
    told = tongue.translate
    return mine(
        request, session, "wards", "wards.html", N_("Those in my care"), wards=[
            {"link": str(one.link), "name": ward_name(house, one.ward), "relation": told(_RELATIONS[one.relation]), "child": one.child, "now": one.link == session.link}
            for one in wards_of(house, session.speaker)
        ],
        words={key: told(text) for key, text in {
            "lead": N_("For them you see the same pages as for yourself, can say no, and can ask. Whatever you do is recorded as done by you for them."), "child": N_("a child"),
            "now": N_("you look at their data now"), "look": N_("Look at their data"), "how": N_("How somebody is put on record as a guardian"),
            "none": N_("Nobody is on record for whom you speak."), "ends": N_("It ends by itself on the day on which a child comes of age, or when the bond is taken back."),
        }.items()},
    )  # fmt: skip


@pages.post(PARTS["wards"], auth=None, operation_id="my_ward", summary="Look at a ward's data, or at one's own again", openapi_extra={"requestBody": FORM, "responses": _SENT})
def ward(request: HttpRequest) -> HttpResponse:
    """Another cookie for the same session: about the ward of a link, or (no link) about oneself. A foreign link is not there."""
    session, sent = form_of(request)
    try:
        link = UUID(sent["link"]) if sent.get("link") else None
    except ValueError:
        return nowhere(request)
    token = person_sessions.change_to(house_of(request), session, link)
    return nowhere(request) if token is None else keep(request, go_to(request, PARTS[""]), SESSION, token)


@pages.get(PARTS["ask"], auth=None, operation_id="my_ask_form", summary="Ask for something from one's own pages", openapi_extra={"responses": LOOK})
def ask(request: HttpRequest) -> HttpResponse:
    """The form that asks for a right, for whom the pages are open."""
    return _asked(request, whose(request, "ask"))


def _asked(request: HttpRequest, session: Session, right: str = "", said: str = "", error: Invalid | None = None) -> HttpResponse:
    house, tongue = house_of(request), page_tongue(request)
    told, language = tongue.translate, tongue.language
    return mine(
        request, session, "requests", "ask.html", N_("Ask for something"), draft=draft(house), right=right, said=said, turn=error is None, status=422 if error else 200,
        rights=[(name, one.title.get(language)) for name, one in rights(house).items() if one.kind not in _ELSEWHERE],
        purposes=[(name, one.title.get(language)) for name, one in house.policy_in_force.policy.purposes.items()],
        problem=None if error is None else {"title": sentence(error.message, tongue), "help": sentence(error.help, tongue)}, away=f"{PARTS['requests']}?language={language}",
        words={key: told(text) for key, text in {
            "lead": N_("No second code is needed: it was shown who you are. Corrections begin where the data are listed."), "right": N_("What do you want?"),
            "purpose": N_("What is it about?"), "purpose_hint": N_("Only where it can be about one purpose alone."), "every": N_("Everything that it can be about"),
            "words": N_("Anything else that we should know (optional)"), "words_hint": N_("No identity card, no password, nothing about your health."),
            "send": N_("Send the request"), "no": N_("Back"),
        }.items()},
    )  # fmt: skip


@pages.post(PARTS["ask"], auth=None, operation_id="my_ask_send", summary="Send a request from one's own pages", openapi_extra={"requestBody": FORM, "responses": _SENT})
def ask_send(request: HttpRequest) -> HttpResponse:
    """A request of whoever is signed in, for themselves or their ward; twice sent it is one."""
    session, sent = form_of(request)
    house = house_of(request)
    right, purpose, words = sent.get("right", "")[:LONGEST], sent.get("purpose", ""), sent.get("words", "").strip()
    granted = rights(house).get(right)
    if granted is None or granted.kind in _ELSEWHERE:
        return _asked(request, session, said=words, error=Invalid(say(N_("no right was chosen")), say(N_("choose one of the list"))))
    if len(words) > LONGEST_WORDS:
        return _asked(request, session, right, words, Invalid(say(N_("that is too long")), say(N_("at most {most} characters are taken; what you wrote is still there"), most=LONGEST_WORDS)))
    about = {"purpose": purpose} if purpose in house.policy_in_force.policy.purposes and granted.kind in PURPOSED else {}
    return asked_for(request, session, right, sent, N_("Ask for something"), details=about, words=words)
