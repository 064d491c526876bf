"""How fast columns are discovered, 1,000 of 10,000 sampled values each, and whether drawing the values stays cheap as a table grows.

`--columns N` measures fewer and reckons the bar down with them; `--rows N` is how many the larger table has.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from figures import Figure, best_of, show

from janji.connectors.engines import open_engine
from janji.connectors.sampling import sample
from janji.datamap.catalogue import Column, Sort
from janji.discovery.proposals import ColumnEvidence
from janji.discovery.seen import look_at
from janji.store.server import hold_server
from janji.workflows.discovering import propose_columns

COLUMNS, VALUES, SECONDS, ROWS, SEED = 1_000, 10_000, 60.0, 10_000_000, 20_260
NAMES = ["Budi", "Siti", "Agus", "Dewi", "Rizky", "Putri", "Andi", "Nurul", "Joko", "Ratna", "Made", "Ketut", "Hendra", "Yuni", "Olivia", "Kevin"]
FAMILIES = ["Santoso", "Wijaya", "Lubis", "Siregar", "Kusuma", "Pratama", "Hidayat", "Saputra", "Tanuwijaya", "Smith", "Walker"]
WORDS = ["barang", "saya", "belum", "sampai", "tolong", "dibantu", "karena", "sudah", "dibayar", "the", "order", "is", "not", "here", "yet", "please", "call", "me", "back", "soon", "thanks"]
Chance = random.Random


def digits(chance: Chance, count: int) -> str:
    """So many digits."""
    return f"{chance.randrange(10**count):0{count}}"


MAKERS: dict[tuple[str, Sort], Callable[[Chance, int], object]] = {
    ("id", Sort.INTEGER): lambda _, place: place,
    ("nama_lengkap", Sort.TEXT): lambda chance, place: f"{chance.choice(NAMES)} {chance.choice(FAMILIES)}{'' if place % 3 else chr(97 + place % 26) * 3}",
    ("nik", Sort.TEXT): lambda chance, _: f"3171{chance.randint(1, 8):02}{chance.randint(1, 28):02}{chance.randint(1, 12):02}{digits(chance, 6)}",
    ("email", Sort.TEXT): lambda chance, place: f"{chance.choice(NAMES).lower()}{place}@example.com",
    ("no_hp", Sort.TEXT): lambda chance, _: f"08{digits(chance, 10)}",
    ("alamat", Sort.TEXT): lambda chance, place: f"Jl. {chance.choice(FAMILIES)} No. {place} RT 0{place % 9}/RW 01 Kel. Menteng, Jakarta Pusat",
    ("tgl_lahir", Sort.DATE): lambda chance, _: f"{chance.randint(1950, 2006)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
    ("order_no", Sort.TEXT): lambda chance, _: f"ORD-2026{digits(chance, 8)}",
    ("total", Sort.NUMBER): lambda chance, _: chance.randint(10_000, 90_000_000),
    ("status", Sort.TEXT): lambda chance, _: chance.choice(("paid", "sent", "done")),
    ("message", Sort.TEXT): lambda chance, place: f"{' '.join(chance.choices(WORDS, k=30))} {place}",
    ("client_ip", Sort.TEXT): lambda chance, _: f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}",
    ("card_number", Sort.TEXT): lambda chance, _: f"4{digits(chance, 15)}",
    ("session_id", Sort.TEXT): lambda chance, _: f"{chance.getrandbits(128):032x}",
    ("created_at", Sort.INSTANT): lambda chance, _: f"2026-0{chance.randint(1, 9)}-1{chance.randint(0, 9)} 10:{chance.randint(10, 59)}:{chance.randint(10, 59)}",
    ("payload", Sort.JSON): lambda _, place: {"email": f"a{place}@example.com", "count": place, "tags": ["x", "y"]},
}  # fmt: skip
"""The columns of each table: names and sorts, and how their values are made; most are different from one another, which is the worst case."""


def columns(count: int) -> Iterator[ColumnEvidence]:
    """So many columns; tables of the same form have the same values."""
    chance = random.Random(SEED)
    made = {key: [maker(chance, place) for place in range(VALUES)] for key, maker in MAKERS.items()}
    for place in range(count):
        (name, sort), values = list(made.items())[place % len(made)]
        yield ColumnEvidence(f"table_{place // len(made)}", Column(name, sort, sort), values)


def drawing(rows: int = ROWS) -> list[Figure]:
    """The time of drawing 10,000 values of three columns from a large table of PostgreSQL, beside one a tenth of its size."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, hold_server(Path(folder), "of-a-bench") as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for name, size in (("small", rows // 10), ("large", rows)):
                connection.execute(f"CREATE UNLOGGED TABLE {name} AS SELECT i AS id, 'row' || i AS name, md5(i::text) AS code FROM generate_series(1, {size}) i")  # noqa: S608
                connection.execute(f"VACUUM ANALYZE {name}")
        engine = open_engine(server.url, read_only=True)
        small, large = (best_of(lambda name=name: sample(engine, name, ["id", "name", "code"], VALUES)) for name in ("small", "large"))  # type: ignore[misc]
        engine.dispose()
    return [Figure(f"draw from {rows:,} rows", large, "s", f"from {rows // 10:,}", large / small, "<= 2 x", large <= 2 * small)]


def measure(count: int = COLUMNS, rows: int = ROWS) -> list[Figure]:
    """All of it."""
    return [*looking(count), *drawing(rows)]


def looking(count: int) -> list[Figure]:
    """Wall time on all cores, beside the time of one process."""
    held = list(columns(count))
    start = time.perf_counter()
    proposals = propose_columns(held, None)
    taken = time.perf_counter() - start
    assert sum(item.holds is not None for item in proposals) >= count // 2
    few = held[: len(MAKERS)]
    start = time.process_time()
    for item in few:
        look_at(item.values)
    alone = (time.process_time() - start) / len(few) * count
    bar = SECONDS * count / COLUMNS
    return [
        Figure(f"discover {count:,} columns", taken, "s", "one process alone", taken / alone, f"<= {bar:.3g} s", taken <= bar),
        Figure("discover: values", count * VALUES / taken, "values/s", "one process alone", alone / taken, ">= 1 x", alone >= taken),
    ]


def asked(name: str, usual: int) -> int:
    """A number from the command line."""
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else usual


if __name__ == "__main__":
    show(measure(asked("--columns", COLUMNS), asked("--rows", ROWS)))
