"""How MySQL and MariaDB are searched and written to: people by JSON_TABLE, collations said, temporary tables that no rollback undoes."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from janji.connectors.bounds import Limits
from janji.connectors.dialects import At, Dialect, Statement, Values, built, gathered_lists, named, parted, wrapped
from janji.datamap.catalogue import Column, Sort, Table
from janji.datamap.meaning import Form
from janji.datamap.places import Step, listed, steps_of
from janji.erasure.steps import Level

LONGEST = 512
"""No identifier is longer, in characters."""
_COLLATIONS = """
SELECT table_name, column_name, character_set_name, collation_name FROM information_schema.columns
WHERE table_schema = database() AND collation_name IS NOT NULL
"""
WIDEST = 1 << 30
"""Bytes that a list may have that is made anew, as many as any value of MySQL; the bound of a server would cut it off."""
_CHARACTERS = "utf8mb4"
_EXACT = "utf8mb4_bin"
_PLAIN = (_CHARACTERS, "utf8mb4_general_ci")


class MySQL(Dialect):
    """MySQL 8 or MariaDB 10.6 and newer, by PyMySQL."""

    name = "mysql"
    temporary = ""
    undoes_tables = False
    key_is_content = True
    pads = True
    characters = "CHAR"
    in_order = "STRAIGHT_JOIN "

    def __init__(self) -> None:
        self._collations: dict[tuple[str, str], tuple[str, str]] = {}

    def renew(self) -> None:
        """Collations are read again."""
        self._collations = {}

    def quote(self, name: str) -> str:
        """A name between backticks."""
        return "`" + name.replace("`", "``") + "`"

    def row_place(self, table: Table) -> tuple[str, ...]:
        """InnoDB tells no place, so rows that agree in everything are one."""
        return tuple(f"t.{self.quote(column.name)}" for column in table.columns)

    def key_equals(self, left: str, right: str, nullable: bool) -> str:
        """Nothing agrees with nothing where all columns are the key."""
        return f"{left} <=> {right}" if nullable else f"{left} = {right}"

    def people(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], at: At, form: Form) -> str:
        """Out of one JSON array of pairs, as what the column compares with by its index."""
        mark = values.hold(name, json.dumps(pairs, ensure_ascii=False))
        kind = f"VARCHAR({LONGEST}) CHARACTER SET {_CHARACTERS} COLLATE {_EXACT}"
        if form is Form.EXACT and at.column.sort is Sort.INTEGER:
            kind = "BIGINT"
        return (
            f"(SELECT j.person, j.value FROM JSON_TABLE({mark}, '$[*]' COLUMNS (person INT PATH '$[0]', value {kind} PATH '$[1]')) AS j)"
        )

    def matches(self, expression: str, at: At, form: Form, value: str) -> str:
        """By the rules of the column for its index, and letter by letter as well."""
        own = self._binary(expression)
        if form is Form.DIGITS:
            return f"{self.digits(expression)} = {value}"
        if form.trims:
            text = self.trimmed(own)
            return f"LOWER({text}) = {value}" if form.lowers else f"{text} = {value}"
        if at.column.sort is not Sort.TEXT:
            return f"{expression} = {value}" if form is Form.EXACT else f"LOWER({own}) = {value}"
        characters, collation = self._rules(at)
        by_rule = f"{expression} = CONVERT({value} USING {characters}) COLLATE {collation}"
        if form is Form.LOWER:
            return f"({by_rule} AND LOWER({own}) = {value})" if collation.endswith("_ci") else f"LOWER({own}) = {value}"
        return f"({by_rule} AND {own} = {value})"

    def linked(self, left: str, at: At, right: str, source: At) -> str:
        """By the rules of the referring column, as a foreign key is held; numbers and text are compared as text."""
        texts = (at.column.sort is Sort.TEXT, source.column.sort is Sort.TEXT)
        if texts == (False, False):
            return f"{left} = {right}"
        if texts == (False, True):
            return f"{self._binary(f'CAST({left} AS CHAR)')} = {self._binary(right)}"
        characters, collation = self._rules(at)
        if texts == (True, True) and self._rules(source) == (characters, collation):
            return f"{left} = {right}"
        other = right if texts[1] else f"CAST({right} AS CHAR)"
        return f"{left} = CONVERT({other} USING {characters}) COLLATE {collation}"

    def prefixed(self, mark: str, expression: str) -> str:
        """In the characters that are plain here."""
        return f"(CONVERT(CONCAT({mark}, CAST({expression} AS CHAR)) USING {_PLAIN[0]}) COLLATE {_PLAIN[1]})"

    def without_number(self, expression: str) -> str:
        """There is no trimming of several characters."""
        return f"REGEXP_REPLACE({expression}, '[0-9]+$', '')"

    def equals_constant(self, expression: str, column: Column, mark: str) -> str:
        """Letter by letter where it is text."""
        return f"{self._binary(expression)} = {mark}" if column.sort is Sort.TEXT else f"{expression} = {mark}"

    def _rules(self, at: At) -> tuple[str, str]:
        """The characters and collation of a column."""
        return self._collations.get((at.table, at.column.name), _PLAIN)

    @staticmethod
    def _binary(expression: str) -> str:
        return f"CONVERT({expression} USING {_CHARACTERS}) COLLATE {_EXACT}"

    def keep(self, name: str, select: str) -> str:
        """One statement that makes and fills it."""
        return f"CREATE TEMPORARY TABLE {self.quote(name)} AS {select}"

    def delete(self, table: str, key: Sequence[str], rows: str, match: str) -> str:
        """One set-based deletion."""
        return f"DELETE t FROM {rows} AS k JOIN {table} AS t ON {match}"

    def update(self, table: str, assignments: Sequence[tuple[str, str]], rows: str, match: str) -> str:
        """One set-based change."""
        sets = ", ".join(f"t.{column} = {value}" for column, value in assignments)
        return f"UPDATE {rows} AS k JOIN {table} AS t ON {match} SET {sets}"

    def again(self, relation: str) -> str:
        """What is written to is read from a copy."""
        return f"(SELECT * FROM {relation})"

    def since(self, values: Values, expression: str, column: Column, bound: datetime) -> str:
        """As the column tells time: by day, by instant, in text that begins with the day, or in seconds since 1970."""
        if column.sort in (Sort.INTEGER, Sort.NUMBER):
            return f"{expression} >= {int(bound.timestamp())}"
        if column.sort is Sort.INSTANT:
            return f"{expression} >= {values.hold('bound', bound.strftime('%Y-%m-%d %H:%M:%S'))}"
        day = values.hold("bound", bound.date().isoformat())
        return f"{expression} >= {day}" if column.sort is Sort.DATE else f"LEFT({expression}, 10) >= {day}"

    def inside(self, expression: str, column: Column, path: str) -> str:
        """One value; objects and lists are none."""
        return f"JSON_VALUE({_whole(expression)}, {_path(steps_of(path))})"

    def entries(self, expression: str, column: Column, steps: Sequence[Step]) -> tuple[str, str]:
        """By `JSON_TABLE`, of lists alone."""
        read, document = [], _whole(expression)
        for number, keys in enumerate(parted(steps)):
            read.append(f"{_each(document, keys)} AS e{number}")
            document = f"e{number}.v"
        return " CROSS JOIN ".join(read), document

    def at_entry(self, entry: str, keys: Sequence[str]) -> str:
        """One value; objects and lists are none."""
        return f"JSON_VALUE(CONCAT('[', {entry}, ']'), {_path(keys, '$[0]')})"

    def kept_entries(self, expression: str, column: Column, steps: Sequence[Step], test: Callable[[str], str], keys: Sequence[Sequence[str]]) -> str:
        """Lists are made anew in their order; what is no JSON is left as it is."""
        return f"CASE WHEN JSON_VALID({expression}) THEN {self._without_entries(expression, list(parted(steps)), test, keys)} ELSE {expression} END"

    def _without_entries(self, document: str, lists: Sequence[Sequence[str]], test: Callable[[str], str], keys: Sequence[Sequence[str]]) -> str:
        alias, path = f"j{len(lists)}", _path(lists[0])
        value, condition = f"{alias}.v", ""
        if len(lists) > 1:
            value = self._without_entries(value, lists[1:], test, keys)
        elif keys:
            value = f"CASE WHEN {test(value)} THEN JSON_REMOVE({value}, {', '.join(_path(one) for one in keys)}) ELSE {value} END"
        else:
            condition = f" WHERE ({test(value)}) IS NOT TRUE"
        joined = f"SELECT GROUP_CONCAT({value} ORDER BY {alias}.o SEPARATOR ',') FROM {_each(document, lists[0])} AS {alias}{condition}"
        made = f"CONCAT('[', COALESCE(({joined}), ''), ']')"
        put = f"JSON_SET({document}, {path}, JSON_EXTRACT({made}, '$'))" if lists[0] else made
        return f"CASE WHEN JSON_TYPE(JSON_EXTRACT({document}, {path})) = 'ARRAY' THEN {put} ELSE {document} END"

    def astray(self, expression: str, column: Column, steps: Sequence[Step]) -> str:
        """By the kind of what stands where the outermost list should be."""
        kind = f"JSON_TYPE(JSON_EXTRACT({_whole(expression)}, {_path(next(iter(parted(steps))))}))"
        return f"({expression} IS NOT NULL AND (NOT JSON_VALID({expression}) OR {kind} NOT IN ('ARRAY', 'NULL')))"

    def among(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], expression: str, at: At, form: Form) -> str:
        """Letter by letter, whatever the rules of the connection."""
        listed = f"(SELECT u.value FROM {self.people(values, name, pairs, at, form)} AS u)"
        if form.lowers and not form.trims:
            return f"LOWER({self._binary(expression)}) IN {listed}"
        if form is Form.EXACT:
            return f"{self._binary(expression)} IN {listed}"
        return self.matches(expression, at, form, listed).replace(f"= {listed}", f"IN {listed}")

    def speaks_of(self, expression: str, value: str) -> str:
        """In small letters."""
        return f"LOCATE(LOWER({value}), LOWER({self._binary(expression)})) > 0"

    def _small(self, expression: str) -> str:
        return f"LOWER({self._binary(expression)})"

    def _place(self, text: str, part: str) -> str:
        return f"LOCATE({part}, {text})"

    def _joined(self, *texts: str) -> str:
        return f"CONCAT({', '.join(texts)})"

    def digits(self, expression: str) -> str:
        """By a pattern."""
        return f"REGEXP_REPLACE({self._binary(expression)}, '[^0-9]', '')"

    def _has_one(self, text: str, letters: str) -> str:
        return f"{text} REGEXP '{letters}'"

    def oddities(self, word: str) -> tuple[str, str, str, str]:
        """Byte by byte, for most collations take capitals for small letters."""
        text = f"CAST({word} AS CHAR)"
        small, bare = f"CAST(LOWER({text}) AS BINARY)", f"CAST({self.trimmed(self._binary(text))} AS BINARY)"
        return f"CAST({text} AS BINARY) <> {small}", f"{text} NOT REGEXP '^[+]?[0-9]*$'", f"CAST({text} AS BINARY) <> {bare}", wrapped(text)

    def trimmed(self, text: str) -> str:
        """By a pattern: `TRIM` knows one character at a time."""
        return f"REGEXP_REPLACE({text}, '^[[:space:]\u00a0]+|[[:space:]\u00a0]+$', '')"

    def without_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """What is not there is left alone."""
        plain = [_path(steps_of(path)) for path in paths if not listed(path)]
        made = f"JSON_REMOVE({', '.join([expression, *plain])})" if plain else expression
        for steps, keys in gathered_lists(paths).items():
            made = self._without_entries(made, list(parted(steps)), lambda _: "TRUE", keys)
        return f"CASE WHEN {expression} IS NULL THEN NULL WHEN JSON_VALID({expression}) THEN {made} ELSE '{{}}' END"

    def only_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """What is not there is left out, as a merge patch does (RFC 7396)."""
        made = built(paths, lambda path: f"JSON_EXTRACT({expression}, {_path(path.split('.'))})", "JSON_OBJECT")
        return f"CASE WHEN {expression} IS NULL THEN NULL ELSE JSON_MERGE_PATCH('{{}}', {made}) END"

    def differs(self, expression: str, column: Column, value: str) -> str:
        """Nothing differs from something; text letter by letter."""
        if column.sort is Sort.TEXT:
            return f"NOT ({self._binary(expression)} <=> {self._binary(value)})"
        return f"NOT ({expression} <=> {value})"

    def token(self, mark: str, keys: Sequence[str], column: Column, width: int) -> str:
        """A digest by SHA-256, in hexadecimal digits."""
        parts = ", ".join(f"CONVERT({key} USING {_CHARACTERS})" for key in keys)
        return f"LEFT(SHA2(CONCAT_WS('/', {mark}, {parts}), 256), {width})"

    def year(self, expression: str, column: Column) -> str:
        """The first of January, as the column holds it."""
        if column.sort is Sort.TEXT:
            return f"CONCAT(LEFT({expression}, 4), '-01-01')"
        day = f"MAKEDATE(YEAR({expression}), 1)"
        return day if column.sort is Sort.DATE else f"TIMESTAMP({day})"

    def prepare(self, connection: Any) -> None:
        """Transactions are begun by us, and recursions and lists go to their end."""
        if not self._collations:
            with connection.cursor() as cursor:
                cursor.execute(_COLLATIONS)
                self._collations = {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}
        connection.autocommit(True)
        if getattr(connection, "janji_ready", False):
            return
        maria = "mariadb" in connection.get_server_info().lower()
        depth = "max_recursive_iterations" if maria else "cte_max_recursion_depth"
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION {depth} = 4294967295, group_concat_max_len = {WIDEST}")
        connection.janji_ready = True

    def release(self, connection: Any) -> None:
        """As PyMySQL has it."""
        connection.autocommit(False)

    def begin(self, connection: Any, read_only: bool, limits: Limits) -> None:
        """A reader sees one moment; what a writer gathers is locked until it ends."""
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY" if read_only else "START TRANSACTION READ WRITE")

    def end(self, connection: Any, keep: bool) -> None:
        """Commit or roll back."""
        with connection.cursor() as cursor:
            cursor.execute("COMMIT" if keep else "ROLLBACK")

    def execute(self, connection: Any, statement: Statement) -> Any:
        """By the driver's named parameters."""
        cursor = connection.cursor()
        cursor.execute(*named(statement, "%({name})s", escape=True))
        return cursor

    @contextmanager
    def stream(self, connection: Any, statement: Statement) -> Generator[Iterator[Sequence[Any]], None, None]:
        """Row by row as the server sends them."""
        from pymysql.cursors import SSCursor

        cursor = connection.cursor(SSCursor)
        try:
            cursor.execute(*named(statement, "%({name})s", escape=True))
            yield cursor
        except BaseException:  # the rest is not read: the connection is given up, and the cursor with it
            cursor.connection = None
            left = connection._result  # noqa: SLF001 - it would be read to its end when it is collected
            if left is not None:
                left.unbuffered_active, left.connection = False, None
            raise
        cursor.close()

    def forget(self, connection: Any, names: Sequence[str]) -> None:
        """All of them in one statement."""
        with connection.cursor() as cursor:
            cursor.execute("DROP TEMPORARY TABLE IF EXISTS " + ", ".join(self.quote(name) for name in names))

    def settle(self, connection: Any, tables: Sequence[str], level: Level) -> Level:
        """The files of the tables are written anew, which holds every level before it.

        The redo log, and what is kept to undo, hold what was deleted until it is written over, whatever the level.
        """
        with connection.cursor() as cursor:
            cursor.execute("OPTIMIZE TABLE " + ", ".join(self.table(name) for name in tables))
            failed = [row for row in cursor.fetchall() if str(row[2]).lower() == "error"]
        return Level.LOGICAL if failed else Level.REWRITTEN


def _whole(expression: str) -> str:
    """A document that can be looked into; nothing where it is none."""
    return f"CASE WHEN JSON_VALID({expression}) THEN {expression} END"


def _path(keys: Sequence[Step], root: str = "$") -> str:
    """A row of keys as a literal of SQL, in which a backslash is written twice."""
    written = "".join('."' + (key or "").replace("\\", "\\\\").replace('"', '\\"') + '"' for key in keys)
    return "'" + root + written.replace("\\", "\\\\").replace("'", "''") + "'"


def _each(document: str, keys: Sequence[str]) -> str:
    """The entries of what stands under keys of a document, where that is a list."""
    there = f"CASE WHEN JSON_TYPE(JSON_EXTRACT({document}, {_path(keys)})) = 'ARRAY' THEN {document} END"
    return f"JSON_TABLE({there}, {_path(keys)[:-1]}[*]' COLUMNS (o FOR ORDINALITY, v JSON PATH '$'))"
