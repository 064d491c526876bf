"""Two versions compared: every entry is a question answered differently, and no such question is left out."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import product
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
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

from janji.decision.compiler import CompiledPolicy, compile_policy, number
from janji.decision.engine import decide, permits
from janji.decision.question import Facts, Question
from janji.files.laws import load_law
from janji.law.model import LawPack
from janji.policy import model
from janji.policy.model import SECTIONS, Clause, Entry, Notice, Policy, RetentionRule
from janji.terms.periods import Period
from janji.terms.processing import ClauseKind, Disposal, LegalBasis, Operation, RecipientClass, Role, Topic
from janji.terms.texts import Text
from janji.versions.changes import Aspect, Audience, Effect, Material, Owed, gathered
from janji.versions.comparison import compare
from janji.versions.entries import Entries
from janji.versions.turns import LAST, beginning
from janji.versions.words import GROWN, entry_words, names_of

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
    there, back = compare(*pair), compare(pair[1], pair[0])

    def shown(items: tuple[object, ...]) -> list[tuple[object, ...]]:
        return [(item.purposes, item.operations, item.data, item.recipients, item.countries, item.channels,  # type: ignore[attr-defined]
                 item.reasons, item.witness.question, item.witness.facts) for item in items]  # type: ignore[attr-defined]  # fmt: skip

    assert shown(there.permitted) == shown(back.forbidden)
    assert shown(there.forbidden) == shown(back.permitted)


LIMITED = (date(2026, 6, 29), date(2026, 6, 30), date(2030, 1, 1))
"""Days on which provisional permissions of the generated policies end."""


@given(pairs())
@settings(max_examples=examples(12), deadline=None)
def test_no_question_that_turns_is_left_out(pair: Pair) -> None:
    """Whatever a willing, an unwilling, an objecting person or a child shows, now or later, is covered by an entry."""
    old, new = pair
    found = compare(old, new)
    layout = new.layout
    yes = layout.mask(
        key for key in layout.keys if key.startswith(("consent/", "agreement/", "authorised/", "transfer/"))
    )
    no = layout.mask(key for key in layout.keys if key.startswith(("objection/", "automated-objection/")))
    withdrawn = layout.mask(key for key in layout.keys if key.startswith("withdrawn/"))
    guarded = yes | new.guardian_bit
    begin = beginning(old, new)
    child = number(begin.date()) - 170000
    people = [Facts(bits, born, LAST, "file", True) for bits, born in (
        *product((yes, 0), (GROWN, 0)), (yes, child), (guarded, child), (guarded, 0), (yes | no, GROWN),
        (yes | withdrawn, GROWN),
    )]  # fmt: skip
    later = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=1) for day in LIMITED]
    days = [begin, *(day for day in later if day > begin)]
    ways = [(operation, recipient, country) for operation in Operation for recipient, country in (
        product(RECIPIENTS, (None, *COUNTRIES)) if operation is Operation.DISCLOSE else ((None, None),))]  # fmt: skip
    for purpose, (operation, recipient, country), channel, item in product(PURPOSES, ways, (None, *CHANNELS), DATA):
        covered = [any(entry.covers(Question(purpose, (item,), begin, operation, recipient, country, channel))
                       for entry in items) for items in (found.forbidden, found.permitted)]  # fmt: skip
        if all(covered):
            continue
        for at in days:
            question = Question(purpose, (item,), at, operation, recipient, country, channel)
            for facts in people:
                before, after = permits(old, question, facts), permits(new, question, facts)
                assert before == after or covered[after], (question, facts)


def kept(period: Period, trigger: str = "end", then: Disposal = Disposal.DELETE) -> dict[str, RetentionRule]:
    """A schedule of one rule for everything."""
    return {"k": RetentionRule(id="k", title=text("k"), period=period, trigger=trigger, then=then)}


def interest(until: date) -> Policy:
    """A purpose on a legitimate interest that is provisional until a day."""
    weighing = model.Assessment(purpose=text("p"), need=text("n"), balance=text("b"), provisional=until)
    return news(basis=LegalBasis.LEGITIMATE_INTEREST, notice=None, assessment=weighing)


def promised(*bases: LegalBasis) -> Policy:
    """A purpose on an agreement, and an objection that is honoured on these bases."""
    right = model.PolicyRight(id="r", title=text("r"), bases=bases)
    return replace(news(basis=LegalBasis.CONTRACT, notice=None, agreements=("order",)), rights={"r": right})


def grown_up(under: int, child: model.ChildAccess = model.ChildAccess.GUARDIAN) -> Policy:
    """A purpose for children of this access, under this age."""
    return replace(news(child=child), children=model.Children(under=under))


def shop(reference: str | None = "file", *, proven: bool = True) -> Policy:
    """A purpose that discloses to a shop abroad, with or without an agreement and a proven transfer."""
    party = model.Recipient(
        id="shop", title=text("shop"), kind=RecipientClass.RETAILER, role=Role.THIRD_PARTY, country="SG",
        purposes=("mail",), agreement=model.Agreement(reference=reference),
    )  # fmt: skip
    rung = next(item for item in INDONESIA.rungs.values() if not item.consent)
    way = model.Transfer(id="t", recipients=("shop",), countries=("SG",), rung=rung.id, evidence="file",
                         proven=date(2024, 1, 1) if proven else None)  # fmt: skip
    return replace(news(operations=(Operation.DISCLOSE,)), recipients={"shop": party}, transfers={"t": way})


@pytest.mark.parametrize(
    ("narrow", "wide", "code"),
    [
        (interest(date(2028, 1, 1)), interest(date(2030, 1, 1)), "assessment-expired"),
        (promised(LegalBasis.CONTRACT), promised(), "objected"),
        (news(), news(during_restriction=True), "restricted"),
        (grown_up(18, model.ChildAccess.NEVER), grown_up(18), "child-barred"),
        (grown_up(18), grown_up(18, model.ChildAccess.OPEN), "child-without-guardian"),
        (grown_up(21), grown_up(18), "child-without-guardian"),
        (shop(None), shop(), "recipient-agreement-missing"),
        (shop(proven=False), shop(), "transfer-not-proven"),
        (replace(news(), retention=kept(Period(months=12))), news(), "retention-passed"),
        (replace(news(), training=model.Training(required=True)), news(), "agent-untrained"),
        (
            news(version=2),
            replace(news(version=2), notices={"n": Notice(id="n", title=text("n"), version=3, accepts=(2, 1, 0))}),
            "consent-outdated",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_difference_that_shows_in_some_people_or_days_is_found(narrow: Policy, wide: Policy, code: str) -> None:
    """A later day, an objection, a restriction, a child and its guardian: each shows where nobody else would."""
    old, new = compiled(narrow, wide)
    assert code in {reason for item in compare(old, new).permitted for reason in item.reasons}
    assert code in {reason for item in compare(new, old).forbidden for reason in item.reasons}
    assert not compare(old, new).forbidden


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


def test_periods_are_compared_as_time_not_as_text() -> None:
    """A longer period, a shorter one, one that depends on the day, another beginning and another end are told apart."""
    old = replace(news(), retention=kept(Period(months=12)))
    for schedule, code, effect in (
        (kept(Period(months=24)), "kept-longer", Effect.WIDENS), (kept(Period(days=364)), "kept-shorter", Effect.NARROWS),
        (kept(Period(days=365)), "kept-otherwise", Effect.ALTERS),
        (kept(Period(days=366)), "kept-otherwise", Effect.ALTERS),
        (kept(Period(months=12), "begin"), "trigger-changed", Effect.ALTERS),
        (kept(Period(months=12), then=Disposal.ANONYMISE), "disposal-changed", Effect.ALTERS),
        ({}, "retention-dropped", Effect.WIDENS),
    ):  # fmt: skip
        found = compare(*compiled(old, replace(old, retention=schedule)))
        (change,) = found.changes
        assert change.code == code
        assert change.material is not None
        assert change.material.effect is effect
        assert found.material
    (back,) = compare(*compiled(replace(old, retention={}), old)).changes
    assert (back.code, str(back.message)) == ("retention-new", "`n` for `m` is now kept for 1 year")


def test_a_period_that_grows_makes_consents_stale() -> None:
    """Longer, and what may be longer, is more than people agreed to; shorter is not."""
    old = replace(news(), retention=kept(Period(months=12)))
    stale = [
        len(compare(*compiled(old, replace(old, retention=kept(Period(days=days))))).stale) for days in (364, 365, 999)
    ]
    assert stale == [0, 1, 1]


def test_other_words_are_not_material() -> None:
    """Titles, and what a clause says, change nothing that people were told; each is an entry all the same."""
    clause = Clause(id="1", kind=ClauseKind.PROMISE, says=text("one"))
    old = replace(news(), clauses={"1": clause})
    new = replace(
        old, version="2", title=text("other"), effective=date(2027, 1, 1),
        clauses={"1": replace(clause, says=text("two"))},
        purposes={"mail": replace(old.purposes["mail"], title=text("other"))},
    )  # fmt: skip
    found = compare(*compiled(old, new))
    assert not found.material
    assert not found.owed
    assert {item.name for item in found.changes} == {
        "version", "title", "effective", "clauses.1.says", "purposes.mail.title"
    }  # fmt: skip


@given(pairs())
@settings(max_examples=examples(30), deadline=None)
def test_nothing_is_found_only_where_policies_are_equal(pair: Pair) -> None:
    """A difference of two policies is an entry, whatever it is; places in files are none."""
    found = compare(*pair)
    assert found.empty == (pair[0].policy == pair[1].policy)
    assert bool(found.changes) == (pair[0].policy != pair[1].policy)


CLASSES = [
    item for item in vars(model).values()
    if isinstance(item, type) and is_dataclass(item) and item.__module__ == model.__name__ and item is not Entry
]  # fmt: skip


def sample(kind: Any, turn: int) -> Any:
    """A value of a type, another for each turn; absent first where it may be."""
    if isinstance(kind, UnionType):
        return sample(get_args(kind)[0], turn)
    if get_origin(kind) is tuple:
        items = tuple(sample(get_args(kind)[0], index) for index in (0, 1))
        return items[: turn + 1]
    if get_origin(kind) is dict:
        return {"k": sample(get_args(kind)[1], turn)}
    if is_dataclass(kind) and isinstance(kind, type) and kind not in (Text, Period):
        return made(kind)
    if issubclass(kind, StrEnum):
        return list(kind)[min(turn, len(kind) - 1)]
    if kind is bool:
        return bool(turn)
    if kind is Text:
        return text(f"text {turn}")
    if kind is Period:
        return Period(months=turn + 1)
    return {str: f"name-{turn}", int: 18 + turn, date: date(2026, 1, 1 + turn)}[kind]


def made(kind: type) -> Any:
    """An entry with something in every field."""
    hints = get_type_hints(kind)
    return kind(**{item.name: sample(hints[item.name], 0) for item in fields(kind) if item.name != "place"})


def every_field() -> list[tuple[type, str]]:
    """Each field of each entry of the model."""
    return [(kind, item.name) for kind in CLASSES for item in fields(kind) if item.compare]


def weighed(aspect: Aspect, cautious: bool, effect: Effect, purposes: tuple[str, ...]) -> Material | None:
    """Every change is material."""
    return Material(None, "Art 1", (Owed(Audience.EVERYBODY),), effect)


def holding(kind: type, held: Any) -> Policy:
    """A policy with something everywhere, and `held` in the place of its kind."""

    def put(value: Any) -> Any:
        if type(value) is kind:
            return held
        if isinstance(value, dict):
            return {key: put(item) for key, item in value.items()}
        if isinstance(value, Entry | Policy):
            return replace(value, **{item.name: put(getattr(value, item.name)) for item in fields(value)})
        return value

    policy: Policy = put(made(Policy))
    return policy


@pytest.mark.parametrize(("kind", "name"), every_field(), ids=lambda value: getattr(value, "__name__", value))
def test_every_field_that_differs_is_an_entry(kind: type, name: str) -> None:
    """Whichever field changes, is given or is taken away, one entry names it, in words of both sides."""
    law = load_law("id-pdp")
    assert law is not None
    hint = get_type_hints(kind)[name]
    one, other = made(kind), replace(made(kind), **{name: sample(hint, 1)})
    pairs = [(one, other), (other, one)]
    if isinstance(hint, UnionType) and type(None) in get_args(hint):
        pairs += [(one, replace(one, **{name: None})), (replace(one, **{name: None}), one)]
    if get_origin(hint) is dict:
        pairs += [(one, replace(one, **{name: {}})), (replace(one, **{name: {}}), one)]
    if get_origin(hint) is tuple:
        pairs += [(one, replace(one, **{name: ()})), (other, replace(other, **{name: getattr(other, name)[::-1]}))]
    for before, after in [(before, after) for before, after in pairs if before != after]:
        old, new = holding(kind, before), holding(kind, after)
        names = names_of(old, new, law, {})
        found = list(Entries(names, weighed, old, frozenset()).changes(old, new))
        assert found, (before, after)
        assert all(item.name.split(".")[-1] == name or f".{name}." in f".{item.name}." for item in found)
        assert all(part != "-" for item in found for part in str(item.message).split())


@pytest.mark.parametrize("section", SECTIONS)
def test_an_entry_added_or_dropped_is_told(section: str) -> None:
    """A new entry and one that is gone are told in every section, once each."""
    law = load_law("id-pdp")
    assert law is not None
    full = made(Policy)
    empty = replace(full, **{section: {}})
    for old, new, code in ((empty, full, "added"), (full, empty, "dropped")):
        names = names_of(old, new, law, {})
        (change,) = Entries(names, weighed, old, frozenset()).changes(old, new)
        assert (change.code, change.name) == (code, f"{section}.k")


def test_what_a_change_does_to_people() -> None:
    """More data, a longer time to answer and a prohibition that is gone widen; the reverse narrows."""
    right = model.PolicyRight(id="r", title=text("r"), within=Period(days=3))
    prohibition = model.Prohibition(id="no", title=text("no"), data=("age",))
    old = news(data=("name",))
    old = replace(old, purposes={"mail": replace(old.purposes["mail"], child=model.ChildAccess.NEVER)}, data={**old.data, "age": replace(old.data["name"], id="age")}, rights={"r": right},
                  prohibitions={"no": prohibition})  # fmt: skip
    wide = replace(
        old, purposes={"mail": replace(old.purposes["mail"], data=("name", "age"), child=model.ChildAccess.OPEN)},
        rights={"r": replace(right, within=Period(days=30))}, prohibitions={},
    )  # fmt: skip
    for one, two, effect in ((old, wide, Effect.WIDENS), (wide, old, Effect.NARROWS)):
        told = [item for item in compare(*compiled(one, two)).changes if item.material]
        assert {item.name for item in told} >= {
            "purposes.mail.data", "purposes.mail.child", "rights.r.within", "prohibitions.no"
        }  # fmt: skip
        assert {item.material.effect for item in told if item.material and "." in item.name} == {effect}


def test_a_reason_cites_the_field_of_the_notice() -> None:
    """A longer period touches the field on retention of the law at hand; a recipient is told out of caution."""
    law = load_law("id-pdp")
    assert law is not None
    old = replace(news(), retention=kept(Period(months=12)))
    party = model.Recipient(id="shop", title=text("shop"), kind=RecipientClass.RETAILER, role=Role.THIRD_PARTY,
                            country="ID", purposes=("mail",))  # fmt: skip
    new = replace(old, retention=kept(Period(months=24)), recipients={"shop": party})
    cited = {item.aspect: item.material for item in compare(*compiled(old, new, law)).changes}
    longer, further = cited[Aspect.RETENTION], cited[Aspect.RECIPIENT]
    assert longer is not None
    assert further is not None
    assert longer.field is law.notice_fields["retention"]
    assert further.field is None
    assert further.article == longer.article == law.article(Topic.CHANGE_NOTICE)
    assert longer.owed == (Owed(Audience.CONSENTED, ("mail",)),)


def test_what_is_kept_inside_is_told_to_nobody() -> None:
    """Measures, systems and training are entries, and no notice is owed for them."""
    old = news()
    new = replace(old, measures={"m": model.Measure(id="m", title=text("m"))},
                  systems={"s": model.System(id="s", title=text("s"))})  # fmt: skip
    found = compare(*compiled(old, new))
    assert {item.name for item in found.changes} == {"measures.m", "systems.s"}
    assert not found.material


def test_everybody_holds_every_other_audience() -> None:
    """Audiences are gathered with all their names, and give way where everybody is told."""
    some = (Owed(Audience.CONSENTED, ("b",)), Owed(Audience.CUSTOMERS, ("o",)), Owed(Audience.CONSENTED, ("a",)))
    assert gathered(some) == (Owed(Audience.CONSENTED, ("a", "b")), Owed(Audience.CUSTOMERS, ("o",)))
    assert gathered((*some, Owed(Audience.EVERYBODY))) == (Owed(Audience.EVERYBODY),)


@given(pairs())
@settings(max_examples=examples(15), deadline=None)
def test_what_is_grouped_is_all_there_is(pair: Pair) -> None:
    """Grouped by why it is denied, nothing that turned is lost or told twice, and every reason is named."""
    found = compare(*pair)
    grouped = [item for _, groups in found.turns for group in groups for _, items in group.purposes for item in items]
    assert sorted(map(id, grouped)) == sorted(map(id, found.turned))
    for _, groups in found.turns:
        for group in groups:
            for _, items in group.purposes:
                assert {item.reasons for item in items} == {tuple(reason.code for reason in group.reasons)}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("consent/mail/-/1", "consented to News (notice version 1)"),
        ("consent/mail/sms/other", "consented to News through sms (notice of another version)"),
        ("withdrawn/mail/-", "withdrew the consent to News"),
        ("agreement/order", "has an agreement of the kind order"),
        ("transfer/shop/JP", "consented to the transfer to shop in JP"),
        ("ended/k", "the period of k is over"),
        ("age/child", "attested to be a child"),
        ("born/20100203", "born on 3 February 2010"),
        (f"born/{GROWN}", "an adult by date of birth"),
        ("trained-until/99991231", "whoever acts has valid training"),
        ("instrument/approved", "the legal paper of the case is approved"),
        ("else", "else"),
    ],
)
def test_what_is_known_in_words(key: str, said: str) -> None:
    """An entry of a person's standing is told with titles."""
    held = entry_words(key, {"purposes": {"mail": text("News")}})
    assert (held.get("en") if isinstance(held, Text) else str(held)) == said
