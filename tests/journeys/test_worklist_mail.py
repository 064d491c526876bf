"""Owners written to by a real mail server: the link, the reminders, and what happens when the server is gone or refuses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.choosing import Clock
from tests.mailbox import Mailbox, hanging_up, mailbox, make_certificate
from tests.manual import BATCH, SIGNED, asked, owned_house

from janji.delivery.mail import Letter, MailServer, Postman, mail_server
from janji.errors import Refusal, Unavailable
from janji.store import worklists as store
from janji.store.database import connection
from janji.workflows.house import House
from janji.workflows.runtime import load_settings
from janji.workflows.worklist_answers import nothing_found
from janji.workflows.worklist_mail import remind, send_due, work
from janji.workflows.worklists import PATH, Right, read_link, revoke, worklist

LETTER = Letter("one", "dewi@toko.example", "A subject\r\nBcc: x@y.example", "Text with é.\n", "id")
SENDER = "privacy@example.net"


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server."""
    with mailbox() as found:
        yield found


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path, box: Mailbox) -> House:
    """A house that writes to owners."""
    return reaching(owned_house(database_url, clock, tmp_path), box.url)


def reaching(house: House, url: str) -> House:
    """The house with a mail server."""
    settings = replace(house.runtime.settings, mail_url=url, mail_from=SENDER, public_url="https://privacy.example.net")
    return replace(house, runtime=replace(house.runtime, settings=settings))


def to(box: Mailbox, address: str) -> list[str]:
    """The texts that somebody was sent."""
    return [message.get_content() for whom, message in box.taken if whom == address]


def test_an_owner_is_sent_the_link_in_their_language_and_nothing_about_people(house: House, box: Mailbox) -> None:
    """One message an owner; the link in it opens the list; no identifier is in headers or text."""
    lists = asked(house)
    assert work(house) == 2
    assert work(house) == 0
    assert sorted(whom for whom, _ in box.taken) == ["dewi@toko.example", "rudi@gudang.example"]
    dewi = next(message for whom, message in box.taken if whom == "dewi@toko.example")
    assert (dewi["From"], dewi["Auto-Submitted"], dewi["Content-Language"]) == (SENDER, "auto-generated", "id")
    assert dewi["Message-ID"] == f"<{lists['Dewi'].id}.1.1@example.net>"
    text = dewi.get_content()
    assert "kasir, loyalty" in text
    link = next(word for word in text.split() if word.startswith("https://"))
    assert link.endswith("?language=id")
    assert read_link(house, link.removesuffix("?language=id").rpartition(PATH)[2]).id == lists["Dewi"].id
    for _, message in box.taken:
        assert not any(word in message.as_string() for word in ("ani@", "budi@", "81234567890"))


def test_reminders_come_after_a_day_and_two_and_end_with_the_answer(house: House, box: Mailbox, clock: Clock) -> None:
    """Dewi answers after the first reminder, Rudi never: one message less, and no fourth."""
    lists = asked(house, Right.ERASE)
    counts = []
    for hours in (0, 23, 1, 0.1, 23, 1, 24, 100):
        clock.put_on(hours=hours)
        send_due(house)
        counts.append((len(to(box, "dewi@toko.example")), len(to(box, "rudi@gudang.example"))))
        if len(counts) == 4:
            nothing_found(house, lists["Dewi"].row, SIGNED)
    assert counts == [(1, 1), (1, 1), (2, 2), (2, 2), (2, 2), (2, 3), (2, 3), (2, 3)]
    subjects = [message["Subject"] for whom, message in box.taken if whom == "rudi@gudang.example"]
    assert ["reminder" in subject for subject in subjects] == [False, True, True]


def test_what_was_missed_is_not_made_up_for(house: House, box: Mailbox, clock: Clock) -> None:
    """A worker that was away for thirty hours sends one message, not two; the next one in time."""
    asked(house)
    clock.put_on(hours=30)
    assert send_due(house) == 2
    assert send_due(house) == 0
    clock.put_on(hours=18)
    assert send_due(house) == 2


def test_a_server_that_is_gone_is_tried_again(house: House, box: Mailbox, clock: Clock) -> None:
    """The list says why; after a quarter of an hour the message goes; nothing is sent twice."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = reaching(house, f"smtp://127.0.0.1:{free.getsockname()[1]}")
    asked(house)
    assert send_due(gone) == 0
    assert {row.trouble for row in store.of_batch(BATCH)} == {"connection"}
    assert send_due(house) == 0
    clock.put_on(minutes=15)
    assert send_due(house) == 2
    assert {(row.trouble, row.mailed) for row in store.of_batch(BATCH)} == {("", 1)}


def test_a_server_that_fails_is_not_asked_for_every_letter(house: House) -> None:
    """One attempt a round: a server that hangs holds up no more than one."""
    asked(house)
    with hanging_up() as (url, calls):
        assert send_due(reaching(house, url)) == 0
    assert len(calls) == 1
    assert {row.trouble for row in store.of_batch(BATCH)} == {"connection"}


def test_an_address_that_is_refused_is_told_to_staff(house: House, box: Mailbox) -> None:
    """The others get theirs; a task is open; the address is in none of it."""
    box.refuses.add("dewi@toko.example")
    lists = asked(house)
    assert send_due(house) == 1
    row = worklist(house, lists["Dewi"].id).row
    assert (row.trouble, row.mailed, row.task is None) == ("recipient", 0, False)
    (task,) = connection().execute("SELECT details::text FROM task WHERE kind = 'worklist-open'").fetchall()
    assert "recipient" in task[0]
    assert "toko" not in task[0]


def test_a_kill_between_sending_and_keeping_sends_the_same_message_again(house: House, box: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never none; the second has the id of the first, and nobody else takes it before the lease is over."""
    from janji.workflows import worklist_mail

    lists = asked(house)
    with monkeypatch.context() as patch:
        patch.setattr(worklist_mail, "_keep", lambda *_: None)
        send_due(house)
    assert send_due(house) == 0
    clock.put_on(minutes=6)
    assert send_due(house) == 2
    ids = [message["Message-ID"] for whom, message in box.taken if whom == "dewi@toko.example"]
    assert ids == [f"<{lists['Dewi'].id}.1.1@example.net>"] * 2


def test_a_revoked_list_sends_nothing_until_somebody_says_so(house: House, box: Mailbox, clock: Clock) -> None:
    """Then with a new link, and with reminders as before."""
    one = asked(house)["Rudi"]
    send_due(house)
    revoke(house, one.id)
    clock.put_on(hours=25)
    send_due(house)
    assert len(to(box, "rudi@gudang.example")) == 1
    remind(house, one.id)
    assert len(to(box, "rudi@gudang.example")) == 2
    links = [next(word for word in text.split() if word.startswith("https://")) for text in to(box, "rudi@gudang.example")]
    assert links[0] != links[1]
    clock.put_on(hours=24)
    send_due(house)
    assert len(to(box, "rudi@gudang.example")) == 3


def test_what_is_revoked_or_answered_while_a_message_is_on_its_way_stays_so(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message went; the list is not brought back to sending by it."""
    lists = asked(house)
    sent = Postman.send

    def meanwhile(postman: Postman, letter: Letter) -> str:
        if letter.to.startswith("rudi"):
            revoke(house, lists["Rudi"].id)
        else:
            nothing_found(house, lists["Dewi"].row, SIGNED)
        return sent(postman, letter)

    monkeypatch.setattr(Postman, "send", meanwhile)
    assert send_due(house) == 2
    assert {(row.state, row.next, row.mailed) for row in store.of_batch(BATCH)} == {("answered", None, 0), ("open", None, 0)}


def test_reminding_says_why_it_cannot(house: House, box: Mailbox) -> None:
    """No server, no owner's mailbox, nothing to be reminded of."""
    lists = asked(house)
    bare = replace(house, runtime=replace(house.runtime, settings=replace(house.runtime.settings, mail_url=None)))
    assert send_due(bare) == 0
    with pytest.raises(Refusal, match="no mail"):
        remind(bare, lists["Rudi"].id)
    box.refuses.add("rudi@gudang.example")
    with pytest.raises(Unavailable, match="does not take mail"):
        remind(house, lists["Rudi"].id)
    nothing_found(house, lists["Dewi"].row, SIGNED)
    with pytest.raises(Refusal, match="answered"):
        remind(house, lists["Dewi"].id)


# ------------------------------------------------------------------------------------------------------------ the server


def test_mail_is_encrypted_where_the_server_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By STARTTLS and from the first byte on; a certificate that nobody vouches for is not believed."""
    certificate = make_certificate(tmp_path / "server.pem")
    for implicit in (False, True):
        with mailbox(certificate, implicit=implicit) as box:
            server = MailServer("127.0.0.1", box.port, implicit)
            with monkeypatch.context() as patch:
                patch.setenv("SSL_CERT_FILE", str(certificate))
                with Postman(server, SENDER) as postman:
                    assert [postman.greet(), postman.send(LETTER), postman.send(LETTER)] == ["", "", ""]
            assert box.encrypted == [True, True]
            with Postman(server, SENDER) as postman:
                assert postman.send(LETTER) == "tls"
            assert len(box.taken) == 2


def test_a_server_elsewhere_that_offers_no_encryption_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may have it in clear."""
    with mailbox() as box:
        with Postman(MailServer("127.0.0.1", box.port), SENDER) as postman:
            assert postman.send(LETTER) == ""
        with monkeypatch.context() as patch, Postman(MailServer("127.0.0.1", box.port), SENDER) as postman:
            patch.setattr(MailServer, "here", False)
            assert postman.send(LETTER) == "tls"
        assert len(box.taken) == 1
    assert [MailServer(host, 25).here for host in ("localhost", "127.9.9.9", "::1", "mail.example.com", "10.0.0.1")] == [True, True, True, False, False]


def test_a_server_asks_who_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the right password, with a wrong one, with none."""
    certificate = make_certificate(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mailbox(certificate, signs_in=("janji", "p@ss:word")) as box:
        sent = {}
        for url in ("janji:p%40ss%3Aword@", "janji:wrong@", ""):
            with Postman(mail_server(f"smtp://{url}127.0.0.1:{box.port}"), SENDER) as postman:
                sent[url] = postman.send(LETTER)
        assert sent == {"janji:p%40ss%3Aword@": "", "janji:wrong@": "sign-in", "": "refused"}
        assert "p@ss" not in repr(mail_server("smtp://janji:p%40ss@h"))
        assert load_settings(Path("/nowhere"), {"JANJI_MAIL_URL": f"smtp://janji:p%40ss%3Aword@127.0.0.1:{box.port}"}).mail_url


def test_a_letter_is_what_it_says(tmp_path: Path) -> None:
    """A line end in a subject begins no header; text in UTF-8 arrives as it was; one connection for several letters."""
    with mailbox() as box, Postman(MailServer("127.0.0.1", box.port), SENDER) as postman:
        for _ in range(3):
            assert postman.send(LETTER) == ""
    (_, message), *_ = box.taken
    assert (message["Subject"], message["Bcc"]) == ("A subject Bcc: x@y.example", None)
    assert message.get_content().splitlines() == ["Text with é."]
    assert len(box.taken) == 3
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with Postman(MailServer("127.0.0.1", free.getsockname()[1]), SENDER) as postman:
            assert postman.send(LETTER) == "connection"
    with Postman(MailServer("no-such-host.invalid", 25), SENDER) as postman:
        assert postman.send(LETTER) == "name"
