"""What the linter says: findings, and the rules they come from, as values in every language."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from janji.terms.processing import Severity
from janji.terms.texts import Text


class Likelihood(StrEnum):
    """How often a finding of a rule is right: a rule reads words, not minds."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the linter. `articles` names, for each law pack, what it rests on; no entry, no rule there.

    `rank` orders what to fix first: lower comes earlier.
    """

    id: str
    severity: Severity
    title: Text
    help: Text
    suggestion: Text | None = None
    articles: dict[str, str] = field(default_factory=dict, hash=False)
    likelihood: Likelihood = Likelihood.HIGH
    rank: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found: `[start, end)` in the text, the clause that holds it, and what to do about it.

    `article` is as the law pack cites it (`UU 27/2022 Art 22`; empty when the rule rests on craft alone) and
    `suggestion` a wording to start from, no legal advice. The texts are filled in in every language.
    """

    rule: str
    severity: Severity
    clause: str
    start: int
    end: int
    message: Text
    help: Text
    article: str = ""
    suggestion: Text | None = None
    likelihood: Likelihood = Likelihood.HIGH
    rank: int = 100
