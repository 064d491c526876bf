"""Chapter 2 at the gate: what a touchpoint may keep of what it was given, and what becomes of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.clauses.asking import AT, Sony, adult, child, no, yes
from tests.clauses.gating import CARD, NIK, clauses, codes, everything, gate, ready

from janji.collection.submission import Announced, Collected, Upload
from janji.decision.standing import KnownAge
from janji.files.translations import load_tongue
from janji.ledger.events import Actor
from janji.notices.plain import four_facts
from janji.notices.touchpoint import touchpoint_notice
from janji.policy.model import Touchpoint
from janji.terms.processing import AgeState, SourceKind

ACCOUNTS = ("my-sony", "sony-digital-workshop", "alpha-universe")
GIVEN = {"name": "Ani", "contact-details": "ani@example.org", "date-of-birth": "1990-05-17"}
TOLD = "d" * 64


def kinds(found: Collected) -> set[str]:
    """The kinds of what was found in texts."""
    return {find.match.kind for item in found.quarantined for find in item.finds}


def heard(sony: Sony, touchpoint: str, **context: Any) -> dict[str, Any]:
    """The circumstances of a submission at any touchpoint: an event of it, an announcement of a recording."""
    place = sony.policy.touchpoints[touchpoint]
    announced = Announced(AT - timedelta(seconds=3), TOLD) if place.recording else None
    return {
        "event": next(iter(place.events), None), "announced": announced, "texts": {str(place.notice): frozenset({TOLD})}, **context,
    }  # fmt: skip


def changed(sony: Sony, touchpoint: str, **changes: Any) -> Sony:
    """The policy with one touchpoint changed."""
    place: Touchpoint = replace(sony.policy.touchpoints[touchpoint], **changes)
    policy = replace(sony.policy, touchpoints={**sony.policy.touchpoints, touchpoint: place})
    return replace(sony, compiled=replace(sony.compiled, policy=policy, rows={}, gates={}))


def test_clause_2_0_gate(sony: Sony) -> None:
    """Every value that is kept says where it came from, of which kind, and which agent took it; no other source is taken."""
    for place in sony.policy.touchpoints.values():
        given = everything(sony, place.id)
        found = gate(sony, place.id, given, ready(sony, place.id), agent=None, **heard(sony, place.id))
        assert set(found.provenance) == {*found.kept, *(item.field for item in found.quarantined)}
        assert found.provenance, place.id
        for source in found.provenance.values():
            assert (source.source, source.kind) == (place.source, sony.policy.sources[place.source].kind)
    trained = adult(agreements=("request",), trained_until=AT.date())
    taken = gate(sony, "search-request", {"contact-details": "x", "query": "price"}, trained, agent="clerk-7")
    assert {source.agent for source in taken.provenance.values()} == {"clerk-7"}
    untrained = gate(sony, "search-request", {"contact-details": "x"}, adult(agreements=("request",)), agent="clerk-7")
    assert codes(untrained) == {"agent-untrained"}
    spoken = gate(sony, "search-request", {"contact-details": "x"}, trained, source="representative")
    assert spoken.provenance["contact-details"].kind is SourceKind.THIRD_PARTY
    hearsay = gate(sony, "search-request", {"contact-details": "x"}, trained, source="credit-sources")
    assert codes(hearsay) == {"source-undeclared"}


def test_clause_2_1_1_gate(sony: Sony) -> None:
    """A form that is not registered collects nothing; of one that is, only its fields."""
    nowhere = gate(sony, "sweepstake-2027", {"name": "Ani"})
    assert (nowhere.allowed, dict(nowhere.kept), codes(nowhere)) == (False, {}, {"touchpoint-undeclared"})
    assert "2.1.1" in clauses(nowhere)
    for place in sony.policy.touchpoints.values():
        found = gate(sony, place.id, {**everything(sony, place.id), "shoe-size": "42"}, ready(sony, place.id), **heard(sony, place.id))
        assert "field-undeclared" in codes(found, "shoe-size"), place.id
        assert "shoe-size" not in found.kept


def test_clause_2_1_1_a_gate(sony: Sony) -> None:
    """Five groups and no more; the birth date decides in the same moment; the newsletter is a choice and never a value."""
    for name in ACCOUNTS:
        member = adult(born=None, agreements=("account",))
        open_ = gate(sony, name, {**GIVEN, "phone-model": "x"}, member)
        assert open_.allowed
        assert set(open_.kept) == set(GIVEN)
        assert open_.choices == ()
        assert codes(open_) == {"field-undeclared"}
        assert open_.age is not None
        assert (open_.age.state, open_.age.given) == (AgeState.ADULT, True)
        young = gate(sony, name, {**GIVEN, "date-of-birth": "2015-05-17"}, member)
        assert not young.allowed
        assert set(young.kept) == {"date-of-birth"}
        assert young.age is not None
        assert (young.age.quarantined, young.age.band) == (True, "10-12")
        unasked = gate(sony, name, {key: value for key, value in GIVEN.items() if key != "date-of-birth"}, member)
        assert "age-not-asked" in codes(unasked)
        for answer in ("on", 1, "true", {"email": "yes"}):
            said = gate(sony, name, {**GIVEN, "newsletter": answer}, member)
            assert said.choices == ()
            assert codes(said, "newsletter") == {"choice-not-explicit"}
        asked = gate(sony, name, {**GIVEN, "newsletter": {"email": True, "sms": False}}, member)
        assert [(one.purpose, one.channel, one.yes) for one in asked.choices] == [
            ("newsletters", "email", True), ("newsletters", "sms", False)
        ]  # fmt: skip
        assert "newsletter" not in asked.kept
        assert codes(gate(sony, name, {**GIVEN, "newsletter": True}, member), "newsletter") == {"choice-channel-missing"}
        assert codes(gate(sony, name, {"newsletter": {"email": True}}, member, actor=Actor.SYSTEM), "newsletter") == {
            "choice-not-by-person"
        }


def test_clause_2_1_1_b_gate(sony: Sony) -> None:
    """Nothing is recorded before its announcement with the text in force; then it is, and a no stops nothing else."""
    willing = ready(sony, "phone-call")
    for name in ("phone-call", "chat"):
        place = sony.policy.touchpoints[name]
        texts = {str(place.notice): frozenset({TOLD})}
        before, after = Announced(AT - timedelta(seconds=1), TOLD), Announced(AT + timedelta(seconds=1), TOLD)
        assert gate(sony, name, {"recording": "r"}, willing, announced=before, texts=texts).kept == {"recording": "r"}
        for announced, code in ((None, "recording-unannounced"), (after, "recording-announced-late"),
                                (Announced(AT, "e" * 64), "recording-other-notice")):  # fmt: skip
            found = gate(sony, name, {"recording": "r"}, willing, announced=announced, texts=texts)
            assert codes(found) == {code}
            assert "2.1.1.b" in clauses(found)
        assert str(found.missing[0].consequence.get("en") if found.missing[0].consequence else "").endswith("served all the same.")
    buyer = adult(agreements=("order",))
    given = {"name": "A", "contact-details": "b", "products-bought": "c", "payment-information": "d", "religion": "e"}
    bought = gate(sony, "online-store", given, buyer, age=KnownAge.ADULT)
    assert set(bought.kept) == set(given) - {"religion"}
    assert "payment-information" not in gate(sony, "repair", given, ready(sony, "repair"), age=KnownAge.ADULT).kept


def test_clause_2_1_1_c_gate(sony: Sony) -> None:
    """The service centre keeps its four fields one to one, what was written once it is clean, and for nobody's other use."""
    given = everything(sony, "customer-service")
    found = gate(sony, "customer-service", given, adult(agreements=("warranty",)))
    assert dict(found.kept) == given
    assert {purpose for source in found.provenance.values() for purpose in source.purposes} == {
        "customer-care", "complaint-handling"
    }  # fmt: skip


def test_clause_2_1_1_d_gate(sony: Sony) -> None:
    """Loyalty data are taken of members alone; without the membership the person is told what follows."""
    given = {"account-number": "1", "use": "2"}
    assert dict(gate(sony, "loyalty-programme", given, adult(agreements=("loyalty-membership",))).kept) == given
    stranger = gate(sony, "loyalty-programme", given)
    assert (stranger.allowed, codes(stranger)) == (False, {"agreement-missing"})
    assert [(item.field, item.required) for item in stranger.missing] == [("account-number", True)]


def test_clause_2_1_1_e_gate(sony: Sony) -> None:
    """What is taken at an event, on paper too, is marked as from the event, with the agent who took it."""
    facts = adult(agreements=("event-registration",), trained_until=AT.date())
    for name in ("public-event", "competition", "prize-draw", "workshop"):
        found = gate(sony, name, {**everything(sony, name), "income": "much"}, facts, agent="host-1", actor=Actor.STAFF)
        assert set(found.kept) == set(everything(sony, name))
        assert {(one.source, one.agent) for one in found.provenance.values()} == {("event-capture", "host-1")}


def test_clause_2_1_1_f_gate(sony: Sony) -> None:
    """A picture is looked at by a person before it is kept; a clean review is kept; no file is taken where none is declared."""
    facts = ready(sony, "reviews-uploads")
    picture = Upload("us.jpg", "image/jpeg", b"\xff\xd8\xff")
    found = gate(sony, "reviews-uploads", {"photo": picture, "review": "Fine lens"}, facts, age=KnownAge.ADULT)
    assert dict(found.kept) == {"review": "Fine lens"}
    assert [(item.field, item.reason.code) for item in found.quarantined] == [("photo", "unread")]
    assert codes(gate(sony, "forum", {"body": picture}, ready(sony, "forum")), "body") == {"upload-undeclared"}


def test_clause_2_1_1_g_gate(sony: Sony) -> None:
    """A survey keeps address and opinions; "information about you" is dropped, whoever consents."""
    for name in ("survey", "research"):
        found = gate(sony, name, {"email": "a@example.org", "opinions": "good", "about-you": "all"}, ready(sony, name))
        assert set(found.kept) == {"email", "opinions"}
        assert codes(found) == {"field-undeclared"}
        assert "2.1.1.g" in clauses(found)


def test_clause_2_1_1_h_gate(sony: Sony) -> None:
    """An application for a job needs consent to recruitment, and goes nowhere else."""
    given = everything(sony, "job-application")
    assert codes(gate(sony, "job-application", given)) == {"consent-missing"}
    found = gate(sony, "job-application", given, ready(sony, "job-application"))
    assert dict(found.kept) == given
    assert {source.purposes for source in found.provenance.values()} == {("recruitment",)}
    assert codes(gate(sony, "job-application", given, adult(consents=(yes("recruitment"), no("recruitment"))))) == {"consent-withdrawn"}


def test_clause_2_1_1_i_gate(sony: Sony) -> None:
    """Data sent for any other reason have no place to come in, and the clause is cited."""
    found = gate(sony, "any-other-reason", {"name": "Ani", "story": "long"}, adult(agreements=("account", "order", "request")))
    assert dict(found.kept) == {}
    assert codes(found) == {"touchpoint-undeclared"}
    assert "2.1.1.i" in clauses(found)


@pytest.mark.parametrize("touchpoint", ["customer-service", "complaint", "search-request", "survey", "reviews-uploads", "forum",
                                        "rights-contact", "repair", "job-application", "guardian-contact"])  # fmt: skip
def test_clause_2_1_2_gate(sony: Sony, touchpoint: str) -> None:
    """A number of an identity card, a payment card, an illness or a child in free text is set aside and not silently kept."""
    place = sony.policy.touchpoints[touchpoint]
    free = [name for name, item in place.fields.items() if item.free_text]
    assert free
    for text, kind in ((f"NIK saya {NIK}", "national-id"), (f"card {CARD}", "card"), ("saya sakit diabetes", "health"),
                       ("anak saya berumur 8 tahun", "child")):  # fmt: skip
        for field in free:
            found = gate(sony, touchpoint, {field: text}, ready(sony, touchpoint))
            assert field not in found.kept
            assert kind in kinds(found), (field, text)
            assert found.quarantined[0].reason.code == "review-needed"
            assert text not in str(found.quarantined[0].reason.message)
        written = Upload("note.txt", "text/plain", text.encode(), text)
        if place.uploads:
            assert kind in kinds(gate(sony, touchpoint, {free[0]: written}, ready(sony, touchpoint)))
    assert not gate(sony, touchpoint, {free[0]: "all is well"}, ready(sony, touchpoint)).quarantined


def test_clause_2_1_3_gate(sony: Sony) -> None:
    """Whoever leaves a required field out is told in both languages what follows; whoever leaves another out is not stopped."""
    for place in sony.policy.touchpoints.values():
        found = gate(sony, place.id, {}, ready(sony, place.id), **heard(sony, place.id))
        event = place.events.get(heard(sony, place.id)["event"] or "")
        required = {name for name, item in place.fields.items() if item.required and (event is None or name in event.fields)}
        assert {item.field for item in found.missing if item.required} == required
        assert found.allowed is not bool(required)
        assert all(item.consequence and {"en", "id"} <= set(item.consequence.languages) for item in found.missing)
    wrong = gate(sony, "my-sony", {**GIVEN, "date-of-birth": "31 February"}, adult(born=None, agreements=("account",)))
    assert "birth-unreadable" in codes(wrong, "date-of-birth")
    assert not wrong.allowed


def test_clause_2_2_1_gate(sony: Sony) -> None:
    """What comes from elsewhere comes in at its own touchpoint, marked so, and not without the purpose's basis."""
    for place in sony.policy.touchpoints.values():
        if sony.policy.sources[place.source].kind is not SourceKind.THIRD_PARTY:
            continue
        found = gate(sony, place.id, everything(sony, place.id), ready(sony, place.id))
        assert {source.kind for source in found.provenance.values()} == {SourceKind.THIRD_PARTY}
        other = gate(sony, place.id, {"hearsay": "x"}, ready(sony, place.id))
        assert codes(other) == {"field-undeclared"}


def test_clause_2_2_1_a_gate(sony: Sony) -> None:
    """A credit check is taken in only of an adult who consented, and not from who objects to the machine."""
    given = {"name": "Ani", "credit-check": "A"}
    assert codes(gate(sony, "credit-check", given)) == {"consent-missing"}
    assert dict(gate(sony, "credit-check", given, ready(sony, "credit-check")).kept) == given
    objected = replace(ready(sony, "credit-check"), automated_objections=("credit-check",))
    assert codes(gate(sony, "credit-check", given, objected)) == {"automated-decision-objected"}
    assert "age-not-asked" in codes(gate(sony, "credit-check", given, replace(ready(sony, "credit-check"), born=None)))


def test_clause_2_2_1_b_gate(sony: Sony) -> None:
    """A retailer's feed brings in the one declared field."""
    feed = {"purchase": "camera", "loyalty-card": "1", "address": "x"}
    found = gate(sony, "retailer-feed", feed, adult(agreements=("warranty",)))
    assert dict(found.kept) == {"purchase": "camera"}
    assert found.provenance["purchase"].source == "retailers"


def test_clause_2_2_1_c_gate(sony: Sony) -> None:
    """Unlinking stops the flow from group companies at the gate, in every mode."""
    given = {"account-number": "1", "group-account": "2"}
    linked = adult(consents=(yes("linked-registration"),))
    assert dict(gate(sony, "group-account-linking", given, linked).kept) == given
    unlinked = adult(consents=(yes("linked-registration"), no("linked-registration")))
    assert codes(gate(sony, "group-account-linking", given, unlinked)) == {"consent-withdrawn"}


@pytest.mark.parametrize(("clause", "touchpoint", "purpose"), [
    ("2.2.1.d", "b2b-call", "b2b-sales"), ("2.2.1.e", "public-research", "research-development"),
])  # fmt: skip
def test_clause_2_2_1_d_gate(sony: Sony, clause: str, touchpoint: str, purpose: str) -> None:
    """Public data are taken in for the declared purpose, marked as from others, until the person objects."""
    given = everything(sony, touchpoint)
    found = gate(sony, touchpoint, given)
    assert dict(found.kept) == given
    assert {source.purposes for source in found.provenance.values()} == {(purpose,)}
    objected = gate(sony, touchpoint, given, adult(objections=(purpose,)))
    assert codes(objected) == {"objected"}
    assert clause in sony.policy.touchpoints[touchpoint].clauses


def test_clause_2_2_1_e_gate(sony: Sony) -> None:
    """Nothing public about a person comes in for anything but research and development."""
    for place in sony.policy.touchpoints.values():
        if place.id != "public-research":
            found = gate(sony, place.id, {"public-information": "x"}, ready(sony, place.id), **heard(sony, place.id))
            assert "public-information" not in found.kept


def test_clause_2_3_1_gate(sony: Sony) -> None:
    """Each social integration takes its own fields after consent alone, and asks a network for what it declares."""
    for name in ("social-integration", "social-login", "social-profile-extra", "like-button", "liked-page"):
        given = everything(sony, name)
        assert codes(gate(sony, name, given)) == {"consent-missing"}
        assert set(gate(sony, name, given, ready(sony, name)).kept) == set(given)


def test_clause_2_3_1_a_gate(sony: Sony) -> None:
    """Scopes beyond the declared ones are refused; those for more are asked for after their own consent alone."""
    signed = ready(sony, "social-login")
    found = gate(sony, "social-login", {}, signed, scopes=("openid", "profile", "friends", "birthday"))
    assert found.scopes == ("openid", "profile")
    assert {(item.field, item.reasons[0].code) for item in found.refused} == {
        ("friends", "scope-undeclared"), ("birthday", "scope-undeclared")
    }  # fmt: skip
    assert gate(sony, "social-login", {}, scopes=("openid",)).scopes == ()
    extra = gate(sony, "social-profile-extra", {}, signed, scopes=("birthday",))
    assert [reason.code for item in extra.refused for reason in item.reasons] == ["consent-missing"]
    assert gate(sony, "social-profile-extra", {}, ready(sony, "social-profile-extra"), scopes=("birthday",)).scopes == ("birthday",)
    more = gate(sony, "social-login", {**everything(sony, "social-login"), "friends": ["a", "b"]}, signed)
    assert codes(more) == {"field-undeclared"}


def test_clause_2_3_1_b_gate(sony: Sony) -> None:
    """A click is taken after consent; nothing about what contacts do comes in, in any mode."""
    given = {"reaction": "like", "contact-interactions": ["x"]}
    assert dict(gate(sony, "like-button", given, ready(sony, "like-button")).kept) == {"reaction": "like"}
    assert dict(gate(sony, "like-button", given).kept) == {}


def test_clause_2_3_1_c_gate(sony: Sony) -> None:
    """Of a liked page the declared parts of the profile come in, and no other."""
    profile = {"network-id": "1", "name": "Ani", "friends": ["x"], "birthday": "1990"}
    found = gate(sony, "liked-page", {"profile": profile}, ready(sony, "liked-page"))
    assert dict(found.kept) == {"profile": {"network-id": "1", "name": "Ani"}}
    assert {item.field for item in found.dropped} == {"profile.friends", "profile.birthday"}
    assert codes(found) == {"part-undeclared"}
    many = gate(sony, "liked-page", {"profile": [profile, {"name": {"first": "A"}}]}, ready(sony, "liked-page"))
    assert dict(many.kept) == {"profile": [{"network-id": "1", "name": "Ani"}]}


def test_clause_2_3_1_d_gate(sony: Sony) -> None:
    """At each integration it is our own notice that tells the four facts, in both languages."""
    for name in ("social-integration", "social-login", "social-profile-extra", "like-button", "liked-page"):
        place = sony.policy.touchpoints[name]
        for language in ("en", "id"):
            told = four_facts(touchpoint_notice(sony.compiled, place, AT.date()), load_tongue(language))
            assert told["identity"]["controller"] == sony.policy.controller.name
            assert {item["purpose"] for item in told["purpose"]} == set(map(str, place.purposes))


def test_clause_2_4_1_gate(sony: Sony) -> None:
    """What sites and products report is a registered event with its fields; another event or field is dropped."""
    facts = ready(sony, "connected-product")
    report = {"device-number": "1", "device-state": {"error": "E7", "contacts": ["x"]}}
    found = gate(sony, "connected-product", report, facts, event="in-use")
    assert dict(found.kept) == {"device-number": "1", "device-state": {"error": "E7"}}
    for event in (None, "heartbeat"):
        assert codes(gate(sony, "connected-product", {"device-number": "1"}, facts, event=event)) == {"event-undeclared"}
    assert "2.4.1" in clauses(gate(sony, "connected-product", report, facts, event="heartbeat"))


def test_clause_2_4_1_a_gate(sony: Sony) -> None:
    """An analytics event holds browser, page and item, after the analytics choice alone; it carries no more."""
    event = {"browsing": {"browser": "F", "page": "/a", "item": "b", "screen": "4k"}, "cookie-id": "c", "ip-address": "203.0.113.9"}
    silent = gate(sony, "website", event, adult(), event="page-viewed")
    assert "browsing" not in silent.kept
    assert "consent-missing" in codes(silent, "browsing")
    choice = adult(consents=(yes("site-analytics"),))
    found = gate(sony, "website", event, choice, event="page-viewed")
    assert found.kept["browsing"] == {"browser": "F", "page": "/a", "item": "b"}
    assert codes(found, "browsing.screen") == {"part-undeclared"}
    assert codes(gate(sony, "website", {"page-views": "x"}, choice, event="item-clicked"), "page-views") >= {"field-not-for-event"}
    basket = gate(sony, "shopping-basket", {"basket-items": "x"}, choice)
    assert dict(basket.kept) == {"basket-items": "x"}
    assert dict(gate(sony, "shopping-basket", {"basket-items": "x"}).kept) == {}


def test_clause_2_4_1_b_gate(sony: Sony) -> None:
    """Logs take the listed fields alone, and cut addresses where the policy says so."""
    log = {"ip-address": "203.0.113.9", "request-information": {"user-agent": "F", "cookies": "x"}, "device-state": {"error": "E"},
           "activity-time-place": {"time": "t", "gps": "x"}, "body": "x"}  # fmt: skip
    found = gate(sony, "service-logs", log)
    assert dict(found.kept) == {
        "ip-address": "203.0.113.9", "request-information": {"user-agent": "F"}, "device-state": {"error": "E"},
        "activity-time-place": {"time": "t"},
    }  # fmt: skip
    fields = sony.policy.touchpoints["service-logs"].fields
    short = changed(sony, "service-logs", fields={**fields, "ip-address": replace(fields["ip-address"], shorten=True)})
    for address, kept in (("203.0.113.9", "203.0.113.0"), ("2001:db8:1:2::9", "2001:db8:1::"), ("::ffff:203.0.113.9", "203.0.113.0")):
        assert gate(short, "service-logs", {"ip-address": address}).kept["ip-address"] == kept
    assert codes(gate(short, "service-logs", {"ip-address": "somewhere"}), "ip-address") == {"address-unreadable"}


def test_clause_2_4_1_c_gate(sony: Sony) -> None:
    """An exact place is taken under a live consent alone; the withdrawal ends it in the same moment, in every mode."""
    place = {"location": "-6.2,106.8"}
    assert codes(gate(sony, "location-service", place)) == {"consent-missing"}
    assert dict(gate(sony, "location-service", place, adult(consents=(yes("location-services"),))).kept) == place
    withdrawn = adult(consents=(yes("location-services"), no("location-services")))
    assert codes(gate(sony, "location-service", place, withdrawn)) == {"consent-withdrawn"}
    for other in sony.policy.touchpoints.values():
        if other.id != "location-service":
            assert "location" not in gate(sony, other.id, place, ready(sony, other.id), **heard(sony, other.id)).kept


def test_clause_2_4_1_d_gate(sony: Sony) -> None:
    """Setup takes interests and preferences after the choice, of who is of age, under a notice of its own."""
    given = {"interests": "music", "preferences": "loud"}
    assert set(codes(gate(sony, "product-setup", given))) >= {"consent-missing"}
    assert dict(gate(sony, "product-setup", given, ready(sony, "product-setup")).kept) == given
    young = replace(ready(sony, "product-setup"), born=None)
    assert not gate(sony, "product-setup", given, young, age=KnownAge.CHILD).kept


def test_clause_2_4_1_e_gate(sony: Sony) -> None:
    """Conversations are logged after the monitoring was announced, by trained staff, of who consented."""
    facts = replace(ready(sony, "monitored-communications"), trained_until=AT.date())
    told = heard(sony, "monitored-communications")
    assert dict(gate(sony, "monitored-communications", {"log": "l"}, facts, agent="clerk-7", **told).kept) == {"log": "l"}
    unannounced = gate(sony, "monitored-communications", {"log": "l"}, facts)
    assert codes(unannounced) == {"recording-unannounced"}
    untrained = gate(sony, "monitored-communications", {"log": "l"}, ready(sony, "monitored-communications"), agent="new", **told)
    assert codes(untrained) == {"agent-untrained"}
    assert codes(gate(sony, "monitored-communications", {"log": "l"}, **told)) == {"consent-missing"}


def test_clause_2_4_1_f_gate(sony: Sony) -> None:
    """Device number, cookie and address come in as observed, for telling devices apart, without any choice."""
    seen = gate(sony, "website", {"cookie-id": "c", "ip-address": "203.0.113.9"}, adult(), event="page-viewed")
    assert set(seen.kept) == {"cookie-id", "ip-address"}
    assert {source.kind for source in seen.provenance.values()} == {SourceKind.OBSERVED}
    assert all("device-distinction" in source.purposes for source in seen.provenance.values())
    product = gate(sony, "connected-product", {"device-number": "1"}, adult(), event="in-use")
    assert product.provenance["device-number"].purposes == ("device-distinction",)


def test_clause_2_4_1_g_gate(sony: Sony) -> None:
    """No touchpoint takes usage data already joined to an account: joining is a step of its own, on record."""
    for place in sony.policy.touchpoints.values():
        assert "account-association" not in {str(field.data) for field in place.fields.values()}
        found = gate(sony, place.id, {"account-association": "x"}, ready(sony, place.id), **heard(sony, place.id))
        assert "account-association" not in found.kept


def test_clause_3_1_1_e_gate(sony: Sony) -> None:
    """Who contacts us is known by what is held already: no touchpoint of contact takes a paper, and one sent is set aside."""
    for name in ("customer-service", "complaint", "search-request", "rights-contact"):
        facts = ready(sony, name)
        assert "identity-evidence" not in sony.fields(name)
        found = gate(sony, name, {"identity-card": "copy", "identity-evidence": "copy"}, facts)
        assert dict(found.kept) == {}
        free = next(field for field, item in sony.policy.touchpoints[name].fields.items() if item.free_text)
        assert kinds(gate(sony, name, {free: f"this is me, NIK {NIK}"}, facts)) >= {"national-id"}


def test_clause_3_1_1_f_gate(sony: Sony) -> None:
    """What stands in an unfinished form is not taken until the visitor was told and said yes, and is of age."""
    typed = {"email": "ani@example.org", "checkout-products": "lens"}
    silent = gate(sony, "checkout-form", typed)
    assert (dict(silent.kept), silent.choices) == ({}, ())
    assert codes(silent) == {"consent-missing"}
    assert "3.1.1.f" in clauses(silent)
    said = gate(sony, "checkout-form", {**typed, "assistance": True})
    assert [(one.purpose, one.channel, one.yes) for one in said.choices] == [("checkout-assistance", "email", True)]
    told = adult(consents=(yes("checkout-assistance", "email"),))
    assert dict(gate(sony, "checkout-form", typed, told).kept) == typed
    assert dict(gate(sony, "checkout-form", typed, replace(told, born=None)).kept) == {}
    assert dict(gate(sony, "checkout-form", typed, child(consents=told.consents)).kept) == {}


def test_clause_9_1_g_gate(sony: Sony) -> None:
    """Each touchpoint tells a program the four facts: who asks, on which basis, for what, and who answers for it."""
    for place in sony.policy.touchpoints.values():
        for language in ("en", "id"):
            told = four_facts(touchpoint_notice(sony.compiled, place, AT.date()), load_tongue(language))
            assert told["identity"]["controller"]
            assert told["identity"]["contacts"]
            bases = {item["purpose"]: item for item in told["basis"]}
            assert set(bases) == {item["purpose"] for item in told["purpose"]} == set(map(str, place.purposes))
            assert all(item["article"] and item["text"] for item in bases.values())
            assert all(item["title"] for item in told["purpose"])
            assert told["accountability"]["complaints"]
            assert {str(sony.policy.purposes[name].basis) for name in bases} == {item["basis"] for item in bases.values()}


def test_a_child_with_a_guardian_passes_the_gate(sony: Sony) -> None:
    """A guardian's verified consent opens what is open to children, and marketing not."""
    ward = child(guardian=True, agreements=("account",), consents=(yes("newsletters", "email"),))
    found = gate(sony, "my-sony", {**GIVEN, "date-of-birth": "2015-05-17"}, ward)
    assert found.allowed
    assert found.age is not None
    assert not found.age.quarantined
    assert all("newsletters" not in source.purposes for source in found.provenance.values())


def test_the_age_at_a_gate_is_not_made_up(sony: Sony) -> None:
    """A child by the record stays one, whatever is answered at the gate."""
    known = child(agreements=("account",))
    for given, answer in (({**GIVEN}, None), ({"name": "x"}, KnownAge.ADULT)):
        found = gate(sony, "my-sony", given, known, age=answer)
        assert found.age is not None
        assert found.age.state is AgeState.CHILD
        assert "name" not in found.kept
