"""Numbers that look drawn and are worked out: the same for the same seed, place and number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_MASK = (1 << 64) - 1
_T = TypeVar("_T")


def mix(seed: int, place: int, number: int) -> int:
    """64 bits of `number` at a `place` (SplitMix64, Steele, Lea and Flood 2014)."""
    x = (seed * 0xD1B54A32D192ED03 + place * 0x8CB92BA72F3D8DD7 + (number + 1) * 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & _MASK
    return x ^ x >> 31


class Draws:
    """Choices taken from 64 bits, one after the other; for a few small ones."""

    __slots__ = ("_left",)

    def __init__(self, seed: int, place: int, number: int) -> None:
        self._left = mix(seed, place, number)

    def below(self, count: int) -> int:
        """A number from 0 to before `count`."""
        self._left, found = divmod(self._left, count)
        return found

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of several."""
        self._left, found = divmod(self._left, len(choices))
        return choices[found]

    def in_hundred(self, count: int) -> bool:
        """True in so many of a hundred cases."""
        self._left, found = divmod(self._left, 100)
        return found < count
