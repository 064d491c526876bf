"""The names of countries that ship with Janji, by the codes that policies use."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from janji.terms.texts import Text


@cache
def load_countries() -> dict[str, Text]:
    """The name of every country in every language that Janji speaks, by its ISO 3166-1 code."""
    written = (resources.files("janji.files") / "countries.yaml").read_bytes()
    held = yaml.load(written, Loader=yaml.CSafeLoader)
    return {code: Text(tuple(names.items())) for code, names in held.items()}
