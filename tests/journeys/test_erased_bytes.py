"""What is left of a person's bytes in our own server and data directory after an erasure at each level: nothing, for nothing was ever in clear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.database import migrate
from tests.erasing_house import World, blank, make_world
from tests.faults.cluster import Cluster, cluster

from janji.erasure.steps import Level
from janji.store.server import ServerHandle
from janji.workflows.erasing import carry_out, plan_digest, prepare
from janji.workflows.gathering import search


@pytest.fixture(scope="module")
def apart(server: ServerHandle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Cluster, Path]]:
    """A house on a server of its own, so that no byte of a company's system is in its files; its systems are on another."""
    folder = tmp_path_factory.mktemp("bytes")
    with cluster(folder / "server") as own, blank(server) as shop, blank(server) as care:
        migrate(own.url)
        yield make_world(own.url, shop, care, folder, 16), own, folder


def needles(world: World, number: int) -> dict[str, bytes]:
    """By what a person would be known again: address and telephone in the forms that they have anywhere, and words of the systems."""
    forms = {"address": world.email(number), "telephone": f"8129041{number:04d}", "name": f"Name {number}", "spelled": f"0812-9041-{number:04d}"}
    found = {name: text.encode() for name, text in forms.items()}
    return found | {f"{name} in hexadecimal": data.hex().encode() for name, data in found.items() if name in ("address", "telephone")}


def holding(folder: Path, words: dict[str, bytes]) -> list[tuple[str, str]]:
    """The files below a folder that hold one of the words, whatever the letters' case: heap, indexes, write-ahead log, logs, packages, maps."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            found += [(str(path.relative_to(folder)), name) for name, word in words.items() if word.lower() in data]
    return found


@pytest.mark.parametrize(("level", "forget"), [
    (Level.LOGICAL, False), (Level.VACUUMED, False), (Level.REWRITTEN, True),
])  # fmt: skip
def test_our_own_server_holds_nobody_in_clear(apart: tuple[World, Cluster, Path], level: Level, forget: bool) -> None:
    """Neither its heap nor its write-ahead log, nor any file beside it: before the erasure, and after it at each level."""
    world, own, folder = apart
    number = 1 + 4 * [Level.LOGICAL, Level.VACUUMED, Level.REWRITTEN].index(level) + forget
    shown = str(world.rows()).lower()
    assert {name for name, word in needles(world, number).items() if word.decode().lower() in shown} == {"address", "name", "spelled"}  # as the systems have them
    person = world.person(number)
    search(world.house, [person])
    with psycopg.connect(own.url, autocommit=True) as link:
        link.execute("CHECKPOINT")
        assert holding(folder, needles(world, number)) == []
        options = {"level": str(level), "forget": forget}
        done = carry_out(world.house, [person], plan_digest(prepare(world.house, [person], level=level, forgetting=forget), options))
        assert done.complete
        assert {here.effect.level for here in done.stores if here.effect is not None} == {level}
        link.execute("CHECKPOINT")
    told = {"/".join(Path(path).parts[3:4]) for path, _ in holding(folder, {"certificate": b"erasure.executed"})}
    assert {"base", "pg_wal"} <= told  # both were looked through
    assert holding(folder, needles(world, number)) == []
