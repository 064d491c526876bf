"""Many columns at once: several processes find what one finds, and values are let go as soon as they were looked at."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import pytest
from tests.discovery_corpus import TABLES

from janji.discovery.proposals import ColumnEvidence, propose
from janji.workflows import discovering


class Values(list[object]):
    """Values that can be watched."""


@pytest.mark.parametrize("processes", [1, 2])
def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    """The same proposals in the same order, with and without other processes."""
    evidence = [column.evidence(size=60) for column in TABLES[:80]]
    monkeypatch.setattr(discovering, "ALONE", 1_000)
    assert discovering.propose_columns(iter(evidence), None, processes) == propose(evidence, None)


def test_values_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are drawn as they are wanted, and the values of no more than a few are held at a time."""
    monkeypatch.setattr(discovering, "ALONE", 1_000)
    drawn: list[weakref.ref[Values]] = []
    most = 0

    def columns() -> Iterator[ColumnEvidence]:
        nonlocal most
        for column in TABLES:
            most = max(most, sum(held() is not None for held in drawn))
            item = column.evidence(size=60)
            values = Values(item.values)
            drawn.append(weakref.ref(values))
            yield ColumnEvidence(item.table, item.column, values)
            del values

    assert len(discovering.propose_columns(columns(), None, 2)) == len(TABLES)
    assert most < 30
