"""A decision in sentences: each reason with the clause in our words, the law behind it, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass

from janji.decision.compiler import CompiledPolicy
from janji.decision.engine import facts_needed
from janji.decision.question import Decision, Reason
from janji.decision.reasons import GROUNDS, KINDS
from janji.law.model import Rule
from janji.policy.model import Clause
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis


@dataclass(frozen=True, slots=True)
class Point:
    """One reason at length. `unsure` says that the rule of law was not read in the law's own words."""

    reason: Reason
    clauses: tuple[Clause, ...]
    rule: Rule
    help: Message

    @property
    def unsure(self) -> bool:
        """Whether the rule of law must be shown as unsure."""
        return self.rule.unsure


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision at length: its points, and the facts that the answer turned on (entries of the layout)."""

    decision: Decision
    points: tuple[Point, ...]
    facts: tuple[str, ...]


def explain(policy: CompiledPolicy, decision: Decision) -> Explanation:
    """The explanation of a decision made under `policy`; needs nothing but the two."""
    points = tuple(_point(policy, reason) for reason in decision.reasons)
    return Explanation(decision, points, tuple(sorted(facts_needed(policy, decision.question))))


def _point(policy: CompiledPolicy, reason: Reason) -> Point:
    clauses = tuple(clause for name in reason.clauses if (clause := policy.policy.clauses.get(name)) is not None)
    if reason.code in KINDS:
        kind = KINDS[reason.code]
        return Point(reason, clauses, policy.law.citations[kind.topic], say(kind.help))
    topic, _ = GROUNDS[LegalBasis(reason.code.removeprefix("basis-"))]
    return Point(
        reason,
        clauses,
        policy.law.citations[topic],
        say(N_("the answer changes when the facts it turned on change; ask again before each use")),
    )
