"""The age gate of a touchpoint: what a date of birth or an answer comes to, before anything else is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from janji.collection.findings import finding
from janji.collection.submission import AgeOutcome, Context
from janji.collection.values import read_birth
from janji.decision.compiler import CompiledPolicy, number
from janji.decision.question import Facts, Reason, age_state, day_number
from janji.errors import Invalid
from janji.people.ages import age_record
from janji.policy.model import Touchpoint
from janji.terms.processing import AgeState

Outcome = tuple[AgeOutcome | None, tuple[Reason, ...]]


def age_outcome(
    compiled: CompiledPolicy, place: Touchpoint, given: Mapping[str, Any], context: Context, facts: Facts
) -> Outcome:
    """What is known of the person's age at the gate, and what is wrong with the date that was given.

    A child by the record stays one, whatever is answered now. Nothing where the touchpoint neither asks nor checks.
    UU 27/2022 Art 25; PP 17/2025 Art 9 for the bands.
    """
    named = next((name for name, item in place.fields.items() if item.born), None)
    bits = facts.bits
    known = age_state(
        facts.born, bool(bits & compiled.adult_bit), bool(bits & compiled.child_bit), day_number(context.at), compiled.under
    )
    if not place.age_gate or not compiled.under:
        return None, ()
    if named is not None and named in given:
        return _born(compiled, place, given[named], context, facts, known)
    if context.age is not None:
        state = AgeState(str(context.age))
        if known is AgeState.CHILD and state is not known:
            return _outcome(compiled, facts, known, given=False), _differs(compiled, place)
        return _outcome(compiled, facts, state, given=True), ()
    return _outcome(compiled, facts, known, given=False), ()


def _born(
    compiled: CompiledPolicy, place: Touchpoint, value: Any, context: Context, facts: Facts, known: AgeState
) -> Outcome:
    born = read_birth(value)
    bands = next((rule.bands for rule in compiled.law.children.values() if rule.bands), ())
    try:
        found = None if born is None else age_record(born, context.at, compiled.under, bands)
    except Invalid:
        found = None
    if found is None:
        reason = finding("birth-unreadable", compiled.law, place.clauses, touchpoint=str(place.id))
        return _outcome(compiled, facts, known, given=False), (reason,)
    if known is AgeState.CHILD and found.state is not known:
        return _outcome(compiled, facts, known, given=False), _differs(compiled, place)
    outcome = _outcome(compiled, facts, found.state, given=True)
    return replace(outcome, band=found.band, born=born), ()


def _differs(compiled: CompiledPolicy, place: Touchpoint) -> tuple[Reason, ...]:
    clauses = compiled.policy.children.clauses if compiled.policy.children else place.clauses
    return (finding("age-differs", compiled.law, clauses, touchpoint=str(place.id)),)


def _outcome(compiled: CompiledPolicy, facts: Facts, state: AgeState, *, given: bool) -> AgeOutcome:
    guarded = bool(facts.bits & compiled.guardian_bit)
    return AgeOutcome(state, True, given, state is AgeState.CHILD and not guarded)


def facts_with(compiled: CompiledPolicy, facts: Facts, age: AgeOutcome | None) -> Facts:
    """The facts as the gate leaves them: with the age that was given, before it is on record."""
    if age is None or not age.given:
        return facts
    if age.born is not None:
        return replace(facts, born=number(age.born))
    child = age.state is AgeState.CHILD
    bits = facts.bits & ~(compiled.adult_bit | compiled.child_bit) | (compiled.child_bit if child else compiled.adult_bit)
    return replace(facts, bits=bits, born=0)
