"""GDPRbench's records and traces: ten fields a record, mixes of the paper and of its repository, one seed.

After Shastri, Banakar, Wasserman, Kumar, Chidambaram: Understanding and Benchmarking the Impact of GDPR on Database
Systems, PVLDB 13(7), 2020; the repository's mixes are those of github.com/GDPRbench/GDPRbench at 94d399c. Both are
written anew here. Where this differs, and why, stands in `docs/explanation/gdprbench.md`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

FIELDS = ("key", "pur", "ttl", "usr", "obj", "dec", "acl", "shr", "src", "cat", "data")
METADATA = FIELDS[:-1]
PURPOSES, OBJECTIONS, DECISIONS, OTHERS = 25, 100, 2, 10
PEOPLE_SHARE = 10
"""How many records a person has."""
GONE_SHARE = 10
"""Of so many records one is deleted before the regulator asks, so that there are deletions to verify."""
STEP = 30
"""Seconds between two records that expire; a deletion by time takes a window of ten."""
THETA = 0.99
PAPER = ("controller", "customer", "processor", "regulator")
REPOSITORY = ("controller", "customer", "processor")

Record = tuple[str | int, ...]
"""The values of `FIELDS` in order; `ttl` is a number of seconds, all others are texts."""
Condition = tuple[str, str | tuple[int, int]]
"""A field and the value it equals, or the window it lies in (from, before)."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a trace: its query of the paper, its conditions (all hold), what it sets, what it creates."""

    query: str
    where: tuple[Condition, ...] = ()
    change: tuple[str, str | int] | None = None
    record: Record | None = None

    @property
    def verb(self) -> str:
        """`create`, `read`, `update`, `delete`, `logs` or `verify`."""
        return self.query.split("-")[0]

    @property
    def wide(self) -> bool:
        """Whether it may concern several people: neither a record nor a person is named."""
        return self.record is None and not any(field in ("key", "usr") for field, _ in self.where)

    @property
    def columns(self) -> tuple[str, ...]:
        """What a reading gives: the key with data, with metadata, or with all."""
        if "-data-" in self.query:
            return ("key", "data")
        return METADATA if "-metadata-" in self.query else FIELDS


@dataclass(frozen=True, slots=True)
class Trace:
    """The records loaded before the clock starts, and the operations after it."""

    name: str
    records: int
    gone: frozenset[str]
    operations: tuple[Operation, ...]

    @property
    def people(self) -> int:
        """How many people the records are about."""
        return people(self.records)

    def load(self) -> Iterator[Record]:
        """The records that are there when the first operation runs."""
        return (item for item in (record(number, self.records) for number in range(self.records)) if item[0] not in self.gone)


def people(records: int) -> int:
    """How many people so many records are about."""
    return max(1, records // PEOPLE_SHARE)


def record(number: int, records: int) -> Record:
    """The record of a number: each field takes the values of its pool in turn, the data are 100 characters."""
    return (
        f"key{number}", f"pur{number % PURPOSES}", (number * 7919 % (2 * records)) * STEP, f"usr{number % people(records)}",
        f"obj{number % OBJECTIONS}", f"dec{number % DECISIONS}", f"acl{number % OTHERS}", f"shr{number % OTHERS}",
        f"src{number % OTHERS}", f"cat{number % OTHERS}", data(number),
    )  # fmt: skip


def data(number: int) -> str:
    """The data of a record: 100 characters that no other record has."""
    return (f"personal data {number} " * 8)[:100]


class _Maker:
    """Draws operations: keys by a scrambled Zipf distribution or evenly, all from one seed."""

    def __init__(self, name: str, records: int, seed: int) -> None:
        self.records = records
        self.chance = random.Random(f"{name}/{records}/{seed}")
        self.created = records
        self.places = list(range(records))
        self.chance.shuffle(self.places)
        self.weights = list(accumulate(1 / (rank + 1) ** THETA for rank in range(records)))

    def number(self, zipf: bool) -> int:
        """The number of a record: by popularity or evenly."""
        if not zipf:
            return self.chance.randrange(self.records)
        return self.places[self.chance.choices(range(self.records), cum_weights=self.weights)[0]]

    def value(self, field: str, zipf: bool) -> str:
        """The value of a field of a drawn record."""
        return str(record(self.number(zipf), self.records)[FIELDS.index(field)])

    def create(self) -> Operation:
        """The next record."""
        self.created += 1
        return Operation("create-record", record=record(self.created - 1, self.records))

    def of_person(self, query: str, field: str, change: tuple[str, str | int] | None = None) -> Operation:
        """By a field's value and the person it belongs to; by the person alone when the field is `usr`."""
        drawn = record(self.number(False), self.records)
        named: list[Condition] = [("usr", str(drawn[3]))]
        if field != "usr":
            named.append((field, str(drawn[FIELDS.index(field)])))
        return Operation(query, tuple(named), change)

    def drawn(self, *fields: str) -> tuple[str, str | int]:
        """A new value for one of these fields."""
        field = self.chance.choice(fields)
        return field, record(self.number(False), self.records)[FIELDS.index(field)]


def _paper_controller(make: _Maker) -> Operation:
    roll = make.chance.random()
    if roll < 0.25:
        return make.create()
    if roll < 0.5:
        field = make.chance.choice(("pur", "ttl", "usr"))
        if field == "ttl":
            start = make.chance.randrange(2 * make.records) * STEP
            return Operation("delete-record-by-ttl", (("ttl", (start, start + 20 * STEP)),))
        return make.of_person(f"delete-record-by-{field}", field)
    field = make.chance.choice(("pur", "usr", "shr"))
    return make.of_person(f"update-metadata-by-{field}", field, make.drawn("acl", "src", "cat", "obj", "dec"))


def _paper_customer(make: _Maker) -> Operation:
    number = make.number(True)
    key: Condition = ("key", f"key{number}")
    roll = make.chance.randrange(5)
    if roll == 0:
        return Operation("read-data-by-usr", (("usr", str(record(number, make.records)[3])),))
    if roll == 1:
        return Operation("read-metadata-by-key", (key,))
    if roll == 2:
        return Operation("update-data-by-key", (key,), ("data", data(make.chance.randrange(10 * make.records))))
    if roll == 3:
        return Operation("update-metadata-by-key", (key,), make.drawn("acl", "shr", "obj", "dec"))
    return Operation("delete-record-by-key", (key,))


def _paper_processor(make: _Maker) -> Operation:
    if make.chance.random() < 0.8:
        return Operation("read-data-by-key", (("key", f"key{make.number(True)}"),))
    field = make.chance.choice(("pur", "obj", "dec"))
    return Operation(f"read-data-by-{field}", ((field, make.value(field, False)),))


def _paper_regulator(make: _Maker) -> Operation:
    roll = make.chance.random()
    number = make.number(True)
    person: Condition = ("usr", str(record(number, make.records)[3]))
    if roll < 0.46:
        return Operation("read-metadata-by-usr", (person,))
    if roll < 0.77:
        return Operation("logs-by-usr", (person,))
    return Operation("verify-deletion-by-key", (("key", f"key{number}"),))


def _repository_controller(make: _Maker) -> Operation:
    roll = make.chance.randrange(4)
    if roll == 0:
        return make.create()
    if roll == 1:
        return Operation("delete-record-by-key", (("key", f"key{make.number(False)}"),))
    return _repository_update(make, "pur" if roll == 2 else "usr", zipf=False)


def _repository_customer(make: _Maker) -> Operation:
    roll = make.chance.randrange(10)
    number = make.number(True)
    key: Condition = ("key", f"key{number}")
    if roll < 2:
        return Operation("read-record-by-key", (key,))
    if roll < 4:
        field = "pur" if roll == 2 else "usr"
        return Operation(f"read-record-by-{field}", ((field, make.value(field, True)),))
    if roll < 6:
        return Operation("update-data-by-key", (key,), ("data", data(make.chance.randrange(10 * make.records))))
    if roll < 8:
        return _repository_update(make, "pur" if roll == 6 else "usr", zipf=True)
    return Operation("delete-record-by-key", (key,))


def _repository_processor(make: _Maker) -> Operation:
    roll = make.chance.randrange(5)
    field = "key" if roll == 0 else "pur" if roll < 3 else "usr"
    return Operation(f"read-record-by-{field}", ((field, make.value(field, False)),))


def _repository_update(make: _Maker, field: str, zipf: bool) -> Operation:
    where: Condition = (field, make.value(field, zipf))
    return Operation(f"update-metadata-by-{field}", (where,), make.drawn("ttl", "obj", "dec", "acl", "shr", "src", "cat"))


_MIXES = {
    "paper controller": _paper_controller, "paper customer": _paper_customer, "paper processor": _paper_processor,
    "paper regulator": _paper_regulator, "repository controller": _repository_controller,
    "repository customer": _repository_customer, "repository processor": _repository_processor,
}  # fmt: skip
NAMES = tuple(_MIXES)


def make_trace(name: str, records: int, operations: int, seed: int) -> Trace:
    """The trace of a workload (one of `NAMES`): the same for the same arguments, whoever runs it."""
    make = _Maker(name, records, seed)
    gone = frozenset(f"key{number}" for number in range(0, records, GONE_SHARE)) if name == "paper regulator" else frozenset()
    return Trace(name, records, gone, tuple(_MIXES[name](make) for _ in range(operations)))
