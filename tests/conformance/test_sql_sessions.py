"""Databases whose own settings would have statements read otherwise, rows cut off or references left behind; and times that Python cannot hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from tests.conformance.stores import MariaStore, PostgresStore

from janji.connectors.base import Connector
from janji.connectors.engines import open_engine
from janji.connectors.sampling import sample
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Known

AT = datetime(2026, 7, 1, tzinfo=UTC)
ANA = [Known(0, "email", "ana@example.com")]
SHOP = (
    "CREATE TABLE members (id int PRIMARY KEY, email varchar(80), CHECK (email <> '' OR id > 0))",
    "CREATE TABLE orders (id int PRIMARY KEY, member_id int, email varchar(80), FOREIGN KEY (member_id) REFERENCES members (id) ON DELETE CASCADE)",
    "CREATE TABLE parts (id int PRIMARY KEY, order_id int, FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)",
    "INSERT INTO members VALUES (1, 'ana@example.com'), (2, 'budi@example.com'), (3, 'ana@example.com')",
    "INSERT INTO orders VALUES (1, 1, ''), (2, 2, ''), (3, 3, ''), (4, 1, ''), (5, 2, ''), (6, 3, '')",
    "INSERT INTO parts VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)",
)
OF_MARIA = (
    {"sql_select_limit": 1}, {"sql_safe_updates": 1}, {"foreign_key_checks": 0}, {"sql_big_selects": 0, "max_join_size": 1},
    {"sql_mode": "NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY,PAD_CHAR_TO_FULL_LENGTH"}, {"sql_mode": "ORACLE"},
    {"completion_type": "CHAIN"}, {"sql_quote_show_create": 0}, {"max_recursive_iterations": 1}, {"tx_read_only": 1}, {"autocommit": 0},
)  # fmt: skip
OF_POSTGRES = (
    "DateStyle = German", "IntervalStyle = sql_standard", "standard_conforming_strings = off", "quote_all_identifiers = on", "transform_null_equals = on",
    "default_transaction_read_only = on", "TimeZone = 'Asia/Jakarta'", "bytea_output = escape",
)  # fmt: skip


def meant(connector: Connector) -> SystemMeaning:
    """A map of members and their orders; what parts are of, nobody said."""
    form = {name: fingerprint(table) for name, table in connector.catalogue().tables.items()}
    mail = {"email": Meaning("contact.email")}
    return SystemMeaning("shop", tables={
        "members": TableMeaning("members", form["members"], (Identifier("email", "email"),), columns=mail),
        "orders": TableMeaning("orders", form["orders"], (Identifier("email", "email"),), (Link(("member_id",), "members", ("id",)),), columns=mail),
    })  # fmt: skip


def served(connector: Connector) -> None:
    """Ana's rows are found, all of them, and erased."""
    found: list[tuple[str, object]] = []
    connector.search(plan_store(connector.catalogue(), meant(connector), AT, Purpose.ACCESS), ANA, lambda _, table, row: found.append((table, row["id"])))
    assert sorted(found, key=str) == [("members", 1), ("members", 3), *(("orders", at) for at in (1, 3, 4, 6))]
    plan = plan_store(connector.catalogue(), meant(connector), AT, Purpose.ERASE)
    assert plan.problems == ()
    assert connector.preflight(plan, ANA) == ()
    assert connector.erase(plan, ANA, "t").complete
    connector.close()


def left(store: MariaStore | PostgresStore) -> list[list[Any]]:
    """The keys of what is there."""
    return [[row["id"] for row in store.rows(table)] for table in ("members", "orders", "parts")]


@pytest.mark.parametrize("settings", OF_MARIA, ids=str)
def test_what_a_server_of_mysql_has_set_for_all_changes_nothing(maria: MariaStore, settings: dict[str, Any]) -> None:
    """All rows are found and go, with what the database deletes by itself; nothing is called gone that is not."""
    for statement in SHOP:
        maria.run(statement)
    before = maria.run("SELECT " + ", ".join(f"@@GLOBAL.{name}" for name in settings))[0]
    try:
        for name, value in settings.items():
            maria.run(f"SET GLOBAL {name} = %s", [value])
        served(maria.open())
    finally:
        for name, value in zip(settings, before, strict=True):
            maria.run(f"SET GLOBAL {name} = %s", [value])
    assert left(maria) == [[2], [2, 5], [2, 5]]


@pytest.mark.parametrize("setting", OF_POSTGRES)
def test_what_a_database_of_postgresql_has_set_for_all_changes_nothing(postgres: PostgresStore, setting: str) -> None:
    """The same, with a copy that is filled anew."""
    for statement in SHOP:
        postgres.run(statement)
    postgres.run("CREATE MATERIALIZED VIEW shown AS SELECT email FROM members")
    (name,) = postgres.run("SELECT current_database()")[0]
    postgres.run(f'ALTER DATABASE "{name}" SET {setting}')
    served(postgres.open())
    assert left(postgres) == [[2], [2, 5], [2, 5]]
    assert [tuple(row) for row in postgres.run("SELECT email FROM shown")] == [("budi@example.com",)]


TIMES = (
    ("date", "infinity", "-infinity", "0044-03-15 BC", "12026-11-28", date(2026, 11, 28), "2026-11-28"),
    ("timestamp", "infinity", "-infinity", "0044-03-15 12:00:00 BC", "12026-11-28 01:02:03", datetime(2026, 11, 28, 1, 2, 3), "2026-11-28 01:02:03"),
    ("timestamptz", "infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "12026-11-28 01:02:03+00", datetime(2026, 11, 28, 1, tzinfo=UTC), "2026-11-28 01:00Z"),
    ("time", "24:00:00", None, None, None, time(23, 59), "23:59"),
    ("interval", "2800000 years", "-2800000 years", None, None, timedelta(days=1), "1 day"),
)


@pytest.mark.parametrize("case", TIMES, ids=[case[0] for case in TIMES])
def test_a_time_that_python_cannot_hold_stops_no_search(postgres: PostgresStore, case: tuple[Any, ...]) -> None:
    """It is read as it is written, in a list too, by a search and by the sample of a scan; others stay what they are."""
    kind, *odd, usual, said = case
    wanted = [word for word in odd if word]
    postgres.run(f"CREATE TABLE members (id serial PRIMARY KEY, email text, held {kind}, several {kind}[])")
    for word in (*wanted, said):
        postgres.run(f"INSERT INTO members (email, held, several) VALUES ('ana@example.com', %s::{kind}, ARRAY[%s::{kind}])", [word, word])
    postgres.run("ALTER DATABASE " + '"' + postgres.run("SELECT current_database()")[0][0] + '"' + " SET TimeZone = 'UTC'")
    connector = postgres.open()
    form = connector.catalogue()
    table = TableMeaning("members", fingerprint(form.tables["members"]), (Identifier("email", "email"),), columns={"email": Meaning("contact.email")})
    rows: list[tuple[object, object]] = []
    plan = plan_store(form, SystemMeaning("shop", tables={"members": table}), AT, Purpose.ACCESS)
    connector.search(plan, ANA, lambda _, __, row: rows.append((row["held"], row["several"])))
    connector.close()
    assert rows == [(value, [value]) for value in (*wanted, usual)]
    engine = open_engine(postgres.url)
    assert len(sample(engine, "members", ["held"], 10)["held"]) == len(rows)
    engine.dispose()
