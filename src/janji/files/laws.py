"""The law packs that ship with Janji, read from inside the package."""

from __future__ import annotations

from functools import cache
from importlib import resources

from janji.errors import Corrupt
from janji.law.format import read_law
from janji.law.model import LawPack
from janji.terms.messages import N_, say

_PACKS = resources.files("janji.law") / "packs"


def law_names() -> tuple[str, ...]:
    """The names of the packs there are, sorted."""
    return tuple(sorted(item.name.removesuffix(".yaml") for item in _PACKS.iterdir() if item.name.endswith(".yaml")))


@cache
def load_law(name: str) -> LawPack | None:
    """The pack called `name`, or `None` when there is none. Raises `Corrupt` when a shipped pack has a mistake."""
    if name not in law_names():
        return None
    pack, diagnostics = read_law(f"{name}.yaml", (_PACKS / f"{name}.yaml").read_bytes())
    if pack is None:
        first = diagnostics[0]
        raise Corrupt(
            say(
                N_("the law pack `{law}` is damaged at {place}: {problem}"),
                law=name,
                place=first.place,
                problem=first.message,
            ),
            say(N_("install Janji again")),
        )
    return pack
