"""My data in the privacy centre: the session of a person, consents with what a no stops, places, record, requests; and every wrong way in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from tests.browser import barriers, browser, needs_browser, overflows, pressed
from tests.choosing import person, yes
from tests.choosing import say as consent
from tests.rights_house import BROWSER, Rights, elsewhere, hidden

from janji.consent.choices import ObjectionMade, Verb
from janji.ledger.events import Actor, Kind
from janji.people.guardians import Communication
from janji.rights.requests import Intake, Outcome, Proof, State
from janji.store import database
from janji.workflows import consents, person_choices, person_sessions, request_identity
from janji.workflows.consents import Asked, choose_many
from janji.workflows.identity import merge
from janji.workflows.people import add_identifier, remove_identifier, show
from janji.workflows.person_choices import chosen
from janji.workflows.recording import Entry, history_of, record
from janji.workflows.request_intake import Wish, take
from janji.workflows.request_links import Act, ActLink, make_act_links, read_act_link, undo
from janji.workflows.requests import Opening, open_request, refuse, request_of, requests_of, said

pytestmark = pytest.mark.usefixtures("a_minute_later")

PARTS = ("", "/consents", "/consents/stop?purpose=newsletters", "/consents/receipts", "/places", "/correct?data=name", "/record", "/requests", "/contact")
SENDS = ("/out", "/consents", "/correct", "/contact")


@contextmanager
def browsing(rights: Rights, **more: str) -> Iterator[httpx.Client]:
    """A browser that keeps cookies."""
    with rights.live.client(follow_redirects=True) as client:
        client.headers.update({**BROWSER, **more})
        yield client


def enter(rights: Rights, client: httpx.Client, address: str, **fields: str) -> httpx.Response:
    """Ask for a code, and type it in."""
    asked = client.post("/my", data={"contact": address, **fields})
    assert asked.status_code == 200, asked.text
    return client.post("/my/code", data={"code": rights.code(address), **hidden(asked.text)})


def token(client: httpx.Client) -> str:
    """What forms of the session carry."""
    return hidden(client.get("/my").text)["token"]


def link_in_mail(rights: Rights, to: str) -> str:
    """The path of the newest link that opens somebody's data."""
    text = [text for one, text in rights.letters() if one == to][-1]
    found = re.search(r"https?://[^/\s]+(/my/in/[\w-]+)", text)
    assert found is not None, text
    return found[1]


def test_a_code_opens_a_session_that_ends(rights: Rights) -> None:
    """HttpOnly, SameSite, sealed; the address is masked; after half an hour, or once signed out, a copy of the cookie opens nothing."""
    person(rights.house, "ani@example.org")
    with browsing(rights) as client:
        opened = enter(rights, client, "ani@example.org", part="consents")
        assert urlsplit(str(opened.url)).path == "/my/consents"
        assert "a***@***.org" in opened.text
        assert "ani@example.org" not in opened.text
        kept = opened.history[-1].headers.get_list("set-cookie")
        session = next(one for one in kept if one.startswith("janji-me="))
        assert all(part in session for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1800"))
        copy = dict(client.cookies)
        assert client.post("/my/out", data={"token": "0" * 64}).status_code == 403
        assert client.post("/my/out", data={"token": token(client)}).status_code == 200
        assert "janji-me" not in client.cookies
        client.cookies.update(copy)
        assert "Send me a code" in client.get("/my/consents").text
    with browsing(rights) as client:
        enter(rights, client, "ani@example.org")
        rights.clock.put_on(minutes=31)
        assert "Send me a code" in client.get("/my").text
        assert client.post("/my/consents", data={"go": "all", "token": "x"}).status_code == 403


def test_no_session_but_by_proof_in_the_same_browser(rights: Rights) -> None:
    """A code without its ticket, with another's, wrong, late, or a second time; a cookie that was planted: nothing opens, one answer."""
    person(rights.house, "budi@example.org")
    with browsing(rights) as client, browsing(rights) as other:
        planted = "x" * 80
        client.cookies.set("janji-me", planted, domain="127.0.0.1")
        client.post("/my", data={"contact": "budi@example.org"})
        right = rights.code("budi@example.org")
        other.post("/my", data={"contact": "else@example.org"})
        for tried in (other.post("/my/code", data={"code": right}), client.post("/my/code", data={"code": "00000000"}), client.post("/my/code", data={"code": ""})):
            assert tried.status_code == 422
            assert 'role="alert"' in tried.text
        copy = dict(client.cookies)
        assert client.post("/my/code", data={"code": right}).status_code == 200
        assert client.cookies["janji-me"] != planted
        with browsing(rights) as thief:
            thief.cookies.update({"janji-ask": copy["janji-ask"]})
            assert thief.post("/my/code", data={"code": right}).status_code == 422
    with browsing(rights) as client:
        client.post("/my", data={"contact": "budi@example.org"})
        late = rights.code("budi@example.org")
        rights.clock.put_on(minutes=16)
        assert client.post("/my/code", data={"code": late}).status_code == 422


def test_guessing_is_cut_off(rights: Rights) -> None:
    """After five wrong codes the right one opens nothing."""
    person(rights.house, "citra@example.org")
    with browsing(rights) as client:
        client.post("/my", data={"contact": "citra@example.org"})
        right = rights.code("citra@example.org")
        for _ in range(5):
            assert client.post("/my/code", data={"code": f"{(int(right) + 1) % 10**8:08d}"}).status_code == 422
        assert client.post("/my/code", data={"code": right}).status_code == 422


def test_nobody_uses_up_the_tries_of_another(rights: Rights) -> None:
    """Wrong codes for an address shut its codes here for a day; the link in the mail still opens, and codes of requests are counted for themselves."""
    person(rights.house, "dian@example.org")
    request = take(rights.house, Wish(right="restriction", contact=("email", "dian@example.org"))).request.id
    code = rights.code("dian@example.org")
    mine = person_sessions.begin(rights.house, ("email", "dian@example.org"), "en")
    right, link = rights.code("dian@example.org"), link_in_mail(rights, "dian@example.org").rpartition("/")[2]
    for _ in range(request_identity.WRONG_A_DAY // 5):
        theirs = person_sessions.begin(rights.house, ("email", "dian@example.org"), "en")
        for _ in range(5):
            assert person_sessions.show_code(rights.house, theirs, "") is None
    assert person_sessions.show_code(rights.house, mine, right) is None
    opened = person_sessions.show_link(rights.house, mine, link)
    assert opened is not None
    assert opened.session
    assert request_identity.show_code(rights.house, request, code) is request_identity.Trial.SHOWN


def test_the_link_asks_first_and_opens_only_where_it_was_looked_at(rights: Rights) -> None:
    """Whoever only looks opens nothing; sent by a page of another site, without the cookie of the look, it opens nothing; twice neither."""
    person(rights.house, "dewi@example.org")
    rights.post("/my", contact="dewi@example.org")
    path = link_in_mail(rights, "dewi@example.org")
    assert rights.post(path, go="yes").status_code == 404
    with browsing(rights) as client:
        looked = client.get(path).text
        assert "Was it you?" in looked
        assert "d***@***.org" in looked
        assert "janji-me" not in client.cookies
        assert "d***@***.org" in client.post(path, data={"go": "yes"}).text
        assert client.get(path).status_code == 200
        client.cookies.delete("janji-me")
        assert client.post(path, data={"go": "yes"}).status_code == 404
    assert rights.get(path[:-2] + "xx").status_code == 404


def test_nobody_learns_who_is_known(rights: Rights) -> None:
    """The page after asking and the mail are the same for everybody; who proves an address that nobody has is told so, and gets no session."""
    person(rights.house, "known@example.org")
    pages, mails = [], []
    for address in ("known@example.org", "stranger@example.org"):
        pages.append(rights.post("/my", contact=address).text)
        mails.append(re.sub(r"\d{4} ?\d{4}|/my/in/[\w-]+", "-", [text for to, text in rights.letters() if to == address][-1]))
    assert pages[0] == pages[1]
    assert mails[0] == mails[1]
    with browsing(rights) as client:
        assert "Nobody is known by this address" in enter(rights, client, "stranger@example.org").text
        assert "janji-me" not in client.cookies
    late = person(rights.house, "old@example.org")
    rights.clock.put_on(hours=3)
    add_identifier(rights.house, late, "email", "taken-over@example.org", Actor.STAFF)
    with browsing(rights) as client:
        assert "Nobody is known by this address" in enter(rights, client, "taken-over@example.org").text


def test_a_session_dies_with_its_address(rights: Rights) -> None:
    """Once the address is not held any more, the cookie opens nothing."""
    subject = person(rights.house, "eko@example.org")
    with browsing(rights) as client:
        enter(rights, client, "eko@example.org")
        remove_identifier(rights.house, subject, "email", "eko@example.org", Actor.STAFF)
        assert "Send me a code" in client.get("/my").text


def test_a_no_shows_first_what_it_stops_and_is_recorded_once(rights: Rights) -> None:
    """Looking changes nothing; one click takes the consent back, per channel too; sent twice it is one; the receipt proves it."""
    subject = person(rights.house, "fitri@example.org")
    for channel in ("email", "sms"):
        consent(rights.house, subject, yes(rights.house, "newsletters", channel))
    with browsing(rights) as client:
        enter(rights, client, "fitri@example.org")
        page = client.get("/my/consents").text
        assert page.count("/consents/stop?purpose=newsletters&amp;channel=") == 2
        looked = client.get("/my/consents/stop", params={"purpose": "newsletters", "channel": "sms"})
        assert "Nothing has changed yet" in looked.text
        assert looked.text.count("This stops") == 1
        assert len([one for one in chosen(rights.house, subject) if len(one.given) == 2]) == 1
        for _ in range(2):
            done = client.post("/my/consents", data={**hidden(looked.text), "go": "stop"})
            assert done.status_code == 200
        assert "had stopped before" in done.text
        (left,) = [one for one in chosen(rights.house, subject) if one.given]
        assert [one.channel for one in left.given] == ["email"]
        withdrawn = [event for event in history_of(rights.house, subject) if event.kind is Kind.CONSENT_WITHDRAWN]
        assert [event.details["channel"] for event in withdrawn] == ["sms"]
        receipts = re.findall(r'href="(/my/consents/[0-9a-f-]{36}/receipt)"', done.text)
        got = client.get(receipts[0])
        assert got.headers["content-disposition"] == 'attachment; filename="receipt.json"'
        assert got.json()
        assert len(client.get("/my/consents/receipts").json()["items"]) == 3


def test_all_advertising_stops_and_an_objection_comes_back(rights: Rights) -> None:
    """One no to all marketing; an objection can be taken back, a consent cannot be given by a click without its notice."""
    subject = person(rights.house, "gita@example.org")
    consent(rights.house, subject, yes(rights.house, "newsletters", "email"))
    with browsing(rights) as client:
        enter(rights, client, "gita@example.org")
        client.post("/my/consents", data={"go": "all", "token": token(client)})
        assert not any(one.given for one in chosen(rights.house, subject))
        rests = next(str(one.purpose.id) for one in chosen(rights.house, subject) if not one.on_consent)
        client.post("/my/consents", data={"go": "stop", "purpose": rests, "token": token(client)})
        objected = [str(one.purpose.id) for one in chosen(rights.house, subject) if one.objected and not one.on_consent]
        assert rests in objected
        for one in objected:
            client.post("/my/consents", data={"go": "again", "purpose": one, "token": token(client)})
        assert not any(one.objected and not one.on_consent for one in chosen(rights.house, subject))
        client.post("/my/consents", data={"go": "again", "purpose": "newsletters", "token": token(client)})
        assert not any(one.given for one in chosen(rights.house, subject))


def _twice_at_once(monkeypatch: pytest.MonkeyPatch, module: Any, look: str, act: Callable[[], int]) -> list[int]:
    """What two give who do the same, each looking before the other records, if they can; the lesser first."""
    real, both = getattr(module, look), Barrier(2)

    def looked(*words: Any) -> Any:
        found = real(*words)
        with suppress(BrokenBarrierError):
            both.wait(0.5)
        return found

    def done(_: int) -> int:
        try:
            return act()
        finally:
            database.close()

    monkeypatch.setattr(module, look, looked)
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(done, range(2)))


def test_two_noes_in_one_moment_are_one(rights: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see the consent before either takes it back, if they can: one withdrawal is recorded, and one of them is told so."""
    subject = person(rights.house, "sari@example.org")
    consent(rights.house, subject, yes(rights.house, "newsletters", "email"))
    assert _twice_at_once(monkeypatch, person_choices, "chosen", lambda: person_choices.stop(rights.house, subject, "newsletters")) == [False, True]
    assert sum(event.kind is Kind.CONSENT_WITHDRAWN for event in history_of(rights.house, subject)) == 1


def test_two_signals_in_one_moment_are_one(rights: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages that send the browser's no at once, each looking before the other records: one objection to each purpose."""
    subject = person(rights.house, "surya@example.org")
    first, second = _twice_at_once(monkeypatch, consents, "history_of", lambda: sum(one.recorded is not None for one in consents.signal(rights.house, subject)))
    assert first == 0
    assert sum(event.kind is Kind.OBJECTION_MADE for event in history_of(rights.house, subject)) == second > 0


def test_a_child_does_not_take_back_what_the_guardian_said(rights: Rights) -> None:
    """The no of a guardian stands until the child is grown up: no button, and the form of one does nothing."""
    subject = person(rights.house, "rudi@example.org", "child")
    purpose = next(str(one.purpose.id) for one in chosen(rights.house, subject) if not one.on_consent)
    choose_many(rights.house, [Asked(subject=subject, choice=ObjectionMade(purpose=purpose, actor=actor)) for actor in (Actor.GUARDIAN, Actor.PERSON)])
    (link,) = make_act_links(rights.house, "", [ActLink(subject, Act.OBJECT, purpose)])
    with browsing(rights) as client:
        enter(rights, client, "rudi@example.org")
        for grown in (False, True):
            assert ('value="again"' in client.get("/my/consents").text) is grown
            client.post("/my/consents", data={"go": "again", "purpose": purpose, "token": token(client)})
            assert grown or not undo(rights.house, read_act_link(rights.house, link.rpartition("/")[2]))
            assert next(one.objected for one in chosen(rights.house, subject) if one.purpose.id == purpose) is not grown
            record(rights.house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.STAFF, details={"band": "adult"})])


def test_what_was_another_ones_before_a_merge_is_theirs(rights: Rights) -> None:
    """Requests, choices with their receipts, and the no of a guardian go along with whoever was merged."""
    subject, other = person(rights.house, "tono@example.org", "child"), person(rights.house, "tono2@example.org", "child")
    purpose = next(str(one.purpose.id) for one in chosen(rights.house, subject) if not one.on_consent)
    choose_many(rights.house, [Asked(subject=other, choice=ObjectionMade(purpose=purpose, actor=Actor.GUARDIAN))])
    refused = choose_many(rights.house, [Asked(subject=other, choice=replace(yes(rights.house, "newsletters", "email"), verb=Verb.REFUSE))])[0].recorded
    assert refused is not None
    asked = open_request(rights.house, Opening(right="access", intake=Intake.PHONE, subject=other, proof=Proof.STAFF, by="Petugas"))
    merge(rights.house, subject, other, Actor.STAFF)
    with browsing(rights) as client:
        enter(rights, client, "tono@example.org")
        assert f"req_{asked.id}" in client.get("/my/requests").text
        page = client.get("/my/consents").text
        assert f"/my/consents/{refused.id}/receipt" in page
        assert 'value="again"' not in page
        assert client.get(f"/my/consents/{refused.id}/receipt").status_code == 200
        assert len(client.get("/my/consents/receipts").json()["items"]) == 1


def test_the_signal_of_the_browser_is_shown_and_kept(rights: Rights) -> None:
    """Whether it is sent, what it stops; kept by a button, once; without the signal the button does nothing."""
    subject = person(rights.house, "hadi@example.org")
    with browsing(rights, **{"Sec-GPC": "1"}) as client:
        enter(rights, client, "hadi@example.org")
        assert "sends the signal now" in client.get("/my/consents").text
        for _ in range(2):
            client.post("/my/consents", data={"go": "signal", "token": token(client)})
    kept = [event for event in history_of(rights.house, subject) if event.details.get("signal") == "gpc"]
    assert kept
    assert len(kept) == len({event.details["purpose"] for event in kept})
    with browsing(rights) as client:
        enter(rights, client, "hadi@example.org")
        assert "does not send the signal" in client.get("/my/consents").text
        client.post("/my/consents", data={"go": "signal", "token": token(client)})
    assert len([event for event in history_of(rights.house, subject) if event.details.get("signal") == "gpc"]) == len(kept)


def test_a_correction_from_the_places_needs_no_second_code(rights: Rights) -> None:
    """Where the data are, then the form, then the request of this person: sent twice it is one, and questions come where the right asks for them."""
    subject = person(rights.house, "ira@example.org")
    add_identifier(rights.house, subject, "phone", "+6281290414234", Actor.STAFF)
    add_identifier(rights.house, subject, "account", "CARD-7716", Actor.STAFF)
    with browsing(rights) as client:
        enter(rights, client, "ira@example.org")
        places = client.get("/my/places")
        assert "/my/correct?data=name" in places.text
        form = client.get("/my/correct", params={"data": "name"})
        sent = {**hidden(form.text), "was": "Irra <b>", "becomes": ""}
        empty = client.post("/my/correct", data=sent)
        assert empty.status_code == 422
        assert "Irra &lt;b&gt;" in empty.text
        before = len(rights.letters())
        long = client.post("/my/correct", data={**sent, "becomes": "I" * 401})
        assert (long.status_code, "I" * 401 in long.text) == (422, True)
        asked = client.post("/my/correct", data={**sent, "becomes": "Ira"})
        assert "last four digits" in asked.text
        client.post("/my/correct", data={**sent, "becomes": "Ira"})
        done = client.post("/rights/answers", data={**hidden(asked.text), "phone": "4234", "account": "7716"})
        assert done.status_code == 200
        (request,) = requests_of(subject)
        assert request.state is not State.UNVERIFIED
        assert said(rights.house, request.id)["correct"] == [{"data": "name", "was": "Irra <b>", "becomes": "Ira"}]
        assert not [text for _, text in rights.letters()[before:] if "Code" in text]
        assert f"req_{request.id}" in client.get("/my/requests").text


def test_what_waits_for_answers_stands_under_my_requests(rights: Rights) -> None:
    """With what is awaited, and its page asks for it; not to whoever signed in by another address, nor what nobody showed the address for."""
    subject = person(rights.house, "wira@example.org")
    add_identifier(rights.house, subject, "phone", "+6281290414235", Actor.STAFF)
    add_identifier(rights.house, subject, "account", "CARD-7718", Actor.STAFF)
    add_identifier(rights.house, subject, "email", "wira.kantor@example.org", Actor.STAFF)
    unshown = take(rights.house, Wish(right="access", contact=("email", "wira@example.org"))).request.id
    rights.letters()  # its code goes out before the one that opens the session
    with browsing(rights) as client, browsing(rights) as other:
        enter(rights, client, "wira@example.org")
        asked = client.post("/my/correct", data={**hidden(client.get("/my/correct", params={"data": "name"}).text), "was": "", "becomes": "Wira"})
        assert "last four digits" in asked.text
        page = client.get("/my/requests").text
        (number,) = set(re.findall(r"req_[0-9a-f-]{36}", page))
        assert number != f"req_{unshown}"
        assert "It waits for this: the questions must be answered." in page
        assert "My requests: 1 in hand" in client.get("/my").text
        one = client.get(f"/my/requests/{number.removeprefix('req_')}")
        assert "last four digits" in one.text
        enter(rights, other, "wira.kantor@example.org")
        assert other.get(f"/my/requests/{number.removeprefix('req_')}").status_code == 404
        assert number not in other.get("/my/requests").text
        assert client.post("/rights/answers", data={**hidden(one.text), "phone": "4235", "account": "7718"}).status_code == 200
        after = client.get("/my/requests").text
        assert (after.count(f"{number}<"), "questions must be answered" in after) == (1, False)


def test_the_record_is_read_page_by_page(rights: Rights) -> None:
    """Who did what with the data, the newest first, fifty a page, with the names of the policy."""
    subject = person(rights.house, "joko@example.org")
    choose_many(rights.house, [Asked(subject=subject, choice=ObjectionMade(purpose="newsletters", actor=Actor.PERSON))])
    for _ in range(25):
        consent(rights.house, subject, yes(rights.house, "newsletters", "email"))
        consent(rights.house, subject, yes(rights.house, "newsletters", "sms"))
    with browsing(rights) as client:
        enter(rights, client, "joko@example.org")
        first, second = client.get("/my/record").text, client.get("/my/record?page=2").text
        assert "page=2" in first
        assert "consent given" in first
        assert "purpose: newsletters" not in first
        for page in ("/my/record", "/my/consents"):
            assert "language Indonesian" in client.get(page, params={"language": "en"}).text
            assert "bahasa Indonesia" in client.get(page, params={"language": "id"}).text
        assert "objection made" in second
        assert client.get("/my/record?page=999999").status_code == 200


def test_a_wish_for_another_form_is_kept_and_taken_back(rights: Rights) -> None:
    """Sealed with the person; the same wish twice is one; a word that is none is not there."""
    subject = person(rights.house, "kiki@example.org")
    with browsing(rights) as client:
        enter(rights, client, "kiki@example.org")
        for _ in range(2):
            client.post("/my/contact", data={"form": "braille", "token": token(client)})
        assert show(rights.house, subject).communication is Communication.BRAILLE
        assert sum(event.kind is Kind.COMMUNICATION_CHOSEN for event in history_of(rights.house, subject)) == 1
        assert client.post("/my/contact", data={"form": "shouting", "token": token(client)}).status_code == 404
        client.post("/my/contact", data={"form": "", "token": token(client)})
    assert show(rights.house, subject).communication is None


def test_nobody_sees_or_changes_what_is_another_ones(rights: Rights) -> None:
    """Without a session every page asks for an address; foreign and guessed numbers are answered alike; forms of other sessions do nothing."""
    mine, other = person(rights.house, "lala@example.org"), person(rights.house, "maya@example.org")
    event = consent(rights.house, other, yes(rights.house, "newsletters", "email"))
    assert event.recorded is not None
    for part in PARTS:
        assert "Send me a code" in rights.get(f"/my{part}").text, part
    for part in SENDS:
        assert rights.post(f"/my{part}", go="all").status_code == 403, part
    with browsing(rights) as client, browsing(rights) as theirs:
        enter(rights, client, "lala@example.org")
        enter(rights, theirs, "maya@example.org")
        answers = [client.get(f"/my/consents/{id}/receipt") for id in (event.recorded.id, uuid4(), UUID(int=0))]
        assert {one.status_code for one in answers} == {404}
        assert len({re.sub(r"[0-9a-f-]{36}", "", one.text) for one in answers}) == 1
        for fields in ({"go": "all", "token": token(client)}, {"go": "all"}, {"go": "all", "token": ""}):
            assert theirs.post("/my/consents", data=fields).status_code == 403
        for wrong in ({"go": "stop", "purpose": "no-such"}, {"go": "stop"}, {"go": "x", "purpose": "newsletters"}, {"go": "stop", "purpose": "newsletters", "channel": "pigeon"}, {"go": "all", "channel": "sms"}):
            assert theirs.post("/my/consents", data={**wrong, "token": token(theirs)}).status_code == 404, wrong
        for query in ("channel=sms", "channel=pigeon", "purpose=newsletters&channel=pigeon", "purpose=no-such"):
            assert theirs.get(f"/my/consents/stop?{query}").status_code == 404, query
    assert [one for one in chosen(rights.house, other) if one.given]
    assert not [one for one in chosen(rights.house, mine) if one.given]


def test_every_form_takes_nonsense(rights: Rights) -> None:
    """Empty, huge, of another kind, hostile: a sentence or a problem, never a fault of ours, never the words given back as they are."""
    hostile = "<script>alert(1)</script>\r\nSet-Cookie: a=b"
    for path in ("/my", "/my/code", "/my/out", "/my/consents", "/my/correct", "/my/contact"):
        assert rights.post(path, code="").status_code in (403, 422), path
        with rights.live.client() as client:
            assert client.post(path, data={"contact": "x" * 70_000}).status_code == 413
            assert client.post(path, content=b"{}", headers={"Content-Type": "application/json"}).status_code == 400
        answer = rights.post(path, contact=hostile, code=hostile, part=hostile, token=hostile, purpose=hostile, data=hostile)
        assert answer.status_code in (403, 422), path
        assert "<script" not in answer.text
        assert "a=b" not in str(answer.headers)
    person(rights.house, "nana@example.org")
    with browsing(rights) as client:
        opened = enter(rights, client, "nana@example.org", part="//evil.example/")
        assert str(opened.url).startswith(rights.live.url)
        for path in ("/my", "/my/consents", "/my/places"):
            page = client.get(path)
            assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
            assert "script-src" not in page.headers["content-security-policy"]
            assert page.headers["cache-control"] == "no-store"


def test_one_address_gets_a_few_codes_a_day(rights: Rights) -> None:
    """Six, those of requests among them; who asks more often is told the same, and nothing is sent."""
    for _ in range(9):
        assert rights.post("/my", contact="flood@example.org").status_code == 200
    assert len([1 for to, _ in rights.letters() if to == "flood@example.org"]) == 6


def test_the_page_of_a_request_tells_its_steps_and_takes_it_back(rights: Rights) -> None:
    """For whoever showed who asks: steps, ground of a refusal with its article and where to complain; taken back once, and by nobody else."""
    subject = person(rights.house, "oki@example.org")
    waits = open_request(rights.house, Opening(right="access", intake=Intake.PHONE, subject=subject, proof=Proof.STAFF, by="Petugas"))
    other = open_request(rights.house, Opening(right="deletion", intake=Intake.PHONE, subject=subject, proof=Proof.STAFF, by="Petugas"))
    refuse(rights.house, other.id, "defence-security", "Petugas")
    with browsing(rights) as client:
        enter(rights, client, "oki@example.org")
        links = re.findall(r'href="(/my/requests/[^"?]+)', client.get("/my/requests").text)
        refused, waiting = sorted((client.get(link) for link in links), key=lambda page: f"req_{waits.id}" in page.text)
        assert "Why we refused" in refused.text
        assert "Art 15(1)(a)" in refused.text
        assert "you can complain here" in refused.text
        assert "It is carried out" not in refused.text
        assert 'aria-current="step"><strong>Our officers agree' in waiting.text
        assert "/rights/back" not in refused.text
        sent = {"number": f"req_{waits.id}", "page": hidden(waiting.text)["page"]}
        assert client.post("/rights/back", data={**sent, "page": "WRONG"}).status_code == 422
        assert client.post("/rights/back", data={"number": f"req_{other.id}", "page": sent["page"]}).status_code == 422
        assert request_of(waits.id).open
        for _ in range(2):
            assert "You took it back" in client.post("/rights/back", data=sent).text
    assert request_of(waits.id).outcome is Outcome.WITHDRAWN
    assert "Send me a code" in rights.get(links[0]).text
    person(rights.house, "oki2@example.org")
    with browsing(rights) as theirs:
        enter(rights, theirs, "oki2@example.org")
        assert [theirs.get(f"/my/requests/{id}").status_code for id in (waits.id, uuid4())] == [404, 404]


@needs_browser
def test_consents_are_taken_back_in_a_browser_without_javascript(rights: Rights) -> None:
    """From the home page to the consent taken back and out again, in Indonesian, on a telephone: no barrier, no scrolling sideways, light pages."""
    subject = person(rights.house, "putri@example.org")
    consent(rights.house, subject, yes(rights.house, "newsletters", "email"))
    with browser() as chromium:
        for script in (True, False):
            context = chromium.new_context(
                viewport={"width": 320, "height": 700}, color_scheme="dark" if script else "light", java_script_enabled=script, bypass_csp=script,
                extra_http_headers={"Accept-Language": "id"},
            )  # fmt: skip
            opened = context.new_page()

            def go(where: str, opened: Any = opened, script: bool = script) -> None:
                pressed(opened, where)
                assert not overflows(opened)
                assert not script or barriers(opened) == []

            opened.goto(f"{rights.live.url}/")
            go("main a[href*='/my/consents']")
            opened.locator("input[name=contact]").fill("putri@example.org")
            go("main form button")
            opened.locator("input.code").fill(elsewhere(lambda: rights.code("putri@example.org")))
            go("main form button")
            if script:
                for path in ("/my", "/my/places", "/my/correct?data=name", "/my/record", "/my/requests", "/my/contact", "/my/consents"):
                    opened.goto(f"{rights.live.url}{path}")
                    assert not overflows(opened), path
                    assert barriers(opened) == [], path
                go("a[href*='stop?purpose=newsletters']")
            else:
                go("a[href*='stop?purpose=newsletters']")
                go("main form[action*='/my/consents'] button")
                assert opened.locator("[role=status]").count() == 1
            go(".who button")
            assert urlsplit(opened.url).path == "/"
            context.close()
    assert elsewhere(lambda: str(any(one.given for one in chosen(rights.house, subject)))) == "False"
