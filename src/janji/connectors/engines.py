"""Databases of others opened by URL: one driver a dialect, limits set before the first statement, errors without a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.util import LRUCache

from janji.connectors.bounds import LIMITS, Limits
from janji.errors import Invalid, JanjiError, Refusal, Unavailable
from janji.terms.messages import N_, say

POSTGRESQL, MYSQL, SQLITE = "postgresql", "mysql", "sqlite"
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql",
            "sqlite": "sqlite+pysqlite"}  # fmt: skip
_EXTRAS = {"psycopg": "connect", "pymysql": "mysql"}
_DENIED = {"42501", "28000", "28P01", "25006", "1044", "1045", "1142", "1143", "1227", "1792", "attempt to write a readonly database"}
"""SQLSTATE of PostgreSQL, numbers of MySQL, words of SQLite: what the account may not do."""
COMPILED = 200
"""How many compiled statements are kept for a database."""
_HIDDEN = "check_enable_rls"
"""Where PostgreSQL refuses a statement that a row-level security policy would narrow."""


def open_engine(url: str, limits: Limits = LIMITS, read_only: bool = False) -> Engine:
    """A pool of connections to the database at `url`, opened when the first is wanted; `dispose` lets go of it.

    With `read_only` every transaction of it is read-only in the database's own sense. Raises `Invalid` for a URL that is
    none or of a database that is not known, and `Unavailable` where the driver is missing. No message quotes the URL.
    """
    place = _place(url)
    if place.get_backend_name() != POSTGRESQL:
        return _engine(place, limits, read_only)
    first, compiled = _first(place, limits, read_only)
    return Engine(first.pool.recreate(), first.dialect, place, hide_parameters=True, execution_options={"compiled_cache": compiled})


@lru_cache(maxsize=256)
def _first(place: URL, limits: Limits, read_only: bool) -> tuple[Engine, LRUCache[Any, Any]]:
    """An engine that is never connected, and what its statements are compiled to: what each opening of this database begins with.

    Compiling the statements of a reflection anew is much of what a short search takes. What a connection finds out of a server stays
    with it, save the schema in which names without one are, which is looked up by every connection.
    """
    engine = _engine(place, limits, read_only)

    def look(connection: Any, _: Any) -> None:
        engine.dialect.default_schema_name = connection.execute("SELECT current_schema()").fetchone()[0]
        connection.commit()

    event.listen(engine, "connect", look)
    return engine, LRUCache(COMPILED)


_OURS = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', sql_select_limit = 18446744073709551615, sql_safe_updates = 0, "
    "sql_big_selects = 1, foreign_key_checks = 1, sql_quote_show_create = 1, completion_type = 'NO_CHAIN'"
)
"""What a server of MySQL may have set otherwise for all: statements would be read in another way, rows cut off, references left behind."""


def _engine(place: URL, limits: Limits, read_only: bool) -> Engine:
    base = place.get_backend_name()
    try:
        engine = create_engine(place, pool_size=limits.connections, max_overflow=0, pool_timeout=limits.connect, hide_parameters=True,
                               **_arguments(place, base, limits))  # fmt: skip
    except ModuleNotFoundError as error:
        raise _missing((error.name or "").split(".")[0]) from None
    except (exc.ArgumentError, exc.NoSuchModuleError, TypeError, ValueError):
        raise _not_a_url() from None
    if base == SQLITE:
        event.listen(engine, "do_connect", _only_if_there)
    event.listen(engine, "connect", lambda connection, _: _bound(connection, base, limits, read_only))
    return engine


def _only_if_there(dialect: Any, record: Any, words: list[Any], named: dict[str, Any]) -> None:  # noqa: ARG001 - as it is called
    """Open a file of SQLite, and make none: an empty one in its place would be searched, and nobody found."""
    if words and words[0] != ":memory:" and not str(words[0]).startswith("file:"):
        words[0], named["uri"] = f"file:{quote(str(words[0]))}?mode=rw", True


def _place(url: str) -> URL:
    try:
        place = make_url(url)
    except (exc.ArgumentError, ValueError):
        raise _not_a_url() from None
    base = place.drivername.split("+")[0]
    if base not in _DRIVERS:
        raise Invalid(
            say(N_("`{word}` is not a kind of database that is known here"), word=base[:40]),
            say(N_("known here: {words}"), words="`postgresql`, `mysql`, `mariadb`, `sqlite`"),
        )
    return place.set(drivername=_DRIVERS[base])


def _arguments(place: URL, base: str, limits: Limits) -> dict[str, Any]:
    if base == POSTGRESQL:
        return {"connect_args": {"connect_timeout": int(limits.connect), "application_name": "janji", "client_encoding": "utf8"}}
    if base == MYSQL:
        return {"connect_args": {"connect_timeout": int(limits.connect), "charset": place.query.get("charset", "utf8mb4"), "init_command": _OURS}}
    return {"connect_args": {"timeout": limits.lock}}


def _bound(connection: Any, base: str, limits: Limits, read_only: bool) -> None:
    """Set the limits of a connection that was just made."""
    if base == POSTGRESQL:
        _read_any_time(connection)
    cursor = connection.cursor()
    try:
        for statement in _settings(connection, base, limits, read_only):
            cursor.execute(statement)
    finally:
        cursor.close()
    if base != SQLITE:
        connection.commit()


def _read_any_time(connection: Any) -> None:
    """Read times that Python cannot hold (`infinity`, years before 1 and after 9999, 24:00) as they are written; they stop no search."""
    from psycopg import DataError, pq
    from psycopg.adapt import Buffer, Loader

    for name in ("date", "timestamp", "timestamptz", "time", "timetz", "interval"):
        oid = connection.adapters.types[name].oid
        usual = connection.adapters.get_loader(oid, pq.Format.TEXT)

        class Reader(Loader):
            def __init__(self, oid: int, context: Any = None, usual: Any = usual) -> None:
                super().__init__(oid, context)
                self._usual = usual(oid, context)

            def load(self, data: Buffer) -> Any:
                try:
                    return self._usual.load(data)
                except (DataError, OverflowError, ValueError):
                    return bytes(data).decode("ascii")

        connection.adapters.register_loader(oid, Reader)


def _settings(connection: Any, base: str, limits: Limits, read_only: bool) -> Iterator[str]:
    if base == POSTGRESQL:  # one message: a search that finds little takes hardly longer than what its connection is set to
        yield "; ".join((
            f"SET statement_timeout = {int(limits.statement * 1000)}", f"SET lock_timeout = {int(limits.lock * 1000)}",
            "SET idle_in_transaction_session_timeout = '600s'",
            "SET DateStyle = ISO", "SET IntervalStyle = postgres", "SET standard_conforming_strings = on", "SET quote_all_identifiers = off",
            "SET transform_null_equals = off",
            "SET row_security = off",  # rows that a policy hides are an error, and not passed over
            f"SET default_transaction_read_only = {'on' if read_only else 'off'}",
        ))  # fmt: skip
    elif base == MYSQL:
        maria = "mariadb" in str(getattr(connection, "server_version", "")).lower()
        yield f"SET SESSION max_statement_time = {limits.statement}" if maria else f"SET SESSION max_execution_time = {int(limits.statement * 1000)}"
        yield f"SET SESSION innodb_lock_wait_timeout = {max(1, int(limits.lock))}"
        yield f"SET SESSION lock_wait_timeout = {max(1, int(limits.lock))}"
        yield f"SET SESSION TRANSACTION {'READ ONLY' if read_only else 'READ WRITE'}"
    else:
        yield "PRAGMA foreign_keys = ON"
        if read_only:
            yield "PRAGMA query_only = ON"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back at the end; what the driver raises leaves as an error of ours."""
    try:
        with engine.connect() as connection:
            yield connection
    except (exc.DBAPIError, exc.TimeoutError, exc.ResourceClosedError) as error:
        raise translate(error) from None
    except ModuleNotFoundError as error:
        raise _missing((error.name or "").split(".")[0]) from None


def tried(connection: Connection, statement: str) -> Sequence[Sequence[Any]] | None:
    """What a statement without parameters gives; nothing where the database refuses it, which for a proposal is no reason to stop."""
    try:
        with connection.begin_nested():
            return connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).fetchall()
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
        return None


def translate(error: Exception) -> JanjiError:
    """What went wrong with a database, without anything that its own message quotes: values, addresses, passwords."""
    cause = getattr(error, "orig", None) or error
    code = code_of(cause)
    if getattr(getattr(cause, "diag", None), "source_function", None) == _HIDDEN:
        return Refusal(
            say(N_("a row-level security policy hides rows of the database from the account")),
            say(N_("let the account see all of them (`BYPASSRLS`): nobody would know of what stays behind")),
        )
    if code in _DENIED:
        return Refusal(
            say(N_("the database does not allow this to the account that was used (code {code})"), code=code[:10]),
            say(N_("have the account granted what `janji connect grants` prints")),
        )
    if isinstance(error, (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)) or getattr(error, "connection_invalidated", False):
        return Unavailable(
            say(N_("the database does not answer, is locked or ran out of time (code {code})"), code=code[:10] or "-"),
            say(N_("see that it is up and can be reached from here, then run this again")),
        )
    return Unavailable(
        say(N_("the database gave up on a statement (code {code})"), code=code[:10] or "-"),
        say(N_("look into its own log for the statement; nothing was changed")),
    )


def code_of(cause: Any) -> str:
    """The code of a driver's error: an SQLSTATE, a number of MySQL, or SQLite's words where they name no value."""
    number = next(iter(getattr(cause, "args", ())), None)
    if isinstance(number, int):
        return str(number)
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return state
    return number if isinstance(number, str) and number in _DENIED else str(getattr(cause, "sqlite_errorname", "") or "")


def _not_a_url() -> Invalid:
    return Invalid(
        say(N_("this is not the address of a database")),
        say(N_("write it as `postgresql://user@host:port/name`, `mysql://user@host/name` or `sqlite:///file.db`")),
    )


def _missing(name: str) -> Unavailable:
    extra = _EXTRAS.get(name, "connect")
    return Unavailable(
        say(N_("this needs the driver `{name}`, which is not installed"), name=name or "-"),
        say(N_("install it with `pip install \"janji[{extra}]\"`"), extra=extra),
    )
