"""Erasures of files that are killed or find the disk full: every file is whole, and the next erasure ends it once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from tests.strategies import examples

from janji.connectors.files import open_folder
from janji.erasure.steps import Delete, Gather, Known, Reach, StorePlan

ROWS = 20_000
OTHERS = 3 * ROWS - 3 * ROWS // 1000
"""How many of all rows are not Siti's."""
PLAN = StorePlan("w", (
    (Gather("events", (), (Reach(("email",), kind="email"),)),), (Gather("visits", (), (Reach(("session",), "events", ("session",)),)),),
), actions=(Delete("visits"), Delete("events")))  # fmt: skip
PEOPLE = [Known(0, "email", "siti@example.id")]
PROGRAM = """
import resource, sys
from pathlib import Path
from tests.faults.test_file_faults import PEOPLE, PLAN
from janji.connectors.files import open_folder
from janji.errors import Unavailable
if len(sys.argv) > 2:
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
connector = open_folder("w", Path(sys.argv[1]))
print("ready", flush=True)
try:
    connector.erase(PLAN, PEOPLE, "t")
except Unavailable as error:
    sys.exit(f"unavailable: {error}")
"""


def fill(folder: Path) -> None:
    """Events in three formats' worth of files, visits that hang on them; every thousandth row is Siti's."""
    for name in ("events", "visits"):
        (folder / name).mkdir()
    with duckdb.connect() as connection:
        for part in range(3):
            rows = f"SELECT 's' || i AS session, CASE WHEN i % 1000 = 7 THEN 'siti@example.id' ELSE 'u' || i || '@example.id' END AS email FROM range({part * ROWS}, {(part + 1) * ROWS}) t(i)"  # noqa: S608
            connection.execute(f"COPY ({rows}) TO '{folder}/events/{part}.csv' (HEADER)")
            connection.execute(f"COPY (SELECT session, 'GET /' AS path FROM ({rows})) TO '{folder}/visits/{part}.parquet' (FORMAT parquet)")  # noqa: S608


def counts(folder: Path) -> tuple[int, int, int]:
    """How many rows others have, in both tables, and how many Siti still has."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT count(*) FILTER (email <> 'siti@example.id'), count(*) FILTER (email = 'siti@example.id') FROM '{folder}/events/*.csv'"  # noqa: S608
        ).fetchone()
        visits = connection.execute(f"SELECT count(*) FILTER (session[2:]::INT % 1000 <> 7) FROM '{folder}/visits/*.parquet'").fetchone()  # noqa: S608
    assert found is not None
    assert visits is not None
    return found[0], visits[0], found[1]


def run(folder: Path, *more: str) -> subprocess.Popen[str]:
    """The erasure in a process of its own, which is about to begin."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), *more], cwd=root, env={"PYTHONPATH": f"{root}:{root / 'src'}", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ended(folder: Path) -> tuple[int, int, int]:
    """The next erasure ends it; nothing of others is gone, and nothing is left lying about. Gives what is counted then."""
    assert counts(folder)[:2] == (OTHERS, OTHERS)
    connector = open_folder("w", folder)
    assert connector.erase(PLAN, PEOPLE, "t").complete
    connector.close()
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT count(*) FROM '{folder}/visits/*.parquet'").fetchone() == (OTHERS,)  # noqa: S608
    assert [path.name for path in folder.rglob(".janji-*")] == [".janji-lock"]
    return counts(folder)


@pytest.mark.parametrize("round", range(examples(4)))
def test_killed_at_any_moment(tmp_path: Path, round: int) -> None:
    """`kill -9` while files are written, compared or put in their places: none is half, and all ends well."""
    fill(tmp_path)
    process = run(tmp_path)
    time.sleep(random.Random(round).uniform(0, 0.6))
    process.kill()
    process.communicate()
    assert ended(tmp_path) == (OTHERS, OTHERS, 0)


@pytest.mark.parametrize("room", [0, 4096, 150_000])
def test_no_room(tmp_path: Path, room: int) -> None:
    """A file that cannot be written whole is not put anywhere; why is said, and everything is as it was."""
    fill(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    process = run(tmp_path, str(room))
    _, told = process.communicate()
    assert process.returncode == 1, told
    assert "unavailable" in told
    assert "siti" not in told
    assert {path: path.read_bytes() for path in before} == before
    assert ended(tmp_path) == (OTHERS, OTHERS, 0)
