"""PDF as plain text: the text of each page, without what stands on every page, paragraphs apart."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it ships no types

from janji.documents.tree import MAX_BYTES
from janji.errors import Invalid
from janji.terms.messages import N_, say

_EDGE = 2
"""How many lines at the top and at the bottom of a page may be what stands on every page."""
_GAP = 1.35
"""How much further apart than usual two lines are when a paragraph ends between them."""
_ENDS = (".", ":", ";", "?", "!")
"""How the last line of a page ends when its paragraph does not go on on the next."""
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[^\w]*(\d{1,4})[^\w]*(?:\d{1,4})?[^\w]*")
_MARKS = str.maketrans({"\x02": "-", "\ufffe": "-", "\x00": "", "\r": ""})


def read_pdf(name: str, data: bytes) -> tuple[str, list[int], list[int]]:
    """The text of a PDF, and for each page with text where it begins and its number.

    Raises `Invalid` when the file is no PDF, is locked, or holds pictures of pages instead of text.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _unreadable(name, error) from None
    try:
        pages = _without_edges(_pages(name, document))
    except pypdfium2.PdfiumError as error:
        raise _unreadable(name, error) from None
    finally:
        document.close()
    parts, starts, numbers, length = [], [], [], 0
    for number, lines in enumerate(pages, 1):
        if lines:
            text = "\n".join(lines) + ("\n\n" if lines[-1].endswith(_ENDS) else "\n")
            starts.append(length)
            numbers.append(number)
            parts.append(text)
            length += len(text)
    if not parts:
        raise Invalid(
            say(N_("`{path}` has no text: it holds pictures of pages"), path=name),
            say(
                N_("recognise the text first, with `ocrmypdf {path} text.pdf` for example, and give the result"),
                path=name,
            ),
        )
    return "".join(parts), starts, numbers


def _unreadable(name: str, error: pypdfium2.PdfiumError) -> Invalid:
    if "password" in str(error).lower():
        return Invalid(
            say(N_("`{path}` is locked with a password"), path=name),
            say(N_("save a copy without a password and give that")),
        )
    return Invalid(
        say(N_("`{path}` is damaged and cannot be read as a PDF"), path=name),
        say(N_("open it in a viewer, print it to a new PDF and give that")),
    )


def _pages(name: str, document: Any) -> list[list[str]]:
    """The lines of each page; an empty line stands where a paragraph ends."""
    pages, size = [], 0
    for page in document:
        held = page.get_textpage()
        try:
            text = held.get_text_range()
            size += len(text)
            if size > MAX_BYTES:
                raise Invalid(
                    say(
                        N_("the text of `{path}` is larger than {limit} MiB"),
                        path=name,
                        limit=MAX_BYTES // 1024 // 1024,
                    ),
                    say(N_("give the policy alone; a policy of this size is more than anybody reads")),
                )
            pages.append(_lines(held, text))
        finally:
            held.close()
            page.close()
    return pages


def _lines(held: Any, text: str) -> list[str]:
    tops: list[float | None] = []
    lines, at = [], 0
    measured = held.count_chars() == len(text)
    for line in text.split("\n"):
        words = line.translate(_MARKS).strip()
        if words:
            lines.append(words)
            tops.append(_baseline(held, text, at, at + len(line)) if measured else None)
        at += len(line) + 1
    gaps = [above - below if above is not None and below is not None else 0.0 for above, below in pairwise(tops)]
    usual = median([gap for gap in gaps if gap > 0] or [0.0])
    found = lines[:1]
    for gap, line in zip(gaps, lines[1:], strict=True):
        if usual and gap > _GAP * usual:
            found.append("")
        found.append(line)
    return found


def _baseline(held: Any, text: str, start: int, stop: int) -> float | None:
    """How high on the page the first letter of a line stands."""
    for index in range(start, stop):
        if not text[index].isspace():
            return float(held.get_charbox(index, loose=True)[1])
    return None


def _without_edges(pages: list[list[str]]) -> list[list[str]]:
    """The pages without the lines that stand at the top or bottom of most of them, page numbers included."""
    full = [index for index, lines in enumerate(pages) if lines]
    if len(full) < 2:
        return pages
    seen: Counter[tuple[str, int]] = Counter()
    for index in full:
        seen.update({key for at in _edges(pages[index]) for key in _keys(pages[index][at], index)})
    most = {key for key, count in seen.items() if count >= 2 and count > len(full) / 2}
    kept = []
    for index, lines in enumerate(pages):
        gone = {at for at in _edges(lines) if most.intersection(_keys(lines[at], index))}
        left = [line for at, line in enumerate(lines) if at not in gone]
        kept.append("\n".join(left).strip("\n").split("\n") if any(left) else [])
    return kept


def _edges(lines: list[str]) -> list[int]:
    """Where the first and the last lines of a page stand among its lines."""
    words = [at for at, line in enumerate(lines) if line]
    return words[:_EDGE] + words[max(_EDGE, len(words) - _EDGE) :]


def _keys(line: str, index: int) -> list[tuple[str, int]]:
    """What a line is known by on every page: its words, whatever its numbers; a bare number by its step from the page's."""
    number = _NUMBER.fullmatch(line)
    if number is not None:
        return [("", int(number[1]) - index)]
    return [(_DIGITS.sub("#", line), 0)] if any(char.isalpha() for char in line) else []
