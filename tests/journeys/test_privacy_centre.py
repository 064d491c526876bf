"""The open pages of the privacy centre: what each says, in two languages, how much each weighs, and that it opens to everybody."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.choosing import person
from tests.rights_house import BROWSER, Rights, hidden, rights_house

from janji.rights.requests import Intake, Proof
from janji.store.requests import Tally
from janji.workflows.request_numbers import FEW, _all_told, numbers
from janji.workflows.requests import Opening, deliver, open_request, refuse, rights

OPEN = ("/", "/rights", "/rights?right=access", "/rights?right=deletion", "/rights/status", "/versions", "/help", "/guardians", "/numbers", "/my")
HEAVIEST = 25_000
"""Bytes of a page with its style sheet, compressed."""


@pytest.fixture(scope="module")
def centre(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rights]:
    """A served house for all tests of this module."""
    with rights_house(module_database_url, tmp_path_factory.mktemp("house"), None) as found:
        yield found


def test_every_page_is_light_closed_and_spoken_in_two_languages(centre: Rights) -> None:
    """At most 25 KB with its style sheet; no script, no cookie, nothing from elsewhere; each in the language that was asked for, Indonesian without one."""
    sheets = set()
    for path in OPEN:
        pages = [centre.get(f"{path}{'&' if '?' in path else '?'}language={language}") for language in ("en", "id")]
        for page, language in zip(pages, ("en", "id"), strict=True):
            assert page.status_code == 200, path
            assert f'<html lang="{language}">' in page.text
            for part in ("<script", " style=", "http://", "onclick"):
                assert part not in page.text, (path, part)
            assert "set-cookie" not in page.headers
            assert page.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
            assert page.headers["cache-control"] == "no-store"
            (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page.text)
            sheets.add(sheet)
            assert page.text.count("<h1") == 1
        assert pages[0].text != pages[1].text
        with centre.live.client() as client:
            assert '<html lang="id">' in client.get(path).text
            assert '<html lang="en">' in client.get(path, headers={"Accept-Language": "en-GB,id;q=0.5"}).text
    (sheet,) = sheets
    style = centre.get(sheet)
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["cache-control"]
    assert centre.get("/style/0000.css").status_code == 404
    weight = len(gzip.compress(style.content))
    for path in OPEN:
        assert len(gzip.compress(centre.get(path).content)) + weight <= HEAVIEST, path


def test_an_address_that_is_none_answers_browsers_with_a_page(centre: Rights) -> None:
    """In both languages, with the way back and the way to us, whatever is wrong with it; a program gets the problem document."""
    for path, status in (("/no-such-page", 404), ("/my/requests/x", 404), ("/v1/policy/versions/99", 404), ("/v1/decisions", 405), ("/packages/", 404)):
        for language, title in (("en", "Nothing is here"), ("id", "Tidak ada apa-apa di sini")):
            page = centre.get(f"{path}?language={language}")
            assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8"), path
            assert f"<h1>{title}</h1>" in page.text
            assert f'href="/?language={language}"' in page.text
            assert "tel:" in page.text or "https://" in page.text
            assert "style-src 'self'" in page.headers["content-security-policy"]
        with centre.live.client() as client:
            for accept in ("*/*", "application/json"):
                told = client.get(path, headers={"Accept": accept})
                assert told.headers["content-type"] == "application/problem+json"
                assert told.json()["status"] == status
    assert centre.get("/v1/decisions").headers["allow"]
    with centre.live.client() as client:
        sent = client.post("/rights", content=b"x" * 80_000, headers={**BROWSER, "Content-Type": "application/x-www-form-urlencoded"})
    assert sent.status_code == 413
    assert "That is too much at once" in sent.text


def test_the_other_language_keeps_the_page(centre: Rights) -> None:
    """The switch leads to the same page, with what it was asked, and to nowhere else whatever stands in the address."""
    page = centre.get("/rights?right=access&language=en&next=https://evil.example").text
    assert 'href="?right=access&amp;language=id"' in page
    assert "evil" not in page
    assert "evil" not in centre.get("/rights?right=https://evil.example").text
    assert "evil" not in centre.get("/versions?cursor=evil").text


def test_a_right_says_what_it_does_and_by_which_hour(centre: Rights) -> None:
    """What it does and cannot do, the day and hour of the answer, what is needed, who decides, the grounds of a no; for every right that is granted."""
    for name, granted in rights(centre.house).items():
        page = centre.get(f"/rights?right={name}&language=en").text
        for part in ("What it does", "What it cannot do", "How long it takes", "What you need"):
            assert part in page, (name, part)
        due = granted.due(centre.clock.at) + timedelta(hours=7)
        assert f"{due.day} {due:%B %Y}, {due:%H}:" in page, name
        assert (f"{granted.approvals} of our officers" in page) == (granted.approvals > 1), name
        assert ("Only on these grounds" in page) == bool(granted.grounds), name
    assert "Choose" in centre.get("/rights?right=no-such-right").text


def test_a_guardian_comes_to_the_form_that_asks_for_the_ward(centre: Rights) -> None:
    """The page for guardians says from which age on a child decides, and its form asks for whom."""
    page = centre.get("/guardians?language=en").text
    children = centre.house.policy_in_force.policy.children
    assert children is not None
    assert f"under {children.under} years" in page
    asked = centre.post("/rights", **hidden(page), right="access", go="say")
    assert 'name="about"' in asked.text
    assert hidden(asked.text)["asker"] == "guardian"


def test_versions_are_listed_with_what_they_say(centre: Rights) -> None:
    """The version in force, its day, and the documents of it; a cursor that is none leads nowhere."""
    page = centre.get("/versions?language=en").text
    assert "in force now" in page
    assert 'href="/v1/policy/versions/1?language=en"' in page
    assert centre.get("/v1/policy/versions/1?language=en").status_code == 200
    assert centre.get("/versions?cursor=x").status_code == 404


def test_numbers_are_counted_and_small_ones_are_not_told(centre: Rights) -> None:
    """Empty first; then what came, was answered, refused and late, with the median; fewer than five of a kind are only few."""
    assert "Nobody has asked for anything yet" in centre.get("/numbers?language=en").text
    subject = person(centre.house, "rara@example.org")
    made = [open_request(centre.house, Opening(right=right, intake=Intake.PHONE, subject=subject, proof=Proof.STAFF, by="Petugas"))
            for right in ("deletion",) * 6 + ("access",) * 2]  # fmt: skip
    centre.clock.put_on(hours=10)
    for one in made[:5]:
        refuse(centre.house, one.id, "defence-security", "Petugas")
        deliver(centre.house, one.id, "Petugas", "desk")
    found = {str(one.kind): one for one in numbers(centre.house)}
    assert (found["None"].came, found["None"].answered, found["None"].refused, found["None"].late) == (6, 5, 5, 0)
    assert (found["deletion"].came, found["deletion"].median) == (6, timedelta(hours=10))
    assert found["access"].came is None
    page = centre.get("/numbers?language=en").text
    assert f"fewer than {FEW}" in page
    assert "10 hours" in page


def test_small_numbers_are_no_difference_of_others() -> None:
    """One refused or late of many is not told, and what is not told of one kind is not in the sum; two kinds together may be."""
    one = _all_told([Tally(None, 22, 11, 1, 1, 60.0), Tally("access", 10, 9, 1, 1, 60.0), Tally("deletion", 10, 2, 0, 0, 60.0), Tally("objection", 2, 0, 0, 0, None)])
    assert [(told.came, told.answered, told.refused, told.late) for told in one] == [(20, 9, None, None), (10, 9, None, None), (10, None, None, None), (None,) * 4]
    two = _all_told([Tally(None, 26, 26, 13, 0, 60.0), Tally("access", 20, 20, 7, 0, 60.0), Tally("deletion", 3, 3, 3, 0, 60.0), Tally("objection", 3, 3, 3, 0, 60.0)])
    assert (two[0].came, two[0].refused) == (26, 13)
    few = _all_told([Tally(None, 2, 2, 2, 0, 60.0), Tally("access", 2, 2, 2, 0, 60.0)])
    assert few[0].came is None
