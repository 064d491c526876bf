"""The rules of the linter that ship with Janji, read from inside the package."""

from __future__ import annotations

from functools import cache
from importlib import resources

from janji.errors import Corrupt
from janji.linter.rulebook import RuleBook, read_rules
from janji.terms.messages import N_, say

_RULES = resources.files("janji.linter") / "rules"


@cache
def load_rules() -> RuleBook:
    """The rule book. Raises `Corrupt` when a shipped file has a mistake."""
    files = sorted((item.name, item.read_bytes()) for item in _RULES.iterdir() if item.name.endswith(".yaml"))
    book, diagnostics = read_rules(files)
    if book is None:
        first = diagnostics[0]
        raise Corrupt(
            say(N_("the rules of the linter are damaged at {place}: {problem}"), place=first.place, problem=first.message),
            say(N_("install Janji again")),
        )
    return book
