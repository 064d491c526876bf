"""The levels GDPRbench is run at: the bare driver, with an audit row, through Janji, with sealed fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import psycopg
from gdprbench_model import INDEXED, LOG_LENGTH, Model, Result
from gdprbench_trace import FIELDS, Condition, Operation, Record, Trace
from psycopg import sql

Query = tuple[bytes, tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]


class Bare:
    """L0: one statement of the driver an operation, committed by itself. There is no log to show."""

    name = "L0"
    says = "bare driver"
    indexed: tuple[str, ...] = INDEXED
    columns: tuple[tuple[str, str], ...] = tuple((field, "bigint" if field == "ttl" else "text") for field in FIELDS)

    def __init__(self, connection: Connection, trace: Trace) -> None:
        self.connection = connection
        self.trace = trace
        self.table = sql.Identifier(f"gdprbench_{self.name.lower()}")
        self.model = Model(trace, self.logged, self.permits)
        self._known: dict[tuple[Any, ...], bytes] = {}

    def prepare(self) -> None:
        """Make the tables, load the records, and let the planner know them."""
        self._make()
        self._fill()
        for table in self.tables():
            self.connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))

    def _make(self) -> None:
        columns = sql.SQL(", ").join(sql.SQL("{} {} NOT NULL").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in self.columns)  # fmt: skip
        self.connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(self.table))
        self.connection.execute(sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY (key))").format(self.table, columns))
        for field in self.indexed:
            self.connection.execute(sql.SQL("CREATE INDEX ON {} ({})").format(self.table, sql.Identifier(field)))

    def _fill(self) -> None:
        with self.connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(self.table)) as copy:
            for record in self.trace.load():
                copy.write_row(self.stored(record))

    def stored(self, record: Record) -> tuple[Any, ...]:
        """The values of `columns` for a record."""
        return record

    def tables(self) -> tuple[str, ...]:
        """The tables that count as the space of this level."""
        return (f"gdprbench_{self.name.lower()}",)

    def space(self) -> int:
        """Bytes of those tables with their indices."""
        row = self.connection.execute(
            "SELECT sum(pg_total_relation_size(format('%%I', name)::regclass)) FROM unnest(%s::text[]) AS name",
            (list(self.tables()),),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def logged(self, operation: Operation, person: str | None) -> str | None:
        """What the log of a person gains by an operation; `None` for nothing."""
        return None

    def permits(self, operation: Operation, record: Record) -> bool:
        """Whether a record may be read by an operation; everything at the levels that ask nobody."""
        return True

    def run(self, operation: Operation) -> Any:
        """Do one operation durably; the part that is timed."""
        return self._answer(operation, self._execute(operation))

    def _execute(self, operation: Operation) -> psycopg.Cursor[tuple[Any, ...]]:
        query, parameters = self.statement(operation)
        return self.connection.execute(query, parameters)

    def _answer(self, operation: Operation, cursor: psycopg.Cursor[tuple[Any, ...]]) -> Any:
        return cursor.fetchall() if operation.verb in ("read", "verify", "logs") else cursor.rowcount

    def statement(self, operation: Operation) -> Query:
        """The statement of an operation and its parameters."""
        if operation.record is not None:
            return self._text(operation), self.stored(operation.record)
        if operation.verb == "logs":
            return self._text(operation), (operation.where[0][1],)
        set_to = (operation.change[1],) if operation.change else ()
        return self._text(operation), (*set_to, *_values(operation.where))

    def _text(self, operation: Operation) -> bytes:
        change = operation.change[0] if operation.change else None
        shape = (operation.query, change, tuple(field for field, _ in operation.where))
        if shape not in self._known:
            self._known[shape] = self._compose(operation, change).as_bytes(self.connection)
        return self._known[shape]

    def _compose(self, operation: Operation, change: str | None) -> sql.Composed:
        verb = operation.verb
        if verb == "create":
            holes = sql.SQL(", ").join(sql.Placeholder() * len(self.columns))
            return sql.SQL("INSERT INTO {} VALUES ({})").format(self.table, holes)
        if verb == "logs":
            return self.log_query()
        where = sql.SQL(" AND ").join(map(self.condition, operation.where))
        if verb == "delete":
            return sql.SQL("DELETE FROM {} AS r WHERE {}").format(self.table, where)
        if verb == "update":
            assert change is not None
            return sql.SQL("UPDATE {} AS r SET {} = %s WHERE {}").format(self.table, sql.Identifier(change), where)
        if verb == "verify":
            return sql.SQL("SELECT NOT EXISTS (SELECT FROM {} AS r WHERE {})").format(self.table, where)
        return sql.SQL("SELECT {} FROM {} WHERE {}").format(self.read_columns(operation), self.source(operation), where)

    def read_columns(self, operation: Operation) -> sql.Composed:
        """What a reading selects."""
        return sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(column)) for column in operation.columns)

    def source(self, operation: Operation) -> sql.Composed:
        """What a reading reads from."""
        return sql.SQL("{} AS r").format(self.table)

    def condition(self, condition: Condition) -> sql.Composed:
        """One condition as SQL."""
        field, value = condition
        test = "r.{} >= %s AND r.{} < %s" if isinstance(value, tuple) else "r.{} = %s"
        return sql.SQL(test).format(*[sql.Identifier(field)] * (2 if isinstance(value, tuple) else 1))

    def log_query(self) -> sql.Composed:
        """The newest log records about a person."""
        return sql.SQL("SELECT ''::text WHERE %s = ''").format()

    def result(self, operation: Operation, raw: Any) -> Result:
        """What `run` gave, in the form of the model; a key that came twice is a failure."""
        if operation.verb == "read":
            rows = {str(row[0]): tuple(row) for row in raw}
            assert len(rows) == len(raw)
            return rows
        if operation.verb == "verify":
            return bool(raw[0][0])
        if operation.verb == "logs":
            return tuple(str(row[0]) for row in raw)
        return cast("int", raw)

    def content(self) -> dict[str, list[str | int]]:
        """All records as they now are, by key."""
        everything = Operation("read-record-by-nothing")
        rows = self.connection.execute(
            sql.SQL("SELECT {} FROM {}").format(self.read_columns(everything), self.source(everything))
        ).fetchall()
        return {row[0]: list(row) for row in rows}


def _values(where: Iterable[Condition]) -> tuple[Any, ...]:
    values: list[Any] = []
    for _, value in where:
        values.extend(value if isinstance(value, tuple) else (value,))
    return tuple(values)


class Audited(Bare):
    """L1: the statement, and a row in an audit table, in one transaction."""

    name = "L1"
    says = "an audit row in the same transaction"
    audit = sql.SQL("INSERT INTO gdprbench_audit (query, conditions, usr) VALUES (%s, %s, %s)")

    def _make(self) -> None:
        super()._make()
        self.connection.execute("DROP TABLE IF EXISTS gdprbench_audit")
        self.connection.execute(
            "CREATE TABLE gdprbench_audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
            "at timestamptz NOT NULL DEFAULT now(), query text NOT NULL, conditions text NOT NULL, usr text)"
        )
        self.connection.execute("CREATE INDEX ON gdprbench_audit (usr, id)")

    def tables(self) -> tuple[str, ...]:
        """The records and the audit."""
        return (*super().tables(), "gdprbench_audit")

    def logged(self, operation: Operation, person: str | None) -> str | None:
        """The query, when it names the person; by a key alone the audit does not know whom it was about."""
        return operation.query if person is not None and person == named(operation) else None

    def run(self, operation: Operation) -> Any:
        """The operation and its audit row."""
        with self.connection.transaction():
            raw = self._answer(operation, self._execute(operation))
            conditions = " ".join(f"{field}={value}" for field, value in operation.where)
            self.connection.execute(self.audit, (operation.query, conditions, named(operation)))
        return raw

    def log_query(self) -> sql.Composed:
        """From the audit table."""
        return sql.SQL("SELECT query FROM gdprbench_audit WHERE usr = %s ORDER BY id DESC LIMIT {}").format(LOG_LENGTH)


def named(operation: Operation) -> str | None:
    """The person an operation names."""
    if operation.record is not None:
        return str(operation.record[FIELDS.index("usr")])
    return next((str(value) for field, value in operation.where if field == "usr"), None)
