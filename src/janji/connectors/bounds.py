"""What a connector may take of somebody else's store: time, waiting, rows, connections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of everything that is asked of a store.

    `statement` and `lock` are seconds that one statement may run and wait for a lock, `connect` seconds to reach the store;
    `rows` is how many rows one search may find, and one erasure in one table; `connections` are open at once.
    """

    statement: float = 300
    lock: float = 10
    connect: float = 10
    rows: int = 20_000_000
    connections: int = 2


LIMITS = Limits()
"""What holds where nothing else is said."""
