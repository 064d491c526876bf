"""The data map for people at a desk: the whole as a picture, one system with what waits for somebody, and work on it that the worker does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from janji.datamap.drift import VIEWS
from janji.datamap.explain import Explained, explain
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import NONE, SystemMeaning, TableMeaning
from janji.datamap.whole import DataMap, MappedSystem
from janji.discovery.holds import TITLES, Holds
from janji.errors import Unknown
from janji.files.countries import load_countries
from janji.files.maps import read_scanned
from janji.policy.model import Policy, Recipient
from janji.terms.messages import N_, Message, pack_message, say
from janji.terms.texts import Text
from janji.workflows import mapping, systems
from janji.workflows.house import House
from janji.workflows.mapping import Step, categories
from janji.workflows.naming import known_systems, title_of
from janji.workflows.owners import owners_of
from janji.workflows.systems import STAGES, Stage, System

COMPARE, SCAN, TEST, MOVE = "map-compare", "map-scan", "system-test", "system-move"


@dataclass(frozen=True, slots=True)
class Node:
    """Something in the picture: its name, what people call it, and whether it is declared (a category that the policy lacks is not)."""

    id: str
    title: str | Text | Message
    declared: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """Four columns of nodes, and what leads from one to the next: pairs of ids."""

    systems: tuple[Node, ...]
    categories: tuple[Node, ...]
    recipients: tuple[Node, ...]
    countries: tuple[Node, ...]
    holds: frozenset[tuple[str, str]]
    given: frozenset[tuple[str, str]]
    abroad: frozenset[tuple[str, str]]
    stands: frozenset[tuple[str, str]]
    """System and country."""


@dataclass(frozen=True, slots=True)
class TableState:
    """A table of a system: what it means, in words how it leads to a person, and whether somebody has read it as it was last scanned."""

    meaning: TableMeaning
    explained: Explained | None
    read: bool
    scanned: bool
    undeclared: tuple[str, ...] = ()
    """Its columns whose category the policy does not declare."""


@dataclass(frozen=True, slots=True)
class SystemState:
    """A system: what is known of it, its tables, whether somebody looks after it, and the digest of its overlay as it was read."""

    name: str
    system: System | None
    meaning: SystemMeaning | None
    tables: tuple[TableState, ...]
    owned: bool
    digest: str = ""

    @property
    def title(self) -> str | Text:
        """What people call it."""
        return (self.meaning.title if self.meaning else "") or (self.system.title if self.system else "") or self.name

    @property
    def unread(self) -> tuple[TableState, ...]:
        """The tables that wait until somebody has read them."""
        return tuple(one for one in self.tables if not one.read)

    @property
    def following(self) -> Stage | None:
        """The stage after the present one."""
        if self.system is None:
            return None
        at = STAGES.index(self.system.stage)
        return STAGES[at + 1] if at + 1 < len(STAGES) else None


# -------------------------------------------------------------------------------------------------------------- reading


def picture(house: House, only: Collection[str] | None = None) -> Picture:
    """The whole map: which system holds what, who gets it, and where that is; of some systems `only` where they are named."""
    policy, countries = house.policy_in_force.policy, load_countries()
    known, listed = known_systems(house, only)
    held = {name: _categories(known.get(name), policy, name) for name in listed}
    where = {name: _country(known.get(name), row, policy, name) for name, row in listed.items()}
    used = {word for words in held.values() for word in words}
    given = {(word, str(one.id)) for one in policy.recipients.values() for word in used & _data_of(one, policy)}
    recipients = {one for _, one in given}
    abroad = {(name, str(policy.recipients[name].country)) for name in recipients}
    lands = {country for _, country in abroad} | {country for country in where.values() if country}
    return Picture(
        tuple(Node(name, title_of(known.get(name), listed[name], policy, name)) for name in listed),
        tuple(Node(word, category_title(policy, word), word in policy.data) for word in _ordered(used, policy)),
        tuple(Node(str(name), one.title) for name, one in policy.recipients.items() if name in recipients),
        tuple(Node(code, countries.get(code) or code) for code in sorted(lands)),
        frozenset((name, word) for name, words in held.items() for word in words), frozenset(given), frozenset(abroad),
        frozenset((name, country) for name, country in where.items() if country),
    )  # fmt: skip


def states(house: House, only: Collection[str] | None = None) -> tuple[SystemState, ...]:
    """Every system that is connected, mapped or named by the policy, by name; without what the worker did there."""
    known, listed = known_systems(house, only)
    owned = owners_of(house)
    return tuple(SystemState(name, row, known.get(name), _tables(house, name, known, explained=False), name in owned) for name, row in listed.items())


def state(house: House, name: str) -> SystemState:
    """One system whole; raises `Invalid` when there is none of this name."""
    known, listed = known_systems(house, None)
    if name not in listed:
        raise Unknown(say(N_("there is no system `{name}`"), name=name), say(N_("go back to the map and choose one")))
    digest = mapping.digest_of(mapping.overlay_text(house.runtime.settings.maps, name)) if name in known else ""
    return SystemState(name, listed[name], known.get(name), _tables(house, name, known), name in owners_of(house, [name]), digest)


def category_title(policy: Policy, word: str) -> str | Text | Message:
    """What people call a category: as the policy does, else by what discovery knows of such data."""
    if word in policy.data:
        return policy.data[word].title
    return say(TITLES[Holds(word)]) if word in set(map(str, Holds)) else word


def country_title(code: str, language: str) -> str:
    """What people call a country, by its code."""
    known = load_countries().get(code)
    return code if known is None else known.get(language)


def _tables(house: House, name: str, known: Mapping[str, SystemMeaning], explained: bool = True) -> tuple[TableState, ...]:
    meaning = known.get(name)
    if meaning is None:
        return ()
    _, path = mapping.overlay_of(house.runtime.settings.maps, name)
    form = read_scanned(Path(path))
    told: dict[str, Explained] = {}
    if explained:
        whole = DataMap({other: MappedSystem(one, form if other == name else None) for other, one in known.items()})
        told = {one.table: one for one in explain(whole, name)}
    declared = house.policy_in_force.policy.data.keys() | {NONE}
    found = []
    for table, one in meaning.tables.items():
        live = None if form is None else form.tables.get(table)
        read = bool(one.reviewed) and (live is None or live.kind in VIEWS or fingerprint(live) == one.reviewed)
        undeclared = tuple(column for column, held in one.columns.items() if {held.category, *held.paths.values()} - declared)
        found.append(TableState(one, told.get(table), read, live is not None, undeclared))
    return tuple(found)


def _categories(meaning: SystemMeaning | None, policy: Policy, name: str) -> tuple[str, ...]:
    if meaning is not None:
        return tuple(categories(meaning))
    return tuple(map(str, policy.systems[name].data)) if name in policy.systems else ()


def _country(meaning: SystemMeaning | None, row: System | None, policy: Policy, name: str) -> str:
    declared = policy.systems[name].country if name in policy.systems else None
    return str((meaning.country if meaning else "") or (row.country if row else "") or declared or "")


def _data_of(one: Recipient, policy: Policy) -> set[str]:
    """What somebody may get: the data named, else those of the purposes for which they get any."""
    return set(map(str, one.data or (word for purpose in one.purposes if purpose in policy.purposes for word in policy.purposes[purpose].data)))


def _ordered(words: set[str], policy: Policy) -> list[str]:
    order = {str(name): number for number, name in enumerate(policy.data)}
    return sorted(words, key=lambda word: (order.get(word, len(order)), word))


# ------------------------------------------------------------------------------------------- what the worker is asked for


def compare(house: House, arguments: Mapping[str, Any], step: Step) -> Mapping[str, Any]:
    """Hold a live store against its map."""
    name = str(arguments["system"])
    step(name, 0, 1)
    found = mapping.compare(house.runtime, mapping.address_of(house, name), name)
    return {"blocked": list(found.blocked), "drifts": [
        {"turn": str(one.turn), "table": one.table, "column": one.column or "", "blocks": one.blocks, "message": pack_message(one.message)} for one in found.drifts
    ]}  # fmt: skip


def scan(house: House, arguments: Mapping[str, Any], step: Step) -> Mapping[str, Any]:
    """Look into a store, and write what its overlay lacks; what was proposed for each column is kept with how sure that is."""
    name = str(arguments["system"])
    found = mapping.scan(house.runtime, mapping.address_of(house, name), name, house.policy_in_force.policy, step=step)
    proposals: dict[str, dict[str, Any]] = {}
    for one in found.proposals:
        proposals.setdefault(one.table, {})[one.column] = {
            "category": one.category, "sure": round(100 * one.confidence), "why": pack_message(one.why), "declared": one.declared,
            "identifier": one.identifier.kind if one.identifier else "",
        }  # fmt: skip
    drafted = found.drafted
    return {
        "tables": found.tables, "new": list(drafted.tables), "columns": list(drafted.columns), "gone": list(drafted.gone), "back": list(drafted.back), "proposals": proposals,
    }  # fmt: skip


def test(house: House, arguments: Mapping[str, Any], step: Step) -> Mapping[str, Any]:
    """Reach a system and read its form."""
    step(str(arguments["system"]), 0, 1)
    found = systems.test(house, str(arguments["system"]))
    return {"dialect": found.dialect, "tables": found.tables, "gaps": list(found.gaps)}


def move(house: House, arguments: Mapping[str, Any], step: Step) -> Mapping[str, Any]:
    """Move a system to a stage."""
    step(str(arguments["system"]), 0, 1)
    return {"stage": str(systems.move(house, str(arguments["system"]), Stage(str(arguments["stage"]))).stage)}


DOES: Mapping[str, Callable[[House, Mapping[str, Any], Step], Mapping[str, Any]]] = {COMPARE: compare, SCAN: scan, TEST: test, MOVE: move}
"""The work on a system that the worker is asked for; each gives a report in JSON."""
