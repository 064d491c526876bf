"""What a no sets off, wherever it comes from: the cascade of a withdrawal, as a task with the law's clock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from janji.consent.cascade import TASK, Cascade, cascade
from janji.consent.choices import Understood
from janji.consent.impact import Withdrawal
from janji.decision.layout import ANY_CHANNEL
from janji.decision.question import Facts
from janji.ledger.events import Actor, Kind, stamp
from janji.store import people
from janji.store.people import TaskRow
from janji.terms.processing import Right
from janji.workflows.house import House
from janji.workflows.recording import Entry, record
from janji.workflows.tasks import close_tasks


def follow(house: House, subject: UUID, event: Understood, before: Facts, after: Facts) -> tuple[Cascade, UUID] | None:
    """Open the cascade of a withdrawal that was recorded, where a consent stood: what goes and stays, and the task of it.

    `None` where none stood, or for anything else than a withdrawal. In the transaction in which it was recorded.
    """
    purpose = str(event.details["purpose"])
    prefix = f"consent/{purpose}/"
    stood = any(name.startswith(prefix) for name in house.policy_in_force.layout.names(before.bits & ~after.bits))
    if event.kind is not Kind.CONSENT_WITHDRAWN or not stood:
        return None
    return _open(house, subject, Withdrawal(purpose, event.details.get("channel")), after)


def follow_merged(house: House, subject: UUID, merge: UUID, before: int, after: Facts) -> tuple[UUID, ...]:
    """Open the cascade of each consent that a merge ended, for the no of one of the two counts for both; the tasks of them.

    `merge` is its event, `before` the entries of either person. In the transaction of the merge.
    """
    left = _consents(house, after.bits)
    found: dict[Withdrawal, UUID] = {}
    for purpose, channel in sorted(_consents(house, before) - left):
        whole = channel == ANY_CHANNEL or not any(purpose == kept for kept, _ in left)
        ended = Withdrawal(purpose, None if whole else channel)
        found[ended] = found.get(ended) or _open(house, subject, ended, after, merge)[1]
    return tuple(found.values())


def forget_merged(house: House, subject: UUID, merge: UUID, after: int) -> int:
    """Close the cascades that a merge opened, where the consent stands again; how many. In the transaction of the split.

    `after` are the entries of either person, as they are when the merge is taken back.
    """
    stands = {purpose for purpose, _ in _consents(house, after)}
    return close_tasks(house, [
        task for task in people.open_tasks([subject], TASK)
        if task.details.get("merge") == str(merge) and stands.issuperset(task.details["purposes"])
    ], outcome="not-needed")  # fmt: skip


def _consents(house: House, bits: int) -> set[tuple[str, str]]:
    """The purposes and channels that a consent stands for."""
    names = (name.split("/") for name in house.policy_in_force.layout.names(bits))
    return {(parts[1], parts[2]) for parts in names if parts[0] == "consent"}


def _open(house: House, subject: UUID, withdrawal: Withdrawal, after: Facts, merge: UUID | None = None) -> tuple[Cascade, UUID]:
    now = house.runtime.now()
    found = cascade(house.policy_in_force.compiled, after, [withdrawal], now, deadline(house, now))
    return found, _task(house, subject, found, now, merge)


def _task(house: House, subject: UUID, found: Cascade, now: datetime, merge: UUID | None) -> UUID:
    """The task that follows from a withdrawal, with the law's clock; one that is open for the purpose stays the one."""
    for task in people.open_tasks([subject], TASK):
        if task.details.get("purposes") == list(found.purposes):
            return task.id
    id, due = house.runtime.new_id(), found.until
    clock = {} if due is None else {"due": stamp(due)}
    record(house, [Entry(
        subject=subject, kind=Kind.TASK_OPENED, actor=Actor.SYSTEM,
        details={"task": TASK, "id": str(id), "purpose": found.purposes[0], **clock},
    )])  # fmt: skip
    people.open_task(TaskRow(id, TASK, subject, now, due, None, found.details() | ({"merge": str(merge)} if merge else {})))
    return id


def deadline(house: House, now: datetime) -> datetime | None:
    """When the withdrawal must have been carried out: the earlier of the law's clock and the policy's promise."""
    policy, law = house.policy_in_force.policy, house.policy_in_force.law
    found: list[datetime] = []
    for right in law.rights.values():
        if right.kind is Right.WITHDRAWAL:
            found += [law.clocks[right.clock].limit.end(now)] if right.clock is not None else []
            found += [promised.within.end(now) for promised in policy.rights.values()
                      if promised.right == right.id and promised.within is not None]  # fmt: skip
    return min(found, default=None)
