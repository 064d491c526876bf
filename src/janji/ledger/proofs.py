"""The proof of one event as one JSON document: its bytes, its place, the path to a signed tree head; made and verified."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from janji.errors import Corrupt, Invalid
from janji.ledger.checkpoint import Checkpoint, Verifier, open_note, read_verifier
from janji.ledger.events import Event, decode, leaf_hash
from janji.ledger.merkle import included
from janji.ledger.reading import read
from janji.terms.canonical import canonical_bytes
from janji.terms.messages import N_, say

FORM = "janji-ledger-proof/1"
MOST_PATH = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """An event's canonical bytes, its position, its inclusion proof, and the signed note of the tree head it leads to."""

    verifier: Verifier
    body: bytes
    position: int
    path: tuple[bytes, ...]
    note: str

    @property
    def digest(self) -> bytes:
        """The event's digest: what a receipt carries from the first moment on (32 bytes)."""
        return leaf_hash(self.body)


def proof_json(proof: Proof) -> dict[str, Any]:
    """A proof as `schema/ledger-proof.json` describes it."""
    return {
        "form": FORM, "key": str(proof.verifier), "event": json.loads(proof.body), "digest": proof.digest.hex(),
        "position": proof.position, "path": [part.hex() for part in proof.path], "checkpoint": proof.note,
    }  # fmt: skip


def read_proof(data: bytes) -> Proof:
    """The proof in a JSON document; raises `Invalid` when it is none. Nothing in it is verified yet."""
    try:
        held = json.loads(data, object_pairs_hook=_once)
        if set(held) != {"form", "key", "event", "digest", "position", "path", "checkpoint"} or held["form"] != FORM:
            raise _unread()
        path = tuple(bytes.fromhex(part) for part in held["path"])
        proof = Proof(read_verifier(held["key"]), canonical_bytes(held["event"]), held["position"], path, held["checkpoint"])
        typed = (type(held["position"]), type(held["checkpoint"])) == (int, str)
        same = proof_json(proof) == held
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise _unread() from None
    if not typed or len(path) > MOST_PATH:
        raise _unread()
    if not same:
        raise Corrupt(
            say(N_("the digest in the proof is not that of its event: one of them was changed")),
            say(N_("ask for the proof again")),
        )
    return proof


def verify_proof(proof: Proof, key: Verifier | None = None) -> tuple[Event, Checkpoint]:
    """The event and the tree head that proves it, signed by `key`, or by the key that the proof names.

    Raises `Corrupt`, saying what does not hold.
    """
    if key is not None and key != proof.verifier:
        raise Corrupt(
            say(N_("the proof names the key `{found}`, and yours is `{wanted}`"), found=proof.verifier, wanted=key),
            say(N_("ask the ledger's keeper which key is theirs")),
        )
    head = open_note(proof.note, proof.verifier)
    read(proof.body)
    if head.origin != proof.verifier.name or not included(proof.digest, proof.position, head.size, proof.path, head.root):
        raise Corrupt(
            say(N_("the path does not lead from event {position} to the signed tree head: one of them was changed"),
                position=proof.position),
            say(N_("ask for the proof again")),
        )  # fmt: skip
    return decode(proof.body), head


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice: readers of two would not see the same."""
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError
    return held


def _unread() -> Invalid:
    return Invalid(say(N_("this is not the proof of an event")), say(N_("`janji ledger prove` writes one")))
