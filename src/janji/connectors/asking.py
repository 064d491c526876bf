"""What each dialect's own catalogue is asked, where reflection says too little: statements without parameters."""

from __future__ import annotations

_PG_OURS = """
    n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
    AND has_schema_privilege(n.oid, 'USAGE')
    AND NOT c.relispartition
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
"""

PG_SCHEMAS = """
SELECT n.nspname AS name FROM pg_catalog.pg_namespace n
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' AND has_schema_privilege(n.oid, 'USAGE')
ORDER BY 1
"""

PG_TABLES = f"""
SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) AS inherited,
       CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(greatest(p.reltuples, 0)), 0) FROM pg_catalog.pg_partition_tree(c.oid) t
                                       JOIN pg_catalog.pg_class p ON p.oid = t.relid WHERE t.isleaf) ELSE c.reltuples END AS rows,
       CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(pg_catalog.pg_total_relation_size(t.relid)), 0)
                                       FROM pg_catalog.pg_partition_tree(c.oid) t WHERE t.isleaf)
            WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(c.oid) ELSE 0 END AS bytes
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_PG_OURS}
"""

PG_TYPES = f"""
SELECT n.nspname AS schema, c.relname AS name, a.attname AS column, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       substring(pg_catalog.format_type(t.typbasetype, t.typtypmod) FROM '^character[a-z ]*\\(([0-9]+)\\)$')::int AS length
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_PG_OURS}
"""

PG_FOREIGN = f"""
SELECT n.nspname AS schema, c.relname AS name, k.conname AS key, k.confdeltype::text AS rule, k.condeferrable AS deferrable,
       o.relname AS other, m.nspname AS other_schema,
       (SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS columns,
       (SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) AS referred
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class o ON o.oid = k.confrelid JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT o.relispartition AND {_PG_OURS}
ORDER BY 1, 2, k.conname
"""

PG_TRIGGERS = f"""
SELECT n.nspname AS schema, c.relname AS name, t.tgname AS trigger, t.tgtype::int AS events
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND {_PG_OURS}
UNION ALL
SELECT n.nspname, c.relname, r.rulename, CASE r.ev_type WHEN '2' THEN 16 WHEN '3' THEN 4 WHEN '4' THEN 8 ELSE 0 END
FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND r.ev_enabled <> 'D' AND {_PG_OURS}
ORDER BY 1, 2, 3
"""

PG_SHOWS = f"""
SELECT DISTINCT n.nspname AS schema, c.relname AS name, m.nspname AS other_schema, o.relname AS other
FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend e ON e.classid = 'pg_catalog.pg_rewrite'::regclass AND e.objid = r.oid AND e.refclassid = 'pg_catalog.pg_class'::regclass
JOIN pg_catalog.pg_class o ON o.oid = e.refobjid AND o.oid <> c.oid AND o.relkind IN ('r', 'p', 'v', 'm', 'f')
JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace
WHERE {_PG_OURS}
"""

_PG_SEEN = """x.{column} IN (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid >= 16384 AND c.relpersistence <> 't' AND c.relkind IN ('r', 'p', 'v', 'm', 'f'))"""


def _rows(table: str, where: str) -> str:
    """How many rows of a table of the system there are, and a sum over who wrote them and where they stand."""
    return f"(SELECT count(*) || ' ' || coalesce(sum(pg_catalog.hashtextextended(x.xmin::text || x.ctid::text, 0)), 0) FROM pg_catalog.{table} x WHERE {where})"


_PG_OF_TABLES = (("pg_class", "oid"), ("pg_attribute", "attrelid"), ("pg_attrdef", "adrelid"), ("pg_constraint", "conrelid"), ("pg_index", "indrelid"),
                 ("pg_trigger", "tgrelid"), ("pg_rewrite", "ev_class"), ("pg_inherits", "inhparent"))  # fmt: skip
PG_STAMP = f"""
SELECT concat_ws('|', pg_catalog.pg_postmaster_start_time(), d.oid, d.xmin, current_user, r.rolsuper, pg_catalog.current_schemas(true),
  {", ".join(_rows(table, _PG_SEEN.format(column=column)) for table, column in _PG_OF_TABLES)},
  {_rows("pg_namespace", "x.nspname !~ '^pg_t'")}, {_rows("pg_auth_members", "true")}, {_rows("pg_depend", "x.deptype = 'e'")},
  {_rows("pg_type", "x.oid >= 16384 AND x.typrelid = 0 AND x.typelem = 0")}, {_rows("pg_enum", "true")})
FROM pg_catalog.pg_database d, pg_catalog.pg_roles r WHERE d.datname = pg_catalog.current_database() AND r.rolname = current_user
"""
"""Another word whenever a row of the system's tables that a form is read from was written, in whichever way: rows have the
number of the transaction that wrote them. What the system changes in place (guesses of sizes) is not in it."""

MY_TABLES = """
SELECT t.table_name AS name, t.table_type AS kind, t.table_rows AS row_count, t.data_length + t.index_length AS bytes,
       EXISTS (SELECT 1 FROM information_schema.partitions p WHERE p.table_schema = t.table_schema AND p.table_name = t.table_name
               AND p.partition_name IS NOT NULL) AS parts,
       COALESCE(e.transactions, 'YES') <> 'YES' AS untransacted
FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine WHERE t.table_schema = database() AND t.table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
"""

MY_TYPES = """
SELECT table_name AS name, column_name AS col, column_type AS type FROM information_schema.columns WHERE table_schema = database()
"""

MY_FOREIGN = """
SELECT k.table_name AS name, k.constraint_name AS fk, k.column_name AS col, k.referenced_table_name AS other,
       k.referenced_table_schema AS other_schema, k.referenced_table_schema = k.table_schema AS same,
       k.referenced_column_name AS referred, r.delete_rule AS rule
FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.table_schema = database() AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
"""

MARIA_JSON = """
SELECT table_name AS name, check_clause AS clause FROM information_schema.check_constraints
WHERE constraint_schema = database() AND check_clause LIKE 'json\\_valid(%'
"""

MY_TRIGGERS = """
SELECT event_object_table AS name, trigger_name AS trig, event_manipulation AS event FROM information_schema.triggers
WHERE event_object_schema = database() ORDER BY 1, 2
"""

MY_VIEWS = """
SELECT table_name AS name, view_definition AS body FROM information_schema.views WHERE table_schema = database()
"""

LITE_TABLES = """
SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""

LITE_TYPES = """
SELECT m.name, x.name AS col, x.type FROM sqlite_master m, pragma_table_xinfo(m.name) x WHERE m.type = 'table'
"""

LITE_PRIMARY = """
SELECT m.name, x.name AS col FROM sqlite_master m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND x.pk > 0 ORDER BY m.name, x.pk
"""

LITE_WRITTEN = """
SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') AND sql IS NOT NULL
"""

LITE_FOREIGN = """
SELECT m.name, f.id, f."from" AS col, f."table" AS other, f."to" AS referred, f.on_delete AS rule
FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id DESC, f.seq
"""

LITE_INDEXES = """
SELECT m.name, l.name AS idx, l."unique" AS whole, l.partial, x.name AS col, i.sql
FROM sqlite_master m, pragma_index_list(m.name) l, pragma_index_xinfo(l.name) x LEFT JOIN sqlite_master i ON i.type = 'index' AND i.name = l.name
WHERE m.type = 'table' AND x.key = 1 ORDER BY m.name, l.seq, x.seqno
"""

LITE_TRIGGERS = """
SELECT tbl_name AS name, name AS trig, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1, 2
"""
