"""Every rule of the linter speaks on its positive cases and is silent on its negative ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from janji.files.laws import load_law
from janji.files.rules import load_rules
from janji.linter.linter import lint
from janji.prose.segments import segment
from janji.prose.words import language_of, read_words

CASES = Path(__file__).resolve().parents[1] / "cases" / "lint" / "rules"
RULES = sorted(load_rules().rules)
ONE_LANGUAGE = {"META-02": {"en"}, "RGT-06": {"en"}}
"""Rules that can speak in one language only."""


@cache
def _read(name: str) -> Any:
    return yaml.load((CASES / f"{name}.yaml").read_bytes(), yaml.CSafeLoader)


def written(case: str | dict[str, Any]) -> str:
    """The text of a case: as it stands, or a whole policy with parts taken out (`drop`) or put in their place (`put`)."""
    if isinstance(case, str):
        return case
    parts = dict(_read("_base")[case["base"]])
    assert set(case.get("drop", ())) | set(case.get("put", {})) <= set(parts)
    parts |= case.get("put", {})
    return "\n\n".join(part.strip() for name, part in parts.items() if name not in case.get("drop", ()))


def _spoken(case: str | dict[str, Any]) -> set[str]:
    book = load_rules()
    law = load_law(book.law)
    assert law is not None
    return {finding.rule for finding in lint(segment(written(case)), book, law).findings}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_speaks_where_it_must_and_nowhere_else(rule: str) -> None:
    """On each positive case the rule speaks, on each negative one it is silent."""
    cases = _read(rule)
    assert [case for case in cases["positive"] if rule not in _spoken(case)] == []
    assert [case for case in cases["negative"] if rule in _spoken(case)] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_cases_of_both_kinds_in_both_languages(rule: str) -> None:
    """Two cases of each kind at least, and in each language one on which the rule speaks."""
    cases = _read(rule)
    assert set(cases) == {"positive", "negative"}
    assert min(len(cases["positive"]), len(cases["negative"])) >= 2
    spoken = {language_of(read_words(segment(written(case))).items) for case in cases["positive"]}
    assert spoken - {""} >= ONE_LANGUAGE.get(rule, {"en", "id"})


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_rule_speaks_on_the_whole_policies(language: str) -> None:
    """The policies from which the cases are made are clean."""
    assert _spoken({"base": language}) == set()


def test_every_case_is_of_a_rule() -> None:
    """No case is left behind when a rule goes."""
    assert {path.stem for path in CASES.glob("*.yaml")} - {"_base"} == set(RULES)
