"""Whether what a policy declares holds on a day: settled, relied on for a while, left open, or not done at all."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from janji.decision.compiler import CompiledPolicy
from janji.policy.combined import NEEDS_AGREEMENT, best_transfer
from janji.policy.model import Entry, Purpose, Recipient, Transfer
from janji.terms.messages import N_, Message, say
from janji.terms.words import on_day


@dataclass(frozen=True, slots=True)
class State:
    """How firm a statement is. `until` is the day up to which it is relied on without proof."""

    done: bool = True
    until: date | None = None
    undecided: bool = False

    @property
    def settled(self) -> bool:
        """Whether it may be told as a fact."""
        return self.done and self.until is None and not self.undecided

    @property
    def words(self) -> tuple[Message, ...]:
        """What must be said beside the statement; nothing when it is settled."""
        if not self.done:
            return (say(N_("not done now")),)
        if self.until is not None:
            return (say(N_("provisional until {day}"), day=on_day(self.until)),)
        return (say(N_("not decided yet")),) if self.undecided else ()

    def also(self, other: State) -> State:
        """Both at once: done if both are, until the earlier day, open if either is."""
        days = [day for day in (self.until, other.until) if day is not None]
        return State(self.done and other.done, min(days, default=None), self.undecided or other.undecided)


SETTLED = State()
NOT_DONE = State(done=False)


@dataclass(frozen=True, slots=True)
class Way:
    """The way of data to one country: no transfer at home, else the transfer that serves best, if there is one."""

    country: str
    transfer: Transfer | None
    state: State


def of_entry(entry: Entry) -> State:
    """An entry is undecided when it, or a part of it, still asks a person something."""
    return State(undecided=_asks(entry))


def of_purpose(purpose: Purpose, day: date) -> State:
    """A purpose on a legitimate interest is relied on until its weighing is approved, and not after its day."""
    state = of_entry(purpose)
    weighing = purpose.assessment
    if weighing is not None and weighing.approved is None and weighing.provisional is not None:
        state = state.also(_relied_on(weighing.provisional, day))
    return state


def of_agreement(recipient: Recipient, day: date) -> State:
    """A recipient that needs an agreement gets nothing without one, and no more than its day on a promise of one."""
    state = of_entry(recipient)
    agreement = recipient.agreement
    if recipient.kind not in NEEDS_AGREEMENT or (agreement is not None and agreement.reference is not None):
        return state
    if agreement is None or agreement.provisional is None:
        return state.also(NOT_DONE)
    return state.also(_relied_on(agreement.provisional, day))


def places(compiled: CompiledPolicy, recipient: Recipient) -> tuple[str, ...]:
    """The countries that data may go to with a recipient: its own, and those of the transfers that name it."""
    abroad = [str(country) for transfer in compiled.receives.get(recipient.id, ()) for country in transfer.countries]
    return tuple(dict.fromkeys((str(recipient.country), *abroad)))


def way_to(compiled: CompiledPolicy, recipient: Recipient, country: str, purpose: str, day: date) -> Way:
    """How the data of a purpose get to a recipient in a country, as a decision on that day would have it."""
    if country in compiled.home:
        return Way(country, None, SETTLED)
    transfer = best_transfer(compiled.law, compiled.receives.get(recipient.id, ()), country, purpose)
    if transfer is None:
        return Way(country, None, NOT_DONE)
    state = of_entry(transfer)
    if transfer.proven is None:
        state = state.also(NOT_DONE if transfer.provisional is None else _relied_on(transfer.provisional, day))
    return Way(country, transfer, state)


def _relied_on(until: date, day: date) -> State:
    return State(until=until) if day <= until else NOT_DONE


def _asks(entry: Entry) -> bool:
    if entry.decide:
        return True
    held = (getattr(entry, item.name) for item in fields(entry))
    return any(isinstance(part, Entry) and _asks(part) for part in held)
