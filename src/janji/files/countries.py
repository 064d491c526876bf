"""The names of countries and of languages that ship with Janji, by the codes that policies and records use."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from janji.terms.texts import Text


@cache
def load_countries() -> dict[str, Text]:
    """The name of every country in every language that Janji speaks, by its ISO 3166-1 code."""
    return _names("countries.yaml")


@cache
def load_languages() -> dict[str, Text]:
    """The name of every language that Janji speaks, in each of them, by its BCP 47 code."""
    return _names("languages.yaml")


def _names(file: str) -> dict[str, Text]:
    held = yaml.load((resources.files("janji.files") / file).read_bytes(), Loader=yaml.CSafeLoader)
    return {code: Text(tuple(names.items())) for code, names in held.items()}
