"""The page of a package over HTTP and in a browser: the code that it asks for, the package that it hands over once, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from tests.erasing_house import making
from tests.live import Live, live
from tests.packaged import opened, packaged
from tests.people_house import Clock

from janji.store.server import ServerHandle
from janji.workflows.people import subjects_for
from janji.workflows.person_packages import PATH, STARTS, TRIES, Ended, Offer, hand_over, offer, remove

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def shop(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A house with a shop, served."""
    with making(server, module_database_url, tmp_path_factory.mktemp("world")) as world, live(world.house) as found:
        yield found


@pytest.fixture
def served(shop: Live) -> tuple[Live, UUID]:
    """It, and a package that waits; a minute has gone by since the test before."""
    Clock.moved += timedelta(minutes=1)
    (who,) = subjects_for(shop.house, [("email", "person1@example.com")])
    return shop, packaged(shop.house, who)


def path_of(one: Offer) -> str:
    """Where the link leads at the server."""
    return PATH + one.url.rpartition(PATH)[2]


def post(live: Live, path: str, code: str) -> httpx.Response:
    """Send the form as a browser does."""
    with live.client() as client:
        return client.post(path, data={"code": code}, headers=BROWSER)


def test_the_right_code_fetches_it_once(served: tuple[Live, UUID]) -> None:
    """Looking changes nothing; the code as it is read out fetches the ZIP; then link and code are worth nothing."""
    live, request = served
    made = offer(live.house, request)
    with live.client() as client:
        page = client.get(path_of(made), headers=BROWSER)
        assert client.head(path_of(made), headers=BROWSER).status_code == 200
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    for part in ("<script", " style=", "http://", "https://", str(request), "person1"):
        assert part not in page.text
    got = post(live, path_of(made), made.code.replace("-", " "))
    assert got.headers["content-type"] == "application/zip"
    assert got.headers["cache-control"] == "no-store"
    assert "index.html" in opened(got.content)
    again = post(live, path_of(made), made.code)
    assert again.status_code == 410
    assert "fetched already" in again.text
    fresh = offer(live.house, request)
    assert post(live, path_of(made), made.code).status_code == 410
    assert post(live, path_of(fresh), made.code).status_code == 422
    assert post(live, path_of(fresh), fresh.code).status_code == 200


def test_guessing_locks_the_link(served: tuple[Live, UUID]) -> None:
    """So many wrong codes end it, the right one after them too; a new offer is another link."""
    live, request = served
    made = offer(live.house, request)
    wrong = f"{(int(made.code.replace('-', '')) + 1) % 10**8:08d}"
    for turn in range(TRIES - 1):
        page = post(live, path_of(made), wrong if turn else "")
        assert page.status_code == 422
        assert f"left: {TRIES - 1 - turn}" in page.text
    for code in (wrong, made.code):
        assert post(live, path_of(made), code).status_code == 410
    assert post(live, path_of(offer(live.house, request)), "0").status_code == 422


def test_links_that_are_none(served: tuple[Live, UUID]) -> None:
    """Whatever is wrong with a token, the answer is the same, and nothing of it is repeated."""
    live, request = served
    made = path_of(offer(live.house, request))
    answers = set()
    for path in (made[:-1], made + "A", f"{PATH}{'A' * 60}", f"{PATH}kenari", made[:20] + ("B" if made[20] != "B" else "C") + made[21:]):
        got = post(live, path, "1234")
        assert got.status_code == 404
        answers.add(got.text)
    assert len(answers) == 1
    assert "kenari" not in next(iter(answers))


def test_a_broken_download_begins_again(served: tuple[Live, UUID]) -> None:
    """Until it was taken whole it may be begun anew, a few times."""
    live, request = served
    made = offer(live.house, request)
    token = path_of(made).removeprefix(PATH)
    for _ in range(STARTS):
        assert next(hand_over(live.house, token, made.code).pieces)
    with pytest.raises(Ended):
        hand_over(live.house, token, made.code)


def test_after_its_end_nothing_opens(served: tuple[Live, UUID]) -> None:
    """The key is destroyed and the file gone: the page says that its time is over."""
    live, request = served
    made = offer(live.house, request)
    folder = live.house.runtime.settings.data_dir / "packages"
    before = len(list(folder.glob("*.zip")))
    remove(live.house, request)
    assert post(live, path_of(made), made.code).status_code == 410
    assert len(list(folder.glob("*.zip"))) == before - 1


def test_forms_that_are_none(served: tuple[Live, UUID]) -> None:
    """A body of another kind, or much too long, is a problem, and no try is counted for it."""
    live, request = served
    made = offer(live.house, request)
    with live.client() as client:
        assert client.post(path_of(made), content=b"{}", headers={"Content-Type": "application/json"}).status_code == 400
        assert client.post(path_of(made), data={"code": "1" * 10_000}).status_code == 413
    assert post(live, path_of(made), made.code).status_code == 200
