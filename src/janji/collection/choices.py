"""Yes and no in a submission: only what a person said counts, one purpose and channel at a time, and nothing starts as yes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from janji.collection.findings import finding
from janji.collection.submission import Choice, Context, Held
from janji.decision.compiler import CompiledPolicy
from janji.ledger.events import Actor
from janji.policy.model import Touchpoint, TouchpointField
from janji.terms.processing import SourceKind

_SPEAKS = frozenset({Actor.PERSON, Actor.GUARDIAN, Actor.STAFF})
"""Who can report a choice; staff only what the person said, which needs evidence of its own."""


def read_choices(
    compiled: CompiledPolicy, place: Touchpoint, given: Mapping[str, Any], context: Context
) -> tuple[tuple[Choice, ...], tuple[Held, ...]]:
    """The choices in the fields that are choices, and what is wrong with the others.

    `true` is a yes and `false` a no; for a purpose with several channels each is chosen by its name, `{"email": true}`.
    A field that is not there is no choice. UU 27/2022 Art 22; GDPR Art 7.
    """
    found: list[Choice] = []
    wrong: list[Held] = []
    for name, value in given.items():
        declared = place.fields.get(name)
        if declared is None or declared.choice is None:
            continue
        code = _objection(compiled, place, declared, name, value, context)
        if code is None:
            found.extend(_read(name, declared, value))
        else:
            clauses = tuple(dict.fromkeys((*place.clauses, *compiled.policy.purposes[declared.choice].clauses)))
            reason = finding(code, compiled.law, clauses, purpose=str(declared.choice))
            wrong.append(Held(name, (reason,), (str(declared.choice),), always=True))
    return tuple(found), tuple(wrong)


def _objection(
    compiled: CompiledPolicy, place: Touchpoint, declared: TouchpointField, name: str, value: Any, context: Context
) -> str | None:
    source = compiled.policy.sources.get(context.sources.get(name) or context.source or place.source)
    if context.actor not in _SPEAKS or source is None or source.kind is not SourceKind.DIRECT:
        return "choice-not-by-person"
    answers = list(value.values()) if isinstance(value, Mapping) else [value]
    if not all(isinstance(answer, bool) for answer in answers):
        return "choice-not-explicit"
    if isinstance(value, Mapping):
        channels = (declared.channel,) if declared.channel else compiled.policy.purposes[declared.choice or ""].channels
        return None if all(channel in channels for channel in value) else "choice-channel-missing"
    several = bool(compiled.policy.purposes[declared.choice or ""].channels) and declared.channel is None
    return "choice-channel-missing" if value is True and several else None


def _read(name: str, declared: TouchpointField, value: Any) -> Iterator[Choice]:
    purpose = str(declared.choice)
    if isinstance(value, Mapping):
        for channel, answer in value.items():
            yield Choice(name, purpose, str(channel), answer)
    else:
        yield Choice(name, purpose, None if declared.channel is None else str(declared.channel), value)
