"""How SQLite is searched and written to: people as one JSON value, the order of joins said, what is deleted overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Timer
from typing import Any

from janji.connectors.bounds import Limits
from janji.connectors.dialects import At, Dialect, Statement, Values, built, gathered_lists, named, parted, wrapped
from janji.datamap.catalogue import Column, Sort, Table
from janji.datamap.meaning import SPACE, Form
from janji.datamap.places import Step, listed, steps_of
from janji.erasure.steps import Level
from janji.errors import Invalid
from janji.terms.messages import N_, say

_FULL_TEXT = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'create virtual table%using%fts%'"


class SQLite(Dialect):
    """SQLite 3.35 or newer (3.38 to leave places of a document alone), by Python's own driver."""

    name = "sqlite"
    temporary = "temp."

    def row_place(self, table: Table) -> tuple[str, ...]:
        """The number of the row, by a name that no column has taken."""
        taken = {column.name.lower() for column in table.columns}
        free = next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)
        if free is None:
            raise Invalid(
                say(N_("the rows of `{table}` cannot be told apart: it has no key, and its columns have every name of the row's number"), table=table.name),
                say(N_("give the table a primary key, or rename its column `rowid`, `_rowid_` or `oid`")),
            )
        return (f"t.{free}",)

    def people(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], at: At, form: Form) -> str:
        """Out of one JSON array of pairs."""
        mark = values.hold(name, json.dumps(pairs, ensure_ascii=False))
        return (
            f"(SELECT json_extract(j.value, '$[0]') AS person, json_extract(j.value, '$[1]') AS value FROM json_each({mark}) AS j)"
        )

    def matches(self, expression: str, at: At, form: Form, value: str) -> str:
        """By the rules of the column for its index, and letter by letter as well."""
        if form.lowers or form.trims:
            text = self.trimmed(expression) if form.trims else expression
            return f"{f'lower({text})' if form.lowers else text} = {value} COLLATE BINARY"
        if form is Form.DIGITS:
            return f"{self.digits(expression)} = {value}"
        if at.column.sort is Sort.TEXT:
            return f"({expression} = {value} AND {expression} = {value} COLLATE BINARY)"
        return f"{expression} = {value}"

    def people_first(self, indexed: bool) -> str:
        """Statistics are seldom there, so the order is said."""
        return "{people} CROSS JOIN {table} ON {match}" if indexed else "{table} CROSS JOIN {people} ON {match}"

    def linked(self, left: str, at: At, right: str, source: At) -> str:
        """A number beside a text is compared as text, by which the text is indexed."""
        if at.column.sort is Sort.TEXT and source.column.sort is not Sort.TEXT:
            return f"{left} = CAST({right} AS TEXT)"
        return f"{left} = {right}"

    def source_first(self, indexed: bool) -> str:
        """By the index where one leads to the rows, else in one pass over the table."""
        return "{source} CROSS JOIN {table} ON {match}" if indexed else "{table} CROSS JOIN {source} ON {match}"

    def text(self, expression: str) -> str:
        """As text without an end."""
        return f"CAST({expression} AS TEXT)"

    def keep(self, name: str, select: str) -> str:
        """In memory, so that no file holds it."""
        return f"CREATE TEMPORARY TABLE {self.quote(name)} AS {select}"

    def kept(self, connection: Any, name: str, statement: Statement) -> int:
        """The driver does not say how many rows there are, so they are counted."""
        self.execute(connection, statement)
        return int(connection.execute(f"SELECT count(*) FROM {self.temporary}{self.quote(name)}").fetchone()[0])

    def delete(self, table: str, key: Sequence[str], rows: str, match: str) -> str:
        """By the key, found from the gathered rows on."""
        keys = ", ".join(key)
        names = f"({keys})" if len(key) > 1 else keys
        return f"DELETE FROM {table} AS t WHERE {names} IN (SELECT {keys} FROM {rows} AS k CROSS JOIN {table} AS t ON {match})"

    def update(self, table: str, assignments: Sequence[tuple[str, str]], rows: str, match: str) -> str:
        """One set-based change."""
        sets = ", ".join(f"{column} = {value}" for column, value in assignments)
        return f"UPDATE {table} AS t SET {sets} FROM {rows} AS k WHERE {match}"

    def since(self, values: Values, expression: str, column: Column, bound: datetime) -> str:
        """Time is text that begins with the day, or seconds since 1970."""
        if column.sort in (Sort.INTEGER, Sort.NUMBER):
            return f"{expression} >= {int(bound.timestamp())}"
        return f"substr({expression}, 1, 10) >= {values.hold('bound', bound.date().isoformat())}"

    def inside(self, expression: str, column: Column, path: str) -> str:
        """As text; in what is no JSON there is nothing."""
        return f"CASE WHEN json_valid({expression}) THEN CAST(json_extract({expression}, {json_path(steps_of(path))}) AS TEXT) END"

    def entries(self, expression: str, column: Column, steps: Sequence[Step]) -> tuple[str, str]:
        """By `json_each`, of lists alone; an entry is its alias, for what is no object is told by its kind."""
        read, document = [], f"CASE WHEN json_valid({expression}) THEN {expression} END"
        for number, keys in enumerate(parted(steps)):
            read.append(f"{_each(document, keys)} AS e{number}")
            document = f"CASE WHEN e{number}.type IN ('object', 'array') THEN e{number}.value END"
        return " CROSS JOIN ".join(read), f"e{len(read) - 1}"

    def at_entry(self, entry: str, keys: Sequence[str]) -> str:
        """A single value of an entry, as text."""
        if not keys:
            return f"CAST({entry}.atom AS TEXT)"
        return f"CASE WHEN {entry}.type = 'object' THEN CAST(json_extract({entry}.value, {json_path(keys)}) AS TEXT) END"

    def kept_entries(self, expression: str, column: Column, steps: Sequence[Step], test: Callable[[str], str], keys: Sequence[Sequence[str]]) -> str:
        """Lists are made anew in their order; what is no JSON is left as it is."""
        return f"CASE WHEN json_valid({expression}) THEN {self._without_entries(expression, list(parted(steps)), test, keys)} ELSE {expression} END"

    def _without_entries(self, document: str, lists: Sequence[Sequence[str]], test: Callable[[str], str], keys: Sequence[Sequence[str]]) -> str:
        entry, path = f"j{len(lists)}", json_path(lists[0])
        there = f"CASE {entry}.type WHEN 'object' THEN {entry}.value WHEN 'array' THEN {entry}.value ELSE {document} -> ({path} || '[' || {entry}.key || ']') END"
        condition = ""
        if len(lists) > 1:
            inner = self._without_entries(f"{entry}.value", lists[1:], test, keys)
            value = f"CASE WHEN {entry}.type IN ('object', 'array') THEN {inner} ELSE {there} END"
        elif keys:
            lost = f"json_remove({entry}.value, {', '.join(json_path(one) for one in keys)})"
            value = f"CASE WHEN {entry}.type = 'object' AND {test(entry)} THEN {lost} ELSE {there} END"
        else:
            value, condition = there, f" WHERE ({test(entry)}) IS NOT TRUE"
        each = f"SELECT json({value}) AS v FROM {_each(document, lists[0])} AS {entry}{condition} ORDER BY {entry}.key"
        made = f"(SELECT json_group_array(json(o.v)) FROM ({each}) AS o)"
        return f"CASE WHEN json_type({document}, {path}) = 'array' THEN json_set({document}, {path}, json({made})) ELSE {document} END"

    def astray(self, expression: str, column: Column, steps: Sequence[Step]) -> str:
        """By the kind of what stands where the outermost list should be."""
        kind = f"json_type({expression}, {json_path(next(iter(parted(steps))))})"
        return f"({expression} IS NOT NULL AND CASE WHEN json_valid({expression}) THEN {kind} NOT IN ('array', 'null') ELSE 1 END)"

    def among(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], expression: str, at: At, form: Form) -> str:
        """One list, which is looked through by an index of the moment."""
        mark = values.hold(f"{name}_list", json.dumps(sorted({value for _, value in pairs}), ensure_ascii=False))
        listed = f"(SELECT CAST(u.value AS TEXT) FROM json_each({mark}) AS u)"
        return self.matches(expression, at, form, listed).replace(f"= {listed} COLLATE BINARY", f"IN {listed}").replace(f"= {listed}", f"IN {listed}")

    def speaks_of(self, expression: str, value: str) -> str:
        """In small letters of ASCII."""
        return f"instr(lower(CAST({expression} AS TEXT)), lower({value})) > 0"

    def digits(self, expression: str) -> str:
        """By a function of ours, for it has none."""
        return f"janji_digits({expression})"

    def _has_one(self, text: str, letters: str) -> str:
        return f"{text} GLOB '*{letters}*'"

    def oddities(self, word: str) -> tuple[str, str, str, str]:
        """By patterns, for there are no others; letter by letter, whatever the rules of the column take for equal."""
        text = f"CAST({word} AS TEXT)"
        whole = f"{text} COLLATE BINARY"
        return f"{whole} <> lower({text})", f"{text} GLOB '?*[^0-9]*' OR {text} GLOB '[^0-9+]*'", f"{whole} <> {self.trimmed(text)}", wrapped(text)

    def trimmed(self, text: str) -> str:
        """By its own list of characters."""
        return f"trim({text}, char({', '.join(str(ord(char)) for char in SPACE)}))"

    def without_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """What is no JSON is emptied."""
        plain = [json_path(steps_of(path)) for path in paths if not listed(path)]
        made = f"json_remove({', '.join([expression, *plain])})"
        for steps, keys in gathered_lists(paths).items():
            made = self._without_entries(made, list(parted(steps)), lambda _: "TRUE", keys)
        return f"CASE WHEN {expression} IS NULL THEN NULL WHEN json_valid({expression}) THEN {made} ELSE '{{}}' END"

    def only_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """What is no JSON is emptied; what is not there is left out, as a merge patch does (RFC 7396)."""
        made = built(paths, lambda path: f"json({expression} -> {json_path(path.split('.'))})", "json_object")
        return f"CASE WHEN {expression} IS NULL THEN NULL WHEN json_valid({expression}) THEN json_patch('{{}}', {made}) ELSE '{{}}' END"

    def differs(self, expression: str, column: Column, value: str) -> str:
        """Nothing differs from something."""
        return f"{expression} IS NOT {value}"

    def token(self, mark: str, keys: Sequence[str], column: Column, width: int) -> str:
        """A digest by SHA-256, in hexadecimal digits."""
        return f"substr(janji_token({mark}, {', '.join(keys)}), 1, {width})"

    def year(self, expression: str, column: Column) -> str:
        """The first of January, as text tells it."""
        rest = " 00:00:00" if column.sort is Sort.INSTANT else ""
        return f"substr({expression}, 1, 4) || '-01-01{rest}'"

    def prepare(self, connection: Any) -> None:
        """Transactions are begun by us; what is deleted is overwritten; what is no UTF-8 is still read."""
        connection.isolation_level = None
        connection.text_factory = _read
        connection.create_function("janji_digits", 1, _digits, deterministic=True)
        connection.create_function("janji_token", -1, _token, deterministic=True)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA foreign_keys = ON")

    def release(self, connection: Any) -> None:
        """As Python's driver has it."""
        connection.isolation_level = ""

    def begin(self, connection: Any, read_only: bool, limits: Limits) -> None:
        """A writer waits for its turn at once; a reader sees one moment."""
        connection.execute(f"PRAGMA busy_timeout = {int(limits.lock * 1000)}")
        connection.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        connection.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")

    def end(self, connection: Any, keep: bool) -> None:
        """Commit or roll back."""
        connection.execute("COMMIT" if keep else "ROLLBACK")
        connection.execute("PRAGMA query_only = OFF")

    def execute(self, connection: Any, statement: Statement) -> Any:
        """By the driver's named parameters."""
        return connection.execute(*_named(statement))

    @contextmanager
    def stream(self, connection: Any, statement: Statement) -> Generator[Iterator[Sequence[Any]], None, None]:
        """Row by row as they are found."""
        cursor = connection.execute(*_named(statement))
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def bounding(self, limits: Limits, connection: Any) -> Generator[None, None, None]:
        """SQLite has no timeout, but it can be interrupted."""
        timer = Timer(limits.statement, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def forget(self, connection: Any, names: Sequence[str]) -> None:
        """One by one."""
        for name in names:
            connection.execute(f"DROP TABLE IF EXISTS {self.temporary}{self.quote(name)}")

    def settle(self, connection: Any, tables: Sequence[str], level: Level) -> Level:
        """The write-ahead log is written back and emptied; what was deleted is overwritten already, or the file is written anew.

        A full-text index (FTS3 to FTS5) keeps the words of deleted rows in its own pages until it is optimised.
        """
        for (name,) in connection.execute(_FULL_TEXT).fetchall():
            connection.execute(f"INSERT INTO {self.quote(name)} ({self.quote(name)}) VALUES ('optimize')")
        if level is not Level.VACUUMED:
            connection.execute("VACUUM")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            return Level.LOGICAL
        return Level.VACUUMED if level is Level.VACUUMED else Level.REWRITTEN


def json_path(keys: Sequence[Step]) -> str:
    """A row of keys as a literal of SQL."""
    return "'$" + "".join('."' + (key or "").replace('"', '\\"') + '"' for key in keys).replace("'", "''") + "'"


def _each(document: str, keys: Sequence[str]) -> str:
    """The entries of what stands under keys of a document, where that is a list."""
    path = json_path(keys)
    return f"json_each(CASE WHEN json_type({document}, {path}) = 'array' THEN {document} END, {path})"


def _named(statement: Statement) -> tuple[str, dict[str, Any]]:
    text, values = named(statement, ":{name}", escape=False)
    return text, values or {}


def _read(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _digits(value: object) -> str | None:
    return None if value is None else "".join(char for char in str(value) if "0" <= char <= "9")


def _token(*parts: object) -> str:
    return hashlib.sha256("/".join(str(part) for part in parts).encode("utf-8", errors="replace")).hexdigest()
