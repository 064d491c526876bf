"""What is held about people, gathered from every system into sealed packages, each row as it comes; what was not searched is said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from janji.erasure.plan import Purpose
from janji.errors import Conflict, Invalid, JanjiError, Unknown
from janji.ledger.events import Actor, Kind, stamp
from janji.people.identifiers import PREFIX
from janji.store import erasures as store
from janji.store import packages
from janji.store.database import transaction
from janji.store.erasures import BEGUN, DONE, PARTLY, REMOVED, PackageRow
from janji.store.packages import SALT_BYTES, Packing
from janji.terms.messages import N_, Message, Tongue, pack_message, say, unpack_message
from janji.workflows import worklists
from janji.workflows.house import House
from janji.workflows.people import content_keys, current
from janji.workflows.planning import Plan, Progress, Way, checked, plan_batch, search_parts
from janji.workflows.recording import Entry, record
from janji.workflows.systems import reaching

PACKAGE = "pkg_"
KEPT = timedelta(days=30)
"""How long a package lies in the data directory; then its file is deleted."""


Reading = Callable[[Collection[str] | None], Iterator[tuple[str, dict[str, Any]]]]
"""The rows of one person, read from the beginning each time; of some tables alone where they are named."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What one system gave: its rows by table; or how its owner is asked; or why there is nothing from it.

    `people` counts the rows of each person by their place in the package; who has none is left out.
    """

    system: str
    state: str
    rows: tuple[tuple[str, int], ...] = ()
    trouble: tuple[Message, ...] = ()
    attested: bool = False
    people: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A package as people see it. It is whole when every system gave what it holds."""

    id: UUID
    made: datetime
    until: datetime
    subjects: tuple[UUID, ...]
    systems: tuple[Searched, ...]
    state: str
    event: UUID | None = None

    @property
    def whole(self) -> bool:
        """Whether every system was searched or answered, and nothing in it is unclear."""
        return self.state == DONE


def search(
    house: House, subjects: Sequence[UUID], *, actor: Actor = Actor.STAFF, progress: Progress | None = None, id: UUID | None = None
) -> Package:
    """Gather what is held about these people into a package; recorded for each of them. Owners of other systems are asked.

    Memory does not grow with what is found. A system that does not answer, or whose form nobody reviewed, is named: then the
    package is not whole. With an `id` it is searched once, however often it is asked for: a kill in between begins it again.
    Raises as `planning.plan_batch`, `Unavailable` when the package cannot be kept, and `Conflict` when the id is other people's.
    """
    held = None if id is None else store.package(id)
    if held is not None and held.state != BEGUN:
        return take_answers(house, held.id)
    id, now = id or house.runtime.new_id(), house.runtime.now()
    with reaching(house) as reach:
        plan = checked(reach, plan_batch(house, reach, subjects, Purpose.ACCESS))
        keys = content_keys(house, plan.people)
        row = held or PackageRow(id, now, now + KEPT, plan.people, {}, BEGUN)
        if row.subjects != plan.people:
            raise Conflict(say(N_("the package is about other people")), say(N_("begin another one")))
        if held is None:
            store.insert_package(row)
        counts: dict[str, dict[str, int]] = {}
        rows: dict[str, dict[int, int]] = {}
        with Packing(file_of(house, id, 0), id, house.runtime.random(SALT_BYTES), dict(enumerate(keys[one] for one in plan.people))) as packing:

            def take(system: str, person: int, table: str, found: Mapping[str, Any]) -> None:
                tables = counts.setdefault(system, {})
                tables[table] = tables.get(table, 0) + 1
                people = rows.setdefault(system, {})
                people[person] = people.get(person, 0) + 1
                packing.take(person, f"{system}/{table}", found)

            _, failed = search_parts(reach, plan, take, progress)
    systems = tuple(_searched(plan, counts, rows, failed))
    return _recorded(house, row, plan, systems, actor)


def _searched(
    plan: Plan, counts: Mapping[str, Mapping[str, int]], rows: Mapping[str, Mapping[int, int]], failed: Mapping[str, JanjiError]
) -> Iterator[Searched]:
    """What came of each system."""
    for part in plan.parts:
        trouble = tuple(problem.message for problem in part.problems)
        if part.system in failed:
            yield Searched(part.system, "failed", trouble=(*trouble, failed[part.system].message))
        elif part.way is Way.DONE_HERE:
            found = tuple(sorted(counts.get(part.system, {}).items()))
            yield Searched(part.system, "unclear" if trouble else DONE, found, trouble, people=tuple(sorted(rows.get(part.system, {}).items())))
        else:
            yield Searched(part.system, str(part.way), trouble=trouble, attested=part.attested)


def _recorded(house: House, row: PackageRow, plan: Plan, systems: Sequence[Searched], actor: Actor) -> Package:
    """Keep what each system gave, record the search for each person, and ask the owners; in one transaction."""
    asked = [one.system for one in systems if one.state == Way.ASKED]
    state = DONE if all(one.state == DONE for one in systems) else PARTLY
    details = {
        "package": str(row.id), "outcome": state, "systems": [one.system for one in systems if one.state == DONE],
        "missing": [one.system for one in systems if one.state != DONE], "until": stamp(row.until),
    }  # fmt: skip
    details = {name: value for name, value in details.items() if value}
    with transaction():
        found = record(house, [Entry(kind=Kind.SEARCH_EXECUTED, actor=actor, subject=one, details=details) for one in plan.people])
        row = replace(row, stores={one.system: _pack(one) for one in systems}, state=state, event=found[0].id)
        store.write_package(row)
        if asked:
            worklists.ask(house, row.id, worklists.Right.ACCESS, asked, plan.people, plan.known)
    return _seen(row)


def take_answers(house: House, id: UUID) -> Package:
    """Take over what owners answered meanwhile: what they handed in becomes a second part of the package."""
    row = _fresh(id)
    waits = {name for name, one in row.stores.items() if one["state"] == Way.ASKED}
    answered = {one.system: one for one in worklists.outcomes(house, id) if one.system in waits and one.effect is not None}
    if not answered or set(answered) != waits:
        return _seen(row)
    keys, counts, rows = content_keys(house, row.subjects), dict[str, int](), dict[str, dict[int, int]]()
    with Packing(file_of(house, id, 1), id, house.runtime.random(SALT_BYTES), dict(enumerate(keys[one] for one in row.subjects))) as packing:

        def take(person: int, table: str, found: Mapping[str, Any]) -> None:
            counts[table] = counts.get(table, 0) + 1
            people = rows.setdefault(table.partition("/")[0], {})
            people[person] = people.get(person, 0) + 1
            packing.take(person, table, found)

        worklists.hand_over(house, id, take)
    stores = {
        name: _pack(Searched(name, DONE, tuple((table, count) for table, count in counts.items() if table.partition("/")[0] == name), attested=True,
                             people=tuple(sorted(rows.get(name, {}).items()))))
        if name in answered else one
        for name, one in row.stores.items()
    }  # fmt: skip
    state = DONE if all(one["state"] == DONE for one in stores.values()) else PARTLY
    with transaction():
        row = replace(row, stores=stores, state=state)
        store.write_package(row)
        worklists.finish(house, id)
    return _seen(row)


def opened(house: House, id: UUID, subject: UUID) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a package holds about one of its people, row by row, each with system and table.

    Raises `Invalid` when it holds nothing of them, and `Refusal` when they were forgotten.
    """
    subject = current(subject)
    yield from openers(house, [(id, subject)], content_keys(house, [subject]))[0](None)


def openers(house: House, wanted: Sequence[tuple[UUID, UUID]], keys: Mapping[UUID, bytes]) -> list[Reading]:
    """As `opened`, of many pairs of package and person with their content keys: each can be read as often as is wished.

    Raises `Invalid` when a package holds nothing of its person.
    """
    rows = {id: _fresh(id) for id in dict.fromkeys(id for id, _ in wanted)}
    return [_opener(house, rows[id], subject, keys[subject]) for id, subject in wanted]


def _opener(house: House, row: PackageRow, subject: UUID, key: bytes) -> Reading:
    if subject not in row.subjects or row.state in (BEGUN, REMOVED):
        raise Invalid(say(N_("the package holds nothing of this person")), say(N_("`janji access list` shows the packages")))
    place, paths = row.subjects.index(subject), [file_of(house, row.id, part) for part in range(2)]

    def read(only: Collection[str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        for part, path in enumerate(paths):
            if part == 0 or path.is_file():
                yield from packages.read_package(path, row.id, place, key, only)

    return read


def remove(house: House, id: UUID) -> None:
    """Let a package be gone."""
    row = _fresh(id)
    for part in range(2):
        packages.remove_package(file_of(house, id, part))
    store.write_package(replace(row, state=REMOVED))


def prune(house: House) -> int:
    """Delete the packages whose time is over; the step of a worker. How many it were."""
    over = store.packages_until(house.runtime.now())
    for row in over:
        remove(house, row.id)
    return len(over)


def package(id: UUID) -> Package:
    """One package; raises `Invalid` when there is none of this id."""
    return _seen(_fresh(id))


def packages_there(before: UUID | None = None, size: int = 50) -> tuple[Package, ...]:
    """The packages whose files are there, the newest first."""
    return tuple(map(_seen, store.packages(before, size)))


def package_json(one: Package, tongue: Tongue) -> dict[str, Any]:
    """A package as JSON; what is absent is left out."""
    named: dict[str, Any] = {
        "id": f"{PACKAGE}{one.id}", "state": one.state, "made": stamp(one.made), "until": stamp(one.until),
        "subjects": [f"{PREFIX}{who}" for who in one.subjects], "event": str(one.event) if one.event else "",
        "systems": [
            {key: value for key, value in (
                ("system", part.system), ("state", part.state), ("rows", dict(part.rows)), ("attested", part.attested),
                ("trouble", [message.render(tongue) for message in part.trouble])) if value}
            for part in one.systems
        ],
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}


def file_of(house: House, id: UUID, part: int) -> Path:
    """Where a part of a package lies: what was found, and what owners handed in."""
    return house.runtime.settings.data_dir / "packages" / f"{id}.{part}"


def _fresh(id: UUID) -> PackageRow:
    row = store.package(id)
    if row is None:
        raise Unknown(say(N_("there is no package `{id}`"), id=f"{PACKAGE}{id}"), say(N_("`janji access list` shows the packages")))
    return row


def _pack(one: Searched) -> dict[str, Any]:
    return {
        "state": one.state, "rows": list(map(list, one.rows)), "trouble": [pack_message(message) for message in one.trouble], "attested": one.attested,
        "people": list(map(list, one.people)),
    }  # fmt: skip


def _seen(row: PackageRow) -> Package:
    systems = tuple(
        Searched(name, one["state"], tuple((table, count) for table, count in one["rows"]), tuple(map(unpack_message, one["trouble"])), one["attested"],
                 tuple((place, count) for place, count in one.get("people", ())))
        for name, one in sorted(row.stores.items())
    )
    return Package(row.id, row.made, row.until, row.subjects, systems, row.state, row.event)
