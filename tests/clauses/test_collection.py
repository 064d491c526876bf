"""Chapter 2: where data come from, and what each place of collection may take."""

from __future__ import annotations

import pytest
from tests.clauses.asking import MARKETING, Sony, adult, basis, child, cited, first, no, why, yes

from janji.decision.standing import KnownAge
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Operation, SourceKind, Trait
from janji.workflows.documents import Kind

ACCOUNTS = ("my-sony", "sony-digital-workshop", "alpha-universe")
SOCIAL = ("social-integration", "social-login", "social-profile-extra", "like-button", "liked-page")


def test_clause_2_0(sony: Sony) -> None:
    """Sources are a closed list that every category and every place of collection names; no other data are taken."""
    sources = sony.policy.sources
    assert {source.kind for source in sources.values()} == set(SourceKind)
    assert all(category.sources and set(category.sources) <= sources.keys() for category in sony.policy.data.values())
    assert all(touchpoint.source in sources for touchpoint in sony.policy.touchpoints.values())
    assert "data-undeclared" in why(sony.ask("enquiry", "hearsay", facts=sony.willing("enquiry")))
    facts = sony.willing("enquiry")
    disclosed = {"operation": Operation.DISCLOSE, "facts": facts}
    assert sony.ask("enquiry", recipient="agents", **disclosed).permit
    assert "recipient-undeclared" in why(sony.ask("enquiry", recipient="some-agent", **disclosed))


def test_clause_2_1_1(sony: Sony) -> None:
    """Every field of every form may be collected for a purpose of that form, and nothing that is not declared may."""
    for touchpoint in sony.policy.touchpoints.values():
        assert touchpoint.fields
        assert touchpoint.notice
        for field in touchpoint.fields.values():
            collected = [
                sony.ask(name, field.data, operation=Operation.COLLECT, facts=sony.willing(name))
                for name in touchpoint.purposes
            ]
            assert any(decision.permit for decision in collected), (touchpoint.id, field.data)
    fields = sony.policy.touchpoints["my-sony"].fields
    more = {**fields, "card": sony.policy.touchpoints["online-store"].fields["payment-information"]}
    assert sony.found_when("touchpoints", "my-sony", fields=more) == {"field-without-purpose"}
    member = adult(agreements=("account",))
    denied = sony.ask("account-service", "shoe-size", operation=Operation.COLLECT, facts=member)
    assert why(denied) == {"data-undeclared"}
    assert "2.1.1" in cited(denied)


def test_clause_2_1_1_a(sony: Sony) -> None:
    """Accounts take five groups behind an age gate; the birth date serves it alone; newsletters start as no."""
    for name in ACCOUNTS:
        assert sony.fields(name) == {"name", "date-of-birth", "contact-details", "interests", "account-preferences"}
        assert sony.policy.touchpoints[name].age_gate
    assert sony.serves("date-of-birth") == {"age-verification"}
    member = adult(agreements=("account",))
    assert basis(sony.ask("account-service", facts=member)) == "contract"
    assert why(sony.ask("account-service")) == {"agreement-missing"}
    assert why(sony.ask("newsletters", channel="email", facts=member)) == {"consent-missing"}
    assert why(sony.ask("account-service", "date-of-birth", facts=member)) == {"data-not-for-purpose"}


def test_clause_2_1_1_b(sony: Sony) -> None:
    """Purchases take these data and no more; payment data are specific; recording needs a consent of its own."""
    assert sony.law.data_classes[sony.policy.data["payment-information"].law_class].specific
    buyer = adult(agreements=("order",))
    assert sony.ask("service-provision", "payment-information", facts=buyer).permit
    assert sony.ask("delivery", "contact-details", "delivery-date", facts=buyer).permit
    assert why(sony.ask("delivery", "payment-information", facts=buyer)) == {"data-not-for-purpose"}
    assert why(sony.ask("training-quality", "call-recording", facts=buyer)) == {"consent-missing"}
    heard = adult(consents=(yes("training-quality"),))
    assert sony.ask("training-quality", "call-recording", operation=Operation.COLLECT, facts=heard).permit
    for name in ("phone-call", "chat"):
        touchpoint = sony.policy.touchpoints[name]
        assert touchpoint.recording
        assert touchpoint.notice == "recordings"
        assert touchpoint.purposes == ("training-quality",)
        assert "This is recorded." in sony.page(Kind.TOUCHPOINT, name)
    assert "This is recorded." not in sony.page(Kind.TOUCHPOINT, "online-store")


def test_clause_2_1_1_c(sony: Sony) -> None:
    """The service centre keeps conversation, name, contact and products for the case, for a period, and no longer."""
    assert sony.fields("customer-service") == {"name", "contact-details", "products-bought", "conversation"}
    data = ("name", "contact-details", "products-bought", "conversation")
    facts = adult(agreements=("warranty",))
    assert basis(sony.ask("customer-care", *data, facts=facts)) == "contract"
    assert why(sony.ask("customer-care", *data)) == {"agreement-missing"}
    rule = sony.kept("customer-care", "conversation")
    over = sony.ask("customer-care", *data, facts=adult(agreements=("warranty",), ended=(rule.id,)))
    assert why(over) == {"retention-passed"}
    assert "5.1" in cited(over)


def test_clause_2_1_1_d(sony: Sony) -> None:
    """The loyalty programme takes its use and rewards, for members; when membership and its year end, no more."""
    assert sony.fields("loyalty-programme") == {"account-number", "loyalty-use"}
    assert basis(sony.ask("loyalty-rewards", facts=adult(agreements=("loyalty-membership",)))) == "contract"
    assert why(sony.ask("loyalty-rewards", facts=adult(agreements=("account",)))) == {"agreement-missing"}
    rule = sony.kept("loyalty-rewards", "loyalty-use")
    assert (rule.trigger, rule.period) == ("service-end", Period(12))
    left = adult(agreements=("loyalty-membership",), ended=(rule.id,))
    assert why(sony.ask("loyalty-rewards", facts=left)) == {"retention-passed"}


def test_clause_2_1_1_e(sony: Sony) -> None:
    """Events take card, name, contact, interests and preferences at the event, for what the person entered alone."""
    allowed = {"business-card", "name", "contact-details", "interests", "preferences"}
    for name in ("public-event", "competition", "prize-draw", "workshop"):
        touchpoint = sony.policy.touchpoints[name]
        assert sony.fields(name) <= allowed
        assert touchpoint.source == "event-capture"
        assert touchpoint.purposes == ("prize-draws-events",)
    assert sony.fields("public-event") == allowed
    assert sony.ask("prize-draws-events", *allowed, facts=adult(agreements=("event-registration",))).permit
    assert why(sony.ask("prize-draws-events", *allowed)) == {"agreement-missing"}
    assert sony.serves("business-card") == {"prize-draws-events"}


def test_clause_2_1_1_f(sony: Sony) -> None:
    """Reviews, photos, forum text and uploads are four categories, run for account holders (visibility is later)."""
    uploads = ("reviews", "photos", "uploads", "forum-body")
    assert basis(sony.ask("community-service", *uploads, facts=adult(agreements=("account",)))) == "contract"
    assert why(sony.ask("community-service", *uploads)) == {"agreement-missing"}
    assert sony.fields("reviews-uploads") == {"reviews", "photos", "uploads"}
    assert sony.serves("forum-body") == {"community-service", "content-screening"}
    assert sony.serves("reviews") == {"community-service", "content-republication"}


def test_clause_2_1_1_g(sony: Sony) -> None:
    """Surveys take e-mail address and opinions; every other category is denied, whoever consents."""
    surveys = {"survey": "product-surveys", "research": "market-research"}
    for touchpoint, purpose in surveys.items():
        assert sony.fields(touchpoint) == {"email", "opinions"}
        channel = first(sony.policy.purposes[purpose])
        asked = sony.policy.purposes[purpose].data
        for category in sony.policy.data:
            decision = sony.ask(purpose, category, channel=channel, facts=sony.willing(purpose))
            assert decision.permit is (category in asked), (purpose, category)
    unbounded = sony.ask("product-surveys", "about-you", channel="email", facts=sony.willing("product-surveys"))
    assert why(unbounded) == {"data-undeclared"}
    assert "2.1.1.g" in cited(unbounded)


def test_clause_2_1_1_h(sony: Sony) -> None:
    """A job application takes four things, for recruitment alone, on consent."""
    assert sony.fields("job-application") == {"name", "contact-details", "education", "employment-history"}
    assert sony.serves("education") == sony.serves("employment-history") == {"recruitment"}
    assert why(sony.ask("recruitment")) == {"consent-missing"}
    assert basis(sony.ask("recruitment", facts=adult(consents=(yes("recruitment"),)))) == "consent"


@pytest.mark.parametrize("operation", list(Operation))
def test_clause_2_1_1_i(sony: Sony, operation: Operation) -> None:
    """Data sent for any other reason are denied: a purpose that is not declared opens nothing."""
    facts = adult(agreements=("account", "order", "request"), consents=(yes("newsletters", "email"),))
    denied = sony.ask("any-other-reason", "name", operation=operation, facts=facts)
    assert "purpose-undeclared" in why(denied)
    assert "2.1.1.i" in cited(denied, "purpose-undeclared")
    assert sony.ask("account-service", "name", operation=Operation.USE, facts=facts).permit
    assert not sony.purposes("2.1.1.i")


def test_clause_2_1_2(sony: Sony) -> None:
    """Sensitive data sent by accident are screened and serve nothing else; quarantine stops all (scan is later)."""
    assert sony.law.data_classes[sony.policy.data["accidental-sensitive"].law_class].specific
    assert sony.serves("accidental-sensitive") == {"content-screening"}
    found = sony.ask("community-service", "uploads", facts=adult(agreements=("account",), quarantined=True))
    assert why(found) == {"quarantined"}
    assert sony.kept("content-screening", "accidental-sensitive").period == Period(days=30)
    screened = sony.policy.purposes["content-screening"].data
    taken = sony.fields("reviews-uploads") | sony.fields("forum")
    assert {"uploads", "photos", "forum-body"} <= taken & set(screened)


def test_clause_2_1_3(sony: Sony) -> None:
    """Each required field says in both languages what follows without it; one for consent stops nothing else."""
    required = [one for form in sony.policy.touchpoints.values() for one in form.fields.values() if one.required]
    assert required
    for field in required:
        assert field.consequence
        assert set(field.consequence.languages) == {"en", "id"}
    assert sony.policy.rights["refuse-to-provide"].clauses == ("2.1.3",)
    silent = adult(agreements=("account",))
    assert sony.ask("account-service", facts=silent).permit
    assert not sony.ask("personalisation", facts=silent).permit


def test_clause_2_1_4(sony: Sony) -> None:
    """Who was named by somebody else is unverified: never marketed to or profiled, delivered to nevertheless."""
    for purpose in sony.policy.purposes.values():
        facts = sony.willing(purpose.id, third_person=True)
        decision = sony.ask(purpose.id, channel=first(purpose), facts=facts)
        if MARKETING.intersection(purpose.traits):
            assert why(decision) == {"third-person-unverified"}
            assert cited(decision) == {"2.1.4"}
        else:
            assert decision.permit, decision
    assert sony.serves("third-person-data") == {"delivery"}
    named = child(third_person=True, agreements=("order",))
    assert why(sony.ask("delivery", "third-person-data", facts=named)) == {"child-without-guardian"}


def test_clause_2_2_1(sony: Sony) -> None:
    """Every other source serves purposes with a basis and a notice; a public datum without them is denied."""
    others = {source.id for source in sony.policy.sources.values() if source.kind is SourceKind.THIRD_PARTY}
    forms = [form for form in sony.policy.touchpoints.values() if form.source in others]
    assert {form.source for form in forms} == others
    for form in forms:
        assert form.notice in sony.policy.notices
        assert form.purposes
    for category in ("public-information", "business-contact"):
        for name in sony.serves(category):
            purpose = sony.policy.purposes[name]
            assert purpose.basis is LegalBasis.LEGITIMATE_INTEREST
            assert purpose.assessment is not None
    assert "purpose-undeclared" in why(sony.ask("because-it-is-public", "public-information"))


def test_clause_2_2_1_a(sony: Sony) -> None:
    """The credit check needs consent, is assessed, names a human review, and ends for who objects to the machine."""
    purpose = sony.policy.purposes["credit-check"]
    assert sony.law.data_classes[sony.policy.data["credit-check"].law_class].specific
    assert purpose.impact
    assert purpose.automated
    assert purpose.automated.review
    assert sony.found_when("purposes", "credit-check", impact=None) == {"impact-missing"}
    assert sony.found_when("purposes", "credit-check", automated=None) == {"automated-undescribed"}
    assert sony.serves("credit-check") == {"credit-check"}
    consents = (yes("credit-check"),)
    assert why(sony.ask("credit-check")) == {"consent-missing"}
    assert basis(sony.ask("credit-check", facts=adult(consents=consents))) == "consent"
    objected = sony.ask("credit-check", facts=adult(consents=consents, automated_objections=("credit-check",)))
    assert why(objected) == {"automated-decision-objected"}
    send = {"operation": Operation.DISCLOSE, "recipient": "credit-bureau"}
    query = sony.ask("credit-check", "name", facts=adult(consents=consents), **send)
    assert why(query) == {"operation-undeclared", "recipient-undeclared"}


def test_clause_2_2_1_b(sony: Sony) -> None:
    """What a retailer passes on is one category, for customer care of who has a contract, and nothing else."""
    assert sony.fields("retailer-feed") == {"retailer-purchases"}
    assert {sony.policy.entities[name].role.value for name in ("sony-centre", "other-retailers")} == {"controller"}
    assert sony.serves("retailer-purchases") == {"customer-care"}
    assert sony.ask("customer-care", "retailer-purchases", facts=adult(agreements=("warranty",))).permit
    assert why(sony.ask("customer-care", "retailer-purchases")) == {"agreement-missing"}


def test_clause_2_2_1_c(sony: Sony) -> None:
    """Data of group companies flow only over a link that the person made; unlinking stops the flow."""
    assert sony.serves("group-account-data") == {"linked-registration"}
    name = "linked-registration"
    assert why(sony.ask(name, operation=Operation.COLLECT)) == {"consent-missing"}
    assert sony.ask(name, operation=Operation.COLLECT, facts=adult(consents=(yes(name),))).permit
    unlinked = sony.ask(name, operation=Operation.COLLECT, facts=adult(consents=(yes(name), no(name))))
    assert why(unlinked) == {"consent-withdrawn"}


def test_clause_2_2_1_d(sony: Sony) -> None:
    """Public contacts of grown people at work serve sales calls by telephone alone, weighed, until an objection."""
    assert sony.serves("business-contact") == {"b2b-sales"}
    assert basis(sony.ask("b2b-sales", channel="telephone")) == "legitimate-interest"
    assert why(sony.ask("b2b-sales", channel="email")) == {"channel-not-for-purpose"}
    assert why(sony.ask("b2b-sales", channel="telephone", facts=adult(objections=("b2b-sales",)))) == {"objected"}
    at_work = adult(born=None, age=KnownAge.ADULT)
    assert basis(sony.ask("b2b-sales", channel="telephone", facts=at_work)) == "legitimate-interest"
    stopped = adult(born=None, age=KnownAge.ADULT, objections=("b2b-sales",))
    assert why(sony.ask("b2b-sales", channel="telephone", facts=stopped)) == {"objected"}
    assert why(sony.ask("b2b-sales", channel="telephone", facts=adult(born=None))) == {"age-unknown"}


def test_clause_2_2_1_e(sony: Sony) -> None:
    """Public information about a person serves research and development alone, until the person objects."""
    assert sony.serves("public-information") == {"research-development"}
    assert basis(sony.ask("research-development", "public-information")) == "legitimate-interest"
    objected = adult(objections=("research-development",))
    assert why(sony.ask("research-development", "public-information", facts=objected)) == {"objected"}


def test_clause_2_3_1(sony: Sony) -> None:
    """Each social integration is a place of collection with its own fields; nothing comes in without consent."""
    forms = [form for form in sony.policy.touchpoints.values() if form.source == "social-networks"]
    assert {form.id for form in forms} == set(SOCIAL)
    for form in forms:
        for name in form.purposes:
            for category in sony.fields(form.id) & set(sony.policy.purposes[name].data):
                collect = {"operation": Operation.COLLECT}
                assert why(sony.ask(name, category, **collect)) == {"consent-missing"}
                assert sony.ask(name, category, facts=sony.willing(name), **collect).permit


def test_clause_2_3_1_a(sony: Sony) -> None:
    """Social sign-in takes five basic things on consent; anything more needs a consent of its own, asked apart."""
    basics = {"social-id", "name", "profile-picture", "gender", "locale"}
    assert sony.fields("social-login") == set(sony.policy.purposes["social-sign-in"].data) == basics
    assert sony.fields("social-profile-extra") == {"social-profile-extra"}
    signed_in = adult(consents=(yes("social-sign-in"),))
    for category in sony.policy.data:
        decision = sony.ask("social-sign-in", category, facts=signed_in)
        assert decision.permit is (category in basics), category
    for category in ("profile-picture", "gender", "locale"):
        assert sony.serves(category) == {"social-sign-in"}
    assert sony.serves("social-profile-extra") == {"social-profile-extra"}
    assert why(sony.ask("social-sign-in")) == {"consent-missing"}
    extra = "social-profile-extra"
    assert why(sony.ask(extra, facts=signed_in)) == {"consent-missing"}
    assert why(sony.ask("social-sign-in", extra, facts=signed_in)) == {"data-not-for-purpose"}
    assert basis(sony.ask(extra, facts=adult(consents=(yes(extra),)))) == "consent"
    assert why(sony.ask("social-sign-in", facts=adult(consents=(yes(extra),)))) == {"consent-missing"}
    taken_back = adult(consents=(yes("social-sign-in"), yes(extra), no(extra)))
    assert why(sony.ask(extra, facts=taken_back)) == {"consent-withdrawn"}
    assert sony.ask("social-sign-in", facts=taken_back).permit


def test_clause_2_3_1_b(sony: Sony) -> None:
    """A like is recorded after consent alone and posted nowhere; what contacts do is never used."""
    name = "social-interaction"
    assert not sony.policy.trackers["social-plugin"].essential
    assert why(sony.ask(name, "social-reactions")) == {"consent-missing"}
    liked = adult(consents=(yes(name),))
    assert sony.ask(name, "social-reactions", facts=liked).permit
    posted = sony.ask(name, "social-reactions", operation=Operation.DISCLOSE, recipient="social-network", facts=liked)
    assert why(posted) == {"operation-undeclared", "recipient-undeclared"}
    for purpose in sony.policy.purposes.values():
        denied = sony.ask(purpose.id, "contact-interactions", channel=first(purpose), facts=sony.willing(purpose.id))
        assert "prohibited" in why(denied)
        assert cited(denied, "prohibited") == {"2.3.1.b"}


def test_clause_2_3_1_c(sony: Sony) -> None:
    """Liking a page brings in one declared category, on consent, and no other field."""
    assert sony.fields("liked-page") == set(sony.policy.purposes["page-insights"].data) == {"page-likers"}
    assert sony.serves("page-likers") == {"page-insights"}
    assert why(sony.ask("page-insights")) == {"consent-missing"}
    assert sony.ask("page-insights", facts=adult(consents=(yes("page-insights"),))).permit
    wider = sony.ask("page-insights", "gender", facts=adult(consents=(yes("page-insights"),)))
    assert why(wider) == {"data-not-for-purpose"}


def test_clause_2_3_1_d(sony: Sony) -> None:
    """A network's own policy never stands in for our notice: each integration has ours, and needs it to rest on."""
    for name in SOCIAL:
        form = sony.policy.touchpoints[name]
        assert form.notice == ("social-profile-extra" if name == "social-profile-extra" else "social-networks")
        for purpose in form.purposes:
            assert sony.policy.purposes[purpose].notice == form.notice
            assert sony.found_when("purposes", purpose, notice=None) == {"notice-missing"}
    fields = sony.policy.notices["social-networks"].fields
    link_only = {"details": fields["details"]}
    assert sony.found_when("notices", "social-networks", fields=link_only) == {"notice-field-missing"}


def test_clause_2_4_1(sony: Sony) -> None:
    """What sites and products report is a closed list, each field with purpose, basis and one period."""
    observed = [form for form in sony.policy.touchpoints.values() if form.source in ("observed", "provider-scripts")]
    assert len(observed) > 5
    for form in observed:
        for category in sony.fields(form.id):
            served = [name for name in form.purposes if category in sony.policy.purposes[name].data]
            assert served
            assert all(sony.kept(name, category).period for name in served)
    more = sony.ask("product-improvement", "heartbeat")
    assert why(more) == {"data-undeclared"}
    assert "2.4.1" in cited(more)


def test_clause_2_4_1_a(sony: Sony) -> None:
    """Pages viewed, items clicked and the basket are recorded after the analytics or personalisation choice alone."""
    assert sony.serves("browsing") == {"site-analytics", "personalisation", "targeted-advertising"}
    for name in sony.serves("browsing"):
        collect = {"operation": Operation.COLLECT}
        assert why(sony.ask(name, "browsing", **collect)) == {"consent-missing"}
        assert basis(sony.ask(name, "browsing", facts=adult(consents=(yes(name),)), **collect)) == "consent"


def test_clause_2_4_1_b(sony: Sony) -> None:
    """Logs hold four categories for security and errors alone, for half a year (cutting addresses is later)."""
    logs = {"ip-address", "request-information", "activity-time-place", "device-state"}
    assert sony.fields("service-logs") == logs
    for name in ("security-monitoring", "product-improvement"):
        for category in logs & set(sony.policy.purposes[name].data):
            assert basis(sony.ask(name, category)) == "legitimate-interest"
            rule = sony.kept(name, category)
            assert (rule.period, rule.trigger) == (Period(days=180), "collected")
            assert why(sony.ask(name, category, facts=adult(ended=(rule.id,)))) == {"retention-passed"}
    assert not MARKETING.intersection(
        trait for name in sony.serves("ip-address") for trait in sony.policy.purposes[name].traits
    )


def test_clause_2_4_1_c(sony: Sony) -> None:
    """Exact location needs a live consent of its own; device IDs serve fraud and voucher control alone."""
    assert sony.serves("precise-location") == {"location-services"}
    name, collect = "location-services", {"operation": Operation.COLLECT}
    assert why(sony.ask(name, **collect)) == {"consent-missing"}
    assert sony.ask(name, facts=adult(consents=(yes(name),)), **collect).permit
    assert why(sony.ask(name, facts=adult(consents=(yes(name), no(name))), **collect)) == {"consent-withdrawn"}
    assert sony.serves("device-id") == {"payment-fraud-check", "voucher-control"}
    taken = {form.id: form.purposes for form in sony.policy.touchpoints.values() if "device-id" in sony.fields(form.id)}
    assert taken == {
        "online-payment": ("payment-fraud-check",), "voucher-redemption": ("voucher-control", "customer-benefits")
    }  # fmt: skip


def test_clause_2_4_1_d(sony: Sony) -> None:
    """Device setup takes interests and preferences, under a notice of its own and behind the age gate."""
    form = sony.policy.touchpoints["product-setup"]
    assert sony.fields("product-setup") == {"interests", "preferences"}
    assert form.age_gate
    assert form.notice
    collect = {"operation": Operation.COLLECT}
    assert why(sony.ask("personalisation", "interests", **collect)) == {"consent-missing"}
    assert sony.ask("personalisation", "interests", facts=sony.willing("personalisation"), **collect).permit
    assert "age-unknown" in why(sony.ask("personalisation", "interests", facts=adult(born=None), **collect))


def test_clause_2_4_1_e(sony: Sony) -> None:
    """Conversations are monitored after a notice and with consent alone, by trained staff (access logs are later)."""
    form = sony.policy.touchpoints["monitored-communications"]
    assert form.recording
    assert form.notice == "recordings"
    assert sony.serves("logged-communications") == {"training-quality"}
    heard = adult(consents=(yes("training-quality"),))
    assert why(sony.ask("training-quality", "logged-communications")) == {"consent-missing"}
    assert sony.ask("training-quality", "logged-communications", facts=heard).permit
    untrained = sony.ask("training-quality", "logged-communications", facts=heard, agent="clerk-7")
    assert why(untrained) == {"agent-untrained"}


def test_clause_2_4_1_f(sony: Sony) -> None:
    """Three identifiers tell devices apart, for the session alone, and are joined to an account on consent only."""
    three = {"device-number", "cookie-id", "ip-address"}
    assert set(sony.policy.purposes["device-distinction"].data) == three
    assert all(sony.policy.data[name].identifier for name in three)
    assert basis(sony.ask("device-distinction")) == "legitimate-interest"
    assert {sony.kept("device-distinction", name).trigger for name in three} == {"session-end"}
    assert sony.serves("device-number") == {"device-distinction", "account-association"}
    assert why(sony.ask("device-distinction", "account-number")) == {"data-not-for-purpose"}
    assert why(sony.ask("account-association", "cookie-id", "account-number")) == {"consent-missing"}


def test_clause_2_4_1_g(sony: Sony) -> None:
    """Joining usage data to an account is a purpose of its own, on consent and assessed; withdrawal ends it."""
    purpose = sony.policy.purposes["account-association"]
    assert Trait.COMBINATION in purpose.traits
    assert purpose.impact is not None
    assert sony.serves("account-association") == {"account-association"}
    name = purpose.id
    assert why(sony.ask(name, facts=adult(agreements=("account",)))) == {"consent-missing"}
    assert basis(sony.ask(name, facts=adult(consents=(yes(name),)))) == "consent"
    assert why(sony.ask(name, facts=adult(consents=(yes(name), no(name))))) == {"consent-withdrawn"}
