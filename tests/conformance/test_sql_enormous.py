"""Values of many megabytes in the rows of a person: searched into a package with bounded memory, changed inside, and erased."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.conformance.shops import integer, text
from tests.conformance.stores import SqlStore

from janji.connectors.opening import open_connector
from janji.datamap.catalogue import Column, Sort, Table
from janji.erasure.steps import Assignment, Change, Delete, Filling, Gather, Known, Reach, StorePlan
from janji.store.packages import Packing, read_package

ROOT = Path(__file__).resolve().parents[2]
ID, SALT, KEYS = UUID(int=7), bytes(16), {0: bytes(32)}
WHO = [Known(0, "email", "ana@example.com")]
MEGA = 1_000_000
SIZES = {"postgresql": (50, 20), "mysql": (12, 8), "sqlite": (12, 8)}
"""Megabytes of texts and bytes, and of documents; a packet of MariaDB has sixteen at most unless it is told otherwise."""
BYTES = {"postgresql": "bytea", "mysql": "longblob", "sqlite": "blob"}
LONG = {"postgresql": "text", "mysql": "longtext", "sqlite": "text"}
MADE = {
    "postgresql": "SELECT 1, 'ana@example.com', repeat('x', {text}), convert_to(repeat('y', {text}), 'UTF8'), jsonb_build_object('who', 'Ana', 'rest', repeat('z', {document}))",
    "mysql": "SELECT 1, 'ana@example.com', repeat('x', {text}), repeat('y', {text}), json_object('who', 'Ana', 'rest', repeat('z', {document}))",
    "sqlite": "SELECT 1, 'ana@example.com', replace(hex(zeroblob({text} / 2)), '0', 'x'), zeroblob({text}), json_object('who', 'Ana', 'rest', replace(hex(zeroblob({document} / 2)), '0', 'z'))",
}  # fmt: skip
GATHER = Gather("letters", ("id",), (Reach(("email",), kind="email"),))
CHANGED = StorePlan("shop", ((GATHER,),), actions=(Change("letters", (Assignment("doc", Filling.PATHS, paths=("who",)), Assignment("body", Filling.NULL))),))
GONE = StorePlan("shop", ((GATHER,),), actions=(Delete("letters"),))


def make(store: SqlStore, sizes: tuple[int, int] | None = None) -> tuple[int, int]:
    """A letter of one person, as large as the database takes it."""
    words, documents = (size * MEGA for size in sizes or SIZES[store.kind])
    columns = (integer("id"), text("email"), Column("body", LONG[store.kind], Sort.TEXT), Column("scan", BYTES[store.kind], Sort.BYTES), Column("doc", "", Sort.JSON))
    store.make((Table("letters", columns, primary_key=("id",)),), {})
    store.run(f"INSERT INTO letters {MADE[store.kind].format(text=words, document=documents)}")
    return words, documents


def test_enormous_values_are_packed_changed_and_erased(sql_store: SqlStore, tmp_path: Path) -> None:
    """They come out of the package as they were; a key goes out of a large document and nothing else; then the row goes."""
    words, documents = make(sql_store)
    connector = sql_store.open()
    connector.catalogue()
    with Packing(tmp_path / "p", ID, SALT, KEYS) as packing:
        connector.search(GONE, WHO, packing.take)
    ((table, row),) = read_package(tmp_path / "p", ID, 0, KEYS[0])
    document = row["doc"] if isinstance(row["doc"], dict) else json.loads(row["doc"])
    assert (table, row["body"] == "x" * words, document) == ("letters", True, {"who": "Ana", "rest": "z" * documents})
    assert len(row["scan"]["base64"]) == 4 * -(-words // 3)
    del row, document
    assert connector.erase(CHANGED, WHO, "4f1c9a").complete
    (left,) = sql_store.rows("letters")
    assert left["body"] is None
    kept = left["doc"] if isinstance(left["doc"], dict) else json.loads(left["doc"])
    assert kept == {"rest": "z" * documents}
    assert connector.erase(GONE, WHO, "4f1c9a").complete
    assert sql_store.rows("letters") == []
    connector.close()


def test_memory_is_that_of_some_rows(sql_store: SqlStore, tmp_path: Path) -> None:
    """Of twenty-four rows of four megabytes hardly more is held at once than of eight."""
    make(sql_store, (4, 1))
    for number in range(2, 9):
        sql_store.run(f"INSERT INTO letters SELECT {number}, email, body, NULL, NULL FROM letters WHERE id = 1")
    few = _peak(sql_store.url, tmp_path / "few")
    for number in range(9, 25):
        sql_store.run(f"INSERT INTO letters SELECT {number}, email, body, NULL, NULL FROM letters WHERE id = 1")
    many = _peak(sql_store.url, tmp_path / "many")
    assert (tmp_path / "many").stat().st_size > 24 * 4 * MEGA
    assert many - few < 4 * 4 * MEGA


def _peak(url: str, path: Path) -> int:
    """The most bytes that a program holds which searches a store into a package."""
    done = subprocess.run([sys.executable, "-m", "tests.conformance.test_sql_enormous", url, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) * 1024


def _main(url: str, path: str) -> None:
    connector: Any = open_connector("shop", url)
    with Packing(Path(path), ID, SALT, KEYS) as packing:
        connector.search(GONE, WHO, packing.take)
    connector.close()
    (peak,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(peak)


if __name__ == "__main__":
    _main(*sys.argv[1:])
