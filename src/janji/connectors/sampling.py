"""Values for discovery, drawn inside the database from all over a table: a part of its pages, or rows at many places of its key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Engine

from janji.connectors.engines import MYSQL, POSTGRESQL, SQLITE, reading
from janji.connectors.kinds import dialect_of

LONGEST, LARGEST = 4000, 60_000
"""So many characters of a text are fetched, and documents of so many bytes at most."""
HEAD = 16
"""So many bytes of what is no text."""
_SPREAD = 4
"""How many times the rows wanted lie in the pages that are read, so that they come from many of them."""
_PAGES = 500
_WIDER = 20
"""How many times more is looked through for the columns that are hardly ever filled."""
_FEW = 100
_STEPS = 100_000
_PRIME = 1_000_003
_PLACES = 250


def sample(engine: Engine, table: str, columns: Sequence[str], size: int) -> Mapping[str, list[Any]]:
    """Up to `size` values of each column that are not null, from all over a table, view or partitioned table.

    What is read does not grow with the table, but for tables of MySQL whose key is no number, and of SQLite without row
    ids: these are read through once. Long texts are cut; of documents that are too large nothing is fetched. Errors as
    those of `reading`, none with a value.
    """
    if not columns:
        return {}
    with reading(engine) as connection:
        drawer = _DRAWERS[MYSQL if engine.dialect.name == "mariadb" else engine.dialect.name](connection, table, columns)
        rows = drawer.draw(columns, size, 1)
        found = _values(columns, rows, size)
        sparse = [name for name in columns if len(found[name]) < min(_FEW, size)]
        if sparse and (drawer.partial or len(rows) >= size):
            found |= _values(sparse, drawer.draw(sparse, size, _WIDER), size)
    return found


def _values(columns: Sequence[str], rows: Iterable[Sequence[Any]], size: int) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in columns}
    for row in rows:
        for name, value in zip(columns, row, strict=True):
            if value is not None and len(found[name]) < size:
                found[name].append(value)
    return found


@dataclass(slots=True)
class _Drawer(ABC):
    """Draws from one table of one dialect. `partial`: whether the last draw looked at a part of the rows."""

    connection: Connection
    table: str
    columns: Sequence[str]
    partial: bool = False

    @property
    def place(self) -> str:
        return dialect_of(self.connection.dialect.name).table(self.table)

    @property
    def quote(self) -> Callable[[str], str]:
        return dialect_of(self.connection.dialect.name).quote

    @abstractmethod
    def draw(self, columns: Sequence[str], size: int, wider: int) -> Sequence[Sequence[Any]]:
        """Rows of some columns; `wider` times as much is read, and rows without any of these values are left out."""

    def rows(self, statement: str) -> Sequence[Sequence[Any]]:
        """What a statement without parameters gives, for names may hold a `%`."""
        return self.connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).fetchall()

    def filled(self, columns: Sequence[str], wider: int) -> str:
        """The condition that a row has one of the values, where only such rows are wanted."""
        return "(" + " OR ".join(f"t.{self.quote(name)} IS NOT NULL" for name in columns) + ")" if wider > 1 else "1 = 1"

    def literal(self, text: str) -> str:
        """A name as a string of the dialect."""
        plain = text.replace("\\", "\\\\") if self.connection.dialect.name in (MYSQL, "mariadb") else text
        return "'" + plain.replace("'", "''") + "'"


class _PostgreSQL(_Drawer):
    """A part of the pages (TABLESAMPLE), and of their rows as many as are wanted."""

    __slots__ = ()

    def draw(self, columns: Sequence[str], size: int, wider: int) -> Sequence[Sequence[Any]]:
        """Rows of some columns."""
        kind, pages, a_page, types = self._form()
        shown = ", ".join(f"{_written(f't.{self.quote(name)}', types.get(name, 'text'))}" for name in columns)
        where = f"WHERE {self.filled(columns, wider)}"
        if kind not in {"r", "m", "p"}:
            self.partial = False
            return self._decoded(f"SELECT {shown} FROM {self.place} t {where} LIMIT {size}")
        wanted = max(_PAGES, _SPREAD * size / a_page) * wider
        while True:
            share = min(100.0, 100.0 * wanted / max(pages, 1))
            self.partial = share < 100
            part = f"TABLESAMPLE SYSTEM ({share:.6f}) REPEATABLE (7)" if self.partial else ""
            found = self._decoded(f"SELECT {shown} FROM {self.place} t {part} {where} ORDER BY hashtext(t.ctid::text) LIMIT {size}")
            if not self.partial or wider > 1 or len(found) * 2 >= size:
                return found
            wanted *= 10  # pages that are nearly empty

    def _form(self) -> tuple[str, int, float, Mapping[str, str]]:
        """Its kind, how many pages it has, how many rows one has by guess, and the types of its columns."""
        whole = f"{self.literal(self.place)}::regclass"
        rows = self.rows(f"""
            SELECT c.relkind::text, CASE WHEN c.relkind IN ('r', 'm', 'p') THEN s.pages ELSE 0 END, s.rows, s.known, a.attname, t.typname, t.typtype::text, t.typcategory::text
            FROM pg_catalog.pg_class c
            CROSS JOIN LATERAL (
                SELECT sum(pg_relation_size(p.oid) / current_setting('block_size')::bigint) AS pages, sum(greatest(p.reltuples, 0)) AS rows, sum(p.relpages) AS known
                FROM pg_catalog.pg_class p WHERE p.oid = c.oid OR (c.relkind = 'p' AND p.oid IN (SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf))
            ) s
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_catalog.pg_type b ON b.oid = a.atttypid
            JOIN pg_catalog.pg_type t ON t.oid = CASE WHEN b.typtype = 'd' THEN b.typbasetype ELSE b.oid END
            WHERE c.oid = {whole}
        """)
        kind, pages, guessed, known = rows[0][:4] if rows else ("v", 0, 0, 0)
        a_page = float(guessed) / float(known) if known and guessed else 10.0
        return str(kind), int(pages or 0), max(a_page, 0.1), {str(row[4]): _sort(str(row[5]), str(row[6]), str(row[7])) for row in rows}

    def _decoded(self, statement: str) -> Sequence[Sequence[Any]]:
        """Rows; text of a database without an encoding comes as bytes."""
        return [[value.decode("utf-8", "replace") if isinstance(value, bytes) and len(value) > HEAD else value for value in row] for row in self.rows(statement)]


def _sort(name: str, kind: str, category: str) -> str:
    """How values of a type are fetched: whole, cut, as text, or not when too large."""
    if name == "bytea":
        return "bytes"
    if name in {"json", "jsonb"}:
        return "document"
    if category == "S" or kind == "e":
        return "text"
    if name == "uuid" or category in {"N", "B", "A", "I"}:
        return "whole"
    return "cast"


def _written(value: str, sort: str) -> str:
    if sort == "bytes":
        return f"substring({value} FROM 1 FOR {HEAD})"
    if sort == "document":
        return f"CASE WHEN pg_column_size({value}) <= {LARGEST} THEN {value} END"
    if sort == "whole":
        return value
    return f"left({value}::text, {LONGEST})"


class _ByKey(_Drawer):
    """Rows at many places of a key that is a number, sought in its index; where there is none, a share of all rows."""

    __slots__ = ()

    def draw(self, columns: Sequence[str], size: int, wider: int) -> Sequence[Sequence[Any]]:
        """Rows of some columns."""
        shown, where = ", ".join(self.cut(columns)), self.filled(columns, wider)
        key, rows = self.form()
        self.partial = rows > _SPREAD * size * wider
        if key is not None and self.partial:
            found = self.rows(self.apart(key, columns, where, min(size * wider, _STEPS)))
            if wider > 1 or len(found) * 2 >= size:
                return found[:: max(1, len(found) // size)]
            rows = self.counted()  # the keys lie in heaps
        if rows <= _SPREAD * size * wider:
            return self.rows(f"SELECT {shown} FROM {self.place} t WHERE {where} ORDER BY {self.chance(key)} LIMIT {size}")
        share = min(1.0, 1.5 * size * wider / rows)
        return self.rows(
            f"SELECT {shown} FROM {self.place} t WHERE {self.below(key, share)} AND {where} ORDER BY {self.chance(key)} LIMIT {size}"
        )

    @abstractmethod
    def apart(self, key: str, columns: Sequence[str], where: str, steps: int) -> str:
        """The statement for the rows at so many even distances between the least and the greatest key."""

    @abstractmethod
    def form(self) -> tuple[str | None, int]:
        """The key, quoted, when it is one number, and about how many rows there are."""

    def counted(self) -> int:
        """How many rows there are."""
        return int(self.rows(f"SELECT count(*) FROM {self.place}")[0][0])

    @abstractmethod
    def cut(self, columns: Sequence[str]) -> list[str]:
        """What is fetched of each column."""

    @abstractmethod
    def chance(self, key: str | None) -> str:
        """An order that follows nothing, where it can be the same each time."""

    @abstractmethod
    def below(self, key: str | None, share: float) -> str:
        """A condition that holds for about a share of the rows."""


class _MySQL(_ByKey):
    """MySQL and MariaDB, which know no sample of pages."""

    __slots__ = ()

    def form(self) -> tuple[str | None, int]:
        """The key, and the rows by the store's own guess."""
        name = self.literal(self.table)
        keys = self.rows(f"""
            SELECT k.column_name, c.data_type FROM information_schema.key_column_usage k
            JOIN information_schema.columns c ON c.table_schema = k.table_schema AND c.table_name = k.table_name AND c.column_name = k.column_name
            WHERE k.table_schema = database() AND k.table_name = {name} AND k.constraint_name = 'PRIMARY'
        """)
        rows = self.rows(f"SELECT table_rows FROM information_schema.tables WHERE table_schema = database() AND table_name = {name}")
        one = len(keys) == 1 and str(keys[0][1]).lower().endswith("int")
        return self.quote(str(keys[0][0])) if one else None, int(rows[0][0] or 0) if rows else 0

    def cut(self, columns: Sequence[str]) -> list[str]:
        """What is fetched of each column, by its type."""
        types = {
            str(row[0]): str(row[1]).lower()
            for row in self.rows(
                f"SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = database() AND table_name = {self.literal(self.table)}"
            )
        }
        return [self._cut(f"t.{self.quote(name)}", types.get(name, "")) for name in columns]

    def _cut(self, value: str, type: str) -> str:
        if "blob" in type or "binary" in type or type.startswith(("geometry", "point", "polygon")):
            return f"LEFT({value}, {HEAD})"
        if type.startswith(("json", "longtext")):
            return f"CASE WHEN LENGTH({value}) <= {LARGEST} THEN {value} ELSE LEFT({value}, {LONGEST}) END"
        return f"LEFT({value}, {LONGEST})" if "text" in type or "char" in type else value

    def chance(self, key: str | None) -> str:
        """An order that follows nothing, the same each time."""
        return "RAND(8)"

    def below(self, key: str | None, share: float) -> str:
        """A condition that holds for about a share of the rows."""
        return f"RAND(7) < {share:.9f}"

    def apart(self, key: str, columns: Sequence[str], where: str, steps: int) -> str:
        """Some rows on end from each of many places, for a place that another table gives is not sought in an index here."""
        low, high = (int(end) for end in self.rows(f"SELECT min({key}), max({key}) FROM {self.place}")[0])
        places = [low + (high - low + 1) * at // _PLACES for at in range(_PLACES + 1)]
        named, shown = ", ".join(f"t.{self.quote(name)}" for name in columns), ", ".join(self.cut(columns))
        return " UNION ALL ".join(
            f"(SELECT {shown} FROM (SELECT {named} FROM {self.place} t WHERE t.{key} >= {first} AND t.{key} < {after} "
            f"ORDER BY t.{key} LIMIT {-(-steps // _PLACES)}) t WHERE {where})"
            for first, after in pairwise(places)
        )


class _SQLite(_ByKey):
    """SQLite, in which every table that is none `WITHOUT ROWID` has a key that is a number."""

    __slots__ = ()

    def draw(self, columns: Sequence[str], size: int, wider: int) -> Sequence[Sequence[Any]]:
        """Rows of some columns; what is no UTF-8 is read with signs for what cannot be."""
        raw: Any = self.connection.connection.dbapi_connection
        before, raw.text_factory = raw.text_factory, lambda data: data.decode("utf-8", "replace")
        try:
            return super().draw(columns, size, wider)
        finally:
            raw.text_factory = before

    def form(self) -> tuple[str | None, int]:
        """The row id, and the span of row ids or the number of rows."""
        kind = self.rows(f"SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = {self.literal(self.table)} COLLATE NOCASE")
        columns = {str(row[0]).lower() for row in self.rows(f"SELECT name FROM pragma_table_xinfo({self.literal(self.table)})")}
        key = next((word for word in ("rowid", "_rowid_", "oid") if word not in columns), None)
        if key is None or not kind or str(kind[0][0]) != "table" or kind[0][1]:
            return None, self.counted()
        ends = self.rows(f"SELECT (SELECT max({key}) FROM {self.place}) - (SELECT min({key}) FROM {self.place}) + 1")
        return key, int(ends[0][0] or 0)

    def cut(self, columns: Sequence[str]) -> list[str]:
        """What is fetched of each column, by what each value is."""
        return [
            f"CASE typeof({value}) WHEN 'blob' THEN substr({value}, 1, {HEAD}) WHEN 'text' THEN "
            f"CASE WHEN length({value}) <= {LARGEST} AND substr({value}, 1, 1) IN ('{{', '[') THEN {value} ELSE substr({value}, 1, {LONGEST}) END ELSE {value} END"
            for value in (f"t.{self.quote(name)}" for name in columns)
        ]

    def chance(self, key: str | None) -> str:
        """An order that follows nothing; by the row id the same each time, for `random()` has no seed."""
        return f"abs(t.{key} % {_PRIME}) * 7919 % {_PRIME}" if key else f"abs(random() % {_PRIME})"

    def below(self, key: str | None, share: float) -> str:
        """A condition that holds for about a share of the rows."""
        return f"{self.chance(key)} < {int(share * _PRIME) + 1}"

    def apart(self, key: str, columns: Sequence[str], where: str, steps: int) -> str:
        """The rows that come next after points at even distances between the least and the greatest key."""
        count, shown = len(str(steps - 1)), ", ".join(self.cut(columns))
        ten = " UNION ALL ".join(f"SELECT {digit}{' AS d' if not digit else ''}" for digit in range(10))
        number = " + ".join(f"{10**place} * n{place}.d" for place in range(count))
        many = ", ".join(f"ten n{place}" for place in range(count))
        return (
            f"WITH ten AS ({ten}), points AS (SELECT {number} AS i FROM {many}), "
            f"ends AS (SELECT (SELECT min({key}) FROM {self.place}) AS lo, (SELECT max({key}) FROM {self.place}) AS hi), "
            f"chosen AS (SELECT DISTINCT (SELECT min(u.{key}) FROM {self.place} u WHERE u.{key} >= e.lo + CAST((e.hi - e.lo) * (p.i * 1.0 / {steps}) AS INTEGER)) AS k "
            f"FROM points p CROSS JOIN ends e WHERE p.i < {steps}) "
            f"SELECT {shown} FROM chosen c JOIN {self.place} t ON t.{key} = c.k WHERE {where}"
        )


_DRAWERS: Mapping[str, type[_Drawer]] = {POSTGRESQL: _PostgreSQL, MYSQL: _MySQL, SQLITE: _SQLite}
