"""The stores of the conformance suite, one of each kind for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from tests.conformance.stores import MariaStore, PostgresStore, SQLiteStore, Store
from tests.mariadb import maria_database

SQL = ("postgresql", "mysql", "sqlite")


@contextmanager
def postgres_store(server: object) -> Iterator[PostgresStore]:
    """An empty database of PostgreSQL."""
    name = f"shop_{uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as connection:  # type: ignore[attr-defined]
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log")
        try:
            yield PostgresStore("postgresql", server.url_of(name))  # type: ignore[attr-defined]
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(server: object) -> Iterator[PostgresStore]:
    """An empty database of PostgreSQL."""
    with postgres_store(server) as store:
        yield store


@pytest.fixture
def maria(mariadb: Any) -> Iterator[MariaStore]:
    """An empty database of MariaDB."""
    with maria_database(mariadb) as url:
        yield MariaStore(mariadb, url)


@pytest.fixture
def sql_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty SQL database of the kind that the test is run for."""
    if request.param == "postgresql":
        with postgres_store(request.getfixturevalue("server")) as store:
            yield store
    elif request.param == "mysql":
        server = request.getfixturevalue("mariadb")
        with maria_database(server) as url:
            yield MariaStore(server, url)
    else:
        yield SQLiteStore(tmp_path / "shop.db")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of SQL runs on each kind of database."""
    if "sql_store" in metafunc.fixturenames:
        metafunc.parametrize("sql_store", SQL, indirect=True)
