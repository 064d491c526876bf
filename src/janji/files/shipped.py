"""Data files that ship with Janji, read from inside the package, from a wheel too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

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


def read_schema(name: str) -> dict[str, Any]:
    """One of the published JSON Schemas, by the name of its file; in a checkout they are beside the sources.

    Raises `Corrupt` when it is not there.
    """
    inside = resources.files("janji") / "schema"
    at = inside if inside.is_dir() else Path(__file__).parents[3] / "schema"
    try:
        found: dict[str, Any] = json.loads((at / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise Corrupt(say(N_("the schema `{name}` is missing"), name=name), say(N_("install Janji again"))) from None
    return found
