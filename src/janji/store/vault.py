"""The vault: values sealed with a person's keys, keys wrapped by a keeper, people found by blind indices.

AES-256-GCM throughout (NIST SP 800-38D); a sealed value is the nonce (12 bytes), then ciphertext and tag. Nonces and
keys are handed in: this floor draws no randomness.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from janji.errors import Conflict, Corrupt
from janji.store.database import connection, translated_errors
from janji.terms.messages import N_, say

KEY_BYTES = 32
NONCE_BYTES = 12
PSEUDONYM_BYTES = 16


KEY_MARK = b"janjikey"
"""Each wrapped key begins with these bytes, so that one pass over a file finds every key in it: see `store.destruction`."""


class KeyKind(StrEnum):
    """What a person's key seals: the content, or what proves consent, withdrawal, request and erasure."""

    CONTENT = "content"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Keeper:
    """A key-encryption key. `id` is no secret; the key never leaves this value, and its text never shows it.

    `former` is the keeper before it, as long as keys may still be wrapped by that one: it opens, and wraps nothing.
    """

    id: str
    key: bytes = field(repr=False)
    former: Keeper | None = None
    cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cipher", AESGCM(self.key))  # made once: it is asked for every event

    def wrap(self, key: bytes, nonce: bytes, binding: bytes) -> bytes:
        """`key` wrapped for what `binding` names."""
        return KEY_MARK + nonce + self.cipher.encrypt(nonce, key, binding)

    def unwrap(self, wrapped: bytes, binding: bytes) -> bytes:
        """The key that was wrapped; raises `Corrupt` when neither keeper wrapped it, or it was for something else."""
        if not wrapped.startswith(KEY_MARK):
            raise _not_open()
        try:
            return _unsealed(self.cipher, wrapped[len(KEY_MARK) :], binding)
        except Corrupt:
            if self.former is None:
                raise
        return self.former.unwrap(wrapped, binding)


def keeper_of(key: bytes, former: Keeper | None = None) -> Keeper:
    """The keeper of a key of 32 bytes; its id is the first 8 hexadecimal digits of the key's SHA-256."""
    return Keeper(hashlib.sha256(key).hexdigest()[:8], key, former)


def seal(key: bytes, nonce: bytes, value: bytes, binding: bytes) -> bytes:
    """`value` sealed with `key` (32 bytes) under a fresh `nonce` (12 bytes); opens only for the same `binding`."""
    return nonce + AESGCM(key).encrypt(nonce, value, binding)


def unseal(key: bytes, sealed: bytes, binding: bytes) -> bytes:
    """The value that was sealed; raises `Corrupt` when key or binding is another, or a byte was changed."""
    return _unsealed(AESGCM(key), sealed, binding)


def _unsealed(cipher: AESGCM, sealed: bytes, binding: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], binding)
    except (InvalidTag, ValueError):
        raise _not_open() from None


def _not_open() -> Corrupt:
    return Corrupt(say(N_("a sealed value does not open")), say(N_("it was changed, or belongs to another row or key")))


def derived_key(secret: bytes, use: str) -> bytes:
    """A key for one use (64 bytes), drawn from a key of the house by HKDF-SHA256 (RFC 5869); `use` sets it apart."""
    return HKDF(SHA256(), 64, b"janji", use.encode()).derive(secret)


def seal_steadily(key: bytes, value: bytes, binding: bytes) -> bytes:
    """`value` sealed by AES-SIV (RFC 5297) with a key of 64 bytes: the same value gives the same bytes, without a nonce."""
    return AESSIV(key).encrypt(value, [binding])


def unseal_steadily(key: bytes, sealed: bytes, binding: bytes) -> bytes | None:
    """The value that was sealed so; `None` when these bytes were sealed with another key, for something else, or by nobody."""
    try:
        return AESSIV(key).decrypt(sealed, [binding])
    except (InvalidTag, ValueError):
        return None


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


# ------------------------------------------------------------------------------------------------- a person's keys


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A person's key as it is stored: wrapped, by which keeper."""

    id: UUID
    subject: UUID
    kind: KeyKind
    wrapped: bytes = field(repr=False)
    keeper: str


def wrap_key(keeper: Keeper, subject: UUID, kind: KeyKind, id: UUID, key: bytes, nonce: bytes) -> HeldKey:
    """A fresh `key` (32 bytes) of a person as it is stored; `id` names it for life, in the file of destroyed keys too."""
    return HeldKey(id, subject, kind, keeper.wrap(key, nonce, binding(subject, str(kind), id)), keeper.id)


def open_key(keeper: Keeper, held: HeldKey) -> bytes:
    """The key (32 bytes) that is held; raises `Corrupt` when it was wrapped for another person, kind or row."""
    return keeper.unwrap(held.wrapped, binding(held.subject, str(held.kind), held.id))


_INSERT = """
WITH house AS MATERIALIZED (SELECT keeper FROM secret ORDER BY name LIMIT 1 FOR KEY SHARE)
INSERT INTO subject_key (id, subject, kind, wrapped, keeper)
SELECT new.* FROM house, unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::text[])
  AS new (id, subject, kind, wrapped, keeper)
WHERE house.keeper = new.keeper
"""


def insert_keys(keys: Sequence[HeldKey]) -> None:
    """Store new keys of people. Raises `Conflict` when the house has another keeper by now.

    Nothing may be wrapped by the former keeper once a rotation has begun, or that rotation would never end.
    """
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(_INSERT, [
            [key.id for key in keys], [key.subject for key in keys], [str(key.kind) for key in keys],
            [key.wrapped for key in keys], [key.keeper for key in keys],
        ])  # fmt: skip
        stored = cursor.rowcount
    if stored != len(keys):
        raise Conflict(
            say(N_("the key-encryption key was changed while this ran")), say(N_("start again with the new one"))
        )


def read_keys(subjects: Iterable[UUID], kind: KeyKind) -> dict[UUID, HeldKey]:
    """The keys of one kind of people, by person; who has none (any more) is not in the answer."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            "SELECT id, subject, wrapped, keeper FROM subject_key WHERE subject = ANY(%s) AND kind = %s",
            [list(subjects), str(kind)],
        )
        return {row[1]: HeldKey(row[0], row[1], kind, bytes(row[2]), row[3]) for row in cursor}


# ---------------------------------------------------------------------------------------------------------- rotation


def rewrap_secrets(keeper: Keeper, nonces: Callable[[int], bytes]) -> int:
    """Wrap the keys of the house again by `keeper`, in one transaction of the caller; how many were not yet.

    The first step of a rotation: from its commit on nobody can store a key that the former keeper wrapped.
    """
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute("SELECT name, wrapped FROM secret WHERE keeper <> %s ORDER BY name FOR UPDATE", [keeper.id])
        rows = cursor.fetchall()
        for name, wrapped in rows:
            key = keeper.unwrap(bytes(wrapped), secret_binding(name))
            fresh = keeper.wrap(key, nonces(NONCE_BYTES), secret_binding(name))
            cursor.execute("UPDATE secret SET wrapped = %s, keeper = %s WHERE name = %s", [fresh, keeper.id, name])
    return len(rows)


def rewrap_keys(keeper: Keeper, nonces: Callable[[int], bytes], most: int) -> int:
    """Wrap up to `most` keys of people again by `keeper`, in one transaction of the caller; how many it were.

    0 means that none is left. A key being destroyed at this moment is left to its destroyer.
    """
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            "SELECT id, subject, kind, wrapped, keeper FROM subject_key WHERE keeper <> %s ORDER BY id LIMIT %s FOR UPDATE",
            [keeper.id, most],
        )
        rows = [HeldKey(row[0], row[1], KeyKind(row[2]), bytes(row[3]), row[4]) for row in cursor]
        fresh = [
            wrap_key(keeper, row.subject, row.kind, row.id, open_key(keeper, row), nonces(NONCE_BYTES)) for row in rows
        ]
        cursor.execute(
            "UPDATE subject_key SET wrapped = new.wrapped, keeper = %s"
            " FROM unnest(%s::uuid[], %s::bytea[]) AS new (id, wrapped) WHERE subject_key.id = new.id",
            [keeper.id, [key.id for key in fresh], [key.wrapped for key in fresh]],
        )
    return len(rows)


def keepers() -> dict[str, int]:
    """How many keys each keeper wraps, those of the house and of people together; more than one during a rotation."""
    with translated_errors(), connection().cursor() as cursor:
        cursor.execute(
            "SELECT keeper, count(*) FROM (SELECT keeper FROM secret UNION ALL SELECT keeper FROM subject_key) AS held"
            " GROUP BY 1"
        )
        return dict(cursor.fetchall())
