"""Asks other programs by HTTP at addresses that were checked: an answer within a time and a size, and no redirect followed."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpcore

from janji.network.addresses import Reach, Unreachable
from janji.network.pinned import Attempt, PinnedBackend, Unresolved, Untrusted

PATIENCE = 30.0
"""Seconds that one question may take, from the look-up of the name to the end of the answer."""
MOST = 32 << 20
"""Bytes that an answer may have which is held in memory."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def good(self) -> bool:
        """Whether the other program did what was asked."""
        return 200 <= self.status < 300


class Unanswered(Exception):
    """There was no whole answer; `word` says why: `address`, `name`, `timeout`, `tls`, `connection`, `answer` or `size`.

    `status` is there when the other program had said it before its answer broke off, took too long or was too large.
    """

    def __init__(self, word: str, status: int | None = None) -> None:
        super().__init__(word)
        self.word, self.status = word, status


class Pace:
    """Lets at most so many questions a second pass, evenly; threads may share it."""

    def __init__(self, per_second: float) -> None:
        self._gap, self._next, self._lock = 1 / per_second, 0.0, threading.Lock()

    def wait(self) -> None:
        """Wait for one's turn."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._gap
        time.sleep(max(0.0, turn - time.monotonic()))

    def pause(self, seconds: float) -> None:
        """Let nobody pass for so long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


class Asker:
    """Connections to other programs, kept while it is open.

    Proxies of the environment are not used, certificates are verified by the system's authorities (or those of
    `SSL_CERT_FILE`), and a connection goes to the very address that was checked.
    """

    def __init__(self, reach: Reach, patience: float = PATIENCE, connections: int = 4) -> None:
        self._patience = patience
        self._mine = Attempt()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), max_connections=connections, max_keepalive_connections=connections,
            keepalive_expiry=30.0, network_backend=PinnedBackend(reach, self._mine),
        )  # fmt: skip

    def __enter__(self) -> Self:
        """Open; connections are made as they are needed."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close all connections."""
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | Iterator[bytes] = b"", most: int = MOST) -> Reply:
        """Ask once, and hold the answer. Raises `Unanswered`; an answer of any status is one."""
        parts: list[bytes] = []
        reply = self.stream(method, url, headers, parts.append, body, most)
        return Reply(reply.status, reply.headers, b"".join(parts))

    def stream(
        self, method: str, url: str, headers: Mapping[str, str], take: Callable[[bytes], object], body: bytes | Iterator[bytes] = b"", most: int = MOST
    ) -> Reply:
        """Ask once, and hand the answer over as it comes."""
        self._mine.begin(url, self._patience)
        status: int | None = None
        sent = [(name.encode("ascii"), value.encode("latin-1")) for name, value in {"User-Agent": "janji", **headers}.items()]
        try:
            with self._pool.stream(
                method, url, content=body, headers=sent,
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self._patience)},
            ) as response:  # fmt: skip
                status = response.status
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                left = most
                for chunk in response.iter_stream():
                    left -= len(chunk)
                    if left < 0:
                        raise Unanswered("size", status)
                    take(chunk)
                return Reply(status, told)
        except Unreachable:
            raise Unanswered("address") from None
        except Unresolved:
            raise Unanswered("name") from None
        except httpcore.TimeoutException:
            raise Unanswered("timeout", status) from None
        except Untrusted:
            raise Unanswered("tls") from None
        except httpcore.ConnectError:
            raise Unanswered("connection") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            raise Unanswered("answer", status) from None
