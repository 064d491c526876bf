"""The whole data map: every system with its live catalogue and its meaning, and which tables lead to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from janji.datamap.catalogue import Catalogue
from janji.datamap.meaning import Link, SystemMeaning, TableMeaning
from janji.datamap.places import listed


@dataclass(frozen=True, slots=True)
class MappedSystem:
    """A system: what people say about it, and its form where that is known. A store on paper has none."""

    meaning: SystemMeaning
    catalogue: Catalogue | None = None


@dataclass(frozen=True, slots=True)
class DataMap:
    """All systems by name. Tables of the whole map are named `system/table`."""

    systems: Mapping[str, MappedSystem] = field(default_factory=dict)

    def tables(self) -> Iterator[tuple[str, str, TableMeaning]]:
        """Every table as its system, its name there and its meaning."""
        for system, mapped in self.systems.items():
            for name, table in mapped.meaning.tables.items():
                yield system, name, table

    def table(self, whole: str) -> TableMeaning | None:
        """The table that `system/table` names; a table's own name may hold a stroke too."""
        system, _, name = whole.partition("/")
        mapped = self.systems.get(system)
        return None if mapped is None else mapped.meaning.tables.get(name)


def target(system: str, link: Link, map: DataMap) -> str:
    """The table that a link of a system leads to, as `system/table`; a table of the same system wins over another system's."""
    mapped = map.systems.get(system)
    inside = mapped is not None and link.to in mapped.meaning.tables
    return link.to if link.abroad and not inside else f"{system}/{link.to}"


def reached(map: DataMap, owned: bool = False) -> frozenset[str]:
    """The tables, as `system/table`, that some way leads to from an identifier; with `owned`, by ways that make an owner."""
    found = {
        f"{system}/{name}" for system, name, table in map.tables() if any((item.owner and not listed(item.path)) or not owned for item in table.identifiers)
    }
    while True:
        more = {
            f"{system}/{name}"
            for system, name, table in map.tables()
            if f"{system}/{name}" not in found
            and any((link.owner or not owned) and target(system, link, map) in found for link in table.links)
        }
        if not more:
            return frozenset(found)
        found |= more


def steps(map: DataMap, whole: str) -> int:
    """How many links lie between a table and an identifier at least; -1 where no way leads there."""
    found = {f"{system}/{name}" for system, name, table in map.tables() if table.identifiers}
    count = 0
    while whole not in found:
        more = {
            f"{system}/{name}" for system, name, table in map.tables() if any(target(system, link, map) in found for link in table.links)
        } - found
        if not more:
            return -1
        found |= more
        count += 1
    return count
