"""Long work: handed to the workers within one transaction, done by DBOS, gone on with by another worker when one dies."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from janji.errors import Conflict, JanjiError, Refusal, Unavailable, Unknown
from janji.files.reading import read_file
from janji.store import database, jobs, workers
from janji.terms.messages import N_, say
from janji.workflows.consent_lists import import_list, plan_list
from janji.workflows.door import Door
from janji.workflows.house import House
from janji.workflows.logs import code_of, event

IMPORT = "consent-import"
FORM = "1"
"""The form of the jobs; another one when what is stored of a job that was begun would be read differently."""
POLLING = 1.0
"""Seconds between two looks for work."""
BEGINNING = timedelta(minutes=1)
"""How long a worker that lives is waited for until it can be given work."""
LOOKING = 0.2
"""Seconds between two looks whether a worker that has just begun can be given work."""
RETRIES = (1, 2, 5, 15, 30, 60)
"""Seconds after which a job goes on when the database did not answer; the last again and again."""
PATIENCE = 10
"""Seconds that jobs in hand are waited for at the end; they stop between batches."""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


_STATES = {"ENQUEUED": JobState.WAITING, "DELAYED": JobState.WAITING, "PENDING": JobState.RUNNING, "SUCCESS": JobState.DONE}


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `report` says what it did, without a value of anybody; `failure` is a code."""

    id: UUID
    name: str
    state: JobState
    made: datetime
    report: Mapping[str, Any] | None = None
    failure: str | None = None


def hand_over_import(house: House, path: Path, map_path: Path) -> UUID:
    """Give a list of consents to the workers: which files, and what is in them now, so that nothing else is imported.

    The list is sorted out first. Raises as `plan_list` does, and `Refusal` where no worker ever ran; one that has just
    begun is waited for, a minute at most.
    """
    plan_list(house, path, map_path)
    until = house.runtime.now() + BEGINNING
    while not jobs.is_ready() and workers.living() and house.runtime.now() < until:
        threading.Event().wait(LOOKING)
    arguments = {"list": str(path.resolve()), "map": str(map_path.resolve()), "digest": _digest(path, map_path)}
    with database.transaction():
        if not jobs.is_ready():
            raise Refusal(say(N_("no worker has run here yet")), say(N_("start `janji serve` or `janji worker`, then do it again")))
        id = house.runtime.new_id()
        jobs.enqueue(id, IMPORT, arguments)
    return id


def _digest(path: Path, map_path: Path) -> str:
    held = hashlib.sha256()
    for one in (path, map_path):
        held.update(hashlib.sha256(read_file(one)).digest())
    return held.hexdigest()


def job(id: UUID) -> Job:
    """One job; raises `Invalid` when there is none of this id."""
    found = jobs.job(id) if jobs.is_ready() else None
    if found is None:
        raise Unknown(say(N_("there is no job `{id}`"), id=f"job_{id}"), say(N_("`janji job list` lists them")))
    return _job(found)


def newest(most: int = 50) -> tuple[Job, ...]:
    """The jobs handed over last, newest first."""
    return tuple(map(_job, jobs.newest(most))) if jobs.is_ready() else ()


def _job(row: jobs.JobRow) -> Job:
    output = row.output or {}
    failure, report = output.get("failure"), output.get("report")
    state = _STATES.get(row.status, JobState.FAILED)
    if failure is not None or state is JobState.FAILED:
        return Job(row.id, row.name, JobState.FAILED, row.made, failure=failure or row.status.lower())
    return Job(row.id, row.name, state, row.made, report=report)


class Failed(Exception):
    """A job that can never be done; its text is a code."""


class Left(BaseException):
    """The process ends: the job is left as it is, for another worker. Nothing records it, for it is no `Exception`."""


class Jobs:
    """The jobs that this process does. `number` is the worker's: jobs of one that lives no more are taken over."""

    def __init__(self, door: Door, number: int) -> None:
        self._door, self._number = door, number
        self._over = threading.Event()
        self._lost: frozenset[str] = frozenset()
        self._doing = 0
        self._dbos: Any = None

    def start(self) -> None:
        """Load DBOS, make or bring up its tables, and begin to take jobs."""
        from dbos import DBOS, WorkflowSerializationFormat

        DBOS(config={
            "name": jobs.APPLICATION, "system_database_url": database.opened(), "dbos_system_schema": jobs.SCHEMA,
            "executor_id": str(self._number), "application_version": FORM, "use_listen_notify": False, "enable_otlp": False,
            "sys_db_pool_size": 3, "max_executor_threads": 4, "log_level": "ERROR", "scheduler_polling_interval_sec": 3600.0,
            "notification_listener_polling_interval_sec": POLLING,
        })  # fmt: skip
        logger = logging.getLogger("dbos")
        logger.handlers, logger.propagate = [], True  # it writes as everything else here does

        @DBOS.step(name=IMPORT)
        def step(list: str, map: str, digest: str) -> dict[str, Any]:
            self._doing += 1
            try:
                return self._do(IMPORT, lambda house: self._import(house, Path(list), Path(map), digest))
            finally:
                self._doing -= 1

        @DBOS.workflow(name=IMPORT, serialization_type=WorkflowSerializationFormat.PORTABLE)
        def workflow(list: str, map: str, digest: str) -> dict[str, Any]:
            return step(list, map, digest)

        DBOS.launch()
        DBOS.register_queue(jobs.QUEUE, worker_concurrency=1, polling_interval_sec=POLLING)
        self._dbos = DBOS

    def take_over(self, _: House) -> int:
        """Take over the jobs of workers that were not there twice, one look after another; how many workers those were."""
        if self._dbos is None:
            return 0
        lost = jobs.left_by(workers.living())
        gone, self._lost = lost & self._lost, lost
        if gone:
            self._dbos._recover_pending_workflows(sorted(gone))  # noqa: SLF001 - DBOS' own service for this is not ours to run
        return len(gone)

    def stop(self) -> None:
        """Take no more jobs, and leave those in hand at the next batch."""
        self._over.set()

    def wait(self) -> None:
        """Wait for what is in hand."""
        if self._dbos is not None:
            self._dbos.destroy(workflow_completion_timeout_sec=PATIENCE if self._doing else 0, destroy_registry=True)
            self._dbos = None

    def _do(self, name: str, work: Callable[[House], Mapping[str, Any]]) -> dict[str, Any]:
        """The one wrapper of every step: what it did, or the code of why it could not; DBOS stores both for ever."""
        tried = 0
        while True:
            try:
                report = work(self._door.house())
                event("job", job=name)
                return {"report": dict(report)}
            except (Unavailable, Conflict) as error:
                event("job-waits", logging.WARNING, error, job=name)
                self._door.outdated()
            except Exception as error:
                event("job-failed", logging.ERROR, error, job=name)
                return {"failure": str(error) if isinstance(error, Failed) else code_of(error) if isinstance(error, JanjiError) else "internal"}
            finally:
                database.close()
            if self._over.wait(RETRIES[min(tried, len(RETRIES) - 1)]):
                raise Left
            tried += 1

    def _import(self, house: House, path: Path, map_path: Path, digest: str) -> Mapping[str, Any]:
        try:
            found = _digest(path, map_path)
        except Unavailable:
            raise Failed("list-gone") from None
        if found != digest:
            raise Failed("list-changed")
        return import_list(house, plan_list(house, path, map_path), self._between).report()

    def _between(self) -> None:
        if self._over.is_set():
            raise Left
