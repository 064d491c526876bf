"""Chapter 6: who may receive data, and what may leave the country."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.clauses.asking import Sony, adult, basis, cited, first, order, why, yes

from janji.decision.question import Decision
from janji.decision.standing import Standing, TransferConsent
from janji.policy.combined import NEEDS_AGREEMENT
from janji.policy.model import Recipient
from janji.terms.processing import Operation, RecipientClass
from janji.workflows.documents import Kind

LAST, AFTER = datetime(2027, 6, 30, 12, 0, tzinfo=UTC), datetime(2027, 7, 1, 12, 0, tzinfo=UTC)
SEVEN = ("JP", "SG", "AE", "GB", "US", "IN", "CN")


def _ready(sony: Sony, purpose: str) -> Standing:
    """A person of whom all is on record that any disclosure for the purpose could need."""
    return sony.willing(purpose, instrument=order(), authorisations=("user-authorised-party",))


def _send(sony: Sony, purpose: str, recipient: str, *data: str, **asked: Any) -> Decision:
    """The decision on a disclosure, of what the recipient may get and through the first channel, or as `asked`."""
    declared = sony.policy.recipients.get(recipient)
    needed = sony.policy.purposes[purpose].data
    asked = {"channel": first(sony.policy.purposes[purpose]), **asked}
    fitting = tuple(name for name in needed if declared and name in (declared.data or needed))
    facts = asked.pop("facts", _ready(sony, purpose))
    chosen = data or fitting or needed
    return sony.ask(purpose, *chosen, operation=Operation.DISCLOSE, recipient=recipient, facts=facts, **asked)


def _of(sony: Sony, kind: RecipientClass) -> list[Recipient]:
    return [recipient for recipient in sony.policy.recipients.values() if recipient.kind is kind]


def _needs_agreement(sony: Sony, recipient: Recipient, purpose: str) -> None:
    """Without a filed agreement a disclosure goes on until the provisional day and no longer."""
    assert _send(sony, purpose, recipient.id, at=LAST).permit
    assert "recipient-agreement-expired" in why(_send(sony, purpose, recipient.id, at=AFTER))
    assert sony.found_when("recipients", recipient.id, agreement=None) == {"recipient-agreement-missing"}


def test_clause_6_1(sony: Sony) -> None:
    """Data go to a registered party for its purposes and data alone; anybody else is denied."""
    for recipient in sony.policy.recipients.values():
        assert recipient.kind is not RecipientClass.OTHER
        for purpose in sony.policy.purposes.values():
            decision = _send(sony, purpose.id, recipient.id)
            if purpose.id not in recipient.purposes:
                assert "recipient-not-for-purpose" in why(decision)
            else:
                assert decision.permit is (recipient.country == "ID"), decision
    for stranger in ("ad-network", "social-network", "credit-bureau", "public", ""):
        denied = _send(sony, "account-service", stranger)
        assert why(denied) == {"recipient-undeclared"}
        assert "6.1" in cited(denied)
    nobody = sony.ask("enquiry", facts=adult(agreements=("request",)), operation=Operation.DISCLOSE)
    assert why(nobody) == {"recipient-not-named"}


def test_clause_6_1_a(sony: Sony) -> None:
    """Group companies receive data for services to the person alone, at home and under an agreement."""
    group = _of(sony, RecipientClass.AFFILIATE)
    assert {recipient.country for recipient in group} == {"ID", *SEVEN}
    assert {name for recipient in group for name in recipient.purposes} == {"group-services"}
    at_home = sony.policy.recipients["group-indonesia"]
    _needs_agreement(sony, at_home, "group-services")
    assert why(_send(sony, "group-services", "group-indonesia", facts=adult())) == {"agreement-missing"}
    assert "recipient-not-for-purpose" in why(_send(sony, "marketing-offers", "group-indonesia"))


def test_clause_6_1_b(sony: Sony) -> None:
    """Service providers are processors with an agreement, for their tasks and data (sub-processors are later)."""
    for recipient in _of(sony, RecipientClass.PROCESSOR):
        assert recipient.role.value == "processor"
        for purpose in recipient.purposes:
            _needs_agreement(sony, recipient, purpose)
            for category in sony.policy.purposes[purpose].data:
                allowed = not recipient.data or category in recipient.data
                assert _send(sony, purpose, recipient.id, category).permit is allowed
    assert why(_send(sony, "delivery", "courier", "products-bought")) == {"recipient-not-for-data"}


def test_clause_6_1_c(sony: Sony) -> None:
    """Shops receive loyalty fields of members for rewards, and nothing else."""
    (shops,) = _of(sony, RecipientClass.RETAILER)
    member = adult(agreements=("loyalty-membership",))
    fields = ("account-number", "loyalty-use")
    assert basis(_send(sony, "loyalty-rewards", shops.id, *fields, facts=member)) == "contract"
    assert why(_send(sony, "loyalty-rewards", shops.id, facts=adult())) == {"agreement-missing"}
    for category in sony.policy.data.keys() - set(fields):
        denied = _send(sony, "loyalty-rewards", shops.id, category, facts=member)
        assert "recipient-not-for-data" in why(denied)
        assert "6.1.c" in cited(denied, "recipient-not-for-data")
    _needs_agreement(sony, shops, "loyalty-rewards")


def test_clause_6_1_d(sony: Sony) -> None:
    """Parties to a business deal receive two unnamed categories, on consent and under an agreement."""
    (party,) = _of(sony, RecipientClass.TRANSACTION)
    name = "business-transactions"
    assert basis(_send(sony, name, party.id, facts=adult(consents=(yes(name),)))) == "consent"
    assert why(_send(sony, name, party.id, facts=adult())) == {"consent-missing"}
    assert {"data-not-for-purpose", "recipient-not-for-data"} == why(_send(sony, name, party.id, "name"))
    _needs_agreement(sony, party, name)


def test_clause_6_1_e(sony: Sony) -> None:
    """Three professions receive data, each for its own work and bound by an agreement."""
    advisers = {recipient.id: recipient.purposes for recipient in _of(sony, RecipientClass.ADVISER)}
    assert advisers == {
        "auditors": ("audit-due-diligence",),
        "financial-advisers": ("business-transactions",),
        "lawyers": ("legal-claims",),
    }
    for recipient in _of(sony, RecipientClass.ADVISER):
        assert recipient.kind in NEEDS_AGREEMENT
        for purpose in recipient.purposes:
            assert _send(sony, purpose, recipient.id).permit
            expired = _send(sony, purpose, recipient.id, at=AFTER)
            assert "recipient-agreement-expired" in why(expired)
            assert "6.1.e" in cited(expired)
        assert "recipient-not-for-purpose" in why(_send(sony, "newsletters", recipient.id))


def test_clause_6_1_f(sony: Sony) -> None:
    """An authority receives data on a legal instrument that counsel approved, for that purpose alone."""
    name = "authority-cooperation"
    authorities = _of(sony, RecipientClass.AUTHORITY)
    assert {recipient.id for recipient in authorities} == {"regulators", "law-enforcement", "courts"}
    for recipient in authorities:
        missing = _send(sony, name, recipient.id, facts=adult())
        assert why(missing) == {"instrument-missing"}
        assert "6.1.f" in cited(missing)
        pending = _send(sony, name, recipient.id, facts=adult(instrument=order(approved=False)))
        assert why(pending) == {"instrument-unapproved"}
        assert basis(_send(sony, name, recipient.id, facts=adult(instrument=order()))) == "legal-obligation"
        assert "recipient-not-for-purpose" in why(_send(sony, "security-monitoring", recipient.id))


def test_clause_6_1_g(sony: Sony) -> None:
    """A party of the person's choice receives data while authorised and consented to (scope and end are on record)."""
    (party,) = _of(sony, RecipientClass.USER_AUTHORISED)
    name = "authorised-sharing"
    said = {"consents": (yes(name),)}
    assert basis(_send(sony, name, party.id, facts=adult(**said, authorisations=(party.id,)))) == "consent"
    denied = _send(sony, name, party.id, facts=adult(**said))
    assert why(denied) == {"authorisation-missing"}
    assert "6.1.g" in cited(denied)
    assert why(_send(sony, name, party.id, facts=adult(authorisations=(party.id,)))) == {"consent-missing"}
    assert "6.1.g" in cited(_send(sony, name, "a-friend", facts=adult(**said)), "recipient-undeclared")


@pytest.mark.parametrize("country", [*SEVEN, "MY", "DE", "AU", "jp", ""])
def test_clause_6_2(sony: Sony, country: str) -> None:
    """A listed country is denied until its safeguards are proven, any other always; no presumed consent helps."""
    listed = country in SEVEN
    code = "transfer-not-proven" if listed else "country-undeclared"
    abroad = [one for one in _of(sony, RecipientClass.AFFILIATE) if one.country == country]
    assert len(abroad) == (1 if listed else 0)
    hosted = [(name, "hosting-provider") for name in ("account-service", "service-provision", "community-service")]
    for purpose, recipient in [*hosted, *(("group-services", one.id) for one in abroad)]:
        facts = adult(
            agreements=sony.policy.purposes[purpose].agreements,
            transfer_consents=(TransferConsent(recipient=recipient, country=country),),
        )
        denied = _send(sony, purpose, recipient, country=country, facts=facts)
        assert why(denied) == {code}
        assert cited(denied) == {"6.2"}
    for one in abroad:
        assert why(_send(sony, "group-services", one.id)) == {code}
        assert why(_send(sony, "group-services", one.id, country="ID")) == {code}
    assert _send(sony, "account-service", "hosting-provider", country="ID").permit


def test_clause_6_2_register(sony: Sony) -> None:
    """Each of the seven countries stands in the register on a rung of the law; without a rung or proof it is said."""
    transfers = sony.policy.transfers
    assert sorted(country for one in transfers.values() for country in one.countries) == sorted(SEVEN)
    for transfer in transfers.values():
        assert transfer.rung in sony.law.rungs
        assert not sony.law.rungs[transfer.rung].consent
        assert any(f"`{transfer.id}`" in message for message in sony.warned("transfer-not-proven"))
        assert "rung-missing" in sony.found_when("transfers", transfer.id, rung=None)
        assert sony.found_when("transfers", transfer.id, proven=LAST.date()) == {"evidence-missing"}
        assert sony.found_when("transfers", transfer.id, rung="consent") == {"rungs-not-tried"}
    reached, _, idle = sony.page(Kind.NOTICE).rpartition("Named, but not done now")
    for recipient in _of(sony, RecipientClass.AFFILIATE):
        if recipient.country in SEVEN:
            assert recipient.title.get("en") in idle
            assert recipient.title.get("en") not in reached
