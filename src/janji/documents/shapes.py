"""What a document may look like, said once: shapes read trees into values and write themselves as JSON Schema.

A shape never raises for what somebody wrote: it reports a diagnostic to the `Reader` and gives `None`.
"""

from __future__ import annotations

import difflib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from janji.documents.tree import Mapping, Node, Scalar, Sequence
from janji.errors import Diagnostic
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period, parse_period
from janji.terms.places import Place, Word
from janji.terms.processing import Severity
from janji.terms.texts import Text

MAX_DIAGNOSTICS = 500
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERIOD = "^P(?=.*[1-9])([0-9]{1,4}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,5}D)?(T[0-9]{1,6}H)?$"
_ONE_LINE = r"^\s*\S[^\n\r\u0085\u2028\u2029]*\s*$"
_COUNTRY = re.compile(r"[A-Z]{2}")

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that must be defined in `section`, as written at its place."""

    section: str
    word: Word


@dataclass(slots=True)
class Reader:
    """Gathers what is found while shapes read one document: diagnostics and the references to resolve."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    def error(self, code: str, message: Message, place: Place, help: Message | None = None) -> None:
        """Report a mistake; past `MAX_DIAGNOSTICS` further ones are counted as already reported."""
        if len(self.diagnostics) < MAX_DIAGNOSTICS:
            self.diagnostics.append(Diagnostic(code, Severity.ERROR, message, place, help))


def nearest(word: str, known: Iterable[str]) -> Message:
    """A help line for an unknown word: the closest known one, else the words there are."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words[:5000], n=1, cutoff=0.6)
    if close:
        return say(N_("did you mean `{word}`?"), word=close[0])
    if not words:
        return say(N_("nothing of this kind is defined yet"))
    shown = ", ".join(f"`{item}`" for item in words[:12]) + (", ..." if len(words) > 12 else "")
    return say(N_("known here: {words}"), words=shown)


class Shape(ABC):
    """How one value is written."""

    @abstractmethod
    def read(self, node: Node, reader: Reader) -> Any:
        """The value of `node`, or `None` after reporting why there is none."""

    @abstractmethod
    def schema(self, defs: dict[str, Schema]) -> Schema:
        """The shape as JSON Schema 2020-12; records put themselves into `defs`."""


class _Written(Shape):
    """A shape that is written as one scalar. `names` is the pattern of keys that are written so."""

    expects = N_("one value")
    names = r"\S"

    def read(self, node: Node, reader: Reader) -> Any:
        if not isinstance(node, Scalar):
            reader.error(
                "wrong-type",
                say(N_("a single value is wanted here, not a list or a block")),
                node.place,
                say(self.expects),
            )
            return None
        if node.absent or not node.word.strip():
            reader.error("empty-value", say(N_("nothing is written here")), node.place, say(self.expects))
            return None
        return self.convert(node.word, reader)

    @abstractmethod
    def convert(self, word: Word, reader: Reader) -> Any:
        """The value of a written word, or `None` after reporting."""


@dataclass(frozen=True)
class Line(_Written):
    """A text on one line, kept as written. With `null`, that word means itself without quotes too."""

    null: bool = False
    expects = N_("write a text on one line")

    def read(self, node: Node, reader: Reader) -> Any:
        if self.null and isinstance(node, Scalar) and node.absent and node.word.lower() == "null":
            return Word("null", node.place)
        return super().read(node, reader)

    def convert(self, word: Word, reader: Reader) -> Any:
        line = Word(word.strip(), word.place)
        if len(line.splitlines()) > 1:
            reader.error("several-lines", say(N_("this text goes over several lines")), word.place, say(self.expects))
            return None
        return line

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": ["string", "number", *(["null"] if self.null else [])], "pattern": _ONE_LINE}


@dataclass(frozen=True)
class Name(_Written):
    """A name that somebody else gave, such as a table's: any text, kept as written to the last space."""

    names = r"[\s\S]"
    expects = N_("write the name as the store has it, in quotes where it is no plain word")

    def read(self, node: Node, reader: Reader) -> Any:
        return node.word if isinstance(node, Scalar) and node.word and not node.absent else super().read(node, reader)

    def convert(self, word: Word, reader: Reader) -> Any:
        return word

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": ["string", "number"], "pattern": self.names}


@dataclass(frozen=True)
class Id(_Written):
    """A name that other entries use: letters, digits, dot, hyphen and underscore; at most 120 characters."""

    names = f"^{_ID.pattern}$"
    expects = N_(
        "a name has letters, digits, `.`, `-` and `_` only, begins with a letter or digit, and is at most "
        "120 characters long"
    )

    def convert(self, word: Word, reader: Reader) -> Any:
        if _ID.fullmatch(word) is None:
            reader.error("bad-name", say(N_("`{word}` is not a name"), word=short(word)), word.place, say(self.expects))
            return None
        return word

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"anyOf": [{"type": "string", "pattern": f"^{_ID.pattern}$"}, {"type": "number", "minimum": 0}]}


@dataclass(frozen=True)
class Ref(Id):
    """The name of an entry in another section; resolved after everything is read."""

    section: str = ""

    def convert(self, word: Word, reader: Reader) -> Any:
        name = super().convert(word, reader)
        if name is not None:
            reader.references.append(Reference(self.section, word))
        return name


@dataclass(frozen=True)
class OneOf(_Written):
    """One word of a closed vocabulary."""

    words: type[StrEnum]

    def convert(self, word: Word, reader: Reader) -> Any:
        try:
            return self.words(str(word))
        except ValueError:
            reader.error(
                "unknown-word",
                say(N_("`{word}` is not one of the words for this"), word=short(word)),
                word.place,
                nearest(word, list(self.words)),
            )
            return None

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"enum": [str(word) for word in self.words]}


@dataclass(frozen=True)
class Flag(_Written):
    """`true` or `false`."""

    expects = N_("write `true` or `false`")

    def convert(self, word: Word, reader: Reader) -> Any:
        if word not in ("true", "false"):
            reader.error(
                "bad-flag",
                say(N_("`{word}` is neither true nor false"), word=short(word)),
                word.place,
                say(self.expects),
            )
            return None
        return word == "true"

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Count(_Written):
    """A whole number from 0 to 1,000,000."""

    expects = N_("write a whole number from 0 to 1000000")

    def convert(self, word: Word, reader: Reader) -> Any:
        if re.fullmatch(r"[0-9]{1,7}", word) is None or int(word) > 1_000_000:
            reader.error(
                "bad-number", say(N_("`{word}` is not such a number"), word=short(word)), word.place, say(self.expects)
            )
            return None
        return int(word)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": "integer", "minimum": 0, "maximum": 1_000_000}


@dataclass(frozen=True)
class Day(_Written):
    """A calendar date, `2026-11-23`."""

    expects = N_("write a date as `2026-11-23`")

    def convert(self, word: Word, reader: Reader) -> Any:
        try:
            day = date.fromisoformat(word) if _DATE.fullmatch(word) else None
        except ValueError:
            day = None
        if day is None:
            reader.error("bad-date", say(N_("`{word}` is not a date"), word=short(word)), word.place, say(self.expects))
        return day

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class Length(_Written):
    """A length of time: `P10Y`, `P6M`, `P90D`, `PT72H`."""

    expects = N_("write a period as `P10Y`, `P6M`, `P90D` or `PT72H`")

    def convert(self, word: Word, reader: Reader) -> Any:
        period = parse_period(word)
        if period is None or period == Period():
            reader.error(
                "bad-period", say(N_("`{word}` is not a period"), word=short(word)), word.place, say(self.expects)
            )
            return None
        return period

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": "string", "pattern": _PERIOD}


@dataclass(frozen=True)
class Country(_Written):
    """A country by its two capital letters (ISO 3166-1 alpha-2)."""

    expects = N_("write a country as two capital letters, such as `ID` or `JP` (ISO 3166-1)")

    def convert(self, word: Word, reader: Reader) -> Any:
        if _COUNTRY.fullmatch(word) is None:
            reader.error(
                "bad-country",
                say(N_("`{word}` is not a country code"), word=short(word)),
                word.place,
                say(self.expects),
            )
            return None
        return word

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": "string", "pattern": "^[A-Z]{2}$"}


@dataclass(frozen=True)
class _Prose(_Written):
    """One version of a text, on one or more lines."""

    expects = N_("write a text")

    def convert(self, word: Word, reader: Reader) -> Any:
        return str(word).strip()

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": ["string", "number"], "pattern": r"\S"}


@dataclass(frozen=True)
class Prose(Shape):
    """A text, or the same text in several languages (`{en: ..., id: ...}`)."""

    def read(self, node: Node, reader: Reader) -> Any:
        if isinstance(node, Scalar):
            text = _Prose().read(node, reader)
            return None if text is None else Text((("", text),))
        if isinstance(node, Mapping) and node.pairs:
            versions: dict[str, str] = {}
            for key, value in node.pairs:
                if _LANGUAGE.fullmatch(key) is None or key in versions:
                    reader.error(
                        "bad-language",
                        say(N_("`{word}` is not a language, or stands twice"), word=short(key)),
                        key.place,
                        say(N_("write a language as `en` or `id`, each once")),
                    )
                    continue
                text = _Prose().read(value, reader)
                if text is not None:
                    versions[str(key)] = text
            return Text(tuple(versions.items())) if versions else None
        reader.error(
            "wrong-type",
            say(N_("a text is wanted here")),
            node.place,
            say(N_("write a text, or `{{en: ..., id: ...}}` for two languages")),
        )
        return None

    def schema(self, defs: dict[str, Schema]) -> Schema:
        version = _Prose().schema(defs)
        defs["Text"] = {
            "anyOf": [
                version,
                {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"pattern": f"^{_LANGUAGE.pattern}$"},
                    "additionalProperties": version,
                },
            ]
        }
        return {"$ref": "#/$defs/Text"}


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of values of one shape."""

    item: Shape

    def read(self, node: Node, reader: Reader) -> Any:
        if not isinstance(node, Sequence):
            reader.error(
                "wrong-type",
                say(N_("a list is wanted here")),
                node.place,
                say(N_("write `[one, two]`, or one item a line after `- `")),
            )
            return None
        values = (self.item.read(item, reader) for item in node.items)
        return tuple(value for value in values if value is not None)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"type": "array", "items": self.item.schema(defs)}


@dataclass(frozen=True)
class MapOf(Shape):
    """A block of entries of one shape, each under its own name, read by `key`; gives a `dict` in the order written."""

    item: Shape
    key: _Written = Id()

    def read(self, node: Node, reader: Reader) -> Any:
        pairs = _pairs(node, reader)
        if pairs is None:
            return None
        entries: dict[str, Any] = {}
        for key, value in pairs:
            name = self.key.convert(key, reader)
            if name is None:
                continue
            if isinstance(self.item, Record):
                entry = self.item.read_named(value, reader, key)
            else:
                entry = self.item.read(value, reader)
            if entry is not None:
                entries[key] = entry
        return entries

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"pattern": self.key.names},
            "additionalProperties": self.item.schema(defs),
        }


@dataclass(frozen=True)
class Field:
    """One key of a record: its shape, whether it must stand, the attribute it fills, and what it means."""

    shape: Shape
    about: str
    required: bool = False
    attribute: str = ""


@dataclass(frozen=True)
class Record(Shape):
    """A block with known keys, made into a value by `make(**attributes, place=...)` (and `id=` inside a `MapOf`)."""

    name: str
    make: Callable[..., Any]
    fields: Table[str, Field]

    def read(self, node: Node, reader: Reader) -> Any:
        return self._read(node, reader, {})

    def read_named(self, node: Node, reader: Reader, name: Word) -> Any:
        """The value of an entry that stands under `name`."""
        if isinstance(node, Scalar) and node.absent:
            node = Mapping([], name.place)
        return self._read(node, reader, {"id": name}, name.place)

    def _read(self, node: Node, reader: Reader, given: dict[str, Any], at: Place | None = None) -> Any:
        pairs = _pairs(node, reader)
        if pairs is None:
            return None
        place = at or node.place
        values = dict(given, place=place)
        seen: set[str] = set()
        for key, value in pairs:
            known = self.fields.get(key)
            if known is None:
                reader.error(
                    "unknown-key",
                    say(N_("`{key}` is not a key of `{record}`"), key=short(key), record=self.name),
                    key.place,
                    nearest(key, self.fields),
                )
                continue
            seen.add(key)
            got = known.shape.read(value, reader)
            if got is not None:
                values[known.attribute or str(key).replace("-", "_")] = got
        complete = True
        for name, known in self.fields.items():
            if known.required and name not in seen:
                reader.error(
                    "missing-key",
                    say(N_("`{key}` is missing in `{record}`"), key=name, record=self.name),
                    place,
                    say(N_("add `{key}`: {about}"), key=name, about=Message(known.about)),
                )
            attribute = known.attribute or name.replace("-", "_")
            complete = complete and (not known.required or attribute in values)
        return self.make(**values) if complete else None

    def schema(self, defs: dict[str, Schema]) -> Schema:
        if self.name not in defs:
            defs[self.name] = {}
            properties = {}
            for key, known in self.fields.items():
                shape = known.shape.schema(defs)
                properties[key] = {**shape, "description": known.about}
            required = [key for key, known in self.fields.items() if known.required]
            defs[self.name] = {
                "type": "object",
                "additionalProperties": False,
                "properties": properties,
                **({"required": required} if required else {}),
            }
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True)
class Brief(Shape):
    """A record, or one word alone in its place, which is then the value of its key `key`."""

    record: Record
    key: str

    def read(self, node: Node, reader: Reader) -> Any:
        if isinstance(node, Scalar) and not node.absent:
            return self.record.read(Mapping([(Word(self.key, node.place), node)], node.place), reader)
        return self.record.read(node, reader)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {"anyOf": [self.record.fields[self.key].shape.schema(defs), self.record.schema(defs)]}


def document_schema(root: Record, title: str, address: str, part: bool = False) -> Schema:
    """The JSON Schema 2020-12 of documents of the shape `root`, known under the URI `address`.

    With `part`, the schema of a further file of such a document, in which no key must stand.
    """
    defs: dict[str, Schema] = {}
    root.schema(defs)
    body = defs.pop(root.name)
    if part:
        body.pop("required", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": title,
        **body,
        "$defs": dict(sorted(defs.items())),
    }


def _pairs(node: Node, reader: Reader) -> list[tuple[Word, Node]] | None:
    """The pairs of a block; anything else is reported."""
    if isinstance(node, Mapping):
        return unrepeated(node, reader)
    reader.error(
        "wrong-type",
        say(N_("a block of `name: value` lines is wanted here")),
        node.place,
        say(N_("indent the lines that belong here by two spaces")),
    )
    return None


def unrepeated(node: Mapping, reader: Reader) -> list[tuple[Word, Node]]:
    """The pairs of a block without repeated keys; each repetition is reported and left out."""
    first: dict[str, Word] = {}
    pairs: list[tuple[Word, Node]] = []
    for key, value in node.pairs:
        if key in first:
            reader.error(
                "duplicate",
                say(N_("`{key}` stands here a second time"), key=short(key)),
                key.place,
                say(N_("it is first written at {place}; keep one of the two"), place=first[key].place),
            )
            continue
        first[key] = key
        pairs.append((key, value))
    return pairs


def short(word: str) -> str:
    """A user's word for a message: printable, one line, at most 60 characters."""
    line = "".join(char if char.isprintable() else " " for char in word)
    return line if len(line) <= 60 else line[:57] + "..."
