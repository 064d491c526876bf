"""Connections that go to the very address that was checked, and whose every wait ends with their attempt."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from janji.network.addresses import Reach


class Unresolved(Exception):
    """The name of a host leads nowhere."""


class Untrusted(Exception):
    """The certificate of a host is of nobody who is trusted, or for another name; or it speaks no TLS."""


class Attempt(threading.local):
    """What the attempt of this thread has left, and whether it goes without encryption."""

    end = 0.0
    plain = False

    def begin(self, url: str, patience: float) -> None:
        """Begin an attempt at a URL that may take so many seconds."""
        self.end, self.plain = time.monotonic() + patience, url.startswith("http:")

    def hurry(self, seconds: float) -> None:
        """Let no more than so many seconds be left."""
        self.end = min(self.end, time.monotonic() + seconds)

    def left(self, timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
        """Seconds that the next wait may take; raises `error` when none is left."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise error
        return left if timeout is None else min(left, timeout)


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to an address that was checked, and to no other that the same name may lead to a moment later."""

    def __init__(self, reach: Reach, mine: Attempt) -> None:
        self._reach, self._mine, self._real = reach, mine, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Connect to the first address that answers, of those that were all checked."""
        try:
            addresses = self._reach.resolve(host, port, plain=self._mine.plain)
        except OSError:
            raise Unresolved from None
        problem: Exception = Unresolved()
        for address in addresses:
            left = self._mine.left(timeout, httpcore.ConnectTimeout)
            try:
                return PinnedStream(self._real.connect_tcp(str(address), port, left, local_address, socket_options), self._mine)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem


class PinnedStream(httpcore.NetworkStream):
    """A connection on which every wait ends with the attempt: a receiver that sends a byte now and then gains nothing."""

    def __init__(self, real: httpcore.NetworkStream, mine: Attempt) -> None:
        self._real, self._mine = real, mine

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within what the attempt has left."""
        return self._real.read(max_bytes, self._mine.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within what the attempt has left."""
        self._real.write(buffer, self._mine.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Let go of the connection."""
        self._real.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt, and see who answers."""
        left = self._mine.left(timeout, httpcore.ConnectTimeout)
        try:
            return PinnedStream(self._real.start_tls(ssl_context, server_hostname, left), self._mine)
        except httpcore.ConnectError:
            raise Untrusted from None

    def get_extra_info(self, info: str) -> Any:
        """What the connection tells of itself."""
        return self._real.get_extra_info(info)
