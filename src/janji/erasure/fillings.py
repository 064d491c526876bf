"""What an anonymised column becomes, as its type, length, null and uniqueness allow; or why nothing can be put there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from janji.datamap.catalogue import Column, Sort, Table
from janji.datamap.meaning import NONE, Meaning
from janji.datamap.places import beside, entry_of, spot_in
from janji.erasure.steps import Assignment, Filling, Reach
from janji.terms.messages import N_, Message, say

LEAST_TOKEN = 12
"""Characters that a token needs to be unlike every other one."""
_CONSTANTS = {
    Sort.TEXT: "", Sort.INTEGER: "0", Sort.NUMBER: "0", Sort.BOOLEAN: "false", Sort.DATE: "1900-01-01",
    Sort.INSTANT: "1900-01-01T00:00:00Z", Sort.TIME: "00:00:00", Sort.UUID: "00000000-0000-0000-0000-000000000000",
    Sort.BYTES: "", Sort.JSON: "{}",
}  # fmt: skip
_TOKENS = (Sort.TEXT, Sort.UUID)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Impossible:
    """Why a column cannot be anonymised, and what to do about it."""

    message: Message
    help: Message


def filled(table: Table, column: Column, meaning: Meaning | None) -> Assignment | Impossible:
    """What the column of an anonymised row gets: what its meaning says, otherwise null, or what its sort allows."""
    if meaning is not None and meaning.category == NONE and meaning.paths and meaning.becomes is None:
        return without(table, column, meaning.paths)
    if column.name in table.primary_key:
        return _impossible(N_("`{table}.{column}` is personal and a key of its table"), table, column, _NO_KEY)
    word = meaning.becomes if meaning is not None else None
    made_up = word in ("token", "year") or (word is None and not column.nullable)
    if made_up and _refers(table, column):
        return _impossible(_REFERS, table, column, _OTHER)
    if word is None:
        return _by_itself(table, column)
    if word == "null":
        return (
            Assignment(column.name, Filling.NULL) if column.nullable else _impossible(_NOT_NULL, table, column, _OTHER)
        )
    if word == "year":
        fits = column.sort in (Sort.DATE, Sort.INSTANT)
        return Assignment(column.name, Filling.YEAR) if fits else _impossible(_NO_YEAR, table, column, _OTHER)
    if word == "token":
        return _token(table, column)
    return _constant(table, column, word)


_NO_KEY = N_("give the table `verdict: delete`, or leave the column out of the key")
_NOT_NULL = N_("`{table}.{column}` shall become null, and cannot")
_REFERS = N_("`{table}.{column}` is personal, refers to another table and cannot be null")
_NO_YEAR = N_("`{table}.{column}` shall become its year, and is neither a date nor an instant")
_NO_FIT = N_("`{table}.{column}` shall become a constant that does not fit its type or length")
_NOT_UNLIKE = N_("`{table}.{column}` must be unlike in every row, and can neither be null nor hold a token")
_NOTHING = N_("`{table}.{column}` cannot be null, and nothing is known that its type `{type}` could hold instead")
_NO_PATHS = N_("`{table}.{column}` has paths, and they cannot be taken out of it")
_OTHER = N_(
    "say under `becomes` of the column what it holds afterwards: `null`, `year`, `token` or a constant that fits"
)
_WHOLE = N_("give the whole column a category, or name paths as keys between stops")


def _impossible(message: str, table: Table, column: Column, help: str) -> Impossible:
    holes = {"table": table.name, "column": column.name, "type": column.type}
    return Impossible(say(message, **{name: holes[name] for name in holes if f"{{{name}}}" in message}), say(help))


def _by_itself(table: Table, column: Column) -> Assignment | Impossible:
    if column.nullable:
        return Assignment(column.name, Filling.NULL)
    if _unlike(table, column):
        return _token(table, column)
    if column.sort in _CONSTANTS:
        return Assignment(column.name, Filling.CONSTANT, _CONSTANTS[column.sort], column.length)
    return _impossible(_NOTHING, table, column, _OTHER)


def _refers(table: Table, column: Column) -> bool:
    return any(column.name in key.columns for key in table.foreign_keys)


def _unlike(table: Table, column: Column) -> bool:
    """Whether a constraint or an index, also one of some rows or of an expression, lets no two rows agree."""
    odd = (check.partition(" where ")[0] for check in table.checks if check.startswith("unique ("))
    return any(column.name in columns for columns in table.uniques) or any(mentions(one, column.name) for one in odd)


def _token(table: Table, column: Column) -> Assignment | Impossible:
    wide = column.length is None or column.length >= LEAST_TOKEN
    if column.sort not in _TOKENS or not (wide or column.sort is Sort.UUID):
        return _impossible(_NOT_UNLIKE, table, column, _OTHER)
    return Assignment(column.name, Filling.TOKEN, width=column.length)


def _constant(table: Table, column: Column, word: str) -> Assignment | Impossible:
    if (column.name,) in table.uniques:
        return _impossible(_NOT_UNLIKE, table, column, _OTHER)
    if not _holds(column, word):
        return _impossible(_NO_FIT, table, column, _OTHER)
    return Assignment(column.name, Filling.CONSTANT, word, column.length)


def _holds(column: Column, word: str) -> bool:
    """Whether a constant written as text is a value of the column."""
    if column.sort is Sort.TEXT:
        return column.length is None or len(word) <= column.length
    reader = _READERS.get(column.sort)
    if reader is None:
        return False
    try:
        reader(word)
    except ValueError:
        return False
    return True


def _boolean(word: str) -> None:
    if word not in ("true", "false"):
        raise ValueError


_READERS: Mapping[Sort, Callable[[str], object]] = {
    Sort.INTEGER: int, Sort.NUMBER: float, Sort.BOOLEAN: _boolean, Sort.DATE: date.fromisoformat,
    Sort.INSTANT: datetime.fromisoformat, Sort.TIME: time.fromisoformat, Sort.UUID: UUID, Sort.JSON: json.loads,
}  # fmt: skip


def without(table: Table, column: Column, paths: Iterable[str]) -> Assignment | Impossible:
    """A document without what stands at some paths."""
    held = [spot_in(path) for path in paths]
    if column.sort not in (Sort.JSON, Sort.TEXT) or None in held:
        return _impossible(_NO_PATHS, table, column, _WHOLE)
    return Assignment(column.name, Filling.PATHS, paths=tuple(sorted({place for place in held if place is not None})))


def within(column: Column, reach: Reach, places: frozenset[str]) -> Assignment:
    """A document without the entries that are the people's by an identifier in a list; where it only finds them, without what stands in its object."""
    whole = reach.entry or not entry_of(reach.path)[1]
    return Assignment(column.name, Filling.ENTRIES, paths=() if whole else beside(reach.path, places), entries=reach)


def mentions(check: str, column: str) -> bool:
    """Whether the condition of a check speaks of a column."""
    return column.lower() in (word.lower() for word in _WORD.findall(check))
