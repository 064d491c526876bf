"""One byte string per value (RFC 8785, JSON Canonicalization Scheme): the form that is hashed, signed and compared."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value (`dict`, `list`, `tuple`, `str`, `int` within 2**53, `float`, `bool`, `None`)."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
