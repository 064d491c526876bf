"""One request and the steps it can take: from the moment it is recorded to a proved result, with no step that skips another."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Actor
from janji.terms.messages import N_, say
from janji.terms.processing import Right

PREFIX = "req_"
"""What the id of a request begins with where it is shown."""


class State(StrEnum):
    """Where a request stands."""

    UNVERIFIED = "unverified"
    """Recorded; nobody has shown yet that the asker may ask."""
    VERIFIED = "verified"
    """May be worked on."""
    APPROVAL = "approval"
    """What would be done is known, and officers must agree."""
    WORKING = "working"
    """Being carried out."""
    DELIVERY = "delivery"
    """Carried out and read back; the person is being told."""
    ENDED = "ended"


class Outcome(StrEnum):
    """How a request ended."""

    DONE = "done"
    PARTLY_DONE = "partly-done"
    NOTHING_HELD = "nothing-held"
    REFUSED = "refused"
    NOT_VERIFIED = "not-verified"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    RECLASSIFIED = "reclassified"
    """Staff read what was asked and recorded that, on the same clock; the other request is answered."""


class Intake(StrEnum):
    """How a request came in."""

    FORM = "form"
    API = "api"
    EMAIL = "email"
    PHONE = "phone"
    PAPER = "paper"
    COMPLAINT = "complaint"


class Asker(StrEnum):
    """Who asks."""

    SELF = "self"
    GUARDIAN = "guardian"
    AGENT = "agent"


ACTORS = {Asker.SELF: Actor.PERSON, Asker.GUARDIAN: Actor.GUARDIAN, Asker.AGENT: Actor.PERSON}
"""Who acts in a request, as it is recorded: a guardian for a ward; an agent acts for the person."""


class Proof(StrEnum):
    """How it was shown that the asker may ask, from the weakest to the strongest."""

    NONE = "none"
    CHANNEL = "channel"
    """Control of an address that was held before."""
    KNOWLEDGE = "knowledge"
    """The channel, and facts that the person alone would know, from data already held."""
    STAFF = "staff"
    """Staff saw to it (a counter, a known voice), and answers for it by name."""


LONGEST_NAME = 200
"""Characters of the name of a member of staff."""
STRENGTH = {proof: strength for strength, proof in enumerate(Proof)}


@dataclass(frozen=True, slots=True)
class Approval:
    """One officer's yes; `role` as the policy names it (`officer`, or one of the deputies), `by` as `staff_name` has it."""

    by: str
    role: str
    at: datetime


EXTENDED = "extended"
"""What says, among the details of a request, that its time was extended."""
WHY_LONGER = ("complexity", "number")
"""Why a request may take longer: it is complex, or there are many (GDPR Art 12(3))."""


def staff_name(text: str) -> str:
    """The name of a member of staff in one spelling: letters in their normal form, single spaces, nothing that is not seen.

    Raises `Invalid` when nothing is left, or more than a name has.
    """
    shown = "".join(char for char in unicodedata.normalize("NFKC", text) if char.isspace() or unicodedata.category(char)[0] != "C")
    name = " ".join(shown.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(say(N_("it is not said who does this")), say(N_("give a name with `--by`")))
    return name


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are written."""
    return staff_name(one).casefold() == staff_name(other).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as its steps left it. Of the person nothing: what was said and where to answer is sealed beside it.

    The names of the officers who agreed are in it, in clear: they are shown to whoever looks at the request.

    `right` is the policy's own name, `kind` what the law calls it. `subject` is `None` until it is known who asks.
    `wanted` is how much proof the right asks for, `needed` how many approvals. `ground` is the ground of a refusal.
    """

    id: UUID
    right: str
    kind: Right
    opened: datetime
    due: datetime
    intake: Intake
    asker: Asker = Asker.SELF
    subject: UUID | None = None
    state: State = State.UNVERIFIED
    wanted: Proof = Proof.CHANNEL
    proof: Proof = Proof.NONE
    needed: int = 0
    approvals: tuple[Approval, ...] = ()
    outcome: Outcome | None = None
    ground: str | None = None
    ended: datetime | None = None
    reopened: int = 0
    details: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def open(self) -> bool:
        """Whether something is still owed."""
        return self.state is not State.ENDED


def verified(request: Request, subject: UUID, proof: Proof) -> Request:
    """Who asks was shown. Raises `Refusal` when the proof is weaker than the right asks for."""
    _in(request, State.UNVERIFIED)
    if STRENGTH[proof] < STRENGTH[request.wanted]:
        raise Refusal(
            say(N_("the proof `{proof}` is too weak for `{right}`"), proof=proof, right=request.right),
            say(N_("it asks for `{wanted}`"), wanted=request.wanted),
        )
    return replace(request, state=State.VERIFIED, subject=subject, proof=proof)


def prepared(request: Request) -> Request:
    """What would be done is known: officers are asked, or it may be carried out at once."""
    _in(request, State.VERIFIED)
    return replace(request, state=State.APPROVAL if len(request.approvals) < request.needed else State.WORKING)


def approved(request: Request, approval: Approval, also: Sequence[str] = ()) -> Request:
    """One officer more agrees; nobody counts twice, under none of the names that are `also` theirs. With the last one the work begins."""
    _in(request, State.APPROVAL)
    approval = replace(approval, by=staff_name(approval.by))
    if any(same_person(one.by, name) for one in request.approvals for name in (approval.by, *also)):
        raise Conflict(say(N_("this officer has approved it already")), say(N_("another officer must agree")))
    approvals = (*request.approvals, approval)
    return replace(request, approvals=approvals, state=State.WORKING if len(approvals) >= request.needed else State.APPROVAL)


def returned(request: Request) -> Request:
    """What would be done is not what was agreed to, or it is in doubt: officers look at it again, and nobody's yes counts any more."""
    _in(request, State.WORKING)
    return replace(request, state=State.APPROVAL, approvals=(), needed=max(1, request.needed))


def carried_out(request: Request, outcome: Outcome) -> Request:
    """The work was done and read back; the person is to be told."""
    _in(request, State.WORKING)
    if outcome not in (Outcome.DONE, Outcome.PARTLY_DONE, Outcome.NOTHING_HELD):
        raise ValueError("work ends in what was done")
    return replace(request, state=State.DELIVERY, outcome=outcome)


def refused(request: Request, ground: str) -> Request:
    """It is refused on a ground of the law; the person is to be told, with the reason and where to complain."""
    _in(request, State.UNVERIFIED, State.VERIFIED, State.APPROVAL)
    return replace(request, state=State.DELIVERY, outcome=Outcome.REFUSED, ground=ground)


def extended(request: Request, due: datetime) -> Request:
    """It may be answered later, as the law allows once; the person is told why, before its first time is over."""
    _in(request, State.UNVERIFIED, State.VERIFIED, State.APPROVAL, State.WORKING)
    return replace(request, due=due, details={**request.details, EXTENDED: "yes"})


def delivered(request: Request, at: datetime) -> Request:
    """The person was told (or handed) the result."""
    _in(request, State.DELIVERY)
    return replace(request, state=State.ENDED, ended=at)


def closed(request: Request, outcome: Outcome, at: datetime) -> Request:
    """It ends without work: the asker took it back, it was asked before, or nobody showed who asks."""
    wanted = (State.UNVERIFIED,) if outcome is Outcome.NOT_VERIFIED else (State.UNVERIFIED, State.VERIFIED, State.APPROVAL)
    _in(request, *wanted)
    if outcome not in (Outcome.NOT_VERIFIED, Outcome.DUPLICATE, Outcome.WITHDRAWN, Outcome.RECLASSIFIED):
        raise ValueError("without work a request ends as not verified, duplicate, withdrawn or recorded as another right")
    return replace(request, state=State.ENDED, outcome=outcome, ended=at)


def reopened(request: Request) -> Request:
    """One that ended unverified goes on where it stood, on the clock that it had: there is no second one."""
    if request.state is not State.ENDED or request.outcome is not Outcome.NOT_VERIFIED:
        raise Refusal(say(N_("only a request that ended unverified can be reopened")), say(N_("open a new one")))
    return replace(request, state=State.UNVERIFIED, outcome=None, ended=None, reopened=request.reopened + 1)


def _in(request: Request, *states: State) -> None:
    if request.state not in states:
        raise Refusal(
            say(N_("the request is `{state}`, and this step is not open to it"), state=request.state),
            say(N_("`janji request show` says what it waits for")),
        )
