"""The example shops against a real Janji: what a customer does there, what the shop may do, and what stops it."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.browser import barriers, browser, needs_browser, pressed
from tests.scripted import closed_port
from tests.served import Served, served
from tests.serving import wait_until

from janji_client import Client

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SCOPES = ("decide", "collect", "consents:write", "subjects:write")
DJANGO = """
import os, socket, sys
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server
application = get_wsgi_application()
call_command("migrate", verbosity=0)
create_server(application, sockets=[socket.socket(fileno=int(sys.argv[1]))]).run()
"""


@dataclass(frozen=True)
class Kind:
    """How an example is run: what serves it on the socket of a number, what sends the newsletter, its tables."""

    folder: Path
    serve: tuple[str, ...]
    newsletter: tuple[str, ...]
    customers: str
    letters: str
    parcels: str


KINDS = {
    "fastapi": Kind(
        EXAMPLES / "fastapi-shop", ("-m", "uvicorn", "fastapi_shop:shop", "--log-level", "warning", "--fd"),
        ("fastapi_shop.py", "Our news"), "customer", "letter", "parcel",
    ),
    "django": Kind(
        EXAMPLES / "django-shop", ("-c", DJANGO), ("manage.py", "newsletter", "Our news"), "shop_customer", "shop_letter", "shop_parcel",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """An example that runs, and its own store."""

    kind: Kind
    url: str
    environment: dict[str, str]
    browsers: ExitStack

    def newsletter(self) -> None:
        """Run the job that writes to everybody who may be written to."""
        command = [sys.executable, *self.kind.newsletter]
        done = subprocess.run(command, cwd=self.kind.folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(r"\d+ letters\n", done.stdout)

    def rows(self, table: str, email: str = "") -> list[tuple[str, ...]]:
        """What the shop has stored of something, of one customer or of all."""
        with closing(sqlite3.connect(self.environment["SHOP_STORE"])) as store:
            return [row for row in store.execute(f"SELECT * FROM {table}") if not email or email in row]  # noqa: S608  # a name of our own

    def letters(self, email: str) -> list[tuple[str, ...]]:
        """The letters that wait for a customer: number, `sub_...`, e-mail, text, headers."""
        return self.rows(self.kind.letters, email)

    def customer(self, **given: str) -> Customer:
        """Somebody new, who fills in the form for an account in a browser of their own."""
        browser = self.browsers.enter_context(httpx.Client(base_url=self.url, follow_redirects=True, timeout=60))
        fields = {"email": f"{uuid.uuid4().hex}@example.org", "born": "1990-04-01", "address": "Jalan Contoh 1", **given}
        return Customer(browser, fields["email"], submit(browser, "/", "/accounts", **fields))


@dataclass(frozen=True)
class Customer:
    """Somebody, and the page that the shop showed them."""

    browser: httpx.Client
    email: str
    page: httpx.Response


def submit(browser: httpx.Client, page: str, target: str, /, **fields: str) -> httpx.Response:
    """Fill in the form of a page and send it, with whatever hidden field it has."""
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', browser.get(page).text)
    return browser.post(target, data={**dict(hidden), **fields})


@contextmanager
def open_shop(kind: Kind, folder: Path, held: socket.socket, janji: str, **settings: str) -> Iterator[Shop]:
    """An example that serves on a socket, and asks the Janji at an address."""
    url = address(held)
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(ROOT / "client" / "src"), str(kind.folder)]),
        "SHOP_JANJI_URL": janji, "SHOP_STORE": str(folder / "shop.db"), "DJANGO_SETTINGS_MODULE": "shop.settings", **settings,
    }  # fmt: skip
    command = [sys.executable, *kind.serve, str(held.fileno())]
    process = subprocess.Popen(command, cwd=kind.folder, env=environment, pass_fds=[held.fileno()])
    try:
        wait_until(lambda: httpx.get(url, timeout=60).status_code == 200)
        with ExitStack() as browsers:
            yield Shop(kind, url, environment, browsers)
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def janji(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Janji with the policy of the shops."""
    with served(tmp_path_factory.mktemp("janji"), module_database_url, EXAMPLES / "shop-policy") as found:
        yield found


@pytest.fixture(scope="module", params=KINDS)
def shop(request: pytest.FixtureRequest, janji: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Each example, told by webhook."""
    with listening() as held:
        secret = janji.janji("webhook", "add", request.param, f"{address(held)}/janji")["secret"]
        folder, key = tmp_path_factory.mktemp("shop"), janji.key(SCOPES)
        with open_shop(KINDS[request.param], folder, held, janji.url, SHOP_JANJI_KEY=key, SHOP_WEBHOOK_KEY=secret) as found:
            yield found


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket on a port that the system picks."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held


def address(held: socket.socket) -> str:
    """Where a socket is."""
    return f"http://127.0.0.1:{held.getsockname()[1]}"


def test_a_customer_who_ticked_the_box(shop: Shop, janji: Served) -> None:
    """Gets the newsletter until one click in a letter: then the letter that waits is gone, and no other is written."""
    assert "checked" not in httpx.get(shop.url, timeout=60).text
    ani, budi = shop.customer(newsletter="on"), shop.customer()
    assert "You get our newsletter" in ani.page.text
    assert "You get no newsletter" in budi.page.text
    shop.newsletter()
    assert shop.letters(budi.email) == []
    ((_, subject, _, text, headers),) = shop.letters(ani.email)
    assert "List-Unsubscribe=One-Click" in headers
    link = text.split()[-1]
    assert httpx.get(link, timeout=60).status_code == 200
    assert "You get our newsletter" in ani.browser.get("/account").text, "whoever looks at the page of the link changes nothing"
    httpx.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=60).raise_for_status()
    wait_until(lambda: shop.letters(ani.email) == [])
    shop.newsletter()
    assert shop.letters(ani.email) == []
    assert "You get no newsletter" in ani.browser.get("/account").text
    with Client(janji.url, janji.key()) as client:
        kinds = {event.kind for event in client.track(subject)}
    assert {"use.permitted", "consent.given", "consent.withdrawn"} <= kinds


def test_a_customer_who_stops_on_the_page(shop: Shop) -> None:
    """The button of the account does the same."""
    ani = shop.customer(newsletter="on")
    shop.newsletter()
    assert len(shop.letters(ani.email)) == 1
    assert "You get no newsletter" in submit(ani.browser, "/account", "/newsletter/stop").text
    wait_until(lambda: shop.letters(ani.email) == [])


def test_an_order(shop: Shop) -> None:
    """An order goes on record as an agreement, and the parcel uses the address that Janji let the shop keep."""
    ani = shop.customer()
    assert "Thank you" in submit(ani.browser, "/account", "/orders", thing="tea", address="Jalan Contoh 2").text
    assert shop.rows(shop.kind.parcels)[-1][2:] == ("tea", "Jalan Contoh 2")


def test_who_cannot_open_an_account(shop: Shop) -> None:
    """A child is told so, and nothing of it is stored; what is no address is said to be none; nobody opens two."""
    before = len(shop.rows(shop.kind.customers))
    child = shop.customer(born="2020-04-01", newsletter="on")
    assert child.page.status_code == 422
    assert "We cannot take this" in child.page.text
    assert shop.customer(email="nobody@").page.status_code == 422
    assert len(shop.rows(shop.kind.customers)) == before
    email = f"{uuid.uuid4().hex}@example.org"
    assert [shop.customer(email=email).page.status_code for _ in range(2)] == [200, 409]


def test_word_that_is_not_from_janji(shop: Shop) -> None:
    """A message that is not signed changes nothing."""
    ani = shop.customer(newsletter="on")
    shop.newsletter()
    body = {"type": "withdrawal", "timestamp": "2026-11-23T03:00:00Z", "data": {"subject": shop.letters(ani.email)[0][1]}}
    signed = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    assert httpx.post(f"{shop.url}/janji", json=body, headers=signed, timeout=60).status_code == 400
    assert len(shop.letters(ani.email)) == 1


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_without_janji_nothing_is_taken(kind: Kind, tmp_path: Path) -> None:
    """No answer is a no: a problem document, and nothing is stored."""
    with listening() as held, open_shop(kind, tmp_path, held, closed_port(), SHOP_JANJI_KEY="jk_x") as shop:
        page = shop.customer().page
        assert page.status_code == 503
        assert page.headers["Content-Type"] == "application/problem+json"
        assert shop.rows(kind.customers) == []


@needs_browser
def test_in_a_browser(shop: Shop) -> None:
    """A person opens an account without taking the newsletter; no page has a barrier that is known."""
    with browser() as chromium:
        page = chromium.new_page()
        page.goto(shop.url)
        assert barriers(page) == []
        assert not page.get_by_label("newsletter").is_checked()
        page.get_by_label("E-mail").fill(f"{uuid.uuid4().hex}@example.org")
        page.get_by_label("Date of birth").fill("1985-08-17")
        pressed(page, page.get_by_role("button", name="Open"))
        assert page.url.endswith("/account")
        assert page.get_by_text("You get no newsletter").is_visible()
        assert barriers(page) == []
