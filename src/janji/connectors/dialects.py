"""What differs between SQL databases, in one place: how names, values, comparisons, sessions and statements are written."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from janji.connectors.bounds import Limits
from janji.datamap.catalogue import Column, Table
from janji.datamap.meaning import Form
from janji.datamap.places import Step, entry_of, listed
from janji.erasure.steps import Level

PLACE = "\0"
"""What a value is marked with in a statement: no name can hold it, so no name can be taken for a value."""
_MARK = re.compile(f"{PLACE}([^{PLACE}]*){PLACE}")
TOKEN = "token"  # noqa: S105 - a name of a value
OF_ADDRESSES = "abcdefghijklmnopqrstuvwxyz0123456789_-"
"""Letters beside which an address goes on."""
_NO_ADDRESS = "[^A-Za-z0-9_.+@''-]"
"""A letter that few addresses have, as a pattern in a statement: space, brackets and whatever else stands beside one."""


def wrapped(text: str) -> str:
    """The condition that a text with an address holds more: a name before it, quotes around, a second address. The same everywhere."""
    return f"({text} LIKE '%<%' OR {text} LIKE '%@%@%' OR {text} LIKE '%\"' OR {text} LIKE '%''' OR {text} LIKE 'mailto:%')"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text, in which a value stands as its name between two NULs, and the values."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def spoken(self) -> str:
        """The statement for people: constants as they are, values of people by their name alone."""
        def show(found: re.Match[str]) -> str:
            name = found.group(1)
            value = self.values.get(name)
            personal = isinstance(value, list) or name.startswith((TOKEN, "people"))
            return f":{name}" if personal else "'" + str(value).replace("'", "''") + "'"

        return _MARK.sub(show, self.text)


class Values:
    """The values of a statement as it grows."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}

    def hold(self, name: str, value: Any) -> str:
        """A mark for `value`: under `name` when that is free or has the same value, else under a name like it."""
        free, count = name, 1
        while free in self.held and self.held[free] != value:
            free, count = f"{name}{count}", count + 1
        self.held[free] = value
        return f"{PLACE}{free}{PLACE}"

    def of(self, text: str) -> Statement:
        """A statement with those of the values that its text names."""
        return Statement(text, {name: self.held[name] for name in dict.fromkeys(_MARK.findall(text))})


class At(NamedTuple):
    """A column where it stands."""

    table: str
    column: Column


class Dialect(ABC):
    """One kind of database. Texts that it gives are parts of statements; `t` is a table, `p` people with their values."""

    name: str
    temporary: str
    """What stands before the name of a temporary table."""
    characters: str = "TEXT"
    """The type of text, of any length, that anything can be made."""
    lateral: bool = False
    """Whether the steps of a recursion are put together with `LATERAL`, instead of outer joins."""
    in_order: str = ""
    """What stands before the columns of a selection whose tables are read in the order in which they stand."""
    writes_within: bool = False
    """Whether `WITH` may hold statements that write."""
    key_is_content: bool = False
    """Whether rows without a key are told apart by all that they hold, instead of by their place."""
    pads: bool = False
    """Whether texts that differ in the spaces at their end are equal."""
    undoes_tables: bool = True
    """Whether a transaction that is rolled back takes the temporary tables with it that were made in it."""

    def renew(self) -> None:  # noqa: B027 - most know nothing of the form
        """Forget what was known of the form of the database."""

    # ------------------------------------------------------------------------------------------------------- names

    def quote(self, name: str) -> str:
        """A name as an identifier, whatever stands in it."""
        return '"' + name.replace('"', '""') + '"'

    def table(self, name: str) -> str:
        """A table of the catalogue by its name."""
        return self.quote(name)

    @abstractmethod
    def row_place(self, table: Table) -> tuple[str, ...]:
        """Expressions over `t` that tell the rows of a table without a key apart."""

    # ------------------------------------------------------------------------------------------- values of people

    @abstractmethod
    def people(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], at: At, form: Form) -> str:
        """A relation of `person` and `value` out of numbers and texts, which compares with the column in its form."""

    @abstractmethod
    def matches(self, expression: str, at: At, form: Form, value: str) -> str:
        """The condition that a column holds `value`, an expression out of `people`, in its form."""

    def people_first(self, indexed: bool) -> str:
        """The join between people and the table: which comes first, where the database must be told."""
        return "{people} JOIN {table} ON {match}"

    def linked(self, left: str, at: At, right: str, source: At) -> str:
        """The condition that a column holds what the column `source` of another table holds."""
        return f"{left} = {right}"

    def prefixed(self, mark: str, expression: str) -> str:
        """Some text, and then an expression as text."""
        return f"({mark} || {self.text(expression)})"

    def without_number(self, expression: str) -> str:
        """A text without the number at its end."""
        return f"rtrim({expression}, '0123456789')"

    def source_first(self, indexed: bool) -> str:
        """The join between gathered rows and the table; `indexed`: whether an index leads to the rows."""
        return "{source} JOIN {table} ON {match}"

    def equals_constant(self, expression: str, column: Column, mark: str) -> str:
        """The condition that a column holds a constant that is written as text."""
        return f"{expression} = {mark}"

    @abstractmethod
    def since(self, values: Values, expression: str, column: Column, bound: datetime) -> str:
        """The condition that a column is at or after an instant; in doubt it is."""

    @abstractmethod
    def without_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """A JSON document without what stands at paths, each a place of `datamap.places`."""

    @abstractmethod
    def entries(self, expression: str, column: Column, steps: Sequence[Step]) -> tuple[str, str]:
        """What is read to have each entry of lists inside of a document, and one of them; `steps` end in a list. Nothing where there is none."""

    @abstractmethod
    def at_entry(self, entry: str, keys: Sequence[str]) -> str:
        """What stands under keys in an entry out of `entries`, as text; nothing where there is nothing."""

    @abstractmethod
    def kept_entries(self, expression: str, column: Column, steps: Sequence[Step], test: Callable[[str], str], keys: Sequence[Sequence[str]]) -> str:
        """A JSON document without the entries of lists for which `test` of one is true, or with these entries without what stands under `keys`."""

    @abstractmethod
    def astray(self, expression: str, column: Column, steps: Sequence[Step]) -> str:
        """The condition that a column holds something, and where its list should be is none: no document, or another value."""

    def among(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], expression: str, at: At, form: Form) -> str:
        """The condition that something is one of the values of people, in their form."""
        return f"{expression} IN (SELECT u.value FROM {self.people(values, name, pairs, at, form)} AS u)"

    @abstractmethod
    def speaks_of(self, expression: str, value: str) -> str:
        """The condition that a text has a value somewhere in it, in small letters or capitals."""

    def names(self, expression: str, value: str) -> str:
        """The condition that a text has an address somewhere in it, and not as a part of a longer one."""
        text, sought = self._small(expression), f"lower({value})"
        at = self._place(text, sought)
        around = self._joined("' '", text, "' '")
        before, behind = f"substr({around}, {at}, 1)", f"substr({around}, {at} + length({sought}) + 1, 1)"
        apart = [f"{self._place(letters, letter)} = 0" for letters, letter in ((f"'{OF_ADDRESSES}.+'", before), (f"'{OF_ADDRESSES}'", behind))]
        return f"({at} > 0 AND {' AND '.join(apart)})"

    def _small(self, expression: str) -> str:
        """A text in small letters."""
        return f"lower(CAST({expression} AS TEXT))"

    def _place(self, text: str, part: str) -> str:
        """Where a part stands in a text, from 1; 0 where it does not."""
        return f"instr({text}, {part})"

    def _joined(self, *texts: str) -> str:
        """Texts one behind the other."""
        return f"({' || '.join(texts)})"

    @abstractmethod
    def only_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """A JSON document with nothing but what stands at paths; the objects around them stay, empty where nothing stands there."""

    @abstractmethod
    def inside(self, expression: str, column: Column, path: str) -> str:
        """What stands in a JSON document at a path, as text; nothing where there is nothing."""

    @abstractmethod
    def digits(self, expression: str) -> str:
        """The digits of a text, one behind the other."""

    def beyond_address(self, text: str) -> str:
        """The condition that a text has letters which few addresses have, or two addresses; where it has not, it names none but the one that it is."""
        held = f"CAST({text} AS {self.characters})"
        return f"({self._has_one(held, _NO_ADDRESS)} OR {held} LIKE '%@%@%' OR {held} LIKE '''%' OR {held} LIKE '%''')"

    @abstractmethod
    def _has_one(self, text: str, letters: str) -> str:
        """The condition that a text has one of some letters, which are written as between the brackets of a pattern."""

    @abstractmethod
    def oddities(self, word: str) -> tuple[str, str, str, str]:
        """The conditions that a value has capitals, other characters than digits after one `+`, space around it, and more than an address (`wrapped`)."""

    @abstractmethod
    def trimmed(self, text: str) -> str:
        """A text without space around it."""

    def thinned(self, table: Table, size: int) -> str:
        """What follows a large table in a selection so that some `size` rows from all over it are read; empty where nothing can."""
        return ""

    def drawn(self, table: Table, word: str, condition: str, size: int) -> str:
        """Select `word` over `t` as `v` of some `size` rows from all over a table where the database can draw so, else from both of its ends."""
        base, thinned = f"SELECT {word} AS v FROM {self.table(table.name)} AS t", self.thinned(table, size)
        if thinned or len(table.primary_key) != 1 or (table.rows or 0) <= size:
            return f"{base}{thinned} WHERE {condition} LIMIT {size}"
        key = f"t.{self.quote(table.primary_key[0])}"
        ends = (f"SELECT v FROM ({base} WHERE {condition} ORDER BY {key} {way} LIMIT {size // 2}) AS e{way}" for way in ("ASC", "DESC"))
        return " UNION ALL ".join(ends)

    def outlives(self, table: str, column: Column, deleted: bool) -> str:
        """The condition that what a column of `t` names stays when its row is deleted, or else when it names it no more; empty where nothing can."""
        return ""

    def differs(self, expression: str, column: Column, value: str) -> str:
        """The condition that a column holds anything else than `value`, nothing included."""
        return f"{expression} IS DISTINCT FROM {value}"

    def key_equals(self, left: str, right: str, nullable: bool) -> str:
        """The condition that two keys agree; where they may hold nothing, nothing agrees with nothing."""
        return f"{left} = {right}"

    # ------------------------------------------------------------------------------------------------- statements

    def bounded(self, select: str, rows: int | None) -> str:
        """A selection of known size, said to the planner where it listens."""
        return select

    def text(self, expression: str) -> str:
        """An expression as text of up to 255 characters."""
        return f"CAST({expression} AS CHAR(255))"

    @abstractmethod
    def keep(self, name: str, select: str) -> str:
        """Make a temporary table of a selection."""

    def kept(self, connection: Any, name: str, statement: Statement) -> int:
        """Make a temporary table, and say how many rows it has."""
        return int(self.execute(connection, statement).rowcount)

    @abstractmethod
    def delete(self, table: str, key: Sequence[str], rows: str, match: str) -> str:
        """Delete the rows of `table` (`t`), told apart by `key`, that match one of `rows` (`k`)."""

    def delete_placed(self, table: Table, rows: str) -> str | None:
        """Delete the rows of a table that lie where `rows` says, as `row_place` tells of them; `None` where they cannot be found so."""
        return None

    @abstractmethod
    def update(self, table: str, assignments: Sequence[tuple[str, str]], rows: str, match: str) -> str:
        """Assign quoted columns of the rows of `table` (`t`) that match one of `rows` (`k`)."""

    def following(self, update: str, relation: str, places: Sequence[str]) -> str:
        """A change of rows without a key, and where they are after it in the gathered rows; most stay where they are."""
        return update

    def again(self, relation: str) -> str:
        """A relation that is read while it is written to."""
        return relation

    @abstractmethod
    def token(self, mark: str, keys: Sequence[str], column: Column, width: int) -> str:
        """An expression unlike that of every other row: a digest of the token, the key and the name of the column."""

    @abstractmethod
    def year(self, expression: str, column: Column) -> str:
        """The first day of the year of a column."""

    def constant(self, mark: str, column: Column) -> str:
        """A constant that is written as text, as a value of the column."""
        return mark

    # --------------------------------------------------------------------------------------------------- sessions

    @abstractmethod
    def prepare(self, connection: Any) -> None:
        """Make a connection ready for transactions that are begun by us."""

    @abstractmethod
    def release(self, connection: Any) -> None:
        """Let the driver begin transactions again, as whoever else uses the connection expects."""

    def defer(self, connection: Any) -> None:  # noqa: B027 - a statement of PostgreSQL
        """See that constraints that can wait are looked at when the transaction ends."""

    def insist(self, connection: Any) -> None:  # noqa: B027 - a statement of PostgreSQL
        """Look now at constraints that waited."""

    @abstractmethod
    def begin(self, connection: Any, read_only: bool, limits: Limits) -> None:
        """Begin a transaction that sees one moment, and writes nothing if `read_only`."""

    @abstractmethod
    def end(self, connection: Any, keep: bool) -> None:
        """End it: `keep` what was done, or not."""

    @abstractmethod
    def execute(self, connection: Any, statement: Statement) -> Any:
        """Run a statement: its cursor, with `rowcount`."""

    @abstractmethod
    def stream(self, connection: Any, statement: Statement) -> AbstractContextManager[Iterator[Sequence[Any]]]:
        """Run a statement and give its rows as they come, few of them held at once."""

    def bounding(self, limits: Limits, connection: Any) -> AbstractContextManager[None]:
        """Bound the time of what runs inside, where the database cannot be told to."""
        return nullcontext()

    @abstractmethod
    def forget(self, connection: Any, names: Sequence[str]) -> None:
        """Drop temporary tables."""

    def refilling(self, view: str) -> str:
        """The statement that fills a materialised view anew; PostgreSQL alone has such views."""
        return f"REFRESH MATERIALIZED VIEW {self.table(view)}"

    def refill(self, connection: Any, view: str) -> bool:
        """Fill a materialised view anew, outside a transaction; whether the account may."""
        return False

    def stale(self, connection: Any, view: str) -> int:
        """How many rows a materialised view shows that its tables have no more; 1 where that cannot be seen."""
        return 0

    @abstractmethod
    def settle(self, connection: Any, tables: Sequence[str], level: Level) -> Level:
        """Bring tables to a deeper level, outside a transaction; the level that is reached."""


def named(statement: Statement, mark: str, escape: bool) -> tuple[str, dict[str, Any] | None]:
    """The text with every value written as `mark` wants it (`%({name})s`) and the values; `escape` doubles percent signs.

    The names are numbered, for the name of a kind of identifier may hold any character.
    """
    if not statement.values:
        return statement.text, None
    names = {name: f"p{place}" for place, name in enumerate(statement.values)}
    parts = _MARK.split(statement.text)  # texts and names in turn
    parts[::2] = [part.replace("%", "%%") if escape else part for part in parts[::2]]
    parts[1::2] = [mark.format(name=names[part]) for part in parts[1::2]]
    return "".join(parts), {names[name]: value for name, value in statement.values.items()}


def parted(steps: Sequence[Step]) -> Iterator[tuple[str, ...]]:
    """The keys that lead to each list of steps that end in one, from the list around it."""
    keys: list[str] = []
    for step in steps:
        if step is None:
            yield tuple(keys)
            keys = []
        else:
            keys.append(step)


def gathered_lists(paths: Sequence[str]) -> dict[tuple[Step, ...], list[tuple[str, ...]]]:
    """Places inside of lists by the list: the keys in each of its entries, or none where the entries go as a whole."""
    found: dict[tuple[Step, ...], list[tuple[str, ...]]] = {}
    for path in paths:
        if listed(path):
            steps, keys = entry_of(path)
            found.setdefault(steps, []).append(keys)
    return {steps: [] if () in keys else keys for steps, keys in found.items()}


def built(paths: Sequence[str], at: Callable[[str], str], build: str, before: str = "") -> str:
    """The expression of a document that holds some paths alone: `at` is what stands at one, `build` the function that makes an object."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        key, _, rest = path.partition(".")
        groups.setdefault(key, []).append(rest)
    parts = []
    for key, rests in groups.items():
        quoted = "'" + key.replace("'", "''") + "'"
        parts.append(f"{quoted}, {at(before + key) if '' in rests else built(rests, at, build, f'{before}{key}.')}")
    return f"{build}({', '.join(parts)})"
