"""Chapter 10: where to turn, how soon an answer comes, and what a withdrawal costs."""

from __future__ import annotations

from tests.clauses.asking import Sony, adult, basis, child, first, no, why, yes

from janji.terms.periods import Period
from janji.terms.processing import LegalBasis
from janji.workflows.documents import Kind


def test_clause_10_1(sony: Sony) -> None:
    """Every right can be asked for at the contact, and handling a request waits for nothing (the queue is later)."""
    form = sony.policy.touchpoints["rights-contact"]
    assert form.purposes == ("rights-handling",)
    assert form.free_text
    assert form.uploads
    assert sony.fields(form.id) == {"name", "contact-details", "request-records"}
    promised = [right for right in sony.policy.rights.values() if right.right and right.right != "claim"]
    assert all("10.1" in right.clauses for right in promised)
    for facts in (adult(), adult(born=None), child(), adult(objections=("rights-handling",), restricted=True)):
        assert basis(sony.ask("rights-handling", *sony.fields(form.id), facts=facts)) == "legal-obligation"
    assert why(sony.ask("rights-handling", "interests")) == {"data-not-for-purpose"}


def test_clause_10_1_contact(sony: Sony) -> None:
    """Address and telephone are there; that e-mail, page and officer are not is warned of, and none is made up."""
    controller = sony.policy.controller
    assert "10.1.contact" in controller.clauses
    assert controller.address
    assert controller.phone
    assert controller.email is None
    assert controller.url is None
    assert controller.officer is None
    assert len(sony.warned("contact-missing")) == len(sony.warned("officer-missing")) == 1
    assert any("`controller`" in message for message in sony.warned("decision-needed"))
    page = sony.page(Kind.NOTICE)
    assert f"Telephone {controller.phone}" in page
    assert f"Address {controller.address}" in page
    assert "No data protection officer is named." in page
    assert "@" not in page


def test_clause_10_1_deadline(sony: Sony) -> None:
    """Thirty days stand beside the law's 3 x 24 hours; where that is shorter a warning stands (clock: later)."""
    shorter = set()
    for right in sony.policy.rights.values():
        if "10.1.deadline" not in right.clauses:
            continue
        assert right.within == Period(days=30)
        legal = sony.law.rights[right.right] if right.right else None
        if legal is None or legal.clock is None:
            continue
        limit = sony.law.clocks[legal.clock].limit
        assert limit == Period(hours=72)
        assert min(right.within, limit, key=lambda period: period.most_days) == limit
        shorter.add(right.id)
    assert shorter == {"access", "guardian-query", "correction", "withdrawal", "restriction", "delay"}
    warned = sony.warned("deadline-longer-than-law")
    assert len(warned) == len(shorter)
    assert all(any(f"`{name}`" in line for line in warned) for name in shorter)
    assert "deadline-longer-than-law" in sony.found_when("rights", "access", within=Period(days=4))
    assert not sony.found_when("rights", "access", within=Period(days=3))
    page = sony.page(Kind.NOTICE)
    for right in sony.policy.rights.values():
        if "10.1.deadline" in right.clauses:
            row = page.split(right.title.get("en"))[-1].split("ask us")[1]
            assert row.split()[:2] == (["72", "hours"] if right.id in shorter else ["30", "days"])


def test_clause_10_2(sony: Sony) -> None:
    """A withdrawal stops exactly the purpose that rests on that consent, and no other (the preview is on record)."""
    purposes = list(sony.policy.purposes.values())
    on_consent = [purpose for purpose in purposes if purpose.basis is LegalBasis.CONSENT]
    given = tuple(yes(purpose.id, channel) for purpose in on_consent for channel in purpose.channels or (None,))
    held = tuple({kind for purpose in purposes for kind in purpose.agreements})
    for withdrawn in on_consent:
        taken_back = tuple(no(withdrawn.id, channel) for channel in withdrawn.channels or (None,))
        facts = adult(consents=given + taken_back, agreements=held)
        stopped = {one.id for one in purposes if not sony.ask(one.id, channel=first(one), facts=facts).permit}
        assert stopped == {withdrawn.id}


def test_clause_10_2_complaint(sony: Sony) -> None:
    """The right to complain is there, and every notice names the authority of the law pack with its contact."""
    assert sony.policy.rights["complaint"].clauses == ("10.2.complaint",)
    assert [authority.id for authority in sony.law.authorities.values()] == ["komdigi"]
    for authority in sony.law.authorities.values():
        assert authority.contact
        assert set(authority.contact.languages) == {"en", "id"}
        for language in ("en", "id"):
            pages = [sony.page(Kind.NOTICE, language=language)]
            pages += [sony.page(Kind.TOUCHPOINT, name, language) for name in sony.policy.touchpoints]
            for words in (authority.title.get(language), authority.contact.get(language)):
                assert all(words in page for page in pages)
