"""An HTTP service as a store, against a real server: described requests only, paged, paced, opened, judged and asked again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.service_house import Asked, ServiceHouse, basic, service_house

from janji.connectors import services
from janji.connectors.bounds import LIMITS, Limits
from janji.connectors.processor_format import parse_processor
from janji.connectors.service_calls import LARGEST
from janji.connectors.service_format import Service, parse_service
from janji.connectors.services import HttpServiceConnector, open_service
from janji.erasure.steps import (
    Assignment,
    Change,
    Delete,
    Filling,
    Gather,
    Keep,
    Known,
    Level,
    Mark,
    Reach,
    Reason,
    StorePlan,
)
from janji.errors import Invalid, Refusal, Unavailable
from janji.network.addresses import Reach as Network
from janji.network.asking import Asker

SITI, ANDI = "siti.canary@example.id", "andi@example.id"
PEOPLE = [Known(0, "email", SITI)]
LOOPBACK = Network((ip_network("127.0.0.0/8"),))
DESCRIBED = """
service: crm
at: {url}/v2
{auth}
rate: 500
tables:
  contacts:
    columns: {{id: {{sort: integer}}, email: {{}}, name: {{}}, tags: {{sort: list}}}}
    key: [id]
    find:
      email: {{path: "/contacts?email={{value}}", rows: items, paging: {{kind: {paging}, parameter: cursor, next: meta.next, size: 2}}}}
      id: {{path: "/contacts/{{value}}"}}
    delete: {{path: "/contacts/{{id}}"}}
    change: {{path: "/contacts/{{id}}"}}
  orders:
    columns: {{id: {{sort: integer}}, contact: {{sort: integer}}, gift_to: {{}}, paid: {{sort: date}}, note: {{}}}}
    key: [id]
    find:
      contact: {{path: /orders, method: post, body: '{{"where": {{"contact": "{{value}}"}}}}', rows: data}}
      gift_to: {{path: /orders, method: post, body: '{{"where": {{"gift_to": "{{value}}"}}}}', rows: data}}
    delete: {{path: "/orders/{{id}}"}}
    change: {{path: "/orders/{{id}}"}}
"""
CONTACTS = Gather("contacts", ("id",), (Reach(("email",), kind="email", owner=True),), hands_on=("id",))
ORDERS = Gather("orders", ("id",), (
    Reach(("contact",), "contacts", ("id",), seat="contact"), Reach(("gift_to",), kind="email", seat="gift_to"),
), shared=True)  # fmt: skip
PLAN = StorePlan("crm", ((CONTACTS,), (ORDERS,)), actions=(
    Change("orders", (Assignment("gift_to", Filling.NULL),), (Reason.SHARED,), reach=ORDERS.reaches[1]), Delete("orders"), Delete("contacts"),
))  # fmt: skip


OPENED: list[HttpServiceConnector] = []


@pytest.fixture
def house() -> Iterator[ServiceHouse]:
    """The service, with Siti twice under addresses that begin alike, and Andi."""
    with service_house() as held:
        held.contacts = [
            {"id": 1, "email": SITI, "name": "Siti", "tags": ["a"]}, {"id": 2, "email": ANDI, "name": "Andi"},
            {"id": 3, "email": f"{SITI}.au", "name": "another"}, {"id": 4, "email": SITI, "name": None}, {"id": 5, "email": SITI},
        ]  # fmt: skip
        held.orders = [
            {"id": 10, "contact": 1, "gift_to": None, "paid": "2020-01-01"}, {"id": 11, "contact": 4, "gift_to": ANDI, "paid": "2020-01-01"},
            {"id": 12, "contact": 2, "gift_to": SITI, "paid": "2020-01-01", "note": "for Siti"}, {"id": 13, "contact": 2, "gift_to": None},
        ]  # fmt: skip
        yield held
        while OPENED:
            OPENED.pop().close()


def described(house: ServiceHouse, auth: str = "", paging: str = "cursor") -> Service:
    """The description of the service."""
    house.paging = paging
    return parse_service("crm.yaml", DESCRIBED.format(url=house.url, auth=auth, paging=paging).encode())


def opened(
    house: ServiceHouse, auth: str = "", paging: str = "cursor", limits: Limits = LIMITS, reach: Network = LOOPBACK, patience: float = 5,
    described_as: str | None = None, secrets: dict[str, str] | None = None,
) -> HttpServiceConnector:  # fmt: skip
    """The connector, closed with the service."""
    service = described(house, auth, paging) if described_as is None else parse_service("crm.yaml", described_as.encode())
    OPENED.append(open_service("crm", service, secrets or {}, Asker(reach, patience), limits))
    return OPENED[-1]


def found(connector: HttpServiceConnector) -> list[tuple[str, int]]:
    """What a search finds: tables and ids."""
    rows: list[tuple[str, int]] = []
    connector.search(PLAN, PEOPLE, lambda person, table, row: rows.append((table, row["id"])))
    return sorted(rows)


@pytest.mark.parametrize("paging", ["cursor", "address", "link", "page", "offset"])
def test_search_in_pages(house: ServiceHouse, paging: str) -> None:
    """Every page is read in each way of paging; what only begins alike is not the person's."""
    assert found(opened(house, paging=paging)) == [("contacts", 1), ("contacts", 4), ("contacts", 5), ("orders", 10), ("orders", 11), ("orders", 12)]


def test_erase(house: ServiceHouse) -> None:
    """Rows go one by one; one that is a gift to somebody else, or of somebody else, stays without the person."""
    connector = opened(house)
    known = connector.search(PLAN, PEOPLE, lambda *row: None)
    assert {(one.kind, one.value) for one in known} == {("crm/contacts.id", "1"), ("crm/contacts.id", "4"), ("crm/contacts.id", "5")}
    assert connector.preflight(PLAN, PEOPLE) == ()
    assert connector.reread(PLAN, PEOPLE).remains
    effect = connector.erase(PLAN, PEOPLE, "t")
    assert (effect.complete, effect.level) == (True, Level.LOGICAL)
    assert {one.table: (one.found, one.deleted, one.changed, one.stay) for one in effect.tables} == {
        "contacts": (3, 3, 0, ()), "orders": (3, 1, 1, (("shared", 2),))
    }  # fmt: skip
    assert sorted(row["id"] for row in house.contacts) == [2, 3]
    assert {row["id"]: row["gift_to"] for row in house.orders} == {11: ANDI, 12: None, 13: None}
    assert connector.reread(PLAN, PEOPLE).complete
    assert connector.settle(PLAN, Level.REWRITTEN) is Level.LOGICAL


def test_what_stays_remains(house: ServiceHouse) -> None:
    """A service that says it deleted and did not is found out, also by keys of rows that are gone."""
    connector = opened(house)
    house.first = lambda asked: (204, {}, None) if (asked.method, asked.path) == ("DELETE", "/v2/orders/10") else None
    effect = connector.erase(PLAN, PEOPLE, "t")
    assert not effect.complete
    assert [(one.table, one.column, one.rows) for one in effect.remains] == [("orders", None, 1)]
    assert not [row for row in house.contacts if row["id"] == 1]


def test_kept_rows_are_changed(house: ServiceHouse) -> None:
    """What a rule keeps loses what the plan says, through the described request."""
    plan = StorePlan("crm", ((CONTACTS,), (ORDERS,)), (Mark("orders", (Keep("tax", "paid"),)),), (
        Change("orders", (Assignment("note", Filling.CONSTANT, "-"), Assignment("contact", Filling.NULL)), (Reason.KEPT, Reason.SHARED_KEPT)),
        Delete("orders"), Delete("contacts"),
    ))  # fmt: skip
    assert opened(house).erase(plan, PEOPLE, "t").complete
    assert {row["id"]: (row["contact"], row.get("note")) for row in house.orders} == {10: (None, "-"), 11: (None, "-"), 12: (None, "-"), 13: (2, None)}


@pytest.mark.parametrize(("auth", "header", "secrets"), [
    ("auth: {kind: bearer, secret: token}", "Bearer t0ken", {"token": "t0ken"}),
    ("auth: {kind: header, header: X-Key, secret: token}", "t0ken", {"token": "t0ken"}),
    ("auth: {kind: basic, user: who, secret: token}", basic("me", "t0ken"), {"who": "me", "token": "t0ken"}),
    ("auth: {kind: client-credentials, user: who, secret: token, token: /token, scope: all}", "Bearer fresh", {"who": "me", "token": "t0ken"}),
])  # fmt: skip
def test_what_opens_it(house: ServiceHouse, auth: str, header: str, secrets: dict[str, str]) -> None:
    """Each kind of secret opens the service; a wrong one is told, and never which it was."""
    house.opened_by = header
    assert len(found(opened(house, auth, secrets=secrets))) == 6
    house.opened_by = "other"
    with pytest.raises(Refusal) as error:
        found(opened(house, auth, secrets=secrets))
    assert "t0ken" not in f"{error.value}{error.value.help}"
    with pytest.raises(Invalid, match="missing"):
        opened(house, auth)


def test_patience(house: ServiceHouse) -> None:
    """A service that asks to wait is asked again; one that asks for too long is left alone."""
    waits = iter([(429, {"Retry-After": "0"}, None), (503, {"Retry-After": "0"}, None)])
    house.first = lambda asked: next(waits, None)
    assert len(found(opened(house))) == 6
    house.first = lambda asked: (429, {"Retry-After": "3600"}, None)
    with pytest.raises(Unavailable, match="no more requests"):
        found(opened(house))


@pytest.mark.parametrize("answer", [
    (500, {}, {"error": SITI}), (200, {}, b"<html>" + SITI.encode()), (200, {}, {"items": [SITI]}), (302, {"Location": "http://127.0.0.1:1/"}, None),
    (200, {"Content-Length": "99999"}, {"items": []}), (200, {}, b"[" * 100_000),
])  # fmt: skip
def test_bad_answers(house: ServiceHouse, answer: tuple[int, dict[str, str], Any]) -> None:
    """What is no answer ends the search with an error that quotes nothing; nothing is followed elsewhere."""
    house.first = lambda asked: answer
    with pytest.raises((Invalid, Unavailable)) as error:
        found(opened(house, patience=0.5))
    assert SITI not in f"{error.value}{error.value.help}"
    assert len(house.asked) <= 4


@pytest.mark.parametrize("target", [
    "http://169.254.169.254/latest", "//example.com/x", "/v2/admin?x=1", "http://127.0.0.1:1/v2/contacts?email=x", "/v2/contacts/../admin",
])  # fmt: skip
def test_next_pages_lead_nowhere_else(house: ServiceHouse, target: str) -> None:
    """A next page at another host or another path is not asked for."""
    house.first = lambda asked: (200, {}, {"items": [], "meta": {"next": target}}) if asked.method == "GET" else None
    with pytest.raises(Invalid, match="not of its list"):
        found(opened(house, paging="address"))
    assert len(house.asked) == 1


def test_a_list_without_end(house: ServiceHouse) -> None:
    """A page that leads to itself, and more rows than are allowed, end the search."""
    house.first = lambda asked: (200, {}, {"items": [], "meta": {"next": 1}}) if asked.method == "GET" else None
    with pytest.raises(Invalid):
        found(opened(house))
    house.first = lambda asked: None
    with pytest.raises(Refusal, match="more rows"):
        found(opened(house, limits=Limits(rows=2)))


def test_what_does_not_fit_into_memory_is_refused(house: ServiceHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is too large for one, and pages that together are: said with what to do, and never held beyond the bound."""
    house.first = lambda asked: (200, {}, b'{"items": [{"id": 1, "name": "' + b"x" * LARGEST + b'"}]}') if asked.method == "GET" else None
    with pytest.raises(Refusal, match="an answer of the service is larger than 16 MB") as caught:
        found(opened(house))
    assert "paging" in str(caught.value.help)

    def page(asked: Asked) -> tuple[int, dict[str, str], Any] | None:
        number = len(house.asked)
        return (200, {}, {"items": [{"id": number, "email": SITI, "name": "x" * 400_000}], "meta": {"next": number}}) if asked.method == "GET" else None

    house.first = page
    house.asked.clear()
    monkeypatch.setattr(services, "HELD", 4_000_000)
    with pytest.raises(Refusal, match="the service holds more about these people than 3 MB"):
        found(opened(house))
    assert len(house.asked) == 10


@pytest.mark.parametrize("value", ["../../admin", "..", ".", "a/b?c=d&e#f", "a\r\nX-Evil: 1", "%2e%2e", "\u202e💥", "x" * 3000, '{"$ne": 1}', "{id}"])
def test_hostile_values_stay_values(house: ServiceHouse, value: str) -> None:
    """Whatever an identifier holds, it is asked for as a value: no other path, header or member of a body."""
    connector = opened(house)
    plan = StorePlan("crm", ((Gather("contacts", ("id",), (Reach(("id",), kind="account"), Reach(("email",), kind="account"))),), (Gather("orders", ("id",), (Reach(("gift_to",), kind="account"),)),)))
    connector.search(plan, [Known(0, "account", value)], lambda *row: None)
    for asked in house.asked:
        path = asked.path.partition("?")[0]
        assert path.startswith("/v2/")
        assert path.count("/") <= 3
        assert "/../" not in f"{path}/"
        assert "x-evil" not in asked.headers
        if asked.method == "POST":
            assert json.loads(asked.body) == {"where": {"gift_to": value}}


def test_only_public_addresses(house: ServiceHouse) -> None:
    """Without leave a service on the inside is not asked, whatever its file says."""
    with pytest.raises(Unavailable, match="address"):
        found(opened(house, reach=Network()))
    assert house.asked == []


def test_preflight_says_what_is_not_described(house: ServiceHouse) -> None:
    """What a plan needs and the file lacks is a problem before anything is sent, and the requests are shown without people."""
    text = DESCRIBED.format(url=house.url, auth="", paging="cursor").replace('    delete: {path: "/contacts/{id}"}\n', "").replace('      id: {path: "/contacts/{value}"}\n', "")
    connector = opened(house, described_as=text.replace("gift_to: {path", "note: {path"))
    told = [str(problem.message) for problem in connector.preflight(PLAN, PEOPLE)]
    assert told == [
        "whose else a row of `orders` is cannot be told", "`orders` cannot be found by `gift_to`", "no row of `contacts` can be deleted"
    ]  # fmt: skip
    with pytest.raises(Invalid):
        connector.erase(PLAN, PEOPLE, "t")
    assert house.asked == []
    assert opened(house).statements(PLAN)[:2] == (f"GET {house.url}/v2/contacts?email={{value}}", f"POST {house.url}/v2/orders")


@pytest.mark.parametrize(("was", "becomes", "code"), [
    ("/v2", "/v2?x=1", "bad-address"), ("http://", "ftp://", "bad-address"), ("rate: 500", "rate: 0", "bad-rate"), ("key: [id]", "key: [no]", "unknown-column"),
    ("/contacts?email={value}", "/contacts?email={email}", "bad-hole"), ("/contacts?email={value}", "/contacts", "bad-hole"),
    ("/contacts/{id}", "/../{id}", "bad-path"), ("/contacts/{id}", "//evil.example/{id}", "bad-path"), ("'{\"where\": {\"contact\": \"{value}\"}}'", "'{'", "bad-body"),
    ("kind: cursor", "kind: cursors", "unknown-word"), ("rows: data", "row: data", "unknown-key"), ("rate: 500", "auth: {kind: basic, secret: x}", "auth-incomplete"),
    ("size: 2", "size: 0", "bad-paging"),
])  # fmt: skip
def test_mistakes_in_a_file(house: ServiceHouse, was: str, becomes: str, code: str) -> None:
    """Each mistake is told with its place."""
    paging = "offset" if code == "bad-paging" else "cursor"
    text = DESCRIBED.format(url=house.url, auth="", paging=paging)
    assert was in text
    with pytest.raises(Invalid) as error:
        parse_service("crm.yaml", text.replace(was, becomes, 1).encode())
    assert code in {one.code for one in error.value.diagnostics}
    assert all(one.place.line for one in error.value.diagnostics)


def test_examples_are_sound() -> None:
    """The files that are shipped as examples describe what they say."""
    folder = Path(__file__).parents[2] / "examples" / "systems"
    services = {path.stem: parse_service(path.name, path.read_bytes()) for path in folder.glob("*.yaml") if path.stem != "attribution"}
    assert {name: sorted(service.tables) for name, service in services.items()} == {"newsletter": ["contacts", "sends"], "helpdesk": ["tickets"]}
    assert parse_processor("attribution.yaml", (folder / "attribution.yaml").read_bytes()).domain == "opendsr.attribution.example"
    schema = json.loads((folder.parents[1] / "schema" / "service.json").read_text())
    import yaml
    from jsonschema import Draft202012Validator

    for path in folder.glob("*.yaml"):
        kind = schema if path.stem != "attribution" else json.loads((folder.parents[1] / "schema" / "processor.json").read_text())
        assert list(Draft202012Validator(kind).iter_errors(yaml.safe_load(path.read_text()))) == [], path
