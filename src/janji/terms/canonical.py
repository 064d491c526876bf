"""One byte string per value (RFC 8785, JSON Canonicalization Scheme): the form that is hashed, signed and compared."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import rfc8785


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value (`dict`, `list`, `tuple`, `str`, `int` within 2**53, `float`, `bool`, `None`)."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def plain(value: Any) -> Any:
    """A frozen value as a JSON value: dataclasses become objects without their places, absent parts are left out."""
    if isinstance(value, str | bool | int) or value is None:
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if is_dataclass(value):
        parts = ((item.name, getattr(value, item.name)) for item in fields(value) if item.compare)
        return {name: plain(part) for name, part in parts if part is not None}
    return str(value)
