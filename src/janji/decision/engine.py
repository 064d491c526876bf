"""The answer: question + facts + compiled policy -> decision. Total, pure, and no unless everything says yes."""

from __future__ import annotations

from janji.decision import layout as keys
from janji.decision.compiler import AgeRule, CompiledPolicy, Gate, Row
from janji.decision.question import Decision, Facts, Question, Reason, age_state
from janji.terms.processing import AgeState


def permits(policy: CompiledPolicy, question: Question, facts: Facts | None) -> bool:
    """Whether `decide` would permit, without saying why. Never raises; a failure denies."""
    try:
        gate = policy.gates.get(question.key) or policy.gate(question)
        return facts is not None and _passes(gate, policy, question, facts)
    except Exception:
        return False


def decide(policy: CompiledPolicy, question: Question, facts: Facts | None) -> Decision:
    """The decision with every reason: the ground of a permit, or each condition that failed.

    Total: any question gets an answer. Unknown means deny, `facts` that are absent deny, and so does a failure
    inside (reason `internal-error`). UU 27/2022 Art 16(2), 20, 27, 28; GDPR Art 5, 6.
    """
    try:
        gate = policy.gates.get(question.key) or policy.gate(question)
        if facts is not None and _passes(gate, policy, question, facts):
            return Decision(True, gate.grounds, policy.version, question, facts)
        return Decision(False, failures(policy, policy.row(question), question, facts), policy.version, question, facts)
    except Exception:
        return Decision(False, (policy.internal_error,), policy.version, question, facts)


def facts_needed(policy: CompiledPolicy, question: Question) -> frozenset[str]:
    """What the answer to `question` turns on: entries of the layout, and `born`, `trained_until`, `instrument`.

    Empty when nothing that could be known of the person would change the answer.
    """
    row = policy.row(question)
    if row.always:
        return frozenset()
    bits = 0
    for test in row.tests:
        bits |= test.mask
    for group in row.groups:
        for mask, veto in group.ways:
            bits |= mask | veto
        for cause in group.because:
            bits |= cause.mask
    names = set(policy.layout.names(bits))
    if row.age is not None:
        names |= {"born", keys.ADULT, keys.CHILD, keys.GUARDIAN}
    if policy.training is not None and question.agent is not None:
        names.add("trained_until")
    if row.authority is not None:
        names.add("instrument")
    return frozenset(names)


def _passes(gate: Gate, policy: CompiledPolicy, question: Question, facts: Facts) -> bool:
    since, until, care, want, some, age, agent, authority, _ = gate
    bits = facts.bits
    if bits & care != want or not since <= question.day <= until:
        return False
    for ways in some:
        for mask, veto in ways:
            if bits & mask and not bits & veto:
                break
        else:
            return False
    if age and not _age_passes(age, policy, question.day, facts):
        return False
    if agent and question.agent is not None and facts.trained_until < question.day:
        return False
    return not authority or (bool(facts.instrument) and facts.instrument_approved)


def _age_passes(rule: int, policy: CompiledPolicy, day: int, facts: Facts) -> bool:
    born, bits = facts.born, facts.bits
    if born > 0:
        if born <= day - policy.under * 10000:
            return True
    elif not bits & policy.child_bit:
        return bool(bits & policy.adult_bit) or rule == AgeRule.GUARDED
    return rule != AgeRule.ADULTS_ONLY and bool(bits & policy.guardian_bit)


def failures(policy: CompiledPolicy, row: Row, question: Question, facts: Facts | None) -> tuple[Reason, ...]:
    """Every condition of `row` that fails, in the order: question, time, person, request."""
    if not question.key or not question.day:
        return (policy.malformed,)
    found = list(row.always)
    if question.day < policy.effective:
        found.append(policy.not_in_force)
    found.extend(reason for until, reason in row.windows if question.day > until)
    if facts is None:
        found.append(policy.facts_missing)
        return tuple(found)
    bits = facts.bits
    found.extend(reason for mask, reason in row.tests if bits & mask)
    for ways, because, otherwise in row.groups:
        if not any(bits & mask and not bits & veto for mask, veto in ways):
            why = next((reason for cause, reason in because if bits & cause), otherwise)
            if why not in found:
                found.append(why)
    if row.age is not None:
        found.extend(_age_failures(policy, row, question.day, facts))
    if policy.training is not None and question.agent is not None and facts.trained_until < question.day:
        found.append(policy.training[1 if facts.trained_until else 0])
    if row.authority is not None and not (facts.instrument and facts.instrument_approved):
        found.append(row.authority[1 if facts.instrument else 0])
    return tuple(found)


def _age_failures(policy: CompiledPolicy, row: Row, day: int, facts: Facts) -> list[Reason]:
    age = row.age
    if age is None:
        return []
    bits = facts.bits
    state = age_state(facts.born, bool(bits & policy.adult_bit), bool(bits & policy.child_bit), day, policy.under)
    if state is AgeState.UNKNOWN:
        return [age.unknown] if age.unknown is not None else []
    if state is AgeState.ADULT:
        return []
    if age.barred is not None:
        return [age.barred]
    return [] if bits & policy.guardian_bit else [age.unguarded]
