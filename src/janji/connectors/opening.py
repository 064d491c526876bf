"""The connector of a database by its URL."""

from __future__ import annotations

from janji.connectors.bounds import LIMITS, Limits
from janji.connectors.kinds import dialect_of
from janji.connectors.sql import SqlConnector


def open_connector(system: str, url: str, limits: Limits = LIMITS) -> SqlConnector:
    """The connector of the SQL database at `url`; it is reached when something is asked of it.

    Raises `Invalid` for a URL of no kind of database that is known, `Unavailable` where its driver is not installed.
    """
    from janji.connectors.engines import open_engine

    engine = open_engine(url, limits)
    return SqlConnector(system, engine, dialect_of(engine.dialect.name), limits)
