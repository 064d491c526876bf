"""The dictionaries of the importer that ship with Janji: the vocabulary of texts, and the words of registers."""

from __future__ import annotations

from functools import cache

from janji.errors import Diagnostic
from janji.files.shipped import Files, read_shipped
from janji.importer.vocabulary import Vocabulary, read_vocabulary
from janji.importer.words import Words, read_words
from janji.terms.messages import N_

_DAMAGED = N_("the dictionary is damaged at {place}: {problem}")


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary that texts are read by. Raises `Corrupt` when a shipped file has a mistake."""
    return read_shipped("janji.importer", "vocabulary", read_vocabulary, _DAMAGED)


@cache
def load_words() -> Words:
    """The words by which registers are understood. Raises `Corrupt` when the shipped file has a mistake."""
    return read_shipped("janji.importer", "words.yaml", _read_words, _DAMAGED)


def _read_words(files: Files) -> tuple[Words | None, tuple[Diagnostic, ...]]:
    ((name, data),) = files
    return read_words(name, data)
