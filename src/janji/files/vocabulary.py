"""The vocabulary that texts are read by, as it ships with Janji, read from inside the package."""

from __future__ import annotations

from functools import cache
from importlib import resources

from janji.errors import Corrupt
from janji.importer.vocabulary import Vocabulary, read_vocabulary
from janji.terms.messages import N_, say

_FILES = resources.files("janji.importer") / "vocabulary"


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary. Raises `Corrupt` when a shipped file has a mistake."""
    files = sorted((item.name, item.read_bytes()) for item in _FILES.iterdir() if item.name.endswith(".yaml"))
    vocabulary, diagnostics = read_vocabulary(files)
    if vocabulary is None:
        first = diagnostics[0]
        raise Corrupt(
            say(N_("the dictionary is damaged at {place}: {problem}"), place=first.place, problem=first.message),
            say(N_("install Janji again")),
        )
    return vocabulary
