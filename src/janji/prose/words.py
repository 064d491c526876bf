"""The words of a text in order, each with its place, its sentence and its segment: what phrases are looked for in."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from janji.prose.document import Document, Segment
from janji.prose.language import ABBREVIATIONS, SMALL_WORDS

HIDDEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""Characters that show nothing and can break a word in two."""

_HIDDEN = re.compile(f"[{HIDDEN}]+")
_WORD = re.compile(rf"\+?[^\W_](?:[{HIDDEN}]*[^\W_])*(?:(?<=[^\W\d_])\+(?!\w))?")
_ENDING = re.compile(r"""[.!?…]+["'”’»)\]*_]*(?=\s|$)""")


@dataclass(frozen=True)
class Words:
    """The words of a document: `items` in lower case, where each begins and ends, and the number of its sentence.

    `limits[sentence]` is the index of the word after its last; `owners[sentence]` the index of its segment. A
    sentence never leaves its segment.
    """

    document: Document
    items: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]
    limits: list[int]
    owners: list[int]
    firsts: list[int] = field(default_factory=list)

    def sentence(self, word: int) -> range:
        """The indexes of the words of the sentence that holds a word."""
        number = self.sentences[word]
        return range(self.limits[number - 1] if number else 0, self.limits[number])

    def segment_of(self, word: int) -> Segment:
        """The segment that holds a word."""
        return self.document.segments[self.owners[self.sentences[word]]]

    def within(self, start: int, end: int) -> range:
        """The indexes of the words that begin in `[start, end)` of the text."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def of(self, segment: Segment) -> range:
        """The indexes of the words of a segment, without its label."""
        return self.within(segment.body, segment.end)


def read_words(document: Document) -> Words:
    """The words of a document; characters that show nothing are left out of them."""
    text = document.text
    words = Words(document, [], [], [], [], [], [])
    sentence = -1
    for index, segment in enumerate(document.segments):
        begin = segment.body
        for stop in [*_stops(text, segment), segment.stop]:
            found = False
            for match in _WORD.finditer(text, begin, stop):
                if not found:
                    sentence += 1
                    found = True
                    words.limits.append(0)
                    words.owners.append(index)
                word = match[0].lower()
                words.items.append(word if word.isalnum() else _HIDDEN.sub("", word))
                words.starts.append(match.start())
                words.ends.append(match.end())
                words.sentences.append(sentence)
            if found:
                words.limits[-1] = len(words.items)
            begin = stop
    return words


def _stops(text: str, segment: Segment) -> list[int]:
    """Where the sentences of a segment end, the last one left out."""
    found = []
    for match in _ENDING.finditer(text, segment.body, segment.stop):
        before = text[max(segment.body, match.start() - 12) : match.start()].split()
        last = before[-1].lower().lstrip("(\"'“") if before else ""
        if match[0].startswith("...") or last in ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
            continue
        after = text[match.end() : match.end() + 3].lstrip()
        if not after or not after[0].islower():
            found.append(match.end())
    return found


def language_of(items: list[str]) -> str:
    """`en` or `id` by the small words, whichever there are more of; nothing when there is hardly a word of either."""
    counts = {language: sum(1 for word in items if word in small) for language, small in SMALL_WORDS.items()}
    most = max(counts, key=lambda language: counts[language])
    return most if counts[most] >= max(1, len(items) // 50) else ""
