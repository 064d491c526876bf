"""The words by which registers are understood: read from data, looked up without case and marks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from janji.documents.shapes import Field, Id, Line, ListOf, MapOf, Reader, Record
from janji.documents.tree import read_tree
from janji.errors import Diagnostic
from janji.terms.periods import Period, parse_period
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import Trait

_LISTS = MapOf(ListOf(Line()))
_GAP = re.compile(r"[^\w]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"([0-9]{1,4}) *([a-z]+)")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The dictionary of the importer: headings, values, classes of data by law, units of time.

    `law` is the law pack that a starting model stands under when none is named.
    """

    law: str
    fields: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, tuple[str, ...]]]
    classes: dict[str, dict[str, tuple[str, ...]]]
    units: dict[str, tuple[str, ...]]
    after: tuple[str, ...]
    nothing: tuple[str, ...]
    uses: dict[str, str] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)

    @cached_property
    def _headings(self) -> dict[str, str]:
        return {plain(word): name for name, words in self.fields.items() for word in words}

    @cached_property
    def _values(self) -> dict[str, dict[str, str]]:
        return {
            kind: {plain(word): value for value, words in table.items() for word in (value, *words)}
            for kind, table in self.values.items()
        }

    @cached_property
    def _units(self) -> dict[str, str]:
        return {word: unit for unit, words in self.units.items() for word in words}

    def field_of(self, heading: str) -> str | None:
        """The field that a heading speaks of; a heading in two languages (`Purpose / Tujuan`) must agree with itself."""
        held = self._headings.get(plain(heading))
        if held is not None:
            return held
        found = {self._headings.get(plain(part)) for part in re.split(r"[/|(\n]", heading) if plain(part)}
        return found.pop() if len(found) == 1 else None

    def value_of(self, kind: str, written: str) -> str | None:
        """The word of a closed vocabulary that was meant, or `None`; never the nearest, and never what is doubted."""
        if "?" in written:
            return None
        if kind == "country" and _COUNTRY.fullmatch(written.strip()):
            return written.strip()
        return self._values.get(kind, {}).get(plain(written))

    def is_nothing(self, written: str) -> bool:
        """Whether a cell says that there is nothing."""
        return not written.strip() or written.strip().lower() in self.nothing

    def class_of(self, law: str, *names: str) -> str | None:
        """The class of data in a law that the name of a category tells, or `None`."""
        spoken = [f" {plain(name)} " for name in names]
        for kind, words in self.classes.get(law, {}).items():
            if any(f" {plain(word)} " in name for word in words for name in spoken):
                return kind
        return None

    def period_of(self, written: str) -> tuple[Period, str] | None:
        """The one period that a text states and the event after it; `None` when there is none, or more than one."""
        given = parse_period(written.strip())
        if given is not None:
            return (given, "") if given != Period() else None
        text = plain(written)
        found = [(count, self._units[unit]) for count, unit in _NUMBER.findall(text) if unit in self._units]
        if len(found) != 1 or len(_DIGITS.findall(text)) != 1 or int(found[0][0]) == 0:
            return None
        period = parse_period(f"P{int(found[0][0])}{found[0][1]}")
        if period is None:
            return None
        for word in sorted(self.after, key=len, reverse=True):
            _, split, event = f" {text} ".partition(f" {word} ")
            if split:
                return period, event.strip()
        return period, ""

    def traits_of(self, use: str) -> tuple[Trait, ...]:
        """What a data use of the fideslang taxonomy makes riskier, by itself or by a use above it."""
        found = (trait for above, trait in self.uses.items() if use == above or use.startswith(above + "."))
        return tuple(dict.fromkeys(Trait(trait) for trait in found))


@lru_cache(maxsize=65_536)
def plain(written: str) -> str:
    """Words without case, marks and accents, one space between them."""
    text = unicodedata.normalize("NFKD", written.casefold())
    return _GAP.sub(" ", "".join(char for char in text if not unicodedata.combining(char))).replace("_", " ").strip()


WORDS = Record("Words", Words, {
    "law": Field(Id(), "the law pack of a starting model when none is named", required=True),
    "fields": Field(_LISTS, "the headings of columns, by field", required=True),
    "values": Field(MapOf(_LISTS), "the words of closed vocabularies", required=True),
    "classes": Field(MapOf(_LISTS), "the words that tell a class of data, by law", required=True),
    "units": Field(_LISTS, "the units of a period", required=True),
    "after": Field(ListOf(Line()), "the words before the event that a period is counted from", required=True),
    "nothing": Field(ListOf(Line()), "cells that say that there is nothing", required=True),
    "uses": Field(MapOf(Line()), "data uses that make a purpose riskier"),
})  # fmt: skip


def read_words(name: str, data: bytes) -> tuple[Words | None, tuple[Diagnostic, ...]]:
    """The dictionary written in a YAML text, or the diagnostics that say why there is none."""
    tree = read_tree(name, data)
    reader = Reader(list(tree.diagnostics))
    words: Words | None = WORDS.read(tree.root, reader) if tree.root is not None else None
    return (None if reader.diagnostics else words), tuple(reader.diagnostics)
