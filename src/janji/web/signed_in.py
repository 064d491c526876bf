"""Who looks at a page of "My data": the cookie of a session, the form that asks for a code, and what every such page carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from janji.errors import Invalid, JanjiError
from janji.ledger.events import Actor
from janji.ledger.words import ACTORS
from janji.people.identifiers import PREFIX as SUBJECT
from janji.rights.requests import PREFIX, Asker
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.web.documents import house_of, site_of
from janji.web.forms import fields_of
from janji.web.limits import limit_address
from janji.web.pages import MINE, centre_page, page_tongue
from janji.web.problems import Instead
from janji.web.requests import door_of
from janji.web.rights_form import A_MINUTE, LARGEST, text_field, view, went
from janji.workflows import person_sessions
from janji.workflows.guardians import wards_of
from janji.workflows.house import House
from janji.workflows.person_sessions import CODE_LASTS, LASTS, Session
from janji.workflows.request_identity import Trial, take_shown
from janji.workflows.request_intake import TooMany, Wish, read_draft, take

SESSION, TICKET = "janji-me", "janji-ask"
PARTS = {"": MINE, "consents": f"{MINE}/consents", "places": f"{MINE}/places", "record": f"{MINE}/record", "requests": f"{MINE}/requests", "contact": f"{MINE}/contact", "wards": f"{MINE}/wards", "ask": f"{MINE}/ask", "trackers": f"{MINE}/trackers"}
"""Where somebody can go on to once they showed who they are; nothing else can be named."""
_TABS = (("", N_("Overview")), ("consents", N_("My consents")), ("places", N_("Where my data are")), ("record", N_("Who used my data")), ("requests", N_("My requests")), ("contact", N_("Communication")))  # fmt: skip
_WARDS = N_("Those in my care")
_THEIRS = {
    N_("My data"): N_("Their data"), N_("My consents"): N_("Their consents"), N_("Where my data are"): N_("Where their data are"),
    N_("Who used my data"): N_("Who used their data"), N_("My requests"): N_("Their requests"), N_("Correct my data"): N_("Correct their data"),
    N_("How we speak with me"): N_("How we speak with them"), N_("My consents: {count} given"): N_("Their consents: {count} given"),
    N_("My requests: {count} in hand"): N_("Their requests: {count} in hand"),
}  # fmt: skip
"""What pages are called for who looks at them for somebody else."""


# --------------------------------------------------------------------------------------------------------------- cookies


def _name(request: HttpRequest, name: str) -> str:
    """The name of a cookie: where the site is reached by HTTPS, one that only this very host can set (RFC 6265bis 4.1.3.2)."""
    return f"__Host-{name}" if site_of(request).startswith("https://") else name


def keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> HttpResponse:
    """Let the browser keep a sealed value for as long as it is good; an empty one is taken away."""
    secure = site_of(request).startswith("https://")
    seconds = 0 if not value else int((LASTS if name == SESSION else CODE_LASTS).total_seconds())
    response.set_cookie(_name(request, name), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Lax" if name == SESSION else "Strict")
    return response


def kept(request: HttpRequest, name: str) -> str:
    """The value that the browser keeps; empty without one."""
    return str(request.COOKIES.get(_name(request, name), ""))


def session_of(request: HttpRequest) -> Session | None:
    """Whose session the browser is in, if any."""
    return person_sessions.read_session(house_of(request), kept(request, SESSION))


# ------------------------------------------------------------------------------------------------------------- the pages


def sign_in(request: HttpRequest, part: str = "", *, error: JanjiError | None = None, status: int = 200, contact: str = "") -> HttpResponse:
    """The page that asks for an address; `part` is where to go on."""
    house_of(request)
    told = page_tongue(request).translate
    form = {
        "action": MINE, "hidden": [("part", part)] if part else [], "buttons": [{"go": "ask", "words": told(N_("Send me a code"))}],
        "fields": [text_field("contact", told(N_("Your e-mail address or telephone number")), contact,
                              told(N_("One that we know already. We send a code there, whoever it belongs to.")), required=True, fill="email")],
    }  # fmt: skip
    lead = [N_("See what you agreed to, where your data are and who used them. First show us that an address which we know is yours: no account, no password.")]
    notes = [N_("The page stays open for 30 minutes and then closes by itself. For this we keep one small sealed value in your browser, and nothing else.")]
    return view(request, N_("My data"), here=MINE, lead=lead, told=notes, forms=[form], error=error, status=status, turn=request.method == "GET" or MINE,
                links=[(f"/rights?language={page_tongue(request).language}", N_("Use a right without this"))], ways=status != 200)  # fmt: skip


def code_page(request: HttpRequest, part: str, *, error: JanjiError | None = None) -> HttpResponse:
    """The page that asks for the code that was sent."""
    told = page_tongue(request).translate
    form = {
        "action": f"{MINE}/code", "hidden": [("part", part)] if part else [], "buttons": [{"go": "code", "words": told(N_("Open my data"))}],
        "fields": [text_field("code", told(N_("The code that we sent to your address")), "", told(N_("Eight digits. It is good for 15 minutes, in this browser.")),
                              required=True, fill="one-time-code", mode="numeric", code=True)],
    }  # fmt: skip
    lead = [N_("If the address can be reached, a code is on its way there. It can take a minute.")]
    links = [(f"{PARTS[part]}?language={page_tongue(request).language}", N_("Another address, or another code"))]
    return view(request, N_("Type the code in"), here=MINE, lead=lead, forms=[form], links=links, error=error, status=422 if error else 200, turn=False, ways=bool(error))


def called(session: Session, text: str) -> str:
    """What a page or a part of it is called: one's own, or another's."""
    return text if session.link is None else _THEIRS.get(text, text)


def mine(request: HttpRequest, session: Session, part: str, template: str, title: str, *, turn: bool = True, kept_query: str = "", status: int = 200,
         words: Mapping[str, str] | None = None, **values: Any) -> HttpResponse:  # fmt: skip
    """A page of somebody who showed who they are: with its tabs, who they are, until when, and the way out."""
    house, tongue = house_of(request), page_tongue(request)
    told = {key: tongue.translate(text) for key, text in {
        "out": N_("Sign out"), "tabs": N_("My data"), "undone": N_("Nothing has changed yet. Everything else stays as it is."),
    }.items()}  # fmt: skip
    wards = wards_of(house, session.speaker)
    if session.link is None:
        who = say(N_("Open for {address} until {when}."), address=session.address.masked, when=moment(session.until))
    else:
        who = say(N_("You look at the data of {ward}, for whom you speak. Open until {when}."), ward=ward_name(house, session.subject), when=moment(session.until))
        told["own"] = tongue.translate(N_("Back to my own data"))
    tabs = [*_TABS, *([("wards", _WARDS)] if wards else [])]
    return centre_page(
        request, template, tongue.translate(called(session, title)), here=MINE, turn=turn, kept=kept_query, status=status, words={**told, "who": who.render(tongue), **(words or {})}, ward=session.link is not None,
        tabs=[(PARTS[name], tongue.translate(called(session, text)), name == part) for name, text in tabs], token=person_sessions.form_token(house, session), **values,
    )  # fmt: skip


def by(session: Session, actor: Message) -> Message:
    """Who acted, told to whoever looks at their own record: they themselves are "you"."""
    return say(N_("by you")) if session.link is None and actor == say(ACTORS[Actor.PERSON]) else actor


def ward_name(house: House, ward: UUID) -> str:
    """What tells a ward apart, without saying to anybody who looks on how they are reached."""
    return " · ".join(one.masked for one in person_sessions.names_of(house, ward)) or f"{SUBJECT}{ward.hex[-6:]}"


def whose(request: HttpRequest, part: str = "") -> Session:
    """Whose session the browser is in; `Instead` with the page that asks for an address, and goes on to `part`, when it is in none."""
    session = session_of(request)
    if session is None:
        raise Instead(sign_in(request, part))
    return session


def form_of(request: HttpRequest) -> tuple[Session, Mapping[str, str]]:
    """Whose form it is and its fields; `Instead` with the page that says that nothing was done: the session is over, or the form came from elsewhere."""
    limit_address(request, "rights", A_MINUTE)
    sent, house, session = fields_of(request, LARGEST), house_of(request), session_of(request)
    if session is None:
        raise Instead(sign_in(request, error=Invalid(say(N_("your page is closed, and nothing was done")), say(N_("show once more that the address is yours"))), status=403))
    if not person_sessions.is_form_of(house, session, sent.get("token", "")):
        error = Invalid(say(N_("this form did not come from your page, and nothing was done")), say(N_("open the page anew, and send it again")))
        raise Instead(view(request, N_("My data"), here=MINE, error=error, status=403, turn=MINE, links=[(MINE, N_("My data"))]))
    return session, sent


def go_to(request: HttpRequest, path: str, **query: str) -> HttpResponse:
    """Go on to a page of ours by GET, so that nothing is sent twice by going back."""
    words = urlencode({**query, "language": page_tongue(request).language})
    return HttpResponse(status=303, headers={"Location": f"{path}?{words}"})


def asked_for(request: HttpRequest, session: Session, right: str, sent: Mapping[str, str], title: str, *, details: Mapping[str, str] | None = None,
              more: Mapping[str, Any] | None = None, words: str = "") -> HttpResponse:  # fmt: skip
    """A request of whoever is signed in, for themselves or for their ward: no second code, and twice sent it is one. Then what comes next."""
    house = house_of(request)
    about = next(((str(one.kind), one.normal) for one in person_sessions.names_of(house, session.subject)), None) if session.link else None
    wish = Wish(
        right=right, contact=(str(session.address.kind), session.address.normal), asker=Asker.SELF if session.link is None else Asker.GUARDIAN, about=about,
        language=page_tongue(request).language, id=read_draft(house, sent.get("draft", "")), words=words, details=details or {}, more=more or {},
        network=request.META.get("REMOTE_ADDR", ""),
    )  # fmt: skip
    try:
        id = door_of(request).do(lambda now: take(now, wish, shown=session.address)).request.id
    except (Invalid, TooMany) as error:
        return view(request, title, here=MINE, error=error, status=429 if isinstance(error, TooMany) else 422, turn=False, ways=True)
    trial = door_of(request).do(lambda now: take_shown(now, id, session.address))
    if trial is Trial.WRONG:  # it was sent before, or needed no proof
        return go_to(request, PARTS["requests"])
    return went(request, id, f"{PREFIX}{id}", trial)
