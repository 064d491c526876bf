"""The names of the house on a screen of the console."""

from __future__ import annotations

from janji.web.console.shell import Desk
from janji.workflows.naming import Names, names_of


def names(desk: Desk, *, systems: bool = True) -> Names:
    """The names of the house, in the language of the page; those of systems are read from the record."""
    return names_of(desk.house, desk.tongue.language, systems=systems)
