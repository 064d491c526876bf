"""What only one kind of database has: partitions, schemas, own types, odd encodings, collations."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.conformance import shops
from tests.conformance.stores import MariaStore, PostgresStore, SQLiteStore
from tests.conformance.test_sql_stores import TOKEN, search

from janji.connectors.dialects import Statement
from janji.connectors.grants import grants
from janji.connectors.opening import open_connector
from janji.connectors.postgresql import PostgreSQL
from janji.datamap.catalogue import Kind
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Form, Identifier, Meaning, SystemMeaning, TableMeaning
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import (
    Assignment,
    Change,
    Delete,
    Filling,
    Gather,
    Known,
    Level,
    Reach,
    Reason,
    Remains,
    Stop,
    StorePlan,
)
from janji.errors import Invalid, JanjiError, Refusal
from janji.terms.messages import say

AT = datetime(2026, 7, 1, tzinfo=UTC)
ANA = [Known(0, "email", "ana@example.com")]


def plan(table: str, *key: str, column: str = "email", form: Form = Form.EXACT, actions: Any = None) -> StorePlan:
    """The plan for one table that has an identifier."""
    gather = Gather(table, key, (Reach((column,), kind="email", form=form),))
    return StorePlan("shop", ((gather,),), actions=actions or (Delete(table),))


def test_names_without_a_schema_are_of_the_schema_that_holds_now(postgres: PostgresStore) -> None:
    """A database that is opened a second time, after its search path was changed, is seen as it is now."""
    postgres.run("CREATE SCHEMA other")
    postgres.run("CREATE TABLE other.people (id int PRIMARY KEY, email text)")
    postgres.run("CREATE TABLE people (id int PRIMARY KEY, mail text)")
    with closing(postgres.open()) as connector:
        assert set(connector.catalogue().tables) == {"people", "other.people"}
    postgres.run(f'ALTER DATABASE "{urlsplit(postgres.url).path[1:]}" SET search_path = other')
    with closing(postgres.open()) as connector:
        seen = connector.catalogue().tables
    assert set(seen) == {"people", "public.people"}
    assert [column.name for column in seen["people"].columns] == ["id", "email"]


def test_partitions_with_and_without_a_key(postgres: PostgresStore) -> None:
    """Rows of every partition are found once, changed and deleted, also where only their place tells them apart."""
    for name, key in (("keyed", ", PRIMARY KEY (id, day)"), ("loose", "")):
        postgres.run(f"CREATE TABLE {name} (id int NOT NULL, day date NOT NULL, email text, note text{key}) PARTITION BY RANGE (day)")
        for year in (2024, 2025):
            postgres.run(f"CREATE TABLE {name}_{year} PARTITION OF {name} FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')")
        for year in (2024, 2025):
            for who in ("ana", "budi", "ana"):
                number = postgres.run(f"SELECT count(*) FROM {name}")[0][0]
                postgres.run(f"INSERT INTO {name} VALUES ({number}, '{year}-05-01', '{who}@example.com', 'x')")
        keys = ("id", "day") if key else ()
        connector = postgres.open()
        assert connector.catalogue().tables[name].kind is Kind.PARTITIONED
        assert f"{name}_2024" not in connector.catalogue().tables
        changes = (
            Change(name, (Assignment("note", Filling.TOKEN, width=20),)), Change(name, (Assignment("email", Filling.NULL),)),
        )  # fmt: skip
        assert len(search(postgres, plan(name, *keys), ANA)[0]) == 4
        changed = connector.erase(plan(name, *keys, actions=changes), ANA, TOKEN)
        assert changed.complete
        assert changed.tables[0].changed == 8
        assert sorted((row["email"] or "", len(row["note"])) for row in postgres.rows(name)) == [("", 20)] * 4 + [("budi@example.com", 1)] * 2
        assert len({row["note"] for row in postgres.rows(name)}) == 5
        effect = connector.erase(plan(name, *keys), [Known(0, "email", "budi@example.com")], TOKEN)
        assert effect.complete
        assert effect.tables[0].deleted == 2
        connector.close()


def test_a_table_that_others_inherit_has_no_key_of_its_own(postgres: PostgresStore) -> None:
    """A key holds within one table: a row of an heir that has the key of hers is somebody else's, and stays."""
    postgres.run("CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE)")
    postgres.run("CREATE TABLE members (since int, PRIMARY KEY (id)) INHERITS (people)")
    postgres.run("INSERT INTO people VALUES (1, 'ana@example.com'), (2, 'budi@example.com')")
    postgres.run("INSERT INTO members VALUES (1, 'siti@example.com', 2020), (2, 'ana@example.com', 2021)")
    connector = postgres.open()
    form = connector.catalogue()
    assert (form.tables["people"].primary_key, form.tables["people"].uniques, form.tables["members"].primary_key) == ((), (), ("id",))
    said = {
        name: TableMeaning(name, fingerprint(table), (Identifier("email", "email"),), columns={"email": Meaning("contact.email")})
        for name, table in form.tables.items()
    }
    made = plan_store(form, SystemMeaning("shop", tables=said), AT, Purpose.ERASE)
    assert (made.problems, connector.preflight(made, ANA)) == ((), ())
    assert connector.erase(made, ANA, TOKEN).complete
    connector.close()
    assert [(row["id"], row["email"]) for row in postgres.rows("people")] == [(1, "siti@example.com"), (2, "budi@example.com")]
    assert [row["since"] for row in postgres.rows("members")] == [2020]


def test_a_row_that_moves_to_another_partition_is_followed(postgres: PostgresStore) -> None:
    """A change of what a table is divided by moves the row, and it still counts as changed."""
    postgres.run("CREATE TABLE events (day date, email text) PARTITION BY RANGE (day)")
    postgres.run("CREATE TABLE events_a PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-06-01')")
    postgres.run("CREATE TABLE events_b PARTITION OF events FOR VALUES FROM ('2024-06-01') TO ('2025-01-01')")
    postgres.run("INSERT INTO events VALUES ('2024-07-07', 'ana@example.com'), ('2024-08-08', 'budi@example.com')")
    changes = (Change("events", (Assignment("day", Filling.YEAR),)), Change("events", (Assignment("email", Filling.CONSTANT, "-"),)))
    connector = postgres.open()
    assert connector.erase(plan("events", actions=changes), ANA, TOKEN).complete
    connector.close()
    assert sorted((str(row["day"]), row["email"]) for row in postgres.rows("events")) == [("2024-01-01", "-"), ("2024-08-08", "budi@example.com")]


def test_rows_that_a_policy_hides_are_not_passed_over(postgres: PostgresStore) -> None:
    """An account that row-level security narrows neither searches nor erases, nor is it scanned by: what it cannot see would stay behind."""
    postgres.run("CREATE TABLE members (id int PRIMARY KEY, email text)")
    postgres.run("INSERT INTO members VALUES (1, 'ana@example.com'), (90, 'ana@example.com')")
    postgres.run("ALTER TABLE members ENABLE ROW LEVEL SECURITY")
    postgres.run("CREATE POLICY near ON members USING (id < 50)")
    postgres.run("CREATE USER narrowed PASSWORD 'made-for-tests'")
    try:
        postgres.run("GRANT SELECT, DELETE ON members TO narrowed")
        url = postgres.url.replace(urlsplit(postgres.url).netloc, f"narrowed:made-for-tests@{urlsplit(postgres.url).netloc.rpartition('@')[2]}")
        connector = open_connector("shop", url)
        with pytest.raises(Refusal) as refused:
            connector.search(plan("members", "id"), ANA, lambda *_: None)
        assert "row-level security" in str(refused.value)
        with pytest.raises(Refusal):
            connector.erase(plan("members", "id"), ANA, TOKEN)
        with pytest.raises(Refusal):
            connector.sample("members", ["email"], 10)
        connector.close()
    finally:
        postgres.run("DROP OWNED BY narrowed")
        postgres.run("DROP USER narrowed")
    assert len(postgres.rows("members")) == 2


def test_own_types_and_schemas(postgres: PostgresStore) -> None:
    """Identifiers stand in text of any kind, numbers of any kind, UUIDs, lists and documents; tables in any schema."""
    postgres.run('CREATE SCHEMA "odd schema"')
    postgres.run("CREATE DOMAIN address AS varchar(80) CHECK (VALUE LIKE '%@%')")
    kinds = {
        "char(30)": ("ana@example.com", "Ana@example.com"), "varchar(30)": ("ana@example.com", "Ana@example.com"), "address": ("ana@example.com", "b@example.com"),
        "text[]": ("{x@example.com,ana@example.com}", "{Ana@example.com}"), "jsonb": ('"ana@example.com"', '"Ana@example.com"'),
    }  # fmt: skip
    for place, (kind, (hers, other)) in enumerate(kinds.items()):
        table = f"odd schema.t{place}"
        postgres.run(f'CREATE TABLE "odd schema".t{place} (id int PRIMARY KEY, email {kind}, extra json DEFAULT \'{{"a": {{"who": "ana", "n": 1}}}}\')')
        postgres.run(f"INSERT INTO \"odd schema\".t{place} VALUES (1, '{hers}'), (2, '{other}')")
        connector = postgres.open()
        pruned = (Change(table, (Assignment("extra", Filling.PATHS, paths=("a.who", "b.c")),)),)
        assert connector.erase(plan(table, "id", actions=pruned), ANA, TOKEN).complete, kind
        assert postgres.run(f'SELECT extra::jsonb FROM "odd schema".t{place} ORDER BY id') == [({"a": {"n": 1}},), ({"a": {"who": "ana", "n": 1}},)]
        assert connector.erase(plan(table, "id"), ANA, TOKEN).tables[0].deleted == 1, kind
        connector.close()
        assert postgres.run(f'SELECT id FROM "odd schema".t{place}') == [(2,)]
    number = "0190a4c8-1111-7222-8333-444455556666"
    for kind, value in (("uuid", number), ("numeric", "12"), ("smallint", "12"), ("real", "12")):
        postgres.run("DROP TABLE IF EXISTS accounts")
        postgres.run(f"CREATE TABLE accounts (email {kind}, note text)")
        postgres.run(f"INSERT INTO accounts VALUES ('{value}', 'a'), (NULL, 'b')")
        found, _ = search(postgres, plan("accounts"), [Known(0, "email", value.upper()), Known(0, "email", "none of these")])
        assert [row["note"] for _, _, row in found] == ["a"], kind


def test_bytes_that_are_no_text(postgres: PostgresStore, tmp_path: Path, server: Any) -> None:
    """Where a database keeps bytes that are no UTF-8, a search still ends, and an erasure as well."""
    path = tmp_path / "old.db"
    store = SQLiteStore(path)
    store.run("CREATE TABLE members (id integer PRIMARY KEY, email text, note text)")
    store.run("INSERT INTO members VALUES (1, 'ana@example.com', CAST(x'c328fffe' AS TEXT)), (2, CAST(x'ff616e61' AS TEXT), 'x')")
    found, _ = search(store, plan("members", "id"), ANA)
    assert found[0][2]["note"].startswith("\ufffd")
    connector = store.open()
    assert connector.erase(plan("members", "id"), ANA, TOKEN).tables[0].deleted == 1
    connector.close()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE old_bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
        try:
            old = PostgresStore("postgresql", server.url_of("old_bytes"))
            old.run("CREATE TABLE members (id int PRIMARY KEY, email text, note text)")
            old.run(r"INSERT INTO members VALUES (1, 'ana@example.com', E'\xff\xfe caf\xe9'), (2, E'\xff', 'x')")
            found, _ = search(old, plan("members", "id"), ANA)
            assert found[0][2]["email"] == "ana@example.com"
            assert "caf" in found[0][2]["note"]
            connector = old.open()
            assert connector.erase(plan("members", "id"), ANA, TOKEN).complete
            connector.close()
            assert old.run("SELECT id FROM members") == [(2,)]
        finally:
            connection.execute("DROP DATABASE old_bytes WITH (FORCE)")


def test_collations_that_differ(maria: MariaStore) -> None:
    """Columns of unlike characters and collations are met and followed; no index and no letter is lost."""
    maria.run("CREATE TABLE members (code varchar(40) CHARACTER SET latin1 PRIMARY KEY, email varchar(80) CHARACTER SET latin1 COLLATE latin1_swedish_ci, KEY (email))")
    maria.run("CREATE TABLE visits (id int PRIMARY KEY, code varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, KEY (code))")
    maria.run("CREATE TABLE marks (id int PRIMARY KEY, member varchar(40) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin, kind varchar(9))")
    maria.run("INSERT INTO members VALUES ('A-é', 'ana@example.com'), ('B', 'Ana@example.com'), ('C', 'aná@example.com')")
    maria.run("INSERT INTO visits VALUES (1, 'A-é'), (2, 'B'), (3, 'C')")
    maria.run("INSERT INTO marks VALUES (1, 'A-é', 'user'), (2, 'B', 'user'), (3, 'A-é', 'USER')")
    gathers = (
        (Gather("members", ("code",), (Reach(("email",), kind="email"),)),),
        (Gather("visits", ("id",), (Reach(("code",), "members", ("code",), seat="code"),)),),
        (Gather("marks", ("id",), (Reach(("member",), "members", ("code",), where=(("kind", "user"),), seat="member"),)),),
    )  # fmt: skip
    made = StorePlan("shop", gathers, actions=(Delete("marks"), Delete("visits"), Delete("members")))
    people = [*ANA, Known(0, "email", "юзер@пример.рф")]
    found, _ = search(maria, made, people)
    assert sorted((table, row.get("id", 0)) for _, table, row in found) == [("marks", 1), ("members", 0), ("visits", 1)]
    connector = maria.open()
    assert connector.erase(made, people, TOKEN).complete
    connector.close()
    assert [row["id"] for row in maria.rows("visits")] == [2, 3]
    assert [row["id"] for row in maria.rows("marks")] == [2, 3]


def test_rows_alike_without_a_key(maria: MariaStore) -> None:
    """Where nothing tells rows apart, those that agree in everything, nulls too, go together, and no other."""
    maria.run("CREATE TABLE logs (email varchar(80), at datetime NULL, body text, raw varbinary(9), doc json)")
    for who, body in (("ana", "NULL"), ("ana", "NULL"), ("ana", "'x'"), ("budi", "NULL")):
        maria.run(f"INSERT INTO logs VALUES ('{who}@example.com', NULL, {body}, x'ff00', '{{\"a\": 1}}')")
    connector = maria.open()
    change = (
        Change("logs", (Assignment("body", Filling.CONSTANT, "-"), Assignment("at", Filling.NULL))), Change("logs", (Assignment("raw", Filling.NULL),)),
    )  # fmt: skip
    assert connector.erase(plan("logs", actions=change), [Known(0, "email", "budi@example.com")], TOKEN).tables[0].changed == 2
    effect = connector.erase(plan("logs"), ANA, TOKEN)
    connector.close()
    assert effect.complete
    assert effect.tables[0].deleted == 3
    assert [(row["email"], row["body"], row["raw"]) for row in maria.rows("logs")] == [("budi@example.com", "-", None)]


def test_sqlite_without_rowid_and_with_rules_of_its_own(tmp_path: Path) -> None:
    """Tables without row numbers, columns without types, numbers kept as text and the other way round."""
    store = SQLiteStore(tmp_path / "odd.db")
    store.run("CREATE TABLE members (code text COLLATE NOCASE, part int, email, PRIMARY KEY (code, part)) WITHOUT ROWID")
    store.run("CREATE TABLE visits (rowid text, member text, n int)")
    store.run("INSERT INTO members VALUES ('A', 1, 'ana@example.com'), ('B', 1, 'ANA@example.com'), ('12', 1, 'budi@example.com')")
    store.run("INSERT INTO visits VALUES ('x', 'A', 1), ('x', 'A', 1), ('y', '12', 1)")
    gathers = (
        (Gather("members", ("code", "part"), (Reach(("email",), kind="email"),)),),
        (Gather("visits", (), (Reach(("member", "n"), "members", ("code", "part"), seat="member"),)),),
    )  # fmt: skip
    made = StorePlan("shop", gathers, actions=(Delete("visits"), Delete("members")))
    assert len(search(store, made, ANA)[0]) == 3
    connector = store.open()
    effect = connector.erase(made, ANA, TOKEN)
    assert effect.complete
    assert [table.deleted for table in effect.tables] == [1, 2]
    assert connector.erase(made, [Known(0, "email", "budi@example.com")], TOKEN).tables[1].deleted == 1
    connector.close()
    assert [row["code"] for row in store.rows("members")] == ["B"]


def test_a_share_is_told_as_it_was_before_any_change(postgres: PostgresStore) -> None:
    """Of a gift between two people each loses their own share alone, whichever column is changed first."""
    postgres.run("CREATE TABLE members (id int PRIMARY KEY, email text UNIQUE)")
    postgres.run("CREATE TABLE gifts (id int PRIMARY KEY, giver int REFERENCES members, taker int REFERENCES members, giver_note text, taker_note text)")
    postgres.run("INSERT INTO members VALUES (1, 'ana@example.com'), (2, 'budi@example.com')")
    postgres.run("INSERT INTO gifts VALUES (1, 1, 2, 'from a', 'to b'), (2, 2, 1, 'from b', 'to a'), (3, 1, 1, 'own', 'own'), (4, 2, 2, 'b', 'b')")
    ways = tuple(Reach((column,), "members", ("id",), seat=column) for column in ("giver", "taker"))
    made = StorePlan(
        "shop", ((Gather("members", ("id",), (Reach(("email",), kind="email"),)),), (Gather("gifts", ("id",), ways, shared=True),)),
        actions=(
            Delete("gifts"),
            *(Change("gifts", (Assignment(way.columns[0], Filling.NULL), Assignment(f"{way.columns[0]}_note", Filling.NULL)), (Reason.FOUND, Reason.SHARED), (), way) for way in ways),
            Delete("members"),
        ),
    )  # fmt: skip
    connector = postgres.open()
    effect = connector.erase(made, ANA, TOKEN)
    connector.close()
    assert effect.complete
    assert [tuple(row.values()) for row in postgres.rows("gifts")] == [(1, None, 2, None, "to b"), (2, 2, None, "from b", None), (4, 2, 2, "b", "b")]
    assert effect.tables[1].stay == (("shared", 2),)


def test_what_nothing_hangs_on_goes_by_one_statement(postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found and deleted at once, with its counts; if a row of it must stay, nothing of it goes so, and it is looked at row by row."""
    rows = {name: [dict(row) for row in held] for name, held in shops.ROWS.items()}
    rows["orders"].append({"id": 901, "customer_id": 2, "address_id": 13})
    postgres.make(shops.TABLES, rows)
    asked: list[str] = []
    real = PostgreSQL.execute

    def execute(self: PostgreSQL, link: Any, statement: Statement) -> Any:
        asked.append(statement.text)
        return real(self, link, statement)

    monkeypatch.setattr(PostgreSQL, "execute", execute)
    connector = postgres.open()
    connector.catalogue()
    effect = connector.erase(shops.PLAN, shops.known(1), TOKEN)
    assert {one.table: (one.found, one.deleted) for one in effect.tables} == {
        "customers": (1, 1), "addresses": (1, 1), "orders": (2, 2), "items": (4, 4), "notes": (2, 2)
    }  # fmt: skip
    assert effect.people == (
        (0, "addresses", 1), (0, "customers", 1), (0, "items", 4), (0, "notes", 2), (0, "orders", 2)
    )  # fmt: skip
    assert sum(text.startswith("CREATE") for text in asked) == 3
    assert len(asked) == 9
    asked.clear()
    effect = connector.erase(shops.PLAN, shops.known(3), TOKEN)
    assert effect.complete
    assert {one.table: (one.deleted, one.changed, one.stay) for one in effect.tables if one.stay} == {
        "customers": (0, 1, (("referred", 1),)), "addresses": (0, 1, (("referred", 1),))
    }  # fmt: skip
    assert [row["street"] for row in postgres.rows("addresses") if row["id"] == 13] == ["-"]
    assert sum(text.startswith("CREATE") for text in asked) == 4
    connector.close()


@pytest.mark.parametrize("made", ["CREATE TABLE visits (id int PRIMARY KEY, email text)", "CREATE TABLE visits (id int, email text)",
                                  "CREATE TABLE visits (id int PRIMARY KEY, email text) PARTITION BY HASH (id)"])  # fmt: skip
def test_rows_go_from_where_they_were_read_in_ordinary_tables_alone(postgres: PostgresStore, made: str) -> None:
    """By their place where that is theirs alone for as long as a statement takes; where parts have places of their own, and where nothing says that the rows are here, as a primary key does, by their key."""
    postgres.run(made)
    if "PARTITION" in made:
        postgres.run("CREATE TABLE even PARTITION OF visits FOR VALUES WITH (MODULUS 2, REMAINDER 0)")
        postgres.run("CREATE TABLE odd PARTITION OF visits FOR VALUES WITH (MODULUS 2, REMAINDER 1)")
    postgres.run("INSERT INTO visits SELECT n, CASE WHEN n % 3 = 0 THEN 'ana@example.com' ELSE 'budi@example.com' END FROM generate_series(1, 90) n")
    with closing(postgres.open()) as connector:
        written = plan("visits", *(["id"] if "KEY" in made else []))
        placed = any("ctid = ANY" in statement for statement in connector.statements(written))
        effect = connector.erase(written, ANA, TOKEN)
    assert placed == (made == "CREATE TABLE visits (id int PRIMARY KEY, email text)")
    assert effect.complete
    assert [(one.found, one.deleted) for one in effect.tables] == [(30, 30)]
    assert {row["email"] for row in postgres.rows("visits")} == {"budi@example.com"}


def test_a_rule_of_a_table_is_no_hindrance(postgres: PostgresStore) -> None:
    """PostgreSQL deletes from a table with rules by a statement of its own alone: what others refer to stays, the rest goes."""
    rows = {**shops.ROWS, "orders": [*shops.ROWS["orders"], {"id": 900, "customer_id": 3, "address_id": 12}]}
    postgres.make(shops.TABLES, rows)
    postgres.run("CREATE TABLE gone (n int)")
    postgres.run("CREATE RULE counted AS ON DELETE TO customers DO ALSO INSERT INTO gone VALUES (1)")
    connector = postgres.open()
    effect = connector.erase(shops.PLAN, shops.known(1, 2), TOKEN)
    connector.close()
    assert effect.complete
    assert {one.table: (one.deleted, one.stay) for one in effect.tables}["customers"] == (1, (("referred", 1),))
    assert [row["id"] for row in postgres.rows("customers")] == [2, 3, 4, 5, 6]


def test_what_waits_for_the_end_of_a_transaction_is_rehearsed(postgres: PostgresStore) -> None:
    """A constraint that is looked at when the transaction ends refuses the erasure: that is told before, and nothing is changed."""
    postgres.run("CREATE TABLE accounts (id int PRIMARY KEY, email text)")
    postgres.run("INSERT INTO accounts VALUES (1, 'ana@example.com'), (2, 'budi@example.com')")
    postgres.run("CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation USING TABLE = 'accounts'; END $$")
    postgres.run("CREATE CONSTRAINT TRIGGER at_end AFTER DELETE ON accounts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held()")
    connector = postgres.open()
    stop = Stop("accounts", (Reason.SHARED,), say("a row stays"), say("look at it"))
    made = plan("accounts", "id", actions=(stop, Delete("accounts")))
    assert [str(problem.message) for problem in connector.preflight(made, ANA)] == ["the database refuses what a column was to become (`accounts`)"]
    with pytest.raises(Invalid):
        connector.erase(made, ANA, TOKEN)
    postgres.run("DROP TRIGGER at_end ON accounts")
    assert connector.preflight(made, ANA) == ()
    assert len(postgres.rows("accounts")) == 2
    assert connector.erase(made, ANA, TOKEN).complete
    connector.close()


def test_a_url_of_nothing_known_names_no_password() -> None:
    """What cannot be opened says so without the address."""
    for url in ("oracle://u:s3cret@h/x", "nonsense s3cret", "postgresql://u:s3cret@127.0.0.1:1/x"):
        with pytest.raises(JanjiError) as caught:
            open_connector("shop", url).catalogue()
        assert "s3cret" not in f"{caught.value!r} {caught.value.__cause__!r} {getattr(caught.value, 'help', '')}"


@pytest.fixture
def copied(postgres: PostgresStore) -> PostgresStore:
    """A table, and two materialised views of it, one behind the other, in a schema of their own."""
    postgres.run("CREATE TABLE accounts (id int PRIMARY KEY, email text, profile json)")
    postgres.run("INSERT INTO accounts VALUES (1, 'ana@example.com', '{}'), (2, 'budi@example.com', '{}')")
    postgres.run("CREATE SCHEMA reports")
    postgres.run('CREATE MATERIALIZED VIEW reports."all" AS SELECT email, profile FROM accounts')
    postgres.run('CREATE MATERIALIZED VIEW reports.again AS SELECT email FROM reports."all"')
    return postgres


def copies(store: PostgresStore) -> list[list[str]]:
    """What the materialised views show."""
    return [[row[0] for row in store.run(f"SELECT email FROM {view} ORDER BY 1")] for view in ('reports."all"', "reports.again")]


def test_a_table_that_keeps_what_rows_were_blocks_an_erasure(maria: MariaStore) -> None:
    """What is deleted from a system-versioned table stays in its history, so nothing is deleted there and called gone; a search goes on."""
    maria.run("CREATE TABLE members (id int PRIMARY KEY, email varchar(80)) WITH SYSTEM VERSIONING")
    connector = maria.open()
    catalogue = connector.catalogue()
    connector.close()
    assert catalogue.tables["members"].kind is Kind.VERSIONED
    said = TableMeaning("members", fingerprint(catalogue.tables["members"]), (Identifier("email", "email"),), columns={"email": Meaning("contact.email")})
    meaning = SystemMeaning("shop", tables={"members": said})
    assert plan_store(catalogue, meaning, AT, Purpose.ACCESS).problems == ()
    assert [problem.table for problem in plan_store(catalogue, meaning, AT, Purpose.ERASE).problems] == ["members"]


@pytest.mark.parametrize("engine", ["MyISAM", "Aria", "MEMORY", "MyISAM PARTITION BY HASH (id) PARTITIONS 2"])
def test_a_table_in_which_nothing_is_undone_blocks_an_erasure(maria: MariaStore, engine: str) -> None:
    """Half an erasure would last, and a rehearsal too: nothing is done there until the table knows transactions. A search goes on."""
    maria.run(f"CREATE TABLE members (id int PRIMARY KEY, email varchar(80)) ENGINE = {engine}")
    maria.run("INSERT INTO members VALUES (1, 'ana@example.com'), (2, 'budi@example.com')")
    connector = maria.open()
    catalogue = connector.catalogue()
    assert catalogue.tables["members"].kind is Kind.UNTRANSACTED
    found: list[object] = []
    said = TableMeaning("members", fingerprint(catalogue.tables["members"]), (Identifier("email", "email"),), columns={"email": Meaning("contact.email")})
    meaning = SystemMeaning("shop", tables={"members": said})
    connector.search(plan_store(catalogue, meaning, AT, Purpose.ACCESS), ANA, lambda _, __, row: found.append(row["id"]))
    assert found == [1]
    assert [str(problem.message) for problem in plan_store(catalogue, meaning, AT, Purpose.ERASE).problems] == [
        "a change of `members` could not be undone: its storage engine knows no transactions"
    ]
    maria.run("ALTER TABLE members ENGINE = InnoDB")
    mended = connector.catalogue()
    said = replace(said, reviewed=fingerprint(mended.tables["members"]))
    plan = plan_store(mended, SystemMeaning("shop", tables={"members": said}), AT, Purpose.ERASE)
    assert plan.problems == ()
    assert connector.erase(plan, ANA, TOKEN).complete
    connector.close()


def test_materialised_views_are_filled_anew(copied: PostgresStore) -> None:
    """In their order, after the erasure; the statements say so."""
    made = replace(plan("accounts", "id"), refreshes=("reports.all", "reports.again"))
    connector = copied.open()
    assert connector.statements(made)[-2:] == ('REFRESH MATERIALIZED VIEW "reports"."all"', 'REFRESH MATERIALIZED VIEW "reports"."again"')
    assert connector.erase(made, ANA, TOKEN).complete
    assert copies(copied) == [["budi@example.com"]] * 2
    connector.close()


def test_a_copy_that_may_not_be_filled_anew_is_found(copied: PostgresStore) -> None:
    """An account that does not own the views ends nothing there, and says which still shows rows that are gone."""
    made = replace(plan("accounts", "id"), refreshes=("reports.all", "reports.again"))
    copied.run("CREATE ROLE janji_copies LOGIN PASSWORD 'made-for-tests'")
    try:
        copied.run("REVOKE ALL ON SCHEMA reports FROM PUBLIC")
        for statement in grants("postgresql", made, "janji_copies", "janji_copies").splitlines():
            copied.run(statement)
        there = urlsplit(copied.url)
        connector = open_connector("shop", copied.url.replace(there.netloc, f"janji_copies:made-for-tests@{there.netloc.rpartition('@')[2]}", 1))
        effect = connector.erase(made, ANA, TOKEN)
        assert effect.tables[0].deleted == 1
        assert effect.remains == (Remains("reports.all", None, 1),)
        assert connector.reread(made, ANA).remains == effect.remains
        assert connector.erase(made, ANA, TOKEN).remains == effect.remains
        copied.run('REFRESH MATERIALIZED VIEW reports."all"')
        assert connector.reread(made, ANA).remains == (Remains("reports.again", None, 1),)
        copied.run("REFRESH MATERIALIZED VIEW reports.again")
        assert connector.reread(made, ANA).complete
        copied.run("REVOKE SELECT ON reports.again FROM janji_copies")
        assert connector.reread(made, ANA).remains == (Remains("reports.again", None, 1),)
        connector.close()
    finally:
        copied.run("DROP OWNED BY janji_copies")
        copied.run("DROP ROLE janji_copies")


def test_large_objects_block_unless_a_trigger_takes_them_along(postgres: PostgresStore) -> None:
    """A row that names one goes and the object would stay: refused before the first write; with a trigger that unlinks it both go."""
    postgres.run("CREATE TABLE scans (id int PRIMARY KEY, email text, page oid, kind oid)")
    postgres.run("INSERT INTO scans VALUES (1, 'ana@example.com', lo_from_bytea(0, 'a passport'), 23), (2, 'budi@example.com', NULL, 23)")
    made, connector = plan("scans", "id"), postgres.open()
    (problem,) = connector.preflight(made, ANA)
    assert str(problem.message) == "`scans.page` names large objects, which stay when their rows go"
    with pytest.raises(Refusal, match="names large objects"):
        connector.erase(made, ANA, TOKEN)
    emptied = plan("scans", "id", actions=(Change("scans", (Assignment("page", Filling.NULL),)),))
    assert len(connector.preflight(emptied, ANA)) == 1
    assert connector.preflight(plan("scans", "id", actions=(Change("scans", (Assignment("email", Filling.NULL),)),)), ANA) == ()
    postgres.run("CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM lo_unlink(OLD.page); RETURN OLD; END'")
    postgres.run("CREATE TRIGGER taken BEFORE DELETE ON scans FOR EACH ROW EXECUTE FUNCTION take()")
    connector.close()
    connector = postgres.open()
    assert connector.preflight(made, ANA) == ()
    assert len(connector.preflight(emptied, ANA)) == 1
    assert connector.erase(made, ANA, TOKEN).complete
    assert postgres.run("SELECT count(*) FROM pg_largeobject_metadata")[0][0] == 0
    connector.close()


@pytest.mark.parametrize("kind", ["fts5", "fts4"])
def test_a_full_text_index_loses_the_words_of_deleted_rows(tmp_path: Path, kind: str) -> None:
    """Its own pages keep them until it is optimised, which is a part of the deeper levels."""
    store = SQLiteStore(tmp_path / "s.db")
    store.run("CREATE TABLE posts (id integer PRIMARY KEY, email text, body text)")
    store.run(f"CREATE VIRTUAL TABLE words USING {kind}(body)")
    store.run("CREATE TRIGGER gone AFTER DELETE ON posts BEGIN DELETE FROM words WHERE rowid = old.id; END")
    for number in range(1, 40):
        who, word = ("ana", "xylophone") if number == 7 else ("budi", "drum")
        store.run(f"INSERT INTO posts VALUES ({number}, '{who}@example.com', 'a {word}{number}')")
        store.run(f"INSERT INTO words (rowid, body) VALUES ({number}, 'a {word}{number}')")
    connector = store.open()
    made = plan("posts", "id")
    assert connector.erase(made, ANA, TOKEN).complete
    assert connector.settle(made, Level.VACUUMED) is Level.VACUUMED
    connector.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"xylophone" not in files
    assert b"drum" in files
    assert store.run("SELECT count(*) FROM words WHERE words MATCH 'drum8'")[0][0] == 1


def test_rows_that_nothing_tells_apart_are_refused_with_the_reason(tmp_path: Path) -> None:
    """A table of SQLite without a key whose columns have every name of the row's number."""
    store = SQLiteStore(tmp_path / "s.db")
    store.run("CREATE TABLE odd (rowid text, _rowid_ text, oid text, email text)")
    store.run("INSERT INTO odd VALUES ('a', 'b', 'c', 'ana@example.com')")
    connector = store.open()
    with pytest.raises(Invalid, match="cannot be told apart"):
        connector.erase(plan("odd"), ANA, TOKEN)
    connector.close()
