"""The form for rights, without an account: choose one, say who asks and where we answer, show the address, and see how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.errors import Conflict, Invalid, JanjiError, Refusal
from janji.law.model import binding
from janji.rights.explained import explained
from janji.rights.register import Granted
from janji.rights.requests import ACTORS, PREFIX, Asker, Intake, Outcome, Proof, State
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.processing import Right
from janji.terms.texts import Text
from janji.terms.words import moment, on_day
from janji.web.description import PROBLEMS, problem_page
from janji.web.documents import house_of
from janji.web.forms import fields_of, json_file, sentence
from janji.web.icons import ICONS, OF_RIGHT
from janji.web.limits import limit_address
from janji.web.pages import centre_page, contacts, page_tongue
from janji.web.problems import Instead
from janji.web.requests import door_of
from janji.web.rights_status import copy_card, lists, timeline
from janji.workflows import request_identity
from janji.workflows.house import House
from janji.workflows.naming import names_of
from janji.workflows.person_results import certificate, certificate_event, copies
from janji.workflows.public_documents import HTML
from janji.workflows.request_identity import Trial
from janji.workflows.request_intake import (
    LONGEST_WORDS,
    PATH,
    Receipt,
    TooMany,
    Wish,
    checked,
    draft,
    no_answer_there,
    open_again,
    read_draft,
    read_offer,
    send_again,
    take,
)
from janji.workflows.request_pages import page_path, read_page_path
from janji.workflows.request_telling import offer_again, take_back
from janji.workflows.requests import request_number, request_of, rights, waits_for
from janji.workflows.transfers import LONGEST_ENDPOINT

pages = Router()
A_MINUTE = 40
"""How often one address may send something in a minute."""
LARGEST = 65_536
"""Bytes of a form, at most."""
LONGEST = 400
"""Characters of a field that is no text."""
AGAIN = f"{PATH}/again"
"""Where a request that closed because nobody showed who asks is opened again."""
UNSHOWN = (Outcome.NOT_VERIFIED, Outcome.WITHDRAWN, Outcome.RECLASSIFIED)
"""How a request ends of which nobody was shown to ask, in ways that tell nothing of the person: that they asked before would."""
RENEW = f"{PATH}/copy"
"""Where a new link to a copy is asked for."""
_PAGE = {"description": "A page.", "content": {HTML: {}}}
LOOK: dict[int, Any] = {200: _PAGE, 404: problem_page("Nothing is here, or the link is none of ours.")}
SEND: dict[int, Any] = {
    200: _PAGE, 422: {"description": "The page again, with what is wrong.", "content": {HTML: {}}}, **{number: PROBLEMS[number] for number in (400, 411, 413)},
    429: {"description": "The page, saying that many came already; or a problem.", "content": {HTML: {}, "application/problem+json": {}}},
}  # fmt: skip
FORM = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}}}

_STEPS = (N_("Choose"), N_("Say what you need"), N_("Check"), N_("Done"))
_WORDS = {"progress": N_("How far the form is"), "timeline": N_("How far it is"), "grounds": N_("Only on these grounds can we say no"),
          "back": N_("I do not want this any more"), "back_lead": N_("Your request ends at once, and nothing is done. You can ask again at any time."), "back_yes": N_("Take my request back"),
          "contact": N_("You can also ask us here"), "complain": N_("If our answer does not satisfy you, you can complain here")}
_ASKERS = {
    Asker.SELF: N_("For myself"), Asker.GUARDIAN: N_("For a child or a person in my care"), Asker.AGENT: N_("For somebody who authorised me"),
}  # fmt: skip
PURPOSED = (Right.WITHDRAWAL, Right.OBJECTION, Right.AUTOMATED_OBJECTION, Right.RESTRICTION, Right.DELAY)
"""Rights that can be about one purpose alone."""
SENT = "transfer"
"""What law packs call the right to have data sent to another controller."""


def plain(value: str | Text) -> Message:
    """A name of the policy, or what somebody wrote, as it is."""
    return say("{it}", it=value)


def _grouped(code: str) -> str:
    """A code in groups of four, as people read one to others."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def view(
    request: HttpRequest, title: str | Message, *, lead: Sequence[str | Message] = (), facts: Sequence[tuple[str, str | Message, bool]] = (), tone: str = "",
    told: Sequence[str | Message] = (), forms: Sequence[Mapping[str, Any]] = (), links: Sequence[tuple[str, str]] = (), step: int = 0, status: int = 200,
    error: JanjiError | None = None, turn: bool | str = True, ways: bool = False, here: str = PATH, **more: Any,
) -> HttpResponse:  # fmt: skip
    """One page of the form. A page that carries what somebody filled in is not turned into the other language: its address knows nothing of that."""
    house, tongue = door_of(request).house(), page_tongue(request)

    def spoken(text: str | Message) -> str:
        return tongue.translate(text) if isinstance(text, str) else text.render(tongue)

    bars = [{"words": tongue.translate(words), "done": number < step, "now": number == step - 1} for number, words in enumerate(_STEPS)]
    return centre_page(
        request, "rights.html", spoken(title), here=here, turn=turn, status=status, words={key: tongue.translate(text) for key, text in _WORDS.items()},
        lead=list(map(spoken, lead)), facts=[(spoken(name), spoken(value), big) for name, value, big in facts], tone=tone, told=list(map(spoken, told)),
        forms=forms, links=[(link, spoken(words)) for link, words in links], step=step, bars=bars,
        problem=None if error is None else {"title": sentence(error.message, tongue), "help": sentence(error.help, tongue)},
        contacts=contacts(house) if ways else [], authorities=authorities(house, tongue) if ways else [], **more,
    )  # fmt: skip


def authorities(house: House, tongue: Tongue) -> list[tuple[str, str]]:
    """Where people complain: the name of each authority that the law names from the policy's first day on, and how it is reached."""
    found = () if house.published is None else binding(house.published.law.authorities, house.published.policy.effective)
    return [(one.title.get(tongue.language), one.contact.get(tongue.language) if one.contact else "") for one in found]


# ------------------------------------------------------------------------------------------------------------- the form


@dataclass(slots=True)
class _Filled:
    """What stands in the form so far."""

    right: str = ""
    asker: str = Asker.SELF
    contact: str = field(default="", repr=False)
    about: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    purpose: str = ""
    data: str = ""
    was: str = field(default="", repr=False)
    becomes: str = field(default="", repr=False)
    endpoint: str = field(default="", repr=False)
    mandate: str = field(default="", repr=False)
    until: str = field(default="", repr=False)
    offer: str = field(default="", repr=False)
    draft: str = field(default="", repr=False)

    def hidden(self, *but: str) -> list[tuple[str, str]]:
        """What the next page carries along."""
        return [(name, getattr(self, name)) for name in self.__slots__ if name not in but and getattr(self, name)]


_MOST = {"words": LONGEST_WORDS, "endpoint": LONGEST_ENDPOINT}
"""Characters of the fields that may have another number of them than `LONGEST`."""
_CHOSEN = ("right", "asker", "purpose", "data", "offer", "draft")
"""Fields that nobody types."""


def _filled(sent: Mapping[str, str]) -> _Filled:
    """What was sent. What somebody typed is never cut: `_too_long` says which of it is too much."""
    named = {name: (sent.get(name, "")[:LONGEST] if name in _CHOSEN else sent.get(name, "")).strip() for name in _Filled.__slots__}
    named["asker"] = named["asker"] if named["asker"] in list(Asker) else Asker.SELF
    return _Filled(**named)


@pages.get(PATH, auth=None, operation_id="rights_form", summary="The form by which people use their rights", openapi_extra={"responses": LOOK})
def ask(request: HttpRequest) -> HttpResponse:
    """The first page: which right, and for whom. A link that was offered in answer to a complaint chose one already."""
    house = house_of(request)
    token = request.GET.get("offer", "")
    offered = read_offer(house, token) if token else None
    known = rights(house)
    filled = _Filled(right=offered[0], offer=token) if offered is not None and offered[0] in known else _Filled()
    wanted = request.GET.get("right", "")
    filled.right = filled.right or (wanted if wanted in known else "")
    return _choose(request, house, filled)


@pages.post(PATH, auth=None, operation_id="rights_ask", summary="The form filled in, page by page", openapi_extra={"requestBody": FORM, "responses": SEND})
def send(request: HttpRequest) -> HttpResponse:
    """Each page carries what was filled in before; nothing is kept until the last one is sent."""
    limit_address(request, "rights", A_MINUTE)
    sent, house = fields_of(request, LARGEST), house_of(request)
    filled, go = _filled(sent), sent.get("go", "")
    if go in ("", "choose") or filled.right not in rights(house):
        error = None if go == "choose" else Invalid(say(N_("no right was chosen")), say(N_("choose one of the list")))
        return _choose(request, house, filled, error)
    if go == "say":
        return _say(request, house, filled)
    try:
        wish = _wish(request, house, filled)
        if go == "send":
            return _receipt(request, door_of(request).do(lambda now: take(now, wish)))
        return _review(request, house, filled)
    except TooMany as error:
        return _say(request, house, filled, error, 429)
    except (Invalid, Refusal) as error:
        return _say(request, house, filled, error)


def _choose(request: HttpRequest, house: House, filled: _Filled, error: JanjiError | None = None) -> HttpResponse:
    """The first page: every right that is granted, or the one that was chosen, and for whom it is asked."""
    return _about(request, house, filled) if filled.right in rights(house) else _all(request, house, error)


def _all(request: HttpRequest, house: House, error: JanjiError | None) -> HttpResponse:
    tongue = page_tongue(request)
    known, plainly = rights(house), dict[Right, Granted]()
    for granted in known.values():
        plainly.setdefault(granted.kind, granted)
    tiles = [
        {"href": f"{PATH}?right={name}&language={tongue.language}", "icon": ICONS[OF_RIGHT[granted.kind]], "title": granted.title.get(tongue.language),
         "text": _brief(granted, plainly[granted.kind]).render(tongue)}
        for name, granted in known.items()
    ]  # fmt: skip
    lead = [N_("Choose what we shall do with personal data about you. It costs nothing, and you need no account."),
            N_("An e-mail address or a telephone number is enough. Send us no identity card.")]  # fmt: skip
    links = [(f"{PATH}/status?language={tongue.language}", N_("I have a number already"))]
    return view(request, N_("Your rights over your data"), lead=lead, tiles=tiles, links=links, step=1, status=422 if error else 200, error=error,
                 ways=True, wide=True)  # fmt: skip


def _brief(granted: Granted, plainly: Granted) -> Message:
    """An entry in one line. Of several that are one right by the law, only the first is described by it: what sets the others apart, their titles say."""
    if granted is plainly:
        return explained(granted).brief
    return say(N_("The same right as “{right}”, with a term and a way of its own."), right=plainly.title)


def _about(request: HttpRequest, house: House, filled: _Filled) -> HttpResponse:
    """What the right does and cannot do, how long it takes, what is needed; then for whom it is asked."""
    tongue, granted = page_tongue(request), rights(house)[filled.right]
    told, about = tongue.translate, explained(granted)
    until = say(N_("If you send it now, we answer until {when} at the latest."), when=moment(granted.due(house.runtime.now())))
    parts = [
        (N_("What it does"), [about.does]), (N_("What it cannot do"), about.cannot), (N_("How long it takes"), [until, about.decided]),
        (N_("What you need"), about.needed),
    ]  # fmt: skip
    form = {
        "action": PATH, "hidden": filled.hidden("asker"), "buttons": [{"go": "say", "words": told(N_("Next"))}],
        "fields": [{"kind": "choices", "name": "asker", "label": told(N_("For whom do you ask?")), "value": filled.asker,
                    "options": [(one, told(words)) for one, words in _ASKERS.items()]}],
    }  # fmt: skip
    return view(
        request, plain(granted.title), forms=[form], step=1, turn=request.method == "GET", kept=f"right={filled.right}&",
        parts=[{"title": told(title), "lines": [line.render(tongue) for line in lines]} for title, lines in parts],
        grounds=[ground.title.get(tongue.language) for ground in granted.grounds],
        back=(f"{PATH}?language={tongue.language}", told(N_("All rights"))),
    )  # fmt: skip


def _say(request: HttpRequest, house: House, filled: _Filled, error: JanjiError | None = None, status: int = 422) -> HttpResponse:
    """The second page: where we answer, for whom, and what belongs to the right. What is too long is said beside its field."""
    tongue, granted = page_tongue(request), rights(house)[filled.right]
    names = ["contact", "about", "mandate", "until", "words", "purpose", "data", "was", "becomes", "endpoint"]
    fields = _fields(house, filled, granted, tongue)
    for one in fields:  # no browser cuts what is pasted into it, either
        one.pop("longest", None)
        fault = _too_long(one["name"], one["value"])
        one["fault"] = "" if fault is None else sentence(fault, tongue)
    form = {
        "action": PATH, "hidden": filled.hidden(*names), "fields": fields,
        "buttons": [{"go": "review", "words": tongue.translate(N_("Next"))}, {"go": "choose", "words": tongue.translate(N_("Back")), "second": True}],
    }  # fmt: skip
    return view(request, plain(granted.title), forms=[form], step=2, error=error, turn=False, status=status if error else 200)


def _is_sent(house: House, granted: Granted) -> bool | None:
    """Whether data are sent to another company by a right: always, where the person wants it and the policy has no other right for it, or never (`None`)."""
    if granted.law is not None and granted.law.id == SENT:
        return True
    every = {one.law.id for one in rights(house).values() if one.law is not None}
    return False if granted.kind is Right.PORTABILITY and SENT not in every else None


def _fields(house: House, filled: _Filled, granted: Granted, tongue: Tongue) -> list[dict[str, Any]]:
    """What is asked for a right and an asker; nothing that is not needed."""
    told, kind = tongue.translate, granted.kind
    made = [text_field("contact", told(N_("Where do we answer?")), filled.contact, told(N_("Your e-mail address or telephone number, best one that we know already. We send a code there.")),
                  required=True, fill="email")]  # fmt: skip
    if filled.asker != Asker.SELF:
        made.append(text_field("about", told(N_("For whom do you ask?")), filled.about, told(N_("The e-mail address, telephone or account number of the person.")), required=True))
    if filled.asker == Asker.AGENT:
        made.append(text_field("mandate", told(N_("The number or date of your authorisation")), filled.mandate, told(N_("We ask for the paper itself only if we must.")), required=True))
        made.append(text_field("until", told(N_("The last day of your authorisation")), filled.until, told(N_("Leave it empty where it names none."))) | {"kind": "date"})
    policy = house.policy_in_force.policy
    if kind in PURPOSED:
        options = [("", told(N_("Everything that it can be about"))), *((name, one.title.get(tongue.language)) for name, one in policy.purposes.items())]
        made.append({"kind": "select", "name": "purpose", "label": told(N_("What is it about?")), "options": options, "value": filled.purpose})
    if kind is Right.CORRECTION:
        options = [(name, one.title.get(tongue.language)) for name, one in policy.data.items()]
        made.append({"kind": "select", "name": "data", "label": told(N_("What is wrong, or lacks?")), "options": options, "value": filled.data})
        made.append(text_field("was", told(N_("What stands there now")), filled.was, told(N_("Leave it empty where something lacks."))))
        made.append(text_field("becomes", told(N_("What is right")), filled.becomes, required=True))
    if _is_sent(house, granted) is not None:
        made.append(text_field("endpoint", told(N_("The address to which the other company takes data")), filled.endpoint, told(N_("It begins with https:// and the company gives it to you.")), required=_is_sent(house, granted) is True))
    made.append({"kind": "words", "name": "words", "label": told(N_("Anything else that we should know (optional)")), "value": filled.words, "longest": LONGEST_WORDS,
                 "hint": told(N_("No identity card, no password, nothing about your health."))})  # fmt: skip
    return made


def _too_long(name: str, value: str) -> Message | None:
    """What is said beside a field in which more stands than is taken; nothing where it is not too much."""
    most = _MOST.get(name, LONGEST)
    return None if len(value) <= most else say(N_("here stand {count} characters, and at most {most} are taken: write it shorter"), count=len(value), most=most)


def text_field(name: str, label: str, value: str, hint: str = "", *, required: bool = False, fill: str = "", mode: str = "", code: bool = False) -> dict[str, Any]:
    """A field of one line; `fill` is what browsers may fill in, `mode` which keys a telephone shows."""
    return {"kind": "text", "name": name, "label": label, "value": value, "hint": hint, "required": required, "longest": LONGEST, "fill": fill, "mode": mode, "code": code}


def _wish(request: HttpRequest, house: House, filled: _Filled) -> Wish:
    """What the form says; raises `Invalid` for what is missing in it."""
    granted, asker = rights(house)[filled.right], Asker(filled.asker)
    if any(_too_long(name, getattr(filled, name)) for name in filled.__slots__):
        raise Invalid(say(N_("something is too long")), say(N_("it stands beside its field how long it may be; what you wrote is still there")))
    contact = address_of(filled.contact)
    offered = read_offer(house, filled.offer) if filled.offer else None
    more: dict[str, Any] = {}
    if granted.kind is Right.CORRECTION:
        if not filled.becomes or filled.data not in house.policy_in_force.policy.data:
            raise Invalid(say(N_("it is not said what is right")), say(N_("write it as it should be")))
        more["correct"] = [{"data": filled.data, "becomes": filled.becomes, **({"was": filled.was} if filled.was else {})}]
    sent = _is_sent(house, granted)
    if sent or (filled.endpoint and sent is not None):
        if not filled.endpoint.startswith("https://"):
            raise Invalid(say(N_("the address of the other company does not begin with `https://`")), say(N_("ask the company for it")))
        more["endpoint"] = filled.endpoint
    if asker is Asker.AGENT:
        if not filled.mandate:
            raise Invalid(say(N_("it is not said what shows that you may ask")), say(N_("give the number or the date of your authorisation")))
        more["mandate"] = {"reference": filled.mandate, **({"until": filled.until} if filled.until else {})}
    purpose = filled.purpose if granted.kind in PURPOSED and filled.purpose in house.policy_in_force.policy.purposes else ""
    return Wish(
        right=filled.right, contact=contact, asker=asker, about=_named(filled.about) if asker is not Asker.SELF and filled.about else None,
        words=filled.words, language=page_tongue(request).language, details={"purpose": purpose} if purpose else {}, more=more,
        intake=Intake.FORM if offered is None else Intake.COMPLAINT, received=None if offered is None else offered[1],
        network=request.META.get("REMOTE_ADDR", ""), id=read_draft(house, filled.draft),
    )  # fmt: skip


def address_of(text: str) -> tuple[str, str]:
    """Where an answer goes, as it was typed; raises `Invalid` for what can be no address."""
    if "@" not in text and not any(map(str.isdecimal, text)):
        raise no_answer_there()
    return _kind(text)


def _kind(text: str) -> tuple[str, str]:
    """What an address is: with an @ one of mail, else a number."""
    return ("email" if "@" in text else "phone", text)


def _named(text: str) -> tuple[str, str]:
    """How somebody else is named: an address, a telephone number, or the number of an account."""
    plain = text.replace(" ", "").replace("-", "")
    return _kind(text) if "@" in text or (plain.startswith(("+", "0", "62")) and plain.lstrip("+").isdigit()) else ("account", text)


def _review(request: HttpRequest, house: House, filled: _Filled) -> HttpResponse:
    """The third page: everything once more, and until when it is answered."""
    tongue, granted = page_tongue(request), rights(house)[filled.right]
    checked(house, _wish(request, house, filled))
    filled.draft = filled.draft or draft(house)
    policy = house.policy_in_force.policy
    about = policy.purposes.get(filled.purpose) or policy.data.get(filled.data)
    shown = [
        (N_("You want"), plain(granted.title), False), (N_("You ask"), say(_ASKERS[Asker(filled.asker)]), False),
        (N_("For whom"), plain(filled.about), False), (N_("We answer to"), plain(filled.contact), False),
        (N_("Your authorisation"), plain(filled.mandate), False), (N_("Its last day"), on_day(date.fromisoformat(filled.until)) if filled.until else "", False),
        (N_("About"), "" if about is None else plain(about.title), False), (N_("Wrong"), plain(filled.was), False),
        (N_("What is right"), plain(filled.becomes), False), (N_("Sent to"), plain(filled.endpoint), False), (N_("You say"), plain(filled.words), False),
    ]  # fmt: skip
    facts = [(name, value, big) for name, value, big in shown if (value if isinstance(value, str) else value.render(tongue)).strip()]
    form = {
        "action": PATH, "hidden": filled.hidden(), "fields": [],
        "buttons": [{"go": "send", "words": tongue.translate(N_("Send the request"))}, {"go": "say", "words": tongue.translate(N_("Change something")), "second": True}],
    }  # fmt: skip
    until = granted.due(house.runtime.now())
    told = [say(N_("If you send it now, we answer until {when} at the latest."), when=moment(until))]
    return view(request, N_("Is everything right?"), facts=facts, told=told, forms=[form], step=3, turn=False)


def _receipt(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """The last page: number, due day and hour, the code of the page, and where the code that was sent is typed in."""
    house, tongue, asked = door_of(request).house(), page_tongue(request), receipt.request
    shown = asked.state is not State.UNVERIFIED
    facts = [
        (N_("Number of your request"), plain(receipt.number), False), (N_("We answer until"), moment(asked.due), True),
        (N_("Code of its page"), plain(_grouped(receipt.code)), True),
    ]  # fmt: skip
    lead = [N_("Your request is recorded, and its time runs.")]
    if not shown:
        lead.append(N_("If the address can be reached, a code is on its way there. Type it in, so that we know that the address is yours. It can take some minutes."))
    links = [(page_path(house, asked.id, shown=shown) + f"?language={tongue.language}", N_("The page of this request: keep this link"))]
    forms = [] if shown else [_code_form(house, receipt.number, tongue)]
    return view(request, N_("We have your request"), lead=lead, facts=facts, tone="good", forms=forms, links=links, step=4, turn=page_path(house, asked.id, shown=shown))


# ------------------------------------------------------------------------------------------------------ showing who asks


def _code_form(house: House, number: str, tongue: Tongue, *, ask_number: bool = False) -> dict[str, Any]:
    told = tongue.translate
    fields = [text_field("number", told(N_("Number of your request")), number, required=True)] if ask_number else []
    fields.append(text_field("code", told(N_("The code that we sent to your address")), "", told(N_("Eight digits.")), required=True, fill="one-time-code", mode="numeric", code=True))
    return {
        "action": f"{PATH}/code", "hidden": [("press", request_identity.press(house)), *([] if ask_number else [("number", number)])], "fields": fields, "heading": told(N_("Show that the address is yours")),
        "buttons": [{"go": "code", "words": told(N_("Confirm"))}, {"go": "again", "words": told(N_("Send another code")), "second": True}],
    }  # fmt: skip


@pages.post(f"{PATH}/code", auth=None, operation_id="rights_code", summary="The code that was sent, typed in", openapi_extra={"requestBody": FORM, "responses": SEND})
def code(request: HttpRequest) -> HttpResponse:
    """Take the code of a request, or send another. A wrong code and a number of no request are answered alike."""
    limit_address(request, "rights", A_MINUTE)
    sent, tongue = fields_of(request, LARGEST), page_tongue(request)
    number, typed = sent.get("number", "")[:LONGEST].strip(), sent.get("code", "")[:LONGEST]
    id = _number(number)
    if sent.get("go") == "again":
        door_of(request).do(lambda house: send_again(house, id))
        told = [N_("If this request still waits for a code and not too many were sent, another is on its way. The one before is worth nothing now.")]
        return view(request, N_("Another code"), told=told, forms=[_code_form(house_of(request), number, tongue)], turn=False)
    return went(request, id, number, door_of(request).do(lambda house: request_identity.show_code(house, id, typed, sent.get("press", ""))))


@pages.get(request_identity.PATH + "{token}", auth=None, operation_id="rights_link", summary="What the link in a message confirms", openapi_extra={"responses": LOOK})
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button: whoever only looks, a mail scanner or a browser that fetches ahead, confirms nothing."""
    tongue, house = page_tongue(request), door_of(request).house()
    if request_identity.read_link(house, token) is None:
        return gone(request)
    form = {"action": f"{request_identity.PATH}{token}", "hidden": [("press", request_identity.press(house))], "fields": [], "buttons": [{"go": "yes", "words": tongue.translate(N_("Yes, I asked for this"))}]}
    lead = [N_("Somebody asked us to do something with data about the owner of this address. If that was you, confirm it."), N_("If it was not you, do nothing: without this nothing is done.")]
    return view(request, N_("Was it you?"), lead=lead, forms=[form])


@pages.post(request_identity.PATH + "{token}", auth=None, operation_id="rights_link_yes", summary="The link confirmed", openapi_extra={"requestBody": FORM, "responses": {**SEND, **LOOK}})
def link_yes(request: HttpRequest, token: str) -> HttpResponse:
    """What the code does, by the link beside it."""
    limit_address(request, "rights", A_MINUTE)
    sent = fields_of(request, LARGEST)
    id, trial = door_of(request).do(lambda house: request_identity.show_link(house, token, sent.get("press", "")))
    return gone(request) if id is None else went(request, id, f"{PREFIX}{id}", trial)


@pages.post(f"{PATH}/answers", auth=None, operation_id="rights_answers", summary="The answers to questions", openapi_extra={"requestBody": FORM, "responses": SEND})
def answers(request: HttpRequest) -> HttpResponse:
    """Take the answers of whoever showed the address: they have the code of the page that was given then."""
    limit_address(request, "rights", A_MINUTE)
    sent = fields_of(request, LARGEST)
    number = sent.get("number", "")[:LONGEST].strip()
    id = _number(number)
    if request_identity.opens(door_of(request).house(), id, sent.get("page", "")) is not True:
        return _wrong(request, number)
    trial = door_of(request).do(lambda house: request_identity.show_answers(house, id, sent))
    if trial is Trial.WRONG and not request_identity.asked(id):  # pressed twice: the page says how far it is
        return status_view(request, house_of(request), id, shown=True)
    return went(request, id, number, trial, again=True)


_QUESTIONS = {
    "phone": N_("The last four digits of your telephone number"), "account": N_("The last four characters of your account, card or membership number"),
    "postcode": N_("The postal code of your address"), "year": N_("The year in which you were born"),
}  # fmt: skip


def went(request: HttpRequest, id: UUID, number: str, trial: Trial, *, again: bool = False) -> HttpResponse:
    """What comes after a code, a link or answers."""
    house, tongue = door_of(request).house(), page_tongue(request)
    if trial is Trial.WRONG and again and request_identity.asked(id):
        error = Invalid(say(N_("these answers are not what we hold")), say(N_("try again; after three times our staff must look at it")))
        return view(request, N_("What only you know"), error=error, forms=[_questions(house, id, number, tongue)], status=422, turn=False)
    if trial is Trial.WRONG:
        return _wrong(request, number)
    if trial is Trial.QUESTIONS:
        lead = [N_("The address is yours, thank you. What you ask for could harm you if somebody else asked for it, so we ask you what we hold already.")]
        return view(request, N_("What only you know"), lead=lead, forms=[_questions(house, id, number, tongue)], turn=page_path(house, id, shown=True))
    return status_view(request, house, id, shown=True, thanks=True)


def _questions(house: House, id: UUID, number: str, tongue: Tongue) -> dict[str, Any]:
    return {
        "action": f"{PATH}/answers", "hidden": [("number", number), ("page", request_identity.status_code(house, id, shown=True))],
        "fields": [text_field(topic, tongue.translate(_QUESTIONS[topic]), "", required=True) for topic in request_identity.asked(id)],
        "buttons": [{"go": "answers", "words": tongue.translate(N_("Send the answers"))}],
    }  # fmt: skip


def _wrong(request: HttpRequest, number: str) -> HttpResponse:
    error = Invalid(say(N_("this code is not good for this number")), say(N_("look at the newest message, or let another code be sent")))
    return view(request, N_("Show that the address is yours"), error=error, forms=[_code_form(house_of(request), number, page_tongue(request))], status=422, turn=False, ways=True)


def gone(request: HttpRequest) -> HttpResponse:
    """What a link leads to that is none of ours, or good no more."""
    told = [N_("Open it from the message again, all of it; or write to us.")]
    return view(request, N_("This link does not work"), told=told, status=404, ways=True)


def nowhere(request: HttpRequest, status: int = 404) -> HttpResponse:
    """What an address leads to that has nothing, or nothing for whoever asks: the same for both."""
    tongue = page_tongue(request)
    links = [(f"/?language={tongue.language}", N_("To the start")), (f"{PATH}?language={tongue.language}", N_("Your rights over your data"))]
    lead = [N_("Perhaps the address is not whole, or what was here is gone.")]
    return view(request, N_("Nothing is here"), lead=lead, links=links, status=status, here="", ways=True)


def _number(text: str) -> UUID:
    """The request of a number; one that is none is looked for all the same, and found nowhere."""
    try:
        return request_number(text.strip()[:60].lower())
    except Invalid:
        return UUID(int=0)


# --------------------------------------------------------------------------------------------------------------- status


@pages.get(f"{PATH}/status", auth=None, operation_id="rights_status", summary="Where to ask how far a request is", openapi_extra={"responses": LOOK})
def status(request: HttpRequest) -> HttpResponse:
    """The page that asks for number and code."""
    house_of(request)
    lead = [N_("You need its number and the code of its page.")]
    return view(request, N_("How far is your request?"), lead=lead, forms=[_status_form(page_tongue(request)), _code_form(house_of(request), "", page_tongue(request), ask_number=True)], ways=True)


@pages.post(f"{PATH}/status", auth=None, operation_id="rights_status_of", summary="How far a request is", openapi_extra={"requestBody": FORM, "responses": SEND})
def status_of(request: HttpRequest) -> HttpResponse:
    """Where a request stands, for its number and the code of its page. Whether it was the number or the code that is wrong is not told."""
    limit_address(request, "rights", A_MINUTE)
    sent, house = fields_of(request, LARGEST), house_of(request)
    id = _number(sent.get("number", ""))
    found = request_identity.opens(house, id, sent.get("page", ""))
    if found is None or request_identity.request_there(id) is None:
        error = Invalid(say(N_("number and code do not belong together")), say(N_("both stand on the page that you saw last, and in our message")))
        form = _status_form(page_tongue(request), sent.get("number", "")[:LONGEST])
        return view(request, N_("How far is your request?"), error=error, forms=[form], status=422, turn=False, ways=True)
    return status_view(request, house, id, shown=found)


@pages.get(f"{PATH}/page/{{token}}", auth=None, operation_id="rights_page", summary="The page of a request, by its link", openapi_extra={"responses": LOOK})
def status_page(request: HttpRequest, token: str) -> HttpResponse:
    """The same by the link that was to be kept."""
    house = house_of(request)
    found = read_page_path(house, token)
    return gone(request) if found is None or request_identity.request_there(found[0]) is None else status_view(request, house, *found)


def _status_form(tongue: Tongue, number: str = "") -> dict[str, Any]:
    told = tongue.translate
    return {
        "action": f"{PATH}/status", "hidden": [], "buttons": [{"go": "status", "words": told(N_("Show"))}],
        "fields": [text_field("number", told(N_("Number of your request")), number, required=True), text_field("page", told(N_("Code of its page")), "", required=True)],
    }  # fmt: skip


STATES = {
    State.UNVERIFIED: N_("We wait until you show that the address is yours."), State.VERIFIED: N_("We work out what is to be done."),
    State.APPROVAL: N_("It is worked out, and our officers look at it."), State.WORKING: N_("It is being done."), State.DELIVERY: N_("The answer is on its way to you."),
}  # fmt: skip
ENDS = {
    Outcome.DONE: N_("Done."), Outcome.PARTLY_DONE: N_("Partly done: our message says what stays, and why."), Outcome.NOTHING_HELD: N_("We found nothing: our message says what we looked for."),
    Outcome.REFUSED: N_("Refused: our message says on which ground, and where you can complain."),
    Outcome.NOT_VERIFIED: N_("Closed: nobody showed that the address is theirs. It can be opened again."),
    Outcome.DUPLICATE: N_("You asked for the same before: that request is answered."), Outcome.WITHDRAWN: N_("You took it back."),
    Outcome.RECLASSIFIED: N_("We read it and recorded it as the right that you use, on the clock that it had: our newest message names its number."),
}  # fmt: skip


def status_view(request: HttpRequest, house: House, id: UUID, shown: bool, *, thanks: bool = False, error: JanjiError | None = None, done: str = "") -> HttpResponse:
    """The page of a request: for whoever showed who asks all that can be told; for who only filed it, that it is recorded."""
    asked, tongue = request_of(id), page_tongue(request)
    granted, waiting = rights(house).get(asked.right), asked.state is State.UNVERIFIED
    number = f"{PREFIX}{id}"
    state = ENDS[asked.outcome] if asked.state is State.ENDED and asked.outcome else STATES.get(asked.state, "")
    facts: list[tuple[str, str | Message, bool]] = [(N_("Number of your request"), plain(number), False)]
    if granted is not None:
        facts.append((N_("You want"), plain(granted.title), False))
    facts.append((N_("We answer until"), moment(asked.due), asked.open))
    why = request_identity.waits_for(id, asker=True) if waiting else None if asked.state is State.ENDED else waits_for(asked)
    told: list[str | Message] = []
    forms = []
    if shown is not waiting:  # whoever showed the address already and must show more is told what, and not the step before
        facts.append((N_("How far it is"), state, False))
    closed = asked.outcome in UNSHOWN and asked.subject is None and asked.wanted is not Proof.NONE
    if closed and not shown:
        facts.append((N_("How far it is"), state, False))
    elif not shown and not waiting:
        told.append(N_("It was shown who asks. From then on this page tells no more to whoever filed it: open it by the newest link or code."))
    elif why is not None and shown and asked.state is not State.DELIVERY and (waiting or "waits" in asked.details):  # that an answer is under way is how far it is
        told.append(say(N_("It waits for this: {why}."), why=names_of(house, tongue.language).put(why)))
    if waiting and not shown:
        forms.append(_code_form(house, number, tongue))
    if asked.outcome is Outcome.NOT_VERIFIED:
        forms.append({"action": AGAIN, "hidden": [("number", number), ("page", request_identity.status_code(house, id, shown=shown))], "fields": [],
                      "buttons": [{"go": "again", "words": tongue.translate(N_("Open it again"))}]})  # fmt: skip
    if waiting and shown and request_identity.asked(id):
        forms.append(_questions(house, id, number, tongue))
    links, page = [], request_identity.status_code(house, id, shown=True)
    copy = copies(house, [asked]).get(id) if shown else None
    if shown and certificate_event(asked) is not None:
        links.append((f"{page_path(house, id, shown=True)}/certificate?language={tongue.language}", N_("The certificate of it, with its proof (JSON)")))
    if thanks:
        facts.append((N_("Code of its page"), plain(_grouped(page)), True))
        links.append((page_path(house, id, shown=True) + f"?language={tongue.language}", N_("The page of this request: keep this link")))
    title = N_("Thank you: we go on") if thanks else N_("Your request")
    return view(
        request, title, facts=facts, tone="good" if thanks else "", told=told, forms=forms, links=links, turn=request.method == "GET" or page_path(house, id, shown=shown), ways=True, error=error,
        status=422 if error else 200, done=tongue.translate(done) if done else "", timeline=timeline(house, asked, tongue) if shown else [], lists=list(lists(house, asked, granted, tongue)) if shown else [],
        take_back=(number, page) if shown and asked.state in (State.VERIFIED, State.APPROVAL) else None,
        copy=None if copy is None else {**copy_card(copy, tongue), "number": number, "page": page, "renew": RENEW, "ask": f"{PATH}?right={asked.right}&language={tongue.language}"},
    )  # fmt: skip


@pages.get(f"{PATH}/page/{{token}}/certificate", auth=None, operation_id="rights_certificate", summary="What was deleted and what stays, with its proof", openapi_extra={
    "responses": {**LOOK, 200: {"description": "The certificate.", "content": {"application/json": {}}}}})  # fmt: skip
def certificate_file(request: HttpRequest, token: str) -> HttpResponse:
    """The certificate of an erasure as a file, for whoever has the link of the request's page and was shown to be who asks."""
    house = house_of(request)
    found = read_page_path(house, token)
    asked = request_identity.request_there(found[0]) if found is not None and found[1] else None
    event = None if asked is None else certificate_event(asked)
    if asked is None or event is None:
        return gone(request)
    return json_file(certificate(house, asked, event, page_tongue(request)), "certificate")


def _opened(request: HttpRequest, *, filed: bool = False) -> UUID:
    """The request whose number and code of its page a form carries; `Instead` with the page that says so when these do not open it.

    With `filed` the code of whoever filed it will do.
    """
    limit_address(request, "rights", A_MINUTE)
    sent = fields_of(request, LARGEST)
    id = _number(sent.get("number", ""))
    if request_identity.opens(house_of(request), id, sent.get("page", "")) not in (True, *([False] if filed else [])) or request_identity.request_there(id) is None:
        raise Instead(_wrong(request, sent.get("number", "")[:LONGEST]))
    return id


@pages.post(RENEW, auth=None, operation_id="rights_copy", summary="A new link and a new code for a copy", openapi_extra={"requestBody": FORM, "responses": SEND})
def renew(request: HttpRequest) -> HttpResponse:
    """Send both once more, to the addresses that were held before; nothing of either is shown here."""
    id, house = _opened(request), house_of(request)
    try:
        door_of(request).do(lambda now: offer_again(now, id))
    except Refusal as error:
        return status_view(request, house, id, shown=True, error=error)
    return status_view(request, house, id, shown=True, done=N_("A new link and a new code are on their way, each by another way."))


@pages.post(f"{PATH}/back", auth=None, operation_id="rights_back", summary="Take a request back", openapi_extra={"requestBody": FORM, "responses": SEND})
def back(request: HttpRequest) -> HttpResponse:
    """End a request that is not carried out yet, for whoever showed who asks; sent twice it is one."""
    id, house = _opened(request), house_of(request)
    try:
        door_of(request).do(lambda now: take_back(now, id, actor=ACTORS[request_of(id).asker]))
    except (Refusal, Conflict) as error:
        ended = request_of(id).outcome is Outcome.WITHDRAWN
        return status_view(request, house, id, shown=True, error=None if ended else error)
    return status_view(request, house, id, shown=True)


@pages.post(AGAIN, auth=None, operation_id="rights_again", summary="Open a closed request again", openapi_extra={"requestBody": FORM, "responses": SEND})
def again(request: HttpRequest) -> HttpResponse:
    """Open a request again that closed because nobody showed who asks, and send another code to where it came from; sent twice it is one."""
    id, house = _opened(request, filed=True), house_of(request)
    try:
        door_of(request).do(lambda now: open_again(now, id, actor=ACTORS[request_of(id).asker]))
    except (Refusal, Conflict) as error:
        waiting = request_of(id).state is State.UNVERIFIED
        return status_view(request, house, id, shown=False, error=None if waiting else error)
    return status_view(request, house, id, shown=bool(request_identity.asked(id)), done=N_("Your request is open again. If the address can be reached, another code is on its way there."))
