"""Systems connected: their addresses sealed, how far Janji may go in each, and each reached by so many at a time as it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from janji.errors import Conflict, Invalid, JanjiError, Refusal, Unavailable, Unknown
from janji.ledger.events import Actor, Kind
from janji.store import secrets
from janji.store import systems as store
from janji.store.database import transaction
from janji.store.systems import SystemRow, secret_name
from janji.store.vault import NONCE_BYTES
from janji.store.workers import leave_seat, take_seat
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.outside import open_outside
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import Runtime

if TYPE_CHECKING:
    from janji.connectors.base import Connector

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
MANUAL_KIND = "manual"
KINDS = {
    "postgresql": "postgresql", "postgres": "postgresql", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite",
    "file": "files", "s3": "files", "service": "service", "opendsr": "processor",
}  # fmt: skip
"""The kind of store by how its address begins."""
ONE_BY_ONE = ("service", "processor")
"""Kinds that say how many requests a second they may be sent: one connection at a time keeps to it, whoever works."""
UNSWEPT = ("service", "processor")
"""Kinds of store whose rows no sweep can end by time (`connectors.base.Gap.DUE`): their owners end them."""
MOST_SEATS = 64
PATIENCE = 10_000
"""So many milliseconds a seat is waited for."""


class Stage(StrEnum):
    """How far Janji may go in a system; a system goes one stage further at a time, and back as far as is wished."""

    MANUAL = "manual"
    SEARCH = "search"
    PLANNED = "planned"
    AUTOMATIC = "automatic"


STAGES = list(Stage)


@dataclass(frozen=True, slots=True)
class System:
    """A system as people see it: nothing here opens it."""

    id: UUID
    name: str
    kind: str
    place: str
    stage: Stage
    made: datetime
    reached: datetime | None = None
    proven: datetime | None = None
    title: str = ""
    location: str = ""
    country: str = ""
    seats: int | None = None

    @property
    def searched(self) -> bool:
        """Whether Janji looks there by itself."""
        return self.stage is not Stage.MANUAL

    @property
    def swept(self) -> bool:
        """Whether a sweep sees by itself what is over there: not where a person answers, nor in the kinds of store whose rows it cannot end by time."""
        return self.searched and self.kind not in UNSWEPT

    @property
    def erased(self) -> bool:
        """Whether Janji erases there by itself."""
        return self.stage in (Stage.PLANNED, Stage.AUTOMATIC)


@dataclass(frozen=True, slots=True)
class Tested:
    """What a system answered: its dialect, how many tables it shows, what its kind cannot do."""

    dialect: str
    tables: int
    gaps: tuple[str, ...]


# ------------------------------------------------------------------------------------------------------------ the list


def systems() -> tuple[System, ...]:
    """Every system, by name."""
    return tuple(map(_system, store.systems()))


def system_named(name: str) -> System:
    """One system; raises `Invalid` when there is none of this name."""
    found = next((row for row in store.systems() if row.name == name), None)
    if found is None:
        raise _unknown(name)
    return _system(found)


def system_json(one: System) -> dict[str, Any]:
    """A system as JSON; what is absent is left out."""
    held: dict[str, Any] = {
        "name": one.name, "title": one.title, "kind": one.kind, "place": one.place, "stage": str(one.stage), "location": one.location,
        "country": one.country, "at_once": one.seats, "made": _instant(one.made), "reached": _instant(one.reached), "proven": _instant(one.proven),
    }  # fmt: skip
    return {key: value for key, value in held.items() if value}


def add(house: House, name: str, address: str = "", *, title: str = "", location: str = "", country: str = "") -> System:
    """Keep a system: with its address, which is sealed, or without one, and then a person answers for it.

    It begins at the stage `manual`. Raises `Invalid` for a name or an address that cannot be one, `Conflict` for a name that is taken.
    """
    if not NAME.fullmatch(name):
        raise Invalid(say(N_("`{word}` cannot be the name of a system"), word=name), say(N_("use lower-case letters, digits, `-` and `_`, as in `web-shop`")))
    kind, place = _read(address) if address else (MANUAL_KIND, "")
    row = SystemRow(
        house.runtime.new_id(), name, kind, place, str(Stage.MANUAL), house.runtime.now(), title=title, location=location, country=country,
        seats=_seats(kind),
    )  # fmt: skip
    with transaction():
        if any(other.name == name for other in store.systems()):
            raise Conflict(say(N_("there is a system `{name}` already"), name=name), say(N_("`janji connect rotate` gives it another address")))
        store.insert_system(row)
        if address:
            row = _seal(house, row, address)
    return _system(row)


def put(house: House, rows: Sequence[tuple[str, str, str, str]]) -> int:
    """Keep the systems of a register, each as name, title, location and country; how many are new.

    Of those that are known, stage and address stay as they are.
    """
    for name, *_ in rows:
        if not NAME.fullmatch(name):
            raise Invalid(say(N_("`{word}` cannot be the name of a system"), word=name), say(N_("use lower-case letters, digits, `-` and `_`, as in `web-shop`")))
    now, ids = house.runtime.now(), house.runtime.new_ids(len(rows))
    return store.put_systems([
        SystemRow(id, name, MANUAL_KIND, "", str(Stage.MANUAL), now, title=title, location=location, country=country)
        for id, (name, title, location, country) in zip(ids, rows, strict=True)
    ]) if rows else 0  # fmt: skip


def rotate(house: House, name: str, address: str) -> System:
    """Give a system another address, with which it must answer; the one before it is gone.

    Raises `Conflict` when what answers is another kind of store, and as `test` does.
    """
    kind, place = _read(address)
    before = system_named(name)
    if before.kind not in (kind, MANUAL_KIND):
        raise Conflict(
            say(N_("`{name}` is another kind of store than what this address leads to"), name=name),
            say(N_("remove it and add it anew: its data map is another one too")),
        )
    _try(house, name, address)
    with transaction():
        row = store.lock_system(name)
        if row is None:
            raise _unknown(name)
        seats = row.seats if row.kind == kind else _seats(kind)
        row = _seal(house, replace(row, kind=kind, place=place, seats=seats, reached=house.runtime.now()), address)
    return _system(row)


def limit(name: str, seats: int) -> System:
    """Let at most so many connections of ours be at a system at once, over all processes; raises `Invalid` for none or too many."""
    if not 1 <= seats <= MOST_SEATS:
        raise Invalid(say(N_("`{count}` cannot be how many connections there may be"), count=seats), say(N_("from 1 to {most}"), most=MOST_SEATS))
    with transaction():
        row = store.lock_system(name)
        if row is None:
            raise _unknown(name)
        row = replace(row, seats=seats)
        store.write_system(row)
    return _system(row)


def remove(house: House, name: str) -> None:
    """Let a system be gone: its address is deleted; what was done there stays on record."""
    with transaction():
        row = store.lock_system(name)
        if row is None:
            raise _unknown(name)
        secrets.destroy([secret_name(row)])
        store.remove_system(row.id, house.runtime.now())
        record(house, [Entry(kind=Kind.SYSTEM_CHANGED, actor=Actor.STAFF, details={"system": name, "stage": "removed"})])


def test(house: House, name: str) -> Tested:
    """Reach a system and read its form; raises `Unavailable` when it does not answer, `Refusal` when it has no address."""
    found = system_named(name)
    if found.kind == MANUAL_KIND:
        raise _no_address(name)
    with reaching(house) as reach:
        tested = _tested(reach.of(name))
    with transaction():
        row = store.lock_system(name)
        if row is not None:
            store.write_system(replace(row, reached=house.runtime.now()))
    return tested


def move(house: House, name: str, stage: Stage) -> System:
    """Let Janji go one stage further in a system, or back to any; recorded.

    To search, it must answer. To erase automatically, an erasure there must have been found complete. Raises `Refusal` otherwise.
    """
    if stage is not Stage.MANUAL:
        test(house, name)
    with transaction():
        row = store.lock_system(name)
        if row is None:
            raise _unknown(name)
        step = STAGES.index(stage) - STAGES.index(Stage(row.stage))
        if step > 1:
            raise Refusal(
                say(N_("`{name}` is at the stage `{stage}`, and goes one stage further at a time"), name=name, stage=row.stage),
                say(N_("next is `{stage}`"), stage=str(STAGES[STAGES.index(Stage(row.stage)) + 1])),
            )
        if stage is Stage.AUTOMATIC and step == 1 and row.proven is None:
            raise Refusal(
                say(N_("no erasure in `{name}` was found complete yet"), name=name),
                say(N_("plan and run one with `janji plan erase` and `janji erase run`")),
            )
        row = replace(row, stage=str(stage))
        if step:
            store.write_system(row)
            record(house, [Entry(kind=Kind.SYSTEM_CHANGED, actor=Actor.STAFF, details={"system": name, "stage": str(stage)})])
    return _system(row)


# --------------------------------------------------------------------------------------------------------- connections


class Reaching:
    """Systems reached while this is open: each opened once, when it is first wanted, and let go of at the end.

    Of connections to a system that is limited there are never more than its seats, over all processes; who finds none free waits a little.
    """

    def __init__(self, runtime: Runtime, addresses: Mapping[str, str], listed: Sequence[System] = ()) -> None:
        self.systems = tuple(listed)
        self._runtime, self._addresses = runtime, addresses
        self._seats = {one.name: one.seats for one in listed if one.seats is not None}
        self._open: dict[str, tuple[Connector, int | None]] = {}

    def of(self, name: str) -> Connector:
        """The store of a system; raises `Refusal` when it has no address, `Unavailable` when too many are there, and as opening does."""
        held = self._open.get(name)
        if held is None:
            if name not in self._addresses:
                raise _no_address(name)
            seat = self._seat(name)
            try:
                held = self._open[name] = open_store(name, self._addresses[name], self._runtime), seat
            finally:
                if held is None and seat is not None:
                    leave_seat(seat)
        return held[0]

    def _seat(self, name: str) -> int | None:
        if name not in self._seats:
            return None
        seat = take_seat(name, self._seats[name], PATIENCE)
        if seat is None:
            raise Unavailable(
                say(N_("`{name}` is reached by as many at once as it may be: {count}"), name=name, count=self._seats[name]),
                say(N_("try again later, or let there be more with `janji connect limit`")),
            )
        return seat

    def let_go(self, name: str) -> None:
        """Close a store that failed, so that the next use opens it anew."""
        held = self._open.pop(name, None)
        if held is not None:
            connector, seat = held
            try:
                with suppress(JanjiError):
                    connector.close()
            finally:
                if seat is not None:
                    leave_seat(seat)

    def close(self) -> None:
        """Let go of every store."""
        with ExitStack() as stack:  # whatever goes wrong with one
            for name in self._open:
                stack.callback(self.let_go, name)


@contextmanager
def reaching(house: House, read: Sequence[Mapping[str, Any]] | None = None) -> Iterator[Reaching]:
    """The systems of this house, or as they were `read` by something else, for as long as they are wanted: one connector each."""
    rows = store.addressed_systems(house.keeper, read)
    addresses = {row.name: address.decode() for row, address in rows if address is not None}
    found = Reaching(house.runtime, addresses, tuple(_system(row) for row, _ in rows))
    try:
        yield found
    finally:
        found.close()


def open_store(name: str, address: str, runtime: Runtime) -> Connector:
    """The connector of an address, by how it begins; raises `Unavailable` when nothing answers, or a driver is missing."""
    kind, _ = _read(address)
    if kind in ("postgresql", "mysql", "sqlite"):
        from janji.connectors.opening import open_connector

        return open_connector(name, address)
    return open_outside(runtime, name, address)


def without_password(address: str) -> bool:
    """Whether an address opens nothing by itself, and may stand where others read it."""
    parts = _parts(address)
    return not parts.password and not (parts.query and KINDS.get(parts.scheme) in ("service", "processor", "files")) and "password" not in parts.query


def _seal(house: House, row: SystemRow, address: str) -> SystemRow:
    """Keep the address of a system, in place of the one before."""
    fresh = replace(row, secret=row.secret + 1)
    if not secrets.keep(house.keeper, secret_name(fresh), address.encode(), house.runtime.random(NONCE_BYTES)):
        raise Conflict(say(N_("the key-encryption key was changed while this ran")), say(N_("start again with the new one")))
    if row.secret:
        secrets.destroy([secret_name(row)])
    store.write_system(fresh)
    return fresh


def _try(house: House, name: str, address: str) -> Tested:
    """What an address leads to, reached and read once."""
    with closing(Reaching(house.runtime, {name: address})) as reach:
        return _tested(reach.of(name))


def _tested(connector: Connector) -> Tested:
    catalogue = connector.catalogue()
    return Tested(catalogue.dialect, len(catalogue.tables), tuple(sorted(map(str, connector.gaps))))


def _read(address: str) -> tuple[str, str]:
    """The kind of store that an address leads to, and where that is without who comes and by which password."""
    parts = _parts(address)
    kind = KINDS.get(parts.scheme.partition("+")[0])
    if kind is None:
        raise Invalid(
            say(N_("an address begins with a kind of store that is not known")),
            say(N_("write it as `postgresql://user:password@host/name`, `mysql://...`, `sqlite:///path` or `s3://bucket/folder`")),
        )
    port = f":{parts.port}" if parts.port else ""
    return kind, f"{kind}://{parts.hostname or ''}{port}{parts.path}"


def _parts(address: str) -> Any:
    try:
        parts = urlsplit(address.strip())
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        raise Invalid(say(N_("an address is not well formed")), say(N_("write `@`, `:` and `/` in a password as `%40`, `%3A` and `%2F`"))) from None
    return parts


def _system(row: SystemRow) -> System:
    return System(
        row.id, row.name, row.kind, row.place, Stage(row.stage), row.made, row.reached, row.proven, row.title, row.location, row.country,
        row.seats,
    )  # fmt: skip


def _seats(kind: str) -> int | None:
    return 1 if kind in ONE_BY_ONE else None


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _unknown(name: str) -> Invalid:
    return Unknown(say(N_("there is no system `{name}`"), name=name), say(N_("`janji connect list` names them")))


def _no_address(name: str) -> Refusal:
    return Refusal(say(N_("`{name}` has no address: a person answers for it"), name=name), say(N_("`janji connect rotate` gives it one")))
