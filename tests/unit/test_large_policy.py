"""A policy of ten thousand purposes is read whole, checked, compiled and asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from janji.decision.compiler import compile_policy
from janji.decision.engine import decide
from janji.decision.question import Question
from janji.decision.standing import Choice, Standing, pack
from janji.files.laws import load_law
from janji.policy.checker import check
from janji.policy.parser import parse_text

PURPOSES = 10_000
MINIMAL = Path(__file__).resolve().parent.parent.parent / "policies" / "minimal" / "policy.yaml"


def text(wrong: str = "") -> bytes:
    """The minimal policy with ten thousand further purposes; the last carries `wrong`."""
    purposes = "".join(
        f"  p{number}:\n    title: Purpose {number}\n    basis: consent\n    notice: news\n    data: [contact.email]\n"
        f"    channels: [email]\n{wrong if number == PURPOSES - 1 else ''}"
        for number in range(PURPOSES)
    )
    rule = "\nretention:\n  rest: {title: Rest, data: [contact.email], period: P1Y, trigger: end, then: delete}\n"
    held = MINIMAL.read_text(encoding="utf-8").replace("\nretention:\n", "\n" + purposes + rule)
    return held.encode()


def test_ten_thousand_purposes_are_decided() -> None:
    """The last of ten thousand purposes is permitted with consent and denied without."""
    law = load_law("id-pdp")
    checked = check(parse_text(text()), law)
    assert law is not None
    assert checked.policy is not None
    assert len(checked.policy.purposes) == PURPOSES + 2
    compiled, layout = compile_policy(checked.policy, law)
    name = f"p{PURPOSES - 1}"
    question = Question(name, ("contact.email",), datetime(2026, 11, 23, tzinfo=UTC), channel="email")
    known = Standing(consents=(Choice(purpose=name, channel="email"),))
    assert decide(compiled, question, pack(known, layout)).permit
    assert not decide(compiled, question, pack(Standing(), layout)).permit


def test_one_mistake_in_ten_thousand_is_found() -> None:
    """A mistake in the last of ten thousand purposes has its place, and no policy is given out."""
    checked = check(parse_text(text("    basis: consent\n")), load_law("id-pdp"))
    assert checked.policy is None
    assert [item.code for item in checked.diagnostics] == ["duplicate"]
    assert checked.diagnostics[0].place.line > 6 * PURPOSES
