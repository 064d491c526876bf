"""What people are told: everything that the policy and its law say, nothing else, and nothing open as a fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.decision.compiler import CompiledPolicy, compile_policy
from janji.decision.engine import decide
from janji.decision.question import Facts, Question
from janji.notices.notice import Notice, notice
from janji.notices.signals import privacy_signal, security_contact
from janji.notices.statements import Statement
from janji.notices.states import NOT_DONE, SETTLED, State
from janji.notices.touchpoint import touchpoint_notice
from janji.notices.trackers import declaration
from janji.notices.words import listed
from janji.policy.model import Policy
from janji.terms.messages import say
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Operation, Role, Trait
from janji.terms.words import for_period, on_day, since_event
from janji.workflows.policies import open_policy

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ("minimal", "pt-sony-indonesia")
DAY = date(2026, 12, 1)
LATER = date(2028, 1, 1)
"""A day after every provisional period of the policies is over."""


@cache
def compiled(name: str) -> CompiledPolicy:
    """A policy of the repository, compiled."""
    return open_policy(ROOT / "policies" / name).compiled


@cache
def told(name: str, day: date = DAY) -> Notice:
    """Its notice."""
    return notice(compiled(name), day)


def changed(name: str, **parts: object) -> CompiledPolicy:
    """A policy of the repository with some of its parts changed."""
    whole = compiled(name)
    return compile_policy(replace(whole.policy, **parts), whole.law)[0]  # type: ignore[arg-type]


def statements(one: Notice) -> Iterator[Statement]:
    """Every purpose that a notice states."""
    for ground in one.grounds:
        yield from ground.purposes


@pytest.mark.parametrize("name", POLICIES)
def test_a_consent_purpose_tells_every_field_of_the_law(name: str) -> None:
    """For each purpose on consent, each field that the law wants told is there, in the words of the policy's notice."""
    policy, law = compiled(name).policy, compiled(name).law
    on_consent = [item for item in statements(told(name)) if item.basis is LegalBasis.CONSENT]
    assert {item.id for item in on_consent} == {
        item.id for item in policy.purposes.values() if item.basis is LegalBasis.CONSENT
    }
    for item in on_consent:
        words = policy.notices[policy.purposes[item.id].notice or ""].fields
        assert [one.field for one in item.told] == list(law.notice_fields)
        assert [one.text for one in item.told] == [words[field] for field in law.notice_fields]


@pytest.mark.parametrize("name", POLICIES)
def test_everything_declared_is_told(name: str) -> None:
    """Each purpose, recipient, right, retention rule, tracker, measure and prohibition is there once, in order."""
    policy, one = compiled(name).policy, told(name)
    stated = {item.id: item for item in statements(one)}
    assert sorted(stated) == sorted(policy.purposes)
    for purpose in policy.purposes.values():
        assert [item.id for item in stated[purpose.id].data] == list(purpose.data)
        kept = [name for rule in stated[purpose.id].keeping for name in rule.data]
        assert sorted(map(str, kept)) == sorted(str(policy.data[item].title) for item in purpose.data)
    named = [item.title for item in one.disclosures] + list(one.unreached)
    assert sorted(map(str, named)) == sorted(str(item.title) for item in policy.recipients.values())
    assert [item.id for item in one.rights] == list(policy.rights)
    assert [item.keeping.title for item in one.periods] == [item.title for item in policy.retention.values()]
    assert {item.id for item in one.trackers.essential + one.trackers.chosen} == set(policy.trackers)
    assert one.never == tuple(item.title for item in policy.prohibitions.values())
    assert [item.title for item in one.measures] == [item.title for item in policy.measures.values()]
    assert {item.id for item in one.data} == {name for item in policy.purposes.values() for name in item.data}


def test_who_answers_together_is_named() -> None:
    """A joint controller stands beside the controller, in the notice and at a touchpoint; other entities do not."""
    whole = compiled("pt-sony-indonesia")
    group = replace(whole.policy.entities["sony-group"], role=Role.JOINT_CONTROLLER)
    joint = changed("pt-sony-indonesia", entities={**whole.policy.entities, "sony-group": group})
    assert notice(joint, DAY).joint == (group.name,)
    assert touchpoint_notice(joint, whole.policy.touchpoints["my-sony"], DAY).joint == (group.name,)
    assert told("pt-sony-indonesia").joint == ()


def test_a_right_of_the_law_is_told_though_the_policy_is_silent() -> None:
    """Taking a right out of the policy takes it out of no notice, with the limit of the law."""
    rights = {name: right for name, right in compiled("minimal").policy.rights.items() if name != "access"}
    last = notice(changed("minimal", rights=rights), DAY).rights[-1]
    assert (last.id, str(last.within)) == ("access", "72 hours")


def test_the_earlier_of_law_and_promise_counts() -> None:
    """Where the policy promises 30 days and the law gives three, three are told; a shorter promise is told as it is."""
    within = {item.id: str(item.within) for item in told("pt-sony-indonesia").rights}
    assert (within["access"], within["portability"], within["checkout-opt-out"]) == ("72 hours", "30 days", "1 day")
    assert within["claim"] == "None"
    access = replace(compiled("minimal").policy.rights["access"], within=Period(hours=24))
    rights = {**compiled("minimal").policy.rights, "access": access}
    assert {item.id: str(item.within) for item in notice(changed("minimal", rights=rights), DAY).rights}[
        "access"
    ] == "24 hours"


CLOSED = {"recipient-agreement-missing", "recipient-agreement-expired", "country-undeclared", "transfer-not-proven",
          "transfer-expired"}  # fmt: skip


@pytest.mark.parametrize("day", [DAY, LATER], ids=str)
def test_a_recipient_is_told_where_a_decision_lets_it_have_data(day: date) -> None:
    """A purpose names a recipient exactly if, agreement and way out considered, a decision on that day would not."""
    whole = compiled("pt-sony-indonesia")
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    stated = {item.id: item for item in statements(told("pt-sony-indonesia", day))}
    checked = 0
    for recipient in whole.policy.recipients.values():
        places = {recipient.country, *(c for item in whole.receives.get(recipient.id, ()) for c in item.countries)}
        for purpose in set(recipient.purposes) & set(stated):
            data = (recipient.data or whole.policy.purposes[purpose].data)[:1]
            reasons = [
                {reason.code for reason in decide(whole, Question(
                    purpose, data, at, operation=Operation.DISCLOSE, recipient=recipient.id, country=place,
                ), Facts(bits=0)).reasons} & CLOSED
                for place in places
            ]  # fmt: skip
            shown = recipient.title in {item.title for item in stated[purpose].receivers}
            assert shown is any(not codes for codes in reasons), (recipient.id, purpose)
            checked += 1
    assert checked > 20


def test_what_is_open_is_no_fact() -> None:
    """What waits for proof carries its day, and is not told as done once the day is over; an open question shows."""
    now, later = told("pt-sony-indonesia"), told("pt-sony-indonesia", LATER)
    fraud = next(item for item in statements(now) if item.id == "payment-fraud-check")
    assert [str(words) for words in fraud.state.words] == ["provisional until 30 June 2027"]
    assert now.draft
    assert now.idle == ()
    assert "payment-fraud-check" not in {item.id for item in statements(later)}
    assert fraud.title in later.idle
    assert {item.id for item in later.disclosures} == {"regulators", "law-enforcement", "courts", "user-authorised-party"}
    credit = next(item for item in statements(now) if item.id == "credit-check")
    assert [str(words) for words in credit.state.words] == ["not decided yet"]
    assert not told("minimal").draft


def test_no_clause_is_told_at_all() -> None:
    """A notice is made of entries: no clause, and so no defect, is repeated as if it were a promise."""
    spoken = repr(told("pt-sony-indonesia"))
    for clause in compiled("pt-sony-indonesia").policy.clauses.values():
        assert repr(clause.says) not in spoken


def test_every_touchpoint_has_the_four_facts() -> None:
    """Who asks, on what legal basis, for what purpose, and who answers: at each place where data are collected."""
    whole = compiled("pt-sony-indonesia")
    assert len(whole.policy.touchpoints) > 40
    for touchpoint in whole.policy.touchpoints.values():
        one = touchpoint_notice(whole, touchpoint, DAY)
        stated = one.stated + one.chosen
        assert one.controller == whole.policy.controller.name
        assert {item.purpose.id for item in stated} == set(touchpoint.purposes)
        assert all(str(item.basis).startswith("Used ") and item.article for item in stated)
        assert all(item.purpose.basis is LegalBasis.CONSENT and item.purpose.told for item in one.chosen)
        assert all(item.purpose.basis is not LegalBasis.CONSENT for item in one.stated)
        assert one.contacts
        assert one.complaints
        assert [(item.required, item.consequence) for item in one.fields] == [
            (item.required, item.consequence) for item in touchpoint.fields.values() if item.choice is None
        ]
        assert (one.recording, one.age_gate, one.free_text, one.uploads) == (
            touchpoint.recording, touchpoint.age_gate, touchpoint.free_text, touchpoint.uploads,
        )  # fmt: skip


def test_trackers_that_wait_for_a_yes_stand_apart() -> None:
    """What runs at once is essential, what waits is not, and each has its purpose and, if named, its lifetime."""
    whole = compiled("pt-sony-indonesia")
    one = declaration(whole, DAY)
    trackers = whole.policy.trackers
    assert all(trackers[item.id].essential for item in one.essential)
    assert not any(trackers[item.id].essential for item in one.chosen)
    for item in one.essential + one.chosen:
        assert item.purpose == whole.policy.purposes[trackers[item.id].purpose].title
        assert (item.lifetime is None) is (trackers[item.id].lifetime is None)
    assert one.draft


def _controller(**parts: str | None) -> CompiledPolicy:
    controller = compiled("minimal").policy.controller
    return changed("minimal", controller=replace(controller, email=None, **parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(("parts", "contacts", "canonical"), [
    ({}, (), None),
    ({"phone": "021-2949-8777"}, (), None),
    ({"phone": "+62 21 2949-8777"}, ("tel:+622129498777",), None),
    ({"url": "https://shop.example/privacy?a=1"}, ("https://shop.example/privacy?a=1",),
     "https://shop.example/.well-known/security.txt"),
    ({"url": "http://shop.example"}, (), None),
    ({"url": "https://shop.example/ Contact: x"}, (), "https://shop.example/.well-known/security.txt"),
])  # fmt: skip
def test_contacts_that_a_program_can_use(
    parts: dict[str, str], contacts: tuple[str, ...], canonical: str | None
) -> None:
    """A `security.txt` holds addresses that are URIs, web pages only over TLS, and nothing that breaks its line."""
    found = security_contact(_controller(**parts), datetime(2027, 1, 1, tzinfo=UTC))
    assert (found.contacts, found.canonical) == (contacts, canonical)


def test_the_signal_is_promised_only_where_it_is_kept() -> None:
    """A tracker that is not essential and cannot be objected to makes the answer a no."""
    assert privacy_signal(compiled("pt-sony-indonesia")) == {"gpc": True, "lastUpdate": "2026-11-01"}
    whole = compiled("pt-sony-indonesia")
    duty = next(item.id for item in whole.policy.purposes.values()
                if item.basis is LegalBasis.LEGAL_OBLIGATION and Trait.MARKETING not in item.traits)  # fmt: skip
    bad = replace(whole.policy.trackers["analytics-cookie"], purpose=duty)
    trackers = {**whole.policy.trackers, "analytics-cookie": bad}
    assert privacy_signal(changed("pt-sony-indonesia", trackers=trackers))["gpc"] is False


def test_a_policy_to_come_is_told_as_of_its_first_day() -> None:
    """A notice made before the policy is in force tells what holds then."""
    later = changed("pt-sony-indonesia", effective=LATER)
    assert notice(later, DAY) == notice(later, LATER)
    assert notice(later, DAY).idle
    assert declaration(later, DAY) == declaration(later, LATER)
    till = later.policy.touchpoints["online-payment"]
    assert touchpoint_notice(later, till, DAY).stated == ()


@pytest.mark.parametrize(("period", "words"), [
    (Period(12), "1 year"), (Period(30), "2 years and 6 months"), (Period(0, 1), "1 day"),
    (Period(13, 2, 1), "1 year and 1 month and 2 days and 1 hour"), (Period(), "0 days"), (Period(hours=72), "72 hours"),
])  # fmt: skip
def test_periods_in_words(period: Period, words: str) -> None:
    """A period is counted in years, months, days and hours, each part named."""
    assert str(for_period(period)) == words


def test_days_and_events_in_words() -> None:
    """A day has its month by name; an event that is not known is shown as the policy writes it."""
    assert str(on_day(date(2026, 11, 1))) == "1 November 2026"
    assert str(since_event("order-completed")) == "the completion of the order"
    assert str(since_event("moon-rise")) == "the event `moon-rise`"


@given(st.integers(1, 9), st.integers(0, 9))
def test_a_list_says_how_many_are_left(size: int, most: int) -> None:
    """Nothing of a list is lost: what is not named is counted, and a single one is named rather than counted."""
    words = str(listed([say(f"x{number}") for number in range(size)], most))
    named = words.count("x")
    rest = int(words.split("and ")[1].split(maxsplit=1)[0]) if "more" in words else 0
    assert named + rest == size
    assert rest != 1


STATES = st.builds(
    State, st.booleans(), st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.booleans()
)


@given(STATES, STATES, STATES)
def test_states_add_up_to_the_weakest(one: State, two: State, three: State) -> None:
    """Joining states never makes one firmer, whatever the order."""
    assert one.also(two) == two.also(one)
    assert one.also(two).also(three) == one.also(two.also(three))
    assert one.also(SETTLED) == one
    assert not one.also(NOT_DONE).done
    assert not one.also(two).settled or (one.settled and two.settled)


def test_every_policy_case_can_be_told() -> None:
    """The policies of the cases, under both laws, have a notice with every purpose in it or named as not done."""
    found = 0
    for path in sorted((ROOT / "tests" / "cases" / "decision" / "policies").glob("*.yaml")):
        opened = open_policy(path)
        if opened.errors:
            continue
        policy: Policy = opened.compiled.policy
        one = notice(opened.compiled, policy.effective)
        assert len(list(statements(one))) + len(one.idle) == len(policy.purposes)
        for touchpoint in policy.touchpoints.values():
            assert touchpoint_notice(opened.compiled, touchpoint, policy.effective).title == touchpoint.title
        found += 1
    assert found >= 3
