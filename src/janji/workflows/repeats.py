"""Requests that may come twice: the answer is kept in the transaction of what was done, and given again for a day.

Of a request only keyed digests are kept, of its answer a copy that opens for nobody but who sends the request again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from janji.errors import Conflict, Invalid
from janji.store import kept_answers, vault
from janji.store.database import transaction
from janji.store.kept_answers import KeptAnswer
from janji.store.records import Beside
from janji.store.vault import NONCE_BYTES
from janji.terms.messages import N_, say
from janji.workflows.house import House

KEPT = timedelta(hours=24)
"""How long an answer is given again."""


class InProgress(Conflict):
    """The same request is being worked on at this moment."""

    problem_type = "urn:janji:problem:in-progress"


class KeyReused(Invalid):
    """The name of a request was used before, for another one."""

    http_status = 422
    problem_type = "urn:janji:problem:key-reused"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request is answered: status, media type, and the body in bytes."""

    status: int
    media_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A request that may come again: keyed digests (32 bytes each) of who asked under which name, and of what was asked.

    `key` seals the answer. It is made of the name, which is not stored: without it nobody opens the answer again.
    """

    name: bytes
    body: bytes
    key: bytes = field(repr=False)


Keep = Callable[[Reply], Beside]
"""Makes of an answer what is stored together with the event that it tells of."""


def repeat_of(house: House, caller: str, address: str, key: str, body: bytes) -> Repeat:
    """The request of a caller at an address (method and path) that was named `key` by them and had this body."""
    name = f"{caller}\0{address}\0{key}".encode()
    return Repeat(_keyed(house, "name", name), _keyed(house, "body", body), _keyed(house, "seal", name))


def once(
    house: House, repeat: Repeat, work: Callable[[House], Reply], at_once: Callable[[House, Keep], Reply | None] | None = None
) -> Reply:
    """What `work` answers; what it answered before, when the same request comes again within a day.

    Answer and effect commit together: `at_once` may do both by one statement, and gives nothing when it did nothing; else
    `work` runs in a transaction. Raises `KeyReused` when the name belongs to another request, and `InProgress` while the same
    one is worked on.
    """
    now = house.runtime.now()
    kept = kept_answers.find(repeat.name)
    if kept is not None and kept.at > now - KEPT:
        return _again(repeat, kept)
    if kept is None and at_once is not None:
        done = at_once(house, lambda reply: kept_answers.beside(_kept(house, repeat, reply, now)))
        if done is not None:
            return done
    with transaction():
        if not kept_answers.claim(repeat.name):
            raise _in_progress()
        reply = work(house)
        if not kept_answers.keep(_kept(house, repeat, reply, now), now - KEPT):
            raise _in_progress()
    return reply


def id_within(house: House, caller: str, key: str, place: int, body: bytes) -> UUID:
    """The id of an event for one part of a request that is done in parts: the same part of the same request has the same one.

    It is a UUID of version 8 (RFC 9562 5.8), told by nothing that was sent.
    """
    parts = b"\0".join((caller.encode(), key.encode(), b"%d" % place, body))
    made = bytearray(_keyed(house, "part", parts)[:16])
    made[6], made[8] = made[6] & 0x0F | 0x80, made[8] & 0x3F | 0x80
    return UUID(bytes=bytes(made))


def prune(house: House) -> int:
    """Forget the answers that are past their day; how many there were."""
    return kept_answers.prune(house.runtime.now() - KEPT)


def _again(repeat: Repeat, kept: KeptAnswer) -> Reply:
    if not hmac.compare_digest(kept.body, repeat.body):
        raise KeyReused(
            say(N_("the idempotency key was used for another request")), say(N_("give each request a key of its own, such as a UUID"))
        )
    status, media_type, answer = vault.unseal(repeat.key, kept.sealed, repeat.name).split(b"\n", 2)
    return Reply(int(status), media_type.decode(), answer)


def _kept(house: House, repeat: Repeat, reply: Reply, now: datetime) -> KeptAnswer:
    value = b"%d\n%b\n%b" % (reply.status, reply.media_type.encode(), reply.body)
    sealed = vault.seal(repeat.key, house.runtime.random(NONCE_BYTES), value, repeat.name)
    return KeptAnswer(repeat.name, repeat.body, sealed, now)


def _in_progress() -> InProgress:
    return InProgress(say(N_("the same request is being worked on")), say(N_("send it again in a second")))


def _keyed(house: House, use: str, value: bytes) -> bytes:
    return hmac.digest(house.secrets.index, b"repeats\0" + use.encode() + b"\0" + value, hashlib.sha256)
