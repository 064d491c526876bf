"""A house whose people are held with a telephone number and nothing else, served, with gateways for SMS and WhatsApp: what tests of such journeys stand on."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from ipaddress import ip_network
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from tests.choosing import Clock, Clocked, make_house
from tests.erasing_house import blank, execute, reviewed, rows_of
from tests.live import Live, live
from tests.receiver import Got, Receiver, receiving, status
from tests.rights_house import BROWSER, hidden, shown

from janji.connectors.opening import open_connector
from janji.datamap.meaning import Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.written import write_meaning
from janji.ledger.events import Actor
from janji.rights.requests import PREFIX, Request
from janji.store.server import ServerHandle
from janji.terms.periods import Period
from janji.workflows import cascade_work, guardians, messages, request_clock
from janji.workflows.gateways import keep_gateway
from janji.workflows.house import House
from janji.workflows.people import subject_with
from janji.workflows.requests import request_of
from janji.workflows.systems import Stage, add, move

SHOP = """
CREATE TABLE customers (id serial PRIMARY KEY, phone varchar(20) NOT NULL UNIQUE, name varchar(40) NOT NULL, born date, address text);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, ordered date NOT NULL, thing text);
CREATE TABLE invoices (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, issued date NOT NULL, billed_to varchar(40), amount int);
"""
SMS = """
gateway: sms
channel: sms
recipient: mailing-provider
at: {at}
headers: {{X-Key: "{{key}}"}}
send: {{path: /sms, body: '{{"to": "{{to}}", "text": "{{text}}", "ref": "{{id}}"}}', reference: id}}
unreachable: [404]
callback: {{secret: signs, signing: hex, header: X-Signature, each: reports.*, reference: id, state: status, delivered: [delivered], failed: [undelivered]}}
"""
WHATSAPP = """
gateway: whatsapp
channel: whatsapp
recipient: mailing-provider
at: {at}
basic: {{user: account, secret: key}}
unreachable: [404]
parameter: '{{"type": "text", "text": "{{value}}"}}'
send: {{path: /whatsapp, body: '{{"to": "{{digits}}", "template": {{"name": "{{template}}", "language": "{{language}}", "parameters": "{{parameters}}"}}}}', reference: id}}
templates:
  prove: {{name: janji_code, parameters: [code, link]}}
  done: {{name: janji_answer, parameters: [number, link]}}
"""
SECRETS = {"key": "a-key", "signs": "a-secret", "account": "us"}
_NEXT = count(1)


def _columns(**categories: str | Meaning) -> dict[str, Meaning]:
    return {name: one if isinstance(one, Meaning) else Meaning(one) for name, one in categories.items()}


def shop_meaning() -> SystemMeaning:
    """What the shop holds: people by their telephone, what they bought, and invoices, which are kept without the name."""
    tables = (
        TableMeaning("customers", identifiers=(Identifier("phone", "phone", Form.DIGITS),), columns=_columns(
            id="none", phone="contact.phone", name=Meaning("name", becomes="token"), born="identity.birth-date", address="contact.address")),
        TableMeaning("orders", links=(Link(("customer_id",), "customers", ("id",)),), columns=_columns(id="none", customer_id="none", ordered="purchase", thing="purchase")),
        TableMeaning("invoices", links=(Link(("order_id",), "orders", ("id",)),), keep=(KeepRule("tax", since="issued", period=Period(months=120), columns=("amount", "issued")),),
                     columns=_columns(id="none", order_id="none", issued="payment", billed_to="name", amount="payment")),
    )  # fmt: skip
    return SystemMeaning("shop", "The shop", "owner", "Jakarta", "ID", tables={table.name: table for table in tables})


@dataclass(frozen=True)
class Somebody:
    """A person as the shop knows them: nowhere is an address of mail."""

    number: int

    @property
    def phone(self) -> str:
        """The number as they type it."""
        return f"0812 9041 {self.number:04d}"

    @property
    def normal(self) -> str:
        """The number as a gateway is told it."""
        return f"+628129041{self.number:04d}"

    @property
    def name(self) -> str:
        """What the shop calls them."""
        return f"Wulandari {self.number}"

    @property
    def answers(self) -> dict[str, str]:
        """What they know of what the shop holds."""
        return {"postcode": f"{12000 + self.number}", "year": "1990"}


@dataclass
class Phones:
    """The house, served, with its clock, its shop, and what telephones got."""

    live: Live
    clock: Clock
    shop: str
    sms: Receiver
    other: Receiver
    read: set[str] = field(default_factory=set)

    @property
    def house(self) -> House:
        """The house."""
        return self.live.house

    def somebody(self, *, on_record: bool = True, bought: bool = True) -> Somebody:
        """Somebody new with a telephone: in the shop, and on record here or not yet."""
        who = Somebody(next(_NEXT))
        if bought:
            id = who.number
            execute(self.shop, f"""
                INSERT INTO customers VALUES ({id}, '0812-9041-{id:04d}', '{who.name}', '1990-04-05', 'Jalan Melati 3, Jakarta {who.answers["postcode"]}');
                INSERT INTO orders VALUES ({id}, {id}, '2026-01-05', 'lamp'); INSERT INTO invoices VALUES ({id}, {id}, '2024-01-05', '{who.name}', 100);
            """)  # noqa: S608 - values of ours
        if on_record:
            guardians.record_age(self.house, self.subject(who), date(1990, 4, 5), Actor.STAFF)
            self.clock.put_on(days=1)  # a contact that is held
        return who

    def subject(self, who: Somebody) -> UUID:
        """The person on record."""
        return subject_with(self.house, [("phone", who.normal)], Actor.STAFF)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of the shop."""
        return rows_of(self.shop, *shop_meaning().tables)

    def work(self) -> None:
        """What the workers do within half an hour: what waits for others is looked at again every five minutes."""
        for minutes in (0.2, 0.2, 0.5, 1.1, 1.1, 6, 6, 6, 6):
            while messages.work(self.house) + cascade_work.work(self.house):
                pass
            request_clock.work(self.house)
            self.clock.put_on(minutes=minutes)

    def texts(self, who: Somebody) -> list[dict[str, Any]]:
        """The messages that a telephone got so far, the oldest first."""
        every = [json.loads(got.body) for got in self.sms.got]
        return [one for one in every if one["to"] in (who.normal, who.normal.removeprefix("+"))]

    def newest(self, who: Somebody) -> str:
        """What the newest message says, however it came."""
        one = self.texts(who)[-1]
        return str(one["text"]) if "text" in one else " ".join(str(part["text"]) for part in one["template"]["parameters"])

    def code(self, who: Somebody) -> str:
        """The code of the newest message."""
        found = re.search(r"\b(\d{4})[ -]?(\d{4})\b", self.newest(who).partition("https://")[0])
        assert found is not None, self.newest(who)
        return found[1] + found[2]

    def link(self, who: Somebody) -> str:
        """The path of the link of the newest message."""
        found = re.search(r"https?://[^/\s]+(/\S+)", self.newest(who))
        assert found is not None, self.newest(who)
        return found[1]

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as a telephone's browser does."""
        self.clock.put_on(minutes=1)  # what one test sent does not count for the next
        with self.live.client() as client:
            return client.post(path, data=fields, headers=BROWSER)

    def get(self, path: str) -> httpx.Response:
        """Look at a page as a telephone's browser does."""
        with self.live.client() as client:
            return client.get(path, headers=BROWSER)

    def file(self, right: str, who: Somebody, **fields: str) -> UUID:
        """Fill the form in from its first page to its last; the request."""
        review = self.post("/rights", go="review", **{"right": right, "asker": "self", "contact": who.phone, **fields})
        assert review.status_code == 200, review.text
        done = self.post("/rights", **{**hidden(review.text), "go": "send"})
        assert done.status_code == 200, done.text
        return UUID(shown(done.text)["Number of your request"].removeprefix(PREFIX))

    def now(self, id: UUID) -> Request:
        """A request as it is now."""
        return request_of(id)


def signed(body: bytes) -> dict[str, str]:
    """The header that the provider of SMS signs with."""
    return {"x-signature": hmac.new(SECRETS["signs"].encode(), body, hashlib.sha256).hexdigest()}


def numbered(receiver: Receiver) -> Callable[[Any, Got], None]:
    """An answer of a provider: taken, with a number."""

    def answer(handler: Any, got: Got) -> None:
        status(200, json.dumps({"id": f"p{len(receiver.got)}"}).encode())(handler, got)

    return answer


@contextmanager
def phone_house(server: ServerHandle, url: str, folder: Path) -> Iterator[Phones]:
    """The house, until the end: without a mail server, with WhatsApp by templates before SMS."""
    clock = Clock()
    made = make_house(url, clock, folder)
    (folder / "datamap").mkdir()
    loop = (ip_network("127.0.0.0/8"),)
    settings = replace(made.runtime.settings, maps=folder / "datamap", public_url="https://privacy.example.net", service_networks=loop, transfer_networks=loop)
    house = replace(made, runtime=Clocked(settings, made.runtime.tongue, clock))
    with blank(server) as shop, receiving() as sms, receiving() as other:
        execute(shop, SHOP)
        connector = open_connector("shop", shop)
        (folder / "datamap" / "shop.yaml").write_text(write_meaning(reviewed(shop_meaning(), connector.catalogue())), "utf-8")
        connector.close()
        add(house, "shop", shop)
        for stage in (Stage.SEARCH, Stage.PLANNED):
            move(house, "shop", stage)
        sms.answer = numbered(sms)
        for text in (WHATSAPP, SMS):
            file = folder / "gateway.yaml"
            file.write_text(text.format(at=sms.url.removesuffix("/hook")), "utf-8")
            keep_gateway(house, file, SECRETS)
            clock.put_on(seconds=1)
        with live(house) as served:
            yield Phones(served, clock, shop, sms, other)
