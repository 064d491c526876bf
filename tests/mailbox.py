"""A real mail server (aiosmtpd) on this machine: what it took, with encryption, sign-in and refusals as a test wants them."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Mailbox:
    """What a server took, in order, with whom it was for; `refuses` are addresses that it does not take mail for."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    encrypted: list[bool] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: ARG002 - as aiosmtpd calls it
        """Take an address, or not."""
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002 - as aiosmtpd calls it
        """Keep a message."""
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


class _Controller(Controller):
    def __init__(self, box: Mailbox, implicit: ssl.SSLContext | None, **more: Any) -> None:
        self.more = more
        super().__init__(box, hostname="127.0.0.1", port=0, ssl_context=implicit, ready_timeout=60)

    def factory(self) -> SMTP:
        """A server with what a test wants."""
        return SMTP(self.handler, **self.more)

    def _trigger_server(self) -> None:
        """The base class greets the port that it was told, which was 0; by now it has one."""
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it was started
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mailbox(certificate: Path | None = None, *, implicit: bool = False, signs_in: tuple[str, str] | None = None) -> Iterator[Mailbox]:
    """A server until the end. With a `certificate` (key and all) it offers STARTTLS, or speaks TLS from the first byte on."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    more: dict[str, Any] = {"hostname": "mail.test"}
    if signs_in is not None:
        wanted = tuple(word.encode() for word in signs_in)
        more |= {"auth_required": True,
                 "authenticator": lambda *words: AuthResult(success=(words[-1].login, words[-1].password) == wanted, handled=False)}  # fmt: skip
    if context is not None and not implicit:
        more["tls_context"] = context
    box = Mailbox()
    controller = _Controller(box, context if implicit else None, **more)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


@contextmanager
def hanging_up() -> Iterator[tuple[str, list[int]]]:
    """A server that takes every call and hangs up: its URL, and an entry for each call; whoever called has done so at the end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        calls: list[int] = []

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    server.accept()[0].close()
                    calls.append(1)

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}", calls
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def make_certificate(path: Path, name: str = "127.0.0.1") -> Path:
    """A certificate for this machine, signed by itself, with its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
