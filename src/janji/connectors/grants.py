"""The rights that searching and erasing a database need, and no more, as statements for whoever looks after it."""

from __future__ import annotations

from janji.connectors.dialects import Dialect
from janji.erasure.steps import Change, Clear, Delete, Hold, StorePlan


def grants(dialect: str, plan: StorePlan, reader: str, eraser: str) -> str:
    """Statements that let `reader` search and `eraser` erase by a plan, and nothing else, to be run in the database that they are for.

    An account of MySQL may be `name@host`. SQLite has files instead of rights.
    """
    if dialect == "postgresql":
        return _postgresql(plan, reader, eraser)
    if dialect == "mysql":
        return _mysql(plan, reader, eraser)
    return "-- SQLite knows no accounts: let who searches read the file, and who erases write it and its folder\n"


def _read(plan: StorePlan) -> list[str]:
    """The tables that are read: gathered ones, and those that refer to their rows."""
    read = dict.fromkeys(gather.table for gather in plan.gathers)
    for action in plan.actions:
        if isinstance(action, Delete):
            read.update(dict.fromkeys(item.table for item in action.referring))
        elif isinstance(action, Hold):
            read.update(dict.fromkeys(item.table for _, item in action.pairs))
    return list(read)


def _written(plan: StorePlan) -> tuple[list[str], dict[str, list[str]]]:
    """The tables that are deleted from, and the columns of each that are changed."""
    deleted = list(dict.fromkeys(action.table for action in plan.actions if isinstance(action, Delete)))
    changed: dict[str, dict[str, None]] = {}
    for action in plan.actions:
        if isinstance(action, Change):
            changed.setdefault(action.table, {}).update(dict.fromkeys(item.column for item in action.assignments))
        elif isinstance(action, Clear):
            changed.setdefault(action.table, {}).update(dict.fromkeys(action.columns))
    return deleted, {table: list(columns) for table, columns in changed.items()}


def _postgresql(plan: StorePlan, reader: str, eraser: str) -> str:
    from janji.connectors.postgresql import PostgreSQL

    words: Dialect = PostgreSQL()
    roles = [words.quote(role) for role in dict.fromkeys((reader, eraser))]
    both, erases = ", ".join(roles), words.quote(eraser)
    read, (deleted, changed) = _read(plan), _written(plan)
    copies = ", ".join(map(words.table, plan.refreshes))
    schemas = list(dict.fromkeys(name.split(".", 1)[0] for name in (*read, *plan.refreshes) if "." in name))
    lines = ["-- searching", _on_database("CONNECT", both)]
    lines += [f"GRANT USAGE ON SCHEMA {', '.join(map(words.quote, schemas))} TO {both};"] if schemas else []
    lines += [f"GRANT SELECT ON {', '.join(map(words.table, read))} TO {both};"] if read else []
    lines += ["-- erasing", _on_database("TEMPORARY", erases)]
    lines += [f"GRANT DELETE ON {', '.join(map(words.table, deleted))} TO {erases};"] if deleted else []
    lines += [f"GRANT UPDATE ({', '.join(map(words.quote, columns))}) ON {words.table(table)} TO {erases};" for table, columns in changed.items()]
    if copies:
        lines += [f"GRANT SELECT ON {copies} TO {erases};", "-- so that these are filled anew, from PostgreSQL 17 on; before, by their owner alone"]
        lines += [f"-- GRANT MAINTAIN ON {copies} TO {erases};"]
    return "\n".join(lines) + "\n"


def _on_database(right: str, roles: str) -> str:
    """A right on the database that is at hand, whatever its name is."""
    text = f"GRANT {right} ON DATABASE %I TO {roles.replace('%', '%%')}".replace("'", "''")
    return f"DO $janji$ BEGIN EXECUTE format('{text}', current_database()); END $janji$;"


def _mysql(plan: StorePlan, reader: str, eraser: str) -> str:
    from janji.connectors.mysql import MySQL

    words: Dialect = MySQL()
    read, (deleted, changed) = _read(plan), _written(plan)
    accounts = ["'" + account.replace("\\", "\\\\").replace("'", "''").replace("@", "'@'") + "'" for account in dict.fromkeys((reader, eraser))]
    lines = ["-- searching"]
    lines += [f"GRANT SELECT ON {words.quote(table)} TO {account};" for account in accounts for table in read]
    lines += ["-- erasing", f"GRANT CREATE TEMPORARY TABLES ON * TO {accounts[-1]};"]
    lines += [f"GRANT DELETE ON {words.quote(table)} TO {accounts[-1]};" for table in deleted]
    lines += [
        f"GRANT UPDATE ({', '.join(map(words.quote, columns))}) ON {words.quote(table)} TO {accounts[-1]};" for table, columns in changed.items()
    ]
    return "\n".join(lines) + "\n"
