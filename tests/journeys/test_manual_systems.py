"""Systems that a person looks after within a search and an erasure: asked, answered, taken over, and said to be attested."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from tests.choosing import Clock
from tests.manual import OWNED, SIGNED, given, owned_house, two_people

from janji.errors import Conflict
from janji.ledger.events import Kind
from janji.store import worklists as store
from janji.store.database import connection
from janji.terms.messages import say
from janji.workflows import erasing, gathering, worklist_answers
from janji.workflows.house import House
from janji.workflows.recording import history_of
from janji.workflows.systems import put
from janji.workflows.worklist_answers import nothing_found
from janji.workflows.worklists import Worklist, close, of_batch, worklist

PLAIN = {"level": "logical", "forget": False}
"""How deep an erasure goes, and that the people's own records stay."""


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path) -> House:
    """A house with three systems in the register, all at the stage at which a person answers."""
    made = owned_house(database_url, clock, tmp_path)
    put(made, [(name, "", "", "") for name in OWNED])
    (tmp_path / "maps").mkdir()
    return replace(made, runtime=replace(made.runtime, settings=replace(made.runtime.settings, maps=tmp_path / "maps")))


def lists_of(house: House, batch: UUID) -> dict[str, Worklist]:
    """The lists of a batch by the name of the owner."""
    return {one.owner.name.split()[0]: one for one in of_batch(house, batch) if one.owner is not None}


def test_what_owners_hand_in_is_a_part_of_the_package(house: House) -> None:
    """Asked by the search, taken over once all have answered; the lists are closed then, and the package opens as ever."""
    people = two_people(house)
    package = gathering.search(house, people)
    lists = lists_of(house, package.id)
    assert package.state == "partly"
    assert sorted(lists) == ["Dewi", "Rudi"]
    given(house, lists["Dewi"], (1, "found", "Membership", "Gold"), (2, "nothing found"), (3, "nothing found"), (4, "nothing found"))
    assert gathering.take_answers(house, package.id).state == "partly"
    nothing_found(house, lists["Rudi"].row, SIGNED)
    done = gathering.take_answers(house, package.id)
    assert (done.state, {one.attested for one in done.systems}) == ("done", {True})
    assert list(gathering.opened(house, package.id, people[0])) == [("kasir", {"field": "Membership", "value": "Gold"})]
    assert list(gathering.opened(house, package.id, people[1])) == []
    assert {row.state for row in store.of_batch(package.id)} == {"closed"}


def test_an_erasure_is_done_when_every_owner_has_attested(house: House) -> None:
    """Not before; the certificate names the level that was reached: attested."""
    people = two_people(house)
    plan = erasing.prepare(house, people)
    done = erasing.carry_out(house, people, erasing.plan_digest(plan, PLAIN))
    assert (plan.people, done.state) == (tuple(people), "begun")
    lists = lists_of(house, done.id)
    given(house, lists["Dewi"], (1, "erased", 3), (2, "nothing found"), (3, "must stay", 1, "a running case"), (4, "erased", 2))
    assert erasing.go_on(house, done.id).state == "begun"
    given(house, lists["Rudi"], (1, "erased", 1), (2, "nothing found"))
    done = erasing.go_on(house, done.id)
    assert (done.state, done.complete) == ("done", True)
    row = connection().execute("SELECT body FROM event WHERE id = %s", [done.event]).fetchone()
    assert row is not None
    assert b"attested" in bytes(row[0])
    kinds = [event.kind for event in history_of(house, people[0])]
    assert kinds.count(Kind.SYSTEM_ATTESTED) == 3
    assert kinds.count(Kind.ERASURE_EXECUTED) == 1
    assert {row.state for row in store.of_batch(done.id)} == {"closed"}


def test_an_erasure_that_nobody_answers_is_never_said_to_be_done(house: House) -> None:
    """A list that was closed without an answer stops it there."""
    people = two_people(house)
    plan = erasing.prepare(house, people)
    begun = erasing.carry_out(house, people, erasing.plan_digest(plan, PLAIN))
    for one in lists_of(house, begun.id).values():
        close(house, one.id)
    assert not erasing.go_on(house, begun.id).complete


def test_an_answer_is_taken_whole_or_not_at_all(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step of it failed: no line is answered, nothing is attested, nothing recorded; then it is handed in again."""
    people = two_people(house)
    one = lists_of(house, gathering.search(house, people).id)["Dewi"]
    events = len(history_of(house, people[0]))

    def fail(*_: object, **__: object) -> None:
        raise Conflict(say("failed"))

    for module, name in (
        (worklist_answers, "content_key"), (worklist_answers, "sealed_answer"), (store, "write_answers"), (store, "insert_attestation"),
        (worklist_answers, "record"), (worklist_answers, "settle"),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(module, name, fail)
            with pytest.raises(Conflict):
                given(house, one, (1, "found", "Membership", "Gold"))
        assert worklist(house, one.id).count("open") == 4, name
        assert store.attestations(one.id) == ()
        assert len(history_of(house, people[0])) == events
    assert given(house, one, (1, "found", "Membership", "Gold")).open == 3
