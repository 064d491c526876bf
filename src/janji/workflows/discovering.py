"""Proposals for many columns at once: values are looked at in several processes as they come, and let go."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from janji.discovery.proposals import ColumnEvidence, Proposal, conclude
from janji.discovery.seen import Seen, look_at
from janji.policy.model import Policy

ALONE = 200_000
"""So many values are looked at in this process; others are started from then on."""
_AHEAD = 4
"""So many columns wait for each process, so that no more values than theirs are held."""


def propose_columns(evidence: Iterable[ColumnEvidence], policy: Policy | None, processes: int | None = None) -> tuple[Proposal, ...]:
    """What `janji.discovery.proposals.propose` gives; of the columns only what was seen is kept, so `evidence` may be drawn as it goes.

    `processes` are those of the processor's cores that may be used, all unless said otherwise.
    """
    columns: list[ColumnEvidence] = []
    seen: list[Seen | Future[Seen]] = []
    waiting: deque[Future[Seen]] = deque()
    workers = processes if processes is not None else len(os.sched_getaffinity(0))
    pool: ProcessPoolExecutor | None = None
    looked = 0
    try:
        for item in evidence:
            columns.append(replace(item, values=()))
            looked += len(item.values)
            if workers < 2 or looked <= ALONE:
                seen.append(look_at(item.values))
                continue
            # Started anew and not forked: what this process holds open of databases is none of theirs.
            pool = pool or ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
            waiting.append(pool.submit(look_at, item.values))
            seen.append(waiting[-1])
            while len(waiting) > workers * _AHEAD:
                waiting.popleft().result()
        return conclude(columns, [item if isinstance(item, Seen) else item.result() for item in seen], policy)
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
