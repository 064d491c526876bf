"""Mail comes in: a listener that takes what is for its own addresses, small and slowly, and hands each message on as plain text."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from enum import StrEnum
from html import unescape
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from janji.errors import Unavailable
from janji.terms.messages import N_, say

LARGEST = 1 << 20
"""Bytes of a message, at most: a request is a text; papers are handed in where they are asked for."""
CONNECTIONS = 40
"""How many are open at once; who comes then is told to come later."""
PATIENCE = 60.0
"""Seconds that a connection may say nothing."""
RECIPIENTS = 10
"""Recipients of one message, at most."""
WORKERS = 2
"""Messages that are worked on at once."""
LONGEST = 20_000
"""Characters of a message that are handed on."""
HEAD = 1 << 17
"""Bytes of the headers of a message, at most."""
HEADER, PART_HEADER = 1 << 13, 1 << 11
"""Bytes of one header that is read, and of one that says what a part is, at most: the library takes the square of its length to read one."""
PARTS = 200
"""Lines that may begin a part, at most."""
HOPS = 30
"""Servers that a message may have passed; more of them is a loop (RFC 5321 6.3)."""


class Verdict(StrEnum):
    """What becomes of a message: taken, not wanted now, or never."""

    TAKEN = "250 2.0.0 taken"
    BUSY = "451 4.3.0 try again later"
    MANY = "452 4.7.1 many messages came from this address; those are in hand"
    NO = "550 5.7.1 not taken here"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came: who says that they sent it, what about, its text, and its own number.

    `machine` says that no person wrote it (RFC 3834, RFC 2076): an absence notice, a list, a loop. `about` are the numbers of
    messages that it answers or returns.
    """

    sender: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    number: str = field(repr=False)
    machine: bool = False
    returned: bool = False
    about: tuple[str, ...] = field(default=(), repr=False)
    network: str = field(default="", repr=False)


def read_mail(data: bytes, envelope: str, network: str = "") -> Arrived | None:
    """A message of bytes and the address of its envelope; `None` for what is no message, or names no one sender or several.

    Whatever the bytes, nothing is raised. What is written in HTML alone is read without its marks. Line ends and characters that
    are not seen do not get into sender, subject or number: nothing that is written from them can have headers of its own.
    """
    if not _readable(data):
        return None
    try:
        made = message_from_bytes(data, policy=default)
        if not isinstance(made, EmailMessage):
            return None
        senders = [address for _, address in getaddresses([str(one) for one in made.get_all("From", [])]) if address]
        returned = not envelope or made.get_content_type() == "multipart/report"
        if len(senders) != 1 and not returned:
            return None
        return Arrived(
            _line(senders[0] if senders else ""), _line(str(made.get("Subject", "")))[:1000], _text(made)[:LONGEST], _line(str(made.get("Message-ID", "")))[:500],
            _machine(made, envelope), returned, _about(made, data), network,
        )  # fmt: skip
    except Exception:  # whatever the parser of the library does not like: it is no message that anybody could answer
        return None


_READ = re.compile(
    rb"^(?:(content-[a-z-]+)|from|subject|message-id|original-message-id|in-reply-to|references|received|auto-submitted|precedence|x-auto[a-z-]+|x-loop|list-[a-z]+)"
    rb"[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
"""The headers that are read, wherever they stand."""


def _readable(data: bytes) -> bool:
    """Whether the library reads a message in a time that grows with its length: few parts, and no header that goes on and on."""
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return (
        len(data.partition(b"\n\n")[0]) <= HEAD and data.count(b"\n--") <= PARTS
        and all(found.end() - found.start() <= (HEADER if found[1] is None else PART_HEADER) for found in _READ.finditer(data))
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _text(made: EmailMessage) -> str:
    part = made.get_body(("plain", "html"))
    if part is None or part.get_content_maintype() != "text":
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, UnicodeError, ValueError):
        held = part.get_payload(decode=True)
        text = held.decode("utf-8", "replace") if isinstance(held, bytes) else ""
    text = text[: 10 * LONGEST]
    if part.get_content_subtype() == "html":
        text = re.sub(r"(?is)<(script|style|head|title)\b.*?(</\1\s*>|$)", " ", text)
        text = unescape(re.sub(r"<[^<>]{0,2000}>", " ", re.sub(r"(?i)<(br|/p|/div|/tr|/li)\b[^<>]{0,200}>", "\n", text)))
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text.replace("\r\n", "\n").replace("\r", "\n"))


_ROBOTS = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|listserv|majordomo|owner-.*|.*-(request|bounces?|owner))([+=-].*)?@", re.IGNORECASE)


def _machine(made: EmailMessage, envelope: str) -> bool:
    """Whether no person wrote it: it says so itself, it comes by a list, or it went round."""
    said = {name: _line(str(made.get(name, ""))).lower() for name in ("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "X-Autoreply", "X-Loop", "List-Id", "List-Unsubscribe")}
    return (
        not envelope or bool(_ROBOTS.match(envelope)) or said["Auto-Submitted"] not in ("", "no") or said["Precedence"] in ("bulk", "junk", "list", "auto_reply")
        or any(said[name] for name in ("X-Autoreply", "X-Loop", "List-Id", "List-Unsubscribe")) or len(made.get_all("Received", [])) > HOPS
    )  # fmt: skip


def _about(made: EmailMessage, data: bytes) -> tuple[str, ...]:
    """The numbers of messages that it answers, or, of one that comes back, that it holds."""
    named = " ".join(str(made.get(name, "")) for name in ("In-Reply-To", "References", "Original-Message-ID"))
    if made.get_content_type() == "multipart/report":
        named += " " + " ".join(re.findall(r"(?im)^message-id:\s*(<[^<>\s]{1,300}>)", data.decode("ascii", "replace")))
    return tuple(dict.fromkeys(re.findall(r"<([^<>\s]{1,300})>", named)))[:20]


Take = Callable[[Arrived], Verdict]
"""What is done with a message; it may take its time, for it runs beside the listener."""


class _Taking:
    """The hooks that the listener calls (aiosmtpd)."""

    def __init__(self, take: Take, addresses: Collection[str], pool: ThreadPoolExecutor) -> None:
        self._take, self._pool = take, pool
        self._addresses = {one.casefold() for one in addresses}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: ARG002 - as aiosmtpd calls it
        """Take what is for one of our addresses, and pass nothing on to anybody else."""
        if address.casefold() not in self._addresses:
            return "550 5.1.1 no such mailbox here"
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002 - as aiosmtpd calls it
        """Read a message and hand it on, both beside the loop."""
        network = str(session.peer[0]) if isinstance(session.peer, tuple) else ""

        def work() -> Verdict:
            mail = read_mail(bytes(envelope.content or b""), envelope.mail_from or "", network)
            return Verdict.NO if mail is None else self._take(mail)

        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


class _Listener(SMTP):
    """A server that lets nobody sign in, and only so many come at once."""

    open = 0

    def connection_made(self, transport: Any) -> None:
        """Take a connection, or say that there are too many."""
        type(self).open += 1
        super().connection_made(transport)
        if type(self).open > CONNECTIONS:
            transport.write(b"421 4.3.2 too many connections, come later\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Let a connection go."""
        type(self).open -= 1
        super().connection_lost(error)


class _Controller(Controller):
    def factory(self) -> SMTP:
        """A server for one connection."""
        return _Listener(
            self.handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname=self.hostname, ident="mail", timeout=PATIENCE, auth_required=False,
            command_call_limit={"*": 50, "NOOP": 10},
        )  # fmt: skip

    def _run(self, ready_event: Event) -> None:
        """Whoever starts it waits for it, and is told at once when it failed: the library lets them wait until they give up."""
        try:
            super()._run(ready_event)
        finally:
            ready_event.set()

    def _trigger_server(self) -> None:
        """The library greets the port that it was told, which may have been 0; by now it has one."""
        if self._thread_exception is not None:
            raise self._thread_exception
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it was started
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def listening(host: str, port: int, addresses: Collection[str], take: Take) -> Iterator[int]:
    """Listen for mail to these addresses until the end, and let `take` say what becomes of each; gives the port.

    What the library logs of a connection holds addresses, so none of it is kept. Raises `Unavailable` where one cannot listen.
    """
    for name in ("mail.log", "mail.debug"):
        logging.getLogger(name).disabled = True
    pool = ThreadPoolExecutor(WORKERS, "mail")
    controller = _Controller(_Taking(take, addresses, pool), hostname=host, port=port, ready_timeout=PATIENCE)
    try:
        controller.start()
    except OSError:  # nobody else closes a loop that never ran
        if controller.loop.is_running():
            controller.stop()
        else:
            controller.loop.close()
        raise Unavailable(say(N_("`{host}` port {port} cannot be listened on for mail"), host=host, port=str(port)),
                          say(N_("name another with the setting `mail_intake`; port 0 lets the system choose"))) from None  # fmt: skip
    try:
        yield int(controller.port)
    finally:
        controller.stop()
        pool.shutdown()
