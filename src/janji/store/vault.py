"""The vault: values sealed with a person's keys, keys wrapped by a keeper, people found by blind indices.

AES-256-GCM throughout (NIST SP 800-38D); a sealed value is the nonce (12 bytes), then ciphertext and tag. Nonces and
keys are handed in: this floor draws no randomness.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from janji.errors import Corrupt
from janji.store.database import connection, translated_errors
from janji.terms.messages import N_, say

KEY_BYTES = 32
NONCE_BYTES = 12
PSEUDONYM_BYTES = 16


@dataclass(frozen=True, slots=True)
class Keeper:
    """A key-encryption key. `id` is no secret; the key never leaves this value, and its text never shows it."""

    id: str
    key: bytes = field(repr=False)

    def wrap(self, key: bytes, nonce: bytes, binding: bytes) -> bytes:
        """`key` wrapped for what `binding` names."""
        return seal(self.key, nonce, key, binding)

    def unwrap(self, wrapped: bytes, binding: bytes) -> bytes:
        """The key that was wrapped; raises `Corrupt` when it was wrapped by another keeper or for something else."""
        return unseal(self.key, wrapped, binding)


def seal(key: bytes, nonce: bytes, value: bytes, binding: bytes) -> bytes:
    """`value` sealed with `key` (32 bytes) under a fresh `nonce` (12 bytes); opens only for the same `binding`."""
    return nonce + AESGCM(key).encrypt(nonce, value, binding)


def unseal(key: bytes, sealed: bytes, binding: bytes) -> bytes:
    """The value that was sealed; raises `Corrupt` when key or binding is another, or a byte was changed."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], binding)
    except (InvalidTag, ValueError):
        raise Corrupt(
            say(N_("a sealed value does not open")), say(N_("it was changed, or belongs to another row or key"))
        ) from None


def binding(subject: UUID, kind: str, row: UUID) -> bytes:
    """What a sealed value is bound to: the person, the kind of value, and the row that holds it."""
    return b"janji\x00" + subject.bytes + row.bytes + kind.encode()


def pseudonym(key: bytes, subject: UUID) -> bytes:
    """The name under which ledger and standing know a person: 16 bytes of HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, subject.bytes, hashlib.sha256)[:PSEUDONYM_BYTES]


def blind_index(key: bytes, kind: str, normal: str) -> bytes:
    """What an identifier in normal form is found by: 32 bytes of HMAC-SHA256 over its kind and text."""
    return hmac.digest(key, f"{kind}\x00{normal}".encode(), hashlib.sha256)


def secrets() -> dict[str, tuple[bytes, str]]:
    """The keys of the house, still wrapped, by name, each with the id of the keeper that wrapped it."""
    with translated_errors():
        rows = connection().execute("SELECT name, wrapped, keeper FROM secret")
        return {name: (bytes(wrapped), keeper) for name, wrapped, keeper in rows}


def add_secret(name: str, wrapped: bytes, keeper: str) -> bool:
    """Store a wrapped key of the house under a name that has none yet; `False` when it has one, which stays."""
    with translated_errors():
        cursor = connection().execute(
            "INSERT INTO secret (name, wrapped, keeper) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [name, wrapped, keeper]
        )
        return cursor.rowcount == 1


def secret_binding(name: str) -> bytes:
    """What a wrapped key of the house is bound to: its name."""
    return b"janji\x00secret\x00" + name.encode()
