"""What came of a request, as the person finds it: the copy from the form to the download in a browser, and the certificate of what was deleted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.browser import barriers, browser, needs_browser, overflows, pressed, pressed_here
from tests.centre_house import Shop, centre_house
from tests.people_house import Clock
from tests.rights_house import BROWSER, elsewhere, hidden

from janji.ledger.proofs import read_proof
from janji.rights.requests import Asker, Outcome
from janji.store.server import ServerHandle
from janji.terms.canonical import canonical_bytes
from janji.workflows.person_packages import TRIES, remove
from janji.workflows.person_results import copies
from janji.workflows.request_pages import page_path
from janji.workflows.request_telling import LINKS
from janji.workflows.requests import request_of, requests_of


@pytest.fixture(scope="module")
def shop(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The house of this module; each test has people of its own."""
    with centre_house(server, module_database_url, tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture(autouse=True)
def a_minute_later(shop: Shop) -> None:
    """What one test sent does not count for the next."""
    Clock.moved += timedelta(minutes=2)


@needs_browser
def test_access_from_the_form_to_the_download(shop: Shop, tmp_path: Path) -> None:
    """In a browser, as a person does it: choose, say, check, send, code, questions, wait, look at the page, fetch the copy by the code that went elsewhere."""
    to, url = "person1@example.com", shop.live.url
    _, other = shop.person(1)
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": 390, "height": 800}, bypass_csp=True, accept_downloads=True, extra_http_headers={"Accept-Language": "en"})
        opened = context.new_page()

        def go(where: str) -> None:
            pressed(opened, opened.locator(where).first)
            assert not overflows(opened), opened.url
            assert barriers(opened) == [], opened.url

        opened.goto(f"{url}/")
        go("main a.tile.main")
        go("main form button")
        opened.locator("input[name=contact]").fill(to)
        go("main form button")
        go("main form button[value=send]")
        opened.locator("input.code").fill(elsewhere(lambda: shop.code(to)))
        go("main form button[value=code]")
        for name, answer in (("phone", "0001"), ("year", "1990"), ("postcode", "12190"), ("account", "0001")):
            if opened.locator(f"input[name={name}]").count():
                opened.locator(f"input[name={name}]").fill(answer)
        if opened.locator("button[value=answers]").count():
            go("button[value=answers]")
        kept = opened.locator("main a[href*='/rights/page/']").get_attribute("href")
        elsewhere(lambda: str(shop.work("Ratna")))
        opened.goto(f"{url}{kept}")
        assert "Your copy is ready" in opened.locator("main").inner_text()
        assert barriers(opened) == []
        go("a[href*='/packages/']")
        assert elsewhere(lambda: shop.letter(to, r"https?://[^/\s]+(/packages/[\w-]+)")) in opened.url
        opened.locator("input#code").fill("0000-0000")
        go("main form button")
        assert "tries left" in opened.locator("[role=alert]").inner_text()
        opened.locator("input#code").fill(elsewhere(lambda: shop.code(other)))
        with opened.expect_download() as got:
            pressed_here(opened, "main form button")
        got.value.save_as(tmp_path / "copy.zip")
        with ZipFile(tmp_path / "copy.zip") as held:
            assert "index.html" in held.namelist()
            assert any(name.endswith(".json") for name in held.namelist())
        opened.goto(f"{url}{kept}")
        assert "You have your copy" in opened.locator("main").inner_text()
        context.close()
    assert "example.com" not in kept


def test_a_copy_is_fetched_offered_again_and_over(shop: Shop) -> None:
    """The page leads to it; lost, locked or fetched, a new link and code are sent, each by its way, a few times; after its time it is gone."""
    subject, id, page, other = shop.filed(2, "access")
    house = shop.live.house
    with shop.live.client() as client:
        client.headers.update(BROWSER)
        looked = client.get(page).text
        first = re.search(r'href="(/packages/[^"?]+)', looked)
        assert first is not None
        assert "First comes a report to read" in looked
        assert shop.code(other) not in looked
        for _ in range(TRIES):
            client.post(first[1], data={"code": "1"})
        locked = client.get(page).text
        assert "Too many wrong codes" in locked
        assert "/packages/" not in locked
        sent = {"number": f"req_{id}", "page": hidden(locked)["page"]}
        assert client.post("/rights/copy", data={**sent, "page": "WRONG"}).status_code == 422
        old = shop.code(other)
        again = client.post("/rights/copy", data=sent)
        assert "on their way" in again.text
        fresh = re.search(r'href="(/packages/[^"?]+)', again.text)
        assert fresh is not None
        assert fresh[1] != first[1]
        assert shop.code(other) != old
        assert shop.letter("person2@example.com", r"https?://[^/\s]+(/packages/[\w-]+)") == fresh[1]
        got = client.post(fresh[1], data={"code": shop.code(other)})
        assert "index.html" in ZipFile(io.BytesIO(got.content)).namelist()
        assert "You have your copy" in client.get(page).text
        answers = [client.post("/rights/copy", data=sent).status_code for _ in range(LINKS)]
        assert answers == [200] * (LINKS - 2) + [422] * 2
        remove(house, id)
        gone = client.post("/rights/copy", data=sent)
        assert gone.status_code == 422
        assert "was destroyed" in client.get(page).text
        assert 'href="/rights?right=access' in client.get(page).text
    one = request_of(id)
    assert copies(house, [one])[id].over
    assert copies(house, [replace(one, asker=Asker.AGENT)]) == {}
    assert [each.id for each in requests_of(subject)] == [id]


def test_a_deletion_has_a_certificate_with_what_stays(shop: Shop) -> None:
    """On its page: what was done, what stays and why, and the certificate with a proof that verifies; nothing of it for whoever only filed it."""
    _, id, page, _ = shop.filed(4, "deletion")
    assert request_of(id).outcome is Outcome.DONE
    with shop.live.client() as client:
        client.headers.update(BROWSER)
        looked = client.get(page).text
        for part in ("What we did", "What stays, and why", "stays 10 years"):
            assert part in looked, part
        link = re.search(r'href="(/rights/page/[^"]+/certificate[^"]*)"', looked)
        assert link is not None
        got = client.get(link[1].replace("&amp;", "&"))
        assert got.headers["content-disposition"] == 'attachment; filename="certificate.json"'
        told = got.json()
        assert told["request"] == f"req_{id}"
        assert told["stays"] == ["`shop`, `invoices`: what the rule `tax` keeps stays 10 years, counted from `issued`"]
        assert told["levels"]
        proof = read_proof(canonical_bytes(told["proof"]))
        assert proof.position >= 0
        assert "person4" not in got.text
        other = page_path(shop.live.house, id, shown=False)
        assert client.get(f"{other}/certificate").status_code == 404
        assert "certificate" not in client.get(other).text
        assert client.get(f"{page[:-2]}xx/certificate").status_code == 404
        for open_ in (shop.filed(6, "access")[2],):
            assert client.get(f"{open_}/certificate").status_code == 404
