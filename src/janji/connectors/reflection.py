"""The live catalogue of a database as values: SQLAlchemy's reflection, and what each dialect has to be asked besides."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, exc, inspect, text, types
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import URL
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import SAWarning
from sqlalchemy.util import LRUCache

from janji.connectors import asking
from janji.connectors.engines import MYSQL, POSTGRESQL, SQLITE, reading
from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Kind, OnDelete, Sort, Table, Trigger
from janji.errors import Invalid
from janji.terms.messages import N_, say

_SORTS: tuple[tuple[tuple[type[Any], ...], Sort], ...] = (
    ((types.Enum, mysql.ENUM, mysql.SET), Sort.OTHER),
    ((types.ARRAY,), Sort.LIST),
    ((types.JSON, postgresql.HSTORE), Sort.JSON),
    ((types.Uuid,), Sort.UUID),
    ((types.Boolean,), Sort.BOOLEAN),
    ((types.DateTime,), Sort.INSTANT),
    ((types.Date,), Sort.DATE),
    ((types.Time,), Sort.TIME),
    ((types.Integer,), Sort.INTEGER),
    ((types.Numeric,), Sort.NUMBER),
    ((types.LargeBinary, types.BINARY, types.VARBINARY, mysql.BIT), Sort.BYTES),
    ((types.String, postgresql.CITEXT), Sort.TEXT),
)
"""Kinds of SQLAlchemy's types from the narrow to the wide; the first that fits counts."""
_RULES = {
    "CASCADE": OnDelete.CASCADE, "SET NULL": OnDelete.SET_NULL, "SET DEFAULT": OnDelete.SET_DEFAULT,
    "c": OnDelete.CASCADE, "n": OnDelete.SET_NULL, "d": OnDelete.SET_DEFAULT,
}  # fmt: skip
_CAST = re.compile(r"::(?:[a-z_]+(?: varying)?(?:\([0-9, ]*\))?|\"[^\"]+\")")


@dataclass(slots=True)
class _Asked:
    """What a dialect answers beside reflection, each by the table's name."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    types: dict[tuple[str, str], str] = field(default_factory=dict)
    foreign: dict[str, list[ForeignKey]] = field(default_factory=lambda: defaultdict(list))
    triggers: dict[str, list[Trigger]] = field(default_factory=lambda: defaultdict(list))
    shows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sizes: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    leads: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    documents: set[tuple[str, str]] = field(default_factory=set)
    lengths: dict[tuple[str, str], int] = field(default_factory=dict)
    uniques: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))
    inherited: set[str] = field(default_factory=set)
    """Tables that show rows of others too (`INHERITS`): no key of theirs tells all of those apart."""


def reflect(engine: Engine) -> Catalogue:
    """The form of the database now, read in one transaction; the tables of extensions and of the system are left out.

    Raises `Unavailable` when the database does not answer, `Refusal` when the account may not look.
    """
    dialect = engine.dialect.name
    dialect = MYSQL if dialect == "mariadb" else dialect
    with reading(engine) as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # types that it does not know are asked for below
        asked = _ASK[dialect](connection)
        inspector = inspect(connection)
        tables: dict[str, Table] = {}
        for schema in _schemas(connection, inspector, dialect):
            tables |= _tables(inspector, schema, asked, dialect)
    return Catalogue(dialect, dict(sorted(tables.items())))


def form(engine: Engine) -> Catalogue:
    """The form of the database now, as `reflect` reads it, save that guesses of sizes may be older.

    PostgreSQL is asked first whether anything was changed since it was read the last time here, which takes a fraction of reading it.
    Raises as `reflect` does.
    """
    if engine.dialect.name != POSTGRESQL:
        return reflect(engine)
    with reading(engine) as connection:
        stamp = str(connection.execute(text(asking.PG_STAMP)).scalar())
    held = _FORMS.get(engine.url)
    if held is None or held[0] != stamp:  # the stamp is older than what is read then: what changes meanwhile is read again
        held = _FORMS[engine.url] = stamp, reflect(engine)
    return held[1]


_FORMS: LRUCache[URL, tuple[str, Catalogue]] = LRUCache(64)


def _schemas(connection: Connection, inspector: Inspector, dialect: str) -> list[str | None]:
    if dialect != POSTGRESQL:
        return [None]
    own = inspector.default_schema_name
    found = [row.name for row in connection.execute(text(asking.PG_SCHEMAS))]
    for schema in found:
        if "." in schema:
            raise Invalid(
                say(N_("the schema `{schema}` has a stop in its name, by which schema and table are told apart"), schema=schema),
                say(N_("rename the schema, or take the right to use it from the account")),
            )
    return [None, *(schema for schema in found if schema != own)]


def _whole(schema: str | None, table: str, own: bool) -> str:
    """The name of a table: with its schema where that is not the default one, or where its own name has a stop."""
    return table if schema is None or (own and "." not in table) else f"{schema}.{table}"


def _tables(inspector: Inspector, schema: str | None, asked: _Asked, dialect: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    columns = inspector.get_multi_columns(schema=schema, kind=ObjectKind.ANY, filter_names=list(asked.kinds) if dialect == SQLITE else None)
    keys = inspector.get_multi_pk_constraint(schema=schema)
    uniques = inspector.get_multi_unique_constraints(schema=schema)
    indexes: Mapping[Any, Any] = {} if dialect == SQLITE else inspector.get_multi_indexes(schema=schema, kind=ObjectKind.ANY)
    checks = inspector.get_multi_check_constraints(schema=schema)
    own = inspector.default_schema_name if dialect == POSTGRESQL else None
    name_of = (lambda word: word.replace("``", "`")) if dialect == MYSQL else str  # reflection leaves them as they are quoted
    for place, held in columns.items():
        name = _whole(schema or own, place[1], schema is None)
        if name not in asked.kinds:
            continue
        key = keys.get(place)
        primary = tuple(map(name_of, key["constrained_columns"] if key else ()))
        whole = [*asked.uniques[name], *(tuple(map(name_of, item["column_names"])) for item in uniques.get(place, ()))]
        leads = [*([primary] if primary else []), *asked.leads[name]]
        odd = list(asked.checks[name])
        for index in indexes.get(place, ()):
            begins = tuple(name_of(_plain(part)) for part in index.get("expressions") or index["column_names"])
            partial = _partial(index)
            if not partial and begins:
                leads.append(begins)
            if index["unique"] and (partial or None in index["column_names"]):
                odd.append(f"unique ({', '.join(begins)})" + (f" where {partial}" if partial else ""))
            elif index["unique"]:
                whole.append(begins)
        if dialect == SQLITE:
            asked.documents.update((name, column) for item in checks.get(place, ()) for column in _VALID.findall(str(item["sqltext"])))
        columns_here = tuple(_column(item, name, name_of(item["name"]), asked, dialect) for item in held)
        rows, size = asked.sizes.get(name, (None, None))
        found[name] = Table(
            name, columns_here, asked.kinds[name], primary if name not in asked.inherited else (),
            tuple(dict.fromkeys(asked.foreign[name])), tuple(dict.fromkeys(item for item in whole if item and name not in asked.inherited)),
            tuple(dict.fromkeys(leads)), tuple(dict.fromkeys([*(str(item["sqltext"]) for item in checks.get(place, ())), *odd])),
            tuple(asked.triggers[name]), asked.shows.get(name, ()), rows, size,
        )  # fmt: skip
    return found


def _partial(index: Mapping[str, Any]) -> str:
    """The condition of an index that holds some rows only."""
    options = index.get("dialect_options") or {}
    condition = options.get("postgresql_where")
    if condition is None:
        condition = options.get("sqlite_where")
    return "" if condition is None else str(condition)


def _plain(expression: Any) -> str:
    """An expression of an index without the casts and brackets that a database adds: `lower((email)::text)` is `lower(email)`."""
    words = _CAST.sub("", str(expression))
    return re.sub(r"\((\w+)\)\)", r"\1)", re.sub(r"\(\((\w+)\)", r"(\1", words))


_VALID = re.compile(r"""(?i)\bjson_valid\(\s*["`[]?([^"`\]()]+?)["`\]]?\s*\)""")
"""A condition by which a column of text in SQLite holds documents alone."""


def _column(held: Mapping[str, Any], table: str, name: str, asked: _Asked, dialect: str) -> Column:
    kind = held["type"]
    kind = getattr(kind, "data_type", kind) if isinstance(kind, postgresql.DOMAIN) else kind
    identity = held.get("identity") or {}
    computed = held.get("computed") is not None
    sort = Sort.JSON if (table, name) in asked.documents else sort_of(kind)
    length = asked.lengths.get((table, name))
    if length is None and sort is Sort.TEXT and dialect != SQLITE:  # SQLite holds no text to its length
        length = getattr(kind, "length", None)
    return Column(
        name, asked.types.get((table, name)) or str(kind).lower(), sort, bool(held["nullable"]), length,
        held.get("default") is not None or bool(identity) or held.get("autoincrement") is True,
        computed or bool(identity.get("always")),
    )  # fmt: skip


def sort_of(kind: Any) -> Sort:
    """What values a type of SQLAlchemy holds. A closed list of words is no text: nothing else can be written there."""
    if isinstance(kind, mysql.TINYINT) and kind.display_width == 1:
        return Sort.BOOLEAN
    return next((sort for classes, sort in _SORTS if isinstance(kind, classes)), Sort.OTHER)


def _rule(word: str | None) -> OnDelete:
    return _RULES.get((word or "").strip(), OnDelete.REFUSE)


# ------------------------------------------------------------------------------------------------------ each dialect


def _postgresql(connection: Connection) -> _Asked:
    own = connection.dialect.default_schema_name
    asked = _Asked()

    def name(schema: str, table: str) -> str:
        return _whole(schema, table, schema == own)

    kinds = {"r": Kind.TABLE, "f": Kind.TABLE, "p": Kind.PARTITIONED, "v": Kind.VIEW, "m": Kind.MATERIALIZED}
    for row in connection.execute(text(asking.PG_TABLES)):
        asked.kinds[name(row.schema, row.name)] = Kind.PARTITIONED if row.inherited else kinds[row.kind]
        if row.inherited:
            asked.inherited.add(name(row.schema, row.name))
        asked.sizes[name(row.schema, row.name)] = (None if row.rows < 0 else int(row.rows), int(row.bytes))
    for row in connection.execute(text(asking.PG_TYPES)):
        asked.types[name(row.schema, row.name), row.column] = row.type
        if row.length is not None:  # of a domain, which reflection does not tell
            asked.lengths[name(row.schema, row.name), row.column] = row.length
    for row in connection.execute(text(asking.PG_FOREIGN)):
        key = ForeignKey(tuple(row.columns), name(row.other_schema, row.other), tuple(row.referred), _rule(row.rule), row.deferrable, row.key)
        asked.foreign[name(row.schema, row.name)].append(key)
    for row in connection.execute(text(asking.PG_TRIGGERS)):
        events = tuple(word for bit, word in ((4, "insert"), (16, "update"), (8, "delete")) if row.events & bit)
        asked.triggers[name(row.schema, row.name)].append(Trigger(row.trigger, events))
    shows: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(text(asking.PG_SHOWS)):
        shows[name(row.schema, row.name)].append(name(row.other_schema, row.other))
    asked.shows = {view: tuple(sorted(set(tables))) for view, tables in shows.items()}
    return asked


def _mysql(connection: Connection) -> _Asked:
    asked = _Asked()
    for row in connection.execute(text(asking.MY_TABLES)):
        held = Kind.UNTRANSACTED if row.untransacted else Kind.PARTITIONED if row.parts else Kind.TABLE
        asked.kinds[row.name] = {"VIEW": Kind.VIEW, "SYSTEM VERSIONED": Kind.VERSIONED}.get(row.kind, held)
        asked.sizes[row.name] = (None if row.row_count is None else int(row.row_count), None if row.bytes is None else int(row.bytes))
    for row in connection.execute(text(asking.MY_TYPES)):
        asked.types[row.name, row.col] = row.type if isinstance(row.type, str) else row.type.decode()
    keys: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in connection.execute(text(asking.MY_FOREIGN)):
        keys[row.name, row.fk].append(row)
    for (table, key), rows in keys.items():
        first = rows[0]
        other = first.other if first.same else f"{first.other_schema}.{first.other}"
        asked.foreign[table].append(ForeignKey(tuple(row.col for row in rows), other, tuple(row.referred for row in rows), _rule(first.rule), False, key))
    if getattr(connection.dialect, "is_mariadb", False):  # its JSON is text with a check
        for row in connection.execute(text(asking.MARIA_JSON)):
            column = re.fullmatch(r"json_valid\(`(.+)`\)", row.clause)
            if column is not None:
                asked.documents.add((row.name, column[1].replace("``", "`")))
    for row in connection.execute(text(asking.MY_TRIGGERS)):
        asked.triggers[row.name].append(Trigger(row.trig, (row.event.lower(),)))
    for row in connection.execute(text(asking.MY_VIEWS)):
        asked.shows[row.name] = _read_by(row.body, "mysql", asked.kinds)
    return asked


def _sqlite(connection: Connection) -> _Asked:
    asked = _Asked()
    _lite_kinds(connection, asked)
    for row in connection.execute(text(asking.LITE_TYPES)):
        asked.types[row.name, row.col] = row.type.lower()
    written = {row.name: row.sql for row in connection.execute(text(asking.LITE_WRITTEN))}
    held: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in connection.execute(text(asking.LITE_FOREIGN)):
        held[row.name, row.id].append(row)
    primary: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(text(asking.LITE_PRIMARY)):
        primary[row.name].append(row.col)
    names = {name.lower(): name for name in asked.kinds}
    called = {(table, column.lower()): column for table, column in asked.types}  # a key may be written with other capitals
    for (table, _), rows in held.items():
        other = names.get(rows[0].other.lower(), rows[0].other)
        columns = tuple(called.get((table, row.col.lower()), row.col) for row in rows)
        referred = tuple(called.get((other, (row.referred or "").lower()), row.referred or "") for row in rows)
        referred = referred if all(referred) else tuple(primary[other])
        asked.foreign[table].append(ForeignKey(columns, other, referred, _rule(rows[0].rule), _deferrable(written.get(table, ""), columns)))
    _lite_indexes(connection, asked)
    for row in connection.execute(text(asking.LITE_TRIGGERS)):
        asked.triggers[row.name].append(Trigger(row.trig, _event(row.sql)))
    for view, body in written.items():
        if asked.kinds.get(view) is Kind.VIEW:
            asked.shows[view] = _read_by(body.split(" AS ", 1)[-1] if " AS " in body else body, "sqlite", asked.kinds)
    asked.sizes = {name: (_lite_rows(connection, name, kind), None) for name, kind in asked.kinds.items()}
    return asked


def _lite_indexes(connection: Connection, asked: _Asked) -> None:
    """Note the indexes of the tables of SQLite: what they lead by, and what has to be unique."""
    indexes: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in connection.execute(text(asking.LITE_INDEXES)):
        indexes[row.name, row.idx].append(row)
    for (table, _), rows in indexes.items():
        begins = tuple(_plain(row.col or expression) for row, expression in zip(rows, _expressions(rows[0].sql, len(rows)), strict=True))
        whole = all(row.col for row in rows) and not rows[0].partial
        if not rows[0].partial:
            asked.leads[table].append(begins)
        if rows[0].whole and whole:
            asked.uniques[table].append(begins)
        elif rows[0].whole:
            asked.checks[table].append(f"unique ({', '.join(begins)})" + (" of some rows" if rows[0].partial else ""))


def _lite_kinds(connection: Connection, asked: _Asked) -> None:
    """Note what there is in a file of SQLite, without views that do not open."""
    for row in connection.execute(text(asking.LITE_TABLES)):
        if row.type != "view" or _opens(connection, row.name, asked):
            asked.kinds[row.name] = Kind.VIEW if row.type == "view" else Kind.TABLE


def _opens(connection: Connection, view: str, asked: _Asked) -> bool:
    """Note the types of a view of SQLite; whether it opens at all: one whose tables are gone does not, and shows nothing."""
    try:
        columns = connection.execute(text("SELECT name, type FROM pragma_table_xinfo(:view)"), {"view": view}).fetchall()
    except exc.DBAPIError:
        return False
    asked.types |= {(view, name): kind.lower() for name, kind in columns}
    return True


def _lite_rows(connection: Connection, name: str, kind: Kind) -> int | None:
    """How many rows a table of SQLite has at most, as the last row's number says it without a scan."""
    if kind is Kind.VIEW:
        return None
    quoted = name.replace('"', '""')
    try:
        return int(connection.exec_driver_sql(f'SELECT max(rowid) FROM "{quoted}"').scalar() or 0)
    except (exc.DBAPIError, ValueError):  # a table without row numbers, or with a column of that name
        return None


def _deferrable(written: str, columns: tuple[str, ...]) -> bool:
    """Whether the foreign key of these columns is checked at the end of a transaction, as the statement that made it says."""
    if "deferr" not in written.lower():
        return False
    word = r"[\"'`\[]?{}[\"'`\]]?"
    listed = r"\s*,\s*".join(word.format(re.escape(column)) for column in columns)
    after = r"\)\s*references\s[^;]*?"
    pattern = rf"foreign\s+key\s*\(\s*{listed}\s*{after}" if len(columns) > 1 else rf"(?:foreign\s+key\s*\(\s*{listed}\s*\)|{listed}\s[^,]*?)\s*references\s"
    found = re.search(pattern, written, re.IGNORECASE)
    if found is None:
        return False
    rest = re.split(r",(?![^(]*\))|\bforeign\s+key\b|\bconstraint\b", written[found.end() :], maxsplit=1, flags=re.IGNORECASE)[0]
    return re.search(r"(?<!not )\bdeferrable\s+initially\s+deferred\b", rest, re.IGNORECASE) is not None


def _expressions(written: str | None, count: int) -> list[str]:
    """The parts of an index of SQLite as the statement that made it has them; empty words where they cannot be told apart."""
    inside = re.search(r"\bon\b[^(]*\((.*)\)", written or "", re.IGNORECASE | re.DOTALL)
    parts = re.split(r",(?![^(]*\))", inside[1]) if inside else []
    return [part.strip() for part in parts] if len(parts) == count else [""] * count


def _event(written: str) -> tuple[str, ...]:
    head = re.split(r"\bon\b", written, maxsplit=1, flags=re.IGNORECASE)[0].lower()
    return tuple(word for word in ("insert", "update", "delete") if re.search(rf"\b{word}\b", head))


def _read_by(body: str, dialect: str, known: Iterable[str]) -> tuple[str, ...]:
    """The tables that a query reads; none where it is not understood, for a view never holds rows of its own."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(body, dialect=dialect)
    except SqlglotError:
        return ()
    names = set(known)
    return tuple(sorted({item.name for item in tree.find_all(exp.Table) if item.name in names}))


_ASK = {POSTGRESQL: _postgresql, MYSQL: _mysql, SQLITE: _sqlite}
