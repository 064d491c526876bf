"""Of whom data may be had again that a withdrawal was to end: a consent given anew, or another purpose, wins until they are gone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from janji.consent.cascade import needed
from janji.workflows.consents import facts_of
from janji.workflows.house import House
from janji.workflows.people import people_now


def needed_again(house: House, subjects: Sequence[UUID], data: Sequence[str]) -> frozenset[UUID]:
    """Those of these people of whom some purpose may have any of these categories now; nobody who was forgotten."""
    if not data:
        return frozenset()
    now, names, compiled = house.runtime.now(), data, house.policy_in_force.compiled
    present = {subject: who for subject, who in people_now(subjects).items() if who is not None}
    facts = facts_of(house, present.values())
    return frozenset(subject for subject, who in present.items() if any(needed(compiled, facts[who], name, now) for name in names))
