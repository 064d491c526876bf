"""Chapter 3: what data are used for, on which basis, and what they are never used for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.clauses.asking import MARKETING, SIX, Sony, adult, basis, child, cited, first, no, order, why, yes
from tests.clauses.closed import SERVES

from janji.policy.model import Purpose
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Operation, RecipientClass, Trait

AFTER_PROVISIONAL = datetime(2027, 7, 1, 3, 0, tzinfo=UTC)
SCENARIOS = {f"3.1.3.{letter}" for letter in "abcde"}


def _selling(sony: Sony) -> list[Purpose]:
    return [purpose for purpose in sony.policy.purposes.values() if MARKETING.intersection(purpose.traits)]


def _weighed(sony: Sony, name: str, *data: str) -> None:
    """The purpose rests on a legitimate interest whose weighing is written, and relied on until its day only."""
    assert basis(sony.ask(name, *data)) == "legitimate-interest"
    assert sony.policy.purposes[name].assessment is not None
    assert sony.found_when("purposes", name, assessment=None) == {"assessment-missing"}
    assert why(sony.ask(name, *data, at=AFTER_PROVISIONAL)) == {"assessment-expired"}


def test_clause_3_1(sony: Sony) -> None:
    """The list of purposes is closed: each serves its own data and operations, and no other name opens anything."""
    assert sony.policy.purposes.keys() == SERVES.keys()
    for purpose in sony.policy.purposes.values():
        facts, channel = sony.willing(purpose.id), first(purpose)
        assert sony.ask(purpose.id, facts=facts, channel=channel).permit
        answers = {name: sony.ask(purpose.id, name, facts=facts, channel=channel) for name in sony.policy.data}
        served = {name for name, decision in answers.items() if decision.permit}
        assert served == set(SERVES[purpose.id].split())
        for operation in (Operation.COLLECT, Operation.USE, Operation.RETAIN):
            decision = sony.ask(purpose.id, facts=facts, channel=channel, operation=operation)
            assert decision.permit is (operation in purpose.operations)
        assert "operation-undeclared" in why(sony.ask(purpose.id, facts=facts, channel=channel, operation="sell"))
        for other in (f"{purpose.id}-2", purpose.id.upper(), f"{purpose.id} ", ""):
            denied = sony.ask(other, *purpose.data, facts=facts, channel=channel)
            assert "purpose-undeclared" in why(denied)
            assert "3.1" in cited(denied, "purpose-undeclared")


def test_clause_3_1_1(sony: Sony) -> None:
    """A purpose on contract is denied without an agreement on record and permitted with any of its kinds."""
    contracts = [one for one in sony.policy.purposes.values() if one.basis is LegalBasis.CONTRACT]
    kinds = {kind for purpose in contracts for kind in purpose.agreements}
    assert sony.purposes("3.1.1") <= {purpose.id for purpose in contracts}
    for purpose in contracts:
        assert purpose.agreements
        assert not MARKETING.intersection(purpose.traits)
        assert why(sony.ask(purpose.id)) == {"agreement-missing"}
        for kind in kinds:
            decision = sony.ask(purpose.id, facts=adult(agreements=(kind,)))
            assert (basis(decision) == "contract") is (kind in purpose.agreements), (purpose.id, kind)


def test_clause_3_1_1_a(sony: Sony) -> None:
    """Five purposes apart: three on contract, the fraud check on a weighed interest, offers on consent only."""
    assert sony.purposes("3.1.1.a") == {
        "service-provision", "delivery", "fulfil-agreements", "payment-fraud-check", "offers-benefits"
    }  # fmt: skip
    facts = adult(agreements=("order", "account", "service-agreement", "warranty"))
    for name in ("service-provision", "delivery", "fulfil-agreements"):
        assert basis(sony.ask(name, facts=facts)) == "contract"
    _weighed(sony, "payment-fraud-check")
    assert why(sony.ask("offers-benefits", channel="email", facts=facts)) == {"consent-missing"}
    assert basis(sony.ask("offers-benefits", channel="email", facts=sony.willing("offers-benefits"))) == "consent"
    contract = {"basis": LegalBasis.CONTRACT, "agreements": ("order",), "notice": None}
    assert sony.found_when("purposes", "offers-benefits", **contract) == {"contract-for-marketing"}


def test_clause_3_1_1_b(sony: Sony) -> None:
    """An enquiry is answered with contact and query alone, once the request is on record, for a child too."""
    assert set(sony.policy.purposes["enquiry"].data) == {"name", "contact-details", "search-terms"}
    assert why(sony.ask("enquiry")) == {"agreement-missing"}
    assert basis(sony.ask("enquiry", facts=adult(agreements=("request",)))) == "contract"
    assert sony.ask("enquiry", facts=child(agreements=("request",))).permit
    more = sony.ask("enquiry", "products-bought", facts=adult(agreements=("request",)))
    assert why(more) == {"data-not-for-purpose"}


def test_clause_3_1_1_c(sony: Sony) -> None:
    """Complaints are handled for anyone with a request on record, child or grown (the clock of a case is later)."""
    for person in (adult, child):
        assert basis(sony.ask("complaint-handling", facts=person(agreements=("request",)))) == "contract"
        assert why(sony.ask("complaint-handling", facts=person())) == {"agreement-missing"}
    assert sony.kept("complaint-handling", "conversation").trigger == "case-closed"


def test_clause_3_1_1_d(sony: Sony) -> None:
    """After-sales service rests on warranty, repair or order, and ends four years after the warranty."""
    for kind in ("warranty", "repair-order", "order"):
        assert basis(sony.ask("customer-care", facts=adult(agreements=(kind,)))) == "contract"
    assert why(sony.ask("customer-care", facts=adult(agreements=("account",)))) == {"agreement-missing"}
    rule = sony.kept("customer-care", "products-bought")
    assert (rule.trigger, rule.period) == ("warranty-end", Period(48))
    over = adult(agreements=("warranty",), ended=(rule.id,))
    assert why(sony.ask("customer-care", facts=over)) == {"retention-passed"}
    assert why(sony.ask("customer-care", facts=over, operation=Operation.RETAIN)) == {"retention-passed"}


def test_clause_3_1_1_e(sony: Sony) -> None:
    """Identity is verified for a request at hand; its evidence goes with the case, the check itself may stay."""
    facts = adult(agreements=("request",))
    assert basis(sony.ask("identity-verification", facts=facts)) == "contract"
    assert why(sony.ask("identity-verification")) == {"agreement-missing"}
    rule = sony.kept("identity-verification", "identity-evidence")
    assert (rule.trigger, rule.period, rule.then.value) == ("case-closed", Period(days=1), "destroy")
    closed = adult(agreements=("request",), ended=(rule.id,))
    assert why(sony.ask("identity-verification", "identity-evidence", facts=closed)) == {"retention-passed"}
    assert sony.ask("identity-verification", "name", facts=closed).permit
    assert sony.serves("identity-evidence") == {"identity-verification", "rights-handling", "child-protection"}


def test_clause_3_1_1_f(sony: Sony) -> None:
    """Nothing is captured before sending until the visitor says yes; saying no or objecting stops it at once."""
    name, capture = "checkout-assistance", {"operation": Operation.COLLECT}
    shopper = {"agreements": ("order", "account")}
    assert why(sony.ask(name, facts=adult(**shopper), **capture)) == {"consent-missing"}
    agreed = {**shopper, "consents": (yes(name, "email"),)}
    assert basis(sony.ask(name, facts=adult(**agreed), **capture)) == "consent"
    assert sony.ask(name, facts=adult(**agreed), channel="email").permit
    stopped = {**shopper, "consents": (yes(name, "email"), no(name, "email"))}
    assert why(sony.ask(name, facts=adult(**stopped), channel="email")) == {"consent-withdrawn"}
    assert why(sony.ask(name, facts=adult(**agreed, objections=(name,)), channel="email")) == {"objected"}
    assert sony.serves("checkout-products") == {name}


def test_clause_3_1_2(sony: Sony) -> None:
    """Each purpose takes one basis with its evidence: either-or is an error, and so is an interest never weighed."""
    for purpose in sony.policy.purposes.values():
        evidence = [purpose.notice, purpose.agreements, purpose.obligation, purpose.assessment]
        assert sum(map(bool, evidence)) == 1, purpose.id
    for name in sony.purposes("3.1.2"):
        assert basis(sony.ask(name)) == "legitimate-interest"
        assert sony.found_when("purposes", name, notice="surveys") == {"second-basis"}
        assert sony.found_when("purposes", name, assessment=None) == {"assessment-missing"}
        assert why(sony.ask(name, at=AFTER_PROVISIONAL)) == {"assessment-expired"}


def test_clause_3_1_2_a(sony: Sony) -> None:
    """Recordings train staff on consent alone and for half a year (finding a person's own recordings is later)."""
    assert why(sony.ask("training-quality", "call-recording")) == {"consent-missing"}
    heard = (yes("training-quality"),)
    assert basis(sony.ask("training-quality", "call-recording", facts=adult(consents=heard))) == "consent"
    rule = sony.kept("training-quality", "call-recording")
    assert rule.period == Period(days=180)
    old = adult(consents=heard, ended=(rule.id,))
    assert why(sony.ask("training-quality", "call-recording", facts=old)) == {"retention-passed"}
    assert sony.serves("call-recording") == {"training-quality"}


def test_clause_3_1_2_b(sony: Sony) -> None:
    """Improving rests on a weighed interest and reaches nobody; a survey is a message, on consent and refusable."""
    assert sony.purposes("3.1.2.b") == {"product-improvement", "product-surveys"}
    _weighed(sony, "product-improvement")
    assert why(sony.ask("product-improvement", "email")) == {"data-not-for-purpose"}
    assert why(sony.ask("product-surveys", channel="email")) == {"consent-missing"}
    asked = (yes("product-surveys", "email"),)
    assert basis(sony.ask("product-surveys", channel="email", facts=adult(consents=asked))) == "consent"
    refused = adult(consents=asked, objections=("product-surveys",))
    assert why(sony.ask("product-surveys", channel="email", facts=refused)) == {"objected"}


def test_clause_3_1_2_c(sony: Sony) -> None:
    """Research rests on a weighed interest without names; market research and insight rest on consent each."""
    assert sony.purposes("3.1.2.c") == {"research-development", "market-research", "customer-insight"}
    _weighed(sony, "research-development")
    for category in ("name", "email", "contact-details", "account-number"):
        assert why(sony.ask("research-development", category)) == {"data-not-for-purpose"}
    for name, other in (("market-research", "customer-insight"), ("customer-insight", "market-research")):
        assert why(sony.ask(name, facts=adult(consents=(yes(other),)))) == {"consent-missing"}
        assert basis(sony.ask(name, facts=adult(consents=(yes(name),)))) == "consent"


def test_clause_3_1_3_p1(sony: Sony) -> None:
    """A no stops offers in all six channels; the mailing provider alone gets data (one no for all is on record)."""
    name = "marketing-offers"
    for channel in SIX:
        assert sony.ask(name, channel=channel, facts=sony.willing(name)).permit
        assert why(sony.ask(name, channel=channel, facts=sony.willing(name, objections=(name,)))) == {"objected"}
    disclose = {"operation": Operation.DISCLOSE, "facts": sony.willing(name)}
    assert why(sony.ask(name, "email", recipient="mailing-provider", **disclose)) == {"channel-not-named"}
    disclose["channel"] = "email"
    assert sony.ask(name, "email", recipient="mailing-provider", **disclose).permit
    assert why(sony.ask(name, "email", recipient="business-partner", **disclose)) == {"recipient-undeclared"}
    for recipient in sony.policy.recipients.values():
        if recipient.kind is not RecipientClass.PROCESSOR:
            assert "recipient-not-for-purpose" in why(sony.ask(name, "email", recipient=recipient.id, **disclose))


def test_clause_3_1_3_p2(sony: Sony) -> None:
    """Marketing to consumers and personalisation rest on consent; the sales call to a business is the exception."""
    for purpose in _selling(sony):
        if purpose.id == "b2b-sales":
            continue
        channel = first(purpose)
        contracts = adult(agreements=("order", "account", "loyalty-membership", "request"))
        assert why(sony.ask(purpose.id, channel=channel, facts=contracts)) == {"consent-missing"}
        assert basis(sony.ask(purpose.id, channel=channel, facts=sony.willing(purpose.id))) == "consent"
    assert set(sony.policy.purposes["b2b-sales"].data) == {"business-contact"}


def test_clause_3_1_3(sony: Sony) -> None:
    """The marketing uses are closed: each declared one rests on a to e or its introduction, any other is denied."""
    letters = {name: SCENARIOS.intersection(sony.policy.purposes[name].clauses) for name in sony.purposes("3.1.3")}
    assert set().union(*letters.values()) == SCENARIOS
    assert {name for name, found in letters.items() if not found} == {"marketing-offers"}
    for name in ("resale-of-profiles", "lookalike-audiences", "marketing"):
        assert "purpose-undeclared" in why(sony.ask(name, "interests", facts=sony.willing("targeted-advertising")))


@pytest.mark.parametrize("channel", SIX)
def test_clause_3_1_3_a(sony: Sony, channel: str) -> None:
    """Each of the six channels needs a consent of its own; nothing else stands in, and no seventh channel opens."""
    name, only = "newsletters", sony.willing("newsletters", channel)
    assert set(sony.policy.purposes[name].channels) == set(SIX)
    assert basis(sony.ask(name, channel=channel, facts=only)) == "consent"
    customer = adult(agreements=("order", "account"))
    assert why(sony.ask(name, channel=channel, facts=customer)) == {"consent-missing"}
    for other in set(SIX) - {channel}:
        assert why(sony.ask(name, channel=other, facts=only)) == {"consent-missing"}
        without = adult(consents=(*(yes(name, one) for one in SIX), no(name, channel)))
        assert sony.ask(name, channel=other, facts=without).permit
        assert why(sony.ask(name, channel=channel, facts=without)) == {"consent-withdrawn"}
    assert why(sony.ask(name, facts=only)) == {"channel-not-named"}
    assert why(sony.ask(name, channel="chat", facts=sony.willing(name))) == {"channel-not-for-purpose"}
    fax = sony.ask(name, channel="fax", facts=sony.willing(name))
    assert why(fax) == {"channel-undeclared"}
    assert cited(fax) == {"3.1.3.a"}


def test_clause_3_1_3_a_given_out(sony: Sony) -> None:
    """An address leaves only through a channel consented to: yes to e-mail does not let the postal address out."""
    name = "newsletters"
    send = {"operation": Operation.DISCLOSE, "recipient": "mailing-provider", "facts": sony.willing(name, "email")}
    assert basis(sony.ask(name, "name", "email", channel="email", **send)) == "consent"
    assert why(sony.ask(name, "contact-details", channel="post", **send)) == {"consent-missing"}
    assert why(sony.ask(name, "name", "contact-details", channel="sms", **send)) == {"consent-missing"}
    assert why(sony.ask(name, "contact-details", **send)) == {"channel-not-named"}
    send["facts"] = sony.willing(name, "post")
    assert sony.ask(name, "name", "contact-details", channel="post", **send).permit
    assert why(sony.ask(name, "email", channel="email", **send)) == {"consent-missing"}


def test_clause_3_1_3_b(sony: Sony) -> None:
    """A campaign runs on the entry or registration of the person and sends nothing else (draw records are later)."""
    entered = adult(agreements=("contest-entry",))
    assert basis(sony.ask("prize-draws-events", facts=entered)) == "contract"
    assert why(sony.ask("prize-draws-events", facts=adult(agreements=("order",)))) == {"agreement-missing"}
    assert why(sony.ask("newsletters", channel="email", facts=entered)) == {"consent-missing"}
    rule = sony.kept("prize-draws-events", "name")
    assert (rule.trigger, rule.period) == ("campaign-end", Period(12))
    over = adult(agreements=("contest-entry",), ended=(rule.id,))
    assert why(sony.ask("prize-draws-events", facts=over)) == {"retention-passed"}


def test_clause_3_1_3_c(sony: Sony) -> None:
    """Personalising waits for a choice, apart for content and advertising; no advertising partner receives data."""
    for name, other in (("personalisation", "targeted-advertising"), ("targeted-advertising", "personalisation")):
        assert why(sony.ask(name)) == {"consent-missing"}
        assert why(sony.ask(name, facts=sony.willing(other))) == {"consent-missing"}
        assert basis(sony.ask(name, facts=sony.willing(name))) == "consent"
        sent = sony.ask(
            name, "cookie-id", operation=Operation.DISCLOSE, recipient="ad-network", facts=sony.willing(name)
        )
        assert why(sent) == {"operation-undeclared", "recipient-undeclared"}
        assert "3.1.3.c" in cited(sent)
    used = [one for one in sony.policy.trackers.values() if one.purpose in sony.purposes("3.1.3.c")]
    assert len(used) >= 4
    assert not any(tracker.essential for tracker in used)


def test_clause_3_1_3_d(sony: Sony) -> None:
    """Statistics are made on a weighed interest and never leave as personal data (the anonymity gate is later)."""
    _weighed(sony, "statistics")
    for recipient in (*sony.policy.recipients, "public", None):
        sent = sony.ask("statistics", "statistics", operation=Operation.DISCLOSE, recipient=recipient)
        assert "prohibited" in why(sent)
        assert cited(sent, "prohibited") == {"3.1.3.d"}
    assert sony.serves("statistics") == {"statistics"}


def test_clause_3_1_3_e(sony: Sony) -> None:
    """Forum text never serves marketing or profiling, whatever is known; forum name and time do, on consent."""
    everything = adult(
        guardian=True,
        consents=tuple(yes(one.id, channel) for one in _selling(sony) for channel in one.channels or (None,)),
        agreements=("account", "order"),
    )
    assert len(_selling(sony)) > 5
    for purpose in _selling(sony):
        for facts in (everything, adult(), child(), sony.willing(purpose.id)):
            for data in (("forum-body",), ("forum-body", *purpose.data)):
                for operation in Operation:
                    denied = sony.ask(purpose.id, *data, facts=facts, channel=first(purpose), operation=operation)
                    assert "prohibited" in why(denied)
                    assert cited(denied, "prohibited") == {"3.1.3.e"}
    agreed = adult(consents=(yes("forum-insight"),))
    assert basis(sony.ask("forum-insight", "forum-metadata", facts=agreed)) == "consent"
    assert why(sony.ask("forum-insight", "forum-metadata")) == {"consent-missing"}
    assert sony.ask("community-service", "forum-body", facts=adult(agreements=("account",))).permit
    assert why(sony.ask("content-republication", "reviews")) == {"consent-missing"}
    assert sony.ask("content-republication", "reviews", facts=sony.willing("content-republication")).permit


def test_clause_3_1_4_a(sony: Sony) -> None:
    """Security rests on a weighed interest; the police get monitoring data on an approved legal instrument alone."""
    _weighed(sony, "security-monitoring")
    send = {"operation": Operation.DISCLOSE, "recipient": "law-enforcement"}
    assert "operation-undeclared" in why(sony.ask("security-monitoring", "monitoring-data", **send))
    name = "authority-cooperation"
    assert why(sony.ask(name, "monitoring-data", **send)) == {"instrument-missing"}
    pending = sony.ask(name, "monitoring-data", facts=adult(instrument=order(approved=False)), **send)
    assert why(pending) == {"instrument-unapproved"}
    assert basis(sony.ask(name, "monitoring-data", facts=adult(instrument=order()), **send)) == "legal-obligation"


def test_clause_3_1_4_b(sony: Sony) -> None:
    """Fraud, vouchers, benefits and audit are purposes apart, each weighed; device IDs serve two of them alone."""
    for name in sony.purposes("3.1.4.b"):
        _weighed(sony, name)
        assert why(sony.ask(name, facts=adult(objections=(name,)))) == {"objected"}
    assert sony.serves("device-id") == {"payment-fraud-check", "voucher-control"}
    for purpose in _selling(sony):
        denied = sony.ask(purpose.id, "device-id", channel=first(purpose), facts=sony.willing(purpose.id))
        assert "prohibited" in why(denied)
        assert "3.1.4.b" in cited(denied, "prohibited")
    automated = sony.policy.purposes["payment-fraud-check"].automated
    assert automated is not None
    assert automated.logic
    assert automated.review
    for name in ("payment-fraud-check", "voucher-control"):
        objected = adult(automated_objections=(name,))
        assert why(sony.ask(name, facts=objected)) == {"automated-decision-objected"}
    refusal = sony.policy.purposes["voucher-control"]
    assert Trait.AUTOMATED_DECISION in refusal.traits
    assert refusal.automated
    assert sony.found_when("purposes", refusal.id, impact=None) == {"impact-missing"}
    assert sony.found_when("purposes", refusal.id, traits=()) == {"automated-undescribed"}


def test_clause_3_1_4_c(sony: Sony) -> None:
    """Law and claims are purposes apart that a restriction does not stop; each law is named (legal hold is later)."""
    bases = {name: sony.policy.purposes[name].basis.value for name in sony.purposes("3.1.4.c")}
    assert bases == {
        "legal-compliance": "legal-obligation",
        "authority-cooperation": "legal-obligation",
        "legal-claims": "legitimate-interest",
    }
    for name, ground in bases.items():
        assert basis(sony.ask(name, facts=adult(restricted=True, delayed=True))) == ground
    for name in ("legal-compliance", "authority-cooperation"):
        assert sony.policy.purposes[name].obligation
        assert sony.found_when("purposes", name, obligation=None) == {"obligation-missing"}
    assert why(sony.ask("administration", facts=adult(restricted=True))) == {"restricted"}


@pytest.mark.parametrize("name", ["related-purpose", "compatible-use", "other", "newsletters-and-more"])
def test_clause_3_1_5_a(sony: Sony, name: str) -> None:
    """A purpose that is only related to a declared one is not declared: it is denied, whatever was agreed."""
    facts = adult(agreements=("account", "order", "request"), consents=(yes("newsletters", "email"),))
    denied = sony.ask(name, "name", "email", facts=facts)
    assert why(denied) == {"purpose-undeclared"}
    assert "3.1.5.a" in cited(denied)
    assert sony.ask("newsletters", "name", "email", channel="email", facts=facts).permit


def test_clause_3_1_5_b(sony: Sony) -> None:
    """An application is used for recruitment on consent, ends with its withdrawal, and is never marketed upon."""
    assert why(sony.ask("recruitment")) == {"consent-missing"}
    assert basis(sony.ask("recruitment", facts=adult(consents=(yes("recruitment"),)))) == "consent"
    withdrawn = adult(consents=(yes("recruitment"), no("recruitment")))
    assert why(sony.ask("recruitment", facts=withdrawn)) == {"consent-withdrawn"}
    for purpose in _selling(sony):
        for category in ("education", "employment-history"):
            denied = sony.ask(purpose.id, category, channel=first(purpose), facts=sony.willing(purpose.id))
            assert "prohibited" in why(denied)
            assert cited(denied, "prohibited") == {"3.1.5.b"}
    rule = sony.kept("recruitment", "education")
    assert (rule.trigger, rule.period) == ("application-closed", Period(12))


def test_clause_3_1_5_c(sony: Sony) -> None:
    """A further purpose needs its own entry and notice: it is denied without one, an error without the other."""
    denied = sony.ask("notified-later", "email", facts=adult(consents=(yes("newsletters", "email"),)))
    assert why(denied) == {"purpose-undeclared"}
    assert "3.1.5.c" in cited(denied)
    for purpose in sony.policy.purposes.values():
        if purpose.basis is LegalBasis.CONSENT:
            assert sony.found_when("purposes", purpose.id, notice=None) == {"notice-missing"}


def test_clause_3_1_5_d(sony: Sony) -> None:
    """Administration rests on a weighed interest, with three everyday data (roles of the back office are later)."""
    _weighed(sony, "administration")
    for category in sony.policy.data:
        allowed = sony.ask("administration", category).permit
        assert allowed is (category in ("name", "contact-details", "account-number")), category


def test_clause_3_1_5_e(sony: Sony) -> None:
    """A sale or merger uses two unnamed categories on consent (notices before and after, data room are later)."""
    name, data = "business-transactions", ("account-number", "products-bought")
    assert set(sony.policy.purposes[name].data) == set(data)
    send = {"operation": Operation.DISCLOSE, "recipient": "business-transferee"}
    assert why(sony.ask(name, *data, facts=adult(agreements=("account", "order")), **send)) == {"consent-missing"}
    assert basis(sony.ask(name, *data, facts=adult(consents=(yes(name),)), **send)) == "consent"
    assert "data-not-for-purpose" in why(sony.ask(name, "name", facts=adult(consents=(yes(name),)), **send))


@pytest.mark.parametrize("name", ["ai-training", "ai-inference", "model-improvement", "chatbot"])
def test_clause_3_1_5_f(sony: Sony, name: str) -> None:
    """The drafting note opens nothing: AI on personal data is denied, and a warning stands until a person decides."""
    everything = adult(agreements=("account", "order"), consents=(yes("personalisation"),))
    for category in ("conversation", "photos", "browsing"):
        denied = sony.ask(name, category, facts=everything)
        assert why(denied) == {"purpose-undeclared"}
        assert "3.1.5.f" in cited(denied)
    assert not sony.purposes("3.1.5.f")
    assert any("`clauses.3.1.5.f`" in message for message in sony.warned("decision-needed"))
    assert sony.found_when("clauses", "3.1.5.f", decide=None) == {"clause-defect"}


def test_clause_3_1_5_g(sony: Sony) -> None:
    """Each declared combination needs its own consent and assessment; linking for any purpose is denied."""
    combining = {one.id for one in sony.policy.purposes.values() if Trait.COMBINATION in one.traits}
    assert combining == {"account-association", "linked-registration", "linked-support", "linked-personalisation"}
    assert combining <= sony.purposes("3.1.5.g")
    for name in combining:
        assert sony.found_when("purposes", name, impact=None) == {"impact-missing"}
        others = tuple(yes(other) for other in combining - {name})
        assert why(sony.ask(name, facts=adult(consents=others))) == {"consent-missing"}
        assert basis(sony.ask(name, facts=adult(consents=(yes(name),)))) == "consent"
    member = adult(agreements=("account",))
    denied = sony.ask("match-everything", "cookie-id", "account-number", "email", facts=member)
    assert why(denied) == {"purpose-undeclared"}
    assert "3.1.5.g" in cited(denied)
