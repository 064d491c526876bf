"""Two texts that grew from one, joined: what only one of them changed is taken, and what both changed is shown as a clash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of lines: agreed (`mine` and `theirs` are alike), or a clash, with how `base` had it and the line of `base` that it begins at, from 1."""

    mine: str
    theirs: str
    base: str = ""
    line: int = 0

    @property
    def clash(self) -> bool:
        """Whether both changed it, each in another way."""
        return self.mine != self.theirs


def merge(base: str, mine: str, theirs: str) -> tuple[Piece, ...]:
    """The pieces of the joined text, in order. Texts are compared line by line, so an edit beside another one is a clash."""
    before, one, two = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    at = left = right = 0
    pieces: list[Piece] = []
    for start, end, first, second in _agreed(before, one, two):
        old, mine_now, theirs_now = "".join(before[at:start]), "".join(one[left:first]), "".join(two[right:second])
        if old or mine_now or theirs_now:
            pieces.append(_piece(old, mine_now, theirs_now, at + 1))
        size = end - start
        if size:
            same = "".join(before[start:end])
            pieces.append(Piece(same, same, same, start + 1))
        at, left, right = end, first + size, second + size
    return tuple(pieces)


def _piece(base: str, mine: str, theirs: str, line: int) -> Piece:
    if mine == base:
        mine = theirs
    elif theirs == base:
        theirs = mine
    return Piece(mine, theirs, base, line)


def _agreed(base: Sequence[str], one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of `base` that both have: from, to, and where each begins in the two; the last one is the end, and empty."""
    first = SequenceMatcher(None, base, one, autojunk=False).get_matching_blocks()
    second = SequenceMatcher(None, base, two, autojunk=False).get_matching_blocks()
    left = right = 0
    while left < len(first) and right < len(second):
        a, b = first[left], second[right]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield start, end, a.b + start - a.a, b.b + start - b.a
        if a.a + a.size < b.a + b.size:
            left += 1
        else:
            right += 1
    yield len(base), len(base), len(one), len(two)
