"""Databases of a company that die, fill up, lock each other out while somebody is erased: all of it or nothing, and said."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from tests.conformance.shops import PLAN, ROWS, TABLES, integer, known, text
from tests.conformance.stores import MariaStore, PostgresStore, SQLiteStore, SqlStore
from tests.faults.cluster import cluster
from tests.faults.disks import SMALL, fill, small_disk
from tests.faults.killing import die_at
from tests.mariadb import hold_mariadb
from tests.serving import wait_until

from janji.connectors.execution import Execution
from janji.connectors.opening import open_connector
from janji.datamap.catalogue import Table
from janji.erasure.steps import Assignment, Change, Delete, Filling, Gather, Known, Reach, StorePlan
from janji.errors import Invalid, Unavailable

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "4f1c9a"  # noqa: S105 - of a plan
LASTING = ("--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=1")
MANY = 60_000
"""Rows of one person, so that what changes them needs room."""


@dataclass
class Victim:
    """A store on a small disk, and how its server is killed and started again."""

    store: SqlStore
    disk: Path
    kill: Callable[[], None]
    start: Callable[[], None]

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that is in it."""
        return {table.name: self.store.rows(table.name) for table in TABLES}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk for all of them."""
    with small_disk(tmp_path_factory.mktemp("small") / "disk", 3 * SMALL) as made:
        yield made


@pytest.fixture(scope="module")
def postgres(disk: Path) -> Iterator[Victim]:
    """A cluster of its own."""
    with cluster(disk / "postgres") as server:
        name = f"shop_{uuid4().hex}"
        with psycopg.connect(server.url, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name}".encode())
        store = PostgresStore("postgresql", server.url.replace("@/janji?", f"@/{name}?"))
        store.make(TABLES, ROWS)
        store.run("CHECKPOINT")  # a store of the tests does not wait for the disk
        yield Victim(store, disk, lambda: server.signal(signal.SIGKILL), server.start)


@pytest.fixture(scope="module")
def maria(disk: Path) -> Iterator[Victim]:
    """A server of its own."""
    with hold_mariadb(disk, LASTING) as server:
        with server.connect() as link, link.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
        store = MariaStore(server, server.url_of("shop"))
        store.make(TABLES, ROWS)
        yield Victim(store, disk, server.kill, server.start)


@pytest.fixture
def sqlite(disk: Path) -> Victim:
    """A file."""
    path = disk / f"{uuid4().hex}.db"
    store = SQLiteStore(path)
    store.make(TABLES, ROWS)
    return Victim(store, disk, lambda: None, lambda: None)


@pytest.fixture(params=["postgres", "maria"])
def served(request: pytest.FixtureRequest) -> Victim:
    """Each store that has a server."""
    found: Victim = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["postgres", "maria", "sqlite"])
def victim(request: pytest.FixtureRequest) -> Victim:
    """Each store."""
    found: Victim = request.getfixturevalue(request.param)
    return found


def without(rows: dict[str, list[dict[str, Any]]], number: int) -> dict[str, list[dict[str, Any]]]:
    """What is left when a customer of the shop is gone."""
    orders = {row["id"] for row in rows["orders"] if row["customer_id"] == number}
    return {
        "customers": [row for row in rows["customers"] if row["id"] != number],
        "addresses": [row for row in rows["addresses"] if row["customer_id"] != number],
        "orders": [row for row in rows["orders"] if row["customer_id"] != number],
        "items": [row for row in rows["items"] if row["order_id"] not in orders],
        "notes": [row for row in rows["notes"] if row["order_id"] not in orders],
    }  # fmt: skip


@pytest.mark.parametrize("step", ["gather", "act", "look"])
def test_a_server_that_is_killed_midway_did_all_or_nothing(served: Victim, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the commit everything is as it was when the server is there again, after it everything is gone; done again it is complete."""
    number = {"gather": 1, "act": 2, "look": 3}[step]
    before = served.rows()
    connector = served.store.open()
    real = getattr(Execution, step)

    def and_kill(self: Execution, *words: Any) -> Any:
        found = real(self, *words)
        served.kill()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Execution, step, and_kill)
        with pytest.raises(Unavailable) as caught:
            connector.erase(PLAN, known(number), TOKEN)
    assert f"user{number}" not in f"{caught.value} {caught.value.help}"
    with pytest.raises(Unavailable):
        connector.search(PLAN, known(number), lambda person, table, row: None)
    served.start()
    assert served.rows() == (without(before, number) if step == "look" else before)
    assert connector.erase(PLAN, known(number), TOKEN).complete
    connector.close()
    assert served.rows() == without(before, number)


def test_a_program_that_is_killed_midway_leaves_a_file_as_it_was(sqlite: Victim) -> None:
    """What it had deleted and not committed is there again for whoever opens the file next."""
    before = sqlite.rows()
    done = subprocess.run([sys.executable, "-m", "tests.faults.test_store_faults", sqlite.store.url], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    connector = sqlite.store.open()
    assert connector.search(PLAN, known(2), lambda person, table, row: None)
    assert connector.erase(PLAN, known(2), TOKEN).complete
    connector.close()
    assert sqlite.rows() == without(before, 2)


LETTERS = (
    Table("members", (integer("id"), text("email")), primary_key=("id",)),
    Table("letters", (integer("id"), integer("member_id"), text("body")), primary_key=("id",), indexes=(("member_id",),)),
)
TOLD = StorePlan(
    "shop", ((Gather("members", ("id",), (Reach(("email",), kind="email"),)),), (Gather("letters", ("id",), (Reach(("member_id",), "members", ("id",), seat="member_id"),)),)),
    actions=(Change("letters", (Assignment("body", Filling.CONSTANT, "y" * 190),)), Delete("members")),
)  # fmt: skip
SERIES = {
    "postgresql": "INSERT INTO letters SELECT i, 7, repeat('x', 150) FROM generate_series(1, {many}) AS s(i)",
    "mysql": "INSERT INTO letters SELECT seq, 7, repeat('x', 150) FROM seq_1_to_{many}",
    "sqlite": "INSERT INTO letters WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {many}) SELECT i, 7, printf('%.150c', 'x') FROM s",
}  # fmt: skip


@pytest.mark.parametrize("step", ["gather", "act"])
def test_a_disk_that_fills_up_undoes_everything(victim: Victim, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said that there is no room, or that nothing answers; nothing is half done, and with room again it is done."""
    store, who = victim.store, [Known(0, "email", "ana@example.com")]
    for table in reversed(LETTERS):
        store.run(f"DROP TABLE IF EXISTS {table.name}")
    store.make(LETTERS, {"members": [{"id": 7, "email": "ana@example.com"}]})
    store.run(SERIES[store.kind].format(many=MANY))
    connector = store.open()
    ballast = victim.disk / "ballast"
    real = getattr(Execution, step)

    def without_room(self: Execution, *words: Any) -> Any:
        fill(ballast)
        return real(self, *words)

    try:
        with monkeypatch.context() as patched:
            patched.setattr(Execution, step, without_room)
            with pytest.raises(Unavailable) as caught:
                connector.erase(TOLD, who, TOKEN)
    finally:
        ballast.unlink(missing_ok=True)
    assert str(caught.value.message.id) == "the database has no room left on its disk"
    assert store.run("SELECT count(*), min(body), max(body) FROM letters") == [(MANY, "x" * 150, "x" * 150)]
    assert store.run("SELECT id FROM members") == [(7,)]
    assert connector.erase(TOLD, who, TOKEN).complete
    connector.close()
    assert store.run("SELECT count(*) FROM letters WHERE body LIKE 'x%'") == [(0,)]
    assert store.run("SELECT id FROM members") == []


def test_a_deadlock_of_mariadb_is_tried_again(maria: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database ends the lighter of two that wait for each other: it is begun anew, and done once."""
    store, before = maria.store, maria.rows()
    ready, tries = threading.Event(), list[int]()
    store.run("CREATE TABLE IF NOT EXISTS weight (id int PRIMARY KEY, n int)")
    store.run("INSERT INTO weight SELECT seq, 0 FROM seq_1_to_3000")
    real = Execution.act

    def other() -> None:
        with store.connected() as run:
            run("BEGIN", ())
            run("UPDATE weight SET n = 1", ())
            run("SELECT sku FROM items WHERE order_id = 106 LOCK IN SHARE MODE", ())
            ready.set()
            wait_until(lambda: "LOCK WAIT" in store.run("SHOW ENGINE INNODB STATUS")[0][2])  # `innodb_trx` is told anew only when nobody asks
            run("UPDATE notes SET body = 'mine' WHERE order_id = 106", ())
            run("ROLLBACK", ())

    def into_it(self: Execution) -> None:
        tries.append(1)
        real(self)

    connector, thread = store.open(), threading.Thread(target=other)
    thread.start()
    assert ready.wait(60)
    with monkeypatch.context() as patched:
        patched.setattr(Execution, "act", into_it)
        assert connector.erase(PLAN, known(6), TOKEN).complete
    thread.join()
    connector.close()
    assert len(tries) == 2
    assert maria.rows() == without(before, 6)


@pytest.mark.parametrize("there", ["folder", "nothing", "else"])
def test_a_file_that_is_gone_or_no_database_is_said(sqlite: Victim, there: str) -> None:
    """Nothing is found and nothing made in its place: a search that finds nobody would be believed."""
    path = Path(sqlite.store.url.removeprefix("sqlite:///"))
    connector = sqlite.store.open()
    connector.catalogue()
    connector.close()
    if there == "folder":
        path.rename(path.with_suffix(".moved"))
        path.mkdir()
    elif there == "nothing":
        path.unlink()
    else:
        path.write_bytes(b"no database at all " * 400)
    for ask in (lambda: connector.search(PLAN, known(2), lambda person, table, row: None), lambda: connector.erase(PLAN, known(2), TOKEN)):
        with pytest.raises((Unavailable, Invalid)) as caught:
            ask()
        assert str(path.parent) not in str(caught.value)
    assert there != "nothing" or not path.exists()
    connector.close()


def _main(url: str) -> None:
    """Erase somebody, and die before the commit."""
    die_at(Execution, "act", 1, after=True)
    open_connector("shop", url).erase(PLAN, known(2), TOKEN)


if __name__ == "__main__":
    _main(*sys.argv[1:])
