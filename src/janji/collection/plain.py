"""What the gate says as plain JSON values, in one language: the same for the command line and for programs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from janji.collection.findings import HELPS
from janji.collection.submission import (
    AgeOutcome,
    Choice,
    Collected,
    Find,
    Held,
    Missing,
    Provenance,
    Quarantined,
    Upload,
)
from janji.decision.question import Reason
from janji.terms.messages import Tongue, printable, say


def plain(found: Collected, tongue: Tongue) -> dict[str, Any]:
    """The outcome as `schema/collected.json` describes it; what is absent is left out."""
    held: dict[str, Any] = {
        "touchpoint": found.touchpoint, "allowed": found.allowed, "mode": str(found.mode), "warn": found.warn,
        "policy_version": found.policy_version,
        "kept": {name: plain_value(value) for name, value in found.kept.items()},
        "dropped": [plain_held(item, tongue) for item in found.dropped],
        "observed": [plain_held(item, tongue) for item in found.observed],
        "missing": [_missing(item, tongue) for item in found.missing],
        "quarantined": [_quarantined(item, tongue) for item in found.quarantined],
        "choices": [plain_choice(item) for item in found.choices],
        "provenance": {name: _provenance(item) for name, item in found.provenance.items()},
        "scopes": list(found.scopes),
        "refused": [plain_held(item, tongue) for item in found.refused],
    }  # fmt: skip
    return held if found.age is None else {**held, "age": _age(found.age)}


def plain_value(value: Any) -> Any:
    """A value as JSON; of a file its name, type, size and SHA-256."""
    if isinstance(value, Upload):
        digest = hashlib.sha256(value.data).hexdigest()
        return {"name": value.name, "media_type": value.media_type, "bytes": len(value.data), "sha256": digest}
    if isinstance(value, Mapping):
        return {str(name): plain_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def plain_reason(reason: Reason, tongue: Tongue) -> dict[str, Any]:
    """A reason with its help, in the shape of a decision's."""
    found = {
        "code": reason.code, "clause": reason.clause, "clauses": list(reason.clauses), "article": reason.article,
        "text": reason.message.render(tongue), "help": say(HELPS[reason.code]).render(tongue) if reason.code in HELPS else "",
    }  # fmt: skip
    return found if reason.record is None else {**found, "record": reason.record}


def plain_held(item: Held, tongue: Tongue) -> dict[str, Any]:
    """A field and what speaks against it."""
    reasons = [plain_reason(reason, tongue) for reason in item.reasons]
    return {"field": item.field, "reasons": reasons, "purposes": list(item.purposes), "always": item.always}


def plain_choice(item: Choice) -> dict[str, Any]:
    """A yes or no that was said."""
    found: dict[str, Any] = {"field": item.field, "purpose": item.purpose, "yes": item.yes}
    return found if item.channel is None else {**found, "channel": item.channel}


def plain_find(item: Find, tongue: Tongue) -> dict[str, Any]:
    """A match with its explanation; never the text itself."""
    match = item.match
    found: dict[str, Any] = {
        "kind": match.kind, "start": match.start, "end": match.end, "confidence": match.confidence, "why": match.why.render(tongue),
    }  # fmt: skip
    return found if item.within is None else {**found, "part": item.within}


def _missing(item: Missing, tongue: Tongue) -> dict[str, Any]:
    found: dict[str, Any] = {"field": item.field, "required": item.required}
    if item.consequence is None:
        return found
    return {**found, "consequence": printable(item.consequence.get(tongue.language))}


def _quarantined(item: Quarantined, tongue: Tongue) -> dict[str, Any]:
    finds = [plain_find(find, tongue) for find in item.finds]
    return {"field": item.field, "reason": plain_reason(item.reason, tongue), "found": finds}


def _provenance(item: Provenance) -> dict[str, Any]:
    found: dict[str, Any] = {"source": item.source, "kind": str(item.kind), "purposes": list(item.purposes)}
    return found if item.agent is None else {**found, "agent": item.agent}


def _age(item: AgeOutcome) -> dict[str, Any]:
    found: dict[str, Any] = {"state": str(item.state), "given": item.given, "quarantined": item.quarantined}
    if item.band is not None:
        found["band"] = item.band
    return {**found, "next": "guardian"} if item.quarantined else found
