"""The ledger: leaves appended to a tree, an export audited, one event proven among ten million on a real server.

The proof is measured through the workflow, self-check and all, beside a bare SELECT of the same tiles by the same
connection. `ledger_leaf` and the tiles are those of ten million events; of the events themselves a thousand are there.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

from figures import Figure, best_of, show

from janji.ledger.checkpoint import Checkpoint, sign, verifier_of
from janji.ledger.events import Actor, Event, Kind, encode, leaf_hash
from janji.ledger.export import checkpoint_line, end_line, event_line, header_line
from janji.ledger.merkle import Range
from janji.ledger.tiles import TileKey, edge, grown, tiles_of_inclusion
from janji.store import ledger
from janji.store.database import connection
from janji.store.server import is_running
from janji.workflows.audits import audit_export
from janji.workflows.care import init
from janji.workflows.house import House, open_house
from janji.workflows.ledger import checkpoint, prove
from janji.workflows.runtime import open_runtime

MANY = 10_000_000
PROVEN = 1000
AUDITED = 200_000
APPENDED = 500_000
BLOCK = 1 << 16
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAME, SEED = "ledger.example", bytes(32)


def bodies(count: int) -> Iterator[bytes]:
    """So many consents of a third as many people, as they are recorded."""
    for number in range(count):
        person, version = divmod(number, 3)
        yield encode(Event(
            id=str(UUID(int=0x7 << 76 | number * 0x9E3779B97F4A7C15 % (1 << 62))), kind=Kind.CONSENT_GIVEN,
            at=NOON + timedelta(milliseconds=number), actor=Actor.PERSON, policy="a" * 64, layout=1,
            subject=hashlib.sha256(b"%d" % person).hexdigest()[:32], version=version + 1,
            details={"purpose": "newsletters", "channel": "email", "notice": "marketing", "notice_version": 1,
                     "notice_digest": "0" * 64, "language": "id", "method": "unticked-box"},
            sealed=hashlib.sha256(b"%d" % number).hexdigest(),
        ))  # fmt: skip


def measure_tree(count: int = APPENDED) -> Figure:
    """Leaves appended in blocks, beside hashing as many pairs and nothing else."""
    leaves = [hashlib.sha256(b"%d" % number).digest() for number in range(count)]

    def append() -> None:
        tree = Range()
        for start in range(0, count, BLOCK):
            tree = tree.extended(leaves[start : start + BLOCK])

    def bare() -> None:
        sha256, pair = hashlib.sha256, b"\x01" + leaves[0] + leaves[1]
        for _ in range(count):
            sha256(pair).digest()

    mine, floor = best_of(append), best_of(bare)
    ratio = mine / floor
    return Figure("leaves appended to the tree", count / mine, "leaves/s", "hashing as many pairs", ratio, "<= 2 x", ratio <= 2)


def measure_audit(count: int = AUDITED) -> Figure:
    """An export audited offline, beside hashing the same bytes line by line."""
    with tempfile.TemporaryDirectory() as name:
        path, tree = Path(name) / "export", Range()
        with path.open("wb") as file:
            file.write(header_line(verifier_of(NAME, SEED)))
            for position, body in enumerate(bodies(count)):
                leaf = leaf_hash(body)
                tree = tree.extended([leaf])
                file.write(event_line(position, leaf, body))
            file.write(checkpoint_line(sign(Checkpoint(NAME, count, tree.root), NAME, SEED)) + end_line(count, 1))

        def audit() -> None:
            assert audit_export(path).clean

        def bare() -> None:
            with path.open("rb") as file:
                for line in file:
                    hashlib.sha256(line).digest()

        mine, floor = best_of(audit, 3), best_of(bare, 3)
    rate = count / mine
    return Figure("leaves audited offline", rate, "leaves/s", "hashing the same lines", mine / floor, ">= 200,000 /s", rate >= 200_000)


def filled(opened: House, size: int) -> list[UUID]:
    """Fill the ledger's tables for `size` events, of which a thousand are real; gives the ids of these."""
    made = list(bodies(PROVEN))
    places = {number * (size // PROVEN): body for number, body in enumerate(made)}
    with connection().cursor() as cursor:
        with cursor.copy('COPY ledger_tile (level, "index", hashes) FROM STDIN (FORMAT binary)') as copy:
            copy.set_types(["int2", "int8", "bytea"])
            for key, tile in _tiles(size, {place: leaf_hash(body) for place, body in places.items()}):
                copy.write_row((*key, tile))
        cursor.execute(
            "INSERT INTO ledger_leaf (position, event) SELECT n, lpad(to_hex(n), 32, '0')::uuid FROM generate_series(0, %s::bigint) n",
            [size - 1],
        )
        for place, body in places.items():
            id = UUID(body[body.index(b'"id":"') + 6 :][:36].decode())
            cursor.execute("INSERT INTO event (id, kind, body) VALUES (%s, '', %s)", [id, body])
            cursor.execute("UPDATE ledger_leaf SET event = %s WHERE position = %s", [id, place])
        cursor.execute("VACUUM ANALYZE ledger_leaf, ledger_tile, event")
        found = cursor.execute("SELECT id FROM event").fetchall()
    checkpoint(opened)
    return [row[0] for row in found]


def _tiles(size: int, real: dict[int, bytes]) -> Iterator[tuple[TileKey, bytes]]:
    """Every tile of a tree of `size`; leaves that are not among the real ones are hashes of their numbers."""
    held: dict[TileKey, bytes] = {}
    sha256 = hashlib.sha256
    for first in range(0, size, BLOCK):
        end = min(first + BLOCK, size)
        leaves = [real.get(number) or sha256(b"%d" % number).digest() for number in range(first, end)]
        held |= grown(first, held, leaves)
        open_ = edge(end)
        yield from ((key, held.pop(key)) for key in [*held] if key not in open_)
    yield from held.items()


def measure_proof(size: int = MANY) -> list[Figure]:
    """One event proven, beside a SELECT of the tiles that its proof is made from."""
    with tempfile.TemporaryDirectory() as name:
        runtime = open_runtime(environment={"JANJI_DATA_DIR": name})
        init(runtime)
        try:
            with open_house(runtime) as opened:
                return _proofs(opened, size)
        finally:
            while is_running(Path(name)):
                time.sleep(0.05)


def _proofs(opened: House, size: int) -> list[Figure]:
    proven = filled(opened, size)
    for id in proven[:20]:
        prove(opened, id)
    mine, bare = [], []
    for id in proven:
        mine.append(_time(lambda event=id: prove(opened, event)))
        place = ledger.placed(id)
        assert place is not None
        keys = tiles_of_inclusion(place.position, size)
        bare.append(_time(lambda keys=keys: ledger.tiles(keys)))
    ours, floor = median(mine), median(bare)
    slow, slow_floor = (quantiles(times, n=100)[98] for times in (mine, bare))
    against = "a bare SELECT of its tiles"
    return [
        Figure(f"a proof among {size:,} events", ours * 1000, "ms", against, ours / floor, "<= 5 ms", ours <= 0.005),
        Figure("... the slowest of a hundred", slow * 1000, "ms", against, slow / slow_floor, "<= 10 x", slow / slow_floor <= 10),
    ]


def _time(run: object) -> float:
    start = time.perf_counter()
    run()  # type: ignore[operator]
    return time.perf_counter() - start


def measure(size: int = MANY) -> list[Figure]:
    """All of it; proofs among so many events, and no more appended and audited."""
    return [measure_tree(min(APPENDED, size)), measure_audit(min(AUDITED, size)), *measure_proof(size)]


if __name__ == "__main__":
    show(measure())
