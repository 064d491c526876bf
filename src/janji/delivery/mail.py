"""Hands mail to a server: encrypted unless it is this very machine, within a time, and what goes wrong told by a code."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

PATIENCE = 20.0
"""Seconds that each answer of the server may take."""
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed to. `encrypted` from the first byte on; else it is asked for encryption before anything is said."""

    host: str
    port: int
    encrypted: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def here(self) -> bool:
        """Whether it is this machine, to which alone mail goes unencrypted."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def mail_server(url: str) -> MailServer:
    """The server of a URL such as `smtp://user:password@host:587` or `smtps://host`."""
    parts = urlsplit(url)
    return MailServer(
        parts.hostname or "", parts.port or PORTS[parts.scheme], parts.scheme == "smtps", unquote(parts.username or ""), unquote(parts.password or "")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one person. `id` names it for good: sent twice, a mail program can tell that it is the same.

    `html` says the same as `text`, for mail programs that show it.
    """

    id: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    language: str
    name: str = field(default="", repr=False)
    html: str = field(default="", repr=False)


class Postman:
    """A connection to a mail server, kept while it is open.

    Certificates are verified by the system's authorities, or those of `SSL_CERT_FILE`. A server that offers no encryption
    gets nothing, unless it is this machine.
    """

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server, self._sender = server, sender
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Open; the connection is made when the first letter is sent."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connection."""
        self._hang_up()

    def greet(self) -> str:
        """Reach the server and sign in, and send nothing: nothing when all is well, else a code as `send` gives it."""
        return self._do(lambda smtp: smtp.noop())

    def send(self, letter: Letter) -> str:
        """Hand over one letter: nothing when the server took it, else a code that says why not.

        `name`, `connection`, `tls`, `sign-in`, `recipient` (the address is refused), `refused`, `timeout`.
        """
        message = _message(letter, self._sender)

        def hand(smtp: smtplib.SMTP) -> None:
            if not letter.to.isascii() and not smtp.has_extn("smtputf8"):
                raise smtplib.SMTPRecipientsRefused({})  # this server cannot write such an address (RFC 6531)
            smtp.send_message(message, self._sender, [letter.to])

        return self._do(hand)

    def _do(self, work: Callable[[smtplib.SMTP], object]) -> str:
        fresh = self._smtp is None
        try:
            self._smtp = self._smtp or self._connect()
            work(self._smtp)
        except smtplib.SMTPRecipientsRefused:
            return "recipient"  # smtplib has reset the connection
        except Exception as error:
            self._hang_up()
            if isinstance(error, smtplib.SMTPServerDisconnected) and not fresh:
                return self._do(work)  # a server lets go of a connection that was quiet, or had its share
            code = _code(error)
            if not code:
                raise
            return code
        return ""

    def _connect(self) -> smtplib.SMTP:
        held, context = self._server, ssl.create_default_context()
        if held.encrypted:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(held.host, held.port, timeout=PATIENCE, context=context)
        else:
            smtp = smtplib.SMTP(held.host, held.port, timeout=PATIENCE)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not held.encrypted and (smtp.has_extn("starttls") or not held.here):
                smtp.starttls(context=context)
                smtp.ehlo()
            if held.user:
                _sign_in(smtp, held)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _hang_up(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp.close()
            self._smtp = None


def _sign_in(smtp: smtplib.SMTP, held: MailServer) -> None:
    """Say who comes. A server may hang up on a wrong password, before every way of saying it was tried."""
    try:
        smtp.login(held.user, held.password)
    except smtplib.SMTPServerDisconnected:
        raise smtplib.SMTPAuthenticationError(535, b"") from None


def _message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a message (RFC 5322); a machine wrote it, so nobody's absence notice answers (RFC 3834)."""
    made = EmailMessage(SMTP)
    made["From"] = sender
    made["To"] = letter.to
    made["Subject"] = " ".join(letter.subject.split())
    made["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    if letter.html:
        made.add_alternative(letter.html, subtype="html")
    made["Content-Language"] = letter.language
    return made


def _code(error: Exception) -> str:
    """The code of what went wrong; empty for what is a mistake of ours."""
    known: Sequence[tuple[type[Exception] | tuple[type[Exception], ...], str]] = (
        (smtplib.SMTPAuthenticationError, "sign-in"), (smtplib.SMTPNotSupportedError, "tls"), (ssl.SSLError, "tls"),
        ((smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, ConnectionError), "connection"), (TimeoutError, "timeout"),
        (smtplib.SMTPException, "refused"), (OSError, "name"),
    )  # fmt: skip
    return next((code for kind, code in known if isinstance(error, kind)), "")
