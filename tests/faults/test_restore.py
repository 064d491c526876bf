"""Backup and restore: while it is written, killed at each step, from broken files, on a full disk; nobody comes back."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
import pytest
from tests.publishing import SHOP, customer, newsletter
from tests.recorded import add_events, add_person, erase, events, runtime_of, sequence, traces

from janji.errors import Corrupt, Invalid, JanjiError, Refusal, Unavailable
from janji.ledger.events import Kind
from janji.people.identifiers import Suppressed
from janji.store import backups, people, vault
from janji.store.database import close
from janji.store.vault import KeyKind
from janji.workflows import care
from janji.workflows.care import backup, init, restore
from janji.workflows.doctor import examine
from janji.workflows.forgetting import EVIDENCE_END, forget, open_record, suppressed
from janji.workflows.house import open_house
from janji.workflows.keys import destroyed_file
from janji.workflows.publishing import publish
from janji.workflows.recording import history_of
from janji.workflows.runtime import Runtime
from janji.workflows.tracks import recompute, run

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs root, to mount a small file system")


@dataclass(frozen=True)
class World:
    """A record with two people, backed up; then one was erased, and more was recorded."""

    runtime: Runtime
    url: str
    file: Path
    erased: UUID
    kept: UUID
    before: dict[str, str]
    after: dict[str, str]


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """The record, the backup, and what came later."""
    runtime = runtime_of(tmp_path / "data", database_url)
    init(runtime)
    with open_house(runtime) as house:
        erased, kept = add_person(house), add_person(house)
        add_events(house, 300)
        sequence()
        add_events(house, 3)
    backup(runtime, tmp_path / "backup")
    before = events(database_url)
    with open_house(runtime) as house:
        erase(house, erased)
        add_events(house, 2)
    yield World(runtime, database_url, tmp_path / "backup", erased, kept, before, events(database_url))
    close()
    for ending in (backups.FRESH, backups.FORMER):
        backups.drop(backups.sibling(database_url, ending))


def state(url: str) -> str:
    """Everything that a database holds, as one text."""
    found = []
    with psycopg.connect(url) as link:
        names = [
            row[0]
            for row in link.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
            )
        ]
        for name in names:
            found += [
                name,
                *sorted(
                    str(row)
                    for row in link.execute(psycopg.sql.SQL("SELECT * FROM {}").format(psycopg.sql.Identifier(name)))
                ),
            ]
    return "\n".join(found)


def refused(world: World, error: type[JanjiError], **how: bool) -> str:
    """Restoring fails with this error, and nothing was changed; gives what is said."""
    held = state(world.url)
    with pytest.raises(error) as caught:
        restore(world.runtime, world.file, **how)
    close()
    assert state(world.url) == held
    assert not backups.exists(backups.sibling(world.url, backups.FRESH))
    return str(caught.value)


def healthy(world: World) -> None:
    """The doctor finds nothing wrong."""
    assert [item for item in examine(world.runtime, everybody=True) if item.verdict == "fail"] == []


def test_nobody_comes_back(world: World) -> None:
    """Who was erased after the backup stays erased, what was backed up is there again, and what is lost is said."""
    done = restore(world.runtime, world.file, replace=True)
    assert (done.keys, dict(done.lost), done.manifest.events) == (2, {"data.changed": 2}, len(world.before))
    assert traces(world.url, world.erased) == [0, 0, 0]
    assert traces(world.url, world.kept) == [2, 1, 1]
    held = events(world.url)
    assert {id: kind for id, kind in held.items() if kind != "store.restored"} == world.before
    assert len(held) == len(world.before) + 1
    healthy(world)


@pytest.mark.parametrize("put_back", ["by us", "by others"])
def test_whoever_is_forgotten_again_is_so_in_the_ledger_too(tmp_path: Path, database_url: str, put_back: str) -> None:
    """It is recorded, the evidence key has its end, nobody contacts them, and a later run is worked out equal."""
    runtime = runtime_of(tmp_path / "data", database_url)
    init(runtime)
    with open_record(runtime) as house:
        publish(house, SHOP)
    with open_record(runtime) as house:
        erased, kept = customer(house, "ani@example.org"), customer(house, "budi@example.org")
    if put_back == "by us":
        backup(runtime, tmp_path / "backup")
    else:
        _copy_database(database_url)
    with open_record(runtime) as house:
        forget(house, erased, told=[Suppressed.IMPORT])
    if put_back == "by us":
        restore(runtime, tmp_path / "backup", replace=True)
    else:
        close()
        backups.put_in_place(database_url, None)
    with open_record(runtime) as house:
        assert [event.kind for event in history_of(house, erased)].count(Kind.PERSON_FORGOTTEN) == 1
        assert [task.kind for task in people.open_tasks([erased])] == [EVIDENCE_END]
        assert vault.read_keys([erased, kept], KeyKind.CONTENT).keys() == {kept}
        assert suppressed(house, Suppressed.IMPORT, [("email", "ani@example.org")]) == [True]
        done = run(house, newsletter(house))
        assert (done.people, recompute(house, done.id).equal) == (1, True)
    close()


def _copy_database(url: str) -> None:
    """A copy of a database beside it, as others than we would keep one."""
    close()
    with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as link:
        names = [psycopg.sql.Identifier(backups.name_of(one)) for one in (backups.sibling(url, backups.FRESH), url)]
        link.execute(psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def test_events_are_not_lost_unasked(world: World) -> None:
    """A database that has newer events is not replaced without a word."""
    assert "data.changed 2" in refused(world, Refusal)


def test_twice_is_as_once(world: World) -> None:
    """The same backup again: nothing is lost by it, and the record says twice that it was restored."""
    restore(world.runtime, world.file, replace=True)
    assert dict(restore(world.runtime, world.file).lost) == {}
    assert sorted(events(world.url).values()) == sorted([*world.before.values(), "store.restored"])
    assert traces(world.url, world.erased) == [0, 0, 0]


def test_into_an_empty_place(world: World, tmp_path: Path) -> None:
    """On a new machine the keys and the file of destroyed keys are enough."""
    with psycopg.connect(world.url, autocommit=True) as link:
        link.execute("DROP SCHEMA public CASCADE")
        link.execute("CREATE SCHEMA public")
    restore(world.runtime, world.file)
    assert traces(world.url, world.erased) == [0, 0, 0]
    healthy(world)


def test_the_ledger_goes_on(world: World) -> None:
    """After restoring, what waited and what is new is sequenced behind what has its number."""
    restore(world.runtime, world.file, replace=True)
    with open_house(world.runtime) as house:
        add_events(house, 2)
        sequence()
        size, root = backups.ledger()
        assert (size, root) == backups.ledger_again()
        assert size == len(world.before) + 3


def test_the_file_of_destroyed_keys_is_needed(world: World) -> None:
    """Without it, or with an older copy than the backup knows, an erased person could return."""
    path = destroyed_file(world.runtime.settings)
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert "is not there" in refused(world, Refusal, replace=True)
    path.write_text("", encoding="utf-8")  # the backup knows of nothing in it; the database in use does
    assert "lacks keys" in refused(world, Refusal, replace=True)
    path.write_text(text, encoding="utf-8")
    later = replace(world, file=world.file.with_name("later"))
    backup(world.runtime, later.file)
    path.write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    assert "lacks keys" in refused(later, Refusal, replace=True)
    other = [json.loads(line) for line in text.splitlines()]
    lines = [json.dumps({**line, "key": str(UUID(int=number))}) for number, line in enumerate(other)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "lacks keys" in refused(later, Refusal, replace=True)


def test_another_key_is_said(world: World) -> None:
    """A backup of another house, or from before the key was lost, is refused before anything is touched."""
    (world.runtime.settings.data_dir / "keys" / "keeper.key").unlink()
    with pytest.raises(Refusal, match="no key-encryption key"):
        restore(world.runtime, world.file, replace=True)
    (world.runtime.settings.data_dir / "keys" / "keeper.key").write_text("A" * 43 + "=\n", encoding="ascii")
    assert "another key-encryption key" in refused(world, Corrupt, replace=True)


def _flipped(data: bytes, place: int) -> bytes:
    """The bytes with one bit of one of them turned."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _inside(data: bytes) -> int:
    """A place in the middle of the longest member."""
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        longest = max(held.infolist(), key=lambda member: member.compress_size)
    return longest.header_offset + 30 + len(longest.filename) + longest.compress_size // 2


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"dear sir or madam" * 1000,
    "huge": lambda _: os.urandom(1 << 20) * 64,
    "half": lambda data: data[: len(data) // 2],
    "short": lambda data: data[:-1],
    "flipped": lambda data: _flipped(data, _inside(data)),
    "flipped-directory": lambda data: _flipped(data, data.rindex(b"PK\x01\x02") + 16),  # the last check sum
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_changes_nothing(world: World, kind: str) -> None:
    """A wrong, cut, changed or senseless file is said to be one."""
    world.file.write_bytes(BROKEN[kind](world.file.read_bytes()))
    assert "no backup of janji, or is damaged" in refused(world, Invalid, replace=True)


def test_no_file_is_said(world: World, tmp_path: Path) -> None:
    """A file that is not there, or is a folder."""
    for path in (tmp_path / "nothing", tmp_path):
        assert "cannot be read" in refused(replace(world, file=path), Unavailable, replace=True)


def rewritten(world: World, change: Callable[[dict[str, bytes]], None]) -> World:
    """The backup written again by somebody who makes every digest fit."""
    with zipfile.ZipFile(world.file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    manifest = json.loads(members.pop("manifest.json"))
    import hashlib

    for table in manifest["tables"]:
        if table["name"] in members:
            data = members[table["name"]]
            table["bytes"], table["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    path = world.file.with_name("rewritten")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))
    return replace(world, file=path)


def test_a_rewritten_ledger_is_found(world: World) -> None:
    """An event that was changed in the file, digests and all, does not fit the tree."""

    def change(members: dict[str, bytes]) -> None:
        assert b"contact.email" in members["event"]
        members["event"] = members["event"].replace(b"contact.email", b"contact.phone", 1)

    assert "not the one that was backed up" in refused(rewritten(world, change), Corrupt, replace=True)


@pytest.mark.parametrize(("key", "value", "said"), [
    ("schema", ["0001_first", "9999_later"], "does not know"), ("schema", [], "does not know"), ("tables", [], "does not know"),
    ("root", "00" * 32, "not the one that was backed up"), ("events", 1, "not the one that was backed up"), ("root", "x", "is damaged"), ("size", "many", "is damaged"),
    ("tables", [{"name": "pg_authid", "columns": ["oid"], "bytes": 0, "sha256": ""}], "is damaged"), ("form", 99, "by a later version"),
    ("destroyed", 99, "lacks keys"), ("keepers", ["00000000"], "another key-encryption key"),
])  # fmt: skip
def test_a_strange_manifest_changes_nothing(world: World, key: str, value: object, said: str) -> None:
    """What the manifest says is believed only as far as it is true."""

    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), key: value}).encode()

    assert said in refused(rewritten(world, change), JanjiError, replace=True)


DIE = """
import os, signal, sys
from pathlib import Path
from janji.store import backups
from janji.workflows import care
from janji.terms.messages import ENGLISH
from janji.workflows.runtime import Runtime, Settings

data, url, file, place, name, number, when = sys.argv[1:]
module = {"care": care, "backups": backups}[place]
real, calls = getattr(module, name), []

def step(*arguments, **more):
    calls.append(1)
    if len(calls) == int(number) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = real(*arguments, **more)
    if len(calls) == int(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return found

setattr(module, name, step)
care.restore(Runtime(Settings(data_dir=Path(data), database_url=url), ENGLISH), Path(file), replace=True)
"""

STEPS = [
    ("backups", "make_fresh", "1", "after"), ("backups", "prepare", "1", "after"), ("backups", "copy_in", "4", "after"),
    ("care", "_fill", "1", "after"), ("care", "_without_the_erased", "1", "before"),
    ("care", "_without_the_erased", "1", "after"), ("care", "record", "1", "after"), ("backups", "put_in_place", "1", "before"),
    ("backups", "drop", "2", "after"), ("backups", "drop", "3", "before"), ("backups", "drop", "3", "after"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "name", "number", "when"), STEPS, ids=str)
def test_killed_at_any_step_it_can_be_run_again(world: World, place: str, name: str, number: str, when: str) -> None:
    """After kill -9 the record is wholly the old or wholly the restored one, and the erased are in neither."""
    done = subprocess.run(
        [sys.executable, "-c", DIE, str(world.runtime.settings.data_dir), world.url, str(world.file), place, name, number, when],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    held = {id: kind for id, kind in events(world.url).items() if kind != "store.restored"}
    assert held in (world.before, world.after)
    assert traces(world.url, world.erased) == [0, 0, 0]
    healthy(world)
    restore(world.runtime, world.file, replace=True)
    assert {id: kind for id, kind in events(world.url).items() if kind != "store.restored"} == world.before
    assert traces(world.url, world.erased) == [0, 0, 0]
    assert not [item for item in examine(world.runtime) if item.verdict != "ok" and item.name != "disk"]


def test_backup_while_it_is_written(world: World, tmp_path: Path) -> None:
    """A backup taken while others record is one instant of the record: its ledger audits, and each batch is whole."""
    stop = threading.Event()

    def write() -> None:
        with open_house(world.runtime) as house:
            while not stop.is_set():
                add_events(house, 7)
                sequence()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [tmp_path / f"{number}" for number in range(4)]
        manifests = [backup(world.runtime, file) for file in files]
    finally:
        stop.set()
        writer.join()
    assert {(manifest.events - len(world.after)) % 7 for manifest in manifests} == {0}
    for file, manifest in zip(files, manifests, strict=True):
        done = restore(world.runtime, file, replace=True)
        assert len(events(world.url)) == manifest.events + 1
        assert done.manifest == manifest
    healthy(world)


def test_a_writer_during_a_restoration_is_told(world: World) -> None:
    """Who records while the database is being replaced waits, then is refused; nothing acknowledged vanishes in silence."""
    entered, go, written = threading.Event(), threading.Event(), list[object]()

    def write() -> None:
        with open_house(world.runtime) as house:
            entered.set()
            go.wait()
            try:
                add_events(house, 1)
                written.append("acknowledged")
            except JanjiError as error:
                written.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    entered.wait()
    real = care._fill

    def slowly(reader: object) -> None:
        go.set()
        real(reader)  # type: ignore[arg-type]  # handed on

    patched = pytest.MonkeyPatch()
    patched.setattr(care, "_fill", slowly)
    try:
        restore(world.runtime, world.file, replace=True)
    finally:
        patched.undo()
        writer.join()
    assert len(written) == 1
    assert isinstance(written[0], JanjiError)
    assert len(events(world.url)) == len(world.before) + 1


def test_a_backup_is_private_and_replaces_nothing(world: World) -> None:
    """0600 from the first byte, never over another file, and without the keys outside the database."""
    assert world.file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Invalid, match="there already"):
        backup(world.runtime, world.file)
    data = world.file.read_bytes()
    with zipfile.ZipFile(world.file) as archive:
        data += b"".join(archive.read(name) for name in archive.namelist())
    for name in ("keeper.key", "destroyed"):
        for line in (world.runtime.settings.data_dir / "keys" / name).read_bytes().splitlines():
            assert line not in data
    assert b"somebody@example.net" not in data


@AS_ROOT
def test_a_full_disk_leaves_no_backup(world: World, tmp_path: Path) -> None:
    """A backup that does not fit is said and leaves nothing behind."""
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        with open_house(world.runtime) as house:
            for _ in range(20):
                add_person(house)
            add_events(house, 2000)
        with pytest.raises(Unavailable, match="No space left"):
            backup(world.runtime, small / "backup")
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
