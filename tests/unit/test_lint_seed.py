"""The linter speaks at every clause that the rules of the seed name, and hardly anywhere else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from janji.files.laws import load_law
from janji.files.rules import load_rules
from janji.linter.linter import lint
from janji.prose.segments import segment

SHARED = Path(__file__).resolve().parents[3] / "shared"
KINDS = frozenset("TSAL")
FURTHER = {"REF-03", "TRM-02", "TRM-03", "LIM-05"}
"""Rules that rightly speak at further clauses of the seed than those named."""

pytestmark = pytest.mark.skipif(
    not (SHARED / "seed" / "policy.txt").is_file(), reason="the seed stands beside the repository, where there is one"
)


@cache
def _named() -> dict[str, list[str]]:
    rules = json.loads((SHARED / "law" / "lint_rules.json").read_text(encoding="utf-8"))
    return {rule["id"]: rule["clauses"] for rule in rules if rule["kind"] in KINDS}


@cache
def _spoken() -> dict[str, set[str]]:
    """The clauses of the seed at which each rule speaks, by where its findings begin."""
    clauses: list[dict[str, Any]] = json.loads((SHARED / "seed" / "clauses.json").read_text(encoding="utf-8"))["clauses"]
    book = load_rules()
    law = load_law(book.law)
    assert law is not None
    found: dict[str, set[str]] = {}
    for finding in lint(segment((SHARED / "seed" / "policy.txt").read_text(encoding="utf-8")), book, law).findings:
        at = {clause["id"] for clause in clauses if clause["start"] <= finding.start < clause["end"]}
        found.setdefault(finding.rule, set()).update(at | {finding.clause})
    return found


def test_every_rule_speaks_at_the_clauses_it_names() -> None:
    """No clause is passed over; a rule that names the text as a whole speaks somewhere."""
    missed = {}
    for rule, clauses in _named().items():
        spoken = _spoken().get(rule, set())
        lacking = [clause for clause in clauses if clause not in spoken and not (clause in "*-" and spoken)]
        if lacking:
            missed[rule] = lacking
    assert missed == {}


def test_no_rule_speaks_at_other_clauses() -> None:
    """Only a few rules speak at more clauses than they name, and those at few."""
    book = load_rules()
    for rule, clauses in _named().items():
        if set(clauses) & {"*", "-"}:
            continue
        text = (SHARED / "seed" / "policy.txt").read_text(encoding="utf-8")
        law = load_law(book.law)
        assert law is not None
        findings = [finding for finding in lint(segment(text), book, law).findings if finding.rule == rule]
        allowed = len(clauses) + (6 if rule in FURTHER else 0)
        assert len(findings) <= allowed, (rule, [finding.clause for finding in findings])
