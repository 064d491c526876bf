"""One text as the rules see it: every phrase found once, what each clause is about, and whether it is a whole policy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from janji.law.model import LawPack
from janji.linter.rulebook import RuleBook
from janji.prose.document import Document, SegmentKind
from janji.prose.phrases import Match
from janji.prose.words import Words, language_of, read_words

_WHOLE = frozenset(
    ("collection", "purposes", "recipients", "retention", "security", "rights", "contact", "trackers", "transfers",
     "children", "changes")
)  # fmt: skip
_TOPICS, _FEWER, _LONG = 4, 3, 120
"""A text about so many of the matters of a policy is taken for a whole one; a long one, about fewer."""
_SIGNS, _SIGNS_TOGETHER, _MOST = 4, 3, 0.5
"""A section with so many signs of a topic is about it; a single clause with fewer. No section is most of a text."""
_SHORT = 300
"""In a text of fewer words the title speaks for all of it, if it is the only heading."""


@dataclass
class Reading:
    """A document read for one law: its words, the matches of every key, and the topics of every segment."""

    document: Document
    book: RuleBook
    law: LawPack
    words: Words
    matches: dict[str, list[Match]]
    topics: list[frozenset[str]]
    headings: list[frozenset[str]]
    """The topics that a segment has from the headings over it, without what its own words say."""
    sentences: dict[str, set[int]] = field(default_factory=dict)
    clauses: dict[str, set[int]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether the text is a whole policy, so that what it lacks can be told."""
        topics = len({topic for topics in self.topics for topic in topics} & _WHOLE)
        return topics >= _TOPICS or (topics >= _FEWER and len(self.words.items) >= _LONG)

    @property
    def language(self) -> str:
        """The language that most of the text is in."""
        return language_of(self.words.items)

    def in_sentence(self, key: str, word: int) -> bool:
        """Whether a phrase of `key` begins in the sentence of a word."""
        if key not in self.sentences:
            self.sentences[key] = {self.words.sentences[match.first] for match in self.matches.get(key, ())}
        return self.words.sentences[word] in self.sentences[key]

    def in_clause(self, key: str, segment: int) -> bool:
        """Whether a phrase of `key` stands in a segment."""
        if key not in self.clauses:
            self.clauses[key] = {self.segment(match.first) for match in self.matches.get(key, ())}
        return segment in self.clauses[key]

    def segment(self, word: int) -> int:
        """The index of the segment that holds a word."""
        return self.words.owners[self.words.sentences[word]]

    def span(self, match: Match) -> tuple[int, int]:
        """Where the words of a match begin and end in the text."""
        return self.words.starts[match.first], self.words.ends[match.last - 1]

    def children(self, index: int) -> list[int]:
        """The segments that hang directly from one."""
        return self._below.get(index, [])

    @property
    def _below(self) -> dict[int, list[int]]:
        if not self._cache:
            for at, segment in enumerate(self.document.segments):
                if segment.parent is not None:
                    self._cache[segment.parent].append(at)
            self._cache.setdefault(-1, [])
        return self._cache

    _cache: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def about(self, topic: str) -> Iterator[int]:
        """The segments about a topic: first the clauses that say so under a heading that does, then others under it."""
        segments = self.document.segments
        under = [at for at, held in enumerate(self.headings) if topic in held]
        clauses = [at for at in under if segments[at].kind is not SegmentKind.HEADING]
        yield from (at for at in clauses if self.in_clause(f"{topic}/clause", at))
        yield from (at for at in clauses if not self.in_clause(f"{topic}/clause", at))
        yield from (at for at, held in enumerate(self.topics) if topic in held and topic not in self.headings[at])
        yield from (at for at in under if segments[at].kind is SegmentKind.HEADING)


def read(document: Document, book: RuleBook, law: LawPack) -> Reading:
    """Look every phrase of the book up in a document, in one pass, and find out what its clauses are about."""
    words = read_words(document)
    matches: dict[str, list[Match]] = defaultdict(list)
    for match in book.phrases.find(words):
        matches[match.key].append(match)
    reading = Reading(document, book, law, words, matches, [], [])
    _find_topics(reading)
    return reading


def _find_topics(reading: Reading) -> None:
    segments = reading.document.segments
    named: list[set[str]] = [set() for _ in segments]
    said: list[set[str]] = [set() for _ in segments]
    for topic in reading.book.topics:
        for match in reading.matches.get(f"{topic}/heading", ()):
            at = reading.segment(match.first)
            if segments[at].kind is SegmentKind.HEADING:
                named[at].add(topic)
        for match in reading.matches.get(f"{topic}/clause", ()):
            said[reading.segment(match.first)].add(topic)
    _name_rows(reading, named)
    _add_signs(reading, said)
    lead = _leads(reading.document)
    sole = len(reading.words.items) < _SHORT and sum(1 for one in segments if one.kind is SegmentKind.HEADING) == 1
    for at, segment in enumerate(segments):
        if segment.kind is SegmentKind.ROW:
            said[at] |= named[at]
            named[at] = set()
        if not named[at] and segment.parent is not None:
            named[at] = named[segment.parent]
        elif not named[at] and sole and segments[0].id == "TITLE":
            named[at] = named[0]
        reading.headings.append(frozenset(named[at]) if segment.id != "TITLE" or sole else frozenset())
        over = lead[at]
        if over is not None and segment.kind is not SegmentKind.HEADING:
            said[at] |= said[over]
        reading.topics.append(reading.headings[-1] | said[at])


def _leads(document: Document) -> list[int | None]:
    """For each segment the clause that leads up to it: what an item hangs from, or what ends with a colon before it."""
    segments = document.segments
    found: list[int | None] = []
    opened: int | None = None
    for at, segment in enumerate(segments):
        over = segment.parent
        if over is not None and segments[over].kind is not SegmentKind.HEADING:
            found.append(over)
        elif segment.kind is SegmentKind.ITEM:
            found.append(opened)
        else:
            found.append(None)
            opened = at if segment.kind is SegmentKind.CLAUSE and document.words(segment).endswith(":") else None
    return found


def _add_signs(reading: Reading, said: list[set[str]]) -> None:
    """Clauses are about what their own signs, or those of their whole section, show together."""
    segments = reading.document.segments
    sections: list[int] = []
    for at, segment in enumerate(segments):
        over = segment.parent
        heading = at if segment.kind is SegmentKind.HEADING else None if over is None else sections[over]
        sections.append(-1 - at if heading is None else heading)
    sizes: Counter[int] = Counter()
    for at, segment in enumerate(segments):
        sizes[sections[at]] += segment.end - segment.start
    most = len(reading.document.text) * _MOST
    for topic in reading.book.topics.values():
        shown: dict[int, set[int]] = defaultdict(set)
        alone: dict[int, set[int]] = defaultdict(set)
        for number in range(len(topic.signs)):
            for match in reading.matches.get(f"{topic.id}/signs/{number}", ()):
                at = reading.segment(match.first)
                alone[at].add(number)
                shown[sections[at]].add(number)
        for at, section in enumerate(sections):
            if (len(shown[section]) >= _SIGNS and sizes[section] <= most) or len(alone[at]) >= _SIGNS_TOGETHER:
                said[at].add(topic.id)


def _name_rows(reading: Reading, named: list[set[str]]) -> None:
    """Every row of a table is about what its first row, the head, names."""
    segments = reading.document.segments
    for topic in reading.book.topics:
        for match in reading.matches.get(f"{topic}/heading", ()):
            at = reading.segment(match.first)
            if segments[at].kind is SegmentKind.ROW and (at == 0 or segments[at - 1].kind is not SegmentKind.ROW):
                while at < len(segments) and segments[at].kind is SegmentKind.ROW:
                    named[at].add(topic)
                    at += 1
