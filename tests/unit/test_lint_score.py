"""The linter held against the labelled texts: not worse than it has been, and silent on clean ones."""

from __future__ import annotations

import re
import textwrap

import pytest
from tests.lint_corpus import Text, holdout, kinds, samples, texts
from tests.lint_score import score
from tests.scoring import Score

from janji.files.laws import load_law
from janji.files.published import read_published
from janji.files.rules import load_rules
from janji.linter.findings import Finding
from janji.linter.linter import lint
from janji.prose.segments import segment

COUNTED = frozenset("TSAL")
STABLE = {rule for rule, kind in kinds().items() if kind == "T"}
PLAIN = [text for text in texts() if text.path.suffix == ".txt"]


def _total(chosen: tuple[Text, ...], wanted: frozenset[str]) -> Score:
    total = Score()
    for rule, held in score(chosen).items():
        if kinds()[rule] in wanted:
            total.hits += held.hits
            total.alarms += held.alarms
            total.misses += held.misses
    return total


def _findings(text: str) -> tuple[Finding, ...]:
    book = load_rules()
    law = load_law(book.law)
    assert law is not None
    return lint(segment(text), book, law).findings


def test_precision_and_recall_over_the_corpus() -> None:
    """Of what is found, nearly all is right; of what is there, nearly all is found."""
    total = _total(texts(), COUNTED)
    assert total.hits >= 320
    assert total.precision >= 0.99, total.alarms
    assert total.recall >= 0.98, total.misses


def test_precision_and_recall_over_the_samples() -> None:
    """The texts that the repository ships are read as well as the others."""
    total = _total(samples(), COUNTED)
    assert total.precision >= 0.97, total.alarms
    assert total.recall >= 0.95, total.misses


def test_precision_and_recall_over_the_texts_held_out() -> None:
    """Texts that somebody else wrote, long and of many fields, are read nearly as well."""
    total = _total(holdout(), COUNTED)
    assert total.precision >= 0.98, total.alarms
    assert total.recall >= 0.94, total.misses


def test_no_rule_is_much_worse_than_the_others() -> None:
    """No counted rule falls below two thirds in either direction."""
    for rule, held in score().items():
        if kinds()[rule] in COUNTED:
            assert held.precision >= 0.85, (rule, held.alarms)
            assert held.recall >= 0.65, (rule, held.misses)


@pytest.mark.parametrize("text", [text for text in (*texts(), *holdout()) if text.clean], ids=lambda text: text.name)
def test_a_clean_text_has_no_finding(text: Text) -> None:
    """Not one rule speaks, whether it is sure of itself or not, except where a label says that it may."""
    allowed = {label.rule for label in (*text.optional, *text.model)}
    found = [finding for finding in _findings(read_published(text.path).text) if finding.rule not in allowed]
    assert [(finding.rule, finding.clause) for finding in found] == []


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.name)
def test_findings_are_the_same_every_time(text: Text) -> None:
    """One text has one set of findings, in one order."""
    words = read_published(text.path).text
    assert _findings(words) == _findings(words)


def _wrapped(text: str, width: int) -> str:
    """The text with each paragraph that is longer than a line wrapped anew; lists and tables are left as they are."""
    parts = re.split(r"(\n\s*\n)", text)
    return "".join(part if _is_formed(part) else textwrap.fill(" ".join(part.split()), width) for part in parts)


def _is_formed(part: str) -> bool:
    """Whether the lines of a part have a meaning of their own: white space, headings, items, rows, short lines."""
    lines = [line for line in part.splitlines() if line.strip()]
    if not lines or part.lstrip()[:1] in "|#*-(" or len(lines) == 1:
        return True
    return any(re.match(r"\s*(\(?\w{1,3}[.)]|[-*•]|\d+(\.\d+)+|\w+ \d+\b)|\s", line) for line in lines) or any(
        len(line) < 45 for line in lines[:-1]
    )


@pytest.mark.parametrize("width", [60, 72, 100])
def test_the_width_of_lines_does_not_matter(width: int) -> None:
    """Rules that look for words find the same ones however paragraphs are wrapped."""
    changed = 0
    for text in PLAIN:
        before = read_published(text.path).text
        after = _wrapped(before, width)
        changed += before != after
        rules = [{finding.rule for finding in _findings(words)} & STABLE for words in (before, after)]
        assert rules[0] == rules[1], (text.name, rules[0] ^ rules[1])
    assert changed >= 4
