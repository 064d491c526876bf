"""A policy traced: which entries rest on each clause, which clauses nothing rests on, and which entries rest on none."""

from __future__ import annotations

from dataclasses import dataclass, fields

from janji.policy.model import SECTIONS, Clause, Policy
from janji.terms.processing import ClauseKind

CARRIED = (ClauseKind.PROMISE, ClauseKind.POWER_CLAIMED)
"""The kinds of clause that some entry must carry out."""


@dataclass(frozen=True, slots=True)
class TracedClause:
    """A clause and the paths of the entries that cite it (`purposes.newsletter`), in the order of the policy."""

    clause: Clause
    entries: tuple[str, ...]

    @property
    def idle(self) -> bool:
        """Whether the clause promises or claims something and no entry carries it out."""
        return not self.entries and self.clause.kind in CARRIED


@dataclass(frozen=True, slots=True)
class Trace:
    """Every clause with its entries, the entries that rest on no clause, and the clauses cited that there are none of."""

    clauses: tuple[TracedClause, ...]
    groundless: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def idle(self) -> tuple[TracedClause, ...]:
        """The clauses that promise or claim something and that nothing rests on."""
        return tuple(item for item in self.clauses if item.idle)


def trace(policy: Policy) -> Trace:
    """Hold every entry of a policy against its clauses.

    A part of an entry (`purposes.newsletter.assessment`) rests on the clauses of the whole and needs none of its own.
    """
    cited: dict[str, list[str]] = {}
    groundless: list[str] = []
    wholes = {f"{section}.{key}" for section in SECTIONS for key in getattr(policy, section)}
    for path, entry in policy.entries():
        if isinstance(entry, Clause):
            continue
        for clause in entry.clauses:
            cited.setdefault(clause, []).append(path)
        if not entry.clauses and (path in wholes or "." not in path):
            groundless.append(path)
    for item in fields(policy.undeclared):
        if item.name != "place":
            for clause in getattr(policy.undeclared, item.name):
                cited.setdefault(clause, []).append(f"undeclared.{item.name}")
    return Trace(
        tuple(TracedClause(clause, tuple(cited.get(name, ()))) for name, clause in policy.clauses.items()),
        tuple(groundless),
        tuple(clause for clause in cited if clause not in policy.clauses),
    )

