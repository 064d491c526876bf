"""The steps of a request against a plain model: what each state allows, what ends it, and that no step skips another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from janji.errors import Conflict, Invalid, Refusal
from janji.rights import requests as steps
from janji.rights.register import MARKS, Granted, marks
from janji.rights.requests import Approval, Intake, Outcome, Proof, Request, State
from janji.terms.messages import ENGLISH
from janji.terms.periods import Period
from janji.terms.processing import Right
from janji.terms.texts import Text

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
DUE = NOW + timedelta(hours=72)
WHO = UUID(int=7)
NAMES = ("Ratna", "Hadi", "Sari")
ALLOWED = {
    "verify": {"unverified"}, "prepare": {"verified"}, "approve": {"approval"}, "carry out": {"working"}, "give back": {"working"},
    "refuse": {"unverified", "verified", "approval"}, "deliver": {"delivery"}, "withdraw": {"unverified", "verified", "approval"},
    "duplicate": {"unverified", "verified", "approval"}, "close unverified": {"unverified"}, "reopen": {"not-verified"},
}  # fmt: skip
"""The model: in which state each step is open; a request that ended is in the state of its outcome."""


def request(needed: int = 2, wanted: Proof = Proof.KNOWLEDGE) -> Request:
    """One that has just been recorded."""
    return Request(id=UUID(int=1), right="deletion", kind=Right.DELETION, opened=NOW, due=DUE, intake=Intake.PHONE, wanted=wanted, needed=needed)


class Steps(RuleBasedStateMachine):
    """Random steps, in any order; the model says in one line whether each is open and where it leads."""

    @initialize(state=st.sampled_from(("unverified", "verified", "approval", "working", "not-verified")), needed=st.integers(0, 3), wanted=st.sampled_from(Proof))
    def begin(self, state: str, needed: int, wanted: Proof) -> None:
        """A request that has come so far that steps which are seldom reached are taken often."""
        self.state, self.needed, self.wanted, self.again = state, max(needed, state == "approval"), wanted, 0
        self.yes = list(NAMES[: self.needed - (state == "approval")]) if state in ("approval", "working") else []
        known = state in ("verified", "approval", "working")
        self.who, self.proof = WHO if known else None, Proof.STAFF if known else Proof.NONE
        self.outcome = Outcome.NOT_VERIFIED if state == "not-verified" else None
        self.ground: str | None = None
        self.it = self.modelled()

    def modelled(self) -> Request:
        """The request as the model has it."""
        ended = self.state not in set(State)
        return replace(
            request(self.needed, self.wanted), state=State.ENDED if ended else State(self.state), subject=self.who, proof=self.proof, outcome=self.outcome,
            ground=self.ground, approvals=tuple(Approval(by, "officer", NOW) for by in self.yes), ended=NOW if ended else None, reopened=self.again,
        )  # fmt: skip

    def take(self, name: str, step: Callable[[Request], Request], then: Callable[[], str]) -> bool:
        """Take a step: refused exactly where the model says that it is not open; whether it was taken."""
        before = self.it
        if self.state not in ALLOWED[name]:
            with pytest.raises(Refusal):
                step(before)
            return False
        self.it = step(before)
        self.state = then()
        return True

    @rule(proof=st.sampled_from(Proof))
    def verify(self, proof: Proof) -> None:
        """A proof that is too weak changes nothing."""
        order = list(Proof)
        if self.state == "unverified" and order.index(proof) < order.index(self.wanted):
            with pytest.raises(Refusal):
                steps.verified(self.it, WHO, proof)
            return
        if self.take("verify", lambda one: steps.verified(one, WHO, proof), lambda: "verified"):
            self.who, self.proof = WHO, proof

    @rule()
    def prepare(self) -> None:
        """What would be done is known."""
        self.take("prepare", steps.prepared, lambda: "approval" if len(self.yes) < self.needed else "working")

    @rule(by=st.sampled_from(NAMES))
    def approve(self, by: str) -> None:
        """Nobody counts twice."""
        approval = Approval(by, "officer", NOW)
        if self.state == "approval" and by in self.yes:
            with pytest.raises(Conflict):
                steps.approved(self.it, approval)
            return
        if self.state == "approval":
            self.yes.append(by)
        self.take("approve", lambda one: steps.approved(one, approval), lambda: "working" if len(self.yes) >= self.needed else "approval")

    @rule()
    def give_back(self) -> None:
        """What was agreed to is not what would be done: everybody is asked again."""
        if self.take("give back", steps.returned, lambda: "approval"):
            self.yes, self.needed = [], max(1, self.needed)

    @rule(outcome=st.sampled_from([Outcome.DONE, Outcome.PARTLY_DONE, Outcome.NOTHING_HELD]))
    def carry_out(self, outcome: Outcome) -> None:
        """Done, and to be told."""
        if self.take("carry out", lambda one: steps.carried_out(one, outcome), lambda: "delivery"):
            self.outcome = outcome

    @rule()
    def refuse(self) -> None:
        """A refusal is told too."""
        if self.take("refuse", lambda one: steps.refused(one, "danger-to-health"), lambda: "delivery"):
            self.outcome, self.ground = Outcome.REFUSED, "danger-to-health"

    @rule()
    def deliver(self) -> None:
        """The person was told."""
        self.take("deliver", lambda one: steps.delivered(one, NOW), lambda: str(self.outcome))

    @rule(outcome=st.sampled_from([("withdraw", Outcome.WITHDRAWN), ("duplicate", Outcome.DUPLICATE), ("withdraw", Outcome.RECLASSIFIED), ("close unverified", Outcome.NOT_VERIFIED)]))
    def close(self, outcome: tuple[str, Outcome]) -> None:
        """Ended without work."""
        name, found = outcome
        if self.take(name, lambda one: steps.closed(one, found, NOW), lambda: str(found)):
            self.outcome = found

    @rule()
    def reopen(self) -> None:
        """Only what closed unverified, and on the same clock."""
        if self.take("reopen", steps.reopened, lambda: "unverified"):
            self.outcome, self.again = None, self.again + 1

    @invariant()
    def agrees(self) -> None:
        """Everything that a step may change is as in the model, and nothing else has changed."""
        assert self.it == self.modelled()
        assert self.it.open == (self.it.ended is None)
        assert self.it.state is not State.ENDED or str(self.it.outcome) == self.state


TestSteps = Steps.TestCase


@pytest.mark.parametrize("again", ["Ani", "ani ", " A\u200bNI", "\uff21ni", "ani\t"])
def test_one_officer_is_one_however_the_name_is_written(again: str) -> None:
    """Case, spaces, other forms of letters and signs that nobody sees do not make a second officer; the message does not name them."""
    asked = steps.approved(steps.prepared(steps.verified(request(2), WHO, Proof.STAFF)), Approval("Ani", "officer", NOW))
    with pytest.raises(Conflict) as caught:
        steps.approved(asked, Approval(again, "officer", NOW))
    assert "ani" not in caught.value.message.render(ENGLISH).casefold()
    assert steps.approved(asked, Approval("Ani Lestari", "officer", NOW)).state is State.WORKING


def test_one_officer_with_two_accounts_agrees_once() -> None:
    """Names that are known to be the same person's make no second officer, and another's do no harm."""
    asked = steps.approved(steps.prepared(steps.verified(request(2), WHO, Proof.STAFF)), Approval("Ani", "officer", NOW))
    with pytest.raises(Conflict):
        steps.approved(asked, Approval("Ani Lestari", "officer", NOW), ("Ani Lestari", "ANI"))
    assert steps.approved(asked, Approval("Ani Lestari", "officer", NOW), ("Ani Lestari", "Budi")).state is State.WORKING


@pytest.mark.parametrize("nobody", ["", "  ", "\u200b\t", "x" * 201])
def test_nobody_agrees_without_a_name(nobody: str) -> None:
    """Empty, blank, invisible or endless."""
    with pytest.raises(Invalid):
        steps.approved(steps.prepared(steps.verified(request(1), WHO, Proof.STAFF)), Approval(nobody, "officer", NOW))


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.DUPLICATE, Outcome.RECLASSIFIED, Outcome.NOT_VERIFIED])
def test_work_ends_in_what_was_done(outcome: Outcome) -> None:
    """An outcome without work cannot come of work, nor one of work without it."""
    working = steps.prepared(steps.verified(request(0), WHO, Proof.STAFF))
    with pytest.raises(ValueError, match="work"):
        steps.carried_out(working, outcome)
    with pytest.raises(ValueError, match="work"):
        steps.closed(steps.verified(request(), WHO, Proof.STAFF), Outcome.DONE, NOW)


def test_the_marks_of_three_days() -> None:
    """After a third, two thirds and five sixths: 24, 48 and 60 hours of 72; and the end itself."""
    assert [(mark - NOW) / timedelta(hours=1) for mark in marks(NOW, DUE)] == [24, 48, 60, 72]
    assert list(MARKS) == sorted(MARKS)


@pytest.mark.parametrize("opened", [
    datetime(2027, 3, 12, 12, tzinfo=ZoneInfo("America/New_York")), datetime(2027, 10, 29, 12, tzinfo=ZoneInfo("Europe/Berlin")),
    datetime(2028, 2, 28, 12, tzinfo=ZoneInfo("Asia/Jakarta")),
], ids=("spring", "autumn", "leap day"))  # fmt: skip
def test_three_days_are_seventy_two_hours_wherever_it_was_written_down(opened: datetime) -> None:
    """The clock of an hour that is skipped or comes twice changes nothing, nor does a leap day."""
    right = Granted("access", Right.ACCESS, Text(), None, (Period(hours=72), Period(days=30)), 1, (), (), Proof.KNOWLEDGE)
    assert right.due(opened).astimezone(UTC) - opened.astimezone(UTC) == timedelta(hours=72)
