"""Walks through the demonstration as its tutorial says, and makes the pictures that stand in it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))

from demo import Demo, free
from demo_mail import post_office
from PIL import Image
from tests.browser import browser, pressed

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "tutorial" / "pictures"
WIDE, NARROW = {"width": 1180, "height": 760}, {"width": 390, "height": 760}


def main() -> None:
    """Make the pictures in `docs/tutorial/pictures`, or in the folder that is named."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("folder", type=Path, nargs="?", default=PICTURES)
    folder: Path = wanted.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own, post_office(Path(own) / "mail") as post, Demo(Path(own), post, free(0)).served() as demo:
        demo.story()
        demo.known(8)
        with browser() as chromium:
            Walk(chromium, demo, folder).all()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


class Walk:
    """A browser that goes through the company's pages."""

    def __init__(self, chromium: Any, demo: Demo, folder: Path) -> None:
        self.chromium, self.demo, self.folder, self.url = chromium, demo, folder, demo.url

    def all(self) -> None:
        """The customer first, then the staff."""
        self.customer()
        self.officer()
        self.owner()

    def take(self, page: Any, name: str, *, whole: bool = False) -> None:
        """A picture of what a window shows, or of the whole page; with few colours, so that it is light."""
        path = self.folder / f"{name}.png"
        page.screenshot(path=path, full_page=whole)
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)

    def opened(self, size: dict[str, int]) -> Any:
        """A window of a size, in English."""
        return self.chromium.new_context(viewport=size, locale="en-GB").new_page()

    def customer(self) -> None:
        """Somebody looks at the privacy centre, signs in by a code, and sees what is held."""
        page, who = self.opened(WIDE), self.demo.known(8)
        page.goto(f"{self.url}/?language=en")
        self.take(page, "centre")
        page.goto(f"{self.url}/my?language=en")
        page.locator("input[name=contact]").fill(who)
        pressed(page, "main form button >> nth=0")
        self.demo.until(lambda: self.demo.post.code(who))
        page.locator("input.code").fill(self.demo.post.code(who))
        pressed(page, "main form button >> nth=0")
        self.take(page, "my-data")
        page.goto(f"{self.url}/my/consents?language=en")
        self.take(page, "consents")
        page.goto(f"{self.url}/my/places?language=en")
        self.take(page, "places")
        phone = self.opened(NARROW)
        phone.goto(f"{self.url}/rights?language=id")
        self.take(phone, "phone")

    def officer(self) -> None:
        """An officer signs in by a link, and decides a request that waits."""
        page = self.opened(WIDE)
        page.goto(self.demo.links["officer"])
        self.take(page, "sign-in")
        pressed(page, "main form button >> nth=0")
        for name, path in (("overview", ""), ("promises", "/promises"), ("policy", "/policy"), ("map", "/map"), ("ledger", "/ledger")):
            page.goto(f"{self.url}/console{path}?language=en")
            if name == "ledger":
                pressed(page, "main form button >> nth=0")
                page.locator("main .card.good").wait_for()
            self.take(page, name)
        page.goto(f"{self.url}/console/requests?language=en")
        pressed(page, page.locator("main a").filter(has_text="Have data deleted").first)
        self.take(page, "request")

    def owner(self) -> None:
        """The owner of what no program can look into sees what is asked."""
        page = self.opened(WIDE)
        page.goto(self.demo.links["owner"])
        pressed(page, "main form button >> nth=0")
        page.goto(f"{self.url}/console/tasks?language=en")
        self.take(page, "owner")


if __name__ == "__main__":
    main()
