"""Whose entries of lists inside of a row's documents are: those of one person are shown, and those of others are left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from janji.datamap.meaning import Identifier
from janji.datamap.places import Step, entry_of, listed, spot_in, steps_of
from janji.people.identifiers import PSEUDONYMOUS, IdentifierKind

_LATER = (IdentifierKind.PHONE, *PSEUDONYMOUS)
"""Kinds that several people may share, which tell last."""
Known = Callable[[str, Any], bool | None]
"""Whether a value of a kind is the person's; `None` where nothing of the kind is known of them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries of one list of a column, and under which keys of an entry which kind of identifier stands."""

    column: str
    steps: tuple[Step, ...]
    kinds: tuple[tuple[str, tuple[str, ...]], ...]

    def whose(self, entry: Any, known: Known) -> bool | None:
        """Whether an entry is the person's; `None` where it names nobody. The surest kind tells."""
        named = False
        for kind in dict.fromkeys(kind for kind, _ in self.kinds):
            values = [value for one, keys in self.kinds if one == kind and (value := inside(entry, keys)) not in (None, "")]
            told = [known(kind, value) for value in values]
            if True in told:
                return True
            if False in told:
                return False
            named = named or bool(values)
        return False if named else None


def lists_of(identifiers: Iterable[Identifier]) -> tuple[Listed, ...]:
    """The lists of a table whose entries belong to people, with all that tells whose one is."""
    found: dict[tuple[str, tuple[Step, ...]], list[tuple[str, tuple[str, ...]]]] = {}
    for item in identifiers:
        if item.owner and listed(item.path):
            steps, keys = entry_of(spot_in(item.path) or "")
            found.setdefault((item.column, steps), []).append((item.kind, keys))
    return tuple(Listed(column, steps, tuple(sorted(kinds, key=lambda held: held[0] in _LATER))) for (column, steps), kinds in found.items())


def at_path(value: Any, path: str) -> Any:
    """What stands in a document at a place without lists."""
    return inside(opened(value), [step or "" for step in steps_of(spot_in(path) or "")])


def inside(value: Any, keys: Sequence[str]) -> Any:
    """What stands under keys."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def opened(value: Any) -> Any:
    """A document as a store gives it, read where it is text; `None` for what is none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def shown(value: Any, lists: Sequence[Listed], known: Known, owned: bool) -> tuple[Any, int]:
    """A document with the person's entries alone, and how many were left out.

    In a row that is theirs whatever names nobody else stays. Of another's row nothing is shown but their entries.
    """
    document, left_out = opened(value), 0
    if document is None:
        return value if owned else None, 0
    made: Any = document if owned else None
    for one in lists:

        def picked(entries: list[Any], one: Listed = one) -> list[Any]:
            nonlocal left_out
            kept = [entry for entry in entries if (told := one.whose(entry, known)) or (owned and told is None)]
            left_out += len(entries) - len(kept)
            return kept

        made = _walked(made, one.steps, picked) if owned else _joined(made, _only(document, one.steps, picked))
    return (json.dumps(made, ensure_ascii=False) if isinstance(value, str) else made), left_out


def _walked(value: Any, steps: Sequence[Step], picked: Callable[[list[Any]], list[Any]]) -> Any:
    """A document with its innermost lists picked through."""
    step, rest = steps[0], steps[1:]
    if step is None:
        if not isinstance(value, list):
            return value
        return [_walked(entry, rest, picked) for entry in value] if rest else picked(value)
    return {**value, step: _walked(value[step], rest, picked)} if isinstance(value, dict) and step in value else value


def _only(value: Any, steps: Sequence[Step], picked: Callable[[list[Any]], list[Any]]) -> Any:
    """The innermost lists of a document picked through, with the keys around them alone; nothing where nothing is left."""
    step, rest = steps[0], steps[1:]
    if step is None:
        if not isinstance(value, list):
            return None
        held = [one for entry in value if (one := _only(entry, rest, picked)) is not None] if rest else picked(value)
        return held or None
    there = _only(value[step], rest, picked) if isinstance(value, dict) and step in value else None
    return None if there is None else {step: there}


def _joined(one: Any, other: Any) -> Any:
    """What two walks left of one document."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {**one, **{key: _joined(one.get(key), value) for key, value in other.items()}}
    return one if other is None else other
