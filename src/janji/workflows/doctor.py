"""The doctor: looks at everything the record needs, one line each, and says what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from janji.decision.history import Row, check
from janji.delivery.mail import Postman, mail_server
from janji.errors import Corrupt, JanjiError
from janji.ledger.events import decode
from janji.staff.roles import Role
from janji.store import backups, health, records, standings, workers
from janji.store.database import open_database, opened, transaction, unapplied
from janji.store.destruction import read_destroyed
from janji.terms.messages import N_, Message, say
from janji.workflows.consumers import consumers
from janji.workflows.gateways import barred_by
from janji.workflows.house import House, enter_house, reach_database
from janji.workflows.keys import destroyed_file, key_file, load_keeper
from janji.workflows.messages import officer_address
from janji.workflows.requests import OFFICER, rights
from janji.workflows.runtime import Runtime
from janji.workflows.staff import accounts

SAMPLE = 500
"""So many people are looked at when not all are asked for."""
_LEAST_VERSION = 150_000
_APART = 5.0
"""Seconds that two clocks may differ."""
_LAG = 60.0
"""Seconds that an event may wait for its number."""
_LITTLE, _LEAST = 2 * 1024**3, 256 * 1024**2
"""Bytes of free room at which the doctor warns, and at which it fails."""


class Verdict(StrEnum):
    """How it is with one thing."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `name` is a code, `help` says what to do."""

    name: str
    verdict: Verdict
    message: Message
    help: Message | None = None


def examine(runtime: Runtime, *, everybody: bool = False) -> tuple[Finding, ...]:
    """Look at files, keys, database, clock, worker, mail, disk, and hold standings against histories; changes nothing."""
    found = [_spoken(look, runtime) for look in _OUTSIDE]
    try:
        with reach_database(runtime) as url:
            found += _inside(runtime, url, everybody=everybody)
    except JanjiError as error:
        found.append(_failed("database", error))
    return tuple(found)


def examine_open(house: House) -> tuple[Finding, ...]:
    """As `examine`, for a house that is open in this very process; of people a sample."""
    return (*(_spoken(look, house.runtime) for look in _OUTSIDE), *_inside(house.runtime, opened(), everybody=False))


def _spoken(look: Callable[[Runtime], Finding], runtime: Runtime) -> Finding:
    name = look.__name__.lstrip("_").replace("_", "-")
    try:
        return look(runtime)
    except JanjiError as error:
        return _failed(name, error)
    except OSError as error:
        return Finding(name, Verdict.FAIL, say(N_("the system says: {problem}"), problem=os.strerror(error.errno or 0)))


def _failed(name: str, error: JanjiError) -> Finding:
    return Finding(name, Verdict.FAIL, error.message, error.help)


# ---------------------------------------------------------------------------------------------- outside the database


def _folder(runtime: Runtime) -> Finding:
    path = runtime.settings.data_dir
    if not path.is_dir():
        return Finding(
            "folder",
            Verdict.FAIL,
            say(N_("there is no data directory `{path}`"), path=path),
            say(N_("run `janji init`")),
        )
    if path.stat().st_mode & 0o077:
        return Finding("folder", Verdict.WARN, say(N_("others may look into the data directory `{path}`"), path=path),
                       say(N_("`chmod 700 {path}`"), path=path))  # fmt: skip
    return Finding("folder", Verdict.OK, say(N_("the data directory is `{path}`, for its owner alone"), path=path))


def _keys(runtime: Runtime) -> Finding:
    settings = runtime.settings
    keeper = load_keeper(settings)
    folder = settings.data_dir / "keys"
    files = [key_file(settings)] if settings.key is None else []
    files += [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    for path in files:
        if path.stat().st_mode & 0o077:
            return Finding("keys", Verdict.FAIL, say(N_("others may read `{path}`"), path=path),
                           say(N_("`chmod 600 {path}`, and `janji keys rotate` if somebody may have read it"), path=path))  # fmt: skip
    if keeper.former is not None:
        return Finding("keys", Verdict.WARN, say(N_("a former key-encryption key is still in use")),
                       say(N_("`janji keys rotate` brings its rotation to an end")))  # fmt: skip
    return Finding("keys", Verdict.OK, say(N_("the key-encryption key is `{id}`"), id=keeper.id))


def _destroyed(runtime: Runtime) -> Finding:
    path = destroyed_file(runtime.settings)
    if not path.is_file():
        return Finding("destroyed", Verdict.FAIL, say(N_("the file of destroyed keys is not there: `{path}`"), path=path),
                       say(N_("a new house gets it from `janji init`; of an old one, put its copy back")))  # fmt: skip
    return Finding("destroyed", Verdict.OK, say(N_("the file of destroyed keys can be read, keys: {count}"),
                                                count=len(read_destroyed(path))))  # fmt: skip


def _disk(runtime: Runtime) -> Finding:
    path = runtime.settings.data_dir
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free
    verdict = Verdict.FAIL if free < _LEAST else Verdict.WARN if free < _LITTLE else Verdict.OK
    help = (
        None
        if verdict is Verdict.OK
        else say(N_("make room: the record stops when its disk is full, and loses nothing"))
    )
    return Finding(
        "disk", verdict, say(N_("room on the disk of the data directory: {count} MB"), count=free // 10**6), help
    )


def _mail(runtime: Runtime) -> Finding:
    url = runtime.settings.mail_url
    if url is None:
        return Finding("mail", Verdict.OK, say(N_("no mail server is set, and no mail is sent")))
    with Postman(mail_server(url), "") as postman:
        trouble = postman.greet()
    if trouble:
        return Finding("mail", Verdict.FAIL, say(N_("the mail server does not answer")),
                       say(N_("look at `mail_url` in `janji.toml` or `JANJI_MAIL_URL`, and whether the server runs")))  # fmt: skip
    return Finding("mail", Verdict.OK, say(N_("the mail server answers")))


def _provider(house: House) -> Iterator[Finding]:
    """Whether the policy lets mail go to who runs the server."""
    provider = house.runtime.settings.mail_recipient
    if provider is None:
        return
    barred = barred_by(house, provider)
    if barred is None:
        yield Finding("mail-provider", Verdict.OK, say(N_("the policy lets mail go to `{recipient}`"), recipient=provider))
        return
    yield Finding("mail-provider", Verdict.FAIL, say(N_("no mail may go to `{recipient}`: {reason}"), recipient=provider, reason=barred),
                  say(N_("name it in the policy, with contract and country, and publish it; until then other ways are used, or staff")))  # fmt: skip


def _warned(house: House) -> Iterator[Finding]:
    """Whether everybody who is warned of a request that is late can be written to."""
    if house.runtime.settings.mail_url is None or house.published is None:
        return
    roles = dict.fromkeys((OFFICER, *(role for right in rights(house).values() for role in right.deputies)))
    silent = [role for role in roles if not officer_address(house, role)]
    if silent:
        yield Finding("officers", Verdict.WARN, say(N_("nobody can be written to in these roles when a request is late: {roles}"), roles=", ".join(f"`{role}`" for role in silent)),
                      say(N_("name their addresses in the setting `officers`, each as `role: address`")))  # fmt: skip
        return
    yield Finding("officers", Verdict.OK, say(N_("whoever may agree to requests can be written to, roles: {count}"), count=len(roles)))


_OUTSIDE: tuple[Callable[[Runtime], Finding], ...] = (_folder, _keys, _destroyed, _disk, _mail)


# ----------------------------------------------------------------------------------------------- inside the database


def _inside(runtime: Runtime, url: str, *, everybody: bool) -> Iterator[Finding]:
    open_database(url)
    yield _database(runtime)
    waiting = unapplied()
    if waiting:
        yield Finding("migrations", Verdict.FAIL, say(N_("migration steps not taken: {count}"), count=len(waiting)),
                      say(N_("run `janji migrate`")))  # fmt: skip
        return
    yield Finding("migrations", Verdict.OK, say(N_("the tables have the form of this program")))
    state = health.state()
    yield _clock(runtime.now(), state, _newest())
    yield _worker(state)
    yield _webhooks()
    yield _staff()
    yield _leftovers(url)
    yield _file_leads(runtime)
    try:
        house = enter_house(runtime, url, load_keeper(runtime.settings))
    except JanjiError as error:
        yield _failed("vault", error)
        return
    yield Finding("vault", Verdict.OK, say(N_("the key-encryption key opens the keys of the house")))
    yield standings_held(house, everybody=everybody)
    yield from _provider(house)
    yield from _warned(house)


def _database(runtime: Runtime) -> Finding:
    number = health.server_version()
    version = f"{number // 10000}.{number % 10000}"
    if number < _LEAST_VERSION:
        return Finding("database", Verdict.FAIL, say(N_("PostgreSQL {version} is too old"), version=version),
                       say(N_("use PostgreSQL 15 or newer")))  # fmt: skip
    off = health.careless()
    if off:
        return Finding("database", Verdict.FAIL, say(N_("the server may lose what was recorded when the power goes: {names}"),
                                                     names=", ".join(f"`{name} = off`" for name in off)),
                       say(N_("set them to `on` in `postgresql.conf` and reload the server")))  # fmt: skip
    where = N_("PostgreSQL {version} of `JANJI_DATABASE_URL` or `database_url` answers")
    if runtime.settings.database_url is None:
        where = N_("the embedded PostgreSQL {version} answers")
    return Finding("database", Verdict.OK, say(where, version=version))


def _clock(now: datetime, state: health.State, newest: datetime | None) -> Finding:
    apart = abs((now - state.now).total_seconds())
    help = say(N_("set the clocks right (NTP): consents, clocks of requests and periods are told by them"))
    if apart > _APART:
        return Finding(
            "clock",
            Verdict.FAIL,
            say(N_("this clock and the database's differ by {count} seconds"), count=int(apart)),
            help,
        )
    if newest is not None:
        ahead = (newest - now).total_seconds()
        if ahead > _APART:
            return Finding(
                "clock",
                Verdict.FAIL,
                say(N_("the newest event is {count} seconds in the future"), count=int(ahead)),
                help,
            )
    return Finding(
        "clock", Verdict.OK, say(N_("the clock agrees with the database's, and is not behind the newest event"))
    )


def _newest() -> datetime | None:
    """The latest instant among the newest events; what cannot be read is the audit's to tell."""
    found = []
    for body in health.newest():
        with suppress(Corrupt):
            found.append(decode(body).at)
    return max(found, default=None)


def _worker(state: health.State) -> Finding:
    message = say(N_("workers that live: {workers}; events that wait for their number: {count}, the oldest for {seconds} seconds"),
                  workers=len(workers.living()), count=state.waiting, seconds=int(state.lag))  # fmt: skip
    if state.waiting and state.lag > _LAG:
        return Finding("worker", Verdict.FAIL, message, say(N_("nothing numbers them: start `janji worker`, or run `janji ledger sequence`")))
    return Finding("worker", Verdict.OK, message)


def _staff() -> Finding:
    held = [one for one in accounts() if one.stopped is None]
    officers = sum(one.staff.role is Role.OFFICER for one in held)
    help = say(N_("`janji staff add NAME --email ADDRESS --role officer` makes an account, and prints a link that signs in once"))
    if not held:
        return Finding("staff", Verdict.OK, say(N_("nobody has an account at the console yet")), help)
    if not officers:
        return Finding("staff", Verdict.WARN, say(N_("no data protection officer has an account at the console")), help)
    return Finding("staff", Verdict.OK, say(N_("accounts at the console: {count}, of data protection officers: {officers}"), count=len(held), officers=officers))


def _webhooks() -> Finding:
    every = consumers()
    message = say(N_("consumers told by webhook: {count}, messages that wait: {due}"), count=len(every), due=sum(one.due for one in every))
    ill = [one for one in every if not one.well]
    if ill:
        stuck = any(one.state != "active" or one.failed for one in ill)
        return Finding("webhooks", Verdict.FAIL if stuck else Verdict.WARN, say(
            N_("consumers that do not take what they are told: {names}; messages that wait or were given up: {count}"),
            names=", ".join(f"`{one.name}`" for one in ill), count=sum(one.due + one.failed for one in ill)),
            say(N_("`janji webhook list` shows since when, `janji webhook test` tries them, `janji webhook replay` tells them again")))  # fmt: skip
    return Finding("webhooks", Verdict.OK, message)


def _leftovers(url: str) -> Finding:
    left = health.databases([backups.name_of(url) + ending for ending in (backups.FRESH, backups.FORMER)])
    if left:
        return Finding("leftovers", Verdict.WARN, say(N_("a restoration was broken off; it left {names}"),
                                                      names=", ".join(f"`{name}`" for name in left)),
                       say(N_("the record is as it was; the next `janji restore` clears up, or drop them: they hold keys")))  # fmt: skip
    return Finding("leftovers", Verdict.OK, say(N_("no restoration was broken off")))


def _file_leads(runtime: Runtime) -> Finding:
    named = {str(entry.key) for entry in read_destroyed(destroyed_file(runtime.settings))}
    lacking = sum(key not in named for key in backups.destroyed_keys())
    if lacking:
        return Finding("erased", Verdict.FAIL, say(N_("destroyed keys that the file of destroyed keys lacks: {count}"), count=lacking),
                       say(N_("put its newest copy back; without it an erased person could return from a backup")))  # fmt: skip
    return Finding("erased", Verdict.OK, say(N_("the file of destroyed keys has all that the database knows of")))


def standings_held(house: House, *, everybody: bool) -> Finding:
    """Hold standings against histories: of everybody, or of a sample."""
    if house.published is None:
        return Finding("standing", Verdict.OK, say(N_("no policy is published, so nobody has a standing")))
    looked = wrong = 0
    words = range(standings.words())
    for people in _people(house, everybody):
        with transaction():
            backups.hold_still()
            rows, histories = standings.read(people, words), records.histories(people)
        wrong += sum(_parts(house, rows[person], histories[person]) for person in people if person in rows)
        looked += len(people)
    message = say(
        N_("people whose standing was held against their history: {count}, not agreeing: {wrong}"),
        count=looked,
        wrong=wrong,
    )
    if wrong:
        return Finding(
            "standing",
            Verdict.FAIL,
            message,
            say(N_("stop, and run `janji ledger audit --live`; then `janji doctor --all`")),
        )
    return Finding("standing", Verdict.OK, message)


def _people(house: House, everybody: bool) -> Iterator[Sequence[bytes]]:
    """Everybody in pages, or one page from a place drawn by chance, its beginning taken from the first people."""
    if not everybody:
        chosen = health.some_people(house.runtime.random(16), SAMPLE)
        yield sorted({*chosen, *health.some_people(b"", SAMPLE - len(chosen))})
        return
    start = b""
    while people := health.some_people(start, SAMPLE):
        yield people
        start = people[-1] + b"\x00"


def _parts(house: House, row: standings.StandingRow, history: list[bytes]) -> bool:
    """Whether a stored row and its history part."""
    events = [decode(body) for body in history]
    version = events[-1].version if events else 0
    stored = Row(row.bits, row.born, row.due, row.layout)
    return row.version != version or bool(check(stored, events, house.runtime.now(), house.policy_in_force.layout))
