"""What every test stands on: the root of the repository, Hypothesis without time limits, databases of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("JANJI_EXAMPLES", "JANJI_TEST_CLUSTER", "JANJI_TEST_POSTGRES")

settings.register_profile("janji", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("janji")

for name in [name for name in os.environ if name.startswith("JANJI_") and name not in KEPT]:
    del os.environ[name]


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes the place of its database server; workers find it in the environment."""
    if not hasattr(config, "workerinput"):
        from tests.database import make_place, remove_place

        place = make_place()
        config.add_cleanup(lambda: remove_place(place))


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def server() -> Iterator[object]:
    """The PostgreSQL server of this run (`store.server.ServerHandle`), with the migrated template on it."""
    from tests.database import ensure_template, hold_test_server

    with hold_test_server() as handle:
        ensure_template(handle)
        yield handle


@pytest.fixture
def database_url(server: object) -> Iterator[str]:
    """The URL of a migrated, empty database that no other test sees."""
    from tests.database import clone

    with clone(server) as url:  # type: ignore[arg-type]  # loaded late, for the tests that need no database
        yield url


@pytest.fixture(scope="module")
def module_database_url(server: object) -> Iterator[str]:
    """The URL of a migrated, empty database that the tests of one module share."""
    from tests.database import clone

    with clone(server) as url:  # type: ignore[arg-type]  # loaded late, for the tests that need no database
        yield url


@pytest.fixture
def database(database_url: str) -> str:
    """A database of one's own, open in this process (`store.database.open_database`); its URL."""
    from janji.store.database import open_database

    open_database(database_url)
    return database_url
