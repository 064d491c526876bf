"""A processor on loopback that speaks OpenDSR: a real HTTP server with a certificate of an authority made for the test."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.service_house import Asked, ServiceHouse, service_house

DOMAIN = "opendsr.processor.example"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Authority:
    """An authority that issues certificates."""

    def __init__(self, name: str = "Test authority") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = (
            self._builder(self.name, self.key, datetime.now(UTC))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, SHA256())
        )

    def _builder(self, subject: x509.Name, key: Key, at: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=90))
        )  # fmt: skip

    def issue(self, domain: str, key: Key, at: datetime | None = None) -> str:
        """A certificate in PEM for a domain, good for about an instant."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])
        made = (
            self._builder(subject, key, at or datetime.now(UTC))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, SHA256())
        )
        return made.public_bytes(Encoding.PEM).decode()

    def written(self, folder: Path) -> Path:
        """The authority's own certificate as a file, for `SSL_CERT_FILE`."""
        path = folder / "authority.pem"
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path


def sign(key: Key, body: bytes) -> str:
    """A signature over bytes, by the words of the specification and not by our code."""
    made = key.sign(body, padding.PKCS1v15(), SHA256()) if isinstance(key, rsa.RSAPrivateKey) else key.sign(body, ec.ECDSA(SHA256()))
    return base64.b64encode(made).decode()


@dataclass
class ProcessorHouse:
    """What the processor has of requests, and how it signs. `wrong` may spoil what it answers."""

    house: ServiceHouse
    key: Key
    certificate: str
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    domain: str = DOMAIN
    wrong: Any = None

    @property
    def posted(self) -> list[dict[str, Any]]:
        """The requests that came in, as they were."""
        return [json.loads(asked.body) for asked in self.house.asked if asked.method == "POST"]

    def set(self, status: str) -> None:
        """Every request is so far now."""
        for held in self.requests.values():
            held["request_status"] = status

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], Any] | None:
        """What the processor answers."""
        path = urlsplit(asked.path).path
        if path == "/cert.pem":
            return 200, {}, self.certificate.encode()
        if path == "/v3/discovery":
            return 200, {}, {"api_version": "3.0", "processor_certificate": f"https://{DOMAIN}/cert.pem"}
        if path == "/v3/requests":
            wanted = json.loads(asked.body)
            held = {"controller_id": "4308", "expected_completion_time": "2026-12-31T00:00:00Z", "subject_request_id": wanted["subject_request_id"], "request_status": "pending"}
            self.requests[wanted["subject_request_id"]] = held
            return self._signed(201, {**held, "received_time": "2026-12-01T00:00:00Z", "encoded_request": base64.b64encode(asked.body).decode()})
        found = self.requests.get(path.removeprefix("/v3/requests/"))
        return (404, {}, {}) if found is None else self._signed(200, found)

    def _signed(self, status: int, held: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        body = json.dumps(held).encode()
        signature = sign(self.key, body)
        if self.wrong is not None:
            body, signature = self.wrong(body, signature)
        return status, {"X-OpenDSR-Processor-Domain": self.domain, "X-OpenDSR-Signature": signature}, body

    def callback(self, url: str, status: str = "completed", number: str | None = None, **more: Any) -> tuple[dict[str, str], bytes]:
        """The headers and body by which it calls back."""
        body = json.dumps({
            "controller_id": "4308", "expected_completion_time": "2026-12-31T00:00:00Z", "status_callback_url": url,
            "subject_request_id": number or next(iter(self.requests)), "request_status": status, **more,
        }).encode()  # fmt: skip
        return {"X-OpenDSR-Processor-Domain": self.domain, "X-OpenDSR-Signature": sign(self.key, body)}, body


@contextmanager
def processor_house(authority: Authority, key: Key | None = None) -> Iterator[ProcessorHouse]:
    """A processor that runs until the end of the block."""
    with service_house() as house:
        made = key or rsa.generate_private_key(65537, 2048)
        held = ProcessorHouse(house, made, authority.issue(DOMAIN, made))
        house.first = held.answer
        yield held
