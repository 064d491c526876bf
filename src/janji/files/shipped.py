"""Data files that ship with Janji, read from inside the package, from a wheel too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import resources
from typing import TypeVar

from janji.errors import Corrupt, Diagnostic
from janji.terms.messages import N_, say

ValueT = TypeVar("ValueT")
Files = Iterable[tuple[str, bytes]]


def read_shipped(
    package: str, name: str, read: Callable[[Files], tuple[ValueT | None, tuple[Diagnostic, ...]]], damaged: str
) -> ValueT:
    """What `read` makes of the file `name` of a package, or of all YAML files of that folder, by name.

    Raises `Corrupt` with the message `damaged` (its holes: `place` and `problem`) when a shipped file has a mistake.
    """
    at = resources.files(package) / name
    items = [item for item in at.iterdir() if item.name.endswith(".yaml")] if at.is_dir() else [at]
    value, diagnostics = read(sorted((item.name, item.read_bytes()) for item in items))
    if value is None:
        first = diagnostics[0]
        raise Corrupt(say(damaged, place=first.place, problem=first.message), say(N_("install Janji again")))
    return value
