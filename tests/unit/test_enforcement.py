"""What a deployment does with a decision: the strictest mode wins, and some denials stop the caller in any mode."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import INDONESIA

from janji.decision.enforcement import Enforcement, Mode, Outcome, enforce
from janji.decision.question import Decision, Facts, Question
from janji.decision.reasons import ALWAYS_ENFORCED, KINDS, ground, reason
from janji.terms.processing import LegalBasis

STRICTNESS = {Mode.OBSERVE: 0, Mode.WARN: 1, Mode.ENFORCE: 2}
QUESTION = Question("news", ("mail",), datetime(2026, 1, 1, tzinfo=UTC))
PERMIT = Decision(True, (ground(LegalBasis.CONSENT, INDONESIA, (), None, purpose="news"),), "1", QUESTION, Facts())
STOPS_ALWAYS = {
    "prohibited", "consent-withdrawn", "objected", "automated-decision-objected", "restricted", "delayed",
    "quarantined", "child-barred",
}  # fmt: skip

modes = st.sampled_from(Mode)
maybe_mode = st.one_of(st.none(), modes)


def denial(*codes: str) -> Decision:
    """A denial for these reasons (their sentences are not looked at)."""
    return Decision(False, tuple(reason(code, INDONESIA, ()) for code in codes), "1", QUESTION, Facts())


def settings_of(default: Mode, purpose: Mode | None, touchpoint: Mode | None, application: Mode | None) -> Enforcement:
    """The settings of a deployment that names the purpose, the touchpoint and the application, or not."""
    return Enforcement(
        default=default, purposes={"news": purpose} if purpose else {},
        touchpoints={"form": touchpoint} if touchpoint else {}, applications={"shop": application} if application else {},
    )  # fmt: skip


def test_what_is_enforced_always() -> None:
    """What is forbidden, what the person said and what protects a child are enforced in every mode, and nothing else."""
    assert {code for code, kind in KINDS.items() if kind.always} == STOPS_ALWAYS
    assert STOPS_ALWAYS == ALWAYS_ENFORCED


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [(Mode.OBSERVE, Outcome(True, Mode.OBSERVE, False)), (Mode.WARN, Outcome(True, Mode.WARN, True)),
     (Mode.ENFORCE, Outcome(False, Mode.ENFORCE, True))],
)  # fmt: skip
def test_a_denial_in_each_mode(mode: Mode, outcome: Outcome) -> None:
    """Observing lets it pass in silence, warning lets it pass and tells, enforcing stops it."""
    assert enforce(denial("consent-missing"), Enforcement(default=mode)) == outcome


def test_without_settings_a_denial_stops() -> None:
    """A deployment that set nothing enforces."""
    assert enforce(denial("consent-missing"), Enforcement()) == Outcome(False, Mode.ENFORCE, True)


@pytest.mark.parametrize("code", sorted(STOPS_ALWAYS))
@pytest.mark.parametrize("mode", list(Mode))
def test_a_denial_that_stops_in_every_mode(code: str, mode: Mode) -> None:
    """Alone or among others, wherever it stands, such a reason stops the caller and is told."""
    stopped = Outcome(False, Mode.ENFORCE, True)
    chosen = settings_of(mode, mode, mode, mode)
    assert enforce(denial(code), chosen, "form", "shop") == stopped
    assert enforce(denial("consent-missing", code), chosen, "form", "shop") == stopped
    assert enforce(denial(code, "channel-not-named"), chosen) == stopped


@settings(deadline=None)
@given(
    modes,
    maybe_mode,
    maybe_mode,
    maybe_mode,
    st.sampled_from((None, "form", "else")),
    st.sampled_from((None, "shop", "else")),
)
def test_the_strictest_of_those_that_apply_wins(
    default: Mode,
    purpose: Mode | None,
    touchpoint: Mode | None,
    application: Mode | None,
    place: str | None,
    program: str | None,
) -> None:
    """Only modes set for this purpose, touchpoint and application count; the default only where there is none."""
    named = [purpose, touchpoint if place == "form" else None, application if program == "shop" else None]
    found = sorted((mode for mode in named if mode), key=STRICTNESS.__getitem__)
    expected = found[-1] if found else default
    chosen = settings_of(default, purpose, touchpoint, application)
    assert enforce(PERMIT, chosen, place, program) == Outcome(True, expected, False)
    outcome = enforce(denial("consent-missing"), chosen, place, program)
    assert outcome == Outcome(expected is not Mode.ENFORCE, expected, expected is not Mode.OBSERVE)


@settings(deadline=None)
@given(modes, maybe_mode, maybe_mode, maybe_mode)
def test_a_permit_always_proceeds(default: Mode, one: Mode | None, two: Mode | None, three: Mode | None) -> None:
    """Whatever is set, a yes goes on and nobody is warned."""
    outcome = enforce(PERMIT, settings_of(default, one, two, three), "form", "shop")
    assert outcome.proceed
    assert not outcome.warn


@pytest.mark.parametrize("code", sorted(KINDS.keys() - STOPS_ALWAYS))
def test_any_other_denial_follows_the_mode(code: str) -> None:
    """Where a deployment only observes or warns, the caller goes on; where it enforces, the caller stops."""
    assert enforce(denial(code), Enforcement(default=Mode.OBSERVE)) == Outcome(True, Mode.OBSERVE, False)
    assert enforce(denial(code, "age-unknown"), Enforcement(default=Mode.WARN)) == Outcome(True, Mode.WARN, True)
    assert enforce(denial(code), Enforcement()) == Outcome(False, Mode.ENFORCE, True)


def test_an_internal_error_is_no_exception() -> None:
    """A denial for a failure inside follows the mode like any other."""
    assert enforce(denial("internal-error"), Enforcement(default=Mode.WARN)) == Outcome(True, Mode.WARN, True)
    assert not enforce(denial("internal-error"), Enforcement()).proceed
