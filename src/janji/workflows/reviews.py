"""Reviews: what was written freely and holds what should not be there, under seal until a person has looked at it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from janji.collection.submission import Find, Quarantined, Upload
from janji.decision.engine import decide
from janji.decision.question import Facts, Question
from janji.errors import Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Kind, stamp
from janji.people.identifiers import PREFIX as SUBJECT
from janji.policy.model import Policy
from janji.store import destruction, people, reviews, vault
from janji.store.database import transaction
from janji.store.destruction import Destroyed, Level
from janji.store.people import TaskRow
from janji.store.reviews import ReviewRow
from janji.store.vault import KEY_BYTES, NONCE_BYTES, KeyKind
from janji.terms.messages import N_, Message, Tongue, pack_message, say, unpack_message
from janji.terms.processing import Operation
from janji.workflows.house import House
from janji.workflows.identity import permitted, refused
from janji.workflows.keys import destroyed_file
from janji.workflows.people import content_keys, current, lock_active
from janji.workflows.recording import Entry, record

TASK = "text-review"
REVIEW_WITHIN = timedelta(days=30)
"""How long a text waits where the policy has no rule for what is found and should not be there."""
DISCOVERED = "discovered"
"""The trigger of the policy's rules about such finds."""
MOST_SEALED = 1 << 20
"""Bytes of a text or file that are kept for a review; what is longer stays where it is, and only its digest comes here."""
_BINDING = "review"
PAGE = 200
PREFIX = "rev_"
MASK = "*"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the scanner met, as a review keeps it: which kind, where in which text, how sure, and why."""

    kind: str
    start: int
    end: int
    confidence: float
    why: Message
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review that waits, without what it is about. `due` is when it is discarded unseen."""

    id: UUID
    subject: UUID | None
    application: str
    touchpoint: str
    field: str
    data: str
    opened: datetime
    due: datetime
    found: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A review with what was written, in clear."""

    review: Review
    value: Any = part(repr=False)


def open_review(house: House, subject: UUID | None, touchpoint: str, item: Quarantined, application: str | None = None) -> UUID:
    """Put one quarantined value under seal, with a task and its clock; gives the review. Joins an open transaction.

    Of a person it is sealed with their content key, so that forgetting them takes it along. A text about nobody on record
    gets a content key of its own, which is destroyed with it: one key of the house for all could never be.
    """
    runtime, policy = house.runtime, house.policy_in_force.policy
    id, now = runtime.new_id(), runtime.now()
    field = policy.touchpoints[touchpoint].fields[item.field]
    due = now + within(policy, touchpoint, str(field.data))
    with transaction():
        key = content_keys(house, [subject])[subject] if subject is not None else _own_key(house, id)
        sealed = vault.seal(key, runtime.random(NONCE_BYTES), _packed(item.value), vault.binding(subject or id, _BINDING, id))
        reviews.insert(ReviewRow(
            id, subject, application or "", touchpoint, item.field, str(field.data), tuple(_found(find) for find in item.finds), now, due,
            sealed,
        ))  # fmt: skip
        record(house, [Entry(subject=subject, kind=Kind.TASK_OPENED, actor=Actor.SYSTEM,
                             details={"task": TASK, "id": str(id), "due": stamp(due)})])  # fmt: skip
        people.open_task(TaskRow(id, TASK, subject, now, due, None, {"touchpoint": touchpoint, "field": item.field}))
    return id


def within(policy: Policy, touchpoint: str, category: str) -> timedelta:
    """How long a find at a touchpoint may wait: the shortest rule of the policy about what is discovered there."""
    purposes = policy.touchpoints[touchpoint].purposes
    found = [
        timedelta(days=rule.period.least_days)
        for rule in policy.retention.values() if rule.trigger == DISCOVERED
        for purpose in purposes if rule.covers(str(purpose), category)
    ]  # fmt: skip
    return min((period for period in found if period), default=REVIEW_WITHIN)


def _own_key(house: House, id: UUID) -> bytes:
    key = house.runtime.random(KEY_BYTES)
    vault.insert_keys([
        vault.wrap_key(house.keeper, id, KeyKind.CONTENT, house.runtime.new_id(), key, house.runtime.random(NONCE_BYTES))
    ])  # fmt: skip
    return key


def _found(find: Find) -> dict[str, Any]:
    match = find.match
    held = {
        "kind": match.kind, "start": match.start, "end": match.end, "confidence": match.confidence, "why": pack_message(match.why),
    }  # fmt: skip
    return held if find.within is None else {**held, "within": find.within}


def waiting(limit: int | None = None) -> Iterator[Review]:
    """The reviews that wait, the most urgent first; nothing of what was written."""
    after, count = None, 0
    while rows := reviews.waiting(PAGE, after):
        for row in rows:
            if limit is not None and count >= limit:
                return
            yield _review(row)
            count += 1
        after = (rows[-1].due, rows[-1].id)


def review_of(id: UUID) -> Review:
    """One review that waits; raises `Invalid` when it does not (any more)."""
    return _review(_row(id))


def _row(id: UUID) -> ReviewRow:
    row = reviews.one(id)
    if row is None:
        raise Unknown(say(N_("there is no such review, or it is closed")), say(N_("`janji review list` shows those that wait")))
    return row


def _review(row: ReviewRow) -> Review:
    found = tuple(
        Seen(item["kind"], item["start"], item["end"], item["confidence"], unpack_message(item["why"]), item.get("within"))
        for item in row.found
    )
    return Review(row.id, row.subject, row.application, row.touchpoint, row.field, row.data, row.opened, row.due, found)


def show_review(house: House, id: UUID, purpose: str, actor: Actor = Actor.STAFF) -> Shown:
    """What was written, in clear: a use of personal data for a purpose, decided and recorded before it is shown.

    Raises `Refusal` with the reasons when the policy does not allow it, `Invalid` when the review is closed.
    """
    with transaction():
        row = _row(id)
        _look(house, row, purpose, actor)
        return Shown(_review(row), _opened(house, row))


def keep(house: House, id: UUID, purpose: str, actor: Actor = Actor.STAFF, *, masked: bool = False) -> Shown:
    """Close a review with what was written handed out to be kept where it belongs, the finds masked if that is asked.

    Nothing of it stays here. Raises as `show_review`.
    """
    with transaction():
        row = _row(id)
        _look(house, row, purpose, actor)
        value = _opened(house, row)
        _close(house, row, actor, "kept-masked" if masked else "kept")
    review = _review(row)
    return Shown(review, _masked(value, review.found) if masked else value)


def discard(house: House, id: UUID, actor: Actor = Actor.STAFF) -> Review:
    """Close a review and destroy what was written, unseen; raises `Invalid` when it is closed."""
    with transaction():
        row = _row(id)
        _close(house, row, actor, "discarded")
    return _review(row)


def expire(house: House) -> int:
    """Discard what nobody looked at in its time; how many. For the worker."""
    count = 0
    while rows := reviews.past_due(house.runtime.now(), PAGE):
        for late in rows:
            with transaction():
                row = reviews.one(late.id)
                if row is not None:
                    _close(house, row, Actor.SYSTEM, "expired")
                    count += 1
    return count


def _look(house: House, row: ReviewRow, purpose: str, actor: Actor) -> None:
    """Ask the policy whether staff may look, and record that they did."""
    subject = _now(row)
    if subject is not None:
        lock_active([subject])
        decision = permitted(house, subject, purpose, (row.data,) if _needs(house, purpose, row.data) else ())
    else:
        compiled = house.policy_in_force.compiled
        declared = compiled.policy.purposes.get(purpose)
        data = (row.data,) if _needs(house, purpose, row.data) else tuple(map(str, declared.data)) if declared else (row.data,)
        decision = decide(compiled, Question(purpose, data, house.runtime.now(), Operation.USE), Facts())
        if not decision.permit:
            raise refused(purpose, decision)
    record(house, [Entry(subject=subject, kind=Kind.USE_PERMITTED, actor=actor, details={
        "purpose": purpose, "data": list(map(str, decision.question.data)), "operation": str(Operation.USE),
        "facts": decision.facts_digest, "review": str(row.id),
    })])  # fmt: skip


def _now(row: ReviewRow) -> UUID | None:
    """Whom a review is about now: the survivor, after a merge."""
    return None if row.subject is None else current(row.subject)


def _needs(house: House, purpose: str, category: str) -> bool:
    """Whether a purpose needs the category by itself; else all of its data are asked about, for it screens them all."""
    found = house.policy_in_force.policy.purposes.get(purpose)
    return found is not None and category in found.data


def _close(house: House, row: ReviewRow, actor: Actor, outcome: str) -> None:
    """End a review: the row, its key if it had one of its own, and its task, each recorded."""
    now = house.runtime.now()
    reviews.delete(row.id)
    if row.subject is None:
        held = vault.read_keys([row.id], KeyKind.CONTENT)
        gone = [Destroyed(key.id, key.subject, key.kind, now) for key in held.values()]
        destruction.append_destroyed(destroyed_file(house.runtime.settings), gone)
        destruction.destroy_keys(gone)
        record(house, [
            Entry(kind=Kind.KEY_DESTROYED, actor=actor, details={"key": str(key.key), "kind": str(key.kind), "level": str(Level.LOGICAL)})
            for key in gone
        ])  # fmt: skip
    if people.close_tasks([row.id], now):
        record(house, [Entry(subject=_now(row), kind=Kind.TASK_CLOSED, actor=actor,
                             details={"task": TASK, "id": str(row.id), "outcome": outcome})])  # fmt: skip


def _opened(house: House, row: ReviewRow) -> Any:
    if row.subject is not None:
        key = content_keys(house, [row.subject])[row.subject]
    else:
        held = vault.read_keys([row.id], KeyKind.CONTENT).get(row.id)
        if held is None:  # a kill came between the file of destroyed keys and the end of the review
            raise Refusal(say(N_("the key of this text was destroyed")), say(N_("`janji review discard` closes the review")))
        key = vault.open_key(house.keeper, held)
    return _unpacked(orjson.loads(vault.unseal(key, row.sealed, vault.binding(row.subject or row.id, _BINDING, row.id))))


def review_json(item: Review, tongue: Tongue) -> dict[str, Any]:
    """A review as `schema/review.json` describes it; nothing of what was written."""
    held: dict[str, Any] = {
        "review": f"{PREFIX}{item.id}", "subject": f"{SUBJECT}{item.subject}" if item.subject else None,
        "application": item.application or None, "touchpoint": item.touchpoint, "field": item.field, "data": item.data,
        "opened": stamp(item.opened), "due": stamp(item.due), "found": [_seen_json(seen, tongue) for seen in item.found],
    }  # fmt: skip
    return {name: part for name, part in held.items() if part is not None}


def _seen_json(seen: Seen, tongue: Tongue) -> dict[str, Any]:
    held: dict[str, Any] = {
        "kind": seen.kind, "start": seen.start, "end": seen.end, "confidence": seen.confidence, "why": seen.why.render(tongue),
    }  # fmt: skip
    return held if seen.within is None else {**held, "part": seen.within}


# ------------------------------------------------------------------------------------------------------------- values


def handed_out(value: Any) -> Any:
    """A value as JSON, files with all of their bytes in base64, as `read_asked` takes them."""
    if isinstance(value, Upload):
        return {"name": value.name, "media_type": value.media_type, "base64": base64.b64encode(value.data).decode()}
    if isinstance(value, Mapping):
        return {str(name): handed_out(item) for name, item in value.items()}
    return [handed_out(item) for item in value] if isinstance(value, list | tuple) else value


_FILE = "\x00file"


def _packed(value: Any) -> bytes:
    data = orjson.dumps(_plain(value))
    if len(data) > MOST_SEALED * 4 // 3 + 1024:
        raise Invalid(
            say(N_("a text or file that needs a review is longer than a megabyte")),
            say(N_("keep it apart where it is, and collect a shorter part or its text")),
        )
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, Upload):
        return {_FILE: [value.name, value.media_type, base64.b64encode(value.data).decode(), value.text]}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if _FILE in value:
            name, media_type, data, text = value[_FILE]
            return Upload(name, media_type, base64.b64decode(data), text)
        return {name: _unpacked(item) for name, item in value.items()}
    return [_unpacked(item) for item in value] if isinstance(value, list) else value


def _masked(value: Any, found: tuple[Seen, ...], within_: str | None = None) -> Any:
    """A value with each find covered by as many stars; of a file nothing can be covered, so it is left out."""
    if isinstance(value, int | float) and not isinstance(value, bool) and any(item.within == within_ for item in found):
        value = str(value)
    if isinstance(value, str):
        for item in found:
            if item.within == within_ and item.end <= len(value):
                value = value[: item.start] + MASK * (item.end - item.start) + value[item.end :]
        return value
    if isinstance(value, dict):
        return {name: _masked(item, found, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, found, within_) for item in value]
    return None if isinstance(value, Upload) else value
