"""What was deleted, destroyed and erased, one line an event of the record, the newest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from janji.ledger.events import Event, Kind, decode
from janji.store import tracks

KINDS = (Kind.SWEEP_EXECUTED, Kind.ENDS_ATTESTED, Kind.ERASURE_EXECUTED, Kind.KEY_DESTROYED)
"""The events that tell of it; each is its own certificate, and proven as every event is."""


def destruction_log(below: UUID | None = None, most: int = 50) -> tuple[Event, ...]:
    """The last events that tell of something gone for good, those below an id where it is given."""

    def events(kind: Kind) -> Iterator[Event]:
        return (decode(line.body) for line in tracks.about_nobody(kind, most, below))

    return tuple(islice(heapq.merge(*map(events, KINDS), key=lambda event: event.id, reverse=True), most))
