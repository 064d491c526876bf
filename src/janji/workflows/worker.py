"""The worker: what has to be done again and again without anybody asking, each step by one worker at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from janji.errors import Invalid, JanjiError
from janji.store import database, webhooks, workers
from janji.terms.messages import N_, say
from janji.workflows import (
    allowances,
    cascade_work,
    desk_jobs,
    draft_publishing,
    erasing,
    forgetting,
    gathering,
    messages,
    person_packages,
    promise_boards,
    repeats,
    request_clock,
    request_identity,
    request_work,
    reviews,
    rollout,
    standings,
    sweeps,
    worklist_mail,
)
from janji.workflows.door import Door, open_door
from janji.workflows.house import House, hold_again
from janji.workflows.jobs import Jobs
from janji.workflows.ledger import checkpoint, sequence_all
from janji.workflows.logs import code_of, event
from janji.workflows.processors import ERASURES
from janji.workflows.runtime import Runtime
from janji.workflows.serving import own_process
from janji.workflows.webhooks import deliver_due
from janji.workflows.webhooks import prune as prune_webhooks

LONGEST_PAUSE = 60.0
"""Seconds after which a step that fails is tried again, at the latest."""
TAKE_OVER = "take-over"
"""The step that takes long work over from workers that are gone."""
LOOKING = 0.1
"""Seconds between two looks whether a process of its own has come to its end."""
PATIENCE = 30.0
"""Seconds that the steps in hand are waited for at the end."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done every so many seconds; `run` gives how much there was to do. The name is a code in logs.

    `alone` says that only one worker at a time may be at it; what each process has for itself, and what claims its rows
    one by one, is done by all. `due` is given for what takes whole seconds of a processor, which programs that are being
    answered would miss: when it says so, the step is done in a process of its own.
    """

    name: str
    every: float
    run: Callable[[House], int]
    alone: bool = True
    due: Callable[[House], bool] | None = None


def number(house: House) -> int:
    """Give numbers to what was recorded, and sign the tree."""
    done = sequence_all()
    if done.count:
        checkpoint(house)
    return done.count


def tell(house: House) -> int:
    """Send the webhooks that are due."""
    if not webhooks.webhooks():
        return 0
    done = deliver_due(house)
    return done.told + done.failed + done.waiting


def expire(house: House) -> int:
    """Record what ran out."""
    return standings.sweep(house) if house.published is not None else 0


def prune(house: House) -> int:
    """Let go of what is past its day: answers to repeats, allowances, texts nobody looked at, old observations, packages, what requests said."""
    return (
        repeats.prune(house) + allowances.prune(house) + reviews.expire(house) + rollout.expire(house) + gathering.prune(house)
        + person_packages.prune(house) + prune_webhooks(house)
        + request_clock.end_evidence(house)
        + request_identity.prune(house)
    )


def sweep(house: House) -> int:
    """All that time brings to people: forgettings finished, children of age, evidence and suppressions at their end."""
    done = forgetting.sweep_record(house)
    return sum(int(getattr(done, name)) for name in type(done).__slots__)


STEPS: tuple[Step, ...] = (
    Step("number", 1, number), Step("webhooks", 1, tell, alone=False), Step("observations", 10, rollout.flush, alone=False),
    Step("expire", 60, expire), Step("worklists", 60, worklist_mail.work), Step("messages", 1, messages.work, alone=False), Step("prune", 600, prune),
    Step(ERASURES, 30, erasing.work_off, alone=False), Step("sweep", 3600, sweep), Step(cascade_work.STEP, 2, cascade_work.work),
    Step("retention", 600, sweeps.nightly), Step("policy", 30, draft_publishing.publish_due),
    Step(desk_jobs.STEP, 1, desk_jobs.work, due=desk_jobs.due), Step("promises", 10, promise_boards.work, due=promise_boards.due),
    Step("requests", 0.05, request_clock.work, alone=False), Step("requests-beside", 0.25, request_work.work_beside, alone=False), Step("request-orphans", 2, request_work.take_over), Step("message-orphans", 2, messages.take_over),
)  # fmt: skip


def do_apart(runtime: Runtime, name: str) -> bool:
    """Do the step of a name once, in this process, which `Worker` began for it; whether that went well. Raises `Invalid` for other names."""
    step = next((one for one in STEPS if one.name == name and one.due is not None), None)
    if step is None:
        raise Invalid(say(N_("no step `{name}` is done in a process of its own"), name=name))
    try:
        with open_door(runtime) as door:
            return Worker(door).once(replace(step, alone=False, due=None))
    except JanjiError as error:  # the house cannot be opened now
        event("step-failed", logging.WARNING, error, step=name, code=code_of(error))
        return False


@dataclass(slots=True)
class Worker:
    """The steps of one process, a thread each, until it is stopped. `number` is how other processes know it (31 bits)."""

    door: Door
    steps: Sequence[Step] = STEPS
    number: int = field(init=False)
    jobs: Jobs = field(init=False)
    _present: threading.Event = field(default_factory=threading.Event, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)
    _threads: list[threading.Thread] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.number = int.from_bytes(self.door.runtime.random(4), "big") >> 1
        self.jobs = Jobs(self.door, self.number)

    def start(self) -> None:
        """Begin, and return at once."""
        repeated = [*self.steps, Step(TAKE_OVER, 5, self.jobs.take_over)]
        self._threads += [threading.Thread(target=work, name=f"worker-{work.__name__.strip('_')}", daemon=True)
                          for work in (self._presence, self._begin_jobs)]  # fmt: skip
        self._threads += [threading.Thread(target=self._repeat, args=(step,), name=f"worker-{step.name}", daemon=True) for step in repeated]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing any more; a signal may call it."""
        self._over.set()
        for name in (*(step.name for step in self.steps), TAKE_OVER):
            self.door.wake(name)
        self.jobs.stop()

    def wait(self) -> bool:
        """Wait until it is stopped, then for what is in hand; whether all of that came to its end."""
        self._over.wait()
        for thread in self._threads:
            thread.join(PATIENCE)
        self.jobs.wait()
        return not any(thread.is_alive() for thread in self._threads)

    def _repeat(self, step: Step) -> None:
        """Do one step over and over. Nothing that fails ends it: it is logged by its code, and tried again, later and later."""
        failed, sleeper = 0, self.door.sleeper(step.name)
        while not self._over.is_set():
            sleeper.clear()
            failed = 0 if self.once(step) else failed + 1
            pause = min(step.every * 2**failed, max(step.every, LONGEST_PAUSE)) if failed < 10 else max(step.every, LONGEST_PAUSE)
            if not self._over.is_set():
                sleeper.wait(pause)
        database.close()

    def once(self, step: Step) -> bool:
        """Do a step if nobody else is at it; whether that went well. What fails is logged by its code."""
        try:
            with workers.alone(step.name) if step.alone else nullcontext(True) as mine:
                if mine and step.due is not None:
                    return not step.due(self.door.house()) or self._apart(step)
                done = step.run(self.door.house()) if mine else 0
        except Exception as error:  # whatever it is: the other steps and the next time go on
            event("step-failed", logging.WARNING, error, step=step.name, code=code_of(error))
            database.close()
            if isinstance(error, JanjiError):
                self.door.outdated()
            return False
        if done:
            event("step", step=step.name, count=done)
        if step.every >= LONGEST_PAUSE:
            database.close()
        return True

    def _apart(self, step: Step) -> bool:
        """Have a step done in a process of its own, which ends when this one does; it logs what it did."""
        settings = self.door.runtime.settings
        with own_process("step", step.name, "--data-dir", str(settings.data_dir), "--lang", settings.language) as process:
            while process.poll() is None and not self._over.wait(LOOKING):
                pass
        return process.returncode == 0 or self._over.is_set()

    def _presence(self) -> None:
        """Be known to live as long as the database is there to know it; an embedded one that is gone is started again."""
        while not self._over.is_set():
            try:
                workers.be_present(self.number)
                self._present.set()
            except JanjiError:
                database.close()
                self._reach_again()
            self._over.wait(1)
        database.close()

    def _reach_again(self) -> None:
        try:
            hold_again(self.door.runtime)
        except JanjiError as error:
            event("database-gone", logging.WARNING, error)

    def _begin_jobs(self) -> None:
        """Load what does long work, once the rest of the process is ready: it takes its time."""
        tried = 0
        while not self._over.is_set():
            try:
                if self._present.wait(1):
                    self.jobs.start()
                    return
            except Exception as error:  # a database that is gone is no reason to go too
                event("jobs-wait", logging.WARNING, error)
                tried += 1
                self._over.wait(min(2**tried, LONGEST_PAUSE))
