"""The names of the house on a screen of the console."""

from __future__ import annotations

from collections.abc import Iterable

from janji.web.console.shell import Desk
from janji.workflows.naming import Names, names_of


def names(desk: Desk, *, systems: bool = True) -> Names:
    """The names of the house, in the language of the page; those of systems are read from the record."""
    return names_of(desk.house, desk.tongue.language, systems=systems)


def systems_of(desk: Desk, held: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The systems of the house, and any further ones that are held by name: each with what people call it. Before a policy is in force none is known."""
    called = names(desk) if desk.house.published is not None else None
    known = [] if called is None else list(called.systems)
    return [(name, name if called is None else called.system(name)) for name in dict.fromkeys((*known, *held))]
