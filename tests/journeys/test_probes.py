"""Eleven ways in which an erasure can go wrong and say that it went well, each with the outcome that is right.

They were met on a peer; `tests/faults/test_erasing_faults.py` has the seventh, a worker that is killed, at every point.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.erasing_house import blank, execute, reviewed, rows_of, with_maps
from tests.people_house import Clock, make_house

from janji.connectors.opening import open_connector
from janji.datamap.meaning import Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning, Verdict
from janji.datamap.overlay import read_overlay
from janji.datamap.written import write_meaning
from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Actor, decode
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.workflows.erasing import Erasure, State, carry_out, plan_digest, prepare
from janji.workflows.gathering import opened, package, search
from janji.workflows.house import House
from janji.workflows.mapping import scan
from janji.workflows.people import subject_with
from janji.workflows.planning import Plan
from janji.workflows.systems import Stage, add, move

TABLES = """
CREATE TABLE customers (id serial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, phone varchar(20) NOT NULL UNIQUE,
  name varchar(40) NOT NULL, city text NOT NULL, birth_date date NOT NULL);
CREATE TABLE addresses (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, street text NOT NULL, city text);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, ordered_at timestamptz NOT NULL, total numeric(9,2) NOT NULL);
CREATE TABLE order_items (order_id int REFERENCES orders, line int, qty int NOT NULL, price numeric(9,2) NOT NULL, PRIMARY KEY (order_id, line));
CREATE TABLE payments (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, card_last4 char(4) NOT NULL, amount numeric(9,2) NOT NULL);
CREATE TABLE tickets (id serial PRIMARY KEY, email varchar(80), subject text NOT NULL);
INSERT INTO customers SELECT i, 'user' || i || '@example.com', '+62812904' || 1000 + i, 'Name ' || i, 'Jakarta', '1990-04-05' FROM generate_series(1, 20) i;
INSERT INTO addresses SELECT i, i, 'Jalan ' || i, 'Bandung' FROM generate_series(1, 20) i;
INSERT INTO orders SELECT i, (i + 1) / 2, '2025-03-04 10:00Z', 120.5 FROM generate_series(1, 40) i;
INSERT INTO order_items SELECT o, l, 3, 40.25 FROM generate_series(1, 40) o, generate_series(1, 2) l;
INSERT INTO payments SELECT i, i, '4242', 120.5 FROM generate_series(1, 40) i;
INSERT INTO tickets SELECT i, 'user' || i || '@example.com', 'Where is it, says Name ' || i FROM generate_series(1, 20) i;
"""
NAMES = ("customers", "addresses", "orders", "order_items", "payments", "tickets")
PERSONAL = {
    "customers": ("email", "phone", "name", "city", "birth_date"), "addresses": ("street", "city"), "orders": ("ordered_at", "total"),
    "order_items": ("qty", "price"), "payments": ("card_last4", "amount"), "tickets": ("email", "subject"),
}  # fmt: skip
WAYS: dict[str, tuple[Identifier | Link, ...]] = {
    "customers": (Identifier("email", "email", Form.LOWER), Identifier("phone", "phone", Form.DIGITS)),
    "addresses": (Link(("customer_id",), "customers", ("id",)),), "orders": (Link(("customer_id",), "customers", ("id",)),),
    "order_items": (Link(("order_id",), "orders", ("id",)),), "payments": (Link(("order_id",), "orders", ("id",)),),
    "tickets": (Identifier("email", "email", Form.LOWER),),
}  # fmt: skip
OPTIONS = {"level": "logical", "forget": False}


class Peer:
    """The peer's six tables as a system of a house of ours."""

    def __init__(self, house: House, url: str, folder: Path) -> None:
        self.house, self.url, self.folder = house, url, folder

    def say(self, verdict: Verdict, **becomes: str) -> None:
        """Write the map: every column that is personal, and what becomes of the rows."""
        tables = {}
        for name in NAMES:
            columns = {column: Meaning("something", becomes=becomes.get(f"{name}_{column}")) for column in PERSONAL[name]}
            identifiers = tuple(way for way in WAYS[name] if isinstance(way, Identifier))
            tables[name] = TableMeaning(name, "", identifiers, tuple(way for way in WAYS[name] if isinstance(way, Link)), columns, verdict)
        connector = open_connector("peer", self.url)
        meaning = reviewed(SystemMeaning("peer", "Peer", tables=tables), connector.catalogue())
        connector.close()
        (self.folder / "house" / "datamap" / "peer.yaml").write_text(write_meaning(meaning), "utf-8")

    def person(self, number: int) -> UUID:
        """Somebody on record."""
        return subject_with(self.house, [("email", f"user{number}@example.com")], Actor.STAFF)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row."""
        return rows_of(self.url, *NAMES)

    def erase(self, *numbers: int, forget: bool = False) -> Erasure:
        """Plan, and carry out what was planned."""
        people = [self.person(number) for number in numbers]
        return carry_out(self.house, people, digest_of(prepare(self.house, people, forgetting=forget), forget))


def digest_of(plan: Plan, forget: bool = False) -> str:
    """The number by which a plan is carried out."""
    assert [str(problem.message) for part in plan.blocked for problem in part.problems] == []
    return plan_digest(plan, {**OPTIONS, "forget": forget})


@pytest.fixture(scope="module")
def house_of_all(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """The house, with the system at the stage where reviewed plans are carried out."""
    Clock.moved = timedelta()
    folder = tmp_path_factory.mktemp("probes")
    with blank(server) as url:
        execute(url, TABLES)
        (folder / "house" / "datamap").mkdir(parents=True)
        made = Peer(with_maps(make_house(module_database_url, folder / "house")), url, folder)
        made.say(Verdict.DELETE)
        add(made.house, "peer", url)
        for stage in (Stage.SEARCH, Stage.PLANNED):
            move(made.house, "peer", stage)
        yield made


@pytest.fixture
def peer(house_of_all: Peer) -> Peer:
    """The system, with all of its rows."""
    execute(house_of_all.url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + TABLES)
    house_of_all.say(Verdict.DELETE)
    return house_of_all


def owned(rows: dict[str, list[dict[str, Any]]], number: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of somebody."""
    orders = {2 * number - 1, 2 * number}
    own = {"customers": ("id", {number}), "addresses": ("customer_id", {number}), "orders": ("id", orders), "order_items": ("order_id", orders)}
    own |= {"payments": ("order_id", orders), "tickets": ("id", {number})}
    return {name: [row for row in rows[name] if row[own[name][0]] in own[name][1]] for name in NAMES}


def test_1_complete_means_every_column_of_every_type(peer: Peer) -> None:
    """Dates, numbers, sums and digits of cards are anonymised as texts are; nobody else's are."""
    peer.say(Verdict.ANONYMISE, order_items_qty="0", payments_card_last4="0000")
    before = peer.rows()
    done = peer.erase(3)
    after = peer.rows()
    assert done.complete, done.stores
    for name in NAMES:
        for was, now in zip(owned(before, 3)[name], owned(after, 3)[name], strict=True):
            assert [column for column in PERSONAL[name] if now[column] == was[column]] == []
        mine = [row["id" if name != "order_items" else "order_id"] for row in owned(before, 3)[name]]
        key = "id" if name != "order_items" else "order_id"
        assert [row for row in after[name] if row[key] not in mine] == [row for row in before[name] if row[key] not in mine]


def test_2_the_certificate_says_what_was_done(peer: Peer) -> None:
    """Its counts are those of the rows that are gone, not of what was meant."""
    before = peer.rows()
    done = peer.erase(3, 4)
    after = peer.rows()
    row = connection().execute("SELECT body FROM event WHERE id = %s", [done.event]).fetchone()
    assert row is not None
    said = {line.partition(":")[0]: line for line in decode(bytes(row[0])).details["effects"]}
    for name in NAMES:
        gone = len(before[name]) - len(after[name])
        assert gone == sum(len(owned(before, number)[name]) for number in (3, 4))
        assert said[f"peer/{name}"].startswith(f"peer/{name}: found {gone}, deleted {gone}, changed 0")


def test_3_what_is_anonymised_is_no_pseudonym(peer: Peer) -> None:
    """Equal values become unlike each other, and the same erasure again makes other tokens: there is nothing to work them out by."""
    peer.say(Verdict.ANONYMISE, customers_city="token", customers_name="token")
    peer.erase(3, 4)
    first = [owned(peer.rows(), number)["customers"][0] for number in (3, 4)]
    assert len({row[column] for row in first for column in ("city", "name", "email", "phone")}) == 8
    execute(peer.url, "UPDATE customers SET email = 'user3@example.com', city = 'Jakarta', name = 'Name 3' WHERE id = 3")
    people = [peer.person(3)]
    Clock.moved += timedelta(minutes=1)
    carry_out(peer.house, people, digest_of(prepare(peer.house, people)))
    assert owned(peer.rows(), 3)["customers"][0]["city"] not in {row["city"] for row in first}


def test_4_an_access_package_leaves_nothing_out_in_silence(peer: Peer) -> None:
    """Sums and digits of cards are in it; a column that came since is said, and the package is not whole."""
    person = peer.person(3)
    found = search(peer.house, [person])
    rows = [row for _, row in opened(peer.house, found.id, person)]
    assert found.whole
    assert sorted(str(value) for row in rows for value in _values(row) if str(value) == "4242") == ["4242", "4242"]
    execute(peer.url, "ALTER TABLE customers ADD religion text")
    after = package(search(peer.house, [person]).id)
    assert not after.whole
    assert {one.system: one.state for one in after.systems} == {"peer": "unclear"}


def _values(row: Any) -> list[Any]:
    if isinstance(row, dict):
        return [found for value in row.values() for found in _values(value)]
    return [row]


def test_5_all_or_nothing(peer: Peer) -> None:
    """A token fits twenty characters that must differ; what a constraint refuses undoes every table, and is not complete."""
    peer.say(Verdict.ANONYMISE)
    people, before = [peer.person(3)], peer.rows()
    execute(peer.url, "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$no$$; END'")
    execute(peer.url, "CREATE TRIGGER late BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION no()")
    stopped = carry_out(peer.house, people, digest_of(prepare(peer.house, people)))
    assert peer.rows() == before
    assert not stopped.complete
    execute(peer.url, "DROP TRIGGER late ON customers")
    done = peer.erase(4)
    assert done.complete
    assert 0 < len(owned(peer.rows(), 4)["customers"][0]["phone"]) <= 20


def test_6_nothing_is_erased_unasked(peer: Peer) -> None:
    """Without the number of a plan that was reviewed, for other people than it was made for, or at a lower stage: nothing."""
    people, before = [peer.person(3)], peer.rows()
    for number in ("", "0" * 64):
        with pytest.raises(Invalid):
            carry_out(peer.house, people, number)
    number = digest_of(prepare(peer.house, people))
    with pytest.raises((Invalid, Conflict, Refusal)):
        carry_out(peer.house, [peer.person(4)], number)
    move(peer.house, "peer", Stage.SEARCH)
    with pytest.raises((Invalid, Conflict, Refusal)):
        carry_out(peer.house, people, number)
    move(peer.house, "peer", Stage.PLANNED)
    assert peer.rows() == before


def test_8_a_package_is_sealed(peer: Peer) -> None:
    """No file of ours has a word of the person in clear, and nobody else may read them."""
    person = peer.person(3)
    search(peer.house, [person])
    files = [path for path in (peer.folder / "house").rglob("*") if path.is_file()]
    assert [path for path in files if any(word in path.read_bytes() for word in (b"user3@", b"Jalan 3", b"Name 3"))] == []
    packages = [path for path in files if "packages" in path.parts]
    assert packages
    assert [oct(path.stat().st_mode & 0o077) for path in packages] == ["0o0"] * len(packages)


def test_9_no_copy_of_ours_outlives_the_person(peer: Peer) -> None:
    """After an erasure that ends the record too no package opens, and no table or file of ours has the person in clear."""
    person = peer.person(3)
    held = search(peer.house, [person])
    assert peer.erase(3, forget=True).complete
    with pytest.raises(Refusal):
        list(opened(peer.house, held.id, person))
    tables = connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (name,) in tables:
        text = "".join(row[0] for row in connection().execute(f'SELECT t::text FROM "{name}" t').fetchall())  # noqa: S608 - names of ours
        assert "user3@" not in text, name
        assert b"user3@".hex() not in text, name
    assert [path for path in (peer.folder / "house").rglob("*") if path.is_file() and b"user3@" in path.read_bytes()] == []


def said_in(path: Path) -> SystemMeaning:
    """What a map says."""
    meaning = read_overlay(str(path), path.read_bytes()).meaning
    assert meaning is not None
    return meaning


def test_10_the_map_is_read_from_the_catalogue(peer: Peer) -> None:
    """A scan has every foreign key, knows identifiers from data, and gives categories with reasons."""
    target = peer.folder / "scanned.yaml"
    scan(peer.house.runtime, peer.url, "peer", None, target=target)
    tables = said_in(target).tables
    links = {(name, link.columns[0], link.to) for name, table in tables.items() for link in table.links}
    assert links >= {("addresses", "customer_id", "customers"), ("orders", "customer_id", "customers"), ("order_items", "order_id", "orders"), ("payments", "order_id", "orders")}
    assert {identifier.column for identifier in tables["customers"].identifiers} >= {"email", "phone"}
    assert tables["customers"].columns["email"].category != "none"
    assert tables["customers"].columns["email"].why


def test_11_what_the_key_led_to_is_looked_for_after_the_key_is_gone(peer: Peer) -> None:
    """Rows that come back under the number of somebody who is gone are found by it, and it is not called complete."""
    execute(peer.url, "CREATE TABLE archive (customer_id int, total numeric(9,2))")
    connector = open_connector("peer", peer.url)
    catalogue = connector.catalogue()
    connector.close()
    path = peer.folder / "house" / "datamap" / "peer.yaml"
    said = said_in(path)
    archive = TableMeaning("archive", links=(Link(("customer_id",), "customers", ("id",)),), columns={"total": Meaning("something")})
    path.write_text(write_meaning(reviewed(SystemMeaning("peer", "Peer", tables={**said.tables, "archive": archive}), catalogue)), "utf-8")
    people = [peer.person(3)]
    execute(peer.url, "CREATE FUNCTION file_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO archive VALUES (OLD.customer_id, OLD.total); RETURN OLD; END'")
    execute(peer.url, "CREATE TRIGGER file_it AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION file_it()")
    done = carry_out(peer.house, people, digest_of(prepare(peer.house, people)))
    assert owned(peer.rows(), 3)["customers"] == []
    assert not done.complete
    effect = done.stores[0].effect
    assert effect is not None
    assert [(item.table, item.rows) for item in effect.remains] == [("archive", 2)]
    assert done.stores[0].state is not State.DONE or done.state != "done"


