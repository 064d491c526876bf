"""A served house with a shop whose people use the privacy centre: what comes of their requests, and one person who has something on every screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from tests.choosing import say, yes
from tests.erasing_house import World, agreed, making
from tests.live import Live, live
from tests.mailbox import Mailbox, mailbox
from tests.people_house import POLICY, Clock
from tests.rights_house import BROWSER

from janji.ledger.events import Actor
from janji.people.guardians import Proof as Paper
from janji.people.guardians import Relation
from janji.rights.requests import Intake, Proof, State
from janji.store.server import ServerHandle
from janji.workflows import messages, promise_boards, request_clock
from janji.workflows.guardians import guardian_consents, name_guardian, record_age, verify_guardian
from janji.workflows.ledger import sequence_all
from janji.workflows.people import add_identifier
from janji.workflows.person_packages import PATH as PACKAGES
from janji.workflows.request_intake import Wish, take
from janji.workflows.request_links import Act, ActLink, make_act_links
from janji.workflows.request_pages import page_path
from janji.workflows.request_work import work_off
from janji.workflows.requests import Opening, approve, open_request, queue, refuse
from janji.workflows.unsubscribe import Link, make_links


@dataclass(frozen=True)
class Shop:
    """The house, served, and the mail that people got."""

    world: World
    live: Live
    box: Mailbox

    def work(self, *officers: str) -> int:
        """What the worker does until nothing is left; officers agree to whatever waits for it. How many messages went out at the end."""
        for _ in range(4):
            work_off(self.live.house)
            for one in queue():
                for name in officers if one.state is State.APPROVAL else ():
                    approve(self.live.house, one.id, name)
            request_clock.work(self.live.house)
        return messages.work(self.live.house)

    def letter(self, to: str, part: str) -> str:
        """The first match of a pattern in the newest letter to an address that has it."""
        messages.work(self.live.house)
        texts = [str((one.get_body(("plain",)) or one).get_content()) for address, one in self.box.taken if address == to]
        found = next((match for text in reversed(texts) if (match := re.search(part, text))), None)
        assert found is not None, texts
        return found[1]

    def code(self, to: str) -> str:
        """The newest code that an address got."""
        return self.letter(to, r"(?<![\d-])(\d{4}[ -]?\d{4})\b")

    def person(self, number: int) -> tuple[UUID, str]:
        """Somebody of the shop with a second address, to which the codes of copies go; both are held long enough to be believed."""
        subject, other = self.world.person(number), f"other{number}@example.com"
        Clock.moved += timedelta(seconds=1)
        add_identifier(self.live.house, subject, "email", other, Actor.STAFF)
        Clock.moved += timedelta(days=60)
        return subject, other

    def filed(self, number: int, right: str) -> tuple[UUID, UUID, str, str]:
        """A request of somebody of the shop that officers agreed to and that was carried out: the person, the request, its page, the second address."""
        subject, other = self.person(number)
        id = agreed(self.live.house, subject, right).id
        self.work("Ratna", "Hadi")
        return subject, id, page_path(self.live.house, id, shown=True), other

    def signed_in(self, address: str) -> httpx.Cookies:
        """What a browser keeps of somebody who typed the code that was sent to them."""
        with self.live.client() as client:
            client.headers.update(BROWSER)
            assert client.post("/my", data={"contact": address}).status_code == 200
            assert client.post("/my/code", data={"code": self.code(address)}).status_code == 303
            return client.cookies


@contextmanager
def centre_house(server: ServerHandle, url: str, folder: Path, people: int = 8, policy: Path = POLICY) -> Iterator[Shop]:
    """The house, until the end; nobody reaches it by HTTPS, so that a browser of a test keeps its cookies."""
    with making(server, url, folder, people=people, policy=policy) as world, mailbox() as box:
        settings = replace(world.house.runtime.settings, mail_url=box.url, mail_from="privacy@example.net", public_url=None, promises="public")
        with live(replace(world.house, runtime=Clock(settings, world.house.runtime.tongue))) as found:
            yield Shop(world, found, box)


@dataclass(frozen=True)
class Somebody:
    """Somebody with something on every screen: their address, what fills the holes of `tests.screens`, and what their browser keeps."""

    address: str
    holes: dict[str, str]
    cookies: dict[str, str] = field(repr=False)

    def path(self, path: str) -> str:
        """The address of a screen for them."""
        return re.sub(r"\{(\w+)\}", lambda hole: self.holes[hole[1]], path)

    def kept(self, url: str) -> list[dict[str, Any]]:
        """What their browser keeps, as Playwright takes it."""
        return [{"name": name, "value": value, "url": url} for name, value in self.cookies.items()]


def somebody(shop: Shop, number: int = 1, language: str = "en") -> Somebody:
    """A person of the shop who agreed to newsletters, has a copy that waits, was refused once, asked for something that officers look at, and has a child."""
    house, address = shop.live.house, f"person{number}@example.com"
    subject, ready, page, _ = shop.filed(number, "access")
    for channel in ("email", "sms"):
        say(house, subject, yes(house, "newsletters", channel, language))
    staff = Opening(right="deletion", intake=Intake.PHONE, subject=subject, proof=Proof.STAFF, by="Ayu")
    refused = open_request(house, staff).id
    refuse(house, refused, "defence-security", "Ratna")
    waits = open_request(house, staff)
    take(house, Wish(right="restriction", contact=("email", address), language=language))
    prove = shop.letter(address, r"https?://[^/\s]+(/rights/prove/[\w-]+)")
    work_off(house)
    child = shop.world.person(8)
    record_age(house, child, date(2015, 4, 5), Actor.STAFF)
    link = name_guardian(house, child, subject, Relation.PARENT, Actor.STAFF)
    verify_guardian(house, link, [Paper.IDENTITY, Paper.FAMILY_CARD], Actor.STAFF)
    guardian_consents(house, link)
    (act,) = make_act_links(house, "", [ActLink(subject, Act.WITHDRAW, "newsletters")])
    unsubscribe = make_links(house, "", [Link(subject, "newsletters", "email")])[0].url
    package = f"{PACKAGES}{shop.letter(address, f'{PACKAGES}([A-Za-z0-9_-]+)')}"
    sequence_all()
    promise_boards.look_again(house)
    cookies = shop.signed_in(address)
    with shop.live.client() as client:
        client.post("/my", data={"contact": address}, headers=BROWSER)
    my = shop.letter(address, r"https?://[^/\s]+(/my/in/[\w-]+)")
    return Somebody(address, {
        "ready": str(ready), "refused": str(refused), "waits": str(waits.id), "request": page, "package": package, "act": act, "unsubscribe": unsubscribe,
        "prove_link": prove, "my_link": my,
    }, dict(cookies))  # fmt: skip
