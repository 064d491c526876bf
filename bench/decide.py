"""Decisions a second, one thread, on PT Sony's policy: with reasons, without, and `cedarpy` on the same questions."""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import cedarpy
from figures import Figure, best_of, show

from janji.decision import layout as keys
from janji.decision.compiler import AgeRule, CompiledPolicy
from janji.decision.engine import decide, permits
from janji.decision.question import Facts, Question
from janji.policy.combined import DECIDED_BY_MACHINE, NEEDS_AGREEMENT, honours_objection
from janji.policy.model import Purpose, Recipient
from janji.terms.processing import LegalBasis, Operation, RecipientClass, Trait
from janji.workflows.policies import open_policy

POLICY = Path(__file__).resolve().parent.parent / "policies" / "pt-sony-indonesia"
AT = datetime(2026, 11, 23, tzinfo=UTC)
QUESTIONS = 2_000
Case = tuple[Question, Facts]


def cases(policy: CompiledPolicy, seed: int = 7) -> list[Case]:
    """Questions as programs ask them, most well formed, and standings of which about a third permit."""
    chance = random.Random(seed)
    made = []
    for number in range(QUESTIONS):
        purpose = chance.choice(list(policy.policy.purposes.values()))
        recipients = [item for item in policy.policy.recipients.values() if purpose.id in item.purposes]
        disclose = bool(recipients) and chance.random() < 0.4
        recipient = chance.choice(recipients) if disclose else None
        offered = [name for name in purpose.data if recipient is None or not recipient.data or name in recipient.data]
        data = chance.sample(offered, min(len(offered), chance.randint(1, 3))) or [purpose.data[0]]
        if chance.random() < 0.05:
            data.append(chance.choice(list(policy.policy.data)))
        question = Question(
            purpose=str(purpose.id),
            data=tuple(map(str, data)),
            at=AT,
            operation=Operation.DISCLOSE if disclose else chance.choice([Operation.USE, Operation.USE, Operation.RETAIN]),
            recipient=str(recipient.id) if recipient else None,
            channel=str(chance.choice(purpose.channels)) if purpose.channels else None,
            agent=chance.choice([None, "crm-desk"]),
            subject=f"s{number}",
        )  # fmt: skip
        made.append((question, _facts(policy, question, chance)))
    return made


def _facts(policy: CompiledPolicy, question: Question, chance: random.Random) -> Facts:
    row = policy.row(question)
    bits = 0
    for group in row.groups:
        if chance.random() < 0.8:
            bits |= group.ways[0].mask
    for test in row.tests:
        if chance.random() < 0.04:
            bits |= test.mask
    born = chance.choice([19800101, 19900615, 20000229, 20150505, 0])
    trained = chance.choice([20270101, 20270101, 20260101])
    instrument = chance.choice(["case 12/2026", None])
    return Facts(bits, born, trained, instrument, instrument is not None and chance.random() < 0.8)


def cedar_policies(policy: CompiledPolicy) -> str:
    """The same policy in Cedar: a permit for each purpose, and forbids for what holds for the person."""
    held = policy.policy
    rules = [_cedar_permit(policy, purpose) for purpose in held.purposes.values()]
    active = 'context.operation != "retain"'
    rules.append(
        f'forbid(principal, action, resource) when {{ {active} && principal.entries.contains("quarantined") }};'
    )
    if policy.training is not None:
        rules.append(
            "forbid(principal, action, resource) when { context.agent && context.trained_until < context.day };"
        )
    for rule in held.prohibitions.values():
        purposes = [
            item
            for item in held.purposes.values()
            if (not rule.purposes or item.id in rule.purposes)
            and (not rule.traits or set(rule.traits) & set(item.traits))
        ]
        parts = [f"resource in [{', '.join(_uid(item) for item in purposes)}]"]
        if rule.data:
            parts.append(f"context.data.containsAny({_set(rule.data)})")
        if rule.operations:
            parts.append(f"{_set(rule.operations)}.contains(context.operation)")
        if rule.recipients:
            parts.append(f"{_set(rule.recipients)}.contains(context.recipient)")
        if rule.channels:
            parts.append(f"{_set(rule.channels)}.contains(context.channel)")
        rules.append(f"forbid(principal, action, resource) when {{ {' && '.join(parts)} }};")
    return "\n".join(rules)


def _cedar_permit(policy: CompiledPolicy, purpose: Purpose) -> str:
    parts = [
        f"context.day >= {policy.effective}",
        f"{_set(purpose.operations)}.contains(context.operation)",
        f"{_set(purpose.data)}.containsAll(context.data)",
        _cedar_channel(purpose),
        f"({_cedar_recipients(policy, purpose)})",
        _cedar_basis(policy, purpose),
    ]
    forbidden = []
    if not purpose.during_restriction:
        forbidden += [keys.RESTRICTED, keys.DELAYED, keys.restricted_key(purpose.id), keys.delayed_key(purpose.id)]
    if {Trait.MARKETING, Trait.PROFILING} & set(purpose.traits):
        forbidden.append(keys.THIRD_PERSON)
    if forbidden:
        parts.append(f'(context.operation == "retain" || !principal.entries.containsAny({_set(forbidden)}))')
    stops = []
    if honours_objection(policy.policy, policy.law, purpose):
        stops.append(keys.objection_key(purpose.id))
    if DECIDED_BY_MACHINE.intersection(purpose.traits):
        stops.append(keys.automated_objection_key(purpose.id))
    if stops:
        parts.append(f"!principal.entries.containsAny({_set(stops)})")
    for name in purpose.data:
        ended = keys.ended_key(policy.schedule.rules(purpose.id, name)[0].id)
        parts.append(f'(!context.data.contains("{name}") || !principal.entries.contains("{ended}"))')
    parts.append(_cedar_age(policy, purpose))
    return f"permit(principal, action, resource == {_uid(purpose)}) when {{ {' && '.join(parts)} }};"


def _uid(purpose: Purpose) -> str:
    return f'Purpose::"{purpose.id}"'


def _set(names: object) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"  # type: ignore[attr-defined]  # any collection of words


def _cedar_channel(purpose: Purpose) -> str:
    if not purpose.channels:
        return 'context.channel == ""'
    return (
        f'((context.channel == "" && !["use", "disclose"].contains(context.operation)) || '
        f"{_set(purpose.channels)}.contains(context.channel))"
    )


def _cedar_recipients(policy: CompiledPolicy, purpose: Purpose) -> str:
    ways = ['context.operation != "disclose" && context.recipient == ""']
    home = policy.policy.controller.country
    ways += [
        _cedar_recipient(recipient)
        for recipient in policy.policy.recipients.values()
        if purpose.id in recipient.purposes and recipient.country == home
    ]
    return " || ".join(f"({way})" for way in ways)


def _cedar_recipient(recipient: Recipient) -> str:
    parts = ['context.operation == "disclose"', f'context.recipient == "{recipient.id}"']
    if recipient.data:
        parts.append(f"{_set(recipient.data)}.containsAll(context.data)")
    agreement = recipient.agreement
    if recipient.kind in NEEDS_AGREEMENT:
        if agreement is None or not (agreement.reference or agreement.provisional):
            parts.append("false")
        elif agreement.reference is None and agreement.provisional is not None:
            parts.append(f"context.day <= {agreement.provisional:%Y%m%d}")
    if recipient.kind is RecipientClass.USER_AUTHORISED:
        parts.append(f'principal.entries.contains("{keys.authorised_key(recipient.id)}")')
    if recipient.kind is RecipientClass.AUTHORITY:
        parts.append("context.instrument")
    return " && ".join(parts)


def _cedar_basis(policy: CompiledPolicy, purpose: Purpose) -> str:
    if purpose.basis is LegalBasis.CONTRACT:
        return f"principal.entries.containsAny({_set(map(keys.agreement_key, purpose.agreements))})"
    if purpose.basis is LegalBasis.CONSENT:
        versions = policy.policy.notices[purpose.notice or ""].accepted
        ways = []
        for channel in purpose.channels or (None,):
            given = [keys.consent_key(purpose.id, channel, version) for version in versions]
            ways.append(
                f"(({_cedar_through(channel)}) && principal.entries.containsAny({_set(given)}) && "
                f'(context.channel == "" || !principal.entries.contains("{keys.withdrawn_key(purpose.id, channel)}")))'
            )
        return f"({' || '.join(ways)})"
    if purpose.assessment is not None and purpose.assessment.approved is None and purpose.assessment.provisional:
        return f"context.day <= {purpose.assessment.provisional:%Y%m%d}"
    return "true"


def _cedar_through(channel: str | None) -> str:
    return f'context.channel == "" || context.channel == "{channel}"' if channel else "true"


def _cedar_age(policy: CompiledPolicy, purpose: Purpose) -> str:
    question = Question(str(purpose.id), (str(purpose.data[0]),), AT, operation=Operation.COLLECT)
    rule = policy.gate(question).age
    if rule == AgeRule.ANY:
        return "true"
    adult = "(principal.born > 0 && principal.born <= context.day - " + str(policy.under * 10000) + ")"
    known = (
        '(principal.born <= 0 && principal.entries.contains("age/adult") && !principal.entries.contains("age/child"))'
    )
    unknown = '(principal.born <= 0 && !principal.entries.contains("age/child"))'
    child = (
        '(principal.entries.contains("guardian") && (principal.born > 0 || principal.entries.contains("age/child")))'
    )
    ways = [adult, unknown if rule == AgeRule.GUARDED else known]
    if rule != AgeRule.ADULTS_ONLY:
        ways.append(child)
    return f'(context.operation == "retain" || {" || ".join(ways)})'


def cedar_entities(policy: CompiledPolicy, asked: list[Case]) -> str:
    """Each person's standing as a Cedar entity."""
    return json.dumps([
        {"uid": {"type": "Subject", "id": question.subject},
         "attrs": {"entries": list(policy.layout.names(facts.bits)), "born": facts.born}, "parents": []}
        for question, facts in asked
    ])  # fmt: skip


def cedar_request(question: Question, facts: Facts) -> dict[str, object]:
    """A question as a Cedar request."""
    return {
        "principal": f'Subject::"{question.subject}"', "action": 'Action::"process"',
        "resource": f'Purpose::"{question.purpose}"',
        "context": {
            "operation": str(question.operation), "data": list(question.data), "channel": question.channel or "",
            "recipient": question.recipient or "", "day": question.day, "agent": question.agent is not None,
            "trained_until": facts.trained_until, "instrument": bool(facts.instrument) and facts.instrument_approved,
        },
    }  # fmt: skip


def measure() -> list[Figure]:
    """Agree with Cedar on every question first; then time both on the same ones."""
    policy = open_policy(POLICY).compiled
    asked = cases(policy)
    handle = cedarpy.PolicySet.from_str(cedar_policies(policy))
    entities = cedarpy.Entities.from_json_str(cedar_entities(policy, asked))
    requests = [cedar_request(question, facts) for question, facts in asked]
    ours = [decide(policy, question, facts).permit for question, facts in asked]
    theirs = [cedarpy.is_authorized(request, handle, entities).allowed for request in requests]
    if ours != theirs:
        index = next(index for index, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1])
        sys.exit(f"the two engines disagree on question {index}: {asked[index]}: {ours[index]} and {theirs[index]}")
    share = sum(ours) / len(ours)

    def ask_decide() -> None:
        for _ in range(20):
            for question, facts in asked:
                decide(policy, question, facts)

    def ask_permits() -> None:
        for _ in range(20):
            for question, facts in asked:
                permits(policy, question, facts)

    def ask_cedar() -> None:
        for request in requests:
            cedarpy.is_authorized(request, handle, entities)

    def ask_bare() -> None:
        table = dict.fromkeys((question.key for question, _ in asked), (0, 0))
        for _ in range(20):
            for question, facts in asked:
                care, want = table[question.key]
                _ = facts.bits & care == want

    reasons = 20 * len(asked) / best_of(ask_decide)
    quick = 20 * len(asked) / best_of(ask_permits)
    cedar = len(asked) / best_of(ask_cedar)
    bare = 20 * len(asked) / best_of(ask_bare)
    return [
        Figure("decide with reasons", reasons, "decisions/s", "cedarpy, handles, entities loaded", reasons / cedar,
               ">= 12 x", reasons / cedar >= 12),
        Figure("decide with reasons, absolute", reasons, "decisions/s", "400,000 decisions/s", reasons / 400_000,
               ">= 1 x", reasons >= 400_000),
        Figure("permit or deny", quick, "decisions/s", "2,000,000 decisions/s", quick / 2_000_000, ">= 1 x",
               quick >= 2_000_000),
        Figure("permit or deny, of the bare floor", quick, "decisions/s", "a dict look-up and one mask", quick / bare,
               "(shown)", True),
        Figure("cedarpy", cedar, "decisions/s", "itself", 1.0, "(shown)", True),
        Figure("share permitted", share, "of questions", "all questions", share, "(shown)", True),
    ]  # fmt: skip


if __name__ == "__main__":
    show(measure())
