"""The dialect of each kind of database, loaded when one is spoken to."""

from __future__ import annotations

from janji.connectors.dialects import Dialect


def dialect_of(name: str) -> Dialect:
    """How databases of a kind are spoken to, by SQLAlchemy's name for it."""
    if name == "postgresql":
        from janji.connectors.postgresql import PostgreSQL

        return PostgreSQL()
    if name == "sqlite":
        from janji.connectors.sqlite import SQLite

        return SQLite()
    from janji.connectors.mysql import MySQL

    return MySQL()
