"""Chapter 5: how long data are kept."""

from __future__ import annotations

from tests.clauses.asking import Sony, cited, first, why

from janji.terms.processing import Operation


def test_clause_5_1(sony: Sony) -> None:
    """Each category of each purpose has one period, trigger and action; once it ends all is denied (runs: later)."""
    for purpose in sony.policy.purposes.values():
        for category in purpose.data:
            rule = sony.kept(purpose.id, category)
            assert rule.period.at_most_days > 0
            assert rule.trigger
            assert rule.then
            asked = {"channel": first(purpose)}
            for operation in (Operation.USE, Operation.RETAIN):
                before = sony.ask(purpose.id, category, facts=sony.willing(purpose.id), operation=operation, **asked)
                over = sony.willing(purpose.id, ended=(rule.id,))
                after = sony.ask(purpose.id, category, facts=over, operation=operation, **asked)
                assert before.permit, before
                assert why(after) == {"retention-passed"}
                assert "5.1" in cited(after)
            rest = tuple(name for name in sony.policy.retention if name != rule.id)
            assert sony.ask(purpose.id, category, facts=sony.willing(purpose.id, ended=rest), **asked).permit


def test_clause_5_1_gaps(sony: Sony) -> None:
    """A purpose without a period, two periods for the same, or less than the law wants is an error."""
    uncovered = tuple(name for name in sony.policy.retention["sales"].purposes if name != "delivery")
    assert sony.found_when("retention", "sales", purposes=uncovered) == {"retention-missing"}
    assert sony.found_when("retention", "enquiries", purposes=("enquiry", "recruitment")) == {"retention-overlap"}
    short = sony.policy.retention["enquiries"].period
    assert sony.found_when("retention", "tax-records", period=short) == {"retention-below-law"}
