"""Chapter 4: children, their guardians, and what happens to their data."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.clauses.asking import MARKETING, Sony, adult, child, cited, first, order, why

from janji.decision.question import Decision
from janji.decision.standing import KnownAge
from janji.policy.model import ChildAccess
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Operation

CHILDREN = {"4.1", "4.2", "4.2.a"}
OPEN = {
    "enquiry", "complaint-handling", "rights-handling", "identity-verification",
    "age-verification", "child-protection", "content-screening", "security-monitoring",
    "legal-compliance", "authority-cooperation", "legal-claims",
}  # fmt: skip
"""What a child is heard for, what protects it, and what a duty of law asks for: open without a guardian."""
UNASKED = {
    "online-payment", "public-research", "third-person", "retailer-feed", "b2b-call", "liked-page", "site-scripts",
    "provider-scripts", "service-logs", "connected-product", "third-party-sites", "email-beacon",
}  # fmt: skip
"""Places of collection where nobody is there to be asked an age; the note of each says what stands in."""


def test_clause_4_1(sony: Sony) -> None:
    """Under 18 only what is open to children runs without a verified guardian; marketing and profiling never run."""
    children = sony.policy.children
    assert children is not None
    assert set(children.never) == MARKETING
    assert set(children.clauses) == CHILDREN
    assert {purpose.id for purpose in sony.policy.purposes.values() if purpose.child is ChildAccess.OPEN} == OPEN
    for purpose in sony.policy.purposes.values():
        channel = first(purpose)
        alone = sony.ask(purpose.id, channel=channel, facts=sony.willing(purpose.id, born=date(2015, 1, 1)))
        held = sony.willing(purpose.id, born=date(2015, 1, 1), guardian=True)
        guarded = sony.ask(purpose.id, channel=channel, facts=held)
        unknown = sony.ask(purpose.id, channel=channel, facts=sony.willing(purpose.id, born=None))
        if MARKETING.intersection(purpose.traits):
            assert why(alone) == why(guarded) == {"child-barred"}
            assert cited(guarded) == CHILDREN
            assert why(unknown) == {"age-unknown"}
            assert cited(unknown) == CHILDREN
        elif purpose.child is ChildAccess.OPEN:
            assert alone.permit
            assert guarded.permit
            assert unknown.permit
        else:
            assert why(alone) == {"child-without-guardian"}
            assert cited(alone) == CHILDREN
            assert guarded.permit


def test_clause_4_1_gates(sony: Sony) -> None:
    """Each entry point asks the age, unless all it is for is open to children; where none can be asked it is said."""
    for form in sony.policy.touchpoints.values():
        if not form.age_gate:
            assert form.id in UNASKED or set(form.purposes) <= OPEN, form.id
        else:
            assert form.id not in UNASKED
    for name in UNASKED:
        assert sony.policy.touchpoints[name].note, name
    for name in ("newsletters", "checkout-assistance", "b2b-sales", "targeted-advertising"):
        unasked = sony.willing(name, born=None)
        assert why(sony.ask(name, channel=first(sony.policy.purposes[name]), facts=unasked)) == {"age-unknown"}
    asked = sony.warned("age-gate-missing")
    assert len(asked) == 2
    assert all(any(f"`{name}`" in line for line in asked) for name in ("b2b-call", "third-party-sites"))
    assert sony.found_when("touchpoints", "marketing-communications", age_gate=False) == {"age-gate-missing"}


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
    """Once a child without a guardian is known of, protecting it may run and uses may not (the clock is on record)."""
    for name in ("child-protection", "age-verification"):
        assert sony.ask(name, facts=child()).permit
        assert sony.policy.purposes[name].basis is LegalBasis.LEGAL_OBLIGATION
    held = child(agreements=("account", "order"))
    for name in ("account-service", "service-provision", "community-service", "delivery"):
        denied = sony.ask(name, facts=held)
        assert why(denied) == {"child-without-guardian"}
        assert {"4.2", "4.2.a"} <= cited(denied)


def test_clause_4_2_protection(sony: Sony) -> None:
    """What protects a child or the law commands runs for a child without a guardian, each said why."""
    duties = ("legal-compliance", "authority-cooperation", "legal-claims")
    for name in ("content-screening", "security-monitoring", *duties):
        assert sony.ask(name, facts=child()).permit, name
        assert sony.policy.purposes[name].note
    send = {"operation": Operation.DISCLOSE, "recipient": "law-enforcement"}
    assert sony.ask("authority-cooperation", facts=child(instrument=order()), **send).permit
    assert why(sony.ask("authority-cooperation", facts=child(), **send)) == {"instrument-missing"}
    asking = child(agreements=("request",))
    assert sony.ask("identity-verification", facts=asking).permit
    assert why(sony.ask("identity-verification", facts=child())) == {"agreement-missing"}
    for name in ("fraud-investigation", "payment-fraud-check", "voucher-control", "administration"):
        assert why(sony.ask(name, facts=child())) == {"child-without-guardian"}


def test_clause_4_2_a(sony: Sony) -> None:
    """Data of a child serve its protection alone and are gone three days after discovery (the erasing is on record)."""
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
    assert sony.policy.quarantine is not None
    assert sony.policy.quarantine.note
    ready = {"instrument": order(), "authorisations": ("user-authorised-party",), "guardian": True}
    sent = set()
    for purpose in sony.policy.purposes.values():
        free, held = sony.willing(purpose.id, **ready), sony.willing(purpose.id, **ready, quarantined=True)
        asked = {"channel": first(purpose)}
        for operation in (Operation.COLLECT, Operation.USE):
            assert sony.ask(purpose.id, facts=free, operation=operation, **asked).permit
            _quarantined(sony.ask(purpose.id, facts=held, operation=operation, **asked))
        assert sony.ask(purpose.id, facts=held, operation=Operation.RETAIN).permit
        for recipient in sony.policy.recipients.values():
            send = {"operation": Operation.DISCLOSE, "recipient": recipient.id, **asked}
            data = tuple(name for name in purpose.data if not recipient.data or name in recipient.data) or purpose.data
            denied = sony.ask(purpose.id, *data, facts=held, **send)
            assert "quarantined" in why(denied)
            if sony.ask(purpose.id, *data, facts=free, **send).permit:
                _quarantined(denied)
                sent.add(recipient.id)
    assert sent == {recipient.id for recipient in sony.policy.recipients.values() if recipient.country == "ID"}
    assert "quarantined" in why(sony.ask("anything-else", "name", facts=adult(quarantined=True)))


def test_clause_4_2_b_guardian(sony: Sony) -> None:
    """The guardian is asked with the guardian's own data; those of the child stay, untouched, until erased."""
    for name in ("child-protection", "rights-handling", "content-screening", "authority-cooperation"):
        _quarantined(sony.ask(name, facts=child(quarantined=True)))
        assert sony.ask(name, facts=child(quarantined=True), operation=Operation.RETAIN).permit
    assert sony.ask("child-protection", "contact-details", "identity-evidence", facts=adult()).permit
    rule = sony.kept("child-protection", "child-data")
    over = child(quarantined=True, ended=(rule.id,))
    kept = sony.ask("child-protection", "child-data", facts=over, operation=Operation.RETAIN)
    assert why(kept) == {"retention-passed"}


def _quarantined(decision: Decision) -> None:
    """Denied for the quarantine alone, with its clause."""
    assert why(decision) == {"quarantined"}, decision
    assert cited(decision) == {"4.2.b", "4.2"}


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
