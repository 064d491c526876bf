"""The form of a store as its live catalogue tells it: tables, columns, keys and what hangs on them; no content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Sort(StrEnum):
    """What values a column holds, across dialects."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    TIME = "time"
    UUID = "uuid"
    BYTES = "bytes"
    JSON = "json"
    LIST = "list"
    OTHER = "other"


class Kind(StrEnum):
    """What a table is to its store. Rows live in tables and partitions alone; a view only shows them.

    A partitioned one shows the rows of its partitions, or of the tables that inherit it (PostgreSQL). Of a versioned one the
    store keeps by itself what rows were before (SQL:2011, system-versioned tables). In an untransacted one each change lasts
    at once and nothing undoes it (MyISAM and other engines of MySQL and MariaDB).
    """

    TABLE = "table"
    VERSIONED = "versioned"
    UNTRANSACTED = "untransacted"
    PARTITIONED = "partitioned"
    VIEW = "view"
    MATERIALIZED = "materialized"
    FILE = "file"


class OnDelete(StrEnum):
    """What the database does by itself with the rows that refer to one that goes (ISO/IEC 9075-2, 11.8)."""

    REFUSE = "refuse"
    CASCADE = "cascade"
    SET_NULL = "set-null"
    SET_DEFAULT = "set-default"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is the store's own word, `length` the characters that fit; `generated` cannot be written."""

    name: str
    type: str
    sort: Sort
    nullable: bool = True
    length: int | None = None
    default: bool = False
    generated: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of the table refer to the columns `referred` of `table`, which may be the table itself."""

    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...]
    on_delete: OnDelete = OnDelete.REFUSE
    deferrable: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Code that the database runs by itself: `events` are of `insert`, `update`, `delete`."""

    name: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table, view or set of files. `name` has its schema before a stop where that is not the store's default one.

    `uniques` are sets of columns of which no two rows agree, unique indexes among them; `indexes` the columns that each
    index begins with, in order, an expression as `lower(email)`; `checks` the conditions as the store writes them, unique
    indexes over expressions or some rows only among them; `shows` the tables that a view reads; `rows` and `bytes` are what
    the store guesses. A partition is not listed: its rows are those of its parent.
    """

    name: str
    columns: tuple[Column, ...]
    kind: Kind = Kind.TABLE
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    checks: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    shows: tuple[str, ...] = ()
    rows: int | None = None
    bytes: int | None = None

    def column(self, name: str) -> Column | None:
        """The column of a name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The form of one store. `dialect` is `postgresql`, `mysql`, `sqlite`, `files`, `service`, `processor` or `manual`."""

    dialect: str
    tables: Mapping[str, Table] = field(default_factory=dict)
