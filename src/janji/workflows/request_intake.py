"""Requests come in: by the form, by mail, out of a complaint; counted by address and network, recorded, and answered by a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor
from janji.messaging.kinds import MessageKind, Values
from janji.people.identifiers import Identifier, IdentifierKind
from janji.rights.recognition import Recognised, recognise
from janji.rights.register import Granted
from janji.rights.requests import ACTORS, PREFIX, Asker, Intake, Proof, Request
from janji.store import request_identity as store
from janji.store import vault
from janji.store.database import transaction
from janji.terms.messages import N_, say
from janji.terms.processing import Right
from janji.workflows import request_identity, tokens
from janji.workflows.allowances import network_of
from janji.workflows.house import House
from janji.workflows.messages import send
from janji.workflows.people import normalised
from janji.workflows.request_identity import DAY, digest, request_there
from janji.workflows.request_needs import came_before, lasting
from janji.workflows.request_needs import checked as say_enough
from janji.workflows.requests import Opening, open_request, reopen, request_of, rights
from janji.workflows.worklists import site_of

PATH = "/rights"
"""Where the form is."""
AN_ADDRESS, A_NETWORK = 10, 500
"""Requests that are recorded in a day for one address where answers go, and from one network: many people share one telephone
mast, nobody has more rights than these."""
LONGEST_WORDS = 5000
"""Characters that somebody may say with a request. Of a letter all that the mailbox reads is kept: nobody is there who could shorten it."""
OFFERED = timedelta(days=30)
"""How long an offer that was made in answer to a complaint can be taken up, on the clock of the complaint."""
ANSWERED = (IdentifierKind.EMAIL, IdentifierKind.PHONE)
"""Where an answer can go."""


class TooMany(Refusal):
    """More requests came from one address or network than anybody has use for."""

    http_status = 429
    problem_type = "urn:janji:problem:rate-limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks, as it came in.

    `right` is the policy's name, `contact` (kind and value) where answers and codes go, `about` (kind and value) the person whom
    a guardian or an agent speaks for. `received` is when it came, where that is earlier than now; `network` who connected. Without a `language` it is the house's.
    With `looked_at` an officer must read what was written; `came_as` is the request whose words, read by staff, ask for this.
    """

    right: str
    contact: tuple[str, str] = field(repr=False)
    intake: Intake = Intake.FORM
    asker: Asker = Asker.SELF
    about: tuple[str, str] | None = field(default=None, repr=False)
    words: str = field(default="", repr=False)
    language: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict, repr=False)
    received: datetime | None = None
    network: str = field(default="", repr=False)
    id: UUID | None = None
    looked_at: bool = False
    came_as: UUID | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever filed a request has in hand: its number, until when it is answered, and the code of its page."""

    request: Request
    code: str = field(repr=False)

    @property
    def number(self) -> str:
        """The number of the request as it is shown."""
        return f"{PREFIX}{self.request.id}"


def take(house: House, wish: Wish, *, shown: Identifier | None = None) -> Receipt:
    """Record what somebody asks, and send a code to the address that they gave. The clock begins.

    An address that was shown to be theirs a moment ago (`shown`) gets no code: `request_identity.take_shown` goes on from there.

    Whether anybody is known by the address is not looked at: work, answer and message are the same for everybody. Raises `Invalid`,
    without the value, for what is no address, and `TooMany` where address or network had their share of the day: what came before
    is in hand.
    """
    contact, about, granted = checked(house, wish)
    there = None if wish.id is None else request_there(wish.id)
    if there is not None:
        return Receipt(there, request_identity.status_code(house, there.id, shown=False))
    if wish.came_as is None:  # else it was counted when it came
        _counted(house, contact, wish.network)
    said: dict[str, Any] = {"answer_to": [[str(contact.kind), contact.normal]], **wish.more}
    if wish.words.strip():
        said["words"] = wish.words.strip()
    if about is not None:
        said["about"] = [str(about.kind), about.normal]
    with transaction():
        request = open_request(house, Opening(
            right=granted.id, intake=wish.intake, asker=wish.asker, language=wish.language or house.runtime.settings.language, said=said, details=wish.details, id=wish.id,
            received=wish.received, looked_at=wish.looked_at, came_as=wish.came_as,
        ), ACTORS[wish.asker])  # fmt: skip
        sent = None
        if granted.proof is not Proof.NONE and shown == contact:
            request_identity.begin_shown(house, request.id, contact)
        elif granted.proof is not Proof.NONE:
            sent = request_identity.begin(house, request.id, contact)
        _tell(house, request, granted, contact, sent)
    return Receipt(request, request_identity.status_code(house, request.id, shown=granted.proof is Proof.NONE))


def send_again(house: House, id: UUID) -> bool:
    """Send another code for a request, to the address that it was filed with; `False` where no more are sent."""
    with transaction():
        sent = request_identity.fresh(house, id)
        if sent is None:
            return False
        request = request_of(id)
        contact = request_identity.contact_of(house, id)
        granted = rights(house).get(request.right)
        if contact is None or granted is None:
            return False
        _tell(house, request, granted, contact, sent)
    return True


def open_again(house: House, id: UUID, by: str = "", actor: Actor = Actor.STAFF) -> Request:
    """As `requests.reopen`, and send another code to where the request came from, while codes are sent.

    Raises `Refusal` for the asker who could not show anything then: our staff must see to it.
    """
    with transaction():
        made = reopen(house, id, by, actor)
        if not send_again(house, id) and actor is not Actor.STAFF and not request_identity.asked(id):
            raise Refusal(say(N_("no more codes are sent for this request")), say(N_("our staff help you: name the number of your request")))
    return made


def checked(house: House, wish: Wish) -> tuple[Identifier, Identifier | None, Granted]:
    """What a wish names, in normal form: where answers go, for whom, which right. Raises `Invalid` for what cannot be asked, `Refusal` as `lasting`."""
    known = rights(house)
    if wish.right not in known:
        raise Invalid(say(N_("no right was chosen")), say(N_("choose one of the list")))
    came_before(wish.received, house.runtime.now())
    if len(wish.words.strip()) > LONGEST_WORDS and wish.intake is not Intake.EMAIL:
        raise Invalid(say(N_("that is too long")), say(N_("at most {most} characters are taken: write it shorter"), most=LONGEST_WORDS))
    if wish.contact[0] not in ANSWERED:
        raise no_answer_there()
    if wish.asker is not Asker.SELF and wish.about is None:
        raise Invalid(say(N_("it is not said for whom you ask")), say(N_("give the e-mail address, telephone or account number of the person")))
    say_enough(house, known[wish.right].kind, wish.details, wish.more)
    if wish.asker is Asker.AGENT:
        lasting(wish.more, wish.received or house.runtime.now())
    contact, *about = normalised(house, [wish.contact, *([wish.about] if wish.about is not None and wish.asker is not Asker.SELF else [])])
    return contact, about[0] if about else None, known[wish.right]


def no_answer_there() -> Invalid:
    """What is wrong with an address to which nothing can be sent."""
    return Invalid(say(N_("no answer can go there")), say(N_("give an e-mail address or a telephone number")))


def _counted(house: House, contact: Identifier, network: str) -> None:
    """Count a request for its address and its network; raises `TooMany` where either had its share. What is refused is counted too."""
    now = house.runtime.now()
    names = [(digest(house, "requests to", str(contact.kind), contact.normal), AN_ADDRESS)]
    if network:
        names.append((digest(house, "requests from", network_of(network)), A_NETWORK))
    for name, most in names:
        if store.count(name, now, now - DAY) > most:
            raise TooMany(say(N_("many requests came already, and those are in hand")), say(N_("wait until tomorrow, or call us")))


def _tell(house: House, request: Request, granted: Granted, contact: Identifier, sent: request_identity.Sent | None) -> None:
    """The message to whoever asks: number, due instant, and the code with its link where one is wanted. In the open transaction."""
    kind = MessageKind.RECEIPT if sent is None else MessageKind.PROVE
    values = Values(
        right=granted.title, kind=request.kind, number=f"{PREFIX}{request.id}", due=request.due, link="" if sent is None else sent.link,
        code="" if sent is None else sent.code, until=None if sent is None else sent.until, ward=request.asker is Asker.GUARDIAN,
    )  # fmt: skip
    send(house, kind, [contact], request.details.get("language", ""), values, request.id, turn=0 if sent is None else sent.number)


# ----------------------------------------------------------------------------------------------------------- complaints


@dataclass(frozen=True, slots=True)
class Offer:
    """A right that a message seems to use, as it is offered: the policy's name, and a link to the form that says so already."""

    right: str
    found: Recognised
    link: str = field(repr=False)


def offers(house: House, text: str, received: datetime | None = None) -> tuple[Offer, ...]:
    """The rights that an ordinary complaint seems to use (clause 3.1.1.c), each with a link by which whoever wrote it takes it up.

    Nothing is stored. The link knows when the complaint came: a request that it leads to runs on that clock. Raises `Invalid` for
    one that is still to come.
    """
    known, now = rights(house), house.runtime.now()
    came_before(received, now)
    at = now if received is None else min(received, now)
    made = []
    for found in recognise(text):
        name = right_for(known, found.right)
        if name is not None:
            made.append(Offer(name, found, f"{site_of(house.runtime.settings)}{PATH}?offer={_offer(house, name, at)}"))
    return tuple(made)


def right_for(known: Mapping[str, Granted], kind: Right) -> str | None:
    """What the policy calls a right of the law: the one of its own name where there are several."""
    named = [name for name, granted in known.items() if granted.kind is kind]
    return kind if kind in named else next(iter(named), None)


def read_offer(house: House, token: str) -> tuple[str, datetime] | None:
    """The right that an offer is about, and when the complaint came; `None` for one that is none of ours, or over."""
    value = tokens.read_token(_offer_key(house), token)
    if value is None:
        return None
    at = datetime.fromtimestamp(int.from_bytes(value[:8], "big") / 1000, UTC)
    return (value[8:].decode(), at) if at <= house.runtime.now() < at + OFFERED else None


def _offer(house: House, right: str, at: datetime) -> str:
    return tokens.write_token(_offer_key(house), int(at.timestamp() * 1000).to_bytes(8, "big") + right.encode())


def _offer_key(house: House) -> bytes:
    return vault.derived_key(house.secrets.pseudonym, "rights offer 1")


# --------------------------------------------------------------------------------------------------- pages of a request


def draft(house: House) -> str:
    """A request that is not sent yet, for the page that sends it: sent twice, it is one."""
    return tokens.write_token(_draft_key(house), house.runtime.new_id().bytes)


def read_draft(house: House, token: str) -> UUID | None:
    """The id of a draft; `None` for what is none of ours."""
    value = tokens.read_token(_draft_key(house), token)
    return None if value is None else UUID(bytes=value)


def _draft_key(house: House) -> bytes:
    return vault.derived_key(house.secrets.pseudonym, "rights draft 1")
