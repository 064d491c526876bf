"""Drafts on their way into force: the day of publication, what stops one, files that are gone, and words for whoever presses buttons."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.choosing import Clock, make_house
from tests.desk import somebody

from janji.errors import Invalid, Refusal
from janji.files.policies import FIRST
from janji.staff.roles import Role, Staff
from janji.workflows import desk_tasks, draft_publishing, drafts, publishing, staff
from janji.workflows.house import House, enter_house
from janji.workflows.publishing import publish, published_row

OFFICER, ANALYST = somebody(Role.OFFICER), Staff("99", "Dewi Lestari", Role.ANALYST)


@dataclass
class World:
    """A house with its clock; after a publication it is entered anew."""

    url: str
    clock: Clock
    house: House

    def again(self) -> House:
        """The house under the version in force now."""
        self.house = enter_house(self.house.runtime, self.url, self.house.keeper)
        return self.house

    def agreed(self, **fields: str) -> tuple[UUID, str]:
        """A draft in which the whole policy is otherwise, approved by the other; its id and digest."""
        id = drafts.open_draft(self.house, ANALYST, uuid4()).row.id
        digest = drafts.save_entry(self.house, ANALYST, id, 0, "policy", "", fields).draft.digest
        draft_publishing.approve(self.house, OFFICER, id, digest)
        return id, digest


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> World:
    """That house."""
    clock = Clock()
    return World(database_url, clock, make_house(database_url, clock, tmp_path))


def test_from_its_moment_on(world: World) -> None:
    """A draft that binds from a day on cannot wait for a moment at which it could not be published yet; at the first that is told, it is."""
    day = world.clock.at.date() + timedelta(days=3)
    first = datetime.combine(day, time(), UTC)
    id, digest = world.agreed(effective=f"{day}", version="next")
    with pytest.raises(Invalid) as early:
        draft_publishing.schedule(world.house, id, digest, first - timedelta(hours=7))
    assert "07:00" in str(early.value.message), "the first moment is told"
    with pytest.raises(Invalid) as late:
        draft_publishing.schedule(world.house, id, digest, first.replace(year=9999))
    assert "year" in str(late.value.message)
    draft_publishing.schedule(world.house, id, digest, first)
    world.clock.at = first
    assert draft_publishing.publish_due(world.house) == 1


@pytest.mark.parametrize(("name", "email", "same"), [
    ("Sri W.", "Dewi+2@example.com", True), ("dewi  LESTARI", "other@example.com", True), ("Sri W.", "sri@example.com", False), ("Sri W.", "dewi@example.org", False),
])  # fmt: skip
def test_a_second_account_is_no_second_person(world: World, name: str, email: str, same: bool) -> None:
    """Who wrote in a draft does not approve it from another account of theirs: one with the same name or mailbox, even when the first was stopped since."""
    first = staff.add(world.house, "Dewi Lestari", "dewi@example.com", "analyst")
    id = drafts.open_draft(world.house, first.staff, uuid4()).row.id
    digest = drafts.save_entry(world.house, first.staff, id, 0, "policy", "", {"version": "next"}).draft.digest
    staff.stop(world.house, "dewi@example.com")
    second = staff.add(world.house, name, email, "officer").staff
    assert (staff.names_of(second) == (name, "Dewi Lestari")) is (same and name.startswith("Sri"))
    if same:
        with pytest.raises(Refusal):
            draft_publishing.approve(world.house, second, id, digest)
    else:
        assert draft_publishing.approved(draft_publishing.approve(world.house, second, id, digest))


def test_what_cannot_be_published_is_a_task(world: World) -> None:
    """A draft whose day came when another version was in force is not published, and somebody is told so, once, until it is taken back."""
    one, first = world.agreed(version="one")
    two, second = world.agreed(version="two")
    at = world.clock.at + timedelta(hours=1)
    draft_publishing.schedule(world.house, one, first, at)
    draft_publishing.schedule(world.house, two, second, at)
    world.clock.put_on(hours=2)
    assert draft_publishing.publish_due(world.house) == 1
    world.again()
    assert [draft_publishing.publish_due(world.house) for _ in range(2)] == [0, 0]
    (task,) = desk_tasks.waiting(kind=draft_publishing.TASK)
    assert task.details["draft"] == str(two)
    draft_publishing.cancel(world.house, two)
    assert desk_tasks.waiting() == ()
    drafts.discard(world.house, two, 1)


def test_a_file_that_is_gone(world: World, tmp_path: Path) -> None:
    """What a draft changes in a file that the version in force has no more is never lost without a word: it is refused, or let go of by choice."""
    id = drafts.open_draft(world.house, ANALYST, uuid4()).row.id
    drafts.save_entry(world.house, ANALYST, id, 0, "retention", "sales", {"title:en": "Of the draft"})
    files = dict(published_row(1).files)
    kept = [line for line in files.pop("retention.yaml").splitlines() if not line.startswith("---")]
    files[FIRST] = files[FIRST].replace("  - retention.yaml\n", "").replace("retention.yaml, ", "").replace(", retention.yaml", "") + "\n" + "\n".join(kept) + "\n"
    assert "retention.yaml" not in files[FIRST].partition("include")[2].split("\n\n")[0]
    folder = tmp_path / "next"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    publish(world.house, folder)
    house = world.again()
    (clash,) = draft_publishing.stretches(house, drafts.read_draft(id))[1]
    with pytest.raises(Invalid, match="no file"):
        draft_publishing.bring_up(house, ANALYST, id, 1, {clash.name: "mine"})
    up = draft_publishing.bring_up(house, ANALYST, id, 1, {clash.name: "theirs"})
    assert up.files == files


def test_words_for_the_screen(world: World) -> None:
    """What stops somebody at the screen says what to press there, and no verb of the command line."""
    id, digest = world.agreed(version="x")
    with pytest.raises(Invalid) as untold:
        draft_publishing.tell_people(world.house, id, digest)
    assert "publish it now" in str(untold.value.help)
    id, digest = world.agreed(effective=f"{world.clock.at.date() + timedelta(days=9)}")
    with pytest.raises(Refusal) as early:
        draft_publishing.publish_draft(world.house, id, digest)
    assert "`" not in str(early.value.help)
    helps = {str(node.value) for node in ast.walk(ast.parse(Path(publishing.__file__).read_text("utf-8"))) if isinstance(node, ast.Constant)}
    assert set(draft_publishing.PRESS) <= helps, "each of them is said by a publication"
