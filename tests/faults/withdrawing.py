"""The worker's step that deletes what withdrawals leave, which dies at a step that it was told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.erasing_house import with_maps
from tests.faults.killing import die_at
from tests.people_house import open_house

from janji.connectors.files import FilesConnector
from janji.connectors.sql import SqlConnector
from janji.store import erasures, people
from janji.workflows import cascade_work, erasing

STEPS: dict[str, tuple[Any, str]] = {
    "plan": (cascade_work, "prepare"), "note": (people, "note_tasks"), "begin": (erasures, "begin_erasure"), "store": (erasures, "write_stores"),
    "erase": (SqlConnector, "erase"), "file": (FilesConnector, "erase"), "certified": (erasing, "_certify"), "carried": (cascade_work, "carry_out"),
    "close": (cascade_work, "close_tasks"),
}  # fmt: skip
"""The functions at which the program can die: by name, where they are looked up."""


def mortal(url: str, folder: Path, step: str, nth: int, *, after: bool) -> None:
    """Do the step in the house at `url`, and die before or after the nth call of a function."""
    house = with_maps(open_house(url, folder))
    die_at(*STEPS[step], nth, after=after)
    cascade_work.work(house)
