"""What a workbook changes in a policy: each cell held against what was exported and against the policy as it stands."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from janji.documents.edits import Anchor, Edit, add_entry, apply
from janji.documents.tree import Mapping as Block
from janji.documents.tree import read_tree
from janji.errors import Diagnostic
from janji.importer.draft import OpenDecision, name_of
from janji.importer.sheets import (
    DECISION_COLUMNS,
    DECISIONS,
    SHEETS,
    Answer,
    Cell,
    Column,
    Sheet,
    clean,
    default_of,
    text_with,
    understood,
    written,
)  # fmt: skip
from janji.policy.model import Entry, Policy
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import Severity
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True)
class BookRow:
    """One row as it stands in the workbook: its cells by column, where each is, and the notes people left at cells."""

    name: str
    cells: Mapping[str, str]
    places: Mapping[str, Place] = field(default_factory=dict)
    place: Place = NOWHERE
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that was read: rows by sheet, and the cells as they were exported, by sheet, row and column."""

    rows: Mapping[str, tuple[BookRow, ...]]
    base: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one entry that would read differently."""

    entry: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Addition:
    """A row that is not in the policy yet, with its values as the policy file writes them."""

    section: str
    name: str
    values: dict[str, object]

    @property
    def entry(self) -> str:
        """Its name with its section."""
        return f"{self.section}.{self.name}"


@dataclass(slots=True)
class Comparison:
    """What a workbook would change, what it lacks, what a person must still decide, and what speaks against it."""

    intended: Policy
    changes: list[Change] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    decisions: list[OpenDecision] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    """By file of the policy, what must be done to its text; new entries come after."""

    @property
    def empty(self) -> bool:
        """Whether the policy stays as it is."""
        return not (self.edits or self.additions)


def compare(policy: Policy, book: Book, tongues: Sequence[Tongue], language: str, remove: bool = False) -> Comparison:
    """What `book` changes in `policy`. With `remove`, entries whose rows are gone are taken out; else only named.

    A new remark is written in `language`. No legal basis is ever guessed: a cell without a known one is a decision.
    """
    found = Comparison(policy)
    work = _Work(policy, book, tongues, language, found)
    for sheet in SHEETS:
        work.sheet(sheet, remove)
    work.decided()
    if not found.problems:
        work.settle()
    return found


@dataclass(slots=True)
class _Work:
    """The comparison while it goes on: for each entry, the attributes that are wanted otherwise."""

    policy: Policy
    book: Book
    tongues: Sequence[Tongue]
    language: str
    found: Comparison
    wanted: dict[int, tuple[Entry, dict[str, Any], dict[str, str]]] = field(default_factory=dict)
    removed: dict[int, Entry] = field(default_factory=dict)
    made: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def sheet(self, sheet: Sheet, remove: bool) -> None:
        """Compare one sheet with its section."""
        entries: Mapping[str, Entry] = getattr(self.policy, sheet.section)
        base = None if self.book.base is None else self.book.base.get(sheet.section, {})
        if sheet.section not in self.book.rows:
            self._problem("sheet-missing", Place(), say(N_("the workbook has no sheet for `{section}`"), section=sheet.section),
                          say(N_("export again; a sheet that is not needed can be left alone")))  # fmt: skip
            return
        seen: set[str] = set()
        for row in self.book.rows[sheet.section]:
            name = row.name or self._new_name(sheet, row, seen, base or {})
            if name in seen:
                self._problem("row-twice", row.place, say(N_("`{name}` has two rows"), name=name),
                              say(N_("keep one of them; the first column names each entry once")))  # fmt: skip
                continue
            seen.add(name)
            was = base.get(name) if base is not None else None
            if name in entries:
                self._row(sheet, row, entries[name], was)
            elif was is None:
                self._addition(sheet, row, name)
            elif any(clean(cell) != clean(was.get(column, "")) for column, cell in row.cells.items()):
                self._problem("entry-gone", row.place,
                              say(N_("`{name}` was taken out of the policy after the export, and its row was changed"), name=name),
                              say(N_("export again, then make the change there")))  # fmt: skip
        for name in entries if base is None else base:
            if name in entries and name not in seen:
                self.found.missing.append(f"{sheet.section}.{name}")
                if remove:
                    self.removed[id(entries[name])] = entries[name]

    def _new_name(self, sheet: Sheet, row: BookRow, seen: set[str], base: Mapping[str, object]) -> str:
        """The name of a row without one: made from its title. A row that came in before is the entry it became."""
        entries: Mapping[str, Entry] = getattr(self.policy, sheet.section)
        title = next((cell for column, cell in row.cells.items() if column.startswith("title") and clean(cell)), "")
        first = name = name_of(title, "new")
        count = 2
        while name in entries or name in seen:
            if name in entries and name not in seen and name not in base and self._is(sheet, row, entries[name]):
                return name
            name, count = f"{first}-{count}", count + 1
        return name

    def _is(self, sheet: Sheet, row: BookRow, entry: Entry) -> bool:
        """Whether the cells of a row say what an entry says, its remarks set aside; an empty cell says nothing."""
        return all(
            self._same(column, row.cells[column.id], written(column, entry, self.tongues))
            for column in _columns(sheet.columns, row.cells)
            if clean(row.cells[column.id]) and column.key != "note"
        )

    def _row(self, sheet: Sheet, row: BookRow, entry: Entry, was: Mapping[str, str] | None) -> None:
        for column in _columns(sheet.columns, row.cells):
            cell, before = row.cells[column.id], written(column, entry, self.tongues)
            exported = before if was is None else was.get(column.id, before)
            if self._same(column, cell, exported) or self._same(column, cell, before):
                continue
            place = row.places.get(column.id, row.place)
            path = f"{sheet.section}.{entry.id}"
            if not self._same(column, exported, before):
                self._problem("cell-conflict", place,
                              say(N_("`{entry}`: `{field}` was changed here and, after the export, in the policy too"),
                                  entry=path, field=column.id),
                              say(N_("export again, then make the change there")))  # fmt: skip
                continue
            self._cell(column, entry, path, cell, before, place)
        self._remarks(f"{sheet.section}.{entry.id}", entry, row.remarks)

    def _same(self, column: Column, one: str, other: str) -> bool:
        if clean(one) == clean(other):
            return True
        if column.kind is Cell.TEXT:
            return False
        first, wrong = understood(column, one, self.tongues)
        second, wrong_too = understood(column, other, self.tongues)
        return wrong is None and wrong_too is None and first == second

    def _cell(self, column: Column, entry: Entry, path: str, cell: str, before: str, place: Place) -> None:
        value, wrong = understood(column, cell, self.tongues)
        if column.key == "basis" and value is None:
            self._undecided(entry, path, cell, place)
            return
        if wrong is not None:
            self._problem("cell-not-understood", place, wrong, say(N_("correct the cell")))
            return
        if column.kind is Cell.TEXT:
            value = text_with(self._now(entry, column.field), {column.language or "": cell})
            if value is not None and "" in dict(value.versions) and len(value.versions) > 1:
                self._problem("text-twice", place, say(N_("a text stands in a column with a language and in one without")),
                              say(N_("move all of it into the columns with a language")))  # fmt: skip
                return
        if column.required and not value:
            self._problem("cell-empty", place, say(N_("`{field}` cannot be empty"), field=column.id),
                          say(N_("fill it in; to take the entry out, delete its row and use `--remove`")))  # fmt: skip
            return
        self._want(entry, column.field, column.key, default_of(type(entry), column.field) if value in (None, ()) else value)
        self.found.changes.append(Change(path, column.id, clean(before), clean(cell)))

    def _undecided(self, entry: Entry, path: str, cell: str, place: Place) -> None:
        """The basis stays; the question is asked in the policy, for a person must look at it."""
        what = say(N_("which one legal basis does `{purpose}` rest on?"), purpose=entry.id)
        why = (
            say(N_("the cell is empty")) if not clean(cell)
            else say(N_("`{words}` is not one legal basis that is known"), words=clean(cell)[:60])
        )  # fmt: skip
        self.found.decisions.append(OpenDecision(path, what, why, place))
        if self._now(entry, "decide") is None:
            asked = Text(tuple((tongue.language, what.render(tongue)) for tongue in self.tongues))
            self._want(entry, "decide", "decide", asked)
            self.found.changes.append(Change(path, "decide", "", asked.get(self.language)))

    def _remarks(self, path: str, entry: Entry, remarks: Sequence[str]) -> None:
        """Put what people remarked into the entry's note, unless it is there already."""
        for remark in (clean(item) for item in remarks):
            note: Text | None = self._now(entry, "note")
            if not remark or (note and any(remark in words for _, words in note.versions)):
                continue
            language = self.language
            if note and language not in dict(note.versions):
                language = note.versions[0][0]
            before = dict(note.versions).get(language, "") if note else ""
            after = f"{before}\n{remark}" if before else remark
            self._want(entry, "note", "note", text_with(note, {language: after}))
            self.found.changes.append(Change(path, f"note@{language}".rstrip("@"), before, after))

    def decided(self) -> None:
        """Compare the sheet of open decisions: a question that was decided is taken out, a remark becomes a note."""
        entries = dict(self.policy.entries())
        decided = next(column for column in DECISION_COLUMNS if column.key == "decided")
        for row in self.book.rows.get(DECISIONS, ()):
            entry = entries.get(row.name)
            if entry is None:
                if row.name:
                    self._problem("entry-gone", row.place, say(N_("the policy has no entry `{name}`"), name=row.name),
                                  say(N_("the first column is not for changing; export again")))  # fmt: skip
                continue
            value, wrong = understood(decided, row.cells.get("decided", ""), self.tongues)
            if wrong is not None:
                self._problem("cell-not-understood", row.places.get("decided", row.place), wrong, say(N_("correct the cell")))
            elif value is Answer.YES and entry.decide is not None:
                self._want(entry, "decide", "decide", None)
                self.found.changes.append(Change(row.name, "decide", entry.decide.get(self.language), ""))
            self._remarks(row.name, entry, [row.cells.get("remark", ""), *row.remarks])

    def _addition(self, sheet: Sheet, row: BookRow, name: str) -> None:
        values: dict[str, Any] = {}
        for column in _columns(sheet.columns, row.cells):
            cell, place = row.cells[column.id], row.places.get(column.id, row.place)
            value, wrong = understood(column, cell, self.tongues)
            if column.key == "basis" and value is None:
                self._no_basis(sheet, name, cell, place)
                return
            if wrong is not None:
                self._problem("cell-not-understood", place, wrong, say(N_("correct the cell")))
                return
            if column.kind is Cell.TEXT:
                value = text_with(values.get(column.key), {column.language or "": cell})
            if value not in (None, ()):
                values[column.key] = value
        for remark in row.remarks:
            note = values.get("note")
            language = note.versions[0][0] if note else self.language
            before = dict(note.versions)[language] if note else ""
            values["note"] = text_with(note, {language: f"{before}\n{remark}".strip()})
        if sheet.section == "purposes" and "basis" not in values:
            self._no_basis(sheet, name, "", row.place)
            return
        for column in sheet.columns:
            if column.required and column.key not in values:
                self._problem("cell-empty", row.place, say(N_("the new row `{name}` lacks `{field}`"), name=name, field=column.key),
                              say(N_("fill it in, or take the row out")))  # fmt: skip
                return
        attributes = {column.field: values[column.key] for column in sheet.columns if column.key in values}
        self.made.setdefault(sheet.section, {})[name] = sheet.make(id=name, **attributes)
        plain = {key: value if isinstance(value, Text) else _yaml(value) for key, value in values.items()}
        self.found.additions.append(Addition(sheet.section, name, plain))

    def _no_basis(self, sheet: Sheet, name: str, cell: str, place: Place) -> None:
        why = (
            say(N_("the cell is empty; the row is not taken in")) if not clean(cell)
            else say(N_("`{words}` is not one legal basis that is known; the row is not taken in"), words=clean(cell)[:60])
        )  # fmt: skip
        what = say(N_("which one legal basis does `{purpose}` rest on?"), purpose=name)
        self.found.decisions.append(OpenDecision(f"{sheet.section}.{name}", what, why, place))

    def _now(self, entry: Entry, attribute: str) -> Any:
        held = self.wanted.get(id(entry))
        return held[1].get(attribute, getattr(entry, attribute)) if held else getattr(entry, attribute)

    def _want(self, entry: Entry, attribute: str, key: str, value: Any) -> None:
        _, attributes, keys = self.wanted.setdefault(id(entry), (entry, {}, {}))
        attributes[attribute], keys[attribute] = value, key

    def _problem(self, code: str, place: Place, message: Message, help: Message) -> None:
        self.found.problems.append(Diagnostic(code, Severity.ERROR, message, place, help))

    def settle(self) -> None:
        """From what is wanted: the policy that is meant, and the edits that must give it."""
        for entry, attributes, keys in self.wanted.values():
            if id(entry) in self.removed:
                continue
            anchor = Anchor(entry.place, bool(entry.id))
            for attribute, value in attributes.items():
                edits = list(_edits(anchor, keys[attribute], getattr(entry, attribute), value,
                                    default_of(type(entry), attribute)))  # fmt: skip
                if edits:
                    self.found.edits.setdefault(entry.place.file, []).extend(edits)
        for entry in self.removed.values():
            edit = Edit(Anchor(entry.place, True), (), remove=True)
            self.found.edits.setdefault(entry.place.file, []).append(edit)
        self.found.intended = self._intended()

    def _intended(self) -> Policy:
        rebuilt = self._rebuilt(self.policy)
        sections = {name: {**getattr(rebuilt, name), **made} for name, made in self.made.items()}
        policy: Policy = replace(rebuilt, **sections)
        return policy

    def _rebuilt(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._rebuilt(item) for key, item in value.items() if id(item) not in self.removed}
        if not is_dataclass(value) or isinstance(value, type) or not isinstance(value, Entry | Policy):
            return value
        parts = {item.name: self._rebuilt(getattr(value, item.name)) for item in fields(value)}
        held = self.wanted.get(id(value))
        return replace(value, **parts) if held is None else replace(value, **(parts | held[1]))


def _columns(columns: Sequence[Column], cells: Mapping[str, str]) -> list[Column]:
    """The columns that a row has, a text's in each of its languages."""
    known = {column.key: column for column in columns}
    found = []
    for name in cells:
        key, _, language = name.partition("@")
        column = known.get(key)
        if column is not None:
            found.append(replace(column, language=language) if column.kind is Cell.TEXT else column)
    return found


def _edits(anchor: Anchor, key: str, old: Any, new: Any, default: Any) -> list[Edit]:
    if new == old:
        return []
    if new is None or new == default:
        return [Edit(anchor, (key,), remove=True)]
    if isinstance(old, Text) and isinstance(new, Text) and set(dict(old.versions)) == set(dict(new.versions)) != {""}:
        before = dict(old.versions)
        return [Edit(anchor, (key, language), words) for language, words in new.versions if before[language] != words]
    return [Edit(anchor, (key,), new if isinstance(new, Text) else _yaml(new))]


def _yaml(value: Any) -> object:
    return tuple(map(str, value)) if isinstance(value, tuple) else str(value)


def edited(parts: Mapping[str, bytes], first: str, policy: Policy, found: Comparison) -> dict[str, bytes]:
    """The bytes of every file of the policy after what a comparison found; a mark of UTF-8 and line ends stay.

    Raises `Refused` when a text cannot be edited safely.
    """
    made = dict(parts)
    for name, edits in found.edits.items():
        made[name] = _encoded(made[name], apply(name, _text(made[name]), edits))
    for addition in found.additions:
        name = _home(parts, first, policy, addition.section)
        text = add_entry(name, _text(made[name]), addition.section, addition.name, addition.values)
        made[name] = _encoded(made[name], text)
    return made


def _home(parts: Mapping[str, bytes], first: str, policy: Policy, section: str) -> str:
    """The file that a new entry goes into: where the last one of its section stands, else the section, else the first."""
    entries = list(getattr(policy, section).values())
    if entries:
        return str(entries[-1].place.file)
    for name, data in parts.items():
        root = read_tree(name, data).root
        if isinstance(root, Block) and any(key == section for key, _ in root.pairs):
            return name
    return first


def _text(data: bytes) -> str:
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")


def _encoded(before: bytes, text: str) -> bytes:
    return (codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b"") + text.encode("utf-8")
