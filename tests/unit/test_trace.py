"""A policy traced: what rests on each clause, and what rests on nothing."""

from __future__ import annotations

from pathlib import Path

from janji.policy.parser import parse_text
from janji.policy.trace import trace
from janji.workflows.policies import open_policy

ROOT = Path(__file__).resolve().parents[2]
POLICY = b"""policy: p
version: 1
title: P
law: id-pdp
effective: 2026-01-01
controller: {name: A, country: ID, officer: {email: a@a.example}}
clauses:
  1: {kind: promise, says: One.}
  2: {kind: power-claimed, says: Two.}
  3: {kind: definition, says: Three.}
data:
  contact: {title: Contact, class: general, clauses: [1]}
  contact.email: {title: E-mail, class: general}
undeclared: {data: [1]}
"""


def test_entries_stand_under_their_clauses() -> None:
    """Every citation is found, that of `undeclared` too; only promises and powers are idle."""
    policy = parse_text(POLICY).policy
    assert policy is not None
    found = trace(policy)
    assert [(str(item.clause.id), item.entries, item.idle) for item in found.clauses] == [
        ("1", ("data.contact", "undeclared.data"), False), ("2", (), True), ("3", (), False),
    ]  # fmt: skip
    assert [str(item.clause.id) for item in found.idle] == ["2"]


def test_entries_without_a_clause_are_told_as_wholes() -> None:
    """A part is told with its whole; a name with a dot is no part of another name."""
    policy = parse_text(POLICY).policy
    assert policy is not None
    assert trace(policy).groundless == ("controller", "data.contact.email")


def test_the_large_policy_rests_on_its_clauses() -> None:
    """Every entry of the large policy cites a clause, and nothing that it promises or claims is idle."""
    policy = open_policy(ROOT / "policies" / "pt-sony-indonesia").checked.policy
    assert policy is not None
    found = trace(policy)
    assert len(found.clauses) == 104
    assert (found.groundless, found.idle, found.unknown) == ((), (), ())
