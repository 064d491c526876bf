"""The connection to our own database: configured once, migrated, lent to the rest of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from janji.errors import Invalid, Unavailable
from janji.terms.messages import N_, say

APP = "janji.store"


def open_database(url: str) -> None:
    """Configure Django for the database at `url` (`postgresql://...`), once a process; no connection is made yet.

    Raises `Invalid` for a URL of anything else, and when another database was opened before.
    """
    import django
    from django.conf import settings

    database = _settings(url)
    if settings.configured:
        if settings.DATABASES["default"]["JANJI_URL"] != url:
            raise Invalid(say(N_("another database is open in this process")), say(N_("start a process for each")))
        return
    settings.configure(
        DATABASES={"default": database}, INSTALLED_APPS=[APP], USE_TZ=True, TIME_ZONE="UTC",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", LOGGING_CONFIG=None,
    )  # fmt: skip
    django.setup()


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
        "OPTIONS": query,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "JANJI_URL": url,
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
    """One transaction, opened by workflows; a database error inside leaves as `Unavailable` without its values."""
    from django.db import transaction as django_transaction

    with translated_errors(), django_transaction.atomic():
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
        raise _translated(error) from None


def _translated(error: BaseException) -> Unavailable:
    cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
    state = getattr(cause, "sqlstate", None)
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
