"""Staff come in by the company's own sign-in, a real OpenID Connect provider: those who have an account here, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.browser import browser, needs_browser, pressed
from tests.choosing import Clock, Clocked, make_house
from tests.live import Live, live
from tests.oidc_provider import LIES, Provider, provider

from janji.ledger.events import decode
from janji.store import health
from janji.store.database import fetch
from janji.workflows import staff as workflow

pytestmark = pytest.mark.skipif(not all(map(find_spec, ("jwt", "oidc_provider_mock"))), reason="what serves and what plays the provider are not installed")
CLIENT = "janji-console"


@pytest.fixture(scope="module")
def company() -> Iterator[Provider]:
    """The company's sign-in."""
    with provider() as made:
        yield made


@pytest.fixture(scope="module")
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture(scope="module")
def served(module_database_url: str, company: Provider, clock: Clock) -> Iterator[Live]:
    """A house that believes it."""
    house = make_house(module_database_url, clock)
    settings = replace(house.runtime.settings, oidc_issuer=company.url, oidc_client=CLIENT, oidc_secret="word")  # noqa: S106 - of a provider that takes any
    with live(replace(house, runtime=Clocked(settings, house.runtime.tongue, clock))) as made:
        workflow.add(made.house, "Sri Wahyuni", "sri@example.com", "officer")
        yield made


@pytest.fixture(autouse=True)
def _honest(company: Provider, clock: Clock) -> None:
    """Each test begins with a provider that says what is so."""
    company.lie()
    clock.put_on(minutes=2)


@pytest.fixture
def client(served: Live) -> Iterator[httpx.Client]:
    """A browser without anything, that follows nothing by itself."""
    with httpx.Client(base_url=served.url, timeout=60, headers={"Accept-Language": "en"}) as made:
        yield made


def asked(client: httpx.Client) -> str:
    """Where the company's sign-in is asked."""
    answer = client.get("/console/enter/company")
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def vouched(where: str, sub: str) -> str:
    """Where the company's sign-in sends somebody back to, as a path."""
    answer = httpx.post(where, data={"sub": sub})
    assert answer.status_code in (302, 303), answer.text
    found = urlsplit(answer.headers["Location"])
    return f"{found.path}?{found.query}"


def came(client: httpx.Client, sub: str) -> httpx.Response:
    """Somebody comes by the company's sign-in."""
    return client.get(vouched(asked(client), sub))


def test_whoever_has_an_account_comes_in(company: Provider, served: Live, client: httpx.Client) -> None:
    """By a verified address the first time, from then on by who they are there, whatever their address; nothing else of them is kept."""
    company.knows("100", email="Sri@Example.com", email_verified=True, name="Somebody Else", phone_number="+62811")
    where = parse_qs(urlsplit(asked(client)).query)
    assert where["code_challenge_method"] == ["S256"]
    assert where["nonce"][0]
    assert where["state"][0]
    answer = came(client, "100")
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (302, "/console")
    assert "Sri Wahyuni" in client.get("/console").text
    company.knows("100", email="sri.new@example.com", email_verified=True)
    with httpx.Client(base_url=served.url, timeout=60) as other:
        assert came(other, "100").status_code == 302
    ((uid, data),) = fetch("SELECT uid, extra_data::text FROM socialaccount_socialaccount")
    assert len(uid) == 64
    assert data == "{}"
    assert workflow.account("sri@example.com").known


@pytest.mark.parametrize(("sub", "claims"), [
    ("200", {"email": "stranger@example.com", "email_verified": True}), ("201", {"email": "sri2@example.com"}), ("202", {"email": "sri2@example.com", "email_verified": False}),
    ("203", {"email": "sri2@example.com", "email_verified": "true"}), ("204", {}), ("205", {"email": ["sri2@example.com"], "email_verified": True}),
    ("206", {"email": "stopped@example.com", "email_verified": True}),
])  # fmt: skip
def test_nobody_else_comes_in(company: Provider, served: Live, client: httpx.Client, sub: str, claims: dict[str, object]) -> None:
    """Not who has no account, no verified address, or an account that was stopped; and no account is made."""
    for email in ("sri2@example.com", "stopped@example.com"):
        if not any(one.email == email for one in workflow.accounts()):
            made = workflow.add(served.house, "Other", email, "analyst")
            if email.startswith("stopped"):
                workflow.stop(served.house, made.staff.id)
    before = workflow.accounts()
    company.knows(sub, **claims)
    answer = came(client, sub)
    assert answer.status_code == 403
    assert "did not bring you in" in answer.text
    assert client.get("/console").status_code == 401
    assert workflow.accounts() == before


def test_an_address_that_was_given_on_opens_nothing(company: Provider, served: Live, client: httpx.Client) -> None:
    """Who comes with an address by which another one came before is refused, until staff let them take the place."""
    workflow.add(served.house, "Budi", "budi@example.com", "analyst")
    company.knows("300", email="budi@example.com", email_verified=True)
    company.knows("301", email="budi@example.com", email_verified=True)
    assert came(client, "300").status_code == 302
    with httpx.Client(base_url=served.url, timeout=60) as other:
        assert came(other, "301").status_code == 403
        workflow.forget_company(served.house, "budi@example.com")
        assert [event.details["change"] for event in map(decode, health.newest()) if event.kind == "staff.changed"].count("company-forgotten") == 1
        assert came(other, "301").status_code == 302


def test_who_comes_by_another_account_is_known_again(company: Provider, served: Live) -> None:
    """Whoever the company vouched for at two accounts, one after the other, is one person; who has the mailbox of the first is not."""
    for account, sub in (("ida@example.com", "500"), ("ida.new@example.com", "500"), ("ira@example.com", "501")):
        workflow.add(served.house, account, account, "officer")
        company.knows(sub, email=account, email_verified=True)
        with httpx.Client(base_url=served.url, timeout=60) as browser:
            assert came(browser, sub).status_code == 302
        if account == "ida@example.com":
            workflow.stop(served.house, account)
    assert [one.name for one in workflow.accounts_of(workflow.account("ida.new@example.com").staff)] == ["ida.new@example.com", "ida@example.com"]
    assert [one.name for one in workflow.accounts_of(workflow.account("ira@example.com").staff)] == ["ira@example.com"]


@pytest.mark.parametrize("about", LIES)
def test_a_provider_that_lies_brings_nobody_in(company: Provider, served: Live, client: httpx.Client, about: str) -> None:
    """Another issuer, in what it says of itself or in the token; another nonce; a token for somebody else; a signature of nobody; another person when it is asked for more."""
    if not any(one.email == "lia@example.com" for one in workflow.accounts()):
        workflow.add(served.house, "Lia", "lia@example.com", "analyst")
    workflow.forget_company(served.house, "lia@example.com")
    company.knows("400", email="lia@example.com", email_verified=True)
    if about == "discovery":
        company.lie(about)
        assert client.get("/console/enter/company").status_code in (403, 503)
    elif about == "audience":
        company.lie()
        there = asked(client).replace(CLIENT, "another-client")
        assert client.get(vouched(there, "400")).status_code == 403
    else:
        company.lie(about)
        assert came(client, "400").status_code == 403
    assert client.get("/console").status_code == 401


def test_a_way_back_is_good_once_and_for_whoever_went(company: Provider, served: Live, client: httpx.Client) -> None:
    """Another browser, another state, no state, a second time, an error of the provider, a provider that nobody set: nobody comes in."""
    company.knows("100", email="sri@example.com", email_verified=True)
    back = vouched(asked(client), "100")
    with httpx.Client(base_url=served.url, timeout=60) as other:
        assert other.get(back).status_code == 403
    path, query = back.split("?")
    code = parse_qs(query)["code"][0]
    for words in ({"code": code}, {"code": code, "state": "x" * 16}, {"state": parse_qs(query)["state"][0], "error": "access_denied"}, {"error": "<script>"}):
        answer = client.get(path, params=words)
        assert answer.status_code == 403
        assert "<script>" not in answer.text
    back = vouched(asked(client), "100")
    assert client.get(back).status_code == 302
    client.post("/console/out")
    assert client.get(back).status_code == 403
    assert client.get("/console/enter/back/another?state=x&code=y").status_code == 403


def test_nothing_of_the_address_is_passed_on(client: httpx.Client) -> None:
    """What somebody writes behind the address of the sign-in neither widens what is asked nor leads anywhere."""
    where = client.get("/console/enter/company?scope=admin&auth_params=prompt%3Dnone%26redirect_uri%3Dhttps://evil.example&next=https://evil.example&process=connect").headers["Location"]
    said = parse_qs(urlsplit(where).query)
    assert set(said["scope"][0].split()) == {"openid", "profile", "email"}
    assert "evil" not in where
    assert "prompt" not in said


@needs_browser
def test_a_person_goes_there_and_back(company: Provider, served: Live) -> None:
    """In a browser, with the policy that our pages have: a press, the company's page, and in."""
    company.knows("100", email="sri@example.com", email_verified=True)
    with browser() as chromium:
        opened = chromium.new_context(locale="en").new_page()
        opened.goto(f"{served.url}/console/enter")
        pressed(opened, "main a.btn.second")
        assert opened.url.startswith(company.url)
        opened.fill("input[name=sub]", "100")
        pressed(opened, opened.get_by_role("button", name="Authorize"))
        assert opened.url.startswith(f"{served.url}/console?")
        assert "Sri Wahyuni" in opened.inner_text("header")
