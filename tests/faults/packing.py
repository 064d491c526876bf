"""Making a person's package or ending one, and dying at a step that was told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.erasing_house import with_maps
from tests.faults.killing import die_at
from tests.people_house import open_house

from janji.store import destruction, person_packages, vault
from janji.store.packages import Packing
from janji.workflows import person_packages as workflow

STEPS: dict[str, tuple[Any, str]] = {
    "keys": (vault, "insert_keys"), "piece": (Packing, "add"), "file": (workflow._Maker, "make"), "row": (person_packages, "insert"),
    "lines": (destruction, "append_destroyed"), "destroy": (destruction, "destroy_keys"), "write": (person_packages, "write"),
}  # fmt: skip
"""The functions at which the program can die: by name, where they are looked up."""


def mortal(url: str, folder: Path, verb: str, ids: Sequence[UUID], step: str, nth: int, *, after: bool) -> None:
    """`make` the package of a request (its id, a search, whom) or `end` it, and die before or after the nth call of a step."""
    house = with_maps(open_house(url, folder))
    die_at(*STEPS[step], nth, after=after)
    if verb == "make":
        request, found, who = ids
        workflow.write_package(house, request, found, who, "en")
    else:
        workflow.remove(house, ids[0])
