"""Whether a set is anonymous: how many rows look alike in all that could tell people apart, before it counts as that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

LEAST = 5
"""So many rows look alike at least, when nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Rows that look alike, as groups (Samarati and Sweeney 1998): how many groups and rows, the smallest, and what is too small.

    `below` are the rows in groups smaller than what is wanted. `variety` is the fewest different values of what is told about
    people in one group, where that was asked (Machanavajjhala et al. 2007): 1 tells it of everybody in it.
    """

    rows: int
    groups: int
    smallest: int
    below: int
    variety: int | None = None

    def anonymous(self, least: int, variety: int = 1) -> bool:
        """Whether nobody can be told from fewer than `least` others of the set. Nothing is anonymous by being empty of rows to ask."""
        return self.rows == 0 or (self.smallest >= least and (self.variety is None or self.variety >= variety))


def classes_of(rows: Iterable[tuple[tuple[Hashable, ...], Hashable]], least: int, sensitive: bool = False) -> Classes:
    """The groups of rows, each as what tells apart, and what is told; holds one entry a group, and what is told of it."""
    counts: Counter[tuple[Hashable, ...]] = Counter()
    told: defaultdict[tuple[Hashable, ...], set[Hashable]] = defaultdict(set)
    for apart, about in rows:
        counts[apart] += 1
        if sensitive:
            told[apart].add(about)
    sizes = counts.values()
    return Classes(
        sum(sizes), len(counts), min(sizes, default=0), sum(size for size in sizes if size < least),
        min(map(len, told.values()), default=0) if sensitive else None,
    )  # fmt: skip
