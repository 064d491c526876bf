"""Hands short messages to a gateway by HTTPS: one request as it is described, within its pace, and what goes wrong told by a code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from janji.messaging.gateways import Gateway
from janji.messaging.kinds import MessageKind
from janji.network.addresses import Reach, checked_url
from janji.network.asking import Asker, Pace, Reply, Unanswered

PATIENCE = 10.0
"""Seconds that one message may take."""
MOST = 65_536
"""Bytes that the answer may have."""


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """One message to one address. `values` are what the request may be filled with, by their names."""

    kind: MessageKind
    language: str
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a message: the provider's own number of it, or a code that says why it was not taken.

    `name`, `address`, `connection`, `tls`, `timeout`, `answer` (no answer), `recipient` (the address cannot be
    reached), `sign-in` (it does not know us), `busy`, `refused`, `server`.
    """

    reference: str = ""
    trouble: str = ""


class GatewayCalls:
    """Connections to one gateway, kept while it is open."""

    def __init__(self, gateway: Gateway, secrets: Mapping[str, str], reach: Reach) -> None:
        self._gateway, self._headers = gateway, gateway.opened(secrets)
        self._url = checked_url(gateway.at.rstrip("/") + gateway.send.path, reach)
        self._asker, self._pace = Asker(reach, PATIENCE), Pace(gateway.rate)

    def __enter__(self) -> Self:
        """Open; the connection is made when the first message is sent."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connection."""
        self._asker.close()

    def send(self, message: ShortMessage) -> Taken:
        """Hand over one message. Once a status came it counts, whatever becomes of the rest of the answer."""
        held = self._gateway.filled(message.kind, message.language, message.values)
        body, kind = (_form(held), "application/x-www-form-urlencoded") if self._gateway.send.form else (json.dumps(held).encode(), "application/json")
        self._pace.wait()
        try:
            reply = self._asker.ask("POST", self._url, {"Accept": "application/json", "Content-Type": kind, **self._headers}, body, MOST)
        except Unanswered as error:
            if error.status is None:
                return Taken(trouble=error.word)
            reply = Reply(error.status, {})
        if reply.good:
            return Taken(self._gateway.reference(reply.body))
        return Taken(trouble=self._trouble(reply.status))

    def _trouble(self, status: int) -> str:
        if status in self._gateway.unreachable:
            return "recipient"
        known = {401: "sign-in", 403: "sign-in", 429: "busy"}
        return known.get(status, "refused" if status < 500 else "server")


def _form(held: Mapping[str, Any]) -> bytes:
    """The members of a body as a form; what is no text goes as JSON."""
    return urlencode({key: value if isinstance(value, str) else json.dumps(value) for key, value in held.items()}).encode()
