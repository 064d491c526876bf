"""A house with the made-up company beside it: databases of one's own for each test, cloned from one that was made once."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row
from tests.people_house import Clock, make_house

from janji.demo.people import Person, person
from janji.demo.sheets import Size
from janji.store.server import ServerHandle
from janji.workflows import systems
from janji.workflows.demo_company import CONNECTIONS, MAPS, make_company
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.people import subjects_for
from janji.workflows.systems import Stage

SIZE = Size(120, 7, date(2026, 11, 1))
PLACES = ("mycontoh", "care", "recruitment")


@dataclass(frozen=True)
class Company:
    """Where the company lies that others are cloned from."""

    folder: Path
    prefix: str
    server: ServerHandle


@dataclass(frozen=True)
class World:
    """A house, and the company's systems as they are now."""

    house: House
    addresses: dict[str, str]

    def person(self, number: int) -> UUID:
        """One of the company's people, on record in the house."""
        return subjects_for(self.house, [("email", self.who(number).email)])[0]

    def who(self, number: int) -> Person:
        """Who that is."""
        return person(SIZE.seed, number)

    def rows(self, system: str) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table of a system, in one order."""
        names = [name for name, table in meanings(self.house.runtime)[system].tables.items() if table.retention or table.personal]
        address = self.addresses[system]
        if address.startswith("sqlite"):
            with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as link:
                link.row_factory = sqlite3.Row
                return {name: [dict(row) for row in link.execute(f"SELECT * FROM {name} ORDER BY 1, 2")] for name in names}  # noqa: S608
        with psycopg.connect(address, row_factory=dict_row) as link:
            return {name: link.execute(f"SELECT * FROM {name} ORDER BY 1, 2".encode()).fetchall() for name in names}  # noqa: S608

    def run(self, system: str, statement: str) -> list[tuple[Any, ...]]:
        """A statement in a PostgreSQL of the company."""
        with psycopg.connect(self.addresses[system], autocommit=True) as link:
            cursor = link.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def make(server: ServerHandle, folder: Path) -> Company:
    """Make the company that others are cloned from."""
    prefix = f"company_{hashlib.sha256(str(folder).encode()).hexdigest()[:10]}_"
    runtime = Clock(replace(_settings(folder / "none")), _tongue())
    make_company(runtime, folder / "made", SIZE, server.url, prefix=prefix)
    return Company(folder / "made", prefix, server)


def drop(company: Company) -> None:
    """Remove its databases."""
    with psycopg.connect(company.server.url, autocommit=True) as link:
        for name in PLACES:
            link.execute(f"DROP DATABASE IF EXISTS {company.prefix}{name} WITH (FORCE)".encode())


@contextmanager
def cloned(company: Company, url: str, folder: Path, names: Sequence[str] = ("mycontoh", "care", "community"), stage: Stage = Stage.PLANNED) -> Iterator[World]:
    """A house on a fresh database, with some systems of the company connected at a stage."""
    maps = folder / "maps"
    maps.mkdir()
    made = make_house(url, folder)
    house = replace(made, runtime=Clock(replace(made.runtime.settings, maps=maps), made.runtime.tongue))
    first = json.loads((company.folder / CONNECTIONS).read_text())
    addresses = {}
    databases = []
    for name in names:
        shutil.copy(company.folder / MAPS / f"{name}.yaml", maps)
        if name in PLACES:
            own = f"clone_{uuid4().hex}"
            with psycopg.connect(company.server.url, autocommit=True) as link:
                link.execute(f"CREATE DATABASE {own} TEMPLATE {company.prefix}{name} STRATEGY wal_log".encode())
            databases.append(own)
            addresses[name] = company.server.url_of(own)
        elif name == "community":
            shutil.copy(company.folder / "community.db", folder)
            addresses[name] = f"sqlite:///{folder / 'community.db'}"
        else:
            shutil.copytree(company.folder / name, folder / name)
            addresses[name] = first[name].replace(str(company.folder.absolute()), str(folder))
        systems.add(house, name, addresses[name])
        for step in list(Stage)[1 : list(Stage).index(stage) + 1]:
            systems.move(house, name, step)
    try:
        yield World(house, addresses)
    finally:
        with psycopg.connect(company.server.url, autocommit=True) as link:
            for own in databases:
                link.execute(f"DROP DATABASE {own} WITH (FORCE)".encode())


def _settings(data: Path) -> Any:
    from janji.workflows.runtime import Settings

    return Settings(data_dir=data)


def _tongue() -> Any:
    from janji.terms.messages import ENGLISH

    return ENGLISH
