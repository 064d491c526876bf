"""A plan carried out over rows as dictionaries, step by step as the steps say: what a connector does, slow and plain.

It refuses what a database refuses (foreign keys that break, null where there must be none, values that must differ), and does
what one does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.reference.erase import Token, inner, written

from janji.datamap.catalogue import Catalogue, ForeignKey, OnDelete
from janji.erasure.steps import (
    Assignment,
    Change,
    Clear,
    Delete,
    Filling,
    Gather,
    Hold,
    Keep,
    Known,
    Reach,
    Reason,
    Referring,
    Stop,
    StorePlan,
)  # fmt: skip

Row = dict[str, Any]


class Refused(Exception):
    """The store does not let it happen."""


@dataclass
class Held:
    """A gathered row: for whom, whether owned, and its mark."""

    persons: set[int] = field(default_factory=set)
    finders: set[int] = field(default_factory=set)
    mark: Reason | None = None
    rule: str = ""


class Carrying:
    """One store while a plan is carried out in it. `rows` change; a row that is gone is None."""

    def __init__(
        self, catalogue: Catalogue, data: Mapping[str, Sequence[Mapping[str, Any]]], people: Sequence[Known]
    ) -> None:
        self.catalogue, self.people = catalogue, people
        self.rows: dict[str, list[Row | None]] = {
            name: [dict(row) for row in data.get(name, ())] for name in catalogue.tables
        }
        self.before = {name: [dict(row) for row in data.get(name, ())] for name in catalogue.tables}
        self.held: dict[str, dict[int, Held]] = {}
        self.at_the_end: list[tuple[str, ForeignKey]] = []

    def run(self, plan: StorePlan) -> None:
        """Everything that the plan says."""
        self.gather(plan)
        for mark in plan.marks:
            for number, held in self.held[mark.table].items():
                self._mark(mark.table, number, held, mark.keeps)
        for action in plan.actions:
            getattr(self, f"_{type(action).__name__.lower()}")(action)
        self._references(ended=True)

    def gather(self, plan: StorePlan) -> None:
        """The rounds: whom each row is reached for, then which are shared."""
        self.plan = plan
        for gather in plan.gathers:
            self.held[gather.table] = {}
        for group in plan.rounds:
            while _some([self._gather(gather) for gather in group]):
                pass
            shared = True
            while shared:
                shared = _some([self._share(gather) for gather in group if gather.shared])
            for gather in group:
                for held in self.held[gather.table].values():
                    if not held.persons:
                        held.mark = Reason.FOUND

    def _gather(self, gather: Gather) -> bool:
        new = False
        for number, row in self._present(gather.table):
            for reach in gather.reaches:
                for person in sorted({known.person for known in self.people}):
                    if self.reaches(reach, row, person):
                        held = self.held[gather.table].setdefault(number, Held())
                        whose = held.persons if reach.owner else held.finders
                        new |= person not in whose
                        whose.add(person)
        return new

    def _share(self, gather: Gather) -> bool:
        new = False
        for number, held in self.held[gather.table].items():
            row = self.rows[gather.table][number]
            assert row is not None
            if held.mark is None and held.persons and self._others(gather, row):
                held.mark = Reason.SHARED
                new = True
        return new

    def _others(self, gather: Gather, row: Row) -> bool:
        owners = [reach for reach in gather.reaches if reach.owner]
        for reach in owners:
            for number in self._sources(reach, row):
                held = self.held[str(reach.source)].get(number)
                alone = held is not None and held.persons and held.mark is not Reason.SHARED
                if not alone and self._somebodys(str(reach.source), number):
                    return True
        for seat in {reach.seat for reach in owners if reach.seat}:
            mine = [reach for reach in owners if reach.seat == seat]
            persons = {known.person for known in self.people}
            there = [(str(reach.source), number) for reach in mine for number in self._sources(reach, row)]
            taken = any(self._somebodys(*place) for place in there) if there else any(self._taken(reach, row) for reach in mine)
            if taken and not any(self.reaches(reach, row, person) for reach in mine for person in persons):
                return True
        own = [reach for reach in owners if not reach.seat]
        led = any(self._taken(reach, row) for reach in owners if reach.source is not None or "/" in f"{reach.kind}")
        if led or not any(self._taken(reach, row) for reach in own if reach.kind not in ("phone", "device", "cookie", "ip")):
            return False
        return not any(self.reaches(reach, row, known.person) for reach in own for known in self.people)

    def _somebodys(self, table: str, number: int) -> bool:
        """Whether a row can be anybody's: its table has identifiers of owners, or it leads to a row of a table that can be owned."""
        ways = {gather.table: [reach for reach in gather.reaches if reach.owner] for gather in self.plan.gathers}
        ownable: set[str] = set()
        while new := {name for name, held in ways.items() if name not in ownable and any(reach.source in (None, *ownable) for reach in held)}:
            ownable |= new
        if table not in ownable:
            return False
        row = self.before[table][number]
        return any(reach.source is None or (reach.source in ownable and self._sources(reach, row)) for reach in ways[table])

    def reaches(self, reach: Reach, row: Row, person: int) -> bool:
        """Whether the row is the person's by this reach."""
        if reach.source is not None:
            if not any(
                person in self.held[reach.source][at].persons
                for at in self._sources(reach, row)
                if at in self.held[reach.source]
            ):
                return False
        else:
            if not self._taken(reach, row):
                return False
            wanted = {
                written(text, reach.form)
                for known in self.people
                if (known.person, known.kind) == (person, reach.kind)
                for text in (known.value, *known.spellings)
            }
            if written(_value(reach, row), reach.form) not in wanted:
                return False
        return not any(self._tells(surer, row, person) for surer in reach.after)

    def _alone(self, reach: Reach, row: Row, person: int) -> bool:
        """Whether somebody is reached over a row that does not stay for others."""
        if reach.source is None:
            return True
        sources = [self.held[reach.source][at] for at in self._sources(reach, row) if at in self.held[reach.source]]
        return any(person in held.persons and held.mark not in (Reason.SHARED, Reason.SHARED_KEPT) for held in sources)

    def _tells(self, reach: Reach, row: Row, person: int) -> bool:
        known = reach.source is not None or any(
            (known.person, known.kind) == (person, reach.kind) for known in self.people
        )
        return known and self._taken(reach, row)

    def _taken(self, reach: Reach, row: Row) -> bool:
        if reach.source is not None:
            return bool(self._sources(reach, row))
        return self._where(reach, row) and _value(reach, row) not in (None, "")

    @staticmethod
    def _where(reach: Reach, row: Row) -> bool:
        return all(row[column] is not None and str(row[column]) == value for column, value in reach.where)

    def _sources(self, reach: Reach, row: Row) -> list[int]:
        if reach.source is None or not self._where(reach, row) or any(row[column] is None for column in reach.columns):
            return []
        pairs = list(zip(reach.columns, reach.referred, strict=True))
        return [
            number
            for number, other in enumerate(self.before[reach.source])
            if all(row[a] == (f"{reach.prefix}{other[b]}" if reach.prefix else other[b]) for a, b in pairs)
        ]

    def _present(self, table: str) -> list[tuple[int, Row]]:
        return [(number, row) for number, row in enumerate(self.rows[table]) if row is not None]

    def _mark(self, table: str, number: int, held: Held, keeps: Sequence[Keep]) -> None:
        row = self.before[table][number]
        for keep in keeps:
            if all(self._keeps(part, row) for part in (keep, *keep.besides)):
                held.mark = Reason.KEPT if held.mark is None else Reason.SHARED_KEPT
                held.rule = keep.rule
                return

    def _keeps(self, keep: Keep, row: Row) -> bool:
        if keep.follows is not None:
            followed = self.held[str(keep.follows.source)]
            return any(
                followed[at].mark in (Reason.KEPT, Reason.SHARED_KEPT)
                for at in self._sources(keep.follows, row)
                if at in followed
            )
        if keep.column is None:
            return True
        assert keep.bound is not None
        value = row[keep.column]
        return value is not None and _from(value, keep.bound)

    def _change(self, change: Change) -> None:
        for number, held in self.held[change.table].items():
            row = self.rows[change.table][number]
            if row is None or (held.mark not in change.reasons if change.reasons else held.mark is not None):
                continue
            if change.rules and held.rule not in change.rules:
                continue
            before = self.before[change.table][number]
            reach = change.reach
            persons = held.persons | held.finders
            if reach is not None and not any(self.reaches(reach, before, person) and self._alone(reach, before, person) for person in persons):
                continue
            for item in change.assignments:
                row[item.column] = assigned(item, row[item.column])
        self._columns(change.table)
        self._references()

    def _columns(self, name: str) -> None:
        table = self.catalogue.tables[name]
        for _, row in self._present(name):
            for column in table.columns:
                if row[column.name] is None and not column.nullable:
                    raise Refused(f"{name}.{column.name} is null")
                if (
                    column.length is not None
                    and isinstance(row[column.name], str)
                    and len(row[column.name]) > column.length
                ):
                    raise Refused(f"{name}.{column.name} is too long")
        for columns in (table.primary_key, *table.uniques):
            held = [tuple(row[column] for column in columns) for _, row in self._present(name)]
            held = [
                values
                for values in held
                if columns and None not in values and not any(isinstance(value, Token) for value in values)
            ]
            if len(held) != len(set(held)):
                raise Refused(f"{name} is not unique")

    def _clear(self, clear: Clear) -> None:
        for number, held in self.held[clear.table].items():
            row = self.rows[clear.table][number]
            if row is not None and held.mark is None:
                row.update(dict.fromkeys(clear.columns))
        self._columns(clear.table)

    def _hold(self, hold: Hold) -> None:
        while _some([self._refer(table, referring, inside=True) for table, referring in hold.pairs]):
            pass

    def _refer(self, table: str, referring: Referring, inside: bool) -> bool:
        new = False
        for number, held in self.held[table].items():
            row = self.rows[table][number]
            if row is None or held.mark is not None:
                continue
            for other_number, other in self._present(referring.table):
                theirs = self.held.get(referring.table, {}).get(other_number)
                if (table, number) == (referring.table, other_number):
                    continue
                if (
                    inside
                    and theirs is not None
                    and (theirs.mark in referring.freed or (theirs.mark is None and not referring.lasting))
                ):
                    continue
                if all(
                    other[a] is not None and other[a] == row[b]
                    for a, b in zip(referring.columns, referring.referred, strict=True)
                ):
                    held.mark = Reason.REFERRED
                    new = True
                    break
        return new

    def _stop(self, stop: Stop) -> None:
        if any(held.mark in stop.reasons for held in self.held[stop.table].values()):
            raise Refused("stopped")

    def _delete(self, delete: Delete) -> None:
        while _some([self._refer(delete.table, referring, inside=False) for referring in delete.referring]):
            pass
        for number, held in self.held[delete.table].items():
            if held.mark is None:
                self.rows[delete.table][number] = None
        self._references()

    def _references(self, ended: bool = False) -> None:
        """What the store does and refuses at the end of a statement; what is put off, at the end of all."""
        again = True
        while again:
            again = False
            for name, table in self.catalogue.tables.items():
                for key in table.foreign_keys:
                    again |= self._reference(name, key, ended)

    def _reference(self, name: str, key: ForeignKey, ended: bool) -> bool:
        done = False
        referred = key.referred or self.catalogue.tables[key.table].primary_key
        there = {tuple(row[column] for column in referred) for _, row in self._present(key.table)}
        for number, row in self._present(name):
            values = tuple(row[column] for column in key.columns)
            if None in values or values in there:
                continue
            if key.on_delete is OnDelete.CASCADE:
                self.rows[name][number] = None
            elif key.on_delete is not OnDelete.REFUSE:
                row.update(dict.fromkeys(key.columns))
                self._columns(name)
            elif ended or not key.deferrable:
                raise Refused(f"{name}.{key.columns} refers to nothing")
            else:
                continue
            done = True
        return done


def _value(reach: Reach, row: Row) -> Any:
    """What an identifier is looked for in: a cell, or a place inside of it."""
    return inner(row[reach.columns[0]], reach.path.split(".") if reach.path else [])


def _some(answers: list[bool]) -> bool:
    """Whether one of them holds; all have been asked by then."""
    return any(answers)


def assigned(item: Assignment, value: Any) -> Any:
    """What a cell holds after an assignment."""
    if item.filling is Filling.NULL:
        return None
    if item.filling is Filling.TOKEN:
        return Token(item.width)
    if item.filling is Filling.YEAR:
        if value is None:
            return None
        return value.replace(month=1, day=1) if isinstance(value, date) else f"{str(value)[:4]}-01-01"
    if item.filling is Filling.PATHS:
        return _pruned(value, item.paths)
    return int(item.constant) if isinstance(value, int) and not isinstance(value, bool) else item.constant


def _pruned(value: Any, paths: Sequence[str]) -> Any:
    value = deepcopy(value)
    for path in paths:
        *above, last = path.split(".")
        held = value
        for key in above:
            held = held.get(key) if isinstance(held, dict) else None
        if isinstance(held, dict):
            held.pop(last, None)
    return value


def _from(value: Any, bound: datetime) -> bool:
    if not isinstance(value, date):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return bool(value >= bound.astimezone(UTC).date())
    return (value if value.tzinfo else value.replace(tzinfo=UTC)) >= bound
