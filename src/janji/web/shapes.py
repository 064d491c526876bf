"""Shapes of bodies: read by hand, each error with its pointer; the same shape is the JSON Schema of the description."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from janji.documents.shapes import nearest
from janji.people.identifiers import PREFIX, IdentifierKind
from janji.terms.messages import N_, Message, say
from janji.web.problems import Wrong

T = TypeVar("T")
Schema = dict[str, Any]
LONGEST = 200
"""Characters of a name in a body, at most."""
UUID_TEXT = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SUBJECT = re.compile(PREFIX + UUID_TEXT)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")


class Shape(ABC, Generic[T]):
    """What one part of a body must be. `read` gives the value, or adds to `found` what is wrong and gives anything."""

    @abstractmethod
    def read(self, value: Any, at: str, found: list[Wrong]) -> T:
        """The value at the pointer `at`."""

    @abstractmethod
    def schema(self) -> Schema:
        """The JSON Schema 2020-12 of exactly what `read` takes."""


def wrong(found: list[Wrong], at: str, message: Message, help: Message | None = None) -> Any:
    """Add that the part at a pointer is wrong."""
    found.append(Wrong(at, message, help))


@dataclass(frozen=True, slots=True)
class Text(Shape[str]):
    """A text of 1 to `most` characters."""

    most: int = LONGEST
    pattern: str | None = None

    def read(self, value: Any, at: str, found: list[Wrong]) -> str:
        """The text."""
        if type(value) is not str or not 0 < len(value) <= self.most or (self.pattern and not re.fullmatch(self.pattern, value)):
            wrong(found, at, say(N_("a text of 1 to {most} characters is wanted here"), most=self.most))
            return ""
        return value

    def schema(self) -> Schema:
        """A string."""
        held: Schema = {"type": "string", "minLength": 1, "maxLength": self.most}
        return {**held, "pattern": "^[^\\0]*$" if self.pattern is None else f"^{self.pattern}$"}


@dataclass(frozen=True, slots=True)
class Word(Shape[str]):
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, value: Any, at: str, found: list[Wrong]) -> str:
        """The word."""
        if type(value) is not str or value not in self.words:
            wrong(found, at, say(N_("this is none of the words that may stand here")),
                  say(N_("known here: {words}"), words=", ".join(f"`{word}`" for word in self.words)))  # fmt: skip
            return self.words[0]
        return value

    def schema(self) -> Schema:
        """An enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag(Shape[bool]):
    """True or false."""

    def read(self, value: Any, at: str, found: list[Wrong]) -> bool:
        """The flag."""
        if type(value) is not bool:
            wrong(found, at, say(N_("`true` or `false` is wanted here")))
        return value is True

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Instant(Shape[datetime]):
    """An instant as RFC 3339 writes it, with its zone."""

    def read(self, value: Any, at: str, found: list[Wrong]) -> datetime:
        """The instant, aware."""
        try:
            if type(value) is str and _INSTANT.fullmatch(value):
                return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        wrong(found, at, say(N_("an instant with its zone is wanted here")), say(N_("write it as `2026-11-23T10:00:00Z`")))
        return datetime.min.replace(tzinfo=UTC)

    def schema(self) -> Schema:
        """A date-time of RFC 3339."""
        return {"type": "string", "format": "date-time", "pattern": f"^{_INSTANT.pattern}$"}


@dataclass(frozen=True, slots=True)
class Object(Shape[dict[str, Any]]):
    """Any JSON object; what it holds is somebody else's matter."""

    def read(self, value: Any, at: str, found: list[Wrong]) -> dict[str, Any]:
        """The object."""
        if type(value) is not dict:
            wrong(found, at, say(N_("an object is wanted here")))
            return {}
        return value

    def schema(self) -> Schema:
        """An object."""
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class ListOf(Shape[tuple[T, ...]], Generic[T]):
    """A list of `least` to `most` values of one shape."""

    item: Shape[T]
    most: int
    least: int = 1

    def read(self, value: Any, at: str, found: list[Wrong]) -> tuple[T, ...]:
        """The values."""
        if type(value) is not list or not self.least <= len(value) <= self.most:
            wrong(found, at, say(N_("a list of {least} to {most} is wanted here"), least=self.least, most=self.most))
            return ()
        return tuple(self.item.read(one, f"{at}/{place}", found) for place, one in enumerate(value))

    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "items": self.item.schema(), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Part:
    """One name of a block: its shape, whether it must stand, and what it means."""

    shape: Shape[Any]
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Block(Shape[T], Generic[T]):
    """An object with known names, made into a value by `make`. What is absent is left out, never null."""

    make: Callable[..., T]
    parts: Mapping[str, Part]
    needed: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needed", tuple(name for name, part in self.parts.items() if part.required))

    def read(self, value: Any, at: str, found: list[Wrong]) -> T:
        """The value that the object makes; anything when something was wrong."""
        if type(value) is not dict:
            wrong(found, at, say(N_("an object is wanted here")))
            return None  # type: ignore[return-value]  # nobody looks at it: something is wrong
        before, held = len(found), {}
        for name, part in value.items():
            known = self.parts.get(name)
            if known is None:
                wrong(found, f"{at}/{pointed(name)}", say(N_("this name is not known here")), nearest(name, self.parts))
            else:
                held[name] = known.shape.read(part, f"{at}/{name}", found)
        for name in self.needed:
            if name not in value:
                wrong(found, f"{at}/{name}", say(N_("`{name}` is missing"), name=name))
        return self.make(**held) if len(found) == before else None  # type: ignore[return-value]  # as above

    def schema(self) -> Schema:
        """A closed object."""
        held: Schema = {
            "type": "object", "additionalProperties": False,
            "properties": {name: {**part.shape.schema(), "description": part.about} for name, part in self.parts.items()},
        }  # fmt: skip
        return {**held, "required": list(self.needed)} if self.needed else held


def pointed(name: str) -> str:
    """A name as a JSON Pointer writes it, cut to a length that a person can read."""
    return name[:LONGEST].replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class Identified:
    """A person as a body names them: by what identifies them. Never shown."""

    kind: str
    value: str = field(repr=False)


IDENTIFIER = Block(Identified, {
    "kind": Part(Word(tuple(map(str, IdentifierKind))), "The kind of identifier.", True),
    "value": Part(Text(500), "The identifier itself, as people write it.", True),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject(Shape["UUID | Identified"]):
    """A person: `sub_` and a number, or an identifier."""

    def read(self, value: Any, at: str, found: list[Wrong]) -> UUID | Identified:
        """The person's id, or the identifier."""
        if type(value) is dict:
            return IDENTIFIER.read(value, at, found)
        if type(value) is str and SUBJECT.fullmatch(value):
            return UUID(value[len(PREFIX) :])
        wrong(found, at, say(N_("a person is wanted here")), say(N_("give `sub_` and a number, or an object with `kind` and `value`")))
        return UUID(int=0)

    def schema(self) -> Schema:
        """Either of the two."""
        return {"oneOf": [{"type": "string", "pattern": f"^{SUBJECT.pattern}$"}, IDENTIFIER.schema()]}


def names(most: int = 50) -> ListOf[str]:
    """A list of names."""
    return ListOf(Text(), most)


def words_of(words: Sequence[str]) -> Word:
    """One of these words."""
    return Word(tuple(map(str, words)))
