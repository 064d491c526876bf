"""The connector of a processor that speaks OpenDSR 3.0, with us as controller: asked to erase, believed when it signs that it did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from janji.connectors.base import Alike, Gap, Take
from janji.connectors.processor_format import PEOPLE, Encoding, Processor
from janji.connectors.processor_proof import DOMAIN_HEADER, SIGNATURE_HEADER, Unproven, proven, trusted
from janji.connectors.service_calls import GONE, ServiceCalls
from janji.connectors.service_format import Service
from janji.datamap.catalogue import Catalogue
from janji.erasure.steps import Change, Delete, Effect, Known, Level, Problem, StorePlan, TableEffect
from janji.errors import Conflict, Invalid, Refusal, Unavailable
from janji.network.asking import Asker, Reply
from janji.terms.messages import N_, say

VERSION = "3.0"
LARGEST_CERTIFICATE = 64 << 10
GAPS = frozenset({
    Gap.CATALOGUE, Gap.SAMPLE, Gap.SEARCH, Gap.SNAPSHOT, Gap.ATOMIC, Gap.REREAD, Gap.REWRITE, Gap.DUE, Gap.CORRECT,
})  # fmt: skip
"""What somebody else does in their own house cannot be looked into: they say that it is done, and sign it."""


class Status(StrEnum):
    """How far a request is (OpenDSR 8); the last two are for good."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


FINAL = frozenset({Status.COMPLETED, Status.CANCELLED})


class Notes(Protocol):
    """What is remembered of requests between two runs, and of what was called back meanwhile."""

    def trust(self, system: str, domain: str, certificate: str, controller: str, callback: str) -> None:
        """Remember by which certificate a processor signs, and where it calls back."""
        ...

    def status(self, request: UUID) -> Status | None:
        """How far a request is, by what was proven last; nothing for one that was never sent."""
        ...

    def note(self, request: UUID, system: str, status: Status, body: bytes, signature: str) -> None:
        """Remember what was proven."""
        ...


class OpenDsrProcessorConnector:
    """A processor as a store of people. An erasure goes on over several runs: `Unavailable` says that it is not done yet."""

    def __init__(
        self, system: str, processor: Processor, secrets: Mapping[str, str], asker: Asker, notes: Notes, now: Callable[[], datetime], callback: str = ""
    ) -> None:
        self.system, self.gaps = system, GAPS
        self._processor, self._asker, self._notes, self._now, self._callback = processor, asker, notes, now, callback
        at = processor.at.rstrip("/")
        self._calls = ServiceCalls(Service(processor.processor, at, {}, auth=processor.auth, rate=processor.rate), secrets, asker)
        self._at = at
        self._certificate = ""

    def catalogue(self) -> Catalogue:
        """One table of people, with the identities by which they are told. That the processor answers is tried."""
        self._discover()  # nothing is remembered of it yet
        return self._processor.catalogue()

    def sample(self, table: str, columns: Sequence[str], size: int) -> Mapping[str, list[Any]]:
        """Nothing: a processor shows no values."""
        return {name: [] for name in columns}

    def search(self, plan: StorePlan, people: Sequence[Known], take: Take) -> tuple[Known, ...]:
        """Nothing: how a processor hands over what it has is between it and its customers."""
        return ()

    def preflight(self, plan: StorePlan, people: Sequence[Known]) -> tuple[Problem, ...]:
        """What a processor cannot be asked: anything but to erase."""
        if any(isinstance(action, Change) for action in plan.actions):
            return (Problem(PEOPLE, say(N_("a processor erases a person whole, and changes nothing")), say(N_("take the rules out that keep a part, or serve it by hand"))),)
        return ()

    def statements(self, plan: StorePlan) -> tuple[str, ...]:
        """The request that would be sent for each person."""
        return (f"POST {self._at}/requests",) if any(isinstance(action, Delete) for action in plan.actions) else ()

    def erase(self, plan: StorePlan, people: Sequence[Known], token: str) -> Effect:
        """Send a request for each person, or see how far it is. Raises `Unavailable` until the processor signed that all are done.

        The number of a request follows from `token` and the person, so what was sent is never sent as another.
        """
        told = self._identities(plan, people)
        self._discover()
        self._notes.trust(self.system, self._processor.domain, self._certificate, self._processor.controller, self._callback)
        states = {person: self._brought_on(request_number(token, person), identities) for person, identities in told.items()}
        if Status.CANCELLED in states.values():
            raise Refusal(say(N_("the processor cancelled a request")), say(N_("ask it why; then make the plan again, or serve it by hand")))
        done = sum(status is Status.COMPLETED for status in states.values())
        if done < len(states):
            raise Unavailable(
                say(N_("the processor did {done} of {all} requests so far"), done=done, all=len(states)), say(N_("it is asked again; it may take {days} days"), days=self._processor.days)
            )
        effect = TableEffect(PEOPLE, len(states), len(states))
        return Effect(self.system, (effect,), (), Level.ATTESTED, tuple((person, PEOPLE, 1) for person in sorted(states)), attested=True)

    def reread(self, plan: StorePlan, people: Sequence[Known]) -> Effect:
        """Nothing can be looked at: what was signed stays what is known."""
        return Effect(self.system, (), (), Level.ATTESTED, (), attested=True)

    def due(self, plan: StorePlan, people: Sequence[Known]) -> int:
        """Nothing: rows are not found by time."""
        return 0

    def alike(self, plan: StorePlan, columns: Sequence[str], least: int) -> Alike:
        """Nothing: rows are not found by time."""
        return Alike(0, 0, 0, 0)

    def settle(self, plan: StorePlan, level: Level) -> Level:
        """Nothing goes deeper than a word that was given."""
        return Level.ATTESTED

    def close(self) -> None:
        """Let go of the connections."""
        self._asker.close()

    # ------------------------------------------------------------------------------------------------------- requests

    def _identities(self, plan: StorePlan, people: Sequence[Known]) -> dict[int, list[dict[str, str]]]:
        """What each person is told by: the identity types that the plan holds against kinds of identifiers."""
        types = {reach.kind: reach.columns[0] for gather in plan.gathers for reach in gather.reaches if reach.source is None}
        found: dict[int, list[dict[str, str]]] = {}
        for known in people:
            type = types.get(known.kind)
            if type in self._processor.identities:
                value = encoded(known.value, self._processor.encoding)
                found.setdefault(known.person, []).append(
                    {"identity_type": type, "identity_value": value, "identity_format": str(self._processor.encoding)}
                )
        return found

    def _brought_on(self, request: UUID, identities: Sequence[Mapping[str, str]]) -> Status:
        """How far a request is; it is sent when the processor does not know it."""
        known = self._notes.status(request)
        if known in FINAL:
            return known
        reply = self._calls.send("GET", f"{self._at}/requests/{request}")
        if reply.status in GONE:
            reply = self._calls.send("POST", f"{self._at}/requests", json.dumps(self._body(request, identities)).encode())
            if reply.status != 201:
                raise self._refused(reply)
            self._read(reply, request)
            self._notes.note(request, self.system, Status.PENDING, b"", "")
            return Status.PENDING
        if not reply.good:
            raise self._refused(reply)
        status = status_of(self._read(reply, request))
        self._notes.note(request, self.system, status, reply.body, reply.headers.get(SIGNATURE_HEADER.lower(), ""))
        return status

    def _body(self, request: UUID, identities: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        at = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        body: dict[str, Any] = {
            "regulation": self._processor.regulation, "subject_request_id": str(request), "subject_request_type": "erasure",
            "submitted_time": at, "subject_identities": list(identities), "api_version": VERSION,
        }  # fmt: skip
        return body | ({"status_callback_urls": [self._callback]} if self._callback else {})

    def _read(self, reply: Reply, request: UUID) -> dict[str, Any]:
        """The body of an answer that is signed by the processor, and is about this request."""
        if reply.headers.get(DOMAIN_HEADER.lower(), "") != self._processor.domain:
            raise Unproven(say(N_("the answer names another domain than the processor's")), say(N_("correct `domain` in its file, or ask who runs it")))
        proven(self._certificate, self._processor.domain, self._now(), reply.headers.get(SIGNATURE_HEADER.lower(), ""), reply.body)
        return answered(reply.body, request, self._processor.controller)

    def _refused(self, reply: Reply) -> Exception:
        if reply.status in (401, 403):
            return Refusal(say(N_("the processor does not take our requests (status {status})"), status=reply.status), say(N_("give it the secret that it gave you")))
        if 400 <= reply.status < 500:
            return Invalid(say(N_("the processor does not understand the request (status {status})"), status=reply.status), say(N_("compare its documentation with its file")))
        return Unavailable(say(N_("the processor answered with the status {status}"), status=reply.status), say(N_("it is asked again later")))

    def _discover(self) -> None:
        """Fetch the certificate, from its domain or from where its file says, and see that an authority issued it."""
        if self._certificate:
            return
        where = self._processor.certificate
        if not where:
            reply = self._calls.send("GET", f"{self._at}/discovery")
            if not reply.good:
                raise self._refused(reply)
            try:
                where = str(json.loads(reply.body)["processor_certificate"])
            except (ValueError, KeyError, TypeError, RecursionError):
                raise _strange() from None
            parts = urlsplit(where)
            if parts.scheme != "https" or parts.hostname != self._processor.domain or parts.port not in (None, 443):
                raise Unproven(say(N_("the certificate of the processor lies under another domain")), say(N_("name its place as `certificate` in the file, if that is right")))
        certificate = self._fetched(where)
        trusted(certificate, self._processor.domain, self._now())
        self._certificate = certificate

    def _fetched(self, where: str) -> str:
        """A certificate, asked for without our secrets."""
        reply = self._calls.send("GET", where, opened=False)
        if not reply.good or len(reply.body) > LARGEST_CERTIFICATE or not reply.body.isascii():
            raise _strange()
        return reply.body.decode("ascii")


def request_number(token: str, person: int) -> UUID:
    """The number of a request: version 4 in form, and the same for the same erasure and person."""
    return UUID(bytes=hashlib.sha256(f"opendsr/{token}/{person}".encode()).digest()[:16], version=4)


def encoded(value: str, encoding: Encoding) -> str:
    """A value as a processor is told it (OpenDSR 5.2)."""
    if encoding is Encoding.RAW:
        return value
    return hashlib.new(str(encoding), value.encode(), usedforsecurity=False).hexdigest()


def answered(body: bytes, request: UUID | None, controller: str) -> dict[str, Any]:
    """What a signed body says. Raises `Invalid` when it is about another request, or for another controller."""
    try:
        held = json.loads(body)
        number = UUID(held["subject_request_id"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _strange() from None
    if (request is not None and number != request) or (controller and held.get("controller_id") != controller):
        raise Conflict(say(N_("the processor answers about another request than it was asked about")), say(N_("ask who runs it")))
    return dict(held)


def status_of(held: Mapping[str, Any]) -> Status:
    """How far a request is, by the words of the specification."""
    try:
        return Status(held.get("request_status", ""))
    except ValueError:
        raise _strange() from None


def _strange() -> Invalid:
    return Invalid(say(N_("the processor answers in another form than OpenDSR has")), say(N_("ask who runs it which version it speaks")))
