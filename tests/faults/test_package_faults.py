"""A package under kill -9 at each step, on a full disk, changed at rest: made once and whole, or not there, and nothing is left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.erasing_house import World, making
from tests.faults.killing import fork_and_die
from tests.faults.packing import mortal
from tests.packaged import packaged, unpacked

from janji.errors import Corrupt, Unavailable
from janji.store import database
from janji.store.server import ServerHandle
from janji.workflows.gathering import search
from janji.workflows.person_packages import Ended, copy_for_staff, hand_over, offer, prune, remove, write_package

MAKING = (("piece", "after", 1), ("file", "after", 1), ("keys", "after", 1), ("piece", "before", 1), ("row", "before", 1), ("row", "after", 1))
ENDING = (("lines", "after", 1), ("destroy", "after", 1), ("write", "after", 1))
SOME = None if int(os.environ.get("JANJI_EXAMPLES", "1")) > 1 else 2
"""Every death where there is time for it; otherwise the worst ones."""


@pytest.fixture(scope="module")
def world(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One house for every death."""
    with making(server, module_database_url, tmp_path_factory.mktemp("deaths")) as made:
        yield made


def die(world: World, verb: str, step: str, when: str, nth: int, *ids: UUID) -> None:
    """Do it in another process, which kills itself at a step."""
    url, folder = database.opened(), world.house.runtime.settings.data_dir
    database.close()
    fork_and_die(url, lambda: mortal(url, folder, verb, ids, step, nth, after=when == "after"))


def folder_of(world: World) -> Path:
    """Where packages lie."""
    return world.house.runtime.settings.data_dir / "packages"


def late(folder: Path) -> None:
    """Let what lies there be of days ago."""
    for path in folder.iterdir():
        os.utime(path, (0, 0))


@pytest.mark.parametrize(("step", "when", "nth"), MAKING[:SOME])
def test_wherever_it_dies_there_is_one_package_in_the_end(world: World, tmp_path: Path, step: str, when: str, nth: int) -> None:
    """Made again it is whole, with one file under its name; what the dead one left goes, and the package of another stays."""
    house, who, request = world.house, world.person(1), uuid4()
    other = packaged(house, who)
    found = search(house, [who])
    die(world, "make", step, when, nth, request, found.id, who)
    write_package(house, request, found.id, who, "en")
    assert "index.html" in unpacked(house, request, tmp_path / "a")
    late(folder_of(world))
    prune(house)
    assert len([path for path in folder_of(world).iterdir() if path.suffix == ".zip"]) == 2
    for one in (request, other):
        unpacked(house, one, tmp_path / "b")
        remove(house, one)


@pytest.mark.parametrize(("step", "when", "nth"), ENDING[:SOME])
def test_wherever_its_end_is_cut_off_it_ends(world: World, tmp_path: Path, step: str, when: str, nth: int) -> None:
    """Ended again, its key is gone and its file too; and it never opens half ended."""
    request = packaged(world.house, world.person(2))
    die(world, "end", step, when, nth, request)
    remove(world.house, request)
    with pytest.raises(Ended):
        copy_for_staff(world.house, request, tmp_path / "x", "Dewi")
    assert not list(folder_of(world).glob("*.zip"))


def test_what_was_changed_at_rest_is_never_handed_over(world: World, tmp_path: Path) -> None:
    """A byte changed, or the end cut off: it says so, and a link is not used up by it."""
    request = packaged(world.house, world.person(3))
    made = offer(world.house, request)
    (path,) = folder_of(world).glob("*.zip")
    whole = path.read_bytes()
    token = made.url.rpartition("/")[2]
    path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    for _ in range(5):
        with pytest.raises(Corrupt):
            hand_over(world.house, token, made.code)
    path.write_bytes(whole[:-30])
    with pytest.raises(Corrupt):
        b"".join(hand_over(world.house, token, made.code).pieces)
    path.write_bytes(whole)
    assert b"".join(hand_over(world.house, token, made.code).pieces)[:2] == b"PK"
    remove(world.house, request)


def test_a_full_disk_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room it says so without a value, leaves no file, and makes the package once there is."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    from janji.store import packages

    house, who, request = world.house, world.person(4), uuid4()
    found = search(house, [who])
    folder = folder_of(world)
    (folder / ".full").symlink_to("/dev/full")
    with monkeypatch.context() as patched:
        patched.setattr(packages, "_making", lambda path: path.with_name(".full"))
        with pytest.raises(Unavailable) as caught:
            write_package(house, request, found.id, who, "en")
    assert "person4" not in str(caught.value)
    assert not list(folder.glob("*.zip"))
    write_package(house, request, found.id, who, "en")
    remove(house, request)
