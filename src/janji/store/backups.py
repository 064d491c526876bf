"""Tables out of a database and into a fresh one, and a fresh database put in the place of another."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from janji.errors import Invalid, Unavailable
from janji.ledger.merkle import Range
from janji.ledger.tiles import root_from, tiles_of_root
from janji.store.archive import Table
from janji.store.database import connection, translated_errors
from janji.store.standings import ensure_words
from janji.terms.messages import N_, say

FRESH, FORMER = "_restoring", "_before_restoring"
"""What the names of the database to come and of the one that it replaced end with."""
BOOKKEEPING = "django_migrations"
_PAGE = 10_000


def hold_still() -> None:
    """Let the transaction that just began see one instant of the whole database, and change nothing."""
    with translated_errors():
        connection().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def tables() -> tuple[Table, ...]:
    """Our tables and their columns, in the order of their names; without the bookkeeping of migrations."""
    with translated_errors():
        rows = connection().execute(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
            " AND c.relname <> %s GROUP BY 1 ORDER BY 1",
            [BOOKKEEPING],
        )
        return tuple(Table(name, tuple(columns)) for name, columns in rows)


def schema() -> tuple[str, ...]:
    """The migration steps that were taken, in their order."""
    with translated_errors():
        rows = connection().execute("SELECT name FROM django_migrations WHERE app = 'store' ORDER BY id")
        return tuple(row[0] for row in rows)


def copy_out(table: Table) -> Generator[bytes]:
    """The rows of one table as `COPY` writes them (binary); to be closed when it is not read to its end."""
    with translated_errors(), connection().cursor() as cursor, cursor.copy(_copy(table, "TO STDOUT")) as copy:
        for chunk in copy:
            yield bytes(chunk)


def copy_in(table: Table, chunks: Iterable[bytes]) -> None:
    """Rows as `COPY` wrote them into an empty table."""
    with translated_errors(), connection().cursor() as cursor, cursor.copy(_copy(table, "FROM STDIN")) as copy:
        for chunk in chunks:
            copy.write(chunk)


def _copy(table: Table, way: LiteralString) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("COPY {} ({}) {} (FORMAT binary)").format(sql.Identifier(table.name), columns, sql.SQL(way))


def prepare(schema: Sequence[str], wanted: Sequence[Table]) -> None:
    """Bring an empty database to the form that a backup was made in; raises `Invalid` when this program knows no such."""
    from django.core.management import call_command
    from django.core.management.base import CommandError

    try:
        with translated_errors():
            call_command("migrate", "store", schema[-1], verbosity=0, interactive=False)
            words = [name for table in wanted if table.name == "standing" for name in table.columns if name[:1] == "w"]
            ensure_words(sum(1 for name in words if name[1:].isdigit()))
    except (CommandError, IndexError):
        raise _unknown() from None
    here = {table.name: set(table.columns) for table in tables()}
    if {table.name: set(table.columns) for table in wanted} != here:
        raise _unknown()


def _unknown() -> Invalid:
    return Invalid(
        say(N_("the backup has a form of the database that this program does not know")),
        say(N_("restore it with the version of janji that wrote it, or a later one; nothing was changed")),
    )


def ledger() -> tuple[int, bytes]:
    """Size and root of the ledger as its tiles have them."""
    with translated_errors():
        size = _one("SELECT coalesce(max(position) + 1, 0) FROM ledger_leaf")
        keys = tiles_of_root(size)
        rows = connection().execute(
            "SELECT level, index, hashes FROM ledger_tile JOIN unnest(%s::int[], %s::bigint[]) AS wanted (l, i)"
            " ON level = l AND index = i",
            [[level for level, _ in keys], [index for _, index in keys]],
        )
        return size, root_from(size, {(level, index): bytes(hashes) for level, index, hashes in rows})


def ledger_again() -> tuple[int, bytes]:
    """Size and root of the ledger, worked out from every event in its order; a gap makes the size too small."""
    tree = Range()
    with translated_errors():
        while True:
            rows = (
                connection()
                .execute(
                    "SELECT position, sha256('\\x00'::bytea || body) FROM ledger_leaf JOIN event ON event.id = ledger_leaf.event"
                    " WHERE position >= %s AND position < %s ORDER BY position",
                    [tree.size, tree.size + _PAGE],
                )
                .fetchall()
            )
            whole = [bytes(leaf) for index, (position, leaf) in enumerate(rows) if position == tree.size + index]
            tree = tree.extended(whole)
            if len(whole) < _PAGE:
                return tree.size, tree.root


def counts() -> tuple[int, int]:
    """How many events there are, and how many keys are known to be destroyed."""
    return _one("SELECT count(*) FROM event"), _one("SELECT count(*) FROM destroyed_key")


def destroyed_keys() -> Iterator[str]:
    """The ids of the keys that the database knows to be destroyed."""
    with translated_errors():
        for row in connection().execute("SELECT id::text FROM destroyed_key"):
            yield row[0]


@contextmanager
def stopped(url: str) -> Iterator[psycopg.Connection[Any] | None]:
    """A connection to the database at `url` during which nobody records anything there; `None` when there is none."""
    if not exists(url):
        yield None
        return
    held = None
    try:
        with translated_errors():
            held = psycopg.connect(url)
            row = held.execute("SELECT to_regclass('public.event') IS NOT NULL").fetchone()
            if row is not None and row[0]:
                held.execute("LOCK TABLE event IN EXCLUSIVE MODE")
        yield held
    finally:
        if held is not None:
            held.close()


def missing_from(other: psycopg.Connection[Any]) -> dict[str, int]:
    """How many events of each kind another database has and this one lacks; restorations are not counted."""
    with translated_errors(), connection().cursor() as cursor:
        row = other.execute("SELECT to_regclass('public.event') IS NOT NULL").fetchone()
        if row is None or not row[0]:
            return {}
        cursor.execute("CREATE TEMPORARY TABLE other (id UUID, kind TEXT)")
        with (
            other.cursor().copy("COPY event (id, kind) TO STDOUT (FORMAT binary)") as source,
            cursor.copy("COPY other FROM STDIN (FORMAT binary)") as target,
        ):
            for chunk in source:
                target.write(chunk)
        cursor.execute(
            "SELECT kind, count(*) FROM other WHERE kind <> 'store.restored' AND NOT EXISTS"
            " (SELECT FROM event WHERE event.id = other.id) GROUP BY 1 ORDER BY 1"
        )
        found = dict(cursor.fetchall())
        cursor.execute("DROP TABLE other")
        return found


def destroyed_there(other: psycopg.Connection[Any]) -> frozenset[str]:
    """The ids of the keys that another database knows to be destroyed."""
    with translated_errors():
        row = other.execute("SELECT to_regclass('public.destroyed_key') IS NOT NULL").fetchone()
        if row is None or not row[0]:
            return frozenset()
        return frozenset(held[0] for held in other.execute("SELECT id::text FROM destroyed_key"))


def _one(statement: LiteralString) -> int:
    with translated_errors():
        row = connection().execute(statement).fetchone()
        return int(row[0]) if row else 0


# ------------------------------------------------------------------------------------------------ whole databases


def sibling(url: str, ending: str) -> str:
    """The URL of the database on the same server whose name has this ending."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path="/" + quote(name_of(url) + ending, safe="")))


def name_of(url: str) -> str:
    """The name of the database that a URL leads to."""
    return unquote(urlsplit(url).path.lstrip("/"))


@contextmanager
def _maintenance(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the server beside the databases that are made and renamed, outside of any transaction."""
    with (
        translated_errors(),
        psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as held,
    ):
        held.execute("SET client_min_messages = error")
        yield held


def exists(url: str) -> bool:
    """Whether the server has the database of this URL."""
    with _maintenance(url) as held:
        return held.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name_of(url)]).fetchone() is not None


def make_fresh(url: str) -> str:
    """An empty database beside that of `url`, in place of what a killed restoration left; its URL."""
    fresh = sibling(url, FRESH)
    drop(fresh)
    with _maintenance(url) as held:
        try:
            held.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name_of(fresh)))
            )
        except psycopg.errors.InsufficientPrivilege:
            raise Unavailable(
                say(N_("the role of `JANJI_DATABASE_URL` may not make databases, which restoring needs")),
                say(N_("give it the right for the time: `ALTER ROLE ... CREATEDB`")),
            ) from None
    return fresh


def drop(url: str) -> None:
    """Drop the database of a URL if it is there, whoever is connected to it."""
    with _maintenance(url) as held:
        held.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name_of(url))))


def put_in_place(url: str, other: psycopg.Connection[Any] | None) -> None:
    """Let the fresh database take the name of the one at `url`, at once or not at all; then drop that one.

    `other` is the connection of `stopped`: it is the last to go, so that no writer who waits for it gets through.
    """
    name, fresh, former = (sql.Identifier(name_of(sibling(url, ending))) for ending in ("", FRESH, FORMER))
    drop(sibling(url, FORMER))
    with _maintenance(url) as held:
        held.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = ANY(%s) AND pid <> %s",
            [[name_of(url), name_of(sibling(url, FRESH))], 0 if other is None else other.info.backend_pid],
        )
        with held.transaction():
            if other is not None:
                held.execute("SELECT pg_terminate_backend(%s, 5000)", [other.info.backend_pid])
            row = held.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name_of(url)]).fetchone()
            if row is not None:
                held.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(name, former))
            held.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(fresh, name))
    drop(sibling(url, FORMER))
