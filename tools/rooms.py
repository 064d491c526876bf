"""Writes the table of rooms in ARCHITECTURE.md from the code: each module, its label, and the floors it stands on."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "janji"
PAGE = ROOT / "ARCHITECTURE.md"


def floors() -> list[str]:
    """The rooms of the import contract, highest first."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = next(item["layers"] for item in contracts if item["id"] == "floors")
    return [word for layer in layers for word in layer.split(" | ") if not word.startswith("(")]


def modules() -> dict[str, Path]:
    """Every module by its name below `janji`, a package by its own name."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def stands_on(name: str, known: dict[str, Path]) -> set[str]:
    """The floors that a module imports, and each neighbour on its own floor by its full name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(known[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "janji":
            inside = (node.module or "").removeprefix("janji").strip(".")
            for alias in node.names:
                whole = f"{inside}.{alias.name}".strip(".")
                found.add(whole if whole in known else inside)
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("janji.") for alias in node.names if alias.name.startswith("janji.")}
    own = name.split(".", maxsplit=1)[0]
    return {item if item.split(".")[0] == own else item.split(".")[0] for item in found - {""}}


def table() -> str:
    """The rows of the table, from the top floor down."""
    known, order = modules(), ["", "__main__", *floors()]
    rows = []
    for name in sorted(known, key=lambda name: (order.index(name.split(".")[0]), name)):
        path = known[name]
        label = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
        written = "janji" if not name else str(path.relative_to(SOURCE)).replace("__init__.py", "")
        stands = sorted(stands_on(name, known), key=lambda item: (order.index(item.split(".")[0]), item))
        own = [item for item in stands if item.split(".")[0] == name.split(".")[0]]
        rest = [item for item in stands if item not in own]
        rows.append(f"| `{written}` | {label} | {', '.join(own + rest) or '-'} |")
    return "\n".join(rows)


def page() -> str:
    """ARCHITECTURE.md as it should be."""
    head = "| path | label | stands on |\n|---|---|---|\n"
    return re.sub(re.escape(head) + r"(?:[^\n]+\n)*", lambda _: f"{head}{table()}\n", PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
