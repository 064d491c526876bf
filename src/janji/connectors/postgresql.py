"""How PostgreSQL is searched and written to: arrays of people, semi-joins, temporary tables, repeatable-read snapshots."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from typing import Any

from psycopg import Error

from janji.connectors.bounds import Limits
from janji.connectors.dialects import At, Dialect, Statement, Values, built, gathered_lists, named, parted, wrapped
from janji.datamap.catalogue import Column, Kind, Sort, Table
from janji.datamap.meaning import Form
from janji.datamap.places import Step, listed, steps_of
from janji.erasure.steps import Level
from janji.errors import Invalid
from janji.terms.messages import N_, say

CHUNK = 4
"""Rows that are held of a stream at once: as quick as a thousand, and some of them may be enormous."""
_ARRAYS = {Sort.INTEGER: "bigint", Sort.NUMBER: "numeric", Sort.UUID: "uuid"}
_OWN = re.compile(r"(citext|bpchar|character\(|char\(|char$|character$)", re.IGNORECASE)
"""Kinds of text that compare by their own rules, and by an index with their own kind alone."""


READING = 160_000
"""The version of the server from which on it can be asked whether a text is a document."""
LARGE = 100_000
"""A table with more rows is drawn from by pages and not row by row."""
ATTEMPTS = 3
"""How often dead rows are taken out while others make new ones."""
_DEAD = """
SELECT coalesce(sum(pg_stat_get_dead_tuples(p.relid)), 0) FROM unnest(%s::text[]) n, LATERAL (
  SELECT relid FROM pg_partition_tree(n::regclass) UNION SELECT n::regclass::oid) p
"""
"""Rows that a vacuum found dead and had to leave, of tables and their partitions."""
_OWNED = """
SELECT d.own OR bool_and(pg_has_role(c.relowner, 'USAGE')), d.own
FROM pg_class c, (SELECT pg_has_role(datdba, 'USAGE') AS own FROM pg_database WHERE datname = current_database()) d
WHERE c.oid = ANY(%s::text[]::regclass[]) GROUP BY d.own
"""
"""Whether the account may vacuum tables, and every table: PostgreSQL passes over others with no more than a warning."""


class PostgreSQL(Dialect):
    """PostgreSQL 12 or newer, by psycopg."""

    name = "postgresql"
    temporary = "pg_temp."
    lateral = True
    writes_within = True

    def __init__(self) -> None:
        self._version = 0  # not known before there is a connection

    def table(self, name: str) -> str:
        """A table by its name, its schema before the first stop."""
        return ".".join(self.quote(part) for part in name.split(".", 1))

    def row_place(self, table: Table) -> tuple[str, ...]:
        """Where the row lies; of a partitioned table also in which partition."""
        return ("t.tableoid", "t.ctid") if table.kind is Kind.PARTITIONED else ("t.ctid",)

    def people(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], at: At, form: Form) -> str:
        """Two arrays side by side; their length is known to the planner."""
        numbers = values.hold(f"{name}_numbers", [person for person, _ in pairs])
        texts = values.hold(f"{name}_values", [value for _, value in pairs])
        kind = _ARRAYS.get(at.column.sort, "text") if form is Form.EXACT else "text"
        cast = "" if kind == "text" else f"::{kind}[]"
        return f"(SELECT * FROM unnest({numbers}::int[], {texts}::text[]{cast}) AS u(person, value))"

    def matches(self, expression: str, at: At, form: Form, value: str) -> str:
        """By the index of the column, or of its lower case, where there is one."""
        column = at.column
        if form.lowers or form.trims:
            text = self.trimmed(f"{expression}::text") if form.trims else f"{expression}::text"
            return f"lower({text}) = {value}" if form.lowers else f"{text} = {value}"
        if form is Form.DIGITS:
            return f"{self.digits(expression)} = {value}"
        if column.sort is Sort.TEXT:
            if "citext" in column.type.lower():  # equal by its own rules, and the same letters too
                return f"({expression} = {value}::citext AND {expression}::text = {value})"
            return f"{expression} = {value}::bpchar" if _OWN.match(column.type) else f"{expression} = {value}"
        if column.sort in _ARRAYS:
            return f"{expression} = {value}"
        if column.sort is Sort.LIST:
            return f"{value} = ANY({expression}::text[])"
        return f"({expression} #>> '{{}}') = {value}" if column.sort is Sort.JSON else f"{expression}::text = {value}"

    def linked(self, left: str, at: At, right: str, source: At) -> str:
        """Kinds that do not compare are compared as text, or as what the indexed side is."""
        column = at.column
        if column.sort is source.column.sort or {column.sort, source.column.sort} <= {Sort.INTEGER, Sort.NUMBER}:
            return f"{left} = {right}"
        if column.sort is Sort.TEXT:
            return f"{left} = {right}::text"
        if column.sort is Sort.LIST:
            return f"{right}::text = ANY({left}::text[])"
        return f"{left}::text = {right}::text"

    def prefixed(self, mark: str, expression: str) -> str:
        """What is given has no kind of its own."""
        return f"({mark}::text || {self.text(expression)})"

    def bounded(self, select: str, rows: int | None) -> str:
        """A limit that cuts nothing off tells the planner how many rows a table without statistics has."""
        return select if rows is None else f"{select} LIMIT {rows}"

    def text(self, expression: str) -> str:
        """As text without an end."""
        return f"({expression})::text"

    def keep(self, name: str, select: str) -> str:
        """A temporary table outlives the transaction: what was gathered is looked for again after it."""
        return f"CREATE TEMPORARY TABLE {self.quote(name)} AS {select}"

    def delete(self, table: str, key: Sequence[str], rows: str, match: str) -> str:
        """One set-based deletion."""
        return f"DELETE FROM {table} AS t USING {rows} AS k WHERE {match}"

    def delete_placed(self, table: Table, rows: str) -> str | None:
        """An ordinary table's: one of another server, which has no primary key, and one of many parts have places of their own."""
        if table.kind is not Kind.TABLE or not table.primary_key:
            return None
        return f"DELETE FROM {self.table(table.name)} AS t WHERE t.ctid = ANY(ARRAY({rows}))"

    def update(self, table: str, assignments: Sequence[tuple[str, str]], rows: str, match: str) -> str:
        """One set-based change."""
        sets = ", ".join(f"{column} = {value}" for column, value in assignments)
        return f"UPDATE {table} AS t SET {sets} FROM {rows} AS k WHERE {match}"

    def following(self, update: str, relation: str, places: Sequence[str]) -> str:
        """A changed row is another version in another place, which the same statement notes."""
        was = ", ".join(f"k.k{number} AS was{number}" for number in range(len(places)))
        now = ", ".join(f"{place} AS now{number}" for number, place in enumerate(places))
        sets = ", ".join(f"k{number} = c.now{number}" for number in range(len(places)))
        same = " AND ".join(f"q.k{number} = c.was{number}" for number in range(len(places)))
        return f"WITH changed AS ({update} RETURNING {was}, {now}) UPDATE {relation} AS q SET {sets} FROM changed AS c WHERE {same}"

    def equals_constant(self, expression: str, column: Column, mark: str) -> str:
        """Text as it is; anything else by how it is written."""
        return f"{expression} = {mark}" if column.sort is not Sort.JSON else f"{expression}::text = {mark}"

    def since(self, values: Values, expression: str, column: Column, bound: datetime) -> str:
        """As the column tells time: by day, by instant, or in text that begins with the day."""
        if column.sort is Sort.INSTANT:
            zone = "tz" if "with time zone" in column.type or column.type.endswith("tz") else ""
            return f"{expression} >= {values.hold('bound', bound.isoformat())}::timestamp{zone}"
        if column.sort is Sort.INTEGER:
            return f"{expression} >= {int(bound.timestamp())}"
        if column.sort is Sort.DATE:
            return f"{expression} >= {values.hold('bound_day', bound.date().isoformat())}::date"
        return f"left({expression}::text, 10) >= {values.hold('bound_text', bound.date().isoformat())}::text"

    def inside(self, expression: str, column: Column, path: str) -> str:
        """By `#>>`, for which an index over the same expression can be made."""
        return f"({self._document(expression, column)} #>> {_keys(steps_of(path))})"

    def _document(self, expression: str, column: Column) -> str:
        """A document that can be looked into; nothing where `jsonb` cannot hold what stands there."""
        if column.type == "jsonb" or (column.sort is Sort.JSON and self._version < READING):
            return f"({expression})::jsonb"
        if 0 < self._version < READING:
            raise Invalid(
                say(N_("documents in the text column `{column}` cannot be looked into: PostgreSQL tells from version {version} on what is one"),
                    column=column.name, version=READING // 10_000),
                say(N_("make the column `jsonb`, or serve the table by hand")),
            )  # fmt: skip
        return f"(CASE WHEN pg_input_is_valid(({expression})::text, 'jsonb') THEN ({expression})::text::jsonb END)"

    def entries(self, expression: str, column: Column, steps: Sequence[Step]) -> tuple[str, str]:
        """By `jsonb_array_elements`, of lists alone."""
        read, entry = [], self._document(expression, column)
        for number, keys in enumerate(parted(steps)):
            read.append(f"jsonb_array_elements({_list(entry, keys)}) AS e{number}(v)")
            entry = f"e{number}.v"
        return " CROSS JOIN ".join(f"LATERAL {item}" for item in read), entry

    def at_entry(self, entry: str, keys: Sequence[str]) -> str:
        """By `#>>`."""
        return f"({entry} #>> {_keys(keys)})"

    def kept_entries(self, expression: str, column: Column, steps: Sequence[Step], test: Callable[[str], str], keys: Sequence[Sequence[str]]) -> str:
        """Lists are made anew in their order; a document without any is left as it is."""
        made = self._without_entries(self._document(expression, column), list(parted(steps)), test, keys)
        return f"CASE WHEN {self._document(expression, column)} IS NULL THEN {expression} ELSE ({made})::{column.type} END"

    def _without_entries(self, document: str, lists: Sequence[Sequence[str]], test: Callable[[str], str], keys: Sequence[Sequence[str]]) -> str:
        entry, there = f"j{len(lists)}.v", f"({document} #> {_keys(lists[0])})" if lists[0] else document
        condition = ""
        if len(lists) > 1:
            value = self._without_entries(entry, lists[1:], test, keys)
        elif keys:
            value = f"CASE WHEN {test(entry)} THEN {entry}{''.join(f' #- {_keys(one)}' for one in keys)} ELSE {entry} END"
        else:
            value, condition = entry, f" WHERE ({test(entry)}) IS NOT TRUE"
        each = f"jsonb_array_elements({there}) WITH ORDINALITY AS j{len(lists)}(v, o)"
        made = f"(SELECT COALESCE(jsonb_agg({value} ORDER BY j{len(lists)}.o), '[]'::jsonb) FROM {each}{condition})"
        put = f"jsonb_set({document}, {_keys(lists[0])}, {made}, false)" if lists[0] else made
        return f"CASE WHEN jsonb_typeof({there}) = 'array' THEN {put} ELSE {document} END"

    def astray(self, expression: str, column: Column, steps: Sequence[Step]) -> str:
        """By the kind of what stands where the outermost list should be."""
        document, keys = self._document(expression, column), next(iter(parted(steps)))
        kind = f"jsonb_typeof({document} #> {_keys(keys)})" if keys else f"jsonb_typeof({document})"
        return f"({expression} IS NOT NULL AND ({document} IS NULL OR {kind} NOT IN ('array', 'null')))"

    def among(self, values: Values, name: str, pairs: Sequence[tuple[int, str]], expression: str, at: At, form: Form) -> str:
        """One array, which the server hashes."""
        texts = values.hold(f"{name}_values", [value for _, value in pairs])
        return self.matches(expression, at, form, f"ANY({texts}::text[])")

    def speaks_of(self, expression: str, value: str) -> str:
        """Letter by letter."""
        return f"position(lower({value}) IN lower(({expression})::text)) > 0"

    def _place(self, text: str, part: str) -> str:
        return f"position({part} IN {text})"

    def digits(self, expression: str) -> str:
        """By a pattern."""
        return rf"regexp_replace({expression}::text, '\D', '', 'g')"

    def _has_one(self, text: str, letters: str) -> str:
        return f"{text} COLLATE \"C\" ~ '{letters}'"

    def oddities(self, word: str) -> tuple[str, str, str, str]:
        """By the database's own letters, one by one, whatever the rules of the column take for equal."""
        text = f"({word})::text"
        whole = f'({text} COLLATE "C")'
        return f"{whole} <> lower({text})", f"{whole} !~ '^[+]?[0-9]*$'", f"{whole} <> {self.trimmed(text)}", wrapped(whole)

    def trimmed(self, text: str) -> str:
        """By its own list of characters; the space that does not break is one in every encoding."""
        return rf"btrim({text}, E' \t\n\013\f\r' || chr(160))"

    def thinned(self, table: Table, size: int) -> str:
        """Whole pages are drawn, by chance."""
        rows = table.rows or 0
        if rows <= LARGE or table.kind not in (Kind.TABLE, Kind.PARTITIONED):
            return ""
        return f" TABLESAMPLE SYSTEM ({min(100.0, max(0.01, 300.0 * size / rows)):.4f})"

    def without_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """By `#-`, which leaves what is not there alone."""
        document = self._document(expression, column)
        made = document + "".join(f" #- {_keys(steps_of(path))}" for path in paths if not listed(path))
        for steps, keys in gathered_lists(paths).items():
            made = self._without_entries(f"({made})", list(parted(steps)), lambda _: "TRUE", keys)
        return f"CASE WHEN {document} IS NULL THEN {self._emptied(expression, column)} ELSE ({made})::{column.type} END"

    def _emptied(self, expression: str, column: Column) -> str:
        """What a column becomes that holds no document: an empty one."""
        return f"CASE WHEN {expression} IS NOT NULL THEN CAST('{{}}' AS {column.type}) END"

    def only_paths(self, expression: str, column: Column, paths: Sequence[str]) -> str:
        """What is not there is left out."""
        made = built(paths, lambda path: f"({self._document(expression, column)} #> {_keys(path.split('.'))})", "jsonb_build_object")
        return f"CASE WHEN {expression} IS NOT NULL THEN jsonb_strip_nulls({made})::{column.type} END"

    def outlives(self, table: str, column: Column, deleted: bool) -> str:
        """Large objects, unless a trigger takes them along (`lo_manage` of the extension `lo`, or one that unlinks them itself)."""
        if column.type.rpartition(".")[2] not in ("oid", "lo"):
            return ""
        there = f"EXISTS (SELECT 1 FROM pg_catalog.pg_largeobject_metadata o WHERE o.oid = t.{self.quote(column.name)}::oid)"
        takes = "(p.proname = 'lo_manage' OR position('lo_unlink' IN p.prosrc) > 0)"
        trigger = f"SELECT 1 FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid WHERE g.tgrelid = {_literal(self.table(table))}::regclass"
        return f"{there} AND NOT EXISTS ({trigger} AND g.tgtype & {8 if deleted else 16} <> 0 AND {takes})"

    def differs(self, expression: str, column: Column, value: str) -> str:
        """JSON has no equality, so its text is compared."""
        cast = "::jsonb" if column.sort is Sort.JSON else ""
        return f"{expression}{cast} IS DISTINCT FROM {value}{cast}"

    def token(self, mark: str, keys: Sequence[str], column: Column, width: int) -> str:
        """A digest by SHA-256, in hexadecimal digits."""
        parts = " || '/' || ".join(f"{key}::text" for key in keys)
        return f"left(encode(sha256(convert_to({mark}::text || '/' || {parts}, 'UTF8')), 'hex'), {width})"

    def year(self, expression: str, column: Column) -> str:
        """The first of January, as the column holds it."""
        if column.sort is Sort.TEXT:
            return f"left({expression}, 4) || '-01-01'"
        return f"date_trunc('year', {expression})::{column.type}"

    def constant(self, mark: str, column: Column) -> str:
        """A text of no kind, which becomes what the column is."""
        return f"CAST({mark} AS {column.type})" if column.sort is not Sort.TEXT else mark

    def prepare(self, connection: Any) -> None:
        """A plan is made for the values at hand, whose number matters, and for rows that are mostly in memory."""
        connection.autocommit = True
        connection.prepare_threshold = None
        self._version = connection.info.server_version
        if not getattr(connection, "janji_ready", False):
            connection.execute("SET work_mem = '64MB'; SET jit = off; SET random_page_cost = 1.1")
            if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
                _read_anything(connection)
            connection.janji_ready = True

    def release(self, connection: Any) -> None:
        """As psycopg has it."""
        connection.autocommit = False

    def begin(self, connection: Any, read_only: bool, limits: Limits) -> None:
        """One snapshot for all that follows; what somebody changes meanwhile fails the transaction instead of slipping by."""
        connection.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ {'READ ONLY' if read_only else 'READ WRITE'}")

    def defer(self, connection: Any) -> None:
        """All that can wait."""
        connection.execute("SET CONSTRAINTS ALL DEFERRED")

    def insist(self, connection: Any) -> None:
        """All that waited; what does not hold is refused as at the end of the transaction."""
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def end(self, connection: Any, keep: bool) -> None:
        """Commit or roll back."""
        connection.execute("COMMIT" if keep else "ROLLBACK")

    def execute(self, connection: Any, statement: Statement) -> Any:
        """By the server's own parameters."""
        return connection.execute(*named(statement, "%({name})s", escape=True))

    @contextmanager
    def stream(self, connection: Any, statement: Statement) -> Generator[Iterator[Sequence[Any]], None, None]:
        """In chunks as the server finds them: one statement, and no cursor to keep on the server."""
        text, values = named(statement, "%({name})s", escape=True)
        with connection.cursor() as cursor, closing(cursor.stream(text, values, size=CHUNK)) as rows:
            yield rows

    def forget(self, connection: Any, names: Sequence[str]) -> None:
        """All of them in one statement."""
        connection.execute("DROP TABLE IF EXISTS " + ", ".join(self.temporary + self.quote(name) for name in names))

    def refill(self, connection: Any, view: str) -> bool:
        """Its owner may; whoever reads it meanwhile waits."""
        with suppress(Error):
            connection.execute(self.refilling(view))
            return True
        return False

    def stale(self, connection: Any, view: str) -> int:
        """Its rows held against what its own definition gives now, as text, so that every kind can be compared."""
        with suppress(Error):
            name = self.table(view)
            (made,) = connection.execute("SELECT pg_get_viewdef(%s::regclass)", (name,)).fetchone()
            (rows,) = connection.execute(
                f"SELECT count(*) FROM (SELECT v::text FROM {name} v EXCEPT ALL SELECT d::text FROM ({made.rstrip('; ')}) d) AS x"
            ).fetchone()
            return int(rows)
        return 1

    def settle(self, connection: Any, tables: Sequence[str], level: Level) -> Level:
        """Dead rows are taken out of their pages; then the files of the tables and of their statistics are written anew.

        Statistics quote values. Rows that an older transaction may still see are not taken out, and then no level is reached; the
        write-ahead log holds what was deleted until it is recycled, whatever the level.
        """
        listed = [self.table(name) for name in tables]
        names = ", ".join(listed)
        owned, all_owned = connection.execute(_OWNED, (listed,)).fetchone()
        if not owned or not self._vacuumed(connection, names, listed):
            return Level.LOGICAL
        if level is Level.VACUUMED or not all_owned:
            return Level.VACUUMED
        connection.execute(f"VACUUM (FULL, ANALYZE) {names}")
        connection.execute("VACUUM (FULL) pg_catalog.pg_statistic")
        return Level.REWRITTEN

    @staticmethod
    def _vacuumed(connection: Any, names: str, listed: list[str]) -> bool:
        """Vacuum until no dead row is left, a few times; whether none is."""
        for _ in range(ATTEMPTS):
            connection.execute(f"VACUUM (INDEX_CLEANUP ON, ANALYZE) {names}")
            if not connection.execute(_DEAD, (listed,)).fetchone()[0]:
                return True
        return False


def _read_anything(connection: Any) -> None:
    """Read text that may be in no encoding: what cannot be read is marked as such."""
    from psycopg.adapt import Buffer, Loader

    class Reader(Loader):
        def load(self, data: Buffer) -> str:
            return bytes(data).decode("utf-8", errors="replace")

    connection.execute("SET client_encoding TO 'SQL_ASCII'")
    for name in ("text", "varchar", "bpchar", "name"):
        connection.adapters.register_loader(name, Reader)


def _keys(keys: Sequence[str | None]) -> str:
    return f"ARRAY[{', '.join(_literal(key or '') for key in keys)}]::text[]"


def _list(document: str, keys: Sequence[str]) -> str:
    """What stands under keys where that is a list."""
    there = f"({document} #> {_keys(keys)})" if keys else document
    return f"CASE WHEN jsonb_typeof({there}) = 'array' THEN {there} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
