"""Rights asked for by mail: a real listener, what becomes of ordinary, hostile and mechanical messages, and who is answered."""

from __future__ import annotations

import gc
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.choosing import Clocked
from tests.rights_house import BROWSER, SENDER, Rights, rights_house
from tests.serving import serving, wait_until

from janji.delivery import mailbox as listener
from janji.delivery.mailbox import LARGEST, Verdict, read_mail
from janji.errors import Invalid, Refusal, Unavailable
from janji.rights.requests import Intake, Outcome, State
from janji.store import messages as outbox
from janji.store.database import fetch
from janji.terms.messages import ENGLISH
from janji.terms.processing import Right
from janji.workflows import messages
from janji.workflows.door import Door
from janji.workflows.mail_intake import mail_taken
from janji.workflows.request_identity import Trial, show_code
from janji.workflows.request_intake import AN_ADDRESS, Wish, take
from janji.workflows.request_on_behalf import Meant, turn
from janji.workflows.request_pages import page_path
from janji.workflows.request_work import work_off
from janji.workflows.requests import approve, request_of, said, waits_for


@pytest.fixture(scope="module")
def rights(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rights]:
    """A house for all tests of this module: each has people of its own."""
    with rights_house(module_database_url, tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(scope="module")
def port(rights: Rights) -> Iterator[int]:
    """The port of its listener."""
    house = rights.house
    assert isinstance(house.runtime, Clocked)
    runtime = Clocked(replace(house.runtime.settings, mail_intake="127.0.0.1:0"), house.runtime.tongue, house.runtime.clock)
    with mail_taken(Door(replace(house, runtime=runtime))) as found:
        assert found is not None
        yield found


def write(sender: str, text: str, subject: str = "Hello", **headers: str) -> EmailMessage:
    """A message as people write them."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, SENDER, subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def send(port: int, message: EmailMessage | bytes, sender: str = "a@example.org", to: str = SENDER) -> tuple[int, str]:
    """Hand a message to the listener as a mail server does; the code of its answer, and what it said."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
        try:
            smtp.sendmail(sender, [to], message if isinstance(message, bytes) else message.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            return next(iter(error.recipients.values()))[0], ""
        except smtplib.SMTPResponseException as error:
            return error.smtp_code, str(error.smtp_error)
    return 250, ""


def requests() -> list[UUID]:
    """Every request, in the order in which they came."""
    return [row[0] for row in fetch("SELECT id FROM rights_request ORDER BY opened, id")]


def test_a_message_becomes_a_request_with_the_instant_at_which_it_came(rights: Rights, port: int) -> None:
    """In everybody's words, in either language: right, intake and words are kept, and the code goes to who wrote."""
    before = len(requests())
    for address, text, kind, language in (
        ("ani@example.org", "Dear Sony, my TV hums. Please also delete my account and all my data.", Right.DELETION, "en"),
        ("budi@example.org", "Halo, saya mau minta salinan semua data saya yang kalian simpan.", Right.ACCESS, "id"),
        ("citra@example.org", "When does your shop in Bandung open, please?", Right.INFORMATION, "en"),
    ):  # fmt: skip
        assert send(port, write(f"Somebody <{address}>", text)) == (250, "")
        made = request_of(requests()[-1])
        assert (made.kind, made.intake, made.opened) == (kind, Intake.EMAIL, rights.clock.at)
        assert text in said(rights.house, made.id)["words"]
        assert made.details["language"] == language
        assert address in {to for to, _ in rights.letters()}
        if kind is not Right.INFORMATION:
            assert len(rights.code(address)) == 8
        rights.clock.put_on(minutes=1)
    assert len(requests()) == before + 3


def test_a_long_letter_is_kept_whole(rights: Rights, port: int) -> None:
    """What stands at its end is read as well, by whoever answers."""
    rights.clock.put_on(minutes=1)
    text = "Halo, saya mau minta salinan semua data saya. " + "Saya pelanggan lama.\n" * 400 + "KANARI"
    assert send(port, write("long@example.org", text).as_bytes(policy=SMTP), "long@example.org") == (250, "")
    assert said(rights.house, requests()[-1])["words"].endswith("KANARI")


@pytest.mark.parametrize(("text", "recorded"), [
    ("Halo, nama saya salah di akun. Mohon diperbaiki menjadi Citra Lim.", ["information"]),
    ("Mohon berikan salinan semua data saya, dan betulkan alamat saya, sekarang Jalan Melati 9.", ["access", "information"]),
    ("Kalian tahu apa yang saya mau; kerjakan segera.", ["information"]),
    ("Please delete my data. Send me a copy of my data before. And restrict the processing of my data.", ["deletion", "access", "information"]),
])  # fmt: skip
def test_what_words_alone_do_not_settle_is_read_by_an_officer(rights: Rights, port: int, text: str, recorded: list[str]) -> None:
    """A value to be put right, a wish nobody understood, a third right: no answer goes out by itself, on the strictest clock; what is plain goes on."""
    rights.clock.put_on(minutes=1)
    sender, before = f"unsure{len(requests())}@example.org", len(requests())
    assert send(port, write(sender, text)) == (250, "")
    made = [request_of(id) for id in requests()[before:]]
    assert sorted(one.right for one in made) == sorted(recorded)
    for _ in range(3):
        work_off(rights.house)
    question = request_of(next(one.id for one in made if one.kind is Right.INFORMATION))
    assert question.state is State.APPROVAL
    assert "an officer must read" in waits_for(question).render(ENGLISH)
    assert question.due == question.opened + timedelta(days=3)  # that of a correction, and not of a question
    approve(rights.house, question.id, "Dewi")
    work_off(rights.house)
    assert request_of(question.id).outcome is Outcome.DONE


def read_by_an_officer(rights: Rights, port: int, sender: str) -> UUID:
    """A correction that came by mail, and waits for an officer as a question."""
    assert send(port, write(sender, "Halo, nama saya salah di akun. Mohon diperbaiki menjadi Citra Lim.")) == (250, "")
    work_off(rights.house)
    return requests()[-1]


RIGHT = {"correct": [{"data": "name", "was": "Citra Lin", "becomes": "Citra Lim"}]}


def test_what_its_words_ask_for_is_recorded_on_the_clock_that_they_have(rights: Rights, port: int) -> None:
    """A correction by mail, read a day later: instant, words, sender and language stay, whatever else staff hand in; a code goes to the sender, and the question ends."""
    rights.clock.put_on(minutes=1)
    sender, came = f"wrong{len(requests())}@example.org", rights.clock.at
    id = read_by_an_officer(rights, port, sender)
    rights.clock.put_on(hours=30)
    for right in ("correction", "information", "flying"):  # nothing says what is right; it is that already; no such right
        with pytest.raises(Invalid):
            turn(rights.house, id, Meant(right=right), "Ratna")
    assert request_of(id).state is State.APPROVAL
    made = turn(rights.house, id, Meant(right="correction", more={**RIGHT, "words": "x", "answer_to": [["email", "thief@example.org"]]}), "Ratna")
    assert (made.state, made.opened, made.due, made.intake, made.details["language"]) == (State.UNVERIFIED, came, came + timedelta(days=3), Intake.EMAIL, "id")
    held = said(rights.house, made.id)
    assert (held["answer_to"], held["correct"], "Citra Lim" in held["words"]) == ([["email", sender]], RIGHT["correct"], True)
    first = request_of(id)
    assert (first.outcome, first.details["same"], made.details["came_as"]) == (Outcome.RECLASSIFIED, str(made.id), str(id))
    assert show_code(rights.house, made.id, rights.code(sender)) is not Trial.WRONG
    with pytest.raises(Refusal):
        turn(rights.house, id, Meant(right="deletion"), "Ratna")
    page = rights.get(page_path(rights.house, id, shown=True)).text
    assert "recorded it as the right that you use" in page
    rights.clock.put_on(minutes=1)


def test_what_else_its_words_ask_for_is_recorded_beside(rights: Rights, port: int) -> None:
    """The question stays open where staff say so; sent twice it is one; what came in one message is not counted as many."""
    rights.clock.put_on(days=1)
    sender = f"wrong{len(requests())}@example.org"
    id, number = read_by_an_officer(rights, port, sender), rights.house.runtime.new_id()
    made = [turn(rights.house, id, Meant(right="deletion", stays=True, id=number), "Ratna").id for _ in range(AN_ADDRESS + 1)]
    assert made == [number] * len(made)
    for _ in range(AN_ADDRESS):
        turn(rights.house, id, Meant(right="access", stays=True), "Ratna")
    assert request_of(id).state is State.APPROVAL
    approve(rights.house, id, "Dewi")
    with pytest.raises(Refusal):
        turn(rights.house, id, Meant(right="deletion"), "Ratna")
    rights.clock.put_on(minutes=1)


def test_words_of_no_language_are_answered_in_that_of_the_house(rights: Rights, port: int) -> None:
    """What tells no language, and what no language is said for, has the setting's."""
    assert send(port, write("hana@example.org", "?!", "1234")) == (250, "")
    bare = take(rights.house, Wish(right="access", contact=("email", "hana2@example.org")))
    spoken = rights.house.runtime.settings.language
    assert [request_of(id).details["language"] for id in (requests()[-2], bare.request.id)] == [spoken, spoken]
    rights.clock.put_on(minutes=1)


def test_the_same_message_twice_is_taken_once(rights: Rights, port: int) -> None:
    """A server that did not see the answer sends again: same number, one request."""
    message, before = write("dewi@example.org", "delete my data", Message_ID="<one@example.org>"), len(requests())
    assert {send(port, message)[0] for _ in range(3)} == {250}
    assert len(requests()) == before + 1


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}, {"Precedence": "auto_reply"}, {"List_Id": "<x.example.org>"},
    {"X_Autoreply": "yes"}, {"X_Loop": "me"},
])  # fmt: skip
def test_machines_are_passed_over(rights: Rights, port: int, headers: dict[str, str]) -> None:
    """Absence notices, lists and loops: taken, and nobody is answered."""
    before = len(requests())
    assert send(port, write("robot@example.org", "please delete my data", **headers)) == (250, "")
    assert send(port, write("robot@example.org", "please delete my data"), sender="no-reply@example.org") == (250, "")
    assert send(port, write(SENDER, "please delete my data")) == (250, "")
    assert len(requests()) == before


def test_nothing_is_passed_on_to_others(rights: Rights, port: int) -> None:
    """Mail for anybody else is refused before it is sent; too long a message too."""
    message, before = write("eko@example.org", "delete my data"), len(requests())
    assert send(port, message, to="somebody@elsewhere.example")[0] == 550
    assert send(port, b"From: eko@example.org\r\n\r\n" + b"x" * (LARGEST + 1000))[0] == 552
    assert send(port, b"From: eko@example.org, fajar@example.org\r\n\r\ndelete my data")[0] == 550
    assert send(port, b"Subject: no sender\r\n\r\ndelete my data")[0] == 550
    assert len(requests()) == before


def test_headers_cannot_be_smuggled_in(rights: Rights, port: int) -> None:
    """Line ends in sender, subject or number make no headers of ours, and no second recipient."""
    mail = b"From: =?utf-8?q?gita=40example=2Eorg=0D=0ABcc=3A_victim=40example=2Ecom?= <gita@example.org>\r\nSubject: =?utf-8?q?hello=0D=0ABcc=3A_victim=40example=2Ecom?=\r\n\r\ndelete my data"
    assert send(port, mail)[0] == 550  # two addresses in the place of one
    assert send(port, b"From: gita@example.org\r\n" + mail.partition(b"\r\n")[2]) == (250, "")
    sent = [(to, one) for to, one in _sent(rights)]
    assert "victim@example.com" not in {to for to, _ in sent}
    assert not [one for _, one in sent if one["Bcc"] or "victim" in str(one["To"])]
    for raw in (b"From: a@example.org\nSubject: a\r\n b\x00c\r\n\r\n\xff\xfe", b"", b"\x00" * 100, b"From: <>\r\n\r\n", b"From: a@example.org\r\nContent-Type: text/plain; charset=nowhere\r\n\r\nx"):
        found = read_mail(raw, "a@example.org")
        assert found is None or found.subject.isprintable()


def _sent(rights: Rights) -> list[tuple[str, Any]]:
    messages.work(rights.house)
    return rights.box.taken


PART = b"--b\r\nContent-Type: text/plain\r\n\r\ndelete my data\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n"


@pytest.mark.parametrize(("head", "body"), [
    (b"Content-Type: text/plain;" + b"\r\n a*0=x;" * 400, b"delete my data"),
    (b"Subject: a" + b"\r\n =?utf-8?q?a?=" * 600, b"delete my data"),
    (b"X-Loop: a" + b"\r\n =?utf-8?q?a?=" * 600, b"delete my data"),
    (b"".join(b"X-%d: a\r\n" % number for number in range(20_000)) + b"X: a", b"delete my data"),
    (MIXED, PART * 201),
    (MIXED, b"--b\r\nContent-Type: text/plain;" + b"\n\ta=x;" * 400 + b"\r\n\r\ndelete my data"),
    (b"Content-Type: message/rfc822\r\n\r\nContent-Type: text/plain;" + b"\r a=x;" * 400, b"delete my data"),
], ids=("parameters", "subject", "loop", "headers", "parts", "of a part", "nested"))  # fmt: skip
def test_a_message_that_takes_the_square_of_its_length_to_read_is_not_read(head: bytes, body: bytes) -> None:
    """One sender could keep the listener busy for minutes by one small message: headers that go on and on, and very many parts."""
    assert read_mail(b"From: a@example.org\r\n" + head + b"\r\n\r\n" + body, "a@example.org") is None


def test_long_headers_of_servers_and_many_attachments_are_no_hindrance() -> None:
    """What mail servers write into a message on its way is not read, however long it is."""
    ways = b"X-Microsoft-Antispam-Message-Info: " + b"\r\n AbCdEf0123456789" * 1000 + b"\r\nReferences:" + b"\r\n <0123456789@example.org>" * 100 + b"\r\n"
    found = read_mail(b"From: a@example.org\r\n" + ways + MIXED + b"\r\n" + PART * 60 + b"--b--\r\n", "a@example.org")
    assert found is not None
    assert "delete my data" in found.text


def test_html_is_read_without_its_marks() -> None:
    """What scripts and styles hold is not read; entities and paragraphs are."""
    made = write("hari@example.org", "")
    made.clear_content()
    made.set_content("<style>p{}</style><script>alert('delete my data')</script><p>Tolong&nbsp;hapus <b>data</b> saya</p><p>Terima kasih", subtype="html")
    found = read_mail(made.as_bytes(), "hari@example.org")
    assert found is not None
    assert "alert" not in found.text
    assert "hapus" in found.text
    assert "data" in found.text.replace("alert", "")


def test_forty_from_one_address_are_not_stored_as_many(rights: Rights, port: int) -> None:
    """A day's share is recorded; the others are told that those are in hand, and cost a count each."""
    before, codes = len(requests()), []
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
        for number in range(40):
            try:
                smtp.sendmail("x@example.org", [SENDER], write("many@example.org", f"delete my data {number}").as_bytes())
                codes.append(250)
            except smtplib.SMTPDataError as error:
                codes.append(error.smtp_code)
    assert codes == [250] * AN_ADDRESS + [452] * (40 - AN_ADDRESS)
    assert len(requests()) == before + AN_ADDRESS


def test_what_comes_back_is_noted_with_what_was_sent(rights: Rights, port: int) -> None:
    """A bounce makes no request: the message that could not be delivered goes by its next way, or to staff."""
    assert send(port, write("indah@example.org", "delete my data"))[0] == 250
    sent = next(one for to, one in _sent(rights) if to == "indah@example.org")
    before = len(requests())
    report = (
        b"From: MAILER-DAEMON@mx.example.org\r\nTo: privacy@example.net\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nno such mailbox\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: " + str(sent["Message-ID"]).encode() + b"\r\n\r\nx\r\n--b--\r\n"
    )  # fmt: skip
    assert send(port, report, sender="")[0] == 250
    assert len(requests()) == before
    number = UUID(str(sent["Message-ID"]).strip("<>").partition("@")[0])
    row = outbox.messages([number])[number]
    assert row.state != "sent"


def test_when_the_record_is_gone_mail_comes_later(rights: Rights, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost: the server that sends is told to try again, and nothing of the error is said."""
    from janji.errors import Unavailable
    from janji.terms.messages import say
    from janji.workflows import mail_intake

    def gone(*_: Any) -> Verdict:
        raise Unavailable(say("the database does not answer"))

    monkeypatch.setattr(mail_intake, "take_mail", gone)
    assert send(port, write("joko@example.org", "delete my data"))[0] == 451


def test_so_many_connections_and_no_more(rights: Rights, port: int) -> None:
    """Who comes when all are taken is told to come later; when one goes, the next is served."""
    held: list[socket.socket] = []
    wait_until(lambda: not listener._Listener.open)  # who came before is gone
    try:
        held += [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(listener.CONNECTIONS + 1)]
        first = [one.recv(200) for one in held]
        assert sum(said.startswith(b"421") for said in first) == 1
    finally:
        for one in held:
            one.close()
    wait_until(lambda: served(port))


def served(port: int) -> bool:
    """Whether somebody who comes now is served."""
    try:
        return send(port, write("kiki@example.org", "hello"))[0] == 250
    except smtplib.SMTPConnectError:
        return False


def test_no_address_is_logged(rights: Rights, port: int, caplog: pytest.LogCaptureFixture) -> None:
    """What the library would say of a connection holds addresses: nothing of it is kept."""
    with caplog.at_level(0):
        send(port, write("secret-one@example.org", "delete my data"), sender="secret-two@example.org")
    assert "secret-" not in caplog.text




def test_the_program_listens_and_answers_by_itself(rights: Rights, module_database_url: str, tmp_path: Path) -> None:
    """`janji serve` takes a message, its worker sends the code, and the code shows who asks: no hand in between."""
    (tmp_path / "data" / "keys").mkdir(parents=True)
    more = {"JANJI_MAIL_INTAKE": "127.0.0.1:0", "JANJI_MAIL_URL": rights.box.url, "JANJI_MAIL_FROM": SENDER, "JANJI_PUBLIC_URL": "https://privacy.example.net"}
    with serving(tmp_path, module_database_url, **more) as running:
        wait_until(lambda: running.events("mail-intake"))
        assert send(running.events("mail-intake")[0]["port"], write("lina@example.org", "please restrict the processing of my data")) == (250, "")
        wait_until(lambda: [to for to, _ in rights.box.taken if to == "lina@example.org"])
        path = rights.link("lina@example.org")
        answer = httpx.post(running.url + path, data={"go": "yes"}, headers=BROWSER, timeout=60)
        assert answer.status_code == 200
        assert "Thank you" in answer.text
        assert running.end() == 0
        assert "lina" not in running.errors()


def test_where_one_cannot_listen_is_said(rights: Rights, port: int) -> None:
    """The port is taken: which, and what to set; nothing stays open."""
    assert isinstance(rights.house.runtime, Clocked)
    settings = replace(rights.house.runtime.settings, mail_intake=f"127.0.0.1:{port}")
    door = Door(replace(rights.house, runtime=Clocked(settings, rights.house.runtime.tongue, rights.clock)))
    with pytest.raises(Unavailable) as caught, mail_taken(door):
        pass
    gc.collect()
    assert str(port) in caught.value.message.render()
