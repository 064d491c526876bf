"""The dictionary of the importer that ships with Janji, read from inside the package."""

from __future__ import annotations

from functools import cache
from importlib import resources

from janji.errors import Corrupt
from janji.importer.words import Words, read_words
from janji.terms.messages import N_, say

_WORDS = resources.files("janji.importer") / "words.yaml"


@cache
def load_words() -> Words:
    """The words by which registers are understood. Raises `Corrupt` when the shipped file has a mistake."""
    words, diagnostics = read_words("words.yaml", _WORDS.read_bytes())
    if words is None:
        raise Corrupt(
            say(N_("the dictionary is damaged at {place}: {problem}"), place=diagnostics[0].place, problem=diagnostics[0].message),
            say(N_("install Janji again")),
        )
    return words
