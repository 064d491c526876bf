"""Files of phrases as they are written: YAML of one shape read, and each phrase in it, with mistakes at their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from janji.documents.shapes import Reader, Record
from janji.documents.tree import read_tree
from janji.prose.phrases import Phrase, PhraseError, read_phrase
from janji.terms.messages import N_, say
from janji.terms.places import Place


def read_written(files: Iterable[tuple[str, bytes]], shape: Record, reader: Reader) -> list[Any]:
    """What the files (name and bytes each) hold, in their order; one that cannot be read is left out and reported."""
    found = []
    for name, data in files:
        tree = read_tree(name, data)
        reader.diagnostics.extend(tree.diagnostics)
        written = shape.read(tree.root, reader) if tree.root is not None else None
        if written is not None:
            found.append(written)
    return found


def written_phrase(
    line: str, reader: Reader, place: Place, dictionary: Mapping[str, tuple[Phrase, ...]] | None = None
) -> Phrase:
    """The phrase of a line; nothing when it is none, after reporting it where it stands (`place` if that is unknown)."""
    try:
        return read_phrase(line, dictionary)
    except PhraseError as error:
        reader.error("bad-phrase", say(N_("`{phrase}` is not a phrase"), phrase=error), getattr(line, "place", place))
        return ()
