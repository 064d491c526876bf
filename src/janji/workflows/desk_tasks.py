"""Open tasks as staff see them: what is due first, what each wants, and those that somebody closes by saying that it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from janji.errors import Refusal, Unknown
from janji.ledger.events import Actor
from janji.store import people
from janji.store.people import FORGETTING, TaskRow
from janji.terms.messages import N_, say
from janji.workflows import corrections, guardians, request_links, sweeps
from janji.workflows.forgetting import EVIDENCE_END
from janji.workflows.house import House
from janji.workflows.tasks import close_tasks

Task = TaskRow
"""A task as faces show it: codes and references alone."""
ENGINE = (EVIDENCE_END, FORGETTING)
"""Kinds that the worker does by itself at their time: nobody has to act."""
PAGE = 50


def waiting(size: int = PAGE, after: UUID | None = None, kind: str = "") -> tuple[Task, ...]:
    """Open tasks for which somebody has to act, what is due first; `after` is the last of the page before.

    One that was closed since leads back to the first page.
    """
    last = None if after is None else people.task(after)
    return people.waiting_tasks(size, None if last is None else (last.due, last.id), kind, ENGINE)


def counts(house: House) -> dict[str, tuple[int, int]]:
    """By kind, how many tasks wait for somebody, and how many of them are late."""
    return {kind: found for kind, found in people.task_counts(house.runtime.now()).items() if kind not in ENGINE}


def task(id: UUID) -> Task:
    """One open task; raises `Invalid` when there is none, or it is done."""
    found = people.task(id)
    if found is None:
        raise Unknown(say(N_("there is no such task, or it is done")), say(N_("look at the list of open tasks")))
    return found


def _noticed(house: House, one: Task) -> None:
    if one.subject is not None:
        guardians.notice_given(house, [one.subject])


def _done(house: House, one: Task) -> None:
    close_tasks(house, [one], Actor.STAFF)


CLOSES: Mapping[str, Callable[[House, Task], None]] = MappingProxyType({
    guardians.THIRD_PERSON: _noticed, corrections.TASK: _done, sweeps.NOTICE: _done, request_links.CHECK: _done,
})
"""The kinds that a member of staff closes by saying that it is done; every other ends by itself when what it wants is so."""


def close(house: House, id: UUID) -> None:
    """Say that a task is done. Raises `Refusal` for a kind that ends by itself, and where it is still open afterwards; `Invalid` when there is none."""
    one = task(id)
    if one.kind not in CLOSES:
        raise Refusal(say(N_("this task ends by itself, when what it wants is done")), say(N_("do what it wants")))
    CLOSES[one.kind](house, one)
    if people.task(id) is not None:
        raise Refusal(say(N_("the task is open still")), say(N_("look at what it wants, and do that first")))
