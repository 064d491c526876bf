"""Messages before they are sent: nothing personal in one, its way and the next, and what the file of a gateway may say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.errors import Invalid
from janji.files.laws import load_law
from janji.files.translations import load_tongue
from janji.messaging.gateways import Callback, Signing, parse_gateway, proven, reports
from janji.messaging.kinds import FOR_OFFICERS, MessageKind, Values, pack_values, unpack_values
from janji.messaging.routing import MAIL, Channel, Way, after, apart, routes
from janji.messaging.texts import Sender, compose, sender_of
from janji.people.identifiers import Identifier, IdentifierKind
from janji.policy.checker import check
from janji.policy.parser import parse_text
from janji.rights.words import not_taken
from janji.terms.messages import ENGLISH, say
from janji.terms.processing import Right
from janji.terms.texts import Text

AT = datetime(2026, 12, 4, 3, tzinfo=UTC)
FULL = Values(
    right=Text((("en", "Deletion"), ("id", "Penghapusan"))), kind=Right.DELETION, number="R-7Q2K", due=AT, link="https://p.example/r/abc", code="481516",
    until=AT, lines=(say("did {it}", it="shop"),), kept=(say("kept"),), waits=(say("stockroom"),), ground=say("why ({a})", a=Text((("en", "x"),))),
)  # fmt: skip
ONE, PHONE = Identifier(IdentifierKind.EMAIL, "a@b.example"), Identifier(IdentifierKind.PHONE, "+6281234567890")
WAYS = (Way(MAIL, Channel.EMAIL), Way("wa", Channel.WHATSAPP), Way("sms", Channel.SMS), Way("hub", Channel.WEBHOOK))
FILE = """
gateway: g
channel: sms
recipient: provider
at: https://sms.example/api
headers: {X-Key: "Key {key}"}
basic: {user: account, secret: key}
send: {path: /v1, body: '{"to": "{to}", "n": "{number}", "all": ["{text}", {"x": 1}]}', reference: "messages.0.id"}
templates: {done: {name: t1, parameters: [number, link]}}
callback: {secret: signs, signing: standard-webhooks, each: "a.*.b.*", reference: id, state: s.word, delivered: [ok], failed: [no]}
"""
TEXT = (Path(__file__).resolve().parents[2] / "policies" / "minimal" / "policy.yaml").read_text(encoding="utf-8")


def gateway(old: str = "", new: str = "") -> object:
    """The gateway of the file with one thing changed."""
    assert old in FILE
    return parse_gateway("g.yaml", FILE.replace(old, new).encode())


@given(st.builds(
    Values, right=st.none() | st.text(min_size=1).map(lambda text: Text((("en", text),))), kind=st.none() | st.sampled_from(Right), number=st.text(),
    due=st.none() | st.datetimes(timezones=st.just(UTC)), link=st.text(), code=st.text(), lines=st.lists(st.text().map(lambda text: say("{it}", it=text))).map(tuple),
    ground=st.none() | st.text().map(lambda text: say("{it}", it=text)),
))  # fmt: skip
def test_values_are_kept_as_they_are(values: Values) -> None:
    """Packed as JSON and unpacked, they are the same."""
    assert unpack_values(json.loads(json.dumps(pack_values(values)))) == values


@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_can_be_written(kind: MessageKind) -> None:
    """With all it can be filled with and with nothing; the short one is short, and has no word of what was asked or found."""
    law = load_law("id-pdp")
    policy = check(parse_text(TEXT.encode()), law).policy
    assert policy is not None
    assert law is not None
    sender = sender_of(policy, law)
    for values in (FULL, Values(number="R-7Q2K")):
        made = compose(kind, values, sender)
        for part in (made.subject, made.short):
            said = part.render()
            assert policy.controller.name in said
            assert not any(word in said for word in ("Deletion", "delet", "shop", "kept", "stockroom", "refus", "why"))
        assert len(made.short.render().replace(values.link, "")) <= 140
        assert made.heading.render()
    complained = any("Komdigi" in line.render() for line in compose(kind, FULL, sender).closing)
    assert complained is (kind in {"done", "partly-done", "nothing-held", "refused", "package", "not-verified", "extended"})
    assert not (complained and kind in FOR_OFFICERS)


def test_nothing_held_is_said_of_those_alone_of_whom_everything_was_searched() -> None:
    """A wrong value that was found nowhere, or a consent that never stood, says nothing of what else is held."""
    sender = Sender("Shop")
    for right in Right:
        said = compose(MessageKind.NOTHING_HELD, Values(number="R-1", kind=right), sender)
        whole = " ".join(part.render() for part in (said.heading, *said.lead))
        assert ("hold no data" in whole) is (right not in (Right.CORRECTION, Right.WITHDRAWAL, Right.OBJECTION, Right.AUTOMATED_OBJECTION)), right
        assert "about you" not in said.heading.render()


def test_a_guardian_is_told_of_the_ward() -> None:
    """Nothing that a guardian reads calls the ward's data theirs; whoever asks for themselves is spoken to."""
    sender, said = Sender("Shop"), set()
    for kind, right, ward in product(sorted(set(MessageKind) - FOR_OFFICERS - {MessageKind.SIGN_IN}), Right, (False, True)):
        made = compose(kind, replace(FULL, kind=right, ward=ward), sender)
        if any(word in part.render() for part in (made.heading, *made.lead) for word in ("our data", "about you", "our consent")):
            said.add((ward, kind))
    assert {kind for ward, kind in said if not ward} >= {MessageKind.PACKAGE, MessageKind.DONE, MessageKind.PROVE, MessageKind.NOT_VERIFIED}
    assert not [kind for ward, kind in said if ward]


def test_what_is_done_is_said_for_every_right() -> None:
    """Each in its own words; what stays is pointed to only where something stays."""
    law = load_law("id-pdp")
    policy = check(parse_text(TEXT.encode()), law).policy
    assert policy is not None
    assert law is not None
    leads = [compose(MessageKind.DONE, replace(FULL, kind=right, kept=()), sender_of(policy, law)).lead for right in Right]
    assert len({lead[0].id for lead in leads}) == len(Right)
    assert {len(lead) for lead in leads} == {1}
    assert len(compose(MessageKind.DONE, FULL, sender_of(policy, law)).lead) == 2


def test_the_first_way_and_the_next() -> None:
    """Address by address as they were given; each only by ways that reach it; none twice; at last none."""
    found = routes([PHONE, ONE, PHONE], WAYS)
    assert [(route.to, route.way.name) for route in found] == [(PHONE, "wa"), (PHONE, "sms"), (PHONE, "hub"), (ONE, "email"), (ONE, "hub")]
    tried: list[tuple[str, int]] = []
    while (route := after(found, tried)) is not None:
        tried.append((route.way.name, [PHONE, ONE].index(route.to)))
    assert tried == [("wa", 0), ("sms", 0), ("hub", 0), ("email", 1), ("hub", 1)]
    assert routes([PHONE], WAYS[:1]) == ()


def test_a_code_goes_apart_from_its_link() -> None:
    """The link to one address, the code to every other, and to none where there is no other, whatever way is open."""
    assert apart((ONE, PHONE), routes((ONE, PHONE), WAYS)) == ((ONE,), (PHONE,))
    assert apart((ONE, PHONE), routes((ONE, PHONE), WAYS[1:3])) == ((PHONE,), (ONE,))
    assert apart((ONE,), routes((ONE,), WAYS)) == apart((ONE, ONE), ()) == ((ONE,), ())
    assert apart((), ()) == ((), ())


def test_a_gateway_is_read_and_filled() -> None:
    """Holes are filled as values, never as text that could end a string; secrets go into headers alone."""
    one = parse_gateway("g.yaml", FILE.encode())
    assert one.secrets == ("account", "key", "signs")
    assert one.opened({"account": "us", "key": "k", "signs": "s"}) == {"X-Key": "Key k", "Authorization": "Basic " + base64.b64encode(b"us:k").decode()}
    held = one.filled(MessageKind.DONE, "id", {"to": '"},{"', "text": "{code} {to}", "number": "7"})
    assert held == {"to": '"},{"', "n": "7", "all": ["{code} {to}", {"x": 1}]}
    assert [one.reference(body) for body in (b'{"messages": [{"id": "p1"}]}', b'{"messages": [{"id": 17}]}', b"{}", b"no", b"[]")] == ["p1", "17", "", "", ""]


@pytest.mark.parametrize(("old", "new"), [
    ("https://sms.example/api", "ftp://sms.example"), ("https://sms.example/api", "https://u:p@sms.example"), ("channel: sms", "channel: email"), ("channel: sms", "channel: fax"),
    ("path: /v1", "path: //v1"), ('"{to}"', '"you"'), ("{number}", "{name}"), ("'{\"to\"", "'[\"to\""), ("done:", "ready:"), ("[number, link]", "[number, name]"),
    ("standard-webhooks", "hex"), ("X-Key", "X Key"), ("recipient: provider", ""), ("templates: {done: {name: t1, parameters: [number, link]}}", "rate: 0"),
])  # fmt: skip
def test_a_mistake_in_the_file_of_a_gateway_is_told(old: str, new: str) -> None:
    """Each with its place; nothing is kept of such a file."""
    with pytest.raises(Invalid) as caught:
        gateway(old, new)
    assert caught.value.diagnostics


def test_a_channel_of_templates_needs_them() -> None:
    """It carries the kinds that have one."""
    one = parse_gateway("g.yaml", FILE.replace("channel: sms", "channel: whatsapp").encode())
    assert [kind for kind in MessageKind if one.carries(kind)] == [MessageKind.DONE]
    with pytest.raises(Invalid):
        parse_gateway("g.yaml", FILE.replace("channel: sms", "channel: whatsapp").replace("templates: {done: {name: t1, parameters: [number, link]}}\n", "").encode())


SIGNS = Callback("signs", Signing.STANDARD, "id", "s.word", each="a.*.b.*", delivered=("ok",), failed=("no",))


def test_callbacks_are_believed_only_when_they_are_signed() -> None:
    """By HMAC in a header, or as Standard Webhooks say, within five minutes; anything else is nobody's."""
    body, secret = b'{"a": []}', "whsec_" + base64.b64encode(b"k" * 32).decode()
    second = str(int(AT.timestamp()))
    made = "v1," + base64.b64encode(hmac.digest(b"k" * 32, f"m1.{second}.".encode() + body, hashlib.sha256)).decode()
    sent = {"webhook-id": "m1", "webhook-timestamp": second, "webhook-signature": f"v1,AAAA {made}"}
    assert proven(SIGNS, secret, sent, body, AT)
    for wrong, at in ((sent | {"webhook-id": "m2"}, AT), (sent | {"webhook-timestamp": "x"}, AT), (sent, AT + timedelta(minutes=6)), ({}, AT)):
        assert not proven(SIGNS, secret, wrong, body, at)
    assert not proven(SIGNS, secret, sent, body + b" ", AT)
    assert not proven(SIGNS, "whsec_\u00e4", sent, body, AT)
    plain = Callback("signs", Signing.BASE64, "id", "s", header="X-Sig", prefix="v=")
    good = "v=" + base64.b64encode(hmac.digest(b"word", body, hashlib.sha256)).decode()
    assert proven(plain, "word", {"x-sig": good}, body, AT)
    assert not any(proven(plain, "word", headers, body, AT) for headers in ({}, {"x-sig": good[2:]}, {"x-sig": ""}, {"x-sig": "v=\u00e4"}))


def test_reports_are_found_where_the_file_says() -> None:
    """Through lists, several at once; what is no report is passed over; what is no JSON is an error."""
    body = {"a": [{"b": [{"id": "1", "s": {"word": "ok"}}, {"id": 2, "s": {"word": "no"}}]}, {"b": [{"id": "3"}, {"s": 1}, "x"]}, {}]}
    assert [(one.reference, one.delivered, one.failed) for one in reports(SIGNS, json.dumps(body).encode())] == [("1", True, False), ("2", False, True), ("3", False, False)]
    assert reports(SIGNS, b"[1]") == ()
    with pytest.raises(Invalid):
        reports(SIGNS, b"[" * 100_000)


@pytest.mark.parametrize(("word", "told"), [
    ("tls", "does not show that it is whom it says"), ("name", "not known on the internet"), ("address", "no data may be sent"), ("timeout", "did not answer in time"),
    ("connection", "cannot be reached"), ("answer", "broke off"), ("301", "leads on to another one"), ("307", "leads on to another one"), ("403", "lets only those in"),
    ("404", "nothing takes data"), ("413", "so much at once"), ("415", "in this form"), ("422", "in this form"), ("500", "a fault"), ("502", "a fault"), ("503", "too much to do"),
    ("999", "no answer that is understood"), ("size", "no answer that is understood"), ("", "no answer that is understood"),
])  # fmt: skip
def test_why_another_company_takes_no_data_is_told_in_plain_words(word: str, told: str) -> None:
    """Whatever came back: a sentence that says what is the matter, and neither a status nor a word of ours; in Indonesian too."""
    text = not_taken(word).render(ENGLISH)
    assert told in text
    assert "`" not in text
    assert not any(map(str.isdigit, text))
    assert not_taken(word).render(load_tongue("id")) != text
