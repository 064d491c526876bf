"""A program that the fault tests run, kill and stop: it makes a house, writes into it, sequences it, verifies it.

What is recorded is printed, a line an event, after it was committed: that is what the writer was told.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.faults import making
from tests.faults.killing import die_at
from tests.faults.verification import Acknowledged, verify_everything

from janji.errors import Conflict, Unavailable
from janji.store import database
from janji.workflows import recording
from janji.workflows.house import House
from janji.workflows.recording import Recorded

POINTS = {
    "one": ("records.known", "records.insert_one"),
    "batch": ("records.lock", "records.insert", "standings.write"),
}  # fmt: skip
"""The functions of the store at which a program can be told to die, by what it is doing."""


def tell(recorded: Recorded) -> None:
    """Print what was recorded, in one write, so that a kill never leaves half a line that is taken for a whole."""
    line = json.dumps({"id": str(recorded.id), "digest": recorded.digest, "version": recorded.version})
    os.write(1, f"{line}\n".encode())


def write(house: House, arguments: argparse.Namespace) -> None:
    """Record choices until told to stop: one at a time or in batches; says what was recorded once it is."""
    chance = random.Random(arguments.seed)
    people = making.people(arguments.people)
    end = time.monotonic() + arguments.seconds
    done = failed = 0
    while time.monotonic() < end and done < arguments.count and not arguments.until.exists():
        try:
            if arguments.batch == 1:
                told: tuple[Recorded, ...] = (recording.record_one(house, making.choice(chance, people, arguments.only_consent)),)
            else:
                told = recording.record(house, [making.choice(chance, people, arguments.only_consent) for _ in range(arguments.batch)])
        except (Unavailable, Conflict) as error:
            failed += 1
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            database.close()
            time.sleep(0.05)
            continue
        for item in told:
            tell(item)
        done += len(told)
    print(f"done {done} failed {failed}", file=sys.stderr)


def _die_at(point: str, nth: int, after: bool) -> None:
    """Let this process kill itself before or after the nth call of a named function of the store."""
    module, name = point.split(".")
    die_at(import_module(f"janji.store.{module}"), name, nth, after=after)


def send(house: House, arguments: argparse.Namespace) -> None:
    """Record a batch whose ids the sender chose, in the order that the seed gives; the same batch for the same `seed`."""
    entries = making.batch_with_ids(arguments.seed, arguments.people, arguments.count)
    random.Random(arguments.order).shuffle(entries)
    for item in recording.record(house, entries):
        tell(item)


def verify(house: House, arguments: argparse.Namespace) -> None:
    """Verify everything; prints the counts."""
    told = [Acknowledged(line["id"], line["digest"]) for name in arguments.told for line in _lines(Path(name))]
    print(json.dumps(verify_everything(house, told)))


def _lines(path: Path) -> list[dict[str, Any]]:
    whole = path.read_bytes().rpartition(b"\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def sequence(house: House, arguments: argparse.Namespace) -> None:
    """Number what is recorded, over and over, until told to stop."""
    end = time.monotonic() + arguments.seconds
    while time.monotonic() < end and not arguments.until.exists():
        try:
            print(json.dumps({"sequenced": making.sequence(house)}), flush=True)
        except (Unavailable, Conflict) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            database.close()
        time.sleep(0.02)


def main() -> None:
    """Run one verb against the database named by `JANJI_TEST_URL`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=("make", "write", "send", "verify", "sequence"))
    parser.add_argument("told", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order", type=int, default=0)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--count", type=int, default=10**9)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--until", type=Path, default=Path("/never"))
    parser.add_argument("--die", choices=sorted({point for points in POINTS.values() for point in points}))
    parser.add_argument("--nth", type=int, default=1)
    parser.add_argument("--after", action="store_true")
    parser.add_argument("--only-consent", action="store_true")
    arguments = parser.parse_args()
    url = os.environ["JANJI_TEST_URL"]
    runtime = making.runtime_for(url, Path(os.environ["JANJI_TEST_FOLDER"]))
    if arguments.verb == "make":
        making.make_house(url, arguments.people, runtime)
        return
    house = making.enter(url, runtime)
    if arguments.die:
        _die_at(arguments.die, arguments.nth, after=arguments.after)
    {"write": write, "send": send, "verify": verify, "sequence": sequence}[arguments.verb](house, arguments)


if __name__ == "__main__":
    main()
