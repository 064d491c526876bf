"""The rules of the linter that ship with Janji, read from inside the package."""

from __future__ import annotations

from functools import cache

from janji.files.shipped import read_shipped
from janji.linter.rulebook import RuleBook, read_rules
from janji.terms.messages import N_


@cache
def load_rules() -> RuleBook:
    """The rule book. Raises `Corrupt` when a shipped file has a mistake."""
    return read_shipped(
        "janji.linter", "rules", read_rules, N_("the rules of the linter are damaged at {place}: {problem}")
    )
