"""Processors call back over HTTP: the signed word is kept, and every forgery is refused without saying why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.choosing import Clock, make_house
from tests.live import Live, live
from tests.processor_house import DOMAIN, Authority, ProcessorHouse, processor_house, sign

from janji.erasure.steps import Delete, Gather, Known, Reach, StorePlan
from janji.errors import Invalid, Unavailable
from janji.store import processors as store
from janji.workflows.outside import open_outside
from janji.workflows.processors import PATH

CANARY = "siti.canary@example.id"
PLAN = StorePlan("ads", ((Gather("people", (), (Reach(("email",), kind="email"),)),),), actions=(Delete("people"),))
SITE = "https://privacy.example"
FILE = "processor: ads\nat: {url}/v3\ndomain: {domain}\nidentities: [email]\nregulation: gdpr\ncontroller: '4308'\ncertificate: {url}/cert.pem\nauth: {{kind: bearer, secret: word}}\n"


@dataclass
class World:
    """A house that is served, and a processor that was asked to erase somebody."""

    live: Live
    processor: ProcessorHouse
    address: str

    def erase(self) -> Any:
        """Go on with the erasure."""
        with closing(open_outside(self.live.house.runtime, "ads", self.address)) as connector:
            return connector.erase(PLAN, [Known(0, "email", CANARY)], "t")

    def call(self, headers: dict[str, str], body: bytes) -> httpx.Response:
        """Call back."""
        with self.live.client() as client:
            return client.post(PATH, headers={"Content-Type": "application/json", **headers}, content=body)

    @property
    def state(self) -> str:
        """How far the request is on record."""
        return self.row.state

    @property
    def row(self) -> store.RequestRow:
        """The request on record."""
        found = store.request(UUID(next(iter(self.processor.requests))))
        assert found is not None
        return found


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Somebody's erasure is on its way."""
    authority = Authority()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.written(tmp_path)))
    house = make_house(database_url, Clock())
    settings = replace(house.runtime.settings, public_url=SITE, service_networks=(ip_network("127.0.0.0/8"),))
    house = replace(house, runtime=replace(house.runtime, settings=settings))
    with processor_house(authority) as processor, live(house) as found:
        processor.house.opened_by = "Bearer s3cr3t"
        (tmp_path / "ads.yaml").write_text(FILE.format(url=processor.house.url, domain=DOMAIN))
        made = World(found, processor, f"opendsr://{tmp_path}/ads.yaml?word=s3cr3t")
        with pytest.raises(Unavailable):
            made.erase()
        yield made


def test_a_callback_is_kept_and_ends_the_erasure(world: World) -> None:
    """What the processor signs is on record with the signed words, and the erasure is complete without asking again."""
    headers, body = world.processor.callback(SITE + PATH, "in_progress")
    assert world.call(headers, body).status_code == 202
    assert world.state == "in_progress"
    headers, body = world.processor.callback(SITE + PATH)
    assert world.call(headers, body).status_code == 202
    assert world.call(headers, body).status_code == 202  # it may come twice
    assert world.state == "completed"
    assert (world.row.body, world.row.signature) == (body, headers["X-OpenDSR-Signature"])
    assert world.erase().complete
    late, said = world.processor.callback(SITE + PATH, "pending")
    assert world.call(late, said).status_code == 202
    assert world.state == "completed"  # an older word changes nothing


def _spoilt(world: World) -> dict[str, tuple[dict[str, str], bytes]]:
    good, body = world.processor.callback(SITE + PATH)
    stranger = rsa.generate_private_key(65537, 2048)
    other = world.processor.callback("https://evil.example/callbacks")
    return {
        "nothing": ({}, body), "no signature": ({"X-OpenDSR-Processor-Domain": DOMAIN}, body), "another body": (good, body.replace(b"4308", b"4309")),
        "one more space": (good, body + b" "), "no body": (good, b""), "another domain": ({**good, "X-OpenDSR-Processor-Domain": "evil.example"}, body),
        "a stranger's key": ({**good, "X-OpenDSR-Signature": sign(stranger, body)}, body), "no base64": ({**good, "X-OpenDSR-Signature": "\x7f%%"}, body),
        "a long signature": ({**good, "X-OpenDSR-Signature": "A" * 6000}, body), "for another address": other,
        "about another request": world.processor.callback(SITE + PATH, number=str(uuid4())),
        "of another controller": world.processor.callback(SITE + PATH, controller_id="1"),
    }  # fmt: skip


def test_forgeries_are_refused_alike(world: World) -> None:
    """Each is refused with the same words, which tell nothing, and changes nothing."""
    answers = {what: world.call(headers, body) for what, (headers, body) in _spoilt(world).items()}
    assert {what: one.status_code for what, one in answers.items()} == dict.fromkeys(answers, 403)
    assert len({one.json()["title"] + one.json().get("detail", "") for one in answers.values()}) == 1
    assert world.state == "pending"
    with pytest.raises(Unavailable):
        world.erase()


def test_what_is_signed_and_no_callback(world: World) -> None:
    """A processor that signs nonsense is told so."""
    for said in (b"hello", b"[]", b"{}", b'{"subject_request_id": 1}', b"[" * 10_000, "hé".encode()):
        headers = {"X-OpenDSR-Processor-Domain": DOMAIN, "X-OpenDSR-Signature": sign(world.processor.key, said)}
        assert world.call(headers, said).status_code == 422
    assert world.state == "pending"


def test_bounds_of_a_callback(world: World) -> None:
    """Long bodies are not read, other methods not known; nobody needs a key."""
    headers, _ = world.processor.callback(SITE + PATH)
    assert world.call(headers, b"x" * 70_000).status_code == 413
    with world.live.client() as client:
        assert client.get(PATH).status_code == 405


def test_nothing_of_the_person_is_kept(world: World) -> None:
    """Our own tables have numbers, certificates and signed words, and no identifier."""
    from janji.store import database

    for table in ("processor", "processor_request"):
        rows = database.connection().execute(f"SELECT row_to_json(t)::text FROM {table} t".encode()).fetchall()  # noqa: S608 - our own names
        assert rows
        assert CANARY not in str(rows)
        assert "s3cr3t" not in str(rows)


def test_addresses_that_lead_nowhere(world: World) -> None:
    """An address that is none, or leads to nothing, is told so when it is opened or looked at."""
    for address in ("file://elsewhere/x", "service:?x", "opendsr:///x.yaml?word", "service:///nowhere.yaml", "file:///nowhere-at-all"):
        with pytest.raises((Invalid, Unavailable)):
            open_outside(world.live.house.runtime, "x", address).catalogue()
