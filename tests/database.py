"""The databases of the tests: one server a run, one migrated template on it, a clone for each test that wants one.

`JANJI_TEST_POSTGRES=15` runs the server with Debian's PostgreSQL of that version instead of the wheel's.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from janji.store.server import ServerHandle, hold_server, is_running, wheel_binaries

MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108 - a folder of one's own in it
"""A disk waits for every commit, and a database for each test is many of them. The tests that pull the plug have servers of their own."""
VERSION = "JANJI_TEST_POSTGRES"
PLACE = "JANJI_TEST_CLUSTER"
TEMPLATE = "template_janji"
PASSWORD = "made-for-tests"  # noqa: S105  # of servers that live for one run


def binaries() -> Path:
    """The programs of PostgreSQL that this run is about."""
    version = os.environ.get(VERSION)
    if not version:
        return wheel_binaries()
    found = Path("/usr/lib/postgresql") / version / "bin"
    assert (found / "postgres").is_file(), (
        f"{VERSION}={version}, but {found} is not there: apt-get install postgresql-{version}"
    )
    return found


def make_place() -> Path:
    """A folder for the server of this run, in memory where there is room; every worker finds it in the environment."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    place = Path(tempfile.mkdtemp(prefix="janji-tests-", dir=MEMORY if roomy else None))
    os.environ[PLACE] = str(place)
    return place


def remove_place(place: Path) -> None:
    """Wait for the end of the server of this run, then remove what it held."""
    wait_until_stopped(place)
    shutil.rmtree(place, ignore_errors=True)


def wait_until_stopped(data: Path) -> None:
    """Return when no process of a server lives; a test that hangs here has found a server that nobody stops."""
    while is_running(data):
        time.sleep(0.02)


def hold_test_server() -> ServerHandle:
    """The server of this run, held."""
    return hold_server(Path(os.environ[PLACE]), PASSWORD, binaries())


def ensure_template(server: ServerHandle) -> None:
    """See that the template is there and migrated; the first worker makes it, the others wait."""
    with (Path(os.environ[PLACE]) / "template").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server.url, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone():
                return
            connection.execute("CREATE DATABASE template_making")
            migrate(server.url_of("template_making"))
            connection.execute(f"ALTER DATABASE template_making RENAME TO {TEMPLATE}")


def migrate(url: str) -> None:
    """Bring a database to the present form."""
    from janji.store import database

    database.open_database(url)
    try:
        database.migrate()
    finally:
        database.close()


@contextmanager
def clone(server: ServerHandle) -> Iterator[str]:
    """A migrated, empty database of one's own: its URL. It is dropped afterwards, whoever is still connected."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY wal_log")
        try:
            yield server.url_of(name)
        finally:
            close_database()
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def close_database() -> None:
    """Close Django's connection of this thread, if there is one."""
    from janji.store import database

    database.close()
