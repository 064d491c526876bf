"""Pictures of every screen of the privacy centre and of the console: both languages, light and dark, narrow and wide, from a real server and browser."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))

from django.conf import settings
from tests.browser import browser
from tests.centre_house import Shop, Somebody, centre_house, somebody
from tests.database import clone, ensure_template, hold_test_server, make_place, remove_place
from tests.desk import at_desk, picture, session_for, whole_pages
from tests.desk import somebody as member
from tests.people_house import Clock
from tests.screens import FORMS, LINKED, MINE, OPEN
from tests.shown import shown_by
from tests.walking import ways

from janji.staff.roles import Role
from janji.workflows.house import clock_of
from janji.workflows.promise_boards import look_again

ROOT = Path(__file__).resolve().parent.parent
VIEWS = [(language, dark, width) for language in ("id", "en") for dark in (False, True) for width in (320, 390, 1280)]


def main() -> None:
    """Make the pictures in the folder that is named; `--only` takes those whose name has a word in it."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("folder", type=Path)
    wanted.add_argument("--policy", type=Path, default=ROOT / "policies" / "pt-sony-indonesia")
    wanted.add_argument("--only", default="")
    wanted.add_argument("--role", type=Role, choices=list(Role), help="whose console it is; without it the officer's, and what only the engineer sees")
    given = wanted.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with centre(given.policy) as shop:
        ani = somebody(shop, language="id")
        look_again(shop.live.house)
        console: dict[str, tuple[str, str]] = {}  # the session of who sees it, and the address; sessions are begun here, for beside a browser Django opens no transaction
        for role in (given.role,) if given.role else (Role.ENGINEER, Role.OFFICER):
            session = session_for(shop.live.house, member(role))
            with at_desk(shop.live, role) as person:
                console |= {name: (session, address) for name, address in whole_pages(person.client).items()}
        with browser() as chromium:
            for language, dark, width in VIEWS:
                view = f"{language}-{'dark' if dark else 'light'}-{width}"
                names = (*(one.name for one in (*OPEN, *LINKED, *MINE)), *FORMS, *map(picture, console))
                if not any(given.only in f"{name}-{view}" for name in names):
                    continue
                context = chromium.new_context(
                    viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=False,
                    extra_http_headers={"Sec-GPC": "1", "Accept-Language": language},
                )  # fmt: skip
                context.add_cookies(ani.kept(shop.live.url))
                opened = context.new_page()
                for name, go in (*pages(opened, shop, ani, language, f"{view}@contoh.example"), *desk(opened, shop, console, language)):
                    taken = given.only in f"{name}-{view}"
                    if taken or name in FORMS:  # one form leads to the next
                        go()
                    if taken:
                        opened.screenshot(path=given.folder / f"{name}-{view}.png", full_page=True)
                context.close()
                Clock.moved += timedelta(seconds=61)  # so many forms come from one address in a minute, and no more
    print(f"{len(list(given.folder.glob('*.png')))} pictures in {given.folder}")


def pages(opened: Any, shop: Shop, ani: Somebody, language: str, contact: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every screen by its name, and how the browser gets there."""
    for screen in (*OPEN, *LINKED, *MINE):
        yield screen.name, partial(opened.goto, f"{shop.live.url}{ani.path(screen.path)}{'&' if '?' in screen.path else '?'}language={language}")
    yield from ways(opened, shop.live.url, language, contact).items()


def desk(opened: Any, shop: Shop, console: Mapping[str, tuple[str, str]], language: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every screen of the console by its name, as the data protection officer sees it, else the engineer; the test of the whole console walks the same list."""
    for route, (session, address) in console.items():
        yield picture(route), partial(at, opened, shop, session, f"{shop.live.url}{re.sub('language=..', f'language={language}', address)}")


def at(opened: Any, shop: Shop, session: str, address: str) -> None:
    """Go there as who the session is of."""
    opened.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": shop.live.url}])
    opened.goto(address)


@contextmanager
def centre(policy: Path) -> Iterator[Shop]:
    """A house of its own, on a server of its own, that is gone afterwards."""
    place = make_place()
    try:
        with hold_test_server() as server:
            ensure_template(server)
            with (
                clone(server) as url, tempfile.TemporaryDirectory() as folder, centre_house(server, url, Path(folder), policy=policy) as shop,
                shown_by(clock_of(shop.live.house.runtime, shop.live.house.published)),
            ):  # fmt: skip
                yield shop
    finally:
        remove_place(place)


if __name__ == "__main__":
    main()
