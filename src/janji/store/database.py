"""The connection to our own database: configured once, migrated, lent to the rest of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from janji.errors import Invalid, Unavailable
from janji.terms.messages import N_, say


def open_database(url: str) -> None:
    """Let this thread's connection lead to the database at `url` (`postgresql://...`); it is made at its first use.

    Another database that was open before is closed. Raises `Invalid` for a URL of anything else.
    """
    from django.conf import settings
    from django.db import connections

    database = _settings(url)
    if settings.DATABASES["default"] == database:
        return
    connections.close_all()
    settings.DATABASES = {"default": database}
    connections.settings = connections.configure_settings(settings.DATABASES)
    with suppress(AttributeError):  # this thread has made none yet
        del connections["default"]


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
        "OPTIONS": {**query, "server_side_binding": True, "prepare_threshold": 2},
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
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with translated_errors():
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{step.app_label}.{step.name}" for step, _ in plan)


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction, opened by workflows; a database error inside leaves as `Unavailable` without its values.

    Inside another it is a part of that one: an error anywhere undoes all of it.
    """
    from django.db import transaction as django_transaction

    with translated_errors(), django_transaction.atomic(savepoint=False):
        yield


def connection() -> psycopg.Connection[Any]:
    """Django's own psycopg connection of this thread, for statements that are not written through the ORM."""
    from django.db import connection as django_connection

    with translated_errors():
        django_connection.ensure_connection()
    return cast("psycopg.Connection[Any]", django_connection.connection)


def close() -> None:
    """Close the connection of this thread; the next use opens another."""
    from django.db import connection as django_connection

    django_connection.close()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Database errors become ours by their SQLSTATE alone: their texts quote values."""
    from django.db import Error as DjangoError

    try:
        yield
    except (DjangoError, psycopg.Error) as error:
        cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
        if isinstance(cause, psycopg.ProgrammingError) and cause.sqlstate is None:
            raise  # our own mistake in using the driver; its text holds no value
        raise _translated(cause) from None


def _translated(error: BaseException) -> Unavailable:
    state = getattr(error, "sqlstate", None)
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
