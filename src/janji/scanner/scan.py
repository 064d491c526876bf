"""The scanner: texts folded, looked through in one go by every recogniser, and what was found put in order and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice, repeat
from operator import add
from typing import Any

from janji.scanner.folding import BARRIER, fold
from janji.scanner.look import PATTERN, look
from janji.scanner.matches import LEAST, Found, Kind, Match, settled
from janji.scanner.recognisers import SHIPPED, Ready, Recogniser, find_own, made_ready, ready_recogniser

BATCH, CHUNK = 256, 1024 * 1024
"""How many texts are looked through together, and how many characters they have together at most."""


class Scanner:
    """Recognisers made ready once. Holds nothing of what it has seen, so that threads may share it."""

    __slots__ = ("_kinds", "_least", "_own", "_ready", "_shipped")

    def __init__(self, kinds: frozenset[str], own: tuple[Ready, ...], least: float) -> None:
        self._own, self._least, self._shipped = own, least, kinds
        self._kinds = None if kinds == frozenset(SHIPPED) else kinds | {item.plain.kind for item in own}
        self._ready = _shipped()

    def scan(self, text: str) -> tuple[Match, ...]:
        """Personal data in a text, in order and none over another; offsets count its characters. Any `str` will do."""
        return self._look([text])[0]

    def scan_many(self, texts: Iterable[str]) -> Iterator[tuple[Match, ...]]:
        """What `scan` gives for each text, in their order; faster, for small texts are looked through together."""
        left = iter(texts)
        while batch := list(islice(left, BATCH)):
            if sum(map(len, batch)) <= CHUNK:
                yield from self._look(batch)
            else:
                for text in batch:
                    yield self.scan(text)

    def _look(self, texts: Sequence[str]) -> list[tuple[Match, ...]]:
        """The matches of each text, all looked through as one."""
        plain, whole = texts, BARRIER.join(texts)
        removed: dict[int, Callable[[int, int], tuple[int, int]]] = {}
        if not whole.isascii():
            plain = list(texts)
            for number, text in enumerate(texts):
                if not text.isascii():
                    folded = fold(text)
                    plain[number] = folded.text
                    if folded.removed:
                        removed[number] = folded.span
            whole = BARRIER.join(plain)
        found = self._find(whole.encode("latin-1"), plain)
        starts = list(accumulate(map(add, map(len, plain), repeat(1)), initial=0))
        return settled(found, starts, removed, self._least)

    def _find(self, text: bytes, plain: Sequence[str]) -> list[Found]:
        """What the recognisers find in the texts put together: of a kind that is wanted."""
        low = text.lower()
        found = look(self._ready, text, low) if self._shipped else []
        if self._own:
            bounds = dict(_bounds(plain))
            for own in self._own:
                found += find_own(own, text, low, bounds)
        return found if self._kinds is None else [item for item in found if item[2].kind in self._kinds]


def _bounds(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    place = 0
    for text in texts:
        yield place, place + len(text)
        place += len(text) + 1


@lru_cache(maxsize=1)
def _shipped() -> Any:
    """The pattern of all that is shipped, made ready once."""
    return made_ready(PATTERN)


def build_scanner(
    recognisers: Iterable[Kind] = SHIPPED, custom: Iterable[Recogniser] = (), least: float = LEAST
) -> Scanner:
    """A scanner of the shipped kinds named and of a company's own recognisers; matches below `least` are not given.

    Raises `ValueError` for a recogniser that `read_recognisers` would not have given.
    """
    return Scanner(frozenset(recognisers), tuple(ready_recogniser(item) for item in custom), least)
