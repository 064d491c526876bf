"""Consumers told by webhook: a no reaches each of them signed, once each, in spite of bad receivers, and with proof."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.faults.verification import verify_everything
from tests.people_house import NOW, Clock, make_house
from tests.receiver import Got, Receiver, receiving, status
from tests.serving import wait_until

from janji.delivery import courier, signing
from janji.delivery.courier import Courier
from janji.errors import Conflict, Invalid, JanjiError, Refusal
from janji.ledger.events import Actor, Kind, decode
from janji.network.addresses import Reach, Unreachable, checked_url
from janji.store import people, records
from janji.store import webhooks as store
from janji.store.database import close, connection, open_database, transaction
from janji.workflows import consumers, guardians, identity, webhooks
from janji.workflows.consumers import Reader, add, told, told_of
from janji.workflows.doctor import Verdict, _webhooks
from janji.workflows.forgetting import forget
from janji.workflows.house import House
from janji.workflows.ledger import prove_now, sequence_all
from janji.workflows.people import subjects_for
from janji.workflows.recording import Entry, Recorded, history_of, record, record_one
from janji.workflows.runtime import Runtime
from janji.workflows.tracks import track
from janji.workflows.webhooks import Delivered, deliver_due, derive
from janji_client.webhooks import Receiver as Verifier
from janji_client.webhooks import Unverified

LOOPBACK = ip_network("127.0.0.0/8")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    """A house that may tell this machine."""
    return near(make_house(database_url, tmp_path))


def near(house: House) -> House:
    """The house with loopback among the networks that messages may go to."""
    runtime = house.runtime
    return replace(house, runtime=Clock(replace(runtime.settings, webhook_networks=(LOOPBACK,)), runtime.tongue))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who listens, and acknowledges unless the test says otherwise."""
    with receiving() as held:
        yield held


@pytest.fixture
def someone(house: House) -> UUID:
    """A person on record."""
    return subjects_for(house, [("email", "siti@example.com")])[0]


def withdraw(house: House, subject: UUID, purpose: str = "newsletters", **more: str) -> Recorded:
    """A withdrawal on record, by the fast way of one event."""
    details = {"purpose": purpose, **more}
    return record_one(house, Entry(subject=subject, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details=details))


def deliver(house: House) -> Delivered:
    """What the worker does: number, then tell."""
    sequence_all()
    return deliver_due(house)


def later(**by: float) -> None:
    """Let time go by."""
    Clock.moved += timedelta(**by)


# ----------------------------------------------------------------------------------------------------- the whole way


def test_a_withdrawal_reaches_every_consumer_with_proof(house: House, receiver: Receiver, someone: UUID) -> None:
    """Signed, with ids alone; each acknowledgement is an event about the person that the ledger proves."""
    crm, mail = add(house, "crm", receiver.url), add(house, "mail", receiver.url.replace("hook", "mail"))
    event = withdraw(house, someone, channel="email")
    assert [line.state for line in told_of(event.id)] == ["due", "due"]
    assert deliver(house) == Delivered(made=2, told=2)
    for name, secret in (("/hook", crm.secret), ("/mail", mail.secret)):
        (got,) = [one for one in receiver.got if one.path == name]
        assert got.signed_by(secret)
        assert not got.signed_by(crm.secret if name == "/mail" else mail.secret)
        assert got.headers["content-type"] == "application/json"
        assert got.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
        assert json.loads(got.body) == {
            "type": "withdrawal", "timestamp": "2026-12-01T03:00:00.000Z",
            "data": {"event": str(event.id), "kind": "consent.withdrawn", "subject": f"sub_{someone}", "purpose": "newsletters",
                     "channel": "email", "digest": event.digest, "position": 0},
        }  # fmt: skip
    lines = told_of(event.id)
    assert [(line.name, line.state, line.outcome, line.at) for line in lines] == [
        ("crm", "told", "204", NOW), ("mail", "told", "204", NOW),
    ]  # fmt: skip
    for line in lines:
        assert line.told is not None
        proof = prove_now(house, line.told)
        proven = decode(proof.body)
        assert (proven.kind, proven.details["told"], proven.details["consumer"]) == (Kind.CONSUMER_TOLD, str(event.id), line.name)
    assert [item.event.kind for item in track(house, someone)].count(Kind.CONSUMER_TOLD) == 2
    assert deliver(house) == Delivered()
    verify_everything(house, ())


def test_whichever_way_it_was_recorded_it_is_told(house: House, receiver: Receiver, someone: UUID) -> None:
    """One alone, a batch by COPY, a merge and its split, an age, a forgetting: each is told, once."""
    other, third = subjects_for(house, [("email", "ani@example.com"), ("email", "budi@example.com")])
    add(house, "crm", receiver.url)
    withdraw(house, someone)
    record(house, [
        Entry(subject=one, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": "newsletters"}) for one in (someone, other) * 4
    ])  # fmt: skip
    guardians.record_age(house, third, date(2015, 4, 17), Actor.STAFF)
    identity.merge(house, someone, other, Actor.STAFF)
    identity.split(house, someone, Actor.STAFF)
    forget(house, someone)
    assert deliver(house).told == len(receiver.got)
    by_type: dict[str, list[Got]] = {}
    for got in receiver.got:
        by_type.setdefault(got.type, []).append(got)
    assert {name: len(found) for name, found in by_type.items()} == {
        "withdrawal": 1, "objection": 8, "age": 1, "quarantine": 1, "merge": 1, "split": 1, "erasure": 1,
    }  # fmt: skip
    for name in ("merge", "split"):
        assert (by_type[name][0].data["subject"], by_type[name][0].data["survivor"]) == (f"sub_{other}", f"sub_{someone}")
    assert set(by_type["age"][0].data) == {"event", "kind", "subject", "digest", "position"}
    assert by_type["erasure"][0].data["subject"] == f"sub_{someone}"
    (line,) = told_of(UUID(by_type["erasure"][0].data["event"]))
    assert line.state == "told"
    assert line.told is not None
    proof = records.event(line.told)
    assert proof is not None
    assert proof.subject is None
    verify_everything(house, ())


def test_what_is_acknowledged_of_a_merged_person_is_in_the_track_of_the_survivor(house: House, receiver: Receiver, someone: UUID) -> None:
    """A delivery that was due before a merge is recorded about the one who was merged, and read with the other."""
    (other,) = subjects_for(house, [("email", "ani@example.com")])
    add(house, "crm", receiver.url)
    withdraw(house, other)
    identity.merge(house, someone, other, Actor.STAFF)
    assert deliver(house).told == 2
    assert history_of(house, other)[-1].kind is Kind.CONSUMER_TOLD
    assert sum(line.event.kind is Kind.CONSUMER_TOLD for line in track(house, someone)) == 2
    verify_everything(house, ())


def test_a_consumer_hears_of_its_topics_and_purposes(house: House, receiver: Receiver, someone: UUID) -> None:
    """Topics and purposes filter; what has no purpose concerns everybody, and a merge is told always."""
    (other,) = subjects_for(house, [("email", "ani@example.com")])
    add(house, "crm", receiver.url, ["withdrawal", "restriction"], ["newsletters"])
    withdraw(house, someone, "newsletters")
    withdraw(house, someone, "targeted-advertising")
    record_one(house, Entry(subject=someone, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": "newsletters"}))
    record_one(house, Entry(subject=someone, kind=Kind.RESTRICTION_SET, actor=Actor.PERSON))
    record_one(house, Entry(subject=someone, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details={"purpose": "newsletters"}))
    identity.merge(house, someone, other, Actor.STAFF)
    deliver(house)
    assert sorted((got.type, got.data.get("purpose")) for got in receiver.got) == [
        ("merge", None), ("restriction", None), ("withdrawal", "newsletters"),
    ]  # fmt: skip
    objection = next(event for event in history_of(house, someone) if event.kind is Kind.OBJECTION_MADE)
    assert [line.state for line in told_of(UUID(objection.id))] == ["not-told"]


def test_a_consumer_begins_at_the_present_and_can_be_told_again(house: House, receiver: Receiver, someone: UUID) -> None:
    """What was before is not told until somebody asks for it; a replay has the ids of the first time."""
    first = withdraw(house, someone)
    sequence_all()
    crm = add(house, "crm", receiver.url).consumer
    second = withdraw(house, someone, channel="email")
    deliver(house)
    assert [got.data["event"] for got in receiver.got] == [str(second.id)]
    assert consumers.replay(house, crm.id, 0) == 2
    deliver(house)
    assert sorted(got.data["event"] for got in receiver.got[1:]) == sorted([str(first.id), str(second.id)])
    again = [got for got in receiver.got if got.data["event"] == str(second.id)]
    assert again[0].id == again[1].id
    assert consumers.replay_event(house, crm.id, first.id) == 1
    deliver(house)
    assert len(receiver.got) == 4
    with pytest.raises(Invalid):
        consumers.replay_event(house, crm.id, UUID(int=7))


def test_a_second_consumer_misses_nothing_while_deliveries_are_made(house: House, receiver: Receiver, someone: UUID) -> None:
    """Registering waits for whoever is making deliveries, and begins where they end: nothing lies in between."""
    add(house, "crm", receiver.url)
    with transaction():
        store.lock_position()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(elsewhere, house, lambda: add(house, "mail", receiver.url))
            time.sleep(0.2)
            assert not waiting.done()
            event = withdraw(house, someone)
            sequence_all()
            connection().execute("COMMIT; BEGIN")
            waiting.result()
    deliver(house)
    assert [line.state for line in told_of(event.id)] == ["told", "told"]


def elsewhere(house: House, act: Any) -> Any:
    """Do something in this thread, on a connection of its own."""
    try:
        return act()
    finally:
        close()


# ------------------------------------------------------------------------------------------------------- bad receivers


@pytest.mark.parametrize("code", [500, 429, 301, 400, 199 + 300])
def test_whatever_is_no_acknowledgement_is_tried_again(house: House, receiver: Receiver, someone: UUID, code: int) -> None:
    """With the same id, growing waits, until it is taken; a redirect is not followed."""
    with receiving() as elsewhere_:
        receiver.answer = status(code, Location=elsewhere_.url)
        crm = add(house, "crm", receiver.url).consumer
        event = withdraw(house, someone)
        assert deliver(house) == Delivered(made=1, waiting=1)
        assert deliver(house) == Delivered()
        (line,) = told_of(event.id)
        assert (line.state, line.attempts, line.outcome) == ("due", 1, str(code))
        assert consumers.consumer(crm.id).failing == NOW
        later(minutes=2)
        assert deliver(house).waiting == 1
        receiver.answer = status(200)
        later(minutes=2)
        assert deliver(house).told == 1
        assert elsewhere_.got == []
    assert {got.id for got in receiver.got} == {receiver.got[0].id}
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 3
    assert consumers.consumer(crm.id).well


def test_a_receiver_that_is_down_is_tried_until_it_is_back(house: House, someone: UUID) -> None:
    """Nothing listens for a while; then all is told."""
    with socket.socket() as kept:  # as long as it is bound nobody else gets the port; and nobody listens on it
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        port = kept.getsockname()[1]
        add(house, "crm", f"http://127.0.0.1:{port}/hook")
        events = [withdraw(house, someone, channel="email") for _ in range(6)]
        assert deliver(house).waiting == webhooks.PER_CONSUMER
        assert told_of(events[0].id)[0].outcome == "connection"
        later(minutes=3)
        assert deliver(house).waiting == 1  # one is enough to see that it is down still
        with receiving(port) as held:
            later(minutes=3)
            assert deliver(house).told >= 1
            later(hours=1)
            deliver(house)
            assert {got.data["event"] for got in held.got} == {str(event.id) for event in events}


def test_a_hanging_receiver_holds_up_nobody_else(house: House, receiver: Receiver, someone: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one does not answer, another is told, also of what is recorded meanwhile."""
    monkeypatch.setattr(courier, "PATIENCE", 120.0)
    let_go = threading.Event()
    with receiving() as slow:

        def hang(handler: Any, got: Got) -> None:
            let_go.wait(60)
            handler.close_connection = True

        slow.answer = hang
        add(house, "a-slow", slow.url)
        add(house, "crm", receiver.url)
        event = withdraw(house, someone)
        with ThreadPoolExecutor(1) as pool:
            round_ = pool.submit(elsewhere, house, lambda: deliver(house))
            wait_until(lambda: receiver.got)
            second = withdraw(house, someone, channel="email")
            sequence_all()
            wait_until(lambda: len(receiver.got) == 2)
            assert not round_.done()
            let_go.set()
            assert round_.result().told == 2
    assert {(line.name, line.state, line.outcome) for line in told_of(event.id)} == {("a-slow", "due", "answer"), ("crm", "told", "204")}
    assert {line.name for line in told_of(second.id) if line.state == "told"} == {"crm"}


@pytest.mark.parametrize("every", [0.1, 60])
def test_a_receiver_that_sends_a_byte_now_and_then_gains_no_time(
    house: House, receiver: Receiver, someone: UUID, monkeypatch: pytest.MonkeyPatch, every: float
) -> None:
    """The time of an attempt is one for all of it, not one for each byte; and who sends none has no more."""
    monkeypatch.setattr(courier, "PATIENCE", 1.0)

    def drip(handler: Any, got: Got) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if receiver.over.wait(every):
                return

    receiver.answer = drip
    add(house, "crm", receiver.url)
    event = withdraw(house, someone)
    assert deliver(house).waiting == 1
    assert told_of(event.id)[0].outcome == "timeout"


def test_a_huge_answer_is_not_read_and_not_kept(house: House, receiver: Receiver, someone: UUID) -> None:
    """Of an answer without end the status counts; no byte of it is in the database."""
    written = []

    def pour(handler: Any, got: Got) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 40))
        handler.end_headers()
        while True:
            handler.wfile.write(b"filler-of-a-receiver" * 1000)
            written.append(1)

    receiver.answer = pour
    add(house, "crm", receiver.url)
    event = withdraw(house, someone)
    assert deliver(house).told == 1
    assert told_of(event.id)[0].outcome == "200"
    assert len(written) < 1000
    held = connection().execute("SELECT (SELECT string_agg(d::text, '') FROM webhook_delivery d) || (SELECT string_agg(w::text, '') FROM webhook w)").fetchone()
    assert held is not None
    assert "filler" not in held[0]


def test_gone_stops_a_consumer_until_somebody_looks_after_it(house: House, receiver: Receiver, someone: UUID) -> None:
    """After a 410 nothing is sent, what is recorded waits, a task is open; a test that is acknowledged sets it going."""
    receiver.answer = status(410)
    crm = add(house, "crm", receiver.url).consumer
    event = withdraw(house, someone)
    deliver(house)
    assert consumers.consumer(crm.id).state == store.GONE
    assert [task.kind for task in people.open_tasks_of_kind(webhooks.TASK)] == [webhooks.TASK]
    assert _webhooks().verdict is Verdict.FAIL
    later(days=1)
    second = withdraw(house, someone, channel="email")
    assert deliver(house) == Delivered(made=1)
    assert len(receiver.got) == 1
    assert consumers.probe(house, crm.id).status == 410
    assert consumers.consumer(crm.id).state == store.GONE
    receiver.answer = status(204)
    assert consumers.probe(house, crm.id).acknowledged
    assert deliver(house).told == 2
    assert [told_of(one.id)[0].state for one in (event, second)] == ["told", "told"]
    assert people.open_tasks_of_kind(webhooks.TASK) == ()
    assert _webhooks().verdict is Verdict.OK
    verify_everything(house, ())


def test_a_consumer_that_fails_long_is_paused_and_comes_back_by_itself(house: House, receiver: Receiver, someone: UUID) -> None:
    """After three days it is tried once an hour, nothing of it is given up, and a person is told by a task."""
    receiver.answer = status(503)
    crm = add(house, "crm", receiver.url).consumer
    events = [withdraw(house, someone, channel="email") for _ in range(6)]
    for _ in range(74):
        deliver(house)
        later(hours=1)
    assert consumers.consumer(crm.id).state == store.PAUSED
    assert [task.details["consumer"] for task in people.open_tasks_of_kind(webhooks.TASK)] == ["crm"]
    before = len(receiver.got)
    later(hours=1)
    deliver(house)
    later(minutes=30)
    deliver(house)
    assert len(receiver.got) == before + 1
    receiver.answer = status(204)
    later(hours=1)
    deliver(house)
    later(hours=1)
    deliver(house)
    assert [told_of(event.id)[0].state for event in events] == ["told"] * 6
    assert consumers.consumer(crm.id).well
    assert people.open_tasks_of_kind(webhooks.TASK) == ()


def test_one_message_that_is_never_taken_is_given_up_alone(house: House, receiver: Receiver, someone: UUID) -> None:
    """Others are told at once all the while; after three days it has failed, a task is open, and a replay closes it."""
    crm = add(house, "crm", receiver.url).consumer
    poison = withdraw(house, someone, channel="email")
    receiver.answer = lambda handler, got: status(500 if got.data["event"] == str(poison.id) else 204)(handler, got)
    done = Delivered()
    for _ in range(80):
        event = withdraw(house, someone)
        done = done.plus(deliver(house))
        assert told_of(event.id)[0].state == "told"
        later(hours=1)
    assert (done.told, done.failed) == (80, 1)
    assert (told_of(poison.id)[0].state, told_of(poison.id)[0].outcome) == ("failed", "500")
    assert [task.details["consumer"] for task in people.open_tasks_of_kind(webhooks.TASK)] == ["crm"]
    assert consumers.consumer(crm.id).state == store.ACTIVE
    receiver.answer = status(204)
    assert consumers.replay_event(house, crm.id, poison.id) == 1
    assert deliver(house).told == 1
    assert people.open_tasks_of_kind(webhooks.TASK) == ()
    verify_everything(house, ())


def test_two_workers_send_each_message_once(house: House, receiver: Receiver, database_url: str) -> None:
    """Four at once, a slow receiver, and each message comes once."""
    add(house, "crm", receiver.url)
    everybody = subjects_for(house, [("account", str(number)) for number in range(60)])
    record(house, [Entry(subject=one, kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, details={"purpose": "newsletters"}) for one in everybody])
    sequence_all()
    real = receiver.answer

    def slowly(handler: Any, got: Got) -> None:
        time.sleep(0.01)
        real(handler, got)

    receiver.answer = slowly

    def work() -> Delivered:
        open_database(database_url)
        try:
            return deliver_due(house)
        finally:
            close()

    with ThreadPoolExecutor(4) as pool:
        done = [future.result() for future in [pool.submit(work) for _ in range(4)]]
    assert sum(one.told for one in done) == 60
    assert sum(one.made for one in done) == 60
    assert len(receiver.got) == len({got.data["event"] for got in receiver.got}) == 60
    verify_everything(house, ())


# ------------------------------------------------------------------------------------------------------------- secrets


def test_a_new_secret_overlaps_with_the_one_before(house: House, receiver: Receiver, someone: UUID) -> None:
    """Both sign for a day, then the new one alone; without overlap the old one is worth nothing at once."""
    first = add(house, "crm", receiver.url)
    second = consumers.rotate(house, first.consumer.id)
    withdraw(house, someone)
    deliver(house)
    assert receiver.got[0].signed_by(first.secret)
    assert receiver.got[0].signed_by(second.secret)
    later(hours=25)
    withdraw(house, someone)
    deliver(house)
    assert not receiver.got[1].signed_by(first.secret)
    assert receiver.got[1].signed_by(second.secret)
    third = consumers.rotate(house, first.consumer.id, timedelta())
    withdraw(house, someone)
    deliver(house)
    assert not receiver.got[2].signed_by(second.secret)
    assert receiver.got[2].signed_by(third.secret)
    assert secrets_kept() == 1


def secrets_kept() -> int:
    """How many secrets of consumers are in the vault."""
    row = connection().execute("SELECT count(*) FROM secret WHERE name LIKE 'webhook/%'").fetchone()
    assert row is not None
    return int(row[0])


def test_a_secret_is_sealed_and_a_rotation_of_keys_takes_it_along(house: House, receiver: Receiver, someone: UUID) -> None:
    """It stands nowhere in clear, and still signs after the key-encryption key was changed."""
    import base64

    from janji.store.vault import keeper_of, rewrap_secrets

    made = add(house, "crm", receiver.url)
    raw = base64.b64decode(made.secret.removeprefix("whsec_"))
    row = connection().execute("SELECT wrapped FROM secret WHERE name LIKE 'webhook/%'").fetchone()
    assert row is not None
    assert raw not in bytes(row[0])
    fresh = keeper_of(b"n" * 32, house.keeper)
    with transaction():
        rewrap_secrets(fresh, house.runtime.random)
    with pytest.raises(Conflict):
        consumers.rotate(house, made.consumer.id)  # a house that does not know of the new keeper stores nothing any more
    withdraw(house, someone)
    deliver(replace(house, keeper=replace(fresh, former=None)))
    assert receiver.got[0].signed_by(made.secret)


def test_a_removed_consumer_hears_nothing_and_its_name_is_free(house: House, receiver: Receiver, someone: UUID) -> None:
    """What it had still to hear is dropped, its secret gone; what it knows is shown still."""
    crm = add(house, "crm", receiver.url).consumer
    known = withdraw(house, someone)
    deliver(house)
    pending = withdraw(house, someone)
    sequence_all()
    derive(house)
    consumers.remove(house, crm.id)
    assert deliver(house) == Delivered()
    assert len(receiver.got) == 1
    assert [(line.name, line.state) for line in told_of(known.id)] == [("crm", "told")]
    assert [line.state for line in told_of(pending.id)] == ["dropped"]
    assert secrets_kept() == 0
    assert consumers.consumers() == ()
    for refused in (lambda: consumers.consumer(crm.id), lambda: consumers.rotate(house, crm.id), lambda: consumers.remove(house, crm.id)):
        with pytest.raises(Invalid):
            refused()
    add(house, "crm", receiver.url)
    with pytest.raises(Conflict):
        add(house, "crm", receiver.url)


def test_a_key_for_some_purposes_registers_and_sees_those_alone(house: House, receiver: Receiver) -> None:
    """It cannot ask for another purpose, gets its own when it names none, and does not see who hears of others."""
    mailer = Reader("mailer", frozenset({"newsletters"}))
    with pytest.raises(Refusal):
        add(house, "ads", receiver.url, purposes=["targeted-advertising"], reader=mailer)
    with pytest.raises(Refusal):
        add(house, "none", receiver.url, reader=Reader("mailer", frozenset()))
    mine = add(house, "mail", receiver.url, reader=mailer).consumer
    assert (mine.purposes, mine.application) == (("newsletters",), "mailer")
    wide = add(house, "all", receiver.url, reader=Reader("mailer", None)).consumer
    assert [one.name for one in consumers.consumers(mailer)] == ["mail"]
    _untouched(house, wide.id, mailer)


@pytest.mark.parametrize("purposes", [None, frozenset({"newsletters"})])
def test_an_application_sees_and_changes_its_own_consumers_alone(house: House, receiver: Receiver, purposes: frozenset[str] | None) -> None:
    """Not those of another application, whatever its key is for, nor those that staff registered."""
    shop = Reader("shop", purposes)
    others = [
        add(house, "crm", receiver.url, purposes=["newsletters"], reader=Reader("crm", None)).consumer,
        add(house, "staff", receiver.url, purposes=["newsletters"]).consumer,
    ]
    own = add(house, "own", receiver.url, purposes=["newsletters"], reader=shop).consumer
    assert [one.id for one in consumers.consumers(shop)] == [own.id]
    assert consumers.consumer(own.id, shop) == own
    for other in others:
        _untouched(house, other.id, shop)
    assert [one.name for one in consumers.consumers()] == ["crm", "own", "staff"]


def _untouched(house: House, id: UUID, reader: Reader) -> None:
    """Nothing of a consumer is shown to who may not see it, and nothing of it changes."""
    before = consumers.consumer(id)
    assert consumers.find(id, reader) is None
    for act in (
        lambda: consumers.consumer(id, reader), lambda: told(id, reader=reader),
        lambda: consumers.remove(house, id, reader), lambda: consumers.rotate(house, id, reader=reader),
        lambda: consumers.probe(house, id, reader), lambda: consumers.replay(house, id, 0, reader=reader),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            act()
    assert consumers.consumer(id) == before


@pytest.mark.parametrize(("name", "topics", "purposes"), [
    ("CRM", [], []), ("", [], []), ("a" * 61, [], []), ("crm", ["everything"], []), ("crm", ["merge"], []), ("crm", [], ["nothing-such"]),
])  # fmt: skip
def test_a_consumer_that_is_not_understood_is_refused(house: House, receiver: Receiver, name: str, topics: list[str], purposes: list[str]) -> None:
    """With an error of ours, and nothing stored."""
    with pytest.raises(Invalid):
        add(house, name, receiver.url, topics, purposes)
    assert consumers.consumers() == ()
    assert secrets_kept() == 0


def test_pages_of_what_a_consumer_was_told(house: House, receiver: Receiver, someone: UUID) -> None:
    """The newest first, page by page, of one state or of all."""
    crm = add(house, "crm", receiver.url).consumer
    events = [withdraw(house, someone) for _ in range(5)]
    deliver(house)
    page = told(crm.id, size=2)
    assert [line.event for line in page] == [events[4].id, events[3].id]
    assert [line.event for line in told(crm.id, before=page[-1].position)] == [event.id for event in events[2::-1]]
    assert told(crm.id, state="due") == ()
    assert all(line.told_position is None for line in page)
    sequence_all()
    assert all(line.told_position is not None for line in told(crm.id))


def test_what_was_told_long_ago_is_let_go(house: House, receiver: Receiver, someone: UUID) -> None:
    """After its time, and not before; what failed stays until somebody has looked after it."""
    crm = add(house, "crm", receiver.url).consumer
    withdraw(house, someone)
    deliver(house)
    receiver.answer = status(500)
    late = withdraw(house, someone, channel="email")
    deliver(house)
    assert webhooks.prune(house) == 0
    later(days=webhooks.KEEP_SETTLED.days + 1)
    assert webhooks.prune(house) == 1
    assert [line.event for line in told(crm.id)] == [late.id]


# ---------------------------------------------------------------------------------------------------- where it may go


@pytest.mark.parametrize("url", [
    "ftp://example.com/x", "https://", "https://user:secret@example.com/", "https://example.com/#part", "http://example.com/",
    "https://example.com/" + "x" * 2050, "https://exämple.com/", "https://exa mple.com/", "https://10.1.2.3/", "https://192.168.0.9/",
    "https://169.254.169.254/latest/meta-data", "https://[fe80::1]/", "https://[::1]/", "https://127.0.0.1/", "http://127.0.0.1/",
    "https://224.0.0.1/", "https://0.0.0.0/", "https://100.100.100.200/", "https://[::ffff:10.0.0.1]/", "https://[fd00:ec2::254]/",
    "https://192.0.0.192/", "https://168.63.129.16/", "https://[2002:a00:1::]/", "https://[64:ff9b::a00:1]/", "https://example.com:99999/", "http://localhost/", "",
])  # fmt: skip
def test_messages_go_to_public_places_over_tls_alone(url: str) -> None:
    """Nothing private, local, of a cloud's metadata, or in clear, and no name or password in a URL."""
    with pytest.raises(Invalid):
        checked_url(url, Reach())


@pytest.mark.parametrize("url", ["https://example.com/hook?x=1", "https://8.8.8.8/", "https://[2606:4700::1111]:8443/a"])
def test_public_places_are_good(url: str) -> None:
    """What is public passes as it is."""
    assert checked_url(url, Reach()) == url


def test_named_networks_may_be_reached_and_metadata_never() -> None:
    """A deployment can name networks of its own; link-local and multicast stay out even so."""
    reach = Reach((ip_network("10.20.0.0/16"), ip_network("169.254.0.0/16"), ip_network("224.0.0.0/4"), LOOPBACK))
    assert checked_url("https://10.20.3.4/", reach)
    assert checked_url("http://127.0.0.1:8080/", reach)
    for url in ("https://10.21.3.4/", "https://169.254.169.254/", "https://224.0.0.1/", "http://10.20.3.4/"):
        with pytest.raises(Invalid):
            checked_url(url, reach)


def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    """The address is judged when it is connected to; one bad one among several spoils all."""
    names = {"inside.example": ["127.0.0.1"], "both.example": ["8.8.8.8", "10.0.0.1"], "nowhere.example": []}

    def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        if not names.get(host):
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names[host]]

    monkeypatch.setattr("janji.network.addresses.socket.getaddrinfo", looked_up)
    with Courier(Reach(), 1) as sender:
        port = receiver.url.rsplit(":", 1)[1]
        assert sender.post(f"https://inside.example:{port}", {}, b"{}").trouble == "address"
        assert sender.post("https://both.example/", {}, b"{}").trouble == "address"
        assert sender.post("https://nowhere.example/", {}, b"{}").trouble == "name"
    with pytest.raises(Unreachable):
        Reach((LOOPBACK, ip_network("10.0.0.0/8"))).resolve("both.example", 80, plain=True)
    assert receiver.got == []


def test_a_name_that_changes_after_it_was_checked_changes_nothing(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    """The connection goes to the address that was checked: the name is looked up once (DNS rebinding)."""
    port = int(receiver.url.rsplit(":", 1)[1].split("/")[0])
    asked = []

    def looked_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if host.replace(".", "").isdigit() or len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with Courier(Reach((LOOPBACK,)), 1) as sender:
        assert sender.post(f"http://shop.example:{port}/hook", {}, b"{}").status == 204
    assert asked.count("shop.example") == 1
    assert receiver.got[0].headers["host"] == f"shop.example:{port}"


def certificate(folder: Path, *names: str) -> ssl.SSLContext:
    """A server's TLS with a certificate for these names, signed by itself; it lies in `folder/certificate.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "of a test")])
    now = datetime.now(UTC)
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).add_extension(alternatives, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def test_a_certificate_that_is_not_trusted_is_not_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nobody we know, or for another name: nothing is sent. Trusted and of that name: it is."""
    near_by = Reach((LOOPBACK, ip_network("::1/128")))
    with receiving(tls=certificate(tmp_path, "localhost")) as held:
        port = held.url.rsplit(":", 1)[1]
        with Courier(near_by, 1) as sender:
            assert sender.post(f"https://localhost:{port}", {}, b"{}").trouble == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        with Courier(near_by, 1) as sender:
            assert sender.post(f"https://127.0.0.1:{port}", {}, b"{}").trouble == "tls"
            assert sender.post(f"https://localhost:{port}", {}, b"{}").status == 204
        assert len(held.got) == 1


def test_the_client_library_takes_what_is_sent(house: House, receiver: Receiver, someone: UUID) -> None:
    """What a receiver verifies with `janji_client` is what we sign, and a changed byte or another secret is refused."""
    real = replace(house, runtime=Runtime(house.runtime.settings, house.runtime.tongue))
    made = add(real, "crm", receiver.url)
    event = withdraw(real, someone)
    assert deliver(real).told == 1
    (got,) = receiver.got
    taken = Verifier(made.secret).read(got.headers, got.body)
    assert (taken.type, taken.data["event"], taken.id) == ("withdrawal", str(event.id), got.id)
    with pytest.raises(Unverified):
        Verifier(made.secret).read(got.headers, got.body.replace(b"newsletters", b"newsletterz"))
    with pytest.raises(Unverified):
        Verifier(signing.shown(b"x" * 32)).read(got.headers, got.body)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    """A proxy would connect to where we did not look."""
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with Courier(Reach((LOOPBACK,)), 1) as sender:
            assert sender.post(receiver.url, {}, b"{}").status == 204
        assert proxy.got == []


def test_settings_name_the_networks(tmp_path: Path) -> None:
    """From the environment or the file; what is no network is refused by the name of the setting."""
    from janji.workflows.runtime import load_settings

    found = load_settings(tmp_path, {"JANJI_WEBHOOK_NETWORKS": "127.0.0.0/8, fd12::/16"})
    assert [str(network) for network in found.webhook_networks] == ["127.0.0.0/8", "fd12::/16"]
    (tmp_path / "janji.toml").write_text('webhook_networks = ["10.0.0.0/8"]\n', encoding="utf-8")
    assert load_settings(tmp_path, {}).webhook_networks == (ip_network("10.0.0.0/8"),)
    with pytest.raises(JanjiError):
        load_settings(tmp_path, {"JANJI_WEBHOOK_NETWORKS": "somewhere"})
    assert ip_address("127.0.0.1") in found.webhook_networks[0]
    assert datetime(2026, 12, 1, 3, tzinfo=UTC) == NOW
