"""A sweep of retention beside a bare batched DELETE of the same rows by plain psycopg, in the same run.

`--rows N` rows are over in a table of twice as many (400,000 when it is not said); `--json` prints one figure a line.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from figures import Figure, show

from janji.connectors.opening import open_connector
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Expiry, Identifier, Meaning, SystemMeaning, TableMeaning
from janji.policy.model import RetentionRule
from janji.retention.due import plan_ending
from janji.retention.schedule import endings
from janji.store.server import hold_server, wheel_binaries
from janji.terms.periods import Period
from janji.terms.places import NOWHERE, Word
from janji.terms.processing import Disposal
from janji.terms.texts import Text

PASSWORD = "made-for-the-bench"  # noqa: S105  # of a server that lives for one run
ROWS, BATCH, BAR, TIMES = 400_000, 10_000, 0.8, 3
AT = datetime(2026, 11, 26, tzinfo=UTC)
FORM = "CREATE TABLE visits (id bigint PRIMARY KEY, at timestamptz NOT NULL, email text, page text, agent text)"
FILL = """
INSERT INTO visits SELECT i, CASE WHEN i % 2 = 0 THEN timestamptz '2026-11-20 00:00:00+00' ELSE timestamptz '2026-01-01 00:00:00+00' END
  + (i % 86400) * interval '1 second', 'user' || i || '@example.com', '/produk/' || i % 900, 'Mozilla/5.0 (Linux; Android 14)'
  FROM generate_series(1, {count}) i
"""
BARE = (
    "DELETE FROM visits WHERE id IN (SELECT id FROM visits WHERE at < '2026-05-30 00:00:00+00' LIMIT %s)"
)
SYSTEM = TableMeaning(
    "visits", identifiers=(Identifier("email", "email"),), columns={"email": Meaning("email"), "page": Meaning("browsing")},
    retention=(Expiry("logs", since="at"),),
)  # fmt: skip
RULES = {
    "logs": RetentionRule(id=Word("logs", NOWHERE), title=Text((("en", "Logs"),)), period=Period(days=180), trigger="collected", then=Disposal.DELETE)
}


def fill(url: str, rows: int) -> None:
    """A fresh table, half of which is over."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("DROP TABLE IF EXISTS visits")
        link.execute(FORM.encode())
        link.execute(FILL.format(count=rows * 2).encode())
        link.execute("CREATE INDEX visits_at ON visits (at)")
        link.execute("VACUUM ANALYZE visits")
        link.execute("CHECKPOINT")


def bare(url: str) -> int:
    """The floor: a DELETE a batch, each committed."""
    count = 0
    with psycopg.connect(url) as link:
        while gone := link.execute(BARE.encode(), [BATCH]).rowcount:
            link.commit()
            count += gone
    return count


def swept(url: str) -> int:
    """The same rows by the plan of a sweep: gathered, deleted, read back, a transaction a batch."""
    store = open_connector("web", url)
    try:
        catalogue = store.catalogue()
        meaning = SystemMeaning("web", tables={"visits": replace(SYSTEM, reviewed=fingerprint(catalogue.tables["visits"]))})
        (ending,) = endings(catalogue, meaning, RULES, AT)
        plan = plan_ending(catalogue, meaning, RULES, ending, AT, BATCH)
        assert not plan.problems
        due, count = store.due(plan, ()), 0
        while count < due:
            effect = store.erase(plan, (), "bench")
            assert effect.complete
            count += effect.tables[0].deleted
        assert store.due(plan, ()) == 0
        return count
    finally:
        store.close()


def timed(run: Callable[[str], int], url: str, rows: int) -> float:
    """The best of several runs, each on a fresh table, in rows a second."""
    best = 0.0
    for _ in range(TIMES):
        fill(url, rows)
        start = time.perf_counter()
        count = run(url)
        best = max(best, count / (time.perf_counter() - start))
        assert count == rows, (count, rows)
    return best


def measure(rows: int = ROWS) -> list[Figure]:
    """Both on one server."""
    with tempfile.TemporaryDirectory(prefix="janji-bench-") as folder:
        Path(folder).chmod(0o755)
        with hold_server(Path(folder), PASSWORD, wheel_binaries()) as server:
            floor = timed(bare, server.url, rows)
            ours = timed(swept, server.url, rows)
    ratio = ours / floor
    return [Figure("retention sweep", ours, "rows/s", "a bare batched DELETE", ratio, f">= {BAR}", ratio >= BAR)]


if __name__ == "__main__":
    show(measure(int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else ROWS))
