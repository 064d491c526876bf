"""A rights request as it is carried out, and what came of it: what a kind of right is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from janji.rights.register import MARKS
from janji.rights.requests import Outcome, Request
from janji.terms.messages import N_, Message, say


@dataclass(frozen=True, slots=True)
class Job:
    """One request that may be carried out. `said` is what was under seal: what the person said, in the words of the intake."""

    request: Request
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def subject(self) -> UUID:
        """The person whom the request is about, as it was verified."""
        if self.request.subject is None:
            raise ValueError("what is carried out is about somebody")
        return self.request.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a request. Without an `outcome` it waits, and `waits` says for what; it is taken up again later.

    `lines` go into the notice of the result, in the person's language; none holds a value of a person. `details` are codes and
    references that are kept with the request.
    """

    outcome: Outcome | None = None
    lines: tuple[Message, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    waits: Message | None = None


def gone() -> Came:
    """What is answered about somebody who was forgotten meanwhile."""
    return Came(outcome=Outcome.NOTHING_HELD, lines=(say(N_("the person is not on record any more")),))


def nearly_over(request: Request, now: datetime) -> bool:
    """Whether so little of its time is left that what is still missing is said rather than waited for."""
    return now >= request.opened + (request.due - request.opened) * MARKS[-1]
