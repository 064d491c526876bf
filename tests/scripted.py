"""A small HTTP server on a real socket that does what a test tells it: answer, hang, drip, or cut the line."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Heard:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Act = Callable[[BaseHTTPRequestHandler, Heard], None]


@dataclass
class Scripted:
    """What the server does next, in order; the last of `acts` is done again for every further request."""

    url: str = ""
    acts: list[Act] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, request: Heard) -> Act:
        """Note a request down, and say what to do about it."""
        with self.lock:
            self.heard.append(request)
            return self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]


def answer(body: Any, status: int = 200, **headers: str) -> Act:
    """Answer with JSON."""

    def act(handler: BaseHTTPRequestHandler, _: Heard) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    return act


def problem(status: int, code: str, detail: str = "", **headers: str) -> Act:
    """Answer with a problem document."""
    document = {"type": f"urn:janji:problem:{code}", "title": code, "status": status, "detail": detail, "help": "mend it"}
    return answer(document, status, Content_Type="application/problem+json", **headers)


def cut(handler: BaseHTTPRequestHandler, _: Heard) -> None:
    """Close the line without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_in_answer(handler: BaseHTTPRequestHandler, _: Heard) -> None:
    """Close the line in the middle of the answer."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    cut(handler, _)


def hang(seconds: float) -> Act:
    """Say nothing for a while, then cut the line."""

    def act(handler: BaseHTTPRequestHandler, heard: Heard) -> None:
        time.sleep(seconds)
        cut(handler, heard)

    return act


def drip(seconds: float, body: Any) -> Act:
    """Answer well, and so slowly that it takes this long: never silent."""

    def act(handler: BaseHTTPRequestHandler, _: Heard) -> None:
        text, pieces = json.dumps(body).encode(), int(seconds / 0.02)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (pieces + len(text)))
        try:
            for _piece in range(pieces):
                handler.wfile.write(b" ")
                time.sleep(0.02)
            handler.wfile.write(text)
        except OSError:
            handler.close_connection = True

    return act


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: Scripted

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that was cut is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        heard = Heard(self.command, self.path, dict(self.headers), body)
        self.server.script.next(heard)(self, heard)

    do_GET = do_POST = do_DELETE = _do  # noqa: N815  # the names that the library looks for

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def scripted(*acts: Act) -> Iterator[Scripted]:
    """A server of its own on a port that the system picks."""
    script = Scripted(acts=list(acts))
    server = _Server(("127.0.0.1", 0), _Handler)
    server.script = script
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> str:
    """An address at which nobody listens: a free port of the system's choice could be another test's a moment later."""
    return "http://127.0.0.1:1"
