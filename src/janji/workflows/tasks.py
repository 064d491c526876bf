"""Tasks: work with a clock that a person or a later step must do, opened and closed as events of the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from janji.ledger.events import Actor, Kind, stamp
from janji.store import people, records
from janji.store.database import transaction
from janji.store.people import TaskRow
from janji.workflows.house import House
from janji.workflows.recording import Entry, record


def open_task(
    house: House, kind: str, subject: UUID, within: timedelta | None = None, details: Mapping[str, Any] | None = None
) -> UUID:
    """Open a task about a person, due `within` a time; the one of that kind which is open already stays the only one.

    `details` are codes and references, nothing personal. Joins an open transaction.
    """
    with transaction():
        records.lock([subject], ())
        held = people.open_tasks([subject], kind)
        if held:
            return held[0].id
        opened, id = house.runtime.now(), house.runtime.new_id()
        due = None if within is None else opened + within
        clock = {} if due is None else {"due": stamp(due)}
        record(house, [Entry(subject=subject, kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, details={"task": kind, "id": str(id), **clock})])
        people.open_task(TaskRow(id, kind, subject, opened, due, None, dict(details or {})))
        return id


def close_tasks(house: House, tasks: Iterable[TaskRow], actor: Actor = Actor.SYSTEM, outcome: str = "done", said: Mapping[str, Any] | None = None) -> int:
    """Close tasks with an outcome, in one transaction; those that are closed already are left alone. How many it were.

    What is `said` besides is put on record with each.
    """
    wanted = {task.id: task for task in tasks}
    with transaction():
        records.lock([task.subject for task in wanted.values() if task.subject is not None], ())
        closed = people.close_tasks(list(wanted), house.runtime.now())
        record(house, [
            Entry(subject=wanted[id].subject, kind=Kind.TASK_CLOSED, actor=actor,
                  details={"task": wanted[id].kind, "id": str(id), "outcome": outcome, **(said or {})})
            for id in closed
        ])  # fmt: skip
    return len(closed)
