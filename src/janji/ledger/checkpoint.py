"""Signed tree heads: C2SP tlog-checkpoint bodies in C2SP signed notes with Ed25519, written and strictly read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from janji.errors import Corrupt, Invalid
from janji.terms.messages import N_, say

ED25519 = b"\x01"
"""The algorithm byte of signed notes for Ed25519."""
MOST_BYTES = 100_000
MOST_SIZE = 1 << 62
SIGNATURE = "\u2014 "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the ledger's name, how many events it has, their root (32 bytes), and further lines, if any."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who signs: a name without spaces or `+`, and an Ed25519 public key (32 bytes)."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The key id: the first 4 bytes of SHA-256 over name, newline, algorithm and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        """The verifier key as people hand it on: `name+id+key`."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"


def is_name(name: str) -> bool:
    """Whether a key or a ledger can be called so: printable, no space, no `+`."""
    return bool(name) and name.isprintable() and "+" not in name and not any(char.isspace() for char in name)


def read_verifier(text: str) -> Verifier:
    """The verifier key that `str(verifier)` wrote; raises `Invalid` for anything else."""
    name, _, rest = text.partition("+")
    digits, _, key = rest.partition("+")
    held = _base64(key)
    if is_name(name) and held is not None and len(held) == 33 and held[:1] == ED25519:
        verifier = Verifier(name, held[1:])
        if verifier.id.hex() == digits:
            return verifier
    raise Invalid(
        say(N_("this is not the verifier key of a ledger")),
        say(N_("it is one line, `name+id+key`, as `janji ledger show` prints it")),
    )


def verifier_of(name: str, seed: bytes) -> Verifier:
    """The verifier of an Ed25519 seed (32 bytes) under a name."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not is_name(name):
        raise Invalid(say(N_("a ledger cannot be called `{name}`"), name=name), say(N_("leave out spaces and `+`")))
    return Verifier(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def sign(checkpoint: Checkpoint, name: str, seed: bytes) -> str:
    """The signed note of a checkpoint, by an Ed25519 seed (32 bytes); the same values give the same note."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    verifier = verifier_of(name, seed)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(checkpoint.body.encode())
    line = base64.b64encode(verifier.id + signature).decode()
    return f"{checkpoint.body}\n{SIGNATURE}{verifier.name} {line}\n"


def open_note(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint of a signed note, when `verifier` signed it; signatures of others are passed over.

    Raises `Invalid` when the text is no signed checkpoint, and `Corrupt` when the verifier's signature is missing or
    does not fit.
    """
    checkpoint, signatures = read_note(note)
    mine = [signature for name, id, signature in signatures if (name, id) == (verifier.name, verifier.id)]
    if not mine or not all(_verified(checkpoint.body, signature, verifier.key) for signature in mine):
        raise Corrupt(
            say(N_("the checkpoint of size {size} is not signed by `{name}`"), size=checkpoint.size, name=verifier.name),
            say(N_("compare the verifier key with one that came another way")),
        )
    return checkpoint


def read_note(note: str) -> tuple[Checkpoint, tuple[tuple[str, bytes, bytes], ...]]:
    """A note's checkpoint and its signatures (name, key id, signature), none verified; raises `Invalid`."""
    if len(note) > MOST_BYTES or any(char < " " and char != "\n" for char in note):
        raise _unread()
    body, gap, signed = note.rpartition("\n\n")
    if not gap or not signed.endswith("\n"):
        raise _unread()
    signatures = tuple(_signature(line) for line in signed[:-1].split("\n"))
    lines = body.split("\n")
    digest = _base64(lines[2]) if len(lines) > 2 else None
    if not all(lines) or digest is None or len(digest) != 32 or not _SIZE.fullmatch(lines[1]):
        raise _unread()
    if int(lines[1]) > MOST_SIZE:
        raise _unread()
    return Checkpoint(lines[0], int(lines[1]), digest, tuple(lines[3:])), signatures


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, gap, text = line.removeprefix(SIGNATURE).partition(" ")
    held = _base64(text)
    if not line.startswith(SIGNATURE) or not gap or not is_name(name) or held is None or len(held) < 5:
        raise _unread()
    return name, held[:4], held[4:]


def _verified(body: str, signature: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, body.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _base64(text: str) -> bytes | None:
    """The bytes of a base64 text in its one strict form."""
    try:
        held = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return held if base64.b64encode(held).decode() == text else None


def _unread() -> Invalid:
    return Invalid(
        say(N_("this is not a signed checkpoint of a ledger")), say(N_("`janji ledger checkpoint` writes one"))
    )
