"""Files as tables of a DuckDB that lives in memory, reaches nothing but its folder, and stops when its time is over."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from janji.connectors.file_text import is_packed, opened
from janji.connectors.folders import FileTable, Written
from janji.datamap.catalogue import Column, Sort
from janji.errors import Invalid, JanjiError, Unavailable
from janji.terms.messages import N_, say

if TYPE_CHECKING:
    import duckdb

FILE, ROW = "janji file", "janji row"
"""The columns that every view has besides: the number of the file within its table, and of the row within the file."""
LARGEST_ROW = 16 << 20
"""Bytes that one row of a CSV or JSON Lines file may have."""
FETCH = 2_000
_SORTS = {
    "VARCHAR": Sort.TEXT, "BOOLEAN": Sort.BOOLEAN, "DATE": Sort.DATE, "UUID": Sort.UUID, "BLOB": Sort.BYTES, "JSON": Sort.JSON,
    "TINYINT": Sort.INTEGER, "SMALLINT": Sort.INTEGER, "INTEGER": Sort.INTEGER, "BIGINT": Sort.INTEGER, "HUGEINT": Sort.INTEGER,
    "UTINYINT": Sort.INTEGER, "USMALLINT": Sort.INTEGER, "UINTEGER": Sort.INTEGER, "UBIGINT": Sort.INTEGER, "UHUGEINT": Sort.INTEGER,
    "FLOAT": Sort.NUMBER, "DOUBLE": Sort.NUMBER,
}  # fmt: skip
_JSON_SORTS = {
    "VARCHAR": Sort.TEXT, "BOOLEAN": Sort.BOOLEAN, "UBIGINT": Sort.INTEGER, "BIGINT": Sort.INTEGER, "HUGEINT": Sort.INTEGER,
    "UHUGEINT": Sort.INTEGER, "DOUBLE": Sort.NUMBER, "OBJECT": Sort.JSON, "ARRAY": Sort.JSON,
}  # fmt: skip


def quoted(name: str) -> str:
    """A name as DuckDB reads it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as DuckDB reads it, for the places where it takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def stored(type: str) -> str:
    """The type of a column within a view: values of JSON Lines are texts there."""
    return "VARCHAR" if type == "JSON" else type


@dataclass(frozen=True, slots=True)
class FileView:
    """One table of files: its files, and the columns that its view has, in their order."""

    table: FileTable
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of a name; raises `Invalid` when the files no longer have it."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise Invalid(
                say(N_("`{table}` has no column `{column}` any more"), table=self.table.name, column=name),
                say(N_("look at the system again with `janji map diff`, and review the table")),
            )
        return found


class Duck:
    """A DuckDB in memory. Nothing is spilled to disk, no extension loaded, no file read outside of the given folders."""

    def __init__(self, folders: Sequence[Path], seconds: float, megabytes: int = 1024) -> None:
        try:
            import duckdb
        except ImportError:
            raise Unavailable(
                say(N_("files are read by DuckDB, which is not installed")), say(N_('install it with `pip install "janji[files]"`'))
            ) from None
        self._errors = duckdb
        self._seconds = seconds
        self._connection = duckdb.connect(":memory:", config={
            "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "temp_directory": "",
            "memory_limit": f"{megabytes}MB",
        })  # fmt: skip
        allowed = ", ".join(literal(str(folder)) for folder in folders)
        for setting in (
            "SET TimeZone = 'UTC'", f"SET allowed_directories = [{allowed}]", "SET enable_external_access = false", "SET lock_configuration = true",
        ):  # fmt: skip
            self._connection.execute(setting)

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a statement answers."""
        with self._bounded():
            return self._connection.execute(statement, list(values)).fetchall()

    def fill(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement that takes each column of the rows as a list."""
        if rows:
            self.run(statement, [list(column) for column in zip(*rows, strict=True)])

    def names(self, statement: str) -> list[tuple[str, str]]:
        """The names and types of what a query would answer."""
        return [(row[0], row[1]) for row in self.run(f"DESCRIBE {statement}")]

    def stream(self, statement: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """What a statement answers, a few rows at a time."""
        cursor = self._connection.cursor()  # others may ask while this one is being read
        try:
            with self._bounded(cursor):
                cursor.execute(statement, list(values))
            while True:
                with self._bounded(cursor):
                    rows = cursor.fetchmany(FETCH)
                if not rows:
                    return
                yield from rows
        finally:
            cursor.close()

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    @contextmanager
    def _bounded(self, cursor: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
        """Interrupt what takes too long, and let no error out that may quote a row."""
        timer = threading.Timer(self._seconds, (cursor or self._connection).interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except self._errors.Error as error:
            raise self._translated(error) from None
        finally:
            timer.cancel()

    def _translated(self, error: duckdb.Error) -> JanjiError:
        errors = self._errors
        if isinstance(error, errors.InterruptException):
            return Unavailable(say(N_("reading the files took longer than it may")), say(N_("allow more time, or split the files into more tables")))
        if isinstance(error, errors.OutOfMemoryException):
            return Unavailable(say(N_("the files need more memory than is allowed")), say(N_("allow more memory, or erase fewer people at once")))
        if isinstance(error, errors.IOException):
            return _unreadable()
        return Invalid(
            say(N_("a file is not in the form that was reviewed")),
            say(N_("look at the system again with `janji map diff`; text is UTF-8, and every row has the columns of the first line")),
        )


def make_view(duck: Duck, table: FileTable, wanted: Iterable[str] = ()) -> FileView:
    """Look at the files of a table, and make the view of its name, with `FILE` and `ROW` besides.

    Objects of JSON Lines may lack any key; the `wanted` ones are columns even where every object lacks them.
    """
    if table.written is None:
        return FileView(table, ())
    columns = _lines_columns(duck, table) if table.written is Written.LINES else _typed_columns(duck, table)
    if table.written is Written.LINES:
        there = {column.name for column in columns}
        columns += tuple(Column(name, "JSON", Sort.TEXT) for name in sorted(set(wanted) - there))
    _unlike(table, columns)
    duck.run(f"CREATE OR REPLACE VIEW {quoted(table.name)} AS {rows_of(table, columns)}")
    return FileView(table, columns)


def rows_of(table: FileTable, columns: Sequence[Column], files: Sequence[Path] | None = None) -> str:
    """The query that reads the files (some of them) with their columns, file numbers and row numbers."""
    source = _source(table, table.files if files is None else files)
    if table.written is Written.PARQUET:
        return f"SELECT * EXCLUDE (file_row_number), file_index AS {quoted(FILE)}, file_row_number AS {quoted(ROW)} FROM {source}"
    if table.written is Written.CSV:
        return _numbered(source)
    inside = [column for column in columns if column.name not in table.folders]
    shown = [f"json ->> {literal(pointer(column.name))} AS {quoted(column.name)}" for column in inside] + [quoted(name) for name in table.folders]
    return f"SELECT {', '.join([*shown, quoted(FILE), quoted(ROW)])} FROM ({_numbered(source)})"


def _numbered(source: str) -> str:
    return f"SELECT *, file_index AS {quoted(FILE)}, row_number() OVER () - 1 AS {quoted(ROW)} FROM {source}"


def pointer(name: str) -> str:
    """The path of a key at the top of a JSON object (RFC 6901)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _source(table: FileTable, files: Sequence[Path]) -> str:
    listed = "[" + ", ".join(literal(str(path)) for path in files) + "]"
    folders = "true, hive_types_autocast = false" if table.folders else "false"
    if table.written is Written.PARQUET:
        return f"read_parquet({listed}, file_row_number = true, union_by_name = true, hive_partitioning = {folders})"
    if table.written is Written.LINES:
        return f"read_ndjson_objects({listed}, hive_partitioning = {folders}, maximum_object_size = {LARGEST_ROW}, compression = '{_packing(files)}')"
    separators = {separator_of(path) for path in files}
    if len(separators) > 1:
        raise Invalid(
            say(N_("the files of `{table}` are separated by different characters"), table=table.name), say(N_("write all of them alike"))
        )
    return (
        f"read_csv({listed}, all_varchar = true, header = true, delim = {literal(separators.pop())}, quote = '\"', escape = '\"', nullstr = '', "
        f"union_by_name = true, hive_partitioning = {folders}, max_line_size = {LARGEST_ROW}, buffer_size = {4 * LARGEST_ROW}, compression = '{_packing(files)}')"
    )


def _packing(files: Sequence[Path]) -> str:
    """How files of text are packed; raises `Invalid` where they are packed differently."""
    try:
        found = {is_packed(path) for path in files}
    except OSError:
        raise _unreadable() from None
    if len(found) > 1:
        raise Invalid(say(N_("some files of a table are packed and some are not")), say(N_("write all of them alike")))
    return "gzip" if True in found else "none"


def separator_of(path: Path) -> str:
    """What stands between the values of a CSV file: of comma, semicolon, tab and bar the one that its first line has most."""
    try:
        with opened(path) as file:
            line = file.readline(1 << 20).decode("utf-8", "replace")
    except (OSError, EOFError):
        raise _unreadable() from None
    return max(",;\t|", key=lambda char: (line.count(char), char == ","))


def _unreadable() -> Unavailable:
    return Unavailable(say(N_("a file cannot be read")), say(N_("check that it is there, and that this user may read it")))


def _typed_columns(duck: Duck, table: FileTable) -> tuple[Column, ...]:
    held = [(name, type) for name, type in duck.names(f"SELECT * FROM {_source(table, table.files)}") if name != "file_row_number"]
    return tuple(Column(name, type, _sort(type), generated=name in table.folders) for name, type in held)


def _sort(type: str) -> Sort:
    plain = type.partition("(")[0]
    if type.endswith("]"):
        return Sort.LIST
    if plain.startswith("TIMESTAMP"):
        return Sort.INSTANT
    if plain.startswith("TIME"):
        return Sort.TIME
    if plain in ("STRUCT", "MAP", "UNION", "VARIANT"):
        return Sort.JSON
    return Sort.NUMBER if plain == "DECIMAL" else _SORTS.get(plain, Sort.OTHER)


def _lines_columns(duck: Duck, table: FileTable) -> tuple[Column, ...]:
    """The keys at the top of all objects: a text unless every value of one is of another sort."""
    source = _source(table, table.files)
    found: dict[str, set[Sort]] = {}
    counted = duck.run(
        f"SELECT key, json_type(json, '/' || replace(replace(key, '~', '~0'), '/', '~1')) AS sort, count(*) FROM "
        f"(SELECT json, unnest(json_keys(json)) AS key FROM {source}) GROUP BY ALL ORDER BY min(key)"
    )
    for key, sort, _ in counted:
        found.setdefault(key, set()).update({_JSON_SORTS.get(sort, Sort.TEXT)} if sort not in (None, "NULL") else set())
    columns = [Column(key, "JSON", _common(sorts)) for key, sorts in sorted(found.items()) if key not in table.folders]
    return (*columns, *(Column(name, "VARCHAR", Sort.TEXT, generated=True) for name in table.folders))


def _common(sorts: set[Sort]) -> Sort:
    if len(sorts) == 1:
        return next(iter(sorts))
    return Sort.NUMBER if sorts == {Sort.INTEGER, Sort.NUMBER} else Sort.TEXT


def _unlike(table: FileTable, columns: Sequence[Column]) -> None:
    """Raise `Invalid` where two columns differ in case alone: DuckDB takes one for the other."""
    names = [column.name.casefold() for column in columns]
    if len(set(names)) < len(names) or {FILE, ROW} & set(names):
        raise Invalid(
            say(N_("`{table}` has columns whose names differ in case alone"), table=table.name), say(N_("give each column a name of its own"))
        )


