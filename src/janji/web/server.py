"""The listening socket: HTTP/1.1 by waitress, patient with no slow client for long, and ended in order."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest

from janji.errors import Unavailable
from janji.terms.messages import N_, say
from janji.web.middleware import Headers, headers_of
from janji.workflows.logs import event

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from janji.workflows.runtime import Settings

CONNECTIONS = 500
"""How many are open at once; who comes then waits in the system's queue."""
HEADER_BYTES = 16 * 1024
HEADER_SECONDS, REQUEST_SECONDS, IDLE_SECONDS = 15, 120, 60
"""How long a request may take to send its headers, and all of it; how long a connection may say nothing."""
LINGER_SECONDS = 2
"""How long the rest of a refused request is read and thrown away: closed at once, the client would lose the answer (RFC 9112 9.6)."""
LOOK_SECONDS = 5
GRACE_SECONDS = 25
"""How long what is in hand is waited for when the server is told to stop."""
CODES = {400: "invalid", 408: "timeout", 413: "too-large", 431: "too-large", 500: "internal", 501: "invalid"}
"""What is wrong with a request that never reached the application, as in `urn:janji:problem:<code>`."""


class _Cut(BadRequest):  # type: ignore[misc]
    """The other side said that nothing more comes, amid a request."""

    detail = "the request ends before it is whole; nothing of it was done"


class _Late(BadRequest):  # type: ignore[misc]
    """The rest of a request does not come."""

    code, reason = 408, "Request Timeout"
    detail = "the rest of the request does not come; nothing of it was done"


class _Refused(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """A request that is no HTTP, or too long: a problem document (RFC 9457) that quotes nothing of it."""

    def execute(self) -> None:
        found = self.request.error
        self.channel.refused = True
        event("refused", status=found.code)
        held = {"type": f"urn:janji:problem:{CODES[found.code]}", "title": found.reason.lower(), "status": found.code}
        if isinstance(found, _Cut | _Late):  # the others' own words quote what was sent
            held["detail"] = found.detail
        body = orjson.dumps(held)
        self.status = f"{found.code} {found.reason}"
        self.response_headers += [("Content-Type", "application/problem+json"), *self.channel.server.headers]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Answered(WSGITask):  # type: ignore[misc]
    """A request and its answer; while the server stops, the last of its connection."""

    def build_response_header(self) -> bytes:
        if self.channel.server.stopping:
            self.set_close_on_finish()
        made: bytes = super().build_response_header()
        return made

    def write(self, data: bytes) -> None:
        """Send the headers with the first of the body: one call of the system, one packet."""
        if self.wrote_header or not self.complete or not data or not self.has_body:  # type: ignore[has-type]
            super().write(data)
            return
        self.wrote_header, self.channel.head = True, self.build_response_header()
        super().write(data)
        self.channel.write_soon(b"")


class _Connection(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when a request is on its way."""

    task_class, error_task_class = _Answered, _Refused
    begun, head, refused = 0.0, b"", False
    lingers: float | None = None
    last_activity: float
    request: Any = None
    """What has not come whole yet."""

    def write_soon(self, data: bytes) -> int:
        whole, self.head = self.head + data, b""
        written: int = super().write_soon(whole)
        return written

    def received(self, data: bytes) -> bool:
        on_its_way = self.request is not None
        taken: bool = super().received(data)
        if self.request is not None and not on_its_way:
            self.begun = time.monotonic()
        return taken

    def send_continue(self) -> None:
        """Ask for the body, unless the headers were refused already: then the answer follows at once (RFC 9110 10.1.1)."""
        self.request.expect_continue = False
        if self.request.error is None:
            super().send_continue()

    def readable(self) -> bool:
        return self.lingers is not None or bool(super().readable())

    def handle_read(self) -> None:
        try:
            data = self.socket.recv(self.adj.recv_bytes if self.lingers is None else 65536)
        except OSError:
            self.handle_close()
            return
        if not data:  # the other side sends no more; it may still read
            if self.lingers is not None or not self.give_up(_Cut):
                self.handle_close()
        elif self.lingers is None:
            self._stir()
            self.received(data)

    def _stir(self) -> None:
        """Be known not to be idle, as of when the server looked last."""
        self.last_activity = max(self.last_activity, self.server.looked)

    def give_up(self, why: type[BadRequest]) -> bool:
        """Answer a request of which a part came, instead of waiting for the rest; gives whether there was one."""
        with self.requests_lock:
            coming, self.request = self.request, None
            if coming is None:
                return False
            coming.error, coming.completed = why(""), True
            self._stir()
            self.requests.append(coming)
            if len(self.requests) == 1:
                self.server.add_task(self)
        return True

    def handle_close(self) -> None:
        if self.lingers is not None or not (self.refused and self.connected):
            super().handle_close()
            return
        self.lingers = time.monotonic() + LINGER_SECONDS
        self.will_close = self.close_when_flushed = False
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def look(self, silent: bool) -> None:
        """Give up a request that takes too long to come or of which nothing comes any more; close where its rest was waited for."""
        coming, now = self.request, time.monotonic()
        if self.lingers is not None:
            self.will_close = now > self.lingers
        elif coming is not None and (silent or now - self.begun > (REQUEST_SECONDS if coming.headers_finished else HEADER_SECONDS)):
            self.give_up(_Late)

    def idle(self) -> bool:
        """Whether nothing is in hand: no request worked on or half here, no answer half sent."""
        return self.lingers is not None or not (self.requests or self.request is not None or self.total_outbufs_len or self.close_when_flushed)


class _Threads(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads that answer, kept to some processors; all of them where these are none."""

    def __init__(self, processors: Collection[int]) -> None:
        super().__init__()
        self.processors = processors

    def handler_thread(self, thread_no: int) -> None:
        keep_to(self.processors)
        super().handler_thread(thread_no)


class _Socket(TcpWSGIServer):  # type: ignore[misc]
    """The listening socket and its connections."""

    channel_class = _Connection
    stopping, looked = False, 0.0
    headers: Headers = ()
    """What answers carry that no application made."""

    def maintenance(self, now: float) -> None:
        self.looked = now
        for connection in self.active_channels.values():
            connection.look(silent=connection.last_activity < now - self.adj.channel_timeout)
        super().maintenance(now)


class Server:
    """A server that listens from its making on, answers in `serve`, and ends by `stop`, which a signal may call."""

    def __init__(self, application: WSGIApplication, settings: Settings) -> None:
        listening = _listen(settings.host, settings.port)
        whole = 8 * settings.body_limit
        adjustments = Adjustments(
            sockets=[listening], threads=settings.threads, ident=None, connection_limit=CONNECTIONS, backlog=1024,
            channel_timeout=IDLE_SECONDS, cleanup_interval=LOOK_SECONDS, asyncore_use_poll=True, log_socket_errors=False,
            max_request_header_size=HEADER_BYTES, max_request_body_size=settings.body_limit + 1,
            inbuf_overflow=settings.body_limit + 1, outbuf_overflow=whole + 1, outbuf_high_watermark=whole,
            clear_untrusted_proxy_headers=settings.proxy is not None,
            **({} if settings.proxy is None else {
                "trusted_proxy": settings.proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
            }),
        )  # fmt: skip  # what overflows would lie in a file, in clear
        self._map: dict[int, wasyncore.dispatcher] = {}
        self._processors = _processors(settings)
        self._workers = _Threads(self._processors)
        self._workers.set_thread_count(settings.threads)
        self._socket = _Socket(
            application, self._map, _sock=listening, dispatcher=self._workers, adj=adjustments, bind_socket=False,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
        )  # fmt: skip
        self._socket.headers = headers_of(settings.hsts)
        self._told = 0

    @property
    def url(self) -> str:
        """Where it listens, as a browser on this machine would write it."""
        host, port = self._socket.socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def stop(self) -> None:
        """Take nothing new, finish what is in hand, let `serve` return; told twice, wait for nobody."""
        self._told += 1
        with suppress(OSError):  # a signal may come when the end was reached already
            self._socket.pull_trigger()

    def serve(self) -> bool:
        """Answer until told to stop; gives whether everything in hand was finished."""
        before = keep_to(self._processors)
        try:
            return self._serve()
        finally:
            keep_to(before)

    def _serve(self) -> bool:
        while not self._told:
            self._turn()
        self._socket.stopping = True
        self._socket.accepting = False
        self._map.pop(self._socket.socket.fileno(), None)
        self._socket.socket.close()
        end = time.monotonic() + GRACE_SECONDS
        while self._connections() and self._told < 2 and time.monotonic() < end:
            for connection in self._connections():
                connection.will_close |= connection.idle()
            self._turn()
        whole = not self._connections()
        self._workers.shutdown(cancel_pending=True, timeout=GRACE_SECONDS if whole else 1)
        wasyncore.close_all(self._map, ignore_all=True)
        return whole

    def _turn(self) -> None:
        wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)

    def _connections(self) -> list[_Connection]:
        return list(self._socket.active_channels.values())


def _processors(settings: Settings) -> Collection[int]:
    """One of the processors that this process may use, or none to keep to.

    Python runs one thread at a time, and to hand that on to another processor takes longer than to another thread of the same one.
    """
    if settings.processors == "any" or not hasattr(os, "sched_getaffinity"):
        return ()
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[os.getpid() % len(allowed)],)


def keep_to(processors: Collection[int]) -> Collection[int]:
    """Let this thread run on these processors alone, if there are any; gives those it could run on before."""
    if not processors:
        return ()
    before = os.sched_getaffinity(0)
    with suppress(OSError):  # they can be taken from us meanwhile
        os.sched_setaffinity(0, processors)
    return before


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises `Unavailable` where one cannot."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(1024)
        except OSError:
            made.close()
            raise
    except OSError as error:
        problem = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror or "")
        raise Unavailable(
            say(N_("`{host}` port {port} cannot be listened on: {problem}"), host=host, port=port, problem=problem),
            say(N_("name another with `--host` and `--port`; port 0 lets the system choose")),
        ) from None
    return made
