"""Chapter 7: measures of protection and training."""

from __future__ import annotations

from datetime import date

from tests.clauses.asking import AT, Sony, cited, first, why

from janji.terms.periods import Period


def test_clause_7_1(sony: Sony) -> None:
    """Technical, physical and administrative measures are listed; missing evidence is asked of a person."""
    measures = sony.policy.measures
    listed = {measure.id for measure in measures.values() if "7.1" in measure.clauses}
    assert listed == {"technical", "physical", "administrative"}
    asked = sony.warned("decision-needed")
    for measure in measures.values():
        if measure.evidence is None and measure.id != "security-training":
            assert any(f"`measures.{measure.id}`" in message for message in asked), measure.id
    rule = sony.kept("security-monitoring", "incident-records")
    assert (rule.trigger, rule.period) == ("case-closed", Period(60))
    assert sony.ask("security-monitoring", "incident-records").permit


def test_clause_7_1_b(sony: Sony) -> None:
    """The safeguards name the standards that they follow, and whether they do is asked of a person."""
    measure = sony.policy.measures["industry-safeguards"]
    assert "7.1.b" in measure.clauses
    assert measure.standard
    assert "27001" in measure.standard
    assert "27701" in measure.standard
    assert any("`measures.industry-safeguards`" in message for message in sony.warned("decision-needed"))


def test_clause_7_1_c(sony: Sony) -> None:
    """Nobody touches data for any purpose without training that has not run out (the register is later)."""
    training = sony.policy.training
    assert training is not None
    assert training.required
    assert training.every == Period(12)
    for purpose in sony.policy.purposes.values():
        asked = {"channel": first(purpose), "agent": "clerk-7"}
        never = sony.ask(purpose.id, facts=sony.willing(purpose.id), **asked)
        assert why(never) == {"agent-untrained"}
        assert cited(never) == {"7.1.c"}
        ran_out = sony.willing(purpose.id, trained_until=date(2026, 11, 30))
        assert why(sony.ask(purpose.id, facts=ran_out, **asked)) == {"agent-training-expired"}
        assert sony.ask(purpose.id, facts=sony.willing(purpose.id, trained_until=AT.date()), **asked).permit
        assert sony.ask(purpose.id, facts=sony.willing(purpose.id), channel=first(purpose)).permit
