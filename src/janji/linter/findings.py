"""What the linter says: findings, and the rules they come from, as values in every language."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from janji.terms.places import NOWHERE, Place
from janji.terms.processing import Severity
from janji.terms.texts import Text


class Likelihood(StrEnum):
    """How often a finding of a rule is right: a rule reads words, not minds."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Once(StrEnum):
    """How often a rule speaks: for each clause, for the clauses under one lead, or once for the text."""

    CLAUSE = "clause"
    LEAD = "lead"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that a text must say: what it is called, and the phrases of which one says it.

    Where `topics` or `beside` are given, the phrase counts only in a clause about one of these topics, or with one of
    those phrases in the same clause; never in a sentence with one of `unless`.
    """

    id: str
    title: Text
    find: tuple[str, ...]
    beside: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the linter. `articles` names, for each law pack, what it rests on (`-` for craft alone).

    A law pack that is not named there does not have the rule. `rank` orders what to fix first: lower comes earlier.

    A rule finds `find` (and `always`, whatever the text has or lacks elsewhere), in clauses about one of `topics` and none of `not_topics`, where the sentence also has one of
    `beside` and none of `unless`, the clause one of `clause_has` and none of `clause_lacks`, the text one of
    `text_has` and none of `text_lacks`. Or it misses `parts`, when the text is about `when`, and then speaks at the
    first clause that `find` meets or that is about one of `near`; in an excerpt it misses nothing, unless `in_excerpts`
    and `find` is met. Or it is worked out by the function `check`.
    """

    id: str
    severity: Severity
    title: Text
    help: Text
    suggestion: Text | None = None
    articles: dict[str, str] = field(default_factory=dict, hash=False)
    likelihood: Likelihood = Likelihood.HIGH
    rank: int = 100
    find: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    clause_has: tuple[str, ...] = ()
    clause_lacks: tuple[str, ...] = ()
    text_has: tuple[str, ...] = ()
    text_lacks: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    not_topics: tuple[str, ...] = ()
    once: Once = Once.CLAUSE
    parts: dict[str, Part] = field(default_factory=dict, hash=False)
    near: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    in_excerpts: bool = False
    check: str = ""
    place: Place = field(default=NOWHERE, compare=False)


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
