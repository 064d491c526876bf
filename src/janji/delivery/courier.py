"""Sends a message by HTTP to an address that was checked, within a time, and learns nothing but the status."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpcore

from janji.network.addresses import Reach, Unreachable
from janji.network.pinned import Attempt, PinnedBackend, Unresolved, Untrusted

PATIENCE = 15.0
"""Seconds that one attempt may take, from the look-up of the name to the status."""
LEFTOVER = 2.0
"""Seconds that are spent on reading what comes behind the status, so that the connection can be used again."""
MOST = 16_384
"""Bytes that are read behind the status, and thrown away."""
GONE = 410
"""The status by which a receiver says that it wants to hear no more (RFC 9110 15.5.11)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: the status, or else a code that says why there was none."""

    status: int | None = None
    trouble: str = ""

    @property
    def acknowledged(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants to hear no more."""
        return self.status == GONE

    @property
    def word(self) -> str:
        """The status as text, or the code."""
        return self.trouble if self.status is None else str(self.status)


class Courier:
    """Connections to receivers, kept while it is open. Threads may share it.

    Redirects are not followed, proxies of the environment not used, certificates verified by the system's authorities (or
    those of `SSL_CERT_FILE`). A connection goes to the very address that was checked: the name is not looked up again.
    """

    def __init__(self, reach: Reach, most: int) -> None:
        self._mine = Attempt()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), max_connections=most, max_keepalive_connections=most, keepalive_expiry=5.0,
            network_backend=PinnedBackend(reach, self._mine),
        )  # fmt: skip

    def __enter__(self) -> Self:
        """Open; connections are made as they are needed."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close all connections."""
        self._pool.close()

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one message once; what goes wrong is an answer too."""
        self._mine.begin(url, PATIENCE)
        sent = {"Content-Type": "application/json", "User-Agent": "janji", **headers}
        try:
            with self._pool.stream(
                "POST", url, content=body, headers=list(sent.items()),
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)},
            ) as response:  # fmt: skip
                status = response.status
                self._finish(response)
                return Answer(status)
        except Unreachable:
            return Answer(trouble="address")
        except Unresolved:
            return Answer(trouble="name")
        except httpcore.TimeoutException:
            return Answer(trouble="timeout")
        except Untrusted:
            return Answer(trouble="tls")
        except httpcore.ConnectError:
            return Answer(trouble="connection")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            return Answer(trouble="answer")

    def _finish(self, response: httpcore.Response) -> None:
        """Read a short rest, so that the connection can be used again; a long or slow one ends it."""
        self._mine.hurry(LEFTOVER)
        read = 0
        with suppress(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError):
            for chunk in response.iter_stream():
                read += len(chunk)
                if read > MOST:
                    break
