"""What becomes of every row and cell when people leave, worked out row by row from `docs/design/erasure.md`: slow and plain.

It knows the form of a store, what its map says, and all rows as dictionaries; of plans and steps it knows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from janji.datamap.catalogue import Catalogue, ForeignKey, Kind, OnDelete, Sort, Table
from janji.datamap.meaning import NONE, Form, Identifier, KeepRule, Link, SystemMeaning, Verdict
from janji.erasure.steps import Known

Data = Mapping[str, Sequence[Mapping[str, Any]]]
Place = tuple[str, int]
"""A row: its table, and where it stands in it."""


class Stopped(Exception):
    """A row would have to be left as it cannot be left."""


@dataclass(frozen=True)
class Token:
    """Some text that is unlike every other; at most so wide."""

    width: int | None = None


@dataclass
class Outcome:
    """Which rows were found for whom, which go, and for what stays: why, and the cells that become something else."""

    found: set[tuple[int, str, int]] = field(default_factory=set)
    gone: set[Place] = field(default_factory=set)
    stays: dict[Place, str] = field(default_factory=dict)
    cells: dict[Place, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """One link or identifier of a table, and the seat it has."""

    said: Link | Identifier
    seat: str
    owner: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the row by which it leads to somebody."""
        return self.said.columns if isinstance(self.said, Link) else (self.said.column,)

    @property
    def keys(self) -> list[str]:
        """Where its identifier stands inside of a document."""
        path = "" if isinstance(self.said, Link) else self.said.path
        return path.removeprefix("$.").split(".") if path else []

    def value(self, row: Mapping[str, Any]) -> Any:
        """What stands in its first column, or inside of it."""
        return inner(row[self.columns[0]], self.keys)


def inner(value: Any, keys: Sequence[str]) -> Any:
    """What stands inside of a document under keys."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def erase(
    catalogue: Catalogue, meaning: SystemMeaning, data: Data, people: Sequence[Known], at: datetime, only: frozenset[str] | None = None
) -> Outcome:
    """What must be true of a store afterwards; with `only`, when no more than these categories of the people's data go."""
    return _Judge(catalogue, meaning, data, people, at, only).judge()


def written(value: Any, form: Form) -> str:
    """A value as it is compared."""
    text = str(value)
    if form in (Form.TRIMMED, Form.TRIMMED_LOWER):
        text = re.sub(r"^[ \t-\r\u00a0]+|[ \t-\r\u00a0]+$", "", text)
    if form in (Form.LOWER, Form.TRIMMED_LOWER):
        return text.lower()
    return re.sub(r"\D", "", text) if form is Form.DIGITS else text


class _Judge:
    def __init__(
        self, catalogue: Catalogue, meaning: SystemMeaning, data: Data, people: Sequence[Known], at: datetime, only: frozenset[str] | None = None
    ) -> None:
        self.only = only
        self.catalogue, self.meaning, self.data, self.people, self.at = catalogue, meaning, data, people, at
        self.persons = sorted({known.person for known in people})
        self.tables = {
            name: said for name, said in meaning.tables.items()
            if name in catalogue.tables and catalogue.tables[name].kind in (Kind.TABLE, Kind.PARTITIONED, Kind.FILE)
        }  # fmt: skip
        self.ways = {name: self._ways(name) for name in self.tables}
        self.gathered = self.gatherable()
        for name, ways in self.ways.items():
            self.ways[name] = [
                way for way in ways if not isinstance(way.said, Link) or way.said.abroad or way.said.to in self.gathered
            ]
        self.ownable = self._ownable()
        self.index: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], list[Place]]] = {}
        self.owners: dict[Place, set[int]] = {}
        self.finders: dict[Place, set[int]] = {}
        self.shared: set[Place] = set()

    def row(self, place: Place) -> Mapping[str, Any]:
        return self.data[place[0]][place[1]]

    def places(self, table: str) -> list[Place]:
        return [(table, number) for number in range(len(self.data.get(table, ())))]

    # Whose a row is

    def _ways(self, name: str) -> list[Way]:
        table, said = self.catalogue.tables[name], self.tables[name]
        ways = [Way(link, ",".join(link.columns), link.owner) for link in said.links]
        single = {columns[0] for columns in (table.primary_key, *table.uniques) if len(columns) == 1}
        named: dict[str, str] = {}
        nameless = []
        for identifier in said.identifiers:
            of = said.columns[identifier.column].of if identifier.column in said.columns else ()
            others = any(meaning.of == (identifier.column,) for meaning in said.columns.values())
            if of or others:
                named[_called(identifier)] = ",".join(of or (identifier.column,))
            elif identifier.owner and not table.column(identifier.column).generated:  # type: ignore[union-attr]
                nameless.append(identifier)
        kinds = [identifier.kind for identifier in nameless]
        only = [kind for kind in kinds if kinds.count(kind) == 1 and kind not in ("phone", "device", "cookie", "ip")]
        if (
            not only
            and not any(identifier.column in single and not identifier.path for identifier in nameless)
            and not any(link.owner for link in said.links)
        ):
            for identifier in nameless:
                if sum(other.kind == identifier.kind for other in nameless) > 1:
                    named[_called(identifier)] = _called(identifier)
        for unique in (True, False):
            for weak in ((), ("phone",), ("device", "cookie", "ip")):
                ways += [
                    Way(identifier, named.get(_called(identifier), ""), identifier.owner)
                    for identifier in said.identifiers
                    if (identifier.column in single and not identifier.path) is unique
                    and (
                        identifier.kind in weak
                        or (not weak and identifier.kind not in ("phone", "device", "cookie", "ip"))
                    )
                ]
        return ways

    def values(self, kind: str, person: int, form: Form) -> set[str]:
        return {
            written(text, form)
            for known in self.people if known.kind == kind and known.person == person
            for text in (known.value, *known.spellings)
        }  # fmt: skip

    def there(self, way: Way, place: Place) -> list[Place]:
        """The rows that a link leads to."""
        link, row = way.said, self.row(place)
        assert isinstance(link, Link)
        if any(row[column] is None for column in link.columns):
            return []
        if any(row[column] is None or str(row[column]) != value for column, value in link.where.items()):
            return []
        if link.prefix:
            (held,) = (str(row[column]) for column in link.columns)
            return self.alike(link.to, link.referred, [held[len(link.prefix) :]]) if held.startswith(link.prefix) else []
        return self.alike(link.to, link.referred, [row[column] for column in link.columns])

    def alike(self, table: str, columns: tuple[str, ...], values: Sequence[Any]) -> list[Place]:
        """The rows of a table that have these values; a number and a text are alike when they are written alike."""
        held = self.index.get((table, columns))
        if held is None:
            held = self.index[table, columns] = {}
            for place in self.places(table):
                held.setdefault(tuple(_plain(self.row(place)[column]) for column in columns), []).append(place)
        return held.get(tuple(map(_plain, values)), [])

    def abroad(self, way: Way) -> str | None:
        """The kind under which keys of another system are known."""
        return f"{way.said.to}.{way.said.referred[0]}" if isinstance(way.said, Link) and way.said.abroad else None

    def tells(self, way: Way, place: Place, person: int) -> bool:
        """Whether a way can tell whether the row is the person's."""
        if isinstance(way.said, Link) and not way.said.abroad:
            return bool(self.there(way, place))
        kind = way.said.kind if isinstance(way.said, Identifier) else self.abroad(way)
        return self.filled(way, place) and any(known.kind == kind and known.person == person for known in self.people)

    def filled(self, way: Way, place: Place) -> bool:
        row = self.row(place)
        if isinstance(way.said, Link) and any(str(row[column]) != value for column, value in way.said.where.items()):
            return False
        return way.value(row) not in (None, "")

    def leads(self, way: Way, place: Place, person: int) -> bool:
        """Whether a way leads from the person to the row, whatever surer ways say."""
        if isinstance(way.said, Link) and not way.said.abroad:
            return any(person in self.owners.get(other, ()) for other in self.there(way, place))
        if not self.filled(way, place):
            return False
        kind = way.said.kind if isinstance(way.said, Identifier) else self.abroad(way)
        form = way.said.form if isinstance(way.said, Identifier) else Form.EXACT
        return written(way.value(self.row(place)), form) in self.values(str(kind), person, form)

    def reached(self, way: Way, place: Place, person: int) -> bool:
        """Whether the person is reached this way, which no surer way of the seat can tell better."""
        if not self.leads(way, place, person):
            return False
        if not way.owner or isinstance(way.said, Link):
            return True
        ways = self.ways[place[0]]
        for surer in ways[: ways.index(way)]:
            same_kind = isinstance(surer.said, Identifier) and surer.said.kind == way.said.kind
            if surer.owner and surer.seat == way.seat and not same_kind and self.tells(surer, place, person):
                return False
        return True

    def _own(self) -> None:
        changed = True
        while changed:
            changed = False
            for name in self.tables:
                for place in self.places(name):
                    for way in self.ways[name]:
                        for person in self.persons:
                            whose = self.owners if way.owner else self.finders
                            if person not in whose.get(place, ()) and self.reached(way, place, person):
                                whose.setdefault(place, set()).add(person)
                                changed = True

    def _shared(self) -> set[Place]:
        shared: set[Place] = set()
        changed = True
        while changed:
            changed = False
            for place in self.owners:
                if place not in shared and self._others(place, shared):
                    shared.add(place)
                    changed = True
        return shared

    def _others(self, place: Place, shared: set[Place]) -> bool:
        """Whether somebody outside the batch owns the row besides."""
        ways = [way for way in self.ways[place[0]] if way.owner]
        links = [way for way in ways if isinstance(way.said, Link) and not way.said.abroad]
        if any(other in shared or (other not in self.owners and self.somebodys(other)) for way in links for other in self.there(way, place)):
            return True
        for seat in {way.seat for way in ways if way.seat}:
            mine = [way for way in ways if way.seat == seat]
            there = [other for way in mine if way in links for other in self.there(way, place)]
            taken = any(map(self.somebodys, there)) if there else any(self.filled(way, place) for way in mine if way not in links)
            held = any(self.reached(way, place, person) for way in mine for person in self.persons)
            if taken and not held:
                return True
        own = [way for way in ways if not way.seat]
        sure = [way for way in own if isinstance(way.said, Identifier) and way.said.kind not in ("phone", "device", "cookie", "ip")]
        led = any(self.there(way, place) if not way.said.abroad else self.filled(way, place) for way in ways if isinstance(way.said, Link))
        if any(self.filled(way, place) for way in sure) and not led:  # the row's own person, whom nobody of the batch is
            return not any(self.reached(way, place, person) for way in own for person in self.persons)
        return False

    def somebodys(self, place: Place) -> bool:
        """Whether a row can be anybody's: its table has identifiers of owners, or it leads itself to a row of a table that can be owned."""
        if place[0] not in self.ownable:
            return False
        ways = [way for way in self.ways[place[0]] if way.owner]
        if any(not isinstance(way.said, Link) or way.said.abroad for way in ways):
            return True
        return any(way.said.to in self.ownable and self.there(way, place) for way in ways if isinstance(way.said, Link))

    def _ownable(self) -> set[str]:
        """The tables in which somebody can own a row."""
        found: set[str] = set()
        while True:
            new = {
                name for name, ways in self.ways.items()
                if name not in found and any(way.owner and (not isinstance(way.said, Link) or way.said.abroad or way.said.to in found) for way in ways)
            }  # fmt: skip
            if not new:
                return found
            found |= new

    # What is kept

    def kept(self, place: Place, open_places: frozenset[Place] = frozenset()) -> list[KeepRule]:
        """The rules that keep a gathered row."""
        if place not in self.owners and place not in self.finders:
            return []
        return [rule for rule in self.tables[place[0]].keep if self._keeps(rule, place, open_places | {place})]

    def _keeps(self, rule: KeepRule, place: Place, open_places: frozenset[Place]) -> bool:
        row = self.row(place)
        if rule.since is None and rule.until is None and rule.follows is None:
            return True
        today = self.at.astimezone(UTC).date()
        since = row[rule.since] if rule.since is not None else None
        if since is not None and (rule.period is None or rule.period.after(_day(since)) > today):
            return True
        if rule.until is not None and row[rule.until] is not None and _lasts(row[rule.until], self.at):
            return True
        if rule.follows is None:
            return False
        return any(
            self.kept(other, open_places) for other in self._followed(place, rule.follows) if other not in open_places
        )

    def _followed(self, place: Place, followed: str) -> Iterator[Place]:
        """The rows of a table to which a row is linked, whichever of the two declares it."""
        table, row = place[0], self.row(place)
        pairs: list[tuple[tuple[str, ...], tuple[str, ...], Mapping[str, str]]] = [
            (link.columns, link.referred, link.where) for link in self.tables[table].links if link.to == followed and not link.prefix
        ]
        for link in self.tables[table].links:
            if link.to == followed and link.prefix:
                yield from (other for other in self.places(followed) if row[link.columns[0]] == f"{link.prefix}{self.row(other)[link.referred[0]]}")
        back = [link for link in self.tables[followed].links if link.to == table and not link.where and not link.prefix]
        pairs += [(link.referred, link.columns, {}) for link in back]
        mine, theirs_too = self.catalogue.tables[table].foreign_keys, self.catalogue.tables[followed].foreign_keys
        pairs += [(key.columns, self._referred(key), {}) for key in mine if key.table == followed]
        pairs += [(self._referred(key), key.columns, {}) for key in theirs_too if key.table == table]
        for ours, theirs, where in pairs:
            if any(str(row[column]) != value for column, value in where.items()):
                continue
            for other in self.places(followed):
                if all(row[a] is not None and row[a] == self.row(other)[b] for a, b in zip(ours, theirs, strict=True)):
                    yield other

    # What it becomes

    def personal(self, name: str) -> list[str]:
        said = self.tables[name]
        held = {column for column, what in said.columns.items() if what.category != NONE or what.paths}
        held |= {identifier.column for identifier in said.identifiers}
        for link in said.links:
            if link.to in self.meaning.tables:
                there = self.meaning.tables[link.to]
                theirs = set(there.personal) | {identifier.column for identifier in there.identifiers}
                held |= {ours for ours, its in zip(link.columns, link.referred, strict=True) if its in theirs}
        return [column.name for column in self.catalogue.tables[name].columns if column.name in held]

    def gatherable(self) -> set[str]:
        found: set[str] = set()
        while True:
            new = {
                name for name in self.tables
                if name not in found and any(isinstance(way.said, Identifier) or way.said.abroad or way.said.to in found for way in self.ways[name])
            }  # fmt: skip
            if not new:
                return found
            found |= new

    def references(self, name: str) -> set[str]:
        """Columns by which rows of people are referred to."""
        return {
            column
            for key in self.catalogue.tables[name].foreign_keys
            if key.table in self.gathered
            for column in key.columns
        }

    def becomes(self, place: Place, columns: Sequence[str], keep_references: bool) -> dict[str, Any]:
        """The cells that change when these columns are anonymised."""
        table = self.catalogue.tables[place[0]]
        cells: dict[str, Any] = {}
        for name in columns:
            column = table.column(name)
            if column is None or column.generated:
                continue
            told = self.tables[table.name].columns.get(name)
            of_somebody = told is not None and bool(told.of) and not any(name in link.columns for link in self.tables[table.name].links)
            if name in self.references(table.name) or not (name in self.personal(table.name) or of_somebody):
                if not keep_references and column.nullable and name not in table.primary_key:
                    cells[name] = None
                continue
            cells[name] = self._filling(table, name, self.row(place)[name])
        return cells

    def _filling(self, table: Table, name: str, value: Any) -> Any:
        column, said = table.column(name), self.tables[table.name].columns.get(name)
        assert column is not None
        inside = {item.path.removeprefix("$."): "" for item in self.tables[table.name].identifiers if item.column == name and item.path}
        inside |= {path.removeprefix("$."): "" for path in said.paths} if said is not None else {}
        if (said is None or (said.category == NONE and said.becomes is None)) and inside:
            return _without(value, inside)
        if name in table.primary_key:
            raise Stopped(name)
        word = said.becomes if said is not None else None
        unlike = any(name in columns for columns in table.uniques)
        if word == "null" or (word is None and column.nullable):
            if not column.nullable:
                raise Stopped(name)
            return None
        if any(name in key.columns for key in table.foreign_keys) and word in (None, "token", "year"):
            raise Stopped(name)
        if word == "year":
            return None if value is None else _year(value)
        if word == "token" or (word is None and unlike):
            if column.sort not in (Sort.TEXT, Sort.UUID) or (
                column.length is not None and column.length < 12 and column.sort is Sort.TEXT
            ):
                raise Stopped(name)
            return Token(column.length)
        if word is not None:
            return int(word) if column.sort is Sort.INTEGER else word
        empty = {
            Sort.TEXT: "",
            Sort.INTEGER: 0,
            Sort.NUMBER: 0,
            Sort.BOOLEAN: False,
            Sort.DATE: "1900-01-01",
            Sort.JSON: "{}",
        }
        if column.sort not in empty:
            raise Stopped(name)
        return empty[column.sort]

    def alone(self, way: Way, place: Place, person: int) -> bool:
        """Whether somebody who leaves is reached over a row that does not stay for others."""
        if not isinstance(way.said, Link) or way.said.abroad:
            return True
        return any(person in self.owners.get(other, ()) and other not in self.shared for other in self.there(way, place))

    def share(self, place: Place) -> list[str]:
        """The columns of a row of several people that are the share of those who leave."""
        said = self.tables[place[0]]
        found: list[str] = []
        for way in self.ways[place[0]]:
            if any(self.reached(way, place, person) and self.alone(way, place, person) for person in self.persons):
                seats = {",".join(way.columns), way.seat} - {""}
                found += way.columns if not way.keys else ()
                found += [name for name, what in said.columns.items() if what.of and ",".join(what.of) in seats]
        return list(dict.fromkeys(found))

    def share_inside(self, place: Place) -> dict[str, Any]:
        """Documents of a row of several people without what stands beside the identifiers of those who leave."""
        said, found = self.tables[place[0]], dict[str, Any]()
        for way in self.ways[place[0]]:
            if way.keys and any(self.reached(way, place, person) for person in self.persons):
                name, places = way.columns[0], [".".join(way.keys)]
                if name in said.columns:
                    places += [path.removeprefix("$.") for path in said.columns[name].paths]
                places += [".".join(other.keys) for other in self.ways[place[0]] if other.columns == way.columns and other.keys]
                mine = {path: "" for path in places if path.split(".")[:-1] == way.keys[:-1]}
                found[name] = _without(found.get(name, self.row(place)[name]), mine)
        return found

    # What stays

    def judge(self) -> Outcome:
        self._own()
        out = Outcome()
        shared = self.shared = self._shared()
        places = {*self.owners, *self.finders}
        out.found = {
            (person, *place)
            for whose in (self.owners, self.finders)
            for place, persons in whose.items()
            for person in persons
        }
        going: set[Place] = set()
        for place in places:
            self._first(place, place in shared, place not in self.owners, out, going)
        while True:
            new = {place for place in going if self._held(place, going, out)}
            if not new:
                break
            for place in new:
                going.discard(place)
                out.stays[place] = "referred"
                out.cells[place] = self._whole(place)
        out.gone = going
        self._by_itself(out)
        return out

    def _whole(self, place: Place) -> dict[str, Any]:
        links = [column for way in self.ways[place[0]] if isinstance(way.said, Link) for column in way.columns]
        return self.becomes(place, [*self.personal(place[0]), *links], keep_references=False)

    # Where only some categories go

    def whole(self, name: str) -> bool:
        """Whether rows of a table hold nothing but what goes."""
        if self.only is None:
            return True
        held = {category for what in self.tables[name].columns.values() for category in (what.category, *what.paths.values())} - {NONE}
        return bool(held) and held <= self.only

    def _part(self, place: Place, shared: bool, found: bool, out: Outcome) -> None:
        """A row that stays for what else it holds, without what goes."""
        assert self.only is not None
        said, rules = self.tables[place[0]], self.kept(place)
        out.stays[place] = "part"
        if any(not rule.columns for rule in rules):
            return
        spared = {column for rule in rules for column in (*rule.columns, rule.since, rule.until) if column is not None}
        if not (shared or found or rules) and said.verdict is Verdict.KEEP:
            return
        ours = set(self.share(place)) if shared or found else set(said.columns)
        beside = self.share_inside(place) if shared or found else {}
        refer = self.references(place[0]) if rules else set()
        cells: dict[str, Any] = {}
        for name, what in said.columns.items():
            paths = {path.removeprefix("$."): "" for path, category in what.paths.items() if category in self.only}
            if name in spared:
                continue
            staying = {path.removeprefix("$."): "" for path, category in what.paths.items() if category not in self.only and category != NONE}
            if what.category in self.only and staying and name not in beside:
                if name in ours and name not in refer and self.row(place)[name] is not None:
                    cells[name] = _nothing_but(self.row(place)[name], staying)
            elif what.category in self.only and name not in beside:
                if name in ours and name not in refer:
                    cells.update(self.becomes(place, [name], keep_references=False))
            elif paths and name in beside:
                gone = {path for path in paths if inner(beside[name], path.split(".")) != inner(self.row(place)[name], path.split("."))}
                cells[name] = _without(self.row(place)[name], dict.fromkeys(gone, ""))
            elif paths and name in ours:
                cells[name] = _without(self.row(place)[name], paths)
        out.cells[place] = cells

    def _first(self, place: Place, shared: bool, found: bool, out: Outcome, going: set[Place]) -> None:
        """What is known of a row before anything is asked of others."""
        said = self.tables[place[0]]
        if not self.whole(place[0]):
            self._part(place, shared, found, out)
            return
        rules = self.kept(place)
        spared: set[str] | None = set()
        if rules:
            spared = (
                None
                if any(not rule.columns for rule in rules)
                else {column for rule in rules for column in (*rule.columns, rule.since, rule.until) if column is not None}
            )
        if shared or found:
            out.stays[place] = "shared-kept" if rules else "found" if found else "shared"
            if spared is not None:
                refer = self.references(place[0]) if rules else set()
                lost = [column for column in self.share(place) if column not in spared and column not in refer]
                inside = {name: value for name, value in self.share_inside(place).items() if name not in spared}
                out.cells[place] = {**inside, **self.becomes(place, lost, keep_references=False)}
        elif rules:
            out.stays[place] = "kept"
            if spared is not None:
                refer = self.references(place[0])
                lost = [column for column in self.personal(place[0]) if column not in spared and column not in refer]
                out.cells[place] = self.becomes(place, lost, keep_references=True)
        elif said.verdict in (Verdict.DELETE, Verdict.DESTROY):
            going.add(place)
        else:
            out.stays[place] = str(said.verdict)
            if said.verdict is Verdict.ANONYMISE:
                out.cells[place] = self._whole(place)
            if said.verdict is Verdict.RESTRICT and said.restrict is not None:
                out.cells[place] = {said.restrict[0]: said.restrict[1]}

    def _held(self, place: Place, going: set[Place], out: Outcome) -> bool:
        """Whether a row that stays refers to this one, by a foreign key that would not let it go."""
        for name, table in self.catalogue.tables.items():
            for key in table.foreign_keys:
                if key.table != place[0] or not self._holds(name, key):
                    continue
                row = self.row(place)
                for other in self.alike(name, key.columns, [row[column] for column in self._referred(key)]):
                    if other != place and other not in going and self._refers(other, key, place, out):
                        return True
        return False

    def _holds(self, name: str, key: ForeignKey) -> bool:
        if self._lets_go(name, key):
            return False
        return key.on_delete is not OnDelete.CASCADE or name in self.gathered or self._hangs(name, {name})

    def _hangs(self, name: str, seen: set[str]) -> bool:
        """Whether a cascade through a table that was not gathered would meet what it cannot take or must not."""
        for child, table in self.catalogue.tables.items():
            for key in table.foreign_keys:
                if key.table != name or self._lets_go(child, key):
                    continue
                if key.on_delete is not OnDelete.CASCADE or child in self.gathered:
                    return True
                if child not in seen and self._hangs(child, seen | {child}):
                    return True
        return False

    def _lets_go(self, name: str, key: ForeignKey) -> bool:
        table = self.catalogue.tables[name]
        null = all(table.column(column).nullable and column not in table.primary_key for column in key.columns)  # type: ignore[union-attr]
        return key.on_delete in (OnDelete.SET_NULL, OnDelete.SET_DEFAULT) and null

    def _refers(self, other: Place, key: ForeignKey, place: Place, out: Outcome) -> bool:
        row, changed, theirs = self.row(other), out.cells.get(other, {}), self.row(place)
        if any(row[column] is None or (column in changed and changed[column] is None) for column in key.columns):
            return False
        return all(row[a] == theirs[b] for a, b in zip(key.columns, self._referred(key), strict=True))

    def _referred(self, key: ForeignKey) -> tuple[str, ...]:
        return key.referred or self.catalogue.tables[key.table].primary_key

    def _by_itself(self, out: Outcome) -> None:
        """What the database does with rows that refer to those that are gone."""
        work = list(out.gone)
        while work:
            gone = work.pop()
            for name, table in self.catalogue.tables.items():
                for key in table.foreign_keys:
                    if key.table != gone[0]:
                        continue
                    row = self.row(gone)
                    for other in self.alike(name, key.columns, [row[column] for column in self._referred(key)]):
                        if other in out.gone or not self._refers(other, key, gone, out):
                            continue
                        if key.on_delete is OnDelete.CASCADE:
                            out.gone.add(other)
                            work.append(other)
                        elif key.on_delete is not OnDelete.REFUSE:
                            out.cells.setdefault(other, {}).update(dict.fromkeys(key.columns))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else value


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _lasts(value: Any, at: datetime) -> bool:
    """Whether a day or an instant is not over; a day lasts until it ends."""
    if not isinstance(value, date):
        text = str(value)
        value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    if not isinstance(value, datetime):
        return bool(value >= at.astimezone(UTC).date())
    return (value if value.tzinfo else value.replace(tzinfo=UTC)) >= at


def _year(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    if isinstance(value, date):
        return value.replace(month=1, day=1)
    return f"{str(value)[:4]}-01-01{' 00:00:00' if len(str(value)) > 10 else ''}"


def _called(identifier: Identifier) -> str:
    return f"{identifier.column}.{identifier.path.removeprefix('$.')}" if identifier.path else identifier.column


def _without(value: Any, paths: Mapping[str, str]) -> Any:
    """A JSON document without what stands at the paths."""
    if not isinstance(value, Mapping):
        return value
    return {key: _without(inner, _below(paths, key)) for key, inner in value.items() if key not in paths}


def _nothing_but(value: Any, paths: Mapping[str, str]) -> dict[str, Any]:
    """A JSON document of what stands at the paths alone, with the objects around them."""
    held: dict[str, Any] = {}
    for key in dict.fromkeys(path.split(".")[0] for path in paths):
        there = value.get(key) if isinstance(value, Mapping) else None
        if key not in paths:
            held[key] = _nothing_but(there, _below(paths, key))
        elif there is not None:
            held[key] = there
    return held


def _below(paths: Mapping[str, str], key: str) -> dict[str, str]:
    return {path[len(key) + 1 :]: what for path, what in paths.items() if path.startswith(key + ".")}
