"""Keys of applications: made, shown once, looked up for each request, and revoked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from janji.documents.shapes import nearest
from janji.errors import Invalid, Refusal
from janji.staff.roles import Duty, Staff
from janji.store import api_keys as stored
from janji.store.api_keys import KeyRow
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.runtime import Runtime

__all__ = ["RATE", "Key", "KeyRow", "Keyring", "Made", "Scope", "create", "keys", "may_give", "revoke"]

RATE = 60_000
"""Requests a minute that a key may make unless it is said otherwise: a thousand a second."""
MOST_RATE = 10_000_000
BELIEVED = timedelta(seconds=1)
"""How long a process believes what it read of a key: a key that is revoked opens nothing after that."""
REMEMBERED = 4096
"""How many keys a process remembers at most."""
_TOKEN = re.compile(r"jk_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
_APPLICATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Scope(StrEnum):
    """What a key lets an application do."""

    DECIDE = "decide"
    COLLECT = "collect"
    CONSENTS_WRITE = "consents:write"
    CONSENTS_READ = "consents:read"
    SUBJECTS_WRITE = "subjects:write"
    SUBJECTS_READ = "subjects:read"
    TRACKS_READ = "tracks:read"
    WEBHOOKS = "webhooks"
    REQUESTS_READ = "requests:read"
    REQUESTS_WRITE = "requests:write"
    REQUESTS_DELIVER = "requests:deliver"
    """To get results, copies and evidence in clear, which staff of a shop hand over."""


NEEDS = {
    Scope.DECIDE: Duty.SEE_PEOPLE, Scope.COLLECT: Duty.WORK_PEOPLE, Scope.CONSENTS_WRITE: Duty.WORK_PEOPLE, Scope.CONSENTS_READ: Duty.SEE_PEOPLE, Scope.SUBJECTS_WRITE: Duty.WORK_PEOPLE,
    Scope.SUBJECTS_READ: Duty.SEE_PEOPLE, Scope.TRACKS_READ: Duty.SEE_PEOPLE, Scope.WEBHOOKS: Duty.WORK_KEYS, Scope.REQUESTS_READ: Duty.SEE_PEOPLE, Scope.REQUESTS_WRITE: Duty.DECIDE_REQUESTS,
    Scope.REQUESTS_DELIVER: Duty.SEE_PEOPLE,
}  # fmt: skip
"""The duty of which a scope opens as much: staff give it only when their role has that duty. An answer about somebody tells of them too."""


def may_give(staff: Staff, scope: str) -> bool:
    """Whether a member of staff may give a key this scope."""
    return scope in list(Scope) and staff.may(NEEDS[Scope(scope)])


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was shown: whose it is and what it lets them do. `purposes` is `None` for a key that is not confined."""

    id: str
    application: str
    scopes: frozenset[str]
    purposes: frozenset[str] | None
    rate: int

    def sees(self, purpose: str) -> bool:
        """Whether the key is about this purpose."""
        return self.purposes is None or purpose in self.purposes


@dataclass(frozen=True, slots=True)
class Made:
    """A key that was just made, with its text: this is the only time that anybody sees it."""

    row: KeyRow
    token: str = field(repr=False)


def create(house: House, application: str, scopes: Sequence[str], purposes: Sequence[str] | None = None, rate: int = RATE, by: Staff | None = None) -> Made:
    """Make a key for an application. Raises `Invalid` for a name, a scope, a purpose or a rate that cannot be one.

    Where a member of staff makes it, `Refusal` for a scope that opens what their role does not.
    """
    if not _APPLICATION.fullmatch(application):
        raise Invalid(say(N_("an application is named by letters, digits, dots and dashes")), say(N_("such as `shop` or `crm-mailer`")))
    for scope in scopes:
        if scope not in list(Scope):
            raise Invalid(say(N_("`{word}` is not a scope"), word=scope), say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in Scope)))
    if not scopes:
        raise Invalid(say(N_("a key without a scope opens nothing")), say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in Scope)))
    beyond = [] if by is None else [scope for scope in scopes if not may_give(by, scope)]
    if beyond:
        raise Refusal(say(N_("your role does not open what this key would: {words}"), words=", ".join(f"`{scope}`" for scope in beyond)), say(N_("ask the data protection officer to make this key")))
    known = house.policy_in_force.policy.purposes
    for purpose in purposes or ():
        if purpose not in known:
            raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=purpose, section="purposes"), nearest(purpose, map(str, known)))
    if not 1 <= rate <= MOST_RATE:
        raise Invalid(say(N_("a rate is a number of requests a minute")), say(N_("give one between 1 and {most}"), most=MOST_RATE))
    runtime = house.runtime
    id = base64.b32encode(runtime.random(5)).decode().lower()
    secret = base64.urlsafe_b64encode(runtime.random(32)).decode().rstrip("=")
    row = KeyRow(
        id=id, digest=_digest(secret), application=application, scopes=tuple(dict.fromkeys(map(str, scopes))),
        purposes=None if purposes is None else tuple(dict.fromkeys(purposes)), rate=rate, made=runtime.now(),
    )  # fmt: skip
    stored.insert(row)
    return Made(row, f"jk_{id}_{secret}")


def keys() -> tuple[KeyRow, ...]:
    """Every key, those revoked too, in the order of their making."""
    return stored.everyone()


def revoke(house: House, id: str) -> None:
    """Revoke a key; raises `Invalid` when there is none of that id, or it was revoked before."""
    if not stored.revoke(id.removeprefix("jk_"), house.runtime.now()):
        raise Invalid(say(N_("no key with this id opens anything")), say(N_("`janji api-key list` shows the ids")))


class Keyring:
    """The keys of a long-lived process: each is read at most once a second, whoever shows it however often."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.seen: dict[str, tuple[datetime, Key, bytes]] = {}
        self.lock = threading.Lock()

    def find(self, token: str) -> Key | None:
        """The key that this text is, `None` for one that opens nothing. The secret is compared in constant time."""
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return None
        id, digest = parts[1], _digest(parts[2])
        now = self.runtime.now()
        held = self.seen.get(id)
        if held is None or not timedelta(0) <= now - held[0] < BELIEVED:
            held = self._read(id, now)
        right = held[2] if held is not None else bytes(32)
        return held[1] if hmac.compare_digest(right, digest) and held is not None else None

    def _read(self, id: str, now: datetime) -> tuple[datetime, Key, bytes] | None:
        found = stored.live(id)
        with self.lock:
            if found is None:
                self.seen.pop(id, None)
                return None
            if len(self.seen) >= REMEMBERED:
                self.seen.clear()
            confined = None if found.purposes is None else frozenset(found.purposes)
            held = now, Key(id, found.application, frozenset(found.scopes), confined, found.rate), found.digest
            self.seen[id] = held
        return held


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
