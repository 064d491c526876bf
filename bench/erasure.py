"""Search and erasure of people in a shop's database beside plain psycopg doing the same reads and writes, in the same run.

The number given (1) is the size: 1 is 100,000 customers with 1,000,000 orders, 4,450,000 rows in six tables; several are
measured one after the other, and the last line says how much dearer a person is in the largest. `--json` prints one figure a line.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from erasure_whole import statements, whole_erasure
from figures import Figure, show

from janji.connectors.opening import open_connector
from janji.connectors.sql import SqlConnector
from janji.datamap.meaning import Form
from janji.erasure.steps import Delete, Gather, Known, Reach, Referring, StorePlan
from janji.store.server import LOG_FILE, ServerHandle, hold_server, wheel_binaries

PASSWORD = "made-for-the-bench"  # noqa: S105  # of a server that lives for one run
FRAME = 1 << 20
MANY, WHALE, APART = 10_000, 20_000, 2.0
"""So many people at once; so many rows of one; so much dearer at most is a person among ten times as many rows."""
SCHEMA = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, full_name text, phone text, born date, created_at timestamptz);
CREATE TABLE addresses (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, street text, city text, postal_code text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, ordered_at timestamptz, total numeric(12,2),
  shipping_address_id bigint REFERENCES addresses);
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, sku text, qty int, price numeric(12,2), gift text);
CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, card text, holder text, amount numeric(12,2));
CREATE TABLE tickets (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, email text, subject text, body text, created_at timestamptz);
"""
FILLING = """
INSERT INTO customers SELECT i, 'user' || i || '@example.com', 'Name ' || i, '+62811' || lpad(i::text, 7, '0'), date '1970-01-01' + (i % 15000)::int,
  now() FROM generate_series(1, {people}) i;
INSERT INTO addresses SELECT i, (i - 1) % {people} + 1, 'Jalan ' || i, 'Jakarta', lpad((i % 99999)::text, 5, '0') FROM generate_series(1, {people} * 3 / 2) i;
INSERT INTO orders SELECT i, (i - 1) % {people} + 1, now(), (i % 100000) / 10.0, (i - 1) % {people} + 1 FROM generate_series(1, {orders}) i;
INSERT INTO items SELECT i, (i - 1) % {orders} + 1, 'SKU' || (i % 5000), i % 5 + 1, (i % 1000) / 10.0, CASE WHEN i % 20 = 0 THEN 'Selamat ' || i END
  FROM generate_series(1, {orders} * 2) i;
INSERT INTO payments SELECT i, i, lpad((i % 10000)::text, 4, '0'), 'Name ' || i, (i % 100000) / 10.0 FROM generate_series(1, {orders}) i;
INSERT INTO tickets SELECT i, (i * 7) % {people} + 1, 'user' || ((i * 7) % {people} + 1) || '@example.com', 'Help ' || i, 'Please help with ' || i, now()
  FROM generate_series(1, {people} * 2) i;
"""
WHALES = """
INSERT INTO customers SELECT i, 'whale' || i || '@example.com', 'Whale', '+62', date '1980-01-01', now() FROM generate_series({first}, {last}) i;
INSERT INTO orders SELECT 100000000 + (c - {first}) * 5000 + i, c, now(), 1, NULL FROM generate_series({first}, {last}) c, generate_series(1, 5000) i;
INSERT INTO items SELECT 100000000 + (c - {first}) * 10000 + i, 100000000 + (c - {first}) * 5000 + (i + 1) / 2, 'S', 1, 1, NULL
  FROM generate_series({first}, {last}) c, generate_series(1, 10000) i;
INSERT INTO payments SELECT 100000000 + (c - {first}) * 5000 + i, 100000000 + (c - {first}) * 5000 + i, '1', 'W', 1
  FROM generate_series({first}, {last}) c, generate_series(1, 5000) i;
"""
INDEXES = """
CREATE INDEX ON addresses (customer_id); CREATE INDEX ON orders (customer_id); CREATE INDEX ON orders (shipping_address_id);
CREATE INDEX ON items (order_id); CREATE INDEX ON payments (order_id); CREATE INDEX ON tickets (customer_id); CREATE INDEX ON tickets (email);
"""
THIN = """
INSERT INTO customers SELECT i, 'user' || i || '@example.com', 'Name ' || i, '+62811' || lpad(i::text, 7, '0'), '1970-01-01', now() FROM generate_series(1, {people}) i;
INSERT INTO addresses SELECT i, i, 'Jalan ' || i, 'Jakarta', '10110' FROM generate_series(1, {people}) i;
INSERT INTO orders SELECT i, i, now(), 10, i FROM generate_series(1, {people}) i;
INSERT INTO items SELECT i, i, 'SKU' || i % 5000, 1, 10, NULL FROM generate_series(1, {people}) i;
INSERT INTO payments SELECT i, i, '1234', 'Name ' || i, 10 FROM generate_series(1, {people}) i;
INSERT INTO tickets SELECT i, i, 'user' || i || '@example.com', 'Help', 'Please help', now() FROM generate_series(1, {people}) i;
"""
"""A row a person and table."""
EXTRA = ("devices", "visits", "wishes", "reviews")
"""Four more tables, for a batch in ten."""


def gather(table: str, column: str, source: str) -> Gather:
    """A table that is reached by its one foreign key."""
    return Gather(table, ("id",), (Reach((column,), source, ("id",), seat=column),))


CUSTOMERS = Gather("customers", ("id",), (Reach(("email",), kind="email"),))
SIX = (
    (CUSTOMERS,), (gather("addresses", "customer_id", "customers"),), (gather("orders", "customer_id", "customers"),),
    (gather("items", "order_id", "orders"),), (gather("payments", "order_id", "orders"),),
    (Gather("tickets", ("id",), (Reach(("customer_id",), "customers", ("id",), seat="customer_id"),
                                 Reach(("email",), kind="email", form=Form.EXACT, seat="customer_id", after=(Reach(("customer_id",), "customers", ("id",), seat="customer_id"),)))),),
)  # fmt: skip
DELETES = (
    Delete("tickets"), Delete("payments"), Delete("items"), Delete("orders"),
    Delete("addresses", (Referring("orders", ("shipping_address_id",), ("id",)),)), Delete("customers", (Referring("addresses", ("customer_id",), ("id",)),)),
)  # fmt: skip
PLAN = StorePlan("shop", SIX, actions=DELETES)
TEN = StorePlan(
    "shop", (*SIX, *((gather(name, "customer_id", "customers"),) for name in EXTRA)), actions=(*(Delete(name) for name in EXTRA), *DELETES)
)


@contextmanager
def holding() -> Iterator[tuple[ServerHandle, Path]]:
    """A server of one's own, and its log."""
    with tempfile.TemporaryDirectory() as place, hold_server(Path(place), PASSWORD, wheel_binaries()) as server:
        yield server, Path(place) / LOG_FILE


def shop(server: ServerHandle, scale: float) -> str:
    """A database with the shop in it; its URL."""
    people, many = int(100_000 * scale), 2 * batch_of(scale)
    filling = FILLING.format(people=people, orders=people * 10) + WHALES.format(first=people + 1, last=people + 8)
    return _made(server, "shop", filling, f"SELECT i, 5000 + (i - 1) % {many}, 'x' FROM generate_series(1, {many} * 2) i")  # noqa: S608 - a number


def thin_shop(server: ServerHandle, people: int) -> str:
    """The same tables with a row a person in each of ten; its URL."""
    return _made(server, "thin", THIN.format(people=people), f"SELECT i, i, 'x' FROM generate_series(1, {people}) i")  # noqa: S608 - a number


def six_tables(server: ServerHandle) -> str:
    """A small shop of six tables; its URL."""
    return _made(server, "six", FILLING.format(people=1000, orders=10_000))


def _made(server: ServerHandle, name: str, filling: str, extra: str = "") -> str:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    with psycopg.connect(server.url_of(name), autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute(filling.encode())
        for table in EXTRA if extra else ():
            connection.execute(f"CREATE TABLE {table} (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, what text)".encode())
            connection.execute(f"INSERT INTO {table} {extra}".encode())
            connection.execute(f"CREATE INDEX ON {table} (customer_id)".encode())
        connection.execute(INDEXES)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return server.url_of(name)


def batch_of(scale: float) -> int:
    """How many people are erased at once."""
    return min(MANY, int(20_000 * scale))


# ------------------------------------------------------------------------------------------------------------ floors


class Sealed:
    """A file of sealed frames, as rows come."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._key = AESGCM(os.urandom(32))
        self._held: list[str] = []
        self._size = 0

    def take(self, person: int, table: str, row: Any) -> None:
        """One more row."""
        line = json.dumps([person, table, dict(row)], default=str)
        self._held.append(line)
        self._size += len(line)
        if self._size > FRAME:
            self.flush()

    def flush(self) -> None:
        """Seal what is held."""
        nonce = os.urandom(12)
        self._file.write(nonce + self._key.encrypt(nonce, "\n".join(self._held).encode(), None))
        self._held, self._size = [], 0

    def close(self) -> None:
        """Seal the rest."""
        self.flush()
        self._file.close()


def floor_search(url: str, emails: Sequence[str], path: Path) -> int:
    """The same rows by plain statements of psycopg, into a sealed file."""
    sealed, count = Sealed(path), 0
    with psycopg.connect(url) as connection:
        def rows(table: str, where: str, values: Any) -> list[int]:
            nonlocal count
            cursor = connection.execute(f"SELECT * FROM {table} WHERE {where} = ANY(%s)", (values,))  # noqa: S608 - names of our own
            names = [item.name for item in cursor.description or ()]
            ids = []
            for row in cursor:
                sealed.take(0, table, dict(zip(names, row, strict=True)))
                ids.append(row[0])
            count += len(ids)
            return ids

        customers = rows("customers", "email", list(emails))
        rows("addresses", "customer_id", customers)
        orders = rows("orders", "customer_id", customers)
        rows("items", "order_id", orders)
        rows("payments", "order_id", orders)
        rows("tickets", "customer_id", customers)
    sealed.close()
    return count


def floor_erase(url: str, emails: Sequence[str], extra: Sequence[str] = ()) -> int:
    """The same deletions by plain statements of psycopg in one transaction, nothing looked at again."""
    with psycopg.connect(url) as connection:
        def ids(statement: str, values: Any) -> list[int]:
            return [row[0] for row in connection.execute(statement, (values,))]

        customers = ids("SELECT id FROM customers WHERE email = ANY(%s)", list(emails))
        orders = ids("SELECT id FROM orders WHERE customer_id = ANY(%s)", customers)
        count = 0
        for table, column, values in (
            *((name, "customer_id", customers) for name in extra), ("tickets", "customer_id", customers), ("payments", "order_id", orders),
            ("items", "order_id", orders), ("orders", "id", orders), ("addresses", "customer_id", customers), ("customers", "id", customers),
        ):  # fmt: skip
            count += connection.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", (values,)).rowcount  # noqa: S608 - names of our own
    return count


# ---------------------------------------------------------------------------------------------------------- measures


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    start = time.perf_counter()
    found = run()
    return time.perf_counter() - start, found


def known(emails: Sequence[str]) -> list[Known]:
    """People by their address."""
    return [Known(place, "email", email) for place, email in enumerate(emails)]


def users(first: int, count: int) -> list[str]:
    """Addresses of people in a row."""
    return [f"user{number}@example.com" for number in range(first, first + count)]


def searches(url: str, connector: SqlConnector, folder: Path) -> Figure:
    """Fifty people, found and sealed, in turn with the floor."""
    ours, floors = [], []
    for turn in range(5):
        emails = users(1000 + 100 * turn, 50)
        floors.append(timed(lambda emails=emails: floor_search(url, emails, folder / "floor")))  # type: ignore[misc]

        def run(emails: list[str] = emails) -> int:
            sealed, count = Sealed(folder / "ours"), 0

            def take(person: int, table: str, row: Any) -> None:
                nonlocal count
                count += 1
                sealed.take(person, table, row)

            connector.search(PLAN, known(emails), take)
            sealed.close()
            return count

        ours.append(timed(run))
    assert [rows for _, rows in ours] == [rows for _, rows in floors], (ours, floors)
    return figure("search 50 people, sealed", min(ours)[0], min(floors)[0], 5)


def erased(connector: SqlConnector, emails: Sequence[str], plan: StorePlan = PLAN) -> int:
    """Erase people, verified; how many rows."""
    effect = connector.erase(plan, known(emails), uuid4().hex)
    assert effect.complete, effect.remains
    return sum(table.deleted for table in effect.tables)


def erasures(url: str, connector: SqlConnector) -> Figure:
    """Fifty people, in turn with the floor."""
    ours, floors = [], []
    for turn in range(5):
        one, other = users(2000 + 100 * turn, 50), users(2050 + 100 * turn, 50)
        floors.append(timed(lambda one=one: floor_erase(url, one)))  # type: ignore[misc]
        ours.append(timed(lambda other=other: erased(connector, other)))  # type: ignore[misc]
    assert len({rows for _, rows in (*ours, *floors)}) == 1, (ours, floors)
    return figure("erase 50 people, verified", min(ours)[0], min(floors)[0], 8)


def whales(url: str, connector: SqlConnector, people: int) -> Figure:
    """A person with 20,000 rows, in turn with the floor."""
    ours, floors = [], []
    for turn in range(3):
        one, other = people + 1 + 2 * turn, people + 2 + 2 * turn
        floors.append(timed(lambda one=one: floor_erase(url, [f"whale{one}@example.com"])))  # type: ignore[misc]
        ours.append(timed(lambda other=other: erased(connector, [f"whale{other}@example.com"])))  # type: ignore[misc]
    assert {rows for _, rows in (*ours, *floors)} == {WHALE + 1}, (ours, floors)
    return figure("erase a person of 20,000 rows", min(ours)[0], min(floors)[0], 5)


def batches(url: str, connector: SqlConnector, scale: float) -> list[Figure]:
    """Many people of fifty rows at once in ten tables, after the floor on as many others."""
    count = batch_of(scale)
    floor, _ = timed(lambda: floor_erase(url, users(5000, count), EXTRA))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken, erased_rows = timed(lambda: erased(connector, users(5000 + count, count), TEN))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    name, rate = f"erase {count:,} people of {erased_rows / count:.0f} rows", count / taken
    return [
        Figure(name, rate, "people/s", f"plain psycopg, {count / floor:,.0f}", rate / (count / floor), "(shown)", True),
        Figure("memory for that batch", grown, "MB", f"{erased_rows:,} rows", grown / (erased_rows / 1e6), "(shown)", True),
    ]


def thin_batches(server: ServerHandle, scale: float) -> list[Figure]:
    """Many people at once with a row in each of ten tables: the store alone in turn with the floor, and from the plan to the certificate."""
    count = batch_of(scale)
    url, turns = thin_shop(server, 10 * count), 3
    connector = open_connector("shop", url)
    connector.catalogue()
    ours, floors = [], []
    for turn in range(turns):
        one, other = users(1 + 2 * turn * count, count), users(1 + (2 * turn + 1) * count, count)
        floors.append(timed(lambda one=one: floor_erase(url, one, EXTRA)))  # type: ignore[misc]
        ours.append(timed(lambda other=other: erased(connector, other, TEN)))  # type: ignore[misc]
    connector.close()
    assert {rows for _, rows in (*ours, *floors)} == {10 * count}, (ours, floors)
    rate, floor = count / min(ours)[0], count / min(floors)[0]
    against = f"plain psycopg, {floor:,.0f}"
    whole = count / whole_erasure(server, url, users(1 + 2 * turns * count, count))
    return [
        Figure(f"erase {count:,} people in 10 tables", rate, "people/s", against, rate / floor, "3,000 people/s", rate >= 3000),
        Figure("... from the plan to the certificate", whole, "people/s", against, whole / floor, "(shown)", True),
    ]


def figure(name: str, ours: float, floor: float, bar: float) -> Figure:
    """Seconds beside the floor's."""
    return Figure(name, ours * 1000, "ms", f"plain psycopg, {floor * 1000:.0f} ms", ours / floor, f"at most {bar} x", ours / floor <= bar)


def measure(scale: float) -> list[Figure]:
    """All of it on one database."""
    people = int(100_000 * scale)
    with holding() as (server, log), tempfile.TemporaryDirectory() as place:
        url = shop(server, scale)
        connector = open_connector("shop", url)
        connector.catalogue()
        try:
            found = [searches(url, connector, Path(place)), erasures(url, connector), whales(url, connector, people), *batches(url, connector, scale)]
        finally:
            connector.close()
        return [*found, *statements(server, log, six_tables(server), users(400, 50)), *thin_batches(server, scale)]


def flat(scales: Sequence[float]) -> list[Figure]:
    """Every size, and a person in the largest beside one in the smallest."""
    found = [measure(scale) for scale in scales]
    costs = [next(one.figure for one in figures if one.name.startswith("erase 50")) / 50 for figures in found]
    dearer = max(costs) / min(costs)
    sizes = f"{min(scales) * 1_000_000:,.0f} to {max(scales) * 1_000_000:,.0f} orders"
    return [*(one for figures in found for one in figures),
            Figure("a person erased, dearest size", max(costs), "ms", sizes, dearer, f"at most {APART} x", dearer <= APART)]  # fmt: skip


if __name__ == "__main__":
    scales = [float(word) for word in sys.argv[1:] if word.replace(".", "").isdigit()]
    show(flat(scales) if len(scales) > 1 else measure(scales[0] if scales else 1.0))
