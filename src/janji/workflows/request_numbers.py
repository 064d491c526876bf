"""Requests in numbers, as anybody may see them: how many came, how fast they were answered, and nothing that points at one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from janji.store import requests as store
from janji.terms.processing import Right
from janji.workflows.house import House

SPAN = timedelta(days=365)
"""What the numbers are about: the last year."""
FEW = 5
"""Fewer requests than these are only said to be few: one could be recognised."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many requests came, and of those that were answered: how many, how many refused or late, and the time that half of them took at most.

    `kind` is `None` for all together, without the few that are not told of a kind. What is too few to be told is `None`.
    """

    kind: Right | None
    came: int | None
    answered: int | None = None
    refused: int | None = None
    late: int | None = None
    median: timedelta | None = None


_COUNTS = ("came", "answered", "refused", "late")


def numbers(house: House) -> tuple[Numbers, ...]:
    """All together, then each kind that came at all."""
    return _all_told(store.tallied(house.runtime.now() - SPAN))


def _all_told(found: Sequence[store.Tally]) -> tuple[Numbers, ...]:
    kinds = [(one, _told(one)) for one in found if one.kind is not None]
    return (*(_told(_without_few(one, kinds)) for one in found if one.kind is None), *(told for _, told in kinds))


def _without_few(whole: store.Tally, kinds: Sequence[tuple[store.Tally, Numbers]]) -> store.Tally:
    """All together without what is not told of the kinds, where that is too few itself: else it is the difference to the others."""
    hidden = {name: sum(getattr(one, name) for one, told in kinds if getattr(told, name) is None) for name in _COUNTS}
    return replace(whole, **{name: getattr(whole, name) - few or few for name, few in hidden.items() if few < FEW})


def _told(one: store.Tally) -> Numbers:
    kind = None if one.kind is None else Right(one.kind)
    if 0 < one.came < FEW:
        return Numbers(kind, None)
    if 0 < one.answered < FEW:
        return Numbers(kind, one.came)
    refused, late = (None if 0 < count < FEW else count for count in (one.refused, one.late))
    return Numbers(kind, one.came, one.answered, refused, late, None if one.median is None else timedelta(seconds=float(one.median)))
