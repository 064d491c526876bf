"""An erasure that dies at a step that it was told."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from tests.erasing_house import with_maps
from tests.faults.killing import die_at
from tests.people_house import open_house

from janji.connectors.execution import Execution
from janji.connectors.sql import SqlConnector
from janji.store import destruction, erasures, people
from janji.workflows import erasing
from janji.workflows.recording import Batch

STEPS: dict[str, tuple[Any, str]] = {
    "journal": (erasures, "begin_erasure"), "begun": (erasing, "_begin"), "store": (erasures, "write_stores"),
    "erase": (SqlConnector, "erase"), "gather": (Execution, "gather"), "act": (Execution, "act"), "look": (Execution, "look"),
    "record": (Batch, "take"), "write": (Batch, "write_with"), "certified": (erasing, "_certify"), "forget": (erasing, "forget_all"),
    "lines": (destruction, "append_destroyed"), "keys": (destruction, "destroy_keys"), "tasks": (people, "open_many"), "end": (erasing, "_end"),
}  # fmt: skip
"""The functions at which the program can die: by name, where they are looked up."""


def mortal(url: str, folder: Path, number: str, people: list[UUID], step: str, nth: int, *, after: bool) -> None:
    """Carry a plan out in the house at `url`, and die before or after the nth call of a step."""
    house = with_maps(open_house(url, folder))
    die_at(*STEPS[step], nth, after=after)
    erasing.carry_out(house, people, number)
