"""Events in words: what happened, who did it, and what it was about, for whoever shows a history to people."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from janji.ledger.events import read_stamp
from janji.staff.roles import REASONS
from janji.terms.messages import N_, Message, Tongue, say, series
from janji.terms.words import moment, on_day

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
    "person.seen": N_("looked at by staff"),
    "person.revived": N_("a record of its own again"), "person.forgotten": N_("person forgotten"),
    "identifier.added": N_("identifier added"), "identifier.removed": N_("identifier removed"),
    "identity.joined": N_("cookie or device joined"), "identity.unjoined": N_("join undone"),
    "communication.chosen": N_("form of communication chosen"), "legacy.recorded": N_("former list remembered"),
    "task.opened": N_("task opened"), "task.closed": N_("task closed"), "key.destroyed": N_("key destroyed"),
    "use.permitted": N_("use permitted"), "disclosure.made": N_("data disclosed"), "delivery.made": N_("message delivered"),
    "consumer.told": N_("a consumer told of it"),
    "data.corrected": N_("data put right"), "decision.taken": N_("a machine decided"), "decision.reviewed": N_("a person looked anew at what a machine decided"),
    "data.changed": N_("data changed"), "data.collected": N_("data collected"),
    "system.changed": N_("a system changed its stage"), "search.executed": N_("searched for in the systems"),
    "erasure.executed": N_("erased in the systems"), "hold.set": N_("held for a legal proceeding"), "hold.lifted": N_("legal hold lifted"),
    "worklist.opened": N_("an owner asked by worklist"), "worklist.read": N_("staff read what an owner answered"), "system.attested": N_("an owner attested what a system holds"),
    "sweep.executed": N_("ended by the retention schedule"), "ends.attested": N_("attested that what was over has ended"),
    "request.recorded": N_("a right asked for"), "request.verified": N_("shown who asks"), "request.approved": N_("an officer agreed"),
    "request.refused": N_("refused on a ground of the law"), "request.executed": N_("what was asked for was carried out"),
    "request.ended": N_("the request ended"), "request.reopened": N_("the request goes on"), "request.extended": N_("the time for the answer extended"),
    "run.executed": N_("in a run over everybody"), "policy.published": N_("policy published"),
    "policy.noticed": N_("people told of a new policy"), "store.restored": N_("record restored from a backup"),
    "promises.proven": N_("the promises looked at"), "staff.changed": N_("who works here changed"),
    "incident.recorded": N_("an incident recorded"), "incident.told": N_("notice of an incident given"), "incident.closed": N_("an incident closed"),
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
    "touchpoint": N_("touchpoint: {value}"), "agent": N_("agent: {value}"),
    "application": N_("application: {value}"), "agreement": N_("agreement: {value}"), "reason": "{value}", "rule": N_("rule: {value}"),
    "scope": N_("scope: {value}"), "until": N_("until {value}"), "people": N_("people: {value}"), "method": N_("method: {value}"),
    "signal": N_("signal: {value}"), "source": N_("source: {value}"), "missing": N_("lacks: {value}"), "relation": N_("relation: {value}"),
    "system": N_("system: {value}"), "asked": "{value}", "right": N_("right: {value}"),
    "day": N_("up to {value}"), "records": N_("records: {value}"), "consumer": N_("consumer: {value}"), "told": N_("of event {value}"), "due": N_("due {value}"), "event": N_("evidence of event {value}"), "gravity": "{value}", "known": N_("known since {value}"), "given": N_("notice given {value}"), "evidence_until": N_("evidence until {value}"),
}  # fmt: skip
"""The details that people read, in this order, and how; ids and digests are not among them (JSON has them all)."""

GRAVITIES = {"low": N_("little harm"), "medium": N_("some harm"), "high": N_("grave harm")}
"""How grave an incident is, in words."""

HOLDS = {
    "litigation": N_("a lawsuit"), "investigation": N_("an investigation"), "audit": N_("an audit"), "order": N_("an order of an authority"),
}  # fmt: skip
"""The grounds of legal holds in words."""

VALUES = {
    **{("ground", name): text for name, text in HOLDS.items()},
    **{("reason", name): text for name, text in REASONS.items()},
    **{("gravity", name): text for name, text in GRAVITIES.items()},
    ("band", "adult"): N_("an adult"), ("band", "child"): N_("a child"), ("band", "unknown"): N_("of unknown age"),
    ("ground", "by-staff"): N_("until staff looked into it"), ("ground", "child-without-guardian"): N_("a child without a guardian who consents"),
    ("task", "withdrawal-cascade"): N_("carry out what a withdrawal sets off"),
    ("task", "child-erasure"): N_("erase the data of a child without a guardian"),
    ("task", "third-person-notice"): N_("tell the person that somebody gave their data"),
    ("task", "policy-not-published"): N_("see why a draft of the policy was not published"),
    ("task", "consumer-not-told"): N_("see why a consumer is not told"),
    ("task", "text-review"): N_("look at what was written freely"),
    ("task", "worklist-open"): N_("see why an owner does not answer"),
    ("task", "decision-review"): N_("look anew at what a machine decided"),
    ("task", "recipients-of-correction"): N_("tell recipients that data were wrong"),
    ("asked", "access"): N_("what is held"), ("asked", "erase"): N_("to erase it"), ("asked", "correct"): N_("to put it right"),
    ("outcome", "partly-done"): N_("partly done"), ("outcome", "nothing-held"): N_("nothing held"), ("outcome", "no-place"): N_("no system is known to hold it"),
    ("outcome", "not-identified"): N_("nothing identifies the person"), ("outcome", "refused"): N_("refused"),
    ("outcome", "not-verified"): N_("not verified"), ("outcome", "duplicate"): N_("duplicate"), ("outcome", "withdrawn"): N_("taken back"),
    ("outcome", "corrected"): N_("put right"), ("outcome", "upheld"): N_("looked at anew: it stands"),
    ("outcome", "overruled"): N_("looked at anew: overruled"),
    ("outcome", "nothing"): N_("nothing found"), ("outcome", "found"): N_("found and handed in"), ("outcome", "erased"): N_("erased"),
    ("outcome", "kept"): N_("kept"), ("outcome", "kept-masked"): N_("kept, with the finds covered"),
    ("outcome", "discarded"): N_("discarded"), ("outcome", "expired"): N_("discarded when its time was over"),
    ("outcome", "done"): N_("done"), ("outcome", "not-needed"): N_("not needed any more"),
    ("outcome", "forgotten"): N_("the person was forgotten"), ("outcome", "deleted"): N_("deleted, and read back"),
    ("ground", "same-person"): N_("the same person"), ("ground", "revoked"): N_("revoked"), ("ground", "of-age"): N_("of age now"),
    ("missing", "guardian-needed"): N_("the consent of a guardian"), ("missing", "guardian-unverified"): N_("a verified guardian"),
    ("missing", "barred-to-children"): N_("a purpose that is open to children"), ("missing", "method-missing"): N_("how the choice was made"),
    ("missing", "notice-not-shown"): N_("the notice"), ("missing", "notice-outdated"): N_("a notice that still counts"),
    ("missing", "language-missing"): N_("the language of the notice"), ("missing", "digest-missing"): N_("proof of the text that was shown"),
    ("missing", "evidence-missing"): N_("evidence"), ("missing", "channel-not-named"): N_("the channel"),
    ("operation", "collect"): N_("collect"), ("operation", "use"): N_("use"), ("operation", "disclose"): N_("disclose"),
    ("operation", "retain"): N_("retain"),
}  # fmt: skip
"""Codes of details in words; a name of the policy is shown as it stands there."""

_INSTANTS = frozenset({"until", "due", "evidence_until", "known", "given"})
"""The details that are instants."""


def kind_words(kind: str) -> Message:
    """A kind of event in words."""
    return say(KINDS.get(kind, kind))


def details_words(details: Mapping[str, Any]) -> list[Message]:
    """What an event was about: names and instants in words, one part for each."""
    found = [say(text, value=_value(key, details[key])) for key, text in LABELS.items() if details.get(key) not in (None, "")]
    if details.get("notice"):
        found.append(say(
            N_("notice: {notice}, version {version}, language {language}"), notice=details["notice"],
            version=details.get("notice_version"), language=details.get("language")))  # fmt: skip
    if "acknowledged" in details and not details["acknowledged"]:
        found.append(say(N_("sent in part, and not acknowledged") if details.get("part") else N_("sent, not acknowledged")))
    if details.get("automated"):
        found.append(say(N_("only to a machine deciding alone")))
    return found


def event_words(at: str, kind: str, actor: str, details: Mapping[str, Any], tongue: Tongue) -> str:
    """One event as one line: when, what, by whom, and what it was about."""
    parts = [kind_words(kind), say(ACTORS.get(actor, actor)), *details_words(details)]
    return "  ".join((at, *(part.render(tongue) for part in parts)))


def _value(key: str, value: Any) -> Message:
    if key in _INSTANTS:
        with suppress(ValueError):
            return moment(read_stamp(str(value)))
    if key == "day":
        with suppress(ValueError):
            return on_day(date.fromisoformat(str(value)))
    items = value if isinstance(value, list) else [value]
    return series([say(VALUES[key, str(item)]) if (key, str(item)) in VALUES else str(item) for item in items], ", ")
