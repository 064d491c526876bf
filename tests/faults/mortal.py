"""A program that forgets a person or rotates the key-encryption key, and dies at a step that it was told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.faults.killing import die_at
from tests.people_house import open_house

from janji.people.identifiers import Suppressed
from janji.store import destruction, people, suppression, vault
from janji.store.database import open_database
from janji.workflows import forgetting, keys
from janji.workflows.forgetting import forget
from janji.workflows.runtime import open_runtime

STEPS: dict[str, tuple[Any, str]] = {
    "task": (people, "open_task"), "file": (destruction, "append_destroyed"), "suppress": (suppression, "suppress"),
    "event": (forgetting, "record"), "joins": (people, "undo_joins"), "keys": (destruction, "destroy_keys"),
    "erase": (destruction, "erase_people"), "commit": (forgetting, "_finish"),
    "former": (keys, "_write"), "secrets": (vault, "rewrap_secrets"), "batch": (vault, "rewrap_keys"), "end": (keys, "end_rotation"),
}  # fmt: skip
"""The functions at which the program can die: by name, where they are looked up."""


def main() -> None:
    """`forget | rotate`, the URL, the data directory, the step, `before | after`, which call, and whom."""
    verb, url, data, step, when, nth, *rest = sys.argv[1:]
    die_at(*STEPS[step], int(nth), after=when == "after")
    if verb == "forget":
        forget(open_house(url, Path(data)), UUID(rest[0]), told=[Suppressed.IMPORT])
        return
    keys.BATCH = 2
    open_database(url)
    keys.rotate(open_runtime(environment={"JANJI_DATA_DIR": data}))


if __name__ == "__main__":
    main()
