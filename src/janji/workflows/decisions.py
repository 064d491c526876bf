"""A question answered: facts read from a file, the decision made, and what the deployment does with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from janji.decision.compiler import CompiledPolicy
from janji.decision.enforcement import Enforcement, Outcome, enforce
from janji.decision.engine import decide
from janji.decision.question import Decision, Facts, Question
from janji.decision.standing import pack, read_standing
from janji.documents.shapes import nearest
from janji.errors import Invalid
from janji.files.reading import read_file
from janji.policy.model import Policy
from janji.terms.messages import N_, say
from janji.workflows.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision, and what the caller must do under this deployment's enforcement."""

    decision: Decision
    outcome: Outcome


def answer(
    runtime: Runtime,
    compiled: CompiledPolicy,
    question: Question,
    facts: Facts | None,
    touchpoint: str | None = None,
    application: str | None = None,
) -> Answer:
    """Answer one question of a policy.

    Raises `Invalid` when the enforcement names what the policy does not have.
    """
    check_enforcement(runtime.settings.enforcement, compiled.policy)
    decision = decide(compiled, question, facts)
    return Answer(decision, enforce(decision, runtime.settings.enforcement, touchpoint, application))


def load_facts(compiled: CompiledPolicy, path: Path) -> Facts:
    """The facts written in a file (YAML or JSON), checked against the policy.

    Raises `Invalid` with diagnostics for a mistake in them, and `Unavailable` when the file cannot be read.
    """
    return _facts(compiled, str(path), read_file(path))


def read_facts(compiled: CompiledPolicy, held: Mapping[str, Any]) -> Facts:
    """The facts that a request brings, in the words of the facts file; raises `Invalid` with diagnostics."""
    return _facts(compiled, "facts", orjson.dumps(held))


def _facts(compiled: CompiledPolicy, name: str, data: bytes) -> Facts:
    standing, diagnostics = read_standing(name, data, compiled.policy)
    if standing is None:
        raise Invalid(say(N_("the facts have mistakes: {count}"), count=len(diagnostics)), None, diagnostics)
    return pack(standing, compiled.layout)


def check_enforcement(settings: Enforcement, policy: Policy) -> None:
    """Raise `Invalid` for a name that the policy has not: the default mode would do where a stricter one was meant."""
    for section, named, known in (
        ("purposes", settings.purposes, policy.purposes),
        ("touchpoints", settings.touchpoints, policy.touchpoints),
    ):
        for name in named:
            if name not in known:
                raise Invalid(
                    say(N_("the setting `{key}` names nothing in the policy"), key=f"enforcement.{section}.{name}"),
                    nearest(name, known),
                )
