"""What is left of a person's bytes in the files of each database, at each level that an erasure claims to have reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conformance.conftest import postgres_store
from tests.conformance.shops import PLAN, ROWS, TABLES, known
from tests.conformance.stores import MariaStore, SQLiteStore
from tests.conformance.test_sql_stores import TOKEN
from tests.database import PLACE
from tests.mariadb import maria_database

from janji.connectors.bounds import Limits
from janji.connectors.opening import open_connector
from janji.erasure.steps import Level

MARK = "Name Zqxjkvbpw"
"""In no other file of the world."""


def rows() -> dict[str, list[dict[str, Any]]]:
    """The shop, with one customer's name made findable."""
    return {**ROWS, "customers": [{**row, "name": MARK} if row["id"] == 6 else row for row in ROWS["customers"]]}


def holding(folder: Path) -> list[Path]:
    """The files below a folder that hold the name."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes())


def test_sqlite(tmp_path: Path) -> None:
    """The file is overwritten at once, the write-ahead log when it settles; not while somebody reads it."""
    store = SQLiteStore(tmp_path / "shop.db")
    store.run("PRAGMA journal_mode = WAL")
    store.make(TABLES, rows())
    assert holding(tmp_path)
    connector = store.open(Limits(lock=0.2))
    with store.connected() as reader:
        reader("BEGIN", ())
        reader("SELECT count(*) FROM customers", ())
        assert connector.erase(PLAN, known(6), TOKEN).level is Level.LOGICAL
        assert connector.settle(PLAN, Level.VACUUMED) is Level.LOGICAL
        assert holding(tmp_path)
        reader("ROLLBACK", ())
    assert connector.settle(PLAN, Level.VACUUMED) is Level.VACUUMED
    assert holding(tmp_path) == []
    assert connector.settle(PLAN, Level.REWRITTEN) is Level.REWRITTEN
    assert holding(tmp_path) == []
    connector.close()
    assert [row["id"] for row in store.rows("customers")] == [1, 2, 3, 4, 5]


def test_postgresql(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The heap, its indexes and the statistics hold nothing once rewritten; the write-ahead log still does, and no level says otherwise."""
    import os

    with postgres_store(server) as store:
        store.make(TABLES, rows())
        store.run("ANALYZE customers")
        (number,) = store.run("SELECT oid FROM pg_database WHERE datname = current_database()")[0]
        folder = next(Path(os.environ[PLACE]).rglob(f"base/{number}"))
        connector = store.open()
        with psycopg.connect(store.url) as reader:  # an older transaction may see what was deleted
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            reader.execute("SELECT count(*) FROM addresses")
            assert connector.erase(PLAN, known(6), TOKEN).complete
            store.run("CHECKPOINT")
            assert holding(folder)
            assert connector.settle(PLAN, Level.VACUUMED) is Level.LOGICAL
        assert connector.settle(PLAN, Level.VACUUMED) is Level.VACUUMED
        store.run("CHECKPOINT")
        assert holding(folder)  # no row, but the bytes lie in what is free of a page
        assert connector.settle(PLAN, Level.REWRITTEN) is Level.REWRITTEN
        store.run("CHECKPOINT")
        assert holding(folder) == []
        assert holding(folder.parent.parent / "pg_wal")
        connector.close()


def test_postgresql_without_the_right_to(server: Any) -> None:
    """An account that owns no table reaches no deeper level, and says so."""
    with postgres_store(server) as store:
        store.make(TABLES, ROWS)
        store.run("CREATE USER janji_plain PASSWORD 'made-for-tests'")
        try:
            store.run("GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA public TO janji_plain")
            other = open_connector("shop", store.url.replace(store.url.split("//", 1)[1].split("@", 1)[0], "janji_plain:made-for-tests", 1))
            assert other.settle(PLAN, Level.REWRITTEN) is Level.LOGICAL
            other.close()
        finally:
            store.run("DROP OWNED BY janji_plain")
            store.run("DROP USER janji_plain")


LOGS = {"ib_logfile0", "ib_buffer_pool", "ibdata1", "ibtmp1", "undo001", "undo002", "undo003"}
"""Files of InnoDB that belong to no table: what was deleted stands there until it is written over, whatever the level."""


def test_mariadb(mariadb: Any) -> None:
    """The files of the tables hold nothing once rewritten; the redo log and what is kept to undo still do, and no level says otherwise."""
    with maria_database(mariadb) as url:
        store = MariaStore(mariadb, url)
        store.make(TABLES, rows())
        connector = store.open()
        assert connector.erase(PLAN, known(6), TOKEN).complete
        assert connector.settle(PLAN, Level.VACUUMED) is Level.REWRITTEN
        store.run("FLUSH TABLES")
        left = holding(mariadb.place / "data")
        assert {path.name for path in left} <= LOGS, left
        assert "ib_logfile0" in {path.name for path in left}
        connector.close()
        assert [row["id"] for row in store.rows("customers")] == [1, 2, 3, 4, 5]
