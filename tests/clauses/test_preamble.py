"""The preamble and the definition: who answers, reading, conduct, changes, what personal data are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.clauses.asking import Sony, adult, basis, first, why, yes

from janji.decision.compiler import policy_version
from janji.decision.standing import read_standing
from janji.policy.model import Purpose
from janji.terms.processing import LegalBasis, Role
from janji.terms.texts import Text
from janji.workflows.documents import Kind


def _on_consent(sony: Sony) -> list[Purpose]:
    return [purpose for purpose in sony.policy.purposes.values() if purpose.basis is LegalBasis.CONSENT]


def test_clause_P_1(sony: Sony) -> None:
    """One controller answers, with address and telephone; what is processed and why is told in both languages."""
    controller = sony.policy.controller
    assert controller.name == "PT Sony Indonesia"
    assert controller.country == "ID"
    assert controller.address
    assert controller.phone
    assert all(entity.role is not Role.JOINT_CONTROLLER for entity in sony.policy.entities.values())
    told = [purpose.title for purpose in sony.policy.purposes.values()]
    told += [category.title for category in sony.policy.data.values()]
    told += [text for notice in sony.policy.notices.values() for text in notice.fields.values()]
    assert all(set(text.languages) == set(sony.policy.languages) == {"en", "id"} for text in told)
    assert all(notice.fields.keys() == sony.law.notice_fields.keys() for notice in sony.policy.notices.values())
    for language in ("en", "id"):
        page = sony.page(Kind.NOTICE, language=language)
        used = {name for purpose in sony.policy.purposes.values() for name in purpose.data}
        titles = [purpose.title for purpose in sony.policy.purposes.values()]
        titles += [sony.policy.data[name].title for name in used]
        titles += [measure.title for measure in sony.policy.measures.values()]
        assert all(title.get(language) in page for title in titles)
        assert page.count(controller.name) > 1
        assert controller.phone in page
        assert controller.address in page


def test_clause_P_2_a(sony: Sony) -> None:
    """Consent counts under the version of the notice that was shown; whether it was read is nowhere asked."""
    for purpose in _on_consent(sony):
        channel, notice = first(purpose), sony.policy.notices[purpose.notice or ""]
        for version in range(notice.version + 3):
            shown = adult(consents=(yes(purpose.id, channel, version),))
            decision = sony.ask(purpose.id, channel=channel, facts=shown)
            if version in notice.accepted:
                assert basis(decision) == "consent", decision
            else:
                assert why(decision) == {"consent-outdated"}, decision


def test_clause_P_2_b(sony: Sony) -> None:
    """Conduct is never consent: no purpose rests on it, no record can say it, each consent opens its own purpose."""
    conduct = adult(agreements=tuple({kind for one in sony.policy.purposes.values() for kind in one.agreements}))
    everything = tuple(yes(one.id, channel) for one in _on_consent(sony) for channel in one.channels or (None,))
    for purpose in _on_consent(sony):
        channel = first(purpose)
        assert why(sony.ask(purpose.id, channel=channel, facts=conduct)) == {"consent-missing"}
        others = adult(consents=tuple(choice for choice in everything if choice.purpose != purpose.id))
        assert why(sony.ask(purpose.id, channel=channel, facts=others)) == {"consent-missing"}
        assert basis(sony.ask(purpose.id, channel=channel, facts=adult(consents=everything))) == "consent"
    for word in ("implied", "deemed", "browse-wrap"):
        text = f"consents: [{{purpose: newsletters, channel: email, state: {word}}}]"
        assert read_standing("facts.yaml", text.encode(), sony.policy)[0] is None


def test_clause_P_3_a(sony: Sony) -> None:
    """A version binds from its own day on, and a changed text is another version (holding it back is on record)."""
    facts = adult(agreements=("account",))
    before, on = datetime(2026, 10, 31, 23, 59, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    assert why(sony.ask("account-service", facts=facts, at=before)) == {"policy-not-in-force"}
    assert sony.ask("account-service", facts=facts, at=on).permit
    purposes = sony.policy.purposes
    changed = replace(purposes["newsletters"], title=Text((("en", "Anything we like"),)))
    other = replace(sony.policy, purposes={**purposes, "newsletters": changed})
    assert policy_version(other, sony.law) != sony.compiled.version == policy_version(sony.policy, sony.law)


def test_clause_1_1(sony: Sony) -> None:
    """Cookie, device number, device ID and IP address are personal data: nothing happens to them without a ground."""
    for name in ("cookie-id", "device-number", "device-id", "ip-address"):
        category = sony.policy.data[name]
        assert category.identifier
        assert category.law_class in sony.law.data_classes
        assert "purpose-undeclared" in why(sony.ask("curiosity", name))
        assert sony.serves(name)
        for purpose in sony.policy.purposes.values():
            if name not in purpose.data:
                facts = sony.willing(purpose.id)
                assert "data-not-for-purpose" in why(sony.ask(purpose.id, name, channel=first(purpose), facts=facts))
    assert why(sony.ask("site-analytics", "cookie-id")) == {"consent-missing"}
