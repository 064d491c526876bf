"""How messages are signed: Standard Webhooks 1.0, symmetric, so that a receiver needs nothing but HMAC-SHA256."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

SECRET_BYTES = 32
SECRET_PREFIX, ID_PREFIX = "whsec_", "msg_"


def shown(secret: bytes) -> str:
    """A secret as receivers are given it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def message_id(id: UUID) -> str:
    """The `webhook-id` of a delivery: the same at every attempt."""
    return f"{ID_PREFIX}{id}"


def headers(id: UUID, at: datetime, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The headers of one attempt at `at`: id, timestamp, and a signature by each secret."""
    name, second = message_id(id), str(int(at.timestamp()))
    signed = f"{name}.{second}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets)
    return {
        "webhook-id": name, "webhook-timestamp": second, "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }  # fmt: skip
