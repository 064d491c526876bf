"""The linter held against the labelled texts: hits, misses and false alarms, rule by rule.

`python -m tests.lint_score` prints the table; with `--show`, each difference with its words; with `--holdout`, of the
held-out texts; with `--fresh`, of the texts that came last.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.lint_corpus import Label, Text, flat, fresh, holdout, kinds, span, texts
from tests.scoring import Score

from janji.files.laws import load_law
from janji.files.published import read_published
from janji.files.rules import load_rules
from janji.linter.findings import Finding
from janji.linter.linter import lint
from janji.prose.document import Document
from janji.prose.segments import segment

ANYWHERE = {"META-01", "META-02", "TRM-01", "VAG-01", "LIM-05"}
"""Rules that are counted once for a text, wherever they speak."""


def anywhere(rule: str) -> bool:
    """Whether a finding of the rule counts wherever in the text it is."""
    return rule in ANYWHERE or kinds().get(rule) in ("A", "L")


def score(chosen: tuple[Text, ...] | None = None) -> dict[str, Score]:
    """The score of every rule over the texts; rules that need a model are scored on their own labels."""
    found: dict[str, Score] = {}
    for text in chosen if chosen is not None else texts():
        for rule, hit, line in _differences(text):
            held = found.setdefault(rule, Score())
            if hit == "hit":
                held.hits += 1
            else:
                (held.alarms if hit == "alarm" else held.misses).append(line)
    return dict(sorted(found.items()))


def _differences(text: Text) -> Iterator[tuple[str, str, str]]:
    document = segment(read_published(text.path).text)
    book = load_rules()
    law = load_law(book.law)
    assert law is not None
    findings = lint(document, book, law).findings
    wanted = list(text.findings) + list(text.model)
    for rule in sorted({item.rule for item in findings} | {label.rule for label in wanted}):
        mine = [item for item in findings if item.rule == rule]
        labels = [label for label in wanted if label.rule == rule]
        spare = [label for label in text.optional if label.rule == rule]
        near = [label for label in text.near_misses if label.rule == rule]
        yield from _one_rule(text, document, rule, mine, labels, spare, near)


def _one_rule(
    text: Text, document: Document, rule: str, mine: list[Finding], labels: list[Label], spare: list[Label],
    near: list[Label],
) -> Iterator[tuple[str, str, str]]:  # fmt: skip
    wrong = [item for item in mine if any(_in_block(document, item, label) for label in near)]
    for item in wrong:
        yield rule, "alarm", f"{text.name}: near miss: {_quote(document, item)}"
    mine = [item for item in mine if item not in wrong]
    if anywhere(rule):
        if labels:
            yield rule, "hit" if mine else "miss", f"{text.name}: {labels[0].quote or labels[0].near} {labels[0].note}"
        elif not spare:
            for item in mine[:1]:
                yield rule, "alarm", f"{text.name}: {_quote(document, item)} | {item.message.get('en')}"
        return
    used: set[int] = set()
    for label in labels:
        at = next((n for n, item in enumerate(mine) if _in_block(document, item, label)), None)
        used |= {n for n, item in enumerate(mine) if _in_block(document, item, label)}
        yield rule, "miss" if at is None else "hit", f"{text.name}: {label.quote or label.near}"
    for n, item in enumerate(mine):
        if n not in used and not any(_in_block(document, item, label) for label in spare):
            yield rule, "alarm", f"{text.name}: {_quote(document, item)}"


def _in_block(document: Document, item: Finding, label: Label) -> bool:
    """Whether a finding lies in the segment (or one of those) where the words of a label stand."""
    if not label.quote:
        return True
    try:
        start, end = span(document.text, label.quote)
    except ValueError:
        return False
    first, last = document.at(start), document.at(end - 1)
    return item.start < last.end and item.end > first.start


def _quote(document: Document, item: Finding) -> str:
    return flat(document.text[max(0, item.start - 40) : item.end + 60])[:200]


def main() -> None:
    """Print the table, and with `--show` the differences."""
    totals: dict[str, Score] = {}
    print(f"{'rule':8} kind  hits alarms misses  precision recall")
    chosen = fresh() if "--fresh" in sys.argv else holdout() if "--holdout" in sys.argv else None
    for rule, held in score(chosen).items():
        kind = kinds().get(rule, "-")
        total = totals.setdefault("M" if kind in "MH" else "TSAL", Score())
        total.hits += held.hits
        total.alarms += held.alarms
        total.misses += held.misses
        print(f"{rule:8} {kind:4} {held.hits:5} {len(held.alarms):6} {len(held.misses):6}  {held.precision:9.2f} {held.recall:6.2f}")
        if "--show" in sys.argv:
            for line in held.alarms:
                print(f"    alarm {line}")
            for line in held.misses:
                print(f"    miss  {line}")
    for name, held in totals.items():
        print(f"{name:8} all  {held.hits:5} {len(held.alarms):6} {len(held.misses):6}  {held.precision:9.2f} {held.recall:6.2f}")


if __name__ == "__main__":
    main()
