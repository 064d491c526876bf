"""What every test stands on: the root of the repository, Hypothesis without time limits, databases of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta, timezone
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


@pytest.fixture(autouse=True)
def here() -> Iterator[None]:
    """People in tests read the clock of Jakarta, whatever house was opened before in this process."""
    from tests.shown import shown_by

    with shown_by(timezone(timedelta(hours=7), "WIB")):
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[object]:
    """The PostgreSQL server of this run (`store.server.ServerHandle`), with the migrated template on it."""
    from tests.database import ensure_template, hold_test_server

    with hold_test_server() as handle:
        ensure_template(handle)
        yield handle


@pytest.fixture(scope="session")
def mariadb() -> Iterator[object]:
    """The MariaDB server of this run (`tests.mariadb.MariaDB`)."""
    from tests.mariadb import hold_mariadb

    with hold_mariadb() as held:
        yield held


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


@pytest.fixture(scope="module")
def shared_world(server: object, module_database_url: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[object]:
    """One house with a shop and a care desk for all tests of a module, which says by `PEOPLE` how many people it has."""
    from tests.erasing_house import making

    with making(server, module_database_url, tmp_path_factory.mktemp("house"), request.module.PEOPLE) as made:  # type: ignore[arg-type]  # loaded late
        yield made


@pytest.fixture
def world(shared_world: object) -> object:
    """That house, with its clock at the beginning and no request open from another test."""
    from datetime import timedelta

    from tests.people_house import Clock

    from janji.store.database import connection

    Clock.moved = timedelta()
    connection().execute("DELETE FROM rights_request")
    return shared_world


@pytest.fixture
def database(database_url: str) -> str:
    """A database of one's own, open in this process (`store.database.open_database`); its URL."""
    from janji.store.database import open_database

    open_database(database_url)
    return database_url


@pytest.fixture(scope="module")
def rights(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A served house without HTTPS (`tests.rights_house.Rights`) for all tests of a module: each has people of its own."""
    from tests.rights_house import rights_house

    with rights_house(module_database_url, tmp_path_factory.mktemp("house"), None) as found:
        yield found


@pytest.fixture
def a_minute_later(rights: object) -> None:
    """What one test sent does not count for the next."""
    rights.clock.put_on(minutes=2)  # type: ignore[attr-defined]  # as above


@pytest.fixture(scope="module")
def house(rights: object) -> object:
    """That house, where a module has no other."""
    return rights
