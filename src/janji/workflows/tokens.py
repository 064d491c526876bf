"""Links that say what they are about and nothing else: a value sealed by a key of the house, in letters that an address may have."""

from __future__ import annotations

import base64
import binascii
import re

from janji.store import vault

LONGEST = 1024
"""No token is longer, in characters."""
_FORM = b"\x01"
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def write_token(key: bytes, value: bytes) -> str:
    """The token of a value, by a key of 64 bytes: the same always, and nobody makes another without the key."""
    return base64.urlsafe_b64encode(_FORM + vault.seal_steadily(key, value, _FORM)).decode().rstrip("=")


def read_token(key: bytes, token: str) -> bytes | None:
    """The value of a token; `None` for one that is none of ours. Only one way of writing it is read."""
    sealed = _bytes(token)
    return vault.unseal_steadily(key, sealed[1:], _FORM) if sealed[:1] == _FORM else None


def _bytes(token: str) -> bytes:
    if not 0 < len(token) <= LONGEST or not _TOKEN.fullmatch(token):
        return b""
    try:
        found = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return b""
    return found if base64.urlsafe_b64encode(found).decode().rstrip("=") == token else b""
