"""The clock by which people are told hours, for the length of a test or a part of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo

from janji.terms.words import SHOWN_IN


@contextmanager
def shown_by(place: tzinfo) -> Iterator[None]:
    """Let people be told hours by the clock of a place, until the end."""
    before, SHOWN_IN.place = SHOWN_IN.place, place
    try:
        yield
    finally:
        SHOWN_IN.place = before
