"""What should never come over HTTP, and comes: broken JSON, lies about lengths, floods, other sites, other processes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.choosing import Clock, make_house, person
from tests.journeys.test_api import problem
from tests.live import Live, live

from janji.ledger.events import Kind
from janji.store import kept_answers
from janji.store.database import transaction
from janji.workflows.allowances import Allowances
from janji.workflows.allowances import prune as prune_allowances
from janji.workflows.api_keys import REMEMBERED, create
from janji.workflows.door import Door
from janji.workflows.house import House
from janji.workflows.recording import history_of
from janji.workflows.repeats import prune as prune_answers

GOOD = b'{"purpose":"newsletters","data":["email"]}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock) -> House:
    """A house of one's own, that a page of one site may speak to."""
    made = make_house(database_url, clock)
    settings = replace(made.runtime.settings, origins=("https://shop.example",), body_limit=100_000)
    return replace(made, runtime=replace(made.runtime, settings=settings))


@pytest.fixture
def served(house: House) -> Iterator[Live]:
    """The house, served."""
    with live(house) as found:
        yield found


@pytest.mark.parametrize("body", [
    b"", b"{", GOOD + b"x", GOOD + GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), GOOD.decode().encode("utf-32"),
    b'{"purpose":"a\xff","data":["b"]}', b'{"purpose":"\\ud800","data":["b"]}', b'{"purpose":"\xed\xa0\x80","data":["b"]}',
    b'{"purpose":"a\\u0000","data":["b"]}', b'{"purpose":"a\x00","data":["b"]}', b'{"purpose":"a","data":["b"],"facts":{"c":NaN}}',
    b'{"purpose":"a","data":["b"],"facts":{"c":-Infinity}}', b'{"purpose":"a","data":["b"],"purpose":"c"}',
    b'{"purpose":"a","data":["b"],"facts":{"c":1, "c":1}}', b'{"purpose":"a","data":["b"],"facts":{"c":' + b"[" * 40 + b"]" * 40 + b"}}",
    b'{"purpose":"a","data":["b"],"facts":{"c":' + b"[" * 300 + b"]" * 300 + b"}}", b'{"a":' * 1000 + b"1" + b"}" * 1000,
    b"[" * 90_000, b'{"a":' * 16_000, b"{'purpose':'a'}", b"null", b"[]", b'"text"', b"1e999", b'{"purpose":"a","data":["b"],}',
    b'{"purpose":"a","data":["b"],"facts":{"c\\u0000":1}}', b'{"purpose":"a","data":["b"],"at":"2026-02-30T00:00:00Z"}',
    '{"purpose":"a","data":["b"],"at":"\u0662026-02-03T00:00:00Z"}'.encode(), b'{"purpose":"a","data":["b"],"country":"jp"}',
])  # fmt: skip
def test_a_body_that_is_no_sound_json_is_refused(served: Live, body: bytes) -> None:
    """400, a problem document, and nothing of the body in it."""
    with served.client(served.key(["decide"])) as client:
        answer = client.post("/v1/decisions", content=body, headers=JSON)
        problem(answer, 400, "invalid")
        assert client.post("/v1/decisions", content=GOOD, headers=JSON).status_code == 200


def test_json_may_be_written_in_any_way_that_means_the_same(served: Live) -> None:
    """Spaces, escapes, order of names and nesting up to 32 are no mistakes."""
    deep = b'{"purpose":"a","data":["b"],"facts":{"c":' + b"[" * 29 + b"]" * 29 + b"}}"
    with served.client(served.key(["decide"])) as client:
        for body in (b' {"data" : ["\\u0065mail"],\n"purpose":"newsletters"} ', json.dumps(json.loads(GOOD), indent=2).encode()):
            assert client.post("/v1/decisions", content=body, headers=JSON).status_code == 200
        problem(client.post("/v1/decisions", content=deep, headers=JSON), 422, "unprocessable")


def test_media_types_and_lengths(served: Live) -> None:
    """Another media type is 415, another charset too, too long is 413 before it is read, and what nobody takes is 406."""
    with served.client(served.key(["decide"])) as client:
        for media in ("text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded", ""):
            problem(client.post("/v1/decisions", content=GOOD, headers={"Content-Type": media}), 415, "media-type")
        assert client.post("/v1/decisions", content=GOOD, headers={"Content-Type": "Application/JSON; charset=UTF-8"}).status_code == 200
        problem(client.post("/v1/decisions", content=GOOD, headers={**JSON, "Content-Encoding": "gzip"}), 415, "media-type")
        problem(client.post("/v1/decisions", content=b" " * 100_001, headers=JSON), 413, "too-large")
        problem(client.post("/v1/decisions", content=GOOD, headers={**JSON, "Accept": "text/html"}), 406, "not-acceptable")
        problem(client.post("/v1/decisions", content=GOOD, headers={**JSON, "Accept": "application/json;q=0"}), 406, "not-acceptable")
        for accept in ("*/*", "text/html, application/*;q=0.1", "application/problem+json"):
            assert client.post("/v1/decisions", content=GOOD, headers={**JSON, "Accept": accept}).status_code == 200


def raw(served: Live, text: str, body: bytes) -> bytes:
    """What the server says to bytes that no library would send; the sending side is closed after them."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as link:
        link.sendall(text.replace("\n", "\r\n").encode() + b"\r\n" + body)
        link.shutdown(socket.SHUT_WR)
        found = b""
        while part := link.recv(65536):
            found += part
    return found


def test_a_length_that_lies_does_no_harm(served: Live) -> None:
    """Too short, too long, negative, no number: the request fails, and the server goes on."""
    key = served.key(["decide"])
    for said, wanted in (("99", b" 400 "), ("-5", b" 400 "), ("9x", b" 400 "), ("10", b" 400 "), ("999999999999", b" 413 ")):
        head = f"POST /v1/decisions HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer {key}\nContent-Type: application/json\nContent-Length: {said}\nConnection: close\n"
        assert wanted in raw(served, head, GOOD).split(b"\r\n")[0] + b" ", said
    with served.client(key) as client:
        assert client.post("/v1/decisions", content=GOOD, headers=JSON).status_code == 200


def test_head_and_options(served: Live) -> None:
    """HEAD is GET without content, OPTIONS says what there is; neither needs a body, and OPTIONS no key."""
    with served.client(served.key(["decide"])) as client:
        whole, head = client.get("/v1/openapi.json"), client.head("/v1/openapi.json")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))
        found = client.options("/v1/decisions")
        assert (found.status_code, found.headers["allow"], found.content) == (204, "OPTIONS, POST", b"")
        assert client.options("/v1/me").headers["allow"] == "GET, HEAD, OPTIONS"
        problem(client.options("/nowhere"), 404, "not-found")


def test_a_slash_at_the_end_leads_to_the_page(served: Live) -> None:
    """An address of ours with a slash too many says where the page is, its query with it; nobody is sent to another site, and nothing is sent on."""
    with served.client() as client:
        for asked, wanted in (("/rights/", "/rights"), ("/my//?language=id&a=%0d%0ab", "/my?language=id&a=%0d%0ab"), ("/console/", "/console"), ("/console/requests/", "/console/requests")):
            for method in ("GET", "HEAD"):
                found = client.request(method, asked)
                assert (found.status_code, found.headers["location"]) == (308, wanted)
        assert [client.post("/rights/").status_code, client.get("/nowhere/").status_code] == [404, 404]
    for asked in ("//evil.example/", "//evil.example/rights/", "/%2Fevil.example/", "/%5Crights/", "/\\rights/"):
        answer = raw(served, f"GET {asked} HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n", b"")
        assert answer.split(b" ", 2)[1] in (b"400", b"404"), asked
    assert b"\r\nLocation: /rights\r\n" in raw(served, "GET ///rights/ HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n", b"")


def test_only_named_sites_reach_what_browsers_must_reach(served: Live) -> None:
    """Without the address being one of those, or the site being named, a page reads nothing."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    with served.client(served.key(["decide"])) as client:
        for path, origin, may in (
            ("/v1/public/choices", "https://shop.example", True), ("/v1/public/choices", "https://evil.example", False),
            ("/v1/public/choices", "https://shop.example.evil.example", False), ("/v1/public/choices", "null", False),
            ("/v1/decisions", "https://shop.example", False),
        ):
            found = client.options(path, headers={"Origin": origin, **asked})
            assert ("access-control-allow-origin" in found.headers) is may, (path, origin)
            assert "access-control-allow-credentials" not in found.headers
        answer = client.post("/v1/decisions", content=GOOD, headers={**JSON, "Origin": "https://shop.example"})
        assert "access-control-allow-origin" not in answer.headers


def test_every_answer_has_its_security_headers(served: Live) -> None:
    """A good one and a bad one; no word of what runs here; no cookie."""
    with served.client(served.key(["decide"])) as client:
        strange = client.get("/v1/me", headers={"Host": "evil.example"})
        problem(strange, 400, "invalid")
        for found in (client.post("/v1/decisions", content=GOOD, headers=JSON), client.get("/nowhere"), client.get("/v1/me"), strange):
            assert "default-src 'none'" in found.headers["content-security-policy"]
            assert found.headers["x-content-type-options"] == "nosniff"
            assert found.headers["referrer-policy"] == "no-referrer"
            assert found.headers["cache-control"] == "no-store"
            assert "set-cookie" not in found.headers
            assert "strict-transport-security" not in found.headers


def test_who_asks_too_often_is_told_when_to_come_again(served: Live, clock: Clock) -> None:
    """A key's minute is its own, shared by all processes; after a while it may ask again."""
    with served.client(served.key(["decide"], rate=3)) as client, served.client(served.key(["decide"])) as other, live(served.house) as second:
        assert [client.get("/v1/me").status_code for _ in range(2)] == [200, 200]
        assert client.get(f"{second.url}/v1/me").status_code == 200
        for _ in range(2):
            answer = client.get(f"{second.url}/v1/me")
            problem(answer, 429, "rate-limit")
            assert answer.headers["retry-after"] == "20"
        problem(client.get("/v1/me"), 429, "rate-limit")
        assert other.get("/v1/me").status_code == 200
        clock.put_on(seconds=20)
        assert client.get("/v1/me").status_code == 200
        problem(client.get("/v1/me"), 429, "rate-limit")
        clock.put_on(hours=1)
        assert [client.get("/v1/me").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_no_more_is_let_through_than_a_minute_allows(house: House) -> None:
    """Two processes that take their shares by turns let exactly a minute's worth through."""
    processes = [Allowances(house.runtime, bytes(32)) for _ in range(2)]
    assert sum(one.of_key("k", 600) == 0 for _ in range(400) for one in processes) == 600


def test_an_address_has_an_allowance_of_its_own(house: House, clock: Clock) -> None:
    """Half of an IPv6 address counts; of an IPv4 address all, written either way; nothing of it is stored in clear."""
    from janji.store.database import connection

    allowances = Allowances(house.runtime, bytes(32))
    assert [allowances.of_address("x", "192.0.2.1", 2) for _ in range(3)] == [0, 0, 30]
    assert allowances.of_address("x", "::ffff:192.0.2.1", 2) > 0
    assert allowances.of_address("x", "192.0.2.2", 2) == 0
    assert allowances.of_address("y", "192.0.2.1", 2) == 0
    assert [allowances.of_address("x", f"2001:db8::{part}", 2) for part in (1, 2, 3)] == [0, 0, 30]
    assert allowances.of_address("x", "2001:db8:0:1::1", 2) == 0
    rows = connection().execute("SELECT allowance::text FROM allowance").fetchall()
    assert len(rows) == 5
    assert not [row for row in rows if "192.0" in row[0] or "2001" in row[0]]
    clock.put_on(hours=1)
    assert prune_allowances(house) == 5


def test_ten_thousand_keys_take_no_more_memory_than_some(served: Live) -> None:
    """What a process remembers of keys and callers is bounded, and unknown keys are not remembered at all."""
    door = Door(served.house)
    for number in range(200):
        assert door.keys.find(f"jk_{'abcdefgh'[number % 8] * 8}_{'A' * 43}") is None
    assert len(door.keys.seen) == 0
    with transaction():
        tokens = [create(served.house, f"application-{number}", ["decide"]).token for number in range(10_000)]
    assert all(found is not None and found.application == f"application-{number}" for number, found in enumerate(map(door.keys.find, tokens)))
    assert 0 < len(door.keys.seen) <= REMEMBERED
    for token in tokens[::500]:
        with served.client(token) as client:
            assert client.get("/v1/me").status_code == 200
    for text in ("", "jk_", "jk_aaaaaaaa_", tokens[0] + "A", tokens[0].upper(), tokens[0][:-1], f"{tokens[0][:11]}_{'A' * 43}"):
        assert door.keys.find(text) is None


def grant(subject: Any, **more: Any) -> dict[str, Any]:
    """A yes."""
    return {"subject": subject if isinstance(subject, dict) else f"sub_{subject}", "verb": "grant", "purpose": "newsletters", "channel": "email", "language": "id",
            "method": "unticked-box", **more}  # fmt: skip


def events(served: Live, subject: Any) -> int:
    """How many choices are on record."""
    return sum(event.kind in (Kind.CONSENT_GIVEN, Kind.CONSENT_WITHDRAWN) for event in history_of(served.house, subject))


@pytest.mark.parametrize("verb", ["grant", "withdraw"])
def test_what_was_done_and_its_answer_commit_together(served: Live, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """When the answer cannot be kept, nothing was done; asked again, it is done once."""
    subject, named = person(served.house), {"Idempotency-Key": "k"}

    def fail(*given: Any) -> Any:
        raise RuntimeError

    with served.client(served.key(["consents:write"])) as client:
        with monkeypatch.context() as patched:
            patched.setattr(kept_answers, "keep", fail)
            patched.setattr(kept_answers, "beside", fail)
            problem(client.post("/v1/consents", json=grant(subject, verb=verb), headers=named), 500, "internal")
        assert events(served, subject) == 0
        assert [client.post("/v1/consents", json=grant(subject, verb=verb), headers=named).status_code for _ in range(2)] == [201, 201]
    assert events(served, subject) == 1


@pytest.mark.parametrize("verb", ["grant", "withdraw"])
def test_whoever_loses_a_race_does_nothing_twice(served: Live, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """A request that did not see the answer of its twin in time is undone, and gets that answer."""
    subject, named = person(served.house), {"Idempotency-Key": "k"}
    find = kept_answers.find
    with served.client(served.key(["consents:write"])) as client:
        first = client.post("/v1/consents", json=grant(subject, verb=verb), headers=named)
        blind = [True]

        def late(name: bytes) -> Any:
            return None if blind and blind.pop() else find(name)

        monkeypatch.setattr(kept_answers, "find", late)
        again = client.post("/v1/consents", json=grant(subject, verb=verb), headers=named)
    assert (again.status_code, again.content) == (201, first.content)
    assert events(served, subject) == 1


def test_answers_are_forgotten_after_their_day(served: Live, clock: Clock) -> None:
    """Within it they stay; then they go."""
    subject = person(served.house)
    with served.client(served.key(["consents:write"])) as client:
        client.post("/v1/consents", json=grant(subject), headers={"Idempotency-Key": "k"})
    assert prune_answers(served.house) == 0
    clock.put_on(hours=25)
    assert prune_answers(served.house) == 1


def test_nothing_personal_and_no_key_is_logged(served: Live, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither when it goes well nor when it does not."""
    key = served.key(["decide", "consents:write", "subjects:write"])
    who = {"kind": "email", "value": "canary-77@example.org"}
    with served.client(key) as client:
        for body in (grant(who), grant(who, verb="nothing"), {"subject": who}):
            client.post("/v1/consents", json=body)
        client.post("/v1/subjects", json={"identifiers": [{"kind": "email", "value": "canary-77"}]})
        client.get("/v1/canary-77")
        httpx.post(f"{served.url}/v1/decisions", headers={"Authorization": f"Bearer {key}x"}, timeout=60)
    told = [record.getMessage() for record in caplog.records if record.name.startswith("janji")]
    out = capfd.readouterr()
    for text in (*told, out.out, out.err):
        assert "canary" not in text
        assert key[12:] not in text
