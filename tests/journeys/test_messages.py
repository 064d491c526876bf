"""Messages of requests by a real mail server and a real HTTP gateway: sent once, by the next way where one fails, and by staff at last."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest
from tests.choosing import START, Clock, Clocked, make_house, person
from tests.live import live
from tests.mailbox import Mailbox, hanging_up, mailbox
from tests.receiver import Got, Receiver, receiving, status

from janji.delivery.gateway import Taken
from janji.errors import Invalid, Refusal, Unavailable
from janji.ledger.events import Actor, Kind
from janji.messaging.kinds import MessageKind, Values
from janji.people.identifiers import Identifier, IdentifierKind
from janji.store import messages as store
from janji.store.database import close, connection, opened, run, transaction
from janji.terms.messages import ENGLISH, say
from janji.terms.processing import Right
from janji.terms.texts import Text
from janji.workflows import messages
from janji.workflows.doctor import Verdict, _provider, _warned
from janji.workflows.forgetting import forget
from janji.workflows.gateways import keep_gateway, kept_gateways, remove_gateway, try_gateway
from janji.workflows.house import House
from janji.workflows.messages import Outgoing, State, hand_over, send, send_many, tell_officers, told, work
from janji.workflows.people import add_identifier
from janji.workflows.recording import history_of
from janji.workflows.systems import add

SENDER = "privacy@example.net"
ANI, PHONE = Identifier(IdentifierKind.EMAIL, "ani@example.org"), Identifier(IdentifierKind.PHONE, "+6281234567890")
RESULT = Values(
    right=Text((("en", "Deletion"), ("id", "Penghapusan"))), kind=Right.DELETION, number="R-7Q2K", due=START + timedelta(hours=72),
    link="https://privacy.example.net/requests/R-7Q2K", lines=(say("shop: done"),), kept=(say("invoices stay"),),
)  # fmt: skip
SMS = """
gateway: sms
channel: sms
recipient: {recipient}
at: {at}
headers: {{X-Key: "Key {{key}}"}}
send:
  path: /v1/messages
  body: '{{"to": "{{to}}", "text": "{{text}}", "ref": "{{id}}"}}'
  reference: data.0.id
unreachable: [404]
callback: {{secret: signs, signing: hex, header: X-Signature, prefix: "sha256=", each: "reports.*", reference: id, state: status, delivered: [delivered], failed: [undelivered]}}
"""
WHATSAPP = """
gateway: whatsapp
channel: whatsapp
recipient: mailing-provider
at: {at}
basic: {{user: account, secret: key}}
languages: {{en: en_GB}}
parameter: '{{"type": "text", "text": "{{value}}"}}'
send:
  path: /v1/templates
  body: '{{"to": "{{digits}}", "template": {{"name": "{{template}}", "language": "{{language}}", "parameters": "{{parameters}}"}}}}'
templates:
  done: {{name: janji_answer, parameters: [number, link]}}
"""
COUNT = itertools.count()
SECRETS = {"key": "a-key", "signs": "a-secret", "account": "us"}


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the house; it only goes on."""
    return Clock()


@pytest.fixture(scope="module")
def shared(module_database_url: str, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> House:
    """One house for all of these tests: to publish the policy takes longer than they do."""
    return make_house(module_database_url, clock, tmp_path_factory.mktemp("house"))


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server."""
    with mailbox() as found:
        yield found


@pytest.fixture
def provider() -> Iterator[Receiver]:
    """A gateway's other side, which numbers messages."""
    with receiving() as found:

        def number(handler: Any, got: Got) -> None:
            status(201, json.dumps({"data": [{"id": f"p{len(found.got)}"}]}).encode())(handler, got)

        found.answer = number
        yield found


@pytest.fixture
def bare(shared: House) -> House:
    """The house without messages or any way to send."""
    for statement in ("DELETE FROM message", "DELETE FROM gateway", "DELETE FROM secret WHERE name LIKE 'gateway/%%'", "DELETE FROM task"):
        run(statement)
    return shared


@pytest.fixture
def later(clock: Clock, shared: House) -> UUID:
    """A request that was made now."""
    return shared.runtime.new_id()


@pytest.fixture
def address() -> str:
    """An address that no other test has."""
    return f"ani{next(COUNT)}@example.org"


@pytest.fixture
def house(bare: House, box: Mailbox) -> House:
    """A house with a mail server."""
    return with_mail(bare, box.url)


def with_mail(house: House, url: str | None, **more: Any) -> House:
    """The house with these settings."""
    from ipaddress import ip_network

    settings = replace(house.runtime.settings, mail_url=url, mail_from=SENDER, service_networks=(ip_network("127.0.0.0/8"),), **more)
    return replace(house, runtime=replace(house.runtime, settings=settings))


def keep(house: House, folder: Path, provider: Receiver, text: str = SMS, recipient: str = "mailing-provider") -> None:
    """Keep a gateway that leads to the provider."""
    path = folder / "gateway.yaml"
    path.write_text(text.format(at=provider.url.removesuffix("/hook"), recipient=recipient), "utf-8")
    keep_gateway(house, path, SECRETS)


def state(id: UUID) -> State:
    """How far a message is."""
    return told([id])[id]


def row(id: UUID) -> store.MessageRow:
    """A message as it is stored."""
    return store.messages([id])[id]


def signed(body: bytes, secret: str = "a-secret") -> dict[str, str]:  # noqa: S107 - a word of the test
    """The header that a provider signs with."""
    return {"x-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def report(word: str, *references: str) -> bytes:
    """What a provider says of messages."""
    return json.dumps({"reports": [{"id": one, "status": word} for one in references]}).encode()


def test_a_mail_is_sent_once_in_the_language_of_the_person(house: House, later: UUID, address: str, box: Mailbox) -> None:
    """Plain and HTML say the same, and name no system; put out again, and worked off again, it is one mail; the track record has it."""
    ani = person(house, address)
    ids = {send(house, MessageKind.DONE, ani, "id", RESULT, later) for _ in range(2)}
    assert len(ids) == 1
    assert (work(house), work(house)) == (1, 0)
    ((to, mail),) = box.taken
    id = ids.pop()
    assert (to, mail["Message-ID"], mail["Content-Language"], mail["From"]) == (address, f"<{id}@example.net>", "id", SENDER)
    plain, html = (mail.get_body((form,)) for form in ("plain", "html"))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert "Penghapusan" in part
        assert RESULT.link in part
        assert "invoices stay" not in part
        assert "komdigi.go.id" in part
        assert "ani@" not in part
    assert state(id) is State.SENT
    (event,) = [event for event in history_of(house, ani) if event.kind is Kind.DELIVERY_MADE]
    assert dict(event.details) == {"kind": "done", "channel": "email", "message": str(id), "request": str(later)}


def test_what_is_stored_says_neither_who_nor_what(house: House, later: UUID, clock: Clock) -> None:
    """Address, link and text are sealed; three days after it was sent they are gone."""
    id = send(house, MessageKind.PROVE, [ANI], "en", replace(RESULT, code="481516"), later)
    held = str(connection().execute("SELECT to_jsonb(m)::text, encode(sealed, 'escape') FROM message m").fetchall())
    assert not any(word in held for word in ("ani@", "481516", "R-7Q2K", "invoices"))
    assert work(house) == 1
    clock.put_on(days=3)
    assert row(id).sealed is not None
    assert work(house) == 1
    assert (row(id).sealed, row(id).next, row(id).state) == (None, None, "sent")


def test_a_refused_address_goes_by_the_next_way(house: House, later: UUID, address: str, box: Mailbox, provider: Receiver, tmp_path: Path) -> None:
    """The mail is refused for good: the telephone is told, in a short text that tells nothing; the provider is on the track record."""
    keep(house, tmp_path, provider)
    ani = person(house, address)
    add_identifier(house, ani, "phone", PHONE.normal, Actor.STAFF)
    box.refuses.add(address)
    id = send(house, MessageKind.DONE, ani, "en", RESULT, later)
    assert [work(house), work(house), work(house)] == [1, 1, 0]
    (got,) = provider.got
    assert (got.path, got.headers["x-key"]) == ("/v1/messages", "Key a-key")
    assert json.loads(got.body) == {"to": PHONE.normal, "ref": str(id), "text": f"PT Sony Indonesia: request R-7Q2K is answered. {RESULT.link}"}
    assert (row(id).way, row(id).reference, row(id).tried) == ("sms", "p1", [["email", 0]])
    (event,) = [event for event in history_of(house, ani) if event.kind is Kind.DELIVERY_MADE]
    assert (event.details["channel"], event.details["recipient"], event.details["country"]) == ("sms", "mailing-provider", "ID")


def test_a_provider_says_later_what_came_of_it(house: House, later: UUID, provider: Receiver, tmp_path: Path, clock: Clock) -> None:
    """Arrived: what is sealed goes. Never will: staff are left with it. Said twice, nothing changes; unsigned, nothing is believed."""
    keep(house, tmp_path, provider)
    sent = [send(house, MessageKind.DONE, [PHONE], "en", RESULT, later, turn=turn) for turn in (0, 1)]
    assert work(house) == 2
    first, second = sorted(sent, key=lambda one: row(one).reference)
    body = report("delivered", "p1")
    for bad, headers in ((body, {}), (body, signed(body, "other")), (report("undelivered", "p1"), signed(body))):
        with pytest.raises(Refusal):
            messages.called_back(house, "sms", headers, bad)
    assert state(first) is State.SENT
    for _ in range(2):
        assert messages.called_back(house, "sms", signed(body), body) == 1
    assert (state(first), row(first).sealed) == (State.DELIVERED, None)
    failed = report("undelivered", "p1", "p2")
    assert messages.called_back(house, "sms", signed(failed), failed) == 2
    assert (state(first), state(second), row(second).trouble) == (State.DELIVERED, State.STAFF, "bounced")
    between = report("queued", "p1")
    assert messages.called_back(house, "sms", signed(between), between) == 1
    strange = report("delivered", "p99")
    with pytest.raises(Unavailable):
        messages.called_back(house, "sms", signed(strange), strange)
    with pytest.raises(Invalid):
        messages.called_back(house, "sms", signed(b"no"), b"no")


def test_a_mail_that_comes_back_goes_by_the_next_way(house: House, later: UUID, provider: Receiver, tmp_path: Path) -> None:
    """The mailbox reads a bounce and names the message; it goes to the telephone; a second bounce changes nothing."""
    keep(house, tmp_path, provider)
    id = send(house, MessageKind.DONE, [ANI, PHONE], "en", RESULT, later)
    assert not messages.bounced(house, id)
    assert work(house) == 1
    assert messages.bounced(house, id)
    assert not messages.bounced(house, id)
    assert not messages.bounced(house, UUID(int=5))
    assert work(house) == 1
    assert (len(provider.got), row(id).way) == (1, "sms")


def test_a_template_is_filled_and_what_has_none_goes_otherwise(house: House, later: UUID, provider: Receiver, tmp_path: Path, clock: Clock) -> None:
    """A channel of templates carries what the provider approved; everything else goes by the gateway behind it."""
    keep(house, tmp_path, provider, WHATSAPP)
    clock.put_on(seconds=1)
    keep(house, tmp_path, provider)
    done, receipt = (send(house, kind, [PHONE], "en", RESULT, later) for kind in (MessageKind.DONE, MessageKind.RECEIPT))
    assert work(house) == 2
    assert (row(done).way, row(receipt).way) == ("whatsapp", "sms")
    template, plain = (json.loads(got.body) for got in sorted(provider.got, key=lambda got: got.path, reverse=True))
    assert template == {"to": "6281234567890", "template": {"name": "janji_answer", "language": "en_GB", "parameters": [
        {"type": "text", "text": "R-7Q2K"}, {"type": "text", "text": RESULT.link}]}}  # fmt: skip
    assert plain["text"].startswith("PT Sony Indonesia: we have your request R-7Q2K and answer it by 4 December 2026, 10:00 WIB.")
    assert next(got for got in provider.got if got.path == "/v1/templates").headers["authorization"] == "Basic dXM6YS1rZXk="


@pytest.mark.parametrize(("answer", "trouble"), [(500, "server"), (429, "busy"), (401, "sign-in"), (400, "refused")])
def test_a_gateway_in_trouble_is_tried_again(house: House, provider: Receiver, tmp_path: Path, clock: Clock, answer: int, trouble: str) -> None:
    """Later and later, and not again in the same round; after two hours by the next way, after twelve by staff."""
    keep(house, tmp_path, provider)
    provider.answer = status(answer)
    both, alone = send_many(house, [Outgoing(kind=MessageKind.DONE, to=to, language="en", values=RESULT) for to in ([PHONE, ANI], [PHONE])])
    assert work(house) == 2
    assert (row(both).trouble, state(both), len(provider.got)) == (trouble, State.WAITING, 2 if trouble == "refused" else 1)
    assert work(house) == 0
    clock.put_on(hours=2)
    work(house)
    assert row(both).way == "email"
    clock.put_on(hours=10)
    work(house)
    assert (state(both), state(alone), row(alone).trouble) == (State.SENT, State.STAFF, trouble)


def test_a_provider_that_the_policy_does_not_name_gets_nothing(house: House, later: UUID, provider: Receiver, tmp_path: Path) -> None:
    """No recipient, or no rung: refused with the reason, when it is kept and whenever something would go."""
    for recipient, reason in (("nobody", "no recipient"), ("group-japan", "no rung")):
        with pytest.raises(Refusal) as caught:
            keep(house, tmp_path, provider, recipient=recipient)
        assert reason in caught.value.message.render()
    keep(house, tmp_path, provider)
    published = house.policy_in_force
    without = replace(published.policy, recipients={name: one for name, one in published.policy.recipients.items() if name != "mailing-provider"})
    barred = replace(house, published=replace(published, policy=without))
    assert [kept.barred is None for kept in kept_gateways(house)] == [True]
    assert [kept.barred is None for kept in kept_gateways(barred)] == [False]
    id = send(house, MessageKind.DONE, [PHONE], "en", RESULT, later)
    assert work(barred) == 1
    assert (provider.got, state(id), row(id).trouble) == ([], State.STAFF, "closed")
    with pytest.raises(Refusal):
        try_gateway(barred, kept_gateways(house)[0].gateway, PHONE)
    assert try_gateway(house, kept_gateways(house)[0].gateway, PHONE).reference == "p1"


def test_mail_goes_by_a_provider_only_as_the_policy_lets_it(bare: House, later: UUID, address: str, box: Mailbox) -> None:
    """Named with a rung: sent, and on the track record with where they are; with none: nothing is sent, staff have it, and the doctor says why."""
    named, barred = (with_mail(bare, box.url, mail_recipient=name) for name in ("mailing-provider", "group-japan"))
    ani = person(bare, address)
    id = send(named, MessageKind.DONE, ani, "en", RESULT, later)
    assert (work(named), state(id)) == (1, State.SENT)
    (event,) = [event for event in history_of(named, ani) if event.kind is Kind.DELIVERY_MADE]
    assert (event.details["channel"], event.details["recipient"], event.details["country"]) == ("email", "mailing-provider", "ID")
    got = len(box.taken)
    id = send(barred, MessageKind.REFUSED, ani, "en", RESULT, later)
    assert (work(barred), state(id), len(box.taken)) == (0, State.STAFF, got)
    assert [(one.name, one.verdict) for one in _provider(named)] == [("mail-provider", Verdict.OK)]
    (found,) = _provider(barred)
    assert (found.verdict, "no rung" in found.message.render()) == (Verdict.FAIL, True)


def test_whom_nothing_reaches_is_left_to_staff(bare: House, later: UUID, address: str, box: Mailbox) -> None:
    """A person with only a telephone, and no gateway: a task is open; staff hand the answer over by name, once; the task is closed."""
    ani = person(bare, address)
    with pytest.raises(Invalid):
        hand_over(bare, later, "Dewi")
    id = send(bare, MessageKind.PARTLY_DONE, ani, "en", RESULT, later)
    assert (state(id), work(bare)) == (State.STAFF, 0)
    tasks = connection().execute("SELECT details::text, closed FROM task WHERE kind = 'message-not-delivered'").fetchall()
    assert [(str(id) in details, closed) for details, closed in tasks] == [(True, None)]
    assert [one.id for one in messages.with_staff(10)] == [id]
    with pytest.raises(Invalid):
        hand_over(bare, later, "  ")
    given = hand_over(bare, later, "Dewi")
    assert "What stays, and why" in given.text
    assert (state(id), row(id).sealed) == (State.HANDED, None)
    with pytest.raises(Invalid):
        hand_over(bare, later, "Dewi")
    assert connection().execute("SELECT count(*) FROM task WHERE closed IS NULL AND kind = 'message-not-delivered'").fetchone() == (0,)
    (event,) = [event for event in history_of(bare, ani) if event.kind is Kind.DELIVERY_MADE]
    assert (event.actor, event.details["channel"], event.sealed is None) == (Actor.STAFF, "staff", False)


def test_letters_call_things_as_people_do(bare: House, later: UUID, address: str) -> None:
    """A letter names systems and rules of retention by their titles, and sets nothing apart as a terminal does."""
    add(bare, "stockroom", title="The stock room")
    rule, kept = next(iter(bare.policy_in_force.policy.retention.items()))
    lines = (say("`{system}`: rows found: {count}", system="stockroom", count=3), say("version `{number}`", number=2))
    values = replace(RESULT, lines=lines, kept=(say("{first}", first=say("`{system}`, `{table}`: what the rule `{rule}` keeps stays", system="stockroom", table="bills", rule=rule)),))
    send(bare, MessageKind.PARTLY_DONE, person(bare, address), "en", values, later)
    text = " ".join(hand_over(bare, later, "Dewi").text.split())
    assert ("The stock room: rows found: 3" in text, f"“{kept.title.get('en')}”" in text, "stockroom" in text, "`" in text) == (True, True, False, False)


def test_what_staff_have_can_be_tried_again(bare: House, later: UUID, box: Mailbox) -> None:
    """Once there is a mail server, it goes; before that there is no way."""
    id = send(bare, MessageKind.DONE, [ANI], "en", RESULT, later)
    with pytest.raises(Invalid):
        messages.retry(bare, id)
    messages.retry(with_mail(bare, box.url), id)
    assert work(with_mail(bare, box.url)) == 1
    assert (state(id), len(box.taken)) == (State.SENT, 1)


def test_an_address_that_came_after_the_request_gets_nothing(house: House, address: str, box: Mailbox) -> None:
    """Who changes an address and asks at once does not get somebody else's answer; what was held before does."""
    ani = person(house, address)
    before = house.runtime.new_id()
    house.runtime.clock.put_on(minutes=5)  # type: ignore[attr-defined]  # a clock of the test
    add_identifier(house, ani, "email", f"thief-{address}", Actor.STAFF, verified=True)
    send(house, MessageKind.DONE, ani, "en", RESULT, before)
    work(house)
    send(house, MessageKind.RECEIPT, ani, "en", RESULT, house.runtime.new_id())
    work(house)
    assert [to for to, _ in box.taken] == [address, f"thief-{address}"]


def test_the_answer_to_an_erasure_arrives_though_the_person_is_forgotten(house: House, later: UUID, address: str, box: Mailbox) -> None:
    """It was sealed before the key went; what is recorded afterwards names nobody."""
    ani = person(house, address)
    id = send(house, MessageKind.DONE, ani, "en", RESULT, later)
    forget(house, ani)
    assert work(house) == 1
    assert (state(id), [to for to, _ in box.taken]) == (State.SENT, [address])
    assert state(send(house, MessageKind.RECEIPT, ani, "en", RESULT, later)) is State.STAFF


def test_officers_and_deputies_are_written_to(house: House, later: UUID, box: Mailbox) -> None:
    """By role, as the setting says; who has no address is not counted; nobody twice about the same."""
    told_ = with_mail(house, box.url, officers=(("officer", "dpo@example.net"), ("head of legal", "legal@example.net")))
    values = replace(RESULT, waits=(say("the shop has not answered"),))
    for _ in range(2):
        assert tell_officers(told_, MessageKind.ESCALATION, values, later, ("officer", "head of legal", "nobody")) == 2
    assert tell_officers(told_, MessageKind.ESCALATION, values, later, turn=1) == 1
    assert work(told_) == 3
    assert sorted(to for to, _ in box.taken) == ["dpo@example.net", "dpo@example.net", "legal@example.net"]
    assert "the shop has not answered" in str(box.taken[0][1].get_body(("plain",)))


def test_a_contract_and_a_rung_are_wanted_on_every_day(house: House, provider: Receiver, tmp_path: Path) -> None:
    """Without a contract, abroad without a rung, and abroad by a consent that each person would have to give: closed. By another rung: open."""
    keep(house, tmp_path, provider)
    published = house.policy_in_force
    policy, mailing = published.policy, published.policy.recipients["mailing-provider"]

    def reason(recipient: Any, rung: str | None = None) -> str:
        way = replace(policy.transfers["japan"], recipients=("mailing-provider",), purposes=(), rung=rung, proven=START.date(), unmet=())
        changed = replace(policy, recipients={**policy.recipients, "mailing-provider": recipient}, transfers={} if rung is None else {"japan": way})
        (kept,) = kept_gateways(replace(house, published=replace(published, policy=changed)))
        return "" if kept.barred is None else kept.barred.render()

    abroad = replace(mailing, country="JP")
    assert "no contract" in reason(replace(mailing, agreement=None))
    assert "`JP`" in reason(abroad)
    rungs = {rung.consent: rung.id for rung in published.law.rungs.values()}
    assert "`JP`" in reason(abroad, rungs[True])
    assert (reason(abroad, rungs[False]), reason(mailing)) == ("", "")


def test_a_mail_server_that_fails_is_asked_once_a_round(bare: House) -> None:
    """However many wait, a server that hangs up holds up no more than one."""
    with hanging_up() as (url, calls):
        failing = with_mail(bare, url)
        ids = send_many(failing, [Outgoing(kind=MessageKind.DONE, to=[ANI], language="en", values=RESULT) for _ in range(3)])
        assert (work(failing), work(failing)) == (3, 0)
    assert (len(calls), {(row(id).trouble, row(id).attempts) for id in ids}) == (1, {("connection", 1)})


def test_a_slow_worker_does_not_undo_what_another_did(house: House, later: UUID, box: Mailbox) -> None:
    """Its lease was over, another sent and settled the message: what it says afterwards counts for nothing."""
    id = send(house, MessageKind.DONE, [ANI], "en", RESULT, later)
    now = house.runtime.now()
    with transaction():
        (claimed,) = store.claim("email", now, now + messages.LEASE, 10)
    house.runtime.clock.put_on(minutes=5)  # type: ignore[attr-defined]  # a clock of the test
    assert work(house) == 1
    messages._keep(house, [(claimed, Taken(trouble="recipient"))], messages._ways(house))
    assert (state(id), row(id).tried) == (State.SENT, [])


def test_the_doctor_names_who_cannot_be_warned(house: House) -> None:
    """A deputy of the policy without an address hears of no late request, and whoever runs the house learns that before one is late."""
    (found,) = _warned(house)
    assert found.verdict is Verdict.WARN
    assert "`head of legal`" in found.message.render(ENGLISH)
    roles = ("officer", "head of legal", "deputy of the data protection officer")
    settings = replace(house.runtime.settings, officers=tuple((role, "a@example.net") for role in roles))
    (found,) = _warned(replace(house, runtime=Clocked(settings, house.runtime.tongue, house.runtime.clock)))  # type: ignore[attr-defined]  # a clock of the test
    assert found.verdict is Verdict.OK
    assert list(_warned(replace(house, runtime=Clocked(replace(settings, mail_url=None), house.runtime.tongue, house.runtime.clock)))) == []  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize("way", ["email", "sms"])
def test_nothing_is_begun_when_the_lease_is_nearly_over(house: House, box: Mailbox, provider: Receiver, tmp_path: Path, clock: Clock, way: str) -> None:
    """Each takes two minutes: what would come too late is left for whoever claims it next, and each goes once."""

    class Slow(set[str]):
        def __contains__(self, address: object) -> bool:
            clock.put_on(minutes=2)
            return False

    def slowly(handler: Any, got: Got) -> None:
        clock.put_on(minutes=2)
        status(201)(handler, got)

    keep(house, tmp_path, provider)
    box.refuses, provider.answer = Slow(), slowly
    ids = send_many(house, [Outgoing(kind=MessageKind.DONE, to=[ANI if way == "email" else PHONE], language="en", values=RESULT) for _ in range(3)])
    work(house)
    assert sorted(state(id) for id in ids) == [State.SENT, State.SENT, State.WAITING]
    assert (sum(row(id).attempts for id in ids), len(box.taken) + len(provider.got)) == (2, 2)
    clock.put_on(minutes=1)
    work(house)
    assert ({state(id) for id in ids}, len(box.taken) + len(provider.got)) == ({State.SENT}, 3)


@pytest.mark.parametrize("answer", [b'{"data": [{"id": "p1"}], "more": "' + b"x" * 70_000 + b'"}', None])
def test_what_the_provider_took_is_not_sent_again(house: House, provider: Receiver, tmp_path: Path, answer: bytes | None) -> None:
    """It said yes; that its answer was too long, or broke off, is no reason to send twice. The same with a no is told by its status."""

    def answered(handler: Any, got: Got) -> None:
        if answer is not None:
            status(code, answer)(handler, got)
            return
        handler.send_response(code)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.close_connection = True

    keep(house, tmp_path, provider)
    provider.answer, code = answered, 201
    id = send(house, MessageKind.DONE, [PHONE], "en", RESULT)
    assert (work(house), state(id), row(id).reference) == (1, State.SENT, "")
    code = 404
    other = send(house, MessageKind.DONE, [PHONE], "en", RESULT)
    assert (work(house), state(other), row(other).trouble) == (1, State.STAFF, "recipient")


def test_what_another_worker_holds_is_passed_over(house: House, later: UUID) -> None:
    """A claim waits for nobody."""
    first, second = (send(house, MessageKind.DONE, [ANI], "en", RESULT, later, turn=turn) for turn in (0, 1))
    now = house.runtime.now()
    with psycopg.connect(opened()) as other, transaction():
        other.execute("SELECT FROM message WHERE id = %s FOR UPDATE", [first])
        run("SET LOCAL lock_timeout = '2s'")
        assert [one.id for one in store.claim("email", now, now + messages.LEASE, 10)] == [second]


def test_what_is_undone_is_not_sent(house: House, later: UUID, box: Mailbox) -> None:
    """A message is part of the transaction that it tells of."""
    with pytest.raises(ZeroDivisionError), transaction():
        assert send(house, MessageKind.DONE, [ANI], "en", RESULT, later).int // 0
    assert (work(house), box.taken) == (0, [])


def test_a_gateway_that_is_gone_hands_on_what_waits(house: House, later: UUID, box: Mailbox, provider: Receiver, tmp_path: Path) -> None:
    """Removed with its secrets; the mail takes over."""
    keep(house, tmp_path, provider)
    id = send(house, MessageKind.DONE, [PHONE, ANI], "en", RESULT, later)
    remove_gateway(house, "sms")
    assert connection().execute("SELECT count(*) FROM secret WHERE name LIKE 'gateway%'").fetchone() == (0,)
    assert [work(house), work(house)] == [1, 1]
    assert (state(id), [to for to, _ in box.taken]) == (State.SENT, ["ani@example.org"])


def test_two_workers_send_one_mail(house: House, later: UUID, box: Mailbox) -> None:
    """What one has claimed the other leaves alone; a worker that died is followed after its lease."""
    id = send(house, MessageKind.DONE, [ANI], "en", RESULT, later)
    now = house.runtime.now()
    with transaction():
        assert [one.id for one in store.claim("email", now, now + messages.LEASE, 10)] == [id]
    assert (work(house), box.taken) == (0, [])
    house.runtime.clock.put_on(minutes=5)  # type: ignore[attr-defined]  # a clock of the test
    assert (work(house), len(box.taken)) == (1, 1)


def test_what_a_worker_sends_is_taken_over_when_it_is_gone_and_not_before(house: House, later: UUID, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as its connection holds the lock of what it has in hand, nobody takes it; after that the next one does, long before the lease is over."""
    id = send(house, MessageKind.DONE, [ANI], "en", RESULT, later)
    seen: list[int] = []

    def meanwhile(*_: Any) -> str:
        def look() -> None:
            try:
                seen.append(messages.take_over(house))
            finally:
                close()

        other = threading.Thread(target=look)
        other.start()
        other.join()
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(messages, "_post", meanwhile)
        with pytest.raises(ZeroDivisionError):
            work(house)
    assert (seen, state(id)) == ([0], State.WAITING)
    assert (work(house), box.taken) == (0, [])
    assert "trouble" not in messages.message_json(row(id))
    assert messages.take_over(house) == 1
    assert (work(house), len(box.taken), row(id).trouble) == (1, 1, "")


def test_a_message_has_the_same_id_wherever_it_is_put_out(house: House, later: UUID) -> None:
    """Its id follows from request, kind and turn."""
    assert send(house, MessageKind.DONE, [ANI], "en", RESULT, later, turn=2) == uuid5(later, "done:2:")


def test_a_provider_calls_back_over_http(house: House, later: UUID, provider: Receiver, tmp_path: Path) -> None:
    """What is signed is kept; a forgery, a gateway that is none and what is too long are refused, and none tells why."""
    keep(house, tmp_path, provider)
    id = send(house, MessageKind.DONE, [PHONE], "en", RESULT, later)
    assert work(house) == 1
    body = report("delivered", row(id).reference)
    with live(house) as served, served.client() as client:
        def call(name: str, data: bytes, headers: dict[str, str]) -> int:
            return client.post(messages.CALLBACKS + name, content=data, headers={"Content-Type": "application/json", **headers}).status_code

        assert [call("sms", body, {}), call("sms", body, signed(body, "x")), call("other", body, signed(body)), call("sms", b"no", signed(b"no"))] == [403, 403, 403, 422]
        assert call("sms", b"1" * 70_000, {}) == 413
        assert state(id) is State.SENT
        strange = report("delivered", "p99")
        assert [call("sms", strange, signed(strange)), call("sms", body, signed(body))] == [503, 202]
    assert state(id) is State.DELIVERED


def test_the_code_goes_another_way_than_the_link(house: House, later: UUID, box: Mailbox, provider: Receiver, tmp_path: Path) -> None:
    """Link by mail, code to the telephone; who has one address alone is told the code by word of mouth, for a mailbox is one factor."""
    keep(house, tmp_path, provider)
    for kind in (MessageKind.PACKAGE, MessageKind.SECOND_FACTOR):
        send(house, kind, [ANI, PHONE], "en", replace(RESULT, code="4815" if kind is MessageKind.SECOND_FACTOR else ""), later)
    work(house)
    assert [to for to, _ in box.taken] == [ANI.normal]
    assert ["4815" in json.loads(got.body)["text"] for got in provider.got] == [True]
    assert "4815" not in box.taken[0][1].as_string()
    alone = send(house, MessageKind.SECOND_FACTOR, [ANI], "en", replace(RESULT, code="4815"), later, turn=1)
    assert (work(house), len(box.taken), state(alone), row(alone).trouble) == (0, 1, State.STAFF, "apart")
    assert "4815" in hand_over(house, later, "Dewi").text


def test_a_link_whose_address_fails_does_not_follow_its_code(house: House, later: UUID, box: Mailbox, provider: Receiver, tmp_path: Path) -> None:
    """The code went to the telephone; the mailbox of the link is refused: staff are left with the link, and the telephone never has both."""
    keep(house, tmp_path, provider)
    box.refuses.add(ANI.normal)
    link, code = (send(house, kind, [ANI, PHONE], "en", RESULT, later) for kind in (MessageKind.PACKAGE, MessageKind.SECOND_FACTOR))
    while work(house):
        pass
    assert (state(link), row(link).trouble, state(code)) == (State.STAFF, "recipient", State.SENT)
    assert [json.loads(got.body)["ref"] for got in provider.got] == [str(code)]


def test_nothing_typed_becomes_a_header(house: House, later: UUID, box: Mailbox) -> None:
    """Line breaks in an address make it none; in the number of a request they are spaces; strange letters are the server's to refuse or take."""
    to = [Identifier(IdentifierKind.EMAIL, "ani@example.org\r\nBcc: x@y.example"), Identifier(IdentifierKind.EMAIL, "b\u00fcdi@example.org"), ANI]
    id = send(house, MessageKind.DONE, to, "en", replace(RESULT, number="R-1\r\nBcc: x@y.example"), later)
    assert [work(house), work(house)] == [1, 1]
    assert row(id).tried == [["email", 0]]
    ((_, mail),) = box.taken
    assert (mail["Bcc"], mail["Subject"]) == (None, "PT Sony Indonesia: the answer to your request R-1\ufffd Bcc: x@y.example")
    assert state(id) is State.SENT


def test_a_message_that_cannot_be_read_holds_up_no_other(house: House, later: UUID, box: Mailbox) -> None:
    """Its sealed part was changed: staff are told; the one behind it goes."""
    bad, good = (send(house, MessageKind.DONE, [ANI], "en", RESULT, later, turn=turn) for turn in (0, 1))
    run("UPDATE message SET sealed = 'x', made = made - interval '1 second' WHERE id = %s", bad)
    work(house)
    assert (state(bad), row(bad).trouble, state(good)) == (State.STAFF, "unwritten", State.SENT)


def test_what_cannot_be_read_is_left_to_staff_whatever_happens(bare: House, later: UUID, address: str) -> None:
    """The server is in trouble, so nothing is read before the attempt is kept; or a mail comes back. Staff are told, and the others wait."""
    with hanging_up() as (url, _):
        failing = with_mail(bare, url)
        good, bad, back = (send(failing, MessageKind.DONE, [ANI], "en", RESULT, later, turn=turn) for turn in (0, 1, 2))
        run("UPDATE message SET sealed = 'x', made = made + interval '1 second' WHERE id = ANY(%s)", [bad, back])
        run("UPDATE message SET state = 'sent' WHERE id = %s", back)
        assert work(failing) == 2
        assert messages.bounced(failing, back)
    assert [(state(id), row(id).trouble) for id in (good, bad, back)] == [(State.WAITING, "connection"), (State.STAFF, "unwritten"), (State.STAFF, "unwritten")]
