"""Processors that call back: what one says is believed when it is signed for its domain, and kept as evidence."""

from __future__ import annotations

from uuid import UUID

from janji.connectors.processor_proof import Unproven, proven
from janji.connectors.processors import Status, answered, status_of
from janji.errors import Conflict
from janji.store import erasures
from janji.store import processors as store
from janji.store.database import transaction
from janji.store.processors import FINAL, ProcessorRow, RequestRow
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.runtime import Runtime, Settings

PATH = "/processors/callbacks"
"""Where processors call back at the site."""
ERASURES = "erasures"
"""The step of a worker that goes on with erasures."""


def callback_url(settings: Settings) -> str:
    """The address that processors are told to call; empty where nobody said at which address this deployment is reached."""
    return f"{settings.public_url}{PATH}" if settings.public_url else ""


class RecordNotes:
    """What the record remembers of requests to processors."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def trust(self, system: str, domain: str, certificate: str, controller: str, callback: str) -> None:
        """Remember who signs for a system."""
        with transaction():
            store.put_processor(ProcessorRow(system, domain, certificate, controller, callback))

    def status(self, request: UUID) -> Status | None:
        """How far a request is, as far as it is known."""
        row = store.request(request)
        return None if row is None else Status(row.state)

    def note(self, request: UUID, system: str, status: Status, body: bytes, signature: str) -> None:
        """Remember how far a request is."""
        with transaction():
            store.put_request(RequestRow(request, system, str(status), self._runtime.now(), body, signature))


def called_back(house: House, domain: str, signature: str, body: bytes) -> bool:
    """Take what a processor says about a request: whether an erasure can go on now. Nothing of the body is read before it is proven.

    Erasures that wait for the processor are due at once when it says that a request is at its end.

    Raises `Unproven` for whatever is not signed for the domain of a processor, is about a request that was not sent to it, or
    names another address to call back; which of these is not told. Raises `Invalid` for what is signed and is no callback.
    """
    signer = _signer(house, domain, signature, body)
    try:
        held = answered(body, None, signer.controller)
    except Conflict:
        raise _unproven() from None
    status = status_of(held)
    if held.get("status_callback_url") != signer.callback:
        raise _unproven()
    with transaction():
        row = store.request(UUID(held["subject_request_id"]))
        if row is None or row.system != signer.system:
            raise _unproven()
        news = store.put_request(RequestRow(row.id, row.system, str(status), house.runtime.now(), body, signature))
        return news and status in FINAL and erasures.wake(row.system, house.runtime.now()) > 0


def _signer(house: House, domain: str, signature: str, body: bytes) -> ProcessorRow:
    """The processor of the domain whose certificate made the signature."""
    for row in store.processors(domain):
        try:
            proven(row.certificate, row.domain, house.runtime.now(), signature, body)
        except Unproven:
            continue
        return row
    raise _unproven()


def _unproven() -> Unproven:
    return Unproven(say(N_("this is not proven to come from the processor")), say(N_("it must be signed with the certificate of its domain")))


