"""What a system of the made-up company is: its form, its rows as they come, and what its tables mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from janji.datamap.meaning import Meaning, SystemMeaning

Cell = str | int | None
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made: so many people, by a seed, up to a day."""

    people: int
    seed: int
    until: date


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be filled. `rows` gives its rows, every instant and date as text."""

    table: str
    columns: tuple[str, ...]
    rows: Callable[[Size], Iterator[Cells]]


@dataclass(frozen=True, slots=True)
class Made:
    """One system. `form` makes its tables, `after` what is quicker when they are full: keys, references, indexes, views."""

    meaning: SystemMeaning
    form: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    after: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the system."""
        return self.meaning.system


def day(ordinal: int) -> str:
    """A date by its number, as text."""
    return date.fromordinal(ordinal).isoformat()


def instant(ordinal: int, chance: int) -> str:
    """An instant of a day in UTC, as text."""
    seconds = chance % 86_400
    return f"{date.fromordinal(ordinal).isoformat()} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}+00:00"


def means(held: Mapping[str, str | Meaning], nothing: str = "") -> dict[str, Meaning]:
    """Columns with what they hold; those named in `nothing` hold nothing of a person."""
    found = {name: what if isinstance(what, Meaning) else Meaning(what) for name, what in held.items()}
    return found | {name: Meaning("none") for name in nothing.split()}


def split(*columns: str) -> tuple[str, ...]:
    """Names of columns from texts with spaces between them."""
    return tuple(name for text in columns for name in text.split())


def several(statements: Sequence[str]) -> tuple[str, ...]:
    """Statements, each in one line."""
    return tuple(" ".join(statement.split()) for statement in statements)
