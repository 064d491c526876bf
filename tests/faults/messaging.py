"""A worker that sends messages of requests, and dies at a step that it was told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.killing import die_at
from tests.people_house import Clock, open_house

from janji.delivery.mail import Postman
from janji.store import messages as store
from janji.workflows import messages
from janji.workflows.house import House

STEPS: dict[str, tuple[Any, str]] = {
    "claim": (store, "claim"), "post": (Postman, "send"), "record": (messages, "record"), "write": (store, "write"), "keep": (messages, "_keep"),
}  # fmt: skip
"""The functions at which the program can die: by name, where they are looked up."""


def writing(house: House, url: str) -> House:
    """The house with a mail server."""
    settings = replace(house.runtime.settings, mail_url=url, mail_from="privacy@example.net")
    return replace(house, runtime=Clock(settings, house.runtime.tongue))


def mortal(url: str, mail: str, data: Path, step: str, nth: int, *, after: bool) -> None:
    """Send what is due in the house at `url` by the mail server at `mail`, and die before or after the nth call of a step."""
    die_at(*STEPS[step], nth, after=after)
    house = writing(open_house(url, data), mail)
    while messages.work(house):
        pass
