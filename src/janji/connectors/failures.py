"""What a database says when it gives up, without a value of anybody: which error of ours it is, and whether trying again helps."""

from __future__ import annotations

from typing import Any

from janji.connectors.engines import code_of, translate
from janji.errors import Conflict, Invalid, JanjiError, Unavailable
from janji.terms.messages import N_, printable, say

_AGAIN = {"40001", "40P01", "1213", "1020"}
"""Serialization failures and deadlocks (SQLSTATE of PostgreSQL, numbers of MySQL)."""
_LOCKED = {"55P03", "1205", "SQLITE_BUSY", "SQLITE_LOCKED"}
_SLOW = {"57014", "3024", "1969", "SQLITE_INTERRUPT"}
_FULL = {"53100", "1114", "1021", "28", "SQLITE_FULL"}
_GONE = {"42P01", "42703", "3F000", "1146", "1054", "1049"}
_HELD = {"23503", "23001", "1451", "1452", "SQLITE_CONSTRAINT_FOREIGNKEY"}
_BROKEN = {"23502", "23505", "23514", "23P01", "22001", "22P02", "22003", "1048", "1062", "1406", "1264", "1366", "3819", "4025",
           "SQLITE_CONSTRAINT_NOTNULL", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_CHECK", "SQLITE_CONSTRAINT_TRIGGER",
           "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT"}  # fmt: skip


class Again(Conflict):
    """Somebody else's change came between; the same may succeed now."""


def failure(error: Exception) -> JanjiError:
    """An error of a driver as one of ours. Names of tables and constraints are told, never what the driver quotes."""
    code = code_of(error)
    where = _where(error)
    if code in _AGAIN:
        return Again(
            say(N_("somebody else changed the same rows of the database at the same time")),
            say(N_("nothing was changed; run this again")),
        )
    if code in _LOCKED or code in _SLOW:
        return Unavailable(
            say(N_("the database is locked or too slow: a statement did not end in time")),
            say(N_("nothing was changed; run this again when the database is quieter, or allow it more time")),
        )
    if code in _FULL:
        return Unavailable(say(N_("the database has no room left on its disk")), say(N_("nothing was changed; make room, then run this again")))
    if code in _GONE or "no such table" in str(error) or "no such column" in str(error):
        return Invalid(
            say(N_("the database has changed since the plan was made")),
            say(N_("look at what changed with `janji map diff`, review it, and make the plan again")),
        )
    if code in _HELD:
        return Invalid(
            say(N_("rows that are to be deleted are referred to ({where})"), where=where),
            say(N_("nothing was changed; look with `janji map diff` for a reference that is new, and make the plan again")),
        )
    if code in _BROKEN:
        return Invalid(
            say(N_("the database refuses what a column was to become ({where})"), where=where),
            say(N_("nothing was changed; say in the data map what the column becomes, and make the plan again")),
        )
    return translate(error)


def _where(error: Any) -> str:
    """The table and constraint of an error, where the driver tells them apart from the values."""
    found = getattr(error, "diag", None)
    names = [getattr(found, name, None) for name in ("table_name", "column_name", "constraint_name")] if found is not None else []
    return ", ".join(f"`{printable(str(name))}`" for name in names if name) or "-"
