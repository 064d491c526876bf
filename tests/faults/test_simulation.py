"""Simulated lives of a house: what a seed plays, it plays again, and it finds what was broken on purpose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.database import clone
from tests.faults.simulation import Failure, Simulation

from janji.store import records
from janji.store.database import connection

SEEDS = range(3 * int(os.environ.get("JANJI_EXAMPLES", "1")))
STEPS = 120


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simulated_life_of_a_house_agrees_with_its_model(seed: int, database: str, tmp_path: Path) -> None:
    """Crossed writers, crashes, a wandering clock: after each step everything is as the model says."""
    life = Simulation(seed, database, tmp_path)
    life.play(STEPS)
    assert len(life.steps) == STEPS
    assert life.told


def test_a_seed_plays_the_same_again(server: Any, tmp_path: Path) -> None:
    """The same seed on two databases leaves the same bytes."""
    ledgers = []
    for turn in range(2):
        with clone(server) as url:
            Simulation(99, url, tmp_path / str(turn)).play(60)
            ledgers.append(connection().execute("SELECT array_agg(body ORDER BY id) FROM event").fetchone())
    assert ledgers[0] == ledgers[1]


def test_a_seed_finds_what_was_broken_and_says_how_to_see_it_again(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that loses the last event of a batch now and then: the simulation stops, with its seed and its step."""
    real = records.insert
    monkeypatch.setattr(records, "insert", lambda rows, begun=None: real(rows[:-1] if len(rows) > 9 else rows, begun))
    with pytest.raises(Failure, match=r"seed 4, step [0-9]+ \(choose_many\).*--seed 4 --steps"):
        Simulation(4, database, tmp_path).play(STEPS)
