"""From text to compiled: PT Sony's policy, and one ten times its size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from figures import Figure, best_of, show

from janji.decision.compiler import compile_policy
from janji.documents.shapes import ListOf, MapOf, Record, Ref, Shape
from janji.files.laws import load_law
from janji.policy.checker import check
from janji.policy.format import LAW, POLICY
from janji.policy.parser import Parsed, parse

FOLDER = Path(__file__).resolve().parent.parent / "policies" / "pt-sony-indonesia"
TIMES = 10


def texts(folder: Path) -> dict[str, bytes]:
    """The files of a policy by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}


def read(files: dict[str, bytes]) -> Parsed:
    """Parse a policy held in memory."""
    steps = parse("policy.yaml")
    wanted = next(steps)
    while True:
        try:
            wanted = steps.send(files.get(wanted))
        except StopIteration as stop:
            parsed: Parsed = stop.value
            return parsed


def work(files: dict[str, bytes]) -> int:
    """Text to compiled policy; gives how many purposes it has."""
    law = load_law("id-pdp")
    checked = check(read(files), law)
    assert law is not None
    assert checked.policy is not None, checked.diagnostics[:3]
    compile_policy(checked.policy, law)
    return len(checked.policy.purposes)


def enlarged(files: dict[str, bytes]) -> dict[str, bytes]:
    """The policy with every section held ten times, each copy under names of its own that refer to each other."""
    made = dict(files)
    for copy in range(1, TIMES):
        for name, data in files.items():
            held = yaml.load(data, Loader=yaml.CBaseLoader)  # noqa: S506  # the base loader makes words only
            again = {
                key: {f"{entry}-x{copy}": _renamed(item, shape.item, f"-x{copy}") for entry, item in value.items()}
                for key, value in held.items()
                if isinstance(shape := POLICY.fields[key].shape, MapOf)
            }
            made[f"x{copy}-{name}"] = yaml.dump(again, Dumper=yaml.CSafeDumper, allow_unicode=True).encode()
    first = yaml.load(files["policy.yaml"], Loader=yaml.CBaseLoader)  # noqa: S506  # as above
    first["include"] = [name for name in made if name != "policy.yaml"]
    made["policy.yaml"] = yaml.dump(first, Dumper=yaml.CSafeDumper, allow_unicode=True).encode()
    return made


def _renamed(value: Any, shape: Shape, suffix: str) -> Any:
    if isinstance(shape, Ref) and not shape.section.startswith(LAW):
        return value + suffix
    if isinstance(shape, ListOf):
        return [_renamed(item, shape.item, suffix) for item in value]
    if isinstance(shape, MapOf):
        return {key: _renamed(item, shape.item, suffix) for key, item in value.items()}
    if isinstance(shape, Record):
        return {key: _renamed(item, shape.fields[key].shape, suffix) for key, item in value.items()}
    return value


def measure() -> list[Figure]:
    """Both sizes, and how the time grows with the size."""
    files = texts(FOLDER)
    large = enlarged(files)
    purposes, many = work(files), work(large)
    assert many == TIMES * purposes
    one = best_of(lambda: work(files))
    ten = best_of(lambda: work(large), 3)
    return [
        Figure("compile PT Sony's policy", one, "s", f"0.3 s, {purposes} purposes", one / 0.3, "<= 1 x", one <= 0.3),
        Figure("compile ten times its size", ten, "s", f"3 s, {many} purposes", ten / 3, "<= 1 x", ten <= 3),
        Figure("ten times the size takes", ten / one, "times", "one", ten / one, "(shown)", True),
    ]  # fmt: skip


if __name__ == "__main__":
    show(measure())
