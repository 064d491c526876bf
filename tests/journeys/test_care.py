"""The care of the record from the command line: made, examined, backed up, restored, with PostgreSQL of its own."""

from __future__ import annotations

import base64
import json
import os
import socketserver
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import jsonschema
import psycopg
import pytest
from tests.database import wait_until_stopped
from tests.recorded import add_events, add_person, runtime_of, sequence

from janji.errors import Invalid
from janji.ledger.events import Actor, Kind
from janji.store import backups
from janji.store.database import close
from janji.workflows.care import init
from janji.workflows.doctor import Finding, examine
from janji.workflows.house import open_house
from janji.workflows.keys import key_file
from janji.workflows.publishing import publish
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import Runtime, Settings, load_settings, open_runtime

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*arguments: str, folder: Path, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command line in a plain environment, which must end with this code."""
    env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "COLUMNS": "120", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT / "src"),
           "HOME": str(folder), **environment}  # fmt: skip
    result = subprocess.run(
        [sys.executable, "-m", "janji", *arguments], cwd=folder, env=env, capture_output=True, text=True
    )
    assert "Traceback" not in result.stderr, result.stderr
    assert result.returncode == code, result.stdout + result.stderr
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A working folder that is the home too; its server is gone when the test is."""
    yield tmp_path
    for data in (tmp_path / "data", tmp_path / ".local" / "share" / "janji"):
        wait_until_stopped(data)


def matches(name: str, result: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that was written, valid under its published schema."""
    held = json.loads(result.stdout)
    jsonschema.validate(held, json.loads((ROOT / "schema" / f"{name}.json").read_text(encoding="utf-8")))
    return held


def verdicts(result: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What the doctor says of each thing."""
    return {item["name"]: item["verdict"] for item in matches("doctor", result)["items"]}


def test_from_nothing_to_a_restored_record(folder: Path) -> None:
    """Without any configuration: examined, made, examined, backed up, restored, each in one command."""
    data = folder / ".local" / "share" / "janji"
    before = verdicts(run("doctor", "--format", "json", folder=folder, code=1))
    assert {before[name] for name in ("folder", "keys", "destroyed", "database")} == {"fail"}
    made = matches("init", run("init", "--format", "json", folder=folder))
    assert made["data_dir"] == str(data)
    assert len(made["made"]) == 6
    assert json.loads(run("init", "--format", "json", folder=folder).stdout)["made"] == []
    for path in (data, data / "keys", data / "pg", data / "logs", data / "run"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    for path in (data / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert set(verdicts(run("doctor", "--format", "json", folder=folder)).values()) == {"ok"}
    assert matches("migrate", run("migrate", "--format", "json", folder=folder)) == {"steps": []}
    backed = matches("backup", run("backup", "today", "--format", "json", folder=folder))
    assert backed["ledger"]["size"] == 0
    assert "ledger size 0" in run("restore", "today", folder=folder).stdout
    assert json.loads(run("ledger", "show", "--format", "json", folder=folder).stdout)["waiting"] == 0
    assert "there already" in run("backup", "today", folder=folder, code=3).stderr
    assert matches("restore", run("restore", "today", "--format", "json", folder=folder))["lost"] == {}


def test_it_speaks_indonesian(folder: Path) -> None:
    """Help and answers come in both languages."""
    english = run("doctor", "--help", folder=folder).stdout
    indonesian = run("doctor", "--help", "--lang", "id", folder=folder).stdout
    assert english != indonesian


def test_the_data_directory_can_be_named_anywhere(folder: Path) -> None:
    """By the option, before or after the verb, by the environment, by `janji.toml`: the nearer one counts."""
    run("--data-dir", "data", "init", folder=folder)
    (folder / "janji.toml").write_text('data_dir = "elsewhere"\n', encoding="utf-8")
    assert verdicts(run("doctor", "--data-dir", "data", "--format", "json", folder=folder))["folder"] == "ok"
    assert verdicts(run("doctor", "--format", "json", folder=folder, JANJI_DATA_DIR="data"))["folder"] == "ok"
    assert verdicts(run("doctor", "--format", "json", folder=folder, code=1))["folder"] == "fail"
    assert "elsewhere" in run("migrate", folder=folder, code=2).stderr


def test_a_folder_of_something_else_is_left_alone(folder: Path) -> None:
    """`init` makes no data directory out of somebody's folder, and changes no mode there."""
    (folder / "photos").mkdir(mode=0o755)
    (folder / "photos" / "holiday.jpg").write_bytes(b"")
    assert "holds other files" in run("init", "--data-dir", "photos", folder=folder, code=2).stderr
    assert stat.S_IMODE((folder / "photos").stat().st_mode) == 0o755
    assert [path.name for path in (folder / "photos").iterdir()] == ["holiday.jpg"]


def test_a_key_from_the_environment_is_not_written(folder: Path) -> None:
    """With `JANJI_KEY` no key file is made; another key opens nothing, and a text that is no key is said to be none."""
    key, other = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    run("init", "--data-dir", "data", folder=folder, JANJI_KEY=key)
    assert sorted(path.name for path in (folder / "data" / "keys").iterdir()) == ["database.password", "destroyed"]
    assert (
        verdicts(run("doctor", "--data-dir", "data", "--format", "json", folder=folder, JANJI_KEY=key))["vault"] == "ok"
    )
    assert (
        verdicts(run("doctor", "--data-dir", "data", "--format", "json", folder=folder, code=1, JANJI_KEY=other))[
            "vault"
        ]
        == "fail"
    )
    assert (
        "no key-encryption key" in run("init", "--data-dir", "data", folder=folder, code=3, JANJI_KEY="secret").stderr
    )


def test_settings_are_read_and_checked() -> None:
    """Environment before file, XDG before home, and a wrong value names its key, never its secret."""
    assert load_settings(Path("/nowhere"), {"XDG_DATA_HOME": "/var/data"}).data_dir == Path("/var/data/janji")
    assert load_settings(Path("/nowhere"), {"XDG_DATA_HOME": "relative"}).data_dir == Path.home() / ".local/share/janji"
    found = load_settings(Path("/nowhere"), {
        "JANJI_DATA_DIR": "~/here", "JANJI_DATABASE_URL": "postgresql://u:hidden@h/d", "JANJI_KEY": "hidden", "JANJI_KEY_FILE": "k",
        "JANJI_MAIL_URL": "smtp://hidden:25"})  # fmt: skip
    assert (found.data_dir, found.key_file) == (Path.home() / "here", Path("k"))
    assert "hidden" not in repr(found)
    with pytest.raises(Invalid, match="mail_url"):
        load_settings(Path("/nowhere"), {"JANJI_MAIL_URL": "http://hidden"})


# ------------------------------------------------------------------------------------------------------- the doctor


@pytest.fixture
def runtime(tmp_path: Path, database_url: str) -> Runtime:
    """A record with a policy in force and ten people, in a database of its own."""
    made = runtime_of(tmp_path / "data", database_url)
    init(made)
    with open_house(made) as house:
        publish(house, ROOT / "policies" / "minimal")
    with open_house(made) as house:
        for _ in range(10):
            add_person(house)
        sequence()
    return made


def look(runtime: Runtime, **how: bool) -> dict[str, Finding]:
    """What the doctor finds, by name."""
    found = {item.name: item for item in examine(runtime, **how)}
    close()
    assert all(item.help is not None for item in found.values() if item.verdict != "ok")
    return found


def ill(runtime: Runtime, **how: bool) -> dict[str, str]:
    """What is not well."""
    return {name: str(item.verdict) for name, item in look(runtime, **how).items() if item.verdict != "ok"}


def execute(runtime: Runtime, statement: LiteralString) -> None:
    """Meddle with the database."""
    with psycopg.connect(runtime.settings.database_url or "", autocommit=True) as link:
        link.execute(statement)


def test_a_sound_record_is_well(runtime: Runtime) -> None:
    """Nothing is found, of a sample or of everybody."""
    assert ill(runtime) == ill(runtime, everybody=True) == {}


@pytest.mark.parametrize(("statement", "name"), [
    ("UPDATE standing SET version = version + 1 WHERE subject = (SELECT subject FROM standing ORDER BY 1 LIMIT 1)", "standing"),
    ("UPDATE standing SET w0 = w0 | 4 WHERE subject = (SELECT subject FROM standing ORDER BY 1 DESC LIMIT 1)", "standing"),
    ("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)", "migrations"),
    ("INSERT INTO pending (event, leaf, since) VALUES (gen_random_uuid(), 'x', now() - interval '2 minutes')", "worker"),
    ("UPDATE secret SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 1) WHERE name = 'signing'", "vault"),
    ("DELETE FROM secret", "vault"),
    ("INSERT INTO destroyed_key (id, subject, kind, at, level, trace) VALUES (gen_random_uuid(), gen_random_uuid(), 'content', now(), 'logical', '')", "erased"),
], ids=lambda value: value if value.isalpha() else "")  # fmt: skip
def test_what_is_wrong_in_the_database_is_found(runtime: Runtime, statement: LiteralString, name: str) -> None:
    """Each fault fails under its own name."""
    execute(runtime, statement)
    assert ill(runtime, everybody=True) == {name: "fail"}


def test_what_is_wrong_outside_is_found(runtime: Runtime) -> None:
    """Modes, missing files, a database that is not there."""
    data = runtime.settings.data_dir
    data.chmod(0o755)
    assert ill(runtime) == {"folder": "warn"}
    data.chmod(0o700)
    key_file(runtime.settings).chmod(0o640)
    assert ill(runtime)["keys"] == "fail"
    key_file(runtime.settings).chmod(0o600)
    (data / "keys" / "destroyed").unlink()
    assert ill(runtime)["destroyed"] == "fail"
    nowhere = Runtime(
        Settings(data_dir=data, database_url=backups.sibling(runtime.settings.database_url or "", "_gone")),
        runtime.tongue,
    )
    assert ill(nowhere)["database"] == "fail"


def test_another_clock_is_found(runtime: Runtime) -> None:
    """A clock that is not the database's."""

    class Behind(Runtime):
        """A clock that is an hour behind."""

        def now(self) -> datetime:
            """An hour ago."""
            return super().now() - timedelta(hours=1)

    assert ill(Behind(runtime.settings, runtime.tongue))["clock"] == "fail"


def test_an_event_of_the_future_is_found_by_its_instant_and_not_by_its_id(runtime: Runtime) -> None:
    """Imports make ids of what they read, which are no time; an event that is dated tomorrow means that the clock went back."""
    with open_house(runtime) as house:
        for number in range(2):
            last, at = UUID(int=(1 << 128) - 1 - number), house.runtime.now() + timedelta(days=number)
            record(house, [Entry(kind=Kind.DATA_CHANGED, actor=Actor.SYSTEM, details={"data": "name"}, id=last, at=at)])
            assert ("clock" in ill(runtime)) == bool(number)
            sequence()
            assert ("clock" in ill(runtime)) == bool(number)


def test_what_a_restoration_left_is_found(runtime: Runtime) -> None:
    """A database that a killed restoration left behind holds keys."""
    url = runtime.settings.database_url or ""
    backups.make_fresh(url)
    try:
        assert ill(runtime) == {"leftovers": "warn"}
    finally:
        backups.drop(backups.sibling(url, backups.FRESH))


class Mail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a greeting needs."""

    def handle(self) -> None:
        """Greet, and answer `250` to everything until `QUIT`."""
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")


def test_the_mail_server_is_asked(runtime: Runtime) -> None:
    """One that answers is well, one that is gone is not."""
    with socketserver.TCPServer(("127.0.0.1", 0), Mail) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings = load_settings(Path("/nowhere"), {"JANJI_MAIL_URL": f"smtp://127.0.0.1:{server.server_address[1]}"})
        asking = Runtime(settings, runtime.tongue)
        assert look(asking)["mail"].verdict == "ok"
        server.shutdown()
        thread.join()
    assert look(asking)["mail"].verdict == "fail"


def test_events_of_before_stay_in_the_embedded_server(tmp_path: Path) -> None:
    """What was recorded with one process is there for the next one, through a stop in between."""
    made = open_runtime(folder=tmp_path, environment={}, data_dir=tmp_path / "data")
    init(made)
    with open_house(made) as house:
        add_events(house, 3)
    wait_until_stopped(tmp_path / "data")
    with open_house(made):
        assert backups.counts()[0] == 3
    wait_until_stopped(tmp_path / "data")
