"""A rights request hidden in an ordinary message: recognised by what people write in Indonesian and English, each find explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from janji.prose.document import Document, Segment, SegmentKind
from janji.prose.phrases import Phrase, Phrasebook, read_phrase
from janji.prose.words import Words, read_words
from janji.rights.spellings import plain
from janji.rights.wordings import DICTIONARY, NOT, PHRASES
from janji.terms.processing import Right

LONGEST = 20_000
"""Characters of a message that are looked at: whoever wants something says so before that."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A right that a message seems to use. `sure` tells a plain request from a hint; `spans` are the places that say so, in order.

    A hint is offered to the person; neither is ever taken for proof of who writes.
    """

    right: Right
    sure: bool
    spans: tuple[tuple[int, int], ...]


def recognise(text: str) -> tuple[Recognised, ...]:
    """The rights that a message seems to use; hints only where nothing is sure. The text that it answers (`>`) is passed over.

    Not telling one right too many matters less than missing one: who is offered a right says no to it by a click.
    """
    words = _spelt(_words(text[:LONGEST]))
    found = _book().find(words)
    barred = {place for one in found if one.key == NOT for place in range(one.first, one.last)}
    places: dict[Right, list[tuple[bool, int, int]]] = {}
    for one in found:
        strength, _, name = one.key.partition(" ")
        if not name or barred.intersection(range(one.first, one.last)):
            continue
        places.setdefault(Right(name), []).append((strength == "sure", words.starts[one.first], words.ends[one.last - 1]))
    made = [Recognised(right, any(sure for sure, *_ in held), _spans(held)) for right, held in places.items()]
    if any(one.sure for one in made):
        made = [one for one in made if one.sure]
    return tuple(sorted(_settled(made), key=lambda one: (one.spans, one.right)))


def _settled(made: list[Recognised]) -> Iterator[Recognised]:
    """What is left of rights where one says more than another: a copy to take elsewhere is no mere look, a claim no mere question."""
    sure = {one.right for one in made if one.sure}
    for one in made:
        if not any(one.right in weaker and stronger in sure and stronger is not one.right for stronger, weaker in _INSTEAD.items()):
            yield one


_INSTEAD = {
    Right.PORTABILITY: {Right.ACCESS}, Right.DESTRUCTION: {Right.DELETION, Right.ACCESS}, Right.AUTOMATED_OBJECTION: {Right.INFORMATION, Right.OBJECTION},
    Right.ACCESS: {Right.INFORMATION}, Right.WITHDRAWAL: {Right.OBJECTION},
}  # fmt: skip


def _spans(held: list[tuple[bool, int, int]]) -> tuple[tuple[int, int], ...]:
    """The places without those that lie within others."""
    spans = sorted({(start, end) for _, start, end in held}, key=lambda span: (span[0], -span[1]))
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return tuple(kept)


def _words(text: str) -> Words:
    """The words of what the writer says: lines that repeat another message are left out, and paragraphs are kept apart."""
    segments: list[Segment] = []
    at, begin = 0, -1
    for line in [*text.splitlines(keepends=True), ""]:
        own = bool(line.strip()) and not line.lstrip().startswith((">", "|"))
        if own and begin < 0:
            begin = at
        elif not own and begin >= 0:
            segments.append(Segment(str(len(segments)), SegmentKind.CLAUSE, begin, at, at, begin))
            begin = -1
        at += len(line)
    return read_words(Document(text, tuple(segments)))


def _spelt(words: Words) -> Words:
    """The words as phrases spell them; each is where its spelling was."""
    made = Words(words.document, [], [], [], [], [0] * len(words.limits), words.owners)
    for item, start, end, sentence in zip(words.items, words.starts, words.ends, words.sentences, strict=True):
        for one in plain(item, _vocabulary()):
            made.items.append(one)
            made.starts.append(start)
            made.ends.append(end)
            made.sentences.append(sentence)
        made.limits[sentence] = len(made.items)
    return made


@cache
def _vocabulary() -> frozenset[str]:
    """Every word that stands in a phrase."""
    lines = (line for held in (*DICTIONARY.values(), *PHRASES.values()) for line in held)
    return frozenset(word for line in lines for word in re.findall(r"[^\W\d_]+", line))


@cache
def _book() -> Phrasebook:
    """Every phrase, made ready once."""
    dictionary: dict[str, tuple[Phrase, ...]] = {}
    for name, lines in DICTIONARY.items():
        dictionary[name] = tuple(read_phrase(line, dictionary) for line in lines)
    read = ((key, line) for key, lines in PHRASES.items() for line in lines)
    return Phrasebook((key, read_phrase(line, dictionary)) for key, line in read)

