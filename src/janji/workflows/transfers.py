"""A person's package sent straight to another controller (UU 27/2022 Art 13(2)): over TLS, to a public address, recorded as a disclosure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from janji.errors import Invalid
from janji.ledger.events import Actor, Kind
from janji.network.addresses import LONGEST, Reach, checked_url
from janji.network.asking import Asker, Reply, Unanswered
from janji.policy.model import Policy
from janji.rights.requests import Request
from janji.store import records
from janji.terms.messages import N_, say
from janji.terms.processing import RecipientClass
from janji.workflows.house import House
from janji.workflows.recording import Entry, record

ENDPOINT = "endpoint"
"""Under which name a request says where the data are to be sent."""
ANSWERED = "answered"
"""Under which name a request keeps, for staff, how the other controller answered last: its status, or a word for why there was none."""
PATIENCE = 600.0
"""Seconds that one sending may take, at most."""
ANSWER, SLOWEST = 30.0, 250_000
"""Seconds for the other controller to answer in, and bytes a second that they must take: whoever takes them slower holds up everybody's requests."""
MOST = 16_384
"""Bytes of the other controller's answer that are read."""

LONGEST_ENDPOINT = LONGEST
"""Characters that the address of the other controller may have."""

Chunks = Callable[[House, UUID], Iterator[bytes]]
"""Gives the package of a request in clear, chunk by chunk; the same each time."""


def endpoint_of(house: House, said: Mapping[str, Any]) -> str | None:
    """Where a request wants the data sent, `None` where it does not say. Raises `Invalid` for an address to which nothing may be sent."""
    url = said.get(ENDPOINT)
    if url is None:
        return None
    if not isinstance(url, str):
        url = ""
    try:
        return checked_url(url, Reach(house.runtime.settings.transfer_networks))
    except Invalid:
        raise Invalid(
            say(N_("data cannot be sent to this address")), say(N_("give a public address of the other company that begins with `https://`, as they write it"))
        ) from None  # fmt: skip


def send_package(house: House, request: Request, subject: UUID, url: str, chunks: Chunks) -> str:
    """Send the package of a request once; empty where the other controller took it, else its status, or a word for why there was none.

    Recorded as a disclosure when they took it; and where bytes went out and they said no, or nothing: they may have kept what they got.
    The receiver knows a repetition by `Idempotency-Key` and a whole package by `Content-Digest` (RFC 9530). A redirect is not followed;
    what it answers is not read but for the status.
    """
    event = uuid5(request.id, "sent")
    if event in records.present([event]):
        return ""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks(house, request.id):
        digest.update(chunk)
        size += len(chunk)
    headers = {
        "Content-Type": "application/zip", "Content-Length": str(size), "Idempotency-Key": str(request.id),
        "Content-Digest": f"sha-256=:{base64.b64encode(digest.digest()).decode()}:",
    }  # fmt: skip
    out, word = _Counted(chunks(house, request.id)), ""
    try:
        with Asker(Reach(house.runtime.settings.transfer_networks), patience(size), 1) as asker:
            answer = asker.ask("POST", url, headers, out, MOST)
    except Unanswered as error:
        word, answer = error.word, Reply(error.status or 0, {})  # whoever said yes has the data, whatever became of the rest of the answer
    details: dict[str, Any] = {"request": str(request.id), "bytes": size, "sha256": digest.hexdigest()}
    if not answer.good:
        word = str(answer.status or word)
        part = out.bytes < size
        event = uuid5(request.id, "sent/part" if part else "sent/whole")
        if not out.bytes or event in records.present([event]):
            return word
        details |= {"acknowledged": False, "answer": word, **({"part": True, "bytes": out.bytes} if part else {})}
    recipient = recipient_of(house.policy_in_force.policy, request.details.get("recipient"))
    if recipient:
        details["recipient"] = recipient
    record(house, [Entry(
        id=event, kind=Kind.DISCLOSURE_MADE, actor=Actor.STAFF, subject=subject, details=details, evidence={"host": urlsplit(url).hostname or ""}
    )])  # fmt: skip
    return "" if answer.good else word


class _Counted:
    """The bytes of a package on their way out, counted as they are handed to the network: once they are, nobody knows who read them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self.bytes = pieces, 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self.bytes += len(piece)
        return piece


def patience(size: int) -> float:
    """Seconds that a sending of so many bytes may take: an endpoint that answers drop by drop is no reason for others to wait."""
    return min(PATIENCE, ANSWER + size / SLOWEST)


def recipient_of(policy: Policy, named: str | None) -> str | None:
    """The recipient under which such a sending is recorded: the one that is named, or the one party that people may authorise by the policy."""
    if named:
        return named
    found = [str(name) for name, one in policy.recipients.items() if one.kind is RecipientClass.USER_AUTHORISED]
    return found[0] if len(found) == 1 else None
