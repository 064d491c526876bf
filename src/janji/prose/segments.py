"""A published text cut into headings, clauses, items and rows."""

from __future__ import annotations

import re

from janji.prose.document import Document, Segment, SegmentKind

_PARAGRAPH = re.compile(r"\S.*?(?=\n\s*\n|\Z)", re.DOTALL)
_LABEL = re.compile(r"(\d+(?:\.\d+)*)\.?\s")


def segment(text: str) -> Document:
    """The segments of a text; a stand-in that makes every paragraph a clause."""
    spans = [match.span() for match in _PARAGRAPH.finditer(text)]
    segments = []
    for index, (start, stop) in enumerate(spans):
        end = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        label = _LABEL.match(text, start)
        body = label.end() if label else start
        stop = start + len(text[start:stop].rstrip())
        heading = text.startswith("# ", start)
        segments.append(Segment(
            id="TITLE" if heading else label[1] if label else f"P.{index + 1}",
            kind=SegmentKind.HEADING if heading else SegmentKind.CLAUSE,
            start=0 if index == 0 else start, stop=stop, end=end, body=min(body, stop), label=label[1] if label else "",
        ))  # fmt: skip
    return Document(text, tuple(segments))
