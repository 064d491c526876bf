"""Word from Janji, verified: Standard Webhooks, signed by a shared secret (`v1`) or by Ed25519 (`v1a`)."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from janji_client.answers import Document

SHARED, PUBLIC = "whsec_", "whpk_"
TOLERANCE = 300
"""Seconds that a message may be old, or ahead."""


class Unverified(Exception):
    """The message is not proven to be Janji's, or is too old. Answer with 400 and do nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is proven to be Janji's: what happened when, and to whom (`data["subject"]`).

    `repeated` says that it came before: answer with 200 and do nothing.
    """

    id: str
    at: datetime
    type: str
    data: Document = field(repr=False)
    repeated: bool = False


class Receiver:
    """Verifies messages.

    `keys` are what `add_webhook` gave: `whsec_...` or `whpk_...`; several while they are being changed. `first` is told the
    id of each message that is proven and says whether it is new; write ids where the message's effect is written, in one
    transaction, so that neither is ever there without the other.
    """

    def __init__(self, *keys: str, tolerance: float = TOLERANCE, first: Callable[[str], bool] | None = None) -> None:
        self._checks = [_check(key) for key in keys]
        if not self._checks:
            raise ValueError("a receiver needs the webhook's key")
        self.tolerance, self.first = tolerance, first

    def read(self, headers: Mapping[str, str], body: bytes) -> Message:
        """The message in a request. `body` is its bytes as they came, never parsed and written again. Raises `Unverified`."""
        given = {name.lower(): value for name, value in headers.items()}
        id, stamp, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if not (id and stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and signatures):
            raise Unverified("the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` are wanted")
        if abs(time.time() - int(stamp)) > self.tolerance:
            raise Unverified("the message is too old, or a clock is wrong")
        signed = b".".join((id.encode(), stamp.encode(), body))
        if not any(check(signed, word) for word in signatures.split() for check in self._checks):
            raise Unverified("no signature fits")
        type, at, data = _read(body)
        return Message(id, at, type, data, self.first is not None and not self.first(id))


def _read(body: bytes) -> tuple[str, datetime, Document]:
    try:
        found = json.loads(body)
        type, at, data = found["type"], datetime.fromisoformat(found["timestamp"]), found["data"]
        if isinstance(type, str) and isinstance(data, dict):
            return type, at, data
    except (ValueError, KeyError, TypeError):
        pass
    raise Unverified("the body is no message")


def _check(key: str) -> Callable[[bytes, str], bool]:
    """What says whether a signature fits what was signed, under one key."""
    if key.startswith(SHARED):
        return _shared(_bytes(key.removeprefix(SHARED)))
    if key.startswith(PUBLIC):
        return _public(_bytes(key.removeprefix(PUBLIC)))
    raise ValueError(f"a webhook's key begins with `{SHARED}` or `{PUBLIC}`")


def _shared(secret: bytes) -> Callable[[bytes, str], bool]:
    def check(signed: bytes, word: str) -> bool:
        version, _, text = word.partition(",")
        made = base64.b64encode(hmac.digest(secret, signed, "sha256"))
        return version == "v1" and hmac.compare_digest(made, text.encode())

    return check


def _public(key: bytes) -> Callable[[bytes, str], bool]:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise RuntimeError("signatures by Ed25519 need `pip install janji-client[webhooks]`") from None
    verifier = Ed25519PublicKey.from_public_bytes(key)

    def check(signed: bytes, word: str) -> bool:
        version, _, text = word.partition(",")
        try:
            verifier.verify(base64.b64decode(text, validate=True), signed)
        except (InvalidSignature, ValueError):
            return False
        return version == "v1a"

    return check


def _bytes(text: str) -> bytes:
    """The bytes of a key; its text is never shown."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("a webhook's key is base64 after its prefix") from None
