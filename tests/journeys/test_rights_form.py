"""The rights form over HTTP and in a browser: from the first page to the proved address, and everything that it must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from tests.browser import barriers, browser, needs_browser, overflows, pressed
from tests.choosing import person, yes
from tests.choosing import say as consent
from tests.rights_house import BROWSER, Rights, elsewhere, hidden, rights_house, shown

from janji.consent.choices import ObjectionMade
from janji.decision.standing import Standing
from janji.ledger.events import Actor
from janji.rights.requests import Intake, Outcome, Proof, State
from janji.terms.messages import ENGLISH
from janji.terms.processing import LegalBasis, Right
from janji.terms.words import SHOWN_IN, on_day
from janji.web import rights_form
from janji.workflows.consents import Asked, choose, lift_objection
from janji.workflows.guardians import standing_of
from janji.workflows.people import add_identifier
from janji.workflows.recording import history_of
from janji.workflows.request_clock import watch
from janji.workflows.request_intake import offers
from janji.workflows.request_work import work_off
from janji.workflows.requests import approve, closed, request_number, request_of, requests_of, said

pytestmark = pytest.mark.usefixtures("a_minute_later")

NUMBER, PAGE, UNTIL = "Number of your request", "Code of its page", "We answer until"


@pytest.fixture(scope="module")
def rights(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rights]:
    """A served house for all tests of this module: each has people of its own."""
    with rights_house(module_database_url, tmp_path_factory.mktemp("house")) as found:
        yield found


def state(facts: dict[str, str]) -> State:
    """Where the request of a receipt stands now."""
    return request_of(request_number(facts[NUMBER])).state


def test_the_whole_way_without_an_account(rights: Rights) -> None:
    """First page to receipt with number, due day and hour; the code from the mail; two questions; the page of the request."""
    subject = person(rights.house, "ani@example.org", None)
    add_identifier(rights.house, subject, "phone", "+6281290414234", Actor.STAFF)
    add_identifier(rights.house, subject, "account", "CARD-7716", Actor.STAFF)
    facts = rights.file("access", "ani@example.org", words="please hurry")
    opened = request_of(request_number(facts[NUMBER]))
    assert opened.intake is Intake.FORM
    assert opened.due - opened.opened == timedelta(hours=72)
    assert re.fullmatch(r"4 December 2026, 10:\d\d WIB", facts[UNTIL])
    asked = rights.post("/rights/code", number=facts[NUMBER], code=rights.code("ani@example.org"))
    assert asked.status_code == 200
    assert "last four digits of your telephone" in asked.text
    wrong = rights.post("/rights/answers", **hidden(asked.text), phone="0000", account="7716")
    assert wrong.status_code == 422
    done = rights.post("/rights/answers", **hidden(asked.text), phone="0812 9041 4234", account="7716")
    assert done.status_code == 200, done.text
    assert request_of(opened.id).subject == subject
    page = shown(done.text)
    assert page["How far it is"]
    seen = rights.post("/rights/status", number=facts[NUMBER], page=page[PAGE])
    assert seen.status_code == 200
    assert "ani@example.org" not in seen.text
    link = re.search(r'href="(/rights/page/[^"?]+)', done.text)
    assert link is not None
    assert shown(rights.get(link[1]).text)[NUMBER] == facts[NUMBER]


def test_who_presses_twice_sees_the_request_again(rights: Rights) -> None:
    """Code, link and answers sent again from the page that they were sent from lead to the page of the request; the code alone leads nobody there."""
    subject = person(rights.house, "fajar@example.org", None)
    add_identifier(rights.house, subject, "phone", "+6281290414777", Actor.STAFF)
    add_identifier(rights.house, subject, "account", "CARD-7717", Actor.STAFF)
    filed = rights.file("restriction", "fajar@example.org")
    form = hidden(rights.post("/rights/status", number=filed[NUMBER], page=filed[PAGE]).text)
    code = rights.code("fajar@example.org")
    first, again = (rights.post("/rights/code", **form, code=code, go="code") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert shown(again.text) == shown(first.text)
    elsewhere = hidden(rights.get("/rights/status").text) | {"number": filed[NUMBER], "code": code}
    assert rights.post("/rights/code", **elsewhere).status_code == 422
    rights.file("objection", "fajar@example.org")
    path = rights.link("fajar@example.org")
    form = hidden(rights.get(path).text)
    first, again = (rights.post(path, **form, go="yes") for _ in range(2))
    assert shown(again.text) == shown(first.text)
    assert rights.post(path, **hidden(rights.get(path).text), go="yes").status_code == 422
    filed = rights.file("access", "fajar@example.org")
    form = hidden(rights.post("/rights/code", number=filed[NUMBER], code=rights.code("fajar@example.org")).text)
    first, again = (rights.post("/rights/answers", **form, phone="4777", account="7717") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert shown(again.text)[NUMBER] == filed[NUMBER]


def test_the_link_in_the_message_asks_before_it_confirms(rights: Rights) -> None:
    """Whoever only looks (a scanner, a browser ahead of its person) confirms nothing; the button does, once."""
    person(rights.house, "budi@example.org")
    facts = rights.file("restriction", "budi@example.org")
    path = rights.link("budi@example.org")
    for _ in range(2):
        assert rights.get(path).status_code == 200
    assert state(facts) is State.UNVERIFIED
    assert rights.post(path, go="yes").status_code == 200
    assert state(facts) is not State.UNVERIFIED
    assert rights.post(path, go="yes").status_code == 422
    assert rights.get(path[:-2] + "xx").status_code == 404
    assert rights.post(path[:-2] + "xx", go="yes").status_code == 404
    assert rights.post(path).status_code == 400


def test_no_two_rights_are_described_alike(rights: Rights) -> None:
    """Entries of the policy that are one right by the law are told apart, and a guardian's is not said to be about oneself."""
    told = re.findall(r'<strong>([^<]+)</strong><span class="txt">([^<]+)</span>', rights.get("/rights").text)
    assert len(told) > 10
    assert len({text for _, text in told}) == len(told)
    assert "about you" not in dict(told)["Ask about a child as parent or guardian"]


def test_what_answers_a_form_can_be_read_in_the_other_language(rights: Rights) -> None:
    """Where a page says the same by GET, the other language leads there; where something was filled in, nothing leads away from it."""
    person(rights.house, "citra@example.org")
    facts = rights.file("restriction", "citra@example.org")
    for sent in (rights.post("/rights/status", number=facts[NUMBER], page=facts[PAGE]), rights.post("/rights/code", number=facts[NUMBER], code=rights.code("citra@example.org"))):
        turn = re.search(r'class="lang" href="(/rights/page/[^"]+)\?language=id"', sent.text)
        assert (sent.status_code, turn is not None) == (200, True)
        assert facts[NUMBER] in rights.get(f"{turn[1]}?language=id" if turn else "").text
    assert 'class="lang"' not in rights.post("/rights/code", number=facts[NUMBER], code="1").text


def test_who_showed_the_address_is_not_asked_for_it_again(rights: Rights) -> None:
    """Where more is wanted than the address, the page says that, and no longer that the address must be shown."""
    person(rights.house, "eka@example.org")
    facts = rights.file("access", "eka@example.org")
    page = rights.post(rights.link("eka@example.org"), go="yes").text
    assert state(facts) is State.UNVERIFIED
    assert "staff must see who asks" in page
    assert "show that the address is yours" not in page


def test_nobody_learns_whether_somebody_exists(rights: Rights) -> None:
    """Receipt, code page, wrong code and mail are the same for a known and an unknown address, but for numbers and codes."""
    person(rights.house, "known@example.org")
    pages = []
    for address in ("known@example.org", "stranger@example.org"):
        review = rights.post("/rights", right="access", asker="self", contact=address, go="review")
        done = rights.post("/rights", **{**hidden(review.text), "go": "send"})
        number = shown(done.text)[NUMBER]
        wrong = rights.post("/rights/code", number=number, code="00000000")
        mail = [text for to, text in rights.letters() if to == address]
        assert len(mail) == 1
        texts = [one.replace(address, "-") for one in (review.text, done.text, wrong.text, *mail)]
        pages.append([re.sub(r"req_[0-9a-f-]{36}|[A-Z2-7]{4}(?:-[A-Z2-7]{4}){2}|\d{4} ?\d{4}|/rights/(page|prove)/[\w-]+|value=\"[\w-]{30,}\"", "-", one) for one in texts])
    assert pages[0] == pages[1]


def test_a_code_opens_no_other_request(rights: Rights) -> None:
    """Wrong numbers, numbers of nobody, codes of others: one answer; the page tells a filer nothing after it was shown who asks."""
    person(rights.house, "citra@example.org")
    mine = rights.file("restriction", "citra@example.org")
    other = rights.file("restriction", "dewi@example.org")
    bad = [
        rights.post("/rights/status", number=number, page=code)
        for number, code in ((mine[NUMBER], other[PAGE]), (f"req_{uuid4()}", mine[PAGE]), ("req_x", "y"), ("", ""), (mine[NUMBER], ""))
    ]  # fmt: skip
    assert {one.status_code for one in bad} == {422}
    assert len({re.sub(r'value="[^"]*"', "", one.text) for one in bad}) == 1
    assert rights.post("/rights/code", number=mine[NUMBER], code=rights.code("dewi@example.org")).status_code == 422
    assert rights.post("/rights/code", number=mine[NUMBER], code=rights.code("citra@example.org")).status_code == 200
    filed = rights.post("/rights/status", number=mine[NUMBER], page=mine[PAGE])
    assert filed.status_code == 200
    assert "How far it is" not in shown(filed.text)


def test_what_is_missing_is_said_and_nothing_is_lost(rights: Rights) -> None:
    """A page with a mistake keeps what was written; the mistake is a sentence with help; nothing is recorded."""
    assert rights.post("/rights", right="nothing", go="say").status_code == 422
    for more in ({"contact": "no address"}, {"contact": ""}, {"contact": "a@example.org", "asker": "guardian"},
                 {"contact": "a@example.org", "asker": "agent", "about": "b@example.org"}, {"contact": "a@example.org", "right": "correction"},
                 {"contact": "a@example.org", "right": "transfer", "endpoint": "http://x.example"},
                 {"contact": "a@example.org", "right": "transfer", "endpoint": "https://10.0.0.1/in"},
                 {"contact": "a@example.org", "right": "correction", "data": "date-of-birth", "becomes": "in May"}):  # fmt: skip
        answer = rights.post("/rights", **{"right": "access", "asker": "self", "words": "a <b> & c", "go": "review", **more})
        assert answer.status_code == 422, more
        assert 'role="alert"' in answer.text
        assert "a &lt;b&gt; &amp; c" in answer.text
    with rights.live.client() as client:
        assert client.post("/rights", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 400
        assert client.post("/rights", data={"words": "x" * 70_000}).status_code == 413
        assert client.post("/rights", content=b"a=%00", headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code == 400
        unread = client.post("/rights", data={"words": "a\0b"}, headers=BROWSER)
    assert (unread.status_code, "What you sent cannot be read" in unread.text) == (400, True)


def test_what_is_too_long_is_said_beside_its_field_and_nothing_is_cut(rights: Rights) -> None:
    """No browser cuts what is pasted, nor do we: an address that is long is taken whole, one that is too long is refused, and stands there still."""
    filled = {"right": "transfer", "asker": "self", "contact": "a@example.org", "words": "KANARI"}
    whole = "https://portal.example/take?for=" + "a" * 700
    done = rights.file(**filled, endpoint=whole)
    assert said(rights.house, request_number(done["Number of your request"]))["endpoint"] == whole
    for name, value, most in (("endpoint", whole + "b" * 2000, 2048), ("contact", "c" * 500 + "@example.org", 400), ("words", "d" * 5001, 5000)):
        page = rights.post("/rights", go="review", **{**filled, "endpoint": whole, name: value})
        assert page.status_code == 422
        assert f"at most {most:,} are taken" in page.text or f"at most {most} are taken" in page.text
        assert value in page.text
        assert whole in page.text
        assert page.text.count('aria-invalid="true"') == 1
        assert re.search(rf'id="f-{name}"[^>]*aria-invalid="true"[^>]*aria-describedby="w-{name}', page.text)
        assert "maxlength" not in page.text


def test_where_data_are_sent_is_asked_for_whatever_the_policy_calls_it(rights: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right to have data sent wants an address; where a policy has none beside the files, they may name one, and need not."""
    known = rights.house.policy_in_force.rights
    filled = {"asker": "self", "contact": "a@example.org"}
    assert 'name="endpoint"' not in rights.post("/rights", right="portability", go="say", **filled).text
    monkeypatch.setitem(known, "send-on", replace(known["transfer"], id="send-on"))
    assert re.search(r'name="endpoint"[^>]*required', rights.post("/rights", right="send-on", go="say", **filled).text)
    assert rights.post("/rights", right="send-on", go="review", **filled).status_code == 422
    for name in ("send-on", "transfer"):
        monkeypatch.delitem(known, name)
    page = rights.post("/rights", right="portability", go="say", **filled).text
    assert 'name="endpoint"' in page
    assert not re.search(r'name="endpoint"[^>]*required', page)
    assert rights.post("/rights", right="portability", go="review", **filled).status_code == 200
    assert "https://example.org/in" in rights.post("/rights", right="portability", go="review", endpoint="https://example.org/in", **filled).text


def test_what_belongs_to_a_right_is_kept_under_seal(rights: Rights) -> None:
    """Of a correction the wrong and the right value, of an agent the person and the paper; twice sent is one request."""
    filled = {"right": "correction", "asker": "agent", "contact": "agent@example.org", "about": "0812-9041-9999", "mandate": "No. 7",
              "data": "name", "was": "Anni", "becomes": "Ani", "go": "review"}  # fmt: skip
    review = rights.post("/rights", **filled)
    assert review.status_code == 200, review.text
    assert all(text in review.text for text in (">No. 7<", ">Name<", ">Anni<", ">Ani<"))
    again = {**hidden(review.text), "go": "send"}
    numbers = {shown(rights.post("/rights", **again).text)[NUMBER] for _ in range(2)}
    assert len(numbers) == 1
    held = said(rights.house, request_number(numbers.pop()))
    assert held["correct"] == [{"data": "name", "was": "Anni", "becomes": "Ani"}]
    assert held["about"] == ["phone", "+6281290419999"]
    assert held["mandate"] == {"reference": "No. 7"}
    last = rights.clock.at.astimezone(SHOWN_IN).date()
    for until, says in (("yesterday", "is not understood"), (str(last - timedelta(days=1)), "has ended")):
        turned = rights.post("/rights", **{**filled, "until": until})
        assert turned.status_code == 422
        assert says in turned.text
    dated = rights.post("/rights", **{**filled, "until": str(last)}).text
    assert f'name="until" value="{last}"' in dated
    assert on_day(last).render(ENGLISH) in dated


def test_a_right_offered_to_who_complained_runs_on_the_clock_of_the_complaint(rights: Rights) -> None:
    """The link of an offer opens the form with the right chosen; the request is a complaint's, and began when that came."""
    came = rights.clock.at
    (offer,) = offers(rights.house, "The speaker hums since a week. And delete my data please.")
    rights.clock.put_on(hours=5)
    parts = urlsplit(offer.link)
    page = rights.get(f"{parts.path}?{parts.query}")
    assert hidden(page.text)["right"] == "deletion"
    facts = rights.file("deletion", "eko@example.org", offer=hidden(page.text)["offer"])
    opened = request_of(request_number(facts[NUMBER]))
    assert (opened.intake, opened.opened) == (Intake.COMPLAINT, came)


def test_pages_load_nothing_and_say_nothing_to_others(rights: Rights) -> None:
    """No script, no cookie, nothing from elsewhere, for nobody's cache or index, in two languages."""
    for path in ("/rights", "/rights/status"):
        for language in ("en", "id"):
            page = rights.get(f"{path}?language={language}")
            assert page.status_code == 200
            assert f'<html lang="{language}">' in page.text
            for part in ("<script", " style=", "http://"):
                assert part not in page.text, part
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["referrer-policy"] == "no-referrer"
            assert "set-cookie" not in page.headers
            assert page.headers["content-security-policy"].endswith("form-action 'self'")


def test_where_https_is_the_cookie_of_my_data_is_of_this_host_alone(rights: Rights) -> None:
    """Secure, and by a name that no other host and no page without HTTPS can set."""
    (kept,) = rights.post("/my", contact="ani@example.org").headers.get_list("set-cookie")
    assert kept.startswith("__Host-janji-ask=")
    assert all(part in kept for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
    assert "Domain" not in kept


def test_too_many_from_one_address_are_told_so(rights: Rights) -> None:
    """The eleventh of a day gets the page again with 429, and is not recorded."""
    for _ in range(10):
        rights.file("access", "flood@example.org")
    late = rights.post("/rights", right="access", asker="self", contact="flood@example.org", go="send")
    assert late.status_code == 429
    assert "in hand" in late.text


def standing(rights: Rights, subject: UUID) -> Standing:
    """What a person's history adds up to now."""
    return standing_of(rights.house, subject)


def links_for(rights: Rights, subject: UUID, *acts: tuple[str, str]) -> list[str]:
    """The paths of links that an application gets for a person."""
    with rights.live.client(rights.live.key(["requests:write"])) as client:
        made = [client.post("/v1/act-links", json={"subject": f"sub_{subject}", "act": act, **({"purpose": purpose} if purpose else {})}) for act, purpose in acts]
    assert {one.status_code for one in made} == {200}, [one.text for one in made]
    return [urlsplit(one.json()["url"]).path for one in made]


def test_a_signed_link_acts_at_once_and_is_undone(rights: Rights) -> None:
    """Whoever only looks changes nothing; a click objects or protects, recorded once; the same link takes it back; a changed one is none."""
    subject = person(rights.house, "hana@example.org")
    objecting, protecting = links_for(rights, subject, ("object", "newsletters"), ("protect", ""))
    for path in (objecting, protecting):
        assert "Nothing has changed" in rights.get(path).text
        assert rights.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert not standing(rights, subject).quarantined
    for _ in range(3):
        assert rights.post(objecting, go="yes").status_code == rights.post(protecting, go="yes").status_code == 200
    assert "newsletters" in standing(rights, subject).objections
    assert standing(rights, subject).quarantined
    kinds = [str(event.kind) for event in history_of(rights.house, subject)]
    assert (kinds.count("objection.made"), kinds.count("quarantine.set"), kinds.count("task.opened")) == (1, 1, 1)
    assert (kinds.count("request.recorded"), kinds.count("request.ended")) == (2, 2)
    stand = {(one.kind, one.details.get("purpose"), one.state, one.outcome, one.proof, one.ended) for one in requests_of(subject)}
    assert stand == {(kind, purpose, State.ENDED, Outcome.DONE, Proof.CHANNEL, rights.clock.at)
                     for kind, purpose in ((Right.OBJECTION, "newsletters"), (Right.RESTRICTION, None))}
    assert {one.id for one in requests_of(subject)} == {one.id for one in closed(2)}
    for path in (objecting, protecting):
        assert rights.post(path, go="undo").status_code == 200
    assert not standing(rights, subject).quarantined
    assert not standing(rights, subject).objections


def test_a_link_objects_though_no_machine_may_decide_already(rights: Rights) -> None:
    """An objection to a machine that decides alone, made or lifted, is another thing: the link does what it says, and undoes it."""
    subject = person(rights.house, "joko@example.org")
    (objecting,) = links_for(rights, subject, ("object", "newsletters"))
    choose(rights.house, Asked(subject=subject, choice=ObjectionMade(purpose="newsletters", automated=True)))
    assert rights.post(objecting, go="yes").status_code == 200
    assert "newsletters" in standing(rights, subject).objections
    lift_objection(rights.house, subject, "newsletters", Actor.STAFF, automated=True)
    assert rights.post(objecting, go="undo").status_code == 200
    assert not standing(rights, subject).objections


def test_a_link_takes_a_consent_back_for_good(rights: Rights) -> None:
    """A withdrawal stands; no link gives a consent again."""
    subject = person(rights.house, "ira@example.org")
    consent(rights.house, subject, yes(rights.house, "newsletters", "email"))
    (path,) = links_for(rights, subject, ("withdraw", "newsletters"))
    assert rights.post(path, go="yes").status_code == 200
    assert rights.post(path, go="undo").status_code == 403
    kinds = [str(event.kind) for event in history_of(rights.house, subject)]
    assert (kinds.count("consent.given"), kinds.count("consent.withdrawn")) == (1, 1)
    (one,) = requests_of(subject)
    assert (one.kind, one.outcome, one.proof) == (Right.WITHDRAWAL, Outcome.DONE, Proof.CHANNEL)


def test_a_link_that_takes_back_what_never_was_a_consent_objects_once(rights: Rights) -> None:
    """However often it is followed: one objection, one request."""
    subject = person(rights.house, "kiki@example.org")
    name = next(str(name) for name, one in rights.house.policy_in_force.policy.purposes.items() if one.basis is LegalBasis.LEGITIMATE_INTEREST)
    (path,) = links_for(rights, subject, ("withdraw", name))
    for _ in range(2):
        assert rights.post(path, go="yes").status_code == 200
    assert [str(event.kind) for event in history_of(rights.house, subject)].count("objection.made") == len(requests_of(subject)) == 1
    assert "This is done" in rights.get(path).text


def test_other_systems_ask_which_rights_a_complaint_uses(rights: Rights) -> None:
    """Each with the words that say so and a link to offer; a key is needed; nothing is stored."""
    with rights.live.client(rights.live.key(["requests:write"])) as client:
        found = client.post("/v1/complaints", json={"text": "TV saya rusak lagi. Tolong hapus semua data saya juga.", "received": "2026-12-01T02:00:00Z"})
        assert found.status_code == 200, found.text
        (item,) = found.json()["items"]
        assert (item["right"], item["sure"], item["words"]) == ("deletion", True, ["hapus semua data saya"])
        assert client.post("/v1/complaints", json={"text": "The speaker hums."}).json() == {"items": []}
        assert client.post("/v1/complaints", json={"text": ""}).status_code == 400
    with rights.live.client() as client:
        assert client.post("/v1/complaints", json={"text": "x"}).status_code == 401


@needs_browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_people_find_no_barrier(rights: Rights, width: int, dark: bool) -> None:
    """The whole form by hand, without JavaScript: no barrier, no scrolling sideways, buttons that a thumb can reach."""
    address = f"gita{width}@example.org"
    person(rights.house, address)
    with browser() as chromium:
        for script in (True, False):
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=script, bypass_csp=script,
                extra_http_headers={"Accept-Language": "id" if dark else "en"},
            )  # fmt: skip
            opened = context.new_page()

            def sound(opened: Any = opened, script: bool = script) -> None:
                assert not overflows(opened)
                assert not script or barriers(opened) == []

            def go_on(opened: Any = opened) -> None:
                pressed(opened, "button")

            opened.goto(f"{rights.live.url}/rights")
            sound()
            pressed(opened, "main a[href*='right=restriction']")
            sound()
            go_on()
            sound()
            opened.locator("input[name=contact]").fill(address)
            assert (opened.locator("button").first.bounding_box() or {})["height"] >= 44
            go_on()
            sound()
            go_on()
            sound()
            opened.locator("input.code").fill(elsewhere(lambda: rights.code(address)))
            go_on()
            sound()
            assert opened.locator("input.code").count() == 0
            context.close()


def test_only_authorities_that_bind_are_named(rights: Rights) -> None:
    """Whom one could complain to before the policy began is not named."""
    published, tongue = rights.house.policy_in_force, rights.house.runtime.tongue
    past = {name: replace(one, until=published.policy.effective - timedelta(days=1)) for name, one in published.law.authorities.items()}
    assert rights_form.authorities(rights.house, tongue)
    assert rights_form.authorities(replace(rights.house, published=replace(published, law=replace(published.law, authorities=past))), tongue) == []


def test_a_request_ends_as_soon_as_its_answer_was_taken(rights: Rights) -> None:
    """By the next turn of the clock, and not a while later: nobody's request stands open though they were told."""
    address = "told-at-once@example.org"
    person(rights.house, address)
    facts = rights.file("restriction", address)
    rights.post("/rights/code", number=facts[NUMBER], code=rights.code(address))
    id = request_number(facts[NUMBER])
    work_off(rights.house)
    approve(rights.house, id, "Dewi")
    work_off(rights.house)
    watch(rights.house)
    assert request_of(id).state is State.DELIVERY
    rights.letters()
    watch(rights.house)
    assert request_of(id).state is State.ENDED
