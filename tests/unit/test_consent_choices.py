"""Choices under `tests/cases/choices`: what counts as consent, and what never does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.consenting import AT, ROOT, choice, known, sony

from janji.consent.choices import (
    NEVER_CONSENT,
    ChoiceMade,
    Method,
    ObjectionMade,
    Verb,
    marketing,
    objection,
    objection_rejections,
    rejections,
    signalled,
    understood,
)  # fmt: skip
from janji.consent.rejections import REJECTIONS
from janji.consent.shown import published, shown
from janji.decision.question import Facts
from janji.ledger.events import Actor, Kind
from janji.terms.processing import LegalBasis, Signal
from janji.terms.texts import Text

HELD = yaml.safe_load((ROOT / "tests" / "cases" / "choices" / "choices.yaml").read_text("utf-8"))
TEXTS = published(sony().policy)


def made(case: dict[str, Any]) -> ChoiceMade:
    return choice({**HELD["usual"], **case.get("made", {})})


@pytest.mark.parametrize("case", HELD["cases"], ids=lambda case: case["title"])
def test_each_case_is_judged_as_written(case: dict[str, Any]) -> None:
    """The codes are those of the case, in order, each with a clause or none and an article; the event is the one named."""
    found = rejections(sony(), made(case), known(case.get("facts", {})), AT, TEXTS)
    assert [item.code for item in found] == case["rejected"]
    assert all(item.article.startswith("UU 27/2022 Art") and str(item.message) and str(item.help) for item in found)
    if "event" in case:
        event = understood(sony(), made(case))
        told = {"kind": str(event.kind), **event.details}
        assert {key: told.get(key) for key in case["event"]} == case["event"]


def test_every_code_has_a_case() -> None:
    """No kind of rejection is without a case, but those that only a record of people can give."""
    cases = {code for case in HELD["cases"] for code in case["rejected"]}
    assert cases == set(REJECTIONS) - {"identifier-unreadable", "person-unknown", "person-gone", "visitor-known", "not-for-a-browser"}


@given(
    purpose=st.sampled_from(sorted(sony().policy.purposes)),
    channel=st.none() | st.sampled_from(["email", "sms", "pigeon", ""]),
    method=st.none() | st.sampled_from([*map(str, Method), "x"]),
    actor=st.sampled_from(list(Actor)),
    bits=st.integers(0, 1 << 300),
    born=st.sampled_from([0, 20140417, 19900101]),
)
def test_a_withdrawal_or_objection_is_never_turned_away(
    purpose: str, channel: str | None, method: str | None, actor: Actor, bits: int, born: int
) -> None:
    """Whatever is missing, wrong or unknown of the person, taking back counts, and its event names known things only."""
    asked = ChoiceMade(verb=Verb.WITHDRAW, purpose=purpose, channel=channel, method=method, actor=actor)
    assert rejections(sony(), asked, Facts(bits=bits, born=born), AT, ()) == ()
    details = understood(sony(), asked).details
    assert details.get("channel") in (None, *sony().policy.purposes[purpose].channels)
    assert objection_rejections(sony(), ObjectionMade(purpose=purpose)) == ()


@given(
    purpose=st.sampled_from([p.id for p in sony().policy.purposes.values() if p.basis is LegalBasis.CONSENT]),
    method=st.sampled_from(sorted(NEVER_CONSENT)),
    actor=st.sampled_from([Actor.PERSON, Actor.GUARDIAN, Actor.STAFF]),
)
def test_no_consent_comes_of_conduct(purpose: str, method: Method, actor: Actor) -> None:
    """For no purpose does a method that is no act of the person give consent, however complete the rest is."""
    item = sony().policy.purposes[purpose]
    text = shown(sony().policy, sony().policy.notices[item.notice or ""], "en")
    asked = ChoiceMade(
        verb=Verb.GRANT, purpose=purpose, channel=item.channels[0] if item.channels else None, notice=text.notice,
        version=text.version, language="en", digest=text.digest, method=method, actor=actor, evidence=True,
    )  # fmt: skip
    facts = known({"born": "1990-01-01", "guardian": True})
    assert [one.code for one in rejections(sony(), asked, facts, AT, TEXTS)] == [method]
    assert rejections(sony(), replace(asked, method=Method.BUTTON), facts, AT, TEXTS) == ()


def test_the_digest_proves_the_text() -> None:
    """The digest changes with every word that a person reads with the notice, and with nothing else."""
    policy = sony().policy
    notice, purpose = policy.notices["newsletters"], policy.purposes["newsletters"]
    before = shown(policy, notice, "id").digest
    assert before == shown(policy, notice, "id").digest
    other = Text((("en", "x"), ("id", "y")))
    edits = [
        replace(policy, controller=replace(policy.controller, name="Another")),
        replace(policy, controller=replace(policy.controller, address="Elsewhere")),
        replace(policy, purposes={**policy.purposes, "newsletters": replace(purpose, title=other)}),
        replace(policy, purposes={**policy.purposes, "newsletters": replace(purpose, data=(*purpose.data, "interests"))}),
        replace(policy, channels={**policy.channels, "email": replace(policy.channels["email"], title=other)}),
        replace(policy, data={**policy.data, "email": replace(policy.data["email"], title=other)}),
    ]
    found = {shown(edit, notice, "id").digest for edit in edits}
    found |= {shown(policy, replace(notice, fields={**notice.fields, name: other}), "id").digest for name in notice.fields}
    found |= {shown(policy, replace(notice, version=2), "id").digest, shown(policy, replace(notice, title=other), "id").digest}
    found |= {shown(policy, notice, "en").digest}
    assert len(found | {before}) == len(edits) + len(notice.fields) + 4
    unrelated = replace(policy, version="99", purposes={**policy.purposes, "delivery": replace(policy.purposes["delivery"], title=other)})
    assert shown(unrelated, notice, "id").digest == before


def test_a_notice_is_offered_only_in_the_languages_it_is_written_in() -> None:
    """One field left untranslated takes the language away; a text that names none serves whichever the policy speaks."""
    policy = sony().policy
    notice = policy.notices["newsletters"]
    assert notice.languages(policy.languages) == ("id", "en") or notice.languages(policy.languages) == ("en", "id")
    half = replace(notice, fields={**notice.fields, "rights": Text((("en", "x"),))})
    assert half.languages(policy.languages) == ("en",)
    plain = replace(notice, title=Text((("", "x"),)), fields={name: Text((("", "x"),)) for name in notice.fields})
    assert set(plain.languages(policy.languages)) == {"en", "id"}
    assert len(TEXTS) == sum(len(item.languages(policy.languages)) for item in policy.notices.values())


def test_a_signal_objects_to_what_the_policy_marks() -> None:
    """The Global Privacy Control is an objection to the purposes under 3.1.3.c, and to nothing else."""
    policy = sony().policy
    assert set(signalled(policy, Signal.GPC)) == {one.id for one in policy.purposes.values() if "3.1.3.c" in one.clauses}
    event = objection(ObjectionMade(purpose="personalisation", signal=Signal.GPC, actor=Actor.BROWSER))
    assert event.kind is Kind.OBJECTION_MADE
    assert event.details == {"purpose": "personalisation", "automated": False, "signal": "gpc"}
    assert objection_rejections(sony(), ObjectionMade(purpose="nothing"))[0].code == "purpose-unknown"


def test_one_no_covers_all_marketing() -> None:
    """Every purpose with the trait of marketing, whatever its basis."""
    assert {"newsletters", "marketing-offers", "b2b-sales"} < set(marketing(sony().policy))
    assert "delivery" not in marketing(sony().policy)


def test_a_consent_beside_a_withdrawal_is_not_renewed() -> None:
    """Should a row ever hold both, the no counts."""
    layout = sony().layout
    asked = made({"made": {"verb": "renew"}})
    for taken in ("withdrawn/newsletters/email", "withdrawn/newsletters/-"):
        both = Facts(bits=layout.mask(("consent/newsletters/email/1", taken)))
        assert [one.code for one in rejections(sony(), asked, both, AT, TEXTS)] == ["nothing-to-renew"]


def test_a_program_consents_for_nobody() -> None:
    """A yes that the system makes is one that was only concluded; a no of it stands."""
    said = made({"made": {}})
    assert [item.code for item in rejections(sony(), replace(said, actor=Actor.SYSTEM), known({}), AT, TEXTS)] == ["implied"]
    assert rejections(sony(), replace(said, verb=Verb.WITHDRAW, actor=Actor.SYSTEM), known({}), AT, TEXTS) == ()
