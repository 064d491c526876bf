"""What every connector answers, and the gaps that one may declare instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from janji.datamap.catalogue import Catalogue
from janji.erasure.steps import Effect, Known, Level, Problem, StorePlan

Row = Mapping[str, Any]
Take = Callable[[int, str, Row], None]
"""Called with the person, the table and a row, as it comes; what it takes is not held here."""


class Gap(StrEnum):
    """What a kind of store cannot do. A gap that is not declared is a mistake that the conformance suite finds."""

    CATALOGUE = "catalogue"
    SAMPLE = "sample"
    SEARCH = "search"
    SNAPSHOT = "snapshot"
    ERASE = "erase"
    ATOMIC = "atomic"
    REREAD = "reread"
    REWRITE = "rewrite"
    PREFLIGHT = "preflight"
    DUE = "due"
    CORRECT = "correct"


class Alike(NamedTuple):
    """Rows by groups that agree: rows, groups, the smallest group, and the rows in groups smaller than what was asked for."""

    rows: int
    groups: int
    smallest: int
    below: int


class Connector(Protocol):
    """One store that was opened. Everything is bounded in time and rows; `close` ends it.

    Errors: `Unavailable` when the store does not answer, is locked or is full; `Refusal` when it does not allow what is
    wanted; `Invalid` when it is not in the form that the plan was made for. None holds a value of a person.
    """

    system: str
    gaps: frozenset[Gap]

    def catalogue(self) -> Catalogue:
        """The form of the store now."""
        ...

    def sample(self, table: str, columns: Sequence[str], size: int) -> Mapping[str, list[Any]]:
        """Up to `size` values of each column that are not null, from all over the table, drawn inside the store."""
        ...

    def search(self, plan: StorePlan, people: Sequence[Known], take: Take) -> tuple[Known, ...]:
        """Hand every row of the people to `take`, from one snapshot that nothing is written in; give what other systems look for."""
        ...

    def preflight(self, plan: StorePlan, people: Sequence[Known]) -> tuple[Problem, ...]:
        """Every reason why the store would refuse the plan, found without writing; none when it will not."""
        ...

    def statements(self, plan: StorePlan) -> tuple[str, ...]:
        """What would be asked of the store to carry the plan out, without a value of a person."""
        ...

    def erase(self, plan: StorePlan, people: Sequence[Known], token: str) -> Effect:
        """Carry the plan out in one transaction, then look again. `token` makes what anonymised rows get unlike any other."""
        ...

    def reread(self, plan: StorePlan, people: Sequence[Known]) -> Effect:
        """Look again for what should be gone, without changing anything."""
        ...

    def due(self, plan: StorePlan, people: Sequence[Known]) -> int:
        """How many rows are due by the first table that a plan gathers by time, whatever its limit; `people` are held."""
        ...

    def alike(self, plan: StorePlan, columns: Sequence[str], least: int) -> Alike:
        """How alike in some columns the rows are whose time is over, by the first table that a plan gathers by time."""
        ...

    def settle(self, plan: StorePlan, level: Level) -> Level:
        """Bring what was erased to a deeper level where the store can, and give the level that is reached."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...
