"""A house with two systems for tests of searches and erasures: a shop, and its care desk in another database, linked to the shop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from tests.people_house import KEEPER, POLICY, Clock, make_house
from tests.reference import erase as oracle

from janji.connectors.opening import open_connector
from janji.datamap.catalogue import Catalogue
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.written import write_meaning
from janji.decision.engine import decide
from janji.decision.question import Question
from janji.erasure.steps import Known
from janji.ledger.events import Actor
from janji.rights.requests import Intake, Proof, Request
from janji.store.server import ServerHandle
from janji.store.vault import Keeper
from janji.terms.messages import ENGLISH, Message
from janji.terms.periods import Period
from janji.terms.processing import Operation
from janji.workflows.consents import facts_of
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.people import subject_with
from janji.workflows.requests import Opening, open_request
from janji.workflows.systems import Stage, add, move

SHOP = """
CREATE TABLE customers (id serial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, phone varchar(20), name varchar(40) NOT NULL, born date);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, gift_for int REFERENCES customers,
  ordered date NOT NULL, address text);
CREATE INDEX ON orders (customer_id);
CREATE TABLE items (order_id int REFERENCES orders, line int, thing text, PRIMARY KEY (order_id, line));
CREATE TABLE invoices (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, issued date NOT NULL, billed_to varchar(40), amount int);
"""
CARE = """
CREATE TABLE cases (id INTEGER PRIMARY KEY, customer INTEGER, email TEXT, words TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id), words TEXT);
"""
FILLING = (
    """INSERT INTO customers SELECT i, CASE WHEN i %% 3 = 0 THEN 'Person' || i || '@Example.com' ELSE 'person' || i || '@example.com' END,
      '0812-9041-' || lpad(i::text, 4, '0'), 'Name ' || i, '1990-04-05' FROM generate_series(1, %(people)s) i""",
    "INSERT INTO orders SELECT 2 * i - 1, i, CASE WHEN i %% 4 = 0 THEN i %% %(people)s + 1 END, '2020-01-05', 'Jalan 1' FROM generate_series(1, %(people)s) i",
    "INSERT INTO orders SELECT 2 * i, i, NULL, '2026-01-05', 'Jalan 2' FROM generate_series(1, %(people)s) i",
    "INSERT INTO items SELECT 2 * i - 1, line, 'thing' FROM generate_series(1, %(people)s) i, generate_series(1, 2) line",
    "INSERT INTO items SELECT 2 * i, 1, 'lamp' FROM generate_series(1, %(people)s) i",
    """INSERT INTO invoices SELECT i, 2 * i - 1, CASE WHEN i %% 2 = 1 THEN date '2012-01-05' ELSE date '2024-01-05' END, 'Name ' || i, 100
      FROM generate_series(1, %(people)s) i""",
)
CASES = """INSERT INTO cases SELECT 2 * i - k, CASE WHEN k = 1 THEN i END, CASE WHEN k = 0 THEN 'person' || i || '@example.com' END, 'it hums'
  FROM generate_series(1, %(people)s) i, generate_series(0, 1) k"""
NOTES = "INSERT INTO notes SELECT i, i, 'called' FROM generate_series(1, 2 * %(people)s::int) i"
TAX = Period(months=120)
OFFICERS = (("Dewi", "officer"), ("Budi", "officer"))
"""Who agrees to a request that needs two."""
_ID = Meaning("none")


def _columns(**categories: str | Meaning) -> Mapping[str, Meaning]:
    return {name: one if isinstance(one, Meaning) else Meaning(one) for name, one in categories.items()}


def shop_meaning() -> SystemMeaning:
    """What the shop holds: invoices are kept for ten years, without the name; an order may be a gift for somebody else."""
    tables = (
        TableMeaning("customers", identifiers=(Identifier("email", "email", Form.LOWER), Identifier("phone", "phone", Form.DIGITS)), columns=_columns(
            id="none", email="contact.email", phone="contact.phone", name=Meaning("identity.name", becomes="token"), born="identity.birth-date")),
        TableMeaning("orders", links=(Link(("customer_id",), "customers", ("id",)), Link(("gift_for",), "customers", ("id",), owner=False)),
                     columns=_columns(id="none", customer_id="none", gift_for="none", ordered="purchase", address="contact.address")),
        TableMeaning("items", links=(Link(("order_id",), "orders", ("id",)),), columns=_columns(order_id="none", line="none", thing="purchase")),
        TableMeaning("invoices", links=(Link(("order_id",), "orders", ("id",)),), keep=(KeepRule("tax", since="issued", period=TAX, columns=("amount", "issued")),),
                     columns=_columns(id="none", order_id="none", issued="payment", billed_to="identity.name", amount="payment")),
    )  # fmt: skip
    return SystemMeaning("shop", "The shop", "owner", "Jakarta", "ID", tables={table.name: table for table in tables})


def care_meaning() -> SystemMeaning:
    """What the care desk holds: cases lead to the shop's customers, and notes to cases."""
    tables = (
        TableMeaning("cases", identifiers=(Identifier("email", "email", Form.LOWER),), links=(Link(("customer",), "shop/customers", ("id",)),),
                     columns=_columns(id="none", customer="none", email="contact.email", words="message")),
        TableMeaning("notes", links=(Link(("case_id",), "cases", ("id",)),), columns=_columns(id="none", case_id="none", words="message")),
    )  # fmt: skip
    return SystemMeaning("care", "The care desk", "owner", "Jakarta", "ID", tables={table.name: table for table in tables})


def reviewed(meaning: SystemMeaning, catalogue: Catalogue) -> SystemMeaning:
    """A meaning whose tables somebody looked at in the form that they have now."""
    tables = {name: replace(table, reviewed=fingerprint(catalogue.tables[name])) for name, table in meaning.tables.items()}
    return replace(meaning, tables=tables)


class World:
    """The house, its two systems, and the addresses of both."""

    def __init__(self, house: House, shop: str, care: str) -> None:
        self.house, self.shop, self.care = house, shop, care

    def email(self, number: int) -> str:
        """The address of a person; some of them are written with capitals in the shop."""
        return f"person{number}@example.com"

    def person(self, number: int) -> UUID:
        """The person on record."""
        return subject_with(self.house, [("email", self.email(number)), ("phone", f"+628129041{number:04d}")], Actor.STAFF)

    def rows(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Every row of both systems."""
        return {"shop": rows_of(self.shop, *shop_meaning().tables), "care": rows_of(self.care, *care_meaning().tables)}

    def run(self, statement: str) -> None:
        """Change the shop."""
        execute(self.shop, statement)


def execute(url: str, statement: str) -> None:
    """Run statements in a database."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(statement.encode())


def shut(url: str, allowed: bool) -> None:
    """Let nobody into a database any more, and end who is in it; or let them in again."""
    name = conninfo_to_dict(url)["dbname"]
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as link:
        link.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {'true' if allowed else 'false'}".encode())
        link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def agreed(house: House, subject: UUID, right: str, said: Mapping[str, Any] | None = None, **details: str) -> Request:
    """A request that staff record of somebody who stands before them, and that officers agreed to."""
    return open_request(house, Opening(
        right=right, intake=Intake.PAPER, subject=subject, proof=Proof.STAFF, by="Ayu", approvals=OFFICERS, said=said or {}, details=details,
    ))  # fmt: skip


def why(house: House, subject: UUID, purpose: str, operation: Operation = Operation.USE) -> set[str]:
    """The reasons for which a purpose is denied for a person; none where it is permitted."""
    declared = house.policy_in_force.policy.purposes[purpose]
    channel = str(declared.channels[0]) if declared.channels else None
    question = Question(purpose, tuple(declared.data), house.runtime.now(), operation, channel=channel)
    decision = decide(house.policy_in_force.compiled, question, facts_of(house, [subject])[subject])
    return set() if decision.permit else {reason.code for reason in decision.reasons}


def in_english(lines: Iterable[Message]) -> str:
    """What people are told, line by line."""
    return "\n".join(line.render(ENGLISH) for line in lines)


def rows_of(url: str, *tables: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of some tables."""
    with psycopg.connect(url, row_factory=dict_row) as link:
        return {name: link.execute(f"SELECT * FROM {name} ORDER BY 1, 2".encode()).fetchall() for name in tables}  # noqa: S608 - names of ours


def fill(shop: str, care: str, people: int) -> None:
    """People with orders, some of them gifts for the next one, items, old and new invoices; cases by number and by address."""
    with psycopg.connect(shop, autocommit=True) as link:
        link.execute(SHOP.encode())
        for statement in FILLING:
            link.execute(statement.encode(), {"people": people})
    with psycopg.connect(care, autocommit=True) as link:
        link.execute(CARE.encode())
        link.execute(CASES.encode(), {"people": people})
        link.execute(NOTES.encode(), {"people": people})


def know(shop: str, care: str) -> dict[str, SystemMeaning]:
    """What both systems hold, reviewed in the form that they have now."""
    found = {}
    for meaning, address in ((shop_meaning(), shop), (care_meaning(), care)):
        connector = open_connector(meaning.system, address)
        found[meaning.system] = reviewed(meaning, connector.catalogue())
        connector.close()
    return found


def with_maps(house: House) -> House:
    """The house with the folder of overlays that lies in its data directory."""
    settings = replace(house.runtime.settings, maps=house.runtime.settings.data_dir / "datamap")
    return replace(house, runtime=Clock(settings, house.runtime.tongue))


@contextmanager
def blank(server: ServerHandle) -> Iterator[str]:
    """An empty database of one's own: its URL."""
    name = f"shop_{uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} STRATEGY wal_log")
        try:
            yield server.url_of(name)
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def making(server: ServerHandle, database_url: str, folder: Path, people: int = 6, keeper: Keeper = KEEPER, policy: Path = POLICY) -> Iterator[World]:
    """The house and its two systems, both at the stage where reviewed plans are carried out."""
    with blank(server) as shop, blank(server) as care:
        yield make_world(database_url, shop, care, folder, people, keeper, policy)


def make_world(database_url: str, shop: str, care: str, folder: Path, people: int = 6, keeper: Keeper = KEEPER, policy: Path = POLICY) -> World:
    """The same in databases that are there."""
    fill(shop, care, people)
    (folder / "house" / "datamap").mkdir(parents=True)
    for name, meaning in know(shop, care).items():
        (folder / "house" / "datamap" / f"{name}.yaml").write_text(write_meaning(meaning), "utf-8")
    house = with_maps(make_house(database_url, folder / "house", keeper, policy))
    add(house, "shop", shop)
    add(house, "care", care)
    for name in ("shop", "care"):
        for stage in (Stage.SEARCH, Stage.PLANNED):
            move(house, name, stage)
    return World(house, shop, care)


def expected(world: World, before: Mapping[str, Mapping[str, list[dict[str, Any]]]], known: list[Known], at: datetime) -> dict[str, Any]:
    """What the slow oracle says of both systems: rows that must be there, with the cells that are as they were or are something else."""
    found: dict[str, Any] = {}
    for name, meaning in meanings(world.house.runtime).items():
        address = world.shop if name == "shop" else world.care
        connector = open_connector(name, address)
        found[name] = oracle.erase(connector.catalogue(), meaning, before[name], known, at)
        connector.close()
    return found


def verify(world: World, before: Mapping[str, Mapping[str, list[dict[str, Any]]]], numbers: list[int], at: datetime | None = None) -> None:
    """Every row of both systems is as the oracle says: gone, as it was, or anonymised as it must be; nothing else changed."""
    known = [one for place, number in enumerate(numbers) for one in (
        Known(place, "email", world.email(number)), Known(place, "phone", f"+628129041{number:04d}", (f"08129041{number:04d}",)),
        Known(place, "shop/customers.id", str(number)))]  # fmt: skip
    outcomes = expected(world, before, known, at or datetime.now(UTC))
    now = world.rows()
    for system, tables in before.items():
        outcome = outcomes[system]
        for table, rows in tables.items():
            left = {key_of(table, row): row for row in now[system][table]}
            for place, row in enumerate(rows):
                there = left.pop(key_of(table, row), None)
                if (table, place) in outcome.gone:
                    assert there is None, f"{system}/{table}: a row is there that must be gone"
                    continue
                assert there is not None, f"{system}/{table}: a row is gone that must stay"
                changed = outcome.cells.get((table, place), {})
                for column, value in row.items():
                    if column not in changed:
                        assert there[column] == value, f"{system}/{table}.{column} was changed"
                    elif isinstance(changed[column], oracle.Token):
                        assert there[column] != value, f"{system}/{table}.{column} is as it was"
                    else:
                        assert str(there[column]) == str(changed[column]), f"{system}/{table}.{column} is {there[column]!r}, not {changed[column]!r}"
            assert not left, f"{system}/{table}: a row came from nowhere"


def key_of(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells rows apart."""
    return (row["order_id"], row["line"]) if table == "items" else (row["id"],)


POLICY_WORDS = {
    "contact.email": "email", "contact.phone": "contact-details", "contact.address": "contact-details", "identity.name": "name", "identity.birth-date": "date-of-birth",
    "purchase": "products-bought", "payment": "payment-information", "message": "conversation",
}  # fmt: skip


@contextmanager
def in_the_policys_words(house: House) -> Iterator[None]:
    """Every column has a category that the policy names: where a system holds what it does not name, nobody can say that all is gone."""
    held = {path: path.read_text("utf-8") for path in house.runtime.settings.maps.glob("*.yaml")}
    for path, text in held.items():
        path.write_text(re.sub(rf"(?<=: )({'|'.join(map(re.escape, POLICY_WORDS))})\b", lambda found: POLICY_WORDS[found[1]], text), "utf-8")
    yield
    for path, text in held.items():
        path.write_text(text, "utf-8")
