"""A search sees one moment of a database, and cannot write there: whoever commits meanwhile is not seen, and a write is refused."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from tests.conformance.shops import PLAN, ROWS, TABLES, known
from tests.conformance.stores import SqlStore

from janji.connectors.dialects import Statement
from janji.errors import Refusal


@pytest.fixture
def shop(sql_store: SqlStore) -> SqlStore:
    """The shop; a file of SQLite in the way that lets somebody write while another reads."""
    if sql_store.kind == "sqlite":
        sql_store.run("PRAGMA journal_mode = WAL")
    sql_store.make(TABLES, ROWS)
    return sql_store


def test_who_commits_between_two_statements_is_not_seen(shop: SqlStore) -> None:
    """An order that comes and an address that changes while customers are read are not in the package; in the next one they are."""
    connector = shop.open()

    def search(meanwhile: bool) -> list[tuple[str, Mapping[str, Any]]]:
        found: list[tuple[str, Mapping[str, Any]]] = []

        def take(_: int, table: str, row: Mapping[str, Any]) -> None:
            if meanwhile and not found:
                assert table == "customers"
                shop.fill("orders", [{"id": 900, "customer_id": 1, "address_id": None}])
                shop.run("UPDATE addresses SET street = 'Jalan Baru' WHERE customer_id = 1")
            found.append((table, row))

        connector.search(PLAN, known(1), take)
        return found

    before = search(meanwhile=False)
    assert search(meanwhile=True) == before
    after = search(meanwhile=False)
    assert {row["id"] for table, row in after if table == "orders"} - {row["id"] for table, row in before if table == "orders"} == {900}
    assert ("addresses", {"id": 11, "customer_id": 1, "street": "Jalan Baru"}) in after
    connector.close()


def test_a_write_inside_a_search_is_refused(shop: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would write on the connection of a search, the database does not let it; the search ends, and nothing is changed."""
    connector: Any = shop.open()
    real, dialect = connector._dialect.stream, connector._dialect

    @contextmanager
    def writing(connection: Any, statement: Statement) -> Generator[Any, None, None]:
        dialect.execute(connection, Statement("DELETE FROM notes"))
        with real(connection, statement) as rows:
            yield rows

    with monkeypatch.context() as patched:
        patched.setattr(dialect, "stream", writing)
        with pytest.raises(Refusal):
            connector.search(PLAN, known(1), lambda *_: None)
    assert shop.rows("notes") == ROWS["notes"]
    assert connector.search(PLAN, known(1), lambda *_: None)
    connector.close()
