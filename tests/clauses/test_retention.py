"""Chapter 5: how long data are kept."""

from __future__ import annotations

from tests.clauses.asking import Sony, adult, cited, first, why

from janji.terms.periods import Period
from janji.terms.processing import Disposal, Operation


def test_clause_5_1(sony: Sony) -> None:
    """Each category of each purpose has one period, trigger and action; once it ends all is denied (runs: later)."""
    for purpose in sony.policy.purposes.values():
        for category in purpose.data:
            rule = sony.kept(purpose.id, category)
            assert rule.period.least_days > 0
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


def test_clause_5_1_minimum(sony: Sony) -> None:
    """What the law wants is compared exactly: ten years for ten years is enough, a month or a day less is not."""
    rule = sony.policy.retention["tax-records"]
    assert rule.period == Period(120) == sony.law.retention["tax-books"].minimum
    assert not sony.found_when("retention", "tax-records", period=Period(121))
    for less in (Period(119), Period(119, 27), Period(days=3650)):
        assert sony.found_when("retention", "tax-records", period=less) == {"retention-below-law"}


def test_clause_5_1_payment(sony: Sony) -> None:
    """When the sale is over payment data are neither used nor kept for it; the books keep theirs and nothing else."""
    rule = sony.kept("service-provision", "payment-information")
    assert (rule.id, rule.then) == ("payment", Disposal.DELETE)
    assert rule.note
    over = adult(agreements=("order",), ended=(rule.id,))
    for operation in (Operation.COLLECT, Operation.USE, Operation.RETAIN):
        denied = sony.ask("service-provision", "payment-information", facts=over, operation=operation)
        assert why(denied) == {"retention-passed"}
        assert sony.ask("service-provision", "products-bought", facts=over, operation=operation).permit
    send = {"operation": Operation.DISCLOSE, "recipient": "payment-provider"}
    assert why(sony.ask("service-provision", "payment-information", facts=over, **send)) == {"retention-passed"}
    for operation in (Operation.USE, Operation.RETAIN):
        assert sony.ask("legal-compliance", "payment-information", facts=over, operation=operation).permit
    assert sony.kept("legal-compliance", "payment-information").id == "tax-records"
    assert not any(one.then is Disposal.RESTRICT for one in sony.policy.retention.values())
