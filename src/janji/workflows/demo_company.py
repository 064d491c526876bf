"""The made-up company, brought into real stores: three databases, a file, a folder of logs, and what their tables mean."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from janji.connectors import loading
from janji.connectors.base import Connector
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import SystemMeaning
from janji.datamap.written import write_meaning
from janji.demo import weblogs
from janji.demo.sheets import Cells, Made, Sheet, Size
from janji.demo.systems import MOST, SYSTEMS
from janji.errors import Conflict, Invalid
from janji.files.writing import write_file
from janji.store.private import write_private
from janji.terms.messages import N_, say
from janji.workflows.house import reach_database
from janji.workflows.runtime import Runtime

SIZES = {"small": 1_000, "medium": 50_000, "large": 250_000}
UNTIL = date(2026, 11, 1)
"""The last day of what is made, when no other is named: the same command makes the same data on every day."""
FIRST, LAST = date(2025, 1, 1), date(2030, 12, 31)
PREFIX = "demo_"
MAPS = "datamap"
CONNECTIONS = "connections.json"
IN_POSTGRESQL = ("mycontoh", "care", "recruitment")

Progress = Callable[[str, str, int], None]
"""Called with system, table, and how many rows came since the last call."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One system that was made: where it is, and how many rows each table has. The address may hold a password."""

    system: str
    address: str
    tables: dict[str, int]


def people_of(size: str) -> int:
    """How many people a size is: `small`, `medium`, `large` or a number. Raises `Invalid`."""
    if size in SIZES:
        return SIZES[size]
    if size.isascii() and size.isdigit() and len(size) < 8 and 10 <= int(size) <= MOST:
        return int(size)
    raise Invalid(say(N_("`{size}` is not a size"), size=size),
                  say(N_("write `small`, `medium`, `large` or a number of people from 10 to {most}"), most=MOST))  # fmt: skip


def make_company(
    runtime: Runtime, folder: Path, size: Size, url: str | None = None, replace: bool = False, prefix: str = PREFIX,
    progress: Progress = lambda *_: None,
) -> tuple[Filled, ...]:  # fmt: skip
    """Make every system, its addresses in `connections.json` of the folder; without `url` on the PostgreSQL of the house.

    Names of databases begin with `prefix`. Raises `Conflict` when something is there already that `replace` does not cover.
    """
    if not FIRST <= size.until <= LAST:
        raise Invalid(say(N_("the last day is from {first} to {last}"), first=FIRST, last=LAST), say(N_("name another with `--until`")))
    _make_room(folder, replace)
    with nullcontext(url) if url is not None else reach_database(runtime) as server:
        made = [_postgresql(SYSTEMS[name], server, f"{prefix}{name}", size, replace, progress) for name in IN_POSTGRESQL]
        made += [_sqlite(SYSTEMS["community"], folder, size, progress), _parquet(SYSTEMS["weblogs"], folder, size, progress)]
        for filled in made:
            write_file(folder / MAPS / f"{filled.system}.yaml", write_meaning(_reviewed(filled)))
    held = {filled.system: filled.address for filled in made}
    write_private(folder / CONNECTIONS, json.dumps(held, indent=2).encode() + b"\n")
    return tuple(made)


def remove_company(runtime: Runtime, folder: Path, url: str | None = None, prefix: str = PREFIX) -> int:
    """Remove what `make_company` made, databases and folder; how many systems."""
    with nullcontext(url) if url is not None else reach_database(runtime) as server:
        count = loading.drop_databases(server, [f"{prefix}{name}" for name in IN_POSTGRESQL])
    if (folder / CONNECTIONS).is_file():
        count += len(SYSTEMS) - len(IN_POSTGRESQL)
        _clear(folder)
    return count


def _reviewed(filled: Filled) -> SystemMeaning:
    """What a system means, every table reviewed in the form that it has now."""
    if filled.address.startswith("file:"):
        from janji.connectors.files import open_folder

        store: Connector = open_folder(filled.system, Path(filled.address.removeprefix("file://")))
    else:
        from janji.connectors.opening import open_connector

        store = open_connector(filled.system, filled.address)
    with closing(store):
        live = store.catalogue().tables
    said = SYSTEMS[filled.system].meaning
    return changed(said, tables={name: changed(table, reviewed=fingerprint(live[name])) for name, table in said.tables.items()})


def _make_room(folder: Path, replace: bool) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not replace or not (folder / CONNECTIONS).is_file():
            raise Conflict(
                say(N_("there is something in `{path}` already"), path=folder),
                say(N_("name a new folder, or write `--replace` where `janji demo data` made it")),
            )
        _clear(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_private(folder / CONNECTIONS, b"{}\n")  # by it what broke off is known as ours


def _clear(folder: Path) -> None:
    """Take away what we make, and nothing else."""
    for name in (CONNECTIONS, *(f"community.db{end}" for end in ("", "-wal", "-shm"))):
        (folder / name).unlink(missing_ok=True)
    for name in ("weblogs", MAPS):
        shutil.rmtree(folder / name, ignore_errors=True)


def _counted(made: Made, sheet: Sheet, rows: Iterable[Cells], progress: Progress) -> Iterator[Cells]:
    count = 0
    for row in rows:
        yield row
        count += 1
        if count == 10_000:
            progress(made.name, sheet.table, count)
            count = 0
    progress(made.name, sheet.table, count)


def _postgresql(made: Made, url: str, name: str, size: Size, replace: bool, progress: Progress) -> Filled:
    counts = {}
    with loading.fresh_database(url, name, replace) as connection:
        for statement in made.form:
            connection.execute(statement.encode())
        for sheet in made.sheets:
            counts[sheet.table] = loading.copy_rows(
                connection, sheet.table, sheet.columns, _counted(made, sheet, sheet.rows(size), progress)
            )
        for statement in made.after:
            connection.execute(statement.encode())
        connection.execute("ANALYZE")
    parts = urlsplit(url)
    return Filled(made.name, urlunsplit(parts._replace(path=f"/{quote(name)}")), counts)


def _sqlite(made: Made, folder: Path, size: Size, progress: Progress) -> Filled:
    path = folder.absolute() / f"{made.name}.db"
    counts = {}
    with loading.fresh_file(path) as connection:
        for statement in made.form:
            connection.execute(statement)
        for sheet in made.sheets:
            counts[sheet.table] = loading.insert_rows(
                connection, sheet.table, sheet.columns, _counted(made, sheet, sheet.rows(size), progress)
            )
        for statement in made.after:
            connection.execute(statement)
    return Filled(made.name, f"sqlite:///{path}", counts)


def _parquet(made: Made, folder: Path, size: Size, progress: Progress) -> Filled:
    place = folder.absolute() / made.name
    counts = {}
    for sheet, rows, types in zip(made.sheets, (weblogs.logs, weblogs.events), (weblogs.LOG_TYPES, weblogs.EVENT_TYPES), strict=True):
        (place / sheet.table).mkdir(parents=True)
        counts[sheet.table] = 0
        for month in range(weblogs.MONTHS):
            last = date.fromordinal(size.until.toordinal() - 30 * month)
            counts[sheet.table] += loading.write_parquet(
                place / sheet.table / f"{last:%Y-%m-%d}.parquet", sheet.columns, types, _counted(made, sheet, rows(size, month), progress)
            )
    return Filled(made.name, f"file://{place}", counts)
