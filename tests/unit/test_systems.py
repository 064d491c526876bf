"""Systems: read with their places and names, and no decision turns on one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from janji.decision.compiler import compile_policy
from janji.decision.engine import decide
from janji.decision.layout import layout_keys
from janji.decision.question import Facts, Question
from janji.files.laws import load_law
from janji.policy.checker import check
from janji.policy.model import Policy
from janji.policy.parser import parse_text
from janji.terms.places import Place

TEXT = (Path(__file__).resolve().parents[2] / "policies" / "minimal" / "policy.yaml").read_text(encoding="utf-8")
SYSTEM = "systems:\n  crm: {title: CRM, owner: Sales, country: SG, purposes: [newsletter], data: [contact.email], decide: Who?}\n"


def read(text: str) -> Policy:
    """The policy in a text, which is sound."""
    policy = check(parse_text(text.encode()), load_law("id-pdp")).policy
    assert policy is not None
    return policy


def test_a_system_is_read() -> None:
    """Every key of a system is there, and its question is an entry's question."""
    system = read(TEXT + SYSTEM).systems["crm"]
    assert (system.owner, system.country, system.purposes, system.data) == ("Sales", "SG", ("newsletter",), ("contact.email",))
    assert system.place == Place("policy.yaml", TEXT.count("\n") + 2, 3)
    assert "systems.crm" in dict(read(TEXT + SYSTEM).entries())


def test_no_decision_turns_on_a_system() -> None:
    """With and without systems, the layout and every answer are the same."""
    law = load_law("id-pdp")
    assert law is not None
    with_, without = read(TEXT + SYSTEM), read(TEXT)
    assert list(layout_keys(with_, law)) == list(layout_keys(without, law))
    (one, layout), (other, _) = compile_policy(with_, law), compile_policy(without, law)
    question = Question("newsletter", ("contact.email",), datetime(2026, 11, 23, tzinfo=UTC), channel="email")
    for bits in range(2 ** min(layout.version, 10)):
        first, second = decide(one, question, Facts(bits)), decide(other, question, Facts(bits))
        assert (first.permit, first.reasons) == (second.permit, second.reasons)
