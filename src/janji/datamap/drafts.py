"""Proposals written into an overlay: new tables and columns added, what is gone marked, everything that people wrote kept."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from janji.datamap.catalogue import Catalogue, Table
from janji.datamap.drift import VIEWS, renamed
from janji.datamap.meaning import NONE, Identifier, KeepRule, Link, Meaning, TableMeaning
from janji.datamap.overlay import Overlay, WrittenTable, read_overlay
from janji.datamap.written import plain_column, plain_identifier, plain_link, table_lines
from janji.documents.edits import Anchor, Edit, Refused, add_lines, apply
from janji.errors import Invalid
from janji.terms.messages import N_, say

_LINES = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|[^\r\n\x85\u2028\u2029]+$")
"""Lines with their ends, as YAML counts them."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What is proposed for a column: its category and why, and the identifier in it if people are found by it; `entries` are those in its lists."""

    meaning: Meaning
    identifier: Identifier | None = None
    entries: tuple[Identifier, ...] = ()

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers in the column."""
        return (*((self.identifier,) if self.identifier is not None else ()), *self.entries)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for a store: for each table its columns, its links, and which duty keeps it."""

    columns: Mapping[str, Mapping[str, Sense]] = field(default_factory=dict)
    links: Mapping[str, Sequence[Link]] = field(default_factory=dict)
    keeps: Mapping[str, KeepRule] = field(default_factory=dict)

    def sense(self, table: str, column: str) -> Sense:
        """What is proposed for a column; of one that nothing is known of, that it holds nothing."""
        return self.columns.get(table, {}).get(column) or Sense(Meaning(NONE))


@dataclass(frozen=True, slots=True)
class Drafted:
    """An overlay as it is after a scan, and what the scan did to it; columns are named `table.column`."""

    text: str
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    back: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything in the store was not as in the overlay."""
        return bool(self.tables or self.columns or self.gone or self.back)


def extend(file: str, text: str, live: Catalogue, proposed: Proposed, scanned: Catalogue | None = None) -> Drafted:
    """The overlay `text` with what the live store has besides, and with marks at what it has no more.

    Nothing that stands there is changed: a proposal that somebody took out of a table does not come back. Columns that look
    renamed (by `scanned`, the form before) get what was said of the former one. Raises `Invalid` where the file has
    mistakes, or is written in a form into which nothing can be put.
    """
    there = {name: table for name, table in live.tables.items() if table.kind not in VIEWS}
    overlay = _read(file, text)
    try:
        bare = [written for name, written in overlay.written.items() if written.meaning == TableMeaning(name) and name in there and there[name].columns and not written.gone]
        if bare:  # a name and nothing under it: as good as new
            text = apply(file, text, [Edit(Anchor(written.place, True), (), remove=True) for written in bare])
            overlay = _read(file, text)
        drafting = _Drafting(overlay, proposed, scanned)
        for name, table in there.items():
            if name in overlay.written:
                drafting.table(table, overlay.written[name])
        for name, written in overlay.written.items():
            if name not in there and not written.gone:
                drafting.mark(written)
        new = [table for name, table in there.items() if name not in overlay.written]
        made = _apply(file, text, overlay, drafting.edits)
        if new:
            made = add_lines(file, made, "tables", [line for table in new for line in _block(table, proposed)])
    except Refused as refused:
        raise _refused(refused) from None
    return Drafted(made, tuple(table.name for table in new), tuple(drafting.added), tuple(drafting.gone), tuple(drafting.back))


def set_reviewed(file: str, text: str, forms: Mapping[str, str]) -> str:
    """The overlay with the forms of tables noted as reviewed; raises `Invalid` where that cannot be written."""
    overlay = _read(file, text)
    edits = [Edit(Anchor(overlay.written[name].place, True), ("reviewed",), form) for name, form in forms.items()]
    try:
        return _apply(file, text, overlay, edits)
    except Refused as refused:
        raise _refused(refused) from None


def set_columns(file: str, text: str, said: Mapping[str, Mapping[str, tuple[str, str]]]) -> str:
    """The overlay with other categories for columns, each with why, by table; what else is said of a column stays.

    By a column that holds nothing of a person nobody is found any more. Raises `Invalid` for a column that is not there, and where that cannot be written without changing what stands beside it.
    """
    overlay = _read(file, text)
    edits: list[Edit] = []
    for table, columns in said.items():
        written = overlay.written.get(table)
        for column, (category, why) in columns.items():
            if written is None or column not in written.meaning.columns:
                raise Invalid(say(N_("there is no column `{column}` of `{table}` in the map"), column=column, table=table), say(N_("scan the system again")))
            if category == NONE:
                edits += [Edit(Anchor(written.place, True), ("identifiers",), item=("column", column)) for one in written.meaning.identifiers if one.column == column]
            if column in written.blocks:
                anchor = Anchor(written.places[column], True)
                edits += [Edit(anchor, ("category",), category), *([Edit(anchor, ("why",), why)] if why else [])]
            else:
                edits.append(Edit(Anchor(written.place, True), ("columns", column), plain_column(Meaning(category, why))))
    try:
        return _apply(file, text, overlay, edits)
    except Refused as refused:
        raise _refused(refused) from None


def _read(file: str, text: str) -> Overlay:
    overlay = read_overlay(file, text.encode("utf-8"))
    if overlay.meaning is None or overlay.diagnostics:
        raise Invalid(say(N_("the overlay `{file}` has mistakes"), file=file), say(N_("correct it first; nothing was written")), overlay.diagnostics)
    return overlay


def _refused(refused: Refused) -> Invalid:
    return Invalid(
        say(N_("nothing can be put into the overlay at {place} without changing what stands there"), place=refused.place),
        say(N_("write this part as indented lines, its comments on lines of their own, and try again")),
    )


def _apply(file: str, text: str, overlay: Overlay, edits: Sequence[Edit]) -> str:
    """The text with the edits made, table by table: an edit reads what it edits anew, which for a whole file of tables is long.

    A table is the lines from its name to the next one's. Where two names stand on one line the file is edited as a whole.
    """
    lines = _LINES.findall(text)
    starts = sorted((written.place for written in overlay.written.values()), key=lambda place: place.line)
    alone = all(not lines[place.line - 1][: place.column - 1].strip() for place in starts)
    if not alone or len({place.line for place in starts}) < len(starts):
        return apply(file, text, list(edits))
    held: dict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        number = bisect_right(starts, edit.anchor.place.line, key=lambda place: place.line) - 1
        held[number].append(edit)
    for number in sorted(held, reverse=True):
        first = starts[number].line - 1
        end = starts[number + 1].line - 1 if number + 1 < len(starts) else _end(lines, first, starts[number].column - 1)
        try:
            made = apply(file, "".join(lines[first:end]), [_moved(edit, first) for edit in held[number]])
        except Refused as refused:
            raise Refused(replace(refused.place, line=refused.place.line + first)) from None
        lines[first:end] = [made]
    return "".join(lines)


def _end(lines: Sequence[str], first: int, margin: int) -> int:
    """Where the block that begins at a line ends: before the next line that stands further left, comments apart."""
    for number in range(first + 1, len(lines)):
        line = lines[number].strip()
        if line and not line.startswith("#") and len(lines[number]) - len(lines[number].lstrip(" ")) < margin:
            return number
    return len(lines)


def _moved(edit: Edit, lines: int) -> Edit:
    place = replace(edit.anchor.place, line=edit.anchor.place.line - lines)
    return replace(edit, anchor=replace(edit.anchor, place=place))


class _Drafting:
    """The edits of one scan."""

    def __init__(self, overlay: Overlay, proposed: Proposed, scanned: Catalogue | None) -> None:
        self.overlay, self.proposed, self.scanned = overlay, proposed, scanned
        self.edits: list[Edit] = []
        self.added: list[str] = []
        self.gone: list[str] = []
        self.back: list[str] = []

    def table(self, live: Table, written: WrittenTable) -> None:
        """What a table that is in the overlay needs."""
        anchor, name = Anchor(written.place, True), live.name
        if written.gone:
            self.edits.append(Edit(anchor, ("gone",), remove=True))
            self.back.append(name)
        held = written.meaning.columns
        for known in held:
            lost = live.column(known) is None
            if lost and known not in written.gone_columns:
                self._gone(written, known)
            elif not lost and known in written.gone_columns:
                self.edits.append(Edit(Anchor(written.places[known], True), ("gone",), remove=True))
                self.back.append(f"{name}.{known}")
        came = [column for column in live.columns if column.name not in held]
        former = None if self.scanned is None else self.scanned.tables.get(name)
        was = {} if former is None else {column.name: column for column in former.columns}
        pairs = renamed(came, [column for column in held if live.column(column) is None], was)
        values: dict[str, Any] = {}
        for column in came:
            old = pairs.get(column.name)
            sense = self._renamed(written, old, column.name) if old is not None else self.proposed.sense(name, column.name)
            values[column.name] = plain_column(sense.meaning)
            self.added.append(f"{name}.{column.name}")
            self.edits += [Edit(anchor, ("identifiers",), plain_identifier(item), append=True) for item in sense.identifiers]
        if held:
            self.edits += [Edit(anchor, ("columns", column), value) for column, value in values.items()]
        elif values:
            self.edits.append(Edit(anchor, ("columns",), values))
        self.edits += [
            Edit(anchor, ("links",), plain_link(link), append=True)
            for link in self.proposed.links.get(name, ())
            if set(link.columns) & set(values) and (link.columns, link.to) not in {(item.columns, item.to) for item in written.meaning.links}
        ]

    def mark(self, written: WrittenTable) -> None:
        """A table that the store has no more."""
        self.edits.append(Edit(Anchor(written.place, True), ("gone",), True))
        self.gone.append(str(written.meaning.name))

    def _gone(self, written: WrittenTable, column: str) -> None:
        if column in written.blocks:
            self.edits.append(Edit(Anchor(written.places[column], True), ("gone",), True))
        else:
            value = {"category": str(written.meaning.columns[column].category), "gone": True}
            self.edits.append(Edit(Anchor(written.place, True), ("columns", column), value))
        self.gone.append(f"{written.meaning.name}.{column}")

    def _renamed(self, written: WrittenTable, old: str, new: str) -> Sense:
        """What was said of a column, for the one that it looks to be now."""
        meaning = written.meaning.columns[old]
        why = str(say(N_("looks like `{was}`, renamed"), was=old))
        known = tuple(Identifier(new, item.kind, item.form, item.owner, why, item.path) for item in written.meaning.identifiers if item.column == old)
        return Sense(Meaning(meaning.category, why, meaning.paths, meaning.of, meaning.becomes), entries=known)


def _block(table: Table, proposed: Proposed) -> list[str]:
    """A table that is new to the overlay, as lines."""
    senses = {column.name: proposed.sense(table.name, column.name) for column in table.columns}
    return table_lines(TableMeaning(
        table.name, identifiers=tuple(item for sense in senses.values() for item in sense.identifiers),
        links=tuple(proposed.links.get(table.name, ())), columns={name: sense.meaning for name, sense in senses.items()},
        keep=(proposed.keeps[table.name],) if table.name in proposed.keeps else (),
    ))  # fmt: skip
