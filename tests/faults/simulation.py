"""A house lived through by one seed: choices, crossed writers, crashes, merges, a wandering clock; each step held against a model.

`python -m tests.faults.simulation --seed 7` plays one seed again and prints its steps. Nothing in it is left to the
machine: clock and chance come from the seed, and a second writer runs to its end while the first stands still.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from tests.faults import making
from tests.faults.verification import Acknowledged, verify_everything

from janji.consent.cascade import TASK
from janji.decision.history import standing_at
from janji.decision.standing import ConsentState
from janji.errors import Conflict, Refusal
from janji.ledger.events import Actor, Kind, encode, leaf_hash
from janji.store import database, destruction, people, records
from janji.store.records import Known
from janji.workflows import forgetting, identity, recording
from janji.workflows.house import House
from janji.workflows.recording import Entry, Recorded
from janji.workflows.runtime import Runtime

PEOPLE = 8
FEWEST = 3
"""With fewer people left nobody is merged or forgotten."""
VERIFY_EVERY = 25
START = datetime(2026, 11, 25, 9, tzinfo=UTC)


class Failure(AssertionError):
    """What a seed brought to light, and how to see it again."""


class Simulated(Runtime):
    """A runtime of which the seed decides clock and chance."""

    chance = random.Random(0)
    instant = START

    def now(self) -> datetime:
        """The simulated instant; it moves with every look."""
        type(self).instant += timedelta(milliseconds=self.chance.randrange(5))
        return self.instant

    def random(self, size: int) -> bytes:
        """Bytes that the seed decides."""
        return self.chance.randbytes(size)


class Abort(Exception):
    """The connection broke."""


class Simulation:
    """One seed on one database. `model` is what everybody was told: id, kind and details of each person's events in order."""

    def __init__(self, seed: int, url: str, folder: Path) -> None:
        self.seed, self.url = seed, url
        self.chance = random.Random(seed)
        Simulated.chance, Simulated.instant = random.Random(~seed), START
        usual = making.runtime_for(url, folder)
        self.runtime = Simulated(usual.settings, usual.tongue)
        self.house: House = making.make_house(url, PEOPLE, self.runtime)
        self.people = making.people(PEOPLE)
        self.gone: dict[UUID, str] = {}
        self.merges: list[tuple[UUID, UUID]] = []
        self.model: dict[UUID, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
        self.told: list[Acknowledged] = []
        self.steps: list[str] = []

    def play(self, steps: int) -> None:
        """So many steps; raises `Failure` with the seed and the step at the first thing that does not agree."""
        weighted: list[tuple[Callable[[], None], float]] = [
            (self.choose, 8), (self.choose_many, 5), (self.cross, 5), (self.crash_before, 3), (self.crash_after, 4), (self.restart, 1),
            (self.jump, 2), (self.sequence, 2), (self.merge, 2), (self.split, 1.5), (self.forget, 0.5),
        ]  # fmt: skip
        operations, weights = zip(*weighted, strict=True)
        for number in range(steps):
            step = self.chance.choices(operations, weights)[0]
            self.steps.append(step.__name__)
            try:
                step()
                self.compare()
                if number % VERIFY_EVERY == VERIFY_EVERY - 1 or number == steps - 1:
                    verify_everything(self.house, self.told)
            except Exception as error:
                again = f"python -m tests.faults.simulation --seed {self.seed} --steps {number + 1}"
                raise Failure(f"seed {self.seed}, step {number} ({self.steps[-1]}): {error!r}; again by `{again}`") from error

    # ------------------------------------------------------------------------------------------------------------ steps

    def choose(self) -> None:
        """One choice on the quick way."""
        entry = self._entry()
        if entry.subject in self.gone:
            self._refused(lambda: recording.record_one(self.house, entry))
        else:
            self._tell([entry], [recording.record_one(self.house, entry)])

    def choose_many(self) -> None:
        """A batch; it is refused as a whole when one of its people is gone."""
        entries = [self._entry() for _ in range(self.chance.randrange(1, 12))]
        if any(entry.subject in self.gone for entry in entries):
            self._refused(lambda: recording.record(self.house, entries))
        else:
            self._tell(entries, recording.record(self.house, entries))

    def cross(self) -> None:
        """While one writer has read and not yet written, another one writes about the same person, to its end."""
        subject = self.chance.choice(self._active())
        slow, quick = (replace(self._entry(), subject=subject) for _ in range(2))
        found: list[Recorded] = []
        real = records.known

        def known(subject: UUID, words: int = 0) -> Known | None:
            held = real(subject, words)
            records.known = real
            self._elsewhere(lambda: found.append(recording.record_one(self.house, quick)))
            return held

        records.known = known
        try:
            last = recording.record_one(self.house, slow)
        finally:
            records.known = real
        self._tell([quick], found)
        self._tell([slow], [last])

    def crash_before(self) -> None:
        """The connection breaks after everything was written and before it was committed: nothing of it happened."""
        entries = self._with_ids(self.chance.randrange(1, 6))
        self._broken(lambda: recording.record(self.house, entries))
        assert not records.present([entry.id for entry in entries if entry.id is not None])

    def crash_after(self) -> None:
        """The connection breaks before the answer comes: who sends again with the same ids is given the first answer."""
        entries = self._with_ids(self.chance.randrange(1, 6))
        first = recording.record(self.house, entries)
        database.connection().close()
        database.close()
        crossed = list(entries)
        self.chance.shuffle(crossed)
        assert set(recording.record(self.house, crossed)) == set(first)
        self._tell(entries, first)

    def restart(self) -> None:
        """The program ends and starts."""
        database.close()
        self.house = making.enter(self.url, self.runtime)

    def jump(self) -> None:
        """Somebody sets the clock, by days, forwards or back."""
        Simulated.instant += timedelta(seconds=self.chance.randrange(-200_000, 200_000))

    def sequence(self) -> None:
        """The sequencer numbers what waits."""
        making.sequence(self.house)

    def merge(self) -> None:
        """Two people turn out to be one, at the first attempt or after the connection broke in the first."""
        active = self._active()
        if len(active) <= FEWEST:
            return
        survivor, other = self.chance.sample(active, 2)
        before, open_ = self._consents(survivor) | self._consents(other), self._open(survivor)
        if self.chance.random() < 0.3:
            self._broken(lambda: identity.merge(self.house, survivor, other, Actor.STAFF))
        identity.merge(self.house, survivor, other, Actor.STAFF)
        self.gone[other] = "merged"
        self.merges.append((survivor, other))
        ended = {purpose for purpose, _ in before - self._consents(survivor)}
        assert self._open(survivor) == open_ | ended, "the cascades of a merge are those of the consents that it ended"
        self._adopt({survivor: [Kind.PERSON_MERGED, *[Kind.TASK_OPENED] * len(ended - open_)], other: [Kind.PERSON_ABSORBED]})

    def split(self) -> None:
        """A merge was a mistake: the last one of a survivor who is still there is taken back."""
        standing = [pair for pair in self.merges if pair[0] not in self.gone]
        if not standing:
            return
        survivor, other = standing[-1]
        open_ = self._open(survivor)
        if self.chance.random() < 0.3:
            self._broken(lambda: identity.split(self.house, survivor, Actor.STAFF))
        assert identity.split(self.house, survivor, Actor.STAFF) == other
        self.merges.remove((survivor, other))
        del self.gone[other]
        closed = open_ - self._open(survivor)
        assert closed <= {purpose for one in (survivor, other) for purpose, _ in self._consents(one)}, "a cascade ends where the consent stands again"
        self._adopt({survivor: [Kind.PERSON_SPLIT, *[Kind.TASK_CLOSED] * len(closed)], other: [Kind.PERSON_REVIVED]})

    def forget(self) -> None:
        """A person is erased with everybody merged into them; perhaps the connection broke after the file was written."""
        active = self._active()
        if len(active) <= FEWEST:
            return
        subject = self.chance.choice(active)
        open_ = self._open(subject)
        if self.chance.random() < 0.5:
            self._dying(destruction, "destroy_keys", lambda: forgetting.forget(self.house, subject))
        family = [subject]
        for one in family:
            family.extend(other for survivor, other in self.merges if survivor == one)
        assert set(forgetting.forget(self.house, subject).people) == set(family)
        self.merges = [pair for pair in self.merges if pair[0] not in family]
        self.gone |= dict.fromkeys(family, "forgotten")
        closed = {subject: [Kind.TASK_CLOSED] * len(open_)}
        self._adopt({one: [*closed.get(one, []), Kind.PERSON_FORGOTTEN] for one in family})

    # ---------------------------------------------------------------------------------------------------------- bearings

    def compare(self) -> None:
        """What is stored of each person is what the model says, in its order."""
        for subject in self.people:
            stored = [(event.id, event.kind.value, dict(event.details)) for event in recording.history_of(self.house, subject)]
            assert stored == self.model[subject], f"the history of {subject} is not what was told"

    def _entry(self) -> Entry:
        return making.choice(self.chance, self.people)

    def _consents(self, subject: UUID) -> set[tuple[str, str | None]]:
        """The purposes and channels that a person's consent stands for, added up from the history."""
        found = standing_at(recording.history_of(self.house, subject), self.house.runtime.now(), self.house.policy_in_force.layout)
        return {(one.purpose, one.channel) for one in found.consents if one.state is ConsentState.GIVEN}

    def _open(self, subject: UUID) -> set[str]:
        """The purposes whose cascade is open for a person."""
        return {task.details["purposes"][0] for task in people.open_tasks([subject], TASK)}

    def _active(self) -> list[UUID]:
        return [subject for subject in self.people if subject not in self.gone]

    def _with_ids(self, count: int) -> list[Entry]:
        return [
            replace(making.choice(self.chance, self._active()), id=UUID(int=self.chance.getrandbits(128), version=4))
            for _ in range(count)
        ]

    def _tell(self, entries: list[Entry], told: list[Recorded] | tuple[Recorded, ...]) -> None:
        for entry, recorded in zip(entries, told, strict=True):
            assert entry.subject is not None
            self.model[entry.subject].append((str(recorded.id), entry.kind.value, dict(entry.details)))
            assert recorded.version == len(self.model[entry.subject])
            self.told.append(Acknowledged(str(recorded.id), recorded.digest))

    def _adopt(self, kinds: dict[UUID, list[Kind]]) -> None:
        """Take the events that a workflow recorded of its own into the model: so many, of these kinds, nothing else."""
        for subject, wanted in kinds.items():
            new = recording.history_of(self.house, subject)[len(self.model[subject]) :]
            assert [event.kind for event in new] == wanted
            self.model[subject].extend((event.id, event.kind.value, dict(event.details)) for event in new)
            self.told.extend(Acknowledged(event.id, leaf_hash(encode(event)).hex()) for event in new)

    def _broken(self, attempt: Callable[[], object]) -> None:
        """An attempt whose connection breaks before it is committed."""
        try:
            with database.transaction():
                attempt()
                database.connection().close()
                raise Abort
        except Abort:
            database.close()

    def _dying(self, place: ModuleType, name: str, attempt: Callable[[], object]) -> None:
        """An attempt that breaks where it calls a function of the store."""
        real = getattr(place, name)

        def broken(*_: object) -> None:
            database.connection().close()
            raise Abort

        setattr(place, name, broken)
        try:
            attempt()
        except Abort:
            database.close()
        finally:
            setattr(place, name, real)

    def _refused(self, attempt: Callable[[], object]) -> None:
        try:
            attempt()
        except (Refusal, Conflict):
            return
        raise AssertionError("something was recorded of somebody who is gone")

    def _elsewhere(self, work: Callable[[], object]) -> None:
        """On another connection, to its end."""
        trouble: list[BaseException] = []

        def run() -> None:
            try:
                database.open_database(self.url)
                work()
            except BaseException as error:  # raised again where the step is
                trouble.append(error)
            finally:
                database.close()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if trouble:
            raise trouble[0]


def main() -> None:
    """Play one seed on an empty database of a server that is gone afterwards."""
    import tempfile

    from tests.faults.cluster import cluster

    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--steps", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder) / "server") as server:
        simulation = Simulation(arguments.seed, server.url, Path(folder) / "house")
        try:
            simulation.play(arguments.steps)
        finally:
            print("\n".join(f"{number:4} {step}" for number, step in enumerate(simulation.steps)))
            database.close()
    print(f"seed {arguments.seed}: {len(simulation.told)} events, all agree", file=sys.stderr)


if __name__ == "__main__":
    main()
