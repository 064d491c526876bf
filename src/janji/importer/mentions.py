"""What a published text speaks of: every term where it counts, what each clause is about, and what it is, legally."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from janji.importer.lists import columns, item_title, listed_name
from janji.importer.vocabulary import NOTHING, TERMS, Term, Vocabulary
from janji.prose.document import Document, SegmentKind
from janji.prose.lengths import Length, lengths
from janji.prose.phrases import Match
from janji.prose.words import Words, language_of, read_words
from janji.terms.messages import printable
from janji.terms.processing import ClauseKind
from janji.terms.texts import Text

_BLANK = re.compile(r"\[(?![xX ]?\])[A-Za-z][^\]\n(]{1,40}\](?!\()|_{4,}|<[a-z][a-z ]{2,30}>|\bX{3,}\b")
"""A place left to be filled in: `[country]`, `____`."""
_SWALLOWS = 4
"""A term of at most so many words hides shorter terms of its section inside it (`e-mail address` hides `address`)."""
_TITLE = 8
"""A clause of at most so many words without a stop, over other clauses, is a title."""
_APART = frozenset({"purposes", "actors", "claims", "mechanisms", "conditions"})
"""Sections in which one term does not hide another: their phrases are about deeds, and words serve several."""
_SHORT = 15
"""A clause of at most so many words with words of a draft is nothing but a defect."""
_ORDER = (ClauseKind.POWER_CLAIMED, ClauseKind.PROMISE, ClauseKind.USER_DUTY, ClauseKind.DEFINITION)
"""Of the kinds that a clause shows, the first one is what it is."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A term, or a statement, at `[start, end)` of the text, in the segment with an index and a sentence with a number."""

    name: str
    start: int
    end: int
    segment: int
    sentence: int


@dataclass
class Reading:
    """A text read: its terms by section, what each clause is and is about, its statements, periods and blanks.

    `topics[i]` are the topics of segment `i`, `headings[i]` those that it has from the headings over it.
    """

    document: Document
    vocabulary: Vocabulary
    words: Words
    matches: dict[str, list[Match]]
    language: str = ""
    topics: list[frozenset[str]] = field(default_factory=list)
    headings: list[frozenset[str]] = field(default_factory=list)
    found: dict[str, dict[str, list[Mention]]] = field(default_factory=dict)
    statements: list[Mention] = field(default_factory=list)
    kinds: dict[int, ClauseKind] = field(default_factory=dict)
    blanks: list[Mention] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    lengths: list[Length] = field(default_factory=list)
    said: dict[str, set[int]] = field(default_factory=dict)
    in_segment: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    in_sentence: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """By section: the terms that a segment, or a sentence, names."""
    titles: frozenset[int] = frozenset()
    """The clauses that are titles by their form: a few words without a stop, over other clauses."""
    own: dict[str, Term] = field(default_factory=dict)
    """Purposes that the text lists in words that the vocabulary does not know."""
    below: dict[int, list[int]] = field(default_factory=dict)
    """The clauses that hang from a clause."""
    last: list[int] = field(default_factory=list)
    """The number of the last sentence of each segment; -1 when it has no word."""

    def named(self, section: str, segment: int) -> list[str]:
        """The terms of a section that a segment names."""
        return self.in_segment[section].get(segment, [])

    def beside(self, section: str, sentence: int) -> list[str]:
        """The terms of a section that a sentence names."""
        return self.in_sentence[section].get(sentence, [])

    def term(self, section: str, name: str) -> Term:
        """The term of a mention: of the vocabulary, or of the text's own."""
        return self.vocabulary.terms[section].get(name) or self.own[name]

    def quote(self, mention: Mention) -> str:
        """The words of a mention, on one line."""
        return " ".join(self.document.text[mention.start : mention.end].split())

    def sentence(self, number: int) -> tuple[int, int]:
        """Where a sentence begins and ends in the text."""
        last = self.words.limits[number]
        first = self.words.limits[number - 1] if number else 0
        return self.words.starts[first], self.words.ends[last - 1]

    def saying(self, mention: Mention) -> str:
        """The sentence of a mention, on one line."""
        start, end = self.sentence(mention.sentence)
        return " ".join(self.document.text[start:end].split())

    def says(self, signal: str, sentence: int) -> bool:
        """Whether a sentence has a phrase of a key of the phrase book."""
        if signal not in self.said:
            self.said[signal] = {self.words.sentences[match.first] for match in self.matches.get(signal, ())}
        return sentence in self.said[signal]

    def above(self, segment: int) -> Iterator[int]:
        """The clauses that a segment hangs from, the nearest first; headings are passed over."""
        parent = self.document.segments[segment].parent
        while parent is not None:
            if parent in self.names:
                yield parent
            parent = self.document.segments[parent].parent

    def context(self, sentence: int) -> list[int]:
        """A sentence, and the sentences that lead to its clause."""
        above = (self.last[at] for at in self.above(self.words.owners[sentence]))
        return [sentence, *(number for number in above if number >= 0)]


def read_text(document: Document, vocabulary: Vocabulary) -> Reading:
    """Read a text cut into segments: every phrase is looked up in one pass. Never raises, whatever the text."""
    words = read_words(document)
    matches: dict[str, list[Match]] = defaultdict(list)
    for match in vocabulary.phrases.find(words):
        matches[match.key].append(match)
    reading = Reading(document, vocabulary, words, matches, language_of(words.items) or "en")
    reading.last = [-1] * len(document.segments)
    for sentence, owner in enumerate(words.owners):
        reading.last[owner] = sentence
    reading.names = _names(document)
    for at in reading.names:
        parent = document.segments[at].parent
        if parent in reading.names and parent is not None:
            reading.below.setdefault(parent, []).append(at)
    reading.lengths = lengths(words)
    reading.titles = frozenset(
        at for at in reading.below
        if len(words.of(document.segments[at])) <= _TITLE and document.words(document.segments[at]).rstrip()[-1:].isalnum()
    )  # fmt: skip
    _find_topics(reading)
    for section in TERMS:
        found = reading.found[section] = _terms(reading, section)
        if section == "purposes":
            _listed(reading, found)
        by_segment: dict[int, list[str]] = defaultdict(list)
        by_sentence: dict[int, list[str]] = defaultdict(list)
        reading.in_segment[section], reading.in_sentence[section] = by_segment, by_sentence
        for name, mentions in found.items():
            for item in mentions:
                by_sentence[item.sentence].append(name)
                if name not in by_segment[item.segment]:
                    by_segment[item.segment].append(name)
    _find_kinds(reading)
    return reading


def _names(document: Document) -> dict[int, str]:
    """The names of the clauses of the model: the ids of segments, as far as they can be names.

    A heading is no clause, save when it leads with a colon to what hangs from it.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()
    for at, segment in enumerate(document.segments):
        heading = segment.kind is SegmentKind.HEADING
        if heading and not document.words(segment).rstrip(" *_").endswith(":"):
            continue
        name = (segment.id.removeprefix("H") if heading else segment.id).replace("~", "-")
        if len(name) > 100 or name in taken or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
            name = f"clause-{at}"
        taken.add(name)
        names[at] = name
    return names


def _find_topics(reading: Reading) -> None:
    segments, words = reading.document.segments, reading.words
    named: list[set[str]] = [set() for _ in segments]
    said: list[set[str]] = [set() for _ in segments]
    for topic in reading.vocabulary.topics:
        for match in reading.matches.get(f"topic/heading/{topic}", ()):
            at = words.owners[words.sentences[match.first]]
            if (segments[at].kind is SegmentKind.HEADING or at in reading.titles) and segments[at].id != "TITLE":
                named[at].add(topic)
        for match in reading.matches.get(f"topic/clause/{topic}", ()):
            said[words.owners[words.sentences[match.first]]].add(topic)
    for at, segment in enumerate(segments):
        parent = segment.parent
        if parent is not None:
            if not named[at]:
                named[at] = named[parent]
            if parent in reading.names:
                said[at] |= said[parent]
        reading.headings.append(frozenset(named[at]))
        reading.topics.append(frozenset(named[at] | said[at]))


def _terms(reading: Reading, section: str) -> dict[str, list[Mention]]:
    """The mentions of a section's terms where they count, by term in the order of the vocabulary."""
    words = reading.words
    found: dict[str, list[Mention]] = {}
    matches = [match for name in reading.vocabulary.terms[section] for match in reading.matches.get(f"{section}/{name}", ())]
    for match in _outermost(matches, section not in _APART):
        name = match.key.partition("/")[2]
        sentence = words.sentences[match.first]
        at = words.owners[sentence]
        if name == NOTHING or at not in reading.names or not _counts(reading, section, at, sentence):
            continue
        held = found.setdefault(name, [])
        if not held or held[-1].sentence != sentence:
            held.append(Mention(name, words.starts[match.first], words.ends[match.last - 1], at, sentence))
    return {name: found[name] for name in reading.vocabulary.terms[section] if name in found}


def _listed(reading: Reading, found: dict[str, list[Mention]]) -> None:
    """Add the purposes that the text lists where the vocabulary knows none; in a table only its column of them counts."""
    document, words = reading.document, reading.words
    headers: dict[int, list[int]] = defaultdict(list)
    for match in reading.matches.get("topic/heading/purposes", ()):
        headers[words.owners[words.sentences[match.first]]].append(words.starts[match.first])
    cells = {at: (start, end) for at, start, end in columns(document, headers)}
    for name, mentions in list(found.items()):
        found[name] = [item for item in mentions if item.segment not in cells or _within(item, cells[item.segment])]
        if not found[name]:
            del found[name]
    known = {item.segment for mentions in found.values() for item in mentions}
    spans = {
        at: span for at in reading.names
        if "purposes" in reading.headings[at] and "collection" not in reading.headings[at]
        and (span := item_title(document, document.segments[at])) is not None
    }  # fmt: skip
    for at, (start, end) in sorted({**spans, **cells}.items()):
        inside = words.within(start, end)
        if at in known or at not in reading.names or not inside:
            continue
        title = " ".join(document.text[start:end].split())
        name = listed_name(title)
        if name not in reading.vocabulary.terms["purposes"]:
            reading.own.setdefault(name, Term(id=name, title=Text(((reading.language, printable(title)),))))
            found.setdefault(name, []).append(Mention(name, start, end, at, words.sentences[inside[0]]))


def _within(mention: Mention, span: tuple[int, int]) -> bool:
    return span[0] <= mention.start < span[1]


def _outermost(matches: Iterable[Match], nested: bool) -> Iterator[Match]:
    """The matches without those inside words that are no term at all, and if `nested` inside another short one."""
    reach, origin, width = -1, -1, 0
    for match in sorted(matches, key=lambda item: (item.first, -item.last, not item.key.endswith(f"/{NOTHING}"))):
        hides = match.key.endswith(f"/{NOTHING}") or (nested and match.last - match.first <= _SWALLOWS)
        inside = match.last <= reach and (match.last - match.first < width or origin < 0)
        if not inside:
            yield match
        if hides and match.last > reach:
            reach, width = match.last, match.last - match.first
            origin = -1 if match.key.endswith(f"/{NOTHING}") else match.first


def _counts(reading: Reading, section: str, segment: int, sentence: int) -> bool:
    """Whether a term of a section counts in a sentence."""
    gate = reading.vocabulary.gates.get(section)
    if gate is None:
        return True
    headings = reading.headings[segment]
    if headings.intersection(gate.never) and not headings.intersection(gate.topics):
        return False
    context = reading.context(sentence)
    for number in context[:2]:
        denied = any(reading.says(f"signal/{name}", number) for name in gate.denied)
        if denied and not reading.says("signal/except", number):
            return False
    if (not gate.topics and not gate.signals) or reading.document.segments[segment].kind is SegmentKind.ROW:
        return True
    if reading.topics[segment].intersection(gate.topics) or (gate.unknown and not headings):
        return True
    return any(reading.says(f"signal/{name}", number) for name in gate.signals for number in context)


def _find_kinds(reading: Reading) -> None:
    """What each sentence states, and what each clause is: its own kind, else that of the clause that leads to it."""
    segments, words = reading.document.segments, reading.words
    shown: dict[int, set[ClauseKind]] = defaultdict(set)
    stated: set[tuple[int, ClauseKind]] = set()
    for kind in (*_ORDER, ClauseKind.DEFECT):
        for match in reading.matches.get(f"kind/{kind}", ()):
            sentence = words.sentences[match.first]
            at = words.owners[sentence]
            if at not in reading.names or (kind is ClauseKind.DEFECT and len(words.of(segments[at])) > _SHORT):
                continue
            shown[at].add(kind)
            if (sentence, kind) not in stated:
                stated.add((sentence, kind))
                start, end = reading.sentence(sentence)
                reading.statements.append(Mention(str(kind), start, end, at, sentence))
    reading.statements.sort(key=lambda item: (item.start, item.name))
    first: dict[int, str] = {}
    for item in reading.statements:
        first.setdefault(item.segment, item.name)
    parents = {segment.parent for segment in segments}
    for at, segment in enumerate(segments):
        if at in reading.names:
            kinds = shown[at] or next((shown[above] for above in reading.above(at) if shown[above]), set())
            text = reading.document.words(segment).rstrip() if at in parents else ""
            reading.kinds[at] = ClauseKind.LEAD_IN if at in reading.titles else _kind(kinds, first.get(at, ""), text)
    for blank in _BLANK.finditer(reading.document.text):
        at = max(0, bisect_right(reading.document.starts, blank.start()) - 1)
        if at in reading.kinds and reading.last[at] >= 0:
            reading.blanks.append(Mention("blank", blank.start(), blank.end(), at, reading.last[at]))


def _kind(shown: set[ClauseKind], first: str, leading: str) -> ClauseKind:
    """What a clause is by the kinds that it shows, the first one that it shows, and its text if others hang from it."""
    if ClauseKind.DEFECT in shown:
        return ClauseKind.DEFECT
    if leading.endswith(":") and "." not in leading:
        return ClauseKind.LEAD_IN
    if first == ClauseKind.DEFINITION and not shown & {ClauseKind.POWER_CLAIMED, ClauseKind.USER_DUTY}:
        return ClauseKind.DEFINITION
    return next((kind for kind in _ORDER if kind in shown), ClauseKind.LEAD_IN)
