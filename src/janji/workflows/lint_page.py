"""The report of the linter as one page: what to fix first, the counts, and every finding in the words of its clause."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from janji import __version__
from janji.errors import Diagnostic
from janji.linter.findings import Finding
from janji.prose.document import Document, Segment
from janji.terms.messages import Message, Tongue, printable
from janji.terms.processing import Severity
from janji.workflows.linting import SURE, FileReport, Found, Report

FIRST = 10
"""So many things to fix come first, one a rule."""
AROUND = 160
"""So many characters of a clause are shown on each side of the words that a finding is about."""
WHOLE = 900
"""A stretch of a clause longer than this is shown by its beginning and its end."""
_WORDS = re.compile("`([^`]+)`")
"""The text's own words in a message; a page shows them in quotation marks."""
_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}

Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is marked."""


@dataclass(frozen=True, slots=True)
class Point:
    """A finding as the page shows it: how sure it is, its words with those around them, and how many are like it."""

    finding: Finding
    sure: str
    where: int
    quote: Pieces = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with findings: its words in pieces, those marked that a finding is about."""

    id: str
    heading: str
    words: Pieces
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One file on the page."""

    name: str
    counts: dict[str, int]
    paged: bool = False
    size: int = 0
    first: tuple[Point, ...] = ()
    whole: tuple[Point, ...] = ()
    clauses: tuple[Clause, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    known: int = 0
    error: Message | None = None
    help: Message | None = None


def lint_page(report: Report, tongue: Tongue) -> str:
    """The page, whole in itself. The same report gives the same page."""
    from janji.files.templates import fill

    sections = [_section(file) for file in report.files]
    totals = {str(severity): report.count(severity) for severity in Severity}
    return fill(
        "lint.html", tongue, sections=sections, law=report.law, totals=totals, version=__version__, stale=report.stale,
        said=lambda text: _WORDS.sub("“\\1”", printable(text.get(tongue.language))),
    )  # fmt: skip


def first_of(found: Iterable[Found]) -> list[tuple[Found, int]]:
    """What to fix first, by rank, then weight, then place: one finding a rule, and how many more there are of it."""
    rules: dict[str, list[Found]] = defaultdict(list)
    for item in found:
        rules[item.finding.rule].append(item)
    heads = [(items[0], len(items) - 1) for items in rules.values()]
    heads.sort(key=lambda head: (head[0].finding.rank, _WEIGHT[head[0].finding.severity], head[0].finding.start))
    return heads[:FIRST]


def _section(file: FileReport) -> Section:
    name = printable(file.file)
    counts = {str(severity): file.count(severity) for severity in Severity}
    if file.error is not None or file.document is None:
        error = file.error
        return Section(name, counts, error=error.message if error else None, help=error.help if error else None)
    document = file.document
    by_clause: dict[int, list[Found]] = defaultdict(list)
    for item in file.found:
        by_clause[document.at(item.finding.start).start if item.finding.clause else -1].append(item)
    whole = by_clause.pop(-1, [])
    return Section(
        name, counts, file.paged, len(document.segments),
        first=tuple(_point(document, item, more) for item, more in first_of(file.found)),
        whole=tuple(_point(document, item) for item in whole),
        clauses=tuple(_clause(document, start, items) for start, items in sorted(by_clause.items())),
        notes=file.notes, known=len(file.aside),
    )  # fmt: skip


def _point(document: Document, item: Found, more: int = 0) -> Point:
    finding = item.finding
    quote: Pieces = ()
    if finding.end > finding.start:
        segment = document.at(finding.start)
        quote = quoted(document.text, segment, finding)
    return Point(finding, SURE[finding.likelihood], item.span.line, quote, more)


def quoted(text: str, segment: Segment, finding: Finding) -> Pieces:
    """The words that a finding is about, marked, with some of its clause on each side, cut between words."""
    start, end = finding.start, min(finding.end, max(segment.stop, finding.start + 1))
    left = text[segment.body : start] if segment.body < start else ""
    right = text[end : segment.stop]
    if len(left) > AROUND:
        left = "… " + left[-AROUND:].partition(" ")[2]
    if len(right) > AROUND:
        right = right[:AROUND].rpartition(" ")[0] + " …"
    return tuple(
        (printable(words), marked)
        for words, marked in ((left, False), (_short(text[start:end]), True), (right, False))
        if words
    )


def _clause(document: Document, start: int, items: list[Found]) -> Clause:
    segment = document.at(start)
    finding = items[0].finding
    heading = next((document.words(item) for item in _above(document, segment) if item.label == "" and item.level), "")
    return Clause(
        finding.clause, printable(heading[:120]),
        marked(document.text, segment.body, segment.stop, [(item.finding.start, item.finding.end) for item in items]),
        tuple(_point(document, item) for item in items),
    )  # fmt: skip


def _above(document: Document, segment: Segment) -> Iterable[Segment]:
    """What a segment hangs from, nearest first."""
    while segment.parent is not None:
        segment = document.segments[segment.parent]
        yield segment


def marked(text: str, start: int, stop: int, spans: Iterable[tuple[int, int]]) -> Pieces:
    """`[start, stop)` of a text in pieces: what lies in any of the spans is marked, and long stretches are cut short."""
    pieces: list[tuple[str, bool]] = []
    at = start
    for first, last in sorted(spans):
        first, last = max(at, first), min(last, stop)
        if first >= last:
            continue
        if first > at:
            pieces.append((_short(text[at:first]), False))
        pieces.append((_short(text[first:last]), True))
        at = last
    if at < stop:
        pieces.append((_short(text[at:stop]), False))
    return tuple((printable(words), mark) for words, mark in pieces)


def _short(words: str) -> str:
    """A stretch of text, or its beginning and its end when it is long."""
    half = WHOLE // 2
    return words if len(words) <= WHOLE else f"{words[:half]} … {words[-half:]}"
