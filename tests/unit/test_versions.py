"""Two versions compared: every entry is a question answered differently, and no such question is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import (
    CHANNELS,
    COUNTRIES,
    DATA,
    INDONESIA,
    PURPOSES,
    RECIPIENTS,
    dice,
    examples,
    laws,
    news,
    policies,
    successor,
    text,
)  # fmt: skip

from janji.decision.compiler import CompiledPolicy, compile_policy
from janji.decision.engine import decide, permits
from janji.decision.question import Facts, Question
from janji.law.model import LawPack
from janji.policy.model import Notice, Policy, RetentionRule
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, Operation
from janji.versions.changes import Audience, Owed
from janji.versions.comparison import compare
from janji.versions.turns import LAST, beginning
from janji.versions.words import GROWN

Pair = tuple[CompiledPolicy, CompiledPolicy]


def compiled(old: Policy, new: Policy, law: LawPack = INDONESIA) -> Pair:
    """Both policies compiled with one layout."""
    _, first = compile_policy(old, law)
    after, layout = compile_policy(new, law, first)
    before, _ = compile_policy(old, law, layout)
    return before, after


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A policy and what follows on it, or another one altogether."""
    law = draw(laws)
    old, other = draw(policies(law)), draw(policies(law))
    return compiled(old, successor(draw(dice(64)), old, other) if draw(st.booleans()) else other, law)


@given(pairs())
@settings(max_examples=examples(20), deadline=None)
def test_a_policy_does_not_differ_from_itself(pair: Pair) -> None:
    """Compared with itself, nothing is found."""
    assert compare(pair[1], pair[1]).empty


@given(pairs())
@settings(max_examples=examples(40), deadline=None)
def test_every_entry_is_a_question_answered_differently(pair: Pair) -> None:
    """Each witness is denied by one version and permitted by the other, as the entry says, and lies within it."""
    old, new = pair
    found = compare(old, new)
    for items, denies, grants in ((found.permitted, old, new), (found.forbidden, new, old)):
        for item in items:
            question, facts = item.witness.question, item.witness.facts
            assert item.covers(question)
            assert not decide(denies, question, facts).permit
            assert decide(grants, question, facts).permit
            assert item.witness.old.permit is (grants is old)
            assert item.witness.new.permit is (grants is new)


@given(pairs())
@settings(max_examples=examples(20), deadline=None)
def test_looked_at_from_behind_it_is_the_mirror(pair: Pair) -> None:
    """What one direction newly permits the other newly forbids."""
    there, back = compare(*pair), compare(*reversed(pair))

    def shown(items: tuple[object, ...]) -> list[tuple[object, ...]]:
        return [(item.purposes, item.operations, item.data, item.recipients, item.countries, item.channels,  # type: ignore[attr-defined]
                 item.reasons, item.witness.question, item.witness.facts) for item in items]  # type: ignore[attr-defined]  # fmt: skip

    assert shown(there.permitted) == shown(back.forbidden)
    assert shown(there.forbidden) == shown(back.permitted)


@given(pairs())
@settings(max_examples=examples(12), deadline=None)
def test_no_question_that_turns_is_left_out(pair: Pair) -> None:
    """Whatever a willing or a less willing person shows on a grid of all questions is covered by an entry."""
    old, new = pair
    found = compare(old, new)
    layout = new.layout
    yes = layout.mask(key for key in layout.keys if key.startswith(("consent/", "agreement/", "authorised/", "transfer/")))
    people = [Facts(bits, born, LAST, "file", True) for bits, born in product((yes, 0), (GROWN, 0))]
    at = beginning(old, new)
    ways = [(operation, recipient, country) for operation in Operation for recipient, country in (
        product(RECIPIENTS, (None, *COUNTRIES)) if operation is Operation.DISCLOSE else ((None, None),))]  # fmt: skip
    for purpose, (operation, recipient, country), channel, item in product(PURPOSES, ways, (None, *CHANNELS), DATA):
        question = Question(purpose, (item,), at, operation, recipient, country, channel)
        for facts in people:
            before, after = permits(old, question, facts), permits(new, question, facts)
            if before != after:
                items = found.permitted if after else found.forbidden
                assert any(entry.covers(question) for entry in items), (question, facts)


def test_a_basis_that_leaves_consent_is_shown_by_a_person_without_it() -> None:
    """From consent to contract: whoever has an agreement and never consented may now be written to."""
    old = news()
    new = news(basis=LegalBasis.CONTRACT, notice=None)
    found = compare(*compiled(old, new))
    assert ("consent-missing",) in [item.reasons for item in found.permitted]
    assert [item.keys for item in found.stale] == [("consent/mail/-/1",)]
    assert Owed(Audience.CONSENTED, ("mail",)) in found.owed


def test_a_notice_that_no_longer_counts_makes_consents_stale() -> None:
    """The consents under the version that is dropped are named, and no other."""
    old = news("mail", version=2)
    new = replace(old, notices={"n": Notice(id="n", title=text("n"), version=3, accepts=(2,))})
    (stale,) = compare(*compiled(old, new)).stale
    assert stale.keys == ("consent/mail/mail/1",)
    assert not stale.counted


def test_more_data_make_every_consent_stale() -> None:
    """A consent given to less is named even though it still counts."""
    old = news()
    new = replace(news(data=("name", "age")), data={**old.data, "age": replace(old.data["name"], id="age")})
    (stale,) = compare(*compiled(old, new)).stale
    assert stale.keys == ("consent/mail/-/1",)
    assert stale.counted


def kept(period: Period, trigger: str = "end") -> dict[str, RetentionRule]:
    """A schedule of one rule for everything."""
    rule = RetentionRule(id="k", title=text("k"), period=period, trigger=trigger, then=Disposal.DELETE)
    return {"k": rule}


def test_periods_are_compared_as_time_not_as_text() -> None:
    """A longer period, a shorter one, one that depends on the day, and another beginning are told apart."""
    old = replace(news(), retention=kept(Period(months=12)))
    for period, code in (
        (Period(months=24), "kept-longer"), (Period(days=364), "kept-shorter"), (Period(days=365), "kept-otherwise"),
    ):  # fmt: skip
        found = compare(*compiled(old, replace(old, retention=kept(period))))
        assert [item.code for item in found.changes] == [code]
        assert found.material
    moved = compare(*compiled(old, replace(old, retention=kept(Period(months=12), "begin"))))
    assert [item.code for item in moved.changes] == ["trigger-changed"]


def test_other_words_are_not_material() -> None:
    """A version that only comes later and has another title changes nothing that people were told."""
    old = news()
    found = compare(*compiled(old, replace(old, version="2", title=text("other"), effective=date(2027, 1, 1))))
    assert not found.material
