"""The page of the linter: what to fix first comes first, in both languages, without barriers, on any screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.browser import barriers, browser, needs_browser, overflows, page, pressed

from janji.errors import Invalid
from janji.files.translations import load_tongue
from janji.linter.findings import Finding, Likelihood
from janji.prose.document import Document, Segment, SegmentKind
from janji.terms.messages import say
from janji.terms.processing import Severity
from janji.terms.texts import Text
from janji.workflows.lint_page import FIRST, first_of, lint_page, marked
from janji.workflows.linting import FileReport, Found, Report, Span, rules

CLAUSES = (
    "Privacy policy of the <b>Corner</b> Shop",
    "By using the shop you are deemed to have agreed to everything that stands here and elsewhere.",
    "We may use your data for any other reason, and we may give it to anybody we like, in any country. " * 3,
    "We may change this policy without notice.",
)


def document() -> Document:
    """A text with a title and three clauses."""
    text, segments = "\n\n".join(CLAUSES), []
    for number, words in enumerate(CLAUSES):
        start = text.index(words)
        end = start + len(words) + (2 if number + 1 < len(CLAUSES) else 0)
        kind = SegmentKind.CLAUSE if number else SegmentKind.HEADING
        segments.append(Segment(f"{number}" if number else "TITLE", kind, start, start + len(words), end, start))
    return Document(text, tuple(segments))


def found(held: Document, rule: str, words: str, rank: int = 100, severity: Severity = Severity.ERROR) -> Found:
    """A finding about the first place of some words, or about the text as a whole when there are none."""
    start = held.text.index(words) if words else 0
    finding = Finding(
        rule=rule, severity=severity, clause=held.at(start).id if words else "", start=start, end=start + len(words),
        message=Text((("en", f"message of `{rule}`"), ("id", f"pesan {rule}"))),
        help=Text((("en", f"help of {rule}"), ("id", f"bantuan {rule}"))), article="UU 27/2022 Art 22", rank=rank,
        suggestion=Text((("en", "A wording."), ("id", "Suatu rumusan."))), likelihood=Likelihood.MEDIUM,
    )  # fmt: skip
    return Found(finding, Span(1, 1, 1, 1), "0" * 32)


def report(*files: FileReport) -> Report:
    """A report on these files."""
    law, held = rules()
    return Report(files, held, law)


def full(name: str = "privacy.txt") -> FileReport:
    """A file in which twelve rules found something, one of them twice."""
    held = document()
    items = [found(held, f"R-{number:02}", "any other reason", 50 - number) for number in range(10)]
    items += [found(held, "R-10", "deemed to have agreed", 1), found(held, "R-11", "", 2, Severity.WARNING)]
    items += [found(held, "R-10", "without notice", 1)]
    return FileReport(name, document=held, found=tuple(sorted(items, key=lambda item: item.finding.start)))


def test_what_comes_first_is_one_a_rule_by_rank() -> None:
    """The lowest rank leads, then the heavier finding; ten at most; each rule once, with how often it was found again."""
    first = first_of(full().found)
    assert [item.finding.rule for item, _ in first] == ["R-10", "R-11", *(f"R-{number:02}" for number in range(9, 1, -1))]
    assert len(first) == FIRST
    assert [more for _, more in first][:2] == [1, 0]
    held = document()
    pair = [found(held, "A", "any", 5, Severity.INFO), found(held, "B", "any", 5, Severity.ERROR)]
    assert [item.finding.rule for item, _ in first_of(pair)] == ["B", "A"]


@given(st.text("ab ", max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_the_pieces_are_the_clause(text: str, spans: list[tuple[int, int]]) -> None:
    """The pieces put together are the clause, and exactly what lies in a span is marked."""
    pieces = marked(text, 0, len(text), spans)
    assert "".join(words for words, _ in pieces) == text
    at = 0
    for words, mark in pieces:
        inside = [any(first <= place < last for first, last in spans) for place in range(at, at + len(words))]
        assert all(inside) if mark else not any(inside)
        at += len(words)


def test_a_long_clause_is_shown_by_its_ends() -> None:
    """A clause of a million characters does not make a page of a million."""
    pieces = marked("x" * 1_000_000, 0, 1_000_000, [(500_000, 500_004)])
    assert sum(len(words) for words, _ in pieces) < 3000
    assert ("xxxx", True) in pieces


def test_the_page_escapes_the_text() -> None:
    """What the text holds is shown and never becomes a part of the page; nor does the name of a file."""
    held = document()
    file = FileReport("<i>x</i>{a}.txt", document=held, found=(found(held, "R-01", "<b>Corner</b>"),))
    text = lint_page(report(file), load_tongue("en"))
    assert "<b>Corner" not in text
    assert "<i>x" not in text
    assert "<mark>&lt;b&gt;Corner&lt;/b&gt;</mark>" in text
    assert "&lt;i&gt;x&lt;/i&gt;{a}.txt" in text


def test_the_page_says_what_it_is_not() -> None:
    """The page stands alone, says that it is no legal advice, and is the same each time."""
    one, two = (lint_page(report(full()), load_tongue(language)) for language in ("en", "id"))
    assert "no legal advice" in one
    assert "message of “R-10”" in one
    assert "bukan nasihat hukum" in two
    assert "The ten things to fix first" in one
    assert "Pasal 22" in two
    assert "message of" not in two
    assert one == lint_page(report(full()), load_tongue("en"))
    assert not [word for word in ("<script", "http://", "https://", "@import", "<link") if word in one]


def test_a_clean_text_is_told_as_such() -> None:
    """With nothing found the page says so, and that this proves little."""
    text = lint_page(report(FileReport("a.txt", document=document())), load_tongue("en"))
    assert "No rule found anything" in text
    assert "no proof" in text


FILES = {
    "one": (full(),),
    "many": (full("a-rather-long-name-of-a-folder/with-another-inside/kebijakan-privasi-pelanggan.html"),
             FileReport("bad.docx", error=Invalid(say("not a text"), say("save it"))),
             FileReport("clean.txt", document=document()), full()),
}  # fmt: skip


@needs_browser
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_has_no_barriers_and_fits(tmp_path: Path, name: str, language: str) -> None:
    """Axe finds nothing in light and dark, nothing sticks out at 320 pixels, and the order is as promised."""
    path = tmp_path / "report.html"
    path.write_text(lint_page(report(*FILES[name]), load_tongue(language)), encoding="utf-8")
    with browser() as chromium:
        for width, dark in ((1280, False), (320, True)):
            with page(chromium, path, width=width, dark=dark) as opened:
                assert barriers(opened) == []
                assert not overflows(opened)
        with page(chromium, path, script=False) as opened:
            assert opened.locator("ol.fixes").first.locator(":scope > li").count() == FIRST
            assert opened.locator("ol.fixes mark").first.inner_text() == "deemed to have agreed"
            if name == "many":
                pressed(opened, opened.get_by_role("link", name="clean.txt"))
                assert opened.url.endswith("#text-3")
