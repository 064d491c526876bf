"""A program that the fault tests of the ledger run and kill: it records, numbers, signs and exports until it dies."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from uuid import UUID

from tests.faults.killing import die_at

from janji.ledger.events import Actor, Kind
from janji.store import ledger
from janji.store.database import close, connection, transaction
from janji.store.vault import keeper_of, pseudonym
from janji.workflows.house import House, enter_house, make_secrets
from janji.workflows.ledger import checkpoint, export, sequence
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import open_runtime

STEPS = ("lock_sequencer", "size", "waiting", "unnumbered", "tiles", "write_tiles", "place")
"""What a sequencer does, in this order, until its transaction ends."""
SIGNING = ("checkpoint", "size", "tiles", "add_checkpoint")
LIMIT = 150
PEOPLE = [UUID(int=7 << 76 | number) for number in range(6)]


def make_house(url: str) -> House:
    """A house with a few people."""
    from janji.store.database import open_database

    open_database(url)
    make_secrets(open_runtime(environment={}), keeper_of(b"k" * 32))
    house = enter(url)
    for subject in PEOPLE:
        connection().execute(
            "INSERT INTO subject (id, pseudonym, state, communication) VALUES (%s, %s, 'active', '')",
            [subject, pseudonym(house.secrets.pseudonym, subject)],
        )
    return house


def enter(url: str) -> House:
    """The house that `make_house` made."""
    return enter_house(open_runtime(environment={}), url, keeper_of(b"k" * 32))


def write(house: House, count: int, chance: random.Random, slow: bool = False) -> None:
    """Record so many events about one or two people each time, now and then long before the commit."""
    for _ in range(count):
        subjects = [*chance.sample(PEOPLE, 2), None][: chance.randint(1, 3)]
        entries = [Entry(kind=Kind.TASK_OPENED, actor=Actor.STAFF, subject=subject, details={"task": "call"}) for subject in subjects]
        with transaction():
            record(house, entries)
            if slow and chance.random() < 0.2:
                time.sleep(chance.random() / 20)


def main() -> None:
    """`URL VERB WORD...`: `write COUNT SEED`, `sequence SECONDS`, `die STEP before|after sequence|checkpoint`, `export FILE`."""
    url, verb, *words = sys.argv[1:]
    house = enter(url)
    os.write(1, b"ready\n")
    if verb == "write":
        write(house, int(words[0]), random.Random(words[1]), slow=True)
    elif verb == "sequence":
        chance, end = random.Random(words[0]), time.monotonic() + float(words[1])
        while time.monotonic() < end:
            sequence(chance.choice((3, 20, LIMIT)))
            if chance.random() < 0.1:
                checkpoint(house)
    elif verb == "die":
        die_at(ledger, words[0], 1, after=words[1] == "after")
        sequence(LIMIT) if words[2] == "sequence" else checkpoint(house)
    else:
        die_at(ledger, "events", 2, after=False)
        export(house, Path(words[0]))
    close()


if __name__ == "__main__":
    main()
