"""What of a person's rows is somebody else's: columns by the data map, and what stands in free text; covered, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any

from janji.datamap.meaning import NONE, Link, SystemMeaning, TableMeaning
from janji.datamap.places import listed
from janji.erasure.steps import Known
from janji.errors import Invalid
from janji.people.identifiers import identify
from janji.people.spellings import spellings
from janji.rights.entries import Listed, at_path, lists_of, shown
from janji.scanner.matches import Kind
from janji.scanner.scan import Scanner

MARK = "■■■"
"""What stands in place of what was covered, in every form of a package."""
NAMING = frozenset(map(str, (
    Kind.EMAIL, Kind.PHONE, Kind.NATIONAL_ID, Kind.TAX_NUMBER, Kind.CARD, Kind.PASSPORT, Kind.PLATE, Kind.BANK_ACCOUNT, Kind.HEALTH_INSURANCE,
)))  # fmt: skip
"""Finds that name one person: covered in free text, unless it is the person's own."""
LONG, WORDS = 40, 5
"""Characters and blanks from which a value reads like free text, whatever its column is said to be."""

_TEXT, _NESTED, _FILE = {str}, {dict, list}, {"base64"}

Row = dict[str, Any]


class Why(StrEnum):
    """Why something was covered (UU 27/2022 Art 33: what would reveal the personal data of others)."""

    OTHER_PERSON = "other-person"
    """The data map says that the column is another person's."""
    IN_TEXT = "in-text"
    """It names somebody, stands in free text, and is nothing that is known to be the person's own."""
    STAFF = "staff"
    """A member of staff who looked at the copy before it was sent saw that it is somebody else's."""


Marks = Mapping[str, Mapping[str, frozenset[int]]]
"""What staff covered: by table (`system/table`) and column the places of rows as they are read, from 0; no place at all is every row."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which a row can be somebody's: by a link to rows of `to`, or by an identifier of `kind`. `seat` is who that is in the row."""

    columns: tuple[str, ...]
    seat: tuple[str, ...]
    owner: bool
    to: str = ""
    referred: tuple[str, ...] = ()
    kind: str = ""
    path: str = ""
    where: tuple[tuple[str, str], ...] = ()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    """What is to be known of a table: the ways to its rows, the columns that are of one seat alone, and lists whose entries are people's."""

    ways: tuple[_Way, ...]
    of: Mapping[str, tuple[str, ...]]
    personal: frozenset[str]
    lists: Mapping[str, tuple[Listed, ...]]


class Redactor:
    """Covers what is other people's in the rows of one person, who is `known` by these identifiers.

    `free` are the categories of data that are written freely, `region` the country in which telephones are dialled without a code. Rows of the tables in `learning` must all be given to `learn`, in
    the order in which a search gives them, before the first row is covered. `marks` is what staff covered besides; its rows are counted
    from `begin` on.
    `covered` counts what was covered, by table, column and reason.
    """

    def __init__(
        self, meanings: Mapping[str, SystemMeaning], known: Iterable[Known], free: Iterable[str], scanner: Scanner, region: str | None = None,
        marks: Marks | None = None,
    ) -> None:  # fmt: skip
        self._region, self._marks = region, marks or {}
        self._at: Counter[str] = Counter()
        self.covered: Counter[tuple[str, str, Why]] = Counter()
        self._scanner, self._free = scanner, frozenset(free)
        self._own: set[str] = set()
        self._by_kind: dict[str, set[str]] = {}
        for one in known:
            values = {_bare(value) for value in (one.value, *one.spellings)} - {""}
            self._own |= values
            self._by_kind.setdefault(one.kind, set()).update(values)
        whole = {f"{system}/{name}": (system, table) for system, meaning in meanings.items() for name, table in meaning.tables.items()}
        self._found = _found(whole)
        seated = {name for name, (_, table) in whole.items() if any(one.of for one in table.columns.values())}
        self._plain = {name: frozenset(column for column, one in table.columns.items() if one.category in self._free) for name, (_, table) in whole.items()}
        self._tables = {name: self._table(*whole[name]) for name in self._found | seated}
        self._wanted: dict[str, set[tuple[str, ...]]] = {}
        for table in self._tables.values():
            for way in table.ways:
                if way.to in whole:
                    self._wanted.setdefault(way.to, set()).add(way.referred)
        self._identified = {
            name: found for name, (_, table) in whole.items()
            if (found := tuple((item.column, item.kind) for item in table.identifiers if item.owner and not item.path and not _of(table, item.column)))
        }  # fmt: skip
        self._keys: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()

    @property
    def learning(self) -> frozenset[str]:
        """The tables, as `system/table`, whose rows must be known first: they tell which rows and identifiers are the person's own."""
        return frozenset(self._wanted) | frozenset(self._identified)

    def learn(self, table: str, row: Mapping[str, Any]) -> None:
        """Take a row of a table in `learning` for the person's own, if it is, with the keys and identifiers in it."""
        if table in self._tables and not self._seats(table, row)[0]:
            return
        for columns in self._wanted.get(table, ()):
            if all(row.get(column) is not None for column in columns):
                self._keys.add((table, columns, tuple(str(row[column]) for column in columns)))
        for column, kind in self._identified.get(table, ()):
            value = row.get(column)
            if value is not None and _bare(value) not in self._own:
                self._own |= _written(kind, str(value), self._region)

    def begin(self) -> None:
        """The rows are read from the first one on."""
        self._at.clear()

    def cover(self, table: str, rows: Sequence[Row]) -> dict[str, list[Any]]:
        """Cover in rows of one table, in place, what is another person's; the values by column, as they are then."""
        held = self._tables.get(table)
        if held is not None:
            for row in rows:
                self._columns(table, held, row)
        free = self._plain.get(table, frozenset())
        columns = by_column(rows)
        for name, values in columns.items():
            kinds = set(map(type, values))
            texts = values if kinds == _TEXT else [value for value in values if type(value) is str] if str in kinds else ()
            nested, read = bool(kinds & _NESTED), bool(texts) and (name in free or max(map(len, texts)) >= LONG)
            if nested:
                self._nested(table, name, [row for row in rows if type(row.get(name)) in _NESTED])
            if read:
                self._texts(table, name, rows, name in free)
            if nested or read:
                columns[name] = [row.get(name) for row in rows]
        first = self._at[table]
        self._at[table] += len(rows)
        for name, places in self._marks.get(table, {}).items():
            for place, row in enumerate(rows, first):
                if (not places or place in places) and row.get(name) not in (None, MARK):
                    row[name] = MARK
                    self.covered[table, name, Why.STAFF] += 1
            columns[name] = [row.get(name) for row in rows]
        return columns

    def _texts(self, table: str, name: str, rows: Sequence[Row], free: bool) -> None:
        """Cover in one column what names somebody else."""
        texts = [row for row in rows if type(value := row.get(name)) is str and (free or (len(value) >= LONG and value.count(" ") >= WORDS))]
        for row, text in zip(texts, self._scanned(table, name, [row[name] for row in texts]), strict=True):
            row[name] = text

    def _nested(self, table: str, name: str, rows: Sequence[Row]) -> None:
        """Cover in one column of JSON what names somebody else, however deep: the data map says nothing of what stands in it."""
        found = dict.fromkeys(text for row in rows for text in _texts_in(row[name]))
        covered = {text: made for text, made in zip(found, self._scanned(table, name, list(found)), strict=True) if made != text}
        for row in rows if covered else ():
            row[name] = _replaced(row[name], covered)

    def _scanned(self, table: str, name: str, texts: Sequence[str]) -> Iterator[str]:
        """Texts of one column with what names somebody else covered, and counted."""
        for text, found in zip(texts, self._scanner.scan_many(texts), strict=True):
            for match in reversed(found):
                if match.kind in NAMING and _bare(text[match.start : match.end]) not in self._own:
                    text = f"{text[: match.start]}{MARK}{text[match.end :]}"
                    self.covered[table, name, Why.IN_TEXT] += 1
            yield text

    def _columns(self, table: str, held: _Table, row: Row) -> None:
        owned, seats = self._seats(table, row)
        for name, lists in held.lists.items():
            if row.get(name) is not None:
                row[name], left_out = shown(row[name], lists, self._known, owned)
                if left_out:
                    self.covered[table, name, Why.OTHER_PERSON] += left_out
        for name in held.personal - held.lists.keys():
            of = held.of.get(name)
            if row.get(name) is not None and not (owned if of is None else of in seats):
                row[name] = MARK
                self.covered[table, name, Why.OTHER_PERSON] += 1

    def _known(self, kind: str, value: Any) -> bool | None:
        """Whether an identifier is the person's; `None` where none of its kind is known."""
        own = self._by_kind.get(kind)
        return None if not own else _bare(value) in own

    def _seats(self, table: str, row: Mapping[str, Any]) -> tuple[bool, frozenset[tuple[str, ...]]]:
        """Whether the person owns a row, and which of its seats are theirs.

        A row that none of its ways explains (an identifier in a form of its own) was found all the same: it is taken for theirs,
        unless rows of its table may be found without being owned.
        """
        mine = [way for way in self._tables[table].ways if self._holds(way, row)]
        owned = any(way.owner for way in mine) or (not mine and table not in self._found)
        return owned, frozenset(way.seat for way in mine)

    def _holds(self, way: _Way, row: Mapping[str, Any]) -> bool:
        if any(str(row.get(column)) != value for column, value in way.where):
            return False
        if way.kind:
            value = row.get(way.columns[0])
            return _bare(at_path(value, way.path) if way.path else value) in self._by_kind.get(way.kind, ())
        if any(row.get(column) is None for column in way.columns):
            return False
        held = tuple(str(row[column]) for column in way.columns)
        if way.prefix and not held[0].startswith(way.prefix):
            return False
        return (way.to, way.referred, tuple(value.removeprefix(way.prefix) for value in held)) in self._keys

    def _table(self, system: str, table: TableMeaning) -> _Table:
        of = {name: one.of for name, one in table.columns.items() if one.of}
        said = set(of.values())
        ways = [_Way(link.columns, link.columns, link.owner, _target(system, link), link.referred, where=tuple(link.where.items()), prefix=link.prefix) for link in table.links]
        for item in table.identifiers:
            if listed(item.path):
                continue
            seat = of.get(item.column, (item.column,) if (item.column,) in said else ())
            ways.append(_Way((item.column,), seat, item.owner, kind=item.kind, path=item.path))
        personal = frozenset(name for name, one in table.columns.items() if one.category != NONE)
        lists: dict[str, tuple[Listed, ...]] = {}
        for one in lists_of(table.identifiers):
            lists[one.column] = (*lists.get(one.column, ()), one)
        return _Table(tuple(ways), of, personal, lists)


def _texts_in(value: Any) -> Iterator[str]:
    """The texts of a JSON value, keys among them; a file that stands in it is none."""
    if type(value) is str:
        yield value
    elif type(value) is dict and value.keys() != _FILE:
        for key, one in value.items():
            yield key
            yield from _texts_in(one)
    elif type(value) is list:
        for one in value:
            yield from _texts_in(one)


def _replaced(value: Any, texts: Mapping[str, str]) -> Any:
    """A JSON value with these texts in the place of others."""
    if type(value) is str:
        return texts.get(value, value)
    if type(value) is dict and value.keys() != _FILE:
        return {texts.get(key, key): _replaced(one, texts) for key, one in value.items()}
    return [_replaced(one, texts) for one in value] if type(value) is list else value


def _target(system: str, link: Link) -> str:
    return link.to if link.abroad else f"{system}/{link.to}"


def _found(whole: Mapping[str, tuple[str, TableMeaning]]) -> frozenset[str]:
    """The tables whose rows may be found without being owned, or through such a row."""
    found = {
        name for name, (_, table) in whole.items()
        if any(not link.owner for link in table.links) or any(not item.owner or listed(item.path) for item in table.identifiers)
    }  # fmt: skip
    while True:
        new = {name for name, (system, table) in whole.items() if name not in found and any(_target(system, link) in found for link in table.links)}
        if not new:
            return frozenset(found)
        found |= new


def _of(table: TableMeaning, column: str) -> bool:
    """Whether a column is said to be of one seat alone."""
    held = table.columns.get(column)
    return held is not None and bool(held.of)


def _written(kind: str, value: str, region: str | None) -> set[str]:
    """An identifier however it may be written, bare; one that is none of its kind only as it stands."""
    found = {_bare(value)}
    try:
        one = identify(kind, value, region)
    except Invalid:
        return found
    return found | {_bare(text) for text in (one.normal, *spellings(one))} - {""}


def by_column(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """The values of rows by column, absent ones as `None`."""
    if not rows:
        return {}
    names = list(rows[0])
    if set(map(len, rows)) == {len(names)}:
        try:
            return {name: list(map(itemgetter(name), rows)) for name in names}
        except KeyError:
            pass
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [row.get(name) for row in rows] for name in names}


def _bare(value: object) -> str:
    """Letters and digits alone, in lower case: what is left of an identifier however it is written."""
    return "" if value is None else "".join(char for char in str(value).lower() if char.isalnum())
