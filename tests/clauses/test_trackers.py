"""Chapter 8: cookies, beacons and scripts."""

from __future__ import annotations

from tests.clauses.asking import MARKETING, Sony, adult, basis, no, why, yes

from janji.policy.model import Tracker, TrackerKind
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Operation


def _waits(sony: Sony, tracker: Tracker) -> None:
    """A tracker that runs after the choice for its own purpose, not before and not after its withdrawal."""
    name, collect = tracker.purpose, {"operation": Operation.COLLECT}
    assert why(sony.ask(name, **collect)) == {"consent-missing"}
    assert basis(sony.ask(name, facts=adult(consents=(yes(name),)), **collect)) == "consent"
    assert why(sony.ask(name, facts=adult(consents=(yes(name), no(name))), **collect)) == {"consent-withdrawn"}
    assert sony.found_when("trackers", tracker.id, purpose="device-distinction") == {"tracker-without-consent"}


def test_clause_8_1(sony: Sony) -> None:
    """A tracker that is not essential waits for a choice, partners' too; cookies have a lifetime (crawl: later)."""
    for tracker in sony.policy.trackers.values():
        purpose = sony.policy.purposes[tracker.purpose]
        if tracker.essential:
            assert purpose.basis is LegalBasis.LEGITIMATE_INTEREST
            assert not MARKETING.intersection(purpose.traits)
            assert sony.ask(purpose.id, operation=Operation.COLLECT).permit
        else:
            _waits(sony, tracker)
        if tracker.kind is TrackerKind.COOKIE:
            assert tracker.lifetime is not None
    partner = sony.policy.trackers["partner-cookie"]
    assert partner.party.value == "third"
    assert not partner.essential
    given = sony.ask(
        "targeted-advertising", "cookie-id", operation=Operation.DISCLOSE, recipient="embedded-partner",
        facts=sony.willing("targeted-advertising"),
    )  # fmt: skip
    assert why(given) == {"operation-undeclared", "recipient-undeclared"}


def test_clause_8_2(sony: Sony) -> None:
    """Beacons in pages and e-mails measure, after a choice of their own, and serve nothing else."""
    beacons = [one for one in sony.policy.trackers.values() if one.kind is TrackerKind.BEACON]
    assert [beacon.purpose for beacon in beacons] == ["visitor-measurement"]
    for beacon in beacons:
        _waits(sony, beacon)
    assert sony.policy.touchpoints["email-beacon"].purposes == ("visitor-measurement",)
    assert why(sony.ask("visitor-measurement", facts=sony.willing("newsletters"))) == {"consent-missing"}
    assert sony.serves("advertising-responses") == {"visitor-measurement", "targeted-advertising"}


def test_clause_8_3(sony: Sony) -> None:
    """Scripts, ours or a provider's, record after a choice of their own and have no lifetime (crawling is later)."""
    scripts = [one for one in sony.policy.trackers.values() if one.kind is TrackerKind.SCRIPT]
    assert {script.party.value for script in scripts} == {"first", "third"}
    for script in scripts:
        assert script.purpose == "interaction-recording"
        assert script.lifetime is None
        _waits(sony, script)
    assert sony.serves("interaction-data") == {"interaction-recording"}
    assert sony.kept("interaction-recording", "interaction-data").period == Period(days=30)
    agreed = sony.willing("interaction-recording")
    send = {"operation": Operation.DISCLOSE, "recipient": "script-provider"}
    assert sony.ask("interaction-recording", facts=agreed, **send).permit
    assert why(sony.ask("interaction-recording", **send)) == {"consent-missing"}
