"""My data: signing in by a code, consents and what a no stops, where the data are, who used them, requests, and how to be spoken to."""

from __future__ import annotations

from itertools import islice
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.consent.choices import signalled
from janji.errors import Invalid
from janji.people.guardians import Communication
from janji.people.words import FORMS
from janji.policy.model import Policy
from janji.rights.requests import PREFIX, Outcome, Request, State
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.processing import Right, Signal
from janji.terms.words import moment, on_day
from janji.web.documents import house_of
from janji.web.forms import fields_of, json_file, sentence
from janji.web.icons import ICONS
from janji.web.limits import limit_address
from janji.web.pages import MINE, RIGHTS, page_tongue
from janji.web.requests import door_of, signals_of
from janji.web.rights_form import (
    A_MINUTE,
    ENDS,
    FORM,
    LARGEST,
    LONGEST,
    LOOK,
    SEND,
    STATES,
    address_of,
    gone,
    nowhere,
    status_view,
    view,
)
from janji.web.signed_in import (
    PARTS,
    SESSION,
    TICKET,
    asked_for,
    by,
    called,
    code_page,
    form_of,
    go_to,
    keep,
    kept,
    mine,
    sign_in,
    whose,
)
from janji.workflows import person_sessions, request_identity
from janji.workflows.consents import signal
from janji.workflows.house import House
from janji.workflows.people import choose_communication, show
from janji.workflows.person_agreements import askable
from janji.workflows.person_choices import Chosen, allow_again, chosen, lines, said_by, stop, would_stop
from janji.workflows.person_packages import Waiting
from janji.workflows.person_places import places as places_of
from janji.workflows.person_records import record_page
from janji.workflows.person_results import copies
from janji.workflows.person_sessions import PATH, Session
from janji.workflows.receipts import receipt_of, records_of
from janji.workflows.request_intake import TooMany, draft, right_for
from janji.workflows.requests import requests_of, rights

pages = Router()
_GONE_ON: dict[int, Any] = {303: {"description": "It is done; the page to go on to."}, 403: SEND[422], 404: LOOK[404]}
SENT: dict[int, Any] = {**SEND, **_GONE_ON}
FARTHEST = 1000
"""The last page of the record that is turned to."""
MOST_LINES = 100
"""Lines of the history of choices on its page; receipts have them all."""


# ---------------------------------------------------------------------------------------------------------------- the door


@pages.get(MINE, auth=None, operation_id="my", summary="What somebody sees of their own data", openapi_extra={"responses": LOOK})
def overview(request: HttpRequest) -> HttpResponse:
    """The page that asks for an address; for whoever showed one, the parts that there are."""
    session = whose(request)
    house, tongue = house_of(request), page_tongue(request)
    told = tongue.translate
    choices = chosen(house, session.subject)
    given = sum(bool(one.given) for one in choices)
    waiting = sum(one.open for one in _asked_for(house, session))
    tiles = [(f"{PARTS['consents']}", say(called(session, N_("My consents: {count} given")), count=given), N_("See them, and take them back.")),
             (PARTS["places"], say(called(session, N_("Where my data are"))), N_("Systems, recipients, countries, until when.")),
             (PARTS["record"], say(called(session, N_("Who used my data"))), N_("Everything that was done with them, the newest first.")),
             (PARTS["requests"], say(called(session, N_("My requests: {count} in hand")), count=waiting), N_("See how far each is."))]  # fmt: skip
    pictures = ("tick", "map", "list", "clock")
    return mine(request, session, "", "my.html", N_("My data"), tiles=[
        {"href": f"{path}?language={tongue.language}", "icon": ICONS[icon], "title": title.render(tongue), "text": told(text)}
        for (path, title, text), icon in zip(tiles, pictures, strict=True)
    ])  # fmt: skip


@pages.post(MINE, auth=None, operation_id="my_ask", summary="Ask for a code", openapi_extra={"requestBody": FORM, "responses": SENT})
def ask(request: HttpRequest) -> HttpResponse:
    """Send a code to the address, whoever it leads to; the browser keeps what it was asked for."""
    limit_address(request, "rights", A_MINUTE)
    sent = fields_of(request, LARGEST)
    contact, part = sent.get("contact", "")[:LONGEST].strip(), _part(sent.get("part", ""))
    try:
        named = address_of(contact)
        language, network = page_tongue(request).language, request.META.get("REMOTE_ADDR", "")
        ticket = door_of(request).do(lambda house: person_sessions.begin(house, named, language, network))
    except TooMany as error:
        return sign_in(request, part, error=error, status=429, contact=contact)
    except Invalid as error:
        return sign_in(request, part, error=error, status=422, contact=contact)
    return keep(request, code_page(request, part), TICKET, ticket)


@pages.post(f"{MINE}/code", auth=None, operation_id="my_code", summary="The code typed in", openapi_extra={"requestBody": FORM, "responses": SENT})
def code(request: HttpRequest) -> HttpResponse:
    """A right code opens a fresh session in the browser that asked for it; whatever is wrong is answered alike."""
    limit_address(request, "rights", A_MINUTE)
    sent = fields_of(request, LARGEST)
    part, ticket = _part(sent.get("part", "")), kept(request, TICKET)
    shown = door_of(request).do(lambda house: person_sessions.show_code(house, ticket, sent.get("code", "")))
    return _opened(request, shown, part)


@pages.get(PATH + "{token}", auth=None, operation_id="my_link", summary="What the link in the message opens", openapi_extra={"responses": LOOK})
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button; whoever only looks opens nothing."""
    found = person_sessions.ticket_of_link(house_of(request), token)
    if found is None:
        return gone(request)
    ticket, address = found
    form = {"action": f"{PATH}{token}", "hidden": [], "fields": [], "buttons": [{"go": "yes", "words": page_tongue(request).translate(N_("Open my data"))}]}
    lead: list[str | Message] = [say(N_("This opens what we hold about the owner of {address}. If that is you, go on."), address=address.masked), N_("If it was not you, do nothing: without this nothing is done.")]
    return keep(request, view(request, N_("Was it you?"), here=MINE, lead=lead, forms=[form]), TICKET, ticket)


@pages.post(PATH + "{token}", auth=None, operation_id="my_link_yes", summary="The link confirmed", openapi_extra={"requestBody": FORM, "responses": {**LOOK, **SENT}})
def link_yes(request: HttpRequest, token: str) -> HttpResponse:
    """What the code does, by the link beside it, in the browser that looked at its page."""
    limit_address(request, "rights", A_MINUTE)
    fields_of(request, LARGEST)
    ticket = kept(request, TICKET)
    shown = door_of(request).do(lambda house: person_sessions.show_link(house, ticket, token))
    return gone(request) if shown is None else _opened(request, shown, "")


def _opened(request: HttpRequest, shown: person_sessions.Shown | None, part: str) -> HttpResponse:
    """What comes after a code or a link."""
    if shown is None:
        return code_page(request, part, error=Invalid(say(N_("this code is not good here")), say(N_("look at the newest message, or let another code be sent"))))
    if not shown.session:
        lead = [N_("The address is yours, thank you. Our record has nobody by it, or has it only since a few days."),
                N_("Our systems may hold something all the same: ask for it, and we search them all.")]  # fmt: skip
        links = [(f"{RIGHTS}?right={name}&language={page_tongue(request).language}", N_("Ask what you hold about me"))
                 for name in [right_for(rights(house_of(request)), Right.ACCESS)] if name]  # fmt: skip
        return keep(request, view(request, N_("Nobody is known by this address"), here=MINE, lead=lead, links=links, turn=False, ways=True), TICKET, "")
    return keep(request, keep(request, go_to(request, PARTS[part]), SESSION, shown.session), TICKET, "")


@pages.post(f"{MINE}/out", auth=None, operation_id="my_out", summary="Sign out", openapi_extra={"requestBody": FORM, "responses": SENT})
def out(request: HttpRequest) -> HttpResponse:
    """The session ends, in every browser that has a copy of it."""
    session, _ = form_of(request)
    door_of(request).do(lambda house: person_sessions.end(house, session))
    return keep(request, go_to(request, "/"), SESSION, "")


def _part(word: str) -> str:
    return word if word in PARTS else ""


# ---------------------------------------------------------------------------------------------------------------- consents


@pages.get(PARTS["consents"], auth=None, operation_id="my_consents", summary="What somebody agreed to", openapi_extra={"responses": LOOK})
def consents(request: HttpRequest, done: str = "") -> HttpResponse:
    """Per purpose and channel, with what can be stopped; the signal of the browser; the history with its receipts."""
    session = whose(request, "consents")
    house, tongue = house_of(request), page_tongue(request)
    told, language = tongue.translate, f"language={tongue.language}"
    said = said_by(house, session.subject)
    found = chosen(house, session.subject, session.actor, said)
    yes = askable(house, session.subject, tongue.language, session.actor)
    history = list(islice(lines(house, said, tongue.language), MOST_LINES))
    return mine(
        request, session, "consents", "consents.html", N_("My consents"), done=told(_DONE[done]) if done in _DONE else "",
        given=[_shown(one, tongue, yes) for one in found if one.given], goes_on=[_shown(one, tongue, yes) for one in found if not one.given and one.goes_on and not one.objected],
        stopped=[_shown(one, tongue, yes) for one in found if _is_stopped(one)], trackers=f"{PARTS['trackers']}?{language}",
        offered=[_shown(one, tongue, yes) for one in found if not one.given and not _is_stopped(one) and str(one.purpose.id) in yes],
        gpc=_gpc(request, house, tongue) if session.link is None else None, history=[{
            "what": one.kind.render(tongue), "purpose": _spoken(one.purpose, tongue), "channel": _spoken(one.channel, tongue), "at": moment(one.at).render(tongue),
            "stamp": one.at.isoformat(), "by": by(session, one.actor).render(tongue), "details": [part.render(tongue) for part in one.details],
            "receipt": f"{PARTS['consents']}/{one.event}/receipt" if one.receipt else "",
        } for one in history],
        all_receipts=f"{PARTS['consents']}/receipts", q=language,
        words={key: told(text) for key, text in _CONSENTS.items()},
    )  # fmt: skip


_DONE = {
    "stopped": N_("Done: it is recorded, and counts from now on. What is on its way already may still arrive."), "already": N_("It had stopped before; nothing was changed."),
    "again": N_("Done: your objection is taken back."), "signal": N_("Done: what your browser says is kept with us, on every device."),
    "agreed": N_("Done: your yes is recorded, with what you were shown. You can take it back here at any time."),
}  # fmt: skip
_CONSENTS = {
    "given": N_("What you agreed to"), "none": N_("You agreed to nothing that needs a consent. So there is nothing to take back."), "since": N_("since"),
    "stop": N_("Take back"), "everything": N_("Say no to all advertising"), "goes_on": N_("What goes on without your consent, and can be stopped"),
    "goes_on_lead": N_("These rest on another ground than your consent. Say no, and we stop."), "object": N_("Say no"), "stopped": N_("What you said no to"),
    "again": N_("Take my no back"), "anew": N_("Give it again"), "offered": N_("What you could agree to"), "offered_lead": N_("Nothing of this is done without your yes. You see the whole notice first."), "agree": N_("See the notice"), "trackers": N_("Cookies and trackers"), "history": N_("History"), "no_history": N_("You made no choice yet."),
    "receipt": N_("Receipt"), "receipts": N_("All receipts with their proofs (JSON)"), "gpc": N_("The signal of your browser (Global Privacy Control)"),
    "keep": N_("Keep this for me on every device"), "whole": N_("through every channel"), "proof": N_("A receipt says what you were shown and what you said, with the proof that nobody changed it since."),
}  # fmt: skip


def _spoken(value: Any, tongue: Tongue) -> str:
    return value if isinstance(value, str) else str(value.get(tongue.language))


def _is_stopped(one: Chosen) -> bool:
    """Whether the person said no to it, or took a yes back."""
    return not one.given and (one.objected or (one.last is not None and one.on_consent))


def _shown(one: Chosen, tongue: Tongue, askable: frozenset[str]) -> dict[str, Any]:
    title = one.purpose.title.get(tongue.language)
    through = [{
        "title": "" if item.title is None else item.title.get(tongue.language), "channel": item.channel or "",
        "since": "" if item.since is None else on_day(item.since.date()).render(tongue), "receipt": f"{PARTS['consents']}/{item.event}/receipt" if item.event else "",
    } for item in one.given]  # fmt: skip
    return {"purpose": str(one.purpose.id), "title": title, "through": through, "again": one.lifted_by_them, "many": len(through) > 1, "yes": str(one.purpose.id) in askable}


def _gpc(request: HttpRequest, house: House, tongue: Tongue) -> dict[str, Any]:
    """What the browser's signal says now, and what it stops here."""
    policy = house.policy_in_force.policy
    named = signalled(policy, Signal.GPC)
    sent = bool(signals_of(request))
    words = N_("Your browser sends the signal now. We take it as your no to this:") if sent else N_("Your browser does not send the signal now. If it did, we took it as your no to this:")
    return {"sent": sent, "words": tongue.translate(words) if named else tongue.translate(N_("The policy names nothing that this signal stops.")),
            "purposes": [policy.purposes[name].title.get(tongue.language) for name in named]}  # fmt: skip


@pages.get(f"{PARTS['consents']}/stop", auth=None, operation_id="my_stop", summary="What a no would stop", openapi_extra={"responses": LOOK})
def review(request: HttpRequest, purpose: str = "", channel: str = "") -> HttpResponse:
    """What stops, what goes on, what is deleted and what stays, before anything is decided; nothing changes by looking."""
    session = whose(request, "consents")
    house, tongue = house_of(request), page_tongue(request)
    policy = house.policy_in_force.policy
    if not _named(policy, purpose, channel):
        return nowhere(request)
    effect = would_stop(house, session.subject, purpose or None, channel or None)
    told = tongue.translate
    title = told(N_("All advertising")) if not purpose else policy.purposes[purpose].title.get(tongue.language)
    if channel:
        title = f"{title} · {policy.channels[channel].title.get(tongue.language)}"
    parts: list[tuple[str, tuple[Message, ...], str]] = [
        (N_("This stops"), effect.stops, "fault"), (N_("This is deleted"), effect.deleted, "note"), (N_("This goes on"), effect.goes_on, ""), (N_("This stays"), effect.kept, ""),
    ]  # fmt: skip
    query = "&".join(f"{name}={value}" for name, value in (("purpose", purpose), ("channel", channel)) if value)
    return mine(
        request, session, "consents", "stop.html", N_("Do you want this to stop?"), about=title, kept_query=f"{query}&" if query else "", purpose=purpose, channel=channel,
        parts=[{"title": told(name), "lines": [line.render(tongue) for line in found], "tone": tone} for name, found, tone in parts if found],
        words={"yes": told(N_("Yes, stop it now")), "no": told(N_("No, leave it as it is"))}, away=f"{PARTS['consents']}?language={tongue.language}",
    )  # fmt: skip


def _named(policy: Policy, purpose: str, channel: str) -> bool:
    """Whether a no can name these: nothing, a purpose, or a purpose through one of the channels. A channel alone would be read as all of them."""
    return (not purpose and not channel) or (purpose in policy.purposes and (not channel or channel in policy.channels))


@pages.post(PARTS["consents"], auth=None, operation_id="my_choose", summary="Say no, or take a no back", openapi_extra={"requestBody": FORM, "responses": SENT})
def choose(request: HttpRequest) -> HttpResponse:
    """Recorded at once, once however often it is sent; then the consents as they are now."""
    session, sent = form_of(request)
    purpose, channel, go = sent.get("purpose", ""), sent.get("channel", ""), sent.get("go", "")
    policy = house_of(request).policy_in_force.policy
    if not _named(policy, purpose, channel) or (go != "all" and go != "signal" and not purpose):
        return nowhere(request)
    work = {
        "stop": lambda house: stop(house, session.subject, purpose, channel or None, actor=session.actor),
        "all": lambda house: stop(house, session.subject, None, actor=session.actor), "again": lambda house: allow_again(house, session.subject, purpose, session.actor),
        "signal": lambda house: session.link is None and bool(signals_of(request)) and bool(signal(house, session.subject)),
    }.get(go)  # fmt: skip
    if work is None:
        return nowhere(request)
    done = door_of(request).do(work)
    return go_to(request, PARTS["consents"], done={"again": "again", "signal": "signal"}.get(go, "stopped") if done else "already")


@pages.get(f"{PARTS['consents']}/receipts", auth=None, operation_id="my_receipts", summary="Every consent record with its proof", openapi_extra={"responses": LOOK})
def receipts(request: HttpRequest) -> HttpResponse:
    """The consent records of whoever is signed in (ISO/IEC TS 27560), as a file."""
    session = whose(request, "consents")
    return json_file({"items": list(records_of(house_of(request), session.subject))}, "receipts")


@pages.get(f"{PARTS['consents']}/{{uuid:event}}/receipt", auth=None, operation_id="my_receipt", summary="The receipt of one choice", openapi_extra={"responses": LOOK})
def receipt(request: HttpRequest, event: UUID) -> HttpResponse:
    """One receipt with its proof; that of somebody else is not there."""
    session = whose(request, "consents")
    try:
        return json_file(receipt_of(house_of(request), session.subject, event), "receipt")
    except Invalid:
        return nowhere(request)


# -------------------------------------------------------------------------------------------------- places and the record


@pages.get(PARTS["places"], auth=None, operation_id="my_places", summary="Where somebody's data are", openapi_extra={"responses": LOOK})
def places(request: HttpRequest) -> HttpResponse:
    """Kind by kind: system, purpose, recipient, country, until when; each can be corrected from here."""
    session = whose(request, "places")
    house, tongue = house_of(request), page_tongue(request)
    told, found = tongue.translate, places_of(house, session.subject, tongue.language)
    known = rights(house)
    access, correction = right_for(known, Right.ACCESS), right_for(known, Right.CORRECTION)
    looked = say(N_("Our systems were last searched for you on {day}."), day=on_day(found.searched.date())) if found.searched else say(N_("Nobody has searched the systems for you yet: what is said here comes from the map of our systems and from what goes on for you."))
    others = say(N_("Some of what these systems hold is of kinds that our policy does not name: {names}. Ask us why we hold it."), names=", ".join(found.others))
    return mine(
        request, session, "places", "places.html", N_("Where my data are"), wide=True, looked=looked.render(tongue),
        others=others.render(tongue) if found.others else "",
        items=[{
            "data": one.data, "title": one.title.get(tongue.language), "specific": one.specific, "purposes": [title.get(tongue.language) for title in one.purposes],
            "systems": [{"title": item.title, "country": "" if item.country is None else item.country.get(tongue.language),
                         "state": "" if item.found is None else told(N_("found there")) if item.found else told(N_("not found there"))} for item in one.systems],
            "recipients": [{"title": item.title.get(tongue.language), "countries": [name.get(tongue.language) for name in item.countries]} for item in one.recipients],
            "until": [line.render(tongue) for line in one.until], "correct": f"{MINE}/correct?data={one.data}&language={tongue.language}" if correction else "",
        } for one in found.items],
        access=f"{RIGHTS}?right={access}&language={tongue.language}" if access else "", words={key: told(text) for key, text in _PLACES.items()},
    )  # fmt: skip


_PLACES = {
    "lead": N_("Every kind of data that we can hold about you: in which systems, what for, who else gets it and in which country, and until when."),
    "data": N_("Data"), "systems": N_("Systems"), "purposes": N_("For what, with you"), "recipients": N_("Who else gets it"), "until": N_("Until when"), "correct": N_("Correct"),
    "nowhere": N_("no system named"), "unused": N_("nothing goes on"), "nobody": N_("nobody"), "specific": N_("specific data"), "open": N_("not laid down"),
    "access": N_("Search all systems and give me a copy"), "none": N_("We know of no kind of data that we hold about you."),
}  # fmt: skip


@pages.get(f"{MINE}/correct", auth=None, operation_id="my_correct", summary="Correct something", openapi_extra={"responses": LOOK})
def correct(request: HttpRequest, data: str = "") -> HttpResponse:
    """The form that corrects one kind of data."""
    session = whose(request, "places")
    if data not in house_of(request).policy_in_force.policy.data or right_for(rights(house_of(request)), Right.CORRECTION) is None:
        return nowhere(request)
    return _correct(request, session, data)


def _correct(request: HttpRequest, session: Session, data: str, was: str = "", becomes: str = "", error: Invalid | None = None) -> HttpResponse:
    house, tongue = house_of(request), page_tongue(request)
    told, name = tongue.translate, right_for(rights(house), Right.CORRECTION)
    until = moment(rights(house)[name or ""].due(house.runtime.now()))
    return mine(
        request, session, "places", "correct.html", N_("Correct my data"), about=house.policy_in_force.policy.data[data].title.get(tongue.language), data=data, was=was,
        becomes=becomes, draft=draft(house), kept_query=f"data={data}&", turn=error is None, status=422 if error else 200,
        problem=None if error is None else {"title": sentence(error.message, tongue), "help": sentence(error.help, tongue)},
        until=say(N_("If you send it now, we answer until {when} at the latest."), when=until).render(tongue), away=f"{PARTS['places']}?language={tongue.language}",
        words={"was": told(N_("What stands there now")), "was_hint": told(N_("Leave it empty where something lacks.")), "becomes": told(N_("What is right")),
               "send": told(N_("Send the request")), "no": told(N_("Leave it as it is"))},
    )  # fmt: skip


@pages.post(f"{MINE}/correct", auth=None, operation_id="my_correct_send", summary="Send a correction", openapi_extra={"requestBody": FORM, "responses": SENT})
def correct_send(request: HttpRequest) -> HttpResponse:
    """A request for correction of whoever is signed in: no second code, and twice sent it is one."""
    session, sent = form_of(request)
    house = house_of(request)
    data, was, becomes = (sent.get(name, "").strip() for name in ("data", "was", "becomes"))
    name = right_for(rights(house), Right.CORRECTION)
    if data not in house.policy_in_force.policy.data or name is None:
        return nowhere(request)
    if not becomes:
        return _correct(request, session, data, was, becomes, Invalid(say(N_("it is not said what is right")), say(N_("write it as it should be"))))
    if max(len(was), len(becomes)) > LONGEST:  # cut, it would be put in the place of what is held
        return _correct(request, session, data, was, becomes, Invalid(say(N_("that is too long")), say(N_("at most {most} characters are taken; what you wrote is still there"), most=LONGEST)))
    correction = {"data": data, "becomes": becomes, **({"was": was} if was else {})}
    return asked_for(request, session, name, sent, N_("Correct my data"), more={"correct": [correction]})


@pages.get(PARTS["record"], auth=None, operation_id="my_record", summary="Who used somebody's data", openapi_extra={"responses": LOOK})
def record(request: HttpRequest, page: str = "1") -> HttpResponse:
    """The track record, the newest first, a page at a time."""
    session = whose(request, "record")
    house, tongue = house_of(request), page_tongue(request)
    number = min(max(int(page), 1), FARTHEST) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    rows, more = record_page(house, session.subject, number, tongue.language)
    told = tongue.translate
    place = f"{PARTS['record']}?language={tongue.language}&page="
    return mine(
        request, session, "record", "record.html", N_("Who used my data"), kept_query=f"page={number}&" if number > 1 else "",
        rows=[{"what": one.kind.render(tongue), "by": by(session, one.actor).render(tongue), "details": [part.render(tongue) for part in one.details],
               "at": moment(one.at).render(tongue), "stamp": one.at.isoformat(), "use": one.use} for one in rows],
        newer=f"{place}{number - 1}" if number > 1 else "", older=f"{place}{number + 1}" if more else "",
        words={key: told(text) for key, text in {
            "lead": N_("Everything that is on record about you: what was done, by whom, and for what. Nobody can change a line afterwards."), "none": N_("Nothing is on record about you."),
            "newer": N_("Newer"), "older": N_("Older"), "use": N_("your data were used"), "page": N_("Pages"),
        }.items()},
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ requests and speaking


def _asked_for(house: House, session: Session) -> list[Request]:
    """The requests of whoever is signed in, the oldest first; and those from their address that wait for what only they know."""
    return sorted((*requests_of(session.subject), *request_identity.unanswered(house, session.subject, session.address)), key=lambda one: one.id)


def _stands(one: Request) -> str | Message:
    """Where a request stands; of one that waits for its asker, for what."""
    if one.state is State.UNVERIFIED:
        why = request_identity.waits_for(one.id, asker=True)
        return STATES[one.state] if why is None else say(N_("It waits for this: {why}."), why=why)
    return ENDS[one.outcome] if one.state is State.ENDED and one.outcome else STATES.get(one.state, "")


@pages.get(PARTS["requests"], auth=None, operation_id="my_requests", summary="What somebody asked for", openapi_extra={"responses": LOOK})
def requests(request: HttpRequest) -> HttpResponse:
    """Every request of whoever is signed in, with how far it is."""
    session = whose(request, "requests")
    house, tongue = house_of(request), page_tongue(request)
    known, told, asked = rights(house), tongue.translate, _asked_for(house, session)
    ready, shown = copies(house, asked), []
    for one in reversed(asked):
        state = _stands(one)
        tone = "bad" if one.outcome is Outcome.REFUSED else "ok" if one.state is State.ENDED else "warn"
        shown.append({
            "title": known[one.right].title.get(tongue.language) if one.right in known else one.right, "number": f"{PREFIX}{one.id}", "state": told(state) if isinstance(state, str) else state.render(tongue), "tone": tone,
            "opened": moment(one.opened).render(tongue), "due": moment(one.due).render(tongue), "open": one.open,
            "href": f"{PARTS['requests']}/{one.id}?language={tongue.language}", "copy": _copy(ready.get(one.id), tongue),
        })  # fmt: skip
    return mine(
        request, session, "requests", "asked.html", N_("My requests"), rows=shown, use=f"{PARTS['ask']}?language={tongue.language}",
        words={key: told(text) for key, text in {
            "none": N_("You have not asked for anything yet."), "use": N_("Use a right"), "opened": N_("Asked"), "due": N_("We answer until"), "look": N_("Look at it"), "fetch": N_("Fetch my copy"),
        }.items()},
    )  # fmt: skip


def _copy(waiting: Waiting | None, tongue: Tongue) -> dict[str, str]:
    """Where a copy is fetched that lies ready, and until when; nothing without one."""
    if waiting is None or waiting.path is None:
        return {}
    return {"href": f"{waiting.path}?language={tongue.language}", "until": say(N_("It is kept for you until {when}; then it is destroyed."), when=moment(waiting.until)).render(tongue)}


@pages.get(f"{PARTS['requests']}/{{uuid:id}}", auth=None, operation_id="my_request", summary="How far one request is", openapi_extra={"responses": LOOK})
def request_page(request: HttpRequest, id: UUID) -> HttpResponse:
    """The page of one request, as long as the session lasts; that of somebody else is not there."""
    session = whose(request, "requests")
    if all(one.id != id for one in _asked_for(house_of(request), session)):
        return nowhere(request)
    return status_view(request, house_of(request), id, shown=True)


@pages.get(PARTS["contact"], auth=None, operation_id="my_contact", summary="How somebody is spoken to", openapi_extra={"responses": LOOK})
def contact(request: HttpRequest, done: str = "") -> HttpResponse:
    """The form of communication that a person with a disability asks for (UU 27/2022 Art 26)."""
    session = whose(request, "contact")
    tongue = page_tongue(request)
    told, held = tongue.translate, show(house_of(request), session.subject).communication
    return mine(
        request, session, "contact", "speak.html", N_("How we speak with me"), done=told(N_("Done: your wish is kept.")) if done else "", held=str(held or ""),
        options=[("", told(N_("No special form"))), *((str(form), told(words)) for form, words in FORMS.items())],
        words={"lead": told(N_("If a disability makes it hard to read or hear us, tell us how we shall speak with you.")), "save": told(N_("Keep my wish")),
               "why": told(N_("It is kept sealed, because it can tell of your health. You can take it back here at any time.")), "label": told(N_("Speak with me"))},
    )  # fmt: skip


@pages.post(PARTS["contact"], auth=None, operation_id="my_contact_keep", summary="Keep how somebody is spoken to", openapi_extra={"requestBody": FORM, "responses": SENT})
def contact_keep(request: HttpRequest) -> HttpResponse:
    """Keep the wish, or take it back."""
    session, sent = form_of(request)
    word = sent.get("form", "")
    if word and word not in list(Communication):
        return nowhere(request)
    held = show(house_of(request), session.subject).communication
    if str(held or "") != word:
        door_of(request).do(lambda house: choose_communication(house, session.subject, Communication(word) if word else None, session.actor))
    return go_to(request, PARTS["contact"], done="1")
