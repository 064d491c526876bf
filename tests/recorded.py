"""A small record for tests of its care: people with keys and identifiers, events with their places in the ledger."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import psycopg

from janji.ledger.events import Actor, Kind
from janji.ledger.tiles import edge, grown
from janji.people.identifiers import IdentifierKind
from janji.store import people, vault
from janji.store.database import connection, transaction
from janji.store.destruction import Destroyed, append_destroyed, destroy_keys, erase_people
from janji.store.people import IdentifierRow, SubjectRow
from janji.store.vault import KeyKind
from janji.terms.messages import ENGLISH
from janji.workflows.house import House
from janji.workflows.keys import destroyed_file
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import Runtime, Settings


def runtime_of(data: Path, url: str | None) -> Runtime:
    """A runtime with a data directory and, where one is given, a database that is not the embedded one."""
    return Runtime(Settings(data_dir=data, database_url=url), ENGLISH)


def add_person(house: House) -> UUID:
    """A person with both keys, a sealed identifier, and an event."""
    new, subject = house.runtime, house.runtime.new_id()
    with transaction():
        people.insert_subjects([SubjectRow(subject, vault.pseudonym(house.secrets.pseudonym, subject))])
        keys = {kind: new.random(32) for kind in KeyKind}
        vault.insert_keys([
            vault.wrap_key(house.keeper, subject, kind, new.new_id(), key, new.random(12)) for kind, key in keys.items()
        ])  # fmt: skip
        row = new.new_id()
        sealed = vault.seal(
            keys[KeyKind.CONTENT], new.random(12), b"somebody@example.net", vault.binding(subject, "email", row)
        )
        people.insert_identifiers([IdentifierRow(row, subject, IdentifierKind.EMAIL, new.random(32), sealed)])
        record(house, [Entry(kind=Kind.PERSON_CREATED, actor=Actor.SYSTEM, subject=subject)])
    return subject


def add_events(house: House, count: int) -> None:
    """Events about nobody."""
    record(house, [Entry(kind=Kind.DATA_CHANGED, actor=Actor.SYSTEM, details={"data": "contact.email"})] * count)


def sequence() -> None:
    """Number what waits, as the sequencer does, and let the tree grow by it."""
    with transaction():
        link = connection()
        size = link.execute("SELECT coalesce(max(position) + 1, 0) FROM ledger_leaf").fetchone()[0]  # type: ignore[index]  # an aggregate has a row
        rows = link.execute("SELECT event, leaf FROM pending ORDER BY event").fetchall()
        held = {
            (level, index): bytes(hashes)
            for level, index, hashes in link.execute("SELECT level, index, hashes FROM ledger_tile")
            if (level, index) in edge(size)
        }
        for (level, index), hashes in grown(size, held, [bytes(leaf) for _, leaf in rows]).items():
            link.execute(
                "INSERT INTO ledger_tile (level, index, hashes) VALUES (%s, %s, %s)"
                " ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes", [level, index, hashes])  # fmt: skip
        for place, (event, _) in enumerate(rows, size):
            link.execute("INSERT INTO ledger_leaf (position, event) VALUES (%s, %s)", [place, event])
        link.execute("DELETE FROM pending")


def erase(house: House, subject: UUID) -> None:
    """Destroy both keys of a person and what goes with them: first in the file, then in the rows."""
    with transaction():
        held = [vault.read_keys([subject], kind)[subject] for kind in KeyKind]
        gone = [Destroyed(key.id, subject, key.kind, house.runtime.now()) for key in held]
        append_destroyed(destroyed_file(house.runtime.settings), gone)
        destroy_keys(gone)
        erase_people([subject])


def events(url: str) -> dict[str, str]:
    """Every event of a database, id to kind."""
    with psycopg.connect(url) as link:
        return {str(id): kind for id, kind in link.execute("SELECT id, kind FROM event")}


def traces(url: str, subject: UUID) -> list[int]:
    """How many keys, identifiers and standings of a person a database holds."""
    with psycopg.connect(url) as link:
        return [
            len(link.execute(statement, [subject]).fetchall())
            for statement in (
                "SELECT FROM subject_key WHERE subject = %s", "SELECT FROM identifier WHERE subject = %s",
                "SELECT FROM standing JOIN subject ON subject = pseudonym WHERE id = %s",
            )
        ]  # fmt: skip
