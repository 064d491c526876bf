"""Messages of requests: put out in the transaction of what they tell, sent by the worker, by the next way where one fails, and by staff at last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any
from uuid import UUID, uuid5

import orjson

from janji.delivery.gateway import GatewayCalls, ShortMessage, Taken
from janji.delivery.mail import Letter, Postman, mail_server
from janji.errors import Corrupt, Invalid, Refusal, Unavailable
from janji.files.templates import fill
from janji.files.translations import LANGUAGES, load_tongue
from janji.ledger.events import Actor, Kind
from janji.messaging.gateways import Report, proven, reports
from janji.messaging.kinds import RESULTS, MessageKind, Values, pack_values, unpack_values
from janji.messaging.routing import MAIL, Channel, Route, Way, after, apart, routes
from janji.messaging.texts import Composed, Sender, compose, sender_of
from janji.people.identifiers import KINDS, Identifier, IdentifierKind
from janji.rights.identity import COOL_OFF, Address, believed, held_since
from janji.rights.requests import PREFIX, staff_name
from janji.store import messages as store
from janji.store import people, requests, vault
from janji.store.database import transaction
from janji.store.messages import MessageRow
from janji.store.people import ACTIVE, TaskRow
from janji.store.vault import KEY_BYTES, NONCE_BYTES, KeyKind
from janji.store.workers import alone
from janji.terms.messages import N_, Tongue, say
from janji.terms.words import moment
from janji.workflows import people as persons
from janji.workflows.gateways import Kept, barred_by, callback_secret, kept_gateways, open_calls
from janji.workflows.house import House
from janji.workflows.logs import code_of, event
from janji.workflows.naming import names_of
from janji.workflows.recording import Entry, record
from janji.workflows.webhooks import backoff

CALLBACKS = "/messages/callbacks/"
"""Where providers call back at the site; the name of the gateway follows."""
TASK = "message-not-delivered"
"""The kind of task that is open while staff must hand an answer over."""
LEASE = timedelta(minutes=5)
"""For so long nobody else takes a message that is being sent. Whoever finds the lock of those who send it free takes it over at once."""
SPARE = timedelta(minutes=1)
"""What must be left of it when a message is begun."""
TOGETHER = 10
"""Mails that are kept as sent by one transaction."""
MOST = 100
"""How many messages one round takes by each way."""
GIVE_UP, LAST = timedelta(hours=2), timedelta(hours=12)
"""For so long a way is tried when another is left, and when none is."""
KEPT = timedelta(days=3)
"""For so long a sent message may turn out to have failed; then what is sealed in it goes."""
PERMANENT = frozenset({"recipient", "bounced"})
"""Troubles of the address: the same way is not tried again."""
OF_THE_WAY = frozenset({"name", "connection", "tls", "sign-in", "timeout", "address", "busy", "server", "answer"})
"""Troubles of the way itself: it is not asked again in this round."""
UNWRITTEN = "unwritten"
"""The trouble of a message that cannot be written, or read: staff look at it, and the others are not held up."""
_NOT_WRITTEN = (Corrupt, LookupError, TypeError, ValueError)
APART = "apart"
"""The trouble of a code that has no other way than the link has which it opens: it is told by word of mouth."""
CLOSED = "closed"
"""The trouble of a way that is not open any more."""


HIDDEN = "■■■■-■■■■"
"""What staff read in the place of a link or a code."""


class State(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENT = "sent"
    """A server or provider took it."""
    DELIVERED = "delivered"
    """The provider says that it arrived."""
    HANDED = "handed"
    """Staff handed it over."""
    STAFF = "staff"
    """No way is left: staff must hand it over."""
    DROPPED = "dropped"
    """No way is left, and nobody hands it over: it was a code that somebody waited for at a page."""

    @property
    def told(self) -> bool:
        """Whether the person was told, as far as anybody can know."""
        return self in (State.SENT, State.DELIVERED, State.HANDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to be put out: to a person on record, or to addresses, which are tried in their order.

    `turn` and `key` tell messages of one kind about one request apart; put out again, a message is the same one. `shown` are addresses
    of the person that were shown to be theirs for this request.
    """

    kind: MessageKind
    to: UUID | Sequence[Identifier] = field(repr=False)
    language: str
    values: Values = field(default_factory=Values)
    request: UUID | None = None
    subject: UUID | None = None
    turn: int = 0
    key: str = ""
    shown: Sequence[Identifier] = field(default=(), repr=False)


# ---------------------------------------------------------------------------------------------------------------- put out


def send(
    house: House, kind: MessageKind, to: UUID | Sequence[Identifier], language: str, values: Values, request: UUID | None = None,
    *, subject: UUID | None = None, turn: int = 0,
) -> UUID:  # fmt: skip
    """Put one message out; gives its id. As `send_many`."""
    return send_many(house, [Outgoing(kind=kind, to=to, language=language, values=values, request=request, subject=subject, turn=turn)])[0]


def send_many(house: House, outgoing: Sequence[Outgoing]) -> tuple[UUID, ...]:
    """Put messages out, by one statement; their ids, in their order. Joins an open transaction; a worker sends them.

    A message about a request that was put out before is not put out again. The addresses of a person on record are
    looked up and sealed now: those that were held before the request was made, or from which it was asked and shown, the
    verified ones first. Whom nothing reaches is left to staff by a task.
    """
    with transaction():
        now, known, ways, key = house.runtime.now(), _addresses(house, {one.to for one in outgoing if isinstance(one.to, UUID)}), _ways(house), _key(house)
        gone = _replaced(house, known, now)
        rows = [_row(house, one, known, gone, ways, now, key) for one in outgoing]
        fresh = store.insert(list({row.id: row for row in rows}.values()))
        stuck = [row for row in rows if row.state == State.STAFF and row.id in fresh]
        if stuck:
            store.write(_open_tasks(house, stuck))
    return tuple(row.id for row in rows)


def tell_officers(
    house: House, kind: MessageKind, values: Values, request: UUID, roles: Iterable[str] = ("officer",), *, turn: int = 0
) -> int:
    """Write to those who have these roles, as the setting `officers` names them; how many have an address.

    For `officer` alone the policy's own address is taken where the setting names none.
    """
    told = [
        Outgoing(kind=kind, to=[Identifier(IdentifierKind.EMAIL, address)], language=house.runtime.settings.language, values=values,
                 request=request, turn=turn, key=role)
        for role in dict.fromkeys(roles) for address in [officer_address(house, role)] if address
    ]  # fmt: skip
    return len(send_many(house, told)) if told else 0


def officer_address(house: House, role: str) -> str:
    """Where somebody with a role is written to; empty when nobody says."""
    found = dict(house.runtime.settings.officers).get(role, "")
    if found or role != "officer" or house.published is None:
        return found
    officer = house.published.policy.controller.officer
    return str(officer.email) if officer is not None and officer.email else ""


def told(ids: Iterable[UUID]) -> dict[UUID, State]:
    """How far messages are, by id; one that is not there is left out."""
    return {id: State(row.state) for id, row in store.messages(ids).items()}


def of_request(request: UUID) -> tuple[MessageRow, ...]:
    """The messages of a request, the oldest first."""
    return store.of_request(request)


def message_json(row: MessageRow) -> dict[str, Any]:
    """A message as JSON: nothing of whom it went to, or what was in it."""
    held: dict[str, Any] = {
        "id": str(row.id), "request": None if row.request is None else f"{PREFIX}{row.request}", "kind": row.kind, "language": row.language,
        "state": row.state, "made": _stamp(row.made), "way": row.way, "attempts": row.attempts, "trouble": "" if row.trouble == store.IN_HAND else row.trouble,
    }  # fmt: skip
    return {key: value for key, value in held.items() if value not in (None, "")}


def _row(
    house: House, one: Outgoing, known: Mapping[UUID, Sequence[tuple[Identifier, datetime]]], gone: Mapping[UUID, Sequence[Address]], ways: Ways, now: datetime, key: bytes
) -> MessageRow:
    to = _trusted(known.get(one.to, ()), gone.get(one.to, ()), one, now) if isinstance(one.to, UUID) else tuple(_sound(house, one.to))
    if one.kind in (MessageKind.PACKAGE, MessageKind.SECOND_FACTOR):
        link, code = apart(to, routes(to, _for_kind(ways, MessageKind.PACKAGE)))
        to = link if one.kind is MessageKind.PACKAGE else code
    id = house.runtime.new_id(now) if one.request is None else uuid5(one.request, f"{one.kind}:{one.turn}:{one.key}")
    found = routes(to, _for_kind(ways, one.kind))
    first = after(found, ())
    held = {"to": [[address.kind, address.normal] for address in dict.fromkeys(to)], "values": pack_values(one.values)}
    return MessageRow(
        id=id, request=one.request, subject=one.to if isinstance(one.to, UUID) else one.subject, kind=one.kind,
        language=one.language if one.language in LANGUAGES else house.runtime.settings.language, made=now, since=now,
        state=State.WAITING if first else State.STAFF, trouble=APART if not first and one.kind is MessageKind.SECOND_FACTOR else "", way=first.way.name if first else "", place=_place(to, first), next=now if first else None,
        sealed=vault.seal(key, house.runtime.random(NONCE_BYTES), orjson.dumps(held), _binding(id)),
    )  # fmt: skip


def _addresses(house: House, wanted: Collection[UUID]) -> dict[UUID, list[tuple[Identifier, datetime]]]:
    """The addresses of people on record and since when they are held, verified ones first, mail before telephones; of who was forgotten none."""
    keys = {subject: vault.open_key(house.keeper, held) for subject, held in vault.read_keys(wanted, KeyKind.CONTENT).items()} if wanted else {}
    rows = [row for row in people.identifiers(keys) if row.kind in (IdentifierKind.EMAIL, IdentifierKind.PHONE)]
    found: dict[UUID, list[tuple[Identifier, datetime]]] = {}
    for row in sorted(rows, key=lambda row: (not row.verified, row.kind != IdentifierKind.EMAIL, row.id)):
        found.setdefault(row.subject, []).append((persons.opened(row, keys[row.subject]), held_since(row.id)))
    return found


def _sound(house: House, to: Iterable[Identifier]) -> Iterator[Identifier]:
    """Those addresses that are some, in normal form: a person may have typed them."""
    for one in to:
        with suppress(Invalid):
            yield persons.normalised(house, [(str(one.kind), one.normal)])[0]


def _replaced(house: House, known: Mapping[UUID, Sequence[tuple[Identifier, datetime]]], now: datetime) -> dict[UUID, list[Address]]:
    """The addresses that people had before, of those who have one so new that it may stand in the place of another."""
    young = [subject for subject, held in known.items() if any(now - since < COOL_OFF for _, since in held)]
    return {subject: [one for one in held if one.kind in (IdentifierKind.EMAIL, IdentifierKind.PHONE)] for subject, held in persons.taken_away(house, young).items()}


def _trusted(known: Sequence[tuple[Identifier, datetime]], gone: Sequence[Address], told: Outgoing, now: datetime) -> tuple[Identifier, ...]:
    """The addresses that were held before the request was made, past the time in which a change is not believed: others may be somebody else's.

    Who was on nobody's record when they asked has the one from which they asked and which they showed: there is none that it could replace.
    """
    every = [Address(str(one.kind), since) for one, since in known]
    return tuple(
        one for (one, since), address in zip(known, every, strict=True)
        if (told.request is None or one in told.shown or since <= held_since(told.request)) and believed(address, [*every, *gone], now)
    )  # fmt: skip


def _place(to: Iterable[Identifier], route: Route | None) -> int:
    return 0 if route is None else list(dict.fromkeys(to)).index(route.to)


# ------------------------------------------------------------------------------------------------------------------ ways


Ways = Sequence[tuple[Way, Kept | None]]
"""Ways that are open, each with its gateway; mail has none."""


def _ways(house: House) -> list[tuple[Way, Kept | None]]:
    """The ways that are open, in the order in which they are tried: mail, then gateways; none whose provider may not be used."""
    settings = house.runtime.settings
    posted = settings.mail_url and settings.mail_from and not (settings.mail_recipient and barred_by(house, settings.mail_recipient))
    mail: list[tuple[Way, Kept | None]] = [(Way(MAIL, Channel.EMAIL), None)] if posted else []
    return mail + [(Way(one.gateway.gateway, one.gateway.channel), one) for one in kept_gateways(house) if one.barred is None]


def _for_kind(ways: Ways, kind: MessageKind) -> list[Way]:
    return [way for way, kept in ways if kept is None or kept.gateway.carries(kind)]


# --------------------------------------------------------------------------------------------------------------- sending


@dataclass(frozen=True, slots=True)
class _Opened:
    """What is sealed in a message."""

    to: tuple[Identifier, ...] = field(repr=False)
    values: Values


def work(house: House) -> int:
    """The step of a worker: send what is due, by each way in turn; how many messages were looked at.

    What was sent is kept for a few at a time: one message by a gateway, `TOGETHER` mails. A worker that is killed between the two has sent
    those twice, and no more of them: what was kept is never sent again, and nothing is kept that was not sent. Twice they have the same number.
    """
    now = house.runtime.now()
    due = store.ways_due(now)
    if not due:
        return store.settle(now, 10 * MOST)
    ways = _ways(house)
    named = {way.name: (way, kept) for way, kept in ways}
    count = 0
    with alone(_lock(now + LEASE)):
        for name in due:
            with transaction():
                claimed = store.claim(name, now, now + LEASE, MOST)
            way, kept = named.get(name, (None, None))
            if way is None:
                came: Iterator[tuple[MessageRow, Taken]] = ((row, Taken(trouble=CLOSED)) for row in claimed)
            elif kept is None:
                came = _mail(house, claimed)
            else:
                came = _by_gateway(house, kept, claimed)
            _keep_all(house, came, ways, kept)
            count += len(claimed)
    return count


def take_over(house: House) -> int:
    """Let go of the messages that workers had in hand who died, so that others send them; how many they were."""
    count = 0
    for until in store.in_hand():
        with alone(_lock(until)) as free:
            if free:
                count += store.release(until, house.runtime.now())
    return count


def _lock(until: datetime) -> str:
    """What the lock of those is called who have messages in hand until an instant."""
    return f"messages/{until.timestamp()}"


def _mail(house: House, rows: Sequence[MessageRow]) -> Iterator[tuple[MessageRow, Taken]]:
    settings, trouble = house.runtime.settings, ""
    with Postman(mail_server(settings.mail_url or ""), settings.mail_from or "") as postman:
        for row in _ours(house, rows):
            if trouble not in OF_THE_WAY:
                trouble = _post(house, row, postman)
            yield row, Taken(trouble=trouble)


def _post(house: House, row: MessageRow, postman: Postman) -> str:
    try:
        opened = _open(house, row)
        return postman.send(letter(house, row, opened.to[row.place], opened.values))
    except _NOT_WRITTEN as error:
        return _unwritten(row, error)


def _by_gateway(house: House, kept: Kept, rows: Sequence[MessageRow]) -> Iterator[tuple[MessageRow, Taken]]:
    taken = Taken()
    with open_calls(house, kept.gateway) as calls:
        for row in _ours(house, rows):
            if taken.trouble not in OF_THE_WAY:
                taken = _hand(house, row, calls)
            yield row, taken


def _hand(house: House, row: MessageRow, calls: GatewayCalls) -> Taken:
    try:
        return calls.send(_short(house, row))
    except _NOT_WRITTEN as error:
        return Taken(trouble=_unwritten(row, error))


def _ours(house: House, rows: Sequence[MessageRow]) -> Iterator[MessageRow]:
    """Claimed messages, as long as one that is begun now is done before the lease is over and somebody else claims it."""
    return takewhile(lambda row: row.next is not None and house.runtime.now() + SPARE < row.next, rows)


def _unwritten(row: MessageRow, error: Exception) -> str:
    event("message-not-written", logging.WARNING, code=code_of(error), message=str(row.id))
    return UNWRITTEN


def _keep_all(house: House, came: Iterable[tuple[MessageRow, Taken]], ways: Ways, kept: Kept | None) -> None:
    """Keep what comes of attempts, a few at a time; what came before something went wrong is kept all the same."""
    some: list[tuple[MessageRow, Taken]] = []
    try:
        for one in came:
            some.append(one)
            if len(some) == (TOGETHER if kept is None else 1):
                done, some = some, []
                _keep(house, done, ways, kept)
    finally:
        if some:
            _keep(house, some, ways, kept)


def _keep(house: House, came: Sequence[tuple[MessageRow, Taken]], ways: Ways, kept: Kept | None = None) -> None:
    """Keep what came of one attempt each, except for messages that somebody else moved meanwhile."""
    now = house.runtime.now()
    with transaction():
        rows, sent, moved = store.messages([claimed.id for claimed, _ in came], lock=True), [], []
        for claimed, taken in came:
            row = rows.get(claimed.id)
            if row is None or row.state != State.WAITING or row.next != claimed.next:
                continue
            row = replace(row, attempts=row.attempts + 1)
            if taken.trouble:
                moved.append(_failed(house, row, taken.trouble, now, ways))
            else:
                sent.append(row)
                moved.append(replace(row, state=State.SENT, reference=taken.reference, trouble="", next=now + KEPT))
        _record(house, sent, kept)
        store.write(moved)
    told = {row.request: now for row in sent if row.request is not None and row.kind in RESULTS}
    if told:  # what only waited for this ends now, and not at its next turn
        requests.put_off(told)


def _failed(house: House, row: MessageRow, trouble: str, now: datetime, ways: Ways) -> MessageRow:
    """A message that was not taken: tried again later, or by the next way, or left to staff when no way is left, or it cannot be read."""
    to: tuple[Identifier, ...] = ()
    if trouble != UNWRITTEN:
        try:
            to = _open(house, row).to
        except _NOT_WRITTEN as error:
            trouble = _unwritten(row, error)
    found = routes(to, _for_kind(ways, MessageKind(row.kind)))
    tried = row.tried if trouble == UNWRITTEN else [*row.tried, [row.way, row.place]]
    other = after(found, ((str(way), int(place)) for way, place in tried))
    lasting = trouble in PERMANENT or trouble in (CLOSED, UNWRITTEN)
    if not lasting and now - row.since < (GIVE_UP if other else LAST):
        return replace(row, trouble=trouble, next=now + backoff(row.attempts, house.runtime.random(2)))
    if other is None:
        return _open_tasks(house, [replace(row, state=State.STAFF, way="", tried=tried, trouble=trouble, next=None)])[0]
    return replace(row, way=other.way.name, place=_place(to, other), tried=tried, trouble=trouble, since=now, attempts=0, next=now, reference="")


def bounced(house: House, id: UUID) -> bool:
    """Take it that a mail came back; it goes by the next way. Whether there was such a message, and it had been sent."""
    with transaction():
        row = store.messages([id], lock=True).get(id)
        return row is not None and row.way == MAIL and _fell(house, row)


def called_back(house: House, gateway: str, headers: Mapping[str, str], body: bytes) -> int:
    """Take what a provider says of messages: how many it was about. Names of headers are in lower case.

    Raises `Refusal` for a gateway that is none or calls nobody back and for bytes that its provider did not sign (which
    of these is not told), `Invalid` for what is signed and no JSON, and `Unavailable` for messages that are not known
    here: a provider that was faster than our own transaction tries again.
    """
    found, unknown = 0, 0
    for report in _proven_reports(house, gateway, headers, body):
        with transaction():
            row = store.referred(gateway, report.reference)
            unknown += row is None
            if row is None:
                continue
            found += 1
            if report.failed:
                _fell(house, row)
            elif report.delivered and row.state == State.SENT:
                store.write([replace(row, state=State.DELIVERED, next=None, sealed=None)])
    if unknown:
        raise Unavailable(say(N_("there is no such message")), say(N_("try again in a while")))
    return found


def _proven_reports(house: House, gateway: str, headers: Mapping[str, str], body: bytes) -> tuple[Report, ...]:
    kept = next((one.gateway for one in kept_gateways(house) if one.gateway.gateway == gateway), None)
    callback = None if kept is None else kept.callback
    secret = "" if kept is None else callback_secret(house, kept)
    if callback is None or not secret or not proven(callback, secret, headers, body, house.runtime.now()):
        raise Refusal(say(N_("this is not proven to come from the provider")), say(N_("sign it as the file of the gateway says")))
    return reports(callback, body)


def _fell(house: House, row: MessageRow) -> bool:
    """Let a sent message go by the next way; one that arrived, or whose time is over, stays as it is."""
    if row.state != State.SENT or row.sealed is None:
        return False
    store.write([_failed(house, replace(row, state=State.WAITING), "bounced", house.runtime.now(), _ways(house))])
    return True


# ----------------------------------------------------------------------------------------------------------------- staff


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What staff hand over: its text, and how many messages that was."""

    text: str = field(repr=False)
    count: int


def hand_over(house: House, request: UUID, by: str, anew: Callable[[], Values] | None = None) -> HandedOver:
    """Take it that a member of staff hands the answer to a request over; gives the text to read out or to print.

    Who gets it was shown before, as the right asks for. What was sent and is not kept any more is filled `anew`. Raises `Invalid`
    when there is no answer yet, or it was handed over before.
    """
    by = staff_name(by)
    with transaction():
        found = [row for row in store.of_request(request) if row.kind in RESULTS or row.kind == MessageKind.SECOND_FACTOR]
        if not any(row.kind in RESULTS for row in found):
            raise Invalid(say(N_("there is no answer to hand over yet")), say(N_("`janji request show` says what the request waits for")))
        rows = store.messages([row.id for row in found], lock=True).values()
        readable = [(row, _open(house, row).values) for row in rows if row.sealed is not None]
        if not readable and anew is not None:
            readable = [(row, anew()) for row in rows if told_again(row)]
        if not readable:
            raise Invalid(say(N_("the answer was delivered, and is not kept")), say(N_("`janji request show` says what was done")))
        texts = [letter(house, row, None, values).text for row, values in readable]
        for row, _ in readable:
            _record(house, [row], None, by)
            store.write([replace(_close_task(house, row), state=State.HANDED, next=None, sealed=None)])
    return HandedOver("\n\n".join(texts), len(texts))


def told_again(row: MessageRow) -> bool:
    """Whether what a message told is handed over all the same, once: an answer that was sent, for a telephone shows no pages; no copy, which its link opens."""
    return row.kind in RESULTS and row.kind != MessageKind.PACKAGE and row.state in (State.SENT, State.DELIVERED)


def texts_of(house: House, request: UUID) -> dict[UUID, str]:
    """The texts of the messages of a request that are still kept, for staff to read: without the links and codes, which are the person's alone."""
    found = {}
    for row in store.of_request(request):
        if row.sealed is not None:
            values = _open(house, row).values
            found[row.id] = letter(house, row, None, replace(values, link=HIDDEN if values.link else "", code=HIDDEN if values.code else "")).text
    return found


def with_staff(size: int, after: UUID | None = None) -> tuple[MessageRow, ...]:
    """What staff must hand over, page by page."""
    return store.with_staff(size, after)


def retry(house: House, id: UUID) -> MessageRow:
    """Let a message that was left to staff be tried again by every way that is open now. Raises `Invalid` where none is."""
    with transaction():
        row = store.messages([id], lock=True).get(id)
        if row is None or row.state != State.STAFF:
            raise Invalid(say(N_("no such message waits for staff")), say(N_("`janji message list` names them")))
        opened, now = _open(house, row), house.runtime.now()
        first = after(routes(opened.to, _for_kind(_ways(house), MessageKind(row.kind))), ())
        if first is None:
            raise Invalid(say(N_("there is no way to send it")), say(N_("set `mail_url`, or keep a gateway with `janji gateway add`")))
        made = replace(_close_task(house, row), state=State.WAITING, way=first.way.name, place=_place(opened.to, first), tried=[], attempts=0,
                       since=now, next=now, trouble="")  # fmt: skip
        store.write([made])
        return made


def _open_tasks(house: House, rows: Sequence[MessageRow]) -> list[MessageRow]:
    """A task for each of these messages, which staff must hand over; the messages with it. A code to sign in with is dropped."""
    dropped = [replace(row, state=State.DROPPED, next=None, sealed=None) for row in rows if row.kind == MessageKind.SIGN_IN]
    rows = [row for row in rows if row.kind != MessageKind.SIGN_IN]
    now, held = house.runtime.now(), [replace(row, task=id) for row, id in zip(rows, house.runtime.new_ids(len(rows)), strict=True)]
    people.open_many([TaskRow(row.task, TASK, None, now, None, None, _named(row)) for row in held if row.task is not None])
    record(house, [Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, details={"task": TASK, "id": str(row.task), **_named(row)}) for row in held])
    return [*dropped, *held]


def _named(row: MessageRow) -> dict[str, str]:
    return {"message": str(row.id), **({} if row.request is None else {"request": str(row.request)})}


def _close_task(house: House, row: MessageRow) -> MessageRow:
    if row.task is not None and people.close_tasks([row.task], house.runtime.now()):
        details = {"task": TASK, "id": str(row.task), **_named(row), "outcome": "done"}
        record(house, [Entry(kind=Kind.TASK_CLOSED, actor=Actor.STAFF, details=details)])
    return replace(row, task=None)


def _record(house: House, rows: Sequence[MessageRow], kept: Kept | None, by: str = "") -> None:
    """Put messages on the track record (UU 27/2022 Art 32): which kind, by which channel, through which provider where."""
    if not rows:
        return
    said = {"channel": "staff" if by else MAIL if kept is None else str(kept.gateway.channel)}
    provider = "" if by else house.runtime.settings.mail_recipient if kept is None else kept.gateway.recipient
    if provider:
        recipient = house.policy_in_force.policy.recipients[provider]
        said |= {"recipient": str(recipient.id), "country": str(recipient.country)}
    known = persons.lock(row.subject for row in rows if row.subject is not None)
    entries = []
    for row in rows:
        held = None if row.subject is None else known.get(row.subject)
        subject = None if held is None or held.state != ACTIVE else row.subject
        entries.append(Entry(
            kind=Kind.DELIVERY_MADE, actor=Actor.STAFF if by else Actor.SYSTEM, subject=subject, details={"kind": row.kind, **said, **_named(row)},
            id=uuid5(row.id, f"{row.way}:{row.place}:{bool(by)}"), evidence={"by": by} if by and subject is not None else None,
        ))  # fmt: skip
    record(house, entries)


# ----------------------------------------------------------------------------------------------------------------- words


def composed(house: House, kind: MessageKind, values: Values, *, at_length: bool = False) -> tuple[Composed, Sender]:
    """A message as it would be, and who sends it."""
    published = house.published
    sender = Sender("Janji") if published is None else sender_of(published.policy, published.law)
    return compose(kind, values, sender, at_length=at_length), sender


def letter(house: House, row: MessageRow, to: Identifier | None, values: Values) -> Letter:
    """A message as a letter, plain and in HTML; for nobody's address it is what staff read out, and is whole."""
    tongue = load_tongue(row.language).unmarked()
    made, sender = composed(house, MessageKind(row.kind), _called(house, values, row.language), at_length=to is None)
    text, html = (fill(f"message.{form}", tongue, told=made, company=sender.company) for form in ("txt", "html"))
    return Letter(str(row.id), "" if to is None else to.normal, made.subject.render(tongue), text, row.language, html=html)


def _called(house: House, values: Values, language: str) -> Values:
    """What a message is filled with, systems and rules by their titles."""
    if house.published is None or not (values.lines or values.kept or values.waits):
        return values
    called = names_of(house, language)
    return replace(values, lines=called.put_all(values.lines), kept=called.put_all(values.kept), waits=called.put_all(values.waits))


def _short(house: House, row: MessageRow) -> ShortMessage:
    """A message as gateways are handed it."""
    opened, tongue, kind = _open(house, row), load_tongue(row.language).unmarked(), MessageKind(row.kind)
    made, sender = composed(house, kind, opened.values)
    to, values = opened.to[row.place], opened.values
    held = {
        "to": to.normal, "digits": to.normal.removeprefix("+"), "text": made.short.render(tongue), "subject": made.subject.render(tongue),
        "id": str(row.id), "company": sender.company, "number": values.number, "link": values.link, "code": values.code,
        "due": _spoken(values.due, tongue), "until": _spoken(values.until, tongue),
    }  # fmt: skip
    return ShortMessage(kind, row.language, held)


def _spoken(at: datetime | None, tongue: Tongue) -> str:
    return "" if at is None else moment(at).render(tongue)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _open(house: House, row: MessageRow) -> _Opened:
    held = orjson.loads(vault.unseal(_key(house), row.sealed or b"", _binding(row.id)))
    return _Opened(tuple(Identifier(KINDS[kind], normal) for kind, normal in held["to"]), unpack_values(held["values"]))


def _binding(id: UUID) -> bytes:
    return b"janji\x00message\x00" + id.bytes


def _key(house: House) -> bytes:
    """What seals messages: drawn from the key that finds people, and of use for nothing else."""
    return vault.derived_key(house.secrets.index, "messages 1")[:KEY_BYTES]
