"""Legal holds: set and lifted as events, seen with merged people, and nobody who is held is forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.people_house import Clock, make_house

from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor, Kind
from janji.store.database import connection
from janji.workflows.forgetting import forget, forget_again
from janji.workflows.holds import Ground, held, holds, lift, set_hold
from janji.workflows.house import House
from janji.workflows.identity import merge
from janji.workflows.people import subjects_for
from janji.workflows.recording import history_of
from janji.workflows.systems import add


@pytest.fixture
def house(database: str, tmp_path: Path) -> House:
    """A house with the policy in force."""
    return make_house(database, tmp_path)


def test_a_hold_is_an_event_and_its_reference_is_sealed(house: House) -> None:
    """Setting and lifting are on the person's record by ground; the reference opens for staff, and is in no row in clear."""
    (one,) = subjects_for(house, [("email", "siti@example.com")])
    made = set_hold(house, Ground.LITIGATION, subject=one, reference="perkara 117/PDT", within=timedelta(days=90))
    (there,) = holds(house)
    assert (there.subject, there.ground, there.reference, there.until) == (one, Ground.LITIGATION, "perkara 117/PDT", made.until)
    stored = connection().execute("SELECT hold::text FROM hold").fetchone()
    assert stored is not None
    assert b"perkara".hex() not in stored[0]
    assert "perkara" not in stored[0]
    lift(house, made.id)
    assert holds(house) == ()
    assert [(event.kind, event.details["ground"]) for event in history_of(house, one)] == [
        (Kind.HOLD_SET, "litigation"), (Kind.HOLD_LIFTED, "litigation"),
    ]  # fmt: skip
    assert connection().execute("SELECT octet_length(reference) FROM hold").fetchone() == (0,)
    with pytest.raises(Invalid):
        lift(house, made.id)


def test_whoever_is_held_is_not_forgotten(house: House) -> None:
    """Not before the hold is lifted; and not by way of a merge either."""
    one, other = subjects_for(house, [("email", "siti@example.com"), ("phone", "+6281290417733")])
    made = set_hold(house, Ground.INVESTIGATION, subject=other)
    merge(house, one, other, Actor.STAFF)
    survivor = next(iter(held(house, [one, other]).people))
    assert held(house, [survivor]).people == {survivor}
    with pytest.raises(Refusal):
        forget(house, survivor)
    assert history_of(house, survivor)
    lift(house, made.id)
    assert survivor in forget(house, survivor).people


def test_a_hold_that_comes_back_with_a_backup_revives_nobody(house: House) -> None:
    """Who was forgotten stays so, although the database that was put back still has the hold and the person."""
    (one,) = subjects_for(house, [("email", "siti@example.com")])
    made = set_hold(house, Ground.AUDIT, subject=one)
    tables = ("subject", "subject_key", "identifier", "standing", "hold", "task", "event", "pending")
    for table in tables:
        connection().execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    lift(house, made.id)
    forget(house, one)
    for table in reversed(tables):
        connection().execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    for table in tables:
        connection().execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608 - names of ours
    assert [there.subject for there in holds(house)] == [one]
    assert forget_again(house) == 1
    assert connection().execute("SELECT state FROM subject").fetchall() == [("forgotten",)]


def test_a_system_is_held_whole(house: House) -> None:
    """It is said with whoever is asked about; a system that nobody keeps cannot be held, nor nothing, nor both."""
    (one,) = subjects_for(house, [("email", "siti@example.com")])
    add(house, "shop")
    set_hold(house, Ground.ORDER, system="shop")
    assert held(house, [one]).systems == {"shop"}
    assert held(house, [one]).people == set()
    for named in ({"system": "nowhere"}, {}, {"system": "shop", "subject": one}):
        with pytest.raises(Invalid):
            set_hold(house, Ground.ORDER, **named)


def test_a_hold_never_ends_by_itself(house: House) -> None:
    """Past its day it stands still, and is shown as one to look at again."""
    (one,) = subjects_for(house, [("email", "siti@example.com")])
    set_hold(house, Ground.AUDIT, subject=one, within=timedelta(days=1))
    Clock.moved = timedelta(days=400)
    assert held(house, [one]).people == {one}
