"""Staff sign in: by a link that is good once, by a passkey in a real browser, and by a real OpenID Connect provider; and nobody else does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from tests.browser import browser, needs_browser, pressed, pressed_here
from tests.rights_house import Rights, elsewhere

from janji.store import staff as store
from janji.store.database import fetch
from janji.workflows import staff as workflow

pytestmark = pytest.mark.usefixtures("a_minute_later")


@pytest.fixture
def word(house: Rights, request: pytest.FixtureRequest) -> str:
    """The word of a link for an account of its own."""
    name = re.sub(r"\W+", "-", request.node.name)[:60].strip("-")
    made = workflow.add(house.house, name, f"{name}@example.com".lower(), "officer")
    return workflow.invite(house.house, made.staff.id).url.rpartition("/")[2]


@pytest.fixture
def client(house: Rights) -> Iterator[httpx.Client]:
    """A browser without anything, that follows nothing by itself."""
    with httpx.Client(base_url=house.live.url, timeout=60, headers={"Accept-Language": "en"}) as made:
        yield made


def token(page: str) -> str:
    """What a form of the entrance carries."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


def signed_in(client: httpx.Client, word: str) -> httpx.Response:
    """Follow a link as a person does: look, then press."""
    path = f"/console/enter/link/{word}"
    return client.post(path, data={"csrfmiddlewaretoken": token(client.get(path).text)})


def test_a_link_signs_in_once(client: httpx.Client, word: str) -> None:
    """A look uses nothing up; a press does, and leads in; a second press does not, in another browser either."""
    path = f"/console/enter/link/{word}"
    for _ in range(3):
        page = client.get(path)
        assert page.status_code == 200
    assert client.get("/console").status_code == 401
    answer = client.post(path, data={"csrfmiddlewaretoken": token(page.text)})
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (302, "/console/me")
    assert client.get("/console").status_code == 200
    with httpx.Client(base_url=client.base_url, timeout=60) as other:
        assert other.get(path).status_code == 403
        assert signed_in(other, word).status_code == 403
        assert other.get("/console").status_code == 401


def test_the_cookie_is_closed_up(client: httpx.Client, word: str) -> None:
    """No script reads it, no other site sends it, it ends after eight hours; under HTTPS it is of this very host."""
    answer = signed_in(client, word)
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("janji-staff=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"} <= {part.strip() for part in cookie.split(";")}
    from types import SimpleNamespace

    from janji.web.console import installed

    held = SimpleNamespace(INSTALLED_APPS=[installed.INSTALLED[-1]])
    installed.install(held, https=True)
    assert (held.SESSION_COOKIE_NAME, held.SESSION_COOKIE_SECURE) == ("__Host-janji-staff", True)
    assert (held.CSRF_COOKIE_NAME, held.CSRF_COOKIE_SECURE) == ("__Host-janji-form", True)


def test_a_session_that_was_planted_is_not_taken_over(house: Rights, client: httpx.Client, word: str) -> None:
    """The key of a session changes as somebody signs in, so whoever planted the one before has nothing."""
    planted = store.begin_session({"mark": "planted"})
    client.cookies.set(settings.SESSION_COOKIE_NAME, planted, domain=urlsplit(str(client.base_url)).hostname or "")
    assert signed_in(client, word).status_code == 302
    keys = {one.value for one in client.cookies.jar if one.name == settings.SESSION_COOKIE_NAME}
    assert keys - {planted}
    assert workflow.read_session(house.house, planted) is None
    assert store.session(planted) == {}
    before = client.cookies[settings.SESSION_COOKIE_NAME]
    held = workflow.read_session(house.house, before)
    assert held is not None
    again = workflow.invite(house.house, held.id)
    assert signed_in(client, again.url.rpartition("/")[2]).status_code == 302
    assert workflow.read_session(house.house, before) is None


def test_whoever_reads_the_table_has_no_session(house: Rights, client: httpx.Client, word: str) -> None:
    """Sessions are stored by a digest of their key."""
    signed_in(client, word)
    for (held,) in fetch("SELECT session_key FROM staff_session"):
        assert workflow.read_session(house.house, held) is None


@pytest.mark.parametrize("end", ["out", "role", "stop", "time", "forged"])
def test_a_session_ends(house: Rights, client: httpx.Client, word: str, end: str) -> None:
    """By sign-out, a new role, an end of the account and eight hours, at once; a copy of the cookie is worth nothing then."""
    signed_in(client, word)
    key = client.cookies[settings.SESSION_COOKIE_NAME]
    found = workflow.read_session(house.house, key)
    assert found is not None
    if end == "out":
        form = re.search(r'name="token" value="([^"]*)"', client.get("/console").text)
        assert form
        assert client.post("/console/out", data={"token": form[1]}).status_code == 303
    elif end == "role":
        workflow.change(house.house, found.id, "analyst")
    elif end == "stop":
        workflow.stop(house.house, found.id)
    elif end == "time":
        house.clock.put_on(hours=8, seconds=1)
    else:
        key = key[:-1] + ("a" if key[-1] != "a" else "b")
    with httpx.Client(base_url=client.base_url, cookies={settings.SESSION_COOKIE_NAME: key}, timeout=60) as copy:
        assert copy.get("/console").status_code == 401


def test_a_press_from_elsewhere_signs_nobody_in(client: httpx.Client, word: str) -> None:
    """Without the token of the page, or from another site, a link is not used up."""
    path = f"/console/enter/link/{word}"
    page = client.get(path)
    assert client.post(path).status_code == 403
    assert client.post(path, data={"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert client.post(path, data={"csrfmiddlewaretoken": token(page.text)}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(path, data={"csrfmiddlewaretoken": token(page.text)}).status_code == 302


def test_words_of_others_lead_nowhere(client: httpx.Client, word: str) -> None:
    """`next` and its like are passed over, on every way in."""
    path = f"/console/enter/link/{word}?next=https://evil.example/&language=//evil.example"
    answer = client.post(path, data={"csrfmiddlewaretoken": token(client.get(path).text)})
    assert answer.headers["Location"].startswith("/console/me?")
    assert "evil" not in answer.headers["Location"]
    assert client.get("/console/enter?next=//evil.example/").headers["Location"].startswith("/console?")


def test_pages_of_the_entrance_stand_alone(client: httpx.Client, word: str) -> None:
    """No frame shows them, no cache keeps them, no script but ours runs, no address is passed on."""
    for path in ("/console/enter", f"/console/enter/link/{word}", "/console"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "same-origin")
    assert client.get("/console/enter/0000000000000000.js").status_code == 404


def test_nothing_of_the_libraries_is_reachable(client: httpx.Client) -> None:
    """None of the pages that django-allauth brings is there, and no API call carries its cookies."""
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/console/enter/login/", "/accounts/2fa/"):
        assert client.get(path).status_code == 404
    assert "set-cookie" not in client.get("/health/live").headers
    assert "set-cookie" not in client.get("/").headers


def test_links_cannot_be_tried_for_long(client: httpx.Client) -> None:
    """Guesses all look alike, and after some in a minute the address must wait."""
    pages = [client.get(f"/console/enter/link/{number:043d}") for number in range(80)]
    assert {one.status_code for one in pages} == {403, 429}
    assert pages[-1].headers["Retry-After"]


@pytest.mark.parametrize("said", ["", "[]", "{}", "null", '{"response": 3}', '{"response": {"userHandle": 7}}', "x" * 5000, '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}'])
def test_a_passkey_that_says_nonsense_opens_nothing(client: httpx.Client, said: str) -> None:
    """Refused, without a failure inside."""
    pytest.importorskip("fido2")
    asked = client.get("/console/enter/passkey").json()
    answer = client.post("/console/enter/passkey", data={"credential": said}, headers={"X-CSRFToken": asked["token"]})
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert client.post("/console/enter/passkey", data={"credential": said}).headers["Content-Type"].startswith("text/html")
    assert client.get("/console").status_code == 401



def test_our_tables_are_those_that_the_library_knows(house: Rights) -> None:
    """A version of django-allauth that keeps passkeys or identities in another form is told here, and no page of ours asks a table that is not there."""
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount
    from django.db import connection

    for model in (Authenticator, SocialAccount):
        held = {name: (kind, longest) for name, kind, longest in fetch(
            "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns WHERE table_name = %s", model._meta.db_table)}  # fmt: skip
        assert set(held) == {one.column for one in model._meta.concrete_fields}
        for one in model._meta.concrete_fields:
            kind, longest = held[one.column]
            wanted = (one.db_type(connection) or "").replace("varchar", "character varying")
            assert one.primary_key or wanted == (f"{kind}({longest})" if longest else kind), one


# -------------------------------------------------------------------------------------------------------------- passkeys


@contextmanager
def authenticator(opened: Any) -> Iterator[Any]:
    """A device that keeps passkeys and knows its owner, as Chromium plays one."""
    session = opened.context.new_cdp_session(opened)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    yield lambda method, **more: session.send(f"WebAuthn.{method}", {"authenticatorId": made["authenticatorId"], **more})


@needs_browser
def test_a_passkey_is_made_and_signs_in(house: Rights, word: str) -> None:
    """A link leads in, the device makes a passkey, which signs in the next day; not where the device does not know its owner, nor once the account is stopped."""
    pytest.importorskip("fido2")
    base = house.live.url.replace("127.0.0.1", "localhost")
    with browser() as chromium:
        opened = chromium.new_context(locale="en").new_page()
        with authenticator(opened) as device:
            opened.goto(f"{base}/console/enter/link/{word}")
            pressed(opened, "main button")
            assert "Make a passkey now" in opened.inner_text("main")
            pressed(opened, "main a.btn")
            opened.fill("#name", "office laptop")
            pressed(opened, "main button")
            assert "The passkey is made" in opened.inner_text("main")
            assert "office laptop" in opened.inner_text("main table")
            assert len(device("getCredentials")["credentials"]) == 1
            assert device("getCredentials")["credentials"][0]["isResidentCredential"]
            pressed(opened, "header form button")
            assert opened.url.split("?")[0] == f"{base}/console/enter"
            pressed(opened, "main button")
            assert opened.url.split("?")[0] == f"{base}/console"
            pressed(opened, "header form button")
            device("setUserVerified", isUserVerified=False)
            pressed_here(opened, "main button")
            opened.wait_for_selector("main form [role=alert]:visible")
            assert opened.goto(f"{base}/console").status == 401
            device("setUserVerified", isUserVerified=True)
            pressed(opened, "main button")
            assert opened.url == f"{base}/console"
            elsewhere(lambda: _stopped(house, "test_a_passkey_is_made_and_signs_in@example.com"))
            assert opened.goto(f"{base}/console").status == 401
            pressed_here(opened, "main button")
            opened.wait_for_selector("main form [role=alert]:visible")
            assert opened.goto(f"{base}/console").status == 401


def _stopped(house: Rights, email: str) -> str:
    if not any(one.email == "second@example.com" for one in workflow.accounts()):
        workflow.add(house.house, "Second", "second@example.com", "officer")
    return workflow.stop(house.house, email).email


def test_an_answer_is_good_for_its_question_alone(client: httpx.Client, house: Rights, word: str) -> None:
    """What a device made for another question, or for another site, makes no passkey and opens nothing."""
    fido2 = pytest.importorskip("fido2")
    assert fido2
    signed_in(client, word)
    page = client.get("/console/me/passkey")
    form = re.search(r'name="token" value="([^"]*)"', page.text)
    assert form
    said = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}, "clientExtensionResults": {}}
    for credential in ("", "x", "[]", "7", json.dumps(said)):
        answer = client.post("/console/me/passkey", data={"token": form[1], "name": "x", "credential": credential})
        assert answer.status_code == 422, credential


def test_a_passkey_is_removed_after_a_page_that_asks(client: httpx.Client, house: Rights, word: str) -> None:
    """A look removes nothing and says when it is the only one; a press removes that one; nobody else's can be looked at or removed."""
    from allauth.mfa.models import Authenticator

    signed_in(client, word)
    mine = next(one.staff.id for one in workflow.accounts() if one.staff.name.startswith("test_a_passkey_is_removed"))
    other = workflow.add(house.house, "Other", "other-passkey@example.com", "analyst").staff.id
    keys = [Authenticator.objects.create(user_id=owner, type="webauthn", data={"name": name}).pk for owner, name in ((mine, "Laptop"), (mine, "Telephone"), (other, "Theirs"))]
    page = client.get("/console/me?language=en").text
    assert f"/console/me/remove/{keys[0]}?" in page
    form = re.search(r'name="token" value="([^"]*)"', page)
    assert form
    for number in (keys[2], 0, 10**12):
        assert client.get(f"/console/me/remove/{number}").status_code == 422
        assert client.post(f"/console/me/remove/{number}", data={"token": form[1]}).status_code == 422
    for place, only in ((0, False), (1, True)):
        where = f"/console/me/remove/{keys[place]}?language=en"
        asked = client.get(where).text
        assert ("Laptop", "Telephone")[place] in asked
        assert ("It is your only one" in asked) is only
        assert Authenticator.objects.filter(pk=keys[place]).exists()
        assert client.post(where, data={"token": form[1]}).status_code == 303
        assert not Authenticator.objects.filter(pk=keys[place]).exists()
    assert Authenticator.objects.filter(pk=keys[2]).exists()
