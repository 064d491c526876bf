"""A published text as segments: headings, clauses, items and rows that cover it exactly once, in order."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum


class SegmentKind(StrEnum):
    """What a piece of a published text is, by its form."""

    HEADING = "heading"
    CLAUSE = "clause"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of the text: `[start, end)` with the white space after it, `[start, stop)` without.

    `id` is unique in its document: the path of labels (`3.1.4.b`), `P.2` for the second paragraph of the preamble,
    `H3` for a heading, `TITLE` for the title. `label` is as written (`b)`), empty when there is none. `body` is where
    the words after the label begin. `parent` is the index of the segment that it hangs from.
    """

    id: str
    kind: SegmentKind
    start: int
    stop: int
    end: int
    body: int
    label: str = ""
    level: int = 0
    parent: int | None = None


@dataclass(frozen=True)
class Document:
    """A text and its segments in order; `segments[i].end == segments[i + 1].start`, from 0 to the text's length."""

    text: str
    segments: tuple[Segment, ...]
    starts: list[int] = field(default_factory=list, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", [segment.start for segment in self.segments])

    def words(self, segment: Segment) -> str:
        """The text of a segment without its label and the white space around it."""
        return self.text[segment.body : segment.stop]

    def at(self, offset: int) -> Segment:
        """The segment that holds the character at `offset`."""
        return self.segments[max(0, bisect_right(self.starts, offset) - 1)]
