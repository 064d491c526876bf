"""The live catalogue as values, on real databases: keys, foreign keys, partitions, triggers, views, odd names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from janji.connectors.bounds import Limits
from janji.connectors.engines import open_engine
from janji.connectors.reflection import form, reflect
from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Kind, OnDelete, Sort, Trigger
from janji.datamap.fingerprint import fingerprint
from janji.errors import Invalid, Refusal, Unavailable

POSTGRESQL = """
CREATE SCHEMA care;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN nik AS char(16) CHECK (VALUE ~ '^[0-9]+$');
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(120) NOT NULL, nik nik, born date, mood mood, tags text[], extra jsonb,
  seen timestamptz DEFAULT now(), mail_domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED,
  invited_by bigint REFERENCES customers ON DELETE SET NULL, deleted_at timestamptz, CHECK (born > '1900-01-01'));
CREATE UNIQUE INDEX ON customers (lower(email));
CREATE UNIQUE INDEX ON customers (nik) WHERE deleted_at IS NULL;
CREATE TABLE orders (id int, year int, customer bigint REFERENCES customers ON DELETE CASCADE DEFERRABLE, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES IN (2025);
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES IN (2026);
CREATE TABLE care."order; DROP TABLE x" ("a,b" int, "c""d" int, FOREIGN KEY ("a,b", "c""d") REFERENCES orders (id, year));
CREATE VIEW seen AS SELECT c.email FROM customers c JOIN orders o ON o.customer = c.id;
CREATE MATERIALIZED VIEW totals AS SELECT customer, count(*) FROM orders GROUP BY customer;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
CREATE TRIGGER noted BEFORE DELETE OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION noted();
CREATE RULE quiet AS ON DELETE TO care."order; DROP TABLE x" DO INSTEAD NOTHING;
"""

SQLITE = """
CREATE TABLE members (id INTEGER PRIMARY KEY, email VARCHAR(20) NOT NULL UNIQUE, joined DATETIME, extra JSON, photo BLOB);
CREATE TABLE posts (id INTEGER PRIMARY KEY, member INTEGER REFERENCES members ON DELETE CASCADE, reply_to INTEGER REFERENCES posts (id)
  DEFERRABLE INITIALLY DEFERRED, body TEXT, plain INTEGER REFERENCES members NOT DEFERRABLE, upper TEXT GENERATED ALWAYS AS (upper(body)) STORED);
CREATE TABLE pairs (a INT, b INT, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE [odd "name"] (x INT, y INT, FOREIGN KEY (x, y) REFERENCES pairs (a, b) ON DELETE SET NULL);
CREATE INDEX low ON members (lower(email));
CREATE VIEW shown AS SELECT body FROM posts JOIN members ON members.id = posts.member;
CREATE TRIGGER noted AFTER UPDATE OF email ON members BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE found USING fts5(body);
INSERT INTO members VALUES (1, 'a@b.example', NULL, NULL, NULL), (2, 'b@b.example', NULL, NULL, NULL);
"""


@pytest.fixture(scope="module")
def postgresql(server: object) -> Catalogue:
    """The catalogue of a database with everything that makes one hard to read."""
    from tests.database import clone

    with clone(server) as url:  # type: ignore[arg-type]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
            connection.execute(POSTGRESQL)
        engine = open_engine(url, read_only=True)
        try:
            return reflect(engine)
        finally:
            engine.dispose()


def _sqlite(path: Path) -> Catalogue:
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.executescript(SQLITE)
    connection.close()
    engine = open_engine(f"sqlite:///{path}", read_only=True)
    try:
        return reflect(engine)
    finally:
        engine.dispose()


def test_tables_of_postgresql_are_listed_once(postgresql: Catalogue) -> None:
    """Partitions are not tables, views are told apart, another schema stands before a stop."""
    kinds = {name: table.kind for name, table in postgresql.tables.items() if not name.startswith("dbos")}
    assert kinds == {
        "customers": Kind.TABLE, "orders": Kind.PARTITIONED, "seen": Kind.VIEW, "totals": Kind.MATERIALIZED,
        'care.order; DROP TABLE x': Kind.TABLE,
    }  # fmt: skip
    assert postgresql.tables["seen"].shows == ("customers", "orders")
    assert postgresql.tables["totals"].shows == ("orders",)


def test_columns_of_postgresql(postgresql: Catalogue) -> None:
    """Types in the database's own words, lengths, what is generated and what has a default."""
    table = postgresql.tables["customers"]
    assert table.column("id") == Column("id", "bigint", Sort.INTEGER, False, None, True, True)
    assert table.column("email") == Column("email", "character varying(120)", Sort.TEXT, False, 120)
    assert table.column("nik") == Column("nik", "nik", Sort.TEXT, True, 16)
    sorts = {column.name: column.sort for column in table.columns}
    assert (sorts["mood"], sorts["tags"], sorts["extra"], sorts["seen"], sorts["born"]) == (Sort.OTHER, Sort.LIST, Sort.JSON, Sort.INSTANT, Sort.DATE)
    generated = table.column("mail_domain")
    assert generated is not None
    assert generated.generated


def test_keys_of_postgresql(postgresql: Catalogue) -> None:
    """Self-references, composite keys with hostile names, what happens on delete, what an index begins with."""
    customers, orders, odd = (postgresql.tables[name] for name in ("customers", "orders", "care.order; DROP TABLE x"))
    assert customers.foreign_keys == (ForeignKey(("invited_by",), "customers", ("id",), OnDelete.SET_NULL, False, "customers_invited_by_fkey"),)
    assert orders.foreign_keys == (ForeignKey(("customer",), "customers", ("id",), OnDelete.CASCADE, True, "orders_customer_fkey"),)
    assert [(key.columns, key.table, key.referred) for key in odd.foreign_keys] == [(("a,b", 'c"d'), "orders", ("id", "year"))]
    assert orders.primary_key == ("id", "year")
    assert ("lower(email)",) in customers.indexes
    assert customers.uniques == ()
    assert any("unique (nik) where" in check for check in customers.checks)
    assert any("born" in check for check in customers.checks)
    assert customers.triggers == (Trigger("noted", ("update", "delete")),)
    assert odd.triggers == (Trigger("quiet", ("delete",)),)


def test_a_view_whose_table_is_gone_stops_nothing(tmp_path: Path) -> None:
    """It shows no rows, and what else is there is read."""
    import sqlite3

    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.executescript("CREATE TABLE kept (id, email); CREATE TABLE old (x); CREATE VIEW broken AS SELECT x FROM old; CREATE VIEW whole AS SELECT * FROM kept; DROP TABLE old")
    connection.close()
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}", read_only=True)
    found = reflect(engine)
    engine.dispose()
    assert sorted(found.tables) == ["kept", "whole"]
    assert [column.name for column in found.tables["whole"].columns] == ["id", "email"]


def test_the_catalogue_of_sqlite(tmp_path: Path) -> None:
    """The same of SQLite, whose types are words and whose foreign keys may name no column."""
    found = _sqlite(tmp_path / "a.db")
    assert set(found.tables) == {"members", "posts", "pairs", 'odd "name"', "shown", "found"}
    posts = {key.columns: key for key in found.tables["posts"].foreign_keys}
    assert posts["member",] == ForeignKey(("member",), "members", ("id",), OnDelete.CASCADE)
    assert posts["reply_to",] == ForeignKey(("reply_to",), "posts", ("id",), OnDelete.REFUSE, True)
    assert not posts["plain",].deferrable
    assert found.tables['odd "name"'].foreign_keys == (ForeignKey(("x", "y"), "pairs", ("a", "b"), OnDelete.SET_NULL),)
    members = found.tables["members"]
    assert ("email",) in members.uniques
    assert ("lower(email)",) in members.indexes
    assert members.rows == 2
    assert members.triggers == (Trigger("noted", ("update",)),)
    assert found.tables["shown"].shows == ("members", "posts")
    assert found.tables["pairs"].primary_key == ("a", "b")
    email, photo = members.column("email"), members.column("photo")
    assert email is not None
    assert photo is not None
    assert (email.type, email.length, photo.sort) == ("varchar(20)", None, Sort.BYTES)


def test_text_of_sqlite_that_must_be_a_document_is_one(tmp_path: Path) -> None:
    """As Django declares it, whatever signs stand around the name; a document that may not be null becomes an empty one. Other text is text."""
    import sqlite3

    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a text NOT NULL CHECK ((JSON_VALID(\"a\") OR \"a\" IS NULL)), b text CHECK (json_valid(b)), c text CHECK (c <> 'x'))")
    connection.close()
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}", read_only=True)
    columns = reflect(engine).tables["t"].columns
    engine.dispose()
    assert [column.sort for column in columns] == [Sort.INTEGER, Sort.JSON, Sort.JSON, Sort.TEXT]


def test_a_fingerprint_is_of_the_form_alone(tmp_path: Path) -> None:
    """The same tables with other rows have the same word; another length, another one."""
    first, second = _sqlite(tmp_path / "a.db"), _sqlite(tmp_path / "b.db")
    assert {name: fingerprint(table) for name, table in first.tables.items()} == {name: fingerprint(table) for name, table in second.tables.items()}
    (tmp_path / "b.db").touch()
    engine = open_engine(f"sqlite:///{tmp_path / 'b.db'}")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE members ADD COLUMN religion TEXT"))
        connection.execute(text("INSERT INTO posts (body) VALUES ('x')"))
    changed = reflect(engine)
    engine.dispose()
    assert fingerprint(changed.tables["members"]) != fingerprint(first.tables["members"])
    assert fingerprint(changed.tables["posts"]) == fingerprint(first.tables["posts"])


CHANGES = (
    "CREATE TABLE a (id int PRIMARY KEY, email text, kept int DEFAULT 1)", "ALTER TABLE a ADD nik varchar(16)", "ALTER TABLE a RENAME nik TO ktp",
    "ALTER TABLE a ALTER ktp TYPE varchar(20)", "ALTER TABLE a ALTER email SET NOT NULL", "ALTER TABLE a ALTER kept DROP DEFAULT",
    "CREATE UNIQUE INDEX one ON a (lower(email))", "DROP INDEX one", "CREATE INDEX CONCURRENTLY two ON a (ktp)", "ALTER TABLE a ADD CONSTRAINT c CHECK (kept > 0)",
    "CREATE TABLE b (a int REFERENCES a, of text)", "ALTER TABLE b DROP CONSTRAINT b_a_fkey", "ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a ON DELETE CASCADE DEFERRABLE",
    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'", "CREATE TRIGGER t AFTER DELETE ON a FOR EACH ROW EXECUTE FUNCTION nothing()",
    "ALTER TABLE a DISABLE TRIGGER t", "CREATE VIEW shown AS SELECT email FROM a", "CREATE OR REPLACE VIEW shown AS SELECT a.email FROM a JOIN b ON b.a = a.id",
    "CREATE MATERIALIZED VIEW copied AS SELECT email FROM a", "CREATE DOMAIN word AS varchar(9)", "ALTER TABLE b ADD w word", "CREATE RULE r AS ON UPDATE TO b DO NOTHING",
    "CREATE TABLE p (id int) PARTITION BY LIST (id)", "CREATE TABLE p1 (id int)", "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1)", "ALTER TABLE p DETACH PARTITION p1",
    "CREATE SCHEMA other", "CREATE TABLE other.a (id int)", "ALTER TABLE other.a RENAME TO z", "DROP SCHEMA other CASCADE",
    "CREATE EXTENSION citext", "ALTER EXTENSION citext ADD TABLE p1", "ALTER TABLE a RENAME TO aa", "DROP TABLE b CASCADE",
)  # fmt: skip


def test_a_form_is_read_again_whenever_something_of_it_changed(server: object) -> None:
    """After each change it is what a whole reading gives; where nothing but rows changed, it is not read again."""
    from tests.database import clone

    with clone(server) as url, psycopg.connect(url, autocommit=True) as connection:  # type: ignore[arg-type]
        engine = open_engine(url, read_only=True)
        seen = form(engine)
        for change in CHANGES:
            connection.execute(change)
            found = form(engine)
            assert found.tables.keys() == reflect(engine).tables.keys(), change
            assert {name: replace(table, rows=None, bytes=None) for name, table in found.tables.items()} == {
                name: replace(table, rows=None, bytes=None) for name, table in reflect(engine).tables.items()
            }, change
            seen = found
        connection.execute("INSERT INTO aa SELECT n, n FROM generate_series(1, 1000) AS n")
        connection.execute("VACUUM ANALYZE aa")
        connection.execute("CREATE TEMPORARY TABLE passing (id int)")
        assert form(engine) is seen
        engine.dispose()


@pytest.mark.parametrize(("url", "error"), [
    ("nonsense", Invalid), ("oracle://secret-word@h/n", Invalid), ("postgresql://u:secret-word@127.0.0.1:1/n", Unavailable),
    ("mysql://u:secret-word@127.0.0.1:1/n", Unavailable), ("sqlite:////nowhere/secret-word.db", Unavailable),
])  # fmt: skip
def test_an_address_is_never_quoted(url: str, error: type[Exception]) -> None:
    """What cannot be opened is said without the address, in which a password may stand."""
    with pytest.raises(error) as caught:
        reflect(open_engine(url, Limits(connect=2)))
    assert "secret-word" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_read_only_engine_writes_nothing(database_url: str, tmp_path: Path) -> None:
    """The databases themselves refuse, and that is said as a refusal."""
    from janji.connectors.engines import reading

    (tmp_path / "x.db").touch()
    for url in (database_url, f"sqlite:///{tmp_path / 'x.db'}"):
        engine = open_engine(url, read_only=True)
        with pytest.raises(Refusal), reading(engine) as connection:
            connection.execute(text("CREATE TABLE made (a INT)"))
        engine.dispose()
