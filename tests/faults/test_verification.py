"""The verification itself: each kind of damage to a sound house is found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.faults import making
from tests.faults.verification import Acknowledged, verify_everything

from janji.errors import Corrupt
from janji.store.database import connection
from janji.workflows.house import House
from janji.workflows.recording import record

DAMAGES = {
    "an event is lost": "DELETE FROM event WHERE ctid = (SELECT ctid FROM event WHERE subject IS NOT NULL ORDER BY id LIMIT 1)",
    "the last event is lost, and nobody waits for it": (
        "WITH lost AS (DELETE FROM event WHERE id = (SELECT id FROM event ORDER BY version DESC LIMIT 1) RETURNING id)"
        " DELETE FROM pending WHERE event IN (SELECT id FROM lost)"
    ),
    "a byte of an event is another": (
        "UPDATE event SET body = set_byte(body, length(body) - 3, get_byte(body, length(body) - 3) # 1)"
        " WHERE ctid = (SELECT ctid FROM event LIMIT 1)"
    ),
    "two versions are exchanged": (
        "UPDATE event SET version = -version WHERE version IN (1, 2); UPDATE event SET version = 3 + version WHERE version < 0"
    ),
    "an event is not queued": "DELETE FROM pending WHERE ctid = (SELECT ctid FROM pending LIMIT 1)",
    "an event is queued twice": "INSERT INTO pending (event, leaf) SELECT event, leaf FROM pending LIMIT 1",
    "another leaf is queued": "UPDATE pending SET leaf = sha256(leaf) WHERE ctid = (SELECT ctid FROM pending LIMIT 1)",
    "a hash of the tree is another": "UPDATE ledger_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE level = 0",
    "two events have changed places": (
        "UPDATE ledger_leaf SET position = -1 - position WHERE position IN (3, 4); "
        "UPDATE ledger_leaf SET position = 8 + position WHERE position < 0"
    ),
    "a number was given back": "DELETE FROM ledger_leaf WHERE position = 7",
    "a bit of a standing is another": "UPDATE standing SET w0 = w0 # 1 WHERE ctid = (SELECT ctid FROM standing LIMIT 1)",
    "a standing is behind": "UPDATE standing SET version = version - 1 WHERE ctid = (SELECT ctid FROM standing LIMIT 1)",
    "a standing is gone": "DELETE FROM standing WHERE ctid = (SELECT ctid FROM standing LIMIT 1)",
}


def _sound(database: str, tmp_path: Path) -> tuple[House, list[Acknowledged]]:
    house = making.make_house(database, 3, making.runtime_for(database, tmp_path))
    chance = random.Random(5)
    told = record(house, [making.choice(chance, making.people(3)) for _ in range(40)])
    return house, [Acknowledged(str(item.id), item.digest) for item in told]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(damage: str, database: str, tmp_path: Path) -> None:
    """A sound house is sound; after one statement it is not, and the verification says so."""
    house, told = _sound(database, tmp_path)
    verify_everything(house, told)
    chance = random.Random(6)
    told += [Acknowledged(str(item.id), item.digest) for item in record(house, [making.choice(chance, making.people(3)) for _ in range(20)])]
    for statement in DAMAGES[damage].split("; "):
        connection().execute(statement)
    with pytest.raises((AssertionError, Corrupt, KeyError)):
        verify_everything(house, told)


def test_an_acknowledgement_of_nothing_is_found(database: str, tmp_path: Path) -> None:
    """What was acknowledged and is not there is named."""
    house, told = _sound(database, tmp_path)
    with pytest.raises(AssertionError, match="1 acknowledged events are lost or changed"):
        verify_everything(house, [*told, Acknowledged(told[0].id[:-1] + "x", told[0].digest)])
