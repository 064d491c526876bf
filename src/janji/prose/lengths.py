"""Lengths of time as people write them: `30 (thirty) days`, `3 x 24 jam`, `dua tahun`, `90-day`."""

from __future__ import annotations

from dataclasses import dataclass

from janji.prose.words import Words
from janji.terms.periods import Period

_UNITS = {
    "hour": "hours", "hours": "hours", "hrs": "hours", "jam": "hours",
    "day": "days", "days": "days", "hari": "days",
    "week": "weeks", "weeks": "weeks", "minggu": "weeks", "pekan": "weeks",
    "month": "months", "months": "months", "bulan": "months",
    "year": "years", "years": "years", "tahun": "years",
}  # fmt: skip
_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen",
    "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas",
)  # fmt: skip
"""Numbers as they are counted, from one."""
_NUMBERS = {word: value for words in _COUNTED for value, word in enumerate(words.split(), 1)} | {
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
    "seminggu": 1, "sebulan": 1, "setahun": 1, "sehari": 1,
}  # fmt: skip
_TENS, _TEENS = "puluh", "belas"
_WHOLE = {"seminggu": "weeks", "sebulan": "months", "setahun": "years", "sehari": "days"}
_BETWEEN = frozenset({"business", "working", "calendar", "consecutive", "full", "kerja", "kalender", "berturut"})
_TIMES = frozenset({"x", "times", "kali"})


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time and the words `[first, last)` that say it."""

    period: Period
    first: int
    last: int

    @property
    def hours(self) -> int:
        """The length in hours, a month taken as thirty days."""
        return (self.period.months * 30 + self.period.days) * 24 + self.period.hours


def lengths(words: Words) -> list[Length]:
    """Every length of time in the text, in order. An age (`18 years old`, `berusia 17 tahun`) is one too."""
    found: list[Length] = []
    items = words.items
    for at, word in enumerate(items):
        unit = _UNITS.get(word) or _WHOLE.get(word)
        if unit is None:
            continue
        first, number = (at, 1) if word in _WHOLE else _number(items, at, words.sentence(at).start)
        first, number = _times(words, first, number)
        if number:
            found.append(Length(_period(number, unit), first, at + 1))
    return found


def _times(words: Words, first: int, number: int) -> tuple[int, int]:
    """A number with another before it and a sign of multiplication between them, as in three times 24 hours."""
    before = first - 1
    if not number or before < words.sentence(first).start or not words.items[before].isdecimal():
        return first, number
    if "×" not in words.document.text[words.ends[before] : words.starts[first]]:
        return first, number
    return before, number * int(words.items[before][:3])


def number_at(words: Words, at: int) -> int:
    """The number that ends at a word, in digits or in words; 0 when there is none."""
    return _spoken(words.items, at, words.sentence(at).start)[1]


def _period(number: int, unit: str) -> Period:
    if unit == "years":
        return Period(months=number * 12)
    if unit == "weeks":
        return Period(days=number * 7)
    return Period(**{unit: number})


def _number(items: list[str], unit: int, begin: int) -> tuple[int, int]:
    """The number before a unit, and the word it begins with; 0 when there is none."""
    at = unit - 1
    while at >= begin and items[at] in _BETWEEN:
        at -= 1
    if at < begin:
        return unit, 0
    first, value = _spoken(items, at, begin)
    if not value:
        return unit, 0
    if first > begin and not items[at].isdecimal() and items[first - 1].isdecimal() and int(items[first - 1][:6]) == value:
        first -= 1
    if first - 2 >= begin and items[first - 1] in _TIMES and items[first - 2].isdecimal():
        return first - 2, value * int(items[first - 2][:3])
    return first, value


def _spoken(items: list[str], at: int, begin: int) -> tuple[int, int]:
    """A number in digits (`30`, `3x24`) or words (`tiga puluh`) that ends at a word."""
    word = items[at]
    if word.isdecimal() and word.isascii():
        return at, int(word[:6])
    left, cross, right = word.partition("x")
    if cross and left.isdecimal() and right.isdecimal() and word.isascii():
        return at, int(left[:3]) * int(right[:5])
    if word in (_TENS, _TEENS) and at > begin and items[at - 1] in _NUMBERS:
        ones = _NUMBERS[items[at - 1]]
        return at - 1, ones * 10 if word == _TENS else ones + 10
    if word in _NUMBERS and at - 1 > begin and items[at - 1] == _TENS and items[at - 2] in _NUMBERS:
        return at - 2, _NUMBERS[items[at - 2]] * 10 + _NUMBERS[word]
    return at, _NUMBERS.get(word, 0)
