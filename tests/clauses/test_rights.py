"""Chapter 9: what people may ask for, and what their word does to a decision."""

from __future__ import annotations

from tests.clauses.asking import SIX, Sony, adult, basis, child, cited, first, no, why, yes

from janji.decision.engine import decide
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Operation, Right, Trait
from janji.workflows.documents import Kind

THREE_DAYS = Period(hours=72)


def _granted(sony: Sony, *kinds: Right) -> set[str]:
    """The rights of the law of these kinds that the policy grants."""
    granted = {right.right for right in sony.policy.rights.values()}
    return {legal.id for legal in sony.law.rights.values() if legal.kind in kinds and legal.id in granted}


def _heard(sony: Sony) -> None:
    """A request is handled for anybody: a child, a restricted person, one of whom nothing is known."""
    for facts in (adult(), adult(born=None), child(), adult(restricted=True, delayed=True, third_person=True)):
        assert basis(sony.ask("rights-handling", "name", "request-records", facts=facts)) == "legal-obligation"


def test_clause_9_1(sony: Sony) -> None:
    """Every right of the law is granted, and taking one away is warned of; a request is handled for anybody."""
    assert {right.right for right in sony.policy.rights.values() if right.right} == set(sony.law.rights)
    for right in sony.policy.rights.values():
        if right.right:
            assert "9.1" in right.clauses
            alone = [one.right for one in sony.policy.rights.values()].count(right.right) == 1  # a guardian's question is access too
            assert ("right-missing" in sony.found_when("rights", right.id, right=None)) is alone
    _heard(sony)


def test_clause_9_1_a(sony: Sony) -> None:
    """Access is granted with a law clock of 3 x 24 hours, and a request for it handled (the export is later)."""
    assert _granted(sony, Right.ACCESS) == {"access"}
    assert "9.1.a" in sony.policy.rights["access"].clauses
    assert sony.law.clocks[sony.law.rights["access"].clock or ""].limit == THREE_DAYS
    _heard(sony)


def test_clause_9_1_b(sony: Sony) -> None:
    """Correction runs on 3 x 24 hours; deletion is granted whether data are wrong or not (doing them is later)."""
    assert sony.law.clocks[sony.law.rights["correction"].clock or ""].limit == THREE_DAYS
    assert _granted(sony, Right.CORRECTION, Right.DELETION) == {"correction", "deletion"}
    for name in ("correction", "deletion"):
        assert "9.1.b" in sony.policy.rights[name].clauses
    assert _granted(sony, Right.END, Right.DESTRUCTION) == {"end", "destruction"}
    _heard(sony)


def test_clause_9_1_c(sony: Sony) -> None:
    """An objection stops all but duties of law; restriction and delay stop one purpose or all, but not keeping."""
    assert "9.1.c" in sony.policy.rights["objection"].clauses
    for purpose in sony.policy.purposes.values():
        asked = {"channel": first(purpose)}
        objected = sony.ask(purpose.id, facts=sony.willing(purpose.id, objections=(purpose.id,)), **asked)
        duty = purpose.basis is LegalBasis.LEGAL_OBLIGATION
        assert why(objected) == (set() if duty else {"objected"})
        assert duty or "9.1.c" in cited(objected)
        others = tuple(name for name in sony.policy.purposes if name != purpose.id)
        assert sony.ask(purpose.id, facts=sony.willing(purpose.id, objections=others), **asked).permit
        for code in ("restricted", "delayed"):
            for facts in ({code: True}, {f"{code}_purposes": (purpose.id,)}):
                held = sony.willing(purpose.id, **facts)
                decision = sony.ask(purpose.id, facts=held, **asked)
                assert why(decision) == (set() if purpose.during_restriction else {code})
                assert decision.permit or "9.1.c" in cited(decision)
                assert sony.ask(purpose.id, facts=held, operation=Operation.RETAIN).permit
            elsewhere = sony.willing(purpose.id, **{f"{code}_purposes": others})
            assert sony.ask(purpose.id, facts=elsewhere, **asked).permit


def test_clause_9_1_d(sony: Sony) -> None:
    """A withdrawal stops the purpose at once, in the channel it was said for, over any consent (erasing is later)."""
    assert sony.law.clocks[sony.law.rights["withdrawal"].clock or ""].limit == THREE_DAYS
    for purpose in sony.policy.purposes.values():
        if purpose.basis is not LegalBasis.CONSENT:
            continue
        for channel in purpose.channels or (None,):
            for consents in ((no(purpose.id, channel),), (no(purpose.id, channel), yes(purpose.id, channel))):
                stopped = sony.ask(purpose.id, channel=channel, facts=adult(consents=consents))
                assert why(stopped) == {"consent-withdrawn"}
                assert "9.1.d" in cited(stopped)
            assert sony.ask(purpose.id, channel=channel, facts=adult(consents=(yes(purpose.id, channel),))).permit
    kept = adult(consents=(*(yes("newsletters", one) for one in SIX), no("newsletters", "sms")))
    assert sony.ask("newsletters", channel="email", facts=kept).permit


def test_clause_9_1_e(sony: Sony) -> None:
    """Portability and direct transfer are granted; data go to the party authorised by name (the format is later)."""
    assert _granted(sony, Right.PORTABILITY) == {"portability", "transfer"}
    for name in ("portability", "transfer"):
        assert "9.1.e" in sony.policy.rights[name].clauses
    send = {"operation": Operation.DISCLOSE, "recipient": "user-authorised-party"}
    named = {"authorisations": ("user-authorised-party",)}
    assert sony.ask("authorised-sharing", facts=sony.willing("authorised-sharing", **named), **send).permit
    unnamed = sony.ask("authorised-sharing", facts=sony.willing("authorised-sharing"), **send)
    assert why(unnamed) == {"authorisation-missing"}
    assert "9.1.e" in cited(unnamed)


def test_clause_9_1_f(sony: Sony) -> None:
    """Where a machine decides or profiles, an objection stops it and nothing else; a decision names its review."""
    deciding = {one.id for one in sony.policy.purposes.values() if Trait.AUTOMATED_DECISION in one.traits}
    profiling = {one.id for one in sony.policy.purposes.values() if Trait.PROFILING in one.traits}
    assert deciding == {"credit-check", "payment-fraud-check", "voucher-control"}
    assert profiling == {
        "credit-check", "personalisation", "targeted-advertising", "forum-insight", "linked-personalisation"
    }  # fmt: skip
    for purpose in sony.policy.purposes.values():
        others = tuple(name for name in sony.policy.purposes if name != purpose.id)
        asked = {"channel": first(purpose)}
        assert sony.ask(purpose.id, facts=sony.willing(purpose.id, automated_objections=others), **asked).permit
        objected = sony.ask(purpose.id, facts=sony.willing(purpose.id, automated_objections=(purpose.id,)), **asked)
        if purpose.id in deciding | profiling:
            assert why(objected) == {"automated-decision-objected"}
            assert "9.1.f" in cited(objected)
        else:
            assert objected.permit
    for name in deciding:
        purpose = sony.policy.purposes[name]
        assert "9.1.f" in purpose.clauses
        assert purpose.automated is not None
        assert purpose.automated.review
        assert purpose.automated.effect
        assert sony.found_when("purposes", name, automated=None) == {"automated-undescribed"}


def test_clause_9_1_f_told(sony: Sony) -> None:
    """Each notice of a machine that decides or profiles tells of the objection, in both languages."""
    words = {
        Trait.AUTOMATED_DECISION: ("a machine alone", "mesin saja"),
        Trait.PROFILING: ("object to profiling", "pemrofilan"),
    }
    for trait, (english, indonesian) in words.items():
        named = {one.id: one.notice for one in sony.policy.purposes.values() if trait in one.traits}
        forms = [form for form in sony.policy.touchpoints.values() if named.keys() & set(form.purposes)]
        for notice in {*named.values(), *(form.notice for form in forms)} - {None}:
            told = sony.policy.notices[notice or ""].fields["rights"]
            assert english in told.get("en"), notice
            assert indonesian in told.get("id"), notice


def test_clause_9_1_g(sony: Sony) -> None:
    """Every place of collection tells who asks, on what ground, for what, who answers (showing it is later)."""
    assert sony.policy.controller.name
    assert sony.policy.controller.address
    for form in sony.policy.touchpoints.values():
        notice = sony.policy.notices[form.notice or ""]
        assert "9.1.g" in notice.clauses
        assert {"legality", "purpose", "rights"} <= notice.fields.keys()
    notice = sony.policy.notices["purchase"]
    for left_out in ("legality", "purpose", "rights"):
        fields = {name: text for name, text in notice.fields.items() if name != left_out}
        assert sony.found_when("notices", "purchase", fields=fields) == {"notice-field-missing"}
    assert _granted(sony, Right.INFORMATION) == {"information"}
    for form in sony.policy.touchpoints.values():
        page = sony.page(Kind.TOUCHPOINT, form.id)
        for name in form.purposes:
            purpose = sony.policy.purposes[name]
            basis = sony.law.basis(purpose.basis)
            assert basis is not None
            assert purpose.title.get("en") in page
            assert basis.article in page
        assert "Who asks " + sony.policy.controller.name in page
        assert f"Controller {sony.policy.controller.name} (Indonesia)" in page


def test_clause_9_1_h(sony: Sony) -> None:
    """The claim is granted; each decision can be made again, with clause and article (the evidence pack is later)."""
    assert _granted(sony, Right.CLAIM) == {"claim"}
    assert "9.1.h" in sony.policy.rights["claim"].clauses
    for facts in (sony.willing("newsletters"), adult(objections=("newsletters",)), child(quarantined=True)):
        decision = sony.ask("newsletters", channel="email", facts=facts)
        again = decide(sony.compiled, decision.question, decision.facts)
        assert again.policy_version == decision.policy_version == sony.compiled.version
        assert (again.permit, again.reasons) == (decision.permit, decision.reasons)
        assert len(decision.facts_digest) == 64
        assert again.facts_digest == decision.facts_digest
        assert all(reason.clauses and reason.article for reason in decision.reasons)
    assert sony.ask("legal-claims", "consent-records", "request-records", facts=adult(restricted=True)).permit
