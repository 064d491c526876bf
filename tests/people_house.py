"""A house with the policy of PT Sony Indonesia in force, for tests that record what people choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from janji.decision.layout import Layout
from janji.store.database import open_database
from janji.store.models import PublishedPolicy
from janji.store.standings import ensure_words
from janji.store.vault import Keeper, keeper_of
from janji.terms.canonical import digest
from janji.workflows.house import House, enter_house, make_secrets
from janji.workflows.policies import Opened, open_policy
from janji.workflows.runtime import Runtime, open_runtime

POLICY = Path(__file__).parent.parent / "policies" / "pt-sony-indonesia"
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
KEEPER = keeper_of(bytes(range(32)))


class Clock(Runtime):
    """A runtime whose clock stands still until it is moved."""

    __slots__ = ()
    moved = timedelta()

    def now(self) -> datetime:
        """The instant that the test is at."""
        return NOW + Clock.moved


def make_house(url: str, data: Path, keeper: Keeper = KEEPER, policy: Path = POLICY) -> House:
    """Make the house of a fresh database: keys, a policy published, a data directory."""
    (data / "keys").mkdir(parents=True, exist_ok=True)
    runtime = _runtime(data)
    open_database(url)
    make_secrets(runtime, keeper)
    opened = _policy(policy)
    layout = opened.compiled.layout
    ensure_words(layout.words)
    files = {path.name: path.read_text("utf-8") for path in policy.glob("*.yaml")}
    PublishedPolicy.objects.create(
        number=1, policy=str(opened.compiled.policy.id), version="1", digest=digest({"files": files, "law": str(opened.compiled.law.id)}),
        files=files, layout=list(layout.keys),
        effective=datetime(2026, 1, 1, tzinfo=UTC).date(), published=NOW, event=uuid4(),
    )  # fmt: skip
    return open_house(url, data, keeper)


@cache
def _policy(policy: Path) -> Opened:
    """A policy, compiled once for all houses of a process."""
    return open_policy(policy)


def open_house(url: str, data: Path, keeper: Keeper = KEEPER) -> House:
    """The house that was made."""
    return enter_house(_runtime(data), url, keeper)


def _runtime(data: Path) -> Runtime:
    real = open_runtime(environment={"JANJI_LANG": "en"})
    Clock.moved = timedelta()
    return Clock(replace(real.settings, data_dir=data), real.tongue)


def layout_of(house: House) -> Layout:
    """The layout in force."""
    return house.policy_in_force.layout


def some(number: int) -> UUID:
    """An id that is nobody's."""
    return UUID(int=number)
