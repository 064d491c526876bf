"""A worker that does the steps of requests, and dies at one that it was told; or lives until nothing is left."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.erasing_house import with_maps
from tests.faults.killing import die_at
from tests.people_house import open_house

from janji.connectors.sql import SqlConnector
from janji.store import requests as store
from janji.workflows import erasing, gathering, request_carrying, request_clock, request_telling, request_work, requests
from janji.workflows.request_clock import work
from janji.workflows.request_work import take_over

STEPS: dict[str, tuple[Any, str]] = {
    "claim": (store, "claim"), "prepare": (request_work, "prepare"), "note": (store, "note"), "search": (request_carrying, "search_all"),
    "recorded": (gathering, "_recorded"), "packages": (request_carrying, "write_packages"), "plan": (request_carrying, "prepare"),
    "carry": (request_carrying, "carry_out"), "erase": (SqlConnector, "erase"), "certified": (erasing, "_certify"), "keep": (request_work, "_keep"),
    "write": (store, "write"), "send": (request_telling, "send_many"), "told": (request_clock, "tell_results"), "release": (store, "release"),
    "moved": (requests, "record"),
}  # fmt: skip
"""The functions at which the worker can die: by name, where they are looked up."""


def main() -> None:
    """The house's URL, its folder, the step, `before | after`, and which call."""
    url, folder, step, when, nth = sys.argv[1:]
    house = with_maps(open_house(url, Path(folder)))
    if step != "none":
        die_at(*STEPS[step], int(nth), after=when == "after")
    take_over(house)
    while work(house):
        pass


if __name__ == "__main__":
    main()
