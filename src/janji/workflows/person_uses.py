"""What may be done with one person's data now, purpose by purpose and channel by channel, and why; what a merge would change of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janji.decision.engine import decide
from janji.decision.question import Facts, Question, Reason
from janji.decision.standing import Standing
from janji.files.countries import load_countries
from janji.ledger.events import Actor, Kind
from janji.policy.model import Purpose
from janji.terms.processing import Operation
from janji.terms.texts import Text
from janji.versions.words import Names, names_of
from janji.workflows.consents import facts_of
from janji.workflows.guardians import standing_of
from janji.workflows.house import House
from janji.workflows.identity import merge
from janji.workflows.people import Person, show
from janji.workflows.promise_drills import rehearsed
from janji.workflows.recording import history_of


@dataclass(frozen=True, slots=True)
class Use:
    """Whether data of the person may be used for a purpose through one channel (`None`: the purpose has none), with every reason."""

    channel: str | None
    title: Text | None
    permit: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Uses:
    """One purpose with its channels."""

    purpose: Purpose
    channels: tuple[Use, ...]

    @property
    def permit(self) -> bool:
        """Whether it goes on through any channel."""
        return any(use.permit for use in self.channels)


def uses_of(house: House, subject: UUID) -> tuple[Uses, ...]:
    """Every purpose of the policy for this person now, in the order of the policy."""
    return _uses(house, subject, facts_of(house, [subject])[subject])


def names_in_reasons(house: House) -> Names:
    """What people call the names that reasons say."""
    held = house.policy_in_force
    return names_of(held.policy, held.policy, held.law, load_countries())


def _uses(house: House, subject: UUID, facts: Facts) -> tuple[Uses, ...]:
    policy, compiled, now = house.policy_in_force.policy, house.policy_in_force.compiled, house.runtime.now()

    def use(purpose: Purpose, channel: str | None) -> Use:
        question = Question(str(purpose.id), tuple(map(str, purpose.data)), now, Operation.USE, channel=channel, subject=str(subject))
        found = decide(compiled, question, facts)
        return Use(channel, None if channel is None else policy.channels[channel].title, found.permit, found.reasons)

    return tuple(Uses(purpose, tuple(use(purpose, channel) for channel in (*map(str, purpose.channels),) or (None,))) for purpose in policy.purposes.values())


@dataclass(frozen=True, slots=True)
class MergeShown:
    """What a merge would make of two people: who they are, and the purposes that stop for one of them because of the other's no."""

    survivor: Person
    other: Person
    stops: tuple[Purpose, ...]
    after: Standing


def merge_shown(house: House, survivor: UUID, other: UUID) -> MergeShown:
    """What a merge would come to: it is made, looked at, and undone before anybody sees it. Raises as `merge` does."""
    kept, gone = show(house, survivor), show(house, other)
    before = {str(one.purpose.id) for subject in (survivor, other) for one in uses_of(house, subject) if one.permit}

    def act() -> tuple[tuple[Uses, ...], Standing]:
        merge(house, survivor, other, Actor.STAFF)
        return uses_of(house, survivor), standing_of(house, survivor)

    found, standing = rehearsed(act)
    return MergeShown(kept, gone, tuple(one.purpose for one in found if str(one.purpose.id) in before and not one.permit), standing)


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that stands: the event that a split names, and when it was."""

    event: UUID
    at: datetime


def merges_of(house: House, subject: UUID) -> tuple[Merged, ...]:
    """The merges into a person that stand, the newest first."""
    history = history_of(house, subject)
    undone = {event.details.get("undoes") for event in history if event.kind is Kind.PERSON_SPLIT}
    return tuple(Merged(UUID(event.id), event.at) for event in reversed(history) if event.kind is Kind.PERSON_MERGED and event.id not in undone)
