"""Purposes that a text lists in its own words: the items under a heading about purposes, and the column of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from janji.importer.draft import name_of
from janji.prose.document import Document, Segment, SegmentKind

_CELL = re.compile(r"[^|\t\n]+")
_HEAD = re.compile(r"[^:;(.\n]{3,80}")
_MOST = 12
"""An item of more words than this tells a story and is no title."""


def item_title(document: Document, segment: Segment) -> tuple[int, int] | None:
    """Where the title of a listed item stands: its words up to the first colon, bracket or stop, if they are few."""
    if segment.kind is not SegmentKind.ITEM:
        return None
    match = _HEAD.match(document.text, segment.body, segment.stop)
    if match is None or len(match[0].split()) > _MOST:
        return None
    return _trimmed(document.text, match.start(), match.end())


def columns(document: Document, headers: dict[int, list[int]]) -> Iterator[tuple[int, int, int]]:
    """The cells of a table under a heading: segment, start and end.

    `headers` holds, for the first rows of tables, where a word that makes a heading was found.
    """
    column: int | None = None
    before: SegmentKind | None = None
    for at, segment in enumerate(document.segments):
        if segment.kind is SegmentKind.ROW:
            if before is not SegmentKind.ROW:
                column = _column(document, segment, headers.get(at, []))
            elif column is not None:
                cells = list(_CELL.finditer(document.text, segment.start, segment.stop))
                if column < len(cells) and re.search(r"\w", cells[column][0]):
                    yield (at, *_trimmed(document.text, *cells[column].span()))
        before = segment.kind


def _column(document: Document, segment: Segment, offsets: list[int]) -> int | None:
    cells = list(_CELL.finditer(document.text, segment.start, segment.stop))
    found = [index for index, cell in enumerate(cells) for offset in offsets if cell.start() <= offset < cell.end()]
    return found[0] if found else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip(" \n*_-")), end - len(words) + len(words.rstrip(" \n*_,;-"))


def listed_name(words: str) -> str:
    """The name of an entry made of listed words."""
    return name_of(words)[:40].strip("-") or "purpose"
