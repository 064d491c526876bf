"""A worker that tells consumers of events, and dies at a step that it was told."""

from __future__ import annotations

import sys
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from tests.faults.killing import die_at
from tests.people_house import Clock, open_house

from janji.delivery.courier import Courier
from janji.store import webhooks as store
from janji.workflows import webhooks
from janji.workflows.house import House

STEPS: dict[str, tuple[Any, str]] = {
    "deliveries": (store, "insert_deliveries"), "position": (store, "set_position"), "claim": (store, "claim"),
    "post": (Courier, "post"), "answers": (webhooks._Round, "_settle"), "record": (webhooks, "record"), "settle": (store, "settle"), "consumer": (store, "write_webhook"),
    "commit": (webhooks, "settle"),
}  # fmt: skip
"""The functions at which the program can die: by name, where they are looked up."""


def near(house: House) -> House:
    """The house with loopback among the networks that messages may go to."""
    settings = replace(house.runtime.settings, webhook_networks=(ip_network("127.0.0.0/8"),))
    return replace(house, runtime=Clock(settings, house.runtime.tongue))


def main() -> None:
    """The URL, the data directory, the step, `before | after`, and which call; or no step, to live on."""
    url, data, *rest = sys.argv[1:]
    if rest:
        step, when, nth = rest
        die_at(*STEPS[step], int(nth), after=when == "after")
    webhooks.deliver_due(near(open_house(url, Path(data))))


if __name__ == "__main__":
    main()
