"""What refers to what by foreign keys, and which rows could therefore stay: read from the catalogue before any row is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from janji.datamap.catalogue import Catalogue, ForeignKey, OnDelete, Table
from janji.erasure.search import HELD
from janji.erasure.steps import Gather, Reach


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key of the table `child` to the table `parent`, with the columns that it refers to spelled out."""

    child: str
    parent: str
    columns: tuple[str, ...]
    referred: tuple[str, ...]
    key: ForeignKey
    nullable: bool

    @property
    def cascades(self) -> bool:
        """Whether the database deletes the referring rows by itself."""
        return self.key.on_delete is OnDelete.CASCADE

    @property
    def lets_go(self) -> bool:
        """Whether the database takes the reference away by itself, and can."""
        if self.key.on_delete is OnDelete.SET_DEFAULT:
            return self.nullable
        return self.key.on_delete is OnDelete.SET_NULL and self.nullable


def references(catalogue: Catalogue) -> Iterator[Reference]:
    """Every foreign key between tables that hold rows."""
    for table in catalogue.tables.values():
        if table.kind not in HELD:
            continue
        for key in table.foreign_keys:
            parent = catalogue.tables.get(key.table)
            if parent is None:
                continue
            referred = key.referred or parent.primary_key
            if len(referred) == len(key.columns):
                yield Reference(table.name, parent.name, key.columns, referred, key, _loose(table, key))


def _loose(table: Table, key: ForeignKey) -> bool:
    """Whether the reference can be taken away: by one column that may be null and is no part of the primary key.

    The database sets all columns to null when it does so itself; then all must be allowed to be.
    """
    free = [name for name in key.columns if _may_be_null(table, name)]
    return len(free) == len(key.columns) if key.on_delete in (OnDelete.SET_NULL, OnDelete.SET_DEFAULT) else bool(free)


def _may_be_null(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.nullable and not column.generated and name not in table.primary_key


def cleared(table: Table, reference: Reference) -> tuple[str, ...]:
    """The columns by which a reference is set to null."""
    return tuple(name for name in reference.columns if _may_be_null(table, name))


class Staying:
    """Which tables may have rows that stay, and which references they may hold to rows that would go."""

    def __init__(
        self, catalogue: Catalogue, gathers: Sequence[Gather], going: Mapping[str, bool], keeping: frozenset[str]
    ) -> None:
        """`going`: whether rows of a gathered table are deleted at all; `keeping`: tables that keep-rules speak of."""
        self.to: dict[str, list[Reference]] = {}
        self.of: dict[str, list[Reference]] = {}
        self._gathers = {gather.table: gather for gather in gathers}
        for reference in references(catalogue):
            self.to.setdefault(reference.parent, []).append(reference)
            self.of.setdefault(reference.child, []).append(reference)
        self.tables = {
            gather.table
            for gather in gathers
            if not going[gather.table]
            or gather.table in keeping
            or gather.shared
            or gather.due
            or not all(reach.owner for reach in gather.reaches)
        }
        while True:
            new = {name for name in self._gathers if name not in self.tables and self.holding(name)}
            if not new:
                break
            self.tables |= new

    def holding(self, parent: str) -> list[Reference]:
        """The references of rows that may stay, by which rows of `parent` have to stay as well."""
        return [reference for reference in self.to.get(parent, ()) if self._holds(reference)]

    def _holds(self, reference: Reference) -> bool:
        gather = self._gathers.get(reference.child)
        if reference.lets_go:
            return False
        if reference.cascades and gather is None:
            return self._hangs(reference.child, {reference.child})
        return gather is None or reference.child in self.tables or not self._all_gathered(gather, reference)

    def _hangs(self, name: str, seen: set[str]) -> bool:
        """Whether something hangs on a table outside of the map that a cascade must not take with it, or could not."""
        for reference in self.to.get(name, ()):
            if reference.lets_go:
                continue
            if not reference.cascades or reference.child in self._gathers:
                return True
            if reference.child in seen:
                continue
            seen.add(reference.child)
            if self._hangs(reference.child, seen):
                return True
        return False

    @staticmethod
    def _all_gathered(gather: Gather, reference: Reference) -> bool:
        """Whether whatever refers to a row that goes is gathered with it."""
        return any(_same_way(reach, reference) for reach in gather.reaches)


def _same_way(reach: Reach, reference: Reference) -> bool:
    pairs = sorted(zip(reach.columns, reach.referred, strict=False))
    return (
        reach.owner and reach.source == reference.parent and not reach.where and not reach.after
        and pairs == sorted(zip(reference.columns, reference.referred, strict=True))
    )  # fmt: skip
