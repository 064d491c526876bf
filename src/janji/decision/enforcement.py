"""What a deployment does with a decision: observe, warn or enforce. Beside the decision, never inside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from janji.decision.question import Decision
from janji.decision.reasons import ALWAYS_ENFORCED


class Mode(StrEnum):
    """How a denial is acted on: recorded only, told to the caller, or stopping the caller."""

    OBSERVE = "observe"
    WARN = "warn"
    ENFORCE = "enforce"


_STRICTNESS = (Mode.OBSERVE, Mode.WARN, Mode.ENFORCE)


@dataclass(frozen=True, slots=True)
class Enforcement:
    """The modes a deployment has set. Where several apply, the strictest does; where none does, `default`."""

    default: Mode = Mode.ENFORCE
    purposes: Mapping[str, Mode] = field(default_factory=dict)
    touchpoints: Mapping[str, Mode] = field(default_factory=dict)
    applications: Mapping[str, Mode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller must do: `proceed` or not, the mode that applied, and whether it must be told."""

    proceed: bool
    mode: Mode
    warn: bool


def enforce(
    decision: Decision, settings: Enforcement, touchpoint: str | None = None, application: str | None = None
) -> Outcome:
    """Apply the deployment's settings to a decision.

    A permit always proceeds. A denial for a prohibition, or for what the person said (withdrawal, objection,
    restriction, delay, quarantine), stops the caller in every mode.
    """
    mode = mode_for(decision.question.purpose, settings, touchpoint, application)
    if decision.permit:
        return Outcome(True, mode, False)
    if any(reason.code in ALWAYS_ENFORCED for reason in decision.reasons):
        return Outcome(False, Mode.ENFORCE, True)
    return Outcome(mode is not Mode.ENFORCE, mode, mode is not Mode.OBSERVE)


def mode_for(purpose: str, settings: Enforcement, touchpoint: str | None, application: str | None) -> Mode:
    """The strictest mode set for the purpose, the touchpoint or the application."""
    named = [
        settings.purposes.get(purpose),
        settings.touchpoints.get(touchpoint) if touchpoint is not None else None,
        settings.applications.get(application) if application is not None else None,
    ]
    found = [mode for mode in named if mode is not None]
    return max(found, key=_STRICTNESS.index) if found else settings.default
