"""Long work that a screen asks for: the worker does it, tells how far it is, and keeps what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from janji.errors import JanjiError, Unknown
from janji.ledger.audit import Report
from janji.store import desk_jobs as store
from janji.store.database import in_transaction, transaction
from janji.store.desk_jobs import DeskJobRow
from janji.terms.messages import N_, Message, pack_message, say, unpack_message
from janji.workflows import doctor, map_desk, promise_boards, request_previews, sweeps
from janji.workflows.house import House
from janji.workflows.ledger import audit_live, cover
from janji.workflows.logs import event
from janji.workflows.sweeps import Progress

AUDIT, LOOK = "ledger-audit", "retention-look"
PROMISES, REPORT = "promise-look", "promise-report"
DOCTOR = "house-look"
STEP = "desk-jobs"
"""The step of the worker that does them."""
OFTEN = timedelta(milliseconds=300)
"""How long there is between two notes of how far it is, at least."""
KEPT = timedelta(days=90)
"""How long what came of it is kept, when newer work of the same name ended."""
SHOWN = 50
"""Faults that a report of an audit keeps; the first say where to look."""


class JobState(StrEnum):
    """How far work is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DeskJob:
    """Work as a screen shows it: `about` is at hand, `done` of `total` are done; at the end a report, or why there is none."""

    id: UUID
    name: str
    arguments: Mapping[str, Any]
    state: JobState
    asked: datetime
    ended: datetime | None
    about: str
    done: int
    total: int
    report: Mapping[str, Any] = field(repr=False)
    failure: Message | None = None
    help: Message | None = None

    @property
    def open(self) -> bool:
        """Whether it waits or is being done."""
        return self.state in (JobState.WAITING, JobState.RUNNING)


# ------------------------------------------------------------------------------------------------------- what is done


def _audit(house: House, _: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Sign what there is, and audit the database itself: leaves, tiles, signatures, queue and standings."""
    cover(house)
    return audit_report(audit_live(house, progress=progress))


def audit_report(found: Report) -> dict[str, Any]:
    """What an audit found, to be kept: numbers, the signed head, and the first faults."""
    return {
        "clean": found.clean, "events": found.events, "people": found.people, "checkpoints": found.checkpoints, "more": found.more + max(0, len(found.faults) - SHOWN),
        "key": "" if found.verifier is None else str(found.verifier), "size": 0 if found.last is None else found.last.size,
        "root": "" if found.last is None else found.last.root.hex(), "kinds": sorted({str(fault.kind) for fault in found.faults}),
        "faults": [{"kind": str(fault.kind), "position": fault.position, "message": pack_message(fault.message)} for fault in found.faults[:SHOWN]],
    }  # fmt: skip


def _look(house: House, arguments: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Count what a night so many `days` from now would end, and change nothing."""
    at = house.runtime.now() + timedelta(days=arguments.get("days", 0))
    return sweeps.kept_look(sweeps.look(house, at=at, progress=progress))


def _promises(house: House, _: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Look at every promise, and keep the board."""
    return {str(state): count for state, count in promise_boards.look_again(house, progress).board.counts.items()}


def _report(house: House, arguments: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Make a signed report of the promises in a language."""
    return {"report": str(promise_boards.make_report(house, str(arguments["language"]), progress))}


def _plan(house: House, arguments: Mapping[str, Any], _: Progress) -> Mapping[str, Any]:
    """Work out what would be done for a request."""
    return request_previews.plan(house, UUID(arguments["request"]))


def _preview(house: House, arguments: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Gather the copy of a request, to be looked at."""
    return request_previews.search(house, UUID(arguments["request"]), progress)


def _doctor(house: House, _: Mapping[str, Any], __: Progress) -> Mapping[str, Any]:
    """What the doctor finds."""
    return {"findings": [
        {"name": one.name, "verdict": str(one.verdict), "message": pack_message(one.message), **({} if one.help is None else {"help": pack_message(one.help)})}
        for one in doctor.examine_open(house)
    ]}  # fmt: skip


DOES: Mapping[str, Callable[[House, Mapping[str, Any], Progress], Mapping[str, Any]]] = MappingProxyType({
    AUDIT: _audit, LOOK: _look, DOCTOR: _doctor, PROMISES: _promises, REPORT: _report, request_previews.PLAN: _plan, request_previews.PREVIEW: _preview, **map_desk.DOES,
})  # fmt: skip
"""What the worker can be asked for: each is given the house, its arguments and whom to tell how far it is, and gives a report in JSON."""


# --------------------------------------------------------------------------------------------------- asked and looked at


def ask(house: House, name: str, by: str, **arguments: Any) -> UUID:
    """Ask the worker for work of `DOES`; the same that waits or is being done is not asked for again. `by` is an account's number."""
    with transaction():
        store.lock()
        found = store.open_one(name, arguments)
        if found is not None:
            return found
        id = house.runtime.new_id()
        store.insert(DeskJobRow(id, name, arguments, by, house.runtime.now()))
        return id


def job(id: UUID) -> DeskJob:
    """One piece of work; raises `Invalid` when there is none of this id."""
    row = store.job(id)
    if row is None:
        raise Unknown(say(N_("this work is not on record any more")), say(N_("ask for it again")))
    return _seen(row)


def last(name: str, *, ended: bool = False, **arguments: Any) -> DeskJob | None:
    """The newest work of a name with these arguments; with `ended` the newest that came to its end."""
    return next((_seen(row) for row in store.newest(name, 1, ended=ended, arguments=arguments)), None)


def due(_: House) -> bool:
    """Whether anything waits to be done."""
    return store.next_one() is not None


def work(house: House) -> int:
    """Do what is asked for, one after the other, until nothing waits; how much it was. What a worker left half done is begun anew."""
    count = 0
    while (row := store.next_one()) is not None:
        _do(house, row)
        count += 1
    if count:
        store.delete_before(house.runtime.now() - KEPT)
    return count


def _do(house: House, row: DeskJobRow) -> None:
    store.begin(row.id, house.runtime.now())
    told = house.runtime.now()

    def progress(about: str, done: int, total: int) -> None:
        nonlocal told
        if not in_transaction() and (house.runtime.now() - told >= OFTEN or done >= total):
            told = house.runtime.now()
            store.move(row.id, about, done, total)

    report: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    try:
        report = DOES[row.name](house, row.arguments, progress)
    except JanjiError as error:
        event("desk-job-failed", logging.WARNING, error, job=row.name)
        failure = {**pack_message(error.message), "help": None if error.help is None else pack_message(error.help)}
    except Exception as error:
        event("desk-job-failed", logging.ERROR, error, job=row.name)
        failure = pack_message(say(N_("something went wrong; the log of the worker says what")))
    store.end(row.id, house.runtime.now(), report, failure)


def _seen(row: DeskJobRow) -> DeskJob:
    if row.ended is None:
        state = JobState.WAITING if row.begun is None else JobState.RUNNING
    else:
        state = JobState.DONE if row.failure is None else JobState.FAILED
    why = None if row.failure is None else unpack_message(row.failure)
    help = row.failure.get("help") if row.failure else None
    return DeskJob(row.id, row.name, row.arguments, state, row.asked, row.ended, row.about, row.done, row.total, row.report or {}, why,
                   None if help is None else unpack_message(help))  # fmt: skip
