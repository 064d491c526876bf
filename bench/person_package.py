"""The package of a person with a million rows: rows a second, memory, and beside it `zipfile` alone writing the same lines of JSON.

`--scale 1` is a million rows; `--json` prints one figure a line. Gathering is measured by `bench/erasure.py`; this begins with what was gathered.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from figures import Figure, show

from janji.datamap.meaning import Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.steps import Known
from janji.files.person_packages import LEVEL, Contents, SystemSays, TableSays, write_person_package
from janji.rights.package_contents import Column
from janji.rights.redaction import Redactor
from janji.scanner.scan import build_scanner
from janji.store.packages import Packing, read_chunks, read_package
from janji.terms.messages import ENGLISH

ROWS = 1_000_000
MOST_MEMORY = 200
LEAST_ROWS = 100_000
ID, SALT, KEY = UUID(int=7), bytes(16), bytes(32)
COLUMNS = {"id": "none", "account_id": "none", "page": "usage", "seconds": "usage", "at": "usage", "device": "device"}
MEANING = SystemMeaning("logs", tables={
    "accounts": TableMeaning("accounts", identifiers=(Identifier("email", "email", Form.LOWER),), columns={"id": Meaning("none"), "email": Meaning("email")}),
    "visits": TableMeaning("visits", links=(Link(("account_id",), "accounts", ("id",)),), columns={name: Meaning(word) for name, word in COLUMNS.items()}),
})  # fmt: skip


class Out:
    """Where a package goes: sealed, as the program does it."""

    def __init__(self, packing: Packing) -> None:
        self.packing, self.size = packing, 0

    def write(self, data: bytes, /) -> int:
        """Take bytes."""
        self.packing.add(0, data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""


def gathered(path: Path, rows: int) -> None:
    """What a search gives of a person with so many visits."""
    with Packing(path, ID, SALT, {0: KEY}) as packing:
        packing.take(0, "logs/accounts", {"id": 1, "email": "one@example.com"})
        for number in range(rows):
            packing.take(0, "logs/visits", {"id": number, "account_id": 1, "page": f"/products/{number % 5000}/details", "seconds": number % 300,
                                            "at": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T03:04:05Z", "device": "WH-1000XM5"})  # fmt: skip


def contents() -> Contents:
    """A package that tells as little as one can."""
    says = {name: TableSays({column: Column(column, one.category) for column, one in table.columns.items()}) for name, table in MEANING.tables.items()}
    return Contents(
        request="req", package="pkg", made=datetime(2026, 1, 1, tzinfo=UTC), tongue=ENGLISH, controller="", contacts=(), officer=(), authorities=(),
        systems=(SystemSays(name="logs", title="Logs", state="done"),), table=lambda name: says[name.partition("/")[2]], track=lambda: iter(()),
        why=lambda _: b"", about=lambda _: b"{}",
    )  # fmt: skip


def package(source: Path, target: Path) -> int:
    """Make the package of what was gathered; its bytes."""
    redactor = Redactor({"logs": MEANING}, [Known(0, "email", "one@example.com")], {"message"}, build_scanner())
    with Packing(target, ID, SALT, {0: KEY}) as packing:
        out = Out(packing)
        write_person_package(out, contents(), redactor, lambda only: read_package(source, ID, 0, KEY, only))
    return out.size


def alone(source: Path, target: Path) -> None:
    """The same rows once, as lines of JSON, by `zipfile` alone: no tables, no meaning, no seal."""
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=LEVEL) as held, held.open("rows.jsonl", "w", force_zip64=True) as file:
        for chunk in read_chunks(source, ID, 0, KEY):
            file.write(chunk)


def measure(scale: float = 1.0) -> list[Figure]:
    """The figures, each part in a process of its own, so that memory is its own."""
    rows = int(ROWS * scale)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "gathered"
        gathered(source, rows)
        found = {part: _apart(part, source) for part in ("package", "alone")}
    rate, plain = rows / found["package"]["seconds"], rows / found["alone"]["seconds"]
    memory, least = found["package"]["memory"], found["alone"]["memory"]
    return [
        Figure("person package", rate, "rows/s", "zipfile alone, the lines once", rate / plain, f">= {LEAST_ROWS:,} rows/s", rate >= LEAST_ROWS),
        Figure("person package, memory", memory, "MB", "zipfile alone, the lines once", memory / least, f"< {MOST_MEMORY} MB", memory < MOST_MEMORY),
    ]  # fmt: skip


def _apart(part: str, source: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, part, str(source)], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def _most_memory() -> float:
    """The most memory of this process, in MB: what `getrusage` says counts from whoever started it."""
    (line,) = [line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def main(words: list[str]) -> None:
    """One part for `measure`, or the figures."""
    if words and words[0] in ("package", "alone"):
        gc.set_threshold(20_000, 20, 20)  # as the program has it
        source, begun = Path(words[1]), time.perf_counter()
        target = source.with_name(words[0])
        (package if words[0] == "package" else alone)(source, target)
        print(json.dumps({"seconds": time.perf_counter() - begun, "memory": _most_memory()}))
        return
    show(measure(float(words[words.index("--scale") + 1]) if "--scale" in words else 1.0))


if __name__ == "__main__":
    main(sys.argv[1:])
