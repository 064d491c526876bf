"""The post office of the demonstration: a mail server on this machine, whose letters are pages that a browser opens."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5">
<title>Letters</title><style>:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{max-width:48rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid color-mix(in oklab,currentcolor 25%,transparent);border-radius:12px;padding:.75rem 1.1rem;margin:1rem 0}h2{font-size:1.05rem;margin:.1rem 0}
p{margin:.2rem 0;opacity:.8}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}</style><h1>Letters that went out</h1>
<p>Made up, like the people that they are for; nothing left this machine. The newest stands first.</p>"""


@dataclass
class Post:
    """The letters so far: to whom, and the message; where mail is taken, and where the letters can be read."""

    folder: Path
    url: str = ""
    pages: str = ""
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002 - as aiosmtpd calls it
        """Keep a letter, and write the page of letters anew."""
        self.letters.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default)))
        (self.folder / "index.html").write_text(PAGE + "".join(_article(to, one) for to, one in reversed(self.letters)), "utf-8")
        return "250 OK"

    def code(self, to: str) -> str:
        """The code in the newest letter that opens somebody's own page; empty while there is none."""
        for whom, one in reversed(self.letters):
            found = re.search(r"\b(\d{4})[ -]?(\d{4})\b", _text(one))
            if whom.casefold() == to.casefold() and found is not None and "/my/in/" in _text(one):
                return found[1] + found[2]
        return ""


class _Port(Controller):
    def _trigger_server(self) -> None:
        """The base class greets the port that it was told, which was 0; by now it has one."""
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it was started
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *words: Any) -> None:
        """Say nothing: addresses hold codes."""


@contextmanager
def post_office(folder: Path) -> Iterator[Post]:
    """A mail server and the pages of its letters, on ports that the system picks, until the end."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, "utf-8")
    post = Post(folder)
    mail = _Port(post, hostname="127.0.0.1", port=0)
    mail.start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    post.url, post.pages = f"smtp://127.0.0.1:{mail.port}", f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield post
    finally:
        server.shutdown()
        server.server_close()
        mail.stop()


def _text(one: EmailMessage) -> str:
    return str((one.get_body(("plain",)) or one).get_content())


def _article(to: str, one: EmailMessage) -> str:
    text = re.sub(r"https?://[^\s<>]+", lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(_text(one)))
    return f"<article><h2>{escape(str(one['Subject']))}</h2><p>{escape(to)}</p><pre>{text}</pre></article>"
