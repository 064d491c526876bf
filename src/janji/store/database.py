"""The connection to our own database: configured once, migrated, lent to the rest of the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager, suppress
from datetime import datetime
from types import NoneType
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import Error as DjangoError
from django.db import close_old_connections, connections, reset_queries
from django.db import transaction as django_transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.abc import Buffer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.types.array import ListDumper

from janji.errors import Conflict, Invalid, JanjiError, Unavailable
from janji.terms.messages import N_, say

_SESSION = r"-c default_transaction_isolation=read\ committed -c synchronous_commit=on"
"""A server may have other defaults: one in which a statement that waited for a row fails instead of seeing it anew, one in
which what was acknowledged is not on disk yet."""


def open_database(url: str) -> None:
    """Let this thread's connection lead to the database at `url` (`postgresql://...`); it is made at its first use.

    Another database that was open before is closed. Raises `Invalid` for a URL of anything else.
    """
    database = _settings(url)
    if settings.DATABASES["default"] == database:
        return
    connections.close_all()
    settings.DATABASES = {"default": database}
    connections.settings = connections.configure_settings(settings.DATABASES)
    with suppress(AttributeError):  # this thread has made none yet
        del connections["default"]
    _OPENED.append(url)


def opened() -> str:
    """The URL of the database that is open; it holds the password."""
    return _OPENED[-1]


def _settings(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Invalid(
            say(N_("the database must be PostgreSQL")),
            say(N_("write it as `postgresql://user:password@host:port/name`")),
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {
            **query, "options": f"{query.get('options', '')} {_SESSION}".strip(), "server_side_binding": True, "prepare_threshold": 2,
        },
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def migrate() -> tuple[str, ...]:
    """Bring the database to the present form and give the names of the steps taken; none when it was there already."""
    from django.core.management import call_command

    with translated_errors():
        waiting = unapplied()
        call_command("migrate", verbosity=0, interactive=False)
    return waiting


def unapplied() -> tuple[str, ...]:
    """The names of the migration steps that this database lacks."""
    from django.db.migrations.executor import MigrationExecutor

    with translated_errors():
        executor = MigrationExecutor(_django())
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{step.app_label}.{step.name}" for step, _ in plan)


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction, opened by workflows; a database error inside leaves as `Unavailable` without its values.

    Inside another it is a part of that one: an error anywhere undoes all of it.
    """
    with translated_errors(), django_transaction.atomic(savepoint=False):
        yield


def connection() -> psycopg.Connection[Any]:
    """Django's own psycopg connection of this thread, for statements that are not written through the ORM."""
    django_connection = _django()
    held = django_connection.connection
    if held is None or held.closed:
        with translated_errors():
            if held is not None:
                django_connection.close()
            django_connection.ensure_connection()
        held = django_connection.connection
    return cast("psycopg.Connection[Any]", held)


class Arrays(ListDumper):
    """Arrays of ids, bytes, texts and instants as PostgreSQL writes them: the driver looks at each item for what has to be escaped, ten to a hundred times as long."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The text of an array."""
        kinds = set(map(type, obj))
        nothing = NoneType in kinds
        kinds.discard(NoneType)
        write = _WRITTEN.get(kinds.pop()) if len(kinds) == 1 else None
        if write is None:
            return super().dump(obj)
        items = [_NULL if item is None else write(item) for item in obj] if nothing else list(map(write, obj))
        whole = f"{{{','.join(items)}}}"
        return super().dump(obj) if "\0" in whole else whole.encode()  # which says why it cannot be


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace("\\", r"\\").replace('"', r"\""))


_NULL = "NULL"
_WRITTEN: dict[type, Callable[[Any], str]] = {
    UUID: lambda item: item.hex, bytes: lambda item: rf'"\\x{item.hex()}"', str: _quoted, datetime: lambda item: f'"{item}"',
}  # fmt: skip
psycopg.adapters.register_dumper(list, Arrays)

Written = tuple[str, tuple[object, ...]]
"""A statement of our own with its values, not run yet."""
MANY = 100
"""A statement about more things than these is planned for them each time. A plan that is kept is one for ten, and may be as old as
the connection: one from when a table was empty reads the whole of it for each of them."""


def plan_kept(things: Sized) -> bool:
    """Whether the plan of a statement about these things is kept for the next time."""
    return len(things) <= MANY


def _keeping(values: Sequence[object]) -> bool | None:
    """What the driver is told of keeping the plan: `None` leaves it to how often the statement comes."""
    return None if all(plan_kept(value) for value in values if isinstance(value, list)) else False


def run(statement: str, *values: object) -> int:
    """Run one statement of our own; how many rows it was about."""
    with translated_errors():
        return connection().execute(statement.encode(), values, prepare=_keeping(values)).rowcount


def fetch(statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Every row that one statement of our own gives."""
    with translated_errors():
        return connection().execute(statement.encode(), values, prepare=_keeping(values)).fetchall()


def in_transaction() -> bool:
    """Whether this thread is inside `transaction()`."""
    return _django().in_atomic_block


def close() -> None:
    """Close the connection of this thread; the next use opens another."""
    _django().close()


class _Mine(threading.local):
    """What this thread found Django's connection to be, how many databases had been opened by then, and what is prepared on it."""

    opened = -1
    connection: BaseDatabaseWrapper | None = None
    held: psycopg.Connection[Any] | None = None
    prepared: set[bytes]


_MINE = _Mine()
_OPENED: list[str] = []


def _django() -> BaseDatabaseWrapper:
    """Django's connection of this thread; its own way of finding it is too slow for hot paths."""
    if _MINE.connection is None or _MINE.opened != len(_OPENED):
        _MINE.connection, _MINE.opened = connections["default"], len(_OPENED)
    return _MINE.connection


def _look_over(**_: object) -> None:
    """Before and after a request: let go of a connection that broke. Django's own receivers go through every database for it."""
    _django().close_if_unusable_or_obsolete()


for _signal in (request_started, request_finished):
    _signal.disconnect(close_old_connections)
    _signal.connect(_look_over)
request_started.disconnect(reset_queries)


class translated_errors:  # noqa: N801 - read as a verb where it is used
    """Database errors become ours by their SQLSTATE alone: their texts quote values. A class, for it is on hot paths."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Let our own errors pass, and those of another kind than the database's."""
        if error is None or not isinstance(error, _ERRORS):
            return
        cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
        if isinstance(cause, psycopg.ProgrammingError) and cause.sqlstate is None:
            return  # our own mistake in using the driver; its text holds no value
        raise _translated(cause) from None


class Statement:
    """One SQL statement for hot paths: prepared once a connection, values in and out in PostgreSQL's binary form.

    It goes around the driver's conversions, which cost more than the statement. Only outside a transaction: inside one
    the driver has to be asked, for it begins transactions when it first sends something.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name.encode()
        self.text = text.encode()

    def run(self, values: Sequence[bytes | None]) -> list[tuple[bytes | None, ...]]:
        """Run it with these values for `$1`, `$2`, ...; gives the rows. Raises `Unavailable` as `translated_errors`."""
        found = self._result(values)
        width = range(found.nfields)
        return [tuple(found.get_value(row, column) for column in width) for row in range(found.ntuples)]

    def touch(self, values: Sequence[bytes | None]) -> int:
        """Run it as `run` does; gives how many rows its outermost INSERT, UPDATE or DELETE was about."""
        return self._result(values).command_tuples or 0

    def _result(self, values: Sequence[bytes | None]) -> PGresult:
        with translated_errors():
            held = connection()
            try:
                return self._execute(held, values)
            except psycopg.errors.InvalidSqlStatementName:
                _prepared(held).discard(self.name)  # after a rollback the driver lets go of every statement, ours among them
                return self._execute(held, values)
            except psycopg.errors.FeatureNotSupported:
                _sound(held.pgconn.exec_(b'DEALLOCATE "%b"' % self.name), held)  # planned for a table that changed since
                _prepared(held).discard(self.name)
                return self._execute(held, values)

    def _execute(self, held: psycopg.Connection[Any], values: Sequence[bytes | None]) -> PGresult:
        known = _prepared(held)
        if self.name not in known:
            _sound(held.pgconn.prepare(self.name, self.text), held)
            known.add(self.name)
        return _sound(held.pgconn.exec_prepared(self.name, cast("Sequence[bytes]", values), [1] * len(values), 1), held)


_ERRORS = (DjangoError, psycopg.Error)
_PREPARED: WeakKeyDictionary[psycopg.Connection[Any], set[bytes]] = WeakKeyDictionary()


def _prepared(held: psycopg.Connection[Any]) -> set[bytes]:
    """The names of what is prepared on a connection; it is looked up only when a thread changes its connection."""
    if _MINE.held is not held:
        _MINE.held, _MINE.prepared = held, _PREPARED.setdefault(held, set())
    return _MINE.prepared


def _sound(result: PGresult, held: psycopg.Connection[Any]) -> PGresult:
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise psycopg.errors.error_from_result(result, encoding=held.info.encoding)
    return result


_FASTER = ("23505", "40001", "40P01", "55P03")
"""Unique violation, serialization failure, deadlock, lock not available: somebody was faster."""


def _translated(error: BaseException) -> JanjiError:
    state = getattr(error, "sqlstate", None)
    if state in _FASTER:
        return Conflict(
            say(N_("somebody else changed the same record at the same time (code {code})"), code=state),
            say(N_("do it again; nothing was half done")),
        )
    if state is None:
        return Unavailable(say(N_("the database does not answer")), say(N_("`janji doctor` shows what it waits for")))
    if state.startswith("53"):
        return Unavailable(
            say(N_("the database has no room left (code {code})"), code=state),
            say(N_("make room on its disk, or more connections, and try again; nothing was half done")),
        )
    return Unavailable(
        say(N_("the database refused a statement (code {code})"), code=state),
        say(N_("`janji doctor` checks its form; the code is PostgreSQL's")),
    )
