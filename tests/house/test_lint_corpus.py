"""The labelled texts by which the linter is judged are sound: known rules, true quotations, fair spread."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.lint_corpus import SAMPLES, Label, Text, flat, fresh, holdout, kinds, samples, span, texts, visible

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT.parent / "shared" / "seed" / "policy.txt"
COUNTED = {rule for rule, kind in kinds().items() if kind in "TSAL"}
ALL = pytest.mark.parametrize("text", [*texts(), *samples(), *holdout(), *fresh()], ids=lambda text: text.name)


def _marks(text: Text) -> list[Label]:
    return [*text.findings, *text.optional, *text.model, *text.near_misses]


def _sentences(text: str) -> set[str]:
    parts = re.split(r"[.;:]\s|\n\s*\n", text)
    return {flat(part).lower() for part in parts if len(part.split()) > 7}


@ALL
def test_every_label_is_true(text: Text) -> None:
    """A label names a rule that exists, and quotes words that stand in the text exactly once."""
    assert {label.rule for label in _marks(text)} <= set(kinds())
    assert {label.rule for label in (*text.findings, *text.optional, *text.near_misses)} <= COUNTED
    assert {kinds()[label.rule] for label in text.model} <= {"M"}
    assert text.language in {"en", "id"}
    for label in _marks(text):
        for words in filter(None, (label.quote, label.near)):
            first, last = span(visible(text.path), words)
            assert flat(visible(text.path)[first:last]) == flat(words)


@ALL
def test_only_absences_have_no_place(text: Text) -> None:
    """What is found has a quotation; what lacks may have none; excerpts lack nothing."""
    for label in text.findings:
        if not label.quote:
            assert kinds()[label.rule] in "AL", label
            assert text.whole, label


@ALL
def test_no_label_contradicts_another(text: Text) -> None:
    """No place is both found and a near miss of one rule, and no label is written twice."""
    places = [(label.rule, label.quote or label.near) for label in _marks(text)]
    assert [place for place, count in Counter(places).items() if count > 1] == []
    body = visible(text.path)
    for miss in text.near_misses:
        for label in text.findings:
            if label.rule == miss.rule and label.quote and miss.quote:
                (a, b), (c, d) = span(body, miss.quote), span(body, label.quote)
                assert b <= c or d <= a, (miss, label)


@ALL
def test_absences_are_told_once(text: Text) -> None:
    """An absence rule speaks at most once of a text, and has no near miss where it speaks."""
    found = Counter(label.rule for label in text.findings if kinds()[label.rule] == "A")
    assert [rule for rule, count in found.items() if count > 1] == []
    assert set(found) & {label.rule for label in text.near_misses} == set()


@pytest.mark.parametrize("rule", sorted(COUNTED))
def test_every_rule_is_planted_and_nearly_missed(rule: str) -> None:
    """Each rule is found in two texts at least, and nearly missed three times at least."""
    assert sum(any(label.rule == rule for label in text.findings) for text in texts()) >= 2
    assert sum(label.rule == rule for text in texts() for label in text.near_misses) >= 3


def test_the_spread_is_fair() -> None:
    """Half the texts are in either language, a third is clean, and forms of files and excerpts are there."""
    found = texts()
    assert len(found) >= 44
    assert abs(sum(1 if text.language == "en" else -1 for text in found)) <= 4
    assert sum(text.clean for text in found) * 3 >= len(found)
    ends = Counter(text.path.suffix for text in found)
    assert ends[".md"] >= 8
    assert ends[".html"] >= 4
    assert sum(not text.whole for text in found) >= 10


def test_clean_texts_are_whole_policies() -> None:
    """A clean text of a whole policy is as long as real ones are, and has no optional finding either."""
    for text in texts():
        if text.clean and text.whole:
            assert 330 <= len(visible(text.path).split()) <= 900, text.name
            assert text.optional == (), text.name


def test_every_sample_is_labelled() -> None:
    """The texts that the repository ships have labels too."""
    assert {text.path for text in samples()} == set(SAMPLES.glob("*.txt"))


def test_the_held_out_texts_are_long_and_of_many_kinds() -> None:
    """Fourteen policies as companies publish them: long, in both languages and three forms, two of them without defect."""
    found = holdout()
    assert Counter(text.language for text in found) == {"en": 8, "id": 6}
    assert Counter(text.path.suffix for text in found) == {".txt": 8, ".html": 3, ".md": 3}
    assert all(text.whole and 900 <= len(visible(text.path).split()) <= 2500 for text in found)
    clean = [text for text in found if text.clean]
    assert [text.language for text in clean] == ["en", "id"]
    assert all(text.optional == () for text in clean)
    assert min(len(text.findings) for text in found if not text.clean) >= 10


def test_the_fresh_texts_are_of_eight_trades() -> None:
    """Eight policies, half of them in either language and in three forms, one of them without defect."""
    found = fresh()
    assert Counter(text.language for text in found) == {"en": 4, "id": 4}
    assert Counter(text.path.suffix for text in found) == {".txt": 5, ".html": 1, ".md": 2}
    assert all(text.whole and 400 <= len(visible(text.path).split()) <= 1200 for text in found)
    assert [text.optional for text in found if text.clean] == [()]
    assert min(len(text.findings) for text in found if not text.clean) >= 10


def test_common_rules_are_planted_in_both_languages() -> None:
    """All rules but those of one language are found in both."""
    for rule in COUNTED - {"META-02", "RGT-06"}:
        assert {text.language for text in texts() if any(label.rule == rule for label in text.findings)} == {"en", "id"}


@pytest.mark.skipif(not SEED.is_file(), reason="the seed stands beside the repository, where there is one")
def test_no_sentence_of_the_seed() -> None:
    """The texts were written for this corpus; none borrows a sentence."""
    seed = _sentences(SEED.read_text(encoding="utf-8"))
    for path in [*(text.path for text in (*texts(), *holdout(), *fresh())), *SAMPLES.glob("*.txt")]:
        assert _sentences(visible(path)) & seed == set(), path.name
