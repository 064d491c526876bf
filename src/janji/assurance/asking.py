"""A policy as the checks ask it: made-up people who allow everything or nothing, and the answers that they get."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from janji.decision.compiler import CompiledPolicy
from janji.decision.engine import decide
from janji.decision.question import Decision, Question
from janji.decision.standing import Choice, ConsentState, Instrument, Standing, TransferConsent, pack
from janji.law.model import LawPack
from janji.policy.model import Policy, Purpose
from janji.policy.trace import Trace, trace
from janji.terms.processing import Operation

if TYPE_CHECKING:
    from janji.scanner.scan import Scanner

NOWHERE = "-undeclared-"
"""A name that no policy can declare."""
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Model:
    """A compiled policy, asked about made-up people at the instant `at`, or on its first day when that is still to come."""

    compiled: CompiledPolicy
    at: datetime
    scanner: Scanner

    @property
    def policy(self) -> Policy:
        """The policy."""
        return self.compiled.policy

    @property
    def law(self) -> LawPack:
        """The law that it stands under."""
        return self.compiled.law

    @cached_property
    def traced(self) -> Trace:
        """What rests on each clause."""
        return trace(self.policy)

    def ask(self, purpose: Purpose, facts: Standing, data: Collection[str] = (), **asked: Any) -> Decision:
        """The decision about all data of the purpose (or `data`) through its first channel; `asked` as a question can be."""
        first = purpose.channels[0] if purpose.channels else None
        question = Question(str(purpose.id), tuple(data or purpose.data), **{"at": self.at, "channel": first, "operation": usual(purpose), **asked})
        return decide(self.compiled, question, pack(facts, self.compiled.layout))

    def adult(self, **known: Any) -> Standing:
        """A grown person of whom no more than `known` is on record."""
        return Standing(**{"born": self.at.date().replace(year=self.at.year - 60, day=1), **known})

    def child(self, **known: Any) -> Standing:
        """A child of whom no more than `known` is on record."""
        return Standing(**{"born": self.at.date().replace(year=self.at.year - 8, day=1), **known})

    def willing(self, purpose: Purpose, person: Standing | None = None) -> Standing:
        """A person (an adult without `person`) who allows all that the purpose can be allowed."""
        notice = self.policy.notices.get(purpose.notice or "")
        version = notice.version if notice else 1
        yes = tuple(Choice(purpose=str(purpose.id), channel=channel, version=version) for channel in purpose.channels or (None,))
        named = [one for one in self.policy.recipients.values() if purpose.id in one.purposes]
        return replace(
            person or self.adult(),
            consents=yes,
            agreements=purpose.agreements,
            authorisations=tuple(str(one.id) for one in named),
            transfer_consents=tuple(TransferConsent(recipient=str(one.id), country=str(one.country)) for one in named),
            instrument=Instrument(reference="-", approved=True),
            trained_until=FOREVER,
        )


def usual(purpose: Purpose) -> Operation:
    """The operation that a purpose is about first: use where it uses."""
    return Operation.USE if Operation.USE in purpose.operations or not purpose.operations else purpose.operations[0]


def no(purpose: Purpose) -> Choice:
    """The taking back of every consent to a purpose."""
    return Choice(purpose=str(purpose.id), state=ConsentState.WITHDRAWN)
