"""The events of the ledger: a closed list of kinds, the canonical bytes of an event, and the digest that proves it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson

from janji.errors import Corrupt, Invalid
from janji.terms.messages import N_, say

FORM = 1
"""The version of the form in which events are written."""

LARGEST = 65_536
"""Bytes that an event may have. What is longer is evidence, and belongs beside it."""

_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATETIME


class Kind(StrEnum):
    """What happened. What one of the first group does to a standing is told by `decision.history`."""

    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_RENEWED = "consent.renewed"
    CONSENT_EXPIRED = "consent.expired"
    OBJECTION_MADE = "objection.made"
    OBJECTION_LIFTED = "objection.lifted"
    RESTRICTION_SET = "restriction.set"
    RESTRICTION_LIFTED = "restriction.lifted"
    DELAY_SET = "delay.set"
    DELAY_LIFTED = "delay.lifted"
    QUARANTINE_SET = "quarantine.set"
    QUARANTINE_LIFTED = "quarantine.lifted"
    AGREEMENT_RECORDED = "agreement.recorded"
    AGREEMENT_ENDED = "agreement.ended"
    AUTHORISATION_GIVEN = "authorisation.given"
    AUTHORISATION_ENDED = "authorisation.ended"
    TRANSFER_CONSENT_GIVEN = "transfer-consent.given"
    TRANSFER_CONSENT_WITHDRAWN = "transfer-consent.withdrawn"
    RETENTION_ENDED = "retention.ended"
    AGE_RECORDED = "age.recorded"
    GUARDIAN_VERIFIED = "guardian.verified"
    GUARDIAN_REVOKED = "guardian.revoked"
    PERSON_ASSERTED = "person.asserted"
    PERSON_VERIFIED = "person.verified"
    PERSON_MERGED = "person.merged"
    PERSON_SPLIT = "person.split"

    PERSON_CREATED = "person.created"
    PERSON_ABSORBED = "person.absorbed"
    PERSON_REVIVED = "person.revived"
    PERSON_FORGOTTEN = "person.forgotten"
    PERSON_SEEN = "person.seen"
    IDENTIFIER_ADDED = "identifier.added"
    IDENTIFIER_REMOVED = "identifier.removed"
    IDENTITY_JOINED = "identity.joined"
    IDENTITY_UNJOINED = "identity.unjoined"
    GUARDIAN_NAMED = "guardian.named"
    COMMUNICATION_CHOSEN = "communication.chosen"
    LEGACY_RECORDED = "legacy.recorded"
    TASK_OPENED = "task.opened"
    TASK_CLOSED = "task.closed"
    KEY_DESTROYED = "key.destroyed"
    USE_PERMITTED = "use.permitted"
    DISCLOSURE_MADE = "disclosure.made"
    DELIVERY_MADE = "delivery.made"
    CONSUMER_TOLD = "consumer.told"
    DATA_CHANGED = "data.changed"
    DATA_CORRECTED = "data.corrected"
    DATA_COLLECTED = "data.collected"
    DECISION_TAKEN = "decision.taken"
    DECISION_REVIEWED = "decision.reviewed"
    SYSTEM_CHANGED = "system.changed"
    SEARCH_EXECUTED = "search.executed"
    ERASURE_EXECUTED = "erasure.executed"
    SWEEP_EXECUTED = "sweep.executed"
    ENDS_ATTESTED = "ends.attested"
    HOLD_SET = "hold.set"
    HOLD_LIFTED = "hold.lifted"
    WORKLIST_OPENED = "worklist.opened"
    WORKLIST_READ = "worklist.read"
    SYSTEM_ATTESTED = "system.attested"
    REQUEST_RECORDED = "request.recorded"
    REQUEST_VERIFIED = "request.verified"
    REQUEST_APPROVED = "request.approved"
    REQUEST_REFUSED = "request.refused"
    REQUEST_EXECUTED = "request.executed"
    REQUEST_ENDED = "request.ended"
    REQUEST_REOPENED = "request.reopened"
    REQUEST_EXTENDED = "request.extended"
    RUN_EXECUTED = "run.executed"
    POLICY_PUBLISHED = "policy.published"
    POLICY_NOTICED = "policy.noticed"
    PROMISES_PROVEN = "promises.proven"
    STAFF_CHANGED = "staff.changed"
    INCIDENT_RECORDED = "incident.recorded"
    INCIDENT_TOLD = "incident.told"
    INCIDENT_CLOSED = "incident.closed"
    STORE_RESTORED = "store.restored"


class Actor(StrEnum):
    """Who acted."""

    PERSON = "person"
    GUARDIAN = "guardian"
    STAFF = "staff"
    BROWSER = "browser"
    SYSTEM = "system"


class Done(StrEnum):
    """What was done with a person's data, besides the use that a decision permitted."""

    DISCLOSURE = "disclosure"
    DELIVERY = "delivery"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. It names a person by pseudonym only, and holds no personal data.

    `id` is a UUID in 36 characters, `at` an aware instant (kept to the millisecond), `subject` the pseudonym in 32
    hexadecimal digits and `version` its next version (both or neither), `policy` the digest of the policy in force,
    `layout` the version of the layout, `details` a flat JSON object of texts, whole numbers, booleans and lists of
    texts, `sealed` the SHA-256 of the sealed evidence in hexadecimal digits.
    """

    id: str
    kind: Kind
    at: datetime
    actor: Actor
    subject: str | None = None
    version: int | None = None
    policy: str | None = None
    layout: int = 0
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)
    sealed: str | None = None


def encode(event: Event) -> bytes:
    """The canonical bytes of an event (RFC 8785): what is hashed, stored and exported; raises as `encode_parts`."""
    return encode_parts(
        event.id, event.kind, event.at, event.actor, event.subject, event.version, event.policy, event.layout, event.details,
        event.sealed,
    )  # fmt: skip


def encode_parts(
    id: str, kind: Kind, at: datetime, actor: Actor, subject: str | None, version: int | None, policy: str | None,
    layout: int, details: Mapping[str, Any], sealed: str | None,
) -> bytes:  # fmt: skip
    """The canonical bytes of the event that has these parts; on hot paths there is no need to make the event first.

    Raises `Invalid` for details that have no such form here: a number that is not whole and within 2**53, a key that is
    not ASCII, half a character, or more than `LARGEST` bytes.
    """
    try:
        if details:
            _only_plain(details)
        data = orjson.dumps(_form(id, kind, at, actor, subject, version, policy, layout, details, sealed), option=_CANONICAL)
    except (TypeError, ValueError, RecursionError):
        data = b""
    if not 0 < len(data) <= LARGEST:
        raise _too_much(kind)
    return data


class Frame:
    """The canonical bytes of events that differ in nothing but their ids, instants, people, versions and seals: the rest is encoded once.

    Raises as `encode_parts`.
    """

    __slots__ = ("_before", "_behind", "_between", "_held", "actor", "details", "kind")

    def __init__(self, kind: Kind, actor: Actor, policy: str | None, layout: int, details: Mapping[str, Any]) -> None:
        self.kind, self.actor, self.details = kind, actor, details
        self._held = {name: copy(value) for name, value in details.items()}
        whole = encode_parts(_NO_ID, kind, _NO_INSTANT, actor, None, None, policy, layout, details, None).decode()
        before, _, rest = whole.partition(stamp(_NO_INSTANT))  # before the instant stands the actor alone, which is none
        between, _, behind = rest.rpartition(_NO_ID_HELD)  # behind the id stand kind, layout and policy alone, which hold no such text
        self._before, self._between, self._behind = before, f'{between}"id":"', f'"{behind.removesuffix(_END)}'

    def fits(self, kind: Kind, actor: Actor, details: Mapping[str, Any]) -> bool:
        """Whether it is the frame of an event with these parts: the very same details, and nobody changed them since. What is equal may be written otherwise (`1`, `true`)."""
        return self.details is details and self.kind is kind and self.actor is actor and self._held == details

    def bytes(self, id: str, at: datetime, subject: str | None, version: int | None, sealed: str | None) -> bytes:
        """The bytes of the event that has these parts besides; as `encode_parts` gives them, and raises."""
        seal = "" if sealed is None else f',"sealed":"{sealed}"'
        end = _END if subject is None else f',"subject":"{subject}","v":{FORM},"version":{version}}}'
        data = f"{self._before}{stamp(at)}{self._between}{id}{self._behind}{seal}{end}".encode()
        if len(data) > LARGEST:
            raise _too_much(self.kind)
        return data


_NO_ID = "00000000-0000-0000-0000-000000000000"
_NO_ID_HELD = f'"id":"{_NO_ID}"'
_NO_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_END = f',"v":{FORM}}}'


def _too_much(kind: Kind) -> Invalid:
    return Invalid(
        say(N_("the details of a `{kind}` cannot be recorded"), kind=kind),
        say(N_("give texts, whole numbers, yes or no, and lists of them; what is long or personal is evidence")),
    )


def _only_plain(value: Any) -> None:
    """For these values and no others, sorted keys and the shortest escapes are all that RFC 8785 asks for."""
    kind = type(value)
    if kind is str or kind is int or kind is bool:
        return
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise TypeError
            if type(item) is not str:
                _only_plain(item)
    elif kind is list or kind is tuple:
        for item in value:
            _only_plain(item)
    else:
        raise TypeError


def form(event: Event) -> dict[str, Any]:
    """An event as a JSON object; absent parts are left out."""
    return _form(
        event.id, event.kind, event.at, event.actor, event.subject, event.version, event.policy, event.layout, event.details,
        event.sealed,
    )  # fmt: skip


def _form(
    id: str, kind: Kind, at: datetime, actor: Actor, subject: str | None, version: int | None, policy: str | None,
    layout: int, details: Mapping[str, Any], sealed: str | None,
) -> dict[str, Any]:  # fmt: skip
    held: dict[str, Any] = {"v": FORM, "id": id, "kind": kind.value, "at": stamp(at), "actor": actor.value}
    if subject is not None:
        held["subject"], held["version"] = subject, version
    if policy is not None:
        held["policy"] = policy
    if layout:
        held["layout"] = layout
    if details:
        held["details"] = details
    if sealed is not None:
        held["sealed"] = sealed
    return held


def decode(data: bytes) -> Event:
    """The event that these bytes are the canonical form of; raises `Corrupt` when they are of none."""
    try:
        held = orjson.loads(data)
        event = Event(
            id=held["id"], kind=Kind(held["kind"]), at=read_stamp(held["at"]), actor=Actor(held["actor"]),
            subject=held.get("subject"), version=held.get("version"), policy=held.get("policy"),
            layout=held.get("layout", 0), details=held.get("details", {}), sealed=held.get("sealed"),
        )  # fmt: skip
        whole = encode(event) == data
    except (Invalid, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise Corrupt(say(N_("a record in the ledger is not the canonical form of an event")), say(N_("run `janji ledger audit`")))
    return event


def leaf_hash(data: bytes) -> bytes:
    """The digest of an event's bytes: its RFC 9162 leaf hash, SHA-256 of `0x00` and the bytes (32 bytes)."""
    return hashlib.sha256(b"\x00" + data).digest()


@lru_cache(maxsize=256)
def stamp(at: datetime) -> str:
    """An aware instant as RFC 3339 in UTC, to the millisecond: `2026-11-25T03:04:05.678Z`."""
    moment = at.astimezone(UTC)
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def read_stamp(text: str) -> datetime:
    """The instant that `stamp` wrote; raises `ValueError` for anything else."""
    at = datetime.fromisoformat(text)
    if len(text) != 24 or at.tzinfo is not UTC or stamp(at) != text:
        raise ValueError("not an instant as `stamp` writes it")
    return at
