"""A yes given anew in the privacy centre under its whole notice, and choices about cookies and trackers, with the browser's signal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import httpx
import pytest
from tests.browser import browser, needs_browser, pressed
from tests.choosing import no, person, yes
from tests.choosing import say as choice
from tests.rights_house import BROWSER, Rights, elsewhere, hidden

from janji.ledger.events import Actor, Kind
from janji.people.guardians import Proof, Relation
from janji.policy.combined import barred_to_children
from janji.terms.processing import LegalBasis
from janji.workflows.consents import text_of
from janji.workflows.guardians import guardian_consents, name_guardian, record_age, verify_guardian
from janji.workflows.person_agreements import agree, askable, asking, tracked
from janji.workflows.person_choices import chosen
from janji.workflows.receipts import receipt_of
from janji.workflows.recording import history_of

pytestmark = pytest.mark.usefixtures("a_minute_later")


@contextmanager
def browsing(rights: Rights, address: str, **more: str) -> Iterator[httpx.Client]:
    """The browser of somebody who is signed in."""
    with rights.live.client(follow_redirects=True) as client:
        client.headers.update({**BROWSER, **more})
        client.post("/my", data={"contact": address})
        assert client.post("/my/code", data={"code": rights.code(address)}).status_code == 200
        yield client


def token(client: httpx.Client) -> str:
    """What forms of the session carry."""
    return hidden(client.get("/my").text)["token"]


def test_a_yes_is_given_anew_under_its_whole_notice(rights: Rights) -> None:
    """The notice with every part, boxes that nobody ticked, one for each channel; recorded with what was shown, by an unticked box; its receipt proves it; once."""
    subject = person(rights.house, "ani@example.org")
    choice(rights.house, subject, yes(rights.house, "newsletters", "email"))
    choice(rights.house, subject, no("newsletters"))
    with browsing(rights, "ani@example.org") as client:
        assert "/my/consents/yes?purpose=newsletters" in client.get("/my/consents").text
        page = client.get("/my/consents/yes?purpose=newsletters").text
        notice = rights.house.policy_in_force.policy.notices["newsletters"]
        for part in notice.fields.values():
            assert part.get("en").split(".")[0].partition("'")[0] in page
        assert page.count('type="checkbox"') == len(rights.house.policy_in_force.policy.purposes["newsletters"].channels)
        assert " checked" not in page
        sent = hidden(page)
        nothing = client.post("/my/consents/yes", data=sent)
        assert nothing.status_code == 422
        assert "no box was ticked" in nothing.text.lower()
        other = client.post("/my/consents/yes", data={**sent, "digest": "0" * 64, "yes-email": "yes"})
        assert other.status_code == 422
        assert not any(one.given for one in chosen(rights.house, subject))
        for _ in range(2):
            done = client.post("/my/consents/yes", data={**sent, "yes-email": "yes", "yes-sms": "yes"})
            assert "your yes is recorded" in done.text
        given = [event for event in history_of(rights.house, subject) if event.kind is Kind.CONSENT_GIVEN][1:]
        assert sorted(event.details["channel"] for event in given) == ["email", "sms"]
        text = text_of(rights.house, "newsletters", "en")
        assert text is not None
        assert {(event.actor, event.details["method"], event.details["language"]) for event in given} == {(Actor.PERSON, "unticked-box", "en")}
        assert receipt_of(rights.house, subject)
        assert (one := next(one for one in chosen(rights.house, subject) if one.purpose.id == "newsletters")).given
        assert not one.objected


def test_no_yes_that_would_not_count_is_asked_for(rights: Rights) -> None:
    """What rests on something else, what nobody knows, and a child's own yes: no button, no page, and the form of one records nothing; the guardian's counts."""
    published = rights.house.policy_in_force
    open_to_children = next(one for one in published.policy.purposes.values() if one.basis is LegalBasis.CONSENT and not one.channels
                            and not barred_to_children(published.policy, published.law, one) and text_of(rights.house, str(one.id), "en"))  # fmt: skip
    purpose, barred = str(open_to_children.id), "newsletters"
    child, mother = person(rights.house, "anak@example.org", None), person(rights.house, "ibu@example.org")
    record_age(rights.house, child, date(2015, 4, 5), Actor.STAFF)
    assert askable(rights.house, child, "en") == frozenset()
    with browsing(rights, "anak@example.org") as client:
        assert "/my/consents/yes" not in client.get("/my/consents").text
        assert [client.get(f"/my/consents/yes?purpose={one}").status_code for one in (purpose, barred, "no-such-purpose", "")] == [404] * 4
        assert client.post("/my/consents/yes", data={"token": token(client), "purpose": purpose, "yes-": "yes"}).status_code == 404
    rights.clock.put_on(days=30)
    link = name_guardian(rights.house, child, mother, Relation.PARENT, Actor.STAFF)
    verify_guardian(rights.house, link, [Proof.IDENTITY, Proof.FAMILY_CARD], Actor.STAFF)
    guardian_consents(rights.house, link)
    with browsing(rights, "ibu@example.org") as client:
        assert any(asking(rights.house, mother, str(one), "en") is None for one in published.policy.purposes)
        client.post("/my/wards", data={"token": token(client), "link": str(link)})
        page = client.get(f"/my/consents/yes?purpose={purpose}")
        assert page.status_code == 200
        assert client.get(f"/my/consents/yes?purpose={barred}").status_code == 404
        assert "your yes is recorded" in client.post("/my/consents/yes", data={**hidden(page.text), "yes-": "yes"}).text
    given = [event.actor for event in history_of(rights.house, child) if event.kind is Kind.CONSENT_GIVEN]
    assert given == [Actor.GUARDIAN]


def test_trackers_are_turned_on_and_off(rights: Rights) -> None:
    """Off without a choice; a yes under the notice turns one purpose on and no other; off again by one click; what runs in any case is told."""
    subject = person(rights.house, "budi@example.org")
    with browsing(rights, "budi@example.org") as client:
        page = client.get("/my/trackers").text
        found = {str(one.chosen.purpose.id): one for one in tracked(rights.house, subject, "en", sent=False)}
        assert set(found) >= {"site-analytics", "personalisation", "targeted-advertising"}
        assert "Analytics cookie" in page
        assert "Session cookie" in page
        assert "Cookies and trackers" in client.get("/my/consents").text
        name = next(key for key, one in found.items() if one.chosen.on_consent and one.askable)
        assert not found[name].on
        assert f"/my/consents/yes?purpose={name}" in page
        asked = client.get(f"/my/consents/yes?purpose={name}").text
        boxes = {f"yes-{channel}": "yes" for channel in found[name].chosen.purpose.channels} or {"yes-": "yes"}
        client.post("/my/consents/yes", data={**hidden(asked), **boxes})
        now = {str(one.chosen.purpose.id): one.on for one in tracked(rights.house, subject, "en", sent=False) if one.chosen.on_consent}
        assert [key for key, on in now.items() if on] == [name]
        assert f"/my/consents/stop?purpose={name}" in client.get("/my/trackers").text
        client.post("/my/consents", data={"go": "stop", "purpose": name, "token": token(client)})
        assert not next(one for one in tracked(rights.house, subject, "en", sent=False) if one.chosen.purpose.id == name).on


def test_the_signal_of_a_browser_is_kept_to(rights: Rights) -> None:
    """While it is sent, what it stops is off and cannot be turned on there; kept for every device by one click; never for a ward."""
    subject = person(rights.house, "citra@example.org")
    named = {str(one.chosen.purpose.id) for one in tracked(rights.house, subject, "en", sent=True) if one.signalled}
    assert named
    for one in sorted(named & askable(rights.house, subject, "en")):
        shown = asking(rights.house, subject, one, "en")
        assert shown is not None
        assert not agree(rights.house, subject, one, [name for name, _ in shown.channels], shown.shown)
    assert any(str(one.chosen.purpose.id) in named and one.on for one in tracked(rights.house, subject, "en", sent=False))
    assert not any(one.on for one in tracked(rights.house, subject, "en", sent=True) if one.signalled)
    with browsing(rights, "citra@example.org", **{"Sec-GPC": "1"}) as client:
        page = client.get("/my/trackers").text
        assert "Your browser sends the signal now" in page
        assert page.count("Your browser says no to this now") == len(named)
        assert not any(f"/my/consents/yes?purpose={one}" in page for one in named)
        client.post("/my/consents", data={"go": "signal", "token": token(client)})
    assert {str(one.purpose.id) for one in chosen(rights.house, subject) if one.objected} >= named


@needs_browser
def test_a_yes_in_a_browser_without_javascript(rights: Rights) -> None:
    """From my consents over the notice to the yes and its receipt, on a telephone."""
    subject = person(rights.house, "dewi@example.org")
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=False, extra_http_headers={"Accept-Language": "en"})
        opened = context.new_page()
        opened.goto(f"{rights.live.url}/my/consents")
        opened.locator("input[name=contact]").fill("dewi@example.org")
        pressed(opened, "main form button")
        opened.locator("input.code").fill(elsewhere(lambda: rights.code("dewi@example.org")))
        pressed(opened, "main form button")
        pressed(opened, "a[href*='yes?purpose=newsletters']")
        opened.locator("input[name=yes-email]").check()
        pressed(opened, "main form[action*='/yes'] button")
        assert "your yes is recorded" in opened.locator("[role=status]").inner_text()
        assert opened.locator("a[href$='/receipt']").count()
        context.close()
    assert elsewhere(lambda: str([one.channel for held in chosen(rights.house, subject) for one in held.given])) == "['email']"
