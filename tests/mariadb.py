"""The MariaDB of the tests: one server a run of Debian's programs, on a socket of its own, with a database for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pymysql

SERVER = "/usr/sbin/mariadbd"
SHARED = Path("/usr/share/mysql")
USER = "janji_tests"
PASSWORD = "made-for-tests"  # noqa: S105  # of a server that lives for one run
QUICK = ("--innodb-flush-log-at-trx-commit=0",)
"""Options of a server that nobody kills."""


@dataclass(frozen=True, slots=True)
class MariaDB:
    """A server that runs, on the last of the `processes`. What it writes for a moment lies in `passing`, for one that starts clears the folder of all others."""

    place: Path
    passing: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list, compare=False)
    options: tuple[str, ...] = QUICK

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.place / "errors").open("wb") as errors:
            process = subprocess.Popen(
                [SERVER, "--no-defaults", f"--datadir={self.place / 'data'}", f"--socket={self.socket}", "--skip-networking",
                 f"--init-file={self.place / 'start.sql'}", f"--pid-file={self.place / 'pid'}", f"--general-log-file={self.log}",
                 f"--tmpdir={self.passing}", "--innodb-buffer-pool-size=64M", *self.options, *_root()],
                stdout=subprocess.DEVNULL, stderr=errors,
            )  # fmt: skip
        self.processes.append(process)
        _wait(self, process)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.processes[-1].kill()
        self.processes[-1].wait()
        Path(self.socket).unlink(missing_ok=True)

    @property
    def socket(self) -> str:
        """Where it listens; nothing else does."""
        return str(self.place / "socket")

    @property
    def log(self) -> Path:
        """The statements that it was asked, when `general_log` is on."""
        return self.place / "general.log"

    def url_of(self, name: str, user: str = USER, password: str = PASSWORD) -> str:
        """The URL of a database."""
        return f"mysql://{user}:{password}@localhost/{name}?unix_socket={quote(self.socket, safe='')}"

    def connect(self, name: str | None = None) -> pymysql.Connection:
        """A connection that commits by itself."""
        return pymysql.connect(
            unix_socket=self.socket, user=USER, password=PASSWORD, database=name, autocommit=True, charset="utf8mb4"
        )


@contextmanager
def hold_mariadb(below: Path | None = None, options: tuple[str, ...] = QUICK) -> Iterator[MariaDB]:
    """A server for as long as it is held, in a folder `below` another one, or in memory."""
    assert Path(SERVER).is_file(), f"{SERVER} is not there: apt-get install mariadb-server-core"
    quick = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of one's own in it
    passing = Path(tempfile.mkdtemp(prefix="janji-maria-passing-"))
    held = MariaDB(Path(tempfile.mkdtemp(prefix="janji-maria-", dir=below or quick)), passing, options=options)
    try:
        (held.place / "data").mkdir()
        _bootstrap(held.place / "data", [f"--tmpdir={passing}", *(option for option in options if "log-file-size" in option), *_root()])
        start = held.place / "start.sql"
        start.write_text(f"CREATE USER IF NOT EXISTS {USER}@localhost IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO {USER}@localhost WITH GRANT OPTION;\n")
        start.chmod(0o600)
        try:
            held.start()
            yield held
        finally:
            held.processes[-1].terminate()
            held.processes[-1].wait()
    finally:
        for folder in (held.place, passing):
            shutil.rmtree(folder, ignore_errors=True)


def _root() -> list[str]:
    return ["--user=root"] if os.getuid() == 0 else []


def _bootstrap(data: Path, root: list[str]) -> None:
    """Make the server's own tables, as `mariadb-install-db` does, which is in a package that is not needed else."""
    parts = ("system_tables", "performance_tables", "system_tables_data")
    made = "\n".join(
        next(path for path in (SHARED / f"mariadb_{part}.sql", SHARED / f"mysql_{part}.sql") if path.is_file()).read_text(errors="replace")
        for part in parts
    )
    told = subprocess.run(
        [SERVER, "--no-defaults", "--bootstrap", f"--datadir={data}", "--log-warnings=0", *root],
        input=f"CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n{made}\n", text=True, capture_output=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def _wait(held: MariaDB, process: subprocess.Popen[bytes]) -> None:
    """Return when it listens; who connects from then on is answered once it is ready."""
    while not Path(held.socket).exists():
        assert process.poll() is None, (held.place / "errors").read_text()
        time.sleep(0.02)


@contextmanager
def maria_database(server: MariaDB) -> Iterator[str]:
    """An empty database of one's own: its URL."""
    name = f"test_{uuid4().hex}"
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield server.url_of(name)
        finally:
            cursor.execute(f"DROP DATABASE {name}")
