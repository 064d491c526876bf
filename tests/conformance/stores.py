"""Stores that the conformance suite runs on: each is made from tables and rows, opened by its connector, and read back."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from tests.mariadb import MariaDB

from janji.connectors.base import Connector
from janji.connectors.bounds import LIMITS, Limits
from janji.connectors.opening import open_connector
from janji.datamap.catalogue import Column, OnDelete, Sort, Table

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
TYPES = {
    "postgresql": {Sort.TEXT: "text", Sort.INTEGER: "bigint", Sort.DATE: "date", Sort.JSON: "jsonb", Sort.UUID: "uuid", Sort.INSTANT: "timestamptz",
                   Sort.NUMBER: "numeric(12,2)"},
    "mysql": {Sort.TEXT: "varchar(200)", Sort.INTEGER: "bigint", Sort.DATE: "date", Sort.JSON: "json", Sort.INSTANT: "datetime",
              Sort.NUMBER: "numeric(12,2)"},
    "sqlite": {Sort.TEXT: "text", Sort.INTEGER: "integer", Sort.DATE: "date", Sort.JSON: "json", Sort.INSTANT: "timestamp",
               Sort.NUMBER: "numeric(12,2)"},
}  # fmt: skip
RULES = {OnDelete.CASCADE: "CASCADE", OnDelete.SET_NULL: "SET NULL", OnDelete.SET_DEFAULT: "SET DEFAULT"}


class Store(ABC):
    """A store of one kind, empty at first."""

    kind: str

    @abstractmethod
    def make(self, tables: Sequence[Table], rows: Rows) -> None:
        """Make tables in order and fill them."""

    @abstractmethod
    def open(self, limits: Limits = LIMITS) -> Connector:
        """A connector of it, under the name `shop`."""

    @abstractmethod
    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, in the order of the first column."""


class SqlStore(Store):
    """A database that speaks SQL."""

    mark = "?"

    def __init__(self, kind: str, url: str) -> None:
        self.kind = kind
        self.url = url

    @abstractmethod
    def connected(self) -> AbstractContextManager[Callable[[str, Sequence[Any]], Any]]:
        """A connection beside the connector's that commits at once: what runs a statement and gives its cursor."""

    def quote(self, name: str) -> str:
        """A name as an identifier."""
        return "`" + name.replace("`", "``") + "`" if self.kind == "mysql" else '"' + name.replace('"', '""') + '"'

    def make(self, tables: Sequence[Table], rows: Rows) -> None:
        """Make tables in order, their indexes, and fill them."""
        with self.connected() as run:
            for table in tables:
                run(create(self, table), ())
                for columns in table.indexes:
                    named = self.quote(f"i_{'_'.join(columns)}_{len(table.name)}")
                    run(f"CREATE INDEX {named} ON {self.quote(table.name)} ({', '.join(map(self.quote, columns))})", ())
            for name, held in rows.items():
                for row in held:
                    run(*self.insertion(name, row))

    def fill(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to a table."""
        with self.connected() as run:
            for row in rows:
                run(*self.insertion(table, row))

    def insertion(self, table: str, row: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The statement that adds a row, and its values."""
        before = f"INSERT INTO {self.quote(table)} ({', '.join(map(self.quote, row))})"
        before = before.replace("%", "%%") if self.mark == "%s" else before
        return f"{before} VALUES ({', '.join([self.mark] * len(row))})", list(row.values())

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement beside the connector, committed at once; its rows."""
        with self.connected() as run:
            cursor = run(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, in the order of the first column."""
        with self.connected() as run:
            cursor = run(f"SELECT * FROM {self.quote(table)} ORDER BY 1", ())
            return [dict(zip([item[0] for item in cursor.description], row, strict=True)) for row in cursor]

    def open(self, limits: Limits = LIMITS) -> Connector:
        """Its connector."""
        return open_connector("shop", self.url, limits)


def create(store: SqlStore, table: Table) -> str:
    """The statement that makes a table."""
    parts = [f"{store.quote(column.name)} {type_of(store, column)}{'' if column.nullable else ' NOT NULL'}" for column in table.columns]
    if table.primary_key:
        parts.append(f"PRIMARY KEY ({', '.join(map(store.quote, table.primary_key))})")
    parts += [f"UNIQUE ({', '.join(map(store.quote, columns))})" for columns in table.uniques]
    parts += [f"CHECK ({check})" for check in table.checks]
    for key in table.foreign_keys:
        rule = f" ON DELETE {RULES[key.on_delete]}" if key.on_delete in RULES else ""
        late = " DEFERRABLE INITIALLY DEFERRED" if key.deferrable and store.kind != "mysql" else ""
        parts.append(
            f"FOREIGN KEY ({', '.join(map(store.quote, key.columns))}) REFERENCES {store.quote(key.table)} "
            f"({', '.join(map(store.quote, key.referred))}){rule}{late}"
        )
    return f"CREATE TABLE {store.quote(table.name)} ({', '.join(parts)})"


def type_of(store: SqlStore, column: Column) -> str:
    """The type of a column: its own word, or one of the sort."""
    if column.type:
        return column.type
    return f"varchar({column.length})" if column.length else TYPES[store.kind][column.sort]


class PostgresStore(SqlStore):
    """PostgreSQL."""

    mark = "%s"

    @contextmanager
    def connected(self) -> Iterator[Callable[[str, Sequence[Any]], Any]]:
        """By the driver's own connection."""
        with psycopg.connect(self.url, autocommit=True, options="-c synchronous_commit=off") as connection:
            yield lambda statement, values: connection.execute(statement, values or None)


class MariaStore(SqlStore):
    """MariaDB."""

    mark = "%s"

    def __init__(self, server: MariaDB, url: str) -> None:
        super().__init__("mysql", url)
        self.server = server
        self.name = url.split("/", 3)[3].split("?", 1)[0]

    @contextmanager
    def connected(self) -> Iterator[Callable[[str, Sequence[Any]], Any]]:
        """By the driver's own connection."""
        with self.server.connect(self.name) as connection, connection.cursor() as cursor:

            def run(statement: str, values: Sequence[Any]) -> Any:
                cursor.execute(statement, values or None)
                return cursor

            yield run


class SQLiteStore(SqlStore):
    """SQLite."""

    def __init__(self, path: Path) -> None:
        super().__init__("sqlite", f"sqlite:///{path}")
        self.path = path

    @contextmanager
    def connected(self) -> Iterator[Callable[[str, Sequence[Any]], Any]]:
        """By the driver's own connection."""
        connection = sqlite3.connect(self.path)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection.execute
            connection.commit()
        finally:
            connection.close()
