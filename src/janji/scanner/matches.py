"""What a scan gives: kinds of personal data, matches that explain themselves, and which of two that overlap stays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from janji.terms.messages import N_, Message, say

SURE, LIKELY, FAIR, WEAK = 0.95, 0.8, 0.6, 0.3
"""Steps of confidence: its own check and a word beside it; its own check; its form alone; named as something else."""
LEAST = 0.5
"""A match below this confidence is not given."""


class Kind(StrEnum):
    """What the shipped recognisers find."""

    NATIONAL_ID = "national-id"
    TAX_NUMBER = "tax-number"
    CARD = "card"
    PHONE = "phone"
    EMAIL = "email"
    PASSPORT = "passport"
    PLATE = "plate"
    HEALTH = "health"
    CHILD = "child"
    BANK_ACCOUNT = "bank-account"
    HEALTH_INSURANCE = "health-insurance"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a recogniser concludes from one piece of text: its kind, how sure that is (0 to 1), and why."""

    kind: str
    confidence: float
    why: Message


class Signs(NamedTuple):
    """The same conclusion where a word beside it names it, where none does, and where one names something else.

    `name` is the bit of the words that name it (`naming`).
    """

    named: Sign
    form: Sign
    otherwise: Sign
    name: int


def signs_of(kind: Kind, name: int, what: str, named: float, form: float, otherwise: float = WEAK) -> Signs:
    """The signs of a form: `what` says what was seen, the numbers how sure each is."""
    seen = say(what)
    return Signs(
        Sign(kind, named, say(N_("{what}; a word beside it says so"), what=seen)),
        Sign(kind, form, seen),
        Sign(kind, otherwise, say(N_("{what}; but it is called something else"), what=seen)),
        name,
    )


@dataclass(frozen=True, slots=True)
class Match:
    """Personal data at `text[start:end]`: its kind, how sure that is (0 to 1), and why. It never holds the text itself."""

    kind: str
    start: int
    end: int
    confidence: float
    why: Message


Found = tuple[int, int, Sign]
"""Start and end in the folded text, and what stands there."""
_new = object.__new__
_kind, _start, _end, _confidence, _why = (vars(Match)[name].__set__ for name in Match.__slots__)


def settled(
    found: list[Found], starts: Sequence[int], removed: Mapping[int, Callable[[int, int], tuple[int, int]]], least: float = LEAST
) -> list[tuple[Match, ...]]:
    """The matches of each of several texts that were looked through as one, in order of their place, none over another.

    Read from the left: of two that overlap the more confident stays; of two as confident the longer; of two as long
    the one that begins first, and then the one that was given first. Those less confident than `least` count for nothing.
    `starts` are the places where the texts begin, and where the last ends; `removed` gives, for a text in which characters
    were left out, where a place in it was before.
    """
    results: list[tuple[Match, ...]] = [()] * (len(starts) - 1)
    number = place = end = last_end = 0
    confidence, length = 0.0, 0
    matches: list[Match] = []
    for start, after, sign in sorted(found, key=itemgetter(0)):
        if sign.confidence < least:
            continue
        if start >= end:
            results[number] = tuple(matches)
            number = bisect_right(starts, start) - 1
            place, end = starts[number], starts[number + 1]
            matches = []
        elif start < last_end:
            if (sign.confidence, after - start) <= (confidence, length):
                continue
            matches.pop()
        confidence, length, last_end = sign.confidence, after - start, after
        # In half the time of `Match(...)`, which asks for each field by name.
        match = _new(Match)
        _kind(match, sign.kind)
        _confidence(match, confidence)
        _why(match, sign.why)
        if number in removed:
            start, after = removed[number](start - place, after - place)
            _start(match, start)
            _end(match, after)
        else:
            _start(match, start - place)
            _end(match, after - place)
        matches.append(match)
    if results:
        results[number] = tuple(matches)
    return results
