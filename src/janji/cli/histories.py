"""Events in words: what happened, who did it, and what it was about, for the verbs that show a history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from janji.terms.messages import N_, Message, Tongue, say, series

KINDS = {
    "consent.given": N_("consent given"), "consent.refused": N_("consent refused"), "consent.withdrawn": N_("consent withdrawn"),
    "consent.renewed": N_("consent renewed"), "consent.expired": N_("consent expired"), "objection.made": N_("objection made"),
    "objection.lifted": N_("objection taken back"), "restriction.set": N_("processing restricted"),
    "restriction.lifted": N_("restriction lifted"), "delay.set": N_("processing delayed"), "delay.lifted": N_("delay lifted"),
    "quarantine.set": N_("put in quarantine"), "quarantine.lifted": N_("quarantine lifted"),
    "agreement.recorded": N_("agreement recorded"), "agreement.ended": N_("agreement ended"),
    "authorisation.given": N_("recipient authorised"), "authorisation.ended": N_("authorisation taken back"),
    "transfer-consent.given": N_("consent to a transfer given"), "transfer-consent.withdrawn": N_("consent to a transfer withdrawn"),
    "retention.ended": N_("retention period over"), "age.recorded": N_("age recorded"),
    "guardian.named": N_("guardian named"), "guardian.verified": N_("consent of a guardian verified"),
    "guardian.revoked": N_("guardian ended"), "person.asserted": N_("data given by somebody else"),
    "person.verified": N_("person verified"), "person.merged": N_("merged with another record of the person"),
    "person.split": N_("merge taken back"), "person.created": N_("person made known"), "person.absorbed": N_("merged into another record"),
    "person.revived": N_("a record of its own again"), "person.forgotten": N_("person forgotten"),
    "identifier.added": N_("identifier added"), "identifier.removed": N_("identifier removed"),
    "identity.joined": N_("cookie or device joined"), "identity.unjoined": N_("join undone"),
    "communication.chosen": N_("form of communication chosen"), "legacy.recorded": N_("former list remembered"),
    "task.opened": N_("task opened"), "task.closed": N_("task closed"), "key.destroyed": N_("key destroyed"),
    "use.permitted": N_("use permitted"), "disclosure.made": N_("data disclosed"), "delivery.made": N_("message delivered"),
    "data.changed": N_("data changed"), "run.executed": N_("in a run over everybody"), "policy.published": N_("policy published"),
    "policy.noticed": N_("people told of a new policy"), "store.restored": N_("record restored from a backup"),
}  # fmt: skip
"""Every kind of event in words."""

ACTORS = {
    "person": N_("by the person"), "guardian": N_("by a guardian"), "staff": N_("by staff"), "browser": N_("by the browser"),
    "system": N_("by the system"),
}  # fmt: skip
"""Who acted, in words."""

LABELS = {
    "task": "{value}", "outcome": "{value}", "band": "{value}", "ground": "{value}",
    "purpose": N_("purpose: {value}"), "channel": N_("channel: {value}"), "data": N_("data: {value}"),
    "operation": N_("operation: {value}"), "recipient": N_("recipient: {value}"), "country": N_("country: {value}"),
    "application": N_("application: {value}"), "agreement": N_("agreement: {value}"), "rule": N_("rule: {value}"),
    "scope": N_("scope: {value}"), "until": N_("until {value}"), "people": N_("people: {value}"), "method": N_("method: {value}"),
    "signal": N_("signal: {value}"), "source": N_("source: {value}"), "missing": N_("lacks: {value}"), "relation": N_("relation: {value}"),
    "due": N_("due {value}"), "event": N_("evidence of event {value}"), "evidence_until": N_("evidence until {value}"),
}  # fmt: skip
"""The details that people read, in this order, and how; ids and digests are not among them (JSON has them all)."""

VALUES = {
    ("band", "adult"): N_("an adult"), ("band", "child"): N_("a child"), ("band", "unknown"): N_("of unknown age"),
    ("ground", "child-without-guardian"): N_("a child without a guardian who consents"),
    ("task", "withdrawal-cascade"): N_("carry out what a withdrawal sets off"),
    ("task", "child-erasure"): N_("erase the data of a child without a guardian"),
    ("task", "third-person-notice"): N_("tell the person that somebody gave their data"),
    ("outcome", "done"): N_("done"), ("outcome", "not-needed"): N_("not needed any more"),
    ("outcome", "forgotten"): N_("the person was forgotten"),
    ("ground", "same-person"): N_("the same person"), ("ground", "revoked"): N_("revoked"), ("ground", "of-age"): N_("of age now"),
    ("operation", "collect"): N_("collect"), ("operation", "use"): N_("use"), ("operation", "disclose"): N_("disclose"),
    ("operation", "retain"): N_("retain"),
}  # fmt: skip
"""Codes of details in words; a name of the policy is shown as it stands there."""


def kind_words(kind: str) -> Message:
    """A kind of event in words."""
    return say(KINDS.get(kind, kind))


def details_words(details: Mapping[str, Any]) -> list[Message]:
    """What an event was about: names and instants in words, one part for each."""
    found = [say(text, value=_value(key, details[key])) for key, text in LABELS.items() if key in details]
    if details.get("notice"):
        found.append(say(
            N_("notice: {notice}, version {version}, language {language}"), notice=details["notice"],
            version=details.get("notice_version"), language=details.get("language")))  # fmt: skip
    if details.get("automated"):
        found.append(say(N_("only to a machine deciding alone")))
    return found


def event_words(at: str, kind: str, actor: str, details: Mapping[str, Any], tongue: Tongue) -> str:
    """One event as one line: when, what, by whom, and what it was about."""
    parts = [kind_words(kind), say(ACTORS.get(actor, actor)), *details_words(details)]
    return "  ".join((at, *(part.render(tongue) for part in parts)))


def _value(key: str, value: Any) -> Message:
    items = value if isinstance(value, list) else [value]
    return series([say(VALUES[key, str(item)]) if (key, str(item)) in VALUES else str(item) for item in items], ", ")
