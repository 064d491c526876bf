"""Phrases: patterns over words, written as people say them, and looked for all at once in one pass over a text.

    deemed to have ..3 (agreed|consented)

is `deemed to have`, at most three words of any kind, then `agreed` or `consented`. `[...]` may be left out, `consent*`
is any word beginning so, `organi*ation` any beginning and ending so, `#` a number, `<data>` one of the phrases that a dictionary calls `data`. Letter case,
punctuation and line ends do not matter; a phrase never reaches over the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from janji.prose.words import Words

_TOKEN = re.compile(r"\.\.(\d+)|<([\w-]+)>|([\[\]()|])|(#)|([^\W_]+(?:\*[^\W_]*|\+)?|\+\d+)|((?:[\s'’/,&-]|\.(?!\.))+)|(.)", re.DOTALL)
_MOST = 20
"""A gap is at most so many words."""


class PhraseError(ValueError):
    """A phrase is not written as phrases are; says where."""


@dataclass(frozen=True, slots=True)
class _One:
    """One word out of some, or beginning as one of some."""

    exact: frozenset[str]
    prefixes: tuple[str, ...] = ()
    number: bool = False
    ends: tuple[tuple[str, str], ...] = ()
    """Beginnings and endings of words of which the middle may be anything."""

    def fits(self, word: str) -> bool:
        if word in self.exact or (self.number and word[0].isdigit()):
            return True
        if self.prefixes and word.startswith(self.prefixes):
            return True
        return bool(self.ends) and any(
            word.startswith(first) and word.endswith(last, len(first)) for first, last in self.ends
        )

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What a word can begin with, when it is none of `exact`."""
        return (*self.prefixes, *(first for first, _ in self.ends))


@dataclass(frozen=True, slots=True)
class _Gap:
    """Up to `most` words of any kind; `next` is what the word after it must fit, where that is known."""

    most: int
    next: _One | None = None


@dataclass(frozen=True, slots=True)
class _Either:
    """One of several sequences; an empty one means that it may be left out."""

    options: tuple[tuple[_Part, ...], ...]
    maybe: _One | None = None
    """Set when all that it is, is one word or none."""


_Part = _One | _Gap | _Either
Phrase = tuple[_Part, ...]
_Candidate = tuple[str, Phrase, tuple[frozenset[str], ...]]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a phrase was found: the words `[first, last)`, and the key that it was given with."""

    key: str
    first: int
    last: int


def read_phrase(text: str, dictionary: Mapping[str, tuple[Phrase, ...]] | None = None) -> Phrase:
    """The phrase written as `text`. Raises `PhraseError` when brackets do not match or a name is unknown."""
    tokens = [match for match in _TOKEN.finditer(text) if match[6] is None]
    parts, rest = _sequence(tokens, 0, dictionary or {}, text)
    if rest != len(tokens) or not parts:
        raise PhraseError(text)
    if isinstance(parts[0], _Gap):
        raise PhraseError(text)
    return parts


def _sequence(
    tokens: list[re.Match[str]], at: int, dictionary: Mapping[str, tuple[Phrase, ...]], text: str
) -> tuple[Phrase, int]:
    parts: list[_Part] = []
    while at < len(tokens):
        gap, name, mark, number, word, _, strange = tokens[at].groups()
        if strange or mark in ("|", ")", "]"):
            if strange:
                raise PhraseError(text)
            break
        at += 1
        if gap:
            parts.append(_Gap(min(int(gap), _MOST)))
        elif name:
            if name not in dictionary:
                raise PhraseError(f"{text}: <{name}>")
            parts.append(_either(dictionary[name]))
        elif number:
            parts.append(_One(frozenset(), (), number=True))
        elif word:
            parts.append(_word(word.lower()))
        else:
            part, at = _group(tokens, at, dictionary, text, mark)
            parts.append(part)
    return tuple(_sighted(part, parts[index + 1 :]) for index, part in enumerate(parts)), at


def _word(word: str) -> _One:
    """One word as it is written in a phrase, with a `*` at its end or in its middle, or without."""
    first, star, last = word.partition("*")
    if last:
        return _One(frozenset(), (), ends=((first, last),))
    return _One(frozenset(), (first,)) if star else _One(frozenset((word,)))


def _joined(ones: list[_One]) -> _One:
    """One word that is any of some."""
    return _One(
        frozenset(word for one in ones for word in one.exact),
        tuple(prefix for one in ones for prefix in one.prefixes),
        any(one.number for one in ones),
        tuple(pair for one in ones for pair in one.ends),
    )


def _sighted(part: _Part, rest: list[_Part]) -> _Part:
    """A gap that knows what it looks for."""
    if not isinstance(part, _Gap) or not rest:
        return part
    try:
        ones = list(_firsts(tuple(rest)))
    except PhraseError:
        return part
    return _Gap(part.most, _joined(ones))


def _group(
    tokens: list[re.Match[str]], at: int, dictionary: Mapping[str, tuple[Phrase, ...]], text: str, mark: str
) -> tuple[_Part, int]:
    options: list[Phrase] = []
    closing = ")" if mark == "(" else "]"
    while True:
        option, at = _sequence(tokens, at, dictionary, text)
        options.append(option)
        if at >= len(tokens):
            raise PhraseError(text)
        found = tokens[at][3]
        at += 1
        if found == closing:
            break
        if found != "|":
            raise PhraseError(text)
    if mark == "[":
        options.append(())
    return _either(options), at


def _either(options: Iterable[Phrase]) -> _Part:
    """One of several, made into a single word with choices where every option is one word."""
    options = tuple(options)
    ones = [part for option in options if len(option) == 1 for part in option if isinstance(part, _One)]
    if len(ones) == len(options):
        return _joined(ones)
    optional = len(ones) == len(options) - 1 and not options[-1]
    return _Either(options, _joined(ones) if ones and optional else None)


def _end(parts: Phrase, index: int, items: list[str], at: int, limit: int) -> int:
    """The index after the last word of the shortest match of `parts[index:]` from `at`; -1 when there is none."""
    while index < len(parts):
        part = parts[index]
        if isinstance(part, _One):
            if at >= limit or not part.fits(items[at]):
                return -1
            at += 1
            index += 1
        elif isinstance(part, _Gap):
            wanted = part.next
            for start in range(at, min(at + part.most, limit if wanted is None else limit - 1) + 1):
                if wanted is not None and not wanted.fits(items[start]):
                    continue
                found = _end(parts, index + 1, items, start, limit)
                if found >= 0:
                    return found
            return -1
        elif part.maybe is not None:
            index += 1
            if at < limit and part.maybe.fits(items[at]):
                found = _end(parts, index, items, at + 1, limit)
                if found >= 0:
                    return found
        else:
            rest = parts[index + 1 :]
            for option in part.options:
                found = _end((*option, *rest), 0, items, at, limit)
                if found >= 0:
                    return found
            return -1
    return at


@dataclass(slots=True)
class _Starts:
    """Which phrases can begin with a word, by their index: by the word, by how it begins, or with a number."""

    exact: dict[str, list[int]] = field(default_factory=dict)
    prefixes: dict[str, list[int]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)


class Phrasebook:
    """Many phrases under keys, looked for in one pass; a key may have several phrases."""

    def __init__(self, phrases: Iterable[tuple[str, Phrase]]) -> None:
        self._starts = _Starts()
        self._phrases: list[_Candidate] = []
        for index, (key, phrase) in enumerate(phrases):
            self._phrases.append((key, phrase, _needs(phrase)))
            for one in _firsts(phrase):
                for word in one.exact:
                    self._starts.exact.setdefault(word, []).append(index)
                for prefix in one.beginnings:
                    self._starts.prefixes.setdefault(prefix, []).append(index)
                if one.number:
                    self._starts.numbers.append(index)
        self._lengths = sorted({len(prefix) for prefix in self._starts.prefixes})

    def find(self, words: Words) -> list[Match]:
        """Every place where a phrase begins, in the order of the text; the shortest reading of each."""
        found: list[Match] = []
        items = words.items
        known: dict[str, list[_Candidate]] = {}
        begin = 0
        for limit in words.limits:
            said = frozenset(items[begin:limit])
            for at in range(begin, limit):
                word = items[at]
                candidates = known.get(word)
                if candidates is None:
                    candidates = known[word] = self._candidates(word)
                for key, phrase, needs in candidates:
                    if any(need.isdisjoint(said) for need in needs):
                        continue
                    end = _end(phrase, 0, items, at, limit)
                    if end >= 0:
                        found.append(Match(key, at, end))
            begin = limit
        return found

    def _candidates(self, word: str) -> list[_Candidate]:
        """The phrases that can begin with a word, with the words of which a sentence must have one each."""
        found = list(self._starts.exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._starts.prefixes.get(word[:length], ())
        if word[0].isdigit():
            found += self._starts.numbers
        return [self._phrases[index] for index in sorted(set(found))]


def _needs(phrase: Phrase) -> tuple[frozenset[str], ...]:
    """The sets of words after the first part of which every match has one; what may be left out is not asked for."""
    return tuple(part.exact for part in phrase[1:] if isinstance(part, _One) and not part.beginnings and not part.number)


def _firsts(phrase: Phrase) -> Iterator[_One]:
    """The words that a phrase can begin with. Raises `PhraseError` when it could begin with anything."""
    for index, part in enumerate(phrase):
        if isinstance(part, _One):
            yield part
            return
        if isinstance(part, _Gap):
            raise PhraseError("begins with a gap")
        empty = False
        for option in part.options:
            if option:
                yield from _firsts(option)
            else:
                empty = True
        if not empty:
            return
        if index == len(phrase) - 1:
            raise PhraseError("may be empty")
