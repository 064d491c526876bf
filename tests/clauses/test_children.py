"""Chapter 4: children, their guardians, and what happens to their data."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.clauses.asking import MARKETING, Sony, adult, child, cited, first, order, why

from janji.decision.standing import KnownAge
from janji.policy.model import ChildAccess
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Operation


def test_clause_4_1(sony: Sony) -> None:
    """Under 18 only what is open to children runs without a verified guardian; marketing and profiling never run."""
    children = sony.policy.children
    assert children is not None
    assert set(children.never) == MARKETING
    for purpose in sony.policy.purposes.values():
        channel = first(purpose)
        alone = sony.ask(purpose.id, channel=channel, facts=sony.willing(purpose.id, born=date(2015, 1, 1)))
        held = sony.willing(purpose.id, born=date(2015, 1, 1), guardian=True)
        guarded = sony.ask(purpose.id, channel=channel, facts=held)
        unknown = sony.ask(purpose.id, channel=channel, facts=sony.willing(purpose.id, born=None))
        if MARKETING.intersection(purpose.traits):
            assert why(alone) == why(guarded) == {"child-barred"}
            assert cited(guarded) == {"4.1"}
            assert why(unknown) == {"age-unknown"}
            assert cited(unknown) == {"4.1"}
        elif purpose.child is ChildAccess.OPEN:
            assert alone.permit
            assert guarded.permit
            assert unknown.permit
        else:
            assert why(alone) == {"child-without-guardian"}
            assert cited(alone) == {"4.1"}
            assert guarded.permit


def test_clause_4_1_to_the_day(sony: Sony) -> None:
    """A person is a child until the eighteenth birthday, by birth date where known, else by what was attested."""
    at = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    for facts, codes in (
        ({"born": date(2008, 12, 2)}, {"child-barred"}),
        ({"born": date(2008, 12, 1)}, set()),
        ({"born": date(2008, 12, 2), "age": KnownAge.ADULT}, {"child-barred"}),
        ({"born": None, "age": KnownAge.ADULT}, set()),
        ({"born": None, "age": KnownAge.CHILD}, {"child-barred"}),
    ):
        known = sony.willing("newsletters", "email", **facts)
        assert why(sony.ask("newsletters", channel="email", facts=known, at=at)) == codes


def test_clause_4_2(sony: Sony) -> None:
    """Once a child without a guardian is known of, protecting it may run and uses may not (the clock is later)."""
    for name in ("child-protection", "age-verification"):
        assert sony.ask(name, facts=child()).permit
        assert sony.policy.purposes[name].basis is LegalBasis.LEGAL_OBLIGATION
    held = child(agreements=("account", "order"))
    for name in ("account-service", "service-provision", "community-service", "delivery"):
        assert why(sony.ask(name, facts=held)) == {"child-without-guardian"}


def test_clause_4_2_a(sony: Sony) -> None:
    """Data of a child serve its protection alone and are gone three days after discovery (the erasing is later)."""
    assert sony.serves("child-data") == {"child-protection"}
    rule = sony.kept("child-protection", "child-data")
    assert (rule.trigger, rule.period, rule.then.value) == ("discovered", Period(days=3), "destroy")
    for operation in (Operation.USE, Operation.RETAIN):
        assert sony.ask("child-protection", "child-data", facts=child(), operation=operation).permit
        over = sony.ask("child-protection", "child-data", facts=child(ended=(rule.id,)), operation=operation)
        assert why(over) == {"retention-passed"}
        assert "4.2.a" in cited(over)


def test_clause_4_2_b(sony: Sony) -> None:
    """In quarantine nothing is collected, used or disclosed, for any purpose and to anybody; keeping is all."""
    for purpose in sony.policy.purposes.values():
        ready = {"instrument": order(), "authorisations": ("user-authorised-party",), "guardian": True}
        free, held = sony.willing(purpose.id, **ready), sony.willing(purpose.id, **ready, quarantined=True)
        for operation in (Operation.COLLECT, Operation.USE):
            asked = {"operation": operation, "channel": first(purpose)}
            assert sony.ask(purpose.id, facts=free, **asked).permit
            assert why(sony.ask(purpose.id, facts=held, **asked)) == {"quarantined"}
        assert sony.ask(purpose.id, facts=held, operation=Operation.RETAIN).permit
        for recipient in sony.policy.recipients.values():
            asked = {"operation": Operation.DISCLOSE, "recipient": recipient.id}
            assert "quarantined" in why(sony.ask(purpose.id, facts=held, **asked))
    assert "quarantined" in why(sony.ask("anything-else", "name", facts=adult(quarantined=True)))


def test_clause_4_2_c(sony: Sony) -> None:
    """A parent can ask before guardianship is verified; what proves it is asked, used for that and then destroyed."""
    assert "4.2.c" in sony.policy.rights["guardian-query"].clauses
    form = sony.policy.touchpoints["guardian-contact"]
    assert "4.2.c" in form.clauses
    assert "identity-evidence" in sony.fields("guardian-contact")
    assert sony.ask("child-protection", "contact-details", "identity-evidence", facts=child()).permit
    assert sony.ask("rights-handling", "request-records", facts=child()).permit
    rule = sony.kept("child-protection", "identity-evidence")
    assert (rule.period, rule.then.value) == (Period(days=1), "destroy")
    closed = sony.ask("child-protection", "identity-evidence", facts=child(ended=(rule.id,)))
    assert why(closed) == {"retention-passed"}
