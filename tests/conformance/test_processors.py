"""A processor that speaks OpenDSR, against a real server: asked once, believed when it signed, forgeries refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.processor_house import DOMAIN, Authority, Key, ProcessorHouse, processor_house, sign
from tests.service_house import basic

from janji.connectors.processor_format import parse_processor
from janji.connectors.processor_proof import Unproven, proven
from janji.connectors.processors import OpenDsrProcessorConnector, Status, request_number
from janji.erasure.steps import Assignment, Change, Delete, Filling, Gather, Known, Level, Reach, StorePlan
from janji.errors import Conflict, Invalid, JanjiError, Refusal, Unavailable
from janji.network.addresses import Reach as Network
from janji.network.asking import Asker

SITI, ANDI = "siti.canary@example.id", "andi@example.id"
PEOPLE = [Known(0, "email", SITI), Known(0, "account", "A-1"), Known(1, "email", ANDI), Known(1, "phone", "+628120000")]
PLAN = StorePlan("ads", ((Gather("people", (), (
    Reach(("email",), kind="email"), Reach(("controller_customer_id",), kind="account"),
)),),), actions=(Delete("people"),))  # fmt: skip
CALLBACK = "https://privacy.example/processors/callbacks"
SECRETS = {"who": "me", "word": "s3cr3t"}
DESCRIBED = """
processor: ads
at: {url}/v3
domain: {domain}
identities: [email, controller_customer_id]
regulation: gdpr
controller: "4308"
encoding: {encoding}
auth: {{kind: basic, user: who, secret: word}}
certificate: {url}/cert.pem
rate: 500
"""


@dataclass
class Remembered:
    """What is remembered between runs, in memory."""

    states: dict[UUID, Status] = field(default_factory=dict)
    trusted: list[tuple[str, ...]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def trust(self, *who: str) -> None:
        """Remember who signs."""
        self.trusted.append(who)

    def status(self, request: UUID) -> Status | None:
        """How far a request is."""
        return self.states.get(request)

    def note(self, request: UUID, system: str, status: Status, body: bytes, signature: str) -> None:  # noqa: ARG002 - as it is called
        """Remember how far it is."""
        self.states[request] = status
        self.bodies.append(body)


@pytest.fixture(scope="module")
def authority() -> Authority:
    """An authority of the test's own."""
    return Authority()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """The processor's key."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def house(authority: Authority, key: rsa.RSAPrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessorHouse]:
    """The processor, with an authority that this system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.written(tmp_path)))
    with processor_house(authority, key) as held:
        held.house.opened_by = basic("me", "s3cr3t")
        yield held


@pytest.fixture
def opened(house: ProcessorHouse) -> Iterator[Callable[..., OpenDsrProcessorConnector]]:
    """Opens the connector, as often as it is wanted."""
    made: list[OpenDsrProcessorConnector] = []

    def opening(notes: Remembered, encoding: str = "raw", domain: str = DOMAIN, later: timedelta = timedelta(), without: str = "") -> OpenDsrProcessorConnector:
        text = DESCRIBED.format(url=house.house.url, encoding=encoding, domain=domain).replace(without, "") if without else DESCRIBED.format(
            url=house.house.url, encoding=encoding, domain=domain)  # fmt: skip
        reach = Network((ip_network("127.0.0.0/8"),))
        made.append(OpenDsrProcessorConnector(
            "ads", parse_processor("ads.yaml", text.encode()), SECRETS, Asker(reach, 5), notes, lambda: datetime.now(UTC) + later, CALLBACK
        ))  # fmt: skip
        return made[-1]

    yield opening
    for one in made:
        one.close()


def test_asked_once_and_done_when_signed(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector]) -> None:
    """A request a person is sent once however often it is tried, and complete is what the processor signed as completed."""
    notes = Remembered()
    connector = opened(notes)
    assert [column.name for column in connector.catalogue().tables["people"].columns] == ["email", "controller_customer_id"]
    for _ in range(3):
        with pytest.raises(Unavailable, match="0 of 2"):
            opened(notes).erase(PLAN, PEOPLE, "t")
    assert [one["subject_request_type"] for one in house.posted] == ["erasure", "erasure"]
    first = next(one for one in house.posted if one["subject_request_id"] == str(request_number("t", 0)))
    assert first["subject_identities"] == [
        {"identity_type": "email", "identity_value": SITI, "identity_format": "raw"},
        {"identity_type": "controller_customer_id", "identity_value": "A-1", "identity_format": "raw"},
    ]  # fmt: skip
    assert (first["regulation"], first["api_version"], first["status_callback_urls"]) == ("gdpr", "3.0", [CALLBACK])
    assert UUID(first["subject_request_id"]).version == 4
    assert all(asked.headers.get("authorization") == basic("me", "s3cr3t") for asked in house.house.asked if asked.path.startswith("/v3"))
    assert not any("authorization" in asked.headers for asked in house.house.asked if asked.path == "/cert.pem")
    house.requests[str(request_number("t", 0))]["request_status"] = "completed"
    with pytest.raises(Unavailable, match="1 of 2"):
        opened(notes).erase(PLAN, PEOPLE, "t")
    house.set("completed")
    effect = opened(notes).erase(PLAN, PEOPLE, "t")
    assert (effect.complete, effect.attested, effect.level) == (True, True, Level.ATTESTED)
    assert effect.people == ((0, "people", 1), (1, "people", 1))
    before = len(house.house.asked)
    opened(notes).erase(PLAN, PEOPLE, "t")
    assert [asked.path for asked in house.house.asked[before:]] == ["/cert.pem"]  # what was proven is not asked again


def test_identities_are_told_as_agreed(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector]) -> None:
    """With digests the processor learns no address that it does not know already."""
    with pytest.raises(Unavailable):
        opened(Remembered(), "sha256").erase(PLAN, PEOPLE, "t")
    assert SITI not in str(house.posted)
    assert hashlib.sha256(SITI.encode()).hexdigest() in str(house.posted)


def test_cancelled_and_changed(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector]) -> None:
    """What a processor cancels is no erasure; what it cannot do is a problem of the plan."""
    notes = Remembered()
    with pytest.raises(Unavailable):
        opened(notes).erase(PLAN, PEOPLE, "t")
    house.set("cancelled")
    with pytest.raises(Refusal, match="cancelled"):
        opened(notes).erase(PLAN, PEOPLE, "t")
    partly = StorePlan("ads", PLAN.rounds, actions=(Change("people", (Assignment("email", Filling.NULL),)),))
    assert len(opened(notes).preflight(partly, PEOPLE)) == 1
    assert opened(notes).preflight(PLAN, PEOPLE) == ()


FORGED: dict[str, Callable[[bytes, str], tuple[bytes, str]]] = {
    "no signature": lambda body, signature: (body, ""),
    "another body": lambda body, signature: (body.replace(b"pending", b"completed"), signature),
    "one more space": lambda body, signature: (body + b" ", signature),
    "no base64": lambda body, signature: (body, "%%%"),
    "another signature": lambda body, signature: (body, signature[:-8] + "AAAAAAA="),
    "somebody's key": lambda body, signature: (body, sign(ec.generate_private_key(ec.SECP256R1()), body)),
}


@pytest.mark.parametrize("how", FORGED)
def test_forged_answers(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector], how: str) -> None:
    """An answer that the processor's key did not sign proves nothing, and nothing is remembered of it."""
    notes = Remembered()
    house.wrong = FORGED[how]
    with pytest.raises(Unproven):
        opened(notes).erase(PLAN, PEOPLE, "t")
    assert notes.states == {}


def test_answers_about_others(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector]) -> None:
    """What is signed and about another request, another controller or another domain is not ours; nor is what says nothing."""
    notes = Remembered()
    with pytest.raises(Unavailable):
        opened(notes).erase(PLAN, PEOPLE, "t")
    first = house.requests[str(request_number("t", 0))]
    kept = dict(first)
    for change, error in (
        ({"subject_request_id": str(request_number("t", 1))}, Conflict), ({"controller_id": "1"}, Conflict), ({"request_status": "done"}, Invalid),
        ({"subject_request_id": None}, Invalid), ({"subject_request_id": "x"}, Invalid),
    ):  # fmt: skip
        first.update(kept | change)
        with pytest.raises(error):
            opened(notes).erase(PLAN, PEOPLE, "t")
    first.update(kept)
    house.domain = "other.example"
    with pytest.raises(Unproven):
        opened(notes).erase(PLAN, PEOPLE, "t")


def _certificates(authority: Authority, key: Key) -> dict[str, str]:
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused
    return {
        "of nobody who is trusted": Authority("Somebody").issue(DOMAIN, key), "for another domain": authority.issue("evil.example", key),
        "over": authority.issue(DOMAIN, key, datetime.now(UTC) - timedelta(days=200)), "not yet": authority.issue(DOMAIN, key, datetime.now(UTC) + timedelta(days=5)),
        "too small": authority.issue(DOMAIN, small), "none": "hello", "empty": "",
    }  # fmt: skip


def test_certificates_that_prove_nothing(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector], authority: Authority) -> None:
    """Only a certificate of an authority, for the domain, good now, with a key that is large enough."""
    for what, certificate in _certificates(authority, house.key).items():
        house.certificate = certificate
        with pytest.raises(Unproven):
            opened(Remembered()).erase(PLAN, PEOPLE, "t")
        assert house.posted == [], what


def test_a_certificate_under_another_domain(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector]) -> None:
    """Discovery cannot send us for a certificate to wherever it likes; nor to this machine by its own name."""
    connector = opened(Remembered(), without=f"certificate: {house.house.url}/cert.pem")
    with pytest.raises(JanjiError) as error:  # the domain leads nowhere in a test
        connector.erase(PLAN, PEOPLE, "t")
    assert "`name`" in str(error.value)
    real = house.answer
    house.house.first = lambda asked: (200, {}, {"processor_certificate": f"{house.house.url}/cert.pem"}) if asked.path.endswith("discovery") else real(asked)
    with pytest.raises(Unproven, match="another domain"):
        opened(Remembered(), without=f"certificate: {house.house.url}/cert.pem").erase(PLAN, PEOPLE, "t")


def test_elliptic_curves_are_believed_too(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor may sign by ECDSA (FIPS 186-4 6)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.written(tmp_path)))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, body = authority.issue(DOMAIN, key), b'{"a": 1}'
    proven(certificate, DOMAIN, datetime.now(UTC), sign(key, body), body)
    with pytest.raises(Unproven):
        proven(certificate, DOMAIN, datetime.now(UTC), sign(key, body), body + b" ")


@pytest.mark.parametrize("status", [400, 401, 404, 500, 302])
def test_refused_requests(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector], status: int) -> None:
    """A request that the processor does not take is an error that tells the status and no person."""
    real = house.answer
    house.house.first = lambda asked: (status, {}, {"error": SITI}) if asked.method == "POST" else real(asked)
    with pytest.raises((Refusal, Invalid, Unavailable)) as error:
        opened(Remembered()).erase(PLAN, PEOPLE, "t")
    assert SITI not in f"{error.value}{error.value.help}"


@pytest.mark.parametrize(("was", "becomes", "code"), [
    ("http://", "gopher://", "bad-address"), (f"domain: {DOMAIN}", "domain: localhost", "bad-domain"), ("[email, controller_customer_id]", "[]", "bad-number"),
    ("encoding: raw", "encoding: rot13", "unknown-word"), ("rate: 500", "rates: 500", "unknown-key"),
])  # fmt: skip
def test_mistakes_in_a_file(was: str, becomes: str, code: str) -> None:
    """Each mistake is told."""
    text = DESCRIBED.format(url="http://127.0.0.1:1", encoding="raw", domain=DOMAIN)
    parse_processor("ads.yaml", text.encode())
    with pytest.raises(Invalid) as error:
        parse_processor("ads.yaml", text.replace(was, becomes, 1).encode())
    assert code in {one.code for one in error.value.diagnostics}


def test_what_is_signed_is_remembered(house: ProcessorHouse, opened: Callable[..., OpenDsrProcessorConnector]) -> None:
    """The signed words stay as evidence, without anything of the person; who signs is known for callbacks."""
    notes = Remembered()
    with pytest.raises(Unavailable):
        opened(notes).erase(PLAN, PEOPLE, "t")
    house.set("completed")
    opened(notes).erase(PLAN, PEOPLE, "t")
    signed = [json.loads(body) for body in notes.bodies if body]
    assert {one["request_status"] for one in signed} == {"completed"}
    assert SITI not in str(notes.bodies)
    assert notes.trusted[0] == ("ads", DOMAIN, house.certificate, "4308", CALLBACK)
