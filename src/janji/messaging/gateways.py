"""How a gateway for short messages is described: where it is, the one request that sends, its templates, and what it calls back with."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from janji.documents.described import read_described
from janji.documents.shapes import (
    Count,
    Field,
    Flag,
    Id,
    Line,
    ListOf,
    MapOf,
    OneOf,
    Prose,
    Reader,
    Record,
    Schema,
    document_schema,
)
from janji.errors import Invalid
from janji.messaging.kinds import MessageKind
from janji.messaging.routing import Channel
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE, Place
from janji.terms.texts import Text

ADDRESS = "urn:janji:schema:gateway:1"
HOLES = ("to", "digits", "text", "subject", "id", "number", "due", "link", "code", "until", "template", "language", "parameters")
"""What a request can be filled with. `digits` is the telephone number without its plus sign, `text` the whole short message."""
PARAMETERS = ("company", "text", "number", "due", "link", "code", "until")
"""What a template can be filled with."""
_HOLE = re.compile(r"\{([a-z][a-z0-9_.-]*)\}")
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
SOON = 300
"""Seconds by which the clock of a Standard Webhooks callback may be off."""


class Signing(StrEnum):
    """How a callback is signed: HMAC-SHA256 of the body in a header, or Standard Webhooks 1.0."""

    HEX = "hex"
    BASE64 = "base64"
    STANDARD = "standard-webhooks"


@dataclass(frozen=True, slots=True)
class Basic:
    """User and password (RFC 7617), by the names of sealed secrets."""

    user: str
    secret: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Template:
    """A text that the provider approved beforehand: its id there, and what it is filled with in which order."""

    name: str
    parameters: tuple[str, ...] = ()
    id: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Sending:
    """The request that sends. `reference` is where the answer has the provider's own number of the message."""

    path: str
    body: str
    form: bool = False
    reference: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Callback:
    """What the provider says later. `each` leads to its reports; a `*` in it stands for every item of a list."""

    secret: str
    signing: Signing
    reference: str
    state: str
    header: str = ""
    prefix: str = ""
    each: str = ""
    delivered: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway as it is described. `recipient` is the provider as the policy names it; `rate` how many messages a second it takes."""

    gateway: str
    channel: Channel
    recipient: str
    at: str
    send: Sending
    title: Text | None = None
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    basic: Basic | None = None
    rate: int = 10
    unreachable: tuple[int, ...] = ()
    templates: Mapping[str, Template] = field(default_factory=dict, hash=False)
    languages: Mapping[str, str] = field(default_factory=dict, hash=False)
    parameter: str = '"{value}"'
    callback: Callback | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that it needs, each once, in the order in which they are asked for."""
        named = [hole for text in self.headers.values() for hole in _HOLE.findall(text)]
        basic = [] if self.basic is None else [self.basic.user, self.basic.secret]
        return tuple(dict.fromkeys([*basic, *named, *([self.callback.secret] if self.callback else [])]))

    def carries(self, kind: MessageKind) -> bool:
        """Whether a message of this kind can go: where the provider wants templates, it needs one."""
        return kind in self.templates or self.channel is not Channel.WHATSAPP

    def opened(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """The headers that open it."""
        found = {name: _HOLE.sub(lambda hole: secrets[hole[1]], text) for name, text in self.headers.items()}
        if self.basic is not None:
            pair = f"{secrets[self.basic.user]}:{secrets[self.basic.secret]}"
            found["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        return found

    def filled(self, kind: MessageKind, language: str, values: Mapping[str, str]) -> Any:
        """The body of the request for one message, as a JSON value."""
        template = self.templates.get(kind)
        held: dict[str, Any] = {**values, "language": self.languages.get(language, language), "template": "" if template is None else template.name}
        wanted = () if template is None else template.parameters
        held["parameters"] = [_in(json.loads(self.parameter), {"value": values.get(name) or "-"}) for name in wanted]
        return _in(json.loads(self.send.body), held)

    def reference(self, answer: bytes) -> str:
        """The provider's number of a message, from its answer; nothing where it tells none."""
        return next(_texts_at(answer, self.send.reference), "") if self.send.reference else ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider reports of one message: that it arrived, that it cannot, or something between."""

    reference: str
    delivered: bool = False
    failed: bool = False


_SENDING = Record("Sending", Sending, {
    "path": Field(Line(), "the path behind `at`", required=True),
    "body": Field(Line(), "the body as JSON on one line, with names between braces where something is filled in", required=True),
    "form": Field(Flag(), "`true` when the members of the body go as a form and not as JSON"),
    "reference": Field(Line(), "where the answer has the provider's own number of the message, as `messages.0.id`"),
})  # fmt: skip
_CALLBACK = Record("Callback", Callback, {
    "secret": Field(Id(), "the name of the sealed secret that signs callbacks", required=True),
    "signing": Field(OneOf(Signing), "how they are signed", required=True),
    "header": Field(Line(), "the header with the signature, for `hex` and `base64`"),
    "prefix": Field(Line(), "what stands before the signature in it, as `sha256=`"),
    "each": Field(Line(), "where the body has the reports, as `statuses.*`; the body itself when left out"),
    "reference": Field(Line(), "where a report has the provider's number of the message", required=True),
    "state": Field(Line(), "where a report has its word", required=True),
    "delivered": Field(ListOf(Line()), "the words that say that it arrived"),
    "failed": Field(ListOf(Line()), "the words that say that it never will"),
})  # fmt: skip
GATEWAY = Record("Gateway", Gateway, {
    "gateway": Field(Id(), "its name", required=True),
    "title": Field(Prose(), "its name for people"),
    "channel": Field(OneOf(Channel), "how its messages reach somebody: `sms`, `whatsapp`, or `webhook` for a program of your own", required=True),
    "recipient": Field(Id(), "the provider, as the policy names it among the recipients", required=True),
    "at": Field(Line(), "where it is: `https://host/path`, before the path below", required=True),
    "headers": Field(MapOf(Line(), Id()), "headers that open it, with names of sealed secrets between braces"),
    "basic": Field(Record("Basic", Basic, {
        "user": Field(Id(), "the name of the sealed user name", required=True),
        "secret": Field(Id(), "the name of the sealed password", required=True)}), "user and password, where it wants these"),
    "rate": Field(Count(), "how many messages a second it takes; 10 when left out"),
    "send": Field(_SENDING, "the request that sends one message", required=True),
    "unreachable": Field(ListOf(Count()), "the statuses that say that this address cannot be reached at all"),
    "templates": Field(MapOf(Record("Template", Template, {
        "name": Field(Line(), "the id of the template at the provider", required=True),
        "parameters": Field(ListOf(Id()), "what it is filled with, in its order")})), "templates that the provider approved, by the kind of message"),
    "languages": Field(MapOf(Line()), "what the provider calls a language, as `{en: en_GB}`"),
    "parameter": Field(Line(), "one parameter of a template as JSON on one line, with `{value}` in it"),
    "callback": Field(_CALLBACK, "what the provider says later of a message"),
})  # fmt: skip


def gateway_schema() -> Schema:
    """The JSON Schema of a gateway's file."""
    return document_schema(GATEWAY, "A gateway by which people are sent short messages", ADDRESS)


def parse_gateway(name: str, data: bytes) -> Gateway:
    """The gateway that a file describes. Raises `Invalid` with every mistake and its place."""
    return read_described(name, data, GATEWAY, _check, say(N_("`{file}` does not describe a gateway"), file=name))


def _check(one: Gateway, reader: Reader) -> Gateway:
    if _BASE.fullmatch(one.at) is None:
        reader.error("bad-address", say(N_("`at` is no address of a gateway")), one.place, say(N_("write it as `https://host/path`")))
    if one.channel is Channel.EMAIL:
        reader.error("bad-channel", say(N_("mail goes by the setting `mail_url`, and by no gateway")), one.place, say(N_("write `sms`, `whatsapp` or `webhook`")))
    if one.channel is Channel.WHATSAPP and not one.templates:
        reader.error("templates-missing", say(N_("this channel carries approved templates alone, and none is named")), one.place, say(N_("name them under `templates`")))
    if one.rate < 1:
        reader.error("bad-rate", say(N_("a gateway that takes nothing sends nothing")), one.place, say(N_("allow at least 1 message a second")))
    for header in one.headers:
        if _HEADER.fullmatch(header) is None:
            reader.error("bad-header", say(N_("`{header}` is no name of a header"), header=header), one.place, say(N_("write letters, digits and hyphens")))
    for kind, template in one.templates.items():
        if kind not in set(MessageKind):
            reader.error("unknown-kind", say(N_("`{kind}` is no kind of message"), kind=kind), template.place, _known(MessageKind))
        for word in template.parameters:
            if word not in PARAMETERS:
                reader.error("bad-hole", say(N_("nothing is known as `{hole}` here"), hole=word), template.place, _known(PARAMETERS))
    if _PATH.fullmatch(one.send.path) is None or "//" in one.send.path:
        reader.error("bad-path", say(N_("this is no path behind the address of the gateway")), one.send.place, say(N_("write it as `/v1/messages`")))
    _check_body(one.send.body, HOLES, one.send.place, reader, whole=True)
    _check_body(one.parameter, ("value",), one.place, reader)
    signed = one.callback
    if signed is not None and signed.signing is not Signing.STANDARD and _HEADER.fullmatch(signed.header) is None:
        reader.error("callback-incomplete", say(N_("it is not said which header has the signature")), signed.place, say(N_("add `header`")))
    return one


def _check_body(text: str, known: tuple[str, ...], place: Place, reader: Reader, *, whole: bool = False) -> None:
    """JSON, an object where it is the whole body, and holes that can be filled."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        held = None
    if held is None or (whole and not isinstance(held, dict)):
        reader.error("bad-body", say(N_("this body is not JSON")), place, say(N_("write it as JSON on one line, within single quotation marks")))
        return
    holes = set(_HOLE.findall(text))
    for hole in sorted(holes - set(known)):
        reader.error("bad-hole", say(N_("nothing is known as `{hole}` here"), hole=hole), place, _known(known))
    if whole and not holes & {"to", "digits"}:
        reader.error("bad-hole", say(N_("nothing says to whom the message goes")), place, say(N_("write `{{to}}` where the address stands")))


def _known(words: Any) -> Any:
    return say(N_("known here: {words}"), words=", ".join(f"`{word}`" for word in words))


# ----------------------------------------------------------------------------------------------------------- callbacks


def proven(callback: Callback, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the provider signed these very bytes; names of headers are in lower case."""
    if callback.signing is Signing.STANDARD:
        return _standard(secret, headers, body, now)
    made = hmac.digest(secret.encode(), body, hashlib.sha256)
    wanted = made.hex() if callback.signing is Signing.HEX else base64.b64encode(made).decode()
    given = headers.get(callback.header.lower(), "")
    return given.startswith(callback.prefix) and hmac.compare_digest(given[len(callback.prefix) :].encode(), wanted.encode())


def _standard(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    id, second, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (second.isascii() and second.isdigit() and len(second) < 15 and abs(int(second) - now.timestamp()) <= SOON):
        return False
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    wanted = b"v1," + base64.b64encode(hmac.digest(key, f"{id}.{second}.".encode() + body, hashlib.sha256))
    return any(hmac.compare_digest(one.encode(), wanted) for one in given.split(" "))


def reports(callback: Callback, body: bytes) -> tuple[Report, ...]:
    """What a callback says, message by message. Raises `Invalid` for what is no JSON."""
    try:
        held = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(say(N_("the callback is not JSON")), say(N_("send it as the provider describes it"))) from None
    found = []
    for one in _at(held, callback.each):
        reference, state = next(_words(_at(one, callback.reference)), ""), next(_words(_at(one, callback.state)), "")
        if reference:
            found.append(Report(reference, state in callback.delivered, state in callback.failed))
    return tuple(found)


def _texts_at(data: bytes, path: str) -> Iterator[str]:
    try:
        held = json.loads(data)
    except (ValueError, RecursionError):
        return iter(())
    return _words(_at(held, path))


def _words(found: Iterator[Any]) -> Iterator[str]:
    return (str(one) for one in found if isinstance(one, str | int) and not isinstance(one, bool) and 0 < len(str(one)) <= 200)


def _at(held: Any, path: str) -> Iterator[Any]:
    """What stands at a path: names of members and numbers of items with dots between them, `*` for every item."""
    key, _, rest = path.partition(".")
    if not key:
        yield held
    elif key == "*":
        for one in held if isinstance(held, list) else ():
            yield from _at(one, rest)
    elif isinstance(held, dict) and key in held:
        yield from _at(held[key], rest)
    elif isinstance(held, list) and key.isdecimal() and int(key) < len(held):
        yield from _at(held[int(key)], rest)


def _in(held: Any, values: Mapping[str, Any]) -> Any:
    """A JSON value with its holes filled; a text that is one hole becomes the value itself."""
    if isinstance(held, dict):
        return {key: _in(item, values) for key, item in held.items()}
    if isinstance(held, list):
        return [_in(item, values) for item in held]
    if not isinstance(held, str):
        return held
    whole = _HOLE.fullmatch(held)
    if whole is not None and whole[1] in values:
        return values[whole[1]]
    return _HOLE.sub(lambda hole: str(values.get(hole[1], "")), held)
