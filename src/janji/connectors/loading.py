"""Many rows brought into a store at once: COPY for PostgreSQL, one transaction for SQLite, Parquet through DuckDB."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from janji.errors import Conflict, Refusal, Unavailable
from janji.terms.messages import N_, say

MARK = "made by janji demo data"
"""What is written on a database that this program made, and may remove."""
_BLOCK = 2000
"""Rows in one piece of a COPY."""

Row = Sequence[Any]


@contextmanager
def fresh_database(url: str, name: str, replace: bool) -> Iterator[psycopg.Connection]:
    """A database of this name on the server at `url`, empty, open in one transaction that is committed at the end.

    One that this program made before is removed when `replace` holds. Raises `Conflict` for one that is there, `Refusal` where
    the role may make none, `Unavailable` when the server does not answer.
    """
    try:
        with psycopg.connect(url, autocommit=True) as server:
            _make_room(server, name, replace)
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK)))
        with psycopg.connect(url, dbname=name) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege:
        raise Refusal(
            say(N_("the role may not make a database")), say(N_("give it `CREATEDB`, or name another server with `--url`"))
        ) from None
    except psycopg.OperationalError:
        raise Unavailable(
            say(N_("the PostgreSQL at `--url` does not answer, or does not let us in")), say(N_("try the same address with `psql`"))
        ) from None


def drop_databases(url: str, names: Sequence[str]) -> int:
    """Remove those of these databases that this program made; how many."""
    with psycopg.connect(url, autocommit=True) as server:
        found = [name for name in names if _about(server, name) == MARK]
        for name in found:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    return len(found)


def _make_room(server: psycopg.Connection, name: str, replace: bool) -> None:
    about = _about(server, name)
    if about is None:
        return
    if about != MARK or not replace:
        raise Conflict(
            say(N_("there is a database `{name}` already"), name=name),
            say(N_("with `--replace` one that `janji demo data` made is made anew; another is left alone")),
        )
    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _about(server: psycopg.Connection, name: str) -> str | None:
    row = server.execute(
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return None if row is None else str(row[0])


def copy_rows(connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Bring rows into a table of PostgreSQL; how many. Values are numbers, texts in the column's own form, or nothing."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    count = 0
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
        for block in _blocks(rows):
            copy.write("".join(map(_line, block)))
            count += len(block)
    return count


def _line(row: Row) -> str:
    """A row as COPY reads it (PostgreSQL, "COPY", text format)."""
    line = "\t".join(["\\N" if cell is None else cell if type(cell) is str else str(cell) for cell in row])
    if "\\" in line or line.count("\t") != len(row) - 1 or "\n" in line or "\r" in line:
        line = "\t".join("\\N" if cell is None else _escaped(str(cell)) for cell in row)
    return f"{line}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == _BLOCK:
            yield block
            block = []
    yield block


@contextmanager
def fresh_file(path: Path) -> Iterator[sqlite3.Connection]:
    """A new SQLite file, open in one transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def insert_rows(connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Bring rows into a table of SQLite; how many."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    return connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows).rowcount


def write_parquet(path: Path, columns: Sequence[str], types: Mapping[str, str], rows: Iterable[Row]) -> int:
    """Write a Parquet file; how many rows. `types` are DuckDB's, of columns that are not text.

    Raises `Unavailable` where DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise Unavailable(say(N_("DuckDB is not installed")), say(N_('`pip install "janji[files]"` brings it'))) from None
    between = path.with_suffix(".csv")
    with between.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    form = {name: types.get(name, "VARCHAR") for name in columns}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        shown = connection.read_csv(str(between), header=False, columns=form)
        shown.write_parquet(str(path))
        found = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    between.unlink()
    return 0 if found is None else int(found[0])
