"""A table with headings to activities, through a column mapping that is proposed once and then kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from janji.documents.shapes import Count, Field, Line, ListOf, OneOf, Reader, Record, nearest, short
from janji.documents.tree import read_tree
from janji.documents.writing import flow, scalar
from janji.errors import Diagnostic
from janji.importer.activities import Activity, Kind, Party, Said, as_is
from janji.importer.draft import Unmapped
from janji.importer.words import Words, plain
from janji.terms.messages import N_, Message, say
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import (
    Disposal,
    LegalBasis,
    RecipientClass,
    Role,
    Severity,
    SourceKind,
)  # fmt: skip

DEEPEST_HEADING = 20
"""How many rows from the top headings are looked for."""
FIELDS = (
    "activity", "purpose", "basis", "obligation", "agreement", "data", "specific-data", "subjects", "source", "system",
    "owner", "system-country", "recipients", "recipient-role", "recipient-class", "recipient-country", "safeguards",
    "retention", "disposal", "measures", "controller", "remarks",
)  # fmt: skip
VOCABULARIES: dict[str, type[StrEnum] | None] = {
    "basis": LegalBasis, "role": Role, "class": RecipientClass, "disposal": Disposal, "source": SourceKind, "country": None,
}  # fmt: skip
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u00b7\u25aa\u2013]|\(?[0-9]{1,2}[.)]|\(?[a-z][.)])\s+")
_ASIDE = re.compile(r"([^(:]+?)\s*[(:]\s*(.+?)\)?\s*")


class Separator(StrEnum):
    """What stands between the items of a list in one cell."""

    SEMICOLON = "semicolon"
    COMMA = "comma"
    LINE_BREAK = "line-break"
    SLASH = "slash"


_CHARS = {Separator.SEMICOLON: ";", Separator.COMMA: ",", Separator.LINE_BREAK: "\n", Separator.SLASH: "/"}


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of one sheet as text, rows from the top; `name` is how places in it begin."""

    name: str
    rows: tuple[tuple[str, ...], ...]

    def place(self, row: int, column: int) -> Place:
        """The place of a cell, both counted from 0."""
        return Place(self.name, row + 1, column + 1)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a wording means: a word of a closed vocabulary, or a country's code."""

    written: str
    means: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which heading holds which field of ours."""

    held: dict[str, str]
    place: Place = field(default=NOWHERE, compare=False)


def _columns(place: Place, **held: str) -> Columns:
    return Columns(held={key.replace("_", "-"): value for key, value in held.items()}, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """The wordings of this register, by vocabulary."""

    held: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


def _meanings(place: Place, **held: tuple[Meaning, ...]) -> Meanings:
    return Meanings(held=held, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """How a register is written. `header` is the row of its headings, counted from 1; found by itself when absent."""

    columns: Columns
    sheet: str | None = None
    header: int | None = None
    separators: tuple[Separator, ...] = (Separator.SEMICOLON, Separator.LINE_BREAK, Separator.COMMA)
    name_separators: tuple[Separator, ...] = (Separator.SEMICOLON, Separator.LINE_BREAK)
    values: Meanings = field(default_factory=Meanings)
    place: Place = field(default=NOWHERE, compare=False)


_MEANING = Record("Meaning", Meaning, {
    "written": Field(Line(), "the words in the register", required=True),
    "means": Field(Line(), "the word of the policy file", required=True),
})  # fmt: skip
MAPPING = Record("ColumnMapping", ColumnMapping, {
    "sheet": Field(Line(), "the sheet to read; the first one when left out"),
    "header": Field(Count(), "the row of the headings, counted from 1; found by its words when left out"),
    "columns": Field(Record("Columns", _columns, {name: Field(Line(), "the heading of the column that holds this")
                                                  for name in FIELDS}), "which heading holds what", required=True),
    "separators": Field(ListOf(OneOf(Separator)), "what stands between the items of a list in one cell"),
    "name-separators": Field(ListOf(OneOf(Separator)), "the same for names of recipients and systems"),
    "values": Field(Record("Meanings", _meanings, {name: Field(ListOf(_MEANING), "wordings of this register")
                                                   for name in VOCABULARIES}), "what the wordings of this register mean"),
})  # fmt: skip


def read_mapping(name: str, data: bytes) -> tuple[ColumnMapping | None, tuple[Diagnostic, ...]]:
    """The column mapping written in a YAML text, or the diagnostics that say why there is none."""
    tree = read_tree(name, data)
    reader = Reader(list(tree.diagnostics))
    mapping: ColumnMapping | None = MAPPING.read(tree.root, reader) if tree.root is not None else None
    if tree.root is None and not reader.diagnostics:
        reader.error("empty-file", say(N_("there is nothing in this file")), Place(name), say(N_("begin with `columns:`")))
    for kind, meanings in mapping.values.held.items() if mapping else ():
        words = VOCABULARIES[kind]
        for meaning in meanings:
            if words is not None and meaning.means not in list(words):
                reader.error("unknown-word", say(N_("`{word}` is not one of the words for this"), word=short(meaning.means)),
                             getattr(meaning.means, "place", meaning.place), nearest(meaning.means, list(words)))  # fmt: skip
    return (None if reader.diagnostics else mapping), tuple(reader.diagnostics)


def headings(table: Table, header: int) -> list[str]:
    """The headings in a row (counted from 1) by column: a blank one takes the words above it, a repeated one a number.

    So merged headings and headings over two rows keep a name of their own.
    """
    row = table.rows[header - 1] if 0 < header <= len(table.rows) else ()
    above = table.rows[header - 2] if header > 1 else ()
    found: list[str] = []
    for column in range(max(len(row), len(above))):
        words = " ".join((row[column] if column < len(row) else "").split())
        over = " ".join((above[column] if column < len(above) else "").split())
        found.append(words or over)
    seen: dict[str, int] = {}
    for column, words in enumerate(found):
        if words:
            seen[words] = seen.get(words, 0) + 1
            found[column] = words if seen[words] == 1 else f"{words} ({seen[words]})"
    return found


def propose(table: Table, words: Words) -> ColumnMapping | None:
    """A mapping from the headings that the dictionary knows, or `None` where no row names an activity or a purpose."""
    best: tuple[tuple[int, int], dict[str, str], int] | None = None
    for header in range(1, min(len(table.rows), DEEPEST_HEADING) + 1):
        named = headings(table, header)
        filled = sum(1 for cell in table.rows[header - 1] if cell.strip())
        held: dict[str, str] = {}
        for heading in named:
            known = words.field_of(heading)
            if known is not None and known not in held:
                held[known] = heading
        rank = (len(held), sum(1 for heading in named if heading))
        if filled > 1 and {"activity", "purpose"} & set(held) and len(held) > 1 and (best is None or rank > best[0]):
            best = (rank, held, header)
    if best is None:
        return None
    ordered = {name: best[1][name] for name in FIELDS if name in best[1]}
    return ColumnMapping(columns=Columns(held=ordered), header=best[2])


def mapping_text(mapping: ColumnMapping) -> str:
    """A mapping as the file that `read_mapping` reads."""
    lines = ["# Which column of the register holds what. Correct it, then give it with --mapping.", ""]
    if mapping.sheet:
        lines.append(f"sheet: {scalar(mapping.sheet)}")
    if mapping.header:
        lines.append(f"header: {mapping.header}")
    lines += ["columns:", *(f"  {name}: {scalar(heading)}" for name, heading in mapping.columns.held.items())]
    lines.append(f"separators: {flow(mapping.separators)}")
    lines.append(f"name-separators: {flow(mapping.name_separators)}")
    if mapping.values.held:
        lines.append("values:")
        for kind, meanings in mapping.values.held.items():
            lines.append(f"  {kind}:")
            lines += [f"    - {flow({'written': item.written, 'means': item.means})}" for item in meanings]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read of a table: activities, the controller if all rows name one, what found no place, mistakes."""

    activities: tuple[Activity, ...] = ()
    controller: Said | None = None
    unmapped: tuple[Unmapped, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_rows(table: Table, mapping: ColumnMapping, words: Words) -> Rows:
    """The activities of a table. A row without an activity belongs to the one above it, as merged cells do."""
    header = mapping.header or (found.header if (found := propose(table, words)) else None) or 1
    named = headings(table, header)
    at = {heading: column for column, heading in enumerate(named) if heading}
    wrong = [
        Diagnostic("column-missing", Severity.ERROR,
                   say(N_("there is no column with the heading `{heading}`"), heading=short(heading)),
                   getattr(heading, "place", Place(table.name, header)), nearest(heading, at))
        for heading in mapping.columns.held.values() if heading not in at
    ]  # fmt: skip
    if not {"activity", "purpose"} & set(mapping.columns.held):
        wrong.append(Diagnostic("activity-missing", Severity.ERROR,
                                say(N_("the mapping names no column for the activity")), mapping.columns.place,
                                say(N_("add `activity:` under `columns` with the heading of that column"))))  # fmt: skip
    if wrong:
        return Rows(diagnostics=tuple(wrong))
    reading = _Reading(table, mapping, words, {name: at[heading] for name, heading in mapping.columns.held.items()})
    activities = tuple(reading.activities(header))
    used = set(reading.columns.values())
    for column, heading in enumerate(named):
        filled = any(column < len(row) and row[column].strip() for row in table.rows[header:])
        if column not in used and filled:
            why = say(N_("no field of the model is known by this heading")) if heading else say(N_("the column has no heading"))
            reading.unmapped.append(Unmapped(table.place(header - 1, column), heading or "-", "", why))
    controller = reading.controllers[0] if len({plain(said.words) for said in reading.controllers}) == 1 else None
    if len(reading.controllers) > 1 and controller is None:
        why = say(N_("a policy has one controller, and the register names several"))
        reading.unmapped += [Unmapped(said.place, "controller", said.words, why) for said in reading.controllers]
    return Rows(activities, controller, tuple(reading.unmapped))


@dataclass(slots=True)
class _Reading:
    """Reads the rows of one table."""

    table: Table
    mapping: ColumnMapping
    words: Words
    columns: dict[str, int]
    unmapped: list[Unmapped] = field(default_factory=list)
    controllers: list[Said] = field(default_factory=list)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def activities(self, header: int) -> Iterator[Activity]:
        """Each row that says something, as an activity."""
        title: Said | None = None
        for number in range(header, len(self.table.rows)):
            if not any(cell.strip() for cell in self.table.rows[number]):
                continue
            activity, purpose = self._said(number, "activity"), self._said(number, "purpose")
            title = activity or (title if "activity" in self.columns else None) or purpose or title
            if title is None:
                why = say(N_("the row names no activity"))
                self.unmapped.append(Unmapped(self.table.place(number, 0), "-", "", why))
                continue
            yield self._activity(number, title, purpose)

    def _activity(self, row: int, title: Said, purpose: Said | None) -> Activity:
        controller = self._said(row, "controller")
        if controller and plain(controller.words) not in {plain(said.words) for said in self.controllers}:
            self.controllers.append(controller)
        basis, obligation = self._basis(row)
        data = tuple(Kind(said) for said in self._list(row, "data"))
        specific = tuple(Kind(said, specific=True) for said in self._list(row, "specific-data"))
        sources = (self._word("source", said) for said in self._list(row, "source"))
        system = self._said(row, "system")
        return Activity(
            title=title,
            basis=LegalBasis(basis) if basis else None,
            basis_said=self._said(row, "basis"),
            data=data + specific,
            system=system,
            owner=self._said(row, "owner") if system else None,
            system_country=self._one(row, "system-country", "country"),
            obligation=self._said(row, "obligation") or obligation,
            agreement=self._said(row, "agreement"),
            parties=self._parties(row),
            retention=self._said(row, "retention"),
            disposal=Disposal(found) if (found := self._one(row, "disposal", "disposal")) else None,
            safeguards=self._said(row, "safeguards"),
            sources=tuple(SourceKind(source) for source in sources if source),
            measures=tuple(self._list(row, "measures")),
            notes=tuple(self._notes(row, title, purpose)),
        )

    def _notes(self, row: int, title: Said, purpose: Said | None) -> Iterator[Message]:
        subjects, remarks, owner = self._said(row, "subjects"), self._said(row, "remarks"), self._said(row, "owner")
        if purpose and purpose != title:
            yield as_is(purpose.words)
        if subjects:
            yield say(N_("persons: {words}"), words=subjects.words)
        if owner and "system" not in self.columns:
            yield say(N_("answerable: {words}"), words=owner.words)
        if remarks:
            yield as_is(remarks.words)

    def _cell(self, row: int, name: str) -> tuple[str, Place]:
        column = self.columns.get(name)
        cells = self.table.rows[row]
        if column is None or column >= len(cells):
            return "", NOWHERE
        return cells[column].strip(), self.table.place(row, column)

    def _said(self, row: int, name: str) -> Said | None:
        words, place = self._cell(row, name)
        return None if self.words.is_nothing(words) else Said(words, place)

    def _list(self, row: int, name: str, names: bool = False) -> list[Said]:
        said = self._said(row, name)
        if said is None:
            return []
        between = self.mapping.name_separators if names else self.mapping.separators
        return [Said(part, said.place) for part in split(said.words, between) if not self.words.is_nothing(part)]

    def _meaning(self, kind: str, written: str) -> str | None:
        for meaning in self.mapping.values.held.get(kind, ()):
            if plain(meaning.written) == plain(written):
                return str(meaning.means)
        return self.words.value_of(kind, written)

    def _word(self, kind: str, said: Said) -> str | None:
        found = self._meaning(kind, said.words)
        if found is None and (kind, plain(said.words)) not in self._seen:
            self._seen.add((kind, plain(said.words)))
            why = say(N_("it is not one of the known words; add it under `values` of the mapping"))
            self.unmapped.append(Unmapped(said.place, kind, said.words, why))
        return found

    def _one(self, row: int, name: str, kind: str) -> str | None:
        said = self._said(row, name)
        return self._word(kind, said) if said else None

    def _basis(self, row: int) -> tuple[str | None, Said | None]:
        """The one basis of a row, and the law that stands after a legal obligation, as in `legal obligation (Art 3)`.

        Whatever stands after another basis is a doubt, and there is no basis.
        """
        said = self._said(row, "basis")
        if said is None:
            return None, None
        whole = self._meaning("basis", said.words)
        if whole is not None:
            return whole, None
        aside = _ASIDE.fullmatch(said.words)
        if aside is not None and self._meaning("basis", aside[1]) == LegalBasis.LEGAL_OBLIGATION and "?" not in said.words:
            return LegalBasis.LEGAL_OBLIGATION, Said(aside[2], said.place)
        return None, None

    def _parties(self, row: int) -> tuple[Party, ...]:
        """The recipients of a row. Roles and classes go with them one by one, or one for all; countries one by one."""
        named = self._list(row, "recipients", names=True)
        roles, kinds, countries = (
            self._beside(row, name, kind, len(named))
            for name, kind in (("recipient-role", "role"), ("recipient-class", "class"), ("recipient-country", "country"))
        )
        return tuple(
            Party(said, Role(roles[index]) if roles[index] else None,
                  RecipientClass(kinds[index]) if kinds[index] else None, countries[index])
            for index, said in enumerate(named)
        )  # fmt: skip

    def _beside(self, row: int, name: str, kind: str, count: int) -> Sequence[Any]:
        written = self._list(row, name)
        if len(written) == 1 and count and (count == 1 or kind != "country"):
            return [self._word(kind, written[0])] * count
        if len(written) == count:
            return [self._word(kind, said) for said in written]
        if written and count:
            why = say(N_("there are {count} words for {parties} recipients"), count=len(written), parties=count)
            self.unmapped.append(Unmapped(written[0].place, name, "; ".join(said.words for said in written), why))
        return [None] * count


def split(text: str, between: Sequence[Separator]) -> list[str]:
    """The items of a list in one cell, without bullets and numbers; nothing is split inside brackets."""
    chars = {_CHARS[separator] for separator in between}
    parts, depth = [""], 0
    for char in text:
        depth = max(0, depth + (char in "([{") - (char in ")]}"))
        if char in chars and (depth == 0 or char == "\n"):
            parts.append("")
        else:
            parts[-1] += char
    return [item for part in parts if (item := _BULLET.sub("", part).strip())]
