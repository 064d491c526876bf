"""The vault on a real server: keys wrapped, wrapped again, destroyed; how far they are gone; who is suppressed."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.database import PLACE

from janji.errors import Conflict, Corrupt, Unavailable
from janji.people.identifiers import Suppressed, identify
from janji.store import destruction, suppression, vault
from janji.store.database import connection, transaction
from janji.store.destruction import Destroyed, Level
from janji.store.suppression import Suppression, suppression_index
from janji.store.vault import HeldKey, Keeper, KeyKind, keeper_of, open_key, wrap_key
from janji.workflows.house import make_secrets
from janji.workflows.runtime import open_runtime

AT = datetime(2026, 11, 25, 3, 4, 5, 678000, tzinfo=UTC)


def _keeper(former: Keeper | None = None) -> Keeper:
    return keeper_of(secrets.token_bytes(32), former)


def _key(keeper: Keeper, subject: UUID, kind: KeyKind = KeyKind.CONTENT) -> tuple[bytes, HeldKey]:
    key = secrets.token_bytes(32)
    return key, wrap_key(keeper, subject, kind, uuid4(), key, secrets.token_bytes(12))


@pytest.fixture
def keeper(database: str) -> Keeper:
    """The keeper of a house that has its keys."""
    made = _keeper()
    make_secrets(open_runtime(environment={}), made)
    return made


def _cluster() -> Path:
    return Path(os.environ[PLACE]) / "pg" / "data"


def test_a_key_opens_only_for_its_own_person_kind_and_row(keeper: Keeper) -> None:
    """A wrapped key copied into another row, for another person or kind, does not open; nor by another keeper."""
    subject = uuid4()
    key, held = _key(keeper, subject)
    with transaction():
        vault.insert_keys([held])
    assert vault.read_keys([subject], KeyKind.CONTENT) == {subject: held}
    assert vault.read_keys([subject], KeyKind.EVIDENCE) == {}
    assert open_key(keeper, held) == key
    for other in (
        HeldKey(uuid4(), subject, held.kind, held.wrapped, held.keeper), HeldKey(held.id, uuid4(), held.kind, held.wrapped, held.keeper),
        HeldKey(held.id, subject, KeyKind.EVIDENCE, held.wrapped, held.keeper),
        HeldKey(held.id, subject, held.kind, held.wrapped[8:], held.keeper),
        HeldKey(held.id, subject, held.kind, held.wrapped[:-1], held.keeper),
    ):  # fmt: skip
        with pytest.raises(Corrupt):
            open_key(keeper, other)
    with pytest.raises(Corrupt):
        open_key(_keeper(), held)
    for value in (keeper, held):
        assert keeper.key.hex() not in repr(value)
        assert held.wrapped.hex() not in repr(value)
        assert repr(held.wrapped) not in repr(value)


def test_rotation_wraps_keys_again_and_touches_no_data(keeper: Keeper) -> None:
    """In batches, resumable; both keepers read meanwhile; afterwards the former one opens nothing, and stores nothing."""
    subjects = [uuid4() for _ in range(7)]
    made = {subject: _key(keeper, subject) for subject in subjects}
    with transaction():
        vault.insert_keys([held for _, held in made.values()])
    both = _keeper(keeper)
    with transaction():
        assert vault.rewrap_secrets(both, secrets.token_bytes) == 4
    with transaction():
        assert vault.rewrap_keys(both, secrets.token_bytes, 3) == 3
    assert set(vault.keepers()) == {keeper.id, both.id}
    for subject, held in vault.read_keys(subjects, KeyKind.CONTENT).items():
        assert open_key(both, held) == made[subject][0]
    with pytest.raises(Conflict), transaction():
        vault.insert_keys([_key(keeper, uuid4())[1]])
    for left in (3, 1, 0):
        with transaction():
            assert vault.rewrap_keys(both, secrets.token_bytes, 3) == left
    assert set(vault.keepers()) == {both.id}
    only = Keeper(both.id, both.key)
    for subject, held in vault.read_keys(subjects, KeyKind.CONTENT).items():
        assert open_key(only, held) == made[subject][0]
        with pytest.raises(Corrupt):
            open_key(keeper, held)
    for name, (wrapped, _) in vault.secrets().items():
        assert len(only.unwrap(wrapped, vault.secret_binding(name))) == 32
    with transaction():
        assert vault.rewrap_secrets(both, secrets.token_bytes) == 0


# ------------------------------------------------------------------------------------------------------- destroying


def _destroyed(held: HeldKey) -> Destroyed:
    return Destroyed(held.id, held.subject, held.kind, AT)


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Lines come back; a line torn by a crash is left out and what is added behind it is whole; damage is named."""
    path = tmp_path / "destroyed"
    assert destruction.read_destroyed(path) == ()
    entries = [_destroyed(_key(_keeper(), uuid4())[1]) for _ in range(3)]
    destruction.append_destroyed(path, entries[:2])
    assert path.stat().st_mode & 0o777 == 0o600
    whole = path.read_bytes()
    for cut in range(len(whole) // 2 + 1, len(whole)):
        path.write_bytes(whole[:cut])
        torn = 2 if cut == len(whole) - 1 else 1
        assert destruction.read_destroyed(path) == tuple(entries[:torn])
        destruction.append_destroyed(path, entries[2:])
        assert destruction.read_destroyed(path) == (*entries[:torn], entries[2])
    for damage in (b"x" + whole, whole.replace(b"content", b"contents", 1), whole.replace(b'"key"', b'"kex"', 1)):
        path.write_bytes(damage)
        with pytest.raises(Corrupt):
            destruction.read_destroyed(path)
    with pytest.raises(Unavailable):
        destruction.append_destroyed(tmp_path / "no" / "destroyed", entries)


def test_suppressions_stand_in_the_file_too(keeper: Keeper, tmp_path: Path) -> None:
    """What must outlive a person outlives a backup: it is read back from the file, and stands before nobody's key."""
    path = tmp_path / "destroyed"
    held = _key(keeper, uuid4())[1]
    index = suppression_index(secrets.token_bytes(32), Suppressed.IMPORT, identify("email", "siti@example.com"))
    entries = [Suppression(index, Suppressed.IMPORT, AT, AT + timedelta(days=9)), Suppression(b"x" * 32, Suppressed.CONTACT, AT)]
    with transaction():
        vault.insert_keys([held])
    destruction.append_destroyed(path, [_destroyed(held)], entries)
    destruction.append_destroyed(path, [], entries)
    assert destruction.read_suppressed(path) == (*entries, *entries)
    assert destruction.read_destroyed(path) == (_destroyed(held),)
    assert b"siti" not in path.read_bytes()
    assert destruction.behind(path)
    with transaction():
        destruction.apply_destroyed(path)
    assert suppression.suppressed([index, b"x" * 32], AT) == {index, b"x" * 32}
    assert not destruction.behind(path)


def test_a_key_before_very_many_suppressions_is_not_overlooked(keeper: Keeper, tmp_path: Path) -> None:
    """Somebody with hundreds of cookies leaves so many suppressions that the last key is far from the end of the file."""
    path = tmp_path / "destroyed"
    held = _key(keeper, uuid4())[1]
    with transaction():
        vault.insert_keys([held])
    destruction.append_destroyed(path, [_destroyed(held)])
    destruction.append_destroyed(path, [], [Suppression(secrets.token_bytes(32), Suppressed.CONTACT, AT) for _ in range(600)])
    assert destruction.behind(path)
    with transaction():
        destruction.apply_destroyed(path)
    assert not destruction.behind(path)


def test_destroying_is_final_and_idempotent(keeper: Keeper) -> None:
    """The row is gone, what remains says when and how thoroughly, and doing it again changes nothing."""
    subject = uuid4()
    pair = [_key(keeper, subject)[1], _key(keeper, subject, KeyKind.EVIDENCE)[1]]
    with transaction():
        vault.insert_keys(pair)
    for _ in range(2):
        with transaction():
            found = destruction.destroy_keys([_destroyed(pair[0])])
        assert vault.read_keys([subject], KeyKind.CONTENT) == {}
        assert vault.read_keys([subject], KeyKind.EVIDENCE) == {subject: pair[1]}
        assert destruction.levels() == {Level.LOGICAL: 1}
    assert found == frozenset()


def test_the_rows_follow_the_file(keeper: Keeper, tmp_path: Path) -> None:
    """A crash after the line, or a backup put back: applying the file destroys what is left, and once is enough."""
    path = tmp_path / "destroyed"
    keys = [_key(keeper, uuid4())[1] for _ in range(3)]
    with transaction():
        vault.insert_keys(keys)
    assert not destruction.behind(path)
    destruction.append_destroyed(path, [_destroyed(key) for key in keys[:2]])
    assert destruction.behind(path)
    with transaction():
        assert destruction.apply_destroyed(path) == {keys[0].id, keys[1].id}
    assert not destruction.behind(path)
    with transaction():
        assert destruction.apply_destroyed(path) == frozenset()
    with transaction():
        vault.insert_keys(keys[:1])
    with transaction():
        assert destruction.apply_destroyed(path) == {keys[0].id}
    assert set(vault.read_keys([key.subject for key in keys], KeyKind.CONTENT)) == {keys[2].subject}


def _on_disk(held: HeldKey) -> set[str]:
    """The parts of the cluster in which the wrapped key is found, byte by byte."""
    connection().execute("CHECKPOINT")
    found = set()
    for folder, _, names in os.walk(_cluster()):  # goes on where another test's database is dropped meanwhile
        for path in (Path(folder, name) for name in names):
            with suppress(FileNotFoundError):
                if held.wrapped[8:] in path.read_bytes():
                    found.add(path.relative_to(_cluster()).parts[0])
    return found


def test_no_level_is_claimed_that_was_not_read_back(keeper: Keeper) -> None:
    """Deleted, rewritten, recycled: at each level the bytes are where the level says that they may be, and no further."""
    keys = [_key(keeper, uuid4())[1] for _ in range(40)]
    with transaction():
        vault.insert_keys(keys)
    connection().execute("ANALYZE")
    gone = next(key for key in keys if _on_disk(key) == {"base", "pg_wal"})  # a page of WAL may end within one
    kept = next(key for key in keys if key is not gone)
    with transaction():
        destruction.destroy_keys([_destroyed(gone)])
    assert _on_disk(gone) == {"base", "pg_wal"}
    assert destruction.recycle_wal(_cluster()) == frozenset()
    assert destruction.level_of([gone.id]) == {gone.id: Level.LOGICAL}
    with transaction():
        assert destruction.rewrite_keys() == {gone.id}
    assert destruction.level_of([gone.id]) == {gone.id: Level.REWRITTEN}
    assert _on_disk(gone) == {"pg_wal"}
    assert destruction.recycle_wal(_cluster()) == {gone.id}
    assert _on_disk(gone) == set()
    assert "base" in _on_disk(kept)
    assert destruction.level_of([gone.id]) == {gone.id: Level.RECYCLED}
    assert vault.read_keys([kept.subject], KeyKind.CONTENT) == {kept.subject: kept}
    with transaction():
        assert destruction.rewrite_keys() == frozenset()


def test_an_old_snapshot_keeps_no_key_in_a_rewritten_table(keeper: Keeper, database: str) -> None:
    """A report that began before the destruction does not carry the key into the new table, as VACUUM FULL would."""
    held = _key(keeper, uuid4())[1]
    with transaction():
        vault.insert_keys([held])
    with psycopg.connect(database) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM subject")
        with transaction():
            destruction.destroy_keys([_destroyed(held)])
        with transaction():
            assert destruction.rewrite_keys() == {held.id}
        assert "base" not in _on_disk(held)


def test_a_key_left_anywhere_is_not_called_recycled(keeper: Keeper, tmp_path: Path) -> None:
    """A copy of the table that somebody made, another server's directory, compressed WAL: the level stays."""
    held = _key(keeper, uuid4())[1]
    with transaction():
        vault.insert_keys([held])
    # no statistics of it either: those would hold the key longer than the copy
    connection().execute("CREATE TABLE copied WITH (autovacuum_enabled = off) AS SELECT * FROM subject_key")
    with transaction():
        destruction.destroy_keys([_destroyed(held)])
    with transaction():
        destruction.rewrite_keys()
    assert destruction.recycle_wal(_cluster(), most=2) == frozenset()
    connection().execute("DROP TABLE copied")
    assert destruction.recycle_wal(tmp_path) == frozenset()
    connection().execute("SET wal_compression = on")
    assert destruction.recycle_wal(_cluster()) == frozenset()
    connection().execute("SET wal_compression = off")
    assert destruction.recycle_wal(_cluster()) == {held.id}


def test_a_key_over_two_pages_of_wal_is_found(tmp_path: Path) -> None:
    """A record goes on behind the next page's header, in the same segment or in the next one; it is found all the same."""
    held = _key(_keeper(), uuid4())[1].wrapped
    trace = held[8:20].hex()
    size = 4 * destruction.WAL_PAGE
    for start in (100, destruction.WAL_PAGE - 10, destruction.WAL_PAGE - 3, size - 15, size - 1):
        cluster = tmp_path / str(start)
        (cluster / "pg_wal").mkdir(parents=True)
        (cluster / "base").mkdir()
        segments = [bytearray(), bytearray()]
        left, first = bytearray(held), True
        for segment in segments:
            for page in range(4):
                long = page == 0
                header = (b"\x16\xd1" + (2 if long else 0).to_bytes(2, sys.byteorder)).ljust(40 if long else 24, b"\0")
                body = bytearray(destruction.WAL_PAGE - len(header))
                begin = max(start - len(segment) - len(header), 0) if first else 0
                if not first or start < len(segment) + destruction.WAL_PAGE:
                    part = left[: len(body) - begin]
                    body[begin : begin + len(part)] = part
                    del left[: len(part)]
                    first = False
                segment += header + body
        assert not left
        for number, segment in enumerate(segments):
            (cluster / "pg_wal" / f"{number:024X}").write_bytes(segment)
        assert trace in destruction._traces_in(cluster), start


def test_statistics_hold_no_wrapped_key(keeper: Keeper) -> None:
    """ANALYZE copies values of a column into the catalogue, where they outlive the row: not of these columns."""
    with transaction():
        vault.insert_keys([_key(keeper, uuid4())[1] for _ in range(50)])
    for _ in range(2):
        connection().execute("ANALYZE")
        rows = connection().execute(
            "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'public' AND (tablename, attname) IN"
            " (('subject_key', 'wrapped'), ('secret', 'wrapped'), ('identifier', 'index'), ('identifier', 'sealed'),"
            " ('suppression', 'index'), ('guardian', 'evidence'))"
        )
        assert rows.fetchall() == []
        with transaction():
            destruction.destroy_keys([_destroyed(_key(keeper, uuid4())[1])])
            destruction.rewrite_keys()


# ------------------------------------------------------------------------------------------------------- suppression


def test_suppression_is_by_purpose_and_period(database: str) -> None:
    """An entry is found by its own purpose only, until its end; added again it lasts until the later end; then it goes."""
    key, other = secrets.token_bytes(32), secrets.token_bytes(32)
    person = identify("email", "Budi@Example.com")
    contact, imported = (suppression_index(key, purpose, person) for purpose in Suppressed)
    assert len({contact, imported, suppression_index(other, Suppressed.CONTACT, person)}) == 3
    end = AT + timedelta(days=30)
    with transaction():
        suppression.suppress([Suppression(contact, Suppressed.CONTACT, AT, end)])
        suppression.suppress([Suppression(contact, Suppressed.CONTACT, AT, end - timedelta(days=9)),
                              Suppression(imported, Suppressed.IMPORT, AT, end), Suppression(imported, Suppressed.IMPORT, AT)])  # fmt: skip
    many = [contact, imported, *(secrets.token_bytes(32) for _ in range(2000))]
    assert suppression.suppressed(many, end - timedelta(seconds=1)) == {contact, imported}
    assert suppression.suppressed(many, end) == {imported}
    with transaction():
        assert suppression.expire(end) == 1
        assert suppression.lift([imported]) == 1
    assert suppression.suppressed(many, AT) == frozenset()
