"""What anybody may read over HTTP: the policy and its versions, feed, comparisons, notices and signals, and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from lxml import etree
from tests.choosing import Clock, make_house
from tests.live import Live, live
from tests.publishing import REWORDED, WIDER, again, empty_house, shop_house, variant

from janji.workflows.consents import text_of
from janji.workflows.house import House
from janji.workflows.publishing import finish_notice, open_notice, publish

ROOT = Path(__file__).parents[2]
ATOM = "{http://www.w3.org/2005/Atom}"


def schema(name: str) -> Any:
    """A published schema."""
    return json.loads((ROOT / "schema" / f"{name}.json").read_text("utf-8"))


@pytest.fixture
def served(database_url: str) -> Iterator[Live]:
    """The large policy, served."""
    with live(make_house(database_url, Clock())) as found:
        yield found


def three_versions(url: str, folder: Path) -> House:
    """The shop after a change in wording alone, and one that people had to be told of."""
    house = shop_house(url)
    publish(house, variant(folder / "two", REWORDED))
    house = again(house)
    changes = {**WIDER, 'version: "1"': 'version: "3"'}
    path = variant(folder / "three", changes)
    job = open_notice(house, path).job
    finish_notice(house, job.id, b"told")
    publish(house, path, job.id)
    return again(house)


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Live]:
    """The shop with three versions, served."""
    with live(three_versions(database_url, tmp_path)) as found:
        yield found


PUBLIC = (
    "/v1/policy", "/v1/policy/versions", "/v1/policy/versions/1", "/v1/policy/feed.atom",
    "/.well-known/gpc.json", "/.well-known/security.txt",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_document_can_be_kept_and_read_from_everywhere(database_url: str, address: str) -> None:
    """A tag, a time for which it holds, 304 when the caller has it, HEAD as GET without content, and any site's pages."""
    with live(shop_house(database_url)) as served, served.client() as client:
        first = client.get(address)
        assert first.status_code == 200, first.text
        assert first.headers["cache-control"].startswith("public, max-age=")
        assert first.headers["access-control-allow-origin"] == "*"
        assert first.headers["cross-origin-resource-policy"] == "cross-origin"
        assert {"Accept", "Accept-Language"} <= set(first.headers["vary"].split(", "))
        assert "set-cookie" not in first.headers
        tag = first.headers["etag"]
        assert client.get(address).headers["etag"] == tag
        for held in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again_ = client.get(address, headers={"If-None-Match": held})
            assert (again_.status_code, again_.content, again_.headers["etag"]) == (304, b"", tag)
            assert again_.headers["access-control-allow-origin"] == "*"
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert {name: head.headers[name] for name in ("etag", "content-type", "content-length")} == {
            name: first.headers[name] for name in ("etag", "content-type", "content-length")
        }
        assert client.post(address, json={}).status_code == 405


def test_the_policy_for_programs(served: Live) -> None:
    """Names and digests: what a page needs to ask for a choice and to prove which text it showed."""
    with served.client() as client:
        answer = client.get("/v1/policy")
    held = answer.json()
    jsonschema.validate(held, schema("published-policy"))
    published = served.house.policy_in_force
    assert (held["number"], held["digest"], held["policy"]) == (1, published.digest, "pt-sony-indonesia")
    text = text_of(served.house, "site-analytics", "id")
    assert text is not None
    assert {"notice": text.notice, "version": text.version, "language": "id", "digest": text.digest} in held["notices"]
    browser = {one["purpose"] for one in held["purposes"] if one["browser"]}
    assert "site-analytics" in browser
    assert "newsletters" not in browser
    assert "measures" not in held


@pytest.mark.parametrize(("accept", "kind"), [
    ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"), ("*/*", "application/json"), ("text/markdown", "text/markdown"),
    ("application/json", "application/json"), ("text/html;q=0.3, text/markdown", "text/markdown"), ("", "application/json"),
])  # fmt: skip
def test_the_media_type_is_the_one_asked_for(served: Live, accept: str, kind: str) -> None:
    """Programs get JSON, browsers a page, and whoever asks Markdown."""
    with served.client() as client:
        answer = client.get("/v1/policy", headers={"Accept": accept})
    assert answer.headers["content-type"].split(";")[0] == kind


def test_what_nobody_speaks_is_refused(served: Live) -> None:
    """406 for other media types, 400 for other languages, 422 for a cursor of nobody: as problem documents."""
    with served.client() as client:
        for answer, status in (
            (client.get("/v1/policy", headers={"Accept": "image/png"}), 406), (client.get("/v1/policy", params={"language": "xx"}), 400),
            (client.get("/v1/policy/versions", params={"cursor": "bad"}), 422),
        ):  # fmt: skip
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_is_in_the_language_that_was_asked_for(served: Live) -> None:
    """By the address, else by what the browser says, else the house's own."""
    with served.client() as client:
        def said(language: str | None = None, header: str | None = None) -> str:
            answer = client.get("/v1/policy", params={"language": language} if language else {}, headers={
                "Accept": "text/html", **({"Accept-Language": header} if header else {})})  # fmt: skip
            assert f'<html lang="{answer.headers["content-language"]}">' in answer.text
            return str(answer.headers["content-language"])

        assert [said(), said("id"), said(header="id-ID,en;q=0.5"), said("en", "id"), said(header="de")] == ["en", "id", "id", "en", "en"]


def test_a_page_may_load_its_own_style_and_nothing_else(served: Live) -> None:
    """The Content-Security-Policy of a page names the hash of its style sheet; there is no script."""
    with served.client() as client:
        answer = client.get("/v1/policy", headers={"Accept": "text/html"})
    rules = answer.headers["content-security-policy"]
    assert rules.startswith("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-")
    assert "unsafe" not in rules
    assert "<script" not in answer.text
    assert " style=" not in answer.text


def test_versions_come_in_pages(shop: Live) -> None:
    """The newest first; a page goes on where the one before ended, whatever is published meanwhile."""
    with shop.client() as client:
        whole = client.get("/v1/policy/versions").json()
        jsonschema.validate(whole, schema("policy-versions"))
        assert [(one["number"], one["material"]) for one in whole["items"]] == [(3, True), (2, False), (1, False)]
        assert "next" not in whole
        page = client.get("/v1/policy/versions", params={"limit": 1}).json()
        found = page["items"]
        while "next" in page:
            page = client.get("/v1/policy/versions", params={"limit": 1, "cursor": page["next"]}).json()
            found += page["items"]
        assert found == whole["items"]
        jsonschema.validate(client.get("/v1/policy/versions/2").json(), schema("published-policy"))
        assert client.get("/v1/policy/versions/2").json()["title"]["en"].startswith("How the Corner Shop")
        for number in ("0", "4", "99999999999999999999", "x", "-1"):
            assert client.get(f"/v1/policy/versions/{number}").status_code == 404


def test_a_comparison_has_a_stable_address(shop: Live) -> None:
    """The published shape, in both languages, and as a page; the older first."""
    with shop.client() as client:
        held = client.get("/v1/policy/versions/1/diff/3").json()
        jsonschema.validate(held, schema("diff"))
        assert held["material"]
        assert held["changes"]
        assert not client.get("/v1/policy/versions/1/diff/2").json()["material"]
        other = client.get("/v1/policy/versions/1/diff/3", params={"language": "id"}).json()
        assert [one["code"] for one in other["changes"]] == [one["code"] for one in held["changes"]]
        assert [one["text"] for one in other["changes"]] != [one["text"] for one in held["changes"]]
        page = client.get("/v1/policy/versions/1/diff/3", headers={"Accept": "text/html"})
        assert page.text.startswith("<!doctype html>")
        assert client.get("/v1/policy/versions/3/diff/1").status_code == 422
        assert client.get("/v1/policy/versions/1/diff/4").status_code == 404
        assert client.get("/v1/policy/versions/0/diff/1").status_code == 404


def test_the_feed_is_atom(shop: Live) -> None:
    """RFC 4287: identities that stay, an author, and for each version what it changed."""
    with shop.client() as client:
        answer = client.get("/v1/policy/feed.atom")
        other = client.get("/v1/policy/feed.atom", params={"language": "id"})
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = etree.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", f"author/{ATOM}name"):
        assert root.findtext(f"{ATOM}{name}"), name
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 3
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert all(id is not None and id.startswith("urn:uuid:") for id in ids)
    assert ids == [entry.findtext(f"{ATOM}id") for entry in etree.fromstring(other.content).findall(f"{ATOM}entry")]
    assert all(entry.findtext(f"{ATOM}updated") and entry.findtext(f"{ATOM}title") and entry.findtext(f"{ATOM}summary") for entry in entries)
    links = [link.get("href") for link in entries[0].findall(f"{ATOM}link") if link.get("rel") == "related"]
    assert links == [f"{shop.url}/v1/policy/versions/2/diff/3"]
    assert [bool(entry.findall(f"{ATOM}category")) for entry in entries] == [True, False, False]
    with shop.client() as client:
        assert client.get(str(links[0])).json()["new_version"].startswith("3")


def test_a_notice_where_data_are_asked_for(served: Live) -> None:
    """For programs with the digests that a choice names; for people as a page, in both languages."""
    policy = served.house.policy_in_force.policy
    name, purpose = next(
        (str(one.id), str(wanted)) for one in policy.touchpoints.values() for wanted in one.purposes if policy.purposes[wanted].notice
    )
    with served.client() as client:
        for language in ("en", "id"):
            held = client.get(f"/v1/touchpoints/{name}/notice", params={"language": language}).json()
            jsonschema.validate(held, schema("touchpoint-notice"))
            jsonschema.validate(held["facts"], schema("touchpoint-facts"))
            text = text_of(served.house, purpose, language)
            assert text is not None
            (found,) = [one for one in held["purposes"] if one["purpose"] == purpose]
            assert (found["notice"], found["notice_digest"]) == (text.notice, text.digest)
            page = client.get(f"/v1/touchpoints/{name}/notice", params={"language": language}, headers={"Accept": "text/html"})
            assert held["title"] in page.text
        missing = client.get("/v1/touchpoints/nowhere/notice")
    assert missing.status_code == 404
    assert "nowhere" not in missing.text


def test_signals_for_programs(shop: Live) -> None:
    """`gpc.json` in its published shape; `security.txt` with a contact and an end that is to come."""
    with shop.client() as client:
        jsonschema.validate(client.get("/.well-known/gpc.json").json(), schema("gpc"))
        text = client.get("/.well-known/security.txt")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "\nExpires: 2027-06-01T00:00:00Z" in "\n" + text.text
    assert "Contact: " in text.text


def test_without_a_contact_there_is_no_file_of_contacts(served: Live) -> None:
    """The large policy names none that a program can use."""
    with served.client() as client:
        assert client.get("/.well-known/security.txt").status_code == 404


def test_before_a_policy_is_published_nothing_is_there(database_url: str) -> None:
    """404, as for everything else that is not there."""
    with live(empty_house(database_url)) as served, served.client() as client:
        for address in PUBLIC:
            assert client.get(address).status_code == 404, address


def test_a_new_version_is_there_at_once(database_url: str, tmp_path: Path) -> None:
    """What was kept by the tag of the older version is asked for again."""
    clock = Clock()
    house = shop_house(database_url, clock)
    with live(house) as served, served.client() as client:
        before = client.get("/v1/policy")
        publish(house, variant(tmp_path / "two", REWORDED))
        clock.put_on(seconds=2)
        after: httpx.Response = client.get("/v1/policy", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["number"]) == (200, 2)
